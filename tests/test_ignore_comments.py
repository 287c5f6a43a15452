"""`callmend-ignore`: which call a comment silences, and what is said of one that silences none."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket, Migration
from callmend.settings import Settings
from tests.snippets import (
    HEAD,
    OPTIONS,
    PARSE,
    PLAIN,
    READ,
    REQUEST,
    RETURN,
    URL,
    function,
    replaced,
    run,
)

_SEND = replaced(REQUEST, "const response = ", "")
_ON_ONE_LINE = " ".join(REQUEST.split())


def commented(comment: str) -> str:
    """The plain program with a line above its request."""
    return function(comment, REQUEST, PARSE, READ, RETURN)


def buckets(migration: Migration) -> list[Bucket]:
    """What became of each call."""
    return [finding.bucket for finding in migration.findings]


def unused(migration: Migration) -> list[int]:
    """The lines of the comments that silence nothing."""
    assert {diagnostic.code for diagnostic in migration.diagnostics} <= {"unused-ignore"}
    return [migration.line(diagnostic.span.start) for diagnostic in migration.diagnostics]


SILENCED = {
    "line-comment": commented("// callmend-ignore"),
    "line-comment-without-blank": commented("//callmend-ignore"),
    "with-the-code": commented("// callmend-ignore CM101"),
    "with-the-code-behind-a-colon": commented("// callmend-ignore: CM101"),
    "with-several-codes": commented("// callmend-ignore CM201, CM101"),
    "with-the-codes-prefix": commented("// callmend-ignore CM1"),
    "with-a-reason": commented("// callmend-ignore: the proxy answers this"),
    "with-the-code-and-a-reason": commented("// callmend-ignore CM101 -- the proxy answers this"),
    "block-comment": commented("/* callmend-ignore */"),
    "jsdoc-comment": commented("/** callmend-ignore */"),
    "block-comment-of-several-lines": commented("/*\n   * callmend-ignore\n   */"),
    "above-a-blank-line": commented("// callmend-ignore\n"),
    "above-another-comment": commented("// callmend-ignore\n  // the proxy answers this"),
    "block-comment-in-the-same-line": function(
        "/* callmend-ignore */ " + REQUEST, PARSE, READ, RETURN
    ),
    "trailing-in-the-line-of-the-call": function(
        _ON_ONE_LINE + " // callmend-ignore", PARSE, READ, RETURN
    ),
    "trailing-with-the-code": function(
        _ON_ONE_LINE + " // callmend-ignore CM101", PARSE, READ, RETURN
    ),
    "trailing-in-the-first-line-of-the-call": function(
        replaced(REQUEST, ", {\n", ", { // callmend-ignore\n"), PARSE, READ, RETURN
    ),
    "inside-of-the-call": function(
        replaced(REQUEST, "fetch(", "fetch(/* callmend-ignore */ "), PARSE, READ, RETURN
    ),
    "above-the-guarding-if": function(
        "let answer = '';",
        "// callmend-ignore",
        "if (text) {",
        REQUEST,
        PARSE,
        "answer = data.output?.message || '';",
        "}",
        RETURN,
    ),
    "above-the-function": "// callmend-ignore\n" + PLAIN,
    "above-the-function-without-export": (
        "// callmend-ignore\n" + replaced(PLAIN, HEAD, HEAD.removeprefix("export "))
    ),
    "above-the-class-member": (
        "class Api {\n  // callmend-ignore\n  "
        + replaced(PLAIN, HEAD, HEAD.removeprefix("export ").replace("function ", ""))
        + "}\n"
    ),
    "above-the-else": function(
        "let answer = '';",
        "if (!text) {",
        "answer = 'ask me';",
        "}",
        "// callmend-ignore",
        "else {",
        REQUEST,
        PARSE,
        "answer = data.output?.message || '';",
        "}",
        RETURN,
    ),
    "windows-line-ends": commented("// callmend-ignore").replace("\n", "\r\n"),
    "first-line-behind-a-byte-order-mark": "\ufeff// callmend-ignore\n" + PLAIN,
    "tabs": commented("\t// callmend-ignore"),
}


@pytest.mark.parametrize("source", SILENCED.values(), ids=SILENCED.keys())
def test_the_next_call_is_silenced(source: str) -> None:
    migration = run(source)

    assert migration.result == source.encode()
    assert buckets(migration) == [Bucket.IGNORED]
    assert unused(migration) == []
    [finding] = migration.findings
    assert finding.rule == "CM101"
    assert finding.reason is None
    assert finding.edits == ()


def component(above: str) -> str:
    """A component whose button asks."""
    handler = "\n".join([REQUEST, PARSE, "setText(data.output?.message || '');"])
    return (
        "export function Ask({ key, id, text, setText }: Props) {\n"
        "  return <div>\n"
        f"    {above}\n"
        f"    <button onClick={{async () => {{\n{handler}\n}}}} />\n"
        "  </div>;\n"
        "}\n"
    )


def test_a_comment_in_jsx_silences_the_next_element() -> None:
    source = component("{/* callmend-ignore */}")
    migration = run(source, "a.tsx")

    assert migration.result == source.encode()
    assert buckets(migration) == [Bucket.IGNORED]
    assert unused(migration) == []


def test_the_component_without_the_comment_is_rewritten() -> None:
    assert buckets(run(component(""), "a.tsx")) == [Bucket.MIGRATED]


NOT_SILENCED = {
    "another-rules-code": (commented("// callmend-ignore CM201"), [2]),
    "a-statement-in-between": (commented("// callmend-ignore\n  log(text);"), [2]),
    "behind-the-statement-above": (commented("log(text); // callmend-ignore"), [2]),
    "in-an-empty-block-above": (commented("{ // callmend-ignore\n  }"), [2]),
    "below-the-call": (function(REQUEST, PARSE, READ, "// callmend-ignore", RETURN), [9]),
    "behind-the-last-line-of-the-call": (
        function(REQUEST + " // callmend-ignore", PARSE, READ, RETURN),
        [6],
    ),
    "another-word": (commented("// callmend-ignored"), []),
    "in-a-string": (commented("log('// callmend-ignore');"), []),
    "in-a-template": (commented("log(`\n  // callmend-ignore\n`);"), []),
}


@pytest.mark.parametrize(("source", "lines"), NOT_SILENCED.values(), ids=NOT_SILENCED.keys())
def test_a_comment_that_is_not_about_the_call_does_not_silence_it(
    source: str, lines: list[int]
) -> None:
    migration = run(source)

    assert buckets(migration) == [Bucket.MIGRATED]
    assert unused(migration) == lines


def test_of_two_calls_below_one_comment_only_the_next_is_silenced() -> None:
    one = f"fetch('{URL}', {OPTIONS})"
    source = f"// callmend-ignore\nconst both = [{one}, {one}];\n"
    migration = run(source)

    assert buckets(migration) == [Bucket.IGNORED, Bucket.MIGRATED]
    assert unused(migration) == []


def test_of_two_functions_below_one_comment_only_the_next_is_silenced() -> None:
    source = "// callmend-ignore\n" + PLAIN
    migration = run(source + PLAIN)

    assert buckets(migration) == [Bucket.IGNORED, Bucket.MIGRATED]
    assert migration.result.startswith(source.encode())


def test_each_call_can_have_its_own_comment() -> None:
    source = ("// callmend-ignore\n" + PLAIN) * 2
    migration = run(source)

    assert migration.result == source.encode()
    assert buckets(migration) == [Bucket.IGNORED, Bucket.IGNORED]
    assert unused(migration) == []


def test_a_second_comment_for_one_call_is_unused() -> None:
    migration = run(commented("// callmend-ignore\n  // callmend-ignore CM101"))

    assert buckets(migration) == [Bucket.IGNORED]
    assert unused(migration) == [3]


def test_an_unused_comment_is_reported_with_its_place() -> None:
    source = "const a = 1;\n\n  // callmend-ignore\nconst b = 2;\n"
    migration = run(source)

    assert migration.findings == ()
    [diagnostic] = migration.diagnostics
    assert diagnostic.code == "unused-ignore"
    assert source[diagnostic.span.start : diagnostic.span.end] == "// callmend-ignore"


def test_a_call_that_would_be_left_is_silenced_too() -> None:
    source = f"// callmend-ignore\naxios.post('{URL}', {{}});\n"
    assert buckets(run(source)) == [Bucket.IGNORED]


def test_an_unknown_host_is_silenced() -> None:
    source = "// callmend-ignore\nfetch(`${base}/v1/workflows/runs`, {});\n"
    assert buckets(run(source)) == [Bucket.IGNORED]


def test_an_exported_url_is_silenced() -> None:
    source = f"// callmend-ignore\nexport const RUNS = '{URL}';\n"
    assert buckets(run(source)) == [Bucket.IGNORED]


def test_a_url_constant_that_a_silenced_call_uses_stays() -> None:
    using = replaced(PLAIN, f"'{URL}'", "RUNS")
    source = f"const RUNS = '{URL}';\n// callmend-ignore\n{using}{using}"
    migration = run(source)

    assert buckets(migration) == [Bucket.IGNORED, Bucket.MIGRATED]
    assert migration.result.startswith(f"const RUNS = '{URL}';\n".encode())
    assert b"fetch(RUNS" in migration.result


def test_a_rule_that_is_not_selected_leaves_its_comments_unused() -> None:
    migration = run(commented("// callmend-ignore"), settings=Settings(ignore=("CM101",)))

    assert migration.findings == ()
    assert unused(migration) == [2]


def test_nothing_that_a_silenced_call_names_is_touched() -> None:
    guard = function(
        "let response: Response;",
        "// callmend-ignore",
        "if (id) {",
        f"  response = {_SEND}",
        "} else {",
        "  response = await fetch('/api/chat');",
        "}",
        PARSE,
        "return id ? data.output?.message : data.text;",
    )
    migration = run(guard)

    assert migration.result == guard.encode()
    assert buckets(migration) == [Bucket.IGNORED]
