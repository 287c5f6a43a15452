"""A beta header that a call gives its helper: the argument goes with it where it need not be."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

_HELPER = """\
async function openai(path, body, EXTRA) {
  const res = await fetch(`https://api.openai.com/v1${path}`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${process.env.KEY}`,
      'Content-Type': 'application/json',
      ...extra,
    },
    body: JSON.stringify(body),
  });
  if (!res.ok) throw new Error(`${res.status}`);
  return res.json();
}
export const vector = async (input) => (await openai('/embeddings', { model: 'm', input })).data;
export async function ask(message) {
  const run = await openai('/workflows/runs', { workflow_id: 'wf_1', input: { message } }, GIVEN);
  return run.output_text;
}
"""
_BETA = "{ 'OpenAI-Beta': 'workflows=v1' }"


def _after(target: str, extra: str = "extra = {}", given: str = _BETA) -> str:
    source = _HELPER.replace("EXTRA", extra).replace("GIVEN", given)
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    return migration.result.decode()


def test_an_argument_of_no_header_goes() -> None:
    assert "openai('/responses', { model: 'gpt-6-luna', input: message }))" in _after("responses")


@pytest.mark.parametrize(
    ("extra", "given", "kept"),
    [
        pytest.param("extra", _BETA, ", { }))", id="that-the-helper-asks-for"),
        pytest.param(
            "extra = {}",
            "{ 'OpenAI-Beta': 'workflows=v1', 'OpenAI-Project': 'p' }",
            ", { 'OpenAI-Project': 'p' }))",
            id="with-another-header",
        ),
    ],
)
def test_an_argument_stays(extra: str, given: str, kept: str) -> None:
    assert kept in _after("responses", extra, given)


def test_the_assistants_beta_is_given_in_its_place() -> None:
    assert "}, { 'OpenAI-Beta': 'assistants=v2' })" in _after("assistants")
