"""Readings whose shape is only taken where running the file proves that the text alone arrives."""

from __future__ import annotations

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_ASKED = """\
export async function ask(message) {
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow_id: 'wf_1', input: { message } }),
  });
  if (!res.ok) throw new Error('HTTP ' + res.status);
  const data = await res.json();
"""
_DIG = """\
const dig = (node) => {
  if (node == null) return '';
  if (typeof node === 'string') return node;
  if (Array.isArray(node)) return node.map(dig).filter(Boolean).join(' ');
  INSIDE
  return '';
};
"""
_BY_KEYS = """for (const key of ['text', 'message', 'content', 'output']) {
    const found = node[key] ? dig(node[key]) : '';
    if (found) return found;
  }"""


def _program(reading: str, above: str = "") -> bytes:
    return (above + _ASKED + reading + "}\n").encode()


#: What reads the answer, and the members in which the adapted one has its text.
PROVED = {
    "text-list-or-object": (
        _program(
            "  let text = '';\n"
            "  if (typeof data.output === 'string') text = data.output;\n"
            "  else if (typeof data.output?.text === 'string') text = data.output.text;\n"
            "  else if (Array.isArray(data.output)) "
            "text = data.output.map((o) => o.text).join(' ');\n"
            "  return { reply: text };\n"
        ),
        "output_text: text, output: { text },",
    ),
    "last-of-the-steps": (
        _program(
            "  return [...(data.steps || [])].reverse().find((s) => s.output)?.output?.text;\n"
        ),
        "output_text: text, steps: [{ output: { text } }],",
    ),
    "pushed-and-the-first-taken": (
        _program(
            "  const tried = [];\n"
            "  if (data.output_text) tried.push(data.output_text);\n"
            "  if (data.answer) tried.push(data.answer);\n"
            "  data.items?.forEach((each) => tried.push(each.text));\n"
            "  return tried[0] ?? 'No answer';\n"
        ),
        "{ output_text: text, id:",
    ),
    "values-that-are-joined": (
        _program("  return Object.values(data.outputs || {}).join(' ');\n"),
        "output_text: text, outputs: [text],",
    ),
    "digger-that-joins-what-it-finds-in-lists": (
        _program("  return dig(data);\n", _DIG.replace("INSIDE", _BY_KEYS)),
        "content: [{ type: 'output_text', text }]",
    ),
    "message-or-a-plain-text-in-the-list": (
        _program(
            "  const item = data.output?.[0] || data.run?.output?.[0];\n"
            "  const read = () => {\n"
            "    if (item?.content?.[0]?.type === 'output_text') return item.content[0].text;\n"
            "    if (typeof data.output[0] === 'string') return data.output[0];\n"
            "    return null;\n  };\n"
            "  return read().trim();\n"
        ),
        "content: [{ type: 'output_text', text }]",
    ),
    "as-a-body-of-json": (
        _program(
            "  const text = data.items ? data.items.map((i) => i.text).join('')"
            " : data.result?.text ?? data.items[0];\n"
            "  return new Response(JSON.stringify({ reply: text }));\n"
        ),
        "output_text: text, items: [{ text }],",
    ),
}
LEFT = {
    "is-only-one-of-two-that-are-joined": (
        _program(
            "  const read = () => (typeof data.output[0] === 'string' ? data.output[0]"
            " : data.output[0].content[0].text + data.output[0].title);\n"
            "  return read().trim();\n"
        ),
        Reason.OTHER_READ,
    ),
    "has-a-method-of-texts-called-on-its-message": (
        _program(
            "  const first = data.output[0];\n"
            "  if (Math.random() > 2) return first.content[0].text;\n"
            "  return first.trim();\n"
        ),
        Reason.OTHER_READ,
    ),
    "is-joined-to-another-field": (
        _program("  return data.output.text + data.title;\n"),
        Reason.OTHER_READ,
    ),
    "is-written-beside-another-text": (
        _program("  return `${data.output.text}\\n\\n${data.summary}`;\n"),
        Reason.OTHER_READ,
    ),
    "stands-under-a-number": (
        _program("  return { ok: true, ...data.output };\n"),
        Reason.OTHER_READ,
    ),
    "stands-in-a-pair": (_program("  return Object.entries(data.output);\n"), Reason.OTHER_READ),
    "comes-with-all-that-a-digger-finds": (
        _program(
            "  return dig(data);\n",
            _DIG.replace("INSIDE", "return Object.values(node).map(dig).join(' ');"),
        ),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
}


@_TARGETS
@pytest.mark.parametrize(("source", "members"), PROVED.values(), ids=PROVED)
def test_the_text_arrives_alone(source: bytes, members: str, target: str) -> None:
    migration = check(source, "a.js", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert members in migration.result.decode()


@_TARGETS
@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_the_call_is_left_where_the_text(source: bytes, reason: Reason, target: str) -> None:
    migration = migrate(source, "a.js", Settings(target=target))
    assert [finding.reason for finding in migration.findings] == [reason]
    assert not migration.changed
