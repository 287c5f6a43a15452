"""A beta header for workflows that a client is made with: it goes where all calls are dead."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.assistants.client import Clients
from callmend.languages.ecmascript.client_uses import other_use
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
    show_line,
    span,
    text,
    unwrapped,
)
from callmend.records import record


@record(frozen=True, slots=True)
class DefaultBetas:
    """What becomes of the beta headers for workflows that a client sends by itself.

    ``kept`` is the name, as code, of one that it goes on sending, b"" for none.
    """

    edits: tuple[Edit, ...] = ()
    notes: tuple[Note, ...] = ()
    kept: bytes = b""


def default_betas(program: Program, client: Node, *, own: bool) -> DefaultBetas:
    """The edits after which a client sends no such header by itself, and what is told of them.

    `new OpenAI({ defaultHeaders: { 'OpenAI-Beta': 'workflows=v2' } })`. It stays where the client
    does more than dead calls, whose requests are the owner's own. ``own`` says that the live call
    sends a beta header of its own, which takes the place of the client's.
    """
    made = Clients(program).of(client).made
    arguments = None if made is None else field(made, "arguments")
    if made is None or arguments is None or not items(arguments):
        return DefaultBetas()
    goes = "sends a beta header of its own" if own else "goes without it"
    edits, notes, kept = list[Edit](), list[Note](), b""
    for held, headers, beta in _betas(program, unwrapped(items(arguments)[0])):
        use = other_use(program, made)
        if use is not None:
            used = show_line(_used(program, use))
            stays = f"`{show(beta)}` stays, as {used} uses the client too: this call"
            notes.append(Note(span(beta), f"{stays} {goes}", always=True))
            kept = text(field(beta, "key") or beta)
            continue
        edit = _removal(program, arguments, held, headers, beta)
        comments = [node for node in descendants(arguments) if node.type == "comment"]
        if edit is None or any(edit.span.contains(span(comment)) for comment in comments):
            stays = f"`{show(beta)}` is still sent with each other request of the client"
            notes.append(Note(span(beta), f"{stays}: take it out; this call {goes}", always=True))
            kept = text(field(beta, "key") or beta)
        else:
            edits.append(edit)
            notes.append(Note(span(beta), f"the header {show(beta)} went, which the client sent"))
    return DefaultBetas(tuple(edits), tuple(notes), b"" if own else kept)


def _used(program: Program, client: Node) -> Node:
    """What a use of a client is called in a message: `client.chat.completions.create`."""
    node, around = program.tree.outer(client)
    while around is not None and around.type == "member_expression":
        node, around = program.tree.outer(around)
    return node


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
