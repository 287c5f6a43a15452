"""Calls by ofetch and Nuxt's `$fetch`, on both targets: migrated, or left, and why."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

TARGETS = ("assistants", "responses")
_URL = "https://api.openai.com/v1/workflows/runs"
_KEY = "headers: { Authorization: `Bearer ${process.env.KEY}` }"
_BODY = "body: { workflow_id: id, input: { message: text } }"


def _asking(
    options: str = f"{{ method: 'POST', {_KEY}, {_BODY} }}",
    url: str = f"'{_URL}'",
    head: str = "",
    more: str = "",
    reading: str = "run.output_text",
) -> str:
    return (
        f"{head}export async function ask(id, text) {{\n{more}"
        f"  const run = await $fetch({url}, {options});\n  return {reading};\n}}\n"
    )


BECOMES = {
    "without-an-import": _asking(),
    "imported": _asking(head="import { $fetch } from 'ofetch';\n"),
    "by-its-other-name": _asking(head="import { ofetch as $fetch } from 'ofetch';\n"),
    "id-in-the-path": _asking(
        f"{{ method: 'post', {_KEY}, body: {{ input: text }} }}",
        "`https://api.openai.com/v1/workflows/${id}/runs`",
    ),
    "body-in-a-constant": _asking(
        f"{{ method: 'POST', {_KEY}, body: sent }}", more=f"  const sent = {_BODY[6:]};\n"
    ),
    "with-a-limit": _asking(f"{{ method: 'POST', {_KEY}, {_BODY}, timeout: 9000, retry: 0 }}"),
}
LEFT = {
    "a-query": (
        _asking(f"{{ method: 'POST', {_KEY}, {_BODY}, query: {{ version: 2 }} }}"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
        "`query: { version: 2 }`",
    ),
    "something-that-is-called": (
        _asking(f"{{ method: 'POST', {_KEY}, {_BODY}, onResponse: seen }}"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
        "`onResponse: seen`",
    ),
    "errors-that-are-not-thrown": (
        _asking(f"{{ method: 'POST', {_KEY}, {_BODY}, ignoreResponseError: true }}"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
        "`ignoreResponseError: true`",
    ),
    "a-spread": (
        _asking(f"{{ ...defaults, {_KEY}, {_BODY} }}"),
        Reason.OPTIONS_NOT_UNDERSTOOD,
        "`...defaults`",
    ),
    "options-in-a-variable": (_asking("options"), Reason.OPTIONS_NOT_UNDERSTOOD, ""),
    "a-text-for-a-body": (
        _asking(f"{{ method: 'POST', {_KEY}, body: JSON.stringify({_BODY[6:]}) }}"),
        Reason.BODY_NOT_UNDERSTOOD,
        "JSON.stringify",
    ),
    "no-method": (_asking(f"{{ {_KEY}, {_BODY} }}"), Reason.NOT_A_POST, ""),
    "no-key": (_asking(f"{{ method: 'POST', {_BODY} }}"), Reason.NO_AUTHORIZATION, ""),
    "asked-for-again": (
        _asking(reading=f"$fetch(`{_URL}/${{run.id}}`)"),
        Reason.ANSWER_NOT_UNDERSTOOD,
        "`run.id`",
    ),
    "a-host-that-is-a-setting": (
        _asking(url="`${process.env.BASE ?? 'https://api.openai.com/v1'}/workflows/runs`"),
        Reason.UNRESOLVED_HOST,
        "",
    ),
    "a-function-of-its-name": (
        _asking(head="import { $fetch } from './http';\n"),
        Reason.WRAPPER_ELSEWHERE,
        "",
    ),
    "the-raw-response": (
        _asking().replace("$fetch(", "$fetch.raw("),
        Reason.UNKNOWN_TRANSPORT,
        "`$fetch.raw`",
    ),
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", BECOMES.values(), ids=BECOMES)
def test_a_call_by_ofetch_stays_one(source: str, target: str) -> None:
    migration = check(source.encode(), "a.ts", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    path = "responses" if target == "responses" else "threads/runs"
    asked = f"workflowAnswer($fetch('https://api.openai.com/v1/{path}', {{"
    assert asked.replace("'", "`") in migration.result.decode().replace("'", "`")
    if target == "assistants":
        assert "}), { Authorization: " in migration.result.decode()


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("source", "reason", "detail"), LEFT.values(), ids=LEFT)
def test_it_is_left(source: str, reason: Reason, detail: str, target: str) -> None:
    migration = check(source.encode(), "a.ts", Settings(target=target))
    assert migration.edits == ()
    assert {f.bucket for f in migration.findings} == {Bucket.LEFT}
    assert reason in [finding.reason for finding in migration.findings]
    assert any(detail in finding.detail for finding in migration.findings)
