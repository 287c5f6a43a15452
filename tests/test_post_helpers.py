"""Calls of a file's own post helper, on both targets: migrated, or left, and why."""

from __future__ import annotations

import re

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_RESPONSES = Settings(target="responses")
_TARGETS = ("assistants", "responses")
_HELPER = """\
const BASE = 'https://api.openai.com/v1';
async function post(path, payload) {
  const res = await fetch(`${BASE}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${KEY}` },
    body: JSON.stringify(payload)
  });
  if (!res.ok) throw new Error(`OpenAI ${res.status}`);
  return res.json();
}
"""
_ASKS = """\
export async function ask(id, text) {
  const run = await post('/workflows/runs', { workflow_id: id, input: { message: text } });
  return run.output_text;
}
"""
_LIVE = """\
export async function chat(messages) {
  const done = await post('/chat/completions', { model: 'gpt-5', messages });
  return done.choices[0].message.content;
}
"""
_BETA = _HELPER.replace("Bearer ${KEY}` }", "Bearer ${KEY}`, 'OpenAI-Beta': 'workflows=v1' }")
_ASKED = "{ Authorization: `Bearer ${KEY}`, 'OpenAI-Beta': 'assistants=v2' }"


def _new(target: str, url: str, name: str = "id") -> str:
    """The call that a target writes for a path or URL, which ends in `*` for the endpoint's."""
    if target == "responses":
        asked = f"post('{url.replace('*', 'responses')}', {{ model: 'gpt-6-luna', input: text }})"
        return f"await workflowAnswer({asked});"
    body = (
        f"{{ assistant_id: {name}, thread: {{ messages: [{{ role: 'user', content: text }}] }} }}"
    )
    return f"await workflowAnswer(post('{url.replace('*', 'threads/runs')}', {body}), {_ASKED});"


def test_only_the_dead_call_changes_where_the_helper_serves_a_live_one_too() -> None:
    result = check((_HELPER + _LIVE + _ASKS).encode(), "a.js", _RESPONSES).result.decode()
    assert result.startswith(_HELPER + _LIVE)
    assert _new("responses", "/*") in result


_FOR_ONE = "...(path === '/threads/runs' ? { 'OpenAI-Beta': 'assistants=v2' } : {})"


def test_a_header_that_only_the_new_call_wants_is_sent_for_its_path_alone() -> None:
    result = check((_HELPER + _LIVE + _ASKS).encode(), "a.js").result.decode()
    helper = _HELPER.replace("Bearer ${KEY}` }", f"Bearer ${{KEY}}`, {_FOR_ONE} }}")
    assert result.startswith(helper + _LIVE)
    assert _new("assistants", "/*") in result


def test_headers_of_their_own_are_spread_beside_that_header() -> None:
    head = "const HEADERS = { Authorization: `Bearer ${KEY}` };\n"
    helper = re.sub(r"headers: \{.*\}", "headers: HEADERS", _HELPER)
    result = check((head + helper + _LIVE + _ASKS).encode(), "a.js").result.decode()
    assert f"headers: {{ ...HEADERS, {_FOR_ONE} }}," in result
    assert "), { ...HEADERS, 'OpenAI-Beta': 'assistants=v2' });" in result


def test_a_helper_for_dead_calls_alone_sends_the_header_always() -> None:
    again = _ASKS.replace("ask(", "askAgain(")
    result = check((_HELPER + _ASKS + again).encode(), "a.js").result.decode()
    assert "Authorization: `Bearer ${KEY}`, 'OpenAI-Beta': 'assistants=v2' }," in result
    assert "path ===" not in result
    assert result.count(_new("assistants", "/*")) == 2


def test_a_helper_of_other_files_too_sends_it_for_the_path_alone() -> None:
    source = _HELPER.replace("async function", "export async function") + _ASKS
    assert _FOR_ONE in check(source.encode(), "a.js").result.decode()


def test_the_key_of_a_class_is_repeated_where_its_method_is_called() -> None:
    helper = _HELPER.partition("\n")[2].replace("async function", "  async")
    helper = helper.replace("${KEY}", "${this.key}").replace("${BASE}", "https://api.openai.com/v1")
    ask = _ASKS.replace("export async function", "  async").replace("await post", "await this.post")
    source = f"export class Agent {{\n{helper}{ask}}}\n"
    result = check(source.encode(), "a.js").result.decode()
    assert _FOR_ONE in result
    assert "), { Authorization: `Bearer ${this.key}`, 'OpenAI-Beta': 'assistants=v2' });" in result


@pytest.mark.parametrize("target", _TARGETS)
def test_a_call_with_types_behind_await_is_one_of_the_helper_too(target: str) -> None:
    source = _HELPER.replace("post(path, payload)", "post<T>(path: string, payload: unknown)")
    source += _ASKS.replace("await post(", "await post<Run>(")
    result = check(source.encode(), "a.ts", Settings(target=target)).result.decode()
    assert _new(target, "/*").replace("post(", "post<Run>(") in result


_NAMED = {
    # how the path is named, what is written for that, and what is left of it
    "constant": ("const RUNS = '/workflows/runs';\n", "RUNS", ""),
    "entry": ("const AT = { run: '/workflows/runs', chat: '/c' };\n", "AT.run", None),
    "entry-of-an-entry": ("const API = { at: { run: '/workflows/runs' } };\n", "API.at.run", ""),
    "constant-that-others-read": ("export const RUNS = '/workflows/runs';\n", "RUNS", None),
    "constant-that-is-given": ("const RUNS = '/workflows/runs';\nkeep(RUNS);\n", "RUNS", None),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("declared", "name", "left"), _NAMED.values(), ids=_NAMED)
def test_a_path_that_has_a_name_is_written_where_it_is_given(
    declared: str, name: str, left: str | None, target: str
) -> None:
    source = declared + _HELPER + _LIVE + _ASKS.replace("'/workflows/runs'", name)
    migration = check(source.encode(), "a.js", Settings(target=target))
    [finding] = [f for f in migration.findings if f.rule == "CM101"]
    assert finding.bucket is Bucket.MIGRATED, (finding.reason, finding.detail)
    result = migration.result.decode()
    assert _new(target, "/*") in result
    assert "await post('/chat/completions'," in result
    assert result.startswith(declared if left is None else left)
    assert left is None or declared not in result


@pytest.mark.parametrize("target", _TARGETS)
def test_a_path_that_is_logged_too_is_the_live_one(target: str) -> None:
    declared = "const RUNS = '/workflows/runs';\nlog(RUNS);\n"
    source = declared + _HELPER + _LIVE + _ASKS.replace("'/workflows/runs'", "RUNS")
    result = check(source.encode(), "a.js", Settings(target=target)).result.decode()
    path = re.search(r"post\(('[^']+'),", _new(target, "/*"))
    assert path is not None
    assert result.startswith(declared.replace("'/workflows/runs'", path[1]))
    assert _new(target, "/*").replace(path[1], "RUNS") in result


@pytest.mark.parametrize("target", _TARGETS)
def test_a_whole_url_that_has_a_name_is_written_where_it_is_given(target: str) -> None:
    head = "const URL = 'https://api.openai.com/v1/workflows/runs';\n"
    helper = _HELPER.partition("\n")[2].replace("`${BASE}${path}`", "path")
    source = head + helper + _ASKS.replace("'/workflows/runs'", "URL")
    result = check(source.encode(), "a.js", Settings(target=target)).result.decode()
    path = "/threads/runs" if target == "assistants" else "/responses"
    assert f"post('https://api.openai.com/v1{path}', " in result
    assert "const URL" not in result


def test_a_helper_that_gives_an_errors_json_is_not_polled_for_it() -> None:
    helper = re.sub(r"  if \(!res.ok\).*\n", "", _HELPER)
    result = check((helper + _ASKS).encode(), "a.js").result.decode()
    assert "if (!run?.id) {\n    throw new Error(`Assistants API error: " in result


PATHS = {
    "plain": ("'/workflows/runs'", "/*"),
    "id-in-the-path": ("`/workflows/${id}/runs`", "/*"),
    "query": ("`/workflows/${id}/runs?version=${v}`", "/*"),
    "whole-url": ("'https://api.openai.com/v1/workflows/runs'", "https://api.openai.com/v1/*"),
    "whole-url-without-a-version": (
        "'https://api.openai.com/workflows/runs'",
        "https://api.openai.com/v1/*",
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("path", "new"), PATHS.values(), ids=PATHS)
def test_the_path_is_exchanged_behind_what_stands_in_front(
    path: str, new: str, target: str
) -> None:
    helper = _HELPER if "https" not in path else _HELPER.replace("`${BASE}${path}`", "path")
    source = helper + _ASKS.replace("'/workflows/runs'", path)
    result = check(source.encode(), "a.js", Settings(target=target)).result.decode()
    assert _new(target, new) in result


@pytest.mark.parametrize("target", _TARGETS)
def test_a_base_without_a_version_gets_one_in_the_path(target: str) -> None:
    source = _HELPER.replace("com/v1", "com") + _ASKS
    result = check(source.encode(), "a.js", Settings(target=target)).result.decode()
    assert _new(target, "v1/*").replace("'v1/", "'/v1/") in result


@pytest.mark.parametrize("target", _TARGETS)
def test_another_base_url_takes_the_place_of_a_whole_url_only(target: str) -> None:
    given = Settings(target=target, base_url="http://localhost:1234/v1")
    [finding] = check((_HELPER + _ASKS).encode(), "a.js", given).findings
    assert finding.reason is Reason.UNRESOLVED_HOST
    whole = PATHS["whole-url"][0]
    source = _HELPER.replace("`${BASE}${path}`", "path") + _ASKS.replace("'/workflows/runs'", whole)
    result = check(source.encode(), "a.js", given).result.decode()
    assert _new(target, "http://localhost:1234/v1/*") in result
    if target == "assistants":
        assert "const threadUrl = `http://localhost:1234/v1/threads/" in result


def test_the_dead_header_goes_where_only_the_dead_call_sends_it() -> None:
    result = check((_BETA + _ASKS).encode(), "a.js", _RESPONSES).result.decode()
    assert "OpenAI-Beta" not in result
    assert _new("responses", "/*") in result


def test_the_dead_header_becomes_the_live_one_where_only_the_dead_call_sends_it() -> None:
    result = check((_BETA + _ASKS).encode(), "a.js").result.decode()
    assert "'OpenAI-Beta': 'assistants=v2' }," in result
    assert "workflows=v1" not in result
    assert _new("assistants", "/*") in result


GIVES = {
    "the-response": _HELPER.replace("return res.json()", "return res")
    + _ASKS.replace("await post", "await (await post").replace("} });", "} })).json();"),
    "a-part": _HELPER.replace("return res.json()", "return (await res.json()).output") + _ASKS,
    "another-thing-for-errors": _HELPER.replace(
        "throw new Error(`OpenAI ${res.status}`)", "return { output_text: 'none' }"
    )
    + _ASKS,
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("source", GIVES.values(), ids=GIVES)
def test_the_request_is_adapted_in_a_helper_that_gives(source: str, target: str) -> None:
    result = check(source.encode(), "a.js", Settings(target=target)).result.decode()
    assert "const res = await workflowAnswer(fetch(`${BASE}${path}`, {" in result
    assert "await post('/workflows" not in result


LEFT = {
    "header-is-sent-by-a-live-call-too": (_BETA + _LIVE + _ASKS, Reason.HEADERS_NOT_UNDERSTOOD),
    "header-is-sent-for-other-files-too": (
        _BETA.replace("async function", "export async function") + _ASKS,
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "helper-sends-what-it-makes-of-the-body": (
        _HELPER.replace("stringify(payload)", "stringify({ ...payload, user })") + _ASKS,
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "helper-changes-the-body": (
        _HELPER.replace("  const res", "  payload = trimmed(payload);\n  const res") + _ASKS,
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "body-is-no-literal": (
        _HELPER + _ASKS.replace("{ workflow_id: id, input: { message: text } }", "id"),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "body-is-left-out": (
        _HELPER + _ASKS.replace(", { workflow_id: id, input: { message: text } }", ""),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "helper-asks-by-get": (_HELPER.replace("'POST'", "method") + _ASKS, Reason.NOT_A_POST),
    "stream-is-asked-for": (
        _HELPER + _ASKS.replace("workflow_id: id", "workflow_id: id, stream: true"),
        Reason.STREAMING,
    ),
    "headers-come-from-another-file": (
        "import { headers } from './auth';\n"
        + re.sub(r"headers: \{.*\}", "headers: headers()", _HELPER)
        + _ASKS,
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "helper-asks-for-another-url": (
        _HELPER.replace("`${BASE}${path}`", "'https://api.example.com/log'")
        + _ASKS.replace("'/workflows/runs'", PATHS["whole-url"][0]),
        Reason.URL_NOT_FOLLOWED,
    ),
    "path-is-one-of-two": (
        _HELPER
        + "const RUNS = BETA ? '/workflows/runs' : '/workflows/wf_1/runs';\n"
        + _ASKS.replace("'/workflows/runs'", "RUNS"),
        Reason.URL_NOT_FOLLOWED,
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_because(source: str, reason: Reason, target: str) -> None:
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert migration.edits == ()
    [finding] = migration.findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, reason), finding.detail


ONLY_ASSISTANTS = {
    "key-is-the-helpers-own": (
        _HELPER.replace("(path, payload)", "(path, payload, KEY = setting)") + _ASKS,
        Reason.NAME_NOT_IN_SCOPE,
    ),
    "key-is-another-one-where-the-helper-is-called": (
        _HELPER + _ASKS.replace("ask(id, text)", "ask(id, text, KEY)"),
        Reason.NAME_NOT_IN_SCOPE,
    ),
    "key-is-fetched-by-the-helper": (
        _HELPER.replace("${KEY}", "${await key()}") + _ASKS,
        Reason.HEADERS_ASKED_TWICE,
    ),
    "key-is-of-a-this-that-is-another-one": (
        _HELPER.replace("${KEY}", "${this.key}") + _ASKS,
        Reason.NAME_NOT_IN_SCOPE,
    ),
    "no-workflow-is-named": (
        _HELPER + _ASKS.replace("workflow_id: id, ", ""),
        Reason.NO_WORKFLOW_ID,
    ),
}


@pytest.mark.parametrize(("source", "reason"), ONLY_ASSISTANTS.values(), ids=ONLY_ASSISTANTS)
def test_only_the_assistants_target_leaves_it_because(source: str, reason: Reason) -> None:
    migration = check(source.encode(), "a.js")
    assert migration.edits == ()
    [finding] = migration.findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, reason), finding.detail


def test_two_forms_of_the_path_would_want_two_conditions() -> None:
    other = _ASKS.replace("ask(", "askAgain(").replace("'/workflows", "'workflows")
    source = _HELPER.replace("${BASE}${path}", "${BASE}/${path}") + _LIVE + _ASKS + other
    findings = check(source.encode(), "a.js").findings
    assert {finding.reason for finding in findings} == {Reason.HEADERS_NOT_UNDERSTOOD}


#: What stands between the JSON, which a constant holds, and the `return` of it.
_KEPT = {
    "an-error-of-its-own": "if (!res.ok) throw new Error(data.error?.message ?? `${res.status}`);",
    "thrown-whole": "if (!res.ok) throw new ApiError(res.status, data);",
    "logged": "if (!res.ok) throw new Error('no');\n  console.log('got', data.id);",
    "an-error-in-the-answer": "if (data.error) throw new Error(data.error.message);",
}


def _keeping(between: str) -> str:
    kept = f"const data = await res.json();\n  {between}\n  return data;"
    return _HELPER.replace(
        "  if (!res.ok) throw new Error(`OpenAI ${res.status}`);\n  return res.json();", f"  {kept}"
    )


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("between", _KEPT.values(), ids=_KEPT)
def test_a_helper_may_keep_the_json_in_a_constant_before_it_gives_it(
    between: str, target: str
) -> None:
    helper = _keeping(between)
    result = check((helper + _LIVE + _ASKS).encode(), "a.js", Settings(target=target))
    assert [finding.bucket for finding in result.findings] == [Bucket.MIGRATED]
    done = result.result.decode()
    assert _new(target, "/*") in done
    # The live call's helper sends what it sent, but for the header of the new path.
    assert helper.split("\n  const data")[1] in done
    assert _LIVE in done


@pytest.mark.parametrize("target", _TARGETS)
def test_a_helper_that_looks_at_more_than_an_error_is_no_such_helper(target: str) -> None:
    helper = _keeping("if (!res.ok || data.status !== 'completed') throw new Error('not done');")
    source = (helper + _LIVE + _ASKS).encode()
    result = check(source, "a.js", Settings(target=target)).result.decode()
    # A run of the assistants target is only queued by then; what is adapted is asked within.
    assert "await workflowAnswer(post(" not in result


_TRIES = """\
  const written = await res.text();
  let parsed;
  try {
    parsed = JSON.parse(written);
  } catch {
    parsed = { written };
  }
  if (!res.ok) throw new Error(parsed.error?.message);
"""


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(
    ("more", "wrapped"),
    [
        pytest.param("", True, id="the-json-or-what-says-that-it-was-none"),
        pytest.param("  parsed.at = Date.now();\n", False, id="left-as-it-may-be-another-object"),
        pytest.param("  parsed = parsed.run;\n", False, id="left-as-it-is-a-part"),
        pytest.param("  if (!parsed.status) throw 0;\n", False, id="left-as-a-state-is-asked"),
        pytest.param("  stamp(parsed);\n", False, id="left-as-a-function-may-change-it"),
    ],
)
def test_a_helper_that_tries_to_parse_gives_the_json(target: str, more: str, wrapped: bool) -> None:
    head, _ = _HELPER.split("  if (!res.ok)")
    helper = head + _TRIES + more + "  return parsed;\n}\n"
    result = check((helper + _LIVE + _ASKS).encode(), "a.js", Settings(target=target)).result
    assert ("await workflowAnswer(post(" in result.decode()) is wrapped


_UNREADABLE = ".json().catch(() => null)"
_TEXT = "const written = await res.text();\n  {}\n  return JSON.parse(written);"


def _reading(code: str) -> str:
    head, _ = _HELPER.split("  if (!res.ok)")
    return head + f"  {code}\n}}\n"


READS = {
    "nothing-where-it-is-none": (
        f"const json = await res{_UNREADABLE};\n"
        "  if (!res.ok) throw new HttpError(res.status, json);\n  return json;"
    ),
    "an-object-where-it-is-none": (
        "if (!res.ok) throw new Error('no');\n  return await res.json().catch(() => ({}));"
    ),
    "the-text-of-an-error": _TEXT.format("if (!res.ok) throw new Error(`no: ${written}`);"),
    "a-status-at-the-start": (
        f"if (res.status >= 400) throw new Error('no');\n  return res{_UNREADABLE};"
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("code", READS.values(), ids=READS)
def test_a_helper_that_leaves_with_errors_gives_the_json(code: str, target: str) -> None:
    source = (_reading(code) + _LIVE + _ASKS).encode()
    result = check(source, "a.js", Settings(target=target)).result.decode()
    assert _new(target, "/*") in result
    assert _LIVE in result


READS_MORE = {
    "no-status-before-nothing": f"const json = await res{_UNREADABLE};\n  return json;",
    "a-status-that-is-only-logged": (
        f"if (!res.ok) console.warn(res.status);\n  return res{_UNREADABLE};"
    ),
    "one-error-of-several": (
        f"if (res.status === 404) throw new Error('no');\n  return res{_UNREADABLE};"
    ),
    "an-answer-of-its-own": (
        "if (!res.ok) throw new Error('no');\n  return res.json().catch(() => DEFAULT);"
    ),
    "a-reviver": (
        "if (!res.ok) throw new Error('no');\n"
        "  return JSON.parse(await res.text(), (key, value) => clean(value));"
    ),
    "another-text": "if (!res.ok) throw new Error('no');\n  return JSON.parse(path);",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("code", READS_MORE.values(), ids=READS_MORE)
def test_a_helper_that_may_give_something_else_is_no_such_helper(code: str, target: str) -> None:
    source = (_reading(code) + _LIVE + _ASKS).encode()
    result = check(source, "a.js", Settings(target=target)).result.decode()
    assert "await workflowAnswer(post(" not in result
