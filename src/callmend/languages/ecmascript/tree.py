"""The parsed tree of one file with parent links, and small questions about nodes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property

from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query, QueryCursor

from callmend.data import read_data
from callmend.edits import Span
from callmend.languages.ecmascript import grammars
from callmend.source import Language

FUNCTIONS = frozenset(
    {
        "arrow_function",
        "function_declaration",
        "function_expression",
        "generator_function",
        "generator_function_declaration",
        "method_definition",
    }
)
#: Nodes whose children are statements.
BLOCKS = frozenset(
    {"program", "statement_block", "switch_case", "switch_default", "class_static_block"}
)
#: Statements that run what is in them again.
LOOPS = frozenset({"do_statement", "for_in_statement", "for_statement", "while_statement"})
#: What stands around an expression without changing its value.
WRAPPERS = frozenset(
    {
        "parenthesized_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "type_assertion",
    }
)


@cache
def _grammar(language: Language) -> Grammar:
    return Grammar(grammars.typescript() if language is Language.TYPESCRIPT else grammars.tsx())


@cache
def _query(language: Language, name: str) -> Query:
    query = read_data("languages", "ecmascript", "queries", f"{name}.scm")
    return Query(_grammar(language), query.decode())


class Tree:
    """A parse of some bytes; offsets are bytes. Nodes are compared by ``node.id``."""

    def __init__(self, data: bytes, language: Language) -> None:
        self.data = data
        self.language = language
        #: By a block's id its statements that may leave the function, for `guards`.
        self.leaving: dict[int, list[Node]] = {}
        self.root = Parser(_grammar(language)).parse(data).root_node

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every node, parents before children, in source order."""
        return tuple(self._parents_and_nodes[1])

    @cached_property
    def _parents_and_nodes(self) -> tuple[dict[int, Node], list[Node]]:
        # One walk for both: Node.parent searches from the root each time it is asked.
        parents: dict[int, Node] = {}
        found: list[Node] = []
        stack = [self.root]
        while stack:
            node = stack.pop()
            found.append(node)
            children = node.children
            for child in children:
                parents[child.id] = node
            stack.extend(reversed(children))
        return parents, found

    def every(self, kind: str) -> tuple[Node, ...]:
        """Every node of a type, in source order."""
        return tuple(self._by_type.get(kind, ()))

    @cached_property
    def _by_type(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            found.setdefault(node.type, []).append(node)
        return found

    @cached_property
    def comments(self) -> tuple[Node, ...]:
        """Every comment, in source order."""
        return self.every("comment")

    def parent(self, node: Node) -> Node | None:
        """The node around this one, None for the root."""
        return self._parents_and_nodes[0].get(node.id)

    def ancestors(self, node: Node) -> Iterator[Node]:
        """The nodes around this one, innermost first."""
        parent = self.parent(node)
        while parent is not None:
            yield parent
            parent = self.parent(parent)

    def function_of(self, node: Node) -> Node:
        """The innermost function around a node, or the root."""
        return next((n for n in self.ancestors(node) if n.type in FUNCTIONS), self.root)

    def name_of(self, function: Node) -> Node | None:
        """The name of a function: its own, or that of what it is put into."""
        name = field(function, "name")
        return field(self.outer(function)[1], "name") if name is None else name

    def outer(self, node: Node) -> tuple[Node, Node | None]:
        """The node with its parentheses and casts, and what stands around that."""
        parent = self.parent(node)
        while parent is not None and parent.type in WRAPPERS:
            node, parent = parent, self.parent(parent)
        return node, parent

    def statement_of(self, node: Node) -> Node:
        """The statement that holds a node: the ancestor (or itself) that stands in a block.

        For a statement without braces (`if (x) y();`) it is the branch's own statement.
        """
        current = node
        for parent in self.ancestors(node):
            if parent.type in BLOCKS or current.type.endswith("_statement"):
                return current
            current = parent
        return current

    @cached_property
    def calls(self) -> tuple[Node, ...]:
        """Every call and every `new` with a list of arguments; a tagged template has none.

        Parents before children, in source order, which captures do not come in.
        """
        query = _query(self.language, "calls")
        found = QueryCursor(query).captures(self.root).get("call", [])
        found.sort(key=lambda node: (node.start_byte, -node.end_byte))
        lists = ((node, field(node, "arguments")) for node in found)
        return tuple(
            node for node, given in lists if given is not None and given.type == "arguments"
        )

    def errors(self) -> Iterator[Node]:
        """The places that the grammar could not read."""
        if self.root.has_error:
            for node in self.nodes:
                if node.type == "ERROR" or node.is_missing:
                    yield node


def text(node: Node) -> bytes:
    """The node's bytes."""
    return node.text or b""


def show(node: Node) -> str:
    """A node for a message: its text on one line, cut where it is long."""
    shown = " ".join(text(node).decode("utf-8", "replace").split())
    return shown if len(shown) <= 60 else shown[:57] + "..."


def show_line(node: Node) -> str:
    """A node for a message, with its 1-based line."""
    return f"`{show(node)}` in line {node.start_point[0] + 1}"


def span(node: Node) -> Span:
    """The node's span in bytes."""
    return Span(node.start_byte, node.end_byte)


def field(node: Node | None, name: str) -> Node | None:
    """A child by its field name."""
    return None if node is None else node.child_by_field_name(name)


def items(node: Node) -> list[Node]:
    """The named children that are no comments."""
    return [child for child in node.named_children if child.type != "comment"]


def unwrapped(node: Node) -> Node:
    """The expression inside of parentheses, casts and `!`."""
    while node.type in WRAPPERS:
        inner = items(node)
        if not inner:
            break
        # `<T>x` holds its type first, `x as T` last.
        node = inner[-1] if node.type == "type_assertion" else inner[0]
    return node


def descendants(node: Node) -> Iterator[Node]:
    """The node and all below it, in source order."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(current.children))


def is_inside(node: Node, outer: Node) -> bool:
    """Whether a node lies in the span of another."""
    return outer.start_byte <= node.start_byte and node.end_byte <= outer.end_byte


def key_name(node: Node) -> bytes | None:
    """The name of an object's member: `a: 1`, `'a': 1`, `['a']: 1`, `a`; None if computed."""
    if node.type in ("shorthand_property_identifier", "shorthand_property_identifier_pattern"):
        return text(node)
    key = field(node, "key") or field(node, "name")
    if key is None:
        return None
    if key.type == "computed_property_name":
        inside = items(key)
        key = inside[0] if len(inside) == 1 else key
        if key.type != "string":
            return None
    if key.type == "string":
        return text(key)[1:-1]
    if key.type in ("property_identifier", "number", "private_property_identifier"):
        return text(key)
    return None


def members(obj: Node) -> dict[bytes, Node] | None:
    """An object literal's members by name: pairs and shorthand; None when one cannot be named.

    Spreads, computed names and a name given twice make the object unreadable.
    """
    found: dict[bytes, Node] = {}
    for item in items(obj):
        name = key_name(item) if item.type in ("pair", "shorthand_property_identifier") else None
        if name is None or name in found:
            return None
        found[name] = item
    return found


def called(call: Node) -> Node:
    """What a call calls, without parentheses and casts: `a.b` of `a.b(c)`.

    `await a.b<T>(c)` is read as a call of what is awaited, and is one of `a.b` too.
    """
    function = unwrapped(field(call, "function") or call)
    inside = items(function) if is_awaited_inside(call) else []
    return unwrapped(inside[0]) if inside else function


def is_awaited_inside(call: Node) -> bool:
    """Whether the `await` in front of a call with types is read as part of what it calls."""
    function = field(call, "function")
    typed = field(call, "type_arguments") is not None
    return typed and function is not None and function.type == "await_expression"


def start_of_call(call: Node) -> int:
    """Where a call starts, behind an `await` that is read as part of what it calls."""
    if is_awaited_inside(call):
        return items(field(call, "function") or call)[0].start_byte
    return call.start_byte


def member_value(member: Node) -> Node:
    """The expression that an object's member holds; for shorthand it is the name itself."""
    return field(member, "value") or member


def branch_of(tree: Tree, statement: Node) -> Node | None:
    """The `if` that decides alone on a statement which is all of its branch."""
    branch, around = statement, tree.parent(statement)
    if around is not None and around.type == "statement_block" and len(items(around)) == 1:
        branch, around = around, tree.parent(around)
    if around is None or around.type != "if_statement" or field(around, "alternative") is not None:
        return None
    return around if field(around, "consequence") == branch else None


def ancestors_of(node: Node) -> Iterator[Node]:
    """The nodes around one, innermost first, where no Tree is at hand."""
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def operands(node: Node, *operators: bytes) -> Iterator[Node]:
    """What operators join, first to last: `a`, `b` and `c` of `(a && b) && c`."""
    waiting = [node]
    while waiting:
        inner = unwrapped(waiting.pop())
        operator = field(inner, "operator") if inner.type == "binary_expression" else None
        if operator is not None and text(operator) in operators:
            sides = (field(inner, "right"), field(inner, "left"))
            waiting.extend(side for side in sides if side is not None)
        else:
            yield inner


def guesses(ladder: Node) -> Iterator[Node]:
    """The operands of a ladder of `||` and `??`, first to last; one of `&&` is an operand."""
    return operands(ladder, b"||", b"??")
