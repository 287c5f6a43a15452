"""What a loop over the lines of a stream does with one line: its body, worked through by value.

Only what is certain is worked out: constants, methods of strings, keys of dicts, `json.loads`.
All else is unknown, and a condition that hangs on it and on the line is an obstacle.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.literals import is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.tree import dotted, unawaited
from callmend.reasons import Reason

#: Stands for the text in a line that is worked through.
MARK = "@text@"
#: Stands in the JSON of such a line beside what is read, so that it tells who hands the JSON on.
BESIDE = "@beside@"
_METHODS = frozenset(
    {"decode", "encode", "endswith", "get", "items", "join", "keys", "lower", "lstrip", "partition",
     "removeprefix", "removesuffix", "replace", "rstrip", "split", "splitlines", "startswith",
     "strip", "upper", "values"}
)  # fmt: skip
_TYPES = {"dict": dict, "str": str, "bytes": bytes, "list": list, "int": int}
_COMPARING: dict[type[cst.BaseCompOp], Callable[[object, object], object]] = {
    cst.Equal: operator.eq,
    cst.NotEqual: operator.ne,
    cst.Is: operator.is_,
    cst.IsNot: operator.is_not,
    cst.In: lambda a, b: a in b,  # type: ignore[operator]
    cst.NotIn: lambda a, b: a not in b,  # type: ignore[operator]
    cst.GreaterThan: operator.gt,  # type: ignore[dict-item]
    cst.GreaterThanEqual: operator.ge,  # type: ignore[dict-item]
    cst.LessThan: operator.lt,  # type: ignore[dict-item]
    cst.LessThanEqual: operator.le,  # type: ignore[dict-item]
}
#: Calls that add a piece to those before it.
_ADDING = frozenset({"append", "write", "extend"})
_ERRORS = (KeyError, IndexError, TypeError, ValueError, AttributeError)
_CAUGHT = frozenset(
    {"Exception", "BaseException", "ValueError", "json.JSONDecodeError", "JSONDecodeError",
     "json.decoder.JSONDecodeError"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is not known; ``tainted`` tells that the text is in it."""

    tainted: bool = False


@dataclass(slots=True)
class Trace:
    """What became of lines.

    ``sinks`` are the places that the text went to, each with whether it is added to what was there
    before. ``left`` is how the body was left: "break", "return", or "" where the loop goes on.
    """

    sinks: list[tuple[bool, cst.CSTNode]] = field(default_factory=list)
    left: str = ""

    @property
    def adds(self) -> bool:
        """Whether all that happens to the text is that it is added to what was there before."""
        return bool(self.sinks) and not self.left and all(added for added, _ in self.sinks)


class RaisedError(Exception):
    """The body raises an error on such a line."""


class Tracer:
    """Works through the body of one loop."""

    def __init__(self, program: Program, loop: cst.For) -> None:
        self._program = program
        self._tree = program.tree
        self._loop = loop
        self._values: dict[str, object] = {}
        self._trace = Trace()
        self._inside = {
            target.value
            for node in self._tree.below(loop)
            if isinstance(node, (cst.AssignTarget, cst.AugAssign, cst.NamedExpr, cst.AnnAssign))
            for target in self._tree.below(node.target)
            if isinstance(target, cst.Name)
        }

    def run(self, lines: Sequence[str | bytes]) -> Trace:
        """Work through lines one after the other; their JSON holds MARK and BESIDE.

        Raises:
            RefusedError: what happens hangs on what is not known, or the event is handed on whole.
            RaisedError: an error is raised.
        """
        self._values, self._trace = {}, Trace()
        for line in lines:
            target = cst.ensure_type(self._loop.target, cst.Name)
            self._values[target.value] = line
            self._trace.left = self._block(self._loop.body)
            if self._trace.left in ("break", "return"):
                break
            self._trace.left = ""
        self._assigned()
        return self._trace

    def _assigned(self) -> None:
        """Names that hold the text behind the loop, where they are read."""
        for name, value in self._values.items():
            if not _tainted(value):
                continue
            for use in self._program.scopes.uses(name):
                inside = self._tree.is_inside(use, self._loop)
                if not inside and self._tree.order(use) > self._tree.order(self._loop):
                    if self._tree.function_of(use) is self._tree.function_of(self._loop):
                        self._sink(value, use, adds=False)

    def _refused(self, node: cst.CSTNode, why: str) -> RefusedError:
        return RefusedError(Reason.STREAMING, f"{self._tree.show_line(node)} {why}")

    def _sink(self, value: object, node: cst.CSTNode, *, adds: bool) -> None:
        if not _tainted(value):
            return
        if _holds(value, BESIDE):
            raise self._refused(node, "hands an event on as it is")
        # Of what is only partly known it is not known that it is a piece, and the whole piece.
        self._trace.sinks.append((adds and not isinstance(value, Unknown), node))

    # statements

    def _block(self, block: cst.BaseSuite) -> str:
        for statement in block.body:
            left = self._statement(statement)
            if left:
                return left
        return ""

    def _statement(self, node: cst.CSTNode) -> str:
        if isinstance(node, cst.SimpleStatementLine):
            for small in node.body:
                left = self._small(small)
                if left:
                    return left
            return ""
        if isinstance(node, cst.If):
            return self._branch(node)
        if isinstance(node, cst.Try):
            return self._trying(node)
        if isinstance(node, cst.For) and isinstance(node.target, cst.Name):
            return self._for(node, node.target.value)
        if isinstance(node, cst.With):
            return self._block(node.body)
        raise self._refused(node, "is not followed")

    def _small(self, node: cst.CSTNode) -> str:
        if isinstance(node, (cst.Continue, cst.Break, cst.Return, cst.Raise)):
            if isinstance(node, cst.Return) and node.value is not None:
                self._sink(self._value(node.value), node, adds=False)
            if isinstance(node, cst.Raise):
                raise RaisedError(self._tree.show_line(node))
            return type(node).__name__.lower()
        if isinstance(node, cst.Expr):
            self._value(node.value)
        elif isinstance(node, (cst.Assign, cst.AnnAssign)) and node.value is not None:
            value = self._value(node.value)
            targets = [node.target] if isinstance(node, cst.AnnAssign) else []
            if isinstance(node, cst.Assign):
                targets = [target.target for target in node.targets]
            for target in targets:
                self._assign(target, value, node)
        elif isinstance(node, cst.AugAssign):
            value = self._value(node.value)
            self._sink(value, node, adds=isinstance(node.operator, cst.AddAssign))
        elif not isinstance(node, (cst.Pass, cst.AnnAssign, cst.Global, cst.Nonlocal)):
            raise self._refused(node, "is not followed")
        return ""

    def _assign(self, target: cst.BaseExpression, value: object, node: cst.CSTNode) -> None:
        if isinstance(target, cst.Name):
            self._values[target.value] = value
        elif isinstance(target, (cst.Tuple, cst.List)):
            parts = list(value) if isinstance(value, (tuple, list)) else []
            if parts and len(parts) != len(target.elements):
                raise RaisedError(self._tree.show_line(node))
            for number, element in enumerate(target.elements):
                part = parts[number] if parts else Unknown(_tainted(value))
                self._assign(element.value, part, node)
        else:
            self._sink(value, node, adds=False)

    def _branch(self, node: cst.If) -> str:
        test = self._value(node.test)
        if not isinstance(test, Unknown):
            if test:
                return self._block(node.body)
            return self._else(node.orelse)
        names = {n.value for n in self._tree.below(node.test) if isinstance(n, cst.Name)}
        if test.tainted or names & self._inside:
            raise self._refused(node.test, "is not known for an event")
        # It hangs on nothing that the lines change: what is usual is that the loop goes on.
        if not self._program.flow.leaves(node.body):
            self._block(node.body)
        return self._else(node.orelse)

    def _else(self, node: cst.If | cst.Else | None) -> str:
        if isinstance(node, cst.If):
            return self._branch(node)
        return "" if node is None else self._block(node.body)

    def _trying(self, node: cst.Try) -> str:
        try:
            left = self._block(node.body)
            if not left and node.orelse is not None:
                left = self._block(node.orelse.body)
        except RaisedError:
            left = self._caught(node)
        if node.finalbody is not None:
            left = self._block(node.finalbody.body) or left
        return left

    def _caught(self, node: cst.Try) -> str:
        for handler in node.handlers:
            kinds: list[cst.CSTNode | None] = [handler.type]
            if isinstance(handler.type, cst.Tuple):
                kinds = [element.value for element in handler.type.elements]
            if any(kind is None or dotted(kind) in _CAUGHT for kind in kinds):
                return self._block(handler.body)
        raise RaisedError(self._tree.show_line(node))

    def _for(self, node: cst.For, name: str) -> str:
        values = self._value(node.iter)
        if isinstance(values, Unknown) or not isinstance(values, (list, tuple)):
            raise self._refused(node.iter, "is not known for an event")
        for value in values:
            self._values[name] = value
            left = self._block(node.body)
            if left == "break":
                return ""
            if left == "return":
                return left
        return ""

    # expressions

    def _value(self, node: cst.BaseExpression) -> object:
        try:
            return self._known(node)
        except _ERRORS as error:
            raise RaisedError(self._tree.show_line(node)) from error

    def _known(self, node: cst.BaseExpression) -> object:
        node = unawaited(node)
        if isinstance(node, (cst.SimpleString, cst.ConcatenatedString)):
            return node.evaluated_value
        if isinstance(node, (cst.Integer, cst.Float)):
            return node.evaluated_value
        if isinstance(node, cst.Name):
            return self._named(node)
        if isinstance(node, cst.Subscript) and len(node.slice) == 1:
            return self._subscript(node, node.slice[0].slice)
        if isinstance(node, cst.Call):
            return self._call(node)
        if isinstance(node, cst.BooleanOperation):
            return self._either(node)
        if isinstance(node, cst.UnaryOperation):
            value = self._value(node.expression)
            if isinstance(value, Unknown):
                return Unknown(value.tainted)
            return not value if isinstance(node.operator, cst.Not) else Unknown(_tainted(value))
        if isinstance(node, cst.Comparison) and len(node.comparisons) == 1:
            return self._compared(node)
        if isinstance(node, cst.IfExp):
            test = self._value(node.test)
            if isinstance(test, Unknown):
                both = (self._value(node.body), self._value(node.orelse))
                return Unknown(any(map(_tainted, both)))
            return self._value(node.body if test else node.orelse)
        if isinstance(node, cst.NamedExpr):
            value = self._value(node.value)
            self._assign(node.target, value, node)
            return value
        if isinstance(node, cst.Yield):
            return self._yielded(node)
        if isinstance(node, cst.Dict):
            return self._dict(node)
        if isinstance(node, cst.FormattedString):
            return self._formatted(node)
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
            left, right = self._value(node.left), self._value(node.right)
            if isinstance(left, Unknown) or isinstance(right, Unknown):
                return Unknown(_tainted(left) or _tainted(right))
            return left + right  # type: ignore[operator]
        if isinstance(node, (cst.List, cst.Tuple, cst.Set)):
            return [self._value(element.value) for element in node.elements]
        return Unknown(self._holds_text(node))

    def _holds_text(self, node: cst.CSTNode) -> bool:
        """Whether a name below a node holds the text."""
        return any(
            isinstance(inner, cst.Name) and _tainted(self._values.get(inner.value))
            for inner in self._tree.below(node)
        )

    def _named(self, node: cst.Name) -> object:
        if node.value in self._values:
            return self._values[node.value]
        if node.value in ("True", "False", "None"):
            return {"True": True, "False": False, "None": None}[node.value]
        text = self._program.resolver.text(node)
        return Unknown() if text is None or node.value in self._inside else text

    def _subscript(self, node: cst.Subscript, index: cst.BaseSlice) -> object:
        value = self._value(node.value)
        if isinstance(index, cst.Slice):
            bounds = [
                None if bound is None else self._value(bound)
                for bound in (index.lower, index.upper)
            ]
            if isinstance(value, Unknown) or any(isinstance(b, Unknown) for b in bounds):
                return Unknown(_tainted(value))
            return value[slice(*bounds)]  # type: ignore[index]
        key = self._value(cst.ensure_type(index, cst.Index).value)
        if isinstance(value, Unknown) or isinstance(key, Unknown):
            return Unknown(_tainted(value))
        return value[key]  # type: ignore[index]

    def _either(self, node: cst.BooleanOperation) -> object:
        left = self._value(node.left)
        if isinstance(left, Unknown):
            return Unknown(left.tainted or _tainted(self._value(node.right)))
        if bool(left) is isinstance(node.operator, cst.Or):
            return left
        return self._value(node.right)

    def _compared(self, node: cst.Comparison) -> object:
        target = node.comparisons[0]
        left, right = self._value(node.left), self._value(target.comparator)
        compare = _COMPARING.get(type(target.operator))
        if isinstance(left, Unknown) or isinstance(right, Unknown) or compare is None:
            return Unknown(_tainted(left) or _tainted(right))
        return compare(left, right)

    def _yielded(self, node: cst.Yield) -> Unknown:
        given = node.value
        if isinstance(given, cst.From):
            raise self._refused(node, "is not followed")
        if given is not None:
            self._sink(self._value(given), node, adds=True)
        return Unknown()

    def _formatted(self, node: cst.FormattedString) -> object:
        parts = []
        for part in node.parts:
            if isinstance(part, cst.FormattedStringText):
                parts.append(part.value)
                continue
            inner = cst.ensure_type(part, cst.FormattedStringExpression)
            value = self._value(inner.expression)
            if isinstance(value, Unknown) or inner.format_spec or inner.conversion:
                return Unknown(self._holds_text(node))
            parts.append(str(value))
        return "".join(parts)

    def _dict(self, node: cst.Dict) -> object:
        found = {}
        for element in node.elements:
            value = self._value(element.value)
            key = self._value(element.key) if isinstance(element, cst.DictElement) else Unknown()
            if isinstance(key, Unknown):
                return Unknown(self._holds_text(node))
            found[key] = value
        return found

    def _call(self, node: cst.Call) -> object:
        name = self._program.scopes.imported(node.func) or dotted(node.func)
        given = [self._value(arg.value) for arg in node.args]
        known = not any(isinstance(value, Unknown) for value in given)
        if name in ("json.loads", "orjson.loads", "ujson.loads") and known:
            return json.loads(given[0])  # type: ignore[arg-type]
        if name == "json.dumps" and known:
            return json.dumps(given[0])
        if name in ("str", "len", "bool") and known and len(given) == 1:
            return {"str": str, "len": len, "bool": bool}[name](given[0])  # type: ignore[operator]
        if name == "isinstance" and isinstance(node.args[1].value, cst.Name):
            kind = _TYPES.get(node.args[1].value.value)
            if kind is not None and not isinstance(given[0], Unknown):
                return isinstance(given[0], kind)
        if isinstance(node.func, cst.Attribute):
            owner = self._value(node.func.value)
            method = node.func.attr.value
            if not isinstance(owner, Unknown):
                if method not in _METHODS or not known:
                    return Unknown(_tainted(owner) or any(map(_tainted, given)))
                return getattr(owner, method)(*given)
            if owner.tainted and not any(map(_tainted, given)):
                return Unknown(tainted=True)
        return self._handed(node, given)

    def _handed(self, node: cst.Call, given: Sequence[object]) -> Unknown:
        """A call of what is not known: the text that it is given goes there."""
        method = node.func.attr.value if isinstance(node.func, cst.Attribute) else ""
        name = dotted(node.func)
        ends = any(arg.keyword is not None and arg.keyword.value == "end" for arg in node.args)
        for arg, value in zip(node.args, given, strict=True):
            if not _tainted(value):
                continue
            logs = is_logged(self._program, arg.value)
            if logs and (name != "print" or _holds(value, BESIDE)):
                continue
            adds = method in _ADDING or (name == "print" and ends)
            self._sink(value, node, adds=adds)
        return Unknown(any(map(_tainted, given)))


def _tainted(value: object) -> bool:
    if isinstance(value, Unknown):
        return value.tainted
    return _holds(value, MARK)


def _holds(value: object, mark: str) -> bool:
    return any(mark in text for text in _texts(value))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode(errors="replace")
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)
