"""An answer that is put into an object of the file, and taken out of it again, is followed."""

from __future__ import annotations

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_READ = """\
import { keep } from './keep.js';
EXPORTEDasync function read(res) {
  const raw = await res.text();
  return { json: JSON.parse(raw), rawMORE };
}
export async function ask(message) {
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow_id: 'wf_1', input: { message } }),
  });
  if (!res.ok) throw new Error(`HTTP ${res.status}`);
"""


def _file(reading: str, *, exported: str = "", more: str = "") -> bytes:
    head = _READ.replace("EXPORTED", exported).replace("MORE", more)
    return f"{head}  {reading}\n}}\n".encode()


#: How the object is read, and the member in which the answer has its text then.
TAKEN = {
    "by-its-member": ("const got = await read(res); return got.json.result;", "result: text"),
    "where-it-is-read": ("return (await read(res)).json.result;", "result: text"),
    "by-a-pattern": ("const { json } = await read(res); return json.result;", "result: text"),
    "by-a-pattern-of-another-name": (
        "const { json: run, raw } = await read(res); if (!raw) return ''; return run.result.text;",
        "result: { text }",
    ),
    "by-its-name-as-a-text": ("const got = await read(res); return got['json'].result;", "result"),
    "where-it-was-declared-before": (
        "let got; got = await read(res); if (!got) return ''; return got.json.output ?? {};",
        "output: text",
    ),
    "in-a-function-that-is-given-it": (
        "const of = (got) => got.json.result.message; return of(await read(res));",
        "result: { message: text }",
    ),
    "through-another-object": (
        "const got = await read(res); const all = { run: got.json, at: 1 }; return all.run.answer;",
        "answer: text",
    ),
}
#: What may read all that is in it.
HANDED_ON = {
    "to-another-file": "const got = await read(res); keep(got); return got.json.steps.last;",
    "as-the-result": "const got = await read(res); return got;",
    "by-what-is-left-of-a-pattern": "const { raw, ...rest } = await read(res); return rest;",
    "under-a-name-known-at-run-time": "const got = await read(res); return got[message];",
}


@_TARGETS
@pytest.mark.parametrize(("reading", "member"), TAKEN.values(), ids=TAKEN)
def test_the_answer_has_what_is_read_of_it(reading: str, member: str, target: str) -> None:
    migration = check(_file(reading), "a.js", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert f"{{ output_text: text, {member}" in migration.result.decode()


@_TARGETS
def test_what_an_exported_function_gives_to_its_own_call_is_followed(target: str) -> None:
    source = _file("const got = await read(res); return got.json.result;", exported="export ")
    assert (
        b"{ output_text: text, result: text"
        in check(source, "a.js", Settings(target=target)).result
    )


@_TARGETS
@pytest.mark.parametrize("reading", HANDED_ON.values(), ids=HANDED_ON)
def test_an_object_that_goes_anywhere_has_the_whole_answer(reading: str, target: str) -> None:
    migration = migrate(_file(reading), "a.js", Settings(target=target))
    assert b"result: text" not in migration.result
    whole = b"output: [{ type: 'message'" in migration.result
    assert whole or [finding.bucket for finding in migration.findings] == [Bucket.LEFT]


@_TARGETS
def test_the_answer_has_the_fields_that_are_read_of_the_object_in_it(target: str) -> None:
    reading = "const got = await read(res); return got.json.output.text + got.json.output.title;"
    migration = check(_file(reading), "a.js", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert b"{ output_text: text, output: fields, id" in migration.result


@_TARGETS
def test_a_call_is_left_because_a_part_of_the_object_is_no_text(target: str) -> None:
    reading = (
        "const got = await read(res); return got.json.output.text + got.json.cost.total.now();"
    )
    [finding] = migrate(_file(reading), "a.js", Settings(target=target)).findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.OTHER_READ)
