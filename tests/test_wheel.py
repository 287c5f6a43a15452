"""The wheel holds all that callmend needs, and works where there is no checkout."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.skipping import skip
from tests.tools import FIXTURE_APP, ROOT, environment


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "-w", str(folder), str(ROOT)],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    if done.returncode != 0:
        skip(f"pip could not build the wheel: {done.stderr[-300:]}")
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_every_data_file_of_the_package(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    package = ROOT / "src"
    wanted = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted <= inside
    suffixes = {Path(name).suffix for name in wanted}
    assert {".ts", ".scm", ".toml", ".md", ".typed"} <= suffixes | {
        ".typed" if any(n.endswith("py.typed") for n in wanted) else ""
    }


def test_the_wheel_carries_licence_and_entry_point(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    names = archive.namelist()
    assert any(name.endswith("licenses/LICENSE") for name in names)
    entry = next(name for name in names if name.endswith("entry_points.txt"))
    assert b"callmend = callmend.__main__:main" in archive.read(entry)


def test_the_installed_wheel_does_the_main_job(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "env"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    installed = subprocess.run(
        [str(python), "-m", "pip", "install", "-q", str(wheel)],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    if installed.returncode != 0:
        skip(f"pip could not install the wheel's dependencies: {installed.stderr[-300:]}")
    done = subprocess.run(
        [str(home / "bin" / "callmend"), "diff", str(FIXTURE_APP)],
        cwd=tmp_path,
        capture_output=True,
        env=environment(),
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert b"+        // ASSISTANTS MODE: Use OpenAI Assistants API" in done.stdout
    explained = subprocess.run(
        [str(home / "bin" / "callmend"), "explain", "flow"],
        cwd=tmp_path,
        capture_output=True,
        env=environment(),
        check=False,
    )
    assert explained.returncode == 0
    assert b"/v1/threads/runs" in explained.stdout
