"""Lists of URLs that are tried in turn: one entry stays where all are dead, else the call is left.

Whole programs with such lists are in tests/shapes (`candidates-...`), where they are run in Node.
"""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check
from tests.snippets import describe, migrated, run

_HOST = "https://api.openai.com/v1"
_RUNS = f"`{_HOST}/workflows/${{id}}/runs`"
_INVOKE = f"`{_HOST}/workflows/${{id}}/invoke`"
_OPTIONS = """{
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ input: { message: text } }),
    }"""
_READ = "if (res.ok) { return (await res.json()).output_text; }"
_LOOP = f"for (const url of urls) {{ const res = await fetch(url, {_OPTIONS}); {_READ} }}"
TARGETS = ("assistants", "responses")
_LIVE = {"assistants": "threads/runs", "responses": "responses"}


def _function(*statements: str) -> str:
    head = "export async function ask(key: string, id: string, text: string) {"
    return "\n  ".join((head, *statements)) + "\n}\n"


def _listed(*urls: str, declared: str = "const urls = [", after: str = "];") -> str:
    return _function(f"{declared}{', '.join(urls)}{after}", _LOOP)


# What a list becomes: the program, and the list's text behind it on the assistants target.
BECOMES = {
    "in-a-line": (_listed(_RUNS, _INVOKE), f"const urls = ['{_HOST}/threads/runs'];"),
    "of-one-entry": (_listed(_RUNS), f"const urls = ['{_HOST}/threads/runs'];"),
    "written-in-the-loop": (
        _function(_LOOP.replace("of urls", f"of [{_RUNS}, {_INVOKE}]")),
        f"for (const url of ['{_HOST}/threads/runs']) {{",
    ),
    "frozen-by-its-type": (
        _listed(_RUNS, _INVOKE, after="] as const;"),
        f"const urls = ['{_HOST}/threads/runs'] as const;",
    ),
    "with-a-declared-type": (
        _listed(_RUNS, _INVOKE, declared="const urls: readonly string[] = ["),
        f"const urls: readonly string[] = ['{_HOST}/threads/runs'];",
    ),
    "lines-with-comments-that-stay": (
        _function(
            "const urls = [",
            f"  {_RUNS}, // documented?",
            "  // older",
            f"  {_INVOKE},",
            "];",
            _LOOP,
        ),
        f"    '{_HOST}/threads/runs', // documented?\n    // older\n  ];",
    ),
    "paths-behind-a-base": (
        _function(
            f"const base = '{_HOST}';",
            "const paths = [`workflows/${id}/runs`, `workflows/${id}/execute`];",
            _LOOP.replace("of urls", "of paths").replace("fetch(url,", "fetch(base + '/' + url,"),
        ),
        "const paths = ['threads/runs'];",
    ),
    "numbers-up-to-the-length": (
        _function(
            f"const urls = [{_RUNS}, {_INVOKE}];",
            _LOOP.replace("const url of urls", "let i = 0; i < urls.length; i++").replace(
                "fetch(url,", "fetch(urls[i],"
            ),
        ),
        f"const urls = ['{_HOST}/threads/runs'];",
    ),
    "another-name-for-the-entry": (
        _function(
            f"const urls = [{_RUNS}, {_INVOKE}];",
            _LOOP.replace("{ const res", "{ const target = url; const res").replace(
                "fetch(url,", "fetch(target,"
            ),
        ),
        f"const urls = ['{_HOST}/threads/runs'];",
    ),
    "entries-with-names": (
        _function(
            f"const tries = [{{ name: 'new', at: {_RUNS} }}, {{ name: 'old', at: {_INVOKE} }}];",
            _LOOP.replace("const url of urls", "const { name, at } of tries").replace(
                "fetch(url,", "fetch(at,"
            ),
            "throw new Error(`${tries.length} tried`);",
        ),
        f"const tries = [{{ name: 'new', at: '{_HOST}/threads/runs' }}];",
    ),
    "entries-with-headers": (
        _function(
            f"const tries = [{{ url: {_RUNS}, headers: {{ Authorization: `Bearer ${{key}}` }} }},",
            f"  {{ url: {_INVOKE}, headers: {{ Authorization: key }} }}];",
            "for (const t of tries) { const res = await fetch(t.url, { method: 'POST', "
            "headers: t.headers, body: JSON.stringify({ input: text }) }); " + _READ + " }",
        ),
        "headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', "
        "'OpenAI-Beta': 'assistants=v2' } }];",
    ),
}


@pytest.mark.parametrize(("source", "written"), BECOMES.values(), ids=BECOMES)
def test_the_list_keeps_one_entry(source: str, written: str) -> None:
    result = migrated(source)

    assert written in result
    assert "workflows" not in result
    [finding] = run(result).findings
    assert finding.bucket is Bucket.ALREADY_MIGRATED, describe(finding)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("source", "_written"), BECOMES.values(), ids=BECOMES)
def test_each_url_that_went_is_named_in_the_report(source: str, _written: str, target: str) -> None:
    [finding] = run(source, settings=Settings(target=target)).findings

    assert finding.bucket is Bucket.MIGRATED, describe(finding)
    told = next(note for note in finding.notes if "gone: " in note.text)
    assert told.always
    assert "runs`" in told.text
    assert told.text.count("workflows/${id}/") == source.count("workflows/${id}/")


@pytest.mark.parametrize("target", TARGETS)
def test_the_request_is_made_once_and_what_is_said_stays_the_callers_own(target: str) -> None:
    result = migrated(_listed(_RUNS, _INVOKE), settings=Settings(target=target))

    assert result.count(f"'{_HOST}/{_LIVE[target]}'") == 1
    assert "for (const url of urls) { const res = await workflowAnswer(fetch(url, {" in result
    assert _READ in result


_CHAT = "'https://api.openai.com/v1/chat/completions'"
# Programs that are left, and what of them the detail names.
LEFT = {
    "one-is-live": (_listed(_RUNS, _CHAT), "is no dead endpoint, and stays"),
    "one-is-the-responses-api": (_listed(_RUNS, f"'{_HOST}/responses'"), "is no dead endpoint"),
    "one-is-the-sites-own": (_listed("'/api/chat'", _RUNS), "`'/api/chat'` in line 2"),
    "one-is-a-proxy": (_listed(_RUNS, "'https://proxy.example/v1/workflows/runs'"), "proxy"),
    "one-has-an-unknown-host": (
        _listed(_RUNS, "`${process.env.ENGINE_URL}/v1/workflows/${id}/runs`"),
        "of which the host is not known",
    ),
    "one-is-the-shut-down-api": (_listed(_RUNS, f"'{_HOST}/threads/runs'"), "was another API"),
    "one-is-not-known": (_listed(_RUNS, "process.env.FALLBACK_URL ?? ''"), "process.env"),
    "more-are-spread-in": (_listed(_RUNS, "...(globalThis as any).more"), "more"),
    "more-are-pushed": (
        _listed(_RUNS, after="]; urls.push(globalThis.name);"),
        "more than what the list is seen to hold",
    ),
    "the-list-is-handed-on": (
        _listed(_RUNS, _INVOKE, after="]; remember(urls);"),
        "uses the list",
    ),
    "the-second-is-asked-by-number": (
        _listed(_RUNS, _INVOKE, after="]; console.warn(urls); const b = urls[1];"),
        "uses the list",
    ),
    "a-number-that-is-written": (
        _function(
            f"const urls = [{_RUNS}, {_INVOKE}];",
            _LOOP.replace("const url of urls", "let i = 0; i < 2; i++").replace(
                "fetch(url,", "fetch(urls[i],"
            ),
        ),
        "no plain loop",
    ),
    "what-is-done-depends-on-the-url": (
        _listed(_RUNS, _INVOKE).replace(
            "{ const res", "{ if (url.endsWith('x')) { go(); } const res"
        ),
        "decides by the URL",
    ),
    "the-url-is-compared": (
        _listed(_RUNS, _INVOKE).replace(
            "{ const res", "{ const first = url === urls[0]; const res"
        ),
        "the list",
    ),
    "the-type-counts-the-entries": (
        _listed(_RUNS, _INVOKE, declared="const urls: [string, string] = ["),
        "`urls` in line 3",
    ),
    "all-at-once-by-map": (
        _function(
            f"const urls = [{_RUNS}, {_INVOKE}];",
            f"const all = await Promise.all(urls.map((url) => fetch(url, {_OPTIONS})));",
            "return (await all[0].json()).output_text;",
        ),
        "no plain loop",
    ),
    "two-loops-go-through-it": (
        _listed(_RUNS, _INVOKE).replace(_LOOP, f"{_LOOP}\n  {_LOOP}"),
        "",
    ),
    "a-function-is-given-each": (
        f"async function post(url: string, key: string, text: string) {{\n"
        f"  const res = await fetch(url, {_OPTIONS});\n  return res.json();\n}}\n"
        + _function(
            f"const urls = [{_RUNS}, {_INVOKE}];",
            "for (const url of urls) { return (await post(url, key, text)).output_text; }",
        ),
        "is given each URL",
    ),
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("source", "detail"), LEFT.values(), ids=LEFT)
def test_a_list_is_left_because(source: str, detail: str, target: str) -> None:
    migration = run(source, settings=Settings(target=target))

    assert migration.result == source.encode()
    assert migration.findings
    for finding in migration.findings:
        assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.URL_CANDIDATES)
        assert detail in finding.detail, describe(finding)


@pytest.mark.parametrize("target", TARGETS)
def test_a_list_that_is_exported_is_left_and_its_urls_are_told(target: str) -> None:
    """Another file may go through the list as well: its URLs stay dead there."""
    source = f"const id = 'wf_1';\nexport const urls = [{_RUNS}, {_INVOKE}];\n" + _function(_LOOP)
    migration = run(source, settings=Settings(target=target))

    assert migration.result == source.encode()
    assert {finding.bucket for finding in migration.findings} == {Bucket.LEFT}
    reasons = [finding.reason for finding in migration.findings]
    assert reasons.count(Reason.URL_CANDIDATES) == 1
    assert reasons.count(Reason.URL_EXPORTED) == 2
    [call] = [f for f in migration.findings if f.reason is Reason.URL_CANDIDATES]
    assert "seen elsewhere" in call.detail, describe(call)


def test_a_body_that_is_not_seen_is_left_with_the_bodys_own_reason() -> None:
    source = _listed(_RUNS, _INVOKE).replace("{ input: { message: text } }", "bodyOf(text)")
    [finding] = run(source).findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.BODY_NOT_UNDERSTOOD)


@pytest.mark.parametrize("target", TARGETS)
def test_a_status_that_only_404_is_looked_at_for_lets_no_error_be_shown(target: str) -> None:
    """Where each URL answered 404 the loop went on; a live one may answer 401 or 500."""
    source = _listed(_RUNS, _INVOKE).replace(
        _READ,
        "if (res.status === 404) continue; const data = await res.json();"
        " return data.output_text ?? JSON.stringify(data);",
    )
    [finding] = run(source, settings=Settings(target=target)).findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.ANSWER_NOT_UNDERSTOOD)


@pytest.mark.parametrize("target", TARGETS)
def test_a_stream_is_not_written_for_a_list(target: str) -> None:
    [finding] = run(_listed(_RUNS), settings=Settings(target=target, stream=True)).findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.URL_CANDIDATES)
    assert "--stream" in finding.detail


_MADE = f"const urls = (id: string) => [{_RUNS}, {_INVOKE}];\n"
_GONE_THROUGH = _function(_LOOP.replace("of urls", "of urls(id)"))


def test_a_list_that_a_function_makes_keeps_one_entry() -> None:
    result = migrated(_MADE + _GONE_THROUGH, settings=Settings(target="responses"))
    assert f"const urls = (id: string) => ['{_HOST}/responses'];" in result


@pytest.mark.parametrize(
    "source",
    [
        "export " + _MADE + _GONE_THROUGH,
        _MADE + "console.log(urls('a').length);\n" + _GONE_THROUGH,
        _MADE.replace("=> [", "=> maybe ? [] : [") + _GONE_THROUGH,
    ],
    ids=["for-other-files-too", "for-two-calls", "or-another-one"],
)
@pytest.mark.parametrize("target", TARGETS)
def test_each_url_of_a_list_that_a_function_makes_is_told(source: str, target: str) -> None:
    migration = run(source, settings=Settings(target=target))
    assert not migration.changed
    found = [(finding.bucket, finding.reason) for finding in migration.findings]
    assert found == [(Bucket.LEFT, Reason.URL_NOT_FOLLOWED)] * 2


_LISTED = """\
const KEY = process.env.OPENAI_API_KEY;
const urls = (id) => [
  `https://api.openai.com/v1/workflows/${id}/runs`,
  `https://api.openai.com/v1/workflows/${id}/invoke`,
];
export async function ask(text, flow) {
  GIVEN
  for (const url of urls(ASKED)) {
    const res = await fetch(url, {
      method: 'POST',
      headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ input: { message: text } }),
    });
    if (res.ok) return (await res.json()).output_text;
  }
  throw new Error('nobody answered');
}
"""


@pytest.mark.parametrize(
    ("given", "asked", "written"),
    [
        ("", "flow", "flow"),
        ("const id = process.env.WF;", "id", "id"),
        ("", "process.env.WF", "process.env.WF"),
    ],
    ids=["a-parameter", "a-constant", "a-setting"],
)
def test_the_id_that_a_lists_function_is_given_is_sent(
    given: str, asked: str, written: str
) -> None:
    source = _LISTED.replace("GIVEN", given).replace("ASKED", asked)
    result = check(source.encode(), "a.js", Settings(target="assistants")).result.decode()
    assert f"assistant_id: {written}, " in result


@pytest.mark.parametrize(
    ("given", "asked", "reason"),
    [
        ("", "next()", Reason.NO_WORKFLOW_ID),
        ("let id = flow;", "id++", Reason.NO_WORKFLOW_ID),
        ("console.log(urls(text).length);", "flow", Reason.URL_NOT_FOLLOWED),
    ],
    ids=["a-call-that-may-differ", "a-change", "the-function-is-called-twice"],
)
def test_an_id_that_is_not_certain_at_the_request_leaves_it(
    given: str, asked: str, reason: Reason
) -> None:
    source = _LISTED.replace("GIVEN", given).replace("ASKED", asked)
    findings = check(source.encode(), "a.js", Settings(target="assistants")).findings
    assert {finding.reason for finding in findings} == {reason}
