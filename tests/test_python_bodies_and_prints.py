"""Bodies that grow before they are sent, statuses by their numbers, answers that are printed."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check
from tests.server import Reply, RunningServer, Scenario, running_server
from tests.skipping import needs
from tests.test_python_behaviour import QUESTION, asked
from tests.test_python_leaves_alone import program

_TARGETS = ("assistants", "responses")
_START = 'body = {"workflow_id": WF, "input": {"message": question}}\n'


def sends(before: str, *, above: str = "", read: str = "", more: str = "") -> bytes:
    """A program that sends `body`, which the lines before the call make."""
    return program(
        before=before,
        above=above,
        body="json=body",
        define="def ask(question, messages=(), other=None):",
        read=read or 'return r.json()["output"]["message"]',
        more=more,
    )


def reads(read: str, *, above: str = "") -> bytes:
    """A program with another reading of its answer."""
    return program(read=read, above=above, define="def ask(question, messages=(), other=None):")


@pytest.fixture(scope="module")
def running() -> Iterator[RunningServer]:
    needs("requests", "httpx", "aiohttp", "click")
    with pytest.MonkeyPatch.context() as patched, running_server() as started:
        patched.setenv("WF", "asst_test1")
        yield started


@pytest.fixture
def server(running: RunningServer) -> Iterator[RunningServer]:
    yield running
    running.reset()


# --- bodies

#: Bodies that are given more elements: what goes of them, and what stays.
_GROWING: dict[str, tuple[bytes, tuple[bytes, ...], tuple[bytes, ...]]] = {
    "an-element-without-a-counterpart": (
        sends(_START + 'body["session_id"] = "s1"'),
        (b"session_id",),
        (),
    ),
    "the-only-statement-of-a-branch": (
        sends(_START + 'if other:\n    body["conversation_id"] = other'),
        (b"conversation_id", b"if other", b"pass"),
        (),
    ),
    "beside-another-statement": (
        sends(_START + 'if other:\n    body["user_id"] = other\n    print("known")'),
        (b"user_id",),
        (b'if other:\n        print("known")',),
    ),
    "metadata-stays": (
        sends(_START + 'if other:\n    body["metadata"] = {"by": other}'),
        (),
        (b'body["metadata"] = {"by": other}',),
    ),
    "a-pure-value-goes-with-it": (
        sends(_START + 'body["session_id"] = str(other).strip()'),
        (b"session_id", b"strip"),
        (),
    ),
    "the-body-is-logged": (
        sends(_START + 'print("sending", body)\nbody["user"] = "u"'),
        (b'"user"]',),
        (b'print("sending", body)',),
    ),
    "a-function-builds-it": (
        sends(
            "body = build(question)",
            above="def build(q):\n    return {'workflow_id': WF, 'input': {'message': q}}",
        ),
        (b"workflow_id",),
        (b"body = build(question)",),
    ),
    "a-function-builds-it-step-by-step": (
        sends(
            "body = build(question)",
            above="def build(q):\n    made = {'workflow_id': WF, 'input': {'message': q}}\n"
            "    made['session_id'] = 's'\n    return made",
        ),
        (b"workflow_id", b"session_id"),
        (b"return made",),
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("source", "gone", "kept"), _GROWING.values(), ids=_GROWING)
def test_a_body_that_grows_is_sent_without_what_has_no_counterpart(
    source: bytes, gone: tuple[bytes, ...], kept: tuple[bytes, ...], target: str,
    server: RunningServer,
) -> None:  # fmt: skip
    migration = check(source, settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert not [words for words in gone if words in migration.result]
    assert not [words for words in kept if words not in migration.result]
    server.control.answer = Reply.LAST_USER_MESSAGE
    server.control.assistants_gone = target != "assistants"
    with contextlib.redirect_stdout(io.StringIO()):
        assert QUESTION in asked(migration.result, server)
    assert not server.take_violations()


_KEY = "f\"Bearer {os.environ['OPENAI_API_KEY']}\""
#: Headers that grow before the call: what is sent of them is what the old call sent.
_GROWING_HEADERS = {
    "a-key-in-empty-ones": f"h = {{}}\nh['Authorization'] = {_KEY}\nh['X-User'] = 'u1'",
    "one-more-in-a-condition": f"h = {{'Authorization': {_KEY}}}\nif question:\n"
    "    h['X-User'] = 'u1'",
    "beside-the-beta-header": "h = {'OpenAI-Beta': 'workflows=v1'}\n"
    f"h['Authorization'] = {_KEY}\nh['X-User'] = 'u1'",
    "another-call-is-given-them-too": f"h = {{'Authorization': {_KEY}}}\nh['X-User'] = 'u1'\n"
    "if other:\n    requests.get('https://example.org/', headers=h)",
    "of-a-type": f"h: dict[str, str] = {{}}\nh['Authorization'] = {_KEY}\nh['X-User'] = 'u1'",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("before", _GROWING_HEADERS.values(), ids=_GROWING_HEADERS)
def test_headers_that_grow_are_sent_whole_and_the_beta_header_is_the_targets(
    before: str, target: str, server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-1")
    source = program(
        before=before, headers="headers=h", define="def ask(question, messages=(), other=None):"
    )
    migration = check(source, settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    server.control.answer = Reply.LAST_USER_MESSAGE
    server.control.assistants_gone = target != "assistants"
    assert asked(migration.result, server) == QUESTION
    assert not server.take_violations()
    wanted = {
        "authorization": "Bearer sk-test-1",
        "x-user": "u1",
        "openai-beta": "assistants=v2" if target == "assistants" else None,
    }
    for request in server.requests:
        sent = {name.lower(): value for name, value in dict(request.headers).items()}
        assert {name: sent.get(name) for name in wanted} == wanted


_BODIES_LEFT: dict[str, tuple[bytes, str]] = {
    "an-element-that-nobody-knows": (
        sends(_START + 'body["tools"] = other'),
        "body-field",
    ),
    "a-value-that-does-something": (
        sends(_START + 'body["session_id"] = open_session(question)'),
        "body-field",
    ),
    "a-value-that-is-fetched": (
        sends(_START + 'body["session_id"] = requests.get("https://example.org/s").text'),
        "body-field",
    ),
    "a-value-by-a-function-whose-name-ends-like-a-pure-one": (
        sends(_START + 'body["session_id"] = acquire_hint(question)'),
        "body-field",
    ),
    "a-key-that-is-worked-out": (
        sends(_START + "body[other] = 1"),
        "body-not-understood",
    ),
    "updated": (sends(_START + "body.update(other or {})"), "body-not-understood"),
    "merged": (sends(_START + "body |= other or {}"), "body-not-understood"),
    "deleted": (sends(_START + 'del body["input"]'), "body-not-understood"),
    "another-name-for-it": (
        sends(_START + 'same = body\nsame["input"] = {"message": "x"}'),
        "body-not-understood",
    ),
    "given-to-a-function": (sends(_START + "sign(body)"), "body-not-understood"),
    "read-afterwards": (
        sends(_START, read='return r.json()["output"]["message"], body["input"]'),
        "body-not-understood",
    ),
    "made-in-one-of-two-places": (
        sends(_START + 'if other:\n    body = {"workflow_id": WF, "input": {"message": other}}'),
        "body-not-understood",
    ),
    "a-function-that-others-call-builds-it": (
        sends(
            "body = build(question)",
            above="def build(q):\n    return {'workflow_id': WF, 'input': {'message': q}}\n"
            "print(build('x'))",
        ),
        "body-not-understood",
    ),
    "a-function-with-two-returns-builds-it": (
        sends(
            "body = build(question)",
            above="def build(q):\n    if not q:\n        return {}\n"
            "    return {'workflow_id': WF, 'input': {'message': q}}",
        ),
        "body-not-understood",
    ),
    "a-decorated-function-builds-it": (
        sends(
            "body = build(question)",
            above="@signed\ndef build(q):\n    return {'workflow_id': WF, 'input': {'message': q}}",
        ),
        "body-not-understood",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "reason"), _BODIES_LEFT.values(), ids=_BODIES_LEFT)
def test_a_body_is_left_because(source: bytes, reason: str) -> None:
    migration = check(source)
    assert [f.reason.code for f in migration.findings if f.reason is not None] == [reason]
    assert migration.result == source


# --- statuses

_READ = 'return r.json()["output"]["message"]'
#: Checks behind which an error's response never gets to what reads the answer.
_CHECKS: dict[str, str] = {
    "not-in-a-list": f"if r.status_code not in [200, 201]:\n    raise ValueError(r.text)\n{_READ}",
    "not-in-a-tuple": f"if r.status_code not in (200, 202):\n    raise ValueError(r.text)\n{_READ}",
    "in-a-set": f"if r.status_code in {{200, 201}}:\n    {_READ}\nraise ValueError(r.text)",
    "between": f"if 200 <= r.status_code < 300:\n    {_READ}\nraise ValueError(r.text)",
    "between-and-at": f"if 200 <= r.status_code <= 299:\n    {_READ}\nraise ValueError(r.text)",
    "one-or-the-other": "if r.status_code == 200 or r.status_code == 201:\n"
    f"    {_READ}\nraise ValueError(r.text)",
    "neither-of-two": "if r.status_code != 200 and r.status_code != 201:\n"
    f"    raise ValueError(r.text)\n{_READ}",
    "in-a-list-of-errors": "if r.status_code in (401, 403):\n    raise ValueError('key')\n"
    f"r.raise_for_status()\n{_READ}",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("read", _CHECKS.values(), ids=_CHECKS)
def test_a_check_of_the_status_stays_one(read: str, target: str, server: RunningServer) -> None:
    migration = check(reads(read), settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    server.control.assistants_gone = target != "assistants"
    assert asked(migration.result, server) == server.control.answer
    server.control.scenario = Scenario.UNAUTHORIZED
    with pytest.raises(ValueError, match=r"Incorrect API key|key"):
        asked(migration.result, server)


#: Each with what reads it: in its place, and the whole JSON.
_CHECKS_LEFT: dict[str, str] = {
    "only-201": "if r.status_code != 201:\n    raise ValueError(r.text)",
    "only-201-the-other-way-round": "if 201 != r.status_code:\n    raise ValueError(r.text)",
    "a-list-without-200": "if r.status_code not in [201, 202]:\n    raise ValueError(r.text)",
    "a-constant-without-200": "if r.status_code not in GOOD:\n    raise ValueError(r.text)",
    "a-name-without-200": "if r.status_code != HTTPStatus.CREATED:\n    raise ValueError(r.text)",
    "not-200-or-not-201": "if r.status_code != 200 or r.status_code != 201:\n"
    "    raise ValueError(r.text)",
    "another-status-is-200": "if other.status_code == 200 or r.status_code != 201:\n"
    "    raise ValueError(r.text)",
    "in-a-variable": "s = r.status_code\nif s == 404:\n    return ''\n"
    "if s != 202:\n    raise ValueError(r.text)",
}


@pytest.mark.parametrize("read", [_READ, "r.raise_for_status()\nreturn r.json()"])
@pytest.mark.parametrize("checks", _CHECKS_LEFT.values(), ids=_CHECKS_LEFT)
def test_a_live_answer_has_the_status_200_which_is_not_wanted(checks: str, read: str) -> None:
    above = "from http import HTTPStatus\nGOOD = (201, 202)"
    source = reads(f"{checks}\n{read}", above=above)
    migration = check(source)
    assert [f.reason.code for f in migration.findings if f.reason is not None] == ["other-read"]
    assert migration.result == source


_WITH_200 = {
    "a-constant": "if r.status_code not in GOOD:\n    raise ValueError(r.text)",
    "names": "if r.status_code not in (HTTPStatus.OK, HTTPStatus.CREATED):\n"
    "    raise ValueError(r.text)",
    "other-errors": "if r.status_code in (404, HTTPStatus.CONFLICT):\n    raise ValueError(r.text)",
}


@pytest.mark.parametrize("checks", _WITH_200.values(), ids=_WITH_200)
def test_a_list_with_200_is_no_reason_to_leave_a_call(checks: str, server: RunningServer) -> None:
    above = "from http import HTTPStatus\nGOOD = (200, 202)"
    migration = check(reads(f"{checks}\n{_READ}", above=above))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert asked(migration.result, server) == server.control.answer


# --- what is printed

#: What prints an answer, and imports; `ask` gives nothing back in these programs.
_PRINTED: dict[str, tuple[str, str]] = {
    "the-text": ('print(r.json()["output"]["text"])', ""),
    "the-text-in-words": ("d = r.json()\nprint(f\"Answer: {d['output']['message']}\")", ""),
    "the-text-behind-the-state": (
        'd = r.json()\nprint("state", d["status"])\nprint("answer", d["output"]["text"])',
        "",
    ),
    "one-of-two-guesses": (
        'd = r.json()\nprint(d.get("output", {}).get("text") or d.get("output_text"))',
        "",
    ),
    "by-click": ('click.echo(r.json()["output"]["text"])', "import click"),
    "in-color": ('click.secho(r.json()["output"]["text"], fg="green")', "import click"),
    "the-whole-json": ("print(r.json())", ""),
    "the-whole-json-indented": ("print(json.dumps(r.json(), indent=2, ensure_ascii=False))", ""),
    "the-whole-json-pretty": (
        "r.raise_for_status()\npprint(r.json(), width=200)",
        "from pprint import pprint",
    ),
    "behind-a-check": (
        'if r.status_code == 200:\n    print(r.json()["output"]["text"])\n'
        'else:\n    print("Error:", r.status_code, r.text)',
        "",
    ),
}


def printed(source: bytes, server: RunningServer) -> str:
    """What a program that is asked writes to its output."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        asked(source, server)
    return out.getvalue()


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("read", "above"), _PRINTED.values(), ids=_PRINTED)
def test_what_is_printed_is_the_answer(
    read: str, above: str, target: str, server: RunningServer
) -> None:
    migration = check(reads(read, above=above), settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    server.control.answer = Reply.LAST_USER_MESSAGE
    server.control.assistants_gone = target != "assistants"
    assert QUESTION in printed(migration.result, server).replace(
        QUESTION.encode("ascii", "backslashreplace").decode(), QUESTION
    )
    assert not server.take_violations()
    for failing in (Scenario.FAILED, Scenario.NO_ANSWER):
        server.control.scenario = failing
        with pytest.raises(Exception, match=r"[Nn]o |run failed|Response failed") as caught:
            printed(migration.result, server)
        assert not isinstance(caught.value, (NameError, KeyError, TypeError, AttributeError))


#: A print beside another reading is a log: it shows the new answer's JSON or text, or is refused.
_NOT_THE_READING: dict[str, tuple[str, str]] = {
    "logged-and-nothing-more": ("logging.info(r.json())", "answer-not-read"),
    "only-the-run-is-printed": ('print(r.json()["id"])', "answer-not-read"),
    "only-the-status-is-printed": ("print(r.status_code)", "answer-not-read"),
    "only-the-headers-are-printed": ('print(r.headers["x-request-id"])', "answer-not-read"),
}


@pytest.mark.parametrize(("read", "reason"), _NOT_THE_READING.values(), ids=_NOT_THE_READING)
def test_what_shows_no_answer_is_left_because(read: str, reason: str) -> None:
    source = reads(read, above="import logging")
    migration = check(source)
    assert [f.reason.code for f in migration.findings if f.reason is not None] == [reason]
    assert migration.result == source


# --- names of the text


@pytest.mark.parametrize("name", ["assistant_response", "assistantReply", "final_reply_text"])
@pytest.mark.parametrize("target", _TARGETS)
def test_a_name_that_ends_as_a_texts_name_gets_the_text(
    name: str, target: str, server: RunningServer
) -> None:
    read = f'r.raise_for_status()\nbody = r.json()\nreturn body["output"]["{name}"]'
    migration = check(reads(read), settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    server.control.assistants_gone = target != "assistants"
    assert asked(migration.result, server) == server.control.answer


@pytest.mark.parametrize("name", ["error_message", "user_input_text", "status_text", "total_score"])
def test_a_name_that_says_of_another_text_is_left(name: str) -> None:
    source = reads(f'r.raise_for_status()\nbody = r.json()\nreturn body["output"]["{name}"]')
    migration = check(source)
    [finding] = migration.findings
    assert finding.reason is Reason.ANSWER_NOT_UNDERSTOOD
    assert name in finding.detail
    assert migration.result == source
