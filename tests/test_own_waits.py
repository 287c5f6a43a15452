"""The time for which a file's own loop asks for the dead run is that of the live polling."""

from __future__ import annotations

import pytest

from callmend.findings import Migration
from callmend.settings import Settings
from tests.invariants import check

#: A loop around `const now = await asked();`, and the seconds for which it goes on.
_KNOWN = {
    "rounds-and-a-pause": ("for (let n = 0; n < 20; n += 1) {\n    await sleep(3000);", "}", 60),
    "rounds-up-to-and-a-timer": (
        "for (let n = 1; n <= MOST; n++) {\n    await new Promise(r => setTimeout(r, 1500));",
        "}",
        45,
    ),
    "rounds-of-a-counter": (
        "let n = 0;\n  while (true) {\n    if (n++ > 12) throw new Error('late');\n"
        "    await pause(2);",
        "}",
        24,
    ),
    "a-time-on-the-clock": (
        "const until = Date.now() + 2 * 60_000;\n  while (Date.now() < until) {\n"
        "    await sleep(900);",
        "}",
        120,
    ),
    "a-time-since-the-start": (
        "const start = Date.now();\n  for (;;) {\n    await sleep(wait);\n"
        "    if (Date.now() - start > 75000) throw new Error('late');",
        "}",
        75,
    ),
    "less-than-a-second": ("for (let n = 0; n < 4; n++) {\n    await sleep(20);", "}", 1),
}
#: Loops of which the time is not known for certain: as long as elsewhere.
_UNKNOWN = {
    "a-pause-that-grows": (
        "let ms = 500;\n  for (let n = 0; n < 20; n++) {\n    await sleep(ms);\n    ms *= 2;",
        "}",
    ),
    "rounds-that-are-given": ("for (let n = 0; n < most; n++) {\n    await sleep(3000);", "}"),
    "no-end-at-all": ("while (true) {\n    await sleep(3000);", "}"),
    "for-ever-by-a-number": ("for (let n = 0; n < 1e999; n++) {\n    await sleep(3000);", "}"),
    "for-ever-by-a-time": (
        "const until = Date.now() + 1e999 * 0;\n  while (Date.now() < until) {\n"
        "    await sleep(9);",
        "}",
    ),
    "longer-than-a-day": ("for (let n = 0; n < 1e300; n++) {\n    await sleep(3000);", "}"),
    "two-pauses": (
        "for (let n = 0; n < 9; n++) {\n    await sleep(3000);\n    await sleep(n);",
        "}",
    ),
    "a-sleep-of-another-file": (
        "for (let n = 0; n < 9; n++) {\n    await delay(3000);",
        "}",
    ),
    "a-counter-that-is-set-back": (
        "let n = 0;\n  while (n < 9) {\n    n++;\n    await sleep(100);\n"
        "    if (Math.random() > 2) n = 0;",
        "}",
    ),
}


def _file(loop: tuple[str, str]) -> bytes:
    head, end = loop
    return (
        "import { delay } from './time.js';\n"
        "const RUNS = 'https://api.openai.com/v1/workflows/runs';\n"
        "const MOST = 30;\n"
        "const sleep = ms => new Promise(r => setTimeout(r, ms));\n"
        "const pause = (s) => new Promise(r => setTimeout(r, s * 1000));\n"
        "const headers = { Authorization: `Bearer ${process.env.KEY}`,"
        " 'Content-Type': 'application/json' };\n"
        "export async function ask(message, most, wait) {\n"
        "  const res = await fetch(RUNS, { method: 'POST', headers,\n"
        "    body: JSON.stringify({ workflow_id: process.env.WF, input: { message } }) });\n"
        "  if (!res.ok) throw new Error('start');\n"
        "  const run = await res.json();\n"
        f"  {head}\n"
        "    const polled = await fetch(`${RUNS}/${run.id}`, { headers });\n"
        "    if (!polled.ok) throw new Error('ask');\n"
        "    const now = await polled.json();\n"
        "    if (now.status === 'completed') return now.output?.text;\n"
        "    if (now.status === 'failed') throw new Error('failed');\n"
        f"  {end}\n"
        "  throw new Error('late');\n}\n"
    ).encode()


def _told(migration: Migration) -> str:
    notes = [note.text for finding in migration.findings for note in finding.notes]
    return next(note for note in notes if "asks for the run again" in note)


@pytest.mark.parametrize("loop", _KNOWN.values(), ids=_KNOWN)
def test_the_new_code_waits_as_long_as_the_files_own_loop(loop: tuple[str, str, int]) -> None:
    migration = check(_file(loop[:2]), "ask.js", Settings())
    assert f"const maxSeconds = {loop[2]};" in migration.result.decode()
    assert f"{loop[2]} seconds at most (as by this file's own loop)" in _told(migration)


@pytest.mark.parametrize("loop", _UNKNOWN.values(), ids=_UNKNOWN)
def test_it_waits_as_elsewhere_where_the_time_is_not_known(loop: tuple[str, str]) -> None:
    migration = check(_file(loop), "ask.js", Settings())
    assert "const maxSeconds = 30;" in migration.result.decode()
    assert "30 seconds at most (--poll-timeout)" in _told(migration)


def test_what_the_command_line_says_goes_before_it() -> None:
    migration = check(_file(_KNOWN["rounds-and-a-pause"][:2]), "ask.js", Settings(poll_timeout=50))
    assert "const maxSeconds = 50;" in migration.result.decode()
    assert "50 seconds at most (--poll-timeout)" in _told(migration)


def test_the_run_of_the_client_is_waited_for_as_long_and_its_new_id_is_told() -> None:
    source = (
        b"import OpenAI from 'openai';\nconst client = new OpenAI() as any;\n"
        b"const sleep = (ms: number) => new Promise(r => setTimeout(r, ms));\n"
        b"export async function ask(text: string) {\n"
        b"  const run = await client.workflows.runs.create({ workflow_id: process.env.WF!,\n"
        b"    input: { text } });\n"
        b"  for (let n = 0; n < 25; n++) {\n    await sleep(2_000);\n"
        b"    const now = await client.workflows.runs.retrieve(run.id);\n"
        b"    if (now.status === 'completed') return { runId: run.id, text: now.output_text };\n"
        b"    if (now.status === 'failed') throw new Error('failed');\n  }\n"
        b"  throw new Error('late');\n}\n"
    )
    migration = check(source, "ask.ts", Settings())
    assert "signal: AbortSignal.timeout(50000)" in migration.result.decode()
    assert "50 seconds at most (as by this file's own loop)" in _told(migration)
    assert "its `id` is `thread_…/runs/run_…` now" in _told(migration)
    live = check(source, "ask.ts", Settings(target="responses"))
    assert _told(live) == "asks for the run again, which becomes GET /v1/responses/{id}"


#: A loop by its condition, and whether it goes on where an error's JSON has no status.
_LOOPS = {
    "asked-while-it-waits": (
        "while (run.status === 'queued' || run.status === 'in_progress') {",
        "}",
        False,
    ),
    "asked-behind-a-round": ("do {", "} while (run.status === 'queued');", False),
    "asked-until-it-is-done": (
        "while (run.status !== 'completed' && run.status !== 'failed') {",
        "}",
        True,
    ),
    "asked-so-often": ("for (let n = 0; n < 9; n++) {", "}", True),
}


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize("loop", _LOOPS.values(), ids=_LOOPS)
def test_one_function_is_for_start_and_poll_where_an_error_ends_the_loop(
    loop: tuple[str, str, bool], target: str
) -> None:
    head, end, goes_on = loop
    source = (
        "const RUNS = 'https://api.openai.com/v1/workflows/runs';\n"
        "const sleep = ms => new Promise(r => setTimeout(r, ms));\n"
        "const headers = { Authorization: `Bearer ${process.env.KEY}`,"
        " 'Content-Type': 'application/json' };\n"
        "export async function POST(request) {\n  const { message } = await request.json();\n"
        "  const res = await fetch(RUNS, { method: 'POST', headers,\n"
        "    body: JSON.stringify({ workflow_id: process.env.WF, input: { message } }) });\n"
        "  if (!res.ok) return Response.json({ error: 'start' }, { status: 502 });\n"
        "  let run = await res.json();\n"
        f"  {head}\n    await sleep(900);\n"
        "    const polled = await fetch(`${RUNS}/${run.id}`, { headers });\n"
        f"    run = await polled.json();\n  {end}\n"
        "  if (run.status !== 'completed') {\n"
        "    return Response.json({ error: run.error ?? run.status }, { status: 500 });\n  }\n"
        "  return Response.json({ text: run.output?.text });\n}\n"
    )
    result = check(source.encode(), "route.js", Settings(target=target)).result
    assert (b"function workflowAnswer2" in result) is goes_on
    assert (b"so what is no answer is thrown" in result) is goes_on
