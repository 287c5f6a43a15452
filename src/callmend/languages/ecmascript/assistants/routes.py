"""Which call of the Assistants API a method and a URL are, and the parts of the URL it is given."""

from __future__ import annotations

import re

from tree_sitter import Node

from callmend.endpoints import Endpoint, catalogue
from callmend.languages.ecmascript.assistants.calls import Op
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import field, items, unwrapped
from callmend.languages.ecmascript.values import HOLE

BASE = "https://api.openai.com/v1"
PATH = re.compile(
    re.escape(BASE) + r"/(?P<path>threads(?:/[^?#]*)?|assistants(?:/[^?#]*)?)/?(?P<query>\?[^#]*)?"
)
OPS = {
    ("POST", "threads"): Op.CREATE_THREAD,
    ("POST", "threads/runs"): Op.THREAD_AND_RUN,
    ("GET", "threads/*"): Op.RETRIEVE_THREAD,
    ("DELETE", "threads/*"): Op.DELETE_THREAD,
    ("POST", "threads/*/messages"): Op.ADD_MESSAGE,
    ("GET", "threads/*/messages"): Op.LIST_MESSAGES,
    ("POST", "threads/*/runs"): Op.RUN,
    ("GET", "threads/*/runs/*"): Op.RETRIEVE_RUN,
    ("POST", "threads/*/runs/*/submit_tool_outputs"): Op.SUBMIT,
}
WITH_BODY = frozenset({Op.CREATE_THREAD, Op.THREAD_AND_RUN, Op.ADD_MESSAGE, Op.RUN, Op.SUBMIT})
#: The catalogue's rows by the paths' beginnings, the longest first.
_ROWS = (
    ("threads/runs", "threads-runs"),
    ("threads/*/runs/", "thread-run"),
    ("threads/*/runs", "thread-runs"),
    ("threads/*/messages", "thread-messages"),
    ("threads", "threads"),
    ("assistants", "assistants"),
)


def endpoint_of(path: str) -> Endpoint:
    """The catalogue's row of a path, its ids written as `*`."""
    wanted = next(row for start, row in _ROWS if path.startswith(start))
    return next(row for row in catalogue() if row.id == wanted)


def holes(program: Program, url: Node) -> list[Node]:
    """The parts of a URL that are not known before the program runs, in their order."""
    node = unwrapped(url)
    if node.type == "identifier":
        node = program.resolver.constant(node) or node
    if node.type == "template_string":
        parts = [n for n in node.named_children if n.type == "template_substitution"]
        inner = [items(part)[0] for part in parts if len(items(part)) == 1]
        return [n for n in inner if HOLE in "".join(program.resolver.value(n).texts)]
    if node.type == "binary_expression":
        sides = [field(node, "left"), field(node, "right")]
        return [hole for side in sides if side is not None for hole in holes(program, side)]
    if HOLE in "".join(program.resolver.value(node).texts):
        return [node]
    return []
