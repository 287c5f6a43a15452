"""Threads, runs, responses and conversations: the server's memory, and how a run goes on."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.server.errors import ApiError, wrong
from tests.server.saying import Heard, Said
from tests.server.scenarios import Control, Scenario

#: The server's clock starts here and counts on by one with each thing that it makes.
EPOCH = 1_790_000_000
#: A status that no specification has.
UNKNOWN = "paused"
#: A run in one of these goes no further, and its thread is free.
TERMINAL = frozenset({"completed", "failed", "cancelled", "incomplete", "expired"})


@dataclass
class Message:
    """A message of a thread; `content` and `status` are as in the API's JSON."""

    id: str
    created_at: int
    thread_id: str
    role: str
    content: list[dict[str, Any]]
    status: str = "completed"
    incomplete_reason: str | None = None
    run_id: str | None = None
    assistant_id: str | None = None
    attachments: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass
class Thread:
    """A thread and its messages, oldest first."""

    id: str
    created_at: int
    metadata: dict[str, str]
    tool_resources: dict[str, Any]
    messages: list[Message] = field(default_factory=list)


@dataclass
class Run:
    """A run of an assistant, or a response: its status, and the statuses that are to come."""

    id: str
    created_at: int
    thread_id: str
    body: Mapping[str, Any]
    scenario: Scenario
    said: tuple[Said, ...]
    status: str
    #: One for each poll; the last one stays.
    plan: list[str]
    heard: tuple[Heard, ...] = ()
    polls: int = 0
    times: dict[str, int] = field(default_factory=dict)
    message_ids: tuple[str, ...] = ()
    #: A response's items, once they are made.
    output: list[dict[str, Any]] = field(default_factory=list)


def plan(scenario: Scenario, polls: int) -> list[str]:
    """The statuses that successive polls see, after `queued` at the creation."""
    match scenario:
        case Scenario.SLOW:
            return ["queued", *["in_progress"] * polls, "completed"]
        case Scenario.FAILED | Scenario.CANCELLED | Scenario.EXPIRED | Scenario.INCOMPLETE:
            return [str(scenario)]
        case Scenario.REQUIRES_ACTION:
            return ["requires_action"]
        case Scenario.CANCELLING:
            return ["cancelling", "cancelled"]
        case Scenario.NEVER_FINISHING:
            return ["in_progress"]
        case Scenario.UNKNOWN_STATUS:
            return [*[UNKNOWN] * polls, "completed"]
        case Scenario.UNKNOWN_STATUS_FOREVER:
            return [UNKNOWN]
        case _:
            return ["completed"]


def or_one(value: float | None) -> float:
    """A temperature or top_p: 1 where the request has none; 0 is one."""
    return 1.0 if value is None else value


class Store:
    """All that the server remembers. Ids and times are counted, so that runs are repeatable."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.threads: dict[str, Thread] = {}
        self.runs: dict[str, Run] = {}
        self.responses: dict[str, Run] = {}
        self.conversations: dict[str, list[Heard]] = {}
        #: The items of each conversation as the API shows them, oldest first.
        self.items: dict[str, list[dict[str, Any]]] = {}
        self._numbers = itertools.count(1)

    def clear(self) -> None:
        """Forget all; the numbers go on, so that an old id is never another thing's."""
        for kept in (self.threads, self.runs, self.responses, self.conversations, self.items):
            kept.clear()

    def new_id(self, prefix: str) -> tuple[str, int]:
        """An id that was never given, and the time of its making."""
        number = next(self._numbers)
        return f"{prefix}_{number:06d}", EPOCH + number

    def now(self) -> int:
        """The time, one second after all that happened before."""
        return EPOCH + next(self._numbers)

    def thread(self, thread_id: str) -> Thread:
        """The thread.

        Raises:
            ApiError: There is none of this id.
        """
        found = self.threads.get(thread_id)
        if found is None:
            raise wrong(f"No thread found with id '{thread_id}'.", status=404)
        return found

    def run(self, thread_id: str, run_id: str) -> Run:
        """The thread's run.

        Raises:
            ApiError: The thread has none of this id.
        """
        self.thread(thread_id)
        found = self.runs.get(run_id)
        if found is None or found.thread_id != thread_id:
            raise wrong(f"No run found with id '{run_id}'.", status=404)
        return found

    def refuse_while_active(self, thread: Thread) -> None:
        """A thread takes neither messages nor runs while one of its runs is active.

        Raises:
            ApiError: One is.
        """
        for run in self.runs.values():
            if run.thread_id == thread.id and run.status not in TERMINAL:
                raise wrong(
                    f"Can't add messages to {thread.id} while a run {run.id} is active.",
                )

    def poll(self, run: Run) -> None:
        """Let a run go on by one status; the scenario may answer the poll with an error.

        Raises:
            ApiError: The scenario's error.
        """
        run.polls += 1
        if run.scenario is Scenario.POLLING_ERROR_ALWAYS or (
            run.scenario is Scenario.POLLING_ERROR_ONCE and run.polls == 1
        ):
            raise ApiError(500, "The server had an error.", kind="server_error")
        self.advance(run)

    def advance(self, run: Run) -> None:
        """Give a run its next status, if one is to come."""
        if run.plan:
            run.status = run.plan.pop(0)
            run.times.setdefault(run.status, self.now())

    def finish(self, run: Run) -> None:
        """Give a run its last status at once."""
        while run.plan:
            self.advance(run)
