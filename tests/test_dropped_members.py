"""Members of the dead body that go: what is left out unevaluated, and which workflow is named."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket, Migration
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.snippets import run

_TARGETS = ("assistants", "responses")


def _asking(member: str, above: str = "", before: str = "") -> str:
    """A program whose body has one more member than id and message."""
    return f"""{above}
export async function ask(id, version, message, store) {{
  {before}
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {{
    method: 'POST',
    headers: {{ Authorization: `Bearer ${{process.env.KEY}}`, 'Content-Type': 'application/json' }},
    body: JSON.stringify({{ {member}, input: {{ message }} }}),
  }});
  const data = await res.json();
  return data.output?.message;
}}
"""


def _with(value: str, above: str = "") -> str:
    return _asking(f"workflow_id: id, session_id: {value}", above)


HARMLESS = {
    "id-of-the-platform": _with("crypto.randomUUID()"),
    "id-of-the-platform-as-a-global": _with("globalThis.crypto.randomUUID()"),
    "id-of-node": _with("randomUUID()", "import { randomUUID } from 'node:crypto';"),
    "id-of-node-required": _with("randomUUID()", "const { randomUUID } = require('crypto');"),
    "id-of-nodes-whole-module": _with("crypto.randomUUID()", "import crypto from 'node:crypto';"),
    "id-of-a-package-under-another-name": _with("uuid()", "import { v4 as uuid } from 'uuid';"),
    "id-of-another-package": _with("`chat-${nanoid(8)}`", "import { nanoid } from 'nanoid';"),
    "time": _with("`s-${Date.now()}`"),
    "date": _with("new Date().toISOString()"),
    "day": _with("new Date().toISOString().split('T')[0]"),
    "chance": _with("Math.random().toString(36).slice(2)"),
    "choice": _with("version || 'web-' + crypto.randomUUID()"),
    "header": _with("req.headers.get('x-session') ?? crypto.randomUUID()"),
    "text-of-an-object": _with("JSON.stringify({ version })"),
    "function-of-the-file": _with("made()", "const made = () => `u-${Date.now()}`;"),
    "function-of-the-file-with-a-const": _with(
        "made()", "function made() {\n  const at = Date.now();\n  return 'u' + at;\n}"
    ),
    "list-that-is-mapped": _with("[1, 2].map((n) => n + version)"),
}

DOING = {
    "storage-is-written": _with("store.next()"),
    "counter": _with("counter++", "let counter = 0;"),
    "set-and-given": _with("(version = crypto.randomUUID())"),
    "waiting": _with("await store.session()"),
    "function-of-another-file": _with("session()", "import { session } from './session';"),
    "function-of-the-file-that-counts": _with(
        "made()", "let n = 0;\nconst made = () => `u-${n++}`;"
    ),
    "function-of-the-file-that-calls-another": _with(
        "made()", "import { log } from './log';\nconst made = () => log('u');"
    ),
    "function-of-the-file-that-logs": _with(
        "made()", "function made() {\n  console.log('new');\n  return 'u';\n}"
    ),
    "function-of-the-file-that-waits": _with("made()", "const made = async () => Date.now();"),
    "crypto-of-the-project": _with("crypto.randomUUID()", "import crypto from './crypto';"),
    "uuid-of-the-project": _with("uuid()", "import { v4 as uuid } from './uuid';"),
    "another-export-of-the-package": _with("parse(id)", "import { parse } from 'uuid';"),
    "date-of-the-project": _with("new Date().toISOString()", "import { Date } from './date';"),
    "getter-of-a-store": _with("store.get('session')"),
    "object-that-is-made": _with("new Session(version)"),
    "list-whose-function-does-something": _with("[1, 2].map((n) => store.put(n))"),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", HARMLESS)
def test_a_value_that_only_is_made_goes_and_is_named(name: str, target: str) -> None:
    migration = run(HARMLESS[name], settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    assert any("gone: `session_id: " in note.text for note in finding.notes)
    assert b"session_id" not in migration.result


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", DOING)
def test_a_value_that_does_something_keeps_its_call_as_it_is(name: str, target: str) -> None:
    migration = run(DOING[name], settings=Settings(target=target))
    assert [(f.bucket, f.reason) for f in migration.findings] == [(Bucket.LEFT, Reason.BODY_FIELD)]
    assert not migration.edits


# The program, the assistant's id, and whether something goes.
NAMED = {
    "object": (_asking("workflow: { id, version }"), "id", True),
    "object-with-a-spread-without-an-id": (
        _asking("workflow: { id, ...(version ? { version } : {}) }"),
        "id",
        True,
    ),
    "object-with-a-spread-in-front": (_asking("workflow: { ...store.base, id }"), "id", True),
    "choice-between-objects-of-one-id": (
        _asking("workflow: version ? { id, version } : { id }"),
        "id",
        True,
    ),
    "choice-between-objects-of-one-setting": (
        _asking("workflow: version ? { id: process.env.WF, version } : { id: process.env.WF }"),
        "process.env.WF",
        True,
    ),
    "const-that-holds-the-object": (
        _asking("workflow", before="const workflow = { id, version };"),
        "id",
        True,
    ),
    "const-of-the-module": (
        _asking("workflow: WF", "const WF = { id: 'wf_1', version: '2' };"),
        "'wf_1'",
        True,
    ),
    "text": (_asking("workflow: id"), "id", False),
    "member": (_asking("workflow: store.workflow"), "store.workflow", False),
}

UNNAMED = {
    "choice-between-two-ids": _asking("workflow: version ? { id: 'wf_1' } : { id: 'wf_2' }"),
    "choice-between-an-object-and-a-text": _asking("workflow: version ? { id, version } : id"),
    "object-or-nothing": _asking("workflow: version && { id, version }"),
    "choice-that-does-something": _asking("workflow: store.next() ? { id, version } : { id }"),
    "id-only-in-one-branch": _asking("workflow: version ? { id, version } : { version }"),
    "spread-that-may-replace-the-id": _asking("workflow: { id, ...store.workflow }"),
    "const-that-gets-members-later": _asking(
        "workflow", before="const workflow = { id };\n  if (version) workflow.id = version;"
    ),
    "id-that-is-another-when-it-is-sent": _asking(
        "workflow", before="const workflow = { id };\n  id = version;"
    ),
    "id-of-another-scope": _asking(
        "workflow: WF", "const version = 'wf_1';\nconst WF = { id: version };"
    ),
    "function-that-gives-an-object": _asking(
        "workflow: made(id)", "const made = (id) => ({ id, version: '2' });"
    ),
}


def _assistant(migration: Migration) -> str:
    [line] = [row for row in migration.result.decode().splitlines() if "assistant_id" in row]
    return line.split("assistant_id: ")[1].split(", thread")[0]


@pytest.mark.parametrize("name", NAMED)
def test_the_id_of_the_named_workflow_becomes_the_assistants(name: str) -> None:
    source, identity, gone = NAMED[name]
    migration = run(source)
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert _assistant(migration) == identity
    told = " ".join(note.text for f in migration.findings for note in f.notes)
    assert ("gone: `" in told) == gone


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", UNNAMED)
def test_an_object_whose_id_is_not_certain_is_left(name: str, target: str) -> None:
    migration = run(UNNAMED[name], settings=Settings(target=target))
    assert [(f.bucket, f.reason) for f in migration.findings] == [
        (Bucket.LEFT, Reason.BODY_NOT_UNDERSTOOD)
    ]
    assert not migration.edits
