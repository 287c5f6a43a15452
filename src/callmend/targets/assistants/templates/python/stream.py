"""Reading a run's events, for every client; `async` is put in where the client is awaited."""

import json
import re
import typing


def read_run_stream(
    stream: __RESPONSE__,
    on_text: __ON_TEXT__,
) -> typing.Any:
    """Read a run's events to their end; give the run with its text as output_text."""
    if __CHECKS__:
        stream.raise_for_status()
    run: typing.Any = {}
    blocks: typing.Any = {}
    text = refusal = failure = ""
    name = last = unread = b""
    payload: typing.Any = []
    for chunk in __CHUNKS__:
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
                    if __SHOWS__:
                        on_text(text)
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
