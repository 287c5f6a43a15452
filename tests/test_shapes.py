"""The corpus of tests/shapes: no wrong rewrite, every call accounted for, the share migrated.

Each program is run in Node as its framework runs it, against a server that speaks the API.
`python -m tests.shapes` prints the same as a table.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from tests.server import running_server
from tests.shapes.corpus import shapes
from tests.shapes.document import FILE, document
from tests.shapes.judging import TARGETS, Verdict, judge, shows_the_answer
from tests.shapes.running import drive

#: How many of a hundred shapes that should be migrated are, on each target. It only ever rises.
MIGRATED_PER_CENT = {"assistants": 95, "responses": 95}
#: Shapes in which a call is not noticed yet, by name. It only ever shrinks; nothing else is silent.
UNNOTICED = frozenset(
    {
        "left-event-source",
        "left-test-double-jest",
        "left-test-double-msw",
        "left-test-double-nock",
        "left-test-double-vi-fn",
    }
)


@cache
def _verdicts(target: str) -> tuple[Verdict, ...]:
    with running_server() as server:
        return tuple(judge(server, shapes(), target))


def _listed(verdicts: list[Verdict]) -> str:
    return "\n".join(f"{v.shape.name}: {v.outcome} {v.detail}" for v in verdicts)


def test_the_programs_are_driven_right_and_none_shows_an_answer_before() -> None:
    wanted = shapes("migrate")
    with running_server() as server:
        dead = drive(server, [(shape, shape.source) for shape in wanted])
        answering = [shape for shape in wanted if shape.answers is not None]
        alive = drive(server, [(s, s.source) for s in answering], imagining=True)
    for shape in wanted:
        for given, outcome in zip(shape.drives, dead[shape.name].outcomes, strict=True):
            assert given.shows == "chat" or not shows_the_answer(outcome, given), shape.name
    # Where the endpoint answers as the author imagined, each program shows the answer: so the
    # drivers and the places are right, and what is missing afterwards is the migration's fault.
    silent = [
        shape.name
        for shape in answering
        for given, outcome in zip(shape.drives, alive[shape.name].outcomes, strict=True)
        if not shows_the_answer(outcome, given)
    ]
    assert silent == []
    assert len(answering) > len(wanted) * 0.8


@pytest.mark.parametrize("target", TARGETS)
def test_no_rewrite_is_wrong_in_any_scenario(target: str) -> None:
    wrong = [verdict for verdict in _verdicts(target) if verdict.is_wrong]
    assert not wrong, _listed(wrong)


@pytest.mark.parametrize("target", TARGETS)
def test_every_call_is_migrated_or_left_with_a_reason(target: str) -> None:
    silent = [verdict for verdict in _verdicts(target) if verdict.outcome == "unnoticed"]
    new = [verdict for verdict in silent if verdict.shape.name not in UNNOTICED]
    assert not new, _listed(new)
    assert {verdict.shape.name for verdict in silent} == UNNOTICED, "take the others out"
    for verdict in _verdicts(target):
        if verdict.outcome in ("left", "partly"):
            assert verdict.detail, f"{verdict.shape.name} is left without a reason"


@pytest.mark.parametrize("target", TARGETS)
def test_the_share_of_migrated_shapes_does_not_fall(target: str) -> None:
    wanted = [verdict for verdict in _verdicts(target) if verdict.shape.kind == "migrate"]
    counts = Counter(verdict.outcome for verdict in wanted)
    assert counts["migrated"] * 100 >= MIGRATED_PER_CENT[target] * len(wanted), counts


def test_the_corpus_does_not_shrink() -> None:
    others = [shape for shape in shapes() if shape.kind != "migrate"]
    assert len(shapes("migrate")) >= 98
    assert len(others) >= 60


def test_the_documentation_shows_what_is_written_today() -> None:
    told = "run `python -m tests.shapes --document`"
    assert FILE.read_text(encoding="utf-8") == document(), told
