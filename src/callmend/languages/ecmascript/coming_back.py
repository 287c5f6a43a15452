"""Names that may hold what a callback gives: a hook's data, the results of a list of calls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.tree import FUNCTIONS, descendants, field, is_inside, items, text
from callmend.languages.ecmascript.values import text_of

_ERROR = re.compile(rb"(?i)err|^e$|problem|fail|reason|exception")
_LOOP = "for_in_statement"
_OF_PROMISES = frozenset({b"catch", b"finally", b"then"})


def carried(handed: list[Node], program: Program) -> list[Node]:
    """The identifiers that may be what functions give which other functions are given.

    ``handed`` are the places where the answer goes on. `useQuery({ queryFn: async () => ... })`,
    `Promise.all(texts.map(async (text) => ...))`: what the call gives is the answer, or has it.
    """
    known: dict[int, Binding] = {}
    functions = {function.id: function for node in handed for function in _around(node, program)}
    for function in functions.values():
        for call in _given_to(function, program):
            _take(known, _names_of_result(call, program))
            _take(known, _parameters_in(call, program, function))
    waiting = [*known.values()]
    while waiting:
        found: dict[int, Binding] = {}
        for use in waiting.pop().references:
            _take(found, _names_of_result(use, program))
            chain = _method_call(use, program)
            if chain is not None:
                _take(found, _parameters_in(chain, program, None))
        waiting += [binding for key, binding in found.items() if key not in known]
        known |= found
    return [use for binding in known.values() for use in binding.references]


def is_of_an_error(name: bytes) -> bool:
    """Whether a name is one of what went wrong: `reason`, `err`."""
    return _ERROR.search(name) is not None


def _take(known: dict[int, Binding], found: Iterator[Binding]) -> None:
    known |= {id(b): b for b in found if not is_of_an_error(text(b.name_node))}


def _around(node: Node, program: Program) -> Iterator[Node]:
    """The functions around a node, innermost first."""
    yield from (n for n in (node, *program.tree.ancestors(node)) if n.type in FUNCTIONS)


def _given_to(function: Node, program: Program) -> Iterator[Node]:
    """The calls that are given a function: as it stands, or by its name."""
    yield from _calls_around(function, program)
    name = program.tree.name_of(function)
    binding = None if name is None else program.scopes.binding(name)
    for use in () if binding is None else binding.references:
        yield from _calls_around(use, program)


def _calls_around(node: Node, program: Program) -> Iterator[Node]:
    """The call among whose arguments a function stands, alone or in an object."""
    _, parent = program.tree.outer(node)
    while parent is not None and parent.type in ("pair", "object", "array", "spread_element"):
        _, parent = program.tree.outer(parent)
    if parent is not None and parent.type == "arguments" and parent.parent is not None:
        yield parent.parent


def _names_of_result(node: Node, program: Program) -> Iterator[Binding]:
    """The variables that are given what an expression gives, or something that is made of it."""
    for parent in program.tree.ancestors(node):
        if parent.type == "variable_declarator":
            if not is_inside(node, field(parent, "value") or parent):
                return
            yield from _names_in(field(parent, "name"), program)
            return
        if parent.type == _LOOP and is_inside(node, field(parent, "right") or parent):
            yield from _names_in(field(parent, "left"), program)
            return
        if parent.type in FUNCTIONS or parent.type.endswith("_statement"):
            return


def _names_in(pattern: Node | None, program: Program) -> Iterator[Binding]:
    for node in () if pattern is None else descendants(pattern):
        binding = program.scopes.binding(node)
        if binding is not None and binding.name_node == node:
            yield binding


def _method_call(use: Node, program: Program) -> Node | None:
    """The outermost call of a chain of methods of a name: `results.filter(...).map(...)`."""
    found: Node | None = None
    node, parent = program.tree.outer(use)
    while parent is not None:
        if field(parent, "object") != node and field(parent, "function") != node:
            return found
        found = parent if parent.type == "call_expression" else found
        node, parent = program.tree.outer(parent)
    return found


def _parameters_in(call: Node, program: Program, function: Node | None) -> Iterator[Binding]:
    """The parameters of the functions that a call, and those behind and in front, are given.

    Those in front of a promise's method are given what came before.
    """
    chain = _method_call(call, program) or call
    callee = field(call, "function") or call
    before = field(callee, "object") if text_of(callee, "property") in _OF_PROMISES else None
    for node in descendants(chain):
        if node.type not in FUNCTIONS or node == function:
            continue
        if function is not None and is_inside(node, function):
            continue
        if before is not None and is_inside(node, before):
            continue
        inner = field(node, "parameters") or field(node, "parameter")
        for each in () if inner is None else items(inner) or [inner]:
            yield from _names_in(field(each, "pattern") or each, program)
