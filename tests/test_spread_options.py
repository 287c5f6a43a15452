"""Options of a request that are put together with spreads: followed, or left, and why."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_KEY = "Authorization: `Bearer ${process.env.KEY}`"
_HEADERS = f"headers: {{ 'Content-Type': 'application/json', {_KEY} }}"
_BETA = "'OpenAI-Beta': 'workflows=v1'"
_BODY = "body: JSON.stringify({ input: { question } })"
_DEFAULTS = f"const defaults = {{ method: 'POST', {_HEADERS} }};\n"
_LIVE = "const live = (input) => fetch('https://api.openai.com/v1/moderations', {SENT});\n"


def _asking(options: str, above: str = _DEFAULTS, parameters: str = "question") -> bytes:
    return (
        f"{above}\nexport async function ask({parameters}) {{\n"
        "  const response = await fetch('https://api.openai.com/v1/workflows/wf_1/runs', "
        f"{options});\n"
        "  const answer = await response.text();\n"
        "  if (!response.ok) throw new Error(answer);\n"
        "  return JSON.parse(answer).output_text;\n}\n"
    ).encode()


FOLLOWED = {
    "method-and-headers": _asking(f"{{ ...defaults, {_BODY} }}"),
    "headers-added-to": _asking(
        f"{{ ...defaults, headers: {{ ...defaults.headers, 'X-Trace': '1' }}, {_BODY} }}"
    ),
    "headers-of-the-defaults-alone": _asking(
        f"{{ method: 'POST', headers: defaults.headers, {_BODY} }}"
    ),
    "spread-into-what-is-spread": _asking(
        f"{{ ...posting, {_BODY} }}",
        f"const common = {{ {_HEADERS} }};\nconst posting = {{ ...common, method: 'POST' }};\n",
    ),
    "function": _asking(
        f"{{ ...options(), {_BODY} }}",
        f"function options() {{ return {{ method: 'POST', {_HEADERS} }}; }}\n",
    ),
    "signal-if-there": _asking(
        f"{{ ...defaults, ...(signal ? {{ signal }} : {{}}), {_BODY} }}",
        parameters="question, signal",
    ),
    "unknown-but-all-is-said-behind-it": _asking(
        f"{{ ...init, method: 'POST', {_HEADERS}, {_BODY} }}", parameters="question, init"
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("source", FOLLOWED.values(), ids=FOLLOWED)
def test_options_that_are_spread_are_followed(source: bytes, target: str) -> None:
    migration = check(source, "a.ts", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    path = "threads/runs" if target == "assistants" else "responses"
    assert f"https://api.openai.com/v1/{path}'".encode() in migration.result
    assert _KEY.encode() in migration.result


def test_defaults_of_dead_calls_alone_get_the_header_where_they_stand() -> None:
    result = check(_asking(f"{{ ...defaults, {_BODY} }}"), "a.ts").result.decode()
    assert f"{_KEY}, 'OpenAI-Beta': 'assistants=v2' }} }};\n" in result
    assert "{ ...defaults, body: " in result
    assert "), { ...defaults.headers, 'OpenAI-Beta': 'assistants=v2' });\n" in result


SHARED = {
    "spread-by-a-live-call": _LIVE.replace("SENT", " ...defaults, body: input "),
    "given-to-a-live-call": _LIVE.replace("{SENT}", "defaults"),
    "read-by-a-live-call": _LIVE.replace("SENT", " headers: defaults.headers "),
}


@pytest.mark.parametrize("shared", SHARED.values(), ids=SHARED)
def test_defaults_of_a_live_call_stay_and_this_call_gets_its_own_header(shared: str) -> None:
    source = _asking(f"{{ ...defaults, {_BODY} }}", _DEFAULTS + shared)
    result = check(source, "a.ts", Settings(target="assistants")).result.decode()
    assert result.startswith(_DEFAULTS + shared)
    added = "headers: { ...defaults.headers, 'OpenAI-Beta': 'assistants=v2' } }), {"
    assert added in result
    gone = check(source, "a.ts", Settings(target="responses"))
    assert [finding.bucket for finding in gone.findings] == [Bucket.MIGRATED]
    assert gone.result.decode().startswith(_DEFAULTS + shared)
    assert "{ ...defaults, body: " in gone.result.decode()


@pytest.mark.parametrize("target", _TARGETS)
def test_what_is_spread_into_the_defaults_stays_as_a_live_call_has_it(target: str) -> None:
    common = f"const common = {{ {_HEADERS.replace(_KEY, _KEY + ', ' + _BETA)} }};\n"
    live = _LIVE.replace("SENT", " ...common, method: 'POST', body: input ")
    above = common + live + "const posting = { ...common, method: 'POST' };\n"
    migration = check(_asking(f"{{ ...posting, {_BODY} }}", above), "a.ts", Settings(target=target))
    assert migration.result.decode().startswith(above)
    [finding] = migration.findings
    if target == "responses":
        assert finding.reason is Reason.HEADERS_NOT_UNDERSTOOD
    else:
        assert finding.bucket is Bucket.MIGRATED
        assert b"{ ...posting.headers, 'OpenAI-Beta': 'assistants=v2' } }" in migration.result


@pytest.mark.parametrize("shared", SHARED.values(), ids=SHARED)
def test_a_beta_header_in_defaults_of_a_live_call_leaves_the_call(shared: str) -> None:
    defaults = _DEFAULTS.replace(_KEY, f"{_KEY}, 'OpenAI-Beta': 'workflows=v1'")
    source = _asking(f"{{ ...defaults, {_BODY} }}", defaults + shared)
    [finding] = check(source, "a.ts", Settings(target="responses")).findings
    assert finding.reason is Reason.HEADERS_NOT_UNDERSTOOD
    assert finding.detail.endswith("is shared")
    result = check(source, "a.ts", Settings(target="assistants")).result.decode()
    assert result.startswith(defaults + shared)


_MINE = f"method: 'POST', {_HEADERS}"
LEFT = {
    "defaults-that-are-exported": (
        _asking(f"{{ ...defaults, {_BODY} }}", f"{_DEFAULTS}export {{ defaults }};\n"),
        "`...defaults`",
    ),
    "parameter-that-may-bring-headers": (
        _asking(f"{{ method: 'POST', {_HEADERS}, ...init, {_BODY} }}", parameters="question, init"),
        "`...init`",
    ),
    "parameter-that-may-bring-the-body": (
        _asking(f"{{ {_MINE}, {_BODY}, ...init }}", parameters="question, init"),
        "`...init`",
    ),
    "parameter-that-may-bring-the-method": (
        _asking(f"{{ ...init, {_HEADERS}, {_BODY} }}", parameters="question, init"),
        "`...init`",
    ),
    "defaults-of-another-file": (
        _asking(f"{{ ...defaults, {_BODY} }}", "import { defaults } from './defaults';\n"),
        "`...defaults`",
    ),
    "defaults-that-get-another-key": (
        _asking(
            f"{{ ...defaults, {_BODY} }}",
            f"{_DEFAULTS}const use = (key) => {{ defaults.headers.Authorization = key; }};\n",
        ),
        "`...defaults`",
    ),
    "defaults-that-are-assigned-to": (
        _asking(
            f"{{ ...defaults, {_BODY} }}",
            f"{_DEFAULTS}export const use = (more) => Object.assign(defaults.headers, more);\n",
        ),
        "`...defaults`",
    ),
    "defaults-that-another-function-has": (
        _asking(f"{{ ...defaults, {_BODY} }}", f"{_DEFAULTS}configure(defaults);\n"),
        "`...defaults`",
    ),
    "body-is-spread": (
        _asking("{ ...sent }", f"const question = 'Why?';\nconst sent = {{ {_MINE}, {_BODY} }};\n"),
        f"`{_BODY}` is spread into the call's",
    ),
    "another-method-if": (
        _asking(f"{{ ...defaults, ...(patch ? {{ method: 'PATCH' }} : {{}}), {_BODY} }}"),
        "`...(patch ? { method: 'PATCH' } : {})`",
    ),
    "computed-name": (_asking(f"{{ {_MINE}, {_BODY}, [name]: 1 }}"), "`[name]: 1`"),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("source", "detail"), LEFT.values(), ids=LEFT)
def test_options_that_may_be_others_leave_the_call(source: bytes, detail: str, target: str) -> None:
    migration = check(source, "a.js", Settings(target=target))
    [finding] = migration.findings
    assert finding.reason is Reason.OPTIONS_NOT_UNDERSTOOD
    assert finding.detail == detail
    assert migration.edits == ()


def test_the_method_of_defaults_that_is_no_post_leaves_the_call() -> None:
    source = _asking(f"{{ ...defaults, {_BODY} }}", _DEFAULTS.replace("POST", "PUT"))
    [finding] = check(source, "a.js").findings
    assert finding.reason is Reason.NOT_A_POST


@pytest.mark.parametrize("target", _TARGETS)
def test_options_that_a_live_call_has_too_stay_where_a_run_is_asked_for(target: str) -> None:
    above = (
        f"const asking = {{ headers: {{ {_KEY} }} }};\n"
        "export const models = () => fetch('https://api.openai.com/v1/models', asking);\n"
    )
    source = _asking(f"{{ {_MINE}, {_BODY} }}", above).decode()
    source = source.replace(
        "  return JSON.parse(answer).output_text;\n",
        "  const run = JSON.parse(answer);\n"
        "  const again = await fetch(`https://api.openai.com/v1/workflows/wf_1/runs/${run.id}`, "
        "asking);\n"
        "  if (!again.ok) throw new Error('lost');\n"
        "  return (await again.json()).output_text;\n",
    )
    result = check(source.encode(), "a.ts", Settings(target=target)).result.decode()
    assert result.startswith(above)
    beta = "{ ...asking.headers, 'OpenAI-Beta': 'assistants=v2' }"
    sent = f"{{ ...asking, headers: {beta} }}), {beta})" if target == "assistants" else "asking))"
    assert f"/${{run.id}}`, {sent}" in result
