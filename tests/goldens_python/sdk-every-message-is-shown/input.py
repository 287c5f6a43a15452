import os

from openai import OpenAI

client = OpenAI(max_retries=0)


def ask(question):
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hello!"}])
    message = client.beta.threads.messages.create(
        thread_id=thread.id,
        role="user",
        content=question,
    )
    run = client.beta.threads.runs.create_and_poll(
        thread_id=thread.id,
        assistant_id=os.environ["WORKFLOW_ID"],
        instructions="Be kind.",
    )
    text = ""
    if run.status == "completed":
        messages = client.beta.threads.messages.list(thread_id=thread.id)
        print(f"{len(messages.data)} messages")
        for message in reversed(messages.data):
            role = message.role
            for content in message.content:
                if content.type == "text":
                    text += f"{role}: {content.text.value}\n"
    else:
        raise RuntimeError(f"response {run.status}")
    client.beta.threads.delete(thread.id)
    return text
