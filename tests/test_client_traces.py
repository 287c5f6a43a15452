"""Invented methods on clients that come by a default, a class or a choice: none is silent."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_IMPORT = "import OpenAI from 'openai';\n"
_ASKED = "workflows.runs.create({ workflow_id: 'wf_1', input: { message: q } })"
_READ = "return run.output_text;"


def _function(parameters: str, client: str, head: str = "") -> str:
    body = f"  const run = await {client}.{_ASKED};\n  {_READ}\n"
    return f"{_IMPORT}{head}export async function ask({parameters}) {{\n{body}}}\n"


def _class(members: str, client: str, head: str = "", extends: str = "") -> str:
    body = f"    const run = await {client}.{_ASKED};\n    {_READ}\n"
    method = f"  async ask(q: string) {{\n{body}  }}\n"
    return f"{_IMPORT}{head}export class Agent{extends} {{\n{members}{method}}}\n"


_TWO = "const a = new OpenAI();\nconst b = new OpenAI({ apiKey: process.env.OTHER });\n"
_CACHE = (
    "const kept = new Map<string, OpenAI>();\n"
    "function clientFor(key: string): OpenAI {\n"
    "  if (!kept.has(key)) kept.set(key, new OpenAI({ apiKey: key }));\n"
    "  return kept.get(key)!;\n}\n"
)
_LEFT = {
    "a-default-behind-a-cast": _function("q: string, openai = new OpenAI()", "(openai as any)"),
    "a-default-in-a-pattern": _function(
        "q: string, { client = new OpenAI() }: any = {}", "(client as any)"
    ),
    "a-field-of-the-constructor-with-a-default": _class(
        "  constructor(private client = new OpenAI()) {}\n", "(this.client as any)"
    ),
    "one-of-two-accounts": _function("q: string, paid: boolean", "((paid ? b : a) as any)", _TWO),
    "one-of-a-list": _function(
        "q: string, at: number", "(pool[at] as any)", _TWO + "const pool = [a, b];\n"
    ),
    "one-of-an-object": _function(
        "q: string, at: 'a' | 'b'", "(all[at] as any)", _TWO + "const all = { a, b };\n"
    ),
    "what-a-function-keeps": _function("q: string", "(clientFor(q) as any)", _CACHE),
    "a-member-that-is-called-so": _function("q: string, deps: any", "deps.openai"),
    "a-global-that-is-called-so": _function("q: string", "(globalThis as any).openai"),
}
_BASE = "class Base {\n  protected client = new OpenAI();\n}\n"
_MIGRATED = {
    "a-field-of-the-class-above": _class("", "(this.client as any)", _BASE, " extends Base"),
    "a-field-of-the-class-above-that": _class(
        "", "(this.client as any)", _BASE + "class Mid extends Base {}\n", " extends Mid"
    ),
    "a-member-of-an-object": _function(
        "q: string", "(all.a as any)", _TWO + "const all = { a, b };\n"
    ),
}
_OTHERS = {
    "a-default-of-another-package": "import { CozeAPI } from '@coze/api';\n"
    + _function("q: string, client = new CozeAPI()", "(client as any)"),
    "a-class-that-is-given-openais": _function(
        "q: string",
        "flows",
        "class Flows { constructor(readonly by: any) {} }\n"
        "const flows: any = new Flows(new OpenAI());\n",
    ),
    "azures": _function("q: string, deps: any", "deps.azureOpenAI"),
    "a-field-of-another-class-above": "import { Retab } from 'retab';\n"
    + _class("", "(this.client as any)", _BASE.replace("new OpenAI", "new Retab"), " extends Base"),
    "a-parameter-of-any-type": _function("q: string, client: any", "client"),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("source", _LEFT.values(), ids=_LEFT)
def test_a_client_that_may_be_openais_is_told(source: str, target: str) -> None:
    migration = check(source.encode(), "a.ts", Settings(target=target))
    [finding] = migration.findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.CLIENT_UNKNOWN)


@pytest.mark.parametrize("source", _MIGRATED.values(), ids=_MIGRATED)
def test_a_client_that_is_certainly_openais_is_asked(source: str) -> None:
    for target, new in (("responses", "responses.create("), ("assistants", "createAndRunPoll(")):
        migration = check(source.encode(), "a.ts", Settings(target=target))
        assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
        assert new in migration.result.decode()


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("source", _OTHERS.values(), ids=_OTHERS)
def test_a_client_of_something_else_is_none_of_ours(source: str, target: str) -> None:
    assert check(source.encode(), "a.ts", Settings(target=target)).findings == ()


def test_a_field_that_a_class_below_replaces_is_not_certain() -> None:
    field = "  protected client: any = new OpenAI();\n"
    source = _class(field, "this.client") + (
        "export class Local extends Agent {\n"
        "  protected client: any = new OpenAI({ baseURL: 'http://localhost:1/v1' });\n}\n"
    )
    [finding] = check(source.encode(), "a.ts", Settings(target="responses")).findings
    assert finding.bucket is Bucket.LEFT
