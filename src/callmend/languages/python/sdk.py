"""Calls of OpenAI's own Python client that send to dead endpoints, and whose client it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache

import libcst as cst

from callmend.endpoints import Endpoint, catalogue
from callmend.languages.python.program import Program
from callmend.languages.python.values import HOLE

_OPENAI_URL = "https://api.openai.com/v1"
_MADE_UP = "workflows.runs.create"
_MAKERS = {
    "openai.OpenAI": False,
    "openai.Client": False,
    "openai.AsyncOpenAI": True,
    "openai.AsyncClient": True,
}
_AZURE = ("openai.AzureOpenAI", "openai.AsyncAzureOpenAI")
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Owner(Enum):
    """Whose client a call is made on."""

    OPENAI = "openai"
    AZURE = "azure"
    OTHER_HOST = "other-host"
    HOST_UNKNOWN = "host-unknown"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SdkCall:
    """One call; ``method`` is its name behind ``beta.`` (``threads.runs.create``)."""

    endpoint: Endpoint
    call: cst.Call
    client: cst.BaseExpression
    method: str
    owner: Owner
    awaited: bool

    @property
    def starts_a_run(self) -> bool:
        """Whether the call starts a run, from which a flow is followed."""
        last = self.method.rsplit(".", 1)[-1]
        return (
            self.method == _MADE_UP
            or last
            in (
                "create_and_run",
                "create_and_run_poll",
                "create_and_run_stream",
                "create_and_poll",
                "create_and_stream",
                "stream",
            )
            or self.method == "threads.runs.create"
        )

    @property
    def made_up(self) -> bool:
        """Whether the client has no such method at all."""
        return self.method == _MADE_UP


@cache
def _methods() -> dict[str, Endpoint]:
    """The endpoint of each method, by its name in Python."""
    found = {
        _CAPITAL.sub("_", name).lower(): endpoint
        for endpoint in catalogue()
        for name in endpoint.sdk
    }
    for endpoint in catalogue():
        if endpoint.id == "workflows-runs":
            found[_MADE_UP] = endpoint
    return found


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
        whose, awaited = _owner(program, owner)
        if name == _MADE_UP and whose is not Owner.OPENAI:
            continue  # Coze's and Retab's own clients have a method of that name
        method = name.removeprefix("beta.")
        found.append(SdkCall(endpoint, node, owner, method, whose, awaited))
    return found


def _owner(program: Program, client: cst.BaseExpression) -> tuple[Owner, bool]:
    if program.scopes.imported(client) == "openai":
        return Owner.OPENAI, False
    definitions = program.resolver.definitions(client)
    if isinstance(client, cst.Call):
        value: cst.BaseExpression | None = client
    else:
        value = definitions[0].value if len(definitions) == 1 else None
    if not isinstance(value, cst.Call):
        return Owner.UNKNOWN, False
    name = program.scopes.imported(value.func)
    if name in _AZURE:
        return Owner.AZURE, False
    if name not in _MAKERS:
        return Owner.UNKNOWN, False
    for arg in value.args:
        if arg.star:
            return Owner.HOST_UNKNOWN, _MAKERS[name]
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
