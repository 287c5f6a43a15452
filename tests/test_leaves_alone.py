"""What callmend leaves byte for byte: dead calls with a reason, and what is no dead call at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests import (
    assistants_code,
    test_python_leaves_alone,
    test_python_sdk_apart,
    wrong_calls,
)
from tests.snippets import (
    HEAD,
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
    reading,
    replaced,
    run,
    specification,
)

_HEADERS = "{ 'Content-Type': 'application/json', 'Authorization': `Bearer ${key}` }"
_BODY = "JSON.stringify({ workflow_id: id, input: { message: text } })"
_INPUT = "input: { message: text }"
_SEND = replaced(REQUEST, "const response = ", "")
_LATIN_1 = PLAIN.replace("'';", "'caf\xe9';").encode("latin-1")


@dataclass(frozen=True)
class Left:
    """A source with one dead call: why it is left, and words that the detail must hold."""

    source: str | bytes
    reason: Reason
    detail: str = ""
    line: int = 2
    path: str = "a.ts"
    settings: Settings | None = None


def guarded(read_guard: str, *between: str, guard: str = "workflow") -> str:
    """Two guarded blocks that share their variables with another request."""
    return function(
        "let response: Response;",
        "let answer = '';",
        f"if ({guard}) {{",
        f"  response = {_SEND}",
        "} else {",
        "  response = await fetch('/api/chat');",
        "}",
        *between,
        PARSE,
        f"if ({read_guard}) {{",
        "  answer = data.output?.message || '';",
        "} else {",
        "  answer = data.choices[0].message.content;",
        "}",
        RETURN,
        head=replaced(HEAD, "text: string", "text: string, workflow: boolean"),
    )


def _listed(body: str) -> str:
    """A dead URL and the Responses API's own, tried in turn with one body."""
    return (
        "async function ask(id, text, headers, rest) {\n"
        f"  for (const url of ['{URL}', 'https://api.openai.com/v1/responses']) {{\n"
        "    const response = await fetch(url, {\n"
        f"      method: 'POST', headers, body: JSON.stringify({body}),\n    }});\n"
        "    if (response.ok) return (await response.json()).output_text;\n  }\n}\n"
    )


LEFT = {
    # the URL
    "host-is-an-environment-variable": Left(
        calling("fetch(`${process.env.OPENAI_BASE}/v1/workflows/runs`"),
        Reason.UNRESOLVED_HOST,
        "process.env.OPENAI_BASE",
    ),
    "host-is-a-parameter": Left(
        calling("fetch(base + '/v1/workflows/runs'"), Reason.UNRESOLVED_HOST, "base +"
    ),
    "host-is-an-import": Left(
        "import { BASE } from './config';\n" + calling("fetch(`${BASE}/workflows/runs`"),
        Reason.UNRESOLVED_HOST,
        "BASE",
        line=3,
    ),
    "host-has-an-unknown-subdomain": Left(
        calling("fetch(`https://${region}.api.openai.com/v1/workflows/runs`"),
        Reason.UNRESOLVED_HOST,
        "region",
    ),
    "host-has-a-default-only-and-is-asked-for": Left(
        calling("fetch((base() ?? 'https://api.openai.com/v1') + '/workflows/runs'"),
        Reason.UNRESOLVED_HOST,
    ),
    "host-behind-new-url-with-an-unknown-base": Left(
        calling("fetch(new URL('/v1/workflows/runs', base)"), Reason.UNRESOLVED_HOST
    ),
    "behind-a-cors-proxy-of-unknown-host": Left(
        calling(f"fetch(`${{proxy}}{URL}`"), Reason.UNRESOLVED_HOST, "proxy"
    ),
    "url-is-one-of-two": Left(
        calling(f"fetch(old ? '{URL}' : '/api/chat'"), Reason.URL_NOT_CERTAIN
    ),
    "url-variable-is-reassigned": Left(
        function(
            f"let url = '{URL}';",
            "if (text) url = '/api/chat';",
            replaced(REQUEST, f"'{URL}'", "url"),
            PARSE,
            READ,
            RETURN,
        ),
        Reason.URL_NOT_CERTAIN,
        line=4,
    ),
    "url-is-only-a-default": Left(
        calling(f"fetch(process.env.RUNS_URL || '{URL}'"), Reason.URL_NOT_CERTAIN
    ),
    "url-is-exported": Left(f"export const RUNS_URL = '{URL}';\n", Reason.URL_EXPORTED, line=1),
    "url-is-in-an-exported-object": Left(
        f"export const api = {{ runs: '{URL}', other: '/x' }};\n", Reason.URL_EXPORTED, line=1
    ),
    "url-is-in-a-nested-exported-object": Left(
        f"export const api = {{ openai: {{ runs: '{URL}' }} }};\n", Reason.URL_EXPORTED, line=1
    ),
    "url-is-exported-below": Left(
        f"const RUNS_URL = '{URL}';\nexport {{ RUNS_URL }};\n", Reason.URL_EXPORTED, line=1
    ),
    "url-is-the-default-export": Left(f"export default '{URL}';\n", Reason.URL_EXPORTED, line=1),
    "url-is-a-commonjs-export": Left(
        f"module.exports = {{ runs: '{URL}' }};\n", Reason.URL_EXPORTED, line=1, path="a.js"
    ),
    "url-is-an-exported-enum-member": Left(
        f"export enum Api {{ Runs = '{URL}' }}\n", Reason.URL_EXPORTED, line=1
    ),
    "url-is-in-a-map": Left(
        f"async function ask(kind, headers, body) {{\n"
        f"  const url = new Map([['runs', '{URL}']]).get(kind);\n"
        "  return fetch(url, { method: 'POST', headers, body });\n}\n",
        Reason.URL_NOT_FOLLOWED,
        "in line 2",
        path="a.js",
    ),
    "url-is-a-class-field-that-is-got": Left(
        f"class Api {{\n  url = '{URL}';\n  ask() {{ return fetch(this.url, {{}}); }}\n}}\n",
        Reason.NOT_A_POST,
        line=3,
    ),
    "url-is-one-of-a-list": Left(
        "async function ask(headers, body) {\n"
        f"  for (const url of ['{URL}', OTHER]) {{\n"
        "    const response = await fetch(url, { method: 'POST', headers, body });\n"
        "    if (response.ok) return response.json();\n  }\n}\n",
        Reason.URL_CANDIDATES,
        "in line 2",
        line=3,
        path="a.js",
    ),
    "url-is-one-of-a-list-with-a-request-that-has-a-model": Left(
        _listed("{ model: 'gpt-4.1', workflow_id: id, input: text }"),
        Reason.URL_CANDIDATES,
        "/v1/responses'` in line 2 is no dead endpoint, and stays",
        line=3,
        path="a.js",
    ),
    "url-is-one-of-a-list-with-a-request-that-names-no-workflow": Left(
        _listed("{ input: text }"),
        Reason.URL_CANDIDATES,
        "/v1/responses'` in line 2 is no dead endpoint, and stays",
        line=3,
        path="a.js",
    ),
    "url-is-one-of-a-list-with-a-request-of-which-not-all-is-seen": Left(
        _listed("{ workflow_id: id, ...rest }"),
        Reason.URL_CANDIDATES,
        "/v1/responses'` in line 2 is no dead endpoint, and stays",
        line=3,
        path="a.js",
    ),
    "definition-is-read": Left(
        "const r = await fetch(`https://api.openai.com/v1/workflows/${id}`, { headers });\n",
        Reason.DEFINITION_READ,
        line=1,
    ),
    "session-is-asked-for": Left(
        calling("fetch(`https://api.openai.com/v1/workflows/${id}/sessions`"), Reason.NO_SESSIONS
    ),
    "sent-by-a-function-of-another-file": Left(
        "import { openaiFetch } from './openai';\n"
        "const r = await openaiFetch('/workflows/runs', body);\n",
        Reason.WRAPPER_ELSEWHERE,
        "`openaiFetch`",
        line=2,
    ),
    "sent-by-a-websocket": Left(
        "const w = new WebSocket('wss://api.openai.com/v1/workflows/runs');\n",
        Reason.WEBSOCKET,
        line=1,
    ),
    "sent-by-a-method-that-the-sdk-never-had": Left(
        "import OpenAI from 'openai';\nconst runs = new OpenAI().workflows.runs;\n"
        "const run = await runs.create({ workflow_id: id, input });\n",
        Reason.SDK_INVENTED,
        "`runs.create` names no client",
        line=3,
    ),
    # the request
    "sent-by-axios": Left(calling(f"axios.post('{URL}'"), Reason.NO_AUTHORIZATION),
    "sent-by-axios-with-a-config-object": Left(
        f"axios({{ method: 'post', url: '{URL}', data }});\n",
        Reason.BODY_NOT_UNDERSTOOD,
        "data",
        line=1,
    ),
    "sent-by-a-wrapper": Left(calling(f"apiFetch('{URL}'"), Reason.UNKNOWN_TRANSPORT, "`apiFetch`"),
    "sent-by-a-client-called-http": Left(
        "import axios from 'axios';\nconst http = axios.create();\n"
        + calling(f"http.post('{URL}'"),
        Reason.NO_AUTHORIZATION,
        line=4,
    ),
    "sent-by-an-injected-client": Left(
        f"class Api {{\n  ask() {{ return this.http.post('{URL}', {{}}); }}\n}}\n",
        Reason.UNKNOWN_TRANSPORT,
        "`this.http.post`",
    ),
    "sent-by-xmlhttprequest": Left(
        f"const request = new XMLHttpRequest();\nrequest.open('POST', '{URL}');\n",
        Reason.UNKNOWN_TRANSPORT,
        "`request.open`",
    ),
    "sent-as-a-request-object": Left(
        f"const request = new Request('{URL}', {{ method: 'POST' }});\n",
        Reason.UNKNOWN_TRANSPORT,
        "`Request`",
        line=1,
    ),
    "sent-by-what-is-made-of-fetch": Left(
        "const send = withRetries(fetch);\n" + calling(f"send('{URL}'"),
        Reason.UNKNOWN_TRANSPORT,
        "`send`",
        line=3,
    ),
    "undici-request-under-the-name-fetch": Left(
        "import { request as fetch } from 'undici';\n" + PLAIN,
        Reason.FETCH_SHADOWED,
        line=3,
    ),
    "fetch-is-a-parameter": Left(
        function(REQUEST, PARSE, READ, RETURN, head=replaced(HEAD, "text: string", "text, fetch")),
        Reason.FETCH_SHADOWED,
    ),
    "fetch-is-the-projects-own": Left(
        "import { fetch } from './http';\n" + PLAIN, Reason.FETCH_SHADOWED, line=3
    ),
    "fetch-is-a-local-function": Left(
        PLAIN + "function fetch(url: string, options: object) {}\n", Reason.FETCH_SHADOWED
    ),
    "no-options-means-get": Left(asking(f", {OPTIONS}", ""), Reason.NOT_A_POST),
    "method-is-missing": Left(asking("method: 'POST',", ""), Reason.NOT_A_POST, "GET"),
    "method-is-get": Left(asking("'POST'", "'GET'"), Reason.NOT_A_POST, "`method: 'GET'`"),
    "method-depends": Left(
        asking("'POST'", "id ? 'POST' : 'GET'"), Reason.NOT_A_POST, "`method: id ?"
    ),
    "options-are-a-parameter": Left(asking(OPTIONS, "options"), Reason.OPTIONS_NOT_UNDERSTOOD),
    "options-are-shared": Left(
        function(
            f"const options = {OPTIONS};",
            f"const response = await fetch('{URL}', options);",
            "log(options);",
            PARSE,
            READ,
            RETURN,
        ),
        Reason.OPTIONS_NOT_UNDERSTOOD,
        line=7,
    ),
    "options-have-a-spread": Left(
        asking("method: 'POST'", "method: 'POST', ...defaults"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
        "`...defaults`",
    ),
    "headers-come-from-a-function": Left(
        asking(_HEADERS, "headersFor(key)"), Reason.HEADERS_NOT_UNDERSTOOD, "headersFor(key)"
    ),
    "headers-are-a-headers-object-of-a-variable": Left(
        asking(_HEADERS, "new Headers(inherited)"), Reason.HEADERS_NOT_UNDERSTOOD, "new Headers"
    ),
    "authorization-may-be-in-a-spread": Left(
        asking("'Authorization': `Bearer ${key}`", "...auth"), Reason.HEADERS_NOT_UNDERSTOOD
    ),
    "authorization-may-be-replaced-by-a-spread-behind-it": Left(
        asking("`Bearer ${key}` }", "`Bearer ${key}`, ...auth }"), Reason.HEADERS_NOT_UNDERSTOOD
    ),
    "headers-are-changed-under-a-condition": Left(
        function(
            f"const headers: Record<string, string> = {_HEADERS};",
            "if (key) headers['Authorization'] = await signed(key);",
            replaced(REQUEST, f"headers: {_HEADERS}", "headers"),
            PARSE,
            READ,
            RETURN,
        ),
        Reason.HEADERS_NOT_UNDERSTOOD,
        "await signed(key)",
        line=4,
    ),
    "headers-are-changed-by-object-assign": Left(
        function(
            f"const headers = {_HEADERS};",
            "Object.assign(headers, await signed(key));",
            replaced(REQUEST, f"headers: {_HEADERS}", "headers"),
            PARSE,
            READ,
            RETURN,
        ),
        Reason.HEADERS_NOT_UNDERSTOOD,
        line=4,
    ),
    "shared-headers-have-another-beta-in-lower-case": Left(
        function(
            "const headers = { Authorization: `Bearer ${key}`, 'openai-beta': 'workflows=v1' };",
            "await fetch('/api/log', { headers });",
            replaced(REQUEST, f"headers: {_HEADERS}", "headers"),
            PARSE,
            READ,
            RETURN,
        ),
        Reason.HEADERS_NOT_UNDERSTOOD,
        line=4,
    ),
    "no-headers": Left(asking(f"headers: {_HEADERS},", ""), Reason.NO_AUTHORIZATION),
    "key-in-another-header": Left(
        asking("'Authorization': `Bearer ${key}`", "'X-Api-Key': key"), Reason.NO_AUTHORIZATION
    ),
    "body-is-a-parameter": Left(asking(_BODY, "body"), Reason.BODY_NOT_UNDERSTOOD, "`body: body`"),
    "body-is-a-form": Left(
        asking(_BODY, "new FormData()"), Reason.BODY_NOT_UNDERSTOOD, "new FormData()"
    ),
    "body-is-missing": Left(asking(f",\n    body: {_BODY}", ""), Reason.BODY_NOT_UNDERSTOOD),
    "body-has-a-spread": Left(
        asking("workflow_id: id", "...base, workflow_id: id"),
        Reason.BODY_NOT_UNDERSTOOD,
        "`...base`",
    ),
    "body-is-filtered-by-a-replacer": Left(
        asking(_BODY, _BODY.replace("} })", "} }, ['workflow_id', 'input', 'message'])")),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "body-variable-is-used-again": Left(
        function(
            "const payload = { workflow_id: id, input: { message: text } };",
            "payload.input.message += '!';",
            replaced(REQUEST, _BODY, "JSON.stringify(payload)"),
            PARSE,
            READ,
            RETURN,
        ),
        Reason.BODY_NOT_UNDERSTOOD,
        "`payload`",
        line=4,
    ),
    "body-is-logged-and-holds-several-fields": Left(
        function(
            "const payload = { workflow_id: id, topic: input, tone: 'dry' };",
            "console.log(payload);",
            replaced(REQUEST, _BODY, "JSON.stringify(payload)"),
            PARSE,
            READ,
            RETURN,
        ),
        Reason.BODY_SHARED,
        "`payload`",
        line=4,
    ),
    "body-is-written-outside-of-the-try": Left(
        function(
            "const payload = { workflow_id: id, input: { message: text } };",
            "try {",
            replaced(REQUEST, _BODY, "JSON.stringify(payload)"),
            PARSE,
            READ,
            RETURN,
            "} finally { done(); }",
        ),
        Reason.BODY_APART,
        "in line 2",
        line=4,
    ),
    "body-has-a-version": Left(
        asking("workflow_id: id", "workflow_id: id, version: 2"), Reason.BODY_FIELD, "`version`"
    ),
    "input-has-another-field": Left(
        asking(_INPUT, "input: { message: text, lang: 'de' }"), Reason.BODY_FIELD, "`input.lang`"
    ),
    "no-workflow-id": Left(asking("workflow_id: id, ", ""), Reason.NO_WORKFLOW_ID),
    "an-empty-body-as-text": Left(
        asking(_BODY, "'{ }'"), Reason.NO_MESSAGE, "the body says nothing"
    ),
    "no-input": Left(asking(f", {_INPUT}", ""), Reason.NO_MESSAGE),
    "input-is-empty": Left(asking(_INPUT, "input: {}"), Reason.NO_MESSAGE, "`input: {}`"),
    "message-is-an-object": Left(
        asking("message: text", "message: { role: 'user', content: text }"), Reason.NO_MESSAGE
    ),
    "message-is-a-number": Left(asking("message: text", "message: 7"), Reason.NO_MESSAGE, "`7`"),
    "message-is-typed-as-a-number": Left(
        function(REQUEST, PARSE, READ, RETURN, head=replaced(HEAD, "text: string", "text: number")),
        Reason.NO_MESSAGE,
        "`text`",
    ),
    "input-is-a-variable-of-unknown-shape": Left(
        asking(_INPUT, "input: request"), Reason.NO_MESSAGE, "`input: request`"
    ),
    "history-is-a-parameter": Left(
        asking("message: text", "message: text, history: earlier"),
        Reason.HISTORY_SHAPE,
        "`earlier`",
    ),
    "history-has-system-messages": Left(
        asking(
            "message: text",
            "message: text, history: all.map(m => ({ role: a ? 'user' : 'system', content: m }))",
        ),
        Reason.HISTORY_SHAPE,
        "'system'",
    ),
    "history-has-a-field-too-many": Left(
        asking(
            "message: text",
            "message: text, history: all.map(m => ({ role: m.role, content: m.text, at: m.at }))",
        ),
        Reason.HISTORY_SHAPE,
    ),
    "history-may-be-undefined": Left(
        asking(
            "message: text",
            "message: text, history: all?.map(m => ({ role: m.role, content: m.text }))",
        ),
        Reason.HISTORY_SHAPE,
        "all?.map",
    ),
    "history-is-a-list-of-promises": Left(
        asking(
            "message: text",
            "message: text, history: all.map(async m => ({ role: m.role, content: m.text }))",
        ),
        Reason.HISTORY_SHAPE,
    ),
    "history-gets-more-later": Left(
        function(
            "const history = [{ role: 'user', content: 'hi' }];",
            "history.push({ role: 'system', content: 'be brief' });",
            replaced(REQUEST, "message: text", "message: text, history"),
            PARSE,
            READ,
            RETURN,
        ),
        Reason.HISTORY_SHAPE,
        line=4,
    ),
    "run-is-asked-for-again-by-axios": Left(
        "import axios from 'axios';\n"
        + replaced(
            PLAIN,
            READ,
            "  const answer = (await axios.get(`https://api.openai.com/v1/workflows/runs/${data.id}`))"
            ".data.output;",
        ),
        Reason.OWN_POLLING,
        "in line 9",
        line=3,
    ),
    "run-is-asked-for-again-without-the-key": Left(
        replaced(
            PLAIN,
            READ,
            "  const polled = await fetch(`https://api.openai.com/v1/workflows/runs/${data.id}`);\n"
            "  const answer = (await polled.json()).output;",
        ),
        Reason.OWN_POLLING,
        "in line 8",
    ),
    "run-is-asked-for-again-in-another-file": Left(
        "import { finished } from './runs';\n"
        + replaced(PLAIN, READ, "  const answer = (await finished(data.id)).output;"),
        Reason.ANSWER_NOT_UNDERSTOOD,
        "may ask for the dead run again",
        line=3,
    ),
    "stream-is-asked-for": Left(
        asking("workflow_id: id", "workflow_id: id, stream: true"), Reason.STREAMING, "stream: true"
    ),
    "stream-may-be-asked-for": Left(
        asking("workflow_id: id", "workflow_id: id, stream: live"), Reason.STREAMING, "stream: live"
    ),
    # the answer
    "response-is-returned-at-once": Left(
        function(replaced(REQUEST, "const response =", "return")), Reason.RESPONSE_NOT_BOUND
    ),
    "response-is-dropped": Left(
        function(replaced(REQUEST, "const response = ", "")), Reason.ANSWER_NOT_READ
    ),
    "response-is-chained-with-then": Left(
        function(
            f"return fetch('{URL}', {OPTIONS})",
            "  .then(response => response.json())",
            "  .then(data => data.output?.message || '');",
        ),
        Reason.RESPONSE_NOT_BOUND,
        "not awaited",
    ),
    "response-is-destructured": Left(
        function(
            replaced(REQUEST, "const response", "const { body }"), "return new Response(body);"
        ),
        Reason.ANSWER_NOT_UNDERSTOOD,
        "`body` in line 2",
    ),
    "response-is-one-of-two": Left(
        function(
            f"const response = id ? {_SEND[:-1]} : cached;",
            PARSE,
            READ,
            RETURN,
        ),
        Reason.RESPONSE_NOT_BOUND,
    ),
    "answer-is-never-read": Left(function(REQUEST), Reason.ANSWER_NOT_READ),
    "answer-is-parsed-and-not-read": Left(reading(PARSE), Reason.ANSWER_NOT_READ),
    "response-is-returned-whole": Left(
        reading("return response;"), Reason.ANSWER_HANDED_ON, "`response` in line 7"
    ),
    "answer-is-returned-whole": Left(
        reading(PARSE, "return data;"), Reason.ANSWER_HANDED_ON, "`data` in line 8"
    ),
    "answer-is-parsed-and-returned": Left(
        reading("return await response.json();"), Reason.ANSWER_HANDED_ON, "line 7"
    ),
    "answer-is-returned-as-a-promise": Left(
        reading("return response.json();"), Reason.ANSWER_NOT_UNDERSTOOD, "line 7"
    ),
    "answer-is-given-to-a-function": Left(
        reading(PARSE, "return textOf(data);"), Reason.ANSWER_HANDED_ON, "`data` in line 8"
    ),
    "answer-is-destructured": Left(
        reading("const { output } = await response.json();", "return output?.message || '';"),
        Reason.ANSWER_NOT_UNDERSTOOD,
        "line 7",
    ),
    "answer-is-read-as-text": Left(
        reading("const data = JSON.parse(await response.text());", READ, RETURN),
        Reason.ANSWER_NOT_UNDERSTOOD,
        "line 7",
    ),
    "answer-is-streamed": Left(
        reading("const reader = response.body.getReader();", "return drain(reader);"),
        Reason.STREAM_NOT_UNDERSTOOD,
        "`drain(reader)` in line 8",
    ),
    "answer-has-a-type-without-thread-id": Left(
        reading("const data: Reply = await response.json();", READ, RETURN),
        Reason.ANSWER_NOT_UNDERSTOOD,
        "`Reply`",
    ),
    "answer-may-be-no-text": Left(
        reading(PARSE, "const answer = data.output;", RETURN),
        Reason.ANSWER_NOT_UNDERSTOOD,
        "may be no text",
    ),
    "answer-is-used-as-an-object": Left(
        reading(PARSE, READ, "return answer.citations;"),
        Reason.OTHER_READ,
        "answer.citations",
    ),
    "answer-is-added-to": Left(
        reading("let all = text;", PARSE, "all += data.output?.message || '';", "return all;"),
        Reason.ANSWER_NOT_UNDERSTOOD,
        "line 9",
    ),
    "answer-is-read-in-a-callback": Left(
        reading(PARSE, "show(() => data.output?.message || '');"),
        Reason.ANSWER_NOT_UNDERSTOOD,
        "line 8",
    ),
    "answer-is-read-on-one-side-of-a-condition": Left(
        reading(PARSE, "return text ? data.output?.message || '' : '';"),
        Reason.ANSWER_NOT_UNDERSTOOD,
        "line 8",
    ),
    "answer-is-read-in-a-loop": Left(
        reading(
            PARSE,
            "for (const target of targets) {",
            "  const answer = data.output?.message || '';",
            "  target.send(answer);",
            "}",
        ),
        Reason.ANSWER_NOT_UNDERSTOOD,
        "line 9",
    ),
    "answer-is-read-twice": Left(
        reading(PARSE, "log(data.output?.message || '');", READ, RETURN),
        Reason.OTHER_READ,
        "line 9",
    ),
    "usage-is-read-too": Left(
        reading(PARSE, "track(data.usage);", READ, RETURN), Reason.OTHER_READ, "line"
    ),
    "status-of-the-dead-run-guards-the-reading": Left(
        reading(
            PARSE,
            "if (data.status === 'completed') {",
            "  return data.output?.message || '';",
            "}",
            "return '';",
        ),
        Reason.OTHER_READ,
        "data.status",
    ),
    "status-of-the-dead-run-is-handed-on": Left(
        reading(PARSE, "return { state: data.status, text: data.output?.message || '' };"),
        Reason.OTHER_READ,
        "data.status",
    ),
    "a-clone-of-the-response-is-read": Left(
        reading("save(await response.clone().json());", PARSE, READ, RETURN),
        Reason.ANSWER_HANDED_ON,
        "line 7",
    ),
    "another-name-for-the-response-is-read": Left(
        reading(
            "const second = response;",
            PARSE,
            READ,
            "return answer + (await second.json()).output.message;",
        ),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "answer-variable-is-read-by-another-function": Left(
        "let data: any;\n"
        + function(REQUEST, "data = await response.json();", READ, RETURN)
        + "export function last() { return data.output.message; }\n",
        Reason.OTHER_READ,
        "data.output.message",
        line=3,
    ),
    "answer-is-read-by-a-closure-from-above": Left(
        function(
            "let data: any;",
            "const show = () => render(data.output.message);",
            REQUEST,
            "data = await response.json();",
            READ,
            "show();",
            RETURN,
        ),
        Reason.OTHER_READ,
        "data.output.message",
        line=4,
    ),
    "answer-of-the-round-before-is-read": Left(
        function(
            "let data: any;",
            "for (const turn of turns) {",
            "if (data) save(data.output.message);",
            REQUEST,
            "data = await response.json();",
            READ,
            "show(answer);",
            "}",
        ),
        Reason.OTHER_READ,
        "data.output.message",
        line=5,
    ),
    "own-polling-of-the-dead-run": Left(
        reading(
            "let data = await response.json();",
            "while (data.status === 'running') {",
            "  data = await (await fetch(`https://api.openai.com/v1/workflows/runs/${data.id}`)).json();",
            "}",
            READ,
            RETURN,
        ),
        Reason.OWN_POLLING,
    ),
    "retry-replaces-the-response": Left(
        function(
            replaced(REQUEST, "const response", "let response"),
            "if (response.status === 429) { response = await fetch('/api/backup'); }",
            PARSE,
            READ,
            RETURN,
        ),
        Reason.SHARED_READ,
        "line 9",
    ),
    "reading-also-serves-the-other-branch": Left(
        function(
            "let response: Response;",
            "if (id) {",
            f"  response = {_SEND}",
            "} else {",
            "  response = await fetch('/api/chat');",
            "}",
            PARSE,
            READ,
            RETURN,
        ),
        Reason.SHARED_READ,
        "line 13",
        line=4,
    ),
    "guards-differ": Left(guarded("flow"), Reason.DIFFERING_GUARDS, "line 15", line=5),
    "guards-differ-by-a-second-condition": Left(
        guarded("workflow || legacy"), Reason.DIFFERING_GUARDS, line=5
    ),
    "guard-is-assigned-in-between": Left(
        guarded("workflow", "workflow = true;"), Reason.GUARD_CHANGES, "`workflow`", line=5
    ),
    "guard-is-assigned-in-a-closure": Left(
        guarded("workflow", "const flip = () => { workflow = !workflow; };"),
        Reason.GUARD_CHANGES,
        "`workflow`",
        line=5,
    ),
    "guard-counts-up": Left(
        "let turn = 0;\n" + guarded("turn++ < 2", guard="turn++ < 2"),
        Reason.GUARD_CHANGES,
        "`turn`",
        line=6,
    ),
    "guard-is-a-call-that-may-answer-differently": Left(
        guarded("pick()", guard="pick()"), Reason.GUARD_CHANGES, "pick()", line=5
    ),
    "guard-is-a-member-that-is-assigned-in-between": Left(
        guarded("config.workflow", "config.workflow = true;", guard="config.workflow"),
        Reason.GUARD_CHANGES,
        "config.workflow",
        line=5,
    ),
    "guard-is-another-variable-of-the-same-name": Left(
        replaced(
            replaced(
                guarded("workflow"),
                "  if (workflow) {\n    answer",
                "  { const workflow = text.length > 3;\n  if (workflow) {\n    answer",
            ),
            "  return answer;",
            "  }\n  return answer;",
        ),
        Reason.DIFFERING_GUARDS,
        line=5,
    ),
    "key-is-out-of-sight-at-the-reading": Left(
        function(
            "let response: any;",
            "{",
            "const secret = load();",
            f"response = {replaced(_SEND, '${key}', '${secret}')}",
            "}",
            PARSE,
            READ,
            RETURN,
        ),
        Reason.NAME_NOT_IN_SCOPE,
        "`secret`",
        line=5,
    ),
    "key-is-wiped-before-the-reading": Left(
        function(
            "let secret = key;",
            replaced(REQUEST, "${key}", "${secret}"),
            "secret = '';",
            PARSE,
            READ,
            RETURN,
        ),
        Reason.NAME_NOT_IN_SCOPE,
        "`secret` is assigned again",
        line=3,
    ),
    "key-is-another-one-each-time-it-is-asked-for": Left(
        asking("await fetch(", "keys.length && await fetch(").replace("${key}", "${keys.shift()}"),
        Reason.HEADERS_ASKED_TWICE,
        "keys.shift()",
    ),
    "set-timeout-is-another-thing-here": Left(
        "import { setTimeout } from 'node:timers/promises';\n" + PLAIN,
        Reason.NAME_NOT_IN_SCOPE,
        "`setTimeout`",
        line=3,
    ),
    "promise-is-another-thing-here": Left(
        "import Promise from 'bluebird';\n" + PLAIN, Reason.NAME_NOT_IN_SCOPE, "`Promise`", line=3
    ),
    "request-has-no-braces": Left(
        function(
            "let response: any;",
            f"if (id) response = {_SEND}",
            PARSE,
            READ,
            RETURN,
        ),
        Reason.NEEDS_BRACES,
        line=3,
    ),
    "reading-has-no-braces": Left(
        reading(
            "let answer = '';", PARSE, "if (text) answer = data.output?.message || '';", RETURN
        ),
        Reason.NEEDS_BRACES,
        "line 9",
    ),
    "function-is-not-async": Left(
        replaced(PLAIN, "async function", "function"), Reason.NOT_ASYNC, "line 1"
    ),
    "both-readings-are-there": Left(
        specification()["old request"]
        + "const data = await response.json();\n"
        + specification()["new reading"]
        + specification()["old reading"],
        Reason.HALF_MIGRATED,
        line=12,
    ),
    "a-poll-of-another-branch-does-not-read-this-answer": Left(
        function(
            "let answer = '';",
            "if (id) {",
            REQUEST,
            PARSE,
            "answer = data.message || '';",
            "} else {",
            "const poll = await fetch(`https://api.openai.com/v1/threads/${thread}/runs/${run}`);",
            "answer = await finish(poll);",
            "}",
            RETURN,
        ),
        Reason.HALF_MIGRATED,
        line=4,
    ),
    "messages-of-another-thread-do-not-read-this-answer": Left(
        reading(
            "const old = await fetch(`https://api.openai.com/v1/threads/${thread}/messages`);",
            "show(await old.json());",
            PARSE,
            "return data;",
        ),
        Reason.HALF_MIGRATED,
    ),
    "comment-in-the-reading": Left(
        reading(PARSE, "const answer = data.output?.message /* new */ || '';", RETURN),
        Reason.COMMENT_LOST,
        "line 8",
    ),
    "comment-in-the-input": Left(
        asking(_INPUT, "input: { /* trimmed */ message: text, /* none */ history: [] }"),
        Reason.COMMENT_LOST,
    ),
    "comment-in-the-input-that-is-a-text": Left(
        asking(_INPUT, "input: /* trimmed */ text"), Reason.COMMENT_LOST
    ),
    "comment-in-the-url": Left(
        calling("fetch('https://api.openai.com' + /* dead */ '/v1/workflows/runs'"),
        Reason.COMMENT_LOST,
        "line 2",
    ),
    # the file
    "syntax-error-around-the-call": Left(
        replaced(PLAIN, RETURN, "return answer +;"), Reason.SYNTAX_ERROR, "line"
    ),
    "syntax-error-in-the-function": Left(
        replaced(PLAIN, PARSE, PARSE + " const = 3;"), Reason.SYNTAX_ERROR, "line 7"
    ),
    "generated": Left("// @generated by tool\n" + PLAIN, Reason.GENERATED_FILE, line=3),
    "minified-by-its-lines": Left(
        PLAIN.replace("\n", " ").replace(": string", "")
        + "var "
        + ",".join(f"a{n}" for n in range(900))
        + ";",
        Reason.MINIFIED_FILE,
        line=1,
        path="bundle.js",
    ),
    "minified-by-its-name": Left(
        PLAIN.replace(": string", "") + "// padding\n" * 200,
        Reason.MINIFIED_FILE,
        path="bundle.min.js",
    ),
    "binary": Left(PLAIN.encode() + b"\0", Reason.BINARY_FILE, line=2),
    "too-large": Left(PLAIN, Reason.FILE_TOO_LARGE, settings=Settings(max_file_size=100)),
    "latin-1": Left(_LATIN_1, Reason.NOT_UTF8),
}


#: Left where a stream is asked for; else the answer goes through a function in the file.
ADAPTED = (
    "message-is-typed-as-a-number",
    "history-is-a-parameter",
    "history-has-system-messages",
    "history-has-a-field-too-many",
    "history-may-be-undefined",
    "history-gets-more-later",
    "body-has-a-version",
    "body-is-written-outside-of-the-try",
    "input-has-another-field",
    "message-is-an-object",
    "input-is-a-variable-of-unknown-shape",
    "response-is-returned-at-once",
    "response-is-chained-with-then",
    "response-is-one-of-two",
    "response-is-returned-whole",
    "answer-is-returned-whole",
    "answer-is-parsed-and-returned",
    "answer-is-returned-as-a-promise",
    "answer-is-given-to-a-function",
    "answer-is-destructured",
    "answer-is-read-as-text",
    "answer-has-a-type-without-thread-id",
    "answer-may-be-no-text",
    "answer-is-added-to",
    "answer-is-read-in-a-callback",
    "answer-is-read-on-one-side-of-a-condition",
    "answer-is-read-in-a-loop",
    "answer-is-read-twice",
    "usage-is-read-too",
    "status-of-the-dead-run-guards-the-reading",
    "status-of-the-dead-run-is-handed-on",
    "a-clone-of-the-response-is-read",
    "another-name-for-the-response-is-read",
    "answer-variable-is-read-by-another-function",
    "answer-is-read-by-a-closure-from-above",
    "answer-of-the-round-before-is-read",
    "retry-replaces-the-response",
    "reading-also-serves-the-other-branch",
    "guards-differ",
    "guards-differ-by-a-second-condition",
    "guard-is-assigned-in-between",
    "guard-is-assigned-in-a-closure",
    "guard-counts-up",
    "guard-is-a-call-that-may-answer-differently",
    "guard-is-a-member-that-is-assigned-in-between",
    "guard-is-another-variable-of-the-same-name",
    "request-has-no-braces",
    "reading-has-no-braces",
)

#: What only polling in place needs, so that a stream or a single answer is read in place.
POLLED = ("key-is-out-of-sight-at-the-reading", "key-is-wiped-before-the-reading")


def _settings(name: str) -> Settings | None:
    """A case's settings, by which what reads the answer has to be replaced."""
    settings = LEFT[name].settings
    return replace(settings or Settings(), stream=True) if name in ADAPTED else settings


@pytest.mark.parametrize("name", [name for name in LEFT if name not in POLLED])
def test_a_call_is_left_with_its_reason(name: str) -> None:
    case = LEFT[name]
    migration = run(case.source, case.path, _settings(name))

    source = case.source.encode() if isinstance(case.source, str) else case.source
    assert migration.result == source
    assert migration.edits == ()
    assert [finding.bucket for finding in migration.findings] == [Bucket.LEFT]
    [finding] = migration.findings
    assert finding.reason is case.reason, describe(finding)
    assert case.detail in finding.detail
    assert migration.line(finding.span.start) == case.line
    assert finding.edits == ()


#: What stands in the way of reading in place, where the reasons speak of calls that are left.
_IN_PLACE = {
    Reason.ANSWER_NOT_UNDERSTOOD: "no one expression reads the text from the answer's JSON",
    Reason.OTHER_READ: "more is read of the answer than one text",
}


@pytest.mark.parametrize(
    ("name", "target"),
    [
        *((name, "assistants") for name in (*ADAPTED, *POLLED)),
        *((name, "responses") for name in ADAPTED),
    ],
)
def test_what_cannot_be_read_in_place_is_adapted_and_says_why(name: str, target: str) -> None:
    case = LEFT[name]
    migration = run(case.source, case.path, Settings(target=target))

    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED, describe(finding)
    # No field is named as dropped where none was.
    kept = name == "input-has-another-field"
    why = "the new request takes no such fields" if kept else case.reason.summary
    why = _IN_PLACE.get(case.reason, why)
    assert any(
        note.always and why in note.text and "`workflowAnswer`" in note.text
        for note in finding.notes
    )


def test_every_reason_has_a_case() -> None:
    reasons = {case.reason for case in LEFT.values()}
    reasons |= {case.reason for case in assistants_code.LEFT.values()}
    reasons |= {case.reason for case in wrong_calls.LEFT.values()}
    in_python = {code for _, code in test_python_leaves_alone.LEFT.values()}
    in_python |= {code for _, code, *_ in test_python_sdk_apart.LEFT.values()}
    reasons |= {reason for reason in Reason if reason.code in in_python}
    assert reasons == set(Reason)


# --- what is not even mentioned ---------------------------------------------------------------


@dataclass(frozen=True)
class Silent:
    """A source in which there is nothing to find."""

    source: str
    path: str = "a.ts"


def _to(url: str) -> Silent:
    return Silent(calling(f"fetch('{url}'"))


SILENT = {
    # another host
    "host-is-dify": _to("https://api.dify.ai/v1/workflows/run"),
    "host-is-dify-self-hosted": _to("https://dify.example.com/v1/workflows/runs"),
    "host-is-mistral": _to("https://api.mistral.ai/v1/workflows/runs"),
    "host-is-coze": _to("https://api.coze.com/v1/workflows/runs"),
    "host-is-coze-china": _to("https://api.coze.cn/v1/workflow/run"),
    "host-is-github": _to("https://api.github.com/repos/a/b/actions/workflows/c.yml/runs"),
    "host-is-langgraph": _to("https://my.langgraph.app/threads/runs"),
    "host-is-n8n": _to("https://n8n.example.com/api/v1/workflows/runs"),
    "host-is-localhost": _to("http://localhost:3000/v1/workflows/runs"),
    "host-is-an-address": _to("http://127.0.0.1/v1/workflows/runs"),
    "host-is-an-ipv6-address": _to("http://[::1]/v1/workflows/runs"),
    "host-is-azure": _to("https://me.openai.azure.com/v1/workflows/runs"),
    "host-is-a-neighbour": _to("https://chat.openai.com/v1/workflows/runs"),
    "host-is-a-subdomain": _to("https://eu.api.openai.com/v1/workflows/runs"),
    "host-has-a-longer-end": _to("https://api.openai.com.evil.example/v1/workflows/runs"),
    "host-has-a-longer-start": _to("https://xapi.openai.com/v1/workflows/runs"),
    "host-has-a-hyphen-in-front": _to("https://my-api.openai.com/v1/workflows/runs"),
    "host-has-a-look-alike-letter": _to("https://api.openai.\u0441om/v1/workflows/runs"),
    "host-is-only-in-the-path": _to("https://evil.example/api.openai.com/v1/workflows/runs"),
    "host-is-only-in-the-query": _to(f"https://evil.example/?u={URL}"),
    "host-is-only-in-the-fragment": _to(f"https://evil.example/#{URL}"),
    "host-is-a-user-name": _to("https://api.openai.com@evil.example/v1/workflows/runs"),
    "host-is-a-user-name-with-password": _to(
        "https://api.openai.com:443@evil.example/v1/workflows/runs"
    ),
    "host-is-a-user-name-behind-a-backslash": _to(
        "https://evil.example\\\\@api.openai.com/v1/workflows/runs"
    ),
    "port-is-another": _to("https://api.openai.com:8443/v1/workflows/runs"),
    "port-is-http-under-https": _to("https://api.openai.com:80/v1/workflows/runs"),
    "scheme-cannot-be-fetched": _to("ftp://api.openai.com/v1/workflows/runs"),
    # another path
    "own-route": _to("/api/v1/workflows/runs"),
    "own-route-like-the-dead-one": _to("/v1/workflows/runs"),
    "own-route-without-slash": _to("v1/workflows/runs"),
    "no-scheme-is-a-relative-path": _to("api.openai.com/v1/workflows/runs"),
    "own-route-behind-an-unknown-origin": Silent(
        calling("fetch(`${origin}/api/v1/workflows/runs`")
    ),
    "own-route-behind-the-location": Silent(
        calling("fetch(location.origin + '/api/v1/workflows/runs'")
    ),
    "url-is-not-known-at-all": Silent(calling("fetch(url")),
    "path-goes-on": _to("https://api.openai.com/v1/workflows/runs/123"),
    "path-is-one-word": _to("https://api.openai.com/v1/workflowsruns"),
    "path-has-other-case": _to("https://api.openai.com/v1/Workflows/Runs"),
    "path-is-singular": _to("https://api.openai.com/v1/workflow/runs"),
    "path-has-a-version-nobody-wrote": _to("https://api.openai.com/v3/workflows/runs"),
    "path-lists-workflows": _to("https://api.openai.com/v1/workflows"),
    "path-starts-deeper": _to("https://api.openai.com/proxy/v1/workflows/runs"),
    "path-is-chatkit": _to("https://api.openai.com/v1/chatkit/sessions"),
    # With the dead body and the dead reading it would be a wrong call: tests/wrong_calls.py.
    "path-is-responses": Silent(
        calling("fetch('https://api.openai.com/v1/responses'")
        .replace("workflow_id: id, input: { message: text }", "model: id, input: text")
        .replace("data.output?.message || data.output || ''", "data.output.at(-1).content[0].text")
    ),
    "path-is-chat-completions": _to("https://api.openai.com/v1/chat/completions"),
    "path-is-a-run-of-a-thread": _to("https://api.openai.com/v1/threads/thread_1/runs/run_1"),
    # text
    "line-comment": Silent(f"// await fetch('{URL}');\n"),
    "block-comment": Silent(f"/* await fetch('{URL}', {OPTIONS}); */\n"),
    "jsdoc": Silent(f"/**\n * POST {URL}\n * @see fetch('{URL}')\n */\nexport const a = 1;\n"),
    "jsx-comment": Silent(f"const a = <p>{{/* fetch('{URL}') */}}</p>;\n", "a.tsx"),
    "jsx-text": Silent(f"const a = <p>POST {URL}</p>;\n", "a.tsx"),
    "jsx-link": Silent(f"const a = <a href='{URL}'>dead</a>;\n", "a.tsx"),
    "string-that-quotes-the-call": Silent(f"const a = \"fetch('{URL}')\";\n"),
    "template-that-quotes-the-call": Silent(f"const a = `\nfetch('{URL}')\n`;\n"),
    "sentence-in-a-call": Silent(f"say('see {URL} for more');\n"),
    "sentence-in-a-tagged-template": Silent(f"markdown`See ${{name}} at {URL}`;\n"),
    "regular-expression": Silent(
        "const dead = /https:\\/\\/api.openai.com\\/v1\\/workflows\\/runs/;\n"
    ),
    "error-message": Silent(f"throw new Error('{URL} is dead');\n"),
    "error-message-that-is-the-url": Silent(f"throw new Error('{URL}');\n"),
    "compared-with-a-request": Silent(f"if (request.url === '{URL}') block(request);\n"),
    "looked-for-in-a-request": Silent(f"if (request.url.startsWith('{URL}')) block(request);\n"),
    "looked-for-in-a-list": Silent(f"if (blocked.includes('{URL}')) stop();\n"),
    "told-to-the-client": Silent(
        f"function handler(req, res) {{ res.status(500).json({{ ok: false, url: '{URL}' }}); }}\n"
    ),
    "told-by-next": Silent(
        "import { NextResponse } from 'next/server';\n"
        f"const url = '{URL}';\nexport const GET = () => NextResponse.json({{ ok: false, url }});\n"
    ),
    "told-by-the-platform": Silent(f"const answer = Response.json({{ url: '{URL}' }});\n"),
    "console-log": Silent(f"console.log('{URL}');\nconsole.warn('POST', '{URL}');\n"),
    "logger": Silent(f"logger.info('{URL}');\nlog('{URL}');\n"),
    "nock": Silent(f"nock('{URL}').post('/').reply(404);\n"),
    "nock-by-host": Silent(
        "nock('https://api.openai.com').post('/v1/workflows/runs').reply(200, {});\n"
    ),
    "msw-http": Silent(
        "import { http, HttpResponse } from 'msw';\n"
        f"export const handlers = [http.post('{URL}', () => HttpResponse.json({{}}))];\n"
    ),
    "msw-rest": Silent(
        f"import {{ rest }} from 'msw';\nrest.post('{URL}', (req, res, ctx) => res());\n"
    ),
    "vitest-expect": Silent(f"expect(fetch).toHaveBeenCalledWith('{URL}', options);\n"),
    "vitest-expect-not": Silent(f"expect(spy.mock.calls[0]).not.toContain('{URL}');\n"),
    "vitest-stub": Silent(f"vi.stubEnv('RUNS_URL', '{URL}');\n"),
    "jest-mock": Silent(f"jest.fn().mockReturnValue('{URL}')('{URL}');\n"),
    "sinon": Silent(f"sinon.stub(window, 'fetch').withArgs('{URL}');\n"),
    "fetch-mock": Silent(f"fetchMock.post('{URL}', 404);\n"),
    "cypress": Silent(f"cy.intercept('POST', '{URL}');\n"),
    "playwright": Silent(f"await page.route('{URL}', handler);\n"),
    # types, names and modules
    "literal-type": Silent(f"type Dead = '{URL}';\nlet a: '{URL}' | undefined;\n"),
    "template-literal-type": Silent(
        "type Dead = `https://api.openai.com/v1/${'workflows'}/runs`;\n"
    ),
    "import-specifier": Silent(f"import '{URL}';\nimport a from '{URL}';\n"),
    "dynamic-import": Silent(f"const a = await import('{URL}');\n"),
    "object-key": Silent(f"const dead = {{ '{URL}': true }};\n"),
    "subscript": Silent(f"delete cache['{URL}'];\n"),
    "fake-sdk": Silent("await openai.workflows.runs.create({ workflow_id: id, input: {} });\n"),
    # files of other kinds
    "markdown": Silent(f"```ts\n{PLAIN}```\n", "notes.md"),
    "json": Silent(f'{{ "url": "{URL}" }}\n', "config.json"),
    "html": Silent(f"<script>\n{PLAIN}</script>\n", "page.html"),
    "no-suffix": Silent(PLAIN, "Makefile"),
    "suffix-of-a-map": Silent(PLAIN, "bundle.js.map"),
    "empty": Silent(""),
}


@pytest.mark.parametrize("case", SILENT.values(), ids=SILENT.keys())
def test_no_dead_call_is_not_even_mentioned(case: Silent) -> None:
    migration = run(case.source, case.path)

    assert migration.result == case.source.encode()
    assert [describe(finding) for finding in migration.findings] == []
    assert migration.diagnostics == ()


def test_the_plain_program_that_all_cases_vary_is_rewritten() -> None:
    migration = run(PLAIN)

    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert LIVE_URL in migration.result.decode()


def _mixed() -> Iterator[tuple[str, str]]:
    for name, case in SILENT.items():
        if case.path in ("a.ts", "a.tsx") and "import " not in case.source:
            yield name, case.source


def test_look_alikes_beside_a_dead_call_stay_as_they_are() -> None:
    blocks = [f"{{\n{source}}}\n" for _, source in _mixed()]
    source = "".join(blocks) + PLAIN
    migration = run(source, "a.tsx")

    assert len(blocks) > 60
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert migration.result.startswith("".join(blocks).encode())


def test_left_calls_beside_a_dead_call_stay_as_they_are() -> None:
    left = calling("axios.post('" + URL + "'")
    migration = run(left + PLAIN)

    assert [finding.bucket for finding in migration.findings] == [Bucket.LEFT, Bucket.MIGRATED]
    assert migration.result.startswith(left.encode())


def test_polling_is_left_where_several_runs_are_started() -> None:
    asked = "await fetch(`https://api.openai.com/v1/workflows/runs/${data.id}`, { headers })"
    polled = f"  const answer = (await ({asked}).json()).output;\n"
    source = replaced(PLAIN, READ, polled) + PLAIN.replace("ask(", "again(")
    migration = run(source)

    assert [finding.bucket for finding in migration.findings] == [Bucket.LEFT, Bucket.LEFT]
    assert {finding.reason for finding in migration.findings} == {Reason.OWN_POLLING}
