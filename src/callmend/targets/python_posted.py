"""A dead path that a Python file gives to a function of its own, which posts it: on any target."""

from __future__ import annotations

import re

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.clients import Library
from callmend.languages.python.find import Certainty, Request
from callmend.languages.python.helpers import awaiting, load_helper
from callmend.languages.python.inputs import KEPT, NO_COUNTERPART, InputReader
from callmend.languages.python.later import later_going
from callmend.languages.python.layout import document, render
from callmend.languages.python.objects import JsonFollower
from callmend.languages.python.paths import path_id_of
from callmend.languages.python.postings import Posting
from callmend.languages.python.program import Program
from callmend.languages.python.request import RequestParts
from callmend.languages.python.shapes import Shape, ShapeReader
from callmend.languages.python.template import Fill
from callmend.reasons import Reason
from callmend.settings import DEFAULT_BASE_URL, Settings
from callmend.targets.plans import Plan
from callmend.targets.python_adapt import AdaptedCall
from callmend.targets.python_reading import Names
from callmend.targets.python_spelling import function_style, literal_style

_DEAD = re.compile(r"(?:(?:agents?|beta|chatkit)/)*(?:workflows?|agents)\b")


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

    def _front(self) -> str:
        """What stands in front of the dead path in what the function is given.

        Raises:
            RefusedError: it is more than OpenAI's base, or another base is asked for.
        """
        path = self._posting.path
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
        live = self._quoted(self._front() + self.path[1:], self._tree.source(path))
        self._editor.replace(path, live)


class ParsedCall(PostedCall):
    """A call whose function gives the answer's JSON back."""

    def adapted(self) -> Plan:
        """The edits of the call, and the function that its value goes through."""
        call = self._posting.call
        follower = JsonFollower(self._program, call, awaited=self._posting.awaited)
        readings = follower.follow()
        if readings.generic:
            detail = self._tree.show_line(readings.generic[0])
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)
        shape = ShapeReader(self._program, readings, frozenset()).shape()
        self._address()
        self._headers()
        self._body()
        self._later()
        name, code = self._function(shape)
        self._put_into(name)
        self._notes += self._remarks(shape, name)
        message = f"{self.becomes}, its answer in the shape that the file reads"
        edits = tuple(sorted(self._editor.edits()))
        return Plan(edits, message, tuple(self._notes), (code.encode(),))

    def _function(self, shape: Shape) -> tuple[str, str]:
        template = load_helper(self.target, self._adapter())
        code = template.settled({})
        waits = self._waits() and not self._posting.awaited
        functions = self._spelling().functions(template.calls(code))
        if waits:
            code = awaiting(code)
            functions["time.sleep"] = self._spelling().of("asyncio", "sleep")
        written = shape.code(self.live, f'{self.live}.get("id")').replace('"', self._style.quote)
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

    def _put_into(self, name: str) -> None:
        """Put the call, with its `await`, into the function's call."""
        whole: cst.Call | cst.Await = self._posting.call
        if self._posting.awaited:
            around = self._tree.parent(whole)
            if not isinstance(around, cst.Await):
                raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(whole))
            whole = around
        self._wrap(name, whole)
