"""What rewritten programs do when they run, by Node and a made-up Assistants API behind `fetch`."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from callmend.engine import migrate
from tests.programs import Seeded, program
from tests.snippets import LIVE_URL, URL, migrated, specification
from tests.tools import environment, node

_RUNNER = Path(__file__).with_name("run_programs.js")
_HISTORY = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]
_ENV: dict[str, Any] = {
    "text": "the question",
    "workflow": True,
    "messages": _HISTORY,
    "config": {"key": "sk-1", "id": "asst_1", "workflow": True, "mode": "workflow"},
}
_OTHER_MODE: dict[str, Any] = {
    **_ENV,
    "workflow": False,
    "config": {**_ENV["config"], "workflow": False, "mode": ""},
}
_DONE = ("queued", "in_progress", "completed")
_ENDLESS = ("in_progress",)


@dataclass(frozen=True)
class Scenario:
    """What the services answer: ``states`` are those of each run that is started, in order."""

    answer: str = "the answer"
    states: tuple[tuple[str, ...], ...] = (_DONE,)
    refuses: bool = False
    env: dict[str, Any] = field(default_factory=lambda: _ENV)


@dataclass(frozen=True)
class Outcome:
    """What a program did: its answer or error, its own marks, and the requests it sent."""

    answer: str | None
    error: str | None
    marks: list[list[str]]
    sent: list[dict[str, Any]]


def run_all(cases: list[tuple[str, Scenario]]) -> list[Outcome]:
    """Run programs, all in one process."""
    given = [{"source": source, "scenario": {**scenario.__dict__}} for source, scenario in cases]
    done = subprocess.run(
        [node(), str(_RUNNER)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env=environment(),
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return [Outcome(**outcome) for outcome in json.loads(done.stdout)]


def run_one(source: str, scenario: Scenario = Scenario()) -> Outcome:
    """Run one program."""
    return run_all([(source, scenario)])[0]


# --- random programs --------------------------------------------------------------------------


def _asked(outcome: Outcome) -> list[dict[str, Any]]:
    """What was asked for, in the terms of both APIs; polls and messages are left out."""
    found = []
    for request in outcome.sent:
        body = request.get("body", {})
        if request["url"] == URL:
            given = body["input"]
            history = given.get("conversation_history", [])
            messages = [*history, {"role": "user", "content": given["message"]}]
            found.append({"id": body["workflow_id"], "messages": messages})
        elif request["url"] == LIVE_URL:
            found.append({"id": body["assistant_id"], "messages": body["thread"]["messages"]})
        elif not request["url"].startswith("https://api.openai.com/v1/threads/"):
            found.append({"url": request["url"]})
    return found


def test_random_programs_do_the_same_with_the_new_api() -> None:
    pairs = []
    for seed in range(400):
        source = program(Seeded(seed)).text
        migration = migrate(source.encode(), "a.js")
        assert migration.failure is None, (seed, migration.failure)
        if migration.changed:
            pairs.append((seed, source, migration.result.decode()))
    assert len(pairs) > 250
    cases = [
        (text, Scenario(env=env))
        for _, old, new in pairs
        for env in (_ENV, _OTHER_MODE)
        for text in (old, new)
    ]
    outcomes = run_all(cases)
    for number, (seed, _, new) in enumerate(pairs):
        for mode in (0, 2):
            before, after = outcomes[number * 4 + mode : number * 4 + mode + 2]
            where = f"seed {seed}:\n{new}"
            assert not (before.error or "").startswith("SyntaxError"), where
            assert mode or before.answer == "the answer", where
            assert (before.answer, before.error) == (after.answer, after.error), where
            assert before.marks == after.marks, where
            assert _asked(before) == _asked(after), where


def test_every_request_of_a_random_program_carries_the_key_and_the_beta_header() -> None:
    sources = []
    for seed in range(60):
        migration = migrate(program(Seeded(seed)).text.encode(), "a.js")
        if migration.changed:
            sources.append(migration.result.decode())
    for outcome in run_all([(source, Scenario()) for source in sources]):
        assert outcome.error is None, outcome
        talks = [r for r in outcome.sent if r["url"].startswith("https://api.openai.com/")]
        assert len(talks) == 5  # the run, three polls, the messages
        assert {request["headers"]["authorization"] for request in talks} == {"Bearer sk-1"}
        assert {request["headers"]["openai-beta"] for request in talks} == {"assistants=v2"}


# --- the specification's own blocks -----------------------------------------------------------


def _specified() -> str:
    """The specification's two blocks in JavaScript, in a function that can be run."""
    blocks = specification()
    request = blocks["old request"].replace(" as 'user' | 'assistant'", "").rstrip()
    reading = blocks["old reading"].rstrip()
    lines = [
        "async function main(env) {",
        "const { mark, text: userMessage, messages, config: given, workflow: useWorkflow } = env;",
        "const config = { apiKey: given.key, workflowId: given.id };",
        "const fieldLabel = 'Title', currentValue = '';",
        "let response;",
        "let assistantMessage = '';",
        "mark('start');",
        request + " else {\nresponse = await fetch('/api/chat');\n}",
        "mark('between');",
        "const data = await response.json();",
        reading + " else {\nassistantMessage = data.choices[0].message.content;\n}",
        "mark('end', assistantMessage);",
        "return assistantMessage;",
        "}",
    ]
    return "\n".join(lines) + "\n"


def test_the_specified_code_answers() -> None:
    outcome = run_one(migrated(_specified(), "a.js"))

    assert (outcome.answer, outcome.error) == ("the answer", None)
    assert outcome.marks == [["start"], ["between"], ["end", "the answer"]]
    first = outcome.sent[0]["body"]
    assert first["assistant_id"] == "asst_1"
    assert first["thread"]["messages"] == [
        *_HISTORY,
        {
            "role": "user",
            "content": "Field: Title\nCurrent Value: (empty)\n\nUser Request: the question",
        },
    ]


def test_the_specified_code_still_answers_in_the_other_mode() -> None:
    outcome = run_one(migrated(_specified(), "a.js"), Scenario(env=_OTHER_MODE))

    assert (outcome.answer, outcome.error) == ("chat", None)
    assert [request["url"] for request in outcome.sent] == ["/api/chat"]


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_the_specified_code_reports_a_run_that_fails(state: str) -> None:
    outcome = run_one(migrated(_specified(), "a.js"), Scenario(states=(("queued", state),)))

    assert outcome.answer is None
    assert outcome.error == f"Error: Assistant run {state}: broken"


def test_the_specified_code_gives_up_after_thirty_polls() -> None:
    outcome = run_one(migrated(_specified(), "a.js"), Scenario(states=(_ENDLESS,)))

    assert outcome.answer is None
    assert outcome.error is not None
    assert "No response received from assistant" in outcome.error
    assert len(outcome.sent) == 31


# --- what certain programs must go on doing ----------------------------------------------------

_SEND = f"""await fetch('{URL}', {{
    method: 'POST',
    headers: {{ 'Authorization': `Bearer ${{config.key}}` }},
    body: JSON.stringify({{ workflow_id: config.id, input: {{ message: text }} }})
  }})"""


def asks(*statements: str) -> str:
    """A program of these statements, in which SEND stands for the request."""
    body = "\n  ".join(statements).replace("SEND", _SEND)
    return (
        "async function main(env) {\n  const { mark, text, messages, config, workflow } = env;\n"
        f"  {body}\n}}\n"
    )


_PARSE = "const data = await response.json();"
_ASK = f"const response = SEND;\n  {_PARSE}"


def unless_left(source: str, *scenarios: Scenario) -> list[Outcome]:
    """The outcomes of the rewritten program; of the old one where the call was left.

    Leaving a call is always right; a rewrite has to do what the program did.
    """
    migration = migrate(source.encode(), "a.js")
    assert migration.failure is None
    assert len(migration.findings) == 1
    return run_all([(migration.result.decode(), scenario) for scenario in scenarios])


def test_an_answer_of_an_earlier_round_is_not_taken_for_one_of_a_later_round() -> None:
    source = asks(
        "let answer = '';",
        "const all = [];",
        "for (let round = 0; round < 2; round++) {",
        _ASK,
        "answer = data.output?.message || '';",
        "all.push(answer);",
        "}",
        "return all.join('|');",
    )
    endless = Scenario(states=(_DONE, _ENDLESS))
    both, late = unless_left(source, Scenario(states=(_DONE, _DONE)), endless)

    assert both.answer == "the answer|the answer"
    assert late.answer != "the answer|the answer" or not late.sent[0]["url"].startswith(LIVE_URL)


def test_an_answer_from_before_the_call_is_not_taken_for_the_new_one() -> None:
    source = asks(
        "let answer = 'an old answer';",
        _ASK,
        "answer = data.output?.message || '';",
        "return answer;",
    )
    late = run_one(migrated(source, "a.js"), Scenario(states=(_ENDLESS,)))

    assert late.answer is None
    assert late.error is not None


@pytest.mark.parametrize(
    ("reading", "handling"),
    [
        ("const answer = data.output?.message ?? null;", "if (answer === null) return 'none';"),
        ("const answer = data.output?.message || null;", "if (answer == null) return 'none';"),
        ("const answer = data.output?.message || '';", "if (!answer) return 'none';"),
        ("const answer = data.output?.message || '';", "if (answer === '') return 'none';"),
        ("const answer = data.output?.message || '';", "if (answer.length === 0) return 'none';"),
        ("const answer = data.output?.message || '';", "if (!answer.length) return 'none';"),
        ("const answer = data.output?.message || '';", "if (answer.length < 1) return 'none';"),
        (
            "const answer = data.output?.message || '';",
            "if (answer) return answer;\n  return 'none';",
        ),
        ("const answer = data.output?.message || '';", "return answer ? answer : 'none';"),
        ("const answer = data.output?.message || '';", "return answer || 'none';"),
        ("const answer = data.output?.message || 'none';", ""),
        ("const answer = data.output?.message ?? 'none';", ""),
    ],
    ids=[
        "null",
        "loosely-null",
        "not",
        "empty-text",
        "no-length",
        "not-length",
        "length-below-one",
        "positive-check",
        "condition",
        "or",
        "fallback",
        "nullish-fallback",
    ],
)
def test_own_handling_of_an_empty_answer_goes_on_handling_it(reading: str, handling: str) -> None:
    source = asks(_ASK, reading, handling, "return answer;")
    happy, late = unless_left(source, Scenario(), Scenario(answer="", states=(_ENDLESS,)))

    assert happy.answer == "the answer"
    assert (late.answer, late.error) == ("none", None)


def test_a_retry_loop_goes_on_retrying() -> None:
    source = asks(
        "for (let round = 0; round < 3; round++) {",
        _ASK,
        "const answer = data.output?.message || '';",
        "mark(round);",
        "if (answer) return answer;",
        "}",
        "return 'gave up';",
    )
    (outcome,) = unless_left(source, Scenario(answer="", states=(_ENDLESS,)))

    assert (outcome.answer, outcome.error) == ("gave up", None)
    assert outcome.marks == [["0"], ["1"], ["2"]]


def test_a_loop_that_asks_until_there_is_an_answer_goes_on_asking() -> None:
    source = asks(
        "let answer = '', round = 0;",
        "do {",
        _ASK,
        "answer = data.output?.message || '';",
        "} while (!answer && ++round < 3);",
        "return answer || `nothing in ${round}`;",
    )
    (outcome,) = unless_left(source, Scenario(answer="", states=(_ENDLESS,)))

    assert (outcome.answer, outcome.error) == ("nothing in 3", None)


@pytest.mark.parametrize(
    ("setting", "key"),
    [
        ("const keys = ['sk-1', 'sk-2', 'sk-3'];", "keys.shift()"),
        ("const keys = ['sk-1', 'sk-2', 'sk-3']; let turn = 0;", "keys[turn++]"),
        ("let turn = 0; const next = () => `sk-${++turn}`;", "next()"),
        ("let turn = 0; const vault = { get key() { return `sk-${++turn}`; } };", "vault.next()"),
    ],
    ids=["shift", "counter", "call", "method"],
)
def test_a_key_is_asked_for_once_and_used_for_all_requests(setting: str, key: str) -> None:
    setting = setting.replace("get key()", "next()")
    source = asks(setting, _ASK, "return data.output?.message || '';")
    source = source.replace("${config.key}", f"${{{key}}}")
    (outcome,) = unless_left(source, Scenario())

    assert {request["headers"]["authorization"] for request in outcome.sent} == {"Bearer sk-1"}
    assert outcome.answer == "the answer"


def test_an_id_with_effects_is_asked_for_once() -> None:
    source = asks("const ids = ['asst_1'];", _ASK, "return data.output?.message || '';")
    source = source.replace("workflow_id: config.id", "workflow_id: ids.pop()")
    outcome = run_one(migrated(source, "a.js"))

    assert outcome.sent[0]["body"]["assistant_id"] == "asst_1"


def test_a_missing_history_is_no_error() -> None:
    source = asks(_ASK, "return data.output?.message || '';")
    history = "earlier?.map(m => ({ role: m.role, content: m.content }))"
    source = source.replace("message: text", f"message: text, conversation_history: {history}")
    source = source.replace("  const response", "  const earlier = env.none;\n  const response", 1)
    (outcome,) = unless_left(source, Scenario())

    assert (outcome.answer, outcome.error) == ("the answer", None)


def test_message_and_history_are_computed_in_their_order() -> None:
    source = asks("const all = [...messages, { role: 'user', content: text }];", _ASK)
    source = source.removesuffix("}\n") + "  return data.output?.message || '';\n}\n"
    given = "message: all.pop().content, conversation_history: "
    history = "all.map(m => ({ role: m.role, content: m.content }))"
    source = source.replace("message: text", given + history)
    before = run_one(source)
    (after,) = unless_left(source, Scenario())

    assert _asked(before) == _asked(after)


def test_an_argument_in_the_message_is_not_mended() -> None:
    source = asks(
        "const lines = mark => ['a', 'b'].join(mark);",
        _ASK,
        "return data.output?.message || '';",
    )
    source = source.replace("message: text", "message: `${lines('\\\\n')}`")
    before = run_one(source)
    (after,) = unless_left(source, Scenario())

    assert _asked(before)[0]["messages"][-1]["content"] == "a\\nb"
    assert _asked(before) == _asked(after)


def test_a_check_that_is_not_only_about_failure_may_read_the_answer() -> None:
    source = asks(
        "const response = SEND;",
        "if (!response.ok || text) {",
        "const first = await response.json();",
        "mark(first.output.message);",
        "return first.id ? 'marked' : '';",
        "}",
        _PARSE,
        "return data.output?.message || '';",
    )
    (outcome,) = unless_left(source, Scenario())

    assert outcome.error is None
    assert outcome.marks == [["the answer"]]


def test_a_member_that_takes_the_answer_is_set_once() -> None:
    source = asks(
        "const sink = { set text(value) { mark(value); } };",
        _ASK,
        "sink.text = data.output?.message || 'none';",
        "return 'done';",
    )
    (outcome,) = unless_left(source, Scenario())

    assert outcome.marks == [["the answer"]]


def test_what_a_function_from_above_reads_is_still_there() -> None:
    source = asks(
        "let data;",
        "const show = () => mark(data.output.message);",
        "const response = SEND;",
        "data = await response.json();",
        "const answer = data.output?.message || '';",
        "show();",
        "return answer;",
    )
    (outcome,) = unless_left(source, Scenario())

    assert outcome.marks == [["the answer"]]
    assert outcome.error is None


def test_a_reading_that_depends_on_the_dead_status_is_not_lost() -> None:
    source = asks(
        _ASK,
        "if (data.status !== 'failed' && data.output) mark('has output');",
        "return data.output?.message || '';",
    )
    (outcome,) = unless_left(source, Scenario())
    assert outcome.marks == [["has output"]]


def test_the_arguments_beside_the_answer_are_computed_in_their_order() -> None:
    source = asks(
        _ASK,
        "const log = (...all) => all.join(' ');",
        "const step = name => { mark(name); return name; };",
        "return log(step('a'), data.output?.message || '', step('b'));",
    )
    (outcome,) = unless_left(source, Scenario())

    assert outcome.answer == "a the answer b"
    assert outcome.marks == [["a"], ["b"]]


def test_a_guard_that_answers_differently_the_second_time_polls_nothing_unknown() -> None:
    source = asks(
        "let response, answer = '';",
        "const picks = [false, true];",
        "if (picks.shift()) {\n  response = SEND;\n} else {",
        "response = await fetch('/api/chat');\n}",
        _PARSE,
        "if (picks.shift()) {\n  answer = data.output?.message || 'none';\n} else {",
        "answer = data.choices[0].message.content;\n}",
        "return answer;",
    )
    (outcome,) = unless_left(source, Scenario())

    assert (outcome.answer, outcome.error) == ("none", None)


def test_the_other_modes_polling_is_not_taken_for_this_ones() -> None:
    source = asks(
        "let answer = '';",
        "if (workflow) {",
        _ASK,
        "answer = data.output_text || data.output.message;",
        "} else {",
        "const poll = await fetch(`https://api.openai.com/v1/threads/${text}/runs/${config.id}`);",
        "answer = (await poll.json()).status;",
        "}",
        "return answer;",
    )
    (outcome,) = unless_left(source, Scenario())

    assert (outcome.answer, outcome.error) == ("the answer", None)


def test_the_happy_path_of_the_plain_shapes() -> None:
    readings = [
        "return data.output?.message || '';",
        "return await Promise.resolve(data.output?.message || '');",
        "const answer = data.output?.message || '';\n  return answer;",
        "const box = {};\n  box.text = data.output?.message || '';\n  return box.text;",
        "return `${data.output?.message || ''}`;",
        "return [data.output?.message || ''].join();",
        "return { text: data.output?.message || '' }.text;",
        "var answer = data.output?.message || '';\n  return answer;",
        "switch (1) { case 1: { return data.output?.message || ''; } }",
        "try { return data.output?.message || ''; } finally { mark('finally'); }",
        "if (data.error) throw new Error('x');\n  return data.output?.message || '';",
    ]
    sources = [migrated(asks(_ASK, reading), "a.js") for reading in readings]
    outcomes = run_all([(source, Scenario()) for source in sources])

    assert [(o.answer, o.error) for o in outcomes] == [("the answer", None)] * len(readings)


def test_an_error_of_the_service_goes_where_it_went() -> None:
    source = asks(
        "const response = SEND;",
        "if (!response.ok) return 'refused: ' + (await response.json()).error.message;",
        _PARSE,
        "return data.output?.message || '';",
    )
    outcome = run_one(migrated(source, "a.js"), replace(Scenario(), refuses=True))

    assert (outcome.answer, outcome.error) == ("refused: refused", None)
    assert len(outcome.sent) == 1


@pytest.mark.parametrize(
    "reading",
    [
        "const answer = data.output?.final ?? 'Nothing came back.';\n  return answer;",
        "return data.output?.message || 'Nothing came back.';",
        "let answer;\n  answer = data.output_text || 'Nothing came back.';\n  return answer;",
    ],
    ids=["declared", "returned", "assigned"],
)
def test_a_refused_run_is_not_polled_where_the_file_looks_at_no_status(reading: str) -> None:
    source = migrated(asks(_ASK, reading), "a.js")
    refused = run_one(source, replace(Scenario(), refuses=True))
    assert (refused.answer, refused.error) == (None, "Error: Assistant run refused: refused")
    assert len(refused.sent) == 1
    assert run_one(source, Scenario()).answer == "the answer"


def test_a_run_that_the_file_checks_itself_is_not_checked_again() -> None:
    checks = "const response = SEND;\n  if (!response.ok) throw new Error('mine');"
    result = migrated(asks(checks, _PARSE, "return data.output?.final ?? 'Nothing.';"), "a.js")
    assert "run refused" not in result
    assert run_one(result, replace(Scenario(), refuses=True)).error == "Error: mine"
