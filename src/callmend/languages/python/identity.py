"""Following an assistant's id in Python to the constant that it comes from."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from callmend.edits import Span
from callmend.languages.python.find import Request
from callmend.languages.python.inputs import ID_KEYS
from callmend.languages.python.paths import path_id_of
from callmend.languages.python.program import Program
from callmend.languages.python.tree import dotted
from callmend.languages.python.values import key_of
from callmend.origins import Origin, Where, is_open

_ID_KEYS = ("workflow_id", "workflowId", "assistant_id")
_READS = frozenset({"os.getenv", "os.environ.get", "os.environ.pop", "decouple.config", "getenv"})
_MOST_STEPS = 8


def id_expression(program: Program, request: Request) -> cst.BaseExpression | None:
    """The expression that a call sends as its workflow's or assistant's id."""
    for arg in request.call.args:
        for node in program.tree.below(arg.value):
            literal: cst.CSTNode = node
            if isinstance(node, cst.Name):
                literal = program.resolver.single(node)
            if isinstance(literal, cst.Dict):
                for element in literal.elements:
                    if key_of(element) in _ID_KEYS:
                        return element.value
    found = path_id_of(program, request)
    # An id that is written out in the URL goes with it; what is written then is the new one.
    return None if found is None else found.node


def made_up_id(call: cst.Call) -> cst.BaseExpression | None:
    """The expression that a made-up method is given as the workflow's id, by name or first."""
    args = call.args
    if len(args) == 1 and args[0].keyword is None and isinstance(args[0].value, cst.Dict):
        given = {key_of(e): e.value for e in args[0].value.elements}
    else:
        given = {dotted(arg.keyword) if arg.keyword else "id": arg.value for arg in args[:1]}
        given |= {arg.keyword.value: arg.value for arg in args if arg.keyword is not None}
    found = next((value for name, value in given.items() if name in ID_KEYS), None)
    if isinstance(found, cst.Dict):
        found = next((e.value for e in found.elements if key_of(e) == "id"), None)
    return found


def id_in_url(program: Program, request: Request) -> Origin | None:
    """Where an id leads that is written out in a call's URL: to that."""
    found = path_id_of(program, request)
    if found is None or not found.text:
        return None
    url = program.resolver.single(request.url)
    where = program.tree.span(url)
    return Origin(Where.LITERAL, where, program.tree.show(url), value=found.text)


def origin(program: Program, expression: cst.BaseExpression) -> Origin:
    """Where an id's expression leads to within its file."""
    tree = program.tree
    shown = tree.show(expression)
    where = tree.span(expression)
    node = expression
    member = ""
    for _ in range(_MOST_STEPS):
        if is_plain(node):
            text = program.resolver.text(node) or ""
            return Origin(Where.LITERAL, tree.span(node), shown, value=text)
        default = _environment_default(program, node)
        if default is not None:
            node = default
            continue
        variable = _environment(program, node)
        if variable:
            return Origin(Where.ENVIRONMENT, where, shown, value=variable)
        if isinstance(node, cst.BooleanOperation):
            node = node.right
            continue
        if isinstance(node, cst.Call):
            node = node.func
            continue
        imported = program.scopes.imported(node)
        if imported:
            return _imported(program, node, where, shown, member)
        definitions = program.resolver.definitions(node)
        if len(definitions) == 1 and definitions[0].value is not None:
            member = member or definitions[0].name
            node = definitions[0].value
            continue
        if isinstance(node, cst.Attribute):
            member = member or node.attr.value
            node = node.value
            continue
        break
    return Origin(Where.UNKNOWN, where, shown, member=member)


def is_plain(node: cst.CSTNode) -> bool:
    """Whether a node is a string literal between single quote characters, without a prefix."""
    return isinstance(node, cst.SimpleString) and not node.prefix and len(node.quote) == 1


def _environment(program: Program, node: cst.BaseExpression) -> str:
    """`os.environ["NAME"]`, `os.getenv("NAME")` and the like."""
    name: cst.BaseExpression | None = None
    if isinstance(node, cst.Subscript) and program.scopes.imported(node.value) == "os.environ":
        index = node.slice[0].slice
        name = index.value if isinstance(index, cst.Index) else None
    if isinstance(node, cst.Call) and program.scopes.imported(node.func) in _READS and node.args:
        name = node.args[0].value
    return "" if name is None else program.resolver.text(name) or ""


def _environment_default(program: Program, node: cst.BaseExpression) -> cst.BaseExpression | None:
    """`os.getenv("NAME", "default")`: the default is what a file can hold."""
    if isinstance(node, cst.Call) and program.scopes.imported(node.func) in _READS:
        if len(node.args) == 2 and is_plain(node.args[1].value):
            value = program.resolver.text(node.args[1].value)
            return node.args[1].value if value else None
    return None


def _imported(
    program: Program, node: cst.BaseExpression, where: Span, shown: str, member: str
) -> Origin:
    first = dotted(node).split(".")[0]
    scope = program.scopes.scope_of(first, node)
    alias = program.scopes.bound(scope)[first][0].node if scope is not None else None
    statement = None if alias is None else program.tree.parent(alias)
    module, name = "", "*"
    if isinstance(statement, cst.ImportFrom):
        module = "." * len(statement.relative)
        module += dotted(statement.module) if statement.module is not None else ""
        name = dotted(alias.name) if isinstance(alias, cst.ImportAlias) else ""
    elif isinstance(alias, cst.ImportAlias):
        module = dotted(alias.name)
    parts = dotted(node).split(".")
    last = parts[-1] if len(parts) > 1 else member
    return Origin(Where.IMPORT, where, shown, module=module, name=name, member=last)


def open_constants(program: Program, name: str, member: str) -> list[cst.SimpleString]:
    """The string literals of a settings module in which the id belongs.

    First what the imported name holds, then what is stored under the member's name anywhere in the
    module. Literals that hold an assistant's id already are found too.
    """
    for definition in program.scopes.bound(program.tree.module).get(name, []):
        literal = _literal(program, definition.value)
        if literal is not None:
            return [literal]
    wanted = member or name
    found: list[cst.SimpleString] = []
    for target, value in _assignments(program):
        if target == wanted:
            literal = _literal(program, value)
            if literal is not None:
                found.append(literal)
    return found


def likely_constants(program: Program) -> list[cst.SimpleString]:
    """Constants that are named like an id and wait for one."""
    found = []
    for target, value in _assignments(program):
        literal = _literal(program, value)
        named = target.lower().replace("_", "").endswith(("workflowid", "assistantid"))
        if named and literal is not None and is_open(str(literal.evaluated_value)):
            found.append(literal)
    return found


def _assignments(program: Program) -> Iterator[tuple[str, cst.BaseExpression | None]]:
    for node in program.tree.nodes:
        if isinstance(node, cst.Assign):
            for target in node.targets:
                yield dotted(target.target).rsplit(".", 1)[-1], node.value
        elif isinstance(node, cst.AnnAssign):
            yield dotted(node.target).rsplit(".", 1)[-1], node.value
        elif isinstance(node, cst.DictElement):
            yield key_of(node) or "", node.value


def _literal(program: Program, value: cst.BaseExpression | None) -> cst.SimpleString | None:
    """The plain string literal of a value, or that of an environment variable's default."""
    if value is None:
        return None
    if isinstance(value, cst.BooleanOperation):
        value = value.right
    default = _environment_default(program, value)
    node = default if default is not None else value
    return node if isinstance(node, cst.SimpleString) and is_plain(node) else None
