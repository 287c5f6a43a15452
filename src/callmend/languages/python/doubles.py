"""Test doubles in Python: calls that set up or check one, and names that are bound to one."""

from __future__ import annotations

import libcst as cst

from callmend.languages.python.scopes import Definition, Scopes
from callmend.languages.python.tree import dotted
from callmend.languages.python.values import Resolver

_DOUBLES = frozenset(
    {"responses", "respx", "requests_mock", "httpretty", "aioresponses", "pytest_httpx",
     "httpx_mock", "pook", "mocket", "vcr", "mock", "unittest", "pytest", "nock"}
)  # fmt: skip
_DOUBLE_NAMES = frozenset(
    {"requests_mock", "requests_mocker", "httpx_mock", "respx_mock", "aioresponses_mock",
     "mock_aioresponse", "mocked_responses", "mocker", "monkeypatch", "rsps"}
)  # fmt: skip


def is_double(resolver: Resolver, scopes: Scopes, call: cst.Call) -> bool:
    """Whether a call sets up or checks a test double instead of sending a request."""
    name = scopes.imported(call.func) or dotted(call.func)
    first, _, rest = name.partition(".")
    if first in _DOUBLES or first in _DOUBLE_NAMES:
        return True
    last = rest.rsplit(".", 1)[-1]
    if last.startswith(("assert_", "add_response", "add_callback")) or "mock" in first.lower():
        return True
    root: cst.BaseExpression = call.func
    while isinstance(root, cst.Attribute):
        root = root.value
    found = resolver.definitions(root) if isinstance(root, cst.Name) else []
    return any(_stands_for_another(scopes, definition) for definition in found)


def _stands_for_another(scopes: Scopes, definition: Definition) -> bool:
    """Whether a name is bound to a test double, or given one by `@patch`."""
    made = [definition.value]
    function = scopes.tree.function_of(definition.node)
    if isinstance(definition.node, cst.Param) and isinstance(function, cst.FunctionDef):
        made += [decorator.decorator for decorator in function.decorators]
    for node in made:
        if isinstance(node, cst.Call):
            name = scopes.imported(node.func) or dotted(node.func)
            if name.split(".")[0] in (_DOUBLES | _DOUBLE_NAMES) or "Mock" in name:
                return name.split(".")[0] != "pytest"
    return False
