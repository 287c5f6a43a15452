"""A file that looks at no status has its own way where the JSON holds an error, or no text."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from callmend.settings import Settings
from tests.invariants import check
from tests.server import Scenario, running_server
from tests.server.scenarios import ANSWER
from tests.shapes.corpus import Drive, Shape
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
_APP = "import express from 'express';\nconst app = express();\napp.use(express.json());\n"
_HANDLER = "app.post('/ask', async (req, res) => {\n  const { message } = req.body;\n"
_SERVER = f"{_APP}{_HANDLER}  const found = {_ASKED};\n"
#: What reads the JSON of the answer, in a function of a server that catches nothing.
READ = {
    "error-looked-at": (
        "  const data = await found.json();\n"
        "  if (data.error) return res.status(500).json({ said: 'not today' });\n"
        "  const said = data.output?.said ?? data.output_text ?? JSON.stringify(data);\n"
        "  res.json({ said });\n});\n"
    ),
    "error-of-which-the-message-is-looked-at": (
        "  const data = await found.json();\n  if (data?.error?.message) {\n"
        "    res.status(502).json({ said: 'not today' });\n    return;\n  }\n"
        "  const said = data.output_text ?? data.output?.said;\n"
        "  res.json({ said, id: data.id });\n});\n"
    ),
    "error-told-beside-the-text": (
        "  const data = await found.json();\n  let said = '';\n"
        "  if (typeof data.output === 'string') said = data.output;\n"
        "  else if (data.output_text) said = data.output_text;\n"
        "  res.status(data.error ? 502 : 200)\n"
        "    .json({ said: said || 'not today', failure: data.error?.message ?? null });\n});\n"
    ),
    "error-in-the-json": (
        "  const data = await found.json();\n  if ('error' in data) {\n"
        "    return res.status(502).json({ said: 'not today' });\n  }\n"
        "  res.json({ said: data.output_text || data.output.said });\n});\n"
    ),
    "error-in-the-json-read-in-place": (
        "  const data = await found.json();\n"
        "  if (data.error) return res.status(500).json({ said: 'not today' });\n"
        "  res.json({ said: data.output_text });\n});\n"
    ),
    "error-taken-apart": (
        "  const { error, output_text, output } = await found.json();\n"
        "  if (error) return res.status(502).json({ said: 'not today' });\n"
        "  res.json({ said: output_text ?? output?.said });\n});\n"
    ),
    "error-taken-apart-alone": (
        "  const { error, output_text } = await found.json();\n"
        "  if (error) return res.status(502).json({ said: 'not today' });\n"
        "  res.json({ said: output_text });\n});\n"
    ),
    "error-in-a-choice": (
        "  const data = await found.json();\n"
        "  res.json({ said: data.error ? 'not today' : data.output_text });\n});\n"
    ),
    "error-in-a-choice-of-responses": (
        "  const data = await found.json();\n"
        "  return data.error\n    ? res.status(500).json({ said: 'not today' })\n"
        "    : res.json({ said: data.output_text ?? data.output?.said });\n});\n"
    ),
    "else-behind-the-answer": (
        "  const data = await found.json();\n  if (!data.error) {\n"
        "    res.json({ said: data.output_text ?? data.output?.said });\n  } else {\n"
        "    res.status(502).json({ said: 'not today' });\n  }\n});\n"
    ),
    "no-text": (
        "  const data = await found.json();\n"
        "  const said = data.output_text ?? data.output?.said;\n"
        "  if (!said) return res.status(502).json({ said: 'not today' });\n"
        "  res.json({ said });\n});\n"
    ),
    "no-text-read-in-place": (
        "  const data = await found.json();\n  const said = data.output_text;\n"
        "  if (!said) return res.status(502).json({ said: 'not today' });\n"
        "  res.json({ said });\n});\n"
    ),
    "no-text-looked-for-in-the-json": (
        "  const data = await found.json();\n"
        "  if (!data.output_text) return res.status(502).json({ said: 'not today' });\n"
        "  res.json({ said: data.output_text });\n});\n"
    ),
    "state-looked-at": (
        "  const data = await found.json();\n  if (data.status !== 'completed') {\n"
        "    return res.status(502).json({ said: 'not today' });\n  }\n"
        "  res.json({ said: data.output_text ?? data.output?.said });\n});\n"
    ),
    "switch-on-the-state": (
        "  const data = await found.json();\n  switch (data.status) {\n"
        "    case 'completed':\n      res.json({ said: data.output_text ?? data.output?.said });\n"
        "      break;\n    default:\n      res.status(502).json({ said: 'not today' });\n  }\n});\n"
    ),
}
#: What reads the JSON, and says words of its own where that has no text.
WORDS = {
    "last-guess": (
        "  const data = await found.json();\n  console.log('found', JSON.stringify(data));\n"
        "  const said = data.output_text || data.output?.said || 'not today';\n"
        "  res.json({ said });\n});\n"
    ),
    "cascade": (
        "  const data = await found.json();\n  let said = null;\n"
        "  if (data.output_text) said = data.output_text;\n"
        "  if (!said && data.output?.said) said = data.output.said;\n"
        "  if (!said) said = 'not today';\n  res.json({ said });\n});\n"
    ),
    "sent-as-json-too": (
        "  const data = await found.json();\n  let said = data.output?.said;\n"
        "  if (!said) {\n    console.warn('nothing', data);\n    said = 'not today';\n  }\n"
        "  res.send(JSON.stringify({ to: 1, said }));\n});\n"
    ),
}
#: Whole files, whose answer comes through more than one function.
WHOLE = {
    "chain-of-promises": _APP
    + "app.post('/ask', (req, res) => {\n  const { message } = req.body;\n"
    f"  {_ASKED[6:]}.then((r) => r.json()).then((data) => {{\n    if (data.error) {{\n"
    "      res.status(502).json({ said: 'not today' });\n      return;\n    }\n"
    "    res.json({ said: data.output_text ?? data.output.text });\n  });\n});\n",
    "function-that-gives-the-json": _APP
    + f"async function run(message) {{\n  const found = {_ASKED};\n  return found.json();\n}}\n"
    + _HANDLER
    + "  const data = await run(message);\n"
    "  if (data.error) return res.status(502).json({ said: 'not today' });\n"
    "  res.json({ said: data.output_text });\n});\n",
    "function-that-finds-the-text": _APP + "function pick(data) {\n  if (data.error) return null;\n"
    "  return data.output_text || data.output?.text || null;\n}\n"
    + _HANDLER
    + f"  const found = {_ASKED};\n  const said = pick(await found.json());\n"
    "  if (said === null) return res.status(502).json({ said: 'not today' });\n"
    "  res.json({ said });\n});\n",
    "words-of-a-function": _APP + f"async function run(message) {{\n  const found = {_ASKED};\n"
    "  const data = await found.json();\n  console.log(JSON.stringify(data));\n"
    "  return data.output_text || data.output?.said || 'not today';\n}\n"
    + _HANDLER
    + "  const said = await run(message);\n  res.json({ said });\n});\n",
    "undici": "import { request } from 'undici';\n"
    + _APP
    + _HANDLER
    + f"  const {{ body }} = {_ASKED.replace('fetch(', 'request(')};\n"
    "  const data = await body.json();\n"
    "  if (data.error) return res.status(502).json({ said: 'not today' });\n"
    "  res.json({ said: data.output_text ?? data.output?.text });\n});\n",
}
#: What has no way of its own for it, so that it is thrown: the text is missing, and nobody asks.
THROWN = {
    "last-guess-is-missing": (
        "  const data = await found.json();\n  if (data.output_text) {\n"
        "    res.json({ said: data.output_text });\n    return;\n  }\n"
        "  res.json({ said: data.output?.said });\n});\n"
    ),
    "error-is-logged": (
        "  const data = await found.json();\n  if (data.error) console.error(data.error);\n"
        "  res.json({ said: data.output_text ?? data.output?.said });\n});\n"
    ),
    "error-is-shown-as-an-answer": (
        "  const data = await found.json();\n  if (data.error) console.error(data.error);\n"
        "  const said = data.output?.said ?? data.output_text ?? JSON.stringify(data);\n"
        "  res.json({ said });\n});\n"
    ),
    "no-words": (
        "  const data = await found.json();\n"
        "  const said = data.output_text || data.output?.said || '';\n"
        "  res.json({ said });\n});\n"
    ),
    "the-question-comes-back": (
        "  const data = await found.json();\n"
        "  const said = data.output_text || data.output?.said || message;\n"
        "  res.json({ said });\n});\n"
    ),
    "the-error-comes-first": (
        "  const data = await found.json();\n"
        "  const said = data.output_text || data.output?.said || data.error?.message || 'no';\n"
        "  res.json({ said });\n});\n"
    ),
    "words-on-one-way": (
        "  const data = await found.json();\n  let said = data.output_text || data.output?.said;\n"
        "  if (!said && req.query.kind) said = 'not today';\n  res.json({ said });\n});\n"
    ),
    "words-beside-the-whole-answer": (
        "  const data = await found.json();\n"
        "  const said = data.output_text || data.output?.said || 'not today';\n"
        "  res.json({ said, raw: data });\n});\n"
    ),
    "the-text-is-kept-beside-the-status": (
        "  const data = await found.json();\n  save(data.output_text);\n"
        "  res.status(found.status).json({ said: data.output_text });\n});\n"
    ),
    "the-status-is-not-that-of-the-response": (
        "  const data = await found.json();\n"
        "  return res.json({ said: data.output_text, status: found.status });\n});\n"
    ),
    "the-text-is-written-where-the-status-goes-to-a-log": (
        "  const data = await found.json();\n  note(found.status, data.output_text);\n});\n"
    ),
    "the-json-is-kept-beside-the-status": (
        "  const data = await found.json();\n  save(JSON.stringify(data));\n"
        "  res.status(found.status).end();\n});\n"
    ),
}
#: What sends the whole JSON on with its status, which whoever gets it may look at.
PASSED = {
    "written-as-json": (
        "  const data = await found.json();\n  console.log(JSON.stringify(data));\n"
        "  res.status(found.status).type('json').send(JSON.stringify(data));\n});\n"
    ),
    "as-it-is": (
        "  const data = await found.json();\n  res.status(found.status).json(data);\n});\n"
    ),
}
#: What sends the text with the status, and gives it to nothing else.
SENT = {
    "text-with-the-status": (
        "  const data = JSON.parse(await found.text());\n"
        "  return res.status(found.status).json({ said: data.output_text, run: data.id });\n});\n"
    ),
    "guesses-with-the-status": (
        "  const data = JSON.parse(await found.text());\n  console.log(data);\n"
        "  res.status(found.status).json({ said: data.output?.said ?? data.output_text });\n});\n"
    ),
}
_GIVEN: dict[str, Any] = {"driver": "express", "call": "/ask", "body": {"message": "Well?"}}


@cache
def _ran(target: str) -> dict[Scenario, dict[str, Ran]]:
    """What each migrated file does in each scenario."""
    programs = []
    files = {name: _SERVER + read for name, read in (READ | WORDS | PASSED | SENT).items()} | WHOLE
    for name, source in files.items():
        shape = Shape(
            name,
            "a.js",
            source.encode(),
            name,
            "migrate",
            drives=(Drive(_GIVEN, "response.json.said"),),
        )
        migration = check(shape.source, shape.path, Settings(target=target))
        assert b"workflows" not in migration.result, (name, migration.findings)
        programs.append((shape, migration.result))
    with running_server() as server:
        return {s: drive(server, programs, s) for s in (Scenario.COMPLETED, *FAILURES)}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("scenario", [Scenario.COMPLETED, *FAILURES])
@pytest.mark.parametrize("read", [*READ, *WORDS, *WHOLE])
def test_the_files_own_way_is_taken_where_the_json_has_no_answer(
    read: str, scenario: Scenario, target: str
) -> None:
    [outcome] = _ran(target)[scenario][read].outcomes
    assert outcome.broken is None
    assert outcome.data["thrown"] is None
    assert outcome.data["unhandled"] == []
    said = ANSWER if scenario is Scenario.COMPLETED else "not today"
    assert outcome.at("response.json.said") == said


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("read", THROWN)
def test_what_has_no_way_of_its_own_is_thrown(read: str, target: str) -> None:
    source = (_SERVER + THROWN[read]).encode()
    result = check(source, "a.js", Settings(target=target)).result
    assert b"workflows" not in result
    assert b"throw new Error" in result
    assert b"status: 502, headers" not in result


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("read", WORDS)
def test_words_of_its_own_are_told(read: str, target: str) -> None:
    migration = check((_SERVER + WORDS[read]).encode(), "a.js", Settings(target=target))
    notes = [note.text for finding in migration.findings for note in finding.notes if note.always]
    assert "where this call fails the file says `not today`, as it always did until now" in notes


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("scenario", FAILURES)
@pytest.mark.parametrize("read", PASSED)
def test_an_error_is_sent_on_with_its_status(read: str, scenario: Scenario, target: str) -> None:
    [outcome] = _ran(target)[scenario][read].outcomes
    assert outcome.broken is None
    assert outcome.data["thrown"] is None
    assert outcome.at("response.status") >= 400
    assert outcome.at("response.json.error.message")


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("scenario", [Scenario.COMPLETED, *FAILURES])
@pytest.mark.parametrize("read", SENT)
def test_a_text_is_sent_with_its_status(read: str, scenario: Scenario, target: str) -> None:
    [outcome] = _ran(target)[scenario][read].outcomes
    assert outcome.broken is None
    assert outcome.data["thrown"] is None
    if scenario is Scenario.COMPLETED:
        assert outcome.at("response.status") == 200
        assert outcome.at("response.json.said") == ANSWER
    else:
        assert outcome.at("response.status") >= 400
        assert outcome.at("response.json") == {}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("read", PASSED)
def test_an_answer_is_sent_on_with_its_status(read: str, target: str) -> None:
    [outcome] = _ran(target)[Scenario.COMPLETED][read].outcomes
    assert outcome.at("response.status") == 200
    assert outcome.at("response.json.output_text") == ANSWER
