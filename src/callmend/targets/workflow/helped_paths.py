"""What a function of the file does with the path that it is given, beside asking for it.

A live path is another text: the function must do the same with it as with the dead one.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.literal_types import refusing_type
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.sources import parameters
from callmend.languages.ecmascript.tree import (
    called,
    field,
    is_inside,
    items,
    show,
    span,
    unwrapped,
)
from callmend.languages.ecmascript.values import HOLE, Value
from callmend.reasons import Reason
from callmend.records import record
from callmend.targets.workflow.helped_reads import Given, Reads
from callmend.targets.workflow.helped_urls import sending_of
from callmend.targets.workflow.helped_uses import serves_the_dead_alone
from callmend.targets.workflow.posted import Sent
from callmend.targets.workflow.site import Site

#: What an id in a path may be.
_IDS = ("wf_1a2b", "x", "Name-2")
_HOLES = re.compile(rb"\$\{[^{}]*\}")


@record(frozen=True, slots=True)
class PathChange:
    """What else changes where a function is given another path, and what is told of that."""

    edits: tuple[Edit, ...] = ()
    notes: tuple[Note, ...] = ()


def path_change(site: Site, helper: Sent, written: bytes) -> PathChange:
    """What else changes with the literal that is ``written`` as what the function is given.

    Raises:
        RefusedError: the function may do something else with the other path.
    """
    binding = _parameter_of(site, helper)
    if binding is None:
        return PathChange()
    new = _HOLES.sub(HOLE.encode(), written[1:-1]).decode("utf-8", "replace")
    refusing = refusing_type(site.program.scopes, helper.function, binding.name_node, new)
    if refusing is not None:
        detail = f"`{show(binding.name_node)}` of `{show(called(site.request.call))}` is declared"
        shown = show(refusing).removeprefix(":").strip()
        raise RefusedError(Reason.URL_NOT_FOLLOWED, f"{detail} `{shown}`, which has no `{new}`")
    sending = sending_of(site.program, helper)
    url, resolver = sending.url, site.program.resolver
    arguments = items(field(site.request.call, "arguments") or site.request.call)
    given = {**resolver.arguments(helper.function, arguments), id(binding): Value((new,))}
    asked = Value(()) if url is None else resolver.substituted(url, given)
    old = resolver.value(site.request.url).texts
    reads = Reads(
        site,
        helper,
        Given(
            binding,
            [each.replace(HOLE, known) for each in old for known in _IDS],
            [new.replace(HOLE, known) for _ in old for known in _IDS],
            "the live path",
            Reason.URL_NOT_FOLLOWED,
        ),
        helper.sent if url is None else url,
        asked.nodes,
    )
    reads.check()
    behind = {
        whole[whole.rfind(new) + len(new) :] for whole in asked.texts if whole.rfind(new) >= 0
    }
    if url is None or behind <= {""}:
        return PathChange(notes=tuple(reads.notes))
    edit, told = _without_query(site, helper, url, binding)
    return PathChange((edit,), (*reads.notes, told))


def _parameter_of(site: Site, helper: Sent) -> Binding | None:
    """The parameter that is given the call's URL."""
    call = site.request.call
    given = items(field(call, "arguments") or call)
    names = [parameter.name for parameter in parameters(helper.function)]
    at = next((n for n, node in enumerate(given) if is_inside(site.request.url, node)), len(names))
    name = names[at] if at < len(names) else None
    return None if name is None else site.program.scopes.binding(name)


def _without_query(site: Site, helper: Sent, url: Node, binding: Binding) -> tuple[Edit, Note]:
    """The edit that takes away the query that the function puts behind the path.

    Raises:
        RefusedError: other calls have it too, or it is no query, or is put there otherwise.
    """
    written = unwrapped(url)
    if written.type == "identifier":
        written = unwrapped(site.program.resolver.constant(written) or written)
    last = next((n for n in binding.references if is_inside(n, written)), None)
    part = last
    while part is not None and part.parent not in (None, written):
        part = part.parent
    end = written.end_byte - (written.type == "template_string")
    data = site.program.source.data
    query = b"" if part is None else data[part.end_byte : end]
    shown = query.decode("utf-8", "replace")
    plain = written.type == "template_string" and query.startswith(b"?")
    if part is None or not plain or not serves_the_dead_alone(site.program, helper):
        detail = f"in `{show(called(site.request.call))}`, `{show(written)}`"
        raise RefusedError(Reason.URL_NOT_FOLLOWED, f"{detail} has more behind the path")
    told = f"the URL's query has no counterpart and went: `{shown}`"
    return Edit(part.end_byte, end, b""), Note(span(written), told, always=True)
