"""Names that only the dead request read: what still asks for them, or gives them, is told."""

from __future__ import annotations

import pytest

from callmend.settings import Settings
from tests.invariants import check

_REST = (
    "    headers: { Authorization: `Bearer ${process.env.KEY}`,"
    " 'Content-Type': 'application/json' },\n    body: JSON.stringify({ $BODY }),\n  });\n"
    "  if (!res.ok) throw new Error('failed');\n  return (await res.json()).output?.text;\n"
)
_IN_BODY = "  const res = await fetch('https://api.openai.com/v1/workflows/runs', {\n" + (
    "    method: 'POST',\n" + _REST.replace("$BODY", "workflow_id: $ID, input: { message }")
)
_IN_PATH = "  const res = await fetch(`https://api.openai.com/v1/workflows/${$ID}/runs`, {\n" + (
    "    method: 'POST',\n" + _REST.replace("$BODY", "input: { message }")
)
_BY_CONST = (
    "  const url = 'https://api.openai.com/v1/workflows/' + $ID + '/runs';\n"
    "  const res = await fetch(url, {\n    method: 'POST',\n"
) + _REST.replace("$BODY", "input: { message }")
CALLS = {"in-the-body": _IN_BODY, "in-the-path": _IN_PATH, "in-a-variable": _BY_CONST}

#: A file with `$CALL`, the id's code, and what is told of it.
_TOLD = {
    "a-guard-that-throws": (
        "const FLOW = process.env.FLOW;\nexport async function ask(message) {\n"
        "  if (!FLOW) throw new Error('missing FLOW');\n$CALL}\n",
        "FLOW",
        "nothing sends `FLOW` any more, but line 3 asks for it still",
    ),
    "two-guards": (
        "const FLOW = process.env.FLOW;\nexport async function ask(message) {\n"
        "  if (!FLOW) {\n    console.error('no', FLOW);\n    return null;\n  }\n"
        "  const kind = FLOW ? 'flow' : 'none';\n  console.log(kind);\n$CALL}\n",
        "FLOW",
        "nothing sends `FLOW` any more, but lines 3 and 7 ask for it still",
    ),
    "a-setting-that-is-asked-for": (
        "export async function ask(message) {\n"
        "  if (!process.env.FLOW) throw new Error('missing FLOW');\n$CALL}\n",
        "process.env.FLOW",
        "nothing sends `process.env.FLOW` any more, but line 2 asks for it still",
    ),
    "a-name-out-of-an-object": (
        "const { KEY, FLOW } = process.env;\nexport async function ask(message) {\n"
        "  console.log(KEY);\n$CALL}\n",
        "FLOW",
        "nothing reads `FLOW` any more",
    ),
    "an-import": (
        "import { KEY, FLOW } from './settings';\nexport async function ask(message) {\n"
        "  console.log(KEY);\n$CALL}\n",
        "FLOW",
        "nothing reads `FLOW` any more, which is imported",
    ),
    "a-parameter": (
        "export async function ask(flow, message) {\n$CALL}\n",
        "flow",
        "nothing reads the parameter `flow` any more",
    ),
    "a-parameter-of-which-calls-give-two": (
        "async function run(flow, message) {\n$CALL}\n"
        "export const sum = (m) => run(process.env.SUM, m);\n"
        "export const say = (m) => run(process.env.SAY, m);\n",
        "flow",
        "differ in it, and ask in the same way now",
    ),
}
_NOT_TOLD = {
    "still-logged": (
        "const FLOW = process.env.FLOW;\nexport async function ask(message) {\n"
        "  if (!FLOW) throw new Error('missing FLOW');\n  console.log('asking', FLOW);\n$CALL}\n",
        "FLOW",
    ),
    "exported": (
        "export const FLOW = process.env.FLOW;\nexport async function ask(message) {\n"
        "  if (!FLOW) throw new Error('missing FLOW');\n$CALL}\n",
        "FLOW",
    ),
    "an-import-that-is-read-elsewhere": (
        "import { FLOW } from './settings';\nexport const name = () => FLOW;\n"
        "export async function ask(message) {\n$CALL}\n",
        "FLOW",
    ),
    "of-a-function-that-goes": ("export async function ask(message) {\n$CALL}\n", "'wf_1'"),
}


def _notes(source: str, call: str, identity: str, target: str) -> list[str]:
    code = source.replace("$CALL", call).replace("$ID", identity)
    migration = check(code.encode(), "ask.js", Settings(target=target))
    assert [finding.bucket.value for finding in migration.findings] == ["migrated"]
    notes = [note.text for finding in migration.findings for note in finding.notes if note.always]
    return [note for note in notes if note.startswith("nothing ")]


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("told", _TOLD.values(), ids=_TOLD)
def test_what_asks_for_an_id_that_nothing_sends_is_told(
    told: tuple[str, str, str], call: str
) -> None:
    [note] = _notes(told[0], call, told[1], "responses")
    assert note.endswith(told[2])


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("told", _TOLD.values(), ids=_TOLD)
def test_an_id_that_is_the_assistants_is_sent_on(told: tuple[str, str, str], call: str) -> None:
    assert _notes(told[0], call, told[1], "assistants") == []


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("source", _NOT_TOLD.values(), ids=_NOT_TOLD)
def test_what_else_is_read_is_not_told(source: tuple[str, str], call: str) -> None:
    assert _notes(*source[:1], call, source[1], "responses") == []


_GUARDED = (
    "export async function ask(message) {\n  const session = await login();\n"
    "  if (!session) throw new Error('unauthorised');\n"
    "  const res = await fetch('https://api.openai.com/v1/workflows/runs', {\n"
    "    method: 'POST',\n"
) + _REST.replace("$BODY", "workflow_id: 'wf_1', input: { message }, session_id: $SENT")


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize(
    "sent",
    ["session.user.email", "session.user?.email", "session['id']", "(session).id"],
    ids=["a-member", "behind-a-question-mark", "by-subscript", "in-parentheses"],
)
def test_a_guard_of_what_a_member_was_sent_of_is_not_told(sent: str, target: str) -> None:
    source = _GUARDED.replace("$SENT", sent) + "}\n"
    assert _notes(source, "", "", target) == []


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize("sent", ["session", "session.trim()"], ids=["itself", "its-own-method"])
def test_a_guard_of_what_was_sent_itself_is_told(sent: str, target: str) -> None:
    [note] = _notes(_GUARDED.replace("$SENT", sent) + "}\n", "", "", target)
    assert note == "nothing sends `session` any more, but line 3 asks for it still"


def test_an_id_that_a_poll_reads_is_not_told_where_another_edit_stands_behind_it() -> None:
    source = (
        "const BASE = 'https://api.openai.com/v1';\n"
        "const headers = { Authorization: `Bearer ${process.env.KEY}`,\n"
        "  'Content-Type': 'application/json', 'OpenAI-Beta': 'workflows=v1' };\n"
        "export async function ask(message) {\n"
        "  const start = await fetch(`${BASE}/workflows/runs`, { method: 'POST', headers,\n"
        "    body: JSON.stringify({ workflow_id: process.env.FLOW, input: { message } }) });\n"
        "  if (!start.ok) throw new Error('start');\n  const runId = (await start.json()).id;\n"
        "  if (!runId) throw new Error('no run');\n"
        "  const now = await fetch(`${BASE}/workflows/runs/${runId}`, {\n"
        "    headers: { Authorization: `Bearer ${process.env.KEY}`,\n"
        "      'OpenAI-Beta': 'workflows=v1' } });\n"
        "  if (!now.ok) throw new Error('ask');\n  return (await now.json()).output?.text;\n}\n"
    )
    migration = check(source.encode(), "ask.js", Settings())
    notes = [note.text for finding in migration.findings for note in finding.notes]
    assert not [note for note in notes if note.startswith("nothing ")]


def test_a_name_that_the_new_body_spreads_is_still_read() -> None:
    source = (
        "import OpenAI from 'openai';\nconst openai = new OpenAI();\n"
        "const meta = { app: 'shop' };\nexport async function ask(id, text, more) {\n"
        "  const run = await openai.workflows.runs.create({ workflow_id: id,\n"
        "    metadata: { ...meta, ...more }, input: text });\n  return run.output_text;\n}\n"
    )
    migration = check(source.encode(), "ask.js", Settings(target="responses"))
    assert "const meta = { app: 'shop' };" in migration.result.decode()
    notes = [note.text for finding in migration.findings for note in finding.notes]
    assert [note for note in notes if note.startswith("nothing ")] == [
        "nothing reads the parameter `id` any more"
    ]


def test_an_answer_that_goes_with_a_second_try_is_nothing_that_was_sent() -> None:
    call = (
        "ask('https://api.openai.com/v1/workflows/runs', { workflow_id: 'wf_1', $BODY: message })"
    )
    source = (
        "async function ask(url, body) {\n  const r = await fetch(url, { method: 'POST',\n"
        "    headers: { Authorization: `Bearer ${process.env.KEY}`,\n"
        "      'Content-Type': 'application/json' }, body: JSON.stringify(body) });\n"
        "  return { ok: r.ok, json: await r.json() };\n}\n"
        "export async function run(message) {\n"
        f"  let res = await {call.replace('$BODY', 'input')};\n"
        "  if (res.ok) return res.json.output_text;\n"
        f"  res = await {call.replace('$BODY', 'inputs')};\n"
        "  if (res.ok) return res.json.output_text;\n  throw new Error('failed');\n}\n"
    )
    migration = check(source.encode(), "ask.js", Settings(target="responses"))
    assert [finding.bucket.value for finding in migration.findings] == ["migrated", "migrated"]
    notes = [note.text for finding in migration.findings for note in finding.notes]
    assert [note for note in notes if note.startswith("gone, as it was tried")]
    assert not [note for note in notes if note.startswith("nothing ")]
