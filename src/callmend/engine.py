"""The engine: `migrate` turns one file's bytes into a Migration. Pure: no disk, no printing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

from callmend.edits import Edit, apply, compose
from callmend.errors import described
from callmend.findings import Bucket, Migration
from callmend.languages.python.mentions import may_call
from callmend.marks.wording import HINT
from callmend.rewriting.planned import Planned
from callmend.settings import Settings
from callmend.source import Language, SourceFile
from callmend.verify import NEW_ERROR, Facts, broken_invariant


def migrate(
    source: bytes,
    path: str,
    settings: Settings | None = None,
    *,
    line_length: Callable[[], int | None] | None = None,
    read: Callable[[str], bytes | None] | None = None,
) -> Migration:
    """Plan the migration of one file.

    Args:
        source: the file's bytes, of any encoding.
        path: its name; the suffix decides the language, the rest is only repeated.
        settings: what to write; the defaults of a run without flags if None.
        line_length: gives the characters that a line of Python may have, or None: then it is
            guessed from the file. It is called for a Python file that is rewritten.
        read: gives the bytes of another file of the project by its path, or None; a client of
            OpenAI's library is followed to it in TypeScript and JavaScript.

    Returns:
        A Migration. ``result`` equals ``source`` where nothing is rewritten, and where the rewrite
        breaks an invariant; the latter is said in ``failure``, as is an error that was raised on
        the way. Nothing is raised.
    """
    wanted = settings if settings is not None else Settings()
    file = SourceFile(path, source, line_length, read)
    if file.language is None:
        return Migration(path=path, source=source, result=source)
    if not wanted.mark and HINT not in source:
        return _migrated(file, file.language, wanted)[0]
    try:
        return _with_markers(file, file.language, wanted)
    except Exception as error:  # noqa: BLE001  # whatever a marker does wrong, the file is whole
        return Migration(path=path, source=source, result=source).failed(described(error))


def _migrated(
    file: SourceFile, language: Language, settings: Settings
) -> tuple[Migration, Planned | None]:
    """The migration of a file, and what is found in its result; None where that failed."""
    unchanged = Migration(path=file.path, source=file.data, result=file.data)
    if language is Language.PYTHON and not may_call(file.data):
        return unchanged, Planned((), (), (), Facts((), ()), frozenset())
    try:
        planned = _rewriting(language).find_and_plan(file, language, settings)
    except Exception as error:  # noqa: BLE001  # whatever a target does wrong, the file is whole
        return unchanged.failed(described(error)), None
    migration = replace(
        unchanged,
        edits=planned.edits,
        findings=planned.findings,
        diagnostics=planned.diagnostics,
        origins=planned.origins,
    )
    if not planned.edits:
        return migration, planned
    again = None
    try:
        result = apply(file.data, planned.edits)
        broken, again = _broken(file, language, result, planned, settings)
    except ValueError as error:  # edits that overlap, or reach beyond the file
        broken = str(error)
    except Exception as error:  # noqa: BLE001  # the second plan, on the result
        broken = described(error)
    if broken is not None and broken.startswith(NEW_ERROR) and planned.facts.errors:
        # How a parser recovers from an error depends on all that is behind it.
        withheld = planned.withheld()
        return replace(migration, edits=(), findings=withheld.findings, origins=()), withheld
    if broken is not None:
        return migration.failed(broken), None
    return replace(migration, result=result), again


def _with_markers(file: SourceFile, language: Language, settings: Settings) -> Migration:
    """The migration of a file that has markers, or is to get them."""
    from callmend.marks import marking  # noqa: PLC0415  # most files have none

    obstacle = file.obstacle(settings.max_file_size)
    bare = marking.bare(file, readable=obstacle is None)
    plain = file.changed(bare.data)
    migration, found = _migrated(plain, language, settings)
    if found is None:
        return bare.for_the_file(migration, file.data)
    after = file.changed(migration.result)
    before = bare.lines(file.data)
    size = len(plain.data)
    inserted: tuple[Edit, ...] = ()
    if obstacle is None:
        put = settings.mark
        inserted = marking.marks(after, found.findings, migration.edits, before, size, put=put)
    result = apply(after.data, inserted)
    if inserted:
        facts = _rewriting(language).facts
        marked = file.changed(result)
        broken = broken_invariant(
            after.data,
            result,
            inserted,
            facts(after, language)[1],
            facts(marked, language)[1],
            frozenset(),
        )
        if broken is None and marking.bare(marked, readable=True).data != after.data:
            broken = "a marker does not stand where a comment can"
        if broken is not None:
            return bare.for_the_file(migration, file.data).failed(broken)
    planned = compose(migration.edits, inserted, size)
    edits = compose(bare.edits, planned, len(file.data))
    told = bare.for_the_file(migration, file.data)
    return replace(
        told,
        result=result,
        edits=tuple(e for e in edits if file.data[e.start : e.end] != e.text),
        diagnostics=(
            *told.diagnostics,
            *marking.taken_out(file.data, result, bare),
            *(marking.not_put(plain, migration, bare, obstacle) if settings.mark else ()),
        ),
        marked=marking.changed(inserted, before),
    )


def _rewriting(language: Language) -> ModuleType:
    """The module that rewrites files of a language; its parser is imported with it."""
    if language is Language.PYTHON:
        from callmend.rewriting import python  # noqa: PLC0415  # LibCST, for such a file only

        return python
    from callmend.rewriting import ecmascript  # noqa: PLC0415  # tree-sitter, likewise

    return ecmascript


def _broken(
    file: SourceFile, language: Language, result: bytes, planned: Planned, settings: Settings
) -> tuple[str | None, Planned | None]:
    """Which invariant a result breaks, or None and what is found in it."""
    after = file.changed(result)
    rewriting = _rewriting(language)
    program, new_facts = rewriting.facts(after, language)
    broken = broken_invariant(
        file.data, result, planned.edits, planned.facts, new_facts, planned.superseded
    )
    if broken is not None:
        return broken, None
    again = rewriting.find_and_plan(after, language, settings, program)
    if any(finding.bucket is Bucket.MIGRATED for finding in again.findings):
        return "a second run on the result would change it again", None
    return None, again
