"""The engine: `migrate` turns one file's bytes into a Migration. Pure: no disk, no printing."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

from callmend.edits import apply
from callmend.errors import described
from callmend.findings import Bucket, Migration
from callmend.languages.python.mentions import may_call
from callmend.rewriting.planned import Planned
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
        breaks an invariant; the latter is said in ``failure``, as is an error that was raised on
        the way. Nothing is raised.
    """
    wanted = settings if settings is not None else Settings()
    file = SourceFile(path, source)
    unchanged = Migration(path=path, source=source, result=source)
    if file.language is None or (file.language is Language.PYTHON and not may_call(source)):
        return unchanged
    try:
        planned = _rewriting(file.language).find_and_plan(file, file.language, wanted)
    except Exception as error:  # noqa: BLE001  # whatever a target does wrong, the file is whole
        return unchanged.failed(described(error))
    migration = replace(
        unchanged,
        edits=planned.edits,
        findings=planned.findings,
        diagnostics=planned.diagnostics,
        origins=planned.origins,
    )
    if not planned.edits:
        return migration
    try:
        result = apply(source, planned.edits)
        broken = _broken(file, file.language, result, planned, wanted)
    except ValueError as error:  # edits that overlap, or reach beyond the file
        broken = str(error)
    except Exception as error:  # noqa: BLE001  # the second plan, on the result
        broken = described(error)
    return migration.failed(broken) if broken is not None else replace(migration, result=result)


def _rewriting(language: Language) -> ModuleType:
    """The module that rewrites files of a language; its parser is imported with it."""
    if language is Language.PYTHON:
        from callmend.rewriting import python  # noqa: PLC0415  # LibCST, for such a file only

        return python
    from callmend.rewriting import ecmascript  # noqa: PLC0415  # tree-sitter, likewise

    return ecmascript


def _broken(
    file: SourceFile, language: Language, result: bytes, planned: Planned, settings: Settings
) -> str | None:
    after = SourceFile(file.path, result)
    rewriting = _rewriting(language)
    program, new_facts = rewriting.facts(after, language)
    broken = broken_invariant(
        file.data, result, planned.edits, planned.facts, new_facts, planned.superseded
    )
    if broken is not None:
        return broken
    again = rewriting.find_and_plan(after, language, settings, program)
    if any(finding.bucket is Bucket.MIGRATED for finding in again.findings):
        return "a second run on the result would change it again"
    return None
