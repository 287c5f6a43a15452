"""Functions whose request has the options that their calls give: migrated, or left, and why."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_HELPER = """\
const BASE = 'https://api.openai.com/v1';
async function request(path, init = {}) {
  const res = await fetch(`${BASE}${path}`, {
    ...init,
    headers: { 'X-Client': 'web', ...init.headers, Authorization: `Bearer ${KEY}` },
  });
  if (!res.ok) throw new Error(`OpenAI ${res.status}`);
  return res.json();
}
"""
_ASKS = """\
export async function ask(id, text) {
  const run = await request('/workflows/runs', {
    method: 'POST',
    body: JSON.stringify({ workflow_id: id, input: { message: text } }),
  });
  return run.output_text;
}
"""
_CHAT = """\
export const chat = (messages) => request('/chat/completions', {
  method: 'POST',
  body: JSON.stringify({ model: 'gpt-5', messages }),
});
"""


def _result(source: str, target: str, file: str = "a.js") -> str:
    return check(source.encode(), file, Settings(target=target)).result.decode()


@pytest.mark.parametrize("target", _TARGETS)
def test_the_helper_and_its_live_call_stay_the_same_bytes(target: str) -> None:
    result = _result(_HELPER + _CHAT + _ASKS, target)
    assert result.startswith(_HELPER + _CHAT)
    wanted = {"assistants": "assistant_id: id, thread:", "responses": "input: text"}
    assert wanted[target] in result


def test_the_header_for_assistants_is_given_by_the_call() -> None:
    result = _result(_HELPER + _CHAT + _ASKS, "assistants")
    own = "'Content-Type': 'application/json', 'OpenAI-Beta': 'assistants=v2'"
    assert f"    headers: {{ {own} }},\n  }}), {{ Authorization" in result


def test_a_call_says_that_it_sends_json_where_the_function_does_not() -> None:
    told = "headers: { 'Content-Type': 'application/json' },"
    assert told in _result(_HELPER + _CHAT + _ASKS, "responses")
    helper = _HELPER.replace("{ 'X-Client'", "{ 'content-type': 'application/json', 'X-Client'")
    assert "Content-Type" not in _result(helper + _CHAT + _ASKS, "responses")
    assert "Content-Type" not in _result(helper + _CHAT + _ASKS, "assistants")


def test_a_header_of_the_calls_own_is_joined_by_it() -> None:
    asks = _ASKS.replace("    body:", "    headers: { 'OpenAI-Project': project },\n    body:")
    result = _result(_HELPER + _CHAT + asks, "assistants")
    own = "'Content-Type': 'application/json', 'OpenAI-Beta': 'assistants=v2'"
    assert f"headers: {{ 'OpenAI-Project': project, {own} }}" in result
    repeated = "'OpenAI-Project': project, 'OpenAI-Beta': 'assistants=v2' });"
    assert repeated in result, "polling is for the same project"


def test_the_last_header_of_a_call_goes_with_its_member() -> None:
    asks = _ASKS.replace("    body:", "    headers: { 'OpenAI-Beta': 'workflows=v1' },\n    body:")
    helper = _HELPER.replace("'X-Client': 'web'", "'Content-Type': 'application/json'")
    result = _result(helper + _CHAT + asks, "responses")
    assert "    method: 'POST',\n    body: JSON.stringify" in result
    result = _result(_HELPER + _CHAT + asks, "responses")
    assert "    headers: { 'Content-Type': 'application/json' },\n    body: JSON" in result


def test_a_comment_beside_the_last_header_keeps_its_place() -> None:
    asks = _ASKS.replace(
        "    body:", "    headers: { /* for now */ 'OpenAI-Beta': 'workflows=v1' },\n    body:"
    )
    assert "/* for now */" in _result(_HELPER + _CHAT + asks, "responses")


FORMS = {
    "options-that-may-be-missing": _HELPER.replace("init = {}", "init").replace(
        "...init.headers", "...(init?.headers ?? {})"
    ),
    "headers-behind-the-key": _HELPER.replace("...init.headers, ", "").replace(
        "`Bearer ${KEY}` }", "`Bearer ${KEY}`, ...init.headers }"
    ),
    "taken-apart": _HELPER.replace("init = {}", "{ headers, ...init } = {}").replace(
        "...init.headers", "...headers"
    ),
    "method-with-a-default": _HELPER.replace("...init,", "method: init.method ?? 'GET',").replace(
        "  });\n", "    body: init.body,\n  });\n", 1
    ),
    "options-in-a-constant": _HELPER.replace("await fetch(`${BASE}${path}`, {", "OPEN")
    .replace("  });\n", "  };\n  const res = await fetch(`${BASE}${path}`, options);\n", 1)
    .replace("const res = OPEN", "const options = {"),
    "logged": _HELPER.replace("  const res", "  console.log('asking', path, init);\n  const res"),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("helper", FORMS.values(), ids=FORMS)
def test_what_is_given_is_read_in_each_of_these_forms(helper: str, target: str) -> None:
    [finding] = check((helper + _ASKS).encode(), "a.js", Settings(target=target)).findings
    assert finding.bucket is Bucket.MIGRATED, (finding.reason, finding.detail)


_JSON = _HELPER.replace(
    "...init,", "method: init.method,\n    body: init.body ? JSON.stringify(init.body) : undefined,"
)
_OBJECT = _ASKS.replace("JSON.stringify({", "{").replace("} }),", "} },")
BODIES = {
    "if-there": "init.body ? JSON.stringify(init.body) : undefined",
    "none-if-undefined": "init.body === undefined ? undefined : JSON.stringify(init.body)",
    "not-null": "init.body != null ? JSON.stringify(init.body) : null",
    "and": "init.body && JSON.stringify(init.body)",
    "a-text-as-it-is": "typeof init.body === 'string' ? init.body : JSON.stringify(init.body)",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("sent", BODIES.values(), ids=BODIES)
def test_a_body_is_sent_where_the_call_gives_one(sent: str, target: str) -> None:
    helper = _JSON.replace(BODIES["if-there"], sent)
    [finding] = check((helper + _OBJECT).encode(), "a.js", Settings(target=target)).findings
    assert finding.bucket is Bucket.MIGRATED, (finding.reason, finding.detail)


_CLASS = """\
export class Api {
  constructor(key, base = 'https://api.openai.com/v1') {
    this.key = key;
    this.base = base;
  }
  async request(path, init = {}) {
    const res = await fetch(this.base + path, {
      ...init,
      headers: { ...init.headers, Authorization: `Bearer ${this.key}` },
    });
    if (!res.ok) throw new Error(`OpenAI ${res.status}`);
    return res.json();
  }
  async ask(id, text) {
    const run = await this.request(`/workflows/${id}/runs`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ input: text }),
    });
    return run.output_text;
  }
}
"""


def test_polling_goes_to_the_base_that_the_class_was_given() -> None:
    result = _result(_CLASS, "assistants")
    assert "'OpenAI-Beta': 'assistants=v2' }, this.base);" in result
    assert "`${baseUrl}/threads/${run.thread_id}`" in result


@pytest.mark.parametrize("target", _TARGETS)
def test_a_base_with_a_default_ends_in_its_version_where_the_default_does(target: str) -> None:
    path = {"assistants": "'/{}threads/runs'", "responses": "'/{}responses'"}[target]
    assert path.format("") in _result(_CLASS, target)
    assert path.format("v1/") in _result(_CLASS.replace("com/v1'", "com'"), target)


def _left(source: str, target: str, file: str = "a.js") -> Reason | None:
    [finding] = check(source.encode(), file, Settings(target=target)).findings
    assert finding.bucket is Bucket.LEFT
    assert finding.detail or finding.message
    return finding.reason


_POST = "    method: 'POST',\n"
LEFT = {
    "the-function-sets-another-method": (
        _HELPER.replace("  const res", "  init.method = verb;\n  const res") + _ASKS,
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "the-options-go-through-an-unknown-function": (
        _HELPER.replace("  const res", "  sign(init);\n  const res") + _ASKS,
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "another-name-for-the-options": (
        _HELPER.replace("  const res", "  const own = init;\n  own.method = verb;\n  const res")
        + _ASKS,
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "no-method-is-given": (_HELPER + _ASKS.replace(_POST, ""), Reason.NOT_A_POST),
    "another-method-is-given": (_HELPER + _ASKS.replace("'POST'", "'PUT'"), Reason.NOT_A_POST),
    "a-method-known-at-run-time": (_HELPER + _ASKS.replace("'POST'", "verb"), Reason.NOT_A_POST),
    "the-call-spreads-what-is-not-seen": (
        _HELPER + _ASKS.replace(_POST, _POST + "    ...options,\n"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "the-options-are-of-two-calls": (
        _HELPER
        + "export async function ask(id, text) {\n  const options = { method: 'POST', body: "
        "JSON.stringify({ workflow_id: id, input: text }) };\n"
        "  const run = await request('/workflows/runs', options);\n"
        "  await request('/chat/completions', options);\n  return run.output_text;\n}\n",
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "a-spread-behind-the-key": (
        _HELPER.replace("`Bearer ${KEY}` }", "`Bearer ${KEY}`, ...more() }") + _ASKS,
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "the-key-in-another-spelling": (
        _HELPER.replace("...init.headers, ", "").replace(
            "`Bearer ${KEY}` }", "`Bearer ${KEY}`, ...init.headers }"
        )
        + _ASKS.replace(_POST, _POST + "    headers: { authorization: key },\n"),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "the-body-is-no-json": (
        _HELPER + _ASKS.replace("JSON.stringify({", "encode({"),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "no-body-is-given": (
        "".join(
            line for line in (_HELPER + _ASKS).splitlines(keepends=True) if "body:" not in line
        ),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "a-body-under-a-condition-that-is-not-seen": (
        _JSON.replace("init.body ?", "isJson ?") + _OBJECT,
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "arguments-are-spread": (
        _HELPER
        + _ASKS.replace("'/workflows/runs', {", "'/workflows/runs', ...[{").replace(
            "  });\n  return", "  }]);\n  return"
        ),
        Reason.URL_NOT_FOLLOWED,
    ),
    "a-base-that-is-no-default": (
        _CLASS.replace(" = 'https://api.openai.com/v1'", "")
        .replace("/workflows/${id}/runs", "/workflows/runs")
        .replace("{ input: text }", "{ workflow_id: id, input: text }"),
        Reason.UNRESOLVED_HOST,
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_where_what_is_sent_is_not_certain(
    source: str, reason: Reason, target: str
) -> None:
    assert _left(source, target) is reason


def test_a_base_that_changes_is_not_polled() -> None:
    source = _HELPER.replace("const BASE = ", "let BASE = process.env.BASE || ") + _ASKS
    source += "export const use = (url) => { BASE = url; };\n"
    assert _left(source, "assistants") is Reason.UNRESOLVED_HOST


def test_a_spread_that_only_the_helper_sees_is_not_repeated_at_the_call() -> None:
    helper = _HELPER.replace("init = {}", "init = {}, extra = {}").replace(
        "headers: { ", "headers: { ...extra, "
    )
    [finding] = check((helper + _ASKS).encode(), "a.js").findings
    assert finding.bucket is Bucket.MIGRATED, "nothing is given as its third argument"
    asks = _ASKS.replace("  });\n", "  }, more);\n")
    assert _left(helper + asks, "assistants") is Reason.NAME_NOT_IN_SCOPE
