"""One run over files: find the candidates, migrate each, and say how it all ends. No printing."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import field, replace
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from callmend.errors import described
from callmend.files import Ahead, Listing, Stamp, find_candidates, repository_root
from callmend.records import record
from callmend.source import SUFFIXES, SourceFile

if TYPE_CHECKING:
    from callmend.findings import Finding, Migration
    from callmend.mentions import Mention
    from callmend.settings import Settings
    from callmend.writing import Outcome

#: Called with the files done and the files known of.
Progress = Callable[[int, int], None]
#: The outcome of a call in a file whose rewrite broke an invariant and was given up.
FAILED = "failed"


class Mode(Enum):
    """What a run is for."""

    DIFF = "diff"
    FIX = "fix"
    CHECK = "check"

    @property
    def writes(self) -> bool:
        """Whether files are changed."""
        return self is Mode.FIX


@record(frozen=True, slots=True)
class Problem:
    """Something that makes the run a failed one: where (empty: everywhere), and one line on it."""

    path: str
    message: str


@record(frozen=True, slots=True)
class Run:
    """What a run found, in the order of the paths, and later what it wrote.

    ``migrations`` are the files in which there is something to report or to write. ``seconds`` is
    the whole run's time, ``search_seconds`` the part in which files were found and searched.
    ``remarks`` say where something is left to be done by hand, ``notes`` how the run went about it;
    neither changes the exit code, nor do ``mentions``: None where nobody asked for them.
    ``stamps`` tell writing whether a file has changed since.
    ``exit_zero`` is ``--exit-zero``.
    """

    migrations: tuple[Migration, ...] = ()
    problems: tuple[Problem, ...] = ()
    looked_at: int = 0
    seconds: float = 0.0
    search_seconds: float = 0.0
    remarks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    stamps: dict[str, Stamp] = field(default_factory=dict)
    exit_zero: bool = False
    mentions: tuple[Mention, ...] | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every call of every file."""
        return tuple(finding for migration in self.migrations for finding in migration.findings)

    @property
    def changed(self) -> tuple[Migration, ...]:
        """The files that would be written."""
        return tuple(migration for migration in self.migrations if migration.changed)

    @property
    def counts(self) -> dict[str, int]:
        """How many calls had each outcome; they add up to the number of calls."""
        from callmend.findings import Bucket  # noqa: PLC0415  # not for a run without candidates

        counts = dict.fromkeys([*(bucket.value for bucket in Bucket), FAILED], 0)
        for migration in self.migrations:
            for finding in migration.findings:
                counts[outcome(migration, finding)] += 1
        return counts

    @property
    def reasons(self) -> dict[str, int]:
        """How many calls were left for each reason, by its code, the most frequent first."""
        found = Counter(f.reason.code for f in self.findings if f.reason is not None)
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def exit_code(self, mode: Mode) -> int:
        """0: nothing left to do. 1: something would change, or a call is left. 2: it failed."""
        if self.problems:
            return 2
        if self.exit_zero:
            return 0
        if self.reasons:
            return 1
        return 1 if self.changed and not mode.writes else 0


def outcome(migration: Migration, finding: Finding) -> str:
    """What became of a call: its bucket's name, or `FAILED`."""
    undone = migration.failure is not None and finding.edits
    return FAILED if undone else finding.bucket.value


def plan(
    paths: Sequence[str],
    settings: Settings,
    progress: Progress | None = None,
    *,
    recover: bool = False,
    ahead: Ahead | None = None,
) -> Run:
    """Find the files at and below the paths and plan the migration of each; nothing is written.

    But with ``recover``, for a run that is going to write, what an interrupted one left beside the
    files is cleared away first. ``ahead`` is what `look_ahead` gave.

    Raises:
        OSError: the current directory is gone.
    """
    from callmend.endpoints import needles  # noqa: PLC0415  # the command line is wrong more often

    def find() -> Listing:
        return find_candidates(
            paths,
            suffixes=frozenset(SUFFIXES),
            needles=(*needles(), *_marked(settings)),
            include=settings.include,
            exclude=settings.exclude,
            progress=progress,
            ahead=ahead,
        )

    start = time.perf_counter()
    listing = find()
    found_before: tuple[str, ...] = ()
    if recover and (listing.candidates or listing.leftovers):
        from callmend import leftovers  # noqa: PLC0415  # only fix writes

        folders = (os.path.dirname(candidate.path) for candidate in listing.candidates)
        cleared = leftovers.clear({*listing.leftovers, *leftovers.found_in(folders)})
        restored = (f"{p}: half written by an interrupted run, put back" for p in cleared.restored)
        found_before = (*restored, *cleared.notes)
        if cleared.restored:
            listing = find()
    searched = time.perf_counter()
    stamps = {candidate.path: candidate.stamp for candidate in listing.candidates}

    def read(path: str) -> bytes | None:
        """Another file that an id may come from, with its stamp taken for writing."""
        try:
            with open(path, "rb") as stream:
                stamps.setdefault(path, Stamp.of(os.fstat(stream.fileno())))
                return stream.read()
        except OSError:
            return None

    files = [(candidate.path, candidate.data) for candidate in listing.candidates]
    run = _migrated(files, settings, read, progress)
    return replace(
        run,
        problems=(*(Problem(bad.path, bad.message) for bad in listing.unreadable), *run.problems),
        looked_at=listing.looked_at,
        seconds=time.perf_counter() - start,
        search_seconds=searched - start,
        notes=(*found_before, *listing.notes, *run.notes),
        stamps=stamps,
    )


def with_mentions(
    run: Run, paths: Sequence[str], settings: Settings, progress: Progress | None = None
) -> Run:
    """The run with what other files at and below the paths say of the endpoints.

    They do not change the exit code, and neither do files that cannot be read on the way.

    Raises:
        OSError: the current directory is gone.
    """
    from callmend.mentions import find_mentions, needles  # noqa: PLC0415  # only when asked for

    start = time.perf_counter()
    listing = find_candidates(
        paths,
        suffixes=frozenset({""}),
        needles=needles(),
        include=settings.include,
        exclude=settings.exclude,
        progress=progress,
    )
    reported = {m.path: frozenset(f.endpoint for f in m.findings) for m in run.migrations}
    failed = {problem.path for problem in run.problems}
    return replace(
        run,
        mentions=tuple(
            mention
            for candidate in listing.candidates
            for mention in find_mentions(candidate.path, candidate.data, settings, reported)
        ),
        notes=(
            *run.notes,
            *(
                f"{bad.path}: not searched for mentions: {bad.message}"
                for bad in listing.unreadable
                if bad.path not in failed
            ),
        ),
        seconds=run.seconds + time.perf_counter() - start,
    )


def plan_text(data: bytes, name: str, settings: Settings) -> Run:
    """Plan the migration of one file that is not on the disk; its id is not followed to others."""
    start = time.perf_counter()
    run = _migrated([(name, data)], replace(settings, config_file=None), lambda _: None)
    return replace(run, looked_at=1, seconds=time.perf_counter() - start)


def write(run: Run) -> Run:
    """Write the planned files, all or none, and give the run with what was written or failed.

    Raises:
        KeyboardInterrupt: a signal came; the message says whether the files were written.
    """
    from callmend.writing import Rewrite, write_all  # noqa: PLC0415  # only fix writes

    rewrites = [Rewrite(m.path, m.source, m.result, run.stamps[m.path]) for m in run.changed]
    return run if not rewrites else _outcome(run, write_all(rewrites))


def refused(run: Run, problems: Sequence[Problem], written: Sequence[str] = ()) -> Run:
    """The run with its planned files given up for these problems, but for those written."""
    why = "; ".join(problem.message for problem in problems)
    kept = frozenset(written)
    return replace(
        run,
        migrations=tuple(
            m.failed(why) if m.changed and m.path not in kept else m for m in run.migrations
        ),
        problems=(*run.problems, *problems),
        remarks=run.remarks if written else (),
        written=tuple(written),
    )


def _outcome(run: Run, done: Outcome) -> Run:
    """The run with what became of its files."""
    problems = [Problem(failure.path, failure.message) for failure in done.failures]
    if problems:
        return refused(run, problems, done.written)
    return replace(run, written=done.written)


def patch_path(path: str) -> str:
    """The name of a file in a patch: from the root of the current directory's repository.

    A file elsewhere is named from the root of its own repository, and one in none from the current
    directory.
    """
    real = os.path.realpath(path)
    for root in (repository_root("."), repository_root(os.path.dirname(real))):
        if root is not None and real.startswith(root.rstrip("/") + "/"):
            return os.path.relpath(real, root)
    return os.path.relpath(real)


def _migrated(
    files: Sequence[tuple[str, bytes]],
    settings: Settings,
    read: Callable[[str], bytes | None],
    progress: Progress | None = None,
) -> Run:
    """The files' migrations, with a file that makes callmend itself fail as that file's problem."""
    from callmend.endpoints import may_call  # noqa: PLC0415  # the command line is wrong more often

    marked = _marked(settings)
    files = [
        (p, data) for p, data in files if may_call(data) or any(hint in data for (hint,) in marked)
    ]
    if not files:
        return Run()
    from callmend.engine import migrate  # noqa: PLC0415  # tree-sitter: only for a candidate
    from callmend.linelength import LineLengths  # noqa: PLC0415  # likewise

    lengths = LineLengths()
    migrations: list[Migration] = []
    problems: list[Problem] = []
    notes: list[str] = []
    for number, (path, data) in enumerate(files):
        if progress is not None:
            progress(number, len(files))
        if SourceFile(path, b"").language is None:
            notes.append(f"{path}: not looked into; callmend reads {', '.join(SUFFIXES)}")
            continue
        try:
            if path.lower().endswith(".py"):
                length = partial(lengths.of, path)
                migrations.append(migrate(data, path, settings, line_length=length))
            else:
                migrations.append(migrate(data, path, settings, read=read))
        except Exception as error:  # noqa: BLE001  # one bad file never stops the rest
            problems.append(Problem(path, _own_bug(described(error))))
    try:
        migrations, remarks = _configured(migrations, settings, read)
    except Exception as error:  # noqa: BLE001  # the planned migrations are right without it
        remarks = ()
        problems.append(Problem("", _own_bug(described(error))))
    problems += [Problem(m.path, _own_bug(m.failure)) for m in migrations if m.failure is not None]
    return Run(
        migrations=tuple(
            sorted(
                (m for m in migrations if m.changed or m.findings or m.diagnostics or m.failure),
                key=lambda migration: migration.path,
            )
        ),
        problems=tuple(problems),
        remarks=remarks,
        notes=(*notes, *lengths.notes),
    )


def _marked(settings: Settings) -> tuple[tuple[bytes, ...], ...]:
    """What to search for besides calls: markers, in a run that puts them and takes out old ones."""
    from callmend.marks.wording import HINT  # noqa: PLC0415  # the command line is wrong more often

    return ((HINT,),) if settings.mark else ()


def _configured(
    migrations: list[Migration], settings: Settings, read: Callable[[str], bytes | None]
) -> tuple[list[Migration], tuple[str, ...]]:
    """The migrations with the assistant's id written where the calls take it from, and remarks.

    Without an id to write the remarks say where it must go.
    """
    if not any(migration.origins for migration in migrations):
        return migrations, ()
    from callmend.configure import configure  # noqa: PLC0415  # only for a call that takes an id

    done = configure(migrations, settings, read)
    return list(done.migrations), done.remarks


def _own_bug(what: str) -> str:
    return (
        f"callmend's own bug, the file is left as it is: {what}. Please report it with the code "
        "around the call."
    )


def uncommitted(paths: Sequence[str]) -> str | None:
    """One line on why ``--require-clean`` refuses to write these files, or None: all are clean.

    A file that git does not know, or not at all in a repository, is not clean: nothing could bring
    its old content back.
    """
    import subprocess  # noqa: PLC0415  # 6 ms, and only --require-clean needs it

    unclean: list[str] = []
    for path in paths:
        folder, name = os.path.split(os.path.realpath(path))
        command = ["git", "-C", folder, "status", "--porcelain", "--ignored", "-z", "--", name]
        try:
            done = subprocess.run(
                [*command[:1], "--literal-pathspecs", *command[1:]],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except OSError as error:
            return f"--require-clean needs git: {error.strerror}"
        if done.returncode != 0:
            if repository_root(folder) is None:
                return f"--require-clean: {path} is in no git repository, so nothing was written"
            words = done.stderr.decode("utf-8", "replace").strip().split("\n")[0]
            return f"--require-clean: git cannot tell the state of {path}: {words}"
        if done.stdout:
            unclean.append(path)
    if not unclean:
        return None
    more = f" and {len(unclean) - 1} more" if len(unclean) > 1 else ""
    return (
        f"--require-clean: {unclean[0]}{more} has uncommitted changes, so nothing was written; "
        "commit or stash them first"
    )
