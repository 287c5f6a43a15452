"""One parsed Python file with all that is known of it: tree, scopes, flow, calls."""

from __future__ import annotations

import ast
from functools import cached_property

import libcst as cst

from callmend.languages.python.callers import CallSites
from callmend.languages.python.clients import Clients
from callmend.languages.python.find import Finder, Request
from callmend.languages.python.flow import Flow
from callmend.languages.python.scopes import Scopes
from callmend.languages.python.text import Text
from callmend.languages.python.tree import Tree
from callmend.languages.python.unparsed import is_python_2, is_too_deep
from callmend.languages.python.values import Resolver
from callmend.source import SourceFile


class Program:
    """A file's tree; the rest is worked out when it is first asked for.

    ``client_modules`` are the modules that the settings say to export clients of OpenAI's SDK.

    Raises:
        libcst.ParserSyntaxError: the text is no Python 3.
    """

    client_modules: tuple[str, ...] = ()

    def __init__(self, source: SourceFile, text: Text) -> None:
        self.source = source
        self.text = text
        self.tree = Tree(text, source.line_length)
        self.scopes = Scopes(self.tree)
        self.flow = Flow(self.tree, self.scopes)
        self.resolver = Resolver(self.flow)
        self._finder = Finder(self.tree, self.scopes, self.flow, self.resolver)

    @property
    def clients(self) -> Clients:
        """What tells the client of a call."""
        return self._finder.clients

    @property
    def sites(self) -> CallSites:
        """The calls of the file's own functions."""
        return self._finder.clients.sites

    @property
    def finder(self) -> Finder:
        """What finds the URL of a call."""
        return self._finder

    @cached_property
    def syntax(self) -> ast.Module | None:
        """The file as Python's own parser reads it; None for what is newer than it."""
        try:
            return ast.parse(self.text.parsable)
        except (SyntaxError, ValueError, RecursionError):
            return None

    @cached_property
    def syntax_parents(self) -> dict[int, ast.AST]:
        """By the id of each node of `syntax` the node around it."""
        nodes = ast.walk(self.syntax) if self.syntax is not None else ()
        return {id(inner): node for node in nodes for inner in ast.iter_child_nodes(node)}

    @cached_property
    def syntax_calls(self) -> dict[tuple[int, int], ast.Call]:
        """The calls of `syntax` by their ranges of characters, as `Tree.chars` counts."""
        nodes = ast.walk(self.syntax) if self.syntax is not None else ()
        return {self._chars(node): node for node in nodes if isinstance(node, ast.Call)}

    def _chars(self, node: ast.expr) -> tuple[int, int]:
        ends = []
        places = ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset))
        for line, column in places:
            start, end = self.text.line_range(line or 1)
            before = self.text.text[start:end].encode()[: column or 0]
            ends.append(start + len(before.decode()))
        return ends[0], ends[1]

    @cached_property
    def requests(self) -> list[Request]:
        """The file's requests to dead endpoints, in source order."""
        return self._finder.requests()

    @cached_property
    def classes(self) -> tuple[cst.ClassDef, ...]:
        """Every class of the file."""
        return tuple(self.tree.every(cst.ClassDef))

    @cached_property
    def set_members(self) -> frozenset[str]:
        """The names of members that the file sets on an object or a class: `Api.post = traced`."""
        targets = (node.target for node in self.tree.every(cst.AssignTarget))
        return frozenset(node.attr.value for node in targets if isinstance(node, cst.Attribute))

    @cached_property
    def comments(self) -> tuple[bytes, ...]:
        """Every comment's bytes, in source order."""
        return tuple(self.text.encode(node.value) for node in self.tree.every(cst.Comment))


def parsed(source: SourceFile, text: Text) -> Program | None:
    """A file's program, or None where it is no Python 3."""
    if is_too_deep(text):
        return None
    try:
        program = Program(source, text)
    except (cst.ParserSyntaxError, RecursionError):
        return None
    return None if is_python_2(program.scopes) else program
