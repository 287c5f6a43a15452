"""Clients of another file: the setting `openai-clients` names their modules, else they are left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from callmend.findings import Bucket, Migration
from callmend.reasons import Reason
from callmend.settings import Settings, SettingsError, load
from tests import invariants, python_invariants

_TARGETS = ("assistants", "responses")
_ASK = """\
export async function ask(id: string, text: string) {
  const run = await CLIENT.workflows.runs.create({ workflow_id: id, input: { message: text } });
  return run.output_text;
}
"""
_THREADS = """\
export async function ask(text: string) {
  const thread = await CLIENT.beta.threads.create();
  await OTHER.beta.threads.messages.create(thread.id, { role: 'user', content: text });
  const run = await CLIENT.beta.threads.runs.createAndPoll(thread.id, { assistant_id: 'asst_a' });
  const messages = await CLIENT.beta.threads.messages.list(run.thread_id);
  return messages.data[0].content[0].text.value;
}
"""
_PYTHON = """\


def ask(question):
    thread = CLIENT.beta.threads.create()
    CLIENT.beta.threads.messages.create(thread_id=thread.id, role="user", content=question)
    run = CLIENT.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id="asst_a")
    messages = CLIENT.beta.threads.messages.list(thread_id=thread.id)
    return messages.data[0].content[0].text.value
"""


def _asking(head: str, client: str = "openai", ask: str = _ASK) -> bytes:
    body = ask.replace("CLIENT", client).replace("OTHER", client)
    return f"{head}\n\n{body}".encode()


def _python(head: str, client: str = "client", ask: str = _PYTHON) -> bytes:
    return f"{head}\n{ask.replace('CLIENT', client)}".encode()


def _run(source: bytes, path: str, target: str, *modules: str) -> Migration:
    check: Callable[[bytes, str, Settings], Migration] = invariants.check
    if path.endswith(".py"):
        check = python_invariants.check
    given = {"target": target, "openai_clients": modules}
    return check(source, path, load("", given, search=False))


_NAMED = {
    "an-alias": (_asking("import { openai } from '@/lib/openai';"), "@/lib/openai"),
    "a-default-export": (_asking("import openai from '~/ai/client';"), "~/ai/client"),
    "a-package-of-the-workspace": (_asking("import { openai } from '@acme/ai';"), "@acme/ai"),
    "another-name": (
        _asking("import { client as openai } from '@/lib/openai';"),
        "@/lib/openai",
    ),
    "a-module-as-a-whole": (
        _asking("import * as clients from '@/lib/openai';", "clients.openai"),
        "@/lib/openai",
    ),
    "a-require": (_asking("const { openai } = require('../lib/openai');"), "lib/openai"),
    "a-require-of-what-is-exported": (
        _asking("const openai = require('../lib/openai');"),
        "lib/openai",
    ),
    "a-place-by-its-whole-path": (
        _asking("import { openai } from '../lib/openai';"),
        "src/lib/openai",
    ),
    "a-place-with-an-ending": (_asking("import { openai } from '../lib/openai.js';"), "lib/openai"),
    "a-place-that-the-setting-gives-an-ending": (
        _asking("import { openai } from '../lib/openai';"),
        "lib/openai.ts",
    ),
    "a-folder": (_asking("import { openai } from '../lib/openai/index.js';"), "lib/openai"),
    "a-path-from-here": (_asking("import { openai } from '../lib/openai';"), "./src/lib/openai"),
    "a-function": (
        _asking("import { getOpenAI } from '@/lib/openai';\nconst openai = getOpenAI();"),
        "@/lib/openai",
    ),
    "a-function-that-is-awaited": (
        _asking(
            "import { getOpenAI } from '@/lib/openai';",
            ask=_ASK.replace("  const run", "  const openai = await getOpenAI(id);\n  const run"),
        ),
        "@/lib/openai",
    ),
    "a-field": (
        b"import { openai } from '@/lib/openai';\n\nclass Bot {\n  private ai = openai;\n\n  async "
        + _ASK.replace("CLIENT", "this.ai").partition("function ")[2].encode()
        + b"}\n",
        "@/lib/openai",
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("source", "module"), _NAMED.values(), ids=_NAMED)
def test_a_named_client_is_openais(source: bytes, module: str, target: str) -> None:
    migration = _run(source, "src/routes/ask.ts", target, "@/other", module)
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED], migration.findings
    method = b".responses.create(" if target == "responses" else b".createAndRunPoll("
    assert method in migration.result
    assert b"workflows.runs" not in migration.result


@pytest.mark.parametrize(("source", "module"), _NAMED.values(), ids=_NAMED)
def test_without_the_setting_the_message_says_what_to_write(source: bytes, module: str) -> None:
    migration = _run(source, "src/routes/ask.ts", "responses")
    [finding] = migration.findings
    assert finding.reason is Reason.CLIENT_UNKNOWN
    assert '`openai-clients = ["' in finding.detail
    # What the message says is what works.
    said = finding.detail.split('"')[1]
    again = _run(source, "src/routes/ask.ts", "responses", said)
    assert [f.bucket for f in again.findings] == [Bucket.MIGRATED], (said, module)


_NOT_NAMED = {
    "another-module": ("import { openai } from '@/lib/openai';", "@/lib/other"),
    "the-end-of-an-alias": ("import { openai } from '@/lib/openai';", "lib/openai"),
    "half-a-folders-name": ("import { openai } from '../mylib/openai';", "lib/openai"),
    "a-folder-above": ("import { openai } from '../lib/openai/own';", "lib/openai"),
    "another-place-of-the-name": ("import { openai } from './openai';", "lib/openai"),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("head", "module"), _NOT_NAMED.values(), ids=_NOT_NAMED)
def test_a_module_that_is_not_named_leaves_the_call(head: str, module: str, target: str) -> None:
    migration = _run(_asking(head), "src/routes/ask.ts", target, module)
    assert [f.reason for f in migration.findings] == [Reason.CLIENT_UNKNOWN]


_LEFT = {
    "the-file-leads-it-elsewhere": (
        "import { openai } from '@/lib/openai';\nopenai.baseURL = process.env.PROXY;",
        Reason.UNRESOLVED_HOST,
    ),
    "a-function-that-is-given-another-host": (
        "import { getOpenAI } from '@/lib/openai';\n"
        "const openai = getOpenAI({ baseURL: process.env.PROXY });",
        Reason.UNRESOLVED_HOST,
    ),
    "a-variable-that-is-set-again": (
        "import { openai as first, other } from '@/lib/openai';\n"
        "let openai = first;\nexport function change() {\n  openai = other;\n}",
        Reason.CLIENT_UNKNOWN,
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("head", "reason"), _LEFT.values(), ids=_LEFT)
def test_a_client_of_a_named_module_is_left_where(head: str, reason: Reason, target: str) -> None:
    found = _run(_asking(head), "a.ts", target, "@/lib/openai").findings
    assert [(f.bucket, f.reason) for f in found] == [(Bucket.LEFT, reason)]


_LED = {
    "a-setting": "openai.baseURL = process.env.PROXY;",
    "another-host": "openai.baseURL = 'https://llm.example/v1';",
    "through-its-options": "const given: any = {};\ngiven.baseURL = process.env.PROXY;",
}


@pytest.mark.parametrize("ask", [_ASK, _THREADS], ids=["made-up", "threads"])
@pytest.mark.parametrize("leads", _LED.values(), ids=_LED)
def test_a_client_of_the_file_is_left_where_its_base_is_set_later(leads: str, ask: str) -> None:
    given = "given" if "given" in leads else ""
    head = "import OpenAI from 'openai';"
    made = f"const openai = new OpenAI({given});"
    lines = [head, leads, made] if given else [head, made, leads]
    migration = _run(_asking("\n".join(lines), ask=ask), "a.ts", "responses")
    assert not migration.changed
    reasons = {f.reason for f in migration.findings}
    assert reasons <= {Reason.UNRESOLVED_HOST, Reason.CLIENT_HOST_UNKNOWN}
    assert reasons


@pytest.mark.parametrize(
    "leads",
    [
        "openai.baseURL = 'https://api.openai.com/v1';",
        "axios.defaults.baseURL = process.env.PROXY;",
        "class Other {\n  constructor(baseURL) {\n    this.baseURL = baseURL;\n  }\n}",
    ],
    ids=["to-openais-own", "of-axios", "of-a-class"],
)
def test_a_base_that_is_not_the_clients_leaves_it_openais(leads: str) -> None:
    head = f"import OpenAI from 'openai';\nconst openai = new OpenAI();\n{leads}"
    migration = _run(_asking(head), "a.ts", "responses")
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED], migration.findings


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(
    "module",
    [
        "npm:openai",
        "npm:openai@4",
        "npm:openai@^4.52.5",
        "jsr:@openai/openai",
        "jsr:@openai/openai@4.77.0",
        "https://esm.sh/openai@4.77.0?target=deno",
        "https://esm.sh/v135/openai@4",
        "https://cdn.jsdelivr.net/npm/openai@4/+esm",
        "https://cdn.skypack.dev/openai",
        "https://deno.land/x/openai@v4.20.1/mod.ts",
    ],
)
def test_the_official_package_of_a_registry_is_openais(module: str, target: str) -> None:
    head = f"import OpenAI from '{module}';\nconst openai = new OpenAI();"
    for ask in (_ASK, _THREADS):
        migration = _run(_asking(head, ask=ask), "a.ts", target)
        left = [f.reason for f in migration.findings if f.reason is not None]
        assert migration.findings, ask
        assert not left, migration.findings
        assert f"import OpenAI from '{module}';".encode() in migration.result


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(
    "module",
    [
        pytest.param("npm:openai-edge@1", id="another-package"),
        pytest.param("npm:@azure/openai@1", id="azures-package"),
        pytest.param("jsr:@somebody/openai", id="another-author-of-jsr"),
        pytest.param("npm:openai@4/resources", id="a-part-of-the-package"),
        pytest.param("https://deno.land/x/openai@1.4.3/mod.ts", id="another-author-of-deno-land"),
        pytest.param("https://example.com/openai@4", id="an-unknown-address"),
    ],
)
def test_a_module_that_only_looks_like_the_package_is_not_openais(module: str, target: str) -> None:
    head = f"import OpenAI from '{module}';\nconst openai = new OpenAI();"
    assert not _run(_asking(head), "a.ts", target).changed


def test_the_official_package_is_no_module_of_the_project() -> None:
    source = _asking("import { AzureOpenAI } from 'openai';\nconst openai = new AzureOpenAI({});")
    assert _run(source, "a.ts", "responses", "openai").findings == ()
    # What the package exports is a class, which is no client.
    source = _asking("import openai from 'openai';")
    assert not _run(source, "a.ts", "responses", "openai").changed


def test_a_run_on_threads_is_migrated_on_a_named_client() -> None:
    source = _asking("import { openai } from '@/lib/openai';", ask=_THREADS)
    [finding] = _run(source, "a.ts", "responses").findings
    assert finding.reason is Reason.CLIENT_UNKNOWN
    assert finding.detail.endswith('`openai-clients = ["@/lib/openai"]`')
    migration = _run(source, "a.ts", "responses", "@/lib/openai")
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert b"await openai.responses.create({" in migration.result
    assert b"threads" not in migration.result


def test_two_clients_of_named_modules_are_two_accounts() -> None:
    head = "import { openai, second } from '@/lib/openai';"
    source = _asking(head, ask=_THREADS.replace("OTHER", "second"))
    migration = _run(source, "a.ts", "responses", "@/lib/openai")
    assert not migration.changed
    assert Reason.OTHER_CALL in {f.reason for f in migration.findings}


_PYTHON_NAMED = {
    "a-module": (_python("from app.clients import client"), "app.clients"),
    "a-module-under-another-name": (
        _python("from app.clients import openai_client as client"),
        "app.clients",
    ),
    "a-member-of-a-module": (_python("from app import clients", "clients.client"), "app.clients"),
    "a-place": (_python("from ..clients import client"), "app.clients"),
    "a-place-beside-the-file": (_python("from .clients import client"), "api.clients"),
    "a-function": (
        _python(
            "from app.clients import get_client",
            ask=_PYTHON.replace("question):\n", "question):\n    client = get_client()\n"),
        ),
        "app.clients",
    ),
}


@pytest.mark.parametrize(("source", "module"), _PYTHON_NAMED.values(), ids=_PYTHON_NAMED)
def test_a_named_client_is_openais_in_python(source: bytes, module: str) -> None:
    path = "app/api/ask.py"
    [finding] = _run(source, path, "responses", "other").findings
    assert finding.reason is Reason.CLIENT_UNKNOWN
    said = finding.detail.split('"')[1]
    for name in (module, said):
        migration = _run(source, path, "responses", name)
        assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED], name
        assert b".responses.create(" in migration.result
        assert b"threads" not in migration.result


def test_a_named_client_whose_calls_are_awaited_waits() -> None:
    ask = _PYTHON.replace("def ", "async def ").replace("CLIENT.beta", "await CLIENT.beta")
    source = _python("from app.clients import client", ask=ask)
    migration = _run(source, "a.py", "responses", "app.clients")
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert b"= await client.responses.create(" in migration.result


_PYTHON_LEFT = {
    "another-module": ("from app.clients import client", "app.other", Reason.CLIENT_UNKNOWN),
    "the-end-of-a-modules-name": ("from app.clients import client", "clients", None),
    "a-function-that-is-given-another-host": (
        "from app.clients import make\n\nclient = make(base_url=PROXY)",
        "app.clients",
        Reason.CLIENT_HOST_UNKNOWN,
    ),
    "the-file-leads-it-elsewhere": (
        "from app.clients import client\n\nclient.base_url = PROXY",
        "app.clients",
        Reason.CLIENT_HOST_UNKNOWN,
    ),
}


@pytest.mark.parametrize(("head", "module", "reason"), _PYTHON_LEFT.values(), ids=_PYTHON_LEFT)
def test_a_client_is_left_in_python(head: str, module: str, reason: Reason | None) -> None:
    migration = _run(_python(head), "app/api/ask.py", "responses", module)
    assert not migration.changed
    assert migration.findings[0].reason is (reason or Reason.CLIENT_UNKNOWN)


@pytest.mark.parametrize("value", ["../lib/openai", "a b", 'a"b', "", 3, ["a", 1]])
def test_the_setting_takes_modules_only(value: object) -> None:
    with pytest.raises(SettingsError, match="openai-clients"):
        load("", {"openai_clients": value}, search=False)


def test_the_setting_is_read_from_pyproject(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.callmend]\nopenai-clients = ["@/lib/ai"]\n')
    assert load(str(tmp_path), {}).openai_clients == ("@/lib/ai",)


_OPENAI = "import OpenAI from 'openai';"
_CLASS = """\
MEMBER

  async ask(id: string, text: string) {
    const run = await this.ai.workflows.runs.create({ workflow_id: id, input: { message: text } });
    return run.output_text;
  }
}
"""
_GIVEN = {
    "a-parameter-of-the-constructor": (
        _OPENAI,
        "export class Bot {\n  constructor(private readonly ai: OpenAI) {}",
    ),
    "a-field": (
        _OPENAI,
        "export class Bot {\n  private ai: OpenAI;\n\n  constructor(ai: OpenAI) {\n"
        "    this.ai = ai;\n  }",
    ),
    "a-default": (
        "import { openai } from '@/lib/openai';",
        "export class Bot {\n  constructor(private ai = openai) {}",
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("head", "member"), _GIVEN.values(), ids=_GIVEN)
def test_a_client_that_a_class_is_given_is_told(head: str, member: str, target: str) -> None:
    source = f"{head}\n\n{_CLASS.replace('MEMBER', member)}".encode()
    [finding] = _run(source, "a.ts", target, "@/lib/openai").findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.CLIENT_UNKNOWN)


def test_a_field_that_is_called_openai_is_told_where_nothing_says_what_it_is() -> None:
    member = "class Bot {\n  constructor(openai) {\n    this.openai = openai;\n  }"
    source = _CLASS.replace("MEMBER", member).replace("this.ai", "this.openai").encode()
    [finding] = _run(source, "a.ts", "responses").findings
    assert finding.reason is Reason.CLIENT_UNKNOWN


@pytest.mark.parametrize(
    ("head", "member"),
    [
        (
            "import { CozeAPI } from '@coze/api';",
            "class Bot {\n  constructor(private ai: CozeAPI) {}",
        ),
        (
            "import { AzureOpenAI } from 'openai';",
            "class Bot {\n  constructor(private ai: AzureOpenAI) {}",
        ),
        ("import { ai } from './ai';", "class Bot {\n  constructor(private ai) {}"),
    ],
    ids=["coze", "azure", "anything"],
)
def test_a_client_of_another_that_a_class_is_given_is_not_mentioned(head: str, member: str) -> None:
    source = f"{head}\n\n{_CLASS.replace('MEMBER', member)}".encode()
    assert _run(source, "a.ts", "responses").findings == ()
