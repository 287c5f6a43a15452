"""The options of a request that a method of OpenAI's SDK is given behind its body."""

from __future__ import annotations

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.statements import member_removal
from callmend.languages.ecmascript.tree import field, items, key_name, member_value, show, unwrapped
from callmend.reasons import Reason

_OPTIONS = frozenset(
    {b"headers", b"idempotencyKey", b"maxRetries", b"query", b"signal", b"timeout"}
)

_AT_ODDS = frozenset({b"query", b"signal"})


def are_options(node: Node) -> bool:
    """Whether an argument is written here and has the SDK's options of a request."""
    options = unwrapped(node)
    if options.type != "object":
        return False
    members = {key_name(member): member for member in items(options)}
    headers = members.get(b"headers")
    written = headers is None or unwrapped(member_value(headers)).type == "object"
    return bool(members) and set(members) <= _OPTIONS and written


def betas_in(options: Node) -> list[Node]:
    """The beta headers in a request's options."""
    held = [unwrapped(member_value(m)) for m in items(options) if key_name(m) == b"headers"]
    return [m for headers in held for m in items(headers) if key_name(m) == b"OpenAI-Beta"]


def without_betas(program: Program, body: Node, options: Node) -> list[Edit]:
    """The edits after which options do not ask for a beta that never was."""
    betas = betas_in(options)
    if not betas:
        return []
    headers = next(member for member in items(options) if key_name(member) == b"headers")
    held = unwrapped(member_value(headers))
    if len(items(held)) > len(betas):
        return [member_removal(program.source, held, member) for member in betas]
    if len(items(options)) > 1:
        return [member_removal(program.source, options, headers)]
    return [Edit(body.end_byte, options.end_byte, b"")]


def joined(options: Node, own: bytes) -> Edit:
    """The edit by which a request's options get those that the target has of its own, as code.

    Raises:
        RefusedError: they are at odds: both break the request off, or change its address.
    """
    if any(key_name(member) in _AT_ODDS for member in items(options)):
        raise RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, f"`{show(options)}`")
    inside = options.start_byte + 1
    return Edit(inside, inside, own.removeprefix(b"{").removesuffix(b" }") + b",")


def unset_beta(name: bytes, options: Node | None) -> tuple[list[Edit], bytes]:
    """What leaves out of one request a header that its client sends by itself: `null` does.

    Returns:
        The edits of the request's own options, or the options as code where it has none.
    """
    header = name + b": null"
    alone = b"headers: { " + header + b" }"
    if options is None:
        return [], b"{ " + alone + b" }"
    headers = next((m for m in items(options) if key_name(m) == b"headers"), None)
    held = None if headers is None else unwrapped(member_value(headers))
    if held is None:
        return [_behind(options, alone)], b""
    betas = [field(beta, "value") for beta in betas_in(options)]
    if betas:
        return [Edit(b.start_byte, b.end_byte, b"null") for b in betas if b is not None], b""
    if not items(held):
        return [Edit(held.start_byte, held.end_byte, b"{ " + header + b" }")], b""
    return [_behind(held, header)], b""


def _behind(literal: Node, member: bytes) -> Edit:
    """The edit that writes a member behind the last one of an object."""
    end = items(literal)[-1].end_byte
    return Edit(end, end, b", " + member)
