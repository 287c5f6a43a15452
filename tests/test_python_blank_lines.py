"""Blank lines around a Python statement that goes: no two of them meet in a block."""

from __future__ import annotations

import pytest

from callmend.settings import Settings
from tests.python_invariants import check
from tests.test_python_sdk_left import KEPT, KEPT_POLL, THREAD, program, several

_RESPONSES = Settings(target="responses")
_SPACED = {
    "a-blank-line-on-both-sides": program(
        f"    name = question\n\n{KEPT}\n{several('', KEPT_POLL)}"
    ),
    "two-statements": program(
        "    name = question\n\n" + THREAD.replace(")\n    c", ")\n\n    c") + "\n" + several("")
    ),
    "a-blank-line-above": program(f"    name = question\n\n{KEPT}{several('', KEPT_POLL)}"),
    "a-blank-line-below": program(f"    name = question\n{KEPT}\n{several('', KEPT_POLL)}"),
    "windows-line-ends": program(
        f"    name = question\n\n{KEPT}\n{several('', KEPT_POLL)}"
    ).replace(b"\n", b"\r\n"),
}


@pytest.mark.parametrize("source", _SPACED.values(), ids=_SPACED)
def test_no_two_blank_lines_meet(source: bytes) -> None:
    result = check(source, settings=_RESPONSES).result.decode().replace("\r\n", "\n")
    asked = result[result.index("def ask(") :]
    assert "responses.create" in asked
    assert "\n\n\n" not in asked
    assert "    name = question\n\n" in asked


_MADE = 'assistant = client.beta.assistants.create(model="gpt-6-luna", instructions="Be brief.")\n'


@pytest.mark.parametrize(
    ("above", "below", "left"),
    [(1, 2, 2), (2, 1, 2), (2, 2, 2), (1, 1, 2), (0, 2, 2)],
    ids=["before-a-function", "behind-a-function", "between-functions", "one-each", "none-above"],
)
def test_no_more_than_two_blank_lines_meet_in_the_module(above: int, below: int, left: int) -> None:
    made = f"one = 1\n{above * chr(10)}{_MADE}{below * chr(10)}def other():\n    pass\n\n\ndef ask"
    source = program(f"{KEPT}{several('', KEPT_POLL)}").decode()
    source = source.replace("def ask", made, 1).replace(
        "assistant_id=ASSISTANT", "assistant_id=assistant.id"
    )
    result = check(source.encode(), settings=_RESPONSES).result.decode()
    assert "Be brief." in result
    assert "beta" not in result
    assert f"one = 1\n{left * chr(10)}def other()" in result


def test_a_function_above_lines_that_go_has_two_blank_lines_around_it() -> None:
    script = (
        'from openai import OpenAI\n\nclient = OpenAI()\nquestion = input("? ")\n\n'
        "thread = client.beta.threads.create()\n"
        'client.beta.threads.messages.create(thread_id=thread.id, role="user", content=question)\n'
        "run = client.beta.threads.runs.create_and_poll(\n"
        '    thread_id=thread.id, assistant_id="asst_1"\n)\n'
        "page = client.beta.threads.messages.list(thread_id=thread.id)\n"
        "print(page.data[0].content[0].text.value)\n"
    )
    for gap in ("", "\n", "\n\n"):
        source = script.replace("\n\nthread", f"\n{gap}thread")
        result = check(source.encode(), settings=_RESPONSES).result.decode()
        assert 'input("? ")\n\n\ndef checked_text(' in result
        assert "return text\n\n\nrun = client.responses.create(" in result
        assert "\n\n\n\n" not in result


@pytest.mark.parametrize("head", ["", "    if question:\n"], ids=["of-a-function", "of-an-if"])
def test_a_block_does_not_begin_with_a_blank_line(head: str) -> None:
    body = f"{KEPT}\n{several('', KEPT_POLL)}"
    if head:
        body = head + "".join(f"    {line}\n" if line else "\n" for line in body.splitlines())
    result = check(program(body), settings=_RESPONSES).result.decode()
    assert "beta" not in result
    assert ":\n\n" not in result[result.index("def ask(") :]


def test_a_comment_that_a_block_begins_with_keeps_its_blank_line() -> None:
    source = program(f"    # The question:\n{KEPT}\n{several('', KEPT_POLL)}")
    result = check(source, settings=_RESPONSES).result.decode()
    assert "    # The question:\n\n" in result
