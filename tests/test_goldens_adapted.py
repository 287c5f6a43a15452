"""Golden pairs of answers that go through a function of the file, by byte, on both targets.

The inputs are shapes of tests/shapes, where the same output is run in Node. CALLMEND_UPDATE_DOCS=1
writes what comes out, to be read before it is committed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.reports.diff import patch
from callmend.settings import Settings
from tests.invariants import check
from tests.tools import git
from tests.variants import apply

GOLDENS = Path(__file__).with_name("goldens_adapted")
SHAPES = Path(__file__).with_name("shapes")
TARGETS = ("assistants", "responses")
VARIANTS = (
    ("crlf",),
    ("bom",),
    ("no-final-newline",),
    ("tabs",),
    ("4-spaces",),
    ("double-quotes",),
)
#: Its dead URL is a field that other files can read, and stays.
_HAS_A_PUBLIC_URL = "class-run-and-poll"
_CASES = [(folder.name, target) for folder in sorted(GOLDENS.iterdir()) for target in TARGETS]


def _given(name: str) -> tuple[bytes, str]:
    [path] = (SHAPES / name).glob("input.*")
    return path.read_bytes(), path.name


def _expected(name: str, target: str, path: str) -> Path:
    return GOLDENS / name / (target + Path(path).suffix)


@pytest.mark.parametrize(("name", "target"), _CASES)
def test_golden(name: str, target: str) -> None:
    source, path = _given(name)
    migration = check(source, path, Settings(target=target))
    golden = _expected(name, target, path)
    if os.environ.get("CALLMEND_UPDATE_DOCS"):
        golden.write_bytes(migration.result)
    assert migration.result.decode() == golden.read_bytes().decode()
    assert any("workflowAnswer" in note.text for f in migration.findings for note in f.notes)


@pytest.mark.parametrize(("name", "target"), _CASES)
def test_the_next_run_has_nothing_to_tell(name: str, target: str) -> None:
    source, path = _given(name)
    migrated = _expected(name, target, path).read_bytes()
    before = check(source, path, Settings(target=target)).findings
    left = {(f.rule, f.reason) for f in before if f.bucket is Bucket.LEFT}
    told = check(migrated, path, Settings(target=target)).findings
    new = {(f.rule, f.reason) for f in told if f.bucket is not Bucket.ALREADY_MIGRATED} - left
    assert new == ({("CM102", Reason.URL_NOT_FOLLOWED)} if name == _HAS_A_PUBLIC_URL else set())


@pytest.mark.parametrize("variant", VARIANTS, ids="+".join)
@pytest.mark.parametrize(("name", "target"), _CASES)
def test_variant(name: str, target: str, variant: tuple[str, ...]) -> None:
    source, path = apply(variant, *_given(name))
    golden = _expected(name, target, path)
    expected, _ = apply(variant, golden.read_bytes(), path)
    assert check(source, path, Settings(target=target)).result.decode() == expected.decode()


@pytest.mark.parametrize("target", TARGETS)
def test_git_applies_the_diffs_of_all_to_the_same_bytes(target: str, tmp_path: Path) -> None:
    results, patches = {}, []
    for name in sorted({name for name, _ in _CASES}):
        source, path = _given(name)
        migration = check(source, path, Settings(target=target))
        file = f"{name}/{path}"
        (tmp_path / name).mkdir()
        (tmp_path / file).write_bytes(source)
        results[file] = migration.result
        patches.append(patch(file, source, migration.result, migration.edits))
    git("init", "-q", cwd=tmp_path)
    git("apply", "--whitespace=nowarn", "-", cwd=tmp_path, stdin=b"".join(patches))
    assert [p for p, result in results.items() if (tmp_path / p).read_bytes() != result] == []
