"""What a file picks of a client's made-up `workflows` becomes the live namespace, or is left."""

from __future__ import annotations

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_HEAD = "import OpenAI from 'openai';\nconst openai = new OpenAI();\n"
_ASK = "wf.runs.create({ workflow_id: id, input: { message: text } })"


def _file(above: str, inside: str, ask: str = _ASK, below: str = "") -> bytes:
    return (
        f"{_HEAD}{above}export async function ask(id, text) {{\n  {inside}\n"
        f"  const run = await {ask};\n  return run.output_text;\n}}\n{below}"
    ).encode()


_LADDER = (
    "function pick() {\n"
    "  if (openai.workflows?.runs) return openai.workflows;\n"
    "  if (openai.beta?.workflows?.runs) return openai.beta.workflows;\n"
    "  return null;\n}\n"
)
#: The file, and what it has then on the assistants target and on the responses target.
_BECOMES = {
    "either-of-two": (
        _file("", "const wf = openai.workflows ?? openai.beta?.workflows;"),
        "const wf = openai.beta?.threads;",
        "const wf = openai.responses;",
    ),
    "either-of-two-runs": (
        _file(
            "",
            "const runs = openai.workflows?.runs || openai.beta?.workflows?.runs;",
            _ASK.replace("wf.runs", "runs"),
        ),
        "await workflowAnswer(runs.createAndRunPoll({",
        "await workflowAnswer(runs.create({",
    ),
    "one-that-is-there-or-the-other": (
        _file("", "const wf = openai.workflows ? openai.workflows : openai.beta.workflows;"),
        "const wf = openai.beta.threads;",
        "const wf = openai.responses;",
    ),
    "or-nothing": (
        _file("", "const wf = openai.workflows || null;\n  if (!wf) throw new Error('old');"),
        "const wf = openai.beta.threads || null;",
        "const wf = openai.responses || null;",
    ),
    "asked-for-its-method": (
        _file(
            "",
            "const wf = openai.workflows ?? openai.beta?.workflows;\n"
            "  if (typeof wf?.runs?.create !== 'function') return null;",
        ),
        "if (typeof wf?.createAndRunPoll !== 'function') return null;",
        "if (typeof wf?.create !== 'function') return null;",
    ),
    "by-a-function": (
        _file(_LADDER, "const wf = pick();"),
        "  if (openai.beta?.threads) return openai.beta.threads;\n  return null;\n",
        "  if (openai.responses) return openai.responses;\n  return null;\n",
    ),
    "by-a-function-below": (
        _file("", "const wf = pick();", below=_LADDER),
        "  if (openai.beta?.threads) return openai.beta.threads;\n  return null;\n",
        "  if (openai.responses) return openai.responses;\n  return null;\n",
    ),
    "by-a-function-of-one-expression": (
        _file(
            "const pick = () => openai.workflows ?? openai.beta?.workflows;\n", "const wf = pick();"
        ),
        "const pick = () => openai.beta?.threads;",
        "const pick = () => openai.responses;",
    ),
    "by-a-function-where-it-is-called": (
        _file(_LADDER, "", _ASK.replace("wf.", "pick().")),
        "await workflowAnswer(pick().createAndRunPoll({",
        "await workflowAnswer(pick().create({",
    ),
    "by-a-function-of-one-place": (
        _file("const runs = () => openai.workflows.runs;\n", "", _ASK.replace("wf.runs", "runs()")),
        "const runs = () => openai.beta.threads;",
        "const runs = () => openai.responses;",
    ),
    "by-a-function-that-is-given-the-client": (
        _file(
            "const pick = (c) => c.workflows ?? c.beta?.workflows;\n", "const wf = pick(openai);"
        ),
        "const pick = (c) => c.beta?.threads;",
        "const pick = (c) => c.responses;",
    ),
    "by-a-function-with-a-name-for-it": (
        _file(
            "function pick(c) {\n"
            "  const wf = c.workflows ?? c.beta?.workflows ?? c.agents ?? null;\n"
            "  if (!wf) throw new Error(`none of ${Object.keys(c)}`);\n  return wf;\n}\n",
            "const wf = pick(openai);",
        ),
        "const wf = c.beta?.threads ?? c.agents ?? null;",
        "const wf = c.responses ?? c.agents ?? null;",
    ),
    "with-a-comment-at-the-second": (
        _file(
            _LADDER.replace("beta.workflows;\n", "beta.workflows; // old\n"), "const wf = pick();"
        ),
        "return openai.beta.threads; // old",
        "return openai.responses; // old",
    ),
    "one-place-that-a-condition-asks-too": (
        _file("", "const wf = openai.workflows;\n  if (!wf?.runs?.create) throw new Error('old');"),
        "const wf = openai.beta.threads;\n  if (!wf?.createAndRunPoll) throw",
        "const wf = openai.responses;\n  if (!wf?.create) throw",
    ),
    "one-place-in-a-cast": (
        _file(
            "const wf = (openai).beta.workflows.runs;\n", "console.log(wf);", _ASK[:2] + _ASK[7:]
        ),
        "const wf = openai.beta.threads;",
        "const wf = openai.responses;",
    ),
    "taken-out-by-a-pattern": (
        _file("", "const { workflows: wf } = openai;"),
        "await workflowAnswer(openai.beta.threads.createAndRunPoll({",
        "await workflowAnswer(openai.responses.create({",
    ),
    "runs-taken-out-by-a-pattern": (
        _file("", "const { workflows: { runs: wf } } = openai;", _ASK[:2] + _ASK[7:]),
        "await workflowAnswer(openai.beta.threads.createAndRunPoll({",
        "await workflowAnswer(openai.responses.create({",
    ),
    "taken-out-by-a-pattern-in-a-pattern": (
        _file("const { beta: { workflows: wf } } = openai;\n", ""),
        "await workflowAnswer(openai.beta.threads.createAndRunPoll({",
        "await workflowAnswer(openai.responses.create({",
    ),
}
_LEFT = {
    "one-place-that-is-given-away": _file("", "const wf = openai.workflows;\n  keep(wf);"),
    "one-place-of-two-runs": _file(
        "",
        "const wf = openai.workflows;\n"
        "  const one = await wf.runs.create({ workflow_id: id, input: { message: id } });\n"
        "  if (one.output_text) return one.output_text;",
    ),
    "a-pattern-that-takes-more": _file("const { workflows: wf, chat } = openai;\n", "chat.x();"),
    "a-pattern-of-which-more-is-used": _file(
        "", "const { workflows: wf } = openai;\n  if (!wf) throw new Error('old');"
    ),
    "a-pattern-with-a-default": _file("const { workflows: wf = null } = openai;\n", ""),
    "another-client-may-be-picked": _file(
        "import { coze } from './coze.js';\n", "const wf = openai.workflows ?? coze.workflows;"
    ),
    "something-else-calls-a-method-of-it": _file(
        "", "const wf = openai.workflows ?? openai.beta?.workflows;\n  wf.list();"
    ),
    "it-is-given-away": _file(
        "", "const wf = openai.workflows ?? openai.beta?.workflows;\n  setTimeout(id, 9, wf);"
    ),
    "other-files-may-call-the-function": _file(
        _LADDER.replace("function pick", "export function pick"), "const wf = pick();"
    ),
    "the-function-is-handed-on": _file(_LADDER, "const wf = pick();\n  setTimeout(pick, 100);"),
    "the-function-may-be-given-another-client": _file(
        "import { coze } from './coze.js';\n"
        "const pick = (c) => c.workflows ?? c.beta?.workflows;\n",
        "const wf = pick(openai);\n  pick(coze);",
    ),
    "the-function-picks-by-more-than-the-client": _file(
        "const pick = (c) => c.workflows ?? c.other();\n", "const wf = pick(openai);"
    ),
    "it-may-be-set-anew": _file(
        "", "let wf = openai.workflows ?? openai.beta?.workflows;\n  if (id) wf = null;"
    ),
    "two-runs-are-started": _file(
        _LADDER,
        "const wf = pick();\n"
        "  const one = await wf.runs.create({ workflow_id: id, input: { message: id } });\n"
        "  if (one.output_text) return one.output_text;",
    ),
}


@pytest.mark.parametrize(("source", "assistants", "responses"), _BECOMES.values(), ids=_BECOMES)
@_TARGETS
def test_what_is_picked_is_the_live_namespace(
    source: bytes, assistants: str, responses: str, target: str
) -> None:
    migration = check(source, "a.js", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert (assistants if target == "assistants" else responses) in migration.result.decode()
    assert b"workflows" not in migration.result


@pytest.mark.parametrize("source", _LEFT.values(), ids=_LEFT)
@_TARGETS
def test_the_call_is_left_because(source: bytes, target: str) -> None:
    migration = migrate(source, "a.js", Settings(target=target))
    assert migration.findings
    assert {finding.bucket for finding in migration.findings} == {Bucket.LEFT}
    told = {Reason.OWN_POLLING, Reason.SDK_INVENTED}
    assert {finding.reason for finding in migration.findings} <= told
    assert not migration.changed
