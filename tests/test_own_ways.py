"""Where a request fails a file goes on in its own way: so it does where a run fails."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from callmend.settings import Settings
from tests.invariants import check
from tests.server import Scenario, running_server
from tests.server.scenarios import ANSWER
from tests.shapes.corpus import Drive, Shape
from tests.shapes.judging import CHAT
from tests.shapes.running import Ran, drive

TARGETS = ("assistants", "responses")
FAILURES = (Scenario.FAILED, Scenario.REFUSAL, Scenario.SERVER_ERROR, Scenario.INCOMPLETE)
_ASKED = (
    "await fetch('https://api.openai.com/v1/workflows/runs', {\n"
    "    method: 'POST',\n"
    "    headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,\n"
    "      'Content-Type': 'application/json' },\n"
    "    body: JSON.stringify({ workflow_id: process.env.WORKFLOW_ID, input: { message } }),\n  })"
)
_CHAT = (
    "async function chat(message) {\n"
    "  const res = await fetch('https://api.openai.com/v1/chat/completions', { method: 'POST',\n"
    "    headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },\n"
    "    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: message }] }) });\n"
    "  return (await res.json()).choices[0].message.content;\n}\n"
)
_EXPRESS = {"driver": "express", "call": "/ask", "body": {"message": "Well?"}}
#: The file, how it is called, where its answer stands, and what stands there where there is none.
WAYS: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "null-and-another-model": (
        _CHAT + "async function run(message) {\n"
        f"  const res = {_ASKED};\n  if (!res.ok) return null;\n"
        "  const data = await res.json();\n  return data.output_text ?? null;\n}\n"
        "export const ask = async (message) => (await run(message)) ?? chat(message);\n",
        {"driver": "function", "call": "ask", "arguments": ["Well?"]},
        "returned",
        CHAT,
    ),
    "object-with-the-error": (
        "export async function ask(message) {\n"
        f"  const res = {_ASKED};\n  if (!res.ok) return {{ said: 'no answer' }};\n"
        "  const data = await res.json();\n  return { said: data.output.text };\n}\n",
        {"driver": "function", "call": "ask", "arguments": ["Well?"]},
        "returned.said",
        "no answer",
    ),
    "result-that-a-function-makes": (
        "const ok = (said) => ({ ok: true, said });\n"
        "const err = (error) => ({ ok: false, said: error.message });\n"
        "export async function ask(message) {\n"
        f"  const res = {_ASKED};\n  if (!res.ok) return err(new Error('not now'));\n"
        "  const data = await res.json();\n  return ok(data.output_text);\n}\n",
        {"driver": "function", "call": "ask", "arguments": ["Well?"]},
        "returned.said",
        "not now",
    ),
    "nothing-behind-a-message": (
        "export async function ask(message, show) {\n"
        f"  const res = {_ASKED};\n  if (!res.ok) {{\n    show('try again');\n    return;\n  }}\n"
        "  const data = await res.json();\n  show(data.output_text);\n}\n",
        {"driver": "function", "call": "ask", "arguments": ["Well?", {"$callback": True}]},
        "state.calls.0",
        "try again",
    ),
    "response-of-a-server-that-catches-nothing": (
        "import express from 'express';\nconst app = express();\napp.use(express.json());\n"
        "app.post('/ask', async (req, res) => {\n  const { message } = req.body;\n"
        f"  const found = {_ASKED};\n"
        "  if (!found.ok) return res.status(502).json({ said: 'not today' });\n"
        "  const data = await found.json();\n  res.json({ said: data.output_text });\n});\n",
        _EXPRESS,
        "response.json.said",
        "not today",
    ),
    "else-branch": (
        "export async function ask(message) {\n"
        f"  const res = {_ASKED};\n  if (res.ok) {{\n    const data = await res.json();\n"
        "    return data.output.text;\n  } else {\n    return 'offline';\n  }\n}\n",
        {"driver": "function", "call": "ask", "arguments": ["Well?"]},
        "returned",
        "offline",
    ),
    "else-branch-that-tells": (
        "export async function ask(message, show) {\n"
        f"  const res = {_ASKED};\n  if (res.status < 400) {{\n"
        "    const data = await res.json();\n    show(data.output.text);\n"
        "  } else {\n    show('offline');\n  }\n}\n",
        {"driver": "function", "call": "ask", "arguments": ["Well?", {"$callback": True}]},
        "state.calls.0",
        "offline",
    ),
    "another-model-behind-what-is-answered": (
        _CHAT + "export async function ask(message) {\n"
        f"  const res = {_ASKED};\n  if (res.ok) {{\n    const data = await res.json();\n"
        "    const text = data.output_text || data.output?.text;\n    if (text) return text;\n"
        "  }\n  // else the plain model\n  return chat(message);\n}\n",
        {"driver": "function", "call": "ask", "arguments": ["Well?"]},
        "returned",
        CHAT,
    ),
    "words-behind-a-status": (
        "export async function ask(message) {\n  let said = 'offline';\n"
        f"  const res = {_ASKED};\n  if (res.status === 200) {{\n"
        "    const data = await res.json();\n    said = data.output.text;\n"
        "  }\n  return said;\n}\n",
        {"driver": "function", "call": "ask", "arguments": ["Well?"]},
        "returned",
        "offline",
    ),
    "tried-again": (
        "export async function ask(message) {\n  for (let n = 0; n < 2; n++) {\n"
        f"  const res = {_ASKED};\n  if (res.ok) {{\n    const data = await res.json();\n"
        "    return data.output_text;\n  }\n  }\n  return 'offline';\n}\n",
        {"driver": "function", "call": "ask", "arguments": ["Well?"]},
        "returned",
        "offline",
    ),
}


@cache
def _ran(target: str) -> dict[Scenario, dict[str, Ran]]:
    """What each migrated file does in each scenario."""
    programs = []
    for name, (source, given, expects, _) in WAYS.items():
        shape = Shape(
            name, "a.js", source.encode(), name, "migrate", drives=(Drive(given, expects),)
        )
        migration = check(shape.source, shape.path, Settings(target=target))
        programs.append((shape, migration.result))
    with running_server() as server:
        return {s: drive(server, programs, s) for s in (Scenario.COMPLETED, *FAILURES)}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("scenario", [Scenario.COMPLETED, *FAILURES])
@pytest.mark.parametrize("way", WAYS)
def test_the_files_own_way_is_taken_where_there_is_no_answer(
    way: str, scenario: Scenario, target: str
) -> None:
    _, _, expects, otherwise = WAYS[way]
    [outcome] = _ran(target)[scenario][way].outcomes
    assert outcome.broken is None
    assert outcome.data["thrown"] is None
    assert outcome.data["unhandled"] == []
    assert outcome.at(expects) == (ANSWER if scenario is Scenario.COMPLETED else otherwise)


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_caught_is_read_in_place(target: str) -> None:
    source, *_ = WAYS["object-with-the-error"]
    body = source.split("{\n", 1)[1].rsplit("}\n", 1)[0]
    caught = f"export async function ask(message) {{\n  try {{\n{body}  }} catch (e) {{\n"
    caught += "    return { said: String(e) };\n  }\n}\n"
    result = check(caught.encode(), "a.js", Settings(target=target)).result
    assert b"workflowAnswer" not in result
    assert b"workflowAnswer" in check(source.encode(), "a.js", Settings(target=target)).result


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    "behind",
    ["throw new Error('no answer');", "// none\n  throw new Error('no answer');"],
    ids=["throws", "throws-behind-a-comment"],
)
def test_what_throws_by_itself_is_read_in_place(behind: str, target: str) -> None:
    source, *_ = WAYS["words-behind-a-status"]
    thrown = source.replace("said = data", "return data").replace("return said;", behind)
    result = check(thrown.encode(), "a.js", Settings(target=target)).result
    assert b"workflows" not in result
    assert b"workflowAnswer" not in result
