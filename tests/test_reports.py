"""The patch as git takes it, and the shapes of the text and the JSON reports."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callmend.edits import Edit, Span, apply
from callmend.findings import Bucket, Diagnostic, Finding, Migration, Note
from callmend.mentions import find_mentions
from callmend.reasons import Reason
from callmend.reports import json_report, text
from callmend.reports.diff import patch
from callmend.run import Mode, Problem, Run
from callmend.settings import Settings
from tests.tools import ROOT, git

# --- the patch --------------------------------------------------------------------------------

#: Old and new bytes of one file each; the edit is worked out from them where none is given.
PAIRS = [
    pytest.param(b"a\nb\nc\n", b"a\nB\nc\n", id="one-line-of-three"),
    pytest.param(b"a\nb", b"a\nB", id="no-final-newline-on-either-side"),
    pytest.param(b"a\nb", b"a\nb\n", id="final-newline-added"),
    pytest.param(b"a\nb\n", b"a\nb", id="final-newline-removed"),
    pytest.param(b"a", b"b", id="no-newline-at-all"),
    pytest.param(b"a\nb\nc\nd\ne", b"A\nb\nc\nd\ne", id="no-final-newline-in-the-context"),
    pytest.param(b"a\n", b"", id="empty-result"),
    pytest.param(b"", b"a\n", id="empty-file"),
    pytest.param(b"", b"a", id="empty-file-gets-a-line-without-newline"),
    pytest.param(b"a\r\nb\r\nc\r\n", b"a\r\nB\r\nc\r\n", id="crlf"),
    pytest.param(b"a\r\nb\nc\r\n", b"a\nb\r\nc\r\n", id="only-the-line-end-changes"),
    pytest.param(b"a\rb\rc\n", b"a\rB\rc\n", id="cr-is-no-line-end"),
    pytest.param(b"a\x0cb\nc\n", b"a\x0cb\nC\n", id="form-feed-is-no-line-end"),
    pytest.param("a\u2028b\nc\n".encode(), "a\u2028b\nC\n".encode(), id="u2028-is-no-line-end"),
    pytest.param(b"\xef\xbb\xbfa\nb\n", b"\xef\xbb\xbfA\nb\n", id="byte-order-mark"),
    pytest.param(b"\xe9\n\xff\n", b"\xe8\n\xff\n", id="not-utf8"),
    pytest.param(b"-- a\n", b"++ b\n", id="lines-that-look-like-headers"),
    pytest.param(b"\n" * 9, b"\n" * 4, id="blank-lines-only"),
    pytest.param(b"x\n" * 40, b"y\n" + b"x\n" * 38 + b"y\n", id="two-hunks"),
    pytest.param(
        b"x\n" * 8, b"y\n" + b"x\n" * 6 + b"y\n", id="changes-six-lines-apart-are-one-hunk"
    ),
    pytest.param(b"x\n" * 9, b"y\n" + b"x\n" * 7 + b"y\n", id="changes-seven-lines-apart-are-two"),
]
#: Names for which git has a rule of its own.
NAMES = [
    pytest.param("plain.ts", id="plain"),
    pytest.param("deep/er/plain.ts", id="in-a-folder"),
    pytest.param("with space.ts", id="space"),
    pytest.param("space /in folder.ts", id="space-at-the-end-of-a-folder"),
    pytest.param("naïve.ts", id="non-ascii"),
    pytest.param("日本 語.ts", id="non-ascii-and-space"),
    pytest.param('quote".ts', id="quote"),
    pytest.param("back\\slash.ts", id="backslash"),
    pytest.param("tab\t.ts", id="tab"),
    pytest.param("new\nline.ts", id="newline"),
    pytest.param("bell\a\x01\x7f.ts", id="control-characters"),
    pytest.param("'single' $(x) `y`.ts", id="shell-characters"),
    pytest.param(os.fsdecode(b"latin1-\xe9.ts"), id="bytes-that-are-not-utf8"),
    pytest.param("a b/a b", id="halves-that-look-alike"),
]


def put(top: Path, name: str, data: bytes) -> Path:
    path = top / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def repository(top: Path) -> Path:
    git("init", "--quiet", cwd=top)
    # Lines must come through as they are, whatever the user's git does about line ends.
    git("config", "core.autocrlf", "false", cwd=top)
    return top


def whole(old: bytes, new: bytes) -> list[Edit]:
    return [Edit(0, len(old), new)]


@pytest.mark.parametrize("from_edits", [True, False], ids=["by-edits", "by-comparing"])
@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_git_apply_gives_the_new_bytes(
    old: bytes, new: bytes, from_edits: bool, tmp_path: Path
) -> None:
    file = put(repository(tmp_path), "src/a.ts", old)
    made = patch("src/a.ts", old, new, whole(old, new) if from_edits else ())
    git("apply", "--check", cwd=tmp_path, stdin=made)
    assert file.read_bytes() == old
    git("apply", cwd=tmp_path, stdin=made)
    assert file.read_bytes() == new


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_found_by_git_apply(name: str, tmp_path: Path) -> None:
    file = put(repository(tmp_path), name, b"old\n")
    git("apply", cwd=tmp_path, stdin=patch(name, b"old\n", b"new\n"))
    assert file.read_bytes() == b"new\n"


@pytest.mark.parametrize("name", NAMES)
def test_the_header_is_the_one_that_git_writes(name: str, tmp_path: Path) -> None:
    file = put(repository(tmp_path), name, b"old\n")
    git("add", "-A", cwd=tmp_path)
    file.write_bytes(b"new\n")
    lines = git("diff", cwd=tmp_path).split(b"\n")
    theirs = [line for line in lines if not line.startswith(b"index ")]
    assert patch(name, b"old\n", b"new\n").split(b"\n") == theirs


def test_the_hunks_are_those_that_git_writes_for_the_specifications_own_change(
    tmp_path: Path,
) -> None:
    spec = (Path(__file__).parent / "specification.md").read_text("utf-8")
    blocks = re.findall(r"```typescript\n(.*?)```", spec, re.DOTALL)
    head = "export function AIAssistant() {\n" + "  other();\n" * 20
    old, new = (head + blocks[i] + "  more();\n" * 9 + blocks[i + 2] + "}\n" for i in (0, 1))
    file = put(repository(tmp_path), "a.ts", old.encode())
    git("add", "-A", cwd=tmp_path)
    file.write_text(new, "utf-8")
    theirs = git("diff", cwd=tmp_path)
    assert patch("a.ts", old.encode(), new.encode()).split(b"\n@@")[1:] == theirs.split(b"\n@@")[1:]


def test_a_patch_from_a_subdirectory_reaches_the_files_below_it(tmp_path: Path) -> None:
    file = put(repository(tmp_path), "app/src/a b.ts", b"old\n")
    made = patch("app/src/a b.ts", b"old\n", b"new\n")
    git("apply", "--check", cwd=tmp_path / "app" / "src", stdin=made)
    git("apply", cwd=tmp_path / "app" / "src", stdin=made)
    assert file.read_bytes() == b"new\n"


def test_a_patch_works_outside_of_a_repository(tmp_path: Path) -> None:
    file = put(tmp_path, "src/a.ts", b"old\n")
    git("apply", cwd=tmp_path, stdin=patch("src/a.ts", b"old\n", b"new\n"))
    assert file.read_bytes() == b"new\n"


@pytest.mark.parametrize("mode", [0o755, 0o644])
def test_the_mode_of_the_file_stays(mode: int, tmp_path: Path) -> None:
    file = put(repository(tmp_path), "run.mjs", b"old\n")
    file.chmod(mode)
    git("add", "-A", cwd=tmp_path)
    git("apply", cwd=tmp_path, stdin=patch("run.mjs", b"old\n", b"new\n"))
    assert file.stat().st_mode & 0o777 == mode


def test_no_change_is_no_patch() -> None:
    assert patch("a.ts", b"a\n", b"a\n", [Edit(0, 1, b"a")]) == b""


def test_edits_that_change_nothing_leave_no_hunk() -> None:
    made = patch("a.ts", b"a\n" * 50 + b"b\n", b"a\n" * 50 + b"c\n", [
        Edit(0, 3, b"a\na"),
        Edit(100, 101, b"c"),
    ])  # fmt: skip
    assert made.count(b"@@ -") == 1


def test_an_edit_that_takes_the_last_newline_and_one_behind_it_are_one_line(tmp_path: Path) -> None:
    old, edits = b"a\nb\n", [Edit(3, 4, b""), Edit(4, 4, b"c")]
    new = apply(old, edits)
    file = put(repository(tmp_path), "a.ts", old)
    git("apply", cwd=tmp_path, stdin=patch("a.ts", old, new, edits))
    assert file.read_bytes() == new == b"a\nbc"


def test_a_small_edit_in_a_file_of_three_megabytes_takes_a_moment_only() -> None:
    old = b"  const value = 1;\n" * 160_000
    edits = [Edit(1_500_000, 1_500_003, b"x\ny")]
    new = apply(old, edits)
    start = time.perf_counter()
    made = patch("a.ts", old, new, edits)
    # A comparison of the whole file takes minutes; the bound is far above the usual 0.1 s.
    assert time.perf_counter() - start < 5
    assert len(made) < 1_000


def test_colours_surround_the_text_and_change_nothing_else() -> None:
    old, new = b"a\r\nb\nc\n", b"A\r\nb\nc"
    plain = patch("a b.ts", old, new)
    coloured = patch("a b.ts", old, new, color=True)
    assert re.sub(rb"\x1b\[[0-9]*m", b"", coloured) == plain
    assert b"\x1b[31m-a\x1b[m\r\n" in coloured
    assert b"\x1b[32m+A\x1b[m\r\n" in coloured
    assert b"\x1b[36m@@ -1,3 +1,3 @@\x1b[m\n" in coloured
    assert b"\x1b[1m--- a/a b.ts\t\x1b[m\n" not in plain
    assert b"\x1b" not in plain


LINE = st.sampled_from(
    [
        b"",
        b"}",
        b"  }",
        b"a",
        b"b",
        b"\r",
        b"a\r",
        b"\x0c",
        b"\xe2\x80\xa8",
        b"\xff\xfe",
        b"@@ -1 +1 @@",
    ]
)
TEXT = st.builds(
    lambda lines, last: b"".join(line + b"\n" for line in lines) + last,
    st.lists(LINE, max_size=30),
    st.sampled_from([b"", b"a", b"}"]),
)


@st.composite
def edited(draw: st.DrawFn) -> tuple[bytes, tuple[Edit, ...]]:
    """A file and edits of it that do not touch one another."""
    old = draw(TEXT)
    cuts = sorted(draw(st.sets(st.integers(0, len(old)), max_size=8)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    edits = [Edit(start, end, draw(TEXT)) for start, end in pairs]
    if draw(st.booleans()) and (not edits or edits[-1].end < len(old)):
        edits.append(Edit(len(old), len(old), draw(TEXT)))
    return old, tuple(edits)


@settings(max_examples=25, deadline=None)
@given(cases=st.lists(edited(), min_size=1, max_size=40), from_edits=st.booleans())
def test_git_apply_gives_the_new_bytes_of_any_edits(
    cases: list[tuple[bytes, tuple[Edit, ...]]],
    from_edits: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    top = repository(tmp_path_factory.mktemp("many"))
    patches = []
    for number, (old, edits) in enumerate(cases):
        put(top, f"{number}.ts", old)
        new = apply(old, edits)
        patches.append(patch(f"{number}.ts", old, new, edits if from_edits else ()))
    if not any(patches):
        return
    git("apply", cwd=top, stdin=b"".join(patches))
    for number, (old, edits) in enumerate(cases):
        assert (top / f"{number}.ts").read_bytes() == apply(old, edits), number


# --- the text ---------------------------------------------------------------------------------

SOURCE = "\ufeffconst é = fetch(a);\n\tfetch(b);\n".encode()
FIRST, SECOND = SOURCE.index(b"fetch(a)"), SOURCE.index(b"fetch(b)")


def finding(bucket: Bucket, start: int = FIRST, **more: object) -> Finding:
    made = Finding("CM101", "workflows-runs", Span(start, start + 8), bucket, "is dead")
    for name, value in more.items():
        object.__setattr__(made, name, value)
    return made


def migration(*findings: Finding, path: str = "src/a.ts", **more: object) -> Migration:
    edits = tuple(edit for found in findings for edit in found.edits)
    made = Migration(path, SOURCE, apply(SOURCE, edits), edits, findings)
    for name, value in more.items():
        object.__setattr__(made, name, value)
    return made


EDIT = Edit(FIRST, FIRST + 8, "new('é')\nnew()".encode())
MIGRATED = finding(Bucket.MIGRATED, edits=(EDIT,), notes=(Note(Span(0, 3), "mind this"),))
LEFT = finding(Bucket.LEFT, SECOND, reason=Reason.OTHER_READ, detail="`data.usage` in line 2")
ALREADY = finding(Bucket.ALREADY_MIGRATED, SECOND, rule="CM201")
IGNORED = finding(Bucket.IGNORED, SECOND)
EVERY = frozenset({"migrated", "left", "already-migrated", "ignored", "failed"})


def test_a_place_counts_lines_and_characters_from_one_without_the_byte_order_mark() -> None:
    lines = [call.line for call in text.calls(Run((migration(MIGRATED, LEFT),)), EVERY)]
    assert lines == [
        "src/a.ts:1:11: CM101 migrated: is dead",
        "src/a.ts:2:2: CM101 left [other-read]: is dead; left because "
        f"{Reason.OTHER_READ.summary} (`data.usage` in line 2)",
    ]


def test_what_to_do_is_said_once_for_each_reason() -> None:
    other = finding(Bucket.LEFT, SECOND, reason=Reason.NOT_ASYNC)
    run = Run((migration(LEFT), migration(LEFT, other, path="src/b.ts")))
    below = [call.below for call in text.calls(run, EVERY)]
    assert below == [
        (f"  to do [other-read]: {Reason.OTHER_READ.advice}",),
        (),
        (f"  to do [not-async]: {Reason.NOT_ASYNC.advice}",),
    ]


def test_with_notes_it_is_said_each_time_with_the_notes_of_a_rewrite() -> None:
    run = Run((migration(MIGRATED, LEFT), migration(LEFT, path="src/b.ts")))
    below = [call.below for call in text.calls(run, EVERY, notes=True)]
    to_do = f"  to do [other-read]: {Reason.OTHER_READ.advice}"
    assert below == [("  note: src/a.ts:1:1: mind this",), (to_do,), (to_do,)]


@pytest.mark.parametrize(
    ("run", "mode", "line"),
    [
        pytest.param(Run(looked_at=1), Mode.DIFF, "no calls; 1 file looked at; 0.00 s", id="none"),
        pytest.param(
            Run((migration(MIGRATED, LEFT),), looked_at=12_000, seconds=1.234),
            Mode.CHECK,
            "2 calls: 1 would be migrated, 1 left (1 other-read); 12,000 files looked at, "
            "1 would be written; 1.23 s",
            id="dry",
        ),
        pytest.param(
            Run((migration(MIGRATED),), looked_at=2, written=("src/a.ts",)),
            Mode.FIX,
            "1 call: 1 migrated; 2 files looked at, 1 written; 0.00 s",
            id="written",
        ),
        pytest.param(
            Run((migration(ALREADY, IGNORED),), looked_at=1),
            Mode.DIFF,
            "2 calls: 1 already-migrated, 1 ignored; 1 file looked at; 0.00 s",
            id="nothing-to-do",
        ),
        pytest.param(
            Run((migration(LEFT), migration(LEFT, LEFT), migration(
                finding(Bucket.LEFT, reason=Reason.NOT_ASYNC)
            )), looked_at=3),
            Mode.DIFF,
            "4 calls: 4 left (3 other-read, 1 not-async); 3 files looked at; 0.00 s",
            id="reasons-by-number",
        ),
    ],
)  # fmt: skip
def test_the_summary(run: Run, mode: Mode, line: str) -> None:
    assert text.summary(run, mode) == f"callmend: {line}"


def test_calls_of_a_file_whose_rewrite_failed_are_counted_as_failed() -> None:
    failed = migration(MIGRATED, LEFT, result=SOURCE, edits=(), failure="lost a comment")
    run = Run((failed,))
    assert sum(run.counts.values()) == len(run.findings) == 2
    assert run.counts["failed"] == run.counts["left"] == 1
    assert [c.line.split(": ")[1] for c in text.calls(run, EVERY)] == [
        "CM101 failed",
        "CM101 left [other-read]",
    ]


@pytest.mark.parametrize(
    ("found", "settings_", "said"),
    [
        pytest.param(MIGRATED, Settings(), True, id="migrated-to-openai"),
        pytest.param(
            MIGRATED, Settings(base_url="https://API.OpenAI.com:443/v1"), True, id="spelt-otherwise"
        ),
        pytest.param(MIGRATED, Settings(base_url="https://a.example/v1"), False, id="another-host"),
        pytest.param(ALREADY, Settings(), True, id="already-at-openai"),
        pytest.param(
            ALREADY, Settings(base_url="https://a.example/v1"), True, id="already-whatever-is-set"
        ),
        pytest.param(LEFT, Settings(), False, id="left"),
        pytest.param(IGNORED, Settings(), False, id="ignored"),
    ],
)
def test_the_notice_is_for_results_that_call_the_api_that_was_shut_down(
    found: Finding, settings_: Settings, said: bool
) -> None:
    notice = text.sunset(Run((migration(found),)), Mode.DIFF, settings_)
    assert bool(notice) is said
    if notice:
        assert "2026-08-26" in notice
        assert "https://developers.openai.com/api/docs/assistants/migration" in notice
        assert "--base-url" in notice
        assert "\n" not in notice


@pytest.mark.parametrize(
    ("mode", "written", "arguments", "command"),
    [
        (Mode.DIFF, (), (), "answers run `callmend diff --target responses`"),
        (Mode.CHECK, (), ("src", "a b.ts"), "run `callmend diff --target responses src 'a b.ts'`"),
        (Mode.FIX, ("a.ts",), ("a.ts",), "take this change back with git and run "
         "`callmend fix --target responses a.ts`"),
        (Mode.FIX, (), ("-", "--stdin-filename", "a.ts"), "answers run "
         "`callmend fix --target responses - --stdin-filename a.ts`"),
    ],
)  # fmt: skip
def test_the_notice_names_the_command_for_a_live_call(
    mode: Mode, written: tuple[str, ...], arguments: tuple[str, ...], command: str
) -> None:
    run = Run((migration(MIGRATED),), written=written)
    notice = text.sunset(run, mode, Settings(), arguments)
    assert notice is not None
    assert command in notice


def test_the_notice_names_no_command_that_was_just_run() -> None:
    settings_ = Settings(target="responses")
    notice = text.sunset(Run((migration(ALREADY),)), Mode.FIX, settings_)
    assert notice is not None
    assert "2026-08-26" in notice
    assert "already-migrated" in notice
    assert "--target" not in notice
    assert text.sunset(Run((migration(MIGRATED),)), Mode.FIX, settings_) is None


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("src/a b.ts", "src/a b.ts"),
        ("src/naïve.ts", "src/naïve.ts"),
        (os.fsdecode(b"\xe9.ts"), "\\xe9.ts"),
        ("a\nb\x1b[31m.ts", "a\\nb\\x1b[31m.ts"),
    ],
)
def test_a_path_is_printed_on_one_line_whatever_its_bytes_are(path: str, shown: str) -> None:
    assert text.printable(path) == shown


# --- the JSON document ------------------------------------------------------------------------


def test_the_document_has_the_documented_shape() -> None:
    unused = Diagnostic("unused-ignore", Span(SECOND, SECOND + 5), "silences nothing")
    run = Run(
        (migration(MIGRATED, LEFT, diagnostics=(unused,)),),
        problems=(Problem("gone.ts", "No such file"), Problem("", "no git")),
        looked_at=7,
        seconds=0.12345,
        remarks=("the id goes there",),
    )
    patches = {"src/a.ts": b"--- a/src/a.ts\n"}
    assert json.loads(json_report.report(run, Mode.DIFF, "1.2.3", ("a notice",), patches)) == {
        "schema": 1,
        "schema_minor": 2,
        "version": "1.2.3",
        "command": "diff",
        "summary": {
            "files": 7,
            "changed": 1,
            "written": 0,
            "calls": 2,
            "migrated": 1,
            "already_migrated": 0,
            "left": 1,
            "ignored": 0,
            "failed": 0,
            "mentions": None,
            "reasons": {"other-read": 1},
            "seconds": 0.123,
            "exit_code": 2,
        },
        "files": [
            {
                "path": "src/a.ts",
                "changed": True,
                "findings": [
                    {
                        "rule": "CM101",
                        "endpoint": "workflows-runs",
                        "status": "never-existed",
                        "ends": None,
                        "bucket": "migrated",
                        "reason": None,
                        "message": "is dead",
                        "detail": "",
                        "advice": None,
                        "span": {
                            "start": FIRST,
                            "end": FIRST + 8,
                            "start_line": 1,
                            "start_column": 11,
                            "end_line": 1,
                            "end_column": 19,
                        },
                        "notes": [
                            {
                                "text": "mind this",
                                "span": {
                                    "start": 0,
                                    "end": 3,
                                    "start_line": 1,
                                    "start_column": 1,
                                    "end_line": 1,
                                    "end_column": 1,
                                },
                            }
                        ],
                        "edits": [
                            {
                                "start": FIRST,
                                "end": FIRST + 8,
                                "start_line": 1,
                                "start_column": 11,
                                "end_line": 1,
                                "end_column": 19,
                                "replacement": "new('é')\nnew()",
                            }
                        ],
                    },
                    {
                        "rule": "CM101",
                        "endpoint": "workflows-runs",
                        "status": "never-existed",
                        "ends": None,
                        "bucket": "left",
                        "reason": "other-read",
                        "message": "is dead",
                        "detail": "`data.usage` in line 2",
                        "advice": Reason.OTHER_READ.advice,
                        "span": {
                            "start": SECOND,
                            "end": SECOND + 8,
                            "start_line": 2,
                            "start_column": 2,
                            "end_line": 2,
                            "end_column": 10,
                        },
                        "notes": [],
                        "edits": [],
                    },
                ],
                "diagnostics": [
                    {
                        "code": "unused-ignore",
                        "message": "silences nothing",
                        "span": {
                            "start": SECOND,
                            "end": SECOND + 5,
                            "start_line": 2,
                            "start_column": 2,
                            "end_line": 2,
                            "end_column": 7,
                        },
                    }
                ],
                "marked": 0,
                "failure": None,
                "patch": "--- a/src/a.ts\n",
            }
        ],
        "mentions": None,
        "notices": ["a notice", "the id goes there"],
        "errors": [
            {"path": "gone.ts", "message": "No such file"},
            {"path": None, "message": "no git"},
        ],
    }


def test_a_path_that_is_not_utf8_does_not_break_the_document() -> None:
    run = Run((migration(LEFT, path=os.fsdecode(b"\xe9/a.ts")),))
    made = json.loads(json_report.report(run, Mode.CHECK, "1", (), {}))
    assert made["files"][0]["path"] == "\\xe9/a.ts"


def test_every_key_of_the_document_is_documented() -> None:
    described = (ROOT / "docs" / "json.md").read_text("utf-8")
    url = b"https://api.openai.com/v1/workflows/runs"
    mentions = tuple(find_mentions("a.md", url, Settings(), {}))
    assert mentions
    run = Run((migration(MIGRATED, LEFT),), (Problem("a", "b"),), mentions=mentions)
    patches = {"src/a.ts": b"x"}

    def keys(value: object) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*map(keys, value.values()))
        return set().union(*map(keys, value)) if isinstance(value, list) else set()

    made = json.loads(json_report.report(run, Mode.DIFF, "1", (), patches))
    missing = {key for key in keys(made) - {"other-read"} if f"`{key}`" not in described}
    assert missing == set()
    assert f"`schema` is {json_report.SCHEMA}." in described
    assert f"`schema_minor`, which\nis {json_report.SCHEMA_MINOR}," in described
