"""Interceptors of axios: those that only sign what is sent, and those that may do anything."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_PROGRAM = """\
import axios from 'axios';
const api = axios.create({ baseURL: 'https://api.openai.com/v1' HEADERS });
INTERCEPTOR
export async function ask(text) {
  const { data } = await api.post('/workflows/runs', { workflow_id: 'wf_1', input: { text } });
  return data.output_text;
}
"""
_USE = "api.interceptors.request.use"
_SET = "config.headers.Authorization = `Bearer ${key()}`;"

SIGNING = {
    "a-member": f"{_USE}((config) => {{ {_SET} return config; }});",
    "a-text": f"{_USE}((config) => {{ config.headers['Authorization'] = key(); return config; }});",
    "a-setter": f"{_USE}((c) => {{ c.headers.set('Authorization', key()); return c; }});",
    "a-function": f"{_USE}(function (config) {{ {_SET} return config; }});",
    "waits": (
        f"{_USE}(async (c) => {{ const token = await key(); "
        "c.headers.Authorization = token; return c; });"
    ),
    "only-if-there": f"{_USE}((config) => {{ if (key()) {{ {_SET} }} return config; }});",
    "or-another": (
        f"{_USE}((config) => {{ if (key()) {_SET} "
        "else config.headers.Authorization = other(); return config; });"
    ),
    "makes-the-headers": (
        f"{_USE}((config) => {{ config.headers = config.headers ?? {{}}; {_SET} return config; }});"
    ),
    "spreads-the-headers": (
        f"{_USE}((c) => {{ c.headers = {{ ...c.headers, Authorization: key() }}; return c; }});"
    ),
    "hands-errors-on": (
        f"{_USE}((config) => {{ {_SET} return config; }}, (error) => Promise.reject(error));"
    ),
}
OTHERS = {
    "of-responses": "api.interceptors.response.use((response) => response.data);",
    "by-its-name": f"{_USE}(sign);",
    "is-kept": f"const id = {_USE}((config) => {{ {_SET} return config; }});",
    "another-url": f"{_USE}((config) => {{ config.url += '?v=1'; return config; }});",
    "only-for-a-url": (
        f"{_USE}((config) => {{ if (config.url.startsWith('/workflows')) {_SET} return config; }});"
    ),
    "another-config": f"{_USE}((config) => {{ {_SET} return {{ ...config, timeout: 1 }}; }});",
    "the-beta-header": (
        f"{_USE}((config) => {{ {_SET} config.headers['OpenAI-Beta'] = 'x'; return config; }});"
    ),
    "the-type": (f"{_USE}((c) => {{ c.headers.set('Content-Type', 'text/plain'); return c; }});"),
    "the-body": f"{_USE}((config) => {{ {_SET} config.data.input = 'x'; return config; }});",
    "looks-at-errors": f"{_USE}((config) => {{ {_SET} return config; }}, (e) => retry(e));",
}


def _program(interceptor: str, headers: str = "") -> bytes:
    return _PROGRAM.replace("INTERCEPTOR", interceptor).replace(" HEADERS", headers).encode()


@_TARGETS
@pytest.mark.parametrize("interceptor", SIGNING.values(), ids=SIGNING)
def test_an_instance_whose_requests_are_signed_is_migrated(interceptor: str, target: str) -> None:
    migration = check(_program(interceptor), "a.js", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert interceptor in migration.result.decode()


@_TARGETS
@pytest.mark.parametrize("interceptor", OTHERS.values(), ids=OTHERS)
def test_an_interceptor_that_may_do_more_leaves_the_call(interceptor: str, target: str) -> None:
    headers = ", headers: { Authorization: key() }"
    migration = check(_program(interceptor, headers), "a.js", Settings(target=target))
    [finding] = migration.findings
    assert finding.reason is Reason.OPTIONS_NOT_UNDERSTOOD
    assert "interceptors" in finding.detail


@_TARGETS
def test_a_request_that_nothing_signs_is_left(target: str) -> None:
    other = f"{_USE}((config) => {{ config.headers['X-Trace'] = id(); return config; }});"
    [finding] = check(_program(other), "a.js", Settings(target=target)).findings
    assert finding.reason is Reason.NO_AUTHORIZATION


def test_the_beta_header_of_the_instance_goes_with_what_signs_it() -> None:
    headers = ", headers: { 'X-App': 'a', 'OpenAI-Beta': 'workflows=v1' }"
    program = _program(SIGNING["a-member"], headers)
    result = check(program, "a.js", Settings(target="responses")).result.decode()
    assert "headers: { 'X-App': 'a' }" in result


_DEAD_BASE = "https://api.openai.com/v1/workflows"
_BASED = f"""\
import axios from 'axios';
const api = axios.create({{
  baseURL: '{_DEAD_BASE}',
  headers: {{ Authorization: `Bearer ${{process.env.KEY}}` }},
}});
export const ask = async (text) => {{
  const {{ data }} = await api.post('/runs', {{ workflow_id: process.env.WF, input: {{ text }} }});
  return data.output_text;
}};
"""


@_TARGETS
def test_a_base_with_the_dead_path_in_it_goes_with_the_call(target: str) -> None:
    result = check(_BASED.encode(), "a.js", Settings(target=target)).result.decode()
    path = "/responses" if target == "responses" else "/threads/runs"
    assert _DEAD_BASE not in result
    assert "baseURL: 'https://api.openai.com/v1'," in result
    assert f"api.post('{path}', {{" in result


@_TARGETS
@pytest.mark.parametrize(
    ("more", "host"),
    [
        ("export const one = (id) => api.get(`/${id}`);\n", "https://api.openai.com/v1"),
        ("", "https://gateway.example/v1"),
    ],
    ids=["another-call-has-the-base", "another-host-is-asked-for"],
)
def test_a_base_that_something_else_needs_stays(more: str, host: str, target: str) -> None:
    given = Settings(target=target, base_url=host)
    result = check((_BASED + more).encode(), "a.js", given).result.decode()
    assert f"baseURL: '{_DEAD_BASE}'," in result
    assert f"api.post('{host}/" in result
