"""Lists whose elements are made elsewhere: members of what a handler is sent, parameters."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.declared import list_behind, list_type, lists_turns
from callmend.languages.ecmascript.scopes import Kind, Scopes
from callmend.languages.ecmascript.tree import ancestors_of, field, items, key_name, text, unwrapped
from callmend.languages.ecmascript.values import text_of

_FALLS_BACK = (b"||", b"??")
_ANY = frozenset({b"any", b"any[]", b"Array<any>"})
_PATTERNS = frozenset(
    {"assignment_pattern", "object_assignment_pattern", "object_pattern", "pair_pattern"}
)
_MOST_STEPS = 16
_PARAMETERS = frozenset({"required_parameter", "optional_parameter"})


def is_unseen(scopes: Scopes, node: Node, *, most: int = _MOST_STEPS) -> bool:
    """Whether a list comes from elsewhere, untyped: `history`, `req.body.history`, `history || []`.

    So do the last ones of it, `history.slice(-12)`. A name that something is assigned to, or that
    is declared with a type, is none; but for a type of items with a role and a text, of which it
    does not say which roles. ``most`` is how many methods behind the list are followed.
    """
    if lists_turns(list_type(scopes, node)):
        return True
    inner = unwrapped(node)
    bare = _without_fallback(inner)
    whole = list_behind(bare, falls_back=bare != inner)
    if whole is not None:
        return most > 0 and is_unseen(scopes, whole, most=most - 1)
    inner = bare
    if inner.type == "member_expression":
        return _is_read_of_elsewhere(scopes, inner)
    if inner.type != "identifier":
        return False
    binding = scopes.binding(inner)
    if binding is None or binding.writes:
        return False
    declarator = binding.declarator
    if not _is_untyped(declarator):
        return False
    if binding.kind is Kind.PARAMETER:
        return declarator.type in _PARAMETERS
    pattern, value = field(declarator, "name"), field(declarator, "value")
    if declarator.type != "variable_declarator" or value is None or pattern is None:
        return False
    if pattern == binding.name_node:
        # What is given to others under its name may get other elements.
        whole = _without_fallback(unwrapped(value))
        return whole.type == "member_expression" and _is_read_of_elsewhere(scopes, whole)
    taken = all(n.type in _PATTERNS for n in _around(binding.name_node, declarator))
    whole = unwrapped(value)
    if whole.type == "call_expression":
        return taken and text_of(whole, "function") == b"JSON.parse"
    return taken and whole.type in ("await_expression", "identifier", "member_expression")


def spoken_in_chat(scopes: Scopes, node: Node) -> Node | None:
    """What a list of this name is spread by into the messages of a live Chat Completions call.

    That API takes no other items than messages, so they are what the list holds. `history ?? []`
    is given with what stands in where there is no list.
    """
    binding = scopes.binding(node)
    for use in () if binding is None or binding.writes else binding.references:
        spread = next((n for n in ancestors_of(use) if n.type == "spread_element"), None)
        around = None if spread is None else spread.parent
        messages = None if around is None or around.type != "array" else around.parent
        if spread is None or messages is None or key_name(messages) != b"messages":
            continue
        given = items(spread)[0]
        if _without_fallback(unwrapped(given)) == use and any(
            map(_asks_chat, ancestors_of(messages))
        ):
            return given
    return None


def _asks_chat(call: Node) -> bool:
    """`openai.chat.completions.create(...)`, `fetch('.../v1/chat/completions', ...)`."""
    arguments = field(call, "arguments")
    if call.type != "call_expression" or arguments is None or not items(arguments):
        return False
    if text_of(call, "function").endswith(b".chat.completions.create"):
        return True
    return b"/chat/completions" in text(items(arguments)[0])


def _without_fallback(node: Node) -> Node:
    """`x` of `x || []`."""
    left, right = field(node, "left"), field(node, "right")
    if node.type == "binary_expression" and text_of(node, "operator") in _FALLS_BACK:
        if left is not None and right is not None and text(unwrapped(right)) == b"[]":
            return unwrapped(left)
    return node


def _is_read_of_elsewhere(scopes: Scopes, member: Node) -> bool:
    """Whether a member is read of a parameter, or of what one gives."""
    root = member
    while root.type == "member_expression":
        root = unwrapped(field(root, "object") or root)
    binding = scopes.binding(root) if root.type == "identifier" else None
    if binding is None or binding.writes or not _is_untyped(binding.declarator, whole=True):
        return False
    if binding.kind is Kind.PARAMETER:
        return True
    value = field(binding.declarator, "value")
    return value is not None and unwrapped(value).type in ("await_expression", "member_expression")


def _is_untyped(declarator: Node, *, whole: bool = False) -> bool:
    """Whether no type says what is declared; ``whole``: that of a request says nothing of it."""
    value = field(declarator, "value")
    kinds = [field(declarator, "type")]
    while value is not None and value.type in ("as_expression", "satisfies_expression"):
        kinds += items(value)[1:]
        value = items(value)[0]
    types = [text(kind).lstrip(b": \t") for kind in kinds if kind is not None]
    known = _ANY | ({kind for kind in types if b"Req" in kind} if whole else frozenset())
    return all(kind in known for kind in types)


def _around(name: Node, declarator: Node) -> list[Node]:
    """The patterns around a name in its declaration."""
    found = []
    for node in ancestors_of(name):
        if node == declarator:
            break
        found.append(node)
    return found
