"""The command line as a person and a script meet it: streams, exit codes, mistakes, start-up."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from callmend import __main__, __version__, cli
from callmend.edits import Edit, apply
from callmend.findings import Bucket, Diagnostic, Finding, Migration
from callmend.reports import terminal
from callmend.run import FAILED
from callmend.settings import Settings
from tests.tools import FIXTURE_APP, callmend, environment, git, repository

COMPONENT = "components/cms/AIAssistant.tsx"
DEAD = (FIXTURE_APP / COMPONENT).read_bytes()
CLEAN = b"export const answer = 42;\n"
LEFT = b"""\
export async function ask(text: string, base: string) {
  const response = await fetch(`${base}/v1/workflows/runs`, { method: 'POST' });
  return response.json();
}
"""
IGNORED = LEFT.replace(b"  const response", b"  // callmend-ignore\n  const response")
UNUSED = b"// callmend-ignore\nexport const workflows = runs;\n"
#: What the stand-in for `migrate` looks for: both needles of the byte search, and something to do.
MARK = b"/* workflows/runs: REPLACE */"


@dataclass(frozen=True)
class Done:
    """What one command did."""

    code: int
    out: bytes
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines of stdout."""
        return self.out.decode().splitlines()


Run = Callable[..., Done]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current directory, away from every settings file and repository."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return tmp_path


@pytest.fixture
def run(
    here: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Run:
    """Runs the command line in this process."""

    def start(*arguments: str, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "argv", ["callmend", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = __main__.main()
        out, err = capfdbinary.readouterr()
        return Done(code, out, err.decode())

    return start


def put(name: str, data: bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts a stand-in in the place of `migrate`, which replaces MARK or does as it is told."""

    def install(
        failure: str | None = None,
        error: BaseException | None = None,
        diagnostics: tuple[Diagnostic, ...] = (),
    ) -> None:
        def migrate(source: bytes, path: str, settings: Settings, **_: object) -> Migration:
            if error is not None and MARK in source:
                raise error
            edits = tuple(
                Edit(match.start(), match.end(), b"'done'")
                for match in re.finditer(re.escape(MARK), source)
            )
            findings = tuple(
                Finding("CM101", "workflows-runs", e.span, Bucket.MIGRATED, "is dead", edits=(e,))
                for e in edits
            )
            if failure is not None and edits:
                return Migration(path, source, source, (), findings, diagnostics, failure)
            return Migration(path, source, apply(source, edits), edits, findings, diagnostics)

        monkeypatch.setattr(sys.modules["callmend.engine"], "migrate", migrate)

    import callmend.engine  # noqa: F401, PLC0415 - so that it is there to be replaced

    return install


# --- the main job --------------------------------------------------------------------------------


def test_diff_prints_a_patch_that_gives_what_fix_writes(run: Run, here: Path) -> None:
    put("app/src dir/naïve.tsx", DEAD)
    put("app/b.tsx", DEAD.replace(b"\n", b"\r\n"))
    repository(here)
    patch = run("diff").out
    fixed = run("fix")
    assert fixed.code == 0
    after = {name: Path(name).read_bytes() for name in ("app/src dir/naïve.tsx", "app/b.tsx")}
    git("checkout", "--quiet", ".", cwd=here)
    git("apply", cwd=here, stdin=patch)
    assert {name: Path(name).read_bytes() for name in after} == after
    assert all(data != DEAD for data in after.values())


def test_a_patch_made_in_a_subfolder_applies_in_that_subfolder(run: Run, here: Path) -> None:
    put("app/src/a.tsx", DEAD)
    repository(here)
    os.chdir("app")
    made = run("diff")
    assert b"--- a/app/src/a.tsx\n" in made.out
    git("apply", cwd=here / "app", stdin=made.out)
    assert run("diff").code == 0


def test_outside_of_a_repository_the_patch_is_relative_to_the_current_directory(
    run: Run, here: Path
) -> None:
    put("src/a.tsx", DEAD)
    made = run("diff")
    git("apply", cwd=here, stdin=made.out)
    assert b"--- a/src/a.tsx\n" in made.out
    assert run("diff").code == 0


def test_a_file_of_another_repository_is_named_from_that_ones_root(run: Run, here: Path) -> None:
    put("elsewhere/src/a.tsx", DEAD)
    repository(here / "elsewhere")
    (here / "cwd").mkdir()
    os.chdir("cwd")
    assert b"--- a/src/a.tsx\n" in run("diff", "../elsewhere").out


def test_diff_prints_nothing_but_the_patch(run: Run) -> None:
    put("a.tsx", DEAD)
    put("left.ts", LEFT)
    put("unused.ts", UNUSED)
    done = run("diff", "-v")
    assert done.out.startswith(b"diff --git a/a.tsx b/a.tsx\n")
    first = re.compile(rb"(diff --git |--- a/|\+\+\+ b/|@@ |[ +-]|\\ )")
    assert all(first.match(line) for line in done.out.rstrip(b"\n").split(b"\n"))
    assert "left.ts:2:26: CM101 left [unresolved-host]: " in done.err


def test_fix_prints_one_line_for_each_file_that_it_wrote(run: Run) -> None:
    put("b.tsx", DEAD)
    put("a.tsx", DEAD + DEAD.replace(b"AIAssistant", b"Other").replace(b"import ", b"// import "))
    put("left.ts", LEFT)
    done = run("fix")
    assert [line.partition(":")[0] for line in done.lines] == ["a.tsx", "b.tsx"]
    assert done.lines[1] == "b.tsx: 1 call migrated"
    assert done.code == 1
    assert "left.ts:2:26: CM101 left [unresolved-host]" in done.err
    assert run("fix").lines == []


def test_check_prints_one_line_for_each_call(run: Run) -> None:
    put("a.tsx", DEAD)
    put("left.ts", LEFT)
    put("ignored.ts", IGNORED)
    done = run("check")
    line = next(n for n, text in enumerate(DEAD.split(b"\n"), 1) if b"workflows/runs" in text)
    assert re.fullmatch(rf"a\.tsx:{line}:\d+: CM101 migrated: .+", done.lines[0])
    assert done.lines[1].startswith("left.ts:2:26: CM101 left [unresolved-host]: ")
    assert len(done.lines) == 2
    assert "to do [unresolved-host]: " in done.err
    assert Path("a.tsx").read_bytes() == DEAD


def test_no_path_is_the_current_directory(run: Run) -> None:
    put("deep/er/left.ts", LEFT)
    assert run("check").out == run("check", ".").out != b""


def test_a_suffix_that_nobody_asked_for_is_remarked_on_when_it_is_named(run: Run) -> None:
    put("a.vue", LEFT)
    done = run("check", "a.vue")
    assert done.code == 0
    assert "a.vue: not looked into" in done.err
    assert "a.vue" not in run("check").err


def test_select_and_ignore_choose_rules(run: Run) -> None:
    put("left.ts", LEFT)
    assert run("check", "--ignore", "CM101").code == 0
    assert run("check", "--select", "CM2,CM103").code == 0
    assert run("check", "--select", "CM1").code == 1


def test_include_and_exclude_choose_files(run: Run) -> None:
    put("src/left.ts", LEFT)
    put("old/left.ts", LEFT)
    assert [line.split(":")[0] for line in run("check", "--exclude", "old/").lines] == [
        "src/left.ts"
    ]
    assert [line.split(":")[0] for line in run("check", "--include", "old/").lines] == [
        "old/left.ts"
    ]


def test_the_base_url_goes_into_the_new_code(run: Run) -> None:
    put("a.tsx", DEAD)
    done = run("diff", "--base-url", "https://assistants.example.com/v1/")
    assert b"+" in done.out
    assert b"https://assistants.example.com/v1/threads/runs'" in done.out
    assert "shut down" not in done.err


def test_the_assistants_id_is_written_to_the_config_file_too(run: Run) -> None:
    put("a.ts", DEAD)
    done = run("fix", "--assistant-id", "asst_abc", str(FIXTURE_APP / "package.json"))
    assert done.code == 0
    put(COMPONENT, DEAD)
    config = put(
        "utils/openai-chatkit-config.ts",
        (FIXTURE_APP / "utils" / "openai-chatkit-config.ts").read_bytes(),
    )
    done = run("fix", "--assistant-id", "asst_abc", COMPONENT)
    assert done.code == 0
    assert b"'asst_abc'" in config.read_bytes()
    assert done.lines == [f"{COMPONENT}: 1 call migrated", f"{config}: written"]


def test_without_an_id_the_run_ends_by_saying_where_it_must_go(run: Run) -> None:
    put("a.tsx", DEAD)
    done = run("diff")
    assert "assistant's id (asst_...)" in done.err.splitlines()[-1]
    assert done.err.splitlines()[-1].startswith("callmend: to do: ")


# --- the exit code -------------------------------------------------------------------------------


def _migrated() -> bytes:
    from callmend.engine import migrate  # noqa: PLC0415 - not at collection

    return migrate(DEAD, "a.tsx").result


@pytest.mark.parametrize(
    ("files", "codes"),
    [
        pytest.param({"a.ts": CLEAN}, (0, 0, 0), id="no-call"),
        pytest.param({"a.tsx": DEAD}, (1, 0, 1), id="a-call-to-migrate"),
        pytest.param({"a.ts": LEFT}, (1, 1, 1), id="a-call-that-is-left"),
        pytest.param({"a.tsx": DEAD, "b.ts": LEFT}, (1, 1, 1), id="one-of-each"),
        pytest.param({"a.tsx": b"MIGRATED"}, (0, 0, 0), id="migrated-already"),
        pytest.param({"a.ts": IGNORED}, (0, 0, 0), id="ignored-by-a-comment"),
        pytest.param({"a.ts": UNUSED}, (0, 0, 0), id="a-comment-that-silences-nothing"),
    ],
)
def test_the_exit_codes(files: dict[str, bytes], codes: tuple[int, int, int], run: Run) -> None:
    for name, data in files.items():
        put(name, _migrated() if data == b"MIGRATED" else data)
    found = {command: run(command).code for command in ("diff", "check", "fix")}
    assert (found["diff"], found["fix"], found["check"]) == codes
    left = any(data == LEFT for data in files.values())
    assert run("fix").code == (1 if left else 0), "a second run finds nothing new"


@pytest.mark.parametrize("command", ["diff", "check"])
@pytest.mark.parametrize("name", ["a-call-to-migrate.tsx", "a-call-that-is-left.ts"])
def test_exit_zero_turns_1_into_0_and_shows_the_same(name: str, command: str, run: Run) -> None:
    put(name, DEAD if name.endswith(".tsx") else LEFT)
    plain, kind = run(command, "-q"), run(command, "-q", "--exit-zero")
    assert (plain.code, kind.code) == (1, 0)
    assert (kind.out, kind.err) == (plain.out, plain.err)
    made = json.loads(run(command, "-q", "--exit-zero", "--format", "json").out)
    assert made["summary"]["exit_code"] == 0


@pytest.mark.parametrize("command", ["diff", "check"])
def test_exit_zero_never_hides_a_run_that_failed(
    command: str, run: Run, stand_in: Callable[..., None]
) -> None:
    put("a.ts", DEAD)
    assert run(command, "--exit-zero", "gone.ts").code == 2
    assert run(command, "--exit-zero", "--base-url", "x").code == 2
    stand_in(error=ValueError("oops"))
    put("a.ts", MARK)
    assert run(command, "--exit-zero").code == 2


def test_fix_has_no_exit_zero_because_its_1_is_work_for_a_person(run: Run) -> None:
    put("a.ts", LEFT)
    done = run("fix", "--exit-zero")
    assert (done.code, done.out) == (2, b"")
    assert "--exit-zero" in done.err


@pytest.mark.parametrize("command", ["diff", "fix", "check"])
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["--nope"], "--nope", id="unknown-option"),
        pytest.param(["--color", "blue"], "blue", id="bad-choice"),
        pytest.param(["--assistant-id", "wf_1"], "`asst_` followed by", id="bad-id"),
        pytest.param(["--base-url", "x"], "http or https URL", id="bad-url"),
        pytest.param(["--select", "XX1"], "unknown rule 'XX1'", id="bad-rule"),
        pytest.param(["--target", "assistant"], "did you mean 'assistants'", id="bad-target"),
        pytest.param(["--max-file-size", "big"], "number of bytes", id="bad-size"),
        pytest.param(["--settings", "nope.toml"], "no such settings file", id="no-settings-file"),
        pytest.param(["-q", "-v"], "do not go together", id="quiet-and-verbose"),
        pytest.param(["-"], "--stdin-filename", id="stdin-without-a-name"),
        pytest.param(["-", "a.tsx"], "other paths", id="stdin-and-a-path"),
        pytest.param(["-", "--stdin-filename", "a.rb"], "does not end in", id="stdin-language"),
        pytest.param(["--stdin-filename", "a.ts"], "for the path `-`", id="name-without-stdin"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2_and_nothing_is_written(
    command: str, arguments: list[str], says: str, run: Run
) -> None:
    put("a.tsx", DEAD)
    done = run(command, *arguments)
    assert done.code == 2
    assert done.out == b""
    assert done.err.startswith("callmend: ")
    assert done.err.count("\n") == 1
    assert says in done.err
    assert Path("a.tsx").read_bytes() == DEAD


@pytest.mark.parametrize("command", ["diff", "fix", "check"])
def test_a_wrong_settings_key_is_one_line_and_nothing_is_written(command: str, run: Run) -> None:
    put("a.tsx", DEAD)
    put("callmend.toml", b'target = "assistants"\nbase_url = "http://a"\n')
    done = run(command)
    assert done.code == 2
    assert done.out == b""
    assert done.err == (
        "callmend: callmend.toml:2: unknown key 'base_url'; did you mean 'base-url'?\n"
    )
    assert Path("a.tsx").read_bytes() == DEAD
    assert run(command, "--no-settings").code != 2


@pytest.mark.parametrize("command", ["diff", "fix", "check"])
def test_a_named_path_that_cannot_be_read_is_named_and_the_rest_goes_on(
    command: str, run: Run
) -> None:
    put("a.tsx", DEAD)
    done = run(command, "nope.ts", "a.tsx")
    assert done.code == 2
    assert "callmend: nope.ts: No such file or directory" in done.err.splitlines()
    assert b"a.tsx" in done.out


def test_without_a_command_it_says_which_there_are(run: Run) -> None:
    done = run()
    assert (done.code, done.out) == (2, b"")
    assert done.err == (
        "callmend: name a command: diff, fix, check or explain (see `callmend --help`)\n"
    )


def test_an_unknown_command_is_one_line(run: Run) -> None:
    done = run("migrate")
    assert done.code == 2
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["diff", "--help"], ["fix", "-h"]])
def test_help_goes_to_stdout(arguments: list[str], run: Run) -> None:
    done = run(*arguments)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(b"Usage: callmend ")


def test_the_commands_have_the_same_options_but_for_what_only_one_can_do() -> None:
    names = {
        name: {option for parameter in command.params for option in parameter.opts}
        for name, command in cli.callmend.commands.items()
    }
    assert names["diff"] - {"--mark"} == names["check"] - {"--mentions"}
    assert names["fix"] - names["diff"] == {"--require-clean"}
    assert names["diff"] - names["fix"] == {"--exit-zero"}


def test_the_version_is_the_packages(run: Run) -> None:
    assert run("--version").out.decode() == f"callmend {__version__}\n"


def test_ctrl_c_is_one_line_and_exit_code_130(run: Run, stand_in: Callable[..., None]) -> None:
    stand_in(error=KeyboardInterrupt())
    put("a.ts", MARK)
    done = run("diff")
    assert (done.code, done.out) == (130, b"")
    assert done.err == "callmend: interrupted, nothing was written\n"
    assert run("fix").code == 130


# --- callmend's own bugs -------------------------------------------------------------------------


def test_a_broken_invariant_is_reported_as_our_bug_and_the_rest_goes_on(
    run: Run, stand_in: Callable[..., None]
) -> None:
    stand_in(failure="a comment was lost")
    put("a.ts", MARK)
    put("b.ts", UNUSED)
    done = run("fix")
    assert done.code == 2
    assert "a.ts: callmend's own bug, the file is left as it is: a comment was lost." in done.err
    assert "Please report it" in done.err
    assert "1 failed" in done.err
    assert Path("a.ts").read_bytes() == MARK
    assert run("check").lines == [f"a.ts:1:1: CM101 {FAILED}: is dead"]


def test_an_exception_in_one_file_is_that_files_failure_and_the_rest_goes_on(
    run: Run, stand_in: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in()
    migrate = sys.modules["callmend.engine"].migrate

    def sometimes(source: bytes, path: str, settings: Settings, **_: object) -> Migration:
        if path == "a.ts":
            raise ValueError("two\nlines")
        done: Migration = migrate(source, path, settings)
        return done

    monkeypatch.setattr(sys.modules["callmend.engine"], "migrate", sometimes)
    put("a.ts", MARK)
    put("b.ts", MARK)
    done = run("fix")
    assert done.code == 2
    assert done.lines == ["b.ts: 1 call migrated"]
    assert "a.ts: callmend's own bug" in done.err
    assert re.search(r"ValueError: two lines \(test_cli\.py:\d+\)", done.err)
    assert Path("a.ts").read_bytes() == MARK


def test_an_error_of_the_command_line_itself_is_no_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("oops")

    monkeypatch.setattr(cli, "load", broken)
    done = run("diff")
    assert done.code == 2
    assert re.fullmatch(
        r"callmend: callmend's own bug, please report it: RuntimeError: oops \(\S+:\d+\)\n",
        done.err,
    )


# --- stdin ---------------------------------------------------------------------------------------


def test_diff_of_stdin_prints_the_patch(run: Run, here: Path) -> None:
    put("src/a.tsx", DEAD)
    from_disk = run("diff", "src").out
    done = run("diff", "-", "--stdin-filename", "src/a.tsx", stdin=DEAD)
    assert (done.code, done.out) == (1, from_disk)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        pytest.param(DEAD, 0, id="migrated"),
        pytest.param(CLEAN, 0, id="nothing-to-do"),
        pytest.param(LEFT, 1, id="left"),
        pytest.param(b"\xff\xfe\r\n", 0, id="not-text"),
        pytest.param(b"", 0, id="empty"),
    ],
)
def test_fix_of_stdin_prints_the_new_file(given: bytes, code: int, run: Run, here: Path) -> None:
    done = run("fix", "-", "--stdin-filename", "a.tsx", stdin=given)
    assert done.code == code
    assert done.out == (_migrated() if given == DEAD else given)
    assert list(here.iterdir()) == []


def test_check_of_stdin_lists_the_calls(run: Run) -> None:
    done = run("check", "-", "--stdin-filename", "src/left.ts", stdin=LEFT)
    assert done.code == 1
    assert done.lines[0].startswith("src/left.ts:2:26: CM101 left [unresolved-host]")


def test_an_id_in_the_file_on_stdin_is_written_and_no_other_file_is(run: Run) -> None:
    put("utils/openai-chatkit-config.ts", b"export const OPENAI_WORKFLOW_ID = '';\n")
    done = run(
        "fix", "-", "--stdin-filename", COMPONENT, "--assistant-id", "asst_a",
        "--config-file", "utils/openai-chatkit-config.ts", stdin=DEAD,
    )  # fmt: skip
    assert done.code == 0
    assert b"threads/runs" in done.out
    assert Path("utils/openai-chatkit-config.ts").read_bytes().endswith(b"= '';\n")


# --- what is said --------------------------------------------------------------------------------


def test_quiet_drops_the_summary_and_notices_but_not_calls_and_errors(run: Run) -> None:
    put("a.tsx", DEAD)
    put("left.ts", LEFT)
    put("unused.ts", UNUSED)
    done = run("diff", "-q", ".", "nope.ts")
    lines = done.err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("left.ts:2:26: CM101 left [unresolved-host]")
    assert lines[1] == "callmend: nope.ts: No such file or directory"
    assert done.out.startswith(b"diff --git")


def test_verbose_lists_every_call_with_notes_and_times(run: Run) -> None:
    put("a.tsx", DEAD)
    put("b.tsx", _migrated())
    put("ignored.ts", IGNORED)
    plain, done = run("check"), run("check", "-v")
    buckets = [line.split(": ")[1] for line in done.lines]
    assert buckets == ["CM101 migrated", "CM201 already-migrated", "CM101 ignored"]
    assert [line.split(": ")[1] for line in plain.lines] == ["CM101 migrated"]
    assert "note: a.tsx:" in done.err
    assert "note: " not in plain.err
    assert "s of it searching)" in done.err


def test_an_unused_ignore_comment_is_reported(run: Run) -> None:
    put("a.ts", UNUSED)
    assert "a.ts:1:1: unused-ignore: " in run("check").err


def test_the_shut_down_is_said_once(run: Run) -> None:
    put("a.tsx", DEAD)
    put("b.tsx", DEAD)
    for command in ("check", "diff", "fix", "diff"):
        assert run(command).err.count("shut down on 2026-08-26") == 1, command


@pytest.mark.parametrize(
    ("arguments", "no_color", "colored"),
    [
        pytest.param([], None, False, id="auto-is-off-where-there-is-no-terminal"),
        pytest.param(["--color", "always"], None, True, id="always"),
        pytest.param(["--color", "always"], "1", True, id="always-beats-NO_COLOR"),
        pytest.param(["--color", "never"], None, False, id="never"),
    ],
)
def test_color_of_the_patch(
    arguments: list[str],
    no_color: str | None,
    colored: bool,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put("a.tsx", DEAD)
    if no_color is not None:
        monkeypatch.setenv("NO_COLOR", no_color)
    assert (b"\x1b[32m+" in run("diff", *arguments).out) is colored


@pytest.mark.parametrize(
    ("no_color", "tty", "colored"),
    [(None, True, True), ("", True, True), ("1", True, False), (None, False, False)],
    ids=["terminal", "empty-NO_COLOR-on-a-terminal", "NO_COLOR-on-a-terminal", "no-terminal"],
)
def test_auto_colours_on_a_terminal_only(
    no_color: str | None, tty: bool, colored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: tty, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color is not None:
        monkeypatch.setenv("NO_COLOR", no_color)
    assert terminal.colored("auto") is colored


class Screen(io.StringIO):
    """A terminal that remembers what was written to it."""

    def __init__(self, tty: bool) -> None:
        super().__init__()
        self._tty = tty

    def isatty(self) -> bool:
        """As it was made."""
        return self._tty


@pytest.mark.parametrize(
    ("tty", "patience", "shown"),
    [
        pytest.param(True, 0.0, True, id="terminal"),
        pytest.param(True, 60.0, False, id="short-run"),
        pytest.param(False, 0.0, False, id="no-terminal"),
    ],
)
def test_progress_is_for_long_runs_on_a_terminal_and_is_gone_at_the_end(
    tty: bool, patience: float, shown: bool
) -> None:
    screen = Screen(tty)
    with terminal.Progress(screen, patience) as progress:
        progress(1_000, 12_000)
        progress(1_001, 12_000)
    expected = "\rcallmend: 1,000 of 12,000 files\x1b[K\r\x1b[K"
    assert screen.getvalue() == (expected if shown else "")


# --- JSON ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["diff", "fix", "check"])
def test_json_is_the_whole_of_stdout_and_has_the_exit_code(command: str, run: Run) -> None:
    put("a.tsx", DEAD)
    put("left.ts", LEFT)
    patch = run("diff").out
    done = run(command, "--format", "json")
    made = json.loads(done.out)
    assert made["command"] == command
    assert made["version"] == __version__
    assert made["summary"]["exit_code"] == done.code == 1
    assert made["summary"]["calls"] == made["summary"]["migrated"] + made["summary"]["left"] == 2
    assert [file["path"] for file in made["files"]] == ["a.tsx", "left.ts"]
    assert made["files"][0].get("patch", "") == (patch.decode() if command == "diff" else "")
    assert made["summary"]["written"] == (1 if command == "fix" else 0)
    assert any("2026-08-26" in notice for notice in made["notices"])
    assert "CM101" not in done.err


def test_the_edits_in_the_document_give_the_new_file(run: Run) -> None:
    put("a.tsx", DEAD)
    made = json.loads(run("check", "--format", "json").out)
    edits = [
        Edit(edit["start"], edit["end"], edit["replacement"].encode())
        for finding in made["files"][0]["findings"]
        for edit in finding["edits"]
    ]
    assert apply(DEAD, edits) == _migrated()


def test_json_of_a_fix_of_stdin_is_a_contradiction(run: Run) -> None:
    done = run("fix", "-", "--stdin-filename", "a.ts", "--format", "json", stdin=DEAD)
    assert (done.code, done.out) == (2, b"")


# --- explain -------------------------------------------------------------------------------------


def test_explain_lists_the_topics_and_prints_one(run: Run) -> None:
    listed = run("explain")
    assert (listed.code, listed.err) == (0, "")
    assert b"exit-codes" in listed.out
    assert run("explain", "why").out.startswith(b"# Why the call does not work")


@pytest.mark.parametrize(
    ("topic", "hint"),
    [
        ("exit-code", "did you mean 'exit-codes'?"),
        ("xyzzy", "`callmend explain` lists all there is"),
    ],
)
def test_an_unknown_topic_is_one_line(topic: str, hint: str, run: Run) -> None:
    done = run("explain", topic)
    assert (done.code, done.out) == (2, b"")
    assert done.err.count("\n") == 1
    assert hint in done.err


def test_explain_as_json(run: Run) -> None:
    made = json.loads(run("explain", "CM201", "--format", "json").out)
    assert made["topic"] == "CM201"
    assert made["text"].startswith("# CM201")
    assert {"name", "title"} == set(made["topics"][0])


# --- --require-clean -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dirty", "says"),
    [
        pytest.param(lambda: put("a.tsx", DEAD + b"\n"), "uncommitted", id="changed"),
        pytest.param(
            lambda: (put("a.tsx", DEAD + b"\n"), git("add", "-A", cwd=Path.cwd())),
            "uncommitted",
            id="staged",
        ),
        pytest.param(lambda: put("new.tsx", DEAD), "new.tsx has uncommitted", id="untracked"),
    ],
)
def test_require_clean_refuses_on_one_line_and_writes_nothing(
    dirty: Callable[[], object], says: str, run: Run, here: Path
) -> None:
    put("a.tsx", DEAD)
    repository(here)
    dirty()
    before = {path: path.read_bytes() for path in here.glob("*.tsx")}
    done = run("fix", "-q", "--require-clean")
    assert (done.code, done.out) == (2, b"")
    assert done.err.count("\n") == 1
    assert says in done.err
    assert {path: path.read_bytes() for path in here.glob("*.tsx")} == before


def test_require_clean_looks_only_at_the_files_that_would_be_written(run: Run, here: Path) -> None:
    put("a.tsx", DEAD)
    put("other.ts", CLEAN)
    repository(here)
    put("other.ts", CLEAN + b"\n")
    put("untracked.ts", CLEAN)
    assert run("fix", "--require-clean").code == 0
    assert run("fix", "--require-clean").code == 0, "nothing to write, so nothing to refuse"


def test_require_clean_outside_of_git_is_one_line(run: Run) -> None:
    put("a.tsx", DEAD)
    done = run("fix", "-q", "--require-clean")
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert "a.tsx is in no git repository" in done.err
    assert Path("a.tsx").read_bytes() == DEAD


def test_require_clean_is_a_setting_that_a_flag_can_undo(run: Run) -> None:
    put("a.tsx", DEAD)
    put("callmend.toml", b"require-clean = true\n")
    assert run("diff").code == 1
    assert run("fix").code == 2
    assert run("fix", "--no-require-clean").code == 0


# --- as a process --------------------------------------------------------------------------------


def test_a_closed_pipe_is_no_error(here: Path) -> None:
    for number in range(40):
        put(f"{number}.tsx", DEAD)
    for command in ("diff", "check"):
        process = subprocess.Popen(
            [sys.executable, "-m", "callmend", command, "-q"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
        process.stderr.close()
        assert (process.wait(), err) == (1, b"")


def test_a_full_disk_behind_stdout_is_one_line_and_exit_code_2(here: Path) -> None:
    put("a.tsx", DEAD)
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "callmend", "diff", "-q"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == b"callmend: No space left on device\n"


def test_no_directory_to_be_in_is_one_line(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    code = (
        f"import os; os.rmdir({str(gone)!r}); from callmend.__main__ import main; "
        "raise SystemExit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "diff"],
        cwd=gone,
        capture_output=True,
        env=environment(),
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1


def test_a_name_that_is_not_utf8_prints_in_any_locale(here: Path) -> None:
    put(os.fsdecode(b"\xe9.tsx"), DEAD)
    for locale in ("C", "C.UTF-8"):
        done = callmend("check", cwd=here, LC_ALL=locale, PYTHONUTF8="0")
        assert done.returncode == 1, done.stderr
        assert done.stdout.startswith(b"\\xe9.tsx:")
        assert b"Traceback" not in done.stderr


def test_start_up_imports_neither_the_engine_nor_what_only_some_runs_need(here: Path) -> None:
    put("a.ts", CLEAN)
    code = (
        # without a short option: for one, click itself imports difflib (8.5)
        "import sys; sys.argv = ['callmend', 'diff']; from callmend.__main__ import main; "
        "assert main() == 0; print(*sys.modules, sep='\\n')"
    )
    # not measured by coverage, which imports much itself
    env = {k: v for k, v in environment().items() if not k.startswith("COVERAGE_")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True
    )
    loaded = set(done.stdout.split())
    assert "callmend.cli" in loaded
    late = {
        "tree_sitter", "tree_sitter_typescript", "callmend.engine", "callmend.configure",
        "callmend.findings", "callmend.explain", "json", "difflib", "subprocess", "pathspec",
        "importlib.metadata", "importlib.resources",
    }  # fmt: skip
    assert loaded & late == set()
