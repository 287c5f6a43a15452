"""Migrated programs of hand-written Assistants requests, run with the real clients."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_goldens import goldens
from tests.python_invariants import check
from tests.server import Reply, RunningServer, Scenario, running_server
from tests.skipping import needs
from tests.test_python_behaviour import FAILING, QUESTION, Clock, asked
from tests.test_python_raw_left import APART
from tests.tools import collect_garbage

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
RAW = sorted(name for name in goldens() if name.startswith("raw-"))
#: What the file itself says where no text came.
_OWN_FALLBACK = {
    "raw-httpx-async-in-a-class": "No response", "raw-requests-that-may-be-missing": "None",
}  # fmt: skip
#: What gives a run that failed back as a text of its own words.
_AS_TEXT = ("raw-kept-thread-and-failures-as-text", "raw-apart-failures-as-text")
_FAILED = (Scenario.FAILED, Scenario.INCOMPLETE)
#: What the run itself is told.
_BRIEF = {
    "raw-requests-one-url-and-a-timeout", "raw-httpx-text-of-an-event",
    "raw-apart-aiohttp-in-a-class",
}  # fmt: skip
_EMPTY = (Scenario.EMPTY_ANSWER, Scenario.NO_ANSWER, Scenario.REQUIRES_ACTION)


@pytest.fixture(scope="module", autouse=True)
def _clients() -> None:
    needs("requests", "httpx", "aiohttp")


@pytest.fixture(scope="module")
def api() -> Iterator[RunningServer]:
    with running_server() as running:
        yield running


@pytest.fixture
def server(api: RunningServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-1")
    monkeypatch.setenv("WORKFLOW_ID", "asst_test1")
    yield api
    collect_garbage()
    api.reset()


_WELL = (
    Scenario.COMPLETED, Scenario.SLOW, Scenario.IMAGE_BEFORE_TEXT, Scenario.REASONING_FIRST,
    Scenario.PHASES, Scenario.SEVERAL_MESSAGES, Scenario.SEVERAL_TEXT_BLOCKS,
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "scenario"),
    [pytest.param(n, s, id=f"{n}-{s.value}") for n, s in itertools.product(RAW, _WELL)],
)
def test_the_answer_comes_whole(name: str, scenario: Scenario, server: RunningServer) -> None:
    server.control.assistants_gone = True
    server.control.scenario = scenario
    assert asked(goldens()[name].expected, server) == server.control.answer
    assert not server.violations
    assert {r.path.split("/")[2] for r in server.requests} <= {"responses", "conversations"}


def _failing() -> Iterator[Any]:
    for name, scenario in itertools.product(RAW, FAILING):
        words = FAILING[scenario][2]
        if name in _AS_TEXT and scenario in _FAILED:
            continue
        if words is not None and not (name in _OWN_FALLBACK and scenario in _EMPTY):
            yield pytest.param(name, scenario, words, id=f"{name}-{scenario.value}")


@pytest.mark.parametrize(("name", "scenario", "words"), list(_failing()))
def test_what_goes_wrong_comes_out(
    name: str, scenario: Scenario, words: str, server: RunningServer
) -> None:
    server.control.scenario = scenario
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each client has its own
        asked(goldens()[name].expected, server)
    assert words in str(caught.value)
    assert not isinstance(caught.value, (NameError, TypeError, AttributeError))


@pytest.mark.parametrize(
    ("name", "scenario"), [(n, s) for n, s in itertools.product(_OWN_FALLBACK, _EMPTY)]
)
def test_where_no_text_came_the_file_says_what_it_said(
    name: str, scenario: Scenario, server: RunningServer
) -> None:
    server.control.scenario = scenario
    assert asked(goldens()[name].expected, server) == _OWN_FALLBACK[name]


@pytest.mark.parametrize(
    ("name", "scenario"), [(n, s) for n, s in itertools.product(_AS_TEXT, _FAILED)]
)
def test_a_failure_that_the_file_tells_as_text_is_told_as_that(
    name: str, scenario: Scenario, server: RunningServer
) -> None:
    server.control.scenario = scenario
    said = asked(goldens()[name].expected, server)
    assert said.startswith("Run failed: {")
    assert FAILING[scenario][2] in said  # type: ignore[operator]  # these have words


@pytest.mark.parametrize("name", RAW)
def test_all_that_was_asked_is_asked_in_its_order(name: str, server: RunningServer) -> None:
    server.control.answer = Reply.TRANSCRIPT
    said = asked(goldens()[name].expected, server).splitlines()
    assert said[-1] == f"user: {QUESTION}"
    [sent] = [json.loads(r.body) for r in server.requests if r.path == "/v1/responses"]
    assert "assistant_id" not in sent
    assert ("instructions: Be brief." in said) == (name in _BRIEF)
    assert ("user: Hello!" in said) == ("read-in-the-loop" in name)


def test_a_kept_thread_goes_on_as_a_conversation_of_its_person(server: RunningServer) -> None:
    server.control.answer = Reply.TRANSCRIPT
    text = goldens()["raw-kept-thread-in-a-dict"].expected.decode()
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(text.replace("https://api.openai.com", server.origin), "p.py", "exec"), names)  # noqa: S102  # a golden
    ask = names["ask"]
    assert ask("one", "ann") == "user: one"
    assert ask("two", "ben") == "user: two"
    assert ask("three", "ann").splitlines() == ["user: one", "assistant: user: one", "user: three"]
    assert len([r for r in server.requests if r.path == "/v1/conversations"]) == 2


def test_the_thread_of_an_object_goes_on_as_one_conversation(server: RunningServer) -> None:
    server.control.answer = Reply.TRANSCRIPT
    text = goldens()["raw-apart-thread-in-a-field"].expected.decode()
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(text.replace("https://api.openai.com", server.origin), "p.py", "exec"), names)  # noqa: S102  # a golden
    desk = names["Desk"]("asst_test1")
    assert desk.answer("one") == "user: one"
    said = desk.answer("two").splitlines()
    assert said == ["user: one", "assistant: user: one", "user: two"]
    assert len([r for r in server.requests if r.path == "/v1/conversations"]) == 1


def test_only_the_messages_of_the_run_are_read_where_it_asks_for_those(
    server: RunningServer,
) -> None:
    asked(goldens()["raw-apart-messages-of-the-run"].expected, server)
    assert not [r for r in server.requests if r.method == "GET" and "conversations" in r.path]


#: What some programs are given beside the question, and what is read where not the answer is.
_GIVEN: dict[str, Any] = {
    "message-of-a-role-that-is-not-known": "user",
    "message-that-is-computed-at-another-time": [QUESTION],
}
_ELSE: dict[str, Any] = {
    "answer-of-the-oldest-message": QUESTION,
    "answer-in-the-other-order": QUESTION,
    "answer-that-is-not-read": None,
}


@pytest.mark.parametrize("name", APART)
def test_each_request_of_one_function_does_what_it_did(name: str, server: RunningServer) -> None:
    migration = check(APART[name].encode(), settings=Settings(target="responses"))
    assert {f.bucket for f in migration.findings} == {Bucket.MIGRATED}
    server.control.assistants_gone = True
    text = migration.result.decode().replace("https://api.openai.com", server.origin)
    names: dict[str, Any] = {"__name__": "program", "time": Clock()}
    exec(compile(text.replace("import time\n", ""), "p.py", "exec"), names)  # noqa: S102  # made above
    kept = _GIVEN.get(name, [])
    if "another-one" in name:
        sent = names["requests"].post(f"{server.origin}/v1/conversations", headers=names["H"])
        kept = sent.json()["id"]
    said = names["ask"](QUESTION, kept)
    answer = _ELSE.get(name, server.control.answer)
    assert said == ([answer, QUESTION] if "all-messages" in name else answer)
    assert not server.violations


def test_where_the_client_is_missing_the_file_says_so_as_before(
    monkeypatch: pytest.MonkeyPatch, server: RunningServer
) -> None:
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(RuntimeError, match="requests is not installed"):
        asked(goldens()["raw-requests-that-may-be-missing"].expected, server)


_HEADERS_GROW = b"""\
import os
import time

import requests

BASE = "https://api.openai.com/v1"


def ask(q):
    h = {"OpenAI-Beta": "assistants=v2"}
    h["Authorization"] = f"Bearer {os.environ['OPENAI_API_KEY']}"
    r = requests.post(f"{BASE}/threads/runs", headers=h, json={
        "assistant_id": os.environ["WORKFLOW_ID"],
        "thread": {"messages": [{"role": "user", "content": q}]},
    })
    r.raise_for_status()
    run = r.json()
    while run["status"] in ("queued", "in_progress"):
        time.sleep(1)
        run = requests.get(f"{BASE}/threads/{run['thread_id']}/runs/{run['id']}", headers=h).json()
    if run["status"] != "completed":
        raise RuntimeError(run["status"])
    msgs = requests.get(f"{BASE}/threads/{run['thread_id']}/messages", headers=h).json()
    return msgs["data"][0]["content"][0]["text"]["value"]
"""


@pytest.mark.parametrize("scenario", [Scenario.COMPLETED, Scenario.REFUSAL, Scenario.UNAUTHORIZED])
def test_headers_that_grow_are_sent_without_the_beta_header(
    scenario: Scenario, server: RunningServer
) -> None:
    migration = check(_HEADERS_GROW, settings=Settings(target="responses"))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    server.control.assistants_gone = True
    server.control.scenario = scenario
    if scenario is Scenario.COMPLETED:
        assert asked(migration.result, server) == server.control.answer
    else:
        with pytest.raises(Exception, match=r"refused|401"):
            asked(migration.result, server)
    [request] = server.requests
    sent = {name.lower(): value for name, value in dict(request.headers).items()}
    assert (sent["authorization"], sent.get("openai-beta")) == ("Bearer sk-test-1", None)


_IMPORTS = "import os\nimport time\n\nimport requests\n"
#: Imports of several names on a line, and what is left of them when only `time` is not read.
_ON_ONE_LINE = {
    "in-the-middle": ("import os, time, requests", "import os, requests"),
    "the-last": ("import requests, os, time", "import requests, os"),
    "the-first": ("import time, os, requests", "import os, requests"),
    "a-comment-above": ("# what it needs\nimport os, time, requests",
                        "# what it needs\nimport os, requests"),
    "of-a-module": ("import os, requests\nfrom time import monotonic, sleep",
                    "import os, requests\nfrom time import monotonic"),
    "under-another-name": ("import os, requests, time as time",) * 2,
    "what-is-said-of-it-is-kept": ("import os, time, requests  # time: for the loop",
                                   "import os, time, requests  # time: for the loop"),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "left"), _ON_ONE_LINE.values(), ids=_ON_ONE_LINE)
def test_a_name_among_others_that_only_the_polling_used_is_imported_no_more(
    lines: str, left: str, server: RunningServer
) -> None:
    source = _HEADERS_GROW.decode().replace(_IMPORTS, lines + "\n")
    source = source.replace("time.sleep(", "sleep(") if "sleep" in lines else source
    migration = check(source.encode(), settings=Settings(target="responses"))
    assert migration.result.decode().startswith(left + "\n")
    server.control.assistants_gone = True
    assert asked(migration.result, server) == server.control.answer


def test_a_name_among_others_that_is_still_read_stays(server: RunningServer) -> None:
    source = _HEADERS_GROW.decode().replace(_IMPORTS, "import os, time, requests\n")
    source += "\n\ndef now():\n    return time.time()\n"
    migration = check(source.encode(), settings=Settings(target="responses"))
    assert migration.result.startswith(b"import os, time, requests\n")
    assert asked(migration.result, server) == server.control.answer
