"""Inputs whose declared type says what they are: a text, an object, or neither for certain."""

from __future__ import annotations

import json
import re

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check
from tests.server import running_server
from tests.shapes.corpus import Drive, Shape
from tests.shapes.running import drive

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_ROUTE = """\
DECLARED
export async function POST(request: Request) {
  TAKEN
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow_id: process.env.WF, input: asked }),
  });
  if (!res.ok) return new Response('no', { status: 502 });
  const run = await res.json();
  return Response.json({ text: run.output_text ?? run.output?.text });
}
"""
_JSON = "await request.json()"
TEXTS = {
    "of-a-type": ("type Asked = { asked: string };", f"const {{ asked }}: Asked = {_JSON};"),
    "of-an-interface": (
        "interface Asked { asked: string; lang: string }",
        f"const {{ asked }} = ({_JSON}) as Asked;",
    ),
    "that-need-not-be-there": ("", f"const {{ asked }}: {{ asked?: string }} = {_JSON};"),
    "with-a-default": ("", f"const {{ asked = 'Hello' }}: {{ asked?: string }} = {_JSON};"),
    "by-another-name": ("", f"const {{ text: asked }}: {{ text: string }} = {_JSON};"),
    "cast": ("", f"const asked = ({_JSON}) as string;"),
}
OBJECTS = {
    "a-record": ("", f"const asked: Record<string, unknown> = {_JSON};"),
    "a-record-by-another-name": (
        "type Form = Record<string, string>;",
        f"const asked = ({_JSON}) as Form;",
    ),
    "of-an-interface": (
        "interface Form { name: string; age: number }",
        f"const asked = ({_JSON}) as Form;",
    ),
    "of-a-member": (
        "type Form = { name: string; age: number };\ninterface Asked { asked: Form }",
        f"const {{ asked }}: Asked = {_JSON};",
    ),
}
EITHER = {
    "a-record-or-a-text": ("", f"const asked: Record<string, unknown> | string = {_JSON};"),
    "a-type-of-elsewhere": (
        "import type { Asked } from './types';",
        f"const {{ asked }}: Asked = {_JSON};",
    ),
    "anything": ("type Asked = any;", f"const {{ asked }}: Asked = {_JSON};"),
    "a-text-or-a-form": (
        "type Asked = { asked: string | { name: string } };",
        f"const {{ asked }}: Asked = {_JSON};",
    ),
    "no-text-at-times": (
        "type Asked = { asked: string | null };",
        f"const {{ asked }}: Asked = {_JSON};",
    ),
    "an-interface-that-extends-another": (
        "interface Asked extends Base { asked: string }",
        f"const {{ asked }}: Asked = {_JSON};",
    ),
}


def _result(declared: tuple[str, str], target: str) -> str:
    source = _ROUTE.replace("DECLARED", declared[0]).replace("TAKEN", declared[1])
    migration = check(source.encode(), "route.ts", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    return migration.result.decode()


@_TARGETS
@pytest.mark.parametrize("declared", TEXTS.values(), ids=TEXTS)
def test_a_text_is_sent_as_it_is(declared: tuple[str, str], target: str) -> None:
    result = _result(declared, target)
    assert ("input: asked }" if target == "responses" else "content: asked") in result
    assert "typeof asked" not in result


@_TARGETS
@pytest.mark.parametrize("declared", OBJECTS.values(), ids=OBJECTS)
def test_an_object_is_sent_as_json(declared: tuple[str, str], target: str) -> None:
    result = _result(declared, target)
    assert "JSON.stringify(asked)" in result
    assert "typeof asked" not in result


@_TARGETS
@pytest.mark.parametrize("declared", EITHER.values(), ids=EITHER)
def test_what_may_be_either_is_judged_as_it_runs(declared: tuple[str, str], target: str) -> None:
    result = _result(declared, target)
    assert "typeof asked === 'string' ? asked : JSON.stringify(asked)" in result


#: What is taken and what is sent of it, where the code says that it is a text.
TEXT_CODE = {
    "member-of-a-type": ("interface A { q: string }", f"const a = ({_JSON}) as A;", "a.q"),
    "optional-member": ("", f"const a: {{ q?: string }} = {_JSON};", "a.q"),
    "made-before": ("", f"const asked = String(({_JSON}).q ?? '');", "asked"),
    "trimmed-before": ("", f"const asked = ({_JSON}).q.trim();", "asked"),
    "a-day": ("", "", "new Date().toISOString().slice(0, 10)"),
    "cut": ("", f"const asked: string = {_JSON};", "asked.slice(0, 2000)"),
}
#: The same, where it does not.
OTHER_CODE = {
    "member-of-another-type": ("interface A { q: string[] }", f"const a = ({_JSON}) as A;", "a.q"),
    "member-that-is-null-at-times": ("", f"const a: {{ q: string | null }} = {_JSON};", "a.q"),
    "made-by-a-list-too": ("", f"const asked = ({_JSON}).q.slice(0, 9);", "asked"),
    "trimmed-if-there": ("", f"const asked = ({_JSON}).q?.trim();", "asked"),
    "set-again": ("", f"let asked = String({_JSON});\n  asked = await other(asked);", "asked"),
    "a-call": ("", f"const asked = {_JSON};", "build(asked)"),
    "an-awaited-call": ("", f"const asked = {_JSON};", "await build(asked)"),
}


def _sent(code: tuple[str, str, str], target: str) -> str:
    declared, taken, sent = code
    source = _ROUTE.replace("DECLARED", declared).replace("TAKEN", taken)
    migration = check(
        source.replace("input: asked", f"input: {sent}").encode(),
        "route.ts",
        Settings(target=target),
    )
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    return migration.result.decode()


@_TARGETS
@pytest.mark.parametrize("code", TEXT_CODE.values(), ids=TEXT_CODE)
def test_what_the_code_makes_a_text_is_sent_as_it_is(
    code: tuple[str, str, str], target: str
) -> None:
    result = _sent(code, target)
    name = "input" if target == "responses" else "content"
    assert re.search(rf"{name}: {re.escape(code[2])}\s*[,}}]", result)


@_TARGETS
@pytest.mark.parametrize("code", OTHER_CODE.values(), ids=OTHER_CODE)
def test_what_the_code_leaves_open_is_judged_as_it_runs(
    code: tuple[str, str, str], target: str
) -> None:
    assert ": JSON.stringify(" in _sent(code, target)


@_TARGETS
@pytest.mark.parametrize(
    ("gives", "says"),
    [("message", "Well?"), ("{ message }", '{"message":"Well?"}')],
    ids=["a-text", "a-form"],
)
def test_what_is_made_for_the_request_is_made_once(gives: str, says: str, target: str) -> None:
    source = (
        "let made = 0;\nasync function build(message) {\n  made += 1;\n"
        f"  return {gives};\n}}\nexport async function ask(message) {{\n"
        "  const res = await fetch('https://api.openai.com/v1/workflows/runs', {\n"
        "    method: 'POST',\n"
        "    headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,\n"
        "      'Content-Type': 'application/json' },\n"
        "    body: JSON.stringify({ workflow_id: process.env.WORKFLOW_ID,\n"
        "      input: await build(message) }),\n  });\n"
        "  if (!res.ok) throw new Error('none');\n"
        "  const run = await res.json();\n  return { said: run.output_text, made };\n}\n"
    )
    result = check(source.encode(), "a.js", Settings(target=target)).result
    given = {"driver": "function", "call": "ask", "arguments": ["Well?"]}
    shape = Shape("a", "a.js", result, "a", "migrate", drives=(Drive(given, "returned.said"),))
    with running_server() as server:
        [outcome] = drive(server, [(shape, result)])["a"].outcomes
    assert outcome.broken is None
    assert outcome.at("returned.made") == 1
    asked = json.loads(outcome.requests[0]["body"])
    assert says == (
        asked["input"] if target == "responses" else asked["thread"]["messages"][0]["content"]
    )


@_TARGETS
def test_what_is_sent_of_an_object_is_told_by_its_whole_path(target: str) -> None:
    source = (
        "export async function ask(asked) {\n"
        "  const form = { input: { messages: asked } };\n"
        "  const res = await fetch('https://api.openai.com/v1/workflows/runs', { method: 'POST',\n"
        "    headers: { Authorization: `Bearer ${process.env.KEY}` },\n"
        "    body: JSON.stringify({ workflow_id: process.env.WF, ...form }) });\n"
        "  if (!res.ok) throw new Error('no');\n  return (await res.json()).output_text;\n}\n"
    )
    migration = check(source.encode(), "ask.js", Settings(target=target))
    assert b"typeof form.input.messages === 'string' ?" in migration.result
    notes = [note.text for finding in migration.findings for note in finding.notes]
    told = "`form.input.messages` is sent as it is where it is a text, else as JSON text"
    assert told in notes
