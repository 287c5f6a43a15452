"""The run's id, where the file hands it on: kept under it, or perhaps asked for again."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_ASKS = """\
export async function ask(env, message) {
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${env.KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow_id: env.WORKFLOW, input: { message } })
  });
  if (!res.ok) throw new Error('failed');
  const run = await res.json();
  const { id, output } = run;
  const reply = output.text || output.message || run.output_text;
  $USE
  return { reply };
}
"""

KEPT = {
    "put-into-a-store": "await env.LOG.put(id, reply);",
    "set-in-a-map": "seen.set(id, { message, reply });",
    "set-in-the-browsers-storage": "localStorage.setItem('last', id);",
    "tracked-with-other-things": "analytics.track('answered', { run: id });",
    "logged": "console.log('run', id);",
    "logged-by-a-logger": "env.logger.info('run', id);",
    "thrown-in-an-error-of-its-own": "if (!reply) throw new RunFailed('no text', id);",
    "logged-with-a-level": "log.warn({ run: id });",
}
SENT_ON = {
    "given-to-a-function": "await finish(id);",
    "given-to-a-method": "await env.RUNS.poll(id);",
    "given-to-what-is-called-as-a-level": "await runs.info(id);",
    "given-to-another-method-of-a-logger": "await logger.fetchRun(id);",
    "thrown-in-a-response": "if (!reply) throw new Response(id, { status: 202 });",
    "thrown-by-a-function": "if (!reply) throw redirect(id);",
    "made-into-an-object": "if (!reply) return new RunHandle(id);",
    "in-a-url": "await fetch(`/api/runs/${id}`);",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("use", KEPT.values(), ids=KEPT)
def test_what_is_kept_has_the_live_answers_id(use: str, target: str) -> None:
    source = _ASKS.replace("$USE", use).encode()
    migration = check(source, "a.js", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert use.encode() in migration.result
    live = b"run" if target == "assistants" else b"answered"
    assert (b"id: " + live + b".id") in migration.result or use == KEPT["logged"]


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("use", SENT_ON.values(), ids=SENT_ON)
def test_what_may_ask_for_the_dead_run_is_left(use: str, target: str) -> None:
    source = _ASKS.replace("$USE", use).encode()
    migration = check(source, "a.js", Settings(target=target))
    assert migration.edits == ()
    [finding] = migration.findings
    assert finding.reason is Reason.ANSWER_NOT_UNDERSTOOD
    assert "may ask for the dead run again" in finding.detail
