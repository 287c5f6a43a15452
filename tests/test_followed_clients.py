"""A client that another file of the project exports is followed to where it is made, or left."""

from __future__ import annotations

from pathlib import Path

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket, Migration
from callmend.reasons import Reason
from callmend.run import plan
from callmend.settings import Settings

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_PACKAGE = "import OpenAI, { AzureOpenAI } from 'openai';\n"
_MADE = f"{_PACKAGE}export const openai = new OpenAI({{ apiKey: process.env.KEY }});\n"


def _asking(head: str, client: str = "openai") -> bytes:
    return (
        f"{head}\nexport async function ask(id: string, text: string) {{\n"
        f"  const run = await {client}.workflows.runs.create("
        "{ workflow_id: id, input: { message: text } });\n  return run.output_text;\n}\n"
    ).encode()


def _run(files: dict[str, str], head: str, target: str, client: str = "openai") -> Migration:
    known = {path: code.encode() for path, code in files.items()}
    return migrate(_asking(head, client), "src/api/ask.ts", Settings(target=target), read=known.get)


_NAMED = "import { openai } from '../lib/openai';"
#: The files of the project, how the client is imported, and what it is called.
_FOLLOWED = {
    "a-constant": ({"src/lib/openai.ts": _MADE}, _NAMED, "openai"),
    "by-an-alias": (
        {"src/lib/openai.ts": _MADE},
        "import { openai } from '@/lib/openai';",
        "openai",
    ),
    "an-alias-of-the-root": (
        {"lib/openai.ts": _MADE},
        "import { openai } from '@/lib/openai';",
        "openai",
    ),
    "a-folder": ({"src/lib/openai/index.js": _MADE}, _NAMED, "openai"),
    "in-the-spelling-of-esm": (
        {"src/lib/openai.ts": _MADE},
        "import { openai } from '../lib/openai.js';",
        "openai",
    ),
    "the-default": (
        {"src/lib/openai.ts": f"{_PACKAGE}const client = new OpenAI();\nexport default client;\n"},
        "import openai from '../lib/openai';",
        "openai",
    ),
    "the-default-as-it-is-made": (
        {"src/lib/openai.ts": f"{_PACKAGE}export default new OpenAI();\n"},
        "import openai from '../lib/openai';",
        "openai",
    ),
    "under-another-name": (
        {"src/lib/openai.ts": f"{_PACKAGE}const own = new OpenAI();\nexport {{ own as ai }};\n"},
        "import { ai as openai } from '../lib/openai';",
        "openai",
    ),
    "passed-on-by-an-index": (
        {
            "src/lib/index.ts": "export { openai } from './openai';\n",
            "src/lib/openai.ts": _MADE,
        },
        "import { openai } from '../lib';",
        "openai",
    ),
    "a-whole-module": (
        {"src/lib/openai.ts": _MADE},
        "import * as clients from '../lib/openai';",
        "clients.openai",
    ),
    "a-function": (
        {"src/lib/openai.ts": f"{_PACKAGE}export function getAI() {{ return new OpenAI(); }}\n"},
        "import { getAI } from '../lib/openai';\nconst openai = getAI();",
        "openai",
    ),
    "a-function-that-makes-it-once": (
        {
            "src/lib/openai.ts": f"{_PACKAGE}let made: OpenAI | null = null;\n"
            "export const getAI = () => {\n  if (!made) made = new OpenAI();\n  return made;\n};\n"
        },
        "import { getAI } from '../lib/openai';\nconst openai = getAI();",
        "openai",
    ),
    "commonjs": (
        {
            "src/lib/openai.js": "const OpenAI = require('openai');\n"
            "const openai = new OpenAI();\nmodule.exports = { openai, model: 'gpt-5.1' };\n"
        },
        "const { openai } = require('../lib/openai');",
        "openai",
    ),
}
_LEFT = {
    "there-is-no-such-file": ({}, _NAMED, Reason.CLIENT_UNKNOWN),
    "the-file-does-not-export-it": (
        {"src/lib/openai.ts": _MADE.replace("export ", "")},
        _NAMED,
        Reason.CLIENT_UNKNOWN,
    ),
    "its-base-is-a-setting": (
        {"src/lib/openai.ts": _MADE.replace("apiKey", "baseURL: process.env.URL, apiKey")},
        _NAMED,
        Reason.CLIENT_UNKNOWN,
    ),
    "its-base-is-set-later": (
        {"src/lib/openai.ts": f"{_MADE}openai.baseURL = process.env.URL;\n"},
        _NAMED,
        Reason.CLIENT_UNKNOWN,
    ),
    "it-sends-a-header-of-its-own": (
        {
            "src/lib/openai.ts": _MADE.replace(
                "apiKey", "defaultHeaders: { 'OpenAI-Beta': 'workflows=v1' }, apiKey"
            )
        },
        _NAMED,
        Reason.CLIENT_UNKNOWN,
    ),
    "the-file-does-not-parse": (
        {"src/lib/openai.ts": f"{_MADE}export const = ;\n"},
        _NAMED,
        Reason.CLIENT_UNKNOWN,
    ),
    "the-alias-may-be-another-file": (
        {
            "src/lib/openai.ts": _MADE,
            "lib/openai.ts": "import { make } from './make';\nexport const openai = make();\n",
        },
        "import { openai } from '@/lib/openai';",
        Reason.CLIENT_UNKNOWN,
    ),
    "it-is-passed-on-from-nowhere": (
        {"src/lib/openai.ts": "export { openai } from './own';\n"},
        _NAMED,
        Reason.CLIENT_UNKNOWN,
    ),
    "it-is-only-one-of-two": (
        {
            "src/lib/openai.ts": f"{_PACKAGE}import {{ other }} from './other';\n"
            "export function openai() {\n  if (other) return other;\n  return new OpenAI();\n}\n"
        },
        "import { openai as get } from '../lib/openai';\nconst openai = get();",
        Reason.CLIENT_UNKNOWN,
    ),
}


@_TARGETS
@pytest.mark.parametrize(("files", "head", "client"), _FOLLOWED.values(), ids=_FOLLOWED)
def test_a_client_that_is_visibly_openais_is_followed(
    files: dict[str, str], head: str, client: str, target: str
) -> None:
    migration = _run(files, head, target, client)
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED], migration.findings
    assert migration.failure is None
    assert b"workflows.runs" not in migration.result


@_TARGETS
@pytest.mark.parametrize(("files", "head", "reason"), _LEFT.values(), ids=_LEFT)
def test_a_client_is_left_because(
    files: dict[str, str], head: str, reason: Reason, target: str
) -> None:
    migration = _run(files, head, target)
    assert not migration.changed
    assert [f.reason for f in migration.findings] == [reason]


@_TARGETS
def test_a_client_of_another_service_is_no_openais(target: str) -> None:
    azure = f"{_PACKAGE}export const openai = new AzureOpenAI({{ apiVersion: '1' }});\n"
    migration = _run({"src/lib/openai.ts": azure}, _NAMED, target)
    assert migration.findings == ()


_USES = {
    "chat": "export const chat = (messages) => openai.chat.completions.create({ messages });",
    "models": "export const alive = async () => (await openai.models.list()).data.length > 0;",
    "responses": "const other = () => openai.responses.create({ model: 'gpt-5.1', input: 'hi' });",
}


@_TARGETS
@pytest.mark.parametrize("use", _USES.values(), ids=_USES)
def test_a_client_is_openais_where_its_file_is_not_there_and_this_one_shows_it(
    use: str, target: str
) -> None:
    migration = _run({}, f"{_NAMED}\n{use}", target)
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    assert migration.failure is None
    [told] = [note.text for note in finding.notes if "taken for OpenAI's client" in note.text]
    assert told.startswith("`openai` is")
    assert use.encode() in migration.result


_NOT_SHOWN = {
    "its-file-is-there": (
        {"src/lib/openai.ts": f"{_MADE}export const = ;\n"},
        _NAMED,
        _USES["chat"],
    ),
    "its-file-sends-a-header": (
        {
            "src/lib/openai.ts": _MADE.replace(
                "apiKey", "defaultHeaders: { 'OpenAI-Beta': 'a' }, apiKey"
            )
        },
        _NAMED,
        _USES["chat"],
    ),
    "its-module-is-not-called-so": ({}, "import { openai } from '../lib/clients';", _USES["chat"]),
    "its-module-is-azures": ({}, "import { openai } from '../lib/azure-openai';", _USES["chat"]),
    "it-is-azures": ({}, "import { azure as openai } from '../lib/openai';", _USES["chat"]),
    "another-client-has-it": (
        {},
        f"{_NAMED}\nimport {{ other }} from '../lib/openai';",
        _USES["chat"].replace("openai", "other"),
    ),
    "another-method": ({}, _NAMED, "export const tell = () => openai.chat.send('hi');"),
}


@_TARGETS
@pytest.mark.parametrize(("files", "head", "use"), _NOT_SHOWN.values(), ids=_NOT_SHOWN)
def test_a_client_is_not_shown_to_be_openais(
    files: dict[str, str], head: str, use: str, target: str
) -> None:
    migration = _run(files, f"{head}\n{use}", target)
    assert not migration.changed
    assert [f.reason for f in migration.findings] == [Reason.CLIENT_UNKNOWN]


def test_a_run_reads_the_file_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "src" / "lib").mkdir(parents=True)
    (tmp_path / "src" / "api").mkdir()
    (tmp_path / "src" / "lib" / "openai.ts").write_text(_MADE)
    (tmp_path / "src" / "api" / "ask.ts").write_bytes(
        _asking("import { openai } from '@/lib/openai';")
    )
    monkeypatch.chdir(tmp_path)
    run = plan(["src/api/ask.ts"], Settings(target="responses"))
    assert [f.bucket for f in run.findings] == [Bucket.MIGRATED]
    assert [m.path for m in run.changed] == ["src/api/ask.ts"]
