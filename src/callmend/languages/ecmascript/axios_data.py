"""Where the parsed answer of an axios call stands: the `data` of what it promises."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as made

from tree_sitter import Node

from callmend.languages.ecmascript.bodies import is_logged
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import field, items, key_name, unwrapped
from callmend.languages.ecmascript.values import text_of

_CALLBACKS = frozenset({"arrow_function", "function_expression"})


@dataclass(slots=True)
class AxiosData:
    """The expressions that are the parsed answer, and the places that cannot be followed."""

    found: list[Node] = made(default_factory=list)
    rest: list[Node] = made(default_factory=list)


def data_of(program: Program, call: Node) -> AxiosData:
    """Every expression that is the parsed answer of this call and of no other."""
    result = AxiosData()
    tree = program.tree
    node, parent = tree.outer(call)
    if parent is not None and parent.type == "await_expression":
        node, parent = tree.outer(parent)
        if parent is None or parent.type == "expression_statement":
            return result
        if _is_data(node, parent):
            result.found.append(parent)
        elif parent.type == "variable_declarator" and field(parent, "value") == node:
            _bound(program, field(parent, "name") or parent, result)
        elif parent.type == "assignment_expression" and field(parent, "right") == node:
            _bound(program, field(parent, "left") or parent, result)
        else:
            result.rest.append(node)
        return result
    callback = _callback(program, node, parent)
    if callback is None:
        result.rest.append(node)
        return result
    single, several = field(callback, "parameter"), field(callback, "parameters")
    given = [single] if single is not None else items(several or callback)[:1]
    for parameter in given:
        _bound(program, field(parameter, "pattern") or parameter, result)
    return result


def _callback(program: Program, node: Node, parent: Node | None) -> Node | None:
    """The function that `.then` is given."""
    if parent is None or text_of(parent, "property") != b"then" or field(parent, "object") != node:
        return None
    call = program.tree.outer(parent)[1]
    given = items(field(call, "arguments") or parent) if call is not None else []
    function = unwrapped(given[0]) if given else None
    return function if function is not None and function.type in _CALLBACKS else None


def _is_data(node: Node, parent: Node) -> bool:
    return (
        parent.type == "member_expression"
        and field(parent, "object") == node
        and text_of(parent, "property") == b"data"
    )


def _bound(program: Program, target: Node, result: AxiosData) -> None:
    """The answer behind a name for the response, or a pattern that takes `data` out of it."""
    if target.type == "object_pattern":
        for part in items(target):
            name = field(part, "value") or part
            if key_name(part) == b"data" and name.type in (
                "identifier",
                "shorthand_property_identifier_pattern",
            ):
                _uses(program, name, result, data=True)
            elif key_name(part) == b"data" or key_name(part) is None:
                result.rest.append(part)
        return
    _uses(program, target, result, data=False)


def _uses(program: Program, name: Node, result: AxiosData, *, data: bool) -> None:
    binding = program.scopes.binding(name)
    if binding is None:
        result.rest.append(name)
        return
    declared = binding.declarator.type == "variable_declarator"
    first = field(binding.declarator, "value") if declared else None
    if len(binding.writes) + (first is not None) > 1 or (binding.writes and not declared):
        # Something else is put into it, too.
        result.rest.append(name)
        return
    for use in binding.references:
        if program.scopes.is_write(use):
            continue
        node, parent = program.tree.outer(use)
        if data:
            result.found.append(use)
        elif parent is not None and parent.type in ("member_expression", "subscript_expression"):
            if _is_data(node, parent):
                result.found.append(parent)
            elif parent.type == "subscript_expression":
                result.rest.append(use)
        elif not is_logged(program.tree, use):
            result.rest.append(use)
