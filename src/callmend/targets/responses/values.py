"""A call that gives the answer's object itself: what is asked, and the shape it is read in."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.effects import has_effects
from callmend.languages.ecmascript.flow import Flow
from callmend.languages.ecmascript.inputs import InputReader, Kind
from callmend.languages.ecmascript.readers import Readings
from callmend.languages.ecmascript.shapes import shape_of
from callmend.languages.ecmascript.template import load
from callmend.languages.ecmascript.tree import show, span
from callmend.targets.plans import Plan
from callmend.targets.responses.choices import choose_instructions, choose_model
from callmend.targets.workflow.adapt import (
    HelperFunction,
    Told,
    as_input,
    body_edit,
    input_code,
    kept_code,
    messages_code,
)
from callmend.targets.workflow.site import Site

TARGET = "responses"
_NOT_SENT = (
    "the workflow's id went: its instructions and tools are not sent any more; give the "
    "instructions with --instructions or write them into the call"
)


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
    model = choose_model(site, Flow(program.tree, program.scopes, call), body)
    instructions = choose_instructions(site)
    members = [b"model: " + model.code.text]
    if instructions is not None:
        members.append(b"instructions: " + instructions.code.text)
    spoken, history = input_code(told)
    if not as_input(said.input):
        spoken = messages_code(told, spoken, history)
    goes = {b"model": b"", **({} if instructions is None else {b"instructions": b""})}
    edits = [body_edit(told, (*members, *kept_code(told, goes), b"input: " + spoken))]

    template = load(TARGET, "adapter-sdk.ts")
    site.names.check_globals(template, program.tree.root)
    function = HelperFunction(site, template, shape.code(b"answered", b"answered.id"))
    base = template.functions()[0]
    name = function.name(base)
    for node in (call, *again):
        edits.append(Edit(node.start_byte, node.start_byte, name + b"("))
        edits.append(Edit(node.end_byte, node.end_byte, b")"))

    where = span(call)
    notes = [Note(where, model.why, always=True)]
    if instructions is None:
        notes.append(Note(where, _NOT_SENT, always=True))
    if said.dropped:
        listed = ", ".join(f"`{show(member)}`" for member in said.dropped)
        notes.append(
            Note(span(said.dropped[0]), f"without a counterpart, and gone: {listed}", always=True)
        )
    if said.input.kind is Kind.JSON:
        notes.append(Note(span(body), "the fields are sent as JSON text", always=True))
    notes += [
        Note(span(path.node), f"`{show(path.node)}` is not in the new answer", always=True)
        for path in shape.missing
    ]
    shown = f"the answer goes through `{name.decode()}`, which gives its text as `{shape.shown}`"
    notes.append(Note(where, shown, always=True))
    gone = () if said.workflow_id is None or has_effects(said.workflow_id) else (said.workflow_id,)
    return Plan(tuple(edits), "", tuple(notes), function.appended(base, name), gone)
