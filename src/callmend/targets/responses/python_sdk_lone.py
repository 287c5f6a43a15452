"""Lone calls of OpenAI's Python client that make or ask for threads, as those of conversations."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.layout import Doc, Group, dedented, render
from callmend.languages.python.messages import Messages
from callmend.languages.python.program import Program
from callmend.languages.python.sdk import SdkCall, keywords
from callmend.languages.python.style import detect
from callmend.languages.python.values import key_of
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_edits import Change, Editor
from callmend.targets.responses.python_parts import content_of

#: How many items a conversation may be made with (`POST /v1/conversations`, `items`).
_MOST_ITEMS = 20
_BY_ID = {"threads.retrieve": "retrieve", "threads.delete": "delete", "threads.update": "update"}


def conversation_plan(program: Program, call: SdkCall, settings: Settings) -> Plan:
    """The same call of a conversation.

    Raises:
        RefusedError: it has no counterpart, or is given what a conversation does not take.
    """
    tree = program.tree
    given = keywords(call.call)
    shown = tree.show_line(call.call)
    if given is None or any(isinstance(n, cst.Comment) for n in tree.below(call.call)):
        raise RefusedError(Reason.RUN_PARAMETER, shown)
    editor = Editor(program, None, detect(tree), settings)
    start, end = tree.chars(call.call)
    indent = editor.indent_at(start)

    def moved(node: cst.BaseExpression) -> str:
        first, last = tree.whole(node)
        return dedented(program.text.text[first:last].replace("\r\n", "\n"), indent)

    arguments: list[tuple[str, Doc]] = []
    if call.method == "threads.create":
        method = "create"
        if set(given) - {"messages", "metadata"}:
            raise RefusedError(Reason.RUN_PARAMETER, shown)
        if "messages" in given:
            items = _items(program, given["messages"], moved, editor.quoted)
            arguments.append(("items=", items))
        if "metadata" in given:
            arguments.append(("metadata=", moved(given["metadata"])))
    elif call.method in _BY_ID:
        method = _BY_ID[call.method]
        taken = {"thread_id", "metadata"} if method == "update" else {"thread_id"}
        if "thread_id" not in given or set(given) - taken:
            raise RefusedError(Reason.RUN_PARAMETER, shown)
        arguments.append(("", moved(given["thread_id"])))
        if "metadata" in given:
            arguments.append(("metadata=", moved(given["metadata"])))
    else:
        raise RefusedError(Reason.PART_OF_A_FLOW, f"`{call.method}`")
    new = Group(f"{tree.source(call.client)}.conversations.{method}(", tuple(arguments), ")")
    text = render(new, detect(tree), indent, program.text.column(start)) if arguments else ""
    text = text or f"{new.opening})"
    editor.changes.append(Change(start, end, text, statements=True))
    message = "becomes a conversation" if method == "create" else f"becomes conversations.{method}"
    return Plan(tuple(editor.edits()), message, ())


def _items(
    program: Program,
    messages: cst.BaseExpression,
    moved: Callable[[cst.BaseExpression], str],
    quoted: Callable[[str, str], str],
) -> Doc:
    """A written list of {role, content}, as it is where no content is one of parts."""
    refused = RefusedError(Reason.MESSAGE_SHAPE, program.tree.show_line(messages))
    if not isinstance(messages, cst.List) or len(messages.elements) > _MOST_ITEMS:
        raise refused
    Messages(program).check(messages)
    found: list[Group] = []
    for element in messages.elements:
        value = element.value
        if isinstance(element, cst.StarredElement) or not isinstance(value, cst.Dict):
            raise refused
        fields = {key_of(inner): inner.value for inner in value.elements}
        role = fields["role"]
        content = content_of(program, fields["content"], role, moved, quoted)
        like = program.tree.source(value)
        said = (
            (quoted("role", like) + ": ", moved(role)),
            (quoted("content", like) + ": ", content),
        )
        found.append(Group("{", said, "}"))
    if all(isinstance(item.elements[1][1], str) for item in found):
        return moved(messages)
    return Group("[", tuple(("", item) for item in found), "]")
