"""One hand-written request of a run in Python as `POST /v1/responses`: URL, headers and body."""

from __future__ import annotations

import re
from collections.abc import Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.layout import Doc, Group, flat, has_comments, render
from callmend.languages.python.literals import Literal
from callmend.languages.python.messages import Messages
from callmend.languages.python.program import Program
from callmend.languages.python.raw import RawCall
from callmend.languages.python.raw_flow import RawFlow
from callmend.languages.python.request import Envelope, RequestReader
from callmend.languages.python.scopes import Definition
from callmend.languages.python.sdk import Owner, SdkCall
from callmend.languages.python.values import key_of
from callmend.reasons import Reason
from callmend.routes import Op
from callmend.settings import DEFAULT_BASE_URL, Settings
from callmend.targets.python_edits import Change, Editor
from callmend.targets.python_plan import known_client
from callmend.targets.responses.python_sdk_parameters import MAPPED, Parameters
from callmend.targets.responses.python_sdk_request import SdkRequest

_TAKEN = frozenset({"assistant_id", "thread", "instructions", "model", "stream"}) | MAPPED
_NOT_SENT = (
    "the assistant's id went: the instructions, model and tools that OpenAI kept for it are gone; "
    "give the instructions with --instructions or write them into the request"
)
_TOOLS_NOT_SENT = (
    "the assistant's id went: the model and tools that OpenAI kept for it are gone; what the run "
    "gave is kept"
)
_STORED = (
    "stored thread_... ids cannot be carried over: where one may still be kept, a new "
    "conversation has to be made"
)
#: How many items a conversation may be made with (`POST /v1/conversations`, `items`).
_MOST_ITEMS = 20


def as_sdk(call: RawCall) -> SdkCall:
    """A request as if OpenAI's client sent it."""
    receiver = call.request.client.receiver if call.request.client is not None else None
    client = receiver if receiver is not None else call.call.func
    return SdkCall(call.endpoint, call.call, client, call.op.value, Owner.OPENAI, awaited=False)


class RawRequest(SdkRequest):
    """The request that starts the run, with what its thread was asked."""

    def __init__(
        self, program: Program, calls: Sequence[RawCall], flow: RawFlow, settings: Settings
    ) -> None:
        every = [as_sdk(call) for call in calls]
        start = next(s for s, call in zip(every, calls, strict=True) if call is flow.start)
        super().__init__(program, start, every, settings)
        self._raw = flow
        self._editor = Editor(program, flow.start.request, self._style, settings)
        self._envelope: Envelope = self._read()
        #: The dict literals of requests that go, in variables of their own.
        self._bodies: list[Literal] = []
        #: Expressions that are read in the new request.
        self.moved: list[cst.CSTNode] = []
        #: The words of its body.
        self.words: frozenset[str] = frozenset()
        #: Dicts of headers that the new requests do without.
        self._unneeded: list[Definition] = []
        #: The names in URLs and headers that the new ones do not have.
        self._left_out: list[cst.CSTNode] = []

    def _read(self) -> Envelope:
        start = self._raw.start
        if start.op is Op.UNREAD_RUN:
            shown = self._tree.show(start.call)
            raise RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, f"`{shown}`")
        return RequestReader(self._program, start.request).envelope()

    def _fields(self, body: Literal, shown: cst.CSTNode) -> dict[str, cst.BaseExpression]:
        given = {key_of(element): element.value for element in body.obj.elements}
        if None in given or len(given) != len(body.obj.elements):
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, self._tree.show_line(shown))
        return {str(name): value for name, value in given.items()}

    def _moved(self, node: cst.BaseExpression) -> str:
        self.moved.append(node)
        return super()._moved(node)

    # what is asked

    def _given(self) -> dict[str, cst.BaseExpression]:
        """The parameters of the run."""
        given = self._fields(self._envelope.body, self._raw.start.call)
        wrong = [name for name in given if name not in _TAKEN]
        if wrong:
            raise RefusedError(Reason.RUN_PARAMETER, f"`{wrong[0]}`")
        if "stream" in given and self._tree.source(given["stream"]) != "False":
            raise RefusedError(Reason.ASSISTANTS_STREAM, self._tree.show_line(given["stream"]))
        if self._settings.stream:
            raise RefusedError(Reason.STREAMING, "--stream is given")
        self._check_ids(given)
        return given

    def _messages_of_the_run(self, given: dict[str, cst.BaseExpression]) -> list[Doc]:
        flow = self._raw
        found: list[Doc] = []
        if "thread" in given:
            found += self._listed(given["thread"])
        if flow.maker is not None and flow.one_shot:
            made = self._made_with(flow.maker)
            for name, value in made.items():
                if name != "messages":
                    raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(value))
                self._check_moved(value, as_sdk(flow.maker))
                found += self._items(value)
        for call in flow.messages:
            found.append(self._added(call))
        if not found:
            raise RefusedError(Reason.NO_THREAD_MESSAGE)
        return found

    def _made_with(self, maker: RawCall) -> dict[str, cst.BaseExpression]:
        """The body with which a thread is made; requests may send none."""
        named = {arg.keyword.value for arg in maker.call.args if arg.keyword is not None}
        plain = [arg for arg in maker.call.args if arg.keyword is None]
        if not named & {"json", "data", "content"} and len(plain) < 2:
            return {}
        for arg in maker.call.args:
            name = "" if arg.keyword is None else arg.keyword.value
            empty = self._tree.source(arg.value) in (
                "{}",
                '"{}"',
                "'{}'",
                'b"{}"',
                "b'{}'",
                'b""',
                '""',
            )
            if name in ("json", "data", "content") and (
                empty or self._tree.source(arg.value) in ('b"{}"', "json.dumps({})", "None",
                                                          "json.dumps({}).encode()")
            ):  # fmt: skip
                return {}
        body = RequestReader(self._program, maker.request).sent()
        self._bodies.append(body)
        return self._fields(body, maker.call)

    def _added(self, call: RawCall) -> Doc:
        body = RequestReader(self._program, call.request).sent()
        given = self._fields(body, call.call)
        if set(given) != {"role", "content"}:
            raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(call.call))
        self._bodies.append(body)
        named = isinstance(given["content"], cst.Name)
        self._check_moved(given["content"], None if named else as_sdk(call))
        return self._item(given["role"], given["content"], call.call)

    def _check_nothing_between(self, made: SdkCall, node: cst.BaseExpression) -> None:
        low, high = self._tree.order(made.call), self._tree.order(self._start.call)
        block = self._tree.block_of(self._raw.statement)
        for line in block:
            order = self._tree.order(line)
            if not low < order < high or self._tree.is_inside(self._start.call, line):
                continue
            mine = any(self._tree.is_inside(call.call, line) for call in self._every)
            if not mine and not self._raw.goes(line) and not self._is_kept_plain(line):
                raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(node))

    def _is_kept_plain(self, line: cst.CSTNode) -> bool:
        """Whether a statement computes nothing that a message could be made of."""
        if self._is_a_log(line):
            return True
        small = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
        if not isinstance(small, cst.Assign):
            return False
        return not any(
            isinstance(inner, (cst.Call, cst.Await, cst.NamedExpr))
            for inner in self._tree.below(small.value)
        )

    # the new request

    def _write_request(self, given: dict[str, cst.BaseExpression], messages: Sequence[Doc]) -> None:
        """The request that starts the run becomes the one that is answered at once."""
        at = self._envelope.body.obj
        if self._envelope.body.definition is not None:
            for value in self._sources:
                self._check_at(value, at)
        elements = [(name, value) for name, value in self._elements(given)]
        only = messages[0]
        if len(messages) == 1 and isinstance(only, Group):
            role, content = only.elements
            only = content[1] if role[1][1:-1] == "user" else only  # type: ignore[index]
        if len(messages) == 1 and isinstance(only, str):
            elements.append(("input", only.removeprefix("*")))
        else:
            elements.append(("input", Group("[", tuple(("", m) for m in messages), "]")))
        quoted = self._editor.quoted
        like = self._tree.source(at)
        pairs = tuple((quoted(name, like) + ": ", value) for name, value in elements)
        start, end = self._tree.chars(at)
        broken = "\n" in self._tree.source(at)
        new = Group("{", pairs, "}", broken)
        if has_comments(at):
            raise RefusedError(Reason.COMMENT_LOST, self._tree.show_line(at))
        if broken:
            column = self._program.text.column(start)
            text = render(new, self._style, self._editor.indent_at(start), column)
        else:
            text = flat(new)
        self._editor.changes.append(Change(start, end, text))
        self.words = frozenset(re.findall(r"\w+", text))
        self._address(self._raw.start, "/responses")
        self._head(self._raw.start)

    @property
    def _sources(self) -> list[cst.BaseExpression]:
        """The expressions that move into the new body from other requests."""
        found = []
        for body in self._bodies:
            found += [e.value for e in body.obj.elements if isinstance(e, cst.DictElement)]
        return found

    def _elements(self, given: dict[str, cst.BaseExpression]) -> list[tuple[str, Doc]]:
        start = self._start
        elements: list[tuple[str, Doc]] = [("model", self._model(given))]
        instructions = self._instructions(given)
        if instructions is not None:
            elements.append(("instructions", instructions))
        if self.conversation is not None:
            elements.append(("conversation", self.conversation))
        parameters = Parameters(
            self._program, self._editor, self._moved, lambda node: self._check_at(node, start.call)
        )
        elements += [(name[:-1], value) for name, value in parameters.arguments(given)]
        self._notes += parameters.notes
        gone = _NOT_SENT if instructions is None else _TOOLS_NOT_SENT
        self._notes.append(Note(self._tree.span(start.call), gone, always=True))
        return elements

    def _keep_thread(self) -> None:
        """The thread goes on as a conversation, which is made where the thread was."""
        flow = self._raw
        thread = flow.thread_of(flow.start)
        if thread is None:
            raise RefusedError(Reason.THREAD_NOT_FOLLOWED, self._tree.show_line(flow.start.call))
        self._check_at(thread, flow.start.call)
        self.conversation = self._moved(thread)
        if flow.maker is not None:
            self.to_conversation(flow.maker)

    def to_conversation(self, maker: RawCall) -> None:
        """A request that makes a thread becomes one that makes a conversation.

        Raises:
            RefusedError: it is given what a conversation does not take.
        """
        reader = RequestReader(self._program, maker.request)
        made = self._made_with(maker)
        if set(made) - {"messages", "metadata"}:
            raise RefusedError(Reason.RUN_PARAMETER, self._tree.show_line(maker.call))
        if "messages" in made:
            messages = made["messages"]
            if not isinstance(messages, cst.List) or len(messages.elements) > _MOST_ITEMS:
                raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(messages))
            Messages(self._program).check(messages)
            for element in reader.sent().obj.elements:
                if isinstance(element, cst.DictElement) and element.value is messages:
                    key = self._tree.source(element.key)
                    self._editor.replace(element.key, self._editor.quoted("items", key))
        self._address(maker, "/conversations")
        self._head(maker)

    # the URL

    def _address(self, call: RawCall, path: str) -> None:
        """Make a request's URL end in another path."""
        node = self._home_of_url(call)
        new = self._new_url(node, path)
        self._editor.replace(node, new)
        words = set(re.findall(r"\w+", new))
        self._left_out += [
            inner for inner in self._tree.below(node)
            if isinstance(inner, cst.Name) and inner.value not in words
        ]  # fmt: skip

    def _home_of_url(self, call: RawCall) -> cst.BaseExpression:
        """The URL's expression: in the call, or what only this call's variable is assigned."""
        url = call.request.url
        found = self._program.resolver.definitions(url)
        value = found[0].value if len(found) == 1 else None
        if not isinstance(url, cst.Name) or value is None:
            return url
        if not isinstance(found[0].node, (cst.Assign, cst.AnnAssign)):
            return url
        mine, maybe = self._program.flow.uses(found[0])
        uses = [u for u in (*mine, *maybe) if not self._raw.is_removed(u)]
        return value if all(use is url for use in uses) else url

    def _new_url(self, node: cst.BaseExpression, path: str) -> str:
        source = self._tree.source(node)
        plain = self._editor.quoted(self._settings.base_url + path, source)
        if self._settings.base_url != DEFAULT_BASE_URL:
            return plain
        if isinstance(node, cst.SimpleString):
            text = str(node.evaluated_value)
            head, found, _ = text.rpartition("/threads") if "/threads" in text else ("", "", "")
            relative = text.startswith("threads")
            new = path.removeprefix("/") if relative else head + path
            return self._editor.quoted(new, source) if found or relative else plain
        if isinstance(node, cst.FormattedString) and len(node.end) == 1:
            return self._formatted(node, path) or plain
        operand: cst.BaseExpression = node
        while isinstance(operand, cst.BinaryOperation) and isinstance(operand.operator, cst.Add):
            right = self._program.resolver.text(operand.right) or ""
            if isinstance(operand.right, cst.SimpleString) and right.startswith("/threads"):
                left = self._tree.source(operand.left)
                return f"{left} + {self._editor.quoted(path, self._tree.source(operand.right))}"
            operand = operand.left
        return plain

    def _formatted(self, node: cst.FormattedString, path: str) -> str | None:
        """`f"{BASE}/threads/{id}/runs"` as `f"{BASE}/responses"`."""
        head = ""
        for part in node.parts:
            if isinstance(part, cst.FormattedStringText) and "/threads" in part.value:
                head += part.value[: part.value.index("/threads")] + path
                return self._quoted_like(node, head)
            if isinstance(part, cst.FormattedStringText) and part.value.startswith("threads"):
                head = (head + path) if not head else head + path.removeprefix("/")
                return self._quoted_like(node, head.removeprefix("/") if head == path else head)
            head += self._tree.source(part)
        return None

    def _quoted_like(self, node: cst.FormattedString, text: str) -> str:
        """A text in the quotes of an f-string, plain where nothing is put into it any more."""
        if "{" in text:
            return f"{node.start}{text}{node.end}"
        start = node.start.lower().replace("f", "")
        own = self._editor.quoted("")[0]
        # The f-string had the other quotes for what stood in it.
        quote = own if own in self._tree.source(node)[len(node.start) : -1] else node.end
        return f"{start.removesuffix(node.end)}{quote}{text}{quote}"

    # the headers

    def _head(self, call: RawCall) -> None:
        """A request without the beta header, and with the type of its body."""
        reader = RequestReader(self._program, call.request)
        literal, given = reader.headers()
        defaults = self._program.clients.default_headers(known_client(self._program, call.request))
        found = None if literal is None else literal.value("openai-beta")
        named = {arg.keyword.value for arg in call.call.args if arg.keyword is not None}
        typed = "json" in named or "content-type" in defaults
        typed |= literal is not None and literal.value("content-type") is not None
        sends = bool(named & {"data", "content"}) or len(call.call.args) > 1
        if found is None and "openai-beta" in defaults:
            self._default_beta(call)
        if literal is not None and found is not None:
            if len(literal.obj.elements) == 1:
                self._without_argument(call, literal)
            else:
                self._without_beta(literal, found)
        if not typed and sends and (named & {"data", "content"}):
            if literal is not None and literal.shared and found is not None:
                shown = f"`{self._tree.show(literal.given)}`"
                raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, shown)
            self._editor.add_headers(literal, {"Content-Type": "application/json"})
        del given

    def _without_beta(self, literal: Literal, found: cst.DictElement) -> None:
        if not literal.shared or self._is_ours(literal):
            self._drop_element(literal.obj, found)
            return
        given, key = self._tree.source(literal.given), self._tree.source(found.key)
        self._editor.replace(literal.given, f"{{k: v for k, v in {given}.items() if k != {key}}}")

    def _without_argument(self, call: RawCall, literal: Literal) -> None:
        """Take the headers out of a call, which were the beta header alone."""
        args = list(call.call.args)
        place = next(i for i, a in enumerate(args) if self._tree.is_inside(literal.given, a))
        if has_comments(args[place]):
            raise RefusedError(Reason.COMMENT_LOST, self._tree.show_line(args[place]))
        start, _ = self._tree.chars(args[place])
        end = self._tree.whole(args[place].value)[1]
        if place + 1 < len(args):
            end = self._tree.chars(args[place + 1])[0]
        elif place:
            start = self._tree.whole(args[place - 1].value)[1]
        self._editor.changes.append(Change(start, end, ""))
        self._left_out.append(literal.given)
        if literal.definition is not None:
            self._unneeded.append(literal.definition)

    def _drop_element(self, obj: cst.Dict, element: cst.DictElement) -> None:
        """Take an element out of a dict, once."""
        start, _ = self._tree.chars(element)
        if any(c.start <= start < c.end for c in self._editor.changes):
            return
        self._editor.remove_element(obj, element)

    def _is_ours(self, literal: Literal) -> bool:
        """Whether only requests of this flow are given a dict of headers."""
        flow = self._raw
        mine = [flow.start, *flow.here]
        inside = [call.call for call in mine]
        given = literal.given
        if isinstance(given, cst.Call):
            # what a function of the file gives
            name = self._tree.source(given.func).rpartition(".")[2]
            uses: list[cst.CSTNode] = [
                node for node in self._tree.nodes
                if isinstance(node, cst.Call)
                and self._tree.source(node.func).rpartition(".")[2] == name
            ]  # fmt: skip
        elif isinstance(given, cst.Name) and literal.definition is not None:
            own, maybe = self._program.flow.uses(literal.definition)
            uses = [*own, *maybe]
        else:
            name = self._tree.source(given)
            uses = [
                node for node in self._tree.nodes
                if isinstance(node, cst.Attribute) and self._tree.source(node) == name
                and not isinstance(self._tree.parent(node), (cst.AssignTarget, cst.AnnAssign))
            ]  # fmt: skip
        return all(any(self._tree.is_inside(use, call) for call in inside) for use in uses)

    def _default_beta(self, call: RawCall) -> None:
        """The beta header that a session sends with every request goes, if all are ours."""
        client = call.request.client
        shown = self._tree.show(call.call.func)
        refused = RefusedError(
            Reason.HEADERS_NOT_UNDERSTOOD, f"`{shown}` sends OpenAI-Beta with every request"
        )
        if client is None or client.receiver is None:
            raise refused
        receiver = self._tree.source(client.receiver)
        mine = [c.call for c in (self._raw.start, *self._raw.here)]
        for node in self._tree.nodes:
            if not isinstance(node, cst.Call) or any(node is call for call in mine):
                continue
            other = self._program.clients.of(node)
            if other is not None and other.receiver is not None and not other.function:
                if self._tree.source(other.receiver) == receiver:
                    raise refused
        holders = [
            (parent, node)
            for node in self._tree.nodes
            if isinstance(node, cst.DictElement)
            and (key_of(node) or "").lower() == "openai-beta"
            and isinstance(parent := self._tree.parent(node), cst.Dict)
        ]
        if len(holders) != 1:
            raise refused
        self._drop_element(*holders[0])
