import os

from openai import OpenAI

client = OpenAI(max_retries=0)


def ask(question: str) -> str:
    run = client.beta.threads.create_and_run_poll(
        assistant_id=os.environ["WORKFLOW_ID"],
        thread={"messages": [{"role": "user", "content": question}]},
    )
    messages = client.beta.threads.messages.list(thread_id=run.thread_id)
    return messages.data[0].content[0].text.value
