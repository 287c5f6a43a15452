"""A dead URL's variable that is shown too gets the live URL, or it is told that it is shown."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

LIVE = {
    "assistants": "https://api.openai.com/v1/threads/runs",
    "responses": "https://api.openai.com/v1/responses",
}
_DEAD = "`https://api.openai.com/v1/workflows/${process.env.FLOW}/runs`"
_INIT = """{
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ input: { message } }),
  }"""
_FILE = """\
export async function ask(message, res) {
  const url = $DEAD;
  $BEFORE
  const found = await fetch(url, $INIT);
  if (!found.ok) throw new Error(`no answer`);
  const data = await found.json();
  const said = data.output_text ?? data.output?.text;
  $BEHIND
}
"""


def _file(before: str = "", behind: str = "return said;") -> str:
    source = _FILE.replace("$DEAD", _DEAD).replace("$INIT", _INIT)
    return source.replace("$BEFORE", before).replace("$BEHIND", behind)


def _by_id(source: str, url: str) -> str:
    """The file with another URL, and the id in the body."""
    return source.replace(_DEAD, url).replace("{ input:", "{ workflow_id: 'wf_1', input:")


SHOWN = {
    "logged": _file("console.log('to', url);"),
    "in-a-text": _file("console.log(`to ${url}`);"),
    "in-an-error": _file("if (!message) throw new Error('nothing for ' + url);"),
    "in-a-response": _file(behind="return res.status(200).json({ url, said });"),
    "in-a-response-as-json": _file(
        behind="return new Response(JSON.stringify({ url: url, said }), { status: 200 });"
    ),
    "returned-in-an-object": _file(behind="return { url, said };"),
    "logged-twice": _file("console.log(url);", "logger.info({ url }); return said;"),
    "read-in-place": _file("console.log(url);").replace(" ?? data.output?.text", ""),
}
TOLD = {
    "compared-too": _file("if (url.includes('beta')) console.log(url);"),
    "set-later": _by_id(_file("console.log(url);"), "''").replace(
        "const url = '';", "let url;\n  url = 'https://api.openai.com/v1/workflows/runs';"
    ),
    "made-of-a-constant": "const RUNS = 'https://api.openai.com/v1/workflows/runs';\n"
    "console.log(RUNS);\n" + _by_id(_file(), "RUNS"),
    "in-parentheses": _file("console.log(url);").replace(f"{_DEAD};", f"({_DEAD} + '?v=1');"),
    "with-a-comment": _file("console.log(url);").replace("${", "${/* which */ "),
}
#: Nothing shows the URL, or it is none of a call that is rewritten.
QUIET = {
    "not-shown": _file(),
    "its-id-is-shown": _file("console.log(process.env.FLOW);"),
    "another-url-is-shown": _file("console.log(other);", "return said;")
    + "const other = 'https://api.openai.com/v1/models';\n",
}


def _migrated(source: str, target: str) -> tuple[str, bool]:
    """The result, and whether a dead URL is told to be shown."""
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert all(finding.bucket is Bucket.MIGRATED for finding in migration.findings)
    notes = [note for finding in migration.findings for note in finding.notes if note.always]
    return migration.result.decode(), any("still shows the dead URL" in n.text for n in notes)


@pytest.mark.parametrize("target", LIVE)
@pytest.mark.parametrize("source", SHOWN.values(), ids=SHOWN)
def test_a_url_that_is_shown_is_the_live_one(source: str, target: str) -> None:
    result, told = _migrated(source, target)
    assert f"const url = '{LIVE[target]}';" in result
    assert "fetch(url, {" in result
    assert "workflows" not in result
    assert not told


@pytest.mark.parametrize("target", LIVE)
@pytest.mark.parametrize("source", TOLD.values(), ids=TOLD)
def test_a_dead_url_that_is_still_shown_is_told(source: str, target: str) -> None:
    result, told = _migrated(source, target)
    assert f"fetch('{LIVE[target]}', {{" in result
    assert "workflows" in result
    assert told


@pytest.mark.parametrize("target", LIVE)
@pytest.mark.parametrize("source", QUIET.values(), ids=QUIET)
def test_nothing_is_told_where_none_is_shown(source: str, target: str) -> None:
    result, told = _migrated(source, target)
    assert f"fetch('{LIVE[target]}', {{" in result
    assert "workflows" not in result
    assert not told


#: What takes the URL too, in a call that is left.
LEFT = {
    "a-function-that-is-not-known": _file("console.log(url); keep(url);"),
    "json-for-a-proxy": _file(
        "console.log(url);\n  await proxy.post('/', JSON.stringify({ url: url, method: 'POST' }));"
    ),
}


@pytest.mark.parametrize("target", LIVE)
@pytest.mark.parametrize("source", LEFT.values(), ids=LEFT)
def test_a_url_that_a_call_which_is_left_takes_too_stays(source: str, target: str) -> None:
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert {finding.bucket for finding in migration.findings} == {Bucket.LEFT, Bucket.MIGRATED}
    assert f"const url = {_DEAD};".encode() in migration.result
