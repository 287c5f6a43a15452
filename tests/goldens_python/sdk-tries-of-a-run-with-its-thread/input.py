import os
import time

from openai import OpenAI

client = OpenAI()
TRIES = 60


def ask(question: str) -> str:
    run = client.beta.threads.create_and_run(
        assistant_id=os.environ["WORKFLOW_ID"],
        thread={"messages": [{"role": "user", "content": question}]},
    )
    for _ in range(TRIES):
        run = client.beta.threads.runs.retrieve(run_id=run.id, thread_id=run.thread_id)
        if run.status == "completed":
            break
        if run.status in ("failed", "expired", "cancelled"):
            raise RuntimeError(f"the run {run.status}: {run.last_error}")
        time.sleep(1)
    else:
        raise TimeoutError(f"no answer after {TRIES} tries")
    listed = client.beta.threads.messages.list(thread_id=run.thread_id)
    answer: str = next(m.content[0].text.value for m in listed.data if m.role == "assistant")
    return answer
