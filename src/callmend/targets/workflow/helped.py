"""A call of the file's own post helper: its path and its body change, the helper hardly does.

The helper may serve live calls too, whose requests stay what they are. Where the live endpoint
wants a header that the helper does not send, the helper gets it for that endpoint alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.find import Certainty, Request, Transport
from callmend.languages.ecmascript.objects import (
    is_declared_exported,
    may_change,
    object_at,
    object_behind,
    uses_of_literal,
)
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import What
from callmend.languages.ecmascript.request import Chosen, Headers, RequestReader
from callmend.languages.ecmascript.sources import parameters, returned
from callmend.languages.ecmascript.tree import (
    called,
    descendants,
    field,
    is_awaited_inside,
    is_inside,
    items,
    key_name,
    member_value,
    show,
    show_line,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import HOLE, text_of
from callmend.reasons import Reason
from callmend.records import record
from callmend.settings import DEFAULT_BASE_URL
from callmend.targets.plans import Plan
from callmend.targets.workflow.adapt import Form
from callmend.targets.workflow.half import refuse_polling
from callmend.targets.workflow.headers import HeaderEdits
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.values import Value, read_value, value_plan


@record(frozen=True, slots=True)
class Sent:
    """A post helper: the function of the file, and the request in it that sends what is given."""

    function: Node
    sent: Node


@record(frozen=True, slots=True)
class Helped(Value):
    """What is known of a call of a post helper that gives the answer's JSON."""

    helper: Sent
    headers: Headers

    @property
    def function(self) -> Node:
        """The helper."""
        return self.helper.function

    @property
    def sent(self) -> Node:
        """The request that it sends."""
        return self.helper.sent


def helper_of(site: Site) -> Sent:
    """The function of the file that a call is given to.

    Raises:
        RefusedError: it is not certain which one it is, or what is asked for is no plain request.
    """
    sent, function = site.request.helper, _function(site.program, site.request)
    if site.settings.stream:
        raise RefusedError(Reason.STREAMING, "`--stream` is written for `fetch` only")
    if sent is None or function is None:
        raise RefusedError(
            Reason.UNKNOWN_TRANSPORT, f"`{text_of(site.request.call, 'function').decode()}`"
        )
    refuse_polling(site)
    return Sent(function, sent)


def read_of_helper(site: Site, helper: Sent) -> Helped:
    """The facts of a call of a function of the file that posts what it is given.

    Raises:
        RefusedError: the call, or what the function does, is not certain.
    """
    program, request = site.program, site.request
    if request.certainty is Certainty.CANDIDATES:
        raise RefusedError(Reason.URL_CANDIDATES, f"{show_line(request.call)} is given each URL")
    body, variable = posted(program, helper, request.call)
    follower = Follower(program, request.call)
    follower.follow(request.call, What.BODY, promised=not is_awaited_inside(request.call))
    value = read_value(site, body, follower.readings, variable=variable)
    headers = RequestReader(program.scopes, helper.sent).headers_of()
    return Helped(site, value.said, value.shape, (), helper, headers)


def helped_plan(known: Helped, form: Form, template: str, given: bytes = b"") -> Plan:
    """The rewrite of the call; ``given`` is what the function for its answer is given besides.

    Raises:
        RefusedError: the URL or the headers are not for this call alone to change.
    """
    value = value_plan(known, form, template, given)
    path = written_path(known.site, known.helper, form.url)
    url = known.site.request.url
    edits = [*value.edits, Edit(url.start_byte, url.end_byte, path)]
    headers = list(_headers(known, form, path))
    told = "this function sends the request and stays as it is"
    if headers and form.beta is not None:
        told = "this function sends the request, with the header OpenAI-Beta for it"
    notes = [*value.notes, Note(span(known.sent), told)]
    return replace(value, edits=tuple(sorted([*edits, *headers])), notes=tuple(notes))


def _function(program: Program, request: Request) -> Node | None:
    """The function that the call calls, if it is what holds the request itself."""
    own = program.resolver.function_behind(called(request.call))
    if own is None or request.helper is None:
        return None
    return own if program.tree.function_of(request.helper) == own else None


def gives_the_json(program: Program, helper: Sent) -> bool:
    """Whether a function gives the JSON of the answer; else it gives a thing of its own.

    Raises:
        RefusedError: it returns nothing.
    """
    results = returned(helper.function)
    if results is None:
        raise RefusedError(Reason.UNKNOWN_TRANSPORT, "the function returns nothing")
    for result in results:
        call = unwrapped(result)
        if call.type == "await_expression":
            call = unwrapped(items(call)[0])
        callee = field(call, "function")
        owner = None if callee is None else field(callee, "object")
        if callee is None or owner is None or text_of(callee, "property") != b"json":
            return False
        response = unwrapped(owner)
        if response.type == "identifier":
            response = program.resolver.constant(response) or response
        response = unwrapped(response)
        if response.type == "await_expression":
            response = unwrapped(items(response)[0])
        if response != helper.sent:
            return False
    return True


def posted(
    program: Program,
    helper: Sent,
    asking: Node,
    listed: Chosen | None = None,
    going: Collection[Node] = (),
) -> tuple[Node, Node | None]:
    """The object literal that the function sends as JSON when a call gives it that.

    With it the variable that holds it, where something else reads that too.

    ``listed`` is the list that parts of the call's arguments are taken from; what stands in the
    nodes that are ``going`` uses the literal no more.

    Raises:
        RefusedError: it posts something else, or the argument is no literal of the call.
    """
    sent, arguments = helper.sent, items(field(asking, "arguments") or asking)
    options = items(field(sent, "arguments") or sent)[1:2]
    literal = object_behind(program.scopes, options[0]) if options else None
    named = {} if literal is None else {key_name(item): item for item in items(literal.node)}
    method, body = named.get(b"method"), named.get(b"body")
    given = program.resolver.arguments(helper.function, arguments)
    verb = () if method is None else program.resolver.substituted(member_value(method), given).texts
    if [each.upper() for each in verb] != ["POST"]:
        raise RefusedError(Reason.NOT_A_POST, f"`{show(sent)}`")
    if body is None:
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(sent)}`")
    value = _if_given(member_value(body))
    inside = _as_json(value)
    argument = _argument(program, helper, inside or value, arguments)
    if inside is None and argument is not None:
        # `post(url, JSON.stringify({ ... }))`
        argument = _as_json(argument)
    if argument is None:
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(body)}`")
    found = RequestReader(program.scopes, asking, listed).own_object(argument)
    if found is None:
        found = _handed_literal(program, argument, (asking, *going))
    variable = None if found is not None else argument
    if found is None:
        found = object_at(program.scopes, argument, asking)
    if found is None or any(may_change(use) for use in _reads(program, inside or value)):
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(argument)}`")
    return found, variable


def _handed_literal(program: Program, argument: Node, ours: Sequence[Node]) -> Node | None:
    """The object literal of a variable that is given to calls of ours, and to nothing else."""
    name = unwrapped(argument)
    binding = program.scopes.binding(name) if name.type == "identifier" else None
    if binding is None or binding.writes or is_declared_exported(binding):
        return None
    value = field(binding.declarator, "value")
    if field(binding.declarator, "name") != binding.name_node or value is None:
        return None
    alone = all(any(is_inside(use, node) for node in ours) for use in binding.references)
    return unwrapped(value) if alone and unwrapped(value).type == "object" else None


def _reads(program: Program, parameter: Node) -> list[Node]:
    """Where the helper reads a parameter, or what stands in its place."""
    binding = program.scopes.binding(unwrapped(parameter))
    found = [] if binding is None else binding.references
    return [use for use in found if not _is_asked_for(use)]


def _is_asked_for(use: Node) -> bool:
    """Whether a use only looks whether there is a body: `body ? ... : undefined`."""
    around = use.parent
    return around is not None and use in (field(around, "condition"), field(around, "left"))


def _if_given(node: Node) -> Node:
    """`x` of `body ? x : undefined` and of `body && x`."""
    inner = unwrapped(node)
    condition, other = field(inner, "condition"), field(inner, "alternative")
    if inner.type == "ternary_expression" and condition is not None and other is not None:
        if condition.type == "identifier" and text(other) in (b"undefined", b"null"):
            return field(inner, "consequence") or inner
    if text_of(inner, "operator") == b"&&" and text_of(inner, "left").isalnum():
        return field(inner, "right") or inner
    return inner


def _as_json(node: Node) -> Node | None:
    """`x` of `JSON.stringify(x)`."""
    call = unwrapped(node)
    json = items(field(call, "arguments") or call)
    return json[0] if text_of(call, "function") == b"JSON.stringify" and len(json) == 1 else None


def _argument(program: Program, helper: Sent, node: Node, arguments: Sequence[Node]) -> Node | None:
    """The argument that a parameter of the function, which nothing else is put into, stands for."""
    binding = program.scopes.binding(unwrapped(node))
    names = [parameter.name for parameter in parameters(helper.function)]
    if binding is None or binding.writes or binding.name_node not in names:
        return None
    position = names.index(binding.name_node)
    return arguments[position] if position < len(arguments) else None


# the URL


def written_path(site: Site, helper: Sent, path: bytes) -> bytes:
    """The literal in place of the dead one, what stands in front of the path in it kept.

    Raises:
        RefusedError: what is in front of the dead path is not written in the argument, or the
            helper asks for something else than what it is given.
    """
    url = unwrapped(site.request.url)
    texts = site.program.resolver.value(url).texts
    tail = re.escape(site.request.endpoint.path.removeprefix("/v1/"))
    pattern = tail.replace(re.escape("{}"), "[^/?#]+") + "/?(?:[?#].*)?"
    found = re.fullmatch(f"([^{HOLE}]*?){pattern}", texts[0]) if texts else None
    if found is None or len(texts) != 1 or url.type not in ("string", "template_string"):
        raise RefusedError(Reason.URL_NOT_FOLLOWED, f"`{show(url)}`")
    asked = _asked(site, helper)
    if not asked or not all(re.search(f"/{pattern}$", whole) for whole in asked):
        raise RefusedError(Reason.URL_NOT_FOLLOWED, f"`{show(helper.sent)}` asks for another URL")
    front = found[1].encode()
    quote = text(url)[:1] if url.type == "string" else site.style.quote
    if b"://" in front:
        return quote + site.base_url + path + quote
    if site.settings.base_url != DEFAULT_BASE_URL:
        detail = f"`{show(url)}` stands behind a base of the file, and --base-url is given"
        raise RefusedError(Reason.UNRESOLVED_HOST, detail)
    versioned = all(re.search(f"/v1/+{pattern}$", whole) for whole in asked)
    return quote + front + (b"" if versioned else b"v1/") + path.lstrip(b"/") + quote


def _asked(site: Site, helper: Sent) -> tuple[str, ...]:
    """The URLs that the helper asks for when it is given this call's arguments."""
    program, call = site.program, site.request.call
    [url, *_] = items(field(helper.sent, "arguments") or helper.sent)
    arguments = items(field(call, "arguments") or call)
    given = program.resolver.arguments(helper.function, arguments)
    return program.resolver.substituted(url, given).texts


# the headers


def _headers(known: Helped, form: Form, path: bytes) -> Iterator[Edit]:
    """The edits of the beta header, after which no other call has another one than before.

    Raises:
        RefusedError: other calls of the function would lose it too.
    """
    site, beta = known.site, form.beta
    # In the style of the helper, so that every call asks for the same bytes.
    site = Site.of(site.program, replace(site.request, call=known.sent), site.settings, site.names)
    edits = HeaderEdits(site, known.headers)
    given = known.headers.value(b"openai-beta")
    if given is None and beta is None:
        return
    if given is not None and beta is not None and text(given)[1:-1] == beta:
        return
    if serves_the_dead_alone(site.program, known.helper):
        yield from edits.edits(beta, sends_json=False)
    elif given is not None or beta is None:
        detail = "`OpenAI-Beta` is sent for the other calls of the function too"
        raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, detail)
    else:
        others = {_other_path(known, form, r) for r in dead_calls(site.program, known.helper)} - {
            None,
            path[1:-1],
        }
        if others:
            detail = f"`{show(known.sent)}` is given the path in several forms"
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, detail)
        quote = site.style.quote
        condition = _parameter(known) + b" === " + quote + path[1:-1] + quote
        yield from edits.where(condition, beta, known.function)


def dead_calls(program: Program, helper: Sent) -> list[Request]:
    """The dead calls of the helper."""
    requests = program.requests
    return [r for r in requests if r.transport is Transport.HELPER and r.helper == helper.sent]


def _other_path(known: Helped, form: Form, request: Request) -> bytes | None:
    """The text of the path that a call of the helper is given; None where that one is left."""
    try:
        asking = replace(known.site, request=request)
        return written_path(asking, known.helper, form.url)[1:-1]
    except RefusedError:
        return None


def serves_the_dead_alone(program: Program, helper: Sent) -> bool:
    """Whether nothing but dead calls uses the function."""
    uses = uses_of_helper(program, helper)
    dead = [called(request.call) for request in dead_calls(program, helper)]
    return uses is not None and all(use in dead for use in uses)


def uses_of_helper(program: Program, helper: Sent) -> list[Node] | None:
    """What uses the function; None where other files may too."""
    function = helper.function
    if function.type == "method_definition":
        dead = dead_calls(program, helper)
        return uses_of_literal(program.scopes, called(dead[0].call)) if dead else None
    name = field(function, "name") or field(program.tree.parent(function), "name")
    return None if name is None else uses_of_literal(program.scopes, name)


def _parameter(known: Helped) -> bytes:
    """The helper's parameter that is the call's path.

    Raises:
        RefusedError: the helper changes it, or has another thing of its name.
    """
    program, request = known.site.program, known.site.request
    arguments = items(field(request.call, "arguments") or request.call)
    position = next(n for n, node in enumerate(arguments) if is_inside(request.url, node))
    name = parameters(known.function)[position].name
    binding = None if name is None else program.scopes.binding(name)
    if binding is None or binding.writes or name is None:
        raise RefusedError(Reason.URL_NOT_FOLLOWED, f"`{show(known.sent)}`")
    if program.scopes.scope_at(known.headers.holder).lookup(text(name)) is not binding:
        raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{show(name)}`")
    return text(name)


def check_repeatable(known: Helped, names: Collection[bytes]) -> None:
    """Refuse to repeat headers of these names where the helper is called.

    Raises:
        RefusedError: something in them means another thing there.
    """
    site, headers = known.site, known.headers
    whole = headers.options or member_value(headers.holder)
    values = [headers.spread.get(n) or headers.value(n) for n in names]
    if unwrapped(whole).type != "object":
        values = [whole]
    of_this = text_of(called(site.request.call), "object") == b"this"
    for value in values:
        for node in () if value is None else descendants(value):
            if node.type == "this" and not of_this:
                raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{show(node)}`")
        for name in () if value is None else site.program.scopes.names_in(value):
            if not site.names.visible(name, site.request.call):
                raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{show(name)}`")
