"""Long Python files: nothing takes the square of their size."""

from __future__ import annotations

import time

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.settings import Settings

_HEAD = "import requests\n\n"
_ASK = """\
def ask(text):
{padding}\
    response = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={{"Authorization": f"Bearer {{KEY}}"}},
        json={{"workflow_id": "wf_1", "input": {{"message": text}}}},
    )
    return response.json()["output_text"]
"""

#: One of each kind, to be written so often.
KINDS = {
    "functions": "def f{n}(a):\n    b = a + 'x'\n    return b\n",
    "functions-that-set-a-global": "def f{n}(a):\n    global b{n}\n    b{n} = go(f'/{{a}}')\n",
    "statements": "a{n} = '{n}'\n",
    "one-name-again-and-again": "a = go(a, '{n}')\n",
    "conditions": "if a:\n    go('{n}')\n",
    "calls-with-a-path": "go(f'{{BASE}}/items/{{KEY}}', 'x' + NAME)\n",
    "constants-of-constants": "C{n} = C + '/{n}'\n",
}
_FEW, _MANY = 75, 600


def _seconds(kind: str, count: int, *, inside: bool) -> float:
    padding = "".join(kind.format(n=n) for n in range(count))
    if inside:
        lines = padding.splitlines(keepends=True)
        source = _HEAD + _ASK.format(padding="".join(f"    {line}" for line in lines))
    else:
        source = _HEAD + padding + _ASK.format(padding="")
    start = time.process_time()
    migration = migrate(source.encode(), "a.py", Settings())
    seconds = time.process_time() - start
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    return seconds


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
@pytest.mark.parametrize("inside", [False, True], ids=["above", "inside"])
def test_eight_times_the_file_does_not_take_the_square_of_the_time(kind: str, inside: bool) -> None:
    few = _seconds(kind, _FEW, inside=inside)
    many = _seconds(kind, _MANY, inside=inside)
    assert many < 16 * few
