"""Functions of a file that send what they are given as `fetch` does: which are, and which not."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_ASK = (
    "export async function ask(message) {\n"
    "  const res = await SEND('https://api.openai.com/v1/workflows/wf_1/runs', {\n"
    "    method: 'POST',\n"
    "    headers: { Authorization: `Bearer ${process.env.KEY}` },\n"
    "    body: JSON.stringify({ input: { message } }),\n"
    "  });\n"
    "  if (!res.ok) throw new Error('HTTP ' + res.status);\n"
    "  const data = await res.json();\n"
    "  return data.output?.message || data.output || '';\n}\n"
)
#: What is `fetch` with something more.
_LIKE = {
    "gives-it-at-once": "async function send(url, init) {\n  return fetch(url, init);\n}\n",
    "expression": "const send = (url, init) => fetch(url, init);\n",
    "with-a-signal": (
        "async function send(url, init = {}, ms = 100) {\n"
        "  return await fetch(url, { ...init, signal: AbortSignal.timeout(ms) });\n}\n"
    ),
    "throws-what-the-error-says": (
        "async function send(url, init) {\n  const r = await fetch(url, init);\n"
        "  if (!r.ok) throw new Error(`${url}: ${await r.text()}`);\n  return r;\n}\n"
    ),
    "throws-behind-what-it-reads": (
        "async function send(url, init) {\n  const r = await fetch(url, init);\n"
        "  if (r.status === 429) {\n    const why = await r.text();\n"
        "    throw new Error(why);\n  }\n"
        "  return r;\n}\n"
    ),
    "tries-again-by-itself": (
        "async function send(url, init, left = 2) {\n  const r = await fetch(url, init);\n"
        "  if (r.status === 503 && left > 0) return send(url, init, left - 1);\n  return r;\n}\n"
    ),
    "logs-the-url": (
        "async function send(url, init) {\n  console.log('asks', url);\n"
        "  return fetch(url, init);\n}\n"
    ),
    "for-live-calls-too": (
        "async function send(url, init) {\n  return fetch(url, init);\n}\n"
        "export const rates = () => send('https://rates.example/today', { method: 'GET' });\n"
    ),
}
#: What does more with the request or its response than is seen at the call.
_OTHER = {
    "sets-the-method": (
        "async function send(url, init) {\n  return fetch(url, { ...init, method: 'PUT' });\n}\n"
    ),
    "adds-headers": (
        "async function send(url, init) {\n"
        "  return fetch(url, { ...init, headers: { ...init.headers, 'X-Id': '1' } });\n}\n"
    ),
    "puts-options-behind-its-own": (
        "async function send(url, init) {\n  return fetch(url, { signal: null, ...init });\n}\n"
    ),
    "changes-the-options": (
        "async function send(url, init) {\n  init.headers['X-Id'] = '1';\n"
        "  return fetch(url, init);\n}\n"
    ),
    "hands-the-options-on": (
        "async function send(url, init) {\n  sign(init);\n  return fetch(url, init);\n}\n"
    ),
    "assigns-the-url": (
        "async function send(url, init) {\n  url = url.trim();\n  return fetch(url, init);\n}\n"
    ),
    "another-base": (
        "async function send(url, init) {\n  return fetch(process.env.BASE + url, init);\n}\n"
    ),
    "gives-nothing-for-an-error": (
        "async function send(url, init) {\n  const r = await fetch(url, init);\n"
        "  if (!r.ok) return null;\n  return r;\n}\n"
    ),
    "gives-the-json": (
        "async function send(url, init) {\n  const r = await fetch(url, init);\n"
        "  return r.json();\n}\n"
    ),
    "reads-the-body-first": (
        "async function send(url, init) {\n  const r = await fetch(url, init);\n"
        "  console.log(await r.text());\n  return r;\n}\n"
    ),
    "asks-another-one-too": (
        "async function send(url, init) {\n  await fetch('https://log.example', init);\n"
        "  return fetch(url, init);\n}\n"
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", _LIKE)
def test_its_call_is_a_request_like_one_by_fetch(name: str, target: str) -> None:
    source = _LIKE[name] + _ASK.replace("SEND", "send")
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert migration.result.startswith(_LIKE[name].encode())
    assert b"workflows" not in migration.result


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", _OTHER)
def test_another_one_is_not_taken_for_it(name: str, target: str) -> None:
    source = _OTHER[name] + _ASK.replace("SEND", "send")
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert migration.result == source.encode()
    assert [finding.bucket for finding in migration.findings] == [Bucket.LEFT]
    assert all(finding.detail for finding in migration.findings)
