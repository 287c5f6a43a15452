"""The id of a dead call in Python: known at a body above the call, asked for, and written."""

from __future__ import annotations

from pathlib import Path

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check
from tests.tools import callmend

_ASSISTANTS = Settings(target="assistants")
_HEAD = "import os\n\nimport requests\n\n\n"
_ASKS = """\
    response = requests.post(
        f"https://api.openai.com/v1/workflows/{workflow_id}/runs",
        headers={"Authorization": f"Bearer {os.environ['KEY']}"},
        json=payload,
        timeout=30,
    )
    response.raise_for_status()
"""
_BODY = '    payload = {"input": {"message": text}}\n'
_ID = '    workflow_id = os.environ["WORKFLOW_ID"]\n'
#: Readings that are replaced in place, and that go through a function.
_READINGS = {
    "in-place": '    return response.json()["output"]["message"]\n',
    "adapted": "    return response.json()\n",
}
_BY_READING = pytest.mark.parametrize("reading", _READINGS.values(), ids=_READINGS)
_LATER = {
    "bound-behind-the-body": _BODY + _ID,
    "bound-anew-behind-the-body": _ID + _BODY + '    workflow_id = workflow_id + "_2"\n',
    "bound-anew-under-a-condition": _ID + _BODY + '    if text:\n        workflow_id = "wf_2"\n',
}


def _ask(inside: str, reading: str) -> bytes:
    return f"{_HEAD}def ask(text):\n{inside}{_ASKS}{reading}".encode()


@_BY_READING
@pytest.mark.parametrize("inside", _LATER.values(), ids=_LATER)
def test_is_left_where_the_id_is_not_known_at_the_body(inside: str, reading: str) -> None:
    [finding] = check(_ask(inside, reading), settings=_ASSISTANTS).findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.NAME_NOT_IN_SCOPE)
    assert finding.detail == "`workflow_id`"


@_BY_READING
def test_the_id_is_written_into_the_body_where_it_is_known(reading: str) -> None:
    migration = check(_ask(_ID + _BODY, reading), settings=_ASSISTANTS)
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert b'"assistant_id": workflow_id,' in migration.result


@_BY_READING
def test_a_target_that_takes_no_id_does_without_it(reading: str) -> None:
    migration = check(_ask(_BODY + _ID, reading), settings=Settings(target="responses"))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]


_MADE_UP = """\
import os

from openai import OpenAI

client = OpenAI()
WF = "wf_abc"


def ask(text):
    return client.workflows.runs.create($ARGUMENTS).output_text
"""
_GIVEN = {
    "a-literal": ('workflow_id="wf_1", input={"message": text}', ":10:", '"asst_New1"'),
    "the-first": ('"wf_1", input={"message": text}', ":10:", '"asst_New1"'),
    "a-constant": ('{"workflow_id": WF, "input": {"message": text}}', ":6:", "WF"),
    "of-the-workflow": ('workflow={"id": "wf_1"}, input=text', ":10:", '"asst_New1"'),
}


@pytest.mark.parametrize(("arguments", "line", "written"), _GIVEN.values(), ids=_GIVEN)
def test_the_id_of_a_made_up_method_is_asked_for_and_written(
    arguments: str, line: str, written: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.py"
    file.write_text(_MADE_UP.replace("$ARGUMENTS", arguments))
    told = callmend("diff", "a.py", cwd=tmp_path).stderr.decode()
    assert f"to do: a.py{line} the assistant's id (asst_...) must go here" in told
    done = callmend("fix", "--assistant-id", "asst_New1", "a.py", cwd=tmp_path)
    assert b"must go here" not in done.stderr
    result = file.read_text()
    assert f"assistant_id={written}" in result
    assert "asst_New1" in result
    assert "wf_1" not in result


def test_the_id_of_a_made_up_method_that_the_environment_holds_is_asked_for(
    tmp_path: Path,
) -> None:
    arguments = 'workflow_id=os.environ["WF"], input=text'
    (tmp_path / "a.py").write_text(_MADE_UP.replace("$ARGUMENTS", arguments))
    told = callmend("diff", "a.py", cwd=tmp_path).stderr
    assert b"to do: WF: set this environment variable to the assistant's id" in told


def test_the_target_responses_asks_for_no_id(tmp_path: Path) -> None:
    arguments = 'workflow_id="wf_1", input=text'
    (tmp_path / "a.py").write_text(_MADE_UP.replace("$ARGUMENTS", arguments))
    told = callmend("diff", "--target", "responses", "a.py", cwd=tmp_path).stderr
    assert b"to do" not in told


def test_an_id_that_is_written_out_in_the_url_is_asked_for(tmp_path: Path) -> None:
    source = _ask(_BODY, _READINGS["adapted"]).replace(
        b'f"https://api.openai.com/v1/workflows/{workflow_id}/runs"', b"URL"
    )
    url = b'URL = "https://api.openai.com/v1/workflows/wf_1/runs"\n\n\n'
    file = tmp_path / "a.py"
    file.write_bytes(source.replace(b"def ask", url + b"def ask"))
    told = callmend("diff", "a.py", cwd=tmp_path).stderr
    assert b"to do: a.py:6: the assistant's id (asst_...) must go here" in told
    done = callmend("fix", "--assistant-id", "asst_New1", "a.py", cwd=tmp_path)
    assert b"to do" not in done.stderr
    assert b'"assistant_id": "asst_New1"' in file.read_bytes()
