import os

from openai import OpenAI

client = OpenAI(max_retries=0)
PLAN = "https://example.org/plan.png"


def ask(question: str) -> str:
    """Ask about the plan, and about a photo of the site."""
    thread = client.beta.threads.create(
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "These are the plan and a photo:"},
                    {"type": "image_url", "image_url": {"url": PLAN, "detail": "high"}},
                    {"type": "image_file", "image_file": {"file_id": "file-photo1"}},
                ],
            }
        ]
    )
    client.beta.threads.messages.create(
        thread_id=thread.id,
        role="user",
        content=[{"type": "text", "text": question}],
    )
    run = client.beta.threads.runs.create_and_poll(
        thread_id=thread.id, assistant_id=os.environ["WORKFLOW_ID"]
    )
    if run.status != "completed":
        raise RuntimeError(f"The response ended as {run.status}")
    messages = client.beta.threads.messages.list(thread_id=thread.id)
    return messages.data[0].content[0].text.value
