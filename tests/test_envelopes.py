"""A post helper that returns an object of its own, and calls of it that follow one another."""

from __future__ import annotations

import re

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_RESPONSES = Settings(target="responses")
_RUNS = "'https://api.openai.com/v1/workflows/runs'"
_BY_ID = "`https://api.openai.com/v1/workflows/${ID}/runs`"
_BODY = "{ workflow_id: ID, input: { message: text } }"
_BODY_BY_ID = "{ input: { message: text } }"
_LIVE_URL = "'https://api.openai.com/v1/responses'"
_HEAD = """\
async function post(url, body) {
  const r = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${KEY}` },
    body: JSON.stringify(body)
  });
"""
_HELPER = (
    _HEAD
    + """\
  const raw = await r.text();
  let json = null;
  try { json = JSON.parse(raw); } catch {}
  return { ok: r.ok, status: r.status, url, raw, json };
}
"""
)
_CHAT = """\
export async function chat(messages) {
  const r = await post('https://api.openai.com/v1/chat/completions', { model: 'gpt-5', messages });
  if (!r.ok) throw new Error(r.raw);
  return r.json.choices[0].message.content;
}
"""
_TAIL = "  if (!r.ok) throw new Error(r.raw);\n  return r.json.output_text;\n"
_FIRST = f"  let r = await post({_RUNS}, {_BODY});\n"
_SECOND = f"r = await post({_BY_ID}, {_BODY_BY_ID});\n"


def _ask(body: str, name: str = "ask") -> str:
    return f"export async function {name}(text) {{\n{body}}}\n"


_ASKS = _ask(_FIRST + _TAIL)
_ANSWERED = f"  let r = await post({_LIVE_URL}, {{ model: 'gpt-6-luna', input: text }});\n"


def _result(source: str, target: str = "responses", path: str = "a.js") -> str:
    migration = check(source.encode(), path, Settings(target=target))
    left = [f.detail for f in migration.findings if f.bucket is Bucket.LEFT]
    assert not left
    return migration.result.decode()


def test_the_object_and_all_that_reads_it_stay_as_they_are() -> None:
    result = _result(_HELPER + _ASKS)
    helper = _HELPER.replace("await fetch(", "await workflowAnswer(fetch(").replace(
        "  });", "  }));"
    )
    assert result.startswith(helper + _ask(_ANSWERED + _TAIL))
    assert "return new Response(JSON.stringify({ error }), { status: 502, headers });" in result


_FAILS = (
    _HEAD
    + "  const json = await r.json();\n  if (!r.ok) return { ok: false, json };\n"
    + "  return { ok: true, json };\n}\n"
)
_TELLS = (
    _HEAD
    + "  if (!r.ok) return { ok: false, error: await r.text() };\n"
    + "  return { ok: true, json: await r.json() };\n}\n"
)
LOOKS = {
    "ok": "  if (!r.ok) throw new Error(r.error);\n",
    "error": "  if (r.error) throw new Error(r.error);\n",
    "answer": "  if (!r.json) throw new Error(r.error);\n",
    "a-choice": "  return r.ok ? r.json.output_text : null;\n",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("looks", LOOKS.values(), ids=LOOKS)
def test_a_caller_may_look_for_an_error_at(looks: str, target: str) -> None:
    result = _result(_TELLS + _ask(_FIRST + looks + "  return r.json.output_text;\n"), target)
    assert "what is no answer is thrown" not in result


@pytest.mark.parametrize("target", _TARGETS)
def test_an_error_of_the_answers_name_is_told_by_what_is_false(target: str) -> None:
    assert "workflowAnswer(fetch(" in _result(_FAILS + _ASKS, target)


RETURNS = {
    "json-or-null": "  const json = await r.json().catch(() => null);\n"
    "  return { ok: r.ok, raw: r.statusText, json };\n",
    "error-beside-the-answer": "  if (!r.ok) return { ok: false, raw: await r.text() };\n"
    "  return { ok: true, json: await r.json() };\n",
    "nested": "  const json = await r.json();\n"
    "  const result = { json };\n"
    "  return { ...result, ok: r.ok, raw: 'none' };\n",
    "kept-elsewhere-by-a-call": "  const json = await r.json();\n"
    "  await audit(json);\n"
    "  return { ok: r.ok, raw: r.statusText, json };\n",
    "stricter-than-ok": "  const json = await r.json();\n"
    "  return { ok: r.ok && !json.error, raw: 'none', json };\n",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("returned", RETURNS.values(), ids=RETURNS)
def test_what_is_returned_may_be_put_together_as(returned: str, target: str) -> None:
    result = _result(_HEAD + returned + "}\n" + _ASKS, target)
    assert "what is no answer is thrown" not in result
    assert "{ output_text: text, id: " in result


@pytest.mark.parametrize("target", _TARGETS)
def test_an_error_is_thrown_that_would_be_shown_in_spite_of_its_status(target: str) -> None:
    shows = _FIRST + "  if (!r.ok) console.error(r.status);\n  return JSON.stringify(r.json);\n"
    assert "what is no answer is thrown" in _result(_HELPER + _ask(shows), target)


@pytest.mark.parametrize("target", _TARGETS)
def test_a_promise_of_the_object_may_be_returned(target: str) -> None:
    helper = _HEAD.replace("const r = await fetch", "return fetch").replace(
        "  });\n", "  }).then(async (r) => ({ ok: r.ok, raw: '', json: await r.json() }));\n}\n"
    )
    result = _result(helper + _ASKS, target)
    assert "  return workflowAnswer(fetch(url, {\n" in result
    assert "what is no answer is thrown" not in result


@pytest.mark.parametrize("target", _TARGETS)
def test_the_answer_is_followed_out_of_a_function_that_is_called_at_once(target: str) -> None:
    asks = _ASKS.replace("await post(", "await (async () => post(").replace("});\n", "}))();\n", 1)
    result = _result(_HELPER + asks.replace("json.output_text", "json.output.message"), target)
    assert "output: { message: text }" in result


def test_where_nobody_looks_at_the_status_what_is_no_answer_is_thrown() -> None:
    asks = _ask(f"  const {{ json }} = await post({_RUNS}, {_BODY});\n  return json.output_text;\n")
    assert "what is no answer is thrown" in _result(_HELPER + asks)


def test_the_text_stands_where_the_callers_of_the_helper_look_for_it() -> None:
    result = _result(_HELPER + _ASKS.replace("output_text", "output.message"))
    assert "output: { message: text }" in result


def test_a_live_call_of_the_helper_gets_its_response_as_it_came() -> None:
    result = _result(_HELPER + _CHAT + _ASKS)
    assert f"  }}), url === {_LIVE_URL});\n" in result
    assert _CHAT in result
    function = result.partition("async function workflowAnswer")[2]
    assert "(asked, isWorkflow) {\n  const live = await asked;\n  if (!isWorkflow) {\n" in function


def test_the_header_of_a_shared_helper_is_sent_for_the_new_call_alone() -> None:
    result = _result(_HELPER + _CHAT + _ASKS, "assistants")
    condition = "url === 'https://api.openai.com/v1/threads/runs'"
    assert f"...({condition} ? {{ 'OpenAI-Beta': 'assistants=v2' }} : {{}}) }}," in result
    assert f"  }}), {condition}, {{ Authorization: `Bearer ${{KEY}}`, " in result


RETRIES = {
    "branch": f"  if (!r.ok) {_SECOND}",
    "branch-with-a-log": f"  if (!r.ok) {{\n    console.warn(r.status);\n    {_SECOND}  }}\n",
    "status": f"  if (r.status === 404) {_SECOND}",
    "status-from-400": f"  if (r.status >= 400) {{\n    {_SECOND}  }}\n",
    "one-condition-of-several": f"  if (!r.ok && retry) {_SECOND}",
    "twice": f"  if (!r.ok) {_SECOND}" * 2,
    "behind-a-return": f"  if (r.ok && !r.json?.error) return r.json.output_text;\n  {_SECOND}",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("retry", RETRIES.values(), ids=RETRIES)
def test_a_call_goes_that_is_made_after_the_first_one_failed(retry: str, target: str) -> None:
    source = _HELPER + _ask(_FIRST + retry + _TAIL)
    result = _result(source, target)
    assert result.count("await post(") == 1
    assert "workflows/" not in result
    # What is left of the function is the function without the retry.
    asked = result.partition("await post(")[2].partition("\n")[2].partition("\n}\n")[0]
    assert asked.removeprefix("  if (r.ok && !r.json?.error) return r.json.output_text;\n") == (
        _TAIL.rstrip("\n")
    )


def test_the_same_question_about_the_same_result_goes_with_the_retry() -> None:
    asked = "  if (r.ok) return r.json.output_text;\n"
    result = _result(_HELPER + _ask(_FIRST + asked + "  " + _SECOND + asked + _TAIL))
    # Nothing else is put into it any more.
    assert _ask(_ANSWERED.replace("let r", "const r") + asked + _TAIL) in result


def test_a_result_that_gets_something_else_stays_a_variable() -> None:
    again = "  if (r.raw === '') r = empty;\n"
    result = _result(_HELPER + _ask(_FIRST + f"  if (!r.ok) {_SECOND}" + again + _TAIL))
    assert _ask(_ANSWERED + again + _TAIL) in result


def test_a_result_of_its_own_is_the_first_one() -> None:
    first = _FIRST.replace("let r", "const a")
    second = _SECOND.replace("r = ", "const r = ", 1)
    asks = _ask(f"{first}  if (a.ok) return a.json.output_text;\n  {second}{_TAIL}")
    assert "  const r = a;\n" in _result(_HELPER + asks)


def test_a_list_of_results_gets_one() -> None:
    push = f"  results.push(await post({_RUNS}, {_BODY}));\n"
    more = push.replace(_RUNS, _BY_ID).replace(_BODY, _BODY_BY_ID).lstrip()
    more = f"  if (!results[results.length - 1].ok) {more}"
    end = "  const r = results.find((result) => result.ok);\n"
    end += "  if (!r) throw new Error(results.at(-1).raw);\n  return r.json.output_text;\n"
    result = _result(_HELPER + _ask("  const results = [];\n" + push + more + end))
    assert result.count("results.push(") == 1
    assert end in result


def test_comments_that_name_what_was_tried_go_with_it_and_others_stay() -> None:
    retry = f"  // then /v1/workflows/{{id}}/runs\n  if (!r.ok) {_SECOND}"
    assert "// then" not in _result(_HELPER + _ask(_FIRST + retry + _TAIL))
    retry = retry.replace("then /v1/workflows/{id}/runs", "Ada said that this one works")
    assert "// Ada said" in _result(_HELPER + _ask(_FIRST + retry + _TAIL))


def test_each_call_is_told_what_became_of_it() -> None:
    source = _HELPER + _ask(_FIRST + f"  if (!r.ok) {_SECOND}" + _TAIL)
    first, second = check(source.encode(), "a.js", _RESPONSES).findings
    assert any("tried after this one failed" in note.text for note in first.notes)
    assert second.message.endswith("that one is the live request now, and this went")
    assert second.bucket is Bucket.MIGRATED


def test_two_questions_of_one_function_are_two_calls() -> None:
    other = _FIRST.replace("let r", "const s").replace("message: text", "message: more")
    result = _result(_HELPER + _ask(_FIRST + other + "  if (!s.ok) return s.raw;\n" + _TAIL))
    assert result.count(f"await post({_LIVE_URL}") == 2


def test_a_list_that_tells_what_was_tried_is_no_request() -> None:
    loop = f"  for (const url of [{_RUNS}, {_BY_ID}]) {{\n"
    loop += f"    const r = await post(url, {_BODY});\n    if (r.ok) return r.json.output_text;\n"
    loop += "    tried.push({ url, status: r.status });\n  }\n  throw new Error(tried.length);\n"
    migration = check((_HELPER + _ask("  const tried = [];\n" + loop)).encode(), "a.js", _RESPONSES)
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]


@pytest.mark.parametrize("target", _TARGETS)
def test_the_body_may_be_made_in_a_const_that_retries_share(target: str) -> None:
    body = f"  const body = {_BODY};\n"
    asks = _ask(body + (_FIRST + f"  if (!r.ok) {_SECOND}").replace(_BODY_BY_ID, "body") + _TAIL)
    assert "const body = {" in _result(_HELPER + asks.replace(f", {_BODY})", ", body)"), target)


@pytest.mark.parametrize("target", _TARGETS)
def test_the_body_may_be_given_as_text(target: str) -> None:
    helper = _HELPER.replace("JSON.stringify(body)", "body")
    result = _result(helper + _ASKS.replace(_BODY, f"JSON.stringify({_BODY})"), target)
    assert "post('https://api.openai.com/v1/" in result


@pytest.mark.parametrize("target", _TARGETS)
def test_the_method_may_be_a_parameter(target: str) -> None:
    helper = _HELPER.replace("(url, body)", "(url, body, method)").replace("'POST'", "method")
    helper = helper.replace("JSON.stringify(body)", "body ? JSON.stringify(body) : undefined")
    result = _result(helper + _ASKS.replace(f", {_BODY})", f", {_BODY}, 'post')"), target)
    assert "    method: method,\n" in result


@pytest.mark.parametrize("target", _TARGETS)
def test_what_is_asked_may_be_spread_from_a_const(target: str) -> None:
    asked = "  const asked = { input: { message: text } };\n"
    source = _HELPER + _ASKS.replace("  let", asked + "  let").replace(
        "input: { message: text } });", "...asked });"
    )
    result = _result(source, target)
    assert asked in result
    assert re.search(r"(input|content): asked\.input\.message", result)


_BOTH = _ask(_FIRST + f"  if (!r.ok) {_SECOND}" + _TAIL)
LEFT = {
    "errors-have-the-name-of-the-answer": (
        _FAILS + _ask(f"  return (await post({_RUNS}, {_BODY})).json.output_text;\n"),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "an-error-takes-the-answers-place": (
        _TELLS
        + _ask(f"  const r = await post({_RUNS}, {_BODY});\n  return r.json?.text ?? r.error;\n"),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "only-some-errors-are-looked-for": (
        _TELLS
        + _ask(
            f"  const r = await post({_RUNS}, {_BODY});\n"
            "  if (r.error && retry) throw new Error(r.error);\n  return r.json?.text ?? r.error;\n"
        ),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "only-some-errors-are-told": (
        _TELLS.replace("!r.ok", "r.status === 404") + _ASKS.replace("r.raw", "r.error"),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "a-tuple-is-returned": (
        _HEAD
        + "  return [r.ok, await r.json()];\n}\n"
        + _ask(f"  const [ok, json] = await post({_RUNS}, {_BODY});\n  return json.output_text;\n"),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "its-json-is-read-later": (
        _HEAD
        + "  return { ok: r.ok, raw: '', json: () => r.json() };\n}\n"
        + _ASKS.replace("r.json.", "(await r.json())."),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "an-object-of-a-class-is-returned": (
        _HEAD + "  return new Result(r.ok, await r.json());\n}\n" + _ASKS,
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "an-unknown-function-makes-what-is-returned": (
        _HEAD
        + "  const result = wrap({ ok: r.ok, json: await r.json() });\n  return result;\n}\n"
        + _ASKS,
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "the-json-is-kept-in-the-helper": (
        _HEAD
        + "  const json = await r.json();\n  last[url] = json;\n  return { ok: r.ok, json };\n}\n"
        + _ASKS,
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "a-member-is-known-at-run-time-only": (
        _HELPER + _ASKS.replace("r.json.", "r[name]."),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "only-one-caller-looks-at-the-status": (
        _HELPER
        + _ASKS
        + _ask(f"  return (await post({_RUNS}, {_BODY})).json.output_text;\n", "show"),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "helper-is-exported": ("export " + _HELPER + _ASKS, Reason.UNKNOWN_TRANSPORT),
    "helper-is-handed-on": (
        _HELPER + _ASKS + "export const api = { post };\n",
        Reason.UNKNOWN_TRANSPORT,
    ),
    "helper-is-given-urls-that-are-not-known": (
        _HELPER + _ASKS + "export const send = (url, body) => post(url, body);\n",
        Reason.UNKNOWN_TRANSPORT,
    ),
    "dead-header-is-sent-for-a-live-call-too": (
        _HELPER.replace("${KEY}` }", "${KEY}`, 'OpenAI-Beta': 'workflows=v1' }") + _CHAT + _ASKS,
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "url-is-changed-in-a-shared-helper": (
        _HELPER.replace("  const r", "  url = url.trim();\n  const r") + _CHAT + _ASKS,
        Reason.URL_NOT_FOLLOWED,
    ),
    "helper-changes-the-body": (
        _HELPER.replace("  const r", "  body.user = 'me';\n  const r") + _ASKS,
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "body-is-used-elsewhere": (
        _HELPER
        + _ASKS.replace(_BODY, "body").replace(
            "  let", f"  const body = {_BODY};\n  save(body);\n  let"
        ),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "method-is-another-one": (
        _HELPER.replace("(url, body)", "(url, body, method)").replace("'POST'", "method")
        + _ASKS.replace(f", {_BODY})", f", {_BODY}, 'PUT')"),
        Reason.NOT_A_POST,
    ),
    "what-is-spread-is-changed-before": (
        _HELPER
        + _ASKS.replace(
            "  let", "  const asked = { input: { message: text } };\n  fill(asked);\n  let"
        ).replace("input: { message: text } });", "...asked });"),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "what-is-spread-has-more": (
        _HELPER
        + _ASKS.replace(
            "  let", "  const asked = { input: { message: text }, seed: 1 };\n  let"
        ).replace("input: { message: text } });", "...asked });"),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "the-answer-is-asked-for-by-axios": (
        "import axios from 'axios';\n"
        "const post = async (url, data) => {\n"
        "  const headers = { Authorization: `Bearer ${KEY}` };\n"
        "  const r = await axios.post(url, data, { headers });\n"
        "  return { ok: r.status < 300, raw: '', json: r.data };\n};\n" + _ASKS,
        Reason.UNKNOWN_TRANSPORT,
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_because(source: str, reason: Reason, target: str) -> None:
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert migration.edits == ()
    for finding in migration.findings:
        assert (finding.bucket, finding.reason) == (Bucket.LEFT, reason), finding.detail
        assert finding.detail


UNCERTAIN = {
    "both-are-asked-at-once": f"  const [r] = await Promise.all([post({_RUNS}, {_BODY}), "
    f"post({_BY_ID}, {_BODY_BY_ID})]);\n",
    "an-empty-answer-is-tried-again": _FIRST + f"  if (!r.ok || !r.json?.output_text) {_SECOND}",
    "something-is-done-when-it-fails": _FIRST
    + f"  if (!r.ok) {{\n    await notify(r);\n    {_SECOND}  }}\n",
    "the-condition-does-something": _FIRST + f"  if (!r.ok && wait()) {_SECOND}",
    "the-result-is-another-one-by-then": _FIRST + f"  r = other(r);\n  if (!r.ok) {_SECOND}",
    "another-result-failed": _FIRST + f"  if (!s.ok) {_SECOND}",
    "an-answer-of-another-kind-goes-on": _FIRST
    + f"  if (r.ok && r.json?.done) return r.json.output_text;\n  {_SECOND}",
    "what-is-behind-the-answer-goes-on": _FIRST
    + f"  if (r.ok) console.log(r.status);\n  {_SECOND}",
    "a-redirect-is-tried-again": _FIRST + f"  if (r.status >= 300) {_SECOND}",
    "it-stands-in-a-catch": "  let r;\n  try {\n  "
    + _FIRST.replace("let ", "")
    + f"  }} catch {{\n    {_SECOND}  }}\n",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("body", UNCERTAIN.values(), ids=UNCERTAIN)
def test_the_same_is_asked_twice_and_the_second_call_may_be_made_when(
    body: str, target: str
) -> None:
    migration = check((_HELPER + _ask(body + _TAIL)).encode(), "a.js", Settings(target=target))
    assert migration.edits == ()
    assert [f.reason for f in migration.findings] == [Reason.URL_CANDIDATES] * 2
    assert all("asks the same, and when is not certain" in f.detail for f in migration.findings)


def test_a_retry_that_does_more_than_ask_is_left_with_the_call_before_it() -> None:
    more = _SECOND.replace("{ input:", "{ session_id: next(), input:")
    source = _HELPER + _ask(_FIRST + f"  if (!r.ok) {more}" + _TAIL)
    first, second = check(source.encode(), "a.js", _RESPONSES).findings
    assert first.reason is Reason.URL_CANDIDATES
    assert "asks something that is not certain" in first.detail
    assert second.reason is Reason.BODY_FIELD


def test_a_second_try_that_asks_something_else_is_a_call_of_its_own() -> None:
    more = _SECOND.replace("message: text", "message: next()")
    source = _HELPER + _ask(_FIRST + f"  if (!r.ok) {more}" + _TAIL)
    result = check(source.encode(), "a.js", _RESPONSES).result
    assert b"input: text }" in result
    assert b"if (!r.ok) r = await post(" in result
    assert b"input: next() }" in result


def test_a_retry_that_keeps_the_lines_around_apart_is_left() -> None:
    retry = f"  if (!r.ok) {{ {_SECOND.strip().rstrip(';')} }}\n  [1].forEach(log)\n"
    source = _HELPER + _ask((_FIRST + retry + _TAIL).replace(";\n", "\n"))
    first, second = check(source.encode(), "a.js", _RESPONSES).findings
    assert (first.reason, second.reason) == (Reason.NEEDS_SEMICOLON, Reason.URL_CANDIDATES)


def test_a_retry_names_the_call_that_is_left_before_it() -> None:
    source = _HELPER + _BOTH.replace("message: text } });", "message: text }, seed: 1 });", 1)
    source = source.replace("workflow_id: ID, input: { message: text }", "workflow_id: ID")
    first, second = check(source.encode(), "a.js", _RESPONSES).findings
    assert first.reason is Reason.NO_MESSAGE
    assert second.reason is Reason.URL_CANDIDATES
    assert second.detail.endswith("is tried before this one")
