"""What a post helper does with its path beside asking for it: the same as before, or left."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_SOURCE = """\
const BASE = 'https://api.openai.com/v1';
async function call(path, body) {
  {reads}
  const res = await fetch(`${BASE}${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
    body: JSON.stringify(body)
  });
  if (!res.ok) throw new Error(`POST ${path.toUpperCase()} failed: ${res.status}`);
  return res.json();
}
export async function ask(id, text) {
  const run = await call(`/workflows/${id}/runs`, { input: { message: text } });
  return run.output_text;
}
"""
_LIVE = """\
export const embed = input => call('/embeddings', { input });
"""

_SAME = {
    "it-is-logged": "console.log('POST', path);",
    "a-part-of-it-is-logged": "logger.info(`to ${path.split('/')[1]}`, { path });",
    "it-is-named-in-an-error": "if (!body) throw new Error(path.split('/')[3].trim());",
    "it-is-given": "if (!path || !body) throw new TypeError('what?');",
    "it-has-a-slash": "if (!path.startsWith('/')) throw new Error('no slash');",
    "both-are-no-such-path": "if (path.split('/')[1].startsWith('wf_')) throw new Error('id');",
    "both-are-no-other-path": "const slow = path === '/files' ? 60 : 5; wait(slow);",
    "a-constant-of-it-is-logged": "const label = path.replace(/^\\//, ''); console.log(label);",
    "a-constant-of-it-decides-the-same": "const at = path.length; if (at < 2) return null;",
}
_OTHER = {
    "the-live-path-has-no-such-part": "if (path.split('/')[3].startsWith('x')) return null;",
    "only-the-dead-path-passes": "if (!path.startsWith('/workflows')) throw new Error('what?');",
    "it-may-pass-for-some-ids": "if (path.includes('wf_')) count.more();",
    "a-list-says-what-passes": "if (!ALLOWED.includes(path)) throw new Error('not allowed');",
    "it-is-a-case": "switch (path) { case '/files': return null; }",
    "it-is-a-key": "const limit = LIMITS[path].each; if (limit) await wait(limit);",
    "a-constant-of-it-decides": "const kind = path.split('/'); if (kind[3]) return null;",
    "it-is-a-key-of-what-is-kept": "const kept = cache.get(path); if (kept) return kept;",
    "a-function-of-the-file-checks-it": "allow(path); function allow(p) { if (!p[9]) throw 1; }",
    "it-is-kept": "last.path = path;",
    "a-part-that-is-not-there-is-shown": "console.log(path.split('/')[3].trim());",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("live", ["", _LIVE], ids=["alone", "live-too"])
@pytest.mark.parametrize("reads", _SAME.values(), ids=_SAME)
def test_a_helper_that_does_the_same_with_the_live_path_stays(
    reads: str, live: str, target: str
) -> None:
    source = _SOURCE.replace("{reads}", reads) + live
    result = check(source.encode(), "a.js", Settings(target=target)).result.decode()
    assert reads in result
    assert "call('/responses'" in result or "call('/threads/runs'" in result


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("reads", _OTHER.values(), ids=_OTHER)
def test_a_helper_that_may_do_something_else_with_it_is_left(reads: str, target: str) -> None:
    source = _SOURCE.replace("{reads}", reads)
    migration = check(source.encode(), "a.js", Settings(target=target))
    [finding] = migration.findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.URL_NOT_FOLLOWED)
    assert finding.detail.startswith("in `call`, `")


def test_what_another_object_is_given_of_the_path_is_told() -> None:
    source = _SOURCE.replace("{reads}", "metrics.count('openai.' + path);")
    [finding] = check(source.encode(), "a.js", Settings(target="responses")).findings
    told = [note.text for note in finding.notes]
    assert "`metrics.count('openai.' + path)` is given the live path" in told


def test_a_path_that_is_given_back_with_the_answer_is_told() -> None:
    source = _SOURCE.replace("  {reads}\n", "").replace("run.output_text", "run.data.output_text")
    source = source.replace("return res.json()", "return { path, data: await res.json() }")
    [finding] = check(source.encode(), "a.js", Settings(target="responses")).findings
    told = [note.text for note in finding.notes]
    assert "`path`, which `call` gives back, is the live path" in told


_BEHIND = "`${BASE}${path}?version=${V}&beta=1`"


@pytest.mark.parametrize("target", _TARGETS)
def test_a_query_behind_the_path_goes_where_the_helper_serves_the_dead_alone(target: str) -> None:
    source = "const V = '3';\n" + _SOURCE.replace("  {reads}\n", "")
    source = source.replace("`${BASE}${path}`", _BEHIND)
    migration = check(source.encode(), "a.js", Settings(target=target))
    result = migration.result.decode()
    assert "await fetch(`${BASE}${path}`, {" in result
    assert "const V" not in result
    told = [note.text for note in migration.findings[0].notes]
    assert "the URL's query has no counterpart and went: `?version=${V}&beta=1`" in told


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(
    ("behind", "live"),
    [
        (_BEHIND, _LIVE),
        ("`${BASE}${path}/`", ""),
        ("`${BASE}${path}/stream?x=1`", ""),
        ("BASE + path + QUERY", ""),
    ],
    ids=["live-calls-have-it-too", "a-slash", "another-path", "what-is-not-known"],
)
def test_what_else_stands_behind_the_path_is_no_live_url(
    behind: str, live: str, target: str
) -> None:
    source = _SOURCE.replace("  {reads}\n", "").replace("`${BASE}${path}`", behind) + live
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert migration.result == source.encode()
    assert [finding.bucket for finding in migration.findings] == [Bucket.LEFT]


@pytest.mark.parametrize("target", _TARGETS)
def test_a_helper_that_gives_the_response_is_asked_for_its_path_too(target: str) -> None:
    source = _SOURCE.replace("{reads}", _OTHER["only-the-dead-path-passes"])
    source = source.replace("return res.json()", "return res").replace(
        "await call(", "await (await call("
    )
    source = source.replace("text } });", "text } })).json();")
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert migration.result == source.encode()
