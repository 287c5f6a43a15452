"""Types that a file declares for the dead request's body, which the new body is not of.

`const payload: RunPayload = { workflow_id, input }`: TypeScript would not compile the new members.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from callmend.edits import Edit, Span
from callmend.findings import Note
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.statements import joins_its_neighbours, removals
from callmend.languages.ecmascript.tree import (
    called,
    descendants,
    field,
    items,
    show,
    span,
    text,
)
from callmend.languages.ecmascript.values import text_of

#: What the new body starts with, on either target; comments of the old one may stand above it.
_NEW = re.compile(rb"(?://[^\n]*\n\s*|/\*.*?\*/\s*)*(?:model|assistant_id|metadata)\b", re.DOTALL)
_CASTS = ("as_expression", "satisfies_expression")
#: `axios.post<Answer, Response, Body>`.
_OF_AXIOS = 2
_DECLARATIONS = frozenset({"interface_declaration", "type_alias_declaration"})
_NAMES = frozenset({"type_identifier", "identifier"})
_ANYTHING = frozenset({b"any", b"unknown", b"object"})


def body_types(program: Program, edits: Sequence[Edit]) -> tuple[list[Edit], list[Note]]:
    """The edits by which the new bodies are of no type of the old ones, and what is told of it.

    A type of this file that nothing asks for any more goes with it; one that others may ask for,
    or that is imported, is told.
    """
    more = {
        edit: kind
        for body in _bodies(program, edits)
        for edit, kind in _typed(program, body)
        if not any(edit.span.touches(each.span) for each in edits)
    }
    taken = [edit.span for edit in more]
    removed: list[Node] = []
    notes: list[Note] = []
    waiting = [*more.values()]
    while waiting:
        for name in _type_names(waiting.pop()):
            gone = [*taken, *(span(node) for node in removed)]
            found = _unread(program, name, gone)
            if found is None or found in removed:
                continue
            if _goes(program, found):
                removed.append(found)
                waiting.append(found)
            elif not _is_exported(program, found):
                told = f"nothing reads `{show(name)}` any more"
                told += ", which is imported" if found.type == "import_specifier" else ""
                notes.append(Note(span(found), told, always=True))
    return [*more, *removals(program.source, removed)], notes


def _bodies(program: Program, edits: Sequence[Edit]) -> Iterator[Node]:
    """The object literals whose own members are the new body's."""
    for edit in edits:
        if _NEW.match(edit.text.lstrip()) is None:
            continue
        node = program.tree.root.descendant_for_byte_range(edit.start, edit.end)
        while node is not None and (node.type != "object" or node.start_byte >= edit.start):
            node = node.parent
        if node is not None:
            yield node


def _typed(program: Program, body: Node) -> Iterator[tuple[Edit, Node]]:
    """What makes an object literal one of a type that asks for the old members."""
    node = body
    parent = program.tree.parent(node)
    while parent is not None:
        if parent.type in _CASTS:
            kind = items(parent)[1] if len(items(parent)) == 2 else None
            if kind is not None and _is_closed(program, kind):
                yield Edit(items(parent)[0].end_byte, parent.end_byte, b""), kind
        elif parent.type == "type_assertion":
            kind = items(items(parent)[0])[0]
            if _is_closed(program, kind):
                yield Edit(parent.start_byte, node.start_byte, b""), kind
        elif parent.type != "parenthesized_expression":
            break
        node, parent = parent, program.tree.parent(parent)
    if parent is None:
        return
    if parent.type == "variable_declarator" and field(parent, "value") == node:
        yield from _annotation(program, parent, b"")
        name = field(parent, "name")
        binding = None if name is None else program.scopes.binding(name)
        for use in () if binding is None else binding.references:
            yield from _given(program, use)
    if parent.type in ("return_statement", "arrow_function"):
        around = program.tree.function_of(node)
        annotation = field(around, "return_type")
        kind = None if annotation is None or not items(annotation) else items(annotation)[0]
        if annotation is not None and kind is not None and _is_closed(program, kind):
            yield Edit(annotation.start_byte, annotation.end_byte, b""), kind
    yield from _given(program, node)


def _given(program: Program, node: Node) -> Iterator[tuple[Edit, Node]]:
    """The type of the parameter that a function of this file takes a body by."""
    arguments = program.tree.parent(node)
    call = None if arguments is None else program.tree.parent(arguments)
    if arguments is None or arguments.type != "arguments" or call is None:
        return
    function = _function(program, call)
    yield from _asked_by_name(program, call, function, items(arguments).index(node))
    taken = items(field(function, "parameters") or function) if function is not None else []
    at = items(arguments).index(node)
    if at < len(taken) and _is_whole(program, taken[at]):
        # Without a type of its own a parameter is an error in strict TypeScript.
        yield from _annotation(program, taken[at], b": object")


def _asked_by_name(
    program: Program, call: Node, function: Node | None, at: int
) -> Iterator[tuple[Edit, Node]]:
    """The type that a call names for a body itself: `send<RunPayload, Run>(path, payload)`."""
    named = items(field(call, "type_arguments") or call)
    if field(call, "type_arguments") is None:
        return
    number = _OF_AXIOS if function is None and text_of(called(call), "property") == b"post" else -1
    if function is not None:
        own = [text_of(n, "name") for n in items(field(function, "type_parameters") or function)]
        taken = items(field(function, "parameters") or function)
        annotation = field(taken[at], "type") if at < len(taken) else None
        kind = text(items(annotation)[0]) if annotation is not None and items(annotation) else b""
        number = own.index(kind) if kind in own else -1
    if 0 <= number < len(named) and _is_closed(program, named[number]):
        kind_node = named[number]
        yield Edit(kind_node.start_byte, kind_node.end_byte, b"object"), kind_node


def _is_whole(program: Program, parameter: Node) -> bool:
    """Whether a parameter is nowhere asked for its members."""
    name = field(parameter, "pattern")
    binding = None if name is None or name.type != "identifier" else program.scopes.binding(name)
    uses = () if binding is None else binding.references
    return binding is not None and all(
        use.parent is None or field(use.parent, "object") != use for use in uses
    )


def _function(program: Program, call: Node) -> Node | None:
    """The function of this file that a call is one of: `post(...)`, `this.post(...)`."""
    return program.resolver.function_behind(called(call))


def _annotation(program: Program, declared: Node, instead: bytes) -> Iterator[tuple[Edit, Node]]:
    annotation = field(declared, "type")
    kind = None if annotation is None or not items(annotation) else items(annotation)[0]
    if annotation is not None and kind is not None and _is_closed(program, kind):
        yield Edit(annotation.start_byte, annotation.end_byte, instead), kind


def _is_closed(program: Program, kind: Node) -> bool:
    """Whether a type does not take whatever members there are."""
    if kind.type == "predefined_type" or text(kind) == b"const":
        return False
    if kind.type == "generic_type" and text_of(kind, "name") == b"Record":
        given = items(field(kind, "type_arguments") or kind)
        return not (len(given) == 2 and text(given[1]) in _ANYTHING)
    if kind.type in ("object_type", "interface_body"):
        signatures = [item for item in items(kind) if item.type == "index_signature"]
        return not any(text(_of(each)).lstrip(b": ") in _ANYTHING for each in signatures)
    if kind.type != "type_identifier":
        return True
    named = [n for n in program.tree.nodes if n.type in _DECLARATIONS and _is_named(n, kind)]
    if len(named) == 1:
        return _is_closed(program, field(named[0], "body") or field(named[0], "value") or kind)
    parameters = program.tree.every("type_parameter")
    return not any(text_of(each, "name") == text(kind) for each in parameters)


def _of(signature: Node) -> Node:
    return field(signature, "type") or signature


def _is_named(declaration: Node, name: Node) -> bool:
    return text_of(declaration, "name") == text(name)


def _type_names(node: Node) -> Iterator[Node]:
    return (inner for inner in descendants(node) if inner.type == "type_identifier")


def _unread(program: Program, name: Node, gone: Sequence[Span]) -> Node | None:
    """The declaration or the import of a type that nothing in the file asks for any more."""
    found = None
    for node in program.tree.nodes:
        if node.type not in _NAMES or text(node) != text(name):
            continue
        if any(each.contains(span(node)) for each in gone):
            continue
        around = program.tree.parent(node)
        if around is None or found is not None:
            return None
        if around.type == "import_specifier" or (
            around.type in _DECLARATIONS and field(around, "name") == node
        ):
            found = around
        else:
            return None
    return found


def _goes(program: Program, declared: Node) -> bool:
    """Whether nothing is lost with what declares a type."""
    outer = program.tree.parent(declared)
    if declared.type not in _DECLARATIONS or outer is None or outer.type != "program":
        return False
    comments = any(node.type == "comment" for node in descendants(declared))
    return not comments and not joins_its_neighbours(declared)


def _is_exported(program: Program, declared: Node) -> bool:
    outer = program.tree.parent(declared)
    return outer is not None and outer.type == "export_statement"
