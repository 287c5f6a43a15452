"""Calls of OpenAI's own Python client that stand apart: each as one of a conversation, or left."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check
from tests.test_python_sdk_left import (
    CREATE,
    KEPT,
    KEPT_POLL,
    POLL,
    READ,
    THREAD,
    WAIT,
    forever,
    one,
    program,
    several,
    tools,
)

_RESPONSES = Settings(target="responses")
#: A loop with an end of its own, which asks by the thread's id that the run tells.
_TRIES = """\
    for _ in range(60):
        run = client.beta.threads.runs.retrieve(run_id=run.id, thread_id=run.thread_id)
        if run.status == "completed":
            break
        time.sleep(1)
    else:
        raise TimeoutError("no answer")
    listing = client.beta.threads.messages.list(thread_id=run.thread_id)
    return next(m.content[0].text.value for m in listing.data if m.role == "assistant")
"""
_TOOLS = '[{"type": "function", "function": {"name": "now"}}]'
#: Programs in one function whose flow is not certain as a whole, while each call of it is.
APART = {
    "more-instructions": program(
        several(call=f'{POLL[:-1]}, additional_instructions="Be brief.")')
    ),
    "kept-thread-whose-message-is-added-elsewhere": program(
        several("", KEPT_POLL) + "\n\ndef add(question, thread_id):\n" + KEPT
    ),
    "kept-thread-that-is-another-one-for-the-run": program(
        several(KEPT, KEPT_POLL, above="    thread_id = other()\n")
    ),
    "kept-thread-whose-key-is-another-one-for-the-run": program(
        several(KEPT, KEPT_POLL, above='    session["t"] = other()\n').replace(
            "thread_id=thread_id", 'thread_id=session["t"]'
        )
    ),
    "kept-thread-with-a-message-on-some-paths": program(
        several(KEPT.replace("    client", "    if question:\n        client"), KEPT_POLL)
    ),
    "message-on-some-paths": program(
        several(
            above="    if question:\n        client.beta.threads.messages.create("
            'thread_id=thread.id, role="user", content="more")\n'
        )
    ),
    "message-behind-the-run": program(
        several(
            wait="    client.beta.threads.messages.create("
            'thread_id=thread.id, role="user", content="more")\n'
        )
    ),
    "message-is-computed-before-something-else": program(
        several(thread=THREAD.replace("=question", "=build()"), above="    change()\n")
    ),
    "name-in-the-message-changes-before-the-run": program(
        several(above='    question = "other"\n')
    ),
    "role-is-not-known": program(several(thread=THREAD.replace('"user"', "role"))),
    "loop-with-a-limit": program(
        several(call=CREATE, wait=WAIT.replace(":\n", " and tries < 9:\n", 1))
    ),
    "loop-does-something-else": program(several(call=CREATE, wait=f"{WAIT}        heartbeat()\n")),
    "loop-computes-how-long": program(
        several(call=CREATE, wait=WAIT.replace("sleep(1)", "sleep(following())"))
    ),
    "loop-sleeps-by-a-function-of-its-own": program(
        several(call=CREATE, wait=WAIT.replace("time.sleep", "sleep"))
    ),
    "loop-over-tries-of-a-run-with-its-thread": program(
        one(read=_TRIES).replace("_and_run_poll", "_and_run")
    ),
    "comment-in-the-loop": program(several(call=CREATE, wait=f"{WAIT}        # again\n")),
    "loop-asks-for-something-else-where-it-fails": program(
        several(
            call=CREATE,
            wait=forever(
                "failed",
                "client.beta.threads.delete(thread.id)\n            return None",
            ),
        )
    ),
    "loop-tells-how-often-it-asked": program(
        several(
            call=CREATE,
            wait=forever("failed", "raise Failed(now)").replace(
                "        time.sleep(1)\n", "        print(now := 1)\n"
            ),
        )
    ),
    "loop-ends-in-the-middle-of-a-branch": program(
        several(
            call=CREATE,
            wait=forever("completed", "if question:\n                break\n            return 1"),
        )
    ),
    "loop-tells-a-completed-run-from-a-failed-one-by-another-word": program(
        several(call=CREATE, wait=forever("completed", "return 2", 'in ("failed", "%s")'))
    ),
    "nothing-waits": program(several(call=CREATE)),
    "oldest-first": program(one(read=READ.replace("thread_id)", 'thread_id, order="asc")'))),
    "read-on-a-path-without-the-run": program(
        "    thread = client.beta.threads.create()\n    if question:\n"
        "        client.beta.threads.messages.create(thread_id=thread.id, role='user',"
        " content=question)\n"
        f"        run = client.beta.threads.runs.{POLL}\n"
        "    return client.beta.threads.messages.list(thread_id=thread.id)"
        ".data[0].content[0].text.value\n"
    ),
    "completed-is-asked-before-functions-are-answered": tools(
        given=f"tools={_TOOLS}", above='    if run.status == "completed":\n        return ""\n'
    ),
    "functions-are-answered-while-polling": tools(
        given=f"tools={_TOOLS}", submit="run = client.beta.threads.runs.submit_tool_outputs("
    ),
}


@pytest.mark.parametrize("source", APART.values(), ids=APART)
def test_each_call_is_migrated_where_it_stands(source: bytes) -> None:
    migration = check(source, settings=_RESPONSES)
    assert {finding.bucket for finding in migration.findings} == {Bucket.MIGRATED}
    assert b".beta." not in migration.result


_HEAD = """\
import os
import time

from openai import AsyncOpenAI, AzureOpenAI, OpenAI

client = OpenAI()
ASSISTANT = os.environ["A"]


"""
_OPEN = """\
def open_thread():
    return client.beta.threads.create()


"""
_ADD = """\
def add(thread_id, text):
    client.beta.threads.messages.create(thread_id=thread_id, role="user", content=text)


"""
_START = """\
def start(thread_id):
    return client.beta.threads.runs.create(thread_id=thread_id, assistant_id=ASSISTANT)


"""
_WAIT_ON = """\
def wait_on(run, thread):
    while run.status != "completed":
        time.sleep(1)
        run = client.beta.threads.runs.retrieve(thread_id=thread.id, run_id=run.id)
    return run


"""
_NEWEST = """\
def newest(thread):
    messages = client.beta.threads.messages.list(thread_id=thread.id)
    return messages.data[0].content[0].text.value


"""
_ASK = """\
def ask(question):
    thread = open_thread()
    add(thread.id, question)
    run = wait_on(start(thread.id), thread)
    return newest(thread)
"""


def helpers(
    opened: str = _OPEN,
    added: str = _ADD,
    started: str = _START,
    waited: str = _WAIT_ON,
    newest: str = _NEWEST,
    asked: str = _ASK,
    head: str = _HEAD,
) -> bytes:
    """A file whose flow is spread over functions."""
    return "".join([head, opened, added, started, waited, newest, asked]).encode()


def started(more: str) -> str:
    """A function that starts a run with more arguments."""
    return _START.replace("ASSISTANT)", f"ASSISTANT, {more})")


def read(how: str) -> str:
    """A function that reads the messages in another way."""
    before, _ = _NEWEST.split("    return ")
    return f"{before}    {how}\n\n\n"


def also(body: str) -> str:
    """What is asked, and something else behind it."""
    return _ASK.replace("    return newest", f"    {body}\n    return newest")


def test_the_program_is_migrated_where_no_part_is_another_one() -> None:
    migration = check(helpers(), settings=_RESPONSES)
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED] * 5
    assert b".beta." not in migration.result


def ends(source: bytes) -> list[bytes]:
    """The statuses for which an error is raised behind each run's start."""
    migration = check(source, settings=_RESPONSES)
    assert {finding.bucket for finding in migration.findings} == {Bucket.MIGRATED}
    lines = migration.result.splitlines()
    starts = [n for n, line in enumerate(lines) if b".responses.create(" in line]
    tests = [next(c for c in lines[n : n + 6] if b"if " in c or _WHOLE in c) for n in starts]
    return [line.strip() for line in tests]


#: What is raised of every response without an answer, and of one that is completed only.
_WHOLE = b"checked_text(run)"
_NO_TEXT = b'if run.status == "completed":'
_LOOKS = _ASK.replace(
    "    return newest", "    if run.status == {0}:\n        {1}\n    return newest"
)
_TWICE = _LOOKS.replace("def ask", "def also").replace("start(", "begin(")


_SHORT = _WAIT_ON.replace('!= "completed"', 'in ("queued", "in_progress")')
_COMPLETED = _LOOKS.format('"completed"', "return newest(thread)")
ENDS = {
    "nothing": (helpers(waited=_SHORT), [_WHOLE]),
    "completed-that-does-nothing-else": (
        helpers(waited=_SHORT, asked=_LOOKS.format('"completed"', "print(1)")),
        [_WHOLE],
    ),
    "completed-that-returns": (helpers(waited=_SHORT, asked=_COMPLETED), [_NO_TEXT]),
    "failed": (
        helpers(waited=_SHORT, asked=_LOOKS.format('"failed"', "return None")),
        [b'if run.status in ("completed", "cancelled", "incomplete"):'],
    ),
    "all-but-completed": (
        helpers(
            waited=_SHORT,
            asked=_LOOKS.replace("==", "not in").format('("completed",)', "raise ValueError"),
        ),
        [_NO_TEXT],
    ),
    "failed-like-completed": (
        helpers(
            waited=_SHORT,
            asked=_LOOKS.replace("==", "in").format('("completed", "failed")', "return 1"),
        ),
        [_WHOLE],
    ),
    "only-waits": (
        helpers(
            waited=_WAIT_ON.replace(
                "    return", '        if run.status == "completed":\n            break\n    return'
            )
        ),
        [_WHOLE],
    ),
    "of-another-run": (
        helpers(
            waited=_SHORT,
            asked=f"{_ASK}\n\n{_START.replace('start', 'begin')}"
            + _TWICE.format('"failed"', "return None"),
        ),
        [_WHOLE, _WHOLE],
    ),
    "loop-that-would-go-on-for-ever": (helpers(asked=_COMPLETED), [_WHOLE]),
    "loop-that-would-go-on-for-one-of-them": (
        helpers(
            waited=_WAIT_ON.replace(
                '!= "completed"', 'not in ("completed", "failed", "cancelled")'
            ),
            asked=_COMPLETED,
        ),
        [b'if run.status in ("completed", "incomplete"):'],
    ),
    "loop-that-is-left-for-each": (
        helpers(
            waited=_WAIT_ON.replace('run.status != "completed"', "True").replace(
                "    return", '        if run.status != "queued":\n            break\n    return'
            ),
            asked=_COMPLETED,
        ),
        [_NO_TEXT],
    ),
    "loop-with-a-limit-of-time": (
        helpers(
            waited=_WAIT_ON.replace('"completed"', '"completed" and time.time() < late'),
            asked=_COMPLETED,
        ),
        [_NO_TEXT],
    ),
}


@pytest.mark.parametrize(("source", "tests"), ENDS.values(), ids=ENDS)
def test_an_end_that_the_file_does_not_look_at_raises_an_error(
    source: bytes, tests: list[bytes]
) -> None:
    assert ends(source)[: len(tests)] == tests


_STREAMED = """\
def start(thread_id):
    with client.beta.threads.runs.stream(thread_id=thread_id, assistant_id=ASSISTANT) as stream:
        for text in stream.text_deltas:
            print(text)


"""
_ASK_STREAMED = """\
def ask(question):
    thread = open_thread()
    add(thread.id, question)
    start(thread.id)
"""


def test_a_stream_is_on_the_conversation_whose_messages_are_added_elsewhere() -> None:
    source = helpers(started=_STREAMED, waited="", newest="", asked=_ASK_STREAMED)
    migration = check(source, settings=_RESPONSES)
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED] * 3
    assert b"input=[]" in migration.result
    assert b"stream=True" in migration.result


def test_a_client_is_the_one_that_all_calls_of_a_function_give() -> None:
    source = helpers(
        opened=_OPEN.replace("()", "(api)", 1).replace("client", "api"),
        asked=_ASK.replace("open_thread()", "open_thread(client)"),
    )
    migration = check(source, settings=_RESPONSES)
    assert {finding.bucket for finding in migration.findings} == {Bucket.MIGRATED}
    assert b"api.conversations.create()" in migration.result


_ROUTES = """\
@app.post("/ask")
def begin(thread_id, text):
    add(thread_id, text)
    run = client.beta.threads.runs.create(thread_id=thread_id, assistant_id=ASSISTANT)
    return {"run_id": run.id}


@app.get("/state")
def state(thread_id, run_id):
    run = client.beta.threads.runs.retrieve(thread_id=thread_id, run_id=run_id)
    if run.status != "completed":
        return {"status": run.status}
    messages = client.beta.threads.messages.list(thread_id=thread_id)
    return {"text": messages.data[0].content[0].text.value}
"""


def test_a_runs_id_may_come_back_from_those_who_were_given_it() -> None:
    migration = check(f"{_HEAD}{_OPEN}{_ADD}{_ROUTES}".encode(), settings=_RESPONSES)
    assert {finding.bucket for finding in migration.findings} == {Bucket.MIGRATED}
    assert b"run = client.responses.retrieve(run_id)" in migration.result
    notes = [note.text for finding in migration.findings for note in finding.notes]
    assert any("one that was kept answers 404" in note for note in notes)


def test_a_run_that_is_only_shown_is_shown_as_the_response_that_it_is() -> None:
    shown = also('print(f"state: {run.model_dump_json(indent=2)}")')
    migration = check(helpers(asked=shown), settings=_RESPONSES)
    assert {finding.bucket for finding in migration.findings} == {Bucket.MIGRATED}


LEFT = {
    "json-of-a-run-is-handed-to-what-shows-it": (
        helpers(asked=also("print(short(run.model_dump_json()))")),
        "other-read",
    ),
    "run-is-stored-as-json": (
        helpers(asked=also("save(run.model_dump_json())")),
        "other-read",
    ),
    "client-that-differs-by-the-call": (
        helpers(
            opened=_OPEN.replace("()", "(api)", 1).replace("client", "api"),
            asked=_ASK.replace("open_thread()", "open_thread(client)")
            + "    open_thread(AzureOpenAI())\n",
        ),
        "client-unknown",
    ),
    "client-that-is-handed-in-by-nobody": (
        helpers(added=_ADD.replace("add(", "add(client, "), asked="add = None\n"),
        "client-unknown",
    ),
    "stream-whose-messages-are-nowhere": (
        helpers(added="", started=_STREAMED, waited="", newest="", asked=_ASK_STREAMED),
        "no-thread-message",
    ),
    # where a value goes
    "run-is-stored-by-its-person": (
        helpers(asked=also("runs[question] = run")),
        "run-not-followed",
    ),
    "run-is-handed-to-another-module": (helpers(asked=also("track(run)")), "answer-handed-on"),
    "run-is-yielded": (helpers(asked=also("yield run")), "run-not-followed"),
    "run-is-given-as-one-of-many": (helpers(asked=also("every = [run]")), "run-not-followed"),
    "run-is-kept-in-a-global": (
        helpers(asked=_ASK.replace("question):\n", "question):\n    global run\n")),
        "run-not-followed",
    ),
    "run-is-another-thing-on-some-paths": (
        helpers(
            waited=_WAIT_ON.replace("    return", "    if late:\n        run = other\n    return")
        ),
        "run-not-followed",
    ),
    "run-is-of-another-caller-as-well": (
        helpers(asked=_ASK + "\n\ndef again(job, thread):\n    return wait_on(job, thread)\n"),
        "answer-handed-on",
    ),
    "function-that-gives-the-run-is-handed-on": (
        helpers(asked=also("pool.submit(start, thread.id)")),
        "answer-handed-on",
    ),
    "function-that-gives-the-run-is-a-view": (
        helpers(started=f'@app.post("/start")\n{_START}'),
        "answer-handed-on",
    ),
    "two-functions-of-one-name": (helpers(asked=f"{_ASK}\n\n{_START}"), "answer-handed-on"),
    "run-is-given-to-nobody-here": (
        helpers(asked=_ASK.replace("wait_on(start(thread.id), thread)", "None")),
        "answer-handed-on",
    ),
    "messages-are-given-to-nobody-here": (
        helpers(newest=read("return messages")),
        "answer-handed-on",
    ),
    "arguments-of-the-function-are-spread": (
        helpers(
            asked=_ASK.replace("wait_on(start(thread.id), thread)", "wait_on(*both)")
            + "    start(thread.id)\n"
        ),
        "run-not-followed",
    ),
    # what is read
    "usage-of-the-run": (helpers(asked=also("print(run.usage.details)")), "other-read"),
    "functions-are-asked-for": (
        helpers(asked=also("calls = run.required_action.submit_tool_outputs.tool_calls")),
        "tool-loop",
    ),
    "status-asks-for-functions": (
        helpers(asked=also('if run.status == "requires_action":\n        raise ValueError')),
        "tool-loop",
    ),
    "annotations-of-a-text": (
        helpers(newest=read("return messages.data[0].content[0].text.annotations")),
        "other-read",
    ),
    "text-is-changed-in-its-message": (
        helpers(newest=read('messages.data[0].content[0].text.value = ""\n    return messages')),
        "other-read",
    ),
    "time-of-a-message": (
        helpers(newest=read("return [m.created_at for m in messages.data]")),
        "other-read",
    ),
    "messages-of-one-run": (
        helpers(newest=read("return [m.role for m in messages.data if m.run_id == last]")),
        "run-not-followed",
    ),
    "second-message": (
        helpers(newest=read("return messages.data[1].content[0].text.value")),
        "answer-not-understood",
    ),
    "last-part": (
        helpers(newest=read("return messages.data[0].content[-1].text.value")),
        "answer-not-understood",
    ),
    "image-of-a-message": (
        helpers(newest=read("return [p.type == 'image_file' for p in messages.data[0].content]")),
        "answer-not-understood",
    ),
    "messages-in-another-order": (
        helpers(newest=read("return sorted(messages.data, key=by_time)[0].role")),
        "answer-handed-on",
    ),
    "messages-are-added-to": (
        helpers(newest=read("messages.data.append(extra)\n    return messages.data[0].role")),
        "other-read",
    ),
    "next-page": (helpers(newest=read("return messages.has_more")), "other-read"),
    # what is asked
    "page-behind-a-message": (
        helpers(newest=_NEWEST.replace("thread.id)", "thread.id, after=seen)")),
        "run-parameter",
    ),
    "number-of-messages-is-not-known": (
        helpers(newest=_NEWEST.replace("thread.id)", "thread.id, limit=most)")),
        "run-parameter",
    ),
    "message-with-a-file": (
        helpers(added=_ADD.replace("=text)", "=text, attachments=files)")),
        "message-shape",
    ),
    "message-of-parts-that-the-assistant-says": (
        helpers(
            added=_ADD.replace('"user"', '"assistant"').replace(
                "=text)", '=[{"type": "text", "text": text}])'
            )
        ),
        "message-shape",
    ),
    "message-of-parts-made-in-a-row": (
        helpers(added=_ADD.replace("=text)", '=[{"type": "text", "text": t} for t in text])')),
        "message-shape",
    ),
    "message-without-a-role": (helpers(added=_ADD.replace(', role="user"', "")), "message-shape"),
    "no-message-in-the-file": (
        helpers(added=_ADD.replace("client.beta.threads.messages.create", "store.add")),
        "no-thread-message",
    ),
    "run-of-another-file": (
        helpers(waited=_WAIT_ON.replace("run_id=run.id", "run_id=RUN")),
        "run-not-followed",
    ),
    "streamed-run-that-is-given-back": (
        helpers(
            started=started("stream=True"),
            waited="",
            asked=_ASK.replace("wait_on(start(thread.id), thread)", "start(thread.id)"),
        ),
        "assistants-stream",
    ),
    "messages-beside-the-thread": (
        helpers(started=started("additional_messages=more")),
        "run-parameter",
    ),
    "loop-that-waits-for-a-failure": (
        helpers(waited=_WAIT_ON.replace('!= "completed"', '!= "failed"')),
        "polling-not-understood",
    ),
    # what has no counterpart
    "run-is-cancelled": (
        helpers(asked=also("client.beta.threads.runs.cancel(run.id, thread_id=thread.id)")),
        "other-call",
    ),
    "steps-are-listed": (
        helpers(asked=also("client.beta.threads.runs.steps.list(run.id, thread_id=thread.id)")),
        "other-call",
    ),
    "runs-are-listed": (
        helpers(asked=also("client.beta.threads.runs.list(thread_id=thread.id)")),
        "other-call",
    ),
    "assistants-are-listed": (
        helpers(asked=also("print(client.beta.assistants.list())")),
        "assistant-kept",
    ),
    "assistant-of-several-runs": (
        helpers(
            head=_HEAD.replace('os.environ["A"]', "client.beta.assistants.create(model='m').id")
        ),
        "assistant-kept",
    ),
    "outputs-are-submitted": (
        helpers(asked=also("client.beta.threads.runs.submit_tool_outputs(run.id, thread_id=t)")),
        "tool-loop",
    ),
    "thread-with-files": (
        helpers(opened=_OPEN.replace("create()", "create(tool_resources=files)")),
        "run-parameter",
    ),
    "comment-in-a-call": (
        helpers(added=_ADD.replace("(thread_id=", "(\n        # theirs\n        thread_id=")),
        "comment-would-be-lost",
    ),
    "one-client-is-azures": (
        helpers(newest=_NEWEST.replace("client", "AzureOpenAI()")),
        "azure-client",
    ),
    "line-with-two-statements": (
        helpers(
            started="def start(thread_id):\n    print(1); run = client.beta.threads.runs.create("
            "thread_id=thread_id, assistant_id=ASSISTANT)\n    return run\n\n\n"
        ),
        "needs-braces",
    ),
    "run-of-an-async-client-is-awaited-elsewhere": (
        helpers(head=_HEAD.replace("client = OpenAI()", "client = AsyncOpenAI()")),
        "run-not-followed",
    ),
    "messages-are-read-within-a-string": (
        helpers(
            newest='def newest(thread):\n    return f"{client.beta.threads.messages.list(thread_id='
            'thread.id).data[0].content[0].text.value}"\n\n\n'
        ),
        "answer-not-understood",
    ),
    "type-of-the-old-api-is-named": (
        helpers(
            head=_HEAD.replace("\nclient", "from openai.types.beta.threads import Run\n\nclient"),
            waited=_WAIT_ON.replace("run, thread", "run: Run, thread"),
        ),
        "old-type",
    ),
    "pages-are-kept-before-they-are-asked-for": (
        helpers(
            newest="async def newest(thread):\n    page = AsyncOpenAI().beta.threads.messages.list("
            "thread_id=thread.id)\n    async for m in page:\n"
            "        return m.content[0].text.value\n\n\n"
        ),
        "answer-not-understood",
    ),
}
_CALLS = "run.required_action.submit_tool_outputs.tool_calls"
_SUBMIT = "client.beta.threads.runs.submit_tool_outputs"


def answering(
    tools: str = _TOOLS,
    status: str = 'run.status == "requires_action"',
    output: str = '{"tool_call_id": call.id, "output": "12:00"}',
    submit: str = f"{_SUBMIT}(run_id=run.id, thread_id=thread.id, tool_outputs=outputs)",
    waited: str = _WAIT_ON,
    **parts: str,
) -> bytes:
    """A file that answers the functions of its run while it polls."""
    body = f"""\
        if {status}:
            outputs = []
            for call in {_CALLS}:
                outputs.append({output})
            {submit}
"""
    parts.setdefault("started", started(f"tools={tools}"))
    return helpers(waited=waited.replace("    return run", f"{body}    return run"), **parts)


def test_functions_are_answered_where_no_part_is_another_one() -> None:
    migration = check(answering(), settings=_RESPONSES)
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED] * 6
    assert b"            run = client.responses.create(" in migration.result
    assert b'while run.status != "completed" or function_calls(run):' in migration.result


_HANDING = _WAIT_ON.replace("    return", "        handle(run, thread)\n    return")
_HANDLED = f"""\
def handle(run, thread):
    outputs = [{{"tool_call_id": call.id, "output": ""}} for call in {_CALLS}]
    {_SUBMIT}(run_id=run.id, thread_id=thread.id, tool_outputs=outputs)


{_HANDING}"""
LEFT |= {
    "outputs-go-to-another-name": (
        answering(submit=f"done = {_SUBMIT}(run.id, thread_id=thread.id, tool_outputs=outputs)"),
        "tool-loop",
    ),
    "output-is-written-beside-the-calls": (
        answering(
            submit=f"{_SUBMIT}(run.id, thread_id=thread.id, "
            'tool_outputs=[{"tool_call_id": "a", "output": ""}])'
        ),
        "tool-loop",
    ),
    "functions-of-two-runs": (
        answering(asked=f"{_ASK}\n\n{_START.replace('start', 'again').rstrip()}\n"),
        "answer-handed-on",
    ),
    "functions-that-nobody-declares": (answering(started=_START), "tool-setup"),
    "functions-of-another-file": (answering(tools="TOOLS"), "tool-setup"),
    "functions-that-are-local": (
        answering(
            started=started("tools=tools").replace(
                "    return", f"    tools = {_TOOLS}\n    return"
            )
        ),
        "name-not-in-scope",
    ),
    "outputs-in-a-function-that-gives-nothing-back": (
        helpers(started=started(f"tools={_TOOLS}"), waited=_HANDLED),
        "tool-loop",
    ),
    "outputs-are-of-another-run": (
        answering(submit=f"{_SUBMIT}(run_id=other.id, thread_id=thread.id, tool_outputs=outputs)"),
        "tool-loop",
    ),
    "call-is-handed-to-a-function": (answering(output="handle(call)"), "tool-loop"),
    "status-is-in-a-variable": (
        answering(status='status == "requires_action"').replace(
            b"        if status", b"        status = run.status\n        if status"
        ),
        "tool-loop",
    ),
    "output-has-another-field": (
        answering(output='{"tool_call_id": call.id, "output": "", "name": call.function.name}'),
        "tool-loop",
    ),
    "outputs-are-streamed": (
        answering(submit=f"{_SUBMIT}_stream(run.id, thread_id=thread.id, tool_outputs=outputs)"),
        "other-call",
    ),
}


@pytest.mark.parametrize(("source", "code"), LEFT.values(), ids=LEFT)
def test_all_calls_are_left_because_of_one(source: bytes, code: str) -> None:
    migration = check(source, settings=_RESPONSES)
    assert migration.result == source
    assert {finding.bucket for finding in migration.findings} == {Bucket.LEFT}
    assert code in [f.reason.code for f in migration.findings if f.reason is not None]


def test_a_comment_that_silences_one_of_the_calls_silences_all() -> None:
    source = helpers(added=_ADD.replace("    client", "    # callmend-ignore\n    client"))
    migration = check(source, settings=_RESPONSES)
    assert migration.result == source
    assert {finding.bucket for finding in migration.findings} == {Bucket.IGNORED}


def test_nothing_is_changed_where_only_one_of_the_rules_is_asked_for() -> None:
    only = Settings(target="responses", select=("CM221",))
    migration = check(helpers(), settings=only)
    assert migration.result == helpers()
