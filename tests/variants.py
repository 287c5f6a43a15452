"""Variants of a golden pair: input and expected put into another dialect by the same function.

So the bytes that a variant has to become are known without callmend. Every function takes a file's
bytes and its path, and gives the same file in another dialect, with its new path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce

from tree_sitter import Node

from tests.invariants import nodes_of

Transform = Callable[[bytes, str], tuple[bytes, str]]

BOM = b"\xef\xbb\xbf"
_STEP = b"  "
#: Statements that end in a semicolon.
_TERMINATED = frozenset(
    {
        "expression_statement",
        "lexical_declaration",
        "variable_declaration",
        "return_statement",
        "throw_statement",
        "import_statement",
        "export_statement",
        "break_statement",
        "continue_statement",
        "type_alias_declaration",
    }
)
#: What a statement must not start with behind one that has no semicolon.
_HAZARDS = (b"(", b"[", b"`", b"+", b"-", b"/", b"<", b"*", b",", b".")
_FUNCTIONS = frozenset(
    {
        "arrow_function",
        "function_declaration",
        "function_expression",
        "generator_function_declaration",
        "method_definition",
    }
)
_BETWEEN = re.compile(rb"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)

RENAMED = {
    b"answer": b"words",
    b"assistantMessage": b"outcome",
    b"config": b"setup",
    b"contextualMessage": b"prompt",
    b"conversationHistory": b"past",
    b"data": b"decoded",
    b"history": b"before",
    b"key": b"secret",
    b"messages": b"turns",
    b"response": b"reply_1",
    b"result": b"$out",
    b"text": b"_said",
    b"useWorkflow": b"viaFlow",
    b"userMessage": b"typed",
}
NOT_ASCII = {
    b"answer": "réponse".encode(),
    b"assistantMessage": "größe".encode(),
    b"config": "設定".encode(),
    b"data": "données".encode(),
    b"messages": "нити".encode(),
    b"response": "ответ".encode(),
    b"text": "текст".encode(),
    b"userMessage": "\U00020000typed".encode(),
}


# --- bytes


def crlf(source: bytes, path: str) -> tuple[bytes, str]:
    """Lines that end in CR LF."""
    return source.replace(b"\n", b"\r\n"), path


def bom(source: bytes, path: str) -> tuple[bytes, str]:
    """A byte order mark in front."""
    return BOM + source, path


def no_final_newline(source: bytes, path: str) -> tuple[bytes, str]:
    """No newline at the end of the file."""
    return source.removesuffix(b"\r\n").removesuffix(b"\n"), path


# --- indentation


def tabs(source: bytes, path: str) -> tuple[bytes, str]:
    """Tabs for steps of two blanks."""
    return _indented(source, path, b"\t"), path


def four_spaces(source: bytes, path: str) -> tuple[bytes, str]:
    """Steps of four blanks for steps of two."""
    return _indented(source, path, b"    "), path


def _indented(source: bytes, path: str, step: bytes) -> bytes:
    kept = _fixed_lines(nodes_of(source, path))
    lines = source.split(b"\n")
    for number, line in enumerate(lines):
        if number not in kept:
            rest = line.lstrip(b" ")
            steps, odd = divmod(len(line) - len(rest), len(_STEP))
            lines[number] = step * steps + b" " * odd + rest
    return b"\n".join(lines)


def _fixed_lines(nodes: Iterable[Node]) -> set[int]:
    """The lines that start inside of a template literal or of JSX text."""
    fixed: set[int] = set()
    for node in nodes:
        if node.type in ("template_string", "jsx_text", "string"):
            fixed.update(range(node.start_point[0] + 1, node.end_point[0] + 1))
    return fixed


# --- tokens


def double_quotes(source: bytes, path: str) -> tuple[bytes, str]:
    """Double quotes for single ones; those inside of template literals stay."""
    changes = []
    for node in nodes_of(source, path):
        literal = _text(source, node)
        if node.type != "string" or not literal.startswith(b"'") or _is_in_template(node):
            continue
        if b'"' in literal or b"'" in literal[1:-1] or _parent_type(node) == "jsx_attribute":
            continue
        changes.append((node.start_byte, node.end_byte, b'"' + literal[1:-1] + b'"'))
    return _changed(source, changes), path


def no_semicolons(source: bytes, path: str) -> tuple[bytes, str]:
    """No semicolon at the end of a statement; one in front of what would else run on."""
    changes: list[tuple[int, int, bytes]] = []
    for node in nodes_of(source, path):
        if node.type not in _TERMINATED or _parent_type(node) == "for_statement":
            continue
        last = node.children[-1]
        if last.type != ";" or last.is_missing:
            continue
        found = _BETWEEN.match(source, last.end_byte)
        assert found is not None
        following = source[found.end() : found.end() + 1]
        if following in (b"", b"}"):
            changes.append((last.start_byte, last.end_byte, b""))
        elif b"\n" in found[0] and following != b";":
            changes.append((last.start_byte, last.end_byte, b""))
            if following in _HAZARDS:
                changes.append((found.end(), found.end(), b";"))
    result = _changed(source, changes)
    assert _shape(result, path) == _shape(source, path), "a statement runs on"
    return result, path


def _shape(source: bytes, path: str) -> list[str]:
    return [node.type for node in nodes_of(source, path) if node.is_named]


def renamed(source: bytes, path: str) -> tuple[bytes, str]:
    """Other names for the file's own variables."""
    return _renamed(source, path, RENAMED), path


def not_ascii(source: bytes, path: str) -> tuple[bytes, str]:
    """Names and a comment that are longer in bytes than in characters."""
    return "// Grüße 🎉 — “ünï”\n\n".encode() + _renamed(source, path, NOT_ASCII), path


def _renamed(source: bytes, path: str, names: Mapping[bytes, bytes]) -> bytes:
    changes = []
    for node in nodes_of(source, path):
        new = names.get(_text(source, node))
        if new is None:
            continue
        if node.type == "identifier":
            changes.append((node.start_byte, node.end_byte, new))
        elif node.type in (
            "shorthand_property_identifier",
            "shorthand_property_identifier_pattern",
        ):
            changes.append((node.end_byte, node.end_byte, b": " + new))
    return _changed(source, changes)


# --- types

_SUFFIXES = {".ts": ".js", ".tsx": ".jsx", ".mts": ".mjs", ".cts": ".cjs"}


def javascript(source: bytes, path: str) -> tuple[bytes, str]:
    """The file without its types."""
    stem, dot, suffix = path.rpartition(".")
    nodes = nodes_of(source, path)
    changes = sorted(
        {change for node in nodes for change in _without_types(source, node)},
        key=lambda change: (change[0], -change[1]),
    )
    outer: list[tuple[int, int, bytes]] = []
    for change in changes:
        if not outer or change[0] >= outer[-1][1]:
            outer.append(change)
    return _changed(source, outer), stem + _SUFFIXES[dot + suffix]


def _without_types(source: bytes, node: Node) -> Iterator[tuple[int, int, bytes]]:
    kind = node.type
    if kind in ("type_annotation", "type_arguments", "type_parameters"):
        yield node.start_byte, node.end_byte, b""
    elif kind in ("as_expression", "satisfies_expression", "non_null_expression"):
        yield node.named_children[0].end_byte, node.end_byte, b""
    elif kind == "type_assertion":
        yield node.start_byte, node.named_children[-1].start_byte, b""
    elif kind == "accessibility_modifier":
        yield node.start_byte, node.end_byte + 1, b""
    elif kind == "?" and _parent_type(node) == "optional_parameter":
        yield node.start_byte, node.end_byte, b""
    elif kind in ("interface_declaration", "type_alias_declaration") or (
        kind in ("import_statement", "export_statement")
        and re.match(rb"(?:import|export) type\b", _text(source, node))
    ):
        whole = node
        if node.parent is not None and node.parent.type == "export_statement":
            whole = node.parent
        end = source.find(b"\n", whole.end_byte) + 1
        if source[end : end + 1] == b"\n":
            end += 1
        yield whole.start_byte, end, b""


# --- nesting


def in_a_block(source: bytes, path: str) -> tuple[bytes, str]:
    """Each function's statements in one more block."""
    return _nested(source, path, b"{", b"}"), path


def in_a_closure(source: bytes, path: str) -> tuple[bytes, str]:
    """Each function's statements in one more function."""
    return _nested(source, path, b"const inner = async () => {", b"};\n@return inner();"), path


def _nested(source: bytes, path: str, opening: bytes, closing: bytes) -> bytes:
    nodes = nodes_of(source, path)
    bodies = list(_outermost_bodies(nodes))
    fixed = _fixed_lines(nodes)
    lines = source.split(b"\n")
    before: dict[int, bytes] = {}
    behind: dict[int, bytes] = {}
    moved: set[int] = set()
    if not bodies:
        # A fragment of statements gets a function of its own.
        behind[len(lines) - 1 - (lines[-1] == b"")] = b"}"
        before[0] = b"async function wrapped() {"
        moved.update(range(len(lines)))
    for body in bodies:
        first, last = body.start_point[0], body.end_point[0]
        assert body.children[1].start_point[0] > first
        indent = _STEP + lines[last][: len(lines[last]) - len(lines[last].lstrip())]
        before[first + 1] = indent + opening
        behind[last - 1] = indent + closing.replace(b"@", indent)
        moved.update(range(first + 1, last))
    result = []
    for number, line in enumerate(lines):
        if number in before:
            result.append(before[number])
        shifted = number in moved and number not in fixed and line.strip() != b""
        result.append(_STEP + line if shifted else line)
        if number in behind:
            result.append(behind[number])
    return b"\n".join(result)


def _outermost_bodies(nodes: Iterable[Node]) -> Iterator[Node]:
    """The bodies of the functions that stand in no other and fill lines of their own."""
    end = 0
    for node in nodes:
        body = node.child_by_field_name("body")
        if node.type in _FUNCTIONS and body is not None and node.start_byte >= end:
            end = node.end_byte
            if body.type == "statement_block" and body.start_point[0] < body.end_point[0]:
                yield body


# --- helpers


def _text(source: bytes, node: Node) -> bytes:
    return source[node.start_byte : node.end_byte]


def _parent_type(node: Node) -> str:
    return "" if node.parent is None else node.parent.type


def _is_in_template(node: Node) -> bool:
    parent = node.parent
    while parent is not None and parent.type != "template_string":
        parent = parent.parent
    return parent is not None


def _changed(source: bytes, changes: Iterable[tuple[int, int, bytes]]) -> bytes:
    parts = []
    position = 0
    for start, end, new in sorted(changes):
        assert start >= position, "two changes of one place"
        parts += [source[position:start], new]
        position = end
    return b"".join([*parts, source[position:]])


# --- all of them

SINGLE: dict[str, Transform] = {
    "crlf": crlf,
    "bom": bom,
    "no-final-newline": no_final_newline,
    "tabs": tabs,
    "4-spaces": four_spaces,
    "double-quotes": double_quotes,
    "no-semicolons": no_semicolons,
    "javascript": javascript,
    "in-a-block": in_a_block,
    "in-a-closure": in_a_closure,
    "renamed": renamed,
    "not-ascii": not_ascii,
}
#: The order matters: what reads indentation of two blanks, LF and the start of the file is first.
COMBINED: tuple[tuple[str, ...], ...] = (
    ("double-quotes", "tabs", "crlf"),
    ("no-semicolons", "4-spaces", "bom"),
    ("in-a-closure", "renamed", "no-final-newline"),
    ("javascript", "no-semicolons", "double-quotes"),
    ("in-a-block", "in-a-closure", "tabs"),
    ("not-ascii", "crlf", "bom", "no-final-newline"),
)
VARIANTS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in SINGLE},
    **{"+".join(names): names for names in COMBINED},
}


def apply(names: Iterable[str], source: bytes, path: str) -> tuple[bytes, str]:
    """A file with several transformations, one after the other."""
    return reduce(lambda file, name: SINGLE[name](*file), names, (source, path))
