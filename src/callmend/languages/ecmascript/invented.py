"""Calls of methods that OpenAI's SDK never had, and which of a file's dead requests are told."""

from __future__ import annotations

from functools import cache

from tree_sitter import Node

from callmend.endpoints import Endpoint, Status, catalogue
from callmend.languages.ecmascript.assistants.client import Client, Clients, Owner
from callmend.languages.ecmascript.find import Certainty, Request
from callmend.languages.ecmascript.members import member_key
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding, Kind
from callmend.languages.ecmascript.sendings import Sending
from callmend.languages.ecmascript.transports import Transport, imported_from
from callmend.languages.ecmascript.tree import (
    called,
    descendants,
    field,
    is_inside,
    items,
    key_name,
    member_value,
    text,
    unwrapped,
)

_ROOT = "workflows"
_ID_KEYS = frozenset({b"workflow_id", b"workflowId", b"workflow", b"id"})
_MOST_STEPS = 4


@cache
def _methods() -> dict[str, Endpoint]:
    return {method: endpoint for endpoint in catalogue() for method in endpoint.invented}


def invented_requests(program: Program) -> list[Request]:
    """Every call of a method that OpenAI's SDK never had, on a client that may be OpenAI's.

    Coze's, Retab's and other clients have methods of these names: what a client is made of or
    imported from decides. One that is imported from elsewhere counts where it is called OpenAI's.
    """
    if b"workflows" not in program.source.data:
        return []
    clients = Clients(program)
    found = []
    for call in program.tree.calls:
        if call.type != "call_expression":
            continue
        function = called(call)
        chain = _chain(program, function)
        endpoint = None if chain is None else _methods().get(chain[1])
        if chain is None or endpoint is None:
            continue
        certainty = _certainty(program, clients.of(chain[0]), chain[0])
        if certainty is None:
            continue
        given = items(field(call, "arguments") or call)
        found.append(
            Request(
                endpoint,
                certainty,
                Transport.SDK,
                call,
                function,
                path_id=_id(given),
                sending=Sending(None, body=given[-1] if given else None),
            )
        )
    return found


def _chain(program: Program, function: Node) -> tuple[Node, str] | None:
    """The client and the method's path behind it: (`openai`, "workflows.runs.create")."""
    names: list[str] = []
    node = function
    followed = 0
    while followed < _MOST_STEPS and len(names) <= _MOST_STEPS:
        node = unwrapped(node)
        if node.type in ("member_expression", "subscript_expression"):
            key, inner = member_key(node), field(node, "object")
            if key is None or inner is None:
                return None
            names.append(key.decode("utf-8", "replace"))
            node = unwrapped(inner)
            if names[-1] == _ROOT:
                if member_key(node) == b"beta" if _is_member(node) else False:
                    names.append("beta")
                    node = unwrapped(field(node, "object") or node)
                return node, ".".join(reversed(names))
        elif node.type == "identifier":
            # `const runs = (openai as any).workflows.runs;`
            constant = program.resolver.constant(node)
            if constant is None or constant == node or not _is_member(constant):
                return None
            node = constant
            followed += 1
        else:
            return None
    return None


def _is_member(node: Node) -> bool:
    return node.type in ("member_expression", "subscript_expression")


def _certainty(program: Program, client: Client, owner: Node) -> Certainty | None:
    """How surely a client is OpenAI's own at its own host; None: it is none of OpenAI's."""
    if client.owner is Owner.OPENAI:
        return Certainty.CERTAIN
    if client.owner is Owner.HOST_UNKNOWN:
        return Certainty.HOST_UNKNOWN
    if client.owner is not Owner.UNKNOWN or client.made is not None:
        return None
    return Certainty.HOST_UNKNOWN if _is_called_openai(program, owner) else None


def _is_called_openai(program: Program, owner: Node) -> bool:
    """Whether a client that is made elsewhere is OpenAI's by its import or its type."""
    root = program.callees.root(unwrapped(owner))
    binding = program.scopes.binding(root) if root.type == "identifier" else None
    if binding is None:
        return False
    module = imported_from(binding)
    if module is not None:
        return "openai" in module.lower() or b"openai" in binding.name.lower()
    if binding.kind is Kind.PARAMETER:
        return _is_typed_openai(program, binding)
    value = field(binding.declarator, "value")
    if value is None:
        return False
    # `const openai = getOpenAI()`, `const client = useOpenAI()`.
    called = text(field(unwrapped(value), "function") or value)
    return b"openai" in called.lower() and b"azure" not in called.lower()


def _is_typed_openai(program: Program, binding: Binding) -> bool:
    """Whether a parameter's type is what the package `openai` exports."""
    annotation = field(binding.declarator, "type")
    for name in descendants(annotation) if annotation is not None else ():
        if name.type == "type_identifier":
            found = program.scopes.root.bindings.get(text(name))
            if found is not None and imported_from(found) == "openai":
                return text(name) != b"AzureOpenAI"
    return False


def _id(given: list[Node]) -> Node | None:
    """The workflow's id that a made-up method is given: an argument of its own, or a member."""
    for argument in given:
        options = unwrapped(argument)
        if options.type != "object":
            return argument if argument == given[0] and len(given) > 1 else None
        for member in items(options):
            if key_name(member) in _ID_KEYS and member.type != "spread_element":
                value = member_value(member)
                inner = unwrapped(value)
                return _id([inner]) if inner.type == "object" else value
    return None


def accounted(program: Program, invented: list[Request]) -> list[Request]:
    """The dead requests that each get a finding of their own, in source order.

    A request for a run that never was belongs to the call that should have started it, where that
    stands in the same function; anywhere else it is told by itself.
    """
    every = [*program.requests, *invented]
    every.sort(key=lambda request: request.call.start_byte)
    starts = [request for request in every if not request.endpoint.part]
    tree = program.tree

    def belongs(poll: Request) -> bool:
        own = tree.function_of(poll.call)
        return any(
            own == around or (around != tree.root and is_inside(poll.call, around))
            for around in (tree.function_of(start.call) for start in starts)
        )

    return [
        request
        for request in every
        if not request.endpoint.part
        or (request.endpoint.status is not Status.RETIRED and not belongs(request))
    ]
