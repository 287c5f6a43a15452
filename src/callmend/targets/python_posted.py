"""A dead path that a Python file gives to a function of its own, which posts it: on any target."""

from __future__ import annotations

import re
from copy import copy

import libcst as cst

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.python.clients import Library
from callmend.languages.python.find import Certainty, Request
from callmend.languages.python.helpers import awaiting, load_helper
from callmend.languages.python.inputs import KEPT, NO_COUNTERPART, InputReader
from callmend.languages.python.later import later_going
from callmend.languages.python.layout import document, render
from callmend.languages.python.objects import JsonFollower
from callmend.languages.python.paths import path_id_of
from callmend.languages.python.posted import posted_requests
from callmend.languages.python.postings import Asked, Posting, asked_of
from callmend.languages.python.program import Program
from callmend.languages.python.readers import Readings
from callmend.languages.python.request import RequestParts
from callmend.languages.python.runs import POLLS, RunUrl, nodes_of, run_url
from callmend.languages.python.shape_code import Shape
from callmend.languages.python.shapes import ShapeReader
from callmend.languages.python.template import Fill
from callmend.languages.python.tree import dotted
from callmend.reasons import Reason
from callmend.records import record
from callmend.settings import DEFAULT_BASE_URL, Settings
from callmend.targets.plans import Plan
from callmend.targets.python_adapt import AdaptedCall
from callmend.targets.python_edits import Editor
from callmend.targets.python_polls import check_identities, waited, with_identity
from callmend.targets.python_reading import Names
from callmend.targets.python_spelling import function_style, literal_style

_DEAD = re.compile(r"(?:(?:agents?|beta|chatkit)/)*(?:workflows?|agents)\b")


@record(frozen=True, slots=True)
class PostedPoll:
    """A call of a function of the file that asks for the run; as in ``Poll``."""

    request: Request
    asked: Asked
    url: RunUrl
    nodes: frozenset[cst.CSTNode]
    readings: Readings


def posted_polls(program: Program, posting: Posting) -> tuple[PostedPoll, ...]:
    """The calls of the file's functions that ask for the run which a call starts.

    Raises:
        RefusedError: one cannot be followed, or the file starts several runs.
    """
    posted = posted_requests(program)
    polls = [request for request in posted if request.endpoint.id in POLLS]
    starts = [r for r in (*program.requests, *posted) if not r.endpoint.part]
    if polls and [r.call for r in starts if r.endpoint.targets] != [posting.call]:
        detail = f"{program.tree.show_line(polls[0].call)}, and several runs are started"
        raise RefusedError(Reason.OWN_POLLING, detail)
    return tuple(_poll(program, request, posting) for request in polls)


def _poll(program: Program, request: Request, posting: Posting) -> PostedPoll:
    again = program.tree.show_line(request.call)
    known = (Certainty.CERTAIN, Certainty.DEFAULT_HOST)
    url = run_url(program, request) if request.certainty in known else None
    if url is None or url.template is not None:
        raise RefusedError(Reason.OWN_POLLING, f"{again}: the run's id is not followed")
    try:
        asked = asked_of(program, request)
    except RefusedError:
        raise RefusedError(Reason.OWN_POLLING, again) from None
    if asked.awaited is not posting.awaited:
        raise RefusedError(Reason.OWN_POLLING, again)
    readings = JsonFollower(program, request.call, awaited=asked.awaited).follow()
    nodes = frozenset(nodes_of(program, request))
    return PostedPoll(request, asked, url, nodes, readings)


class PostedCall(AdaptedCall):
    """A call whose function gives the response back."""

    def __init__(
        self,
        program: Program,
        request: Request,
        posting: Posting,
        settings: Settings,
        names: Names,
    ) -> None:
        said = self._said = InputReader(program).read(posting.body.obj)
        self._why = RefusedError(Reason.ANSWER_HANDED_ON)
        elements = [e for e in posting.body.obj.elements if isinstance(e, cst.DictElement)]
        ids = [e for e in elements if e.value is said.workflow_id]
        parts = RequestParts(
            posting.call, None, None, posting.body, ids[0] if ids else None,
            path_id_of(program, request), elements[0], said.node, said.history,
            tuple(e for e in said.dropped if isinstance(e, cst.DictElement)), posting.carried,
            untyped=False,
            going=later_going(program.tree, posting.body, NO_COUNTERPART, KEPT),
        )  # fmt: skip
        sent = Request(
            request.endpoint, Certainty.CERTAIN, posting.call, posting.path, posting.client, ()
        )
        super(AdaptedCall, self).__init__(program, sent, settings, names, parts)
        self._posting = posting
        if posting.client.library is Library.AIOHTTP and not posting.parsed:
            detail = "the function gives the response of aiohttp, which is still to be read"
            raise RefusedError(Reason.UNKNOWN_TRANSPORT, detail)

    def _headers(self) -> None:
        """The function sends its own."""

    def _because(self) -> str:
        return "a function of this file sends the request"

    def _front(self, path: cst.BaseExpression) -> str:
        """What stands in front of the dead path in what a function is given.

        Raises:
            RefusedError: it is more than OpenAI's base, or another base is asked for.
        """
        front = _DEAD.split(self._program.resolver.value(path).texts[0], maxsplit=1)[0]
        if front.strip("/") not in ("", "v1", "https://api.openai.com/v1"):
            raise RefusedError(Reason.URL_NOT_CERTAIN, f"`{self._tree.show(path)}`")
        if self._settings.base_url != DEFAULT_BASE_URL:
            detail = f"`{self._tree.show(path)}` is behind a function's base; --base-url is given"
            raise RefusedError(Reason.UNRESOLVED_HOST, detail)
        return front

    def _address(self) -> None:
        """Make the path that the function is given the live one."""
        path = self._posting.path
        live = self._quoted(self._front(path) + self.path[1:], self._tree.source(path))
        self._editor.replace(path, live)


class ParsedCall(PostedCall):
    """A call whose function gives the answer's JSON back."""

    #: The requests for the run, by functions of the file.
    _asked_again: tuple[PostedPoll, ...] = ()

    def adapted(self) -> Plan:
        """The edits of the call, and the function that its value goes through."""
        call = self._posting.call
        follower = JsonFollower(self._program, call, awaited=self._posting.awaited)
        readings = follower.follow()
        polls = self._asked_again = posted_polls(self._program, self._posting)
        check_identities(self._program, readings, polls, opaque=self.beta is None)
        joined = readings.joined(poll.readings for poll in polls)
        joined.paths.sort(key=lambda path: self._tree.order(path.node))
        if joined.generic:
            detail = self._tree.show_line(joined.generic[0])
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)
        asked = frozenset(node for poll in polls for node in poll.nodes)
        shape, fields = self._with_fields(ShapeReader(self._program, joined, asked).shape())
        self._address()
        self._headers()
        self._body()
        self._later()
        name, code = self._function(shape)
        self._put_into(name, call)
        self._notes += self._remarks(shape, name)
        message = f"{self.becomes}, its answer in the shape that the file reads"
        edits, covers = self._editor.edits(), []
        for poll in polls:
            own = self._of_poll(poll, name)
            covers.append((self._tree.span(poll.request.call), tuple(own)))
            edits += own
        return Plan(
            tuple(sorted(set(edits))), message, tuple(self._notes), (*fields, code.encode()),
            covers=tuple(covers),
        )  # fmt: skip

    def _of_poll(self, poll: PostedPoll, name: str) -> list[Edit]:
        """The edits of a call that asks for the run: its path, and the function for its value."""
        call, path = poll.request.call, poll.request.url
        again = self._tree.show_line(call)
        start = self._posting.call
        if self._is_async(call) is not self._is_async(start) or not self._reaches(call):
            raise RefusedError(Reason.OWN_POLLING, again)
        other = copy(self)
        other._editor = Editor(self._program, poll.request, self._style, self._settings)  # noqa: SLF001
        quote = next((char for char in self._tree.source(poll.url.node) if char in "\"'"), "")
        inner = self._front(path) + self.polled[1:]
        new = with_identity(inner, quote or self._style.quote, self._tree.source(poll.url.identity))
        if new is None:
            raise RefusedError(Reason.OWN_POLLING, f"{again}: its id is no plain expression")
        other._editor.replace(poll.url.node, new)  # noqa: SLF001
        other._put_into(name, call)  # noqa: SLF001
        text = f"asks for the run again, which becomes GET /v1{self.polled}/..."
        if self.identity:
            text += waited(self._settings.poll_timeout, "/runs/")
        self._notes.append(Note(self._tree.span(call), text, always=True))
        return other._editor.edits()  # noqa: SLF001

    def _is_async(self, call: cst.Call) -> bool:
        function = self._tree.function_of(call)
        return isinstance(function, cst.FunctionDef) and function.asynchronous is not None

    def _reaches(self, call: cst.Call) -> bool:
        """Whether a call reaches the functions of the file that the start's does."""
        owners = [
            c.func.value for c in (call, self._posting.call) if isinstance(c.func, cst.Attribute)
        ]
        if not owners:
            return True
        around = [self._tree.around(c, cst.ClassDef) for c in (call, self._posting.call)]
        own = all(dotted(owner) == "self" for owner in owners)
        return len(owners) == 2 and own and around[0] is around[1]

    def _function(self, shape: Shape) -> tuple[str, str]:
        template = load_helper(self.target, self._adapter())
        code = template.settled({})
        waits = self._waits() and not self._posting.awaited
        functions = self._spelling().functions(template.calls(code))
        if waits:
            code = awaiting(code)
            functions["time.sleep"] = self._spelling().of("asyncio", "sleep")
        identity = (self.identity if self._asked_again else None) or f'{self.live}.get("id")'
        written = shape.code(self.live, identity).replace('"', self._style.quote)
        width = literal_style(self._style, 8)
        shaped = render(document(cst.parse_expression(written)), width, "", len("return "))
        values = {"SHAPE": shaped, **self._more_values()}
        fill = Fill(values=values, functions=functions, waits=waits)
        return self._named(template.render(code, fill, function_style(self._style)), template)

    def _adapter(self) -> str:
        """The template of the function that the JSON goes through."""
        raise NotImplementedError

    def _more_values(self) -> dict[str, str | None]:
        """More values of the template than the shape."""
        return {}

    def _arguments(self) -> list[str]:
        return []

    def _awaited(self, whole: cst.BaseExpression) -> tuple[str, str]:
        del whole
        return "", ""

    def _put_into(self, name: str, call: cst.Call) -> None:
        """Put a call, with its `await`, into the function's call."""
        whole: cst.Call | cst.Await = call
        if self._posting.awaited:
            around = self._tree.parent(whole)
            if not isinstance(around, cst.Await):
                raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(whole))
            whole = around
        self._wrap(name, whole)
