"""A user for whom the modes of files count, which they do not for root."""

from __future__ import annotations

import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

NOBODY = 65_534
T = TypeVar("T")


@contextmanager
def shared_folder() -> Iterator[Path]:
    """A folder that another user can reach, which pytest's own is not."""
    folder = Path(os.path.realpath(tempfile.mkdtemp(prefix="callmend-test-")))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        for path, _, _ in os.walk(folder):
            os.chmod(path, 0o700)
        shutil.rmtree(folder)


def give(path: Path) -> None:
    """Make a file or folder that of the user whom `as_nobody` runs as."""
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)


def as_nobody(folder: Path, work: Callable[[], T]) -> T:
    """What the work gives when that user does it in the folder, in a process of its own.

    Raises:
        EOFError: the work raised something, which is on stderr.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            os.chdir(folder)
            with os.fdopen(writing, "wb") as stream:
                pickle.dump(work(), stream)
        finally:
            os._exit(0)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as stream:
            done: T = pickle.load(stream)  # noqa: S301 - our own child's
    finally:
        os.waitpid(child, 0)
    return done
