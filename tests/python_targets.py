"""What docs/targets.md says of Assistants code in Python: shapes, and what becomes of each."""

from __future__ import annotations

from callmend.endpoints import Status, catalogue
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_goldens import goldens
from tests.python_invariants import check
from tests.test_python_raw_left import LEFT as LEFT_RAW
from tests.test_python_sdk_apart import LEFT as LEFT_APART
from tests.test_python_sdk_left import LEFT as LEFT_SDK

HEAD = """
## Assistants code in Python

The same for Python. A name is that of a pair of files in `tests/goldens_python/NAME/`, run in
CPython with the real packages against a server that answers 404 for threads. All that is left, with
a reason for each, is in [shapes-python.md](shapes-python.md).
"""

#: Shapes by their group: what a person would call it, and a golden's name or a key of a `LEFT`.
SHAPES: dict[str, dict[str, str]] = {
    "Hand-written requests": {
        "requests: five calls in one function": "raw-requests-in-one-function",
        "requests: one URL in a variable, a time-out": "raw-requests-one-url-and-a-timeout",
        "requests: imported in the function": "raw-requests-imported-in-the-function",
        "requests: None where it is missing": "raw-requests-that-may-be-missing",
        "httpx: `AsyncClient`, a class": "raw-httpx-async-in-a-class",
        "httpx: a `Client` that is read in the loop": "raw-httpx-client-read-in-the-loop",
        "httpx: the text of an event": "raw-httpx-text-of-an-event",
        "aiohttp: sessions within each other": "raw-aiohttp-nested",
        "urllib: one call (`threads/runs`)": "raw-urllib-thread-in-the-request",
        "requests: each call in a function of its own": "raw-apart-requests",
        "requests: likewise, the headers handed in": "raw-apart-headers-handed-in",
        "urllib: likewise": "raw-apart-urllib",
        "httpx: likewise, async": "raw-apart-httpx-async",
        "aiohttp: the methods of a class": "raw-apart-aiohttp-in-a-class",
        "requests: the thread in a field": "raw-apart-thread-in-a-field",
        "requests: all by one function": "raw-through-one-function",
        "requests: by methods over one": "raw-through-methods-of-a-class",
        "requests: by a method, spread": "raw-apart-through-a-session-of-a-class",
        "httpx: by a function that waits": "raw-through-httpx-async",
        "aiohttp: by a function": "raw-through-aiohttp",
        "urllib: by a function": "raw-through-urllib",
        "httpx: the messages of one run": "raw-apart-messages-of-the-run",
        "requests: the parts of ten messages one by one": "raw-apart-parts-of-the-newest",
        "requests: `threads/runs`, every text read": "raw-apart-thread-made-with-the-run",
        "requests: messages let in by their run": "raw-apart-messages-let-in-by-their-run",
        "requests: the annotations are replaced": "raw-apart-annotations-of-the-text",
        "requests: a failed run told as text": "raw-apart-failures-as-text",
        "requests: the newest by `created_at`": "raw-requests-newest-by-its-time",
        "requests: `additional_messages`": "raw-apart-messages-of-the-run-itself",
        "a message of texts and images": "raw-message-of-parts",
        "a run that is streamed": "raw run that is streamed",
        "functions that the file answers": "raw tools that the file answers",
        "a body from elsewhere": "raw run with a body from elsewhere",
        "polling that saves": "raw polling that saves",
    },
    "OpenAI's client": {
        "`create_and_run_poll`": "sdk-create-and-run-poll",
        "`create_and_run_poll`, and `run.thread_id`": "sdk-create-and-run-with-its-thread-read",
        "a client that is handed in, by its type": "sdk-client-handed-in-with-a-type",
        "`runs.create_and_poll`, async": "sdk-thread-and-messages-async",
        "`runs.create`, a loop of `runs.retrieve`": "sdk-own-loop",
        "the loop decides by the status": "sdk-own-loop-with-decisions",
        "the status in a variable": "sdk-own-status",
        "the reading is awaited": "sdk-awaited-reading",
        "the loop asks for `run.completed_at`": "sdk-own-loop-until-completed-at",
        "the loop has a number of tries": "sdk-tries-of-a-run-with-its-thread",
        "the messages of one run among all": "sdk-messages-of-the-run-alone",
        "several runs on one thread": "sdk-two-runs-on-one-thread",
        "a message of texts and images": "sdk-message-of-parts",
        "all messages are shown": "sdk-every-message-is-shown",
        "`assistants.create` in the file": "sdk-assistant-made-here",
        "`assistants.create` in a constructor": "sdk-assistant-in-a-field",
        "functions of a notebook": "sdk-helpers-of-a-notebook",
        "functions for one question": "sdk-helpers-of-one-question",
        "functions, async": "sdk-helpers-async",
        "messages gone through by `async for`": "sdk-messages-gone-through-async",
        "the methods of a class": "sdk-helpers-in-a-class",
        "`AzureOpenAI`": "azure",
        "a host from the environment": "base-url-of-the-environment",
        "the run's usage is handed on": "usage-is-read",
        "`runs.cancel`": "run-is-cancelled",
        "the run's steps": "steps-are-listed",
        "the second message is read": "the-second-message",
        "the annotations of a text": "annotations-of-a-text",
        "the annotations of a text that go on with it": "sdk-annotations-of-the-text",
    },
    "Threads that are kept, in Python": {
        "in a dict, by the user": "sdk-kept-thread-in-a-dict",
        "in a shelf": "sdk-kept-thread-in-a-shelf",
        "in a field of a record": "sdk-thread-of-a-row",
        "in an object": "sdk-kept-thread-of-an-object",
        "in a dict, by requests": "raw-kept-thread-in-a-dict",
        "in a dict, errors caught by their names": "raw-kept-thread-and-errors-by-name",
        "in a dict, failures told as text": "raw-kept-thread-and-failures-as-text",
        "in a dict, with `additional_messages`": "raw-kept-thread-messages-of-the-run",
        "made with files": "kept-thread-is-made-with-files",
        "beside a run that is left": "kept-thread-with-a-run-that-is-left",
    },
    "Streams, in Python": {
        "`runs.create(stream=True)`": "sdk-stream-of-a-created-run",
        "`text_deltas`": "sdk-stream-of-text-deltas",
        "events by their names, async": "sdk-stream-of-events-async",
        "events by their classes": "sdk-stream-of-event-classes",
        "an `AssistantEventHandler`": "sdk-stream-with-a-handler",
        "a handler of whole messages": "sdk-stream-with-a-handler-of-messages",
        "an `AsyncAssistantEventHandler`": "sdk-stream-with-a-handler-async",
        "a stream that is handed on": "stream-is-handed-on",
    },
    "Tools, in Python": {
        "`submit_tool_outputs_and_poll` in a loop": "sdk-tool-loop",
        "answered once": "sdk-tool-calls-answered-once",
        "answered while polling": "sdk-tools-answered-while-polling",
        "answered while polling, async": "sdk-tools-answered-while-polling-async",
        "functions that stand on the assistant on the server": (
            "functions-of-the-assistant-on-the-server"
        ),
        "`file_search` without its vector store": "file-search-without-a-store",
        "the calls are handed on": "list-of-the-calls-is-handed-on",
    },
}
_LEFT = {**LEFT_RAW, **LEFT_APART, **LEFT_SDK}


def row(shape: str, given: str) -> list[str]:
    """A row of the table: the shape, whether it is migrated, what it becomes or why not."""
    golden = goldens().get(given)
    if golden is None:
        code = _LEFT[given][1]
        [reason] = [reason for reason in Reason if reason.code == code]
        return [shape, "left", f"`{code}`: {reason.in_python[0]}"]
    migration = check(golden.source, settings=golden.settings or Settings(target="responses"))
    assert all(f.bucket is Bucket.MIGRATED for f in migration.findings)
    words = [f.message.partition("; ")[2] for f in migration.findings]
    return [f"{shape} (`{given}`)", "migrated", "; ".join(dict.fromkeys(words))]


def written() -> set[str]:
    """The goldens of Assistants code."""
    rules = {each.rule for each in catalogue() if each.status is Status.RETIRED}
    return {
        name
        for name, golden in goldens().items()
        if golden.settings is not None
        and golden.settings.target == "responses"
        and any(line.split()[0] in rules for line in golden.findings.splitlines())
        and name.startswith(("raw-", "sdk-"))
    }
