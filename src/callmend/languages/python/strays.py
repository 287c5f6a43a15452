"""Dead URLs of a Python file that no call was found for: where each goes, and where it is lost.

A URL is followed from its text through names, fields, containers and conditions. It may end where
other files see it, where it cannot be followed (and then a call may be given it), or only where it
is compared, logged or raised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst

from callmend.endpoints import Endpoint, Status
from callmend.languages.python.find import Certainty, Request
from callmend.languages.python.ladders import get_key, index_of
from callmend.languages.python.literals import is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.values import key_of
from callmend.records import record

HOST = "api.openai.com"
TEXTS = (
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
    cst.Index,
    cst.MatchValue,
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
        "Template", "str", "strip", "urljoin",
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


Path = tuple[str | None, ...]


@record(frozen=True, slots=True)
class Flow:
    """A value that holds the URL: in itself, or in the elements of ``path``, outermost first.

    None in the path is an element that is not known by its key.
    """

    node: cst.CSTNode
    path: Path = ()


@record(frozen=True, slots=True)
class End:
    """Where following a value ends: at a node, or (None) where other files see it."""

    lost: cst.CSTNode | None = None


def find_strays(program: Program, requests: list[Request]) -> list[Stray]:
    """The dead URLs that may be requested and are in none of these requests, in source order."""
    return Strays(program, requests).found()


class Strays:
    """Finds the dead URLs of one file that none of its requests accounts for."""

    def __init__(self, program: Program, requests: Iterable[Request]) -> None:
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
        for node in self._tree.every(*TEXTS):
            if node in self._accounted or not self._may_be_url(node):
                continue
            endpoint = self._matched(node)
            if endpoint is None or self._is_part(node):
                continue
            end = next(self._ends(node), None)
            if end is not None:
                found.append(Stray(endpoint, node, end.lost))
        return found

    def _may_be_url(self, node: cst.BaseExpression) -> bool:
        """Whether a text may have OpenAI's host in it; most texts and calls have no URL."""
        if isinstance(node, cst.SimpleString):
            return HOST in node.value
        return not isinstance(node, cst.Call) or name_called(node) in _JOINS

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
            if isinstance(outer, TEXTS) and self._matched(outer) is not None:
                return True
        return False

    def _ends(self, text: cst.BaseExpression) -> Iterator[End]:
        """The places where a URL is lost, or seen by other files."""
        stack = [Flow(text)]
        seen: set[tuple[cst.CSTNode, Path]] = set()
        while stack and len(seen) < _MOST_STEPS:
            flow = stack.pop()
            known = flow.node in self._accounted and not flow.path
            if (flow.node, flow.path) in seen or known:
                continue
            seen.add((flow.node, flow.path))
            for step in self._next(flow):
                if isinstance(step, End):
                    yield step
                else:
                    stack.append(step)

    def _next(self, flow: Flow) -> Iterator[Flow | End]:
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
                    yield Flow(around, (key_of(parent), *path))
            case cst.Element() | cst.StarredElement() | cst.StarredDictElement():
                around = self._tree.parent(parent)
                if around is not None:
                    spread = not isinstance(parent, cst.Element)
                    yield Flow(around, path if spread else (None, *path))
            case cst.Subscript() if parent.value is node:
                yield from self._item(parent, index_of(parent), path)
            case cst.Attribute():
                yield from self._member(parent, path)
            case cst.BooleanOperation() | cst.Await():
                yield Flow(parent, path)
            case cst.IfExp():
                if parent.test is not node:
                    yield Flow(parent, path)
            case cst.If() | cst.While():
                return
            case cst.BinaryOperation() | cst.FormattedStringExpression():
                yield from self._longer(parent)
            case _:
                yield End(parent)

    def _longer(self, around: cst.CSTNode) -> Iterator[Flow | End]:
        """Where a text goes that has the URL in it, if it is one too, and no message or command."""
        text = self._text_around(around)
        texts = () if text is None else self._program.resolver.value(text).texts
        if any(found.startswith("https://") and " " not in found for found in texts):
            yield End(around)

    def _text_around(self, piece: cst.CSTNode) -> cst.BaseExpression | None:
        """The whole text that a sum, or a field of a formatted one, is of."""
        is_field = isinstance(piece, cst.FormattedStringExpression)
        text = self._tree.parent(piece) if is_field else piece
        return text if isinstance(text, cst.BaseExpression) else None

    def _given(self, arg: cst.Arg, path: Path) -> Iterator[Flow | End]:
        call = self._tree.parent(arg)
        if not isinstance(call, cst.Call):
            yield End(arg)
            return
        clients = self._program.clients
        client = clients.of(call)
        # Nothing is asked to run by a GET of such a URL.
        if clients.is_double(call) or (client is not None and client.method in _OTHERS):
            return
        if isinstance(self._tree.parent(call), cst.Raise):
            return
        called = name_called(call)
        if called in _GIVES_BACK or self._matched(call) is not None:
            yield Flow(call, path)
        elif called not in _LOOKS:
            yield End(call)

    def _assigned(
        self, statement: cst.Assign | cst.AnnAssign | cst.NamedExpr, path: Path
    ) -> Iterator[Flow | End]:
        if isinstance(statement, cst.NamedExpr):
            yield Flow(statement, path)
        many = isinstance(statement, cst.Assign)
        targets = [t.target for t in statement.targets] if many else [statement.target]  # type: ignore[union-attr]
        for target in targets:
            if isinstance(target, cst.Name):
                yield from self._named(Definition(target.value, statement, None), path)
            elif isinstance(target, cst.Attribute):
                yield from self._fields(target.attr.value, path)
            else:
                yield End(statement)

    def _named(self, definition: Definition, path: Path) -> Iterator[Flow | End]:
        scope = self._tree.function_of(definition.node)
        owner = self._tree.around(definition.node, cst.ClassDef)
        if owner is not None and self._tree.function_of(owner) is scope:
            yield from self._fields(definition.name, path)
            return
        mine, maybe = self._program.flow.uses(definition)
        if not mine and not maybe and isinstance(scope, cst.Module):
            yield End()
        for use in (*mine, *maybe):
            yield Flow(use, path)

    def _fields(self, name: str, path: Path) -> Iterator[Flow | End]:
        """The reads of a field, on whatever object; other files see one that is not read here."""
        reads = [
            node
            for node in self._tree.every(cst.Attribute)
            if node.attr.value == name
            and not isinstance(self._tree.parent(node), (cst.AssignTarget, cst.AnnAssign))
        ]
        for read in reads:
            yield Flow(read, path)
        if not reads:
            yield End()

    def _item(self, read: cst.BaseExpression, key: str | None, path: Path) -> Iterator[Flow | End]:
        """An element of a container that is read, unless it is certainly another one."""
        if not path:
            yield End(read)
        elif path[0] is None or key is None or key == path[0]:
            yield Flow(read, path[1:])

    def _member(self, member: cst.Attribute, path: Path) -> Iterator[Flow | End]:
        """What a method of a text or of a container gives, or a field of what holds it."""
        call = self._tree.parent(member)
        if not isinstance(call, cst.Call) or call.func is not member:
            yield End(member)
        elif path and member.attr.value in _GETTERS and call.args:
            yield from self._item(call, get_key(call), path)
        elif not path and (self._matched(call) is not None or member.attr.value in _GIVES_BACK):
            yield Flow(call)
        elif member.attr.value not in _LOOKS:
            yield End(call)


def name_called(call: cst.Call) -> str:
    """The last name of what is called."""
    function = call.func
    if isinstance(function, cst.Attribute):
        return function.attr.value
    return function.value if isinstance(function, cst.Name) else ""
