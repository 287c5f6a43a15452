"""Wrong calls of the Responses API in a file: each into its bucket, with the plan that mends it."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.endpoints import Endpoint, catalogue
from callmend.findings import Bucket, Finding
from callmend.languages.ecmascript.assistants.client import Owner
from callmend.languages.ecmascript.assistants.flows import OWNERS
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.transports import Transport
from callmend.languages.ecmascript.tree import is_inside, show, show_line, span
from callmend.languages.ecmascript.wrong import WrongCall, find_wrong
from callmend.reasons import Reason
from callmend.rewriting.planned import left
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.responses.mend import plan

_ID = "wrong-responses"
_TARGET = "responses"


def mended(
    program: Program, settings: Settings, names: Names, obstacle: Reason | None
) -> Iterator[tuple[Finding, Plan | None]]:
    """The findings of all wrong calls of the Responses API, each with its plan if it is mended."""
    endpoint = next(each for each in catalogue() if each.id == _ID)
    if not settings.selects(endpoint.rule):
        return
    # A call whose URL may also be a dead one is told once, as that one's.
    told = {r.call.id for r in program.requests if settings.selects(r.endpoint.rule)}
    for wrong in find_wrong(program):
        if wrong.call.id in told:
            continue
        where = span(wrong.call)
        try:
            _check(program, wrong, settings, obstacle)
            done = plan(program, wrong, endpoint, settings, names)
        except RefusedError as refused:
            yield left(endpoint, where, refused.reason, refused.detail), None
            continue
        yield _mended(endpoint, wrong.call, done), done


def _mended(endpoint: Endpoint, call: Node, done: Plan) -> Finding:
    return Finding(
        rule=endpoint.rule,
        endpoint=endpoint.id,
        span=span(call),
        bucket=Bucket.MIGRATED,
        message=f"{endpoint.summary}{done.message}",
        notes=done.notes,
        edits=done.edits,
    )


def _check(program: Program, wrong: WrongCall, settings: Settings, obstacle: Reason | None) -> None:
    """Refuse what is not to be mended, or not certainly a call of OpenAI's own API.

    Raises:
        RefusedError: why.
    """
    if obstacle is not None:
        raise RefusedError(obstacle)
    if wrong.owner is not Owner.OPENAI:
        raise RefusedError(OWNERS[wrong.owner], wrong.client or f"`{show(wrong.call)}`")
    if not wrong.certain:
        raise RefusedError(Reason.URL_NOT_CERTAIN)
    if wrong.transport is Transport.SHADOWED_FETCH:
        raise RefusedError(Reason.FETCH_SHADOWED)
    if not (wrong.transport.is_fetch or wrong.transport is Transport.AXIOS):
        raise RefusedError(Reason.UNKNOWN_TRANSPORT, show_line(wrong.call))
    if settings.target != _TARGET:
        raise RefusedError(Reason.OTHER_TARGET)
    around = program.tree.function_of(wrong.call)
    for error in program.tree.errors():
        top = around == program.tree.root
        inside = program.tree.function_of(error) == around if top else is_inside(error, around)
        if inside or is_inside(wrong.call, error):
            raise RefusedError(Reason.SYNTAX_ERROR, f"in line {error.start_point[0] + 1}")
