"""Where a file passes on the status of a response that it got."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.bodies import is_logged
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import field, items, key_name, text


def passes_status_on(check: Node, program: Program) -> bool:
    """Whether a response's status is that of the file's own response, or decides what runs.

    `{ status: response.status }` beside a body, `res.status(response.status)`; not a field of the
    body, which is sent with the status of a success.
    """
    node, parent = program.tree.outer(check)
    if parent is not None and parent.type == "variable_declarator":
        name = field(parent, "name")
        binding = None if name is None else program.scopes.binding(name)
        uses = [] if binding is None else binding.references
        return any(passes_status_on(use, program) for use in uses)
    if parent is None or is_logged(program.tree, node):
        return False
    key, obj = b"", parent.parent
    if parent.type == "pair":
        key = key_name(parent) or b""
    elif node.type == "shorthand_property_identifier":
        key, obj = text(node), parent
    if not key:
        return True
    around = None if obj is None else obj.parent
    if key not in (b"status", b"statusCode") or around is None:
        return False
    if around.type == "arguments":
        return len(items(around)) > 1 and items(around)[-1] == obj
    return around.type == "return_statement"
