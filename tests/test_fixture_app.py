"""The fixture app is real: it type-checks and builds, before and after the migration."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.skipping import skip
from tests.tools import FIXTURE_APP, ROOT, callmend, git, npm, repository

COMPONENT = Path("components/cms/AIAssistant.tsx")
CONFIG = Path("utils/openai-chatkit-config.ts")


def spec_blocks() -> list[str]:
    """The four code blocks of the specification that are shipped with the goldens."""
    text = (ROOT / "tests/specification.md").read_bytes().decode()
    return re.findall(r"```typescript\n(.*?)```", text, re.DOTALL)


def _lines(block: str, indent: str, *, clean: bool) -> list[str]:
    return ["" if clean and not x.strip() else indent + x for x in block.splitlines()]


@pytest.mark.parametrize(
    ("block", "first", "last"), [(0, 159, 183), (2, 231, 237)], ids=["request", "parsing"]
)
def test_the_specifications_blocks_stand_verbatim_where_it_says(
    block: int, first: int, last: int
) -> None:
    lines = (FIXTURE_APP / COMPONENT).read_bytes().decode().split("\n")
    expected = _lines(spec_blocks()[block], " " * 6, clean=False)
    # The closing brace of the block shares its line with the fixture's `else`.
    assert lines[first - 1 : last] == expected[:-1]
    assert lines[last] == expected[-1] + " else {"


def test_the_migration_is_what_the_specification_asks_for(tmp_path: Path) -> None:
    lines = (FIXTURE_APP / COMPONENT).read_bytes().decode().split("\n")
    _, request, _, parsing, *_ = spec_blocks()
    expected = [
        *lines[:158],
        *_lines(request, " " * 6, clean=True)[:-1],
        *lines[183:230],
        *_lines(parsing, " " * 6, clean=True)[:-1],
        *lines[237:],
    ]
    shutil.copytree(FIXTURE_APP, tmp_path / "clik")
    done = callmend("fix", "clik", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "clik" / COMPONENT).read_bytes() == "\n".join(expected).encode()


def test_the_patch_applied_by_git_is_the_change_in_place(tmp_path: Path) -> None:
    for name in ("one", "two"):
        shutil.copytree(FIXTURE_APP, tmp_path / name)
        repository(tmp_path / name)
    patch = callmend("diff", "--assistant-id", "asst_abc123", cwd=tmp_path / "one")
    assert patch.returncode == 1
    git("apply", cwd=tmp_path / "one", stdin=patch.stdout)
    fixed = callmend("fix", "--assistant-id", "asst_abc123", cwd=tmp_path / "two")
    assert fixed.returncode == 0
    for path in (COMPONENT, CONFIG):
        new = (tmp_path / "one" / path).read_bytes()
        assert new == (tmp_path / "two" / path).read_bytes()
        assert new != (FIXTURE_APP / path).read_bytes()
    assert b"OPENAI_WORKFLOW_ID = 'asst_abc123'" in (tmp_path / "two" / CONFIG).read_bytes()


def test_the_app_type_checks_and_builds_before_and_after(tmp_path: Path) -> None:
    app = tmp_path / "clik"
    shutil.copytree(FIXTURE_APP, app, ignore=shutil.ignore_patterns("node_modules", "dist"))
    installed = npm(["ci", "--no-audit", "--no-fund"], app)
    if installed.returncode != 0:
        skip(f"npm could not install the fixture app: {installed.stderr[-300:]}")
    for state in ("before", "after"):
        for script in ("typecheck", "build"):
            done = npm(["run", script], app)
            assert done.returncode == 0, f"{script} {state}: {done.stdout}{done.stderr}"
        fixed = callmend("fix", "--assistant-id", "asst_abc123", cwd=app)
        assert fixed.returncode == 0
