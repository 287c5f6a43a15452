import typing
from collections.abc import Iterator

from openai import OpenAI


def new_thread(client: OpenAI) -> str:
    thread = client.conversations.create()
    return thread.id


def add(client: OpenAI, thread_id: str, text: str) -> None:
    client.conversations.items.create(
        thread_id,
        items=[{"type": "message", "role": "user", "content": text}],
    )


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


def pieces(client: OpenAI, thread_id: str) -> Iterator[str]:
    stream = client.responses.create(
        model="gpt-6-luna",
        conversation=thread_id,
        input=[],
        stream=True,
    )
    for event in answer_events(stream):
        if event.type == "response.incomplete":
            incomplete = event.response.incomplete_details
            reason = incomplete and incomplete.reason
            raise RuntimeError(f"OpenAI response incomplete: {reason}")
        if event.type == "error":
            raise RuntimeError(f"OpenAI response error: {event.message}")
        if event.type == "response.output_text.delta" and event.delta:
            if event.delta:
                yield event.delta or ""
        elif event.type == "response.failed":
            raise RuntimeError(f"response failed: {event.response.error}")


def ask(question: str) -> str:
    client = OpenAI(max_retries=0)
    thread_id = new_thread(client)
    add(client, thread_id, question)
    return "".join(pieces(client, thread_id))
