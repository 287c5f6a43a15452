"""The workflow's id in a dead URL of Python, which has it in its path."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from callmend.languages.python.find import Request
from callmend.languages.python.program import Program
from callmend.languages.python.values import FORMAT_FIELD, HOLE, PERCENT_FIELD
from callmend.records import record

_MOST_DEPTH = 14
_STRIPS = frozenset({"rstrip", "strip", "lstrip"})


@record(frozen=True, slots=True)
class PathId:
    """The id in a path: the expression that stands for it, or its text where it is written out."""

    node: cst.BaseExpression | None = None
    text: str = ""


@record(frozen=True, slots=True)
class _Piece:
    """A part of a URL: its text, with `HOLE` for what is not known, and an expression for it."""

    text: str
    node: cst.BaseExpression | None = None


def path_id_of(program: Program, request: Request) -> PathId | None:
    """The workflow's id in the URL's path, if the path holds one that can be told."""
    before, hole, _ = request.endpoint.path.partition("{}")
    if not hole:
        return None
    pieces = list(_pieces(program, request.url, 0))
    whole = "".join(piece.text for piece in pieces)
    # `/v1` may be a part of what is not known: only the names in front of the id count.
    front = "/" + before.rstrip("/").rsplit("/", 1)[1] + "/"
    if front not in whole:
        return None
    start = whole.rindex(front) + len(front)
    end = start + len(re.split(r"[/?#]", whole[start:], maxsplit=1)[0])
    place = 0
    for piece in pieces:
        if place == start and place + len(piece.text) == end and piece.node is not None:
            return PathId(piece.node)
        place += len(piece.text)
    written = whole[start:end]
    return PathId(text=written) if written and HOLE not in written else None


def _pieces(program: Program, node: cst.BaseExpression, depth: int) -> Iterator[_Piece]:
    """What a URL is put together from, in order."""
    parts = None if depth > _MOST_DEPTH else _parts(program, node)
    if parts is None:
        texts = [text for text in program.resolver.value(node).texts if text != HOLE]
        yield _Piece(texts[0] if len(texts) == 1 and HOLE not in texts[0] else HOLE, node)
        return
    for part in parts:
        if isinstance(part, str):
            yield _Piece(part)
            continue
        found = list(_pieces(program, part, depth + 1))
        # A name for an id is the id, whatever it was made of; one for more is what it holds.
        named = isinstance(part, (cst.Name, cst.Attribute, cst.Subscript))
        text = "".join(piece.text for piece in found)
        yield from [_Piece(text, part)] if named and "/" not in text else found


def _parts(program: Program, node: cst.BaseExpression) -> list[str | cst.BaseExpression] | None:
    """The texts and expressions that one expression joins, or None where it joins none."""
    if isinstance(node, cst.FormattedString):
        return [_formatted(part) for part in node.parts]
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, (cst.Add, cst.Divide)):
        between = ["/"] if isinstance(node.operator, cst.Divide) else []
        return [node.left, *between, node.right]
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Modulo):
        right = node.right
        given = [e.value for e in right.elements] if isinstance(right, cst.Tuple) else [right]
        return _filled(program, PERCENT_FIELD, node.left, given, {})
    if isinstance(node, cst.Call):
        return _called(program, node)
    single = program.resolver.single(node)
    return None if single is node else [single]


def _formatted(part: cst.BaseFormattedStringContent) -> str | cst.BaseExpression:
    if isinstance(part, cst.FormattedStringText):
        return part.value.replace("{{", "{").replace("}}", "}")
    if isinstance(part, cst.FormattedStringExpression):
        if part.format_spec is None and part.conversion in (None, "s"):
            return part.expression
    return HOLE


def _called(program: Program, node: cst.Call) -> list[str | cst.BaseExpression] | None:
    plain = [arg.value for arg in node.args if arg.keyword is None and not arg.star]
    if not isinstance(node.func, cst.Attribute):
        return None
    owner, method = node.func.value, node.func.attr.value
    if method in _STRIPS and len(plain) == len(node.args) <= 1:
        return [owner]
    if method == "join" and len(plain) == 1 and isinstance(plain[0], (cst.List, cst.Tuple)):
        listed: list[str | cst.BaseExpression] = []
        for element in plain[0].elements:
            listed += [owner, element.value] if listed else [element.value]
        return listed
    if method == "format":
        named = {arg.keyword.value: arg.value for arg in node.args if arg.keyword is not None}
        return _filled(program, FORMAT_FIELD, owner, plain, named)
    return None


def _filled(
    program: Program,
    fields: re.Pattern[str],
    owner: cst.BaseExpression,
    given: list[cst.BaseExpression],
    named: dict[str, cst.BaseExpression],
) -> list[str | cst.BaseExpression] | None:
    """A template's text and what fills its fields."""
    template = program.resolver.text(owner)
    if template is None:
        return None
    parts: list[str | cst.BaseExpression] = []
    position = count = 0
    for match in fields.finditer(template):
        parts.append(template[position : match.start()])
        position = match.end()
        if match[0] in ("{{", "}}", "%%"):
            parts.append(match[0][0])
            continue
        name = match["name"] or ""
        if not name:
            name, count = str(count), count + 1
        value = named.get(name)
        if name.isdigit() and int(name) < len(given):
            value = given[int(name)]
        parts.append(HOLE if value is None else value)
    return [*parts, template[position:]]


def added(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    """The operands of `a + b + c`, from left to right."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        return [*added(node.left), node.right]
    return [node]


def text_of(node: cst.BaseExpression) -> str:
    """The text of a string literal, empty for anything else."""
    if isinstance(node, cst.SimpleString) and isinstance(node.evaluated_value, str):
        return node.evaluated_value
    return ""
