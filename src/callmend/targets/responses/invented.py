"""A method that OpenAI's SDK never had becomes `responses.create`, read as the file reads it."""

from __future__ import annotations

from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
<<<<<<< HEAD
=======
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import Readings, What
from callmend.languages.ecmascript.statements import member_removal, removals
from callmend.languages.ecmascript.tree import (
    field,
    items,
    key_name,
    member_value,
    show,
    show_line,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.records import record
>>>>>>> adf69f3 (Options behind a made-up method's body are no body; fields that may be missing keep no answer from its reader)
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.responses.workflow import form_of
from callmend.targets.workflow.invented import Method, invented_plan
from callmend.targets.workflow.site import Site

_METHOD = Method(
    name=b"responses.create",
    template="adapter-sdk.ts",
    becomes="becomes `responses.create`, its answer in the shape that the file reads",
    # The package has `resources/responses` from this version on: 4.86.2 has none, 4.87.0 has.
    needs="`responses.create` needs the package `openai` from version 4.87 on",
    again=lambda _site, call: [call.named(b"responses.retrieve")],
)
<<<<<<< HEAD
=======
_RUN_IDS = frozenset({b"id", b"run_id", b"runId"})
_WORKFLOW_IDS = frozenset({b"version", b"workflow_id", b"workflowId"})
_OPTIONS = frozenset(
    {b"headers", b"idempotencyKey", b"maxRetries", b"query", b"signal", b"timeout"}
)
_NEEDS = "`responses.create` needs the package `openai` from version 4.87 on"


@record(frozen=True, slots=True)
class _Call:
    """A call of a made-up method: its node, its client, and what is read of its answer."""

    node: Node
    client: Node
    readings: Readings
>>>>>>> adf69f3 (Options behind a made-up method's body are no body; fields that may be missing keep no answer from its reader)


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan:
    """The rewrite of one call of a method that never was.

    Raises:
        RefusedError: the call is left, and why.
    """
    site = Site.of(program, request, settings, names)
<<<<<<< HEAD
    return invented_plan(site, _METHOD, form_of)
=======
    call = _call(program, request)
    again = [_again(program, r) for r in invented_requests(program) if _asks_again(r)]
    if again and _starts(program) > 1:
        raise RefusedError(Reason.OWN_POLLING, show_line(again[0].node))
    readings = call.readings.joined(each.readings for each in again)
    body = _body(program, call.node)
    value = value_plan(site, body, readings, [each.node for each in again])
    edits = [*value.edits, *_request(program, call)]
    edits += [edit for each in again for edit in _repeated(program, each)]
    expected = [comment for each in (call, *again) for comment in _expectations(program, each.node)]
    edits += removals(program.source, expected)
    notes = [*value.notes, Note(span(call.node), _NEEDS), *_gone_betas(program, call)]
    if any(child.type == "optional_chain" for child in _chain(call)):
        notes.append(Note(span(call.node), _NEVER_RAN, always=True))
    covers = tuple(
        (span(each.node), tuple(e for e in edits if span(each.node).contains(e.span)))
        for each in again
    )
    return replace(
        value,
        edits=tuple(sorted(edits)),
        message=_BECOMES,
        notes=tuple(notes),
        covers=covers,
        superseded=tuple(expected),
    )


def _chain(call: _Call) -> Iterator[Node]:
    """The nodes of the method's name behind the client."""
    node = unwrapped(field(call.node, "function") or call.node)
    while node != unwrapped(call.client) and node.type == "member_expression":
        yield from node.children
        node = unwrapped(field(node, "object") or node)


def _expectations(program: Program, call: Node) -> list[Node]:
    """`// @ts-expect-error` above a call that the SDK's types know now, which would be an error."""
    above = program.tree.statement_of(call).prev_named_sibling
    if above is None or above.type != "comment" or b"@ts-expect-error" not in text(above):
        return []
    return [] if b" as any)" in text(call) else [above]


def _asks_again(request: Request) -> bool:
    return request.endpoint.id == _ASKS_AGAIN


def _starts(program: Program) -> int:
    return sum(not request.endpoint.part for request in invented_requests(program))


def _call(program: Program, request: Request) -> _Call:
    """A call with the client that stands in it.

    Raises:
        RefusedError: the client is not OpenAI's for certain, or is not named in the call itself.
    """
    if request.certainty is not Certainty.CERTAIN:
        raise RefusedError(Reason.UNRESOLVED_HOST, f"`{show(request.url)}`")
    node = unwrapped(field(request.call, "function") or request.call)
    while member_key(node) not in (b"workflows", None):
        node = unwrapped(field(node, "object") or node)
    client = field(node, "object")
    if client is None or member_key(node) != b"workflows":
        raise RefusedError(Reason.SDK_INVENTED, f"`{show(request.url)}` names no client")
    inner = unwrapped(client)
    if member_key(inner) == b"beta" and inner.type == "member_expression":
        client = field(inner, "object") or client
    follower = Follower(program, request.call)
    follower.follow(request.call, What.BODY, promised=True)
    return _Call(request.call, client, follower.readings)


def _again(program: Program, request: Request) -> _Call:
    """A call that asks for the dead run again.

    Raises:
        RefusedError: it is none that `responses.retrieve` answers.
    """
    found = _call(program, request)
    method = text(field(unwrapped(request.url), "property") or request.url)
    given = items(field(found.node, "arguments") or found.node)
    if method != b"retrieve" or len(given) != 1 or _run_id(program, given[0]) is None:
        raise RefusedError(Reason.OWN_POLLING, show_line(found.node))
    return found


def _run_id(program: Program, given: Node) -> Node | None:
    """The run's id of `retrieve(run.id)` or `retrieve({ run_id: run.id, workflow_id: id })`."""
    if unwrapped(given).type != "object":
        return given if object_behind(program.scopes, given) is None else None
    members = {key_name(member): member for member in items(unwrapped(given))}
    ids = [name for name in members if name in _RUN_IDS]
    if len(ids) != 1 or not set(members) <= _RUN_IDS | _WORKFLOW_IDS:
        return None
    others = [member_value(members[name]) for name in members if name != ids[0]]
    return None if any(map(has_effects, others)) else member_value(members[ids[0]])


def _body(program: Program, call: Node) -> Node:
    """The object literal of a call's body: its last argument but for options.

    Raises:
        RefusedError: it is none, or something else than the workflow's id stands before it, or
            something else than options behind it.
    """
    given = items(field(call, "arguments") or call)
    first = object_behind(program.scopes, given[0]) if given else None
    at = 0 if len(given) == 1 or first is not None else len(given) - 1
    literal = _literal(program, given[at]) if given else None
    if literal is None or len(given) > 2:
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(call)}`")
    if at == 1 and has_effects(given[0]):
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(given[0])}`")
    if at + 1 < len(given) and not _is_options(given[1]):
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(given[1])}`")
    return literal


def _is_options(node: Node) -> bool:
    """Whether an argument is written here and has the SDK's options of a request."""
    options = unwrapped(node)
    if options.type != "object":
        return False
    members = {key_name(member): member for member in items(options)}
    headers = members.get(b"headers")
    written = headers is None or unwrapped(member_value(headers)).type == "object"
    return bool(members) and set(members) <= _OPTIONS and written


def _literal(program: Program, node: Node) -> Node | None:
    """The object literal that an argument is, or that a `const` holds for this call alone."""
    found = object_behind(program.scopes, node)
    if found is not None:
        return None if found.shared else found.node
    binding = program.scopes.binding(unwrapped(node))
    if binding is None or binding.writes or len(binding.references) != 1:
        return None
    value = field(binding.declarator, "value")
    if value is None or field(binding.declarator, "name") != binding.name_node:
        return None
    inner = unwrapped(value)
    return inner if inner.type == "object" and not is_declared_exported(binding) else None


def _method(program: Program, call: _Call, name: bytes) -> list[Edit]:
    """The edits of the method's name, and of a client whose type has `workflows` and no more."""
    function = field(call.node, "function") or call.node
    typed = _retyped(program, call.client)
    if typed is not None:
        return [Edit(call.client.start_byte, function.end_byte, typed + b"." + name)]
    return [Edit(call.client.end_byte, function.end_byte, b"." + name)]


def _retyped(program: Program, client: Node) -> bytes | None:
    """`(openai as unknown as OpenAI)` where `openai` was made to be `{ workflows: any }`."""
    name = unwrapped(client)
    binding = program.scopes.binding(name) if name.type == "identifier" else None
    value = None if binding is None else field(binding.declarator, "value")
    made = None if value is None else unwrapped(value)
    if binding is None or value is None or made is None or made.type != "new_expression":
        return None
    declared = text_of(binding.declarator, "type")
    cast = text(value).replace(text(made), b"")
    if b"workflows" not in declared + cast + text(client).replace(text(name), b""):
        return None
    return b"(" + text(name) + b" as unknown as " + text_of(made, "constructor") + b")"


def _request(program: Program, call: _Call) -> list[Edit]:
    """The edits of the method and of the arguments beside the body."""
    given = items(field(call.node, "arguments") or call.node)
    edits = _method(program, call, b"responses.create")
    if len(given) == 2 and object_behind(program.scopes, given[0]) is None:
        edits.append(Edit(given[0].start_byte, given[1].start_byte, b""))
    elif len(given) == 2:
        edits += _options(program, given[0], unwrapped(given[1]))
    return edits


def _betas(options: Node) -> list[Node]:
    """The beta headers in a request's options."""
    held = [unwrapped(member_value(m)) for m in items(options) if key_name(m) == b"headers"]
    return [m for headers in held for m in items(headers) if key_name(m) == b"OpenAI-Beta"]


def _gone_betas(program: Program, call: _Call) -> list[Note]:
    given = items(field(call.node, "arguments") or call.node)
    if len(given) < 2 or object_behind(program.scopes, given[0]) is None:
        return []
    betas = _betas(unwrapped(given[1]))
    return [Note(span(beta), f"the header {show(beta)} went") for beta in betas]


def _options(program: Program, body: Node, options: Node) -> list[Edit]:
    """The edits after which options do not ask for a beta that never was."""
    betas = _betas(options)
    if not betas:
        return []
    headers = next(member for member in items(options) if key_name(member) == b"headers")
    held = unwrapped(member_value(headers))
    if len(items(held)) > len(betas):
        return [member_removal(program.source, held, member) for member in betas]
    if len(items(options)) > 1:
        return [member_removal(program.source, options, headers)]
    return [Edit(body.end_byte, options.end_byte, b"")]


def _repeated(program: Program, call: _Call) -> list[Edit]:
    """The edits of a call that asks for the answer once more."""
    [given] = items(field(call.node, "arguments") or call.node)
    identity = _run_id(program, given)
    edits = _method(program, call, b"responses.retrieve")
    if identity is not None and identity != given:
        edits.append(Edit(given.start_byte, given.end_byte, text(identity)))
    return edits
>>>>>>> adf69f3 (Options behind a made-up method's body are no body; fields that may be missing keep no answer from its reader)
