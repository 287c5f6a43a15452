"""Comments inside of a call of OpenAI's own Python client that starts a run: above it, or left."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check
from tests.test_python_sdk_left import KEPT, program, several

_RESPONSES = Settings(target="responses")
_ARGUMENTS = (
    "\n        thread_id={thread},\n        assistant_id=ASSISTANT,{tail}\n        # {words}\n    "
)
_WORDS = 'instructions=f"You talk with {name}",'


def _call(thread: str, tail: str = "", words: str = _WORDS) -> str:
    inside = _ARGUMENTS.replace("{thread}", thread).replace("{tail}", tail)
    return f"create_and_poll({inside.replace('{words}', words)})"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(program(several(call=_call("thread.id"))), id="thread-of-one-run"),
        pytest.param(program(several(KEPT, _call("thread_id"))), id="thread-that-is-kept"),
        pytest.param(
            program(several(KEPT, _call("thread_id"), read="    return run.status\n")),
            id="run-apart-from-its-reading",
        ),
    ],
)
def test_an_argument_that_is_commented_out_stands_above_the_new_call(source: bytes) -> None:
    migration = check(source, settings=_RESPONSES)
    assert {f.bucket for f in migration.findings} == {Bucket.MIGRATED}, migration.findings
    text = migration.result.decode()
    above, call = text.index(f"    # {_WORDS}\n"), text.index("run = client.responses.create(")
    assert text[above:call].count("\n") == 1 or "# Stored" in text
    assert text.count(_WORDS) == 1


def test_each_comment_is_a_line() -> None:
    words = f"{_WORDS}\n        # tools=TOOLS,"
    migration = check(program(several(call=_call("thread.id", words=words))), settings=_RESPONSES)
    assert f"    # {_WORDS}\n    # tools=TOOLS,\n    run = client" in migration.result.decode()


def test_a_comment_about_an_argument_is_left_where_it_is() -> None:
    source = program(several(call=_call("thread.id", tail="  # the brief one")))
    migration = check(source, settings=_RESPONSES)
    assert not migration.changed
    codes = {f.reason.code for f in migration.findings if f.reason is not None}
    assert "comment-would-be-lost" in codes


def test_a_comment_in_the_head_of_a_stream_stands_above_it() -> None:
    source = program(
        KEPT
        + "    with client.beta.threads.runs.stream(\n        thread_id=thread_id,\n"
        + f"        assistant_id=ASSISTANT,\n        # {_WORDS}\n    ) as stream:\n"
        + "        for text in stream.text_deltas:\n            print(text)\n"
    )
    migration = check(source, settings=_RESPONSES)
    assert {f.bucket for f in migration.findings} == {Bucket.MIGRATED}, migration.findings
    text = migration.result.decode()
    assert f"    # {_WORDS}\n" in text
    assert text.index(_WORDS) < text.index("with client.responses.create(")
