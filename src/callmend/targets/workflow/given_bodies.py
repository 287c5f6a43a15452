"""A body that the function around a request is given, whose literals stand at its calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from callmend.calls import RefusedError
from callmend.languages.ecmascript.inputs import InputReader, Said
from callmend.languages.ecmascript.objects import object_behind
from callmend.languages.ecmascript.request import Envelope, RequestReader
from callmend.languages.ecmascript.request_objects import given_to
from callmend.languages.ecmascript.scopes import Kind
from callmend.languages.ecmascript.streams_callers import every_caller
from callmend.languages.ecmascript.tree import field, items, key_name, member_value, unwrapped
from callmend.targets.plans import Plan
from callmend.targets.workflow.adapt import Adapted, Form, body_edit
from callmend.targets.workflow.posted import Sent, as_json, posted
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.told import Told, said_notes


def given_bodies(site: Site, refused: RefusedError) -> tuple[Envelope, tuple[Said, ...]]:
    """What is sent, and what the body says that each call of the function gives it.

    Raises:
        RefusedError: ``refused`` itself, where the body is no such parameter; else what keeps one
            of the bodies from being read.
    """
    program, call = site.program, site.request.call
    function = program.tree.function_of(call)
    callers = every_caller(program, function)
    if not callers or not _is_given(site):
        raise refused
    given = [(asking, *posted(program, Sent(function, call), asking)) for asking in callers]
    options = object_behind(program.scopes, given_to(program.scopes, call)[1])
    if options is None or options.shared or len({body.id for _, body, _ in given}) < len(given):
        raise refused
    headers = RequestReader(program.scopes, call).headers_of()
    said = tuple(
        InputReader(program.scopes, asking).read(body, variable=variable)
        for asking, body, variable in given
    )
    _, body, variable = given[0]
    return Envelope(options.node, headers, body, (), variable), said


def with_further(plan: Plan, known: Adapted, form_of: Callable[[Told], Form]) -> Plan:
    """The plan with the further bodies that the function around the request is given.

    Raises:
        RefusedError: one of them cannot be written.
    """
    edits, notes, gone = [*plan.edits], [*plan.notes], [*plan.gone]
    for said in known.also:
        told = Told(known.site, said)
        form = form_of(told)
        edits.append(body_edit(told, form.members))
        notes += [note for note in said_notes(told, form.dropped) if note not in notes]
        gone += form.gone
    return replace(plan, edits=tuple(sorted(set(edits))), notes=tuple(notes), gone=tuple(gone))


def _is_given(site: Site) -> bool:
    """Whether a parameter is sent as JSON, and is used for nothing else."""
    program, given = site.program, given_to(site.program.scopes, site.request.call)
    options = object_behind(program.scopes, given[1]) if len(given) > 1 else None
    members = [] if options is None else items(options.node)
    holder = next((m for m in members if key_name(m) == b"body"), None)
    sent = None if holder is None else as_json(member_value(holder))
    name = None if sent is None else unwrapped(sent)
    binding = None if name is None else program.scopes.binding(name)
    if name is None or binding is None or binding.writes or binding.kind is not Kind.PARAMETER:
        return False
    declared = (field(binding.declarator, "pattern"), binding.declarator)
    # What else shows it, such as a log, would show the new body.
    return binding.name_node in declared and binding.references == [name]
