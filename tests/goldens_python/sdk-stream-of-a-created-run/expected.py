import typing

from openai import OpenAI


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
    client = OpenAI(max_retries=0)
    stream = client.responses.create(
        model="gpt-6-luna",
        input=question,
        stream=True,
    )
    answer = ""
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
        if event.type == "response.output_text.delta":
            # what is said
            answer += event.delta
            print(event.delta)
    return answer
