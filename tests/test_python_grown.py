"""Python URLs that are put together, and readings, as the random programs found them."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check

_HEAD = 'import os\n\nimport requests\n\nKEY = os.environ["KEY"]\nWF = os.environ["WF"]\n\n\n'
_DEAD = "https://api.openai.com/v1/workflows"


def _asking(above: str, url: str = "url", reading: str = 'return r.json()["output_text"]') -> bytes:
    return (
        f"{_HEAD}def ask(message, parts=()):\n{above}    r = requests.post(\n        {url},\n"
        '        headers={"Authorization": f"Bearer {KEY}"},\n'
        f'        json={{"input": {{"message": message}}}},\n    )\n    {reading}\n'
    ).encode()


FOLLOWED = {
    "added-to": _asking(f'    url = "{_DEAD}/"\n    url += WF\n    url += "/runs"\n'),
    "joined": _asking("", '"/".join(["https://api.openai.com/v1", "workflows", WF, "runs"])'),
    "joined-from-a-tuple": _asking(
        "", '"/".join(("https://api.openai.com", "v1", "workflows", WF, "runs"))'
    ),
}


@pytest.mark.parametrize("source", FOLLOWED.values(), ids=FOLLOWED)
def test_a_url_that_is_put_together_is_found(source: bytes) -> None:
    [finding] = check(source, settings=Settings(target="responses")).findings
    assert finding.bucket is Bucket.MIGRATED


NOT_CERTAIN = {
    "a-part-in-a-condition": _asking(
        f'    url = "{_DEAD}/"\n    if parts:\n        url += WF\n    url += "/runs"\n'
    ),
    "an-ending-in-a-condition": _asking(
        f'    url = "{_DEAD}/runs"\n    if parts:\n        url += "/" + parts[0]\n'
    ),
}


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize("source", NOT_CERTAIN.values(), ids=NOT_CERTAIN)
def test_a_url_that_may_grow_is_left_and_not_passed_over(source: bytes, target: str) -> None:
    [finding] = check(source, settings=Settings(target=target)).findings
    assert finding.bucket is Bucket.LEFT
    assert finding.reason is Reason.URL_NOT_CERTAIN


@pytest.mark.parametrize("empty", ['""', "None", "[]"], ids=["text", "none", "list"])
@pytest.mark.parametrize("asks", ['merged["answer"]', 'merged.get("answer")'], ids=["key", "get"])
def test_a_key_that_is_empty_until_the_answer_is_put_over_it_is_written(
    asks: str, empty: str
) -> None:
    reading = f'merged = {{"answer": {empty}, **r.json()}}\n    return {asks}'
    source = _asking(f'    url = "{_DEAD}/wf_1/runs"\n', reading=reading)
    migration = check(source, settings=Settings(target="responses"))
    assert b'"answer": text' in migration.result


def test_a_key_of_its_own_beside_the_answer_is_not_taken_for_one_of_the_answer() -> None:
    reading = 'merged = {"lang": "en", **r.json()}\n    return merged["lang"], merged'
    source = _asking(f'    url = "{_DEAD}/wf_1/runs"\n', reading=reading)
    assert b'"lang": text' not in check(source, settings=Settings(target="responses")).result
