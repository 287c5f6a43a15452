"""A run that one function starts and another asks for: its id, and headers that both share."""

from __future__ import annotations

import pytest

from callmend.settings import Settings
from tests.invariants import check

_HEADERS = {
    "without-content-type": "{ Authorization: `Bearer ${process.env.KEY}` }",
    "with-content-type": (
        "{ Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' }"
    ),
    "with-the-old-beta": (
        "{ Authorization: `Bearer ${process.env.KEY}`, 'OpenAI-Beta': 'workflows=v1' }"
    ),
}


#: What the other route is given, and its code for the run's id.
_ASKED = {
    "of-the-query": ("req", "const id = req.nextUrl.searchParams.get('id');\n  ", "id"),
    "of-the-path": ("req, { params }", "", "params.id"),
}


def _routes(headers: str, asked: tuple[str, str, str]) -> bytes:
    given, before, name = asked
    return (
        "const RUNS = 'https://api.openai.com/v1/workflows/runs';\n"
        f"const headers = {headers};\n"
        "export async function POST(req) {\n  const { message } = await req.json();\n"
        "  const res = await fetch(RUNS, { method: 'POST', headers,\n"
        "    body: JSON.stringify({ workflow_id: process.env.WF, input: { message } }) });\n"
        "  if (!res.ok) return Response.json({ error: 'start' }, { status: 502 });\n"
        "  const run = await res.json();\n  return Response.json({ id: run.id });\n}\n"
        f"export async function GET({given}) {{\n"
        f"  {before}const res = await fetch(`${{RUNS}}/${{{name}}}`, {{ headers }});\n"
        "  if (!res.ok) return Response.json({ error: 'ask' }, { status: 502 });\n"
        "  const run = await res.json();\n"
        "  return Response.json({ status: run.status, text: run.output?.text });\n}\n"
    ).encode()


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize("asked", _ASKED.values(), ids=_ASKED)
@pytest.mark.parametrize("headers", _HEADERS.values(), ids=_HEADERS)
def test_both_are_migrated_and_the_id_is_one_segment(
    headers: str, asked: tuple[str, str, str], target: str
) -> None:
    migration = check(_routes(headers, asked), "route.js", Settings(target=target))
    assert [finding.bucket.value for finding in migration.findings] == ["migrated", "migrated"]
    result = migration.result.decode()
    if target == "responses":
        assert f"https://api.openai.com/v1/responses/${{{asked[2]}}}`" in result
        return
    assert "id: `${run.thread_id}~${run.id}`" in result
    assert f"/v1/threads/${{String({asked[2]}).replace('~', '/runs/')}}`" in result
    assert "'OpenAI-Beta': 'assistants=v2'" in result
    assert "workflows=v1" not in result
