"""Dead calls that axios, ky and got send: what the call becomes, and which are left, and why.

That what is written works is shown by the shapes, which run it in Node with the real packages.
"""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check
from tests.snippets import describe

_URL = "https://api.openai.com/v1/workflows/runs"
_KEY = "headers: { Authorization: `Bearer ${key}` }"
_BODY = "{ workflow_id: id, input: { message: text } }"
_RESPONSES_BODY = "{ model: 'gpt-6-luna', input: text }"
_ASSISTANTS_BODY = "{ assistant_id: id, thread: { messages: [{ role: 'user', content: text }] } }"
_BETA = "'OpenAI-Beta': 'assistants=v2'"
_AGAIN = "{ Authorization: `Bearer ${key}`, 'OpenAI-Beta': 'assistants=v2' }"
_RESPONSES = "https://api.openai.com/v1/responses"
_RUNS = "https://api.openai.com/v1/threads/runs"


def _asking(call: str, reading: str = "r.data.output_text", head: str = "") -> str:
    """A TypeScript file whose function makes a call, behind the imports of all three packages."""
    return (
        "import axios from 'axios';\nimport got from 'got';\nimport ky from 'ky';\n"
        f"{head}export async function ask(key: string, id: string, text: string) {{\n"
        f"  const r = await {call};\n  return {reading};\n}}\n"
    )


_INSTANCE = (
    "const api = axios.create({ baseURL: 'https://api.openai.com/v1', "
    "headers: { Authorization: `Bearer ${process.env.KEY}` } });\n"
)
_WITH_BETA = _INSTANCE.replace("headers: { ", "headers: { 'OpenAI-Beta': 'workflows=v1', ")
_DEFAULT_BASE = "axios.defaults.baseURL = 'https://api.openai.com/v1';\n"
_LIVE_CALL = "export const live = () => api.get('/models');\n"

_KY = "const api = ky.create({ prefixUrl: 'https://api.openai.com/v1' });\n"
_GOT = "const api = got.extend({ prefixUrl: 'https://api.openai.com/v1/' });\n"
_PREFIXED = f"api.post('workflows/runs', {{ json: {_BODY}, {_KEY} }}).json()"

# The file; what the call becomes on the responses target, and on the assistants target.
BECOMES: dict[str, tuple[str, str, str]] = {
    "post": (
        _asking(f"axios.post('{_URL}', {_BODY}, {{ {_KEY} }})"),
        f"workflowAnswer(axios.post('{_RESPONSES}', {_RESPONSES_BODY}, {{ {_KEY} }}))",
        f"workflowAnswer(axios.post('{_RUNS}', {_ASSISTANTS_BODY}, "
        f"{{ headers: {{ Authorization: `Bearer ${{key}}`, {_BETA} }} }}), axios, {_AGAIN})",
    ),
    "post-with-a-type": (
        _asking(f"axios.post<Run>('{_URL}', {_BODY}, {{ {_KEY} }})"),
        f"await workflowAnswer(axios.post<Run>('{_RESPONSES}', {_RESPONSES_BODY}, {{ {_KEY} }}))",
        f"await workflowAnswer(axios.post<Run>('{_RUNS}', {_ASSISTANTS_BODY}, ",
    ),
    "object": (
        _asking(f"axios({{ method: 'POST', url: '{_URL}', {_KEY}, data: {_BODY}, timeout: 9 }})"),
        f"workflowAnswer(axios({{ method: 'POST', url: '{_RESPONSES}', {_KEY}, "
        f"data: {_RESPONSES_BODY}, timeout: 9 }}))",
        f"data: {_ASSISTANTS_BODY}, timeout: 9 }}), axios, {_AGAIN})",
    ),
    "object-with-a-shorthand-url": (
        _asking(
            f"axios.request({{ method: 'post', url, {_KEY}, data: {_BODY} }})",
            head=f"const url = '{_URL}';\n",
        ),
        f"axios.request({{ method: 'post', url: '{_RESPONSES}', ",
        f"axios.request({{ method: 'post', url: '{_RUNS}', ",
    ),
    "text-of-json": (
        _asking(
            f"axios.post('{_URL}', JSON.stringify({_BODY}), {{ headers: {{ "
            "'Content-Type': 'application/json', Authorization: key } })"
        ),
        f"axios.post('{_RESPONSES}', JSON.stringify({_RESPONSES_BODY}), ",
        f"axios.post('{_RUNS}', JSON.stringify({_ASSISTANTS_BODY}), ",
    ),
    "instance": (
        _asking(f"api.post('/workflows/runs', {_BODY})", head=_INSTANCE + _LIVE_CALL),
        f"workflowAnswer(api.post('{_RESPONSES}', {_RESPONSES_BODY}))",
        f"workflowAnswer(api.post('{_RUNS}', {_ASSISTANTS_BODY}, "
        f"{{ headers: {{ {_BETA} }} }}), api, {{ {_BETA} }})",
    ),
    "instance-with-options-of-the-call": (
        _asking(f"api.post('/workflows/runs', {_BODY}, {{ timeout: 5 }})", head=_INSTANCE),
        f"api.post('{_RESPONSES}', {_RESPONSES_BODY}, {{ timeout: 5 }})",
        f"api.post('{_RUNS}', {_ASSISTANTS_BODY}, {{ timeout: 5, headers: {{ {_BETA} }} }})",
    ),
    "instance-with-a-key-among-its-defaults": (
        _asking(
            f"api.post('/workflows/runs', {_BODY})",
            head="const api = axios.create({ baseURL: 'https://api.openai.com/v1' });\n"
            "api.defaults.headers.common['Authorization'] = `Bearer ${process.env.KEY}`;\n",
        ),
        f"workflowAnswer(api.post('{_RESPONSES}', {_RESPONSES_BODY}))",
        f"api, {{ {_BETA} }})",
    ),
    "default-base-of-axios": (
        _asking(f"axios.post('/workflows/runs', {_BODY}, {{ {_KEY} }})", head=_DEFAULT_BASE),
        f"workflowAnswer(axios.post('{_RESPONSES}', {_RESPONSES_BODY}, {{ {_KEY} }}))",
        f"axios.post('{_RUNS}', {_ASSISTANTS_BODY}, ",
    ),
    "default-base-of-an-instance-in-place-of-its-own": (
        _asking(
            f"api.post('/workflows/runs', {_BODY})",
            head=_INSTANCE.replace("api.openai.com", "llm.example")
            + _DEFAULT_BASE.replace("axios", "api"),
        ),
        f"workflowAnswer(api.post('{_RESPONSES}', {_RESPONSES_BODY}))",
        f"api.post('{_RUNS}', {_ASSISTANTS_BODY}, ",
    ),
    "ky-instance": (
        _asking(_PREFIXED, "r.output_text", head=_KY),
        f"workflowAnswer(api.post('responses', {{ json: {_RESPONSES_BODY}, {_KEY} }}).json())",
        f"api.post('threads/runs', {{ json: {_ASSISTANTS_BODY}, "
        f"headers: {{ Authorization: `Bearer ${{key}}`, {_BETA} }} }}).json(), "
        f"api.extend({{ prefixUrl: '' }}), {_AGAIN})",
    ),
    "ky-instance-made-by-extend-with-a-key": (
        _asking(
            f"api('workflows/runs', {{ method: 'post', json: {_BODY} }}).json()",
            "r.output_text",
            head=_KY.replace("create", "extend").replace(" })", ", headers: { Authorization } })"),
        ),
        f"workflowAnswer(api('responses', {{ method: 'post', json: {_RESPONSES_BODY} }}).json())",
        f"api.extend({{ prefixUrl: '' }}), {{ {_BETA} }})",
    ),
    "got-instance": (
        _asking(_PREFIXED, "r.output_text", head=_GOT),
        f"workflowAnswer(api.post('responses', {{ json: {_RESPONSES_BODY}, {_KEY} }}).json())",
        f"api.extend({{ prefixUrl: '' }}), {_AGAIN})",
    ),
    "got-instance-of-the-host-alone": (
        _asking(
            _PREFIXED.replace("'workflows", "`v1/workflows").replace("runs'", "runs`"),
            "r.output_text",
            head=_GOT.replace("/v1/", ""),
        ),
        f"workflowAnswer(api.post('v1/responses', {{ json: {_RESPONSES_BODY}, {_KEY} }}).json())",
        f"api.post('v1/threads/runs', {{ json: {_ASSISTANTS_BODY}, ",
    ),
    "response-type-of-axios": (
        _asking(f"axios.post('{_URL}', {_BODY}, {{ {_KEY}, responseType: 'json' }})"),
        f"axios.post('{_RESPONSES}', {_RESPONSES_BODY}, {{ {_KEY}, responseType: 'json' }}))",
        f"axios.post('{_RUNS}', {_ASSISTANTS_BODY}, ",
    ),
    "response-type-of-got": (
        _asking(_PREFIXED.replace(_KEY, f"{_KEY}, responseType: 'json'"), "r.output_text", _GOT),
        f"{{ json: {_RESPONSES_BODY}, {_KEY}, responseType: 'json' }}).json())",
        "responseType: 'json' }).json(), ",
    ),
    "axios-of-nest": (
        # Who reads `data` has a response, whatever else the service's axios does.
        "import { HttpService as Http } from '@nestjs/axios';\n"
        "export class Bot {\n  constructor(private readonly http: Http) {}\n"
        "  async ask(key: string, id: string, text: string) {\n"
        f"    const r = await this.http.axiosRef.post('{_URL}', {_BODY}, {{ {_KEY} }});\n"
        "    return r.data.output_text;\n  }\n}\n",
        f"workflowAnswer(this.http.axiosRef.post('{_RESPONSES}', {_RESPONSES_BODY}, {{ {_KEY} }}))",
        f"}} }}), this.http.axiosRef, {_AGAIN})",
    ),
    "validate-status-that-lets-errors-through-unseen": (
        _asking(f"axios.post('{_URL}', {_BODY}, {{ {_KEY}, validateStatus: () => true }})"),
        f"workflowAnswer(axios.post('{_RESPONSES}', {_RESPONSES_BODY}, "
        f"{{ {_KEY}, validateStatus: status => status < 400 }}));",
        f"{{ headers: {{ Authorization: `Bearer ${{key}}`, {_BETA} }}, "
        f"validateStatus: status => status < 400 }}), axios, {_AGAIN});",
    ),
    "validate-status-that-lets-errors-through-to-be-looked-at": (
        _asking(
            f"axios.post('{_URL}', {_BODY}, {{ {_KEY}, validateStatus: _ => true }})"
        ).replace("  return", "  if (r.status !== 200) return null;\n  return"),
        f"{{ {_KEY}, validateStatus: status => status < 400 }}))"
        ".catch(failed => failed.response || Promise.reject(failed));",
        f"validateStatus: status => status < 400 }}), axios, {_AGAIN})"
        ".catch(failed => failed.response || Promise.reject(failed));",
    ),
    "validate-status-whose-parts-are-taken-out": (
        "import axios from 'axios';\n"
        "export async function ask(key: string, id: string, text: string) {\n"
        f"  const {{ status, data }} = await axios.post('{_URL}', {_BODY}, "
        f"{{ validateStatus: () => true, {_KEY} }});\n"
        "  if (status >= 400) throw new Error(`status ${status}`);\n"
        "  return data.output_text;\n}\n",
        ".catch(failed => failed.response || Promise.reject(failed));",
        ".catch(failed => failed.response || Promise.reject(failed));",
    ),
    "validate-status-that-throws-all-errors": (
        _asking(
            f"axios.post('{_URL}', {_BODY}, {{ {_KEY}, validateStatus: s => s >= 200 && s < 300 }})"
        ),
        f"axios.post('{_RESPONSES}', {_RESPONSES_BODY}, {{ {_KEY}, validateStatus: s => s >= 200",
        f"axios.post('{_RUNS}', {_ASSISTANTS_BODY}, ",
    ),
    "validate-status-of-an-instance-that-throws-all-errors": (
        _asking(
            f"api.post('/workflows/runs', {_BODY})",
            head=_INSTANCE.replace("baseURL", "validateStatus: status => status < 400, baseURL"),
        ),
        f"workflowAnswer(api.post('{_RESPONSES}', {_RESPONSES_BODY}))",
        f"api.post('{_RUNS}', {_ASSISTANTS_BODY}, ",
    ),
    "own-polling": (
        _asking(
            f"axios.post('{_URL}', {_BODY}, {{ {_KEY} }})",
            f"(await axios.get(`{_URL}/${{r.data.id}}`, {{ {_KEY} }})).data.output_text",
        ),
        f"(await workflowAnswer(axios.get(`{_RESPONSES}/${{r.data.id}}`, {{ {_KEY} }}))).data",
        "(await workflowAnswer(axios.get(`https://api.openai.com/v1/threads/${r.data.id}`, "
        f"{{ headers: {{ Authorization: `Bearer ${{key}}`, {_BETA} }} }}), axios, {_AGAIN})).data",
    ),
    "own-polling-by-an-instance": (
        _asking(
            f"api.post('/workflows/runs', {_BODY})",
            "(await api.get(`/workflows/runs/${r.data.id}`)).data.output_text",
            head=_INSTANCE,
        ),
        f"(await workflowAnswer(api.get(`{_RESPONSES}/${{r.data.id}}`))).data",
        f"r.data.id}}`, {{ headers: {{ {_BETA} }} }}), api, {{ {_BETA} }})).data",
    ),
    "own-polling-by-an-instance-of-ky": (
        _asking(
            _PREFIXED,
            f"(await api.get(`workflows/runs/${{r.id}}`, {{ {_KEY} }}).json<any>()).output_text",
            head=_KY,
        ),
        f"(await workflowAnswer(api.get(`responses/${{r.id}}`, {{ {_KEY} }}).json<any>()))",
        f"api.get(`threads/${{r.id}}`, {{ headers: {{ Authorization: `Bearer ${{key}}`, {_BETA} }} "
        f"}}).json<any>(), api.extend({{ prefixUrl: '' }}), {_AGAIN})",
    ),
    "data-is-taken-out": (
        _asking(f"axios.post('{_URL}', {_BODY}, {{ {_KEY} }})", "r").replace(
            "const r =", "const { data: r } ="
        ).replace("return r;", "return r.output.message;"),
        "return { ...live, data: { output_text: text, output: { message: text }, ",
        "return { ...live, data: { output_text: text, output: { message: text }, ",
    ),
    "data-behind-the-await": (
        _asking(f"axios.post('{_URL}', {_BODY}, {{ {_KEY} }})").replace(
            "const r = await", "const r = (await"
        ).replace(f"{{ {_KEY} }});", f"{{ {_KEY} }})).data;").replace("r.data.", "r."),
        f"(await workflowAnswer(axios.post('{_RESPONSES}', {_RESPONSES_BODY}, {{ {_KEY} }}))).data",
        f"axios, {_AGAIN})).data",
    ),
    "ky": (
        _asking(f"ky.post('{_URL}', {{ json: {_BODY}, {_KEY} }}).json<any>()", "r.output_text"),
        f"workflowAnswer(ky.post('{_RESPONSES}', {{ json: {_RESPONSES_BODY}, {_KEY} }})"
        ".json<any>())",
        f".json<any>(), ky, {_AGAIN})",
    ),
    "got": (
        _asking(f"got.post('{_URL}', {{ json: {_BODY}, {_KEY} }}).json()", "r.output_text"),
        f"workflowAnswer(got.post('{_RESPONSES}', {{ json: {_RESPONSES_BODY}, {_KEY} }}).json())",
        f".json(), got, {_AGAIN})",
    ),
    "catch-that-names-the-status": (
        _asking(f"axios.post('{_URL}', {_BODY}, {{ {_KEY} }})").replace(
            "  const r", "  try {\n  const r"
        ).replace(
            "text;\n}", "text;\n  } catch (e: any) { return e.response.status; }\n}"
        ),
        f"axios.post('{_RESPONSES}', ",
        f"axios.post('{_RUNS}', ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("target", ["responses", "assistants"])
@pytest.mark.parametrize(("source", "responses", "assistants"), BECOMES.values(), ids=BECOMES)
def test_the_call_stays_the_clients(
    source: str, responses: str, assistants: str, target: str
) -> None:
    migration = check(source.encode(), "a.ts", Settings(target=target))
    found = [describe(finding) for finding in migration.findings]
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED], found
    result = migration.result.decode()
    assert (responses if target == "responses" else assistants) in result
    assert result.count("async function workflowAnswer") == 1


def test_the_live_calls_of_an_instance_keep_their_bytes() -> None:
    source = _asking(f"api.post('/workflows/runs', {_BODY})", head=_INSTANCE + _LIVE_CALL)
    for target in ("responses", "assistants"):
        result = check(source.encode(), "a.ts", Settings(target=target)).result.decode()
        assert _INSTANCE + _LIVE_CALL in result


def test_the_beta_header_of_an_instance_for_dead_calls_only_changes_in_the_instance() -> None:
    source = _asking(f"api.post('/workflows/runs', {_BODY})", head=_WITH_BETA).encode()
    assert _INSTANCE in check(source, "a.ts", Settings(target="responses")).result.decode()
    result = check(source, "a.ts", Settings(target="assistants")).result.decode()
    assert f"headers: {{ {_BETA}, Authorization" in result
    assert f"api.post('{_RUNS}', {_ASSISTANTS_BODY}), api, {{ {_BETA} }})" in result


def test_the_beta_header_of_an_instance_for_live_calls_too_is_not_touched() -> None:
    source = _asking(f"api.post('/workflows/runs', {_BODY})", head=_WITH_BETA + _LIVE_CALL).encode()
    left = check(source, "a.ts", Settings(target="responses"))
    assert [finding.reason for finding in left.findings] == [Reason.HEADERS_NOT_UNDERSTOOD]
    # The header of the call replaces the one of its instance.
    result = check(source, "a.ts", Settings(target="assistants")).result.decode()
    assert _WITH_BETA + _LIVE_CALL in result
    assert f"api.post('{_RUNS}', {_ASSISTANTS_BODY}, {{ headers: {{ {_BETA} }} }})" in result


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize("module", ["npm:axios@1.7", "https://esm.sh/axios@1"])
def test_the_types_of_axios_are_those_of_the_files_own_module(module: str, target: str) -> None:
    source = _asking(f"axios.post('{_URL}', {_BODY}, {{ {_KEY} }})")
    migration = check(
        source.replace("from 'axios'", f"from '{module}'").encode(), "a.ts", Settings(target=target)
    )
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED], migration.findings
    assert f"import('{module}').AxiosResponse".encode() in migration.result
    assert b"import('axios')" not in migration.result


def test_ky_gives_up_soon_and_the_report_says_so() -> None:
    call = f"ky.post('{_URL}', {{ json: {_BODY}, {_KEY} }}).json()"
    for given, told in ((call, True), (call.replace(_KEY, f"{_KEY}, timeout: false"), False)):
        migration = check(
            _asking(given, "r.output_text").encode(), "a.ts", Settings(target="responses")
        )
        notes = [note.text for finding in migration.findings for note in finding.notes]
        assert any("10 seconds" in note for note in notes) is told


_POST = f"axios.post('{_URL}', {_BODY}, {{ {_KEY} }})"


def _caught(statements: str) -> str:
    return (
        _asking(_POST)
        .replace("  const r", "  try {\n  const r")
        .replace("output_text;\n}", f"output_text;\n  }} catch (e: any) {{ {statements} }}\n}}")
    )


_POLLS = Reason.OWN_POLLING


def _polling(options: str) -> str:
    """A file that starts a run and asks for it once more, both by axios."""
    return _asking(_POST, f"(await axios.get(`{_URL}/${{r.data.id}}`, {options})).data.output_text")


_LENIENT = _POST.replace(_KEY, f"{_KEY}, validateStatus: () => true")
_SERVICE = (
    "import { HttpService } from '@nestjs/axios';\n"
    "import { firstValueFrom } from 'rxjs';\n"
    "export class Bot {\n  constructor(private readonly http: HttpService) {}\n"
    "  async ask(key: string, id: string, text: string) {\n"
    f"    const r = await firstValueFrom(this.http.post('{_URL}', "
    "{ workflow_id: id, input: { message: text } }));\n"
    "    return r.data.output_text;\n  }\n}\n"
)
LEFT: dict[str, tuple[str, Reason]] = {
    "response-type-of-a-text": (
        _asking(_POST.replace(_KEY, f"{_KEY}, responseType: 'text'")),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "response-type-of-got-whose-body-is-read": (
        _asking(
            f"got.post('{_URL}', {{ json: {_BODY}, {_KEY}, responseType: 'json' }})",
            "r.body.output_text",
        ),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "axios-of-nest-with-an-interceptor": (
        "import { HttpService } from '@nestjs/axios';\n"
        "export class Bot {\n  constructor(private readonly http: HttpService) {\n"
        "    http.axiosRef.interceptors.response.use((r) => r);\n  }\n"
        "  async ask(key: string, id: string, text: string) {\n"
        f"    const r = await this.http.axiosRef.post('{_URL}', {_BODY}, {{ {_KEY} }});\n"
        "    return r.data.output_text;\n  }\n}\n",
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "service-of-nest-whose-observable-is-piped": (
        _SERVICE.replace("text } })", "text } }).pipe(map((r) => r.data))"),
        Reason.UNKNOWN_TRANSPORT,
    ),
    "service-of-nest-with-an-interceptor": (
        _SERVICE.replace(
            "http: HttpService) {}",
            "http: HttpService) {\n    http.axiosRef.interceptors.request.use(sign);\n  }",
        ),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "waited-for-by-something-else-than-rxjs": (
        _SERVICE.replace("'rxjs'", "'./waiting'"),
        Reason.UNKNOWN_TRANSPORT,
    ),
    "service-is-none-of-nest": (
        _SERVICE.replace("@nestjs/axios", "./http"),
        Reason.UNKNOWN_TRANSPORT,
    ),
    "validate-status-of-options-elsewhere": (
        _asking(
            f"axios.post('{_URL}', {_BODY}, OPTIONS)",
            head="const OPTIONS = { headers: { Authorization: `Bearer ${process.env.KEY}` }, "
            "validateStatus: () => true };\n",
        ),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "validate-status-and-some-errors-pass": (
        _asking(_LENIENT).replace("  return", "  if (r.status === 404) return '';\n  return"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "validate-status-and-another-success-is-asked-for": (
        _asking(_LENIENT).replace("  return", "  if (r.status === 202) return '';\n  return"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "validate-status-and-the-status-goes-on": (
        _asking(_LENIENT, "{ status: r.status, text: r.data.output_text }"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "validate-status-and-own-polling": (
        _polling(f"{{ {_KEY} }}").replace(_POST, _LENIENT),
        Reason.OWN_POLLING,
    ),
    "validate-status-for-some-errors": (
        _asking(_POST.replace(_KEY, f"{_KEY}, validateStatus: (s) => s !== 404")),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "validate-status-by-a-function-elsewhere": (
        _asking(_POST.replace(_KEY, f"{_KEY}, validateStatus: isFine")),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "validate-status-of-an-instance": (
        _asking(
            f"api.post('/workflows/runs', {_BODY})",
            head=_INSTANCE.replace("baseURL", "validateStatus: () => true, baseURL"),
        ),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "query-parameters": (
        _asking(_POST.replace(_KEY, f"{_KEY}, params: {{ version: 2 }}")),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "stream-of-bytes": (
        _asking(_POST.replace(_KEY, f"{_KEY}, responseType: 'stream'")),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "options-from-elsewhere": (
        _asking(f"axios.post('{_URL}', {_BODY}, options)", head="import { options } from './o';\n"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "spread-options": (
        _asking(_POST.replace(_KEY, f"{_KEY}, ...more"), head="import { more } from './more';\n"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "interceptors": (
        _asking(_POST, head="axios.interceptors.response.use((r) => r.data);\n"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "defaults-that-change-the-answer": (
        _asking(_POST, head="axios.defaults.transformResponse = [(d) => d];\n"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "instance-that-is-handed-on": (
        _asking(
            f"api.post('/workflows/runs', {_BODY})",
            head=f"import {{ setUp }} from './set-up';\n{_INSTANCE}setUp(api);\n",
        ),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "instance-that-is-exported": (
        _asking(f"api.post('/workflows/runs', {_BODY})", head=f"export {_INSTANCE}"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "instance-with-a-transform": (
        _asking(
            f"api.post('/workflows/runs', {_BODY})",
            head=_INSTANCE.replace("baseURL", "transformResponse: parse, baseURL"),
        ),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "default-base-that-is-set-later": (
        _asking(
            f"axios.post('/workflows/runs', {_BODY}, {{ {_KEY} }})",
            head=f"export function setUp() {{\n  {_DEFAULT_BASE}}}\n",
        ),
        Reason.URL_NOT_FOLLOWED,
    ),
    "default-base-that-is-set-twice": (
        _asking(
            f"axios.post('/workflows/runs', {_BODY}, {{ {_KEY} }})",
            head=_DEFAULT_BASE + _DEFAULT_BASE.replace("'https://api.openai.com/v1'", "other()"),
        ),
        Reason.URL_NOT_FOLLOWED,
    ),
    "default-base-that-is-a-setting": (
        _asking(
            f"axios.post('/workflows/runs', {_BODY}, {{ {_KEY} }})",
            head=_DEFAULT_BASE.replace("= 'https", "= process.env.BASE || 'https"),
        ),
        Reason.UNRESOLVED_HOST,
    ),
    "no-key": (_asking(f"axios.post('{_URL}', {_BODY})"), Reason.NO_AUTHORIZATION),
    "text-without-its-type": (
        _asking(f"axios.post('{_URL}', JSON.stringify({_BODY}), {{ {_KEY} }})"),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "payload-that-something-else-uses": (
        _asking(
            f"axios.post('{_URL}', payload, {{ {_KEY} }})",
            head=f"const payload = {_BODY};\nsave(payload);\n",
        ),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "form-data": (
        _asking(f"axios.post('{_URL}', new FormData(), {{ {_KEY} }})"),
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "put": (_asking(_POST.replace("axios.post", "axios.put")), Reason.NOT_A_POST),
    "get-by-object": (
        _asking(f"axios({{ url: '{_URL}', {_KEY}, data: {_BODY} }})"),
        Reason.NOT_A_POST,
    ),
    "streamed-body": (
        _asking(_POST.replace("workflow_id: id", "workflow_id: id, stream: true")),
        Reason.STREAMING,
    ),
    "error-that-goes-on-by-catch": (
        _asking(f"{_POST}.catch((e) => e.response)"),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "error-that-is-returned": (
        _caught("return e.response.data;"),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "error-that-is-returned-as-text": (
        _caught("return JSON.stringify(e.response?.data ?? {});"),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "error-that-is-named-and-returned": (
        _caught("const data = e.response.data; return data;"),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "response-that-is-read-by-another-member": (
        _asking(_POST, "r.body.output_text"),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "answer-that-nothing-reads": (_asking(_POST, "'sent'"), Reason.ANSWER_NOT_READ),
    "ky-whose-response-is-kept": (
        _asking(f"ky.post('{_URL}', {{ json: {_BODY}, {_KEY} }})", "(await r.json()).output_text"),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "ky-instance-with-hooks": (
        _asking(
            _PREFIXED, "r.output_text", head=_KY.replace("})", ", hooks: { afterResponse } })")
        ),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "ky-instance-of-an-instance": (
        _asking(
            _PREFIXED,
            "r.output_text",
            head="const first = ky.create({ retry: 0 });\n" + _KY.replace("ky.cr", "first.cr"),
        ),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "ky-instance-with-options-from-elsewhere": (
        _asking(
            f"api.post('{_URL}', {{ json: {_BODY}, {_KEY} }}).json()",
            "r.output_text",
            head="import { options } from './options';\nconst api = ky.create(options);\n",
        ),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "ky-instance-that-is-exported": (
        _asking(_PREFIXED, "r.output_text", head=f"export {_KY}"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "ky-instance-and-a-whole-url": (
        # The prefix goes in front of it all the same.
        _asking(_PREFIXED.replace("'workflows/runs'", f"'{_URL}'"), "r.output_text", head=_KY),
        Reason.UNRESOLVED_HOST,
    ),
    "got-instance-whose-prefix-is-one-of-two-hosts": (
        _asking(
            _PREFIXED,
            "r.output_text",
            head=_GOT.replace("'https", "process.env.OWN ? 'https://acme.dev/v1' : 'https"),
        ),
        Reason.URL_NOT_CERTAIN,
    ),
    "got-instance-that-does-not-throw": (
        _asking(_PREFIXED, "r.output_text", head=_GOT.replace("})", ", throwHttpErrors: false })")),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "got-that-does-not-throw": (
        _asking(
            f"got.post('{_URL}', {{ json: {_BODY}, {_KEY}, throwHttpErrors: false }}).json()",
            "r.output_text",
        ),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "own-polling-by-fetch": (
        _asking(_POST, f"(await (await fetch(`{_URL}/${{r.data.id}}`)).json()).output_text"),
        Reason.OWN_POLLING,
    ),
    "own-polling-by-another-package": (
        _asking(
            _POST,
            f"(await ky.get(`{_URL}/${{r.data.id}}`, {{ {_KEY} }}).json<any>()).output_text",
        ),
        Reason.OWN_POLLING,
    ),
    "own-polling-with-parameters": (_polling("{ params: { wait: 1 }, " + _KEY + " }"), _POLLS),
    "own-polling-with-options-from-elsewhere": (
        "import { options } from './options';\n" + _polling("options"),
        _POLLS,
    ),
    "own-polling-whose-status-is-looked-at": (
        _polling(f"{{ {_KEY}, validateStatus: () => true }}"),
        _POLLS,
    ),
    "own-polling-without-a-key": (_polling("{}"), _POLLS),
    "own-polling-of-the-steps-too": (
        _polling(f"{{ {_KEY} }}").replace(
            "  return", f"  await axios.get(`{_URL}/${{r.data.id}}/steps`, {{ {_KEY} }});\n  return"
        ),
        _POLLS,
    ),
    "own-polling-of-two-runs": (
        _polling(f"{{ {_KEY} }}").replace(
            "  const r", f"  const first = await {_POST};\n  const r"
        ),
        _POLLS,
    ),
}


@pytest.mark.parametrize("target", ["responses", "assistants"])
@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_because(source: str, reason: Reason, target: str) -> None:
    migration = check(source.encode(), "a.ts", Settings(target=target))
    found = [describe(finding) for finding in migration.findings]
    left = [f.reason for f in migration.findings if f.bucket is Bucket.LEFT]
    assert left[:1] == [reason], found
    assert migration.result == source.encode()


@pytest.mark.parametrize("target", ["responses", "assistants"])
def test_behind_a_prefix_another_base_url_leaves_the_call(target: str) -> None:
    source = _asking(_PREFIXED, "r.output_text", head=_KY).encode()
    settings = Settings(target=target, base_url="https://llm.example/v1")
    migration = check(source, "a.ts", settings)
    assert [f.reason for f in migration.findings] == [Reason.UNRESOLVED_HOST]
