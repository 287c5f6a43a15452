"""The README's example of Python is what callmend writes."""

from __future__ import annotations

from callmend.settings import Settings
from tests.python_invariants import check
from tests.tools import ROOT


def _example() -> tuple[list[str], list[str]]:
    """The lines of the README's diff, before and after."""
    section = (ROOT / "README.md").read_text().partition("### Python files")[2]
    lines = section.partition("```diff\n")[2].partition("```")[0].splitlines()
    old = [line[1:] for line in lines if line[:1] != "+"]
    return old, [line[1:] for line in lines if line[:1] != "-"]


def test_the_example_is_what_is_written() -> None:
    old, new = _example()
    head = 'import requests\n\nKEY = "k"\nWORKFLOW_ID = "wf_1"\n\n\ndef ask(question: str):\n'
    source = head + "\n".join(old) + "\n"
    result = check(source.encode(), "a.py", Settings(target="responses")).result.decode()
    assert "requests.post(" in "\n".join(new)
    assert "\n".join(new) + "\n" in result
