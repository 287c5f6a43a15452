"""Inputs whose declared type says what they are: a text, an object, or neither for certain."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

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
