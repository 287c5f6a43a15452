"""Python URLs in parts: appended and joined, given to `urlunparse`, replaced in."""

from __future__ import annotations

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check
from tests.server import running_server
from tests.skipping import needs
from tests.test_python_behaviour import asked

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_LIVE = {"assistants": "threads/runs", "responses": "responses"}


def _program(lines: str, url: str = "url", imports: str = "", above: str = "") -> bytes:
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    return (
        f"import os\n{imports}\nimport httpx\n\n{above}\ndef ask(question):\n{body}"
        f"    response = httpx.post(\n        {url},\n"
        '        headers={"Authorization": f"Bearer {os.environ[\'OPENAI_API_KEY\']}"},\n'
        '        json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},\n'
        "    )\n    response.raise_for_status()\n"
        '    return response.json()["output_text"]\n'
    ).encode()


_PARTS = 'parts = ["https://api.openai.com/v1"]\nparts.append("workflows")\nparts.append("runs")'
_BASE = '"https://api.openai.com/v1"'
_TWO = f'parts = [{_BASE}, "workflows"]'
_JOINED = '"/".join(parts)'
_SOMETIMES = [Reason.URL_NOT_CERTAIN]
FOLLOWED = {
    "extended": _program(f'{_TWO}\nparts.extend(["runs"])', _JOINED),
    "added-to": _program(f'{_TWO}\nparts += ["runs"]', _JOINED),
    "put-between": _program(f'parts = [{_BASE}, "runs"]\nparts.insert(1, "workflows")', _JOINED),
    "template": _program(
        'url = Template("https://api.openai.com/v1/$what/runs").substitute(what="workflows")',
        imports="from string import Template\n",
    ),
    "template-of-a-constant": _program(
        "",
        'URL.safe_substitute({"what": "workflows"})',
        imports="import string\n",
        above='URL = string.Template("https://api.openai.com/v1/${what}/runs")\n\n',
    ),
    "two-lists": _program(_TWO, '"/".join(parts + ["runs"])'),
    "unpacked": _program(f'ends = ["workflows", "runs"]\nparts = [{_BASE}, *ends]', _JOINED),
    "joined-for-a-log-too": _program(f'{_PARTS}\nprint("/".join(parts), len(parts))', _JOINED),
    "appended-and-joined": _program(_PARTS, '"/".join(parts)'),
    "joined-into-a-variable": _program(f'{_PARTS}\nurl = "/".join(parts)'),
    "unparsed": _program(
        'url = urlunparse(("https", "api.openai.com", "/v1/workflows/runs", "", "", ""))',
        imports="from urllib.parse import urlunparse\n",
    ),
    "joined-to-a-url-of-httpx": _program(
        'url = httpx.URL("https://api.openai.com/v1/").join("workflows/runs")'
    ),
    "placeholder-that-is-replaced": _program(
        "",
        'URL.replace("PATH", "workflows/runs")',
        above='URL = "https://api.openai.com/v1/PATH"\n\n',
    ),
}
NOT = {
    "appended-if": (
        _program(f'{_PARTS}\nif question:\n    parts.append("x")', _JOINED),
        _SOMETIMES,
    ),
    "an-id-appended-if": (
        _program(f'{_TWO}\nif question:\n    parts.append(WF)\nparts.append("runs")', _JOINED),
        _SOMETIMES,
    ),
    "an-id-added-if": (
        _program(f'{_TWO}\nif question:\n    parts += [WF]\nparts += ["runs"]', _JOINED),
        _SOMETIMES,
    ),
    "an-id-put-between-if": (
        _program(f"{_PARTS}\nif question:\n    parts.insert(2, WF)", _JOINED),
        _SOMETIMES,
    ),
    "an-id-unpacked-if": (
        _program(f'parts = [{_BASE}, "workflows", *([WF] if question else []), "runs"]', _JOINED),
        _SOMETIMES,
    ),
    "appended-in-a-loop": (
        _program(f'{_TWO}\nfor part in ["runs"]:\n    parts.append(part)', _JOINED),
        _SOMETIMES,
    ),
    "one-that-is-put-in": (
        _program(f'parts = [{_BASE}, "workflows", "x", "runs"]\nparts[2] = WF', _JOINED),
        _SOMETIMES,
    ),
    "one-that-may-go": (
        _program(f"{_PARTS}\nif question:\n    parts.pop()", _JOINED),
        _SOMETIMES,
    ),
    "empty-ones-filtered-out": (
        _program(
            f'parts = [{_BASE}, "workflows", os.getenv("X"), "runs"]',
            '"/".join(filter(None, parts))',
        ),
        _SOMETIMES,
    ),
    "stripped-one-by-one": (
        _program(
            f'parts = [{_BASE}, "/workflows/", "runs"]',
            '"/".join(part.strip("/") for part in parts)',
        ),
        _SOMETIMES,
    ),
    "one-of-two-lists": (
        _program(
            f'if question:\n    parts = [{_BASE}, "workflows", "runs"]\nelse:\n'
            f'    parts = [{_BASE}, "chat", "completions"]',
            _JOINED,
        ),
        _SOMETIMES,
    ),
    "a-field-that-another-method-changes": (
        b"import requests\n\n\nclass Api:\n    def __init__(self):\n"
        b'        self.parts = ["https://api.openai.com/v1", "workflows"]\n\n'
        b'    def runs(self):\n        self.parts.append("runs")\n\n'
        b"    def ask(self, body):\n"
        b'        return requests.post("/".join(self.parts), json=body)\n',
        _SOMETIMES,
    ),
    "unparsed-from-a-list-that-changes": (
        _program(
            'parts = ["https", "api.openai.com", "/v1/workflows/runs", "", "", ""]\n'
            "if question:\n    parts[2] = question",
            "urlunparse(parts)",
            imports="from urllib.parse import urlunparse\n",
        ),
        _SOMETIMES,
    ),
    "list-that-another-changes": (_program(f"{_PARTS}\nsort(parts)", _JOINED), _SOMETIMES),
    "another-service-in-a-condition": (
        _program(
            f"{_PARTS.replace('api.openai.com', 'engine.acme.dev')}\n"
            'if question:\n    parts.append("x")',
            _JOINED,
        ),
        [],
    ),
    "live-path-in-a-condition": (
        _program(
            f'{_PARTS.replace("workflows", "chat")}\nif question:\n    parts.append("x")', _JOINED
        ),
        [],
    ),
    "template-that-something-fills": (
        _program(
            'url = Template("https://api.openai.com/v1/workflows/$id/runs").substitute(question)',
            imports="from string import Template\n",
        ),
        [Reason.URL_NOT_FOLLOWED],
    ),
    "template-of-a-live-path": (
        _program(
            'url = Template("https://api.openai.com/v1/$id/completions").substitute(id="chat")',
            imports="from string import Template\n",
        ),
        [],
    ),
    "unparsed-from-an-unknown-host": (
        _program(
            'url = urlunparse(("https", host(), "/v1/workflows/runs", "", "", ""))',
            imports="from urllib.parse import urlunparse\n",
        ),
        [Reason.UNRESOLVED_HOST],
    ),
    "another-service": (
        _program(_PARTS.replace("api.openai.com", "engine.acme.dev"), '"/".join(parts)'),
        [],
    ),
    "live-path": (
        _program(_PARTS.replace('"workflows"', '"chat"'), '"/".join(parts)'),
        [],
    ),
}


@_TARGETS
@pytest.mark.parametrize("name", FOLLOWED)
def test_the_url_is_followed_and_the_answer_shown(
    name: str, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("httpx")
    migration = check(FOLLOWED[name], settings=Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert f"https://api.openai.com/v1/{_LIVE[target]}" in migration.result.decode()
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-1")
    monkeypatch.setenv("WORKFLOW_ID", "asst_test1")
    with running_server() as server:
        assert asked(migration.result, server)
        assert not server.violations


_IN_THE_PATH = _program(
    'url = Template("https://api.openai.com/v1/workflows/$id/runs").substitute(id=WF)',
    imports="from string import Template\n",
    above='WF = os.environ["WORKFLOW_ID"]\n\n',
).replace(b'"workflow_id": os.environ["WORKFLOW_ID"], ', b"")


@_TARGETS
def test_the_id_that_a_template_is_given_is_the_assistants(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("httpx")
    result = check(_IN_THE_PATH, settings=Settings(target=target)).result
    assert (b'"assistant_id": WF' in result) == (target == "assistants")
    assert b"Template" not in result
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-1")
    monkeypatch.setenv("WORKFLOW_ID", "asst_test1")
    with running_server() as server:
        assert asked(result, server)
        assert not server.violations


@_TARGETS
@pytest.mark.parametrize(("source", "reasons"), NOT.values(), ids=NOT)
def test_it_is_not_taken_for_one_where_it_is_not_certain(
    source: bytes, reasons: list[Reason], target: str
) -> None:
    migration = migrate(source, "program.py", Settings(target=target))
    assert [finding.reason for finding in migration.findings] == reasons
    assert not migration.changed
