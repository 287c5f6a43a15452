"""Headers that statements put together: `headers.append('Authorization', key)`."""

from __future__ import annotations

from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.effects import may_differ
from callmend.languages.ecmascript.header_names import pair_name, pairs_named
from callmend.languages.ecmascript.objects import may_change
from callmend.languages.ecmascript.providers import uses_of_headers
from callmend.languages.ecmascript.scopes import Scopes, is_declared_exported
from callmend.languages.ecmascript.sources import Sources, returned
from callmend.languages.ecmascript.tree import (
    BLOCKS,
    LOOPS,
    ancestors_of,
    field,
    is_inside,
    items,
    key_name,
    show,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.records import record

_SETTERS = frozenset({b"append", b"set"})
_READERS = frozenset({b"entries", b"forEach", b"get", b"has", b"keys", b"values"})


@record(frozen=True, slots=True)
class Setting:
    """One statement that sets a header: `headers.set('Name', value);`, `headers.Name = value;`.

    ``name`` is in lower case, ``spelt`` as it is written. ``certain`` tells that nothing decides
    whether it runs, ``adds`` that it leaves a value of that name there.
    """

    name: bytes
    spelt: bytes
    value: Node
    statement: Node
    certain: bool
    adds: bool


@record(frozen=True, slots=True)
class MadeHeaders:
    """Headers in a variable that statements fill.

    ``asked`` is the expression that the request has: the variable's ``name``, or the call of a
    function of the file that gives it. ``first`` is what the variable is declared with: an object
    literal, or `new Headers(...)`, which ``is_object`` tells, with the ``literal`` that this is
    given, an object or a list of pairs. ``shared`` tells that something else uses them too.
    """

    asked: Node
    name: Node
    first: Node
    literal: Node | None
    is_object: bool
    settings: tuple[Setting, ...]
    shared: bool


def made_headers(scopes: Scopes, node: Node) -> MadeHeaders | None:
    """The headers behind a name or a call, where all that sets them is seen; else None."""
    asked = unwrapped(node)
    if asked.type in ("identifier", "shorthand_property_identifier"):
        return _of_name(scopes, asked)
    function = Sources(scopes).function_behind(field(asked, "function") or asked)
    given = items(field(asked, "arguments") or asked)
    if asked.type != "call_expression" or function is None or any(map(may_differ, given)):
        return None
    results = returned(function) or []
    if len(results) != 1 or any(child.type in ("*", "async", "get") for child in function.children):
        return None
    inner = unwrapped(results[0])
    if scopes.tree.function_of(inner) != function:
        return None
    found = _of_name(scopes, inner) if inner.type == "identifier" else None
    if found is None and (first := _declared(inner)) is not None and first[1]:
        found = MadeHeaders(asked, inner, inner, first[0], True, (), False)
    uses = uses_of_headers(scopes, asked)
    shared = uses is None or len(uses) > 1
    return None if found is None or found.shared else replace(found, asked=asked, shared=shared)


def _declared(value: Node) -> tuple[Node | None, bool] | None:
    """The literal that headers start with, and whether they are an object of their own."""
    is_object = text_of(value, "constructor") == b"Headers" and value.type == "new_expression"
    given = items(field(value, "arguments") or value) if is_object else [value]
    literal = unwrapped(given[0]) if given else None
    if literal is not None and literal.type == "array" and is_object:
        return None if len(given) > 1 or pairs_named(literal) is None else (literal, True)
    if len(given) > 1 or (literal is not None and literal.type != "object"):
        return None
    return literal, is_object


def _of_name(scopes: Scopes, name: Node) -> MadeHeaders | None:
    binding = scopes.binding(name)
    value = None if binding is None else field(binding.declarator, "value")
    if binding is None or value is None or binding.writes or is_declared_exported(binding):
        return None
    if field(binding.declarator, "name") != binding.name_node:
        return None
    first = unwrapped(value)
    declared = _declared(first)
    if declared is None:
        return None
    literal, is_object = declared
    home = scopes.tree.function_of(first)
    settings: list[Setting] = []
    shared = False
    for use in binding.references:
        setting = _setting(use, name, is_object=is_object)
        if setting is None:
            if use != name and _may_set(use, is_object=is_object):
                return None
            shared = shared or use != name
            continue
        here = scopes.tree.function_of(name) == home
        behind = here and setting.statement.start_byte > name.start_byte
        if behind or scopes.tree.function_of(use) != home:
            return None
        settings.append(setting)
    names = [setting.name for setting in settings]
    if (not settings and not is_object) or len(set(names)) != len(names):
        return None
    if any(_is_sent_twice(setting, literal, is_object=is_object) for setting in settings):
        return None
    return MadeHeaders(name, name, first, literal, is_object, tuple(settings), shared)


def check_kept(scopes: Scopes, made: MadeHeaders) -> None:
    """Refuse to write what was set before the call once more behind it.

    Raises:
        RefusedError: it may be another one there, or is not set each time.
    """
    for setting in made.settings:
        if not setting.certain:
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{show(setting.statement)}`")
    values = [made.first, *(setting.value for setting in made.settings)]
    for name in (name for value in values for name in scopes.names_in(value)):
        binding = scopes.binding(name)
        if binding is not None and binding.writes:
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{show(name)}`")


def _setting(use: Node, sent: Node, *, is_object: bool) -> Setting | None:
    """The statement in which this use sets a header by a name that is written there."""
    member = use.parent
    if member is None or field(member, "object") != use or member.parent is None:
        return None
    around = member.parent
    if is_object:
        given = items(field(around, "arguments") or around)
        called = around.type == "call_expression" and field(around, "function") == member
        if not called or text_of(member, "property") not in _SETTERS or len(given) != 2:
            return None
        name, value = _written(given[0]), given[1]
    else:
        right = field(around, "right")
        if around.type != "assignment_expression" or field(around, "left") != member:
            return None
        index = field(member, "index")
        name = text_of(member, "property") if index is None else _written(index)
        if right is None:
            return None
        value = right
    statement = around.parent
    if not name or statement is None or statement.type != "expression_statement":
        return None
    block, certain = statement.parent, True
    for above in ancestors_of(statement):
        if above.type in LOOPS:
            return None
        if is_inside(sent, above):
            break
        certain = False
        if above.type not in ("if_statement", "statement_block", "else_clause"):
            return None
    certain = certain and block is not None and block.type in (*BLOCKS, "program")
    adds = text_of(member, "property") == b"append" if is_object else False
    return Setting(name.lower(), name, value, statement, certain, adds)


def _is_sent_twice(setting: Setting, literal: Node | None, *, is_object: bool) -> bool:
    """Whether a header has the value of the literal too, by which both are sent."""
    members = [] if literal is None else items(literal)
    given = [key_name(member) or pair_name(member) or b"" for member in members]
    same = [key for key in given if key.lower() == setting.name]
    return setting.adds and bool(same) if is_object else any(key != setting.spelt for key in same)


def _written(node: Node) -> bytes:
    """A header's name that is written as a string; empty for anything else."""
    return text(node)[1:-1] if node.type == "string" else b""


def _may_set(use: Node, *, is_object: bool) -> bool:
    """Whether the headers may get others by a use, as by a function that is given them."""
    parent = use.parent
    if is_object and parent is not None and field(parent, "object") == use:
        return text_of(parent, "property") not in _READERS
    return may_change(use)
