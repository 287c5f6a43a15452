"""The compiled grammars of tree-sitter-typescript, loaded without the package around them.

The package's own `__init__` imports importlib.resources for its query files, which callmend does
not use, and with that tempfile, pathlib and zipfile: 8 ms, a fifteenth of a whole run.
"""

from __future__ import annotations

from functools import cache
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from types import ModuleType

_PACKAGE = "tree_sitter_typescript"


def typescript() -> object:
    """The grammar for .ts files, as `tree_sitter.Language` takes it."""
    return cast("object", _binding().language_typescript())


def tsx() -> object:
    """The grammar for what may hold JSX, as `tree_sitter.Language` takes it."""
    return cast("object", _binding().language_tsx())


@cache
def _binding() -> ModuleType:
    """The package's compiled module, or the package where that is not found in its place."""
    package = PathFinder.find_spec(_PACKAGE)
    found = None
    if package is not None and package.submodule_search_locations is not None:
        found = PathFinder.find_spec(f"{_PACKAGE}._binding", package.submodule_search_locations)
    if found is None or found.loader is None:
        import tree_sitter_typescript  # noqa: PLC0415  # see above

        return tree_sitter_typescript
    module = module_from_spec(found)
    found.loader.exec_module(module)
    return module
