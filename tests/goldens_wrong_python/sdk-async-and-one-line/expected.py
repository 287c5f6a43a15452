import openai

client = openai.AsyncOpenAI()


async def ask(question):
    history = [{"role": "system", "content": "Be brief."}]
    history.append({"role": "user", "content": question})
    response = await client.responses.create(
        input=history,
        model="gpt-6.1-sol",
        store=False,
    )
    return response.output_text
