"""Streams of the dead call: read or piped on as before, and run in Node against the test server.

`tests/streams.py` has the programs; `tests/goldens_streamed` what some of them become, by byte
(CALLMEND_UPDATE_DOCS=1 writes it, to be read before it is committed). Run, each gives the live
API's text, however its bytes are cut; and a failure of any kind reaches whoever called the
program, as a failure.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check
from tests.server import RunningServer, Scenario, Wire, running_server
from tests.server.scenarios import ANSWER
from tests.shapes.corpus import Shape
from tests.shapes.judging import problems
from tests.shapes.running import Ran, drive
from tests.streams import LEFT, PIPES, READERS, TELLING, program
from tests.test_goldens_adapted import VARIANTS
from tests.variants import apply

TARGETS = ("assistants", "responses")
#: By target, bytes that are cut anywhere, in other spellings of the events.
WIRES = {
    "assistants": Wire.UNEVEN | Wire.CRLF | Wire.COMMENTS | Wire.OTHER_FIELDS,
    "responses": Wire.UNEVEN | Wire.SEVERAL_DATA_LINES | Wire.NO_SPACE | Wire.BOM,
}
#: What fails before the first word of the answer, and what behind half of it; by target, as each
#: run of all programs takes some seconds.
BEFORE = {
    "assistants": (Scenario.FAILED, Scenario.REFUSAL, Scenario.EXPIRED),
    "responses": (Scenario.FAILED, Scenario.REFUSAL, Scenario.UNAUTHORIZED, Scenario.EMPTY_ANSWER),
}
BEHIND = {
    "assistants": (Scenario.ERROR_EVENT, Scenario.STREAM_ENDS_EARLY),
    "responses": (Scenario.ERROR_EVENT, Scenario.DROPPED_MID_STREAM),
}
_FAILURES = [(t, each) for t in TARGETS for each in (*BEFORE[t], *BEHIND[t])]
_ALL = {**READERS, **PIPES}
GOLDENS = Path(__file__).with_name("goldens_streamed")
_GOLDENS = [(folder.name, target) for folder in sorted(GOLDENS.iterdir()) for target in TARGETS]


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server() as running:
        yield running


def _programs(target: str, names: Iterable[str]) -> list[tuple[Shape, bytes]]:
    shapes = [program(name, _ALL[name]) for name in names]
    return [(s, check(s.source, s.path, Settings(target=target)).result) for s in shapes]


def _ran(
    server: RunningServer, target: str, scenario: Scenario, names: Iterable[str] = tuple(_ALL)
) -> dict[str, tuple[Shape, Ran]]:
    programs = _programs(target, names)
    ran = drive(server, programs, scenario)
    return {shape.title: (shape, ran[shape.name]) for shape, _ in programs}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", [*_ALL])
def test_a_stream_becomes_the_targets(name: str, target: str) -> None:
    shape = program(name, _ALL[name])
    [finding] = check(shape.source, shape.path, Settings(target=target)).findings
    assert finding.bucket is Bucket.MIGRATED, (finding.reason, finding.detail)
    told = "\n".join(note.text for note in finding.notes)
    assert "workflowStream" in told
    assert ("pipes the stream on" in told) is (name in PIPES)


def _golden(name: str, target: str) -> tuple[bytes, str, Path]:
    [path] = (GOLDENS / name).glob("input.*")
    return path.read_bytes(), path.name, path.with_stem(target)


@pytest.mark.parametrize(("name", "target"), _GOLDENS)
def test_golden(name: str, target: str) -> None:
    source, path, golden = _golden(name, target)
    migration = check(source, path, Settings(target=target))
    if os.environ.get("CALLMEND_UPDATE_DOCS"):
        golden.write_bytes(migration.result)
    assert migration.result.decode() == golden.read_bytes().decode()


@pytest.mark.parametrize("variant", VARIANTS, ids="+".join)
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", ["lines-with-a-type-and-a-delta", "each-chunk-by-a-reader"])
def test_variant(name: str, target: str, variant: tuple[str, ...]) -> None:
    given, file, golden = _golden(name, target)
    source, path = apply(variant, given, file)
    expected, _ = apply(variant, golden.read_bytes(), file)
    assert check(source, path, Settings(target=target)).result.decode() == expected.decode()


def test_the_goldens_are_programs_that_run() -> None:
    programs = {program(name, given).name: given[0] for name, given in _ALL.items()}
    for folder in GOLDENS.iterdir():
        [path] = folder.glob("input.*")
        assert path.read_text(encoding="utf-8") == programs[folder.name]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", [*LEFT])
def test_a_stream_is_left_because(name: str, target: str) -> None:
    source, what = LEFT[name]
    migration = check(source.encode(), "input.ts", Settings(target=target))
    [finding] = migration.findings
    assert finding.reason in (Reason.STREAM_NOT_UNDERSTOOD, Reason.STREAMING)
    assert what in finding.detail
    assert not migration.changed


def _check_the_answer(ran: dict[str, tuple[Shape, Ran]], target: str) -> None:
    for title, (shape, one) in ran.items():
        [outcome] = one.outcomes
        found = [*problems(shape, one, Scenario.COMPLETED, target)]
        assert not found, (title, found, outcome.data)
        assert outcome.data["thrown"] is None, title
        # Exactly once: not its pieces and then the whole again.
        assert outcome.at(shape.drives[0].expects) == ANSWER, title


@pytest.mark.parametrize("target", TARGETS)
def test_the_answer_arrives_however_the_bytes_are_cut(server: RunningServer, target: str) -> None:
    server.control.wire = WIRES[target]
    _check_the_answer(_ran(server, target, Scenario.COMPLETED), target)


@pytest.mark.parametrize("target", TARGETS)
def test_characters_and_line_ends_that_are_torn_are_put_together(
    server: RunningServer, target: str
) -> None:
    server.control.wire = Wire.TORN | Wire.CRLF
    names = ("lines with a type and a delta", "each chunk by a reader")
    _check_the_answer(_ran(server, target, Scenario.COMPLETED, names), target)


@pytest.mark.parametrize(("target", "scenario"), _FAILURES)
def test_a_failure_is_none_of_the_answers(
    server: RunningServer, target: str, scenario: Scenario
) -> None:
    for title, (shape, ran) in _ran(server, target, scenario).items():
        [outcome] = ran.outcomes
        assert not [*problems(shape, ran, scenario, target)], (title, outcome.data)
        assert outcome.is_failure, (title, outcome.data)
        shown = outcome.at(shape.drives[0].expects)
        assert not shown or ANSWER not in str(shown), title
        if scenario in BEFORE[target] and shape.drives[0].given["driver"] == "next-route":
            # It is known before the first word, so that a route can still say so by its status.
            response = outcome.data["response"]
            assert response is None or response["status"] >= 400, title


@pytest.mark.parametrize("target", TARGETS)
def test_an_own_stream_may_tell_of_a_failure_by_an_event(
    server: RunningServer, target: str
) -> None:
    given = (TELLING, {"driver": "next-route", "body": {"message": "Say it"}}, "response.stream")
    shape = program("an own stream that tells", given)
    migrated = check(shape.source, shape.path, Settings(target=target)).result
    for scenario in (Scenario.COMPLETED, *BEHIND[target]):
        [outcome] = drive(server, [(shape, migrated)], scenario)[shape.name].outcomes
        is_whole = scenario is Scenario.COMPLETED
        assert ("Stream failed" in outcome.data["response"]["text"]) is not is_whole, scenario
        assert (outcome.at("response.stream") == ANSWER) is is_whole, scenario


@pytest.mark.parametrize("target", TARGETS)
def test_words_of_several_messages_come_one_after_the_other(
    server: RunningServer, target: str
) -> None:
    names = ("lines with a type and a delta", "a stream of its own")
    for _, ran in _ran(server, target, Scenario.SEVERAL_MESSAGES, names).values():
        [outcome] = ran.outcomes
        said = outcome.at("response.json.reply") or outcome.at("response.stream")
        joint = "\n\n" if target == "assistants" else ""
        assert said.replace(joint, "") == ANSWER
        assert said.count(joint) == 1 or not joint


def test_comments_on_the_way_are_no_part_of_the_answer(server: RunningServer) -> None:
    [(_, ran)] = _ran(
        server, "responses", Scenario.PHASES, ("lines with a type and a delta",)
    ).values()
    assert ran.outcomes[0].at("response.json.reply") == ANSWER
