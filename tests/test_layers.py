"""Imports go one way: a module imports only from rooms below its own."""

from __future__ import annotations

import ast
from pathlib import Path

import callmend

PACKAGE = Path(callmend.__file__).parent
#: The rooms from the top down; a room may import those behind it in the list, and itself.
ROOMS = [
    ("__main__",),
    ("cli",),
    ("ahead",),
    ("reports",),
    ("explain",),
    ("run",),
    ("configure",),
    ("engine",),
    ("rewriting", "marks"),
    ("targets",),
    ("languages",),
    ("verify",),
    ("calls", "mentions", "routes"),
    ("settings",),
    ("endpoints", "models", "responses_facts"),
    ("findings",),
    ("origins",),
    ("writing",),
    ("leftovers",),
    ("files", "linelength"),
    ("gitfiles",),
    ("ignores", "bytesearch"),
    ("source",),
    ("edits", "data", "errors", "reasons"),
    ("records",),
    ("__init__",),
]
LEVEL = {name: level for level, names in enumerate(ROOMS) for name in names}


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("callmend."):
            found.add((node.module or "").split(".")[1])
        elif isinstance(node, ast.ImportFrom) and node.module == "callmend":
            found.update(a.name if a.name in LEVEL else "__init__" for a in node.names)
        elif isinstance(node, ast.Import):
            found.update(a.name.split(".")[1] for a in node.names if a.name.startswith("callmend."))
    return found


def test_every_module_has_a_room() -> None:
    rooms = {p.relative_to(PACKAGE).parts[0].removesuffix(".py") for p in PACKAGE.rglob("*.py")}
    assert rooms == set(LEVEL)


def test_imports_run_downwards_only() -> None:
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if room == "__init__":
            # The public names are imported late, inside of __getattr__.
            continue
        wrong += [
            f"{path.relative_to(PACKAGE)} imports {imported}"
            for imported in _imports(path)
            if imported != room and LEVEL[imported] <= LEVEL[room]
        ]
    assert wrong == []


def test_every_module_says_in_one_line_what_lives_there() -> None:
    for path in PACKAGE.rglob("*.py"):
        docstring = ast.get_docstring(ast.parse(path.read_bytes()))
        assert docstring, path
        assert len(docstring.splitlines()[0]) > 20, path


def test_modules_fit_in_a_readers_head() -> None:
    long = {
        str(path.relative_to(PACKAGE)): count
        for path in PACKAGE.rglob("*.py")
        if (count := len(path.read_bytes().splitlines())) > 500
    }
    assert long == {}
