"""An answer whose parts know where they stand in it, and what of it comes out of the code."""

from __future__ import annotations

import ast
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from callmend.languages import verdicts
from callmend.languages.python.py_values import Closure, Instance, Mirror, Sink, Thing
from callmend.languages.verdicts import ID, TEXT

_LOGS = frozenset({"critical", "debug", "error", "exception", "info", "log", "print", "warning"})
#: How a text has an error's JSON: as it is, or as Python writes a dict.
SPELT = ('"error"', "'error'")
Path = tuple[str | int, ...]


class PieceDict(dict[str, Any]):
    """A dict of the answer, and the keys and places that lead to it.

    ``empty`` are keys that it has not, where it is put over a dict that has them empty.
    """

    path: Path = ()
    empty: frozenset[Any] = frozenset()


class PieceList(list[Any]):
    """A list of the answer, and the keys and places that lead to it."""

    path: Path = ()


def tagged(value: Any, path: Path = ()) -> Any:
    """A value whose dicts and lists know their paths."""
    made: Any
    if isinstance(value, dict):
        made = PieceDict({key: tagged(each, (*path, key)) for key, each in value.items()})
    elif isinstance(value, list):
        made = PieceList([tagged(each, (*path, n)) for n, each in enumerate(value)])
    else:
        return value
    made.path = path
    return made


def answer_of(code: str) -> dict[str, Any]:
    """The value of the dict literal that is written for the answer, its names made up."""
    value = _value(ast.parse(code, mode="eval").body)
    return value if isinstance(value, dict) else {}


def members_of(code: str) -> dict[str, Any]:
    """The members of an answer beside its text, its id and its state; None stands for the text."""
    answer = answer_of(code)
    return {
        key: _blank(value)
        for key, value in answer.items()
        if key not in ("output_text", "status", "usage") and value != ID
    }


def _blank(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _blank(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_blank(each) for each in value]
    return None if value == TEXT else value


def set_in(members: dict[str, Any], path: Path, value: Any) -> dict[str, Any] | None:
    """Members with a value at the end of a path, None where it leads through no dict."""
    made = deepcopy(members)
    inner: Any = made
    for key in path[:-1]:
        try:
            inner = inner[key]
        except (LookupError, TypeError):
            return None
    if not isinstance(inner, dict):
        return None
    inner[path[-1]] = value
    return made


def _value(node: ast.AST) -> Any:
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return {key.value: _value(value) for key, value in pairs if isinstance(key, ast.Constant)}
    if isinstance(node, ast.List):
        return [_value(each) for each in node.elts]
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return TEXT
    if "usage" in ast.unparse(node):
        return {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
    return ID


def leaf_of(value: Any, path: Path = ()) -> Path | None:
    """What leads to the text, `output_text` left out."""
    if value == TEXT:
        return path
    pairs: list[tuple[str | int, Any]] = []
    if isinstance(value, dict | list):
        pairs += value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in pairs:
        if path or key != "output_text":
            found = leaf_of(each, (*path, key))
            if found is not None:
                return found
    return None


@dataclass(slots=True)
class Told:
    """What comes out on the ways through the code.

    ``plain``: the text, as it is. ``pieces``: what leads to dicts and lists of the answer that do.
    ``whole``: the answer, for what reads it elsewhere. ``is_stuck``: not every way was followed to
    its end, or what it makes of the text is not certain. ``raises``: some way ended with an error.
    ``alone``: on every way the text comes out, by itself or beside nothing that is blank.
    ``joined``: it comes out in one text with the word for what is not there.
    """

    plain: bool = False
    pieces: set[Path] = field(default_factory=set)
    whole: bool = False
    is_stuck: bool = False
    raises: bool = False
    alone: bool = True
    joined: bool = False
    missed: list[Path] = field(default_factory=list)
    compared: list[Any] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    leaves: ast.AST | None = None
    #: Whether all that keeps a way from being certain is that a condition asks for the text.
    is_only_asked: bool = True

    @property
    def is_proved(self) -> bool:
        """Whether the text certainly comes out on every way, and nothing of the answer with it."""
        return self.plain and self.alone and not self.pieces and self.is_only_asked

    @property
    def any(self) -> bool:
        """Whether anything of the answer comes out."""
        return self.plain or self.whole or bool(self.pieces)

    def see(self, value: Any, depth: int = 0) -> None:
        """Note what of the answer is in a value that comes out."""
        if depth > 8:  # no reader nests deeper
            return
        path = getattr(value, "path", None)
        if path is not None or isinstance(value, Thing | Closure):
            self.whole = self.whole or not path
            self.pieces |= {path} if path else set()
        elif isinstance(value, str | bytes):
            self._read(value if isinstance(value, str) else value.decode("utf-8", "replace"))
        elif isinstance(value, Mirror):
            self.see(value.of, depth + 1)
        elif isinstance(value, Instance):
            self.see([*value.fields.values()], depth + 1)
        elif isinstance(value, dict) and value.get("id") == ID:
            self.whole = True
        elif isinstance(value, dict | list | tuple | set | frozenset):
            for each in value.values() if isinstance(value, dict) else value:
                self.see(each, depth + 1)

    def comes_out(self, value: Any) -> None:
        """Note what of the answer is in a value that comes out, and what stands beside it."""
        self.see(value)
        if has_answer(value):
            self.alone = self.alone and _is_alone(value)

    def _read(self, value: str) -> None:
        if TEXT not in value:
            return
        self.joined = self.joined or "None" in value
        self.whole = self.whole or ID in value
        # A part of the answer as JSON, or as Python writes it.
        written = any(quote + TEXT + quote in value for quote in "'\"")
        self.plain = self.plain or (ID not in value and not written)
        self.pieces |= {("",)} if written and ID not in value else set()


def _is_alone(value: Any, depth: int = 0) -> bool:
    if isinstance(value, tuple) and depth == 0:  # what a call is given
        return all(_is_alone(each, 1) for each in value if has_answer(each))
    if type(value) is not dict or depth > 8:  # no answer that is sent on nests deeper
        return isinstance(value, str) and value == TEXT
    inside = [*value.values()]
    if any(each is None or each in ("", [], {}) for each in inside):
        return False
    return all(_is_alone(each, depth + 1) for each in inside if has_answer(each))


def has_answer(value: Any) -> bool:
    """Whether anything of the answer is in a value."""
    told = Told()
    told.see(value)
    return told.any and not isinstance(value, Closure)


def is_log(sink: Sink) -> bool:
    """Whether it is only logged."""
    return sink.name.rpartition(".")[2] in _LOGS


def is_error(value: Any) -> bool:
    """Whether a value is an error's whole JSON, as text, also as Python writes it, or as a dict."""
    return verdicts.is_error(value, SPELT)
