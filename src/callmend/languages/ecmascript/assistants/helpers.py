"""Helpers that hold one call of a flow each, written into the function that calls them.

What comes out is only read on, never shown: a flow is understood within one function. Each step
takes one helper in, where that changes nothing: it is a function that nobody outside of this file
sees, its body runs from the first statement to the last, and its names mean the same where they go.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as made
from enum import Enum

from tree_sitter import Node

from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.statements import above
from callmend.languages.ecmascript.strays import is_exported
from callmend.languages.ecmascript.tree import (
    BLOCKS,
    FUNCTIONS,
    descendants,
    field,
    is_inside,
    items,
    text,
    unwrapped,
)
from callmend.records import record

_LOOPS = frozenset({"while_statement", "do_statement", "for_statement"})
#: What a `break` ends.
_BROKEN = _LOOPS | {"for_in_statement", "switch_statement"}
#: What a body may not hold: it would mean something else in another function.
_OWN = frozenset({"this", "super", "yield_expression", "comment", "labeled_statement"})
#: What is never a promise, as far as answers of the API go.
_SETTLED = frozenset(
    {
        "false",
        "member_expression",
        "null",
        "number",
        "object",
        "string",
        "subscript_expression",
        "template_string",
        "true",
    }
)
_MOST_USES = 3


class Place(Enum):
    """How a helper's call stands in its statement."""

    ALONE = "alone"
    VALUE = "value"
    RETURN = "return"


@record(frozen=True, slots=True)
class Use:
    """One call of a helper: its statement, how it stands there, and its arguments."""

    call: Node
    statement: Node
    place: Place
    given: tuple[Node, ...]


@dataclass
class Helper:
    """A function that can be taken in: its declaration, parameters and statements."""

    name: bytes
    statement: Node
    function: Node
    body: list[Node]
    parameters: list[Binding]
    uses: list[Use] = made(default_factory=list)
    comments: list[Node] = made(default_factory=list)


class Helpers:
    """Finds the helpers of one program, and writes one of them into its callers."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._tree = program.tree
        self._scopes = program.scopes
        self._source = program.source
        #: Names that were given a number to be told from others.
        self.numbered: set[bytes] = set()
        self._taken: dict[int, set[bytes]] = {}

    def find(self) -> Iterator[Helper]:
        """The functions of the file that can be taken into all that call them, in their order."""
        for statement in items(self._tree.root):
            helper = self._helper(statement)
            if helper is not None:
                yield helper

    # what can be taken in

    def _helper(self, statement: Node) -> Helper | None:
        function, name = statement, field(statement, "name")
        if statement.type == "lexical_declaration" and len(items(statement)) == 1:
            declarator = items(statement)[0]
            value = field(declarator, "value")
            if value is None or value.type not in ("arrow_function", "function_expression"):
                return None
            function, name = value, field(declarator, "name")
        elif statement.type != "function_declaration":
            return None
        binding = None if name is None else self._scopes.binding(name)
        block = field(function, "body")
        if binding is None or binding.writes or is_exported(self._tree, binding):
            return None
        if block is None or not any(child.type == "async" for child in function.children):
            return None
        body = items(block) if block.type == "statement_block" else []
        parameters = self._parameters(function)
        if parameters is None or not self._is_straight(function, body):
            return None
        helper = Helper(binding.name, statement, function, body, parameters)
        helper.comments = _comments_of(statement)
        if any(text(comment).startswith(b"/*") for comment in helper.comments):
            # What describes a function would not describe a few statements.
            return None
        if not 0 < len(binding.references) <= _MOST_USES:
            return None
        for use in binding.references:
            found = self._use(use, helper)
            if found is None:
                return None
            helper.uses.append(found)
        return helper

    def _parameters(self, function: Node) -> list[Binding] | None:
        given = field(function, "parameters")
        single = field(function, "parameter")
        nodes = [single] if single is not None else ([] if given is None else items(given))
        found = []
        for node in nodes:
            name = field(node, "pattern") if node.type.endswith("_parameter") else node
            binding = None if name is None else self._scopes.binding(name)
            if name is None or name.type != "identifier" or binding is None:
                return None
            if field(node, "value") is not None:
                return None
            found.append(binding)
        return found

    def _is_straight(self, function: Node, body: list[Node]) -> bool:
        """Whether a body runs to its end, where alone it gives something back."""
        if not body:
            return False
        inside = list(descendants(function))
        if any(n.type in _OWN or text(n) == b"arguments" for n in inside if not n.named_children):
            return False
        if any(n.type in _OWN for n in inside):
            return False
        if any(n.type == "template_string" and b"\n" in text(n) for n in inside):
            return False
        returns = [
            n
            for n in inside
            if n.type == "return_statement" and self._tree.function_of(n) == function
        ]
        return all(n == body[-1] or self._leaves(n, body[-1]) for n in returns)

    def _leaves(self, node: Node, last: Node) -> bool:
        """Whether a `return;` ends the loop that is the last statement."""
        if last.type not in _LOOPS or items(node) or not is_inside(node, last):
            return False
        around = (n for n in self._tree.ancestors(node) if n.type in _BROKEN)
        return next(around, None) == last

    def _use(self, use: Node, helper: Helper) -> Use | None:
        call = self._tree.parent(use)
        if call is None or call.type != "call_expression" or field(call, "function") != use:
            return None
        if is_inside(call, helper.function):
            return None
        arguments = field(call, "arguments")
        given = [] if arguments is None else items(arguments)
        if len(given) != len(helper.parameters):
            return None
        statement = self._tree.statement_of(call)
        around = self._tree.parent(statement)
        if around is None or around.type not in BLOCKS:
            return None
        place = self._place(call, statement)
        function = self._tree.function_of(call)
        awaits = function == self._tree.root or any(c.type == "async" for c in function.children)
        if place is None or not awaits:
            return None
        last = helper.body[-1]
        gives = last.type == "return_statement" and bool(items(last))
        if place is not Place.ALONE and (not gives or value_of(self._program, last) is None):
            return None
        return Use(call, statement, place, tuple(given))

    def _place(self, call: Node, statement: Node) -> Place | None:
        _, parent = self._tree.outer(call)
        if parent is not None and parent.type == "return_statement":
            # What throws in the helper is caught only where the call is awaited.
            caught = any(n.type == "try_statement" for n in self._in_function(call))
            return None if caught else Place.RETURN
        if parent is None or parent.type != "await_expression":
            return None
        node, around = self._tree.outer(parent)
        if around is None:
            return None
        if around.type == "expression_statement":
            return Place.ALONE
        if around.type == "return_statement":
            return Place.RETURN
        if around.type == "variable_declarator" and field(around, "value") == node:
            declared = statement.type == "lexical_declaration" and len(items(statement)) == 1
            return Place.VALUE if declared else None
        if around.type == "assignment_expression" and field(around, "right") == node:
            target, outer = field(around, "left"), self._tree.parent(around)
            plain = target is not None and target.type == "identifier"
            fits = plain and outer is not None and outer.type == "expression_statement"
            return Place.VALUE if fits else None
        return None

    def _in_function(self, node: Node) -> list[Node]:
        found = []
        for parent in self._tree.ancestors(node):
            if parent.type in FUNCTIONS:
                break
            found.append(parent)
        return found


def value_of(program: Program, last: Node) -> bytes | None:
    """How what a helper gives stands in its caller: awaited, where it may be a promise."""
    given = items(last)
    inner = unwrapped(given[0]) if len(given) == 1 else None
    if inner is None:
        return None
    if inner.type == "call_expression":
        return b"await "
    if inner.type in ("binary_expression", "ternary_expression"):
        fields = ("left", "right", "consequence", "alternative")
        parts = [part for name in fields if (part := field(inner, name)) is not None]
        return b"" if all(unwrapped(part).type in _SETTLED for part in parts) else None
    if inner.type == "identifier":
        binding = program.scopes.binding(inner)
        value = None if binding is None else field(binding.declarator, "value")
        settled = value is not None and unwrapped(value).type in (
            "await_expression",
            "member_expression",
        )
        return b"" if settled else None
    return b"" if inner.type in _SETTLED or inner.type == "await_expression" else None


def _comments_of(statement: Node) -> list[Node]:
    """The comments right above a statement, line by line."""
    found: list[Node] = []
    row = statement.start_point[0]
    for node in above(statement):
        if node.type != "comment" or node.end_point[0] != row - 1:
            break
        found.insert(0, node)
        row = node.start_point[0]
    return found
