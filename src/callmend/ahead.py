"""Starting to look at the current directory before the command line is imported.

That import takes 30 ms, in which a second processor has searched a large tree. It is done only for
a command line that can be told by a glance to be about the current directory as a whole; anything
else is left to click. Nothing is decided here: what is begun is taken or stopped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callmend.files import Ahead

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMANDS = ("diff", "fix", "check")


def look_ahead(arguments: Sequence[str]) -> Ahead | None:
    """The search that these arguments will ask for, begun, or None. Stop it at the end."""
    if not arguments or arguments[0] not in _COMMANDS or not all(map(_is_flag, arguments[1:])):
        return None
    ahead = Ahead()
    try:
        # imported while git lists the files
        from callmend.endpoints import needles  # noqa: PLC0415
        from callmend.source import SUFFIXES  # noqa: PLC0415

        ahead.begin(frozenset(SUFFIXES), needles())
    except BaseException:
        ahead.stop()
        raise
    return ahead


def _is_flag(argument: str) -> bool:
    """Whether an argument is no path, nor `-`, nor asks for help only."""
    return argument == "." or (
        argument.startswith("-") and argument not in ("-", "--", "-h", "--help")
    )
