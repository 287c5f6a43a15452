"""Bodies and headers that get more members behind their literal: followed, or left, and why."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_BODY = "const body = { input: { input_as_text: text } };"
_HEADERS = (
    "const headers = { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': JSON_TYPE };"
)


def _asking(
    body: str = _BODY, headers: str = _HEADERS, given: str = "headers", above: str = ""
) -> bytes:
    return (
        "const JSON_TYPE = 'application/json';\n"
        f"{above}"
        "export async function ask(text, version, project) {\n"
        f"  {body}\n  {headers}\n"
        "  const response = await fetch('https://api.openai.com/v1/workflows/wf_1/runs', {\n"
        f"    method: 'POST', headers: {given}, body: JSON.stringify(body),\n  }});\n"
        "  if (!response.ok) throw new Error(String(response.status));\n"
        "  return (await response.json()).output_text;\n}\n"
    ).encode()


BODIES = {
    "behind-a-condition": "if (version) body.version = version;",
    "in-a-block": "if (version) {\n    body.version = version;\n  }",
    "always": "body.session_id = version;",
    "by-a-text": "body['user'] = version;",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("later", BODIES.values(), ids=BODIES)
def test_a_member_without_a_counterpart_that_comes_later_goes_and_is_named(
    later: str, target: str
) -> None:
    migration = check(_asking(f"{_BODY}\n  {later}"), "a.js", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    assert later.encode() not in migration.result
    assert b"body." not in migration.result
    [gone] = [note.text for note in finding.notes if "without a counterpart" in note.text]
    assert gone.removeprefix("without a counterpart, and gone: `")[:4] == later[:4]


HEADERS = {
    "put-in-later": (
        f"{_HEADERS}\n  if (project) headers['OpenAI-Project'] = project;",
        "headers",
        "",
    ),
    "spread-if-there": (
        "",
        "{ Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': JSON_TYPE, "
        "...(project ? { 'OpenAI-Project': project } : {}) }",
        "",
    ),
    "spread-by-and": (
        "",
        "{ Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': JSON_TYPE, "
        "...(project && { 'OpenAI-Project': project }) }",
        "",
    ),
    "of-a-function-that-lets-them-grow": (
        "",
        "auth()",
        "function auth() {\n  const all = { Authorization: `Bearer ${process.env.KEY}`, "
        "'Content-Type': JSON_TYPE };\n"
        "  if (process.env.P) all['OpenAI-Project'] = process.env.P;\n  return all;\n}\n",
    ),
    "of-a-function-that-chooses": (
        "",
        "{ Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': JSON_TYPE, ...org() }",
        "function org() {\n  const id = process.env.ORG;\n"
        "  return id ? { 'OpenAI-Organization': id } : {};\n}\n",
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("headers", "given", "above"), HEADERS.values(), ids=HEADERS)
def test_headers_that_are_sent_if_they_are_there_survive(
    headers: str, given: str, above: str, target: str
) -> None:
    source = _asking(headers=headers, given=given, above=above)
    migration = check(source, "a.js", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    for line in (*headers.splitlines()[1:], *above.splitlines()):
        if "OpenAI-" in line:
            assert line.strip().encode() in migration.result
    assert b"'OpenAI-Project': project" in migration.result or "project ?" not in given


LEFT = {
    "body-gets-what-has-a-counterpart": (
        _asking(f"{_BODY}\n  if (version) body.input = version;"),
        Reason.BODY_FIELD,
    ),
    "body-gets-what-a-call-gives": (
        _asking(f"{_BODY}\n  body.version = next();"),
        Reason.BODY_FIELD,
    ),
    "body-gets-it-with-a-comment-inside": (
        _asking(f"{_BODY}\n  if (version) {{\n    // pinned\n    body.version = version;\n  }}"),
        Reason.BODY_FIELD,
    ),
    "body-gets-a-name-known-at-run-time": (
        _asking(f"{_BODY}\n  body[version] = text;"),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "body-is-handed-to-an-unknown-function": (
        _asking(f"{_BODY}\n  pin(body);\n  body.version = version;"),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "headers-get-another-key": (
        _asking(headers=f"{_HEADERS}\n  if (project) headers['Authorization'] = project;"),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "headers-get-a-beta": (
        _asking(headers=f"{_HEADERS}\n  if (project) headers['OpenAI-Beta'] = project;"),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "headers-may-bring-a-key": (
        _asking(
            headers="",
            given="{ Authorization: `Bearer ${process.env.KEY}`, "
            "...(project ? { authorization: project } : {}) }",
        ),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "headers-are-chosen-by-a-call": (
        _asking(
            headers="",
            given="{ Authorization: `Bearer ${process.env.KEY}`, "
            "...(next() ? { 'OpenAI-Project': project } : {}) }",
        ),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_because(source: bytes, reason: Reason, target: str) -> None:
    migration = check(source, "a.js", Settings(target=target))
    assert migration.result == source
    assert [finding.reason for finding in migration.findings] == [reason]


def test_the_url_of_a_request_for_the_run_goes_with_it_and_a_trimmed_id_is_named() -> None:
    source = (
        b"const ID = (process.env.WORKFLOW_ID || '').trim();\n"
        b"const auth = { Authorization: `Bearer ${process.env.KEY}` };\n"
        b"export async function ask(message) {\n"
        b"  const start = `https://api.openai.com/v1/workflows/${ID}/runs`;\n"
        b"  const begun = await fetch(start, {\n"
        b"    method: 'POST', headers: { ...auth, 'Content-Type': 'application/json' },\n"
        b"    body: JSON.stringify({ input: { message } }),\n  });\n"
        b"  if (!begun.ok) throw new Error('no');\n"
        b"  const { id } = await begun.json();\n"
        b"  const again = `https://api.openai.com/v1/workflows/runs/${id}`;\n"
        b"  const seen = await fetch(again, { headers: { ...auth } });\n"
        b"  if (!seen.ok) throw new Error('no');\n"
        b"  return (await seen.json()).output_text;\n}\n"
    )
    for target in _TARGETS:
        migration = check(source, "a.js", Settings(target=target))
        assert migration.findings[0].bucket is Bucket.MIGRATED
        assert b"const start" not in migration.result
        assert b"const again" not in migration.result
        named = b"assistant_id: ID," in migration.result
        assert named is (target == "assistants")


@pytest.mark.parametrize("target", _TARGETS)
def test_the_constant_of_a_beta_that_never_was_goes_with_it(target: str) -> None:
    const = "const BETA = process.env.BETA || 'workflows=v1';\n"
    headers = _HEADERS.replace(" };", ", 'OpenAI-Beta': BETA };")
    result = check(_asking(headers=headers, above=const), "a.js", Settings(target=target)).result
    assert b"BETA" not in result
    kept = const + "export const shown = BETA;\n"
    result = check(_asking(headers=headers, above=kept), "a.js", Settings(target=target)).result
    assert const.encode() in result
