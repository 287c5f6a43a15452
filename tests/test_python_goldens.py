"""Golden pairs of Python files by byte, their generated variants, and the invariants on each."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

from callmend.findings import Migration
from callmend.reports.diff import patch
from tests.python_goldens import VARIANTS, PythonGolden, goldens, indented, made
from tests.python_invariants import check
from tests.skipping import needs
from tests.tools import git

#: Variants that a golden does not have, and why.
NOT_MEANT: dict[str, set[str]] = {
    # the function that is added is the first of the file, the form feed is above the next one
    "adapted-requests-script": {"form-feed"},
    "responses-adapted-requests-script": {"form-feed"},
    # a name of a text in an f-string becomes a subscript, whose quotes are then the other ones
    "raw-aiohttp-nested": {"single-quotes"},
    # a text behind an f-string on one line, which the variant's pattern takes apart
    "raw-apart-messages-of-the-run": {"single-quotes"},
    "raw-apart-annotations-of-the-text": {"single-quotes"},
    "raw-apart-messages-let-in-by-their-run": {"single-quotes"},
    # what is added stands between a decorated function and the form feed above it
    "stream-httpx-async-read-outside-of-the-client": {"form-feed"},
    "stream-lines-httpx-in-fastapi": {"form-feed"},
    "stream-lines-responses-httpx-in-fastapi": {"form-feed"},
    "stream-responses-httpx-async-read-outside-of-the-client": {"form-feed"},
    "requests-guarded-twice": {"not-ascii"},  # the name in its print's text is a name, too
}

#: A member's place among those of a body, which may be another one afterwards.
_PLACE = re.compile(r"Dict entry \d+")
_NO_TEXT = 'a part has no attribute "text"'
_OTHER_PARTS = re.compile(r'Item "\w+" of "[^"]+" has no attribute "text"')


def found_in(migration: Migration) -> str:
    """The findings as findings.txt has them."""
    lines = []
    for finding in migration.findings:
        words = [finding.rule, finding.bucket.value]
        words += [] if finding.reason is None else [finding.reason.code]
        lines.append(" ".join(words) + "\n")
    return "".join(lines)


def cases() -> Iterator[tuple[PythonGolden, str]]:
    """Each golden with the names of its variants."""
    for golden in goldens().values():
        for variant in VARIANTS:
            if variant not in NOT_MEANT.get(golden.name, set()):
                yield golden, variant


@pytest.mark.parametrize("golden", goldens().values(), ids=lambda golden: golden.name)
def test_golden(golden: PythonGolden, tmp_path: Path) -> None:
    migration = check(golden.source, settings=golden.settings)
    assert migration.result.decode() == golden.expected.decode()
    assert found_in(migration) == golden.findings
    if not migration.changed:
        return
    # git applies the patch to what fix writes
    (tmp_path / "input.py").write_bytes(golden.source)
    git("init", "-q", cwd=tmp_path)
    made_patch = patch("input.py", golden.source, migration.result, migration.edits)
    git("apply", cwd=tmp_path, stdin=made_patch)
    assert (tmp_path / "input.py").read_bytes() == migration.result


@pytest.mark.parametrize(
    ("golden", "variant"), [pytest.param(g, v, id=f"{g.name}[{v}]") for g, v in cases()]
)
def test_variant(golden: PythonGolden, variant: str) -> None:
    golden = made(golden, variant)
    migration = check(golden.source, settings=golden.settings, is_run_again=False)
    assert migration.result == golden.expected
    assert found_in(migration) == golden.findings


@pytest.mark.parametrize(
    ("golden", "unit"),
    [(g, unit) for g, unit in zip(goldens().values(), cycle([b"\t", b"  "]), strict=False)],
    ids=lambda given: given.name if isinstance(given, PythonGolden) else str(len(given)),
)
def test_indentation_is_the_files_own(golden: PythonGolden, unit: bytes) -> None:
    # Other indents are other widths, so that what fits on a line is another question: the code
    # has to be the same, and the indents of the file's unit.
    source = indented(golden.source, unit)
    migration = check(source, settings=golden.settings, is_run_again=False)
    assert found_in(migration) == golden.findings
    assert ast.dump(ast.parse(migration.result)) == ast.dump(ast.parse(golden.expected))
    for line in migration.result.split(b"\n"):
        indent = line[: len(line) - len(line.lstrip(b" \t"))]
        assert indent.replace(unit, b"") == b"", line


def _ruff(*arguments: str, stdin: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "ruff", *arguments], input=stdin, capture_output=True, check=False
    )


#: What no line of tells that it was formatted at 100, while the new code has one that would.
_AT_88 = frozenset({"responses-posted-async"})


@pytest.mark.parametrize(
    ("golden", "width"),
    [
        (golden, 88 if golden.name in _AT_88 else width)
        for golden, width in zip(goldens().values(), cycle([88, 100]), strict=False)
    ],
    ids=lambda given: given.name if isinstance(given, PythonGolden) else str(given),
)
def test_what_was_formatted_stays_formatted(golden: PythonGolden, width: int) -> None:
    needs("ruff")
    options = ("format", "--isolated", f"--line-length={width}", "-")
    source = _ruff(*options, stdin=golden.source).stdout
    result = check(source, settings=golden.settings, is_run_again=False).result
    assert _ruff(*options, stdin=result).stdout.decode() == result.decode()


@pytest.mark.parametrize("golden", goldens().values(), ids=lambda golden: golden.name)
def test_ruff_finds_nothing_new(golden: PythonGolden) -> None:
    needs("ruff")
    options = ("check", "--isolated", "--output-format=concise", "--select=E4,E7,E9,F,I,UP,B", "-")

    def found(source: bytes) -> set[str]:
        lines = _ruff(*options, stdin=source).stdout.decode().splitlines()
        return {line.split(": ", 1)[-1] for line in lines if ": " in line}

    assert found(golden.expected) <= found(golden.source)


def test_mypy_finds_nothing_new(tmp_path: Path) -> None:
    needs("mypy")
    found: dict[str, set[str]] = {}
    for side in ("source", "expected"):
        folder = tmp_path / side
        folder.mkdir()
        for golden in goldens().values():
            name = golden.name.replace("-", "_") + ".py"
            (folder / name).write_bytes(getattr(golden, side))
        done = subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "."],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        lines = [line.split(":", 2) for line in done.stdout.splitlines() if ".py:" in line]
        # A part of a message may be no text in either API, whose parts have other names.
        found[side] = {
            _PLACE.sub("An entry", _OTHER_PARTS.sub(_NO_TEXT, f"{path}:{message}"))
            for path, _, message in lines
        }
    # The file's own reading of an error that may be None is one of another type afterwards.
    known = {message.replace("LastError", "ResponseError") for message in found["source"]}
    assert found["expected"] <= found["source"] | known
