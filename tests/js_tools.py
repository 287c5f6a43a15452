"""The npm packages that tests run on JavaScript: installed once a checkout, and found by path."""

from __future__ import annotations

import fcntl
import hashlib
import json
import platform
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from tests.skipping import skip
from tests.tools import environment, node, npm

#: package.json, its lock file, the scripts that tests run, and node_modules once it is there.
FOLDER = Path(__file__).with_name("js")
MODULES = FOLDER / "node_modules"
#: TypeScript by its major version: typescript-eslint needs the 5.x one under the plain name.
COMPILERS = {5: MODULES / "typescript" / "bin" / "tsc", 7: MODULES / "typescript-7" / "bin" / "tsc"}


def modules() -> Path:
    """The folder of the installed packages; skips, with npm's words, where they cannot be had."""
    problem = _install()
    if problem is not None:
        skip(f"the npm packages of tests/js cannot be installed: {problem}")
    return MODULES


@cache
def _install() -> str | None:
    """Install the packages where that was not done yet; what went wrong, or None.

    Two test runs in one checkout wait for each other. What is installed is told by a stamp that is
    written last, so that an install that was interrupted is done again.
    """
    executable = node()
    lock_file = FOLDER / "package-lock.json"
    kind = f"{platform.system()} {platform.machine()} {lock_file.read_text(encoding='utf-8')}"
    wanted = hashlib.sha256(kind.encode()).hexdigest()
    stamp = MODULES / ".callmend-stamp"
    with (FOLDER / ".installing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == wanted:
            return None
        # No package needs its install scripts: esbuild's binary is a package of its own.
        try:
            done = npm(["ci", "--no-audit", "--no-fund", "--ignore-scripts"], FOLDER)
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"{error} (Node is {executable})"
        if done.returncode != 0:
            return done.stderr[-500:]
        stamp.write_text(wanted)
    return None


def run(
    arguments: list[str], *, given: object = None, cwd: Path | None = None, seconds: int = 300
) -> subprocess.CompletedProcess[str]:
    """Run a script of an installed package or of tests/js by Node.

    Args:
        arguments: The script's path and its arguments.
        given: What the script reads from stdin, as JSON.
        cwd: Where it runs; tests/js if not given.
        seconds: How long it may take.
    """
    modules()
    return subprocess.run(
        [node(), *arguments],
        cwd=cwd or FOLDER,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(CI="true"),
        check=False,
        timeout=seconds,
    )


def ask(script: str, given: object, seconds: int = 300) -> Any:
    """What a script of tests/js prints as JSON for what it is given as JSON.

    Raises:
        AssertionError: it failed; its words are in the message.
    """
    done = run([str(FOLDER / script)], given=given, seconds=seconds)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)
