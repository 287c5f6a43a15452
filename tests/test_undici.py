"""Calls by undici's `request`: they stay its, and what is read of `body` is the answer's text.

Whole programs with such calls are in tests/shapes (`...undici...`), where they are run in Node.
"""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.languages.ecmascript.find import Transport
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.snippets import describe, migrated, run
from tests.test_urls import requests

_URL = "https://api.openai.com/v1/workflows/runs"
_IMPORT = "import { request } from 'undici';"
_OPTIONS = """{
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow_id: id, input: { message: text } }),
  }"""
_CALL = f"await request('{_URL}', {_OPTIONS})"
_PARTS = f"const {{ statusCode, body }} = {_CALL};"
_CHECK = "if (statusCode !== 200) throw new Error(await body.text());"
_READ = "const data = (await body.json()) as any;\n  return data.output_text;"
TARGETS = ("assistants", "responses")


def _program(*statements: str, above: str = _IMPORT) -> str:
    head = "export async function ask(key: string, id: string, text: string) {"
    return f"{above}\n\n" + "\n  ".join((head, *statements)) + "\n}\n"


# What the requests are sent by, and the name that the function is given for those that follow.
SENT = {
    "import": (_IMPORT, "request"),
    "import-by-another-name": ("import { request as send } from 'undici';", "send"),
    "default-import": ("import undici from 'undici';", "undici.request"),
    "namespace-import": ("import * as http from 'undici';", "http.request"),
    "require": ("const undici = require('undici');", "undici.request"),
    "require-of-the-name": ("const { request } = require('undici');", "request"),
}


@pytest.mark.parametrize(("above", "name"), SENT.values(), ids=SENT)
def test_it_is_sent_by_the_name_that_the_file_has(above: str, name: str) -> None:
    parts = _PARTS.replace("request(", f"{name}(")
    result = migrated(_program(parts, _CHECK, _READ, above=above))

    assert f"= await workflowAnswer({name}('https://api.openai.com/v1/threads/runs', {{" in result
    assert f"  }}), {name}, {{ Authorization: `Bearer ${{key}}`, 'OpenAI-Beta'" in result
    assert f"{_CHECK}\n  {_READ}" in result


OTHERS = {
    "request-of-another-package": ("import { request } from 'urllib';", "request", Transport.OTHER),
    "request-of-the-project": ("import { request } from './http';", "request", Transport.WRAPPER),
    "a-client-of-undici": (
        "import { Client } from 'undici';\nconst client = new Client('https://api.openai.com');",
        "client.request",
        Transport.OTHER,
    ),
    "fetch-of-the-whole-package": (
        "import undici from 'undici';", "undici.fetch", Transport.UNDICI_FETCH
    ),
    "a-pipeline": ("import undici from 'undici';", "undici.pipeline", Transport.OTHER),
}  # fmt: skip


@pytest.mark.parametrize(("above", "name", "transport"), OTHERS.values(), ids=OTHERS)
def test_another_function_is_not_taken_for_it(above: str, name: str, transport: Transport) -> None:
    found = requests(f"{above}\n{name}('{_URL}', {_OPTIONS});")
    assert [request.transport for request in found] == [transport]


# The statements behind the request, and whether what is no answer is thrown.
READ = {
    "checked": ((_PARTS, _CHECK, _READ), False),
    "checked-as-error": (
        (_PARTS, "if (statusCode >= 400) return await body.text();", _READ), False
    ),
    "checked-by-a-member": (
        (
            f"const res = {_CALL};",
            "if (res.statusCode !== 200) return null;",
            "return ((await res.body.json()) as any).output_text;",
        ),
        False,
    ),
    "renamed": (
        (
            f"const {{ statusCode: code, body: answer }} = {_CALL};",
            "if (code > 299) return null;",
            "return JSON.parse(await answer.text()).output_text;",
        ),
        False,
    ),
    "not-checked": ((_PARTS, _READ), True),
    "only-logged": ((_PARTS, "console.log(statusCode);", _READ), True),
}  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("statements", "throws"), READ.values(), ids=READ)
def test_an_error_is_a_status_where_the_file_looks_at_it(
    statements: tuple[str, ...], throws: bool, target: str
) -> None:
    result = migrated(_program(*statements), settings=Settings(target=target))

    function = result[result.index("// Waits for") :]
    assert ("statusCode: 502" in function) is not throws
    assert ("throw new Error" in function) is throws


# Statements that are left: what is read of the answer, or is sent, is not certain.
LEFT = {
    "the-body-is-piped": ((_PARTS, "body.pipe(process.stdout);"), Reason.STREAM_NOT_UNDERSTOOD),
    "the-body-is-iterated": (
        (_PARTS, "let all = '';", "for await (const chunk of body) { all += chunk; }"),
        Reason.STREAM_NOT_UNDERSTOOD,
    ),
    "the-body-is-handed-on": ((_PARTS, "await save(body);"), Reason.STREAM_NOT_UNDERSTOOD),
    "the-body-is-dumped": ((_PARTS, "await body.dump();", _READ), Reason.STREAM_NOT_UNDERSTOOD),
    "the-rest-is-taken": (
        (f"const {{ body, ...rest }} = {_CALL};", _READ), Reason.ANSWER_NOT_UNDERSTOOD
    ),
    "its-context-is-read": (
        (f"const {{ body, context }} = {_CALL};", "use(context);", _READ),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "one-status-is-looked-at": (
        (_PARTS, "if (statusCode === 404) return null;", "return body.json();"),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "a-query-of-its-own": (
        (_PARTS.replace("method: 'POST',", "method: 'POST', query: { version: 2 },"), _READ),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "errors-by-the-old-option": (
        (_PARTS.replace("method: 'POST',", "method: 'POST', throwOnError: true,"), _READ),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "no-post": ((_PARTS.replace("method: 'POST',", ""), _READ), Reason.NOT_A_POST),
    "nothing-is-read": ((f"{_CALL};",), Reason.ANSWER_NOT_READ),
}  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("statements", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_because(statements: tuple[str, ...], reason: Reason, target: str) -> None:
    source = _program(*statements)
    migration = run(source, settings=Settings(target=target))

    [finding] = migration.findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, reason), describe(finding)
    assert migration.result == source.encode()


@pytest.mark.parametrize("target", TARGETS)
def test_a_stream_is_written_for_fetch_only(target: str) -> None:
    settings = Settings(target=target, stream=True)
    [finding] = run(_program(_PARTS, _CHECK, _READ), settings=settings).findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.STREAM_NOT_UNDERSTOOD)


def test_a_base_that_is_a_setting_is_left_as_the_polling_would_go_elsewhere() -> None:
    parts = _PARTS.replace(f"'{_URL}'", "`${BASE}/workflows/runs`")
    base = "const BASE = process.env.API_BASE ?? 'https://api.openai.com/v1';"
    [finding] = run(_program(parts, _CHECK, _READ, above=f"{_IMPORT}\n{base}")).findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.UNRESOLVED_HOST)


_START = f"""\
{_IMPORT}
async function start(text) {{
  RETURNS
}}
export async function ask(text) {{
  READS
}}
"""
#: What the function that sends returns, and what its caller reads of that.
APART = {
    "as-it-is": (
        f"return request('{_URL}', {_OPTIONS});",
        "const { statusCode, body } = await start(text);\n  if (statusCode !== 200) throw 1;\n"
        "  return (await body.json()).output_text;",
    ),
    "its-parts-in-an-object": (
        f"const {{ statusCode, body }} = {_CALL};\n  return {{ statusCode, body }};",
        "const { statusCode, body } = await start(text);\n  if (statusCode !== 200) throw 1;\n"
        "  return (await body.json()).output_text;",
    ),
    "read-in-a-third-function": (
        f"return request('{_URL}', {_OPTIONS});",
        "return read(await start(text));\n}\nasync function read(response) {\n"
        "  if (response.statusCode >= 400) throw 1;\n"
        "  const run = await response.body.json();\n  return run.output_text;",
    ),
}
#: What the caller does that gets no text.
NO_TEXT = {
    "only-its-status": "const { statusCode } = await start(text);\n  return statusCode;",
    "its-stream-handed-on": (
        "const { body } = await start(text);\n  return body.pipe(process.stdout);"
    ),
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("returns", "reads"), APART.values(), ids=APART)
def test_what_is_sent_in_one_function_is_read_in_another(
    returns: str, reads: str, target: str
) -> None:
    source = _START.replace("RETURNS", returns).replace("READS", reads)
    migration = run(source, "a.mjs", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    result = migration.result.decode()
    assert "workflowAnswer(request(" in result
    assert reads in result


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("reads", NO_TEXT.values(), ids=NO_TEXT)
def test_where_the_other_function_reads_no_text_it_is_left(reads: str, target: str) -> None:
    source = _START.replace("RETURNS", f"return request('{_URL}', {_OPTIONS});")
    migration = run(source.replace("READS", reads), "a.mjs", Settings(target=target))
    assert not migration.changed
    assert [finding.bucket for finding in migration.findings] == [Bucket.LEFT]
