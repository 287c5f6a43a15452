"""The values of the interpreter: what a run has beside Python's own, and what is not known.

Texts, numbers, lists, dicts and the like are Python's own.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

from callmend.records import record

#: What stands in a text for a part of it that is not known.
BLANK = "\ufffd"


class StuckError(Exception):
    """The interpreter met what it does not know; ``node`` is that expression or statement."""

    def __init__(self, node: ast.AST) -> None:
        super().__init__(type(node).__name__)
        self.node = node


class ThrownError(Exception):
    """An exception of the program that is run: its class's name, and what it was given."""

    def __init__(self, kind: str, given: tuple[Any, ...] = ()) -> None:
        super().__init__(kind)
        self.kind = kind
        self.given = given


@record(frozen=True, slots=True)
class Unknown:
    """A value that nothing is known of: a parameter, what another file's function gives."""

    shown: str = ""


@record(frozen=True, slots=True)
class Builtin:
    """A function or module of Python's own, by its name: `len`, `json.loads`."""

    name: str


@record(frozen=True, slots=True)
class Getter:
    """`operator.itemgetter` or `attrgetter`, and what it gets."""

    name: str
    keys: tuple[Any, ...]


@record(frozen=True, slots=True)
class Method:
    """A member of a value that is called on it."""

    owner: Any
    name: str


@dataclass(eq=False, slots=True)
class Scope:
    """The names of a function, a comprehension or the file, and the scope around it."""

    values: dict[str, Any] = field(default_factory=dict)
    parent: Scope | None = None
    node: ast.AST | None = None


@dataclass(eq=False, slots=True)
class Closure:
    """A function of the file, the scope that it stands in, and what it is a method of."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    owner: Any = None


@dataclass(eq=False, slots=True)
class Made:
    """A class of the file, and the scope that it stands in."""

    node: ast.ClassDef
    scope: Scope


@dataclass(eq=False, slots=True)
class Instance:
    """An object of a class of the file."""

    of: Made
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Mirror:
    """An object that another file's class makes of a dict: its members are the dict's."""

    of: dict[Any, Any]


@dataclass(eq=False, slots=True)
class Thing:
    """An object with a state that is not Python's own: a response."""

    kind: str
    state: dict[str, Any] = field(default_factory=dict)


@record(frozen=True, slots=True)
class Sink:
    """What goes out of the code that is run: the name of the called, its call, what it is given."""

    name: str
    node: ast.AST
    given: tuple[Any, ...]
