"""A Python call whose answer is read in more than one place: asked for in place, and adapted.

The request becomes the live one where it stands. Its response goes through one function of the
file, which gives the text in the shape that the file goes on reading. So what reads it, however it
does, stays as it is.
"""

from __future__ import annotations

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.clients import Library
from callmend.languages.python.find import Request
from callmend.languages.python.helpers import HelperTemplate, load_helper
from callmend.languages.python.inputs import InputReader, Kind, Said
from callmend.languages.python.layout import document, flat, has_comments, render
from callmend.languages.python.program import Program
from callmend.languages.python.readers import Follower, Readings
from callmend.languages.python.request import RequestParts, RequestReader, path_id_of
from callmend.languages.python.shapes import Shape, ShapeReader
from callmend.languages.python.style import Style
from callmend.languages.python.template import Fill
from callmend.languages.python.tree import dotted
from callmend.languages.python.values import key_of
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_edits import Change
from callmend.targets.python_plan import CallPlan
from callmend.targets.python_reading import Names
from callmend.targets.python_spelling import Spelling

#: Reasons against reading an answer in place that are none against adapting it.
ADAPTABLE = frozenset(
    {
        Reason.ANSWER_HANDED_ON,
        Reason.ANSWER_NOT_UNDERSTOOD,
        Reason.BODY_FIELD,
        Reason.BODY_NOT_UNDERSTOOD,
        Reason.COMMENT_LOST,
        Reason.DIFFERING_GUARDS,
        Reason.GUARD_CHANGES,
        Reason.NAME_NOT_IN_SCOPE,
        Reason.NEEDS_BRACES,
        Reason.NO_MESSAGE,
        Reason.NO_WORKFLOW_ID,
        Reason.OTHER_READ,
        Reason.RESPONSE_NOT_BOUND,
        Reason.SHARED_READ,
    }
)
#: Reasons about the body, of which the one that is met last is the one that counts.
_BODILY = frozenset(
    {Reason.BODY_FIELD, Reason.BODY_NOT_UNDERSTOOD, Reason.NO_MESSAGE, Reason.NO_WORKFLOW_ID}
)
_TEMPLATES = {
    (Library.REQUESTS, False): "adapter_requests",
    (Library.HTTPX, False): "adapter_httpx",
    (Library.HTTPX, True): "adapter_httpx_async",
    (Library.AIOHTTP, True): "adapter_aiohttp",
    (Library.URLLIB, False): "adapter_urllib",
}
_RESPONSES = {
    Library.REQUESTS: ("requests", "Response"),
    Library.HTTPX: ("httpx", "Response"),
    Library.AIOHTTP: ("aiohttp", "ClientResponse"),
}
_SESSIONS = {
    (Library.REQUESTS, False): ("requests", "Session"),
    (Library.HTTPX, False): ("httpx", "Client"),
    (Library.HTTPX, True): ("httpx", "AsyncClient"),
    (Library.AIOHTTP, True): ("aiohttp", "ClientSession"),
}
#: No line of the function is longer, so that no formatter breaks one.
_WIDTH = 79
_FUNCTION, _CLASS = "workflow_answer", "WorkflowAnswer"


def lenient_parts(program: Program, request: Request, said: Said) -> RequestParts:
    """The parts of a request, whatever its body says."""
    reader = RequestReader(program, request)
    sent = reader.envelope()
    elements = [e for e in sent.body.obj.elements if isinstance(e, cst.DictElement)]
    ids = [e for e in elements if e.value is said.workflow_id]
    return RequestParts(
        sent.sender, sent.headers, sent.headers_given, sent.body, ids[0] if ids else None,
        path_id_of(program, request), elements[0], said.node, said.history, said.dropped,
        sent.carried, sent.untyped,
    )  # fmt: skip


class AdaptedCall(CallPlan):
    """Plans one call whose reading stays; a target says what the request becomes."""

    #: The folder of the target's templates.
    target = ""
    #: What the function calls the live answer.
    live = ""

    def __init__(
        self,
        program: Program,
        request: Request,
        settings: Settings,
        names: Names,
        why: RefusedError,
    ) -> None:
        if request.client is None:
            shown = program.tree.show(request.call.func)
            raise RefusedError(Reason.UNKNOWN_TRANSPORT, f"`{shown}`")
        body = RequestReader(program, request).envelope().body
        if body.definition is not None and body.shared:
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{program.tree.show(body.given)}`")
        self._said = InputReader(program).read(body.obj)
        self._why = why
        parts = lenient_parts(program, request, self._said)
        super().__init__(program, request, settings, names, parts)

    def adapted(self) -> Plan:
        """The edits of the request, and the function that its response goes through.

        Raises:
            RefusedError: the request, or all that reads its answer, cannot be followed.
        """
        sender, client = self._parts.sender, self._client
        if (client.library, client.awaited) not in _TEMPLATES:
            raise RefusedError(Reason.UNKNOWN_TRANSPORT, f"`{self._tree.show(sender.func)}`")
        follower = Follower(self._program, client, sender)
        readings = follower.follow()
        shape = ShapeReader(self._program, readings).shape()
        throws = self._throws(follower, readings)
        self._editor.url(self.path, self._parts.path_id if self.keeps_id else None)
        self._headers()
        self._body()
        name, code = self._helper(shape, readings, throws=throws)
        edits = self._editor.edits(self._wrapped(name))
        self._notes += self._remarks(shape, name)
        message = f"{self.becomes}, its answer in the shape that the file reads"
        return Plan(tuple(sorted(edits)), message, tuple(self._notes), (code.encode(),))

    def _throws(self, follower: Follower, readings: Readings) -> bool:
        """Whether what is no answer has to be raised, as the file would show it for one.

        Raises:
            RefusedError: the file looks at the status, and may show an error for an answer even so.
        """
        if not readings.bare:
            return False
        if follower.statuses.any:
            shown = self._tree.show_line((follower.statuses.checks or [self._parts.sender])[0])
            detail = f"{shown} does not keep an error from being shown"
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)
        return True

    def _remarks(self, shape: Shape, name: str) -> list[Note]:
        where = self._tree.span(self._request.call)
        why = self._why.reason.summary
        text = (
            f"{why}, so the answer goes through `{name}`, which gives its text as `{shape.shown}`"
        )
        notes = [Note(where, text, always=True)]
        if self._said.dropped:
            listed = ", ".join(f"`{self._tree.show(element)}`" for element in self._said.dropped)
            span = self._tree.span(self._said.dropped[0])
            notes.append(Note(span, f"without a counterpart, and gone: {listed}", always=True))
        if self._said.kind is Kind.JSON:
            span = self._tree.span(self._parts.body.obj)
            notes.append(Note(span, "the fields are sent as JSON text", always=True))
        for path in shape.missing:
            text = f"`{self._tree.show(path.node)}` is not in the new answer"
            notes.append(Note(self._tree.span(path.node), text, always=True))
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
        key = self._tree.source(self._parts.input.key)
        start = self._tree.chars(body.elements[0])[0]
        end = self._tree.whole(body.elements[-1].value)[1]
        own_line = self._starts_its_line(start)
        indent = self._editor.indent_at(start)
        ids = self._id_element(key)
        written = {source.partition(":")[0].strip("\"' ") for source in ids}
        kept = [self._tree.source(e) for e in said.kept if key_of(e) not in written]
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

    def _asked(self, key: str) -> tuple[str, str]:
        """The element of the new body for what is asked: its key, and its value's source."""
        raise NotImplementedError

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

    def _said_source(self) -> str:
        """What is asked, as one text unless it is a list of messages."""
        said = self._said
        whole = self._moved(said.node)
        if said.fields:
            whole = "{" + ", ".join(self._moved_element(e) for e in said.fields) + "}"
        if said.kind in (Kind.TEXT, Kind.MESSAGES):
            return whole
        spelt, missing = self._names.imports.function("json", "dumps", self._request.call)
        self._add(missing)
        dumped = f"{spelt}({whole}, ensure_ascii=False)"
        if said.kind is Kind.EITHER:
            return f"{whole} if isinstance({whole}, str) else {dumped}"
        return dumped

    def _moved_element(self, element: cst.DictElement) -> str:
        return f"{self._tree.source(element.key)}: {self._moved(element.value)}"

    def _message_list(self, key: str) -> str:
        """The list of messages: those before, then what is said now."""
        said = self._said_source()
        if self._said.kind is Kind.MESSAGES:
            return said
        role, content = self._quoted("role", key), self._quoted("content", key)
        now = f"{{{role}: {self._quoted('user', key)}, {content}: {said}}}"
        history = self._said.history
        before = "" if history is None else f"*{self._operand(history)}, "
        return f"[{before}{now}]"

    # the call

    def _wrapped(self, name: str) -> list[Change]:
        """The changes, those in the sending call as one that puts it into the function's call."""
        sender = self._parts.sender
        start, end = self._tree.chars(sender)
        text = self._program.text.text
        inside = sorted({c for c in self._editor.changes if start <= c.start and c.end <= end})
        outside = [c for c in self._editor.changes if c not in inside]
        parts, position = [], start
        for change in inside:
            parts += [text[position : change.start], change.text]
            position = change.end
        call = "".join([*parts, text[position:end]]).replace("\r\n", "\n")
        more = self._arguments()
        prefix, suffix = self._awaited(sender)
        if self._client.library is Library.URLLIB:
            opened = len(self._tree.source(sender.func))
            new = name + call[opened:]
        else:
            new = f"{name}({call}" + "".join(f", {source}" for source in more) + ")"
        indent = self._editor.indent_at(start)
        if self._is_laid_out_freely(call):
            expression = cst.parse_expression(new)
            line_start, _ = self._program.text.line_range(self._program.text.line(start))
            _, line_end = self._program.text.line_range(self._program.text.line(end))
            behind = len(text[end:line_end].rstrip("\r\n")) + len(suffix)
            column = start - line_start + len(prefix)
            new = render(document(expression), self._style, indent, column, behind)
            if "\n" in new and suffix:
                inner = indent + self._style.indent
                column = len(inner) + len("await ")
                new = render(document(expression), self._style, inner, column)
                prefix, suffix = f"(\n{inner}await ", f"\n{indent})"
        elif call.split("\n", 1)[0].endswith("(") and not _has_long_string(call):
            if self._client.library is not Library.URLLIB:
                inner = indent + self._style.indent
                shifted = call.replace("\n", "\n" + self._style.indent)
                lines = [inner + source + "," for source in (shifted, *more)]
                new = "\n".join([f"{name}(", *lines, f"{indent})"])
        return [*outside, Change(start, end, prefix + new + suffix, statements=True)]

    def _is_laid_out_freely(self, call: str) -> bool:
        """Whether a formatter has laid a call out, or it stands on one line; without comments."""
        expression = cst.ensure_type(cst.parse_expression(call), cst.Call)
        if has_comments(expression) or _has_long_string(call):
            return False
        if "\n" not in call:
            return True
        return bool(expression.args) and isinstance(expression.args[-1].comma, cst.Comma)

    def _awaited(self, sender: cst.Call) -> tuple[str, str]:
        """What stands around the function's call where it is awaited and the old call was not."""
        parent = self._tree.parent(sender)
        if self._client.awaited:
            return ("await ", "") if isinstance(parent, cst.WithItem) else ("", "")
        if not self._waits():
            return "", ""
        if isinstance(parent, (cst.Attribute, cst.Subscript)):
            return "(await ", ")"
        return "await ", ""

    def _waits(self) -> bool:
        """Whether a client without `await` is asked in async code, and the run is waited for."""
        function = self._tree.function_of(self._parts.sender)
        is_async = isinstance(function, cst.FunctionDef) and function.asynchronous is not None
        return is_async and not self._client.awaited and self.beta is not None

    def _arguments(self) -> list[str]:
        """What the function is given behind the request: what it polls with."""
        if self.beta is None or self._client.library is Library.URLLIB:
            return []
        given = []
        receiver = self._client.receiver
        if receiver is not None and not self._client.function:
            if not dotted(receiver):
                raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{self._tree.show(receiver)}`")
            given.append(self._tree.source(receiver))
        for arg in self._parts.carried:
            if any(isinstance(n, (cst.Await, cst.NamedExpr)) for n in self._tree.below(arg)):
                raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{self._tree.show(arg)}`")
            name = "timeout" if arg.keyword is None else arg.keyword.value
            given.append(f"{name}={self._tree.source(arg.value)}")
        return given

    # the function

    def _helper(self, shape: Shape, readings: Readings, *, throws: bool) -> tuple[str, str]:
        """The function's name and its code."""
        client = self._client
        template = load_helper(self.target, _TEMPLATES[client.library, client.awaited])
        members = readings.members
        parent = self._tree.parent(self._parts.sender)
        code = template.settled(
            {
                "THROWS": throws,
                "OK": "ok" in members,
                "HEADERS_READ": "headers" in members,
                "URL_READ": "url" in members,
                "JSON": "json" in members,
                "TEXT": "text" in members,
                "READ": "read" in members,
                "RAISE": "raise_for_status" in members,
                "WITH": isinstance(parent, cst.WithItem),
            }
        )
        if self._waits():
            code = cst.ensure_type(code.visit(_Waiting()), cst.Module)
        fill = self._fill(template, code, shape)
        style = Style(self._style.indent, self._style.quote, _WIDTH, self._style.trailing_comma)
        written = template.render(code, fill, style)
        known = self._names.helpers.get(written)
        if known is not None:
            return known, self._renamed(written, known, template)
        name = self._free(_FUNCTION, set(self._names.helpers.values()))
        self._names.helpers[written] = name
        return name, self._renamed(written, name, template)

    def _renamed(self, written: str, name: str, template: HelperTemplate) -> str:
        number = name.removeprefix(_FUNCTION)
        renamed = written.replace(_FUNCTION, name)
        if _CLASS in template.defined:
            renamed = renamed.replace(_CLASS, _CLASS + number)
        return renamed

    def _free(self, name: str, used: set[str]) -> str:
        spelt = {n.value for n in self._tree.nodes if isinstance(n, cst.Name)} | used
        candidate, number = name, 2
        while candidate in spelt or _CLASS + candidate.removeprefix(_FUNCTION) in spelt:
            candidate, number = f"{name}_{number}", number + 1
        return candidate

    def _fill(self, template: HelperTemplate, code: cst.Module, shape: Shape) -> Fill:
        client = self._client
        key = (client.library, client.awaited)
        own = client.receiver is not None and not client.function
        module = client.library.value
        polls = self.beta is not None
        urllib = client.library is Library.URLLIB
        takes = bool(self._parts.carried) and (polls or urllib)
        functions = {}
        for named in sorted(template.calls(code)):
            home, _, last = named.rpartition(".")
            if named == "time.sleep" and self._waits():
                home = "asyncio"
            functions[named] = self._spelt(home, last)
        if not own and not urllib and polls:
            for method in ("get", "post"):
                functions[f"__CLIENT__.{method}"] = self._spelt(module, method)
        response = _RESPONSES.get(client.library)
        width = Style(self._style.indent, self._style.quote, _WIDTH - 8, True)
        quoted = shape.code(self.live).replace('"', self._style.quote)
        laid_out = render(document(cst.parse_expression(quoted)), width, "", len("given = "))
        return Fill(
            values={
                "RESPONSE": None if response is None else self._spelt(*response),
                "SESSION": self._spelt(*_SESSIONS[key]) if own and polls and not urllib else None,
                "ANY": self._spelt("typing", "Any") if takes else None,
                "CLIENT": "client" if own else "__CLIENT__",
                "SHAPE": laid_out,
                "POLL_TIMEOUT": str(self._settings.poll_timeout),
            },
            arguments={"OPTIONS": ["**options"] if takes else []},
            functions=functions,
            waits=self._waits(),
        )

    def _spelt(self, module: str, name: str) -> str:
        """What the file calls a name of a module at its top level; an import is added if needed."""
        return self._spelling().of(module, name)

    def _add(self, missing: str | None) -> None:
        self._spelling().add(missing)

    def _spelling(self) -> Spelling:
        return Spelling(self._program, self._names, self._request.call)


class _Waiting(cst.CSTTransformer):
    """A function that may wait without blocking what else runs."""

    def leave_FunctionDef(  # noqa: N802
        self,
        original_node: cst.FunctionDef,  # noqa: ARG002
        updated_node: cst.FunctionDef,
    ) -> cst.FunctionDef:
        return updated_node.with_changes(asynchronous=cst.Asynchronous())


def _has_long_string(source: str) -> bool:
    """Whether a string of several lines may be in an expression: its lines cannot be shifted."""
    return '"""' in source or "'''" in source


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
        counts |= why.reason is Reason.ANSWER_HANDED_ON
        raise (also if counts else why) from None
