"""What a function of a Python file gives back of the request that it sends, and reads of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

import libcst as cst

from callmend.languages.python.clients import JSON_PARSERS
from callmend.languages.python.literals import is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.statuses import wants_another
from callmend.languages.python.tree import is_none, unawaited

_MOST_STEPS = 8
_NOTHING = frozenset({"None", "{}", "[]", "dict()"})
#: What may be asked of JSON without a difference between the old answers and the new ones.
_ASKED = frozenset({"isinstance", "bool", "len", "type"})
_STATUS = frozenset({"status_code", "status", "code", "getcode"})
_LOOKED_AT = _STATUS | {"text", "content"}


class Back(Enum):
    """What an expression is of a request: how far its answer was read."""

    RESPONSE = "response"
    RAW = "raw"
    JSON = "json"
    NOTHING = "nothing"


def given_back(
    program: Program, function: cst.FunctionDef, sent: Sequence[cst.Call], back: Back
) -> Back | cst.CSTNode:
    """What a function gives back: the response or its JSON, or nothing where it failed.

    ``sent`` are the calls by which it sends, each of which gives ``back``. Where it gives another
    thing, or reads itself what new answers have in another way, the node that does is given.
    """
    return _Function(program, function, sent, back).given()


def gives_none(program: Program, function: cst.FunctionDef) -> bool:
    """Whether a function may give None or nothing back, such as where its request failed."""
    for node in program.tree.own(function.body):
        if isinstance(node, cst.Return):
            value = node.value
            sides = [value.body, value.orelse] if isinstance(value, cst.IfExp) else [value]
            if any(side is None or is_none(side) for side in sides):
                return True
            if value is not None and program.tree.source(value) in _NOTHING:
                return True
    return not program.flow.leaves(function.body)


class _Function:
    def __init__(
        self, program: Program, function: cst.FunctionDef, sent: Sequence[cst.Call], back: Back
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._function = function
        self._sent = sent
        self._back = back

    def given(self) -> Back | cst.CSTNode:
        """What all its returns give."""
        found: Back | None = None
        for node in self._tree.own(self._function.body):
            if not isinstance(node, cst.Return):
                continue
            kind = self._kind(node.value, 0)
            if kind is Back.NOTHING:
                continue
            if kind not in (Back.RESPONSE, Back.JSON) or found not in (None, kind):
                return node
            found = kind
        for node in self._own_reads():
            return node
        return self._function.name if found is None else found

    def _kind(self, node: cst.BaseExpression | None, depth: int) -> Back | None:
        if node is None or self._tree.source(node) in _NOTHING:
            return Back.NOTHING
        node = unawaited(node)
        if depth > _MOST_STEPS:
            return None
        if any(node is one for one in self._sent):
            return None if self._is_built(node) else self._back
        if isinstance(node, cst.Name):
            values = [d.value for d in self._program.flow.every(node.value, node)]
            kinds = {None if v is None else self._kind(v, depth + 1) for v in values}
            return self._one(kinds)
        if isinstance(node, cst.IfExp):
            return self._one({self._kind(side, depth + 1) for side in (node.body, node.orelse)})
        if isinstance(node, cst.BooleanOperation) and isinstance(node.operator, cst.Or):
            return self._one({self._kind(side, depth + 1) for side in (node.left, node.right)})
        if isinstance(node, cst.Attribute) and node.attr.value in ("text", "content"):
            of_response = self._kind(node.value, depth + 1) is Back.RESPONSE
            return Back.RAW if of_response else None
        return self._called(node, depth) if isinstance(node, cst.Call) else None

    def _is_built(self, node: cst.BaseExpression) -> bool:
        """Whether a call only makes the request, which `urlopen` sends."""
        called = node.func if isinstance(node, cst.Call) else node
        return self._program.scopes.imported(called) == "urllib.request.Request"

    def _opens(self, node: cst.Call) -> bool:
        """`urlopen(request)` of the request that is sent."""
        if self._program.scopes.imported(node.func) != "urllib.request.urlopen" or not node.args:
            return False
        given = self._program.resolver.single(node.args[0].value)
        return any(given is one for one in self._sent)

    def _called(self, node: cst.Call, depth: int) -> Back | None:
        if self._opens(node):
            return self._back
        if self._program.scopes.imported(node.func) in JSON_PARSERS and len(node.args) == 1:
            inner = self._kind(node.args[0].value, depth + 1)
            return Back.JSON if inner in (Back.RAW, Back.RESPONSE) else None
        if not isinstance(node.func, cst.Attribute) or node.args:
            if not isinstance(node.func, cst.Attribute) or node.func.attr.value != "decode":
                return None
        of, name = self._kind(node.func.value, depth + 1), node.func.attr.value
        if of is Back.RESPONSE and name == "json":
            return Back.JSON
        if of is Back.RESPONSE and name in ("read", "text", "aread"):
            return Back.RAW
        return Back.RAW if of is Back.RAW and name in ("decode", "strip") else None

    def _one(self, kinds: set[Back | None]) -> Back | None:
        some = kinds - {Back.NOTHING}
        if len(some) > 1:
            return None
        return next(iter(some)) if some else Back.NOTHING

    # what it reads itself

    def _own_reads(self) -> Iterator[cst.CSTNode]:
        """The expressions that read what a new answer has, but in another way, or has not."""
        for node in self._tree.own(self._function.body):
            if isinstance(node, cst.Attribute) and (looked := self._looks_at(node)) is not None:
                yield looked
            if not isinstance(node, (cst.Name, cst.Call)) or self._is_a_step(node):
                continue
            if isinstance(node, cst.Name) and not self._is_read(node):
                continue
            if self._kind(node, 0) is Back.JSON and not self._is_the_same(node):
                yield self._tree.parent(node) or node

    def _looks_at(self, member: cst.Attribute) -> cst.CSTNode | None:
        """Where a response's status is to be another, or something is looked for in its text."""
        name, inside = member.attr.value, self._tree.parent(member)
        if name not in _LOOKED_AT or self._kind(member.value, 0) is not Back.RESPONSE:
            return None
        if name in _STATUS:
            called = isinstance(inside, cst.Call) and inside.func is member
            read = inside if called and isinstance(inside, cst.Call) else member
            wanted = wants_another(self._program, read)
            return None if wanted is None or self._is_nothing_then(wanted) else wanted
        for parent in self._tree.ancestors(member):
            operator = parent.operator if isinstance(parent, cst.ComparisonTarget) else None
            if isinstance(operator, (cst.In, cst.NotIn)):
                return parent
            if isinstance(parent, (cst.Attribute, cst.BaseStatement)):
                break
        return None

    def _is_nothing_then(self, test: cst.CSTNode) -> bool:
        """`if r.status_code == 204: return None`."""
        branch = self._tree.parent(test)
        if not isinstance(branch, (cst.If, cst.IfExp)) or branch.test is not test:
            return False
        returned = [n for n in self._tree.own(branch.body) if isinstance(n, cst.Return)]
        given = [n.value for n in returned]
        if isinstance(branch, cst.IfExp):
            given = [branch.body]
        return bool(given) and all(self._kind(value, 0) is Back.NOTHING for value in given)

    def _is_read(self, node: cst.Name) -> bool:
        return any(use is node for use in self._program.scopes.uses(node.value))

    def _is_a_step(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is only given on within the function."""
        parent = self._tree.parent(node)
        while isinstance(parent, (cst.Await, cst.IfExp, cst.BooleanOperation)):
            parent = self._tree.parent(parent)
        if isinstance(parent, cst.Assign):
            return all(isinstance(target.target, cst.Name) for target in parent.targets)
        return isinstance(parent, (cst.Return, cst.AnnAssign, cst.If))

    def _is_only_asked(self, node: cst.CSTNode | None) -> bool:
        """Whether of an expression no more counts than that it is nothing."""
        parent = None if node is None else self._tree.parent(node)
        if isinstance(parent, cst.If):
            return parent.test is node
        return isinstance(parent, cst.UnaryOperation) and isinstance(parent.operator, cst.Not)

    def _is_the_same(self, node: cst.BaseExpression) -> bool:
        """Whether a reading gives the same of the new answers: no `error` is `None` in them."""
        if is_logged(self._program, node) or self._tree.around(node, cst.Raise) is not None:
            return True
        parent = self._tree.parent(node)
        if isinstance(parent, cst.UnaryOperation):
            return isinstance(parent.operator, cst.Not)
        if isinstance(parent, cst.Arg):
            call = self._tree.parent(parent)
            return isinstance(call, cst.Call) and self._tree.source(call.func) in _ASKED
        if isinstance(parent, cst.Attribute) and parent.attr.value == "get":
            call = self._tree.parent(parent)
            args = call.args if isinstance(call, cst.Call) and call.func is parent else ()
            if not args or self._program.resolver.text(args[0].value) != "error":
                return False
            # `None` stands in new answers where a default was in the old ones
            return len(args) == 1 or is_none(args[1].value) or self._is_only_asked(call)
        if isinstance(parent, cst.Subscript) and len(parent.slice) == 1:
            index = parent.slice[0].slice
            branch = self._tree.around(node, cst.If)
            if not isinstance(index, cst.Index) or branch is None:
                return False
            asked = "get(" in self._tree.source(branch.test)
            return asked and self._program.resolver.text(index.value) == "error"
        return False
