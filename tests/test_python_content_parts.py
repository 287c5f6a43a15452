"""Parts of the messages that a workflow is called with: those of a thread, of an input, or left."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket, Finding
from callmend.settings import Settings
from tests.python_invariants import check
from tests.server import Scenario, running_server
from tests.test_python_behaviour import asked

_PROGRAM = """\
import os

import requests


def ask(text, url="https://example.org/roof.png"):
HEAD
    response = requests.post(
        f"https://api.openai.com/v1/workflows/{os.environ['WF']}/run",
        headers={"Authorization": "Bearer sk-1"},
        json={"input_data": {"input": GIVEN}},
    )
    response.raise_for_status()
    return response.json()["output_text"]
"""
_TEXT = '{"type": "input_text", "text": text}'
_PICTURE = '{"type": "input_image", "image_url": url, "detail": "low"}'
_FILE = '{"type": "input_file", "file_id": url}'
_MESSAGE = f'{{"role": "user", "content": [{_TEXT}, {_PICTURE}]}}'
_LATER = '{"role": "user", "content": "And?"}'


def _migrated(given: str, target: str, head: str = "") -> tuple[Finding, str]:
    source = _PROGRAM.replace("HEAD\n", head).replace("GIVEN", given).encode()
    migration = check(source, settings=Settings(target=target))
    [finding] = migration.findings
    new = "".join(migration.result.decode().split())
    return finding, new.replace(",}", "}").replace(",]", "]")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        pytest.param(
            f"[{_MESSAGE}]",
            '{"type": "text", "text": text}, {"type": "image_url", '
            '"image_url": {"url": url, "detail": "low"}}',
            id="text-and-picture",
        ),
        pytest.param(
            "[{'role': 'user', 'content': [{'type': 'input_image', 'file_id': text}]}, "
            f"{_LATER}]",
            "{'type': 'image_file', 'image_file': {'file_id': text}}",
            id="picture-of-a-file-in-single-quotes",
        ),
    ],
)
def test_parts_of_an_input_become_those_of_a_thread(given: str, wanted: str) -> None:
    finding, new = _migrated(given, "assistants")
    assert finding.bucket is Bucket.MIGRATED
    assert "".join(wanted.split()) in new
    assert "input_" not in new


@pytest.mark.parametrize(
    ("given", "head"),
    [
        pytest.param(f"[{_MESSAGE}]", "", id="in-place"),
        pytest.param("items", f"    items = [{_MESSAGE}]\n", id="list-that-has-a-name"),
    ],
)
def test_parts_of_an_input_stay_so_for_a_response(given: str, head: str) -> None:
    finding, new = _migrated(given, "responses", head)
    assert finding.bucket is Bucket.MIGRATED
    assert "".join(_MESSAGE.split()) in new


def test_a_picture_says_its_detail_in_place() -> None:
    bare = _MESSAGE.replace(', "detail": "low"', "")
    finding, new = _migrated(f"[{bare}]", "responses")
    assert finding.bucket is Bucket.MIGRATED
    assert '"image_url":url,"detail":"auto"}' in new


def test_a_text_as_chats_have_it_becomes_one_of_an_input() -> None:
    chat = '{"role": "user", "content": [{"type": "text", "text": text}]}'
    finding, new = _migrated(f"[{chat}, {_LATER}]", "responses")
    assert finding.bucket is Bucket.MIGRATED
    assert '{"type":"input_text","text":text}' in new


@pytest.mark.parametrize(
    ("head", "target", "wanted"),
    [
        pytest.param(
            f"    items = [{_MESSAGE}]\n", "assistants", '"image_url":{"url":url,"detail":"low"}',
            id="made",
        ),
        pytest.param(
            f"    items = [{_LATER}]\n    items.append({_MESSAGE})\n", "assistants",
            '{"type":"text","text":text}', id="put-in",
        ),
        pytest.param(
            '    items = [{"role": "user", "content": [{"type": "text", "text": text}]}]\n',
            "responses", '{"type":"input_text","text":text}', id="text-of-a-chat",
        ),
        pytest.param(
            f"    items = [{_MESSAGE}]\n".replace(', "detail": "low"', ""), "responses",
            '"image_url":url,"detail":"auto"}', id="picture-without-its-detail",
        ),
    ],
)  # fmt: skip
def test_parts_of_a_list_of_this_request_alone_are_written_there(
    head: str, target: str, wanted: str
) -> None:
    finding, new = _migrated("items", target, head)
    assert finding.bucket is Bucket.MIGRATED
    assert wanted in new
    assert '"messages":items' in new or '"input":items' in new


@pytest.mark.parametrize(
    ("given", "head", "target"),
    [
        pytest.param(
            "items",
            f"    items = [{_MESSAGE}]\n    print(items)\n",
            "assistants",
            id="list-that-is-read-elsewhere",
        ),
        pytest.param(
            f"[*items, {_LATER}]", f"    items = [{_MESSAGE}]\n", "assistants", id="taken-in"
        ),
        pytest.param(
            f'[{{"role": "user", "content": [{_FILE}]}}, {_LATER}]',
            "",
            "assistants",
            id="file-which-no-message-of-a-thread-has",
        ),
        pytest.param(
            "items",
            '    items = [{"role": "user", "content": [{"type": "text", "text": text}]}]\n'
            "    keep(items)\n",
            "responses",
            id="text-of-a-chat-that-is-read-elsewhere",
        ),
        pytest.param(
            '[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}, '
            f"{_LATER}]",
            "",
            "responses",
            id="picture-of-a-chat",
        ),
    ],
)
def test_a_part_that_the_api_refuses_is_left(given: str, head: str, target: str) -> None:
    finding, _ = _migrated(given, target, head)
    assert finding.bucket is Bucket.LEFT
    assert finding.reason is not None
    assert finding.reason.code == "history-shape"
    assert "a part that the new request does not take" in finding.detail


@pytest.mark.parametrize("target", ["assistants", "responses"])
def test_the_server_takes_the_parts(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WF", "asst_test1")
    source = _PROGRAM.replace("HEAD\n", "").replace("GIVEN", f"[{_MESSAGE}]").encode()
    migration = check(source, settings=Settings(target=target))
    with running_server() as server:
        server.take_violations()
        server.control.assistants_gone = target != "assistants"
        server.control.scenario = Scenario.COMPLETED
        assert asked(migration.result, server) == server.control.answer
