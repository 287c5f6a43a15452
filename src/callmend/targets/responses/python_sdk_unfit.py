"""What a thread or a message of OpenAI's Python client is given that no response's input takes."""

from __future__ import annotations

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.program import Program
from callmend.languages.python.sdk import SdkCall, keywords
from callmend.languages.python.tree import dotted
from callmend.languages.python.values import key_of
from callmend.reasons import Reason

_OF_MESSAGE = frozenset({"role", "content"})
_RESOURCES = "tool_resources"


def check_thread(program: Program, thread: cst.BaseExpression) -> None:
    """Refuse a thread with what the tools of the assistant need, in its dict or put in later.

    Raises:
        RefusedError: naming that.
    """
    given = program.resolver.single(thread)
    for element in given.elements if isinstance(given, cst.Dict) else ():
        if key_of(element) == _RESOURCES:
            raise RefusedError(Reason.TOOL_SETUP, program.tree.show_line(element))
    for node in program.tree.own(program.tree.function_of(thread)):
        if isinstance(node, cst.Subscript) and _key(node) == _RESOURCES:
            if isinstance(thread, cst.Name) and dotted(node.value) == thread.value:
                raise RefusedError(Reason.TOOL_SETUP, program.tree.show_line(node))


def check_messages(program: Program, messages: cst.BaseExpression) -> None:
    """Refuse messages of a list that have more than their text, such as attachments.

    Those make a vector store behind the scenes; a file of an input does not.

    Raises:
        RefusedError: naming the first thing that is more.
    """
    for listed in messages.elements if isinstance(messages, cst.List) else ():
        message = listed.value
        for element in message.elements if isinstance(message, cst.Dict) else ():
            if key_of(element) not in (*_OF_MESSAGE, None):
                raise RefusedError(Reason.MESSAGE_SHAPE, program.tree.show_line(element))


def unfit_message(program: Program, call: SdkCall) -> RefusedError:
    """The refusal of a call that adds a message to a thread, for what is more or missing."""
    for name, value in (keywords(call.call) or {}).items():
        if name not in ("thread_id", *_OF_MESSAGE):
            shown = f"`{name}={program.tree.show(value)}` in line {program.tree.line(value)}"
            return RefusedError(Reason.MESSAGE_SHAPE, shown)
    return RefusedError(Reason.MESSAGE_SHAPE, program.tree.show_line(call.call))


def _key(node: cst.Subscript) -> str:
    index = node.slice[0].slice if len(node.slice) == 1 else None
    words = index.value if isinstance(index, cst.Index) else None
    key = words.evaluated_value if isinstance(words, cst.SimpleString) else None
    return key if isinstance(key, str) else ""
