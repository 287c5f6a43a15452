"""A file in which nobody reads the answer is told that what the workflow did is not done now."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

TARGETS = ("assistants", "responses")
_START = """\
async function start(message) {
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow_id: process.env.FLOW, input: { message } }),
  });
  const raw = await res.text();
  console.log(res.status, raw);
  if (!res.ok) {
    const error = new Error('failed');
    error.details = raw;
    throw error;
  }
  return JSON.parse(raw);
}
"""
_SDK = """\
import OpenAI from 'openai';
const openai = new OpenAI();
const start = (message) =>
  openai.workflows.runs.create({ workflow_id: 'wf_1', input: { message } });
"""
_HANDLER = """\
export default async function handler(req, res) {
  try {
    const run = await start(req.body.text);
    $USE
  } catch (error) {
    console.error(error.details ?? error);
  }
  res.status(200).send('OK');
}
"""
_LOGS = _HANDLER.replace("$USE", "console.log('started', run);")
_LOGS_TEXT = _HANDLER.replace("$USE", "console.log('started', run.output_text);")
_SENDS = _HANDLER.replace("$USE", "console.log('started', run);\n    await send(run.output_text);")
_CALLBACK = """\
bot.on('message', async (message) => {
  const run = await start(message.text);
  console.log(run);
});
"""

TOLD = {
    "logged-by-a-handler": _START + _LOGS,
    "its-text-is-logged": _START + _LOGS_TEXT,
    "logged-by-a-callback": _START + _CALLBACK,
    "of-the-client": _SDK + _LOGS_TEXT,
}
NOT_TOLD = {
    "sent-on-beside-the-log": _START + _SENDS,
    "of-the-client-sent-on": _SDK + _SENDS,
    "returned-to-another-file": "export " + _START,
    "returned-beside-a-clone-that-is-logged": "export "
    + _START.replace("await res.text()", "await res.clone().text()").replace(
        "JSON.parse(raw)", "(await res.json()).output_text"
    ),
    "printed-by-a-script": _START + "console.log(await start('What is new?'));\n",
    "printed-by-a-main": _START
    + "async function main() {\n  console.log(await start('What is new?'));\n}\nmain();\n",
    "printed-by-a-function-called-at-once": _START
    + "(async () => {\n  console.log(await start('What is new?'));\n})();\n",
    "printed-behind-a-promise": _START
    + "start('What is new?').then((run) => {\n  console.log(run);\n});\n",
}


def _told(source: str, target: str) -> bool:
    migration = check(source.encode(), "a.mjs", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    return any("nobody reads the answer" in note.text for note in finding.notes if note.always)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", TOLD.values(), ids=TOLD)
def test_an_answer_that_is_only_logged_is_told(source: str, target: str) -> None:
    assert _told(source, target)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", NOT_TOLD.values(), ids=NOT_TOLD)
def test_an_answer_that_somebody_reads_is_not(source: str, target: str) -> None:
    assert not _told(source, target)
