from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=0)


async def ask(question):
    result = await client.responses.create(model="gpt-6-luna", input=question)
    if result.status != "completed" or not result.output_text:
        error, incomplete = result.error, result.incomplete_details
        reason = error.message if error else incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response {result.status}: {reason}")
    return result.output_text
