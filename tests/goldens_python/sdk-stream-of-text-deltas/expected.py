import os
import typing

from openai import OpenAI

client = OpenAI(max_retries=0)
ASSISTANT = os.environ["WORKFLOW_ID"]


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
    event = ""
    # Show the answer as it is written.
    with client.responses.create(
        model="gpt-6-luna",
        input=question,
        stream=True,
    ) as stream:
        for event_ in answer_events(stream):
            if event_.type in ("response.failed", "response.incomplete"):
                ended = event_.response
                error, incomplete = ended.error, ended.incomplete_details
                reason = error.message if error else None
                if not reason and incomplete:
                    reason = incomplete.reason
                raise RuntimeError(f"OpenAI response {ended.status}: {reason}")
            if event_.type == "error":
                raise RuntimeError(f"OpenAI response error: {event_.message}")
            if event_.type != "response.output_text.delta":
                continue
            text = event_.delta
            # piece by piece
            print(text, end="", flush=True)
            event += text
    return event
