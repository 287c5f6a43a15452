"""The one place in Python where a response is parsed, which a stream's reading takes over."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.bodies import Bodies
from callmend.languages.python.clients import Client, Library
from callmend.languages.python.flow import Guard
from callmend.languages.python.program import Program
from callmend.languages.python.tree import unawaited
from callmend.reasons import Reason
from callmend.records import record

_RAW = frozenset({"text", "content", "read", "aread", "json", "raw"})
#: Of these a stream that was read once gives nothing more.
_ONCE = frozenset({Library.AIOHTTP, Library.URLLIB})
#: Conditions that a conditional expression takes without parentheses.
_TIGHT = (cst.Name, cst.Attribute, cst.Call, cst.Comparison, cst.BooleanOperation, cst.Subscript)


@record(frozen=True, slots=True)
class Parse:
    """The expression that parses a response.

    ``node`` is the whole, an `await` around it included, ``response`` what it is of: a name, or
    what sends the request. ``guard`` is the condition under which it is our response, where the
    same expression parses another one as well. ``late`` tells that the response is closed by then,
    or that its bytes are read again behind it, so that it has to be read whole before.
    """

    node: cst.BaseExpression
    response: cst.BaseExpression
    guard: Guard | None
    late: bool


class ParseReader:
    """Finds the parse of one request's response."""

    def __init__(self, program: Program, client: Client, sender: cst.Call) -> None:
        self._program = program
        self._tree = program.tree
        self._client = client
        self._sender = sender
        self._bodies = Bodies(program, client, sender)

    def parse(self) -> Parse:
        """The one parse.

        Raises:
            RefusedError: there are several, or others read the response's bytes before.
        """
        bodies = list(self._bodies.all())
        if not bodies:
            raise RefusedError(Reason.ANSWER_NOT_READ)
        if len(bodies) > 1:
            raise RefusedError(Reason.OTHER_READ, self._tree.show_line(bodies[1]))
        node = bodies[0]
        response = self._response(node)
        late = self._is_closed(node)
        if isinstance(response, cst.Name):
            late |= self._is_read_again(node, response.value)
        return Parse(node, response, self._guard(node), late)

    def _response(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """What `response.json()` and `json.loads((await response.read()).decode())` are of."""
        current: cst.BaseExpression = node
        while True:
            inner = unawaited(current)
            if inner is self._sender:
                return current
            if isinstance(inner, cst.Name):
                return inner
            if isinstance(inner, cst.Attribute):
                current = inner.value
            elif isinstance(inner, cst.Call) and isinstance(inner.func, cst.Attribute):
                imported = self._program.scopes.imported(inner.func)
                current = inner.args[0].value if imported else inner.func.value
            elif isinstance(inner, cst.Call) and inner.args:
                current = inner.args[0].value
            else:
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(node))

    def _reads(self, name: str) -> Iterator[cst.Attribute]:
        """What reads the bytes of a response in the request's function."""
        for node in self._tree.below(self._tree.function_of(self._sender)):
            if isinstance(node, cst.Attribute) and node.attr.value in _RAW:
                if isinstance(node.value, cst.Name) and node.value.value == name:
                    yield node

    def _is_read_again(self, parse: cst.BaseExpression, name: str) -> bool:
        again = False
        for node in self._reads(name):
            if self._tree.is_inside(node, parse):
                continue
            again |= self._tree.order(node) > self._tree.order(parse)
            if self._client.library in _ONCE and not self._bodies.is_of_an_error(node, name):
                raise RefusedError(Reason.OTHER_READ, self._tree.show_line(node))
        return again

    def _is_closed(self, node: cst.BaseExpression) -> bool:
        holder = self._client.holder
        around = None if holder is None else self._tree.parent(holder)
        return isinstance(around, cst.With) and not self._tree.is_inside(node, around)

    def _guard(self, node: cst.BaseExpression) -> Guard | None:
        """The condition of the request under which the parse does not stand.

        Raises:
            RefusedError: there is one that cannot be asked again where the response is parsed.
        """
        flow = self._program.flow
        given = flow.guards(node)
        missing = [guard for guard in flow.guards(self._sender) if guard not in given]
        if not missing or not self._is_shared(node):
            return None
        around = self._tree.around(self._sender, cst.If)
        shown = self._tree.show_line(node)
        if len(missing) > 1 or around is None:
            raise RefusedError(Reason.SHARED_READ, shown)
        test = around.test
        while isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
            test = test.expression
        if not isinstance(test, _TIGHT):
            raise RefusedError(Reason.SHARED_READ, shown)
        for inner in self._tree.below(test):
            if isinstance(inner, (cst.Call, cst.Await, cst.NamedExpr)):
                raise RefusedError(Reason.GUARD_CHANGES, f"`{self._tree.show(inner)}`")
            if isinstance(inner, cst.Name) and not self._is_same(inner, node):
                raise RefusedError(Reason.GUARD_CHANGES, f"`{inner.value}`")
        return missing[0]

    def _is_same(self, name: cst.Name, at: cst.CSTNode) -> bool:
        parent = self._tree.parent(name)
        if isinstance(parent, cst.Attribute) and parent.attr is name:
            return True
        flow = self._program.flow
        return flow.definition(name.value, name) == flow.definition(name.value, at)

    def _is_shared(self, node: cst.BaseExpression) -> bool:
        """Whether the response's variable may hold another response where it is parsed."""
        response = self._response(node)
        if not isinstance(response, cst.Name):
            return False
        return len(self._program.flow.every(response.value, response)) > 1


def spelt_guard(guard: Guard, ours: str, other: str) -> str:
    """The conditional expression that takes ours where the response is ours."""
    first, second = (ours, other) if guard.holds else (other, ours)
    return f"{first} if {guard.condition} else {second}"
