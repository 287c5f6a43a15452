"""Headers that stand elsewhere in the file: a class's getter, method or field, a function, a const.

What else has the same headers keeps its bytes; where that cannot be had, the call is left.
"""

from __future__ import annotations

import re

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_OLD, _NEW = '"OpenAI-Beta": "workflows=v1"', '"OpenAI-Beta": "assistants=v2"'
_BODY = "JSON.stringify({ input: { question } })"
_LITERAL = (
    '{ "Content-Type": "application/json", Authorization: `Bearer ${process.env.KEY}`, '
    f'"OpenAI-Project": process.env.PROJECT, {_OLD} }}'
)
_LIVE = (
    '    await fetch("https://api.openai.com/v1/moderations", '
    '{ method: "POST", headers: HEADERS, body: JSON.stringify({ input: question }) });\n'
)


def _class(definition: str, given: str, *, live: bool = False, head: str = "") -> bytes:
    """A class that asks with headers that it has somewhere."""
    return (
        f"{head}export class Agent {{\n  {definition}\n"
        "  async ask(question: string): Promise<string> {\n"
        f"{_LIVE.replace('HEADERS', given) if live else ''}"
        '    const response = await fetch("https://api.openai.com/v1/workflows/wf_1/runs", {\n'
        f'      method: "POST", headers: {given}, body: {_BODY},\n'
        "    });\n"
        "    const answer = await response.text();\n"
        "    if (!response.ok) throw new Error(answer);\n"
        "    return JSON.parse(answer).output_text;\n  }\n}\n"
    ).encode()


def _function(definition: str, given: str, *, above: str = "", live: bool = False) -> bytes:
    """A function that asks with headers that the file has somewhere."""
    return (
        f"{definition}\nexport async function ask(question) {{\n{above}"
        f"{_LIVE.replace('HEADERS', given) if live else ''}"
        '  const response = await fetch("https://api.openai.com/v1/workflows/wf_1/runs", {\n'
        f'    method: "POST", headers: {given}, body: {_BODY},\n'
        "  });\n"
        "  const answer = await response.text();\n"
        "  if (!response.ok) throw new Error(answer);\n"
        "  return JSON.parse(answer).output_text;\n}\n"
    ).encode()


ALONE = {
    "private-getter": _class(f"private get headers() {{ return {_LITERAL}; }}", "this.headers"),
    "hash-getter": _class(f"get #headers() {{ return {_LITERAL}; }}", "this.#headers"),
    "getter-that-checks-first": _class(
        "private get headers() {\n    if (!process.env.KEY) throw new Error('no key');\n"
        f"    return {_LITERAL};\n  }}",
        "this.headers",
    ),
    "getter-with-a-name-for-it": _class(
        f"private get headers() {{\n    const all = {_LITERAL};\n    return all;\n  }}",
        "this.headers",
    ),
    "private-method": _class(f"private auth() {{ return {_LITERAL}; }}", "this.auth()"),
    "method-with-the-key-as-argument": _class(
        "private auth(key: string) { return "
        + _LITERAL.replace("process.env.KEY", "key")
        + "; }\n  private key = process.env.KEY!;",
        "this.auth(this.key)",
    ),
    "private-field": _class(f"private readonly headers = {_LITERAL};", "this.headers"),
    "hash-field": _class(f"#headers = {_LITERAL};", "this.#headers"),
    "field-set-in-the-constructor": _class(
        "private headers: Record<string, string>;\n"
        f"  constructor() {{\n    this.headers = {_LITERAL};\n  }}",
        "this.headers",
    ),
    "spread-of-a-getter": _class(
        f"private get base() {{ return {_LITERAL}; }}", '{ ...this.base, "X-Trace": "1" }'
    ),
    "function": _function(f"function auth() {{ return {_LITERAL}; }}", "auth()"),
    "function-with-the-key-as-argument": _function(
        f"const auth = (key) => ({_LITERAL.replace('process.env.KEY', 'key')});",
        "auth(process.env.KEY)",
    ),
    "function-that-is-awaited": _function(
        f"async function auth() {{ return {_LITERAL}; }}", "await auth()"
    ),
    "name-for-what-a-function-gives": _function(
        f"function auth() {{ return {_LITERAL}; }}", "headers", above="  const headers = auth();\n"
    ),
    "name-for-what-is-awaited": _function(
        "async function auth() {\n  const key = await readKey();\n  return "
        + _LITERAL.replace("process.env.KEY", "key")
        + ";\n}",
        "headers",
        above="  const headers = await auth();\n",
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("source", ALONE.values(), ids=ALONE)
def test_the_beta_header_changes_where_it_stands_and_the_others_stay(
    source: bytes, target: str
) -> None:
    migration = check(source, "a.ts", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    result = migration.result.decode()
    # What is spread may stay, as the header behind it replaces it.
    assert _OLD not in result or (target == "assistants" and b"...this.base" in source)
    assert (_NEW in result) is (target == "assistants")
    assert '"OpenAI-Project": process.env.PROJECT' in result
    if target == "assistants":
        assert re.search(r"\), \{ \.\.\..*" + _NEW + r" \}\);\n", result), "asked for as here"


SHARED = {
    "getter": _class(f"private get headers() {{ return {_LITERAL}; }}", "this.headers", live=True),
    "method": _class(f"private auth() {{ return {_LITERAL}; }}", "this.auth()", live=True),
    "static-method-by-the-class-name": _class(
        f"private static auth() {{ return {_LITERAL}; }}", "Agent.auth()", live=True
    ),
    "field": _class(f"#headers = {_LITERAL};", "this.#headers", live=True),
    "public-getter": _class(f"get headers() {{ return {_LITERAL}; }}", "this.headers"),
    "public-field": _class(f"headers = {_LITERAL};", "this.headers"),
    "private-getter-that-is-taken-out": _class(
        f"private get headers() {{ return {_LITERAL}; }}\n"
        "  other() { const { headers } = this; return headers; }",
        "this.headers",
    ),
    "function": _function(f"function auth() {{ return {_LITERAL}; }}", "auth()", live=True),
    "exported-function": _function(f"export function auth() {{ return {_LITERAL}; }}", "auth()"),
    "name-for-what-a-function-gives": _function(
        f"function auth() {{ return {_LITERAL}; }}",
        "headers",
        above="  const headers = auth();\n",
        live=True,
    ),
    "name-that-gets-a-header-later": _function(
        "",
        "headers",
        above=f"  const headers = {_LITERAL};\n"
        '  if (process.env.ORG) headers["OpenAI-Organization"] = process.env.ORG;\n',
        live=True,
    ),
    "function-that-a-live-call-asks-too": _function(
        f"function auth() {{ return {_LITERAL}; }}\n"
        'const warm = () => fetch("https://api.openai.com/v1/models", { headers: auth() });',
        "headers",
        above="  const headers = auth();\n",
    ),
}


@pytest.mark.parametrize("source", SHARED.values(), ids=SHARED)
def test_what_a_live_call_is_sent_with_keeps_its_bytes(source: bytes) -> None:
    migration = check(source, "a.ts", Settings(target="assistants"))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    result = migration.result.decode()
    assert _LITERAL in result
    assert re.search(r'headers: \{ \.\.\.[\w.#()]+, "OpenAI-Beta": "assistants=v2" \}', result)
    for line in source.decode().splitlines():
        if "moderations" in line or "models" in line:
            assert line in result


@pytest.mark.parametrize("source", SHARED.values(), ids=SHARED)
def test_a_header_that_only_a_live_call_may_have_leaves_the_call(source: bytes) -> None:
    migration = check(source, "a.ts", Settings(target="responses"))
    [finding] = migration.findings
    assert finding.reason is Reason.HEADERS_NOT_UNDERSTOOD
    assert finding.detail.endswith("is shared")
    assert migration.edits == ()


_OTHER = "{ Authorization: process.env.OTHER }"
LEFT = {
    "getter-with-two-results": _class(
        f"private get headers() {{\n    if (this.ready) return {_OTHER};\n"
        f"    return {_LITERAL};\n  }}\n  private ready = false;",
        "this.headers",
    ),
    "getter-and-setter": _class(
        f"private get headers() {{ return {_LITERAL}; }}\n  private set headers(value) {{}}",
        "this.headers",
    ),
    "getter-that-counts": _class(
        "private get headers() {\n    this.asked += 1;\n"
        f"    return {_LITERAL};\n  }}\n  private asked = 0;",
        "this.headers",
    ),
    "field-that-is-set-again": _class(
        f"private headers = {_LITERAL};\n  use(key: string) {{ this.headers = {_OTHER}; }}",
        "this.headers",
    ),
    "field-that-gets-another-key": _class(
        f"private headers = {_LITERAL};\n"
        "  use(key: string) { this.headers['Authorization'] = key; }",
        "this.headers",
    ),
    "field-that-another-name-may-change": _class(
        f"private headers = {_LITERAL};\n"
        "  use(key: string) { const self = this; self.headers.Authorization = key; }",
        "this.headers",
    ),
    "field-of-a-parameter": _class(
        "constructor(private headers: Record<string, string>) {}", "this.headers"
    ),
    "this-of-another-function": _class(
        f"private get headers() {{ return {_LITERAL}; }}", "this.headers"
    )
    .replace(b"    const response", b"    return (async function () {\n    const response")
    .replace(b".output_text;\n", b".output_text;\n    })();\n"),
    "subclass-has-its-own": _class(
        f"protected get headers() {{ return {_LITERAL}; }}", "this.headers"
    )
    + f"class Other extends Agent {{\n  get headers() {{ return {_OTHER}; }}\n}}\n".encode(),
    "of-the-base-class": _class("private id = 1;", "this.headers").replace(
        b"class Agent", b"class Agent extends Base"
    ),
    "function-of-another-file": _function('import { auth } from "./auth.js";', "auth()"),
    "function-that-chooses": _function(
        f"const auth = (own) => own ? {_OTHER} : {_LITERAL};", "auth(true)"
    ),
    "function-that-is-given-the-next-key": _function(
        f"const auth = (key) => ({_LITERAL.replace('process.env.KEY', 'key')});",
        "auth(keys.next())",
    ),
    "async-function-without-await": _function(
        f"async function auth() {{ return {_LITERAL}; }}", "auth()"
    ),
    "generator": _function(f"function* auth() {{ return {_LITERAL}; }}", "auth()"),
    "name-that-gets-another-key": _function(
        f"function auth() {{ return {_LITERAL}; }}",
        "headers",
        above="  const headers = auth();\n  headers.Authorization = question;\n",
    ),
    "name-that-is-set-again": _function(
        f"function auth() {{ return {_LITERAL}; }}",
        "headers",
        above="  let headers = auth();\n  headers = other;\n",
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("source", LEFT.values(), ids=LEFT)
def test_it_is_left_because_the_headers_may_be_others(source: bytes, target: str) -> None:
    migration = check(source, "a.ts", Settings(target=target))
    [finding] = migration.findings
    assert finding.reason in (Reason.HEADERS_NOT_UNDERSTOOD, Reason.NO_AUTHORIZATION)
    assert migration.edits == ()


def test_a_key_that_is_fetched_anew_is_not_fetched_twice() -> None:
    source = _function(
        "async function auth() {\n  const key = await readKey();\n  return "
        + _LITERAL.replace("process.env.KEY", "key")
        + ";\n}",
        "await auth()",
    )
    [finding] = check(source, "a.js", Settings(target="assistants")).findings
    assert finding.reason is Reason.HEADERS_ASKED_TWICE
    assert finding.detail == "`await auth()` would be asked for twice"
    [finding] = check(source, "a.js", Settings(target="responses")).findings
    assert finding.bucket is Bucket.MIGRATED


SPREAD = {
    "parameter": ("...extra", ""),
    "function-of-another-file": ("...projectHeaders()", 'import { projectHeaders } from "./p";\n'),
}


@pytest.mark.parametrize(("spread", "above"), SPREAD.values(), ids=SPREAD)
def test_headers_that_nobody_knows_are_sent_again_with_the_requests_that_follow(
    spread: str, above: str
) -> None:
    source = (
        f"{above}export async function ask(question, extra) {{\n"
        '  const response = await fetch("https://api.openai.com/v1/workflows/runs", {\n'
        '    method: "POST",\n'
        f"    headers: {{ {spread}, Authorization: process.env.KEY }},\n"
        '    body: JSON.stringify({ workflow_id: "wf_1", input: { question } }),\n  });\n'
        "  const data = await response.json();\n  return data.output_text;\n}\n"
    )
    result = check(source.encode(), "a.js").result.decode()
    again = f'{{ {spread}, Authorization: process.env.KEY, "OpenAI-Beta": "assistants=v2" }}'
    assert again in result
    waiting = source.replace(spread, spread.replace("...", "...await "))
    assert check(waiting.encode(), "a.js").edits == ()


_BETA = f"const BETA = {{ {_OLD} }};\n"


def _polling(start: str, poll: str, *, above: str = _BETA, between: str = "") -> bytes:
    """A file that starts a run and asks for it, with a beta header that has a name."""
    return (
        f"{above}const key = `Bearer ${{process.env.KEY}}`;\n"
        "const readBody = async (response) => JSON.parse(await response.text());\n"
        "export async function ask(question) {\n"
        f'  const started = await fetch("https://api.openai.com/v1{start}", {{\n'
        '    method: "POST",\n'
        '    headers: { "Content-Type": "application/json", Authorization: key, ...BETA },\n'
        "    body: JSON.stringify({ input: { question } }),\n  });\n"
        "  if (!started.ok) throw new Error(String(started.status));\n"
        "  let run = await readBody(started);\n"
        f"{between}"
        '  while (run.status !== "completed") {\n'
        f"    const again = await fetch(`https://api.openai.com{poll}`, {{\n"
        "      headers: { Authorization: key, ...BETA },\n    });\n"
        "    if (!again.ok) throw new Error(String(again.status));\n"
        "    run = await readBody(again);\n  }\n"
        "  return run.output_text;\n}\n"
    ).encode()


PATHS = {
    "runs": ("/workflows/wf_1/runs", "/v1/workflows/wf_1/runs/${run.id}"),
    "agent": ("/agent/workflows/wf_1/runs", "/v1/agent/workflows/runs/${run.id}"),
    "agent-id": ("/agent/workflows/wf_1/runs", "/v1/agent/workflows/wf_1/runs/${run.id}"),
    "agents-workflows": ("/agents/workflows/wf_1/runs", "/v1/agents/workflows/runs/${run.id}"),
    "agents-workflows-id": (
        "/agents/workflows/wf_1/runs",
        "/v1/agents/workflows/wf_1/runs/${run.id}",
    ),
    "agents": ("/agents/wf_1/runs", "/v1/agents/runs/${run.id}"),
    "agents-id": ("/agents/wf_1/runs", "/v1/agents/wf_1/runs/${run.id}"),
    "beta": ("/beta/workflows/wf_1/runs", "/v1/beta/workflows/runs/${run.id}"),
    "beta-id": ("/beta/workflows/wf_1/runs", "/v1/beta/workflows/wf_1/runs/${run.id}"),
    "chatkit": ("/chatkit/workflows/wf_1/runs", "/v1/chatkit/workflows/wf_1/runs/${run.id}"),
    "v2": ("/workflows/wf_1/runs", "/v2/workflows/runs/${run.id}"),
    "v2-id": ("/workflows/wf_1/runs", "/v2/workflows/wf_1/runs/${run.id}"),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("start", "poll"), PATHS.values(), ids=PATHS)
def test_the_run_is_asked_for_at_the_live_path_and_the_lone_beta_header_goes_with_its_name(
    start: str, poll: str, target: str
) -> None:
    migration = check(_polling(start, poll), "a.js", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    result = migration.result.decode()
    live = "/v1/threads/${run.id}" if target == "assistants" else "/v1/responses/${run.id}"
    assert f"`https://api.openai.com{live}`" in result
    assert "BETA" not in result
    assert "workflows=v1" not in result
    assert result.count(_NEW) == (4 if target == "assistants" else 0)


UNKNOWN = {
    "its-steps": "/v1/workflows/wf_1/runs/${run.id}/steps",
    "its-output": "/v1/beta/workflows/runs/${run.id}/output",
    "its-events": "/v1/agents/workflows/runs/${run.id}/events?after=0",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("poll", UNKNOWN.values(), ids=UNKNOWN)
def test_what_asks_for_something_else_of_a_dead_run_leaves_the_call(poll: str, target: str) -> None:
    source = _polling("/workflows/wf_1/runs", poll)
    [finding] = check(source, "a.js", Settings(target=target)).findings
    assert finding.reason is Reason.OWN_POLLING
    assert finding.detail.startswith("`fetch(")


KEPT = {
    "a-live-call": (
        _BETA,
        '  await fetch("https://api.openai.com/v1/moderations", { headers: { ...BETA } });\n',
    ),
    "another-file": (f"export {_BETA}", ""),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("above", "between"), KEPT.values(), ids=KEPT)
def test_a_beta_header_with_a_name_stays_for_whoever_else_sends_it(
    above: str, between: str, target: str
) -> None:
    start, poll = PATHS["runs"]
    source = _polling(start, poll, above=above, between=between)
    migration = check(source, "a.js", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    result = migration.result.decode()
    assert result.startswith(above)
    assert between in result
    assert result.count("...BETA") == between.count("...BETA")


def test_headers_of_both_requests_get_a_content_type_once() -> None:
    above = f"const ALL = {{ Authorization: process.env.KEY, {_OLD} }};\n"
    start, poll = PATHS["runs"]
    source = _polling(start, poll, above=above).decode()
    source = re.sub(r"headers: \{ .* \}", "headers: ALL", source)
    for target in _TARGETS:
        result = check(source.encode(), "a.js", Settings(target=target)).result.decode()
        beta = f", {_NEW}" if target == "assistants" else ""
        head = "const ALL = { Authorization: process.env.KEY"
        assert result.startswith(f'{head}{beta}, "Content-Type": "application/json" }};\n')


@pytest.mark.parametrize("target", ["assistants", "responses"])
def test_options_of_a_poll_that_a_live_call_has_too_stay_as_they_are(target: str) -> None:
    source = (
        b"const asking = { headers: { Authorization: `Bearer ${process.env.KEY}` } };\n"
        b"export const models = () => fetch('https://api.openai.com/v1/models', asking);\n"
        b"export async function ask(question) {\n"
        b"  const response = await fetch('https://api.openai.com/v1/workflows/wf_1/runs', {\n"
        b"    method: 'POST',\n"
        b"    headers: { Authorization: `Bearer ${process.env.KEY}` },\n"
        b"    body: JSON.stringify({ input: { question } }),\n"
        b"  });\n"
        b"  if (!response.ok) throw new Error('x');\n"
        b"  const run = await response.json();\n"
        b"  const url = `https://api.openai.com/v1/workflows/wf_1/runs/${run.id}`;\n"
        b"  const again = await fetch(url, asking);\n"
        b"  if (!again.ok) throw new Error('lost');\n"
        b"  return (await again.json()).output_text;\n"
        b"}\n"
    )
    migration = check(source, "a.js", Settings(target=target))
    assert source.splitlines()[0] in migration.result.splitlines()
    assert (
        b"\nexport const models = () => fetch('https://api.openai.com/v1/models', asking);\n"
        in (migration.result)
    )
