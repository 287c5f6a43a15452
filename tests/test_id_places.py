"""The id of a dead URL's path in a body that stands elsewhere than the call: is it known there?"""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

_ASSISTANTS = Settings(target="assistants")
_ASKS = """\
  const res = await fetch(`https://api.openai.com/v1/workflows/${workflowId}/runs`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(payload),
  });
  if (!res.ok) throw new Error(`failed ${res.status}`);
  const data = await res.json();
"""
_BODY = "  const payload = { input: { message: text } };\n"
_ID = "  const workflowId = process.env.WORKFLOW_ID;\n"
#: Readings that are replaced in place, and that go through a function.
_READINGS = {"in-place": "  return data.output_text;\n", "adapted": "  return data;\n"}
_BY_READING = pytest.mark.parametrize("reading", _READINGS.values(), ids=_READINGS)


def _ask(inside: str, reading: str, above: str = "", parameters: str = "text, key") -> str:
    asks = f"{inside}{_ASKS}{reading}"
    return f"{above}export async function ask({parameters}) {{\n{asks}}}\n"


def _migrated(source: str) -> str:
    migration = check(source.encode(), "a.js", _ASSISTANTS)
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    return migration.result.decode()


#: The lines of a function in which the id is not known where the body's literal is.
_LATER = {
    "declared-behind-the-body": (_BODY + _ID, ""),
    "assigned-behind-the-body": (
        "  let workflowId = 'wf_1';\n" + _BODY + "  if (key) workflowId = other(key);\n",
        "const other = (key) => key + '2';\n\n",
    ),
    "var-behind-the-body": (_BODY + _ID.replace("const", "var"), ""),
}


@_BY_READING
@pytest.mark.parametrize(("inside", "above"), _LATER.values(), ids=_LATER)
def test_the_id_is_written_where_the_body_is_sent(inside: str, above: str, reading: str) -> None:
    result = _migrated(_ask(inside, reading, above))
    assert _BODY in result
    assert "body: JSON.stringify({ assistant_id: workflowId, thread: { messages: " in result
    assert "content: payload.input.message }" in result


@_BY_READING
def test_the_id_is_no_name_of_the_module_that_has_the_body(reading: str) -> None:
    body = "const payload = { input: { message: 'ping' } };\n\n"
    result = _migrated(_ask("", reading, body, "workflowId, key"))
    assert result.startswith(body)
    assert "body: JSON.stringify({ assistant_id: workflowId, " in result


@_BY_READING
@pytest.mark.parametrize(
    ("inside", "above"), [(_ID + _BODY, ""), (_BODY, _ID.lstrip())], ids=["above", "module"]
)
def test_the_id_is_written_into_the_body_where_it_is_known(
    inside: str, above: str, reading: str
) -> None:
    result = _migrated(_ask(inside, reading, above))
    assert "const payload = { assistant_id: workflowId, thread: { messages: " in result
    assert "JSON.stringify(payload)" in result


def test_the_id_is_written_where_a_client_is_given_the_body() -> None:
    source = (
        "import axios from 'axios';\n\nexport async function ask(text, key) {\n"
        + _BODY
        + _ID
        + "  "
        "const res = await axios.post(\n"
        "    `https://api.openai.com/v1/workflows/${workflowId}/runs`, payload,\n"
        "    { headers: { Authorization: `Bearer ${key}` } },\n  );\n"
        "  return res.data.output_text;\n}\n"
    )
    result = _migrated(source)
    assert _BODY in result
    assert "', { assistant_id: workflowId, thread: { messages: " in result


def test_the_id_is_written_where_a_function_of_the_file_is_given_the_body() -> None:
    source = (
        "async function post(url, body) {\n  const res = await fetch(url, {\n"
        "    method: 'POST',\n"
        "    headers: { Authorization: `Bearer ${process.env.KEY}`,"
        " 'Content-Type': 'application/json' },\n"
        "    body: JSON.stringify(body),\n  });\n"
        "  if (!res.ok) throw new Error(`failed ${res.status}`);\n  return res.json();\n}\n\n"
        "export async function ask(text) {\n" + _BODY + _ID + "  "
        "const data = await post(\n"
        "    `https://api.openai.com/v1/workflows/${workflowId}/runs`, payload);\n"
        "  return data.output_text;\n}\n"
    )
    result = _migrated(source)
    assert _BODY in result
    assert "', { assistant_id: workflowId, thread: { messages: " in result


_FIREBASE = "import { defineString } from 'firebase-functions/params';\n"
_MADE = "const workflow = defineString('CHAT_WORKFLOW');\n\n"
_BY_SETTING = _BODY + _ASKS.replace("${workflowId}", "${workflow.value()}")


@_BY_READING
def test_a_setting_of_firebase_is_written_where_the_body_is(reading: str) -> None:
    source = (
        f"{_FIREBASE}{_MADE}export async function ask(text, key) {{\n{_BY_SETTING}{reading}}}\n"
    )
    migration = check(source.encode(), "a.js", _ASSISTANTS)
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert "assistant_id: workflow.value(), thread: {" in migration.result.decode()
    assert [found.value for found in migration.origins] == ["CHAT_WORKFLOW"]


_OTHER_SETTINGS = {
    "of-another-package": (_FIREBASE.replace("firebase-functions/params", "./params"), _MADE),
    "of-this-file": ("const defineString = (name) => next(name);\n", _MADE),
    "made-anew": (_FIREBASE, _MADE.replace("const", "let") + "workflow = other();\n"),
    "no-such-function": (_FIREBASE.replace("String", "List"), _MADE.replace("String", "List")),
}


@_BY_READING
@pytest.mark.parametrize(("head", "made"), _OTHER_SETTINGS.values(), ids=_OTHER_SETTINGS)
def test_what_may_do_more_than_give_a_setting_is_left(head: str, made: str, reading: str) -> None:
    source = f"{head}{made}export async function ask(text, key) {{\n{_BY_SETTING}{reading}}}\n"
    migration = check(source.encode(), "a.js", _ASSISTANTS)
    assert not migration.changed
    assert "is computed before the rest" in migration.findings[0].detail
