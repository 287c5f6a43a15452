"""What a function of the file does with the body that it is given, beside sending it.

The live body has other members, which the function must do the same with: a check for one that is
not there any more would throw at each call.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.ecmascript.bodies import writes_a_log
from callmend.languages.ecmascript.elements import MEMBERS
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.sources import parameters
from callmend.languages.ecmascript.tree import (
    Tree,
    called,
    field,
    is_inside,
    items,
    key_name,
    member_value,
    show,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.source import Language
from callmend.targets.workflow.helped_reads import Given, Reads
from callmend.targets.workflow.posted import Sent
from callmend.targets.workflow.site import Site

#: Stands for a text that is not known, as the program gets it.
_SOME_TEXT = "some text"
_LITERALS: dict[str, Any] = {"true": True, "false": False, "null": None}


def body_notes(
    site: Site, helper: Sent, body: Node, name: Node | None, members: tuple[bytes, ...]
) -> list[Note]:
    """What is told of a function that is given another body.

    ``body`` is the old one's literal, ``name`` the variable that holds it, where it stays, and
    ``members`` are the new one's.

    Raises:
        RefusedError: the function may do something else with the other body.
    """
    call = site.request.call
    given = items(field(call, "arguments") or call)
    place = body if name is None else name
    names = [parameter.name for parameter in parameters(helper.function)]
    at = next((n for n, node in enumerate(given) if is_inside(place, node)), len(names))
    parameter = names[at] if at < len(names) else None
    binding = None if parameter is None else site.program.scopes.binding(parameter)
    if binding is None:
        return []
    if unwrapped(given[at]) != place:
        _check_options(site, helper, binding)
        return []
    new = _parsed(b"{ " + b", ".join(members) + b" }")
    shared = {text(node) for node in _inside(body)} & {text(node) for node in _inside(new)}
    empties: tuple[set[bytes], ...] = (set(), shared)
    olds = [_value(body, empty) for empty in empties]
    news = [_value(new, empty) for empty in empties]
    both = Given(binding, olds, news, "the live body", Reason.BODY_SHARED)
    reads = Reads(site, helper, both, helper.sent)
    reads.check()
    return reads.notes


def _check_options(site: Site, helper: Sent, options: Binding) -> None:
    """Refuse a function that takes apart the body among the options that it is given.

    Raises:
        RefusedError: naming what it does: `init.body.includes('workflow_id')`.
    """
    tree = site.program.tree
    for use in options.references:
        member = use.parent
        if member is None or text_of(member, "property") != b"body" or is_inside(use, helper.sent):
            continue
        node, around = tree.outer(member)
        call = None if around is None else tree.parent(around)
        if around is None or around.type not in (*MEMBERS, "arguments") or call is None:
            continue
        if around.type == "arguments":
            plain = text_of(call, "function") == b"JSON.stringify" or writes_a_log(call)
        else:
            plain = field(around, "object") != node
        if not plain:
            detail = f"in `{show(called(site.request.call))}`, `{show(around)}`"
            raise RefusedError(Reason.BODY_SHARED, f"{detail} may be another thing")


def _parsed(code: bytes) -> Node:
    """The object literal that is written."""
    root = Tree(b"(" + code + b")", Language.TYPESCRIPT).root
    return next(node for node in _inside(root) if node.type == "object")


def _inside(node: Node) -> list[Node]:
    found = [node]
    for each in found:
        found += each.named_children
    return found


def _value(node: Node, empty: Collection[bytes]) -> Any:
    """A literal as the interpreter has it, with texts for what is not known.

    ``empty`` is the code of what is an empty text.
    """
    inner = unwrapped(node)
    if inner.type == "object":
        return {
            (key_name(member) or b"").decode("utf-8", "replace"): _value(
                member_value(member), empty
            )
            for member in items(inner)
            if member.type != "spread_element"
        }
    if inner.type == "array":
        return [_value(each, empty) for each in items(inner)]
    if inner.type == "number" and text(inner).isdigit():
        return int(text(inner))
    if inner.type == "string":
        return text(inner)[1:-1].decode("utf-8", "replace")
    unknown = "" if text(inner) in empty else _SOME_TEXT
    return _LITERALS.get(inner.type, unknown)
