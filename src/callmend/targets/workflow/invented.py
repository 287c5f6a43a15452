"""A method that OpenAI's SDK never had becomes one that it has, read as the file reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit, Span
from callmend.findings import Note
from callmend.languages.ecmascript.callees import is_still_promised
from callmend.languages.ecmascript.effects import has_effects
from callmend.languages.ecmascript.find import Certainty, Request
from callmend.languages.ecmascript.growing import Growth, grown_object
from callmend.languages.ecmascript.identity import environment_name
from callmend.languages.ecmascript.invented import bound_method, invented_requests
from callmend.languages.ecmascript.members import member_key
from callmend.languages.ecmascript.objects import object_behind
from callmend.languages.ecmascript.picked import Picked, picked
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import Readings, What
from callmend.languages.ecmascript.scopes import Kind, is_declared_exported
from callmend.languages.ecmascript.statements import (
    joins_its_neighbours,
    removals,
)
from callmend.languages.ecmascript.tree import (
    BLOCKS,
    called,
    descendants,
    field,
    is_inside,
    items,
    key_name,
    show,
    show_line,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.records import record
from callmend.settings import DEFAULT_BASE_URL
from callmend.targets.plans import Plan
from callmend.targets.workflow.adapt import Form
from callmend.targets.workflow.default_betas import default_betas
from callmend.targets.workflow.growths import check_growths
from callmend.targets.workflow.picks import Picks, root_of
from callmend.targets.workflow.polls import again_note
from callmend.targets.workflow.run_ids import run_id_given
from callmend.targets.workflow.same_branches import without_same_branch
from callmend.targets.workflow.sdk_guards import SdkGuard, sdk_guards
from callmend.targets.workflow.sdk_options import (
    are_options,
    betas_in,
    joined,
    unset_beta,
    without_betas,
)
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.told import Told
from callmend.targets.workflow.values import read_value, value_plan

_ASKS_AGAIN = "sdk-workflows-read"
_NEVER_RAN = (
    "behind `?.` the call was never made, and what stands in for its answer always ran; now it is "
    "made, and throws where it fails"
)
_TAKEN_FOR_OPENAIS = (
    "`{}` is taken for OpenAI's client: the file that it is imported from cannot be read, and this "
    "one calls methods of OpenAI's own on it"
)
OWN_HOST = "the client's own host is asked, and not the one of --base-url"


@record(frozen=True, slots=True)
class Made:
    """A call of a made-up method: its node, its client, and what is read of its answer.

    ``typed`` is the client as what it is, where its type knows `workflows` and no more. ``options``
    is what stands behind the body, None for nothing. ``run_id`` is what a run is retrieved by.
    ``taken`` is the statement that takes the method, or what it is a member of, out of the client.
    ``pick`` is how the client's `workflows` are picked, and ``namespace`` what is picked instead.
    """

    node: Node
    client: Node
    readings: Readings
    typed: bytes | None = None
    options: Node | None = None
    run_id: Node | None = None
    taken: Node | None = None
    pick: Picked | None = None
    namespace: bytes = b""

    @property
    def arguments(self) -> list[Node]:
        """What it is given."""
        return items(field(self.node, "arguments") or self.node)

    @property
    def owner(self) -> bytes:
        """The client's code."""
        return self.typed or text(unwrapped(self.client))

    @property
    def asked_by(self) -> Span:
        """Where what a run is retrieved by stands: one argument, or two."""
        given = self.arguments
        return Span(given[0].start_byte, given[-1].end_byte)

    def asked(self) -> list[Edit]:
        """The edits after which a run is retrieved by its id alone."""
        where = self.asked_by
        if self.run_id is None or span(self.run_id) == where:
            return []
        return [Edit(where.start, where.end, text(self.run_id))]

    @property
    def unasked(self) -> list[Node]:
        """The arguments without the run's id in them, where it is retrieved by two."""
        given = [] if self.run_id is None else self.arguments
        return [node for node in given if node != self.run_id] if len(given) > 1 else []

    def named(self, method: bytes) -> Edit:
        """Another method of the client in place of the made-up one, up to its arguments."""
        end = (field(self.node, "arguments") or self.node).start_byte
        if self.pick is not None and method.startswith(self.namespace + b"."):
            behind = root_of(self.node).end_byte
            return Edit(behind, end, method[len(self.namespace) :])
        if self.taken is not None or self.pick is not None:
            owner = self.typed or text(self.client)
            return Edit(called(self.node).start_byte, end, owner + b"." + method)
        if self.typed is not None:
            return Edit(self.client.start_byte, end, self.typed + b"." + method)
        return Edit(self.client.end_byte, end, b"." + method)


@record(frozen=True, slots=True)
class Method:
    """The method that a target calls instead.

    ``template`` is the function for its answer, ``becomes`` and ``needs`` what is said of it, the
    latter about the version of the package. ``given`` is what the function is given behind the
    answer, and what the method is given behind the body, as code. ``again`` are the edits of a call
    that asks for the run again, and ``again_options`` leads to the options of such a request.
    ``own_beta`` says that the package sends a beta header of its own with it.
    """

    name: bytes
    template: str
    becomes: str
    needs: str
    again: Callable[[Site, Made], Sequence[Edit]]
    given: Callable[[Site, Made], tuple[bytes, bytes]] = lambda _site, _call: (b"", b"")
    own_beta: bool = False
    again_options: bytes = b""


def invented_plan(
    site: Site, method: Method, form_of: Callable[[Told], tuple[Form, Sequence[Note]]]
) -> Plan:
    """The rewrite of one call of a method that never was.

    ``form_of`` gives what the target writes for what is asked, and what is told of that.

    Raises:
        RefusedError: the call is left, and why.
    """
    program, request = site.program, site.request
    if site.settings.stream:
        raise RefusedError(Reason.STREAMING, "`--stream` is written for `fetch` only")
    if text(field(unwrapped(request.url), "property") or request.url) == b"stream":
        raise RefusedError(Reason.STREAMING, f"`{show(request.url)}`")
    namespace = method.name.rpartition(b".")[0]
    call = replace(_call(program, request), namespace=namespace)
    again = [_again(program, r) for r in invented_requests(program) if _asks_again(r)]
    again = [replace(each, namespace=namespace) for each in again]
    if again and _starts(program) > 1:
        raise RefusedError(Reason.OWN_POLLING, show_line(again[0].node))
    readings = call.readings.joined(each.readings for each in again)
    body, growths = _body(program, call)
    check_growths(growths)
    known = read_value(site, body, readings, [each.node for each in again])
    form, decided = form_of(known)
    taken, options = method.given(site, call)
    value = value_plan(known, form, method.template, [taken] * (1 + len(known.again)))
    defaults = default_betas(program, call.client, own=method.own_beta)
    edits = [*value.edits, *defaults.edits]
    edits += _request(program, call, method.name, options, defaults.kept)
    edits += [edit for each in again for edit in _asked_again(site, each, method, defaults.kept)]
    picks = _picks(program, [call, *again])
    guards = _guards(program, call, method.name, [] if picks is None else picks.functions)
    if guards and call.typed is not None:
        raise RefusedError(Reason.SDK_INVENTED, f"`{show(guards[0].node)}` looks for it")
    asked = [guard.edit for guard in guards]
    edits += asked if picks is None else picks.edits(namespace, method.name.split(b".")[-1], asked)
    nodes = [*(each.node for each in (call, *again)), *(guard.node for guard in guards)]
    expected = [comment for node in nodes for comment in _expectations(program, node)]
    grown = [growth.statement for growth in growths]
    gone = grown if call.taken is None else [*grown, call.taken]
    edits += removals(program.source, [*expected, *gone])
    notes = [*decided, *value.notes, Note(span(call.node), method.needs)]
    if site.request.client:
        notes.append(Note(span(call.client), _TAKEN_FOR_OPENAIS.format(show(call.client))))
    notes += [guard.note for guard in guards]
    notes += [*_betas_told(call), *defaults.notes]
    notes += [
        Note(span(statement), f"without a counterpart, and gone: `{show(statement)}`", always=True)
        for statement in grown
    ]
    if any(child.type == "optional_chain" for child in _chain(call)):
        notes.append(Note(span(call.node), _NEVER_RAN, always=True))
    if site.settings.base_url != DEFAULT_BASE_URL:
        notes.append(Note(span(call.client), OWN_HOST, always=True))
    notes += [again_note(site, form.polled, form.identity, span(each.node)) for each in again]
    covers = tuple(
        (span(each.node), tuple(e for e in edits if span(each.node).contains(e.span)))
        for each in again
    )
    done = replace(
        value,
        edits=tuple(sorted(edits)),
        message=method.becomes,
        notes=tuple(notes),
        gone=(*value.gone, *gone, *(argument for each in again for argument in each.unasked)),
        covers=covers,
        superseded=tuple(expected),
    )
    starts = [r.call for r in invented_requests(program) if not r.endpoint.part]
    return without_same_branch(program, call.node, guards, starts, done)


def _betas_told(call: Made) -> list[Note]:
    """What is told of the beta headers that the request's own options had."""
    betas = [] if call.options is None else betas_in(unwrapped(call.options))
    return [Note(span(beta), f"the header {show(beta)} went") for beta in betas]


def _guards(program: Program, call: Made, method: bytes, pickers: Sequence[Node]) -> list[SdkGuard]:
    """The conditions that ask for a made-up method, for which this call is."""
    starts = [r.call for r in invented_requests(program) if not r.endpoint.part]
    client = text(unwrapped(call.client))
    guards = sdk_guards(program, call.node, client, method, starts, pickers)
    owner = client if call.pick is None else call.pick.owner
    if owner != client:
        # The function that picks it has a name of its own for the client.
        own = sdk_guards(program, call.node, owner, method, starts, pickers)
        guards += [g for g in own if any(is_inside(g.node, picker) for picker in pickers)]
    if call.taken is not None:
        guards = [guard for guard in guards if not is_inside(guard.node, call.taken)]
    return guards


def _chain(call: Made) -> Iterator[Node]:
    """The nodes of the method's name behind the client."""
    node = called(call.node)
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


def _asked_again(site: Site, call: Made, method: Method, unset: bytes) -> Iterator[Edit]:
    """The edits of a call that asks for the run again; ``unset`` is a header that it leaves out."""
    yield from method.again(site, call)
    if unset:
        end = call.asked_by.end
        yield Edit(end, end, method.again_options + unset_beta(unset, None)[1])


def _starts(program: Program) -> int:
    return sum(not request.endpoint.part for request in invented_requests(program))


def _call(program: Program, request: Request) -> Made:
    """A call with the client that stands in it.

    Raises:
        RefusedError: the client is not OpenAI's for certain, or is not named in the call itself.
    """
    if request.certainty is not Certainty.CERTAIN:
        raise RefusedError(Reason.UNRESOLVED_HOST, f"`{show(request.url)}`")
    node = called(request.call)
    while member_key(node) not in (b"workflows", None):
        node = unwrapped(field(node, "object") or node)
    taken, pick = None, picked(program, node)
    client = field(node, "object") if pick is None else pick.client
    if pick is None and member_key(node) != b"workflows":
        taken, client = _taken(program, request, node)
    if client is None:
        raise RefusedError(Reason.SDK_INVENTED, f"`{show(request.url)}` names no client")
    inner = unwrapped(client)
    if member_key(inner) == b"beta" and inner.type == "member_expression":
        client = field(inner, "object") or client
    if taken is not None or pick is not None:
        _check_named(program, request, client)
    follower = Follower(program, request.call)
    follower.follow(request.call, What.BODY, promised=is_still_promised(program.tree, request.call))
    typed = _typed(program, client)
    if pick is not None and typed is not None:
        raise RefusedError(Reason.SDK_INVENTED, f"`{show(request.url)}` names no client")
    found = Made(request.call, client, follower.readings, typed, taken=taken, pick=pick)
    given = found.arguments
    scopes = program.scopes
    if len(given) == 2 and (object_behind(scopes, given[0]) or grown_object(scopes, given[0])):
        found = replace(found, options=given[1])
    return found


def _picks(program: Program, calls: Sequence[Made]) -> Picks | None:
    """What is picked for some calls, None where each names its client.

    Raises:
        RefusedError: other calls of made-up methods may use it too.
    """
    found = [(call, call.pick) for call in calls if call.pick is not None]
    if not found:
        return None
    call = found[0][0]
    if _starts(program) > 1 or any(text(c.client) != text(call.client) for c in calls):
        raise RefusedError(Reason.SDK_INVENTED, f"{show_line(call.node)}, beside others")
    if not all(pick.certain for _, pick in found):
        raise RefusedError(
            Reason.SDK_INVENTED, f"{show_line(call.node)}, of one of several clients"
        )
    return Picks(program, [pick for _, pick in found], [call.node for call, _ in found])


def _taken(program: Program, request: Request, name: Node) -> tuple[Node, Node | None]:
    """The statement that takes a method out for this call alone, and the client in it.

    `const { runs } = client.workflows;`, `const { workflows } = client;`,
    `const create = client.workflows.runs.create.bind(...);`.

    Raises:
        RefusedError: it takes out more, something else uses it too, or it cannot go.
    """
    refused = RefusedError(Reason.SDK_INVENTED, f"`{show(request.url)}` names no client")
    binding = program.scopes.binding(name) if name.type == "identifier" else None
    if binding is None or binding.kind is not Kind.CONST or len(binding.references) != 1:
        raise refused
    declarator = binding.declarator
    value, statement = field(declarator, "value"), program.tree.parent(declarator)
    if declarator.type != "variable_declarator" or value is None or statement is None:
        raise refused
    pattern, keys = field(declarator, "name"), list[bytes | None]()
    while pattern is not None and pattern.type == "object_pattern" and len(items(pattern)) == 1:
        keys.append(key_name(items(pattern)[0]))
        pattern = field(items(pattern)[0], "value") or items(pattern)[0]
    block = program.tree.parent(statement)
    comments = any(node.type == "comment" for node in descendants(statement))
    if pattern != binding.name_node or is_declared_exported(binding) or comments:
        raise refused
    if block is None or block.type not in BLOCKS or joins_its_neighbours(statement):
        raise refused
    if len([n for n in items(statement) if n.type == "variable_declarator"]) != 1:
        raise refused
    node = unwrapped(value)
    node = unwrapped(bound_method(node) or node)
    if keys[:1] == [b"workflows"] or keys[:2] == [b"beta", b"workflows"]:
        return statement, unwrapped(value)
    while member_key(node) not in (b"workflows", None):
        node = unwrapped(field(node, "object") or node)
    if member_key(node) != b"workflows":
        raise refused
    return statement, field(node, "object")


def _check_named(program: Program, request: Request, client: Node) -> None:
    """Refuse a client that may be another one, or none, where the call stands.

    Raises:
        RefusedError: it is no name that always means the same.
    """
    name = unwrapped(client)
    binding = program.scopes.binding(name) if name.type == "identifier" else None
    seen = program.scopes.scope_at(request.call).lookup(text(name))
    if binding is None or binding.writes or seen is not binding:
        raise RefusedError(Reason.SDK_INVENTED, f"`{show(request.url)}` names no client")


def _typed(program: Program, client: Node) -> bytes | None:
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


def _again(program: Program, request: Request) -> Made:
    """A call that asks for the dead run again.

    Raises:
        RefusedError: it is none that asks for one run by its id alone.
    """
    found = _call(program, request)
    method = text(field(unwrapped(request.url), "property") or request.url)
    run_id = run_id_given(program, found.arguments)
    if method != b"retrieve" or run_id is None:
        raise RefusedError(Reason.OWN_POLLING, show_line(found.node))
    found = replace(found, run_id=run_id)
    for node in descendants(found.node):
        lost = node.type == "comment" and found.asked_by.contains(span(node))
        if lost and not is_inside(node, run_id):
            raise RefusedError(Reason.COMMENT_LOST, f"in line {node.start_point[0] + 1}")
    return found


def _body(program: Program, call: Made) -> tuple[Node, tuple[Growth, ...]]:
    """The object literal of a call's body, its last argument but for options, and what it gets.

    Raises:
        RefusedError: it is none, or something else than the workflow's id stands before it, or
            something else than options behind it.
    """
    given = call.arguments
    body = given[:-1] if call.options is not None else given
    literal = own_literal(program, body[-1]) if body else None
    growths: tuple[Growth, ...] = ()
    if literal is None and body:
        grown = grown_object(program.scopes, body[-1])
        if grown is not None and not grown.literal.shared:
            literal, growths = grown.literal.node, grown.growths
    if literal is None or len(given) > 2:
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(call.node)}`")
    if len(body) == 2 and has_effects(given[0]) and not environment_name(unwrapped(given[0])):
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(given[0])}`")
    if call.options is not None and not are_options(call.options):
        raise RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, f"`{show(call.options)}`")
    return literal, growths


def own_literal(program: Program, node: Node) -> Node | None:
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


def _request(
    program: Program, call: Made, method: bytes, options: bytes, unset: bytes
) -> Iterator[Edit]:
    """The edits of the method, of the arguments before the body, and of those behind it.

    ``unset`` is the name of a header that the client sends by itself, and this request leaves out.

    Raises:
        RefusedError: a comment would be lost.
    """
    given = call.arguments
    edits = [call.named(method)]
    if call.options is not None:
        gone = without_betas(program, given[0], unwrapped(call.options))
        whole = any(edit.start == given[0].end_byte for edit in gone)
        if options and not whole:
            edits.append(joined(unwrapped(call.options), options))
            options = b""
        edits += unset_beta(unset, unwrapped(call.options))[0] if unset else gone
    elif len(given) == 2:
        edits.append(Edit(given[0].start_byte, given[1].start_byte, b""))
    if unset and call.options is None:
        options = unset_beta(unset, None)[1]
    for node in descendants(call.node):
        if node.type == "comment" and any(edit.span.contains(span(node)) for edit in edits):
            raise RefusedError(Reason.COMMENT_LOST, f"in line {node.start_point[0] + 1}")
    yield from edits
    if options:
        yield Edit(given[-1].end_byte, given[-1].end_byte, b", " + options)
