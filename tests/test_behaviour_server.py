"""What the migrated goldens do in Node against a server that speaks the API, over real HTTP.

Each golden is called by the names of its parameters (tests/js/driver.mjs). What it shows is
compared with what its input shows where the endpoint that does not exist answers as its author
imagined, so that own statements, other branches and error paths are known without callmend.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.forms import DEFAULT, FORMS, Pair, pairs
from tests.js_tools import FOLDER, run
from tests.server import RunningServer, Scenario, running_server
from tests.server.saying import ERROR_MESSAGE, halves
from tests.server.scenarios import ANSWER
from tests.tools import ROOT
from tests.variants import NOT_ASCII, RENAMED, VARIANTS

_DEAD = re.compile(r"/v1/workflows/runs/?$")
#: How an answer starts; one golden cuts the rest off.
_START = ANSWER[:3]
#: Goldens that are not run here, and why.
NOT_RUN = {
    "spec-blocks-bare": "two blocks without the program around them",
    "fixture": "a whole component; it is used in a real browser",
}
#: Goldens that show something else than their input where it was answered, and why.
DIFFERS = {
    "fallback-of-a-declared-result": "the fallback is worked out before the polling starts",
    "only-the-reading-is-migrated": "its input sends the new request already",
    "only-the-request-is-migrated": "its input reads the new answer already",
    "stream-shows-text-as-it-arrives": "shows the text while it arrives, too",
}
#: Goldens whose own request OpenAI refuses, and why: what they do otherwise is not seen here.
REFUSED = {
    "one-migrated-one-not": "its own call of the API does not say so either",
}


@dataclass(frozen=True)
class Outcome:
    """What a program showed, the error that left it, its requests, and how long it waited."""

    shown: list[Any]
    error: str | None
    sent: list[dict[str, Any]]
    waited: float

    @property
    def text(self) -> str:
        """All that was shown, as one text."""
        return json.dumps([self.shown, self.error], ensure_ascii=False)

    @property
    def seen(self) -> tuple[Any, str | None]:
        """What was shown, with what differs between two servers replaced."""
        return _neutral(self.shown), self.error

    def refused(self) -> bool:
        """Whether a request was no right one."""
        return any(request.get("status") in (400, 401, 415) for request in self.sent)

    def asked_for(self, *, ids: bool) -> list[Any]:
        """What was asked for, in the terms of all APIs; polls and messages are left out.

        Args:
            ids: Whether the ids of workflow and assistant are part of it.
        """
        found: list[Any] = []
        for request in self.sent:
            body = _read(request["body"])
            if _DEAD.search(request["url"]):
                given = body.get("input")
                if given is None:
                    # A call that is left, as its body is another.
                    found.append(body)
                    continue
                given = {"message": given} if isinstance(given, str) else given
                last = {"role": "user", "content": _mended(given["message"])}
                found.append([body.get("workflow_id") if ids else None, [*_history(given), last]])
            elif request["method"] == "POST" and request["url"].endswith("/threads/runs"):
                found.append(
                    [
                        body.get("assistant_id") if ids else None,
                        _all_mended(body["thread"]["messages"]),
                    ]
                )
            elif request["url"].endswith("/responses"):
                given = body["input"]
                if isinstance(given, str):
                    given = [{"role": "user", "content": given}]
                found.append([None, _all_mended(given)])
            elif "/threads/" not in request["url"]:
                found.append([request["method"], request["url"], body])
        return found


def _read(body: str | None) -> Any:
    """A body as JSON; as it is where it is none."""
    try:
        return json.loads(body or "{}")
    except json.JSONDecodeError:
        return body


def _history(given: dict[str, Any]) -> list[dict[str, Any]]:
    return _all_mended(given.get("conversation_history") or [])


def _all_mended(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**message, "content": _mended(message["content"])} for message in messages]


def _mended(content: str) -> str:
    """A message with the line ends that were meant: the migration mends its escapes."""
    return content.replace("\\n", "\n")


def _neutral(value: Any) -> Any:
    if isinstance(value, dict):
        if {"id", "status"} <= value.keys():
            return "the body"
        return {key: _neutral(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_neutral(each) for each in value]
    if isinstance(value, str):
        return re.sub(r"\b(?:(?:wf)?run|resp)_\d+\b", "an id", value)
    return value


def imagined(message: str) -> dict[str, Any]:
    """The answer of the endpoint that does not exist, as the goldens read it."""
    output = {"message": message} if message else ""
    body = {"id": "wfrun_1", "status": "completed", "output": output}
    return {"status": 200, "body": body}


def _names(pair: Pair) -> dict[str, str]:
    """The goldens' own names, by those that a variant gives them."""
    names: dict[bytes, bytes] = {}
    for part in VARIANTS.get(pair.name.partition("[")[2].removesuffix("]"), ()):
        names |= {"renamed": RENAMED, "not-ascii": NOT_ASCII}.get(part, {})
    return {new.decode(): old.decode() for old, new in names.items()}


def run_all(
    server: RunningServer,
    files: Sequence[Pair],
    state: str,
    *,
    flags: bool = True,
    answering: dict[str, Any] | None = None,
) -> list[Outcome]:
    """Run the programs before or after the migration, one after the other in one process."""
    given = [
        {
            "name": pair.name,
            "path": pair.path,
            "source": getattr(pair, state),
            "names": _names(pair),
            "flags": flags,
            "imagined": answering,
        }
        for pair in files
    ]
    script = str(FOLDER / "run_on_server.mjs")
    done = run(
        ["--experimental-vm-modules", "--no-warnings", script],
        given={"origin": server.origin, "programs": given},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [Outcome(**outcome) for outcome in json.loads(done.stdout)]


@pytest.fixture(scope="module")
def running() -> Iterator[RunningServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(running: RunningServer) -> Iterator[RunningServer]:
    """The server without anything of the test before it."""
    yield running
    running.reset()


@cache
def programs(form: str, *, variants: bool = False, every: int = 1) -> tuple[Pair, ...]:
    """The goldens that run, or every n-th of each of their variants."""
    found = pairs(form, VARIANTS if variants else (), every=every)
    skipped = NOT_RUN.keys() | REFUSED.keys()
    return tuple(
        pair
        for pair in found
        if pair.name.partition("[")[0] not in skipped and variants is pair.name.endswith("]")
    )


def _some(form: str) -> tuple[Pair, ...]:
    """All programs of the goldens' own form; of another those about it, and half of the others."""
    return tuple(
        pair
        for number, pair in enumerate(programs(form))
        if form == DEFAULT or number % 2 == 0 or pair.name.startswith(form.partition("-")[0])
    )


def _shows_the_live_url(pair: Pair, old: Outcome, new: Outcome) -> bool:
    """Whether a program that logs its URL logs the live one now, and all else is as before."""
    live = re.sub(r"/v1/(?:threads/runs|responses)(?=')", "/v1/workflows/runs", repr(new.seen))
    return pair.name.startswith("url-const-is-logged-too") and repr(old.seen) == live


def _wrong(
    form: str, files: Iterable[Pair], before: Iterable[Outcome], after: Iterable[Outcome]
) -> list[str]:
    """The programs that show or ask for something else afterwards."""
    found = []
    for pair, old, new in zip(files, before, after, strict=True):
        if pair.name.partition("[")[0] in DIFFERS:
            continue
        if old.seen != new.seen and not _shows_the_live_url(pair, old, new):
            found.append(f"{pair.name} showed {old.seen}\n    and now {new.seen}")
        if new.refused():
            found.append(f"{pair.name} was refused")
        ids = not form.startswith("responses")
        asked, asks = old.asked_for(ids=ids), new.asked_for(ids=ids)
        if asked != asks:
            found.append(f"{pair.name} asked {asked}\n    and now {asks}")
    return found


# --- the answer -------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_every_migrated_golden_shows_the_answer_and_does_all_else_as_before(
    form: str, server: RunningServer
) -> None:
    files = _some(form)
    before = run_all(server, files, "before", answering=imagined(ANSWER))
    after = run_all(server, files, "after")
    silent = [pair.name for pair, new in zip(files, after, strict=True) if _START not in new.text]
    # Some goldens are asked in the other branch first; they show the answer there.
    others = run_all(server, [p for p in files if p.name in silent], "after", flags=False)
    still = [name for name, new in zip(silent, others, strict=True) if _START not in new.text]
    assert not still, "no answer is shown by these"
    assert len(files) > (140 if form == DEFAULT else 70)
    server.take_violations()
    wrong = _wrong(form, files, before, after)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("form", FORMS)
def test_every_other_branch_does_what_it_did(form: str, server: RunningServer) -> None:
    files = _some(form)
    before = run_all(server, files, "before", flags=False, answering=imagined(ANSWER))
    server.take_violations()
    after = run_all(server, files, "after", flags=False)
    server.take_violations()
    wrong = _wrong(form, files, before, after)
    assert not wrong, "\n".join(wrong)
    untouched = [
        pair.name
        for pair, old in zip(files, before, strict=True)
        if not any(_DEAD.search(request["url"]) for request in old.sent)
    ]
    assert len(untouched) > (20 if form == DEFAULT else 8), (
        "hardly any golden took its other branch"
    )


@pytest.mark.parametrize("form", FORMS)
def test_the_variants_show_the_answer_and_do_all_else_as_before(
    form: str, server: RunningServer
) -> None:
    files = programs(form, variants=True, every=9 if form == DEFAULT else 60)
    before = run_all(server, files, "before", answering=imagined(ANSWER))
    server.take_violations()
    after = run_all(server, files, "after")
    server.take_violations()
    wrong = _wrong(form, files, before, after)
    assert not wrong, "\n".join(wrong)
    answered = [new for new in after if _START in new.text]
    assert len(answered) > len(files) * 0.9 > (150 if form == DEFAULT else 20)


def test_before_the_migration_no_program_shows_an_answer(server: RunningServer) -> None:
    files = programs(DEFAULT)
    dead = run_all(server, files, "before")
    asked = 0
    for pair, outcome in zip(files, dead, strict=True):
        refused = [r for r in outcome.sent if _DEAD.search(r["url"])]
        assert all(request["status"] == 404 for request in refused)
        if refused and pair.name not in DIFFERS:
            asked += 1
            assert _START not in outcome.text, pair.name
    assert asked > 140
    server.take_violations()


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_request_that_is_no_json_by_its_headers_is_refused(
    name: str, server: RunningServer
) -> None:
    [pair] = [pair for pair in pairs(DEFAULT) if pair.name == name]
    [outcome] = run_all(server, [pair], "after")
    assert any("content type" in str(v) for v in server.take_violations()), "put it in the others"
    assert outcome.refused()


def test_each_request_names_key_and_version(server: RunningServer) -> None:
    run_all(server, programs(DEFAULT)[::3], "after")
    seen = [request for request in server.requests if request.path.startswith("/v1/threads")]
    assert len(seen) > 150
    for request in seen:
        assert request.headers["authorization"] == "Bearer sk-test", str(request)
        assert request.headers["openai-beta"] == "assistants=v2", str(request)
    server.assert_no_violations()


# --- failures ---------------------------------------------------------------------------------

_NOTHING = "No response received from assistant"
_REFUSED = f"401|Unauthorized|Incorrect API key|failed|{_NOTHING}"
_SAID = re.escape(ERROR_MESSAGE)
_NO_CONNECTION = "TypeError: fetch failed|Error: No connection"
#: What a program says when a run fails: in the new code's words, the file's, or the platform's.
#: A scenario that a form does not have is no failure there.
FAILURES: dict[str, dict[Scenario, str]] = {
    "specification": {
        Scenario.FAILED: f"Assistant run failed: {_SAID}",
        Scenario.CANCELLED: "Assistant run cancelled: Unknown error",
        Scenario.CANCELLING: "Assistant run cancelled: Unknown error",
        Scenario.EXPIRED: _NOTHING,
        Scenario.INCOMPLETE: _NOTHING,
        Scenario.REQUIRES_ACTION: _NOTHING,
        Scenario.NEVER_FINISHING: _NOTHING,
        Scenario.UNKNOWN_STATUS_FOREVER: _NOTHING,
        Scenario.POLLING_ERROR_ALWAYS: _NOTHING,
        Scenario.EMPTY_ANSWER: _NOTHING,
        Scenario.DROPPED_ON_CREATE: _NO_CONNECTION,
        Scenario.DROPPED_WHILE_POLLING: _NO_CONNECTION,
        Scenario.MESSAGES_ERROR: "TypeError: Cannot read properties of undefined",
        Scenario.IMAGE_BEFORE_TEXT: "TypeError: Cannot read properties of undefined",
        Scenario.REFUSAL: "TypeError: Cannot read properties of undefined",
        Scenario.UNAUTHORIZED: _REFUSED,
        Scenario.RATE_LIMITED: f"429|Too Many|Rate limit|failed|{_NOTHING}",
        Scenario.SERVER_ERROR: f"500|Internal Server|had an error|failed|{_NOTHING}",
        Scenario.BAD_GATEWAY: "502|Bad Gateway|failed|SyntaxError",
    },
    "robust": {
        Scenario.FAILED: f"Assistant run failed: {_SAID}",
        Scenario.CANCELLED: "Assistant run cancelled: no reason given",
        Scenario.CANCELLING: "Assistant run cancelled: no reason given",
        Scenario.EXPIRED: "Assistant run expired: no reason given",
        Scenario.INCOMPLETE: "Assistant run incomplete: max_completion_tokens",
        Scenario.REQUIRES_ACTION: "Assistant run requires_action: submit the tool outputs",
        Scenario.NEVER_FINISHING: r"gave up after (30|120) seconds",
        Scenario.UNKNOWN_STATUS_FOREVER: r"gave up after (30|120) seconds",
        Scenario.POLLING_ERROR_ALWAYS: "Assistants API error 500",
        Scenario.EMPTY_ANSWER: _NOTHING,
        Scenario.NO_ANSWER: _NOTHING,
        Scenario.DROPPED_WHILE_POLLING: _NO_CONNECTION,
        Scenario.MESSAGES_ERROR: "Assistants API error 500",
        Scenario.REFUSAL: "The assistant refused: I cannot help with that",
        Scenario.UNAUTHORIZED: _REFUSED,
    },
    "stream": {
        Scenario.FAILED: f"Assistant run failed: {_SAID}",
        Scenario.CANCELLED: "Assistant run cancelled: the stream ended",
        Scenario.EXPIRED: "Assistant run expired: the stream ended",
        Scenario.INCOMPLETE: "Assistant run incomplete: max_completion_tokens",
        Scenario.REQUIRES_ACTION: "Assistant run requires_action: submit_tool_outputs",
        Scenario.EMPTY_ANSWER: _NOTHING,
        Scenario.NO_ANSWER: _NOTHING,
        Scenario.REFUSAL: "The assistant refused: I cannot help with that",
        Scenario.DROPPED_MID_STREAM: "TypeError: terminated|Error: No connection",
        Scenario.STREAM_ENDS_EARLY: r"Assistant run \w+: the stream ended",
        Scenario.ERROR_EVENT: f"Assistants API error: {_SAID}",
        Scenario.UNAUTHORIZED: _REFUSED,
    },
    "responses": {
        Scenario.FAILED: f"Response failed: {_SAID}",
        Scenario.CANCELLED: "Response cancelled: no reason given",
        Scenario.INCOMPLETE: "Response incomplete: max_output_tokens",
        Scenario.EMPTY_ANSWER: "No response received from the model",
        Scenario.REFUSAL: "The model refused: I cannot help with that",
        Scenario.DROPPED_ON_CREATE: _NO_CONNECTION,
        Scenario.UNAUTHORIZED: _REFUSED,
    },
    "responses-stream": {
        Scenario.FAILED: f"Response failed: {_SAID}",
        Scenario.INCOMPLETE: "Response incomplete: max_output_tokens",
        Scenario.REFUSAL: "The model refused: I cannot help with that",
        Scenario.DROPPED_MID_STREAM: "TypeError: terminated|Error: No connection",
        Scenario.STREAM_ENDS_EARLY: r"Response \w+: the stream ended",
        Scenario.ERROR_EVENT: _SAID,
        Scenario.UNAUTHORIZED: _REFUSED,
    },
}


@pytest.mark.parametrize(
    ("form", "scenario"), [(form, scenario) for form, said in FAILURES.items() for scenario in said]
)
def test_a_failure_takes_the_programs_own_way_for_failures(
    form: str, scenario: Scenario, server: RunningServer
) -> None:
    # Some run to the end of the polling: a part of the goldens, another part for each scenario.
    start = list(FAILURES[form]).index(scenario) % 8
    files = [pair for pair in programs(form) if pair.name not in DIFFERS][start::8]
    empty = run_all(server, files, "before", answering=imagined(""))
    server.take_violations()
    server.control.scenario = scenario
    after = run_all(server, files, "after")
    wrong = []
    said = 0
    for pair, handled, new in zip(files, empty, after, strict=True):
        talks = any(
            request["url"].endswith(("/threads/runs", "/responses")) for request in new.sent
        )
        if not talks or new.seen == handled.seen:
            continue
        said += 1
        if _START in new.text or not re.search(FAILURES[form][scenario], new.text):
            wrong.append(f"{pair.name}: {new.text}, and with no answer at all {handled.text}")
    assert wrong == []
    assert said > len(files) * 0.6
    # A program that does not look at the status goes on with an id that it never got.
    server.take_violations()


# --- the table --------------------------------------------------------------------------------

TABLE = Path(ROOT) / "docs" / "behaviour.md"
#: Scenarios that only the Responses API has.
_ELSEWHERE = {Scenario.PHASES, Scenario.REASONING_FIRST}
_HEAD = """# What the person sees

The specification's program, migrated and run in Node against the test server
(`python -m tests.server --help` describes the scenarios), with time that passes at once. Each cell
is what the program shows in the end and how long it waited between its polls. What happens to a
poll or to a stream is no failure where there is none. This file is written
by `tests/test_behaviour_server.py` with `CALLMEND_UPDATE_DOCS=1`, and checked by it without.

"""


def _cell(outcome: Outcome) -> str:
    first, second = halves(ANSWER)
    if ["never ends"] in outcome.shown:
        return "nothing: it waits for ever"
    if outcome.error is not None:
        seen = f"`{outcome.error}`"
    else:
        text = next(entry[1] for entry in outcome.shown if entry[0].endswith(" gives"))
        parts = {
            ANSWER: "the answer",
            first: "the first half of the answer",
            second: "the second half of the answer",
            f"{first}\n\n{second}": "both parts of the answer, in paragraphs",
        }
        [[_, messages]] = outcome.asked_for(ids=False)
        parts[messages[-1]["content"]] = "the person's own question, as if it were the answer"
        seen = parts.get(text) or f"`{text}`"
    return f"{seen}, after {round(outcome.waited / 1000, 1):g} s".replace("|", "\\|")


def _table(server: RunningServer) -> str:
    shown = [pair for form in FORMS for pair in programs(form) if pair.name == "spec-blocks"]
    assert len(shown) == len(FORMS)
    rows = [["scenario", *FORMS], ["---"] * (1 + len(FORMS))]
    for scenario in Scenario:
        if scenario in _ELSEWHERE:
            continue
        server.control.scenario = scenario
        # One after the other, so that each program has the server for itself.
        cells = [_cell(outcome) for outcome in run_all(server, shown, "after")]
        server.take_violations()
        rows.append([scenario.value, *cells])
    return _HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def test_the_table_in_the_documentation_is_what_happens(server: RunningServer) -> None:
    table = _table(server)
    if os.environ.get("CALLMEND_UPDATE_DOCS"):
        TABLE.write_text(table, encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == table
