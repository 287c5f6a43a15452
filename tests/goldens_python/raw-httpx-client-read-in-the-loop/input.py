import os
import time

import httpx

ASSISTANT_ID = os.environ["WORKFLOW_ID"]
client = httpx.Client(
    base_url="https://api.openai.com/v1",
    headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
)
BETA = {"OpenAI-Beta": "assistants=v2"}


def ask(question: str) -> str:
    response = client.post(
        "/threads",
        headers=BETA,
        json={"messages": [{"role": "user", "content": "Hello!"}]},
    )
    response.raise_for_status()
    thread = response.json()
    client.post(
        f"/threads/{thread['id']}/messages",
        headers=BETA,
        json={"role": "user", "content": question},
    ).raise_for_status()
    response = client.post(
        f"/threads/{thread['id']}/runs",
        headers=BETA,
        json={
            "assistant_id": ASSISTANT_ID,
            "temperature": 0.2,
            "max_completion_tokens": 800,
        },
    )
    response.raise_for_status()
    run = response.json()
    attempts = 0
    while True:
        response = client.get(f"/threads/{thread['id']}/runs/{run['id']}", headers=BETA)
        state = response.json()
        if state["status"] == "completed":
            # the newest answer
            listed = client.get(f"/threads/{thread['id']}/messages", headers=BETA)
            messages = listed.json()["data"]
            reply = next((m for m in messages if m["role"] == "assistant"), None)
            if reply is None:
                raise RuntimeError("No response")
            text: str = reply["content"][0]["text"]["value"]
            return text
        elif state["status"] in ("queued", "in_progress"):
            attempts += 1
            if attempts > 60:
                raise TimeoutError("the run takes too long")
            time.sleep(1)
        else:
            raise RuntimeError(f"response {state['status']}")  # nothing to show
