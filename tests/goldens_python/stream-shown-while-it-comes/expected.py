import json
import os
import re
import typing

from requests import Response, Session


def read_run_stream(
    stream: Response,
    on_text: typing.Callable[[str], object],
) -> typing.Any:
    """Read a run's events to their end; give the run with its text as output_text."""
    stream.raise_for_status()
    run: typing.Any = {}
    blocks: typing.Any = {}
    text = refusal = failure = ""
    name = last = unread = b""
    payload: typing.Any = []
    for chunk in stream.iter_content(chunk_size=None):
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


class Asker:
    def __init__(self) -> None:
        self.shown: list[str] = []

    def show(self, text: str) -> None:
        self.shown.append(text)

    def ask(self, question: str) -> str:
        with Session() as session:
            response = session.post(
                "https://api.openai.com/v1/threads/runs",
                headers={
                    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
                    "OpenAI-Beta": "assistants=v2",
                },
                json={
                    "assistant_id": os.environ["WORKFLOW_ID"],
                    "thread": {"messages": [{"role": "user", "content": question}]},
                    "stream": True,
                },
                timeout=30,
                stream=True,
            )
            # Assistants API response format: the text of the messages that were streamed
            run = read_run_stream(response, self.show)
            answer: str = run["output_text"] or "nothing"
            return answer


def ask(question: str) -> str:
    asker = Asker()
    answer = asker.ask(question)
    assert asker.shown[-1] == answer
    return answer
