"""A method that OpenAI's Python library never had becomes one that it has, read as before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.clients import Client, Library
from callmend.languages.python.find import Certainty, Request
from callmend.languages.python.helpers import load_helper
from callmend.languages.python.inputs import InputReader, Kind, Named, Said, name_of
from callmend.languages.python.layout import document, render
from callmend.languages.python.literals import Literal
from callmend.languages.python.objects import ObjectFollower
from callmend.languages.python.paths import PathId
from callmend.languages.python.program import Program
from callmend.languages.python.readers import Readings
from callmend.languages.python.request import RequestParts
from callmend.languages.python.sdk import Owner, SdkCall
from callmend.languages.python.shape_code import Shape
from callmend.languages.python.shapes import ShapeReader
from callmend.languages.python.template import Fill
from callmend.languages.python.tree import dotted
from callmend.languages.python.values import key_of
from callmend.reasons import Reason
from callmend.settings import DEFAULT_BASE_URL, Settings
from callmend.targets.plans import Plan
from callmend.targets.python_adapt import AdaptedCall
from callmend.targets.python_edits import Change
from callmend.targets.python_guards import guards_of
from callmend.targets.python_polls import waited
from callmend.targets.python_reading import Names
from callmend.targets.python_sdk_headers import without_beta
from callmend.targets.python_spelling import function_style, literal_style

OWNERS = {
    Owner.AZURE: Reason.AZURE_CLIENT,
    Owner.OTHER_HOST: Reason.CLIENT_OTHER_HOST,
    Owner.HOST_UNKNOWN: Reason.CLIENT_HOST_UNKNOWN,
    Owner.UNKNOWN: Reason.CLIENT_UNKNOWN,
    Owner.BETA_HEADER: Reason.BETA_HEADER,
}
#: What every method of the library takes beside its own arguments.
_OPTIONS = frozenset({"timeout", "extra_headers"})
#: What the call that asks for a run again names its id, and the workflow's.
_RUN_IDS = frozenset({"id", "run_id"})
_WORKFLOW_IDS = frozenset({"workflow", "workflow_id"})
_LOOKS_UP = frozenset({"os.getenv", "os.environ.get"})
_ASKS_AGAIN = "sdk-workflows-read"
_OWN_HOST = "the client's own host is asked, and not the one of --base-url"


class InventedCall(AdaptedCall):
    """Plans one call of a made-up method; a target says what is called instead."""

    #: The method behind the client, and the one that asks for the same answer again (or none).
    method = ""
    again = ""
    #: What is told of the version of the package.
    needs = ""
    #: What an answer is that is handed on whole, where the live one has all that is read.
    whole = ""
    #: Whether the function for the answer is given the client, and waits by it. It is given the id
    #: in place of a run where the file asks again: it has made that itself, with the thread's.
    waits_by_client = False

    def __init__(
        self,
        program: Program,
        call: SdkCall,
        every: Sequence[SdkCall],
        settings: Settings,
        names: Names,
    ) -> None:
        if call.owner in OWNERS:
            raise RefusedError(OWNERS[call.owner], call.whose)
        if "stream" in call.method:
            raise RefusedError(Reason.ASSISTANTS_STREAM, program.tree.show_line(call.call))
        if settings.stream:
            raise RefusedError(Reason.STREAMING, "--stream is given")
        self._sdk = call
        self._every = every
        client = Client(Library.REQUESTS, None, "", call.awaited, True)
        request = Request(call.endpoint, Certainty.CERTAIN, call.call, call.call.func, client, ())
        self._options: list[cst.Arg] = []
        self._headers_left: list[cst.BaseDictElement] | None = None
        #: By the calls that ask again, the id that they are given.
        self._ids: dict[cst.Call, cst.BaseExpression] = {}
        said = self._said = self._read(program, call.call)
        first = cst.DictElement(cst.SimpleString('""'), said.node)
        given = None if said.workflow_id is None else PathId(said.workflow_id)
        parts = RequestParts(
            call.call, None, None, Literal(call.call, cst.Dict([]), None, shared=False), None,
            given, first, said.node, said.history, (), (), untyped=False,
        )  # fmt: skip
        super(AdaptedCall, self).__init__(program, request, settings, names, parts)

    def _read(self, program: Program, call: cst.Call) -> Said:
        """What the arguments say.

        Raises:
            RefusedError: one has no name, or cannot be read.
        """
        reader, args = InputReader(program), list(call.args)
        if len(args) == 1 and args[0].keyword is None and isinstance(args[0].value, cst.Dict):
            return reader.read(args[0].value)
        named: dict[str, Named] = {}
        for number, arg in enumerate(args):
            if arg.star or (arg.keyword is None and number):
                raise RefusedError(Reason.RUN_PARAMETER, f"`{program.tree.show(arg)}`")
            name = "workflow_id" if arg.keyword is None else name_of(arg)
            if name in _OPTIONS:
                self._options.append(arg)
                if name == "extra_headers":
                    self._headers_left = without_beta(program, call, arg.value)
            elif name.startswith("extra_"):
                raise RefusedError(Reason.RUN_PARAMETER, f"`{name}`")
            else:
                named[name] = arg
        return reader.of(call, named)

    def invented(self) -> Plan:
        """The edits of the call, and the function that its answer goes through.

        Raises:
            RefusedError: something of it is not certain.
        """
        call = self._sdk.call
        polls = [c for c in self._every if c.endpoint.id == _ASKS_AGAIN]
        follower = self._followed(call)
        every = [follower, *(self._followed(poll.call) for poll in polls)]
        asked = self._asked_again(polls, follower.readings)
        joined = follower.readings.joined(f.readings for f in every[1:])
        joined.paths.sort(key=lambda path: self._tree.order(path.node))
        if joined.generic:
            detail = self._tree.show_line(joined.generic[0])
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)
        shape, fields = self._with_fields(ShapeReader(self._program, joined, asked).shape())
        name, code = self._function(self._shaped(shape, joined, every))
        self._change(self._sdk, self.method, self._arguments_code(), name)
        for poll in polls:
            self._change(poll, self.again, self._id(poll), name)
            if self.waits_by_client:
                told = "asks for the run again" + waited(self._settings.poll_timeout, "/")
                self._notes.append(Note(self._tree.span(poll.call), told, always=True))
        shown = f"the answer goes through `{name}`, which gives {shape.told}"
        where = self._tree.span(call)
        self._notes += [Note(where, shown, always=True), Note(where, self.needs)]
        self._notes += self._told(shape)
        guards = guards_of(self._program, self._sdk, self._every, self._editor, self.method)
        self._editor.changes += guards[0]
        self._notes += guards[1]
        edits = tuple(sorted(self._editor.edits()))
        message = f"becomes {self.method}, its answer in the shape that the file reads"
        return Plan(edits, message, tuple(self._notes), (*fields, code.encode()))

    @property
    def polls(self) -> list[SdkCall]:
        """The calls that go with it."""
        return [call for call in self._every if call.endpoint.id == _ASKS_AGAIN]

    def _told(self, shape: Shape) -> Iterable[Note]:
        where, dropped = self._tree.span(self._sdk.call), self._said.dropped
        if dropped:
            listed = ", ".join(f"`{self._tree.show(element)}`" for element in dropped)
            yield Note(where, f"without a counterpart, and gone: {listed}", always=True)
        if self._headers_left is not None:
            yield Note(where, "the header OpenAI-Beta went: there never was such a beta")
        if self._said.kind is Kind.JSON:
            yield Note(where, "the fields are sent as JSON text", always=True)
        for path in shape.missing:
            text = f"`{self._tree.show(path.node)}` is not in the new answer"
            yield Note(self._tree.span(path.node), text, always=True)
        if self._settings.base_url != DEFAULT_BASE_URL:
            yield Note(self._tree.span(self._sdk.client), _OWN_HOST, always=True)

    # what is read

    def _followed(self, call: cst.Call) -> ObjectFollower:
        awaited = self._sdk.awaited
        if awaited and not isinstance(self._tree.parent(call), cst.Await):
            raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(call))
        follower = ObjectFollower(self._program, call, awaited=awaited)
        follower.follow()
        return follower

    def _asked_again(self, polls: Sequence[SdkCall], readings: Readings) -> frozenset[cst.CSTNode]:
        """The nodes of the ids with which the file asks again.

        Raises:
            RefusedError: what asks is none that the new method answers, or its id is another one's.
        """
        starts = [c for c in self._every if c.made_up and c.starts_a_run]
        asked: set[cst.CSTNode] = set()
        for poll in polls:
            again = self._tree.show_line(poll.call)
            retrieves = poll.method == "workflows.runs.retrieve"
            if not retrieves or len(starts) > 1 or poll.owner in OWNERS:
                raise RefusedError(Reason.OWN_POLLING, again)
            ends = {end.node for end in readings.ends}
            args = poll.call.args
            ids = [arg for arg in args if any(node in ends for node in self._tree.below(arg))]
            if len(ids) != 1 or ids[0].star or (ids[0].keyword and name_of(ids[0]) not in _RUN_IDS):
                raise RefusedError(Reason.OWN_POLLING, f"{again}: its id comes from elsewhere")
            for arg in args:
                if arg is not ids[0]:
                    self._check_without(poll, arg)
            self._ids[poll.call] = ids[0].value
            asked |= set(self._tree.below(ids[0]))
        return frozenset(asked)

    def _check_without(self, poll: SdkCall, arg: cst.Arg) -> None:
        """Note that an argument beside the run's id goes, which is the workflow's.

        Raises:
            RefusedError: it is another one, or does something.
        """
        shown = self._tree.show(arg)
        before = arg is poll.call.args[0] and len(poll.call.args) == 2
        named = before if arg.keyword is None else name_of(arg) in _WORKFLOW_IDS
        if arg.star or not named or not self._is_plain(arg.value):
            raise RefusedError(Reason.OWN_POLLING, f"{self._tree.show_line(poll.call)}: `{shown}`")
        told = f"the run is asked for by its own id; gone: `{shown}`"
        self._notes.append(Note(self._tree.span(arg), told))

    def _is_plain(self, node: cst.BaseExpression) -> bool:
        """Whether an expression only looks something up."""
        return not any(
            isinstance(inner, (cst.Await, cst.NamedExpr, cst.Yield))
            or (
                isinstance(inner, cst.Call)
                and self._program.scopes.imported(inner.func) not in _LOOKS_UP
            )
            for inner in self._tree.below(node)
        )

    def _shaped(self, shape: Shape, joined: Readings, every: Sequence[ObjectFollower]) -> str:
        """The code of the answer, of objects and dicts as the file reads them.

        Raises:
            RefusedError: a part is read like both.
        """
        by_name = {names for follower in every for names in follower.by_name}
        by_key = {names for follower in every for names in follower.by_key}
        if not joined.texts() and not by_key:
            return self._whole(shape)
        both = next(iter(sorted(by_name & by_key)), None)
        if both is not None or ("usage",) in by_key:
            detail = f"`{'.'.join(both or ('usage',))}` is read by attributes and by keys"
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)
        place = tuple(shape.shown.split("."))
        place = place[:-1] if shape.declared else place
        deeper = [names for names in by_name if names[: len(place)] == place]
        objects = shape.fields is not None and deeper == [place]
        if (shape.declared or shape.fields is not None) and place not in by_key and not objects:
            detail = f"`{'.'.join(place)}` is an object of which attributes are read"
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)
        code = shape.code(self.live, self._identity)
        code = code.replace(f'{self.live}.get("usage")', f"{self.live}.usage")
        literal = cst.ensure_type(cst.parse_expression(code), cst.Dict)
        return self._laid_out(self._objects(literal, (), by_key))

    def _whole(self, shape: Shape) -> str:
        """The code of an answer that is handed on whole."""
        if self.whole and shape.elements[-1] == '"status": "completed"':
            return self.whole
        literal = cst.ensure_type(
            cst.parse_expression(shape.code(self.live, self._identity)), cst.Dict
        )
        return self._laid_out(self._objects(literal, (), set()))

    @property
    def _identity(self) -> str:
        """The code of the id by which the answer is asked for again."""
        by_thread = self.waits_by_client and self.polls
        return 'f"{thread_id}/{run_id}"' if by_thread else f"{self.live}.id"

    def _laid_out(self, code: str) -> str:
        """The code of the answer, in the file's quotes and on lines that fit."""
        quoted = code.replace('"', self._style.quote)
        width = literal_style(self._style, 8)
        return render(document(cst.parse_expression(quoted)), width, "", len("return "))

    def _objects(
        self, node: cst.BaseExpression, names: tuple[str, ...], by_key: set[tuple[str, ...]]
    ) -> str:
        """A literal, its dicts as objects but for those that are read by keys."""
        code = cst.Module(()).code_for_node
        if isinstance(node, cst.List):
            inner = [
                self._objects(element.value, (*names, str(number)), by_key)
                for number, element in enumerate(node.elements)
            ]
            return "[" + ", ".join(inner) + "]"
        if isinstance(node, cst.Call) and names not in by_key:  # the fields of the JSON
            return f"{self._spelt('types', 'SimpleNamespace')}(**{code(node)})"
        if not isinstance(node, cst.Dict):
            return code(node)
        parts = []
        for element in node.elements:
            key = key_of(element) or ""
            value = self._objects(element.value, (*names, key), by_key)
            parts.append(f'"{key}": {value}' if names in by_key else f"{key}={value}")
        if names in by_key:
            return "{" + ", ".join(parts) + "}"
        return f"{self._spelt('types', 'SimpleNamespace')}({', '.join(parts)})"

    # what is written

    def _function(self, shaped: str) -> tuple[str, str]:
        waits = self.waits_by_client and self._sdk.awaited
        template = load_helper(self.target, "adapter_sdk_async" if waits else "adapter_sdk")
        code = template.settled({"POLLED": bool(self.polls)})
        functions = self._spelling().functions(template.calls(code))
        timeout = str(self._settings.poll_timeout)
        fill = Fill(values={"SHAPE": shaped, "POLL_TIMEOUT": timeout}, functions=functions)
        return self._named(template.render(code, fill, function_style(self._style)), template)

    def _arguments_code(self) -> list[str]:
        """The new arguments, named."""
        given = ((name_of(arg), self._option(arg)) for arg in self._options)
        options = [f"{name}={value}" for name, value in given if value]
        return [*self._named_arguments(), *options]

    def _option(self, arg: cst.Arg) -> str:
        """The new value of an option of the library; empty where it goes."""
        if name_of(arg) != "extra_headers" or self._headers_left is None:
            return self._moved(arg.value)
        elements = [
            f"{self._tree.source(element.key)}: {self._moved(element.value)}"
            if isinstance(element, cst.DictElement)
            else f"**{self._moved(element.value)}"
            for element in self._headers_left
        ]
        return "{" + ", ".join(elements) + "}" if elements else ""

    def _id(self, poll: SdkCall) -> list[str]:
        return [self._moved(self._ids[poll.call])]

    def _sdk_client(self, call: SdkCall) -> str:
        client = call.client
        if self.waits_by_client and not dotted(client):
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{self._tree.show(client)}`")
        return self._tree.source(client)

    def _change(self, one: SdkCall, method: str, arguments: list[str], name: str) -> None:
        """Note the change of one call, with the `await` in front of it.

        Without a method it is the function for the answer that asks.
        """
        call, client = one.call, self._sdk_client(one)
        for inner in self._tree.below(call):
            if isinstance(inner, cst.Comment):
                raise RefusedError(Reason.COMMENT_LOST, f"in line {self._tree.line(inner)}")
        new = f"{client}.{method}({', '.join(arguments)})" if method else arguments[0]
        more = f", {client}" if self.waits_by_client else ""
        around = self._tree.parent(call)
        start, end = self._tree.whole(call)
        if self._sdk.awaited and isinstance(around, cst.Await):
            start, end = self._tree.chars(around)
            wait = "await " if self.waits_by_client else ""
            new = f"{wait}{name}({'await ' if method else ''}{new}{more})"
        else:
            new = f"{name}({new}{more})"
        text = self._program.text
        line_start, _ = text.line_range(text.line(start))
        _, line_end = text.line_range(text.line(end))
        behind = len(text.text[end:line_end].rstrip("\r\n"))
        indent = self._editor.indent_at(start)
        if "\n" not in new:
            doc = document(cst.parse_expression(new))
            new = render(doc, self._style, indent, start - line_start, behind)
        self._editor.changes.append(Change(start, end, new, statements=True))
