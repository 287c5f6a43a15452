"""What a callback gives comes back into the file: a hook's data, the results of a list of calls."""

from __future__ import annotations

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_BODY = """{
    const res = await fetch('https://api.openai.com/v1/workflows/runs', {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ workflow_id: 'wf_1', input: { message } }),
    });
    if (!res.ok) throw new Error(`HTTP ${res.status}`);
    return res.json();
  }"""
_HOOKS = "import { useMutation, useQuery } from '@tanstack/react-query';\n"
#: How the answer comes back; FIELD is what is read of it.
WAYS = {
    "query": (
        _HOOKS + "export function Reply({ message, key }) {\n"
        f"  const {{ data, error }} = useQuery({{ queryFn: async () => {_BODY} }});\n"
        "  return error ? error.message : data?.FIELD;\n}\n"
    ),
    "query-kept": (
        _HOOKS + "export function Reply({ message, key }) {\n"
        f"  const query = useQuery({{ queryKey: [message], queryFn: async () => {_BODY} }});\n"
        "  return query.data?.FIELD;\n}\n"
    ),
    "mutation-told": (
        _HOOKS + "export function Reply({ key, show }) {\n"
        f"  const asking = useMutation({{ mutationFn: async (message) => {_BODY},\n"
        "    onSuccess: (given) => show(given.FIELD) });\n"
        "  return asking.mutate;\n}\n"
    ),
    "named-function": (
        _HOOKS + f"const asked = async ({{ message, key }}) => {_BODY};\n"
        "export function Reply() {\n"
        "  const { mutate, data } = useMutation({ mutationFn: asked });\n"
        "  return [mutate, data?.FIELD];\n}\n"
    ),
    "mapped": (
        "export async function all(messages, key) {\n"
        f"  const runs = await Promise.all(messages.map(async (message) => {_BODY}));\n"
        "  return runs.map((run) => run.FIELD);\n}\n"
    ),
    "settled": (
        "export async function all(messages, key) {\n"
        f"  const runs = await Promise.allSettled(messages.map(async (message) => {_BODY}));\n"
        "  const good = runs.filter((run) => run.status === 'fulfilled');\n"
        "  for (const each of good) console.info('one');\n"
        "  return good.map((run) => run.value.FIELD);\n}\n"
    ),
    "looped-over": (
        "export async function all(messages, key) {\n"
        f"  const runs = await Promise.all(messages.map(async (message) => {_BODY}));\n"
        "  const found = [];\n  for (const run of runs) found.push(run.FIELD);\n"
        "  return found;\n}\n"
    ),
}


@_TARGETS
@pytest.mark.parametrize("way", WAYS)
def test_what_the_answer_has_may_be_read(way: str, target: str) -> None:
    source = WAYS[way].replace("FIELD", "output_text").encode()
    [finding] = check(source, "a.jsx", Settings(target=target)).findings
    assert finding.bucket is Bucket.MIGRATED, (finding.reason, finding.detail)


@_TARGETS
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("field", "member"), [("result", b"result: text"), ("output.text", b"output: { text }")]
)
def test_the_text_stands_where_it_is_read(way: str, field: str, member: bytes, target: str) -> None:
    source = WAYS[way].replace("FIELD", field).encode()
    migration = check(source, "a.jsx", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED, (finding.reason, finding.detail)
    assert member in migration.result


@_TARGETS
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("field", ["result.flatMap((each) => each)", "output.rows.map(String)"])
def test_what_no_text_can_be_leaves_the_call(way: str, field: str, target: str) -> None:
    source = WAYS[way].replace("FIELD", field).encode()
    migration = migrate(source, "a.jsx", Settings(target=target))
    [finding] = migration.findings
    assert finding.reason is Reason.ANSWER_NOT_UNDERSTOOD
    assert "in line" in finding.detail
    assert not migration.changed


@_TARGETS
@pytest.mark.parametrize(
    "gives",
    [
        "const output = response.data.output_text || response.data;\n    return { output };",
        "return response.data;",
    ],
    ids=["ladder", "whole"],
)
@pytest.mark.parametrize("caught", ["error", "e", "err"])
def test_what_is_logged_of_an_error_is_none_of_the_answer(
    caught: str, gives: str, target: str
) -> None:
    source = (
        "import axios from 'axios';\nexport async function ask(message) {\n  try {\n"
        "    const response = await axios.post('https://api.openai.com/v1/workflows/runs',\n"
        "      { workflow_id: 'wf_1', input: { message } },\n"
        "      { headers: { Authorization: `Bearer ${process.env.KEY}` } });\n"
        f"    {gives}\n  }} catch ({caught}) {{\n"
        f"    console.error('Error:', {caught}.response?.data || {caught}.message);\n"
        "    throw new Error('failed');\n  }\n}\n"
    )
    [finding] = check(source.encode(), "a.js", Settings(target=target)).findings
    assert finding.bucket is Bucket.MIGRATED, (finding.reason, finding.detail)


_CHAIN = """\
export function POST(request) {
  return request
    .json()
    .then((asked) =>
      fetch('https://api.openai.com/v1/workflows/runs', {
        method: 'POST',
        headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ workflow_id: 'wf_1', input: asked.message }),
      }),
    )
    .then((res) => res.json())
    .then((data) => Response.json(data))
    BEHIND;
}
"""


@_TARGETS
def test_what_stands_in_front_in_a_chain_of_promises_is_none_of_the_answer(target: str) -> None:
    source = _CHAIN.replace("BEHIND", ".catch((err) => Response.json({ error: `${err}` }))")
    [finding] = check(source.encode(), "a.js", Settings(target=target)).findings
    assert finding.bucket is Bucket.MIGRATED, (finding.reason, finding.detail)


@_TARGETS
def test_what_stands_behind_in_a_chain_of_promises_may_be_of_the_answer(target: str) -> None:
    source = _CHAIN.replace("BEHIND", ".then((given) => given.output.rows.map(String))")
    [finding] = check(source.encode(), "a.js", Settings(target=target)).findings
    assert finding.reason is Reason.ANSWER_NOT_UNDERSTOOD
    assert finding.detail.startswith("`given.output.rows")
