"""Dead paths of Python without their host, which no call was found for: told, or not mentioned."""

from __future__ import annotations

import pytest

from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check

_API = 'API = "https://api.openai.com/v1"\n'
_BODY = '{"workflow_id": "wf_1", "input": question}'
_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])

#: Each a file that names the host, or hands the path to OpenAI's own client.
_TOLD = {
    "a-client-of-unknown-type": (
        f'{_API}\ndef ask(api, question):\n    return api.post("/workflows/runs", json={_BODY})\n'
    ),
    "a-client-that-a-class-is-handed": (
        f"{_API}\nclass Agent:\n    def __init__(self, http):\n        self.http = http\n\n"
        f'    def ask(self, question):\n        return self.http.post("/workflows/runs", {_BODY})\n'
    ),
    "a-client-in-the-state-of-the-server": (
        f"{_API}\nasync def ask(request, question):\n    http = request.app.state.http\n"
        f'    return await http.post("/workflows/runs", json={_BODY})\n'
    ),
    "a-constant": (
        f'{_API}RUNS = "/workflows/runs"\n\ndef ask(api, question):\n'
        f"    return api.post(RUNS, json={_BODY})\n"
    ),
    "a-method-of-a-base-class": (
        f"from app import Base\n{_API}\nclass Agent(Base):\n    def ask(self, question):\n"
        f'        return self.call("workflows/runs", {_BODY})\n'
    ),
    "an-entry-of-an-enumeration": (
        f'from enum import Enum\n{_API}\nclass Path(Enum):\n    RUN = "/v1/workflows/runs"\n\n'
        f"def ask(api, question):\n    return api.post(Path.RUN.value, json={_BODY})\n"
    ),
    "the-id-in-the-path": (
        f"{_API}\ndef ask(api, wf, question):\n"
        f'    return api.post(f"/workflows/{{wf}}/runs", json={_BODY})\n'
    ),
    "a-pool-of-connections": (
        'import urllib3\npool = urllib3.HTTPSConnectionPool("api.openai.com")\n\n'
        f'def ask(question):\n    return pool.request("POST", "/v1/workflows/runs", json={_BODY})\n'
    ),
    "joined-to-the-base-as-a-file-is": (
        f"import os\nimport requests\n{_API}\ndef ask(question):\n"
        '    url = os.path.join(API, "workflows/runs")\n'
        f"    return requests.post(url, json={_BODY})\n"
    ),
    "through-a-function-of-the-file": (
        f"{_API}\ndef post(api, path, body):\n    return api.post(path, json=body)\n\n\n"
        f'def ask(api, question):\n    return post(api, "/workflows/runs", {_BODY})\n'
    ),
    "a-base-in-the-environment": (
        'import os\nBASE = os.environ["OPENAI_BASE_URL"]\n\ndef ask(api, question):\n'
        f'    return api.send(BASE, "/workflows/runs", json={_BODY})\n'
    ),
    "openai-s-own-client": (
        "from openai import OpenAI\n\nclient = OpenAI()\n\n\ndef ask(question):\n"
        f'    return client.post("/workflows/runs", cast_to=dict, body={_BODY})\n'
    ),
    "openai-s-own-client-handed-in": (
        "class Agent:\n    def __init__(self, client):\n        self.client = client\n\n"
        "    def ask(self, question):\n"
        f'        return self.client.post("/workflows/runs", cast_to=object, body={_BODY})\n'
    ),
}


@_TARGETS
@pytest.mark.parametrize("source", _TOLD.values(), ids=_TOLD)
def test_a_path_without_a_call_is_told(source: str, target: str) -> None:
    migration = check(source.encode(), "a.py", Settings(target=target))
    assert [f.reason for f in migration.findings] == [Reason.URL_NOT_FOLLOWED]
    assert not migration.changed


def test_a_path_that_nothing_in_the_file_reads_is_told() -> None:
    source = f'{_API}RUNS = "/workflows/runs"\n'
    migration = check(source.encode(), "a.py", Settings(target="responses"))
    assert [f.reason for f in migration.findings] == [Reason.URL_EXPORTED]


_QUIET = {
    "no-host-named": f'def ask(api, question):\n    return api.post("/workflows/runs", {_BODY})\n',
    "a-file-of-another-service": (
        f'{_API}DIFY = "https://dify.acme.io"\n\ndef ask(api, question):\n'
        f'    return api.post("/workflows/run", {_BODY})\n'
    ),
    "another-base": (
        f'import httpx\n{_API}http = httpx.Client(base_url="http://localhost:8000")\n\n'
        f'def ask(question):\n    return http.post("/workflows/runs", json={_BODY})\n'
    ),
    "a-function-that-asks-another-host": (
        f"import requests\n{_API}\ndef post(path, body):\n"
        '    return requests.post("http://localhost:8000" + path, json=body)\n\n\n'
        f'def ask(question):\n    return post("/workflows/runs", {_BODY})\n'
    ),
    "a-route-of-this-server": (
        f'{_API}\n@app.post("/workflows/runs")\ndef run(body):\n    return body\n'
    ),
    "a-route-that-is-added": f'{_API}\napp.add_url_rule("/workflows/runs", view_func=run)\n',
    "a-route-in-a-list": f'{_API}\nurlpatterns = [path("workflows/runs", run)]\n',
    "a-link": f'{_API}\ndef go():\n    return redirect("/workflows/runs")\n',
    "the-server-under-test": (
        f"from fastapi.testclient import TestClient\n{_API}client = TestClient(app)\n\n"
        f'def ask(question):\n    return client.post("/workflows/runs", json={_BODY})\n'
    ),
    "the-server-that-a-test-is-given": (
        f'{_API}\ndef test_run(client):\n    assert client.post("/workflows/runs").is_success\n'
    ),
    "the-server-of-a-test-case": (
        f"{_API}\nclass RunTest(TestCase):\n    def test_run(self):\n"
        '        self.client.post("/workflows/runs")\n'
    ),
    "compared": f'{_API}\ndef is_run(path):\n    return path == "/workflows/runs"\n',
    "matched": (
        f'{_API}\ndef kind(path):\n    match path:\n        case "/workflows/runs":\n'
        '            return "run"\n'
    ),
    "a-key": f'{_API}\ndef handler():\n    return HANDLERS["/workflows/runs"]\n',
    "logged": f'import logging\n{_API}\nlogging.info("/workflows/runs")\n',
    "read-by-get": f'{_API}\ndef runs(api):\n    return api.get("/workflows")\n',
}


@pytest.mark.parametrize("source", _QUIET.values(), ids=_QUIET)
def test_a_path_of_another_server_or_of_none_is_not_mentioned(source: str) -> None:
    migration = check(source.encode(), "a.py", Settings(target="responses"))
    assert migration.findings == ()
