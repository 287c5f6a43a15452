"""Headers that `add_header` gives a request of urllib: sent as they are, the beta header apart."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check
from tests.server import Reply, RunningServer, Scenario, running_server
from tests.test_python_behaviour import FAILING, QUESTION, asked

_TARGETS = ("assistants", "responses")
_KEY = 'request.add_header("Authorization", "Bearer sk-test-1")\n'
_TYPE = 'request.add_header("Content-Type", "application/json")\n'
_BETA = 'request.add_header("OpenAI-Beta", "workflows=v1")\n'
_READ = (
    "with urllib.request.urlopen(request) as r:\n    data = json.load(r)\n"
    'return data["output"]["message"]'
)
_WHOLE = (
    "with urllib.request.urlopen(request) as r:\n"
    "    return json.dumps(json.load(r), ensure_ascii=False)"
)
_URL = '"https://api.openai.com/v1/workflows/runs"'


def _program(added: str, options: str = "", read: str = _READ, positional: str = "data=") -> bytes:
    lines = [
        'body = {"workflow_id": "asst_test1", "input": {"message": question}}',
        f"request = urllib.request.Request({_URL}, {positional}json.dumps(body).encode(){options})",
        *added.splitlines(),
        *read.splitlines(),
    ]
    head = "import json\nimport urllib.request\n\n\ndef ask(question, other=None):\n"
    return (head + "".join(f"    {line}\n" for line in lines)).encode()


@pytest.fixture(scope="module")
def running() -> Iterator[RunningServer]:
    with running_server() as started:
        yield started


@pytest.fixture
def server(running: RunningServer) -> Iterator[RunningServer]:
    yield running
    running.reset()


SENT = {
    "all-of-them": _program(_KEY + _TYPE),
    "the-beta-header-too": _program(_BETA + _KEY + _TYPE),
    "no-type": _program(_KEY),
    "no-type-behind-a-body-without-a-name": _program(_KEY, positional=""),
    "beside-a-dict": _program(_KEY, ', headers={"Content-Type": "application/json"}'),
    "beside-a-dict-with-the-beta-header": _program(
        _KEY, ', headers={"Content-Type": "application/json", "OpenAI-Beta": "workflows=v1"}'
    ),
    "one-more-in-a-condition": _program(
        f'{_KEY}{_TYPE}if other:\n    request.add_header("X-User", other)'
    ),
    "the-beta-header-in-a-condition": _program(f"{_KEY}{_TYPE}if question:\n    {_BETA}"),
    "logged-too": _program(f"{_KEY}{_TYPE}print(request.full_url)"),
    "the-whole-answer": _program(_KEY + _TYPE + _BETA, read=_WHOLE),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("source", SENT.values(), ids=SENT)
def test_the_question_is_sent_with_its_headers(
    source: bytes, target: str, server: RunningServer
) -> None:
    migration = check(source, settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    server.control.answer = Reply.LAST_USER_MESSAGE
    server.control.assistants_gone = target != "assistants"
    answer = asked(migration.result, server)
    assert QUESTION in answer
    assert not server.take_violations()
    for request in server.requests:
        headers = {name.lower(): value for name, value in dict(request.headers).items()}
        assert headers["authorization"] == "Bearer sk-test-1"
        beta = "assistants=v2" if target == "assistants" else None
        assert headers.get("openai-beta") == beta


@pytest.mark.parametrize(
    ("target", "scenario"),
    [
        (t, s)
        for n, t in ((0, "assistants"), (2, "responses"))
        for s in FAILING
        if FAILING[s][n] is not None
    ],
)
@pytest.mark.parametrize("name", ["the-beta-header-too"])
def test_what_goes_wrong_comes_out(
    name: str, target: str, scenario: Scenario, server: RunningServer
) -> None:
    words = FAILING[scenario][0 if target == "assistants" else 2]
    result = check(SENT[name], settings=Settings(target=target)).result
    server.control.scenario = scenario
    server.control.assistants_gone = target != "assistants"
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each client has its own
        asked(result, server)
    assert words is not None
    assert words in str(caught.value)
    assert not isinstance(caught.value, (NameError, TypeError))


LEFT = {
    "no-key": (_program(_TYPE), "no-authorization"),
    "a-name-that-is-worked-out": (
        _program(_KEY + 'request.add_header(other, "x")'),
        "options-not-understood",
    ),
    "another-body-later": (
        _program(_KEY + _TYPE + "request.data = other"),
        "options-not-understood",
    ),
    "another-method": (
        _program(_KEY + _TYPE + 'request.get_method = lambda: "PUT"'),
        "options-not-understood",
    ),
    "one-that-is-taken-away": (
        _program(_KEY + _TYPE + 'request.remove_header("Authorization")'),
        "options-not-understood",
    ),
    "handed-on": (_program(_KEY + _TYPE + "sign(request)"), "options-not-understood"),
    "sent-by-an-opener": (
        _program(_KEY + _TYPE, read="r = opener.open(request)\nreturn json.load(r)['output']"),
        "options-not-understood",
    ),
    "added-behind-the-sending": (
        _program(_KEY + _TYPE, read=f"{_READ.replace('return', _BETA + 'return')}"),
        "options-not-understood",
    ),
    "added-by-a-function-inside": (
        _program(f"def add():\n    {_KEY}add()\n{_TYPE}"),
        "response-not-bound",
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_a_request_is_left_because(source: bytes, reason: str, target: str) -> None:
    migration = check(source, settings=Settings(target=target))
    assert [f.reason.code for f in migration.findings if f.reason is not None] == [reason]
    assert migration.result == source
