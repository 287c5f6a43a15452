"""The assistants target for Python: a call's plan, or why it is left."""

from __future__ import annotations

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.answer import AnswerReader
from callmend.languages.python.clients import Client, Library
from callmend.languages.python.find import Request
from callmend.languages.python.layout import Group, dedented, flat, render
from callmend.languages.python.program import Program
from callmend.languages.python.request import RequestParts, RequestReader
from callmend.languages.python.style import Style, detect
from callmend.languages.python.template import Fill, load
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_edits import Change, Editor
from callmend.targets.python_reading import RUN, Names, Reading

TARGET = "assistants"
_BETA = ("OpenAI-Beta", "assistants=v2")
_TEMPLATES = {
    (Library.REQUESTS, False): "polling",
    (Library.HTTPX, False): "polling",
    (Library.HTTPX, True): "polling_async",
    (Library.AIOHTTP, True): "polling_aiohttp",
    (Library.URLLIB, False): "polling_urllib",
}


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan | None:
    """The rewrite of one call; None when it is migrated already.

    Raises:
        RefusedError: the call is left, and why.
    """
    client = request.client
    if request.endpoint.id == "threads-runs":
        return _finished(program, request)
    if client is None:
        raise RefusedError(Reason.UNKNOWN_TRANSPORT, f"`{program.tree.show(request.call.func)}`")
    parts = RequestReader(program, request).read()
    return _CallPlan(program, request, client, parts, settings, names).plan()


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
    if AnswerReader(program, client, sender).reads_the_dead_answer():
        raise RefusedError(Reason.HALF_MIGRATED, "the request is new, the reading is the old one")
    return None


class _CallPlan:
    """Plans one call."""

    def __init__(
        self,
        program: Program,
        request: Request,
        client: Client,
        parts: RequestParts,
        settings: Settings,
        names: Names,
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._request = request
        self._client = client
        self._parts = parts
        self._settings = settings
        self._names = names
        self._style: Style = detect(program.tree)
        self._editor = Editor(program, request, self._style, settings)
        self._notes: list[Note] = []

    def plan(self) -> Plan:
        """Both halves.

        Raises:
            RefusedError: a half cannot be written.
        """
        reader = AnswerReader(self._program, self._client, self._parts.sender)
        if reader.reads_a_run():
            raise RefusedError(Reason.HALF_MIGRATED, "the reading is the new one already")
        answer = reader.answer()
        reading = Reading(
            self._program, self._request, self._client, self._parts, answer, self._style,
            self._editor, self._names,
        )  # fmt: skip
        base = self._editor.url("/threads/runs")
        if base is not None:
            reading.visible(self._request.url)
        self._headers()
        self._body()
        template = load(TARGET, _TEMPLATES[self._client.library, self._client.awaited])
        renames = reading.renames(template)
        result = reading.result()
        empty, with_check = reading.empty()
        receiver, reopened = reading.receiver()
        in_async = reading.in_async()
        functions = (
            {"json.load": reading.function("json", "load")}
            if (self._client.library is Library.URLLIB)
            else {}
        )
        functions |= (
            {
                "time.sleep": reading.function("asyncio", "sleep"),
                "asyncio.sleep": reading.function("asyncio", "sleep"),
            }
            if in_async
            else {"time.sleep": reading.function("time", "sleep")}
        )
        functions |= reading.sender_functions()
        body = answer.body
        parsed = reading.captured(body) if answer.parsed_in_place else None
        headers: str | None = reading.headers(_BETA)
        if headers is not None and headers.isidentifier():
            renames["run_headers"], headers = headers, None
        fill = Fill(
            values={
                "PARSED": parsed,
                "RUN": renames.get(RUN, RUN) if parsed is not None else self._tree.source(body),
                "HEADERS": headers,
                "RESULT": result,
                "EMPTY": empty,
                "CLIENT": receiver,
                "REQUEST": self._urllib_name("Request"),
                "URLOPEN": self._tree.source(self._parts.sender.func),
            },
            renames=renames,
            arguments={"OPTIONS": reading.carried()},
            base=self._settings.base_url if base is None else base,
            functions=functions,
            annotation=None
            if answer.annotation is None
            else self._tree.source(answer.annotation.annotation),
            waits=in_async and not self._client.awaited,
        )
        self._editor.changes += reading.changes(
            template, fill, result, reopened, with_check=with_check
        )
        return Plan(
            tuple(sorted(self._editor.edits())),
            "becomes POST /v1/threads/runs, polling, then the messages",
            tuple(self._notes),
        )

    def _urllib_name(self, name: str) -> str:
        function = self._tree.source(self._request.call.func)
        if function.endswith(name):
            return function
        return f"{function.rpartition('.')[0]}.{name}".lstrip(".")

    def _note(self, node: cst.CSTNode, text: str) -> None:
        self._notes.append(Note(self._tree.span(node), text))

    def _headers(self) -> None:
        literal = self._parts.headers
        beta = None if literal is None or literal.shared else literal.value("openai-beta")
        if beta is not None:
            self._note(beta, f"the header OpenAI-Beta was {self._tree.source(beta.value)}")
        headers = dict([_BETA])
        if self._parts.untyped:
            self._note(self._request.call, "the header Content-Type was missing")
            headers = {"Content-Type": "application/json", **headers}
        self._editor.add_headers(literal, headers)

    def _body(self) -> None:
        parts = self._parts
        editor = self._editor
        obj = parts.body.obj
        for element in parts.dropped:
            self._note(element, f"`{self._tree.show(element)}` has no counterpart and went")
            editor.remove_element(obj, element)
        key_source = self._tree.source(parts.input.key)
        before = ""
        if parts.workflow_id is not None:
            key = parts.workflow_id.key
            editor.replace(key, editor.quoted("assistant_id", self._tree.source(key)))
        elif parts.path_id is not None:
            name = editor.quoted("assistant_id", key_source)
            before = f"{name}: {self._tree.source(parts.path_id)}, "
        start, end = self._tree.chars(parts.input)
        indent = editor.indent_at(start)
        line_start, _ = self._program.text.line_range(self._program.text.line(start))
        own_line = not self._program.text.text[line_start:start].strip()
        if before and own_line:
            before = f"{before.rstrip(' ')}\n{indent}"
        elements: list[tuple[str, Group | str]] = []
        broken = "\n" in self._tree.source(parts.input.value)
        if parts.history is not None:
            elements.append(("", f"*{self._operand(parts.history)}"))
        quoted = editor.quoted
        message = Group(
            "{",
            (
                (quoted("role", key_source) + ": ", quoted("user", key_source)),
                (quoted("content", key_source) + ": ", self._moved(parts.message)),
            ),
            "}",
        )
        elements.append(("", message))
        messages = Group("[", tuple(elements), "]", broken)
        thread = Group("{", ((quoted("messages", key_source) + ": ", messages),), "}", broken)
        key_text = quoted("thread", key_source) + ": "
        # What does not stand on a line of its own is laid out with all that is around it.
        column = (start - line_start) + len(key_text)
        text = render(thread, self._style, indent, column, 1) if own_line else flat(thread)
        for inner in self._tree.below(parts.input):
            if isinstance(inner, cst.Comment):
                raise RefusedError(Reason.COMMENT_LOST, f"in line {self._tree.line(inner)}")
        editor.changes.append(Change(start, end, before + key_text + text))

    def _operand(self, node: cst.BaseExpression) -> str:
        """An expression behind a star."""
        source = self._moved(node)
        if isinstance(node, (cst.BinaryOperation, cst.BooleanOperation, cst.IfExp)):
            return source if node.lpar else f"({source})"
        return source

    def _moved(self, node: cst.BaseExpression) -> str:
        indent = self._editor.indent_at(self._tree.chars(node)[0])
        start, end = self._tree.whole(node)
        return dedented(self._program.text.text[start:end].replace("\r\n", "\n"), indent)
