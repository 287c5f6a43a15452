"""Bodies that the function around the request is given: whose literal may be changed?"""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

_HELPER = """\
async function send(id, payload) {
  const res = await fetch(`https://api.openai.com/v1/workflows/${id}/runs`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(payload),
  });
  if (!res.ok) throw new Error(`failed ${res.status}`);
  return res.json();
}
"""
_ASK = """
export async function ask(text, id) {
  const data = await send(id, { input: { message: text } });
  return data.output_text;
}
"""
_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])


def _private_method(line: str) -> str:
    helper = _HELPER.replace("async function send", "async #send")
    return (
        "export class Agent {\n"
        + helper
        + _ASK.replace("export async function ask", "async ask").replace("await send(", line)
        + "}\n"
    )


#: Who gives the body, and what the literal becomes for the target `assistants`.
_GIVEN = {
    "as-a-literal": (_HELPER + _ASK, "send(id, { assistant_id: id, thread: "),
    "in-a-variable": (
        _HELPER
        + _ASK.replace("  const data", "  const body = { input: text };\n  const data").replace(
            "{ input: { message: text } });", "body);"
        ),
        "const body = { assistant_id: id, thread: ",
    ),
    "by-a-private-method": (
        _private_method("await this.#send("),
        "this.#send(id, { assistant_id: id, thread: ",
    ),
    "with-an-id-of-the-environment": (
        _HELPER + _ASK.replace("send(id,", "send(process.env.WF ?? 'wf_1',"),
        "{ assistant_id: process.env.WF ?? 'wf_1', thread: ",
    ),
}


@_TARGETS
@pytest.mark.parametrize(("source", "body"), _GIVEN.values(), ids=_GIVEN)
def test_the_literal_of_the_only_call_is_changed(source: str, body: str, target: str) -> None:
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    if target == "assistants":
        assert body in migration.result.decode()


_TWICE = {
    "literals": _HELPER
    + _ASK
    + _ASK.replace("ask", "again").replace("text }", "`Again: ${text}` }"),
    "in-variables": _HELPER
    + (
        once := _ASK.replace("  const data", "  const body = { input: text };\n  const data")
    ).replace("{ input: { message: text } });", "body);")
    + once.replace("ask", "again").replace("{ input: { message: text } });", "body);"),
    "of-other-ids": _HELPER
    + _ASK
    + _ASK.replace("ask(text, id)", "again(text)").replace("send(id,", "send(process.env.WF,"),
    "of-other-fields": _HELPER
    + _ASK
    + _ASK.replace("ask(text, id)", "again(text, id, user)").replace(
        "{ message: text }", "{ message: text, user }"
    ),
}


@_TARGETS
@pytest.mark.parametrize("source", _TWICE.values(), ids=_TWICE)
def test_the_literal_of_each_call_is_changed(source: str, target: str) -> None:
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    result = migration.result.decode()
    member = "assistant_id: " if target == "assistants" else "model: "
    assert result.count(f"{{ {member}") == 2
    if target == "assistants" and "WF" in source:
        assert "send(process.env.WF, { assistant_id: process.env.WF, thread: " in result
        assert "send(id, { assistant_id: id, thread: " in result


_LEFT = {
    "other-files-may-call-it": _HELPER.replace("async", "export async", 1) + _ASK,
    "another-call-gives-one-of-another-file": _HELPER
    + _ASK
    + _ASK.replace("ask", "again").replace("{ input: { message: text } }", "other")
    + "import { other } from './body.js';\n",
    "two-calls-give-the-same-one": _HELPER
    + "const BODY = { input: { message: 'Report!' } };\n"
    + _ASK.replace("{ input: { message: text } }", "BODY")
    + _ASK.replace("ask", "again").replace("{ input: { message: text } }", "BODY"),
    "handed-on": _HELPER + _ASK + "\nexport const tools = [send];\n",
    "set-anew": _HELPER.replace(
        "  const res", "  payload = { ...payload, user: 'u' };\n  const res"
    )
    + _ASK,
    "changed": _HELPER.replace("  const res", "  payload.user = 'u';\n  const res") + _ASK,
    "logged": _HELPER.replace("  const res", "  console.log(payload);\n  const res") + _ASK,
    "of-another-file": _HELPER
    + "import { body } from './body.js';\n"
    + _ASK.replace("{ input: { message: text } }", "body"),
    "built-by-a-function": _HELPER
    + _ASK.replace("{ input: { message: text } }", "make(text)")
    + "\nfunction make(text) {\n  return { input: { message: text } };\n}\n",
}


@_TARGETS
@pytest.mark.parametrize("source", _LEFT.values(), ids=_LEFT)
def test_is_left_because_the_body_is_not_certainly_that_of_one_call(
    source: str, target: str
) -> None:
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.LEFT]


def test_is_left_where_the_id_is_an_argument_that_does_something() -> None:
    source = (
        _HELPER
        + _ASK.replace("send(id,", "send(next(),")
        + "\nlet n = 0;\nconst next = () => `wf_${n++}`;\n"
    )
    [finding] = check(source.encode(), "a.js", Settings(target="assistants")).findings
    assert finding.bucket is Bucket.LEFT
