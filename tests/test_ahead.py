"""The search that begins before the command line is understood changes nothing but the time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from callmend.ahead import look_ahead
from callmend.files import Ahead, Listing, find_candidates
from tests.test_files import NEEDLES, put, stub_git
from tests.tools import repository

HIT = b" ".join(NEEDLES[0])
SUFFIXES = frozenset({".ts"})


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of 2,100 tracked files, one in seven a hit, and some that are not tracked."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.chdir(tmp_path)
    for number in range(2_100):
        folder = f"part{number // 300}"
        Path(folder).mkdir(exist_ok=True)
        Path(folder, f"{number}.ts").write_bytes(b"" if number % 7 else HIT)
    repository(tmp_path)
    put("new.ts", HIT)
    put("part0/gone.ts", HIT)
    Path("part0/8.ts").unlink()
    Path("link.ts").symlink_to("new.ts")
    return tmp_path


def look(*paths: str, ahead: Ahead | None = None, include: tuple[str, ...] = ()) -> Listing:
    return find_candidates(paths, suffixes=SUFFIXES, needles=NEEDLES, include=include, ahead=ahead)


def begun() -> Ahead:
    made = Ahead()
    made.begin(SUFFIXES, NEEDLES)
    return made


def test_what_is_found_is_the_same(tree: Path) -> None:
    plain = look()
    assert len(plain.candidates) > 300
    ahead = begun()
    assert ahead.search is not None
    assert look(ahead=ahead) == plain
    assert ahead.taken(str(tree), SUFFIXES, NEEDLES) == (None, None)
    assert look(ahead=ahead) == plain, "a second look starts anew"


@pytest.mark.parametrize(
    ("paths", "include"),
    [
        pytest.param(("part1",), (), id="another-folder"),
        pytest.param((".", "part1"), (), id="two-paths"),
        pytest.param(("part1/301.ts",), (), id="a-file"),
        pytest.param((), ("part2/",), id="a-glob"),
    ],
)
def test_it_is_not_used_for_anything_but_the_whole_of_the_current_directory(
    paths: tuple[str, ...], include: tuple[str, ...], tree: Path
) -> None:
    plain = look(*paths, include=include)
    ahead = begun()
    assert look(*paths, include=include, ahead=ahead) == plain
    assert ahead.search is not None, "still there to be stopped"
    ahead.stop()


@pytest.mark.parametrize(
    ("suffixes", "needles"),
    [(SUFFIXES, [*NEEDLES, (b"marker",)]), (SUFFIXES | {".tsx"}, NEEDLES)],
    ids=["more-needles", "more-suffixes"],
)
def test_it_is_not_used_for_another_search(
    suffixes: frozenset[str], needles: list[tuple[bytes, ...]], tree: Path
) -> None:
    put("part0/other.ts", b"a marker")
    put("part0/other.tsx", HIT)
    ahead = begun()
    plain = find_candidates((), suffixes=suffixes, needles=needles)
    assert find_candidates((), suffixes=suffixes, needles=needles, ahead=ahead) == plain
    assert len(plain.candidates) == len(look().candidates) + 1
    ahead.stop()


def test_it_is_stopped_without_a_process_or_an_open_file_left(tree: Path) -> None:
    before = set(os.listdir("/proc/self/fd"))
    for _ in range(3):
        begun().stop()
        unfinished = Ahead()
        unfinished.stop()
        look(ahead=begun())
    assert set(os.listdir("/proc/self/fd")) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_git_that_fails_is_told_by_the_run_itself(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub_git(tree.parent, "echo 'fatal: no' >&2; exit 128", monkeypatch)
    ahead = begun()
    assert ahead.search is None
    listing = look(ahead=ahead)
    assert listing.notes
    assert len(listing.candidates) > 300


def test_without_a_repository_nothing_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put("a.ts", HIT)
    ahead = begun()
    assert ahead.search is None
    assert [candidate.path for candidate in look(ahead=ahead).candidates] == ["a.ts"]


@pytest.mark.parametrize("line", ["diff", "fix", "check -q", "diff .", "fix --stream -v"])
def test_a_command_for_the_current_directory_is_known_at_a_glance(line: str, tree: Path) -> None:
    ahead = look_ahead(line.split())
    assert ahead is not None
    assert ahead.search is not None
    ahead.stop()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "explain",
        "--version",
        "diff part1",
        "check -",
        "fix --help",
        "diff -h",
        "diff --target x",
    ],
)
def test_anything_else_is_left_to_the_command_line(line: str, tree: Path) -> None:
    assert look_ahead(line.split()) is None


def test_an_interruption_on_the_way_leaves_nothing_behind(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Ahead, "begin", interrupt)
    before = set(os.listdir("/proc/self/fd"))
    with pytest.raises(KeyboardInterrupt):
        look_ahead(["diff"])
    assert set(os.listdir("/proc/self/fd")) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize("flag", ["--nope", "--version", "--base-url=x"])
def test_a_mistake_behind_the_command_is_met_as_ever(flag: str, tree: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "callmend", "diff", flag], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.count(b"\n") == 1
