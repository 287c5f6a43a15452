"""URLs in an object that a class keeps: `this.urls.workflows`, and bases that are not followed."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.snippets import run

_TARGETS = ("assistants", "responses")
_BASE = "'https://api.openai.com/v1/workflows'"


def _class(kept: str, url: str = "this.urls.workflows", other: str = "", above: str = "") -> str:
    return f"""{above}
export class Desk {{
  constructor(private key: string, private id: string, given: any = {{}}) {{
    {kept}
  }}
  {other}
  async answer(text: string) {{
    const res = await fetch(`${{{url}}}/${{this.id}}/runs`, {{
      method: 'POST',
      headers: {{ Authorization: `Bearer ${{this.key}}`, 'Content-Type': 'application/json' }},
      body: JSON.stringify({{ input: {{ message: text }} }}),
    }});
    if (!res.ok) throw new Error(`desk: ${{res.status}}`);
    const data = await res.json();
    return data.output_text;
  }}
}}
"""


FOLLOWED = {
    "constant-in-a-field": _class(
        "this.urls = URLS;", above=f"const URLS = {{ workflows: {_BASE} }};"
    ),
    "set-in-the-constructor": _class(f"this.urls = {{ workflows: {_BASE} }};"),
    "inside-another-object": _class(
        f"this.config = {{ urls: {{ workflows: {_BASE} }} }};", "this.config.urls.workflows"
    ),
    "field": _class("", other=f"private urls = {{ workflows: {_BASE} }};"),
    "by-a-key": _class(f"this.urls = {{ workflows: {_BASE} }};", "this.urls['workflows']"),
    "another-member-is-set-elsewhere": _class(
        f"this.urls = {{ workflows: {_BASE} }};", other="use(b: any) { this.more.workflows = b; }"
    ),
}

#: The class, and why its call is left.
NOT_FOLLOWED = {
    "constant-that-is-changed": _class(
        "this.urls = URLS;",
        above=f"const URLS = {{ workflows: {_BASE} }};\nURLS.workflows = process.env.URL;",
    ),
    "constant-that-is-handed-on": _class(
        "this.urls = URLS;", above=f"const URLS = {{ workflows: {_BASE} }};\nconfigure(URLS);"
    ),
    "member-is-set": _class(
        f"this.urls = {{ workflows: {_BASE} }};",
        other="use(b: string) { this.urls.workflows = b; }",
    ),
    "object-is-handed-on": _class(
        f"this.urls = {{ workflows: {_BASE} }}; Object.assign(this.urls, given);"
    ),
    "object-is-set-twice": _class(
        f"this.urls = {{ workflows: {_BASE} }}; if (given.urls) this.urls = given.urls;"
    ),
    "settings-are-spread": _class(
        "this.urls = { ...DEFAULTS, ...given };",
        above=f"const DEFAULTS = {{ workflows: {_BASE} }};",
    ),
    "in-a-map": _class(
        f"this.urls = new Map([['workflows', {_BASE}]]);", "this.urls.get('workflows')"
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", FOLLOWED)
def test_a_url_in_an_object_of_a_class_is_followed(name: str, target: str) -> None:
    migration = run(FOLLOWED[name], settings=Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert b"/runs`, {" not in migration.result


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", NOT_FOLLOWED)
def test_a_base_that_may_be_another_is_told_and_left(name: str, target: str) -> None:
    migration = run(NOT_FOLLOWED[name], settings=Settings(target=target))
    assert [(f.bucket, f.reason) for f in migration.findings] == [
        (Bucket.LEFT, Reason.URL_NOT_FOLLOWED)
    ]
    assert not migration.edits


def test_an_exported_base_is_told_because_other_files_request_what_is_below_it() -> None:
    migration = run(f"export const WORKFLOWS_URL = {_BASE};\n")
    assert [finding.reason for finding in migration.findings] == [Reason.URL_EXPORTED]


@pytest.mark.parametrize(
    "shown", [f"console.log({_BASE});", f"if (address === {_BASE}) warn();"], ids=["log", "compare"]
)
def test_a_base_that_is_only_looked_at_is_no_call(shown: str) -> None:
    assert not run(f"function look(address) {{ {shown} }}\n").findings
