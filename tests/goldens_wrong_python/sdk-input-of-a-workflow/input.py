from openai import OpenAI

client = OpenAI()


def ask(question):
    history = [{"role": "assistant", "content": "Hello."}]
    response = client.responses.create(
        model="gpt-6-luna",
        workflow_id="wf_68e1",
        input={"message": question, "history": history},
    )
    return response.output_text
