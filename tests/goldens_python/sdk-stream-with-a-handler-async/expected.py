from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=0)
said = []


class Handler:
    async def on_text_delta(self, delta) -> None:
        said.append(delta)


async def ask(question):
    said.clear()
    handler = Handler()
    async with await client.responses.create(
        model="gpt-6-luna",
        input=question,
        stream=True,
    ) as stream:
        async for event in stream:
            if event.type in ("response.failed", "response.incomplete"):
                ended = event.response
                error, incomplete = ended.error, ended.incomplete_details
                reason = error.message if error else incomplete and incomplete.reason
                raise RuntimeError(f"OpenAI response {ended.status}: {reason}")
            if event.type == "error":
                raise RuntimeError(f"OpenAI response error: {event.message}")
            if event.type == "response.output_text.delta":
                await handler.on_text_delta(event.delta)
    return "".join(said)
