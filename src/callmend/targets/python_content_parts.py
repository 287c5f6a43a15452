"""The parts of a workflow call's messages in Python, as the API that is called instead has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.layout import document, has_comments, render
from callmend.languages.python.program import Program
from callmend.languages.python.style import Style
from callmend.languages.python.tree import dotted
from callmend.languages.python.values import key_of
from callmend.reasons import Reason
from callmend.targets.python_edits import Change, Editor

#: What a message of a thread may have for parts, and what one of a response's input.
_OF_THREADS = frozenset({"text", "image_url", "image_file"})
_OF_INPUTS = frozenset({"input_text", "input_image", "input_file", "output_text", "refusal"})
#: What a picture of an input is given by, and where a thread's picture has that.
_PICTURES = {"image_url": ("image_url", "url"), "file_id": ("image_file", "file_id")}
_ADDING = frozenset({"append", "extend", "insert"})
_DEEPEST = 3


class ForeignPartError(RefusedError):
    """A message has a part that the new API does not take, and that cannot be written anew."""


def with_parts(
    program: Program,
    editor: Editor,
    node: cst.BaseExpression,
    code: str,
    *,
    thread: bool,
    style: Style,
) -> str:
    """A list of messages with the parts that a thread takes, or an input.

    Args:
        program: the file.
        editor: what knows the file's quotes, and takes the changes of a list that has a name.
        node: the list, as it stands in the file.
        code: the same, as it is written in the new request.
        thread: whether it goes into a thread.
        style: the file's style.

    Raises:
        ForeignPartError: a part has no counterpart, or stands where others may need it.
    """
    tree = program.tree
    alone = _is_for_one(program, node)
    for behind in _behind(program, node, 0):
        for part in _foreign(program, behind, thread=thread):
            new = _anew(program, part, editor, thread=thread) if alone else None
            if new is None or has_comments(part):
                raise _refused(program, part)
            start, end = tree.chars(part)
            column = program.text.column(start)
            text = render(document(cst.parse_expression(new)), style, editor.indent_at(start),
                          column, 1)  # fmt: skip
            change = Change(start, end, text, statements=True)
            editor.changes += [change] if change not in editor.changes else []
    for part in _foreign(program, node, thread=thread):
        old, new = tree.source(part), _anew(program, part, editor, thread=thread)
        if new is None or code.count(old) != 1:
            raise _refused(program, part)
        code = code.replace(old, new)
    return code


def _is_for_one(program: Program, node: cst.BaseExpression) -> bool:
    """Whether a list has a name that this request alone reads, beside what fills the list."""
    if not isinstance(node, cst.Name) or len(program.flow.every(node.value, node)) != 1:
        return False
    for use in program.scopes.uses(node.value):
        parent = program.tree.parent(use)
        adds = isinstance(parent, cst.Attribute) and parent.attr.value in _ADDING
        if use is not node and not adds:
            return False
    return True


def _anew(program: Program, part: cst.Dict, editor: Editor, *, thread: bool) -> str | None:
    """A part as the new request takes it; None where it has no counterpart."""
    return _in_a_thread(program, part, editor) if thread else _in_an_input(program, part, editor)


def _refused(program: Program, part: cst.CSTNode) -> ForeignPartError:
    shown = f"`{program.tree.show(part)}` is a part that the new request does not take"
    return ForeignPartError(Reason.HISTORY_SHAPE, shown)


def _in_a_thread(program: Program, part: cst.Dict, editor: Editor) -> str | None:
    """`{"type": "input_text", ...}` as a part of a thread's message."""
    given, like = _fields(part), program.tree.source(part)
    kind = _word(given.pop("type"))
    sources = {name: program.tree.source(value) for name, value in given.items()}

    def pairs(**fields: str) -> str:
        written = (f"{editor.quoted(name, like)}: {value}" for name, value in fields.items())
        return "{" + ", ".join(written) + "}"

    if kind == "input_text" and set(sources) == {"text"}:
        return pairs(type=editor.quoted("text", like), text=sources["text"])
    by = next((name for name in _PICTURES if name in sources), "")
    if kind != "input_image" or not by or not set(sources) <= {by, "detail"}:
        return None
    if by == "image_url" and isinstance(given[by], cst.Dict):
        return None
    name, inner = _PICTURES[by]
    detail = {"detail": sources["detail"]} if "detail" in sources else {}
    picture = pairs(**{inner: sources[by]}, **detail)
    return pairs(**{"type": editor.quoted(name, like), name: picture})


def _in_an_input(program: Program, part: cst.Dict, editor: Editor) -> str | None:
    """`{"type": "text", ...}`, as chats and threads have it, as a part of a response's input."""
    given, like = _fields(part), program.tree.source(part)
    if _is_bare(given):
        # An input's picture says its detail; `auto` is what is taken for none.
        inside = like[:-1].rstrip()
        comma = "" if inside.endswith(",") else ","
        return f"{inside}{comma} {editor.quoted('detail', like)}: {editor.quoted('auto', like)}}}"
    message = program.tree.around(part, cst.Dict)
    role = None if message is None else _fields(message).get("role")
    if _word(given.pop("type")) != "text" or set(given) != {"text"} or _word(role) != "user":
        return None
    pairs = {"type": editor.quoted("input_text", like), "text": program.tree.source(given["text"])}
    written = (f"{editor.quoted(name, like)}: {value}" for name, value in pairs.items())
    return "{" + ", ".join(written) + "}"


def _foreign(program: Program, node: cst.BaseExpression, *, thread: bool) -> Iterator[cst.Dict]:
    """The parts of the messages in an expression that the new request does not take so."""
    known = _OF_THREADS if thread else _OF_INPUTS
    for inner in program.tree.below(node):
        if not isinstance(inner, cst.DictElement) or key_of(inner) != "content":
            continue
        listed = inner.value
        for element in listed.elements if isinstance(listed, cst.List) else ():
            part = element.value
            given = _fields(part) if isinstance(part, cst.Dict) else {}
            kind = _word(given.get("type"))
            if not isinstance(part, cst.Dict) or not kind:
                continue
            if kind not in known or (not thread and _is_bare(given)):
                yield part


def _is_bare(given: Mapping[str, cst.BaseExpression]) -> bool:
    """Whether an input's picture does not say its detail."""
    return _word(given.get("type")) == "input_image" and "detail" not in given


def _behind(program: Program, node: cst.BaseExpression, depth: int) -> Iterator[cst.BaseExpression]:
    """What the names in an expression hold, and what is put into it."""
    if depth > _DEEPEST:
        return
    tree = program.tree
    for inner in tree.below(node):
        if not isinstance(inner, (cst.Name, cst.Attribute)) or isinstance(
            tree.parent(inner), cst.Attribute
        ):
            continue
        found = [d.value for d in program.resolver.definitions(inner) if d.value is not None]
        path = dotted(inner)
        for call in tree.every(cst.Call) if path else ():
            func = call.func
            if isinstance(func, cst.Attribute) and func.attr.value in _ADDING:
                if dotted(func.value) == path:
                    found += [arg.value for arg in call.args]
        for value in found:
            if isinstance(value, (cst.List, cst.Dict, cst.ListComp, cst.Name, cst.BinaryOperation)):
                yield value
                yield from _behind(program, value, depth + 1)


def _fields(node: cst.Dict) -> dict[str, cst.BaseExpression]:
    pairs = [(key_of(e), e.value) for e in node.elements if isinstance(e, cst.DictElement)]
    return {name: value for name, value in pairs if name is not None}


def _word(node: cst.BaseExpression | None) -> str:
    found = node.evaluated_value if isinstance(node, cst.SimpleString) else None
    return found if isinstance(found, str) else ""
