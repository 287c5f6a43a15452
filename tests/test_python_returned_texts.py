"""Texts of messages that a function declares to return: mypy finds no less of them afterwards."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check
from tests.skipping import needs

_RESPONSES = Settings(target="responses")
_HEAD = """\
from openai import OpenAI

client = OpenAI()


def start() -> str:
    return client.beta.threads.create().id


def ask(thread_id: str, question: str) -> None:
    client.beta.threads.messages.create(thread_id, role="user", content=question)
    client.beta.threads.runs.create_and_poll(thread_id=thread_id, assistant_id="asst_1")


def last(thread_id: str) -> $DECLARED:
    messages = client.beta.threads.messages.list(thread_id=thread_id)
$READ
"""
_LOOP = """\
    for message in messages:
        for part in message.content:
            if part.type == "text":
                $RETURN
    return ""
"""
_FIRST = """\
    part = messages.data[0].content[0]
    if part.type != "text":
        raise ValueError("no text")
    $RETURN
"""
#: How the text is given back, and how it stands there then.
GIVEN = {
    "at-once": (_LOOP, "return part.text.value", "return str(part.text)"),
    "with-a-method": (_LOOP, "return part.text.value.strip()", "return str(part.text).strip()"),
    "of-the-first-part": (_FIRST, "return part.text.value", "return str(part.text)"),
    "by-a-name": (
        _FIRST,
        "text = part.text.value\n    return text",
        "text = str(part.text)\n    return text",
    ),
}


def _program(read: str, declared: str = "str") -> bytes:
    return _HEAD.replace("$DECLARED", declared).replace("$READ\n", read).encode()


@pytest.mark.parametrize("declared", ["str", "str | None"])
@pytest.mark.parametrize(("around", "before", "after"), GIVEN.values(), ids=GIVEN)
def test_a_text_that_is_declared_is_one(
    around: str, before: str, after: str, declared: str
) -> None:
    migration = check(_program(around.replace("$RETURN", before), declared), settings=_RESPONSES)
    assert {f.bucket for f in migration.findings} == {Bucket.MIGRATED}
    assert after in migration.result.decode()


def test_mypy_finds_nothing_new(tmp_path: Path) -> None:
    needs("mypy")
    for number, (around, before, _) in enumerate(GIVEN.values()):
        source = _program(around.replace("$RETURN", before))
        result = check(source, settings=_RESPONSES).result
        (tmp_path / f"before_{number}.py").write_bytes(source)
        (tmp_path / f"after_{number}.py").write_bytes(result)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


UNTOUCHED = {
    "nothing-is-declared": ("object", _LOOP.replace("$RETURN", "return part.text.value")),
    "a-list-is-declared": (
        "list[str]",
        '    return [p.text.value for m in messages for p in m.content if p.type == "text"]\n',
    ),
    "str-is-another": (
        "str",
        "    from own import str\n" + _LOOP.replace("$RETURN", "return part.text.value"),
    ),
    "it-is-shown": ("str", _LOOP.replace("$RETURN", "print(part.text.value)")),
    "it-is-joined": ("str", _FIRST.replace("$RETURN", 'return "> " + part.text.value')),
}


@pytest.mark.parametrize(("declared", "read"), UNTOUCHED.values(), ids=UNTOUCHED)
def test_another_reading_stays_as_it_is(declared: str, read: str) -> None:
    migration = check(_program(read, declared), settings=_RESPONSES)
    assert {f.bucket for f in migration.findings} == {Bucket.MIGRATED}
    assert b"str(" not in migration.result
