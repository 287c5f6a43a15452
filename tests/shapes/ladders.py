"""How composed programs read an answer that is parsed: ladders, loops, flags and diggers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_PART = {"type": "output_text", "text": "$ANSWER"}
_ITEMS = [
    {"type": "reasoning", "summary": []},
    {"type": "message", "role": "assistant", "content": [_PART]},
]
_TEXT = {"output_text": "$ANSWER"}


@dataclass(frozen=True)
class Ladder:
    """One way: `$D` is what was parsed, `$FAILS` a statement that leaves.

    ``code`` is the text as an expression, ``before`` the statements above it, ``top`` what stands
    at the file's top, and ``answers`` an answer in which the text is found this way.
    """

    code: str
    answers: object
    before: tuple[str, ...] = ()
    top: tuple[str, ...] = ()


_FLAGGED = {"status": "completed", "output_text": "$ANSWER"}
LADDERS: Mapping[str, Ladder] = {
    "message-found": Ladder(
        "$D.output.find((o) => o.type === 'message').content[0].text", {"output": _ITEMS}
    ),
    "parts-joined": Ladder(
        "($D.output ?? []).flatMap((o) => o.content ?? [])"
        ".filter((c) => c.type === 'output_text').map((c) => c.text).join('')",
        {"output": _ITEMS},
    ),
    "typeof": Ladder(
        "text",
        {"output": {"text": "$ANSWER"}},
        (
            "let text = '';",
            "if (typeof $D.output === 'string') text = $D.output;",
            "else if (typeof $D.output?.text === 'string') text = $D.output.text;",
            "else if (Array.isArray($D.output)) text = $D.output.map((o) => o.text).join(' ');",
        ),
    ),
    "choices": Ladder(
        "$D.choices?.[0]?.message?.content ?? $D.output_text",
        {"choices": [{"message": {"content": "$ANSWER"}}]},
    ),
    "last-message": Ladder(
        "$D.messages?.at(-1)?.content",
        {"messages": [{"role": "assistant", "content": "$ANSWER"}]},
    ),
    "outputs-named": Ladder(
        "$D.outputs?.answer ?? $D.outputs?.text", {"outputs": {"answer": "$ANSWER"}}
    ),
    "data-nested": Ladder("$D.data?.outputs?.text", {"data": {"outputs": {"text": "$ANSWER"}}}),
    "defaults-taken-out": Ladder(
        "output.message ?? finding ?? ''",
        {"output": {"message": "$ANSWER"}},
        ("const { output = {}, result: finding } = $D;",),
    ),
    "taken-out-nested": Ladder(
        "said",
        {"output": {"message": "$ANSWER"}},
        ("const { output: { message: said } } = $D;",),
    ),
    "success-flag": Ladder(
        "$D.output",
        {"success": True, "output": "$ANSWER"},
        ("if (!$D.success) { $FAILS }",),
    ),
    "ok-flag": Ladder(
        "$D.reply",
        {"ok": True, "reply": "$ANSWER"},
        ("if ($D.ok !== true) throw new Error('failed');",),
    ),
    "error-member": Ladder(
        "$D.output_text", _TEXT, ("if ($D.error) throw new Error($D.error.message);",)
    ),
    "error-member-polite": Ladder("$D.output_text", _TEXT, ("if ($D.error) { $FAILS }",)),
    "status-listed": Ladder(
        "$D.output_text",
        _FLAGGED,
        ("if (!['completed', 'succeeded'].includes($D.status)) { $FAILS }",),
    ),
    "status-switch": Ladder(
        "text",
        _FLAGGED,
        (
            "let text = null;",
            "switch ($D.status) {",
            "  case 'failed':",
            "    throw new Error('failed');",
            "  case 'completed':",
            "    text = $D.output_text;",
            "    break;",
            "  default:",
            "    text = null;",
            "}",
        ),
    ),
    "status-failed": Ladder(
        "$D.output_text",
        _FLAGGED,
        ("if ($D.status === 'failed' || $D.status === 'cancelled') { $FAILS }",),
    ),
    "reduced": Ladder(
        "$D.output.reduce((all, o) => all + (o.text ?? ''), '')", {"output": [{"text": "$ANSWER"}]}
    ),
    "keys-tried": Ladder(
        "found",
        {"answer": "$ANSWER"},
        (
            "let found;",
            "for (const key of ['output_text', 'answer', 'text']) {",
            "  if (typeof $D[key] === 'string') {",
            "    found = $D[key];",
            "    break;",
            "  }",
            "}",
        ),
    ),
    "string-or-member": Ladder("typeof $D === 'string' ? $D : $D.output_text", _TEXT),
    "picker": Ladder(
        "pickText($D)",
        {"output": {"text": "$ANSWER"}},
        top=(
            "const pickText = (value<: any>) => value?.output_text ?? value?.output?.text ?? null;",
        ),
    ),
    "keyed-digger": Ladder(
        "findText($D)",
        {"result": {"message": "$ANSWER"}},
        top=(
            "const findText = (node<: any>)<: any> => {",
            "  if (node == null) return '';",
            "  if (typeof node === 'string') return node;",
            "  if (Array.isArray(node)) return node.map(findText).filter(Boolean).join(' ');",
            "  for (const key of ['text', 'message', 'content', 'output', 'result']) {",
            "    const found = node[key] ? findText(node[key]) : '';",
            "    if (found) return found;",
            "  }",
            "  return '';",
            "};",
        ),
    ),
    "longest": Ladder(
        "longest($D)",
        {"output": {"text": "$ANSWER"}},
        top=(
            "function longest(value<: any>)<: string> {",
            "  if (typeof value === 'string') return value;",
            "  if (!value || typeof value !== 'object') return '';",
            "  const all = Object.values(value).map(longest);",
            "  return all.sort((a, b) => b.length - a.length)[0] || '';",
            "}",
        ),
    ),
    "made-a-string": Ladder("String($D.output_text || '').trim()", _TEXT),
    "assigned-twice": Ladder(
        "text", _TEXT, ("let text = $D.answer;", "text ??= $D.output_text;", "text ||= '';")
    ),
    "optional-call": Ladder("$D.output_text?.trim?.()", _TEXT),
    "run-logged": Ladder(
        "$D.output_text",
        {"id": "run_1", "output_text": "$ANSWER"},
        ("console.error('run', $D.id, $D.usage?.total_tokens);",),
    ),
    "content-mapped": Ladder(
        "Array.isArray(content) ? content.map((c) => c.text ?? c).join('') : content",
        {"output": {"content": [_PART]}},
        ("const content = $D.output?.content;",),
    ),
    "entries": Ladder(
        "Object.entries($D.outputs || {}).filter(([k]) => k !== 'id').map(([, v]) => v).join(' ')",
        {"outputs": {"answer": "$ANSWER"}},
    ),
    "first-string": Ladder("Object.values($D).find((v) => typeof v === 'string')", _TEXT),
    "stringified-part": Ladder(
        "typeof $D.output === 'string' ? $D.output : JSON.stringify($D.output)",
        {"output": "$ANSWER"},
    ),
    "items-looped": Ladder(
        "text",
        {"output": _ITEMS},
        (
            "let text = '';",
            "for (const item of $D.output || []) {",
            "  if (item.type !== 'message') continue;",
            "  for (const part of item.content) {",
            "    if (part.type === 'output_text') text += part.text;",
            "  }",
            "}",
        ),
    ),
    "in-operator": Ladder("'output_text' in $D ? $D.output_text : $D.output", _TEXT),
    "own-property": Ladder(
        "Object.hasOwn($D, 'answer') ? $D.answer : $D.output?.text", {"answer": "$ANSWER"}
    ),
    "tested": Ladder("/\\S/.test($D.output_text) ? $D.output_text : ''", _TEXT),
    "cut": Ladder("$D.output_text.slice(0, 4000)", _TEXT),
    "last-of-list": Ladder(
        "$D.output?.length ? $D.output[$D.output.length - 1].content : ''",
        {"output": [{"content": "$ANSWER"}]},
    ),
    "steps-reversed": Ladder(
        "[...($D.steps || [])].reverse().find((s) => s.output)?.output?.text",
        {"steps": [{"output": {"text": "$ANSWER"}}]},
    ),
    "nested-ternary": Ladder(
        "$D.output ? ($D.output.text ? $D.output.text : $D.output.message) : $D.answer",
        {"output": {"message": "$ANSWER"}},
    ),
    "required": Ladder(
        "text",
        _TEXT,
        (
            "const text = $D.output_text || $D.output?.text;",
            "if (!text) throw new Error('empty');",
        ),
    ),
    "required-or-whole": Ladder(
        "text || JSON.stringify($D)", _TEXT, ("const text = $D.output_text || $D.output?.text;",)
    ),
    "error-or-answer": Ladder("$D.error?.message ?? $D.output_text", _TEXT),
    "answer-or-error": Ladder("$D.output_text || $D.error?.message || 'No answer'", _TEXT),
    "answer-or-detail": Ladder("$D.output_text ?? $D.detail ?? $D.message ?? 'No answer'", _TEXT),
    "array-first": Ladder("(Array.isArray($D) ? $D[0] : $D)?.output_text", _TEXT),
    "class-read": Ladder(
        "new Answer($D).text",
        _TEXT,
        top=(
            "class Answer {",
            "  text<: string>;",
            "  constructor(data<: any>) {",
            "    this.text = data.output_text ?? data.output?.text ?? '';",
            "  }",
            "}",
        ),
    ),
    "candidates-pushed": Ladder(
        "tried[0] ?? 'No answer'",
        {"answer": "$ANSWER"},
        (
            "const tried<: string[]> = [];",
            "if ($D.output_text) tried.push($D.output_text);",
            "if ($D.answer) tried.push($D.answer);",
            "$D.items?.forEach((each<: any>) => tried.push(each.text));",
        ),
    ),
    "try-around": Ladder(
        "text",
        {"output": [{"content": [_PART]}]},
        (
            "let text = '';",
            "try {",
            "  text = $D.output[0].content[0].text;",
            "} catch {",
            "  text = $D.output_text || '';",
            "}",
        ),
    ),
    "spread-members": Ladder(
        "merged.answer",
        {"answer": "$ANSWER"},
        ("const merged = { answer: '', ...$D };",),
    ),
    "renamed-object": Ladder(
        "normal.text",
        {"output": {"text": "$ANSWER"}},
        ("const normal = { id: $D.id, text: $D.output?.text ?? $D.text, raw: $D };",),
    ),
}
