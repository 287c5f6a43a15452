"""An adapted answer as a value that the interpreter runs on: each part knows where it stands."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

from callmend.languages.ecmascript.js_values import UNDEFINED, Thing, texts_in
from callmend.records import record

#: An answer as it is written: members and elements down to code; `text` is the answer's text.
Tree = dict[bytes, "Tree"] | list["Tree"] | bytes
#: The way to a part: names, and `0` for an element of a list.
Way = tuple[bytes, ...]

TEXT = b"text"
#: What stands for what is no text, and not known.
OTHER = b"usage"
#: What stands for the text where it is: its number among all places that hold it.
_MARK = re.compile("\ue000(\\d+)\ue001")
_TOKEN = re.compile(
    rb"""\s*(?:([{}\[\],:])|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|([\w$.-]+))""", re.DOTALL
)


class Members(dict[str, Any]):
    """An object of the answer; ``way`` leads to it.

    ``empty`` are members that it has not, where it is put over an object that has them empty.
    """

    way: Way = ()
    empty: frozenset[str] = frozenset()


class Elements(list[Any]):
    """A list of the answer; ``way`` leads to it."""

    way: Way = ()


@record(frozen=True, slots=True)
class Made:
    """A value of an answer, and the ways to its texts by their marks' numbers."""

    value: Any
    texts: list[Way]

    def way_of(self, value: Any) -> Way | None:
        """The way to a part of the answer; None for what is no part of it."""
        if isinstance(value, Members | Elements):
            return value.way
        found = _MARK.fullmatch(value) if isinstance(value, str) else None
        return None if found is None else self.texts[int(found[1])]


def is_nan(value: Any) -> bool:
    """Whether a value is JavaScript's `NaN`."""
    return isinstance(value, float) and math.isnan(value)


def is_text(value: Any) -> bool:
    """Whether the answer's text is in a text."""
    return isinstance(value, str) and "\ue000" in value


def has_text(value: Any) -> bool:
    """Whether the answer's text is in a value, however deep."""
    return any(map(is_text, texts_in(_opened(value))))


def _opened(value: Any, depth: int = 0) -> Any:
    """A value with what its maps and sets hold."""
    if isinstance(value, Thing) and depth < 8:  # no file nests deeper
        return [_opened(each, depth + 1) for each in value.state.get("items", {}).values()]
    if isinstance(value, list | tuple) and depth < 8:
        return [_opened(each, depth + 1) for each in value]
    if isinstance(value, dict) and depth < 8:
        return {key: _opened(each, depth + 1) for key, each in value.items()}
    return value


def made(tree: Tree, live: dict[bytes, Any]) -> Made:
    """The value of an answer; ``live`` are the values of code that reads the live answer."""
    texts: list[Way] = []

    def value_of(part: Tree, way: Way) -> Any:
        if isinstance(part, dict):
            members = Members()
            members.way = way
            for name, inner in part.items():
                members[name.decode("utf-8", "replace")] = value_of(inner, (*way, name))
            return members
        if isinstance(part, list):
            elements = Elements(value_of(inner, (*way, b"0")) for inner in part)
            elements.way = way
            return elements
        if part == TEXT:
            texts.append(way)
            return f"\ue000{len(texts) - 1}\ue001"
        return live[part] if part in live else literal(part)

    return Made(value_of(tree, ()), texts)


def literal(code: bytes) -> Any:
    """The value of a literal's code; `undefined` where it is none."""
    shown = code.decode("utf-8", "replace")
    if shown[:1] in ("'", '"'):
        return shown[1:-1]
    try:
        return json.loads(shown)
    except ValueError:
        return UNDEFINED


def copied(value: Any) -> Any:
    """A copy of a value, all the way down: its parts stand where those that they were made of do.

    What is no member of JSON goes.
    """
    if isinstance(value, dict):
        inner = ((k, copied(v)) for k, v in value.items() if v is not UNDEFINED)
        if not isinstance(value, Members):
            return dict(inner)
        members = Members(inner)
        members.way = value.way
        return members
    if isinstance(value, list):
        if not isinstance(value, Elements):
            return [copied(each) for each in value]
        elements = Elements(copied(each) for each in value)
        elements.way = value.way
        return elements
    return value


def parsed(code: bytes) -> dict[bytes, Tree]:
    """The tree of an object literal that a `Shape` is written as.

    Raises:
        ValueError: it is none.
    """
    tokens = [(found[1], found[2], found[3]) for found in _TOKEN.finditer(code)]
    tree, rest = _read(tokens, 0)
    if rest != len(tokens) or not isinstance(tree, dict):
        raise ValueError(code)
    return tree


_Token = tuple[bytes | None, bytes | None, bytes | None]


def _read(tokens: list[_Token], at: int) -> tuple[Tree, int]:
    sign, *_ = tokens[at]
    if sign == b"[":
        elements: list[Tree] = []
        at += 1
        while tokens[at][0] != b"]":
            inner, at = _read(tokens, at)
            elements.append(inner)
            at += tokens[at][0] == b","
        return elements, at + 1
    if sign == b"{":
        members: dict[bytes, Tree] = {}
        at += 1
        while tokens[at][0] != b"}":
            key = tokens[at][1] or tokens[at][2] or b""
            name = key.strip(b"'\"")
            at += 1
            if tokens[at][0] == b":":
                members[name], at = _read(tokens, at + 1)
            else:
                members[name] = key
            at += tokens[at][0] == b","
        return members, at + 1
    return tokens[at][1] or tokens[at][2] or b"", at + 1


def written(tree: Tree) -> bytes:
    """The code of a tree."""
    if isinstance(tree, list):
        return b"[" + b", ".join(map(written, tree)) + b"]"
    if isinstance(tree, dict):
        return b"{ " + b", ".join(member_of(*member) for member in tree.items()) + b" }"
    return tree


def member_of(name: bytes, tree: Tree) -> bytes:
    """The code of one member: `text`, `output: { text }`."""
    code = written(tree)
    key = name if re.fullmatch(rb"[A-Za-z_$][\w$]*", name) else b"'" + name + b"'"
    return key if key == code else key + b": " + code


def nested(names: Sequence[bytes], inner: Tree) -> Tree:
    """An object with something at the end of a way."""
    for name in reversed(names):
        inner = {name: inner}
    return inner


def changed(tree: Tree, way: Way, new: Tree) -> Tree | None:
    """A tree with another part at the end of a way; None where there is none such."""
    if not way:
        return new
    first, rest = way[0], way[1:]
    if isinstance(tree, dict):
        inner = changed(tree[first], rest, new) if first in tree else (new if not rest else None)
        if inner is None:
            return None
        if first in tree:
            return {name: inner if name == first else part for name, part in tree.items()}
        # What tells a part apart stands before what it holds.
        return {first: inner, **tree} if len(tree) and way[1:] == () else None
    if isinstance(tree, list) and tree and first == b"0":
        inner = changed(tree[0], rest, new)
        return None if inner is None else [inner, *tree[1:]]
    return None


def part_at(tree: Tree, way: Way) -> Tree | None:
    """The part at the end of a way; None where there is none."""
    for name in way:
        if isinstance(tree, dict) and name in tree:
            tree = tree[name]
        elif isinstance(tree, list) and tree and name == b"0":
            tree = tree[0]
        else:
            return None
    return tree
