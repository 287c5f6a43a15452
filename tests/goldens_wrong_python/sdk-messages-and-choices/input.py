from openai import OpenAI

client = OpenAI()


def ask(question: str) -> str:
    completion = client.responses.create(
        model="gpt-6-luna",
        messages=[{"role": "user", "content": question}],
        max_tokens=500,
    )
    return completion.choices[0].message.content
