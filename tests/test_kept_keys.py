"""A key that the headers compute is asked for once: kept for the polling, or the call is left."""

from __future__ import annotations

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_URL = "'https://api.openai.com/v1/workflows/runs'"
_BODY = "{ workflow_id: 'wf_1', input: { message } }"


def _fetch(key: str) -> str:
    return (
        f"fetch({_URL}, {{ method: 'POST', headers: {{ Authorization: `Bearer ${{{key}}}` }},"
        f" body: JSON.stringify({_BODY}) }})"
    )


def _asking(key: str, statement: str = "const res = await FETCH;", head: str = "") -> str:
    return (
        f"{head}export async function ask(message, keys, config, ok) {{\n"
        f"  {statement.replace('FETCH', _fetch(key))}\n"
        "  if (!res.ok) throw new Error(`HTTP ${res.status}`);\n"
        "  const data = await res.json();\n  return data.output.text;\n}\n"
    )


@pytest.mark.parametrize(
    "key",
    [
        "keys.shift()",
        "keys[turn++]",
        "await keys.get()",
        "config.get('KEY')",
        "secret.value()",
        "(await keys.session()).token",
    ],
)
def test_the_key_is_kept_above_the_request(key: str) -> None:
    source = _asking(key, head="let turn = 0;\n")
    migration = check(source.encode(), "a.js", Settings())
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    result = migration.result.decode()
    assert f"\n  const authorization = `Bearer ${{{key}}}`;\n  const res = await" in result
    assert result.count(key) == 1
    beta = "'OpenAI-Beta': 'assistants=v2' }"
    assert f"}}), {{ Authorization: authorization, {beta});" in result


def test_its_name_is_a_free_one() -> None:
    source = _asking("await keys.get()", head="const authorization = 1;\nlog(authorization);\n")
    result = check(source.encode(), "a.js", Settings()).result
    assert b"const authorization2 = `Bearer ${await keys.get()}`;" in result


def test_a_client_is_given_it_too() -> None:
    source = (
        "import axios from 'axios';\nexport async function ask(message, config) {\n"
        f"  const {{ data }} = await axios.post({_URL}, {_BODY},\n"
        "    { headers: { Authorization: `Bearer ${config.get('KEY')}` } });\n"
        "  return data.output.text;\n}\n"
    )
    migration = check(source.encode(), "a.js", Settings())
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert migration.result.count(b"config.get('KEY')") == 1


def test_with_the_target_responses_nothing_is_kept() -> None:
    source = _asking("await keys.get()")
    result = check(source.encode(), "a.js", Settings(target="responses")).result
    assert b"authorization =" not in result


LEFT = {
    "only-asked-for-under-a-condition": _asking(
        "await keys.get()", "const res = ok ? await FETCH : { ok };"
    ),
    "in-a-condition-with-others": _asking("await keys.get()", "const res = ok && await FETCH;"),
    "beside-another-variable": _asking(
        "await keys.get()", "const first = keys.next(), res = await FETCH;"
    ),
    "function-without-statements": (
        "export const ask = (message, keys) =>\n"
        f"  {_fetch('keys.shift()')}\n"
        "    .then((res) => { if (!res.ok) throw new Error('no'); return res.json(); })\n"
        "    .then((data) => data.output.text);\n"
    ),
    "request-starts-its-statement": (
        "export function ask(message, keys, show) {\n"
        f"  {_fetch('keys.shift()')}\n"
        "    .then((res) => { if (!res.ok) throw new Error('no'); return res.json(); })\n"
        "    .then((data) => show(data.output.text));\n}\n"
    ),
}


@pytest.mark.parametrize("source", LEFT.values(), ids=LEFT)
def test_it_is_left_where_no_constant_can_stand_above(source: str) -> None:
    migration = migrate(source.encode(), "a.js", Settings())
    [finding] = migration.findings
    assert finding.reason is Reason.HEADERS_ASKED_TWICE
    assert "would be asked for twice" in finding.detail
    assert not migration.changed
