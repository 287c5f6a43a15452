"""A file that goes on without an answer where its call fails is told so: it always did."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

TARGETS = ("assistants", "responses")
_BODY = """\
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow_id: process.env.FLOW, input: { message } }),
  });
  $OK
  const data = await res.json();
  return data.output_text;
"""
_USE = "export const ask = async (message) => (await run(message)) ?? chat(message);\n"
_THROWS = _BODY.replace("$OK", "if (!res.ok) throw new Error('failed');")

_TRIES = f"async function run(message) {{\n  try {{\n{_THROWS}"

TOLD = {
    "caught": _TRIES + "  } catch {\n    return null;\n  }\n}\n",
    "not-ok": "async function run(message) {\n"
    + _BODY.replace("$OK", "if (!res.ok) return undefined;")
    + "}\n",
    "not-ok-in-a-block": "async function run(message) {\n"
    + _BODY.replace("$OK", "if (!res.ok) {\n    console.warn(res.status);\n    return '';\n  }")
    + "}\n",
}
NOT_TOLD = {
    "thrown": f"async function run(message) {{\n{_THROWS}}}\n",
    "caught-and-thrown-on": _TRIES + "  } catch (e) {\n"
    "    throw new Error('no answer', { cause: e });\n  }\n}\n",
    "an-error-is-given": _TRIES + "  } catch (e) {\n    return `Error: ${e.message}`;\n  }\n}\n",
}


def _told(source: str, target: str) -> bool:
    migration = check(source.encode(), "a.js", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    return any("goes on without its answer" in note.text for note in finding.notes)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("run", TOLD.values(), ids=TOLD)
def test_a_file_that_goes_on_without_an_answer_is_told(run: str, target: str) -> None:
    assert _told(run + _USE, target)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("run", NOT_TOLD.values(), ids=NOT_TOLD)
def test_an_error_that_is_seen_is_not_told(run: str, target: str) -> None:
    assert not _told(run + _USE, target)


@pytest.mark.parametrize("target", TARGETS)
def test_a_function_that_other_files_call_is_not_told(target: str) -> None:
    assert not _told("export " + TOLD["caught"], target)


def test_a_limit_of_the_request_that_the_polling_has_not_is_told() -> None:
    source = NOT_TOLD["thrown"].replace("'POST',", "'POST',\n    signal: limit(9000),")
    source = source.replace("return data.output_text", "show(data); return data.output_text")
    for target, told in (("assistants", True), ("responses", False)):
        migration = check((source + _USE).encode(), "a.js", Settings(target=target))
        notes = [note.text for finding in migration.findings for note in finding.notes]
        assert any("not the polling" in note for note in notes) is told


@pytest.mark.parametrize("target", TARGETS)
def test_a_method_of_texts_is_no_field_of_the_answer(target: str) -> None:
    digger = (
        "function find(node) {\n  if (node == null) return null;\n"
        "  if (typeof node === 'string') return node.trim() ? node : null;\n"
        "  for (const key of ['output_text', 'text', 'output']) {\n"
        "    const hit = find(node[key]);\n    if (hit) return hit;\n  }\n  return null;\n}\n"
    )
    source = NOT_TOLD["thrown"].replace("data.output_text", "find(data)")
    result = check((digger + source + _USE).encode(), "a.js", Settings(target=target)).result
    assert b"output_text: text" in result
    assert b"trim: text" not in result
