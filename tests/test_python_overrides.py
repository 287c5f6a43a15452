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
    "another-function-is-called-with-another": _HEAD
    + 'def ask(question, base="https://api.openai.com/v1"):\n'
    + _SENDS.replace("URL", 'f"{base}/workflows/runs"').replace("        ", "    ")
    + f'\n\ndef get(question, base):\n    return base\n\n\nget("hi", "{_OTHER}")\n',
}  # fmt: skip
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
@pytest.mark.parametrize("source", STILL.values(), ids=STILL)
def test_it_is_migrated_though(source: str, target: str, server: RunningServer) -> None:
    source += "" if "def ask(question" in source else _ASKS
    migration = check(source.encode(), settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert asked(migration.result, server) == server.control.answer
