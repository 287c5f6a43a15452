"""Assistants code of OpenAI's own SDK becomes Responses code, or is left with a reason."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from callmend.endpoints import catalogue
from callmend.findings import Bucket, Migration
from callmend.reasons import Reason
from callmend.settings import Settings
from tests import assistants_code
from tests.assistants_requests import Left
from tests.invariants import check, migrated
from tests.test_goldens import found_in
from tests.variants import VARIANTS, apply

GOLDENS = Path(__file__).with_name("goldens_responses")
_USUAL_FINDINGS = "CM221 migrated\n"
_RESPONSES = Settings(target="responses")


@dataclass(frozen=True)
class Golden:
    """A pair of files: what is given, what has to come out, and what is found on the way."""

    name: str
    path: str
    source: bytes
    expected: bytes
    findings: str
    settings: Settings


@cache
def goldens() -> dict[str, Golden]:
    """Every folder of tests/goldens_responses, by name."""
    found = {}
    for folder in sorted(GOLDENS.iterdir()):
        [source] = folder.glob("input.*")
        findings, settings = folder / "findings.txt", folder / "settings.toml"
        given = tomllib.loads(settings.read_text()) if settings.exists() else {}
        found[folder.name] = Golden(
            name=folder.name,
            path=source.name,
            source=source.read_bytes(),
            expected=source.with_stem("expected").read_bytes(),
            findings=findings.read_text() if findings.exists() else _USUAL_FINDINGS,
            settings=Settings(target="responses", **given),
        )
    return found


def _checked(source: bytes, path: str, settings: Settings = _RESPONSES) -> Migration:
    return check(source, path, settings)


@pytest.mark.parametrize("golden", goldens().values(), ids=lambda golden: golden.name)
def test_golden(golden: Golden) -> None:
    migration = _checked(golden.source, golden.path, golden.settings)
    assert migration.result.decode() == golden.expected.decode()
    assert found_in(migration) == golden.findings


@pytest.mark.parametrize("golden", goldens().values(), ids=lambda golden: golden.name)
def test_nothing_of_the_old_api_is_called_any_more(golden: Golden) -> None:
    assert b"beta.threads" not in golden.expected
    assert b"beta.assistants" not in golden.expected


@pytest.mark.parametrize("golden", goldens().values(), ids=lambda golden: golden.name)
def test_line_ends_are_kept(golden: Golden) -> None:
    source = golden.source.replace(b"\n", b"\r\n")
    migration = _checked(source, golden.path, golden.settings)
    assert migration.result.decode() == golden.expected.replace(b"\n", b"\r\n").decode()


@pytest.mark.parametrize("golden", goldens().values(), ids=lambda golden: golden.name)
def test_the_default_target_reports_and_rewrites_nothing(golden: Golden) -> None:
    migration = check(golden.source, golden.path)
    assert migration.result == golden.source
    assert {f.bucket for f in migration.findings} == {Bucket.ALREADY_MIGRATED}
    assert {f.rule[:3] for f in migration.findings} <= {"CM2"}


@pytest.mark.parametrize("case", assistants_code.LEFT.values(), ids=list(assistants_code.LEFT))
def test_it_is_left_because(case: Left) -> None:
    migration = _checked(case.source.encode(), case.path)
    assert migration.result.decode() == case.source
    left = [finding for finding in migration.findings if finding.bucket is Bucket.LEFT]
    assert len(left) == len(migration.findings)
    assert case.reason in [finding.reason for finding in left]


@pytest.mark.parametrize("name", assistants_code.NOT_OURS)
def test_a_look_alike_is_none_of_ours(name: str) -> None:
    source = assistants_code.NOT_OURS[name]
    assert _checked(source.encode(), "a.ts").findings == ()


def test_refusals_are_as_many_as_rewrites() -> None:
    assert len(assistants_code.LEFT) + len(assistants_code.NOT_OURS) >= len(goldens())


def test_every_sdk_method_is_in_one_row_of_the_catalogue() -> None:
    methods = [method for endpoint in catalogue() for method in endpoint.sdk]
    assert len(set(methods)) == len(methods)
    assert all(method.startswith("beta.") for method in methods)


@pytest.mark.parametrize(
    ("model", "written"),
    [
        ("'gpt-4o'", "'gpt-6-luna'"),
        ("'gpt-4'", "'gpt-6-luna'"),
        ("'gpt-6.1-sol'", "'gpt-6.1-sol'"),
        ("'ft:gpt-4o:me::1'", "'ft:gpt-4o:me::1'"),
        ("config.model", "config.model"),
    ],
)
def test_a_retired_or_retiring_model_is_not_carried_over(model: str, written: str) -> None:
    source = assistants_code.ask("", f"model: {model}, ").encode()
    migration = _checked(source, "a.ts")
    assert f"    model: {written},\n" in migration.result.decode()
    notes = [note.text for finding in migration.findings for note in finding.notes]
    assert (written == "'gpt-6-luna'") == any("so the new call names" in note for note in notes)


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ({"model": "gpt-6.1-sol"}, "model: 'gpt-6.1-sol',"),
        ({"model_expr": "config.model"}, "model: config.model,"),
        ({"instructions": 'Say "it\'s".'}, "instructions: 'Say \"it\\'s\".',"),
        ({"instructions_expr": "config.prompt"}, "instructions: config.prompt,"),
    ],
)
def test_the_settings_name_model_and_instructions(given: dict[str, str], written: str) -> None:
    settings = Settings(target="responses", **given)  # type: ignore[arg-type]
    source = b"import { config } from './config';\n" + assistants_code.ask("").encode()
    assert f"    {written}\n" in _checked(source, "a.ts", settings).result.decode()


@pytest.mark.parametrize("parameter", assistants_code.DROPPED)
def test_what_has_no_counterpart_is_dropped_with_a_note_that_names_it(parameter: str) -> None:
    source = assistants_code.ask("", assistants_code.DROPPED[parameter]).encode()
    migration = _checked(source, "a.ts")
    assert parameter not in migration.result.decode()
    notes = [note.text for finding in migration.findings for note in finding.notes]
    assert [note for note in notes if f"`{parameter}`" in note]


@pytest.mark.parametrize(
    "head",
    [
        "const openai = new OpenAI({ apiKey: key, dangerouslyAllowBrowser: true });\n",
        "const openai = new OpenAI({ apiKey: import.meta.env.VITE_OPENAI_API_KEY });\n",
        "const openai = new OpenAI({ apiKey: process.env.NEXT_PUBLIC_OPENAI_KEY });\n",
    ],
)
def test_a_key_that_goes_into_a_page_is_told_and_never_added(head: str) -> None:
    source = assistants_code.ask(head="import OpenAI from 'openai';\n" + head)
    migration = _checked(source.encode(), "a.ts")
    notes = [note for finding in migration.findings for note in finding.notes if note.always]
    assert len(notes) == 1
    assert "everybody who opens it can read the key" in notes[0].text
    assert head in migration.result.decode()
    plain = _checked(assistants_code.ask().encode(), "a.ts")
    assert not [note for finding in plain.findings for note in finding.notes if note.always]


def test_a_second_run_finds_nothing_to_do() -> None:
    for golden in goldens().values():
        again = migrated(golden.expected, golden.path, golden.settings)
        assert again.edits == ()
        assert [f for f in again.findings if f.bucket is not Bucket.LEFT] == []


def test_a_name_of_the_settings_that_the_file_does_not_have_is_refused() -> None:
    settings = Settings(target="responses", model_expr="config.model")
    migration = _checked(assistants_code.ask("").encode(), "a.ts", settings)
    assert [finding.reason for finding in migration.findings] == [Reason.NAME_NOT_IN_SCOPE]


#: The variants of tests/variants.py whose expected form is the expected file's own variant.
_STYLES = (
    "bom",
    "no-final-newline",
    "tabs",
    "4-spaces",
    "double-quotes",
    "no-semicolons",
    "javascript",
)


@pytest.mark.parametrize("style", _STYLES)
@pytest.mark.parametrize("golden", goldens().values(), ids=lambda golden: golden.name)
def test_the_files_own_style_is_written(golden: Golden, style: str) -> None:
    if style == "javascript" and golden.path.endswith(("js", "jsx")):
        return
    source, path = apply(VARIANTS[style], golden.source, golden.path)
    expected, _ = apply(VARIANTS[style], golden.expected, golden.path)
    assert _checked(source, path, golden.settings).result.decode() == expected.decode()


_STREAM = """\
  const stream = client.beta.threads.runs.stream(thread.id, { assistant_id: 'asst_1' });
  for await (const event of stream) {
    if (event.event === 'thread.message.delta') {
      const part = event.data.delta.content?.[0];
      if (part?.type === 'text') process.stdout.write(part.text?.value ?? '');
    }
  }
"""
_TWO = f"""\
import OpenAI from 'openai';
const client = new OpenAI();
async function started(text: string) {{
  const thread = await client.beta.threads.create();
  await client.beta.threads.messages.create(thread.id, {{ role: 'user', content: text }});
  return thread;
}}
export async function first(text: string) {{
  const thread = await client.beta.threads.create({{
    messages: [{{ role: 'user', content: text }}],
  }});
{_STREAM}}}
export async function second(text: string) {{
  const thread = await started(text);
{_STREAM}}}
"""


def test_a_run_in_helpers_is_taken_in_beside_one_that_is_in_none() -> None:
    migration = _checked(_TWO.encode(), "a.ts")
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED] * 2
    result = migration.result.decode()
    assert "beta.threads" not in result
    assert result.count("of answerEvents(") == 2
    assert result.count("function* answerEvents<") == 1
    assert result.count("input: text") == 2


def test_a_run_in_helpers_is_left_beside_one_that_is_left() -> None:
    other = "export const third = (id: string) =>\n  client.beta.threads.runs.create(id, own);\n"
    migration = _checked((_TWO + other).encode(), "a.ts")
    left = [f for f in migration.findings if f.bucket is Bucket.LEFT]
    assert len(left) > 1
    assert "await started(text)" in migration.result.decode()
