"""The line length of Python files that ruff or black are set to, looked up as these tools do."""

from __future__ import annotations

import os
from collections.abc import Mapping

#: ruff's files in the order in which it takes one of a folder; the last one only with its table.
_RUFF = (".ruff.toml", "ruff.toml", "pyproject.toml")
#: What both tools take where their settings name no other.
_DEFAULT = 88
#: What ruff allows; a larger number, or none, is an error to it.
_SMALLEST, _LARGEST = 1, 320
_MOST_EXTENDED = 8


class LineLengths:
    """Looks the line length of files up; each settings file is read once.

    ``notes`` are lines about settings files that cannot be used, in the order in which they were
    met. A file in no project with settings, or in one whose settings cannot be used, has None.
    """

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._tables: dict[str, Mapping[str, object] | None] = {}
        self._found: dict[str, int | None] = {}

    def of(self, path: str) -> int | None:
        """The characters that a line of a file may have; ``path`` is seen from the current folder.

        What `[tool.ruff]` says comes first, then `[tool.black]`, then the default of the tool that
        has settings.
        """
        folder = os.path.dirname(os.path.abspath(path))
        if folder not in self._found:
            self._found[folder] = self._looked_up(folder)
        return self._found[folder]

    def _looked_up(self, folder: str) -> int | None:
        ruff, black = self._ruff(folder), self._black(folder)
        for table, place in (ruff, black):
            length = None if table is None else self._length(table, place)
            if length is not None:
                return length
        return None if ruff[0] is None and black[0] is None else _DEFAULT

    def _ruff(self, folder: str) -> tuple[Mapping[str, object] | None, str]:
        """The settings of ruff's nearest file."""
        for above in _upwards(folder):
            for name in _RUFF:
                path = os.path.join(above, name)
                table = self._table(path)
                if name == "pyproject.toml":
                    table = _inner(table, "ruff")
                if table is not None:
                    return self._extended(table, path), path
        return None, ""

    def _extended(self, table: Mapping[str, object], path: str) -> Mapping[str, object]:
        """A table with the line length of the file that it extends, if it has none itself."""
        for _ in range(_MOST_EXTENDED):
            other = table.get("extend")
            if "line-length" in table or not isinstance(other, str):
                break
            path = os.path.join(os.path.dirname(path), os.path.expanduser(other))
            found = self._table(path)
            if os.path.basename(path) == "pyproject.toml":
                found = _inner(found, "ruff")
            if found is None:
                break
            table = found
        return table

    def _black(self, folder: str) -> tuple[Mapping[str, object] | None, str]:
        """The settings of black: of the root of the project, which a repository's root ends."""
        for above in _upwards(folder):
            path = os.path.join(above, "pyproject.toml")
            table = _inner(self._table(path), "black")
            if table is not None:
                return table, path
            if any(os.path.exists(os.path.join(above, name)) for name in (".git", ".hg")):
                break
        return None, ""

    def _length(self, table: Mapping[str, object], path: str) -> int | None:
        value = table.get("line-length", table.get("line_length"))
        if value is None:
            return None
        if type(value) is int and _SMALLEST <= value <= _LARGEST:
            return value
        self._note(f"{path}: line-length is no number from {_SMALLEST} to {_LARGEST}")
        return None

    def _table(self, path: str) -> Mapping[str, object] | None:
        """What a file of settings says; None where there is none, or it cannot be read."""
        if path not in self._tables:
            self._tables[path] = self._read(path)
        return self._tables[path]

    def _read(self, path: str) -> Mapping[str, object] | None:
        try:
            with open(path, "rb") as stream:
                data = stream.read()
        except OSError:
            return None
        name = os.path.basename(path)
        if name == "pyproject.toml" and b"ruff" not in data and b"black" not in data:
            return {}
        import tomllib  # noqa: PLC0415  # only where there is such a file

        try:
            return tomllib.loads(data.decode("utf-8"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError):
            self._note(f"{path}: broken TOML")
            return None

    def _note(self, what: str) -> None:
        note = f"{what}, so the line length is guessed from the Python files"
        if note not in self.notes:
            self.notes.append(note)


def _inner(table: Mapping[str, object] | None, tool: str) -> Mapping[str, object] | None:
    """`[tool.ruff]` or `[tool.black]` of a `pyproject.toml`."""
    tools = None if table is None else table.get("tool")
    inner = tools.get(tool) if isinstance(tools, dict) else None
    return inner if isinstance(inner, dict) else None


def _upwards(folder: str) -> list[str]:
    """A folder and all that it lies in, the nearest first."""
    found = [folder]
    while (above := os.path.dirname(found[-1])) != found[-1]:
        found.append(above)
    return found
