"""Assistants code before and after, run by Node with the real `openai` package, and compiled."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.forms import Pair
from tests.js_tools import COMPILERS, FOLDER, MODULES, modules
from tests.server import RunningServer, Scenario, running_server
from tests.test_assistants_code import Golden, goldens
from tests.test_compilers import compiled
from tests.tools import environment, node

#: How each golden is asked, as the body of an async function that has its module as `m`.
DRIVES = {
    "assistant-made-in-the-file": """
        for (let n = 0; n < 400 && !lines.length && !failed; n++) await sleep();
        if (failed) throw failed;
        return lines.join();""",
    "axios-by-its-config": "return m.ask('hello');",
    "axios-in-one-function": "return m.askAssistant('hello');",
    "axios-instance-on-a-conversation": """
        const { threadId } = await m.reply(null, 'hello');
        const second = await m.reply(threadId, 'again');
        if (!threadId || second.threadId !== threadId) throw new Error('another thread');
        return second.answer;""",
    "axios-polled-into-one-variable": """
        const { answer, error } = await m.ask('hello');
        if (error) throw new Error(error);
        return answer;""",
    "class-field-client": "return new m.ResumeReader('key', 'asst_abc').read('I am a baker');",
    "create-and-poll-in-a-route": """
        const given = { json: async () => ({ message: 'hello' }) };
        const { body, init } = await m.POST(given);
        if (init) throw new Error(`${init.status} ${body.error}`);
        return body.reply;""",
    "create-and-run-poll": "return m.summarize('a long text');",
    "fetch-in-an-edge-function": """
        const ask = async (threadId) => {
          const answered = await handler({ json: async () => ({ message: 'hello', threadId }) });
          const body = await answered.json();
          if (body.error) throw new Error(body.error);
          return body;
        };
        const { threadId } = await ask();
        const second = await ask(threadId);
        if (!threadId || second.threadId !== threadId) throw new Error('another thread');
        return second.reply;""",
    "fetch-in-one-function": "return m.ask('hello');",
    "fetch-of-one-call": """
        const config = { apiKey: 'key', assistantId: 'asst_abc' };
        return m.ask([{ role: 'user', content: 'hello' }], config);""",
    "fetch-on-a-conversation": """
        const session = {};
        const ask = async () => {
          const res = reply();
          await handler({ body: { message: 'hello' }, session }, res);
          if (res.code !== 200) throw new Error(`${res.code} ${res.body.error}`);
          return res.body.reply;
        };
        const id = (await ask(), session.threadId);
        const answer = await ask();
        if (!id || session.threadId !== id) throw new Error('another thread');
        return answer;""",
    "fetch-parsed-in-then": "await m.chat('ann', 'hello'); return m.chat('ann', 'again');",
    "first-answer-in-a-loop": """
        const kept = new Map();
        const store = {
          load: async (user) => kept.get(user), save: async (user, id) => { kept.set(user, id); },
        };
        await m.reply(store, 'ann', 'hello');
        const id = kept.get('ann');
        const answer = await m.reply(store, 'ann', 'again');
        if (!id || kept.get('ann') !== id) throw new Error('another thread');
        return answer;""",
    "function-tools-and-file-search": """
        return m.lookUp('what?', 'https://a.example/i.png', 'vs_1');""",
    "helpers-by-axios": "return m.ask('hello');",
    "helpers-by-fetch": "return m.ask('hello');",
    "helpers-for-two-questions": """
        const answers = [await m.ask('hello'), await m.summarize('a long text')];
        if (answers[0] !== answers[1]) throw new Error(answers.join());
        return answers[0];""",
    "helpers-that-give-back-the-thread": """
        const { threadId, answer } = await m.ask('hello');
        if (!threadId) throw new Error('no thread');
        return answer;""",
    "helpers-with-comments-and-logs": """
        const { threadId } = await m.start();
        const { reply, error } = await m.send(threadId, 'hello');
        if (error) throw new Error(error);
        return reply;""",
    "last-message-of-the-run": "return m.ask('hello');",
    "require-and-double-quotes": """
        const res = reply();
        await handler({ body: { message: ' hello ' } }, res);
        if (res.code !== 200) throw new Error(`${res.code} ${res.body.error}`);
        return res.body.reply;""",
    "retrieve-loop": "return m.ask('hello');",
    "status-in-a-variable": """
        const { answer, error } = await m.ask('hello', 'Be brief.');
        if (error) throw new Error(error.message);
        return answer;""",
    "stream-in-a-for-await": """
        let said = '';
        for await (const piece of m.answer('hello')) said += piece;
        return said;""",
    "stream-of-the-helper-in-a-switch": """
        let said = '', ended = false;
        const { default: OpenAI } = await import(sdk);
        const client = new OpenAI();
        const kept = process.env.AS_TODAY ? client.conversations : client.beta.threads;
        const { id } = await kept.create();
        const write = (piece) => { if (piece === null) ended = true; else said += piece; };
        await m.chat(id, 'hello', write);
        if (!ended) throw new Error('not ended');
        return said;""",
    "thread-in-the-request": """
        const given = (threadId) => ({ json: async () => ({ threadId, message: 'hello' }) });
        const first = await (await m.POST(given())).json();
        if (!first.threadId) throw new Error(first.error);
        const second = await (await m.POST(given(first.threadId))).json();
        if (second.threadId !== first.threadId) throw new Error('another thread');
        return second.text;""",
    "thread-returned-to-the-client": "return (await m.start('hello')).answer;",
    "tool-calls-answered-once": """
        const { default: OpenAI } = await import(sdk);
        const client = new OpenAI();
        const kept = process.env.AS_TODAY ? client.conversations : client.beta.threads;
        return m.ask((await kept.create()).id, 'hello', { lookup: async () => 'noon' });""",
    "tool-loop": "return m.ask('hello');",
    "two-runs-on-one-thread": """
        const { draft, review } = await m.draftAndReview('bread');
        if (review !== draft) throw new Error(`${draft} and ${review}`);
        return draft;""",
    "while-true-with-decisions": "return m.ask('hello', () => {});",
}
#: The test server has no route for assistants, which these make: they cannot be run before.
NOT_SERVED = {"assistant-made-in-the-file", "tool-calls-answered-once"}
#: Plain JavaScript cannot say that `type` is one word and not any text, or what a parameter is.
_UNTYPED = {
    ("tool-calls-answered-once", "TS2769"),
    ("stream-of-the-helper-in-a-switch", "TS7006"),
}
ANSWER = "The answer."
_ANSWERED = {"answer": ANSWER}


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server() as running:
        yield running


#: Before version 5 the SDK took the thread first. What is installed here wants the newer order.
_OLD_ORDER = re.compile(rb"(runs\.retrieve)\((\w+(?:\.id|\.thread_id)?), (\w+(?:\.id)?)\)")


BASE = "https://api.openai.com/v1"
#: The real axios, whose last step sends what is for OpenAI to the test's server.
AXIOS = """
const axios = require(%s)
const send = axios.getAdapter('http')
const here = (url) => url?.replace(%s, process.env.OPENAI_BASE_URL)
axios.defaults.adapter = (config) =>
  send({ ...config, url: here(config.url), baseURL: here(config.baseURL) })
module.exports = axios
"""


def _file(golden: Golden, folder: Path, text: bytes) -> str:
    """A program as JavaScript; a script that requires its modules stays one."""
    suffix = ".cjs" if b"require(" in text else ".mjs"
    path = folder / f"{golden.name}{suffix}"
    done = subprocess.run(
        [
            MODULES / "esbuild" / "bin" / "esbuild",
            "--loader=ts",
            f"--format={'cjs' if suffix == '.cjs' else 'esm'}",
        ],
        input=_OLD_ORDER.sub(rb"\1(\3, { thread_id: \2 })", text),
        capture_output=True,
        check=True,
        timeout=60,
    )
    path.write_bytes(done.stdout)
    return str(path)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, str]]]:
    """Every golden as a program, before and after."""
    modules()
    found = {}
    for state in ("before", "after"):
        folder = tmp_path_factory.mktemp(state)
        packages = folder / "node_modules"
        (packages / "next").mkdir(parents=True)
        (packages / "openai").symlink_to(MODULES / "openai")
        (packages / "next" / "package.json").write_text(
            '{"type": "module", "exports": {"./server": "./server.js"}}'
        )
        (packages / "next" / "server.js").write_text(
            "export class NextRequest {}\n"
            "export const NextResponse = { json: (body, init) => ({ body, init }) }\n"
        )
        (packages / "axios").mkdir()
        (packages / "axios" / "package.json").write_text('{"main": "index.cjs"}')
        (packages / "axios" / "index.cjs").write_text(
            AXIOS % (json.dumps(str(MODULES / "axios")), json.dumps(BASE))
        )
        found[state] = [
            {
                "name": name,
                "file": _file(
                    golden, folder, golden.source if state == "before" else golden.expected
                ),
                "drive": DRIVES[name],
            }
            for name, golden in goldens().items()
            if name in DRIVES
        ]
    return found


def _answers(server: RunningServer, given: list[dict[str, str]]) -> dict[str, Any]:
    done = subprocess.run(
        [node(), str(FOLDER / "drive_assistants.mjs")],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(
            OPENAI_API_KEY="key",
            OPENAI_BASE_URL=server.base_url,
            OPENAI_ASSISTANT_ID="asst_abc",
            ASSISTANT_ID="asst_abc",
            AS_TODAY="1" if server.control.assistants_gone else "",
            SUMMARY_ASSISTANT="asst_abc",
        ),
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    assert set(found) == {program["name"] for program in given}
    return found


def _control(server: RunningServer, scenario: Scenario, *, gone: bool) -> None:
    server.reset()
    server.control.scenario = scenario
    server.control.answer = ANSWER
    server.control.assistants_gone = gone


def test_every_golden_is_run() -> None:
    assert set(DRIVES) == set(goldens())


def test_after_the_migration_each_program_is_answered_as_it_was_when_the_old_api_lived(
    server: RunningServer, programs: dict[str, list[dict[str, str]]]
) -> None:
    _control(server, Scenario.COMPLETED, gone=False)
    before = _answers(server, programs["before"])
    server.take_violations()
    _control(server, Scenario.COMPLETED, gone=True)
    after = _answers(server, programs["after"])
    for name in NOT_SERVED:
        assert "error" in before.pop(name)
    assert before == dict.fromkeys(before, _ANSWERED)
    assert after == {**before, **dict.fromkeys(NOT_SERVED, _ANSWERED)}
    server.assert_no_violations()
    assert not [r for r in server.requests if "/threads" in r.path or "/assistants" in r.path]


def test_without_the_migration_none_is_answered_today(
    server: RunningServer, programs: dict[str, list[dict[str, str]]]
) -> None:
    _control(server, Scenario.COMPLETED, gone=True)
    answers = _answers(server, programs["before"])
    assert not [name for name, found in answers.items() if ANSWER in str(found.get("answer"))]


@pytest.mark.parametrize(
    "scenario",
    [Scenario.FAILED, Scenario.INCOMPLETE, Scenario.REFUSAL, Scenario.EMPTY_ANSWER],
)
def test_a_run_that_is_no_answer_never_comes_out_as_one(
    scenario: Scenario, server: RunningServer, programs: dict[str, list[dict[str, str]]]
) -> None:
    _control(server, scenario, gone=True)
    found = _answers(server, programs["after"])
    server.take_violations()
    told = {name: f for name, f in found.items() if "error" not in f}
    # Code that says itself what it gives when there is no text goes on to say so.
    own = {"", "No answer", "No response", "No text", "nothing", None}
    if scenario in (Scenario.FAILED, Scenario.INCOMPLETE):
        own = {"failed", "incomplete", None}
    assert {name: f for name, f in told.items() if f["answer"] not in own} == {}


_STREAMED = {name for name, golden in goldens().items() if b"answerEvents(" in golden.expected}


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        (Scenario.STREAM_ENDS_EARLY, "OpenAI response unfinished: the stream ended"),
        (Scenario.REFUSAL, "OpenAI response refused: "),
    ],
)
def test_a_stream_that_ends_without_an_answer_says_so(
    scenario: Scenario,
    told: str,
    server: RunningServer,
    programs: dict[str, list[dict[str, str]]],
) -> None:
    _control(server, scenario, gone=True)
    found = _answers(server, [p for p in programs["after"] if p["name"] in _STREAMED])
    server.take_violations()
    assert len(found) > 1
    # Half of an answer was written before; that it is no whole one is thrown.
    assert {name: told in each.get("error", "") for name, each in found.items()} == dict.fromkeys(
        _STREAMED, True
    )


def test_what_is_said_on_the_way_to_an_answer_is_not_shown_of_a_stream(
    server: RunningServer, programs: dict[str, list[dict[str, str]]]
) -> None:
    _control(server, Scenario.PHASES, gone=True)
    found = _answers(server, [p for p in programs["after"] if p["name"] in _STREAMED])
    server.take_violations()
    assert found == dict.fromkeys(_STREAMED, _ANSWERED)


def test_functions_are_called_and_their_outputs_sent_back(
    server: RunningServer, programs: dict[str, list[dict[str, str]]]
) -> None:
    tools = {"tool-loop", "tool-calls-answered-once"}
    for state in ("before", "after"):
        _control(server, Scenario.REQUIRES_ACTION, gone=state == "after")
        given = [p for p in programs[state] if p["name"] in tools]
        if state == "before":
            given = [p for p in given if p["name"] not in NOT_SERVED]
        answers = _answers(server, given)
        assert answers == dict.fromkeys(answers, _ANSWERED)
        server.take_violations()
    sent = [r.json["input"] for r in server.requests if r.path == "/v1/responses"]
    outputs = [entry for given in sent if isinstance(given, list) for entry in given]
    assert len(outputs) == len(tools)
    assert {entry["type"] for entry in outputs} == {"function_call_output"}
    assert {entry["call_id"] for entry in outputs} == {"call_lookup"}


@pytest.mark.parametrize("scenario", [Scenario.REASONING_FIRST, Scenario.SEVERAL_TEXT_BLOCKS])
def test_the_whole_text_is_read_wherever_it_stands(
    scenario: Scenario, server: RunningServer, programs: dict[str, list[dict[str, str]]]
) -> None:
    _control(server, scenario, gone=True)
    found = _answers(server, programs["after"])
    assert found == dict.fromkeys(found, _ANSWERED)


@pytest.mark.parametrize("version", COMPILERS)
def test_strict_typescript_finds_nothing_new(version: int, tmp_path: Path) -> None:
    modules()
    files = [
        Pair(g.name, g.path, g.source.decode(), g.expected.decode()) for g in goldens().values()
    ]
    before, after = compiled(version, files, tmp_path)
    news = {}
    for pair, old, new in zip(files, before, after, strict=True):
        known = {(found.rule, found.message) for found in old}
        news[pair.name] = [
            str(f)
            for f in new
            if (f.rule, f.message) not in known and (pair.name, f.rule) not in _UNTYPED
        ]
    assert {name: found for name, found in news.items() if found} == {}
