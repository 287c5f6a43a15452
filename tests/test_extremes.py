"""Very deep, very long and very many: nothing raises, and nothing takes the square of its size."""

from __future__ import annotations

import time

import pytest

from callmend.findings import Bucket
from tests.snippets import (
    PARSE,
    PLAIN,
    READ,
    REQUEST,
    RETURN,
    URL,
    asking,
    calling,
    describe,
    function,
    reading,
    replaced,
    run,
)

_DEEP = 1500
_SECONDS = 8
_BODY = "JSON.stringify({ workflow_id: id, input: { message: text } })"


def around(opening: str, inside: str, closing: str, depth: int = _DEEP) -> str:
    """Something inside of many brackets, a few to a line so that the file is not minified."""
    return f"{opening}\n" * depth + inside + f"{closing}\n" * depth


_HISTORY = "message: text, conversation_history: "

DEEP = {
    "parentheses": function(f"log({around('(', '1', ')', 5000)});", REQUEST, PARSE, READ, RETURN),
    "parentheses-around-the-url": calling("fetch(" + around("(", f"'{URL}'", ")", 5000)),
    "blocks": function(around("{", "", "}", 5000), REQUEST, PARSE, READ, RETURN),
    "blocks-around-the-call": function(
        around("{", f"{REQUEST}\n{PARSE}\n{READ}\n{RETURN}", "}", 1500)
    ),
    "conditions-around-the-call": function(
        around("if (text) {", f"{REQUEST}\n{PARSE}\n{READ}\n{RETURN}", "}", 300)
    ),
    "functions-around-the-call": around("(() => {", PLAIN.replace("export ", ""), "})", 1000),
    "arrows": function("log(" + around("(a =>", "1", ")") + ");", REQUEST, PARSE, READ, RETURN),
    "objects": function("log(" + around("{ a:", "1", "}") + ");", REQUEST, PARSE, READ, RETURN),
    "templates": function("log(" + around("`${", "1", "}`", 800) + ");", REQUEST, PARSE, READ),
    "pattern": function("const " + around("[", "a", "]") + " = b;", REQUEST, PARSE, READ, RETURN),
    "parameter-pattern": f"function g({around('{ a:', 'b', '}')}) {{}}\n{PLAIN}",
    "else-ifs": function(
        "if (id) {}",
        "else if (key) {}\n" * 300 + "else {",
        REQUEST,
        PARSE,
        READ,
        RETURN,
        "}",
    ),
    "or-chain-in-the-reading": reading(
        PARSE, "const answer = " + "data.output ||\n" * _DEEP + "'';"
    ),
    "stringify-in-the-reading": reading(
        PARSE,
        "const answer = data.output?.message || "
        + "JSON.stringify(\n" * _DEEP
        + "data"
        + ")\n" * _DEEP
        + ";",
    ),
    "members-in-the-reading": reading(PARSE, "return data" + "\n.a" * _DEEP + ".text || '';"),
    "sum-as-input": asking("input: { message: text }", "input: " + "'a' +\n" * _DEEP + "'b'"),
    "sum-as-message": asking("message: text", "message: " + "text +\n" * _DEEP + "'b'"),
    "slices-of-the-history": asking("message: text", f"{_HISTORY}all" + "\n.slice(1)" * _DEEP),
    "arrays-in-the-history": asking("message: text", f"{_HISTORY}{around('[...', 'all', ']')}"),
    "nots-in-the-error-check": function(
        REQUEST,
        f"if ({'!' * _DEEP}response.ok) {{ throw new Error(await response.text()); }}",
        PARSE,
        READ,
        RETURN,
    ).replace("!" * 100, "!" * 100 + "\n"),
    "ands-in-the-error-check": function(
        REQUEST,
        "if (" + "text &&\n" * _DEEP + "!response.ok) { throw new Error(await response.text()); }",
        PARSE,
        READ,
        RETURN,
    ),
    "blocks-that-leave": function(
        "if (text) " + around("{", "return;", "}"), REQUEST, PARSE, READ, RETURN
    ),
    "conditions-as-url": calling("fetch(" + "id ?\n'x' : " * 20 + f"'{URL}'"),
    "sum-as-url": calling("fetch(" + "'' +\n" * 20 + f"'{URL}'"),
    "constants-as-url": "const a0 = '"
    + URL
    + "';\n"
    + "".join(f"const a{n + 1} = a{n};\n" for n in range(20))
    + calling("fetch(a20"),
}


@pytest.mark.parametrize("source", DEEP.values(), ids=DEEP.keys())
def test_deep_nesting_is_no_error_and_the_call_is_not_passed_over(source: str) -> None:
    migration = run(source)

    found = [describe(finding) for finding in migration.findings]
    assert len(found) == 1, found
    assert migration.findings[0].bucket in (Bucket.MIGRATED, Bucket.LEFT)


CIRCLES = {
    "message": ("const m = m;", "message: text", "message: m"),
    "sum": ("const input = input + '!';", "input: { message: text }", "input"),
    "history": ("const all = [...all];", "message: text", f"{_HISTORY}all"),
    "history-of-two": (
        "const a = [...b], b = [...a];",
        "message: text",
        f"{_HISTORY}a",
    ),
    "body": ("const body = body;", f"body: {_BODY}", "body"),
    "url": ("const url = url + '/v1/workflows/runs';", f"'{URL}'", "url"),
    "url-of-two": ("const a = b, b = a + '/v1/workflows/runs';", f"'{URL}'", "a"),
    "id": ("const w = w;", "workflow_id: id", "workflow_id: w"),
}


@pytest.mark.parametrize(("declared", "old", "new"), CIRCLES.values(), ids=CIRCLES.keys())
def test_a_constant_that_is_declared_by_itself_is_no_endless_loop(
    declared: str, old: str, new: str
) -> None:
    migration = run(function(declared, replaced(REQUEST, old, new), PARSE, READ, RETURN))

    assert len(migration.findings) == 1


LONG = {
    "functions": "".join(
        f"function f{n}(a{n}) {{\n  const b = a{n} + 'x';\n  return b;\n}}\n" for n in range(2500)
    ),
    "statements": "".join(f"const a{n} = '{n}';\n" for n in range(10_000)),
    "conditions": "".join(f"if (a{n}) {{ go('{n}'); }}\n" for n in range(10_000)),
    "comments": "// a comment\n" * 10_000,
    "list": "const a = [\n" + "  'b',\n" * 10_000 + "];\n",
    "object": "const a = {\n" + "".join(f"  b{n}: 'c',\n" for n in range(10_000)) + "};\n",
    "jsx": "const a = <ul>\n" + "  <li title='b'>c</li>\n" * 10_000 + "</ul>;\n",
    "calls-in-a-chain": "a" + "\n  .b('c')" * 2000 + ";\n",
    "words-in-a-sum": "const a = 'b'" + "\n  + 'c'" * 2000 + ";\n",
    "one-long-line-among-others": "const a = '" + "b" * 100_000 + "';\n" + "// c\n" * 10_000,
    "uses-of-one-name": "let a = 1;\n" + "use(a);\n" * 10_000,
}


@pytest.mark.parametrize("padding", LONG.values(), ids=LONG.keys())
@pytest.mark.parametrize("place", ["above", "inside"])
def test_a_long_file_takes_seconds_and_not_minutes(padding: str, place: str) -> None:
    if place == "above":
        source = padding + PLAIN
    else:
        source = function(padding, REQUEST, PARSE, READ, RETURN)
    start = time.process_time()
    migration = run(source, "a.tsx")
    seconds = time.process_time() - start

    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert seconds < _SECONDS


MANY = {
    "calls": (PLAIN * 60, 60),
    "uses-of-the-response": (
        function(REQUEST, *["log(response.status);"] * 2000, PARSE, READ, RETURN),
        1,
    ),
    "logs-of-the-answer": (
        function(REQUEST, PARSE, *["console.log(data);"] * 2000, READ, RETURN),
        1,
    ),
    "writes-of-the-result": (
        function(
            "let answer = '';",
            *["if (text) { answer = ''; }"] * 1000,
            REQUEST,
            PARSE,
            replaced(READ, "const ", ""),
            RETURN,
        ),
        1,
    ),
    "else-ifs": (
        function("if (id) {}", "else if (key) {}\n" * 700 + "else {", REQUEST, PARSE, READ, "}"),
        1,
    ),
}


@pytest.mark.parametrize(("source", "count"), MANY.values(), ids=MANY.keys())
def test_many_of_a_kind_take_seconds_and_not_minutes(source: str, count: int) -> None:
    start = time.process_time()
    migration = run(source)
    seconds = time.process_time() - start

    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED] * count
    assert seconds < _SECONDS


def test_functions_that_name_each_other_are_not_followed_without_end() -> None:
    """In an unminified bundle (jQuery's 10,000 lines, say) each function is named in others."""
    named = "".join(f"function f{n}() {{ return f{n + 1}(); }}\n" for n in range(_DEEP))
    source = (
        "let url = 'https://api.openai.com/v1/workflows';\nurl += '/wf_1/runs';\n"
        f"{named}async function f{_DEEP}(text) {{\n"
        "  const response = await fetch(url, { method: 'POST', headers: { Authorization: KEY },\n"
        "    body: JSON.stringify({ input: { message: text } }) });\n"
        "  if (!response.ok) throw new Error(await response.text());\n"
        "  return (await response.json()).output_text;\n}\nf0();\n"
    )
    migration = run(source, "bundle.js")
    assert len(migration.findings) == 1
