"""Calls of OpenAI's own Python client that send to dead endpoints, and whose client it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache

import libcst as cst

from callmend.endpoints import Endpoint, catalogue
from callmend.languages.python.app_states import kept_in_state
from callmend.languages.python.elsewhere import imported_client, is_awaited
from callmend.languages.python.program import Program
from callmend.languages.python.texts import HOLE
from callmend.languages.python.tree import Tree, dotted
from callmend.languages.python.typed_clients import type_of_handed

_OPENAI_URL = "https://api.openai.com/v1"
_MAKERS = {
    "openai.OpenAI": False,
    "openai.Client": False,
    "openai.AsyncOpenAI": True,
    "openai.AsyncClient": True,
}
_AZURE = ("openai.AzureOpenAI", "openai.AsyncAzureOpenAI")
#: What is set on the module or on a client to reach another host.
_ELSEWHERE = frozenset({"base_url", "api_base", "api_type", "azure_endpoint", "http_client"})
#: What gives a client with other options, and those that change nothing of whom it asks.
_COPIES = frozenset({"copy", "with_options"})
_SAME_HOST = frozenset({"api_key", "max_retries", "organization", "project", "timeout"})
#: The row of what would make a workflow by its name.
_CREATES = "sdk-workflows-create"
_STARTS = frozenset(
    {
        "create_and_run", "create_and_run_poll", "create_and_run_stream", "create_and_poll",
        "create_and_stream", "stream",
    }
)  # fmt: skip
#: Other libraries whose clients have methods of the made-up names.
_OTHERS = frozenset({"cozepy", "retab"})
#: How many definitions a client is followed through.
_MOST_STEPS = 8
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Owner(Enum):
    """Whose client a call is made on."""

    OPENAI = "openai"
    AZURE = "azure"
    OTHER_HOST = "other-host"
    HOST_UNKNOWN = "host-unknown"
    BETA_HEADER = "beta-header"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SdkCall:
    """One call; ``method`` is its name behind ``beta.`` (``threads.runs.create``).

    ``made_up`` tells that the client never had such a method. ``imported`` is, where the client is
    unknown and comes from another file, the setting that names that.
    """

    endpoint: Endpoint
    call: cst.Call
    client: cst.BaseExpression
    method: str
    owner: Owner
    awaited: bool
    made_up: bool = False
    imported: str = ""

    @property
    def whose(self) -> str:
        """The client as it stands in the file, for a message."""
        shown = f"`{dotted(self.client) or 'client'}`"
        return f"{shown}; if it is OpenAI's, {self.imported}" if self.imported else shown

    @property
    def starts_a_run(self) -> bool:
        """Whether the call starts a run, from which a flow is followed."""
        last = self.method.rsplit(".", 1)[-1]
        if self.made_up:
            return not self.endpoint.part
        return self.method == "threads.runs.create" or last in _STARTS


@cache
def methods() -> dict[str, Endpoint]:
    """The endpoint of each method, by its name in Python."""
    return {
        _CAPITAL.sub("_", name).lower(): endpoint
        for endpoint in catalogue()
        for name in (*endpoint.sdk, *endpoint.invented)
    }


def find_sdk_calls(program: Program) -> list[SdkCall]:
    """Every such call of a file, in source order."""
    found = []
    for node in program.tree.every(cst.Call):
        if not isinstance(node.func, cst.Attribute):
            continue
        path: list[str] = []
        owner: cst.BaseExpression = node.func
        while isinstance(owner, cst.Attribute):
            path.insert(0, owner.attr.value)
            owner = owner.value
            if path[0] in ("beta", "workflows"):
                break
        name = ".".join(path)
        endpoint = methods().get(name)
        if endpoint is None or (endpoint.id == _CREATES and not _names_a_workflow(node)):
            continue
        made_up = path[0] == "workflows"
        if made_up and isinstance(owner, cst.Attribute) and owner.attr.value == "beta":
            owner = owner.value
        whose, awaited = _owner(program, owner)
        imported = None
        if whose is Owner.UNKNOWN:
            imported = imported_client(program, owner)
        if imported is not None and imported.is_of_a_project and imported.is_named(program):
            whose = Owner.HOST_UNKNOWN if imported.led else Owner.OPENAI
            awaited = is_awaited(program, owner)
        if whose is Owner.OPENAI and _is_led_elsewhere(program):
            whose = Owner.HOST_UNKNOWN
        if made_up and whose is Owner.UNKNOWN and not may_be_openais(program, owner):
            continue  # Coze's and Retab's own clients have methods of these names
        method = name.removeprefix("beta.")
        setting = ""
        if whose is Owner.UNKNOWN and imported is not None and imported.is_of_a_project:
            setting = imported.setting(program)
        found.append(SdkCall(endpoint, node, owner, method, whose, awaited, made_up, setting))
    return found


def _names_a_workflow(call: cst.Call) -> bool:
    """Whether what would make a workflow runs one: it names it, and gives it an input."""
    named = {arg.keyword.value for arg in call.args if arg.keyword is not None}
    return bool(named & {"workflow_id", "workflow"}) and bool(named & {"input", "inputs"})


def thread_calls(program: Program) -> list[cst.Call]:
    """Every call on threads and what is on them that may be one to OpenAI."""
    elsewhere = (Owner.AZURE, Owner.OTHER_HOST)
    return [
        call.call
        for call in find_sdk_calls(program)
        if not call.made_up and call.owner not in elsewhere and call.method.startswith("threads.")
    ]


def _is_led_elsewhere(program: Program) -> bool:
    """Whether the file sets the host of a client after it is made, or of the module."""
    return any(
        isinstance(target.target, cst.Attribute)
        and target.target.attr.value in _ELSEWHERE
        and dotted(target.target.value) != "self"
        for node in program.tree.nodes
        if isinstance(node, cst.Assign)
        for target in node.targets
    )


def may_be_openais(program: Program, client: cst.BaseExpression, *, by_import: bool = True) -> bool:
    """Whether a client of unknown origin is OpenAI's by its name, its type or the file's imports.

    Of a name alone nothing is known where the file imports another library of such clients.
    ``by_import`` False asks for more than that the file imports OpenAI's library.
    """
    name = dotted(client).lower()
    if "openai" in name:
        return True
    if any(other in name for other in ("coze", "retab")):
        return False
    declared = [d.node for d in program.resolver.definitions(client)]
    if isinstance(client, cst.Attribute) and isinstance(client.value, cst.Name):
        owner = program.resolver.class_of(client.value)
        declared += [
            inner
            for inner in (() if owner is None else program.tree.below(owner.body))
            if isinstance(inner, cst.AnnAssign) and dotted(inner.target) == client.attr.value
        ]
    for node in declared:
        annotation = getattr(node, "annotation", None)
        if isinstance(annotation, cst.Annotation):
            named = program.tree.below(annotation.annotation)
            return any(program.scopes.imported(inner) in _MAKERS for inner in named)
    imported = set()
    for inner in program.tree.nodes:
        if isinstance(inner, cst.ImportFrom) and inner.module is not None:
            imported.add(dotted(inner.module).split(".")[0])
        elif isinstance(inner, cst.Import):
            imported |= {dotted(alias.name).split(".")[0] for alias in inner.names}
    return by_import and "openai" in imported and not imported & _OTHERS


def without_options(client: cst.BaseExpression) -> cst.BaseExpression:
    """The client behind `client.with_options(timeout=20)`, where that asks the same host."""
    if not isinstance(client, cst.Call) or not isinstance(client.func, cst.Attribute):
        return client
    named = {"" if arg.keyword is None else arg.keyword.value for arg in client.args}
    same = client.func.attr.value in _COPIES and named <= _SAME_HOST
    return client.func.value if same else client


def is_same_client(tree: Tree, one: SdkCall, other: SdkCall) -> bool:
    """Whether two calls are made on one client, whatever options it is given for each."""
    first, second = (tree.source(without_options(call.client)) for call in (one, other))
    return first == second


def _made(program: Program, node: cst.BaseExpression, depth: int = 0) -> cst.Call | None:
    """The call that makes a client: through names, a parameter's default, a function's result."""
    if depth > _MOST_STEPS:
        return None
    if isinstance(node, cst.BooleanOperation) and isinstance(node.operator, cst.Or):
        # `client or OpenAI()`: a client that is given is taken for what it falls back to.
        given = program.resolver.definitions(node.left)
        is_given = len(given) == 1 and isinstance(given[0].node, cst.Param)
        return _made(program, node.right, depth + 1) if is_given else None
    if without_options(node) is not node:
        return _made(program, without_options(node), depth + 1)
    if isinstance(node, cst.Call):
        returned = program.clients.returned(node)
        return node if returned is None else _made(program, returned, depth + 1)
    definitions = program.resolver.definitions(node)
    if len(definitions) != 1:
        kept = kept_in_state(program.tree, node)
        return None if kept is None else _made(program, kept[1], depth + 1)
    value = definitions[0].value
    if isinstance(definitions[0].node, cst.Param):
        param = definitions[0].node
        value = program.clients.provided(param) or param.default or _given(program, param)
    return None if value is None else _made(program, value, depth + 1)


def owner_of(program: Program, client: cst.BaseExpression) -> Owner:
    """Whose client an expression is, as far as the file tells."""
    return _owner(program, client)[0]


def _owner(program: Program, client: cst.BaseExpression) -> tuple[Owner, bool]:
    if program.scopes.imported(client) == "openai":
        return Owner.OPENAI, False
    value = _made(program, client)
    if value is None:
        return _by_type(program, client)
    name = program.scopes.imported(value.func)
    if name in _AZURE:
        return Owner.AZURE, False
    if name not in _MAKERS:
        return Owner.UNKNOWN, False
    for arg in value.args:
        if arg.star or (arg.keyword is not None and arg.keyword.value == "http_client"):
            return Owner.HOST_UNKNOWN, _MAKERS[name]
        if arg.keyword is not None and arg.keyword.value == "default_headers":
            if not isinstance(arg.value, cst.Dict) or "beta" in program.tree.source(arg).lower():
                return Owner.BETA_HEADER, _MAKERS[name]
        if arg.keyword is not None and arg.keyword.value == "base_url":
            texts = program.resolver.value(arg.value).texts
            if any(HOLE in text for text in texts):
                return Owner.HOST_UNKNOWN, _MAKERS[name]
            if any(text.rstrip("/") != _OPENAI_URL for text in texts):
                return Owner.OTHER_HOST, _MAKERS[name]
    return Owner.OPENAI, _MAKERS[name]


def _by_type(program: Program, client: cst.BaseExpression) -> tuple[Owner, bool]:
    """Whose client it is that other files hand in, by its annotation."""
    name = type_of_handed(program, client, lambda given: owner_of(program, given) is Owner.OPENAI)
    owner = Owner.AZURE if name in _AZURE else Owner.OPENAI if name in _MAKERS else Owner.UNKNOWN
    return owner, _MAKERS.get(name, False)


def is_typed(program: Program, client: cst.BaseExpression) -> bool:
    """Whether only a client's annotation tells whose it is."""
    is_module = program.scopes.imported(client) == "openai"
    made = is_module or _made(program, client) is not None
    return not made and _by_type(program, client)[0] is Owner.OPENAI


def _given(program: Program, param: cst.Param) -> cst.BaseExpression | None:
    """What all calls of a function give a parameter, where that is one thing and all are known."""
    function = program.tree.around(param, cst.FunctionDef)
    if function is None:
        return None
    sites = program.sites
    callers = sites.of(function)
    if not callers.closed:
        return None
    given = {
        None if value is None else program.resolver.single(value)
        for value in (sites.argument(call, function, param) for call in callers.calls)
    }
    return given.pop() if len(given) == 1 else None


def keywords(call: cst.Call) -> dict[str, cst.BaseExpression] | None:
    """A call's arguments by name; None where some have none. A first one without is `thread_id`."""
    found: dict[str, cst.BaseExpression] = {}
    for number, arg in enumerate(call.args):
        if arg.star or (arg.keyword is None and number):
            return None
        name = "thread_id" if arg.keyword is None else arg.keyword.value
        found[name] = arg.value
    return found
