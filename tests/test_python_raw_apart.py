"""Hand-written Assistants requests in Python over several functions: all are written, or none."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_goldens import goldens
from tests.python_invariants import check

_RESPONSES = Settings(target="responses")
_SOURCE = goldens()["raw-apart-requests"].source.decode()


def _with(*pairs: tuple[str, str]) -> bytes:
    """The golden's program with other parts."""
    source = _SOURCE
    for old, new in pairs:
        assert old in source
        source = source.replace(old, new)
    return source.encode()


_READ = 'return message["content"][0]["text"]["value"]'
_RUN = '{"assistant_id": ASSISTANT_ID}'
_COUNTED = "    print(len(get_messages(thread_id)))\n"
#: Another list of messages, of another length.
_OTHER_LIST = """def roles(thread_id):
    url = f"{BASE_URL}/threads/{thread_id}/messages"
    response = requests.get(url, headers=HEADERS, params={"limit": 5})
    for message in response.json()["data"]:
        print(message["role"])


"""
_SENT = '{"role": "user", "content": content}'


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        pytest.param([(_READ, 'return message["created_at"]')], "other-read", id="time-of-message"),
        pytest.param(
            [(_READ, 'return message["content"][0]["text"]["annotations"]')],
            "other-read", id="citations",
        ),
        pytest.param(
            [('return response.json()["id"]\n\n\ndef wait', "return response.json()\n\n\ndef wait"),
             ("run_id = run_assistant(thread_id)", 'run_id = run_assistant(thread_id)["usage"]')],
            "other-read", id="usage-of-the-run",
        ),
        pytest.param(
            [("    wait_for_run(thread_id, run_id)\n",
              "    show(wait_for_run(thread_id, run_id))\n")],
            "answer-handed-on", id="run-goes-to-a-function-of-another-file",
        ),
        pytest.param(
            [("    wait_for_run(thread_id, run_id)\n",
              "    done.append(wait_for_run(thread_id, run_id))\n")],
            "answer-handed-on", id="run-goes-into-a-list",
        ),
        pytest.param(
            [("def get_messages(", '@app.get("/messages")\ndef get_messages(')],
            "answer-handed-on", id="messages-go-out-of-a-route",
        ),
        pytest.param(
            [("    for message in get_messages(thread_id):",
              "    for message in list(map(get_messages, [thread_id]))[0]:")],
            "answer-handed-on", id="function-is-handed-on-itself",
        ),
        pytest.param(
            [('return response.json()["data"]', 'return {"messages": response.json()["data"]}')],
            "answer-handed-on", id="messages-go-into-a-dict",
        ),
        pytest.param(
            [('return response.json()["data"]', 'yield response.json()["data"]')],
            "answer-handed-on", id="messages-are-yielded",
        ),
        pytest.param([(_RUN, '{"assistant_id": ASSISTANT_ID, "x": 1}')], "run-parameter",
                     id="parameter-without-a-counterpart"),
        pytest.param([(_SENT, '{"role": "user", "content": content, "attachments": files}')],
                     "message-shape", id="message-with-attachments"),
        pytest.param([(_SENT, '{"role": "user", "content": [{"type": "text", "value": content}]}')],
                     "message-shape", id="message-of-a-part-that-no-input-takes"),
        pytest.param(
            [("    response = requests.post(url, headers=HEADERS, json=data)\n"
              "    response.raise_for_status()\n    return response.json()\n",
              "    response = requests.post(url, headers=HEADERS, json=data)\n"
              "    response.raise_for_status()\n    keep(data)\n    return response.json()\n")],
            "body-not-understood", id="body-of-the-message-goes-elsewhere-too",
        ),
        pytest.param(
            [("json={})", 'data=json.dumps({"messages": first}))'),
             ("import os\n", "import json\nimport os\n")],
            "message-shape", id="first-messages-that-are-not-known",
        ),
        pytest.param(
            [("json={})", 'json={"tool_resources": {"file_search": {}}})')],
            "run-parameter", id="thread-with-files",
        ),
        pytest.param([('{"order": "desc"}', '{"order": "desc", "after": "msg_1"}')],
                     "answer-not-understood", id="page-behind-a-message"),
        pytest.param([("    for message in get_messages(thread_id):\n",
                       f"{_COUNTED}    for message in get_messages(thread_id):\n"),
                      ("def ask(question):\n", f"{_OTHER_LIST}def ask(question):\n")],
                     "answer-not-understood", id="lists-of-two-lengths-are-counted"),
        pytest.param([('{"order": "desc"}', '{"order": "desc", "limit": count}')],
                     "answer-not-understood", id="as-many-messages-as-another-file-says"),
        pytest.param([('message["role"] == "assistant"',
                       '"metadata" in message and message["role"] == "assistant"')],
                     "answer-handed-on", id="asked-for-a-part-that-no-item-has"),
        pytest.param([('message["role"] == "assistant"',
                       '"annotations" in message["content"][0]["text"]')],
                     "answer-handed-on", id="asked-for-citations"),
        pytest.param([('{"order": "desc"}', '{"order": sorting}')],
                     "answer-not-understood", id="order-that-is-not-known"),
        pytest.param([('{"order": "desc"}', '{"run_id": "run_1"}')],
                     "answer-not-understood", id="messages-of-another-run"),
        pytest.param(
            [("    wait_for_run(thread_id, run_id)\n",
              '    wait_for_run(thread_id, kept["run"])\n')],
            "run-not-followed", id="run-that-is-kept-somewhere",
        ),
        pytest.param(
            [('        if run["status"] in ("failed", "cancelled", "expired"):\n',
              '        if run["status"] == "requires_action":\n'
              '            answer(run["required_action"])\n'
              '        if run["status"] in ("failed", "cancelled", "expired"):\n')],
            "tool-loop", id="functions-of-the-run-are-answered",
        ),
        pytest.param(
            [("def ask(question):\n",
              "def stop(thread_id, run_id):\n"
              '    url = f"{BASE_URL}/threads/{thread_id}/runs/{run_id}/cancel"\n'
              "    requests.post(url, headers=HEADERS)\n\n\ndef ask(question):\n")],
            "other-call", id="run-is-cancelled",
        ),
    ],
)  # fmt: skip
def test_all_requests_stay_where_one_is_not_certain(
    pairs: list[tuple[str, str]], reason: str
) -> None:
    migration = check(_with(*pairs), settings=_RESPONSES)
    assert not migration.changed
    codes = {f.reason.code for f in migration.findings if f.reason is not None}
    assert codes <= {reason, "part-of-a-flow"}
    assert reason in codes


@pytest.mark.parametrize(
    "pairs",
    [
        pytest.param([('return response.json()["data"]',
                       'messages = response.json()\n    return messages.get("data", [])')],
                     id="messages-in-a-variable"),
        pytest.param([("    wait_for_run(thread_id, run_id)\n",
                       '    print(wait_for_run(thread_id, run_id)["status"])\n')],
                     id="status-is-shown"),
        pytest.param([('if message["role"] == "assistant":',
                       'if message.get("role") == "assistant" and message["content"]:')],
                     id="content-is-asked-for"),
        pytest.param([('{"order": "desc"}', '{"order": "desc", "limit": 2}'),
                      ("    for message in get_messages(thread_id):\n",
                       f"{_COUNTED}    for message in get_messages(thread_id):\n")],
                     id="few-messages-are-counted"),
        pytest.param([('if message["role"] == "assistant":',
                       'if message["role"] == "assistant" and "content" in message:')],
                     id="content-is-asked-for-by-its-name"),
        pytest.param([("json={})", "json=None)")], id="thread-of-no-body"),
        pytest.param([("    response.raise_for_status()\n    return response.json()\n\n\n",
                       "    if response.status_code != 200:\n        return response.text\n"
                       "    return None\n\n\n")], id="text-of-an-error-is-given-back"),
        pytest.param([("    thread_id = create_thread()\n    add_message(thread_id, question)\n",
                       "    thread_id = None\n    if thread_id is None:\n"
                       "        thread_id = create_thread()\n"
                       "    add_message(thread_id, question)\n")],
                     id="thread-with-a-first-value"),
    ],
)  # fmt: skip
def test_all_requests_are_written_where_each_is_certain(pairs: list[tuple[str, str]]) -> None:
    migration = check(_with(*pairs), settings=_RESPONSES)
    assert {f.bucket for f in migration.findings} == {Bucket.MIGRATED}
    assert b"/threads" not in migration.result


def test_one_that_is_silenced_silences_all() -> None:
    """A thread that is still one is none that a response could be on."""
    silent = _with(("json={})\n", "json={})  # callmend-ignore\n"))
    migration = check(silent, settings=_RESPONSES)
    assert not migration.changed
    assert {f.bucket for f in migration.findings} == {Bucket.IGNORED}


def test_the_functions_do_not_take_names_of_the_file() -> None:
    taken = b"\n\ndef run_of():\n    pass\n\n\nmessages_of = 1\n"
    result = check(_SOURCE.encode() + taken, settings=_RESPONSES).result
    assert b"def run_of_(answer" in result
    assert b"def messages_of_(answer" in result


_HANDED = goldens()["raw-apart-headers-handed-in"].source.decode()
_FILTERED = 'headers={k: v for k, v in headers.items() if k != "OpenAI-Beta"}'
#: Who gets the headers too, and whether each request of ours leaves the beta header out then.
_OTHERS = {
    "another-request": ('    requests.get("https://example.org", headers=headers)\n', True),
    "nobody": ("", False),
}


@pytest.mark.parametrize(("more", "filtered"), _OTHERS.values(), ids=_OTHERS)
def test_headers_that_are_handed_in_go_on_to_others_as_they_are(more: str, filtered: bool) -> None:
    line = "    headers = make_headers()\n"
    source = _HANDED.replace(line, line + more)
    result = check(source.encode(), settings=_RESPONSES).result.decode()
    assert "/threads" not in result
    assert (_FILTERED in result) is filtered
    assert ('"OpenAI-Beta": "assistants=v2"' in result) is filtered


#: What one function is given in place of the headers that the others get.
_UNKNOWN = {
    "other-headers": "add_message(other_headers(), thread_id, question)",
    "headers-by-stars": "add_message(*other_headers(), thread_id, question)",
    "a-function-of-another-file-too": (
        "get_more(headers)\n    add_message(headers, thread_id, question)"
    ),
    "changed-headers": "headers.pop('a')\n    add_message(headers, thread_id, question)",
}


@pytest.mark.parametrize("call", _UNKNOWN.values(), ids=_UNKNOWN)
def test_all_requests_stay_where_a_function_is_given_other_headers(call: str) -> None:
    source = _HANDED.replace("add_message(headers, thread_id, question)", call)
    migration = check(source.encode(), settings=_RESPONSES)
    assert not migration.changed
    reasons = {f.reason.code for f in migration.findings if f.reason is not None}
    assert "headers-not-understood" in reasons
