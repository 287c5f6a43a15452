"""`client.workflows.create(...)`: a run where it names a workflow and gives an input, else told."""

from __future__ import annotations

import pytest

from callmend import migrate
from callmend.endpoints import may_call
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_JS = (
    "import OpenAI from 'openai';\nconst client = new OpenAI();\n"
    "export async function ask(question) {\n  const result = await CALL;\n"
    "  return result.output_text;\n}\n"
)
_PYTHON = (
    "from openai import OpenAI\nclient = OpenAI()\ndef ask(question):\n"
    "    result = CALL\n    return result.output_text\n"
)
_ASKS = "{ workflow_id: process.env.WF, input: { question } }"
RUNS = {
    "a-run": ("a.js", _JS, f"client.workflows.create({_ASKS})"),
    "of-the-beta": ("a.js", _JS, f"client.beta.workflows.create({_ASKS})"),
    "of-any-type": ("a.ts", _JS, f"(client as any).workflows.create({_ASKS})"),
    "of-another-key": (
        "a.js",
        _JS,
        "client.workflows.create({ workflowId: 'wf_1', inputs: { question } })",
    ),
    "in-python": (
        "a.py",
        _PYTHON,
        "client.workflows.create(workflow_id='wf_1', input={'question': question})",
    ),
}
#: Calls that would make a workflow, or do something else; the file has no word of another row.
TOLD = {
    "a-definition": ("a.js", _JS, "client.workflows.create({ name: 'x', nodes: [] })"),
    "a-definition-with-its-id": ("a.js", _JS, "client.workflows.create({ id: 'x', input: {} })"),
    "no-input": ("a.js", _JS, "client.workflows.create({ workflow_id: 'wf_1' })"),
    "not-seen": ("a.js", _JS, "client.workflows.create(question)"),
    "another-method": ("a.js", _JS, f"client.workflows.stream({_ASKS})"),
    "another-method-if-there": ("a.js", _JS, f"client.workflows?.start({_ASKS})"),
    "a-definition-in-python": ("a.py", _PYTHON, "client.workflows.create(name='x')"),
    "another-method-in-python": ("a.py", _PYTHON, "client.workflows.stream(question)"),
}
OTHERS = {
    "of-coze": (
        "a.js",
        _JS.replace("OpenAI from 'openai'", "OpenAI from '@coze/api'"),
        RUNS["a-run"][2],
    ),
    "of-no-client": ("a.js", _JS.replace("new OpenAI()", "{ workflows }"), RUNS["a-run"][2]),
}


@_TARGETS
@pytest.mark.parametrize(("path", "file", "call"), RUNS.values(), ids=RUNS)
def test_a_run_is_migrated(path: str, file: str, call: str, target: str) -> None:
    source = file.replace("CALL", call).encode()
    assert may_call(source)
    if path.endswith(".py"):
        migration = migrate(source, path, Settings(target=target))
    else:
        migration = check(source, path, Settings(target=target))
    assert [(f.rule, f.bucket) for f in migration.findings] == [("CM149", Bucket.MIGRATED)]
    assert b"workflows" not in migration.result


@_TARGETS
@pytest.mark.parametrize(("path", "file", "call"), TOLD.values(), ids=TOLD)
def test_all_else_is_told(path: str, file: str, call: str, target: str) -> None:
    source = file.replace("CALL", call).encode()
    assert may_call(source)
    migration = migrate(source, path, Settings(target=target))
    assert not migration.changed
    assert [finding.reason for finding in migration.findings] == [Reason.SDK_INVENTED]


@pytest.mark.parametrize(("path", "file", "call"), OTHERS.values(), ids=OTHERS)
def test_another_client_has_such_a_method(path: str, file: str, call: str) -> None:
    assert migrate(file.replace("CALL", call).encode(), path, Settings()).findings == ()
