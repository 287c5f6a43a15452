"""Clients that a function of the file gives, or that are imported while the program runs."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

TARGETS = ("assistants", "responses")
_IMPORT = "import OpenAI from 'openai';\n"
#: What gives OpenAI's client: what stands above, and the call.
GIVEN: dict[str, tuple[str, str]] = {
    "a-function": (
        f"{_IMPORT}function getClient() {{\n  return new OpenAI();\n}}\n",
        "getClient()",
    ),
    "an-arrow": (f"{_IMPORT}const getClient = () => new OpenAI();\n", "getClient()"),
    "a-guard-before": (
        f"{_IMPORT}function getClient(): OpenAI {{\n  const apiKey = process.env.KEY;\n"
        "  if (!apiKey) throw new Error('no key');\n  return new OpenAI({ apiKey });\n}\n",
        "getClient()",
    ),
    "null-without-a-key": (
        f"{_IMPORT}function getClient() {{\n  if (!process.env.KEY) return null;\n"
        "  return new OpenAI();\n}\n",
        "getClient()",
    ),
    "made-once": (
        f"{_IMPORT}let held: OpenAI | null = null;\nfunction getClient() {{\n"
        "  if (!held) {\n    held = new OpenAI();\n  }\n  return held;\n}\n",
        "getClient()",
    ),
    "made-once-in-an-expression": (
        f"{_IMPORT}let held: OpenAI | undefined;\n"
        "const getClient = () => (held ??= new OpenAI());\n",
        "getClient()",
    ),
    "made-once-with-an-early-return": (
        f"{_IMPORT}let held: any = null;\nfunction getClient() {{\n  if (held) return held;\n"
        "  held = new OpenAI();\n  return held;\n}\n",
        "getClient()",
    ),
    "given-a-key": (
        f"{_IMPORT}const getClient = (apiKey: string) => new OpenAI({{ apiKey }});\n",
        "getClient(process.env.KEY!)",
    ),
    "imported-where-it-is-needed": (
        "let held: any;\nasync function getClient() {\n  if (held) return held;\n"
        "  const { default: OpenAI } = await import('openai');\n  held = new OpenAI();\n"
        "  return held;\n}\n",
        "await getClient()",
    ),
    "default-of-an-awaited-import": (
        "const OpenAI = (await import('openai')).default;\n",
        "new OpenAI()",
    ),
    "class-of-an-awaited-import": (
        "const { OpenAI } = await import('openai');\n",
        "new OpenAI()",
    ),
    "whole-awaited-import": (
        "const library = await import('npm:openai@4');\n",
        "new library.OpenAI()",
    ),
    "only-with-a-key": (_IMPORT, "process.env.KEY ? new OpenAI() : null"),
}
LEFT: dict[str, tuple[str, str]] = {
    "azures-or-openais": (
        "import OpenAI, { AzureOpenAI } from 'openai';\nfunction getClient() {\n"
        "  if (process.env.AZURE) return new AzureOpenAI();\n  return new OpenAI();\n}\n",
        "getClient()",
    ),
    "a-double-or-openais": (
        f"{_IMPORT}const double = {{ workflows: {{}} }};\n"
        "const getClient = () => (process.env.TEST ? double : new OpenAI());\n",
        "getClient()",
    ),
    "base-that-is-given": (
        f"{_IMPORT}const getClient = (baseURL?: string) => new OpenAI({{ baseURL }});\n",
        "getClient(process.env.BASE)",
    ),
    "options-that-are-given": (
        f"{_IMPORT}const getClient = (options: any) => new OpenAI(options);\n",
        "getClient({})",
    ),
    "one-that-was-there-or-openais": (
        f"{_IMPORT}const shared = globalThis as any;\n",
        "shared.openai ?? new OpenAI()",
    ),
}
SILENT: dict[str, tuple[str, str]] = {
    "another-service": (
        "import { CozeAPI } from '@coze/api';\nconst getClient = () => new CozeAPI({});\n",
        "getClient()",
    ),
    "another-host": (
        f"{_IMPORT}const getClient = () => new OpenAI({{ baseURL: 'https://llm.example/v1' }});\n",
        "getClient()",
    ),
    "azures": (
        "import { AzureOpenAI } from 'openai';\nconst getClient = () => new AzureOpenAI();\n",
        "getClient()",
    ),
    "the-whole-module-is-no-class": (
        "const OpenAI = await import('openai') as any;\n",
        "new OpenAI()",
    ),
}


def _asking(head: str, client: str) -> bytes:
    return (
        f"{head}export async function ask(id: string, text: string) {{\n"
        f"  const client: any = {client};\n"
        "  const run = await client.workflows.runs.create({ workflow_id: id, "
        "input: { message: text } });\n  return run.output_text;\n}\n"
    ).encode()


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("head", "client"), GIVEN.values(), ids=GIVEN)
def test_a_client_that_is_visibly_openais_is_migrated(head: str, client: str, target: str) -> None:
    migration = check(_asking(head, client), "a.ts", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    method = b"beta.threads.createAndRunPoll(" if target == "assistants" else b"responses.create("
    assert b"workflowAnswer(client." + method in migration.result
    assert head.encode() in migration.result


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("head", "client"), LEFT.values(), ids=LEFT)
def test_a_client_that_may_be_anothers_leaves_the_call(head: str, client: str, target: str) -> None:
    migration = check(_asking(head, client), "a.ts", Settings(target=target))
    assert migration.edits == ()
    assert [finding.reason for finding in migration.findings] == [Reason.UNRESOLVED_HOST]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("head", "client"), SILENT.values(), ids=SILENT)
def test_a_client_that_is_anothers_is_not_mentioned(head: str, client: str, target: str) -> None:
    assert check(_asking(head, client), "a.ts", Settings(target=target)).findings == ()


def test_the_beta_of_a_client_that_a_function_makes_goes_where_it_is_made() -> None:
    head = (
        f"{_IMPORT}function getClient() {{\n"
        "  return new OpenAI({ defaultHeaders: { 'OpenAI-Beta': 'workflows=v1' } });\n}\n"
    )
    result = check(_asking(head, "getClient()"), "a.ts", Settings(target="responses")).result
    assert b"return new OpenAI();" in result or b"return new OpenAI({ })" in result
    assert b"workflows" not in result


@pytest.mark.parametrize("target", TARGETS)
def test_a_client_that_is_asked_for_in_the_call_itself_is_asked_for_once(target: str) -> None:
    source = (
        f"{_IMPORT}const getClient = (key: string) => new OpenAI({{ apiKey: key }}) as any;\n"
        "export async function ask(key: string, id: string, text: string) {\n"
        "  const run = await getClient(key).workflows.runs.create({ workflow_id: id, "
        "input: text });\n  return run.output_text;\n}\n"
    )
    migration = check(source.encode(), "a.ts", Settings(target=target))
    [finding] = migration.findings
    if target == "responses":
        assert b"workflowAnswer(getClient(key).responses.create(" in migration.result
    else:
        assert (finding.reason, migration.edits) == (Reason.SDK_INVENTED, ())


_THREADS = (
    "export async function ask(a: string, b: string, text: string) {\n"
    "  const first = getClient(a);\n  const second = getClient(SECOND);\n"
    "  const thread = await first.beta.threads.create();\n"
    "  await second.beta.threads.messages.create(thread.id, { role: 'user', content: text });\n"
    "  const run = await first.beta.threads.runs.createAndPoll(thread.id, "
    "{ assistant_id: 'asst_a' });\n"
    "  const messages = await first.beta.threads.messages.list(run.thread_id);\n"
    "  return messages.data[0].content[0].text.value;\n}\n"
)


@pytest.mark.parametrize(("second", "is_one"), [("a", True), ("b", False)], ids=["one", "two-keys"])
def test_two_keys_that_a_function_is_given_are_two_accounts(second: str, is_one: bool) -> None:
    head = f"{_IMPORT}const getClient = (apiKey: string) => new OpenAI({{ apiKey }});\n"
    source = (head + _THREADS.replace("SECOND", second)).encode()
    assert check(source, "a.ts", Settings(target="responses")).changed is is_one


def _in_the_call(head: str, client: str) -> bytes:
    return (
        _asking(head, "x")
        .replace(b"  const client: any = x;\n", b"")
        .replace(b"await client.", f"await {client}.".encode())
    )


_ASKED_AGAIN = {
    "made-each-time": "const getClient = () => new OpenAI() as any;\n",
    "made-once": (
        "let held: any;\nfunction getClient() {\n  if (!held) held = new OpenAI();\n"
        "  return held;\n}\n"
    ),
    "with-a-key": (
        "let held: any;\nfunction getClient() {\n  const apiKey = process.env.KEY;\n"
        "  if (!apiKey) throw new Error('no key');\n"
        "  return (held ??= new OpenAI({ apiKey }));\n}\n"
    ),
}


@pytest.mark.parametrize("head", _ASKED_AGAIN.values(), ids=_ASKED_AGAIN)
def test_a_function_that_only_gives_the_client_is_asked_again(head: str) -> None:
    source = _in_the_call(_IMPORT + head, "getClient()")
    migration = check(source, "a.ts", Settings(target="assistants"))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert b"workflowAnswer(getClient().beta.threads.createAndRunPoll(" in migration.result
    assert b", getClient());" in migration.result


_ASKED_ONCE = {
    "counts": (
        "let asked = 0;\nfunction getClient(): any {\n  asked += 1;\n  counts.push(asked);\n"
        "  return new OpenAI();\n}\n"
    ),
    "logs": "function getClient(): any {\n  console.log('a client');\n  return new OpenAI();\n}\n",
    "keeps-it-in-an-object": (
        "const all: any = {};\nfunction getClient() {\n  all.last = new OpenAI();\n"
        "  return all.last;\n}\n"
    ),
}


@pytest.mark.parametrize("head", _ASKED_ONCE.values(), ids=_ASKED_ONCE)
def test_a_function_that_does_more_is_not_asked_again(head: str) -> None:
    source = _in_the_call(_IMPORT + head, "getClient()")
    migration = check(source, "a.ts", Settings(target="assistants"))
    assert not migration.changed
