import os
import time as time_module
from datetime import time
from gettext import gettext as _

import requests

run_id = 7


def ask(question, thread_id="mine", status_data=None):
    answer = _("none")
    r = requests.post(
        "https://api.openai.com/v1/threads/runs",
        headers={
            "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
            "OpenAI-Beta": "assistants=v2",
        },
        json={
            "assistant_id": os.environ["WORKFLOW_ID"],
            "thread": {"messages": [{"role": "user", "content": question}]},
        },
    )
    run = r.json()
    print(answer, thread_id, status_data, run_id, time.min)
    # Assistants API response format: a run, polled until it ends
    run_id_2 = run["id"]
    thread_id_2 = run["thread_id"]
    run_headers = {
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "OpenAI-Beta": "assistants=v2",
    }

    # Poll for completion
    answer_2 = ""
    for _attempt in range(30):  # 30 seconds max
        time_module.sleep(1)
        status_response = requests.get(
            f"https://api.openai.com/v1/threads/{thread_id_2}/runs/{run_id_2}",
            headers=run_headers,
        )
        status_data_2 = status_response.json()
        run_status = status_data_2.get("status")
        if run_status == "completed":
            # Get messages from thread; the first one is the latest
            messages_response = requests.get(
                f"https://api.openai.com/v1/threads/{thread_id_2}/messages",
                headers=run_headers,
            )
            latest_message = messages_response.json()["data"][0]
            if latest_message["role"] == "assistant":
                first_part = latest_message["content"][0]
                if first_part["type"] == "refusal":
                    refusal = first_part["refusal"]
                    raise RuntimeError(f"The assistant refused: {refusal}")
                answer_2 = first_part["text"]["value"]
            break
        if run_status in ("failed", "cancelled"):
            last_error = status_data_2.get("last_error") or {}
            error_text = last_error.get("message") or "Unknown error"
            raise RuntimeError(f"Assistant run {run_status}: {error_text}")

    if not answer_2:
        raise RuntimeError("No response from assistant (timeout or failed)")

    return "-".join([answer_2])
