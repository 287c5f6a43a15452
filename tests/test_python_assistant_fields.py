"""Assistants that an object keeps, in Python: what they were made with goes to the run, or left."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check

_RESPONSES = Settings(target="responses")
_MAKE = 'self.assistant = client.beta.assistants.create(name="K", instructions="Be K.", model="m")'
_PROGRAM = """\
import os

from openai import OpenAI

client = OpenAI()


class Bot:
    def __init__(self, prompt):
        self.asked = 0
        MAKE

    def ask(self, text):
        thread = client.beta.threads.create()
        client.beta.threads.messages.create(thread_id=thread.id, role="user", content=text)
        run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=KEPT)
        if run.status != "completed":
            raise RuntimeError(run.status)
        messages = client.beta.threads.messages.list(thread_id=thread.id)
        return messages.data[0].content[0].text.value
"""


def _program(make: str = _MAKE, kept: str = "self.assistant.id", more: str = "") -> bytes:
    return (_PROGRAM.replace("MAKE", make).replace("KEPT", kept) + more).encode()


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        pytest.param(_program(), ['instructions="Be K."'], id="instructions-written-out"),
        pytest.param(
            _program(_MAKE.replace('"Be K."', "prompt")),
            ["self.assistant_instructions = prompt", "instructions=self.assistant_instructions"],
            id="instructions-of-the-constructor",
        ),
        pytest.param(
            _program(_MAKE.replace('"Be K."', "load(prompt)")),
            ["self.assistant_instructions = load(prompt)"],
            id="instructions-that-are-computed",
        ),
        pytest.param(
            _program(
                _MAKE.replace('"Be K."', "prompt"), more="\n    def assistant_instructions(self):\n"
                "        return 1\n",
            ),
            ["self.assistant_instructions_2 = prompt"],
            id="field-of-that-name-is-taken",
        ),
        pytest.param(
            _program(_MAKE.replace('name="K"', 'name=f"{prompt}!"')),
            ['instructions="Be K."'],
            id="name-that-goes",
        ),
        pytest.param(
            _program('self.assistant = client.beta.assistants.retrieve(os.environ["A"])'),
            ["responses.create(model="],
            id="assistant-of-the-server",
        ),
        pytest.param(
            _program(
                _MAKE.replace("self.assistant", "made") + "\n        self.kept = made.id",
                "self.kept",
            ),
            ['instructions="Be K."'],
            id="id-in-a-field",
        ),
        pytest.param(
            _program().replace(b"        self.asked = 0\n", b""),
            ["    def __init__(self, prompt):\n        pass\n", 'instructions="Be K."'],
            id="constructor-that-does-nothing-else",
        ),
    ],
)  # fmt: skip
def test_the_assistant_goes_and_its_instructions_are_sent(source: bytes, wanted: list[str]) -> None:
    migration = check(source, settings=_RESPONSES)
    assert {f.bucket for f in migration.findings} == {Bucket.MIGRATED}
    new = migration.result.decode()
    flat = new.replace("(\n            model=", "(model=")
    assert [words for words in wanted if words not in flat] == []
    assert "beta" not in new
    assert "made" not in new


_READ = "\n    def told(self):\n        return self.assistant.name\n"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        pytest.param(_program(more=_READ), "assistant-kept", id="read-elsewhere"),
        pytest.param(
            _program(more='\n\ndef told(bot):\n    return getattr(bot, "assistant", None)\n'),
            "assistant-kept", id="read-by-its-name",
        ),
        pytest.param(
            _program(more="\n\ndef told(bot):\n    return bot.assistant.id\n"),
            "assistant-kept", id="read-from-outside",
        ),
        pytest.param(
            _program(f"self.assistant = None\n        {_MAKE}"), "assistant-kept",
            id="assigned-twice",
        ),
        pytest.param(
            _program(f"if prompt:\n            {_MAKE}\n        else:\n            "
                     'self.assistant = client.beta.assistants.retrieve("asst_1")'),
            "assistant-kept", id="made-or-asked-for",
        ),
        pytest.param(
            _program(f"self.other = {_MAKE}"), "run-not-followed", id="in-two-fields",
        ),
        pytest.param(
            _program(_MAKE.replace('name="K"', "name=named()")), "run-parameter",
            id="name-that-is-computed",
        ),
        pytest.param(
            _program(_MAKE.replace('model="m"', 'model="m", tools=prompt')),
            "run-parameter|name-not-in-scope|tool-setup", id="tools-that-are-handed-in",
        ),
        pytest.param(
            _program(f"if prompt:\n            {_MAKE}"), "needs-braces",
            id="only-statement-of-a-branch",
        ),
        pytest.param(
            _program(
                _MAKE.replace("self.assistant", "made") + "\n        self.kept = made.id",
                "self.kept", more="\n    def told(self):\n        return self.kept\n",
            ),
            "assistant-kept", id="id-in-a-field-that-is-read-elsewhere",
        ),
        pytest.param(
            _program(_MAKE.replace('"Be K."', "(  # briefly\n            prompt)")),
            "comment-would-be-lost", id="comment-at-the-instructions",
        ),
    ],
)  # fmt: skip
def test_an_assistant_that_is_not_certain_is_left(source: bytes, reason: str) -> None:
    migration = check(source, settings=_RESPONSES)
    assert not migration.changed
    codes = {f.reason.code for f in migration.findings if f.reason is not None}
    assert codes & set(reason.split("|"))


def test_a_variable_that_is_made_in_two_ways_is_left() -> None:
    either = (
        "if prompt:\n            made = client.beta.assistants.retrieve(prompt)\n        else:\n"
        '            made = client.beta.assistants.create(model="m")\n'
        "        self.kept = made"
    )
    migration = check(_program(either, "made.id").replace(b"def ask(self, text):\n", (
        b"def ask(self, text, prompt=None):\n        if prompt:\n"
        b"            made = client.beta.assistants.retrieve(prompt)\n        else:\n"
        b'            made = client.beta.assistants.create(model="m")\n'
    )), settings=_RESPONSES)  # fmt: skip
    assert migration.failure is None
    assert not migration.changed
