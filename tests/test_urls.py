"""Which calls are requests of a dead endpoint: each form of URL, each sender, the look-alikes.

Every form has a look-alike beside it that is silent, or that is told with another certainty.
"""

from __future__ import annotations

import time

import pytest

from callmend.findings import Bucket
from callmend.languages.ecmascript.find import Certainty, Request, Transport
from callmend.languages.ecmascript.invented import invented_requests
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import text
from callmend.reasons import Reason
from callmend.source import Language, SourceFile
from tests.snippets import describe, run

_HOST = "https://api.openai.com"
_RUNS = f"{_HOST}/v1/workflows/runs"
_SENT = "{ method: 'POST', headers, body }"
_SECONDS = 20
_FETCHED = f"await fetch('{_RUNS}', {_SENT});\n"


def requests(source: str) -> list[Request]:
    """The dead requests of a TypeScript source, those for runs that were made before too."""
    file = SourceFile("a.ts", source.encode())
    return Program(file, Language.TYPESCRIPT).requests


def the_request(source: str) -> Request:
    """The only dead request of a source."""
    [request] = requests(source)
    return request


def shown(node: object) -> str | None:
    """The code of a node."""
    return None if node is None else text(node).decode()  # type: ignore[arg-type]


def sent(url: str, above: str = "") -> str:
    """A fetch of a URL, behind declarations."""
    return f"{above}\nawait fetch({url}, {_SENT});\n"


# The code; the endpoint and the certainty, None for no request at all.
FORMS: dict[str, tuple[str, tuple[str, Certainty] | None]] = {}


def _form(name: str, source: str, endpoint: str, certainty: Certainty = Certainty.CERTAIN) -> None:
    FORMS[name] = (source, (endpoint, certainty))


def _silent(name: str, source: str) -> None:
    FORMS[f"not-{name}"] = (source, None)


_form("path-id", sent("`https://api.openai.com/v1/workflows/${id}/runs`"), "workflows-id-runs")
_silent("path-id-of-a-proxy", sent("`https://proxy.example/v1/workflows/${id}/runs`"))
_silent("path-id-with-more-behind", sent(f"`{_HOST}/v1/workflows/${{id}}/runs/last/steps`"))
_form(
    "path-id-encoded",
    sent(f"`{_HOST}/v1/workflows/${{encodeURIComponent(id)}}/runs`"),
    "workflows-id-runs",
)
_silent("path-id-encoded-whole-url", sent(f"`/login?to=${{encodeURIComponent('{_RUNS}')}}`"))
_form("wf-literal", sent(f"'{_HOST}/v1/workflows/wf_68a1/runs'"), "workflows-id-runs")
_silent("wf-literal-of-chatkit", sent(f"'{_HOST}/v1/chatkit/sessions?id=wf_68a1'"))
_form("template-without-substitution", sent(f"`{_RUNS}`"), "workflows-runs")
_silent("template-that-is-longer", sent(f"`{_RUNS}er`"))
_form("concatenation", sent("'https://api.openai.com/v1/workflows/' + id + '/runs'"),
      "workflows-id-runs")  # fmt: skip
_silent("concatenation-to-another-host", sent("'https://example.com/' + id + '/runs'"))
_form("version-query", sent(f"'{_RUNS}?version=2'"), "workflows-runs")
_form("version-query-unknown", sent(f"`{_RUNS}?version=${{v}}`"), "workflows-runs")
_silent("query-that-holds-the-url", sent(f"'https://example.com/?to={_RUNS}'"))
_form("missing-version", sent("`https://api.openai.com/workflows/${id}/runs`"), "workflows-id-runs")
_silent("missing-version-and-host", sent("'/workflows/runs'"))
_form("invoke", sent(f"`{_HOST}/v1/workflows/${{id}}/invoke`"), "workflows-id-invoke")
_silent("invoke-of-another-host", sent("`${base}/v1/workflows/${id}/invoke`"))
_form("preview-run", sent(f"`{_HOST}/v1/workflows/${{id}}/run`"), "workflows-id-run")
_form("agent", sent(f"`{_HOST}/v1/agent/workflows/${{id}}/runs`"), "agent-workflows-id-runs")
_form("agents", sent(f"`{_HOST}/v1/agents/workflows/${{id}}/runs`"), "agents-workflows-id-runs")
_form("agents-execute", sent(f"`{_HOST}/v1/agents/workflows/${{id}}/execute`"),
      "agents-workflows-id-execute")  # fmt: skip
_form("agent-without-id", sent(f"'{_HOST}/v1/agent/workflows/runs'"), "agent-workflows-runs")
_form("agents-without-id", sent(f"'{_HOST}/v1/agents/workflows/runs'"), "agents-workflows-runs")
_form("agent-without-id-and-version", sent(f"'{_HOST}/agent/workflows/runs'"),
      "agent-workflows-runs")  # fmt: skip
_silent("agent-of-another-host", sent("`${base}/v1/agent/workflows/runs`"))
_silent("agent-of-the-site", sent("'/v1/agent/workflows/runs'"))
_form("beta", sent(f"'{_HOST}/v1/beta/workflows/runs'"), "beta-workflows-runs")
_form("beta-id", sent(f"`{_HOST}/v1/beta/workflows/${{id}}/runs`"), "beta-workflows-id-runs")
_form("version-two", sent(f"'{_HOST}/v2/workflows/runs'"), "v2-workflows-runs")
_form("version-two-id", sent(f"`{_HOST}/v2/workflows/${{id}}/runs`"), "v2-workflows-id-runs")
_silent("version-two-of-another-host", sent("`${base}/v2/workflows/${id}/runs`"))
_silent("version-two-of-the-site", sent("'/v2/workflows/runs'"))
_form("chatkit", sent(f"`{_HOST}/v1/chatkit/workflows/${{id}}/runs`"), "chatkit-workflows-id-runs")
_form("run-without-id", sent(f"'{_HOST}/v1/workflows/run'"), "workflows-run")
_form("invoke-without-id", sent(f"'{_HOST}/v1/workflows/invoke'"), "workflows-invoke")
_form("execute-without-id", sent(f"'{_HOST}/v1/workflows/execute'"), "workflows-execute")
_form("start", sent(f"`{_HOST}/v1/workflows/${{id}}/start`"), "workflows-id-start")
_form("start-without-id", sent(f"'{_HOST}/v1/workflows/start'"), "workflows-start")
_silent("start-of-another-host", sent("`${base}/v1/workflows/${id}/start`"))
_silent("start-of-the-site", sent("'/v1/workflows/start'"))
_silent("restart-of-a-workflow", sent(f"`{_HOST}/v1/workflows/${{id}}/restart`"))
_form("tool-outputs-of-a-run",
      sent(f"`{_HOST}/v1/workflows/${{id}}/runs/${{run}}/submit_tool_outputs`"),
      "workflows-id-runs-id-submit-tool-outputs")  # fmt: skip
_silent("tool-outputs-of-another-host",
        sent("`${base}/v1/workflows/${id}/runs/${run}/submit_tool_outputs`"))  # fmt: skip
_form("events-of-a-run", f"new EventSource(`{_HOST}/v1/workflows/${{id}}/runs/${{run}}/events`);",
      "workflows-id-runs-id-events")  # fmt: skip
_silent("events-of-another-host",
        "new EventSource(`${base}/v1/workflows/${id}/runs/${run}/events`);")  # fmt: skip
_silent("run-without-id-of-another-host", sent("`${base}/v1/workflows/run`"))
_form("run-workflow", sent(f"'{_HOST}/v1/run_workflow'"), "run-workflow")
_silent("run-workflow-of-the-site", sent("'/v1/run_workflow'"))
_form("workflow-runs", sent(f"'{_HOST}/v1/workflow_runs'"), "workflow-runs")
_silent("workflow-runs-of-github", sent("`https://api.github.com/repos/${r}/v1/workflow_runs`"))
_form("agents-runs", sent(f"'{_HOST}/v1/agents/runs'"), "agents-runs")
_form("agents-run", sent(f"'{_HOST}/v1/agents/run'"), "agents-run")
_form("agents-id-runs", sent(f"`{_HOST}/v1/agents/${{id}}/runs`"), "agents-id-runs")
# The Agents API is there (a beta): its agents and sessions answer.
_silent("agents-that-are-made", sent(f"'{_HOST}/v1/agents'"))
_silent("agents-session-events", sent(f"`{_HOST}/v1/agents/sessions/${{id}}/events`"))
_silent("agents-runs-of-another-host", sent("`${base}/v1/agents/${id}/runs`"))
# A verb behind a colon, and the word in the singular, are in no public caller: another's API.
_silent("verb-behind-a-colon", sent(f"`{_HOST}/v1/workflows/${{id}}:run`"))
_silent("workflow-in-the-singular", sent(f"`{_HOST}/v1/workflow/${{id}}/runs`"))
_silent("agents-sessions", sent(f"`{_HOST}/v1/agents/sessions`"))
_form("sessions", sent(f"`{_HOST}/v1/workflows/${{id}}/sessions`"), "workflows-id-sessions")
_silent("chatkit-sessions", sent(f"'{_HOST}/v1/chatkit/sessions'"))
_form("base-constant", sent("`${B}/workflows/${id}/runs`", f"const B = '{_HOST}/v1';"),
      "workflows-id-runs")  # fmt: skip
_silent("base-constant-of-another-host", sent("`${B}/workflows/runs`", "const B = '/api/v1';"))
_form(
    "class-field",
    "class Api { private base = 'https://api.openai.com/v1';\n"
    f"  ask(id: string) {{ return fetch(`${{this.base}}/workflows/${{id}}/runs`, {_SENT}); }} }}",
    "workflows-id-runs",
)
_form(
    "class-field-static",
    f"class Api {{ static url = '{_RUNS}';\n  ask() {{ return fetch(Api.url, {_SENT}); }} }}",
    "workflows-runs",
)
_form(
    "class-field-set-from-outside",
    "class Api { base = 'https://api.openai.com/v1'; constructor(b: string) { this.base = b; }\n"
    f"  ask() {{ return fetch(`${{this.base}}/workflows/runs`, {_SENT}); }} }}",
    "workflows-runs",
    Certainty.DEFAULT_HOST,
)
_silent(
    "class-field-of-another-class",
    f"class Urls {{ base = '{_HOST}'; }}\nclass Api {{ base = 'https://example.com';\n"
    f"  ask() {{ return fetch(`${{this.base}}/v1/workflows/runs`, {_SENT}); }} }}",
)
_form("dict-entry", sent("API.runs", f"const API = {{ runs: '{_RUNS}' }} as const;"),
      "workflows-runs")  # fmt: skip
_silent("dict-entry-beside", sent("API.chat", f"const API = {{ runs: '{_RUNS}', chat: '/c' }};"))
_form(
    "dict-entry-and-path",
    sent("API.base + '/workflows/runs'", f"const API = {{ base: '{_HOST}/v1' }};"),
    "workflows-runs",
)
_form(
    "environment-with-default",
    sent("`${B}/workflows/runs`", f"const B = process.env.OPENAI_BASE ?? '{_HOST}/v1';"),
    "workflows-runs",
    Certainty.DEFAULT_HOST,
)
_form("environment-alone", sent("`${process.env.OPENAI_BASE}/v1/workflows/runs`"),
      "workflows-runs", Certainty.HOST_UNKNOWN)  # fmt: skip
_form(
    "url-builder",
    sent("url(id)", "const url = (w: string) => `https://api.openai.com/v1/workflows/${w}/runs`;"),
    "workflows-id-runs",
)
_form(
    "url-builder-declared",
    sent("url(id)", f"function url(w: string) {{ return '{_HOST}/v1/workflows/' + w + '/runs'; }}"),
    "workflows-id-runs",
)
_silent(
    "url-builder-that-is-async", sent("url(id)", f"async function url() {{ return '{_RUNS}'; }}")
)
_form(
    "helper-with-a-url",
    f"const post = (url: string, body: string) => fetch(url, {_SENT});\npost('{_RUNS}', '{{}}');",
    "workflows-runs",
)
_silent(
    "helper-with-a-live-url",
    f"const post = (url: string, body: string) => fetch(url, {_SENT});\npost('{_HOST}/v1/x', '');",
)
_form(
    "helper-with-a-path",
    f"const post = (path: string) => fetch('{_HOST}/v1' + path, {_SENT});\n"
    "post('/workflows/runs');\npost('/chat/completions');",
    "workflows-runs",
)
_form(
    "candidates",
    "for (const url of [`https://api.openai.com/v1/workflows/${id}/runs`,\n"
    f"  'https://api.openai.com/v1/chat']) {{ await fetch(url, {_SENT}); }}",
    "workflows-id-runs",
    Certainty.CANDIDATES,
)
_form(
    "candidates-that-are-mapped",
    f"const urls = ['{_RUNS}', '{_HOST}/v1/x'];\nurls.map((url) => fetch(url, {_SENT}));",
    "workflows-runs",
    Certainty.CANDIDATES,
)
_silent("candidates-all-live", f"for (const u of ['{_HOST}/v1/x']) {{ fetch(u, {_SENT}); }}")
_silent("candidates-that-are-only-looked-at", f"for (const u of ['{_RUNS}']) {{ console.log(u); }}")
_form("new-url", sent("new URL('/v1/workflows/runs', 'https://api.openai.com')"), "workflows-runs")
_silent("new-url-of-the-page", sent("new URL('/v1/workflows/runs', 'https://example.com')"))
_form(
    "reassigned",
    sent("url", f"let url = '{_HOST}/v1/chat';\nif (agent) {{ url = '{_RUNS}'; }}"),
    "workflows-runs",
    Certainty.SOMETIMES,
)
_silent("reassigned-before", sent("url", f"let url = '{_RUNS}';\nurl = '{_HOST}/v1/chat';"))
_form(
    "default-parameter",
    f"function ask(url = '{_RUNS}') {{ return fetch(url, {_SENT}); }}",
    "workflows-runs",
    Certainty.SOMETIMES,
)
_silent(
    "default-parameter-live", f"function ask(u = '{_HOST}/v1/x') {{ return fetch(u, {_SENT}); }}"
)
_form("destructured", sent("runs", f"const {{ runs }} = {{ runs: '{_RUNS}', chat: '/c' }};"),
      "workflows-runs")  # fmt: skip
_silent(
    "destructured-beside", sent("chat", f"const {{ chat }} = {{ runs: '{_RUNS}', chat: '/c' }};")
)
_OWN = f"fetch(this.base + '/workflows/runs', {_SENT})"
_OBJECT = f"const api = {{ base: '{_HOST}/v1', run(body, headers) {{ return {_OWN}; }} }};\n"
_form("object-by-this", _OBJECT, "workflows-runs")
_form("object-by-this-in-an-arrow-function",
      _OBJECT.replace("return fetch", "return go(() => fetch").replace(" });", " }));", 1),
      "workflows-runs")  # fmt: skip
_form("object-by-this-and-set", f"{_OBJECT}api.base = process.env.BASE;\n",
      "workflows-runs", Certainty.DEFAULT_HOST)  # fmt: skip
_form("object-by-this-with-a-getter", f"const api = {{ get base() {{ return '{_HOST}/v1'; }},\n"
      f"  run(body, headers) {{ return {_OWN}; }} }};\n", "workflows-runs")  # fmt: skip
for _name, _code in {
    "of-a-function-within": _OBJECT.replace("return", "return function () { return").replace(
        "; } }", "; }; } }"
    ),
    "whose-copy-has-another-base": f"{_OBJECT}const eu = {{ ...api, base: EU }};\n",
    "of-the-outer": _OBJECT.replace("run(body, headers) {", "run: (body, headers) => {"),
    "within-a-class": f"class A {{ base = '{_HOST}/v1';\n"
    f"  make() {{ return {{ base: b(), run(body, headers) {{ {_OWN}; }} }}; }} }}",
}.items():
    _form(f"object-by-this-{_name}", _code, "workflows-runs", Certainty.HOST_UNKNOWN)
_URLS_OF = f"const URLS = {{ runs: '{_RUNS}' }};\nclass A {{ urls = URLS;\n"
_form("constant-in-a-field", f"{_URLS_OF} ask() {{ return fetch(this.urls.runs, {_SENT}); }} }}",
      "workflows-runs")  # fmt: skip
_silent(
    "constant-in-a-field-that-is-changed",
    f"{_URLS_OF} ask() {{ this.urls.runs = x; return fetch(this.urls.runs, {_SENT}); }} }}",
)
_silent(
    "constant-in-a-field-that-is-handed-on",
    f"{_URLS_OF} ask() {{ mix(URLS); return fetch(this.urls.runs, {_SENT}); }} }}",
)
_PATTERN = f"const P = '{_HOST}/v1/workflows/{{id}}/runs';"
_form("placeholder", sent("P.replace('{id}', id)", _PATTERN), "workflows-id-runs")
_form("placeholder-escaped", sent("P.replace(/\\{id\\}/g, id)", _PATTERN), "workflows-id-runs")
_form("placeholders", sent(f"'{_HOST}/{{v}}/workflows/{{id}}/runs'"
      ".replace('{v}', 'v1').replace('{id}', id)"), "workflows-id-runs")  # fmt: skip
_silent(
    "placeholder-filled-with-another-path",
    sent("P.replace('workflows/{id}/runs', 'models')", _PATTERN),
)
_silent("placeholder-that-is-no-plain-text", sent("P.replace(/{.*/, id)", _PATTERN))
_silent("placeholder-filled-by-a-function", sent("P.replace('{id}', () => id)", _PATTERN))
_silent("placeholder-filled-with-a-sign", sent("P.replace('{id}', '$&')", _PATTERN))
_silent("host-that-is-replaced", sent(f"'{_RUNS}'.replace('{_HOST}', 'https://ai.example.com')"))
_form("as-string", sent(f"('{_RUNS}' as string)"), "workflows-runs")
_form("satisfies", sent(f"('{_RUNS}' satisfies string)"), "workflows-runs")
_form("non-null", sent("url!", f"const url: string | undefined = '{_RUNS}';"), "workflows-runs")
_silent("as-string-of-another", sent(f"('{_HOST}/v1/responses' as string)"))
_form("dead-with-a-port-of-its-own", sent(f"'{_HOST}:443/v1/workflows/runs'"), "workflows-runs")
_silent("another-port", sent(f"'{_HOST}:8443/v1/workflows/runs'"))
_silent("host-that-only-starts-so", sent(f"'{_HOST}.example.com/v1/workflows/runs'"))
_silent("user-in-front-of-another-host", sent("'https://api.openai.com@x.io/v1/workflows/runs'"))


@pytest.mark.parametrize(("source", "expected"), FORMS.values(), ids=FORMS)
def test_the_form_of_a_url_decides(source: str, expected: tuple[str, Certainty] | None) -> None:
    found = [(r.endpoint.id, r.certainty) for r in requests(source)]
    assert found == ([] if expected is None else [expected])


def test_a_definition_that_is_read_is_another_endpoint_than_its_run() -> None:
    url = f"`{_HOST}/v1/workflows/${{id}}`"
    assert the_request(f"fetch({url});").endpoint.id == "workflows-id"
    assert requests(f"fetch({url}, {{ method: 'DELETE' }});") == []


# What sends it: the code, and the transport; None for no request at all.
_AXIOS = "import axios from 'axios';\n"
SENDERS: dict[str, tuple[str, Transport | None]] = {
    "fetch": (sent(f"'{_RUNS}'"), Transport.FETCH),
    "fetch-of-the-project": (
        f"import {{ fetch }} from './http';\n{_FETCHED}",
        Transport.SHADOWED_FETCH,
    ),
    "node-fetch": (f"import fetch from 'node-fetch';\n{_FETCHED}", Transport.NODE_FETCH),
    "undici-fetch": (f"import {{ fetch }} from 'undici';\n{_FETCHED}",
                     Transport.UNDICI_FETCH),
    "undici-request": (
        f"import {{ request }} from 'undici';\nrequest('{_RUNS}', {_SENT});",
        Transport.UNDICI_REQUEST,
    ),
    "request-of-another-package": (
        f"import {{ request }} from 'http-kit';\nrequest('{_RUNS}', {_SENT});",
        Transport.OTHER,
    ),
    "axios-post": (f"{_AXIOS}axios.post('{_RUNS}', body, {{ headers }});", Transport.AXIOS),
    "axios-post-of-a-live-url": (f"{_AXIOS}axios.post('{_HOST}/v1/x', body);", None),
    "axios-object": (f"{_AXIOS}axios({{ method: 'post', url: '{_RUNS}' }});", Transport.AXIOS),
    "axios-object-of-a-live-url": (
        f"{_AXIOS}axios({{ url: '{_HOST}/v1/x', data: '{_RUNS}' }});",
        None,
    ),
    "axios-request": (f"{_AXIOS}axios.request({{ url: '{_RUNS}', method: 'POST' }});",
                      Transport.AXIOS),
    "axios-required": (f"const axios = require('axios');\naxios.post('{_RUNS}', {{}});",
                       Transport.AXIOS),
    "axios-instance": (
        f"{_AXIOS}const api = axios.create({{ baseURL: '{_HOST}/v1' }});\n"
        "api.post('/workflows/runs', {});",
        Transport.AXIOS,
    ),
    "axios-instance-of-another-host": (
        f"{_AXIOS}const api = axios.create({{ baseURL: '/api' }});\n"
        "api.post('/v1/workflows/runs', {});",
        None,
    ),
    "axios-base-in-the-options": (
        f"{_AXIOS}axios.post('/workflows/runs', {{}}, {{ baseURL: '{_HOST}/v1' }});",
        Transport.AXIOS,
    ),
    "ky": (f"import ky from 'ky';\nky.post('{_RUNS}', {{ json: body }}).json();", Transport.KY),
    "ky-of-an-instance": (
        f"import ky from 'ky';\nconst api = ky.create({{ prefixUrl: '{_HOST}/v1' }});\n"
        "api.post('workflows/runs', { json });",
        Transport.KY,
    ),
    "ky-of-another-host": (
        "import ky from 'ky';\nconst api = ky.create({ prefixUrl: '/api' });\n"
        "api.post('v1/workflows/runs', { json });",
        None,
    ),
    "got": (f"import got from 'got';\ngot.post('{_RUNS}', {{ json }}).json();", Transport.GOT),
    "got-extended": (
        f"import got from 'got';\nconst api = got.extend({{ prefixUrl: '{_HOST}/v1' }});\n"
        "api.post('workflows/runs', { json });",
        Transport.GOT,
    ),
    "got-of-a-live-url": (f"import got from 'got';\ngot.post('{_HOST}/v1/x');", None),
    "websocket": ("new WebSocket('wss://api.openai.com/v1/workflows/runs');", Transport.WEBSOCKET),
    "websocket-of-realtime": ("new WebSocket('wss://api.openai.com/v1/realtime');", None),
    "xml-http-request": (f"xhr.open('POST', '{_RUNS}');", Transport.OTHER),
    "xml-http-request-of-the-site": ("xhr.open('POST', '/v1/workflows/runs');", None),
    "wrapper-of-another-file": (
        "import { openaiPost } from '../lib/openai';\nopenaiPost('/workflows/runs', body);",
        Transport.WRAPPER,
    ),
    "wrapper-of-something-else": (
        "import { post } from '../lib/engine';\npost('/workflows/runs', body);",
        None,
    ),
    "helper": (
        f"const send = (url: string) => fetch(url, {_SENT});\nsend('{_RUNS}');",
        Transport.HELPER,
    ),
    "helper-that-only-shows": (
        f"const show = (url: string) => console.log(url);\nshow('{_RUNS}');",
        Transport.OTHER,
    ),
    "log": (f"console.log('{_RUNS}');", None),
    "error": (f"throw new Error('{_RUNS}');", None),
    "nock": (f"nock('{_RUNS}');", None),
    "msw": (f"import {{ http }} from 'msw';\nhttp.post('{_RUNS}', () => {{}});", None),
    "question": (f"if (url.startsWith('{_RUNS}')) {{ go(); }}", None),
}  # fmt: skip


@pytest.mark.parametrize(("source", "transport"), SENDERS.values(), ids=SENDERS)
def test_what_sends_it_is_told(source: str, transport: Transport | None) -> None:
    found = [request.transport for request in requests(source)]
    assert found == ([] if transport is None else [transport])


def test_a_request_by_another_sender_has_its_parts() -> None:
    sending = the_request(
        f"{_AXIOS}const api = axios.create({{ baseURL: '{_HOST}' }});\n"
        "api.post('/v1/workflows/runs', { input }, { headers: own, timeout: 5 });"
    ).sending

    assert sending is not None
    parts = (sending.url, sending.body, sending.headers, sending.options, sending.base)
    assert [shown(part) for part in parts] == [
        "'/v1/workflows/runs'",
        "{ input }",
        "own",
        "{ headers: own, timeout: 5 }",
        f"'{_HOST}'",
    ]
    assert (sending.verb, shown(sending.made)) == (
        "POST",
        f"axios.create({{ baseURL: '{_HOST}' }})",
    )


def test_the_body_of_ky_and_got_is_their_json() -> None:
    for package in ("ky", "got"):
        call = (
            f"import {package} from '{package}';\n{package}.post('{_RUNS}', {{ json: {{ a }} }});"
        )
        sending = the_request(call).sending
        assert sending is not None
        assert (shown(sending.body), sending.verb) == ("{ a }", "POST")


# Methods that OpenAI's SDK never had: the code, and the certainty; None for no request at all.
_SDK = "import OpenAI from 'openai';\nconst openai = new OpenAI();\n"
METHODS: dict[str, tuple[str, Certainty | None]] = {
    "create": (f"{_SDK}openai.workflows.runs.create({{}});", Certainty.CERTAIN),
    "create-of-coze": (
        "import { CozeAPI } from '@coze/api';\nconst openai = new CozeAPI({});\n"
        "openai.workflows.runs.create({});",
        None,
    ),
    "beta-create": (f"{_SDK}openai.beta.workflows.runs.create({{}});", Certainty.CERTAIN),
    "beta-retrieve": (f"{_SDK}openai.beta.workflows.runs.retrieve(id);", Certainty.CERTAIN),
    "alpha": (f"{_SDK}openai.alpha.workflows.runs.create({{}});", Certainty.HOST_UNKNOWN),
    "run": (f"{_SDK}openai.workflows.run(id, {{}});", Certainty.CERTAIN),
    "invoke": (f"{_SDK}openai.workflows.invoke(id, {{}});", Certainty.CERTAIN),
    "invoke-of-retab": (
        "import { Retab } from 'retab';\nconst client = new Retab();\nclient.workflows.run({});",
        None,
    ),
    "cast": (f"{_SDK}(openai as any).workflows.runs.create({{}});", Certainty.CERTAIN),
    "optional": (f"{_SDK}(openai as any)?.workflows?.runs?.create({{}});", Certainty.CERTAIN),
    "by-a-constant": (
        f"{_SDK}const runs = (openai as any).workflows.runs;\nruns.create({{}});",
        Certainty.CERTAIN,
    ),
    "imported-client": (
        "import { openai } from '@/lib/openai';\nopenai.workflows.runs.create({});",
        Certainty.HOST_UNKNOWN,
    ),
    "imported-client-of-another-name": (
        "import { client } from '@/lib/engine';\nclient.workflows.runs.create({});",
        None,
    ),
    "typed-parameter": (
        "import OpenAI from 'openai';\nfunction f(c: OpenAI) { (c as any).workflows.run(id, {}); }",
        Certainty.HOST_UNKNOWN,
    ),
    "parameter-of-another-type": (
        "import { Octokit } from 'octokit';\nfunction f(c: Octokit) { c.workflows.run(id, {}); }",
        None,
    ),
    "live-method": (f"{_SDK}openai.responses.create({{}});", None),
    "property-that-is-no-call": (f"{_SDK}console.log(openai.workflows?.runs?.create);", None),
}


@pytest.mark.parametrize(("source", "certainty"), METHODS.values(), ids=METHODS)
def test_a_method_that_never_was_is_openais_by_its_client(
    source: str, certainty: Certainty | None
) -> None:
    program = Program(SourceFile("a.ts", source.encode()), Language.TYPESCRIPT)
    found = [request.certainty for request in invented_requests(program)]
    assert found == ([] if certainty is None else [certainty])


# The code; the expression in the path, the id where it is written, the base, whether it ends in v1.
_Parts = tuple[str | None, str | None, str | None, bool | None]
_ID_PATH = "/workflows/${id}/runs"
PATHS: dict[str, tuple[str, _Parts]] = {
    "id": (sent(f"`{_HOST}/v1{_ID_PATH}`"), ("id", None, None, None)),
    "id-encoded": (
        sent(f"`{_HOST}/v1/workflows/${{encodeURIComponent(a.id)}}/runs`"),
        ("a.id", None, None, None),
    ),
    "id-in-a-string": (
        sent(f"'{_HOST}/v1/workflows/wf_1/runs'"),
        (f"'{_HOST}/v1/workflows/wf_1/runs'", "wf_1", None, None),
    ),
    "id-of-a-constant": (
        sent(f"`{_HOST}/v1{_ID_PATH}`", "const id = 'wf_2';"),
        ("id", "wf_2", None, None),
    ),
    "id-that-is-summed": (
        sent(f"'{_HOST}/v1/workflows/' + id + '/runs'"),
        ("id", None, None, None),
    ),
    "id-that-is-part-of-a-segment": (
        sent(f"`{_HOST}/v1/workflows/wf_${{id}}/runs`"),
        (None, None, None, None),
    ),
    "id-of-two-parts": (
        sent(f"`{_HOST}/v1/workflows/${{a}}${{b}}/runs`"),
        (None, None, None, None),
    ),
    "id-that-a-builder-is-given": (
        sent("url(w)", f"const url = (id: string) => `{_HOST}/v1{_ID_PATH}`;"),
        ("w", None, None, None),
    ),
    "id-that-each-return-of-a-builder-has": (
        sent(
            "url(w)",
            f"function url(id: string) {{ if (v) return `{_HOST}/v1{_ID_PATH}?version=${{v}}`;"
            f" return `{_HOST}/v1{_ID_PATH}`; }}",
        ),
        ("w", None, None, None),
    ),
    "ids-that-the-returns-of-a-builder-have": (
        sent(
            "url(w)",
            f"function url(id: string) {{ if (beta) return `{_HOST}/v1/workflows/wf_b/runs`;"
            f" return `{_HOST}/v1{_ID_PATH}`; }}",
        ),
        (None, None, None, None),
    ),
    "id-in-a-placeholder": (
        sent(
            "(B + P).replace('{id}', a.id)",
            f"const B = '{_HOST}/v1', P = '/workflows/{{id}}/runs';",
        ),
        ("a.id", None, "B", True),
    ),
    "id-in-a-placeholder-by-a-pattern": (
        sent("P.replace(/:id/g, 'wf_3')", f"const P = '{_HOST}/v1/workflows/:id/runs';"),
        ("'wf_3'", "wf_3", None, None),
    ),
    "id-in-part-of-a-segment-that-is-filled": (
        sent("P.replaceAll('{id}', id)", f"const P = '{_HOST}/v1/workflows/wf_{{id}}/runs';"),
        (None, None, None, None),
    ),
    "base": (
        sent(f"`${{B}}{_ID_PATH}`", f"const B = '{_HOST}/v1';"),
        ("id", None, "B", True),
    ),
    "base-without-version": (
        sent(f"`${{B}}/v1{_ID_PATH}`", f"const B = '{_HOST}';"),
        ("id", None, "B", False),
    ),
    "base-that-is-half-a-host": (
        sent(f"`https://${{H}}/v1{_ID_PATH}`", "const H = 'api.openai.com';"),
        ("id", None, None, None),
    ),
    "base-of-new-url": (
        sent("new URL('/v1/workflows/runs', B)", f"const B = '{_HOST}';"),
        (None, None, "B", False),
    ),
    "no-id-in-the-path": (sent(f"'{_RUNS}'"), (None, None, None, None)),
}


@pytest.mark.parametrize(("source", "parts"), PATHS.values(), ids=PATHS)
def test_the_base_and_the_id_of_a_url(source: str, parts: _Parts) -> None:
    request = the_request(source)
    base = request.base
    found = (
        shown(request.path_id),
        request.path_text,
        None if base is None else shown(base.node),
        None if base is None else base.versioned,
    )
    assert found == parts


# Whole programs by senders that are left today, each with its reason.
LEFT = {
    "xml-http-request": (f"xhr.open('POST', '{_RUNS}');", Reason.UNKNOWN_TRANSPORT),
    "websocket": (SENDERS["websocket"][0], Reason.WEBSOCKET),
    "wrapper": (SENDERS["wrapper-of-another-file"][0], Reason.WRAPPER_ELSEWHERE),
    "candidates": (FORMS["candidates"][0], Reason.URL_CANDIDATES),
    "default-host-by-a-client": (
        "import ky from 'ky';\nconst B = process.env.BASE ?? 'https://api.openai.com/v1';\n"
        "const told = await ky.post(`${B}/workflows/runs`, {\n"
        "  json: { workflow_id: id, input: text }, headers: { Authorization: key } }).json();\n"
        "console.log(told.output_text);",
        Reason.UNRESOLVED_HOST,
    ),
    "sometimes": (FORMS["reassigned"][0], Reason.URL_NOT_CERTAIN),
    "sessions": (FORMS["sessions"][0], Reason.NO_SESSIONS),
    "definition": (f"await fetch(`{_HOST}/v1/workflows/${{id}}`);", Reason.DEFINITION_READ),
}


@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_because(source: str, reason: Reason) -> None:
    migration = run(source)
    found = [describe(finding) for finding in migration.findings]
    assert [(f.bucket, f.reason) for f in migration.findings] == [(Bucket.LEFT, reason)], found
    assert migration.result == source.encode()


# Hostile sources, which take seconds and not minutes, and still have their one call.
HOSTILE = {
    "chain-of-constants": sent(
        "a900",
        f"const a0 = '{_RUNS}';\n" + "".join(f"const a{n + 1} = a{n};\n" for n in range(900)),
    ),
    "chain-of-builders": sent(
        "f300()",
        f"const f0 = () => '{_RUNS}';\n"
        + "".join(f"const f{n + 1} = () => f{n}();\n" for n in range(300)),
    ),
    "builders-that-call-each-other-twice": sent(
        "f40(1)",
        "const f0 = (x: string) => x;\n"
        + "".join(f"const f{n + 1} = (x: string) => f{n}(x) + f{n}(x);\n" for n in range(40)),
    )
    + sent(f"'{_RUNS}'"),
    "doubled-texts": sent(
        "a40", "const a0 = '/';\n" + "".join(f"const a{n + 1} = a{n} + a{n};\n" for n in range(40))
    )
    + sent(f"'{_RUNS}'"),
    "conditions-of-conditions": sent(
        "`" + "".join(f"${{c{n} ? 'a' : 'b'}}" for n in range(40)) + "`"
    )
    + sent(f"'{_RUNS}'"),
    "members-of-members": sent(
        "o" + ".a" * 800, "const o = " + "{ a: " * 800 + f"'{_RUNS}'" + " }" * 800 + ";"
    )
    + sent(f"'{_RUNS}'"),
    "list-of-candidates": "const urls = [\n"
    + "".join(f"  'https://example.com/{n}',\n" for n in range(5000))
    + f"];\nfor (const url of urls) {{ await fetch(url, {_SENT}); }}\n"
    + sent(f"'{_RUNS}'"),
    "substitutions": sent(f"`{_RUNS}?" + "${a}" * 3000 + "`"),
    "path-of-many-pieces": sent(
        f"`{_HOST}/v1/workflows/" + "".join(f"${{a{n}}}" for n in range(2000)) + "/runs`"
    ),
    "assignments": f"let url = '{_RUNS}';\n"
    + "url = url;\n" * 2000
    + sent("url")
    + sent(f"'{_RUNS}'"),
    "class-fields": "class A {\n"
    + "".join(f"  f{n} = this.f{n + 1};\n" for n in range(1500))
    + f"  f1500 = '{_RUNS}';\n  ask() {{ return fetch(this.f0, {_SENT}); }}\n}}\n"
    + sent(f"'{_RUNS}'"),
    "chain-of-clients": "import axios from 'axios';\nconst a0 = axios;\n"
    + "".join(f"const a{n + 1} = a{n}.create({{}});\n" for n in range(500))
    + f"a500.post('{_RUNS}', {{}});\n",
    "calls-of-a-helper": f"const post = (url: string) => fetch(url, {_SENT});\n"
    + "post('https://example.com/');\n" * 1500
    + sent(f"'{_RUNS}'"),
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_source_takes_seconds_and_its_call_is_not_passed_over(source: str) -> None:
    start = time.process_time()
    migration = run(source)
    seconds = time.process_time() - start

    assert migration.findings
    assert seconds < _SECONDS
