"""A signal that ends the request which starts a run ends the polling too, or it is told why not.

The rewritten programs are driven in Node: nothing is aborted, or before the start, or while the
run is polled for.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callmend.findings import Bucket, Migration
from callmend.settings import Settings
from tests.invariants import check
from tests.server import RunningServer, Scenario, running_server
from tests.server.scenarios import ANSWER
from tests.shapes.corpus import Drive, Shape
from tests.shapes.running import Outcome, drive

TARGETS = ("assistants", "responses")
_URL = "'https://api.openai.com/v1/workflows/runs'"
_HEADERS = "{ Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' }"
_BODY = "{ workflow_id: process.env.WF, input: { message } }"
#: What a caller does: it aborts at once, after a while, or never.
_MAIN = """
const seen = (data) => data.output_text;
export async function main(after) {
  const controller = new AbortController();
  if (after === 0) controller.abort();
  const timer = after > 0 ? setTimeout(() => controller.abort(), after) : 0;
  const start = Date.now();
  try {
    return { text: await ask('Hello', controller.signal) };
  } catch (error) {
    return { error: error.name, waited: Date.now() - start };
  } finally {
    clearTimeout(timer);
  }
}
"""


def _fetch(
    signal: str = "signal,", read: str = "return seen(data);", before: str = "", after: str = ""
) -> str:
    """`ask`, by `fetch`; ``read`` decides on the form in which the answer is read."""
    return (
        f"async function ask(message, signal) {{\n{before}  const res = await fetch({_URL}, {{\n"
        f"    method: 'POST',\n    {signal}\n    headers: {_HEADERS},\n"
        f"    body: JSON.stringify({_BODY}),\n  }});\n{after}"
        "  if (!res.ok) throw new Error(`HTTP ${res.status}`);\n"
        f"  const data = await res.json();\n  {read}\n}}\n"
    )


_IN_PLACE = "return data.output_text;"
_AXIOS = (
    "import axios from 'axios';\nasync function ask(message, signal) {\n"
    f"  const {{ data }} = await axios.post({_URL}, {_BODY}, {{ signal, headers: {_HEADERS} }});\n"
    "  return seen(data);\n}\n"
)
_KY = (
    "import ky from 'ky';\nasync function ask(message, signal) {\n"
    f"  const data = await ky.post({_URL}, {{ signal, headers: {_HEADERS}, json: {_BODY} }})"
    ".json();\n  return seen(data);\n}\n"
)
_GOT = _KY.replace("ky", "got")
_NAMED = (
    "async function ask(message, signal) {\n"
    f"  const init = {{ method: 'POST', headers: {_HEADERS}, signal: signal,\n"
    f"    body: JSON.stringify({_BODY}) }};\n"
    f"  const res = await fetch({_URL}, init);\n"
    "  if (!res.ok) throw new Error('no');\n  return seen(await res.json());\n}\n"
)
_POLLS = (
    "async function ask(message, signal) {\n"
    f"  const res = await fetch({_URL}, {{ method: 'POST', signal, headers: {_HEADERS},\n"
    f"    body: JSON.stringify({_BODY}) }});\n"
    "  if (!res.ok) throw new Error('no');\n  let data = await res.json();\n"
    "  for (let n = 0; n < 9 && data.status !== 'completed'; n++) {\n"
    "    await new Promise((r) => setTimeout(r, 5000));\n"
    "    const again = await fetch(`https://api.openai.com/v1/workflows/runs/${data.id}`,"
    f" {{ signal, headers: {_HEADERS} }});\n"
    "    if (!again.ok) throw new Error('no');\n    data = await again.json();\n"
    "    if (data.status === 'failed') throw new Error('failed');\n  }\n"
    "  return seen(data);\n}\n"
)


def _helper(sends: str, call: str, gives: str = "res.json()", read: str = "data") -> str:
    """`ask`, by a function of the file that sends other requests too."""
    return (
        f"async function send(path, given, signal) {{\n"
        f"  const res = await fetch('https://api.openai.com/v1' + path, {sends});\n"
        f"  if (!res.ok) throw new Error('no');\n  return {gives};\n}}\n"
        "export const models = () => send('/models', { method: 'GET' });\n"
        "async function ask(message, signal) {\n"
        f"  const data = await send('/workflows/runs', {call});\n"
        f"  return seen({read});\n}}\n"
    )


_POSTS = f"{{ method: 'POST', signal, headers: {_HEADERS}, body: JSON.stringify(given) }}"
_SPREADS = f"{{ ...given, headers: {_HEADERS} }}"
_AXIOS_HELPER = (
    "import axios from 'axios';\nasync function post(path, data, signal) {\n"
    f"  const res = await axios.post('https://api.openai.com/v1' + path, data,"
    f" {{ signal, headers: {_HEADERS} }});\n  return res.data;\n}}\n"
    "export const embed = (input) => post('/embeddings', { input });\n"
    "async function ask(message, signal) {\n"
    f"  return seen(await post('/workflows/runs', {_BODY}, signal));\n}}\n"
)
#: `ask`, the polling that is written, and by what name its error is known.
_CARRIED = {
    "adapted": (_fetch(), "specification", "AbortError"),
    "adapted-and-thrown": (
        _fetch().replace("  if (!res.ok) throw new Error(`HTTP ${res.status}`);\n", ""),
        "specification",
        "AbortError",
    ),
    "of-options": (
        _fetch("signal: opts.signal,")
        .replace("ask(message, signal)", "ask(message, given)")
        .replace("{\n  const res", "{\n  const opts = { signal: given };\n  const res"),
        "specification",
        "AbortError",
    ),
    "where-it-is-given": (
        _fetch("...(signal ? { signal } : {}),"),
        "specification",
        "AbortError",
    ),
    "in-an-object-with-a-name": (_NAMED, "specification", "AbortError"),
    "in-place": (_fetch(read=_IN_PLACE), "specification", "AbortError"),
    "in-place-robust": (_fetch(read=_IN_PLACE), "robust", "AbortError"),
    "by-axios": (_AXIOS, "specification", "CanceledError"),
    "by-ky": (_KY, "specification", "AbortError"),
    "by-got": (_GOT, "specification", "AbortError"),
    "given-to-a-helper": (_helper(_POSTS, f"{_BODY}, signal"), "specification", "AbortError"),
    "among-options-for-a-helper": (
        _helper(_SPREADS, f"{{ method: 'POST', signal, body: JSON.stringify({_BODY}) }}"),
        "specification",
        "AbortError",
    ),
    "given-to-a-helper-of-responses": (
        _helper(_POSTS, f"{_BODY}, signal", "res", "await data.json()"),
        "specification",
        "AbortError",
    ),
    "given-to-a-helper-by-axios": (_AXIOS_HELPER, "specification", "CanceledError"),
    "beside-polling-of-its-own": (_POLLS, "specification", "AbortError"),
}
_WITHIN = {"in-place": 1000}


def _migrate(source: str, target: str = "assistants", polling: str = "specification") -> Migration:
    migration = check(source.encode(), "ask.mjs", Settings(target=target, polling=polling))
    assert {finding.bucket for finding in migration.findings} == {Bucket.MIGRATED}
    return migration


def _notes(migration: Migration) -> str:
    return "\n".join(note.text for f in migration.findings for note in f.notes)


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server() as running:
        yield running


def _driven(
    server: RunningServer,
    programs: dict[str, bytes],
    after: int | None,
    scenario: Scenario,
) -> dict[str, Outcome]:
    given = {"driver": "function", "call": "main", "arguments": [after]}
    shapes = [
        (
            Shape(
                name,
                "ask.mjs",
                source,
                name,
                "migrate",
                env={"KEY": "sk-test", "WF": "asst_test"},
                drives=(Drive(given, "returned.text"),),
            ),
            source,
        )
        for name, source in programs.items()
    ]
    ran = drive(server, shapes, scenario)
    assert [each.violations for each in ran.values() if each.violations] == []
    return {name: each.outcomes[0] for name, each in ran.items()}


def _rewritten(target: str) -> dict[str, bytes]:
    return {
        name: _migrate(ask + _MAIN, target, polling).result
        for name, (ask, polling, _) in _CARRIED.items()
    }


@pytest.mark.parametrize("target", TARGETS)
def test_the_answer_comes_where_nothing_is_aborted(server: RunningServer, target: str) -> None:
    for name, outcome in _driven(server, _rewritten(target), None, Scenario.SLOW).items():
        assert outcome.data["returned"] == {"text": ANSWER}, (name, outcome.data)


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_asked_where_it_is_aborted_before(server: RunningServer, target: str) -> None:
    for name, outcome in _driven(server, _rewritten(target), 0, Scenario.COMPLETED).items():
        assert outcome.data["returned"] == {"error": _CARRIED[name][2], "waited": 0}, name
        assert outcome.requests == [], name


def test_the_polling_ends_as_soon_as_it_is_aborted(server: RunningServer) -> None:
    programs = _rewritten("assistants")
    for name, outcome in _driven(server, programs, 3100, Scenario.NEVER_FINISHING).items():
        returned = outcome.data["returned"]
        assert returned["error"] == _CARRIED[name][2], (name, outcome.data)
        assert 3100 <= returned["waited"] <= 3100 + _WITHIN.get(name, 0), name
        polls = [r for r in outcome.requests if r["method"] == "GET"]
        assert len(polls) > 1, name


@pytest.mark.parametrize("target", TARGETS)
def test_a_failed_run_is_no_answer_with_a_signal(server: RunningServer, target: str) -> None:
    for name, outcome in _driven(server, _rewritten(target), None, Scenario.FAILED).items():
        assert "error" in outcome.data["returned"], name


@pytest.mark.parametrize(("ask", "polling", "_"), _CARRIED.values(), ids=_CARRIED)
def test_nothing_is_told_of_a_signal_that_is_carried(ask: str, polling: str, _: str) -> None:
    assert "signal" not in _notes(_migrate(ask + _MAIN, polling=polling))


def test_a_time_runs_from_the_start_and_once(server: RunningServer) -> None:
    source = _fetch("signal: AbortSignal.timeout(4000),") + _MAIN
    migration = _migrate(source)
    result = migration.result.decode()
    assert result.count("AbortSignal.timeout(4000)") == 1
    assert "  const signal2 = AbortSignal.timeout(4000);\n  const res = await work" in result
    assert "signal: signal2,\n" in result
    assert "signal" not in _notes(migration)
    [outcome] = _driven(
        server, {"timed": migration.result}, None, Scenario.NEVER_FINISHING
    ).values()
    assert outcome.data["returned"] == {"error": "TimeoutError", "waited": 4000}


_LEFT = {
    "made-by-a-function": (
        _fetch("signal: deadline(signal),"),
        "`deadline(signal)` may be another one the second time",
    ),
    "overwritten-by-what-is-spread": (
        _fetch("signal, ...extra,", before="  const extra = { cache: 'no-store' };\n"),
        "what is spread behind it may bring another one",
    ),
    "of-another-package": (
        "import { AbortController } from 'abort-controller';\n"
        + _fetch("signal: new AbortController().signal,"),
        "`AbortController` is another thing here",
    ),
    "a-time-in-a-return": (
        f"async function ask(message) {{\n  if (message) return seen(await (await fetch({_URL}, "
        f"{{ method: 'POST', signal: AbortSignal.timeout(9), headers: {_HEADERS}, "
        f"body: JSON.stringify({_BODY}) }})).json());\n}}\n",
        "`AbortSignal.timeout(9)` would start anew with each request",
    ),
    "sent-by-a-function-that-has-its-own": (
        "async function inTime(url, init) {\n"
        "  return await fetch(url, { ...init, signal: AbortSignal.timeout(9) });\n}\n"
        + _fetch().replace("await fetch(", "await inTime(", 1),
        "`inTime` may send another one",
    ),
    "of-the-helper-itself": (
        _helper(_POSTS.replace("signal,", "signal: AbortSignal.timeout(9000),"), _BODY),
        "it does not stand in the call",
    ),
    "the-time-of-the-start-where-the-file-polls": (
        _POLLS.replace("'POST', signal,", "'POST', signal: AbortSignal.timeout(9000),").replace(
            "{ signal, headers", "{ headers"
        ),
        "it is the time of that one request: this file asks for the run again itself",
    ),
    "assigned-again-before-the-reading": (
        _fetch(read=_IN_PLACE, after="  signal = undefined;\n"),
        "`signal` is assigned again",
    ),
    "set-by-another-function": (
        "const now = {};\nexport function stop() {\n  now.controller.abort();\n"
        "  now.controller = null;\n}\n"
        + _fetch(
            "signal: now.controller.signal,",
            read=_IN_PLACE,
            before="  now.controller = new AbortController();\n",
        ),
        "`now.controller.signal` is set elsewhere too",
    ),
    "where-a-timer-is-cleared-by-the-files-own": (
        "function clearTimeout() {}\n" + _fetch(),
        "`clearTimeout` is another thing here",
    ),
    "a-time-in-place": (
        _fetch("signal: AbortSignal.timeout(9000),", read=_IN_PLACE),
        "`AbortSignal.timeout(9000)` would start anew with each request",
    ),
}


@pytest.mark.parametrize(("ask", "why"), _LEFT.values(), ids=_LEFT)
def test_it_is_told_why_a_signal_is_not_carried(ask: str, why: str) -> None:
    migration = _migrate(ask + _MAIN)
    assert f"not the polling, which ends after {_seconds(ask)} seconds" in _notes(migration)
    assert f"it is not carried because {why}" in _notes(migration)
    assert "stopped" not in migration.result.decode()
    quiet = _migrate(ask + _MAIN, "responses")
    assert "not the polling" not in _notes(quiet)


def _seconds(ask: str) -> int:
    return 45 if ask.count("r, 5000") else 30


def test_what_another_function_sets_is_carried_as_it_is_at_the_call() -> None:
    ask = "const now = {};\nexport const stop = () => (now.controller = null);\n" + _fetch(
        "signal: now.controller.signal,"
    )
    migration = _migrate(ask + _MAIN)
    assert "'assistants=v2' }, now.controller.signal);" in migration.result.decode()
    robust = _migrate(
        ask.replace("return seen(data);", _IN_PLACE) + _MAIN, polling="robust"
    ).result.decode()
    assert robust.count("now.controller.signal") == 1
    assert robust.count("signal: AbortSignal.timeout(10000)") == 2


def test_each_request_of_robust_polling_has_a_time_of_its_own() -> None:
    ask = _fetch("signal: AbortSignal.timeout(9000),", read=_IN_PLACE)
    migration = _migrate(ask + _MAIN, polling="robust")
    told = "each request of the polling has `AbortSignal.timeout(9000)` of its own"
    assert told in _notes(migration)
    assert migration.result.decode().count("AbortSignal.timeout(9000)") == 3


_TIMER = (
    "  const controller = new AbortController();\n"
    "  const timer = setTimeout(() => controller.abort(), 4000);\n"
)
_CLEAR = "  clearTimeout(timer);\n"


def test_a_timer_that_is_cleared_behind_the_call_holds_for_all_of_the_polling(
    server: RunningServer,
) -> None:
    migration = _migrate(_fetch("signal: controller.signal,", before=_TIMER, after=_CLEAR) + _MAIN)
    assert "clearTimeout(timer)` ends" not in _notes(migration)
    programs = {"timed": migration.result}
    [outcome] = _driven(server, programs, None, Scenario.NEVER_FINISHING).values()
    assert outcome.data["returned"] == {"error": "AbortError", "waited": 4000}
    [outcome] = _driven(server, programs, None, Scenario.COMPLETED).values()
    assert outcome.data["returned"] == {"text": ANSWER}


@pytest.mark.parametrize("polling", ["specification", "robust"])
def test_a_timer_that_is_cleared_before_the_polling_is_told(
    server: RunningServer, polling: str
) -> None:
    source = _fetch("signal: controller.signal,", read=_IN_PLACE, before=_TIMER, after=_CLEAR)
    migration = _migrate(source + _MAIN, polling=polling)
    assert "`clearTimeout(timer)` ends the time limit of the request that starts the run" in _notes(
        migration
    )
    programs = {"timed": migration.result}
    [outcome] = _driven(server, programs, None, Scenario.NEVER_FINISHING).values()
    assert outcome.data["returned"]["error"] == "Error"
    assert outcome.data["returned"]["waited"] > 25000


def test_a_timer_that_is_cleared_at_the_end_is_not_told() -> None:
    source = _fetch(
        "signal: controller.signal,",
        read="try { return data.output_text; } finally { clearTimeout(timer); }",
        before=_TIMER,
    )
    assert "clearTimeout" not in _notes(_migrate(source + _MAIN))
