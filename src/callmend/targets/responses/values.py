"""A call that gives the answer's object itself: what is asked, and the shape it is read in."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.inputs import InputReader
from callmend.languages.ecmascript.readings import Readings
from callmend.languages.ecmascript.shapes import shape_of
from callmend.languages.ecmascript.template import load
from callmend.languages.ecmascript.tree import span
from callmend.targets.plans import Plan
from callmend.targets.responses.workflow import form_of, gone_id
from callmend.targets.workflow.adapt import HelperFunction, Told, body_edit, told_notes
from callmend.targets.workflow.site import Site


def value_plan(site: Site, body: Node, readings: Readings, again: Sequence[Node] = ()) -> Plan:
    """The edits of the body literal and around the calls, without what sends the request.

    ``readings`` are those of the site's call and of the calls in ``again``, which ask for the same
    answer once more.

    Raises:
        RefusedError: what is asked or what is read cannot be followed.
    """
    program, call = site.program, site.request.call
    said = InputReader(program.scopes, call).read(body)
    shape = shape_of(readings, program, {node.id for node in again})
    told = Told(site, said)
    form, notes = form_of(told)
    edits = [body_edit(told, form.members)]

    template = load(form.target, "adapter-sdk.ts")
    site.names.check_globals(template, program.tree.root)
    function = HelperFunction(site, template, shape.code(form.live, form.identity))
    base = template.functions()[0]
    name = function.name(base)
    for node in (call, *again):
        edits.append(Edit(node.start_byte, node.start_byte, name + b"("))
        edits.append(Edit(node.end_byte, node.end_byte, b")"))

    notes += told_notes(told, form.dropped, shape)
    shown = f"the answer goes through `{name.decode()}`, which gives its text as `{shape.shown}`"
    notes.append(Note(span(call), shown, always=True))
    appended = function.appended(base, name)
    return Plan(tuple(edits), "", tuple(notes), appended, gone_id(said.workflow_id))
