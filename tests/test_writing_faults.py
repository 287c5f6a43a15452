"""Writing under faults: killed at every step, full disks, files that refuse, signals."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from callmend import leftovers
from callmend.engine import migrate
from callmend.files import Stamp
from callmend.leftovers import clear, found_in
from callmend.run import Mode, Run, plan, write
from callmend.settings import Settings
from callmend.writing import Rewrite, write_all
from tests.nobody import as_nobody, give, shared_folder
from tests.tools import FIXTURE_APP, ROOT, callmend, environment

OLD = (FIXTURE_APP / "components/cms/AIAssistant.tsx").read_bytes()
NEW = migrate(OLD, "a.tsx").result
#: What changes something on the disk, or makes sure that it is there.
STEPS = (
    "open", "pwrite", "ftruncate", "fsync", "rename", "unlink", "fchmod", "close",
)  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three files to write, one of which has a second name, as the current directory."""
    monkeypatch.chdir(tmp_path)
    for name in ("a.tsx", "src/b.tsx", "src/linked.tsx"):
        put(Path(name))
    (tmp_path / "other name").hardlink_to("src/linked.tsx")
    return tmp_path


def put(path: Path, data: bytes = OLD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def fix() -> Run:
    """What `callmend fix` does, but for showing it."""
    return write(plan(["."], Settings(), recover=True))


def contents(tree: Path) -> dict[str, bytes]:
    return {str(p.relative_to(tree)): p.read_bytes() for p in tree.rglob("*") if p.is_file()}


def assert_whole(tree: Path) -> None:
    """Every file is old or new, but for one that a whole record tells how to put back."""
    found = contents(tree)
    records = [
        leftovers._versions(data)
        for name, data in found.items()
        if leftovers.is_ours(os.path.basename(name)) and name.endswith(".old")
    ]
    for name in ("a.tsx", "src/b.tsx", "src/linked.tsx"):
        if found[name] not in {OLD, NEW}:
            assert (os.path.basename(name), OLD, NEW) in records, f"{name} is torn"


def assert_finished(tree: Path) -> None:
    """All is written, nothing else is there, and the two names are one file."""
    assert set(contents(tree)) == {"a.tsx", "src/b.tsx", "src/linked.tsx", "other name"}
    assert set(contents(tree).values()) == {NEW}
    assert (tree / "src/linked.tsx").samefile(tree / "other name")


# --- killed --------------------------------------------------------------------------------------


def killed_at(step: int, work: Callable[[], object], *, half: bool) -> bool:
    """Do the work in a child that kills itself at a step; whether it got that far.

    With half, a write does half of its work first.
    """
    child = os.fork()
    if child == 0:
        try:
            _arm(step, half=half)
            work()
        finally:
            os._exit(0)
    status = os.waitpid(child, 0)[1]
    return os.WIFSIGNALED(status)


def _arm(step: int, *, half: bool) -> None:
    left = step

    def counted(name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*arguments: Any, **keywords: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                if half and name == "pwrite":
                    descriptor, data, offset = arguments
                    real(descriptor, data[: len(data) // 2], offset)
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **keywords)

        return call

    for name in STEPS:
        setattr(os, name, counted(name))


def test_killed_at_any_step_each_file_is_old_or_new_and_the_next_run_finishes(tree: Path) -> None:
    steps, torn, stray = 0, 0, 0
    while True:
        for name in ("a.tsx", "src/b.tsx", "src/linked.tsx"):
            with (tree / name).open("r+b") as stream:
                leftovers.overwrite(stream.fileno(), OLD)
        planned = plan(["."], Settings())
        steps += 1
        killed = killed_at(steps, lambda run=planned: write(run), half=steps % 2 == 0)  # type: ignore[misc]
        if not killed:
            break
        assert_whole(tree)
        torn += (tree / "src/linked.tsx").read_bytes() not in {OLD, NEW}
        stray += bool(found_in([".", "src"]))
        done = fix()
        assert done.exit_code(Mode.FIX) == 0, done.problems
        assert_finished(tree)
    assert steps > 30, "or the steps are not met any more"
    assert torn
    assert stray
    assert_finished(tree)


def test_killed_while_putting_a_file_back_the_next_run_does_it(tmp_path: Path) -> None:
    file = tmp_path / "a.ts"
    for half in (False, True):
        for step in range(1, 50):
            put(file, NEW[:700] + OLD[700:])
            path, descriptor = leftovers.create(str(tmp_path), leftovers.RECORD)
            leftovers.fill(descriptor, leftovers.record("a.ts", OLD, NEW))
            os.close(descriptor)
            killed = killed_at(step, lambda name=path: clear([name]), half=half)  # type: ignore[misc]
            if killed:
                clear([path])
            assert file.read_bytes() == OLD
            assert os.listdir(tmp_path) == ["a.ts"]
            if not killed:
                break
        assert step > 5


def many(tree: Path, count: int = 15) -> list[Path]:
    return [put(tree / f"src/{number % 4}/{number}.tsx") for number in range(count)]


def started(tree: Path) -> subprocess.Popen[bytes]:
    """`callmend fix` with all of it imported, so that what comes now meets its work."""
    code = (
        "import sys, callmend.engine, callmend.writing, callmend.cli; "
        "from callmend.__main__ import main; "
        "sys.argv = ['callmend', 'fix', '-q']; sys.stdout.write('ready\\n'); sys.stdout.flush(); "
        "sys.exit(main())"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tree,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(PYTHONPATH=str(ROOT / "src")),
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=str)
def test_a_real_run_ended_at_random_moments_tears_nothing(
    number: signal.Signals, tmp_path: Path
) -> None:
    rng = random.Random(f"moments {number}")  # noqa: S311 - moments, not secrets
    files = many(tmp_path)
    begin = time.monotonic()
    assert started(tmp_path).communicate(timeout=60)[1] == b""
    whole = time.monotonic() - begin
    for _ in range(6):
        for file in files:
            file.write_bytes(OLD)
        process = started(tmp_path)
        time.sleep(rng.random() * whole)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
        found = [file.read_bytes() for file in files]
        assert set(found) <= {OLD, NEW}
        if number is not signal.SIGKILL:
            assert len(set(found)) == 1, "all or none"
            assert not found_in({str(file.parent) for file in files})
            if process.returncode > 0:
                assert process.returncode == 128 + number
                assert err.startswith(b"callmend: interrupted")
                assert err.count(b"\n") == 1
        done = callmend("fix", "-q", cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, b"")
        assert {file.read_bytes() for file in files} == {NEW}
        assert sum(len(names) for _, _, names in os.walk(tmp_path)) == len(files)


def test_two_runs_at_a_time_do_not_take_each_others_files_for_leftovers(tmp_path: Path) -> None:
    files = many(tmp_path)
    for _ in range(3):
        for file in files:
            file.write_bytes(OLD)
        runs = [started(tmp_path), started(tmp_path)]
        said = [process.communicate(timeout=60)[1].decode() for process in runs]
        for process, err in zip(runs, said, strict=True):
            # the slower one may find that the other has been there
            assert process.returncode == (2 if err else 0), err
            assert err.count("\n") <= 1
            assert not err or "since it was read" in err, err
        assert {file.read_bytes() for file in files} <= {OLD, NEW}
        assert callmend("fix", "-q", cwd=tmp_path).returncode == 0
        assert {file.read_bytes() for file in files} == {NEW}
        assert sum(len(names) for _, _, names in os.walk(tmp_path)) == len(files)


# --- full disks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("linked", [False, True], ids=["renamed", "in-place"])
def test_a_limit_on_the_size_of_files_changes_nothing(linked: bool, tmp_path: Path) -> None:
    files = [put(tmp_path / "a.tsx"), put(tmp_path / "b.tsx", OLD + b"// " + b"x" * 40_000)]
    if linked:
        for file in files:
            file.with_suffix(".link").hardlink_to(file)
    before = contents(tmp_path)
    # the first file's new version, and its record, still fit
    code = (
        "import resource, sys; "
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({len(OLD) + len(NEW) + 1_000},) * 2); "
        "from callmend.__main__ import main; sys.argv = ['callmend', 'fix', '-q']; "
        "sys.exit(main())"
    )
    assert len(before["b.tsx"]) > len(OLD) + len(NEW) + 1_000
    # not measured by coverage, whose own file would be too large
    env = {k: v for k, v in environment().items() if not k.startswith("COVERAGE_")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, env=env, check=False
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == (
        b"callmend: b.tsx: cannot be written: File too large; nothing was written\n"
    )
    assert contents(tmp_path) == before


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 128 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("only root can mount a file system; RLIMIT_FSIZE stands in for it above")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("linked", [False, True], ids=["renamed", "in-place"])
def test_a_full_disk_is_one_line_and_changes_nothing(linked: bool, tiny_disk: Path) -> None:
    files = [put(tiny_disk / f"{number}.tsx") for number in range(8)]
    if linked:
        for file in files:
            file.with_suffix(".link").hardlink_to(file)
    before = contents(tiny_disk)
    done = callmend("fix", "-q", cwd=tiny_disk)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"No space left on device; nothing was written\n" in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert contents(tiny_disk) == before
    for file in files[2:]:
        file.unlink()
        file.with_suffix(".link").unlink(missing_ok=True)
    assert callmend("fix", "-q", cwd=tiny_disk).returncode == 0


def test_no_more_files_are_open_than_the_system_allows(tmp_path: Path) -> None:
    files = [put(tmp_path / f"{number}.tsx") for number in range(400)]
    rewrites = [Rewrite(str(file), OLD, NEW, Stamp.of(file.stat())) for file in files]
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (320, before[1]))
    try:
        done = write_all(rewrites)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert (len(done.written), done.failures) == (400, ())
    assert {file.read_bytes() for file in files} == {NEW}


# --- folders and files that refuse ---------------------------------------------------------------


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that another user can reach."""
    with shared_folder() as folder:
        yield folder


def assert_refused(done: Run, folder: Path, before: dict[str, bytes], message: str) -> None:
    """One line, exit code 2, and nothing has changed; the calls are not said to be migrated."""
    (problem,) = done.problems
    assert f"{problem.path}: {problem.message}" == f"{message}; nothing was written"
    assert done.exit_code(Mode.FIX) == 2
    assert (done.written, done.counts["migrated"]) == ((), 0)
    assert contents(folder) == before


def test_a_read_only_folder_is_one_line_and_the_others_are_not_written(shared: Path) -> None:
    give(shared)
    for name in ("a/a.tsx", "b/b.tsx", "c/c.tsx"):
        give(put(shared / name))
        give((shared / name).parent)
    (shared / "b").chmod(0o555)
    before = contents(shared)
    done = as_nobody(shared, fix)
    message = "b/b.tsx: its folder takes no new file: Permission denied"
    assert_refused(done, shared, before, message)


def test_a_read_only_file_is_one_line(shared: Path) -> None:
    give(shared)
    for name in ("a.tsx", "b.tsx"):
        give(put(shared / name))
    (shared / "b.tsx").chmod(0o444)
    before = contents(shared)
    assert_refused(as_nobody(shared, fix), shared, before, "b.tsx: is read-only")


def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_written(shared: Path) -> None:
    give(shared)
    for name in ("a.tsx", "b.tsx"):
        give(put(shared / name))
    (shared / "b.tsx").chmod(0)
    done = as_nobody(shared, fix)
    assert [(p.path, p.message) for p in done.problems] == [("b.tsx", "Permission denied")]
    assert done.written == ("a.tsx",)
    assert (shared / "b.tsx").read_bytes() == OLD


@pytest.mark.skipif(os.geteuid() != 0, reason="needs files of another user")
@pytest.mark.parametrize("sticky", [False, True], ids=["our-folder", "sticky-folder"])
def test_a_file_of_somebody_else_stays_theirs(sticky: bool, shared: Path) -> None:
    file = put(shared / "a.tsx")
    file.chmod(0o666)
    if sticky:
        shared.chmod(0o1777)
    else:
        give(shared)
    inode = file.stat().st_ino
    done = as_nobody(shared, fix)
    assert (done.written, done.problems) == (("a.tsx",), ())
    status = file.stat()
    assert (status.st_uid, status.st_ino, stat.S_IMODE(status.st_mode)) == (0, inode, 0o666)
    assert contents(shared) == {"a.tsx": NEW}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(
            lambda folder: (folder / "b.tsx").unlink(), "b.tsx: is gone since it was read",
            id="file",
        ),
        pytest.param(
            lambda folder: shutil.rmtree(folder / "c"), "c/c.tsx: is gone since it was read",
            id="folder",
        ),
        pytest.param(
            lambda folder: put(folder / "b.tsx", OLD + b"\n"),
            "b.tsx: has changed since it was read",
            id="changed",
        ),
    ],
)  # fmt: skip
def test_what_vanished_or_changed_after_the_plan_is_one_line(
    change: Callable[[Path], object],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.tsx", "b.tsx", "c/c.tsx"):
        put(Path(name))
    planned = plan(["."], Settings())
    change(tmp_path)
    before = contents(tmp_path)
    assert_refused(write(planned), tmp_path, before, message)


# --- leftovers of a killed run -------------------------------------------------------------------


@pytest.mark.parametrize("with_git", [False, True], ids=["walk", "git"])
def test_leftovers_are_cleared_by_fix_wherever_they_are_below_the_paths_and_only_by_fix(
    with_git: bool, tmp_path: Path
) -> None:
    if with_git:
        subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True, env=environment())
    put(tmp_path / "src/clean.tsx", b"export {};\n")
    path, descriptor = leftovers.create(str(tmp_path / "src"), leftovers.TEMPORARY)
    leftovers.fill(descriptor, OLD)
    os.close(descriptor)
    mine = put(tmp_path / "src/.callmend-mine.tmp", OLD)
    for command in ("diff", "check"):
        done = callmend(command, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (0, b"")
        assert os.path.exists(path)
    assert callmend("fix", cwd=tmp_path).returncode == 0
    assert not os.path.exists(path)
    assert mine.read_bytes() == OLD


def test_a_half_written_file_is_put_back_before_the_plan_and_that_is_said(
    tmp_path: Path,
) -> None:
    file = put(tmp_path / "a.tsx", NEW[:8_000] + OLD[8_000:])
    _, descriptor = leftovers.create(str(tmp_path), leftovers.RECORD)
    leftovers.fill(descriptor, leftovers.record("a.tsx", OLD, NEW))
    os.close(descriptor)
    done = callmend("fix", cwd=tmp_path)
    assert done.returncode == 0
    assert b"half written by an interrupted run, put back" in done.stderr
    assert contents(tmp_path) == {"a.tsx": NEW}
    assert file.read_bytes() == NEW
