"""Messages of parts in Python: each part as one of an input's, or left."""

from __future__ import annotations

import pytest

from callmend.settings import Settings
from tests.python_invariants import check
from tests.test_python_sdk_left import THREAD, program, several

_RESPONSES = Settings(target="responses")
_TEXT = '{"type": "text", "text": question}'
_INPUT = '{"type": "input_text", "text": question}'
_MADE = '    thread = client.beta.threads.create(messages=[{"role": "user", "content": %s}])\n'
#: What keeps each call of the flow at its place: the whole of the conversation is read.
_ALL = """\
    found = client.beta.threads.messages.list(thread_id=thread.id)
    return [message.content[0].text.value for message in found.data]
"""


def _with(content: str, head: str = "") -> bytes:
    return program(head + several(thread=THREAD.replace("=question)", f"={content})")))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        pytest.param(_TEXT, _INPUT, id="text"),
        pytest.param(
            "{'type': 'text', 'text': f'{question}?'}",
            "{'type': 'input_text', 'text': f'{question}?'}",
            id="text-in-single-quotes",
        ),
        pytest.param(
            '{"type": "image_url", "image_url": {"url": at, "detail": "low"}}',
            '{"type": "input_image", "image_url": at, "detail": "low"}',
            id="image-with-its-detail",
        ),
        pytest.param(
            '{"type": "image_url", "image_url": {"url": at}}',
            '{"type": "input_image", "image_url": at, "detail": "auto"}',
            id="image-without-a-detail",
        ),
        pytest.param(
            '{"image_file": {"file_id": at}, "type": "image_file"}',
            '{"type": "input_image", "file_id": at, "detail": "auto"}',
            id="image-of-a-file",
        ),
    ],
)
def test_a_part_becomes_one_of_the_input(given: str, wanted: str) -> None:
    new = check(_with(f"[{given}]"), settings=_RESPONSES).result.decode()
    assert f"[{wanted}]" in new
    assert given not in new


def test_parts_of_a_thread_that_stays_become_parts_of_its_items() -> None:
    made = program(several(thread=_MADE % f"[{_TEXT}]", read=_ALL))
    new = check(made, settings=_RESPONSES).result.decode()
    assert "client.conversations.create(" in new
    assert _INPUT in new
    assert '"type": "text"' not in new


def test_texts_of_a_thread_that_stays_are_not_touched() -> None:
    made = program(several(thread=_MADE % "question", read=_ALL))
    new = check(made, settings=_RESPONSES).result.decode()
    assert 'items=[{"role": "user", "content": question}]' in new


@pytest.mark.parametrize(
    ("content", "head"),
    [
        pytest.param("parts", f"    parts = [{_TEXT}]\n", id="list-that-has-a-name"),
        pytest.param(
            "parts", f"    parts = [{_TEXT}]\n    parts.append(more)\n", id="list-that-grows"
        ),
        pytest.param(f"[{_TEXT}, other]", "", id="part-that-is-not-known"),
        pytest.param(f"[{_TEXT}, *others]", "", id="parts-that-are-not-known"),
        pytest.param('[{"type": kind, "text": question}]', "", id="kind-that-is-not-known"),
        pytest.param(f"[{_TEXT[:-1]}, **more}}]", "", id="members-that-are-not-known"),
        pytest.param('[{"type": "image_url", "image_url": image}]', "", id="image-not-known"),
        pytest.param(
            '[{"type": "image_url", "image_url": {"url": at, "size": 1}}]', "",
            id="image-with-what-no-input-takes",
        ),
        pytest.param(_TEXT, "", id="part-without-a-list"),
    ],
)  # fmt: skip
def test_parts_that_are_not_certain_are_left(content: str, head: str) -> None:
    migration = check(_with(content, head), settings=_RESPONSES)
    assert not migration.changed
    assert {f.reason.code for f in migration.findings if f.reason} == {"message-shape"}


def test_a_comment_among_the_parts_is_not_lost() -> None:
    migration = check(
        _with(f"[\n        # What they ask\n        {_TEXT}\n    ]"), settings=_RESPONSES
    )
    assert not migration.changed
    assert {f.reason.code for f in migration.findings if f.reason} == {"comment-would-be-lost"}
