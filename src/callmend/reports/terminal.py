"""Writing to stdout and stderr: bytes, whether to colour, a reader that has gone away, progress."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Self, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

_PATIENCE = 1.0
_EVERY = 0.1


def print_out(data: bytes) -> None:
    """Write the result to stdout; a reader that has had enough (``| head``) is no error.

    Raises:
        OSError: stdout cannot be written for another reason (a full disk).
    """
    if data:
        _write(sys.stdout, data)


def print_err(lines: Iterable[str]) -> None:
    """Write lines for people to stderr."""
    text = "".join(f"{line}\n" for line in lines)
    if text:
        _write(sys.stderr, text.encode(sys.stderr.encoding or "utf-8", "backslashreplace"))


def colored(choice: str) -> bool:
    """Whether to colour stdout: ``always`` and ``never`` are final, ``auto`` looks around."""
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _write(stream: TextIO, data: bytes) -> None:
    try:
        stream.flush()
        stream.buffer.write(data)
        stream.buffer.flush()
    except OSError as error:
        # What Python still holds back would fail again, and loudly, when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if not isinstance(error, BrokenPipeError):
            raise


class Progress:
    """A line on stderr that says how far a run is, once it has lasted a second; gone at its end.

    Nothing is written unless stderr is a terminal. Use it in a `with`, and call it.
    """

    def __init__(self, stream: TextIO | None = None, patience: float = _PATIENCE) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._next = time.monotonic() + patience if self._stream.isatty() else float("inf")
        self._shown = False

    def __call__(self, done: int, total: int) -> None:
        """Show that this many of the files are done."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _EVERY
            self._shown = True
            self._stream.write(f"\rcallmend: {done:,} of {total:,} files\x1b[K")
            self._stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
