"""A dead path that is given to the client's own `post`, on both targets: migrated, or left."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

TARGETS = ("assistants", "responses")
_HEAD = "import OpenAI from 'openai';\nconst openai = new OpenAI();\n"
_BODY = "{ workflow_id: id, input: { message: text } }"


def _asking(call: str, more: str = "", head: str = _HEAD, reading: str = "run.output_text") -> str:
    return (
        f"{head}export async function ask(id, text) {{\n{more}"
        f"  const run = await {call};\n  return {reading};\n}}\n"
    )


BECOMES = {
    "body-of-its-own": _asking(f"openai.post('/workflows/runs', {{ body: {_BODY} }})"),
    "id-in-the-path": _asking(
        "openai.post(`/workflows/${id}/runs`, { body: { input: { message: text } } })"
    ),
    "version-in-front": _asking(f"openai.post('/v1/workflows/runs', {{ body: {_BODY} }})"),
    "body-in-a-constant": _asking(
        "openai.post('/workflows/runs', { body })", f"  const body = {_BODY};\n"
    ),
    "beta-header": _asking(
        "openai.post('/workflows/runs', "
        f"{{ headers: {{ 'OpenAI-Beta': 'workflows=v1' }}, body: {_BODY} }})"
    ),
    "on-a-cast": _asking(f"(openai as any).post('/workflows/runs', {{ body: {_BODY} }})"),
    "with-a-type": _asking(f"openai.post<any>('/workflows/runs', {{ body: {_BODY} }})"),
}
LEFT = {
    "a-signal": (
        _asking(f"openai.post('/workflows/runs', {{ body: {_BODY}, signal: stop }})"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
        "`signal: stop`",
    ),
    "a-stream": (
        _asking(f"openai.post('/workflows/runs', {{ body: {_BODY}, stream: true }})"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
        "`stream: true`",
    ),
    "another-header": (
        _asking(f"openai.post('/workflows/runs', {{ body: {_BODY}, headers: {{ 'X-Id': id }} }})"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
        "`headers: { 'X-Id': id }`",
    ),
    "options-in-a-variable": (
        _asking("openai.post('/workflows/runs', sent)", f"  const sent = {{ body: {_BODY} }};\n"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
        "",
    ),
    "options-with-a-spread": (
        _asking(f"openai.post('/workflows/runs', {{ ...more, body: {_BODY} }})"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
        "`...more`",
    ),
    "text-for-a-body": (
        _asking(f"openai.post('/workflows/runs', {{ body: JSON.stringify({_BODY}) }})"),
        Reason.BODY_NOT_UNDERSTOOD,
        "",
    ),
    "body-that-others-read": (
        _asking(
            "openai.post('/workflows/runs', { body })",
            f"  const body = {_BODY};\n  remember(body);\n",
        ),
        Reason.BODY_NOT_UNDERSTOOD,
        "`body`",
    ),
    "the-response-itself": (
        _asking(
            f"openai.post('/workflows/runs', {{ body: {_BODY} }}).asResponse()",
            reading="run.json()",
        ),
        Reason.ANSWER_NOT_READ,
        "",
    ),
    "asked-for-again": (
        _asking(
            f"openai.post('/workflows/runs', {{ body: {_BODY} }})",
            reading="openai.get(`/workflows/runs/${run.id}`)",
        ),
        Reason.ANSWER_NOT_UNDERSTOOD,
        "`run.id`",
    ),
    "a-client-of-another-file": (
        _asking(
            f"openai.post('/workflows/runs', {{ body: {_BODY} }})",
            head="import { openai } from './openai';\n",
        ),
        Reason.CLIENT_UNKNOWN,
        "openai-clients",
    ),
    "a-comment": (
        _asking(f"openai.post('/workflows/runs', {{ /* all of it */ body: {_BODY} }})"),
        Reason.COMMENT_LOST,
        "",
    ),
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", BECOMES.values(), ids=BECOMES)
def test_the_clients_post_becomes_a_method_that_it_has(source: str, target: str) -> None:
    migration = check(source.encode(), "a.ts", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    owner = "(openai as any)" if "as any" in source else "openai"
    method = "responses.create" if target == "responses" else "beta.threads.createAndRunPoll"
    assert f"await workflowAnswer({owner}.{method}(" in migration.result.decode()
    assert b"/workflows" not in migration.result
    assert b"workflows=v1" not in migration.result


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("source", "reason", "detail"), LEFT.values(), ids=LEFT)
def test_it_is_left(source: str, reason: Reason, detail: str, target: str) -> None:
    migration = check(source.encode(), "a.ts", Settings(target=target))
    assert migration.edits == ()
    [finding] = migration.findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, reason)
    assert detail in finding.detail
