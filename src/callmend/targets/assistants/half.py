"""Half-migrated calls: telling the old half from the new one."""

from __future__ import annotations

import re

from callmend.calls import RefusedError
from callmend.languages.ecmascript.answer import AnswerReader
from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.flow import Flow
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import field, is_inside, items
from callmend.languages.ecmascript.values import HOLE

_POLLED = re.compile(rf"/threads/{HOLE}+/(?:runs/{HOLE}+|messages)(?:[?#]|$)")


def polls_a_run(program: Program, request: Request) -> bool:
    """Whether the request's function asks for a run or a thread's messages by their ids."""
    function = program.tree.function_of(request.call)
    for match in program.tree.matches("calls"):
        call = match["call"][0]
        given = items(field(call, "arguments") or call)
        if call.type != "call_expression" or not given or not is_inside(call, function):
            continue
        if call.start_byte <= request.call.start_byte:
            continue
        if any(_POLLED.search(url) for url in program.resolver.value(given[0]).texts):
            return True
    return False


def reads_the_dead_answer(flow: Flow) -> bool:
    """Whether `output` is read from a variable that holds this request's answer."""
    try:
        return AnswerReader(flow).reads_member(flow.response(), b"output")
    except RefusedError:
        return False
