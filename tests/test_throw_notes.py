"""An error that is thrown where none was is told where nothing in the file catches it."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

TARGETS = ("assistants", "responses")
_FETCH = """\
fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow_id: process.env.FLOW, input: { message } }),
  })"""
_WHOLE = f"const res = await {_FETCH};\n  const data = await res.json();\n"
_GIVES = _WHOLE + "  return Response.json(data);\n"
_STREAM = (
    f"const res = await {_FETCH.replace('input:', 'stream: true, input:')};\n"
    "  if (!res.ok) return out.end('failed');\n"
    "  const decoder = new TextDecoder();\n  let rest = '';\n"
    "  for await (const chunk of res.body) {\n"
    "    rest += decoder.decode(chunk, { stream: true });\n"
    "    const blocks = rest.split('\\n\\n');\n    rest = blocks.pop() ?? '';\n"
    "    for (const block of blocks) {\n"
    "      const data = block.replace(/^data: /, '');\n      if (data === '[DONE]') continue;\n"
    "      out.write(JSON.parse(data).delta?.text ?? '');\n    }\n  }\n  out.end();\n"
)

TOLD = {
    "a-handler-that-gives-the-json": f"export async function POST(message) {{\n  {_GIVES}}}\n",
    "a-script": f"const message = process.argv[2];\n{_WHOLE}console.log(JSON.stringify(data));\n",
    "a-finally-catches-nothing": (
        f"export async function POST(message) {{\n  try {{\n  {_GIVES}  }} finally {{\n"
        "    console.log('over');\n  }\n}\n"
    ),
    "a-caller-that-does-not-catch": (
        f"async function ask(message) {{\n  {_GIVES}}}\n"
        "export const POST = async (message) => ask(message);\n"
    ),
    "one-caller-of-two": (
        f"async function ask(message) {{\n  {_GIVES}}}\n"
        "export const GET = (message) => ask(message).catch(() => null);\n"
        "export const POST = (message) => ask(message);\n"
    ),
    "a-throw-in-front-of-the-call": (
        "export async function POST(message) {\n"
        f"  if (!process.env.KEY) throw new Error('no key');\n  {_GIVES}}}\n"
    ),
    "a-callback-of-a-server": (
        "import express from 'express';\nconst app = express();\n"
        f"app.post('/ask', async (req, out) => {{\n  const message = req.body.message;\n  {_WHOLE}"
        "  out.json(data);\n});\n"
    ),
    "a-stream": f"export async function send(message, out) {{\n  {_STREAM}}}\n",
}
NOT_TOLD = {
    "tried": (
        f"export async function POST(message) {{\n  try {{\n  {_GIVES}  }} catch (e) {{\n"
        "    return Response.json({ error: e.message }, { status: 500 });\n  }\n}\n"
    ),
    "the-caller-tries": (
        f"async function ask(message) {{\n  {_GIVES}}}\nexport async function POST(message) {{\n"
        "  try {\n    return await ask(message);\n  } catch (e) {\n"
        "    return Response.json({ error: e.message }, { status: 500 });\n  }\n}\n"
    ),
    "a-catch-behind-the-call": (
        f"async function ask(message) {{\n  {_GIVES}}}\nexport function POST(message) {{\n"
        "  return ask(message).catch((e) => Response.json({ error: e.message }));\n}\n"
    ),
    "the-file-throws-itself": (
        f"export async function POST(message) {{\n  const res = await {_FETCH};\n"
        "  if (!res.ok) throw new Error('failed');\n  return Response.json(await res.json());\n}\n"
    ),
    "a-wrapper-of-handlers": (
        "import { asyncHandler } from './errors.js';\n"
        f"export const ask = asyncHandler(async (message, out) => {{\n  {_WHOLE}"
        "  out.json(data);\n});\n"
    ),
    "an-error-handler-of-the-server": (
        "import { Hono } from 'hono';\nconst app = new Hono();\n"
        "app.onError((e, c) => c.json({ error: e.message }, 500));\n"
        f"app.post('/ask', async (c) => {{\n  const {{ message }} = await c.req.json();\n  {_WHOLE}"
        "  return c.json(data);\n});\n"
    ),
    "the-error-comes-as-a-status": (
        f"export async function POST(message) {{\n  const res = await {_FETCH};\n"
        "  return new Response(await res.text(), { status: res.status });\n}\n"
    ),
    "axios-always-threw": (
        "import axios from 'axios';\nexport async function POST(message) {\n"
        "  const { data } = await axios.post('https://api.openai.com/v1/workflows/runs',\n"
        "    { workflow_id: process.env.FLOW, input: { message } },\n"
        "    { headers: { Authorization: `Bearer ${process.env.KEY}` } });\n"
        "  return Response.json(data);\n}\n"
    ),
    "a-made-up-method-always-threw": (
        "import OpenAI from 'openai';\nconst client = new OpenAI();\n"
        "export async function POST(message) {\n"
        "  const run = await client.workflows.runs.create({ workflow_id: process.env.FLOW,\n"
        "    input: { message } });\n  return Response.json(run);\n}\n"
    ),
    "a-stream-that-is-tried": (
        f"export async function send(message, out) {{\n  try {{\n  {_STREAM}  }} catch (e) {{\n"
        "    out.end(String(e));\n  }\n}\n"
    ),
}


def _told(source: str, target: str) -> int:
    migration = check(source.encode(), "a.mjs", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    return sum("nothing in this file catches it" in note.text for note in finding.notes)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", TOLD.values(), ids=TOLD)
def test_an_error_that_leaves_the_file_is_told_once(source: str, target: str) -> None:
    assert _told(source, target) == 1


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", NOT_TOLD.values(), ids=NOT_TOLD)
def test_an_error_that_is_caught_or_always_came_is_not_told(source: str, target: str) -> None:
    assert _told(source, target) == 0


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    ("asked", "told"), [("OpenAI.APIError", 1), ("APIError", 1), ("TypeError", 0)]
)
def test_a_class_of_errors_that_a_failed_run_is_not_of_is_told(
    asked: str, told: int, target: str
) -> None:
    source = (
        "import OpenAI, { APIError } from 'openai';\nconst client = new OpenAI();\n"
        "export async function POST(message) {\n  try {\n"
        "    const run = await client.workflows.runs.create({ workflow_id: process.env.FLOW,\n"
        "      input: { message } });\n    return Response.json({ text: run.output_text });\n"
        f"  }} catch (error) {{\n    const known = error instanceof {asked};\n"
        "    return Response.json({ error: known ? error.message : '' }, { status: 500 });\n"
        "  }\n}\n"
    )
    [finding] = check(source.encode(), "a.mjs", Settings(target=target)).findings
    notes = [n.text for n in finding.notes if n.text.startswith("a failed run is thrown as")]
    assert len(notes) == told
    assert all(note.endswith(f"which is no `{asked}`") for note in notes)
