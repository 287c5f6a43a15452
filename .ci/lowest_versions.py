"""Prints the lower bounds of pyproject.toml's dependencies as exact requirements."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path


def main() -> int:
    """Read the pyproject.toml named first."""
    project = tomllib.loads(Path(sys.argv[1]).read_text())["project"]
    for requirement in project["dependencies"]:
        name, bound = re.fullmatch(r"([\w.-]+)>=([\w.]+).*", requirement).groups()  # type: ignore[union-attr]
        print(f"{name}=={bound}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
