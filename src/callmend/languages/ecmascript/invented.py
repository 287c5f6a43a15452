"""Calls of methods that OpenAI's SDK never had, and which of a file's dead requests are told."""

from __future__ import annotations

from functools import cache

from tree_sitter import Node

from callmend.endpoints import Endpoint, Status, catalogue
from callmend.languages.ecmascript.assistants.client import Client, Clients, Owner
from callmend.languages.ecmascript.client_traces import (
    is_typed_openai,
    may_be_openais,
    names_openai,
)
from callmend.languages.ecmascript.fields import field_of_class
from callmend.languages.ecmascript.find import Certainty, Request
from callmend.languages.ecmascript.inputs import INPUT_KEYS
from callmend.languages.ecmascript.members import member_key
from callmend.languages.ecmascript.objects import object_behind
from callmend.languages.ecmascript.picked import picked
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Kind
from callmend.languages.ecmascript.sendings import Sending
from callmend.languages.ecmascript.shown_clients import shown_to_be_openais
from callmend.languages.ecmascript.transports import Transport, imported_from
from callmend.languages.ecmascript.tree import (
    called,
    field,
    is_inside,
    items,
    key_name,
    member_value,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import HOLE, text_of
from callmend.records import record

_ROOT = "workflows"
_ID_KEYS = frozenset({b"workflow_id", b"workflowId", b"workflow", b"id"})
_MOST_STEPS = 4
#: The row of what would make a workflow by its name.
_CREATES = "sdk-workflows-create"


def _names_a_workflow(program: Program, given: list[Node]) -> bool:
    """Whether what would make a workflow runs one: it names it, and gives it an input."""
    literal = object_behind(program.scopes, given[0]) if given else None
    names = {key_name(item) for item in items(literal.node)} if literal is not None else set()
    return bool(names & (_ID_KEYS - {b"id"})) and bool(names & INPUT_KEYS)


@cache
def methods() -> dict[str, Endpoint]:
    """The methods that OpenAI's SDK never had, by their path behind the client."""
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
        chain = chain_of(program, function)
        endpoint = None if chain is None else methods().get(chain.method)
        if chain is None or endpoint is None:
            continue
        client = clients.of(chain.client)
        certainty = certainty_of(program, client, chain.client)
        if certainty is None:
            continue
        if certainty is Certainty.HOST_UNKNOWN and shown_to_be_openais(program, clients, client):
            certainty = Certainty.CERTAIN
        given = items(field(call, "arguments") or call)
        if endpoint.id == _CREATES and not _names_a_workflow(program, given):
            continue
        found.append(
            Request(
                endpoint,
                certainty,
                Transport.SDK,
                call,
                function,
                nodes=chain.passed,
                path_id=_id(given),
                sending=Sending(None, body=given[-1] if given else None),
                client=client.shown if client.owner is Owner.UNKNOWN else "",
            )
        )
    return found


#: What a client never is.
_LITERALS = frozenset({"object", "array", "string", "template_string", "number", "null"})


@record(frozen=True, slots=True)
class Chain:
    """A client, and the path of members behind it: `openai`, "workflows.runs.create".

    ``passed`` are the ids of the nodes that it was followed through.
    """

    client: Node
    method: str
    passed: frozenset[int]


def chain_of(program: Program, function: Node) -> Chain | None:
    """What an expression is a member of, where that is a client's `workflows`."""
    names: list[str] = []
    passed: set[int] = set()
    node = function
    followed = 0
    while followed < _MOST_STEPS and len(names) <= _MOST_STEPS:
        node = unwrapped(node)
        passed.add(node.id)
        field_of_this = _is_member(node) and unwrapped(field(node, "object") or node).type == "this"
        if _is_member(node) and not field_of_this:
            key, inner = _key(program, node), field(node, "object")
            if key is None or inner is None:
                return None
            names.append(key.decode("utf-8", "replace"))
            node = unwrapped(inner)
            if names[-1] == _ROOT:
                return _rooted(node, names, passed)
        elif node.type in ("identifier", "call_expression") or field_of_this:
            # `const runs = (openai as any).workflows.runs;`
            pick = None if field_of_this else picked(program, node)
            held = _held(program, node) if pick is None else None
            if pick is not None:
                # `const wf = client.workflows ?? client.beta?.workflows;`
                passed |= {place.id for place in pick.places}
                held = [key.decode() for key in pick.keys], pick.client
            if held is None:
                return None
            keys, node = held
            names += keys
            followed += 1
            passed |= {node.id, unwrapped(node).id}
            if names[-1:] == [_ROOT]:
                return _rooted(unwrapped(node), names, passed)
            if names[-2:] == [_ROOT, "beta"]:
                return Chain(unwrapped(node), ".".join(reversed(names)), frozenset(passed))
        else:
            return None
    return None


def _rooted(node: Node, names: list[str], passed: set[int]) -> Chain:
    """The chain of a client whose `workflows` is reached, by `beta` or not."""
    if _is_member(node) and member_key(node) == b"beta":
        names = [*names, "beta"]
        passed = passed | {node.id}
        node = unwrapped(field(node, "object") or node)
    return Chain(node, ".".join(reversed(names)), frozenset(passed))


def _held(program: Program, node: Node) -> tuple[list[str], Node] | None:
    """What a name or a field stands for: the members that are taken, innermost first, and of what.

    None for what is no member of anything, and for a name that is set twice.
    """
    if node.type == "call_expression":
        return None
    if node.type != "identifier":
        values = program.sources.fields(node) or []
        return ([], values[0]) if len(values) == 1 and values[0] is not None else None
    binding = program.scopes.binding(node)
    if binding is None or binding.writes or binding.declarator.type != "variable_declarator":
        return None
    value, pattern = field(binding.declarator, "value"), field(binding.declarator, "name")
    if value is None or pattern is None:
        return None
    if pattern == binding.name_node:
        taken = bound_method(unwrapped(value)) or unwrapped(value)
        return ([], taken) if _is_member(taken) else None
    keys = _keys_to(pattern, binding.name_node)
    return None if keys is None else ([key.decode("utf-8", "replace") for key in keys], value)


def bound_method(node: Node) -> Node | None:
    """The method in `runs.create.bind(runs)`, where it is bound to what it is a member of."""
    function = field(node, "function")
    given = items(field(node, "arguments") or node)
    if node.type != "call_expression" or function is None or len(given) != 1:
        return None
    function = unwrapped(function)
    method = field(function, "object")
    if function.type != "member_expression" or method is None or member_key(function) != b"bind":
        return None
    owner = field(unwrapped(method), "object")
    return method if owner is not None and text(owner) == text(given[0]) else None


def _keys_to(pattern: Node, name: Node) -> list[bytes] | None:
    """The members that a pattern takes a name out of, innermost first: `{ a: { b } }`."""
    if pattern.type != "object_pattern":
        return None
    for part in items(pattern):
        key = key_name(part)
        if part == name:
            return [text(name)]
        if part.type != "pair_pattern" or key is None:
            continue
        value = field(part, "value")
        if value == name:
            return [key]
        inner = None if value is None else _keys_to(value, name)
        if inner is not None:
            return [*inner, key]
    return None


def _key(program: Program, node: Node) -> bytes | None:
    """The member's name, also of `client[NAME]`."""
    index = field(node, "index")
    if index is None or index.type == "string":
        return member_key(node)
    texts = program.resolver.value(index).texts
    return texts[0].encode() if len(texts) == 1 and HOLE not in texts[0] else None


def _is_member(node: Node) -> bool:
    return node.type in ("member_expression", "subscript_expression")


def certainty_of(program: Program, client: Client, owner: Node) -> Certainty | None:
    """How surely a client is OpenAI's own at its own host; None: it is none of OpenAI's."""
    if client.owner is Owner.OPENAI:
        return Certainty.CERTAIN
    if client.owner is Owner.HOST_UNKNOWN:
        return Certainty.HOST_UNKNOWN
    if client.owner is not Owner.UNKNOWN or client.made is not None:
        return None
    called = names_openai(client.module.encode() + client.export)
    called = called or _is_called_openai(program, owner) or may_be_openais(program, owner)
    return Certainty.HOST_UNKNOWN if called else None


def _is_called_openai(program: Program, owner: Node, depth: int = 0) -> bool:
    """Whether a client that is made elsewhere is OpenAI's by its import or its type."""
    inner = unwrapped(owner)
    if _is_member(inner) and unwrapped(field(inner, "object") or inner).type == "this":
        return _is_openais_field(program, inner)
    root = program.callees.root(unwrapped(owner))
    binding = program.scopes.binding(root) if root.type == "identifier" else None
    if binding is None:
        return False
    module = imported_from(binding)
    if module is not None:
        return "openai" in module.lower() or b"openai" in binding.name.lower()
    if binding.kind is Kind.PARAMETER:
        default = field(binding.declarator, "value")
        annotation = field(binding.declarator, "type")
        given = default is not None and _is_called_openai(program, default)
        return given or is_typed_openai(program, annotation)
    value = field(binding.declarator, "value")
    if value is not None and unwrapped(value).type == "object" and unwrapped(owner) != root:
        # `config.openai` where the file has `const config = { openai: { apiKey } }`: settings.
        held = program.resolver.member(unwrapped(owner))
        value = value if held is None else unwrapped(held)
        if value.type in _LITERALS and held is not None:
            return False
    if value is not None and unwrapped(value).type == "identifier" and depth < _MOST_STEPS:
        # `const client = shared;`
        return _is_called_openai(program, unwrapped(value), depth + 1)
    if value is None:
        # `declare const openai: any`
        return names_openai(binding.name)
    # `const openai = getOpenAI()`, `const client = useOpenAI()`
    made = unwrapped(field(unwrapped(value), "function") or value)
    maker = program.scopes.binding(program.callees.root(made))
    own = maker is not None and maker.kind in (Kind.CLASS, Kind.FUNCTION)
    # `const openai = Clients.get()` of a class of the file
    return names_openai(text(made)) or (own and names_openai(binding.name))


def _is_openais_field(program: Program, member: Node) -> bool:
    """Whether a field that its class is given is OpenAI's client, by its type or its name."""
    declared = field_of_class(member)
    kind = None if declared is None else field(declared, "type")
    if kind is not None:
        return is_typed_openai(program, kind)
    default = None if declared is None else field(declared, "value")
    if default is not None and _is_called_openai(program, default):
        return True
    return names_openai(text_of(member, "property"))


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
    # A client of another file may be a wrapper too: what is known of the client says more.
    own = {request.call.id for request in invented}
    every = [*(r for r in program.requests if r.call.id not in own), *invented]
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
