"""Which of many files hold the needles: the hot loop of a run.

Measured on 12,000 files of 3 kB on 2 cores (`git grep -lF` takes 65 ms there): this loop alone
85 ms, in 2 threads 100 ms and in 4 threads 190 ms (the interpreter lock is handed to and fro for
each file), in 2 forked processes 42 ms. Hence the fork.
Those are for two strings. For five the loop takes 110 ms: opening and reading 24, then 15 to 20
for each string that every file is searched for, which is why alternatives share their first one.
"""

from __future__ import annotations

import errno
import functools
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

#: Never follow a link, and never wait for a FIFO's other end; both matter when a listed file was
#: replaced by something else since.
OPEN_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
#: Opening fails so when the listed file is gone, or is a link now: nothing that is ours to look at.
ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})

_FIRST_READ = 1 << 16
_CHUNK = 1 << 22
#: Files that a process takes at a time, and after which it tells its progress.
_BLOCK = 250
_MOST_BLOCKS = 1_000
#: Below this many files a second process costs more (about 2 ms) than it saves.
_FILES_PER_PROCESS = 1_000
_MOST_PROCESSES = 4
#: By number, because the module `signal` costs a millisecond to import.
_SIGKILL = 9
#: Letters of source code, the rarest first; see `_quick`.
_RARE = b"zqjxkvwybgfhp"


class Needles:
    """Byte strings to search for: a file is a hit when it holds ALL strings of ANY alternative."""

    __slots__ = ("_alternatives", "_by_first", "_overlap", "_strings")

    def __init__(self, alternatives: Sequence[tuple[bytes, ...]]) -> None:
        by_first: dict[bytes, list[tuple[bytes, ...]]] = {}
        for alternative in alternatives:
            first, *rest = alternative or (b"",)
            by_first.setdefault(first, []).append(tuple(rest))
        self._by_first = [(_quick(first), first, rests) for first, rests in by_first.items()]
        self._alternatives = tuple(alternatives)
        self._strings: frozenset[bytes] = frozenset().union(*alternatives)
        self._overlap = max(map(len, self._strings), default=1)

    def in_bytes(self, data: bytes) -> bool:
        """Whether the bytes are a hit."""
        for quick, first, rests in self._by_first:
            if quick(data) and first in data:
                for rest in rests:
                    if all(needle in data for needle in rest):
                        return True
        return False

    def in_file(self, descriptor: int) -> bool:
        """Whether a regular file of any size is a hit, held in memory 4 MB at a time.

        Raises:
            OSError: the file cannot be read.
        """
        found: set[bytes] = set()
        window, offset = b"", 0
        while chunk := os.pread(descriptor, _CHUNK, offset):
            offset += len(chunk)
            # a needle may lie across the border of two chunks
            window = window[-self._overlap :] + chunk
            found.update(needle for needle in self._strings - found if needle in window)
        return any(found.issuperset(alternative) for alternative in self._alternatives)


def search(
    names: Sequence[bytes],
    needles: Needles,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[list[bytes], int]:
    """The files, out of many, that are worth a closer look, and how many were looked at.

    Those are the hits and the files that could not be read, in no order. Paths are as `os.open`
    takes them. Links, and files that are gone, are passed over; neither they nor what could not be
    read counts as looked at. progress is called every few hundred files, with those done (by this
    process at first) and with all of them.
    """
    begun = Search(names, needles)
    try:
        return begun.finish(progress)
    finally:
        begun.stop()


class Search:
    """A `search` whose helpers are at work from the start; this process joins them in `finish`.

    Stop it, whether it is finished or not.
    """

    __slots__ = ("_blocks", "_helpers", "_needles", "_queue", "_total")

    def __init__(self, names: Sequence[bytes], needles: Needles) -> None:
        self._total = len(names)
        block = max(_BLOCK, -(-self._total // _MOST_BLOCKS))
        self._blocks = [names[start : start + block] for start in range(0, self._total, block)]
        self._needles = needles
        self._queue: _Queue | None = None
        self._helpers: list[_Helper] = []
        count = _processes(self._total)
        if count == 1:
            return
        try:
            self._queue = _Queue(len(self._blocks))
            for _ in range(count - 1):
                self._helpers.append(_Helper(self._blocks, needles, self._queue))
        except BaseException:
            self.stop()
            raise

    def finish(self, progress: Callable[[int, int], None] | None = None) -> tuple[list[bytes], int]:
        """What `search` gives."""
        tell: Callable[[int], None] | None = None
        if progress is not None:
            tell = functools.partial(_tell, progress, self._total)
        if self._queue is None:
            return _scan(self._blocks, self._needles, tell)
        closer, looked = _scan(self._queue.take(self._blocks), self._needles, tell)
        for helper in self._helpers:
            answer = helper.answer()
            if answer is None:  # it was killed, and the blocks that it had taken are not done
                return _scan(self._blocks, self._needles, tell)
            closer += answer[0]
            looked += answer[1]
            if tell is not None:
                tell(looked)
        return closer, looked

    def stop(self) -> None:
        """End the helpers and release what they hold."""
        while self._helpers:
            self._helpers.pop().stop()
        if self._queue is not None:
            self._queue.close()
            self._queue = None


def _tell(progress: Callable[[int, int], None], total: int, done: int) -> None:
    progress(done, total)


def _scan(
    blocks: Iterable[Sequence[bytes]],
    needles: Needles,
    tell: Callable[[int], None] | None = None,
) -> tuple[list[bytes], int]:
    """`search`, by this process alone."""
    closer: list[bytes] = []
    looked = 0
    # names of their own, because this loop runs once for each file of the tree
    open_, pread, close, hit = os.open, os.pread, os.close, needles.in_bytes
    for names in blocks:
        for name in names:
            try:
                descriptor = open_(name, OPEN_FLAGS)
            except OSError as error:
                if error.errno not in ABSENT:
                    closer.append(name)
                continue
            try:
                # pread and not read, because it fails on a FIFO before it takes anything out of
                # it. A regular file gives less than it is asked for only at its end.
                data = pread(descriptor, _FIRST_READ, 0)
                if hit(data) if len(data) < _FIRST_READ else _large(descriptor, needles):
                    closer.append(name)
                looked += 1
            except OSError:
                closer.append(name)
            finally:
                close(descriptor)
        if tell is not None:
            tell(looked)
    return closer, looked


def _large(descriptor: int, needles: Needles) -> bool:
    """Whether a file of more than one read is worth a closer look."""
    # a device could be read for ever; the closer look tells what it is
    return not stat.S_ISREG(os.fstat(descriptor).st_mode) or needles.in_file(descriptor)


def _quick(needle: bytes) -> Callable[[bytes], object]:
    """A test that each holder of the needle passes, and that is faster than the needle itself.

    It looks for the part of the needle from its rarest letter on, with `re`, which jumps to the
    pattern's first byte by memchr: over 38 MB of TSX the search for `workflows` and `threads`
    takes 37 ms so, and 48 ms by `in`. Without a rare letter `in` is the faster one.
    """
    for letter in _RARE:
        start = needle.find(letter, 0, -1)
        if start >= 0:
            return re.compile(re.escape(needle[start:])).search
    return lambda data: needle in data


def _processes(files: int) -> int:
    """How many processes to search so many files with."""
    # Elsewhere than on Linux a fork without exec is not safe (macOS) or does not exist; and with
    # a second thread it could copy a lock that is held.
    threading = sys.modules.get("threading")
    if sys.platform != "linux" or (threading is not None and threading.active_count() > 1):
        return 1
    return max(1, min(len(os.sched_getaffinity(0)), _MOST_PROCESSES, files // _FILES_PER_PROCESS))


class _Queue:
    """The blocks that no process has taken yet: a pipe that holds the number of each.

    So a process that has less of a processor to itself takes fewer of them.
    """

    __slots__ = ("_pipe",)

    def __init__(self, blocks: int) -> None:
        self._pipe, write_end = os.pipe()
        # at most 4 kB (_MOST_BLOCKS), which fits into any pipe, so this does not wait
        os.write(write_end, b"".join(number.to_bytes(4, "big") for number in range(blocks)))
        os.close(write_end)

    def take(self, blocks: Sequence[Sequence[bytes]]) -> Iterator[Sequence[bytes]]:
        """Blocks, one after the other, that no other process takes."""
        while number := os.read(self._pipe, 4):
            yield blocks[int.from_bytes(number, "big")]

    def close(self) -> None:
        """Release the pipe."""
        os.close(self._pipe)


class _Helper:
    """A forked process that searches a part of the blocks."""

    __slots__ = ("_pid", "_pipe")

    def __init__(self, blocks: Sequence[Sequence[bytes]], needles: Needles, queue: _Queue) -> None:
        self._pipe, write_end = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                hits, looked = _scan(queue.take(blocks), needles)
                # two zeros end it, which no list of names holds: half an answer is told apart
                answer = b"\0".join([b"%d" % looked, *hits, b"", b""])
                while answer:
                    answer = answer[os.write(write_end, answer) :]
            finally:
                # whatever happened, even Ctrl-C: nothing of the parent's runs twice
                os._exit(0)
        os.close(write_end)

    def answer(self) -> tuple[list[bytes], int] | None:
        """What it found, as of `_scan`, when it has; None if it was killed before."""
        pieces = []
        while piece := os.read(self._pipe, 1 << 16):
            pieces.append(piece)
        answer = b"".join(pieces)
        if not answer.endswith(b"\0\0"):
            return None
        looked, *hits = answer[:-2].split(b"\0")
        return hits, int(looked)

    def stop(self) -> None:
        """End the process, which after an interruption is still at work, and release it."""
        os.close(self._pipe)
        # where the caller of callmend has SIGCHLD ignored, the system reaps by itself
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._pid, _SIGKILL)
            os.waitpid(self._pid, 0)
