"""What a file's calls come to, whatever its language: findings, edits, and facts to verify."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from callmend.edits import Edit, Span
from callmend.endpoints import Endpoint, catalogue
from callmend.findings import Bucket, Diagnostic, Finding
from callmend.origins import Origin
from callmend.reasons import Reason
from callmend.records import record
from callmend.settings import Settings
from callmend.source import SourceFile
from callmend.targets.plans import Plan
from callmend.verify import Facts

#: The name that a function at the end of the file declares.
_DECLARED = re.compile(rb"^(?:async )?function\*? *([\w$]+)", re.MULTILINE)


@record(frozen=True, slots=True)
class Planned:
    """What a file's calls come to, before anything is applied or verified."""

    findings: tuple[Finding, ...]
    diagnostics: tuple[Diagnostic, ...]
    edits: tuple[Edit, ...]
    facts: Facts
    superseded: frozenset[bytes]
    origins: tuple[Origin, ...] = ()

    def withheld(self) -> Planned:
        """The same with nothing rewritten, as the file has syntax errors."""
        known = {endpoint.id: endpoint for endpoint in catalogue()}
        findings = tuple(
            left(known[finding.endpoint], finding.span, Reason.SYNTAX_ERROR, "")
            if finding.bucket is Bucket.MIGRATED
            else finding
            for finding in self.findings
        )
        return replace(self, findings=findings, edits=(), origins=())


def at_the_end(source: SourceFile, functions: Iterable[bytes]) -> Iterator[Edit]:
    """The edit that writes functions at the end of a file; each name stands for one function."""
    named: dict[bytes, bytes] = {}
    for function in functions:
        head = _DECLARED.search(function)
        named.setdefault(function if head is None else head[1], function)
    if not named:
        return
    end = len(source.data)
    eol = source.eol_at(end)
    if source.data.endswith(b"\n"):
        yield Edit(end, end, b"".join(eol + function + eol for function in named.values()))
    else:
        yield Edit(end, end, b"".join(eol + eol + function for function in named.values()))


def left(endpoint: Endpoint, where: Span, reason: Reason, detail: str) -> Finding:
    """A finding for a call that is left."""
    return Finding(
        rule=endpoint.rule,
        endpoint=endpoint.id,
        span=where,
        bucket=Bucket.LEFT,
        message=endpoint.summary,
        reason=reason,
        detail=detail,
    )


def migrated(endpoint: Endpoint, where: Span, plan: Plan) -> Finding:
    """A finding for a call that a plan rewrites."""
    return Finding(
        rule=endpoint.rule,
        endpoint=endpoint.id,
        span=where,
        bucket=Bucket.MIGRATED,
        message=f"{endpoint.summary}; {plan.message}",
        notes=tuple(dict.fromkeys(plan.notes)),
        edits=plan.edits,
    )


def already(endpoint: Endpoint, where: Span) -> Finding:
    """A finding for a call that needs no rewrite."""
    message = "calls the Assistants API already"
    return Finding(endpoint.rule, endpoint.id, where, Bucket.ALREADY_MIGRATED, message)


def by_bytes(
    file: SourceFile, reason: Reason, settings: Settings, words: Sequence[Span] = ()
) -> Iterator[Finding]:
    """A finding for each dead URL that stands whole in a file that is not parsed.

    ``words`` are known to be no code.
    """
    for endpoint in catalogue():
        if "{}" in endpoint.path or not endpoint.unresolved or not settings.selects(endpoint.rule):
            continue
        needle = f"{endpoint.hosts[0]}{endpoint.path}".encode()
        for found in re.finditer(re.escape(needle), file.data):
            where = Span(*found.span())
            if not any(each.contains(where) for each in words):
                yield left(endpoint, where, reason, "")
                break
