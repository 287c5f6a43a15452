import os

from openai import OpenAI

client = OpenAI(max_retries=0)
ASSISTANT = os.environ["WORKFLOW_ID"]


def ask(question: str) -> str:
    thread = client.beta.threads.create()
    client.beta.threads.messages.create(thread_id=thread.id, role="user", content=question)
    event = ""
    # Show the answer as it is written.
    with client.beta.threads.runs.stream(thread_id=thread.id, assistant_id=ASSISTANT) as stream:
        for text in stream.text_deltas:
            # piece by piece
            print(text, end="", flush=True)
            event += text
        stream.until_done()
    return event
