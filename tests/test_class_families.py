"""What a class has from one that it extends: bases, keys and post helpers of the same file."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_ABOVE = """\
class Api {
  protected base = 'https://api.openai.com/v1';
  static readonly root = 'https://api.openai.com/v1';
  KEY = process.env.OPENAI_API_KEY;
  protected async post(path: string, body: unknown): Promise<any> {
    const res = await fetch(`${this.base}${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.KEY}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!res.ok) throw new Error(`failed: ${res.status}`);
    return res.json();
  }
}
"""
_BODY = "{ workflow_id: 'wf_1', input: { message: q } }"
_BY_FETCH = """\
export class Agent extends Api {
  async ask(q: string) {
    const res = await fetch($URL, {
      method: 'POST',
      headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
      body: JSON.stringify($BODY),
    });
    if (!res.ok) throw new Error(`failed: ${res.status}`);
    const data = await res.json();
    return data.output_text;
  }
}
""".replace("$BODY", _BODY)
_BY_HELPER = f"""\
export class Agent extends Api {{
  async ask(q: string) {{
    const data = await this.post('/workflows/runs', {_BODY});
    return data.output_text;
  }}
}}
"""


def _keyed(declared: str, used: str, agent: str = _BY_HELPER) -> str:
    return _ABOVE.replace("KEY =", f"{declared} =").replace("this.KEY", f"this.{used}") + agent


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("url", ["`${this.base}/workflows/runs`", "Agent.root + '/workflows/runs'"])
def test_a_base_of_the_class_above_is_followed(url: str, target: str) -> None:
    source = _keyed("key", "key", _BY_FETCH.replace("$URL", url))
    migration = check(source.encode(), "a.ts", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert "workflows" not in migration.result.decode()


@pytest.mark.parametrize("target", _TARGETS)
def test_a_helper_of_the_class_above_sends_the_live_request(target: str) -> None:
    migration = check(_keyed("key", "key").encode(), "a.ts", Settings(target=target))
    path = {"assistants": "/threads/runs", "responses": "/responses"}[target]
    assert f"this.post('{path}'" in migration.result.decode()


@pytest.mark.parametrize(
    ("declared", "used"), [("private key", "key"), ("#key", "#key")], ids=["private", "hash"]
)
def test_a_private_key_of_the_class_above_is_not_written_below_it(declared: str, used: str) -> None:
    source = _keyed(declared, used)
    [finding] = check(source.encode(), "a.ts").findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.NAME_NOT_IN_SCOPE)
    [finding] = check(source.encode(), "a.ts", Settings(target="responses")).findings
    assert finding.bucket is Bucket.MIGRATED


_BELOW = {
    "another-base": "class Local extends Agent {\n  protected base = 'http://localhost:1/v1';\n}\n",
    "another-base-further-down": "class Own extends Agent {}\nclass Local extends Own {\n"
    "  constructor() { super(); this.base = 'http://localhost:2/v1'; }\n}\n",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("below", _BELOW.values(), ids=_BELOW)
def test_a_base_that_a_class_below_replaces_is_not_certain(below: str, target: str) -> None:
    source = _keyed("key", "key", _BY_FETCH.replace("$URL", "`${this.base}/workflows/runs`"))
    source += below
    migration = check(source.encode(), "a.ts", Settings(target=target))
    assert migration.result == source.encode()
    assert [finding.bucket for finding in migration.findings] == [Bucket.LEFT]


@pytest.mark.parametrize("target", _TARGETS)
def test_a_helper_that_a_class_below_replaces_is_not_certain(target: str) -> None:
    below = "class Mock extends Agent {\n  protected async post(): Promise<any> { return {}; }\n}\n"
    source = _keyed("key", "key") + below
    migration = check(source.encode(), "a.ts", Settings(target=target))
    assert migration.result == source.encode()
    assert [finding.bucket for finding in migration.findings] == [Bucket.LEFT]


@pytest.mark.parametrize("target", _TARGETS)
def test_the_type_of_a_body_goes_where_the_class_above_declares_it(target: str) -> None:
    body = "interface Body { workflow_id: string; input: object }\n"
    source = body + _keyed("key", "key").replace("body: unknown", "body: Body")
    result = check(source.encode(), "a.ts", Settings(target=target)).result.decode()
    assert "post(path: string, body: object)" in result
    assert "interface Body" not in result
