"""The engine: `migrate` turns one file's bytes into a Migration. Pure: no disk, no printing."""

from __future__ import annotations

from callmend.edits import OverlapError, apply
from callmend.findings import Bucket, Diagnostic, Finding, Migration
from callmend.rewriting.ecmascript import Planned, facts, find_and_plan
from callmend.settings import Settings
from callmend.source import Language, SourceFile
from callmend.verify import broken_invariant


def migrate(source: bytes, path: str, settings: Settings | None = None) -> Migration:
    """Plan the migration of one file.

    Args:
        source: the file's bytes, of any encoding.
        path: its name; the suffix decides the language, the rest is only repeated.
        settings: what to write; the defaults of a run without flags if None.

    Returns:
        A Migration. ``result`` equals ``source`` where nothing is rewritten, and where the rewrite
        breaks an invariant; the latter is said in ``failure``.
    """
    wanted = settings if settings is not None else Settings()
    file = SourceFile(path, source)
    language = file.language
    if language is None:
        return Migration(path=path, source=source, result=source)
    planned = find_and_plan(file, language, wanted)
    if not planned.edits:
        return _unchanged(file, planned)
    failure = None
    result = source
    try:
        result = apply(source, planned.edits)
    except OverlapError as error:
        failure = str(error)
    if failure is None:
        failure = _broken(file, language, result, planned, wanted)
    if failure is not None:
        return _unchanged(file, planned, failure)
    return Migration(
        path=path,
        source=source,
        result=result,
        edits=planned.edits,
        findings=planned.findings,
        diagnostics=planned.diagnostics,
        origins=planned.origins,
    )


def _unchanged(file: SourceFile, planned: Planned, failure: str | None = None) -> Migration:
    findings: tuple[Finding, ...] = planned.findings
    diagnostics: tuple[Diagnostic, ...] = planned.diagnostics
    return Migration(
        path=file.path,
        source=file.data,
        result=file.data,
        findings=findings,
        diagnostics=diagnostics,
        failure=failure,
        origins=planned.origins,
    )


def _broken(
    file: SourceFile, language: Language, result: bytes, planned: Planned, settings: Settings
) -> str | None:
    after = SourceFile(file.path, result)
    program, new_facts = facts(after, language)
    broken = broken_invariant(
        file.data, result, planned.edits, planned.facts, new_facts, planned.superseded
    )
    if broken is not None:
        return broken
    again = find_and_plan(after, language, settings, program)
    if any(finding.bucket is Bucket.MIGRATED for finding in again.findings):
        return "a second run on the result would change it again"
    return None
