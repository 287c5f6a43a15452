"""The id of a dead URL's path in a Python body above the call: is it known there?"""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check

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
