"""A Python call whose answer is read in more than one place: asked for in place, and adapted.

The request becomes the live one where it stands. Its response goes through one function of the
file, which gives the text in the shape that the file goes on reading. So what reads it, however it
does, stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.blank_errors import is_told_apart
from callmend.languages.python.clients import Client, Library
from callmend.languages.python.find import Request
from callmend.languages.python.inputs import (
    KEPT,
    NO_COUNTERPART,
    InputReader,
    Kind,
    Named,
    Said,
    name_of,
)
from callmend.languages.python.later import later_going
from callmend.languages.python.layout import Doc, document, flat, render
from callmend.languages.python.paths import path_id_of
from callmend.languages.python.program import Program
from callmend.languages.python.readers import Follower, Readings
from callmend.languages.python.request import Envelope, RequestParts, RequestReader
from callmend.languages.python.shape_code import Shape
from callmend.languages.python.shapes import SEVERAL, ShapeReader
from callmend.languages.python.showing import (
    UnshownError,
    errors_shown,
    fitting,
    proved_shape,
)
from callmend.languages.python.urllib_requests import data_of
from callmend.languages.verdicts import Errors
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_content_parts import ForeignPartError, with_parts
from callmend.targets.python_edits import Change, Editor
from callmend.targets.python_helped import TEMPLATES, HelpedCall
from callmend.targets.python_plan import known_client
from callmend.targets.python_polls import Poll, check_identities, poll_changes, read_polls, waited
from callmend.targets.python_reading import Names

#: Reasons against reading an answer in place that are none against adapting it.
ADAPTABLE = frozenset(
    {
        Reason.ANSWER_HANDED_ON,
        Reason.ANSWER_NOT_READ,
        Reason.ANSWER_NOT_UNDERSTOOD,
        Reason.BODY_FIELD,
        Reason.BODY_NOT_UNDERSTOOD,
        Reason.COMMENT_LOST,
        Reason.DIFFERING_GUARDS,
        Reason.GUARD_CHANGES,
        Reason.HISTORY_SHAPE,
        Reason.NAME_NOT_IN_SCOPE,
        Reason.NEEDS_BRACES,
        Reason.NO_MESSAGE,
        Reason.NO_WORKFLOW_ID,
        Reason.OTHER_READ,
        Reason.OWN_POLLING,
        Reason.RESPONSE_NOT_BOUND,
        Reason.SHARED_READ,
    }
)
#: Reasons against a shape that running the code may find one in spite of.
_RUN = frozenset({Reason.ANSWER_NOT_UNDERSTOOD, Reason.OTHER_READ})
#: What is told where the file's own way with an error would show it as it does an answer.
_RAISES = "raises what is no answer, which this file would show in the place of one"
#: Reasons about the body, of which the one that is met last is the one that counts.
_BODILY = frozenset(
    {
        Reason.BODY_FIELD,
        Reason.BODY_NOT_UNDERSTOOD,
        Reason.HISTORY_SHAPE,
        Reason.NO_MESSAGE,
        Reason.NO_WORKFLOW_ID,
    }
)


def lenient_parts(program: Program, request: Request, sent: Envelope, said: Said) -> RequestParts:
    """The parts of a request, whatever its body says."""
    elements = [e for e in sent.body.obj.elements if isinstance(e, cst.DictElement)]
    ids = [e for e in elements if e.value is said.workflow_id]
    return RequestParts(
        sent.sender, sent.headers, sent.headers_given, sent.body, ids[0] if ids else None,
        path_id_of(program, request), elements[0], said.node, said.history,
        tuple(e for e in said.dropped if isinstance(e, cst.DictElement)),
        sent.carried, sent.untyped,
        later_going(program.tree, sent.body, NO_COUNTERPART, KEPT),
    )  # fmt: skip


class AdaptedCall(HelpedCall):
    """Plans one call whose reading stays; a target says what the request becomes."""

    #: The path of a request for the answer, without its id.
    polled = ""

    def __init__(
        self,
        program: Program,
        request: Request,
        settings: Settings,
        names: Names,
        why: RefusedError,
    ) -> None:
        known_client(program, request)
        sent = RequestReader(program, request, composes=True).envelope()
        self._said = InputReader(program).read(sent.body.obj)
        self._why = why
        parts = lenient_parts(program, request, sent, self._said)
        super().__init__(program, request, settings, names, parts)

    def adapted(self) -> Plan:
        """The edits of the request, and the function that its response goes through.

        Raises:
            RefusedError: the request, or all that reads its answer, cannot be followed.
        """
        sender, client = self._parts.sender, self._client
        if (client.library, client.awaited) not in TEMPLATES:
            raise RefusedError(Reason.UNKNOWN_TRANSPORT, f"`{self._tree.show(sender.func)}`")
        body = None
        if client.library is Library.URLLIB and sender is not self._request.call:
            body = data_of(self._program, self._request.call)
        if body is not None:
            # The function hands on what `urlopen` is given, to the requests that only ask too.
            raise RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, f"`{self._tree.show(body)}`")
        follower = Follower(self._program, client, sender)
        readings = follower.follow()
        polls = read_polls(self._program, self._request)
        check_identities(self._program, readings, polls, opaque=self.beta is None)
        asked = frozenset(node for poll in polls for node in poll.nodes)
        joined = readings.joined(poll.readings for poll in polls)
        joined.paths.sort(key=lambda path: self._tree.order(path.node))
        shape = self._shape(ShapeReader(self._program, joined, asked), polls)
        shape, fields = self._with_fields(shape)
        throws = self._throws(follower, readings, shape)
        polled = [self._throws(p.follower, p.readings, shape, polled=True) for p in polls]
        # Without a look at the status, the id would be read of an error.
        throws |= bool(polls) and not follower.statuses.any
        self._editor.going = asked
        self._address()
        self._headers()
        self._body()
        self._later()
        self._polls = bool(polls)
        name, code = self._helper(shape, joined, throws=throws)
        self._wrap(name)
        edits = self._editor.edits()
        self._notes += self._remarks(shape, name)
        if throws and follower.statuses.any and not polls:
            self._note(sender, f"`{name}` {_RAISES}")
        codes, covers = [*fields, code.encode()], []
        for poll, raises in zip(polls, polled, strict=True):
            other = self._for(poll)
            again = raises or (throws and not poll.follower.statuses.any)
            codes.append(other._polled(poll, shape, joined, throws=again).encode())  # noqa: SLF001
            covers.append((self._tree.span(poll.request.call), tuple(other._editor.edits())))  # noqa: SLF001
            edits += covers[-1][1]
            path = f"{self.polled}/{{id}}" + ("/runs/{id}" if self.identity else "")
            text = f"asks for the run again, which becomes GET /v1{path}"
            if self.identity:
                text += waited(self._settings.poll_timeout, "/runs/")
            self._notes.append(Note(self._tree.span(poll.request.call), text, always=True))
        message = f"{self.becomes}, its answer in the shape that the file reads"
        return Plan(
            tuple(sorted(set(edits))), message, tuple(self._notes),
            tuple(dict.fromkeys(codes)), covers=tuple(covers),
        )  # fmt: skip

    def _address(self) -> None:
        """Note the changes of the URL."""
        self._editor.url(self.path, self._kept_id())
        self._notes += self._editor.base_notes()

    def _shape(self, reader: ShapeReader, polls: Sequence[Poll]) -> Shape:
        """The shape that the readings tell, or of which the file certainly shows the text.

        Raises:
            RefusedError: there is none.
        """
        calls: dict[cst.CSTNode, Client] = {self._parts.sender: self._client}
        for poll in polls:
            if poll.request.client is not None:
                calls[poll.question.sender] = poll.request.client
        try:
            shape = reader.shape()
        except RefusedError as refused:
            several = refused.detail.endswith(SEVERAL)
            if refused.reason not in _RUN or several or polls or reader.asks_for_fields:
                raise
            proved = proved_shape(self._program, calls, reader.unseen())
            if proved is None:
                raise
            return proved
        told = shape.declared or shape.fields is not None
        return shape if told else fitting(self._program, calls, shape)

    def _for(self, poll: Poll) -> AdaptedCall:
        """The same planning for a request that asks for the run."""
        other, question = copy(self), poll.question
        assert poll.request.client is not None  # noqa: S101  # `read_polls` has seen it
        other._request, other._client = poll.request, poll.request.client  # noqa: SLF001
        other._parts = replace(  # noqa: SLF001
            self._parts, sender=question.sender, headers=question.headers,
            headers_given=question.headers_given, carried=question.carried, untyped=False,
        )  # fmt: skip
        other._editor = Editor(self._program, poll.request, self._style, self._settings)  # noqa: SLF001
        return other

    def _polled(self, poll: Poll, shape: Shape, joined: Readings, *, throws: bool) -> str:
        """Note the changes of a request for the run, and give its function's code."""
        self._headers()
        self._editor.changes += poll_changes(self._program, poll, self._editor, self.polled)
        name, code = self._helper(shape, joined, throws=throws)
        self._wrap(name)
        return code

    def _throws(
        self,
        follower: Follower,
        readings: Readings,
        shape: Shape,
        *,
        polled: bool = False,
    ) -> bool:
        """Whether what is no answer has to be raised, as the file would show it for one.

        ``polled`` tells that it is asked of a request for the run.

        Raises:
            RefusedError: the file looks at the status, and may show an error for an answer even so.
        """
        if shape.fields is not None and not follower.statuses.any:
            return readings.bare  # no text of an error is an object's
        asked = (self._program, self._parts.sender, self._client, shape)
        if not readings.bare:
            shown = Errors.NEVER if polled else errors_shown(*asked)
            return shown in (Errors.ALWAYS, Errors.SOMETIMES)
        if follower.statuses.any:
            shown = Errors.UNCERTAIN if polled else errors_shown(*asked, whole=True)
            if shown in (Errors.ALWAYS, Errors.NEVER):
                return shown is Errors.ALWAYS
            where = self._tree.show_line((follower.statuses.checks or [self._parts.sender])[0])
            detail = f"{where} does not keep an error from being shown"
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)
        # `if "error" in data: return ...` is the file's own way with an error.
        apart = not polled and is_told_apart(self._program, readings)
        return not (apart and errors_shown(*asked, whole=True) is Errors.NEVER)

    def _because(self) -> str:
        """Why the answer is not read in place."""
        if self._why.reason is Reason.ANSWER_NOT_READ:
            return "the answer is only printed"
        return self._why.reason.in_python[0]

    def _remarks(self, shape: Shape, name: str) -> list[Note]:
        where = self._tree.span(self._request.call)
        through = f"the answer goes through `{name}`, which gives {shape.told}"
        text = f"{self._because()}, so {through}"
        if self._why.reason is Reason.BODY_FIELD and not self._said.dropped:
            anew = "the new request takes no such fields; the body is written anew, and"
            text = f"{anew} {through}"
        notes = [Note(where, text, always=True), *self._body_remarks()]
        for path in shape.missing:
            text = f"`{self._tree.show(path.node)}` is not in the new answer"
            notes.append(Note(self._tree.span(path.node), text, always=True))
        return notes

    def _body_remarks(self) -> list[Note]:
        """What is told of the body."""
        notes = []
        if self._said.dropped:
            listed = ", ".join(f"`{self._tree.show(element)}`" for element in self._said.dropped)
            span = self._tree.span(self._said.dropped[0])
            gone = "not sent any more" if self._parts.body.stays else "gone"
            notes.append(Note(span, f"without a counterpart, and {gone}: {listed}", always=True))
        if self._said.kind is Kind.JSON:
            span = self._tree.span(self._parts.body.obj)
            notes.append(Note(span, "the fields are sent as JSON text", always=True))
        if self._said.kind is Kind.EITHER:
            span = self._tree.span(self._parts.body.obj)
            told = "the input is sent as it is where it is a text, else as JSON text"
            notes.append(Note(span, told, always=True))
        return notes

    # the body

    def _id_source(self) -> str:
        if self._said.workflow_id is not None:
            return self._moved(self._said.workflow_id)
        if self._parts.path_id is None:
            raise RefusedError(Reason.NO_WORKFLOW_ID)
        return super()._id_source()

    def _body(self) -> None:
        body, said = self._parts.body.obj, self._said
        if self._parts.body.place is not None:
            stays = [e for e in said.kept if isinstance(e, cst.DictElement)]
            self._compose(self._parts.body.place, stays, self._asked_laid_out)
            return
        key = self._tree.source(self._parts.input.key)
        start = self._tree.chars(body.elements[0])[0]
        end = self._tree.whole(body.elements[-1].value)[1]
        own_line = self._starts_its_line(start)
        indent = self._editor.indent_at(start)
        ids = self._id_element(key)
        written = {source.partition(":")[0].strip("\"' ") for source in ids}
        kept = [
            self._texts(name_of(e), e.value, self._tree.source(e), e)
            for e in said.kept
            if name_of(e) not in written
        ]
        parts = [*ids, *kept]
        name, value = self._asked(key)
        doc = document(cst.parse_expression(value))
        column = len(indent) + len(name)
        if self._tree.is_inside(body, self._parts.sender):
            column += len(self._style.indent)  # it is moved into the function's call
        last = render(doc, self._style, indent, column, 1) if own_line else flat(doc)
        lead = self._comments(start, end, own_line=own_line, indent=indent)
        joint = f",\n{indent}" if own_line else ", "
        self._editor.changes.append(Change(start, end, lead + joint.join([*parts, name + last])))
        self._close_with_comma(body, len(parts))

    def _asked(self, key: str) -> tuple[str, str]:
        """The element of the new body for what is asked: its key, and its value's source."""
        raise NotImplementedError

    def _asked_laid_out(self, key: str) -> tuple[str, Doc]:
        name, value = self._asked(key)
        return name, document(cst.parse_expression(value))

    def _comments(self, start: int, end: int, *, own_line: bool, indent: str) -> str:
        """The comments between the old elements, above the new ones."""
        said = self._said
        taken = [n for n in (said.node, said.history, said.workflow_id) if n is not None]
        if said.fields:
            taken = [*said.fields]  # type: ignore[list-item]
        found = []
        for node in self._tree.below(self._parts.body.obj):
            if not isinstance(node, cst.Comment) or not start < self._tree.chars(node)[0] < end:
                continue
            if any(self._tree.is_inside(node, t) for t in taken):
                continue
            if not own_line:
                raise RefusedError(Reason.COMMENT_LOST, f"in line {self._tree.line(node)}")
            found.append(node.value + "\n" + indent)
        return "".join(found)

    def _named_arguments(self) -> list[str]:
        """The new body as the arguments of a method."""
        ids = [_as_argument(element) for element in self._id_element("")]
        written = {source.partition("=")[0] for source in ids}
        kept = [
            f"{name_of(e)}={self._texts(name_of(e), e.value, self._moved(e.value))}"
            for e in self._said.kept
            if name_of(e) not in written
        ]
        name, value = self._asked("")
        return [*ids, *kept, _as_argument(name + value)]

    def _said_source(self) -> str:
        """What is asked, as one text unless it is a list of messages."""
        said = self._said
        if said.fields:
            whole = "{" + ", ".join(self._moved_element(e) for e in said.fields) + "}"
        else:
            whole = self._moved(said.node)
        if said.kind in (Kind.TEXT, Kind.MESSAGES):
            return whole
        spelt, missing = self._names.imports.function("json", "dumps", self._request.call)
        self._add(missing)
        dumped = f"{spelt}({whole}, ensure_ascii=False)"
        if said.kind is Kind.EITHER:
            return f"{whole} if isinstance({whole}, str) else {dumped}"
        return dumped

    def _moved_element(self, element: Named) -> str:
        if isinstance(element, cst.DictElement) and self._parts.body.place is None:
            return f"{self._tree.source(element.key)}: {self._moved(element.value)}"
        return f"{self._quoted(name_of(element))}: {self._moved(element.value)}"

    def _message_list(self, key: str) -> str:
        """The list of messages: those before, then what is said now."""
        said = self._said_source()
        if self._said.kind is Kind.MESSAGES:
            return self._fitted(self._said.node, said)
        role, content = self._quoted("role", key), self._quoted("content", key)
        now = f"{{{role}: {self._quoted('user', key)}, {content}: {said}}}"
        history = self._said.history
        before = "" if history is None else f"*{self._fitted(history, self._operand(history))}, "
        return f"[{before}{now}]"

    def _fitted(self, node: cst.BaseExpression, code: str) -> str:
        """Messages with the parts that the new request takes."""
        return with_parts(
            self._program, self._editor, node, code,
            thread=self.beta is not None, style=self._style,
        )  # fmt: skip


def planned(
    call: type[AdaptedCall],
    program: Program,
    request: Request,
    settings: Settings,
    names: Names,
    why: RefusedError,
) -> Plan:
    """The plan of a call that is adapted, as it cannot be read in place for a reason.

    Raises:
        RefusedError: it cannot be adapted either; the reason is the one that counts.
    """
    if why.reason not in ADAPTABLE:
        raise why
    try:
        return call(program, request, settings, names, why).adapted()
    except RefusedError as also:
        counts = why.reason in _BODILY and also.reason is not Reason.HISTORY_SHAPE
        # That it is handed on is no reason any more, as it can be adapted where it can be followed.
        counts |= why.reason is Reason.ANSWER_HANDED_ON or also.reason is Reason.OWN_POLLING
        # As can a run that is asked for again, where the headers of both requests can be written.
        counts |= Reason.OWN_POLLING is why.reason and Reason.HEADERS_NOT_UNDERSTOOD is also.reason
        counts |= isinstance(also, (ForeignPartError, UnshownError))
        raise (also if counts else why) from None


def _as_argument(element: str) -> str:
    """`name=value` of `"name": value`."""
    key, _, value = element.partition(": ")
    name = key.strip("\"'")
    return f"{name}={value}"
