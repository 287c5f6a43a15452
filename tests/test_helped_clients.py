"""Functions of the file that send by axios, ky or got what they are given: migrated, or left."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_URL = "`https://api.openai.com/v1${path}`"
_KEY = "headers: { Authorization: `Bearer ${KEY}` }"
_AXIOS = "import axios from 'axios';\n"
_POST = f"""\
async function post(path, body) {{
  const res = await axios.post({_URL}, body, {{ {_KEY} }});
  return res.data;
}}
"""
_ASKS = """\
export async function ask(id, text) {
  const run = await post('/workflows/runs', { workflow_id: id, input: { message: text } });
  return run.output_text;
}
"""
_LIVE = "export const models = () => post('/moderations', { input: 'x' });\n"
_BETA = "'OpenAI-Beta': 'assistants=v2'"

#: What the function does, in other words.
FORMS = {
    "taken-out": f"const {{ data }} = await axios.post({_URL}, body, {{ {_KEY} }});\n"
    "  return data;",
    "renamed": f"const {{ data: d }} = await axios.post({_URL}, body, {{ {_KEY} }});\n  return d;",
    "in-one": f"return (await axios.post({_URL}, body, {{ {_KEY} }})).data;",
    "then": f"return axios.post({_URL}, body, {{ {_KEY} }}).then(r => r.data);",
    "then-taken-out": f"return axios.post({_URL}, body, {{ {_KEY} }}).then(({{ data }}) => data);",
    "config": f"const r = await axios({{ method: 'post', url: {_URL}, data: body, {_KEY} }});\n"
    "  return r.data;",
    "request": "const r = await axios.request({ method: 'POST', baseURL: 'https://api.openai.com/v1',"
    f" url: path, data: body, {_KEY} }});\n  return r.data;",
    "in-try": f"try {{\n    const r = await axios.post({_URL}, body, {{ {_KEY} }});\n"
    "    return r.data;\n  } catch (e) {\n    throw new Error('no answer');\n  }",
    "ky": f"return ky.post({_URL}, {{ json: body, {_KEY} }}).json();",
    "ky-awaited": f"const r = await ky.post({_URL}, {{ json: body, {_KEY} }});\n  return r.json();",
    "got": f"return got.post({_URL}, {{ json: body, {_KEY} }}).json();",
}


def _written(body: str) -> str:
    package = next(name for name in ("axios", "ky", "got") if f"{name}" in body)
    head = f"import {package} from '{package}';\n"
    return f"{head}async function post(path, body) {{\n  {body}\n}}\n{_ASKS}"


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("body", FORMS.values(), ids=FORMS)
def test_what_the_function_is_given_is_exchanged(body: str, target: str) -> None:
    migration = check(_written(body).encode(), "a.js", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    result = migration.result.decode()
    if target == "responses":
        assert f"  {body}\n" in result
        asked = "post('/responses', { model: 'gpt-6-luna', input: text })"
        assert f"await workflowAnswer({asked});" in result
        return
    package = next(name for name in ("axios", "ky", "got") if name in body)
    assert f"  {body.replace('KEY}` }', 'KEY}`, ' + _BETA + ' }')}\n" in result
    thread = "thread: { messages: [{ role: 'user', content: text }] }"
    asked = f"post('/threads/runs', {{ assistant_id: id, {thread} }})"
    again = f"{package}, {{ Authorization: `Bearer ${{KEY}}`, {_BETA} }}"
    assert f"await workflowAnswer({asked}, {again});" in result


def test_the_header_is_sent_for_its_path_alone_where_the_function_serves_live_calls_too() -> None:
    result = check((_AXIOS + _POST + _LIVE + _ASKS).encode(), "a.js").result.decode()
    one = f"...(path === '/threads/runs' ? {{ {_BETA} }} : {{}})"
    assert f"headers: {{ Authorization: `Bearer ${{KEY}}`, {one} }} }});" in result


def test_headers_of_the_client_are_repeated_by_itself() -> None:
    made = f"const api = axios.create({{ baseURL: 'https://api.openai.com/v1', {_KEY} }});\n"
    post = "const post = (path, body) => api.post(path, body).then(r => r.data);\n"
    result = check((_AXIOS + made + post + _LIVE + _ASKS).encode(), "a.js").result.decode()
    one = f"headers: path === '/threads/runs' ? {{ {_BETA} }} : {{}}"
    assert f"api.post(path, body, {{ {one} }}).then(r => r.data);" in result
    assert f"), api, {{ {_BETA} }});" in result


def test_behind_a_prefix_the_client_asks_for_whole_urls() -> None:
    made = f"const api = ky.create({{ prefixUrl: 'https://api.openai.com/v1', {_KEY} }});\n"
    post = "const post = (path, json) => api.post(path, { json }).json();\n"
    source = "import ky from 'ky';\n" + made + post + _ASKS.replace("'/work", "'work")
    result = check(source.encode(), "a.js").result.decode()
    assert f"api.post(path, {{ json, headers: {{ {_BETA} }} }}).json();" in result
    assert f"), api.extend({{ prefixUrl: '' }}), {{ {_BETA} }});" in result


LEFT = {
    "function-gives-the-response": (
        _AXIOS + _POST.replace("res.data", "res") + _ASKS.replace("run.output", "run.data.output"),
        Reason.UNKNOWN_TRANSPORT,
    ),
    "errors-are-given-as-answers": (
        _AXIOS
        + _POST.replace("  const res =", "  try {\n  const res =").replace(
            "data;\n", "data;\n  } catch (e) {\n    return e.response.data;\n  }\n"
        )
        + _ASKS,
        Reason.UNKNOWN_TRANSPORT,
    ),
    "body-is-changed-on-its-way": (
        _AXIOS + _POST.replace(", body, {", ", { ...body, stream: false }, {") + _ASKS,
        Reason.BODY_NOT_UNDERSTOOD,
    ),
    "errors-are-let-through": (
        _AXIOS + _POST.replace("{ headers", "{ validateStatus: () => true, headers") + _ASKS,
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "options-are-given-too": (
        _AXIOS
        + _POST.replace("(path, body)", "(path, body, options)").replace(
            "{ headers: { Authorization: `Bearer ${KEY}` } }", "options"
        )
        + _ASKS.replace("} });", f"}} }}, {{ {_KEY} }});"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "interceptor-may-change-the-answer": (
        _AXIOS + "axios.interceptors.response.use(r => r.data);\n" + _POST + _ASKS,
        Reason.OPTIONS_NOT_UNDERSTOOD,
    ),
    "function-puts": (_AXIOS + _POST.replace("axios.post", "axios.put") + _ASKS, None),
    "no-key": (_AXIOS + _POST.replace(", { " + _KEY + " }", "") + _ASKS, Reason.NO_AUTHORIZATION),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_because(source: str, reason: Reason | None, target: str) -> None:
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert migration.edits == ()
    reasons = [finding.reason for finding in migration.findings]
    assert reasons == ([reason] if reason is not None else reasons)
    assert {finding.bucket for finding in migration.findings} == {Bucket.LEFT}


ONLY_ASSISTANTS = {
    "key-is-the-functions-own": (
        _AXIOS + _POST.replace("(path, body)", "(path, body, KEY = setting)") + _ASKS,
        Reason.NAME_NOT_IN_SCOPE,
    ),
    "client-is-the-functions-own": (
        _AXIOS
        + _POST.replace("  const res", f"  const api = axios.create({{ {_KEY} }});\n  const res")
        .replace("await axios.post", "await api.post")
        .replace(f", {{ {_KEY} }})", ")")
        + _ASKS,
        Reason.NAME_NOT_IN_SCOPE,
    ),
    "header-of-the-client-is-sent-with-other-calls": (
        _AXIOS
        + f"const api = axios.create({{ {_KEY} }});\n".replace("` }", "`, 'OpenAI-Beta': 'v1' }")
        + _POST.replace("axios.post", "api.post").replace(f", {{ {_KEY} }}", "")
        + _LIVE
        + _ASKS,
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "no-workflow-is-named": (
        _AXIOS + _POST + _ASKS.replace("workflow_id: id, ", ""),
        Reason.NO_WORKFLOW_ID,
    ),
}


@pytest.mark.parametrize(("source", "reason"), ONLY_ASSISTANTS.values(), ids=ONLY_ASSISTANTS)
def test_the_assistants_target_leaves_it_because(source: str, reason: Reason) -> None:
    migration = check(source.encode(), "a.js")
    assert migration.edits == ()
    assert [finding.reason for finding in migration.findings] == [reason]
