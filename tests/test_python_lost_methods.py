"""Dead members of OpenAI's Python client that are kept or handed on: each is told, none passed."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check
from tests.test_python_sdk_left import POLL, THREAD, program, several

_RUN = 'workflow_id="wf_1", input={"message": question}'
_MESSAGE = 'thread_id=thread.id, role="user", content=question'
_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])

#: Made-up methods: told on both targets.
_MADE_UP = {
    "on-a-thread": (
        f"    run = asyncio.to_thread(client.workflows.runs.create, {_RUN})\n    return run\n"
    ),
    "bound-to-its-arguments": (
        "    start = functools.partial(client.workflows.runs.create)\n"
        f"    return start({_RUN}).output_text\n"
    ),
    "kept-in-a-name": (
        f"    workflows = client.workflows\n    return workflows.runs.create({_RUN}).output_text\n"
    ),
    "behind-the-beta": (
        f"    runs = client.beta.workflows.runs\n    return runs.create({_RUN}).output_text\n"
    ),
    "taken-by-its-name": (
        f'    return getattr(client.workflows.runs, "create")({_RUN}).output_text\n'
    ),
    "kept-by-its-name": (
        '    workflows = getattr(client, "workflows")\n'
        f"    return workflows.runs.create({_RUN}).output_text\n"
    ),
    "kept-by-its-name-if-there": (
        '    workflows = getattr(client, "workflows", None)\n'
        f"    return workflows.runs.create({_RUN}).output_text if workflows else question\n"
    ),
    "asked-for-a-part": '    return hasattr(client.workflows, "runs")\n',
    "its-raw-response": (
        f"    raw = client.workflows.runs.with_raw_response.create({_RUN})\n"
        "    return raw.parse()\n"
    ),
    "a-method-that-no-list-has": "    return client.workflows.runs.start_now(question)\n",
    "a-run-by-another-name": "    return client.workflows.create_run(input=question)\n",
    "one-that-only-openai-tells": "    return client.workflows.trigger(question)\n",
    "its-resource-kept": (
        f"    wf = client.workflows\n    return wf.runs.create({_RUN}).output_text\n"
    ),
}


@_TARGETS
@pytest.mark.parametrize("body", _MADE_UP.values(), ids=_MADE_UP)
def test_a_made_up_member_that_is_no_call_is_told(body: str, target: str) -> None:
    migration = check(program(body), settings=Settings(target=target))
    assert [f.reason for f in migration.findings] == [Reason.SDK_INVENTED]
    assert not migration.changed


_THREAD = "    thread = client.beta.threads.create()\n"
#: What is told of them, with all that stands beside them left.
_REAL = {
    "a-message-on-a-thread": several(
        f"{_THREAD}    await_it(client.beta.threads.messages.create, {_MESSAGE})\n"
    ),
    "a-run-on-a-thread": THREAD
    + "    run = await_it(client.beta.threads.runs.create_and_poll, thread_id=thread.id)\n"
    + "    return run\n",
    "the-messages-kept-in-a-name": several(
        f"    messages = client.beta.threads.messages\n{_THREAD}    messages.create({_MESSAGE})\n"
    ),
    "the-threads-kept-by-their-name": (
        '    threads = getattr(client.beta, "threads")\n    return threads.create().id\n'
    ),
    "the-beta-kept-in-a-name": (
        "    beta = client.beta\n    thread = beta.threads.create()\n    return thread.id\n"
    ),
}


@pytest.mark.parametrize("body", _REAL.values(), ids=_REAL)
def test_a_member_of_the_old_api_that_is_no_call_leaves_what_it_belongs_to(body: str) -> None:
    migration = check(program(body), settings=Settings(target="responses"))
    assert Reason.URL_NOT_FOLLOWED in [f.reason for f in migration.findings]
    assert {f.bucket for f in migration.findings} == {Bucket.LEFT}
    assert not migration.changed


@pytest.mark.parametrize(
    "made",
    ["client.beta.threads.with_raw_response.create().parse()", "call(client.beta.threads.create)"],
    ids=["its-raw-response", "handed-on"],
)
def test_runs_are_left_where_their_threads_are_still_made_by_the_old_api(made: str) -> None:
    # The run would be given the id of a thread where it asks for a conversation.
    kept = "    thread = new_thread()\n" + THREAD.splitlines()[1] + "\n"
    source = program(several(kept, POLL)) + f"\n\ndef new_thread():\n    return {made}\n".encode()
    migration = check(source, settings=Settings(target="responses"))
    assert [f.reason for f in migration.findings] == [Reason.OTHER_CALL, Reason.URL_NOT_FOLLOWED]
    assert not migration.changed


def test_a_member_of_the_old_api_is_right_for_the_assistants_target() -> None:
    migration = check(program("    return call(client.beta.threads.create)\n"))
    assert [f.bucket for f in migration.findings] == [Bucket.ALREADY_MIGRATED]


_QUIET = {
    "compared": "    return client.workflows.runs is None\n",
    "asked-for-by-its-name": '    return not getattr(client, "workflows", None)\n',
    "asked-for": '    return hasattr(client, "workflows")\n',
    "another-by-its-name": '    return getattr(client, "responses").create()\n',
    "of-another-by-its-name": '    return getattr(github, "workflows")\n',
    "a-double": "    client.workflows.runs.create = fake\n    return fake\n",
    "what-a-double-returns": '    client.workflows.runs.create.return_value = "a run"\n',
    "asked-of-a-double": "    client.workflows.runs.create.assert_called_once()\n",
    "patched": (
        '    with patch.object(client.workflows.runs, "create"):\n        return question\n'
    ),
    "a-type-of-the-library": "    return isinstance(question, types.beta.threads.Run)\n",
    "workflows-of-another-client": "    return github.workflows.create_run(question)\n",
    "a-field-of-another-object": "    return show(settings.workflows.runs)\n",
}


@pytest.mark.parametrize("name", _QUIET)
def test_what_is_only_looked_at_is_not_told(name: str) -> None:
    imports = (
        "from unittest.mock import patch\nfrom openai import OpenAI, types\n"
        "from openai.types.beta.threads import Message"
    )
    migration = check(program(_QUIET[name], imports=imports), settings=Settings(target="responses"))
    assert migration.findings == ()


def test_another_host_s_client_is_not_told() -> None:
    client = 'client = OpenAI(base_url="https://llm.example.org/v1")'
    body = "    return call(client.beta.threads.runs.create)\n"
    migration = check(program(body, client=client), settings=Settings(target="responses"))
    assert migration.findings == ()
