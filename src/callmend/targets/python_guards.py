"""Questions of a Python file whether OpenAI's client has a method that was made up."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.findings import Note
from callmend.languages.python.program import Program
from callmend.languages.python.sdk import SdkCall
from callmend.targets.python_edits import Change, Editor

_MADE_UP = "workflows"


def guards_of(
    program: Program, call: SdkCall, every: Sequence[SdkCall], editor: Editor, method: str
) -> tuple[list[Change], list[Note]]:
    """The changes after which a file asks for what is called now, and what is told of that.

    `if hasattr(client, "workflows"):` around the call never held, so that it never ran. Where the
    file has other such calls, which may be left, or asks `hasattr(client.workflows, "runs")`, which
    raises where there is no such member, the question stays as it is.
    """
    tree = program.tree
    client = tree.source(call.client)
    alone = sum(other.made_up and other.starts_a_run for other in every) == 1
    alone = alone and not any(_asks_further(program, node, client) for node in tree.nodes)
    name = method.split(".", maxsplit=1)[0]
    changes: list[Change] = []
    notes: list[Note] = []
    for node in tree.every(cst.Call):
        if not isinstance(node.func, cst.Name):
            continue
        if node.func.value != "hasattr" or len(node.args) != 2:
            continue
        of, word = (arg.value for arg in node.args)
        if not isinstance(word, cst.SimpleString) or word.evaluated_value != _MADE_UP:
            continue
        beta = tree.source(of) == f"{client}.beta"
        if not beta and tree.source(of) != client:
            continue
        shown = f"`{tree.show(node)}`"
        if not alone:
            told = f"{shown} never holds, so that what it asks for does not run: take it away"
            notes.append(Note(tree.span(node), told, always=True))
            continue
        changes.append(Change(*tree.chars(word), editor.quoted(name, tree.source(word))))
        if beta:
            changes.append(Change(*tree.chars(of), client))
        told = f"{shown} never held: what was done without it is not done now"
        notes.append(Note(tree.span(node), told, always=True))
    return changes, notes


def _asks_further(program: Program, node: cst.CSTNode, client: str) -> bool:
    """`client.workflows` that is an argument, such as of another `hasattr`."""
    tree = program.tree
    return (
        isinstance(node, cst.Attribute)
        and node.attr.value == _MADE_UP
        and tree.source(node.value) in (client, f"{client}.beta")
        and _is_in_an_argument(program, node)
    )


def _is_in_an_argument(program: Program, node: cst.CSTNode) -> bool:
    """`hasattr(client.workflows.runs, "create")`."""
    for parent in program.tree.ancestors(node):
        if not isinstance(parent, cst.Attribute):
            return isinstance(parent, cst.Arg)
    return False
