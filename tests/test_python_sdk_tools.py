"""Tools that a Python file keeps in a variable: it gets those of a response, where it may."""

from __future__ import annotations

import pytest

from callmend.settings import Settings
from tests.python_invariants import check
from tests.test_python_sdk_left import _LISTED, tools

_RESPONSES = Settings(target="responses")
_FLAT = '[{"type": "function", "name": "now", "parameters": None, "strict": False}]'


def _result(name: str, *, ahead: str = "", above: str = "") -> str:
    source = tools(given=f"tools={name}", ahead=ahead)
    if above:
        source = source.replace(b"\n\n\ndef ", f"\n{above}\n\n\ndef ".encode(), 1)
    return check(source, settings=_RESPONSES).result.decode()


IN_PLACE = {
    "of-the-function": ("tools", f"    tools = {_LISTED}\n", ""),
    "a-private-one-of-the-module": ("_TOOLS", "", f"_TOOLS = {_LISTED}"),
}


@pytest.mark.parametrize(("name", "ahead", "above"), IN_PLACE.values(), ids=IN_PLACE)
def test_it_gets_them_and_both_calls_its_name(name: str, ahead: str, above: str) -> None:
    result = _result(name, ahead=ahead, above=above)
    assert f"{name} = {_FLAT}\n" in result
    assert result.count(f"tools={name},") == 2
    assert result.count('"type": "function"') == 1


WRITTEN_OUT = {
    "another-file-may-import-it": ("TOOLS", "", f"TOOLS = {_LISTED}"),
    "it-is-shared-with-another-call": (
        "_TOOLS",
        "",
        f"_TOOLS = {_LISTED}\n\n\ndef more(q):\n"
        "    return client.chat.completions.create(model='m', messages=q, tools=_TOOLS)",
    ),
}


@pytest.mark.parametrize(("name", "ahead", "above"), WRITTEN_OUT.values(), ids=WRITTEN_OUT)
def test_they_are_written_out_because(name: str, ahead: str, above: str) -> None:
    result = _result(name, ahead=ahead, above=above)
    assert f"{name} = {_LISTED}\n" in result
    assert result.count('"strict": False') == 2
