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
    path = "a.mts" if "private client" in source else "a.mjs"
    migration = check(source.encode(), path, Settings(target=target))
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
    assert any("is still sent with each other request of the client" in note for note in notes)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("made", STAYS.values(), ids=STAYS)
def test_any_other_header_stays(made: str, target: str) -> None:
    result, notes = _migrated(_file(made), target)
    assert f"const client = {made};\n" in result
    assert not any("client sen" in note or "still sent" in note for note in notes)


_LIVE = """\
export const chat = (messages) => client.chat.completions.create({ model: 'gpt-5', messages });
"""
_MADE = f"new OpenAI({{ apiKey: KEY, defaultHeaders: {{ {_BETA} }} }})"
_PLAIN = "new OpenAI({ apiKey: KEY })"
_HEAD = "import OpenAI from 'openai';\n"
_METHOD = _ASK.replace("export async function", "async")
_OF_FIELD = _METHOD.replace("client.", "this.client.")
_OF_PRIVATE = _METHOD.replace("client.", "this.#client.")
_UNEXPORTED = _ASK.replace("export ", "")

#: A file with ``MADE`` for how the client is made, and what uses it besides a dead call.
KEPT = {
    "beside-a-live-call": (
        f"{_HEAD}const client = MADE;\n{_ASK}{_LIVE}",
        "client.chat.completions.create",
    ),
    "beside-a-live-post": (
        f"{_HEAD}const client = MADE;\n{_ASK}client.post('/moderations', {{ body: {{}} }});\n",
        "client.post",
    ),
    "exported": (f"{_HEAD}export const client = MADE;\n{_ASK}", "MADE"),
    "exported-later": (f"{_HEAD}const client = MADE;\n{_ASK}export {{ client }};\n", "client"),
    "of-a-commonjs-module": (
        f"{_HEAD}const client = MADE;\n{_UNEXPORTED}module.exports = {{ client }};\n",
        "client",
    ),
    "passed-on": (
        f"{_HEAD}import {{ trace }} from './a.js';\nconst client = MADE;\ntrace(client);\n{_ASK}",
        "client",
    ),
    "given-by-an-exported-function": (
        f"{_HEAD}let client;\nexport function getClient() {{\n  client ??= MADE;\n"
        f"  return client;\n}}\n{_ASK}",
        "client",
    ),
    "by-another-name": (
        f"{_HEAD}const client = MADE;\nconst other = client;\n{_ASK}"
        f"{_LIVE.replace('client', 'other')}",
        "other.chat.completions.create",
    ),
    "given-to-a-function-of-the-file": (
        f"{_HEAD}const client = MADE;\n{_ASK}function judge(api) {{\n"
        "  return api.moderations.create({ input: 'x' });\n}\njudge(client);\n",
        "api.moderations.create",
    ),
    "field-of-an-exported-class": (
        f"{_HEAD}export class Desk {{\n  client = MADE;\n{_OF_FIELD}}}\n",
        "MADE",
    ),
    "private-field-beside-a-live-call": (
        f"{_HEAD}export class Desk {{\n  #client = MADE;\n"
        f"{_OF_PRIVATE}"
        "  models() {\n    return this.#client.models.list();\n  }\n}\n",
        "this.#client.models.list",
    ),
    "private-field-by-its-name-as-a-text": (
        f"{_HEAD}export class Desk {{\n  private client = MADE;\n{_OF_FIELD}"
        "  models() {\n    return this['client'].models.list();\n  }\n}\n",
        "this['client'].models.list",
    ),
    "private-field-by-any-name": (
        f"{_HEAD}export class Desk {{\n  private client = MADE;\n{_OF_FIELD}"
        "  part(name) {\n    return this[name];\n  }\n}\n",
        "MADE",
    ),
    "field-of-an-exported-object": (
        f"{_HEAD}class Desk {{\n  client = MADE;\n{_OF_FIELD}}}\nexport const desk = new Desk();\n",
        "MADE",
    ),
    "field-of-an-object-that-is-given-on": (
        f"{_HEAD}class Desk {{\n  client = MADE;\n{_OF_FIELD}}}\n"
        "export function desk() {\n  return new Desk();\n}\n",
        "MADE",
    ),
}
#: Files in which only dead calls use the client, however it gets there.
ALONE = {
    "private-field": (f"{_HEAD}export class Desk {{\n  #client = MADE;\n{_OF_PRIVATE}}}\n"),
    "field-of-a-class-that-stays-here": (
        f"{_HEAD}class Desk {{\n  constructor() {{\n    this.client = MADE;\n  }}\n"
        f"{_OF_FIELD}}}\n"
        "export const ask = message => new Desk().ask(message);\n"
    ),
    "field-of-an-object-that-stays-here": (
        f"{_HEAD}class Desk {{\n  client = MADE;\n{_OF_FIELD}}}\nconst desk = new Desk();\n"
        "export const ask = message => desk.ask(message);\n"
    ),
    "function-that-makes-it-once": (
        f"{_HEAD}let made;\nfunction getClient() {{\n  if (!made) made = MADE;\n  return made;\n"
        f"}}\n{_ASK.replace('const run', 'const client = getClient(); const run')}"
    ),
    "a-condition-in-front": (
        f"{_HEAD}const client = KEY ? MADE : null;\n"
        f"{_ASK.replace('const run', 'if (!client) throw new Error(); const run')}"
    ),
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("source", "used"), KEPT.values(), ids=KEPT)
def test_where_the_client_does_more_the_header_stays(source: str, used: str, target: str) -> None:
    result, notes = _migrated(source.replace("MADE", _MADE), target)
    assert _MADE in result
    [told] = [note for note in notes if "uses the client too" in note]
    assert used.replace("MADE", _MADE)[:40] in told
    # OpenAI refuses a beta that it does not know, so that the migrated request goes without it.
    assert ("headers: { 'OpenAI-Beta': null }" in result) == (target == "responses")
    assert told.endswith("goes without it" if target == "responses" else "header of its own")


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", ALONE.values(), ids=ALONE)
def test_where_only_dead_calls_use_the_client_it_goes(source: str, target: str) -> None:
    result, notes = _migrated(source.replace("MADE", _MADE), target)
    assert _PLAIN in result
    assert any("which the client sent" in note for note in notes)
    assert "null }" not in result


#: The options that the request has of its own, and what they are then.
OPTIONS = {
    "none": ("", ", { headers: { 'OpenAI-Beta': null } }"),
    "its-own-beta": (
        ", { headers: { 'OpenAI-Beta': 'workflows=v1' } }",
        ", { headers: { 'OpenAI-Beta': null } }",
    ),
    "another-header": (
        ", { headers: { 'X-App': 'desk' } }",
        ", { headers: { 'X-App': 'desk', 'OpenAI-Beta': null } }",
    ),
    "no-headers": (
        ", { timeout: 5000 }",
        ", { timeout: 5000, headers: { 'OpenAI-Beta': null } }",
    ),
    "empty-headers": (
        ", { headers: {}, timeout: 5000 }",
        ", { headers: { 'OpenAI-Beta': null }, timeout: 5000 }",
    ),
}


@pytest.mark.parametrize(("options", "wanted"), OPTIONS.values(), ids=OPTIONS)
def test_it_is_left_out_beside_the_request_s_own_options(options: str, wanted: str) -> None:
    asks = _ASK.replace("{ message } })", f"{{ message }} }}{options})")
    result, _ = _migrated(_file(_MADE, asks) + _LIVE, "responses")
    assert f"input: message }}{wanted})" in result


def test_a_posted_request_leaves_it_out() -> None:
    result, _ = _migrated(_file(_MADE, _POST) + _LIVE, "responses")
    assert "responses.create(body, { headers: { 'OpenAI-Beta': null } })" in result


def test_the_name_is_written_as_the_file_has_it() -> None:
    made = 'new OpenAI({ defaultHeaders: { "openai-beta": "workflows=v1" } })'
    result, _ = _migrated(_file(made) + _LIVE, "responses")
    assert made in result
    assert '{ headers: { "openai-beta": null } }' in result


def test_a_run_that_is_asked_for_again_leaves_it_out_too() -> None:
    more = """\
export async function wait(message) {
  let run = await client.workflows.runs.create({ workflow_id: 'wf_1', input: { message } });
  while (run.status === 'in_progress') {
    run = await client.workflows.runs.retrieve(run.id);
  }
  return run.output_text;
}
"""
    result, _ = _migrated(_file(_MADE, more) + _LIVE, "responses")
    assert "responses.retrieve(run.id, {}, { headers: { 'OpenAI-Beta': null } })" in result


@pytest.mark.parametrize("target", TARGETS)
def test_two_calls_of_one_client_take_it_away_once(target: str) -> None:
    more = _ASK.replace("ask(", "tell(")
    source = _file(GOES["beside-a-key"][0]) + more
    migration = check(source.encode(), "a.mjs", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED] * 2
    assert GOES["beside-a-key"][1].encode() in migration.result
