"""A failed run is an error of axios' own class where the file asks for that."""

from __future__ import annotations

from functools import cache

import pytest

from callmend.settings import Settings
from tests.invariants import check
from tests.server import Scenario, running_server
from tests.server.scenarios import ANSWER
from tests.shapes.corpus import Drive, Shape
from tests.shapes.running import Ran, drive

TARGETS = ("assistants", "responses")
_FILE = """\
$IMPORT
export async function ask(message) {
  try {
    const res = await axios.post('https://api.openai.com/v1/workflows/runs',
      { workflow_id: process.env.WORKFLOW_ID, input: { message } },
      { headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` } });
    return res.data.output_text ?? res.data.output?.text;
  } catch (error) {
    if ($ASKED) return `status ${error.response.status}`;
    return 'another error';
  }
}
"""
ASKED = {
    "by-its-class": ("import axios, { AxiosError } from 'axios';", "error instanceof AxiosError"),
    "by-another-name": (
        "import axios, { AxiosError as Failed } from 'axios';",
        "error instanceof Failed",
    ),
    "by-a-member": ("import axios from 'axios';", "error instanceof axios.AxiosError"),
    "by-the-function": ("import axios from 'axios';", "axios.isAxiosError(error)"),
    "by-the-flag": ("import axios from 'axios';", "error.isAxiosError"),
}


@cache
def _ran(target: str) -> dict[Scenario, dict[str, Ran]]:
    programs = []
    for name, (imported, asked) in ASKED.items():
        source = _FILE.replace("$IMPORT", imported).replace("$ASKED", asked).encode()
        given = {"driver": "function", "call": "ask", "arguments": ["Well?"]}
        shape = Shape(name, "a.js", source, name, "migrate", drives=(Drive(given, "returned"),))
        programs.append((shape, check(source, "a.js", Settings(target=target)).result))
    with running_server() as server:
        scenarios = (Scenario.COMPLETED, Scenario.FAILED, Scenario.REFUSAL, Scenario.UNAUTHORIZED)
        return {s: drive(server, programs, s) for s in scenarios}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        (Scenario.COMPLETED, ANSWER),
        (Scenario.FAILED, "status 502"),
        (Scenario.REFUSAL, "status 502"),
        (Scenario.UNAUTHORIZED, "status 401"),
    ],
)
@pytest.mark.parametrize("asked", ASKED)
def test_a_failed_run_is_an_error_of_axios(
    asked: str, scenario: Scenario, said: str, target: str
) -> None:
    [outcome] = _ran(target)[scenario][asked].outcomes
    assert outcome.broken is None
    assert outcome.at("returned") == said
