"""Calls with type arguments whose promise goes on: `await a.json<T>().catch(f)`.

The grammar reads such an `await` as part of what the innermost call of the chain calls.
"""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

_URL = "'https://api.openai.com/v1/workflows/runs'"
_BODY = "{ workflow_id: 'wf_1', input: { message } }"
_HEADERS = "{ Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' }"
_FETCH = f"fetch({_URL}, {{ method: 'POST', headers: {_HEADERS}, body: JSON.stringify({_BODY}) }})"
_AXIOS = f"axios.post<{{ output_text: string }}>({_URL}, {_BODY}, {{ headers: {_HEADERS} }})"

_SDK = "import OpenAI from 'openai';\nconst openai = new OpenAI();\n"

CHAINS = {
    "ofetch-and-catch": (
        "import { ofetch } from 'ofetch';\n",
        f"const data = await ofetch<any>({_URL}, {{ method: 'POST', headers: {_HEADERS}, "
        f"body: {_BODY} }}).catch(() => null);",
    ),
    "client-and-catch": (
        _SDK,
        "const data = await openai.post<any>('/workflows/runs', "
        f"{{ body: {_BODY} }}).catch(() => null);",
    ),
    "axios-and-then": (
        "import axios from 'axios';\n",
        f"const data = await {_AXIOS}.then((r) => r.data);",
    ),
    "axios-then-and-finally": (
        "import axios from 'axios';\n",
        f"const data = await {_AXIOS}.then((r) => r.data).finally(() => console.log('done'));",
    ),
    "json-and-catch": (
        "",
        f"const res = await {_FETCH};\n  if (!res.ok) throw new Error('no');\n"
        "  const data = await res.json<{ output_text?: string }>().catch(() => null);",
    ),
    "json-and-then": (
        "",
        f"const res = await {_FETCH};\n  if (!res.ok) throw new Error('no');\n"
        "  const data = await res.json<{ output_text?: string }>().then((read) => read);",
    ),
}


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_the_answer_is_read_behind_the_chain(chain: tuple[str, str], target: str) -> None:
    imported, statements = chain
    source = (
        f"{imported}export async function ask(message: string) {{\n  {statements}\n"
        "  return data?.output_text ?? '';\n}\n"
    )
    migration = check(source.encode(), "ask.ts", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    # No method of a promise is taken for a member of the answer.
    assert "{ output_text: text, id: " in migration.result.decode()
