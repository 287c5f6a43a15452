"""A file with a library's `fetch`: which `Response` is written, and what is told of it."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

TARGETS = ("assistants", "responses")
_ASK = """\
export async function ask(message) {
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow_id: process.env.FLOW, input: { message } }),
  });
  if (!res.ok) throw new Error('failed');
  return res.json();
}
"""
#: The file's import, the class that is written, and whether the older Node is told.
IMPORTS = {
    "node-fetch": ("import fetch from 'node-fetch';\n", "Response", True),
    "cross-fetch-required": ("const fetch = require('cross-fetch');\n", "Response", True),
    "its-own-class": ("import fetch, { Response } from 'node-fetch';\n", "Response", False),
    "its-own-class-required": (
        "const fetch = require('node-fetch');\nconst { Response } = require('node-fetch');\n",
        "Response",
        False,
    ),
    "another-class": (
        "import fetch from 'node-fetch';\nimport { Response } from './wire';\n",
        "globalThis.Response",
        False,
    ),
    "only-the-type": (
        "import fetch from 'node-fetch';\nimport type { Response } from 'node-fetch';\n",
        "globalThis.Response",
        False,
    ),
    "only-the-type-in-braces": (
        "import fetch, { type Response } from 'node-fetch';\n",
        "globalThis.Response",
        False,
    ),
    "the-platforms": ("", "Response", False),
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("imports", "written", "told"), IMPORTS.values(), ids=IMPORTS)
def test_the_class_of_the_response(imports: str, written: str, told: bool, target: str) -> None:
    path = "a.ts" if "type" in imports else "a.js"
    migration = check((imports + _ASK).encode(), path, Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    assert f"return new {written}(body, {{ status: live.status, headers }});" in (
        migration.result.decode()
    )
    notes = [note.text for note in finding.notes]
    assert any("which it has from version 18 on" in note for note in notes) is told


@pytest.mark.parametrize("target", TARGETS)
def test_a_stream_is_never_given_to_a_librarys_class(target: str) -> None:
    imports = "import { Response } from 'undici';\n"
    source = imports + _ASK.replace("return res.json()", "return new Response(res.body)").replace(
        "input: {", "stream: true, input: {"
    )
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    written = migration.result.decode().partition("workflowStream(asked)")[2]
    assert "new globalThis.Response(" in written
    assert "new Response(" not in written
