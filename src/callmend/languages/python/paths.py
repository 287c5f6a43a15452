"""The workflow's id in a dead URL of Python, which has it in its path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

import libcst as cst

from callmend.endpoints import catalogue
from callmend.languages.python.find import Request
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.texts import FORMAT_FIELD, HOLE, PERCENT_FIELD, TEMPLATE_FIELD
from callmend.languages.python.values import JOINERS, substituted
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


@record(frozen=True, slots=True)
class _Place:
    """An expression, and what its function's parameters are given (None: not known)."""

    node: cst.BaseExpression
    given: Mapping[Definition, _Place | None]


def path_id_of(program: Program, request: Request) -> PathId | None:
    """The workflow's id in the URL's path, if the path holds one that can be told.

    Where a condition chooses between several URLs, the id that all of them hold.
    """
    if "{}" not in request.endpoint.path:
        return None
    found: dict[tuple[object, ...], PathId | None] = {}
    for place in _spellings(program, _Place(request.url, {}), 0):
        known = _id_in(list(_pieces(program, place, 0)))
        found[_key(program, known)] = known
    return next(iter(found.values())) if len(found) == 1 else None


def _key(program: Program, found: PathId | None) -> tuple[object, ...]:
    """What tells an id from another one: its text, or its code and what the names in it are."""
    if found is None or found.node is None:
        return () if found is None else (found.text,)
    names = [each for each in program.tree.below(found.node) if isinstance(each, cst.Name)]
    scopes = [program.scopes.scope_of(name.value, name) for name in names]
    return (program.tree.source(found.node), *map(id, scopes), "code")


@cache
def _fronts() -> frozenset[str]:
    """What stands in front of an id in the paths of the dead endpoints: `/workflows/`."""
    paths = [each.path for each in catalogue() if each.starts_a_run and "{}" in each.path]
    return frozenset("/" + path.partition("/{}")[0].rsplit("/", 1)[1] + "/" for path in paths)


def _id_in(pieces: list[_Piece]) -> PathId | None:
    """The id in a URL's path."""
    whole = "".join(piece.text for piece in pieces)
    start = max(whole.rfind(front) + len(front) if front in whole else 0 for front in _fronts())
    end = start + len(re.split(r"[/?#]", whole[start:], maxsplit=1)[0])
    if not start:
        return None
    place = 0
    for piece in pieces:
        if place == start and place + len(piece.text) == end and piece.node is not None:
            return PathId(piece.node)
        place += len(piece.text)
    written = whole[start:end]
    # `/workflows/runs` holds none.
    has_id = bool(written) and HOLE not in written and whole[end : end + 1] == "/"
    return PathId(text=written) if has_id else None


def _spellings(program: Program, place: _Place, depth: int) -> Iterator[_Place]:
    """The expressions that a URL may be."""
    node, given = place.node, place.given
    chosen: list[_Place] = []
    if isinstance(node, cst.IfExp):
        chosen = [_Place(node.body, given), _Place(node.orelse, given)]
    elif (built := program.resolver.built(node)) is not None:
        within = {
            parameter: None if value is None else _argument(program, _Place(value, given))
            for parameter, value in built.given.items()
        }
        chosen = [_Place(each, within) for each in built.returned]
    elif isinstance(node, (cst.Name, cst.Attribute)):
        found = program.resolver.definitions(node)
        loop = found[0].node if len(found) == 1 else None
        listed = program.resolver.tried(loop) if isinstance(loop, cst.For) else None
        if listed is not None:
            chosen = [_Place(element.value, given) for element in listed.elements]
        elif all(isinstance(each.node, (cst.Assign, cst.AnnAssign)) for each in found):
            chosen = [_Place(each.value, given) for each in found if each.value is not None]
    if not chosen or depth > _MOST_DEPTH:
        yield place
    else:
        for each in chosen:
            yield from _spellings(program, each, depth + 1)


def _argument(program: Program, place: _Place) -> _Place | None:
    """What an expression is, where it is a parameter: what that is given."""
    if isinstance(place.node, cst.Name):
        found = program.resolver.definitions(place.node)
        if len(found) == 1 and found[0] in place.given:
            return place.given[found[0]]
    return place


def _pieces(program: Program, place: _Place, depth: int) -> Iterator[_Piece]:
    """What a URL is put together from, in order."""
    known = _argument(program, place)
    if known is None:
        yield _Piece(HOLE)
        return
    node = known.node
    if depth <= _MOST_DEPTH and program.resolver.built(node) is not None:
        spelled = list(_spellings(program, known, depth))
        known = spelled[0] if len(spelled) == 1 else known
    parts = None if depth > _MOST_DEPTH else _parts(program, known.node)
    if parts is None:
        texts = [text for text in program.resolver.value(node).texts if text != HOLE]
        yield _Piece(texts[0] if len(texts) == 1 and HOLE not in texts[0] else HOLE, node)
        return
    for part in parts:
        if isinstance(part, str):
            yield _Piece(part)
            continue
        inner = _Place(part, known.given)
        found = list(_pieces(program, inner, depth + 1))
        # A name for an id is the id, whatever it was made of; one for more is what it holds.
        named = isinstance(part, (cst.Name, cst.Attribute, cst.Subscript))
        text = "".join(piece.text for piece in found)
        meant = _argument(program, inner)
        if named and "/" not in text:
            yield _Piece(text, None if meant is None else meant.node)
        else:
            yield from found


def _parts(program: Program, node: cst.BaseExpression) -> list[str | cst.BaseExpression] | None:
    """The texts and expressions that one expression joins, or None where it joins none."""
    if isinstance(node, cst.FormattedString):
        return [_formatted(part) for part in node.parts]
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, (cst.Add, cst.Divide)):
        between = ["/"] if isinstance(node.operator, cst.Divide) else []
        return [node.left, *between, node.right]
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Modulo):
        right = node.right
        filling = [e.value for e in right.elements] if isinstance(right, cst.Tuple) else [right]
        return _filled(program, PERCENT_FIELD, node.left, filling, {})
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
    if program.scopes.imported(node.func) in JOINERS:
        return _joined(program, plain) if len(plain) == len(node.args) == 2 else None
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
    template = program.resolver.template_of(node)
    if template is not None:
        filling = substituted(node, plain)
        return None if filling is None else _filled(program, TEMPLATE_FIELD, template, [], filling)
    if method == "format":
        named = {arg.keyword.value: arg.value for arg in node.args if arg.keyword is not None}
        return _filled(program, FORMAT_FIELD, owner, plain, named)
    return None


def _joined(
    program: Program, plain: list[cst.BaseExpression]
) -> list[str | cst.BaseExpression] | None:
    """What `urljoin` puts together, where it only puts the one behind the other."""
    base, path = plain
    if all(text.startswith("/") for text in program.resolver.value(path).texts):
        return [path]
    if all(text.endswith("/") for text in program.resolver.value(base).texts):
        return [base, path]
    return None  # the last segment of the base goes


def _filled(
    program: Program,
    fields: re.Pattern[str],
    owner: cst.BaseExpression,
    plain: list[cst.BaseExpression],
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
        if match[0] in ("{{", "}}", "%%", "$$"):
            parts.append(match[0][0])
            continue
        name = match["name"] or ""
        if not name:
            name, count = str(count), count + 1
        value = named.get(name)
        if name.isdigit() and int(name) < len(plain):
            value = plain[int(name)]
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
