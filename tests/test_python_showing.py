"""What a Python file does with an answer's text, found by running it: shown, or not, or unsure."""

from __future__ import annotations

import json
from typing import Any

import libcst as cst
import pytest
import requests

from callmend.findings import Bucket
from callmend.languages.python.clients import Client, Library
from callmend.languages.python.program import Program
from callmend.languages.python.shape_code import Shape
from callmend.languages.python.showing import errors_shown, shown
from callmend.languages.python.text import Text
from callmend.languages.verdicts import Errors, Shown
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.source import SourceFile
from tests.python_invariants import check

_TARGETS = ("assistants", "responses")
_OUTPUT = '"output": text'
_LIST = '"outputs": [{"text": text}]'


def _parsed(
    code: str, element: str, library: Library = Library.REQUESTS
) -> tuple[Program, dict[cst.CSTNode, Client], Shape]:
    source = SourceFile("a.py", code.encode())
    program = Program(source, Text(source.data, "utf-8"))
    client = Client(library, None, "post", library is Library.AIOHTTP, function=True)
    calls: dict[cst.CSTNode, Client] = {
        node: client
        for node in program.tree.nodes
        if isinstance(node, cst.Call) and program.tree.source(node.func) == "dead"
    }
    return program, calls, Shape(('"output_text": text', element, '"status": "completed"'), "it")


def _verdict(code: str, element: str, library: Library = Library.REQUESTS) -> Shown:
    return shown(*_parsed(code, element, library))


def _asking(reading: str, rest: str = "", name: str = "ask") -> str:
    lines = "".join(f"    {line}\n" for line in reading.split("\n"))
    return (
        f"import json\n\n\ndef {name}(q):\n    res = dead(q)\n    data = res.json()\n{lines}{rest}"
    )


#: What shows the text on one way at least.
_SHOWN = {
    "in-a-function-that-is-returned": (_asking('return lambda: data["output"]'), _OUTPUT),
    "returned": (_asking('return data["output"]'), _OUTPUT),
    "second-of-a-ladder": (_asking('return data.get("answer") or data["output"]'), _OUTPUT),
    "in-a-dict": (_asking('return {"reply": data["output"].strip()}'), _OUTPUT),
    "in-a-sentence": (_asking("return f\"It says: {data['output']}\""), _OUTPUT),
    "found-among-elements": (
        _asking('return next(o["text"] for o in data["outputs"] if o.get("text"))'),
        _LIST,
    ),
    "joined-elements": (_asking('return "".join(o["text"] for o in data["outputs"])'), _LIST),
    "gathered-in-a-loop": (
        _asking('all_ = []\nfor o in data["outputs"]:\n    all_.append(o["text"])\nreturn all_'),
        _LIST,
    ),
    "last-element": (_asking('return data["outputs"][-1]["text"]'), _LIST),
    "first-of-the-values": (_asking('return list(data["outputs"][0].values())[0]'), _LIST),
    "asked-for-its-type": (
        _asking('out = data["output"]\nreturn out if isinstance(out, str) else json.dumps(out)'),
        _OUTPUT,
    ),
    "by-a-walrus": (_asking('if out := data.get("output"):\n    return out\nreturn ""'), _OUTPUT),
    "behind-what-raises": (
        _asking('try:\n    return data["choices"][0]\nexcept KeyError:\n    return data["output"]'),
        _OUTPUT,
    ),
    "unpacked": (_asking('first, *_ = data["outputs"]\nreturn first["text"]'), _LIST),
    "other-way-raises": (
        _asking('if STRICT and not data.get("signed"):\n    raise OSError\nreturn data["output"]'),
        _OUTPUT,
    ),
    "given-to-what-is-not-seen": (_asking('save(data["output"])'), _OUTPUT),
    "kept-in-a-field": (
        "class Bot:\n    def ask(self, q):\n        data = dead(q).json()\n"
        '        self.last = data["output"]\n',
        _OUTPUT,
    ),
    "kept-in-a-dict-of-the-file": (
        "CACHE = {}\n\n\n" + _asking('CACHE[q] = data["output"]'),
        _OUTPUT,
    ),
    "kept-in-a-variable-of-the-file": (
        'last = ""\n\n\n' + _asking('global last\nlast = data["output"]'),
        _OUTPUT,
    ),
    "printed-by-a-script": ('data = dead("q").json()\nprint(data["output"])\n', _OUTPUT),
    "read-by-a-function-of-a-script": (
        'data = dead("q").json()\nout = data["output"]\n\n\ndef show():\n    return out\n',
        _OUTPUT,
    ),
    "by-its-own-helper": (
        "def pick(d, *keys):\n    for key in keys:\n        if d.get(key):\n"
        "            return d[key]\n    return None\n\n\n"
        + _asking('return pick(data, "a", "output")'),
        _OUTPUT,
    ),
    "by-a-walk-through-all-of-it": (
        "def walk(v):\n    if isinstance(v, str):\n        yield v\n"
        "    elif isinstance(v, dict):\n        for each in v.values():\n"
        "            yield from walk(each)\n\n\n" + _asking("return next(walk(data))"),
        _OUTPUT,
    ),
    "shown-by-the-caller": (
        _asking('return {"out": data["output"]}', '\n\nshow(ask("q")["out"])\n'),
        _OUTPUT,
    ),
    "through-a-method": (
        "class Bot:\n    def _ask(self, q):\n        return dead(q).json()\n\n"
        '    def say(self, q):\n        return self._ask(q)["output"]\n',
        _OUTPUT,
    ),
    "in-a-with": (
        "import json\n\n\ndef ask(q):\n    with dead(q) as res:\n"
        '        return json.loads(res.read().decode())["output"]\n',
        _OUTPUT,
    ),
    "tried-again": (
        "def ask(q):\n    for _ in range(3):\n        try:\n            res = dead(q)\n"
        "            res.raise_for_status()\n            return res.json()['output']\n"
        "        except OSError:\n            continue\n",
        _OUTPUT,
    ),
    "shown-by-what-asks-for-it-again": (
        'def start(q):\n    return dead(q).json()["id"]\n\n\n'
        'def wait(id_):\n    return dead(id_).json()["output"]\n',
        _OUTPUT,
    ),
}

#: What certainly shows nothing of it.
_NOT_SHOWN = {
    "element-of-a-kind-that-is-not-told": (
        _asking('return next(o["text"] for o in data["outputs"] if o.get("type") == "text")'),
        _LIST,
    ),
    "key-of-a-text": (_asking('return data["output"]["text"]'), _OUTPUT),
    "method-of-a-dict": (_asking('return data["output"].get("text")'), _OUTPUT),
    "key-of-a-text-in-a-dict": (
        _asking('kept = {"out": data["output"]}\nreturn kept["out"]["text"]'),
        _OUTPUT,
    ),
    "member-of-an-unpacked-text": (
        _asking('out, _ = data["output"], data["id"]\nreturn out["text"]'),
        _OUTPUT,
    ),
    "flag-of-success-that-is-missing": (
        _asking('if not data.get("success"):\n    raise ValueError("no")\nreturn data["output"]'),
        _OUTPUT,
    ),
    "number-of-a-status-that-is-missing": (
        _asking('if data.get("code") != 200:\n    return "failed"\nreturn data["output"]'),
        _OUTPUT,
    ),
    "status-of-another-word": (
        _asking('return data["output"] if data["status"] == "ok" else ""'),
        _OUTPUT,
    ),
    "raises-into-its-own-fallback": (
        _asking('try:\n    return data["output"][0]["text"]\nexcept (KeyError, TypeError):\n'
                '    return "sorry"'),
        _OUTPUT,
    ),
    "caller-reads-a-key-of-it": (
        _asking('return {"result": data["output"]}', '\n\nshow(ask("q")["result"]["message"])\n'),
        _OUTPUT,
    ),
    "method-reads-a-key-of-it": (
        "class Bot:\n    def _ask(self, q):\n        return dead(q).json()\n\n"
        '    def say(self, q):\n        return self._ask(q)["output"]["message"]\n',
        _OUTPUT,
    ),
    "list-where-there-is-none": (
        _asking('return [o["text"] for o in data["output"]] if isinstance(data["output"], list) '
                'else None'),
        _OUTPUT,
    ),
    "only-logged-whole": (
        _asking('print(data)\nout = data["output"]\nreturn out if len(out) > 99 else ""'),
        _OUTPUT,
    ),
}  # fmt: skip

#: What cannot be followed to the end, and shows nothing until there.
_UNCERTAIN = {
    "text-that-is-parsed": (_asking('return json.loads(data["output"])["reply"]'), _OUTPUT),
    "by-what-is-imported": (
        "from helpers import clean as sorted\n\n\n"
        + _asking('with lock:\n    async def late():\n        pass\nreturn data["output"] @ data'),
        _OUTPUT,
    ),
    "asks-itself-again": (
        _asking('return "" if data.get("done") else ask(data["output"])'),
        _OUTPUT,
    ),
    "by-a-key-that-is-not-known": (_asking("return data[q]"), _OUTPUT),
    "asked-for-by-a-condition": (_asking('if data["output"]:\n    count()'), _OUTPUT),
    "put-where-nothing-reads-it": (_asking('out = data["output"]'), _OUTPUT),
    "streamed": (_asking('return "".join(res.iter_lines())'), _OUTPUT),
}


@pytest.mark.parametrize("name", _SHOWN)
def test_shows_the_text(name: str) -> None:
    code, element = _SHOWN[name]
    assert _verdict(code, element) is Shown.YES


@pytest.mark.parametrize("name", _NOT_SHOWN)
def test_certainly_does_not_show_it(name: str) -> None:
    code, element = _NOT_SHOWN[name]
    assert _verdict(code, element) is Shown.NO


@pytest.mark.parametrize("name", _UNCERTAIN)
def test_is_not_certain(name: str) -> None:
    code, element = _UNCERTAIN[name]
    assert _verdict(code, element) is Shown.UNCERTAIN


@pytest.mark.parametrize(
    ("library", "reading"),
    [
        (Library.REQUESTS, "dead(q).json()"),
        (Library.HTTPX, "json.loads(dead(q).text)"),
        (Library.AIOHTTP, "await (await dead(q)).json()"),
        (Library.AIOHTTP, "json.loads(await (await dead(q)).text())"),
        (Library.URLLIB, "json.loads(dead(q).read())"),
        (Library.URLLIB, "json.load(dead(q))"),
    ],
)
def test_knows_what_each_library_gives(library: Library, reading: str) -> None:
    code = f'import json\n\n\nasync def ask(q):\n    return ({reading})["output"]\n'
    assert _verdict(code, _OUTPUT, library) is Shown.YES
    assert _verdict(code.replace('"]\n', '"]["text"]\n'), _OUTPUT, library) is Shown.NO


#: What the file does with an answer, and whether an error's JSON stands in its place.
_ERRORS = {
    "in-a-ladder-behind-the-status": (
        'reply = data["output"] if res.ok else None\nreturn reply or json.dumps(data)',
        Errors.ALWAYS,
    ),
    "whole-in-a-dict": ('return {"reply": data.get("output", data)}', Errors.ALWAYS),
    "with-its-status": (
        'return {"status": res.status_code, "reply": data.get("output", data)}',
        Errors.NEVER,
    ),
    "with-what-tells-it": (
        'return {"ok": res.ok, "reply": data.get("output", data)}',
        Errors.NEVER,
    ),
    "message-of-the-error": (
        'return data.get("output") or data["error"]["message"]',
        Errors.NEVER,
    ),
    "raised": (
        'if not res.ok:\n    raise OSError(data)\nreturn data.get("output", data)',
        Errors.NEVER,
    ),
    "raised-by-the-response": (
        'res.raise_for_status()\nreturn data.get("output", data)',
        Errors.NEVER,
    ),
    "for-all-statuses-but-one": (
        'if res.status_code == 404:\n    return "gone"\nreturn data.get("output", data)',
        Errors.SOMETIMES,
    ),
    "not-followed-to-the-end": (
        'return data.get("output") @ data',
        Errors.UNCERTAIN,
    ),
    "only-logged": ('print(data)\nreturn data.get("output", "")', Errors.NEVER),
    "fallback-of-its-own": ('return data["output"] if res.ok else "sorry"', Errors.NEVER),
}


@pytest.mark.parametrize("name", _ERRORS)
def test_knows_whether_an_error_stands_in_the_place_of_the_text(name: str) -> None:
    code, wanted = _ERRORS[name]
    program, calls, shape = _parsed(_asking(code), _OUTPUT)
    [(call, client)] = calls.items()
    assert errors_shown(program, call, client, shape) is wanted


@pytest.mark.parametrize("whole", [False, True])
def test_what_is_given_the_whole_answer_is_trusted_or_not(whole: bool) -> None:
    program, calls, shape = _parsed(_asking("keep(data)"), _OUTPUT)
    [(call, client)] = calls.items()
    found = errors_shown(program, call, client, shape, whole=whole)
    assert found is (Errors.ALWAYS if whole else Errors.NEVER)


#: What reads an answer, and the elements that the adapted one has for it beside its text.
_PROVED = {
    "kept-in-a-dict": (
        'kept = {"out": data["output"]}\nreturn kept["out"]["text"]',
        '"output": {"text": text}',
    ),
    "in-a-copy": ('return {**data}["output"]["message"]', '"output": {"message": text}'),
    "in-a-list": ('runs = [data]\nreturn runs[0]["output"]["text"]', '"output": {"text": text}'),
    "by-a-chain-of-keys": (
        'answer = data\nfor key in ("output", "message"):\n    answer = answer[key]\nreturn answer',
        '"output": {"message": text}',
    ),
    "behind-a-flag": (
        'if not data.get("success"):\n    raise ValueError\nreturn data["output"]',
        '"output": text, "success": True',
    ),
    "behind-a-number": (
        'if data.get("code") != 200:\n    return "failed"\nreturn data["output"]',
        '"output": text, "code": 200',
    ),
    "behind-a-kind": (
        'if data.get("object") != "workflow.run":\n    raise ValueError\nreturn data["output"]',
        '"output": text, "object": "workflow.run"',
    ),
    "element-of-a-type": (
        'return next(o["text"] for o in data["outputs"] if o.get("type") == "text")',
        '"outputs": [{"text": text, "type": "text"}]',
    ),
    "last-of-a-role": (
        'return [m["content"] for m in data["messages"] if m["role"] == "assistant"][-1]',
        '"messages": [{"content": text, "role": "assistant"}]',
    ),
    "first-of-the-values": (
        'return list(data["outputs"].values())[0]',
        '"outputs": {"text": text}',
    ),
    "asked-for-its-type": (
        'if not isinstance(data["output"], dict):\n    raise TypeError\n'
        'return data["output"]["text"]',
        '"output": {"text": text}',
    ),
}

_SEND = (
    'requests.post("https://api.openai.com/v1/workflows/wf_1/runs", headers='
    '{"Authorization": f"Bearer {key}"}, json={"input": {"message": question}})'
)
#: Files whose classes and functions read an answer, and the elements that it has for them.
_PROVED_FILES = {
    "dict-of-a-helper": (
        "def call(question, key):\n    data = SEND.json()\n"
        '    return {"result": data["output"], "id": data["id"]}\n\n\n'
        "def ask(question, key):\n    return call(question, key)['result']['message']\n",
        '"output": {"message": text}',
    ),
    "pair-of-a-helper": (
        "def call(question, key):\n    return SEND.json()['output'], None\n\n\n"
        "def ask(question, key):\n    output, error = call(question, key)\n"
        "    return output['text']\n",
        '"output": {"text": text}',
    ),
    "field-that-a-method-reads": (
        "class Bot:\n    def run(self, question, key):\n        self.last = SEND.json()\n\n"
        "    def text(self):\n        return self.last['output']['text']\n\n\n"
        "def ask(question, key):\n    bot = Bot()\n    bot.run(question, key)\n"
        "    return bot.text()\n",
        '"output": {"text": text}',
    ),
    "class-made-of-it": (
        "class Run:\n    def __init__(self, data):\n        self.data = data\n\n    @property\n"
        "    def text(self):\n        return self.data['output']['content']\n\n\n"
        "def ask(question, key):\n    return Run(SEND.json()).text\n",
        '"output": {"content": text}',
    ),
    "dataclass-made-of-a-part": (
        "from dataclasses import dataclass\n\n\n@dataclass\nclass Run:\n    output: dict\n\n\n"
        "def ask(question, key):\n    data = SEND.json()\n"
        "    return Run(output=data['output']).output['text']\n",
        '"output": {"text": text}',
    ),
    "variable-of-the-file": (
        "state = {}\n\n\ndef call(question, key):\n    data = SEND.json()\n"
        "    state['last'] = data['output']\n\n\n"
        "def ask(question, key):\n    call(question, key)\n    return state['last']['text']\n",
        '"output": {"text": text}',
    ),
    "generator": (
        "def call(question, key):\n    data = SEND.json()\n    yield data['output']\n\n\n"
        "def ask(question, key):\n    for output in call(question, key):\n"
        "        return output['text']\n",
        '"output": {"text": text}',
    ),
    "patterns": (
        "def ask(question, key):\n    match SEND.json():\n"
        "        case {'output': {'message': text}}:\n            return text\n    return ''\n",
        '"output": {"message": text}',
    ),
    "item-getters": (
        "import functools\nimport operator\n\n\ndef ask(question, key):\n    data = SEND.json()\n"
        "    output = operator.itemgetter('output')(data)\n"
        "    return functools.reduce(lambda a, k: a[k], ['content', 'text'], output)\n",
        '"output": {"content": {"text": text}}',
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", _PROVED_FILES)
def test_follows_the_answer_through_the_file(name: str, target: str) -> None:
    code, elements = _PROVED_FILES[name]
    source = "import requests\n\n\n" + code.replace("SEND", _SEND)
    migration = check(source.encode(), "a.py", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    written = " ".join(migration.result.decode().split()).replace("( ", "(").replace("{ ", "{")
    assert f'"output_text": text, {elements}, "id"'.replace('"', "'") in written.replace('"', "'")
    assert _run(migration.result, target) == "the answer"


#: What reads an answer of which no shape is certain, and what is said of it.
_NOT_PROVED = {
    "of-several-fields": ('return data["title"] + data["body"]', "other-read"),
    "of-a-field-that-is-no-text": ("return data['score'] + 1", "answer-not-understood"),
    "put-in-an-order": (
        'return max(data["outputs"], key=lambda o: o["score"])["text"]',
        "answer-not-understood",
    ),
    "made-into-a-dataclass-of-all-its-fields": (
        "import dataclasses\n\n@dataclasses.dataclass\nclass Run:\n    id: str\n    output: str\n\n"
        "return Run(**data).output",
        "answer-not-understood",
    ),
    "joined-as-a-list": ('return " ".join(data["output_text"])', "answer-not-understood"),
    "behind-a-member-that-nothing-is-known-of": (
        'if data["status"] == "completed" and data.get("exit") == 0:\n    return data["output"]\n'
        "return None",
        "other-read",
    ),
}


def _reading(reading: str) -> bytes:
    lines = "".join(f"    {line}\n" for line in reading.split("\n"))
    return (
        "import requests\n\n\ndef ask(question, key):\n    response = requests.post(\n"
        '        "https://api.openai.com/v1/workflows/wf_1/runs",\n'
        '        headers={"Authorization": f"Bearer {key}"},\n'
        '        json={"input": {"message": question}},\n    )\n    response.raise_for_status()\n'
        f"    data = response.json()\n{lines}"
    ).encode()


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", _PROVED)
def test_finds_the_shape_that_is_shown_and_runs(name: str, target: str) -> None:
    reading, elements = _PROVED[name]
    migration = check(_reading(reading), "a.py", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    written = " ".join(migration.result.decode().split()).replace("( ", "(").replace("{ ", "{")
    assert f'"output_text": text, {elements}, "id"' in written.replace("[ ", "[")
    assert _run(migration.result, target) == "the answer"


def _run(source: bytes, target: str) -> object:
    """What a migrated file's `ask` gives, where `requests` is answered as the API does."""
    text: dict[str, object] = {"type": "output_text", "text": "the answer", "annotations": []}
    if target == "assistants":
        text = {"type": "text", "text": {"value": "the answer", "annotations": []}}
    message = {"type": "message", "id": "msg_1", "role": "assistant", "content": [text]}
    live: dict[str, object] = {
        "id": "run_1",
        "thread_id": "thread_1",
        "status": "completed",
        "output": [message],
    }

    def send(url: str, **_: object) -> requests.Response:
        answer = requests.Response()
        answer.status_code, answer.url = 200, url
        answer.request = requests.Request("POST", url).prepare()
        told = {"data": [message | {"run_id": "run_1"}]} if "/messages" in url else live
        answer._content = json.dumps(told).encode()
        return answer

    module: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests, "post", send)
        patch.setattr(requests, "get", send)
        exec(compile(source, "a.py", "exec"), module)  # noqa: S102 - our own file
        return module["ask"]("Why?", "key")


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", _NOT_PROVED)
def test_leaves_what_has_no_certain_shape(name: str, target: str) -> None:
    reading, reason = _NOT_PROVED[name]
    migration = check(_reading(reading), "a.py", Settings(target=target))
    assert [f.reason and f.reason.code for f in migration.findings] == [reason]


@pytest.mark.parametrize("target", _TARGETS)
def test_leaves_the_call_because_nothing_would_be_shown(target: str) -> None:
    reading = (
        'if not data["id"].startswith("wfr_"):\n    raise RuntimeError("no run")\n'
        'return data["output"]'
    )
    migration = check(_reading(reading), "a.py", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.LEFT
    assert finding.reason is Reason.ANSWER_NOT_UNDERSTOOD
    assert "`raise RuntimeError('no run')` in line 13" in (finding.detail or "")
