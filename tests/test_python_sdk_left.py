"""Calls of OpenAI's own Python client that are left, each with its reason, or not mentioned."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check

_RESPONSES = Settings(target="responses")
READ = """\
    messages = client.beta.threads.messages.list(thread_id=run.thread_id)
    return messages.data[0].content[0].text.value
"""
_LISTING = READ.splitlines(keepends=True)[0]
THREAD = """\
    thread = client.beta.threads.create()
    client.beta.threads.messages.create(thread_id=thread.id, role="user", content=question)
"""
POLL = "create_and_poll(thread_id=thread.id, assistant_id=ASSISTANT)"
WAIT = """\
    while run.status in ("queued", "in_progress"):
        time.sleep(1)
        run = client.beta.threads.runs.retrieve(thread_id=thread.id, run_id=run.id)
"""
#: A message on a thread that is kept somewhere else.
KEPT = """\
    client.beta.threads.messages.create(thread_id=thread_id, role="user", content=question)
"""
KEPT_POLL = "create_and_poll(thread_id=thread_id, assistant_id=ASSISTANT)"
_HISTORY = """\


def history(thread_id):
    return client.beta.threads.messages.list(thread_id=thread_id).data
"""
_ASK = 'thread={"messages": [{"role": "user", "content": question}]}'


def program(
    body: str, *, client: str = "client = OpenAI()", imports: str = "from openai import OpenAI"
) -> bytes:
    """A file with one function."""
    head = f'import os\nimport time\n{imports}\n\n{client}\nASSISTANT = os.environ["A"]\n\n\n'
    return f"{head}def ask(question, thread_id=None):\n{body}".encode()


def one(given: str = f"assistant_id=ASSISTANT, {_ASK}", read: str = READ) -> str:
    """A run with its thread in one call."""
    return f"    run = client.beta.threads.create_and_run_poll({given})\n{read}"


def several(
    thread: str = THREAD, call: str = POLL, wait: str = "", read: str = READ, above: str = ""
) -> str:
    """A thread, its message, the run."""
    return f"{thread}{above}    run = client.beta.threads.runs.{call}\n{wait}{read}"


def made_up(
    given: str = 'workflow_id="wf_1", input={"message": question}',
    read: str = '    return run.output["message"]\n',
    method: str = "workflows.runs.create",
) -> str:
    """A call of a method that never was."""
    return f"    run = client.{method}({given})\n{read}"


_DELTAS = "        for text in stream.text_deltas:\n            print(text)\n"


def streamed(read: str) -> str:
    """A run that is streamed, and what reads it."""
    call = "client.beta.threads.runs.stream(thread_id=thread.id, assistant_id=ASSISTANT)"
    return f"{THREAD}    with {call} as stream:\n{read}"


def events(name: str, then: str) -> str:
    """What is done for one kind of event."""
    test = f'            if event.event == "{name}":\n'
    return f"        for event in stream:\n{test}                {then}\n"


def forever(status: str, then: str, test: str = '== "%s"') -> str:
    """A loop that ends for a completed run, and does something for a status."""
    return (
        "    while True:\n"
        "        run = client.beta.threads.runs.retrieve(thread_id=thread.id, run_id=run.id)\n"
        f"        if run.status {test % status}:\n            {then}\n"
        '        elif run.status == "completed":\n            break\n        time.sleep(1)\n'
    )


_ELSEWHERE = 'with_options(base_url="http://localhost:8000/v1")'
_HIDDEN = "with_options(**options)"
_THREAD = "assistant_id=ASSISTANT, thread=thread"
_RESOURCES = (
    '    if thread_id:\n        thread["tool_resources"] = '
    '{"file_search": {"vector_store_ids": [thread_id]}}\n'
)
_LISTED = '[{"type": "function", "function": {"name": "now"}}]'
_TOOLS = f"tools={_LISTED}"
_SUBMIT = "run = client.beta.threads.runs.submit_tool_outputs_and_poll("


def tools(
    given: str,
    loop: str = "for call in run.required_action.submit_tool_outputs.tool_calls:",
    answer: str = 'outputs.append({"tool_call_id": call.id, "output": "12:00"})',
    submit: str = _SUBMIT,
    outputs: str = "outputs",
    above: str = "",
    ahead: str = "",
) -> bytes:
    """A run whose functions are answered."""
    inside = f"            {answer}\n" if loop.endswith(":") else ""
    wait = (
        f'{above}    while run.status == "requires_action":\n        outputs = []\n'
        f"        {loop}\n{inside}"
        f"        {submit}thread_id=thread.id, run_id=run.id, tool_outputs={outputs})\n"
    )
    return program(several(call=f"{POLL[:-1]}, {given})", wait=wait, above=ahead))


WHOLE = {
    "one-call": one(),
    "several-calls": several(),
    "own-loop": several(call="create(thread_id=thread.id, assistant_id=ASSISTANT)", wait=WAIT),
    "made-up": made_up(),
    "client-with-options-for-one-call": several().replace(
        "client.beta.threads.runs", "client.with_options(timeout=20).beta.threads.runs"
    ),
    "client-with-options-of-a-name": f"    quick = client.copy(max_retries=0)\n{made_up()}".replace(
        "run = client", "run = quick"
    ),
    "kept-thread": several(KEPT, KEPT_POLL),
    "thread-is-deleted": several(wait="    client.beta.threads.delete(thread.id)\n"),
    "loop-with-decisions": several(
        call="create(thread_id=thread.id, assistant_id=ASSISTANT)",
        wait=forever("failed", "raise ValueError(run.last_error)"),
    ),
    "assistant-is-asked-for": "    assistant = client.beta.assistants.retrieve(ASSISTANT)\n"
    + one(f"assistant_id=assistant.id, {_ASK}"),
    "stream-of-text": streamed(_DELTAS),
    "stream-of-events": streamed(
        events("thread.message.delta", "print(event.data.delta.content[0].text.value)")
    ),
}


@pytest.mark.parametrize("body", WHOLE.values(), ids=WHOLE)
def test_the_program_is_migrated_where_no_part_is_another_one(body: str) -> None:
    [finding] = check(program(body), settings=_RESPONSES).findings
    assert finding.bucket is Bucket.MIGRATED


_AZURE = "from openai import AzureOpenAI as OpenAI"
CREATE = "create(thread_id=thread.id, assistant_id=ASSISTANT)"
LEFT = {
    # whose client it is
    "azure": (program(one(), imports=_AZURE), "azure-client"),
    "base-url-of-another-host": (
        program(one(), client='client = OpenAI(base_url="https://llm.example/v1")'),
        "client-other-host",
    ),
    "base-url-of-the-environment": (
        program(one(), client='client = OpenAI(base_url=os.environ["BASE"])'),
        "client-host-unknown",
    ),
    "options-of-the-client-are-spread": (
        program(one(), client="client = OpenAI(**options)"),
        "client-host-unknown",
    ),
    "host-is-set-on-the-client": (
        program(one(), client='client = OpenAI()\nclient.base_url = "https://llm.example"'),
        "client-host-unknown",
    ),
    "host-is-set-on-the-module": (
        program(
            one().replace("client.", "openai."),
            imports="import openai",
            client='openai.api_type = "azure"',
        ),
        "client-host-unknown",
    ),
    "client-sends-the-beta-header": (
        program(one(), client='client = OpenAI(default_headers={"OpenAI-Beta": "assistants=v2"})'),
        "beta-header",
    ),
    "annotations-where-tools-are-sent": (
        program(
            one(
                f'assistant_id=ASSISTANT, {_ASK}, tools=[{{"type": "code_interpreter"}}]',
                _LISTING
                + "    text = messages.data[0].content[0].text\n"
                + "    return text.value, text.annotations\n",
            )
        ),
        "other-read",
    ),
    "annotations-and-the-text-handed-on": (
        program(
            one(
                read=_LISTING
                + "    text = messages.data[0].content[0].text\n"
                + "    cite(text)\n    return text.value, text.annotations\n",
            )
        ),
        "other-read",
    ),
    "annotations-of-no-name": (
        program(one(read=_LISTING + "    return messages.data[0].content[0].text.annotations\n")),
        "answer-not-understood",
    ),
    "client-of-another-file": (
        program(one(), imports="from app import make", client="client = make()"),
        "client-unknown",
    ),
    "made-up-on-a-client-called-openai-of-another-file": (
        program(
            made_up().replace("client", "openai_client"), imports="from app import openai_client"
        ),
        "client-unknown",
    ),
    "made-up-on-another-host": (
        program(made_up(), client='client = OpenAI(base_url="https://llm.example/v1")'),
        "client-other-host",
    ),
    # the run
    "stream-with-an-event-handler": (
        program(
            f"{THREAD}    with client.beta.threads.runs.stream(thread_id=thread.id,"
            " assistant_id=ASSISTANT, event_handler=Handler()) as stream:\n"
            "        stream.until_done()\n"
        ),
        "assistants-stream",
    ),
    "stream-that-nothing-reads": (
        program(several(call="create_and_stream(thread_id=thread.id, assistant_id=ASSISTANT)")),
        "assistants-stream",
    ),
    "stream-is-asked-for-and-messages-are-listed": (
        program(several(call="create(thread_id=thread.id, assistant_id=ASSISTANT, stream=True)")),
        "assistants-stream",
    ),
    "stream-is-asked-for-by-a-variable": (
        program(several(call="create(thread_id=thread.id, assistant_id=ASSISTANT, stream=s)")),
        "assistants-stream",
    ),
    "stream-is-handed-on": (
        program(streamed("        return forward(stream)\n")),
        "assistants-stream",
    ),
    "stream-is-only-waited-for": (
        program(streamed("        stream.until_done()\n")),
        "assistants-stream",
    ),
    "stream-whose-final-messages-are-read": (
        program(streamed(_DELTAS + "        return stream.get_final_messages()\n")),
        "assistants-stream",
    ),
    "stream-is-read-twice": (program(streamed(_DELTAS + _DELTAS)), "assistants-stream"),
    "stream-with-an-else-of-the-loop": (
        program(streamed(f"{_DELTAS}        else:\n            print()\n")),
        "assistants-stream",
    ),
    "event-that-a-response-does-not-have": (
        program(streamed(events("thread.run.step.created", "print(event.data.id)"))),
        "assistants-stream",
    ),
    "event-that-asks-for-functions": (
        program(streamed(events("thread.run.requires_action", "answer(event.data.id)"))),
        "tool-loop",
    ),
    "event-is-handed-on": (
        program(streamed("        for event in stream:\n            handle(event)\n")),
        "assistants-stream",
    ),
    "event-is-told-by-its-class": (
        program(
            streamed(
                "        for event in stream:\n            if isinstance(event, Delta):\n"
                "                print(event.data.delta.content[0].text.value)\n"
            )
        ),
        "assistants-stream",
    ),
    "event-class-that-a-response-does-not-have": (
        program(
            streamed(
                "        for event in stream:\n"
                "            if isinstance(event, ThreadRunStepDelta):\n"
                "                print(event.data)\n"
            ),
            imports="from openai import OpenAI\n"
            "from openai.types.beta.assistant_stream_event import ThreadRunStepDelta",
        ),
        "assistants-stream",
    ),
    "event-class-that-asks-for-functions": (
        program(
            streamed(
                "        for event in stream:\n"
                "            if isinstance(event, ThreadRunRequiresAction):\n"
                "                print(event.data)\n"
            ),
            imports="from openai import OpenAI\n"
            "from openai.types.beta.assistant_stream_event import ThreadRunRequiresAction",
        ),
        "tool-loop",
    ),
    "event-class-of-a-tuple": (
        program(
            streamed(
                "        for event in stream:\n            if isinstance(event, (Delta, str)):\n"
                "                print(event.data.delta.content[0].text.value)\n"
            ),
            imports="from openai import OpenAI\n"
            "from openai.types.beta.assistant_stream_event import ThreadMessageDelta as Delta",
        ),
        "assistants-stream",
    ),
    "piece-is-read-of-any-event": (
        program(
            streamed(
                "        for event in stream:\n"
                "            print(event.data.delta.content[0].text.value)\n"
            )
        ),
        "assistants-stream",
    ),
    "annotations-of-a-piece": (
        program(
            streamed(
                events("thread.message.delta", "cite(event.data.delta.content[0].text.annotations)")
            )
        ),
        "assistants-stream",
    ),
    "second-part-of-a-piece": (
        program(
            streamed(
                events("thread.message.delta", "print(event.data.delta.content[1].text.value)")
            )
        ),
        "assistants-stream",
    ),
    "loop-over-parts-that-ends-early": (
        program(
            streamed(
                events(
                    "thread.message.delta",
                    "for part in event.data.delta.content:\n"
                    "                    print(part.text.value)\n                    break",
                )
            )
        ),
        "assistants-stream",
    ),
    "loop-over-parts-with-a-comment-in-its-line": (
        program(
            streamed(
                events(
                    "thread.message.delta",
                    "for part in event.data.delta.content:  # each\n"
                    "                    print(part.text.value)",
                )
            )
        ),
        "comment-would-be-lost",
    ),
    "run-in-an-event-of-any-kind": (
        program(streamed("        for event in stream:\n            note(event.data.status)\n")),
        "assistants-stream",
    ),
    "made-up-stream": (program(made_up(method="workflows.runs.stream")), "assistants-stream"),
    "tools-of-the-run": (
        program(one(f"assistant_id=ASSISTANT, tools=TOOLS, {_ASK}")),
        "tool-setup",
    ),
    "arguments-are-spread": (program(one("**given")), "run-parameter"),
    "id-is-computed-by-a-call-that-may-do-more": (
        program(one(f"assistant_id=make_assistant(), {_ASK}")),
        "run-parameter",
    ),
    "assistant-with-tools-is-made-here": (
        program(
            '    assistant = client.beta.assistants.create(model="gpt-4o", tools=TOOLS)\n'
            + one(f"assistant_id=assistant.id, {_ASK}")
        ),
        "tool-setup",
    ),
    "assistant-is-kept": (
        program(
            '    assistant = client.beta.assistants.create(model="gpt-4o")\n'
            "    save(assistant.id)\n" + one(f"assistant_id=assistant.id, {_ASK}")
        ),
        "assistant-kept",
    ),
    "assistant-that-is-asked-for-is-read": (
        program(
            "    assistant = client.beta.assistants.retrieve(ASSISTANT)\n"
            "    print(assistant.name)\n" + one(f"assistant_id=assistant.id, {_ASK}")
        ),
        "assistant-kept",
    ),
    "run-is-returned": (program(one(read="    return run\n")), "answer-not-read"),
    "run-is-not-kept": (
        program(f"    client.beta.threads.create_and_run(assistant_id=ASSISTANT, {_ASK})\n"),
        "run-not-followed",
    ),
    # functions that are called
    "functions-of-the-assistant-on-the-server": (tools(given=""), "tool-setup"),
    "functions-are-answered-into-another-name": (
        tools(given=_TOOLS, submit=_SUBMIT.replace("run =", "done =")),
        "tool-loop",
    ),
    "functions-are-never-answered": (
        program(several(wait='    if run.status == "requires_action":\n        raise Asked\n')),
        "tool-loop",
    ),
    "outputs-are-made-in-the-call": (
        tools(given=_TOOLS, outputs="[{'tool_call_id': 'a', 'output': ''}]"),
        "tool-loop",
    ),
    "call-is-handed-on": (tools(given=_TOOLS, answer="answer(call)"), "tool-loop"),
    "list-of-the-calls-is-handed-on": (
        tools(given=_TOOLS, loop="outputs = answers(run.required_action)"),
        "tool-loop",
    ),
    "output-is-made-elsewhere": (
        tools(given=_TOOLS, answer="outputs.append(output(call.id))"),
        "tool-loop",
    ),
    "output-has-other-fields": (
        tools(
            given=_TOOLS,
            answer='outputs.append({"tool_call_id": call.id, "output": "", "kind": "text"})',
        ),
        "tool-loop",
    ),
    "other-field-of-a-function": (tools(given=_TOOLS, answer="note(call.function)"), "tool-loop"),
    "what-the-run-is-given-is-computed-twice": (
        tools(given=f"{_TOOLS}, instructions=instructions()"),
        "tool-loop",
    ),
    "what-the-run-is-given-changes": (
        tools(
            given=f"{_TOOLS}, instructions=rules",
            above='    rules = ""\n',
            ahead='    rules = "a"\n',
        ),
        "name-not-in-scope",
    ),
    "functions-are-changed": (
        tools(given="tools=TOOLS", ahead=f"    TOOLS = {_LISTED}\n    TOOLS.append(more)\n"),
        "tool-setup",
    ),
    "tool-that-is-not-known": (
        tools(given='tools=[{"type": "function", "function": {"name": "a", "kind": "b"}}]'),
        "tool-setup",
    ),
    "file-search-without-a-store": (
        program(one(f'assistant_id=ASSISTANT, tools=[{{"type": "file_search"}}], {_ASK}')),
        "tool-setup",
    ),
    "format-of-an-answer-that-is-not-known": (
        program(one(f"assistant_id=ASSISTANT, response_format=FORMAT, {_ASK}")),
        "run-parameter",
    ),
    "required-action-is-read": (
        program(several(read=f"    print(run.required_action)\n{READ}")),
        "other-read",
    ),
    "usage-is-read": (program(one(read=f"    count(run.usage)\n{READ}")), "other-read"),
    # the thread and its messages
    "message-is-on-another-thread-than-the-run": (
        program(several(call="create_and_poll(thread_id=thread_id, assistant_id=ASSISTANT)")),
        "no-thread-message",
    ),
    "thread-of-the-module-without-a-message": (
        program(
            several(thread=""), client="client = OpenAI()\nthread = client.beta.threads.create()"
        ),
        "no-thread-message",
    ),
    "thread-on-some-paths-without-a-message": (
        program(
            several(thread="    if question:\n        thread = client.beta.threads.create()\n")
        ),
        "no-thread-message",
    ),
    "thread-is-made-where-it-is-used": (
        program(
            several(
                thread="",
                call="create_and_poll(thread_id=(await make()).id, assistant_id=ASSISTANT)",
            ).replace("thread.id", "thread_id")
        ).replace(b"def ask", b"async def ask"),
        "thread-not-followed",
    ),
    # threads that are kept
    "kept-thread-whose-messages-are-shown-elsewhere": (
        program(several(KEPT, KEPT_POLL, read=READ + _HISTORY)),
        "other-call",
    ),
    "kept-thread-with-a-run-that-is-left": (
        program(
            several(KEPT, KEPT_POLL)
            + "\n\ndef more(thread_id, question):\n"
            + several(KEPT, KEPT_POLL, read="    return run\n")
        ),
        "other-call",
    ),
    "kept-thread-is-made-with-files": (
        program(
            several(KEPT, KEPT_POLL)
            + "\n\ndef start(files):\n"
            + "    return client.beta.threads.create(tool_resources=files).id\n"
        ),
        "other-call",
    ),
    "kept-thread-is-made-with-messages-from-elsewhere": (
        program(
            several(KEPT, KEPT_POLL)
            + "\n\ndef start(earlier):\n"
            + "    return client.beta.threads.create(messages=earlier).id\n"
        ),
        "other-call",
    ),
    "kept-thread-is-made-by-a-client-of-azure": (
        program(
            several(KEPT, KEPT_POLL)
            + "\n\ndef start():\n    return AzureOpenAI().beta.threads.create().id\n",
            imports="from openai import AzureOpenAI, OpenAI",
        ),
        "other-call",
    ),
    "kept-thread-whose-run-is-cancelled": (
        program(
            several(
                KEPT,
                KEPT_POLL,
                wait="    client.beta.threads.runs.cancel(run.id, thread_id=thread_id)\n",
            )
        ),
        "other-call",
    ),
    "no-message": (
        program(several(thread="    thread = client.beta.threads.create()\n")),
        "no-thread-message",
    ),
    "message-with-a-file": (
        program(several(thread=THREAD.replace("question)", "question, attachments=[f])"))),
        "message-shape",
    ),
    "message-with-a-file-of-a-thread-that-is-made-with-it": (
        program(
            several(
                "    thread = client.beta.threads.create(messages=[{'role': 'user', "
                "'content': question, 'attachments': [f]}])\n"
            )
        ),
        "message-shape",
    ),
    "client-with-options-that-ask-another-host": (
        program(
            one().replace("client.beta.threads.create", f"client.{_ELSEWHERE}.beta.threads.create")
        ),
        "client-unknown",
    ),
    "client-with-options-that-are-not-known": (
        program(
            one().replace("client.beta.threads.create", f"client.{_HIDDEN}.beta.threads.create")
        ),
        "client-unknown",
    ),
    "message-of-a-part-without-its-text": (
        program(several(thread=THREAD.replace("=question", '=[{"type": "text"}]'))),
        "message-shape",
    ),
    "tool-resources-of-the-thread": (
        program(one(f"assistant_id=ASSISTANT, {_ASK[:-1]}, 'tool_resources': {{}}}}")),
        "tool-setup",
    ),
    "tool-resources-put-in-a-thread": (
        program(f"    thread = {_ASK.partition('=')[2]}\n{_RESOURCES}{one(_THREAD)}"),
        "tool-setup",
    ),
    # waiting
    "loop-ends-before-the-run-does": (
        program(several(call=CREATE, wait=WAIT.replace('"queued", ', '"completed", '))),
        "polling-not-understood",
    ),
    "loop-asks-for-another-run": (
        program(several(call=CREATE, wait=WAIT.replace("run.id", "other"))),
        "run-not-followed",
    ),
    "loop-notes-a-failure-and-goes-on": (
        program(several(call=CREATE, wait=forever("failed", "note(run)"))),
        "answer-handed-on",
    ),
    "loop-that-answers-functions": (
        program(several(call=CREATE, wait=forever("requires_action", "raise Asked"))),
        "tool-loop",
    ),
    # the answer
    "the-second-message": (
        program(one(read=READ.replace("data[0]", "data[1]"))),
        "answer-not-understood",
    ),
    "every-message": (
        program(
            one(
                read=READ.replace(
                    "return messages.data[0].content[0].text.value",
                    "return [m.content for m in messages.data]",
                )
            )
        ),
        "answer-not-understood",
    ),
    "messages-are-read-twice": (
        program(one(read=f"{READ.replace('return ', 'text = ')}    return messages, text\n")),
        "other-read",
    ),
    # methods that never were
    "made-up-field-that-is-no-text": (
        program(made_up(read='    return run.output["intent"]\n')),
        "answer-not-understood",
    ),
    "made-up-usage": (program(made_up(read="    return run.usage\n")), "other-read"),
    "made-up-not-read": (program(made_up(read="    return None\n")), "answer-not-read"),
}


@pytest.mark.parametrize(("source", "code"), LEFT.values(), ids=LEFT)
def test_left(source: bytes, code: str) -> None:
    migration = check(source, settings=_RESPONSES)
    assert migration.result == source
    codes = [f.reason.code for f in migration.findings if f.reason is not None]
    assert [f.bucket for f in migration.findings] == [Bucket.LEFT] * len(codes)
    assert code in codes


def test_functions_are_answered_where_all_of_it_is_read() -> None:
    migration = check(tools(given=_TOOLS), settings=_RESPONSES)
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]


def test_a_lone_call_is_part_of_a_flow_elsewhere() -> None:
    source = program("    return client.beta.threads.create().id\n")
    [finding] = check(source, settings=_RESPONSES).findings
    assert finding.reason is not None
    assert finding.reason.code == "part-of-a-flow"


def test_the_assistants_target_says_that_the_client_speaks_it() -> None:
    [finding] = check(program(several())).findings
    assert finding.bucket is Bucket.ALREADY_MIGRATED


@pytest.mark.parametrize(
    "source",
    [
        program(made_up(), imports="from cozepy import Coze as OpenAI"),
        program(made_up(), imports="from retab import Retab", client="client = Retab()"),
        program(made_up().replace("client", "self.coze")),
        program(made_up(method="flows.runs.create")),
    ],
    ids=["coze", "retab", "field-that-is-not-set-here", "another-resource"],
)
def test_not_mentioned(source: bytes) -> None:
    assert check(source, settings=_RESPONSES).findings == ()


_HANDLER = """\
class Handler(AssistantEventHandler):
    def on_text_delta(self, delta, snapshot):
        print(delta.value)
"""


def handled(
    handler: str = _HANDLER,
    read: str = "        stream.until_done()\n",
    given: str = "Handler()",
    behind: str = "",
    imports: str = "from openai import AssistantEventHandler, AsyncAssistantEventHandler, OpenAI\n",
    above: str = "",
) -> str:
    """A file whose stream calls the methods of a handler."""
    start = streamed(read).replace("ASSISTANT)", f"ASSISTANT, event_handler={given})")
    head = f"{imports}\n\n{handler}\n\nclient = OpenAI()\nASSISTANT = 'a'\n\n\n"
    return f"{head}def ask(question):\n{above}{start}{behind}"


def test_a_handler_is_kept_where_all_of_it_is_like_a_responses_events() -> None:
    migration = check(handled().encode(), settings=_RESPONSES)
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert b"handler.on_text_delta(event.delta)" in migration.result


@pytest.mark.parametrize("word", ["created", "done"])
def test_a_handler_is_told_the_kind_of_a_tools_call(word: str) -> None:
    told = f"    def on_tool_call_{word}(self, tool_call):\n        print(tool_call.type)\n"
    result = check(handled(f"{_HANDLER}\n{told}").encode(), settings=_RESPONSES).result.decode()
    event = {"created": "added", "done": "done"}[word]
    assert f'elif event.type == "response.output_item.{event}":\n' in result
    assert "self, tool_call):\n        print(tool_call)\n" in result
    assert f"handler.on_tool_call_{word}(tool)" in result


def test_a_method_of_tools_stays_uncalled_where_none_are_sent() -> None:
    told = "    def on_tool_call_delta(self, delta, snapshot):\n        print(delta.code.input)\n"
    migration = check(handled(f"{_HANDLER}\n{told}").encode(), settings=_RESPONSES)
    assert told in migration.result.decode()
    assert "handler.on_tool_call" not in migration.result.decode()
    [finding] = migration.findings
    words = "nothing calls `on_tool_call_delta` any more: no tools are sent"
    assert words in [note.text for note in finding.notes]


def test_a_handler_is_told_of_an_error_which_goes_on() -> None:
    told = "    def on_exception(self, exception):\n        print(exception)\n"
    result = check(handled(f"{_HANDLER}\n{told}").encode(), settings=_RESPONSES).result.decode()
    assert (
        "        except Exception as failure:\n"
        "            handler.on_exception(failure)\n            raise\n"
    ) in result


def test_a_message_and_a_tools_call_that_are_done_come_by_one_event() -> None:
    told = (
        "    def on_tool_call_done(self, tool_call):\n        print(tool_call.type)\n\n"
        "    def on_message_done(self, message):\n        print(message.content[0].text.value)\n"
    )
    result = check(handled(f"{_HANDLER}\n{told}").encode(), settings=_RESPONSES).result.decode()
    assert result.count("response.output_item.done") == 1
    assert "handler.on_tool_call_done(tool)" in result
    assert "handler.on_message_done(text)" in result


def method(name: str, does: str = "pass", given: str = "text", before: str = "") -> str:
    """The handler with one method more."""
    return f"{_HANDLER}\n{before}    def {name}(self, {given}):\n        {does}\n"


_MADE = "    handler = Handler()\n"
HANDLED = {
    "method-without-a-counterpart": (
        handled(method("on_run_step_delta", given="delta, snapshot")),
        "`on_run_step_delta` of `Handler` in line 8 handles what no event",
    ),
    "method-of-tools-that-are-sent": (
        handled(method("on_tool_call_delta", given="delta, snapshot")).replace(
            "ASSISTANT,", 'ASSISTANT, tools=[{"type": "code_interpreter"}],'
        ),
        "`on_tool_call_delta` of `Handler` in line 8 handles what no event",
    ),
    "each-event": (handled(method("on_event", given="event")), "`on_event` of `Handler` in line 8"),
    "more-of-a-message-is-read": (
        handled(method("on_message_done", "print(message.id)", "message")),
        "`message.id` in line 9 reads what an event",
    ),
    "message-is-handed-on": (
        handled(method("on_message_done", "show(message)", "message")),
        "reads what an event of a response has not",
    ),
    "text-of-a-message-is-handed-on": (
        handled(method("on_message_done", "show(message.content[0].text)", "message")),
        "reads what an event of a response has not",
    ),
    "text-of-a-message-is-kept-and-handed-on": (
        handled(method("on_message_done", "said = message.content[0].text; show(said)", "message")),
        "reads what an event of a response has not",
    ),
    "second-part-of-a-message": (
        handled(method("on_message_done", "print(message.content[1].text.value)", "message")),
        "reads what an event of a response has not",
    ),
    "annotations-of-a-message-with-tools": (
        handled(
            method("on_message_done", "said = message.content[0].text; show(said.value)", "message")
        ).replace("ASSISTANT,", 'ASSISTANT, tools=[{"type": "code_interpreter"}],'),
        "reads what an event of a response has not",
    ),
    "class-of-another-file": (handled("from app import Handler\n"), "is of another file"),
    "class-without-a-base": (
        handled(_HANDLER.replace("(AssistantEventHandler)", "")),
        "has other bases",
    ),
    "class-with-two-bases": (
        handled(_HANDLER.replace("Handler)", "Handler, Mixin)")),
        "has other bases",
    ),
    "base-of-the-other-client": (
        handled(_HANDLER.replace("(A", "(AsyncA")),
        "is no handler of this client",
    ),
    "handler-of-two-streams": (handled(behind="    return Handler()\n"), "more than one stream"),
    "text-so-far-is-read": (
        handled(_HANDLER.replace("delta.value", "snapshot.value")),
        "`snapshot` in line 6 is not told by an event",
    ),
    "annotations-of-a-piece": (
        handled(_HANDLER.replace("delta.value", "delta.annotations")),
        "`delta.annotations` in line 6",
    ),
    "piece-is-handed-on": (
        handled(_HANDLER.replace("delta.value", "delta")),
        "reads what an event of a response has not",
    ),
    "more-of-a-tools-call": (
        handled(method("on_tool_call_created", "print(tool_call.id)", "tool_call")),
        "`tool_call.id` in line 9 reads what an event",
    ),
    "created-text-is-read": (
        handled(method("on_text_created", "print(text.annotations)")),
        "reads what an event of a response has not",
    ),
    "run-of-the-handler-is-read": (
        handled(method("on_text_done", "print(self.current_run)")),
        "`self.current_run` in line 9 is of the client's handler",
    ),
    "method-of-the-base-is-called": (
        handled(method("on_text_done", "super().on_text_done(None)")),
        "asks the client's handler",
    ),
    "method-is-decorated": (
        handled(method("on_text_done", before="    @traced\n")),
        "decorates a method",
    ),
    "method-with-other-parameters": (
        handled(method("on_text_done", given="text, *more")),
        "has other parameters",
    ),
    "method-that-would-have-to-be-awaited": (
        handled(
            method("on_text_done").replace("    def on_text_done", "    async def on_text_done")
        ),
        "is not awaited",
    ),
    "messages-of-the-handler-are-read": (
        handled(
            given="handler",
            above=_MADE,
            behind="    return handler.get_final_messages()\n",
        ),
        "asks the handler for what its class has not",
    ),
    "handler-is-called-by-the-file": (
        handled(given="handler", above=_MADE, behind="    handler.on_text_delta(None, None)\n"),
        "calls the handler itself",
    ),
    "handler-is-handed-on": (
        handled(given="handler", above=_MADE, behind="    show(handler)\n"),
        "asks the handler for what its class has not",
    ),
    "handler-is-kept-in-a-field": (
        handled(given="self.handler"),
        "the handler `self.handler` in line",
    ),
    "stream-is-read-as-well": (
        handled(read="        for event in stream:\n            print(event)\n"),
        "`stream` in line",
    ),
    "run-is-read-from-the-stream": (
        handled(read="        stream.until_done()\n        print(stream.get_final_run())\n"),
        "`stream` in line",
    ),
}


@pytest.mark.parametrize(("source", "words"), HANDLED.values(), ids=HANDLED)
def test_the_reason_says_what_of_an_event_handler_has_no_counterpart(
    source: str, words: str
) -> None:
    migration = check(source.encode(), settings=_RESPONSES)
    [finding] = [f for f in migration.findings if f.endpoint == "sdk-thread-runs"]
    assert migration.result == source.encode()
    assert finding.reason is not None
    assert finding.reason.code == "assistants-stream"
    assert words in (finding.detail or "")


def test_a_comment_beside_a_decorator_that_would_go_leaves_the_handler() -> None:
    source = handled(_HANDLER.replace("    def", "    @override  # theirs\n    def"))
    source = f"from typing import override\n{source}"
    [finding] = check(source.encode(), settings=_RESPONSES).findings
    assert finding.reason is not None
    assert finding.reason.code == "comment-would-be-lost"


_KEPT_RUN = f"{KEPT}    run = client.beta.threads.runs.{KEPT_POLL}\n{READ}".replace(
    "run.thread_id", "thread_id"
)
_NEW = "\n\ndef new():\n    return client.beta.threads.create().id"


def test_calls_on_conversations_are_silenced_together() -> None:
    """A thread that is still one is none that a response could be on."""
    assert check(program(_KEPT_RUN + _NEW), settings=_RESPONSES).changed
    silent = check(program(f"{_KEPT_RUN}{_NEW}  # callmend-ignore\n"), settings=_RESPONSES)
    assert not silent.changed
    assert {f.bucket for f in silent.findings} == {Bucket.IGNORED}


def test_a_run_on_a_kept_thread_stays_where_a_hand_written_request_makes_the_thread() -> None:
    url = '"https://api.openai.com/v1/threads"'
    made = f"\n\ndef new():\n    return requests.post({url}, headers=H, json={{}}).json()['id']\n"
    imports = "import requests\nfrom openai import OpenAI"
    source = program(_KEPT_RUN + made, imports=imports)
    migration = check(source, settings=_RESPONSES)
    assert not migration.changed
    assert "other-call" in {f.reason.code for f in migration.findings if f.reason is not None}


def test_a_run_on_a_kept_thread_stays_where_only_its_rule_is_asked_for() -> None:
    source = program(_KEPT_RUN + _NEW)
    rules = {f.rule for f in check(source, settings=_RESPONSES).findings if "runs" in f.endpoint}
    for rule in rules:
        assert not check(source, settings=Settings(target="responses", select=(rule,))).changed


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        pytest.param(
            several(thread=THREAD.replace("question)", "question, attachments=[f])")),
            "`attachments=[f]` in line 11",
            id="files-of-a-message",
        ),
        pytest.param(
            f"    thread = {_ASK.partition('=')[2]}\n{_RESOURCES}{one(_THREAD)}",
            '`thread["tool_resources"]` in line 12',
            id="stores-of-a-thread",
        ),
    ],
)
def test_what_is_more_than_a_message_is_named(source: str, shown: str) -> None:
    findings = check(program(source), settings=_RESPONSES).findings
    assert shown in [finding.detail for finding in findings]
