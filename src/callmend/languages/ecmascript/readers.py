"""What a file reads of an answer, followed from the request to wherever its value goes.

Where one expression reads the text, `answer` finds it. This follows the rest: `text()` and
`JSON.parse`, ladders of guesses, helpers of the file, `.then` chains, an answer that is handed on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from callmend.languages.ecmascript.bodies import is_logged
from callmend.languages.ecmascript.callees import (
    calls_among,
    calls_of_method,
    calls_of_parameter,
    function_named,
    is_awaited,
    is_still_promised,
    method_of,
    parameter_of,
)
from callmend.languages.ecmascript.elements import MEMBERS, elements_of, path_from
from callmend.languages.ecmascript.guards import excludes, guards_of
from callmend.languages.ecmascript.holders import Holders, Value
from callmend.languages.ecmascript.objects import is_private
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readings import IDS, Path, Readings, What
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    descendants,
    field,
    is_inside,
    items,
    key_name,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of

_MOST_FOLLOWED = 400
_NAMES = ("identifier", "shorthand_property_identifier_pattern")
_GENERIC = (b"Object.values", b"Object.entries", b"Object.keys", b"Array.isArray", b"Array.from")
_OF_OBJECTS = (b"Object.values", b"Object.entries", b"Object.keys", b"Object.assign")
#: What gives a text, or a part of it, as a text.
_KEEPING_TEXT = frozenset(
    {
        b"replace", b"replaceAll", b"slice", b"substr", b"substring", b"toString", b"trim",
        b"trimEnd", b"trimStart",
    }
)  # fmt: skip


def _element(value: Value) -> Value:
    """Any element of a list, of which the first stands for all."""
    return replace(value, names=(*value.names, b"0"))


class Follower:
    """Follows the value of one request through its file, ``into_lists`` to their elements too."""

    def __init__(self, program: Program, call: Node, *, into_lists: bool = True) -> None:
        self._into_lists = into_lists
        self._program = program
        self._tree = program.tree
        self._scopes = program.scopes
        self._call = call
        self._guards = guards_of(program.tree, program.scopes, call)
        self._seen: set[tuple[object, ...]] = set()
        self._holders = Holders(program, self._uses)
        self.readings = Readings()

    def follow(self, node: Node, what: What, *, promised: bool) -> None:
        """Follow a value, or the promise of one, to where it is read."""
        waiting = [Value(node, what, promised)]
        while waiting:
            value = waiting.pop()
            came = tuple(call.id for call in value.via)
            key = (value.node.id, value.what, value.promised, value.names, value.within, came)
            if key in self._seen:
                continue
            if len(self._seen) > _MOST_FOLLOWED:
                self.readings.lost.append(value.node)
                return
            self._seen.add(key)
            waiting.extend(self._step(value))

    # where a value goes next

    def _step(self, value: Value) -> Iterator[Value]:
        node, parent = self._tree.outer(value.node)
        if parent is None:
            return
        kind = parent.type
        if is_logged(self._tree, node):
            if value.what is What.BODY and not value.promised:
                yield from self._logged(value, node, parent)
            return
        if kind == "await_expression":
            yield replace(value, node=parent, promised=False)
        elif kind in ("variable_declarator", "assignment_expression"):
            yield from self._bound(value, node, parent)
        elif kind in MEMBERS and field(parent, "object") == node:
            yield from self._member(value, parent)
        elif kind == "arguments":
            yield from self._argument(value, node, parent)
        elif kind == "return_statement" or (kind in FUNCTIONS and field(parent, "body") == node):
            yield from self._returned(value, parent)
        elif self._passes_on(node, parent):
            yield value.at(parent)
        elif (
            self._into_lists
            and value.names
            and kind == "for_in_statement"
            and field(parent, "right") == node
        ):
            yield from self._each_of(value, parent)
        elif value.names and kind == "spread_element":
            self.readings.paths.append(Path(value.names, node, b"keys"))
        elif value.names:
            # A part of the answer is read here, and that is noted already.
            self.readings.strings += [value.names] if _is_asked_for_text(parent) else []
            joins = kind == "template_substitution" or text_of(parent, "operator") == b"+"
            self.readings.sent += [node] if joins and value.names[0] in IDS else []
        elif (taken := self._holders.taken_out(value, node, parent)) is not None:
            yield from taken
        elif kind in ("pair", "spread_element", "array", "object", "yield_expression"):
            self._hand_on(value, node)
        elif kind == "for_in_statement":
            # `for await (const event of run)` reads a stream.
            streamed = value.what is What.READABLE or any(
                child.type == "await" for child in parent.children
            )
            (self.readings.streams if streamed else self.readings.generic).append(node)
        elif value.what is What.TEXT and kind == "template_substitution":
            self._hand_on(value, node)

    def _hand_on(self, value: Value, node: Node) -> None:
        if value.what is What.READABLE:
            self.readings.streams.append(node)
            return
        self.readings.handed.append(node)
        if value.what in (What.RESPONSE, What.UNDICI):
            self.readings.carried.append(node)

    def _logged(self, value: Value, node: Node, parent: Node) -> Iterator[Value]:
        """What is only shown on the console, which a script does with its answer."""
        if parent.type in MEMBERS and field(parent, "object") == node:
            path, _ = path_from(self._tree, value.names, parent)
            self.readings.logged += [] if path is None else [path]
        elif not value.names:
            self.readings.shown.append(node)
        yield from ()

    def _passes_on(self, node: Node, parent: Node) -> bool:
        """`data || {}`, `ok ? data : null`: the value of the whole may be this value."""
        if parent.type == "binary_expression":
            return text_of(parent, "operator") in (b"||", b"??", b"&&")
        return parent.type == "ternary_expression" and field(parent, "condition") != node

    def _uses(self, name: Node) -> Iterator[Node]:
        """The places that read what is put into a variable, those of another branch left out."""
        binding = self._scopes.binding(name)
        if binding is None:
            return
        shared = len(binding.writes) > 1 or (
            binding.writes and field(binding.declarator, "value") is not None
        )
        for use in binding.references:
            if self._scopes.is_write(use):
                continue
            if shared and excludes(self._guards, guards_of(self._tree, self._scopes, use)):
                continue
            yield use

    def _bound(self, value: Value, node: Node, parent: Node) -> Iterator[Value]:
        target = field(parent, "left") or field(parent, "name")
        if target is None or target == node:
            return
        if target.type == "identifier":
            yield from (value.at(use) for use in self._uses(target))
        elif target.type == "object_pattern" and not value.promised:
            yield from self._pattern(value, target)
        elif target.type == "array_pattern" and value.names and self._into_lists:
            yield from self._listed(value, target)
        elif not value.names:
            self._hand_on(value, node)

    # a list in the answer, whose elements are read

    def _each_of(self, value: Value, loop: Node) -> Iterator[Value]:
        """`for (const item of data.output)`: what is read of its elements."""
        right, left = field(loop, "right"), field(loop, "left")
        self.readings.paths.append(Path(value.names, right or loop, b"forEach"))
        if left is not None and text_of(loop, "operator") == b"of":
            yield from self._named(_element(value), left)

    def _listed(self, value: Value, pattern: Node) -> Iterator[Value]:
        """`const [first] = data.output`."""
        self.readings.paths.append(Path(value.names, pattern, b"at"))
        for part in items(pattern):
            yield from self._named(_element(value), part)

    def _named(self, value: Value, target: Node) -> Iterator[Value]:
        """The uses of what an element is called."""
        inner = field(target, "left") or target
        if inner.type == "object_pattern":
            yield from self._pattern(value, inner)
        elif inner.type == "array_pattern":
            yield from self._listed(value, inner)
        elif inner.type == "identifier":
            self.readings.paths.append(Path(value.names, inner))
            yield from (value.at(use) for use in self._uses(inner))

    def _elements(self, value: Value, path: Path, end: Node) -> Iterator[Value]:
        """`data.output.map((item) => item.text)`, `data.output[data.output.length - 1].text`."""
        element = _element(replace(value, names=path.names))
        found = elements_of(self._tree, self._scopes, path, end)
        if found.one is not None:
            yield element.at(found.one)
        if found.some is not None:
            yield replace(value, node=found.some, names=path.names)
        if found.called is not None:
            yield from self._named(element, found.called)
        if found.digger is not None:
            self.readings.generic.append(found.digger)

    def _pattern(self, value: Value, pattern: Node) -> Iterator[Value]:
        """`const { ok, json } = response`, `const { output_text } = data`."""
        for part in items(pattern):
            inner = field(part, "value") or field(part, "left") or part
            if inner.type == "assignment_pattern":
                inner = field(inner, "left") or inner
            name = key_name(part) or text_of(part, "left") or text(part)
            if value.what is What.AXIOS and name == b"data" and part.type != "rest_pattern":
                nested = inner.type == "object_pattern"
                body = replace(value, what=What.BODY)
                uses = () if nested else self._uses(inner)
                yield from self._pattern(body, inner) if nested else map(body.at, uses)
            elif value.what in (What.AXIOS, What.UNDICI) and inner.type in _NAMES:
                of = self._of_axios if value.what is What.AXIOS else self._of_undici
                yield from (part for use in self._uses(inner) for part in of(value, use, name))
            elif part.type == "rest_pattern" or value.what is not What.BODY:
                self.readings.lost.append(part)
            elif inner.type == "object_pattern":
                yield from self._pattern(replace(value, names=(*value.names, name)), inner)
            elif inner.type == "array_pattern" and self._into_lists:
                yield from self._listed(replace(value, names=(*value.names, name)), inner)
            else:
                names = (*value.names, name)
                self.readings.paths.append(Path(names, part))
                yield from (replace(value, node=use, names=names) for use in self._uses(inner))

    def _member(self, value: Value, member: Node) -> Iterator[Value]:
        name = text_of(member, "property")
        callee = member
        around = self._tree.parent(member)
        if around is not None and around.type == "await_expression":
            # `await response.json<T>()` is read as a call of what is awaited.
            callee, around = around, self._tree.parent(around)
        if around is None or field(around, "function") != callee:
            around = None
        if value.promised:
            if around is not None and name in (b"then", b"catch", b"finally"):
                yield from self._then(value, around, name)
        elif value.what is What.AXIOS:
            yield from self._of_axios(value, member, name)
        elif value.what is What.UNDICI:
            yield from self._of_undici(value, member, name)
        elif value.what in (What.RESPONSE, What.READABLE):
            promised = around is None or is_still_promised(self._tree, around)
            yield from self._of_response(value, member, name, around, promised=promised)
        elif value.what is What.BODY:
            path, end = path_from(self._tree, value.names, member)
            called = around is not None and name in _KEEPING_TEXT  # if it were a text
            if path is None or (not value.names and (called or self._is_if_list(member, path))):
                self.readings.generic.append(member)
                return
            self.readings.paths.append(path)
            if path.method and self._into_lists:
                yield from self._elements(value, path, end)
            elif not path.method:
                yield replace(value, node=end, names=path.names)
        elif around is not None and name in _KEEPING_TEXT:
            yield value.at(around)

    def _is_if_list(self, member: Node, path: Path) -> bool:
        """`if (Array.isArray(v)) v.forEach(dig)`: what is done only if the answer were a list."""
        walked = text_of(member, "object")
        test = b"Array.isArray(" + walked + b")"
        return len(path.names) == 1 and any(
            test in text_of(parent, "condition") and field(parent, "alternative") != node
            for node, parent in self._above(member)
        )

    def _above(self, node: Node) -> Iterator[tuple[Node, Node]]:
        """Each node from one up to its function, with what it stands in."""
        for parent in self._tree.ancestors(node):
            if parent.type in FUNCTIONS:
                return
            yield node, parent
            node = parent

    def _of_response(
        self, value: Value, member: Node, name: bytes, call: Node | None, *, promised: bool
    ) -> Iterator[Value]:
        is_response = value.what is What.RESPONSE
        if is_response and name in (b"ok", b"status"):
            self.readings.checks.append(member)
        elif call is not None and name == b"json":
            yield replace(value, node=call, what=What.BODY, promised=promised)
        elif call is not None and name == b"text":
            yield replace(value, node=call, what=What.TEXT, promised=promised)
        elif is_response and call is not None and name == b"clone":
            yield value.at(call)
        elif not is_response or name not in (b"headers", b"statusText", b"url"):
            self.readings.streams.append(member)

    def _of_undici(self, value: Value, node: Node, name: bytes) -> Iterator[Value]:
        """A part of what undici's `request` gives, as a member or by a name of its own."""
        if name == b"body":
            yield replace(value, node=node, what=What.READABLE)
        elif name == b"statusCode":
            self.readings.checks.append(node)
        elif name not in (b"headers", b"trailers"):
            self.readings.lost.append(node)

    def _of_axios(self, value: Value, member: Node, name: bytes) -> Iterator[Value]:
        if name == b"data":
            yield replace(value, node=member, what=What.BODY)
        elif name not in (b"config", b"headers", b"request", b"statusText"):
            (self.readings.checks if name == b"status" else self.readings.lost).append(member)

    def _then(self, value: Value, call: Node, name: bytes) -> Iterator[Value]:
        """The callbacks of `.then`, and what it promises itself."""
        given = items(field(call, "arguments") or call)
        if value.what is What.AXIOS and (name == b"catch" or len(given) > 1):
            self.readings.lost.append(call)  # what is caught goes on as a response
        if name != b"then" or not given:
            yield replace(value, node=call, promised=is_still_promised(self._tree, call))
            return
        callback = unwrapped(given[0])
        if callback.type not in FUNCTIONS:
            self.readings.lost.append(callback)
            return
        yield from self._parameter(value, callback, 0)

    def _parameter(
        self, value: Value, function: Node, number: int, *, promised: bool = False
    ) -> Iterator[Value]:
        """The uses of a function's parameter."""
        name = parameter_of(function, number)
        if name is None:
            return
        value = replace(value, promised=promised)
        if name.type == "object_pattern" and not promised:
            yield from self._pattern(value, name)
        elif name.type == "identifier":
            yield from (value.at(use) for use in self._uses(name))
        else:
            self.readings.lost.append(name)

    def _argument(self, value: Value, node: Node, arguments: Node) -> Iterator[Value]:
        call = self._tree.parent(arguments)
        if call is None:
            return
        name = text_of(call, "function") or text_of(call, "constructor")
        given = items(arguments)
        number = given.index(node) if node in given else 0
        if value.what is What.TEXT and name == b"JSON.parse":
            yield replace(value, node=call, what=What.BODY)
        elif name == b"Promise.resolve":
            yield replace(value, node=call, promised=True)
        elif (function := self._own_function(call)) is not None and not value.promised:
            if value.names and is_inside(call, function):
                # A digger calls itself with a part: the same readings again, one level deeper.
                self.readings.generic.append(function)
                return
            yield from self._parameter(value.into(call), function, number)
            if not value.names and any(n.type == "for_in_statement" for n in descendants(function)):
                self.readings.generic.append(function)
        elif function is not None and not value.names:
            yield from self._parameter(value.into(call), function, number, promised=True)
        elif value.names:
            # A part of the answer is read here, and that is noted already.
            self.readings.sent += [node] if value.names[0] in IDS else []
            if name in _OF_OBJECTS:
                self.readings.paths.append(Path(value.names, node, b"keys"))
        elif name.startswith(_GENERIC) or (value.what is What.BODY and name == b"JSON.stringify"):
            self.readings.generic.append(node)
        elif name not in (b"JSON.stringify", b"Boolean", b"String", b"Error"):
            self._hand_on(value, node)

    def _own_function(self, call: Node) -> Node | None:
        """The function of this file that a call calls by its name."""
        callee = unwrapped(field(call, "function") or call)
        if callee.type == "member_expression" and text_of(callee, "object") == b"this":
            return method_of(self._tree, text_of(callee, "property"), call)
        return function_named(self._scopes, callee)

    def _returned(self, value: Value, where: Node) -> Iterator[Value]:
        """What a function returns is what its calls are, where they are in this file."""
        function = where if where.type in FUNCTIONS else self._tree.function_of(where)
        node, parent = self._tree.outer(function)
        if parent is not None and parent.type == "arguments":
            around = self._tree.parent(parent)
            callee = field(around, "function") if around is not None else None
            method = b"" if around is None else text_of(callee or around, "property")
            if around is not None and method == b"then":
                yield replace(value, node=around, promised=is_still_promised(self._tree, around))
            elif around is not None and method == b"flatMap" and value.names:
                yield value.at(around)
            elif around is not None and not value.names:
                yield from self._called_back(value, where, function, around)
            return
        promised = value.promised or any(child.type == "async" for child in function.children)
        if value.via and self._own_function(value.via[-1]) == function:
            yield replace(value, node=value.via[-1], promised=promised, via=value.via[:-1])
            return
        if parent is not None and field(parent, "function") == node:
            # `(async () => { ... })()`
            awaits = any(child.type == "async" for child in function.children)
            yield replace(value, node=parent, promised=value.promised or awaits)
            return
        name = field(function, "name")
        if name is None and parent is not None and parent.type == "variable_declarator":
            name = field(parent, "name")
        binding = None if name is None else self._scopes.binding(name)
        calls = [] if binding is None else calls_among(self._tree, binding.references)
        if function.type == "method_definition" and name is not None:
            calls = calls_of_method(self._tree, function, text(name))
        still = [promised and is_still_promised(self._tree, call) for call in calls]
        yield from (replace(value, node=c, promised=p) for c, p in zip(calls, still, strict=True))
        if value.names:
            return
        statement = self._tree.statement_of(function)
        exported = "export" in statement.type or (
            statement.parent is not None and statement.parent.type == "export_statement"
        )
        if (
            not calls
            or exported
            or (function.type == "method_definition" and not is_private(function))
        ):
            self._hand_on(value, where)

    def _called_back(
        self, value: Value, where: Node, function: Node, call: Node
    ) -> Iterator[Value]:
        """What a callback returns: `await retry(() => fetch(...))` gives it in most libraries."""
        promised = value.promised or any(child.type == "async" for child in function.children)
        own = self._own_function(call)
        if own is not None:
            given = items(field(call, "arguments") or call)
            number = next((n for n, each in enumerate(given) if is_inside(function, each)), 0)
            calls = calls_of_parameter(self._tree, self._scopes, own, number)
            if calls:
                inside = replace(value.into(call), promised=promised)
                yield from (inside.at(each) for each in calls)
                return
        elif promised and is_awaited(self._tree, call):
            yield replace(value, node=call, promised=True)
        self._hand_on(value, where)


def _is_asked_for_text(parent: Node) -> bool:
    """`typeof value === 'string'`."""
    around = parent.parent
    return (
        parent.type == "unary_expression"
        and text_of(parent, "operator") == b"typeof"
        and around is not None
        and text_of(around, "operator") in (b"===", b"==")
        and text_of(around, "right")[1:-1] == b"string"
    )
