"""Requests of urllib in Python: the `urlopen` that sends one, and the headers it is given later."""

from __future__ import annotations

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.literals import AddedHeader, is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.reasons import Reason
from callmend.records import record


@record(frozen=True, slots=True)
class Opened:
    """The call that sends a request, and the headers that `add_header` gives the request."""

    sender: cst.Call
    headers: tuple[AddedHeader, ...] = ()


def opened_of(program: Program, call: cst.Call) -> Opened:
    """What sends the request that a call of `Request` makes.

    Raises:
        RefusedError: nothing does, or the request is used in another way too.
    """
    tree = program.tree
    parent = tree.parent(call)
    if isinstance(parent, cst.Arg):
        around = tree.parent(parent)
        if isinstance(around, cst.Call) and _is_urlopen(program, around):
            return Opened(around)
    if isinstance(parent, cst.Assign) and len(parent.targets) == 1:
        target = parent.targets[0].target
        if isinstance(target, cst.Name):
            return _of_variable(program, call, Definition(target.value, parent, parent.value))
    raise RefusedError(Reason.UNKNOWN_TRANSPORT, f"`{tree.show(call.func)}`")


def _of_variable(program: Program, call: cst.Call, wanted: Definition) -> Opened:
    tree = program.tree
    every = program.flow.every(wanted.name, call)
    definition = next((d for d in every if d.node is wanted.node), wanted)
    mine, maybe = program.flow.uses(definition)
    if maybe:
        raise RefusedError(Reason.RESPONSE_NOT_BOUND, f"`{wanted.name}`")
    found: list[cst.Call] = []
    headers: list[AddedHeader] = []
    for use in mine:
        parent = tree.parent(use)
        around = None if parent is None else tree.parent(parent)
        added = _added(program, parent, around)
        if isinstance(around, cst.Call) and _is_urlopen(program, around):
            found.append(around)
        elif added is not None and not found:
            headers.append(added)
        elif not is_logged(program, use):
            raise RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, tree.show_line(around or use))
    if len(found) != 1:
        raise RefusedError(Reason.RESPONSE_NOT_BOUND, f"`{wanted.name}`")
    return Opened(found[0], tuple(headers))


def _added(
    program: Program, member: cst.CSTNode | None, call: cst.CSTNode | None
) -> AddedHeader | None:
    """The header that `request.add_header(name, value)` adds, where its name is written out."""
    if not isinstance(member, cst.Attribute) or member.attr.value != "add_header":
        return None
    statement = None if call is None else program.tree.parent(call)
    if not isinstance(call, cst.Call) or not isinstance(statement, cst.Expr):
        return None
    if len(call.args) != 2 or any(arg.star or arg.keyword is not None for arg in call.args):
        return None
    name = program.resolver.text(call.args[0].value)
    return None if name is None else AddedHeader(name, call.args[1].value, statement)


def _is_urlopen(program: Program, call: cst.Call) -> bool:
    return program.scopes.imported(call.func) == "urllib.request.urlopen"


def data_of(program: Program, call: cst.Call) -> cst.Arg | None:
    """The body that `urlopen` is given beside a request without one: `urlopen(request, data)`."""
    if any(_is_data(number, arg) for number, arg in enumerate(call.args)):
        return None
    try:
        sender = opened_of(program, call).sender
    except RefusedError:
        return None
    return next((arg for number, arg in enumerate(sender.args) if _is_data(number, arg)), None)


def _is_data(number: int, arg: cst.Arg) -> bool:
    name = "" if arg.keyword is None else arg.keyword.value
    return not arg.star and (name == "data" or (number == 1 and not name))


def urlopen_arguments(program: Program, call: cst.Call, sender: cst.Call) -> list[cst.Arg]:
    """What `urlopen` is given beside the request and its body.

    Raises:
        RefusedError: it is something else than how to reach the host.
    """
    carried = []
    body = data_of(program, call)
    for number, arg in enumerate(sender.args):
        name = "" if arg.keyword is None else arg.keyword.value
        if number == 0 and not arg.star and name in ("", "url"):
            continue
        if arg is body:
            continue
        if arg.star or name not in ("timeout", "context"):
            raise RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, f"`{program.tree.show(arg)}`")
        carried.append(arg)
    return carried
