"""Calls of a file's own post helper, on the responses target: migrated, or left, and why."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_RESPONSES = Settings(target="responses")
_HELPER = """\
const BASE = 'https://api.openai.com/v1';
async function post(path, payload) {
  const res = await fetch(`${BASE}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${KEY}` },
    body: JSON.stringify(payload)
  });
  if (!res.ok) throw new Error(`OpenAI ${res.status}`);
  return res.json();
}
"""
_ASKS = """\
export async function ask(id, text) {
  const run = await post('/workflows/runs', { workflow_id: id, input: { message: text } });
  return run.output_text;
}
"""
_LIVE = """\
export async function chat(messages) {
  const done = await post('/chat/completions', { model: 'gpt-5', messages });
  return done.choices[0].message.content;
}
"""
_BETA = _HELPER.replace("Bearer ${KEY}` }", "Bearer ${KEY}`, 'OpenAI-Beta': 'workflows=v1' }")
_NEW = b"await workflowAnswer(post('/responses', { model: 'gpt-6-luna', input: text }));"


def test_only_the_dead_call_changes_where_the_helper_serves_a_live_one_too() -> None:
    result = check((_HELPER + _LIVE + _ASKS).encode(), "a.js", _RESPONSES).result
    assert result.startswith((_HELPER + _LIVE).encode())
    assert _NEW in result


@pytest.mark.parametrize(
    ("path", "new"),
    [
        ("'/workflows/runs'", b"post('/responses', "),
        ("`/workflows/${id}/runs`", b"post('/responses', "),
        ("`/workflows/${id}/runs?version=${v}`", b"post('/responses', "),
        ("'https://api.openai.com/v1/workflows/runs'", b"post('https://api.openai.com/v1/respons"),
    ],
    ids=["plain", "id-in-the-path", "query", "whole-url"],
)
def test_the_path_is_exchanged_behind_what_stands_in_front(path: str, new: bytes) -> None:
    helper = _HELPER if "https" not in path else _HELPER.replace("`${BASE}${path}`", "path")
    source = helper + _ASKS.replace("'/workflows/runs'", path)
    assert new in check(source.encode(), "a.js", _RESPONSES).result


def test_the_dead_header_goes_where_only_the_dead_call_sends_it() -> None:
    result = check((_BETA + _ASKS).encode(), "a.js", _RESPONSES).result
    assert b"OpenAI-Beta" not in result
    assert _NEW in result


LEFT = {
    "header-is-sent-by-a-live-call-too": (_BETA + _LIVE + _ASKS, Reason.HEADERS_NOT_UNDERSTOOD),
    "helper-sends-what-it-makes-of-the-body": (
        _HELPER.replace("stringify(payload)", "stringify({ ...payload, user })") + _ASKS,
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "helper-changes-the-body": (
        _HELPER.replace("  const res", "  payload = trimmed(payload);\n  const res") + _ASKS,
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "body-is-no-literal": (
        _HELPER + _ASKS.replace("{ workflow_id: id, input: { message: text } }", "id"),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "body-is-left-out": (
        _HELPER + _ASKS.replace(", { workflow_id: id, input: { message: text } }", ""),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "helper-returns-the-response": (
        _HELPER.replace("return res.json()", "return res")
        + _ASKS.replace("await post", "await (await post").replace("} });", "} })).json();"),
        Reason.UNKNOWN_TRANSPORT,
    ),
    "helper-returns-a-part": (
        _HELPER.replace("return res.json()", "return (await res.json()).output") + _ASKS,
        Reason.UNKNOWN_TRANSPORT,
    ),
    "helper-returns-another-thing-for-errors": (
        _HELPER.replace("throw new Error(`OpenAI ${res.status}`)", "return { output_text: 'none' }")
        + _ASKS,
        Reason.UNKNOWN_TRANSPORT,
    ),
    "helper-asks-by-get": (_HELPER.replace("'POST'", "method") + _ASKS, Reason.NOT_A_POST),
    "stream-is-asked-for": (
        _HELPER + _ASKS.replace("workflow_id: id", "workflow_id: id, stream: true"),
        Reason.STREAMING,
    ),
    "path-is-in-a-variable": (
        _HELPER + "const RUNS = '/workflows/runs';\n" + _ASKS.replace("'/workflows/runs'", "RUNS"),
        Reason.URL_NOT_FOLLOWED,
    ),
}


@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_because(source: str, reason: Reason) -> None:
    migration = check(source.encode(), "a.js", _RESPONSES)
    assert migration.edits == ()
    [finding] = migration.findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, reason), finding.detail


def test_the_assistants_target_leaves_it() -> None:
    [finding] = check((_HELPER + _ASKS).encode(), "a.js").findings
    assert finding.reason is Reason.UNKNOWN_TRANSPORT
