"""Headers that are a list of pairs: `[['Authorization', key], ['OpenAI-Beta', 'workflows=v1']]`."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_AUTH = "['Authorization', `Bearer ${KEY}`]"
_TYPE = "['Content-Type', 'application/json']"
_BETA = "['OpenAI-Beta', 'workflows=v1']"
_LIVE_BETA = "['OpenAI-Beta', 'assistants=v2']"
_ASKS = """\
$ABOVE
export async function ask(text) {
  $HEADERS
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers$GIVEN,
    body: JSON.stringify({ workflow_id: 'wf_1', input: { message: text } })
  });
  if (!res.ok) throw new Error('failed');
  const run = await res.json();
  return $READS;
}
"""


def _file(headers: str, given: str, above: str = "", reads: str = "run.output_text") -> str:
    source = _ASKS.replace("$HEADERS\n  ", headers and f"{headers}\n  ")
    source = source.replace("$ABOVE\n", above and f"{above}\n")
    return source.replace("$GIVEN", given).replace("$READS", reads)


def _forms(pairs: str) -> dict[str, str]:
    return {
        "inline": _file("", f": {pairs}"),
        "inline-in-headers": _file("", f": new Headers({pairs})"),
        "constant": _file(f"const headers = {pairs};", ""),
        "constant-headers": _file(f"const headers = new Headers({pairs});", ""),
        "at-the-top": _file("", ": HEADERS", f"const HEADERS = {pairs};"),
        "handed-on": _file(f"const headers = {pairs};", "", reads="run"),
        "headers-handed-on": _file(f"const headers = new Headers({pairs});", "", reads="run"),
    }


_WITH_BETA = _forms(f"[{_AUTH}, {_TYPE}, {_BETA}]")
_WITHOUT = _forms(f"[{_AUTH}, {_TYPE}]")
_KEY_ALONE = _forms(f"[{_AUTH}]")


@_TARGETS
@pytest.mark.parametrize("source", _WITH_BETA.values(), ids=_WITH_BETA)
def test_the_beta_header_gets_its_value_or_goes(source: str, target: str) -> None:
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    result = migration.result.decode()
    live = f"[{_AUTH}, {_TYPE}, {_LIVE_BETA}]" if target == "assistants" else f"[{_AUTH}, {_TYPE}]"
    assert live in result


@_TARGETS
@pytest.mark.parametrize("source", _WITHOUT.values(), ids=_WITHOUT)
def test_it_is_added_as_a_pair_where_the_target_wants_it(source: str, target: str) -> None:
    result = check(source.encode(), "a.js", Settings(target=target)).result.decode()
    live = f"[{_AUTH}, {_TYPE}, {_LIVE_BETA}]" if target == "assistants" else f"[{_AUTH}, {_TYPE}]"
    assert live in result


@_TARGETS
@pytest.mark.parametrize("source", _KEY_ALONE.values(), ids=_KEY_ALONE)
def test_the_type_of_the_body_is_added_as_a_pair(source: str, target: str) -> None:
    result = check(source.encode(), "a.js", Settings(target=target)).result.decode()
    more = f", {_LIVE_BETA}" if target == "assistants" else ""
    assert f"[{_AUTH}, {_TYPE}{more}]" in result


def test_further_requests_have_an_object_of_them() -> None:
    for form in ("handed-on", "headers-handed-on"):
        result = check(_WITH_BETA[form].encode(), "a.js").result.decode()
        assert "}), Object.fromEntries(headers));" in result


def test_on_lines_of_their_own_each_stays_on_one() -> None:
    pairs = f"[\n      {_AUTH},\n      {_TYPE},\n    ]"
    result = check(_file("", f": {pairs}").encode(), "a.js").result.decode()
    assert (
        f"    headers: [\n      {_AUTH},\n      {_TYPE},\n      {_LIVE_BETA},\n    ],\n" in result
    )


_PAIRS = f"[{_AUTH}, {_TYPE}, {_BETA}]"
#: Why a call is left.
LEFT = {
    "twice": (_file("", f": [{_AUTH}, {_AUTH}, {_TYPE}]"), Reason.HEADERS_NOT_UNDERSTOOD),
    "a-spread": (_file("", f": [...COMMON, {_AUTH}, {_TYPE}]"), Reason.HEADERS_NOT_UNDERSTOOD),
    "a-name-that-is-computed": (
        _file("", f": [[NAME, 'x'], {_AUTH}, {_TYPE}]"),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "three-in-one": (_file("", ": [['Authorization', KEY, 'x']]"), Reason.HEADERS_NOT_UNDERSTOOD),
    "flat": (_file("", ": ['Authorization', KEY]"), Reason.HEADERS_NOT_UNDERSTOOD),
    "entries-of-an-object": (
        _file("", ": Object.entries({ Authorization: KEY })"),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "pushed-to": (
        _file(f"const headers = {_PAIRS};\n  headers.push(['X-App', 'desk']);", ""),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "of-a-live-call-too": (
        _file(
            "",
            ": HEADERS",
            f"const HEADERS = {_PAIRS};\nfetch('https://x.example.org', {{ headers: HEADERS }});",
        ),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "exported": (
        _file("", ": HEADERS", f"export const HEADERS = {_PAIRS};"),
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
    "without-a-key": (_file("", f": [{_TYPE}, {_BETA}]"), Reason.NO_AUTHORIZATION),
    "axios-has-no-such": (
        "import axios from 'axios';\nexport const ask = async (text) =>\n  (await axios.post("
        "'https://api.openai.com/v1/workflows/runs', { workflow_id: 'wf_1', input: text },\n"
        f"    {{ headers: {_PAIRS} }})).data.output_text;\n",
        Reason.HEADERS_NOT_UNDERSTOOD,
    ),
}


@_TARGETS
@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left(source: str, reason: Reason, target: str) -> None:
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert not migration.changed
    assert [finding.reason for finding in migration.findings] == [reason]
