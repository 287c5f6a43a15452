"""Private fields that only the dead call read go with it; any that something may read stay."""

from __future__ import annotations

import pytest

from callmend.settings import Settings
from tests.invariants import check


def _class(field: str, *, more: str = "") -> str:
    return (
        f"export class Agent {{\n  {field}\n  #key = process.env.KEY;\n\n"
        "  async ask(question) {\n"
        "    const response = await fetch(`${this.BASE}/runs`, {\n"
        "      method: 'POST',\n"
        "      headers: { 'Content-Type': 'application/json', Authorization: this.#key },\n"
        "      body: JSON.stringify({ input: { question } }),\n    });\n"
        "    const answer = await response.text();\n"
        "    if (!response.ok) throw new Error(answer);\n"
        f"    return JSON.parse(answer).output_text;\n  }}\n{more}}}\n"
    )


_URL = "'https://api.openai.com/v1/workflows/wf_1'"
GONE = {
    "hash": (f"#base = {_URL};", "#base"),
    "hash-without-semicolon": (f"#base = {_URL}", "#base"),
    "private-in-typescript": (f"private readonly base: string = {_URL};", "base"),
    "hash-with-its-const": ("#base = BASE_URL;", "#base"),
}


@pytest.mark.parametrize(("field", "name"), GONE.values(), ids=GONE)
def test_a_field_that_nothing_reads_any_more_goes(field: str, name: str) -> None:
    head = f"const BASE_URL = {_URL};\n\n" if "BASE_URL" in field else ""
    source = head + _class(field).replace("this.BASE", f"this.{name}")
    result = check(source.encode(), "a.ts", Settings(target="responses")).result.decode()
    assert result.startswith("export class Agent {\n  #key = process.env.KEY;\n\n  async ask")


KEPT = {
    "public": (f"base = {_URL};", "base", ""),
    "read-elsewhere": (f"#base = {_URL};", "#base", "  where() { return this.#base; }\n"),
    "private-of-a-class-that-shows-itself": (
        f"private readonly base: string = {_URL};",
        "base",
        "  show() { return JSON.stringify(this); }\n",
    ),
    "private-and-no-url-of-it": ("private base = process.env.BASE;", "base", ""),
    "hash-of-a-class-that-hands-itself-on": (
        f"#base = {_URL};",
        "#base",
        "  where() { return read(this); }\n",
    ),
    "set-in-the-constructor": (
        "private base: string;",
        "base",
        f"  constructor() {{\n    this.base = {_URL};\n  }}\n",
    ),
    "with-a-comment-in-it": (f"#base = /* beta */ {_URL};", "#base", ""),
    "in-front-of-a-computed-name": (
        f"#base = {_URL};\n  ['url'] = 1;",
        "#base",
        "",
    ),
}


@pytest.mark.parametrize(("field", "name", "more"), KEPT.values(), ids=KEPT)
def test_a_field_that_something_may_read_stays(field: str, name: str, more: str) -> None:
    source = _class(field, more=more).replace("this.BASE", f"this.{name}")
    result = check(source.encode(), "a.ts", Settings(target="responses")).result.decode()
    assert result.startswith(f"export class Agent {{\n  {field}\n")
    assert "/v1/responses" in result or "process.env.BASE" in field


def test_a_field_of_the_id_stays_where_the_new_call_has_it() -> None:
    source = _class("#id = process.env.ID;").replace(
        "${this.BASE}", "https://api.openai.com/v1/workflows/${this.#id}"
    )
    kept = check(source.encode(), "a.ts", Settings(target="assistants")).result.decode()
    assert "  #id = process.env.ID;\n" in kept
    gone = check(source.encode(), "a.ts", Settings(target="responses")).result.decode()
    assert "#id" not in gone
