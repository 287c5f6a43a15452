"""Statements that edits made longer or shorter stay as a formatter would have them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import libcst as cst
import pytest

from callmend.edits import Edit, apply
from callmend.findings import Bucket, Finding
from callmend.languages.python.layout import broken_line, document, render
from callmend.languages.python.program import parsed
from callmend.languages.python.style import Style
from callmend.languages.python.text import decode
from callmend.rewriting.python_layout import laid_out
from callmend.source import SourceFile
from tests.skipping import needs

_WIDTH = 40
#: Code, what edits replace in it by what, and what it has to become where 40 characters fit.
LAID_OUT: dict[str, tuple[str, list[tuple[str, str]], str]] = {
    "a-call-got-longer": (
        "text = shown(answer, other)\n",
        [("answer", "the_answer_of_the_response")],
        "text = shown(\n    the_answer_of_the_response,\n    other,\n)\n",
    ),
    "a-call-got-shorter": (
        "raise RuntimeError(\n    f\"failed: {run['last_error']}\"\n)  # all\n",
        [("last_error", "error")],
        "raise RuntimeError(\n    f\"failed: {run['error']}\"\n)  # all\n",
    ),
    "a-call-got-so-short-that-it-fits": (
        "raise ValueError(\n    f\"all: {run['last_error']}\"\n)\n",
        [("last_error", "error")],
        "raise ValueError(f\"all: {run['error']}\")\n",
    ),
    "an-index-got-longer": (
        "text = data['output']['message']\n",
        [("data", "answer_of_it(data)")],
        "text = answer_of_it(data)['output'][\n    'message'\n]\n",
    ),
    "a-call-of-which-an-index-is-read-got-longer": (
        "text = shown(answer)['output']\n",
        [("answer", "the_answer_of_the_response")],
        "text = shown(\n    the_answer_of_the_response,\n)['output']\n",
    ),
    "a-call-of-which-two-indexes-are-read-got-longer": (
        "text = shown(answer)['output'][0]\n",
        [("answer", "the_answer_of_the_response")],
        "text = shown(\n    the_answer_of_the_response,\n)['output'][0]\n",
    ),
    "a-call-among-arguments-of-which-an-index-is-read-got-longer": (
        "return shown(call(a_path))['data']\n",
        [("a_path", "a_path_that_is_longer")],
        "return shown(\n    call(a_path_that_is_longer),\n)['data']\n",
    ),
    "a-comprehension-got-longer": (
        "for call in calls:\n    print(call)\n",
        [("calls", "[c for c in calls if c.type == 'call']")],
        "for call in [\n    c for c in calls if c.type == 'call'\n]:\n    print(call)\n",
    ),
    "a-sum-got-longer": (
        "text = first + second\n",
        [("second", "a_very_much_longer_name_for")],
        "text = (\n    first + a_very_much_longer_name_for\n)\n",
    ),
    "a-sum-got-too-long-for-a-line-of-its-own": (
        "text = first + second\n",
        [("first", "a_much_longer_name"), ("second", "another_long_name")],
        "text = (\n    a_much_longer_name\n    + another_long_name\n)\n",
    ),
    "a-sum-among-arguments": (
        "show('ended as ' + run['status'])\n",
        [("run", "the_run_of_the_thread")],
        "show(\n    'ended as '\n    + the_run_of_the_thread['status'],\n)\n",
    ),
    "a-condition-got-shorter": (
        "if (\n    event.type == 'thread.message.delta'\n    and event.data\n):\n    go()\n",
        [("thread.message.delta", "delta")],
        "if event.type == 'delta' and event.data:\n    go()\n",
    ),
    "moved-to-the-left": (
        "while True:\n    raise ValueError(\n        f'it failed: {run}'\n    )\nend()\n",
        [
            (
                "while True:\n    raise ValueError(\n        f'it failed: {run}'\n    )\n",
                "raise ValueError(\n    f'it failed: {run}'\n)\n",
            )
        ],
        "raise ValueError(f'it failed: {run}')\nend()\n",
    ),
    "brackets-inside-got-shorter": (
        "x = shown(\n    given=dumps(\n        {'id': the_flow, 'q': text}\n    ),\n    n=1,\n)\n",
        [("the_flow", "1")],
        "x = shown(\n    given=dumps({'id': 1, 'q': text}),\n    n=1,\n)\n",
    ),
    "a-context-got-longer": (
        "with opened(answer, other) as it:\n    go()\n",
        [("answer", "the_answer_of_it")],
        "with opened(\n    the_answer_of_it,\n    other,\n) as it:\n    go()\n",
    ),
    "crlf": (
        "text = shown(answer, other)\r\n",
        [("answer", "the_answer_of_the_response")],
        "text = shown(\r\n    the_answer_of_the_response,\r\n    other,\r\n)\r\n",
    ),
}
#: The same, where all but the edits stays as somebody has written it.
AS_WRITTEN: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "lines-by-hand": (
        "raise ValueError(f'failed: '\n                 f'{last_error}')\n",
        [("last_error", "error")],
    ),
    "brackets-inside-by-hand": (
        "text = shown(\n    given=dumps(\n        answer\n    ),\n    n=1,\n)\n",
        [("answer", "text")],
    ),
    "a-comma-keeps-them": ("show(\n    answer,\n)\n", [("answer", "text")]),
    "a-comment-inside": (
        "text = shown(\n    answer,  # of it\n    other\n)\n",
        [("answer", "the_answer_of_the_whole_response")],
    ),
    "too-long-before": (
        "text = shown(the_answer_of_the_response, data)\n",
        [("data", "data")],
    ),
    "a-long-string": (
        "show('''a text\non two lines''', answer)\n",
        [("answer", "the_answer_of_the_whole_response_of_it")],
    ),
    "a-backslash": (
        "text = answer + \\\n    second\n",
        [("second", "a_very_much_longer_name_than_before_it")],
    ),
    "more-than-an-expression": ("text = answer\n", [("answer", "1\nother = 2")]),
    "no-statement-of-theirs": ("text = answer\n", [("text = answer\n", "x = [\n    1\n]\n")]),
}


def _made(source: str, changes: list[tuple[str, str]], *, apart: bool = False) -> bytes:
    data = source.encode()
    edits = []
    for old, new in changes:
        start = source.index(old)
        edits.append(Edit(start, start + len(old), new.encode()))
    file = SourceFile("a.py", data, lambda: _WIDTH)
    text = decode(data)
    program = None if text is None else parsed(file, text)
    assert program is not None
    shares = [[edit] for edit in edits] if apart else [edits]
    findings = [
        Finding("CM101", "workflows-runs", edit[0].span, Bucket.MIGRATED, "", edits=tuple(edit))
        for edit in shares
    ]
    done = laid_out(program, findings)
    assert all(finding.edits for finding in done)
    return apply(data, [edit for finding in done for edit in finding.edits])


@pytest.mark.parametrize(("source", "changes", "expected"), LAID_OUT.values(), ids=LAID_OUT)
def test_a_statement_is_laid_out(
    source: str, changes: list[tuple[str, str]], expected: str
) -> None:
    assert _made(source, changes) == expected.encode()


@pytest.mark.parametrize(("source", "changes", "expected"), LAID_OUT.values(), ids=LAID_OUT)
def test_a_formatter_has_them_so(
    source: str, changes: list[tuple[str, str]], expected: str
) -> None:
    needs("ruff")
    del changes
    command = [sys.executable, "-m", "ruff", "format", "--isolated", f"--line-length={_WIDTH}"]
    command += ["--config=format.quote-style='preserve'", "-"]
    for code in (source, expected):
        done = subprocess.run(command, input=code.encode(), capture_output=True, check=True)
        assert done.stdout.decode() == code


@pytest.mark.parametrize(("source", "changes"), AS_WRITTEN.values(), ids=AS_WRITTEN)
def test_what_somebody_laid_out_stays(source: str, changes: list[tuple[str, str]]) -> None:
    expected = source
    for old, new in changes:
        expected = expected.replace(old, new, 1)
    assert _made(source, changes) == expected.encode()


def test_edits_of_two_calls_in_one_statement_stay_apart() -> None:
    source = "text = shown(answer, other)\n"
    changes = [("answer", "the_answer_of_the_first"), ("other", "the_answer_of_the_second")]
    made = _made(source, changes, apart=True)
    assert made == b"text = shown(the_answer_of_the_first, the_answer_of_the_second)\n"


def test_a_line_of_a_template_is_broken_where_the_width_is_known() -> None:
    line = '    text = last_error.get("message") or "Unknown"'
    style = Style("    ", '"', _WIDTH, trailing_comma=True, known=True)
    broken = '    text = (\n        last_error.get("message")\n        or "Unknown"\n    )'
    assert broken_line(line, style) == broken
    assert broken_line(line[:-13], style) == line[:-13]
    assert broken_line("    text = some_function_of_this_file(first, [", style).count("\n") == 0
    # A formatter with a larger width than the one that is guessed would join it.
    assert broken_line(line, replace(style, known=False)) == line


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param(
            "show({'a': (\n  the_first_text\n  if is_a_text\n  else the_other_one\n)})",
            "show(\n    {\n        'a': (\n            the_first_text\n            if is_a_text\n"
            "            else the_other_one\n        ),\n    },\n)",
            id="too-long-for-a-line",
        ),
        pytest.param("show((\n  a\n  if b\n  else c\n))", "show((a if b else c))", id="short"),
        pytest.param(
            "show((\n  a  # one\n  if b\n  else c\n))",
            "show(\n    (\n  a  # one\n  if b\n  else c\n),\n)",
            id="with-a-comment",
        ),
    ],
)
def test_a_choice_in_its_parentheses_moves_with_what_is_around_it(code: str, expected: str) -> None:
    style = Style("    ", "'", _WIDTH, trailing_comma=True)
    assert render(document(cst.parse_expression(code)), style, "", 0) == expected
