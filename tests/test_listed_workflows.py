"""Workflows whose ids are elements of a list: each is asked, and none is a URL that is tried."""

from __future__ import annotations

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")


def _asking(loop: str, ends: str, above: str = "", path: str = "/v1/workflows/${id}/runs") -> str:
    return f"""{above}
export async function all(question) {{
  const found = [];
  {loop}
    const res = await fetch(`https://api.openai.com{path}`, {{
      method: 'POST',
      headers: {{ Authorization: `Bearer ${{KEY}}`, 'Content-Type': 'application/json' }},
      body: JSON.stringify({{ input: {{ question }} }}),
    }});
    if (!res.ok) throw new Error(`no: ${{res.status}}`);
    const run = await res.json();
    found.push(run.output_text);
  {ends}
  return found;
}}
"""


_EACH = "const IDS = ['wf_one', 'wf_two'];"
#: Each loop, and what the assistant's id is.
LISTS = {
    "written-ids": (_asking("for (const id of ['wf_one', 'wf_two']) {", "}"), "id"),
    "ids-of-a-constant": (_asking("for (const id of IDS) {", "}", _EACH), "id"),
    "settings": (_asking("for (const id of [process.env.ONE, process.env.TWO]) {", "}"), "id"),
    "a-setting-and-a-written-one": (
        _asking("for (const id of [process.env.ONE, 'wf_two']) {", "}"),
        "id",
    ),
    "in-a-callback": (
        _asking("await Promise.all(IDS.map(async (id) => {", "}));", _EACH),
        "id",
    ),
    "members": (
        _asking(
            "for (const agent of AGENTS) {",
            "}",
            "const AGENTS = [{ id: 'wf_one', name: 'A' }, { id: 'wf_two', name: 'B' }];",
            "/v1/workflows/${agent.id}/runs",
        ),
        "agent.id",
    ),
    "members-taken-out": (
        _asking("for (const { id } of AGENTS) {", "}", "const AGENTS = [{ id: 'wf_one' }];"),
        "id",
    ),
}
URLS = {
    "paths": _asking(
        "for (const id of ['workflows', 'agents']) {", "}", path="/v1/${id}/wf_one/runs"
    ),
    "a-path-and-an-id": _asking("for (const id of ['wf_one', 'wf_two/x']) {", "}"),
    "ids-of-something-else": _asking("for (const id of ['wf_one', 'latest']) {", "}"),
}


@pytest.mark.parametrize(("source", "identity"), LISTS.values(), ids=LISTS)
def test_each_assistant_of_a_list_is_asked(source: str, identity: str) -> None:
    migration = check(source.encode(), "a.js")
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert f"assistant_id: {identity}," in migration.result.decode()


@pytest.mark.parametrize("source", [each[0] for each in LISTS.values()], ids=LISTS)
def test_the_same_is_asked_without_ids_and_that_is_told(source: str) -> None:
    migration = check(source.encode(), "a.js", Settings(target="responses"))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    assert any("the same is asked each time" in note.text for note in finding.notes)


def test_nothing_of_a_list_is_told_where_there_is_none() -> None:
    source = _asking("{ const id = process.env.ONE;", "}")
    migration = check(source.encode(), "a.js", Settings(target="responses"))
    [finding] = migration.findings
    assert not any("the same is asked each time" in note.text for note in finding.notes)


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("source", URLS.values(), ids=URLS)
def test_what_may_be_a_url_that_is_tried_is_left(source: str, target: str) -> None:
    migration = migrate(source.encode(), "a.js", Settings(target=target))
    assert not migration.changed
    assert {finding.reason for finding in migration.findings} == {Reason.URL_CANDIDATES}
