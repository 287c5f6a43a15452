"""The compiled grammars come without the package around them, and with it where they must."""

from __future__ import annotations

import subprocess
import sys
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

import pytest
import tree_sitter_typescript
from tree_sitter import Language, Parser

from callmend.languages.ecmascript import grammars

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def forgetting() -> Iterator[None]:
    """What was loaded before is loaded again."""
    grammars._binding.cache_clear()
    yield
    grammars._binding.cache_clear()


def _parses() -> None:
    for grammar, code in ((grammars.typescript(), b"<T>x;"), (grammars.tsx(), b"<T>x</T>;")):
        assert not Parser(Language(grammar)).parse(code).root_node.has_error


@pytest.mark.usefixtures("forgetting")
def test_the_grammars_are_loaded_without_what_their_package_imports() -> None:
    code = (
        "import sys; from callmend import migrate; migrate(b'f()', 'a.ts'); "
        "print(*sys.modules, sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True)
    loaded = set(done.stdout.decode().split())
    assert "callmend.languages.ecmascript.grammars" in loaded
    assert loaded & {"importlib.resources", "tree_sitter_typescript", "tempfile"} == set()
    _parses()


@pytest.mark.usefixtures("forgetting")
def test_the_package_is_imported_where_its_compiled_module_is_not_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(PathFinder, "find_spec", lambda *_: None)
    _parses()
    assert grammars._binding() is tree_sitter_typescript
