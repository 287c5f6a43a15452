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
FOLLOWED = {
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
        _program(f'{_PARTS}\nif question:\n    parts.append("x")', '"/".join(parts)'),
        [],
    ),
    "list-that-another-changes": (_program(f"{_PARTS}\nsort(parts)", '"/".join(parts)'), []),
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


@_TARGETS
@pytest.mark.parametrize(("source", "reasons"), NOT.values(), ids=NOT)
def test_it_is_not_taken_for_one_where_it_is_not_certain(
    source: bytes, reasons: list[Reason], target: str
) -> None:
    migration = migrate(source, "program.py", Settings(target=target))
    assert [finding.reason for finding in migration.findings] == reasons
    assert not migration.changed
