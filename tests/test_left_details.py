"""What stands behind the reason of a call that is left: which part of it, and who decides on it."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_OPTIONS = (
    "{ method: 'POST', headers: { Authorization: `Bearer ${key}` },"
    " body: JSON.stringify({ workflow_id: 'wf_1', input: { message } }) }"
)
_REST = "  if (!res.ok) throw new Error('failed');\n  return (await res.json()).output_text;\n}\n"
_URL = "https://api.openai.com/v1/workflows/runs"
_ASKED = (
    "export async function ask(message, key) {\n"
    f"  const res = await fetch('{_URL}', {_OPTIONS});\n"
)

LEFT = {
    "a-default-that-a-caller-may-give-another-value": (
        f"export async function ask(message, key, url = '{_URL}') {{\n"
        f"  const res = await fetch(url, {_OPTIONS});\n{_REST}",
        Reason.URL_NOT_CERTAIN,
        "`url` is a parameter's default, and a caller may give another one",
    ),
    "a-default-in-a-pattern": (
        f"export async function ask(message, key, {{ url = '{_URL}' }} = {{}}) {{\n"
        f"  const res = await fetch(url, {_OPTIONS});\n{_REST}",
        Reason.URL_NOT_CERTAIN,
        "`url` is a parameter's default, and a caller may give another one",
    ),
    "one-of-two-addresses": (
        "export async function ask(message, key, own) {\n"
        f"  const url = own ? '/api/ask' : '{_URL}';\n"
        f"  const res = await fetch(url, {_OPTIONS});\n{_REST}",
        Reason.URL_NOT_CERTAIN,
        "`url`",
    ),
    "an-answer-that-is-read-as-bytes": (
        _ASKED
        + "  const file = await res.blob();\n"
        + "  return JSON.parse(await file.text()).output_text;\n}\n",
        Reason.ANSWER_NOT_UNDERSTOOD,
        "`res.blob()` in line 3",
    ),
    "an-answer-that-is-decoded": (
        _ASKED
        + "  return JSON.parse(new TextDecoder().decode(await res.arrayBuffer())).text;\n}\n",
        Reason.ANSWER_NOT_UNDERSTOOD,
        "`JSON.parse(new TextDecoder().decode(await res.arrayBuffer...` in line 3",
    ),
    "options-that-are-put-together": (
        "export async function ask(message, key) {\n"
        "  const options = { method: 'POST', headers: {}, body: '' };\n"
        "  options.headers.Authorization = `Bearer ${key}`;\n"
        "  options.body = JSON.stringify({ workflow_id: 'wf_1', input: { message } });\n"
        f"  const res = await fetch('{_URL}', options);\n{_REST}",
        Reason.OPTIONS_NOT_UNDERSTOOD,
        "`options`",
    ),
}


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize(("source", "reason", "detail"), LEFT.values(), ids=LEFT)
def test_the_part_that_decides_is_named(
    source: str, reason: Reason, detail: str, target: str
) -> None:
    migration = check(source.encode(), "ask.mjs", Settings(target=target))
    [finding] = migration.findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, reason)
    assert finding.detail == detail
