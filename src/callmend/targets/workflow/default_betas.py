"""A beta header for workflows that OpenAI's client is made with goes: there never was such one."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.assistants.client import Clients
from callmend.languages.ecmascript.objects import Literal, object_behind
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.statements import member_removal
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    items,
    key_name,
    member_value,
    show,
    span,
    text,
    unwrapped,
)


def without_default_betas(program: Program, client: Node) -> tuple[list[Edit], list[Note]]:
    """The edits after which a client sends no such header by itself, and what is told of them.

    `new OpenAI({ defaultHeaders: { 'OpenAI-Beta': 'workflows=v2' } })`. It names nothing that a
    live request of the same client could want.
    """
    made = Clients(program).of(client).made
    arguments = None if made is None else field(made, "arguments")
    if arguments is None or not items(arguments):
        return [], []
    edits, notes = [], []
    for held, headers, beta in _betas(program, unwrapped(items(arguments)[0])):
        edit = _removal(program, arguments, held, headers, beta)
        comments = [node for node in descendants(arguments) if node.type == "comment"]
        if edit is None or any(edit.span.contains(span(comment)) for comment in comments):
            stays = f"`{show(beta)}` is still sent with each request of the client: take it out"
            notes.append(Note(span(beta), stays, always=True))
        else:
            edits.append(edit)
            notes.append(Note(span(beta), f"the header {show(beta)} went, which the client sent"))
    return edits, notes


def _betas(program: Program, given: Node) -> Iterator[tuple[Node, Literal, Node]]:
    """The `defaultHeaders`, the literal of the headers and the header, where it is of workflows."""
    options = given if given.type == "object" else program.resolver.constant(given)
    for member in items(options) if options is not None and options.type == "object" else []:
        literal = object_behind(program.scopes, member_value(member))
        if literal is None or (key_name(member) or text(member)) != b"defaultHeaders":
            continue
        for header in items(literal.node):
            if (key_name(header) or b"").lower() != b"openai-beta":
                continue
            said = program.resolver.value(member_value(header)).texts
            if said and all("workflow" in each for each in said):
                yield member, literal, header


def _removal(
    program: Program, arguments: Node, held: Node, headers: Literal, beta: Node
) -> Edit | None:
    """The edit that takes the header out, with what would hold nothing then.

    None where something else uses what it stands in, or that has a name and would be empty.
    """
    if headers.shared:
        return None
    if len(items(headers.node)) > 1:
        return member_removal(program.source, headers.node, beta)
    options = held.parent
    if options is None or unwrapped(member_value(held)) != headers.node:
        return None
    if len(items(options)) > 1:
        return member_removal(program.source, options, held)
    alone = len(items(arguments)) == 1 and unwrapped(items(arguments)[0]) == options
    return Edit(arguments.start_byte + 1, arguments.end_byte - 1, b"") if alone else None
