"""A call that gives the answer's object itself: what is asked, and the shape it is read in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from tree_sitter import Node

from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.answer_fields import answer_shape
from callmend.languages.ecmascript.readings import Readings, What
from callmend.languages.ecmascript.rehearsal import Rehearsal
from callmend.languages.ecmascript.shapes import Shape
from callmend.languages.ecmascript.tree import (
    BLOCKS,
    FUNCTIONS,
    ancestors_of,
    field,
    is_inside,
    show,
    span,
    start_of_call,
    unwrapped,
)
from callmend.records import record
from callmend.targets.plans import Plan
from callmend.targets.workflow.adapt import Form, as_code, body_edit, template_for
from callmend.targets.workflow.functions import BASE_URL, HelperFunction
from callmend.targets.workflow.limits import Limit
from callmend.targets.workflow.pathid import said_at
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.told import Told, gives, told_notes


@record(frozen=True, slots=True)
class Value(Told):
    """A call, what its body says, and the shape in which its answer is read.

    ``again`` are the calls that ask for the same answer once more, and ``asks`` the conditions
    on the status of a run.
    """

    shape: Shape
    again: tuple[Node, ...]
    asks: tuple[Node, ...]


def read_value(
    site: Site,
    body: Node,
    readings: Readings,
    again: Sequence[Node] = (),
    variable: Node | None = None,
    nodes: Collection[int] = (),
) -> Value:
    """The facts of a call; ``readings`` are those of all its answers.

    ``variable`` is what is read in place of the body, where that stays for other uses. ``nodes``
    are the ids of what else only asks for the answer once more.

    Raises:
        RefusedError: what is asked or what is read cannot be followed.
    """
    said = said_at(site, body, variable)
    asked = Rehearsal(
        site.program, site.request.call, site.settings.target, What.BODY, tuple(again)
    )
    polls = {*nodes, *(node.id for node in again)}
    shape = answer_shape(readings, site.program, polls, asked)
    return Value(site, said, shape, tuple(again), tuple(_asked_for_a_failure(readings)))


def _asked_for_a_failure(readings: Readings) -> Iterator[Node]:
    """The conditions on a run's status, `if (run.status === 'failed')`, each by its first one."""
    for path in readings.paths:
        if path.names != (b"status",):
            continue
        for parent in ancestors_of(path.node):
            if parent.type in FUNCTIONS or parent.type in BLOCKS:
                break
            if parent.type == "if_statement":
                condition = field(parent, "condition")
                if condition is not None and is_inside(path.node, condition):
                    yield unwrapped(condition)
                break


def value_plan(
    known: Value,
    form: Form,
    template: str,
    given: Sequence[bytes],
    start: bytes | None = None,
    limits: Sequence[Limit] = (),
) -> Plan:
    """The edits of the body literal and around the calls, without what sends the request.

    ``given`` are the function's further arguments for each call, each with the comma in front;
    ``start`` is what starts the URLs that it asks for, as in a template string, where that is a
    setting. ``limits`` are those of each call, which the requests behind it get too.

    Raises:
        RefusedError: a comment would be lost, or a name is another one at the end of the file.
    """
    site = known.site
    call = site.request.call
    edits = [body_edit(known, form.members)]
    stops = [limit.argument for limit in limits] or [b""] * len(given)
    written = template_for(site, template, known.shape, stopped=any(stops))
    identity = form.identity if known.again else form.live + b".id"
    based = start is not None and BASE_URL in written.metavariables()
    code = known.shape.given(form.live, identity)
    function = HelperFunction(site, written, code, based=based, stopped=any(stops))
    base = written.functions()[0]
    name = function.name(base)
    base_url = b""
    if start is not None and based:
        quote = site.style.quote
        base_url = b", " + (as_code(start) if b"${" in start else quote + start + quote)
    for node, more, stop in zip((call, *known.again), given, stops, strict=True):
        at = start_of_call(node)
        edits.append(Edit(at, at, name + b"("))
        edits.append(Edit(node.end_byte, node.end_byte, more + base_url + stop + b")"))
    notes = told_notes(known, form.dropped, known.shape)
    shown = f"the answer goes through `{name.decode()}`, which gives {gives(known.shape)}"
    notes.append(Note(span(call), shown, always=True))
    notes += [
        Note(span(node), f"a failed run is thrown, before `{show(node)}` is asked", always=True)
        for node in dict.fromkeys(known.asks)
    ]
    notes += [note for limit in limits for note in limit.notes]
    edits += [edit for limit in limits for edit in limit.edits]
    appended = function.appended(base, name)
    return Plan(tuple(edits), "", tuple(notes), appended, form.gone)
