"""Runs that a Python file gives up waiting for, and ids of threads that it made or kept."""

from __future__ import annotations

import pytest

from callmend.settings import Settings
from tests.python_invariants import check
from tests.test_python_sdk_apart import _WAIT_ON, helpers

_RESPONSES = Settings(target="responses")
_CANCEL = "client.beta.threads.runs.cancel(run.id, thread_id=thread.id)"
_LOOP = """\
def wait_on(run, thread):
    for _ in range(60):
        run = client.beta.threads.runs.retrieve(thread_id=thread.id, run_id=run.id)
        if run.status not in ("queued", "in_progress"):
            return run
        time.sleep(1)
    {cancel}
    raise TimeoutError("no answer")


"""
GIVEN_UP = {
    "behind-the-loop": _LOOP.format(cancel=_CANCEL),
    "in-the-loop": _WAIT_ON.replace(
        "        time.sleep(1)\n",
        f"        if time.time() > END:\n            {_CANCEL}\n"
        '            raise TimeoutError("no answer")\n        time.sleep(1)\n',
    ),
    "by-name": _LOOP.format(cancel=_CANCEL.replace("(run.id", "(run_id=run.id")),
}


@pytest.mark.parametrize("waited", GIVEN_UP.values(), ids=GIVEN_UP)
def test_a_response_is_cancelled_where_the_wait_for_a_run_was_given_up(waited: str) -> None:
    result = check(helpers(waited=waited), settings=_RESPONSES).result.decode()
    assert "client.responses.cancel(run.id)\n" in result
    assert "beta" not in result


LEFT = {
    "before-it-is-asked-for": _WAIT_ON.replace("    while", f"    {_CANCEL}\n    while"),
    "what-it-gives-is-read": _LOOP.format(cancel=f"return {_CANCEL}"),
    "in-another-function": _WAIT_ON + f"def stop(run, thread):\n    {_CANCEL}\n\n\n",
}


@pytest.mark.parametrize("waited", LEFT.values(), ids=LEFT)
def test_it_is_left_because_a_run_may_be_cancelled_that_goes_on(waited: str) -> None:
    migration = check(helpers(waited=waited), settings=_RESPONSES)
    assert not migration.changed
    assert "other-call" in {f.reason.value[0] for f in migration.findings if f.reason}


_KEPT = """\
    thread_id = store.get("thread_id")
    if not thread_id:
        thread_id = client.beta.threads.create().id
        store["thread_id"] = thread_id
    client.beta.threads.messages.create(thread_id, role="user", content=question)
    run = client.beta.threads.runs.create(thread_id=thread_id, assistant_id=ASSISTANT)
    while run.status != "completed":
        run = client.beta.threads.runs.retrieve(run.id, thread_id=thread_id)
    return client.beta.threads.messages.list(thread_id, order="asc").data[-1].content[0].text.value
"""


@pytest.mark.parametrize("kept", [True, False], ids=["one-that-was-kept", "one-made-here-alone"])
def test_a_kept_id_is_told_of(kept: bool) -> None:
    body = _KEPT if kept else _KEPT.replace('store.get("thread_id")\n', "None\n")
    if not kept:
        body = body.replace("    thread_id = None\n    if not thread_id:\n", "    if True:\n")
    asked = f"def ask(question, store):\n{body}"
    migration = check(
        helpers(opened="", added="", started="", waited="", newest="", asked=asked),
        settings=_RESPONSES,
    )
    assert b"beta" not in migration.result
    told = [note.text for f in migration.findings for note in f.notes if "stored" in note.text]
    assert bool(told) is kept
    assert (b"Stored thread_... ids ended" in migration.result) is kept
