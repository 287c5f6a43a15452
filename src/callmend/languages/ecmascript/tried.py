"""A list of dead URLs that are tried in turn: what of it stays when one request takes their place.

The list keeps its first entry, so that what goes through it goes once, and all that stands around
the request (checks, logs, the error behind the loop) stays true and as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.endpoints import Status
from callmend.languages.ecmascript.find import Certainty, Request, classify
from callmend.languages.ecmascript.members import member_key, member_of
from callmend.languages.ecmascript.objects import object_behind
from callmend.languages.ecmascript.options import read_options
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.request_objects import given_to
from callmend.languages.ecmascript.scopes import Binding, is_declared_exported
from callmend.languages.ecmascript.sources import key_in
from callmend.languages.ecmascript.tree import (
    field,
    is_inside,
    items,
    key_name,
    member_value,
    show,
    show_line,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import HOLE, text_of
from callmend.reasons import Reason
from callmend.records import record
from callmend.responses_facts import WRONG_IDS

_RESPONSES = re.compile(r"https://api\.openai\.com/v1/(?:beta/)?responses/?")
#: What a request of the Responses API needs one of: what it is without is refused.
_NEEDED = frozenset({b"model", b"prompt"})
_REFUSED = frozenset(name.encode() for name in WRONG_IDS)
_EQUALS = (b"===", b"!==", b"==", b"!=")
#: Methods that answer with something about a text or a list, by which code may then decide.
_QUESTIONS = frozenset(
    {
        b"at", b"endsWith", b"every", b"find", b"findIndex", b"includes", b"indexOf", b"match",
        b"search", b"some", b"startsWith", b"test",
    }
)  # fmt: skip
_MOST_STEPS = 8


@record(frozen=True, slots=True)
class Tried:
    """A list whose elements are tried in turn, all of them dead.

    ``entries`` are the elements, ``urls`` the expression of the URL (or its end) in each,
    ``prefix`` the text that stands in front of it. ``pick`` is how the code comes by an element.
    """

    program: Program
    array: Node
    entries: tuple[Node, ...]
    urls: tuple[Node, ...]
    prefix: str
    pick: _Pick

    def chosen(self, node: Node) -> Node | None:
        """What an expression of the loop stands for in the entry that stays; None: it is no such.

        `attempt.body`, or `body` of `for (const { url, body } of attempts)`.
        """
        found = _picked(self.program, node, 0)
        if found is None or found.key is None or found.way != self.pick.way:
            return None
        return member_of(self.entries[0], found.key) if self.entries[0].type == "object" else None


@record(frozen=True, slots=True)
class _Pick:
    """An expression that is an element of a list, or the member ``key`` of one.

    ``way`` is the id of what goes through the list, ``listed`` the expression that names it;
    ``names`` are the variables on the way, ``step`` the loop around.
    """

    way: int
    listed: Node
    step: Node
    key: bytes | None = None
    names: tuple[Binding, ...] = ()


def tried(program: Program, request: Request) -> Tried:
    """The list that a request's URL is taken from.

    Raises:
        RefusedError: an element is not certainly dead, or something else depends on the list.
    """
    array = request.candidates
    if array is None or request.certainty is not Certainty.CANDIDATES:
        raise _refused(request.url)
    pick = _innermost(program, request.url)
    if pick is None:
        raise _refused(request.url, " comes from no plain loop over one list")
    if _array_behind(program, pick.listed) != array:
        raise _refused(pick.listed, " may be seen elsewhere, or be more than one list")
    entries = tuple(items(array))
    urls = tuple(_url(entry, pick.key) for entry in entries)
    prefix = _prefix(program, request, urls)
    for entry, url in zip(entries, urls, strict=True):
        if not _is_refused(program, request, prefix, entry, url):
            _check_dead(program, prefix, url)
    _check_uses(program, pick, array, request.url)
    others = [r for r in program.requests if r.candidates == array and r.call != request.call]
    if others:
        raise _refused(others[0].call)
    return Tried(program, array, tuple(map(unwrapped, entries)), urls, prefix, pick)


def refuse_list(program: Program, request: Request) -> None:
    """Refuse a request for the URLs of a list that cannot become one entry.

    Raises:
        RefusedError: not all of it is certainly dead, or something else depends on it.
    """
    array = request.candidates
    if array is None:
        return
    if len(items(array)) == 1 and request.endpoint.status is Status.RETIRED:
        # What a list became.
        return
    tried(program, request)


def _refused(node: Node, detail: str = "") -> RefusedError:
    return RefusedError(Reason.URL_CANDIDATES, f"{show_line(node)}{detail}")


# how the code comes by an element


def _innermost(program: Program, url: Node) -> _Pick | None:
    """The one element that a URL is, or ends in."""
    node = unwrapped(url)
    for _ in range(_MOST_STEPS):
        found = _picked(program, node, 0)
        if found is not None:
            return found
        if node.type == "template_string":
            inside = [n for n in node.named_children if n.type == "template_substitution"]
            last = items(inside[-1]) if inside else []
            if len(last) != 1 or inside[-1].end_byte != node.end_byte - 1:
                return None
            node = unwrapped(last[0])
        elif node.type == "binary_expression" and text_of(node, "operator") == b"+":
            right = field(node, "right")
            if right is None:
                return None
            node = unwrapped(right)
        else:
            constant = program.resolver.constant(node)
            if constant is None or constant == node:
                return None
            node = constant
    return None


def _picked(program: Program, node: Node, depth: int) -> _Pick | None:
    """`url` of `for (const url of urls)`, `attempt.url`, `urls[i]`, and other names for them."""
    node = unwrapped(node)
    if depth > _MOST_STEPS:
        return None
    if node.type in ("identifier", "shorthand_property_identifier"):
        binding = program.scopes.binding(node)
        return None if binding is None or binding.writes else _named(program, binding, depth)
    if node.type == "subscript_expression":
        found = _by_index(program, node)
        if found is not None:
            return found
    key = member_key(node) if node.type in ("member_expression", "subscript_expression") else None
    owner = field(node, "object")
    if key is None or owner is None:
        return None
    found = _picked(program, owner, depth + 1)
    return None if found is None or found.key is not None else replace(found, key=key)


def _named(program: Program, binding: Binding, depth: int) -> _Pick | None:
    declarator, name = binding.declarator, binding.name_node
    if declarator.type == "for_in_statement":
        return _by_loop(declarator, binding)
    pattern, value = field(declarator, "name"), field(declarator, "value")
    if declarator.type != "variable_declarator" or pattern is None or value is None:
        return None
    key = None
    if pattern != name:
        key = key_in(pattern, name)
        if key is None or _has_default(pattern):
            return None
    found = _picked(program, value, depth + 1)
    if found is None or (key is not None and found.key is not None):
        return None
    return replace(found, key=found.key if key is None else key, names=(*found.names, binding))


def _by_loop(loop: Node, binding: Binding) -> _Pick | None:
    """`for (const url of urls)`, with `{ url }` of objects, or `[i, url]` of `urls.entries()`."""
    pattern, listed = field(loop, "left"), field(loop, "right")
    if pattern is None or listed is None or text_of(loop, "operator") != b"of":
        return None
    name = binding.name_node
    if pattern == name:
        return _Pick(loop.id, listed, loop, None, (binding,))
    if pattern.type == "array_pattern":
        called = field(unwrapped(listed), "function")
        owner = field(called, "object")
        second = items(pattern)[1:2]
        if owner is None or text_of(called or loop, "property") != b"entries" or second != [name]:
            return None
        return _Pick(loop.id, owner, loop, None, (binding,))
    key = key_in(pattern, name)
    if key is None or _has_default(pattern):
        return None
    return _Pick(loop.id, listed, loop, key, (binding,))


def _has_default(pattern: Node) -> bool:
    return any(
        n.type in ("object_assignment_pattern", "rest_pattern")
        or (field(n, "value") or n).type == "assignment_pattern"
        for n in items(pattern)
    )


def _by_index(program: Program, node: Node) -> _Pick | None:
    """`urls[i]` where `i` counts up to the list's length."""
    listed, index = field(node, "object"), field(node, "index")
    binding = None if index is None else program.scopes.binding(unwrapped(index))
    if listed is None or binding is None:
        return None
    loop = next(
        (n for n in program.tree.ancestors(binding.name_node) if n.type.startswith("for_")), None
    )
    if loop is None or not is_inside(node, loop):
        return None
    if loop.type == "for_in_statement":
        named = text_of(loop, "operator") == b"in" and text_of(loop, "right") == text(listed)
        return _Pick(loop.id, listed, loop) if named else None
    condition = field(loop, "condition")
    inner = None if condition is None else unwrapped(condition)
    if inner is not None and inner.type == "expression_statement":
        inner = items(inner)[0]
    bound = None if inner is None else field(inner, "right")
    if inner is None or text_of(inner, "operator") != b"<":
        return None
    if text_of(inner, "left") != text(binding.name_node):
        return None
    if bound is None or text(bound) != text(listed) + b".length":
        return None
    return _Pick(loop.id, listed, loop)


# whether all of it is dead


def _array_behind(program: Program, listed: Node) -> Node | None:
    """The array literal that an expression is, or that a constant of this file holds."""
    node = unwrapped(listed)
    if node.type == "identifier":
        binding = program.scopes.binding(node)
        if binding is None or is_declared_exported(binding) or binding.writes:
            return None
        declared = field(binding.declarator, "type")
        if declared is not None and b"[" in text(declared).replace(b"[]", b""):
            # A type that counts the elements does not allow for one alone.
            return None
        node = program.resolver.constant(node) or node
    node = program.sources.list_made(node) or node
    return node if node.type == "array" else None


def _url(entry: Node, key: bytes | None) -> Node:
    """The URL's expression in one element."""
    if key is None:
        if entry.type == "spread_element":
            raise _refused(entry)
        return entry
    inner = unwrapped(entry)
    found = member_of(inner, key) if inner.type == "object" else None
    if found is None:
        raise _refused(entry)
    return found


def _prefix(program: Program, request: Request, urls: tuple[Node, ...]) -> str:
    """What the code puts in front of each element to make the URL of it."""
    ends = [end for url in urls for end in program.resolver.value(url).texts]
    whole = program.resolver.value(request.url).texts
    prefix = whole[0].removesuffix(ends[0])
    made = {prefix + end for end in ends}
    if not whole[0].endswith(ends[0]) or HOLE in prefix or made != set(whole):
        raise _refused(request.url, " is more than what the list is seen to hold")
    return prefix


def _check_dead(program: Program, prefix: str, url: Node) -> None:
    value = program.resolver.value(url)
    whole = tuple(prefix + end for end in value.texts)
    matched = classify(replace(value, texts=whole, candidates=None), "POST")
    if matched is None:
        raise _refused(url, " is no dead endpoint, and stays")
    endpoint, certainty = matched
    if certainty is not Certainty.CERTAIN:
        raise _refused(url, ", of which the host is not known")
    if endpoint.status not in (Status.NEVER_EXISTED, Status.PREVIEW):
        raise _refused(url, f" was another API: {endpoint.summary}")


def _is_refused(program: Program, request: Request, prefix: str, entry: Node, url: Node) -> bool:
    """Whether an element is the Responses API's URL, with a body that it never answers.

    Such a body names a workflow or an assistant, and neither a model nor a prompt
    (`CreateResponse` in OpenAI's OpenAPI document).
    """
    texts = program.resolver.value(url).texts
    if not texts or not all(_RESPONSES.fullmatch(prefix + end) for end in texts):
        return False
    given = given_to(program.scopes, request.call)
    options = object_behind(program.scopes, given[1]) if len(given) > 1 else None
    if options is None:
        return False
    body = read_options(program.scopes, options.node).by_name.get(b"body")
    sent = None if body is None else unwrapped(member_value(body))
    asked = items(field(sent, "arguments") or sent) if sent is not None else []
    if sent is None or text_of(sent, "function") != b"JSON.stringify" or not asked:
        return False
    of_entry = _picked(program, asked[0], 0)
    if of_entry is not None and of_entry.key is not None:
        asked = [member_of(unwrapped(entry), of_entry.key) or asked[0]]
    literal = object_behind(program.scopes, asked[0])
    names = [] if literal is None else [key_name(member) for member in items(literal.node)]
    known = {name for name in names if name is not None}
    return len(known) == len(names) and bool(known & _REFUSED) and not known & _NEEDED


# whether something else depends on it


def _check_uses(program: Program, pick: _Pick, array: Node, url: Node) -> None:
    """Refuse where code decides by an element, or by which elements there are.

    Raises:
        RefusedError: naming it.
    """
    listed = unwrapped(pick.listed)
    binding = program.scopes.binding(listed) if listed.type == "identifier" else None
    for use in () if binding is None else binding.references:
        if is_inside(use, pick.listed):
            continue
        if not (_only_counts(program, use) or _is_index(program, use, pick)):
            raise _refused(use, f" uses the list `{show(array)}` too")
    for use in _element_uses(program, pick, binding):
        if not is_inside(use, url) and _decides(program, use):
            raise _refused(use, " decides by the URL")


def _only_counts(program: Program, use: Node) -> bool:
    """`urls.length` as a bound or in a text, `urls.join()`, a log."""
    node, parent = program.tree.outer(use)
    if parent is not None and field(parent, "object") == node:
        return text_of(parent, "property") in (b"length", b"join")
    for around in program.tree.ancestors(use):
        if around.type == "call_expression":
            return text_of(around, "function").startswith((b"console.", b"JSON.stringify"))
        if around.type in ("template_substitution", "statement_block", "program"):
            return around.type == "template_substitution"
    return False


def _is_index(program: Program, use: Node, pick: _Pick) -> bool:
    node, parent = program.tree.outer(use)
    if parent is None or parent.type != "subscript_expression" or field(parent, "object") != node:
        return False
    found = _by_index(program, parent)
    return found is not None and found.way == pick.way


def _element_uses(program: Program, pick: _Pick, listed: Binding | None) -> Iterator[Node]:
    """Where an element, or a member of it, is read."""
    for node in program.tree.nodes:
        if not is_inside(node, pick.step):
            continue
        if node.type in ("identifier", "shorthand_property_identifier"):
            binding = program.scopes.binding(node)
            if binding is None or node == binding.name_node:
                continue
            found = None if binding.writes else _named(program, binding, 0)
            if found is not None and found.way == pick.way:
                yield node
            elif listed is not None and binding is listed and _is_index(program, node, pick):
                yield program.tree.outer(node)[1] or node


def _decides(program: Program, use: Node) -> bool:
    """Whether what the program does may be another thing for another element."""
    node, parent = program.tree.outer(use)
    while parent is not None and parent.type in ("member_expression", "subscript_expression"):
        if field(parent, "object") != node:
            return True
        if text_of(parent, "property") in _QUESTIONS:
            return True
        node, parent = program.tree.outer(parent)
    for around in (node, *program.tree.ancestors(node)):
        if around.type == "binary_expression" and text_of(around, "operator") in _EQUALS:
            return True
        outer = program.tree.parent(around)
        if outer is not None and around in (field(outer, "condition"), field(outer, "value")):
            if outer.type in (
                "if_statement",
                "switch_statement",
                "ternary_expression",
                "while_statement",
            ):
                return True
        if around.type.endswith(("_statement", "_declaration")) or around.type == "statement_block":
            return False
    return False
