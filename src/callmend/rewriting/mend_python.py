"""Wrong calls of the Responses API in a Python file: each into its bucket, with its edits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import libcst as cst

from callmend.calls import RefusedError
from callmend.edits import Span
from callmend.endpoints import catalogue
from callmend.findings import Bucket, Finding
from callmend.languages.python.program import Program
from callmend.languages.python.wrong import WrongCall, find_wrong
from callmend.reasons import Reason
from callmend.rewriting.planned import left
from callmend.settings import Settings
from callmend.targets.python_reading import Names
from callmend.targets.responses.mend_python import Mending, function, function_name

_ID = "wrong-responses"
_TARGET = "responses"


class Mended:
    """The wrong calls of one file."""

    def __init__(
        self, program: Program, settings: Settings, obstacle: Reason | None, names: Names
    ) -> None:
        self._program = program
        self._settings = settings
        self._obstacle = obstacle
        self._names = names
        self._name = function_name(program)
        #: By a finding's span the first reading that calls the function.
        self._calling: dict[Span, cst.CSTNode] = {}

    def findings(self) -> Iterator[Finding]:
        """The findings of all wrong calls, with their edits but without the function."""
        endpoint = next(each for each in catalogue() if each.id == _ID)
        if not self._settings.selects(endpoint.rule):
            return
        for wrong in find_wrong(self._program):
            where = self._program.tree.span(wrong.call)
            before = list(self._names.modules)
            try:
                _check(wrong, self._settings, self._obstacle)
                mending = Mending(
                    self._program, wrong, endpoint, self._settings, self._names, self._name
                )
                plan = mending.plan()
            except RefusedError as refused:
                self._names.modules[:] = before
                yield left(endpoint, where, refused.reason, refused.detail)
                continue
            if mending.calls_function:
                order = self._program.tree.order
                self._calling[where] = min((r.node for r in wrong.dead), key=order)
            yield Finding(
                rule=endpoint.rule,
                endpoint=endpoint.id,
                span=where,
                bucket=Bucket.MIGRATED,
                message=f"{endpoint.summary}{plan.message}",
                notes=plan.notes,
                edits=plan.edits,
            )

    def with_function(self, findings: list[Finding]) -> list[Finding]:
        """The findings with the function that the mended calls need; the first of them has it."""
        calling = [
            number
            for number, finding in enumerate(findings)
            if finding.bucket is Bucket.MIGRATED and finding.span in self._calling
        ]
        if not calling:
            return findings
        order = self._program.tree.order
        first = min((self._calling[findings[n].span] for n in calling), key=order)
        owner = findings[calling[0]]
        edits = sorted([*owner.edits, function(self._program, self._name, first)])
        found = list(findings)
        found[calling[0]] = replace(owner, edits=tuple(edits))
        return found


def _check(wrong: WrongCall, settings: Settings, obstacle: Reason | None) -> None:
    """Refuse what is not to be mended.

    Raises:
        RefusedError: why.
    """
    if obstacle is not None:
        raise RefusedError(obstacle)
    if not wrong.certain:
        raise RefusedError(Reason.URL_NOT_CERTAIN)
    if settings.target != _TARGET:
        raise RefusedError(Reason.OTHER_TARGET)
