"""What a function that a Python file is given calls things by: modules, and the function itself."""

from __future__ import annotations

from collections.abc import Iterable

import libcst as cst

from callmend.languages.python.clients import Library
from callmend.languages.python.program import Program
from callmend.languages.python.style import Style
from callmend.languages.python.tree import dotted
from callmend.targets.python_reading import Names

#: The type of a response, by the library: its module and its name.
RESPONSES = {
    Library.REQUESTS: ("requests", "Response"),
    Library.HTTPX: ("httpx", "Response"),
    Library.AIOHTTP: ("aiohttp", "ClientResponse"),
}
#: No line of a function is longer, so that no formatter breaks one.
_WIDTH = 79


def function_style(style: Style) -> Style:
    """The style of a function's code in a file of a style."""
    return Style(style.indent, style.quote, _WIDTH, style.trailing_comma)


def literal_style(style: Style, column: int) -> Style:
    """The style of a literal that stands in a function, at a column."""
    return Style(style.indent, style.quote, _WIDTH - column, True)


class Spelling:
    """Names at the top level of one file, for a function above the statement of a call."""

    def __init__(self, program: Program, names: Names, call: cst.Call) -> None:
        self._program = program
        self._tree = program.tree
        self._names = names
        self._call = call

    def of(self, module: str, name: str) -> str:
        """What the file calls a name of a module; an import is added where it is needed.

        Raises:
            RefusedError: the name means something else in the file.
        """
        imports = self._names.imports
        top = self._top()
        if module in ("requests", "httpx", "aiohttp") and not self._is_imported(module):
            return imports.sibling(module, name, top)
        spelt, missing = imports.function(module, name, top)
        self.add(missing)
        return spelt

    def functions(self, called: Iterable[str]) -> dict[str, str]:
        """What the file calls functions of modules, by their full names.

        Raises:
            RefusedError: a name means something else in the file.
        """
        spelt = {}
        for full in sorted(called):
            module, _, name = full.rpartition(".")
            spelt[full] = self.of(module, name)
        return spelt

    def taken(self) -> set[str]:
        """All names that stand in the file, and those of the functions that it is given."""
        names = {node.value for node in self._tree.every(cst.Name)}
        return names | set(self._names.helpers.values())

    def add(self, missing: str | None) -> None:
        """Note a module to import, unless it is None or noted."""
        if missing is not None and missing not in self._names.modules:
            self._names.modules.append(missing)

    def _is_imported(self, module: str) -> bool:
        """Whether a module is imported as a whole at the top of the file, under any name."""
        for definitions in self._program.scopes.bound(self._tree.module).values():
            for definition in definitions:
                node = definition.node
                if isinstance(node, cst.ImportAlias) and dotted(node.name) == module:
                    if isinstance(self._tree.parent(node), cst.Import):
                        return True
        return False

    def _top(self) -> cst.CSTNode:
        """The statement of the module that holds the call."""
        current: cst.CSTNode = self._call
        while True:
            parent = self._tree.parent(current)
            if parent is None or isinstance(parent, cst.Module):
                return current
            current = parent
