import json
import os
import time

import requests

HEADERS = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}


def ask(question):
    url = "https://api.openai.com/v1/threads/runs"
    body = {
        "assistant_id": os.environ["WORKFLOW_ID"],
        "thread": {"messages": [{"role": "user", "content": question}]},
    }
    reply = requests.request(
        "POST",
        url,
        headers={
            **HEADERS,
            "Content-Type": "application/json",
            "OpenAI-Beta": "assistants=v2",
        },
        data=json.dumps(body),
        timeout=(3, 30),
    )
    result = reply.json()
    # Assistants API response format: a run, polled until it ends
    run_id = result["id"]
    thread_id = result["thread_id"]
    run_headers = {**HEADERS, "OpenAI-Beta": "assistants=v2"}

    # Poll for completion
    answer = "nothing"
    for _ in range(30):  # 30 seconds max
        time.sleep(1)
        status_response = requests.get(
            f"https://api.openai.com/v1/threads/{thread_id}/runs/{run_id}",
            headers=run_headers,
            timeout=(3, 30),
        )
        status_data = status_response.json()
        run_status = status_data.get("status")
        if run_status == "completed":
            # Get messages from thread; the first one is the latest
            messages_response = requests.get(
                f"https://api.openai.com/v1/threads/{thread_id}/messages",
                headers=run_headers,
                timeout=(3, 30),
            )
            latest_message = messages_response.json()["data"][0]
            if latest_message["role"] == "assistant":
                first_part = latest_message["content"][0]
                if first_part["type"] == "refusal":
                    refusal = first_part["refusal"]
                    raise RuntimeError(f"The assistant refused: {refusal}")
                answer = first_part["text"]["value"] or "nothing"
            break
        if run_status in ("failed", "cancelled"):
            last_error = status_data.get("last_error") or {}
            error_text = last_error.get("message") or "Unknown error"
            raise RuntimeError(f"Assistant run {run_status}: {error_text}")

    return "".join(
        [answer],
    )
