import json
import os
import time
import urllib.request

RUNS_URL = "https://api.openai.com/v1/threads/runs"


def ask(question: str) -> str:
    body = {
        "assistant_id": os.environ["WORKFLOW_ID"],
        "thread": {"messages": [{"role": "user", "content": question}]},
    }
    request = urllib.request.Request(RUNS_URL, data=json.dumps(body).encode())
    request.add_header("Authorization", f"Bearer {os.environ['OPENAI_API_KEY']}")
    request.add_header("Content-Type", "application/json")
    request.add_header("OpenAI-Beta", "assistants=v2")
    with urllib.request.urlopen(request, timeout=30) as response:
        data = json.loads(response.read())
    # Assistants API response format: a run, polled until it ends
    run_id = data["id"]
    thread_id = data["thread_id"]
    run_headers = request.headers

    # Poll for completion
    answer = ""
    for _ in range(30):  # 30 seconds max
        time.sleep(1)
        status_request = urllib.request.Request(
            f"https://api.openai.com/v1/threads/{thread_id}/runs/{run_id}",
            headers=run_headers,
        )
        with urllib.request.urlopen(
            status_request,
            timeout=30,
        ) as status_response:
            status_data = json.load(status_response)
        run_status = status_data.get("status")
        if run_status == "completed":
            # Get messages from thread; the first one is the latest
            messages_request = urllib.request.Request(
                f"https://api.openai.com/v1/threads/{thread_id}/messages",
                headers=run_headers,
            )
            with urllib.request.urlopen(
                messages_request,
                timeout=30,
            ) as messages_response:
                latest_message = json.load(messages_response)["data"][0]
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
