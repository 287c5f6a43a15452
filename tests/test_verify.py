"""The invariants of a finished rewrite, and what happens where a rewrite breaks one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from callmend.edits import Edit, Span, apply
from callmend.engine import migrate
from callmend.findings import Bucket, Migration
from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.rewriting import ecmascript
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.verify import Facts, broken_invariant
from tests.snippets import PLAIN, URL

_NOTHING = Facts((), ())


def broken(
    old: bytes,
    edits: list[Edit],
    before: Facts = _NOTHING,
    after: Facts = _NOTHING,
    superseded: frozenset[bytes] = frozenset(),
    new: bytes | None = None,
) -> str | None:
    """What is wrong with a rewrite, its result being that of the edits unless it is given."""
    result = apply(old, edits) if new is None else new
    return broken_invariant(old, result, edits, before, after, superseded)


def test_a_rewrite_that_does_what_its_edits_say_is_right() -> None:
    assert broken(b"abcdef", [Edit(1, 3, b"XYZ"), Edit(5, 5, b"!")]) is None


def test_no_edits_and_no_change_are_right() -> None:
    assert broken(b"abc", []) is None


@pytest.mark.parametrize(
    "new",
    [b"aXYZdeg", b"bXYZdef", b"aXYZde", b"aXYZ", b"aXYZDef", b"", b"aXYZdef\n"],
    ids=[
        "last",
        "first",
        "end-lost",
        "tail-lost",
        "beside-the-edit",
        "all-lost",
        "something-added",
    ],
)
def test_a_foreign_byte_is_named(new: bytes) -> None:
    message = broken(b"abcdef", [Edit(1, 3, b"XYZ")], new=new)
    assert message is not None
    assert "outside of the edits" in message


def test_a_new_syntax_error_is_named_with_its_place() -> None:
    message = broken(b"abcdef", [Edit(1, 3, b"XYZ")], after=Facts((Span(2, 3),), ()))
    assert message is not None
    assert "syntax error at offset 2" in message


def test_an_error_that_was_there_before_and_moved_is_fine() -> None:
    before, after = Facts((Span(4, 6),), ()), Facts((Span(7, 9),), ())
    assert broken(b"abcdef", [Edit(1, 1, b"123")], before, after) is None


def test_an_error_in_front_of_the_edit_that_stayed_is_fine() -> None:
    facts = Facts((Span(0, 1),), ())
    assert broken(b"abcdef", [Edit(3, 4, b"123")], facts, facts) is None


def test_an_error_that_went_away_is_fine() -> None:
    assert broken(b"abcdef", [Edit(1, 2, b"")], before=Facts((Span(4, 6),), ())) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [(Span(4, 6), Span(4, 6)), (Span(4, 6), Span(7, 10)), (Span(2, 6), Span(2, 9))],
    ids=["did-not-move-though-it-had-to", "grew", "holds-the-edit"],
)
def test_an_error_at_another_place_than_before_is_new(before: Span, after: Span) -> None:
    edits = [Edit(3, 3, b"123")]
    message = broken(b"abcdef", edits, Facts((before,), ()), Facts((after,), ()))
    assert message is not None
    assert "syntax error" in message


def test_a_missing_token_has_no_width_and_is_an_error_all_the_same() -> None:
    message = broken(b"abcdef", [Edit(3, 4, b"")], after=Facts((Span(3, 3),), ()))
    assert message is not None


def test_a_lost_comment_is_named() -> None:
    before, after = Facts((), (b"// mine", b"// yours")), Facts((), (b"// yours",))
    message = broken(b"abcdef", [Edit(1, 2, b"")], before, after)
    assert message is not None
    assert "// mine" in message


def test_of_two_equal_comments_one_may_not_be_lost() -> None:
    before, after = Facts((), (b"// mine", b"// mine")), Facts((), (b"// mine",))
    assert broken(b"abcdef", [Edit(1, 2, b"")], before, after) is not None


def test_a_superseded_comment_may_go() -> None:
    before = Facts((), (b"// theirs", b"// mine"))
    after = Facts((), (b"// mine", b"// new"))
    assert broken(b"ab", [Edit(1, 2, b"")], before, after, frozenset({b"// theirs"})) is None


def test_comments_may_change_their_order_and_be_repeated() -> None:
    before, after = Facts((), (b"// a", b"// b")), Facts((), (b"// b", b"// a", b"// a"))
    assert broken(b"ab", [Edit(1, 2, b"")], before, after) is None


# --- a target that misbehaves -----------------------------------------------------------------

Planner = Callable[[Program, Request, Settings, Names], Plan | None]


def misbehaving(monkeypatch: pytest.MonkeyPatch, *edits: Edit) -> Migration:
    """The plain program's migration by a target that plans these edits."""

    def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan:
        return Plan(edits, "becomes nonsense")

    monkeypatch.setattr(ecmascript, "plan", plan)
    return migrate(SOURCE, "a.ts")


SOURCE = b"// keep me\n" + PLAIN.encode() + b"// and me\n"
_AT = SOURCE.index(f"'{URL}'".encode())
_URL_EDIT = Edit(_AT, _AT + len(URL) + 2, b"'https://example.org/'")
_COMMENT_EDIT = Edit(0, len(b"// keep me\n"), b"")

BROKEN = {
    "syntax-error-in-the-edit": ([Edit(_AT, _AT, b"((")], "syntax error"),
    "syntax-error-behind-the-edit": ([Edit(len(SOURCE) - 10, len(SOURCE) - 10, b"`")], ""),
    "missing-brace": ([_URL_EDIT, Edit(SOURCE.rindex(b"}"), SOURCE.rindex(b"}") + 1, b"")], ""),
    "lost-comment": ([_URL_EDIT, _COMMENT_EDIT], "// keep me"),
    "overlapping-edits": ([_URL_EDIT, Edit(_AT + 3, _AT + 5, b"x")], "overlap"),
    "two-insertions-at-one-place": ([Edit(_AT, _AT, b" "), Edit(_AT, _AT, b"\t")], "overlap"),
    "would-change-again": ([Edit(len(SOURCE), len(SOURCE), b"\n")], "second run"),
}


@pytest.mark.parametrize(("edits", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_rewrite_is_not_made_and_is_reported(
    monkeypatch: pytest.MonkeyPatch, edits: list[Edit], words: str
) -> None:
    migration = misbehaving(monkeypatch, *edits)

    assert migration.failure is not None
    assert words in migration.failure
    assert "\n" not in migration.failure
    assert migration.result == SOURCE
    assert migration.edits == ()
    assert not migration.changed


def test_a_call_whose_rewrite_is_not_made_does_not_count_as_migrated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    migration = misbehaving(monkeypatch, _URL_EDIT, _COMMENT_EDIT)

    assert migration.failure is not None
    assert [finding.bucket for finding in migration.findings] != [Bucket.MIGRATED]


def test_an_edit_beyond_the_end_of_the_file_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    migration = misbehaving(monkeypatch, Edit(len(SOURCE), len(SOURCE) + 1, b"x"))

    assert migration.failure is not None
    assert migration.result == SOURCE


def test_a_target_that_raises_is_reported_and_does_not_raise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def plan(*given: object) -> Plan:
        raise LookupError("the template has no such node")

    monkeypatch.setattr(ecmascript, "plan", plan)
    migration = migrate(SOURCE, "a.ts")

    assert migration.failure is not None
    assert migration.result == SOURCE


def test_a_well_behaved_edit_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    migration = misbehaving(monkeypatch, _URL_EDIT)

    assert migration.failure is None
    assert migration.result == apply(SOURCE, [_URL_EDIT])
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
