"""Bodies that assignments put together: read from their variable where they are sent, or left."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_CALL = """\
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${KEY}` },
    body: JSON.stringify(body),
  });
  if (!res.ok) throw new Error(`HTTP ${res.status}`);
  const data = await res.json();
  return data.output_text;
}
"""


def _asking(building: str, start: str = "{ workflow_id: id }", kind: str = "") -> str:
    head = "export async function ask(id, text, form, history) {\n"
    return f"{head}  const body{kind} = {start};\n{building}{_CALL}"


_EITHER = "typeof body.input === 'string' ? body.input : JSON.stringify(body.input)"
SENT = {
    "one-text": ("  body.input = { text };\n", "body.input.text"),
    "a-text": ("  body.input = `Say: ${text}`;\n", "body.input"),
    "a-form-and-more": (
        "  body.input = { text };\n  if (form) body.input.form = form;\n",
        "JSON.stringify(body.input)",
    ),
    "a-form-or-a-text": (
        "  if (form) {\n    body.input = form;\n  } else {\n    body.input = text;\n  }\n",
        _EITHER,
    ),
    "an-element-by-its-name": ("  body['input'] = { text };\n", "body.input.text"),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("building", "said"), SENT.values(), ids=SENT)
def test_what_is_asked_is_read_where_it_is_sent(building: str, said: str, target: str) -> None:
    source = _asking(building)
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    result = migration.result.decode()
    key = {"assistants": "content: ", "responses": "input: "}[target]
    assert f"{key}{said} }}" in result
    assert building in result, "what builds the body stays"


IN_THE_LITERAL = {
    "one-of-two-members": (
        "  if (form) body.version = form;\n  else body.user = text;\n",
        "body.input.text",
    ),
    "shown-on-the-console": (
        "  body.version = form;\n  console.log(JSON.stringify(body));\n",
        "body.input.text",
    ),
    "more-of-a-form": (
        "  body.input.lang = 'de';\n  console.log(body);\n",
        "JSON.stringify(body.input)",
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("building", "said"), IN_THE_LITERAL.values(), ids=IN_THE_LITERAL)
def test_an_input_of_the_literals_own_is_read_there(building: str, said: str, target: str) -> None:
    source = _asking(building, "{ workflow_id: id, input: { text } }")
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    key = {"assistants": "content: ", "responses": "input: "}[target]
    assert f"{key}{said} }}" in migration.result.decode()


def test_the_id_is_read_from_the_variable_too() -> None:
    source = _asking("  body.workflow_id = id;\n  body.input = text;\n", "{}")
    result = check(source.encode(), "a.js").result.decode()
    assert "assistant_id: body.workflow_id," in result


@pytest.mark.parametrize("target", _TARGETS)
def test_members_without_a_counterpart_are_told(target: str) -> None:
    source = _asking("  body.input = { text };\n  body.input.form = form;\n  body.version = '2';\n")
    [finding] = check(source.encode(), "a.js", Settings(target=target)).findings
    assert any("not sent any more: `body.version = '2';`" in n.text for n in finding.notes)


@pytest.mark.parametrize("kind", [": any", ": Record<string, any>", ": Record<string, unknown>"])
def test_a_variable_of_an_open_type_is_read_as_json(kind: str) -> None:
    source = _asking("  body.input = { text, form };\n", kind=kind)
    result = check(source.encode(), "a.ts", Settings(target="responses")).result.decode()
    assert "input: JSON.stringify(body.input) }" in result


LEFT = {
    "earlier-messages": ("  body.input = { text, history };\n", Reason.HISTORY_SHAPE),
    "earlier-messages-later": (
        "  body.input = { text };\n  body.input.messages = history;\n",
        Reason.HISTORY_SHAPE,
    ),
    "a-list": ("  body.input = [{ role: 'user', content: text }];\n", Reason.HISTORY_SHAPE),
    "a-name-known-at-run-time": ("  body[form] = text;\n", Reason.BODY_NOT_UNDERSTOOD),
    "handed-on": ("  body.input = text;\n  prepare(body);\n", Reason.BODY_NOT_UNDERSTOOD),
    "another-name": (
        "  const other = body;\n  other.input = text;\n",
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "in-a-callback": (
        "  form.forEach((value) => { body.input = value; });\n",
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "assign": ("  Object.assign(body, { input: text });\n", Reason.BODY_NOT_UNDERSTOOD),
    "nothing-is-asked": ("  body.metadata_x = text;\n", Reason.BODY_FIELD),
    "a-model-is-chosen": ("  body.input = text;\n  body.model = form;\n", Reason.BODY_FIELD),
    "a-stream": ("  body.input = text;\n  body.stream = true;\n", Reason.BODY_FIELD),
    "a-message-that-may-be-missing": ("  if (form) body.input = { text };\n", Reason.BODY_FIELD),
    "a-message-or-a-form": (
        "  if (form) body.input = form;\n  else body.input = { text };\n",
        Reason.BODY_FIELD,
    ),
    "two-inputs": ("  body.input = text;\n  body.inputs = form;\n", Reason.NO_MESSAGE),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("building", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_where_not_all_of_it_is_known(
    building: str, reason: Reason, target: str
) -> None:
    source = _asking(building)
    [finding] = check(source.encode(), "a.js", Settings(target=target)).findings
    assert finding.bucket is Bucket.LEFT
    assert finding.reason is reason, finding.detail


def test_a_type_that_hides_the_input_is_left() -> None:
    source = _asking("  body.input = { text };\n  body.input.form = form;\n", kind=": Payload")
    [finding] = check(source.encode(), "a.ts", Settings(target="responses")).findings
    assert finding.reason is Reason.BODY_SHARED
