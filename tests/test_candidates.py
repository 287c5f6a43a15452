"""Which of the files that passed the byte search are parsed: those that may hold a dead call."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from callmend.endpoints import may_call
from callmend.engine import migrate
from tests.test_finding import URLS
from tests.tools import ROOT

CALLS = {
    "whole-url": "fetch('https://api.openai.com/v1/workflows/runs')",
    "path-in-a-template": "fetch(`${base}/workflows/${id}/run`)",
    "segments-of-a-list": "['v1', 'workflows', 'runs'].join('/')",
    "segment-behind-a-hole": "`${api}workflows/${path}runs`",
    "segment-before-a-query": "'/workflows/runs?limit=1'",
    "ending-of-its-own": "'/workflows/' + id + '/run' + 's'",
    "ending-escaped": r"'/workflows/run\x73'",
    "slash-escaped-by-number": r"'\x2fworkflows\u002fruns'",
    "slash-escaped-in-braces": r"'\u{2f}workflows\u{2f}runs'",
    "dropped-tab": r"'/\tworkflows/\truns'",
    "not-ascii-in-front": "'äworkflows/ärun'",
    "threads": "fetch(`${base}/threads/${id}/runs`)",
}
OTHERS = {
    "part-of-a-word": "fetch('/api/v1/workflows/'); <b className='truncate' />",
    "beginning-of-a-word": "fetch('/workflows/' + runtime)",
    "end-of-a-word": "fetch('/workflows/reruns')",
    "part-of-a-name": "import workflows from './workflows'; const next_run = last_runs;",
    "other-case": "const threadsRuns = threads.map(toRun);",
    "one-of-two": "fetch('/workflows/')",
}


@pytest.mark.parametrize("source", CALLS.values(), ids=CALLS.keys())
def test_a_file_that_may_hold_a_call_is_parsed(source: str) -> None:
    assert may_call(source.encode())


@pytest.mark.parametrize("source", OTHERS.values(), ids=OTHERS.keys())
def test_a_file_that_cannot_hold_a_call_is_not_parsed(source: str) -> None:
    assert not may_call(source.encode())
    assert migrate(source.encode(), "a.tsx").findings == ()


@pytest.mark.parametrize("source", URLS.values(), ids=URLS.keys())
def test_every_spelling_of_the_url_that_is_rewritten_is_parsed(source: str) -> None:
    assert may_call(source.encode())


def test_every_golden_with_a_finding_is_parsed() -> None:
    checked = 0
    for path in sorted((ROOT / "tests" / "goldens").rglob("input.*")):
        data = path.read_bytes()
        if migrate(data, path.name).findings:
            assert may_call(data), path
            checked += 1
    assert checked > 30


#: What is at the edge of a word, or of an escape in front of one.
_EDGES = '\\ar_/ 1"\n'


def test_a_word_is_what_a_plain_pattern_takes_for_one() -> None:
    # The plain one says what is meant; `may_call` is quicker.
    plain = re.compile(rb"(?:(?<![0-9A-Za-z_])|\\[0-9A-Za-z]{1,5})run_workflow(?![0-9A-Za-z_])")
    rng = random.Random(1)  # noqa: S311  # the same cases each time
    judged: Counter[bool] = Counter()
    for _ in range(5_000):
        before = "".join(rng.choices(_EDGES, k=rng.randint(0, 9)))
        behind = "".join(rng.choices(_EDGES, k=rng.randint(0, 2)))
        data = f"{before}run_workflow{behind} openai".encode()
        assert may_call(data) is (plain.search(data) is not None), data
        judged[may_call(data)] += 1
    assert min(judged.values()) > 250
