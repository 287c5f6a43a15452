"""Scripts that ask at the top of their file: where functions go, and what stands at that place."""

from __future__ import annotations

import re

import pytest

from callmend.settings import Settings
from tests.python_invariants import check

_HEAD = """\
from openai import AssistantEventHandler, OpenAI

client = OpenAI()


class Handler(AssistantEventHandler):
    def on_text_delta(self, delta, snapshot):
        print(delta.value)


"""
_THREAD = """\
thread = client.beta.threads.create()
client.beta.threads.messages.create(thread_id=thread.id, role="user", content="Hi")

"""
_STREAM = """\
with client.beta.threads.runs.stream(
    thread_id=thread.id, assistant_id="a", event_handler=Handler()
) as stream:
    stream.until_done()
"""
_POLL = """\
run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id="a")
messages = client.beta.threads.messages.list(thread_id=thread.id)
print(messages.data[0].content[0].text.value)
"""
#: What asks, and what the first statement of it becomes.
SCRIPTS = {
    "a-handler-that-is-made-where-it-is-given": (_STREAM, "handler = Handler()"),
    "a-run-that-is-waited-for": (_POLL, "run = client.responses.create("),
}


@pytest.mark.parametrize(("asks", "first"), SCRIPTS.values(), ids=SCRIPTS)
@pytest.mark.parametrize("between", ["", "\n"], ids=["two-blank-lines", "three-blank-lines"])
def test_a_function_stands_above_the_first_statement_that_needs_it(
    asks: str, first: str, between: str
) -> None:
    source = _HEAD + between + _THREAD + asks
    result = check(source.encode(), settings=Settings(target="responses")).result.decode()
    above, _, below = result.partition(f"\n{first}")
    assert below
    assert re.search(r"\n\n\ndef (answer_events|checked_text)\(", above)
    # Of the blank lines around what went, two are left; a third that was there before stays.
    blank = "\n" * (3 + len(between))
    assert re.search(rf"print\(delta(\.value)?\){blank}def ", above)


def test_nothing_of_a_comment_above_the_first_statement_moves() -> None:
    source = _HEAD + _THREAD + "# Ask\n" + _POLL
    result = check(source.encode(), settings=Settings(target="responses")).result.decode()
    assert "\n\n\n# Ask\nrun = client.responses.create(" in result
