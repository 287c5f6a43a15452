"""An `error` of null, as a Response has it, is none, however a file asks for it."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.snippets import run

_RESPONSES = Settings(target="responses")


def _asking(check: str) -> str:
    return f"""export async function ask(message: string, key: string) {{
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {{
    method: 'POST',
    headers: {{ Authorization: `Bearer ${{key}}`, 'Content-Type': 'application/json' }},
    body: JSON.stringify({{ workflow_id: 'wf_1', input: {{ message }} }}),
  }});
  const data = await response.json();
  {check}
  return data.output.message;
}}
"""


STRICT = {
    "not-undefined": "if (data.error !== undefined) throw new Error(data.error.message);",
    "undefined-first": "if (undefined !== data.error) throw new Error('failed');",
    "void": "if (data.error !== void 0) throw new Error('failed');",
    "typeof": "if (typeof data.error !== 'undefined') throw new Error('failed');",
    "typeof-object": "if (typeof data?.error === 'object') throw new Error('failed');",
    "in-brackets": "if (data['error'] !== undefined) throw new Error('failed');",
    "in-a-const": "const failed = data.error;\n  if (failed !== undefined) throw new Error('no');",
    "taken-out": "const { error } = data;\n  if (error !== undefined) throw new Error('no');",
    "renamed": "const { error: bad } = data;\n  if (bad !== undefined) throw new Error('no');",
}


@pytest.mark.parametrize("check", STRICT.values(), ids=STRICT)
def test_an_answer_has_no_error_where_the_file_asks_whether_it_is_there(check: str) -> None:
    migration = run(_asking(check), settings=_RESPONSES)
    [finding] = migration.findings
    # The function gives an answer without one.
    assert finding.bucket is Bucket.MIGRATED
    assert b"workflowAnswer(" in migration.result
    assert check.encode() in migration.result


LOOSE = {
    "truth": "if (data.error) throw new Error(data.error.message);",
    "not-null": "if (data.error != null) throw new Error(data.error.message);",
    "strictly-null": "if (data.error !== null && data.error) throw new Error('failed');",
    "optional": "if (data?.error?.message) throw new Error(data.error.message);",
    "of-something-else": "if (message !== undefined && data.error) throw new Error('failed');",
}


@pytest.mark.parametrize("check", LOOSE.values(), ids=LOOSE)
def test_it_is_read_in_place_where_null_is_no_error(check: str) -> None:
    migration = run(_asking(check), settings=_RESPONSES)
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    assert b"workflowAnswer(" not in migration.result


@pytest.mark.parametrize("check", STRICT.values(), ids=STRICT)
def test_a_run_has_no_error_at_all(check: str) -> None:
    [finding] = run(_asking(check), settings=Settings(target="assistants")).findings
    assert finding.bucket is Bucket.MIGRATED
