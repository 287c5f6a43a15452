"""`--assistant-id`: the id is written where the call takes it from, and nowhere else."""

from __future__ import annotations

import pytest

from callmend.configure import Configuration, configure
from callmend.engine import migrate
from callmend.settings import Settings

ID = "asst_abc123"
CALL = """\
{head}
export async function ask(text: string, config: any, key: string) {{
{local}  const response = await fetch('https://api.openai.com/v1/workflows/runs', {{
    method: 'POST',
    headers: {{ 'Authorization': `Bearer ${{key}}` }},
    body: JSON.stringify({{ workflow_id: {id}, input: {{ message: text }} }})
  }});
  const data = await response.json();
  return data.output?.message || '';
}}
"""


def run(
    head: str,
    expression: str,
    files: dict[str, str] | None = None,
    *,
    local: str = "",
    assistant_id: str | None = ID,
    config_file: str | None = None,
    path: str = "src/lib/ask.ts",
) -> tuple[Configuration, dict[str, str]]:
    """Migrate one call and configure its id; the changed files by path, as text."""
    settings = Settings(assistant_id=assistant_id, config_file=config_file)
    source = CALL.format(head=head, id=expression, local=local).encode()
    migration = migrate(source, path, settings)
    assert migration.failure is None
    assert migration.changed

    def read(name: str) -> bytes | None:
        text = (files or {}).get(name)
        return None if text is None else text.encode()

    done = configure([migration], settings, read)
    assert all(m.failure is None for m in done.migrations)
    return done, {m.path: m.result.decode() for m in done.migrations if m.changed}


@pytest.mark.parametrize(
    ("head", "expression", "name", "before", "after"),
    [
        pytest.param(
            "import { WORKFLOW_ID } from './config';",
            "WORKFLOW_ID",
            "src/lib/config.ts",
            "export const WORKFLOW_ID = '';\n",
            f"export const WORKFLOW_ID = '{ID}';\n",
            id="an-imported-constant",
        ),
        pytest.param(
            "import { WORKFLOW_ID as W } from '../config.js';",
            "W",
            "src/config.ts",
            'export const WORKFLOW_ID = "wf_68a1";\n',
            f'export const WORKFLOW_ID = "{ID}";\n',
            id="an-alias-and-a-js-specifier-that-means-ts",
        ),
        pytest.param(
            "import { settings } from '@/settings';",
            "settings.workflowId",
            "src/settings/index.ts",
            "export const settings = {\n  key: 'a',\n  workflowId: 'YOUR_WORKFLOW_ID',\n};\n",
            f"export const settings = {{\n  key: 'a',\n  workflowId: '{ID}',\n}};\n",
            id="an-object-member-behind-an-alias-and-an-index-file",
        ),
        pytest.param(
            "import { get } from './config';",
            "get().workflowId",
            "src/lib/config.ts",
            "const D = '';\nexport function get() {\n"
            "  return { workflowId: localStorage.getItem('wf') || D };\n}\n",
            f"const D = '{ID}';\nexport function get() {{\n"
            "  return { workflowId: localStorage.getItem('wf') || D };\n}\n",
            id="the-default-behind-local-storage-not-its-key",
        ),
        pytest.param(
            "import conf from './config';",
            "conf.openai.workflowId",
            "src/lib/config.js",
            "export default { openai: { workflowId: '' } };\n",
            f"export default {{ openai: {{ workflowId: '{ID}' }} }};\n",
            id="a-nested-member-of-a-default-export",
        ),
    ],
)
def test_the_id_is_written_where_it_comes_from(
    head: str, expression: str, name: str, before: str, after: str
) -> None:
    done, changed = run(head, expression, {name: before})
    assert changed[name] == after
    assert done.remarks == ()


def test_a_destructured_setting_is_followed() -> None:
    files = {"src/lib/config.ts": "export const c = { workflowId: '' };\n"}
    _, changed = run(
        "import { c } from './config';",
        "workflowId",
        files,
        local="  const { workflowId } = c;\n",
    )
    assert changed["src/lib/config.ts"] == f"export const c = {{ workflowId: '{ID}' }};\n"


def test_a_literal_in_the_call_is_exchanged_and_the_log_line_agrees() -> None:
    _, changed = run("", "'wf_123'")
    text = changed["src/lib/ask.ts"]
    assert f"assistant_id: '{ID}'" in text
    assert f"running assistant:', '{ID}');" in text
    assert "wf_123" not in text


def test_a_constant_of_the_same_file_is_exchanged_in_the_same_migration() -> None:
    done, changed = run("const WF = 'wf_123';", "WF")
    assert changed["src/lib/ask.ts"].startswith(f"const WF = '{ID}';\n")
    assert len(done.migrations) == 1


def test_without_the_flag_the_run_says_where_the_id_must_go() -> None:
    files = {"src/lib/config.ts": "// c\nexport const WORKFLOW_ID = '';\n"}
    done, changed = run(
        "import { WORKFLOW_ID } from './config';", "WORKFLOW_ID", files, assistant_id=None
    )
    assert list(changed) == ["src/lib/ask.ts"]
    assert len(done.remarks) == 1
    assert done.remarks[0].startswith("src/lib/config.ts:2: ")
    assert "--assistant-id" in done.remarks[0]


def test_another_assistants_id_is_left_and_said() -> None:
    text = "export const WORKFLOW_ID = 'asst_other';\n"
    done, changed = run(
        "import { WORKFLOW_ID } from './config';", "WORKFLOW_ID", {"src/lib/config.ts": text}
    )
    assert "src/lib/config.ts" not in changed
    assert "asst_other" in done.remarks[0]


def test_the_same_id_again_changes_nothing_and_says_nothing() -> None:
    text = f"export const WORKFLOW_ID = '{ID}';\n"
    done, changed = run(
        "import { WORKFLOW_ID } from './config';", "WORKFLOW_ID", {"src/lib/config.ts": text}
    )
    assert "src/lib/config.ts" not in changed
    assert done.remarks == ()


def test_an_environment_variable_is_named_not_written() -> None:
    done, changed = run("", "process.env.OPENAI_WORKFLOW_ID!")
    assert list(changed) == ["src/lib/ask.ts"]
    assert done.remarks[0].startswith("OPENAI_WORKFLOW_ID: ")


@pytest.mark.parametrize(
    ("head", "expression", "files"),
    [
        pytest.param("", "config.workflowId", {}, id="a-parameter"),
        pytest.param("import { W } from 'settings';", "W", {}, id="a-package"),
        pytest.param("import { W } from './gone';", "W", {}, id="a-file-that-is-not-there"),
        pytest.param(
            "import { c } from './config';",
            "c.workflowId",
            {"src/lib/config.ts": "const A = ''; const B = '';\nexport const c = f(A, B);\n"},
            id="a-value-that-is-computed",
        ),
        pytest.param(
            "import { c } from './config';",
            "c.workflowId",
            {
                "src/lib/config.ts": "export const c = { dev: { workflowId: '' }, "
                "prod: { workflowId: '' } };\n"
            },
            id="two-places-that-wait-for-an-id",
        ),
    ],
)
def test_what_cannot_be_followed_is_said_with_the_calls_line(
    head: str, expression: str, files: dict[str, str]
) -> None:
    done, changed = run(head, expression, files)
    assert list(changed) == ["src/lib/ask.ts"]
    assert len(done.remarks) == 1
    assert done.remarks[0].startswith("src/lib/ask.ts:")
    assert "--config-file" in done.remarks[0]


def test_a_named_config_file_wins() -> None:
    files = {"conf/openai.ts": "export const OPENAI_WORKFLOW_ID = '';\nconst other = '';\n"}
    done, changed = run("", "config.id", files, config_file="conf/openai.ts")
    assert changed["conf/openai.ts"].startswith(f"export const OPENAI_WORKFLOW_ID = '{ID}';")
    assert done.remarks == ()


def test_a_settings_file_that_holds_a_call_of_its_own_gets_both_changes_once() -> None:
    settings = Settings(assistant_id=ID)
    first = CALL.format(head="import { W } from './b';", id="W", local="").encode()
    second = CALL.format(head="export const W = '';", id="W", local="").encode()
    migrations = [migrate(first, "a.ts", settings), migrate(second, "b.ts", settings)]
    done = configure(migrations, settings, lambda _: None)
    results = {m.path: m.result.decode() for m in done.migrations}
    assert results["b.ts"].startswith(f"export const W = '{ID}';\n")
    assert "threads/runs" in results["b.ts"]
    assert done.remarks == ()


def test_the_id_of_a_run_that_is_asked_for_is_no_assistants() -> None:
    given = (
        b"const RUNS = 'https://api.openai.com/v1/workflows/runs';\n"
        b"const headers = { Authorization: `Bearer ${process.env.KEY}` };\n"
        b"export async function start(message) {\n"
        b"  const res = await fetch(RUNS, { method: 'POST', headers,\n"
        b"    body: JSON.stringify({ workflow_id: process.env.WF, input: { message } }) });\n"
        b"  if (!res.ok) throw new Error('start');\n  return (await res.json()).id;\n}\n"
        b"export async function ask(id) {\n"
        b"  const res = await fetch(`${RUNS}/${id}`, { headers });\n"
        b"  if (!res.ok) throw new Error('ask');\n"
        b"  return (await res.json()).output_text;\n}\n"
    )
    migration = migrate(given, "a.js", Settings())
    assert [finding.bucket.value for finding in migration.findings] == ["migrated", "migrated"]
    assert [(o.shown, o.value) for o in migration.origins] == [("process.env.WF", "WF")]


@pytest.mark.parametrize(
    ("above", "body"),
    [
        (
            "const payload = { workflow_id: process.env.WF, input: text };",
            "JSON.stringify(payload)",
        ),
        ("const body = JSON.stringify({ workflow_id: process.env.WF, input: text });", "body"),
        ("", "JSON.stringify({ workflow_id: process.env.WF, input: text })"),
    ],
    ids=["object-above", "text-above", "inline"],
)
def test_an_id_in_a_body_that_stands_above_is_told(above: str, body: str) -> None:
    given = (
        f"export async function ask(text) {{\n  {above}\n"
        "  const res = await fetch('https://api.openai.com/v1/workflows/runs', {\n"
        "    method: 'POST', headers: { Authorization: `Bearer ${process.env.KEY}` },\n"
        f"    body: {body},\n  }});\n"
        "  if (!res.ok) throw new Error('no');\n  return (await res.json()).output_text;\n}\n"
    )
    migration = migrate(given.encode(), "a.js", Settings())
    assert [finding.bucket.value for finding in migration.findings] == ["migrated"]
    assert [(o.shown, o.value) for o in migration.origins] == [("process.env.WF", "WF")]


_ASKING = (
    "export async function ask(text) {\n  ABOVE\n  const res = await fetch(URL, {\n"
    "    method: 'POST', headers: { Authorization: `Bearer ${process.env.KEY}` },\n"
    "    body: BODY,\n  });\n"
    "  if (!res.ok) throw new Error('no');\n  return (await res.json()).output_text;\n}\n"
)
_RUNS = "'https://api.openai.com/v1/workflows/runs'"
_SENT = "{ workflow_id: 'wf_68a1', version: '2', input: { message: text } }"
_REWRITTEN = {
    # what stands above the request, its URL and its body
    "in-a-body-that-is-written-anew": ("", _RUNS, f"JSON.stringify({_SENT})"),
    "in-a-payload-above": (f"const sent = {_SENT};", _RUNS, "JSON.stringify(sent)"),
    "in-the-path": (
        "",
        "'https://api.openai.com/v1/workflows/wf_68a1/runs'",
        "JSON.stringify({ input: { message: text } })",
    ),
}


@pytest.mark.parametrize(("above", "url", "body"), _REWRITTEN.values(), ids=_REWRITTEN)
def test_an_id_in_code_that_is_written_anew_is_exchanged_there(
    above: str, url: str, body: str
) -> None:
    source = _ASKING.replace("ABOVE", above).replace("URL", url).replace("BODY", body)
    settings = Settings(assistant_id=ID)
    migration = migrate(source.encode(), "a.js", settings)
    configured = configure([migration], settings, lambda _: None)
    [done] = configured.migrations
    assert done.failure is None
    assert done.result.count(f"assistant_id: '{ID}'".encode()) == 1
    assert b"wf_68a1" not in done.result
    assert configured.remarks == ()
