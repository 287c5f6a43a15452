"""Lists of messages that a file fills itself, also by a key: sent as messages, or as JSON text."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

_SENT = (
    "fetch('https://api.openai.com/v1/workflows/runs', { method: 'POST', headers: "
    "{ Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' }, "
    "body: JSON.stringify({ workflow_id: 'wf_1', input: INPUT }) })"
)
_USER = "history.push({ role: 'user', content: text });"
_BOT = "history.push({ role: 'assistant', content: answer });"
_FORM = "{ message: text, history }"


def _program(outside: str, before: str, behind: str, sent: str = "history") -> bytes:
    return (
        f"{outside}\nexport async function ask(id, text) {{\n  {before}\n"
        f"  const res = await {_SENT.replace('INPUT', sent)};\n"
        "  if (!res.ok) throw new Error('no');\n  const data = await res.json();\n"
        f"  const answer = data.output_text;\n  {behind}\n  return answer;\n}}\n"
    ).encode()


#: What is outside of the function, before the request, behind it, and what is sent.
MESSAGES = {
    "filled-before": ("", f"const history = [];\n  {_USER}", "", "history"),
    "kept-by-the-module": ("const history = [];", _USER, _BOT, "{ messages: history }"),
    "cut-as-it-grows": (
        "const history = [];",
        _USER,
        f"{_BOT}\n  if (history.length > 20) history.splice(0, 2);",
        "history",
    ),
    "put-back-into-a-map": (
        "const chats = new Map();",
        f"const history = chats.get(id) ?? [];\n  {_USER}\n  chats.set(id, history);",
        f"{_BOT}\n  chats.set(id, history.slice(-20));",
        "history",
    ),
    "looked-for-in-a-map": (
        "const chats = new Map();",
        f"if (!chats.has(id)) chats.set(id, []);\n  const history = chats.get(id);\n  {_USER}",
        f"{_BOT}\n  if (history.length > 40) chats.delete(id);",
        "history",
    ),
    "in-an-object": (
        "const chats = {};",
        f"const history = chats[id] || (chats[id] = []);\n  {_USER}",
        _BOT,
        "history",
    ),
    "set-once-in-an-object": (
        "const chats = {};",
        f"const history = (chats[id] ??= []);\n  {_USER}",
        _BOT,
        "history",
    ),
    "beside-the-message": (
        "const chats = new Map();",
        "const history = chats.get(id) || [];",
        "chats.set(id, [...history, { role: 'user', content: text }]);",
        _FORM,
    ),
    "beside-the-message-by-a-name-that-may-be-another-thing": (
        "const history = [];",
        "",
        f"{_USER}\n  {_BOT}",
        "{ input_as_text: text, conversation: history }",
    ),
    "beside-the-input": (
        "const history = [];",
        "",
        f"{_USER}\n  {_BOT}",
        "{ message: text }, conversation: history",
    ),
}
#: The same, where something else may be in the list.
OTHERS = {
    "other-members-are-put-behind-it-for-the-next-time": (
        "const history = [];",
        "",
        "history.push({ who: 'me', text }, { who: 'bot', text: answer });",
        _FORM,
    ),
    "it-grows-in-a-loop-behind-the-request": (
        "",
        "const history = [];\n  for (;;) {\n  if (text === answered) break;",
        "history.push({ who: 'bot', text: answer });\n  if (answer.length) return answer;\n  }\n"
        "  const answer = id;",
        _FORM,
    ),
    "another-list-is-put-behind-it": (
        "const chats = new Map();",
        f"const history = chats.get(id) ?? [];\n  {_USER}",
        "history.push({ who: 'bot', text: answer });\n  chats.set(id, history);",
        "history",
    ),
    "a-list-of-elsewhere-is-put-into-the-map": (
        "const chats = new Map();",
        f"const history = chats.get(id) ?? [];\n  {_USER}",
        "chats.set(id, trim(history));",
        "history",
    ),
    "the-map-is-handed-on": (
        "const chats = new Map();\nrestore(chats);",
        f"const history = chats.get(id) ?? [];\n  {_USER}",
        _BOT,
        "history",
    ),
    "other-files-have-the-map": (
        "export const chats = new Map();",
        f"const history = chats.get(id) ?? [];\n  {_USER}",
        _BOT,
        "history",
    ),
    "the-map-starts-with-something": (
        "const chats = new Map(JSON.parse(SAVED));",
        f"const history = chats.get(id) ?? [];\n  {_USER}",
        _BOT,
        "history",
    ),
    "there-may-be-no-list": (
        "const chats = new Map();",
        "const history = chats.get(id);",
        "chats.set(id, [...(history ?? []), { role: 'user', content: text }]);",
        _FORM,
    ),
    "a-list-of-the-map-is-handed-on": (
        "const chats = new Map();\nexport const of = (id) => chats.get(id);",
        f"const history = chats.get(id) ?? [];\n  {_USER}",
        _BOT,
        "history",
    ),
}


def _result(program: tuple[str, str, str, str], target: str) -> str:
    migration = check(_program(*program), "a.js", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    return migration.result.decode()


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize("program", MESSAGES.values(), ids=MESSAGES)
def test_the_messages_are_sent_as_messages(program: tuple[str, str, str, str], target: str) -> None:
    result = _result(program, target)
    assert "JSON.stringify(history)" not in result
    assert "JSON.stringify({ message" not in result
    sent = "input: history" if target == "responses" else "messages: history"
    assert sent in result or "...history," in result


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize("program", OTHERS.values(), ids=OTHERS)
def test_a_list_that_may_hold_something_else_is_sent_as_json(
    program: tuple[str, str, str, str], target: str
) -> None:
    result = _result(program, target)
    assert (
        "JSON.stringify(history)" in result or "JSON.stringify({ message: text, history" in result
    )


@pytest.mark.parametrize("target", ["assistants", "responses"])
def test_a_list_that_is_put_into_itself_is_looked_at_once(target: str) -> None:
    doubled = ("const history = [];", f"{_USER}\n  history.push(...history);", _BOT, "history")
    assert "JSON.stringify(history)" not in _result(doubled, target)


@pytest.mark.parametrize("target", ["assistants", "responses"])
def test_a_conversation_that_is_no_list_has_no_counterpart(target: str) -> None:
    program = _program("", "", "", "{ message: text }, conversation: id")
    migration = check(program, "a.js", Settings(target=target))
    notes = [note.text for finding in migration.findings for note in finding.notes]
    assert "without a counterpart, and gone: `conversation: id`" in notes
    assert "conversation" not in migration.result.decode()


@pytest.mark.parametrize("target", ["assistants", "responses"])
def test_a_context_that_is_no_list_of_messages_is_a_field_of_the_form(target: str) -> None:
    program = _program("", "const notes = [id];", "", "{ message: text, context: notes }")
    result = check(program, "a.js", Settings(target=target)).result.decode()
    assert "JSON.stringify({ message: text, context: notes })" in result


_CHATS = {
    "by-fetch": (
        "fetch('https://api.openai.com/v1/chat/completions', "
        "{ body: JSON.stringify({ messages: MESSAGES }) })"
    ),
    "by-the-client": "openai.chat.completions.create({ model: 'gpt-5', messages: MESSAGES })",
}
_USER_NOW = "{ role: 'user', content: text }"


def _chatting(chat: str, messages: str) -> bytes:
    behind = f"if (!answer) return {chat.replace('MESSAGES', messages)};"
    return _program("", "", behind, _FORM).replace(b"(id, text)", b"(id, text, history)")


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize("spread", ["history", "(history ?? [])", "(history || [])"])
@pytest.mark.parametrize("chat", _CHATS.values(), ids=_CHATS)
def test_what_a_live_chat_is_told_is_a_list_of_messages(
    chat: str, spread: str, target: str
) -> None:
    program = _chatting(chat, f"[{{ role: 'system', content: id }}, ...{spread}, {_USER_NOW}]")
    result = check(program, "a.js", Settings(target=target)).result.decode()
    told = f"[...{spread}, {_USER_NOW}].map(({{ role, content }}) => ({{ role, content }}))"
    assert told in result


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize(
    ("chat", "messages"),
    [
        ("ask({ messages: MESSAGES })", f"[...history, {_USER_NOW}]"),
        (_CHATS["by-the-client"], f"[...history.map(turn), {_USER_NOW}]"),
        (_CHATS["by-the-client"], f"[...(old || history), {_USER_NOW}]"),
        (_CHATS["by-the-client"].replace("messages:", "tools:"), "[...history]"),
    ],
    ids=["another-function", "mapped", "one-of-two", "another-member"],
)
def test_what_else_is_done_with_a_list_tells_nothing(chat: str, messages: str, target: str) -> None:
    result = check(_chatting(chat, messages), "a.js", Settings(target=target)).result.decode()
    assert "JSON.stringify({ message: text, history })" in result


_PUSHED = "chats[id].push({ role: 'user', content: text });"
_SAID = "chats[id].push({ role: 'assistant', content: answer });"
_MADE = "if (!chats[id]) chats[id] = [];"


@pytest.mark.parametrize("target", ["assistants", "responses"])
def test_a_list_is_sent_by_its_key_where_a_message_was_put_behind_it(target: str) -> None:
    result = _result(("const chats = {};", f"{_MADE}\n  {_PUSHED}", _SAID, "chats[id]"), target)
    sent = "input: chats[id] }" if target == "responses" else "messages: chats[id] }"
    assert sent in result


_BY_ANOTHER_KEY = {
    "nothing-is-put-behind-it": ("const chats = {};", _MADE, _SAID),
    "only-sometimes": ("const chats = {};", f"{_MADE}\n  if (text) {{ {_PUSHED} }}", _SAID),
    "behind-another-one": (
        "const chats = {};",
        f"{_MADE}\n  {_PUSHED.replace('[id]', '[text]')}",
        _SAID,
    ),
    "the-key-changes": ("const chats = {};", f"{_MADE}\n  {_PUSHED}\n  id = id + '2';", _SAID),
    "something-else-is-put-there": (
        "const chats = {};",
        f"{_MADE}\n  {_PUSHED}",
        "chats[id].push({ who: 'bot', text: answer });",
    ),
    "other-files-have-it": ("export const chats = {};", f"{_MADE}\n  {_PUSHED}", _SAID),
}


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize("parts", _BY_ANOTHER_KEY.values(), ids=_BY_ANOTHER_KEY)
def test_what_stands_by_a_key_may_be_something_else(
    parts: tuple[str, str, str], target: str
) -> None:
    assert "JSON.stringify(chats[id])" in _result((*parts, "chats[id]"), target)
