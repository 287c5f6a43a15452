"""An answer of which a file reads several fields: the JSON in its text is given, or an error."""

from __future__ import annotations

import json

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check
from tests.server import Scenario, running_server
from tests.shapes.corpus import Drive, Shape, shapes
from tests.shapes.running import Outcome, drive

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_SHAPES = [shape for shape in shapes("migrate") if shape.says is not None]
_START = """export async function plan(topic) {
  const res = await fetch('https://api.openai.com/v1/workflows/wf_plan/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
    body: JSON.stringify({ input: { topic } }),
  });
  if (!res.ok) throw new Error(`workflow failed: ${res.status}`);
  const data = await res.json();
"""
_ZOD = "import { z } from 'zod';\nconst Plan = z.object({ title: z.string(), n: z.number() });\n"
_PLAN = "interface Plan { title: string; steps: string[] }\n"


def _program(reading: str, above: str = "") -> bytes:
    return f"{above}{_START}  {reading}\n}}\n".encode()


#: What is read, and where the object stands then.
READ = {
    "a-list-beside-a-title": (
        "return [data.output.title, data.output.tags.map(String)];",
        b"output: fields",
    ),
    "members-taken-apart": (
        "const { title, steps } = data.result;\n  return { title, n: steps.length };",
        b"result: fields",
    ),
    "one-of-two-places": (
        "const out = data.output_parsed ?? data.output ?? {};\n"
        "  return { score: out.score ?? 0, reasons: out.reasons ?? [] };",
        b"output: fields",
    ),
    "members-of-the-answer-itself": (
        "const { title, tags } = data;\n  return { title, tags: tags.join(', ') };",
        b"...fields",
    ),
    "numbers": (
        "const r = data.output;\n  return [r.title, r.price * 2, r.stock > 0];",
        b"output: fields",
    ),
    "a-flag-first": (
        "if (data.output.safe === false) return null;\n"
        "  return { advice: data.output.advice, level: data.output.level };",
        b"output: fields",
    ),
    "the-id-and-the-usage-too": (
        "return [data.id, data.output.title, data.output.url, data.usage.total_tokens];",
        b"output: fields",
    ),
}


@_TARGETS
@pytest.mark.parametrize(("reading", "member"), READ.values(), ids=READ)
def test_the_object_stands_where_its_fields_are_read(
    reading: str, member: bytes, target: str
) -> None:
    migration = check(_program(reading), "a.js", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    assert member in migration.result
    assert any("a JSON object with `" in note.text for note in finding.notes)


DECLARED = {
    "what-the-function-gives": (
        "return data.output;",
        _PLAN,
        ("plan(topic)", "plan(topic: string): Promise<Plan>"),
    ),
    "a-schema-of-zod": ("return Plan.parse(data.output);", _ZOD, ("", "")),
    "a-schema-that-only-tries": (
        "const plan = Plan.safeParse(data.output);\n"
        "  if (!plan.success) throw new Error('bad');\n  return plan.data.title;",
        _ZOD,
        ("", ""),
    ),
}


@_TARGETS
@pytest.mark.parametrize(("reading", "above", "other"), DECLARED.values(), ids=DECLARED)
def test_an_object_that_is_declared_stands_there(
    reading: str, above: str, other: tuple[str, str], target: str
) -> None:
    source = _program(reading, above).decode().replace(*other).encode()
    migration = check(source, "a.ts", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert b"output: fields" in migration.result


#: Readings for which no object is certainly right, or a text is.
OTHERS = {
    "left-as-the-answer-is-a-list": ("return data.output.map((each) => each.name);", False),
    "left-as-one-list-may-be-all-of-it": ("return data.output.urls.map(String);", False),
    "left-as-the-place-is-no-place-of-answers": (
        "return [data.analysis.title, data.analysis.score.toFixed(1)];",
        False,
    ),
    "left-as-the-keys-are-gone-through": (
        "Object.entries(data.output).forEach(show);\n  return data.output.title;",
        False,
    ),
    "left-as-elements-are-read": (
        "return [data.output[0].title, data.output[0].tags.length];",
        False,
    ),
    "left-as-another-place-must-be-there": (
        "return [data.output.title, data.output.tags.length, data.notes.join()];",
        False,
    ),
    "left-as-a-method-of-lists-is-called-of-the-place": (
        "if (data.output.length) return data.output.filter(Boolean);\n"
        "  return [data.output.title, data.output.tags];",
        False,
    ),
    "a-text-as-one-field-alone-is-read": ("return data.output.title;", True),
    "a-text-as-it-is-parsed-here": (
        "const { title, tags } = JSON.parse(data.output_text);\n  return [title, tags];",
        True,
    ),
    "a-text-as-a-text-is-read": ("return data.output.message;", True),
}


@_TARGETS
@pytest.mark.parametrize(("reading", "migrated"), OTHERS.values(), ids=OTHERS)
def test_no_object_stands_where_none_is_certain(reading: str, migrated: bool, target: str) -> None:
    migration = migrate(_program(reading), "a.js", Settings(target=target))
    [finding] = migration.findings
    assert (finding.bucket is Bucket.MIGRATED) is migrated
    assert finding.bucket is Bucket.MIGRATED or finding.reason is not None
    assert b"fields" not in migration.result


@_TARGETS
def test_names_of_the_file_stay_its_own(target: str) -> None:
    source = _program(READ["numbers"][0], "const fields = 1, parsed = 2;\nexport { fields };\n")
    result = check(source, "a.js", Settings(target=target)).result
    shape = Shape("a", "a.js", result, "a", "migrate", drives=(_DRIVE,))
    [outcome] = _outcomes(shape, json.dumps({"title": "Bread", "price": 2, "stock": 1}))
    assert outcome.at("returned") == ["Bread", 4, True]


_DRIVE = Drive({"driver": "function", "call": "plan", "arguments": ["Bread"]}, "returned.title")


def _outcomes(shape: Shape, said: str, scenario: Scenario | None = None) -> list[Outcome]:
    with running_server() as server:
        server.control.answer = said
        ran = drive(server, [(shape, shape.source)], scenario or Scenario.COMPLETED)
    return ran[shape.name].outcomes


def _migrated(shape: Shape, target: str) -> Shape:
    result = check(shape.source, shape.path, Settings(target=target)).result
    return Shape(shape.name, shape.path, result, shape.title, "migrate", drives=shape.drives)


@_TARGETS
@pytest.mark.parametrize("shape", _SHAPES, ids=[shape.name for shape in _SHAPES])
def test_an_object_in_a_block_of_markdown_arrives(shape: Shape, target: str) -> None:
    said = json.dumps(shape.says).replace("$ANSWER", "Bread at home")
    for text in (f"```json\n{said}\n```", f"```\n{said}\n```\n", f"\n {said}\n"):
        [outcome] = _outcomes(_migrated(shape, target), text)
        assert outcome.at(shape.drives[0].expects) == "Bread at home"
        assert not outcome.is_failure


NO_OBJECTS = {
    "words": "Bread at home",
    "a-list": '["Bread at home"]',
    "a-text": '"Bread at home"',
    "null": "null",
    "a-number": "3",
    "half-an-object": '{"title": "Bread at home", "headline": "Bread at home"',
    "words-around-it": 'Here: {"title": "Bread at home"} as you asked.',
}


@_TARGETS
@pytest.mark.parametrize("said", NO_OBJECTS.values(), ids=NO_OBJECTS)
@pytest.mark.parametrize("shape", _SHAPES, ids=[shape.name for shape in _SHAPES])
def test_what_is_no_object_is_an_error_and_no_answer(shape: Shape, said: str, target: str) -> None:
    [outcome] = _outcomes(_migrated(shape, target), said)
    assert outcome.is_failure
    assert outcome.broken is None
    assert outcome.data["returned"] is None


_RUN = "z.object({ output: z.object({ text: z.string() }) })"
#: A schema of zod that the whole answer goes through, what is read then, and what is given.
_WHOLE = {
    "object": (_RUN, "run.output.text", "output: { text }"),
    "loose": (_RUN + ".passthrough()", "run.output.text", "output: { text }"),
    "either": (
        "z.object({ output: z.object({ text: z.string() }).or(z.string()) })",
        "typeof run.output === 'string' ? run.output : run.output.text",
        "output: { text }",
    ),
    "strict": (_RUN + ".strict()", "run.output.text", ""),
    "strict-object": (_RUN.replace("z.object", "z.strictObject", 1), "run.output.text", ""),
    "text-that-is-parsed": (
        _RUN.replace("string()", "string().transform((t) => JSON.parse(t))"),
        "run.output.text.answer",
        "",
    ),
    "list": (_RUN.replace("z.string()", "z.array(z.string())"), "run.output.text", ""),
    "number": (_RUN.replace("z.string()", "z.number().int()"), "run.output.text", ""),
    "one-of-several-by-its-type": (
        "z.object({ output: z.discriminatedUnion('type', ["
        "z.object({ type: z.literal('text'), text: z.string() }), "
        "z.object({ type: z.literal('json'), value: z.any() })]) })",
        "run.output.type === 'text' ? run.output.text : run.output.value",
        "output: { type: 'text', text }",
    ),
    "object-that-is-given-back": (
        "z.object({ output: z.object({ title: z.string(), tags: z.array(z.string()) }) })",
        "run.output",
        "",
    ),
    "all-of-it-given-back": (
        "z.object({ output: z.object({ title: z.string(), tags: z.array(z.string()) }) })",
        "run",
        "",
    ),
    "more-members": (
        "z.object({ output: z.object({ text: z.string() }).extend({ n: z.array(z.string()) }) })",
        "run.output.n",
        "",
    ),
}


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize(("schema", "read", "given"), _WHOLE.values(), ids=_WHOLE)
def test_an_answer_that_a_schema_refuses_is_left(
    schema: str, read: str, given: str, target: str
) -> None:
    source = f"""\
import {{ z }} from 'zod';
const Run = {schema};
export async function ask(message) {{
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {{
    method: 'POST',
    headers: {{ Authorization: `Bearer ${{process.env.KEY}}`, 'Content-Type': 'application/json' }},
    body: JSON.stringify({{ workflow_id: 'wf_1', input: {{ message }} }}),
  }});
  if (!res.ok) throw new Error('failed');
  const run = Run.parse(await res.json());
  return {read};
}}
"""
    migration = check(source.encode(), "ask.mjs", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is (Bucket.MIGRATED if given else Bucket.LEFT), finding.detail
    assert given in migration.result.decode()
