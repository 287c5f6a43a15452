"""The calls of the Assistants API in one file: which method, on which client, with what."""

from __future__ import annotations

from functools import cache

from tree_sitter import Node

from callmend.endpoints import Endpoint, catalogue
from callmend.languages.ecmascript.assistants.client import Client, Clients
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import field, items, unwrapped
from callmend.languages.ecmascript.values import text_of
from callmend.records import record
from callmend.routes import Op

_OPS = {
    "beta.threads.create": Op.CREATE_THREAD,
    "beta.threads.retrieve": Op.RETRIEVE_THREAD,
    "beta.threads.del": Op.DELETE_THREAD,
    "beta.threads.delete": Op.DELETE_THREAD,
    "beta.threads.messages.create": Op.ADD_MESSAGE,
    "beta.threads.messages.list": Op.LIST_MESSAGES,
    "beta.threads.createAndRun": Op.THREAD_AND_RUN,
    "beta.threads.createAndRunPoll": Op.THREAD_AND_POLL,
    "beta.threads.createAndRunStream": Op.THREAD_AND_STREAM,
    "beta.threads.runs.create": Op.RUN,
    "beta.threads.runs.createAndPoll": Op.RUN_AND_POLL,
    "beta.threads.runs.stream": Op.STREAM,
    "beta.threads.runs.createAndStream": Op.STREAM,
    "beta.threads.runs.retrieve": Op.RETRIEVE_RUN,
    "beta.threads.runs.poll": Op.POLL,
    "beta.threads.runs.submitToolOutputs": Op.SUBMIT,
    "beta.threads.runs.submitToolOutputsAndPoll": Op.SUBMIT_AND_POLL,
    "beta.assistants.create": Op.CREATE_ASSISTANT,
    "beta.assistants.retrieve": Op.RETRIEVE_ASSISTANT,
    "beta.assistants.update": Op.UPDATE_ASSISTANT,
}


@record(frozen=True, slots=True)
class Raw:
    """What a call by fetch has that one of the SDK has not.

    ``fetch`` is the call of fetch, ``value`` the call that parses its answer (fetch itself where
    nothing does), ``body`` the object that is sent, ``beside`` the statements that go when the call
    goes: the one with the fetch, and those that only check the response.

    Of axios ``named`` is the variable that the answer is in, or (``wrapped``) the one whose `.data`
    it is; ``instance`` is the name of the instance that sends it, whose URLs are behind its own.
    """

    fetch: Node
    url: Node
    options: Node | None
    parsed: Node | None = None
    query: str = ""
    body: Node | None = None
    beside: tuple[Node, ...] = ()
    checked: bool = False
    axios: bool = False
    named: Node | None = None
    wrapped: bool = False
    instance: Node | None = None

    @property
    def value(self) -> Node:
        """The call whose awaited value is the answer."""
        return self.parsed or self.fetch


@record(frozen=True, slots=True)
class Call:
    """One call of the Assistants API.

    ``node`` is the call expression (of fetch: the one that parses the answer), ``owner`` the
    expression that is the client, ``arguments`` its arguments without comments.
    """

    op: Op
    endpoint: Endpoint
    method: str
    node: Node
    owner: Node
    client: Client
    arguments: tuple[Node, ...]
    raw: Raw | None = None

    @property
    def site(self) -> Node:
        """The call that sends the request."""
        return self.node if self.raw is None else self.raw.fetch

    @property
    def is_wrapped(self) -> bool:
        """Whether the call's variable holds the answer in its `.data`."""
        return self.raw is not None and self.raw.wrapped

    def settled(self, program: Program) -> Node | None:
        """The expression that holds the answer: the awaited call, or what axios has of it."""
        if self.node.type == "member_expression":
            return self.node
        _, parent = program.tree.outer(self.node)
        return parent if parent is not None and parent.type == "await_expression" else None

    def statements(self, program: Program) -> list[Node]:
        """The statements that go when the call goes."""
        beside = () if self.raw is None else self.raw.beside
        return list(dict.fromkeys([*beside, program.tree.statement_of(self.node)]))


@cache
def _methods() -> dict[str, Endpoint]:
    return {method: endpoint for endpoint in catalogue() for method in endpoint.sdk}


def may_hold_calls(data: bytes) -> bool:
    """Whether a file's bytes can hold such calls at all; costs nothing for files without."""
    return b"beta" in data and (b"threads" in data or b"assistants" in data)


def find_calls(program: Program) -> list[Call]:
    """Every SDK call of the Assistants API, in source order."""
    if not may_hold_calls(program.source.data):
        return []
    clients = Clients(program)
    found = []
    for node in program.tree.nodes:
        if node.type != "call_expression":
            continue
        function = field(node, "function")
        if function is None or unwrapped(function).type != "member_expression":
            continue
        chain = _chain(program, unwrapped(function))
        if chain is None:
            continue
        owner, method = chain
        endpoint = _methods().get(method)
        if endpoint is None:
            continue
        arguments = field(node, "arguments")
        given = () if arguments is None else tuple(items(arguments))
        op = _OPS.get(method, Op.OTHER)
        found.append(Call(op, endpoint, method, node, owner, clients.of(owner), given))
    return found


def _chain(program: Program, function: Node) -> tuple[Node, str] | None:
    """The client and the method's path behind it: (`openai`, "beta.threads.create")."""
    names: list[str] = []
    node = function
    followed = 0
    while followed < 4:
        node = unwrapped(node)
        if node.type == "member_expression":
            names.append(text_of(node, "property").decode("utf-8", "replace"))
            inner = field(node, "object")
            if inner is None:
                return None
            if names[-1] == "beta":
                return unwrapped(inner), ".".join(reversed(names))
            node = inner
        elif node.type == "identifier":
            # `const threads = openai.beta.threads;`
            constant = program.resolver.constant(node)
            if constant is None or constant == node or constant.type != "member_expression":
                return None
            node = constant
            followed += 1
        else:
            return None
    return None
