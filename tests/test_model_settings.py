"""Settings of a model beside what is asked: they go and are told, and are no part of a form."""

from __future__ import annotations

import pytest

from callmend import migrate
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_JS = """\
export async function ask(message) {
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow_id: process.env.WF, input: { message }, MEMBERS }),
  });
  if (!res.ok) throw new Error('no');
  const run = await res.json();
  return run.output_text;
}
"""
_PYTHON = """\
import os
import requests


def ask(message):
    r = requests.post('https://api.openai.com/v1/workflows/runs',
        headers={'Authorization': f"Bearer {os.environ['KEY']}"},
        json={'workflow_id': os.environ['WF'], 'input': {'message': message}, MEMBERS})
    r.raise_for_status()
    return r.json()['output_text']
"""
GOING = ("max_tokens: 500", "max_output_tokens: 500, top_k: 3", "presence_penalty: 0.1")
DECIDING = ("response_format: { type: 'json_object' }", "tools: [{ type: 'web_search' }]")


@_TARGETS
@pytest.mark.parametrize("members", GOING)
def test_a_setting_goes_and_is_told(members: str, target: str) -> None:
    migration = check(_JS.replace("MEMBERS", members).encode(), "a.js", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    result = migration.result.decode()
    assert ("input: message" if target == "responses" else "content: message") in result
    for member in members.split(", "):
        assert member not in result
        assert any(f"`{member}`" in note.text and "gone" in note.text for note in finding.notes)


@_TARGETS
@pytest.mark.parametrize("members", GOING)
def test_a_setting_goes_and_is_told_in_python(members: str, target: str) -> None:
    given = ", ".join(f"'{m.split(': ')[0]}': {m.split(': ')[1]}" for m in members.split(", "))
    source = _PYTHON.replace("MEMBERS", given).encode()
    migration = migrate(source, "a.py", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    for member in given.split(", "):
        assert member.encode() not in migration.result
        name = member.split("'")[1]
        assert any(name in note.text and "gone" in note.text for note in finding.notes)


@_TARGETS
@pytest.mark.parametrize("members", DECIDING)
def test_what_an_answer_depends_on_leaves_the_call(members: str, target: str) -> None:
    source = _JS.replace("MEMBERS", members).encode()
    migration = migrate(source, "a.js", Settings(target=target))
    assert [finding.reason for finding in migration.findings] == [Reason.BODY_FIELD]
    assert not migration.changed


@_TARGETS
def test_a_form_may_have_such_a_field(target: str) -> None:
    source = _JS.replace("input: { message }, MEMBERS", "input: { message, tools: ['saw'] }")
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert b"JSON.stringify({ message, tools: ['saw'] })" in migration.result
