"""The lines that people read: calls, what to do about them, errors, notices and the summary.

A place is ``path:line:column``, both from 1, the column in characters. No line ends with a newline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callmend.records import record
from callmend.run import outcome
from callmend.source import SourceFile

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from callmend.edits import Span
    from callmend.findings import Migration
    from callmend.reasons import Reason
    from callmend.run import Mode, Run
    from callmend.settings import Settings

#: How the summary speaks of calls that a dry run would migrate; see `summary`.
_DRY = {"migrated": "would be migrated"}


def printable(path: str) -> str:
    """A path that can be printed on one line, whatever bytes it is made of."""
    text = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class Places:
    """Byte offsets of one file as places for people."""

    def __init__(self, migration: Migration) -> None:
        self._path = printable(migration.path)
        self._source = SourceFile(migration.path, migration.source)

    def position(self, offset: int) -> tuple[int, int]:
        """The line and the column, both from 1."""
        return self._source.position(offset)

    def place(self, span: Span) -> str:
        """Where the span starts, as ``path:line:column``."""
        line, column = self.position(span.start)
        return f"{self._path}:{line}:{column}"


@record(frozen=True, slots=True)
class Call:
    """One call: ``path:line:column: CM101 bucket: message``, and what is said below that line."""

    line: str
    below: tuple[str, ...] = ()


def calls(run: Run, outcomes: Container[str], *, notes: bool = False) -> Iterator[Call]:
    """Each call that has one of the outcomes.

    What to do about a call that is left stands below the first one of each reason, with notes
    below every one.
    """
    said: set[Reason] = set()
    for migration in run.migrations:
        places = Places(migration) if migration.findings else None
        for finding in migration.findings:
            became = outcome(migration, finding)
            if places is None or became not in outcomes:
                continue
            line = f"{places.place(finding.span)}: {finding.rule} {became}"
            below: list[str] = []
            reason = finding.reason
            if reason is None:
                line += f": {finding.message}"
            else:
                detail = f" ({finding.detail})" if finding.detail else ""
                summary, advice = reason.said_in(migration.path)
                line += f" [{reason.code}]: {finding.message}; left because {summary}{detail}"
                if notes or reason not in said:
                    said.add(reason)
                    below.append(f"  to do [{reason.code}]: {advice}")
            if notes:
                below += [f"  note: {places.place(n.span)}: {n.text}" for n in finding.notes]
            yield Call(line, tuple(below))


def mentions(run: Run) -> Iterator[str]:
    """One line for each mention."""
    for mention in run.mentions or ():
        place = f"{printable(mention.path)}:{mention.line}:{mention.column}"
        endpoint = mention.endpoint
        yield f"{place}: mention: {printable(mention.url)}: {endpoint.rule}, {endpoint.summary}"


def written_line(migration: Migration) -> str:
    """One line for a file that was written."""
    done = sum(bool(finding.edits) for finding in migration.findings)
    parts = [f"{_count(done, 'call')} migrated"] if done else []
    parts += [f"{_count(migration.marked, 'marker')} put"] if migration.marked else []
    return f"{printable(migration.path)}: {', '.join(parts) or 'written'}"


def diagnostics(run: Run) -> Iterator[str]:
    """The remarks on files, such as a ``callmend-ignore`` that silences nothing."""
    for migration in run.migrations:
        if migration.diagnostics:
            places = Places(migration)
            for remark in migration.diagnostics:
                yield f"{places.place(remark.span)}: {remark.code}: {remark.message}"


def decisions(run: Run) -> Iterator[str]:
    """What was decided for a call and a reviewer has to know in any case."""
    for migration in run.migrations:
        notes = [note for finding in migration.findings for note in finding.notes if note.always]
        if notes:
            places = Places(migration)
            yield from (f"{places.place(note.span)}: note: {note.text}" for note in notes)


def errors(run: Run) -> Iterator[str]:
    """What failed, one line each."""
    for problem in run.problems:
        where = f"{printable(problem.path)}: " if problem.path else ""
        yield f"callmend: {where}{problem.message}"


def summary(run: Run, mode: Mode, *, verbose: bool = False) -> str:
    """What the run found and how long it took, on one line."""
    counts = run.counts if run.migrations else {}
    total = sum(counts.values())
    parts = [
        f"{count} {name if mode.writes else _DRY.get(name, name)}"
        for name, count in counts.items()
        if count
    ]
    if run.reasons:
        left = f"{counts['left']} left"
        listed = ", ".join(f"{number} {code}" for code, number in run.reasons.items())
        parts[parts.index(left)] = f"{left} ({listed})"
    text = f"{_count(total, 'call')}: {', '.join(parts)}" if total else "no calls"
    if run.mentions is not None:
        text += f"; {_count(len(run.mentions), 'mention')}"
    files = f"{_count(run.looked_at, 'file')} looked at"
    if mode.writes:
        files += f", {len(run.written)} written"
    elif run.changed:
        files += f", {len(run.changed)} would be written"
    seconds = f"{run.seconds:.2f} s"
    if verbose:
        seconds += f" ({run.search_seconds:.3f} s of it searching)"
    return f"callmend: {text}; {files}; {seconds}"


def sunset(run: Run, mode: Mode, settings: Settings, arguments: tuple[str, ...] = ()) -> str | None:
    """That the result calls an API that OpenAI shut down, and what to do; None if it does not.

    ``arguments`` is what the command line named: they belong to the command for a live call.
    """
    import shlex  # noqa: PLC0415  # only for this notice

    from callmend.endpoints import by_rule  # noqa: PLC0415  # not for a run without candidates
    from callmend.findings import Bucket  # noqa: PLC0415  # not for a run without candidates

    retired = by_rule("CM201")
    if retired is None:
        return None
    host = settings.base_url.split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0].lower()
    writes_it = settings.target == "assistants" and host in retired.hosts
    if not any(
        (finding.bucket is Bucket.MIGRATED and writes_it)
        or (finding.bucket is Bucket.ALREADY_MIGRATED and finding.rule == retired.rule)
        for finding in run.findings
    ):
        return None
    dead = (
        f"the Assistants API of {retired.hosts[0]}, which OpenAI shut down on {retired.ends} "
        f"({retired.sources[0]})"
    )
    if settings.target == "responses":  # then these are calls that it does not write
        return (
            f"callmend: notice: calls that are `already-migrated` (-v lists them) go to {dead}; "
            "migrate them by hand: see `callmend explain targets`."
        )
    verb = "fix" if mode.writes else "diff"
    live = shlex.join(("callmend", verb, "--target", "responses", *arguments))
    # What was written now is no source for the other target: not all of it can be read again.
    back = "take this change back with git and " if run.written else ""
    return (
        f"callmend: notice: the result calls {dead}. Use --base-url for a host that still speaks "
        f"it. For a call that OpenAI answers {back}run `{live}`; see `callmend explain targets`."
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
