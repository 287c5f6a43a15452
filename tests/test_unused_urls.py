"""What made a dead URL, or held it, goes with the call that was the last to read it."""

from __future__ import annotations

import pytest

from callmend.settings import Settings
from tests.invariants import check

TARGETS = ("assistants", "responses")
_REST = """\
{
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow_id: process.env.FLOW, input: { message } }),
  });
  if (!res.ok) throw new Error('no answer');
  const data = await res.json();
  return data.output_text;
}
"""
_ASK = "export async function ask(message) {\n  const res = await fetch($URL, " + _REST
_HOST = "https://api.openai.com/v1"

GOES = {
    "arrow-function": f"const runs = (id) => `{_HOST}/workflows/${{id}}/runs`;\n",
    "function": f"function runs(id) {{\n  return `{_HOST}/workflows/${{id}}/runs`;\n}}\n",
    "function-of-a-base": (
        f"const BASE = '{_HOST}';\nconst runs = (id) => BASE + '/workflows/' + id + '/runs';\n"
    ),
    "function-that-encodes": (
        f"const runs = (id) => `{_HOST}/workflows/${{encodeURIComponent(id)}}/runs`;\n"
    ),
}
STAYS = {
    "exported": f"export const runs = (id) => `{_HOST}/workflows/${{id}}/runs`;\n",
    "called-again": (
        f"const runs = (id) => `{_HOST}/workflows/${{id}}/runs`;\n"
        "export const shown = () => console.log(runs('x'));\n"
    ),
    "with-a-comment": f"const runs = (id) => /* why */ `{_HOST}/workflows/${{id}}/runs`;\n",
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("made", GOES.values(), ids=GOES)
def test_a_function_that_made_the_url_goes_with_its_last_call(made: str, target: str) -> None:
    source = made + "\n" + _ASK.replace("$URL", "runs(process.env.FLOW)")
    result = check(source.encode(), "a.js", Settings(target=target)).result
    assert result.startswith(b"export async function ask")
    assert b"workflows" not in result


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("made", STAYS.values(), ids=STAYS)
def test_a_function_that_others_may_use_stays(made: str, target: str) -> None:
    source = made + "\n" + _ASK.replace("$URL", "runs(process.env.FLOW)")
    result = check(source.encode(), "a.js", Settings(target=target)).result
    assert made.encode() in result
    assert b"fetch(runs(" not in result


_LIVE = "export const chat = () => fetch(URLS.chat);\n"
_OBJECT = (
    f"const URLS = {{\n  run: '{_HOST}/workflows/runs',\n"
    f"  chat: '{_HOST}/chat/completions',\n}}$AS;\n"
)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("cast", ["", " as const"])
def test_an_entry_goes_from_an_object_whose_others_are_read(cast: str, target: str) -> None:
    source = _OBJECT.replace("$AS", cast) + _LIVE + _ASK.replace("$URL", "URLS.run")
    result = check(source.encode(), "a.ts", Settings(target=target)).result.decode()
    assert result.startswith(f"const URLS = {{\n  chat: '{_HOST}/chat/completions',\n}}{cast};\n")


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    ("declared", "more"),
    [
        pytest.param(("URLS =", "URLS: Record<'run' | 'chat', string> ="), "", id="typed"),
        pytest.param(("}$AS", "} satisfies Urls"), "", id="satisfies-a-type"),
        pytest.param(("", ""), "type Name = keyof typeof URLS;\n", id="a-type-of-it"),
    ],
)
def test_an_entry_that_a_type_may_ask_for_stays_and_is_told(
    declared: tuple[str, str], more: str, target: str
) -> None:
    source = _OBJECT.replace(*declared, 1).replace("$AS", "")
    source += more + _LIVE + _ASK.replace("$URL", "URLS.run")
    migration = check(source.encode(), "a.ts", Settings(target=target))
    assert b"run: 'https" in migration.result
    notes = [note.text for finding in migration.findings for note in finding.notes]
    assert any(note.startswith("nothing reads this URL any more") for note in notes)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    "use",
    [
        pytest.param("export const all = Object.values(URLS);\n", id="as-all-are-listed"),
        pytest.param("export const of = (name) => URLS[name];\n", id="as-any-may-be-read"),
        pytest.param("export { URLS };\n", id="as-it-is-exported"),
    ],
)
def test_an_entry_stays(use: str, target: str) -> None:
    source = _OBJECT.replace("$AS", "") + _LIVE + use + _ASK.replace("$URL", "URLS.run")
    result = check(source.encode(), "a.js", Settings(target=target)).result
    assert _OBJECT.replace("$AS", "").encode() in result


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    ("more", "told"),
    [
        pytest.param("", True, id="told-as-nothing-reads-it"),
        pytest.param("  track(session);\n", False, id="not-told-as-something-reads-it"),
    ],
)
def test_a_name_that_is_taken_out_and_goes_nowhere_is_told(
    more: str, told: bool, target: str
) -> None:
    source = _ASK.replace("$URL", f"'{_HOST}/workflows/runs'").replace("(message)", "(body)")
    source = source.replace("{\n", "{\n  const { message, session } = body;\n" + more, 1)
    source = source.replace("input: { message }", "input: { message }, session_id: session")
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert b"const { message, session } = body;" in migration.result
    notes = [note.text for finding in migration.findings for note in finding.notes]
    assert ("nothing reads `session` any more" in notes) is told


@pytest.mark.parametrize("target", TARGETS)
def test_what_a_function_threw_that_goes_is_told(target: str) -> None:
    made = (
        "function runs(id) {\n  if (!id) throw new Error('no flow');\n"
        f"  return `{_HOST}/workflows/${{id}}/runs`;\n}}\n"
    )
    source = made + "\n" + _ASK.replace("$URL", "runs(process.env.FLOW)")
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert migration.result.startswith(b"export async function ask")
    notes = [note.text for finding in migration.findings for note in finding.notes if note.always]
    assert "`throw new Error('no flow');` went with what made the URL" in notes
    plain = _ASK.replace("$URL", f"'{_HOST}/workflows/runs'")
    others = check(plain.encode(), "a.js", Settings(target=target)).findings
    assert not any("went with what made" in n.text for f in others for n in f.notes)
