"""Lists of messages as the Responses API has them: their parts and roles, on each target."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_FILE = """\
const RULES = 'Be kind.';
export async function ask(hint, picture) {
$BEFORE  const res = await fetch('https://api.openai.com/v1/workflows/wf_1/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ input: $INPUT }),
  });
  if (!res.ok) throw new Error('failed');
  return (await res.json()).output_text;
}
"""
_TEXT = "{ type: 'input_text', text: hint }"
_PICTURE = "{ type: 'input_image', image_url: picture }"
_LOW = "{ type: 'input_image', image_url: picture, detail: 'low' }"
_AUTO = "{ type: 'input_image', image_url: picture, detail: 'auto' }"
_BY_ID = "{ type: 'input_image', file_id: picture, detail: 'high' }"
_SYSTEM = (
    "  const messages = [{ role: 'system', content: RULES }, { role: 'user', content: hint }];\n"
)


def _source(given: str, before: str = "") -> str:
    return _FILE.replace("$INPUT", given).replace("$BEFORE", before)


def _with(*parts: str) -> str:
    return f"[{{ role: 'user', content: [{', '.join(parts)}] }}]"


#: A file, and what stands in the new body of each target.
SENT = {
    "a-text-and-a-picture": (
        _source(_with(_TEXT, _PICTURE)),
        "[{ type: 'text', text: hint }, { type: 'image_url', image_url: { url: picture } }]",
        f"input: {_with(_TEXT, _AUTO)}",
    ),
    "a-picture-with-its-detail": (
        _source(_with(_LOW, _PICTURE)),
        "[{ type: 'image_url', image_url: { url: picture, detail: 'low' } }, "
        "{ type: 'image_url', image_url: { url: picture } }]",
        f"input: {_with(_LOW, _AUTO)}",
    ),
    "a-file-as-the-picture": (
        _source(_with(_BY_ID)),
        "[{ type: 'image_file', image_file: { file_id: picture, detail: 'high' } }]",
        f"input: {_with(_BY_ID)}",
    ),
    "the-same-picture-twice": (
        _source(_with(_PICTURE, _PICTURE)),
        "[{ type: 'image_url', image_url: { url: picture } }, "
        "{ type: 'image_url', image_url: { url: picture } }]",
        f"input: {_with(_AUTO, _AUTO)}",
    ),
    "rules-in-a-list-with-a-name": (
        _source("messages", _SYSTEM),
        "content: JSON.stringify(messages)",
        "input: messages",
    ),
    "rules-in-a-list-in-a-form": (
        _source("{ messages }", _SYSTEM),
        "content: JSON.stringify(messages)",
        "input: messages",
    ),
    "rules-that-are-put-in-front": (
        _source(
            "messages",
            "  const messages = [{ role: 'user', content: hint }];\n"
            "  messages.unshift({ role: 'developer', content: RULES });\n",
        ),
        "content: JSON.stringify(messages)",
        "input: messages",
    ),
}
#: A file that is left on one target, and what is named.
LEFT = {
    "parts-with-a-name": (
        _source("[{ role: 'user', content: parts }]", f"  const parts = [{_TEXT}];\n"),
        "`type: 'input_text'`, which no thread takes",
    ),
    "a-list-with-a-name": (
        _source("turns", f"  const turns = {_with(_TEXT, _LOW)};\n"),
        "`type: 'input_text'`, which no thread takes",
    ),
    "parts-that-are-put-in": (
        _source(
            "[{ role: 'user', content: parts }]",
            f"  const parts = [];\n  parts.push({_LOW});\n",
        ),
        "`type: 'input_image'`, which no thread takes",
    ),
}


@pytest.mark.parametrize(("source", "thread", "response"), SENT.values(), ids=SENT)
def test_messages_are_sent_as_each_target_has_them(source: str, thread: str, response: str) -> None:
    for target, body in (("assistants", thread), ("responses", response)):
        migration = check(source.encode(), "ask.mjs", Settings(target=target))
        assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
        assert body in migration.result.decode()


@pytest.mark.parametrize(("source", "detail"), LEFT.values(), ids=LEFT)
def test_parts_that_no_thread_takes_are_left_where_they_stand_elsewhere(
    source: str, detail: str
) -> None:
    migration = check(source.encode(), "ask.mjs", Settings(target="assistants"))
    [finding] = migration.findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.HISTORY_SHAPE)
    assert finding.detail == detail
    live = check(source.encode(), "ask.mjs", Settings(target="responses"))
    assert [finding.bucket for finding in live.findings] == [Bucket.MIGRATED]


@pytest.mark.parametrize("target", ["assistants", "responses"])
def test_a_picture_without_its_detail_is_left_where_it_stands_elsewhere(target: str) -> None:
    parts = f"  const parts = [{_TEXT}, {_PICTURE}];\n"
    source = _source("[{ role: 'user', content: parts }]", parts).encode()
    [finding] = check(source, "ask.mjs", Settings(target=target)).findings
    assert finding.reason is Reason.HISTORY_SHAPE
    if target == "responses":
        assert finding.detail == f"`{_PICTURE}` without its detail"


_ROW = "({ role: row.mine ? 'user' : 'assistant', content: $CONTENT })"
_PARTS = "[{ type: 'input_text', text: row.text }]"
_ROWS = f"...hint.map((row) => {_ROW})"


def test_what_may_be_the_assistants_is_a_text_of_a_response() -> None:
    rows = _ROWS.replace("$CONTENT", _PARTS)
    source = _source(f"[{rows}, {_with(_TEXT)[1:-1]}]").encode()
    live = check(source, "ask.mjs", Settings(target="responses")).result.decode()
    assert _ROWS.replace("$CONTENT", "row.text") in live
    assert _with(_TEXT)[1:-1] in live
    thread = check(source, "ask.mjs", Settings(target="assistants")).result.decode()
    assert _ROWS.replace("$CONTENT", "[{ type: 'text', text: row.text }]") in thread


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize(
    ("given", "before"),
    [
        ("rows", f"  const rows = hint.map((row) => {_ROW});\n"),
        ("{ message: picture, history: rows }", f"  const rows = hint.map((row) => {_ROW});\n"),
        ("[{ role: 'user', content: picture }]", ""),
    ],
    ids=["a-list-with-a-name", "earlier-ones-with-a-name", "no-parts"],
)
def test_parts_of_any_role_are_left_where_they_stand_elsewhere(
    given: str, before: str, target: str
) -> None:
    source = _source(given, before.replace("$CONTENT", _PARTS)).encode()
    migration = check(source, "ask.mjs", Settings(target=target))
    left = [Reason.HISTORY_SHAPE] if before else [None]
    assert [finding.reason for finding in migration.findings] == left
    plain = check(
        _source(given, before.replace("$CONTENT", "row.text")).encode(),
        "ask.mjs",
        Settings(target=target),
    )
    assert [finding.bucket for finding in plain.findings] == [Bucket.MIGRATED]


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize(
    "lists",
    [
        "rows.concat({ role: 'user', content: hint })",
        "rows.concat([{ role: 'user', content: hint }])",
        "picture ? [...rows, { role: 'user', content: hint }] : [{ role: 'user', content: hint }]",
    ],
    ids=["joined-by-a-message", "joined-by-a-list", "one-of-two-lists"],
)
def test_a_list_that_is_put_together_is_sent_as_a_list(lists: str, target: str) -> None:
    rows = "  const rows = [{ role: 'assistant', content: 'Hello' }];\n"
    source = _source("turns", f"{rows}  const turns = {lists};\n").encode()
    code = check(source, "ask.mjs", Settings(target=target)).result.decode()
    assert ("input: turns" if target == "responses" else "messages: turns") in code


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize(
    "part",
    ["{ type: 'input_file', file_id: picture }", "{ type: 'input_audio', data: picture }", "hint"],
    ids=["a-file", "a-sound", "no-object"],
)
def test_other_parts_are_left(part: str, target: str) -> None:
    migration = check(_source(_with(_TEXT, part)).encode(), "ask.mjs", Settings(target=target))
    assert [finding.reason for finding in migration.findings] == [Reason.HISTORY_SHAPE]


def test_a_type_with_a_system_role_is_one_of_messages_of_a_response_only() -> None:
    source = (
        "interface Turn { role: 'system' | 'user' | 'assistant'; content: string }\n"
        + _source("[...turns, { role: 'user', content: hint }]").replace(
            "(hint, picture)", "(hint: string, turns: Turn[])"
        )
    ).encode()
    live = check(source, "ask.ts", Settings(target="responses"))
    assert "input: [...turns, { role: 'user', content: hint }]" in live.result.decode()
    thread = check(source, "ask.ts", Settings(target="assistants"))
    assert [finding.reason for finding in thread.findings] == [Reason.HISTORY_SHAPE]


def test_a_message_that_says_that_it_is_one_is_none_of_a_threads() -> None:
    source = _source("[{ type: 'message', role: 'user', content: [$TEXT] }]").replace(
        "$TEXT", _TEXT
    )
    [left] = check(source.encode(), "a.mjs", Settings(target="assistants")).findings
    assert (left.bucket, left.reason) == (Bucket.LEFT, Reason.HISTORY_SHAPE)
    [sent] = check(source.encode(), "a.mjs", Settings(target="responses")).findings
    assert sent.bucket is Bucket.MIGRATED


@pytest.mark.parametrize("target", ["assistants", "responses"])
def test_a_picture_whose_url_is_an_object_is_left(target: str) -> None:
    source = _source(_with("{ type: 'input_image', image_url: { url: picture } }"))
    [left] = check(source.encode(), "a.mjs", Settings(target=target)).findings
    assert (left.bucket, left.reason) == (Bucket.LEFT, Reason.HISTORY_SHAPE)
