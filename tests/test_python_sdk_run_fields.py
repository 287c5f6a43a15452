"""What Python reads of a run besides its answer: its thread's id, and the tokens that it took."""

from __future__ import annotations

import pytest

from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check
from tests.test_python_sdk_left import POLL, READ, THREAD, one, program, several

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


_COUNTED = """\
    if run.usage:
        print(run.usage.prompt_tokens, run.usage.completion_tokens)
    usage = run.usage
    print(f"{usage.total_tokens} tokens")
"""


@pytest.mark.parametrize(
    "source",
    [program(several(read=_COUNTED + READ)), program(one(read=_COUNTED + READ))],
    ids=["of-a-run-on-a-thread", "of-a-run-with-its-thread"],
)
def test_the_tokens_are_read_by_their_names_in_a_response(source: bytes) -> None:
    result = check(source, settings=_RESPONSES).result.decode()
    assert "run.usage.input_tokens" in result
    assert "run.usage.output_tokens" in result
    assert '{usage.total_tokens} tokens"' in result
    assert "prompt_tokens" not in result
    assert "beta" not in result


@pytest.mark.parametrize(
    ("old", "new"),
    [("prompt_tokens", "input_tokens"), ("total_tokens", "total_tokens")],
)
def test_tokens_read_beside_the_newest_text_are_no_reason_for_a_conversation(
    old: str, new: str
) -> None:
    read = READ.replace("return ", f"return run.usage.{old}, ")
    result = check(program(one(read=read)), settings=_RESPONSES).result.decode()
    assert f"return run.usage.{new}, checked_text(run)" in result
    assert "conversation" not in result


def test_a_list_by_the_run_asks_for_no_thread() -> None:
    read = _ALL.replace("run.thread_id)", "run.thread_id, run_id=run.id)")
    result = check(program(one(read=read)), settings=_RESPONSES).result.decode()
    assert "client.responses.retrieve(run.id).output" in result
    assert "conversations.items" not in result


@pytest.mark.parametrize(
    "read", ["run.usage.prompt_token_details.cached_tokens", "count(run.usage)"]
)
def test_a_run_is_left_where_more_is_asked_of_its_tokens(read: str) -> None:
    migration = check(program(several(read=f"    print({read})\n{READ}")), settings=_RESPONSES)
    assert [f.reason for f in migration.findings] == [Reason.OTHER_READ]
    assert not migration.changed
