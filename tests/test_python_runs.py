"""Whole runs over Python files: mixed repositories, ids in settings modules, what is imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.python_goldens import goldens
from tests.snippets import migrated, specification
from tests.tools import callmend, environment, git, repository

DEAD = goldens()["requests-in-place"].source
_LOADED = """
import sys
from callmend.__main__ import main
try:
    main()
except SystemExit:
    pass
print(sorted({name.split(".")[0] for name in sys.modules} & {"libcst", "tree_sitter"}))
"""


def _loaded(folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, "check", "-q"],
        cwd=folder,
        capture_output=True,
        text=True,
        env=environment(),
        check=True,
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "source", "loaded"),
    [
        ("a.py", b"x = 1\n", "[]"),
        ("a.py", b"# workflows and runs\nworkflows = runs = threads = 1\n", "[]"),
        ("a.py", b'URL = "https://api.github.com/repos/a/b"\nworkflows = "runs"\n', "[]"),
        ("a.py", DEAD, "['libcst']"),
    ],
    ids=["no-needle", "words-of-the-needles", "no-path", "call"],
)
def test_libcst_is_imported_for_a_file_with_the_call_only(
    name: str, source: bytes, loaded: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(source)
    assert _loaded(tmp_path) == loaded


def test_a_mixed_repository_is_one_run_and_one_patch(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    blocks = specification()
    spec = (blocks["old request"] + "\n" + blocks["old reading"]).encode()
    (tmp_path / "web" / "a.ts").write_bytes(spec)
    (tmp_path / "api.py").write_bytes(DEAD)
    (tmp_path / "api.pyi").write_bytes(DEAD)
    repository(tmp_path)
    made = callmend("diff", cwd=tmp_path)
    assert made.returncode == 1
    git("apply", "--check", cwd=tmp_path, stdin=made.stdout)
    git("apply", cwd=tmp_path, stdin=made.stdout)
    assert (tmp_path / "api.py").read_bytes() == goldens()["requests-in-place"].expected
    assert (tmp_path / "web" / "a.ts").read_bytes() == migrated(spec.decode(), "a.ts").encode()
    assert (tmp_path / "api.pyi").read_bytes() == DEAD
    git("checkout", "-q", ".", cwd=tmp_path)
    assert callmend("fix", cwd=tmp_path).returncode == 0
    assert git("diff", cwd=tmp_path).count(b"\ndiff --git") + 1 == 2


@pytest.mark.parametrize(
    ("files", "changed"),
    [
        pytest.param(
            {"a.py": DEAD.replace(b'os.environ["WORKFLOW_ID"]', b'"wf_123"')},
            ("a.py", 'WORKFLOW_ID = "asst_new1"'),
            id="a-constant-of-the-file",
        ),
        pytest.param(
            {"a.py": DEAD.replace(b'os.environ["WORKFLOW_ID"]', b"os.getenv('WF', 'wf_1')")},
            ("a.py", "os.getenv('WF', 'asst_new1')"),
            id="the-default-of-an-environment-variable",
        ),
        pytest.param(
            {
                "app/a.py": DEAD.replace(
                    b'WORKFLOW_ID = os.environ["WORKFLOW_ID"]', b"from .conf import WORKFLOW_ID"
                ),
                "app/conf.py": b'WORKFLOW_ID = "wf_123"  # of the builder\n',
            },
            ("app/conf.py", 'WORKFLOW_ID = "asst_new1"  # of the builder'),
            id="a-relative-import",
        ),
        pytest.param(
            {
                "app/a.py": DEAD.replace(
                    b'WORKFLOW_ID = os.environ["WORKFLOW_ID"]',
                    b"from app.core.conf import settings\n\nWORKFLOW_ID = settings.workflow_id",
                ),
                "app/core/conf.py": b'class S:\n    workflow_id: str = ""\n\n\nsettings = S()\n',
            },
            ("app/core/conf.py", 'workflow_id: str = "asst_new1"'),
            id="a-field-of-a-settings-class",
        ),
    ],
)
def test_the_assistants_id_is_written_where_it_comes_from(
    files: dict[str, bytes], changed: tuple[str, str], tmp_path: Path
) -> None:
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    done = callmend("fix", "--assistant-id", "asst_new1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    name, line = changed
    assert line in (tmp_path / name).read_text()


def test_an_id_of_the_environment_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(DEAD)
    done = callmend("fix", "--assistant-id", "asst_new1", cwd=tmp_path)
    assert done.returncode == 0
    assert b"WORKFLOW_ID: set this environment variable" in done.stderr
