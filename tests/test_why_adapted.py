"""Why an answer goes through a function, and the words of the status that a failed run gets."""

from __future__ import annotations

import pytest

from callmend.settings import Settings
from tests.invariants import check

_WHY = {
    "read-as-text-first": (
        "input: { message }",
        "const raw = await res.text();\n  const data = JSON.parse(raw);\n"
        "  return data.output_text;",
        "no one expression reads the text from the answer's JSON (`res.text()` in line 7)",
    ),
    "fields-that-are-not-named": (
        "inputs: { ...message }",
        "const data = await res.json();\n  return data.output_text;",
        "the members of the body are not all named here (`...message`)",
    ),
    "more-than-one-text": (
        "input: { message }",
        "const data = await res.json();\n  if (data.output.text) return data.output.text;\n"
        "  return data.output_text;",
        "more is read of the answer than one text (`data.output.text` in line 8)",
    ),
}


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize("case", _WHY.values(), ids=_WHY)
def test_the_note_names_what_is_not_read_in_place(case: tuple[str, str, str], target: str) -> None:
    body, reads, told = case
    source = (
        "export async function ask(message) {\n"
        "  const res = await fetch('https://api.openai.com/v1/workflows/runs', { method: 'POST',\n"
        "    headers: { Authorization: `Bearer ${process.env.KEY}`,"
        " 'Content-Type': 'application/json' },\n"
        f"    body: JSON.stringify({{ workflow_id: process.env.WF, {body} }}),\n  }});\n"
        f"  if (!res.ok) throw new Error('failed');\n  {reads}\n}}\n"
    )
    [finding] = check(source.encode(), "ask.js", Settings(target=target)).findings
    why = next(note.text for note in finding.notes if "goes through `workflowAnswer`" in note.text)
    assert why.startswith(told)


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize("read", [True, False], ids=["read", "not-read"])
def test_a_failed_run_has_the_words_of_its_status_where_the_file_reads_them(
    read: bool, target: str
) -> None:
    shown = "res.statusText" if read else "res.status"
    source = (
        'export async function ask(message) {\n  const res = await fetch("https://api.openai.com'
        '/v1/workflows/runs", { method: "POST",\n'
        "    headers: { Authorization: `Bearer ${process.env.KEY}`,"
        ' "Content-Type": "application/json" },\n'
        "    body: JSON.stringify({ workflow_id: process.env.WF, input: { message } }),\n  });\n"
        f"  if (!res.ok) throw new Error(`failed: ${{{shown}}}`);\n"
        "  const raw = await res.text();\n  return JSON.parse(raw).output_text;\n}\n"
    )
    result = check(source.encode(), "ask.js", Settings(target=target)).result
    assert (b'status: 502, statusText: "Bad Gateway", headers' in result) is read
    assert (b"statusText:" in result) is read
