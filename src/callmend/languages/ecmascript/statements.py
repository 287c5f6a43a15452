"""Statements as lines: what stands above one, how it is taken out, where its text ends."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tree_sitter import Node

from callmend.edits import Edit, Span
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.tree import BLOCKS, Tree, descendants, field, items, span, text
from callmend.source import SourceFile

#: What a line starts with that goes on with the expression above it.
_RUNS_ON = frozenset({b"(", b"[", b"`", b"+", b"-", b"/", b"*", b"<", b",", b"."})
_COMMENT = re.compile(rb"^(?://|/\*+)\s*(.*?)\s*(?:\*/)?$", re.DOTALL)


def comment_text(node: Node) -> str:
    """A comment's words, without its marks and outer blanks."""
    found = _COMMENT.match(text(node))
    return "" if found is None else found[1].decode("utf-8", "replace")


def core(statement: Node) -> Span:
    """A statement's span without what only stands behind it.

    That is a `;` on a later line, which guards the line it stands on, and a comment behind a
    statement without `;`.
    """
    last = statement
    while last.children:
        inside = [c for c in last.children if c.type != "comment"]
        if not inside:
            break
        guards = inside[-1].type == ";" and (
            len(inside) > 1 and inside[-1].start_point[0] > inside[-2].end_point[0]
        )
        last = inside[-2] if guards else inside[-1]
    return Span(statement.start_byte, last.end_byte)


def above(statement: Node) -> list[Node]:
    """The statements and comments before this one in its block, nearest first."""
    block = statement.parent
    if block is None:
        return []
    # Not from sibling to sibling: each such step goes through the whole block.
    case_value = field(block, "value")
    found = [
        node
        for node in block.named_children
        if node.start_byte < statement.start_byte and node != case_value
    ]
    return found[::-1]


def below(statement: Node) -> list[Node]:
    """The statements behind this one in its block, comments left out, nearest first."""
    block = statement.parent
    inside = [] if block is None else block.named_children
    return [n for n in inside if n.start_byte >= statement.end_byte and n.type != "comment"]


def starts_its_line(source: SourceFile, node: Node) -> bool:
    """Whether only blanks stand before a node in its line."""
    start = source.line_start(node.start_byte)
    return start + len(source.indent_at(node.start_byte)) + _bom(source, start) == node.start_byte


def _bom(source: SourceFile, start: int) -> int:
    return 3 if start == 0 and source.data.startswith(b"\xef\xbb\xbf") else 0


def ends_its_line(source: SourceFile, end: int) -> bool:
    """Whether only blanks stand behind an offset in its line."""
    return source.data[end : source.line_end(end)].strip() == b""


def removal(source: SourceFile, first: Span, last: Span) -> Edit:
    """The edit that takes out what stands from first to last, with its lines where it fills them.

    Of two blank lines that would then meet (or one at the start of the file or a block) one goes
    too. A blank line that a block starts with is the block's own, and nothing goes with it.
    """
    start, end = first.start, last.end
    line = source.line_start(start)
    line += _bom(source, line)
    own_start = source.data[line:start].strip() == b""
    if not (own_start and ends_its_line(source, end)):
        if own_start:
            # What stands behind it in its line (a comment) takes its place.
            while source.data[end : end + 1] in (b" ", b"\t"):
                end += 1
        while source.data[start - 1 : start] in (b" ", b"\t") and ends_its_line(source, end):
            start -= 1
        return Edit(start, end, b"")
    start, end = line, source.line_end(end)
    if _is_blank_line(source, end) and _joins_blanks(source.data[:start]):
        end = source.line_end(end)
    return Edit(start, end, b"")


def removals(source: SourceFile, statements: Iterable[Node]) -> list[Edit]:
    """The edits that take statements and comments out, neighbours together."""
    runs: list[list[Node]] = []
    for statement in sorted(statements, key=lambda node: node.start_byte):
        if runs and runs[-1][-1].next_named_sibling == statement:
            runs[-1].append(statement)
        else:
            runs.append([statement])
    return [removal(source, core(run[0]), core(run[-1])) for run in runs]


def _is_blank_line(source: SourceFile, start: int) -> bool:
    end = source.line_end(start)
    return end > start and source.data[start:end].strip() == b""


def _joins_blanks(text_above: bytes) -> bool:
    """Whether a blank line is one too many behind this text.

    It is at a file's start, right behind a brace, and behind another blank line; but where a block
    starts with a blank line, whoever wrote it likes them.
    """
    filled = text_above.removeprefix(b"\xef\xbb\xbf").rstrip()
    behind_blank_line = text_above[len(text_above.rstrip()) :].count(b"\n") > 1
    opens_a_block = filled.endswith((b"{", b":"))
    return not filled or behind_blank_line is not opens_a_block


def joins_its_neighbours(statement: Node) -> bool:
    """Whether the code above would run on into the code below if a statement were taken out.

    Only a statement with its own `;` can stand in front of a line that begins like the rest of an
    expression, and then the one above may have none.
    """
    follower, before = statement.next_named_sibling, statement.prev_named_sibling
    while follower is not None and follower.type == "comment":
        follower = follower.next_named_sibling
    while before is not None and before.type == "comment":
        before = before.prev_named_sibling
    if follower is None or before is None or core(statement).end != statement.end_byte:
        return False
    runs_on = text(follower)[:1] in _RUNS_ON
    return runs_on and text(before)[: core(before).end - before.start_byte][-1:] not in (b";", b"}")


def single_declaration(tree: Tree, binding: Binding) -> Node | None:
    """The statement `const NAME = ...` that declares only this name, if it is one."""
    declarator = binding.declarator
    if declarator.type != "variable_declarator" or field(declarator, "name") != binding.name_node:
        return None
    declaration = tree.parent(declarator)
    if declaration is None or not declaration.type.endswith("_declaration"):
        return None
    if len([n for n in items(declaration) if n.type == "variable_declarator"]) != 1:
        return None
    block = tree.parent(declaration)
    return declaration if block is not None and block.type in BLOCKS else None


def has_own_comments(declaration: Node, value: Node) -> bool:
    """Whether a declaration holds a comment outside of its value."""
    own = core(declaration)
    return any(
        node.type == "comment"
        and own.contains(span(node))
        and not (value.start_byte <= node.start_byte and node.end_byte <= value.end_byte)
        for node in descendants(declaration)
    )


def appended_member(source: SourceFile, obj: Node, member: bytes) -> list[Edit]:
    """The edits that put a member behind the last one of an object literal, in its layout."""
    last = [child for child in obj.named_children if child.type != "comment"][-1]
    comma = last.next_sibling
    trailing = comma is not None and comma.type == ","
    end = last.end_byte if comma is None or not trailing else comma.end_byte
    if last.end_point[0] == obj.end_point[0] or not starts_its_line(source, last):
        return [Edit(last.end_byte, last.end_byte, b", " + member)]
    edits = [] if trailing else [Edit(last.end_byte, last.end_byte, b",")]
    end = source.line_end(end)
    line = source.indent_at(last.start_byte) + member + (b"," if trailing else b"")
    return [*edits, Edit(end, end, line + source.eol_at(last.end_byte))]


def member_removal(source: SourceFile, obj: Node, member: Node) -> Edit:
    """The edit that takes one member out of an object literal, with the comma that is its own."""
    inside = [child for child in obj.named_children if child.type != "comment"]
    at = inside.index(member)
    comma = member.next_sibling
    end = comma.end_byte if comma is not None and comma.type == "," else member.end_byte
    starts, ends = starts_its_line(source, member), ends_its_line(source, end)
    if end == member.end_byte and at > 0:
        # The last one, without a comma behind it: the one in front of it goes.
        before = inside[at - 1].next_sibling
        if before is not None and before.type == "," and before.end_byte <= member.start_byte:
            between = source.data[before.end_byte : member.start_byte]
            if not between.strip():
                return Edit(before.start_byte, end, b"")
    if starts and ends:
        return Edit(source.line_start(member.start_byte), source.line_end(end), b"")
    while source.data[end : end + 1] in (b" ", b"\t"):
        end += 1
    return Edit(member.start_byte, end, b"")
