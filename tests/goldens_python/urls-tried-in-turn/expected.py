import os
import time

import requests

BASE = "https://api.openai.com/v1"
WORKFLOW_ID = os.environ["WORKFLOW_ID"]
CANDIDATES = [f"{BASE}/threads/runs"]


def ask(question: str) -> str:
    failure = "nothing was tried"
    for url in CANDIDATES:
        response = requests.post(
            url,
            headers={
                "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
                "OpenAI-Beta": "assistants=v2",
            },
            json={
                "assistant_id": WORKFLOW_ID,
                "thread": {"messages": [{"role": "user", "content": question}]},
            },
            timeout=30,
        )
        if response.ok:
            # Assistants API response format: a run, polled until it ends
            run = response.json()
            run_id = run["id"]
            thread_id = run["thread_id"]
            run_headers = {
                "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
                "OpenAI-Beta": "assistants=v2",
            }

            # Poll for completion
            answer = ""
            for _ in range(30):  # 30 seconds max
                time.sleep(1)
                status_response = requests.get(
                    f"{BASE}/threads/{thread_id}/runs/{run_id}",
                    headers=run_headers,
                    timeout=30,
                )
                status_data = status_response.json()
                run_status = status_data.get("status")
                if run_status == "completed":
                    # Get messages from thread; the first one is the latest
                    messages_response = requests.get(
                        f"{BASE}/threads/{thread_id}/messages",
                        headers=run_headers,
                        timeout=30,
                    )
                    latest_message = messages_response.json()["data"][0]
                    if latest_message["role"] == "assistant":
                        first_part = latest_message["content"][0]
                        if first_part["type"] == "refusal":
                            refusal = first_part["refusal"]
                            raise RuntimeError(f"The assistant refused: {refusal}")
                        answer = first_part["text"]["value"]
                    break
                if run_status in ("failed", "cancelled"):
                    last_error = status_data.get("last_error") or {}
                    error_text = last_error.get("message") or "Unknown error"
                    raise RuntimeError(f"Assistant run {run_status}: {error_text}")

            if not answer:
                raise RuntimeError("No response from assistant (timeout or failed)")

            return answer
        failure = f"{url}: {response.status_code}"
    raise RuntimeError(failure)
