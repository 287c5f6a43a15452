"""The types that a post helper's path is declared with: the live one fits, or the call is left."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_FILE = """\
const ROOT = 'https://api.openai.com/v1';
$SIGNATURES
async function call$GENERIC(path: $TYPE, body: object): Promise<any> {
  const res = await fetch(`${ROOT}${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!res.ok) throw new Error(`${path}: ${res.status}`);
  return res.json();
}
export async function ask(text: string) {
  const run = await call($PATH, { workflow_id: 'wf_1', input: { message: text } });
  return run.output_text;
}
"""


def _file(kind: str, path: str = "'/workflows/runs'", before: str = "", generic: str = "") -> str:
    source = _FILE.replace("$TYPE", kind).replace("$PATH", path)
    return source.replace("$SIGNATURES", before).replace("$GENERIC", generic)


_ENUM = "enum At { Runs = '/workflows/runs', Chat = '/chat/completions' }"
_TAKEN = {
    "string": _file("string"),
    "any-text": _file("`/${string}`"),
    "a-text-or-a-url": _file("string | URL"),
    "a-name-for-one": _file("Path", before="type Path = '/files' | (string & {});"),
    "a-parameter-of-it": _file("P", generic="<P extends string>"),
    "what-fetch-takes": _file("Parameters<typeof fetch>[0]")
    .replace("`${ROOT}${path}`", "path")
    .replace("'/workflows/runs'", "'https://api.openai.com/v1/workflows/runs'"),
    "a-signature-in-front": _file(
        "string", before="async function call(path: string, body: object): Promise<any>;"
    ),
}
_REFUSED = {
    "two-texts": _file("'/workflows/runs' | '/chat/completions'"),
    "a-name-for-two-texts": _file("Path", before="type Path = '/workflows/runs' | '/files';"),
    "an-enum": _file("At", "At.Runs", _ENUM),
    "the-keys-of-an-object": _file(
        "keyof typeof AT", before="const AT = { '/workflows/runs': 'run', '/files': 'file' };"
    ),
    "the-members-of-an-object": _file(
        "(typeof AT)[keyof typeof AT]",
        "AT.run",
        "const AT = { run: '/workflows/runs', file: '/files' } as const;",
    ),
    "a-type-of-another-file": _file("Path", before="import type { Path } from './paths';"),
    "texts-that-start-otherwise": _file("`/workflows/${string}`"),
    "a-parameter-of-two-texts": _file("P", generic="<P extends '/workflows/runs' | '/files'>"),
    "a-signature-in-front": _file(
        "string", before="async function call(path: '/workflows/runs', body: object): Promise<any>;"
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("source", _TAKEN.values(), ids=_TAKEN)
def test_a_live_path_that_the_type_has_is_given(source: str, target: str) -> None:
    migration = check(source.encode(), "a.ts", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert "workflows" not in migration.result.decode()


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("source", _REFUSED.values(), ids=_REFUSED)
def test_a_live_path_that_the_type_has_not_is_left(source: str, target: str) -> None:
    migration = check(source.encode(), "a.ts", Settings(target=target))
    [finding] = migration.findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.URL_NOT_FOLLOWED)
    assert "is declared `" in finding.detail


def test_of_two_functions_of_a_name_none_is_certain() -> None:
    source = _file("any").replace(": any", "").replace(": object", "").replace(": string", "")
    source = source.replace(": Promise<any>", "")
    source += "function call(path) { return fetch('http://localhost' + path); }\n"
    [finding] = check(source.encode(), "a.js", Settings(target="responses")).findings
    assert finding.bucket is Bucket.LEFT
