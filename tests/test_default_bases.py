"""Bases of URLs that are settings, with OpenAI's as the default: kept, or the call is left."""

from __future__ import annotations

import re

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_HOST = "https://api.openai.com"
_TARGETS = ("assistants", "responses")
_LIVE = {"assistants": "threads/runs", "responses": "responses"}


def _program(
    base: str,
    url: str,
    reading: str = "  const data = await res.json();\n  return data.output?.message || '';\n",
) -> str:
    return (
        f"{base}export async function ask(key, id, text) {{\n"
        f"  const res = await fetch({url}, {{\n"
        "    method: 'POST',\n"
        "    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` },\n"
        "    body: JSON.stringify({ workflow_id: id, input: { message: text } })\n"
        "  });\n"
        f"{reading}}}\n"
    )


#: The declaration, the dead URL, and what stands in front of the live paths.
FORMS = {
    "const": (
        f"const BASE = process.env.BASE ?? '{_HOST}/v1';\n",
        "`${BASE}/workflows/runs`",
        "${BASE}/",
    ),
    "without-the-version": (
        f"const BASE = process.env.BASE || '{_HOST}';\n",
        "`${BASE}/v1/workflows/runs`",
        "${BASE}/v1/",
    ),
    "sum": (
        f"const BASE = process.env.BASE ?? '{_HOST}/v1';\n",
        "BASE + '/workflows/runs'",
        "${BASE}/",
    ),
    "in-the-url": (
        "",
        f"`${{process.env.BASE ?? '{_HOST}'}}/v1/workflows/runs`",
        f"${{process.env.BASE ?? '{_HOST}'}}/v1/",
    ),
    "builder-whose-last-segment-is-a-default": (
        f"const BASE = process.env.BASE ?? '{_HOST}/v1';\n"
        "const runUrl = (action = 'runs') => `${BASE}/workflows/${action}`;\n",
        "runUrl()",
        "${BASE}/",
    ),
    "slash-behind-it": (
        f"const BASE = process.env.BASE ?? '{_HOST}/';\n",
        "`${BASE}v1/workflows/runs`",
        "${BASE}v1/",
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("base", "url", "front"), FORMS.values(), ids=FORMS)
def test_every_request_keeps_the_base(base: str, url: str, front: str, target: str) -> None:
    migration = check(_program(base, url).encode(), "a.js", Settings(target=target))
    result = migration.result.decode()
    assert f"fetch(`{front}{_LIVE[target]}`, {{" in result
    # A function that made the dead URL goes with it.
    assert result.startswith(base.partition("const runUrl")[0])
    assert any("decides on the host" in n.text for f in migration.findings for n in f.notes)
    if target == "assistants":
        assert f"fetch(`{front}threads/${{threadId}}/runs/${{runId}}`, {{" in result
        assert f"fetch(`{front}threads/${{threadId}}/messages`, {{" in result


def test_robust_polling_keeps_the_base() -> None:
    base, url, front = FORMS["const"]
    source = _program(base, url).encode()
    result = check(source, "a.js", Settings(polling="robust")).result.decode()
    assert f"const threadUrl = `{front}threads/${{run.thread_id}}`;" in result


def test_a_name_of_the_new_code_does_not_hide_the_base() -> None:
    base, url, _ = FORMS["const"]
    source = _program(base.replace("BASE =", "threadUrl ="), url.replace("BASE", "threadUrl"))
    result = check(source.encode(), "a.js", Settings(polling="robust")).result.decode()
    assert "const threadUrl2 = `${threadUrl}/threads/${run.thread_id}`;" in result


_WHOLE = "  return res.json();\n"


@pytest.mark.parametrize("form", ["const", "without-the-version", "in-the-url"])
def test_a_function_that_waits_for_the_answer_is_given_the_base(form: str) -> None:
    base, url, front = FORMS[form]
    result = check(_program(base, url, _WHOLE).encode(), "a.js").result.decode()
    given = "BASE" if front == "${BASE}/" else f"`{front[:-1]}`"
    assert f"'OpenAI-Beta': 'assistants=v2' }}, {given});" in result
    assert "async function workflowAnswer(asked, runHeaders, baseUrl) {" in result
    assert "const threadUrl = `${baseUrl}/threads/${run.thread_id}`;" in result


def test_the_function_is_another_one_where_the_base_is_no_setting() -> None:
    base, url, _ = FORMS["const"]
    fixed = _program("", f"'{_HOST}/v1/workflows/runs'", _WHOLE).replace("ask(", "askAgain(")
    result = check((_program(base, url, _WHOLE) + fixed).encode(), "a.js").result.decode()
    assert "async function workflowAnswer(asked, runHeaders, baseUrl) {" in result
    assert "async function workflowAnswer2(asked, runHeaders) {" in result


def test_the_functions_own_name_for_the_base_is_none_of_the_file() -> None:
    base, url, _ = FORMS["const"]
    source = _program(base.replace("BASE =", "baseUrl ="), url.replace("BASE", "baseUrl"), _WHOLE)
    result = check(source.encode(), "a.js").result.decode()
    assert "'OpenAI-Beta': 'assistants=v2' }, baseUrl);" in result
    assert "const threadUrl = `${baseUrl2}/threads/${run.thread_id}`;" in result


@pytest.mark.parametrize("target", _TARGETS)
def test_the_files_own_polling_keeps_the_base(target: str) -> None:
    base, url, front = FORMS["const"]
    reading = (
        "  let run = await res.json();\n"
        "  while (run.status === 'queued') {\n"
        "    const again = await fetch(`${BASE}/workflows/runs/${run.id}`, {\n"
        "      headers: { Authorization: `Bearer ${key}` }\n"
        "    });\n"
        "    run = await again.json();\n"
        "  }\n"
        "  return run.output_text;\n"
    )
    source = _program(base, url, reading).encode()
    result = check(source, "a.js", Settings(target=target)).result.decode()
    polled = "threads" if target == "assistants" else "responses"
    assert f"workflowAnswer(fetch(`{front}{polled}/${{run.id}}`, {{" in result
    assert _HOST not in result.replace(base, "")


LEFT = {
    "base-is-asked-for": ("", f"`${{base() ?? '{_HOST}/v1'}}/workflows/runs`"),
    "base-has-no-default": ("const BASE = process.env.BASE;\n", "`${BASE}/workflows/runs`"),
    "slash-behind-the-version": (
        f"const BASE = process.env.BASE ?? '{_HOST}/v1/';\n",
        "`${BASE}workflows/runs`",
    ),
    "default-is-another-host": (
        "const BASE = process.env.BASE ?? 'http://localhost:3000/v1';\n",
        "`${BASE}/workflows/runs`",
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("base", "url"), LEFT.values(), ids=LEFT)
def test_it_is_left_where_the_host_is_not_certain(base: str, url: str, target: str) -> None:
    migration = check(_program(base, url).encode(), "a.js", Settings(target=target))
    assert migration.edits == ()
    reasons = {(finding.bucket, finding.reason) for finding in migration.findings}
    assert reasons <= {(Bucket.LEFT, Reason.UNRESOLVED_HOST)}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("made", ["axios.create({ baseURL", "got.extend({ prefixUrl"])
def test_a_path_behind_a_clients_base_that_is_named_openais_is_told(made: str, target: str) -> None:
    package = made.partition(".")[0]
    source = (
        f"import {package} from '{package}';\n"
        f"const api = {made}: process.env.OPENAI_BASE_URL }});\n"
        "export const ask = () => api.post('workflows/wf_1/runs', {});\n"
    )
    [finding] = check(source.encode(), "a.js", Settings(target=target)).findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.UNRESOLVED_HOST)
    assert check(source.replace("OPENAI", "MY").encode(), "a.js").findings == ()


def test_the_function_is_given_a_base_that_changes_before_the_answer_is_read() -> None:
    _, url, _ = FORMS["const"]
    reading = "  base = other;\n  const data = await res.json();\n  return data.output_text;\n"
    source = _program("", url.replace("BASE", "base"), reading).replace(
        "  const res", f"  let base = process.env.BASE ?? '{_HOST}/v1';\n  const res"
    )
    result = check(source.encode(), "a.js").result.decode()
    assert "'OpenAI-Beta': 'assistants=v2' }, base);\n  base = other;" in result


def test_a_base_that_may_be_another_one_while_a_run_is_polled_is_given_to_the_function() -> None:
    base, url, _ = FORMS["const"]
    later = base.replace("const", "let") + "export const use = b => { BASE = b; };\n"
    result = check(_program(later, url).encode(), "a.js").result.decode()
    assert "'OpenAI-Beta': 'assistants=v2' }, BASE);" in result


_ASK = "{ workflow_id: id, input: text }"
_OPTIONS = "{\n  headers: { Authorization: `Bearer ${key}` }\n}"


@pytest.mark.parametrize("target", _TARGETS)
def test_axios_keeps_such_a_base(target: str) -> None:
    base, url, _ = FORMS["const"]
    source = (
        f"import axios from 'axios';\n{base}"
        f"const {{ data }} = await axios.post({url}, {_ASK}, {_OPTIONS});\n"
        "console.log(data.output_text);\n"
    )
    migration = check(source.encode(), "a.js", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED, finding
    assert any("it decides on the host" in note.text for note in finding.notes)
    path = "responses" if target == "responses" else "threads/runs"
    assert f"axios.post(`${{BASE}}/{path}`, " in migration.result.decode()
    # The function that waits for the run asks at the same base.
    if target == "assistants":
        assert "'OpenAI-Beta': 'assistants=v2' }, BASE);" in migration.result.decode()


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("end", ["/v1", "/v1/", ""])
def test_an_instance_of_axios_keeps_such_a_base_and_the_path_stays_behind_it(
    target: str, end: str
) -> None:
    start = "" if end else "/v1"
    source = (
        "import axios from 'axios';\nconst api = axios.create({\n"
        f"  baseURL: process.env.BASE || 'https://api.openai.com{end}',\n"
        "  headers: { Authorization: `Bearer ${process.env.KEY}` },\n});\n"
        f"const {{ data }} = await api.post('{start}/workflows/runs', {_ASK});\n"
        "console.log(data.output_text);\n"
    )
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED], migration.findings
    result = migration.result.decode()
    assert result.count("process.env.BASE") == 1
    path = "/responses" if target == "responses" else "/threads/runs"
    assert f"api.post('{start}{path}', " in result
    if target == "assistants":
        assert f"api, {{ 'OpenAI-Beta': 'assistants=v2' }}, '{start}');" in result
        assert "const threadUrl = `${baseUrl}/threads/${run.thread_id}`;" in result


OTHER_CLIENTS = {
    "ky": "import ky from 'ky';\nconst data = await ky.post(URL, { json: ASK, HEADERS }).json();\n",
    "got": "import got from 'got';\n"
    "const data = await got.post(URL, { json: ASK, HEADERS }).json();\n",
    "ky-instance": "import ky from 'ky';\nconst api = ky.create({ prefixUrl: BASE, HEADERS });\n"
    "const data = await api.post('workflows/runs', { json: ASK }).json();\n",
    "got-instance": "import got from 'got';\n"
    "const api = got.extend({ prefixUrl: BASE, HEADERS });\n"
    "const data = await api.post('workflows/runs', { json: ASK }).json();\n",
}


@pytest.mark.parametrize("call", OTHER_CLIENTS.values(), ids=OTHER_CLIENTS)
def test_ky_and_got_keep_such_a_base_where_one_request_answers(call: str) -> None:
    base, url, _ = FORMS["const"]
    call = re.sub(r"\bURL\b", url, call).replace("ASK", _ASK).replace("HEADERS", _OPTIONS[1:-1])
    source = f"{base}{call}console.log(data.output_text);\n".encode()
    migration = check(source, "a.js", Settings(target="responses"))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED, finding
    assert any("it decides on the host" in note.text for note in finding.notes)
    result = migration.result.decode()
    assert "post('responses', {" in result or "post(`${BASE}/responses`, {" in result
    assert "api.openai.com" not in result.removeprefix(base)
    # The polling behind a run would have to ask the same host.
    [finding] = check(source, "a.js").findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.UNRESOLVED_HOST)


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(
    "base",
    [
        pytest.param("process.env.BASE", id="no-default"),
        pytest.param("process.env.BASE ?? 'https://engine.acme.dev/v1'", id="another-host"),
        pytest.param("process.env.OTHER ? BASE : 'https://engine.acme.dev/v1'", id="either"),
    ],
)
def test_a_prefix_that_may_be_another_host_is_left(base: str, target: str) -> None:
    source = (
        f"import ky from 'ky';\n{FORMS['const'][0]}"
        f"const api = ky.create({{ prefixUrl: {base} }});\n"
        f"const data = await api.post('workflows/runs', {{ json: {_ASK} }}).json();\n"
        "console.log(data.output_text);\n"
    )
    assert not check(source.encode(), "a.js", Settings(target=target)).changed


LEFT_CLIENTS = {
    "an-instance-whose-base-is-set-later": "((api.defaults.baseURL = other()), 0)",
    "no-default": "(await axios.post(`${process.env.BASE}/workflows/runs`, ASK)).data",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("call", LEFT_CLIENTS.values(), ids=LEFT_CLIENTS)
def test_a_client_with_such_a_base_is_left(call: str, target: str) -> None:
    base, url, _ = FORMS["const"]
    call = re.sub(r"\bURL\b", url, call).replace("ASK", _ASK).replace("HEADERS", _OPTIONS[1:-1])
    source = (
        f"import axios from 'axios';\nimport ky from 'ky';\nimport got from 'got';\n{base}"
        "const api = axios.create({ baseURL: process.env.BASE || 'https://api.openai.com/v1' });\n"
        f"const data = {call};\nconsole.log(data.output_text);\n"
    )
    if "defaults" in call:
        source += f"await api.post('/workflows/runs', {_ASK}, {_OPTIONS});\n"
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert not migration.changed
    assert {f.bucket for f in migration.findings} == {Bucket.LEFT}
