"""URLs that a condition chooses between, settings that a function is given, what goes with them."""

# The programs are read better in whole lines.
# ruff: noqa: E501

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.snippets import run

_TARGETS = ("assistants", "responses")
_BASES = {
    "own": "const BASE = 'https://api.openai.com';",
    "by-default": "const BASE = process.env.BASE || 'https://api.openai.com';",
}


def _asking(
    above: str, head: str = "export async function ask(id, version, message, store)"
) -> str:
    return f"""{head} {{
  {above}
  const res = await fetch(url, {{
    method: 'POST',
    headers: {{ Authorization: `Bearer ${{process.env.KEY}}`, 'Content-Type': 'application/json' }},
    body: JSON.stringify({{ input: {{ message }} }}),
  }});
  const data = await res.json();
  return data.output?.message;
}}
"""


_RUNS = "`${BASE}/v1/workflows/${id}/runs`"
# The statements that make the URL; what is told of its query.
ONE_URL = {
    "query-in-one-branch": (
        "const url = version ? `${BASE}/v1/workflows/${id}/runs?version=${version}` : "
        f"{_RUNS};",
        "?version=…",
    ),
    "query-behind-a-name": (
        f"const runs = {_RUNS};\n  const url = version ? `${{runs}}?version=${{version}}` : runs;",
        "?version=…",
    ),
    "query-in-both-branches": (
        "const url = version ? `${BASE}/v1/workflows/${id}/runs?version=${version}` : "
        "`${BASE}/v1/workflows/${id}/runs?latest=true`;",
        "?version=…",
    ),
    "query-that-is-added": (
        f"const url = {_RUNS} + (version ? `?version=${{version}}` : '');",
        "?version=…",
    ),
    "query-of-a-url-object": (
        f"const url = new URL({_RUNS});\n  if (version) url.searchParams.set('version', version);",
        "?version=…",
    ),
    "search-of-a-url-object": (
        f"const url = new URL({_RUNS});\n  url.search = `?version=${{version}}`;",
        "?…",
    ),
    "no-query": (f"const url = {_RUNS};", None),
    "grows-by-a-query": (
        f"let url = {_RUNS};\n  if (version) url += `?version=${{version}}`;",
        "?version=…",
    ),
}

TWO_URLS = {
    "two-ids": (
        "const url = version ? `${BASE}/v1/workflows/${id}/runs` : "
        "`${BASE}/v1/workflows/${version}/runs`;"
    ),
    "an-id-and-none": f"const url = version ? {_RUNS} : `${{BASE}}/v1/workflows/runs`;",
    "a-live-one": f"const url = version ? {_RUNS} : `${{BASE}}/v1/responses`;",
    "set-again-with-a-query": (
        f"let url = {_RUNS};\n  if (version) {{\n    url = `${{url}}?version=${{version}}`;\n  }}"
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("base", _BASES)
@pytest.mark.parametrize("name", ONE_URL)
def test_a_choice_between_spellings_of_one_url_is_followed(
    name: str, base: str, target: str
) -> None:
    above, query = ONE_URL[name]
    migration = run(f"{_BASES[base]}\n{_asking(above)}", settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    told = [note.text for note in finding.notes if "query" in note.text]
    assert told == (
        [] if query is None else [f"the URL's query has no counterpart and went: `{query}`"]
    )
    if target == "assistants":
        assert b"assistant_id: id" in migration.result


@pytest.mark.parametrize("base", _BASES)
@pytest.mark.parametrize("name", TWO_URLS)
def test_a_choice_between_two_urls_is_left(name: str, base: str) -> None:
    migration = run(f"{_BASES[base]}\n{_asking(TWO_URLS[name])}")
    assert [f.bucket for f in migration.findings] == [Bucket.LEFT]
    assert not migration.edits


_AGENTS = "`${BASE}/v1/agents/${id}/runs`"
#: Made-up endpoints of which one is chosen, with the same id in their paths.
SAME_ID = {
    "in-a-condition": f"const url = version ? {_RUNS} : {_AGENTS};",
    "the-other-first": f"const url = version ? {_AGENTS} : {_RUNS};",
    "by-a-function": (
        f"const of = (id) => {{ if (version) return {_AGENTS}; return {_RUNS}; }};\n"
        "  const url = of(id);"
    ),
    "encoded-in-one": (
        f"const url = version ? {_RUNS.replace('${id}', '${encodeURIComponent(id)}')} : {_AGENTS};"
    ),
}


@pytest.mark.parametrize("base", _BASES)
@pytest.mark.parametrize("name", SAME_ID)
def test_the_id_of_all_made_up_urls_is_the_assistants(name: str, base: str) -> None:
    migration = run(f"{_BASES[base]}\n{_asking(SAME_ID[name])}")
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert b"assistant_id: id" in migration.result
    if base == "by-default":
        assert b"${BASE}/v1/threads/runs" in migration.result


_OTHER = _AGENTS.replace("BASE", "OTHER")
#: The same where the second may be of another host, or starts no run.
TWO_HOSTS = {
    "two-settings": (f"const url = version ? {_RUNS} : {_OTHER};", "process.env.OTHER || "),
    "a-setting-and-a-constant": (f"const url = version ? {_RUNS} : {_OTHER};", ""),
    "by-a-function": (
        f"const of = (id) => {{ if (version) return {_OTHER}; return {_RUNS}; }};\n"
        "  const url = of(id);",
        "process.env.OTHER || ",
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", TWO_HOSTS)
def test_made_up_urls_of_two_settings_may_be_of_two_hosts(name: str, target: str) -> None:
    above, setting = TWO_HOSTS[name]
    source = f"{_BASES['by-default']}\nconst OTHER = {setting}'https://api.openai.com';\n{_asking(above)}"
    migration = run(source, settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.LEFT]
    assert not migration.edits


@pytest.mark.parametrize("target", _TARGETS)
def test_a_condition_that_does_something_keeps_its_url(target: str) -> None:
    url = "store.next() ? 'https://api.openai.com/v1/workflows/runs' : 'https://api.openai.com/v1/workflows/runs'"
    source = _asking("").replace("fetch(url", f"fetch({url}")
    source = source.replace("{ input", "{ workflow_id: id, input")
    migration = run(source, settings=Settings(target=target))
    assert [(f.bucket, f.reason) for f in migration.findings] == [
        (Bucket.LEFT, Reason.URL_NOT_CERTAIN)
    ]


_SETTINGS = (
    "const read = () => ({ base: process.env.BASE || 'https://api.openai.com', id: 'wf_1' });\n"
)
_HEAD = "async function ask(message, settings)"
_URL = "const url = `${settings.base}/v1/workflows/${settings.id}/runs`;"
_CALL = "export const handle = (text) => ask(text, read());\n"

GIVEN = {
    "result-of-a-function": _SETTINGS + _CALL + _asking(_URL, _HEAD),
    "const-of-the-caller": (
        _SETTINGS
        + "export function handle(text) {\n  const held = read();\n  return ask(text, held);\n}\n"
        + _asking(_URL, _HEAD)
    ),
    "object-in-the-call": (
        "export const handle = (text) => ask(text, { base: 'https://api.openai.com', id: 'wf_1' });\n"
        + _asking(_URL, _HEAD)
    ),
    "arrow-function": (
        _SETTINGS
        + _CALL
        + _asking(_URL, "const ask = async (message, settings) =>").rstrip()
        + ";\n"
    ),
}

NOT_GIVEN = {
    "called-twice": _SETTINGS
    + _CALL
    + "export const again = (text, other) => ask(text, other);\n"
    + _asking(_URL, _HEAD),
    "exported": _SETTINGS + _CALL + _asking(_URL, f"export {_HEAD}"),
    "exported-below": _SETTINGS + _CALL + _asking(_URL, _HEAD) + "export { ask };\n",
    "given-away": _SETTINGS + _CALL + _asking(_URL, _HEAD) + "register(ask);\n",
    "set-in-the-function": _SETTINGS
    + _CALL
    + _asking(f"settings.base = proxy();\n  {_URL}", _HEAD),
    "another-object": _SETTINGS + _CALL + _asking(f"settings = proxy();\n  {_URL}", _HEAD),
    "set-by-the-caller": _SETTINGS
    + "export function handle(text) {\n  const held = read();\n  held.base = proxy();\n"
    + "  return ask(text, held);\n}\n"
    + _asking(_URL, _HEAD),
    "two-results": "function read() {\n  if (process.env.DEV) return { base: proxy(), id: 'wf_1' };\n"
    "  return { base: 'https://api.openai.com', id: 'wf_1' };\n}\n" + _CALL + _asking(_URL, _HEAD),
    "promise": _SETTINGS.replace("() =>", "async () =>") + _CALL + _asking(_URL, _HEAD),
    "spread": _SETTINGS
    + "export const handle = (...given) => ask(...given, read());\n"
    + _asking(_URL, _HEAD),
    "of-another-file": "import { read } from './settings';\n" + _CALL + _asking(_URL, _HEAD),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", GIVEN)
def test_settings_that_the_only_call_gives_are_followed(name: str, target: str) -> None:
    migration = run(GIVEN[name], settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    if name != "object-in-the-call":
        assert b"`${settings.base}/v1/" in migration.result


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", NOT_GIVEN)
def test_settings_that_may_be_others_are_not(name: str, target: str) -> None:
    migration = run(NOT_GIVEN[name], settings=Settings(target=target))
    assert [(f.bucket, f.reason) for f in migration.findings] == [
        (Bucket.LEFT, Reason.UNRESOLVED_HOST)
    ]
    assert not migration.edits


def _typed(declared: str, kind: str) -> str:
    return f"""{declared}
export async function ask(id: string, question{kind}) {{
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {{
    method: 'POST',
    headers: {{ Authorization: `Bearer ${{process.env.KEY}}`, 'Content-Type': 'application/json' }},
    body: JSON.stringify({{ workflow_id: id, input: question }}),
  }});
  const data = await res.json();
  return data.output?.message;
}}
"""


@pytest.mark.parametrize(
    ("declared", "kind", "content"),
    [
        ("interface Q { input_as_text: string }", ": Q", "question.input_as_text"),
        ("type Q = { message: string };", ": Q", "question.message"),
        ("", ": { message: string }", "question.message"),
        ("interface Q { message: string; lang: string }", ": Q", None),
        ("interface Q extends P { message: string }", ": Q", None),
        ("interface Q { message: string }\ninterface Q { lang: string }", ": Q", None),
        ("interface Q { message: string }", "?: Q", None),
        ("interface Q { message: string | null }", ": Q", None),
        ("interface Q<T> { message: string }", ": Q<string>", None),
        ("import type { Q } from './q';", ": Q", None),
    ],
)
def test_the_one_text_of_a_declared_type_is_the_message(
    declared: str, kind: str, content: str | None
) -> None:
    migration = run(_typed(declared, kind))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    written = migration.result.decode()
    assert ("JSON.stringify(question)" in written) == (content is None)
    assert content is None or f"content: {content} }}" in written


_BUILDER = """function runsUrl(id) {
  if (!id) throw new Error('no id');
  if (id.startsWith('wf_')) return `${BASE}/v1/workflows/${id}/runs`;
  return `${BASE}/v1/agents/${id}/runs`;
}
"""


def test_a_function_that_gives_one_of_several_dead_urls_is_followed() -> None:
    source = f"{_BASES['own']}\n{_BUILDER}{_asking('const url = runsUrl(id);')}"
    migration = run(source, settings=Settings(target="responses"))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    again = run(migration.result.decode(), settings=Settings(target="responses"))
    assert not again.findings


def test_without_an_id_for_certain_it_is_left_where_one_is_needed() -> None:
    builder = _BUILDER.replace("agents/${id}", "agents/${process.env.AGENT_ID}")
    source = f"{_BASES['own']}\n{builder}{_asking('const url = runsUrl(id);')}"
    assert [f.reason for f in run(source).findings] == [Reason.NO_WORKFLOW_ID]


@pytest.mark.parametrize(
    "use",
    [
        "export { runsUrl };",
        "send(runsUrl);",
        "send(runsUrl('wf_1'));",
        "module.exports = { runsUrl };",
    ],
    ids=["exported", "handed-on", "what-it-gives-is-handed-on", "exported-as-commonjs"],
)
def test_a_function_that_gives_a_dead_url_is_told_where_something_may_request_it(use: str) -> None:
    migration = run(f"{_BASES['own']}\nimport {{ send }} from './send';\n{_BUILDER}{use}\n")
    assert migration.findings
    assert {f.bucket for f in migration.findings} == {Bucket.LEFT}


def test_a_function_that_nothing_calls_is_not_told() -> None:
    assert not run(f"{_BASES['own']}\n{_BUILDER}").findings
