"""An id from the environment, where OpenAI's client has a type for it: what is no text is none."""

from __future__ import annotations

import pytest

from callmend.settings import Settings
from tests.invariants import check

_FILE = """\
import OpenAI from 'openai';
const client = new OpenAI();
export async function ask(message: string): Promise<string> {
  $CALL
  return run.output_text ?? '';
}
"""
_ASKED = "workflow_id: process.env.FLOW, input: { message }"
_POST = f"client.post<any, any>('/workflows/runs', {{ body: {{ {_ASKED} }} }})"
_CAST_POST = f"client.post<any, any>('/workflows/runs', {{ body: {{ {_ASKED} }} }} as any)"
_UNTYPED_POST = f"(client as any).post('/workflows/runs', {{ body: {{ {_ASKED} }} }})"
_CREATE = f"client.workflows.runs.create({{ {_ASKED} }})"
_UNTYPED_CREATE = f"(client as any).workflows.runs.create({{ {_ASKED} }})"

CALLS = {
    "post": (_POST, True),
    "post-with-options-of-any-type": (_CAST_POST, True),
    "post-of-a-client-of-any-type": (_UNTYPED_POST, False),
    "create": (_CREATE, True),
    "create-of-a-client-of-any-type": (_UNTYPED_CREATE, False),
}


@pytest.mark.parametrize(("call", "typed"), CALLS.values(), ids=CALLS)
def test_an_id_that_may_be_missing_is_told_to_be_there_where_it_has_a_type(
    call: str, typed: bool
) -> None:
    source = _FILE.replace("$CALL", f"const run = await {call};")
    code = check(source.encode(), "ask.ts", Settings(target="assistants")).result.decode()
    assert ("assistant_id: process.env.FLOW!," in code) == typed
    assert ("assistant_id: process.env.FLOW," in code) != typed
