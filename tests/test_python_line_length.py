"""The line length of inserted Python: looked up as ruff and black do, and kept to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from callmend.engine import migrate
from callmend.linelength import LineLengths
from callmend.run import plan
from callmend.settings import Settings
from tests.python_goldens import goldens

_RUFF = "[tool.ruff]\nline-length = {}\n"
_BLACK = "[tool.black]\nline-length = {}\n"
#: What is written to the files of a project, and the line length of `app/main.py`.
LENGTHS: dict[str, tuple[dict[str, str], int | None]] = {
    "no-project": ({}, None),
    "project-of-other-tools": ({"pyproject.toml": '[project]\nname = "a"\n'}, None),
    "ruff": ({"pyproject.toml": _RUFF.format(100)}, 100),
    "black": ({"pyproject.toml": _BLACK.format(120)}, 120),
    "ruff-before-black": ({"pyproject.toml": _BLACK.format(120) + _RUFF.format(100)}, 100),
    "ruff-says-nothing-of-it": (
        {"pyproject.toml": _BLACK.format(120) + '[tool.ruff.lint]\nselect = ["E"]\n'},
        120,
    ),
    "the-default-of-ruff": ({"pyproject.toml": '[tool.ruff.lint]\nselect = ["E"]\n'}, 88),
    "the-default-of-black": ({"pyproject.toml": '[tool.black]\ntarget-version = ["py311"]\n'}, 88),
    "ruff-toml": ({"ruff.toml": "line-length = 99\n"}, 99),
    "hidden-ruff-toml-first": (
        {"ruff.toml": "line-length = 99\n", ".ruff.toml": "line-length = 98\n"},
        98,
    ),
    "ruff-toml-before-pyproject": (
        {"ruff.toml": "line-length = 99\n", "pyproject.toml": _RUFF.format(100)},
        99,
    ),
    "nearest-folder-first": (
        {"pyproject.toml": _RUFF.format(100), "app/ruff.toml": "line-length = 70\n"},
        70,
    ),
    "nearest-pyproject-of-another-tool": (
        {"pyproject.toml": _RUFF.format(100), "app/pyproject.toml": '[project]\nname = "a"\n'},
        100,
    ),
    "extended": (
        {"base.toml": "line-length = 97\n", "app/ruff.toml": 'extend = "../base.toml"\n'},
        97,
    ),
    "extended-pyproject": (
        {"pyproject.toml": _RUFF.format(96), "app/.ruff.toml": 'extend = "../pyproject.toml"\n'},
        96,
    ),
    "extends-itself": ({"ruff.toml": 'extend = "ruff.toml"\n'}, 88),
    "black-stops-at-the-repository": (
        {"pyproject.toml": _BLACK.format(120), "app/.git/HEAD": ""},
        None,
    ),
}


def _project(folder: Path, files: dict[str, str]) -> str:
    for name, text in {"app/main.py": "", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return str(folder / "app" / "main.py")


@pytest.mark.parametrize(("files", "length"), LENGTHS.values(), ids=LENGTHS)
def test_the_line_length_is_looked_up_as_the_tools_do(
    files: dict[str, str], length: int | None, tmp_path: Path
) -> None:
    # A repository's root above keeps the search for black's settings in the folder.
    (tmp_path / ".git").mkdir()
    lengths = LineLengths()
    assert lengths.of(_project(tmp_path, files)) == length
    assert lengths.notes == []


#: Settings that cannot be used, and the note about them.
BROKEN = {
    "broken-toml": ({"pyproject.toml": "[tool.ruff\n"}, "pyproject.toml: broken TOML"),
    "no-utf-8": ({"ruff.toml": "line-length = 90 # \udcff\n"}, "ruff.toml: broken TOML"),
    "no-number": ({"ruff.toml": 'line-length = "90"\n'}, "is no number from 1 to 320"),
    "too-large": ({"pyproject.toml": _BLACK.format(100_000)}, "is no number from 1 to 320"),
}


@pytest.mark.parametrize(("files", "note"), BROKEN.values(), ids=BROKEN)
def test_settings_that_cannot_be_used_are_noted_once_and_the_run_goes_on(
    files: dict[str, str], note: str, tmp_path: Path
) -> None:
    (tmp_path / ".git").mkdir()
    path = _project(tmp_path, {})
    for name, text in files.items():
        (tmp_path / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    source = goldens()["requests-in-place"].source
    Path(path).write_bytes(source)
    Path(path).with_name("other.py").write_bytes(source)
    run = plan([str(tmp_path)], Settings())
    assert len(run.changed) == 2, "the files are migrated all the same"
    [said] = run.notes
    assert note in said
    assert said.endswith("so the line length is guessed from the Python files")


def test_broken_toml_is_no_matter_where_no_python_file_is_rewritten(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.ruff\n")
    (tmp_path / "main.py").write_text('URL = "https://api.openai.com/v1/workflows/runs"\n')
    (tmp_path / "app.ts").write_text('const url = "https://api.openai.com/v1/workflows/runs";\n')
    assert plan([str(tmp_path)], Settings()).notes == ()


def test_a_run_takes_the_line_length_of_each_files_own_project(tmp_path: Path) -> None:
    source = goldens()["requests-in-place"].source
    for width in (60, 150):
        folder = tmp_path / str(width)
        folder.mkdir()
        (folder / "ruff.toml").write_text(f"line-length = {width}\n")
        (folder / "main.py").write_bytes(source)
    narrow, wide = sorted(plan([str(tmp_path)], Settings()).changed, key=lambda m: m.path)[::-1]
    assert "/60/" in narrow.path
    assert "/150/" in wide.path
    assert narrow.result.count(b"\n") > wide.result.count(b"\n")


_FORMATTERS = {
    "ruff": [sys.executable, "-m", "ruff", "format", "-q", "--isolated"],
    "black": [sys.executable, "-m", "black", "-q"],
}


@pytest.mark.parametrize(
    ("formatter", "width", "first", "every"),
    [
        ("ruff", 79, 0, 3), ("ruff", 88, 1, 3), ("ruff", 100, 2, 3), ("ruff", 120, 0, 3),
        ("black", 79, 1, 8), ("black", 88, 3, 8), ("black", 100, 5, 8), ("black", 120, 7, 8),
    ],
)  # fmt: skip
def test_a_formatter_finds_nothing_new_in_a_file_that_was_formatted_before(
    formatter: str, width: int, first: int, every: int, tmp_path: Path
) -> None:
    command = [*_FORMATTERS[formatter], "--line-length", str(width), str(tmp_path)]
    chosen = [g for g in list(goldens().values())[first::every] if b"\t" not in g.source]
    for golden in chosen:
        (tmp_path / f"{golden.name}.py").write_bytes(golden.source)
    subprocess.run(command, check=True, cwd=tmp_path)
    written = {}
    for golden in chosen:
        path = tmp_path / f"{golden.name}.py"
        migration = migrate(
            path.read_bytes(), path.name, golden.settings, line_length=lambda: width
        )
        assert migration.failure is None
        path.write_bytes(migration.result)
        written[golden.name] = migration.result
    subprocess.run(command, check=True, cwd=tmp_path)
    touched = {n for n, data in written.items() if (tmp_path / f"{n}.py").read_bytes() != data}
    assert touched == set()


def test_a_call_that_has_become_short_stands_on_one_line() -> None:
    source = b"""\
import os
import time

import requests

URL = "https://api.openai.com/v1"
H = {"Authorization": "Bearer " + os.environ["KEY"]}


def run(workflow: str, text: str) -> str:
    asked = {"input": {"message": text}}
    first = requests.post(f"{URL}/workflows/{workflow}/runs", headers=H, json=asked)
    first.raise_for_status()
    run = first.json()
    while run["status"] in ("queued", "in_progress"):
        time.sleep(1)
        poll = requests.get(
            f"{URL}/workflows/{workflow}/runs/{run['id']}", headers=H, timeout=30
        )
        poll.raise_for_status()
        run = poll.json()
    if run["status"] != "completed":
        raise RuntimeError(run["status"])
    return run["output"]["text"]
"""
    migration = migrate(source, "a.py", Settings(target="responses"))
    call = b"requests.get(f\"{URL}/responses/{run['id']}\", headers=H, timeout=30),"
    assert b"workflow_answer(\n            " + call in migration.result
