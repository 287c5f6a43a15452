"""The dialect a file is written in, read off its tree, so that inserted code speaks it too.

The call's own lines are asked first and the rest of the file where they say nothing: a file may
hold pasted code in another style, and what is inserted stands among the pasted lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tree_sitter import Node

from callmend.languages.ecmascript.tree import BLOCKS, Tree, descendants, items, text
from callmend.records import record
from callmend.source import SourceFile

#: Statements that end in a semicolon where a file writes semicolons.
_TERMINATED = frozenset(
    {
        "expression_statement",
        "lexical_declaration",
        "variable_declaration",
        "return_statement",
        "throw_statement",
        "import_statement",
        "break_statement",
        "continue_statement",
    }
)
_LISTS = frozenset({"object", "array"})


@record(frozen=True, slots=True)
class Style:
    """How inserted code is written.

    ``unit`` is one step of indentation, ``quote`` the quote of strings, ``types`` whether type
    syntax may be written.
    """

    unit: bytes = b"  "
    quote: bytes = b"'"
    semicolons: bool = True
    trailing_commas: bool = False
    types: bool = True


def detect(tree: Tree, source: SourceFile, near: Node) -> Style:
    """The style for code that is inserted beside a node."""
    quote = _majority(_quotes(descendants(near))) or _majority(_quotes(tree.nodes))
    semicolons = _majority(_semicolons(descendants(near))) or _majority(_semicolons(tree.nodes))
    commas = _majority(_commas(descendants(near))) or _majority(_commas(tree.nodes))
    return Style(
        unit=_unit(tree, source, near),
        quote=quote or b"'",
        semicolons=semicolons != b"",
        trailing_commas=commas == b",",
        types=tree.language.has_types,
    )


def _majority(found: Iterable[bytes]) -> bytes | None:
    counts = Counter(found).most_common(2)
    if not counts or (len(counts) == 2 and counts[0][1] == counts[1][1]):
        return None
    return counts[0][0]


def _quotes(nodes: Iterable[Node]) -> Iterable[bytes]:
    for node in nodes:
        # The type `string` is a word of that kind too, and no literal.
        if node.type != "string" or not node.is_named:
            continue
        if node.parent and node.parent.type == "jsx_attribute":
            continue
        literal = text(node)
        # `"it's"` is double for a reason of its own.
        if b"'" not in literal[1:-1] and b'"' not in literal[1:-1]:
            yield literal[:1]


def _semicolons(nodes: Iterable[Node]) -> Iterable[bytes]:
    for node in nodes:
        if node.type in _TERMINATED and not _starts_the_next_line(node):
            last = node.children[-1] if node.children else None
            yield b";" if last is not None and last.type == ";" and not last.is_missing else b""


def _starts_the_next_line(statement: Node) -> bool:
    """Whether the terminator is the `;` before a hazard: `a()` on one line, `;[b]` on the next."""
    last = statement.children[-1] if statement.children else None
    if last is None or last.type != ";" or len(statement.children) < 2:
        return False
    return last.start_point[0] > statement.children[-2].end_point[0]


def _commas(nodes: Iterable[Node]) -> Iterable[bytes]:
    for node in nodes:
        if node.type not in _LISTS or node.start_point[0] == node.end_point[0]:
            continue
        inside = items(node)
        if not inside or inside[-1].end_point[0] == node.end_point[0]:
            continue
        follower = inside[-1].next_sibling
        yield b"," if follower is not None and follower.type == "," else b""


def _unit(tree: Tree, source: SourceFile, near: Node) -> bytes:
    """One step of indentation: by the nearest block, the call's own literals, then the file."""
    for found in (
        [near, *tree.ancestors(near)],
        descendants(near),
        [node for node in tree.nodes if node.type in BLOCKS],
        tree.nodes,
    ):
        for node in found:
            unit = _step(source, node)
            if unit:
                return unit
    return b"  "


def _step(source: SourceFile, around: Node) -> bytes | None:
    """How much deeper a block's or literal's first item stands than the line that opens it."""
    if around.type not in BLOCKS | _LISTS or around.type == "program" or not around.named_children:
        return None
    first = around.named_children[0]
    if first.start_point[0] == around.start_point[0]:
        return None
    outer, inner = source.indent_at(around.start_byte), source.indent_at(first.start_byte)
    if not inner.startswith(outer) or len(inner) == len(outer):
        return None
    return inner[len(outer) :]
