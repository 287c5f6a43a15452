"""Requests in Python for a run that never was: the run's id in their URL, and the URL's home."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from callmend.endpoints import catalogue
from callmend.languages.python.find import Request
from callmend.languages.python.paths import added
from callmend.languages.python.program import Program
from callmend.languages.python.texts import HOLE
from callmend.languages.python.tree import dotted
from callmend.records import record

#: The endpoints that are asked for a run.
POLLS = frozenset(endpoint.id for endpoint in catalogue() if endpoint.asks_for_a_run)
#: Where a template is filled in.
PLACES = re.compile(r"\{\w*\}|%s")
_JOINERS = ("urljoin", "urllib.parse.urljoin")


@record(frozen=True, slots=True)
class RunUrl:
    """Where a URL is put together, and the run's id in it.

    ``node`` is the URL's expression: in the call, or what a variable of its function is assigned.
    ``template`` is a string with places that only this URL fills in, and ``name`` its constant's
    name; both are absent where the URL is no such constant.
    """

    node: cst.BaseExpression
    identity: cst.BaseExpression
    template: cst.SimpleString | None = None
    name: str = ""


def polling_requests(program: Program) -> list[Request]:
    """The requests of a file for a dead run."""
    return [request for request in program.requests if request.endpoint.id in POLLS]


def run_url(program: Program, request: Request) -> RunUrl | None:
    """The URL of a request for a run; None where the run's id is not at its end."""
    node = request.url
    if isinstance(node, cst.Name):
        found = program.resolver.definitions(node)
        value = found[0].value if len(found) == 1 else None
        if value is None or not isinstance(found[0].node, (cst.Assign, cst.AnnAssign)):
            return None
        tree = program.tree
        if tree.function_of(found[0].node) is not tree.function_of(request.call):
            return None
        node = value
    identity = _last_part(program, node)
    if identity is None:
        return None
    if isinstance(identity, cst.Call) and dotted(identity.func) == "str":
        identity = identity.args[0].value if len(identity.args) == 1 else identity
    template = _template(program, node)
    if template is None:
        return RunUrl(node, identity)
    return RunUrl(node, identity, *template)


def nodes_of(program: Program, request: Request) -> Iterator[cst.CSTNode]:
    """Every node that the request's URL is put together from."""
    yield from program.tree.below(request.url)
    for definition in request.constants:
        if definition.value is not None:
            yield from program.tree.below(definition.value)


def _last_part(program: Program, node: cst.BaseExpression) -> cst.BaseExpression | None:
    """The expression at the end of a URL, which is the whole of its last segment."""
    if isinstance(node, cst.FormattedString):
        *before, last = node.parts or (None,)
        if not isinstance(last, cst.FormattedStringExpression) or not before:
            return None
        text = before[-1]
        plain = last.format_spec is None and last.conversion is None and last.equal is None
        if plain and isinstance(text, cst.FormattedStringText) and text.value.endswith("/"):
            return last.expression
        return None
    operands = added(node)
    if len(operands) > 1:
        ends = program.resolver.value(operands[-2]).texts
        if all(text.endswith("/") for text in ends):
            return operands[-1]
        return None
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Modulo):
        return _filled(program, node.left, _given(node.right))
    if isinstance(node, cst.Call):
        given = [arg.value for arg in node.args if arg.keyword is None and not arg.star]
        name = program.scopes.imported(node.func) or dotted(node.func)
        if name.endswith(_JOINERS) and len(given) == 2 and len(node.args) == 2:
            return _last_part(program, given[1])
        if isinstance(node.func, cst.Attribute) and node.func.attr.value == "format":
            if len(given) == len(node.args):
                return _filled(program, node.func.value, given)
            if len(node.args) == 1 and node.args[0].keyword is not None:
                return _filled(program, node.func.value, [node.args[0].value])
    return None


def _given(right: cst.BaseExpression) -> list[cst.BaseExpression]:
    if isinstance(right, cst.Tuple):
        return [element.value for element in right.elements]
    return [right]


def _filled(
    program: Program, template: cst.BaseExpression, given: list[cst.BaseExpression]
) -> cst.BaseExpression | None:
    text = program.resolver.text(template)
    if text is None or HOLE in text:
        return None
    places = list(PLACES.finditer(text))
    ends = bool(places) and places[-1].end() == len(text) and text[: places[-1].start()][-1:] == "/"
    return given[-1] if ends and len(places) == len(given) else None


def _template(program: Program, node: cst.BaseExpression) -> tuple[cst.SimpleString, str] | None:
    """The string of a constant that only this URL fills in, and the constant's name."""
    owner: cst.BaseExpression | None = None
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        owner = node.func.value
    elif isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Modulo):
        owner = node.left
    if not isinstance(owner, cst.Name):
        return None
    found = program.resolver.definitions(owner)
    if len(found) != 1 or not isinstance(found[0].value, cst.SimpleString):
        return None
    mine, maybe = program.flow.uses(found[0])
    return (found[0].value, owner.value) if len([*mine, *maybe]) == 1 else None
