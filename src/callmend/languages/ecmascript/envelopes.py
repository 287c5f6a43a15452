"""What is read of an answer that a post helper returns within an object of its own.

`return { ok: r.ok, status: r.status, json }` and what its callers do with that: the members are
followed into lists of results, `find` and loops, and out of them again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from callmend.languages.ecmascript.bodies import is_logged
from callmend.languages.ecmascript.callees import is_still_promised
from callmend.languages.ecmascript.elements import MEMBERS, PICKING
from callmend.languages.ecmascript.holders import Value, in_object
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import Readings, What
from callmend.languages.ecmascript.sources import is_async, returned
from callmend.languages.ecmascript.statuses import Checked, checked
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    field,
    is_inside,
    items,
    key_name,
    member_value,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of

#: What leads from a list to its elements.
_ELEMENT = b"[]"
#: Methods that give a list of some elements of one.
_LISTS = frozenset({b"concat", b"filter", b"reverse", b"slice"})
#: Methods that give each element to a function.
_VISITS = frozenset({b"every", b"filter", b"find", b"findLast", b"forEach", b"map", b"some"})
_ADDS = frozenset({b"push", b"unshift"})
_HARMLESS = frozenset({b"length", b"push", b"unshift"})
_CHECKS = {b"ok": What.OK, b"status": What.STATUS}
_COMPARED = (b"==", b"===", b"!=", b"!==", b"<", b"<=", b">", b">=")


class EnvelopeFollower(Follower):
    """Follows the answer of a request that a function of the file sends, through one call of it.

    The value leaves ``function`` by ``through`` alone, whatever else calls it.
    """

    def __init__(self, program: Program, sent: Node, function: Node, through: Node) -> None:
        super().__init__(program, sent)
        self._function = function
        self._through = through
        self._leaving: set[int] = set()

    @property
    def gives_failures(self) -> bool:
        """Whether the function gives what a failure says in an object of its own.

        Then what it looks at itself keeps no failure from a caller who does not look.
        """
        return len(self._leaving) > 1

    def outside(self) -> list[Node]:
        """Where the callers look whether it is an answer.

        At the response's `ok`; where the function itself tells every failure from every answer,
        also at a member that is `false` in some of the objects, or that only some of them have.
        """
        function = self._function
        found = [node for node in self.readings.checks if not is_inside(node, function)]
        own = Readings(checks=[n for n in self.readings.checks if is_inside(n, function)])
        if checked(own, self._program) is not Checked.LEAVES:
            return found
        objects = [unwrapped(node) for node in returned(function) or ()]
        members = [
            {key_name(m): member_value(m) for m in items(each)}
            for each in objects
            if each.type == "object"
        ]
        if len(members) < len(objects):
            return found
        for name in dict.fromkeys(name for each in members for name in each):
            values = [each[name] for each in members if name in each]
            told = [value for value in values if value.type == "false"]
            if told and any(value.type != "false" for value in values):
                found += self._looked_at(told[0])
            elif len(values) < len(members):
                found += filter(self._is_condition, self._looked_at(values[0]))
        return found

    def _looked_at(self, value: Node) -> list[Node]:
        """Where the callers look at a member that the function returns."""
        other = EnvelopeFollower(self._program, self._call, self._function, self._through)
        other.follow(value, What.OK, promised=False)
        return [n for n in other.readings.checks if not is_inside(n, self._function)]

    def _is_condition(self, node: Node) -> bool:
        """`if (result.error)`, `if (!result.json)`."""
        node, parent = self._tree.outer(node)
        while parent is not None and text_of(parent, "operator") == b"!":
            node, parent = self._tree.outer(parent)
        return parent is not None and field(parent, "condition") in (node, node.parent)

    def _step(self, value: Value) -> Iterator[Value]:
        node, parent = self._tree.outer(value.node)
        if parent is None:
            return
        whole = not value.names and value.what is not What.READABLE
        if value.within:
            yield from self._held(value, node, parent)
        elif whole and (held := in_object(value, node, parent, self._program)) is not None:
            yield held
        elif whole and parent.type == "array" and not value.promised:
            yield replace(value, node=parent, within=(_ELEMENT,))
        elif value.what in _CHECKS.values():
            yield from self._status(value, node, parent)
        else:
            yield from super()._step(value)

    def _of_response(
        self, value: Value, member: Node, name: bytes, call: Node | None, *, promised: bool
    ) -> Iterator[Value]:
        yield from super()._of_response(value, member, name, call, promised=promised)
        if value.what is What.RESPONSE and name in _CHECKS:
            if self._is_kept(member):
                # What is kept decides where it is read, and not here.
                self.readings.checks.remove(member)
            yield replace(value, node=member, what=_CHECKS[name])

    def _is_kept(self, member: Node) -> bool:
        node, parent = self._tree.outer(member)
        return parent is not None and (
            (parent.type == "variable_declarator" and field(parent, "value") == node)
            or in_object(Value(node, What.STATUS), node, parent, self._program) is not None
        )

    def _returned(self, value: Value, where: Node) -> Iterator[Value]:
        function = where if where.type in FUNCTIONS else self._tree.function_of(where)
        if function == self._function:
            if value.what in (What.BODY, What.TEXT) and value.within:
                self._leaving.add(where.id)
            promised = is_async(function) and is_still_promised(self._tree, self._through)
            yield replace(value, node=self._through, promised=promised)
        else:
            yield from super()._returned(value, where)

    # into an object

    def _status(self, value: Value, node: Node, parent: Node) -> Iterator[Value]:
        """Where `r.ok` is kept: in a variable, or as part of a stricter condition."""
        if parent.type == "variable_declarator" and field(parent, "value") == node:
            name = field(parent, "name")
            if name is not None and name.type == "identifier":
                yield from (value.at(use) for use in self._uses(name))
        elif parent.type == "binary_expression" and text_of(parent, "operator") == b"&&":
            yield value.at(parent)
        if node.type == "identifier":
            self._check(value)

    # out of an object

    def _held(self, value: Value, node: Node, parent: Node) -> Iterator[Value]:
        """The next step of an object that holds the value."""
        kind = parent.type
        if kind in MEMBERS and field(parent, "object") == node:
            yield from self._of_holder(value, parent)
        elif is_logged(self._tree, node):
            self.readings.shown += [] if value.what in _CHECKS.values() else [node]
        elif kind == "await_expression":
            yield replace(value, node=parent, promised=False)
        elif kind in ("variable_declarator", "assignment_expression"):
            yield from self._bound(value, node, parent)
        elif kind == "arguments":
            yield from self._given(value, node, parent)
        elif kind == "return_statement" or (kind in FUNCTIONS and field(parent, "body") == node):
            yield from self._returned(value, parent)
        elif self._passes_on(node, parent):
            yield value.at(parent)
        elif (held := in_object(value, node, parent, self._program)) is not None:
            yield held
        elif kind == "spread_element":
            yield from self._spread(value, node, parent)
        elif kind == "array":
            yield replace(value, node=parent, within=(_ELEMENT, *value.within))
        elif kind == "for_in_statement" and field(parent, "right") == node:
            yield from self._looped(value, node, parent)
        elif kind in ("pair", "yield_expression"):
            self._hand_on(value, node)

    def _hand_on(self, value: Value, node: Node) -> None:
        if value.what in _CHECKS.values():
            return
        if self._leaves_unseen(node):
            self.readings.lost.append(node)
            return
        super()._hand_on(value, node)
        if value.within:
            # Whoever gets the object has its status beside the answer.
            self.readings.carried.append(node)

    def _leaves_unseen(self, node: Node) -> bool:
        """Whether the function may return what is made of a value here, in a shape not known.

        `return new Result(json)`, `{ json: () => r.json() }`; not `await save(json);`.
        """
        if not is_inside(node, self._function):
            return False
        statement = self._tree.statement_of(node)
        inner = items(statement)
        if statement.type == "expression_statement" and inner:
            called = items(inner[0])[0] if inner[0].type == "await_expression" else inner[0]
            return called.type != "call_expression"
        return True

    def _spread(self, value: Value, node: Node, spread: Node) -> Iterator[Value]:
        """`{ ...result, more }`, where nothing behind it takes the member's place."""
        holder = self._tree.parent(spread)
        if holder is None or holder.type == "arguments":
            self._hand_on(value, node)
            return
        if holder.type == "object":
            behind = [m for m in items(holder) if m.start_byte > spread.start_byte]
            if not any(key_name(member) in (None, value.within[0]) for member in behind):
                yield value.at(holder)
        else:
            yield value.at(holder)

    def _of_holder(self, value: Value, member: Node) -> Iterator[Value]:
        """A member that is read of the object, or a method of the list."""
        first, rest = value.within[0], value.within[1:]
        name = _member_name(member)
        around = self._tree.parent(member)
        called = around if around is not None and field(around, "function") == member else None
        if value.promised:
            if called is not None and name in (b"then", b"catch", b"finally"):
                yield from self._then(value, called, name)
        elif first == _ELEMENT:
            yield from self._of_list(value, member, name, called)
        elif name is None:
            self.readings.lost.append(member)
        elif name == first:
            yield from self._taken(replace(value, node=member, within=rest))

    def _taken(self, value: Value) -> Iterator[Value]:
        """A value out of its object; a status is a check of the answer from here on."""
        if not value.within:
            self._check(value)
        yield value

    def _check(self, value: Value) -> None:
        """Note where the kept `ok` or `status` of the response is looked at."""
        parent = self._tree.outer(value.node)[1]
        named = text_of(value.node, "property") in (b"status", b"statusCode")
        compared = text_of(parent, "operator") in _COMPARED if parent is not None else False
        if value.what is What.OK or (value.what is What.STATUS and (named or compared)):
            self.readings.checks.append(value.node)

    def _of_list(
        self, value: Value, member: Node, name: bytes | None, called: Node | None
    ) -> Iterator[Value]:
        element = replace(value, within=value.within[1:])
        if member.type == "subscript_expression":
            yield from self._taken(element.at(member))
            return
        if called is None or name is None:
            if name not in _HARMLESS:
                self._hand_on(value, member)
            return
        if name in _VISITS:
            given = items(field(called, "arguments") or called)
            callback = unwrapped(given[0]) if given else called
            if callback.type in FUNCTIONS:
                yield from self._parameter(element, callback, 0)
            else:
                self.readings.lost.append(callback)
        if name in PICKING:
            yield from self._taken(element.at(called))
        elif name in _LISTS:
            yield value.at(called)
        elif name not in _VISITS and name not in _HARMLESS:
            self._hand_on(value, member)

    def _bound(self, value: Value, node: Node, parent: Node) -> Iterator[Value]:
        target = field(parent, "left") or field(parent, "name")
        if value.within and target is not None and target.type == "array_pattern":
            self.readings.lost.append(target)
        else:
            yield from super()._bound(value, node, parent)

    def _pattern(self, value: Value, pattern: Node) -> Iterator[Value]:
        """`const { ok, json } = await post(...)`."""
        if not value.within:
            yield from super()._pattern(value, pattern)
            return
        first, rest = value.within[0], value.within[1:]
        for part in items(pattern):
            inner = field(part, "value") or field(part, "left") or part
            if inner.type == "assignment_pattern":
                inner = field(inner, "left") or inner
            name = key_name(part) or text_of(part, "left") or text(part)
            if part.type == "rest_pattern":
                self.readings.lost.append(part)
            elif name == first and inner.type == "object_pattern":
                yield from self._pattern(replace(value, within=rest), inner)
            elif name == first:
                for use in self._uses(inner):
                    yield from self._taken(replace(value, node=use, within=rest))

    def _given(self, value: Value, node: Node, arguments: Node) -> Iterator[Value]:
        """The object as an argument: put into a list, or given to a function."""
        call = self._tree.parent(arguments)
        if call is None:
            return
        callee = unwrapped(field(call, "function") or call)
        owner = field(callee, "object")
        given = items(arguments)
        if text_of(callee, "property") in _ADDS and owner is not None:
            yield from self._added(value, node, owner)
        elif text(callee) == b"Promise.resolve":
            yield replace(value, node=call, promised=True)
        elif (function := self._own_function(call)) is not None and not value.promised:
            yield from self._parameter(value, function, given.index(node) if node in given else 0)
        elif text(callee) == b"JSON.stringify" and value.what not in _CHECKS.values():
            self.readings.generic.append(node)
        elif text(callee) not in (b"Boolean", b"String", b"Error"):
            self._hand_on(value, node)

    def _added(self, value: Value, node: Node, owner: Node) -> Iterator[Value]:
        """`results.push(result)`: the list's other uses."""
        binding = self._scopes.binding(owner) if owner.type == "identifier" else None
        listed = None if binding is None else field(binding.declarator, "value")
        if binding is None or binding.writes or listed is None or listed.type != "array":
            self._hand_on(value, node)
            return
        for use in binding.references:
            yield replace(value, node=use, within=(_ELEMENT, *value.within))

    def _looped(self, value: Value, node: Node, loop: Node) -> Iterator[Value]:
        """`for (const result of results)`."""
        name = field(loop, "left")
        if value.within[0] != _ELEMENT or text_of(loop, "operator") != b"of" or name is None:
            self._hand_on(value, node)
            return
        element = replace(value, within=value.within[1:])
        if name.type == "object_pattern":
            yield from self._pattern(element, name)
        elif name.type == "identifier":
            for use in self._uses(name):
                yield from self._taken(element.at(use))
        else:
            self.readings.lost.append(name)


def _member_name(member: Node) -> bytes | None:
    """The member that is read; None where it is known at run time only."""
    if member.type == "member_expression":
        return text_of(member, "property")
    index = field(member, "index")
    known = index is not None and index.type in ("string", "number")
    return text(index).strip(b"'\"") if known and index is not None else None
