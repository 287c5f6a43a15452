"""Python answers whose reading stays: what goes through a function, and what is left."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check
from tests.test_python_leaves_alone import program

TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])


def _input(text: str) -> str:
    return f'json={{"workflow_id": WF, "input": {text}}}'


#: What reads the answer in more than one place, or hands it on, and whether an error is raised as
#: nothing in the file looks at the status.
ADAPTED: dict[str, tuple[bytes, bool]] = {
    "form-of-several-fields": (program(body=_input('{"message": question, "lang": "de"}')), True),
    "input-of-a-parameter": (program(body=_input("other")), True),
    "response-returned": (program(assign="return ", read="pass"), False),
    "response-given-away": (program(read="return parse(r)"), True),
    "json-returned": (program(read="return r.json()"), True),
    "json-returned-from-a-variable": (program(read="d = r.json()\nreturn d"), True),
    "json-given-away": (program(read="d = r.json()\nreturn parse(d)"), True),
    "text-returned": (program(read="return r.text"), True),
    "tokens-counted": (
        program(read='d = r.json()\nx = d["output"]["text"]\nreturn x, d["usage"]'),
        True,
    ),
    "test-for-the-dead-field": (
        program(read='d = r.json()\nif "output" in d:\n    return d["output"]["text"]'),
        True,
    ),
    "may-be-no-text": (program(read='return r.json()["output"]'), True),
    "in-a-condition": (program(read='d = r.json()\nif d["output"]["text"]:\n    return 1'), True),
    "in-a-comprehension": (
        program(read='d = r.json()\nreturn [d["output"]["text"] for _ in other]'),
        True,
    ),
    "in-a-lambda": (program(read='d = r.json()\nreturn lambda: d["output"]["text"]'), True),
    "only-sometimes-computed": (
        program(read='d = r.json()\nreturn other and d["output"]["text"]'),
        True,
    ),
    "after-a-semicolon": (program(read='d = r.json(); a = d["output"]["text"]'), True),
    "behind-an-if-on-one-line": (
        program(read='d = r.json()\nif other: return d["output"]["text"]'),
        True,
    ),
    "an-error-is-only-printed": (
        program(read="if r.status_code != 200:\n    print(r.text)\nreturn r.json()"),
        True,
    ),
    "the-check-is-below": (
        program(read="d = r.json()\nshow(d)\nif not r.ok:\n    raise ValueError\nreturn d"),
        True,
    ),
    "an-error-is-caught-and-gone-on-with": (
        program(
            read="try:\n    r.raise_for_status()\nexcept Exception:\n    pass\nreturn r.json()"
        ),
        True,
    ),
    "tried-again-in-a-loop": (
        program(
            before="for i in range(3):",
            assign="    r = ",
            read='if r.ok:\n    pass\nd = r.json()\nreturn d["output"]["text"]',
        ),
        False,
    ),
    "shared-with-another-request": (
        program(
            before="if other:\n    r = requests.get('https://example.org')\nelse:\n    r = None",
            assign="if messages:\n        r = ",
        ),
        True,
    ),
    "typed-answer": (program(read='d: Answer = r.json()\nreturn d["output"]["text"]'), True),
    "comment-in-the-reading": (
        program(read='d = r.json()\na = (\n    d["output"]  # mine\n    ["text"]\n)\nreturn a'),
        True,
    ),
    "own-polling-that-finds-it-done": (
        program(
            read="d = r.json()\n"
            'while d["status"] != "done":\n'
            "    d = requests.get(poll).json()\n"
            'return d["output"]["text"]'
        ),
        True,
    ),
    "status-checked-first": (
        program(read="if r.status_code != 200:\n    raise ValueError(r.text)\nreturn r.json()"),
        False,
    ),
    "status-checked-after-parsing": (
        program(read="d = r.json()\nif not r.ok:\n    raise ValueError(d)\nreturn d"),
        False,
    ),
    "read-where-all-is-well": (
        program(read="if r.status_code == 200:\n    return r.json()\nreturn None"),
        False,
    ),
    "raised-in-a-try-that-leaves": (
        program(
            read="try:\n    r.raise_for_status()\nexcept OSError:\n    return None\nreturn r.json()"
        ),
        False,
    ),
    "status-goes-along": (
        program(read="return JSONResponse(r.json(), status_code=r.status_code)"),
        False,
    ),
    "status-goes-along-in-a-tuple": (
        program(read="return jsonify(r.json()), r.status_code"),
        False,
    ),
    "status-of-an-attempt-that-goes-on": (
        program(
            assign="while True:\n        r = ",
            read="    if r.status_code >= 400:\n        continue\n    return r.json()",
        ),
        False,
    ),
}


@TARGETS
@pytest.mark.parametrize(("source", "raises"), ADAPTED.values(), ids=ADAPTED)
def test_the_reading_stays_and_the_answer_is_adapted(
    source: bytes, raises: bool, target: str
) -> None:
    migration = check(source, settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    assert b"workflow_answer(" in migration.result
    assert (b"raise requests.HTTPError(" in migration.result) is raises
    reading = source[source.index(b"requests.post(") :].split(b"\n", 1)[1]
    assert migration.result.endswith(reading), "what reads the answer has changed"
    assert any("the answer goes through `workflow_answer`" in note.text for note in finding.notes)


def test_a_key_that_changes_before_the_reading_is_no_obstacle() -> None:
    source = program(
        before="key = other",
        headers='headers={"Authorization": key}',
        read='key = None\nreturn r.json()["output"]["text"]',
    )
    migration = check(source)
    assert b"workflow_answer(" in migration.result


#: What cannot be given in the shape that the file reads, and the reason of the report.
LEFT = {
    # what is read is not known, or is not the text
    "key-of-a-parameter": (program(read="return r.json()[other]"), "answer-not-understood"),
    "key-of-a-call": (program(read="return r.json().get(other())"), "answer-not-understood"),
    "answer-is-changed": (
        program(read='d = r.json()\nd["output"] = other\nreturn d'),
        "answer-not-understood",
    ),
    "answer-is-made-smaller": (
        program(read='d = r.json()\ndel d["output"]\nreturn d'),
        "answer-not-understood",
    ),
    "several-fields-in-one-object": (
        program(
            read="d = r.json()\n"
            'return {"summary": d.get("summary"), "translation": d.get("translation")}'
        ),
        "other-read",
    ),
    "several-fields-by-index": (
        program(read='d = r.json()\nreturn d["answer"], d["tags"]'),
        "other-read",
    ),
    "a-field-that-is-no-text": (
        program(read='d = r.json()\na = d["score"]\nreturn a, d["score"]'),
        "other-read",
    ),
    "whole-part-and-its-text": (
        program(read='x = r.json()["output"]\nreturn x, x["text"]'),
        "other-read",
    ),
    "second-element": (
        program(read='d = r.json()\nreturn d["output"][1]["text"], d["output"][1]["text"]'),
        "other-read",
    ),
    "items-of-a-part": (
        program(read='return list(r.json()["output"].items())'),
        "answer-not-understood",
    ),
    "part-is-added-to": (
        program(read='x = r.json()["output"]\nx.append(other)\nreturn x'),
        "answer-not-understood",
    ),
    "pairs-of-a-part": (
        program(read='return [b for a, b in r.json()["output"]]'),
        "answer-not-understood",
    ),
    "unpacked": (
        program(read='a, b = r.json()["output"]["text"]'),
        "answer-not-understood",
    ),
    "given-as-keywords": (program(read="return Answer(**r.json())"), "answer-not-understood"),
    "all-that-is-found-is-put-together": (
        program(
            read='text = ""\nfor part in r.json().values():\n    text += str(part)\nreturn text'
        ),
        "answer-not-understood",
    ),
    "dead-run-is-asked-for-again": (
        program(read="d = r.json()\nx = requests.get(f\"{other}/{d['id']}\")\nreturn d, x"),
        "own-polling",
    ),
    # an error may be shown for the answer
    "only-one-error-is-looked-for": (
        program(read="if r.status_code == 401:\n    raise ValueError\nreturn r.json()"),
        "answer-not-understood",
    ),
    # the response
    "read-line-by-line": (
        program(read="return [line for line in r.iter_lines()]"),
        "answer-not-understood",
    ),
    "how-long-it-took": (program(read="return r.json(), r.elapsed"), "answer-not-understood"),
    "asked-together": (
        program(
            define="async def ask(question, messages, other):",
            before="c = httpx.AsyncClient()",
            call="c.post",
            read="return await asyncio.gather(r, r)",
            above="import asyncio",
        ),
        "response-not-bound",
    ),
    # the body
    "unknown-field-beside-the-input": (
        program(
            body='json={"workflow_id": WF, "input": question + "", "tools": other}',
            read="return r.json()",
        ),
        "body-field",
    ),
    "empty-input": (program(body=_input("{}"), read="return r.json()"), "no-message"),
    "no-body-at-all": (program(body="", read="return r.json()"), "body-not-understood"),
    "history-in-a-form-of-a-variable": (
        program(
            before='form = {"message": question, "history": messages}',
            body=_input("form"),
            read="return r.json()",
        ),
        "body-not-understood",
    ),
    "number": (program(body=_input('{"message": 5}'), read="return r.json()"), "no-message"),
    "stream": (
        program(
            body='json={"workflow_id": WF, "input": question, "stream": True}',
            read="return r.json()",
        ),
        "streaming",
    ),
}


@TARGETS
@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_left_with_a_reason(source: bytes, reason: str, target: str) -> None:
    migration = check(source, settings=Settings(target=target))
    assert [f.reason.code for f in migration.findings if f.reason is not None] == [reason]
    assert migration.result == source


def test_what_is_dropped_and_what_is_not_there_any_more_is_named() -> None:
    source = program(
        body='json={"workflow_id": WF, "version": "2", "user": other, "inputs": {"a": question, '
        '"b": other}}',
        read='d = r.json()\nprint(d)\nreturn d.get("output_text"), d.get("session")',
    )
    [finding] = check(source).findings
    said = [note.text for note in finding.notes]
    assert 'without a counterpart, and gone: `"version": "2"`, `"user": other`' in said
    assert "the fields are sent as JSON text" in said
    assert '`d.get("session")` is not in the new answer' in said


def test_one_function_serves_all_calls_of_a_shape_and_another_those_of_another() -> None:
    one = program(read="return r.json()")
    two = one + b"\n" + one.replace(b"def ask(", b"def again(").split(b"\n", 4)[4]
    result = check(two).result
    assert result.count(b"def workflow_answer") == 1
    other = program(read='x = r.json()\nreturn x["answer"], x["usage"]')
    three = two + b"\n" + other.replace(b"def ask(", b"def third(").split(b"\n", 4)[4]
    result = check(three).result
    assert result.count(b"def workflow_answer") == 2
    assert result.count(b"workflow_answer_2(") == 2


def test_a_silenced_call_does_not_take_the_function_with_it() -> None:
    one = program(assign="# callmend-ignore\n    r = ", read="return r.json()")
    two = one + b"\n" + program(read="return r.json()").split(b"\n", 4)[4]
    migration = check(two)
    assert [f.bucket for f in migration.findings] == [Bucket.IGNORED, Bucket.MIGRATED]
    assert migration.result.count(b"def workflow_answer") == 1


_SHARED = """\
import requests

HEADERS = {"Authorization": "Bearer sk-1", "OpenAI-Beta": "workflows=v1"}


def ask(question):
    requests.get("https://api.openai.com/v1/models", headers=HEADERS)
    r = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers=HEADERS,
        json={"workflow_id": "wf_1", "input": {"message": question}},
    )
    %s
"""


@pytest.mark.parametrize(
    "reading",
    ['return r.json()["output"]["message"]', "return r.json()"],
    ids=["read-in-place", "adapted"],
)
def test_a_beta_header_that_others_send_too_is_left_out_of_a_response(reading: str) -> None:
    source = (_SHARED % reading).encode()
    result = check(source, settings=Settings(target="responses")).result
    assert b'headers={k: v for k, v in HEADERS.items() if k != "OpenAI-Beta"},' in result
    assert b'"OpenAI-Beta": "workflows=v1"}' in result
    result = check(source).result
    assert b'{**HEADERS, "OpenAI-Beta": "assistants=v2"}' in result


@pytest.mark.parametrize(
    "reading",
    ['return r.json()["output"]["message"]', "return r.json()"],
    ids=["read-in-place", "adapted"],
)
def test_a_made_up_beta_header_of_a_session_goes_for_all(reading: str) -> None:
    source = (
        (_SHARED % reading)
        .replace("HEADERS = {", "s = requests.Session()\ns.headers.update({")
        .replace('v1"}', 'v1"})')
        .replace(", headers=HEADERS", "")
        .replace("        headers=HEADERS,\n", "")
        .replace("requests.post", "s.post")
    ).encode()
    migration = check(source, settings=Settings(target="responses"))
    assert [f.reason for f in migration.findings] == [None]
    assert b"OpenAI-Beta" not in migration.result
    assert b'headers={"OpenAI-Beta": "assistants=v2"}' in check(source).result


@pytest.mark.parametrize("target", ["assistants", "responses"])
def test_what_stands_beside_the_id_of_a_workflow_is_told(target: str) -> None:
    source = program(
        body='json={"workflow": {"id": WF, "version": other}, "input": question, "user": other}',
        read="return r.json()",
    )
    [finding] = check(source, settings=Settings(target=target)).findings
    said = [note.text for note in finding.notes]
    assert 'without a counterpart, and gone: `"version": other`, `"user": other`' in said


@pytest.mark.parametrize(
    "check_",
    [
        "if not r.ok:\n        logging.error('bad %s', r.status_code)\n    ",
        "if r.status_code != 200: print(r.text)\n    ",
        "if r.ok:\n        logging.info('fine')\n    else:\n        logging.error('bad')\n    ",
        "logging.info(r.status_code)\n    ",
    ],
    ids=["if", "one-line", "else", "no-if"],
)
def test_a_status_that_is_only_logged_lets_no_error_be_an_answer(check_: str) -> None:
    read = (
        'd = json.loads(r.text)\nreturn d.get("output_text") or d.get("error", {}).get("message")'
    )
    source = program(above="import logging", read=f"{check_}{read}".replace("\n    ", "\n"))
    source = source.replace(b"\n    \n", b"\n")
    migration = check(source, settings=Settings(target="responses"))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert b"raise requests.HTTPError(" in migration.result


@TARGETS
def test_a_function_and_an_import_go_to_the_same_place_right_below_the_imports(
    target: str,
) -> None:
    source = (
        b"import os, requests\ndef ask(question):\n    r = requests.post(\n"
        b'        "https://api.openai.com/v1/workflows/runs",\n'
        b'        headers={"Authorization": f"Bearer {os.environ[\'KEY\']}"},\n'
        b'        json={"workflow_id": os.environ["WF"], "input": {"message": question}},\n    )\n'
        b"    return r.json()\n"
    )
    result = check(source, settings=Settings(target=target)).result
    imports, function, _ = result.partition(b"\n\n\ndef workflow_answer(")
    assert function
    assert b"import os, requests" in imports
    assert (b"\nimport time" in imports) == (target == "assistants")


@TARGETS
@pytest.mark.parametrize(
    ("beside", "told"),
    [
        ("", "the new request takes no such fields; the body is written anew, and the answer goes"),
        (', "version": 2', "a field that has no counterpart in the new request, so the answer"),
    ],
    ids=["all-fields-are-sent", "a-field-is-gone"],
)
def test_a_field_is_said_to_have_no_counterpart_where_it_goes(
    beside: str, told: str, target: str
) -> None:
    form = '{"message": question, "lang": "de"}'
    body = f'json={{"workflow_id": WF, "input": {form}{beside}}}'
    [finding] = check(program(body=body), settings=Settings(target=target)).findings
    assert finding.bucket is Bucket.MIGRATED
    assert any(told in note.text for note in finding.notes)
