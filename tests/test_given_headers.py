"""Functions that send the headers that their calls give them: migrated, or left, and why."""

from __future__ import annotations

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_VALUE = """\
async function post(url, headers, body) {
  const res = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!res.ok) throw new Error(`OpenAI ${res.status}`);
  return res.json();
}
"""
#: It gives more than the answer's JSON, so the request in it is adapted.
_ENVELOPE = _VALUE.replace("return res.json()", "return { data: await res.json(), at: Date.now() }")
_HEADERS = "{ Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' }"
_ASKS = f"""\
export async function ask(id, text) {{
  const run = await post('https://api.openai.com/v1/workflows/runs', {_HEADERS}, {{
    workflow_id: id, input: {{ message: text }},
  }});
  return run.output_text;
}}
"""
_LIVE = f"""\
export const chat = (messages) =>
  post('https://api.openai.com/v1/chat/completions', {_HEADERS}, {{ model: 'gpt-5', messages }});
"""
_SHARED = f"const HEADERS = {_HEADERS};\n"
_BETA = "'OpenAI-Beta': 'assistants=v2'"
_HELPERS = pytest.mark.parametrize(
    ("helper", "asks"),
    [(_VALUE, _ASKS), (_ENVELOPE, _ASKS.replace("run.output_text", "run.data.output_text"))],
    ids=["gives-the-json", "gives-more"],
)


def _result(source: str, target: str) -> str:
    return check(source.encode(), "a.js", Settings(target=target)).result.decode()


@_TARGETS
@_HELPERS
def test_the_live_call_stays_the_same_bytes(helper: str, asks: str, target: str) -> None:
    live = _LIVE.replace(_HEADERS, "HEADERS")
    source = _SHARED + helper + live + asks.replace(_HEADERS, "HEADERS")
    result = _result(source, target)
    assert _SHARED in result
    assert live in result
    assert ("{ ...HEADERS, " + _BETA + " }, {" in result) is (target == "assistants")


@_HELPERS
def test_the_calls_own_literal_gets_the_header(helper: str, asks: str) -> None:
    result = _result(helper + _LIVE + asks, "assistants")
    assert f"'application/json', {_BETA} }}, {{\n    assistant_id: id" in result
    assert _LIVE in result


@_TARGETS
@_HELPERS
def test_the_dead_header_goes(helper: str, asks: str, target: str) -> None:
    asks = asks.replace("json' }", "json', 'OpenAI-Beta': 'workflows=v1' }")
    result = _result(helper + _LIVE + asks, target)
    assert "workflows=v1" not in result


FORMS = {
    "options-in-a-constant": _VALUE.replace("  const res = await fetch(url, {", "  const init = {")
    .replace("(body) });", "(body) };\n  const res = await fetch(url, init);"),
    "taken-apart": _VALUE.replace("(url, headers, body)", "(url, { headers, body })"),
    "by-another-name": _VALUE.replace("url, headers, body", "url, given, body").replace(
        "headers, body:", "headers: given, body:"
    ),
    "arrow": _VALUE.replace("async function post(url, headers, body)", "const post = ARROW")
    .replace("ARROW", "async (url, headers, body) =>"),
}  # fmt: skip


@_TARGETS
@pytest.mark.parametrize("form", FORMS)
def test_it_is_migrated_in_each_of_these_forms(form: str, target: str) -> None:
    asks = _ASKS
    if form == "taken-apart":
        asks = asks.replace(_HEADERS + ", {", f"{{ headers: {_HEADERS}, body: {{").replace(
            "message: text },\n  }", "message: text },\n  } }"
        )
    [finding] = check((FORMS[form] + asks).encode(), "a.js", Settings(target=target)).findings
    assert finding.bucket is Bucket.MIGRATED, (finding.reason, finding.detail)


URLS = {
    "in-a-variable": ("const url = 'https://api.openai.com/v1/workflows/runs';\n", "url"),
    "behind-a-base": ("const BASE = 'https://api.openai.com/v1';\n", "`${BASE}/workflows/runs`"),
    "an-object": ("", "new URL('/v1/workflows/runs', 'https://api.openai.com')"),
}


@_TARGETS
@pytest.mark.parametrize(("above", "url"), URLS.values(), ids=URLS)
def test_its_url_is_followed_as_that_of_a_request_is(above: str, url: str, target: str) -> None:
    asks = _ASKS.replace("'https://api.openai.com/v1/workflows/runs'", url)
    [finding] = check((above + _VALUE + asks).encode(), "a.js", Settings(target=target)).findings
    assert finding.bucket is Bucket.MIGRATED, (finding.reason, finding.detail)


LEFT = {
    "come-from-another-file": (
        "import { HEADERS } from './headers';\n" + _VALUE + _ASKS.replace(_HEADERS, "HEADERS"),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "are-changed-by-the-function": (
        _VALUE.replace("  const res", "  headers['OpenAI-Beta'] = 'workflows=v1';\n  const res")
        + _ASKS,
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "carry-no-key": (
        _VALUE + _ASKS.replace("Authorization: `Bearer ${KEY}`, ", ""),
        Reason.NO_AUTHORIZATION,
    ),
    "are-not-given": (_VALUE + _ASKS.replace(_HEADERS, "undefined"), Reason.NO_AUTHORIZATION),
    "are-for-a-live-call-too-with-the-dead-header": (
        _SHARED.replace("json' }", "json', 'OpenAI-Beta': 'workflows=v1' }")
        + _VALUE
        + (_LIVE + _ASKS).replace(_HEADERS, "HEADERS"),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "another-function-may-change-them": (
        _SHARED + "sign(HEADERS);\n" + _VALUE + _ASKS.replace(_HEADERS, "HEADERS"),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "a-function-of-the-file-changes-them": (
        _SHARED
        + "function sign(h) { h.Authorization = other(); }\nsign(HEADERS);\n"
        + _VALUE
        + _ASKS.replace(_HEADERS, "HEADERS"),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
}


@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_the_call_is_left_where_they(source: str, reason: Reason) -> None:
    migration = migrate(source.encode(), "a.js", Settings(target="responses"))
    assert [finding.reason for finding in migration.findings] == [reason]
    assert not migration.changed
