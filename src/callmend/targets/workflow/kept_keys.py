"""A key that a request's headers compute, kept in a constant for the requests that follow."""

from __future__ import annotations

from tree_sitter import Node

from callmend.edits import Edit
from callmend.languages.ecmascript.effects import may_differ
from callmend.languages.ecmascript.sent_headers import Headers
from callmend.languages.ecmascript.statements import starts_its_line
from callmend.languages.ecmascript.tree import (
    BLOCKS,
    FUNCTIONS,
    is_inside,
    items,
    member_value,
    text,
    unwrapped,
)
from callmend.records import record
from callmend.targets.workflow.site import Site

_KEY = b"authorization"
_STATEMENTS = frozenset(
    {"expression_statement", "lexical_declaration", "return_statement", "variable_declaration"}
)
#: Where what stands inside may not be evaluated at all.
_PERHAPS = FUNCTIONS | {"binary_expression", "ternary_expression"}


@record(frozen=True, slots=True)
class KeptKey:
    """The constant's name, and the edits that put it above the request's statement."""

    name: bytes
    edits: tuple[Edit, ...]


def kept_key(site: Site, headers: Headers) -> KeptKey | None:
    """`const authorization = ...` for a key that may be another one the second time; None if not.

    None also where no statement can stand above the request.
    """
    value = headers.value(_KEY)
    own = unwrapped(member_value(headers.holder))
    if value is None or headers.options is not None or own.type != "object":
        return None
    call = site.request.call
    inline = _KEY not in headers.spread and is_inside(value, call) and b"\n" not in text(value)
    statement = statement_above(site, call) if inline and may_differ(value) else None
    if statement is None:
        return None
    source = site.program.source
    name = site.names.declare([_KEY], statement, [value])[_KEY]
    end = b";" if site.style.semicolons or text(statement)[:1] in b"([`+-/" else b""
    start = statement.start_byte
    declared = b"const " + name + b" = " + text(value) + end
    declared += source.eol_at(start) + source.indent_at(start)
    return KeptKey(
        name, (Edit(start, start, declared), Edit(value.start_byte, value.end_byte, name))
    )


def statement_above(site: Site, call: Node) -> Node | None:
    """The statement that holds a call, if that is certainly made where the statement is reached."""
    for parent in site.program.tree.ancestors(call):
        if parent.type in _STATEMENTS:
            around = parent.parent
            alone = parent.type == "expression_statement" or len(items(parent)) == 1
            stands = around is not None and around.type in BLOCKS | {"program"}
            # What is put around the call must not stand at the same place.
            apart = parent.start_byte < call.start_byte
            own_line = starts_its_line(site.program.source, parent)
            return parent if alone and stands and apart and own_line else None
        if parent.type in _PERHAPS or parent.type.endswith("_statement"):
            return None
    return None
