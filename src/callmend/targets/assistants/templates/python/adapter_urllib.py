"""Adapting a run for urllib."""

import contextlib
import io
import json
import time
import urllib.error
import urllib.request
import urllib.response


def workflow_answer(
    request: urllib.request.Request,
    **options: __ANY__,
) -> urllib.response.addinfourl:
    """Wait for a run and give its text in the shape that this file reads."""
    with urllib.request.urlopen(
        request,
        **__OPTIONS__,
    ) as live:
        run = json.load(live)
    sent = request.headers.items()
    kept = ("authorization", "openai-")
    run_headers = {k: v for k, v in sent if k.lower().startswith(kept)}
    run_id, thread_id = run.get("id"), run.get("thread_id")
    if __POLLED__:
        api_url, _, _ = str(live.url).rpartition("/threads/")
        thread_url = f"{api_url}/threads/{thread_id}"
    else:
        threads_url, _, _ = str(live.url).rpartition("/")
        thread_url = f"{threads_url}/{thread_id}"
    run_url = f"{thread_url}/runs/{run_id}"
    wait_seconds = __POLL_TIMEOUT__
    deadline = time.monotonic() + wait_seconds
    poll_delay = 0.5  # seconds, growing
    ended = (
        "completed",
        "failed",
        "cancelled",
        "incomplete",
        "expired",
        "requires_action",
    )
    reason = ""
    while run.get("status") not in ended and not reason:
        if time.monotonic() >= deadline:
            reason = f"gave up after {wait_seconds} seconds"
            with contextlib.suppress(Exception):
                cancel = urllib.request.Request(
                    f"{run_url}/cancel",
                    headers=run_headers,
                    method="POST",
                )
                urllib.request.urlopen(
                    cancel,
                    **__OPTIONS__,
                ).close()
            continue
        time.sleep(poll_delay)
        poll_delay = min(poll_delay * 1.5, 5)
        asked = urllib.request.Request(run_url, headers=run_headers)
        with urllib.request.urlopen(
            asked,
            **__OPTIONS__,
        ) as polled:
            run = json.load(polled)
    texts = []
    refusal = ""
    if run.get("status") == "completed":
        query = f"run_id={run_id}&order=asc&limit=100"
        messages_url = f"{thread_url}/messages?{query}"
        asked = urllib.request.Request(messages_url, headers=run_headers)
        with urllib.request.urlopen(
            asked,
            **__OPTIONS__,
        ) as listed:
            messages = json.load(listed)
        for message in messages["data"]:
            if message["role"] != "assistant":
                continue
            for part in message["content"]:
                if part["type"] == "refusal":
                    refusal = part["refusal"]
                if part["type"] == "text":
                    texts.append(part["text"]["value"])
    text = "\n\n".join(texts)
    outcome = run.get("status")
    details = run.get("last_error") or {}
    incomplete = run.get("incomplete_details") or {}
    refused = f"refused: {refusal}" if refusal else ""
    why = refused or reason or details.get("message")
    why = why or incomplete.get("reason")
    if outcome == "completed" and text and not refusal:
        given = __SHAPE__
        content = json.dumps(given)
        return urllib.response.addinfourl(
            io.BytesIO(content.encode()),
            live.headers,
            live.url,
            live.status,
        )
    missing = "no text" if outcome == "completed" else "no reason given"
    failure = f"Assistant run {outcome}: {why or missing}"
    error = {"message": failure, "type": "api_error", "param": None}
    error["code"] = details.get("code")
    content = json.dumps({"error": error})
    raise urllib.error.HTTPError(
        live.url,
        502,
        failure,
        live.headers,
        io.BytesIO(content.encode()),
    )
