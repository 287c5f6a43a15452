"""docs/behaviour-python.md says what the person sees; each cell is a program that was run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest

from tests.python_goldens import goldens
from tests.server import RunningServer, Scenario, running_server
from tests.test_python_behaviour import asked
from tests.tools import ROOT

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PATH = ROOT / "docs" / "behaviour-python.md"
#: The columns: what they are called, and the golden that is run.
_COLUMNS = {
    "specification": "requests-in-place",
    "robust": "robust-requests-in-place",
    "stream": "stream-requests-in-place",
    "responses": "responses-requests-in-place",
    "responses, stream": "stream-responses-requests-in-place",
    "assistants, function in the file": "adapted-requests-ladder-behind-a-check",
    "Assistants requests, responses": "raw-requests-in-one-function",
    "responses, function in the file": "responses-adapted-requests-ladder-behind-a-check",
}
#: A Response and a stream that never end are waited for by the server.
_NOT_RUN = {Scenario.NEVER_FINISHING, Scenario.UNKNOWN_STATUS_FOREVER}
_HEAD = """\
# What the person sees, in Python

Programs with `requests`, migrated and run in CPython against the test server
(`python -m tests.server --help` describes the scenarios), with time that passes at once. Each cell
is what the program's function gives or raises in the end. A function in the file is written where
the answer is read in more than one place; this program looks at the status and raises what it
finds in the body. What happens to a poll or to a stream is no failure where there is none. This
file is written by `tests/test_python_behaviour_document.py` with `CALLMEND_UPDATE_DOCS=1`, and
checked by it without.

"""


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OPENAI_API_KEY", "sk-test-1")
        patched.setenv("WORKFLOW_ID", "asst_test1")
        with running_server() as running:
            yield running


def _cell(name: str, scenario: Scenario, server: RunningServer) -> str:
    server.control.scenario = scenario
    try:
        answer = asked(goldens()[name].expected, server)
    except Exception as error:  # noqa: BLE001  # each client has its own
        words = " ".join(str(error).replace(server.origin, "https://api.openai.com").split())
        words = re.sub(r"\(_?[a-z]+_[0-9A-Za-z]+\)|0x[0-9a-f]+|host='[^']*', port=\d+", "…", words)
        words = re.sub(r"(run|thread|msg)_[0-9A-Za-z]+", r"\1_…", words)
        if isinstance(error, OSError) and scenario.value.startswith("dropped"):
            words = "the connection was dropped"
        return f"`{type(error).__name__}: {words}`"
    finally:
        whole = str(server.control.answer)
        server.reset()
    if answer == whole:
        return "the answer"
    if answer.replace("\n\n", "") == whole:
        return "both parts of the answer, in paragraphs"
    return "a part of the answer" if answer and answer in whole else f"`{answer}`"


def _document(server: RunningServer) -> str:
    rule = "| --- " * (len(_COLUMNS) + 1) + "|\n"
    lines = [_HEAD, "| scenario | " + " | ".join(_COLUMNS) + " |\n", rule]
    for scenario in Scenario:
        if scenario in _NOT_RUN:
            continue
        cells = [_cell(name, scenario, server) for name in _COLUMNS.values()]
        lines.append(f"| {scenario.value} | " + " | ".join(cells) + " |\n")
    return "".join(lines)


def test_the_document_says_what_the_programs_show(server: RunningServer) -> None:
    text = _document(server)
    if os.environ.get("CALLMEND_UPDATE_DOCS"):
        PATH.write_text(text)
    assert PATH.read_text() == text, "run the tests with CALLMEND_UPDATE_DOCS=1"
