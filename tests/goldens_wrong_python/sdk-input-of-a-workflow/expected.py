from openai import OpenAI

client = OpenAI()


def ask(question):
    history = [{"role": "assistant", "content": "Hello."}]
    response = client.responses.create(
        model="gpt-6-luna",
        input=[*history, {"role": "user", "content": question}],
    )
    return response.output_text
