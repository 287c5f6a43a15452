"""What tells the text of an answer in Python programs: its name, and what is done with it."""

from __future__ import annotations

import re

import libcst as cst

from callmend.languages.python.program import Program
from callmend.languages.python.tree import dotted

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
#: What takes an object, a dict or a list apart, and makes nothing of a text, or its letters.
_TAKES_APART = frozenset(
    {"asdict", "dataclasses.asdict", "dict", "enumerate", "frozenset", "iter", "list", "max",
     "min", "reversed", "set", "sorted", "sum", "tuple", "vars", "zip"}
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


def is_no_text(program: Program, node: cst.CSTNode) -> bool:
    """Whether what is done with a part of an answer cannot be done with a text."""
    parent = program.tree.parent(node)
    if isinstance(parent, cst.Attribute) and parent.value is node:
        return not hasattr(str, parent.attr.value)
    if isinstance(parent, (cst.StarredDictElement, cst.StarredElement)):
        return True
    call = program.tree.parent(parent) if isinstance(parent, cst.Arg) else None
    if not isinstance(call, cst.Call):
        return False
    return (program.scopes.imported(call.func) or dotted(call.func)) in _TAKES_APART
