"""A client's made-up `workflows` that a file picks, maybe among several places, and then calls.

`const wf = client.workflows;` for several uses, `client.workflows ?? client.beta?.workflows`, or
`const wf = pick();` where a function of the file returns the first place that is there.
"""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.callees import function_named
from callmend.languages.ecmascript.members import MEMBERS, member_key
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import is_declared_exported
from callmend.languages.ecmascript.sources import is_async, parameters, returned
from callmend.languages.ecmascript.tree import field, items, text, unwrapped
from callmend.languages.ecmascript.values import text_of
from callmend.records import record

_ROOT = b"workflows"
_PLACES = ((_ROOT,), (b"runs", _ROOT))
_NOTHING = frozenset({"false", "null", "undefined"})
_OR = (b"??", b"||")
_MOST_DEPTH = 8


@record(frozen=True, slots=True)
class Picked:
    """What is picked: the client that it is picked of, and the members behind it.

    ``keys`` are those members, the last one first. ``given`` are the expressions that give one of
    the ``places`` each, or nothing; in those the client is called ``owner``. ``name`` is the
    constant that holds what is picked, ``inner`` are those of the ``function`` that picks it, which
    may be none; ``handed`` is what that is given. It is ``certain`` where nothing but members of
    the client may be picked.
    """

    client: Node
    owner: bytes
    keys: tuple[bytes, ...]
    given: tuple[Node, ...]
    places: tuple[Node, ...]
    name: Node | None
    function: Node | None
    inner: tuple[Node, ...]
    handed: tuple[Node, ...]
    certain: bool


def picked(program: Program, node: Node) -> Picked | None:
    """What a name or a call stands for, where that is one of several places of `workflows`.

    The places are those of one client, for certain where nothing of anything else may be picked.
    """
    name, value = None, node
    if node.type == "identifier":
        held = _held(program, node)
        if held is None:
            return None
        name, value = held
    function = None
    given, handed, inner = [value], list[Node](), list[Node]()
    if value.type == "call_expression":
        function = _picker(program, value)
        found = None if function is None else returned(function)
        if found is None:
            return None
        given, handed = found, items(field(value, "arguments") or value)
    elif value.type not in ("binary_expression", "ternary_expression"):
        # A constant that is one place is taken out by its statement where nothing else uses it.
        if value.type not in MEMBERS or name is None or not _is_used_more(program, name):
            return None
    for number, each in enumerate(given):
        held = _held(program, unwrapped(each)) if unwrapped(each).type == "identifier" else None
        if held is not None and function is not None:
            inner.append(held[0])
            given[number] = held[1]
    leaves = [leaf for each in given for leaf in _leaves(each, _MOST_DEPTH)]
    known = [(leaf, place) for leaf in leaves if (place := place_of(leaf)) is not None]
    if not known or len({place[1] for _, place in known}) > 1:
        return None
    client = known[0][1][0]
    certain = all(is_nothing(leaf) or _is_of(program, leaf, client) for leaf in leaves)
    of_call = client if function is None else _as_called(program, function, client, handed)
    if of_call is None:
        return None
    places = tuple(leaf for leaf, _ in known)
    return Picked(
        of_call,
        text(client),
        known[0][1][1],
        tuple(given),
        places,
        name,
        function,
        tuple(inner),
        tuple(handed),
        certain,
    )


def _held(program: Program, name: Node) -> tuple[Node, Node] | None:
    """Where a constant is declared that no other file has, and what it holds."""
    binding = program.scopes.binding(name)
    if binding is None or binding.writes or is_declared_exported(binding):
        return None
    value = field(binding.declarator, "value")
    if value is None or field(binding.declarator, "name") != binding.name_node:
        return None
    return binding.name_node, unwrapped(value)


def _is_used_more(program: Program, name: Node) -> bool:
    """Whether a constant is used at more than one place."""
    binding = program.scopes.binding(name)
    return binding is not None and len(binding.references) > 1


def _picker(program: Program, call: Node) -> Node | None:
    """The function of the file that a call calls, with the client at most, for a plain value."""
    function = function_named(program.scopes, unwrapped(field(call, "function") or call))
    given = items(field(call, "arguments") or call)
    if function is None or len(given) > 1 or len(parameters(function)) != len(given):
        return None
    return None if is_async(function) else function


def _as_called(program: Program, function: Node, client: Node, handed: list[Node]) -> Node | None:
    """The client of a function's places where the function is called: what it is given for it."""
    if not handed:
        return client
    name = parameters(function)[0].name
    binding = program.scopes.binding(client)
    if name is None or binding is None or binding.writes or binding.name_node != name:
        return None
    return unwrapped(handed[0])


def _is_of(program: Program, leaf: Node, client: Node) -> bool:
    """Whether an expression is a member of the client, by names alone."""
    if leaf.type not in MEMBERS:
        return False
    while leaf.type in MEMBERS:
        if member_key(leaf) is None:
            return False
        leaf = unwrapped(field(leaf, "object") or leaf)
    same = text(leaf) == text(client)
    return same and program.scopes.binding(leaf) is program.scopes.binding(client)


def alternatives(node: Node) -> list[Node] | None:
    """The expressions of which a choice gives one; None for what is no choice."""
    inner = unwrapped(node)
    sides: tuple[Node | None, ...] = ()
    if inner.type == "binary_expression" and text_of(inner, "operator") in _OR:
        sides = (field(inner, "left"), field(inner, "right"))
    elif inner.type == "ternary_expression":
        sides = (field(inner, "consequence"), field(inner, "alternative"))
    return [side for side in sides if side is not None] or None


def is_nothing(node: Node) -> bool:
    """Whether an expression is `null`, `undefined` or `false`."""
    inner = unwrapped(node)
    return inner.type in _NOTHING or text(inner) == b"undefined"


def _leaves(node: Node, most: int) -> list[Node]:
    """The expressions of which an expression gives one."""
    sides = alternatives(node) if most > 0 else None
    if sides is None:
        return [unwrapped(node)]
    return [leaf for side in sides for leaf in _leaves(side, most - 1)]


def place_of(node: Node) -> tuple[Node, tuple[bytes, ...]] | None:
    """The client of `client.workflows` or `client.beta.workflows.runs`, and what is behind it."""
    keys: list[bytes] = []
    while node.type in MEMBERS:
        key = member_key(node)
        if key is None:
            return None
        keys.append(key)
        node = unwrapped(field(node, "object") or node)
        if key == _ROOT:
            break
    if tuple(keys) not in _PLACES:
        return None
    if node.type == "member_expression" and member_key(node) == b"beta":
        node = unwrapped(field(node, "object") or node)
    return (node, tuple(keys)) if node.type == "identifier" else None
