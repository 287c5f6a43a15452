"""A LibCST tree with what it does not give by itself: parents, byte spans, blocks, functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar, cast

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from callmend.edits import Span
from callmend.languages.python.text import Text

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement
Function = cst.FunctionDef | cst.Lambda | cst.Module
#: What begins a scope of its own for the names bound inside of it, as types: LibCST's classes are
#: abstract ones, for which `isinstance` is slow.
SCOPES = frozenset(
    {
        cst.FunctionDef,
        cst.Lambda,
        cst.ClassDef,
        cst.GeneratorExp,
        cst.ListComp,
        cst.SetComp,
        cst.DictComp,
    }
)
_FUNCTIONS = frozenset({cst.FunctionDef, cst.Lambda})
_Node = TypeVar("_Node", bound=cst.CSTNode)


class _Collector(cst.CSTVisitor):
    """Notes every node with its parent, each before its children."""

    def __init__(self) -> None:
        super().__init__()
        self.nodes: list[cst.CSTNode] = []
        self.parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self.children: dict[cst.CSTNode, list[cst.CSTNode]] = {}
        self._path: list[cst.CSTNode] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if self._path:
            self.parents[node] = self._path[-1]
            self.children.setdefault(self._path[-1], []).append(node)
        self.nodes.append(node)
        self._path.append(node)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:  # noqa: ARG002
        self._path.pop()

    # LibCST looks methods up for each attribute, which takes a third of the time.

    def on_visit_attribute(self, node: cst.CSTNode, attribute: str) -> None: ...

    def on_leave_attribute(self, original_node: cst.CSTNode, attribute: str) -> None: ...


class Transformer(cst.CSTTransformer):
    """A transformer without methods for attributes, which LibCST need not look up."""

    def on_visit_attribute(self, node: cst.CSTNode, attribute: str) -> None:
        """Do nothing."""

    def on_leave_attribute(self, original_node: cst.CSTNode, attribute: str) -> None:
        """Do nothing."""


class _Wrapper(MetadataWrapper):
    """A module whose positions are asked for: those need no visitor, so that none is sent out."""

    def visit_batched(
        self,
        visitors: Iterable[cst.BatchableCSTVisitor],
        before_visit: Callable[[cst.CSTNode], None] | None = None,
        after_leave: Callable[[cst.CSTNode], None] | None = None,
    ) -> cst.CSTNode:
        every = tuple(visitors)
        if not every:
            return self.module
        return super().visit_batched(every, before_visit, after_leave)


_BETWEEN = re.compile(r"(?:[\s\\(]|#[^\r\n]*(?=[\r\n]))*")
_TO_THE_END = re.compile(r"(?:[\s\\]|#[^\r\n]*)*\)")


class Tree:
    """One parsed file; ``line_length`` is as for the source file.

    Raises:
        libcst.ParserSyntaxError: the text is no Python 3.
    """

    def __init__(self, text: Text, line_length: Callable[[], int | None] | None = None) -> None:
        self.text = text
        self.line_length = line_length
        self.module = cst.parse_module(text.parsable)
        collector = _Collector()
        self.module.visit(collector)
        self.nodes = collector.nodes
        self._parents = collector.parents
        self._children = collector.children
        self._positions = dict(
            _Wrapper(self.module, unsafe_skip_copy=True).resolve(PositionProvider)
        )
        self._made: set[cst.CSTNode] = set()
        self._by_type: dict[type[cst.CSTNode], list[cst.CSTNode]] = {}
        for node in self.nodes:
            self._by_type.setdefault(type(node), []).append(node)
        self._order = {node: number for number, node in enumerate(self.nodes)}
        #: Whether anything is bound by `:=`.
        self.has_walrus = cst.NamedExpr in self._by_type

    # places

    def chars(self, node: cst.CSTNode) -> tuple[int, int]:
        """The range of characters of a node, without the parentheses around it."""
        place = self._positions[node]
        return (
            self.text.char(place.start.line, place.start.column),
            self.text.char(place.end.line, place.end.column),
        )

    def span(self, node: cst.CSTNode) -> Span:
        """The span in bytes of a node, without the parentheses around it."""
        return self.text.span(*self.chars(node))

    def source(self, node: cst.CSTNode) -> str:
        """A node as it stands in the file."""
        start, end = self.chars(node)
        return self.text.text[start:end]

    def whole(self, node: cst.BaseExpression) -> tuple[int, int]:
        """The range of characters of an expression with the parentheses around it."""
        start, end = self.chars(node)
        text = self.text.text
        for _ in node.lpar:
            # Only white space and comments stand between; a comment may hold brackets as well.
            start = text.rindex("(", 0, start)
            while not _BETWEEN.fullmatch(text, start + 1, self.chars(node)[0]):
                start = text.rindex("(", 0, start)
        for _ in node.rpar:
            end = _TO_THE_END.match(text, end).end()  # type: ignore[union-attr]  # it is there
        return start, end

    def line(self, node: cst.CSTNode) -> int:
        """The 1-based line on which a node starts."""
        return self.text.line(self.chars(node)[0])

    def show(self, node: cst.CSTNode) -> str:
        """A node on one line and not too long, for people."""
        shown = " ".join(self.source(node).split())
        return shown if len(shown) <= 60 else shown[:57] + "..."

    def show_line(self, node: cst.CSTNode) -> str:
        """A node and its line, for people."""
        return f"`{self.show(node)}` in line {self.line(node)}"

    def order(self, node: cst.CSTNode) -> int:
        """A number that grows with the place in the file."""
        return self._order[node]

    def stand_in(self, made: cst.CSTNode, node: cst.CSTNode) -> None:
        """Give a node that is not in the file the place of one that is."""
        self._positions[made], self._order[made] = self._positions[node], self._order[node]
        self._parents[made] = self._parents[node]
        self._children[made] = list(made.children)
        self._made.add(made)

    def is_made(self, node: cst.CSTNode) -> bool:
        """Whether a node only stands for another one of the file."""
        return node in self._made

    def every(self, *kinds: type[_Node]) -> list[_Node]:
        """The file's nodes of some kinds, in the order of the file."""
        types = [kind for kind in self._by_type if issubclass(kind, kinds)]
        found = [node for kind in types for node in self._by_type[kind]]
        if len(types) > 1:
            found.sort(key=self._order.__getitem__)
        return cast("list[_Node]", found)

    # the nodes around

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """The node around a node, or None for the module."""
        return self._parents.get(node)

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes around a node, the nearest first."""
        current = self._parents.get(node)
        while current is not None:
            yield current
            current = self._parents.get(current)

    def around(self, node: cst.CSTNode, kind: type[_Node]) -> _Node | None:
        """The nearest node of a kind around a node."""
        return next((parent for parent in self.ancestors(node) if isinstance(parent, kind)), None)

    def is_inside(self, node: cst.CSTNode, outer: cst.CSTNode) -> bool:
        """Whether a node is another one or stands inside of it."""
        return node is outer or any(parent is outer for parent in self.ancestors(node))

    def is_gone_through(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is gone through, joined or unpacked as a list of parts is."""
        parent = self._parents.get(node)
        if isinstance(parent, cst.Arg):
            call = self._parents.get(parent)
            func = call.func if isinstance(call, cst.Call) else None
            return isinstance(func, cst.Attribute) and func.attr.value == "join"
        loops = isinstance(parent, (cst.CompFor, cst.For)) and parent.iter is node
        return loops or isinstance(parent, cst.StarredElement)

    def statement_of(self, node: cst.CSTNode) -> Statement:
        """The statement that holds a node: a line, or a compound statement for its header."""
        current: cst.CSTNode | None = node
        while current is not None:
            if isinstance(current, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
                return current
            if isinstance(current, cst.SimpleStatementSuite):
                # `if x: y`: the compound statement is the smallest that can be put elsewhere.
                parent = self._parents[current]
                while not isinstance(parent, cst.BaseCompoundStatement):
                    parent = self._parents[parent]
                return parent
            current = self._parents.get(current)
        raise ValueError("a module has no statement")

    def lines_of(self, statement: Statement) -> tuple[int, int]:
        """The range of characters of a statement's lines, as it can go.

        In a block it has the blank line behind it as well where there is one above it too; in the
        module so many of them that no more stay together than stood above or behind it.
        """
        text = self.text
        start, end = self.chars(statement)
        above, below = text.line(start) - 1, text.line(end) + 1
        first, last = text.line_range(above + 1)[0], text.line_range(below - 1)[1]
        if text.column(start) and statement is not self.block_of(statement)[-1]:
            beside = [text.line_range(line) for line in (above, below)]
            if not any(text.text[from_:to].strip() for from_, to in beside):
                last = beside[1][1]
        elif not text.column(start):
            more, less = self._blank(above, -1), self._blank(below, 1)
            if more + less > 2 and statement is not self.block_of(statement)[-1]:
                last = text.line_range(below - 1 + min(more, less))[1]
        return first, last

    def _blank(self, line: int, step: int) -> int:
        """How many blank lines follow one another from a line on, in a direction."""
        count = 0
        while line > 0 and line <= self.text.line(len(self.text.text)):
            start, end = self.text.line_range(line)
            if self.text.text[start:end].strip():
                break
            count, line = count + 1, line + step
        return count

    def function_of(self, node: cst.CSTNode) -> Function:
        """The function whose code a node is, or the module."""
        for parent in self.ancestors(node):
            if type(parent) in _FUNCTIONS:
                return cast("cst.FunctionDef | cst.Lambda", parent)
        return self.module

    def block_of(self, statement: Statement) -> Sequence[cst.CSTNode]:
        """The statements among which a statement stands."""
        parent = self._parents[statement]
        if isinstance(parent, (cst.Module, cst.IndentedBlock)):
            return parent.body
        return (statement,)

    def holder_of(self, statement: Statement) -> cst.CSTNode:
        """The module or the compound statement or clause in whose block a statement stands."""
        parent = self._parents[statement]
        return self._parents[parent] if isinstance(parent, cst.IndentedBlock) else parent

    def own(self, root: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """A node and all below it, without what is inside of scopes of their own."""
        stack = [root]
        while stack:
            node = stack.pop()
            yield node
            if node is root or type(node) not in SCOPES:
                stack.extend(reversed(self._children.get(node, ())))

    def below(self, root: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """A node and all below it, in the order of the file."""
        stack = [root]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(self._children.get(node, ())))


def walk(root: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A node and all below it."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def is_none(node: cst.CSTNode | None) -> bool:
    """Whether an expression is `None` itself."""
    return isinstance(node, cst.Name) and node.value == "None"


def dotted(node: cst.CSTNode) -> str:
    """`a.b.c` of names and attributes; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return ""
    return ".".join([node.value, *reversed(parts)])


def unawaited(node: cst.BaseExpression) -> cst.BaseExpression:
    """What an `await` awaits, or the expression itself."""
    return node.expression if isinstance(node, cst.Await) else node


def is_condition(tree: Tree, node: cst.BooleanOperation) -> bool:
    """Whether only the truth of an expression counts."""
    parent = tree.parent(node)
    if isinstance(parent, cst.BooleanOperation):
        return is_condition(tree, parent)
    if isinstance(parent, (cst.If, cst.While, cst.IfExp)):
        return parent.test is node
    return isinstance(parent, cst.CompIf) or (
        isinstance(parent, cst.UnaryOperation) and isinstance(parent.operator, cst.Not)
    )
