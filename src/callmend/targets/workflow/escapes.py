"""Over-escaped line breaks in a message: where the specification writes two backslashes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from callmend.edits import Span
from callmend.languages.ecmascript.template import Capture
from callmend.languages.ecmascript.tree import descendants, field, unwrapped
from callmend.languages.ecmascript.values import text_of

#: `\\n` that a template literal shows as backslash and n: an escaped backslash, then an n.
_OVER_ESCAPED = re.compile(rb"(?<!\\)\\\\n")
_OTHER_ESCAPED = re.compile(rb"(?<!\\)\\\\(?:[a-mo-qsu-zA-Z]|\\)|[A-Za-z]:\\\\")


def mend_line_breaks(message: Capture, value: Node) -> Capture:
    r"""The message with `\\n` as `\n` in its own texts.

    ``value`` is the expression that was captured. Strings inside of a template's substitutions are
    arguments of the program and stay; so does a message that escapes other backslashes too.
    """
    inner = unwrapped(value)
    if not _is_literal_text(inner) or _OTHER_ESCAPED.search(message.text):
        return message
    texts = [Span(s.start - value.start_byte, s.end - value.start_byte) for s in _texts(inner)]
    places = [
        match.start()
        for match in _OVER_ESCAPED.finditer(message.text)
        if any(span.contains(Span(match.start(), match.end())) for span in texts)
    ]
    if not places:
        return message
    mended = bytearray(message.text)
    for at in reversed(places):
        del mended[at]
    fixed = frozenset(at - sum(place < at for place in places) for at in message.fixed)
    return Capture(bytes(mended), message.indent, fixed)


def _is_literal_text(node: Node) -> bool:
    """A string, a template without a tag, or a `+` of such things."""
    if node.type in ("string", "template_string"):
        return True
    if node.type != "binary_expression" or text_of(node, "operator") != b"+":
        return False
    return not any(n.type in ("call_expression", "regex") for n in descendants(node))


def _texts(node: Node) -> Iterator[Span]:
    """Where the message's own text stands: strings and templates without their substitutions."""
    stack: list[Node | None] = [node]
    while stack:
        part = stack.pop()
        inner = None if part is None else unwrapped(part)
        if inner is None:
            continue
        if inner.type == "string":
            yield Span(inner.start_byte, inner.end_byte)
        elif inner.type == "template_string":
            start = inner.start_byte
            for hole in inner.named_children:
                if hole.type == "template_substitution":
                    yield Span(start, hole.start_byte)
                    start = hole.end_byte
            yield Span(start, inner.end_byte)
        elif inner.type == "binary_expression":
            stack += [field(inner, "right"), field(inner, "left")]
