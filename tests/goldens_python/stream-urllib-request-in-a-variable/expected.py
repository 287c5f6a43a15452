import json
import os
import re
import typing
import urllib.request


def read_run_stream(
    stream: typing.Any,
) -> typing.Any:
    """Read a run's events to their end; give the run with its text as output_text."""
    run: typing.Any = {}
    blocks: typing.Any = {}
    text = refusal = failure = ""
    name = last = unread = b""
    payload: typing.Any = []
    for chunk in stream:
        # A line ends in LF, CRLF or CR; a CRLF may be cut in two
        torn = last == b"\r" and chunk[:1] == b"\n"
        unread += chunk[1:] if torn else chunk
        last = chunk[-1:]
        *lines, unread = re.split(rb"\r\n|\n|\r", unread)
        for line in lines:
            if line.startswith(b"event:"):
                name = line[6:].strip()
            elif line.startswith(b"data:"):
                payload.append(line[5:])
            elif not line:
                data, ending = b"\n".join(payload), name
                name, payload = b"", []
                if data.strip() in (b"", b"[DONE]"):
                    continue
                event = json.loads(data)
                if ending == b"error":
                    error = event.get("error") or event
                    failure = error.get("message") or "an error event"
                elif event["object"] == "thread.run":
                    run = event
                elif event["object"] == "thread.message.delta":
                    for part in event["delta"].get("content") or []:
                        block = (event["id"], part["index"])
                        value = (part.get("text") or {}).get("value") or ""
                        blocks[block] = blocks.get(block, "") + value
                        refusal += part.get("refusal") or ""
                    text = "\n\n".join(filter(None, blocks.values()))
    status = run.get("status") or "not started"
    if failure or status != "completed":
        details = run.get("last_error") or {}
        incomplete = run.get("incomplete_details") or {}
        required = run.get("required_action") or {}
        why = failure or details.get("message") or incomplete.get("reason")
        why = why or required.get("type") or "the stream ended"
        raise RuntimeError(f"Assistant run {status}: {why}")
    if refusal:
        raise RuntimeError(f"The assistant refused: {refusal}")
    return {**run, "output_text": text}


def ask(question):
    payload = {
        "assistant_id": os.environ["WORKFLOW_ID"],
        "stream": True,
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
        data = read_run_stream(response)
    # Assistants API response format: the text of the messages that were streamed
    answer = data["output_text"]

    if not answer:
        raise RuntimeError("No response from assistant (no text)")

    return answer
