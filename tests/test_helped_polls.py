"""A run that the file polls by a function which sends what it is given: migrated, or left."""

from __future__ import annotations

import re

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_API = """\
async function api(path, init = {}) {
  const res = await fetch(`https://api.openai.com/v1${path}`, {
    ...init,
    headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' }
  });
  if (!res.ok) throw new Error(`OpenAI ${res.status}`);
  return res.json();
}
"""
_ASKS = """\
export async function ask(id, text) {
  let run = await api('/workflows/runs', {
    method: 'POST',
    body: JSON.stringify({ workflow_id: id, input: { message: text } })
  });
  while (run.status === 'queued') {
    run = await api(`/workflows/runs/${run.id}`);
  }
  return run.output_text;
}
"""
_LIVE = "export const models = () => api('/models');\n"
_RUN = "{ Authorization: `Bearer ${KEY}`, 'OpenAI-Beta': 'assistants=v2' }"


def _migrated(source: str, target: str) -> str:
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert {finding.bucket for finding in migration.findings} == {Bucket.MIGRATED}
    return migration.result.decode()


@pytest.mark.parametrize("target", _TARGETS)
def test_the_run_is_asked_for_again_by_the_same_function(target: str) -> None:
    result = _migrated(_API + _ASKS, target)
    if target == "responses":
        assert "run = await workflowAnswer(api(`/responses/${run.id}`));" in result
        assert "id: answered.id, status: 'completed'" in result
    else:
        assert f"run = await workflowAnswer(api(`/threads/${{run.id}}`), {_RUN});" in result
        assert "id: `${run.thread_id}/runs/${run.id}`, status: 'completed'" in result


def test_the_beta_header_goes_with_all_that_is_asked_of_the_run() -> None:
    result = _migrated(_API + _LIVE + _ASKS, "assistants")
    sent = "...(path.startsWith('/threads/') ? { 'OpenAI-Beta': 'assistants=v2' } : {})"
    assert f"'Content-Type': 'application/json', {sent} }}" in result


def test_a_poll_gives_the_header_where_the_function_takes_headers() -> None:
    source = _API.replace("'application/json' }", "'application/json', ...init.headers }")
    result = _migrated(source + _LIVE + _ASKS, "assistants")
    assert "`/threads/${run.id}`, { headers: { 'OpenAI-Beta': 'assistants=v2' } })" in result
    assert source + _LIVE in result


@pytest.mark.parametrize("target", _TARGETS)
def test_another_function_asks_than_the_one_that_starts_the_run(target: str) -> None:
    get = re.sub(r"api\(path.*\)", "get(path)", _API).replace("    ...init,\n", "")
    asks = _ASKS.replace("api(`/workflows", "get(`/workflows")
    result = _migrated(_API + get + asks, target)
    assert f"get(`/{'threads' if target == 'assistants' else 'responses'}/${{run.id}}`)" in result
    assert result.count("'OpenAI-Beta': 'assistants=v2'") == (4 if target == "assistants" else 0)


def test_a_header_of_both_functions_goes_where_no_other_call_has_it() -> None:
    head = "const HEADERS = { Authorization: KEY, 'OpenAI-Beta': 'workflows=v1' };\n"
    api = re.sub(r"headers: \{.*\}", "headers: HEADERS", _API)
    get = api.replace("api(path, init = {})", "get(path)").replace("    ...init,\n", "")
    asks = _ASKS.replace("api(`/workflows", "get(`/workflows")
    assert "OpenAI-Beta" not in _migrated(head + api + get + asks, "responses")


@pytest.mark.parametrize("target", _TARGETS)
def test_a_method_that_waits_asks_for_it(target: str) -> None:
    source = """\
export class Workflows {
  constructor(key) {
    this.key = key;
  }
  async request(path, method = 'GET', body) {
    const res = await fetch(`https://api.openai.com/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.key}`, 'Content-Type': 'application/json' },
      body: body ? JSON.stringify(body) : undefined
    });
    if (!res.ok) throw new Error(`OpenAI ${res.status}`);
    return res.json();
  }
  async ask(id, text) {
    const started = await this.request('/workflows/runs', 'POST', { workflow_id: id, input: text });
    return (await this.done(started.id)).output_text;
  }
  async done(id) {
    for (;;) {
      const run = await this.request(`/workflows/runs/${id}`);
      if (run.status === 'completed') return run;
      if (run.status === 'failed') throw new Error('failed');
    }
  }
}
"""
    result = _migrated(source, target)
    # The id may be a segment of a path on its way to the other function.
    apart = "threads/${String(id).replace('~', '/runs/')}"
    again = apart if target == "assistants" else "responses/${id}"
    assert f"const run = await workflowAnswer(this.request(`/{again}`)" in result
    assert ("id: `${run.thread_id}~${run.id}`" in result) is (target == "assistants")


LEFT = {
    "poll-is-a-post": _API
    + _ASKS.replace("runs/${run.id}`)", "runs/${run.id}`, { method: 'POST' })"),
    "poll-has-a-body": _API
    + _ASKS.replace("runs/${run.id}`)", "runs/${run.id}`, { method: 'GET', body: '{}' })"),
    "poll-gives-the-response": _API
    + _API.replace("api(", "get(").replace("return res.json()", "return res")
    + _ASKS.replace("api(`/workflows", "get(`/workflows").replace("run.id}`)", "run.id}`).json()"),
    "steps-of-the-run-are-asked-for": _API
    + _ASKS.replace("  return run", "  await fetch(`${RUNS}/${run.id}/steps`);\n  return run")
    + "const RUNS = 'https://api.openai.com/v1/workflows/runs';\n",
    "two-runs-are-started": _API + _ASKS + _ASKS.replace("ask(", "askAgain("),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("source", LEFT.values(), ids=LEFT)
def test_it_is_left_because(source: str, target: str) -> None:
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert migration.edits == ()
    assert Reason.OWN_POLLING in {finding.reason for finding in migration.findings}


def test_the_header_would_decide_the_method_of_a_poll() -> None:
    source = _API.replace("...init,", "method: init ? 'POST' : 'GET', body: init?.body,")
    source = source.replace("init = {}", "init").replace("json' }", "json', ...init?.headers }")
    migration = check((source + _LIVE + _ASKS).encode(), "a.js")
    assert migration.edits == ()
