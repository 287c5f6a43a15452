"""`--assistant-id`: writing the id where the migrated calls take it from, also in another file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from callmend.edits import Edit, OverlapError, Span, apply
from callmend.findings import Bucket, Diagnostic, Migration
from callmend.languages.modules import files_of
from callmend.origins import Origin, Where, is_open
from callmend.records import record
from callmend.settings import Settings
from callmend.source import Language, SourceFile

#: Gives a file's bytes by its path, or None where it cannot be read.
Reader = Callable[[str], bytes | None]


@record(frozen=True, slots=True)
class Configuration:
    """The migrations with the ids written, and what is left to say about ids.

    ``migrations`` are all that were given, changed where their file holds an id, and new ones for
    files that only hold an id.
    """

    migrations: tuple[Migration, ...]
    remarks: tuple[str, ...]


@record(frozen=True, slots=True)
class _Place:
    """A literal that holds an id or waits for one."""

    path: str
    edit: Edit
    value: str
    line: int


def configure(migrations: Sequence[Migration], settings: Settings, read: Reader) -> Configuration:
    """Write the assistant's id where the calls take it from, or say where it must go.

    Pure but for ``read``. A literal is replaced when it is empty, a workflow's id or a
    placeholder; one that is another assistant's id is left and said.
    """
    done = {migration.path: migration for migration in migrations}
    remarks: list[str] = []
    for migration in migrations:
        buckets = (Bucket.MIGRATED, Bucket.ALREADY_MIGRATED)
        if not any(finding.bucket in buckets for finding in migration.findings):
            continue
        for origin in dict.fromkeys(migration.origins):
            remarks += _configured(done, migration, origin, settings, read)
    return Configuration(tuple(done.values()), tuple(dict.fromkeys(remarks)))


def _configured(
    done: dict[str, Migration],
    migration: Migration,
    origin: Origin,
    settings: Settings,
    read: Reader,
) -> Iterable[str]:
    if origin.where is Where.ENVIRONMENT and settings.config_file is None:
        yield f"{origin.value}: set this environment variable to the assistant's id (asst_...)"
        return
    places = _places(done, migration, origin, settings, read)
    if len(places) != 1:
        line = migration.line(origin.span.start)
        yield (
            f"{migration.path}:{line}: `{origin.shown}` must be the assistant's id (asst_...); "
            "where it comes from cannot be followed, so write it there by hand or name the file "
            "with --config-file"
        )
        return
    place = places[0]
    if settings.assistant_id is None:
        if is_open(place.value):
            yield (
                f"{place.path}:{place.line}: the assistant's id (asst_...) must go here; "
                "run again with --assistant-id, or write it by hand"
            )
        return
    if place.value == settings.assistant_id:
        return
    if not is_open(place.value):
        yield f"{place.path}:{place.line}: holds another id, `{place.value}`, which was left"
        return
    known = done.get(place.path)
    if known is None:
        data = read(place.path) or b""
        known = Migration(path=place.path, source=data, result=data)
    configured = _with_id(known, place, settings.assistant_id)
    written = place.edit in known.edits or place.value.encode() not in known.result
    if configured is known and not written and known.failure is None:
        yield f"{place.path}:{place.line}: the assistant's id (asst_...) must be written by hand"
    done[place.path] = configured


def _with_id(migration: Migration, place: _Place, assistant_id: str) -> Migration:
    if place.edit in migration.edits or migration.failure is not None:
        return migration
    if any(edit.span.contains(place.edit.span) for edit in migration.edits):
        # The literal, or the URL that has the id in its path, stands in code that is written anew.
        edits = _in_new_code(migration.edits, place)
    else:
        edits = tuple(sorted((*migration.edits, place.edit)))
    if edits is None:
        return migration
    try:
        result = apply(migration.source, edits)
    except OverlapError as error:
        return migration.failed(str(error))
    note = Diagnostic("assistant-id", place.edit.span, f"the assistant's id is {assistant_id} now")
    diagnostics = (*migration.diagnostics, note)
    return replace(migration, edits=edits, result=result, diagnostics=diagnostics)


def _in_new_code(edits: tuple[Edit, ...], place: _Place) -> tuple[Edit, ...] | None:
    """The edits with another id where the new code has it; None where that is not certain."""
    old = place.value.encode()
    literal = re.compile(rb"(['\"`])" + re.escape(old) + rb"\1")
    count = sum(len(literal.findall(edit.text)) for edit in edits)
    # A workflow's own id stands for nothing else, where several calls have it.
    if not old or not count or (count > 1 and not old.startswith(b"wf_")):
        return None
    new = place.edit.text
    changed = (literal.sub(lambda found: found[1] + new + found[1], e.text) for e in edits)
    return tuple(Edit(e.start, e.end, text) for e, text in zip(edits, changed, strict=True))


def _places(
    done: dict[str, Migration],
    migration: Migration,
    origin: Origin,
    settings: Settings,
    read: Reader,
) -> list[_Place]:
    new = settings.assistant_id or ""
    if settings.config_file is not None:
        path = os.path.normpath(settings.config_file)
        return _places_in(path, _data(done, path, read), origin, new, named=True)
    if origin.where is Where.LITERAL:
        span_ = origin.span
        edit = Edit(span_.start + 1, span_.end - 1, new.encode())
        return [_Place(migration.path, edit, origin.value, migration.line(span_.start))]
    if origin.where is not Where.IMPORT:
        return []
    for path in files_of(migration.path, origin.module):
        data = _data(done, path, read)
        if data is not None:
            return _places_in(path, data, origin, new, named=False)
    return []


def _data(done: dict[str, Migration], path: str, read: Reader) -> bytes | None:
    known = done.get(path)
    return known.source if known is not None else read(path)


def _places_in(
    path: str, data: bytes | None, origin: Origin, new: str, *, named: bool
) -> list[_Place]:
    source = SourceFile(path, b"" if data is None else data)
    language = source.language
    if data is None or language is None or source.obstacle(len(data)) is not None:
        return []
    literals = _python_literals if language is Language.PYTHON else _literals
    found = [
        _Place(
            path,
            Edit(where.start + 1, where.end - 1, new.encode()),
            data[where.start + 1 : where.end - 1].decode("utf-8", "replace"),
            source.position(where.start)[0],
        )
        for where in literals(source, language, origin, named=named)
    ]
    # Where one of several waits for an id, that is the one.
    waiting = [place for place in found if is_open(place.value)]
    return waiting if len(found) > 1 and len(waiting) == 1 else found


def _literals(source: SourceFile, language: Language, origin: Origin, *, named: bool) -> list[Span]:
    """The string literals of a settings file in which an id belongs."""
    from callmend.languages.ecmascript import identity  # noqa: PLC0415  # tree-sitter, if needed
    from callmend.languages.ecmascript.program import Program  # noqa: PLC0415
    from callmend.languages.ecmascript.tree import span  # noqa: PLC0415

    program = Program(source, language)
    nodes = identity.open_constants(program, origin.name, origin.member)
    if not nodes and named:
        nodes = identity.likely_constants(program)
    return [span(node) for node in nodes]


def _python_literals(
    source: SourceFile, language: Language, origin: Origin, *, named: bool
) -> list[Span]:
    """The same of a Python module."""
    from callmend.languages.python import identity  # noqa: PLC0415  # LibCST
    from callmend.languages.python.program import parsed  # noqa: PLC0415
    from callmend.languages.python.text import decode  # noqa: PLC0415

    del language
    text = decode(source.data)
    program = None if text is None else parsed(source, text)
    if program is None:
        return []
    nodes = identity.open_constants(program, origin.name, origin.member)
    if not nodes and named:
        nodes = identity.likely_constants(program)
    return [program.tree.span(node) for node in nodes]
