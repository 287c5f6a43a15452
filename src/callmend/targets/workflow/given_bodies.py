"""A body that the function around a request is given, whose literal stands at its only call."""

from __future__ import annotations

from callmend.calls import RefusedError
from callmend.languages.ecmascript.inputs import InputReader, Said
from callmend.languages.ecmascript.objects import object_behind
from callmend.languages.ecmascript.request import Envelope, RequestReader
from callmend.languages.ecmascript.request_objects import given_to
from callmend.languages.ecmascript.scopes import Kind
from callmend.languages.ecmascript.streams_callers import only_caller
from callmend.languages.ecmascript.tree import field, items, key_name, member_value, unwrapped
from callmend.targets.workflow.posted import Sent, as_json, posted
from callmend.targets.workflow.site import Site


def given_body(site: Site, refused: RefusedError) -> tuple[Envelope, Said]:
    """What is sent, and what the body says that the only call of the function gives it.

    Raises:
        RefusedError: ``refused`` itself, where the body is no such parameter.
    """
    program, call = site.program, site.request.call
    function = program.tree.function_of(call)
    asking = only_caller(program, function)
    if asking is None or not _is_given(site):
        raise refused
    body, variable = posted(program, Sent(function, call), asking)
    options = object_behind(program.scopes, given_to(program.scopes, call)[1])
    if options is None or options.shared:
        raise refused
    headers = RequestReader(program.scopes, call).headers_of()
    said = InputReader(program.scopes, asking).read(body, variable=variable)
    return Envelope(options.node, headers, body, (), variable), said


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
