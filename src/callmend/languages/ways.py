"""Every way through code that is run on made-up values: what decides where nothing is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

_MOST_RUNS = 96
#: What a condition is about: a place in the code, or a part of a value and what is asked of it.
Question = tuple[Any, ...]


class Oracle:
    """Decides conditions that are not known: as it is told first, then with yes."""

    def __init__(self, told: list[bool]) -> None:
        self._told = told
        self.taken: list[tuple[Question, bool]] = []
        self._known: dict[Question, bool] = {}

    def decide(self, question: Question) -> bool:
        """Whether it holds, the same whenever it is asked."""
        if question in self._known:
            return self._known[question]
        implied = self.implied(question)
        if implied is not None:
            return implied
        number = len(self.taken)
        answer = self._told[number] if number < len(self._told) else True
        self.taken.append((question, answer))
        self._known[question] = answer
        return answer

    def implied(self, question: Question) -> bool | None:  # noqa: ARG002 - for subclasses
        """What follows from what was decided before; None for nothing."""
        return None


def every_way(
    run: Callable[[Any], Any], oracle: Callable[[list[bool]], Oracle] = Oracle
) -> Iterator[Any]:
    """What a run gives on each way through its conditions, those that hold first.

    Raises:
        RecursionError: there are too many.
    """
    told: list[bool] = []
    for _ in range(_MOST_RUNS):
        deciding = oracle(told)
        yield run(deciding)
        told = [answer for _, answer in deciding.taken]
        while told and not told[-1]:
            told.pop()
        if not told:
            return
        told[-1] = False
    raise RecursionError


class BreakError(Exception):
    """`break`, on its way to the loop around it."""


class ContinueError(Exception):
    """`continue`, likewise."""


class ReturnError(Exception):
    """`return`, on its way to the call."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value
