"""The hooks as a person meets them: the real pre-commit runs them in a scratch repository."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.skipping import skip
from tests.tools import FIXTURE_APP, ROOT, environment, git, repository

COMPONENT = "components/cms/AIAssistant.tsx"
LEFT = """\
export async function ask(text: string, base: string) {
  const response = await fetch(`${base}/v1/workflows/runs`, { method: 'POST' });
  return response.json();
}
"""


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git repository of this checkout's files, as pre-commit clones it."""
    folder = tmp_path_factory.mktemp("hooks") / "callmend"
    ignored = shutil.ignore_patterns(
        ".git", ".venv*", "node_modules", "dist", "__pycache__", ".*_cache", ".hypothesis"
    )
    shutil.copytree(ROOT, folder, ignore=ignored)
    return repository(folder)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One pre-commit home for the module, so that the hook is installed once."""
    return tmp_path_factory.mktemp("home")


def _app(folder: Path) -> Path:
    (folder / COMPONENT).parent.mkdir(parents=True)
    shutil.copy(FIXTURE_APP / COMPONENT, folder / COMPONENT)
    return repository(folder)


def _run(hook: str, app: Path, hooks: Path, home: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "try-repo", str(hooks), hook, "--all-files", "-v"],
        cwd=app,
        capture_output=True,
        text=True,
        env=environment(PRE_COMMIT_HOME=str(home)),
        check=False,
        timeout=600,
    )
    output = done.stdout + done.stderr
    if "CalledProcessError" in output and "pip" in output:
        skip(f"pre-commit could not install the hook: {output[-300:]}")
    return done.returncode, output


def test_the_hook_fails_when_it_changed_something_and_passes_the_second_time(
    tmp_path: Path, hooks: Path, home: Path
) -> None:
    app = _app(tmp_path)
    code, output = _run("callmend", app, hooks, home)
    assert code == 1, output
    assert "files were modified by this hook" in output
    assert b"threads/runs" in (app / COMPONENT).read_bytes()
    git("add", "-A", cwd=app)
    code, output = _run("callmend", app, hooks, home)
    assert code == 0, output


def test_the_hook_fails_and_names_the_reason_when_a_call_is_left(
    tmp_path: Path, hooks: Path, home: Path
) -> None:
    (tmp_path / "ask.ts").write_text(LEFT)
    code, output = _run("callmend", repository(tmp_path), hooks, home)
    assert code == 1, output
    assert "files were modified" not in output
    assert "ask.ts:2:" in output
    assert "unresolved-host" in output
    assert (tmp_path / "ask.ts").read_text() == LEFT


def test_the_check_hook_fails_and_writes_nothing(tmp_path: Path, hooks: Path, home: Path) -> None:
    app = _app(tmp_path)
    before = (app / COMPONENT).read_bytes()
    code, output = _run("callmend-check", app, hooks, home)
    assert code == 1, output
    assert "CM101" in output
    assert (app / COMPONENT).read_bytes() == before


def test_the_check_hook_passes_on_a_repository_without_dead_calls(
    tmp_path: Path, hooks: Path, home: Path
) -> None:
    (tmp_path / "own.ts").write_text("await fetch('/api/v1/workflows/runs');\n")
    code, output = _run("callmend-check", repository(tmp_path), hooks, home)
    assert code == 0, output
