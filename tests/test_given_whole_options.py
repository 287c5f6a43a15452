"""A function that sends all the options that its call gives it, and gives the JSON back."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_SOURCE = """\
async function http(url, init = {}) {
  {reads}
  const res = await fetch(url, init);
  if (!res.ok) throw new Error(`${init.method ?? 'GET'} ${url}: ${res.status}`);
  return res.json();
}
const headers = { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' };
export const models = () => http('https://api.openai.com/v1/models', { headers });
export async function ask(text) {
  const run = await http('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers,
    body: JSON.stringify({ workflow_id: 'wf_1', input: { message: text } })
  });
  return run.output_text;
}
"""
_SAME = {
    "nothing": "",
    "the-method-is-logged": "console.log(init.method, url);",
    "the-body-is-logged": "console.log(init.body);",
    "a-body-is-there": "if (init.body && init.method === 'GET') throw new Error('a body');",
}
_OTHER = {
    "the-body-is-searched": (
        "if (!init.body.includes('workflow_id')) throw new Error('no id');",
        Reason.BODY_SHARED,
    ),
    "the-body-is-parsed": ("check(JSON.parse(init.body));", Reason.BODY_SHARED),
    "the-options-are-changed": (
        "init.headers = { ...init.headers, 'X-Id': '1' };",
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "the-url-is-on-a-list": (
        "if (!ALLOWED.includes(url)) throw new Error('no');",
        Reason.URL_NOT_FOLLOWED,
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("reads", _SAME.values(), ids=_SAME)
def test_the_call_gives_it_the_live_request(reads: str, target: str) -> None:
    source = _SOURCE.replace("{reads}", reads)
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    result = migration.result.decode()
    path = {"assistants": "threads/runs", "responses": "responses"}[target]
    assert f"http('https://api.openai.com/v1/{path}', {{" in result
    # What other calls are sent stays as it is.
    assert result.startswith(source.partition("export async")[0])


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("reads", "reason"), _OTHER.values(), ids=_OTHER)
def test_what_it_makes_of_them_may_be_another_thing(
    reads: str, reason: Reason, target: str
) -> None:
    source = _SOURCE.replace("{reads}", reads)
    migration = check(source.encode(), "a.js", Settings(target=target))
    [finding] = migration.findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, reason)
    assert finding.detail


@pytest.mark.parametrize("target", _TARGETS)
def test_polling_by_it_asks_for_the_live_run(target: str) -> None:
    source = (
        _SOURCE.replace("  {reads}\n", "")
        .replace("const run =", "let run =")
        .replace(
            "  return run.output_text;\n",
            "  while (run.status === 'queued') {\n"
            "    run = await http(`https://api.openai.com/v1/workflows/runs/${run.id}`, {\n"
            "      headers\n    });\n"
            "  }\n  return run.output_text;\n",
        )
    )
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert {finding.bucket for finding in migration.findings} == {Bucket.MIGRATED}
    assert b"workflows" not in migration.result
