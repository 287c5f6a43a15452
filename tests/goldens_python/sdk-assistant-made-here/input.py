import time

from openai import OpenAI


def ask(question: str) -> str:
    """Ask the tutor."""
    client = OpenAI(max_retries=0)
    assistant = client.beta.assistants.create(
        name="Tutor", instructions="You are a tutor.", model="gpt-4o"
    )
    thread = client.beta.threads.create()
    client.beta.threads.messages.create(
        thread_id=thread.id, role="user", content=question.strip()
    )
    run = client.beta.threads.runs.create(
        thread_id=thread.id, assistant_id=assistant.id
    )
    while True:
        run = client.beta.threads.runs.retrieve(thread_id=thread.id, run_id=run.id)
        if run.status == "completed":
            break
        time.sleep(1)
    messages = client.beta.threads.messages.list(thread_id=thread.id)
    answer = messages.data[0].content[0].text.value
    return answer
