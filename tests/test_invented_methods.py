"""Methods that OpenAI's SDK never had, on the responses target: migrated, or left, and why."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_HEAD = "import OpenAI from 'openai';\nconst openai = new OpenAI();\n"
_RESPONSES = Settings(target="responses")


def _asking(call: str, reading: str = "run.output_text", head: str = _HEAD) -> str:
    return (
        f"{head}export async function ask(id, text) {{\n"
        f"  const run = await {call};\n"
        f"  return {reading};\n}}\n"
    )


_CREATE = "openai.workflows.runs.create({ workflow_id: id, input: { message: text } })"

BECOMES = {
    "create": (_CREATE, "openai.responses.create({ model: 'gpt-6-luna', input: text })"),
    "behind-beta": (
        _CREATE.replace("openai.", "openai.beta."),
        "openai.responses.create({ model: 'gpt-6-luna', input: text })",
    ),
    "on-a-cast": (
        _CREATE.replace("openai.", "(openai as any)."),
        "(openai as any).responses.create({ model: 'gpt-6-luna', input: text })",
    ),
    "behind-optional-chains": (
        _CREATE.replace("openai.workflows.runs.", "openai?.workflows?.runs?."),
        "openai.responses.create({ model: 'gpt-6-luna', input: text })",
    ),
    "invoke-with-the-id-in-front": (
        "openai.workflows.invoke(id, { input: { question: text } })",
        "openai.responses.create({ model: 'gpt-6-luna', input: text })",
    ),
    "run-with-a-form": (
        "openai.workflows.run(id, { inputs: { city: text, days: 3 } })",
        "openai.responses.create({ model: 'gpt-6-luna', "
        "input: JSON.stringify({ city: text, days: 3 }) })",
    ),
    "workflow-is-an-object": (
        "openai.workflows.runs.create({ workflow: { id, version: '2' }, input: text })",
        "openai.responses.create({ model: 'gpt-6-luna', input: "
        "typeof text === 'string' ? text : JSON.stringify(text) })",
    ),
}


@pytest.mark.parametrize(("call", "becomes"), BECOMES.values(), ids=BECOMES)
def test_it_becomes_responses_create(call: str, becomes: str) -> None:
    migration = check(_asking(call).encode(), "a.ts", _RESPONSES)
    result = migration.result.decode()
    assert f"await workflowAnswer({becomes});" in result
    assert "return { output_text: text, id: answered.id, status: 'completed' };" in result
    assert any("4.87" in note.text for note in migration.findings[0].notes)


def test_arguments_in_a_const_of_their_own_change_where_they_stand() -> None:
    source = _asking("openai.workflows.runs.create(payload)").replace(
        "  const run",
        "  const payload = { workflow_id: id, input: { message: text } };\n  const run",
    )
    result = check(source.encode(), "a.ts", _RESPONSES).result.decode()
    assert "const payload = { model: 'gpt-6-luna', input: text };" in result
    assert "openai.responses.create(payload)" in result


def test_what_went_is_named() -> None:
    call = BECOMES["workflow-is-an-object"][0].replace("input:", "session_id: s, input:")
    [finding] = check(_asking(call).encode(), "a.ts", _RESPONSES).findings
    [dropped] = [note.text for note in finding.notes if "without a counterpart" in note.text]
    assert "`session_id: s`" in dropped
    assert "`version: '2'`" in dropped


def test_a_call_that_never_ran_is_said_to_run_now() -> None:
    call, _ = BECOMES["behind-optional-chains"]
    [finding] = check(_asking(call).encode(), "a.ts", _RESPONSES).findings
    assert any("never made" in note.text for note in finding.notes)


def test_an_expected_error_goes_with_the_call_that_the_types_did_not_know() -> None:
    source = _asking(_CREATE).replace("  const run", "  // @ts-expect-error no types\n  const run")
    assert b"@ts-expect-error" not in check(source.encode(), "a.ts", _RESPONSES).result
    kept = source.replace("openai.workflows", "(openai as any).workflows")
    assert b"@ts-expect-error" in check(kept.encode(), "a.ts", _RESPONSES).result


def test_a_loop_that_retrieves_the_run_retrieves_the_answer() -> None:
    loop = (
        "  while (run.status === 'queued') {\n"
        "    run = await openai.workflows.runs.retrieve(run.id);\n  }\n  return"
    )
    source = _asking(_CREATE).replace("const run", "let run").replace("  return", loop)
    migration = check(source.encode(), "a.ts", _RESPONSES)
    wanted = b"run = await workflowAnswer(openai.responses.retrieve(run.id));"
    assert wanted in migration.result


LEFT = {
    "client-is-imported": (
        _asking(_CREATE, head="import { openai } from './client';\n"),
        Reason.UNRESOLVED_HOST,
    ),
    "client-has-another-host": (
        _asking(_CREATE, head=_HEAD.replace("OpenAI()", "OpenAI({ baseURL: process.env.BASE })")),
        Reason.UNRESOLVED_HOST,
    ),
    "method-is-a-variable": (
        _asking("runs.create({ workflow_id: id, input: text })").replace(
            "export", "const runs = (openai as any).workflows.runs;\nexport"
        ),
        Reason.SDK_INVENTED,
    ),
    "arguments-are-not-written-here": (
        _asking("openai.workflows.runs.create(options)"),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "arguments-serve-another-call-too": (
        _asking("openai.workflows.runs.create(payload)").replace(
            "  const run", "  const payload = { input: text };\n  send(payload);\n  const run"
        ),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "arguments-are-three": (
        _asking("openai.workflows.run(id, { input: text }, { timeout: 3 })"),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "id-is-computed-by-a-call": (
        _asking("openai.workflows.run(nextId(), { input: { message: text } })"),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "stream-is-asked-for": (
        _asking(_CREATE.replace("workflow_id: id", "workflow_id: id, stream: true")),
        Reason.STREAMING,
    ),
    "nothing-is-asked": (
        _asking("openai.workflows.runs.create({ workflow_id: id })"),
        Reason.NO_MESSAGE,
    ),
    "nothing-reads-the-answer": (
        _HEAD + f"await {_CREATE};\n",
        Reason.ANSWER_NOT_READ,
    ),
    "runs-are-listed": (
        _asking(_CREATE, "(await openai.workflows.runs.list(run.id)).data[0].output_text"),
        Reason.OWN_POLLING,
    ),
}


@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_because(source: str, reason: Reason) -> None:
    migration = check(source.encode(), "a.ts", _RESPONSES)
    assert migration.edits == ()
    assert migration.findings[0].bucket is Bucket.LEFT
    assert migration.findings[0].reason is reason, migration.findings[0]


def test_the_assistants_target_leaves_it_and_says_what_to_call() -> None:
    [finding] = check(_asking(_CREATE).encode(), "a.ts").findings
    assert finding.reason is Reason.SDK_INVENTED
    assert "responses.create" in finding.reason.advice
