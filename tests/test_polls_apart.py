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


@pytest.mark.parametrize(("target", "told"), [("assistants", True), ("responses", False)])
def test_that_the_start_waits_for_the_run_is_told(target: str, told: bool) -> None:
    source = _routes(_HEADERS["with-content-type"], _ASKED["of-the-query"])
    migration = check(source, "route.js", Settings(target=target, poll_timeout=75))
    notes = [note.text for finding in migration.findings for note in finding.notes if note.always]
    waits = "waited for where it is started already, 75 seconds at most (--poll-timeout)"
    assert any(waits in note for note in notes) is told
    assert any("asks for the run again, which becomes GET /v1/" in note for note in notes)


#: What is done with the first output, and where the text of the new answer has to be.
_VERDICTS = {
    "parsed-where-it-is-a-text": (
        "if (out.value) return out.value;\n"
        "  const said = out.content?.[0]?.text ?? out.text ?? '';\n"
        "  return typeof said === 'string' ? JSON.parse(said) : null;",
        "outputs: [{ content: [{ text }] }]",
    ),
    "not-parsed": (
        "if (out.value) return out.value;\n  return out.content?.[0]?.text ?? out.text ?? '';",
        "outputs: [{ value: text }]",
    ),
    "the-first-is-parsed": (
        "const said = out.value ?? out.text;\n"
        "  return typeof said === 'string' ? JSON.parse(said) : out.text;",
        "outputs: [{ value: text }]",
    ),
    "the-first-is-plainly-a-text": (
        "if (out.text) return out.text;\n  const said = out.content?.[0]?.text;\n"
        "  return typeof said === 'string' ? JSON.parse(said) : null;",
        "outputs: [{ text }]",
    ),
}


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize(("reads", "wanted"), _VERDICTS.values(), ids=_VERDICTS)
def test_a_text_that_is_parsed_is_preferred_to_what_may_be_an_object(
    reads: str, wanted: str, target: str
) -> None:
    source = (
        "export async function verdict(message) {\n"
        "  const res = await fetch('https://api.openai.com/v1/workflows/runs', {\n"
        "    method: 'POST',\n    headers: { Authorization: `Bearer ${process.env.KEY}` },\n"
        "    body: JSON.stringify({ workflow_id: process.env.WF, input: { message } }),\n  });\n"
        "  if (!res.ok) throw new Error('failed');\n"
        "  const out = (await res.json()).outputs?.[0] ?? {};\n"
        f"  {reads}\n}}\n"
    )
    migration = check(source.encode(), "verdict.js", Settings(target=target))
    assert wanted in migration.result.decode()
    notes = [note.text for finding in migration.findings for note in finding.notes]
    parsed = "content" in wanted or "const said = out.value" in reads
    assert any("have to ask for JSON" in note for note in notes) is parsed
