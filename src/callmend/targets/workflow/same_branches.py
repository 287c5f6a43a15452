"""A branch for a made-up method that becomes what the branch in front of it is: it goes.

`if (openai.beta?.workflows?.runs?.create) { ... } else if (openai.workflows?.runs?.create) { ... }`
asks twice for the same live method, and does the same twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tree_sitter import Node

from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import called, descendants, field, span, text, unwrapped
from callmend.targets.plans import Plan
from callmend.targets.workflow.sdk_guards import SdkGuard


def without_same_branch(
    program: Program, call: Node, guards: Sequence[SdkGuard], starts: Sequence[Node], done: Plan
) -> Plan:
    """The plan of a call, or one that takes its branch away where the one in front does the same.

    ``guards`` are the conditions that ask for its method, ``starts`` the file's calls of such.
    """
    branch = next((n for n in program.tree.ancestors(call) if n.type == "if_statement"), None)
    clause = None if branch is None else branch.parent
    first = None if clause is None or clause.type != "else_clause" else clause.parent
    own, other = field(branch, "consequence"), field(first, "consequence")
    condition, before = field(branch, "condition"), field(first, "condition")
    if own is None or other is None or condition is None or before is None:
        return done
    asked = next((guard for guard in guards if guard.node == unwrapped(condition)), None)
    twin = next((start for start in starts if span(other).contains(span(start))), None)
    if asked is None or twin is None or not span(own).contains(span(call)):
        return done
    if _plain(own, call) != _plain(other, twin):
        return done
    if _asked(before) != _asked(condition):
        return done
    if any(node.type == "comment" for node in descendants(clause or own)):
        return done
    line = other.start_point[0] + 1
    told = f"asks the same as the branch in line {line} now, and went with its condition"
    return replace(
        done,
        edits=(Edit(other.end_byte, own.end_byte, b""),),
        message="would ask what the branch in front of it asks now, and this went",
        notes=(Note(span(call), told, always=True),),
        appended=(),
        gone=(condition, own),
        covers=(),
        superseded=(),
        kept=(),
    )


def _asked(condition: Node) -> bytes:
    """The method that a condition asks for, the same behind `beta`."""
    return text(unwrapped(condition)).replace(b"?.", b".").replace(b".beta.", b".")


def _plain(branch: Node, call: Node) -> bytes:
    """A branch's code without the name of the method that it calls."""
    name = called(call)
    at = name.start_byte - branch.start_byte
    code = text(branch)
    return b" ".join((code[:at] + code[at + len(text(name)) :]).split())
