"""An input that other fields are spread into is sent as JSON text, or the call is left."""

from __future__ import annotations

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])


def _asking(body: str) -> bytes:
    return (
        "export async function ask(message, more) {\n"
        "  const res = await fetch('https://api.openai.com/v1/workflows/runs', {\n"
        "    method: 'POST',\n    headers: { Authorization: `Bearer ${process.env.KEY}` },\n"
        f"    body: JSON.stringify({body}),\n  }});\n"
        "  if (!res.ok) throw new Error(`HTTP ${res.status}`);\n"
        "  const data = await res.json();\n  return data.output.text;\n}\n"
    ).encode()


@_TARGETS
@pytest.mark.parametrize(
    "given",
    [
        "{ message, ...more }",
        "{ ...more }",
        "{ ...more, message }",
        "{ message, ...(more && { more }) }",
        "{ message, ...more.fields }",
    ],
)
def test_all_of_it_is_sent_as_json_text(given: str, target: str) -> None:
    source = _asking(f"{{ workflow_id: 'wf_1', input: {given} }}")
    migration = check(source, "a.js", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED, (finding.reason, finding.detail)
    assert f": JSON.stringify({given})".encode() in migration.result
    assert any(note.text == "the fields are sent as JSON text" for note in finding.notes)


@_TARGETS
@pytest.mark.parametrize(
    "body",
    [
        "{ workflow_id: 'wf_1', input: { message }, ...more }",
        "{ ...more, workflow_id: 'wf_1', input: { message } }",
        "{ workflow_id: 'wf_1', ...(more && { input: more }) }",
    ],
)
def test_a_body_that_may_hold_anything_leaves_the_call(body: str, target: str) -> None:
    migration = migrate(_asking(body), "a.js", Settings(target=target))
    [finding] = migration.findings
    assert finding.reason is Reason.BODY_NOT_UNDERSTOOD
    assert "more" in finding.detail
    assert not migration.changed
