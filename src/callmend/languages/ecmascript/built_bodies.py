"""Bodies that are put together by assignments: `payload.input = { text }`, under a condition too.

What is sent is read from the variable where the request is, so that all that builds it stays.
"""

from __future__ import annotations

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.inputs import (
    HISTORY_KEYS,
    ID_KEYS,
    INPUT_KEYS,
    TEXT_KEYS,
    Input,
    Kind,
    Said,
    is_without_counterpart,
)
from callmend.languages.ecmascript.members import MEMBERS, member_key
from callmend.languages.ecmascript.messages import MessageReader
from callmend.languages.ecmascript.objects import may_change
from callmend.languages.ecmascript.scopes import Scopes, is_declared_exported
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    is_inside,
    items,
    key_name,
    member_value,
    members,
    show,
    text,
    unwrapped,
)
from callmend.reasons import Reason
from callmend.records import record

_OPEN = frozenset({b"any", b"Record<string,any>"})
#: Types whose members are of no known type: enough for what is only written as JSON.
_UNKNOWN = frozenset({b"Record<string,unknown>", b"{[key:string]:unknown}"})


@record(frozen=True, slots=True)
class Assigned:
    """A member that the body gets: the names that lead to it, its value, its statement."""

    path: tuple[bytes, ...]
    value: Node
    statement: Node


@record(frozen=True, slots=True)
class Built:
    """A body that a variable holds: the literal that it starts as, and what it gets."""

    name: Node
    literal: Node
    assigned: tuple[Assigned, ...]


def built_body(scopes: Scopes, node: Node) -> Built | None:
    """The body that a name holds where it is sent; None where not all that changes it is seen."""
    name = unwrapped(node)
    binding = scopes.binding(name) if name.type == "identifier" else None
    if binding is None or binding.writes or is_declared_exported(binding):
        return None
    value = field(binding.declarator, "value")
    if value is None or field(binding.declarator, "name") != binding.name_node:
        return None
    literal, function = unwrapped(value), scopes.tree.function_of(binding.declarator)
    if literal.type != "object" or scopes.tree.function_of(name) != function:
        return None
    found: list[Assigned] = []
    for use in binding.references:
        assigned = _assigned(use)
        if assigned is not None:
            before = literal.end_byte <= assigned.statement.start_byte < name.start_byte
            if not before or scopes.tree.function_of(use) != function:
                return None
            found.append(assigned)
        elif use != name and may_change(use):
            return None
    return Built(name, literal, tuple(found)) if found else None


def _assigned(use: Node) -> Assigned | None:
    """`x.input = value;`, `x.input.lang = value;` as a statement."""
    names: list[bytes] = []
    node = use
    while node.parent is not None and node.parent.type in MEMBERS:
        key = member_key(node.parent)
        if key is None or field(node.parent, "object") != node:
            return None
        names.append(key)
        node = node.parent
    assignment = node.parent
    statement = None if assignment is None else assignment.parent
    if not names or assignment is None or statement is None:
        return None
    value = field(assignment, "right")
    if assignment.type != "assignment_expression" or field(assignment, "left") != node:
        return None
    if statement.type != "expression_statement" or value is None:
        return None
    return Assigned(tuple(names), value, statement)


def read_built(scopes: Scopes, call: Node, built: Built) -> Said:
    """What such a body says, each part of it read from the variable.

    Raises:
        RefusedError: it has a member that is not known, earlier messages, or nothing is asked.
    """
    literal = members(built.literal)
    if literal is None:
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(built.literal)}`")
    given = {name: [member_value(member)] for name, member in literal.items()}
    for each in built.assigned:
        given.setdefault(each.path[0], []).append(each.value)
    ids = [name for name in given if name in ID_KEYS]
    carriers = [name for name in given if name in INPUT_KEYS and name not in ids]
    beyond = [name for name in given if name not in ids and name not in carriers]
    for name in beyond:
        if not is_without_counterpart(name):
            reason = Reason.STREAMING if name == b"stream" else Reason.BODY_FIELD
            raise RefusedError(reason, f"`{name.decode('utf-8', 'replace')}`")
    if len(carriers) != 1 or len(ids) > 1:
        raise RefusedError(Reason.NO_MESSAGE, f"`{show(built.name)}`")
    [carrier] = carriers
    of_input = [each for each in built.assigned if each.path[0] == carrier]
    _refuse_history(scopes, call, built, carrier, of_input)
    dropped = [member for name, member in literal.items() if name in beyond]
    dropped += [each.statement for each in built.assigned if each.path[0] in beyond]
    identity = unwrapped(given[ids[0]][-1]) if ids else None
    id_path = b"" if not ids else b"." + ids[0]
    if identity is not None and identity.type == "object":
        id_path += b".id"
    inside = tuple(items(built.literal)) or (built.literal,)
    found = _input(scopes, call, built, carrier, given[carrier], of_input)
    return Said(built.literal, inside, found, identity, (), tuple(dropped), built.name, id_path)


def _input(
    scopes: Scopes,
    call: Node,
    built: Built,
    carrier: bytes,
    values: list[Node],
    assigned: list[Assigned],
) -> Input:
    binding = scopes.binding(built.name)
    declared = None if binding is None else field(binding.declarator, "type")
    spelt = b"any" if declared is None else text(declared).lstrip(b": ").replace(b" ", b"")
    if spelt not in _OPEN | _UNKNOWN:
        raise RefusedError(Reason.BODY_SHARED, f"`{show(built.name)}` is of another type")
    path = b"." + carrier
    kinds = [unwrapped(value).type for value in values]
    deeper = any(len(each.path) > 1 for each in assigned)
    for value in () if deeper else values:
        within = members(unwrapped(value)) if unwrapped(value).type == "object" else None
        only = next(iter(within), b"") if within is not None and len(within) == 1 else b""
        if only not in TEXT_KEYS:
            continue
        # `payload.input = { text }`: the one field is the message, where it is certainly there.
        always = not assigned or assigned[0].statement.parent == _block_of(built)
        if len(values) == 1 and always and spelt in _OPEN:
            return Input(Kind.TEXT, built.name, path + b"." + only)
        raise RefusedError(Reason.BODY_FIELD, f"`{show(value)}`")
    if all(len(each.path) == 1 for each in assigned):
        reader = MessageReader(scopes, call)
        if all(reader.is_text(unwrapped(value)) for value in values):
            return Input(Kind.TEXT, built.name, path)
    if deeper or all(kind == "object" for kind in kinds):
        return Input(Kind.JSON, built.name, path)
    return Input(Kind.EITHER, built.name, path)


def _block_of(built: Built) -> Node | None:
    """The block in which the variable is declared."""
    declarator = built.literal.parent
    while declarator is not None and declarator.type != "variable_declarator":
        declarator = declarator.parent
    declaration = None if declarator is None else declarator.parent
    return None if declaration is None else declaration.parent


def _refuse_history(
    scopes: Scopes, call: Node, built: Built, carrier: bytes, assigned: list[Assigned]
) -> None:
    """Refuse an input that is a list, or holds earlier messages, which would become JSON text.

    Raises:
        RefusedError: naming what it is.
    """
    literal = members(built.literal) or {}
    values = [each.value for each in assigned]
    values += [member_value(literal[carrier])] if carrier in literal else []
    for value in values:
        keys = {key_name(n) for n in descendants(value) if n.type != "string"}
        if unwrapped(value).type == "array" or keys & HISTORY_KEYS:
            raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(value)}`")
        try:
            MessageReader(scopes, call).check_messages(unwrapped(value))
        except RefusedError:
            continue
        raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(value)}`")
    for each in assigned:
        if HISTORY_KEYS & set(each.path) or is_inside(call, each.statement):
            raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(each.statement)}`")
