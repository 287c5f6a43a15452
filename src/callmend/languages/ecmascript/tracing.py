"""What stands around a reading (the ladder of guesses), and which call its answer comes from."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.tree import field, items, text, unwrapped
from callmend.languages.ecmascript.values import text_of

_MOST_STEPS = 24
#: What a variable is before it is set.
_NOTHING = frozenset({b"null", b"undefined"})


def ladder_of(program: Program, node: Node) -> Node:
    """The whole of `a || b ?? c && d` that an expression is an operand of, or itself."""
    top = unwrapped(node)
    while True:
        _, parent = program.tree.outer(top)
        if parent is None or parent.type != "binary_expression":
            return top
        if text_of(parent, "operator") not in (b"||", b"??", b"&&"):
            return top
        top = parent


def is_in_ladder_of(program: Program, node: Node, other: Node) -> bool:
    """Whether two expressions are operands of one ladder."""
    return ladder_of(program, node) == ladder_of(program, other)


def root_of(node: Node, starts: frozenset[int]) -> Node:
    """What a chain of members starts with: `data` of `data.choices?.[0].text`.

    Of an axios call it may be `response.data`: one of ``starts``.
    """
    node = unwrapped(node)
    while node.id not in starts and node.type in ("member_expression", "subscript_expression"):
        node = unwrapped(field(node, "object") or node.children[0])
    return node


def comes_from(program: Program, node: Node, starts: frozenset[int]) -> bool:
    """Whether an expression is certainly the parsed answer of one call and of no other.

    It is followed through names that are set once, `await`, `.json()`, and the callbacks of
    `.then`.
    """
    current: Node | None = node
    for _ in range(_MOST_STEPS):
        if current is None:
            return False
        current = unwrapped(current)
        if current.id in starts:
            return True
        if current.type == "await_expression":
            current = items(current)[0] if items(current) else None
        elif current.type == "call_expression":
            function = unwrapped(field(current, "function") or current)
            passes = text_of(function, "property") in (b"json", b"then", b"catch", b"finally")
            current = field(function, "object") if passes else None
        elif current.type == "identifier":
            binding = program.scopes.binding(current)
            current = None if binding is None else _source_of(program, binding)
        elif current.type == "binary_expression" and _is_or_nothing(current):
            current = field(current, "left")
        else:
            return False
    return False


def _is_or_nothing(node: Node) -> bool:
    """`response.data || {}`."""
    right = field(node, "right")
    return (
        text_of(node, "operator") in (b"||", b"??") and right is not None and text(right) == b"{}"
    )


def _source_of(program: Program, binding: Binding) -> Node | None:
    """The one expression that a name holds, or the promise whose callback gets it by this name."""
    declared, tree = binding.declarator, program.tree
    if declared.type == "variable_declarator":
        first = field(declared, "value")
        given: list[Node | None] = [] if first is None or text(first) in _NOTHING else [first]
        for write in binding.writes:
            _, assignment = tree.outer(write)
            if assignment is None or assignment.type != "assignment_expression":
                return None
            given.append(field(assignment, "right"))
        plain = field(declared, "name") == binding.name_node
        return given[0] if plain and len(given) == 1 else None
    pattern = field(declared, "pattern") or field(declared, "parameter")
    if binding.writes or pattern != binding.name_node:
        return None
    callbacks = ("arrow_function", "function_expression")
    around = (declared, *tree.ancestors(declared))
    callback = next((n for n in around if n.type in callbacks), None)
    arguments = None if callback is None else tree.outer(callback)[1]
    call = None if arguments is None else tree.parent(arguments)
    function = field(call, "function")
    if function is None or text_of(unwrapped(function), "property") != b"then":
        return None
    return field(unwrapped(function), "object")
