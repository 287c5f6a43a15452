"""What takes the place of a class's field: a base that may be another host's is not OpenAI's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check
from tests.server import RunningServer, running_server
from tests.skipping import needs
from tests.test_python_behaviour import asked

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_OTHER = "https://api.dify.ai/v1"
_SENDS = """\
        r = requests.post(
            URL,
            headers={"Authorization": f"Bearer {KEY}"},
            json={"workflow_id": os.environ["WF"], "input": {"message": question}},
            timeout=3,
        )
        r.raise_for_status()
        return r.json()["output"]["message"]
"""
_HEAD = """\
import os
import requests
from dataclasses import dataclass

KEY = "sk-1"


"""


def of_a_class(field: str, below: str = "", url: str = 'f"{self.base}/workflows/runs"') -> str:
    """A program whose class `Client` sends to its own base; ``below`` stands behind it."""
    above = f"class Client:\n{field}\n    def ask(self, question):\n{_SENDS.replace('URL', url)}"
    return _HEAD + above + "\n\n" + below


_FIELD = '    base = "https://api.openai.com/v1"\n'
_MADE = """\
    def __init__(self, base="https://api.openai.com/v1"):
        self.base = base
"""
_PROPERTY = """\
    @property
    def url(self):
        return "https://api.openai.com/v1/workflows/runs"
"""
_METHOD = """\
    def url(self, path):
        return f"https://api.openai.com/v1/{path}"
"""
_DATA = of_a_class('    base: str = "https://api.openai.com/v1"\n').replace(
    "class C", "@dataclass\nclass C"
)
#: Each with what the reason's detail names.
LEFT = {
    "a-class-below-has-another": (
        of_a_class(_FIELD, f'class Dify(Client):\n    base = "{_OTHER}"\n'),
        f'`base = "{_OTHER}"`',
    ),
    "a-class-below-that-one-has": (
        of_a_class(
            _FIELD,
            f'class Own(Client):\n    pass\n\n\nclass Dify(Own):\n    base = "{_OTHER}"\n',
        ),
        f'`base = "{_OTHER}"`',
    ),
    "a-class-below-sets-it": (
        of_a_class(
            _FIELD,
            f'class Dify(Client):\n    def __init__(self):\n        self.base = "{_OTHER}"\n',
        ),
        f'`self.base = "{_OTHER}"`',
    ),
    "it-is-set-on-an-object": (
        of_a_class(_FIELD, f'c = Client()\nc.base = "{_OTHER}"\n'),
        f'`c.base = "{_OTHER}"`',
    ),
    "it-is-set-on-what-may-be-one": (
        of_a_class(_FIELD, f'def lead(client):\n    client.base = "{_OTHER}"\n'),
        f'`client.base = "{_OTHER}"`',
    ),
    "it-is-set-by-its-name": (
        of_a_class(_FIELD, f'c = Client()\nsetattr(c, "base", "{_OTHER}")\n'),
        f'`"{_OTHER}"`',
    ),
    "a-function-sets-what-all-of-the-module-has": (
        _HEAD
        + 'BASE = "https://api.openai.com/v1"\n\n\ndef lead():\n    global BASE\n'
        + f'    BASE = "{_OTHER}"\n\n\ndef ask(question):\n'
        + _SENDS.replace("URL", 'f"{BASE}/workflows/runs"').replace("        ", "    "),
        f'`BASE = "{_OTHER}"`',
    ),
    "it-is-set-on-the-class": (
        of_a_class(_FIELD, f'Client.base = "{_OTHER}"\n'),
        f'`Client.base = "{_OTHER}"`',
    ),
    "an-object-is-made-with-another": (
        of_a_class(_MADE, f'c = Client("{_OTHER}")\n'),
        'f"{self.base}/workflows/runs"',
    ),
    "an-object-is-made-with-another-by-name": (
        of_a_class(_MADE, f'c = Client(base="{_OTHER}")\n'),
        'f"{self.base}/workflows/runs"',
    ),
    "a-class-below-is-made-with-another": (
        of_a_class(
            _MADE,
            f'class Dify(Client):\n    def __init__(self):\n        super().__init__("{_OTHER}")\n',
        ),
        'f"{self.base}/workflows/runs"',
    ),
    "a-dataclass-is-made-with-another": (_DATA + f'c = Client(base="{_OTHER}")\n', "base"),
    "a-property-below-gives-another": (
        of_a_class(
            _PROPERTY,
            "class Dify(Client):\n    @property\n    def url(self):\n"
            f'        return "{_OTHER}/workflows/runs"\n',
            "self.url",
        ),
        "",
    ),
    "a-method-below-gives-another": (
        of_a_class(
            _METHOD,
            f'class Dify(Client):\n    def url(self, path):\n        return f"{_OTHER}/{{path}}"\n',
            'self.url("workflows/runs")',
        ),
        "",
    ),
    "a-function-is-called-with-another": (
        _HEAD
        + 'def ask(question, base="https://api.openai.com/v1"):\n'
        + _SENDS.replace("URL", 'f"{base}/workflows/runs"').replace("        ", "    ")
        + f'\n\nask("hi", "{_OTHER}")\n',
        'f"{base}/workflows/runs"',
    ),
}


@_TARGETS
@pytest.mark.parametrize(("source", "words"), LEFT.values(), ids=LEFT)
def test_it_is_left_because(source: str, words: str, target: str) -> None:
    migration = check(source.encode(), settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.reason is not None
    assert finding.reason.code in ("unresolved-host", "url-not-certain")
    assert words in finding.detail
    assert not migration.changed


#: What looks alike, and leads no request elsewhere.
STILL = {
    "a-class-below-has-another-field": of_a_class(
        _FIELD, "class Fast(Client):\n    timeout = 3\n"
    ),
    "a-class-below-asks-otherwise": of_a_class(
        _FIELD,
        "class Loud(Client):\n    def ask(self, question):\n"
        "        return super().ask(question).upper()\n",
    ),
    "another-class-has-one": of_a_class(
        _FIELD, f'class Dify:\n    base = "{_OTHER}"\n\n    def __init__(self):\n'
        f'        self.base = "{_OTHER}"\n'
    ),
    "it-is-set-on-another-classs-object": of_a_class(
        _FIELD, f'class Dify:\n    base = ""\n\n\nd = Dify()\nd.base = "{_OTHER}"\n'
    ),
    "it-is-set-on-what-an-import-made": of_a_class(
        _FIELD, f'session = requests.Session()\nsession.base = "{_OTHER}"\n'
    ),
    "the-class-itself-is-read": of_a_class(
        _FIELD,
        f'class Dify(Client):\n    base = "{_OTHER}"\n',
        'f"{Client.base}/workflows/runs"',
    ),
    "an-object-is-made-with-the-same": of_a_class(
        _MADE, 'c = Client("https://api.openai.com/v1")\n'
    ),
    "the-url-is-made-in-the-body-of-the-class": of_a_class(
        _FIELD + '    url = f"{base}/workflows/runs"\n', url="self.url"
    ),
    "the-url-is-made-in-another-method": of_a_class(
        '    def __init__(self):\n        base = "https://api.openai.com/v1"\n'
        '        self.url = f"{base}/workflows/runs"\n',
        url="self.url",
    ),
    "another-class-has-a-url-of-that-name": of_a_class(
        _FIELD + '    url = f"{base}/workflows/runs"\n',
        f'class Dify:\n    url = "{_OTHER}/workflows/run"\n\n    def ask(self):\n'
        "        return requests.post(self.url)\n",
        "self.url",
    ),
    "a-function-sets-one-of-its-own": _HEAD
    + 'BASE = "https://api.openai.com/v1"\n\n\ndef lead():\n'
    + f'    BASE = "{_OTHER}"\n    return BASE\n\n\ndef ask(question):\n'
    + _SENDS.replace("URL", 'f"{BASE}/workflows/runs"').replace("        ", "    "),
    "another-field-is-set-by-its-name": of_a_class(
        _FIELD, f'c = Client()\nsetattr(c, "name", "{_OTHER}")\n'
    ),
    "another-function-is-called-with-another": _HEAD
    + 'def ask(question, base="https://api.openai.com/v1"):\n'
    + _SENDS.replace("URL", 'f"{base}/workflows/runs"').replace("        ", "    ")
    + f'\n\ndef get(question, base):\n    return base\n\n\nget("hi", "{_OTHER}")\n',
}  # fmt: skip
_ABOVE = """\
class Api:
    base = "https://api.openai.com/v1"
    url = f"{base}/workflows/runs"
    session = requests.Session()

    def __init__(self, key=KEY):
        self.session.headers["Authorization"] = f"Bearer {key}"
        self.made = requests.Session()
        self.made.headers["Authorization"] = f"Bearer {key}"


"""


_URL = '    url = f"{base}/workflows/runs"\n'


def _inherited(url: str, sends: str = "requests.post", of: str = "Api", above: str = "") -> str:
    """A program whose class is made of another one, to which a field of it leads."""
    own = of_a_class("", url=url).replace("requests.post", sends).replace(_HEAD, "")
    if sends != "requests.post":
        own = own.replace('            headers={"Authorization": f"Bearer {KEY}"},\n', "")
    head = _HEAD + (_ABOVE if url == "self.url" else _ABOVE.replace(_URL, ""))
    return head + above + own.replace("class Client:", f"class Client({of}):")


_SELF = 'f"{self.base}/workflows/runs"'
_BETWEEN = "class Between(Api):\n    timeout = 3\n\n\n"
#: What a class has of one of the file above it.
INHERITED = {
    "its-base": _inherited(_SELF),
    "its-url": _inherited("self.url"),
    "its-session": _inherited(_SELF, "self.session.post"),
    "a-session-that-it-makes": _inherited(_SELF, "self.made.post"),
    "of-the-one-above-that": _inherited(_SELF, of="Between", above=_BETWEEN),
    "beside-a-bare-one": _inherited(_SELF, of="ABC, Api", above="from abc import ABC\n\n\n"),
    "beside-a-class-of-another-base": _inherited(_SELF)
    + f'\n\nclass Dify(Api):\n    base = "{_OTHER}"\n',
}
_ASKS = "\n\ndef ask(question):\n    return Client().ask(question)\n"


@pytest.fixture(scope="module")
def running() -> Iterator[RunningServer]:
    needs("requests")
    with pytest.MonkeyPatch.context() as patched, running_server() as started:
        patched.setenv("WF", "asst_test1")
        yield started


@pytest.fixture
def server(running: RunningServer) -> Iterator[RunningServer]:
    yield running
    running.reset()


@_TARGETS
@pytest.mark.parametrize("source", (STILL | INHERITED).values(), ids=STILL | INHERITED)
def test_it_is_migrated_though(source: str, target: str, server: RunningServer) -> None:
    source += "" if "def ask(question" in source else _ASKS
    migration = check(source.encode(), settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert asked(migration.result, server) == server.control.answer


NOT_INHERITED = {
    "a-class-from-elsewhere-comes-first": _inherited(
        _SELF, of="Traced, Api", above="from own import Traced\n\n\n"
    ),
    "a-class-below-has-another": _inherited(_SELF)
    + f'\n\nclass Dify(Client):\n    base = "{_OTHER}"\n',
    "the-one-between-has-another": _inherited(
        _SELF, of="Between", above=_BETWEEN.replace("timeout = 3", "base = OTHER")
    ),
    "it-is-set-on-an-object": _inherited(_SELF) + f'\n\nc = Client()\nc.base = "{_OTHER}"\n',
}


@_TARGETS
@pytest.mark.parametrize("source", NOT_INHERITED.values(), ids=NOT_INHERITED)
def test_what_a_class_above_has_is_not_certain_where(source: str, target: str) -> None:
    migration = check(source.encode(), settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.reason is not None
    assert finding.reason.code in ("unresolved-host", "url-not-certain")
    assert not migration.changed


_SETTING = 'os.getenv("BASE", "https://api.openai.com/v1")'
_LED = of_a_class(f'    base = {_SETTING}\n    url = f"{{base}}/workflows/runs"\n', url="self.url")


def test_a_setting_that_a_method_does_not_see_leaves_what_has_to_wait() -> None:
    [finding] = check(_LED.encode()).findings
    assert finding.reason is not None
    assert finding.reason.code == "name-not-in-scope"


def test_a_setting_that_a_method_does_not_see_stays_in_the_one_url() -> None:
    migration = check(_LED.encode(), settings=Settings(target="responses"))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert b'url = f"{base}/responses"' in migration.result


def test_two_classes_with_a_url_of_one_name_are_migrated_at_once() -> None:
    both = _LED + "\n\n" + _LED.replace(_HEAD, "").replace("Client", "Other")
    migration = check(both.encode(), settings=Settings(target="responses"))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED] * 2
    assert migration.result.count(b'url = f"{base}/responses"') == 2
