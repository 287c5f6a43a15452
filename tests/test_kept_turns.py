"""Turns that a constant puts together, and that a React component keeps before they are sent."""

from __future__ import annotations

import pytest

from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_FILE = """\
import { useState } from 'react';
$HEAD
export function useChat(key: string) {
  const [messages, setMessages] = useState<{ role: $ROLE; content: string }[]>([]);
  return async (content: string) => {
    const next = $LIST;
    $THEN
    const res = await fetch('https://api.openai.com/v1/workflows/wf_1/runs', {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}` },
      body: JSON.stringify({ input: { messages: next } }),
    });
    if (!res.ok) throw new Error(`HTTP ${res.status}`);
    return (await res.json()).output_text;
  };
}
"""
_LIST = "[...messages, { role: 'user', content }]"
_KEPT = "setMessages(next);"
_TWO = "'user' | 'assistant'"


def _result(target: str, role: str, put: str, then: str, head: str = "") -> bytes:
    source = _FILE.replace("$ROLE", role).replace("$LIST", put).replace("$HEAD", head)
    source = source.replace("$THEN", then)
    return check(source.encode(), "chat.ts", Settings(target=target)).result


def _sends(result: bytes, code: bytes) -> bool:
    return b"input: " + code + b" " in result or b"messages: " + code + b" " in result


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(
    ("role", "put", "then", "code"),
    [
        pytest.param(_TWO, _LIST, _KEPT, b"next", id="its-type-says-which-roles"),
        pytest.param(
            "string",
            _LIST,
            _KEPT,
            b"next.map(m => ({ role: m.role, content: m.content }))",
            id="any-role",
        ),
        pytest.param(
            "string",
            _LIST,
            "",
            b"next.map(m => ({ role: m.role, content: m.content }))",
            id="not-kept",
        ),
        pytest.param(
            "string",
            "[...messages.slice(-10), { role: 'user', content }]",
            _KEPT,
            b"next.map(m => ({ role: m.role, content: m.content }))",
            id="the-last-ones",
        ),
    ],
)
def test_the_turns_are_sent_as_a_list(
    role: str, put: str, then: str, code: bytes, target: str
) -> None:
    assert _sends(_result(target, role, put, then), code)


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(
    ("role", "put", "then", "head"),
    [
        pytest.param(_TWO, _LIST, "store(next);", "", id="given-to-another-function"),
        pytest.param(
            _TWO,
            _LIST,
            "keep(next);",
            "const [, keep] = useStore([]);",
            id="the-setter-is-another-hooks",
        ),
        pytest.param("string", _LIST, "next.push(extra);", "", id="it-gets-more"),
        pytest.param("string", "[...messages]", _KEPT, "", id="no-message-says-what-they-are"),
        pytest.param(
            "string",
            "[...messages, { role: 'user', content, at: 1 }]",
            _KEPT,
            "",
            id="a-message-with-more",
        ),
        pytest.param(
            "string", "[...others, { role: 'user', content }]", _KEPT, "", id="unknown-turns"
        ),
    ],
)
def test_what_may_be_no_list_of_turns_is_not_sent_as_one(
    role: str, put: str, then: str, head: str, target: str
) -> None:
    result = _result(target, role, put, then, head)
    assert not _sends(result, b"next")
    assert b"next.map(" not in result
