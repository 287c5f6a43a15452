"""The function for an answer that a file has from a migration before serves its next calls too."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

_ASKS = """\
export async function ask(message) {
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow_id: 'wf_1', input: { message } }),
  });
  if (!res.ok) throw new Error(`HTTP ${res.status}`);
  return res.json();
}
"""
_BY_SDK = """\
import OpenAI from 'openai';
const openai = new OpenAI();
export async function ask(message) {
  return openai.workflows.runs.create({ workflow_id: 'wf_1', input: { message } });
}
"""
_FILES = pytest.mark.parametrize("source", [_ASKS, _BY_SDK], ids=["fetch", "sdk"])


def _next(source: str) -> str:
    """The same call again, of another workflow."""
    asks = source[source.index("export async function") :]
    return asks.replace("ask(", "tell(").replace("wf_1", "wf_2")


def _migrated(source: str, path: str = "a.js") -> str:
    migration = check(source.encode(), path)
    assert {finding.bucket for finding in migration.findings} <= {
        Bucket.MIGRATED,
        Bucket.ALREADY_MIGRATED,
    }
    assert migration.changed
    return migration.result.decode()


@_FILES
@pytest.mark.parametrize("path", ["a.js", "a.ts"])
def test_it_serves_the_next_call(source: str, path: str) -> None:
    first = _migrated(source, path)
    second = _migrated(first + _next(source), path)
    assert second.count("await workflowAnswer(") + second.count("return workflowAnswer(") == 2
    assert second.count("function workflowAnswer") == 1
    assert "workflowAnswer2" not in second


@_FILES
def test_one_that_was_changed_by_hand_stays_and_another_is_written(source: str) -> None:
    first = _migrated(source).replace("'no text'", "'nothing was said'")
    second = _migrated(first + _next(source))
    assert second.count("function workflowAnswer(") == 1
    assert second.count("function workflowAnswer2(") == 1
    assert "nothing was said" in second


@_FILES
def test_two_calls_of_one_run_share_one(source: str) -> None:
    result = _migrated(source + _next(source))
    assert result.count("function workflowAnswer") == 1


@_FILES
@pytest.mark.parametrize(
    ("before", "behind"),
    [("/*\n", "\n*/\n"), ("const old = `", "`;\n")],
    ids=["comment", "text"],
)
def test_one_that_is_no_declaration_of_the_files_own_serves_no_call(
    source: str, before: str, behind: str
) -> None:
    first = _migrated(source)
    function = first[first.rindex("\n// ", 0, first.index("async function workflow")) + 1 :]
    if before.endswith("`"):
        function = function.replace("`", "'").replace("${", "$ {")
    second = _migrated(f"{source}{before}{function.rstrip()}{behind}")
    assert "\nasync function workflowAnswer2(" in second
    assert second.count("workflowAnswer2(") == 2


@_FILES
@pytest.mark.parametrize(
    "given",
    ["tell(message, workflowAnswer)", "tell(message, { workflowAnswer } = {})"],
    ids=["parameter", "taken-out"],
)
def test_one_whose_name_means_another_thing_at_the_call_does_not_serve_it(
    source: str, given: str
) -> None:
    first = _migrated(source)
    second = _migrated(first + _next(source).replace("tell(message)", given))
    assert "\nasync function workflowAnswer2(" in second
    assert second.count("workflowAnswer2(") == 2


@_FILES
def test_one_whose_name_is_given_something_else_serves_no_call(source: str) -> None:
    first = _migrated(source)
    second = _migrated(f"{first}workflowAnswer = own;\n{_next(source)}")
    assert "\nasync function workflowAnswer2(" in second


def _both(source: str, next_call: str) -> str:
    """A file after two migrations to the Responses API, the second of a call that came later."""
    settings = Settings(target="responses")
    first = check(source.encode(), "a.ts", settings).result.decode()
    migration = check((first + next_call).encode(), "a.ts", settings)
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    return migration.result.decode()


@_FILES
def test_what_it_reads_is_no_reading_of_an_answer_that_is_handed_on(source: str) -> None:
    assert "return res.json();" in _both(source, _next(_ASKS))


def test_what_a_function_reads_that_the_call_is_given_to_is_one() -> None:
    shows = "async function shown(asked) {\n  const a = await asked;\n  return a.output[0].id;\n}\n"
    told = "export const both = async (m) => [await shown(fetch('/api')), await shown(ask(m))];\n"
    settings = Settings(target="responses")
    [finding] = check((_ASKS + shows + told).encode(), "a.js", settings).findings
    assert finding.bucket is Bucket.LEFT
