"""docs/targets.md: the targets side by side, and what becomes of Assistants code."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from callmend.data import read_data
from callmend.findings import Bucket, Migration
from callmend.settings import Settings
from tests import assistants_code, python_targets
from tests.assistants_code import HEAD, LEFT, ask
from tests.invariants import check
from tests.test_assistants_code import GOLDENS, goldens
from tests.tools import ROOT

PAGE = Path(ROOT) / "docs" / "targets.md"
_HEAD = """# The targets, and Assistants code

A dead call can become one of two things; `callmend explain targets` says more.

## Side by side

{side_by_side}
## Assistants code and the target `responses`

`callmend fix --target responses` makes code of the Assistants API (shut down on 2026-08-26) call
`POST /v1/responses`. Here is what it does with the shapes that such code comes in. A shape with a
name behind it is a pair of files in `tests/goldens_responses/NAME/`, compiled by two versions of
TypeScript and run in Node with the real packages `openai` and `axios` against a server that answers
404 for threads. This file is written by `tests/test_targets_docs.py` with `CALLMEND_UPDATE_DOCS=1`,
and checked by it without.
"""


def _side_by_side() -> str:
    """The table of `callmend explain targets`, its cells joined over the lines, and its sources."""
    topic = read_data("explain", "topics/targets.md").decode()
    section = topic.partition("## Side by side\n\n")[2].partition("\n## ")[0]
    table, _, rest = section.partition("\n\n")
    rows: list[list[str]] = []
    for line in table.split("\n"):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if set(line) <= {"|", "-"}:
            cells = ["---"] * len(cells)
        elif rows and not cells[0] and rows[-1][0] != "---" and len(rows) > 2:
            rows[-1] = [" ".join(filter(None, pair)) for pair in zip(rows[-1], cells, strict=True)]
            continue
        rows.append(cells)
    return _table(rows[0], rows[2:]) + "\n" + rest.partition("\n\n")[0] + "\n"


_CREATE_AND_RUN = (
    HEAD + "export async function ask(question: string) {\n"
    "  const run = await openai.beta.threads.createAndRun({ assistant_id: 'asst_abc', "
    "thread: { messages: [{ role: 'user', content: question }] } });\n"
    "  const done = await openai.beta.threads.runs.poll(run.id, { thread_id: run.thread_id });\n"
    "  if (done.status !== 'completed') throw new Error(done.status);\n"
    "  const messages = await openai.beta.threads.messages.list(run.thread_id);\n"
    "  return messages.data[0].content[0].type === 'text' "
    "? messages.data[0].content[0].text.value : '';\n}\n"
)
_UPDATED = ask(
    thread="  const assistant = await openai.beta.assistants.retrieve('asst_abc');\n"
    "  await openai.beta.assistants.update(assistant.id, "
    "{ instructions: 'Be brief.', model: 'gpt-6-luna' });\n"
    "  const thread = await openai.beta.threads.create();\n",
    run="  const run = await openai.beta.threads.runs.createAndPoll(thread.id, "
    "{ assistant_id: assistant.id });\n",
)
#: Shapes by their group: what a person would call it, and a golden's name, a key of `LEFT`, or a
#: file's text.
SHAPES: dict[str, dict[str, str]] = {
    "Raw HTTP": {
        "fetch: one call (`threads/runs`), polled and read": "fetch-of-one-call",
        "fetch: five calls in one function": "fetch-in-one-function",
        "fetch: `.then((res) => res.json())`": "fetch-parsed-in-then",
        "fetch: an edge function, headers inline, each response checked": (
            "fetch-in-an-edge-function"
        ),
        "fetch: a base URL in a constant, headers from a function": "fetch-on-a-conversation",
        "axios: five calls in one function": "axios-in-one-function",
        "axios: `axios({ method, url, data })`": "axios-by-its-config",
        "axios: one variable that is polled into": "axios-polled-into-one-variable",
        "axios: `axios.create({ baseURL, headers })`": "axios-instance-on-a-conversation",
        "axios: an instance with interceptors": "axios-with-interceptors",
        "axios: an instance with a time-out": "axios-with-a-time-out-for-short-requests",
        "axios: promises that are not awaited": "axios-whose-promise-is-handed-on",
        "fetch: a stream read from the body": "fetch-that-streams",
        "fetch: the body comes from elsewhere": "fetch-with-a-body-from-elsewhere",
        "fetch: the project's own `fetch`": "a-fetch-of-this-project",
        "fetch: beside a request that is not read": "fetch-beside-a-message-that-is-not-read",
        "fetch: each call in a helper of the file": "helpers-by-fetch",
        "fetch: helpers, and the thread's id is given back": "helpers-that-give-back-the-thread",
        "axios: each call in a helper of the file": "helpers-by-axios",
    },
    "SDK": {
        "`threads.create`, `messages.create`, `runs.create`, a loop of `runs.retrieve`, "
        "`messages.list`": "retrieve-loop",
        "`runs.createAndPoll`": "create-and-poll-in-a-route",
        "`threads.createAndRun`, `runs.poll`": _CREATE_AND_RUN,
        "`threads.createAndRunPoll`": "create-and-run-poll",
        "`runs.create` with `stream: true`": "stream-in-a-for-await",
        "`runs.stream`, read by `for await`": "stream-of-the-helper-in-a-switch",
        "`runs.stream`, read by `.on(...)` or handed on": "a-stream",
        "several runs on one thread": "two-runs-on-one-thread",
        "the status in a variable of its own": "status-in-a-variable",
        "`while (true)` with decisions by the status": "while-true-with-decisions",
        "the calls in helpers of the file": "helpers-with-comments-and-logs",
        "the calls in helpers that two functions share": "helpers-for-two-questions",
        "a helper that others may call": "a-helper-that-others-may-call",
        "a helper that may give up": "a-helper-that-may-give-up",
        "a helper that catches errors": "a-helper-that-tries",
        "a client in a field of a class": "class-field-client",
        "the last message of the run, found by role and run": "last-message-of-the-run",
        "the first answer, found in a loop over the messages": "first-answer-in-a-loop",
        "every answer, in a loop over the messages": "every-answer-in-a-loop",
        "all messages are shown, the person's own too": "all-messages-are-shown",
        "polling that also saves": "polling-that-saves",
        "`runs.steps.list`": "run-steps",
        "`runs.cancel`": "the-run-is-cancelled",
        "a run that is not awaited": "a-run-that-is-not-awaited",
        "a message added on some paths only": "a-message-on-some-paths",
    },
    "Threads that are kept": {
        "its id in the request and the answer": "thread-in-the-request",
        "its id in the session": "fetch-on-a-conversation",
        "its id in a map, with first messages": "fetch-parsed-in-then",
        "its id given back with the answer": "thread-returned-to-the-client",
        "made here, its runs in other files": "a-lone-thread",
        "filled in another function": "a-message-of-a-helper",
        "made with messages from elsewhere": "a-thread-that-starts-with-messages-from-elsewhere",
    },
    "Tools": {
        "functions, `file_search`, images": "function-tools-and-file-search",
        "`requires_action` answered in a loop (`submitToolOutputsAndPoll`)": "tool-loop",
        "`requires_action` answered once": "tool-calls-answered-once",
        "`requires_action` answered while polling (`runs.retrieve`, `submitToolOutputs`)": (
            "tools-that-are-answered-while-polling"
        ),
        "functions that stand on the assistant on the server": (
            "functions-of-the-assistant-on-the-server"
        ),
        "the tool calls are handed on": "a-tool-call-that-is-handed-on",
        "`file_search` without its vector store": "file-search-without-a-store",
        "a message with `attachments`": "a-message-with-an-attachment",
    },
    "Assistants in the file": {
        "`assistants.create`": "assistant-made-in-the-file",
        "`assistants.retrieve`, `assistants.update`": _UPDATED,
        "`assistants.create`, and its id is kept": "an-assistant-that-is-kept",
    },
    "Hosts": {
        "`AzureOpenAI`": "azure",
        "`baseURL` of another host": "another-host",
        "`baseURL` from the environment": "a-host-from-the-environment",
        "a client that is imported": "an-imported-client",
    },
    "Headers": {
        "`OpenAI-Beta` on requests that all become new ones": "fetch-in-one-function",
        "`OpenAI-Beta` that other requests need": "fetch-with-headers-that-others-need",
    },
}

_TOOLS = "tools: [{ type: 'code_interpreter' }], "
#: Options of a run: how they are written, and what stands in the new call.
OPTIONS = {
    "instructions: 'Be kind.', ": "instructions: 'Be kind.'",
    "additional_instructions: 'Be brief.', ": "instructions: 'Be brief.'",
    "additional_messages: [{ role: 'assistant', content: 'Hello' }], ": (
        "{ role: 'assistant', content: 'Hello' }"
    ),
    "model: 'gpt-6-luna', ": "model: 'gpt-6-luna'",
    "max_completion_tokens: 500, ": "max_output_tokens: 500",
    "response_format: { type: 'json_object' }, ": "text: { format: { type: 'json_object' } }",
    "tool_choice: 'auto', ": "tool_choice: 'auto'",
    "parallel_tool_calls: false, ": "parallel_tool_calls: false",
    "metadata: { user: 'ann' }, ": "metadata: { user: 'ann' }",
    _TOOLS: "tools: [{ type: 'code_interpreter', container: { type: 'auto' } }]",
    "tools: [{ type: 'function', function: { name: 'now' } }], ": "type: 'function'",
}


def _source(given: str) -> tuple[bytes, str, Settings]:
    golden = goldens().get(given)
    if golden is not None:
        return golden.source, golden.path, golden.settings
    case = LEFT.get(given)
    text, path = (given, "a.ts") if case is None else (case.source, case.path)
    return text.encode(), path, Settings(target="responses")


def _row(shape: str, given: str) -> list[str]:
    source, path, settings = _source(given)
    migration = check(source, path, settings)
    left = [f for f in migration.findings if f.bucket is Bucket.LEFT]
    name = f" (`{given}`)" if given in goldens() else ""
    if left:
        assert migration.result == source
        wanted = LEFT[given].reason if given in LEFT else left[0].reason
        reason = next(f.reason for f in left if f.reason is wanted)
        assert reason is not None
        return [shape + name, "left", f"`{reason.code}`: {reason.summary}"]
    assert migration.findings
    assert all(f.bucket is Bucket.MIGRATED for f in migration.findings)
    words = [f.message.partition("; ")[2] for f in migration.findings]
    return [shape + name, "migrated", "; ".join(dict.fromkeys(words))]


def _noted(migration: Migration, parameter: str) -> str:
    notes = [note.text for finding in migration.findings for note in finding.notes]
    return next(note for note in notes if f"`{parameter}`" in note)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in lines
    )


def _options() -> list[list[str]]:
    rows = [[f"`{given.strip(', ')}`", f"`{new}`", ""] for given, new in OPTIONS.items()]
    for parameter, given in assistants_code.DROPPED.items():
        migration = check(ask("", given).encode(), "a.ts", Settings(target="responses"))
        rows.append([f"`{given.strip(', ')}`", "nothing", _noted(migration, parameter)])
    return rows


def _page() -> str:
    parts = [_HEAD.replace("{side_by_side}", _side_by_side())]
    for group, shapes in SHAPES.items():
        rows = [_row(shape, given) for shape, given in shapes.items()]
        parts.append(f"\n### {group}\n\n" + _table(["shape", "", "becomes, or why not"], rows))
    parts.append("\n### Options of a run\n\n")
    parts.append(_table(["given", "written", "note"], _options()))
    parts.append(python_targets.HEAD)
    for group, shapes in python_targets.SHAPES.items():
        rows = [python_targets.row(shape, given) for shape, given in shapes.items()]
        parts.append(f"\n### {group}\n\n" + _table(["shape", "", "becomes, or why not"], rows))
    return "".join(parts)


@pytest.mark.parametrize("given", OPTIONS)
def test_an_option_is_written_as_the_page_says(given: str) -> None:
    migration = check(ask("", given).encode(), "a.ts", Settings(target="responses"))
    assert OPTIONS[given] in migration.result.decode()


def test_every_golden_is_on_the_page() -> None:
    shown = {given for shapes in SHAPES.values() for given in shapes.values()}
    written = {folder.name for folder in GOLDENS.iterdir()}
    assert written - shown <= {"require-and-double-quotes"}


def test_every_golden_of_python_is_on_the_page() -> None:
    shown = {given for shapes in python_targets.SHAPES.values() for given in shapes.values()}
    assert python_targets.written() <= shown


def test_the_page_is_what_happens() -> None:
    page = _page()
    if os.environ.get("CALLMEND_UPDATE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page
