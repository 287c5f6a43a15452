import os
import time

import requests

ASSISTANT = os.environ["WORKFLOW_ID"]
session = requests.Session()
session.headers.update(
    {
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "OpenAI-Beta": "assistants=v2",
    }
)
threads: dict[str, str] = {}


def ask(question: str, user: str = "ann") -> str:
    thread_id = threads.get(user)
    if not thread_id:
        made = session.post("https://api.openai.com/v1/threads", json={})
        made.raise_for_status()
        thread_id = made.json()["id"]
        threads[user] = thread_id
    session.post(
        f"https://api.openai.com/v1/threads/{thread_id}/messages",
        json={"role": "user", "content": question},
    )
    started = session.post(
        f"https://api.openai.com/v1/threads/{thread_id}/runs",
        json={"assistant_id": ASSISTANT},
    )
    started.raise_for_status()
    run = started.json()
    while run["status"] != "completed":
        if run["status"] == "failed":
            raise RuntimeError(f"response failed: {run['last_error']['message']}")
        time.sleep(1)
        run = session.get(
            f"https://api.openai.com/v1/threads/{thread_id}/runs/{run['id']}"
        ).json()
    messages = session.get(
        f"https://api.openai.com/v1/threads/{thread_id}/messages"
    ).json()
    return str(messages["data"][0]["content"][0]["text"]["value"])
