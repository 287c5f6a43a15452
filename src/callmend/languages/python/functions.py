"""Which function of a Python file a call calls: by its name, or as a method of an object."""

from __future__ import annotations

import libcst as cst

from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition, is_static, parameters
from callmend.languages.python.tree import dotted

#: How many classes above one are looked into.
_MOST_CLASSES = 4


def function_called(program: Program, call: cst.Call) -> cst.FunctionDef | None:
    """The function of this file that a call calls, or None.

    `ask(...)`, `self.ask(...)`, `Agent().ask(...)`, and `agent.ask(...)` where `agent` is made of a
    class of this file, or declared as one. A method may be one of a class of the file above; one
    that a class below has too, or that is set on an object, may be another at each call.
    """
    function = call.func
    scope: cst.CSTNode | None
    if isinstance(function, cst.Attribute):
        name = function.attr.value
        if dotted(function.value) in ("self", "cls"):
            scope = program.tree.around(call, cst.ClassDef)
        else:
            scope = _class_of(program, function.value)
    elif isinstance(function, cst.Name):
        name = function.value
        scope = program.scopes.scope_of(name, call)
    else:
        return None
    found = [] if scope is None else _bound(program, scope, name)
    node = found[0].node if len(found) == 1 else None
    if isinstance(function, cst.Attribute) and isinstance(scope, cst.ClassDef):
        exact = isinstance(function.value, cst.Call)
        if name in program.set_members or (not exact and _is_overridden(program, scope, name)):
            return None
    return node if isinstance(node, cst.FunctionDef) else None


def functions_meant(program: Program, call: cst.Call) -> list[cst.FunctionDef]:
    """The functions of this file that a call may call: also one of several of a name.

    That is `call(...)` of two functions `call`, of one that is wrapped (`call = retried(call)`) or
    has another name (`send = call`), and of a method that a class below has too.
    """
    certain = function_called(program, call)
    if certain is not None:
        return [certain]
    function = call.func
    found: list[Definition] = []
    if isinstance(function, cst.Name):
        found = program.flow.every(function.value, call)
    elif isinstance(function, cst.Attribute):
        name = function.attr.value
        owner = _class_of(program, function.value)
        if dotted(function.value) in ("self", "cls"):
            owner = program.tree.around(call, cst.ClassDef)
        for scope in [] if owner is None else program.resolver.overrides.family(owner):
            found += _bound(program, scope, name)
    for each in list(found):
        if isinstance(each.value, cst.Name) and each.value.value != each.name:
            found += program.flow.every(each.value.value, each.value)
    functions = (each.node for each in found if isinstance(each.node, cst.FunctionDef))
    return list(dict.fromkeys(functions))


def _is_overridden(program: Program, scope: cst.ClassDef, name: str) -> bool:
    """Whether a class of the file below one binds a name of its own."""
    below = program.resolver.overrides.family(scope)[1:]
    return any(name in program.scopes.bound(other) for other in below)


def _bound(program: Program, scope: cst.CSTNode, name: str) -> list[Definition]:
    """What binds a name in a scope, or in the one class of the file that a class is made of."""
    for _ in range(_MOST_CLASSES):
        found = program.scopes.bound(scope).get(name, [])
        if found or not isinstance(scope, cst.ClassDef) or len(scope.bases) != 1:
            return found
        above = program.flow.class_named(scope.bases[0].value, scope)
        if above is None or above is scope:
            return []
        scope = above
    return []


def _class_of(program: Program, node: cst.BaseExpression) -> cst.ClassDef | None:
    """The class of this file that an object is made of."""
    made: cst.BaseExpression | None = node
    if not isinstance(node, cst.Call):
        found = program.resolver.definitions(node)
        made = found[0].value if len(found) == 1 else None
        only = found[0].node if len(found) == 1 else None
        if isinstance(only, cst.Param) and only.annotation is not None and made is None:
            return program.flow.class_named(only.annotation.annotation, only)
    if not isinstance(made, cst.Call):
        return None
    return program.flow.class_named(made.func, made)


def calls_of(program: Program, function: cst.FunctionDef) -> list[cst.Call]:
    """The calls in the file that certainly call a function, by its own name."""
    found = []
    for node in program.tree.nodes:
        if isinstance(node, cst.Call) and function_called(program, node) is function:
            called = node.func
            last = called.attr.value if isinstance(called, cst.Attribute) else dotted(called)
            if last == function.name.value:
                found.append(node)
    return found


def arguments_of(function: cst.FunctionDef, call: cst.Call) -> dict[str, cst.BaseExpression]:
    """What a call gives a function's parameters, by their names; starred ones are left out."""
    names = [param.name.value for param in parameters(function)]
    if isinstance(call.func, cst.Attribute) and not is_static(function):
        names = names[1:]
    found: dict[str, cst.BaseExpression] = {}
    for number, arg in enumerate(call.args):
        if arg.star:
            break
        if arg.keyword is not None:
            found[arg.keyword.value] = arg.value
        elif number < len(names):
            found[names[number]] = arg.value
    return found
