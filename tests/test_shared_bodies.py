"""A body whose variable is logged or kept too: it stays, and what is sent is made of it."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_OBJECT = "{ workflow_id: ID, input: { message: text } }"
_OPTIONS = """\
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${KEY}` },
"""
_CALL = f"""\
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {{
{_OPTIONS}    body: JSON.stringify(payload)
  }});
"""
_READ = "  if (!res.ok) throw new Error(`HTTP ${res.status}`);\n"
_READ += "  const data = await res.json();\n  return data.output_text;\n"


def _source(
    literal: str = _OBJECT,
    *,
    above: str = "  console.log(payload);\n",
    below: str = "",
    call: str = _CALL,
) -> str:
    return (
        "export async function ask(text, history) {\n"
        f"  const payload = {literal};\n{above}{call}{below}{_READ}}}\n"
    )


def _body(target: str, said: str, identity: str = "payload.workflow_id") -> str:
    if target == "responses":
        return f"JSON.stringify({{ model: 'gpt-6-luna', input: {said} }})"
    messages = f"[{{ role: 'user', content: {said} }}]"
    return f"JSON.stringify({{ assistant_id: {identity}, thread: {{ messages: {messages} }} }})"


def _result(source: str, target: str, path: str = "a.js") -> str:
    migration = check(source.encode(), path, Settings(target=target))
    left = [finding.detail for finding in migration.findings if finding.reason is not None]
    assert not left
    return migration.result.decode()


USES = {
    "logged-before": ("  console.log('sending', JSON.stringify(payload));\n", ""),
    "logged-by-a-logger": ("  logger.info('sending', payload);\n", ""),
    "a-part-is-read": ("  const asked = payload.input.message.length;\n", ""),
    "copied": ("  const copy = { ...payload, at: Date.now() };\n", ""),
    "held-by-another-object": ("  await log.from('calls').insert({ payload });\n", ""),
    "logged-behind": ("", "  console.log(payload);\n"),
    "handed-on-behind": ("", "  await save(payload);\n"),
    "changed-behind": ("", "  payload.answered = res.ok;\n"),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("above", "below"), USES.values(), ids=USES)
def test_the_variable_stays_where_it_is(above: str, below: str, target: str) -> None:
    source = _source(above=above, below=below)
    result = _result(source, target)
    assert result.startswith(source.partition("  const res")[0])
    assert f"body: {_body(target, 'payload.input.message')}\n" in result
    assert below + _READ in result


SAYS = {
    "text": ("{ workflow_id: ID, input: text.trim() }", "payload.input"),
    "what-is-computed-once": (
        "{ workflow_id: ID, input: { message: `${next()}` } }",
        "payload.input.message",
    ),
    "no-counterpart": (
        "{ workflow_id: ID, version: '3', session_id: s, input: { message: text } }",
        "payload.input.message",
    ),
    "form": (
        "{ workflow_id: ID, input: { topic: text, tone: 'dry' } }",
        "JSON.stringify(payload.input)",
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("literal", "said"), SAYS.values(), ids=SAYS)
def test_what_is_asked_is_read_from_the_variable(literal: str, said: str, target: str) -> None:
    result = _result(_source(literal), target)
    assert f"  const payload = {literal};\n" in result
    assert f"body: {_body(target, said)}\n" in result


def test_the_id_within_an_object_is_read_from_it_too() -> None:
    literal = "{ workflow: { id: ID, version: 2 }, input: { message: text } }"
    result = _result(_source(literal), "assistants")
    assert _body("assistants", "payload.input.message", "payload.workflow.id") in result


@pytest.mark.parametrize("target", _TARGETS)
def test_the_messages_before_are_read_from_it_too(target: str) -> None:
    earlier = "history.map(m => ({ role: m.role, content: m.content }))"
    literal = f"{{ workflow_id: ID, input: {{ message: text, history: {earlier} }} }}"
    result = _result(_source(literal), target)
    messages = "[...payload.input.history, { role: 'user', content: payload.input.message }]"
    assert messages in result


@pytest.mark.parametrize("target", _TARGETS)
def test_a_client_is_given_an_object_that_is_made_of_it(target: str) -> None:
    call = "  const res = await axios.post('https://api.openai.com/v1/workflows/runs', payload, {\n"
    call += "    headers: { Authorization: `Bearer ${KEY}` }\n  });\n"
    source = "import axios from 'axios';\n" + _source(call=call).replace(
        _READ, "  return res.data.output_text;\n"
    )
    result = _result(source, target)
    said = _body(target, "payload.input.message").removeprefix("JSON.stringify(")[:-1]
    assert f"', {said}, {{\n" in result


@pytest.mark.parametrize("target", _TARGETS)
def test_it_may_be_sent_in_a_loop_that_does_not_change_it(target: str) -> None:
    loop = "  let res;\n  do {\n  " + _CALL.replace("const res", "res").replace("\n", "\n  ")
    loop = loop.rstrip() + "\n  } while (!res.ok && retry());\n"
    assert _body(target, "payload.input.message") in _result(_source(call=loop), target)


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("declared", ["any", "Record<string, any>"])
def test_its_members_are_read_where_its_type_lets_them(declared: str, target: str) -> None:
    source = _source().replace("const payload", f"const payload: {declared}")
    assert _body(target, "payload.input.message") in _result(source, target, "a.ts")


def test_the_report_says_that_it_stays_and_what_is_not_sent() -> None:
    literal = "{ workflow_id: ID, version: '3', input: { message: text } }"
    [finding] = check(_source(literal).encode(), "a.js").findings
    told = [note.text for note in finding.notes]
    assert any(text.startswith("`payload` stays as it is") for text in told)
    assert "without a counterpart, and not sent any more: `version: '3'`" in told


_LOOP = "  while (true) {\n" + _CALL + "  payload.again = true;\n  if (res.ok) break;\n  }\n"
LEFT = {
    "it-is-handed-to-an-unknown-function-before": (
        _source(above="  enrich(payload);\n"),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "it-is-another-object-later": (
        _source(above="  console.log(payload);\n  payload = other;\n").replace(
            "const payload", "let payload"
        ),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "it-is-exported": (
        "export const payload = { workflow_id: ID, input: { message: TEXT } };\n"
        + _source().replace(f"  const payload = {_OBJECT};\n", "").replace("console.log", "send"),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "another-function-reads-and-changes-it": (
        _source(above="  const later = () => { payload.input = null; };\n  later();\n"),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "it-is-changed-in-the-loop-around": (
        _source(call="", below=_LOOP)
        .replace("const res", "res")
        .replace("ask(text", "ask(res, text"),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "it-is-spread": (
        _source("{ ...base, workflow_id: ID, input: { message: text } }"),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "it-has-several-fields-of-its-own": (
        _source("{ workflow_id: ID, topic: text, tone: 'dry' }"),
        Reason.BODY_SHARED,
    ),
    "it-has-a-model": (
        _source("{ workflow_id: ID, model: pick(), input: { message: text } }"),
        Reason.BODY_SHARED,
    ),
    "it-holds-parts-of-the-dead-api": (
        _source(
            "{ workflow_id: ID, input: [{ role: 'user', "
            "content: [{ type: 'input_text', text }] }] }"
        ),
        Reason.BODY_SHARED,
    ),
    "it-says-nothing": (_source("{ workflow_id: ID }"), Reason.NO_MESSAGE),
    "it-asks-for-a-stream": (
        _source("{ workflow_id: ID, stream: true, input: { message: text } }"),
        Reason.BODY_SHARED,
    ),
    "a-part-of-it-is-handed-on-before": (
        _source(above="  console.log(payload);\n  enrich(payload.input);\n"),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_because(source: str, reason: Reason, target: str) -> None:
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert migration.edits == ()
    [finding] = migration.findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, reason), finding.detail


def test_it_is_left_where_its_type_hides_what_is_in_it() -> None:
    source = _source().replace("const payload", "const payload: Record<string, unknown>")
    [finding] = check(source.encode(), "a.ts").findings
    assert (finding.reason, finding.detail) == (Reason.BODY_SHARED, "`payload`")


def test_without_a_log_the_body_itself_is_written_anew() -> None:
    result = _result(_source(above=""), "assistants")
    assert "const payload = {" in result
    assert "body: JSON.stringify(payload)\n" in result
    assert "workflow_id" not in result
