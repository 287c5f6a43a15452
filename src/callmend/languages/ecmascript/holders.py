"""A value on its way through a file, and where it is taken out of an object that holds it.

`return { json: JSON.parse(raw), raw };` of a helper, and `read.json` of its caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tree_sitter import Node

from callmend.languages.ecmascript.bodies import is_logged
from callmend.languages.ecmascript.callees import (
    calls_among,
    function_named,
    is_still_promised,
    parameter_of,
)
from callmend.languages.ecmascript.elements import MEMBERS
from callmend.languages.ecmascript.members import member_key
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readings import What
from callmend.languages.ecmascript.scopes import is_declared_exported
from callmend.languages.ecmascript.sources import is_async
from callmend.languages.ecmascript.tree import FUNCTIONS, field, items, key_name, text, unwrapped
from callmend.languages.ecmascript.values import text_of
from callmend.records import record

_MOST_CALLS = 4
_MOST_STEPS = 60
_ASKED = frozenset({"if_statement", "while_statement", "unary_expression", "expression_statement"})


@record(frozen=True, slots=True)
class Value:
    """A value on its way: where it stands, what it is, and what leads to it from the answer.

    ``within`` are the members that lead to it from an object that holds it, outermost first.
    ``via`` are the calls by which it came into the functions that it is in, the innermost last.
    """

    node: Node
    what: What
    promised: bool = False
    names: tuple[bytes, ...] = ()
    within: tuple[bytes, ...] = ()
    via: tuple[Node, ...] = ()

    def at(self, node: Node) -> Value:
        """The same value elsewhere."""
        return replace(self, node=node)

    def into(self, call: Node) -> Value:
        """The same value where it goes into a function of the file by a call."""
        return replace(self, via=(*self.via, call)[-_MOST_CALLS:])


def in_object(value: Value, node: Node, parent: Node, program: Program) -> Value | None:
    """The object that a value is put into: `{ json: value }`, `{ value }`; None for anything else.

    ``node`` is the value's whole expression, and ``parent`` what that stands in.
    """
    key, holder = None, None
    if parent.type == "pair" and field(parent, "value") == node:
        key, holder = key_name(parent), program.tree.parent(parent)
    elif node.type == "shorthand_property_identifier":
        key, holder = text(node), parent
    if key is None or holder is None or holder.type != "object" or value.promised:
        return None
    return replace(value, node=holder, within=(key, *value.within))


class Holders:
    """Finds where values are taken out of the objects of a file that hold them.

    ``uses`` gives the places that read what is put into a variable.
    """

    def __init__(self, program: Program, uses: Callable[[Node], Iterator[Node]]) -> None:
        self._program = program
        self._tree = program.tree
        self._uses = uses

    def taken_out(self, value: Value, node: Node, parent: Node) -> list[Value] | None:
        """The value wherever it is read from the object that it is put into.

        None where that object may go where it is not seen.
        """
        held = None if value.names else in_object(value, node, parent, self._program)
        if held is None:
            return None
        behind = [m for m in items(held.node) if m.start_byte > node.end_byte]
        if any(key_name(member) in (None, held.within[0]) for member in behind):
            return None
        waiting, found = [held], list[Value]()
        seen: set[tuple[int, bool]] = set()
        while waiting:
            each = waiting.pop()
            if (each.node.id, each.promised) in seen:
                continue
            seen.add((each.node.id, each.promised))
            steps = self._steps(each)
            if steps is None or len(seen) > _MOST_STEPS:
                return None
            for step in steps:
                (waiting if step.within else found).append(step)
        return found

    def _steps(self, value: Value) -> list[Value] | None:
        """Where an object goes next, and what is taken out of it; None where that is not known."""
        node, parent = self._tree.outer(value.node)
        if parent is None or is_logged(self._tree, node):
            return None
        kind = parent.type
        if kind == "await_expression":
            return [replace(value, node=parent, promised=False)]
        if kind == "return_statement" or (kind in FUNCTIONS and field(parent, "body") == node):
            return self._returned(value, parent)
        if kind in _ASKED and text_of(parent, "operator") in (b"", b"!"):
            return []
        if value.promised:
            return None
        if kind in ("variable_declarator", "assignment_expression"):
            target = field(parent, "name") or field(parent, "left")
            return None if target is None or target == node else self._bound(value, target)
        if kind in MEMBERS and field(parent, "object") == node:
            return self._member(value, parent)
        if kind == "arguments":
            return self._given(value, node, parent)
        return None

    def _bound(self, value: Value, target: Node) -> list[Value] | None:
        """Where an object is read by its name, or a member of it by one of its own."""
        if target.type == "identifier":
            binding = self._program.scopes.binding(target)
            if binding is None or is_declared_exported(binding):
                return None
            return [value.at(use) for use in self._uses(target)]
        if target.type != "object_pattern":
            return None
        found: list[Value] = []
        for part in items(target):
            if part.type not in ("pair_pattern", "shorthand_property_identifier_pattern"):
                return None
            name = field(part, "value") or part
            if (key_name(part) or text(part)) != value.within[0]:
                continue
            if name.type not in ("identifier", "shorthand_property_identifier_pattern"):
                return None
            found += [replace(value, node=use, within=()) for use in self._uses(name)]
        return found

    def _member(self, value: Value, member: Node) -> list[Value] | None:
        """What is taken out by its name; a call of a method may do more."""
        key, around = member_key(member), self._tree.outer(member)[1]
        if key is None or around is None:
            return None
        written = field(around, "left") == member and "assignment" in around.type
        if written or (field(around, "function") == member and key != value.within[0]):
            return None
        return [replace(value, node=member, within=())] if key == value.within[0] else []

    def _given(self, value: Value, node: Node, arguments: Node) -> list[Value] | None:
        """Where a function of the file reads what it is given."""
        call = self._tree.parent(arguments)
        callee = None if call is None else field(call, "function")
        function = None
        if callee is not None:
            function = function_named(self._program.scopes, unwrapped(callee))
        given = items(arguments)
        if call is None or function is None or node not in given or call in value.via:
            return None
        name = parameter_of(function, given.index(node))
        return None if name is None else self._bound(value.into(call), name)

    def _returned(self, value: Value, where: Node) -> list[Value] | None:
        """The calls that give what a function returns, where all of them are seen."""
        function = where if where.type in FUNCTIONS else self._tree.function_of(where)
        promised = value.promised or is_async(function)
        binding = self._named(function)
        if binding is None:
            return None
        named, references = binding
        if value.via and self._called(value.via[-1]) == function:
            calls, via = [value.via[-1]], value.via[:-1]
        else:
            calls, via = calls_among(self._tree, references), ()
            if named or len(calls) != len(references):
                return None
        return [
            replace(value, node=c, promised=promised and is_still_promised(self._tree, c), via=via)
            for c in calls
        ]

    def _called(self, call: Node) -> Node | None:
        callee = field(call, "function")
        return None if callee is None else function_named(self._program.scopes, unwrapped(callee))

    def _named(self, function: Node) -> tuple[bool, list[Node]] | None:
        """Whether other files may call a named function, and where this one names it."""
        name = self._tree.name_of(function)
        binding = None if name is None else self._program.scopes.binding(name)
        if name is None or binding is None or binding.writes:
            return None
        references = [use for use in binding.references if use != name]
        return is_declared_exported(binding), references
