"""What a run shows: the result on stdout, and everything that is said about it on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callmend import __version__
from callmend.records import record
from callmend.reports import terminal, text
from callmend.run import FAILED, Mode, Run, patch_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from callmend.findings import Migration
    from callmend.settings import Settings


@record(frozen=True, slots=True)
class View:
    """How a run is shown. ``stdin``: the one file came from there, so `fix` prints it."""

    json: bool = False
    quiet: bool = False
    verbose: bool = False
    color: str = "auto"
    stdin: bool = False
    #: What the command line named: files, folders, or stdin with its name.
    arguments: tuple[str, ...] = ()


def show(run: Run, mode: Mode, settings: Settings, view: View, given: bytes = b"") -> None:
    """Show a run that has ended; ``given`` is what came from stdin.

    Raises:
        OSError: stdout cannot be written.
    """
    notice = text.sunset(run, mode, settings, view.arguments) if run.migrations else None
    listed = _outcomes(mode, view) if run.migrations else ()
    calls = list(text.calls(run, listed, notes=view.verbose))
    if view.json:
        from callmend.reports import json_report  # noqa: PLC0415  # imports json

        patches = {m.path: _patch(m) for m in run.changed} if mode is Mode.DIFF else {}
        notices = (notice,) if notice else ()
        terminal.print_out(json_report.report(run, mode, __version__, notices, patches))
    elif mode is Mode.DIFF:
        color = terminal.colored(view.color)
        terminal.print_out(b"".join(_patch(m, color=color) for m in run.changed))
    elif mode is Mode.CHECK:
        terminal.print_out(_lines((*(call.line for call in calls), *text.mentions(run))))
    elif view.stdin:
        terminal.print_out(run.migrations[0].result if run.migrations else given)
    else:
        written = frozenset(run.written)
        done = [migration for migration in run.changed if migration.path in written]
        terminal.print_out(_lines(text.written_line(migration) for migration in done))
    terminal.print_err(_said(run, mode, view, calls, notice))


def _outcomes(mode: Mode, view: View) -> frozenset[str]:
    """The calls that are listed: those to act on, and with ``-v`` all of them."""
    from callmend.findings import Bucket  # noqa: PLC0415  # not for a run without candidates

    if view.verbose:
        return frozenset((*(bucket.value for bucket in Bucket), FAILED))
    if mode is Mode.CHECK:
        return frozenset((Bucket.MIGRATED.value, Bucket.LEFT.value, FAILED))
    return frozenset((Bucket.LEFT.value,))


def _said(
    run: Run, mode: Mode, view: View, calls: Iterable[text.Call], notice: str | None
) -> Iterator[str]:
    """The lines for stderr."""
    if not view.json:
        for call in calls:
            if mode is not Mode.CHECK:  # which has them on stdout
                yield call.line
            if not view.quiet:
                yield from call.below
    yield from text.errors(run)
    if view.quiet:
        return
    if not view.json:
        yield from text.diagnostics(run)
        if not view.verbose:  # with it the calls have all their notes
            yield from text.decisions(run)
    yield from (f"callmend: {note}" for note in run.notes)
    yield text.summary(run, mode, verbose=view.verbose)
    if notice:
        yield notice
    if mode is not Mode.CHECK:
        yield from (f"callmend: to do: {remark}" for remark in run.remarks)


def _patch(migration: Migration, *, color: bool = False) -> bytes:
    from callmend.reports.diff import patch  # noqa: PLC0415  # only for a file that changes

    name = patch_path(migration.path)
    return patch(name, migration.source, migration.result, migration.edits, color=color)


def _lines(lines: Iterable[str]) -> bytes:
    return b"".join(line.encode("utf-8", "backslashreplace") + b"\n" for line in lines)
