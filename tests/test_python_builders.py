"""URLs of Python that a function, a method or a property of the file puts together."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check

_API = "https://api.openai.com/v1"
_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])


def _source(above: str, url: str, inside: str = "") -> bytes:
    method = "self, key, question: str, wf" if inside else "key, question: str, wf"
    blanks = "    " if inside else ""
    asking = (
        f"def ask({method}):\n"
        f'    response = requests.post({url}, headers={{"Authorization": key}}, '
        'json={"input": {"message": question}})\n'
        "    response.raise_for_status()\n"
        '    return response.json()["output_text"]\n'
    )
    lines = "".join(blanks + line for line in asking.splitlines(keepends=True))
    return f"import functools\nimport os\nimport requests\n\n\n{above}{inside}{lines}".encode()


_CLASS = "class Agent:\n    def __init__(self, wf):\n        self.wf = wf\n\n"
_PROPERTY = (
    f'    @property\n    def url(self):\n        return f"{_API}/workflows/{{self.wf}}/runs"\n\n'
)
_STATIC = (
    f'    @staticmethod\n    def runs(wf):\n        return "{_API}/workflows/" + wf + "/runs"\n\n'
)
_METHOD = '    def _path(self, wf):\n        return api(f"workflows/{wf}/runs")\n\n'
_OWN = f'def api(path):\n    return f"{_API}/{{path}}"\n\n\n'

#: What stands above the call, the URL in it, and what is written for the assistant's id.
_FOLLOWED = {
    "one-return": (
        f'def url_for(id):\n    return f"{_API}/workflows/{{id}}/runs"\n\n\n',
        "url_for(wf)",
        "",
        "wf",
    ),
    "by-keyword-and-with-a-check": (
        "def url_for(workflow, *, version=None):\n"
        "    if not workflow:\n        raise ValueError('no workflow')\n"
        f'    url = f"{_API}/workflows/{{workflow}}/runs"\n'
        "    return url\n\n\n",
        'url_for(workflow=os.environ["WF"])',
        "",
        'os.environ["WF"]',
    ),
    "several-dead-endpoints": (
        "def url_for(id):\n"
        f'    if id.startswith("wf_"):\n        return f"{_API}/workflows/{{id}}/runs"\n'
        f'    return f"{_API}/agents/{{id}}/runs"\n\n\n',
        "url_for(wf)",
        "",
        "wf",
    ),
    "cached": (
        "@functools.lru_cache(maxsize=None)\n"
        f'def url_for(id):\n    return "{_API}/workflows/%s/runs" % id\n\n\n',
        "url_for(wf)",
        "",
        "wf",
    ),
    "property": (_CLASS + _PROPERTY, "self.url", _OWN, "self.wf"),
    "static-method": (_CLASS + _STATIC, "self.runs(self.wf)", _OWN, "self.wf"),
    "one-by-another": (_CLASS + _METHOD, "self._path(self.wf)", _OWN, "self.wf"),
}


@_TARGETS
@pytest.mark.parametrize("name", _FOLLOWED)
def test_a_function_that_only_gives_the_url_is_followed(name: str, target: str) -> None:
    above, url, own, written = _FOLLOWED[name]
    source = _source(own, url, above) if own else _source(above, url)
    migration = check(source, "a.py", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    if target == "assistants":
        assert f'"assistant_id": {written},' in migration.result.decode()
    else:
        assert f'"{_API}/responses"' in migration.result.decode()


@_TARGETS
def test_a_base_that_the_function_takes_from_a_setting_stays(target: str) -> None:
    above = (
        f'BASE = os.getenv("OPENAI_BASE", "{_API}")\n\n\n'
        'def url_for(id):\n    return f"{BASE}/workflows/{id}/runs"\n\n\n'
    )
    migration = check(_source(above, "url_for(wf)"), "a.py", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    path = "responses" if target == "responses" else "threads/runs"
    assert f'return f"{{BASE}}/{path}"\n' in migration.result.decode()


def _choosing(other: str) -> bytes:
    return _source(
        f'BASE = os.getenv("OPENAI_BASE", "{_API}")\n'
        f'OTHER = os.getenv("OTHER_BASE", "{_API}")\n\n\n'
        "def url_for(id):\n"
        '    if id.startswith("wf_"):\n        return f"{BASE}/workflows/{id}/runs"\n'
        f'    return f"{{{other}}}/agents/{{id}}/runs"\n\n\n',
        "url_for(wf)",
    )


@_TARGETS
def test_a_setting_in_front_of_several_dead_endpoints_stays(target: str) -> None:
    migration = check(_choosing("BASE"), settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    path = "threads/runs" if target == "assistants" else "responses"
    assert f'f"{{BASE}}/{path}"' in migration.result.decode()


@_TARGETS
def test_two_settings_in_front_of_dead_endpoints_may_be_two_hosts(target: str) -> None:
    source = _choosing("OTHER")
    migration = check(source, settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.reason is Reason.UNRESOLVED_HOST
    assert migration.result == source


@_TARGETS
def test_a_function_for_one_dead_call_gives_the_live_url(target: str) -> None:
    above, url, _, _ = _FOLLOWED["by-keyword-and-with-a-check"]
    migration = check(_source(above, url), "a.py", Settings(target=target))
    path = "responses" if target == "responses" else "threads/runs"
    result = migration.result.decode()
    assert f'    url = "{_API}/{path}"\n    return url\n' in result
    assert url in result


@_TARGETS
def test_each_of_several_calls_has_the_live_url(target: str) -> None:
    above, url, _, _ = _FOLLOWED["one-return"]
    asking = _source("", url)[len(b"import functools\nimport os\nimport requests\n") :]
    source = _source(above, url) + asking.replace(b"def ask", b"def ask_again")
    migration = check(source, "a.py", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED, Bucket.MIGRATED]
    assert above in migration.result.decode()
    assert url not in migration.result.decode()


@_TARGETS
def test_a_function_that_also_serves_a_live_call_stays(target: str) -> None:
    live = (
        b"\n\ndef chat(key, body):\n"
        b'    return requests.post(api("chat/completions"), headers={"A": key}, json=body)\n'
    )
    source = _source(_OWN, 'api(f"workflows/{wf}/runs")') + live
    migration = check(source, "a.py", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert live in migration.result
    assert _OWN.encode() in migration.result


_LEFT = {
    "it-does-more": (
        "def url_for(id):\n    SEEN.append(id)\n"
        f'    if id == "old":\n        return f"{_API}/workflows/{{id}}/invoke"\n'
        f'    return f"{_API}/workflows/{{id}}/runs"\n\n\n',
        "url_for(wf)",
        Reason.URL_NOT_FOLLOWED,
    ),
    "a-base-that-only-it-knows": (
        "def url_for(id):\n"
        f'    base = os.getenv("OPENAI_BASE", "{_API}")\n'
        '    return f"{base}/workflows/{id}/runs"\n\n\n',
        "url_for(wf)",
        Reason.UNRESOLVED_HOST,
    ),
    "a-live-endpoint-too": (
        f'def url_for(id):\n    if id:\n        return f"{_API}/workflows/{{id}}/runs"\n'
        f'    return "{_API}/chat/completions"\n\n\n',
        "url_for(wf)",
        Reason.URL_NOT_CERTAIN,
    ),
}


@_TARGETS
@pytest.mark.parametrize("name", _LEFT)
def test_a_call_is_left_because_its_function_is_not_certain(name: str, target: str) -> None:
    above, url, reason = _LEFT[name]
    migration = check(_source(above, url), "a.py", Settings(target=target))
    assert [f.reason for f in migration.findings] == [reason]
    assert not migration.changed
