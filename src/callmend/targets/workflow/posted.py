"""What a function of the file sends for one of its calls: the body's literal, the headers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.given_options import ABSENT, Absent, GivenOptions
from callmend.languages.ecmascript.objects import object_at, object_behind
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.request import Chosen, RequestReader
from callmend.languages.ecmascript.request_objects import given_to
from callmend.languages.ecmascript.scopes import is_declared_exported
from callmend.languages.ecmascript.sent_headers import Headers
from callmend.languages.ecmascript.tree import (
    field,
    is_inside,
    items,
    key_name,
    member_value,
    show,
    unwrapped,
)
from callmend.languages.ecmascript.values import HOLE, text_of
from callmend.reasons import Reason
from callmend.records import record


@record(frozen=True, slots=True)
class Sent:
    """A post helper: the function of the file, and the request in it that sends what is given."""

    function: Node
    sent: Node


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
    given = given_options(program, helper, asking)
    named = given.members()
    method, body = named.get(b"method"), named.get(b"body")
    told = ABSENT if method is None else given.value(member_value(method))
    values = program.resolver.arguments(helper.function, arguments)
    verb = () if isinstance(told, Absent) else program.resolver.substituted(told, values).texts
    if [each.upper() for each in verb] != ["POST"]:
        detail = f"`{show(sent)}`"
        if method is not None and any(HOLE in each for each in verb):
            detail = f"`{show(method)}` may be another method"
        raise RefusedError(Reason.NOT_A_POST, detail)
    value = ABSENT if body is None else given.value(member_value(body))
    if body is None or isinstance(value, Absent):
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(sent)}`")
    inside = as_json(value)
    argument = given.value(inside or value)
    if inside is None and isinstance(argument, Node):
        # `post(url, JSON.stringify({ ... }))`
        argument = as_json(argument) or ABSENT
    if isinstance(argument, Absent) or not is_inside(argument, asking):
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(body)}`")
    return given_literal(program, argument, asking, listed, going)


def given_literal(
    program: Program,
    argument: Node,
    asking: Node,
    listed: Chosen | None = None,
    going: Collection[Node] = (),
) -> tuple[Node, Node | None]:
    """The object literal that an argument is, and the variable that holds it; as for `posted`.

    Raises:
        RefusedError: it is none.
    """
    found = RequestReader(program.scopes, asking, listed).own_object(argument)
    if found is None:
        found = _handed_literal(program, argument, (asking, *going))
    variable = None if found is not None else argument
    if found is None:
        found = object_at(program.scopes, argument, asking)
    if found is None:
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


def as_json(node: Node) -> Node | None:
    """`x` of `JSON.stringify(x)`."""
    call = unwrapped(node)
    json = items(field(call, "arguments") or call)
    return json[0] if text_of(call, "function") == b"JSON.stringify" and len(json) == 1 else None


def given_options(program: Program, helper: Sent, asking: Node) -> GivenOptions:
    """The options that the function sends for one of its calls."""
    return GivenOptions(program.scopes, helper.function, helper.sent, asking)


def headers_sent(program: Program, helper: Sent, asking: Node) -> Headers:
    """The headers that the function sends for one of its calls.

    Raises:
        RefusedError: there are none, or they cannot be followed.
    """
    given = given_options(program, helper, asking)
    reader = RequestReader(program.scopes, helper.sent, given=given)
    holder = given.members().get(b"headers")
    if holder is None:
        raise RefusedError(Reason.NO_AUTHORIZATION)
    taken = _taken(program, given, holder, asking)
    if taken is not None:
        return taken
    options = given_to(program.scopes, helper.sent)[1]
    literal = object_behind(program.scopes, options)
    own = literal is not None and not literal.shared and holder.parent == literal.node
    if own or is_inside(holder, asking):
        return reader.headers(holder)
    return reader.headers_of()


def headers_taken(program: Program, helper: Sent, asking: Node) -> tuple[Node, Headers] | None:
    """The `headers` member of a function that sends those that a call gives it, and those.

    None where it sends headers of its own.

    Raises:
        RefusedError: the call gives none, or they cannot be followed.
    """
    given = given_options(program, helper, asking)
    holder = given.members().get(b"headers")
    taken = None if holder is None else _taken(program, given, holder, asking)
    return None if holder is None or taken is None else (holder, taken)


def _taken(program: Program, given: GivenOptions, holder: Node, asking: Node) -> Headers | None:
    """The headers that stand in the call as those of a request do."""
    found = given.value(member_value(holder))
    if isinstance(found, Absent):
        raise RefusedError(Reason.NO_AUTHORIZATION)
    if not is_inside(found, asking) or is_inside(holder, asking):
        return None
    member = found.parent if found.parent is not None else found
    whole = key_name(member) == b"headers" and member_value(member) == found
    return RequestReader(program.scopes, asking).headers(member if whole else found)
