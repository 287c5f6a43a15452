"""Clients of OpenAI's library that another file hands in: the annotation tells whose they are."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check

_ANSWERS = """\
    thread = client.beta.threads.create(messages=[{"role": "user", "content": question}])
    run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=ID)
    if run.status != "completed":
        raise RuntimeError(run.status)
    return client.beta.threads.messages.list(thread_id=thread.id).data[0].content[0].text.value
"""
_IMPORTS = "from openai import OpenAI"


def _function(annotation: str = "OpenAI", imports: str = _IMPORTS, more: str = "") -> bytes:
    head = f'{imports}\n\nID = "asst_1"\n\n\n'
    return f"{head}def ask(client: {annotation}, question: str) -> str:\n{_ANSWERS}{more}".encode()


def _class(
    made: str = "    def __init__(self, client: OpenAI) -> None:\n        self.client = client\n",
    imports: str = _IMPORTS,
    head: str = "class Agent:",
    more: str = "",
) -> bytes:
    answers = _ANSWERS.replace("client.", "self.client.").replace("    ", "        ")
    method = f"    def ask(self, question: str) -> str:\n{answers}"
    return f'{imports}\n\nID = "asst_1"\n\n\n{head}\n{made}\n{method}{more}'.encode()


MIGRATED = {
    "a-parameter": _function(),
    "by-the-module": _function("openai.OpenAI", "import openai"),
    "under-another-name": _function("Ai", "from openai import OpenAI as Ai"),
    "or-none": _function("OpenAI | None"),
    "optional": _function("Optional[OpenAI]", f"from typing import Optional\n\n{_IMPORTS}"),
    "a-field": _class(),
    "a-private-field": _class().replace(b"self.client", b"self._client"),
    "a-declared-field": _class("    client: OpenAI\n", head="@dataclass\nclass Agent:").replace(
        b"from openai", b"from dataclasses import dataclass\n\nfrom openai"
    ),
    "made-here-too": _class(more="\n\nagent = Agent(OpenAI())\n"),
    "called-here-too": _function(more='\n\nask(OpenAI(), "hi")\n'),
    "a-name-declared-where-it-is-taken-up": _function("App")
    .replace(b"client: App,", b"app: App,")
    .replace(b" -> str:\n", b" -> str:\n    client: OpenAI = app.state.openai\n"),
    "awaited": _function("AsyncOpenAI", "from openai import AsyncOpenAI")
    .replace(b"def ask", b"async def ask")
    .replace(b"client.beta", b"await client.beta")
    .replace(b"return await client", b"messages = await client")
    .replace(b".data[0]", b"\n    return messages.data[0]"),
}
_UNKNOWN = Reason.CLIENT_UNKNOWN
LEFT = {
    "no-annotation": (_function().replace(b": OpenAI", b""), _UNKNOWN),
    "a-type-of-another-file": (_function("Client", "from app import Client"), _UNKNOWN),
    "one-of-two-types": (
        _function("OpenAI | AsyncOpenAI", "from openai import AsyncOpenAI, OpenAI"),
        _UNKNOWN,
    ),
    "a-list-of-clients": (_function("list[OpenAI]"), _UNKNOWN),
    "the-file-speaks-of-azure": (_function(more="\n\nAZURE = True\n"), _UNKNOWN),
    "the-file-names-another-base": (
        _function(more='\n\nbase_url = "http://localhost"\n'),
        _UNKNOWN,
    ),
    "another-client-is-handed-in-here": (
        _function(more='\n\nask(make_client(), "hi")\n'),
        _UNKNOWN,
    ),
    "another-client-is-made-here": (_class(more="\n\nagent = Agent(make_client())\n"), _UNKNOWN),
    "a-class-that-inherits-hands-it-in": (
        _class(
            more="\n\nclass Own(Agent):\n    def __init__(self):\n"
            "        super().__init__(make_client())\n"
        ),
        _UNKNOWN,
    ),
    "the-field-is-set-again": (
        _class(more="\n    def use(self, other):\n        self.client = other\n"),
        _UNKNOWN,
    ),
    "declared-as-openais-and-made-by-another-file": (
        _function("App")
        .replace(b"client: App", b"app: App")
        .replace(b" -> str:\n", b" -> str:\n    client: OpenAI = make_client()\n"),
        _UNKNOWN,
    ),
    "declared-and-set-again": (
        _function("App")
        .replace(b"client: App", b"app: App")
        .replace(
            b" -> str:\n",
            b" -> str:\n    client: OpenAI = app.one\n    if app.two:\n        client = app.two\n",
        ),
        _UNKNOWN,
    ),
    "azures-own-type": (
        _function("openai.AzureOpenAI", "import openai"),
        _UNKNOWN,
    ),
}


@pytest.mark.parametrize("source", MIGRATED.values(), ids=MIGRATED)
def test_it_is_taken_for_openais(source: bytes) -> None:
    migration = check(source, settings=Settings(target="responses"))
    assert {f.bucket for f in migration.findings} == {Bucket.MIGRATED}
    assert b"client.responses.create(" in migration.result
    assert b"beta" not in migration.result
    told = any("as its annotation says no other" in n.text for n in migration.findings[0].notes)
    assert told is (b"ask(OpenAI()" not in source)


@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_because(source: bytes, reason: Reason) -> None:
    migration = check(source, settings=Settings(target="responses"))
    assert {f.reason for f in migration.findings} == {reason}
    assert not migration.changed


def test_a_made_up_method_is_migrated_on_both_targets() -> None:
    source = _function().replace(
        _ANSWERS.encode(),
        b"    run = client.workflows.runs.create(workflow_id=ID, input={'message': question})\n"
        b"    return run.output_text\n",
    )
    for target in ("assistants", "responses"):
        migration = check(source, settings=Settings(target=target))
        assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
