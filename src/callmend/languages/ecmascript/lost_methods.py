"""Made-up members of OpenAI's client that are not called where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from callmend.languages.ecmascript.assistants.client import Clients
from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.invented import bound_method, certainty_of, chain_of, methods
from callmend.languages.ecmascript.members import MEMBERS, member_key
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.strays import End, Flow, Path, Stray, Strays
from callmend.languages.ecmascript.tree import (
    called,
    descendants,
    field,
    is_inside,
    key_name,
    show_line,
    unwrapped,
)

_ROOT = b"workflows"
#: The row of a made-up call, for a member that may become any of them.
_CALL = "workflows.runs.create"


def lost_methods(program: Program, invented: Sequence[Request]) -> list[Stray]:
    """What is taken of a client's `workflows` and handed on, and is in none of ``invented``."""
    if _ROOT not in program.source.data:
        return []
    return _LostMethods(program, invented).lost()


class _LostMethods(Strays):
    def __init__(self, program: Program, invented: Sequence[Request]) -> None:
        super().__init__(program.tree, program.scopes, program.resolver, program.callees)
        self._program = program
        self._clients = Clients(program)
        self._invented = invented
        self._told = frozenset().union(*(request.nodes for request in invented))

    def lost(self) -> list[Stray]:
        """Each of them once, in order."""
        found: dict[int, Stray] = {}
        for node in self._tree.nodes:
            if node.type in MEMBERS and member_key(node) == _ROOT:
                taken, lost = self._member(node)
            elif node.type == "variable_declarator" and _takes_workflows(node):
                taken, lost = self._pattern(node)
            else:
                continue
            if lost is not None:
                stray = Stray(methods()[_CALL], taken, exported=False, lost_at=show_line(lost))
                found.setdefault(lost.id, stray)
        return list(found.values())

    def _member(self, node: Node) -> tuple[Node, Node | None]:
        """The whole chain that `client.workflows` starts, and where it is lost."""
        chain = chain_of(self._program, node)
        if chain is None or not self._is_openais(chain.client):
            return node, None
        outer, parent = self._tree.outer(node)
        while parent is not None and parent.type in MEMBERS and field(parent, "object") == outer:
            node = parent
            outer, parent = self._tree.outer(node)
        if node.id in self._told or self._is_asked(node):
            return node, None
        if parent is not None and parent.type == "call_expression":
            return node, parent if called(parent) == node else None
        return node, self._ends(node)[1]

    def _pattern(self, declarator: Node) -> tuple[Node, Node | None]:
        """`const { workflows } = client`."""
        value = field(declarator, "value")
        if value is None or value.id in self._told or not self._is_openais(unwrapped(value)):
            return declarator, None
        return declarator, declarator

    def _is_openais(self, client: Node) -> bool:
        return certainty_of(self._program, self._clients.of(client), client) is not None

    def _is_asked(self, node: Node) -> bool:
        """Whether it stands in a call that is told anyway, or only what it is is asked."""
        if any(is_inside(node, request.call) for request in self._invented):
            return True
        around = next((n for n in self._tree.ancestors(node) if n.type == "call_expression"), None)
        bound = None if around is None else bound_method(around)
        if bound is not None and unwrapped(bound).id in self._told:
            return True
        parent = self._tree.outer(node)[1]
        return parent is not None and parent.type in ("unary_expression", "expression_statement")

    def _is_dead(self, _node: Node) -> bool:
        return False

    def _next(self, flow: Flow) -> Iterator[Flow | End]:
        """As a URL's, but that a method of it is called, or a member of it read."""
        node, parent = self._tree.outer(flow.node)
        if parent is not None and parent.type == "call_expression" and called(parent) == node:
            if parent.id not in {request.call.id for request in self._invented}:
                yield End(parent)
            return
        if parent is not None and parent.type == "variable_declarator" and not flow.path:
            name = field(parent, "name")
            if name is not None and name.type == "object_pattern":
                yield End(parent)
                return
        yield from super()._next(flow)

    def _read(self, node: Node, member: Node, path: Path) -> Iterator[Flow | End]:
        if field(member, "object") == node and (path or member.id not in self._told):
            yield from super()._read(node, member, path) if path else iter((Flow(member),))


def _takes_workflows(declarator: Node) -> bool:
    """Whether a pattern takes `workflows` out of something."""
    pattern = field(declarator, "name")
    if pattern is None or pattern.type != "object_pattern":
        return False
    return any(
        node.type in ("pair_pattern", "shorthand_property_identifier_pattern")
        and key_name(node) == _ROOT
        for node in descendants(pattern)
    )
