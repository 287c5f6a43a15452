"""A body that a function of the file makes for one request: `JSON.stringify(payload(text))`."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.callees import calls_among, calls_of_method, method_of
from callmend.languages.ecmascript.objects import is_private
from callmend.languages.ecmascript.scopes import Scopes, is_declared_exported
from callmend.languages.ecmascript.sources import Sources, returned
from callmend.languages.ecmascript.tree import called, field, unwrapped
from callmend.languages.ecmascript.values import text_of


def body_made_for(scopes: Scopes, node: Node) -> Node | None:
    """The object literal that a function gives here and nowhere else; None where it may.

    All that the function does beside stays as it is, so that only the literal is another one then.
    """
    call = _value_of(scopes, unwrapped(node))
    if call.type != "call_expression":
        return None
    function = _function(scopes, call)
    if function is None or any(child.type in ("async", "*") for child in function.children):
        return None
    given = [unwrapped(each) for each in returned(function) or ()]
    return given[0] if len(given) == 1 and given[0].type == "object" else None


def _value_of(scopes: Scopes, node: Node) -> Node:
    """What a name stands for that is read here alone: `const payload = made(text)`."""
    binding = scopes.binding(node) if node.type == "identifier" else None
    if binding is None or binding.writes or binding.references != [node]:
        return node
    declarator = binding.declarator
    value = field(declarator, "value") if declarator.type == "variable_declarator" else None
    whole = field(declarator, "name") == binding.name_node and not is_declared_exported(binding)
    return unwrapped(value) if value is not None and whole else node


def _function(scopes: Scopes, call: Node) -> Node | None:
    """The function that only this call calls."""
    callee = called(call)
    if text_of(callee, "object") == b"this":
        name = text_of(callee, "property")
        method = method_of(scopes.tree, name, call)
        if method is None or not is_private(method):
            return None
        return method if calls_of_method(scopes.tree, method, name) == [call] else None
    binding = scopes.binding(callee) if callee.type == "identifier" else None
    if binding is None or binding.writes or is_declared_exported(binding):
        return None
    uses = [use for use in binding.references if use != binding.name_node]
    if len(uses) != 1 or calls_among(scopes.tree, uses) != [call]:
        return None
    return Sources(scopes).function_behind(callee)
