"""Wrong calls of the Responses API before and after, run by Node against the server, compiled."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.forms import Pair
from tests.js_tools import COMPILERS, FOLDER, MODULES, ask, modules
from tests.server import RunningServer, Scenario, running_server
from tests.server.saying import ERROR_MESSAGE
from tests.test_assistants_code_runs import AXIOS, BASE
from tests.test_compilers import compiled
from tests.test_wrong_calls import Golden, goldens
from tests.tools import environment, node

_EXPRESS = """
        const res = reply();
        await handler({ body: { message: 'hello', context: 'here' } }, res);
        if (res.code !== 200) throw new Error(`${res.code} ${res.body.error}`);
        return res.body.reply;"""
#: How each golden is asked, as the body of an async function that has its module as `m`.
DRIVES = {
    "answer-in-a-variable-set-later": "return m.ask('hello');",
    "asked-and-read-twice": """
        const { text, tokens } = await m.ask('hello');
        if (!(tokens > 0)) throw new Error('no tokens');
        return text;""",
    "assistant-id-in-a-route": """
        const given = { json: async () => ({ message: 'hello' }) };
        const { body, init } = await m.POST(given);
        if (init) throw new Error(`${init.status} ${body.error}`);
        return body.reply;""",
    "axios-instance-in-a-class": "return new m.Writer().write('bread');",
    "axios-with-a-payload": """
        const [said, shouted] = [await m.default.ask('hello'), await m.default.shout('hello')];
        if (shouted !== said.toUpperCase()) throw new Error(`${said}, ${shouted}`);
        return said;""",
    "first-output-only": "return m.ask('hello');",
    "input-of-a-workflow": f"globalThis.handler = m.default;{_EXPRESS}",
    "sdk-form-and-comments": """
        const [planned, said] = [await m.plan('hello', 'here'), await m.answer('hello')];
        if (planned !== said) throw new Error(`${planned}, ${said}`);
        return said;""",
    "choices-of-a-right-request": "return new m.Chat('key').ask('hello');",
    "guesses-with-fallbacks": """
        const [said, shouted] = [await m.ask('hello'), await m.shout('hello')];
        if (shouted !== said.toUpperCase()) throw new Error(`${said}, ${shouted}`);
        return said;""",
    "json-of-a-chat-completion": "return m.extract('hello');",
    "messages-that-are-pushed": f"globalThis.handler = m.default;{_EXPRESS}",
    "output-text-of-raw-json": "return m.summarize('hello');",
    "printed-by-a-script": "return lines.join();",
    "promises-in-a-chain": "return m.ask('hello');",
    "run-of-a-workflow-handed-on": f"globalThis.handler = m.default;{_EXPRESS}",
    "sdk-choices-only": _EXPRESS,
    "sdk-messages-and-choices": "return m.translate('hello', 'French');",
    "sdk-messages-and-output-text": "return m.ask([{ role: 'user', content: 'hello' }]);",
    "several-ids-and-no-model": "return m.run('key', 'thread_abc', 'hello');",
    "two-calls-in-one-file": """
        const [chat, title, [tag]] = [await m.chat('a'), await m.title('a'), await m.tags('a')];
        if (chat !== title || title !== tag) throw new Error(`${chat}, ${title}, ${tag}`);
        return title;""",
    "two-dialects-and-typeof": """
        const [said, shouted] = [await m.ask('hello'), await m.shout('hello')];
        if (shouted !== said.toUpperCase()) throw new Error(`${said}, ${shouted}`);
        return said;""",
    "workflow-id-and-messages": "return m.ask('hello');",
}
ANSWER = "The answer."
#: The answer that a program wants JSON of.
_JSON = '{"name": "Ada"}'
_WANTS_JSON = "json-of-a-chat-completion"


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server() as running:
        yield running


def _file(golden: Golden, folder: Path, text: bytes) -> str:
    """A program as JavaScript; a script that requires its modules stays one."""
    suffix, kind = (".cjs", "cjs") if b"require(" in text else (".mjs", "esm")
    done = subprocess.run(
        [MODULES / "esbuild" / "bin" / "esbuild", "--loader=ts", f"--format={kind}"],
        input=text,
        capture_output=True,
        check=True,
        timeout=60,
    )
    path = folder / f"{golden.name}{suffix}"
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
        ]
    return found


def _answers(
    server: RunningServer, scenario: Scenario, given: list[dict[str, str]], answer: str = ANSWER
) -> dict[str, Any]:
    server.reset()
    server.control.scenario = scenario
    server.control.answer = answer
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
            MODEL="gpt-6-luna",
        ),
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    assert set(found) == {program["name"] for program in given}
    return found


def _wanting(given: list[dict[str, str]], *, json_: bool) -> list[dict[str, str]]:
    return [program for program in given if (program["name"] == _WANTS_JSON) is json_]


def test_every_golden_is_run() -> None:
    assert set(DRIVES) == set(goldens())


def test_before_none_gives_the_answer(
    server: RunningServer, programs: dict[str, list[dict[str, str]]]
) -> None:
    found = _answers(server, Scenario.COMPLETED, programs["before"])
    server.take_violations()
    assert not [name for name, said in found.items() if ANSWER in str(said.get("answer"))]


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario.COMPLETED,
        Scenario.REASONING_FIRST,
        Scenario.SEVERAL_TEXT_BLOCKS,
        Scenario.SEVERAL_MESSAGES,
        Scenario.IMAGE_BEFORE_TEXT,
    ],
)
def test_after_each_gives_the_whole_answer(
    scenario: Scenario, server: RunningServer, programs: dict[str, list[dict[str, str]]]
) -> None:
    plain = _wanting(programs["after"], json_=False)
    found = _answers(server, scenario, plain)
    server.assert_no_violations()
    assert found == {name: {"answer": ANSWER} for name in found}
    found = _answers(server, scenario, _wanting(programs["after"], json_=True), _JSON)
    server.assert_no_violations()
    assert found == {_WANTS_JSON: {"answer": {"name": "Ada"}}}


#: What a program's own code says for an empty text, and goes on to say.
_OWN = {
    "axios-instance-in-a-class": "Nothing was written.",
    "sdk-choices-only": "Sorry, no answer.",
    "workflow-id-and-messages": "No answer.",
    "input-of-a-workflow": "No answer.",
    # Reads the response as it did: that is right, and no business of callmend's.
    "sdk-messages-and-output-text": "",
    "several-ids-and-no-model": "",
}


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario.FAILED,
        Scenario.INCOMPLETE,
        Scenario.REFUSAL,
        Scenario.EMPTY_ANSWER,
        Scenario.UNAUTHORIZED,
    ],
)
def test_what_is_no_answer_never_comes_out_as_one(
    scenario: Scenario, server: RunningServer, programs: dict[str, list[dict[str, str]]]
) -> None:
    through = ("responseText(", "workflowAnswer(")
    given = [(p, Path(p["file"]).read_text()) for p in programs["after"]]
    mended = [p for p, code in given if any(name in code for name in through)]
    assert len(mended) > len(programs["after"]) - 4
    found = _answers(server, scenario, mended)
    server.take_violations()
    told = {name: said["answer"] for name, said in found.items() if "error" not in said}
    allowed = _OWN if scenario is Scenario.EMPTY_ANSWER else {}
    assert {name: text for name, text in told.items() if allowed.get(name) != text} == {}
    words = {
        Scenario.FAILED: ERROR_MESSAGE,
        Scenario.INCOMPLETE: "Response incomplete: max_output_tokens",
        Scenario.REFUSAL: "I cannot help with that.",
    }
    errors = {name: said["error"] for name, said in found.items() if "error" in said}
    assert {n: e for n, e in errors.items() if words.get(scenario, "") not in e} == {}


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
        # Who checks JavaScript does not ask for the types that only TypeScript can write.
        news[pair.name] = [
            str(found)
            for found in new
            if (found.rule, found.message) not in known
            and not (pair.path.endswith("js") and found.rule.startswith("TS70"))
        ]
    assert {name: found for name, found in news.items() if found} == {}


def test_linters_find_nothing_new() -> None:
    modules()
    files = list(goldens().values())
    given = [
        {"path": golden.path, "text": text.decode()}
        for golden in files
        for text in (golden.source, golden.expected)
    ]
    found = ask("lint.mjs", given)
    for golden, old, new in zip(files, found[::2], found[1::2], strict=True):
        known = {(rule, message) for rule, message, _ in old}
        assert [f for f in new if (f[0], f[1]) not in known] == [], golden.name
