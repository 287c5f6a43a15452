"""The code of what a call says: its message, the messages before it, and the members that stay."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.inputs import Input, Kind
from callmend.languages.ecmascript.messages import system_roles
from callmend.languages.ecmascript.metadata import no_texts
from callmend.languages.ecmascript.template import Capture, capture
from callmend.languages.ecmascript.tree import member_value, show, text
from callmend.reasons import Reason
from callmend.targets.workflow.content_parts import with_response_parts, with_thread_parts
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.told import Told

#: Expressions that are written again where they are needed.
_NAMED = frozenset(
    {"identifier", "member_expression", "shorthand_property_identifier", "subscript_expression"}
)
#: Of messages that come from elsewhere: others of their members are no part of the API.
_PICKED = b".map(({ role, content }) => ({ role, content }))"
_PARTS = (b"role", b"content")
#: What one of the messages is called where a part's name is another thing.
_NAMES_OF_ONE = (b"m", b"turn", *(b"turn%d" % number for number in range(2, 100)))


def input_code(known: Told) -> tuple[bytes, bytes | None]:
    """The code of what is said, as one text unless it is a list, and the code of its history."""
    site, said = known.site, known.said.input
    indent = site.program.source.indent_at(known.said.members[0].start_byte)

    def code(node: Node) -> bytes:
        return capture(site.program.source, node).at(indent)

    whole = code(said.node) + said.path
    if said.members:
        whole = b"{ " + b", ".join(code(member) for member in said.members) + b" }"
    history = None if said.history is None else code(said.history) + said.before
    if said.kind is Kind.JSON:
        return b"JSON.stringify(" + whole + b")", history
    if said.kind is Kind.EITHER:
        whole = _as_text(site, said.node, whole)
    return whole, history


def _as_text(site: Site, node: Node, code: bytes) -> bytes:
    """A value that may be a text or an object, as a text.

    What is more than a name would be written and computed several times, so it goes through an
    arrow function.
    """
    word = site.style.quote + b"string" + site.style.quote
    if node.type in _NAMED:
        return b"typeof %b === %b ? %b : JSON.stringify(%b)" % (code, word, code, code)
    language = site.program.source.language
    given = b"(value: unknown)" if language is not None and language.has_types else b"value"
    judged = b"typeof value === %b ? value : JSON.stringify(value)" % word
    return b"(%b => %b)(%b)" % (given, judged, code)


def messages_code(known: Told, said: bytes, history: bytes | None) -> bytes:
    """The list of messages: those before, then what is said now."""
    if known.said.input.kind is Kind.MESSAGES:
        input_ = known.said.input
        said = _with_parts(known, input_.node, said)
        if known.site.settings.target != "responses":
            if roles := system_roles(known.site.program.scopes, input_.node):
                raise RefusedError(Reason.HISTORY_SHAPE, f"the role {show(roles[0])}")
        if not input_.unseen and not input_.picked:
            return said
        return _whole(input_.node, input_.path, said) + _picked(known)
    quote = known.site.style.quote
    now = b"{ role: " + quote + b"user" + quote + b", content: " + said + b" }"
    if history is None or known.said.input.history is None:
        return b"[" + now + b"]"
    history = _with_parts(known, known.said.input.history, history)
    history = _whole(known.said.input.history, known.said.input.before, history)
    # Of the whole list, as TypeScript knows the type of what is picked of it then.
    picked = _picked(known) if known.said.input.unseen else b""
    return b"[..." + history + b", " + now + b"]" + picked


def _picked(known: Told) -> bytes:
    """What picks the role and the content of each message, by names that shadow none."""
    scope = known.site.program.scopes.scope_at(known.said.members[0])
    if all(scope.lookup(name) is None for name in _PARTS):
        return _PICKED
    name = next(name for name in _NAMES_OF_ONE if scope.lookup(name) is None)
    return b".map(%b => ({ role: %b.role, content: %b.content }))" % (name, name, name)


def _with_parts(known: Told, node: Node, code: bytes) -> bytes:
    """A list of messages, whose parts are those of the target.

    Raises:
        RefusedError: a part is none, and stands where it cannot be changed.
    """
    with_parts = with_thread_parts
    if known.site.settings.target == "responses":
        with_parts = with_response_parts
    return with_parts(known.site.program, node, code)


def _whole(node: Node, path: bytes, code: bytes) -> bytes:
    """A list's code with parentheses around `history ?? []`."""
    return b"(" + code + b")" if not path and node.type == "binary_expression" else code


def kept_code(known: Told, written: Collection[bytes] = ()) -> list[bytes]:
    """The members that stay, but for those that are written anew, by their names."""
    indent = known.site.program.source.indent_at(known.said.members[0].start_byte)
    return [_kept(known.site, m).at(indent) for m in known.said.kept if _key(m) not in written]


def _kept(site: Site, member: Node) -> Capture:
    """A member that stays, what the API takes texts for as JSON text where it is none."""
    captured = capture(site.program.source, member)
    for item in reversed(no_texts(site.program.scopes, site.request.call, member)):
        value = member_value(item)
        start, end = value.start_byte - member.start_byte, value.end_byte - member.start_byte
        name = b"" if value != item else text(item) + b": "
        opening = name + b"JSON.stringify("
        code = captured.text
        captured = replace(
            captured,
            text=code[:start] + opening + code[start:end] + b")" + code[end:],
            fixed=frozenset(
                at + (len(opening) if at > start else 0) + (at > end) for at in captured.fixed
            ),
        )
    return captured


def _key(member: Node) -> bytes:
    key = member.child_by_field_name("key")
    return text(member if key is None else key).strip(b"'\"")


def as_input(said: Input) -> bool:
    """Whether the input is one text and not a list."""
    return said.kind is not Kind.MESSAGES and said.history is None
