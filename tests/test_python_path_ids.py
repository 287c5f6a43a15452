"""The workflow's id in a URL's path, in each way that Python puts a URL together."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check

_HEAD = (
    "import os\nfrom urllib.parse import urljoin\n\nimport requests\n\n"
    'BASE = "https://api.openai.com/v1/workflows"\n'
    'AGENTS = "https://api.openai.com/v1/agents"\n'
    'WF = os.environ["WORKFLOW_ID"]\n'
    'FIXED = "wf_68e5"\n\n\n'
    "def ask(key, question: str, wf, settings):\n"
)


def _source(url: str, before: str = "") -> bytes:
    lines = [line for line in before.splitlines() if line]
    return (
        _HEAD + "".join(f"    {line}\n" for line in lines) + f"    response = requests.post({url}, "
        'headers={"Authorization": key}, json={"input": {"message": question}})\n'
        "    response.raise_for_status()\n"
        '    return response.json()["output_text"]\n'
    ).encode()


#: A URL, and what is written for the assistant's id.
_NAMED = {
    "f-string-behind-a-base": ('f"{BASE}/{wf}/runs"', "wf"),
    "f-string-with-a-constant": ('f"{BASE}/{WF}/runs"', "WF"),
    "constant-of-a-literal-id": ('f"{BASE}/{FIXED}/runs"', "FIXED"),
    "plus": ('BASE + "/" + wf + "/runs"', "wf"),
    "a-path-that-starts-a-literal": (
        'BASE + "/" + settings.workflow_id + "/runs"',
        "settings.workflow_id",
    ),
    "format-by-place": ('"{}/{}/runs".format(BASE, wf)', "wf"),
    "format-by-name": ('"{base}/{id}/runs".format(base=BASE, id=wf)', "wf"),
    "percent": ('"%s/%s/runs" % (BASE, wf)', "wf"),
    "join": ('"/".join([BASE, wf, "runs"])', "wf"),
    "urljoin": ('urljoin("https://api.openai.com/v1/", f"workflows/{wf}/runs")', "wf"),
    "urljoin-of-a-rooted-path": ('urljoin(BASE, f"/v1/workflows/{wf}/runs")', "wf"),
    "a-query-behind-it": ('f"{BASE}/{wf}/runs?version=2"', "wf"),
    "another-path": ('f"{AGENTS}/{wf}/invoke"', "wf"),
    "written-out": ('"https://api.openai.com/v1/workflows/wf_1/runs"', '"wf_1"'),
    "written-out-behind-a-base": ('BASE + "/wf_1/runs"', '"wf_1"'),
    "written-out-in-an-f-string": ('f"{BASE}/wf_1/runs"', '"wf_1"'),
}


@pytest.mark.parametrize("name", _NAMED)
def test_the_id_in_the_path_names_the_assistant(name: str) -> None:
    url, written = _NAMED[name]
    migration = check(_source(url), "a.py", Settings(target="assistants"))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert f'"assistant_id": {written},' in migration.result.decode()


_LEFT = {
    "a-part-of-it-is-computed": ('f"{BASE}/wf_{wf}/runs"', "", "no-workflow-id"),
    "it-is-another-one-by-then": (
        "url",
        'url = f"{BASE}/{wf}/runs"\nwf = None',
        "name-not-in-scope",
    ),
    "urljoin-takes-the-last-segment-away": (
        'urljoin("https://api.openai.com/v1/workflows/wf_1", f"{wf}/runs")',
        "",
        "no-workflow-id",
    ),
    "the-path-holds-none": ('f"{BASE}/runs"', "", "no-workflow-id"),
}


@pytest.mark.parametrize("name", _LEFT)
def test_a_call_is_left_because_its_id_is_not_certain(name: str) -> None:
    url, before, reason = _LEFT[name]
    migration = check(_source(url, before), "a.py", Settings(target="assistants"))
    assert [f.reason and f.reason.code for f in migration.findings] == [reason]
    assert not migration.changed


@pytest.mark.parametrize("name", _LEFT)
def test_a_target_without_an_id_needs_none(name: str) -> None:
    url, before, _ = _LEFT[name]
    migration = check(_source(url, before), "a.py", Settings(target="responses"))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert b"v1/responses" in migration.result
