"""The entry point of `callmend` and of `python -m callmend`."""

from __future__ import annotations

import atexit
import gc
import sys

#: Objects made since the last look for garbage. With Python's own 700 a run of three calls looks
#: for it a hundred times, which is 5 ms, and finds next to nothing.
_GARBAGE_AFTER = 50_000


def main() -> int:
    """Run the command line; the exit code is for `sys.exit`."""
    ahead = None
    # At the end of the process Python would look for garbage three times more, which is 10 ms.
    atexit.register(gc.freeze)
    usual = gc.get_threshold()
    gc.set_threshold(_GARBAGE_AFTER, *usual[1:])
    try:
        # imported here, so that Ctrl-C is met from the start
        from callmend.ahead import look_ahead  # noqa: PLC0415

        ahead = look_ahead(sys.argv[1:])
        from callmend.cli import main as start  # noqa: PLC0415

        return start(ahead)
    except KeyboardInterrupt:
        sys.stderr.write("callmend: interrupted\n")
        return 130
    finally:
        gc.set_threshold(*usual)
        if ahead is not None:
            ahead.stop()


if __name__ == "__main__":
    sys.exit(main())
