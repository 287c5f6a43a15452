"""docs/shapes-python.md says what becomes of Python calls; goldens and refusals make it."""

from __future__ import annotations

import difflib
import os

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.languages.python.runs import POLLS
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_goldens import PythonGolden, goldens
from tests.test_python_adapted import LEFT as LEFT_UNADAPTED
from tests.test_python_invented import LEFT as LEFT_INVENTED
from tests.test_python_leaves_alone import ALONE, LEFT
from tests.test_python_lines import LEFT as LEFT_LINES
from tests.test_python_polls import LEFT as LEFT_POLLING
from tests.test_python_posted import LEFT_OF_ASSISTANTS
from tests.test_python_raw_left import LEFT as LEFT_RAW
from tests.test_python_sdk_apart import LEFT as LEFT_APART
from tests.test_python_sdk_left import LEFT as LEFT_SDK
from tests.test_python_streams import LEFT as LEFT_STREAMED
from tests.test_python_through import LEFT as LEFT_THROUGH
from tests.tools import ROOT

PATH = ROOT / "docs" / "shapes-python.md"
_HEAD = """\
# Shapes of the dead call in Python

What callmend makes of Python programs that call the dead endpoint. Every migrated program is a
golden pair in `tests/goldens_python`, which `tests/test_python_behaviour.py` runs against a server
that speaks the API. "In place" replaces the expression that reads the text. "Function in the file"
leaves all reading as it is and gives the answer its shape, where it is read in more than one place
or handed on; a loop over the lines of a stream is given the events that it reads. "As it is" stays,
as it calls the target already; "raw" are hand-written requests to the Assistants API. This file is
written by `tests/test_python_shapes_document.py` with `CALLMEND_UPDATE_DOCS=1`, and checked by it
without.

## Migrated

| shape | assistants | responses |
| --- | --- | --- |
"""
#: Of the programs that are given the same function to read a stream, those that are shown.
_SHOWN_STREAMS = ("stream-responses-requests-in-place", "stream-lines-responses-httpx-in-fastapi")
_TARGETS = ("assistants", "responses")


def _shapes() -> list[PythonGolden]:
    """The programs, each once whatever target its golden is for."""
    every = goldens()
    plain = [golden for name, golden in every.items() if golden.settings is None]
    sources = {golden.source for golden in plain}
    more = [golden for golden in every.values() if golden.source not in sources]
    return [*plain, *{golden.source: golden for golden in more}.values()]


def _form(golden: PythonGolden, target: str) -> str:
    result = migrate(golden.source, "input.py", Settings(target=target))
    forms = []
    for finding in result.findings:
        if finding.bucket is Bucket.LEFT and finding.reason is not None:
            forms.append(f"left: `{finding.reason.code}`")
        elif finding.bucket is Bucket.ALREADY_MIGRATED:
            forms.append("as it is")
        elif finding.endpoint not in POLLS:  # those go with the call that they ask for again
            said = " ".join(note.text for note in finding.notes)
            adapted = "the answer goes through" in said or "`workflow_lines`" in said
            forms.append("function in the file" if adapted else "in place")
    return ", ".join(dict.fromkeys(forms))


def _named(name: str) -> str:
    words = name
    for part in ("responses-", "robust-", "adapted-"):
        words = words.removeprefix(part)
    return words.replace("-", " ").capitalize()


def _summary(code: str) -> str:
    return next(reason.in_python[0] for reason in Reason if reason.code == code)


def _document() -> str:
    shapes = sorted(_shapes(), key=lambda golden: _named(golden.name))
    lines = [_HEAD]
    for golden in shapes:
        cells = " | ".join(_form(golden, target) for target in _TARGETS)
        lines.append(f"| {_named(golden.name)} | {cells} |\n")
    lines.append("\n## Left\n\n| shape | reason |\n| --- | --- |\n")
    polling = {name: (source, reasons[0]) for name, (source, reasons) in LEFT_POLLING.items()}
    posted = {
        f"posted-by-a-function-{name}": (source, reason.code)
        for name, (source, reason) in LEFT_OF_ASSISTANTS.items()
    }
    left = {**LEFT, **LEFT_UNADAPTED, **polling, **LEFT_INVENTED, **posted}
    for name, (_, code) in sorted(left.items()):
        lines.append(f"| {_named(name)} | `{code}`: {_summary(code)} |\n")
    lines.append("\n## Requests to the Assistants API that are left with `--target responses`\n\n")
    lines.append("| shape | reason |\n| --- | --- |\n")
    through = {
        f"through-a-function-{name}": (source, reason.code)
        for name, (source, reason, _) in LEFT_THROUGH.items()
    }
    for name, (_, code) in sorted({**LEFT_RAW, **through}.items()):
        lines.append(f"| {_named(name)} | `{code}`: {_summary(code)} |\n")
    lines.append("\n## Left of OpenAI's own client\n\n| shape | reason |\n| --- | --- |\n")
    for name, (_, code) in sorted({**LEFT_SDK, **LEFT_APART}.items()):
        lines.append(f"| {_named(name)} | `{code}`: {_summary(code)} |\n")
    lines.append("\n## Loops over the lines of a stream that are left: `streaming`\n\n")
    lines += [f"- {_named(name)}\n" for name in sorted(LEFT_LINES)]
    lines.append("\n## Left with `--stream`\n\n| shape | reason |\n| --- | --- |\n")
    for name, (_, code) in sorted(LEFT_STREAMED.items()):
        lines.append(f"| {_named(name)} | `{code}`: {_summary(code)} |\n")
    lines.append("\n## Not mentioned\n\n")
    lines += [f"- {_named(name)}\n" for name in sorted(ALONE)]
    lines.append("\n## Before and after, for `--target responses`\n")
    for name, golden in sorted(goldens().items()):
        if name.startswith("stream-") and name not in _SHOWN_STREAMS:
            continue
        if golden.settings is not None and golden.settings.target == "responses":
            old, new = golden.source.decode(), golden.expected.decode()
            made = difflib.unified_diff(old.splitlines(True), new.splitlines(True))
            diff = "".join(list(made)[2:])
            lines.append(f"\n### {_named(name)}\n\n```diff\n{diff}```\n")
    return "".join(lines)


def test_the_document_says_what_callmend_does() -> None:
    text = _document()
    if os.environ.get("CALLMEND_UPDATE_DOCS"):
        PATH.write_text(text)
    assert PATH.read_text() == text, "run the tests with CALLMEND_UPDATE_DOCS=1"


def test_as_many_are_left_alone_as_are_migrated() -> None:
    left = (
        LEFT,
        LEFT_UNADAPTED,
        LEFT_POLLING,
        LEFT_INVENTED,
        LEFT_OF_ASSISTANTS,
        LEFT_THROUGH,
        LEFT_LINES,
        LEFT_STREAMED,
        LEFT_RAW,
        ALONE,
    )
    assert sum(len(cases) for cases in left) >= len(goldens())
