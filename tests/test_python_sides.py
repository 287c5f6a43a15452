"""Generated variants of the Python goldens: what waits as what is awaited, and the reverse."""

from __future__ import annotations

import pytest

from tests.python_goldens import PythonGolden
from tests.python_invariants import check
from tests.python_sides import other_sides, same
from tests.test_python_goldens import found_in


@pytest.mark.parametrize(
    ("golden", "source", "expected"), other_sides().values(), ids=other_sides()
)
def test_the_other_side_is_migrated_to_the_other_side(
    golden: PythonGolden, source: bytes, expected: bytes
) -> None:
    migration = check(source, settings=golden.settings)
    assert found_in(migration) == golden.findings
    assert same(migration.result) == same(expected)


def test_both_sides_are_made_of_others() -> None:
    # Else a change of the goldens could leave a side without any.
    names = list(other_sides())
    assert sum(name.endswith("-waits") for name in names) >= 20
    assert sum(name.endswith("-is-awaited") for name in names) >= 20
