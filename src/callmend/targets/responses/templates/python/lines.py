"""A Response's events as lines of another form; `async` is put in where the client is awaited."""

import json
import re
import typing


def workflow_lines(
    stream: __RESPONSE__,
) -> __LINES__:
    """Give a response's text in the lines that this file reads."""
    if __CHECKS__:
        stream.raise_for_status()
    answered: typing.Any = {}
    if __PIECES__:
        aside = set()
        shown = ""
    failure = ""
    last = unread = b""
    payload: typing.Any = []
    for chunk in __CHUNKS__:
        # A line ends in LF, CRLF or CR; a CRLF may be cut in two
        torn = last == b"\r" and chunk[:1] == b"\n"
        unread += chunk[1:] if torn else chunk
        last = chunk[-1:]
        *lines, unread = re.split(rb"\r\n|\n|\r", unread)
        for line in lines:
            if line.startswith(b"data:"):
                payload.append(line[5:])
            elif not line:
                data, payload = b"\n".join(payload), []
                if data.strip() in (b"", b"[DONE]"):
                    continue
                event = json.loads(data)
                kind = event["type"]
                if __PIECES__:
                    if kind == "response.output_item.added":
                        if event["item"].get("phase") == "commentary":
                            aside.add(event["output_index"])
                    elif kind == "response.output_text.delta":
                        if event["output_index"] not in aside:
                            text = event["delta"]
                            shown += text
                            given = __GIVEN__
                            yield __LINE__
                            if __BLANK__:
                                yield __EMPTY__
                if kind == "error":
                    error = event.get("error") or event
                    failure = error.get("message") or "an error event"
                elif kind in (
                    "response.completed",
                    "response.failed",
                    "response.incomplete",
                ):
                    answered = event["response"]
    status = answered.get("status") or "unfinished"
    if failure or status != "completed":
        details = answered.get("error") or {}
        incomplete = answered.get("incomplete_details") or {}
        why = failure or details.get("message") or incomplete.get("reason")
        why = why or "the stream ended"
        raise RuntimeError(f"Response {status}: {why}")
    all_text = final_text = ""
    for item in answered["output"]:
        if item["type"] != "message":
            continue
        for part in item["content"]:
            if part["type"] == "refusal":
                refusal = part["refusal"]
                raise RuntimeError(f"The model refused: {refusal}")
            if part["type"] == "output_text":
                all_text += part["text"]
                if item.get("phase") == "final_answer":
                    final_text += part["text"]
    text = final_text or all_text
    if not text:
        raise RuntimeError("No response from the model (no text)")
    if __PIECES__:
        if not shown:
            given = __GIVEN__
            yield __LINE__
            if __BLANK__:
                yield __EMPTY__
    else:
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
