import os
import time

import httpx

client = httpx.Client(
    base_url="https://api.openai.com/v1",
    headers={
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "OpenAI-Beta": "assistants=v2",
    },
)


def started(question):
    """The ids of a thread and of its run."""
    first = {"role": "user", "content": question}
    thread = client.post("/threads", json={"messages": [first]}).json()
    run = client.post(
        f"/threads/{thread['id']}/runs", json={"assistant_id": os.environ["WORKFLOW_ID"]}
    ).json()
    return thread["id"], run["id"]


def state(thread, run):
    return client.get(f"/threads/{thread}/runs/{run}").json()["status"]


def said(thread, run):
    page = client.get(f"/threads/{thread}/messages", params={"run_id": run}).json()
    texts = []
    for message in reversed(page["data"]):
        texts += [part["text"]["value"] for part in message["content"]]
    return "".join(texts)


def ask(question):
    thread, run = started(question)
    while state(thread, run) not in ("completed", "failed", "expired"):
        time.sleep(1)
    return said(thread, run)
