"""Entries of dict literals in Python that nothing changes: `URLS["run"]`, `URLS.get("run")`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

from callmend.languages.python.ladders import get_key, index_of
from callmend.languages.python.scopes import Definition, Scopes
from callmend.languages.python.tree import Tree

#: Methods of a dict that leave it as it is.
_READS = frozenset({"copy", "get", "items", "keys", "values"})


class Tables:
    """Finds the entries of one file's tables."""

    def __init__(
        self,
        tree: Tree,
        scopes: Scopes,
        single: Callable[[cst.BaseExpression], cst.BaseExpression],
    ) -> None:
        self._tree = tree
        self._scopes = scopes
        self._single = single

    def entries(self, node: cst.BaseExpression) -> list[Definition]:
        """What `table["key"]` or `table.get("key")` is bound to: its one entry, or nothing."""
        found = _read(node)
        if found is None:
            return []
        table, key = found
        held = [entry for entry in _entries(self._single(table)) if entry.name == key]
        return held if len(held) == 1 and self._is_kept(table) else []

    def _is_kept(self, table: cst.BaseExpression) -> bool:
        """Whether every use of a table in the file only reads it."""
        if isinstance(table, cst.Name):
            return all(self._only_reads(use) for use in self._scopes.uses(table.value))
        if isinstance(table, cst.Attribute):
            fields = self._tree.every(cst.Attribute)
            uses = [node for node in fields if node.attr.value == table.attr.value]
            return all(self._only_reads(use) for use in uses)
        read = _read(table)
        return read is not None and self._is_kept(read[0])

    def _only_reads(self, use: cst.BaseExpression) -> bool:
        parent = self._tree.parent(use)
        if isinstance(parent, cst.Subscript) and parent.value is use:
            around = self._tree.parent(parent)
            is_read = not isinstance(around, (cst.AssignTarget, cst.AugAssign, cst.Del))
            return is_read and (_read(parent) is None or self._only_reads_what_is_in(parent))
        if isinstance(parent, cst.Attribute) and parent.value is use:
            return parent.attr.value in _READS
        # Where it is bound, and where `in` asks for a key.
        return isinstance(parent, (cst.AssignTarget, cst.AnnAssign, cst.ComparisonTarget))

    def _only_reads_what_is_in(self, read: cst.Subscript) -> bool:
        """Whether a table in a table is only read too."""
        parent = self._tree.parent(read)
        is_table = isinstance(parent, (cst.Subscript, cst.Attribute)) and parent.value is read
        return not is_table or isinstance(parent, cst.Attribute) or self._only_reads(read)


def _read(node: cst.BaseExpression) -> tuple[cst.BaseExpression, str] | None:
    """The table that is read, and the key, where it is written out."""
    if isinstance(node, cst.Subscript):
        table, key = node.value, index_of(node)
    elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        gets = node.func.attr.value == "get" and node.args and node.args[0].keyword is None
        table, key = node.func.value, get_key(node) if gets else None
    else:
        return None
    return None if key is None else (table, key)


def _entries(table: cst.BaseExpression) -> Iterator[Definition]:
    """The entries of `{"key": value}` and `dict(key=value)`; none where there may be others."""
    if isinstance(table, cst.Dict):
        if any(isinstance(element, cst.StarredDictElement) for element in table.elements):
            return
        for element in table.elements:
            if isinstance(element, cst.DictElement) and isinstance(element.key, cst.SimpleString):
                yield Definition(str(element.key.evaluated_value), element, element.value)
    elif isinstance(table, cst.Call) and isinstance(table.func, cst.Name):
        if table.func.value == "dict" and all(arg.keyword for arg in table.args):
            for arg in table.args:
                if arg.keyword is not None:
                    yield Definition(arg.keyword.value, arg, arg.value)
