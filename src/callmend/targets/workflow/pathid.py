"""The workflow's id of a dead URL that has it in its path: the expression for the new body."""

from __future__ import annotations

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.changes import what_changes
from callmend.languages.ecmascript.effects import has_effects
from callmend.languages.ecmascript.identity import environment_name, firebase_name
from callmend.languages.ecmascript.inputs import InputReader, Said
from callmend.languages.ecmascript.messages import MessageReader
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.sources import parameters
from callmend.languages.ecmascript.streams_callers import every_caller
from callmend.languages.ecmascript.template import Capture, capture
from callmend.languages.ecmascript.tree import called, field, is_inside, items, show, unwrapped
from callmend.reasons import Reason
from callmend.responses_facts import ROLES
from callmend.targets.workflow.site import Site

_ROLES = frozenset(role.encode() for role in ROLES)


def path_identity(site: Site, place: Node | None = None) -> Capture | None:
    """The id that the URL's path holds, as code for the place of the call; None if it holds none.

    ``place`` is where it is written if that is elsewhere, such as in a body above the call.

    Raises:
        RefusedError: it cannot be written there, or may be another one there.
    """
    request, scopes = site.request, site.program.scopes
    node = None if request.path_id is None else unwrapped(request.path_id)
    if node is None:
        return None
    if request.path_text is not None and not _is_named(site, node, request.path_text):
        quote = site.style.quote
        return Capture(quote + request.path_text.encode() + quote)
    if not _is_plain(site.program, node):
        detail = f"`{show(node)}` in the URL is computed before the rest"
        raise RefusedError(Reason.NO_WORKFLOW_ID, detail)
    if not is_inside(node, request.url):
        node = _given_for(site, node) or node
        for name in scopes.names_in(node):
            if not site.names.visible(name, request.call):
                raise RefusedError(Reason.NO_WORKFLOW_ID, f"`{show(name)}` is not visible here")
        changed = what_changes(site.program.tree, scopes, node, node, request.call)
        if changed is not None:
            raise RefusedError(Reason.NO_WORKFLOW_ID, changed)
    beside = place is not None and not is_inside(request.call, place)
    if place is not None and beside and not is_inside(place, request.call):
        node = _argument(site, node, place) or node
        _check_place(site, node, place)
    given = request.path_id
    if given is not None and given.parent is not None and given.parent.type == "arguments":
        # A client's types want `process.env.WORKFLOW_ID!` as it is.
        node = given if unwrapped(given) == node else node
    return capture(site.program.source, node)


def _argument(site: Site, node: Node, place: Node) -> Node | None:
    """What the call of the function around the request gives as the id, which gives the body too.

    None where the id is no parameter, or the body stands in the function itself.
    """
    program = site.program
    function = program.tree.function_of(site.request.call)
    if is_inside(place, function):
        return None
    callers = every_caller(program, function)
    around = program.tree.function_of(place)
    near = [c for c in callers if is_inside(place, c)] or [
        c for c in callers if program.tree.function_of(c) == around
    ]
    found = _given(program, node, function, near[0] if len(near) == 1 else None)
    return found if found is not None and _is_plain(program, found) else None


def _given(program: Program, node: Node, function: Node, call: Node | None) -> Node | None:
    """What a call gives the parameter of a function that a name is; None where it is not seen."""
    binding = program.scopes.binding(node) if node.type == "identifier" else None
    names = [parameter.name for parameter in parameters(function)]
    if binding is None or binding.writes or binding.name_node not in names:
        return None
    given = [] if call is None else items(field(call, "arguments") or call)
    at = names.index(binding.name_node)
    spread = any(each.type == "spread_element" for each in given)
    return given[at] if at < len(given) and not spread else None


def _is_plain(program: Program, node: Node) -> bool:
    """Whether an expression may be written a second time: it does nothing."""
    return not has_effects(node) or bool(environment_name(node) or firebase_name(program, node))


def _check_place(site: Site, node: Node, place: Node) -> None:
    """Refuse a place where an id is not known yet, or may be another one.

    Raises:
        RefusedError: naming what is not there.
    """
    tree, scopes = site.program.tree, site.program.scopes
    for name in scopes.names_in(node):
        binding = scopes.binding(name)
        declared = None if binding is None else binding.declarator
        later = (
            declared is not None
            and declared.end_byte > place.start_byte
            and not is_inside(place, declared)
            and tree.function_of(declared) == tree.function_of(place)
        )
        if later or not site.names.visible(name, place):
            shown = f"`{show(name)}` is not there where the body is written"
            raise RefusedError(Reason.NO_WORKFLOW_ID, shown)
    first, last = sorted((place, node), key=lambda each: each.start_byte)
    changed = what_changes(tree, scopes, node, first, last)
    if changed is not None:
        raise RefusedError(Reason.NO_WORKFLOW_ID, changed)


def said_at(
    site: Site, body: Node, variable: Node | None = None, *, streamed: bool = False
) -> Said:
    """What a body says; for ``variable`` and ``streamed`` as `InputReader.read` has them.

    It is read from the body's variable too where the path's id is not known at its literal yet.

    Raises:
        RefusedError: the body, or what is asked, cannot be followed.
    """
    roles = _ROLES if site.settings.target == "responses" else MessageReader.roles
    reader = InputReader(site.program.scopes, site.request.call, roles)
    said = reader.read(body, variable=variable, streamed=streamed)
    of_path = said.workflow_id is None and site.settings.target != "responses"
    name = _variable_of(site, body) if of_path and variable is None else None
    if name is None:
        return said
    try:
        path_identity(site, said.body)
    except RefusedError:
        return reader.read(body, variable=name, streamed=streamed)
    return said


def _variable_of(site: Site, body: Node) -> Node | None:
    """The use in the call of the variable that an object literal is the value of."""
    _, declarator = site.program.tree.outer(body)
    name = field(declarator, "name")
    binding = None if name is None else site.program.scopes.binding(name)
    uses = [] if binding is None else binding.references
    inside = [use for use in uses if is_inside(use, site.request.call)]
    return inside[0] if len(inside) == 1 else None


def _given_for(site: Site, name: Node) -> Node | None:
    """What a function's parameter is given, where the file calls that once: `URLS(id)`.

    Only a name, or a setting, is the same where it is written again.
    """
    program = site.program
    function = program.tree.function_of(name)
    if is_inside(site.request.call, function):
        return None
    calls = [
        c for c in program.tree.calls if program.resolver.function_behind(called(c)) == function
    ]
    found = _given(program, name, function, calls[0] if len(calls) == 1 else None)
    value = None if found is None else unwrapped(found)
    plain = value is not None and (value.type == "identifier" or environment_name(value))
    return value if plain else None


def read_of_path(site: Site) -> tuple[Node, ...]:
    """What of the dead URL the new request goes on reading."""
    request = site.request
    node = None if request.path_id is None else unwrapped(request.path_id)
    if node is None or (
        request.path_text is not None and not _is_named(site, node, request.path_text)
    ):
        return ()
    return (node,)


def _is_named(site: Site, node: Node, written: str) -> bool:
    """Whether an expression is a name for exactly this id, and not a longer text that holds it."""
    is_path = node.type in ("identifier", "member_expression")
    return is_path and site.program.resolver.value(node).texts == (written,)
