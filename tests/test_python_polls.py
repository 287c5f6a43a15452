"""A Python file that asks for the dead run again: the live answer's polling, and what is left."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check
from tests.test_python_adapted import TARGETS
from tests.test_python_leaves_alone import URL, program

_AGAIN = "requests.get(f'{URL}/{run_id}', headers=HEADERS)"
_UNTIL_DONE = """\
while True:
    s = {again}
    s.raise_for_status()
    d = s.json()
    if d["status"] == "{done}":
        return d["output"]["message"]
    time.sleep(1)
"""


def polling(
    *,
    start: str = "r.raise_for_status()",
    identity: str = "run_id = r.json()['id']",
    again: str = _AGAIN,
    loop: str = _UNTIL_DONE,
    done: str = "completed",
    url: str = "URL",
    below: str = "",
    above: str = "",
    define: str = "def ask(question, messages, other):",
) -> bytes:
    """A program that starts a run and asks for it in a loop, in which a part may be another one."""
    source = program(
        url=url,
        headers="headers=HEADERS",
        above=(
            f"import asyncio, time\nURL = '{URL}'\n"
            "HEADERS = {'Authorization': 'Bearer sk-1', 'Content-Type': 'application/json'}\n"
            f"{above}"
        ),
        read="\n".join((start, identity, loop.format(again=again, done=done))),
        define=define,
    )
    return source + below.encode()


#: How a run's URL is put together.
URLS = {
    "f-string": _AGAIN,
    "f-string-with-the-base": (
        "requests.get(f'https://api.openai.com/v1/workflows/runs/{run_id}', headers=HEADERS)"
    ),
    "added": "requests.get(URL + '/' + run_id, headers=HEADERS)",
    "added-as-text": "requests.get(URL + '/' + str(run_id), headers=HEADERS)",
    "format": "requests.get('{{}}/{{}}'.format(URL, run_id), headers=HEADERS)",
    "percent": "requests.get('%s/%s' % (URL, run_id), headers=HEADERS)",
    "request-by-method": "requests.request('GET', f'{URL}/{run_id}', headers=HEADERS)",
    "workflow-in-the-path": (
        "requests.get(f'https://api.openai.com/v1/workflows/{WF}/runs/{run_id}', headers=HEADERS)"
    ),
}


@TARGETS
@pytest.mark.parametrize("again", URLS.values(), ids=URLS)
def test_the_live_answer_is_asked_for(again: str, target: str) -> None:
    migration = check(polling(again=again.replace("{{}}", "{}")), settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    assert b"workflows" not in migration.result
    base = "https://api.openai.com/v1"
    path = "threads" if target == "assistants" else "responses"
    assert f"'{base}/{path}/{{run_id}}'".encode() in migration.result
    assert migration.result.count(b"assistants=v2") == (2 if target == "assistants" else 0)
    [told] = [n.text for n in finding.notes if "asks for the run again, which becomes" in n.text]
    # What starts the run waits for its end on this target, which a person who polls has to know.
    assert ("is waited for where it is started already, 30 seconds" in told) is (
        target == "assistants"
    )
    assert ("its `id` is `thread_…/runs/run_…` now" in told) is (target == "assistants")


def test_a_template_that_only_this_url_fills_in_keeps_its_place() -> None:
    source = polling(
        above=f"STATUS_URL = '{URL}/{{}}'",
        again="requests.get(STATUS_URL.format(run_id), headers=HEADERS)",
    )
    result = check(source, settings=Settings(target="responses")).result
    assert b"STATUS_URL = 'https://api.openai.com/v1/responses/{}'" in result
    assert b"requests.get(STATUS_URL.format(run_id), headers=HEADERS)" in result


@pytest.mark.parametrize(
    ("loop", "word"),
    [
        (_UNTIL_DONE, "succeeded"),
        (_UNTIL_DONE, "COMPLETED"),
        (_UNTIL_DONE.replace('d["status"] ==', 'd["status"].lower() =='), "finished"),
        (_UNTIL_DONE.replace('if d["status"] ==', 'state = d["status"]\n    if state =='), "done"),
    ],
    ids=["another-word", "in-capitals", "in-lower-case", "by-a-variable"],
)
def test_the_run_is_done_in_the_words_of_the_file(loop: str, word: str) -> None:
    result = check(polling(loop=loop, done=word)).result
    assert f'"status": "{word}"'.encode() in result


def test_the_id_is_given_under_each_name_that_the_file_reads() -> None:
    source = polling(identity='d = r.json()\nrun_id = d.get("run_id") or d["id"]')
    result = check(source, settings=Settings(target="responses")).result
    assert b'"id": answered.get("id"),\n            "run_id": answered.get("id"),' in result


def test_an_error_without_an_id_is_raised_where_nothing_looks_at_the_status() -> None:
    result = check(polling(start=""), settings=Settings(target="responses")).result
    assert result.count(b"raise requests.HTTPError(") == 2


def test_a_poll_in_another_function_has_a_finding_of_its_own_and_is_silenced_with_the_call() -> (
    None
):
    loop = "return wait(run_id)"
    wait = "\ndef wait(run_id):\n" + "".join(
        f"    {line}\n" for line in _UNTIL_DONE.format(again=_AGAIN, done="done").splitlines()
    )
    source = polling(loop=loop, below=wait)
    findings = check(source).findings
    assert [(f.rule, f.bucket) for f in findings] == [
        ("CM101", Bucket.MIGRATED),
        ("CM133", Bucket.MIGRATED),
    ]
    silenced = source.replace(
        b"        s = requests", b"        # callmend-ignore\n        s = requests"
    )
    migration = check(silenced)
    assert [f.bucket for f in migration.findings] == [Bucket.IGNORED, Bucket.IGNORED]
    assert migration.result == silenced


_OTHER_START = """
def more(question):
    r = requests.post(URL, headers=HEADERS, json={"workflow_id": WF, "input": question + ""})
    return r.json()["output"]["message"]
"""
#: What is left for which reason, on both targets.
LEFT = {
    "several-runs-are-started": (polling(below=_OTHER_START), ["own-polling", "own-polling"]),
    "run-is-asked-for-by-an-unknown-client": (
        polling(again="other.get(f'{URL}/{run_id}')"),
        ["own-polling"],
    ),
    "run-is-asked-for-with-a-query": (
        polling(again="requests.get(f'{URL}/{run_id}?full=1', headers=HEADERS)"),
        ["own-polling"],
    ),
    "run-is-asked-for-with-parameters": (
        polling(again="requests.get(f'{URL}/{run_id}', headers=HEADERS, params=other)"),
        ["own-polling"],
    ),
    "run-is-asked-for-by-a-post": (
        polling(again="requests.post(f'{URL}/{run_id}', headers=HEADERS, json={{}})"),
        ["own-polling"],
    ),
    "run-is-asked-for-without-the-key": (
        polling(again="requests.get(f'{URL}/{run_id}')"),
        ["own-polling"],
    ),
    "run-is-asked-for-headers-of-a-parameter": (
        polling(again="requests.get(f'{URL}/{run_id}', headers=other)"),
        ["own-polling"],
    ),
    "run-is-asked-for-id-of-a-global": (
        polling(above="LAST = 'run_1'", again=_AGAIN.replace("run_id", "LAST")),
        ["own-polling"],
    ),
    "run-is-asked-for-id-of-a-call": (
        polling(again=_AGAIN.replace("run_id", "last_run()")),
        ["own-polling"],
    ),
    "a-part-of-a-segment": (
        polling(again="requests.get(f'{URL}/run-{run_id}', headers=HEADERS)"),
        ["own-polling"],
    ),
    "a-state-that-is-not-known": (polling(done="published"), ["own-polling"]),
    "an-error-is-gone-on-with": (
        polling(
            loop=_UNTIL_DONE.replace(
                "s.raise_for_status()", "if s.status_code == 401:\n        raise ValueError"
            )
        ),
        ["own-polling"],
    ),
    "the-run-is-cancelled-too": (
        polling(below="\n", loop="requests.post(f'{{URL}}/{{run_id}}/cancel')\n" + _UNTIL_DONE),
        ["own-polling"],
    ),
    "the-id-goes-to-what-is-not-known": (
        polling(loop="follow(run_id)\n" + _UNTIL_DONE),
        ["own-polling"],
    ),
    "nothing-starts-the-run": (
        program(call="requests.get", url=f'f"{URL}/{{question}}"', body=""),
        ["part-of-a-flow"],
    ),
    "the-definition-is-read": (
        program(call="requests.get", url='f"https://api.openai.com/v1/workflows/{WF}"', body=""),
        ["definition-read"],
    ),
}


@TARGETS
@pytest.mark.parametrize(("source", "reasons"), LEFT.values(), ids=LEFT)
def test_left_with_a_reason(source: bytes, reasons: list[str], target: str) -> None:
    migration = check(source, settings=Settings(target=target))
    assert [f.reason.code for f in migration.findings if f.reason is not None] == reasons
    assert migration.result == source


_ROUTES = polling(
    loop="return {{'run_id': run_id}}",
    below=f"""
def state(run_id):
    s = {_AGAIN}
    s.raise_for_status()
    return s.json()
""",
)


def test_an_id_that_goes_out_and_comes_back_is_one_that_fits_into_a_path() -> None:
    # a run's id is one of two with a slash between, a Response's is none
    left = check(_ROUTES).findings
    assert [f.reason and f.reason.code for f in left] == ["own-polling", "part-of-a-flow"]
    assert "its id comes from elsewhere" in left[0].detail
    migrated = check(_ROUTES, settings=Settings(target="responses")).findings
    assert [f.bucket for f in migrated] == [Bucket.MIGRATED, Bucket.MIGRATED]
