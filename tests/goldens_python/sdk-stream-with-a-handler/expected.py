import typing

from openai import OpenAI

client = OpenAI(max_retries=0)


class Collector:
    """Keeps what is said."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def on_text_created(self) -> None:
        self.pieces.append("> ")

    def on_text_delta(self, delta: str) -> None:
        self.pieces.append(delta or "")

    def on_text_done(self, text: str) -> None:
        print(len(text), "characters")


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
    collector = Collector()
    with client.responses.create(
        model="gpt-6-luna",
        instructions="Call the person Ann.",
        input=question,
        stream=True,
    ) as stream:
        # Until all is said
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
                    collector.on_text_created()
            elif event.type == "response.output_text.delta":
                collector.on_text_delta(event.delta)
            elif event.type == "response.output_text.done":
                collector.on_text_done(event.text)
    return "".join(collector.pieces)
