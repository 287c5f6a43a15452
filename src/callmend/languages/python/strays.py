"""Dead URLs of a Python file that no call was found for: where each goes, and where it is lost.

A URL is followed from its text through names, fields, containers and conditions. It may end where
other files see it, where it cannot be followed (and then a call may be given it), or only where it
is compared, logged or raised.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from callmend.endpoints import Endpoint, Status
from callmend.languages.python.find import Certainty, Request
from callmend.languages.python.ladders import get_key, index_of
from callmend.languages.python.literals import is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.values import key_of
from callmend.records import record

_TEXTS = (
    cst.SimpleString,
    cst.FormattedString,
    cst.ConcatenatedString,
    cst.BinaryOperation,
    cst.Call,
)
#: What only looks at a value.
_ASKS = (
    cst.Comparison,
    cst.ComparisonTarget,
    cst.Assert,
    cst.Raise,
    cst.Expr,
    cst.Del,
    cst.UnaryOperation,
)
_GETTERS = frozenset({"get", "pop"})
#: What gives its default back, or what it was given as it is.
_GIVES_BACK = frozenset(
    {
        "Field", "URL", "config", "decode", "encode", "env", "field", "get", "getenv", "join",
        "lstrip", "pop", "quote", "removeprefix", "removesuffix", "replace", "rstrip", "setdefault",
        "str", "strip", "urljoin",
    }
)  # fmt: skip
#: What puts a text together.
_JOINS = frozenset({"URL", "format", "join", "replace", "urljoin"})
#: What shows a text, or answers a question about it.
_LOOKS = frozenset(
    {
        "compile", "count", "endswith", "find", "fullmatch", "index", "isinstance", "len", "match",
        "pprint", "print", "repr", "search", "split", "startswith", "urlparse", "urlsplit", "write",
    }
)  # fmt: skip
_OTHERS = frozenset({"delete", "get", "head", "options", "patch", "put"})
_MOST_STEPS = 500


@record(frozen=True, slots=True)
class Stray:
    """A dead URL without a call: its text, and the place where it is lost.

    ``lost`` is None where other files see it, and nothing in this one requests it.
    """

    endpoint: Endpoint
    node: cst.CSTNode
    lost: cst.CSTNode | None


_Path = tuple[str | None, ...]


@record(frozen=True, slots=True)
class _Flow:
    """A value that holds the URL: in itself, or in the elements of ``path``, outermost first.

    None in the path is an element that is not known by its key.
    """

    node: cst.CSTNode
    path: _Path = ()


@record(frozen=True, slots=True)
class _End:
    """Where following a value ends: at a node, or (None) where other files see it."""

    lost: cst.CSTNode | None = None


def find_strays(program: Program, requests: list[Request]) -> list[Stray]:
    """The dead URLs that may be requested and are in none of these requests, in source order."""
    return _Strays(program, requests).found()


class _Strays:
    def __init__(self, program: Program, requests: list[Request]) -> None:
        self._program = program
        self._tree = program.tree
        self._accounted: set[cst.CSTNode] = set()
        for request in requests:
            self._accounted |= program.resolver.reached(request.url)
            values = [definition.value for definition in request.constants]
            self._accounted.update(value for value in values if value is not None)

    def found(self) -> list[Stray]:
        """The strays, in source order."""
        found = []
        for node in self._tree.nodes:
            if not isinstance(node, _TEXTS) or node in self._accounted or not _may_be_url(node):
                continue
            endpoint = self._matched(node)
            if endpoint is None or self._is_part(node):
                continue
            end = next(self._ends(node), None)
            if end is not None:
                found.append(Stray(endpoint, node, end.lost))
        return found

    def _matched(self, node: cst.BaseExpression) -> Endpoint | None:
        """The endpoint that a text is the URL of, and by which a run is asked for."""
        matched = self._program.finder.matched(self._program.resolver.value(node).texts)
        if matched is None or matched[1] is not Certainty.CERTAIN:
            return None
        endpoint = matched[0]
        # What a GET's URL is requested with is not known, and it may be the base of other URLs.
        asks = endpoint.method != "GET" and endpoint.status is not Status.RETIRED
        return endpoint if asks else None

    def _is_part(self, node: cst.BaseExpression) -> bool:
        """Whether a text is only a piece of a longer one, which is looked at as a whole."""
        for outer in self._tree.ancestors(node):
            if isinstance(outer, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
                return False
            if isinstance(outer, _TEXTS) and self._matched(outer) is not None:
                return True
        return False

    def _ends(self, text: cst.BaseExpression) -> Iterator[_End]:
        """The places where a URL is lost, or seen by other files."""
        stack = [_Flow(text)]
        seen: set[tuple[cst.CSTNode, _Path]] = set()
        while stack and len(seen) < _MOST_STEPS:
            flow = stack.pop()
            known = flow.node in self._accounted and not flow.path
            if (flow.node, flow.path) in seen or known:
                continue
            seen.add((flow.node, flow.path))
            for step in self._next(flow):
                if isinstance(step, _End):
                    yield step
                else:
                    stack.append(step)

    def _next(self, flow: _Flow) -> Iterator[_Flow | _End]:
        """Where a value goes from here."""
        node, path = flow.node, flow.path
        parent = self._tree.parent(node)
        if parent is None or isinstance(parent, _ASKS) or is_logged(self._program, node):
            return
        match parent:
            case cst.Arg():
                yield from self._given(parent, path)
            case cst.Assign() | cst.AnnAssign() | cst.NamedExpr():
                yield from self._assigned(parent, path)
            case cst.DictElement():
                around = self._tree.parent(parent)
                if parent.value is node and around is not None:
                    yield _Flow(around, (key_of(parent), *path))
            case cst.Element() | cst.StarredElement() | cst.StarredDictElement():
                around = self._tree.parent(parent)
                if around is not None:
                    spread = not isinstance(parent, cst.Element)
                    yield _Flow(around, path if spread else (None, *path))
            case cst.Subscript() if parent.value is node:
                yield from self._item(parent, index_of(parent), path)
            case cst.Attribute():
                yield from self._member(parent, path)
            case cst.BooleanOperation() | cst.Await():
                yield _Flow(parent, path)
            case cst.IfExp():
                if parent.test is not node:
                    yield _Flow(parent, path)
            case cst.If() | cst.While():
                return
            case cst.BinaryOperation() | cst.FormattedStringExpression():
                if self._is_longer_url(parent):
                    yield _End(parent)
            case _:
                yield _End(parent)

    def _is_longer_url(self, around: cst.CSTNode) -> bool:
        """Whether a text with the URL in it is a URL too, and no message or command."""
        text = around
        if isinstance(around, cst.FormattedStringExpression):
            text = self._tree.parent(around) or around
        if not isinstance(text, cst.BaseExpression):
            return False
        texts = self._program.resolver.value(text).texts
        return any(found.startswith("https://") and " " not in found for found in texts)

    def _given(self, arg: cst.Arg, path: _Path) -> Iterator[_Flow | _End]:
        call = self._tree.parent(arg)
        if not isinstance(call, cst.Call):
            yield _End(arg)
            return
        clients = self._program.clients
        client = clients.of(call)
        # Nothing is asked to run by a GET of such a URL.
        if clients.is_double(call) or (client is not None and client.method in _OTHERS):
            return
        if isinstance(self._tree.parent(call), cst.Raise):
            return
        called = _called(call)
        if called in _GIVES_BACK or self._matched(call) is not None:
            yield _Flow(call, path)
        elif called not in _LOOKS:
            yield _End(call)

    def _assigned(
        self, statement: cst.Assign | cst.AnnAssign | cst.NamedExpr, path: _Path
    ) -> Iterator[_Flow | _End]:
        if isinstance(statement, cst.NamedExpr):
            yield _Flow(statement, path)
        many = isinstance(statement, cst.Assign)
        targets = [t.target for t in statement.targets] if many else [statement.target]  # type: ignore[union-attr]
        for target in targets:
            if isinstance(target, cst.Name):
                yield from self._named(Definition(target.value, statement, None), path)
            elif isinstance(target, cst.Attribute):
                yield from self._fields(target.attr.value, path)
            else:
                yield _End(statement)

    def _named(self, definition: Definition, path: _Path) -> Iterator[_Flow | _End]:
        scope = self._tree.function_of(definition.node)
        owner = self._tree.around(definition.node, cst.ClassDef)
        if owner is not None and self._tree.function_of(owner) is scope:
            yield from self._fields(definition.name, path)
            return
        mine, maybe = self._program.flow.uses(definition)
        if not mine and not maybe and isinstance(scope, cst.Module):
            yield _End()
        for use in (*mine, *maybe):
            yield _Flow(use, path)

    def _fields(self, name: str, path: _Path) -> Iterator[_Flow | _End]:
        """The reads of a field, on whatever object; other files see one that is not read here."""
        reads = [
            node
            for node in self._tree.nodes
            if isinstance(node, cst.Attribute)
            and node.attr.value == name
            and not isinstance(self._tree.parent(node), (cst.AssignTarget, cst.AnnAssign))
        ]
        for read in reads:
            yield _Flow(read, path)
        if not reads:
            yield _End()

    def _item(
        self, read: cst.BaseExpression, key: str | None, path: _Path
    ) -> Iterator[_Flow | _End]:
        """An element of a container that is read, unless it is certainly another one."""
        if not path:
            yield _End(read)
        elif path[0] is None or key is None or key == path[0]:
            yield _Flow(read, path[1:])

    def _member(self, member: cst.Attribute, path: _Path) -> Iterator[_Flow | _End]:
        """What a method of a text or of a container gives, or a field of what holds it."""
        call = self._tree.parent(member)
        if not isinstance(call, cst.Call) or call.func is not member:
            yield _End(member)
        elif path and member.attr.value in _GETTERS and call.args:
            yield from self._item(call, get_key(call), path)
        elif not path and (self._matched(call) is not None or member.attr.value in _GIVES_BACK):
            yield _Flow(call)
        elif member.attr.value not in _LOOKS:
            yield _End(call)


def _may_be_url(node: cst.BaseExpression) -> bool:
    """Whether a text may have OpenAI's host in it; most texts and calls of a file have no URL."""
    if isinstance(node, cst.SimpleString):
        return "api.openai.com" in node.value
    return not isinstance(node, cst.Call) or _called(node) in _JOINS


def _called(call: cst.Call) -> str:
    """The last name of what is called."""
    function = call.func
    if isinstance(function, cst.Attribute):
        return function.attr.value
    return function.value if isinstance(function, cst.Name) else ""
