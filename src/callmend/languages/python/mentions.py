"""Whether a Python file may hold a dead call at all, by its bytes: before LibCST is imported."""

from __future__ import annotations

import re

#: A path or a path's end in a string (`workflows/`, `/workflows`), or the made-up resource of the
#: official client (`workflows.runs`), and the same of threads.
_PATHS = re.compile(rb"(?:workflows|threads)/|/(?:workflows|threads)\b")
_RESOURCES = re.compile(rb"\bworkflows\s*\.\s*runs?\b|\bbeta\b[\s\S]{0,200}?\bthreads\b")
#: The Responses API's own path or method, and a word that makes a call of it a wrong one.
_RESPONSES = re.compile(rb"/responses\b|\bresponses\s*\.\s*create\b")
_WRONG = re.compile(
    rb"\b(?:messages|choices|output|output_text|(?:workflow|assistant|thread)(?:_id|Id)|workflow)\b"
)


def may_call(data: bytes) -> bool:
    """Whether a file's bytes hold something that a dead call cannot do without."""
    if _PATHS.search(data) or _RESOURCES.search(data):
        return True
    return bool(_RESPONSES.search(data) and _WRONG.search(data))
