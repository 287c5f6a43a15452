"""What holds for every file, whatever is in it: random programs and random damage to files."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callmend.edits import apply, kept
from callmend.engine import migrate
from callmend.findings import Bucket, Migration
from callmend.languages.ecmascript.tree import Tree, text
from callmend.source import SourceFile
from tests.programs import Program, Seeded, program, programs
from tests.snippets import PLAIN, URL, asking, calling, describe, specification
from tests.tools import FIXTURE_APP

_PATHS = ("a.js", "a.jsx", "a.ts", "a.tsx", "a.mjs")
#: Not the deadline of one example: the machine may be busy.
_RUNS = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
_SUPERSEDED = [
    b"// WORKFLOW MODE: Use ChatKit Workflows API",
    b"// Include field context in the user message for workflow",
    b"// Build conversation history for workflow",
    b"// Workflow response format",
]
_COMPONENT = (FIXTURE_APP / "components" / "cms" / "AIAssistant.tsx").read_bytes()


def check(source: bytes, path: str) -> Migration:
    """Migrate, and check all that must hold for any file.

    Raises:
        AssertionError: something does not.
    """
    migration = migrate(source, path)
    assert migration.failure is None, migration.failure
    assert apply(source, migration.edits) == migration.result
    for part, start in kept(migration.edits, len(source)):
        size = part.end - part.start
        assert migration.result[start : start + size] == source[part.start : part.end]
    for finding in migration.findings:
        assert (finding.reason is None) is (finding.bucket is not Bucket.LEFT)
        assert bool(finding.edits) is (finding.bucket is Bucket.MIGRATED)
        assert 0 <= finding.span.start < finding.span.end <= len(source)
    migrated = [f for f in migration.findings if f.bucket is Bucket.MIGRATED]
    assert migration.changed is bool(migrated)
    if migrated:
        again = migrate(migration.result, path)
        assert again.failure is None
        assert again.result == migration.result
    return migration


def comments_of(data: bytes, path: str) -> Counter[bytes]:
    """A file's comments, counted."""
    language = SourceFile(path, data).language
    assert language is not None
    nodes = Tree(data, language).nodes
    return Counter(text(node) for node in nodes if node.type == "comment")


def errors_of(data: bytes, path: str) -> int:
    """How many places of a file the grammar cannot read."""
    language = SourceFile(path, data).language
    assert language is not None
    return len(list(Tree(data, language).errors()))


@_RUNS
@given(programs(), st.sampled_from(_PATHS))
def test_a_program_is_rewritten_or_left_with_a_reason_and_stays_whole(
    drawn: Program, path: str
) -> None:
    source = drawn.text.encode()
    assert errors_of(source, path) == 0
    migration = check(source, path)

    [finding] = migration.findings
    assert finding.bucket in (Bucket.MIGRATED, Bucket.LEFT)
    assert errors_of(migration.result, path) == 0
    before, after = comments_of(source, path), comments_of(migration.result, path)
    assert not before - after
    result = migration.result.decode()
    assert all(result.count(comment) == 1 for comment in drawn.comments)


@_RUNS
@given(programs())
def test_line_ends_and_the_byte_order_mark_stay_as_they_are(drawn: Program) -> None:
    source = drawn.text.encode()
    result = check(source, "a.js").result

    assert result.startswith(b"\xef\xbb\xbf") is source.startswith(b"\xef\xbb\xbf")
    assert result.count(b"\xef\xbb\xbf") == source.count(b"\xef\xbb\xbf")
    assert result.endswith(b"\n") is source.endswith(b"\n")
    crlf = b"\r\n" in source
    assert result.count(b"\r\n") == (result.count(b"\n") if crlf else 0)
    assert not [line for line in result.split(b"\n") if line.strip() == b"" and line.strip(b"\r")]


def test_most_programs_are_rewritten() -> None:
    left = Counter[str]()
    for seed in range(200):
        migration = migrate(program(Seeded(seed)).text.encode(), "a.js")
        left.update(describe(f) for f in migration.findings if f.bucket is Bucket.LEFT)
    assert left.total() < 60, left.most_common(5)


# --- layouts that once broke an invariant, or might ------------------------------------------

_BLOCKS = specification()
_WHOLE = _BLOCKS["old request"] + "const data = await response.json();\n" + _BLOCKS["old reading"]
_HEADER = "'Content-Type': 'application/json', 'Authorization': `Bearer ${key}`"
_SAID = "// Build conversation history for workflow"
LAYOUTS = {
    "comma-of-the-last-header-on-its-own-line": asking(
        f"{{ {_HEADER} }}", "{\n      'Authorization': `Bearer ${key}`\n      ,\n    }"
    ),
    "comma-in-front-of-each-header": asking(
        f"{{ {_HEADER} }}", "{\n      'Authorization': `Bearer ${key}`\n      , 'X': '1'\n    }"
    ),
    "comment-behind-the-last-header": asking(
        f"{{ {_HEADER} }}", "{\n      'Authorization': `Bearer ${key}` // key\n    }"
    ),
    "comment-below-the-last-header": asking(
        f"{{ {_HEADER} }}", "{\n      'Authorization': `Bearer ${key}`\n      // end\n    }"
    ),
    "comment-in-the-url": calling("fetch('https://api.openai.com' + /* a */ '/v1/workflows/runs'"),
    "comment-in-new-url": calling(f"fetch(new URL('{URL}' /* a */)"),
    "comment-in-front-of-the-input": asking("input: { message: text }", "input: /* a */ text"),
    "comment-in-front-of-the-message": asking("message: text", "/* a */ message: text"),
    "comment-behind-the-message": asking("message: text", "message: text /* a */"),
    "line-comment-in-the-message": asking("message: text", "message: // a\n      text"),
    "line-comment-in-the-key": asking("`Bearer ${key}`", "'Bearer ' + // a\n      key"),
    "comment-in-the-id": asking("workflow_id: id", "workflow_id /* a */: /* b */ id"),
    "superseded-comment-behind-a-superseded-statement": _WHOLE.replace(
        f"`;\n  \n  {_SAID}", f"`; {_SAID}"
    ),
    "superseded-comment-behind-the-brace": _WHOLE.replace(
        "{\n  // WORKFLOW MODE", "{ // WORKFLOW MODE"
    ),
    "superseded-comment-behind-the-reading": _WHOLE.replace(
        "'';\n", "''; // Workflow response format\n"
    ),
    "superseded-comment-behind-an-own-one": _WHOLE.replace(
        "  // Include field", "  /* mine */ // Include field"
    ),
    "all-on-one-line": " ".join(PLAIN.split()) + "\n",
    "no-line-end-at-the-end": PLAIN.rstrip(),
    "reading-in-the-line-of-its-if": PLAIN.replace(
        "  const answer", "  if (data.error) {} const answer"
    ),
    "old-mac-line-ends": PLAIN.replace("\n", "\r"),
    "mixed-line-ends": PLAIN.replace("\n", "\r\n", 3),
    "line-separators": PLAIN.replace(";\n", ";\u2028\n"),
    "form-feeds": PLAIN.replace(";\n", ";\f\n"),
    "no-break-spaces": PLAIN.replace("  ", "\u00a0 "),
    "hash-bang": "#!/usr/bin/env node\n" + PLAIN,
    "byte-order-mark": "\ufeff" + PLAIN,
    "directive": "'use client';\n" + PLAIN,
    "cut-off-function": PLAIN.rstrip().removesuffix("}"),
    "broken-head": PLAIN.replace("async function ask(key: string", "asyn ask(key"),
    "broken-reading-at-the-top": _WHOLE.replace("assistantMessage = ", "assi}stantMessage = "),
}


@pytest.mark.parametrize("source", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_no_layout_breaks_an_invariant(source: str) -> None:
    assert source not in (PLAIN, _WHOLE)
    migration = check(source.encode(), "a.tsx")

    assert len(migration.findings) == 1
    assert (
        not comments_of(source.encode(), "a.tsx")
        - comments_of(migration.result, "a.tsx")
        - Counter(_SUPERSEDED)
    )


# --- damage -----------------------------------------------------------------------------------


def _seeds() -> list[tuple[str, bytes]]:
    done = _BLOCKS["new request"] + "const data = await response.json();\n"
    done += _BLOCKS["new reading"]
    return [
        ("a.ts", PLAIN.encode()),
        ("a.tsx", _WHOLE.encode()),
        ("a.tsx", done.encode()),
        ("a.js", PLAIN.replace(": string", "").encode().replace(b"\n", b"\r\n")),
        ("a.tsx", _COMPONENT),
    ]


_PIECES = (
    b"\0",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xa8",
    b"\r",
    b"\n",
    b"{",
    b"}",
    b"(",
    b")",
    b"`",
    b"${",
    b"'",
    b"//",
    b"/*",
    b"*/",
    b"<",
    b"=>",
    b";",
    b"await ",
    b"if (x) ",
    b"return ",
    b"async ",
    b"data.output",
    b"response",
    b"// callmend-ignore\n",
    b"https://api.openai.com/v1/workflows/runs",
)


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A real file with random bytes taken out, doubled, moved, put in or cut off."""
    path, data = draw(st.sampled_from(_seeds()))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        length = draw(st.sampled_from([0, 1, 2, 5, 20, 100, 1000]))
        chunk = data[start : start + length]
        kind = draw(st.integers(0, 5))
        if kind == 0:
            data = data[:start] + data[start + length :]
        elif kind == 1:
            data = data[:start] + chunk + data[start:]
        elif kind == 2:
            data = data[:start] + draw(st.sampled_from(_PIECES)) + data[start:]
        elif kind == 3:
            data = data[:start]
        elif kind == 4:
            data = data[:start] + draw(st.binary(max_size=8)) + data[start:]
        else:
            target = draw(st.integers(0, len(data)))
            data = data[:target] + chunk + data[target:]
    return path, data


@settings(_RUNS, max_examples=400)
@given(damaged())
def test_no_damage_raises_or_breaks_an_invariant(case: tuple[str, bytes]) -> None:
    path, data = case
    check(data, path)


@settings(_RUNS, max_examples=100)
@given(st.binary(max_size=300), st.sampled_from(_PATHS))
def test_random_bytes_are_left_alone(data: bytes, path: str) -> None:
    assert check(data, path).result == data


@settings(_RUNS, max_examples=100)
@given(st.lists(st.sampled_from(_PIECES), max_size=60), st.sampled_from(_PATHS))
def test_random_pieces_of_code_never_raise(pieces: list[bytes], path: str) -> None:
    check(b"".join(pieces), path)


def test_a_file_that_is_cut_off_anywhere_never_raises() -> None:
    data = PLAIN.encode()
    for end in range(len(data)):
        check(data[:end], "a.ts")


def test_a_file_whose_lines_go_one_by_one_never_raises() -> None:
    lines = _COMPONENT.split(b"\n")
    for gone in range(150, len(lines)):
        check(b"\n".join(lines[:gone] + lines[gone + 1 :]), "a.tsx")
