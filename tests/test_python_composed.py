"""Bodies in Python that no one dict literal makes: what is sent of them, or why they are left."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check
from tests.server import Reply, RunningServer, Scenario, running_server
from tests.skipping import needs
from tests.test_python_behaviour import FAILING, QUESTION, asked
from tests.test_python_leaves_alone import program

_TARGETS = ("assistants", "responses")
_READ = 'r.raise_for_status()\nreturn r.json()["output"]["message"]'
_BASE = 'BASE = {"workflow_id": os.environ["WF"], "version": "2"}'


def sends(before: str, body: str = "json=body", *, above: str = "", read: str = _READ) -> bytes:
    """A program that sends `body`, which the lines before the call make."""
    return program(
        before=before, body=body, above=f"import copy\n{_BASE}\n{above}", read=read,
        define="def ask(question, other=None):",
    )  # fmt: skip


@pytest.fixture(scope="module")
def running() -> Iterator[RunningServer]:
    needs("requests", "httpx", "aiohttp", "pydantic")
    with pytest.MonkeyPatch.context() as patched, running_server() as started:
        patched.setenv("WF", "asst_test1")
        yield started


@pytest.fixture
def server(running: RunningServer) -> Iterator[RunningServer]:
    yield running
    running.reset()


_ONE = 'body = {"workflow_id": WF, "input": {"message": question}}\n'
_LATER = 'body = {"workflow_id": WF}\n'
_AS_TEXT = "data=json.dumps(body)"
_MODELS = """\
from dataclasses import asdict, dataclass, field
from pydantic import BaseModel, Field


class Words(BaseModel):
    message: str
    lang: str = "de"


class One(BaseModel):
    text: str

    def shout(self):
        return self.text.upper()


class Run(BaseModel):
    \"\"\"What is asked.\"\"\"

    workflow_id: str = Field(os.environ["WF"], description="from the builder")
    input: One | Words | dict
    version: str | None = None
    metadata: dict | None = None


class Typed(BaseModel):
    workflow_id: str
    input: One


@dataclass
class Plain:
    workflow_id: str
    input: dict
    state_values: list = field(default_factory=list)


def _send(run: Typed, key):
    h = {"Authorization": f"Bearer {key}"}
    r = requests.post("https://api.openai.com/v1/workflows/runs", headers=h, json=run.model_dump())
    r.raise_for_status()
    return r.json()["output"]["message"]
"""
_SENT = _MODELS.rindex("def _send")


def _of_a_model(before: str, body: str = "json=run.model_dump()", more: str = "") -> bytes:
    return sends(before, body, above=_MODELS[:_SENT] + more)


#: Each with words of the new file; the question alone is sent, as it stands.
TEXTS: dict[str, tuple[bytes, str]] = {
    "dict-of-names": (
        sends('body = dict(workflow_id=WF, input={"message": question})'),
        "json=body",
    ),
    "dict-in-the-call": (
        sends("", "json=dict(workflow_id=WF, input=dict(message=question))"),
        ": question",
    ),
    "dict-as-json-text": (
        sends("", "data=json.dumps(dict(workflow_id=WF, input=dict(message=question)))"),
        "json.dumps(",
    ),
    "dict-as-json-text-of-a-variable": (
        sends("body = dict(workflow_id=WF, input=dict(message=question))", _AS_TEXT),
        "json.dumps(body)",
    ),
    "a-dict-and-names": (sends("body = dict(BASE, input=dict(message=question))"), "json=body"),
    "a-dict-taken-in": (sends('body = {**BASE, "input": {"message": question}}'), "json=body"),
    "a-dict-taken-in-by-names": (
        sends("body = dict(input=dict(message=question), **BASE)"),
        "json=body",
    ),
    "two-dicts": (sends('body = BASE | {"input": {"message": question}}'), "json=body"),
    "two-dicts-in-the-call": (
        sends("", 'json=(BASE | {"input": {"message": question}})'),
        "json={",
    ),
    "itself-and-more": (
        sends(_LATER + 'body = {**body, "input": {"message": question}}'),
        "json=body",
    ),
    "a-dict-in-a-condition-taken-in": (
        sends(
            'body = {"workflow_id": WF, "input": {"message": question},'
            ' **({"version": other} if other else {})}'
        ),
        "json=body",
    ),
    "a-comment-in-it": (
        sends("body = dict(\n    workflow_id=WF,  # ours\n    input=dict(message=question),\n)"),
        'body["input"]["message"]',
    ),
    "updated-with-a-dict": (
        sends(_LATER + 'body.update({"input": {"message": question}})'),
        'body["input"]["message"]',
    ),
    "updated-by-names": (
        sends(_LATER + "body.update(input=dict(message=question), version='2')"),
        'body["input"]["message"]',
    ),
    "updated-with-a-base": (
        sends('body = {"input": {"message": question}}\nbody.update(BASE)'),
        'body["input"]["message"]',
    ),
    "merged": (
        sends(_LATER + 'body |= {"input": {"message": question}}'),
        'body["input"]["message"]',
    ),
    "set": (
        sends(_LATER + 'body["input"] = {"message": question}'),
        'body["input"]["message"]',
    ),
    "set-to-a-text": (sends(_LATER + 'body["input"] = f"{question}"'), 'body["input"]'),
    "set-again-in-a-condition": (
        sends(_ONE + 'if other:\n    body["input"] = {"message": other}'),
        'body["input"]["message"]',
    ),
    "set-in-each-branch": (
        sends(
            _LATER + 'if other:\n    body["input"] = {"message": other}\nelif question:\n'
            '    body["input"] = {"message": question}\nelse:\n    raise ValueError("nothing")'
        ),
        'body["input"]["message"]',
    ),
    "set-inside-of-its-element": (
        sends('body = {"workflow_id": WF, "input": {}}\nbody["input"]["message"] = question'),
        'body["input"]["message"]',
    ),
    "updated-inside-of-its-element": (
        sends('body = {"workflow_id": WF, "input": {}}\nbody["input"].update(message=question)'),
        'body["input"]["message"]',
    ),
    "a-default": (
        sends(_LATER + 'body.setdefault("input", {"message": question})'),
        'body["input"]["message"]',
    ),
    "a-default-that-is-not-used": (
        sends(_ONE + 'body.setdefault("input", other)\nbody.setdefault("version", 1)'),
        'body["input"]["message"]',
    ),
    "another-workflow-in-a-condition": (
        sends(_ONE + 'if other:\n    body["workflow_id"] = other'),
        'body["input"]["message"]',
    ),
    "a-copy": (
        sends('body = BASE.copy()\nbody["input"] = {"message": question}'),
        'body["input"]["message"]',
    ),
    "a-deep-copy": (
        sends('body = copy.deepcopy(BASE)\nbody["input"] = {"message": question}'),
        'body["input"]["message"]',
    ),
    "no-stream-in-a-condition": (
        sends(_LATER + 'body["input"] = f"{question}"\nif other:\n    body["stream"] = False'),
        'body["input"]',
    ),
    "for-two-calls": (
        sends(_ONE, read='if r.status_code == 503:\n    r = requests.post("https://example.org/log",'
              ' json=body)\n' + _READ),
        'body["input"]["message"]',
    ),
    "read-and-logged-too": (
        sends(_ONE + 'body.update(version=1)\nprint(body["version"], len(body))\n'
              'if "version" in body:\n    print("known")'),
        'body["input"]["message"]',
    ),
    "an-element-is-logged-afterwards": (
        sends(_ONE, read='print(body["workflow_id"])\n' + _READ),
        'body["input"]["message"]',
    ),
    "an-inner-element-is-logged-before": (
        sends(_ONE + "print(f\"asking {body['input']['message']}\")"),
        'body["input"]["message"]',
    ),
    "an-element-is-logged-if-there": (
        sends(_ONE + 'print("for", body.get("workflow_id"))'),
        'body["input"]["message"]',
    ),
    "all-of-it-is-logged": (
        sends(_ONE + "print(body, len(body), list(body.keys()))"),
        "json=body",
    ),
    "a-model": (
        _of_a_model('run = Run(workflow_id=WF, input={"message": question})'),
        'run.model_dump()["input"]["message"]',
    ),
    "a-model-in-a-model": (
        _of_a_model(
            "run = Run(input=One(text=question))\nif run.version:\n    print(f'{run.version}')",
            "json=run.model_dump(exclude_none=True)",
        ),
        'run.model_dump(exclude_none=True)["input"]["text"]',
    ),
    "a-model-in-the-call": (
        _of_a_model("", "json=Typed(workflow_id=WF, input=One(text=question)).model_dump()"),
        ": question",
    ),
    "a-models-default-in-the-call": (
        _of_a_model("", "json=Run(input=One(text=question)).model_dump()"),
        ": question",
    ),
    "a-model-in-a-variable": (
        _of_a_model("body = Typed(workflow_id=WF, input=One(text=question)).model_dump()",
                    "json=body"),
        "json=body",
    ),
    "a-model-as-a-dict-that-grows": (
        _of_a_model("run = Run(input=One(text=question))\nbody = run.model_dump()\n"
                    "body['session_id'] = 's'\nbody.update(version='3')", "json=body"),
        'body["input"]["text"]',
    ),
    "a-dataclass": (
        _of_a_model("run = Plain(WF, {'message': question})", "json=asdict(run)"),
        'asdict(run)["input"]["message"]',
    ),
    "a-dataclass-as-json-text": (
        _of_a_model("run = Plain(WF, input={'message': question})\nprint(run.workflow_id)",
                    "data=json.dumps(asdict(run))"),
        'asdict(run)["input"]["message"]',
    ),
    "a-model-that-is-handed-in": (
        f"import os, requests\n{_MODELS}\n\ndef ask(question):\n"
        '    run = Typed(workflow_id=os.environ["WF"], input=One(text=question))\n'
        '    return _send(run, "sk-1")\n'.encode(),
        'run.model_dump()["input"]["text"]',
    ),
    "changed-by-a-function-inside": (
        sends(_ONE + 'def more():\n    body["input"] = {"message": question}\nmore()'),
        'body["input"]["message"]',
    ),
}  # fmt: skip


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("source", "words"), TEXTS.values(), ids=TEXTS)
def test_the_question_is_sent(
    source: bytes, words: str, target: str, server: RunningServer
) -> None:
    migration = check(source, settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert words in migration.result.decode()
    server.control.answer = Reply.LAST_USER_MESSAGE
    server.control.assistants_gone = target != "assistants"
    assert asked(migration.result, server) == QUESTION
    assert not server.take_violations()
    sent = server.requests[0].json
    wanted = {"assistant_id", "thread"} if target == "assistants" else {"model", "input"}
    assert set(sent) == wanted


@pytest.mark.parametrize(
    ("target", "scenario"),
    [
        (t, s)
        for n, t in ((0, "assistants"), (2, "responses"))
        for s in FAILING
        if FAILING[s][n] is not None
    ],
)
@pytest.mark.parametrize("name", ["dict-of-names", "updated-with-a-dict", "two-dicts"])
def test_what_goes_wrong_comes_out(
    name: str, target: str, scenario: Scenario, server: RunningServer
) -> None:
    words = FAILING[scenario][0 if target == "assistants" else 2]
    result = check(TEXTS[name][0], settings=Settings(target=target)).result
    server.control.scenario = scenario
    server.control.assistants_gone = target != "assistants"
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each client has its own
        asked(result, server)
    assert words is not None
    assert words in str(caught.value)
    assert not isinstance(caught.value, (NameError, TypeError))


#: Forms, with what is sent of them as JSON text.
FORMS: dict[str, tuple[bytes, dict[str, str]]] = {
    "fields-of-dict": (
        sends("body = dict(BASE, input=dict(message=question, lang='de'))"),
        {"message": QUESTION, "lang": "de"},
    ),
    "fields-beside-the-id": (
        sends("body = BASE | dict(message=question, lang='de')"),
        {"message": QUESTION, "lang": "de"},
    ),
    "a-field-that-is-not-there": (
        sends(_ONE + "if other:\n    body['input']['lang'] = other"),
        {"message": QUESTION},
    ),
    "a-field-that-comes-later": (
        sends(_ONE + "if question:\n    body['input'].update(lang='de')"),
        {"message": QUESTION, "lang": "de"},
    ),
    "a-field-that-is-set-again": (
        sends(_ONE + "body['input']['lang'] = 'en'\nbody['input']['lang'] = 'de'"),
        {"message": QUESTION, "lang": "de"},
    ),
    "fields-of-the-variable": (
        sends(_LATER + "body.update(message=question)\nbody['lang'] = 'de'"),
        {"message": QUESTION, "lang": "de"},
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("source", "form"), FORMS.values(), ids=FORMS)
def test_a_form_is_sent_as_it_is_where_it_is_sent(
    source: bytes, form: dict[str, str], target: str, server: RunningServer
) -> None:
    migration = check(source, settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    server.control.answer = Reply.LAST_USER_MESSAGE
    server.control.assistants_gone = target != "assistants"
    assert json.loads(asked(migration.result, server)) == form
    assert not server.take_violations()


@pytest.mark.parametrize("target", _TARGETS)
def test_earlier_messages_are_read_from_the_variable(target: str, server: RunningServer) -> None:
    before = '"role": "user", "content": "hi"'
    source = sends(f'{_ONE}body["input"]["history"] = [{{{before}}}]')
    result = check(source, settings=Settings(target=target)).result
    server.control.answer = Reply.TRANSCRIPT
    server.control.assistants_gone = target != "assistants"
    assert asked(result, server).splitlines() == ["user: hi", f"user: {QUESTION}"]


@pytest.mark.parametrize("target", _TARGETS)
def test_metadata_goes_on(target: str, server: RunningServer) -> None:
    source = sends("body = dict(BASE, input=dict(message=question), metadata={'by': 'me'})")
    result = check(source, settings=Settings(target=target)).result
    server.control.assistants_gone = target != "assistants"
    asked(result, server)
    assert server.requests[0].json["metadata"] == {"by": "me"}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("later", [False, True])
def test_metadata_that_is_no_text_goes_on_as_one(
    target: str, server: RunningServer, *, later: bool
) -> None:
    given = '{"turn": 3, "tags": ["a"], "by": "me"}'
    made = f"body = dict(BASE, input=dict(message=question), metadata={given})"
    migration = check(
        sends(f'{_ONE}body["metadata"] = {given}' if later else made),
        settings=Settings(target=target),
    )
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    server.control.assistants_gone = target != "assistants"
    asked(migration.result, server)
    assert server.requests[0].json["metadata"] == {"turn": "3", "tags": '["a"]', "by": "me"}
    assert not server.take_violations()


def test_what_stays_where_it_is_put_is_told_as_not_sent() -> None:
    source = sends(_ONE + "body.update(version=1)")
    [finding] = check(source, settings=Settings(target="responses")).findings
    told = [note.text for note in finding.notes]
    assert "`version=1` has no counterpart and is not sent any more" in told


#: Each with what decides on what is sent, as far as the reason names it.
LEFT: dict[str, tuple[bytes, str]] = {
    "updated-with-something": (sends(_ONE + "body.update(other or {})"), "`other or {}`"),
    "updated-with-pairs": (sends(_ONE + "body.update([('input', other)])"), "[('input', other)]"),
    "merged-with-something": (sends(_ONE + "body |= other or {}"), "`other or {}`"),
    "a-parameter-taken-in": (
        sends('body = {"input": {"message": question}, **other}'),
        "`other` in line",
    ),
    "a-parameter-beside-names": (
        sends("body = dict(other, input=dict(message=question))"),
        "`other` in line",
    ),
    "a-base-of-another-module": (
        sends('body = {**BASE2, "input": {"message": question}}', above="from conf import BASE2"),
        "`BASE2` in line",
    ),
    "a-base-that-changes": (
        sends('base = {"workflow_id": WF}\nbase["input"] = other\nbody = {**base}'),
        "`base` in line",
    ),
    "the-input-in-a-condition-only": (
        sends(_LATER + 'if other:\n    body["input"] = {"message": other}'),
        'body["input"] = {"message": other}',
    ),
    "the-input-in-two-of-three-branches": (
        sends(
            _LATER + 'if other:\n    body["input"] = {"message": other}\nelif question:\n'
            '    body["input"] = {"message": question}'
        ),
        "in line",
    ),
    "the-input-in-a-loop-only": (
        sends(_LATER + 'for one in question:\n    body["input"] = {"message": one}'),
        'body["input"] = {"message": one}',
    ),
    "the-input-behind-the-call": (
        sends(_LATER, read=_READ.replace("return", "body['input'] = {'message': 1}\nreturn")),
        "body['input'] = ",
    ),
    "inputs-of-two-kinds": (
        sends(_ONE + 'if other:\n    body["input"] = other'),
        'body["input"] = other',
    ),
    "earlier-messages-in-a-condition": (
        sends(_ONE + 'if other:\n    body["input"]["history"] = other'),
        'body["input"]["history"] = other',
    ),
    "a-dict-in-a-condition-with-the-input": (
        sends('body = {**BASE, **({"input": {"message": other}} if other else {})}'),
        '"input": {"message": other}',
    ),
    "metadata-in-a-condition": (
        sends(_LATER + 'body["input"] = question\nif other:\n    body["metadata"] = other'),
        'body["metadata"] = other',
    ),
    "what-counts-its-text": (
        sends(
            _LATER + "body.update(input=question)\nsize = len(json.dumps(body))",
        ),
        "size = len(json.dumps(body))",
    ),
    "a-copy-of-it-that-shares-what-is-in-it": (
        sends(_ONE + 'other = dict(body)\nother["input"]["message"] = "x"'),
        "other = dict(body)",
    ),
    "another-name-for-the-input": (
        sends(_ONE + 'body.update(version=1)\ninner = body["input"]\ninner["history"] = other'),
        'inner = body["input"]',
    ),
    "handed-on": (sends(_LATER + "body.update(input=question)\nsign(body)"), "`sign(body)`"),
    "popped": (sends(_LATER + 'body["input"] = question\nbody.pop("input")'), 'body.pop("input")'),
    "cleared": (sends(_LATER + 'body["input"] = question\nbody.clear()'), "body.clear()"),
    "a-key-that-is-worked-out": (sends(_LATER + "body[other] = question"), "body[other]"),
    "an-element-of-which-more-is-added": (
        sends(_LATER + 'body["input"] = question\nbody["input"] += "!"'),
        'body["input"] += "!"',
    ),
    "a-model-by-other-names": (
        _of_a_model("run = Run(input={'message': question})", "json=run.model_dump(by_alias=True)"),
        "run.model_dump(by_alias=True)",
    ),
    "a-model-that-is-changed": (
        _of_a_model("run = Run(input={})\nrun.input = {'message': question}"),
        "run.input = {'message': question}",
    ),
    "a-model-of-which-a-field-grows": (
        _of_a_model("run = Run(input={'message': question})\nrun.input['history'] = other"),
        "run.input['history'] = other",
    ),
    "a-model-that-changes-itself": (
        _of_a_model("run = Run(input={'message': question})\nrun.prepare()"),
        "run.prepare()",
    ),
    "a-model-that-is-handed-on": (
        _of_a_model("run = Run(input={'message': question})\nsign(run)"),
        "sign(run)",
    ),
    "a-model-with-an-alias": (
        _of_a_model(
            "run = Other(question=question)",
            more='class Other(BaseModel):\n    question: str = Field(alias="message")\n',
        ),
        "Field(alias=",
    ),
    "a-model-with-a-validator": (
        _of_a_model(
            "run = Other(input=question)",
            more="class Other(BaseModel):\n    input: str\n\n    @field_validator('input')\n"
            "    def ask(cls, value):\n        return {'message': value}\n",
        ),
        "`ask`",
    ),
    "a-model-of-another-one": (
        _of_a_model("run = Other(input=question)", more="class Other(Run):\n    x: int = 1\n"),
        "`Other`",
    ),
    "a-model-without-its-input": (_of_a_model("run = Run(version='1')"), "Run(version='1')"),
    "a-model-of-more": (_of_a_model("run = Run(input=question, tools=other)"), "tools=other"),
    "a-dict-of-something-else": (
        sends(
            "body = dict(workflow_id=WF, input=question)", above="def dict(**given): return given"
        ),
        "`body`",
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("source", "words"), LEFT.values(), ids=LEFT)
def test_a_body_is_left_because_of(source: bytes, words: str, target: str) -> None:
    migration = check(source, settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.reason is not None
    assert finding.reason.code == "body-not-understood"
    assert words in finding.detail
    assert migration.result == source
