"""Reading the package's own data files."""

from __future__ import annotations

import os

_PACKAGE = os.path.dirname(os.path.abspath(__file__))


def read_data(*parts: str) -> bytes:
    """The bytes of a data file by its path below the package.

    Not importlib.resources: importing that takes as long as parsing a whole candidate file.
    """
    with open(os.path.join(_PACKAGE, *parts), "rb") as file:
        return file.read()
