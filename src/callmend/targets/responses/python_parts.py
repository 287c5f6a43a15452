"""What a message says in Python, as a response's input says it: its text, or parts of texts."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.layout import Doc, Group, has_comments, render
from callmend.languages.python.program import Program
from callmend.languages.python.raw import members
from callmend.languages.python.style import Style
from callmend.reasons import Reason
from callmend.targets.python_edits import Change, Editor

#: What an image of a message is given by, and what one of an input is.
_IMAGES = {"image_url": ("url", "image_url"), "image_file": ("file_id", "file_id")}


def content_of(
    program: Program,
    node: cst.BaseExpression,
    role: cst.BaseExpression | None,
    moved: Callable[[cst.BaseExpression], str],
    quoted: Callable[[str, str], str],
) -> Doc:
    """A message's text as it is, and each part of a written list as one of the input.

    Args:
        program: the file.
        node: the content.
        role: who says it; only what a person says goes in as parts.
        moved: the code of an expression at its new place.
        quoted: a string in the file's own quotes, or in those of some code.

    Raises:
        RefusedError: it holds what is not certainly a part that an input takes.
    """
    listed = program.resolver.single(node)
    if not isinstance(listed, (cst.List, cst.ListComp, cst.Dict, cst.Tuple)):
        return moved(node)
    shown = program.tree.show_line(node)
    if listed is not node or not isinstance(listed, cst.List) or _word(role) != "user":
        raise RefusedError(Reason.MESSAGE_SHAPE, shown)
    if has_comments(listed):
        raise RefusedError(Reason.COMMENT_LOST, shown)
    parts = _Parts(program, moved, quoted)
    given = tuple(("", parts.one(element.value)) for element in listed.elements)
    return Group("[", given, "]")


def put_parts(program: Program, editor: Editor, style: Style, message: cst.BaseExpression) -> None:
    """The parts of a message that stays where it is, as those of an input.

    Raises:
        RefusedError: it holds what is not certainly a part that an input takes.
    """
    given = members(program, message)
    if given is None or "content" not in given:
        return
    node, tree = given["content"], program.tree
    said = content_of(program, node, given.get("role"), tree.source, editor.quoted)
    if isinstance(said, Group):
        if not isinstance(message, cst.Dict):
            raise RefusedError(Reason.MESSAGE_SHAPE, tree.show_line(message))
        start, end = tree.chars(node)
        column = program.text.column(start)
        text = render(said, style, editor.indent_at(start), column)
        editor.changes.append(Change(start, end, text))


class _Parts:
    """Maps the parts of one message."""

    def __init__(
        self,
        program: Program,
        moved: Callable[[cst.BaseExpression], str],
        quoted: Callable[[str, str], str],
    ) -> None:
        self._program = program
        self._moved = moved
        self._quoted = quoted

    def one(self, part: cst.BaseExpression) -> Doc:
        given = members(self._program, part) if isinstance(part, cst.Dict) else None
        kind = _word(given.get("type")) if given is not None else ""
        if given is not None and kind == "text" and set(given) == {"type", "text"}:
            return self._part(part, "input_text", ("text", given["text"]))
        own = given.get(kind) if given is not None and kind in _IMAGES else None
        inside = members(self._program, own) if isinstance(own, cst.Dict) else None
        if inside is None or given is None or set(given) != {"type", kind}:
            raise RefusedError(Reason.MESSAGE_SHAPE, self._program.tree.show_line(part))
        source, name = _IMAGES[kind]
        if source not in inside or not set(inside) <= {source, "detail"}:
            raise RefusedError(Reason.MESSAGE_SHAPE, self._program.tree.show_line(part))
        return self._part(
            part, "input_image", (name, inside[source]), ("detail", inside.get("detail"))
        )

    def _part(
        self, part: cst.CSTNode, kind: str, *fields: tuple[str, cst.BaseExpression | None]
    ) -> Doc:
        like = self._program.tree.source(part)
        spelt = [("type", self._quoted(kind, like))]
        for name, value in fields:
            # An input's image says its detail; `auto` is what the Assistants API takes for none.
            given = self._quoted("auto", like) if value is None else self._moved(value)
            spelt.append((name, given))
        pairs = tuple((self._quoted(name, like) + ": ", value) for name, value in spelt)
        return Group("{", pairs, "}")


def _word(node: cst.BaseExpression | None) -> str:
    found = node.evaluated_value if isinstance(node, cst.SimpleString) else None
    return found if isinstance(found, str) else ""
