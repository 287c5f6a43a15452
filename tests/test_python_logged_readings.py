"""What a Python file logs of an answer is there afterwards, or the call is left: it would raise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check
from tests.server import RunningServer, running_server
from tests.skipping import needs
from tests.test_python_behaviour import asked
from tests.tools import collect_garbage

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_RAW = """\
import logging
import os

import requests

log = logging.getLogger(__name__)
KEY = os.environ["OPENAI_API_KEY"]


def ask(question):
    response = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": f"Bearer {KEY}"},
        json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},
        timeout=30,
    )
    response.raise_for_status()
    data = response.json()
    LOGGED
    return data["output"]["text"]
"""
_SDK = """\
import logging
import os

from openai import OpenAI

log = logging.getLogger(__name__)
client = OpenAI(max_retries=0, base_url="https://api.openai.com/v1")


def ask(question):
    run = client.workflows.runs.create(
        workflow_id=os.environ["WORKFLOW_ID"], input={"message": question}
    )
    LOGGED
    return run.output.text
"""
RAW = {
    "the-answer": 'log.warning("answer %s", data["output"]["text"])',
    "the-answer-printed": 'print("answer", data["output"]["text"])',
    "the-answer-in-a-text": "log.warning(f\"answer {data['output']['text']}\")",
    "the-answer-that-may-be-missing": (
        'log.warning("answer %s", (data.get("output") or {}).get("text"))'
    ),
    "the-id-and-the-state": 'log.warning("%s %s", data["id"], data["status"].upper())',
    "when-it-was-made": 'print(data["created_at"])',
    "what-may-be-missing": 'print(data.get("workflow"), data.get("usage", {}))',
    "what-of-it-may-be-missing": 'print(data.get("workflow", {}).get("name"))',
    "all-of-it": 'log.warning("all: %s", data)',
}
SDK = {
    "the-answer": 'log.warning("answer %s", run.output.text)',
    "the-answer-in-a-text": 'print(f"answer {run.output.text}")',
    "the-id-and-the-state": 'log.warning("%s %s", run.id, run.status)',
    "what-may-be-missing": 'print(getattr(run, "workflow", None))',
    "all-of-it": "print(run)",
}
PROGRAMS = {f"raw-{name}": _RAW.replace("LOGGED", code) for name, code in RAW.items()}
PROGRAMS |= {f"sdk-{name}": _SDK.replace("LOGGED", code) for name, code in SDK.items()}
#: What no answer has: reading it raises.
LEFT = {
    "another-part": _RAW.replace("LOGGED", 'print(data["workflow"])'),
    "an-id-in-another-part": _RAW.replace("LOGGED", 'log.info("%s", data["run"]["id"])'),
    "another-member": _SDK.replace("LOGGED", "print(run.workflow)"),
    "a-member-of-a-run": _SDK.replace("LOGGED", 'log.info("%s", run.created_at)'),
    "all-of-it-as-json": _SDK.replace("LOGGED", "print(run.model_dump_json())"),
}


@pytest.fixture(scope="module")
def api() -> Iterator[RunningServer]:
    needs("requests", "openai")
    with running_server() as running:
        yield running


@pytest.fixture
def server(api: RunningServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    api.control.reset()
    for name, value in (("OPENAI_API_KEY", "test-key"), ("WORKFLOW_ID", "asst_test")):
        monkeypatch.setenv(name, value)
    yield api
    collect_garbage()


@_TARGETS
@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS)
def test_a_file_that_logs_gives_the_answer(code: str, target: str, server: RunningServer) -> None:
    server.control.answer = "Bread at home"
    settings = Settings(target=target, assistant_id="asst_test")
    migration = check(code.encode(), settings=settings)
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert asked(migration.result, server) == "Bread at home"


@_TARGETS
@pytest.mark.parametrize("code", LEFT.values(), ids=LEFT)
def test_a_call_is_left_because_a_log_would_raise(code: str, target: str) -> None:
    migration = check(code.encode(), settings=Settings(target=target, assistant_id="asst_test"))
    [finding] = migration.findings
    assert finding.bucket is Bucket.LEFT
    assert finding.reason in (Reason.OTHER_READ, Reason.ANSWER_NOT_UNDERSTOOD)
