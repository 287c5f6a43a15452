"""URLs that are put together by `+=`, and readings, as the random programs found them."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_DEAD = "https://api.openai.com/v1/workflows"
_GROWN = f"  let url = '{_DEAD}/';\n  url += process.env.WORKFLOW_ID;\n  url += '/runs';\n"
_OPTIONS = (
    "{ method: 'POST', headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,"
    " 'Content-Type': 'application/json' }, body: JSON.stringify({ input: { message } }) }"
)


def _asking(above: str, reading: str = "return (await res.json()).output_text;") -> bytes:
    return (
        "export async function ask(message: string, id: string) {\n"
        f"{above}  const res = await fetch(url, {_OPTIONS});\n  {reading}\n}}\n"
    ).encode()


def _inside(opens: str, closes: str, above: str = _GROWN) -> bytes:
    return (
        f"export async function ask(message: string) {{\n{above}  {opens}\n"
        f"    const res = await fetch(url, {_OPTIONS});\n"
        f"    return (await res.json()).output_text;\n  {closes}\n}}\n"
    ).encode()


GROWN = {
    "where-it-is-used": _asking(_GROWN),
    "in-an-arrow-function": _inside("const run = async () => {", "};\n  return run();"),
    "in-a-hoisted-function": _inside("async function run() {", "}\n  return await run();"),
    "in-a-hoisted-function-that-an-arrow-calls": _inside(
        "async function run() {", "}\n  const again = () => run();\n  return again();"
    ),
    "of-the-file": _GROWN.encode() + _asking(""),
}


@pytest.mark.parametrize("source", GROWN.values(), ids=GROWN)
def test_a_url_that_grows_is_followed_into_functions(source: bytes) -> None:
    [finding] = check(source, "a.ts", Settings(target="responses")).findings
    assert finding.bucket is Bucket.MIGRATED


NOT_CERTAIN = {
    "a-part-in-a-condition": _asking(
        f"  let url = '{_DEAD}/';\n  if (id) url += id;\n  url += '/runs';\n"
    ),
    "an-ending-in-a-condition": _asking(f"  let url = '{_DEAD}/runs';\n  if (id) url += id;\n"),
    "an-ending-in-a-loop": _asking(
        f"  let url = '{_DEAD}';\n  for (const part of ['/wf_1', id]) url += '/wf_1/runs';\n"
    ),
    "an-ending-behind-the-function": _inside(
        "const run = async () => {",
        "};\n  url += '/runs';\n  return run();",
        f"  let url = '{_DEAD}/wf_1';\n",
    ),
    "a-function-that-is-called-before": _inside(
        "async function run() {",
        "}\n  return await run();",
        f"  let url = '{_DEAD}/wf_1';\n  await run();\n  url += '/runs';\n",
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("source", NOT_CERTAIN.values(), ids=NOT_CERTAIN)
def test_a_url_that_may_grow_is_left_and_not_passed_over(source: bytes, target: str) -> None:
    [finding] = check(source, "a.ts", Settings(target=target)).findings
    assert finding.bucket is Bucket.LEFT
    assert finding.reason is Reason.URL_NOT_CERTAIN


def _reading(reading: str) -> str:
    source = _asking(f"  const url = '{_DEAD}/wf_1/runs';\n", reading)
    migration = check(source, "a.ts", Settings(target="responses"))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED, finding.detail
    return migration.result.decode()


@pytest.mark.parametrize(
    "default", ["''", "null", "undefined", "[]"], ids=["text", "null", "undefined", "list"]
)
def test_a_member_that_is_empty_until_the_answer_is_put_over_it_is_written(default: str) -> None:
    result = _reading(
        f"const all = {{ answer: {default}, ...(await res.json()) }};\n  return all.answer;"
    )
    assert "answer: text" in result


def test_a_member_of_its_own_beside_the_answer_is_not_taken_for_one_of_the_answer() -> None:
    result = _reading(
        "const all = { lang: 'en', ...(await res.json()) };\n"
        "  return `${all.lang}: ${all.output_text}`;"
    )
    assert "lang: text" not in result


#: What is done about an error's response that keeps none of it from being shown.
LOGGED = {
    "logged": "if (!res.ok) console.error('bad', res.status);",
    "logged-in-a-block": "if (!res.ok) {\n    console.error('bad');\n    console.log('!');\n  }",
    "logged-else": "if (res.ok) console.log('fine'); else console.error('bad');",
}
SHOWN = {
    "its-message": "return data.error?.message ?? data.output_text;",
    "all-of-it": "return data;",
    "all-of-it-with-more": "return { ...data, id };",
    "all-of-it-under-a-name": "return { ok: true, result: data };",
}


@pytest.mark.parametrize("reading", SHOWN.values(), ids=SHOWN)
@pytest.mark.parametrize("logs", LOGGED.values(), ids=LOGGED)
def test_an_error_that_is_only_logged_is_not_shown_for_an_answer(logs: str, reading: str) -> None:
    result = _reading(f"{logs}\n  const data = await res.json();\n  {reading}")
    # In place, or by the function that adapts the answer.
    assert "data.status !== 'completed'" in result or "so what is no answer is thrown" in result


def test_an_error_whose_status_is_passed_on_is_left_to_who_gets_it() -> None:
    result = _reading(
        "if (!res.ok) console.error('bad');\n  const data = await res.json();\n"
        "  return Response.json(data, { status: res.status });"
    )
    assert "so what is no answer is thrown" not in result
