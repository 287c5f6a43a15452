"""axios that throws the server's errors alone, as its `validateStatus` says: `s => s < 500`."""

from __future__ import annotations

from functools import cache

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check
from tests.server import Scenario, running_server
from tests.server.scenarios import ANSWER
from tests.shapes.corpus import Drive, Shape
from tests.shapes.running import Ran, drive

TARGETS = ("assistants", "responses")
_FILE = """\
import axios from 'axios';
export async function ask(message$TYPE) {
  try {
    const res = await axios.post('https://api.openai.com/v1/workflows/runs',
      { workflow_id: process.env.WORKFLOW_ID, input: { message } },
      {
        headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
        validateStatus: $ALLOWS,
      });
    if ($LOOKS) return `looked at: ${res.status}`;
    return res.data.output_text ?? res.data.output?.text;
  } catch (error$ANY) {
    return `thrown: ${error.response.status}`;
  }
}
"""
ALLOWS = {
    "below-500": "(s) => s < 500",
    "up-to-499": "s => s <= 499",
    "from-200-to-499": "(status) => status >= 200 && status < 500",
    "with-its-type": "(status: number) => status < 500",
}


def _file(allows: str, looks: str = "res.status !== 200") -> tuple[bytes, str]:
    typed = ": number" in allows
    source = _FILE.replace("$ALLOWS", allows).replace("$LOOKS", looks)
    source = source.replace("$TYPE", ": string" if typed else "")
    return source.replace("$ANY", ": any" if typed else "").encode(), "a.ts" if typed else "a.js"


@cache
def _ran(target: str) -> dict[Scenario, dict[str, Ran]]:
    programs = []
    for name, allows in ALLOWS.items():
        source, path = _file(allows)
        given = {"driver": "function", "call": "ask", "arguments": ["Well?"]}
        shape = Shape(name, path, source, name, "migrate", drives=(Drive(given, "returned"),))
        programs.append((shape, check(source, path, Settings(target=target)).result))
    with running_server() as server:
        scenarios = (Scenario.COMPLETED, Scenario.FAILED, Scenario.REFUSAL, Scenario.UNAUTHORIZED)
        return {s: drive(server, programs, s) for s in scenarios}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        (Scenario.COMPLETED, ANSWER),
        (Scenario.FAILED, "thrown: 502"),
        (Scenario.REFUSAL, "thrown: 502"),
        (Scenario.UNAUTHORIZED, "looked at: 401"),
    ],
)
@pytest.mark.parametrize("allows", ALLOWS)
def test_an_error_goes_the_way_that_its_status_says(
    allows: str, scenario: Scenario, said: str, target: str
) -> None:
    [outcome] = _ran(target)[scenario][allows].outcomes
    assert outcome.at("returned") == said


@pytest.mark.parametrize("target", TARGETS)
def test_an_error_that_is_not_looked_at_is_thrown_and_told(target: str) -> None:
    source, path = _file("(s) => s < 500")
    looked = b"    if (res.status !== 200) return `looked at: ${res.status}`;\n"
    assert looked in source
    source = source.replace(looked, b"")
    migration = check(source, path, Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    assert any("they are thrown now" in note.text for note in finding.notes)
    assert b"Promise.reject(failed)" not in migration.result


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    "allows",
    [
        pytest.param("(s) => s !== 404", id="any-but-one"),
        pytest.param("(s) => s < limit", id="a-limit-that-is-not-seen"),
        pytest.param("(s) => s < 600", id="another-limit"),
        pytest.param("(s) => { count(s); return s < 500; }", id="does-more"),
    ],
)
def test_what_lets_other_errors_through_is_left(allows: str, target: str) -> None:
    source, path = _file(allows)
    migration = check(source, path, Settings(target=target))
    assert [f.reason for f in migration.findings] == [Reason.OPTIONS_NOT_UNDERSTOOD]
    assert migration.result == source
