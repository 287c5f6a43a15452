"""The fixture backend is real: a FastAPI app and a script, driven over HTTP, before and after."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.server import Reply, RunningServer, Scenario, running_server
from tests.skipping import needs
from tests.tools import ROOT, callmend, environment

BACKEND = ROOT / "fixtures" / "backend"
#: Seconds in which the app has to answer on a machine that does much else.
_PATIENCE = 60.0
_FORM = {"title": "Über uns", "text": "a long text", "language": "de"}
TARGETS = ("assistants", "responses")
targets = pytest.mark.parametrize("target", TARGETS)


@pytest.fixture(scope="module")
def api() -> Iterator[RunningServer]:
    with running_server() as running:
        yield running


@pytest.fixture
def server(api: RunningServer) -> Iterator[RunningServer]:
    yield api
    api.reset()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _environment(app: Path) -> dict[str, str]:
    return environment(
        OPENAI_API_KEY="sk-test-1", WORKFLOW_ID="asst_test1", PYTHONPATH=str(app), NO_PROXY="*"
    )


@contextmanager
def _served(app: Path) -> Iterator[Any]:
    """The app in a process of its own, and a client of it."""
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--log-level", "error"], cwd=app, env=_environment(app), stderr=subprocess.PIPE
    )
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", timeout=_PATIENCE, trust_env=False
        ) as client:
            deadline = time.monotonic() + _PATIENCE
            while True:
                try:
                    client.get("/health").raise_for_status()
                    break
                except httpx.TransportError:
                    assert process.poll() is None, "the app has ended"
                    assert time.monotonic() < deadline, "the app does not answer"
                    time.sleep(0.1)
            yield client
    finally:
        process.terminate()
        process.communicate(timeout=_PATIENCE)


def _pointed(app: Path, server: RunningServer) -> None:
    """Make the app's files ask the test server instead of OpenAI."""
    for path in app.rglob("*.py"):
        path.write_text(path.read_text().replace("https://api.openai.com", server.origin))


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory, api: RunningServer) -> dict[str, Path]:
    """The app before, and after the migration to each target."""
    found = {}
    for name in ("before", *TARGETS):
        app = found[name] = tmp_path_factory.mktemp(name) / "backend"
        shutil.copytree(BACKEND, app, ignore=shutil.ignore_patterns("__pycache__"))
        if name != "before":
            done = callmend("fix", "--target", name, cwd=app)
            assert done.returncode == 0, done.stderr
        _pointed(app, api)
    return found


def _asked(app: Path, question: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "ask.py", question],
        cwd=app,
        env=_environment(app),
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )


def test_before_every_route_and_the_script_fail(
    apps: dict[str, Path], server: RunningServer
) -> None:
    with _served(apps["before"]) as client:
        chat = client.post("/chat", json={"message": "hi"})
        assert chat.status_code == 502
        assert "Invalid URL" in chat.json()["detail"]
        summary = client.post("/summaries", json=_FORM)
        assert summary.status_code == 502
        raw = client.post("/raw", json={"message": "hi"})
        assert raw.status_code == 404
    script = _asked(apps["before"], "hi")
    assert (script.returncode, script.stdout) == (1, "")
    assert "no answer: HTTP Error 404" in script.stderr
    server.take_violations()


@pytest.mark.parametrize("name", ["before", *TARGETS])
def test_ruff_finds_nothing_in_it(name: str, apps: dict[str, Path]) -> None:
    needs("ruff")
    options = ("check", "--isolated", "--select", "E4,E7,E9,F,I", "--line-length", "100", ".")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *options],
        cwd=apps[name],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@targets
def test_after_every_route_and_the_script_answer(
    target: str, apps: dict[str, Path], server: RunningServer
) -> None:
    server.control.answer = Reply.LAST_USER_MESSAGE
    with _served(apps[target]) as client:
        assert client.post("/chat", json={"message": "wie groß?"}).json() == {"reply": "wie groß?"}
        summary = client.post("/summaries", json=_FORM).json()["summary"]
        assert json.loads(summary) == _FORM
        raw = client.post("/raw", json={"message": "hello"})
        assert raw.status_code == 200
        assert raw.json()["output_text"] == "hello"
        assert raw.json()["output"][0]["content"][0]["text"] == "hello"
    script = _asked(apps[target], "and you?")
    assert (script.returncode, script.stdout) == (0, "and you?\n")
    assert not server.violations
    path = "/v1/threads/runs" if target == "assistants" else "/v1/responses"
    assert len([r for r in server.requests if r.path == path]) == 4


_BAD = [Scenario.FAILED, Scenario.REFUSAL, Scenario.NO_ANSWER, Scenario.RATE_LIMITED]


@targets
def test_what_goes_wrong_is_the_apps_own_error(
    target: str, apps: dict[str, Path], server: RunningServer
) -> None:
    words = {Scenario.FAILED: "overloaded", Scenario.REFUSAL: "cannot help"}
    with _served(apps[target]) as client:
        for scenario in _BAD:
            server.control.scenario = scenario
            said = words.get(scenario, "")
            chat = client.post("/chat", json={"message": "hi"})
            assert chat.status_code == 502, scenario
            assert chat.json()["detail"].startswith("agent failed (")
            assert said in chat.json()["detail"]
            summary = client.post("/summaries", json=_FORM)
            assert summary.status_code == 502, scenario
            assert summary.json()["detail"].startswith("no summary: ")
            assert said in summary.json()["detail"]
            raw = client.post("/raw", json={"message": "hi"})
            assert raw.status_code == (429 if scenario is Scenario.RATE_LIMITED else 502)
            assert said in raw.json()["error"]["message"]


@targets
def test_the_script_says_what_went_wrong(
    target: str, apps: dict[str, Path], server: RunningServer
) -> None:
    server.control.scenario = Scenario.FAILED
    script = _asked(apps[target], "hi")
    assert (script.returncode, script.stdout) == (1, "")
    assert "overloaded" in script.stderr


@targets
def test_nothing_is_left_to_do_and_a_second_run_changes_nothing(
    target: str, tmp_path: Path
) -> None:
    app = tmp_path / "backend"
    shutil.copytree(BACKEND, app, ignore=shutil.ignore_patterns("__pycache__"))
    assert callmend("fix", "--target", target, cwd=app).returncode == 0
    after = {path: path.read_bytes() for path in app.rglob("*.py")}
    assert callmend("diff", "--target", target, cwd=app).stdout == b""
    assert callmend("fix", "--target", target, cwd=app).returncode == 0
    assert {path: path.read_bytes() for path in app.rglob("*.py")} == after
