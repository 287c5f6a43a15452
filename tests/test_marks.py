"""Markers: where they are put, that they go again, and that they change nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callmend.edits import Edit, apply
from callmend.engine import migrate
from callmend.findings import Bucket, Migration
from callmend.marks import python
from callmend.marks.wording import HINT, UNREADABLE, words
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.source import BOM, Language, SourceFile
from tests.invariants import comments_of, errors_of
from tests.programs import Program, programs
from tests.snippets import PLAIN, URL, calling, function
from tests.test_leaves_alone import LEFT, Left
from tests.tools import callmend, git, repository

MARK = Settings(mark=True)
HOST = "// " + words(Reason.UNRESOLVED_HOST).decode()
CALL = "await fetch(`${base}/v1/workflows/runs`, { method: 'POST' })"
SENT = f"const response = {CALL};"
#: A migrated call and, below it, one that is left.
BOTH = PLAIN + function(SENT, "return response.json();", head="async function b(base: string) {")


def marked(source: str | bytes, path: str = "a.ts", wanted: Settings = MARK) -> bytes:
    """The file with its markers; all that must hold of it is checked.

    Raises:
        AssertionError: something does not hold.
    """
    data = source if isinstance(source, bytes) else source.encode()
    return checked(data, path, wanted).result


def checked(data: bytes, path: str, wanted: Settings) -> Migration:
    migration = migrate(data, path, wanted)
    assert migration.failure is None, migration.failure
    assert apply(data, migration.edits) == migration.result
    again = migrate(migration.result, path, wanted)
    assert (again.failure, again.edits, again.marked) == (None, (), 0)
    # Without the markers it is what it is without `mark`.
    lines = [line + b"\n" for line in migration.result.removeprefix(BOM).split(b"\n")]
    without = b"".join(line for line in lines if HINT not in line)[:-1]
    plain = migrate(data, path, replace(wanted, mark=False))
    if HINT not in data:
        assert without == plain.result.removeprefix(BOM)
        assert plain.findings == migration.findings
    assert len(errors_of(migration.result, path)) == len(errors_of(plain.result, path))
    return migration


def lines(text: bytes) -> list[str]:
    return [line for line in text.decode().splitlines() if "callmend: left" in line]


# --- where ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "above"),
    [
        pytest.param(f"async function a(base) {{\n  {SENT}\n}}\n", SENT, id="its-statement"),
        pytest.param(f"async function a(base) {{\n\t\t{SENT}\n}}\n", SENT, id="tabs"),
        pytest.param(
            f"async function a(base) {{\n  if (base) {SENT[17:]}\n}}\n",
            "if (base)",
            id="one-line-if",
        ),
        pytest.param(
            f"async function a(base) {{\n  if (base)\n    {CALL};\n}}\n", CALL, id="without-braces"
        ),
        pytest.param(
            f"async function a(base) {{\n  go(); {SENT}\n}}\n",
            "async function a",
            id="second-of-its-line-so-above-the-function",
        ),
        pytest.param(
            f"async function a(base) {{\n  const all = [\n    1,\n    {CALL},\n  ];\n}}\n",
            "const all",
            id="deep-in-a-list",
        ),
        pytest.param(
            f"async function a(base) {{\n  // @ts-ignore\n  {SENT}\n}}\n",
            "// @ts-ignore",
            id="above-a-comment-about-the-next-line",
        ),
        pytest.param(
            f"async function a(base) {{\n  /* eslint-disable-next-line x */\n  // prettier-ignore\n"
            f"  {SENT}\n}}\n",
            "/* eslint-disable-next-line x */",
            id="above-two-of-them",
        ),
        pytest.param(
            f"async function a(base) {{\n  // why\n  {SENT}\n}}\n", SENT, id="below-other-comments"
        ),
        pytest.param(
            f"class A {{\n  b = 1;\n  c = async (base) => {CALL};\n}}\n",
            "c = async",
            id="a-class-member",
        ),
        pytest.param(
            f"async function a(x, base) {{\n  switch (x) {{\n  case 1:\n    {CALL};\n  }}\n}}\n",
            CALL,
            id="a-case",
        ),
        pytest.param(
            f"async function a(base) {{\n  const t = `\n  ${{(await (async () => {{\n    {SENT}\n"
            f"    return response;\n  }})()).status}}`;\n}}\n",
            SENT,
            id="in-a-template-where-code-is-again",
        ),
        pytest.param(
            f"async function a(base) {{\n  try {{\n  go();\n  }} catch {{\n    {SENT}\n  }}\n}}\n",
            SENT,
            id="a-catch",
        ),
        pytest.param(
            f"async function a(base) {{\n  if (go()) {{\n  }} else if ({CALL}) {{\n  }}\n}}\n",
            "if (go())",
            id="an-else-if-belongs-to-the-whole-if",
        ),
    ],
)
def test_the_marker_stands_on_its_own_line_above(source: str, above: str) -> None:
    result = marked(source, "a.js").decode()
    place = source.index(above)
    start = source.rindex("\n", 0, place) + 1 if "\n" in source[:place] else 0
    assert result == source[:start] + source[start:place] + f"{HOST}\n" + source[start:]


def test_in_jsx_it_stands_where_code_is() -> None:
    source = f"""\
export const A = ({{ base }}) => {{
  return (
    <div>
      text
      <button onClick={{async () => {CALL}}}>a</button>
      <button
        onClick={{async () => {{
          {SENT}
        }}}}
      />
    </div>
  );
}};
"""
    expected = source.replace("  return (", f"  {HOST}\n  return (").replace(
        f"          {SENT}", f"          {HOST}\n          {SENT}"
    )
    assert marked(source, "a.tsx").decode() == expected
    assert comments_of(expected.encode(), "a.tsx") == [HOST, HOST]


def test_two_calls_of_one_statement_for_one_reason_share_a_marker() -> None:
    source = f"async function a(base) {{\n  const both = [{CALL}, {CALL}];\n}}\n"
    assert len(lines(marked(source, "a.js"))) == 1


def test_two_calls_of_one_statement_for_two_reasons_have_two() -> None:
    source = f"async function a(base) {{\n  const both = [{CALL}, await post('{URL}')];\n}}\n"
    found = lines(marked(source, "a.js"))
    assert [line.split(":")[1] for line in found] == [
        " left, unresolved-host",
        " left, unknown-transport",
    ]


def test_line_ends_and_the_byte_order_mark_are_the_files_own() -> None:
    source = b"\xef\xbb\xbf" + f"{SENT}\r\nexport {{}};\r\n".encode()
    result = marked(source, "a.mjs")
    assert result == b"\xef\xbb\xbf" + f"{HOST}\r\n{SENT}\r\nexport {{}};\r\n".encode()


def test_what_is_migrated_is_so_beside_a_marked_call() -> None:
    migration = checked(BOTH.encode(), "a.ts", MARK)
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED, Bucket.LEFT]
    assert lines(migration.result) == [f"  {HOST}"]
    assert migration.marked == 1


# --- again and away -------------------------------------------------------------------------------


def test_a_second_run_changes_the_marker_whose_reason_changed() -> None:
    before = marked(BOTH)
    other = before.replace(b"`${base}/v1/workflows/runs`", f"'{URL}', null as any".encode())
    (line,) = lines(marked(other))
    assert line.startswith("  // callmend: left, options-not-understood: ")


def test_a_marker_goes_when_its_call_is_migrated() -> None:
    old = PLAIN.replace("  const response", f"  {HOST}\n  const response").encode()
    expected = migrate(PLAIN.encode(), "a.ts").result
    for wanted in (MARK, Settings()):
        migration = checked(old, "a.ts", wanted)
        assert migration.result == expected
        assert [remark.code for remark in migration.diagnostics] == ["stale-marker"]


def test_a_marker_goes_when_its_call_is_gone() -> None:
    migration = checked(f"go();\n{HOST}\nstop();\n".encode(), "a.ts", MARK)
    assert migration.result == b"go();\nstop();\n"
    assert not migration.findings


@pytest.mark.parametrize("order", ["{ignore}{mark}", "{mark}{ignore}"])
def test_a_marker_goes_when_its_call_is_ignored(order: str) -> None:
    comments = order.format(ignore="  // callmend-ignore\n", mark=f"  {HOST}\n")
    source = f"async function a(base) {{\n{comments}  {SENT}\n}}\n"
    migration = checked(source.encode(), "a.js", MARK)
    assert migration.result.decode() == source.replace(f"  {HOST}\n", "")
    assert [f.bucket for f in migration.findings] == [Bucket.IGNORED]


def test_no_marker_speaks_of_the_comment_that_would_silence_its_call() -> None:
    for reason in Reason:
        found = words(reason)
        assert b"callmend-ignore" not in found
        assert b"*/" not in found
        assert len(found) < 120
        assert found.isascii()


def test_without_mark_the_markers_of_calls_that_are_left_stay_as_they_are() -> None:
    before = marked(BOTH).replace(
        HOST.encode(), b"// callmend: left, other-read: of an old version"
    )
    migration = migrate(before, "a.ts")
    assert (migration.edits, migration.diagnostics) == ((), ())
    assert [f.bucket for f in migration.findings] == [Bucket.ALREADY_MIGRATED, Bucket.LEFT]


def test_without_mark_a_marker_stays_where_a_person_put_a_comment_below_it() -> None:
    source = f"async function a(base) {{\n  {HOST}\n\n  // why\n  {SENT}\n}}\n"
    assert migrate(source.encode(), "a.js").edits == ()
    assert migrate(source.encode(), "a.js", MARK).edits == ()


def test_what_only_looks_like_a_marker_stays() -> None:
    source = f"""\
const text = `
{HOST}
`;
go(); {HOST}
// callmend: left, as a person says
/* callmend: left, not-async: in another form */
async function a(base) {{
  {HOST}
  {SENT}
}}
"""
    assert checked(source.encode(), "a.js", MARK).edits == ()
    assert migrate(source.encode(), "a.js").edits == ()


def test_places_are_those_of_the_file_with_its_markers() -> None:
    old = marked(BOTH + BOTH.replace("function ask", "function ask2").replace("b(", "c("))
    text = old.decode()
    migration = checked(old, "a.ts", MARK)
    left = [f for f in migration.findings if f.bucket is Bucket.LEFT]
    assert [text[f.span.start : f.span.end] for f in left] == [CALL.removeprefix("await ")] * 2


def test_a_detail_names_the_line_of_the_file_with_its_markers() -> None:
    source = f"const urls = new Map([['a', '{URL}']]);\nawait fetch(urls.get(a), options);\n"
    before, after = (migrate(s, "a.ts", MARK) for s in (source.encode(), marked(source)))
    assert "in line 1" in before.findings[0].detail
    assert "in line 2" in after.findings[0].detail


# --- not ------------------------------------------------------------------------------------------

_ONE = f"async function a(base) {{ {CALL}; }}\n"


@pytest.mark.parametrize(
    ("source", "path", "reason"),
    [
        pytest.param(f"// @generated\n{_ONE}", "a.js", Reason.GENERATED_FILE, id="generated"),
        pytest.param(_ONE * 40, "a.min.js", Reason.MINIFIED_FILE, id="minified"),
        pytest.param(f"x('{URL}');\0", "a.js", Reason.BINARY_FILE, id="binary"),
        pytest.param(f"x('{URL}');\n" + "//\n" * 99, "a.js", Reason.FILE_TOO_LARGE, id="too-large"),
        pytest.param(
            f"/* \xe9 */ {_ONE}".encode("latin-1"), "a.js", Reason.NOT_UTF8, id="not-utf8"
        ),
        pytest.param(
            calling(f"fetch('{URL}'").replace("method:", "method ="),
            "a.ts",
            Reason.SYNTAX_ERROR,
            id="syntax-error-at-the-call",
        ),
    ],
)
def test_what_cannot_be_read_gets_no_marker_and_the_report_says_so(
    source: str | bytes, path: str, reason: Reason
) -> None:
    data = source if isinstance(source, bytes) else source.encode()
    wanted = Settings(
        mark=True, max_file_size=200 if reason is Reason.FILE_TOO_LARGE else 3_000_000
    )
    migration = migrate(data, path, wanted)
    assert not migration.changed
    left = [f for f in migration.findings if f.bucket is Bucket.LEFT]
    remarks = [d for d in migration.diagnostics if d.code == "no-marker"]
    assert left
    assert [d.span for d in remarks] == [f.span for f in left]
    assert {d.message for d in remarks} == {f"no marker is put: {reason.summary}"}


def test_without_the_setting_none_is_put() -> None:
    assert b"callmend:" not in migrate(BOTH.encode(), "a.ts").result


# --- everything -----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", LEFT.values(), ids=LEFT.keys())
def test_every_call_that_is_left_is_marked_and_nothing_else_changes(case: Left) -> None:
    data = case.source if isinstance(case.source, bytes) else case.source.encode()
    wanted = replace(case.settings or Settings(), mark=True)
    migration = (
        checked(data, case.path, wanted) if _is_utf8(data) else migrate(data, "a.ts", wanted)
    )
    left = [f for f in migration.findings if f.reason is not None]
    there = lines(migration.result) if _is_utf8(data) else []
    told = [d for d in migration.diagnostics if d.code == "no-marker"]
    readable = {f.reason for f in left if f.reason is not None} - UNREADABLE
    assert len(told) == len(left) if not there else len(there) >= len(readable)
    for reason in readable if there else ():
        assert any(words(reason).decode() in line for line in there)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(programs(), st.sampled_from(["a.ts", "a.tsx", "a.js"]))
def test_markers_change_nothing_about_random_programs(made: Program, path: str) -> None:
    checked(made.text.encode(), path, MARK)


def test_the_patch_with_markers_gives_what_fix_writes(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    (tmp_path / "a.ts").write_text(BOTH)
    (tmp_path / "old.ts").write_text(f"go();\n{HOST}\nstop();\n")
    repository(tmp_path)
    patch = callmend("diff", "--mark", cwd=folder)
    assert patch.returncode == 1, patch.stderr
    git("apply", cwd=folder, stdin=patch.stdout)
    applied = {p.name: p.read_bytes() for p in folder.glob("*.ts")}
    git("checkout", "-q", ".", cwd=folder)
    done = callmend("fix", "--mark", cwd=folder)
    assert done.returncode == 1
    assert done.stdout == b"a.ts: 1 call migrated, 1 marker put\nold.ts: written\n"
    assert {p.name: p.read_bytes() for p in folder.glob("*.ts")} == applied
    assert callmend("fix", "--mark", cwd=folder).stdout == b""
    assert callmend("diff", "--mark", cwd=folder).stdout == b""


def test_mark_is_a_setting_too(tmp_path: Path) -> None:
    (tmp_path / "callmend.toml").write_text("mark = true\n")
    (tmp_path / "a.ts").write_text(BOTH)
    assert HOST.encode() in callmend("diff", cwd=tmp_path).stdout
    assert HOST.encode() not in callmend("diff", "--no-mark", cwd=tmp_path).stdout


# --- Python ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "line"),
    [
        pytest.param("x = 1\ny = CALL\n", 2, id="its-statement"),
        pytest.param("def f():\n    return CALL\n", 2, id="in-a-function"),
        pytest.param("if x: y = CALL\n", 1, id="behind-a-colon"),
        pytest.param("a = 1; b = CALL\n", None, id="second-of-its-line-at-the-top"),
        pytest.param("def f():\n    a = 1; b = CALL\n", 1, id="second-of-its-line"),
        pytest.param("x = f(\n    1,\n    CALL,\n)\n", 1, id="deep-in-a-list"),
        pytest.param("def f():\n  @g(CALL)\n  def h():\n    pass\n", 2, id="a-decorator"),
        pytest.param("if a:\n    pass\nelif CALL:\n    pass\n", 3, id="an-elif"),
        pytest.param("x = '''\n# a\n''' + CALL\n", 1, id="behind-a-long-string"),
        pytest.param("# pylint: disable-next=x\ny = CALL\n", 1, id="above-what-is-about-the-next"),
        pytest.param("# -*- coding: latin-1 -*-\né = 'é' + CALL\n", 2, id="another-encoding"),
        pytest.param("\ufeffy = CALL\n", 1, id="byte-order-mark"),
        pytest.param("if x: \\\n  y = CALL\n", 1, id="a-line-that-goes-on"),
        pytest.param("x = 1\ry = CALL\n", None, id="a-lone-carriage-return"),
        pytest.param("def f(:\n  CALL\n", None, id="broken-syntax"),
    ],
)
def test_in_python_the_marker_belongs_above_the_line_of_the_statement(
    source: str, line: int | None
) -> None:
    data = source.encode("latin-1" if "latin-1" in source else "utf-8")
    file = SourceFile("a.py", data)
    at = python.Places(file, Language.JAVASCRIPT).above(data.index(b"CALL"))
    assert (None if at is None else file.position(at)[0]) == line
    if at is not None:
        start = file.line_start(at) + (3 if data[:3] == b"\xef\xbb\xbf" and line == 1 else 0)
        marker = data[start:at] + b"# " + words(Reason.NOT_ASYNC) + b"\n"
        new = apply(data, [Edit(start, start, marker)])
        compile(new, "a.py", "exec")
        (found,) = python.Places(SourceFile("a.py", new), Language.JAVASCRIPT).markers()
        assert new[found.start : found.end] == b"# " + words(Reason.NOT_ASYNC)


def test_in_python_what_only_looks_like_a_marker_is_none() -> None:
    mark = "# " + words(Reason.NOT_ASYNC).decode()
    data = f"x = '''\n{mark}\n'''\ny = 1  {mark}\n#{mark}\n".encode()
    assert python.Places(SourceFile("a.py", data), Language.JAVASCRIPT).markers() == []


_PYTHON = """\
import requests

def ask(base, key):
    answer = requests.post(f"{base}/v1/workflows/runs", headers={"Authorization": key})
    return answer.json()
"""


def test_in_python_a_call_that_is_left_is_marked_and_the_marker_goes_again() -> None:
    marker = b"    # " + words(Reason.UNRESOLVED_HOST) + b"\n"
    data = _PYTHON.encode()
    at = data.index(b"    answer")
    first = migrate(data, "a.py", MARK)
    assert first.failure is None
    assert first.result == data[:at] + marker + data[at:]
    assert apply(data, first.edits) == first.result
    again = migrate(first.result, "a.py", MARK)
    assert (again.failure, again.edits) == (None, ())
    assert [f.reason for f in again.findings] == [Reason.UNRESOLVED_HOST]
    gone = migrate(first.result.replace(b"/v1/workflows/runs", b"/v1/mine"), "a.py", MARK)
    assert gone.result == data.replace(b"/v1/workflows/runs", b"/v1/mine")
