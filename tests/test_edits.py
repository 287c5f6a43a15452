"""The edit algebra against a naive model that works byte by byte."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callmend.edits import Edit, OverlapError, Span, apply, compose, kept, ordered

_DATA = st.binary(max_size=40)


@st.composite
def edit_sets(draw: st.DrawFn) -> tuple[bytes, list[Edit]]:
    """Some bytes, and edits of them that may overlap, in any order."""
    data = draw(_DATA)
    edits = []
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, len(data)))
        edits.append(Edit(start, end, draw(st.binary(max_size=6))))
    return data, edits


@st.composite
def apart(draw: st.DrawFn) -> tuple[bytes, list[Edit]]:
    """Some bytes and edits of them that certainly do not overlap, in any order."""
    data = draw(_DATA)
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), unique=True, max_size=10)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    edits = [Edit(start, end, draw(st.binary(max_size=6))) for start, end in pairs]
    return data, draw(st.permutations(edits))


def naive(data: bytes, edits: list[Edit]) -> bytes:
    """Apply from the back, so that no offset has to be moved."""
    result = data
    for edit in sorted(set(edits), reverse=True):
        result = result[: edit.start] + edit.text + result[edit.end :]
    return result


def clash(one: Edit, two: Edit) -> bool:
    """Whether two different edits share a byte, or both insert at one offset or into the other."""
    if one == two:
        return False
    if one.start == one.end and two.start == two.end:
        return one.start == two.start
    if one.start == one.end:
        return two.start < one.start < two.end
    if two.start == two.end:
        return one.start < two.start < one.end
    return one.start < two.end and two.start < one.end


@given(apart())
def test_applying_is_what_the_naive_model_does(case: tuple[bytes, list[Edit]]) -> None:
    data, edits = case
    assert apply(data, edits) == naive(data, edits)


@given(edit_sets())
def test_a_set_is_refused_exactly_where_two_of_its_edits_clash(
    case: tuple[bytes, list[Edit]],
) -> None:
    data, edits = case
    if any(clash(one, two) for one in edits for two in edits):
        with pytest.raises(OverlapError):
            apply(data, edits)
    else:
        assert apply(data, edits) == naive(data, edits)


@given(edit_sets())
def test_order_and_repetition_of_the_given_edits_do_not_matter(
    case: tuple[bytes, list[Edit]],
) -> None:
    _, edits = case
    try:
        expected = ordered(edits)
    except OverlapError:
        with pytest.raises(OverlapError):
            ordered(list(reversed(edits)))
    else:
        assert ordered(reversed(edits)) == expected
        assert ordered([*edits, *edits]) == expected
        assert sorted(set(edits)) == list(expected)
        assert all(one.end <= two.start for one, two in pairwise(expected))


@given(apart())
def test_the_kept_runs_are_the_bytes_that_no_edit_touches(case: tuple[bytes, list[Edit]]) -> None:
    data, edits = case
    result = apply(data, edits)
    covered = bytearray(len(data))
    for part, start in kept(edits, len(data)):
        assert result[start : start + part.end - part.start] == data[part.start : part.end]
        for offset in range(part.start, part.end):
            covered[offset] += 1
    for offset in range(len(data)):
        edited = any(edit.start <= offset < edit.end for edit in edits)
        assert covered[offset] == (0 if edited else 1)


@given(apart())
def test_the_result_is_the_kept_runs_with_the_new_texts_between(
    case: tuple[bytes, list[Edit]],
) -> None:
    data, edits = case
    runs = [data[part.start : part.end] for part, _ in kept(edits, len(data))]
    texts = [edit.text for edit in sorted(edits)]
    joined = b"".join(run + text for run, text in zip(runs, [*texts, b""], strict=True))
    assert joined == apply(data, edits)


@given(_DATA)
def test_no_edits_change_nothing(data: bytes) -> None:
    assert apply(data, []) == data
    assert list(kept([], len(data))) == [(Span(0, len(data)), 0)]


@given(_DATA, st.integers(0, 40), st.binary(max_size=5))
def test_an_edit_beyond_the_end_is_an_error(data: bytes, beyond: int, text: bytes) -> None:
    edit = Edit(len(data), len(data) + beyond + 1, text)
    with pytest.raises(ValueError, match="outside of"):
        apply(data, [edit])


def test_edits_side_by_side_do_not_overlap() -> None:
    assert apply(b"abcd", [Edit(2, 4, b"Y"), Edit(0, 2, b"X")]) == b"XY"


def test_an_insertion_in_front_of_an_edit_stands_in_front_of_it() -> None:
    assert apply(b"abcd", [Edit(1, 1, b"X"), Edit(1, 3, b"Y")]) == b"aXYd"


def test_two_different_insertions_at_one_offset_have_no_order() -> None:
    with pytest.raises(OverlapError):
        apply(b"abcd", [Edit(1, 1, b"X"), Edit(1, 1, b"Y")])


def test_an_insertion_given_twice_is_made_once() -> None:
    assert apply(b"abcd", [Edit(1, 1, b"X"), Edit(1, 1, b"X")]) == b"aXbcd"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (Edit(0, 3, b""), Edit(2, 4, b"")),
        (Edit(0, 4, b""), Edit(1, 2, b"")),
        (Edit(0, 4, b""), Edit(0, 2, b"")),
        (Edit(0, 4, b""), Edit(2, 2, b"x")),
        (Edit(0, 2, b"a"), Edit(0, 2, b"b")),
    ],
    ids=["shares-a-byte", "lies-inside", "starts-together", "inserts-inside", "differs-in-text"],
)
def test_overlap_is_an_error_that_names_both(one: Edit, two: Edit) -> None:
    with pytest.raises(OverlapError) as caught:
        apply(b"abcdef", [one, two])
    assert f"{one.start}..{one.end}" in str(caught.value)
    assert f"{two.start}..{two.end}" in str(caught.value)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2)], ids=["before-zero", "backwards"])
def test_what_is_no_range_is_no_span_and_no_edit(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not a span"):
        Span(start, end)
    with pytest.raises(ValueError, match="not a span"):
        Edit(start, end, b"")


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_contains_and_touches_are_about_offsets(a: int, b: int, c: int, d: int) -> None:
    one, two = Span(min(a, b), max(a, b)), Span(min(c, d), max(c, d))
    mine, other = set(range(one.start, one.end)), set(range(two.start, two.end))
    assert one.contains(two) == (one.start <= two.start and two.end <= one.end)
    assert not one.contains(two) or other <= mine
    assert one.touches(two) == two.touches(one)
    assert one.touches(two) or not mine & other
    assert Edit(one.start, one.end, b"x").span == one


def _random_edits(data: bytes, draw: st.DataObject) -> list[Edit]:
    cuts = sorted(draw.draw(st.lists(st.integers(0, len(data)), max_size=8)))
    made: list[Edit] = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        if not made or start > made[-1].end:
            made.append(Edit(start, end, draw.draw(st.binary(max_size=3))))
    return made


@given(st.binary(max_size=20), st.data())
def test_composed_edits_do_what_one_after_the_other_does(data: bytes, draw: st.DataObject) -> None:
    first = _random_edits(data, draw)
    between = apply(data, first)
    second = _random_edits(between, draw)
    both = compose(first, second, len(data))
    assert apply(data, both) == apply(between, second)
    assert compose((), second, len(between)) == tuple(
        edit for edit in ordered(second) if edit.text or edit.start < edit.end
    )
