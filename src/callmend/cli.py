"""The command line: click commands and nothing else; flags in, exit code out."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from callmend import __version__
from callmend.errors import described
from callmend.files import Ahead
from callmend.reports import terminal
from callmend.reports.console import View, show
from callmend.run import (
    Mode,
    Problem,
    Run,
    plan,
    plan_text,
    refused,
    uncommitted,
    with_mentions,
    write,
)
from callmend.settings import DEFAULT_BASE_URL, Settings, SettingsError, load, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

INTERRUPTED = 130
TERMINATED = 143
_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
#: The flags that are settings too, by the field's name.
_SETTINGS = (
    "target", "base_url", "polling", "poll_timeout", "stream", "on_text", "model",
    "model_expr", "instructions", "instructions_expr", "assistant_id", "config_file",
    "openai_clients", "select", "ignore", "include", "exclude", "max_file_size",
    "require_clean", "mark",
)  # fmt: skip


@click.group(context_settings=_CONTEXT, invoke_without_command=True)
@click.version_option(__version__, prog_name="callmend", message="%(prog)s %(version)s")
@click.pass_context
def callmend(context: click.Context) -> int:
    """Find calls to OpenAI endpoints that never existed or no longer answer, and rewrite them.

    Exit codes: 0 nothing left to do, 1 something would change or a call is left, 2 the run failed.
    """
    if context.invoked_subcommand is None:
        raise click.UsageError("name a command: diff, fix, check or explain", context)
    return 0


_OPTIONS: tuple[Callable[..., Any], ...] = (
    click.argument("paths", nargs=-1, type=click.UNPROCESSED),
    click.option("--target", metavar="NAME", help="What a dead call becomes [assistants]."),
    click.option(
        "--base-url", metavar="URL", help=f"The host that new code calls [{DEFAULT_BASE_URL}]."
    ),
    click.option(
        "--polling",
        metavar="HOW",
        help="How a run is waited for: specification or robust [specification].",
    ),
    click.option(
        "--poll-timeout", metavar="SECONDS", help="With robust polling: when to give up [30]."
    ),
    click.option(
        "--stream/--no-stream", default=None, help="Read the answer as a stream [--no-stream]."
    ),
    click.option(
        "--on-text", metavar="NAME", help="With --stream: a function that is given the text so far."
    ),
    click.option("--model", metavar="NAME", help="With --target responses: the model to ask."),
    click.option("--model-expr", metavar="EXPR", help="The model, as a name of the code."),
    click.option(
        "--instructions", metavar="TEXT|@FILE", help="With --target responses: what to tell it."
    ),
    click.option("--instructions-expr", metavar="EXPR", help="These, as a name of the code."),
    click.option(
        "--assistant-id", metavar="ID", help="Write this id where the calls read it from."
    ),
    click.option("--config-file", metavar="FILE", help="Write the id there."),
    click.option(
        "--openai-clients",
        metavar="MODULE",
        multiple=True,
        help="A module whose exports are clients of OpenAI's SDK.",
    ),
    click.option("--select", metavar="CODES", multiple=True, help="Only these rules [all]."),
    click.option("--ignore", metavar="CODES", multiple=True, help="Not these rules."),
    click.option("--include", metavar="GLOB", multiple=True, help="Only files like this."),
    click.option("--exclude", metavar="GLOB", multiple=True, help="No files like this."),
    click.option("--max-file-size", metavar="SIZE", help="Leave larger files [3MB]."),
    click.option(
        "--settings", "settings_file", metavar="FILE", help="Read this settings file only."
    ),
    click.option("--no-settings", is_flag=True, help="Read no settings file."),
    click.option(
        "--stdin-filename", metavar="NAME", help="With `-` as the path: the name of the file."
    ),
    click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        help="The form of the result [text].",
    ),
    click.option("-q", "--quiet", is_flag=True, help="No summary and no notices."),
    click.option("-v", "--verbose", is_flag=True, help="List every call, with notes."),
    click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        help="Colour the patch [auto: on a terminal, unless NO_COLOR is set].",
    ),
)


_EXIT_ZERO = click.option(
    "--exit-zero", is_flag=True, help="Exit with 0 also when there is something to change."
)


def _with_options(command: Callable[..., int]) -> Callable[..., int]:
    """The paths and the options that diff, fix and check have in common."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_mark = click.option(
    "--mark/--no-mark", default=None, help="Put a comment above each call that is left [--no-mark]."
)


@callmend.command()
@_with_options
@_EXIT_ZERO
@_mark
def diff(**flags: Any) -> int:
    """Show what `fix` would change, as a patch.

    The patch on stdout is for `git apply`; nothing is written.

    PATHS are files and folders, `.` if none is given, or `-` for stdin.
    """
    return _run(Mode.DIFF, flags)


@callmend.command()
@_with_options
@click.option(
    "--require-clean/--no-require-clean",
    default=None,
    help="Refuse to write files with uncommitted changes.",
)
@_mark
def fix(**flags: Any) -> int:
    """Rewrite the calls in place.

    All files are written or, where one cannot be written, none.

    PATHS are files and folders, `.` if none is given, or `-` for stdin.
    """
    return _run(Mode.FIX, flags)


@callmend.command()
@_with_options
@_EXIT_ZERO
@click.option(
    "--mentions",
    is_flag=True,
    help="List documents and scripts too that name a dead endpoint's URL.",
)
def check(**flags: Any) -> int:
    """List the calls, one per line.

    Nothing is written.

    PATHS are files and folders, `.` if none is given, or `-` for stdin.
    """
    return _run(Mode.CHECK, flags)


@callmend.command()
@click.argument("topic", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def explain(topic: str | None, form: str) -> int:
    """Explain a topic, a rule or a reason.

    TOPIC is a word such as `why`, a rule's code (CM101) or a reason's code. Without it, all there
    are are listed.
    """
    from callmend import explain as texts  # noqa: PLC0415  # only this command needs it

    known = texts.topics()
    if topic is None:
        content = texts.overview()
    else:
        found = texts.explain(topic)
        if found is None:
            near = nearest(topic, [entry.name for entry in known])
            hint = f"did you mean {near!r}?" if near else "`callmend explain` lists all there is"
            raise click.UsageError(f"nothing to explain about {topic!r}; {hint}")
        content = found
    if form == "json":
        from callmend.reports import json_report  # noqa: PLC0415  # imports json

        terminal.print_out(json_report.explanation(known, topic, content, __version__))
    else:
        terminal.print_out(content.encode())
    return 0


def _run(mode: Mode, flags: dict[str, Any]) -> int:
    """One diff, fix or check: settings, plan, write, show."""
    paths: tuple[str, ...] = flags["paths"]
    name: str | None = flags["stdin_filename"]
    view = View(
        json=flags["form"] == "json",
        quiet=flags["quiet"],
        verbose=flags["verbose"],
        color=flags["color"],
        stdin="-" in paths,
        arguments=paths if name is None else (*paths, "--stdin-filename", name),
    )
    _check_usage(mode, view, paths, name)
    if view.stdin and flags.get("mentions"):
        raise click.UsageError("--mentions looks through files and does not go with `-`")
    settings = load(
        ".",
        {field: flags.get(field) for field in _SETTINGS},
        file=flags["settings_file"],
        search=not flags["no_settings"],
    )
    restore = _as_interruption() if mode.writes else None
    try:
        given = b""
        if view.stdin:
            given = sys.stdin.buffer.read()
            run = plan_text(given, name or "", settings)
        else:
            with terminal.Progress() as progress:
                ahead = click.get_current_context().find_object(Ahead)
                run = plan(paths, settings, progress, recover=mode.writes, ahead=ahead)
                if flags.get("mentions"):
                    run = with_mentions(run, paths, settings, progress)
            if mode is Mode.FIX:
                run = _written(run, settings)
        run = replace(run, exit_zero=flags.get("exit_zero", False))
        show(run, mode, settings, view, given)
    except KeyboardInterrupt as stop:
        state = str(stop) or "nothing was written"
        terminal.print_err([f"callmend: interrupted, {state}"])
        return TERMINATED if isinstance(stop, _Terminated) else INTERRUPTED
    finally:
        if restore is not None:
            restore()
    return run.exit_code(mode)


class _Terminated(KeyboardInterrupt):
    """SIGTERM, which is met as Ctrl-C is: nothing is left behind, and one line says so."""


def _as_interruption() -> Callable[[], object] | None:
    """Turn SIGTERM, unless it is handled or ignored already, into an exception.

    Returns:
        What turns it back.
    """
    import signal  # noqa: PLC0415  # a millisecond, and only fix leaves something to clean up
    import threading  # noqa: PLC0415

    def stop(*_: object) -> None:
        raise _Terminated

    main_thread = threading.current_thread() is threading.main_thread()
    if not main_thread or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        return None
    signal.signal(signal.SIGTERM, stop)
    return lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _check_usage(mode: Mode, view: View, paths: tuple[str, ...], name: str | None) -> None:
    if view.quiet and view.verbose:
        raise click.UsageError("--quiet and --verbose do not go together")
    if view.stdin and len(paths) > 1:
        raise click.UsageError("`-` reads stdin and does not go together with other paths")
    if not view.stdin and name is not None:
        raise click.UsageError("--stdin-filename is for the path `-`")
    if not view.stdin:
        return
    from callmend.source import SUFFIXES, SourceFile  # noqa: PLC0415  # only for stdin

    if name is None:
        raise click.UsageError("`-` needs --stdin-filename, whose ending tells the language")
    if SourceFile(name, b"").language is None:
        endings = ", ".join(SUFFIXES)
        raise click.UsageError(f"--stdin-filename {name!r} does not end in one of {endings}")
    if mode is Mode.FIX and view.json:
        raise click.UsageError("`fix -` prints the new file; use `diff -` for --format json")


def _written(run: Run, settings: Settings) -> Run:
    """The run with its files written, unless they have to be clean and are not."""
    if settings.require_clean and run.changed:
        refusal = uncommitted([migration.path for migration in run.changed])
        if refusal is not None:
            return refused(run, [Problem("", refusal)])
    return write(run)


def main(ahead: Ahead | None = None) -> int:
    """Run the command line as the program that was started; a user's mistake is one line.

    ahead is the search of the current directory, if it was begun.
    """
    try:
        result = callmend.main(prog_name="callmend", standalone_mode=False, obj=ahead)
    except SettingsError as error:
        message, code = str(error), 2
    except click.ClickException as error:
        message, code = " ".join(error.format_message().split()), error.exit_code
        if isinstance(error, click.UsageError) and error.ctx is not None:
            message += f" (see `{error.ctx.command_path} --help`)"
    except click.Abort:
        message, code = "interrupted", INTERRUPTED
    except OSError as error:
        name = f": {error.filename}" if error.filename else ""
        message, code = f"{error.strerror or error}{name}", 2
    except Exception as error:  # noqa: BLE001  # a traceback helps nobody who only uses callmend
        message, code = f"callmend's own bug, please report it: {described(error)}", 2
    else:
        return int(result or 0)
    terminal.print_err([f"callmend: {message}"])
    return code
