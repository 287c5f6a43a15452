"""Headers that statements put together: migrated, or left, and why."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_KEY = "`Bearer ${KEY}`"
_ASKS = """\
export async function ask(text, org) {
  $HEADERS
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers,
    body: JSON.stringify({ workflow_id: 'wf_1', input: { message: text } })
  });
  if (!res.ok) throw new Error('failed');
  const run = await res.json();
  return run.output?.text || run.output_text;
}
"""


def _with(*lines: str) -> str:
    return _ASKS.replace("$HEADERS", "\n  ".join(lines))


_OBJECT = "const headers = new Headers();"
_TYPE = "headers.append('Content-Type', 'application/json');"
_AUTH = f"headers.append('Authorization', {_KEY});"
_PLAIN = "const headers = { 'Content-Type': 'application/json' };"

FORMS = {
    "appended": (_OBJECT, _TYPE, _AUTH),
    "set": (_OBJECT, _TYPE.replace("append", "set"), _AUTH.replace("append", "set")),
    "given-and-set": (
        "const headers = new Headers({ 'Content-Type': 'application/json' });",
        f"headers.set('Authorization', {_KEY});",
    ),
    "given": (
        "const headers = new Headers({",
        f"  'content-type': 'application/json',\n    authorization: {_KEY}",
        "});",
    ),
    "assigned": (_PLAIN, f"headers.Authorization = {_KEY};"),
    "assigned-by-string": (_PLAIN, f"headers['Authorization'] = {_KEY};"),
    "project-if-there": (_OBJECT, _TYPE, _AUTH, "if (org) headers.set('OpenAI-Project', org);"),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("form", FORMS)
def test_it_is_migrated(form: str, target: str) -> None:
    migration = check(_with(*FORMS[form]).encode(), "a.js", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    result = migration.result.decode()
    assert ("'OpenAI-Beta'" in result) is (target == "assistants")
    if target == "assistants" and form != "project-if-there":
        # Read in place, the polling repeats what was set.
        assert result.count(f"'Authorization': {_KEY}") >= 2


HANDED_ON = {
    "appended": "Object.fromEntries(headers)",
    "assigned": "{ ...headers, 'OpenAI-Beta': 'assistants=v2' }",
    "project-if-there": "Object.fromEntries(headers)",
}


@pytest.mark.parametrize(("form", "again"), HANDED_ON.items(), ids=HANDED_ON)
def test_the_function_for_an_answer_is_given_them_as_they_are(form: str, again: str) -> None:
    source = _with(*FORMS[form]).replace("run.output?.text || run.output_text", "run")
    assert f"}}), {again});" in check(source.encode(), "a.js").result.decode()


def test_the_beta_header_is_set_as_the_others_are() -> None:
    result = check(_with(*FORMS["appended"]).encode(), "a.js").result.decode()
    assert f"  {_AUTH}\n  headers.append('OpenAI-Beta', 'assistants=v2');\n" in result


def test_it_stands_in_the_literal_where_there_is_one() -> None:
    result = check(_with(*FORMS["given-and-set"]).encode(), "a.js").result.decode()
    assert "{ 'Content-Type': 'application/json', 'OpenAI-Beta': 'assistants=v2' }" in result


def test_a_beta_header_that_is_there_gets_its_value_or_goes() -> None:
    beta = "headers.append('OpenAI-Beta', 'workflows=v1');"
    source = _with(*FORMS["appended"], beta).encode()
    result = check(source, "a.js").result.decode()
    assert result.count("headers.append('OpenAI-Beta', 'assistants=v2');\n") == 1
    gone = check(source, "a.js", Settings(target="responses")).result.decode()
    assert f"  {_AUTH}\n" in gone
    assert "OpenAI-Beta" not in gone


@pytest.mark.parametrize("target", _TARGETS)
def test_the_type_of_the_content_is_set_where_none_is(target: str) -> None:
    source = _with(_OBJECT, _AUTH).encode()
    result = check(source, "a.js", Settings(target=target)).result.decode()
    assert f"{_AUTH}\n  headers.append('Content-Type', 'application/json');\n" in result


def test_a_function_that_fills_them_is_asked_again() -> None:
    made = "\n  ".join(FORMS["appended"])
    source = (
        _ASKS.replace("  $HEADERS\n", "").replace("    headers,", "    headers: makeHeaders(),")
        + f"function makeHeaders() {{\n  {made}\n  return headers;\n}}\n"
    )
    result = check(source.encode(), "a.js").result.decode()
    assert (
        f"{_AUTH}\n  headers.append('OpenAI-Beta', 'assistants=v2');\n  return headers;" in result
    )


@pytest.mark.parametrize("target", _TARGETS)
def test_headers_of_a_live_call_too_stay_as_they_are(target: str) -> None:
    live = "await fetch('https://api.openai.com/v1/models', { headers });"
    beta = "headers.append('OpenAI-Beta', 'workflows=v1');"
    migration = check(
        _with(*FORMS["appended"], beta, live).encode(), "a.js", Settings(target=target)
    )
    assert migration.edits == ()
    assert [f.reason for f in migration.findings] == [Reason.HEADERS_NOT_UNDERSTOOD]


LEFT = {
    "key-is-set-under-a-condition": (
        (_OBJECT, _TYPE, f"if (org) headers.set('Authorization', {_KEY});"),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "key-is-set-in-a-loop": (
        (_OBJECT, _TYPE, f"for (const k of org) headers.set('Authorization', {_KEY});"),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "there-is-no-key": ((_OBJECT, _TYPE), Reason.NO_AUTHORIZATION),
    "name-is-computed": ((_OBJECT, f"headers.set(name, {_KEY});"), Reason.HEADERS_NOT_UNDERSTOOD),
    "key-is-taken-away": (
        (_OBJECT, _TYPE, _AUTH, "headers.delete('Authorization');"),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "key-is-appended-twice": ((_OBJECT, _TYPE, _AUTH, _AUTH), Reason.HEADERS_NOT_UNDERSTOOD),
    "key-is-appended-to-one": (
        ("const headers = new Headers({ Authorization: KEY });", _AUTH),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "key-is-assigned-in-another-spelling": (
        ("const headers = { Authorization: KEY };", f"headers.authorization = {_KEY};"),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "function-may-set-more": (
        (_OBJECT, _TYPE, _AUTH, "sign(headers);"),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "other-headers-are-taken-in": (
        ("const headers = new Headers(init);", _AUTH),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "variable-is-assigned-again": (
        ("let headers = new Headers();", _AUTH, "headers = other;"),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("lines", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_because(lines: tuple[str, ...], reason: Reason, target: str) -> None:
    migration = check(_with(*lines).encode(), "a.js", Settings(target=target))
    assert migration.edits == ()
    assert [f.reason for f in migration.findings] == [reason]


def test_a_key_that_is_set_behind_the_request_is_none() -> None:
    source = _with(_OBJECT, _TYPE).replace("  if (!res.ok)", f"  {_AUTH}\n  if (!res.ok)")
    migration = check(source.encode(), "a.js")
    assert migration.edits == ()
