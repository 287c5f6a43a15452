"""Messages of one run, in Python: `if message.run_id == run.id` becomes the run's own list."""

from __future__ import annotations

import pytest

from callmend.settings import Settings
from tests.python_invariants import check
from tests.test_python_sdk_left import POLL, program, several

_RESPONSES = Settings(target="responses")
_LIST = "    messages = client.beta.threads.messages.list(thread_id=thread.id)\n"
_LOOP = f"""\
{_LIST}\
    for message in messages.data:
        if message.run_id == run.id and message.role == "assistant":
            return message.content[0].text.value
    return None
"""
_OWN = "messages_of(client.responses.retrieve(run.id).output, newest_first=False)"


def _of(read: str, wait: str = "") -> bytes:
    wait = f'    if run.status != "completed":\n        raise RuntimeError(run.status)\n{wait}'
    return program(several(call=POLL, wait=wait, read=read))


@pytest.mark.parametrize(
    ("read", "wanted"),
    [
        pytest.param(_LOOP, 'if message.role == "assistant":', id="in-front-of-another-condition"),
        pytest.param(
            _LOOP.replace(
                'message.run_id == run.id and message.role == "assistant"',
                'message.role == "assistant" and run.id == message.run_id',
            ),
            'if message.role == "assistant":', id="behind-another-condition",
        ),
        pytest.param(
            _LOOP.replace(' and message.role == "assistant"', ""),
            'if message.role == "assistant":', id="alone",
        ),
        pytest.param(
            f"{_LIST}    mine = [m for m in messages if m.run_id == run.id and m.content]\n"
            "    for message in mine:\n        print(message.content[0].text.value)\n"
            "    return mine[0].content[0].text.value\n",
            "mine = [m for m in messages if m.content]", id="list-that-is-used-twice",
        ),
        pytest.param(
            f"{_LIST}    return next(m for m in messages if m.run_id == run.id)"
            ".content[0].text.value\n",
            'next(m for m in messages if m.role == "assistant")', id="the-next-one",
        ),
    ],
)  # fmt: skip
def test_the_runs_own_messages_are_read(read: str, wanted: str) -> None:
    result = check(_of(read), settings=_RESPONSES).result.decode()
    assert f"messages = {_OWN}\n" in result
    assert wanted in result
    assert "run_id" not in result


_FILTER = 'if message.run_id == run.id and message.role == "assistant":'
_RETURN = "            return message.content[0].text.value\n"


@pytest.mark.parametrize(
    ("read", "wait"),
    [
        pytest.param(_LOOP.replace(" == run.id and", " != run.id and"), "", id="others"),
        pytest.param(_LOOP.replace(" and ", " or "), "", id="or-another-condition"),
        pytest.param(
            _LOOP.replace(_RETURN, f"{_RETURN}        else:\n            print(message.role)\n"),
            "", id="others-in-the-other-branch",
        ),
        pytest.param(
            _LOOP.replace(f"        {_FILTER}", f"        print(message.role)\n        {_FILTER}"),
            "", id="others-in-the-loop",
        ),
        pytest.param(
            _LOOP.replace("    return None", "    return messages.data[0].content[0].text.value"),
            "", id="first-of-all-besides",
        ),
        pytest.param(
            _LOOP.replace("    return None", "    for message in messages.data:\n"
                          "        print(message.content[0].text.value)"),
            "", id="all-besides",
        ),
        pytest.param(
            _LOOP.replace("    return None", "    return len(messages.data)"),
            "", id="number-of-all-besides",
        ),
        pytest.param(_LOOP.replace("== run.id", "== kept_id"), "", id="id-of-another-run"),
        pytest.param(
            _LOOP.replace("    for message in", "    run = other()\n    for message in"),
            "", id="run-that-is-another-one-by-then",
        ),
        pytest.param(_LOOP.replace("message.run_id == run.id", "f(message.run_id)"), "",
                     id="id-that-is-handed-on"),
    ],
)  # fmt: skip
def test_a_filter_that_is_not_certain_is_left(read: str, wait: str) -> None:
    migration = check(_of(read, wait), settings=_RESPONSES)
    assert not migration.changed
    assert any(finding.reason is not None for finding in migration.findings)
