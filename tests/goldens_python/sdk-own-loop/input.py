import os
import time

import openai

client = openai.OpenAI(max_retries=0)
ASSISTANT_ID = os.environ["WORKFLOW_ID"]


def ask(question, history=(("user", "hi"),)):
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "hello"}])
    client.beta.threads.messages.create(thread.id, role="user", content=question)
    run = client.beta.threads.runs.create(
        thread_id=thread.id, assistant_id=ASSISTANT_ID, instructions="Be brief."
    )
    while run.status in ("queued", "in_progress"):
        time.sleep(0.5)
        run = client.beta.threads.runs.retrieve(thread_id=thread.id, run_id=run.id)

    text = client.beta.threads.messages.list(thread_id=thread.id).data[0].content[0].text.value
    return text
