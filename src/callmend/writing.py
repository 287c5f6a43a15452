"""Writes many files, all or none, and each of them whole.

Every new version is made, in the file's own folder, and is on the disk before the first file
changes; until then anything that fails leaves all as it was, and no stray file. Then they are
renamed over the old ones, one after the other. Killed in between, each file is old or new, and
the next run finds the old ones again.

A rename would cut a hard link, and cannot keep what this user may not set (another's ownership,
some attributes). Such a file is written in place instead, with both versions in a record beside
it, from which `leftovers.clear` undoes a write that was cut short.

Signals that end a run wait: until the file in hand is prepared, or all are written.
"""

from __future__ import annotations

import errno
import os
import signal
import stat
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any, Self

from callmend import leftovers
from callmend.files import Stamp

_CHANGED = "has changed since it was read"
_NOTHING = "nothing was written"
_OPEN = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
#: Locks that are held at a time; each takes one of the (often 1,024) open files of a process.
_MOST_LOCKS = 256
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One file to write: its bytes as they were read, and the new ones.

    ``path`` may be a symbolic link, which stays one. ``stamp`` is of when the source was read.
    """

    path: str
    source: bytes
    result: bytes
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be written, and one line on why."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The paths that were written, in the order given, and what failed.

    Unless something was written, there is at most one failure: the first.
    """

    written: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()


class _Refused(Exception):  # noqa: N818  # it ends the run as an outcome, not as an error
    """A file cannot be written, and none has been."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.failure = Failure(path, f"{message}; {_NOTHING}")


def write_all(rewrites: Sequence[Rewrite]) -> Outcome:
    """Write all of the files, or none where one cannot be written.

    A file that is not any more what was read is left, and with it all the others. Only once files
    have been written may one fail by itself (its folder went away in that moment, say).

    Raises:
        KeyboardInterrupt: a signal came; the message says whether the files were written.
    """
    outcome = Outcome()
    try:
        with _HeldSignals() as signals:
            outcome = _write(rewrites, signals)
    except KeyboardInterrupt as stop:
        stop.args = ("all was written" if outcome.written else _NOTHING,)
        raise
    return outcome


class _HeldSignals:
    """Holds back the signals that end a process, but those that are ignored anyway.

    By handlers, not by the thread's signal mask: where the program has other threads, the system
    gives a signal that this thread blocks to one of those, and Python acts on it here all the same.
    """

    def __init__(self) -> None:
        self._before: dict[signal.Signals, Any] = {}
        self._came: list[int] = []

    def __enter__(self) -> Self:
        for number in _STOPPING:
            # None is a handler that was not set by Python: it could not be put back.
            if signal.getsignal(number) in (signal.SIG_IGN, None):
                continue
            # ValueError: not the main thread, so that no handler of Python's interrupts this one.
            with suppress(ValueError):
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        # What has come meanwhile does its work now: the end of the process, or an exception.
        for came in sorted(set(self._came), key=lambda number: number == signal.SIGINT):
            signal.raise_signal(came)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._came.append(number)

    def check(self) -> None:
        """Stop if one has come.

        Raises:
            KeyboardInterrupt: one has.
        """
        if self._came:
            raise KeyboardInterrupt


class _Prepared:
    """One file whose new version, or record, is on the disk beside it."""

    def __init__(self, rewrite: Rewrite) -> None:
        self.path = rewrite.path
        self.source = rewrite.source
        self.result = rewrite.result
        self.real = os.path.realpath(rewrite.path)
        self.folder, self._name = os.path.split(self.real)
        self.in_place = False
        self._stamp = rewrite.stamp
        self._beside = ""
        self._lock = -1

    def prepare(self) -> None:
        """Check the file and make what is to be beside it.

        Raises:
            _Refused: the file cannot be written.
        """
        original = self._open(os.O_RDONLY)
        try:
            if not os.access(self.real, os.W_OK):
                raise _Refused(self.path, "is read-only")
            status = os.fstat(original)
            self.in_place = status.st_nlink > 1 or not _may_be_renamed_over(status, self.folder)
            if not self.in_place:
                self._make(leftovers.TEMPORARY, self.result)
                self.in_place = not _take_on(original, status, self._lock)
                if self.in_place:
                    self.discard()
            if self.in_place:
                self._make_record()
            else:
                os.fsync(self._lock)
        except OSError as error:
            raise _Refused(self.path, f"cannot be written: {error.strerror}") from error
        finally:
            os.close(original)

    def unlock(self) -> None:
        """Release the lock, of which a process cannot hold any number."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def check(self) -> None:
        """See that the file is still the one that was read.

        Raises:
            _Refused: it is not.
        """
        try:
            current = Stamp.of(os.lstat(self.real))
        except OSError as error:
            raise _Refused(self.path, _gone(error)) from error
        if current != self._stamp:
            raise _Refused(self.path, _CHANGED)

    def rename(self) -> None:
        """Put the new version in the place of the file.

        Raises:
            _Refused: it cannot be; the file is as it was.
        """
        self.check()
        try:
            os.rename(self._beside, self.real)
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise _Refused(self.path, f"cannot be replaced: {error.strerror}") from error
        else:
            self._beside = ""
            return
        # The file is a mount point, as one that is handed into a container by itself is.
        self.discard()
        self.in_place = True
        try:
            self._make_record()
        except OSError as error:
            raise _Refused(self.path, f"cannot be written: {error.strerror}") from error
        self.overwrite()

    def overwrite(self) -> None:
        """Write the new version in place.

        Raises:
            _Refused: it cannot be; the file is as it was, or else its record stays.
        """
        descriptor = self._open(os.O_RDWR)
        try:
            leftovers.overwrite(descriptor, self.result)
        except OSError as error:
            kept = self._put_back(descriptor)
            raise _Refused(self.path, f"cannot be written: {error.strerror}{kept}") from error
        finally:
            os.close(descriptor)

    def put_back(self) -> None:
        """Undo `overwrite`, or keep the record where that fails, for the next run to do it."""
        try:
            descriptor = os.open(self.real, os.O_RDWR | _OPEN)
        except OSError:
            self._keep()
            return
        try:
            self._put_back(descriptor)
        finally:
            os.close(descriptor)

    def discard(self) -> None:
        """Remove what is beside the file, if it still is."""
        if self._beside:
            with suppress(OSError):
                os.unlink(self._beside)
            self._beside = ""
        self.unlock()

    def _open(self, flags: int) -> int:
        """Open the file, which is still what was read.

        Raises:
            _Refused: it is not, or cannot be opened.
        """
        try:
            descriptor = os.open(self.real, flags | _OPEN)
        except OSError as error:
            raise _Refused(self.path, _gone(error)) from error
        try:
            # The stamp after the bytes, too: they may change while they are read.
            same = (
                Stamp.of(os.fstat(descriptor)) == self._stamp
                and leftovers.read(descriptor) == self.source
                and Stamp.of(os.fstat(descriptor)) == self._stamp
            )
        except OSError as error:
            os.close(descriptor)
            raise _Refused(self.path, f"cannot be read: {error.strerror}") from error
        if not same:
            os.close(descriptor)
            raise _Refused(self.path, _CHANGED)
        return descriptor

    def _make(self, kind: str, data: bytes) -> None:
        try:
            self._beside, self._lock = leftovers.create(self.folder, kind)
        except OSError as error:
            message = f"its folder takes no new file: {error.strerror}"
            raise _Refused(self.path, message) from error
        leftovers.fill(self._lock, data)

    def _make_record(self) -> None:
        self._make(leftovers.RECORD, leftovers.record(self._name, self.source, self.result))
        os.fsync(self._lock)
        _sync(self.folder)

    def _put_back(self, descriptor: int) -> str:
        """Write the old version in place; if that fails, say where it is kept."""
        try:
            leftovers.overwrite(descriptor, self.source)
        except OSError as error:
            name = os.path.basename(self._beside)
            self._keep()
            return f", nor put back: {error.strerror}; its old version is in {name}"
        return ""

    def _keep(self) -> None:
        self._beside = ""
        self.unlock()


def _write(rewrites: Sequence[Rewrite], signals: _HeldSignals) -> Outcome:
    """Prepare and write; whatever happens, nothing stays beside the files."""
    prepared: list[_Prepared] = []
    by_file: dict[Stamp, _Prepared] = {}
    names: dict[str, _Prepared] = {}
    try:
        for rewrite in rewrites:
            signals.check()
            twin = by_file.get(rewrite.stamp)  # another name of the same file
            if twin is None:
                prepared.append(_Prepared(rewrite))
                twin = by_file[rewrite.stamp] = prepared[-1]
                twin.prepare()
                if len(prepared) > _MOST_LOCKS:
                    twin.unlock()
            elif twin.result != rewrite.result:
                raise _Refused(rewrite.path, f"is the same file as {twin.path}, which differs")  # noqa: TRY301
            names[rewrite.path] = twin
        signals.check()
        failures = _commit(prepared)
    except _Refused as refused:
        return Outcome((), (refused.failure,))
    finally:
        for each in prepared:
            each.discard()
    failed = {failure.path for failure in failures}
    written = (path for path, each in names.items() if each.path not in failed)
    return Outcome(tuple(written), failures)


def _commit(prepared: Sequence[_Prepared]) -> tuple[Failure, ...]:
    """Change the files. Those in place come first, since they can fail and be put back.

    Raises:
        _Refused: one could not be written, and none has been.
    """
    for each in prepared:
        each.check()
    overwritten: list[_Prepared] = []
    failures: list[Failure] = []
    renamed = False
    try:
        for each in prepared:
            if each.in_place:
                each.overwrite()
                overwritten.append(each)
        for each in prepared:
            if each in overwritten:
                continue
            try:
                each.rename()
                renamed = True
            except _Refused as refused:
                if not renamed:
                    raise
                reason = str(refused)
                failures.append(Failure(each.path, f"{reason}; the other files were written"))
    except _Refused:
        for each in overwritten:
            each.put_back()
        raise
    for folder in {each.folder for each in prepared}:
        _sync(folder)
    return tuple(failures)


def _sync(folder: str) -> None:
    """Wait until the names in a folder are on the disk, where the file system knows how."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _gone(error: OSError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "is gone since it was read"
    return f"cannot be opened: {error.strerror}"


def _may_be_renamed_over(status: os.stat_result, folder: str) -> bool:
    """Whether the folder lets this user replace the file: a sticky one may not."""
    above = os.stat(folder)
    return not above.st_mode & stat.S_ISVTX or os.geteuid() in {0, above.st_uid, status.st_uid}


def _take_on(original: int, status: os.stat_result, new: int) -> bool:
    """Give the new file the owner, the attributes and the mode of the original, if possible."""
    try:
        made = os.fstat(new)
        if (made.st_uid, made.st_gid) != (status.st_uid, status.st_gid):
            os.fchown(new, status.st_uid, status.st_gid)
        if sys.platform == "linux":  # elsewhere Python has no functions for them
            wanted, there = _attributes(original), _attributes(new)
            for name in there.keys() - wanted.keys():
                os.removexattr(new, name)
            for name, value in wanted.items():
                if there.get(name) != value:
                    os.setxattr(new, name, value)
        # Last, because a change of the owner takes bits away.
        os.fchmod(new, stat.S_IMODE(status.st_mode))
    except OSError:
        return False
    return True


def _attributes(descriptor: int) -> dict[str, bytes]:
    """The extended attributes of an open file, access lists among them."""
    if sys.platform != "linux":
        return {}
    try:
        return {name: os.getxattr(descriptor, name) for name in os.listxattr(descriptor)}
    except OSError as error:
        if error.errno != errno.ENOTSUP:
            raise
        return {}
