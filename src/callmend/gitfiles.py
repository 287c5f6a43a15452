"""The files of a git work tree, as git itself lists them.

git is started with `posix_spawn` because the module `subprocess` takes 6 ms to import, which is a
twentieth of a whole run. It is run twice: the tracked files are there after 6 ms (of 12,000) and
are searched while a second git looks for untracked ones, which takes it 13 ms.
`git grep` is not used to search, although it takes half the processor time: it passes over files
with a skip-worktree mark and those that git has as links, takes files with an assume-unchanged mark
from the object store, and does not tell how many it looked at or which it could not read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress

#: What git sets for its hooks, and what would turn it to another repository than the one that
#: holds the folder (`git rev-parse --local-env-vars`, without the configuration).
_ELSEWHERE = frozenset(
    {
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_PREFIX",
        "GIT_COMMON_DIR",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_IMPLICIT_WORK_TREE",
    }
)


class GitError(Exception):
    """git is not there, or could not list the folder; the message is git's own first line."""


def repository_root(path: str) -> str | None:
    """The top of the git work tree that holds the file or folder, as a real path, or None.

    It is looked for as git does it, upwards for a folder or file `.git`, and without running git.
    """
    folder = os.path.realpath(path)
    while True:
        mark = os.path.join(folder, ".git")
        # a file is the mark of a submodule or of a linked work tree
        if os.path.isfile(mark) or os.path.lexists(os.path.join(mark, "HEAD")):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


class Listing:
    """The two lists of `listed`, which git makes while other things are done.

    Stop it, whether both were taken or not.
    """

    __slots__ = ("_git", "_tracked", "root")

    def __init__(self, root: str) -> None:
        """Start it.

        Raises:
            GitError: git cannot be started.
        """
        self.root = root
        self._tracked: bytes | None = None
        self._git = _Git(root, "ls-files", "-z", "--cached")

    def tracked(self) -> bytes:
        """The tracked files, once git has them; from then on it looks for the others.

        Raises:
            GitError: git cannot list the folder.
        """
        if self._tracked is None:
            tracked, _ = _output(self._git)
            self._git = _Git(self.root, "ls-files", "-z", "--others", "--exclude-standard")
            self._tracked = tracked
        return self._tracked

    def others(self) -> tuple[bytes, bytes]:
        """The files that git neither tracks nor ignores, and what it complains about.

        Raises:
            GitError: git cannot list the folder.
        """
        return self._git.output()

    def stop(self) -> None:
        """End git, and release what it holds."""
        self._git.stop()


def listed(
    root: str, warn: Callable[[bytes, str], None], begun: Listing | None = None
) -> Iterator[bytes]:
    """The files below root that git tracks, then those that it neither tracks nor ignores.

    Each of the two is one string of paths relative to root, ended by zeros; a file with a merge
    conflict occurs once for each of its versions. Tracked ones may be gone from the disk, and may
    be submodules; the files of a submodule or of another repository in the tree are not listed. A
    folder that git could not look into goes to warn with what git says. begun is a listing of this
    root that was started before.

    Raises:
        GitError: git cannot list the folder. The first string may have been given by then.
    """
    listing = begun if begun is not None else Listing(root)
    try:
        yield listing.tracked()
        names, complaints = listing.others()
    finally:
        listing.stop()
    for line in complaints.splitlines():
        if match := re.fullmatch(rb"warning: could not open directory '(.*)': (.*)", line):
            warn(match[1], os.fsdecode(match[2]))
    yield names


def is_ignored(root: str) -> bool:
    """Whether git ignores the folder itself, so that it lists nothing below it."""
    try:
        _output(_Git(root, "check-ignore", "-q", "--no-index", "."))
    except GitError:  # not ignored is exit code 1
        return False
    return True


def _output(git: _Git) -> tuple[bytes, bytes]:
    try:
        return git.output()
    finally:
        git.stop()


class _Git:
    """A running git."""

    __slots__ = ("_pid", "_pipes")

    def __init__(self, root: str, *arguments: str) -> None:
        environment = {key: text for key, text in os.environ.items() if key not in _ELSEWHERE}
        environment["LC_ALL"] = "C"  # its warnings are read
        self._pid = 0
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        self._pipes = [out, err]
        try:
            self._pid = os.posix_spawnp(
                "git",
                ["git", "-C", root, *arguments],
                environment,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, out_end, 1),
                    (os.POSIX_SPAWN_DUP2, err_end, 2),
                ],
            )
        except OSError as error:
            self.stop()
            raise GitError(f"git: {error.strerror}") from error
        finally:
            os.close(out_end)
            os.close(err_end)

    def output(self) -> tuple[bytes, bytes]:
        """What it writes to stdout and to stderr, once it has ended.

        Raises:
            GitError: it did not end with exit code 0.
        """
        # Both pipes at once: git waits when one of them is full.
        from select import poll  # noqa: PLC0415 - only for a run in a git tree

        poller = poll()
        pieces: dict[int, list[bytes]] = {pipe: [] for pipe in self._pipes}
        for pipe in self._pipes:
            poller.register(pipe)
        still_open = len(pieces)
        while still_open:
            for pipe, _ in poller.poll():
                if piece := os.read(pipe, 1 << 16):
                    pieces[pipe].append(piece)
                else:
                    poller.unregister(pipe)
                    still_open -= 1
        out, err = (b"".join(parts) for parts in pieces.values())
        try:
            status = os.waitpid(self._pid, 0)[1]
        except ChildProcessError:
            # The caller of callmend has SIGCHLD ignored, so the exit code is lost. A list that
            # may be half a list is none.
            status = 1
        self._pid = 0
        if status:
            line = os.fsdecode(err.split(b"\n", 1)[0]) or f"exit status {status}"
            raise GitError(f"git: {line.removeprefix('fatal: ')}")
        return out, err

    def stop(self) -> None:
        """End it, if it is still at work, and release what it holds."""
        if self._pid:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(self._pid, 9)
                os.waitpid(self._pid, 0)
            self._pid = 0
        for pipe in self._pipes:
            os.close(pipe)
        self._pipes = []
