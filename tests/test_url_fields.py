"""A dead URL in a field of a class, with the id in its path: what is sent, and what goes."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket, Migration
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_CLASS = """\
export class Runner {
  FIELD
  constructor(GIVEN) {
    SET
  }
METHODS  async ask(text: string): Promise<string> {
    const res = await fetch(this.url, {
      method: "POST",
      headers: { Authorization: `Bearer ${process.env.KEY}`, "Content-Type": "application/json" },
      body: JSON.stringify({ input: { message: text } }),
    });
    if (!res.ok) throw new Error(`${res.status}`);
    const run = await res.json();
    return run.output_text ?? "";
  }
}
"""
_ROOT = "https://api.openai.com/v1/workflows/"
_BY_SETTING = f"`{_ROOT}${{process.env.WF}}/runs`"
_BY_FIELD = f"`{_ROOT}${{this.id}}/runs`"
_BY_NAME = f"`{_ROOT}${{id}}/runs`"


def _ran(
    field: str, *, sets: str = "", given: str = "", methods: str = "", target: str
) -> Migration:
    source = _CLASS.replace("FIELD", field).replace("SET", sets).replace("GIVEN", given)
    source = source.replace("METHODS", methods)
    return check(source.encode(), "runner.ts", Settings(target=target))


SENT = {
    "a-setting": ({"field": f"private readonly url = {_BY_SETTING};"}, "process.env.WF"),
    "a-setting-in-the-constructor": (
        {"field": "private readonly url: string;", "sets": f"this.url = {_BY_SETTING};"},
        "process.env.WF",
    ),
    "joined-in-the-constructor": (
        {
            "field": "readonly url: string;",
            "sets": f"this.url = '{_ROOT}' + process.env.WF + '/runs';",
        },
        "process.env.WF",
    ),
    "another-field": (
        {
            "field": "private readonly url: string;",
            "sets": f"this.url = {_BY_FIELD};",
            "given": "private readonly id: string",
        },
        "this.id",
    ),
}


@pytest.mark.parametrize(("parts", "sent"), SENT.values(), ids=SENT)
def test_the_id_of_a_fields_url_is_sent(parts: dict[str, str], sent: str) -> None:
    migration = _ran(**parts, target="assistants")
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert f"assistant_id: {sent}, thread: {{" in migration.result.decode()


KEPT = {
    "a-name-of-the-constructor": {
        "field": "private readonly url: string;",
        "sets": f"this.url = {_BY_NAME};",
        "given": "id: string",
    },
    "a-field-that-is-set-again": {
        "field": "private readonly url: string;",
        "sets": f"this.url = {_BY_FIELD};",
        "given": "private id: string",
        "methods": "  use(id: string) {\n    this.id = id;\n  }\n",
    },
}


@pytest.mark.parametrize("parts", KEPT.values(), ids=KEPT)
def test_an_id_that_may_be_another_one_is_left(parts: dict[str, str]) -> None:
    migration = _ran(**parts, target="assistants")
    assert [f.reason for f in migration.findings] == [Reason.NO_WORKFLOW_ID]
    assert not migration.changed


_OTHER = "console.log('made');\n    "


@pytest.mark.parametrize("target", ["assistants", "responses"])
def test_a_private_field_that_only_the_dead_call_read_goes(target: str) -> None:
    field, sets = "private url: string;", f"{_OTHER}this.url = {_BY_SETTING};"
    result = _ran(field, sets=sets, target=target).result.decode()
    assert "url:" not in result
    assert "this.url" not in result
    assert _OTHER.strip() in result


STAYS = {
    "public": {"field": "url: string;", "sets": f"{_OTHER}this.url = {_BY_SETTING};"},
    "read-by-more": {
        "field": "private url: string;",
        "sets": f"{_OTHER}this.url = {_BY_SETTING};",
        "methods": "  where() {\n    return this.url;\n  }\n",
    },
    "with-a-comment": {
        "field": "private url: string;",
        "sets": f"{_OTHER}this.url = {_BY_SETTING} /* of the agent */;",
    },
    "all-that-is-done": {
        "field": "private url: string;",
        "sets": f"this.url = {_BY_SETTING};",
    },
}


@pytest.mark.parametrize("parts", STAYS.values(), ids=STAYS)
def test_a_field_stays(parts: dict[str, str]) -> None:
    migration = _ran(**parts, target="responses")
    assert [f.bucket for f in migration.findings][:1] == [Bucket.MIGRATED]
    assert f"this.url = {_BY_SETTING}" in migration.result.decode()
    assert parts["field"] in migration.result.decode()
