"""A dead URL's variable that the file also shows gets the live URL, which the call goes on reading.

`const url = ...; console.log(url); await fetch(url, ...)`, `res.json({ url, data })`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tree_sitter import Node

from callmend.edits import Edit, Span
from callmend.findings import Note
from callmend.languages.ecmascript.find import Request, classify
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.statements import single_declaration
from callmend.languages.ecmascript.strays import is_exported
from callmend.languages.ecmascript.tree import (
    WRAPPERS,
    descendants,
    field,
    show_line,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.records import record
from callmend.rewriting.unused_urls import makes_only_the_url

#: What a value goes through on its way to where it is shown.
_THROUGH = frozenset({"array", "object", "template_string", "template_substitution"})
#: What shows a value: a log, an error, a response of the file's own.
_SHOWS = re.compile(
    rb"console\.\w+|(?:[\w.]*\.)?_?(?:log|logger)(?:\.\w+)?|\w*Error|Response|"
    rb"(?:\w*[rR]es(?:ponse)?|Response|NextResponse|ctx|c)(?:\.status\(.*\))?\.(?:json|send)"
)


@record(frozen=True, slots=True)
class ShownUrls:
    """What becomes of the URLs' variables: edits in place of others, what they free, and notes."""

    swaps: dict[Edit, Edit]
    freed: tuple[Node, ...]
    notes: tuple[Note, ...]


def shown_urls(program: Program, requests: Sequence[Request], edits: Sequence[Edit]) -> ShownUrls:
    """The edits of URLs that go where their variables are declared, by those that go instead.

    ``requests`` are all that are rewritten, none being left, by ``edits``.
    """
    gone = [edit.span for edit in edits]
    swaps: dict[Edit, Edit] = {}
    freed: list[Node] = []
    notes: list[Note] = []
    for binding in dict.fromkeys(b for request in requests for b in request.constants):
        named = any(_named(program, request, binding) for request in requests)
        declared = field(binding.declarator, "value") or binding.declarator
        if not named and classify(program.resolver.value(declared)) is None:
            continue
        uses = [use for use in binding.references if not any(s.contains(span(use)) for s in gone)]
        if not uses or not any(_is_shown(program, use) for use in uses):
            continue
        if _is_mended(program, declared, gone):
            continue
        value = _url(program, binding, gone)
        own = [e for r in requests for e in edits if e.span == _named(program, r, binding)]
        live = {edit.text for edit in own}
        plain = len(live) == 1 and next(iter(live))[:1] in (b"'", b'"', b"`")
        if value is not None and plain and all(_is_shown(program, use) for use in uses):
            swaps |= {edit: Edit(value.start_byte, value.end_byte, edit.text) for edit in own}
            freed.append(value)
        else:
            shown = next(use for use in uses if _is_shown(program, use))
            told = f"{show_line(shown)} still shows the dead URL"
            notes.append(Note(span(shown), told, always=True))
    return ShownUrls(swaps, tuple(freed), tuple(notes))


def _named(program: Program, request: Request, binding: Binding) -> Span | None:
    """The place of a request's URL where that is the variable alone."""
    name = unwrapped(request.url)
    return span(request.url) if program.scopes.binding(name) is binding else None


def _is_mended(program: Program, declared: Node, gone: Sequence[Span]) -> bool:
    """Whether what a text is made of has lost its dead part: the base that stands in front."""
    parts = program.resolver.value(declared).nodes
    return any(
        node.id in parts
        and node.type in ("string", "template_string")
        and any(span(node).contains(each) for each in gone)
        for node in program.tree.nodes
    )


def _url(program: Program, binding: Binding, gone: Sequence[Span]) -> Node | None:
    """What the variable is declared to be, where that may be another text."""
    value = field(binding.declarator, "value")
    if value is None or binding.writes or single_declaration(program.tree, binding) is None:
        return None
    declared = text_of(binding.declarator, "type").lstrip(b": ")
    inner = unwrapped(value)
    if declared not in (b"", b"string") or (inner != value and b"workflows" in text(inner)):
        return None  # a type may say which text it is
    touched = any(span(inner).touches(each) for each in gone)
    comments = any(node.type == "comment" for node in descendants(inner))
    if touched or comments or is_exported(program.tree, binding):
        return None
    return inner if makes_only_the_url(program, value) else None


def _is_shown(program: Program, use: Node) -> bool:
    """Whether a use of a URL is only told to somebody."""
    node, held = use, False
    for parent in program.tree.ancestors(use):
        if parent.type == "return_statement":
            return held
        if parent.type == "arguments":
            call = program.tree.parent(parent) or parent
            called = text(field(call, "function") or field(call, "constructor") or call)
            if called != b"JSON.stringify":
                return _SHOWS.fullmatch(called) is not None
        elif not _goes_on(parent, node):
            return False
        held = held or parent.type == "object"
        node = parent
    return False


def _goes_on(parent: Node, node: Node) -> bool:
    """Whether a value is what it stands in, or a part of it."""
    if parent.type == "binary_expression":
        return text_of(parent, "operator") in (b"+", b"||", b"??")
    if parent.type == "call_expression":
        return text_of(parent, "function") == b"JSON.stringify"
    if parent.type in ("pair", "ternary_expression"):
        return node not in (field(parent, "key"), field(parent, "condition"))
    return parent.type in _THROUGH or parent.type in WRAPPERS
