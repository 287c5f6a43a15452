import os
import time

from openai import OpenAI

client = OpenAI(max_retries=0)
asked = 0


def ask(question: str) -> str:
    thread = client.beta.threads.create()
    client.beta.threads.messages.create(thread_id=thread.id, role="user", content=question)
    run = client.beta.threads.runs.create(
        thread_id=thread.id, assistant_id=os.environ["WORKFLOW_ID"]
    )
    # Wait for it
    while True:
        state = client.beta.threads.runs.retrieve(thread_id=thread.id, run_id=run.id)
        if state.status == "completed":
            # the newest message
            messages = client.beta.threads.messages.list(thread_id=thread.id)
            answer = messages.data[0].content[0].text.value
            break
        elif state.status in ("failed", "cancelled"):
            # nothing to show
            raise RuntimeError(f"response {state.status}: {state.last_error}")
        else:
            time.sleep(0.5)
    return answer
