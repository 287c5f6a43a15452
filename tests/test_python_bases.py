"""Bases of URLs in Python that are settings, with OpenAI's as the default: kept, or it is left."""

from __future__ import annotations

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check
from tests.test_python_leaves_alone import program

_HOST = "https://api.openai.com"
_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_LIVE = {"assistants": "threads/runs", "responses": "responses"}
_READ_WHOLE = "return r.json()"

#: What stands above the function, the dead URL, and what stands in front of the live paths.
KEPT = {
    "environment": (
        f'BASE = os.environ.get("BASE", "{_HOST}/v1")',
        'f"{BASE}/workflows/runs"',
        "{BASE}",
    ),
    "environment-or": (
        f'BASE = os.getenv("BASE") or "{_HOST}/v1"',
        'f"{BASE}/workflows/runs"',
        "{BASE}",
    ),
    "slash-taken-off": (
        f'BASE = os.getenv("BASE", "{_HOST}/v1/").rstrip("/")',
        'f"{BASE}/workflows/runs"',
        "{BASE}",
    ),
    "without-the-version": (
        f'BASE = os.getenv("BASE", "{_HOST}")',
        'f"{BASE}/v1/workflows/runs"',
        "{BASE}/v1",
    ),
    "field-of-a-settings-object": (
        f'class Conf:\n    base: str = "{_HOST}/v1"\nconf = Conf()',
        'f"{conf.base}/workflows/runs"',
        "{conf.base}",
    ),
    "field-of-what-a-function-makes-once": (
        "from functools import lru_cache\n"
        f'class Conf:\n    base: str = "{_HOST}/v1"\n\n'
        "@lru_cache\ndef get_conf() -> Conf:\n    return Conf()\n\nconf = get_conf()",
        'f"{conf.base}/workflows/runs"',
        "{conf.base}",
    ),
    "field-that-pydantic-declares": (
        "from pydantic import Field\n"
        f'class Conf:\n    base: str = Field(default="{_HOST}/v1")\nconf = Conf()',
        'f"{conf.base}/workflows/runs"',
        "{conf.base}",
    ),
    "field-that-a-dataclass-declares": (
        "from dataclasses import field\n"
        f'class Conf:\n    base: str = field(default="{_HOST}/v1")\nconf = Conf()',
        'f"{conf.base}/workflows/runs"',
        "{conf.base}",
    ),
}


@_TARGETS
@pytest.mark.parametrize(("above", "url", "front"), KEPT.values(), ids=KEPT)
def test_every_request_keeps_the_base(above: str, url: str, front: str, target: str) -> None:
    migration = check(program(above=above, url=url), settings=Settings(target=target))
    result = migration.result.decode()
    assert f'f"{front}/{_LIVE[target]}"' in result
    assert above in result
    [finding] = migration.findings
    assert any("decides on the host" in note.text for note in finding.notes)
    if target == "assistants":
        assert f'f"{front}/threads/{{thread_id}}/runs/{{run_id}}"' in result
        assert f'f"{front}/threads/{{thread_id}}/messages"' in result


@_TARGETS
def test_a_sum_keeps_the_base(target: str) -> None:
    above = f'BASE = os.getenv("BASE", "{_HOST}/v1")'
    source = program(above=above, url='BASE + "/workflows/runs"')
    result = check(source, settings=Settings(target=target)).result.decode()
    assert f'BASE + "/{_LIVE[target]}"' in result
    assert _HOST not in result.replace(above, "")


@_TARGETS
def test_a_field_of_a_settings_object_may_be_an_empty_id_too(target: str) -> None:
    above = (
        f'class Conf:\n    base: str = "{_HOST}/v1"\n    wf: str = os.getenv("WF", "")\nc = Conf()'
    )
    body = 'json={"input": {"question": question}}'
    url = 'c.base + "/workflows/" + c.wf + "/runs"'
    result = check(
        program(above=above, url=url, body=body), settings=Settings(target=target)
    ).result
    assert f'c.base + "/{_LIVE[target]}"' in result.decode()
    assert b"/workflows/" not in result


def test_a_parameter_with_a_default_is_a_setting_too() -> None:
    define = f"def ask(question, base='{_HOST}/v1'):"
    result = check(program(define=define, url='base + "/workflows/runs"')).result.decode()
    assert 'base + "/threads/runs"' in result
    assert 'f"{base}/threads/{thread_id}/runs/{run_id}"' in result


@_TARGETS
def test_a_function_that_waits_asks_where_the_answer_came_from(target: str) -> None:
    above, url, _ = KEPT["environment"]
    source = program(above=above, url=url, read=_READ_WHOLE)
    result = check(source, settings=Settings(target=target)).result.decode()
    assert f'f"{{BASE}}/{_LIVE[target]}"' in result
    assert _HOST not in result.replace(above, "")


def test_a_client_keeps_its_base() -> None:
    source = program(
        above=f'http = httpx.Client(base_url=os.getenv("BASE", "{_HOST}/v1"))',
        call="http.post",
        url='"/workflows/runs"',
    )
    migration = check(source)
    assert b'http.post("/threads/runs"' in migration.result.replace(b"\n        ", b"")
    [finding] = migration.findings
    assert any('"BASE"' in note.text and "decides" in note.text for note in finding.notes)


def test_a_base_that_the_settings_name_takes_the_place_of_the_files_own() -> None:
    above, url, _ = KEPT["environment"]
    base = "http://127.0.0.1:9/v1"
    result = migrate(program(above=above, url=url), "a.py", Settings(base_url=base)).result
    assert f'"{base}/threads/runs"'.encode() in result
    assert b"{BASE}" not in result


LEFT = {
    "base-is-asked-for": ("", f'f"{{os.getenv("BASE", "{_HOST}/v1")}}/workflows/runs"'),
    "base-is-given-to-format": (KEPT["environment"][0], '"{}/workflows/runs".format(BASE)'),
    "base-is-joined": (
        f'from urllib.parse import urljoin\nBASE = os.getenv("BASE", "{_HOST}/v1/")',
        'urljoin(BASE, "workflows/runs")',
    ),
    "slash-behind-the-version": (
        f'BASE = os.getenv("BASE", "{_HOST}/v1/")',
        'f"{BASE}workflows/runs"',
    ),
    "default-is-another-host": (
        'BASE = os.getenv("BASE", "http://localhost:3000/v1")',
        'f"{BASE}/workflows/runs"',
    ),
    "several-defaults": (
        f'BASE = os.getenv("BASE", "{_HOST}/v1") if os.getenv("X") else "http://gateway/v1"',
        'f"{BASE}/workflows/runs"',
    ),
    "whole-url-is-the-setting": (
        f'URL = os.getenv("URL", "{_HOST}/v1/workflows/runs")',
        "URL",
    ),
    "field-without-a-default": (
        "class Conf:\n    base: str\nconf = Conf()",
        'f"{conf.base}/workflows/runs"',
    ),
}


@_TARGETS
@pytest.mark.parametrize(("above", "url"), LEFT.values(), ids=LEFT)
def test_it_is_left_where_the_base_cannot_be_kept(above: str, url: str, target: str) -> None:
    if above.startswith("class"):
        url = url.replace("/workflows/runs", "/v1/workflows/runs")
    if "getenv" in url:
        url = url.replace('"BASE"', "'BASE'").replace(f'"{_HOST}/v1"', f"'{_HOST}/v1'")
    migration = check(program(above=above, url=url), settings=Settings(target=target))
    assert migration.edits == ()
    for finding in migration.findings:
        assert finding.bucket is Bucket.LEFT
        assert finding.reason in (Reason.UNRESOLVED_HOST, Reason.URL_NOT_CERTAIN)


def test_a_requests_id_comes_out_of_the_urls_quotes_into_the_files() -> None:
    source = program(
        url="f\"https://api.openai.com/v1/workflows/{os.environ['WF']}/runs\"",
        body='json={"input": {"message": question}}',
    )
    assert b'"assistant_id": os.environ["WF"]' in check(source).result


def test_a_comment_behind_an_element_that_goes_stays() -> None:
    body = (
        'json={\n        "workflow_id": WF,\n        "version": 3,  # as published\n'
        '        "input": {"message": question},\n    }'
    )
    result = check(program(body=body)).result.decode()
    assert '"assistant_id": WF,\n        # as published\n        "thread"' in result


@pytest.mark.parametrize(
    "body",
    [
        'json={\n        "workflow_id": WF,\n        "input": {"message": question},  # asked\n'
        '        "version": 3\n    }',
        'json={\n        "workflow_id": WF,\n        "version": 3,\n        # asked\n'
        '        "input": {"message": question},\n    }',
    ],
    ids=["in-front", "behind"],
)
def test_a_comment_beside_an_element_that_goes_stays(body: str) -> None:
    result = check(program(body=body)).result
    assert b"# asked" in result
    assert b"threads/runs" in result


@pytest.mark.parametrize(
    "above",
    [
        "import mine\n@mine.wrapped\ndef get_conf():\n    return Conf()",
        "async def get_conf():\n    return Conf()",
        "def get_conf():\n    if WF:\n        return Other()\n    return Conf()",
        "def get_conf():\n    return made(Conf)",
    ],
    ids=["wrapped-by-another", "awaited", "one-of-two", "made-elsewhere"],
)
def test_what_a_function_makes_otherwise_has_a_base_that_is_not_known(above: str) -> None:
    above = f'class Conf:\n    base: str = "{_HOST}/v1"\n\n{above}\n\nconf = get_conf()'
    migration = check(program(above=above, url='f"{conf.base}/v1/workflows/runs"'))
    assert not migration.changed
    [finding] = migration.findings
    assert finding.reason is Reason.UNRESOLVED_HOST


_BEHIND_A_SETTING = {
    "formatted": 'f"{settings.OPENAI_BASE_URL}/workflows/{WF}/runs"',
    "filled": '"{}/workflows/{}/runs".format(settings.OPENAI_BASE_URL, WF)',
    "percent": '"%s/workflows/%s/runs" % (settings.OPENAI_BASE_URL, WF)',
    "sum": 'settings.OPENAI_BASE_URL + "/workflows/" + WF + "/runs"',
    "environment": """f"{os.environ['OPENAI_API_BASE']}/workflows/{WF}/runs\"""",
}


@pytest.mark.parametrize("url", _BEHIND_A_SETTING.values(), ids=_BEHIND_A_SETTING)
def test_a_setting_that_is_called_openais_has_a_host_that_is_not_known(url: str) -> None:
    migration = check(program(above="from app import settings", url=url))
    assert not migration.changed
    [finding] = migration.findings
    assert finding.reason is Reason.UNRESOLVED_HOST


@pytest.mark.parametrize("name", ["ENGINE_URL", "AZURE_OPENAI_ENDPOINT", "BASE_URL"])
def test_another_hosts_setting_is_not_mentioned(name: str) -> None:
    url = f'f"{{settings.{name}}}/workflows/{{WF}}/runs"'
    assert not check(program(above="from app import settings", url=url)).findings
