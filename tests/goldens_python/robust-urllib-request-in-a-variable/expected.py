import contextlib
import json
import os
import time
import urllib.request


def ask(question):
    payload = {
        "assistant_id": os.environ["WORKFLOW_ID"],
        "thread": {"messages": [{"role": "user", "content": question}]},
    }
    request = urllib.request.Request(
        "https://api.openai.com/v1/threads/runs",
        data=json.dumps(payload).encode("utf-8"),
        headers={
            "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
            "Content-Type": "application/json",
            "OpenAI-Beta": "assistants=v2",
        },
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        data = json.loads(response.read().decode("utf-8"))
    # Assistants API response format: a run, polled until it ends
    run = data
    run_id = run.get("id")
    thread_id = run.get("thread_id")
    thread_url = f"https://api.openai.com/v1/threads/{thread_id}"
    run_url = f"{thread_url}/runs/{run_id}"
    run_headers = {
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "OpenAI-Beta": "assistants=v2",
    }
    deadline = time.monotonic() + 30
    poll_delay = 0.5  # seconds, growing

    while run.get("status") != "completed":
        run_status = run.get("status")
        ended = run_status in ("failed", "cancelled", "incomplete", "expired")
        if ended or not run_id:
            details = run.get("last_error") or run.get("error") or {}
            incomplete = run.get("incomplete_details") or {}
            reason = details.get("message") or incomplete.get("reason")
            raise RuntimeError(f"Assistant run {run_status}: {reason}")
        if run_status == "requires_action":
            raise RuntimeError("Assistant run requires_action: tool outputs")
        if time.monotonic() >= deadline:
            with contextlib.suppress(Exception):
                cancel_request = urllib.request.Request(
                    f"{run_url}/cancel",
                    headers=run_headers,
                    method="POST",
                )
                urllib.request.urlopen(
                    cancel_request,
                    timeout=30,
                ).close()
            raise TimeoutError(f"Assistant run {run_status}: gave up")
        time.sleep(poll_delay)
        poll_delay = min(poll_delay * 1.5, 5)
        run_request = urllib.request.Request(
            run_url,
            headers=run_headers,
        )
        with urllib.request.urlopen(
            run_request,
            timeout=30,
        ) as run_response:
            run = json.load(run_response)

    # Get all text of this run's messages, the oldest first
    messages_url = f"{thread_url}/messages"
    messages_request = urllib.request.Request(
        f"{messages_url}?run_id={run_id}&order=asc&limit=100",
        headers=run_headers,
    )
    with urllib.request.urlopen(
        messages_request,
        timeout=30,
    ) as messages_response:
        messages_data = json.load(messages_response)
    texts: list[str] = []
    for message in messages_data["data"]:
        if message["role"] != "assistant":
            continue
        for part in message["content"]:
            if part["type"] == "refusal":
                refusal = part["refusal"]
                raise RuntimeError(f"The assistant refused: {refusal}")
            if part["type"] == "text":
                texts.append(part["text"]["value"])
    answer = "\n\n".join(texts)

    if not answer:
        raise RuntimeError("No response from assistant (no text)")

    return answer
