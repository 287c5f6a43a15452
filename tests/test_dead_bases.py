"""Paths that a function of the file is given, behind a base that is a part of the dead URL."""

from __future__ import annotations

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.settings import Settings

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_SENDS = """\
const BASE = 'https://api.openai.com/v1/workflows';
async function send(path, body) {
  const res = await fetch(`${BASE}${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!res.ok) throw new Error(`no: ${res.status}`);
  return res.json();
}
export const ask = async (text) => (await send(`/${ID}/runs`, { input: text })).output_text;
"""
_READS = """\
const BASE = 'https://api.openai.com/v1/workflows';
export async function read(path) {
  const res = await fetch(`${BASE}${path}`, { headers: { Authorization: `Bearer ${KEY}` } });
  return res.json();
}
"""
#: The reason of each call that is told.
TOLD = {
    "start": (_SENDS, {"assistants": ["no-workflow-id"], "responses": ["url-not-followed"]}),
    "start-behind-a-slash": (
        _SENDS.replace("workflows'", "workflows/'").replace("`/${ID}", "`${ID}"),
        {"assistants": ["no-workflow-id"], "responses": ["url-not-followed"]},
    ),
    "run": (_READS + "export const run = (id) => read(`/runs/${id}`);\n", ["part-of-a-flow"]),
    "definition": (_READS + "export const flow = () => read('/wf_1');\n", ["definition-read"]),
    "whatever-is-read": (_READS, ["definition-read"]),
}


@_TARGETS
@pytest.mark.parametrize(("source", "reasons"), TOLD.values(), ids=TOLD)
def test_what_is_asked_behind_a_dead_base_is_told(
    source: str, reasons: dict[str, list[str]] | list[str], target: str
) -> None:
    migration = migrate(source.encode(), "a.js", Settings(target=target))
    assert {finding.bucket for finding in migration.findings} == {Bucket.LEFT}
    told = [finding.reason.code for finding in migration.findings if finding.reason is not None]
    assert told == (reasons[target] if isinstance(reasons, dict) else reasons)


@_TARGETS
def test_a_live_path_behind_such_a_function_is_none_of_ours(target: str) -> None:
    source = _SENDS.replace("/v1/workflows'", "/v1'").replace("`/${ID}/runs`", "'/moderations'")
    migration = migrate(source.encode(), "a.js", Settings(target=target))
    assert migration.findings == ()
