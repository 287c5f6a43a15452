"""Assistants and threads of OpenAI's own Python client that other functions and rows keep."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check

_RESPONSES = Settings(target="responses")
_MADE = """\
import os

from openai import OpenAI

client = OpenAI()
ASSISTANT = os.environ.get("ASSISTANT") or "asst_1"


def make():
    return client.beta.assistants.create(
        model="gpt-4o", instructions="Cite the book.", tools=[{"type": "file_search"}]
    )


def ask(assistant, text):
    thread = client.beta.threads.create(messages=[{"role": "user", "content": text}])
    run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=KEPT)
    if run.status != "completed":
        raise RuntimeError(run.status)
    return client.beta.threads.messages.list(thread_id=thread.id).data[0].content[0].text.value
"""
_STORED = """\
import os
import time

from openai import OpenAI

client = OpenAI()


class Chat:
    FIELD

    def ask(self, person, text):
        if not KEPT:
            thread = client.beta.threads.create()
            KEPT = thread.id
        client.beta.threads.messages.create(thread_id=KEPT, role="user", content=text)
        run = client.beta.threads.runs.create(thread_id=KEPT, assistant_id=os.environ["A"])
        deadline = time.monotonic() + 30
        while run.status in ("queued", "in_progress"):
            if time.monotonic() > deadline:
                raise TimeoutError(run.status)
            time.sleep(0.5)
            run = client.beta.threads.runs.retrieve(run.id, thread_id=KEPT)
        if run.status != "completed":
            raise RuntimeError(run.status)
        messages = client.beta.threads.messages.list(thread_id=KEPT, limit=1)
        return messages.data[0].content[0].text.value
"""


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param("assistant.id", id="given-as-an-object"),
        pytest.param("assistant", id="given-as-an-id"),
        pytest.param("make().id", id="made-on-the-spot"),
    ],
)
def test_an_assistant_that_another_function_makes_is_not_thrown_away(kept: str) -> None:
    source = _MADE.replace("KEPT", kept).encode()
    run = next(
        f for f in check(source, settings=_RESPONSES).findings if f.endpoint == "sdk-thread-runs"
    )
    assert run.bucket is Bucket.LEFT
    assert run.reason is not None
    assert run.reason.code in ("assistant-kept", "run-parameter")


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param("ASSISTANT", id="constant-of-a-setting"),
        pytest.param('os.environ["OTHER"]', id="environment"),
        pytest.param('"asst_2"', id="written-down"),
    ],
)
def test_an_assistant_of_the_settings_is_none_that_the_file_makes(kept: str) -> None:
    source = _MADE.replace("KEPT", kept).encode()
    migration = check(source, settings=_RESPONSES)
    run = next(f for f in migration.findings if f.endpoint == "sdk-thread-runs")
    assert run.bucket is Bucket.MIGRATED, run


@pytest.mark.parametrize(
    ("kept", "field", "stored"),
    [
        pytest.param("person.thread_id", "x = 1", True, id="row-of-another-module"),
        pytest.param("self.thread_id", "thread_id: str | None = None", True, id="declared-field"),
        pytest.param("self.thread_id", "thread_id = Column(String)", True, id="column"),
        pytest.param("self.thread_id", "thread_id = None", False, id="field-that-starts-as-none"),
    ],
)
def test_a_thread_that_may_be_kept_is_said_to_be_lost(
    kept: str, field: str, *, stored: bool
) -> None:
    source = _STORED.replace("KEPT", kept).replace("FIELD", field).encode()
    migration = check(source, settings=_RESPONSES)
    assert {f.bucket for f in migration.findings} == {Bucket.MIGRATED}
    notes = [note.text for f in migration.findings for note in f.notes]
    assert any("thread_... ids cannot be carried over" in note for note in notes) is stored
    assert (b"# Stored thread_... ids ended" in migration.result) is stored
