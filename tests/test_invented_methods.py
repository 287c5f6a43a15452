"""Methods that OpenAI's SDK never had, on both targets: migrated, or left, and why."""

from __future__ import annotations

import re
from typing import Any

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_HEAD = "import OpenAI from 'openai';\nconst openai = new OpenAI();\n"
_TARGETS = ("assistants", "responses")
_POLLING = "{ pollIntervalMs: 1000, signal: AbortSignal.timeout(30000) }"


def _asking(call: str, reading: str = "run.output_text", head: str = _HEAD) -> str:
    return (
        f"{head}export async function ask(id, text) {{\n"
        f"  const run = await {call};\n"
        f"  return {reading};\n}}\n"
    )


_CREATE = "openai.workflows.runs.create({ workflow_id: id, input: { message: text } })"

_BECOMES = {
    # what is called, what is said, and what is said in the API's own words, for either target
    "create": (_CREATE, "openai", "text"),
    "behind-beta": (_CREATE.replace("openai.", "openai.beta."), "openai", "text"),
    "on-a-cast": (_CREATE.replace("openai.", "(openai as any)."), "(openai as any)", "text"),
    "behind-optional-chains": (
        _CREATE.replace("openai.workflows.runs.", "openai?.workflows?.runs?."),
        "openai",
        "text",
    ),
    "invoke-with-the-id-in-front": (
        "openai.workflows.invoke(id, { input: { question: text } })",
        "openai",
        "text",
    ),
    "run-with-a-form": (
        "openai.workflows.run(id, { inputs: { city: text, days: 3 } })",
        "openai",
        "JSON.stringify({ city: text, days: 3 })",
    ),
    "workflow-is-an-object": (
        "openai.workflows.runs.create({ workflow: { id, version: '2' }, input: text })",
        "openai",
        "typeof text === 'string' ? text : JSON.stringify(text)",
    ),
    "options-with-the-beta-header-alone": (
        _CREATE.replace("} })", "} }, { headers: { 'OpenAI-Beta': 'workflows=v1' } })"),
        "openai",
        "text",
    ),
}


def _settings(target: str, **given: Any) -> Settings:
    return Settings(target=target, **given)


def _becomes(target: str, client: str, said: str, name: str = "id") -> str:
    """The call that a target writes, in the function that takes its answer."""
    if target == "responses":
        new = f"{client}.responses.create({{ model: 'gpt-6-luna', input: {said} }})"
        return f"workflowAnswer({new})"
    thread = f"thread: {{ messages: [{{ role: 'user', content: {said} }}] }}"
    body = f"{{ assistant_id: {name}, {thread} }}"
    asked = f"{client}.beta.threads.createAndRunPoll({body}, {_POLLING})"
    return f"workflowAnswer({asked}, openai)"


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("call", "client", "said"), _BECOMES.values(), ids=_BECOMES)
def test_it_becomes_the_method_that_there_is(
    call: str, client: str, said: str, target: str
) -> None:
    migration = check(_asking(call).encode(), "a.ts", _settings(target))
    result = migration.result.decode()
    assert f"await {_becomes(target, client, said)};" in result
    live = "answered" if target == "responses" else "run"
    assert f"return {{ output_text: text, id: {live}.id, status: 'completed' }};" in result
    needed = "4.87" if target == "responses" else "4.37"
    assert any(needed in note.text for note in migration.findings[0].notes)


@pytest.mark.parametrize("target", _TARGETS)
def test_arguments_in_a_const_of_their_own_change_where_they_stand(target: str) -> None:
    source = _asking("openai.workflows.runs.create(payload)").replace(
        "  const run",
        "  const payload = { workflow_id: id, input: { message: text } };\n  const run",
    )
    result = check(source.encode(), "a.ts", _settings(target)).result.decode()
    if target == "responses":
        assert "const payload = { model: 'gpt-6-luna', input: text };" in result
        assert "openai.responses.create(payload)" in result
    else:
        assert "const payload = { assistant_id: id, thread: { messages: [{ role: 'user'" in result
        assert f"openai.beta.threads.createAndRunPoll(payload, {_POLLING}), openai)" in result


@pytest.mark.parametrize("target", _TARGETS)
def test_what_went_is_named(target: str) -> None:
    call = _BECOMES["workflow-is-an-object"][0].replace("input:", "session_id: s, input:")
    [finding] = check(_asking(call).encode(), "a.ts", _settings(target)).findings
    [dropped] = [note.text for note in finding.notes if "without a counterpart" in note.text]
    assert "`session_id: s`" in dropped
    assert "`version: '2'`" in dropped


@pytest.mark.parametrize("target", _TARGETS)
def test_a_call_that_never_ran_is_said_to_run_now(target: str) -> None:
    call = _BECOMES["behind-optional-chains"][0]
    [finding] = check(_asking(call).encode(), "a.ts", _settings(target)).findings
    assert any("never made" in note.text for note in finding.notes)


@pytest.mark.parametrize("target", _TARGETS)
def test_another_base_url_is_said_not_to_be_the_clients(target: str) -> None:
    given = _settings(target, base_url="http://localhost:1234/v1")
    [finding] = check(_asking(_CREATE).encode(), "a.ts", given).findings
    assert any(note.always and "--base-url" in note.text for note in finding.notes)


@pytest.mark.parametrize("target", _TARGETS)
def test_an_expected_error_goes_with_the_call_that_the_types_did_not_know(target: str) -> None:
    source = _asking(_CREATE).replace("  const run", "  // @ts-expect-error no types\n  const run")
    assert b"@ts-expect-error" not in check(source.encode(), "a.ts", _settings(target)).result
    kept = source.replace("openai.workflows", "(openai as any).workflows")
    assert b"@ts-expect-error" in check(kept.encode(), "a.ts", _settings(target)).result


@pytest.mark.parametrize("target", _TARGETS)
def test_a_loop_that_retrieves_the_run_retrieves_the_answer(target: str) -> None:
    loop = (
        "  while (run.status === 'queued') {\n"
        "    run = await openai.workflows.runs.retrieve(run.id);\n  }\n  return"
    )
    source = _asking(_CREATE).replace("const run", "let run").replace("  return", loop)
    migration = check(source.encode(), "a.ts", _settings(target))
    result = migration.result.decode()
    notes = [note.text for finding in migration.findings for note in finding.notes if note.always]
    waits = any("waited for where it is started already, 30 seconds" in note for note in notes)
    assert waits is (target == "assistants")
    if target == "responses":
        assert "run = await workflowAnswer(openai.responses.retrieve(run.id));" in result
    else:
        beta = "{ headers: { 'OpenAI-Beta': 'assistants=v2' } }"
        asked = f"openai.get(`/threads/${{run.id}}`, {beta})"
        assert f"run = await workflowAnswer({asked}, openai);" in result
        # A run is asked for by its thread's id too.
        assert "id: `${run.thread_id}/runs/${run.id}`" in result


_ENVIRONMENT = _CREATE.replace("id,", "process.env.WORKFLOW_ID,")


@pytest.mark.parametrize(
    ("path", "call", "name"),
    [
        ("a.ts", _ENVIRONMENT, "process.env.WORKFLOW_ID!"),
        ("a.ts", _ENVIRONMENT.replace("_ID,", "_ID!,"), "process.env.WORKFLOW_ID!"),
        (
            "a.ts",
            "openai.workflows.invoke(process.env.WORKFLOW_ID!, { input: { question: text } })",
            "process.env.WORKFLOW_ID!",
        ),
        ("a.ts", _ENVIRONMENT.replace("_ID,", "_ID ?? 'asst_1',"), "process.env.WORKFLOW_ID ??"),
        ("a.ts", _ENVIRONMENT.replace("openai.", "(openai as any)."), "process.env.WORKFLOW_ID"),
        ("a.js", _ENVIRONMENT, "process.env.WORKFLOW_ID"),
        ("a.ts", _CREATE, "id"),
        # `as string!` is no TypeScript.
        (
            "a.ts",
            _ENVIRONMENT.replace("_ID,", "_ID as string,"),
            "process.env.WORKFLOW_ID as string",
        ),
    ],
    ids=[
        "typed",
        "asserted",
        "asserted-argument",
        "with-a-default",
        "cast",
        "javascript",
        "no-setting",
        "id-is-cast",
    ],
)
def test_the_id_is_one_that_the_methods_type_takes(path: str, call: str, name: str) -> None:
    result = check(_asking(call).encode(), path, _settings("assistants")).result.decode()
    [line] = [line for line in result.splitlines() if "assistant_id" in line]
    assert re.search(rf"assistant_id: {re.escape(name)}(?:,| )", line), line


def test_the_polling_lasts_as_long_as_it_may() -> None:
    given = _settings("assistants", poll_timeout=90)
    assert b"AbortSignal.timeout(90000)" in check(_asking(_CREATE).encode(), "a.ts", given).result
    own = _asking(_CREATE, head=_HEAD + "import { AbortSignal } from './signals';\n")
    result = check(own.encode(), "a.ts", given).result
    assert b"{ pollIntervalMs: 1000 }), openai);" in result


_OPTIONS = {
    "another-header": (
        "{ headers: { 'OpenAI-Beta': 'workflows=v1', 'X-Id': id } }",
        "{ headers: { 'X-Id': id } }",
    ),
    "a-timeout": (
        "{ timeout: 9000, headers: { 'OpenAI-Beta': 'workflows=v1' } }",
        "{ timeout: 9000 }",
    ),
    "no-beta": ("{ maxRetries: 0 }", "{ maxRetries: 0 }"),
    "a-signal": ("{ signal: stop }", "{ signal: stop }"),
}


@pytest.mark.parametrize(("given", "kept"), _OPTIONS.values(), ids=_OPTIONS)
def test_options_behind_the_body_are_kept_where_the_target_has_none(given: str, kept: str) -> None:
    source = _asking(_CREATE.replace("} })", f"}} }}, {given})")).encode()
    result = check(source, "a.ts", _settings("responses")).result.decode()
    assert f"responses.create({{ model: 'gpt-6-luna', input: text }}, {kept})" in result
    thread = check(source, "a.ts", _settings("assistants"))
    if "signal" in given:
        assert [finding.reason for finding in thread.findings] == [Reason.OPTIONS_NOT_UNDERSTOOD]
    else:
        own = "{ pollIntervalMs: 1000, signal: AbortSignal.timeout(30000), "
        assert f" }}, {own}{kept.removeprefix('{ ')})" in thread.result.decode()


@pytest.mark.parametrize(
    "given",
    [
        "{ workflow_id: id, run_id: run.id }",
        "{ runId: run.id }",
        "process.env.WORKFLOW_ID!, run.id",
        "workflowId, run.id",
        "'wf_1', run.id",
        "run.id, env.workflowId",
        "run.id, { workflow_id: id }",
    ],
)
def test_a_run_that_is_retrieved_by_more_than_its_id_is_retrieved_by_its_id(given: str) -> None:
    loop = (
        "  while (run.status === 'queued') {\n"
        f"    run = await openai.workflows.runs.retrieve({given});\n  }}\n  return"
    )
    source = _asking(_CREATE).replace("const run", "let run").replace("  return", loop)
    result = check(source.encode(), "a.ts", _settings("responses")).result
    assert b"run = await workflowAnswer(openai.responses.retrieve(run.id));" in result
    result = check(source.encode(), "a.ts", _settings("assistants")).result
    assert b"openai.get(`/threads/${run.id}`, { headers: {" in result


@pytest.mark.parametrize(
    "made",
    [
        "const openai = new OpenAI() as unknown as { workflows: any };",
        "const openai: { workflows: any } = new OpenAI() as any;",
    ],
)
def test_a_client_whose_type_knows_workflows_alone_is_used_as_the_client_that_it_is(
    made: str,
) -> None:
    source = _asking(_CREATE, head=f"import OpenAI from 'openai';\n{made}\n")
    result = check(source.encode(), "a.ts", _settings("responses")).result
    assert b"(openai as unknown as OpenAI).responses.create({" in result
    result = check(source.encode(), "a.ts", _settings("assistants")).result
    assert b"(openai as unknown as OpenAI).beta.threads.createAndRunPoll({" in result
    assert b"}), (openai as unknown as OpenAI));" in result


_TYPED = _CREATE.replace("runs.create(", "runs.create<any>(")


@pytest.mark.parametrize("target", _TARGETS)
def test_a_call_with_types_behind_await_loses_them(target: str) -> None:
    """The parser reads `await a.b<T>(c)` as a call of what is awaited."""
    result = check(_asking(_TYPED).encode(), "a.ts", _settings(target)).result.decode()
    assert f"const run = await {_becomes(target, 'openai', 'text')};" in result


@pytest.mark.parametrize("target", _TARGETS)
def test_the_word_string_is_no_literal_whose_quote_is_taken(target: str) -> None:
    source = _asking(_CREATE, head="import OpenAI from 'openai';\nconst openai = new OpenAI();\n")
    source = source.replace("(id, text)", "(id: string, text: string, a?: string, b?: string)")
    result = check(source.encode(), "a.ts", _settings(target)).result.decode()
    assert f"await {_becomes(target, 'openai', 'text')};" in result


@pytest.mark.parametrize("target", _TARGETS)
def test_calls_in_two_styles_share_one_function(target: str) -> None:
    single = _asking(_CREATE.replace("workflow_id: id", "workflow_id: 'wf_1'"))
    double = _asking(_CREATE.replace("workflow_id: id", 'workflow_id: "wf_2"'), head="")
    source = single + double.replace("ask(", "askAgain(")
    result = check(source.encode(), "a.ts", _settings(target)).result.decode()
    assert result.count("async function workflowAnswer") == 1
    assert result.count("await workflowAnswer(") == 2


_MADE_OF = (
    "const common = { apiKey: process.env.KEY, timeout: 3 };\n"
    "const elsewhere = { baseURL: 'https://openrouter.ai/api/v1' };\n"
)


def _made_with(options: str) -> bytes:
    """A call on a client that is made with these options."""
    head = _HEAD.replace("const openai", f"{_MADE_OF}const openai")
    return _asking(_CREATE, head=head.replace("OpenAI()", f"OpenAI({options})")).encode()


OPENAIS = {
    "constant": "{ ...common }",
    "project-if-there": "{ apiKey, ...(project ? { project } : {}) }",
    "openais-base-behind-another": "{ ...elsewhere, baseURL: 'https://api.openai.com/v1' }",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("options", OPENAIS.values(), ids=OPENAIS)
def test_options_that_are_spread_into_a_client_are_followed(options: str, target: str) -> None:
    migration = check(_made_with(options), "a.ts", _settings(target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert f"new OpenAI({options})".encode() in migration.result


HIDDEN = {
    "parameter": "{ apiKey, ...options }",
    "base-that-may-be-replaced": "{ baseURL: 'https://openrouter.ai/api/v1', ...options }",
    "base-if-there": "{ ...(base && { baseURL: base }) }",
    "fetch-if-there": "{ ...(send ? { fetch: send } : {}) }",
    "computed-name": "{ ...common, [name]: 1 }",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("options", HIDDEN.values(), ids=HIDDEN)
def test_a_spread_that_may_bring_another_host_leaves_the_call(options: str, target: str) -> None:
    migration = check(_made_with(options), "a.ts", _settings(target))
    assert migration.edits == ()
    assert [finding.reason for finding in migration.findings] == [Reason.UNRESOLVED_HOST]


@pytest.mark.parametrize(
    "options",
    ["{ ...elsewhere }", "{ ...common, baseURL: 'https://openrouter.ai/api/v1' }"],
    ids=["spread", "behind-a-spread"],
)
def test_a_client_that_is_certainly_elsewhere_is_not_mentioned(options: str) -> None:
    assert check(_made_with(options), "a.ts", _settings("responses")).findings == ()


def _taken(statement: str, method: str) -> str:
    """A call of a method that a statement of its own takes out of the client."""
    called = _asking(f"{method}({{ workflow_id: id, input: {{ message: text }} }})")
    return called.replace("export async", f"{statement}\nexport async")


def _grown(statement: str, members: str = "workflow_id: id, input: { message: text }") -> str:
    """A call whose arguments get more in a statement of its own."""
    asking = _asking("openai.workflows.runs.create(payload)")
    return asking.replace(
        "  const run", f"  const payload: any = {{ {members} }};\n{statement}  const run"
    )


TAKEN = {
    "owner": _taken("const { runs } = openai.workflows;", "runs.create"),
    "owner-by-its-path": _taken("const runs = openai.beta.workflows.runs;", "runs.create"),
    "bound": _taken(
        "const ask1 = openai.workflows.runs.create.bind(openai.workflows.runs);", "ask1"
    ),
    "version-later": _grown("  if (id) payload.version = '2';\n"),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("source", TAKEN.values(), ids=TAKEN)
def test_what_is_taken_or_put_together_before_goes_with_the_call(source: str, target: str) -> None:
    migration = check(source.encode(), "a.ts", _settings(target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    method = "beta.threads.createAndRunPoll" if target == "assistants" else "responses.create"
    assert f"openai.{method}(" in migration.result.decode()
    for gone in (b"workflows", b"version", b"bind("):
        assert gone not in migration.result


LEFT = {
    "options-are-not-written-in-the-call": (
        _asking(_CREATE.replace("} })", "} }, options)")),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "options-hold-a-path": (
        _asking(_CREATE.replace("} })", "} }, { path: id })")),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "run-is-retrieved-by-an-unknown-field": (
        _asking(_CREATE, "(await openai.workflows.runs.retrieve({ key: run.id })).output_text"),
        Reason.OWN_POLLING,
    ),
    "run-is-retrieved-by-two-ids-of-which-none-says-that-it-is-the-workflows": (
        _asking(_CREATE, "(await openai.workflows.runs.retrieve(id, run.id)).output_text"),
        Reason.OWN_POLLING,
    ),
    "run-is-retrieved-by-a-workflows-id-that-a-call-makes": (
        _asking(_CREATE, "(await openai.workflows.runs.retrieve(workflowOf(), run.id)).status"),
        Reason.OWN_POLLING,
    ),
    "run-is-retrieved-by-two-runs": (
        _asking(
            _CREATE, "(await openai.workflows.runs.retrieve(workflowRunId, run.id)).output_text"
        ),
        Reason.OWN_POLLING,
    ),
    "run-is-retrieved-with-options": (
        _asking(_CREATE, "(await openai.workflows.runs.retrieve(run.id, { timeout: 9 })).status"),
        Reason.OWN_POLLING,
    ),
    "comment-between-the-ids-of-a-run": (
        _asking(
            _CREATE, "(await openai.workflows.runs.retrieve(workflowId, /* ours */ run.id)).status"
        ),
        Reason.COMMENT_LOST,
    ),
    "client-is-imported": (
        _asking(_CREATE, head="import { openai } from './client';\n"),
        Reason.CLIENT_UNKNOWN,
    ),
    "client-has-another-host": (
        _asking(_CREATE, head=_HEAD.replace("OpenAI()", "OpenAI({ baseURL: process.env.BASE })")),
        Reason.UNRESOLVED_HOST,
    ),
    "method-is-a-variable-that-something-else-uses": (
        _taken("const runs = (openai as any).workflows.runs;", "runs.create").replace(
            "  return", "  keep(runs);\n  return"
        ),
        Reason.SDK_INVENTED,
    ),
    "method-is-taken-out-with-another": (
        _taken("const { runs, name } = openai.workflows;", "runs.create"),
        Reason.SDK_INVENTED,
    ),
    "workflows-is-taken-out-with-another": (
        _taken("const { workflows: { runs }, chat } = openai;", "runs.create"),
        Reason.SDK_INVENTED,
    ),
    "method-is-exported": (
        _taken("export const { runs } = openai.workflows;", "runs.create"),
        Reason.SDK_INVENTED,
    ),
    "client-has-another-meaning-at-the-call": (
        _taken("const { runs } = openai.workflows;", "runs.create").replace(
            "ask(id, text)", "ask(id, text, openai)"
        ),
        Reason.SDK_INVENTED,
    ),
    "comment-in-what-is-taken": (
        _taken("const { runs /* ours */ } = openai.workflows;", "runs.create"),
        Reason.SDK_INVENTED,
    ),
    "arguments-get-their-input-later": (
        _grown("  payload.input = text;\n", "workflow_id: id"),
        Reason.BODY_FIELD,
    ),
    "arguments-get-a-model-later": (
        _grown("  if (model) payload.model = model;\n"),
        Reason.BODY_FIELD,
    ),
    "arguments-ask-for-a-stream-later": (
        _grown("  if (id) payload.stream = true;\n"),
        Reason.BODY_FIELD,
    ),
    "arguments-get-what-does-something": (
        _grown("  payload.version = next();\n"),
        Reason.BODY_FIELD,
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
    "method-streams": (
        _asking(_CREATE.replace(".create(", ".stream(")),
        Reason.STREAMING,
    ),
    "answer-is-read-as-a-stream": (
        f"{_HEAD}for await (const event of await {_CREATE}) {{\n  console.log(event);\n}}\n",
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


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_because(source: str, reason: Reason, target: str) -> None:
    migration = check(source.encode(), "a.ts", _settings(target))
    assert migration.edits == ()
    assert migration.findings[0].bucket is Bucket.LEFT
    assert migration.findings[0].reason is reason, migration.findings[0]


ONLY_ASSISTANTS = {
    "no-workflow-is-named": (
        _asking("openai.workflows.runs.create({ input: { message: text } })"),
        Reason.NO_WORKFLOW_ID,
    ),
    "client-is-made-in-the-call": (
        _asking(_CREATE.replace("openai.", "new OpenAI().")),
        Reason.SDK_INVENTED,
    ),
}


@pytest.mark.parametrize(("source", "reason"), ONLY_ASSISTANTS.values(), ids=ONLY_ASSISTANTS)
def test_only_the_assistants_target_leaves_it_because(source: str, reason: Reason) -> None:
    [finding] = check(source.encode(), "a.ts", _settings("assistants")).findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, reason), finding.detail
    [finding] = check(source.encode(), "a.ts", _settings("responses")).findings
    assert finding.bucket is Bucket.MIGRATED


@pytest.mark.parametrize("target", _TARGETS)
def test_a_comment_in_what_is_replaced_keeps_the_call(target: str) -> None:
    source = _asking(_CREATE.replace("openai.workflows", "openai /* ours */.workflows"))
    [finding] = check(source.encode(), "a.ts", _settings(target)).findings
    assert finding.reason is Reason.COMMENT_LOST


def test_what_was_written_for_the_assistants_is_left_on_the_way_to_responses() -> None:
    written = check(_asking(_CREATE).encode(), "a.ts", _settings("assistants")).result
    ahead = check(written, "a.ts", _settings("responses"))
    assert ahead.edits == ()
    assert {finding.bucket for finding in ahead.findings} == {Bucket.LEFT}


_CALLED_OPENAI = {
    "object": "const config = { openai: { workflows: { support: 'wf_1' } } };\n",
    "text": "const config = { openai: 'sk' };\n",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("head", _CALLED_OPENAI.values(), ids=_CALLED_OPENAI)
def test_settings_that_are_called_openai_are_no_client(head: str, target: str) -> None:
    source = f"{head}export const id = (kind) => config.openai.workflows[kind];\n".encode()
    assert check(source, "a.js", Settings(target=target)).findings == ()


@pytest.mark.parametrize("target", _TARGETS)
def test_a_client_among_an_objects_members_is_still_told(target: str) -> None:
    head = "import { makeOpenAI } from './ai';\nconst deps = { openai: makeOpenAI() };\n"
    source = _asking(_CREATE.replace("openai.", "deps.openai.", 1), head=head).encode()
    assert check(source, "a.js", Settings(target=target)).findings != ()
