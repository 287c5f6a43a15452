"""A run's own `thread_id` in Python: the conversation's id, of a variable where one is certain."""

from __future__ import annotations

import pytest

from callmend.settings import Settings
from tests.python_invariants import check
from tests.test_python_sdk_left import POLL, THREAD, one, program, several

_RESPONSES = Settings(target="responses")
_ALL = """\
    for message in client.beta.threads.messages.list(thread_id=run.thread_id).data:
        print(message.content[0].text.value)
"""
#: A program, and what is read in the place of `run.thread_id`.
READS = {
    "of-a-conversation-that-is-made": (
        program(one(read=f"{_ALL}    return run.thread_id\n")),
        "conversation.id",
    ),
    "of-one-where-the-name-is-taken": (
        program(f"    conversation = 1\n{one(read=_ALL)}    return conversation\n"),
        "conversation_2.id",
    ),
    "of-the-thread": (program(several(read=f"{_ALL}    return run.thread_id\n")), "thread.id"),
    "of-a-thread-that-is-another-one-then": (
        program(several(THREAD, POLL, read=f"    thread = other()\n{_ALL}    return thread\n")),
        "run.conversation.id",
    ),
    "of-a-run-in-a-field": (
        program(one(read=_ALL).replace("run = ", "app.run = ").replace("run.t", "app.run.t")),
        "app.run.conversation.id",
    ),
}


@pytest.mark.parametrize(("source", "shown"), READS.values(), ids=READS)
def test_what_is_read_in_the_place_of_the_threads_id(source: bytes, shown: str) -> None:
    result = check(source, settings=_RESPONSES).result.decode()
    assert f"conversations.items.list({shown}" in result
    assert "thread_id=" not in result.partition("def ask")[2].partition("\n")[2]
