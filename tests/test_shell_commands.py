"""A dead endpoint that a program asks by curl is left, and what runs the command is named."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_URL = "https://api.openai.com/v1/workflows/runs"
_OF_ID = "https://api.openai.com/v1/workflows/${id}/runs"
_NODE = "import { exec, execSync } from 'node:child_process';\n"

LEFT = {
    "a-template": (f"{_NODE}execSync(`curl -s -X POST {_URL} -d @body.json`);\n", "execSync"),
    "an-id-in-the-path": (
        f'{_NODE}export const run = (id) => execSync(`curl -X POST "{_OF_ID}"`);\n',
        "execSync",
    ),
    "only-data": (f"{_NODE}exec('curl {_URL} --data-raw \"{{}}\"', done);\n", "exec"),
    "by-its-module": (
        f"const child = require('child_process');\nchild.execSync('curl --json @a {_URL}');\n",
        "execSync",
    ),
    "in-a-constant": (
        f"{_NODE}const command = 'cd out && curl -X POST {_URL}';\nexecSync(command);\n",
        "execSync",
    ),
    "a-tag": (f"import {{ $ }} from 'zx';\nawait $`curl -X POST {_URL}`;\n", "$"),
}
NOT_MENTIONED = {
    "only-shown": f"console.log('curl -X POST {_URL}');\n",
    "written-to-a-file": "import fs from 'node:fs';\n"
    f"fs.writeFileSync('run.sh', 'curl -X POST {_URL}');\n",
    "another-host": f"{_NODE}execSync('curl -X POST https://example.org/v1/workflows/runs');\n",
    "a-live-endpoint": f"{_NODE}execSync('curl -X POST https://api.openai.com/v1/responses');\n",
    "a-get": f"{_NODE}execSync('curl {_URL}');\n",
    "no-curl": f"{_NODE}execSync('echo POST {_URL}');\n",
    "a-pattern-s-exec": f"/x/.exec('the curl of a POST to {_URL.removesuffix('/runs')}');\n",
}


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize(("source", "runner"), LEFT.values(), ids=LEFT)
def test_a_command_is_left(source: str, runner: str, target: str) -> None:
    migration = check(source.encode(), "run.mjs", Settings(target=target))
    [finding] = migration.findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.UNKNOWN_TRANSPORT)
    assert finding.detail == f"`{runner}`: curl"


@pytest.mark.parametrize("source", NOT_MENTIONED.values(), ids=NOT_MENTIONED)
def test_another_text_is_not_mentioned(source: str) -> None:
    assert not check(source.encode(), "run.mjs", Settings(target="responses")).findings
