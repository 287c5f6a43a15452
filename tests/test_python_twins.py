"""Synchronous goldens as asynchronous ones and back: the migration of a twin is the twin."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from tests.python_goldens import PythonGolden, goldens
from tests.python_invariants import check, comments_of
from tests.python_twins import NoTwinError, to_async, to_sync
from tests.test_python_goldens import found_in

#: In which direction, how many goldens have a twin at least, and how many to the byte: widths
#: change with each `await`, so that the others are laid out on other lines.
_WAYS: dict[str, tuple[Callable[[bytes], bytes], int, int]] = {
    "async": (to_async, 24, 20),
    "sync": (to_sync, 34, 32),
}


def _twin(golden: PythonGolden, change: Callable[[bytes], bytes]) -> tuple[bytes, bytes] | None:
    try:
        return change(golden.source), change(golden.expected)
    except NoTwinError:
        return None


def _cases() -> list[tuple[str, PythonGolden, bytes, bytes]]:
    made = [(way, g, _twin(g, _WAYS[way][0])) for way in _WAYS for g in goldens().values()]
    return [(way, golden, *twin) for way, golden, twin in made if twin is not None]


_CASES = _cases()


@pytest.mark.parametrize(
    ("golden", "source", "expected"),
    [pytest.param(*case[1:], id=f"{case[1].name}[{case[0]}]") for case in _CASES],
)
def test_the_migration_of_a_twin_is_the_twin_of_the_migration(
    golden: PythonGolden, source: bytes, expected: bytes
) -> None:
    assert source != golden.source
    assert expected != golden.expected
    migration = check(source, settings=golden.settings)
    assert ast.unparse(ast.parse(migration.result)) == ast.unparse(ast.parse(expected))
    assert comments_of(migration.result) == comments_of(expected)
    assert found_in(migration) == golden.findings


@pytest.mark.parametrize("way", _WAYS)
def test_many_goldens_have_a_twin_and_most_of_them_to_the_byte(way: str) -> None:
    _, fitting, equal = _WAYS[way]
    mine = [case for case in _CASES if case[0] == way]
    assert len(mine) >= fitting
    alike = [expected == check(s, settings=g.settings).result for _, g, s, expected in mine]
    assert sum(alike) >= equal


def test_a_twins_twin_is_the_file() -> None:
    there = [case for case in _CASES if case[0] == "async"]
    for _, golden, source, _ in there:
        assert ast.dump(ast.parse(to_sync(source))) == ast.dump(ast.parse(golden.source))


#: Files that have no twin, as it would do more or less than they do.
_NONE = {
    "no-client": "import requests\n\n\ndef ask():\n    return requests.get(URL)\n",
    "a-call-in-the-module": "from openai import OpenAI\nclient = OpenAI()\nclient.models.list()\n",
    "handed-on": (
        "from openai import OpenAI\nclient = OpenAI()\n\n\ndef ask():\n"
        "    client.files.create()\n\n\nrun_it(ask)\n"
    ),
    "a-generator": (
        "from openai import OpenAI\nclient = OpenAI()\n\n\ndef ask():\n"
        "    yield client.files.create()\n"
    ),
    "sleep-by-its-name": (
        "from time import sleep\nfrom openai import OpenAI\nclient = OpenAI()\n\n\ndef ask():\n"
        "    sleep(1)\n    client.files.create()\n    asyncio.sleep(1)\n"
    ),
}


@pytest.mark.parametrize("source", _NONE.values(), ids=_NONE)
def test_what_would_do_something_else_has_no_twin(source: str) -> None:
    with pytest.raises(NoTwinError):
        to_async(source.encode())
