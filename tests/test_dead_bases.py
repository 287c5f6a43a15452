"""Paths that a function of the file is given, behind a base that is a part of the dead URL."""

from __future__ import annotations

import re

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

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
_DEAD = "https://api.openai.com/v1/workflows"
_CLASS = """\
export class Desk {
  private base = 'https://api.openai.com/v1/workflows';
  constructor(private key: string, private flow: string) {}
  async ask(text: string): Promise<string> {
    const data = await this.send(`/${this.flow}/runs`, { input: text });
    return data.output_text;
  }
  private async send(path: string, body: unknown): Promise<any> {
    const res = await fetch(this.base + path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!res.ok) throw new Error(`no: ${res.status}`);
    return res.json();
  }
}
"""
_AXIOS = """\
import axios from 'axios';
const http = axios.create({
  baseURL: 'https://api.openai.com/v1/workflows',
  headers: { Authorization: `Bearer ${KEY}` },
});
async function send(path, body) {
  const { data } = await http.post(path, body);
  return data;
}
export const ask = async (text) => (await send(`/${ID}/runs`, { input: text })).output_text;
"""
_POLLS = """\
async function read(path) {
  const res = await fetch(`${BASE}${path}`, { headers: { Authorization: `Bearer ${KEY}` } });
  if (!res.ok) throw new Error(`no: ${res.status}`);
  return res.json();
}
export async function waited(text) {
  let run = await send(`/${ID}/runs`, { input: text });
  while (run.status === 'in_progress') {
    await new Promise((done) => setTimeout(done, 500));
    run = await read(`/${ID}/runs/${run.id}`);
  }
  return run.output_text;
}
"""
_GIVES = _SENDS.replace(
    "  if (!res.ok) throw new Error(`no: ${res.status}`);\n  return res.json();", "  return res;"
)
#: The calls are migrated, and these stand in the file then, besides a base of the path alone.
MIGRATED = {
    "constant": (_SENDS, ["send('$PATH'"]),
    "constant-behind-a-slash": (
        _SENDS.replace("workflows'", "workflows/'").replace("`/${ID}", "`${ID}"),
        ["/v1/'", "send('$BARE'"],
    ),
    "slash-in-the-helper": (
        _SENDS.replace("`${BASE}${path}`", "`${BASE}/${path}`").replace("`/${ID}", "`${ID}"),
        ["send('$BARE'"],
    ),
    "joined-by-plus": (_SENDS.replace("`${BASE}${path}`", "BASE + path"), ["send('$PATH'"]),
    "url-in-a-variable": (
        _SENDS.replace(
            "  const res = await fetch(`${BASE}${path}`",
            "  const url = BASE + path;\n  const res = await fetch(url",
        ),
        ["send('$PATH'"],
    ),
    "written-in-the-helper": (
        _SENDS.replace("${BASE}", _DEAD).replace(f"const BASE = '{_DEAD}';\n", ""),
        ["`https://api.openai.com/v1${path}`", "send('$PATH'"],
    ),
    "id-in-the-body": (
        _SENDS.replace(
            "`/${ID}/runs`, { input: text }", "'/runs', { workflow_id: ID, input: text }"
        ),
        ["send('$PATH'"],
    ),
    "private-field": (_CLASS, ["private base = 'https://api.openai.com/v1';", "this.send('$PATH'"]),
    "private-name": (
        _CLASS.replace("private base", "#base").replace("this.base", "this.#base"),
        ["#base = 'https://api.openai.com/v1';"],
    ),
    "field-of-a-class-that-stays-here": (
        _CLASS.replace("export class", "class").replace("private base", "base")
        + "export const ask = (text: string) => new Desk('key', 'wf_1').ask(text);\n",
        ["  base = 'https://api.openai.com/v1';"],
    ),
    "client-of-axios": (_AXIOS, ["baseURL: 'https://api.openai.com/v1',", "send('$PATH'"]),
    "response-handed-back": (
        _GIVES.replace(
            "(await send(`/${ID}/runs`, { input: text })).output_text",
            "(await (await send(`/${ID}/runs`, { input: text })).json()).output_text",
        ),
        ["send('$PATH'"],
    ),
    "polled-by-a-second-function": (
        _SENDS[: _SENDS.index("export const")] + _POLLS,
        ["send('$PATH'", "read(`$POLL"],
    ),
}
_PATHS = {
    "assistants": {"$PATH": "/threads/runs", "$BARE": "threads/runs", "$POLL": "/threads/${"},
    "responses": {"$PATH": "/responses", "$BARE": "responses", "$POLL": "/responses/${"},
}
_REASONS = {Reason.URL_NOT_CERTAIN, Reason.URL_NOT_FOLLOWED, Reason.UNRESOLVED_HOST}
#: Why a call is left: what is told of it, and a part of the words.
LEFT = {
    "logged": (_SENDS + "console.log(BASE);\n", "used for more"),
    "exported": (_SENDS.replace("const BASE", "export const BASE"), "used for more"),
    "public-field": (_CLASS.replace("private base", "base"), "used for more"),
    "field-of-an-exported-object": (
        _CLASS.replace("export class", "class").replace("private base", "base")
        + "export const desk = new Desk('key', 'wf_1');\n",
        "used for more",
    ),
    "private-field-by-its-name-as-a-text": (
        _CLASS.replace("export class Desk {", "export class Desk {\n  at = () => this['base'];"),
        "used for more",
    ),
    "asked-for-something-else": (
        _SENDS + "export const list = () => fetch(BASE + '?limit=1').then((res) => res.json());\n",
        "used for more",
    ),
    "client-with-another-call": (
        _AXIOS + "export const got = (id) => http.get(`/${id}`);\n",
        "more",
    ),
    "helper-with-another-call": (
        _SENDS + "export const drafts = () => send('/drafts', {});\n",
        "used for more",
    ),
    "two-runs": (
        _SENDS + "export const tell = async (text) => (await send(`/${ID}/runs`, { input: text }))"
        ".output_text;\n",
        "used for more",
    ),
    "setting": (
        _SENDS.replace(f"'{_DEAD}'", f"process.env.OPENAI_BASE ?? '{_DEAD}'"),
        "",
    ),
}
#: The reason of each call that is told.
TOLD = {
    "run": (_READS + "export const run = (id) => read(`/runs/${id}`);\n", ["part-of-a-flow"]),
    "definition": (_READS + "export const flow = () => read('/wf_1');\n", ["definition-read"]),
    "whatever-is-read": (_READS, ["definition-read"]),
}


@_TARGETS
@pytest.mark.parametrize(("source", "wanted"), MIGRATED.values(), ids=MIGRATED)
def test_the_base_loses_its_part_of_the_path(source: str, wanted: list[str], target: str) -> None:
    migration = check(source.encode(), "a.ts", Settings(target=target))
    assert {finding.bucket for finding in migration.findings} == {Bucket.MIGRATED}
    result = migration.result.decode()
    assert "/v1/workflows" not in result
    named = re.compile("|".join(map(re.escape, _PATHS[target])))
    for code in wanted:
        assert named.sub(lambda found: _PATHS[target][found[0]], code) in result


@_TARGETS
@pytest.mark.parametrize(("source", "told"), LEFT.values(), ids=LEFT)
def test_a_base_with_more_uses_stays(source: str, told: str, target: str) -> None:
    migration = check(source.encode(), "a.ts", Settings(target=target))
    assert not migration.changed
    starts = [finding for finding in migration.findings if finding.rule == "CM102"]
    assert {finding.bucket for finding in starts} == {Bucket.LEFT}
    assert {finding.reason for finding in starts} <= _REASONS
    assert any(told in finding.detail for finding in starts)


def test_another_base_is_not_written_behind_the_file_s_own() -> None:
    settings = Settings(target="responses", base_url="https://gateway.example.org/v1")
    migration = check(_SENDS.encode(), "a.js", settings)
    assert not migration.changed
    assert {finding.reason for finding in migration.findings} == {Reason.UNRESOLVED_HOST}


@_TARGETS
@pytest.mark.parametrize(("source", "reasons"), TOLD.values(), ids=TOLD)
def test_what_is_asked_behind_a_dead_base_is_told(
    source: str, reasons: list[str], target: str
) -> None:
    migration = migrate(source.encode(), "a.js", Settings(target=target))
    assert {finding.bucket for finding in migration.findings} == {Bucket.LEFT}
    told = [finding.reason.code for finding in migration.findings if finding.reason is not None]
    assert told == reasons


@_TARGETS
def test_a_live_path_behind_such_a_function_is_none_of_ours(target: str) -> None:
    source = _SENDS.replace("/v1/workflows'", "/v1'").replace("`/${ID}/runs`", "'/moderations'")
    migration = migrate(source.encode(), "a.js", Settings(target=target))
    assert migration.findings == ()
