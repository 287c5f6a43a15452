"""The assistants target for Python: a call's plan, or why it is left."""

from __future__ import annotations

from callmend.calls import RefusedError
from callmend.languages.python.answer import AnswerReader
from callmend.languages.python.clients import Library
from callmend.languages.python.find import Request
from callmend.languages.python.layout import Doc, Group
from callmend.languages.python.program import Program
from callmend.languages.python.raw import find_raw
from callmend.languages.python.request import RequestReader
from callmend.languages.python.template import Template, load
from callmend.reasons import Reason
from callmend.routes import Op
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_plan import CallPlan
from callmend.targets.python_reading import Names, Reading

TARGET = "assistants"
_BETA = ("OpenAI-Beta", "assistants=v2")
_SUFFIXES = {
    (Library.REQUESTS, False): "",
    (Library.HTTPX, False): "",
    (Library.HTTPX, True): "_async",
    (Library.AIOHTTP, True): "_aiohttp",
    (Library.URLLIB, False): "_urllib",
}


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan | None:
    """The rewrite of one call; None when it is migrated already.

    Raises:
        RefusedError: the call is left, and why.
    """
    if request.endpoint.id == "threads-runs":
        return _finished(program, request)
    return AssistantsCall(program, request, settings, names).plan()


def _finished(program: Program, request: Request) -> Plan | None:
    """None for a call that speaks the API; what is half done is left.

    Raises:
        RefusedError: the answer is still read as the dead one.
    """
    client = request.client
    if client is None:
        return None
    try:
        sender = RequestReader(program, request).sender(client)
    except RefusedError:
        return None
    try:
        dead = AnswerReader(program, client, sender).reads_the_dead_answer()
    except RefusedError:
        # Where the run is polled by hand, its answer is read as a run's.
        function = program.tree.function_of(request.call)
        follows = (Op.RETRIEVE_RUN, Op.LIST_MESSAGES)
        beside = (c for c in find_raw(program) if program.tree.function_of(c.call) is function)
        if not any(call.op in follows for call in beside):
            raise
        dead = False
    if dead:
        raise RefusedError(Reason.HALF_MIGRATED, "the request is new, the reading is the old one")
    return None


class AssistantsCall(CallPlan):
    """`POST /v1/threads/runs`, then polling, then the messages."""

    path = "/threads/runs"
    beta = _BETA
    becomes = "becomes POST /v1/threads/runs, polling, then the messages"

    def _template(self) -> Template:
        name = "robust" if self._settings.polling == "robust" else "polling"
        return load(TARGET, name + _SUFFIXES[self._client.library, self._client.awaited])

    def _values(self, reading: Reading) -> dict[str, str | None]:
        return {
            "HEADERS": reading.headers(_BETA),
            "CLIENT": reading.receiver()[0],
            "REQUEST": self._urllib_name("Request"),
            "URLOPEN": self._tree.source(self._parts.sender.func),
            "POLL_TIMEOUT": str(self._settings.poll_timeout),
        }

    def _urllib_name(self, name: str) -> str:
        function = self._tree.source(self._request.call.func)
        if function.endswith(name):
            return function
        return f"{function.rpartition('.')[0]}.{name}".lstrip(".")

    def _id_element(self, key: str) -> list[str]:
        value = self._id_source()
        return [f"{self._quoted('assistant_id', key)}: {value}"]

    def _input_element(self, key: str, *, broken: bool = False) -> tuple[str, Doc]:
        messages = self._messages(key, broken=broken)
        thread = Group("{", ((self._quoted("messages", key) + ": ", messages),), "}", broken)
        return self._quoted("thread", key) + ": ", thread
