"""Whether a Python file may hold a dead call at all, by its bytes: before LibCST is imported."""

from __future__ import annotations

import re

#: A path or a path's end in a string (`workflows/`, `/workflows`), or the made-up resource of the
#: official client (`workflows.runs`), and the same of threads.
_PATHS = re.compile(rb"(?:workflows|threads)/|/(?:workflows|threads)\b")
_RESOURCES = re.compile(
    rb"\bworkflows\s*\.\s*(?:runs?|invoke|execute)\b|\bbeta\b[\s\S]{0,200}?\b(?:threads|assistants)\b"
)
#: Any member of the made-up resource, in a file that has OpenAI's client: `client.workflows.start`.
_MEMBER = re.compile(rb"\.\s*workflows\b")
_OPENAI = re.compile(rb"openai", re.IGNORECASE)
#: A segment of a path that is put together: `"/".join([BASE, "workflows", ...])`.
_SEGMENT = re.compile(rb"[\"'](?:workflows|threads)[\"']")
#: The URL of the Responses API, whole or the end of one that is put together.
_RESPONSES = re.compile(rb"v1/responses\b(?!/)|[\"'}/]responses/?[\"']")
_CREATES = re.compile(rb"\bresponses\s*\.\s*create\s*\(")
_CLIENT = re.compile(rb"\b(?:OpenAI|AsyncOpenAI|openai\.(?:Async)?Client)\s*\(")
#: What makes a call of it a wrong one. A right raw call is worth a look for `output`: so it reads.
_SENT = re.compile(rb"\b(?:messages|choices|(?:workflow|assistant|thread)(?:_id|Id)|workflow)\b")
_READ = re.compile(rb"[\"'](?:output_text|message|value)[\"']")


def may_call(data: bytes) -> bool:
    """Whether a file's bytes hold something that a dead call cannot do without."""
    if _PATHS.search(data) or _RESOURCES.search(data):
        return True
    if _MEMBER.search(data) and _OPENAI.search(data):
        return True
    sent = _SENT.search(data)
    if sent and _CREATES.search(data) and _CLIENT.search(data):
        return True
    return b"api.openai.com" in data and bool(
        _SEGMENT.search(data) or (_RESPONSES.search(data) and (sent or _READ.search(data)))
    )
