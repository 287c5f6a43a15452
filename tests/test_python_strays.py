"""Dead URLs of Python that no call was found for: each is told where a call may be given it."""

from __future__ import annotations

import pytest

from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check

_URL = "https://api.openai.com/v1/workflows/runs"
_ASKS = 'requests.post({url}, headers={{"Authorization": key}}, json={{"input": question}})'
_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])


def _asking(url: str) -> str:
    return f"def ask(key, question, wf):\n    return {_ASKS.format(url=url)}.json()\n"


#: A program, and the reason for each URL in it.
_TOLD = {
    "behind-a-decorator-of-another-file": (
        "import requests\nfrom app import retry\n\n\n@retry\n"
        f'def url_for(id):\n    return "{_URL}"\n\n\n{_asking("url_for(wf)")}',
        [Reason.URL_NOT_FOLLOWED],
    ),
    "in-a-list-that-is-tried-in-turn": (
        f'import requests\n\nURLS = ["{_URL}", "https://api.openai.com/v1/agents/runs"]\n\n\n'
        "def ask(key, question):\n    for number, url in enumerate(URLS):\n"
        f"        response = {_ASKS.format(url='url')}\n"
        "        if response.ok:\n            return response.json()\n    return None\n",
        [Reason.URL_NOT_FOLLOWED, Reason.URL_NOT_FOLLOWED],
    ),
    "given-by-a-generator": (
        f'import requests\n\n\ndef urls():\n    yield "{_URL}"\n\n\n{_asking("next(urls())")}',
        [Reason.URL_NOT_FOLLOWED],
    ),
    "in-a-function-in-a-function": (
        "import requests\n\n\ndef make():\n    def url_for(id):\n"
        f'        return "{_URL}"\n    return url_for\n\n\n{_asking("make()(wf)")}',
        [Reason.URL_NOT_FOLLOWED],
    ),
    "in-a-field-that-another-object-has": (
        "from dataclasses import dataclass\n\n\n@dataclass\nclass Config:\n"
        f'    url: str = "{_URL}"\n\n\n'
        "def ask(config, session, question):\n"
        '    return session.post(config.url, json={"input": question})\n',
        [Reason.URL_NOT_FOLLOWED],
    ),
    "in-a-field-that-nothing-here-reads": (
        f'class Config:\n    url = "{_URL}"\n',
        [Reason.URL_EXPORTED],
    ),
    "in-a-list-that-nothing-here-reads": (f'URLS = ["{_URL}"]\n', [Reason.URL_EXPORTED]),
    "in-an-entry-that-another-file-sends": (
        f'from app import send\n\nURLS = {{"run": "{_URL}", "chat": "/chat"}}\n\n\n'
        "def ask(body):\n    return send(URLS, body)\n",
        [Reason.URL_NOT_FOLLOWED],
    ),
    "given-to-a-class": (
        f'from app import Client\n\nclient = Client(url="{_URL}")\n',
        [Reason.UNKNOWN_TRANSPORT],
    ),
    "kept-as-a-default": (
        f'def ask(session, body, url="{_URL}"):\n    return session.send(url, body)\n',
        [Reason.URL_NOT_FOLLOWED],
    ),
    "kept-in-a-list-that-grows": (
        f'URLS = []\nURLS.append("{_URL}")\n',
        [Reason.URL_NOT_FOLLOWED],
    ),
    "a-path-given-to-another-file-s-function-that-is-called-openai-s": (
        "from app import openai_post\n\n\ndef ask(wf, question):\n"
        '    return openai_post(f"/workflows/{wf}/runs", {"input": question})\n',
        [Reason.UNRESOLVED_HOST],
    ),
    "a-path-given-to-a-base-class-in-a-file-that-names-the-host": (
        'from app import Base\n\nAPI = "https://api.openai.com/v1"\n\n\nclass Agent(Base):\n'
        "    def __init__(self):\n        super().__init__(API)\n\n"
        "    def ask(self, wf, question):\n"
        '        return self._request("POST", f"/workflows/{wf}/runs", json={"input": question})\n',
        [Reason.UNRESOLVED_HOST],
    ),
}


@_TARGETS
@pytest.mark.parametrize("name", _TOLD)
def test_a_url_without_a_call_is_told(name: str, target: str) -> None:
    source, reasons = _TOLD[name]
    migration = check(source.encode(), "a.py", Settings(target=target))
    assert [f.reason for f in migration.findings] == reasons
    assert not migration.changed


_QUIET = {
    "compared": f'def is_dead(url):\n    return url == "{_URL}"\n',
    "asserted": f'def test(url):\n    assert url in ("{_URL}",)\n',
    "raised": f'def ask():\n    raise RuntimeError("{_URL}")\n',
    "logged": f'import logging\n\nlogging.info("%s", "{_URL}")\n',
    "printed": f'print("{_URL}")\n',
    "a-docstring": f'"""{_URL}"""\n',
    "a-message": (
        f'URL = "{_URL}"\n\n\ndef fail():\n    raise RuntimeError(f"no answer from {{URL}}")\n'
    ),
    "a-test-double": f'import responses\n\nresponses.add(responses.POST, "{_URL}", json={{}})\n',
    "a-route-of-its-own": (
        'API = "https://api.openai.com/v1"\n\n\n@router.post_json("/v1/workflows/runs")\n'
        "def run(body):\n    return body\n"
    ),
    "a-path-of-another-service": (
        'from app import api_post\n\nHOST = "https://dify.example.org"\n\n\n'
        'def ask(body):\n    return api_post("/workflows/runs", body)\n'
    ),
}


@pytest.mark.parametrize("name", _QUIET)
def test_what_no_call_can_be_given_is_not_mentioned(name: str) -> None:
    migration = check(_QUIET[name].encode(), "a.py", Settings(target="responses"))
    assert not migration.findings


#: A table of URLs, what stands in the call.
_ENTRIES = {
    "entry": (f'URLS = {{"run": "{_URL}", "chat": "/chat"}}', 'URLS["run"]'),
    "get": (f'URLS = {{"run": "{_URL}"}}', 'URLS.get("run")'),
    "dict-call": (f'URLS = dict(run="{_URL}")', 'URLS["run"]'),
    "table-in-a-table": (f'URLS = {{"openai": {{"run": "{_URL}"}}}}', 'URLS["openai"]["run"]'),
    "base-and-path": (
        'URLS = {"base": "https://api.openai.com/v1", "run": "/workflows/runs"}',
        "f\"{URLS['base']}{URLS['run']}\"",
    ),
}


@_TARGETS
@pytest.mark.parametrize("name", _ENTRIES)
def test_an_entry_of_a_table_is_followed(name: str, target: str) -> None:
    table, url = _ENTRIES[name]
    body = '{"workflow_id": wf, "input": {"message": question}}'
    source = (
        f"import requests\n\n{table}\n\n\ndef ask(key, question: str, wf):\n"
        f'    response = requests.post({url}, headers={{"Authorization": key}}, json={body})\n'
        '    response.raise_for_status()\n    return response.json()["output_text"]\n'
    )
    migration = check(source.encode(), "a.py", Settings(target=target))
    assert [f.reason for f in migration.findings] == [None]
    path = "responses" if target == "responses" else "threads/runs"
    assert f'"https://api.openai.com/v1/{path}"' in migration.result.decode()
    assert table in migration.result.decode()


@pytest.mark.parametrize(
    "change",
    ['URLS["run"] = input()', 'URLS["run"] += "?x=1"', "load(URLS)", 'del URLS["run"]'],
    ids=["set", "grown", "handed-on", "deleted"],
)
def test_an_entry_that_may_be_another_one_is_not_followed(change: str) -> None:
    source = (
        f'import requests\nfrom app import load\n\nURLS = {{"run": "{_URL}"}}\n{change}\n\n\n'
        f"{_asking('URLS[' + repr('run') + ']')}"
    )
    migration = check(source.encode(), "a.py", Settings(target="responses"))
    assert [f.reason for f in migration.findings] == [Reason.URL_NOT_FOLLOWED]
