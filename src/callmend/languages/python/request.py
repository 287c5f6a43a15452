"""The parts of a request in Python: headers and body, and in the body the id, message, history."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.clients import Client, Library
from callmend.languages.python.composed import composed
from callmend.languages.python.find import Request
from callmend.languages.python.handed_bodies import handed_in
from callmend.languages.python.later import later_going
from callmend.languages.python.literals import Literal, LiteralReader, is_logged
from callmend.languages.python.messages import Messages
from callmend.languages.python.paths import PathId, path_id_of, text_of
from callmend.languages.python.prepared import sent_by
from callmend.languages.python.program import Program
from callmend.languages.python.tree import dotted
from callmend.languages.python.urllib_requests import data_of, opened_of, urlopen_arguments
from callmend.languages.python.values import key_of
from callmend.reasons import Reason
from callmend.records import record

_ID_KEYS = frozenset({"workflow_id", "workflowId", "assistant_id"})
_INPUT_KEYS = frozenset({"input", "inputs", "thread", "input_data"})
MESSAGE_KEYS = frozenset(
    {"content", "input_as_text", "message", "prompt", "query", "question", "text", "userMessage",
     "user_message"}
)  # fmt: skip
_HISTORY_KEYS = frozenset(
    {"conversation_history", "conversationHistory", "history", "messages", "chat_history"}
)
#: Fields of the dead body that the new requests have too, with the same meaning
#: (CreateThreadAndRunRequest and CreateResponse in the OpenAPI document).
_KEPT_KEYS = frozenset({"metadata", "stream"})
#: Fields that say how Agent Builder runs a workflow, and nothing of what is asked.
_DROPPED_KEYS = frozenset({"version", "state_values", "session", "tracing"})
#: What a call of each library is given besides URL, headers and body, and that the requests that
#: poll are given as well: how to reach the host, and for how long.
CARRIED = frozenset(
    {
        "timeout",
        "verify",
        "proxies",
        "proxy",
        "cert",
        "auth",
        "allow_redirects",
        "follow_redirects",
        "ssl",
        "cookies",
        "trust_env",
        "context",
    }
)
#: What stays where it is and has no counterpart in a request that polls.
_ONLY_HERE = frozenset({"method", "raise_for_status"})
_OPTIONS = Reason.OPTIONS_NOT_UNDERSTOOD


@record(frozen=True, slots=True)
class RequestParts:
    """What a call is given.

    ``sender`` is the call that sends (`urlopen` for urllib, otherwise the request's own).
    ``headers`` is None where there are only the client's defaults; ``headers_given`` the argument's
    expression. ``body`` is the dict literal, ``body_expression`` what is in the call for it.
    ``workflow_id`` is the element that names the id (None: it is in the path, ``path_id``),
    ``input`` the element with the message, ``message`` and ``history`` the expressions in it,
    ``dropped`` the elements that have no counterpart and go. ``carried`` are the arguments that
    requests that poll are given too. ``untyped`` tells that nothing says that the body is JSON.
    ``going`` are assignments that give the body more elements, and go.
    """

    sender: cst.Call
    headers: Literal | None
    headers_given: cst.BaseExpression | None
    body: Literal
    workflow_id: cst.DictElement | None
    path_id: PathId | None
    input: cst.DictElement
    message: cst.BaseExpression
    history: cst.BaseExpression | None
    dropped: tuple[cst.DictElement, ...]
    carried: tuple[cst.Arg, ...]
    untyped: bool
    going: tuple[cst.Assign, ...] = ()


@record(frozen=True, slots=True)
class Envelope:
    """What a call is given, without what is in its body; as in ``RequestParts``."""

    sender: cst.Call
    headers: Literal | None
    headers_given: cst.BaseExpression | None
    body: Literal
    carried: tuple[cst.Arg, ...]
    untyped: bool


@record(frozen=True, slots=True)
class Question:
    """What a call is given that only asks; as in ``RequestParts``."""

    sender: cst.Call
    headers: Literal | None
    headers_given: cst.BaseExpression | None
    carried: tuple[cst.Arg, ...]


class RequestReader:
    """Reads the parts of one request."""

    def __init__(
        self,
        program: Program,
        request: Request,
        *,
        streams: bool = False,
        asks: bool = False,
        needs_id: bool = True,
        composes: bool = False,
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._flow = program.flow
        self._resolver = program.resolver
        self._request = request
        #: Whether the call may ask for a stream.
        self._streams = streams
        #: Whether the call may have parameters for its query.
        self._asks = asks
        #: Whether the new request names the workflow's id too.
        self._needs_id = needs_id
        #: Whether a body may be written anew that no dict literal makes.
        self._composes = composes
        self._call = request.call
        self._literals = LiteralReader(program, request.call)
        self._messages = Messages(program)

    def read(self) -> RequestParts:
        """The parts of the request.

        Raises:
            RefusedError: a part is missing or cannot be followed.
        """
        sent = self.envelope()
        return self._parts(
            sent.sender, sent.headers, sent.headers_given, sent.body, sent.carried,
            untyped=sent.untyped,
        )  # fmt: skip

    def envelope(self) -> Envelope:
        """The parts of the request, its body as it is.

        Raises:
            RefusedError: a part is missing or cannot be followed.
        """
        client = self._request.client
        if client is None:
            raise RefusedError(Reason.UNKNOWN_TRANSPORT, f"`{self._tree.show(self._call.func)}`")
        by_name = self.arguments(client)
        sender = self.sender(client)
        self._check_method(client, by_name)
        headers_arg = by_name.get("headers")
        headers_given = None if headers_arg is None else headers_arg.value
        headers = self.headers_of(client, headers_given)
        body = self._body(by_name)
        carried = [arg for name, arg in by_name.items() if name in CARRIED]
        if sender is not self._call:
            carried = self._of_sending(client, sender, carried)
        untyped = "json" not in by_name and not self._has_type(client, headers)
        return Envelope(sender, headers, headers_given, body, tuple(carried), untyped)

    def question(self) -> Question:
        """The parts of a GET request.

        Raises:
            RefusedError: it is none, or a part cannot be followed.
        """
        client = self._request.client
        if client is None:
            raise RefusedError(Reason.UNKNOWN_TRANSPORT, f"`{self._tree.show(self._call.func)}`")
        by_name = self.arguments(client)
        sender = self.sender(client)
        self._check_method(client, by_name, "GET")
        for name in by_name.keys() & {"json", "data", "content"}:
            raise RefusedError(_OPTIONS, f"`{self._tree.show(by_name[name])}`")
        given = by_name["headers"].value if "headers" in by_name else None
        carried = [arg for name, arg in by_name.items() if name in CARRIED]
        if sender is not self._call:
            carried = self._of_sending(client, sender, carried)
        return Question(sender, self.headers_of(client, given), given, tuple(carried))

    def sent(self) -> Literal:
        """Only the body.

        Raises:
            RefusedError: there is none, or it cannot be followed.
        """
        client = self._request.client
        if client is None:
            raise RefusedError(Reason.UNKNOWN_TRANSPORT)
        return self._body(self.arguments(client))

    def _has_type(self, client: Client, headers: Literal | None) -> bool:
        """Whether the request or its client says what the body is."""
        if headers is not None and headers.sends("content-type"):
            return True
        return "content-type" in self._program.clients.default_headers(client)

    # arguments

    def arguments(self, client: Client) -> dict[str, cst.Arg]:
        """The arguments by name, the positional ones by what they mean.

        Raises:
            RefusedError: there is one that is not known.
        """
        found: dict[str, cst.Arg] = {}
        order = ["url"]
        if client.is_told_the_method:
            order = ["method", "url"]
        elif client.library is Library.REQUESTS:
            order = ["url", "data", "json"]
        elif client.library is Library.URLLIB:
            order = ["fullurl", "data", "headers"]
            if client.method == "urlopen":
                order = ["url", "data", "timeout"]
        for number, arg in enumerate(self._call.args):
            if arg.star or (arg.keyword is None and number >= len(order)):
                raise RefusedError(_OPTIONS, f"`{self._tree.show(arg)}`")
            name = arg.keyword.value if arg.keyword is not None else order[number]
            if name == "stream":
                if self._tree.source(arg.value) != "False" and not self._streams:
                    raise RefusedError(Reason.STREAMING, f"`{self._tree.show(arg)}`")
                continue
            if name in ("url", "fullurl", "str_or_url"):
                name = "url"
            known = {"url", "headers", "json", "data", "content"} | CARRIED | _ONLY_HERE
            if name not in known and not (self._asks and name == "params"):
                raise RefusedError(_OPTIONS, f"`{self._tree.show(arg)}`")
            found[name] = arg
        if client.library is Library.URLLIB and client.method == "Request" and "data" not in found:
            given = data_of(self._program, self._call)
            found |= {} if given is None else {"data": given}
        return found

    def sender(self, client: Client) -> cst.Call:
        """The call that sends the request: for urllib the `urlopen` that is given the Request.

        Raises:
            RefusedError: there is no such call, or several.
        """
        if client.is_sent_later:
            sender = sent_by(self._flow, self._call)
            if sender is None or not self._composes:
                raise RefusedError(
                    Reason.UNKNOWN_TRANSPORT, f"`{self._tree.show(self._call.func)}`"
                )
            return sender
        if client.library is not Library.URLLIB or client.method == "urlopen":
            return self._call
        opened = opened_of(self._program, self._call)
        if opened.headers and not self._composes:
            raise RefusedError(_OPTIONS, self._tree.show_line(opened.headers[0].statement))
        return opened.sender

    def _of_sending(self, client: Client, sender: cst.Call, built: list[cst.Arg]) -> list[cst.Arg]:
        """What further requests are given, where another call sends the request."""
        if client.library is Library.URLLIB:
            return urlopen_arguments(self._program, self._call, sender)
        for arg in sender.args[1:]:
            name = "" if arg.keyword is None else arg.keyword.value
            if name not in CARRIED:
                raise RefusedError(_OPTIONS, f"`{self._tree.show(arg)}`")
        return [*built, *sender.args[1:]]

    def _check_method(
        self, client: Client, by_name: dict[str, cst.Arg], wanted: str = "POST"
    ) -> None:
        method = client.method.upper()
        if client.library is Library.URLLIB:
            given = by_name.get("method")
            method = "POST" if "data" in by_name else "GET"
            if given is not None:
                method = (self._resolver.text(given.value) or "").upper()
        elif client.is_told_the_method:
            given = by_name.get("method")
            method = "" if given is None else (self._resolver.text(given.value) or "").upper()
        if method != wanted:
            wrong = Reason.NOT_A_POST if wanted == "POST" else _OPTIONS
            raise RefusedError(wrong, f"`{self._tree.show(self._call.func)}`")

    # headers

    def headers(self) -> tuple[Literal | None, cst.BaseExpression | None]:
        """Only the headers: the literal behind them, and the argument's expression.

        Raises:
            RefusedError: there are none, or they cannot be followed.
        """
        client = self._request.client
        if client is None:
            raise RefusedError(Reason.UNKNOWN_TRANSPORT)
        arg = self.arguments(client).get("headers")
        given = None if arg is None else arg.value
        return self.headers_of(client, given), given

    def headers_of(self, client: Client, given: cst.BaseExpression | None) -> Literal | None:
        """The literal behind the headers that a client is given; None for its defaults alone.

        Raises:
            RefusedError: there is no key among them, or they cannot be followed.
        """
        defaults = self._program.clients.default_headers(client)
        opened = None
        if self._composes and client.library is Library.URLLIB and client.method == "Request":
            opened = opened_of(self._program, self._call)
        if given is None and (opened is None or not opened.headers):
            if "authorization" not in defaults:
                raise RefusedError(Reason.NO_AUTHORIZATION)
            return None
        literal = None if given is None else self._literals.headers(given)
        if opened is not None and opened.headers:
            if given is None:
                given = opened.sender.args[0].value
                nothing = cst.Dict([])
                self._tree.stand_in(nothing, given)
                literal = Literal(given, nothing, None, shared=True)
            literal = None if literal is None else replace(literal, added=opened.headers)
        if given is not None and literal is None:
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{self._tree.show(given)}`")
        if literal is None or given is None:
            return literal
        if not literal.sends("authorization") and "authorization" not in defaults:
            spread = any(isinstance(e, cst.StarredDictElement) for e in literal.obj.elements)
            reason = Reason.HEADERS_NOT_UNDERSTOOD if spread else Reason.NO_AUTHORIZATION
            raise RefusedError(reason, f"`{self._tree.show(given)}`")
        return literal

    # body

    def _body(self, by_name: dict[str, cst.Arg]) -> Literal:
        if "json" in by_name:
            return self._payload(by_name["json"].value)
        arg = by_name.get("data") or by_name.get("content")
        if arg is None:
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, "the request has no body")
        return self._payload(self._dumped(arg.value))

    def _dumped(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """What `json.dumps(...)`, `.encode()` and `bytes(...)` around it are made of."""
        shown = f"`{self._tree.show(node)}`"
        if isinstance(node, cst.Name):
            definitions = self._resolver.definitions(node)
            if len(definitions) != 1 or definitions[0].value is None:
                raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, shown)
            mine, maybe = self._flow.uses(definitions[0])
            if [
                use
                for use in (*mine, *maybe)
                if use is not node and not is_logged(self._program, use)
            ]:
                raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, shown)
            return self._dumped(definitions[0].value)
        if isinstance(node, cst.Call):
            if isinstance(node.func, cst.Attribute) and node.func.attr.value == "encode":
                return self._dumped(node.func.value)
            name = self._program.scopes.imported(node.func) or dotted(node.func)
            if name == "bytes" and node.args:
                return self._dumped(node.args[0].value)
            if name in ("json.dumps", "orjson.dumps", "ujson.dumps", "simplejson.dumps"):
                if node.args and node.args[0].keyword is None and not node.args[0].star:
                    return node.args[0].value
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, shown)

    def _payload(self, given: cst.BaseExpression) -> Literal:
        given = handed_in(self._program, given) or given
        literal = self._literals.body(given)
        if self._composes:
            literal = composed(self._program, self._call, given, literal)
        if literal is None:
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{self._tree.show(given)}`")
        return literal

    def _parts(
        self,
        sender: cst.Call,
        headers: Literal | None,
        headers_given: cst.BaseExpression | None,
        body: Literal,
        carried: tuple[cst.Arg, ...],
        *,
        untyped: bool,
    ) -> RequestParts:
        workflow_id = found_input = None
        dropped: list[cst.DictElement] = []
        path_id = path_id_of(self._program, self._request)
        for element in body.obj.elements:
            name = key_of(element)
            if name is None or not isinstance(element, cst.DictElement):
                raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{self._tree.show(element)}`")
            if name in _ID_KEYS and workflow_id is None:
                workflow_id = element
            elif name in _INPUT_KEYS and found_input is None:
                found_input = element
            elif name == "stream" and not self._is_plain(element):
                raise RefusedError(Reason.STREAMING, f"`{self._tree.show(element)}`")
            elif name in _DROPPED_KEYS:
                dropped.append(element)
            elif name not in _KEPT_KEYS:
                raise RefusedError(Reason.BODY_FIELD, f"`{name}`")
        if workflow_id is None and path_id is None and self._needs_id:
            raise RefusedError(Reason.NO_WORKFLOW_ID)
        if found_input is None:
            raise RefusedError(Reason.NO_MESSAGE, "the body has no `input`")
        message, history = self._input(found_input)
        return RequestParts(
            sender, headers, headers_given, body, workflow_id, path_id, found_input, message,
            history, tuple(dropped), carried, untyped,
            later_going(self._tree, body, _DROPPED_KEYS, _KEPT_KEYS - {"stream"}),
        )  # fmt: skip

    def _is_plain(self, element: cst.DictElement) -> bool:
        """Whether a `stream` of the body is one that is understood."""
        given = self._tree.source(element.value)
        return given == "False" or (self._streams and given == "True")

    def _input(
        self, member: cst.DictElement
    ) -> tuple[cst.BaseExpression, cst.BaseExpression | None]:
        value = member.value
        if isinstance(value, cst.Name):
            # A variable that only this body uses may hold {message, ...}; it is not edited.
            if isinstance(self._resolver.single(value), cst.Dict):
                raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{self._tree.show(member)}`")
        if not isinstance(value, cst.Dict):
            if not self._messages.is_text(value):
                raise RefusedError(Reason.NO_MESSAGE, f"`{self._tree.show(member)}`")
            return value, None
        message = history = None
        for element in value.elements:
            name = key_of(element)
            if name is None or not isinstance(element, cst.DictElement):
                raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{self._tree.show(element)}`")
            if name == "input" and message is None:
                message = self._item_text(element.value)
            elif name in MESSAGE_KEYS and message is None:
                message = element.value
            elif name in _HISTORY_KEYS and history is None:
                history = element.value
            else:
                raise RefusedError(Reason.BODY_FIELD, f"`input.{name}`")
        if message is None:
            raise RefusedError(Reason.NO_MESSAGE, f"`{self._tree.show(member)}`")
        meant = self._resolver.single(message)
        if isinstance(
            meant, (cst.Dict, cst.List, cst.Integer, cst.Float, cst.ListComp, cst.DictComp)
        ) or (isinstance(meant, cst.Name) and meant.value in ("True", "False", "None")):
            raise RefusedError(Reason.NO_MESSAGE, f"`{self._tree.show(message)}` is no text")
        if history is not None:
            self._messages.check(history)
        return message, history

    def _item_text(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """The text of `[{"role": "user", "content": ...}]`, or the text that stands there."""
        shown = RefusedError(Reason.NO_MESSAGE, f"`{self._tree.show(node)}`")
        if not isinstance(node, cst.List):
            if not self._messages.is_text(node):
                raise shown
            return node
        item = node.elements[0].value if len(node.elements) == 1 else None
        fields = _fields(item)
        if set(fields) != {"role", "content"} or text_of(fields["role"]) != "user":
            raise shown
        content = fields["content"]
        if not isinstance(content, cst.List):
            return content
        parts = _fields(content.elements[0].value if len(content.elements) == 1 else None)
        if set(parts) != {"type", "text"} or text_of(parts["type"]) != "input_text":
            raise shown
        return parts["text"]


def _fields(node: cst.BaseExpression | None) -> dict[str | None, cst.BaseExpression]:
    """The elements of a dict literal by their keys."""
    if not isinstance(node, cst.Dict):
        return {}
    return {key_of(e): e.value for e in node.elements}
