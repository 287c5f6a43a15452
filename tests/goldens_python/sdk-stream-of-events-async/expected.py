import typing
from collections.abc import AsyncIterator

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=0)


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


async def pieces(thread_id: str, question: str) -> AsyncIterator[str]:
    # Stored thread_... ids ended with the Assistants API;
    # a conversation has an id of its own.
    async with await client.responses.create(
        model="gpt-6-luna",
        conversation=thread_id,
        input=question,
        stream=True,
    ) as stream:
        async for event in answer_events(stream):
            if event.type == "error":
                raise RuntimeError(f"OpenAI response error: {event.message}")
            if event.type == "response.created":
                print("run", event.response.id)
            elif event.type == "response.output_text.delta" and event.delta:
                if event.delta:
                    yield event.delta or ""
            elif event.type in ("response.failed", "response.incomplete"):
                raise RuntimeError(
                    f"response {event.response.status}: {event.response.error}",
                )


async def ask(question: str) -> str:
    thread = await client.conversations.create()
    return "".join([piece async for piece in pieces(thread.id, question)])
