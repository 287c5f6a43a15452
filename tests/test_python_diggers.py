"""Functions of a Python file that dig through an answer to any depth, beside other readings."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check

_DIG = """def dig(value):
    if isinstance(value, str):
        return value
    inner = value.values() if isinstance(value, dict) else value or []
    return next((found for each in inner if (found := dig(each))), None)
"""


@pytest.mark.parametrize("target", ["assistants", "responses"])
def test_what_is_read_of_the_response_beside_a_digger_is_there(target: str) -> None:
    source = f"""import json
import aiohttp


{_DIG}

async def ask(key, question: str):
    async with aiohttp.ClientSession() as session:
        async with session.post(
            "https://api.openai.com/v1/workflows/wf_1/runs",
            headers={{"Authorization": key}},
            data=json.dumps({{"input": {{"message": question}}}}),
        ) as response:
            if not response.ok:
                raise RuntimeError((await response.json())["error"]["message"])
            raw = await response.text()
            return dig(json.loads(raw).get("output"))
"""
    migration = check(source.encode(), "a.py", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    result = migration.result.decode()
    assert "        self.ok = status < 400\n" in result
    assert "    async def json(self, **_: typing.Any) -> typing.Any:\n" in result
    assert "    async def text(self) -> str:\n" in result
