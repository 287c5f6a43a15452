"""A Python file that goes on without an answer where its call fails is told so: it always did."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check
from tests.test_python_adapted import TARGETS

_HEAD = """\
import logging
import os

import requests
from openai import OpenAI

client = OpenAI()


def chat(question):
    asked = [{"role": "user", "content": question}]
    made = client.chat.completions.create(model="m", messages=asked)
    return made.choices[0].message.content


"""
_SENDS = """\
r = requests.post(
    "https://api.openai.com/v1/workflows/runs",
    headers={"Authorization": f"Bearer {os.environ['KEY']}"},
    json={"workflow_id": os.environ["FLOW"], "input": {"message": question}},
)
"""
_MADE_UP = 'run = client.workflows.runs.create(workflow_id="wf_1", input={"message": question})\n'
_READS = 'return r.json()["output_text"]\n'
_USE = "\n\ndef answer(question):\n    return run(question) or chat(question)\n"


def _function(body: str) -> str:
    return "def run(question):\n" + "".join(f"    {line}\n" for line in body.splitlines())


def _tried(handler: str, then: str = "", *, sends: str = _SENDS, reads: str = _READS) -> str:
    inside = "".join(f"    {line}\n" for line in (sends + reads).splitlines())
    return _function(f"try:\n{inside}{handler}\n{then}")


def _checked(test: str, then: str) -> str:
    return _function(f"{_SENDS}if {test}:\n    {then}\n{_READS}")


_SDK = {"sends": _MADE_UP, "reads": "return run.output_text\n"}
_CHAT = "return chat(question)"
TOLD = {
    "caught": _tried("except requests.RequestException:\n    return None"),
    "caught-and-logged": _tried('except Exception:\n    logging.exception("no")\n    return ""'),
    "not-ok": _checked("not r.ok", "return"),
    "another-status": _checked("r.status_code != 200", "return {}"),
    "a-status-of-errors": _checked("r.status_code >= 400", "return None"),
    "another-model-in-the-handler": _tried(f"except Exception:\n    {_CHAT}"),
    "another-model-behind-a-handler-that-passes": _tried("except Exception:\n    pass", _CHAT),
    "another-model-behind-one-that-logs": _tried(
        'except Exception as exc:\n    logging.warning("no answer: %s", exc)', _CHAT
    ),
    "another-model-where-the-status-is-an-error": _checked("not r.ok", _CHAT),
    "another-model-by-hand": _tried(
        "except Exception:\n    return requests.post("
        '"https://api.openai.com/v1/chat/completions", json={"q": question}).json()'
    ),
    "made-up-method": _tried("except Exception:\n    return None", **_SDK),
    "made-up-method-and-another-model": _tried("except:\n    pass", _CHAT, **_SDK),
}
NOT_TOLD = {
    "nothing-catches": _function(_SENDS + _READS),
    "raised-on": _tried('except Exception as exc:\n    raise RuntimeError("no") from exc'),
    "an-error-is-given": _tried('except Exception as exc:\n    return f"Error: {exc}"'),
    "a-sentence-is-given": _tried('except Exception:\n    return "Please try again."'),
    "raised-where-the-status-is-an-error": _checked("not r.ok", "raise RuntimeError(r.text)"),
    "the-check-is-of-something-else": _checked("not question", "return None"),
    "made-up-method-whose-failure-is-not-caught": _tried(
        "except requests.RequestException:\n    return None", **_SDK
    ),
}


def _notes(source: str, target: str) -> list[str]:
    migration = check(source.encode(), settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    return [n.text for n in finding.notes if "goes on without its answer" in n.text and n.always]


@TARGETS
@pytest.mark.parametrize("run", TOLD.values(), ids=TOLD)
def test_a_file_that_goes_on_without_an_answer_is_told(run: str, target: str) -> None:
    assert len(_notes(_HEAD + run + _USE, target)) == 1


@TARGETS
@pytest.mark.parametrize("run", NOT_TOLD.values(), ids=NOT_TOLD)
def test_an_error_that_is_seen_is_not_told(run: str, target: str) -> None:
    assert _notes(_HEAD + run + _USE, target) == []


@TARGETS
def test_what_is_given_to_other_files_is_not_told(target: str) -> None:
    assert _notes(_HEAD + TOLD["caught"], target) == []


@TARGETS
def test_a_preview_that_may_have_answered_is_not_told_to_have_failed(target: str) -> None:
    run = TOLD["caught"].replace("workflows/runs", "workflows/wf_1/run")
    assert _notes(_HEAD + run + _USE, target) == []


def test_the_note_names_what_is_done_instead() -> None:
    told = TOLD["another-model-behind-a-handler-that-passes"]
    [note] = _notes(_HEAD + told + _USE, "responses")
    assert note == (
        "where this call fails the file goes on without its answer (`chat(question)`), "
        "as it always did until now"
    )
