"""Which files are looked at: git's, a walk's, named ones; and the search of their bytes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from callmend import bytesearch, gitfiles, ignores
from callmend.files import Listing, Stamp, find_candidates, repository_root
from tests.nobody import as_nobody, give, shared_folder
from tests.tools import environment, git, repository

HIT = b"fetch('https://api.openai.com/v1/workflows/runs')\n"
MISS = b"export const workflows = 1;\n"
NEEDLES = [(b"workflows", b"runs"), (b"threads/",)]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current directory, away from every repository and the user's git settings."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    for name in set(os.environ) - set(environment()):
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(name: str | bytes, data: bytes = HIT) -> Path:
    path = Path(os.fsdecode(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def look(*paths: str, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> Listing:
    return find_candidates(
        paths,
        suffixes=frozenset({".ts", ".tsx"}),
        needles=NEEDLES,
        include=include,
        exclude=exclude,
    )


def found(*paths: str, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> list[str]:
    """The candidates, of a listing in which nothing went wrong."""
    listing = look(*paths, include=include, exclude=exclude)
    assert listing.unreadable == ()
    assert listing.notes == ()
    return [candidate.path for candidate in listing.candidates]


# --- what a candidate is -------------------------------------------------------------------------


def test_a_candidate_has_its_bytes_and_the_stamp_of_that_state(here: Path) -> None:
    put("a.ts", HIT + b"\xff\x00\r\n")
    put("b.ts", MISS)
    listing = look()
    (candidate,) = listing.candidates
    assert candidate.path == "a.ts"
    assert candidate.data == HIT + b"\xff\x00\r\n"
    assert candidate.stamp == Stamp.of(os.stat("a.ts"))
    assert listing.looked_at == 2


def test_any_change_of_a_file_shows_in_its_stamp(here: Path) -> None:
    before = Stamp.of(put("a.ts").stat())
    put("a.ts", HIT + b"\n")
    longer = Stamp.of(os.stat("a.ts"))
    os.utime("a.ts", ns=(0, 0))
    older = Stamp.of(os.stat("a.ts"))
    put("b.ts", HIT + b"\n").replace("a.ts")
    assert len({before, longer, older, Stamp.of(os.stat("a.ts"))}) == 4


@pytest.mark.parametrize("with_git", [False, True], ids=["walk", "git"])
def test_the_suffix_counts_in_any_case_and_only_as_a_suffix(with_git: bool, here: Path) -> None:
    for name in ("a.ts", "b.TS", "c.Tsx", "d.tsx.bak", "e.js", "ts", ".ts", "f.d.ts"):
        put(name)
    if with_git:
        repository(here)
    assert found() == [".ts", "a.ts", "b.TS", "c.Tsx", "f.d.ts"]


@pytest.mark.parametrize("with_git", [False, True], ids=["walk", "git"])
@pytest.mark.parametrize(
    "name",
    ["naïve.ts", "日本語/файл.ts", "two words.ts", "new\nline.ts", 'quo"te\\.ts', b"\xe9.ts"],
    ids=ascii,
)
def test_a_name_of_any_bytes_is_found(name: str | bytes, with_git: bool, here: Path) -> None:
    put(name)
    if with_git:
        repository(here)
    assert found() == [os.fsdecode(name)]


@pytest.mark.parametrize("with_git", [False, True], ids=["walk", "git"])
def test_paths_are_relative_below_the_current_directory_and_else_absolute(
    with_git: bool, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("a.ts")
    put("cwd/b.ts")
    if with_git:
        repository(here)
    monkeypatch.chdir(here / "cwd")
    assert found() == ["b.ts"]
    assert found("..") == [str(here / "a.ts"), "b.ts"]
    assert found(str(here / "cwd")) == ["b.ts"]


@pytest.mark.parametrize("with_git", [False, True], ids=["walk", "git"])
def test_a_file_on_several_of_the_paths_is_looked_at_once(with_git: bool, here: Path) -> None:
    put("src/a.ts")
    put("src/b.ts")
    if with_git:
        repository(here)
    listing = look("src", ".", "src/a.ts", "./src/../src/a.ts", str(here / "src"))
    assert [candidate.path for candidate in listing.candidates] == ["src/a.ts", "src/b.ts"]
    assert listing.looked_at == 2


def test_a_current_directory_that_is_gone_is_an_error(here: Path) -> None:
    (here / "gone").mkdir()
    os.chdir("gone")
    try:
        (here / "gone").rmdir()
        with pytest.raises(OSError, match="No such file"):
            look()
    finally:
        os.chdir(here)


# --- in a git work tree --------------------------------------------------------------------------


def test_what_git_tracks_and_what_it_does_not_ignore(here: Path) -> None:
    put(".gitignore", b"*.gen.ts\nout/\n")
    put("sub/.gitignore", b"local.ts\n!kept.gen.ts\n")
    for name in ("tracked.ts", "sub/tracked.ts", "tracked.gen.ts"):
        put(name)
    repository(here)
    git("add", "-f", "tracked.gen.ts", cwd=here)
    put(".git/info/exclude", b"private.ts\n")
    for name in (
        "new.ts", "sub/new.ts", "new.gen.ts", "sub/local.ts", "sub/kept.gen.ts", "out/a.ts",
        "private.ts", "build/a.ts",
    ):  # fmt: skip
        put(name)
    assert found() == [
        "build/a.ts", "new.ts", "sub/kept.gen.ts", "sub/new.ts", "sub/tracked.ts",
        "tracked.gen.ts", "tracked.ts",
    ]  # fmt: skip
    assert found("sub") == ["sub/kept.gen.ts", "sub/new.ts", "sub/tracked.ts"]


def test_the_disk_is_read_and_not_what_git_has(here: Path) -> None:
    for name in ("changed.ts", "deleted.ts", "assumed.ts", "staged.ts"):
        put(name, MISS)
    put("cured.ts", HIT)
    repository(here)
    git("update-index", "--assume-unchanged", "assumed.ts", cwd=here)
    for name in ("changed.ts", "assumed.ts", "staged.ts"):
        put(name, HIT)
    git("add", "staged.ts", cwd=here)
    put("cured.ts", MISS)
    os.unlink("deleted.ts")
    assert found() == ["assumed.ts", "changed.ts", "staged.ts"]


def test_an_entry_marked_skip_worktree_counts_if_its_file_is_there(here: Path) -> None:
    put("here.ts")
    put("away.ts")
    repository(here)
    git("update-index", "--skip-worktree", "here.ts", "away.ts", cwd=here)
    os.unlink("away.ts")
    assert found() == ["here.ts"]


def test_what_a_sparse_checkout_left_out_is_no_error(here: Path) -> None:
    put("in/a.ts")
    put("out/b.ts")
    repository(here)
    git("sparse-checkout", "set", "in", cwd=here)
    assert not (here / "out").exists()
    assert found() == ["in/a.ts"]


def test_a_sparse_index_names_its_files_all_the_same(here: Path) -> None:
    put("in/a.ts")
    put("out/deep/b.ts")
    repository(here)
    git("sparse-checkout", "set", "--cone", "--sparse-index", "in", cwd=here)
    put("out/deep/b.ts")
    assert found() == ["in/a.ts", "out/deep/b.ts"]


def test_a_file_in_conflict_counts_once(here: Path) -> None:
    put("a.ts", MISS)
    repository(here)
    git("checkout", "-q", "-b", "other", cwd=here)
    put("a.ts", HIT)
    git("commit", "-qam", "other", cwd=here)
    git("checkout", "-q", "-", cwd=here)
    put("a.ts", HIT + MISS)
    git("commit", "-qam", "ours", cwd=here)
    subprocess.run(["git", "merge", "-q", "other"], cwd=here, capture_output=True, check=False)
    assert len(git("ls-files", "-u", cwd=here).splitlines()) == 3
    listing = look()
    assert [candidate.path for candidate in listing.candidates] == ["a.ts"]
    assert listing.looked_at == 1


def test_node_modules_is_left_out_tracked_or_not_unless_it_is_named(here: Path) -> None:
    for name in (
        "node_modules/a.ts",
        "app/node_modules/b/c.ts",
        "node_modules.ts",
        "x_node_modules/d.ts",
    ):
        put(name)
    repository(here)
    put("other/node_modules/e.ts")
    assert found() == ["node_modules.ts", "x_node_modules/d.ts"]
    assert found("app/node_modules") == ["app/node_modules/b/c.ts"]
    assert found("node_modules/a.ts") == ["node_modules/a.ts"]


def test_a_named_file_is_always_looked_at(here: Path) -> None:
    put(".gitignore", b"ignored.ts\nout/\n")
    names = ["ignored.ts", "out/a.ts", "page.html", "node_modules/x/index.ts"]
    for name in names:
        put(name)
    repository(here)
    assert found() == []
    assert found(*names, exclude=["*"]) == sorted(names)
    assert found(".", *names) == sorted(names)


def test_a_named_folder_that_is_ignored_is_walked(here: Path) -> None:
    put(".gitignore", b"out/\n*.gen.ts\n")
    put("out/.gitignore", b"inner.ts\n")
    for name in (
        "out/a.ts",
        "out/b.gen.ts",
        "out/inner.ts",
        "out/deep/c.ts",
        "out/node_modules/d.ts",
    ):
        put(name)
    repository(here)
    assert found() == []
    assert found("out") == ["out/a.ts", "out/b.gen.ts", "out/deep/c.ts"]


def test_a_folder_that_is_empty_is_no_reason_to_walk(here: Path) -> None:
    put("a.ts")
    repository(here)
    (here / "empty").mkdir()
    assert found("empty") == []


def test_submodules_and_other_repositories_are_looked_at_when_they_are_named(here: Path) -> None:
    put("lib/lib.ts")
    repository(here / "lib")
    put("app/a.ts")
    app = repository(here / "app")
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../lib", "sub", cwd=app)
    put("app/sub/new.ts")
    put("app/other/o.ts")
    repository(app / "other")
    os.chdir("app")
    assert found() == ["a.ts"]
    assert found("sub") == ["sub/lib.ts", "sub/new.ts"]
    assert found("other", "a.ts") == ["a.ts", "other/o.ts"]


def test_a_linked_work_tree_is_a_work_tree(here: Path) -> None:
    put("main/.gitignore", b"ignored.ts\n")
    put("main/a.ts")
    repository(here / "main")
    git("worktree", "add", "-q", "../linked", cwd=here / "main")
    put("linked/ignored.ts")
    assert (here / "linked" / ".git").is_file()
    assert repository_root("linked") == str(here / "linked")
    assert found("linked") == ["linked/a.ts"]


def test_links_are_not_followed_in_folders_and_resolved_in_names(here: Path) -> None:
    for with_git in (False, True):
        if not with_git:
            put("real/a.ts")
            os.symlink("real", "folder")
            os.symlink("real/a.ts", "file.ts")
            os.symlink("gone.ts", "dangling.ts")
        else:
            repository(here)
        assert found() == ["real/a.ts"]
        assert found("folder") == ["real/a.ts"]
        assert found("file.ts") == ["real/a.ts"]
        assert found("file.ts", "folder/a.ts", ".") == ["real/a.ts"]
        (missing,) = look("dangling.ts").unreadable
        assert (missing.path, missing.named) == ("dangling.ts", True)


def test_a_tracked_file_below_a_folder_that_became_a_link_is_its_targets(here: Path) -> None:
    put("src/a.ts")
    repository(here)
    (here / "src").rename(here / "moved")
    os.symlink("moved", "src")
    assert found() == ["moved/a.ts"]


def test_git_is_asked_about_the_folder_and_not_about_what_a_hook_sets(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("one/.gitignore", b"ignored.ts\n")
    put("one/a.ts")
    put("one/ignored.ts")
    put("two/b.ts")
    repository(here / "one")
    repository(here / "two")
    monkeypatch.setenv("GIT_DIR", str(here / "two/.git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(here / "two"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(here / "two/.git/index"))
    assert found("one") == ["one/a.ts"]


# --- a git that fails ----------------------------------------------------------------------------


def stub_git(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program of this script in the place of git."""
    program = put(str(folder / "bin/git"), f"#!/bin/sh\n{script}\n".encode())
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)


@pytest.fixture
def work_tree(here: Path) -> Path:
    put("w/.gitignore", b"ignored.ts\n")
    for name in ("w/a.ts", "w/ignored.ts", "w/sub/b.ts", "w/node_modules/c.ts"):
        put(name)
    repository(here / "w")
    put("w/new.ts")
    return here / "w"


WALKED = ["w/a.ts", "w/new.ts", "w/sub/b.ts"]


@pytest.mark.parametrize(
    ("script", "note"),
    [
        pytest.param("echo 'fatal: it broke' >&2; exit 128", "git: it broke", id="says-why"),
        pytest.param("exit 3", "git: exit status", id="says-nothing"),
        pytest.param("kill -9 $$", "git: exit status", id="killed"),
        pytest.param(
            'case "$*" in *--others*) echo "fatal: half" >&2; exit 1;; '
            '*) printf "a.ts\\0sub/b.ts\\0";; esac',
            "git: half",
            id="half-way",
        ),
    ],
)
def test_where_git_fails_the_folder_is_walked_and_that_is_said(
    script: str, note: str, work_tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub_git(work_tree.parent, script, monkeypatch)
    listing = look("w")
    assert [candidate.path for candidate in listing.candidates] == WALKED
    assert listing.looked_at == 3
    (said,) = listing.notes
    assert said.startswith(f"w: {note}")
    assert said.endswith("; walked instead")
    assert listing.unreadable == ()


def test_where_there_is_no_git_the_folder_is_walked(
    work_tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(work_tree))
    listing = look("w")
    assert [candidate.path for candidate in listing.candidates] == WALKED
    assert listing.notes == ("w: git: No such file or directory; walked instead",)


def test_a_broken_index_is_said_in_gits_words(work_tree: Path) -> None:
    put("w/.git/index", b"not an index")
    listing = look("w")
    assert [candidate.path for candidate in listing.candidates] == WALKED
    assert "index" in listing.notes[0]


def test_a_lost_exit_code_of_git_is_a_failure_and_not_half_a_list(work_tree: Path) -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        listing = look("w")
    finally:
        signal.signal(signal.SIGCHLD, before)
    assert [candidate.path for candidate in listing.candidates] == WALKED
    assert "walked instead" in listing.notes[0]


def test_a_long_list_and_long_complaints_of_git_do_not_block(
    work_tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = (
        f"{sys.executable} -c \"import sys; sys.stderr.write('x' * 300000); "
        "sys.stdout.write('a.ts' + chr(0) + ('y' * 99 + chr(0)) * 3000)\""
    )
    stub_git(work_tree.parent, script, monkeypatch)
    assert found("w") == ["w/a.ts"]


def test_no_process_and_no_descriptor_is_left_behind(work_tree: Path) -> None:
    before = os.listdir("/proc/self/fd")
    look("w")
    for _ in gitfiles.listed(str(work_tree), lambda *_: None):
        break
    assert os.listdir("/proc/self/fd") == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


# --- what cannot be read -------------------------------------------------------------------------


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that another user can reach."""
    with shared_folder() as folder:
        yield folder


@pytest.mark.parametrize("with_git", [False, True], ids=["walk", "git"])
def test_what_cannot_be_read_is_named_and_the_rest_is_found(with_git: bool, shared: Path) -> None:
    for name in ("a.ts", "secret.ts", "closed/b.ts", "open/c.ts"):
        put(str(shared / name))
    if with_git:
        repository(shared)
        git("rm", "-q", "--cached", "closed/b.ts", cwd=shared)
    for path in [shared, *shared.rglob("*")]:
        give(path)
    (shared / "secret.ts").chmod(0)
    (shared / "closed").chmod(0)
    listing = as_nobody(shared, look)
    assert [candidate.path for candidate in listing.candidates] == ["a.ts", "open/c.ts"]
    assert [(bad.path.rstrip("/"), bad.message) for bad in listing.unreadable] == [
        ("./closed", "Permission denied"),
        ("secret.ts", "Permission denied"),
    ]
    assert not any(bad.named for bad in listing.unreadable)
    named = as_nobody(shared, lambda: look("secret.ts", "a.ts", "closed"))
    assert [candidate.path for candidate in named.candidates] == ["a.ts"]
    assert {(bad.path.rstrip("/"), bad.named) for bad in named.unreadable} == {
        ("secret.ts", True),
        ("closed", True),
    }


def test_a_name_that_there_is_not_is_named(here: Path) -> None:
    put("a.ts")
    (bad,) = look("nope.ts", "a.ts").unreadable
    assert (bad.path, bad.message, bad.named) == ("nope.ts", "No such file or directory", True)


@pytest.mark.parametrize("place", ["pipe.ts", "."], ids=["named", "in-a-folder"])
def test_a_pipe_is_not_waited_for(place: str, here: Path) -> None:
    os.mkfifo("pipe.ts")
    put("a.ts")
    listing = look(place, "a.ts")
    assert [candidate.path for candidate in listing.candidates] == ["a.ts"]
    (bad,) = listing.unreadable
    assert (bad.path, bad.message) == ("pipe.ts", "is not a regular file")


def test_a_device_is_not_read_for_ever(here: Path) -> None:
    (bad,) = look("/dev/zero").unreadable
    assert bad.message == "is not a regular file"


# --- a walk --------------------------------------------------------------------------------------


def test_a_walk_honours_nested_ignore_files(here: Path) -> None:
    put(".gitignore", b"# comment\n*.gen.ts\n/top.ts\nlogs/\n\\#odd.ts\n")
    put("sub/.gitignore", b"!kept.gen.ts\nlocal.ts\r\n/deep/*\n!/deep/b.ts\n")
    for name in (
        "a.ts", "a.gen.ts", "top.ts", "#odd.ts", "logs/x.ts", "sub/top.ts", "sub/kept.gen.ts",
        "sub/other.gen.ts", "sub/local.ts", "sub/deep/a.ts", "sub/deep/b.ts", "sub/logs/y.ts",
        "local.ts",
    ):  # fmt: skip
        put(name)
    expected = ["a.ts", "local.ts", "sub/deep/b.ts", "sub/kept.gen.ts", "sub/top.ts"]
    assert found() == expected
    repository(here)
    assert found() == expected, "as git does"


def test_a_walk_leaves_out_other_peoples_code_and_builds_unless_named(here: Path) -> None:
    put("src/a.ts")
    for folder in ("node_modules", "dist", ".git", ".next", "coverage"):
        put(f"src/{folder}/x.ts")
    assert found() == ["src/a.ts"]
    assert found("src/dist") == ["src/dist/x.ts"]
    assert found("src/dist/x.ts") == ["src/dist/x.ts"]


def test_an_ignore_file_that_is_a_link_or_a_folder_or_not_text_is_no_rule(here: Path) -> None:
    put("rules", b"*\n")
    put("a/x.ts")
    os.symlink("../rules", "a/.gitignore")
    put("b/x.ts")
    (here / "b/.gitignore").mkdir()
    put("c/x.ts")
    os.mkfifo("c/.gitignore")
    put("d/x.ts")
    put("d/.gitignore", b"\xef\xbb\xbfx.ts\n\x00\xff[\n")
    assert found() == ["a/x.ts", "b/x.ts", "c/x.ts"]


def _random_rules(rng: random.Random) -> bytes:
    pieces = ["a", "b", "c", "*", "?", "**", "[ab]", "[!a]", "[a-c]", "*.ts", "x.ts", "\\a", "a*"]
    lines = []
    for _ in range(rng.randint(1, 4)):
        parts = [rng.choice(pieces) + rng.choice(["", "", rng.choice(pieces)])
                 for _ in range(rng.randint(1, 3))]  # fmt: skip
        line = "/".join(parts)
        line = rng.choice(["", "", "!", "/"]) + line + rng.choice(["", "", "/", " ", "/**"])
        lines.append(line)
    return "\n".join(lines).encode()


def test_the_rules_are_gits_on_random_trees(here: Path) -> None:
    rng = random.Random("ignore rules")  # noqa: S311 - trees, not secrets
    git("init", "-q", cwd=here)
    names = ["a", "b", "c", "ab", "x.ts", "a.ts", "bc.ts"]
    hidden = 0
    for _ in range(60):
        top = here / "tree"
        for _ in range(rng.randint(4, 12)):
            folders = [rng.choice("abc") for _ in range(rng.randint(0, 3))]
            target = top.joinpath(*folders, rng.choice(names))
            if not target.is_dir() and not any(up.is_file() for up in target.parents):
                put(str(target), b"")
        for folder in [top, *(path for path in sorted(top.rglob("*")) if path.is_dir())]:
            if folder == top or rng.random() < 0.3:
                put(str(folder / ".gitignore"), _random_rules(rng))
        listed = git("ls-files", "-z", "--others", "--exclude-standard", cwd=top)
        expected = set(listed.split(b"\0")) - {b""}
        rules = ignores.rules_above(os.fsencode(here), os.fsencode(top))
        walked = set(ignores.walk(os.fsencode(top), rules, lambda *_: None))
        shown = {str(p.relative_to(top)): p.read_bytes() for p in top.rglob(".gitignore")}
        assert walked == expected, shown
        hidden += len([path for path in top.rglob("*") if path.is_file()]) - len(expected)
        subprocess.run(["rm", "-r", str(top)], check=True)
    assert hidden > 60, "or the rules are not met"


# --- globs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_git", [False, True], ids=["walk", "git"])
@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        pytest.param([], [], ["a.ts", "lib/c.tsx", "src/b.ts"], id="none"),
        pytest.param(["src/"], [], ["src/b.ts"], id="a-folder"),
        pytest.param(["*.tsx"], [], ["lib/c.tsx"], id="a-suffix-anywhere"),
        pytest.param(["/*.ts"], [], ["a.ts"], id="anchored"),
        pytest.param([], ["lib", "a.ts"], ["src/b.ts"], id="exclude"),
        pytest.param(["*.ts"], ["src"], ["a.ts"], id="both"),
        pytest.param(["nothing"], [], [], id="no-match"),
    ],
)
def test_globs_choose_among_the_files_in_folders(
    include: list[str], exclude: list[str], expected: list[str], with_git: bool, here: Path
) -> None:
    for name in ("a.ts", "src/b.ts", "lib/c.tsx"):
        put(name)
    if with_git:
        repository(here)
    assert found(include=include, exclude=exclude) == expected


def test_globs_are_relative_to_the_current_directory(here: Path) -> None:
    put("app/src/a.ts")
    put("app/lib/b.ts")
    (here / "cwd").mkdir()
    os.chdir("cwd")
    assert found("../app", exclude=["../app/lib/"]) == [str(here / "app/src/a.ts")]


# --- the root of a repository --------------------------------------------------------------------


def test_the_root_is_that_of_the_nearest_work_tree(here: Path) -> None:
    assert repository_root(".") is None
    put("a/b/c.ts")
    repository(here)
    (here / "a/.git").mkdir()
    assert repository_root("a/b") == str(here), "an empty folder .git marks nothing, as for git"
    (here / "a/.git").rmdir()
    repository(here / "a")
    assert repository_root("a/b/c.ts") == str(here / "a")


# --- the search of bytes -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "hit"),
    [
        pytest.param(b"workflows/runs", True, id="all-of-the-first"),
        pytest.param(b"runs, then workflows", True, id="in-any-order"),
        pytest.param(b"threads/", True, id="the-second"),
        pytest.param(b"workflows", False, id="one-of-two"),
        pytest.param(b"Workflows/Runs", False, id="another-case"),
        pytest.param(b"", False, id="empty"),
    ],
)
def test_a_hit_holds_all_strings_of_an_alternative(data: bytes, hit: bool, here: Path) -> None:
    needles = bytesearch.Needles(NEEDLES)
    assert needles.in_bytes(data) is hit
    with put("a", data).open("rb") as stream:
        assert needles.in_file(stream.fileno()) is hit


def test_no_needles_find_nothing_and_an_empty_alternative_everything() -> None:
    assert not bytesearch.Needles([]).in_bytes(HIT)
    assert bytesearch.Needles([()]).in_bytes(b"")


@pytest.mark.parametrize("size", [1 << 16, 1 << 22], ids=["read", "chunk"])
@pytest.mark.parametrize("shift", range(-12, 2, 2))
def test_a_needle_across_the_border_of_two_reads_is_found(
    size: int, shift: int, here: Path
) -> None:
    put("a.ts", b"runs" + b" " * (size + shift - 4) + b"workflows" + b" " * 70_000)
    put("b.ts", b" " * (size + shift) + b"workflow" + b" " * 70_000 + b"runs")
    assert found() == ["a.ts"]


def test_many_files_are_found_by_several_processes_as_by_one(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = []
    for number in range(2_600):
        name = f"{number % 7}/{number}.ts"
        put(name, HIT if number % 97 == 0 else MISS)
        if number % 97 == 0:
            expected.append(name)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
    told: list[tuple[int, int]] = []
    many = find_candidates(
        (), suffixes=frozenset({".ts"}), needles=NEEDLES, progress=lambda *it: told.append(it)
    )
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    one = look()
    assert [candidate.path for candidate in many.candidates] == sorted(expected)
    assert many == one
    assert many.looked_at == 2_600
    assert told[-1] == (2_600, 2_600)
    assert all(total == 2_600 for _, total in told)


def test_a_helper_that_is_killed_loses_nothing(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [os.fsencode(put(f"{number}.ts", MISS)) for number in range(2_100)]
    names.append(os.fsencode(put("hit.ts")))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    real, parent = bytesearch._scan, os.getpid()

    def scan(*arguments: object) -> object:
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(bytesearch, "_scan", scan)
    closer, looked = bytesearch.search(names, bytesearch.Needles(NEEDLES))
    assert closer == [b"hit.ts"]
    assert looked == 2_101
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_file_that_goes_away_or_becomes_a_link_meanwhile_is_passed_over(here: Path) -> None:
    put("a.ts")
    os.symlink("a.ts", "link.ts")
    names = [b"a.ts", b"gone.ts", b"link.ts", b"a.ts/below.ts"]
    assert bytesearch.search(names, bytesearch.Needles(NEEDLES)) == ([b"a.ts"], 1)


Change = Callable[[], object]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda: os.unlink("a.ts"), id="gone"),
        pytest.param(lambda: put("a.ts", MISS), id="cured"),
    ],
)
def test_what_changes_between_search_and_reading_is_no_candidate(
    change: Change, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("a.ts")
    real = bytesearch.search

    def search(*arguments: object) -> object:
        done = real(*arguments)  # type: ignore[arg-type]
        change()
        return done

    monkeypatch.setattr(bytesearch, "search", search)
    assert found() == []
