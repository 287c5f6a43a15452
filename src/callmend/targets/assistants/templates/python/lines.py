"""A run's events as lines of another form; `async` is put in where the client is awaited."""

import json
import re
import typing


def workflow_lines(
    stream: __RESPONSE__,
) -> __LINES__:
    """Give the text of a run in the lines that this file reads."""
    if __CHECKS__:
        stream.raise_for_status()
    run: typing.Any = {}
    block: typing.Any = ()
    whole = refusal = failure = ""
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
                        refusal += part.get("refusal") or ""
                        text = (part.get("text") or {}).get("value")
                        if not text:
                            continue
                        # Each block of text is a paragraph
                        place = (event["id"], part["index"])
                        if whole and place != block:
                            text = "\n\n" + text
                        block = place
                        whole += text
                        if __PIECES__:
                            given = __GIVEN__
                            yield __LINE__
                            if __BLANK__:
                                yield __EMPTY__
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
    if not whole:
        raise RuntimeError("No response from assistant (no text)")
    if __WHOLE__:
        text = whole
    if __ONCE__:
        given = __GIVEN__
        yield __LINE__
        if __BLANK__:
            yield __EMPTY__
    if __FINAL__:
        given = __ENDING__
        yield __LINE__
        if __BLANK__:
            yield __EMPTY__
    if __DONE__:
        yield __ENDED__
        if __BLANK__:
            yield __EMPTY__
