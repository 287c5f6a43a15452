"""Functions of a Python file that post what they are given to a path, for dead and live calls."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check

_RESPONSES = Settings(target="responses")
_HEADERS = 'headers={"Authorization": f"Bearer {KEY}"}'
_SENDS = (
    f'    response = requests.post(f"https://api.openai.com/v1{{path}}", json=body, {_HEADERS})\n'
)
_GIVES = "    response.raise_for_status()\n    return response.json()\n"
_BODY = '{"workflow_id": wf, "input": {"message": question}}'


def _program(
    inside: str = _SENDS + _GIVES,
    call: str = f'post("/workflows/runs", {_BODY})',
    read: str = '["output_text"]',
    parameters: str = "path, body",
) -> bytes:
    return (
        'import json\nimport requests\n\nKEY = "k"\n\n\n'
        f"def post({parameters}):\n{inside}\n\n"
        'def chat(body):\n    return post("/chat/completions", body)\n\n\n'
        f"def ask(question: str, wf):\n    return {call}{read}\n"
    ).encode()


_GIVES_RESPONSE = "    return response\n"
MIGRATED = {
    "json-of-a-response": _program(),
    "json-in-a-variable": _program(
        _SENDS + "    response.raise_for_status()\n    data = response.json()\n    return data\n"
    ),
    "response": _program(_SENDS + _GIVES_RESPONSE, read='.json()["output_text"]'),
    "response-at-once": _program(
        _SENDS.replace("response = ", "return "), read='.json()["output_text"]'
    ),
    "body-dumped": _program(_SENDS.replace("json=body", "data=json.dumps(body)") + _GIVES),
    "keywords-handed-on": _program(
        _SENDS.replace("json=body", "**more") + _GIVES,
        call=f'post("/workflows/runs", json={_BODY})',
        parameters="path, **more",
    ).replace(b'completions", body', b'completions", json=body'),
    "method-handed-on": _program(
        _SENDS.replace("requests.post(", "requests.request(method, ") + _GIVES,
        call=f'post("POST", "/workflows/runs", {_BODY})',
        parameters="method, path, body",
    ).replace(b'post("/chat', b'post("POST", "/chat'),
    "id-in-the-path": _program(
        call='post(f"/workflows/{wf}/runs", {"input": {"message": question}})'
    ),
    "without-a-slash": _program(
        _SENDS.replace("/v1{path}", "/v1/{path}") + _GIVES,
        call=f'post("workflows/runs", {_BODY})',
    ),
    "by-their-names": _program(call=f'post(path="/workflows/runs", body={_BODY})'),
    "through-another-function": _program(
        _SENDS.replace("requests.post(", "requests.request(method, ")
        + _GIVES
        + "\n\ndef send(path, body):\n    return post('POST', path, body)\n",
        call=f'send("/workflows/runs", {_BODY})',
        parameters="method, path, body=None",
    ).replace(b'post("/chat', b'post("POST", "/chat'),
}


@pytest.mark.parametrize("source", MIGRATED.values(), ids=MIGRATED)
def test_the_dead_call_gets_a_live_path_and_the_function_stays(source: bytes) -> None:
    migration = check(source, settings=_RESPONSES)
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert b'responses"' in migration.result
    assert b"workflow_answer(" in migration.result
    # The function and its live call keep their bytes.
    for kept in (source[source.index(b"def post") : source.index(b"def ask")],):
        assert all(line in migration.result.splitlines() for line in kept.splitlines())


def _of_class(more: str) -> bytes:
    """A method that posts, one of the same class that asks by it, and what is below them."""
    inside = "".join(f"    {line}" for line in (_SENDS + _GIVES).splitlines(keepends=True))
    return (
        'import requests\n\nKEY = "k"\n\n\nclass Api:\n'
        f"    def post(self, path, body):\n{inside}\n"
        "    def ask(self, question, wf):\n"
        f'        return self.post("/workflows/runs", {_BODY})["output_text"]\n{more}'
    ).encode()


def test_a_method_of_the_same_class_is_followed() -> None:
    for more in ("", "\n\nclass Mine(Api):\n    def get(self):\n        return 1\n"):
        [finding] = check(_of_class(more), settings=_RESPONSES).findings
        assert finding.bucket is Bucket.MIGRATED


_U = Reason.UNKNOWN_TRANSPORT
LEFT = {
    "a-class-below-has-the-method-too": (
        _of_class(
            "\n\nclass Mine(Api):\n    def post(self, path, body):\n"
            '        return requests.post("https://llm.example.org" + path, json=body).json()\n'
        ),
        Reason.UNKNOWN_TRANSPORT,
    ),
    "two-classes-below": (
        _of_class("\n\nclass Mine(Api):\n    pass\n\n\nclass Ours(Mine):\n    post = send\n"),
        Reason.UNKNOWN_TRANSPORT,
    ),
    "the-method-is-set": (_of_class("\n\nApi.post = traced\n"), Reason.UNKNOWN_TRANSPORT),
    "an-empty-object-where-it-fails": (
        _program(
            "    try:\n    "
            + _SENDS
            + "        return response.json()\n    except requests.RequestException:\n"
            "        return {}\n"
        ),
        _U,
    ),
    "text-of-the-answer-is-given": (
        _program(_SENDS + '    return response.json()["output_text"]\n', read=""),
        _U,
    ),
    "nothing-where-it-fails": (
        _program(
            _SENDS + "    if not response.ok:\n        return None\n    return response.json()\n"
        ),
        _U,
    ),
    "now-this-now-that": (
        _program(_SENDS + "    if body:\n        return response\n    return response.json()\n"),
        _U,
    ),
    "two-requests": (_program(_SENDS + _SENDS + _GIVES), _U),
    "an-error-looked-for-by-in": (
        _program(
            _SENDS + '    data = response.json()\n    if "error" in data:\n'
            "        raise RuntimeError(data)\n    return data\n"
        ),
        _U,
    ),
    "another-function-gives-a-part": (
        _program(
            _SENDS + _GIVES + "\n\ndef data_of(path, body):\n    return post(path, body)['data']\n",
            call=f'data_of("/workflows/runs", {_BODY})',
        ),
        _U,
    ),
    "another-function-makes-the-body": (
        _program(
            _SENDS
            + _GIVES
            + '\n\ndef run(path, question):\n    return post(path, {"q": question})\n',
            call='run("/workflows/runs", question)',
        ),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "a-get": (
        _program(_SENDS.replace("requests.post", "requests.put") + _GIVES),
        _U,
    ),
    "body-made-in-the-function": (
        _program(_SENDS.replace("json=body", 'json={"data": body}') + _GIVES),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "body-of-another-function": (
        _program(call='post("/workflows/runs", make(question))'),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "the-old-header": (
        _program(
            _SENDS.replace('{"Authorization"', '{"OpenAI-Beta": "workflows=v1", "Authorization"')
            + _GIVES
        ),
        Reason.BETA_HEADER,
    ),
    "a-stream": (
        _program(call=f'post("/workflows/runs", {_BODY[:-1]}, "stream": True}})'),
        Reason.STREAMING,
    ),
    "all-of-the-answer-is-looked-at": (
        _program(call=f'dig(post("/workflows/runs", {_BODY}))', read="").replace(
            b"def ask", b"def dig(d):\n    return [v for v in d.values()]\n\n\ndef ask"
        ),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
}


@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_because(source: bytes, reason: Reason) -> None:
    migration = check(source, settings=_RESPONSES)
    assert [f.reason for f in migration.findings] == [reason]
    assert not migration.changed


_ASSISTANTS = Settings(target="assistants")
#: Those that send their request by a method that they are given ask by it too.
_BY_METHOD = {"method-handed-on"}


@pytest.mark.parametrize("name", MIGRATED)
def test_the_run_is_asked_for_by_a_function_that_asks_as_this_one_posts(name: str) -> None:
    source = MIGRATED[name]
    if name in _BY_METHOD:
        source = source.replace(b"method, path, body", b"method, path, body=None")
    migration = check(source, settings=_ASSISTANTS)
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert b'threads/runs"' in migration.result
    assert b'"OpenAI-Beta": "assistants=v2"' in migration.result
    # The live call of the function goes on without the header.
    assert b'"threads/" in path' in migration.result
    of_json = b".json()[" not in source
    by_method = name in _BY_METHOD or name == "through-another-function"
    assert (b"def get(" in migration.result) is (of_json and not by_method)
    assert (b'post("GET", path)' in migration.result) is by_method


_O = Reason.OPTIONS_NOT_UNDERSTOOD
LEFT_OF_ASSISTANTS = {
    **{name: pair for name, pair in LEFT.items() if name != "the-old-header"},
    "the-old-header-of-other-calls-too": LEFT["the-old-header"],
    "the-body-is-needed-to-ask": (MIGRATED["method-handed-on"], _O),
    "the-body-is-logged": (_program("    print(body)\n" + _SENDS + _GIVES), _O),
    "the-function-is-cached": (
        _program().replace(b"def post(", b"@functools.cache\ndef post("),
        _O,
    ),
    "the-function-counts": (_program("    COUNTS[path] = 1\n" + _SENDS + _GIVES), _O),
    "the-method-is-imported-alone": (
        _program(_SENDS.replace("requests.post(", "send(") + _GIVES).replace(
            b"import requests", b"from requests import post as send"
        ),
        _O,
    ),
    "another-argument-does-something": (
        _program(
            call=f'post("/workflows/runs", {_BODY}, next_timeout())',
            parameters="path, body, timeout=3",
        ),
        _O,
    ),
    "no-key-is-sent": (
        _program(_SENDS.replace(f", {_HEADERS}", "") + _GIVES),
        Reason.NO_AUTHORIZATION,
    ),
    "the-headers-are-given": (
        _program(
            _SENDS.replace(_HEADERS, "headers=headers") + _GIVES,
            call=f'post("/workflows/runs", {_BODY}, make_headers())',
            parameters="path, body, headers",
        ),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "the-path-is-changed-first": (
        _program('    path = path or "/chat/completions"\n' + _SENDS + _GIVES),
        Reason.URL_NOT_CERTAIN,
    ),
    "the-client-is-the-functions-own": (
        _program(
            f"    client = requests.Session()\n{_SENDS.replace('requests.post', 'client.post')}"
            + _GIVES_RESPONSE,
            read='.json()["output_text"]',
        ),
        Reason.NAME_NOT_IN_SCOPE,
    ),
}


@pytest.mark.parametrize(("source", "reason"), LEFT_OF_ASSISTANTS.values(), ids=LEFT_OF_ASSISTANTS)
def test_with_a_run_to_wait_for_it_is_left_because(source: bytes, reason: Reason) -> None:
    migration = check(source, settings=_ASSISTANTS)
    assert [f.reason for f in migration.findings] == [reason]
    assert not migration.changed


@pytest.mark.parametrize("target", ["assistants", "responses"])
def test_another_base_is_none_of_the_functions(target: str) -> None:
    settings = Settings(target=target, base_url="https://llm.example.org/v1")
    migration = check(_program(), settings=settings)
    assert [f.reason for f in migration.findings] == [Reason.UNRESOLVED_HOST]


def test_a_function_that_serves_dead_calls_alone_sends_the_header_always() -> None:
    source = _program()
    start, end = source.index(b"def chat"), source.index(b"def ask")
    migration = check(source[:start] + source[end:], settings=_ASSISTANTS)
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert b'threads/" in path' not in migration.result
    assert migration.result.count(b'"OpenAI-Beta": "assistants=v2"') == 2


def test_code_that_waits_awaits_the_run() -> None:
    source = _program().replace(b"def ask", b"async def ask")
    migration = check(source, settings=_ASSISTANTS)
    assert b"await workflow_answer(" in migration.result
    assert b"await asyncio.sleep(poll_delay)" in migration.result
    assert b"run = get(run_path)" in migration.result


_THREADS = b"""\
import requests

H = {"Authorization": "Bearer k", "OpenAI-Beta": "assistants=v2"}


def post(path, body):
    return requests.post("https://api.openai.com/v1" + path, headers=H, json=body).json()


def ask(question: str, assistant: str):
    thread = post("/threads", {})
    post(f"/threads/{thread['id']}/messages", {"role": "user", "content": question})
    return post(f"/threads/{thread['id']}/runs", {"assistant_id": assistant})["id"]
"""


def test_a_run_by_a_function_that_goes_on_in_other_files_is_told_and_left() -> None:
    migration = check(_THREADS, settings=_RESPONSES)
    assert [(f.rule, f.reason) for f in migration.findings] == [("CM202", Reason.RUN_NOT_FOLLOWED)]


def test_a_thread_that_a_function_makes_for_other_files_is_told_and_left() -> None:
    migration = check(_THREADS[: _THREADS.index(b"    post(")], settings=_RESPONSES)
    assert [f.reason for f in migration.findings] == [Reason.PART_OF_A_FLOW]


def test_a_run_started_by_a_function_is_migrated_already_on_the_other_target() -> None:
    source = _program(call='post("/threads/runs", {"assistant_id": wf})', read='["id"]')
    migration = check(source, settings=_ASSISTANTS)
    assert [f.bucket for f in migration.findings] == [Bucket.ALREADY_MIGRATED]


@pytest.mark.parametrize("target", ["assistants", "responses"])
def test_a_call_with_the_whole_url_is_one_finding(target: str) -> None:
    source = _program(
        _SENDS.replace('f"https://api.openai.com/v1{path}"', "path") + _GIVES,
        call=f'post("https://api.openai.com/v1/workflows/runs", {_BODY})',
    ).replace(b'post("/chat', b'post("https://api.openai.com/v1/chat')
    assert [f.bucket for f in check(source, settings=Settings(target=target)).findings] == [
        Bucket.MIGRATED
    ]


_DIES = """\
def die(text):
    print(text)
    LEAVES


"""


@pytest.mark.parametrize(
    ("leaves", "bucket"),
    [
        pytest.param("sys.exit(1)", Bucket.MIGRATED, id="it-ends-the-program"),
        pytest.param("raise SystemExit(text)", Bucket.MIGRATED, id="it-raises"),
        pytest.param(
            "if text:\n        raise ValueError(text)\n    sys.exit(1)",
            Bucket.MIGRATED,
            id="either",
        ),
        pytest.param("print('!')", Bucket.LEFT, id="it-comes-back"),
        pytest.param("return 1", Bucket.LEFT, id="it-returns"),
        pytest.param("if text:\n        sys.exit(1)", Bucket.LEFT, id="it-may-come-back"),
        pytest.param("die(text)", Bucket.LEFT, id="it-calls-itself"),
    ],
)
def test_a_function_whose_failure_ends_in_another_one(leaves: str, bucket: Bucket) -> None:
    tried = "".join("    " + line + "\n" for line in (_SENDS + _GIVES).splitlines())
    inside = f"    try:\n{tried}    except OSError as error:\n        die(str(error))\n"
    source = _program(inside).replace(
        b"def post", b"import sys\n\n\n" + _DIES.replace("LEAVES", leaves).encode() + b"def post", 1
    )
    [finding] = check(source, settings=_RESPONSES).findings
    assert finding.bucket is bucket


_ASKS = f'    response = requests.get(f"https://api.openai.com/v1{{path}}", {_HEADERS})\n'
_POLLED = (
    "\n\n{get}\n\n"
    "def ask(question: str, wf):\n"
    "    run = {start}\n"
    '    while run["status"] != "completed":\n'
    "        run = {again}\n"
    '    return run["output_text"]\n'
)


def _polling(
    get: str = f"def get(path):\n{_ASKS}{_GIVES}",
    start: str = f'post("/workflows/runs", {_BODY})',
    again: str = "get(f\"/workflows/runs/{run['id']}\")",
) -> bytes:
    source = _program()
    polled = _POLLED.format(get=get, start=start, again=again)
    return source[: source.index(b"\n\ndef ask")] + polled.encode()


POLLED = {
    "by-another-function": _polling(),
    "told-in-an-error": _polling() + b"    raise TimeoutError(run['id'])\n",
    "without-the-sessions-key": _polling()
    .replace(_HEADERS.encode(), b"headers={**H}")
    .replace(b'KEY = "k"', b'H = {"Authorization": "Bearer k"}'),
    "in-a-function-of-its-own": _polling(again='again(run["id"])')
    + b'\n\ndef again(run_id):\n    return get(f"/workflows/runs/{run_id}")\n',
}
_OWN = Reason.OWN_POLLING
_POLL_LEFT = {
    "its-id-comes-from-elsewhere": _polling(again='get(f"/workflows/runs/{KEY}")'),
    "its-id-is-within-the-path": _polling(again="get(f\"/workflows/runs/{run['id']}/output\")"),
    "its-id-is-stored": _polling() + b'    save(run["id"])\n',
    "it-is-asked-for-by-post": _polling(again="post(f\"/workflows/runs/{run['id']}\", {})"),
    "its-response-is-given": _polling(
        get=f"def get(path):\n{_ASKS}    return response\n",
        again="get(f\"/workflows/runs/{run['id']}\").json()",
    ),
    "several-runs-are-started": _polling()
    + f'\n\ndef other(question, wf):\n    return post("/workflows/runs", {_BODY})\n'.encode(),
    "it-asks-for-more": _polling(
        get=_ASKS.replace(", headers", ", params=query, headers").join(
            ["def get(path, query):\n", _GIVES]
        ),
        again="get(f\"/workflows/runs/{run['id']}\", wf)",
    ),
    "another-function-waits": _polling(
        get=f"async def get(path):\n{_ASKS}{_GIVES}",
        again="asyncio.run(get(f\"/workflows/runs/{run['id']}\"))",
    ),
    "it-is-asked-for-without-a-function": _polling(
        again="requests.get(f\"https://api.openai.com/v1/workflows/runs/{run['id']}\").json()"
    ),
}


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize("source", POLLED.values(), ids=POLLED)
def test_a_run_that_functions_start_and_ask_for_is_migrated(source: bytes, target: str) -> None:
    migration = check(source, settings=Settings(target=target))
    assert {f.bucket for f in migration.findings} == {Bucket.MIGRATED}
    path = "/threads/" if target == "assistants" else "/responses/"
    assert f'get(f"{path}{{'.encode() in migration.result
    assert b"workflows" not in migration.result


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize("source", _POLL_LEFT.values(), ids=_POLL_LEFT)
def test_polling_by_functions_is_left_because(source: bytes, target: str) -> None:
    migration = check(source, settings=Settings(target=target))
    assert {f.reason for f in migration.findings} <= {
        _OWN,
        Reason.PART_OF_A_FLOW,
        Reason.OTHER_READ,
    }
    assert _OWN in {f.reason for f in migration.findings} or b"output" in source
    assert not migration.changed


def test_a_poll_is_silenced_with_its_start() -> None:
    source = _polling().replace(
        b"        run = get(", b"        # callmend-ignore\n        run = get("
    )
    migration = check(source)
    assert [f.bucket for f in migration.findings] == [Bucket.IGNORED, Bucket.IGNORED]
    assert not migration.changed
