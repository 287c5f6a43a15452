"""The files that `fix` makes beside the ones it writes, and what an interrupted run left of them.

Both kinds are named ``.callmend-TOKEN-CHECK.KIND``, where CHECK is a digest of the rest: no other
file has such a name by chance, so that what is cleared away is callmend's own. A run holds a lock
on each while it is at work, so that another run does not take them for left over.

- ``tmp``: a new version that was not renamed yet. The file itself is still the old one.
- ``old``: the record of a file that is written in place: both of its versions. It is complete and
  on the disk before the first byte of the file changes, so one that is not complete tells that
  nothing has. What was begun is undone from it.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b

from callmend.files import LEFTOVER_MARK

TEMPORARY = "tmp"
RECORD = "old"

_MARK = os.fsdecode(LEFTOVER_MARK)
_MAGIC = b"callmend: the old, then the new version of a file that was being written; lengths "
_DIGEST = 32
_CHUNK = 1 << 22
_OPEN = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


@dataclass(frozen=True, slots=True)
class Cleared:
    """What `clear` did: the files that were put back to their old version, and what to tell."""

    restored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def create(folder: str, kind: str) -> tuple[str, int]:
    """Make an empty file of a kind that only this user may open, and lock it.

    Returns:
        Its path and its descriptor; closing that ends the lock.

    Raises:
        OSError: the folder takes no new file.
    """
    while True:
        path = os.path.join(folder, _name(os.urandom(8).hex(), kind))
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _OPEN, 0o600)
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        # Another run may have cleared it away between the two.
        if os.fstat(descriptor).st_nlink:
            return path, descriptor
        os.close(descriptor)


def is_ours(name: str) -> bool:
    """Whether a file's name, without its folder, is one that `create` gives."""
    stem, _, kind = name.removeprefix(_MARK).partition(".")
    token = stem.partition("-")[0]
    return kind in {TEMPORARY, RECORD} and name == _name(token, kind)


def found_in(folders: Iterable[str]) -> list[str]:
    """The paths of the files of ours in these folders; one that cannot be listed has none."""
    found: list[str] = []
    for folder in sorted(set(folders)):
        with suppress(OSError):
            found += [os.path.join(folder, name) for name in os.listdir(folder or ".")]
    return [path for path in found if is_ours(os.path.basename(path))]


def clear(paths: Iterable[str]) -> Cleared:
    """Remove the files of ours that no run is at work with, and undo half-written files.

    Others among the paths are left alone, and so is a record that cannot be used.
    """
    restored: list[str] = []
    notes: list[str] = []
    for path in sorted(set(paths)):
        if not is_ours(os.path.basename(path)):
            continue
        try:
            descriptor = os.open(path, os.O_RDONLY | _OPEN)
        except OSError:  # gone, or not for this user
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or not os.path.samestat(status, os.lstat(path)):
                continue
            if path.endswith(f".{RECORD}"):
                _undo(path, read(descriptor), restored)
            os.unlink(path)
        except BlockingIOError:  # locked: a run is at work with it
            continue
        except OSError as error:
            notes.append(f"{path}: left by an interrupted run, and kept: {error.strerror}")
        finally:
            os.close(descriptor)
    return Cleared(tuple(restored), tuple(notes))


def record(name: str, old: bytes, new: bytes) -> bytes:
    """The content of a record for the file with this name in the record's folder."""
    encoded = os.fsencode(name)
    head = _MAGIC + b"%d %d %d\n" % (len(encoded), len(old), len(new))
    body = head + encoded + b"\n" + old + new
    return body + blake2b(body, digest_size=_DIGEST).digest()


def overwrite(descriptor: int, data: bytes) -> None:
    """Give an open file this content in place, and wait until it is on the disk.

    Raises:
        OSError: the file may hold a part of the data by now.
    """
    fill(descriptor, data)
    os.ftruncate(descriptor, len(data))
    os.fsync(descriptor)


def fill(descriptor: int, data: bytes) -> None:
    """Write all of the data to an open file, from its start.

    Raises:
        OSError: the file may hold a part of the data by now.
    """
    done = 0
    view = memoryview(data)
    while done < len(data):
        done += os.pwrite(descriptor, view[done : done + _CHUNK], done)


def read(descriptor: int) -> bytes:
    """The whole of an open file.

    Raises:
        OSError: it cannot be read.
    """
    pieces = []
    offset = 0
    while piece := os.pread(descriptor, _CHUNK, offset):
        pieces.append(piece)
        offset += len(piece)
    return b"".join(pieces)


def _name(token: str, kind: str) -> str:
    check = blake2b(os.fsencode(f"{token}.{kind}"), digest_size=8, person=b"callmend").hexdigest()
    return f"{_MARK}{token}-{check}.{kind}"


def _undo(path: str, data: bytes, restored: list[str]) -> None:
    """Put the file of a record back to its old version where it was left half written.

    Raises:
        OSError: it could not be, so the record has to stay.
    """
    versions = _versions(data)
    if versions is None:
        return
    name, old, new = versions
    target = os.path.join(os.path.dirname(path), name)
    descriptor = os.open(target, os.O_RDWR | _OPEN)
    try:
        current = read(descriptor)
        if current in {old, new}:
            return
        if not _is_torn(current, old, new):
            raise OSError(0, f"{name} was changed since; what it held is in here")
        overwrite(descriptor, old)
        restored.append(target)
    finally:
        os.close(descriptor)


def _versions(data: bytes) -> tuple[str, bytes, bytes] | None:
    """A record's name, old and new version; None: it was not completed."""
    body, digest = data[:-_DIGEST], data[-_DIGEST:]
    if blake2b(body, digest_size=_DIGEST).digest() != digest:
        return None
    head, _, rest = body.removeprefix(_MAGIC).partition(b"\n")
    name, old, _ = map(int, head.split())
    start = name + 1
    return os.fsdecode(rest[:name]), rest[start : start + old], rest[start + old :]


def _is_torn(current: bytes, old: bytes, new: bytes) -> bool:
    """Whether each byte is that of one of the versions, as after a write that was cut short."""
    if not min(len(old), len(new)) <= len(current) <= max(len(old), len(new)):
        return False
    pairs = zip(old.ljust(len(current), b"\0"), new.ljust(len(current), b"\0"), strict=False)
    return all(byte in pair for byte, pair in zip(current, pairs, strict=False))
