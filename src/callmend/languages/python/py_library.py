"""What Python's own functions and a response do with the interpreter's values."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from callmend.languages.python.py_values import (
    BLANK,
    Builtin,
    Closure,
    Getter,
    Method,
    Mirror,
    StuckError,
    Thing,
    ThrownError,
    Unknown,
)

if TYPE_CHECKING:
    from callmend.languages.python.py_calls import Calls  # only for this type

_TYPES: dict[str, Any] = {
    "bool": bool, "bytes": bytes, "dict": dict, "float": float, "int": int, "list": list,
    "set": set, "str": str, "tuple": tuple,
}  # fmt: skip
#: What a collection of `typing` or `collections.abc` stands for.
_ABSTRACT = {
    "Dict": dict, "Iterable": (list, tuple, dict, set, str), "List": list,
    "Mapping": dict, "MutableMapping": dict, "Sequence": (list, tuple, str), "Tuple": tuple,
}  # fmt: skip
_FUNCTIONS = frozenset(
    {
        "all", "any", "callable", "enumerate", "filter", "getattr", "hasattr", "isinstance", "iter",
        "len", "map", "max", "min", "next", "print", "range", "repr", "reversed", "sorted", "sum",
        "type", "zip",
    }
)  # fmt: skip
BUILTINS = {name: Builtin(name) for name in (*_TYPES, *_FUNCTIONS)}
#: Modules of which some functions are known.
_MODULES = frozenset(
    {"collections.abc", "copy", "functools", "json", "operator", "types", "typing"}
)
#: Methods of Python's own values that compute nothing large and change nothing but their owner.
_METHODS = frozenset(
    {
        "append", "capitalize", "casefold", "clear", "copy", "count", "decode", "encode",
        "endswith", "extend", "find", "get", "index", "insert", "isalnum", "isalpha", "isdigit",
        "isnumeric", "isspace", "items", "join", "keys", "lower", "lstrip", "partition", "pop",
        "popitem", "remove", "removeprefix", "removesuffix", "replace", "reverse", "rfind",
        "rindex", "rpartition", "rsplit", "rstrip", "setdefault", "split", "splitlines",
        "startswith", "strip", "swapcase", "title", "update", "upper", "values", "add", "discard",
    }
)  # fmt: skip
_AWAITED = frozenset({"aread", "aclose", "close", "release"})
_STATUS = frozenset({"status", "status_code", "code"})


def imported(node: ast.Import | ast.ImportFrom, name: str) -> Any:
    """What an import binds a name to: one of Python's own modules or functions, or not known."""
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            if (alias.asname or alias.name) == name and node.module in _MODULES:
                return Builtin(f"{node.module}.{alias.name}")
        elif (alias.asname or alias.name) == name and alias.name in _MODULES:
            return Builtin(alias.name)
    return Unknown(name)


# --- a response -------------------------------------------------------------------------------


def of_response(response: Thing, name: str, node: ast.AST) -> Any:
    """A member of a response of requests, httpx, aiohttp or urllib.

    Raises:
        StuckError: it is not known.
    """
    status, written = response.state["status"], response.state["written"]
    if name in _STATUS:
        return status
    if name in ("ok", "is_success"):
        return status < 400
    if name in ("is_error", "is_client_error", "is_server_error"):
        return status >= 400
    if name == "content" and not response.state.get("streams"):
        return written.encode()
    if name == "text" and not response.state.get("awaits"):
        return written
    if name in ("headers", "url", "reason", "reason_phrase", "elapsed", "request", "history"):
        return Unknown(name)
    if name in ("json", "text", "read", "getcode", "raise_for_status") or name in _AWAITED:
        return Method(response, name)
    raise StuckError(node)


def _asked(machine: Calls, response: Thing, name: str, node: ast.AST) -> Any:
    """What a response's method gives."""
    if name == "json":
        return machine.from_json(json.loads(response.state["written"]))
    if name == "text":
        return response.state["written"]
    if name in ("read", "aread"):
        return response.state["written"].encode()
    if name == "getcode":
        return response.state["status"]
    if name == "raise_for_status" and response.state["status"] >= 400:
        machine.leaves = node
        raise ThrownError("HTTPError")
    return response if name == "raise_for_status" else None


# --- methods ----------------------------------------------------------------------------------


def call_method(
    machine: Calls, method: Method, given: list[Any], named: dict[str, Any], node: ast.AST
) -> Any:
    """What a method of a value gives.

    Raises:
        StuckError: it is not known.
        ThrownError: it raises.
    """
    owner, name = method.owner, method.name
    if isinstance(owner, Thing):
        return _asked(machine, owner, name, node)
    if isinstance(owner, str) and name in ("format", "format_map"):
        every = [*given, *named.values()]
        return owner + "".join(machine.as_text(each, node) for each in every)
    if isinstance(owner, list) and name == "sort":
        return None
    if name not in _METHODS:
        raise StuckError(node)
    if isinstance(owner, str) and name == "join" and given:
        parts = machine.elements(given[0], node)
        given = [[BLANK if isinstance(each, Unknown) else each for each in parts]]
    elif isinstance(owner, str | bytes) and any(isinstance(g, Unknown) for g in given):
        raise StuckError(node)
    elif isinstance(owner, dict) and given and isinstance(given[0], Unknown):
        if name in ("update", "setdefault"):
            return None
        raise StuckError(node)
    if (
        isinstance(owner, dict)
        and name == "get"
        and given
        and (given[0] not in owner or given[0] in getattr(owner, "empty", ()))
    ):
        machine.misses(owner, given[0])
    found = machine.native(lambda: getattr(owner, name)(*given, **named), node)
    if name in ("items", "keys", "values"):
        return [*found]
    return found


# --- functions --------------------------------------------------------------------------------


def _kinds(given: Any) -> list[Any]:
    """The types that `isinstance` asks for, as a list; one that is not known is None."""
    if isinstance(given, tuple):
        return [kind for each in given for kind in _kinds(each)]
    if isinstance(given, Builtin):
        name = given.name.rpartition(".")[2]
        return [_TYPES.get(name) or _ABSTRACT.get(name)]
    return [None]


def _is_instance(machine: Calls, value: Any, kinds: Any, node: ast.AST) -> bool:
    if isinstance(value, Unknown | Thing | Closure):
        return machine.oracle.decide(("node", id(node)))
    asked = _kinds(kinds)
    if str in asked and isinstance(value, dict | list):
        machine.wants(value)
    return any(kind is not None and isinstance(value, kind) for kind in asked)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    return BLANK


def _loads(machine: Calls, source: Any, node: ast.AST) -> Any:
    if isinstance(source, Unknown):
        return Unknown()
    if isinstance(source, Thing):
        source = source.state["written"]
    if not isinstance(source, str | bytes):
        machine.leaves = node
        raise ThrownError("TypeError")
    machine.parsed.append(source if isinstance(source, str) else source.decode("utf-8", "replace"))
    return machine.from_json(machine.native(lambda: json.loads(source), node))


def _member(machine: Calls, given: list[Any], node: ast.AST) -> Any:
    """`getattr` of a value that is known."""
    owner, name = given[0], given[1]
    if isinstance(owner, Unknown) or not isinstance(name, str):
        return Unknown()
    try:
        return machine.member(owner, name, node)
    except ThrownError:
        if len(given) > 2:
            return given[2]
        raise


def _ask(machine: Calls, callee: Any, element: Any, node: ast.AST) -> Any:
    return element if callee is None else machine.called(callee, [element], {}, node)


def _over(machine: Calls, name: str, given: list[Any], node: ast.AST) -> Any:
    """Functions that go through their argument."""
    first = [*machine.elements(given[0], node)] if given else []
    if name in ("any", "all"):
        truths = (machine.truth(each, node) for each in first)
        return any(truths) if name == "any" else all(truths)
    if name == "next":
        if first:
            return first[0]
        if len(given) > 1:
            return given[1]
        machine.leaves = node
        raise ThrownError("StopIteration")
    if name == "enumerate":
        return [(number, each) for number, each in enumerate(first)]
    if name == "zip":
        return [*zip(*(machine.elements(each, node) for each in given), strict=False)]
    if name == "reversed":
        return first[::-1]
    return first


def _reduced(machine: Calls, given: list[Any], node: ast.AST) -> Any:
    elements = [*machine.elements(given[1], node)]
    if len(given) < 3 and not elements:
        raise StuckError(node)
    result = given[2] if len(given) > 2 else elements.pop(0)
    for each in elements:
        result = machine.called(given[0], [result, each], {}, node)
    return result


def got(machine: Calls, getter: Getter, owner: Any, node: ast.AST) -> Any:
    """What `itemgetter("output")` or `attrgetter("output")` gives for a value."""
    found = []
    for key in getter.keys:
        if getter.name.endswith("itemgetter"):
            found.append(machine.element(owner, key, node))
        else:
            found.append(_member(machine, [owner, key], node))
    return found[0] if len(found) == 1 else tuple(found)


def call_builtin(
    machine: Calls, name: str, given: list[Any], named: dict[str, Any], node: ast.AST
) -> Any:
    """What one of Python's own functions gives.

    Raises:
        StuckError: it is not known.
        ThrownError: it raises.
    """
    short = name.rpartition(".")[2]
    if name == "print":
        machine.sink("print", node, tuple(given))
        return None
    if name in ("json.loads", "json.load") and given:
        return _loads(machine, given[0], node)
    if name == "json.dumps" and given:
        if isinstance(given[0], Unknown):
            return BLANK
        return json.dumps(_plain(given[0]), ensure_ascii=False)
    if name == "types.SimpleNamespace":
        return Mirror(named)
    if name.startswith("operator.") and given:
        return Getter(name, tuple(given)) if short in ("itemgetter", "attrgetter") else Unknown()
    if name == "functools.reduce" and len(given) > 1:
        return _reduced(machine, given, node)
    if name == "isinstance" and len(given) == 2:
        return _is_instance(machine, given[0], given[1], node)
    if name in ("getattr", "hasattr") and len(given) > 1:
        if name == "getattr":
            return _member(machine, given, node)
        if isinstance(given[0], Unknown | Thing):
            return machine.oracle.decide(("node", id(node)))
        return isinstance(given[1], str) and hasattr(given[0], given[1])
    if short in ("copy", "deepcopy", "iter", "cast") and given:
        return given[-1] if short == "cast" else given[0]
    if name == "callable" and given:
        return isinstance(given[0], Closure | Builtin | Method | Unknown)
    if name == "type" and len(given) == 1:
        kinds = [kind for kind, made in _TYPES.items() if isinstance(given[0], made)]
        if kinds:
            return Builtin(kinds[0])
    if name in ("filter", "map") and len(given) == 2:
        elements = [*machine.elements(given[1], node)]
        if name == "map":
            return [_ask(machine, given[0], each, node) for each in elements]
        return [e for e in elements if machine.truth(_ask(machine, given[0], e, node), node)]
    if name in ("max", "min", "sorted") and "key" in named and given:
        elements = [*machine.elements(given[0], node)]
        keys = [_ask(machine, named["key"], each, node) for each in elements]
        if len(elements) < 2:
            return elements if name == "sorted" else next(iter(elements), None)
        if any(isinstance(key, Unknown) for key in keys):
            raise StuckError(node)
        order = machine.native(lambda: sorted(range(len(keys)), key=keys.__getitem__), node)
        ordered = [elements[number] for number in order]
        return ordered if name == "sorted" else ordered[-1 if name == "max" else 0]
    if name in ("any", "all", "next", "enumerate", "zip", "reversed", "sorted") and given:
        return _over(machine, name, given, node)
    return _native_call(machine, name, given, named, node)


def _native_call(
    machine: Calls, name: str, given: list[Any], named: dict[str, Any], node: ast.AST
) -> Any:
    natives: dict[str, Callable[..., Any]] = {
        "len": len, "max": max, "min": min, "repr": repr, "sum": sum, **_TYPES,
    }  # fmt: skip
    if name == "str" and given:
        return machine.as_text(given[0], node)
    if name == "range":
        return machine.native(lambda: [*range(*given)][:64], node)
    if name not in natives or "key" in named:
        raise StuckError(node)
    if any(isinstance(each, Unknown | Thing) for each in given):
        return Unknown(f"{name}()")
    return machine.native(lambda: natives[name](*given, **named), node)
