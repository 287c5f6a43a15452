"""A tool loop in a response's words: `function_call` and `function_call_output` items."""

from __future__ import annotations

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.languages.ecmascript.assistants.calls import Call
from callmend.languages.ecmascript.assistants.flows import Flow
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.style import Style
from callmend.languages.ecmascript.template import Capture
from callmend.languages.ecmascript.tree import (
    field,
    is_inside,
    items,
    member_value,
    show_line,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.targets.responses.parameters import captured, object_members


class ToolWriter:
    """Writes the tool loop of one flow; ``name`` is the response's variable."""

    def __init__(self, program: Program, names: Names, flow: Flow, name: bytes) -> None:
        self._program = program
        self._tree = program.tree
        self._names = names
        self._flow = flow
        self._name = name

    def edits(self, style: Style) -> list[Edit]:
        """The edits of what asks for, reads and answers the functions' calls."""
        loop = self._flow.tools
        if loop is None:
            return []
        quote = style.quote
        test = b"(item) => item.type === " + quote + b"function_call" + quote
        found = [self._question(n, test) for n in loop.asked]
        found += [
            Edit(n.start_byte, n.end_byte, self._name + b".output.filter(" + test + b")")
            for n in loop.listed
        ]
        for node in loop.functions:
            inner = field(node, "object")
            if inner is not None:
                found.append(Edit(inner.end_byte, node.end_byte, b""))
        found += [Edit(n.start_byte, n.end_byte, b"call_id") for n in loop.ids]
        kind = quote + b"function_call_output" + quote
        if style.types:
            kind += b" as const"
        found += [
            Edit(key.start_byte, key.end_byte, b"type: " + kind + b", call_id")
            for key in loop.outputs
        ]
        return found

    def _question(self, node: Node, test: bytes) -> Edit:
        """Whether functions are to be called; asked twice in one condition it is asked once."""
        loop = self._flow.tools
        outer, parent = self._tree.outer(node)
        if loop is not None and parent is not None and parent.type == "binary_expression":
            left = field(parent, "left")
            if text_of(parent, "operator") == b"&&" and left is not None and left != outer:
                if unwrapped(left) in [unwrapped(asked) for asked in loop.asked]:
                    return Edit(left.end_byte, outer.end_byte, b"")
        return Edit(node.start_byte, node.end_byte, self._name + b".output.some(" + test + b")")

    def outputs(self, call: Call, moved: list[Node]) -> Capture:
        """The expression of the outputs, which has to stand as it is where they are sent.

        Raises:
            RefusedError: it is not a plain name, or the call's other values mean something else.
        """
        given = object_members(self._program, call.arguments[-1], Reason.TOOL_LOOP)
        member = given.get(b"tool_outputs")
        value = None if member is None else member_value(member)
        plain = value is not None and value.type in ("identifier", "shorthand_property_identifier")
        if value is None or not plain or not set(given) <= {b"tool_outputs", b"thread_id"}:
            raise RefusedError(Reason.TOOL_LOOP, show_line(call.node))
        for node in moved:
            if any(is_inside(node, other) for other in items(call.node)):
                continue
            for used in self._program.scopes.names_in(node):
                binding = self._program.scopes.binding(used)
                seen = self._program.scopes.scope_at(call.node).lookup(text(used))
                if seen is not binding:
                    raise RefusedError(Reason.NAME_NOT_IN_SCOPE, show_line(used))
        return captured(self._program, value)
