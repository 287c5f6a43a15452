import typing

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=0)
said = []


class Handler:
    async def on_text_delta(self, delta) -> None:
        said.append(delta)


async def answer_events(stream: typing.Any) -> typing.Any:
    """Give a response's events without those of commentary; raise a refusal."""
    ends = ("response.completed", "response.failed", "response.incomplete")
    commentary = set()
    ended = False
    async for event in stream:
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


async def ask(question):
    said.clear()
    handler = Handler()
    async with await client.responses.create(
        model="gpt-6-luna",
        input=question,
        stream=True,
    ) as stream:
        async for event in answer_events(stream):
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
                await handler.on_text_delta(event.delta)
    return "".join(said)
