"""Tool loops: the functions that a run asks for, and the outputs that are sent back."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as made

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.assistants.answers import is_logged, is_tested
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import (
    field,
    items,
    key_name,
    show_line,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason

_PATH = (b"submit_tool_outputs", b"tool_calls")
_OF_FUNCTION = frozenset({b"name", b"arguments"})
_EACH = frozenset({b"map", b"forEach"})


@dataclass
class ToolLoop:
    """What has to change where a run's function calls are answered.

    ``asked`` are the questions whether functions are to be called, ``listed`` the lists of the
    calls, ``functions`` the `toolCall.function`, ``ids`` the property names `id`, ``outputs`` the
    keys `tool_call_id`.
    """

    asked: list[Node] = made(default_factory=list)
    listed: list[Node] = made(default_factory=list)
    functions: list[Node] = made(default_factory=list)
    ids: list[Node] = made(default_factory=list)
    outputs: list[Node] = made(default_factory=list)


class Tools:
    """Reads the tool loop of one flow."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._tree = program.tree
        self._scopes = program.scopes
        self._loop = ToolLoop()

    def read(self, required: list[Node], comparisons: list[Node]) -> ToolLoop:
        """The tool loop of a run.

        Args:
            required: The readings of `run.required_action`.
            comparisons: The comparisons of the run's status with `requires_action`.

        Raises:
            RefusedError: something of it is not certain.
        """
        for comparison in comparisons:
            if text_of(comparison, "operator") not in (b"===", b"=="):
                raise RefusedError(Reason.TOOL_LOOP, show_line(comparison))
            self._loop.asked.append(comparison)
        for node in required:
            self._required(node)
        if not self._loop.listed or not self._loop.outputs:
            where = required[0] if required else comparisons[0]
            raise RefusedError(Reason.TOOL_LOOP, show_line(where))
        return self._loop

    def _required(self, node: Node) -> None:
        """Follow `run.required_action` to `.submit_tool_outputs.tool_calls`, or to a question."""
        current = node
        for name in _PATH:
            outer, parent = self._tree.outer(current)
            if parent is not None and parent.type == "member_expression":
                if field(parent, "object") == outer and text_of(parent, "property") == name:
                    current = parent
                    continue
            if is_tested(self._program, current):
                self._loop.asked.append(unwrapped(outer))
                return
            if parent is not None and is_logged(self._tree.parent(parent), parent):
                self._loop.listed.append(current)
                return
            raise RefusedError(Reason.TOOL_LOOP, show_line(node))
        self._loop.listed.append(current)
        self._calls(current)

    def _calls(self, node: Node) -> None:
        """Follow a list of calls."""
        outer, parent = self._tree.outer(node)
        if parent is None:
            raise RefusedError(Reason.TOOL_LOOP, show_line(node))
        if parent.type == "variable_declarator" and field(parent, "value") == outer:
            name = field(parent, "name")
            binding = None if name is None else self._scopes.binding(name)
            if binding is None or binding.writes or binding.name_node != name:
                raise RefusedError(Reason.TOOL_LOOP, show_line(parent))
            for use in binding.references:
                self._calls(use)
        elif parent.type == "for_in_statement" and field(parent, "right") == outer:
            self._each(field(parent, "left"), parent)
        elif parent.type == "member_expression" and field(parent, "object") == outer:
            name_of = text_of(parent, "property")
            called = self._tree.parent(parent)
            if name_of in _EACH and called is not None and called.type == "call_expression":
                given = items(field(called, "arguments") or called)
                self._callback(given[0] if len(given) == 1 else None, parent)
            elif name_of != b"length":
                raise RefusedError(Reason.TOOL_LOOP, show_line(parent))
        elif not is_logged(self._tree.parent(parent), parent) and not is_tested(
            self._program, node
        ):
            raise RefusedError(Reason.TOOL_LOOP, show_line(node))

    def _callback(self, callback: Node | None, at: Node) -> None:
        if callback is None or callback.type not in ("arrow_function", "function_expression"):
            raise RefusedError(Reason.TOOL_LOOP, show_line(at))
        single = field(callback, "parameter")
        listed = field(callback, "parameters")
        given = items(listed) if listed is not None else []
        first = single if single is not None else (given[0] if len(given) == 1 else None)
        if first is not None and first.type.endswith("_parameter"):
            first = None if field(first, "type") is not None else field(first, "pattern")
        self._each(first, at)

    def _each(self, name: Node | None, at: Node) -> None:
        binding = None if name is None else self._scopes.binding(name)
        if binding is None or name is None or name.type != "identifier" or binding.writes:
            raise RefusedError(Reason.TOOL_LOOP, show_line(at))
        for use in binding.references:
            self._call(use)

    def _call(self, use: Node) -> None:
        """One use of one function call."""
        outer, parent = self._tree.outer(use)
        if parent is None or parent.type != "member_expression" or field(parent, "object") != outer:
            if parent is not None and is_logged(self._tree.parent(parent), parent):
                return
            raise RefusedError(Reason.TOOL_LOOP, show_line(use))
        name = text_of(parent, "property")
        property_node = field(parent, "property")
        if name == b"function":
            self._function(parent)
        elif name == b"id" and property_node is not None:
            self._loop.ids.append(property_node)
            self._id(parent)
        else:
            raise RefusedError(Reason.TOOL_LOOP, show_line(parent))

    def _function(self, member: Node) -> None:
        outer, parent = self._tree.outer(member)
        if parent is not None and parent.type == "member_expression":
            if field(parent, "object") == outer and text_of(parent, "property") in _OF_FUNCTION:
                self._loop.functions.append(member)
                return
        if parent is not None and parent.type == "variable_declarator":
            pattern = field(parent, "name")
            if pattern is not None and pattern.type == "object_pattern":
                if all(key_name(item) in _OF_FUNCTION for item in items(pattern)):
                    self._loop.functions.append(member)
                    return
        raise RefusedError(Reason.TOOL_LOOP, show_line(member))

    def _id(self, member: Node) -> None:
        outer, parent = self._tree.outer(member)
        if parent is not None and parent.type == "pair" and field(parent, "value") == outer:
            key = field(parent, "key")
            around = self._tree.parent(parent)
            others = set() if around is None else {key_name(item) for item in items(around)}
            if key is not None and others == {b"tool_call_id", b"output"}:
                self._loop.outputs.append(key)
                return
        if parent is not None and is_logged(self._tree.parent(parent), parent):
            return
        raise RefusedError(Reason.TOOL_LOOP, show_line(unwrapped(member)))


def is_question(node: Node) -> bool:
    """Whether a comparison asks whether functions are to be called."""
    sides = [field(node, "left"), field(node, "right")]
    return any(s is not None and text(unwrapped(s))[1:-1] == b"requires_action" for s in sides)
