"""A run whose start is a plain `fetch`, and that a function of the file is asked for again."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_GET = """\
async function get(url) {
  const res = await fetch(url, { headers: { Authorization: `Bearer ${KEY}` } });
  if (!res.ok) throw new Error(`HTTP ${res.status}`);
  return res.json();
}
"""
_ASK = """\
export async function ask(id, text) {
  const res = await fetch(`https://api.openai.com/v1/workflows/${id}/runs`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ input: { message: text } }),
  });
  if (!res.ok) throw new Error(`HTTP ${res.status}`);
  let run = await res.json();
  while (run.status === 'queued') {
    run = await get(`https://api.openai.com/v1/workflows/runs/${run.id}`);
  }
  if (run.status !== 'completed') throw new Error(run.status);
  return run.output_text;
}
"""
_LATER = _ASK.replace(
    "  if (run.status !==",
    "  run = await get(`https://api.openai.com/v1/workflows/runs/${run.id}`);\n"
    "  if (run.status !==",
)
_MIGRATED = {
    "one-getter": _GET + _ASK,
    "a-getter-that-is-called-twice": _GET + _LATER,
    "a-getter-that-gives-the-json-beside-the-text": (
        _GET.replace(
            "  if (!res.ok) throw new Error(`HTTP ${res.status}`);\n  return res.json();",
            "  const raw = await res.text();\n  if (!res.ok) throw new Error(raw);\n"
            "  return { raw, json: JSON.parse(raw) };",
        )
        + _ASK.replace("run = await get(", "run = (await get(").replace(
            "run.id}`);", "run.id}`)).json;"
        )
    ),
    "a-getter-with-a-signal": (
        _GET.replace("fetch(url, {", "fetch(url, { signal: AbortSignal.timeout(5000),") + _ASK
    ),
}
_LEFT = {
    "it-asks-for-something-live-too": (
        _GET + _ASK + "export const models = () => get('https://api.openai.com/v1/models');\n"
    ),
    "other-files-may-call-it": _GET.replace("async", "export async", 1) + _ASK,
    "it-is-handed-on": _GET + _ASK + "export const all = (urls) => urls.map(get);\n",
    "it-sends-more-than-it-is-asked": _GET.replace("(url, {", "(url, { method: 'POST',") + _ASK,
    "it-sends-what-it-is-given": (
        _GET.replace("(url)", "(url, init)").replace("fetch(url, {", "fetch(url, { ...init,") + _ASK
    ),
    "its-options-come-from-elsewhere": (
        "import { options } from './options.js';\n"
        + _GET.replace("{ headers: { Authorization: `Bearer ${KEY}` } }", "options")
        + _ASK
    ),
}


@_TARGETS
@pytest.mark.parametrize("source", _MIGRATED.values(), ids=_MIGRATED)
def test_the_getter_asks_for_the_live_run(source: str, target: str) -> None:
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert {finding.bucket for finding in migration.findings} == {Bucket.MIGRATED}
    result = migration.result.decode()
    assert result.count("await workflowAnswer(fetch(url, {") == 1
    path = "threads" if target == "assistants" else "responses"
    assert f"get(`https://api.openai.com/v1/{path}/${{run.id}}`)" in result
    assert "/workflows/" not in result


@_TARGETS
@pytest.mark.parametrize("source", _LEFT.values(), ids=_LEFT)
def test_the_call_is_left_because_of_its_getter(source: str, target: str) -> None:
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert not migration.changed
    assert Reason.OWN_POLLING in {finding.reason for finding in migration.findings}


_BEHIND = "const BASE = 'https://api.openai.com/v1';\n" + _GET.replace("(url)", "(path)").replace(
    "fetch(url,", "fetch(`${BASE}${path}`,"
)
_ASK_PATH = _ASK.replace("get(`https://api.openai.com/v1/", "get(`/")


@_TARGETS
def test_a_getter_behind_a_base_is_given_the_live_path(target: str) -> None:
    migration = check((_BEHIND + _ASK_PATH).encode(), "a.js", Settings(target=target))
    assert {finding.bucket for finding in migration.findings} == {Bucket.MIGRATED}
    result = migration.result.decode()
    path = "threads" if target == "assistants" else "responses"
    assert result.count("await workflowAnswer(fetch(`${BASE}${path}`, {") == 1
    assert f"get(`/{path}/${{run.id}}`)" in result


@_TARGETS
@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            _BEHIND.replace("/v1'", "/v1/workflows'")
            + _ASK_PATH.replace("`/workflows/runs/", "`/runs/"),
            id="its-base-has-a-part-of-the-dead-path",
        ),
        pytest.param(
            _BEHIND + _ASK_PATH + "export const models = () => get('/models');\n",
            id="it-asks-for-something-live-too",
        ),
    ],
)
def test_the_call_is_left_because_of_its_getters_base(source: str, target: str) -> None:
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert not migration.changed
    assert Reason.OWN_POLLING in {finding.reason for finding in migration.findings}
