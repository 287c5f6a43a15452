"""What a file loads by itself: `require('m')`, `await import('m')`, and functions that do so."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.members import text_of
from callmend.languages.ecmascript.tree import FUNCTIONS, field, items, key_name, text, unwrapped
from callmend.records import record

_LOADS = (b"require", b"import")
_EITHER = frozenset({b"||", b"??"})
#: Where names of parameters stand: in JavaScript, and in TypeScript.
_NAMED = frozenset({"identifier", "rest_pattern"})
_PARAMETERS = frozenset({"required_parameter", "optional_parameter"})


@record(frozen=True, slots=True)
class Choice:
    """One thing that a value may be: an expression, or an export of a loaded module."""

    node: Node
    module: Node | None = None
    export: bytes = b""


def required(value: Node | None) -> tuple[Node | None, bytes]:
    """The module of `require('m')` or `await import('m')`, and the member that is read from it."""
    member = b""
    while value is not None:
        value = unwrapped(value)
        if value.type == "member_expression":
            member, value = text_of(value, "property"), field(value, "object")
        elif value.type == "await_expression":
            value = items(value)[0] if items(value) else None
        elif value.type == "call_expression" and text_of(value, "function") in _LOADS:
            given = items(field(value, "arguments") or value)
            return (given[0] if len(given) == 1 and given[0].type == "string" else None), member
        else:
            break
    return None, member


def choices(value: Node) -> list[Choice]:
    """What a value may be: each side of `a || b`, `a ?? b` and `c ? a : b`.

    A function that loads a module when it is called, and hands on all that it is given to one of
    that module's exports, is that export: `(...args) => import('m').then(m => m.default(...args))`.
    """
    value = unwrapped(value)
    if value.type == "binary_expression" and text_of(value, "operator") in _EITHER:
        sides = (field(value, "left"), field(value, "right"))
    elif value.type == "ternary_expression":
        sides = (field(value, "consequence"), field(value, "alternative"))
    elif value.type == "call_expression" and _is_bound(value):
        sides = (field(field(value, "function"), "object"), None)
    elif value.type in FUNCTIONS:
        return [_loading(value) or Choice(value)]
    else:
        module, export = required(value)
        return [Choice(value, module, export)]
    return [choice for side in sides if side is not None for choice in choices(side)]


def _is_bound(call: Node) -> bool:
    """Whether a call is `f.bind(owner)`, which binds no argument."""
    function = field(call, "function")
    is_bind = function is not None and text_of(function, "property") == b"bind"
    return is_bind and len(items(field(call, "arguments") or call)) == 1


def _loading(function: Node) -> Choice | None:
    """The export that a function loads and hands everything on to, or None."""
    given = _given(function)
    body = field(function, "body")
    if given is None or body is None or text(function).startswith(b"function*"):
        return None
    loads: Node | None = None
    if body.type == "statement_block":
        statements = items(body)
        if len(statements) == 2 and statements[0].type == "lexical_declaration":
            declared = items(statements.pop(0))
            loads = declared[0] if len(declared) == 1 else None
        returned = items(statements[0]) if len(statements) == 1 else []
        if not returned or statements[0].type != "return_statement":
            return None
        body = returned[0]
    sent = _awaited(body)
    if sent.type != "call_expression":
        return None
    callee = unwrapped(field(sent, "function") or sent)
    if _handed(sent) == given:
        if loads is not None:
            module, inner = required(field(loads, "value"))
            named = _export(field(loads, "name"), callee)
            one = (
                named if inner == b"" else inner if text(callee) == text_of(loads, "name") else None
            )
        else:
            module, one = required(callee)
        return None if module is None or one is None else Choice(function, module, one)
    return None if loads is not None else _then(function, sent, callee, given)


def _then(function: Node, sent: Node, callee: Node, given: list[bytes]) -> Choice | None:
    """The export of `import('m').then(({ default: f }) => f(...args))`."""
    module, _ = required(field(callee, "object"))
    then = items(field(sent, "arguments") or sent)
    if module is None or text_of(callee, "property") != b"then" or len(then) != 1:
        return None
    taken = unwrapped(then[0])
    patterns = items(field(taken, "parameters") or taken)
    pattern = field(taken, "parameter") or (patterns[0] if len(patterns) == 1 else None)
    if taken.type != "arrow_function" or pattern is None:
        return None
    if pattern.type in _PARAMETERS:
        pattern = field(pattern, "pattern")
    inner = _awaited(field(taken, "body") or taken)
    if inner.type != "call_expression" or _handed(inner) != given:
        return None
    export = _export(pattern, unwrapped(field(inner, "function") or inner))
    return None if export is None else Choice(function, module, export)


def _export(pattern: Node | None, callee: Node) -> bytes | None:
    """The export that is called, of a module that a name or a pattern takes: `m.default(...)`."""
    if pattern is None:
        return None
    if pattern.type == "identifier":
        owner = field(callee, "object")
        is_its = owner is not None and text(owner) == text(pattern)
        return text_of(callee, "property") if is_its else None
    for part in items(pattern) if pattern.type == "object_pattern" else ():
        value = field(part, "value") if part.type == "pair_pattern" else part
        if value is not None and text(value) == text(callee):
            return key_name(part) if part.type == "pair_pattern" else text(part)
    return None


def _awaited(node: Node) -> Node:
    node = unwrapped(node)
    inner = items(node) if node.type == "await_expression" else []
    return unwrapped(inner[0]) if inner else node


def _given(function: Node) -> list[bytes] | None:
    """A function's parameters as a call hands them on; None where one is taken apart."""
    single = field(function, "parameter")
    several = field(function, "parameters")
    names: list[bytes] = []
    for parameter in [single] if single is not None else items(several or function):
        name = field(parameter, "pattern") if parameter.type in _PARAMETERS else parameter
        if name is None or name.type not in _NAMED or field(parameter, "value") is not None:
            return None
        names.append(text(name))
    return names or None


def _handed(call: Node) -> list[bytes]:
    """What a call hands on, without casts."""
    return [
        b"..." + text(unwrapped(items(each)[0]))
        if each.type == "spread_element" and items(each)
        else text(unwrapped(each))
        for each in items(field(call, "arguments") or call)
    ]
