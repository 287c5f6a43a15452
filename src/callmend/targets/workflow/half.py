"""Polling in the file: of the dead run, and of the live one where a call is half migrated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.answer import AnswerReader
from callmend.languages.ecmascript.bodies import Bodies
from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.flow import Flow
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import field, is_inside, items, show_line, text
from callmend.languages.ecmascript.values import HOLE
from callmend.reasons import Reason
from callmend.targets.workflow.site import Site

_POLLED = re.compile(rf"/threads/{HOLE}+/(?:runs/{HOLE}+|messages)(?:[?#]|$)")
_MOST_STEPS = 8


def polling_requests(site: Site) -> list[Request]:
    """The requests of this file for a dead run."""
    return [r for r in site.program.requests if r.endpoint.asks_for_a_run]


def refuse_polling(site: Site) -> None:
    """Refuse to read an answer in place where the file asks for the run again.

    Raises:
        RefusedError: it does.
    """
    for request in polling_requests(site):
        detail = show_line(request.call)
        raise RefusedError(Reason.OWN_POLLING, detail)


def polls_a_run(program: Program, request: Request, flow: Flow) -> bool:
    """Whether the request's function asks for the run that this request started.

    The thread's and the run's ids have to come from this request's answer.

    Raises:
        RefusedError: a run is asked for whose ids come from no request of this file.
    """
    strange: Node | None = None
    for call, url in _polls(program, request):
        names = set(_sources(program, url))
        if names & _answers(flow) and flow.serves_us(call, flow.response()):
            return True
        others = (Flow(program.tree, program.scopes, r.call) for r in program.requests)
        if not any(names & _answers(other) for other in others):
            strange = call
    if strange is not None:
        detail = f"{show_line(strange)} asks for a run that this answer did not start"
        raise RefusedError(Reason.HALF_MIGRATED, detail)
    return False


def _polls(program: Program, request: Request) -> Iterator[tuple[Node, Node]]:
    """The calls behind the request that are given a run's or its thread's URL, and that URL."""
    function = program.tree.function_of(request.call)
    for call in program.tree.calls:
        given = items(field(call, "arguments") or call)
        if call.type != "call_expression" or not given or not is_inside(call, function):
            continue
        if call.start_byte <= request.call.start_byte:
            continue
        if any(_POLLED.search(url) for url in program.resolver.value(given[0]).texts):
            yield call, given[0]


def _answers(flow: Flow) -> set[tuple[bytes, int]]:
    """The variables that hold a request's response or its parsed answer."""
    try:
        response = flow.response()
    except RefusedError:
        return set()
    found = {_variable(flow, response.node)}
    # What was found before a refusal is right, and what is missing leaves the call.
    with suppress(RefusedError):
        for bound in Bodies(flow).of(response):
            found.add(_variable(flow, bound.node))
    return found


def _variable(flow: Flow, name: Node) -> tuple[bytes, int]:
    binding = flow.scopes.binding(name)
    return text(name), -1 if binding is None else binding.name_node.start_byte


def _sources(program: Program, expression: Node) -> Iterator[tuple[bytes, int]]:
    """The variables that an expression is made from, through the declarations of this file."""
    waiting = [(expression, 0)]
    while waiting:
        node, depth = waiting.pop()
        for name in program.scopes.names_in(node):
            binding = program.scopes.binding(name)
            yield text(name), -1 if binding is None else binding.name_node.start_byte
            value = None if binding is None else field(binding.declarator, "value")
            if value is not None and depth < _MOST_STEPS:
                waiting.append((value, depth + 1))


def reads_the_dead_answer(flow: Flow) -> bool:
    """Whether `output` is read from a variable that holds this request's answer."""
    try:
        return AnswerReader(flow).reads_member(flow.response(), b"output")
    except RefusedError:
        return False
