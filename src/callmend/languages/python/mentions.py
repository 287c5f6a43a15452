"""Whether a Python file may hold a dead call at all, by its bytes: before LibCST is imported."""

from __future__ import annotations

import re

#: A path or a path's end in a string (`workflows/`, `/workflows`), or the made-up resource of the
#: official client (`workflows.runs`), and the same of threads.
_PATHS = re.compile(rb"(?:workflows|threads)/|/(?:workflows|threads)\b")
_RESOURCES = re.compile(rb"\bworkflows\s*\.\s*runs?\b|\bbeta\b[\s\S]{0,200}?\bthreads\b")


def may_call(data: bytes) -> bool:
    """Whether a file's bytes hold something that a dead call cannot do without."""
    return bool(_PATHS.search(data) or _RESOURCES.search(data))
