"""A body that a function of the file makes: its literal is changed where nothing else has it."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket, Migration
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_ASK = """\
MADE
export async function ask(text: string): Promise<string> {
  BEFORE
  const res = await fetch("https://api.openai.com/v1/workflows/runs", {
    method: "POST",
    headers: { Authorization: `Bearer ${process.env.KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify(SENT),
  });
  if (!res.ok) throw new Error(`${res.status}`);
  const data = await res.json();
  return data.output_text;
}
MORE
"""
_BODY = "{ workflow_id: process.env.WF, input: { message: said } }"
_FUNCTION = f"function payload(said: string) {{\n  return {_BODY};\n}}"
_CLASS = """\
export class Agent {
  PRIVATE payload(said: string) {
    return BODY;
  }
  async ask(text: string): Promise<string> {
    const res = await fetch("https://api.openai.com/v1/workflows/runs", {
      method: "POST",
      headers: { Authorization: `Bearer ${process.env.KEY}`, "Content-Type": "application/json" },
      body: JSON.stringify(this.payload(text)),
    });
    if (!res.ok) throw new Error(`${res.status}`);
    const data = await res.json();
    return data.output_text;
  }
}
""".replace("BODY", _BODY)


def _file(made: str, sent: str = "payload(text)", before: str = "", more: str = "") -> str:
    source = _ASK.replace("MADE", made).replace("SENT", sent)
    return source.replace("BEFORE", before).replace("MORE", more)


def _migrated(source: str, target: str) -> Migration:
    return check(source.encode(), "ask.ts", Settings(target=target))


CHANGED = {
    "a-function": _file(_FUNCTION),
    "an-arrow": _file(f"const payload = (said: string) => ({_BODY});"),
    "in-a-variable": _file(_FUNCTION, "sent", "const sent = payload(text);"),
    "what-is-done-before-stays": _file(
        _FUNCTION.replace("  return", '  if (!said) throw new Error("empty");\n  return')
    ),
    "a-private-method": _CLASS.replace("PRIVATE", "private"),
}


@_TARGETS
@pytest.mark.parametrize("name", CHANGED)
def test_the_literal_is_changed_where_it_is_made(name: str, target: str) -> None:
    migration = _migrated(CHANGED[name], target)
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    result = migration.result.decode()
    if target == "assistants":
        user = '{ role: "user", content: said }'
        assert f"{{ assistant_id: process.env.WF, thread: {{ messages: [{user}] }} }}" in result
    else:
        assert '{ model: "gpt-6-luna", input: said }' in result
    assert "throw new Error(" in result


LEFT = {
    "other-files-may-call-it": _file("export " + _FUNCTION),
    "another-call-of-it": _file(_FUNCTION, more="export const shown = payload('shown');"),
    "handed-on": _file(_FUNCTION, more="export const makers = [payload];"),
    "a-choice": _file(
        _FUNCTION.replace("  return", "  if (said) return { input: said };\n  return")
    ),
    "changed-behind-it": _file(
        _FUNCTION, "sent", "const sent: any = payload(text); sent.version = '2';"
    ),
    "another-file-makes-it": _file('import { payload } from "./payload";'),
    "waited-for": _file("async " + _FUNCTION, "await payload(text)"),
    "anybodys-method": _CLASS.replace("PRIVATE ", ""),
    "a-schema-checks-it": _file(
        'import { z } from "zod";\nconst schema = z.object({ workflow_id: z.string() });\n'
        "const payload = (said: string) => schema.parse({ workflow_id: 'wf_1', said });"
    ),
}


@_TARGETS
@pytest.mark.parametrize("name", LEFT)
def test_a_literal_that_something_else_may_have_stays(name: str, target: str) -> None:
    migration = _migrated(LEFT[name], target)
    assert not migration.changed
    assert migration.findings[0].reason in (Reason.BODY_NOT_UNDERSTOOD, Reason.BODY_FIELD)


def test_an_id_that_is_not_known_where_the_body_is_made_is_left() -> None:
    made = "const payload = (said: string) => ({ input: { message: said } });"
    source = (
        _file(made).replace("workflows/runs", "workflows/${id}/runs").replace('"https', "`https")
    )
    source = source.replace('/runs",', "/runs`,").replace(
        "(text: string)", "(text: string, id: string)"
    )
    migration = _migrated(source, "assistants")
    assert [f.reason for f in migration.findings] == [Reason.NO_WORKFLOW_ID]
    assert [f.bucket for f in _migrated(source, "responses").findings] == [Bucket.MIGRATED]
