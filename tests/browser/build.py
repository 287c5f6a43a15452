"""The fixture app's variants: copied, migrated, type-checked, built by Vite and served."""

from __future__ import annotations

import http.server
import io
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

from tests.skipping import skip
from tests.tools import FIXTURE_APP, callmend, npm

ASSISTANT_ID = "asst_abc123"


class Builds:
    """Builds of the fixture app, each made once.

    npm's packages are installed in the folder above the variants: Node and npm look there, too.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._built: dict[tuple[str, ...] | None, Path] = {}

    def of(self, flags: tuple[str, ...] | None) -> Path:
        """The folder of a built variant.

        Args:
            flags: What `callmend fix` is told beside the assistant's id; None leaves the app as it
                is before the migration.

        Raises:
            AssertionError: the migration, the type check or the build failed.
        """
        if flags not in self._built:
            self._install()
            self._built[flags] = self._build(flags)
        return self._built[flags]

    def _install(self) -> None:
        if (self._folder / "node_modules").exists():
            return
        for name in ("package.json", "package-lock.json"):
            shutil.copy(FIXTURE_APP / name, self._folder)
        done = npm(["ci", "--no-audit", "--no-fund"], self._folder)
        if done.returncode != 0:
            shutil.rmtree(self._folder / "node_modules", ignore_errors=True)
            skip(f"npm could not install the fixture app: {done.stderr[-300:]}")

    def _build(self, flags: tuple[str, ...] | None) -> Path:
        app = self._folder / f"variant-{len(self._built)}"
        shutil.copytree(FIXTURE_APP, app, ignore=shutil.ignore_patterns("node_modules", "dist"))
        if flags is not None:
            fixed = callmend("fix", "--assistant-id", ASSISTANT_ID, *flags, cwd=app)
            assert fixed.returncode == 0, fixed.stderr.decode()
        # Type-checks, too.
        done = npm(["run", "build"], app)
        assert done.returncode == 0, f"{flags}: {done.stdout}{done.stderr}"
        return app / "dist"


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Files, and the app's one page for every address of its own router."""

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Answer with the file, or with index.html where there is none."""
        if not Path(self.translate_path(self.path)).is_file():
            self.path = "/index.html"
        return super().send_head()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in the base class
        """Log nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a built app on a loopback port that is free.

    Yields:
        The app's origin.
    """
    handler = partial(_Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
