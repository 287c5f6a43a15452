"""A `record` is what a frozen dataclass with slots is, but for being frozen at run time."""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import pickle
import pkgutil
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace

import pytest

import callmend
from callmend.records import record


@record(frozen=True, slots=True)
class Place:
    """A place."""

    path: str
    line: int = 1
    marks: tuple[str, ...] = ()
    seen: dict[str, int] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """As it is shown."""
        return f"{self.path}:{self.line}"


@record(frozen=True, slots=True)
class Pair:
    """Two values."""

    first: object
    second: object = None


@record(frozen=True, slots=True)
class Other:
    """As many fields as a Pair, and the same names."""

    first: object
    second: object = None


@record(frozen=True, slots=True)
class Single:
    """One field only."""

    value: object


@dataclass(frozen=True, slots=True)
class Model:
    """What a record is held to."""

    first: object
    second: object = None


@pytest.mark.parametrize("given", [("a",), ("a", 2), (("a",), (1, 2)), (None, b"x")])
def test_it_is_shown_and_hashed_as_a_dataclass_is(given: tuple[object, ...]) -> None:
    made, model = Pair(*given), Model(*given)
    assert repr(made) == repr(model).replace("Model", "Pair")
    assert hash(made) == hash(model)
    assert asdict(made) == asdict(model)


def test_records_are_equal_by_class_and_values() -> None:
    assert Pair("a", 2) == Pair("a", 2)
    assert Pair("a", 2) != Pair("a", 3)
    others: list[object] = [Other("a"), Model("a"), ("a", None)]
    assert Pair("a") not in others
    assert Single("a") == Single("a")
    assert Single(("a",)) != Single("a")
    assert len({Pair("a"), Pair("a"), Pair("b")}) == 2


def test_what_holds_a_list_has_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Pair([]))


def test_it_is_a_dataclass_with_slots() -> None:
    place = Place("a", 7)
    assert is_dataclass(place)
    assert [each.name for each in fields(place)] == ["path", "line", "marks", "seen"]
    assert replace(place, line=8) == Place("a", 8)
    assert place.seen is not Place("a").seen, "each has a dict of its own"
    assert place.shown == "a:7"
    assert Place.__doc__ == "A place."
    assert not hasattr(place, "__dict__")
    match place:
        case Place(path, line):
            assert (path, line) == ("a", 7)


def test_it_can_be_copied_and_pickled() -> None:
    pair = Pair("a", ("x",))
    assert copy.copy(pair) == copy.deepcopy(pair) == pair
    assert pickle.loads(pickle.dumps(pair)) == pair  # noqa: S301 - our own


@pytest.mark.parametrize(("frozen", "slots"), [(False, True), (True, False)])
def test_nothing_else_goes_by_this_name(*, frozen: bool, slots: bool) -> None:
    with pytest.raises(TypeError, match="frozen and has slots"):
        record(frozen=frozen, slots=slots)


def test_the_records_of_callmend_leave_no_field_out_of_the_comparison() -> None:
    # `record` does not look at what `field` says, and takes no class with a method of its own.
    known = 0
    for found in pkgutil.walk_packages(callmend.__path__, "callmend."):
        if found.name.rpartition(".")[2] == "__main__" or ".templates" in found.name:
            continue
        module = importlib.import_module(found.name)
        tree = ast.parse(inspect.getsource(module))
        for node in ast.walk(tree):
            if not isinstance(node, ast.ClassDef) or not any(
                isinstance(d, ast.Call) and isinstance(d.func, ast.Name) and d.func.id == "record"
                for d in node.decorator_list
            ):
                continue
            known += 1
            made = getattr(module, node.name)
            assert all(each.compare and each.repr and each.init for each in fields(made))
            own = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
            assert not own & {"__eq__", "__hash__", "__repr__"}, node.name
    assert known > 50
