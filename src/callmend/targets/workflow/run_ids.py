"""Which argument of a made-up `retrieve` is the run's id, and which the workflow's."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.effects import has_effects
from callmend.languages.ecmascript.members import member_key
from callmend.languages.ecmascript.objects import object_behind
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import items, key_name, member_value, text, unwrapped

_RUN_IDS = frozenset({b"id", b"run_id", b"runId"})
_WORKFLOW_IDS = frozenset({b"version", b"workflow_id", b"workflowId"})


def run_id_given(program: Program, given: list[Node]) -> Node | None:
    """The run's id: `retrieve(run.id)`, `retrieve({ run_id: run.id, workflow_id: id })`.

    Also `retrieve(workflowId, run.id)` and `retrieve(run.id, { workflow_id: id })`.
    """
    if len(given) == 1:
        return _sole_run_id(program, given[0])
    if len(given) != 2:
        return None
    first, second = given
    if unwrapped(second).type == "object":
        members = items(unwrapped(second))
        named = members and {key_name(member) for member in members} <= _WORKFLOW_IDS
        effects = any(has_effects(member_value(member)) for member in members)
        return _sole_run_id(program, first) if named and not effects else None
    found, other = (first, second) if _names_a_workflow(second) else (second, first)
    if _names_a_workflow(found) or not _names_a_workflow(other) or has_effects(other):
        return None
    return found if object_behind(program.scopes, found) is None else None


def _names_a_workflow(node: Node) -> bool:
    """Whether an argument says that it is a workflow's id: `workflowId`, `'wf_...'`."""
    inner = unwrapped(node)
    if inner.type == "string":
        return text(inner)[1:].startswith(b"wf_")
    name = text(inner) if inner.type == "identifier" else member_key(inner) or b""
    return b"workflow" in name.lower() and b"run" not in name.lower()


def _sole_run_id(program: Program, asked: Node) -> Node | None:
    """The run's id of one argument, which is it or an object with it."""
    if unwrapped(asked).type != "object":
        return asked if object_behind(program.scopes, asked) is None else None
    members = {key_name(member): member for member in items(unwrapped(asked))}
    ids = [name for name in members if name in _RUN_IDS]
    if len(ids) != 1 or not set(members) <= _RUN_IDS | _WORKFLOW_IDS:
        return None
    others = [member_value(members[name]) for name in members if name != ids[0]]
    return None if any(map(has_effects, others)) else member_value(members[ids[0]])
