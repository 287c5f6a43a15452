"""Whether an id of the dead run is sent on, so that it may ask for the dead run again."""

from __future__ import annotations

from collections.abc import Collection

from tree_sitter import Node

from callmend.languages.ecmascript.bodies import is_logged, writes_a_log
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import field
from callmend.languages.ecmascript.values import text_of

#: Methods that keep what they are given, under a key: `env.LOG.put(run.id, reply)`.
_STORING = frozenset({b"insert", b"insertOne", b"put", b"save", b"set", b"setItem", b"track"})


def is_sent(node: Node, program: Program, polls: Collection[int]) -> bool:
    """Whether an id goes into a URL or a call that is none of the polling, logs left out."""
    for current in (node, *program.tree.ancestors(node)):
        if current.id in polls or is_logged(program.tree, current):
            return False
        if current.type in ("object", "arrow_function", "array"):
            return False
        if current.type == "new_expression":
            made = text_of(current, "constructor")
            return not made.endswith(b"Error") and not _is_thrown(current, made)
        if current.type == "call_expression":
            callee = field(current, "function") or current
            method = text_of(callee, "property")
            return method not in _STORING and not writes_a_log(current)
        if current.type.endswith(("_statement", "_declaration")):
            return True
    return True


def _is_thrown(made: Node, name: bytes) -> bool:
    """`throw new RunFailed(message, run.id)`; a response that is thrown is sent to the client."""
    return made.parent is not None and (
        made.parent.type == "throw_statement" and not name.endswith(b"Response")
    )
