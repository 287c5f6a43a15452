"""What a file does with an answer's text, found by running it: shown, not shown, or not certain."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from callmend.findings import Bucket
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readings import What
from callmend.languages.ecmascript.shapes import Shape
from callmend.languages.ecmascript.showing import errors_shown, shown
from callmend.languages.ecmascript.tree import descendants, text
from callmend.languages.verdicts import Errors, Shown
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.source import Language, SourceFile
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_OUTPUT = b"output: text"
_LIST = b"outputs: [{ text }]"


def _parsed(code: str, member: bytes) -> tuple[Program, list[Node], Shape]:
    program = Program(SourceFile("a.ts", code.encode()), Language.TYPESCRIPT)
    calls = [
        node
        for node in descendants(program.tree.root)
        if node.type == "call_expression" and text(node).startswith(b"dead(")
    ]
    return program, calls, Shape((b"output_text: text", member, b"status: 'completed'"), "it")


def _verdict(code: str, member: bytes, what: What = What.RESPONSE) -> Shown:
    program, calls, shape = _parsed(code, member)
    return shown(program, calls[0], shape, what, calls[1:])


def _asking(reading: str, rest: str = "", head: str = "export ") -> str:
    return (
        f"{head}async function ask(q: string) {{\n  const res = await dead(q);\n"
        f"  const data = await res.json();\n  {reading}\n}}\n{rest}"
    )


#: What shows the text on one way at least.
_SHOWN = {
    "in-a-function-that-is-returned": (_asking("return () => data.output;"), _OUTPUT),
    "returned": (_asking("return data.output;"), _OUTPUT),
    "second-of-a-ladder": (_asking("return data.answer ?? data.output;"), _OUTPUT),
    "in-an-object": (_asking("return { reply: data.output.trim() };"), _OUTPUT),
    "found-among-elements": (_asking("return data.outputs.find((o) => o.text).text;"), _LIST),
    "first-of-the-members": (_asking("return Object.values(data.outputs)[0].text;"), _LIST),
    "last-of-the-elements": (
        _asking("return data.outputs.findLast((o) => o.text)?.text;"),
        _LIST,
    ),
    "elements-in-a-list-of-lists": (
        _asking("return [data.outputs].flat().map((o) => o.text).join('');"),
        _LIST,
    ),
    "sum-of-the-elements": (
        _asking("return data.outputs.reduce((all, o) => all + o.text, '');"),
        _LIST,
    ),
    "asked-whether-it-is-there": (
        _asking("return data.hasOwnProperty('output') ? data.output : '';"),
        _OUTPUT,
    ),
    "other-way-throws": (
        _asking("if (process.env.STRICT && !data.signed) throw new Error(); return data.output;"),
        _OUTPUT,
    ),
    "given-to-what-is-not-seen": (_asking("await save(data.output);"), _OUTPUT),
    "read-in-a-callback": (_asking("show(() => data.output);"), _OUTPUT),
    "read-later": (_asking("setTimeout(() => show(data.output), 10);"), _OUTPUT),
    "kept-in-a-state": (_asking("setReply(data.output); return null;"), _OUTPUT),
    "kept-in-a-field": (_asking("cache.last = data.output;"), _OUTPUT),
    "kept-in-an-object-of-the-file": (
        "const store = { last: '' };\n" + _asking("store.last = data.output;"),
        _OUTPUT,
    ),
    "kept-in-a-variable-of-the-file": (
        "let last = '';\n" + _asking("last = data.output;"),
        _OUTPUT,
    ),
    "printed-at-the-top-of-a-script": (
        "const res = await dead('q');\nconst data = await res.json();\nconsole.log(data.output);",
        _OUTPUT,
    ),
    "shown-by-the-caller": (
        _asking("return { out: data.output };", "ask('q').then((r) => show(r.out));", head=""),
        _OUTPUT,
    ),
    "shown-by-one-of-two-callers": (
        _asking(
            "return data;",
            "export const warm = async () => (await ask('q')).status === 'completed';\n"
            "export const say = async () => (await ask('q')).output;\n",
            head="",
        ),
        _OUTPUT,
    ),
    "handed-to-another-file-too": (
        _asking(
            "return { out: data.output };",
            "ask('q').then((r) => show(r.out.text));\nmodule.exports = { ask };",
            head="",
        ),
        _OUTPUT,
    ),
    "shown-by-what-asks-for-it-again": (
        "export async function start() {\n  const res = await dead('q');\n"
        "  return (await res.json()).id;\n}\n"
        "export async function wait(id) {\n  const res = await dead(id);\n"
        "  return (await res.json()).output;\n}\n",
        _OUTPUT,
    ),
}

#: What certainly shows nothing of it.
_NOT_SHOWN = {
    "element-of-a-kind-that-is-not-told": (
        _asking("return data.outputs.find((o) => o.type === 'text').text;"),
        _LIST,
    ),
    "member-of-a-text": (_asking("return data.output.text;"), _OUTPUT),
    "member-of-a-text-in-an-object": (
        _asking("const kept = { out: data.output }; return kept.out.text;"),
        _OUTPUT,
    ),
    "member-of-a-text-in-a-list": (
        _asking("const [out] = [data.output]; return out.text;"),
        _OUTPUT,
    ),
    "flag-of-success-that-is-missing": (
        _asking("if (!data.success) throw new Error('no'); return data.output;"),
        _OUTPUT,
    ),
    "number-of-a-status-that-is-missing": (
        _asking("if (data.code !== 200) return 'failed'; return data.output;"),
        _OUTPUT,
    ),
    "status-of-another-word": (
        _asking("if (data.status !== 'ok') return ''; return data.output;"),
        _OUTPUT,
    ),
    "throws-into-its-own-fallback": (
        _asking("try { return data.output[0].text.value; } catch { return 'sorry'; }"),
        _OUTPUT,
    ),
    "caller-reads-a-member-of-it": (
        _asking("return { result: data.output };", "ask('q').then((r) => show(r.result.message));")
        .replace("export ", ""),
        _OUTPUT,
    ),
    "only-logged-whole": (_asking("console.log(data); return data.output?.text;"), _OUTPUT),
}  # fmt: skip

#: What cannot be followed to the end, and shows nothing until there.
_UNCERTAIN = {
    "text-that-is-parsed": (_asking("return JSON.parse(data.output).reply;"), _OUTPUT),
    "throws-what-may-be-its-end": (
        _asking("if (!data.success) throw redirect('/'); return data.output;"),
        _OUTPUT,
    ),
    "callback-that-throws": (
        _asking("return other(() => data.title, (e) => { throw e; });"),
        _OUTPUT,
    ),
    "sorted-in-a-way-that-is-not-known": (
        _asking("return data.outputs.sort((a, b) => a.at - b.at)[0].body;"),
        _LIST,
    ),
    "by-a-name-that-is-not-known": (_asking("return data[q];"), _OUTPUT),
    "asked-for-by-a-condition": (_asking("if (data.output) count();"), _OUTPUT),
    "asks-itself-again": (
        _asking(
            "return data.output.text ? data.output.text : ask(data.output);",
        ).replace("export ", ""),
        _OUTPUT,
    ),
}


@pytest.mark.parametrize("name", _SHOWN)
def test_shows_the_text(name: str) -> None:
    code, member = _SHOWN[name]
    assert _verdict(code, member) is Shown.YES


@pytest.mark.parametrize("name", _NOT_SHOWN)
def test_certainly_does_not_show_it(name: str) -> None:
    code, member = _NOT_SHOWN[name]
    assert _verdict(code, member) is Shown.NO


@pytest.mark.parametrize("name", _UNCERTAIN)
def test_is_not_certain(name: str) -> None:
    code, member = _UNCERTAIN[name]
    assert _verdict(code, member) is Shown.UNCERTAIN


@pytest.mark.parametrize(
    ("what", "reading"),
    [
        (What.BODY, "(await dead(q)).output"),
        (What.AXIOS, "(await dead(q)).data.output"),
        (What.UNDICI, "(await (await dead(q)).body.json()).output"),
        (What.RESPONSE, "JSON.parse(await (await dead(q)).text()).output"),
    ],
    ids=lambda value: value.name if isinstance(value, What) else "",
)
def test_knows_what_each_client_gives(what: What, reading: str) -> None:
    code = f"export const ask = async (q) => {reading};\n"
    assert _verdict(code, _OUTPUT, what) is Shown.YES
    assert _verdict(code.replace(";\n", ".text;\n"), _OUTPUT, what) is Shown.NO


_HEAD = "const res = await dead('q');\nconst data = await res.json();\n"
#: What the file does with an answer, and whether an error's JSON stands in its place.
_ERRORS = {
    "in-a-ladder-behind-the-status": (
        "const reply = res.ok ? data.output : null;\nshow(reply ?? JSON.stringify(data));",
        Errors.ALWAYS,
    ),
    "whole-in-an-object": ("show({ reply: data.output ?? data });", Errors.ALWAYS),
    "with-its-status": ("show({ status: res.status, reply: data.output ?? data });", Errors.NEVER),
    "with-its-own-status": (
        "Response.json({ reply: data.output ?? data }, { status: res.ok ? 200 : 500 });",
        Errors.NEVER,
    ),
    "with-what-tells-it": ("show({ ok: res.ok, reply: data.output ?? data });", Errors.NEVER),
    "message-of-the-error": ("show(data.output ?? data.error.message);", Errors.NEVER),
    "thrown": (
        "if (!res.ok) throw new Error(JSON.stringify(data));\nshow(data.output ?? data);",
        Errors.NEVER,
    ),
    "shown-elsewhere": (
        "if (!res.ok) report(JSON.stringify(data));\nelse show(data.output ?? data);",
        Errors.NEVER,
    ),
    "for-all-statuses-but-one": (
        "if (res.status === 404) throw new Error('gone');\nshow(data.output ?? data);",
        Errors.SOMETIMES,
    ),
    "not-followed-to-the-end": ("for (const key in data) show(data[key]);", Errors.UNCERTAIN),
    "only-logged": ("console.log(JSON.stringify(data));\nshow(data.output ?? '');", Errors.NEVER),
    "fallback-of-its-own": ("show(res.ok ? data.output : 'sorry');", Errors.NEVER),
}


@pytest.mark.parametrize("name", _ERRORS)
def test_knows_whether_an_error_stands_in_the_place_of_the_text(name: str) -> None:
    code, wanted = _ERRORS[name]
    program, calls, shape = _parsed(_HEAD + code, _OUTPUT)
    assert errors_shown(program, calls[0], shape) is wanted


def test_knows_whether_an_error_is_returned_in_the_place_of_the_text() -> None:
    ladder = _asking("return (res.ok && data.output) || JSON.stringify(data);")
    apart = _asking("if (!res.ok) return JSON.stringify(data); return data.output ?? data;")
    for code, wanted in ((ladder, Errors.ALWAYS), (apart, Errors.NEVER)):
        program, calls, shape = _parsed(code, _OUTPUT)
        assert errors_shown(program, calls[0], shape) is wanted


@pytest.mark.parametrize("whole", [False, True])
def test_what_is_given_the_whole_answer_is_trusted_or_not(whole: bool) -> None:
    program, calls, shape = _parsed(_HEAD + "keep(data);", _OUTPUT)
    found = errors_shown(program, calls[0], shape, whole=whole)
    assert found is (Errors.ALWAYS if whole else Errors.NEVER)


_SENT = (
    "fetch('https://api.openai.com/v1/workflows/runs', {\n"
    "    method: 'POST',\n"
    "    headers: { Authorization: `Bearer ${process.env.KEY}` },\n"
    "    body: JSON.stringify({ workflow_id: 'wf_1', input: { message } }),\n"
    "  })"
)


@pytest.mark.parametrize("target", _TARGETS)
def test_throws_what_would_stand_in_the_place_of_the_text(target: str) -> None:
    code = (
        f"export async function ask(message) {{\n  const res = await {_SENT};\n"
        "  const run = await res.json();\n  const reply = res.ok ? run.output : null;\n"
        "  return reply ?? JSON.stringify(run);\n}\n"
    )
    migration = check(code.encode(), "a.ts", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert b"if (!answer.ok) throw" in migration.result or b"throw new Error" in migration.result


@pytest.mark.parametrize("target", _TARGETS)
def test_leaves_the_call_because_nothing_would_be_shown(target: str) -> None:
    code = (
        f"export async function ask(message) {{\n  const res = await {_SENT};\n"
        "  if (!res.ok) throw new Error('HTTP ' + res.status);\n  const run = await res.json();\n"
        "  const kept = { out: run.output, at: Date.now() };\n"
        "  if (run.region !== 'eu') throw new Error('wrong region');\n  return kept.out;\n}\n"
    )
    migration = check(code.encode(), "a.ts", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.LEFT
    assert finding.reason is Reason.ANSWER_NOT_UNDERSTOOD
    assert "`throw new Error('wrong region');` in line" in (finding.detail or "")
