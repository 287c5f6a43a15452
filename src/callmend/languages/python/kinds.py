"""What the calls of the Assistants API give: kinds of values, and what is read of each."""

from __future__ import annotations

from enum import Enum

import libcst as cst

from callmend.languages.python.program import Program
from callmend.languages.python.sdk import SdkCall
from callmend.languages.python.tree import unawaited


class Kind(Enum):
    """What an expression is, of all that calls of the old API give."""

    THREAD = "thread"
    THREAD_ID = "thread-id"
    ADDED = "added"
    RUN = "run"
    RUN_ID = "run-id"
    STATUS = "status"
    ERROR = "error"
    USAGE = "usage"
    PAGE = "page"
    LIST = "list"
    NUMBERED = "numbered"
    MESSAGE = "message"
    PARTS = "parts"
    PART = "part"
    TEXT = "text"


#: What may go anywhere: the new API's is used in the same way, or not at all.
FREE = frozenset(
    {Kind.THREAD, Kind.THREAD_ID, Kind.ADDED, Kind.RUN_ID, Kind.STATUS, Kind.ERROR}
)  # fmt: skip
#: What nothing of is another thing in the new API.
PLAIN = frozenset({Kind.THREAD_ID, Kind.RUN_ID, Kind.STATUS, Kind.ERROR})
#: What is read of each, by its name in the new API.
READS: dict[tuple[Kind, str], tuple[str, Kind | None]] = {
    (Kind.THREAD, "id"): ("id", Kind.THREAD_ID),
    (Kind.RUN, "id"): ("id", Kind.RUN_ID),
    (Kind.RUN, "status"): ("status", Kind.STATUS),
    (Kind.RUN, "created_at"): ("created_at", None),
    (Kind.RUN, "completed_at"): ("completed_at", None),
    (Kind.RUN, "model"): ("model", None),
    (Kind.RUN, "metadata"): ("metadata", None),
    (Kind.RUN, "thread_id"): ("conversation.id", Kind.THREAD_ID),
    (Kind.RUN, "last_error"): ("error", Kind.ERROR),
    (Kind.RUN, "incomplete_details"): ("incomplete_details", Kind.ERROR),
    (Kind.RUN, "usage"): ("usage", Kind.USAGE),
    (Kind.USAGE, "total_tokens"): ("total_tokens", None),
    (Kind.USAGE, "prompt_tokens"): ("input_tokens", None),
    (Kind.USAGE, "completion_tokens"): ("output_tokens", None),
    (Kind.PAGE, "data"): ("", Kind.LIST),
    (Kind.MESSAGE, "id"): ("id", None),
    (Kind.MESSAGE, "role"): ("role", None),
    (Kind.MESSAGE, "content"): ("content", Kind.PARTS),
    (Kind.PART, "text"): ("text", Kind.TEXT),
    (Kind.TEXT, "value"): ("", None),
}
ELEMENTS = {Kind.PAGE: Kind.MESSAGE, Kind.LIST: Kind.MESSAGE, Kind.PARTS: Kind.PART}


def words_of(node: cst.BaseExpression) -> frozenset[str]:
    """The strings that a status is compared with; none where not all are written there."""
    given = [node]
    if isinstance(node, (cst.Tuple, cst.List, cst.Set)):
        given = [element.value for element in node.elements]
    words = [n.evaluated_value for n in given if isinstance(n, cst.SimpleString)]
    if len(words) != len(given):
        return frozenset()
    return frozenset(word for word in words if isinstance(word, str))


def value_of(program: Program, call: SdkCall) -> cst.BaseExpression:
    """The expression that is what a call gives: the call, or the `await` around it."""
    parent = program.tree.parent(call.call)
    if isinstance(parent, cst.Await) and unawaited(parent) is call.call:
        return parent
    return call.call
