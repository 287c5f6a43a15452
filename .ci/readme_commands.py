"""Writes the shell blocks of the README's section "Two commands" to command-1.sh, command-2.sh."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def main() -> int:
    """Read the README named first, write into the folder named second."""
    readme, folder = Path(sys.argv[1]), Path(sys.argv[2])
    section = re.search(
        r"^## Two commands\n(.*?)^## ", readme.read_text(), re.DOTALL | re.MULTILINE
    )
    blocks = (
        re.findall(r"^```sh\n(.*?)^```$", section[1], re.DOTALL | re.MULTILINE) if section else []
    )
    if len(blocks) != 2:
        print(f"{readme}: expected two `sh` blocks below '## Two commands'", file=sys.stderr)
        return 1
    for number, block in enumerate(blocks, 1):
        (folder / f"command-{number}.sh").write_text(block)
    return 0


if __name__ == "__main__":
    sys.exit(main())
