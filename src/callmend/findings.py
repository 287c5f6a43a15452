"""The outcome of one file: findings in closed buckets, remarks, and the edits they ask for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from callmend.edits import Edit, Span
from callmend.origins import Origin
from callmend.reasons import Reason


class Bucket(Enum):
    """Where a dead call ends; each ends in exactly one.

    FAILED is callmend's own bug: the planned rewrite broke an invariant and was not made.
    """

    MIGRATED = "migrated"
    ALREADY_MIGRATED = "already-migrated"
    LEFT = "left"
    IGNORED = "ignored"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reviewer should know about a rewrite; span is in the old bytes.

    ``always`` marks a decision that is shown in every summary, not only where notes are asked for.
    """

    span: Span
    text: str
    always: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One dead call and what becomes of it.

    ``rule`` is the rule's code (``CM101``), ``endpoint`` the catalogue's id. ``span`` is the call
    (or, in a file that is not parsed, the URL) in the old bytes. ``reason`` is set exactly when the
    bucket is LEFT; ``detail`` then names what was met (the expression and its line).
    ``edits`` are this finding's own share of the file's edits, empty unless MIGRATED.
    """

    rule: str
    endpoint: str
    span: Span
    bucket: Bucket
    message: str
    reason: Reason | None = None
    detail: str = ""
    notes: tuple[Note, ...] = ()
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A remark on a file that is no dead call: an unused ``callmend-ignore``, say."""

    code: str
    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Migration:
    """What `migrate` makes of one file: old and new bytes, and every finding.

    ``result == source`` unless a finding is MIGRATED or markers change. ``failure`` is None, or one
    line that says which invariant the planned rewrite broke: callmend's own bug, and then
    ``result == source``.
    ``origins`` tell where the migrated calls take the assistant's id from. ``marked`` counts the
    markers that are put or changed.
    """

    path: str
    source: bytes
    result: bytes
    edits: tuple[Edit, ...] = ()
    findings: tuple[Finding, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    failure: str | None = None
    origins: tuple[Origin, ...] = ()
    marked: int = 0

    def line(self, offset: int) -> int:
        """The 1-based line of a byte offset in the old bytes."""
        return self.source.count(b"\n", 0, offset) + 1

    @property
    def changed(self) -> bool:
        """Whether the file would be written."""
        return self.result != self.source

    def failed(self, why: str) -> Migration:
        """This migration given up: nothing changes, and what was to be migrated has FAILED."""
        findings = tuple(
            replace(finding, bucket=Bucket.FAILED, notes=(), edits=())
            if finding.bucket is Bucket.MIGRATED
            else finding
            for finding in self.findings
        )
        return replace(self, result=self.source, edits=(), findings=findings, failure=why, marked=0)
