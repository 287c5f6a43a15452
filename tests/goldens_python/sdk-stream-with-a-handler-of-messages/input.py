import os

from openai import AssistantEventHandler, OpenAI
from openai.types.beta.threads import Message, Text
from openai.types.beta.threads.runs import ToolCall, ToolCallDelta
from typing_extensions import override

client = OpenAI(max_retries=0)


class Answers(AssistantEventHandler):
    """Keeps the answers, with what they cite below them."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.problem = ""

    @override
    def on_text_created(self, text: Text) -> None:
        print("assistant > " + text.value, end="", flush=True)

    @override
    def on_tool_call_delta(self, delta: ToolCallDelta, snapshot: ToolCall) -> None:
        if delta.type == "code_interpreter" and delta.code_interpreter:
            print(delta.code_interpreter.input or "", end="", flush=True)

    @override
    def on_message_done(self, message: Message) -> None:
        message_content = message.content[0].text
        citations = []
        for number, annotation in enumerate(message_content.annotations):
            message_content.value = message_content.value.replace(annotation.text, f"[{number}]")
            citations.append(f"[{number}]")
        self.texts += [message_content.value, *citations]

    @override
    def on_exception(self, exception: Exception) -> None:
        self.problem = str(exception)


def ask(question: str) -> str:
    thread = client.beta.threads.create()
    client.beta.threads.messages.create(thread_id=thread.id, role="user", content=question)
    answers = Answers()
    with client.beta.threads.runs.stream(
        thread_id=thread.id, assistant_id=os.environ["WORKFLOW_ID"], event_handler=answers
    ) as stream:
        stream.until_done()
    return "".join(answers.texts)
