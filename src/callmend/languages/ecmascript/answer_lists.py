"""Methods of lists that readers of an answer use, beside those that readers of streams do."""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from tree_sitter import Node

from callmend.languages.ecmascript.js_texts import of_list
from callmend.languages.ecmascript.js_values import (
    UNDEFINED,
    Builtin,
    Closure,
    StuckError,
    ThrownError,
    Unknown,
)

if TYPE_CHECKING:
    from callmend.languages.ecmascript.answer_platform import Platform  # only for this type

LISTS = frozenset(
    {
        "entries", "every", "filter", "find", "findIndex", "findLast", "findLastIndex", "flat",
        "flatMap", "forEach", "includes", "indexOf", "join", "keys", "lastIndexOf", "map",
        "reduce", "reduceRight", "reverse", "some", "sort", "splice", "toReversed", "toSorted",
        "toString", "unshift", "values",
    }
)  # fmt: skip
_CALLING = frozenset(
    {
        "every", "filter", "find", "findIndex", "findLast", "findLastIndex", "flatMap", "forEach",
        "map", "some",
    }
)  # fmt: skip


def of_elements(run: Platform, value: list[Any], name: str, given: list[Any], node: Node) -> Any:
    """What a list's method gives.

    Raises:
        StuckError: it is not known.
        ThrownError: it throws.
    """
    first = given[0] if given else UNDEFINED
    if name in _CALLING:
        return _calling(run, value, name, first, node)
    if name in ("reduce", "reduceRight"):
        return _reduced(run, value[::-1] if name == "reduceRight" else value, given, node)
    if name in ("reverse", "toReversed"):
        return _changed(value, value[::-1], kept=name == "toReversed")
    if name in ("sort", "toSorted"):
        return _changed(value, _sorted(run, value, first, node), kept=name == "toSorted")
    if name == "flat":
        return _flat(value, first if type(first) is int else 1)
    if name in ("indexOf", "lastIndexOf"):
        found = [n for n, each in enumerate(value) if run.same(each, first, node)]
        return (found[0] if name == "indexOf" else found[-1]) if found else -1
    if name in ("keys", "values", "entries"):
        pairs = [[n, each] for n, each in enumerate(value)]
        return pairs if name == "entries" else [pair[name == "values"] for pair in pairs]
    if name in ("join", "toString"):
        joint = first if isinstance(first, str) and name == "join" else ","
        texts = ("" if e in (None, UNDEFINED) else run.as_text(e, node) for e in value)
        return joint.join(texts)
    if name == "unshift":
        value[:0] = given
        return len(value)
    if name == "splice" and type(first) is int:
        end = len(value) if len(given) < 2 else first + given[1]
        cut = value[first:end]
        value[first:end] = given[2:]
        return cut
    return of_list(run, value, name, given, node)


def _calling(run: Platform, value: list[Any], name: str, callback: Any, node: Node) -> Any:
    """A method that calls a function with each element."""
    if callback is UNDEFINED or isinstance(callback, str | int | None | dict):
        run.failed = node
        raise ThrownError({"message": "is no function"})
    if not isinstance(callback, Closure | Builtin):
        raise StuckError(node)

    def ask(number: int) -> Any:
        return run.called(callback, [value[number], number, value], node, node)

    def holds(number: int) -> bool:
        return run.truth(ask(number), node)

    numbers = range(len(value))
    if name in ("map", "forEach", "flatMap"):
        results = [ask(number) for number in numbers]
        if name == "flatMap":
            return _flat(results, 1)
        return results if name == "map" else UNDEFINED
    if name == "filter":
        return [value[number] for number in numbers if holds(number)]
    if name in ("every", "some"):
        return (all if name == "every" else any)(map(holds, numbers))
    ordered = reversed(numbers) if name.startswith("findLast") else iter(numbers)
    found = next((number for number in ordered if holds(number)), None)
    if name.endswith("Index"):
        return -1 if found is None else found
    return UNDEFINED if found is None else value[found]


def _reduced(run: Platform, value: list[Any], given: list[Any], node: Node) -> Any:
    callback, *first = given or [UNDEFINED]
    if not isinstance(callback, Closure):
        raise StuckError(node)
    rest = [*value]
    if not first:
        if not rest:
            raise ThrownError({"message": "nothing to reduce"})
        first = [rest.pop(0)]
    result = first[0]
    for number, each in enumerate(rest):
        result = run.called(callback, [result, each, number, value], node, node)
    return result


def _sorted(run: Platform, value: list[Any], by: Any, node: Node) -> list[Any]:
    if len(value) < 2:
        return [*value]
    if not isinstance(by, Closure):
        raise StuckError(node)

    def compared(left: Any, right: Any) -> int:
        found = run.called(by, [left, right], node, node)
        if isinstance(found, Unknown) or type(found) is not int:
            raise StuckError(node)
        return found

    return sorted(value, key=cmp_to_key(compared))


def _changed(value: list[Any], new: list[Any], *, kept: bool) -> list[Any]:
    if not kept:
        value[:] = new
    return new if kept else value


def _flat(value: list[Any], depth: int) -> list[Any]:
    if depth < 1:
        return [*value]
    found: list[Any] = []
    for each in value:
        found += _flat(each, depth - 1) if isinstance(each, list) else [each]
    return found
