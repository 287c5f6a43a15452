"""Which call of the Assistants API a method and a path are, whatever language asks for it.

The paths are those of OpenAI's reference of the Assistants API, which ended on 2026-08-26.
"""

from __future__ import annotations

import re
from enum import Enum

from callmend.endpoints import Endpoint, catalogue

BASE = "https://api.openai.com/v1"
#: A URL of it: its path behind the base, and its query with the question mark.
URL = re.compile(
    re.escape(BASE) + r"/(?P<path>(?:threads|assistants)(?:/[^?#]*)?)(?P<query>\?[^#]*)?"
)


class Op(Enum):
    """What a call does."""

    CREATE_THREAD = "create-thread"
    RETRIEVE_THREAD = "retrieve-thread"
    ADD_MESSAGE = "add-message"
    RUN = "run"
    RUN_AND_POLL = "run-and-poll"
    THREAD_AND_RUN = "thread-and-run"
    THREAD_AND_POLL = "thread-and-poll"
    STREAM = "stream"
    THREAD_AND_STREAM = "thread-and-stream"
    RETRIEVE_RUN = "retrieve-run"
    POLL = "poll"
    LIST_MESSAGES = "list-messages"
    SUBMIT = "submit"
    SUBMIT_AND_POLL = "submit-and-poll"
    DELETE_THREAD = "delete-thread"
    CREATE_ASSISTANT = "create-assistant"
    RETRIEVE_ASSISTANT = "retrieve-assistant"
    UPDATE_ASSISTANT = "update-assistant"
    OTHER = "other"
    #: A run that is started by a request of which something is not understood.
    UNREAD_RUN = "unread-run"

    @property
    def starts_a_run(self) -> bool:
        """Whether the call starts a run, and so is where a flow hangs on."""
        return self in _STARTS

    @property
    def makes_a_thread(self) -> bool:
        """Whether the call makes the thread that it runs on."""
        return self in (Op.THREAD_AND_RUN, Op.THREAD_AND_POLL, Op.THREAD_AND_STREAM)


_STARTS = frozenset(
    {
        Op.RUN,
        Op.RUN_AND_POLL,
        Op.THREAD_AND_RUN,
        Op.THREAD_AND_POLL,
        Op.STREAM,
        Op.THREAD_AND_STREAM,
        Op.UNREAD_RUN,
    }
)
#: By the method in capitals and the path, its ids written as `*`.
OPS = {
    ("POST", "threads"): Op.CREATE_THREAD,
    ("POST", "threads/runs"): Op.THREAD_AND_RUN,
    ("GET", "threads/*"): Op.RETRIEVE_THREAD,
    ("DELETE", "threads/*"): Op.DELETE_THREAD,
    ("POST", "threads/*/messages"): Op.ADD_MESSAGE,
    ("GET", "threads/*/messages"): Op.LIST_MESSAGES,
    ("POST", "threads/*/runs"): Op.RUN,
    ("GET", "threads/*/runs/*"): Op.RETRIEVE_RUN,
    ("POST", "threads/*/runs/*/submit_tool_outputs"): Op.SUBMIT,
}
#: The catalogue's rows by the paths' beginnings, the longest first.
_ROWS = (
    ("threads/runs", "threads-runs"),
    ("threads/*/runs/", "thread-run"),
    ("threads/*/runs", "thread-runs"),
    ("threads/*/messages", "thread-messages"),
    ("threads", "threads"),
    ("assistants", "assistants"),
)


def endpoint_of(path: str) -> Endpoint:
    """The catalogue's row of a path behind the base, its ids written as `*`."""
    wanted = next(row for start, row in _ROWS if path.startswith(start))
    return next(row for row in catalogue() if row.id == wanted)
