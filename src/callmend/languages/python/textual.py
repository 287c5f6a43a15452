"""Names under which the text of an answer stands in Python programs."""

from __future__ import annotations

import re

#: Names under which a text stands (seen in public callers of the endpoint).
TEXTUAL = frozenset(
    {"answer", "assistant_message", "assistant_reply", "body", "completion", "content", "data",
     "explanation", "final_answer", "final_output", "final_text", "generated_text", "html",
     "markdown", "message", "output", "output_text", "reply", "response", "result", "summary",
     "text", "translation", "value"}
)  # fmt: skip
#: What the last word of a longer name says of a text (`assistant_response`), and first words that
#: say of which other text it is.
_LAST_WORDS = frozenset({"answer", "content", "message", "output", "reply", "response", "text"})
_OF_OTHERS = frozenset(
    {"debug", "error", "failure", "input", "log", "original", "prompt", "query", "request",
     "status", "system", "user", "warning"}
)  # fmt: skip
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def is_textual(name: object) -> bool:
    """Whether a name says that the answer's text stands under it."""
    if not isinstance(name, str):
        return False
    if name in TEXTUAL:
        return True
    *first, last = [word.lower() for word in _WORDS.findall(name)] or [""]
    return bool(first) and last in _LAST_WORDS and not _OF_OTHERS & {*first}
