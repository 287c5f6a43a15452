"""Wrong calls of the Responses API are mended, or left with a reason; right ones never named."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from callmend.endpoints import Status, by_rule, may_call
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests import wrong_calls
from tests.invariants import check
from tests.test_goldens import found_in
from tests.variants import VARIANTS, apply

GOLDENS = Path(__file__).with_name("goldens_wrong")
_RULE = "CM301"
_USUAL_FINDINGS = f"{_RULE} migrated\n"
#: What holds in any dialect and with any names.
_VARIANTS = ("crlf", "bom", "no-final-newline", "tabs", "double-quotes")


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
    """Every folder of tests/goldens_wrong, by name."""
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


each_golden = pytest.mark.parametrize("golden", goldens().values(), ids=lambda golden: golden.name)


@each_golden
def test_golden(golden: Golden) -> None:
    migration = check(golden.source, golden.path, golden.settings)
    assert migration.result.decode() == golden.expected.decode()
    assert found_in(migration) == golden.findings


@each_golden
@pytest.mark.parametrize("variant", _VARIANTS)
def test_variant(golden: Golden, variant: str) -> None:
    source, path = apply(VARIANTS[variant], golden.source, golden.path)
    expected, _ = apply(VARIANTS[variant], golden.expected, golden.path)
    migration = check(source, path, golden.settings)
    assert migration.result.decode() == expected.decode()


@each_golden
def test_what_is_mended_is_right_whichever_target_asks(golden: Golden) -> None:
    for target in ("assistants", "responses"):
        migration = check(golden.expected, golden.path, Settings(target=target))
        assert migration.findings == ()


@each_golden
def test_the_default_target_leaves_it_and_names_the_one_that_mends(golden: Golden) -> None:
    migration = check(golden.source, golden.path)
    assert migration.result == golden.source
    assert {f.reason for f in migration.findings} == {Reason.OTHER_TARGET}


@pytest.mark.parametrize("case", wrong_calls.LEFT.values(), ids=list(wrong_calls.LEFT))
def test_it_is_left_because(case: wrong_calls.Left) -> None:
    migration = check(case.source.encode(), case.path, Settings(target=case.target))
    assert migration.result.decode() == case.source
    assert [(f.rule, f.reason) for f in migration.findings] == [(_RULE, case.reason)]


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize("name", wrong_calls.NOT_OURS)
def test_a_right_call_and_a_look_alike_are_never_named(name: str, target: str) -> None:
    source = wrong_calls.NOT_OURS[name]
    migration = check(source.encode(), "a.ts", Settings(target=target))
    assert migration.findings == ()
    assert migration.diagnostics == ()


def test_refusals_are_as_many_as_rewrites() -> None:
    assert len(wrong_calls.LEFT) + len(wrong_calls.NOT_OURS) >= 2 * len(goldens())


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ({}, "{ model: 'gpt-6-luna', input: question }"),
        ({"model": "gpt-6.1-sol"}, "{ model: 'gpt-6.1-sol', input: question }"),
        ({"model_expr": "process.env.MODEL"}, "{ model: process.env.MODEL, input: question }"),
        (
            {"instructions": "Be brief."},
            "{ model: 'gpt-6-luna', input: question, instructions: 'Be brief.' }",
        ),
    ],
)
def test_what_the_settings_name_takes_the_place_of_an_id(
    given: dict[str, str], written: str
) -> None:
    source = wrong_calls.ask(
        "{ workflow_id: 'wf_1', input: question }", "return data.output_text;"
    ).encode()
    migration = check(source, "a.ts", Settings(target="responses", **given))  # type: ignore[arg-type]
    assert f"JSON.stringify({written})" in migration.result.decode()
    told = [note.text for f in migration.findings for note in f.notes if note.always]
    assert any("`workflow_id: 'wf_1'` went" in text for text in told)
    assert any(text.startswith("the model is") for text in told)


def test_a_model_that_the_call_names_is_kept_and_its_end_told() -> None:
    source = wrong_calls.ask().replace("gpt-6-luna", "gpt-4o").encode()
    migration = check(source, "a.ts", Settings(target="responses"))
    assert b"model: 'gpt-4o', input: [" in migration.result
    told = [note.text for f in migration.findings for note in f.notes if note.always]
    assert told == ["gpt-4o is shut down on 2027-01-14; the call goes on naming it"]


def test_a_body_that_cannot_be_read_does_not_keep_raw_output_text() -> None:
    source = wrong_calls.ask(
        sent="payload",
        read="return data.output_text;",
        parameters="payload: string, key: string",
    ).encode()
    migration = check(source, "a.ts", Settings(target="responses"))
    assert b"return responseText(data);" in migration.result


def test_a_name_that_the_file_has_is_not_taken() -> None:
    source = wrong_calls.ask(tail="export const responseText = 1;\n").encode()
    migration = check(source, "a.ts", Settings(target="responses"))
    assert b"return responseText2(data);" in migration.result
    assert b"function responseText2(" in migration.result


def test_an_ignored_call_stays() -> None:
    source = wrong_calls.ask().replace(
        "  const response", "  // callmend-ignore CM301\n  const response"
    )
    migration = check(source.encode(), "a.ts", Settings(target="responses"))
    assert [f.bucket for f in migration.findings] == [Bucket.IGNORED]
    assert migration.result == source.encode()


def test_the_rule_can_be_left_out() -> None:
    settings = Settings(target="responses", ignore=(_RULE,))
    assert check(wrong_calls.ask().encode(), "a.ts", settings).findings == ()


def test_the_catalogue_says_that_the_endpoint_lives() -> None:
    endpoint = by_rule(_RULE)
    assert endpoint is not None
    assert (endpoint.status, endpoint.ends) == (Status.WRONG_REQUEST, None)
    assert endpoint.targets == ("responses",)
    # By its URL alone nothing is wrong.
    assert (endpoint.path, endpoint.hosts) == ("", ())


@pytest.mark.parametrize(
    ("data", "parsed"),
    [
        (b"fetch('https://api.openai.com/v1/responses', { messages })", True),
        (b"openai.responses.create({ workflow_id })", True),
        (b"openai.responses\n  .create({ messages })", True),
        (b"openai.responses.create({ model })", False),
        (b"// openai's responses are messages", False),
        (b"fetch('https://llm.example.org/v1/responses', { messages })", False),
    ],
)
def test_a_file_is_parsed_only_with_one_of_the_wrong_words(data: bytes, parsed: bool) -> None:
    assert may_call(data) is parsed


@pytest.mark.parametrize(
    "reading", ["run.output_text || run.output?.text", "run.output?.text ?? run.output"]
)
def test_what_a_function_of_the_file_makes_of_the_answer_is_read_as_that(reading: str) -> None:
    source = f"""\
export async function ask(question) {{
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {{
    method: 'POST',
    headers: {{ Authorization: `Bearer ${{KEY}}`, 'Content-Type': 'application/json' }},
    body: JSON.stringify({{ workflow_id: 'wf_1', input: {{ question }} }})
  }});
  if (!res.ok) return null;
  const run = JSON.parse(await res.text());
  return ({reading}) || null;
}}
"""
    settings = Settings(target="responses")
    migrated = check(source.encode(), "a.js", settings).result
    assert b"workflowAnswer(fetch(" in migrated
    assert check(migrated, "a.js", settings).findings == ()
