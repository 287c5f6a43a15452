"""Dead members of OpenAI's client that are no call of it where they stand: kept, or handed on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from callmend.endpoints import Endpoint
from callmend.languages.python.program import Program
from callmend.languages.python.sdk import Owner, SdkCall, may_be_openais, methods, owner_of
from callmend.languages.python.tree import dotted
from callmend.records import record

_MADE_UP = "workflows"
_REAL = frozenset({"assistants", "threads"})
#: What is told for a member that may become any call of its kind.
_KINDS = {
    "workflows": "workflows.runs.create",
    "assistants": "beta.assistants.create",
    "threads": "beta.threads.create",
    "threads.runs": "beta.threads.runs.create",
}
_ELSEWHERE = (Owner.AZURE, Owner.OTHER_HOST)
#: What is asked of a test double.
_OF_DOUBLES = ("assert_", "call_", "called", "mock_calls", "return_value", "side_effect")
#: What only looks at a member.
_LOOKS = (cst.Assert, cst.Comparison, cst.ComparisonTarget, cst.Del)
_ASKS = (*_LOOKS, cst.BooleanOperation, cst.If, cst.IfExp, cst.UnaryOperation, cst.While)


@record(frozen=True, slots=True)
class LostMember:
    """``node`` is the whole path of members, ``lost`` the statement's part that takes it.

    ``real`` tells a member that the client had, as `beta.threads.messages`.
    """

    endpoint: Endpoint
    node: cst.BaseExpression
    lost: cst.CSTNode
    real: bool


def lost_members(program: Program, calls: Sequence[SdkCall]) -> list[LostMember]:
    """The dead members of OpenAI's client in none of these calls, in source order."""
    data = program.source.data
    if b"workflows" not in data and b"beta" not in data:
        return []
    return list(_Lost(program, calls).members())


class _Lost:
    def __init__(self, program: Program, calls: Sequence[SdkCall]) -> None:
        self._program = program
        self._tree = program.tree
        self._told = {call.call.func for call in calls}

    def members(self) -> Iterator[LostMember]:
        """Each path of members once."""
        for call in self._tree.every(cst.Call):
            yield from self._by_its_name(call)
        for node in self._tree.every(cst.Attribute):
            first = node.attr.value
            client = self._client(node)
            if client is None or not self._is_openais(client, made_up=first == _MADE_UP):
                continue
            whole, names = self._whole(node)
            parent = self._tree.parent(whole)
            if whole in self._told or parent is None or self._is_mention(whole, parent, names):
                continue
            yield LostMember(_endpoint(names), whole, parent, first in _REAL)

    def _by_its_name(self, call: cst.Call) -> Iterator[LostMember]:
        """`getattr(client, "workflows")`, where that is more than a question."""
        values = [arg.value for arg in call.args]
        word = values[1] if dotted(call.func) == "getattr" and len(values) > 1 else None
        name = word.evaluated_value if isinstance(word, cst.SimpleString) else None
        parent = self._tree.parent(call)
        if name not in {_MADE_UP, *_REAL} or parent is None or isinstance(parent, _ASKS):
            return
        beta = self._beta(values[0])
        client = values[0] if beta is None else beta.value
        if (name == _MADE_UP or beta is not None) and self._is_openais(
            client, made_up=name == _MADE_UP
        ):
            yield LostMember(_endpoint([str(name)]), call, parent, name in _REAL)

    def _client(self, node: cst.Attribute) -> cst.BaseExpression | None:
        """The client of which a member is the first dead one."""
        if node.attr.value == _MADE_UP:
            beta = self._beta(node.value)
            return node.value if beta is None else beta.value
        beta = self._beta(node.value) if node.attr.value in _REAL else None
        return None if beta is None else beta.value

    def _beta(self, node: cst.BaseExpression) -> cst.Attribute | None:
        """The `client.beta` that an expression is, or the name of."""
        stands_for = self._program.resolver.single(node)
        is_beta = isinstance(stands_for, cst.Attribute) and stands_for.attr.value == "beta"
        return stands_for if is_beta and isinstance(stands_for, cst.Attribute) else None

    def _is_openais(self, client: cst.BaseExpression, *, made_up: bool) -> bool:
        # `from openai.types.beta.threads import Run`, and what is imported so.
        around = self._tree.ancestors(client)
        if any(isinstance(parent, (cst.Import, cst.ImportFrom)) for parent in around):
            return False
        if self._program.scopes.imported(client).startswith("openai.types"):
            return False
        owner = owner_of(self._program, client)
        if owner is Owner.UNKNOWN:
            return may_be_openais(self._program, client, by_import=not made_up)
        return owner not in _ELSEWHERE

    def _whole(self, node: cst.Attribute) -> tuple[cst.Attribute, list[str]]:
        """The longest path that a member begins, and the names in it."""
        names = [node.attr.value]
        parent = self._tree.parent(node)
        while isinstance(parent, cst.Attribute) and parent.value is node:
            node = parent
            names.append(node.attr.value)
            parent = self._tree.parent(node)
        return node, names

    def _is_mention(self, node: cst.Attribute, parent: cst.CSTNode, names: list[str]) -> bool:
        """Whether a member is only looked at, or is a test's double."""
        if isinstance(parent, (*_LOOKS, cst.AssignTarget, cst.AnnAssign)):
            return not isinstance(parent, cst.AnnAssign) or parent.value is not node
        if any(name.startswith(_OF_DOUBLES) for name in names):
            return True
        call = self._tree.parent(parent) if isinstance(parent, cst.Arg) else parent
        return isinstance(call, cst.Call) and self._program.clients.is_double(call)


def _endpoint(names: list[str]) -> Endpoint:
    """The endpoint of a call that a path of members is for, or of the first one of its kind."""
    known = methods()
    kind = ".".join(names[:2]) if ".".join(names[:2]) in _KINDS else names[0]
    exact = known.get(".".join(names if names[0] == _MADE_UP else ["beta", *names]))
    return exact or known[_KINDS[kind]]
