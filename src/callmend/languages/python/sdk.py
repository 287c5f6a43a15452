"""Calls of OpenAI's own Python client that send to dead endpoints, and whose client it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache

import libcst as cst

from callmend.endpoints import Endpoint, catalogue
from callmend.languages.python.program import Program
from callmend.languages.python.tree import dotted
from callmend.languages.python.values import HOLE

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
_STARTS = frozenset(
    {
        "create_and_run", "create_and_run_poll", "create_and_run_stream", "create_and_poll",
        "create_and_stream", "stream",
    }
)  # fmt: skip
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

    ``made_up`` tells that the client never had such a method.
    """

    endpoint: Endpoint
    call: cst.Call
    client: cst.BaseExpression
    method: str
    owner: Owner
    awaited: bool
    made_up: bool = False

    @property
    def starts_a_run(self) -> bool:
        """Whether the call starts a run, from which a flow is followed."""
        last = self.method.rsplit(".", 1)[-1]
        if self.made_up:
            return not self.endpoint.part
        return self.method == "threads.runs.create" or last in _STARTS


@cache
def _methods() -> dict[str, Endpoint]:
    """The endpoint of each method, by its name in Python."""
    return {
        _CAPITAL.sub("_", name).lower(): endpoint
        for endpoint in catalogue()
        for name in (*endpoint.sdk, *endpoint.invented)
    }


def find_sdk_calls(program: Program) -> list[SdkCall]:
    """Every such call of a file, in source order."""
    found = []
    for node in program.tree.nodes:
        if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
            continue
        path: list[str] = []
        owner: cst.BaseExpression = node.func
        while isinstance(owner, cst.Attribute):
            path.insert(0, owner.attr.value)
            owner = owner.value
            if path[0] in ("beta", "workflows"):
                break
        name = ".".join(path)
        endpoint = _methods().get(name)
        if endpoint is None:
            continue
        made_up = path[0] == "workflows"
        if made_up and isinstance(owner, cst.Attribute) and owner.attr.value == "beta":
            owner = owner.value
        whose, awaited = _owner(program, owner)
        if whose is Owner.OPENAI and _is_led_elsewhere(program):
            whose = Owner.HOST_UNKNOWN
        if made_up and whose is Owner.UNKNOWN and "openai" not in dotted(owner).lower():
            continue  # Coze's and Retab's own clients have methods of these names
        method = name.removeprefix("beta.")
        found.append(SdkCall(endpoint, node, owner, method, whose, awaited, made_up))
    return found


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


def _owner(program: Program, client: cst.BaseExpression) -> tuple[Owner, bool]:
    if program.scopes.imported(client) == "openai":
        return Owner.OPENAI, False
    value = program.resolver.single(client)
    if not isinstance(value, cst.Call):
        return Owner.UNKNOWN, False
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


def keywords(call: cst.Call) -> dict[str, cst.BaseExpression] | None:
    """A call's arguments by name; None where some have none. A first one without is `thread_id`."""
    found: dict[str, cst.BaseExpression] = {}
    for number, arg in enumerate(call.args):
        if arg.star or (arg.keyword is None and number):
            return None
        name = "thread_id" if arg.keyword is None else arg.keyword.value
        found[name] = arg.value
    return found
