import json
import os
import time
from urllib.request import Request, urlopen


def ask(question):
    body = json.dumps(
        {
            "assistant_id": os.environ["WORKFLOW_ID"],
            "thread": {"messages": [{"role": "user", "content": question}]},
        },
    ).encode()
    headers = {
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "Content-Type": "application/json",
        "OpenAI-Beta": "assistants=v2",
    }
    with urlopen(
        Request("https://api.openai.com/v1/threads/runs", data=body, headers=headers)
    ) as response:
        # Assistants API response format: a run, polled until it ends
        run = json.load(response)
        run_id = run["id"]
        thread_id = run["thread_id"]

        # Poll for completion
        answer = ""
        for _ in range(30):  # 30 seconds max
            time.sleep(1)
            status_request = Request(
                f"https://api.openai.com/v1/threads/{thread_id}/runs/{run_id}",
                headers=headers,
            )
            with urlopen(
                status_request,
            ) as status_response:
                status_data = json.load(status_response)
            run_status = status_data.get("status")
            if run_status == "completed":
                # Get messages from thread; the first one is the latest
                messages_request = Request(
                    f"https://api.openai.com/v1/threads/{thread_id}/messages",
                    headers=headers,
                )
                with urlopen(
                    messages_request,
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
