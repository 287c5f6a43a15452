"""`fetch(new Request(url, options))`: read as `fetch(url, options)` where it stands in the call."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_MADE = """\
new Request('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow_id: 'wf_1', input: { message: text } }),
  })"""


def _asking(send: str, above: str = "", head: str = "") -> bytes:
    return (
        f"const KEY = process.env.KEY;\n{head}\nexport async function ask(text) {{\n{above}"
        f"  const res = await {send};\n  const data = await res.json();\n"
        "  return data.output_text;\n}\n"
    ).encode()


MIGRATED = {
    "in-the-call": _asking(f"fetch({_MADE})"),
    "in-a-variable": _asking("fetch(request)", f"  const request = {_MADE};\n"),
    "in-a-variable-above-another-statement": _asking(
        "fetch(request)", f"  const request = {_MADE};\n  console.log('asking');\n"
    ),
    "on-window": _asking(f"window.fetch({_MADE})"),
    "through-a-helper": _asking(
        "send('workflows/runs', { workflow_id: 'wf_1', input: { message: text } })",
        head=(
            "function send(path, body) {\n"
            "  return fetch(new Request(`https://api.openai.com/v1/${path}`, {\n"
            "    method: 'POST',\n    headers: { Authorization: `Bearer ${KEY}` },\n"
            "    body: JSON.stringify(body),\n  }));\n}\n"
        ),
    ),
}
LEFT = {
    "in-a-variable-that-is-logged": (
        _asking("fetch(request)", f"  const request = {_MADE};\n  console.log(request.url);\n"),
        Reason.UNKNOWN_TRANSPORT,
    ),
    "in-a-variable-that-is-sent-twice": (
        _asking("fetch(request)", f"  const request = {_MADE};\n  await fetch(request.clone());\n"),
        Reason.UNKNOWN_TRANSPORT,
    ),
    "in-a-variable-that-is-set-again": (
        _asking("fetch(request)", f"  let request = {_MADE};\n  request = signed(request);\n"),
        Reason.UNKNOWN_TRANSPORT,
    ),
    "in-a-variable-of-the-file": (
        _asking("fetch(request)", head=f"const text = 'hello';\nconst request = {_MADE};\n"),
        Reason.UNKNOWN_TRANSPORT,
    ),
    "in-a-variable-with-options-besides": (
        _asking("fetch(request, { signal })", f"  const request = {_MADE};\n"),
        Reason.UNKNOWN_TRANSPORT,
    ),
    "with-options-of-the-call-besides": (
        # They win over the request's own.
        _asking(f"fetch({_MADE}, {{ method: 'PUT' }})"),
        Reason.UNKNOWN_TRANSPORT,
    ),
    "another-class-of-the-name": (
        _asking(f"fetch({_MADE})", head="import { Request } from './own';\n"),
        Reason.UNKNOWN_TRANSPORT,
    ),
    "without-a-method": (
        _asking(f"fetch({_MADE})".replace("    method: 'POST',\n", "")),
        Reason.NOT_A_POST,
    ),
    "of-another-request": (
        _asking("fetch(new Request(base, { method: 'POST' }))", head="").replace(
            b"new Request(base,",
            b"new Request(new Request('https://api.openai.com/v1/workflows/runs'),",
        ),
        None,
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("source", MIGRATED.values(), ids=MIGRATED)
def test_it_is_migrated(source: bytes, target: str) -> None:
    migration = check(source, "a.ts", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED], migration.findings
    assert b"new Request(" in migration.result
    assert b"workflows/runs" not in migration.result


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_because(source: bytes, reason: Reason | None, target: str) -> None:
    migration = check(source, "a.ts", Settings(target=target))
    assert not migration.changed
    assert [f.bucket for f in migration.findings] == [Bucket.LEFT]
    assert reason is None or migration.findings[0].reason is reason


def test_a_key_that_is_another_one_where_the_request_is_sent_is_not_repeated() -> None:
    above = f"  let key = KEY;\n  const request = {_MADE};\n  key = other();\n"
    source = _asking("fetch(request)", above).replace(b"Bearer ${KEY}", b"Bearer ${key}")
    migration = check(source, "a.ts", Settings(target="assistants"))
    assert not migration.changed
    assert [f.reason for f in migration.findings] == [Reason.HEADERS_NOT_UNDERSTOOD]
