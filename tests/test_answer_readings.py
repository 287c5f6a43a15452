"""Adapted answers have what their files ask for: run in Node behind the rewrite, or left."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from callmend.findings import Bucket
from callmend.languages.ecmascript.answer_values import (
    changed,
    copied,
    made,
    member_of,
    parsed,
    written,
)
from callmend.settings import Settings
from tests.answer_readings import FOUND, KEPT, LEFT, MODULES, STRICT, asking, module
from tests.invariants import check
from tests.tools import environment, node

_DRIVER = Path(__file__).with_name("run_readings.mjs")
_TARGETS = ("assistants", "responses")
_SOURCES = {
    **{name: asking(reading) for name, (reading, _) in FOUND.items()},
    **{name: module(source) for name, source in MODULES.items()},
}
_REACT = """\
export const useRef = (current) => ({ current });
export const useState = (value) => {
  const box = { value };
  const state = new Proxy({}, { get: (_, name) => box.value?.[name] });
  return [state, (next) => { box.value = next; }];
};
"""


@pytest.fixture(scope="module", params=_TARGETS)
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each module gives that is migrated for a target; those that are left are not there."""
    folder = tmp_path_factory.mktemp(f"readings-{request.param}")
    (folder / "node_modules" / "react").mkdir(parents=True)
    (folder / "node_modules" / "react" / "index.js").write_text(_REACT)
    package = '{"name": "react", "type": "module", "main": "index.js"}'
    (folder / "node_modules" / "react" / "package.json").write_text(package)
    paths = []
    for name, source in _SOURCES.items():
        migration = check(source.encode(), f"{name}.mjs", Settings(target=request.param))
        if migration.changed:
            paths.append(folder / f"{name}.mjs")
            paths[-1].write_bytes(migration.result)
    done = subprocess.run(
        [node(), str(_DRIVER), *map(str, paths)],
        capture_output=True,
        check=True,
        env=environment(),
        timeout=120,
    )
    return {Path(path).stem: gave for path, gave in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", _SOURCES)
def test_gives_the_text_of_the_new_answer(ran: dict[str, Any], name: str) -> None:
    assert ran.get(name, "left") == "the answer"


@pytest.mark.parametrize("name", [name for name, (_, member) in FOUND.items() if member])
def test_the_answer_has_the_member_that_is_asked_for(name: str) -> None:
    reading, member = FOUND[name]
    migration = check(asking(reading).encode(), "a.js", Settings(target="responses"))
    assert member in migration.result.decode()


@pytest.mark.parametrize(("source", "member"), KEPT.values(), ids=KEPT)
def test_what_is_kept_has_the_text_where_it_is_shown(source: str, member: str) -> None:
    migration = check(module(source).encode(), "a.tsx", Settings(target="responses"))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert f"{{ output_text: text, {member}" in migration.result.decode()


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("reading", "named"), LEFT.values(), ids=LEFT)
def test_is_left_because_no_new_answer_has_it(reading: str, named: str, target: str) -> None:
    migration = check(asking(reading).encode(), "a.js", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.LEFT
    assert named in (finding.detail or "")


@pytest.mark.parametrize("target", _TARGETS)
def test_the_answer_is_an_object_where_a_schema_asks_for_more_than_the_text(target: str) -> None:
    migration = check(module(STRICT).encode(), "a.ts", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    assert b"{ output_text: text, output: fields, id" in migration.result
    assert any("`text`, `confidence`" in note.text for note in finding.notes)


def _notes(reading: str) -> list[str]:
    [finding] = check(asking(reading).encode(), "a.js", Settings(target="responses")).findings
    return [note.text for note in finding.notes]


def test_tells_which_members_are_given_as_the_file_asks_for_them() -> None:
    notes = _notes("if (!data.ok || data.code !== 0) throw new Error('no'); return data.output;")
    assert "given with the answer, as this file asks for it: `code: 0`, `ok: true`" in notes


def test_tells_that_the_text_is_taken_for_json() -> None:
    shown = "`JSON.parse(data.output)` parses the answer's text"
    assert any(n.startswith(shown) for n in _notes("return JSON.parse(data.output).answer;"))
    assert not any("parses" in n for n in _notes("return data.output.trim() + data.output;"))


@pytest.mark.parametrize(
    "reading",
    [
        "return JSON.parse(data.output?.message || data.output || '{}').answer;",
        "const said = data.output?.message || ''; return JSON.parse(said).answer;",
    ],
    ids=["read-in-place", "by-its-name"],
)
@pytest.mark.parametrize("target", _TARGETS)
def test_tells_it_of_a_text_that_is_read_in_place(reading: str, target: str) -> None:
    [finding] = check(asking(reading).encode(), "a.js", Settings(target=target)).findings
    told = [note.text for note in finding.notes if "parses the answer's text" in note.text]
    assert len(told) == 1


def test_an_id_is_that_of_the_live_api_which_decides_what_its_start_lets_through() -> None:
    reading = asking("if (!data.id.startsWith('run_')) throw new Error('no'); return data.output;")
    buckets = {
        target: check(reading.encode(), "a.js", Settings(target=target)).findings[0].bucket
        for target in _TARGETS
    }
    assert buckets == {"assistants": Bucket.MIGRATED, "responses": Bucket.LEFT}


_CODE = b"{ output_text: text, 'a-b': [{ type: \"x, y\", text: { value: text } }], ok: true }"


def test_a_tree_is_written_as_it_was_read() -> None:
    tree = parsed(_CODE)
    assert written(tree) == _CODE
    assert member_of(b"text", b"text") == b"text"


@pytest.mark.parametrize("code", [b"[text]", b"text", b"{ a: text } b"])
def test_what_is_no_object_is_none(code: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parsed(code)


def test_a_part_is_changed_where_it_stands_and_a_new_member_comes_first() -> None:
    tree = parsed(b"{ output: [{ text }] }")
    assert changed(tree, (b"output", b"0", b"type"), b"'x'") == {
        b"output": [{b"type": b"'x'", b"text": b"text"}]
    }
    assert changed(tree, (b"output", b"0", b"text"), {b"value": b"text"}) == {
        b"output": [{b"text": {b"value": b"text"}}]
    }
    assert changed(tree, (b"none", b"0", b"text"), b"text") is None
    assert changed(tree, (b"output", b"text"), b"text") is None


def test_a_copy_knows_where_its_parts_stand() -> None:
    answer = made(parsed(_CODE), {})
    copy = copied(answer.value)
    assert copy == answer.value
    assert answer.way_of(copy["a-b"][0]["text"]) == (b"a-b", b"0", b"text")
    assert answer.way_of(copy["a-b"][0]["text"]["value"]) == (b"a-b", b"0", b"text", b"value")
    assert answer.way_of("text") is None
