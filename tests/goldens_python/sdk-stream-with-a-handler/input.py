import os

from openai import AssistantEventHandler, OpenAI
from openai.types.beta.threads import Text, TextDelta
from typing_extensions import override

client = OpenAI(max_retries=0)


class Collector(AssistantEventHandler):
    """Keeps what is said."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    @override
    def on_text_created(self, text: Text) -> None:
        self.pieces.append("> ")

    @override
    def on_text_delta(self, delta: TextDelta, snapshot: Text) -> None:
        self.pieces.append(delta.value or "")

    @override
    def on_text_done(self, text: Text) -> None:
        print(len(text.value), "characters")


def ask(question: str) -> str:
    thread = client.beta.threads.create()
    client.beta.threads.messages.create(thread_id=thread.id, role="user", content=question)
    collector = Collector()
    with client.beta.threads.runs.stream(
        thread_id=thread.id,
        assistant_id=os.environ["WORKFLOW_ID"],
        instructions="Call the person Ann.",
        event_handler=collector,
    ) as stream:
        # Until all is said
        stream.until_done()
    return "".join(collector.pieces)
