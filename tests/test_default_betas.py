"""OpenAI's client that is made with a beta header for workflows sends it no more, or it is told."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

TARGETS = ("assistants", "responses")
_ASK = """\
export async function ask(message) {
  const run = await client.workflows.runs.create({ workflow_id: 'wf_1', input: { message } });
  return run.output_text;
}
"""
_POST = """\
export async function ask(message) {
  const body = { workflow_id: 'wf_1', input: { message } };
  const run = await client.post('/workflows/runs', { body });
  return run.output_text;
}
"""
_BETA = "'OpenAI-Beta': 'workflows=v2'"

#: How the client is made, and how it is made afterwards.
GOES = {
    "all-that-is-given": (f"new OpenAI({{ defaultHeaders: {{ {_BETA} }} }})", "new OpenAI()"),
    "beside-a-key": (
        f"new OpenAI({{\n  apiKey: KEY,\n  defaultHeaders: {{ {_BETA} }},\n}})",
        "new OpenAI({\n  apiKey: KEY,\n})",
    ),
    "beside-a-header": (
        f"new OpenAI({{ defaultHeaders: {{ {_BETA}, 'X-App': 'desk' }} }})",
        "new OpenAI({ defaultHeaders: { 'X-App': 'desk' } })",
    ),
    "in-lower-case": (
        "new OpenAI({ apiKey: KEY, defaultHeaders: { 'openai-beta': 'workflows=v1' } })",
        "new OpenAI({ apiKey: KEY })",
    ),
    "in-an-object-of-its-own": (
        f"new OpenAI(options);\nfunction unused() {{}}\nconst options = {{ apiKey: KEY, "
        f"defaultHeaders: {{ {_BETA}, 'X-App': 'desk' }} }}",
        "new OpenAI(options);\nfunction unused() {}\nconst options = { apiKey: KEY, "
        "defaultHeaders: { 'X-App': 'desk' } }",
    ),
}
#: How the client is made where the header stays and is told.
TOLD = {
    "shared-headers": (
        f"new OpenAI({{ defaultHeaders: headers }});\nconst headers = {{ {_BETA}, A: 'b' }};\n"
        "fetch('https://x.example.org', { headers })"
    ),
    "a-named-object-that-would-be-empty": (
        f"new OpenAI({{ defaultHeaders: headers }});\nconst headers = {{ {_BETA} }}"
    ),
    "a-comment-would-be-lost": (
        f"new OpenAI({{ apiKey: KEY, defaultHeaders: {{ {_BETA} /* see the guide */ }} }})"
    ),
}
#: How the client is made where there is nothing to take away.
STAYS = {
    "the-assistants-beta": "new OpenAI({ defaultHeaders: { 'OpenAI-Beta': 'assistants=v2' } })",
    "several-betas-of-the-environment": (
        "new OpenAI({ defaultHeaders: { 'OpenAI-Beta': process.env.BETAS } })"
    ),
    "another-header": "new OpenAI({ defaultHeaders: { 'X-App': 'workflows' } })",
    "no-options": "new OpenAI()",
}


def _file(made: str, asks: str = _ASK) -> str:
    return f"import OpenAI from 'openai';\nconst client = {made};\n{asks}"


def _migrated(source: str, target: str) -> tuple[str, list[str]]:
    migration = check(source.encode(), "a.mjs", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    return migration.result.decode(), [note.text for note in finding.notes]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("asks", [_ASK, _POST], ids=["made-up-method", "post"])
@pytest.mark.parametrize(("made", "wanted"), GOES.values(), ids=GOES)
def test_the_header_goes(made: str, wanted: str, asks: str, target: str) -> None:
    result, notes = _migrated(_file(made, asks), target)
    assert f"const client = {wanted};\n" in result
    assert any("which the client sent" in note for note in notes)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("made", TOLD.values(), ids=TOLD)
def test_a_header_that_cannot_go_is_told(made: str, target: str) -> None:
    result, notes = _migrated(_file(made), target)
    assert f"const client = {made};\n" in result
    assert any("is still sent with each request of the client" in note for note in notes)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("made", STAYS.values(), ids=STAYS)
def test_any_other_header_stays(made: str, target: str) -> None:
    result, notes = _migrated(_file(made), target)
    assert f"const client = {made};\n" in result
    assert not any("client sen" in note or "still sent" in note for note in notes)


@pytest.mark.parametrize("target", TARGETS)
def test_two_calls_of_one_client_take_it_away_once(target: str) -> None:
    more = _ASK.replace("ask(", "tell(")
    source = _file(GOES["beside-a-key"][0]) + more
    migration = check(source.encode(), "a.mjs", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED] * 2
    assert GOES["beside-a-key"][1].encode() in migration.result
