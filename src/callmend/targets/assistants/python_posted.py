"""A dead path that a Python file gives to a function of its own: `POST /v1/threads/runs` by that.

The run is asked for by the same function where it is given the method, else by one beside it that
asks as it posts. So the base, the headers and the errors are the file's own.
"""

from __future__ import annotations

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.find import Request
from callmend.languages.python.functions import arguments_of
from callmend.languages.python.posted import posted_requests
from callmend.languages.python.postings import posting_of
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import parameters
from callmend.languages.python.tree import dotted
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.assistants.python_adapted import Adapted
from callmend.targets.plans import Plan
from callmend.targets.python_asking import Asking, Sending
from callmend.targets.python_polls import refuse_polling
from callmend.targets.python_posted import ParsedCall, PostedCall
from callmend.targets.python_reading import Names


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan | None:
    """The rewrite of one call of a function that posts; None when it is migrated already.

    Raises:
        RefusedError: the call is left, and why.
    """
    if request.endpoint.id == "threads-runs":
        return None
    if settings.stream:
        raise RefusedError(Reason.STREAMING, "--stream is given")
    refuse_polling(program)
    posting = posting_of(program, request)
    posted = (_Parsed if posting.parsed else _Posted)(program, request, posting, settings, names)
    return posted.adapted()


class _Posted(PostedCall, Adapted):
    """A call whose function gives the response back, which knows the headers that were sent."""

    _asking: Asking

    def _headers(self) -> None:
        assert self.beta is not None  # noqa: S101  # this target's
        self._asking = Asking(
            self._program, self._request, self._posting, self._settings, self._style, self.beta
        )
        posted = posted_requests(self._program)
        changes = self._asking.header(frozenset(request.call for request in posted))
        self._editor.changes += changes
        if changes:
            told = "this function sends the request, with the header OpenAI-Beta for it"
            where = self._tree.span(self._posting.through.functions[-1].name)
            self._notes.append(Note(where, told, always=True))

    def _arguments(self) -> list[str]:
        posting = self._posting
        receiver = posting.client.receiver
        given = arguments_of(posting.function, posting.call)
        found = []
        if receiver is not None and not posting.client.function:
            if not self._is_visible(receiver):
                raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{self._tree.show(receiver)}`")
            found.append(self._tree.source(receiver))
        for arg in self._parts.carried:
            name = "" if arg.keyword is None else arg.keyword.value
            value = arg.value
            if isinstance(value, cst.Name) and self._param(value.value) is not None:
                param = self._param(value.value)
                value = (
                    given.get(value.value) or (None if param is None else param.default) or value
                )
            if not self._is_visible(value):
                raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{self._tree.show(arg)}`")
            found.append(f"{name}={self._tree.source(value)}")
        return found

    def _param(self, name: str) -> cst.Param | None:
        own = [p for p in parameters(self._posting.function) if p.name.value == name]
        return own[0] if own else None

    def _is_visible(self, node: cst.BaseExpression) -> bool:
        """Whether an expression of the function means the same where the function is called."""
        if isinstance(node, (cst.SimpleString, cst.Integer, cst.Float)):
            return True
        call, function = self._posting.call, self._posting.function
        root = dotted(node).split(".")[0]
        scopes = self._program.scopes
        if self._tree.is_inside(node, call) or root in ("None", "True", "False"):
            return bool(root)
        if root == "self":
            return isinstance(call.func, cst.Attribute) and dotted(call.func.value) == "self"
        there = scopes.scope_of(root, node if node in self._tree.below(function) else call)
        return bool(root) and there is self._tree.module is scopes.scope_of(root, call)


class _Parsed(ParsedCall, _Posted):
    """A call whose function gives the answer's JSON back."""

    def _headers(self) -> None:
        super()._headers()
        assert self.beta is not None  # noqa: S101  # this target's
        dead = frozenset(request.call for request in posted_requests(self._program))
        for poll in self._asked_again:
            sending = Sending(
                self._program, self._request, poll.asked, self._settings, self._style, self.beta
            )
            new = sending.header(dead)
            new = [one for one in new if one not in self._editor.changes]
            if any(one.start == other.start for one in new for other in self._editor.changes):
                shown = f"`{self._tree.show(poll.asked.inner)}`"
                raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, shown)
            self._editor.changes += new

    def _adapter(self) -> str:
        return "adapter_posted_async" if self._posting.awaited else "adapter_posted"

    def _more_values(self) -> dict[str, str | None]:
        return {
            "THREADS": self._quoted(self._front(self._posting.path) + "threads"),
            "POLL_TIMEOUT": str(self._settings.poll_timeout),
        }

    def _awaited(self, whole: cst.BaseExpression) -> tuple[str, str]:
        if not self._posting.awaited and not self._waits():
            return "", ""
        part = isinstance(self._tree.parent(whole), (cst.Attribute, cst.Subscript))
        return ("(await ", ")") if part and not isinstance(whole, cst.Await) else ("await ", "")

    def _arguments(self) -> list[str]:
        known = self._asked_again[0].asked if self._asked_again else None
        functions, added = self._asking.arguments(known)
        self._editor.changes += added
        return functions
