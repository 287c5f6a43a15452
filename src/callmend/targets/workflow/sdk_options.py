"""The options of a request that a method of OpenAI's SDK is given behind its body."""

from __future__ import annotations

from tree_sitter import Node

from callmend.edits import Edit
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.statements import member_removal
from callmend.languages.ecmascript.tree import items, key_name, member_value, unwrapped

_OPTIONS = frozenset(
    {b"headers", b"idempotencyKey", b"maxRetries", b"query", b"signal", b"timeout"}
)


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
