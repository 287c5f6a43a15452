"""Every spelling of the dead URL, and of the function it is given to, is found and rewritten."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.source import Language, SourceFile
from tests.snippets import (
    LIVE_URL,
    OPTIONS,
    PARSE,
    PLAIN,
    READ,
    REQUEST,
    RETURN,
    URL,
    asking,
    calling,
    describe,
    function,
    replaced,
    run,
    specification,
)

_CALL = REQUEST.removeprefix("const response = await ").removesuffix(";")


def with_url(expression: str) -> str:
    """The plain program with another expression for its URL."""
    return calling(f"fetch({expression}")


def below(declarations: str, expression: str) -> str:
    """The plain program with its URL from declarations above the function."""
    return declarations + "\n\n" + with_url(expression)


def beside(declarations: str, expression: str) -> str:
    """The plain program with its URL from declarations in the function."""
    request = replaced(REQUEST, f"'{URL}'", expression)
    return function(declarations, request, PARSE, READ, RETURN)


URLS = {
    "single-quotes": PLAIN,
    "double-quotes": with_url(f'"{URL}"'),
    "template-without-parts": with_url(f"`{URL}`"),
    "template-with-a-literal-part": with_url("`https://api.openai.com/${'v1'}/workflows/runs`"),
    "template-with-a-literal-host": with_url("`${'https://api.openai.com'}/v1/workflows/runs`"),
    "template-with-a-template-inside": with_url("`https://${`api.openai.com`}/v1/workflows/runs`"),
    "parentheses": with_url(f"(('{URL}'))"),
    "concatenation": with_url("'https://api.openai.com' + '/v1/workflows/runs'"),
    "concatenation-of-three": with_url("'https://' + 'api.openai.com' + '/v1/workflows/runs'"),
    "escaped-slashes": with_url("'https:\\/\\/api.openai.com\\/v1\\/workflows\\/runs'"),
    "escaped-letters": with_url("'https://\\x61pi.openai.c\\u006fm/v1/workflows/run\\u{73}'"),
    "continued-line": with_url("'https://api.openai.com/v1/\\\nworkflows/runs'"),
    "as-const": with_url(f"'{URL}' as const"),
    "as-string": with_url(f"('{URL}' as string)"),
    "satisfies": with_url(f"'{URL}' satisfies string"),
    "non-null": with_url(f"'{URL}'!"),
    "angle-bracket-cast": with_url(f"<string>'{URL}'"),
    "both-sides-of-a-condition": with_url(f"id ? '{URL}' : \"{URL}/\""),
    "upper-case-host": with_url("'https://API.OpenAI.com/v1/workflows/runs'"),
    "upper-case-scheme": with_url("'HTTPS://api.openai.com/v1/workflows/runs'"),
    "plain-http": with_url("'http://api.openai.com/v1/workflows/runs'"),
    "default-port": with_url("'https://api.openai.com:443/v1/workflows/runs'"),
    "empty-port": with_url("'https://api.openai.com:/v1/workflows/runs'"),
    "trailing-slash": with_url(f"'{URL}/'"),
    "doubled-slash": with_url("'https://api.openai.com//v1/workflows/runs'"),
    "without-scheme": with_url("'//api.openai.com/v1/workflows/runs'"),
    "query": with_url(f"'{URL}?version=2'"),
    "unknown-query": with_url(f"`{URL}${{query}}`"),
    "unknown-query-value": with_url(f"`{URL}?key=${{query}}`"),
    "fragment": with_url(f"'{URL}#top'"),
    "blanks-around": with_url(f"' {URL} '"),
    "new-url": with_url(f"new URL('{URL}')"),
    "new-url-of-a-template": with_url("new URL(`https://api.openai.com/v1/${'workflows'}/runs`)"),
    "new-url-with-a-base": with_url("new URL('/v1/workflows/runs', 'https://api.openai.com')"),
    "new-url-with-a-path-below-its-base": with_url(
        "new URL('workflows/runs', 'https://api.openai.com/v1/')"
    ),
    "new-url-as-text": with_url(f"new URL('{URL}').href"),
    "new-url-to-string": with_url(f"new URL('{URL}').toString()"),
    "constant": below(f"const RUNS = '{URL}';", "RUNS"),
    "constant-as-const": below(f"const RUNS = '{URL}' as const;", "RUNS"),
    "constant-typed": below(f"const RUNS: string = '{URL}';", "RUNS"),
    "constant-satisfies": below(f"const RUNS = '{URL}' satisfies string;", "RUNS"),
    "constant-in-the-function": beside(f"const url = '{URL}';", "url"),
    "constant-below": PLAIN.replace(f"'{URL}'", "RUNS") + f"\nconst RUNS = '{URL}';\n",
    "constant-of-a-constant": below(f"const A = '{URL}';\nconst B = A;\nconst RUNS = B;", "RUNS"),
    "constant-exported-and-used": below(f"export const RUNS = '{URL}';", "RUNS"),
    "constant-new-url": below(f"const RUNS = new URL('{URL}');", "RUNS"),
    "base-in-a-template": below(
        "const BASE = 'https://api.openai.com';", "`${BASE}/v1/workflows/runs`"
    ),
    "base-with-version-in-a-template": below(
        "const BASE = 'https://api.openai.com/v1';", "`${BASE}/workflows/runs`"
    ),
    "base-concatenated": below(
        "const BASE = 'https://api.openai.com/v1';", "BASE + '/workflows/runs'"
    ),
    "base-and-path-constants": below(
        "const BASE = 'https://api.openai.com/v1';\nconst PATH = '/workflows/runs';",
        "`${BASE}${PATH}`",
    ),
    "base-and-version-constants": below(
        "const HOST = 'api.openai.com', VERSION = 'v1';",
        "`https://${HOST}/${VERSION}/workflows/runs`",
    ),
    "let-never-reassigned": beside(f"let url = '{URL}';", "url"),
    "let-assigned-once": beside(f"let url;\n  url = '{URL}';", "url"),
    "let-added-to": beside(
        "let url = 'https://api.openai.com/v1';\n  url += '/workflows/runs';", "url"
    ),
    "var": beside(f"var url = '{URL}';", "url"),
    "shadowed-by-an-inner-name": below("const url = '/api/chat';", "url").replace(
        "  const response", f"  const url = '{URL}';\n  const response", 1
    ),
    "member-of-an-object": below(f"const API = {{ runs: '{URL}', chat: '/x' }};", "API.runs"),
    "member-of-an-object-as-const": below(f"const API = {{ runs: '{URL}' }} as const;", "API.runs"),
    "member-by-subscript": below(f"const API = {{ 'runs': '{URL}' }};", "API['runs']"),
    "member-of-a-nested-object": below(
        f"const API = {{ openai: {{ runs: '{URL}' }} }};", "API.openai.runs"
    ),
    "member-of-a-frozen-object": below(
        f"const API = Object.freeze({{ runs: '{URL}' }});", "API.runs"
    ),
    "member-of-an-enum": below(f"enum Api {{ Runs = '{URL}' }}", "Api.Runs"),
    "base-member-in-a-template": below(
        "const API = { base: 'https://api.openai.com/v1' };", "`${API.base}/workflows/runs`"
    ),
}


@pytest.mark.parametrize("source", URLS.values(), ids=URLS.keys())
def test_every_spelling_of_the_url_is_found_and_rewritten(source: str) -> None:
    migration = run(source)

    found = [describe(finding) for finding in migration.findings]
    # An exported URL is told beside the call, as its text stays dead.
    own = [f for f in migration.findings if f.reason is not Reason.URL_EXPORTED]
    assert [finding.bucket for finding in own] == [Bucket.MIGRATED], found
    [finding] = own
    assert (finding.rule, finding.endpoint) == ("CM101", "workflows-runs")
    result = migration.result.decode()
    assert result.count(LIVE_URL) == 1
    call = migration.source[finding.span.start : finding.span.end].decode()
    assert call.startswith("fetch(")
    assert call.endswith(")")


def sent_by(function_name: str, above: str = "") -> str:
    """The plain program with another name for fetch."""
    return above + calling(f"{function_name}('{URL}'")


FETCHES = {
    "fetch": sent_by("fetch"),
    "parenthesized": sent_by("(fetch)"),
    "non-null": sent_by("fetch!"),
    "optional-call": sent_by("fetch?."),
    "window": sent_by("window.fetch"),
    "window-optional": sent_by("window?.fetch"),
    "global-this": sent_by("globalThis.fetch"),
    "self": sent_by("self.fetch"),
    "node-global": sent_by("global.fetch"),
    "node-fetch": sent_by("fetch", "import fetch from 'node-fetch';\n"),
    "node-fetch-double-quotes": sent_by("fetch", 'import fetch from "node-fetch";\n'),
    "cross-fetch": sent_by("fetch", "import fetch from 'cross-fetch';\n"),
    "undici": sent_by("fetch", "import { fetch } from 'undici';\n"),
    "undici-among-others": sent_by("fetch", "import { Agent, fetch } from 'undici';\n"),
    "required": sent_by("fetch", "const fetch = require('node-fetch');\n"),
    "required-and-destructured": sent_by("fetch", "const { fetch } = require('undici');\n"),
}


@pytest.mark.parametrize("source", FETCHES.values(), ids=FETCHES.keys())
def test_every_name_of_the_platforms_fetch_is_found_and_rewritten(source: str) -> None:
    migration = run(source)

    found = [describe(finding) for finding in migration.findings]
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED], found
    assert LIVE_URL in migration.result.decode()


UNFOLLOWED = {
    "class-field": f"class Api {{ url = '{URL}'; ask() {{ return fetch(this.url, {{}}); }} }}\n",
    "static-class-field": f"class Api {{ static url = '{URL}'; }}\nfetch(Api.url, {{}});\n",
    "element-of-an-array": f"const urls = ['{URL}'];\nfetch(urls[0], {{}});\n",
    "member-by-a-variable": f"const urls = {{ runs: '{URL}' }};\nfetch(urls[kind], {{}});\n",
    "default-of-a-parameter": f"function ask(url = '{URL}') {{ return fetch(url, {{}}); }}\n",
    "default-in-a-pattern": f"const {{ url = '{URL}' }} = settings;\nfetch(url, {{}});\n",
    "answer-of-a-function": f"const url = () => '{URL}';\nfetch(url(), {{}});\n",
    "answer-of-a-concat": "fetch('https://api.openai.com'.concat('/v1/workflows/runs'), {});\n",
    "spread-arguments": f"const sent = ['{URL}', {{}}] as const;\nfetch(...sent);\n",
    "url-in-the-options": f"request({{ url: '{URL}', method: 'POST' }});\n",
    "base-of-a-client": (
        "const client = axios.create({ baseURL: 'https://api.openai.com/v1' });\n"
        "client.post('/workflows/runs', {});\n"
    ),
    "action-of-a-form": f"const form = <form method='post' action='{URL}' />;\n",
}


@pytest.mark.parametrize("source", UNFOLLOWED.values(), ids=UNFOLLOWED.keys())
def test_a_dead_url_that_cannot_be_followed_to_a_call_is_reported_and_left(source: str) -> None:
    migration = run(source, "a.tsx")

    assert migration.result == source.encode()
    found = [describe(finding) for finding in migration.findings]
    assert [finding.bucket for finding in migration.findings] == [Bucket.LEFT], found


def test_two_calls_are_two_findings_in_source_order() -> None:
    migration = run(PLAIN + asking("method: 'POST'", "method: 'GET'"))

    first, second = migration.findings
    assert (first.bucket, second.bucket) == (Bucket.MIGRATED, Bucket.LEFT)
    assert second.reason is Reason.NOT_A_POST
    assert first.span.end < second.span.start


def test_two_calls_in_one_function_get_names_of_their_own() -> None:
    second = [
        replaced(REQUEST, "const response", "const second"),
        "const more = await second.json();",
        "const rest = more.output?.message || '';",
    ]
    result = run(function(REQUEST, PARSE, READ, *second, "return answer + rest;")).result.decode()

    assert result.count("const threadMessages = [") == 1
    assert result.count("const threadMessages2 = [") == 1
    assert "const runId2 = more.id;" in result
    assert "threads/${threadId2}/runs/${runId2}" in result


@pytest.mark.parametrize(
    ("request_half", "answer_half", "rule"),
    [("new request", "old reading", "CM201"), ("old request", "new reading", "CM101")],
    ids=["request-is-new-already", "reading-is-new-already"],
)
def test_half_migrated_code_is_finished(request_half: str, answer_half: str, rule: str) -> None:
    blocks = specification()
    parse = "const data = await response.json();\n"
    migration = run(blocks[request_half] + parse + blocks[answer_half])

    assert [(f.rule, f.bucket) for f in migration.findings] == [(rule, Bucket.MIGRATED)]
    halves = {"new request": blocks["new request"], "new reading": blocks["new reading"]}
    finished = "new reading" if answer_half == "old reading" else "new request"
    lines = halves[finished].split("\n")
    # The other half is not touched, the blanks in its empty lines neither.
    halves[finished] = "\n".join(line if line.strip() else "" for line in lines)
    expected = halves["new request"] + parse + halves["new reading"]
    assert migration.result.decode() == expected


def test_migrated_code_is_recognised() -> None:
    blocks = specification()
    source = blocks["new request"] + "const data = await response.json();\n" + blocks["new reading"]
    migration = run(source)

    assert migration.result == source.encode()
    assert [f.bucket for f in migration.findings] == [Bucket.ALREADY_MIGRATED]


SUFFIXES = {
    "ts": Language.TYPESCRIPT,
    "mts": Language.TYPESCRIPT,
    "cts": Language.TYPESCRIPT,
    "tsx": Language.TSX,
    "js": Language.JAVASCRIPT,
    "jsx": Language.JAVASCRIPT,
    "mjs": Language.JAVASCRIPT,
    "cjs": Language.JAVASCRIPT,
    "TSX": Language.TSX,
}


@pytest.mark.parametrize(("suffix", "language"), SUFFIXES.items(), ids=SUFFIXES.keys())
def test_every_kind_of_file_is_read(suffix: str, language: Language) -> None:
    source = PLAIN.replace(": string", "")
    path = f"some folder/a.b.{suffix}"
    migration = run(source, path)

    assert SourceFile(path, b"").language is language
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert (" as const" in migration.result.decode()) is language.has_types


def test_the_options_of_the_plain_program_are_in_its_call() -> None:
    assert f"fetch('{URL}', {OPTIONS})" == _CALL
    migration = run(PLAIN)
    [finding] = migration.findings
    assert migration.source[finding.span.start : finding.span.end].decode() == _CALL
