"""Conditions that ask whether the SDK has a made-up method ask for the one that is called now."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_HEAD = "import OpenAI from 'openai';\nconst openai = new OpenAI();\n"
_CALL = "openai.workflows.runs.create({ workflow_id: id, input: { message: text } })"


def _guarded(guard: str, call: str = _CALL, head: str = _HEAD) -> str:
    return (
        f"{head}export async function ask(id, text) {{\n  {guard}\n"
        f"  const run = await {call};\n  return run.output_text;\n}}\n"
    )


#: A condition, and what it is on the assistants target and on the responses target.
_BECOMES = {
    "missing-member-by-member": (
        "if (!openai.workflows || !openai.workflows.runs || !openai.workflows.runs.create) return;",
        "if (!openai.beta || !openai.beta.threads || !openai.beta.threads.createAndRunPoll) return;",  # noqa: E501
        "if (!openai.responses || !openai.responses.create) return;",
    ),
    "missing-in-one-chain": (
        "if (!openai.workflows?.runs?.create) throw new Error('old');",
        "if (!openai.beta?.threads?.createAndRunPoll) throw new Error('old');",
        "if (!openai.responses?.create) throw new Error('old');",
    ),
    "missing-behind-beta": (
        "if (!openai.beta?.workflows) return null;",
        "if (!openai.beta) return null;",
        "if (!openai.responses) return null;",
    ),
    "typeof": (
        "if (typeof openai?.workflows?.runs?.create !== 'function') return null;",
        "if (typeof openai?.beta?.threads?.createAndRunPoll !== 'function') return null;",
        "if (typeof openai?.responses?.create !== 'function') return null;",
    ),
    "in": (
        'if (!("workflows" in openai)) return null;',
        'if (!("beta" in openai)) return null;',
        'if (!("responses" in openai)) return null;',
    ),
    "a-constant": (
        "const has = Boolean(openai.workflows && openai.workflows.runs); if (!has) return null;",
        "const has = Boolean(openai.beta && openai.beta.threads); if (!has) return null;",
        "const has = Boolean(openai.responses); if (!has) return null;",
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", _BECOMES)
def test_a_condition_asks_for_the_live_method(name: str, target: str) -> None:
    guard, assistants, responses = _BECOMES[name]
    migration = check(_guarded(guard).encode(), "a.js", Settings(target=target))
    expected = assistants if target == "assistants" else responses
    assert f"  {expected}\n" in migration.result.decode()
    told = [note.text for finding in migration.findings for note in finding.notes]
    assert any("was never there" in each for each in told)


@pytest.mark.parametrize("target", _TARGETS)
def test_a_branch_that_is_for_the_made_up_method_alone_is_taken(target: str) -> None:
    source = (
        f"{_HEAD}export async function ask(id, text) {{\n"
        f"  if (id && openai.workflows?.runs?.create) {{\n    const run = await {_CALL};\n"
        "    if (run.output_text) return run.output_text;\n  }\n  return 'a plain model';\n}\n"
    )
    live = "responses?.create" if target == "responses" else "beta?.threads?.createAndRunPoll"
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert f"  if (id && openai.{live}) {{\n" in migration.result.decode()


@pytest.mark.parametrize("target", _TARGETS)
def test_an_expected_error_of_a_condition_goes_with_it(target: str) -> None:
    source = _guarded(
        "// @ts-expect-error newer SDKs have it\n"
        "  if (!openai.workflows?.runs?.create) throw new Error('old');",
        "(openai as any).workflows.runs.create({ workflow_id: id, input: { message: text } })",
    ).replace("ask(id, text)", "ask(id: string, text: string)")
    migration = check(source.encode(), "a.ts", Settings(target=target))
    assert "@ts-expect-error" not in migration.result.decode()


_KEPT = {
    "what-is-only-logged": "console.log('has it:', !!openai.workflows?.runs);",
    "another-client": "if (!coze.workflows.runs) return null;",
    "another-object-of-the-name": "if (!config.openai.workflows) return null;",
    "a-field-of-the-name": "if (!text.workflows) return null;",
    "what-is-kept-and-not-only-asked-for": "const all = [openai.workflows];",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("guard", _KEPT.values(), ids=_KEPT)
def test_what_asks_for_something_else_is_kept(guard: str, target: str) -> None:
    head = f"{_HEAD}import {{ coze, config }} from './clients.js';\n"
    migration = check(_guarded(guard, head=head).encode(), "a.js", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert f"  {guard}\n" in migration.result.decode()


@pytest.mark.parametrize("target", _TARGETS)
def test_another_call_of_a_method_that_is_not_known_stays(target: str) -> None:
    other = "openai['workflows'][text].create({ workflow_id: id, input: text })"
    source = f"{_guarded('')}export const other = (id, text) => {other};\n"
    for order in (
        source,
        f"{_HEAD}export const other = (id, text) => {other};\n{_guarded('', head='')}",
    ):
        migration = check(order.encode(), "a.js", Settings(target=target))
        assert {f.bucket for f in migration.findings} == {Bucket.LEFT, Bucket.MIGRATED}
        assert other in migration.result.decode()


@pytest.mark.parametrize("target", _TARGETS)
def test_the_condition_of_a_call_that_is_left_stays(target: str) -> None:
    guard = "if (!openai.workflows?.runs?.create) return null;"
    source = _guarded(guard, "openai.workflows.runs.create(...text)")
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert not migration.changed


@pytest.mark.parametrize("target", _TARGETS)
def test_a_condition_is_told_with_the_call_that_it_stands_before(target: str) -> None:
    one = "if (openai.beta?.workflows?.runs?.create) {\n"
    two = "} else if (openai.workflows?.runs?.create) {\n"
    source = (
        f"{_HEAD}export async function ask(id, text) {{\n  let run;\n"
        f"  {one}    run = await {_CALL.replace('openai.', 'openai.beta.')};\n"
        f"  {two}    run = await {_CALL.replace('text', 'text.trim()')};\n  }}\n"
        "  return run.output_text;\n}\n"
    )
    source += "log(format(text(1)), 2);\n" * 200
    findings = check(source.encode(), "a.mjs", Settings(target=target)).findings
    told = [[n.text for n in f.notes if "was never there" in n.text] for f in findings]
    assert [len(notes) for notes in told] == [1, 1]
    assert told[0][0].startswith("`openai.beta?.workflows")
    assert told[1][0].startswith("`openai.workflows")


_TWICE = (
    f"{_HEAD}export async function ask(id, text, meta) {{\n  let run;\n"
    "  if (openai.beta?.workflows?.runs?.create) {\n    $ONE\n"
    "  } else if (openai.workflows?.runs?.create) {\n    $TWO\n"
    "  } else {\n    run = { output_text: 'a plain model' };\n  }\n  return run.output_text;\n}\n"
)
_RUN = (
    "run = await openai.workflows.runs.create("
    "{ workflow_id: id, metadata: { ...meta }, input: text });"
)


def _twice(one: str, two: str) -> bytes:
    one = one.replace("openai.", "openai.beta.")
    return _TWICE.replace("$ONE", one).replace("$TWO", two).encode()


@pytest.mark.parametrize("target", _TARGETS)
def test_a_branch_that_would_do_the_same_as_the_one_in_front_goes(target: str) -> None:
    migration = check(_twice(_RUN, _RUN), "a.js", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED] * 2
    result = migration.result.decode()
    live = "responses?.create" if target == "responses" else "beta?.threads?.createAndRunPoll"
    assert result.count(f"if (openai.{live})") == 1
    assert "\n  } else {\n    run = { output_text: 'a plain model' };\n" in result
    told = [n.text for n in migration.findings[1].notes]
    assert told == ["asks the same as the branch in line 5 now, and went with its condition"]
    notes = [n.text for f in migration.findings for n in f.notes]
    assert not any("`meta`" in note for note in notes)


#: What keeps the second branch, where it is not the same.
_APART = {
    "another-message": _RUN.replace("input: text", "input: text.trim()"),
    "more-than-the-call": f"console.log('old'); {_RUN}",
    "a-comment": f"// for older clients\n    {_RUN}",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("two", _APART.values(), ids=_APART)
def test_a_branch_that_does_more_or_something_else_stays(two: str, target: str) -> None:
    migration = check(_twice(_RUN, two), "a.js", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED] * 2
    assert migration.result.decode().count("} else if (openai.") == 1


@pytest.mark.parametrize("target", _TARGETS)
def test_a_cast_of_the_client_stays_in_the_condition(target: str) -> None:
    # By its own type the live method is always there: TypeScript finds fault with `if (it)`.
    guard = "if (!(openai as any).workflows?.runs?.create) return null;"
    call = _CALL.replace("openai.", "(openai as any).")
    source = _guarded(guard, call).replace("ask(id, text)", "ask(id: string, text: string)")
    migration = check(source.encode(), "ask.ts", Settings(target=target))
    live = {"assistants": "beta?.threads?.createAndRunPoll", "responses": "responses?.create"}
    assert f"if (!(openai as any).{live[target]}) return null;" in migration.result.decode()
