"""Forms in which Python is written: each keeps its own bytes, and imports find their place."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_URL = '"https://api.openai.com/v1/workflows/runs"'
_SENT = f'{_URL}, headers={{"A": key, "Authorization": key}}, json={{"workflow_id": wf, "input": {{"message": question}}}}'  # noqa: E501
_POST = f"requests.post({_SENT})"
_HEAD = "import requests\n\n\ndef ask(key, question: str, wf):\n"
_REST = '    response.raise_for_status()\n    return response.json()["output_text"]\n'

#: A program, and pieces of it that stand in the result as they are.
_FORMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "nested-parentheses": (
        f"{_HEAD}    response = (\n        (\n            requests.post(\n"
        f'                ({_URL}),\n                headers=({{"Authorization": (key)}}),\n'
        '                json=({"workflow_id": (wf), "input": ({"message": (question)})}),\n'
        "            )\n        )\n    )\n    response.raise_for_status()\n"
        '    return (((response.json())["output"])["message"])\n',
        ("    response = (\n        (\n", "            )\n        )\n    )\n"),
    ),
    "line-continuations": (
        f"{_HEAD}    response = \\\n        requests.post({_URL}, \\\n"
        '                      headers={"Authorization": key}, \\\n'
        '                      json={"workflow_id": wf, \\\n'
        '                            "input": {"message": question}})\n'
        '    response.raise_for_status()\n    return response.json() \\\n        ["output_text"]\n',
        ("    response = \\\n        requests.post(",),
    ),
    "one-line-ifs": (
        f"{_HEAD}    response = {_POST}\n"
        "    if not response.ok: raise RuntimeError(response.text)\n"
        '    if question: return response.json()["output_text"]\n    return None\n',
        ("    if not response.ok: raise RuntimeError(response.text)\n", "    if question: return "),
    ),
    "a-function-on-one-line": (
        f'import requests\n\n\ndef ask(key, question: str, wf): return {_POST}.json()["output_text"]\n',  # noqa: E501
        ("def ask(key, question: str, wf): return ",),
    ),
    "several-statements-on-a-line": (
        f'{_HEAD}    url = {_URL}; headers = {{"Authorization": key}}\n'
        '    r = requests.post(url, headers=headers, json={"workflow_id": wf, "input": '
        '{"message": question}}); r.raise_for_status(); data = r.json()\n'
        '    return data["output_text"]\n',
        ("; headers = {", "; r.raise_for_status(); data = r.json()\n"),
    ),
    "comments-inside-the-call": (
        f"{_HEAD}    response = requests.post(  # the call\n        # where it goes\n"
        f"        {_URL},  # the url\n        headers={{\n            # who we are\n"
        '            "Authorization": key,  # secret\n        },\n        json={\n'
        '            "workflow_id": wf,  # which one\n            # what is asked\n'
        '            "input": {"message": question},  # the words\n        },  # end of the body\n'
        "        # how long\n        timeout=30,\n    )  # done\n    response.raise_for_status()\n"
        '    data = response.json()  # parsed\n    # the text\n'
        '    return data["output_text"]  # here\n',
        (
            "(  # the call\n        # where it goes\n", ",  # the url\n", "# who we are\n",
            "  # secret\n", "  # which one\n", "# what is asked\n", "  # the words\n",
            "  # end of the body\n", "# how long\n", ")  # done\n", "  # parsed\n",
            "    # the text\n", "  # here\n",
        ),
    ),
    "type-comments": (
        "import requests\n\n\ndef ask(key, question, wf):\n    # type: (str, str, str) -> str\n"
        f"    response = {_POST}  # type: requests.Response\n    response.raise_for_status()\n"
        "    data = response.json()  # type: dict\n"
        '    return data["output_text"]  # type: ignore[no-any-return]\n',
        (
            "    # type: (str, str, str) -> str\n", "  # type: requests.Response\n",
            "  # type: dict\n", "  # type: ignore[no-any-return]\n",
        ),
    ),
    "decorators": (
        "import functools\n\nimport requests\nfrom app import app, retry\n\n\n"
        '@app.route("/ask", methods=["POST"])\n@retry(times=3)\n@functools.wraps(print)\n'
        f"def ask(key, question: str, wf):\n    response = {_POST}\n{_REST}",
        (
            '@app.route("/ask", methods=["POST"])\n@retry(times=3)\n'
            "@functools.wraps(print)\ndef ask",
        ),
    ),
    "a-walrus": (
        f"{_HEAD}    if (response := {_POST}).ok:\n"
        '        return response.json()["output_text"]\n    return None\n',
        ("    if (response := ", ").ok:\n"),
    ),
    "a-match": (
        f"{_HEAD}    response = {_POST}\n    match response.status_code:\n        case 200:\n"
        '            return response.json()["output_text"]\n        case _:\n'
        "            raise RuntimeError(response.text)\n",
        ("    match response.status_code:\n        case 200:\n", "        case _:\n"),
    ),
    "a-lambda": (
        f'import requests\n\nask = lambda key, question, wf: {_POST}.json()["output_text"]\n',
        ("ask = lambda key, question, wf: ",),
    ),
    "a-literal-in-an-f-string": (
        f"{_HEAD}    response = requests.post(f\"{{'https://api.openai.com'}}/v1/workflows/runs\", "
        'headers={"Authorization": f"Bearer {key}"}, json={"workflow_id": wf, '
        "\"input\": {\"message\": f\"{question!r:>{10}} and {'x'}\"}})\n"
        f"{_REST.replace('return response', 'return str(response').replace(']', '])')}",
        ("f\"{question!r:>{10}} and {'x'}\"",),
    ),
    "cells-of-an-exported-notebook": (
        "#!/usr/bin/env python\n# coding: utf-8\n\n# In[1]:\n\n\nimport requests\n\n"
        f'key = question = wf = "1"\n\n\n# In[2]:\n\n\nresponse = {_POST}\n'
        "response.raise_for_status()\n\n\n# In[3]:\n\n\n"
        "get_ipython().run_line_magic('matplotlib', 'inline')\n"
        'print(response.json()["output_text"])\n\n\n# In[ ]:\n',
        (
            "# coding: utf-8\n\n# In[1]:\n\n\n", "\n\n\n# In[2]:\n\n\nresponse = requests.post(",
            "response.raise_for_status()\n\n\n# In[3]:\n\n\nget_ipython()", "\n\n\n# In[ ]:\n",
        ),
    ),
    "cells-by-percent-signs": (
        '# %%\nimport requests\n\nkey = question = wf = "1"\n# %% [markdown]\n# What is asked.\n'
        f"# %%\nresponse = {_POST}\nresponse.raise_for_status()\n"
        '# %%\nprint(response.json()["output_text"])\n',
        ("# %% [markdown]\n# What is asked.\n# %%\nresponse = ", "for_status()\n# %%\n"),
    ),
    "no-import-but-in-a-try": (
        "try:\n    import requests\nexcept ImportError:\n    requests = None\n\n\n"
        f"def ask(key, question: str, wf):\n    response = {_POST}\n{_REST}",
        ("try:\n    import requests\nexcept ImportError:\n    requests = None\n",),
    ),
}  # fmt: skip


@_TARGETS
@pytest.mark.parametrize("name", _FORMS)
def test_a_form_of_code_is_kept(name: str, target: str) -> None:
    source, kept = _FORMS[name]
    migration = check(source.encode(), "a.py", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    result = migration.result.decode()
    assert [piece for piece in kept if piece not in result] == []
    compile(result, "a.py", "exec")


_ASKS = f"def ask(key, question: str, wf):\n    import requests\n\n    response = {_POST}\n{_REST}"
_USES = _ASKS.replace("    import requests\n\n", "")
_TIME = "import time\n"

#: What stands above the function, its code, and what is above it then.
_PLACES: dict[str, tuple[str, str, str]] = {
    "nothing": ("", _ASKS, f"{_TIME}\n\n"),
    "the-functions-own-comment": ("# Asks.\n", _ASKS, f"{_TIME}\n\n# Asks.\n"),
    "a-first-line-and-a-licence": (
        "#!/usr/bin/env python3\n# Copyright 2026\n\n# Asks.\n",
        _ASKS,
        f"#!/usr/bin/env python3\n# Copyright 2026\n\n{_TIME}\n\n# Asks.\n",
    ),
    "a-coding-line": ("# -*- coding: utf-8 -*-\n", _ASKS, f"# -*- coding: utf-8 -*-\n{_TIME}\n\n"),
    "decorators": ("@print\n@print\n", _ASKS, f"{_TIME}\n\n@print\n@print\n"),
    "a-docstring": ('"""Doc."""\n\n\n', _ASKS, f'"""Doc."""\n\n{_TIME}\n\n'),
    "a-docstring-right-above": ('"""Doc."""\n', _ASKS, f'"""Doc."""\n\n{_TIME}\n\n'),
    "a-future-import": (
        "from __future__ import annotations\n\n\n",
        _ASKS,
        f"from __future__ import annotations\n\n{_TIME}\n\n",
    ),
    "a-future-import-right-above": (
        "from __future__ import annotations\n",
        _ASKS,
        f"from __future__ import annotations\n\n{_TIME}\n\n",
    ),
    "docstring-future-and-others": (
        '"""Doc."""\n\nfrom __future__ import annotations\n\nimport requests\n\n\n',
        _USES,
        f'"""Doc."""\n\nfrom __future__ import annotations\n\n{_TIME}\nimport requests\n\n\n',
    ),
    "a-constant": ("URL = 1\n\n\n", _ASKS, f"{_TIME}\nURL = 1\n\n\n"),
    "the-standard-library-before-it": (
        "import sys\n\nimport requests\n\nprint(sys)\n\n\n",
        _USES,
        f"import sys\n{_TIME}\nimport requests\n\nprint(sys)\n\n\n",
    ),
    "the-standard-library-behind-it": (
        "import zlib\n\nimport requests\n\nprint(zlib)\n\n\n",
        _USES,
        f"{_TIME}import zlib\n\nimport requests\n\nprint(zlib)\n\n\n",
    ),
    "from-imports-of-the-standard-library": (
        "from zlib import crc32\n\nimport requests\n\nprint(crc32)\n\n\n",
        _USES,
        f"{_TIME}from zlib import crc32\n\nimport requests\n\nprint(crc32)\n\n\n",
    ),
    "imports-of-the-project": (
        "from .app import a\n\nprint(a)\n\n\n",
        _ASKS,
        f"{_TIME}\nfrom .app import a\n\nprint(a)\n\n\n",
    ),
    "an-import-for-types-only": (
        "from typing import TYPE_CHECKING\n\nimport requests\n\nif TYPE_CHECKING:\n"
        "    import time\n\nX: time.struct_time\n\n\n",
        _USES,
        "import time as time_module\nfrom typing import TYPE_CHECKING\n\nimport requests\n\n"
        "if TYPE_CHECKING:\n    import time\n\nX: time.struct_time\n\n\n",
    ),
    "another-name-for-it": (
        "import time as clock\n\nimport requests\n\nprint(clock)\n\n\n",
        _USES,
        "import time as clock\n\nimport requests\n\nprint(clock)\n\n\n",
    ),
    "its-function-alone": (
        "from time import sleep\n\nimport requests\n\nprint(sleep)\n\n\n",
        _USES,
        "from time import sleep\n\nimport requests\n\nprint(sleep)\n\n\n",
    ),
    "another-thing-of-its-name": (
        "import requests\n\ntime = 30\n\n\n",
        _USES,
        "import time as time_module\n\nimport requests\n\ntime = 30\n\n\n",
    ),
    "a-try-around-an-import": (
        "try:\n    import ujson\nexcept ImportError:\n    ujson = None\n\n\n",
        _ASKS,
        f"{_TIME}\ntry:\n    import ujson\nexcept ImportError:\n    ujson = None\n\n\n",
    ),
}


@pytest.mark.parametrize("name", _PLACES)
def test_an_import_stands_where_isort_puts_it(name: str) -> None:
    above, code, expected = _PLACES[name]
    source = above + code
    migration = check(source.encode(), "a.py", Settings(target="assistants"))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    result = migration.result.decode()
    assert result[: result.index("def ask")] == expected
    assert _sorted_wrongly(result) == _sorted_wrongly(source) == ""


def _sorted_wrongly(source: str) -> str:
    """What ruff says of the order of imports, and of names that are not there."""
    if '"""Doc."""\ndef' in source or "annotations\ndef" in source:
        return ""  # what is tight before is not what this is about
    found = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "-q", "--isolated", "--select", "I,F821,F401", "-"],
        input=source,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout


_SCRIPT = (
    f"key = wf = question = ''\nresponse = {_POST}\nresponse.raise_for_status()\n"
    'found = response.json()["output_text"]\n'
)

#: Programs in which `time`, or what else would stand for it, is not the module where it is needed.
_OTHER_CLOCKS: dict[str, str] = {
    "a-global-of-its-name": _HEAD
    + f"    global time\n    time = 3\n    response = {_POST}\n{_REST}",
    "a-global-that-another-function-sets": (
        "import requests\n\n\ndef start():\n    global time\n    time = 3\n\n\nstart()\n\n\n"
        + _USES
    ),
    "its-import-until-a-function-sets-it": (
        "import time\n\nimport requests\n\n\ndef start():\n    global time\n"
        f"    time = time.time()\n\n\nstart()\n\n\n{_USES}"
    ),
    "its-function-until-it-is-set": (
        "from time import sleep\n\nimport requests\n\n\ndef ask(key, question: str, wf):\n"
        f"    global sleep\n    sleep = 3\n    response = {_POST}\n{_REST}"
    ),
    "all-of-time": f"from time import *\n\nimport requests\n\n\n{_USES}",
    "all-of-datetime": f"from datetime import *\n\nimport requests\n\n\n{_USES}",
    "all-of-datetime-behind-its-import": (
        f"import time\nfrom datetime import *\n\nimport requests\n\n\n{_USES}"
    ),
    "an-import-below-the-script": f"import requests\n\n{_SCRIPT}import time\n",
    "the-second-name-is-taken-too": (f"import requests\n\ntime = 1\ntime_module = 2\n\n\n{_USES}"),
    "the-second-name-is-a-local": (
        f"import requests\n\ntime = 1\n\n\n{_HEAD.partition(chr(10) * 3)[2]}    time_module = 2\n"
        f"    print(time_module)\n    response = {_POST}\n{_REST}"
    ),
}


class _Answer(SimpleNamespace):
    """What the fake client answers."""

    ok = True

    def raise_for_status(self) -> None:
        """It is an answer."""

    def json(self) -> Any:  # JSON
        return self.body


def _got(url: str, **_: object) -> _Answer:
    if "/messages" not in url:
        return _Answer(body={"status": "completed"})
    said = {"content": [{"type": "text", "text": {"value": "Hello"}}], "role": "assistant"}
    return _Answer(body={"data": [said]})


@pytest.mark.parametrize("name", _OTHER_CLOCKS)
def test_what_waits_is_the_module_whatever_has_its_name(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = ModuleType("requests")
    run = {"id": "run_1", "thread_id": "thread_1"}
    monkeypatch.setattr(client, "post", lambda *_, **__: _Answer(body=run), raising=False)
    monkeypatch.setattr(client, "get", _got, raising=False)
    monkeypatch.setitem(sys.modules, "requests", client)
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    migration = check(_OTHER_CLOCKS[name].encode(), "a.py", Settings(target="assistants"))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    names: dict[str, Any] = {}
    exec(compile(migration.result, "a.py", "exec"), names)  # noqa: S102  # the test's own program
    found = names["found"] if "found" in names else names["ask"]("k", "q", "w")
    assert (found, waited) == ("Hello", [1])


def test_an_import_above_a_star_is_used_where_the_star_is_above_it() -> None:
    source = f"from os.path import *\nimport time\n\nimport requests\n\n\n{_USES}"
    result = check(source.encode(), "a.py", Settings(target="assistants")).result.decode()
    assert result.count("import time") == 1
    assert "        time.sleep(1)\n" in result


@_TARGETS
def test_a_comment_between_the_literals_of_a_url_is_not_lost(target: str) -> None:
    split = '(\n        "https://api.openai.com"  # host\n        "/v1/workflows/runs"\n    )'
    source = f"{_HEAD}    response = {_POST.replace(_URL, split)}\n{_REST}"
    migration = check(source.encode(), "a.py", Settings(target=target))
    assert [f.reason for f in migration.findings] == [Reason.COMMENT_LOST]
    assert migration.result == source.encode()


def test_an_option_behind_a_body_that_is_laid_out_again_is_the_calls() -> None:
    source = (
        f"{_HEAD}    response = requests.post(  # the call\n        {_SENT},\n    )\n"
        '    return response.json()["output_text"]\n'
    )
    migration = check(source.encode(), "a.py", Settings(target="responses", stream=True))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert b"        }, stream=True,\n    )\n" in migration.result


_COMMENTED = {
    "around-a-request-that-is-waited-for": """\
import httpx


async def ask(key, question: str, wf):
    async with httpx.AsyncClient() as client:
        text: str = (  # waits
            await client.post(
                "https://api.openai.com/v1/workflows/runs",
                headers={"Authorization": key},
                json={"workflow_id": wf,  # which one
                      "input": {"message": question}},  # what is asked
            )
        ).json(  # parsed
        )[  # the text
            "output"]["message"]
        return text
""",
    "in-a-header-that-goes": """\
import json
import urllib.request


def ask(key, question: str, wf):
    body = {"workflow_id": wf, "input": {"message": question}}
    request = urllib.request.Request(
        "https://api.openai.com/v1/workflows/runs", data=json.dumps(body).encode())
    request.add_header("Authorization", key)
    request.add_header(  # as the preview wants it
        "OpenAI-Beta", "workflows=v1")
    with urllib.request.urlopen(request, timeout=30) as response:
        data = json.loads(response.read())
    return data["output"]["message"]
""",
}


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("around-a-request-that-is-waited-for", "assistants"),
        ("around-a-request-that-is-waited-for", "responses"),
        ("in-a-header-that-goes", "responses"),
    ],
)
def test_a_call_is_left_whose_comment_would_be_lost(name: str, target: str) -> None:
    [finding] = check(_COMMENTED[name].encode(), settings=Settings(target=target)).findings
    assert finding.reason is Reason.COMMENT_LOST
    assert finding.detail.startswith("in line ")


_HEADERS = {
    "the-brace-on-the-line-of-the-last-header": '{\n"Authorization": key}',
    "a-comma-before-that-brace": '{\n            "Authorization": key, }',
    "a-bracket-on-a-line-of-its-own": '{\n            "Authorization": (key\n            )}',
    "a-comment-behind-that-brace": '{\n        "A": key, "Authorization": key}  # keys\n        ',
}


@_TARGETS
@pytest.mark.parametrize("headers", _HEADERS.values(), ids=_HEADERS)
def test_a_header_is_added_inside_of_the_braces(headers: str, target: str) -> None:
    sent = _SENT.replace('{"A": key, "Authorization": key}', headers)
    source = f"{_HEAD}    response = requests.post({sent})\n{_REST}"
    migration = check(source.encode(), settings=Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    beta = b'"OpenAI-Beta": "assistants=v2"'
    assert (beta in migration.result) is (target == "assistants")


def test_what_this_python_cannot_read_is_no_failure() -> None:
    before = Path(__file__).parent / "goldens_python/raw-httpx-client-read-in-the-loop/input.py"
    source = before.read_bytes() + b'\n\nnewer = t"{1}"\n'
    findings = check(source, settings=Settings(target="responses")).findings
    assert {finding.bucket for finding in findings} == {Bucket.MIGRATED}
