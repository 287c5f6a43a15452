"""The specification's polling with requests, and httpx without waiting."""

import time


def read():
    # Assistants API response format: a run, polled until it ends
    run = __PARSED__
    run_id = __BODY__["id"]
    thread_id = __BODY__["thread_id"]
    run_headers = __HEADERS__

    # Poll for completion
    __RESULT__ = __EMPTY__
    for _ in range(30):  # 30 seconds max
        time.sleep(1)
        status_response = __CLIENT__.get(
            f"https://api.openai.com/v1/threads/{thread_id}/runs/{run_id}",
            headers=run_headers,
            **__OPTIONS__,
        )
        status_data = status_response.json()
        run_status = status_data.get("status")
        if run_status == "completed":
            # Get messages from thread; the first one is the latest
            messages_response = __CLIENT__.get(
                f"https://api.openai.com/v1/threads/{thread_id}/messages",
                headers=run_headers,
                **__OPTIONS__,
            )
            latest_message = messages_response.json()["data"][0]
            if latest_message["role"] == "assistant":
                first_part = latest_message["content"][0]
                if first_part["type"] == "refusal":
                    refusal = first_part["refusal"]
                    raise RuntimeError(f"The assistant refused: {refusal}")
                __RESULT__ = first_part["text"]["value"] or __FALLBACK__
            break
        if run_status in ("failed", "cancelled"):
            last_error = status_data.get("last_error") or {}
            error_text = last_error.get("message") or "Unknown error"
            raise RuntimeError(f"Assistant run {run_status}: {error_text}")

    if not __RESULT__:
        raise RuntimeError("No response from assistant (timeout or failed)")
