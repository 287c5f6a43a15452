"""An answer that a Python file reads as an object gets the JSON in its text, or an error."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check
from tests.server import RunningServer, Scenario, running_server
from tests.skipping import needs
from tests.test_python_behaviour import asked
from tests.tools import collect_garbage

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_HEAD = """\
import json
import os
import urllib.request
from typing import TypedDict

import aiohttp
import httpx
import requests
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

URL = "https://api.openai.com/v1/workflows/runs"
BASE = "https://api.openai.com/v1"
KEY = os.environ["OPENAI_API_KEY"]
H = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}


class Plan(BaseModel):
    title: str
    tags: list[str] = []


class Typed(TypedDict):
    title: str
    tags: list[str]


"""
_BODY = '{"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}}'
_REQUESTS = (
    f"    response = requests.post(URL, headers=H, json={_BODY})\n"
    "    response.raise_for_status()\n    data = response.json()\n"
)
_SENDERS = {
    "requests": f"def ask(question):\n{_REQUESTS}",
    "httpx": f"def ask(question):\n{_REQUESTS}".replace("requests.post", "httpx.post"),
    "httpx-async": (
        "async def ask(question):\n    async with httpx.AsyncClient() as client:\n"
        f"        response = await client.post(URL, headers=H, json={_BODY})\n"
        "        response.raise_for_status()\n        data = response.json()\n"
    ),
    "aiohttp": (
        "async def ask(question):\n    async with aiohttp.ClientSession() as client:\n"
        f"        async with client.post(URL, headers=H, json={_BODY}) as response:\n"
        "            response.raise_for_status()\n            data = await response.json()\n"
    ),
    "urllib": (
        "def ask(question):\n"
        f"    request = urllib.request.Request(URL, json.dumps({_BODY}).encode(), H)\n"
        "    with urllib.request.urlopen(request) as response:\n"
        "        data = json.load(response)\n"
    ),
    "function-of-the-file": (
        "def post(path, body):\n    response = requests.post(BASE + path, headers=H, json=body)\n"
        "    response.raise_for_status()\n    return response.json()\n\n\n"
        f'def ask(question):\n    data = post("/workflows/runs", {_BODY})\n'
    ),
}
READ = {
    "by-keys": '    return data["output"]["title"] + "".join(data["output"]["tags"])\n',
    "of-a-variable": (
        '    output = data.get("output", {})\n    tags = output.get("tags", [])\n'
        '    return output.get("title", "") + "".join(tags)\n'
    ),
    "a-model-by-its-fields": (
        '    plan = Plan(**data["output"])\n    return plan.title + "".join(plan.tags)\n'
    ),
    "a-model-that-validates": (
        '    plan = Plan.model_validate(data["output"])\n'
        '    return plan.title + "".join(plan.tags)\n'
    ),
    "a-typed-dict": (
        '    plan: Typed = data["result"]\n    return plan["title"] + "".join(plan["tags"])\n'
    ),
    "at-the-top": '    return data["title"] + "".join(data["tags"])\n',
}
PROGRAMS = {f"requests-{name}": _SENDERS["requests"] + read for name, read in READ.items()}
PROGRAMS |= {f"{name}-by-keys": sends + READ["by-keys"] for name, sends in _SENDERS.items()}
#: Models with one field that has to be there: any text fills it.
TEXTS = {
    "by-its-fields": '    return Said(**data["output"]).text\n',
    "that-validates": '    return Said.model_validate(data["output"]).text\n',
    "by-an-adapter": '    return TypeAdapter(Said).validate_python(data["output"]).text\n',
    "that-may-be-none": (
        "    run = Run.model_validate(data)\n"
        '    if run.status != "completed" or run.output is None:\n'
        "        raise RuntimeError(run.status)\n    return run.output.text\n"
    ),
    "that-is-not-none": (
        "    run = Run.model_validate(data)\n    if run.output is not None:\n"
        "        return run.output.text\n    raise RuntimeError(run.status)\n"
    ),
    "by-another-name": '    return Aliased(**data["output"]).said\n',
    "a-typed-dict": '    output: Loose = data["output"]\n    return output.get("text", "")\n',
}
_MODELS = """\
class Said(BaseModel):
    text: str
    tags: list[str] = []
    score: Optional[float] = Field(default=None)


class Aliased(BaseModel):
    said: str = Field(..., alias="message")


class Run(BaseModel):
    status: str
    output: Optional[Said] = None


class Loose(TypedDict, total=False):
    text: str
    score: float


"""
_SDK = (
    'def ask(question):\n    client = OpenAI(max_retries=0, base_url="https://api.openai.com/v1")\n'
    "    run = client.workflows.runs.create(\n"
    '        workflow_id=os.environ["WORKFLOW_ID"], input={"message": question}\n    )\n'
    '    return run.output["title"] + "".join(run.output["tags"])\n'
)
PROGRAMS["made-up-method"] = _SDK
PROGRAMS["made-up-method-async"] = (
    _SDK.replace("def ask", "async def ask")
    .replace("OpenAI(", "AsyncOpenAI(")
    .replace("= client", "= await client")
)
_BY_NAME = _SDK.replace('["title"]', ".title").replace('["tags"]', ".tags")
PROGRAMS["made-up-method-by-attributes"] = _BY_NAME
_SAID = {"title": "Bread ", "tags": ["a", "b"]}


def _program(code: str) -> bytes:
    used = [line for line in _HEAD.splitlines(True) if not line.startswith(("import ", "from "))]
    used = [line for line in used if not line.startswith("URL") or "URL," in code]
    names = ("json", "os", "urllib.request", "aiohttp", "httpx", "requests")
    body = "".join(used).lstrip("\n") + code
    imports = [f"import {name}\n" for name in names if f"{name}." in body]
    more = ["from typing import TypedDict\n", "from pydantic import BaseModel\n"]
    more += [f"from openai import {n}\n" for n in ("AsyncOpenAI", "OpenAI") if f" {n}(" in body]
    return ("".join([*imports, *more]) + "\n" + body).encode()


@pytest.fixture(scope="module")
def api() -> Iterator[RunningServer]:
    needs("requests", "httpx", "aiohttp", "openai")
    with running_server() as running:
        yield running


@pytest.fixture
def server(api: RunningServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-1")
    monkeypatch.setenv("WORKFLOW_ID", "asst_test1")
    yield api
    collect_garbage()
    api.reset()


def _asked(code: str, target: str, server: RunningServer) -> str:
    migration = check(_program(code), settings=Settings(target=target))
    assert {f.bucket for f in migration.findings} == {Bucket.MIGRATED}
    [told] = {n.text for f in migration.findings for n in f.notes if "asked for JSON" in n.text}
    assert told.endswith(("`title`, `tags`", "`tags`, `title`", "with its fields"))
    return asked(migration.result, server)


@_TARGETS
@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS)
def test_the_object_in_the_text_arrives(code: str, target: str, server: RunningServer) -> None:
    said = json.dumps(_SAID)
    for text in (said, f"```json\n{said}\n```", f"Here it is:\n```\n{said}\n```\n"):
        server.control.answer = text
        assert _asked(code, target, server) == "Bread ab"


def _program_of_models(read: str) -> bytes:
    code = _MODELS + _SENDERS["requests"] + read
    above = b"from typing import Optional\n\nfrom pydantic import Field, TypeAdapter, RootModel\n"
    return above + _program(code)


@_TARGETS
@pytest.mark.parametrize("read", TEXTS.values(), ids=TEXTS)
def test_a_model_of_a_text_takes_any_text(read: str, target: str, server: RunningServer) -> None:
    server.control.answer = "Bread at home"
    migration = check(_program_of_models(read), settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    assert not [n for n in finding.notes if "asked for JSON" in n.text]
    assert asked(migration.result, server) == "Bread at home"


_NO_FIELDS = {
    "a-list-of-models": (
        '    return TypeAdapter(list[Said]).validate_python(data["output"])[0].text\n'
    ),
    "a-list-by-a-name": (
        "    adapter = TypeAdapter(list[Said])\n"
        '    return adapter.validate_python(data["output"])[0].text\n'
    ),
    "a-root": (
        "    class Names(RootModel[list[str]]):\n        pass\n\n"
        '    return Names.model_validate(data["output"]).root[0]\n'
    ),
    "a-function-of-anything": '    return show(**data["output"])\n',
}


@_TARGETS
@pytest.mark.parametrize("read", _NO_FIELDS.values(), ids=_NO_FIELDS)
def test_no_object_of_fields_stands_for(read: str, target: str) -> None:
    migration = check(_program_of_models(read), settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.reason is Reason.ANSWER_NOT_UNDERSTOOD
    assert not migration.changed


NO_OBJECTS = {
    "words": "Bread at home",
    "a-list": '["Bread"]',
    "a-text": '"Bread"',
    "null": "null",
    "half-an-object": '{"title": "Bread"',
    "words-around-it": 'Here: {"title": "Bread"} as you asked.',
}


@_TARGETS
@pytest.mark.parametrize("said", NO_OBJECTS.values(), ids=NO_OBJECTS)
@pytest.mark.parametrize("name", ["requests-of-a-variable", "urllib-by-keys", "made-up-method"])
def test_what_is_no_object_is_an_error(
    name: str, said: str, target: str, server: RunningServer
) -> None:
    server.control.answer = said
    with pytest.raises(RuntimeError, match="The answer is no JSON object: "):
        _asked(PROGRAMS[name], target, server)


@_TARGETS
def test_a_run_that_failed_is_told_as_that(target: str, server: RunningServer) -> None:
    server.control.scenario = Scenario.FAILED
    with pytest.raises(Exception, match="failed"):
        _asked(PROGRAMS["requests-by-keys"], target, server)


OTHERS = {
    "one-field-alone": ('    return data["output"]["title"]\n', False),
    "elements-of-a-list": (
        '    return data["output"][0]["title"], data["output"][0]["tags"]\n',
        False,
    ),
    "another-place-must-be-there": (
        '    return data["output"]["title"], data["output"]["tags"], data["notes"].pop()\n',
        False,
    ),
    "given-to-something": (
        '    save(data["output"])\n    return data["output"]["title"], data["output"]["tags"]\n',
        False,
    ),
    "all-of-it-is-walked-through": (
        '    for part in data["output"]:\n        print(part)\n'
        '    return data["output"]["title"], data["output"]["tags"]\n',
        False,
    ),
    "guesses-at-a-text": (
        '    output = data["output"]\n    return output.get("text") or output.get("content")\n',
        True,
    ),
    "a-text-and-what-tells-of-it": (
        '    return data["output"]["message"], data["output"].get("role")\n',
        True,
    ),
    "a-text": ('    return data["output"]["message"]\n', True),
}


@_TARGETS
@pytest.mark.parametrize(("read", "migrated"), OTHERS.values(), ids=OTHERS)
def test_no_object_stands_where_none_is_certain(read: str, migrated: bool, target: str) -> None:
    source = _program(_SENDERS["requests"] + read)
    migration = check(source, settings=Settings(target=target))
    [finding] = migration.findings
    assert (finding.bucket is Bucket.MIGRATED) is migrated
    assert finding.bucket is Bucket.MIGRATED or finding.reason is not None
    assert b"answer_fields" not in migration.result


_NO_ATTRIBUTES = {
    "of-a-part-too": _BY_NAME.replace(".title", ".title.text"),
    "and-by-keys": _BY_NAME.replace(".title", '["title"]'),
    "one-alone": _BY_NAME.replace(' + "".join(run.output.tags)', ""),
}


@_TARGETS
@pytest.mark.parametrize("code", _NO_ATTRIBUTES.values(), ids=_NO_ATTRIBUTES)
def test_no_object_of_attributes_is_made_for_what_is_read(code: str, target: str) -> None:
    migration = check(_program(code), settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.reason in (Reason.ANSWER_NOT_UNDERSTOOD, Reason.OTHER_READ)
    assert not migration.changed


@_TARGETS
def test_a_name_of_the_file_stays_its_own(target: str, server: RunningServer) -> None:
    server.control.answer = json.dumps(_SAID)
    code = "answer_fields = 1\n\n\n" + PROGRAMS["requests-by-keys"]
    assert b"def answer_fields_2(" in check(_program(code), settings=Settings(target=target)).result
    assert _asked(code, target, server) == "Bread ab"


@_TARGETS
def test_two_answers_share_the_function(target: str) -> None:
    code = PROGRAMS["requests-by-keys"]
    both = code + "\n\n" + code.replace("def ask", "def again").replace('"output"', '"result"')
    result = check(_program(both), settings=Settings(target=target)).result
    assert result.count(b"def answer_fields(") == 1
    assert result.count(b"answer_fields(text)") == 2
