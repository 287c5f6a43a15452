"""URLs that get a query later, and what is left of a dead URL that nothing reads any more."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_CALL = """\
  const res = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ input: { message: text } }),
  });
  if (!res.ok) throw new Error(`HTTP ${res.status}`);
  const data = await res.json();
  return data.output_text;
}
"""
_HEAD = "export async function ask(id, text, version) {\n"
_URL = "  let url = `https://api.openai.com/v1/workflows/${id}/runs`;\n"
_IF = "  if (version) url += `?version=${version}`;\n"


def _result(source: str, target: str) -> str:
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    return migration.result.decode()


GONE = {
    "a-query-under-a-condition": _URL + _IF,
    "a-query-in-a-block": _URL + "  if (version) {\n    url += '?version=' + version;\n  }\n",
    "two-queries": _URL + _IF + "  if (id.endsWith('x')) url += '#' + encodeURIComponent(id);\n",
    "a-path-then-a-query": (
        "  let url = 'https://api.openai.com/v1/workflows';\n  url += '/' + id + '/runs';\n" + _IF
    ),
    "a-url-object": (
        "  const url = new URL(`https://api.openai.com/v1/workflows/${id}/runs`);\n"
        "  if (version) url.searchParams.set('version', version);\n"
    ),
    "a-url-behind-a-base": "  const url = new URL(`/v1/workflows/${id}/runs`, 'https://api.openai.com');\n",
    "a-search": (
        "  const url = new URL(`https://api.openai.com/v1/workflows/${id}/runs`);\n"
        "  url.search = `?version=${version}`;\n"
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("url", GONE.values(), ids=GONE)
def test_all_that_made_the_url_goes_with_it(url: str, target: str) -> None:
    result = _result(_HEAD + url + _CALL, target)
    head, _, _ = result.partition("fetch(")
    assert "url" not in head.replace("OpenAI", "").lower().replace("https", "")
    assert "version" not in head.removeprefix(_HEAD)


@pytest.mark.parametrize("target", _TARGETS)
def test_a_builder_goes_with_its_only_use(target: str) -> None:
    builder = "const runs = (id) => `https://api.openai.com/v1/workflows/${id}/runs`;\n"
    result = _result(builder + _HEAD + "  const url = runs(id);\n" + _CALL, target)
    assert result.startswith(_HEAD)
    both = builder + _HEAD + "  const url = runs(id);\n" + _CALL
    other = "export const shown = (id) => runs(id);\n"
    assert _result(both + other, target).startswith(builder)


STAYS = {
    "it-is-logged": _URL + _IF + "  console.log('asking', url);\n",
    "a-query-that-does-something": _URL + "  if (version) url += `?at=${next()}`;\n",
    "a-condition-that-does-something": _URL + "  if (seen(version)) url += '?again=1';\n",
    "a-comment-inside": _URL + "  if (version) {\n    // the draft\n    url += '?v=2';\n  }\n",
    "the-query-is-handed-on": (
        "  const url = new URL(`https://api.openai.com/v1/workflows/${id}/runs`);\n"
        "  sign(url.searchParams);\n"
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("url", STAYS.values(), ids=STAYS)
def test_a_url_stays_where_something_else_would_be_lost(url: str, target: str) -> None:
    result = _result(_HEAD + url + _CALL, target)
    assert result.startswith(_HEAD + url)


def test_a_url_that_stays_is_told_where_what_makes_it_may_do_more() -> None:
    made = "`https://api.openai.com/v1/workflows/${id}/runs`"
    builder = f"function runs(id) {{ count(id); return {made}; }}\n"
    source = builder + _HEAD + "  const url = runs(id);\n" + _CALL
    [finding] = check(source.encode(), "a.js", Settings(target="responses")).findings
    assert any("nothing reads `url` any more; it stays" in note.text for note in finding.notes)


LEFT = {
    "another-path-under-a-condition": (
        "  let url = 'https://api.openai.com/v1/';\n  if (version) url += `workflows/${id}/runs`;\n"
    ),
    "a-live-path-under-a-condition": (
        "  let url = `https://api.openai.com/v1/workflows/${id}/runs`;\n"
        "  if (version) url = 'https://api.openai.com/v1/responses';\n"
    ),
    "a-segment-under-a-condition": _URL + "  if (version) url += '/' + version;\n",
    "in-a-loop": _URL + "  for (const part of version) url += part;\n",
    "in-a-callback": _URL + "  version.forEach((part) => { url += part; });\n",
    "taken-in-front": _URL + "  if (version) url = proxy + url;\n",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("url", LEFT.values(), ids=LEFT)
def test_a_url_that_may_be_another_is_left(url: str, target: str) -> None:
    findings = check((_HEAD + url + _CALL).encode(), "a.js", Settings(target=target)).findings
    assert [f.bucket for f in findings] == [Bucket.LEFT]
    assert findings[0].reason in (
        Reason.UNRESOLVED_HOST,
        Reason.URL_NOT_CERTAIN,
        Reason.URL_NOT_FOLLOWED,
    )
