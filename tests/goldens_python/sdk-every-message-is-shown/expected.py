from openai import OpenAI

client = OpenAI(max_retries=0)


def ask(question):
    thread = client.conversations.create(items=[{"role": "user", "content": "Hello!"}])
    client.conversations.items.create(
        thread.id,
        items=[{"type": "message", "role": "user", "content": question}],
    )
    run = client.responses.create(
        model="gpt-6-luna",
        instructions="Be kind.",
        conversation=thread.id,
        input=[],
    )
    if run.status == "completed" and not run.output_text:
        raise RuntimeError("OpenAI response has no text")
    text = ""
    if run.status == "completed":
        messages = [
            item
            for item in client.conversations.items.list(thread.id).data
            if item.type == "message"
        ]
        print(f"{len(messages)} messages")
        for message in reversed(messages):
            role = message.role
            for content in message.content:
                if content.type in ("input_text", "output_text"):
                    text += f"{role}: {content.text}\n"
    else:
        raise RuntimeError(f"response {run.status}")
    client.conversations.delete(thread.id)
    return text
