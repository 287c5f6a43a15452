"""Python files that are not parsed: what is left and why, what is no call, and what is Python 3."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check

_URL = "https://api.openai.com/v1/workflows/runs"
_ASK = f"""\
import requests


def ask(key, wf, question):
    response = requests.post(
        "{_URL}",
        headers={{"Authorization": key}},
        json={{"workflow_id": wf, "input": {{"message": question}}}},
    )
    response.raise_for_status()
    return response.json()["output"]["message"]
"""
_SDK = """\
from openai import OpenAI

client = OpenAI()


def ask(question):
    return client.{}(assistant_id="asst_1")


print "Python 2"
"""
_DEF = "def ask("
_RAISES = "    response.raise_for_status()\n"
_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])


def _with(before: str, old: str = _DEF) -> bytes:
    return _ASK.replace(old, before + old, 1).encode()


_SYNTAX, _BYTES, _ENCODING = Reason.SYNTAX_ERROR, Reason.BINARY_FILE, Reason.NOT_UTF8

#: Files that are no Python 3, or cannot be read, with the reason.
LEFT: dict[str, tuple[bytes, Reason]] = {
    "python-2-print": (_with('print "asking"\n\n\n'), _SYNTAX),
    "python-2-backticks": (_with("WF = `1`\n\n\n"), _SYNTAX),
    "python-2-octal": (_with("MODE = 0755\n\n\n"), _SYNTAX),
    "python-2-exec": (_with('exec "x = 1"\n\n\n'), _SYNTAX),
    "python-2-except-binds-a-name": (
        _with("try:\n    import json\nexcept ImportError, error:\n    pass\n\n\n"), _SYNTAX,
    ),
    "python-2-by-its-first-line": (b"#!/usr/bin/env python2.7\n" + _ASK.encode(), _SYNTAX),
    "error-far-behind-the-call": (_ASK.encode() + b"\n\ndef (:\n    pass\n", _SYNTAX),
    "error-far-before-the-call": (b"x = (\n\n\n" + _ASK.encode(), _SYNTAX),
    "error-in-the-call": (_ASK.replace("}},\n    )", "},\n    )").encode(), _SYNTAX),
    "conflict-markers-in-the-function": (
        _ASK.replace(_RAISES, f"<<<<<<< HEAD\n{_RAISES}=======\n>>>>>>> other\n").encode(), _SYNTAX,
    ),
    "tabs-and-blanks-mixed": (_with("", _DEF).replace(b"    return", b"\treturn"), _SYNTAX),
    "magic-of-a-notebook": (_with("%matplotlib inline\n!pip install requests\n\n\n"), _SYNTAX),
    "template-of-another-language": (_with("{% if asks %}\n{% endif %}\n\n\n"), _SYNTAX),
    "cut-off-in-the-body": (_ASK[: _ASK.index('"input"')].encode(), _SYNTAX),
    "cut-off-behind-the-url": (_ASK[: _ASK.index("runs") + 4].encode(), _SYNTAX),
    "vertical-tab": (_ASK.replace("response.raise", "response\v.raise").encode(), _SYNTAX),
    "end-of-file-character": (_ASK.encode() + b"\x1a", _SYNTAX),
    "brackets-deeper-than-python-takes": (
        _ASK.encode() + b"\nX = " + b"[" * 3000 + b"]" * 3000 + b"\n", _SYNTAX,
    ),
    "null-byte-in-a-comment": (_with("# \0\n"), _BYTES),
    "null-byte-in-the-call": (_ASK.replace('"input"', '"in\0put"').encode(), _BYTES),
    "coding-line-names-no-encoding": (b"# coding: nonsense\n" + _ASK.encode(), _ENCODING),
    "coding-line-is-wrong": ("# coding: ascii\n# é\n".encode() + _ASK.encode(), _ENCODING),
    "coding-line-beside-another-mark": (
        b"\xef\xbb\xbf# coding: latin-1\n" + _ASK.encode(), _ENCODING,
    ),
    "coding-line-of-no-text": (b"# coding: rot13\n" + _ASK.encode(), _ENCODING),
    "coding-line-of-two-bytes": (b"# coding: utf-16\n" + _ASK.encode(), _ENCODING),
    "latin-1-without-a-coding-line": (b"# \xe9\n" + _ASK.encode(), _ENCODING),
    "url-in-parts": (
        _with('BASE = "https://api.openai.com/v1"\nprint "asks"\n\n\n')
        .replace(f'"{_URL}"'.encode(), b'BASE + "/workflows/runs"'), _SYNTAX,
    ),
    "id-in-the-path": (
        _ASK.replace(f'"{_URL}"', '"https://api.openai.com/v1/workflows/%s/runs" % wf').encode()
        + b'print "asked"\n', _SYNTAX,
    ),
    "made-up-method": (_SDK.format("workflows.runs.create").encode(), _SYNTAX),
}  # fmt: skip


@_TARGETS
@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_because(source: bytes, reason: Reason, target: str) -> None:
    migration = check(source, settings=Settings(target=target))
    assert [f.reason for f in migration.findings] == [reason]
    assert migration.result == source


def test_a_method_of_the_library_is_left_by_the_target_that_it_is_dead_to() -> None:
    source = _SDK.format("beta.threads.create_and_run").encode()
    migration = check(source, settings=Settings(target="responses"))
    assert [f.reason for f in migration.findings] == [_SYNTAX]
    assert check(source).findings == ()


#: Python 2 whose URLs are words only, or another service's.
WORDS = {
    "docstring": f'"""POST {_URL} starts a run."""\nprint "x"\n',
    "docstring-of-a-function": f'def f():\n    """{_URL}"""\n    print "x"\n',
    "docstring-of-lines": f'"""Asks.\n\n    POST {_URL}\n"""  # so\nprint "x"\n',
    "comment": f'# POST {_URL}\nprint "x"\n',
    "comment-behind-code": f'x = 1  # {_URL}\nprint "x"\n',
    "another-service-beside-openai": (
        'A = "https://api.dify.ai/v1/workflows/runs"\nB = "https://api.openai.com/v1/models"\n'
        'print "x"\n'
    ),
    "another-clients-method": 'client.workflows.runs.create(1)\nprint "x"\n',
}


@_TARGETS
@pytest.mark.parametrize("source", WORDS.values(), ids=WORDS)
def test_words_are_no_calls(source: str, target: str) -> None:
    assert check(source.encode(), settings=Settings(target=target)).findings == ()


@_TARGETS
def test_behind_words_the_call_is_found(target: str) -> None:
    source = _with('print "asks"\n\n\n', _DEF)
    source = f'"""Asks {_URL}"""\n'.encode() + source
    [finding] = check(source, settings=Settings(target=target)).findings
    assert finding.span.start == source.rindex(b"api.openai.com")


#: Python 3, as seldom as it is written.
READ = {
    "form-feed-in-the-indentation": _ASK.replace("    response = ", "\f    response = "),
    "form-feed-behind-blanks": _ASK.replace("    response = ", "  \f    response = "),
    "form-feed-in-every-indentation": _ASK.replace("\n    ", "\n\f    "),
    "form-feed-before-a-function": _ASK.replace(_DEF, "\f" + _DEF),
    "form-feed-before-the-reading": _ASK.replace("    return", "\f    return"),
    "form-feed-at-the-start": "\f" + _ASK,
    "form-feed-before-a-call-in-the-first-line": (
        f'\fimport requests; r = requests.post("{_URL}", headers={{"Authorization": key}}, '
        'json={"workflow_id": wf, "input": {"message": q}})\n'
        'r.raise_for_status()\nprint(r.json()["output"]["message"])\n'
    ),
    "form-feed-between-words": _ASK.replace("response.raise", "response\f.\fraise"),
    "form-feed-with-cr-lf": _ASK.replace("    return", "\f    return").replace("\n", "\r\n"),
    "form-feed-behind-other-letters": _ASK.replace(
        "    response = ", "    é = 'é'\n\f    response = "
    ),
    "two-exceptions-without-brackets": _ASK
    + "\n\ntry:\n    ask(1, 2, 3)\nexcept KeyError, ValueError:\n    pass\n",
    "two-exceptions-of-this-file": "class Bad(Exception): ...\n\n\n"
    + _ASK
    + "\n\ntry:\n    ask(1, 2, 3)\nexcept KeyError, Bad:\n    pass\n",
    "lines-that-end-in-cr": _ASK.replace("\n", "\r"),
    "brackets-nested-as-deep-as-they-may": _ASK + "\nX = " + "(" * 190 + "1" + ")" * 190 + "\n",
}


@_TARGETS
@pytest.mark.parametrize("source", READ.values(), ids=READ)
def test_it_is_migrated(source: str, target: str) -> None:
    migration = check(source.encode(), settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]


@_TARGETS
def test_a_form_feed_stays_and_makes_no_other_code(target: str) -> None:
    settings = Settings(target=target)
    plain = check(_ASK.encode(), settings=settings).result
    for place in (_DEF, _RAISES):
        fed = check(_ASK.replace(place, "\f" + place).encode(), settings=settings).result
        assert fed.replace(b"\f", b"") == plain
        assert fed.count(b"\f") == (1 if place == _DEF or place.encode() in plain else 0)
