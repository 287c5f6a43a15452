"""Private fields of classes that only rewritten calls read, which nothing can read any more."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from callmend.edits import Edit, Span
from callmend.languages.ecmascript.effects import may_differ
from callmend.languages.ecmascript.objects import uses_of_member
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.statements import joins_its_neighbours, removal, removals
from callmend.languages.ecmascript.tree import descendants, field, items, span, text
from callmend.languages.ecmascript.values import text_of

_FIELDS = frozenset({"public_field_definition", "field_definition"})
#: What a field may start with that goes on with the one above it, where that has no `;`.
_RUNS_ON = frozenset({b"(", b"*", b"["})


def unused_fields(program: Program, gone: list[Span], written: bytes) -> list[Edit]:
    """The removals of the fields whose uses all lie in what goes; ``written`` is the new code."""
    definitions = [node for node in program.tree.nodes if node.type in _FIELDS]
    found = [
        node
        for node in definitions
        if _is_hidden(node) and _is_unused(program, node, field(node, "value"), gone, written)
    ]
    sets = [
        (node, statement)
        for node in definitions
        if field(node, "value") is None
        and (statement := _set_once(program, node)) is not None
        and _is_unused(program, node, _set_to(statement), [*gone, span(statement)], written)
    ]
    found += [node for node, _ in sets]
    found.sort(key=lambda node: node.start_byte)
    return [*_removals(program, found), *removals(program.source, [each for _, each in sets])]


def _set_once(program: Program, definition: Node) -> Node | None:
    """`this.NAME = <a dead URL>;` in the constructor, of a field that TypeScript calls private."""
    modifiers = [text(n) for n in definition.children if n.type == "accessibility_modifier"]
    name = text_of(definition, "name")
    body = program.tree.parent(definition)
    for node in () if body is None or modifiers != [b"private"] else descendants(body):
        if node.type != "assignment_expression" or text_of(node, "left") != b"this." + name:
            continue
        statement = program.tree.parent(node)
        block = None if statement is None else program.tree.parent(statement)
        method = None if block is None else program.tree.parent(block)
        if statement is None or block is None or method is None:
            return None
        # A constructor that does nothing would be one too many.
        others = len(items(block)) > 1 or bool(items(field(method, "parameters") or block))
        in_constructor = text_of(method, "name") == b"constructor" and others
        alone = statement.type == "expression_statement" and not joins_its_neighbours(statement)
        dead = b"/workflows" in text_of(node, "right")
        dead = dead and all(n.type != "comment" for n in descendants(statement))
        return statement if in_constructor and alone and dead else None
    return None


def _set_to(statement: Node) -> Node | None:
    """What a field is set to by a statement that does nothing else."""
    return field(items(statement)[0], "right")


def _is_hidden(definition: Node) -> bool:
    """`#base`, or a dead URL that TypeScript calls `private`.

    What it calls so is a property like others when the program runs; but a dead URL that nothing
    reads any more would be told each time, and TypeScript finds fault with it too.
    """
    if text_of(definition, "name").startswith(b"#"):
        return True
    value = field(definition, "value")
    modifiers = [text(n) for n in definition.children if n.type == "accessibility_modifier"]
    is_text = value is not None and value.type in ("string", "template_string")
    return modifiers == [b"private"] and is_text and b"/workflows" in text(value or definition)


def _is_unused(
    program: Program, definition: Node, value: Node | None, gone: list[Span], written: bytes
) -> bool:
    """Whether a field is read no more; ``value`` is the one that it ever has."""
    name = text_of(definition, "name")
    if value is None or may_differ(value) or re.search(rb"\." + re.escape(name) + rb"\b", written):
        return False
    plain = all(n.type not in ("comment", "decorator") for n in descendants(definition))
    follower = definition.next_named_sibling
    if not plain or (follower is not None and text(follower)[:1] in _RUNS_ON):
        return False
    first = next((n for n in program.tree.nodes if _reads(n, name)), None)
    uses = None if first is None else uses_of_member(program.scopes, first, definition)
    return bool(uses) and all(any(s.contains(span(use)) for s in gone) for use in uses or ())


def _reads(node: Node, name: bytes) -> bool:
    return node.type == "member_expression" and text_of(node, "property") == name


def _removals(program: Program, definitions: list[Node]) -> Iterator[Edit]:
    """The edits that take fields out, neighbours together, each with its `;`."""
    runs: list[list[Node]] = []
    for definition in definitions:
        if runs and runs[-1][-1].next_named_sibling == definition:
            runs[-1].append(definition)
        else:
            runs.append([definition])
    for run in runs:
        follower = run[-1].next_sibling
        end = run[-1] if follower is None or follower.type != ";" else follower
        yield removal(program.source, span(run[0]), span(end))
