"""The entry point of `callmend` and of `python -m callmend`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; the exit code is for `sys.exit`."""
    try:
        from callmend.cli import main as start  # noqa: PLC0415  # so that Ctrl-C is met here from the start

        return start()
    except KeyboardInterrupt:
        sys.stderr.write("callmend: interrupted\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
