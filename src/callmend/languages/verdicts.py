"""What running the code that reads an answer says: whether its text is shown, or an error's JSON.

The runs are those of a language's own interpreter; what an answer and an error say is made up here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import Any

#: What the answer says, in no way to be found in a file.
TEXT = "Al pha be ta"
ID = "resp_1"
#: What an error says, and the statuses that it may have.
ERROR = "Re fu sed"
BAD = (401, 404, 429, 500, 502)
_JSON = ('"error"',)
#: A member that tells an error's JSON, also where its members are put into another object.
_MARK = "\ue002"


class Shown(Enum):
    """What running the file on an answer says of its shape.

    ``YES``: the text comes out on one way at least. ``NO``: it comes out on none, and all of them
    were followed to their ends. ``UNCERTAIN``: it came out on none of those that could be followed.
    """

    YES = "yes"
    UNCERTAIN = "uncertain"
    NO = "no"


class Errors(Enum):
    """Whether an error's JSON is shown in the text's place, over the statuses that it may have."""

    NEVER = "never"
    UNCERTAIN = "uncertain"
    SOMETIMES = "sometimes"
    ALWAYS = "always"


def error() -> dict[str, Any]:
    """The JSON of an error's response."""
    return {"error": {"message": ERROR, "type": "api_error"}, _MARK: True}


def is_alone(source: str) -> bool:
    """Whether what is parsed is the text itself: a model that is asked for JSON gives such."""
    return TEXT in source and ID not in source


def is_error(value: Any, spelt: Sequence[str] = _JSON) -> bool:
    """Whether a value has all of an error's JSON: an object, or a text that ``spelt`` tells."""
    if isinstance(value, str):
        return ERROR in value and any(each in value for each in spelt)
    return isinstance(value, dict) and _MARK in value and isinstance(value.get("error"), dict)


def values_in(value: Any) -> Iterator[Any]:
    """A value and all that is in it."""
    yield value
    inside = value.values() if isinstance(value, dict) else value
    if isinstance(inside, list | tuple | set | type({}.values())):
        for each in inside:
            yield from values_in(each)


def errors_over(
    runs: Callable[[int], Sequence[Any]],
    place: Callable[[Any], int],
    is_told: Callable[[Any], bool],
    is_log: Callable[[Any], bool],
    spelt: Sequence[str] = _JSON,
) -> Errors:
    """Whether an error's JSON comes out where the text does, with nothing that tells it is one.

    ``runs`` gives the ways through the code for a response's status: each has its ``sinks``, and
    where it got ``stuck``. ``place`` is what tells the node of a sink from others, ``is_told``
    whether the text comes out of a sink, and ``spelt`` how a text has an error's JSON.
    """
    ways = runs(200)
    uncertain = not ways or any(run.stuck is not None for run in ways)
    places = {place(sink.node) for run in ways for sink in run.sinks if is_told(sink)}
    found: set[bool] = set()
    for status in BAD:
        ways = runs(status)
        uncertain = uncertain or any(run.stuck is not None for run in ways)
        sinks = [sink for run in ways for sink in run.sinks if place(sink.node) in places]
        found.add(any(_blames(sink.given, spelt) for sink in sinks if not is_log(sink)))
    if found == {False}:
        return Errors.UNCERTAIN if uncertain else Errors.NEVER
    return Errors.ALWAYS if found == {True} else Errors.SOMETIMES


def _blames(given: Any, spelt: Sequence[str]) -> bool:
    """Whether what is given holds an error's whole JSON, and nothing that tells it is one."""
    values = [*values_in(given)]
    told = any(value is False or (type(value) is int and 400 <= value < 600) for value in values)
    return not told and any(is_error(value, spelt) for value in values)
