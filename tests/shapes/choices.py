"""What composed programs are put together of: the options of each dimension, and fixed pieces."""

from __future__ import annotations

MESSAGE = "Where is my order?"
HISTORY = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
#: What has nothing to do with the call, and must be there unchanged afterwards, once.
BYSTANDERS = (
    "console.error('asked', message.length);",
    "// Keep this: the audit reads it.",
    "const started = [1, 2].map((n) => n * 2);",
    "await fetch('https://stats.example.com/count', { method: 'POST', body: message });",
    "globalThis.last = { message, lang };",
)
#: A live call of the same host, on one line.
LIVE = (
    "await fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', headers: "
    "{ 'Content-Type': 'application/json', Authorization: `Bearer ${$KEY}` }, body: JSON.stringify("
    "{ model: 'gpt-4.1', messages: [{ role: 'user', content: message }] }) });"
)
BODIES = (
    "input-message",
    "input-message",
    "input-text",
    "input-as-text",
    "inputs-question",
    "form",
    "message-array",
    "parts-array",
    "history",
    "history-unseen",
    "nested-form",
    "trimmed",
    "template",
    "prompt-beside-id",
)
READINGS = (
    *("ladder",) * 20,
    "json-caught",
    "text-ladder",
    "text-if-any",
    "response-helper",
    "whole-wrapped",
    "whole-spread",
    "whole-beside",
    "stream-piped",
    "stream-parsed",
    "json",
    "json-ladder",
    "json-ladder",
    "json-ladder-stringify",
    "json-nested",
    "destructured",
    "text-parse",
    "text-parse-try",
    "candidates",
    "digger",
    "extractor",
    "items",
    "whole",
    "text-handed-on",
    "then-chain",
    "own-polling",
    "let-then-assigned",
    "inline-await",
    "inline-text-parse",
    "typed",
    "status-too",
    "then-async",
)
#: What stands around the call and its reading.
WRAPS = (
    *("none", "none", "inner-function", "retry", "mode-guard", "finally"),
    *("fallback-model", "candidates", "local-function"),
)
CHECKS = (
    *("none", "ok", "ok", "throw", "else", "status", "error-text", "error-json"),
    *("range", "logged", "polite"),
)
MAPPED = "history.map((m) => ({ role: m.role, content: m.content }))"
EXTRAS = {
    "version": "version: '2'",
    "session_id": "session_id: 'session_1'",
    "user": "user: 'user_1'",
    "attachments": "attachments: []",
}


QUOTED = "'failed'"
#: Places that give a standard `Response`, which takes a stream.
WEB = ("cloudflare", "edge", "deno", "next-route")
EVENTS = 'data: {"type":"response.output_text.delta","delta":"$ANSWER"}\n\ndata: [DONE]\n\n'
IN_TIME = [
    "async function fetchInTime(url<: string>, init<: any>, ms = 20000) {",
    "  const controller = new AbortController();",
    "  const timer = setTimeout(() => controller.abort(), ms);",
    "  try {",
    "    return await fetch(url, { ...init, signal: controller.signal });",
    "  } finally {",
    "    clearTimeout(timer);",
    "  }",
    "}",
]
ANSWER_OF = [
    "async function answerOf(given<: Response>) {",
    "  const raw = await given.text();",
    "  try {",
    "    const parsed = JSON.parse(raw);",
    "    return parsed.output_text ?? parsed.output?.text ?? '';",
    "  } catch {",
    "    return raw;",
    "  }",
    "}",
]
