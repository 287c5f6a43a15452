"""The events of a Response's answer; `async` is put in where the client is awaited."""

import typing


def answer_events(stream: typing.Any) -> typing.Any:
    """Give a response's events without those of commentary; raise a refusal."""
    ends = ("response.completed", "response.failed", "response.incomplete")
    commentary = set()
    ended = False
    for event in __CHUNKS__:
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
