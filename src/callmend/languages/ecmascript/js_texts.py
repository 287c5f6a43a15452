"""What JavaScript's texts and lists do in the interpreter."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tree_sitter import Node

from callmend.languages.ecmascript.js_values import (
    UNDEFINED,
    Builtin,
    Closure,
    Part,
    Pattern,
    StuckError,
)

if TYPE_CHECKING:
    from callmend.languages.ecmascript.js_calls import Interpreter  # only for this type

#: A group with `*` or `+` in it that is repeated itself.
_NESTED = re.compile(r"[*+}][^()]*\)[*+{]")
_PATTERN_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
#: What a text and a list can be asked in JavaScript; not all of that is known here.
TEXT_METHODS = frozenset(
    {
        "at", "charAt", "charCodeAt", "codePointAt", "concat", "endsWith", "includes", "indexOf",
        "isWellFormed", "lastIndexOf", "localeCompare", "match", "matchAll", "normalize", "padEnd",
        "padStart", "repeat", "replace", "replaceAll", "search", "slice", "split", "startsWith",
        "substr", "substring", "toLocaleLowerCase", "toLocaleUpperCase", "toLowerCase", "toString",
        "toUpperCase", "toWellFormed", "trim", "trimEnd", "trimStart",
    }
)  # fmt: skip
#: What a text has, of what is read of it by a dot.
TEXT_MEMBERS = TEXT_METHODS | {"length"}
LIST_METHODS = frozenset(
    {
        "at", "concat", "copyWithin", "entries", "every", "fill", "filter", "find", "findIndex",
        "findLast", "findLastIndex", "flat", "flatMap", "forEach", "includes", "indexOf", "join",
        "keys", "lastIndexOf", "map", "pop", "push", "reduce", "reduceRight", "reverse", "shift",
        "slice", "some", "sort", "splice", "toReversed", "toSorted", "toSpliced", "toString",
        "unshift", "values", "with",
    }
)  # fmt: skip


def compiled(pattern: Pattern, node: Node) -> re.Pattern[str]:
    """A regular expression as Python's.

    Raises:
        StuckError: Python has no such.
    """
    if _NESTED.search(pattern.source):
        raise StuckError(node)  # it may take for ever
    flags = 0
    for flag in pattern.flags:
        flags |= _PATTERN_FLAGS.get(flag, 0)
    try:
        return re.compile(pattern.source.replace("(?<", "(?P<").replace("(?P<=", "(?<="), flags)
    except re.error:
        raise StuckError(node) from None


def _slice(value: Any, given: list[Any], node: Node) -> Any:
    """`slice`, whose places may count from the end."""
    places = [None if each is UNDEFINED else each for each in given]
    if not all(each is None or type(each) is int for each in places):
        raise StuckError(node)
    return value[slice(*places[:2])] if places[1:] else value[(places or [None])[0] :]


def _substring(value: str, given: list[Any], node: Node) -> str:
    if not given or not all(type(each) is int for each in given):
        raise StuckError(node)
    start, *rest = (max(0, each) for each in given)
    return value[min(start, *rest) : max(start, *rest)] if rest else value[start:]


def _split(value: str, given: list[Any], node: Node) -> list[str]:
    by = given[0] if len(given) == 1 else UNDEFINED
    if isinstance(by, Pattern):
        return [part for part in compiled(by, node).split(value) if part is not None]
    if not isinstance(by, str):
        raise StuckError(node)
    return value.split(by) if by else list(value)


def _replaced(machine: Interpreter, value: str, given: list[Any], node: Node, count: int) -> str:
    old, new = given
    if isinstance(new, Closure) or not isinstance(new, str) or "$" in new:
        raise StuckError(node)
    if isinstance(old, Pattern):
        count = 0 if "g" in old.flags else 1
        return compiled(old, node).sub(lambda _: new, value, count=count)
    return value.replace(machine.as_text(old, node), new, count)


def matched(value: str, pattern: Any, node: Node) -> Any:
    """What `match` gives: the groups, or null.

    Raises:
        StuckError: the pattern is not known, or matches over and over.
    """
    if not isinstance(pattern, Pattern) or "g" in pattern.flags:
        raise StuckError(node)
    found = compiled(pattern, node).search(value)
    if found is None:
        return None
    return [UNDEFINED if g is None else g for g in (found[0], *found.groups())]


def of_text(machine: Interpreter, value: str, name: str, given: list[Any], node: Node) -> Any:
    """What a text's method gives.

    Raises:
        StuckError: it is not known.
    """
    if name in ("startsWith", "endsWith", "includes", "indexOf", "lastIndexOf"):
        if not given or not isinstance(given[0], str):
            raise StuckError(node)
        plain: dict[str, Callable[[str], Any]] = {
            "startsWith": value.startswith,
            "endsWith": value.endswith,
            "includes": value.__contains__,
            "lastIndexOf": value.rfind,
        }
        if name == "indexOf":
            return value.find(given[0], *(each for each in given[1:2] if type(each) is int))
        return plain[name](given[0])
    simple: dict[str, Callable[[], Any]] = {
        "trim": value.strip,
        "trimStart": value.lstrip,
        "trimEnd": value.rstrip,
        "toLowerCase": value.lower,
        "toUpperCase": value.upper,
        "toString": lambda: value,
        "slice": lambda: _slice(value, given, node),
        "substring": lambda: _substring(value, given, node),
        "split": lambda: _split(value, given, node),
        "replace": lambda: _replaced(machine, value, given, node, 1),
        "replaceAll": lambda: _replaced(machine, value, given, node, -1),
        "match": lambda: matched(value, given[0], node),
        "concat": lambda: value + "".join(machine.as_text(each, node) for each in given),
        "at": lambda: machine.member(list(value), given[0] % max(len(value), 1), node),
        "charAt": lambda: value[given[0] : given[0] + 1],
    }
    if name not in simple:
        raise StuckError(node)
    return simple[name]()


def _flat(value: list[Any], depth: int) -> list[Any]:
    """A list with what is in the lists in it."""
    found: list[Any] = []
    for each in value:
        if isinstance(each, list):
            found += _flat(each, depth - 1) if depth > 1 else each
        else:
            found.append(each)
    return found


def _reduced(machine: Interpreter, value: list[Any], given: list[Any], node: Node) -> Any:
    """What `reduce` gives.

    Raises:
        StuckError: it is asked of an empty list, and has nothing to start with.
    """
    rest = [*value]
    if len(given) < 2 and not rest:
        raise StuckError(node)
    result = given[1] if len(given) > 1 else rest.pop(0)
    for number, each in enumerate(rest):
        result = machine.called(given[0], [result, each, number, value], node, node)
    return result


def of_list(machine: Interpreter, value: list[Any], name: str, given: list[Any], node: Node) -> Any:
    """What a list's method gives.

    Raises:
        StuckError: it is not known.
    """
    callback = given[0] if given else UNDEFINED
    if isinstance(callback, Closure | Builtin):

        def ask(element: Any, number: int) -> Any:
            return machine.called(callback, [element, number, value], node, node)

        if name in ("reduce", "reduceRight"):
            return _reduced(machine, value if name == "reduce" else value[::-1], given, node)
        if name in ("map", "forEach", "flatMap"):
            results = [ask(element, number) for number, element in enumerate([*value])]
            if name == "flatMap":
                results = [
                    r for each in results for r in (each if isinstance(each, list) else [each])
                ]
            return UNDEFINED if name == "forEach" else results
        numbered = [*enumerate([*value])]
        if name.startswith("findLast"):
            numbered.reverse()
        places = (number for number, e in numbered if machine.truth(ask(e, number), node))
        if name in ("findIndex", "findLastIndex"):
            return next(places, -1)
        if name == "every":
            return all(machine.truth(ask(e, number), node) for number, e in numbered)
        chosen = (value[number] for number in places)
        if name == "filter":
            return list(chosen)
        if name in ("find", "findLast"):
            return next(chosen, UNDEFINED)
        if name == "some":
            return next((True for _ in chosen), False)
        raise StuckError(node)
    if name == "push":
        value += given
        machine.used += [each for each in given if isinstance(each, Part)]
        return len(value)
    if name in ("pop", "shift"):
        return value.pop(-1 if name == "pop" else 0) if value else UNDEFINED
    if name == "join":
        joint = given[0] if given else ","
        return joint.join(machine.as_text(each, node) for each in value)
    if name == "slice":
        return _slice(value, given, node)
    if name == "flat":
        depth = given[0] if given and type(given[0]) is int else 1
        return value if depth < 1 else _flat(value, depth)
    if name in ("reverse", "toReversed"):
        return value[::-1]
    if name == "unshift":
        value[:0] = given
        return len(value)
    if name == "at" and type(callback) is int:
        return value[callback] if -len(value) <= callback < len(value) else UNDEFINED
    if name == "concat":
        return [
            *value,
            *(e for each in given for e in (each if isinstance(each, list) else [each])),
        ]
    if name == "includes":
        return any(machine.same(each, callback, node) for each in value)
    raise StuckError(node)
