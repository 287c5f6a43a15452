"""Headers that further requests repeat: where their declared type may be a list, a cast says no."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from tests.invariants import check

_KEY = "Authorization: `Bearer ${process.env.KEY}`"
_FILE = """\
$HEAD
export async function ask(message: string) {
  $BODY
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    $OPTIONS
    body: JSON.stringify({ workflow_id: 'wf_1', input: { message } }),
  });
  if (!res.ok) throw new Error(`${res.status}`);
  const data = await res.json();
  return { text: data.output_text.trim() };
}
"""
_TEXTS = "as Record<string, string>)"


def _file(options: str, head: str = "", body: str = "") -> str:
    source = _FILE.replace("$HEAD", head).replace("$BODY", body)
    return source.replace("$OPTIONS", options).replace("\n  \n", "\n").lstrip("\n")


_CAST = {
    "a-constant-of-the-file": (
        _file("headers,", f"const headers: HeadersInit = {{ {_KEY} }};"),
        f"...(headers {_TEXTS}",
    ),
    "a-function": (
        _file("headers: auth(),", f"function auth(): HeadersInit {{ return {{ {_KEY} }}; }}"),
        f"...(auth() {_TEXTS}",
    ),
    "options": (
        _file("...init,", f"const init: RequestInit = {{ headers: {{ {_KEY} }} }};"),
        f"...(init.headers {_TEXTS}",
    ),
    "options-by-a-cast": (
        _file("...init,", body=f"const init = {{ headers: {{ {_KEY} }} }} as RequestInit;"),
        f"...(init.headers {_TEXTS}",
    ),
    "what-is-spread": (
        _file("headers: { ...base },", f"const base: HeadersInit = {{ {_KEY} }};"),
        f"...(base {_TEXTS}",
    ),
}
_PLAIN = {
    "a-constant-beside-the-request": (
        _file("headers,", body=f"const headers: HeadersInit = {{ {_KEY} }};"),
        "...headers,",
    ),
    "texts": (
        _file("headers,", f"const headers: Record<string, string> = {{ {_KEY} }};"),
        "...headers,",
    ),
    "no-type": (_file("headers,", f"const headers = {{ {_KEY} }};"), "...headers,"),
    "options-that-satisfy-it": (
        _file("...init,", f"const init = {{ headers: {{ {_KEY} }} }} satisfies RequestInit;"),
        "...init.headers,",
    ),
    "a-function-that-says-nothing": (
        _file("headers: auth(),", f"function auth() {{ return {{ {_KEY} }}; }}"),
        "...auth(),",
    ),
}


@pytest.mark.parametrize(
    ("source", "repeated"), [*_CAST.values(), *_PLAIN.values()], ids=[*_CAST, *_PLAIN]
)
def test_headers_are_repeated_as_texts(source: str, repeated: str) -> None:
    migration = check(source.encode(), "ask.ts")
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    result = migration.result.decode()
    assert repeated in result
    assert (_TEXTS in result) == (_TEXTS in repeated)
