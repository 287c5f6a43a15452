"""What a post helper does with its body beside sending it: the same with the live one, or left."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_SOURCE = """\
const BASE = 'https://api.openai.com/v1';
async function call(path, body) {
  {reads}
  const res = await fetch(`${BASE}${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
    body: JSON.stringify(body)
  });
  if (!res.ok) throw new Error(`failed: ${res.status}`);
  return $GIVES;
}
export async function ask(text) {
  const run = $ASKS;
  return run.output_text;
}
"""
_ASKED = "call('/workflows/runs', { workflow_id: process.env.FLOW, input: { message: text } })"
_WAYS = {
    "the-json": ("res.json()", f"await {_ASKED}"),
    "the-response": ("res", f"await (await {_ASKED}).json()"),
}
#: What the function reads, and the targets whose body is the same for that.
_READS = {
    "it-is-there": ("if (!body) throw new Error('no body');", {"assistants", "responses"}),
    "it-is-logged": ("console.log('asking', body);", {"assistants", "responses"}),
    "its-workflow-is-logged": ("console.log(body.workflow_id);", {"assistants", "responses"}),
    "one-of-two-is-there": (
        "if (!body.workflow_id && !body.model) throw new Error('nobody to ask');",
        {"responses"},
    ),
    "its-input-is-there": ("if (!body.input) throw new TypeError('no input');", set[str]()),
    "its-input-is-no-list": (
        "if (Array.isArray(body.input)) return null;",
        {"assistants", "responses"},
    ),
    "its-input-may-be-there": ("if (body.input?.message === '') return null;", set[str]()),
    "its-workflow-is-there": ("if (!body.workflow_id) throw new Error('no id');", set[str]()),
    "it-has-a-key": ("if ('workflow_id' in body) count.more();", set[str]()),
    "a-part-of-a-part-is-logged": ("console.log(body.input.message.trim());", set[str]()),
    "a-part-decides-by-a-constant": (
        "const id = body.workflow_id; if (!id) throw new Error('no id');",
        set[str](),
    ),
    "it-is-of-a-class": ("if (body instanceof FormData) return null;", {"assistants", "responses"}),
}


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize(("gives", "asks"), _WAYS.values(), ids=_WAYS)
@pytest.mark.parametrize(("reads", "same"), _READS.values(), ids=_READS)
def test_a_helper_that_reads_its_body(
    reads: str, same: set[str], gives: str, asks: str, target: str
) -> None:
    source = _SOURCE.replace("{reads}", reads).replace("$GIVES", gives).replace("$ASKS", asks)
    migration = check(source.encode(), "a.js", Settings(target=target))
    [finding] = migration.findings
    if target in same:
        assert finding.bucket is Bucket.MIGRATED
        assert reads in migration.result.decode()
    else:
        assert finding.bucket is Bucket.LEFT
        assert migration.result == source.encode()


def test_what_is_read_of_the_body_is_named() -> None:
    reads = "if (!body.workflow_id) throw new Error('no id');"
    source = _SOURCE.replace("{reads}", reads).replace("$GIVES", "res.json()")
    source = source.replace("$ASKS", f"await {_ASKED}")
    [finding] = check(source.encode(), "a.js", Settings(target="responses")).findings
    assert finding.reason is Reason.BODY_SHARED
    told = "in `call`, `(!body.workflow_id)` is another thing for the live body"
    assert finding.detail == told
