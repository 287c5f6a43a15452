"""Conditions that ask whether OpenAI's SDK has a made-up method: they ask for the live one then.

`if (openai.workflows?.runs?.create)` never holds, so that a call behind it would never be made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.bodies import is_logged
from callmend.languages.ecmascript.members import MEMBERS, member_key
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import is_declared_exported
from callmend.languages.ecmascript.tree import (
    called,
    descendants,
    field,
    is_inside,
    show,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.records import record

_ROOT = b"workflows"
#: What an operand may be inside of.
_PLAIN = frozenset({"parenthesized_expression", "unary_expression"})
#: What gives its operand as it is.
_TRANSPARENT = frozenset(
    {"parenthesized_expression", "as_expression", "non_null_expression", "satisfies_expression"}
)
_CONDITIONAL = frozenset(
    {"if_statement", "while_statement", "do_statement", "ternary_expression", "for_statement"}
)
_COMPARES = frozenset({b"==", b"===", b"!=", b"!==", b"in"})


@record(frozen=True, slots=True)
class SdkGuard:
    """An expression that asks for a made-up method, and what asks for the live one as code.

    ``again`` is the whole operand where the one in front of it asks for the same then.
    """

    node: Node
    live: bytes
    again: Node | None = None

    @property
    def edit(self) -> Edit:
        """The edit after which the live method is asked for."""
        left = None if self.again is None else field(self.again.parent or self.again, "left")
        if self.again is not None and left is not None:
            return Edit(left.end_byte, self.again.end_byte, b"")
        return Edit(self.node.start_byte, self.node.end_byte, self.live)

    @property
    def note(self) -> Note:
        """What is told of it."""
        what = f"`{show(self.node)}` was never there, and `{self.live.decode()}` is"
        return Note(
            span(self.node), f"{what}: what was done without it is not done now", always=True
        )


def sdk_guards(
    program: Program,
    call: Node,
    client: bytes,
    method: bytes,
    starts: Sequence[Node],
    pickers: Sequence[Node] = (),
) -> list[SdkGuard]:
    """The conditions in front of a call of a made-up method that ask whether it is there.

    Args:
        program: The file.
        call: The call, one of ``starts``.
        client: The client's code.
        method: The live method behind the client, `responses.create`.
        starts: All calls of made-up methods that start a run; a condition is that of the next one.
        pickers: Functions that pick what the call is made on, whose conditions are the call's.
    """
    found: list[SdkGuard] = []
    for node in descendants(program.tree.root):
        asked = _asked(node, client)
        if asked is None or any(is_inside(node, called(start)) for start in starts):
            continue
        if any(is_logged(program.tree, around) for around in _expression(program, asked)):
            continue
        if not is_condition(program, asked):
            continue
        behind = [start for start in starts if start.start_byte > asked.start_byte]
        picks = any(is_inside(asked, picker) for picker in pickers)
        if picks or (behind and behind[0] == call):
            # `if (client.create) return client;` is an error in TypeScript: it is always there.
            whole = picks and not _is_asked_for_its_type(asked)
            live = _live(asked, client, method, whole=whole)
            again = _again(asked, found[-1].node) if found and found[-1].live == live else None
            found.append(SdkGuard(asked, live, again))
    return found


def _again(asked: Node, before: Node) -> Node | None:
    """The operand of `!a || !b` that is the second one, where the first is of the same form."""
    second, first = asked, before
    while second.parent is not None and second.parent.type in _PLAIN:
        second = second.parent
    while first.parent is not None and first.parent.type in _PLAIN:
        first = first.parent
    both = second.parent
    if both is None or text_of(both, "operator") not in (b"||", b"&&"):
        return None
    left = field(both, "left")
    if field(both, "right") != second or left is None or left.end_byte != first.end_byte:
        return None
    same = text(second).replace(text(asked), b"") == text(first).replace(text(before), b"")
    return second if same else None


def _asked(node: Node, client: bytes) -> Node | None:
    """The whole expression around `openai.workflows`, or `'workflows' in openai`."""
    if node.type == "binary_expression" and text_of(node, "operator") == b"in":
        left, right = field(node, "left"), field(node, "right")
        if left is None or right is None or text(unwrapped(right)) != client:
            return None
        return node if left.type == "string" and text(left)[1:-1] == _ROOT else None
    if node.type not in MEMBERS or member_key(node) != _ROOT:
        return None
    owner = unwrapped(field(node, "object") or node)
    if owner.type in MEMBERS and member_key(owner) == b"beta":
        owner = unwrapped(field(owner, "object") or owner)
    if text(owner) != client:
        return None
    while node.parent is not None and node.parent.type in MEMBERS:
        if field(node.parent, "object") != node:
            break
        node = node.parent
    return node


def _client_of(asked: Node) -> Node:
    """The client as it is written, `(openai as any)` of `(openai as any).workflows?.runs`.

    By its own type the live method is always there, which TypeScript finds fault with.
    """
    inner = asked
    while member_key(inner) != _ROOT:
        inner = field(inner, "object") or inner
    owner = field(inner, "object") or inner
    plain = unwrapped(owner)
    if plain.type in MEMBERS and member_key(plain) == b"beta":
        return field(plain, "object") or owner
    return owner


def is_condition(program: Program, node: Node) -> bool:
    """Whether only what an expression is true or false for is asked, or its type.

    What is called, given away or kept for more than that is another use of the made-up method.
    """
    parent = program.tree.parent(node)
    while parent is not None and parent.type in _TRANSPARENT:
        node, parent = parent, program.tree.parent(parent)
    if parent is None:
        return False
    if parent.type in _CONDITIONAL and field(parent, "condition") == node:
        return True
    if parent.type == "binary_expression":
        return text_of(parent, "operator") in _COMPARES or is_condition(program, parent)
    if parent.type == "unary_expression":
        return text_of(parent, "operator") in (b"!", b"typeof")
    if parent.type == "arguments":
        return text(called(program.tree.parent(parent) or parent)) == b"Boolean"
    if parent.type != "variable_declarator" or field(parent, "value") != node:
        return False
    name = field(parent, "name")
    binding = None if name is None else program.scopes.binding(name)
    if binding is None or binding.writes or is_declared_exported(binding):
        return False
    return all(is_condition(program, reference) for reference in binding.references)


def _expression(program: Program, node: Node) -> Iterator[Node]:
    """The expression and all that it is a part of, up to its statement."""
    yield node
    for parent in program.tree.ancestors(node):
        if parent.type.endswith(("_statement", "_declaration")):
            return
        yield parent


def _is_asked_for_its_type(asked: Node) -> bool:
    parent = asked.parent
    return parent is not None and text_of(parent, "operator") == b"typeof"


def _live(asked: Node, client: bytes, method: bytes, *, whole: bool) -> bytes:
    """What asks for the live method as code, or for all of its namespace."""
    holders = method.split(b".")[:-1]
    if asked.type == "binary_expression":
        left = field(asked, "left") or asked
        quote = text(left)[:1]
        return quote + holders[0] + quote + b" in " + text(field(asked, "right") or asked)
    last = member_key(asked)
    names = method.split(b".")
    written = _client_of(asked)
    client = text(written)
    if whole or last in (_ROOT, b"runs"):
        names = holders if whole or last == b"runs" else holders[:1]
    first, *rest = names
    join = b"?." if b"?." in text(asked) else b"."
    behind = text(asked)[written.end_byte - asked.start_byte :].lstrip()
    start = client + (b"?." if behind.startswith(b"?.") else b".") + first
    return join.join([start, *rest])
