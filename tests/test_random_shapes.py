"""Programs of random choices per dimension: each parses, behaves or is left with a reason.

`tests/shapes/composing` puts them together; a failure names the seed, and
`compose(Seeded(seed), "random")` gives the program again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache

import pytest

from callmend.findings import Bucket
from tests.programs import Seeded
from tests.server import running_server
from tests.shapes.choices import BODIES, CHECKS, READINGS, WRAPS
from tests.shapes.clients import CLIENTS
from tests.shapes.composing import compose
from tests.shapes.corpus import Shape
from tests.shapes.judging import TARGETS, judge, migrate, shows_the_answer
from tests.shapes.ladders import LADDERS
from tests.shapes.places import PLACES
from tests.shapes.running import drive
from tests.shapes.urls import URLS

#: How many are migrated, and how many of other seeds are run in Node besides.
_READ = 200
_RUN = 30
#: The seeds that are read are chosen among so many, so that they meet every option.
_CHOSEN_AMONG = 1_000
#: What is left today, by the reason's code and by what of the program it may be left for; all else
#: has to be migrated. Entries only ever go.
_LEFT: dict[str, dict[str, tuple[str, ...]]] = {
    "answer-handed-on": {"wrap": ("retry",)},
    "answer-not-read": {"reading": ("inline-await",)},
    "answer-not-understood": {
        "ladder": ("success-flag",),
        "reading": ("inline-await",),
        "wrap": ("retry",),
    },
    "body-not-understood": {"transport": ("sdk",)},
    "no-workflow-id": {"url": ("builder-function", "grown", "joined")},
    "other-read": {"ladder": ("candidates-pushed", "error-member", "error-member-polite")},
    "unknown-transport": {"transport": ("axios",)},
    "unresolved-host": {"transport": tuple(CLIENTS)},
    "url-candidates": {"transport": ("post-helper",)},
    "url-not-certain": {"url": ("chosen",)},
    "url-not-followed": {"url": ("path-replaced",)},
}


@cache
def _program(seed: int) -> Shape:
    return compose(Seeded(seed), f"random-{seed}")


def _seeds() -> tuple[int, ...]:
    """As many seeds as are read: those first that meet an option which none before them does."""
    met: set[tuple[str, str]] = set()
    meeting = []
    for seed in range(_CHOSEN_AMONG):
        options = set(_program(seed).dimensions.items())
        if not options <= met:
            meeting.append(seed)
        met |= options
    others = (seed for seed in range(_CHOSEN_AMONG) if seed not in meeting)
    return tuple(sorted([*meeting, *others][:_READ]))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("seed", _seeds())
def test_a_composed_program_is_migrated_whole_or_left_with_a_known_reason(
    seed: int, target: str
) -> None:
    shape = _program(seed)
    migration = migrate(shape, target)

    [finding] = migration.findings
    if finding.bucket is Bucket.LEFT:
        assert finding.reason is not None
        told = _LEFT[finding.reason.code]
        assert any(shape.dimensions[name] in told[name] for name in told), shape.title
        assert not migration.changed
        return
    assert finding.bucket is Bucket.MIGRATED
    # What has no counterpart is named, and what has nothing to do with the call is as it was.
    notes = "\n".join(note.text for note in finding.notes)
    assert [name for name in shape.reported if name not in notes] == []
    assert shape.bystanders
    result = [line.strip() for line in migration.result.decode().splitlines()]
    assert [result.count(line) for line in shape.bystanders] == [1] * len(shape.bystanders)


def test_the_composed_programs_meet_every_option_of_every_dimension() -> None:
    met: dict[str, set[str]] = defaultdict(set)
    for seed in _seeds():
        for dimension, option in _program(seed).dimensions.items():
            met[dimension].add(option)
    assert met["place"] == {place.name for place in PLACES}
    assert met["url"] == {*URLS, "candidates", "sdk"}
    assert met["ladder"] == {*LADDERS, "none"}
    assert met["transport"] >= {*CLIENTS, "fetch", "node-fetch", "undici", "sdk"}
    assert met["body"] == set(BODIES)
    assert met["reading"] == set(READINGS)
    assert met["check"] == {*CHECKS, "next"}
    assert met["wrap"] == set(WRAPS)


@pytest.fixture(scope="module")
def to_run() -> tuple[Shape, ...]:
    """Programs of other seeds, to be run."""
    return tuple(_program(seed) for seed in range(_CHOSEN_AMONG, _CHOSEN_AMONG + _RUN))


def test_the_composed_programs_show_an_answer_that_comes_as_imagined(
    to_run: tuple[Shape, ...],
) -> None:
    # Else a migrated program that shows none would not tell anything.
    answering = [shape for shape in to_run if shape.answers is not None]
    with running_server() as server:
        ran = drive(server, [(s, s.source) for s in answering], imagining=True)
    for shape in answering:
        [outcome] = ran[shape.name].outcomes
        assert shows_the_answer(outcome, shape.drives[0]), f"{shape.name}: {outcome.data}"
    assert len(answering) > _RUN * 0.7


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_migrated_of_them_behaves_in_every_scenario(
    to_run: tuple[Shape, ...], target: str
) -> None:
    with running_server() as server:
        verdicts = judge(server, to_run, target)
    wrong = [v for v in verdicts if v.outcome not in ("migrated", "left")]
    assert not wrong, "\n".join(f"{v.shape.name}, {v.shape.title}: {v.detail}" for v in wrong)
    counts = Counter(verdict.outcome for verdict in verdicts)
    assert counts["migrated"] > _RUN * 0.6, counts
