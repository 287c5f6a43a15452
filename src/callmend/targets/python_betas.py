"""A beta header that a session of Python sends with each request, for a target that needs none."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.clients import Client, Library
from callmend.languages.python.find import Request
from callmend.languages.python.program import Program
from callmend.languages.python.raw import is_raw
from callmend.languages.python.scopes import Definition
from callmend.reasons import Reason
from callmend.targets.python_edits import Editor


def drop_default_beta(
    program: Program, request: Request, client: Client, editor: Editor
) -> Iterator[tuple[cst.CSTNode, str]]:
    """Take the beta header away from a session, or from one request of it where others need it.

    Returns:
        What is told, each with its place.

    Raises:
        RefusedError: other requests need it, and the library sends it with each of them.
    """
    tree = program.tree
    shown = tree.show(request.call.func)
    refused = RefusedError(
        Reason.HEADERS_NOT_UNDERSTOOD, f"`{shown}` sends OpenAI-Beta with every request"
    )
    setters = [node for name, node in program.clients.defaults(client) if name == "openai-beta"]
    if all(_is_made_up(program, node) for node in setters) or _is_alone(program, client):
        for node in setters:
            _take_away(program, node, editor, refused)
            yield node, f"the header OpenAI-Beta was {tree.source(_value(node))}"
        return
    if client.library is not Library.REQUESTS:
        raise refused
    # requests sends no header whose value is None.
    name = editor.quoted("OpenAI-Beta")
    given = next((a for a in request.call.args if _is_named(a, "headers")), None)
    if given is None:
        editor.add_argument(f"headers={{{name}: None}}")
    else:
        source = tree.source(given.value)
        editor.replace(given.value, f"{{**{source}, {name}: None}}")
    yield request.call, f"`{shown}` leaves out the header OpenAI-Beta, which others go on sending"


def _value(node: cst.CSTNode) -> cst.BaseExpression:
    """The value of a header's element or assignment."""
    return node.value if isinstance(node, (cst.Assign, cst.DictElement)) else cst.Name("None")


def _is_named(arg: cst.Arg, name: str) -> bool:
    return arg.keyword is not None and arg.keyword.value == name


def _is_made_up(program: Program, node: cst.CSTNode) -> bool:
    """Whether a beta header names workflows, for which there never was one."""
    return "workflow" in (program.resolver.text(_value(node)) or "")


def _is_alone(program: Program, client: Client) -> bool:
    """Whether all that the file sends by a session goes to endpoints that never existed."""
    if client.receiver is None:
        return False
    receiver = program.tree.source(client.receiver)
    dead = [request.call for request in program.requests if not is_raw(request)]
    for node in program.tree.nodes:
        other = program.clients.of(node) if isinstance(node, cst.Call) else None
        if other is None or other.function or other.receiver is None:
            continue
        same = other.maker is client.maker or program.tree.source(other.receiver) == receiver
        if same and not any(node is call for call in dead):
            return False
    return True


def _take_away(program: Program, node: cst.CSTNode, editor: Editor, refused: RefusedError) -> None:
    """Take out what sets the header, with the statement where it sets no other."""
    tree = program.tree
    if isinstance(node, cst.Assign) and len(node.targets) == 1:
        editor.take_out(node)
        return
    around = tree.parent(node)
    arg = None if around is None else tree.parent(around)
    if not isinstance(node, cst.DictElement) or not isinstance(around, cst.Dict):
        raise refused
    if isinstance(arg, cst.Assign) and isinstance(arg.targets[0].target, cst.Name):
        name, is_made_up = arg.targets[0].target.value, _is_made_up(program, node)
        if not _is_for_one(program, arg, name, is_made_up=is_made_up):
            raise refused  # a dict with a name may be given to others too
        editor.remove_element(around, node)
        return
    if not isinstance(arg, (cst.Arg, cst.Assign)):
        raise refused
    call = tree.parent(arg)
    statement = None if call is None else tree.parent(call)
    if len(around.elements) == 1 and isinstance(statement, cst.Expr):
        editor.take_out(statement)
    else:
        editor.remove_element(around, node)


def _is_for_one(program: Program, made: cst.Assign, name: str, *, is_made_up: bool) -> bool:
    """Whether a dict of headers is given to one call, and nothing else.

    One of the whole file may be imported by others: what it sends for no endpoint at all can go.
    """
    if len(made.targets) != 1:
        return False
    if program.tree.function_of(made) is program.tree.module:
        uses = program.scopes.uses(name)
        one = len(uses) == 1 and len(program.flow.every(name, made)) == 1
        return is_made_up and one and isinstance(program.tree.parent(uses[0]), cst.Arg)
    mine, maybe = program.flow.uses(Definition(name, made, made.value))
    return len(mine) == 1 and not maybe and isinstance(program.tree.parent(mine[0]), cst.Arg)
