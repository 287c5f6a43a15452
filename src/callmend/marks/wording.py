"""What a marker says: the reason's code and, on one short line, what to do."""

from __future__ import annotations

import re

from callmend.reasons import Reason

#: A file without these bytes holds no marker.
HINT = b"callmend: left, "
#: A marker's words, behind the sign that starts a comment in the file's language.
WORDS = re.compile(rb"callmend: left, [a-z0-9-]+: [^\r\n]+")
#: Reasons that say that the file, or the place of the call in it, cannot be read.
UNREADABLE = frozenset(
    {
        Reason.SYNTAX_ERROR,
        Reason.GENERATED_FILE,
        Reason.MINIFIED_FILE,
        Reason.BINARY_FILE,
        Reason.FILE_TOO_LARGE,
        Reason.NOT_UTF8,
    }
)
_FIRST_PART = re.compile(r"[;.](?: |$)")
_AGAIN = re.compile(r",? (?:and|then) run callmend again")


def words(reason: Reason, path: str = "") -> bytes:
    """A marker's words in a file: ``callmend: left, <code>: <the first part of the advice>``."""
    advice = _AGAIN.sub("", _FIRST_PART.split(reason.said_in(path)[1], maxsplit=1)[0])
    return f"callmend: left, {reason.code}: {advice[0].lower()}{advice[1:]}".encode()
