"""Made-up methods of the Python library: answers that go through a function, and what is left."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check
from tests.test_python_adapted import TARGETS
from tests.test_python_sdk_left import made_up, program

_RESPONSES = Settings(target="responses")

#: What reads the answer in another way than by one path to its text.
ADAPTED = {
    "whole-answer-returned": made_up(read="    return run\n"),
    "whole-answer-given-away": made_up(read="    return show(run)\n"),
    "output-may-be-an-object": made_up(read="    return run.output\n"),
    "output-by-get": made_up(read='    return (run.output or {}).get("message")\n'),
    "attribute-by-its-name": made_up(read='    return getattr(run, "output_text", "")\n'),
    "asked-for-first": made_up(
        read='    return run.output_text if hasattr(run, "output_text") else None\n'
    ),
    "two-readings": made_up(read='    log(run.output["text"])\n    return run.output["text"]\n'),
    "output-of-a-real-answer": made_up(
        read="    print(run.id)\n    return run.output[0].content[0].text\n"
    ),
    "tokens-counted": made_up(read="    log(run.usage)\n    return run.output_text\n"),
    "input-of-several-fields": made_up('workflow_id="wf_1", input={"message": question, "a": 1}'),
    "input-is-no-certain-text": made_up('workflow_id="wf_1", input=question'),
    "field-without-counterpart": made_up(
        'workflow_id="wf_1", state={}, input={"message": question}', "    return run\n"
    ),
    "one-dict": made_up('{"workflow_id": "wf_1", "input": {"message": question}}'),
    "id-first": made_up('"wf_1", input={"message": question}', "    return run\n"),
    "in-the-reading": "    return client.workflows.run("
    'workflow_id="wf_1", input={"message": question}).output_text\n',
    "options-of-the-library": made_up(
        'workflow_id="wf_1", input={"message": question}, timeout=9', "    return run\n"
    ),
}


@TARGETS
@pytest.mark.parametrize("call", ADAPTED.values(), ids=ADAPTED)
def test_the_reading_stays_and_the_answer_is_adapted(call: str, target: str) -> None:
    source = program(call)
    migration = check(source, settings=Settings(target=target))
    [finding] = [f for f in migration.findings if f.rule == "CM142"]
    assert finding.bucket is Bucket.MIGRATED
    assert b"workflow_answer(" in migration.result
    method = "beta.threads.create_and_run" if target == "assistants" else "responses.create"
    assert f"client.{method}(".encode() in migration.result
    assert b"workflows" not in migration.result
    assert any("the answer goes through `workflow_answer`" in n.text for n in finding.notes)


def test_each_part_is_an_object_or_a_dict_as_the_file_reads_it() -> None:
    reads = '    log(run.output["text"])\n    return run.output["text"]\n'
    result = check(program(made_up(read=reads)), settings=_RESPONSES).result
    assert b"types.SimpleNamespace(" in result
    assert b'output={"text": text},' in result
    reads = "    log(run.output.text)\n    return run.output.text\n"
    result = check(program(made_up(read=reads)), settings=_RESPONSES).result
    assert b"output=types.SimpleNamespace(text=text)," in result


def test_what_is_handed_on_whole_is_the_live_answer_once_it_is_one() -> None:
    result = check(program(made_up(read="    return run\n")), settings=_RESPONSES).result
    assert b"    return answered\n" in result
    assert b"SimpleNamespace" not in result


def test_what_is_gone_is_named() -> None:
    call = made_up(
        'workflow_id="wf_1", version="2", input={"message": question}', "    return run\n"
    )
    [finding] = check(program(call)).findings
    assert any(n.text == 'without a counterpart, and gone: `version="2"`' for n in finding.notes)


_AGAIN = """\
    while run.status != "completed":
        run = client.workflows.runs.retrieve({given})
    return run.output_text
"""


def test_the_run_that_is_asked_for_again_is_the_answer() -> None:
    source = program(made_up(read=_AGAIN.format(given="run.id")))
    migration = check(source, settings=_RESPONSES)
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert b"run = workflow_answer(client.responses.retrieve(run.id))" in migration.result
    # A run of the assistants target is asked for by the thread's id as well, which its own has.
    migration = check(source)
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert b"run = workflow_answer(run.id, client)" in migration.result
    assert b'id=f"{thread_id}/{run_id}"' in migration.result


AGAIN = {
    "with-the-workflows-id": 'run.id, workflow_id="wf_1"',
    "with-it-in-front": 'workflow_id="wf_1", run_id=run.id',
    "with-it-without-a-name": 'os.environ["WORKFLOW_ID"], run.id',
    "by-its-name": "run_id=run.id",
    "with-one-that-is-looked-up": 'run.id, workflow_id=os.getenv("WORKFLOW_ID")',
}


@pytest.mark.parametrize("given", AGAIN.values(), ids=AGAIN)
def test_a_run_is_asked_for_by_its_own_id_alone(given: str) -> None:
    source = b"import os\n" + program(made_up(read=_AGAIN.format(given=given)))
    migration = check(source, settings=_RESPONSES)
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert b"run = workflow_answer(client.responses.retrieve(run.id))" in migration.result
    told = [note.text for note in migration.findings[0].notes]
    assert any("by its own id; gone: " in text for text in told) is ("os" in given or "wf" in given)
    assert b"run = workflow_answer(run.id, client)" in check(source).result


def test_an_id_that_an_error_tells_is_not_sent_on() -> None:
    read = _AGAIN.format(given="run.id") + '    raise TimeoutError(f"no answer of {run.id}")\n'
    for settings in (None, _RESPONSES):
        [finding] = check(program(made_up(read=read)), settings=settings).findings
        assert finding.bucket is Bucket.MIGRATED


def test_the_calls_on_a_client_that_is_awaited_stay_awaited() -> None:
    source = (
        program(made_up(read="    return run\n"))
        .replace(b"import OpenAI", b"import AsyncOpenAI")
        .replace(b" OpenAI(", b" AsyncOpenAI(")
        .replace(b"def ask", b"async def ask")
        .replace(b"run = client", b"run = await client")
    )
    assert b"workflow_answer(await client.responses.create(" in b"".join(
        check(source, settings=_RESPONSES).result.split(b"\n        ")
    ).replace(b"\n    ", b"")
    assert b"await workflow_answer(" in check(source).result


#: What is left for which reason.
LEFT = {
    "made-up-answer-is-dumped": (made_up(read="    return run.model_dump()\n"), "other-read"),
    "made-up-answer-is-walked-through": (
        made_up(read="    return dict(run)\n"),
        "answer-not-understood",
    ),
    "made-up-part-read-in-both-ways": (
        made_up(read='    log(run.output.text)\n    return run.output["text"]\n'),
        "other-read",
    ),
    "made-up-attribute-that-is-not-there": (
        made_up(read="    log(run.session)\n    return run.output_text\n"),
        "other-read",
    ),
    **{
        f"made-up-text-as-an-object-by-{name}": (
            made_up(read=f"    return {code}\n"),
            "answer-not-understood",
        )
        for name, code in {
            "vars": "vars(run.output)",
            "dict": "dict(run.output)",
            "list": "list(run.output)",
            "unpacking": "{**run.output}",
            "unpacking-a-list": "[*run.output]",
            "its-own-method": "run.output.model_dump()",
            "its-fields": "asdict(run.output)",
        }.items()
    },
    "made-up-answer-is-changed": (
        made_up(read="    run.seen = True\n    return run.output_text\n"),
        "other-read",
    ),
    "made-up-arguments-in-a-dict": (made_up("**question"), "run-parameter"),
    "made-up-body-of-the-library": (
        made_up('workflow_id="wf_1", input={"message": question}, extra_body={}'),
        "run-parameter",
    ),
    "made-up-field-that-is-not-known": (
        made_up('workflow_id="wf_1", input={"message": question}, tools=[]'),
        "run-parameter",
    ),
    "made-up-and-nothing-asked": (made_up('workflow_id="wf_1"'), "no-message"),
    "made-up-comment-in-the-call": (
        made_up('workflow_id="wf_1",  # mine\n        input=question'),
        "no-message",
    ),
    "made-up-run-is-asked-for-with-two-ids": (
        made_up(read=_AGAIN.format(given="run.id, workflow_id=run.id")),
        "own-polling",
    ),
    "made-up-run-is-asked-for-with-more": (
        made_up(read=_AGAIN.format(given='run.id, workflow_id="wf_1", expand=True')),
        "own-polling",
    ),
    "made-up-run-is-asked-for-with-what-is-done": (
        made_up(read=_AGAIN.format(given="run.id, workflow_id=next(ids)")),
        "own-polling",
    ),
    "made-up-run-is-asked-for-with-a-spread": (
        made_up(read=_AGAIN.format(given="run.id, **more")),
        "own-polling",
    ),
    "made-up-run-is-asked-for-by-another-id": (
        made_up(read=_AGAIN.format(given="question")),
        "own-polling",
    ),
}


@pytest.mark.parametrize(("call", "code"), LEFT.values(), ids=LEFT)
def test_left(call: str, code: str) -> None:
    source = program(call)
    migration = check(source, settings=_RESPONSES)
    assert migration.result == source
    assert code in [f.reason.code for f in migration.findings if f.reason is not None]
    assert all(f.bucket is Bucket.LEFT for f in migration.findings)


@TARGETS
def test_the_reading_that_is_not_there_is_named_and_not_the_one_before_it(target: str) -> None:
    source = program(made_up(read="    print(run.id, run.session)\n    return run.output_text\n"))
    [finding] = check(source, settings=Settings(target=target)).findings
    assert finding.reason is Reason.OTHER_READ
    assert "`run.session`" in finding.detail


def test_on_the_assistants_target_an_id_is_needed() -> None:
    [finding] = check(program(made_up('input={"message": question}'))).findings
    assert finding.reason is not None
    assert finding.reason.code == "no-workflow-id"


_ASKED = 'workflow_id="wf_1", input={"message": question}, '
_BETA = '{"OpenAI-Beta": "workflows=v1"}'


@TARGETS
@pytest.mark.parametrize(
    ("given", "sent"),
    [
        pytest.param(_BETA, "", id="in-place"),
        pytest.param('{"openai-beta": "workflows=v1"}', "", id="in-small-letters"),
        pytest.param("BETA", "", id="a-constant-of-nothing-else"),
        pytest.param(
            '{"OpenAI-Beta": "workflows=v1", "X-Trace": question}',
            '{"X-Trace": question}',
            id="beside-another",
        ),
        pytest.param('{"X-Trace": question}', '{"X-Trace": question}', id="another-alone"),
        pytest.param("TRACED", "TRACED", id="a-constant-without-it"),
    ],
)
def test_a_call_does_not_ask_for_a_beta_that_never_was(given: str, sent: str, target: str) -> None:
    call = made_up(f"{_ASKED}extra_headers={given}", "    return run\n")
    source = program(f'    BETA = {_BETA}\n    TRACED = {{"X-Trace": "1"}}\n{call}')
    result = check(source, settings=Settings(target=target)).result
    [line] = [each for each in result.split(b"client.")[1:] if b"create" in each]
    asked = line.split(b"return")[0]
    assert b"openai-beta" not in asked.lower()
    assert (b"extra_headers=" + sent.encode() in asked) if sent else b"extra_headers" not in asked


@TARGETS
@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param("question.headers", Reason.HEADERS_NOT_UNDERSTOOD, id="from-elsewhere"),
        pytest.param("{**question}", Reason.HEADERS_NOT_UNDERSTOOD, id="spread-from-elsewhere"),
        pytest.param('{**BETA, "X-Trace": "1"}', Reason.BETA_HEADER, id="spread-of-a-constant"),
        pytest.param("BOTH", Reason.BETA_HEADER, id="a-constant-with-others"),
    ],
)
def test_headers_that_may_hold_a_beta_leave_the_call(
    given: str, reason: Reason, target: str
) -> None:
    call = made_up(f"{_ASKED}extra_headers={given}", "    return run\n")
    both = '{"OpenAI-Beta": "workflows=v1", "X-Trace": "1"}'
    source = program(f"    BETA = {_BETA}\n    BOTH = {both}\n{call}")
    [finding] = check(source, settings=Settings(target=target)).findings
    assert finding.reason is reason


_GUARDED = """\
    if {guard}:
        run = client.{call}
        return run.output_text
    return client.responses.create(model="m", input=question).output_text
"""
_CALL = 'workflows.runs.create(workflow_id="wf_1", input={"message": question})'
_ASKS = 'hasattr(client, "workflows")'


@TARGETS
@pytest.mark.parametrize(
    ("guard", "call", "live"),
    [
        pytest.param(_ASKS, _CALL, 'hasattr(client, "$")', id="alone"),
        pytest.param(
            f"question and {_ASKS}", _CALL, 'question and hasattr(client, "$")', id="in-an-and"
        ),
        pytest.param(
            'hasattr(client.beta, "workflows")',
            f"beta.{_CALL}",
            'hasattr(client, "$")',
            id="of-the-beta",
        ),
    ],
)
def test_a_question_that_never_held_is_one_for_what_is_there(
    guard: str, call: str, live: str, target: str
) -> None:
    source = program(_GUARDED.format(guard=guard, call=call))
    migration = check(source, settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    name = "beta" if target == "assistants" else "responses"
    assert f"    if {live.replace('$', name)}:\n".encode() in migration.result
    told = [note.text for note in finding.notes if note.always]
    assert f"`{guard.removeprefix('question and ')}` never held: " in "".join(told)


@TARGETS
@pytest.mark.parametrize(
    "guard",
    [
        pytest.param('hasattr(other, "workflows")', id="of-another-object"),
        pytest.param('hasattr(client, "responses")', id="for-something-else"),
        pytest.param("question", id="for-nothing"),
    ],
)
def test_another_question_stays(guard: str, target: str) -> None:
    source = program(_GUARDED.format(guard=guard, call=_CALL))
    result = check(source, settings=Settings(target=target)).result
    assert f"    if {guard}:\n".encode() in result


@TARGETS
@pytest.mark.parametrize("further", ['client.workflows, "runs"', 'client.workflows.runs, "create"'])
def test_a_question_before_one_that_raises_stays_and_is_told(further: str, target: str) -> None:
    guard = f"{_ASKS} and hasattr({further})"
    source = program(_GUARDED.format(guard=guard, call=_CALL))
    migration = check(source, settings=Settings(target=target))
    assert f"    if {guard}:\n".encode() in migration.result
    [done] = [f for f in migration.findings if f.bucket is Bucket.MIGRATED]
    assert any("never holds" in note.text for note in done.notes)


def test_a_question_that_is_for_several_calls_is_told() -> None:
    guarded = _GUARDED.format(guard=_ASKS, call=_CALL)
    twice = guarded.replace(
        "        return run", f"        log(client.{_CALL})\n        return run"
    )
    migration = check(program(twice), settings=_RESPONSES)
    assert f"    if {_ASKS}:\n".encode() in migration.result
    told = [note.text for finding in migration.findings for note in finding.notes if note.always]
    assert any(text.startswith(f"`{_ASKS}` never holds, so that") for text in told)
