"""`docs/shapes.md`: what becomes of each shape, and before and after of the migrated ones."""

from __future__ import annotations

import difflib
from pathlib import Path

from callmend.findings import Bucket, Migration
from tests.shapes.corpus import Shape, shapes
from tests.shapes.judging import TARGETS, forms, migrate

FILE = Path(__file__).parents[2] / "docs" / "shapes.md"
_SHOWN = "responses"
_HEAD = """# Shapes of the dead call

What callmend makes of the ways in which programs call the dead endpoint. Every program here is in
`tests/shapes`, written for it after the shapes of public files, and `tests/test_shapes.py`
drives each of them as its framework does, against a server that speaks the API: what is migrated
shows the answer, and shows no error, refusal or JSON in its place. Below the tables stand before
and after for `--target {shown}`, as a diff. This file is written by
`python -m tests.shapes --document` and checked by `tests/test_shapes.py`.

"""


def _cell(shape: Shape, migration: Migration) -> str:
    found = migration.findings
    reasons = [f.reason.code for f in found if f.reason is not None]
    if any(f.bucket is Bucket.MIGRATED for f in found):
        left = f"; left: {', '.join(reasons)}" if reasons else ""
        return f"migrated: {forms(migration)}{left}"
    if reasons:
        return f"left: `{', '.join(dict.fromkeys(reasons))}`"
    if any(f.bucket is Bucket.IGNORED for f in found):
        return "silenced by its owner"
    if shape.kind in ("not-mentioned", "untouched"):
        return "not mentioned"
    return "not noticed yet"


def _table(rows: list[tuple[str, ...]], *titles: str) -> str:
    lines = [titles, tuple("---" for _ in titles), *rows]
    return "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in r)} |\n" for r in lines
    )


def _section(shape: Shape, migration: Migration) -> str:
    before, after = (b.decode().splitlines() for b in (migration.source, migration.result))
    changed = list(difflib.unified_diff(before, after, lineterm="", n=3))[2:]
    fence = "````" if any("```" in line for line in changed) else "```"
    notes = dict.fromkeys(n.text for f in migration.findings for n in f.notes if n.always)
    said = "".join(f"- {text}\n" for text in notes)
    diff = "\n".join(line.rstrip() for line in changed)
    return (
        f"\n### {shape.title}\n\n`tests/shapes/{shape.name}/{shape.path}`\n\n"
        f"{fence}diff\n{diff}\n{fence}\n" + (f"\n{said}" if said else "")
    )


def document() -> str:
    """The text of `docs/shapes.md`."""
    wanted = shapes("migrate")
    migrations = {(s.name, t): migrate(s, t) for s in shapes() for t in TARGETS}
    text = _HEAD.format(shown=_SHOWN)
    for title, kinds in (
        ("To be migrated", ("migrate",)),
        ("To be left", ("leave", "untouched")),
        ("Look-alikes", ("not-mentioned",)),
    ):
        rows = [
            (s.title, *(_cell(s, migrations[s.name, target]) for target in TARGETS))
            for s in shapes()
            if s.kind in kinds
        ]
        text += f"## {title}\n\n{_table(rows, 'shape', *TARGETS)}\n"
    text += "## Before and after\n"
    for shape in wanted:
        if migrations[shape.name, _SHOWN].changed:
            text += _section(shape, migrations[shape.name, _SHOWN])
    return text
