"""The keys by which a Python file reads a dict: literals, and the names of loops over literals."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from callmend.languages.python.program import Program


class Keys:
    """Tells the keys of one file's subscripts and `.get`s."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._tree = program.tree

    def of(self, node: cst.BaseExpression) -> list[str]:
        """The names that a key may be: of a literal, or of a loop over literals."""
        if isinstance(node, cst.SimpleString):
            found = node.evaluated_value
            return [found] if isinstance(found, str) else []
        if isinstance(node, cst.Integer):
            return [node.value]
        if not isinstance(node, cst.Name):
            return []
        for loop in self._loops(node):
            if isinstance(loop.target, cst.Name) and loop.target.value == node.value:
                given = self._program.resolver.single(loop.iter)
                if not isinstance(given, (cst.Tuple, cst.List)):
                    return []
                each = [self.of(e.value) for e in given.elements if not _is_name(e.value)]
                names = [name for names in each for name in names]
                return names if len(names) == len(given.elements) else []
        known = self._program.resolver.text(node)
        return [] if known is None else [known]

    def _loops(self, node: cst.CSTNode) -> Iterator[cst.For | cst.CompFor]:
        for parent in self._tree.ancestors(node):
            if isinstance(parent, cst.For):
                yield parent
            elif isinstance(parent, (cst.BaseSimpleComp, cst.DictComp)):
                yield parent.for_in
            elif isinstance(parent, cst.FunctionDef):
                return

    def is_asked_for(self, key: cst.BaseExpression) -> bool:
        """Whether a condition around asks for a key that is a variable: `if key in data`."""
        if not isinstance(key, cst.Name):
            return False
        for parent in self._tree.ancestors(key):
            tests: list[cst.BaseExpression] = []
            if isinstance(parent, (cst.If, cst.IfExp)):
                tests.append(parent.test)
            elif isinstance(parent, (cst.BaseSimpleComp, cst.DictComp)):
                tests += [condition.test for condition in parent.for_in.ifs]
            for test in tests:
                if self._tree.is_inside(key, test):
                    continue
                for inner in self._tree.below(test):
                    if isinstance(inner, cst.Name) and inner.value == key.value:
                        return True
            if isinstance(parent, cst.FunctionDef):
                return False
        return False


def _is_name(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name)
