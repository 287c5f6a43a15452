import openai

client = openai.AsyncOpenAI()


async def ask(question):
    history = [{"role": "system", "content": "Be brief."}]
    history.append({"role": "user", "content": question})
    response = await client.responses.create(messages=history, workflow_id="wf_1", store=False)
    return response.output_text
