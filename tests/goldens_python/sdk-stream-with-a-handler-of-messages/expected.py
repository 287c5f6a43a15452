import types
import typing

from openai import OpenAI
from openai.types.beta.threads.runs import ToolCall, ToolCallDelta

client = OpenAI(max_retries=0)


class Answers:
    """Keeps the answers, with what they cite below them."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.problem = ""

    def on_text_created(self, text: str) -> None:
        print("assistant > " + text, end="", flush=True)

    def on_tool_call_delta(self, delta: ToolCallDelta, snapshot: ToolCall) -> None:
        if delta.type == "code_interpreter" and delta.code_interpreter:
            print(delta.code_interpreter.input or "", end="", flush=True)

    def on_message_done(self, message: str) -> None:
        message_content = types.SimpleNamespace(value=message, annotations=[])
        citations = []
        for number, annotation in enumerate(message_content.annotations):
            message_content.value = message_content.value.replace(annotation.text, f"[{number}]")
            citations.append(f"[{number}]")
        self.texts += [message_content.value, *citations]

    def on_exception(self, exception: Exception) -> None:
        self.problem = str(exception)


def answer_events(stream: typing.Any) -> typing.Any:
    """Give a response's events without those of commentary; raise a refusal."""
    ends = ("response.completed", "response.failed", "response.incomplete")
    commentary = set()
    ended = False
    for event in stream:
        ended = ended or event.type in ends or event.type == "error"
        if event.type == "response.output_item.added":
            # What is said on the way to the answer is marked as commentary.
            if getattr(event.item, "phase", "") == "commentary":
                commentary.add(event.output_index)
        if event.type == "response.refusal.done":
            raise RuntimeError(f"OpenAI response refused: {event.refusal}")
        if getattr(event, "output_index", None) not in commentary:
            yield event
    if not ended:
        raise RuntimeError("OpenAI response unfinished: the stream ended")


def ask(question: str) -> str:
    answers = Answers()
    with client.responses.create(
        model="gpt-6-luna",
        input=question,
        stream=True,
    ) as stream:
        try:
            for event in answer_events(stream):
                if event.type in ("response.failed", "response.incomplete"):
                    ended = event.response
                    error, incomplete = ended.error, ended.incomplete_details
                    reason = error.message if error else None
                    if not reason and incomplete:
                        reason = incomplete.reason
                    raise RuntimeError(f"OpenAI response {ended.status}: {reason}")
                if event.type == "error":
                    raise RuntimeError(f"OpenAI response error: {event.message}")
                if event.type == "response.content_part.added":
                    if event.part.type == "output_text":
                        answers.on_text_created(event.part.text)
                elif event.type == "response.output_item.done":
                    item = event.item
                    if item.type == "message" and item.status == "completed":
                        text = ""
                        for part in item.content:
                            if part.type == "output_text":
                                text += part.text
                        if text:
                            answers.on_message_done(text)
        except Exception as failure:
            answers.on_exception(failure)
            raise
    return "".join(answers.texts)
