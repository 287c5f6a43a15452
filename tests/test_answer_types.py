"""An answer that is handed on whole has its text where the file's own types say that it stands."""

from __future__ import annotations

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_URL = "'https://api.openai.com/v1/workflows/runs'"
_HEADERS = "headers: { Authorization: `Bearer ${process.env.KEY}` }"
_BODY = "{ workflow_id: 'wf_1', input: { message } }"
_FETCH = f"fetch({_URL}, {{ method: 'POST', {_HEADERS}, body: JSON.stringify({_BODY}) }})"
_CHECK = "if (!res.ok) throw new Error(`HTTP ${res.status}`);"
_TYPE = "export interface Run { id: string; status: string; output: { message: string } }\n"
#: Where the type of the answer stands; `output.message` is its text.
DECLARED = {
    "what-the-function-gives": (
        "export async function run(message: string): Promise<Run> {\n"
        f"  const res = await {_FETCH};\n  {_CHECK}\n  return res.json();\n}}\n"
    ),
    "what-an-arrow-gives": (
        "export const run = async (message: string): Promise<Run> => {\n"
        f"  const res = await {_FETCH};\n  {_CHECK}\n  return await res.json();\n}};\n"
    ),
    "cast": (
        "export async function run(message: string) {\n"
        f"  const res = await {_FETCH};\n  {_CHECK}\n  return (await res.json()) as Run;\n}}\n"
    ),
    "annotated-variable": (
        "export async function run(message: string) {\n"
        f"  const res = await {_FETCH};\n  {_CHECK}\n"
        "  const data: Run = await res.json();\n  return data;\n}\n"
    ),
    "in-a-chain": (
        f"export const run = (message: string) =>\n  {_FETCH}\n"
        f"    .then((res) => {{ {_CHECK} return res.json() as Promise<Run>; }});\n"
    ),
    "method": (
        "export class Api {\n  async run(message: string): Promise<Run> {\n"
        f"    return {_FETCH}.then((res) => {{ {_CHECK} return res.json(); }});\n  }}\n}}\n"
    ),
    "type-argument-of-axios": (
        "import axios from 'axios';\nexport async function run(message: string) {\n"
        f"  const {{ data }} = await axios.post<Run>({_URL}, {_BODY}, {{ {_HEADERS} }});\n"
        "  return data;\n}\n"
    ),
    "type-argument-of-ky": (
        "import ky from 'ky';\nexport const run = (message: string) =>\n"
        f"  ky.post({_URL}, {{ {_HEADERS}, json: {_BODY} }}).json<Run>();\n"
    ),
}


@_TARGETS
@pytest.mark.parametrize("code", DECLARED.values(), ids=DECLARED)
def test_the_text_stands_where_the_type_has_it(code: str, target: str) -> None:
    migration = check((_TYPE + code).encode(), "a.ts", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert b"output: { message: text }" in migration.result


KINDS = {
    "nested": ("{ id: string; output: { text: string; tokens: number } }", b"output: { text }"),
    "alone": ("{ id: string; output: string }", b"output: text"),
    "may-be-missing": ("{ result?: { reply?: string } | null }", b"result: { reply: text }"),
    "beside-output-text": (
        "{ output_text?: string; output?: { text?: string } }",
        b"output_text: text, output: { text }",
    ),
    "list-of-messages": ("{ output: { content: { text: string }[] }[] }", b"output: [{ type: "),
    "list-of-texts": ("{ outputs: Array<{ text: string }> }", b"outputs: [{ text }]"),
    "of-another-type": ("{ output: Inner }", b"output: { summary: text }"),
    # What says nothing of a text: the answer looks as OpenAI's own does.
    "any": ("any", b"output: [{ type: "),
    "ids-alone": ("{ id: string; status: string }", b"output: [{ type: "),
    "output-text-alone": ("{ id: string; output_text: string }", b"output: [{ type: "),
    "from-elsewhere": ("Elsewhere", b"output: [{ type: "),
}


@_TARGETS
@pytest.mark.parametrize(("kind", "member"), KINDS.values(), ids=KINDS)
def test_each_kind_of_type_is_read(kind: str, member: bytes, target: str) -> None:
    code = f"type Run = {kind};\ninterface Inner {{ summary: string }}\n"
    code += DECLARED["what-the-function-gives"]
    migration = check(code.encode(), "a.ts", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert member in migration.result


@_TARGETS
def test_an_answer_that_is_declared_as_a_form_is_left(target: str) -> None:
    code = "type Run = { id: string; title: string; days: number };\n"
    code += DECLARED["what-the-function-gives"]
    migration = migrate(code.encode(), "a.ts", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.LEFT
    assert finding.reason is Reason.OTHER_READ
    assert finding.detail == "`title: string` in line 1"


_SETTLED = (
    f"const run = (message) => {_FETCH}.then((res) => {{ {_CHECK} return res.json(); }});\n"
    "const texts = process.argv.slice(2);\n"
    "const results = await Promise.allSettled(texts.map((text) => run(text)));\n"
    "results.forEach((result, index) => {\n"
    "  if (result.status === 'fulfilled') PRINT(`${index}: ${result.value.output.text}`);\n"
    "  else console.error(result.reason.message);\n});\n"
)


@_TARGETS
@pytest.mark.parametrize("prints", ["console.log", "show"])
def test_what_a_list_of_answers_is_asked_for_is_there_also_where_it_is_printed(
    prints: str, target: str
) -> None:
    code = _SETTLED.replace("PRINT", prints)
    migration = check(code.encode(), "a.mjs", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert b"output: { text }" in migration.result


_IDEA = "interface Idea { title: string; tags: string[] }\n"
_OBJECTS = {
    "a-variable": "const idea: Idea = data.output;\n  return idea;",
    "a-variable-that-is-set-later": (
        "let idea: Idea | null = null;\n  if (data.output) idea = data.output;\n  return idea;"
    ),
    "a-cast": "return data.output as Idea;",
    "a-cast-of-a-cast": "return data.output as unknown as Idea;",
    "one-of-two": "const idea: Idea = data.result?.output ?? data.output;\n  return idea;",
}
_TEXTS = {
    "a-text": "const said: string = data.output;\n  return said;",
    "anything": "const said: any = data.output;\n  return said;",
    "a-text-or-an-object": "const said: string | Idea = data.output;\n  return said;",
    "an-object-that-is-parsed": "const it = JSON.parse(data.output) as Idea;\n  return it.title;",
    "a-type-of-another-file": "const said: Said = data.output;\n  return said;",
}


def _read_as(reading: str) -> bytes:
    return (
        f"import type {{ Said }} from './said';\n{_IDEA}"
        f"export async function run(message: string) {{\n  const res = await {_FETCH};\n"
        f"  {_CHECK}\n  const data = await res.json();\n  {reading}\n}}\n"
    ).encode()


@_TARGETS
@pytest.mark.parametrize("reading", _OBJECTS.values(), ids=_OBJECTS)
def test_an_object_stands_where_one_is_declared(reading: str, target: str) -> None:
    migration = check(_read_as(reading), "a.ts", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    assert b"output_text: text, output: fields" in migration.result
    assert any("a JSON object with `title`, `tags`" in note.text for note in finding.notes)


@_TARGETS
@pytest.mark.parametrize("reading", _TEXTS.values(), ids=_TEXTS)
def test_the_text_may_stand_for(reading: str, target: str) -> None:
    migration = check(_read_as(reading), "a.ts", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]


_OR_TEXT = (
    "const result = data.output ?? data.result ?? data;\n  let idea: Idea | null = null;\n"
    "  if ((result as any).output) idea = (result as any).output;\n"
    "  else if ((result as any).title) idea = result as any;\n  "
)
_PARSED = {
    "a-text-is-parsed-last": "if (typeof result === 'string') idea = JSON.parse(result);\n",
    "a-text-is-tried": (
        "if (typeof result === 'string') {\n    try { idea = JSON.parse(result); } catch {}\n  }\n"
    ),
}
_UNPARSED = {
    "is-only-logged": "if (typeof result === 'string') console.log(result);\n",
    "is-thrown": "if (typeof result === 'string') throw new Error(result);\n",
    "is-no-text": "if (typeof result === 'number') idea = null;\n",
}


@_TARGETS
@pytest.mark.parametrize("reading", _PARSED.values(), ids=_PARSED)
def test_the_text_stands_where_the_file_asks_for_one_and_parses_it(
    reading: str, target: str
) -> None:
    source = _read_as(_OR_TEXT + reading + "  if (!idea) throw new Error('none');\n  return idea;")
    migration = check(source, "a.ts", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert b"output_text: text, output: text" in migration.result
    [finding] = migration.findings
    assert any("ask for JSON" in note.text for note in finding.notes)


@_TARGETS
@pytest.mark.parametrize("reading", _UNPARSED.values(), ids=_UNPARSED)
def test_an_object_stands_there_where_a_text(reading: str, target: str) -> None:
    source = _read_as(_OR_TEXT + reading + "  return idea;")
    migration = check(source, "a.ts", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert b"output: fields" in migration.result


_PARTS = "interface Part { type: string; text: string }\n"
_ASKED = f"  const res = await {_FETCH};\n  {_CHECK}\n  const data = await res.json();\n"
#: Where a list is declared, whose elements a reader of another file goes through.
_LISTS = {
    "cast": ("", "return data.output as Part[];"),
    "generic": ("", "return data.output as Array<Part>;"),
    "of-a-variable": ("", "const parts: Part[] = data.output;\n  return parts;"),
    "or-an-empty-one": ("", "return (data.output ?? []) as Part[];"),
    "what-the-function-gives": (": Promise<string[]>", "return data.output;"),
}


@_TARGETS
@pytest.mark.parametrize(("gives", "reading"), _LISTS.values(), ids=_LISTS)
def test_a_text_never_stands_where_a_list_is_declared(
    gives: str, reading: str, target: str
) -> None:
    source = (
        f"{_PARTS}export async function run(message: string){gives} {{\n{_ASKED}  {reading}\n}}\n"
    )
    migration = check(source.encode(), "a.ts", Settings(target=target))
    assert not migration.changed
    assert [finding.reason for finding in migration.findings] == [Reason.OTHER_READ]
    assert "`data.output` is declared as a list" in migration.findings[0].detail


@_TARGETS
def test_a_declared_list_whose_texts_are_read_here_is_one(target: str) -> None:
    source = (
        f"{_PARTS}export async function run(message: string) {{\n{_ASKED}"
        "  const parts = data.output as Part[];\n"
        "  return parts.map((part) => part.text).join('');\n}\n"
    )
    migration = check(source.encode(), "a.ts", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert b"output: [{ text }]" in migration.result


#: What the whole answer is declared as, and how its list is read.
_IN_ALL = {
    "cast": (" as { output: Part[] }", "return data.output;"),
    "beside-another": (" as { id: string; output?: string[] }", "save(data.output);"),
    "in-an-object": (" as { result: { output: Part[] } }", "return data.result.output;"),
    "taken-out": (" as { output: Part[] }", "const { output } = data;\n  return output;"),
}


@_TARGETS
@pytest.mark.parametrize(("kind", "reading"), _IN_ALL.values(), ids=_IN_ALL)
def test_a_text_never_stands_where_a_list_is_declared_with_the_answer(
    kind: str, reading: str, target: str
) -> None:
    asked = _ASKED.replace("await res.json()", f"(await res.json()){kind}")
    source = (
        f"import {{ save }} from './save';\n{_PARTS}"
        f"export async function run(message: string) {{\n{asked}  {reading}\n}}\n"
    )
    migration = check(source.encode(), "a.ts", Settings(target=target))
    assert not migration.changed
    assert [finding.reason for finding in migration.findings] == [Reason.OTHER_READ]


@_TARGETS
def test_a_text_stands_where_one_is_declared_with_the_answer(target: str) -> None:
    asked = _ASKED.replace("await res.json()", "(await res.json()) as { output: string }")
    source = f"export async function run(message: string) {{\n{asked}  return data.output;\n}}\n"
    migration = check(source.encode(), "a.ts", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
