"""Hand-written requests to the Assistants API in Python that are left, or not mentioned."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_goldens import goldens
from tests.python_invariants import check

_RESPONSES = Settings(target="responses")
_HEAD = 'import requests\n\nH = {"Authorization": "Bearer a", "OpenAI-Beta": "assistants=v2"}\n'
_BASE = 'BASE = "https://api.openai.com/v1"\n'
_START = (
    "def start(thread_id):\n"
    '    url = f"{BASE}/threads/{thread_id}/runs"\n'
    '    return requests.post(url, headers=H, json={"assistant_id": "a"}).json()["id"]\n'
)
_ADD = (
    "def add(thread_id, text):\n"
    '    requests.post(f"{BASE}/threads/{thread_id}/messages", headers=H, '
    'json={"role": "user", "content": text})\n'
)

_ASK = """\
import time

import requests

BASE = "https://api.openai.com/v1/threads"
H = {"Authorization": "Bearer a", "OpenAI-Beta": "assistants=v2"}


def ask(question, kept):
    thread = requests.post(BASE, headers=H, json={}).json()
    sent = {"role": "user", "content": question}
    requests.post(f"{BASE}/{thread['id']}/messages", headers=H, json=sent)
    run = requests.post(
        f"{BASE}/{thread['id']}/runs", headers=H, json={"assistant_id": "a"}
    ).json()
    while run["status"] != "completed":
        time.sleep(1)
        run = requests.get(f"{BASE}/{thread['id']}/runs/{run['id']}", headers=H).json()
    page = requests.get(f"{BASE}/{thread['id']}/messages", headers=H).json()
    return page["data"][0]["content"][0]["text"]["value"]
"""
_READ = 'return page["data"][0]["content"][0]["text"]["value"]'


def _asked(*pairs: tuple[str, str]) -> str:
    """The program above, which is migrated, with one thing that is not certain."""
    source = _ASK
    for old, new in pairs:
        assert old in source
        source = source.replace(old, new)
    return source


def _of(name: str, *pairs: tuple[str, str]) -> str:
    """A golden's program, which is migrated, with one thing that is not certain."""
    source = goldens()[name].source.decode()
    for old, new in pairs:
        assert old in source
        source = source.replace(old, new)
    return source


_MADE = "raw-apart-thread-made-with-the-run"
_LET_IN = "raw-apart-messages-let-in-by-their-run"
_WHEN = 'm["run_id"] == run["id"] and m["role"] == "assistant"'
_CITING = "raw-apart-annotations-of-the-text"
_NOTES = 'enumerate(part["text"].get("annotations", []))'
_TOLD = "raw-apart-failures-as-text"
_NEWEST = "raw-requests-newest-by-its-time"
_KEY = 'key=lambda m: m["created_at"]'
_OWN = "raw-kept-thread-messages-of-the-run"
_RUN = '{"assistant_id": "a"}'
_SENT = "    requests.post(f\"{BASE}/{thread['id']}/messages\", headers=H, json=sent)\n"
_WAIT = "        time.sleep(1)\n"
_LOOP = '    while run["status"] != "completed":\n'
#: What is left with `--target responses`, by its name, with the reason's code.
LEFT: dict[str, tuple[str, str]] = {
    "raw run without a message": (_asked((_SENT, "")), "no-thread-message"),
    "raw message behind the run": (
        _asked((_LOOP, _SENT + _LOOP)),
        "message-later",
    ),
    "raw message with attachments": (
        _asked(('"content": question}', '"content": question, "attachments": kept}')),
        "message-shape",
    ),
    "raw message of parts that are not known": (
        _asked(('"content": question', '"content": [{"type": "text", "text": question}, part]')),
        "message-shape",
    ),
    "raw run that is streamed": (
        _asked((_RUN, '{"assistant_id": "a", "stream": True}')),
        "assistants-stream",
    ),
    "raw run with additional instructions": (
        _asked((_RUN, '{"assistant_id": "a", "additional_instructions": kept}')),
        "run-parameter",
    ),
    "raw run with the tools of a variable": (
        _asked((_RUN, '{"assistant_id": "a", "tools": kept}')),
        "tool-setup",
    ),
    "raw run whose assistant is popped": (
        _asked((_RUN, '{"assistant_id": kept.pop()}')),
        "run-parameter",
    ),
    "raw run with a body from elsewhere": (
        _asked((f"json={_RUN}", "json=kept")),
        "body-not-understood",
    ),
    "raw run with headers from elsewhere": (
        _asked((f"headers=H, json={_RUN}", f"headers=kept, json={_RUN}")),
        "headers-not-understood",
    ),
    "raw run with an option that is not known": (
        _asked((f"json={_RUN}", f"json={_RUN}, hooks=kept")),
        "options-not-understood",
    ),
    "raw runs of which there are two": (
        _asked((_LOOP, f"    requests.post(BASE + '/' + kept + '/runs', headers=H)\n{_LOOP}")),
        "other-call",
    ),
    "raw run whose steps are read": (
        _asked(
            (_LOOP, f"    requests.get(BASE + '/' + kept + '/runs/1/steps', headers=H)\n{_LOOP}")
        ),
        "other-call",
    ),
    "raw run that another id is asked for": (
        _asked(("{run['id']}", "{kept}")),
        "run-not-followed",
    ),
    "raw run whose usage is read": (
        _asked((_READ, f"print(run['usage'])\n    {_READ}")),
        "other-read",
    ),
    "raw polling that saves": (
        _asked((_WAIT, f"{_WAIT}        kept.append(run)\n")),
        "polling-not-understood",
    ),
    "raw polling that goes on for a failure": (
        _asked(
            (_WAIT, f'{_WAIT}        if run["status"] == "failed":\n            kept.clear()\n')
        ),
        "polling-not-understood",
    ),
    "raw tools that the file answers": (
        _asked(
            (
                _WAIT,
                f'{_WAIT}        if run["status"] == "requires_action":\n'
                "            answer_tools(run)\n",
            )
        ),
        "tool-loop",
    ),
    "raw answer with its annotations": (
        _asked(
            (
                _READ,
                f'kept.append(page["data"][0]["content"][0]["text"]["annotations"])\n    {_READ}',
            )
        ),
        "answer-not-understood",
    ),
    "raw answer that is handed on": (_asked((_READ, "return page")), "answer-not-understood"),
    "raw client of a name that a library has for another": (
        _asked(("import requests\n", "from mylib import requests\n")),
        "unknown-transport",
    ),
    "raw client that another one stands in for": (
        _asked(
            (
                "import requests\n",
                "try:\n    import requests\nexcept ImportError:\n    import httpx as requests\n",
            )
        ),
        "unknown-transport",
    ),
    "raw client that another function imports": (
        _asked(("import requests\n\n", "\ndef load():\n    import requests\n\n\n")),
        "unknown-transport",
    ),
    "raw client that is handed in without a type": (
        _asked(("import requests\n\n", ""), ("question, kept", "question, kept, requests")),
        "unknown-transport",
    ),
    "raw thread made with its run that goes on": (
        _of(_MADE, ('"\\n".join(texts(thread_id, run_id))', "texts(thread_id, run_id), thread_id")),
        "thread-not-followed",
    ),
    "raw thread made with its run that is kept": (
        _of(_MADE, ("    run = wait(", '    save["thread"] = thread_id\n    run = wait(')),
        "thread-not-followed",
    ),
    "raw thread made with its run that is added to": (
        _of(
            _MADE,
            (
                "    run = wait(",
                '    requests.post(f"{BASE}/threads/{thread_id}/messages", '
                'headers=HEADERS, json={"role": "user", "content": "?"})\n    run = wait(',
            ),
        ),
        "message-later",
    ),
    "raw thread made with its run whose question is read again": (
        _of(_MADE, ('        if message["role"] == "assistant"\n', "")),
        "other-read",
    ),
    "raw thread made with its run, oldest message first": (
        _of(_MADE, ("{thread_id}/messages", "{thread_id}/messages?order=asc")),
        "answer-not-understood",
    ),
    "raw thread made with its run whose id is not there": (
        _of(
            _MADE,
            ("texts(thread_id: str, run_id: str)", "texts(thread_id: str)"),
            ("texts(thread_id, run_id)", "texts(thread_id)"),
        ),
        "run-not-followed",
    ),
    "raw thread made with its run, and another one is listed": (
        _of(_MADE, ("texts(thread_id, run_id))", "texts(run_id, thread_id))")),
        "thread-not-followed",
    ),
    "raw threads made with two runs": (
        _of(
            _MADE,
            (
                '    return "\\n".join(texts(thread_id, run_id))\n',
                '    page = requests.get(f"{BASE}/threads/{thread_id}/messages", headers=HEADERS)\n'
                '    again = requests.post(f"{BASE}/threads/runs", headers=HEADERS, json={\n'
                '        "assistant_id": "a",\n'
                '        "thread": {"messages": [{"role": "user", "content": "?"}]},\n'
                "    }).json()\n"
                '    run_id = again["id"]\n'
                '    return page.json()["data"][0]["content"][0]["text"]["value"]\n',
            ),
        ),
        "other-call",
    ),
    "raw messages let in by another run": (
        _of(_LET_IN, (_WHEN, 'm["run_id"] == last and m["role"] == "assistant"')),
        "answer-not-understood",
    ),
    "raw messages let in by a run or else": (
        _of(_LET_IN, (_WHEN, _WHEN.replace(" and ", " or "))),
        "answer-not-understood",
    ),
    "raw messages of all runs in the order of their time": (
        _of(_LET_IN, (_WHEN, 'm["role"] == "assistant"')),
        "answer-not-understood",
    ),
    "raw messages let in by a run, and all of them": (
        _of(
            _LET_IN,
            (
                "    answers.sort",
                '    for m in page["data"]:\n        print(m["run_id"])\n    answers.sort',
            ),
        ),
        "answer-not-understood",
    ),
    "raw citations that are handed on": (
        _of(
            _CITING,
            (
                "                    said.append(text)",
                '                    said.append(part["text"]["annotations"])',
            ),
        ),
        "answer-not-understood",
    ),
    "raw citations of which the first is read": (
        _of(_CITING, (_NOTES, '[(0, part["text"]["annotations"][0])]')),
        "answer-not-understood",
    ),
    "raw citations of a run with tools": (
        _of(
            _CITING,
            (
                'os.environ["WORKFLOW_ID"]}',
                'os.environ["WORKFLOW_ID"], "tools": [{"type": "file_search"}]}',
            ),
        ),
        "answer-not-understood",
    ),
    "raw run that is told as text though it may have succeeded": (
        _of(
            _TOLD,
            ('return f"Run failed: {run}"', "return None"),
            ("    answers = []\n", '    answers = [f"{run}"]\n'),
        ),
        "answer-not-understood",
    ),
    "raw run that failed and is handed on": (
        _of(_TOLD, ('return f"Run failed: {run}"', 'return {"failed": run}')),
        "answer-not-understood",
    ),
    "raw message that is the longest": (
        _of(_NEWEST, (_KEY, 'key=lambda m: len(m["content"])')),
        "answer-not-understood",
    ),
    "raw message that is the oldest": (
        _of(_NEWEST, ("max(", "min(")),
        "answer-not-understood",
    ),
    "raw messages of the run with attachments": (
        _of(_OWN, ('"content": text}', '"content": text, "attachments": kept}')),
        "message-shape",
    ),
    "raw run that is on a thread or makes one": (
        _asked(
            (
                "f\"{BASE}/{thread['id']}/runs\"",
                'f"{BASE}/{thread[\'id\']}/runs" if kept else f"{BASE}/runs"',
            )
        ),
        "url-not-certain",
    ),
    "raw added message that is read": (
        _asked((_SENT, "    added =" + _SENT[3:] + '    kept.append(added.json()["id"])\n')),
        "other-read",
    ),
}
#: Programs whose flow is not certain as a whole, while each request of it is.
APART: dict[str, str] = {
    "message-on-some-paths-only": _asked((_SENT, "    if question:\n    " + _SENT)),
    "message-in-a-loop": _asked((_SENT, "    for word in question:\n    " + _SENT)),
    "message-of-a-role-that-is-not-known": _asked(('"role": "user"', '"role": kept')),
    "message-that-is-computed-at-another-time": _asked(
        ('"content": question}', '"content": kept.pop()}'),
        ("\n    run = requests", "\n    kept.append(1)\n    run = requests"),
    ),
    "run-on-a-thread-that-is-another-one": _asked((_SENT, _SENT.replace("thread['id']", "kept"))),
    "run-whose-id-is-kept": _asked((_READ, f"kept.append(run['id'])\n    {_READ}")),
    "run-whose-error-is-looked-for-by-name": _asked(
        (_LOOP, f'    if "error" in run:\n        return None\n{_LOOP}')
    ),
    "run-that-is-not-polled": _asked(
        (_ASK[_ASK.index(_LOOP) : _ASK.index("    page")], "    time.sleep(20)\n")
    ),
    "polling-that-ends-too-early": _asked((_LOOP, '    while run["status"] == "queued":\n')),
    "polling-that-is-counted-and-asked-how-often": _asked(
        (_LOOP, f"    tries = 0\n{_LOOP}"),
        (_WAIT, f"{_WAIT}        tries += 1\n"),
        (_READ, f"print(tries)\n    {_READ}"),
    ),
    "answer-of-all-messages": _asked(
        (_READ, 'return [m["content"][0]["text"]["value"] for m in page["data"]]')
    ),
    "answer-of-the-oldest-message": _asked((_READ, _READ.replace("[0]", "[-1]", 1))),
    "answer-in-the-other-order": _asked(
        ('/messages", headers=H).json()', '/messages?order=asc", headers=H).json()')
    ),
    "answer-that-is-not-read": _asked((_READ, "return None")),
}


def test_the_program_of_which_these_are_made_is_migrated() -> None:
    [finding] = check(_ASK.encode(), settings=_RESPONSES).findings
    assert finding.bucket is Bucket.MIGRATED


@pytest.mark.parametrize("name", LEFT)
def test_left_because(name: str) -> None:
    source, code = LEFT[name]
    migration = check(source.encode(), settings=_RESPONSES)
    assert migration.result == source.encode()
    codes = [f.reason.code for f in migration.findings if f.reason is not None]
    assert [each for each in codes if each != "part-of-a-flow"][:1] == [code]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (_BASE + _START, [("CM202", "run-not-followed")]),
        (_BASE + _ADD, [("CM204", "part-of-a-flow")]),
        (_BASE + _ADD + _START, [("CM204", "part-of-a-flow"), ("CM202", "run-not-followed")]),
    ],
    ids=["a-run-that-is-handed-on", "a-message-of-a-helper", "each-in-a-helper"],
)
def test_left(source: str, found: list[tuple[str, str]]) -> None:
    given = f"{_HEAD}{source}".encode()
    migration = check(given, settings=_RESPONSES)
    assert migration.result == given
    reasons = [(f.rule, f.reason.code) for f in migration.findings if f.reason is not None]
    assert reasons == found


def test_the_assistants_target_says_that_a_run_speaks_it() -> None:
    [finding] = check(f"{_HEAD}{_BASE}{_START}".encode()).findings
    assert (finding.rule, finding.bucket) == ("CM202", Bucket.ALREADY_MIGRATED)


@pytest.mark.parametrize(
    "base",
    ['BASE = "https://forum.example/v1"\n', 'import os\n\nBASE = os.environ["BASE"]\n'],
    ids=["another-host", "a-host-that-is-not-known"],
)
def test_not_mentioned(base: str) -> None:
    assert check(f"{_HEAD}{base}{_ADD}{_START}".encode(), settings=_RESPONSES).findings == ()


_MAKE = """

def new():
    return requests.post(BASE, headers=H, json={}).json()["id"]
"""
_KEPT = _asked(
    ("    thread = requests.post(BASE, headers=H, json={}).json()\n", ""),
    ("{thread['id']}", "{kept}"),
)
_LIBRARY = """

from openai import OpenAI

client = OpenAI()
"""


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param(
            _MAKE.replace("json={}", "data=body()"), id="makes-the-thread-of-an-unread-body"
        ),
        pytest.param(
            "\n\ndef last(kept):\n"
            '    return requests.get(f"{BASE}/{kept}/runs", headers=H).json()["data"][0]\n',
            id="lists-the-runs-of-the-thread",
        ),
        pytest.param(
            "\n\ndef stop(kept, run):\n"
            '    requests.post(f"{BASE}/{kept}/runs/{run}/cancel", headers=H)\n',
            id="cancels-a-run-on-the-thread",
        ),
        pytest.param(
            _LIBRARY + "\n\ndef new():\n    return client.beta.threads.create().id\n",
            id="makes-the-thread-with-the-library",
        ),
    ],
)
def test_a_run_on_a_kept_thread_stays_where_another_request_on_threads_does(beside: str) -> None:
    """One of the old API would be given the id of a conversation, or this one that of a thread."""
    alone = check(_KEPT.encode(), settings=_RESPONSES)
    assert [f.bucket for f in alone.findings] == [Bucket.MIGRATED]
    migration = check((_KEPT + beside).encode(), settings=_RESPONSES)
    assert not migration.changed
    run = next(f for f in migration.findings if f.endpoint == "thread-runs")
    assert run.reason is not None
    assert run.reason.code == "other-call"


def test_a_run_on_a_kept_thread_stays_where_only_its_rule_is_asked_for() -> None:
    made = (_KEPT + _MAKE).encode()
    rule = next(f for f in check(made, settings=_RESPONSES).findings if "runs" in f.endpoint).rule
    migration = check(made, settings=Settings(target="responses", select=(rule,)))
    assert not migration.changed


def test_a_request_about_assistants_does_not_hold_back_a_run_on_a_kept_thread() -> None:
    url = '"https://api.openai.com/v1/assistants"'
    beside = f"\n\ndef every():\n    return requests.get({url}, headers=H).json()\n"
    migration = check((_KEPT + beside).encode(), settings=_RESPONSES)
    assert migration.changed
