"""Which expressions a dead URL is put together from: its base, and the id in its path."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tree_sitter import Node

from callmend.endpoints import Endpoint
from callmend.languages.ecmascript.members import text_of
from callmend.languages.ecmascript.placeholders import placeholder_of
from callmend.languages.ecmascript.scopes import Scopes
from callmend.languages.ecmascript.sources import Sources, parameters, returned, text_branches
from callmend.languages.ecmascript.steps import grown_parts
from callmend.languages.ecmascript.tree import field, items, text, unwrapped
from callmend.languages.ecmascript.values import HOLE, Resolver, unescape
from callmend.records import record

_ENCODERS = (b"encodeURIComponent", b"encodeURI", b"String")
_PUT_TOGETHER = frozenset({"template_string", "new_expression", "call_expression"})
_MOST_PIECES = 200


@record(frozen=True, slots=True)
class Base:
    """The expression in front of the endpoint's path.

    ``versioned``: it ends in the version; ``slashed``: it ends in a slash.
    """

    node: Node
    versioned: bool
    slashed: bool = False


@record(frozen=True, slots=True)
class PathParts:
    """What fills an endpoint's path.

    ``id`` is the expression of the path's last unknown segment, ``encodeURIComponent`` taken off;
    ``text`` the id itself where it is written in the code (then ``id`` may be the whole literal).
    """

    base: Base | None = None
    id: Node | None = None
    text: str | None = None


@record(frozen=True, slots=True)
class _Piece:
    """A part of the URL's text, the expression it comes from, and whether that is all of it."""

    text: str
    node: Node
    whole: bool = True


class Paths:
    """Takes the dead URLs of one file apart."""

    def __init__(self, scopes: Scopes, resolver: Resolver) -> None:
        self._scopes = scopes
        self._resolver = resolver
        self._sources = Sources(scopes)
        self._endpoint: Endpoint | None = None

    def parts(self, url: Node, endpoint: Endpoint) -> PathParts:
        """The base and the id of a URL that is this endpoint's."""
        self._endpoint = endpoint
        return self._parts(self._pieces(url, {}, 0), endpoint)

    def base(
        self, url: Node, endpoint: Endpoint, function: Node, arguments: Sequence[Node]
    ) -> Base | None:
        """The base of a URL that a function puts together from these arguments."""
        given = self._bound(function, arguments)
        self._endpoint = endpoint
        return self._parts(self._pieces(url, given, 0), endpoint).base

    def behind(self, path: Node, whole: str, endpoint: Endpoint) -> PathParts:
        """The id of an endpoint's URL that ends in a path, whatever puts the rest in front."""
        texts = self._resolver.value(path).texts
        if len(texts) != 1 or not whole.endswith(texts[0]):
            return PathParts()
        self._endpoint = endpoint
        front = _Piece(whole.removesuffix(texts[0]), path, whole=False)
        return self._parts([front, *self._pieces(path, {}, 0)], endpoint)

    def _parts(self, pieces: list[_Piece], endpoint: Endpoint) -> PathParts:
        whole = "".join(piece.text for piece in pieces)
        tail = endpoint.path.removeprefix("/v1")
        # Of a run's own path the run is wanted, which stands last.
        before, hole, behind = (re.escape(part) for part in tail.rpartition("{}"))
        before = before.replace(re.escape("{}"), "[^/?#]+")
        # A client's path may do without the slash in front.
        segments = (before + ("([^/?#]+)" if hole else "") + behind).removeprefix("/")
        pattern = f"(?:/|^){segments}"
        found = re.search(f"{pattern}(?=/*(?:[?#{HOLE}]|$))", whole)
        if found is None or len(pieces) > _MOST_PIECES:
            return PathParts()
        base = _base(pieces, whole, found.start(), self._resolver)
        if not found.re.groups:
            return PathParts(base)
        return _with_id(pieces, base, *found.span(1))

    def _pieces(self, node: Node, given: dict[int, Node], depth: int) -> list[_Piece]:
        """The texts of an expression one behind the other, as far as they are told apart."""
        node = unwrapped(node)
        texts = self._resolver.value(node).texts
        if depth > 12 or texts == (HOLE,) or (HOLE in texts and self._is_given(node, given)):
            return self._unknown(node, given)
        match node.type:
            case "string":
                return [_Piece(texts[0], node, whole=False)]
            case "template_string":
                return self._template(node, given, depth + 1)
            case "binary_expression" if text_of(node, "operator") == b"+":
                sides = [field(node, "left"), field(node, "right")]
                return [
                    p for n in sides if n is not None for p in self._pieces(n, given, depth + 1)
                ]
            # A name without a slash in its text is a segment's own: `const id = raw.trim()`.
            case "identifier" if any(HOLE in t or len(texts) > 1 for t in texts if "/" in t):
                grown = grown_parts(self._scopes, node)
                constant = self._resolver.constant(node)
                if not grown and constant is not None and _is_put_together(unwrapped(constant)):
                    grown = [constant]
                found = [p for part in grown for p in self._pieces(part, given, depth + 1)]
                # Of a choice that was not understood the name itself is the piece.
                if grown and [p.node for p in found] != [unwrapped(grown[0])]:
                    return found
                if grown:
                    return [_Piece(HOLE, node)]
            case "member_expression" if any(HOLE in t for t in texts if "/" in t):
                held = self._resolver.member(node) or self._sources.kept_field(node)
                if held is not None and _is_put_together(unwrapped(held)):
                    return self._pieces(held, given, depth + 1)
            case "new_expression" | "call_expression":
                return self._made(node, given, depth + 1)
            case "ternary_expression":
                branches = [self._pieces(b, given, depth + 1) for b in text_branches(node)]
                chosen = self._one_of(branches)
                if chosen is not None:
                    return chosen
        return [_Piece(texts[0] if len(texts) == 1 else HOLE, node)]

    def _is_given(self, node: Node, given: dict[int, Node]) -> bool:
        """Whether a name is a parameter whose argument, or default, is known here."""
        binding = self._scopes.binding(node) if node.type == "identifier" else None
        return binding is not None and id(binding) in given

    def _unknown(self, node: Node, given: dict[int, Node]) -> list[_Piece]:
        binding = self._scopes.binding(node) if node.type == "identifier" else None
        if binding is not None and id(binding) in given:
            node = given[id(binding)]
            texts = self._resolver.value(node).texts
            return [_Piece(texts[0] if len(texts) == 1 else HOLE, _decoded(node))]
        if _decoded(node) != node:
            return self._unknown(_decoded(node), given)
        return [_Piece(HOLE, node)]

    def _template(self, node: Node, given: dict[int, Node], depth: int) -> list[_Piece]:
        found = []
        position = node.start_byte + 1
        data = text(node)
        for part in [*node.named_children, None]:
            if part is not None and part.type != "template_substitution":
                continue
            end = node.end_byte - 1 if part is None else part.start_byte
            raw = data[position - node.start_byte : end - node.start_byte]
            if raw:
                literal = unescape(raw.decode("utf-8", "replace"))
                found.append(_Piece(literal, node, whole=False))
            if part is not None:
                inside = items(part)
                found += self._substituted(inside, part, given, depth)
                position = part.end_byte
        return found

    def _substituted(
        self, inside: list[Node], part: Node, given: dict[int, Node], depth: int
    ) -> list[_Piece]:
        return self._pieces(inside[0], given, depth) if len(inside) == 1 else [_Piece(HOLE, part)]

    def _made(self, node: Node, given: dict[int, Node], depth: int) -> list[_Piece]:
        """The pieces of a URL that a call makes: `new URL(path, base)`, `runUrl(id)`."""
        arguments = items(field(node, "arguments") or node)
        function = field(node, "function")
        if node.type == "new_expression":
            order = arguments[::-1] if len(arguments) == 2 else arguments
            return [p for n in order for p in self._pieces(n, given, depth)]
        own = None if function is None else self._resolver.function_behind(function)
        if own is None:
            if text_of(node, "function") in _ENCODERS and len(arguments) == 1:
                return self._pieces(arguments[0], given, depth)
            owner = field(function, "object")
            if text_of(function or node, "property") in (b"toString", b"trim", b"concat") and owner:
                return [p for n in (owner, *arguments) for p in self._pieces(n, given, depth)]
            holder = placeholder_of(node)
            if holder is not None and owner is not None:
                filling = self._pieces(arguments[1], given, depth)
                return _filled(self._pieces(owner, given, depth), *holder, filling)
        else:
            bound = {**given, **self._bound(own, arguments)}
            branches = [self._pieces(result, bound, depth) for result in returned(own) or []]
            chosen = self._one_of(branches)
            if chosen is not None:
                return chosen
        texts = self._resolver.value(node).texts
        return [_Piece(texts[0] if len(texts) == 1 else HOLE, node)]

    def _one_of(self, branches: list[list[_Piece]]) -> list[_Piece] | None:
        """The pieces of one of several URLs, where it does not matter which one it is.

        `version ? `${url}?version=${version}` : url`; or of several endpoints that have the same
        id in their paths, `isAgent ? `/agents/${id}/runs` : `/workflows/${id}/runs``, ours.
        """
        if len({_before_query(pieces) for pieces in branches}) == 1:
            return branches[0]
        endpoint = self._endpoint
        # With two settings in front, either may name another host.
        if endpoint is None or len({_front(pieces) for pieces in branches}) != 1:
            return None
        ours = [(pieces, self._parts(pieces, endpoint).id) for pieces in branches]
        ours = [(pieces, node) for pieces, node in ours if node is not None]
        named = {text(node) for _, node in ours if node is not None}
        same = all(
            any(text(piece.node) in named for piece in pieces if piece.text == HOLE)
            for pieces in branches
        )
        return ours[0][0] if len(named) == 1 and same else None

    def _bound(self, function: Node, arguments: Sequence[Node]) -> dict[int, Node]:
        """What a function's parameters stand for, by the ids of their bindings."""
        defaults = [parameter.default for parameter in parameters(function)]
        filled = [*arguments, *defaults[len(arguments) :]]
        return {
            id(binding): argument
            for parameter, argument in zip(parameters(function), filled, strict=False)
            if parameter.name is not None
            and argument is not None
            and (binding := self._scopes.binding(parameter.name)) is not None
        }


def _is_put_together(value: Node) -> bool:
    """Whether a constant's value is made of parts: `a + b`, but not `a || b`."""
    if value.type == "ternary_expression":
        return True
    return value.type in _PUT_TOGETHER or text_of(value, "operator") == b"+"


def _front(pieces: list[_Piece]) -> bytes:
    """The code of the setting that a URL starts with, if it starts with one."""
    is_setting = bool(pieces) and pieces[0].whole and HOLE in pieces[0].text
    return text(pieces[0].node) if is_setting else b""


def _before_query(pieces: list[_Piece]) -> tuple[str, ...]:
    """The pieces of a URL up to its query, to compare them: texts, and the code of the rest."""
    found: list[str] = []
    for piece in pieces:
        known, query, _ = piece.text.partition("?")
        code = text(piece.node).decode("utf-8", "replace") if HOLE in known or piece.whole else ""
        found += [known, code]
        if query:
            break
    return tuple(part for part in found if part)


def _filled(
    pieces: list[_Piece], hole: str, everywhere: bool, filling: list[_Piece]
) -> list[_Piece]:
    """The pieces of a text in which `replace` puts others in a placeholder's place."""
    found: list[_Piece] = []
    done = False
    for piece in pieces:
        rest = piece
        while not (done and not everywhere) and hole in rest.text:
            before, _, behind = rest.text.partition(hole)
            found += [_Piece(before, piece.node, whole=False), *filling]
            rest = _Piece(behind, piece.node, whole=False)
            done = True
        found.append(rest)
    return [piece for piece in found if piece.text]


def _decoded(node: Node) -> Node:
    """What is encoded: `x` of `encodeURIComponent(x)`."""
    node = unwrapped(node)
    given = items(field(node, "arguments") or node)
    encodes = node.type == "call_expression" and text_of(node, "function") in _ENCODERS
    return unwrapped(given[0]) if encodes and len(given) == 1 else node


def _base(pieces: list[_Piece], whole: str, end: int, resolver: Resolver) -> Base | None:
    """The one expression that the text up to ``end``, or up to a version behind it, comes from."""
    if not pieces or not pieces[0].whole:
        return None
    length = len(pieces[0].text)
    texts = resolver.value(pieces[0].node).texts
    if length == end or (length == end + 1 and whole[end] == "/"):
        versioned = all(t == HOLE or t.rstrip("/").endswith("/v1") for t in texts)
        return Base(pieces[0].node, versioned, slashed=length > end)
    if whole[length:end].strip("/") != "v1":
        return None
    return Base(pieces[0].node, versioned=False, slashed=not whole[length:end].startswith("/"))


def _with_id(pieces: list[_Piece], base: Base | None, start: int, end: int) -> PathParts:
    """The parts with the piece that fills the span of the id, or holds it."""
    position = 0
    for piece in pieces:
        behind = position + len(piece.text)
        if position <= start and end <= behind:
            inside = piece.text[start - position : end - position]
            known = inside if HOLE not in inside else None
            exact = (position, behind) == (start, end)
            if exact or known is not None:
                return PathParts(base, piece.node, known)
            return PathParts(base)
        position = behind
    return PathParts(base)
