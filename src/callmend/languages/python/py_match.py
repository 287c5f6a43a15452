"""Runs a part of a Python file on made-up values: `match` and its patterns."""

from __future__ import annotations

import ast
from typing import Any

from callmend.languages.python.py_calls import Calls
from callmend.languages.python.py_values import StuckError, Thing, Unknown

_KINDS: dict[str, Any] = {
    "bool": bool, "dict": dict, "float": float, "int": int, "list": list, "str": str,
    "tuple": tuple,
}  # fmt: skip


class Interpreter(Calls):
    """Runs code from a call on; `py_library` knows what Python's own functions do."""

    def _match(self, node: ast.Match) -> None:
        for case in node.cases:
            if self._enters(case.body):
                self.block(case.body)
                return
        self._leave_entry()
        subject = self.expression(node.subject)
        if isinstance(subject, Unknown | Thing):
            raise StuckError(node)
        for case in node.cases:
            bound: dict[str, Any] = {}
            if self._fits(case.pattern, subject, bound):
                self.scope.values |= bound
                if case.guard is None or self.truth(self.expression(case.guard), case.guard):
                    self.block(case.body)
                    return

    def _fits(self, pattern: ast.pattern, value: Any, bound: dict[str, Any]) -> bool:
        """Whether a pattern fits a value; the names that it binds are added.

        Raises:
            StuckError: that is not known.
        """
        if isinstance(pattern, ast.MatchValue):
            return bool(self._compared(ast.Eq(), value, self.expression(pattern.value), pattern))
        if isinstance(pattern, ast.MatchSingleton):
            return value is pattern.value
        if isinstance(pattern, ast.MatchOr):
            return any(self._fits(each, value, bound) for each in pattern.patterns)
        if isinstance(pattern, ast.MatchAs):
            fits = pattern.pattern is None or self._fits(pattern.pattern, value, bound)
            if fits and pattern.name is not None:
                bound[pattern.name] = value
            return fits
        if isinstance(pattern, ast.MatchMapping):
            return self._fits_mapping(pattern, value, bound)
        if isinstance(pattern, ast.MatchSequence):
            return self._fits_sequence(pattern, value, bound)
        if isinstance(pattern, ast.MatchClass) and isinstance(pattern.cls, ast.Name):
            kind = _KINDS.get(pattern.cls.id)
            if kind is not None and not pattern.kwd_patterns:
                if kind is str and isinstance(value, dict | list):
                    self.wants(value)
                inner = pattern.patterns
                return isinstance(value, kind) and all(self._fits(p, value, bound) for p in inner)
        raise StuckError(pattern)

    def _fits_mapping(self, pattern: ast.MatchMapping, value: Any, bound: dict[str, Any]) -> bool:
        keys = [self.expression(key) for key in pattern.keys]
        for key in keys if isinstance(value, dict | list | str) else ():
            if not isinstance(value, dict) or key not in value:
                self.misses(value, key)
        if not isinstance(value, dict) or any(key not in value for key in keys):
            return False
        fits = all(
            self._fits(each, value[key], bound)
            for key, each in zip(keys, pattern.patterns, strict=True)
        )
        if fits and pattern.rest is not None:
            bound[pattern.rest] = {k: each for k, each in value.items() if k not in keys}
        return fits

    def _fits_sequence(self, pattern: ast.MatchSequence, value: Any, bound: dict[str, Any]) -> bool:
        if not isinstance(value, list | tuple):
            return False
        starred = [n for n, p in enumerate(pattern.patterns) if isinstance(p, ast.MatchStar)]
        if not starred:
            return len(value) == len(pattern.patterns) and all(
                self._fits(each, inner, bound)
                for each, inner in zip(pattern.patterns, value, strict=True)
            )
        [at] = starred
        behind = len(pattern.patterns) - at - 1
        if len(value) < at + behind:
            return False
        star = pattern.patterns[at]
        ends = [*value[:at], *value[len(value) - behind :]]
        others = [p for p in pattern.patterns if p is not star]
        if isinstance(star, ast.MatchStar) and star.name is not None:
            bound[star.name] = [*value[at : len(value) - behind]]
        return all(self._fits(each, inner, bound) for each, inner in zip(others, ends, strict=True))
