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
    "in-a-variable": (
        _asking("fetch(request)", f"  const request = {_MADE};\n"),
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
