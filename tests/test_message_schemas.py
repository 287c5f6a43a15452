"""Lists of messages that are known by a schema, a cast or what makes them, and others."""

from __future__ import annotations

import pytest

from callmend import migrate
from callmend.settings import Settings

_TARGETS = ("assistants", "responses")
_ITEM = "z.object({ role: z.enum(['user', 'assistant']), content: z.string().min(1) })"
_TURN = "type Turn = { role: 'user' | 'assistant'; content: string };"


def _asking(above: str, head: str = "", sent: str = "{ messages }") -> str:
    return f"""{head}
export async function POST(req: Request) {{
  {above}
  const response = await fetch('https://api.openai.com/v1/workflows/wf_1/runs', {{
    method: 'POST',
    headers: {{ Authorization: `Bearer ${{process.env.KEY}}`, 'Content-Type': 'application/json' }},
    body: JSON.stringify({{ input: {sent} }}),
  }});
  if (!response.ok) throw new Error(`agent: ${{response.status}}`);
  const data = await response.json();
  return Response.json({{ reply: data.output_text }});
}}
"""


def _schema(body: str, above: str = "", module: str = "zod") -> str:
    head = f"import {{ z }} from '{module}';\n{above}\nconst Body = {body};"
    return _asking("const { messages } = Body.parse(await req.json());", head)


def _tried(taken: str, body: str = f"z.object({{ messages: z.array({_ITEM}) }})") -> str:
    head = f"import {{ z }} from 'zod';\nconst Body = {body};"
    above = (
        "const parsed = Body.safeParse(await req.json());\n"
        "  if (!parsed.success) return new Response('no', { status: 400 });\n  "
    )
    return _asking(above + taken, head)


def _typed(
    taken: str, kind: str = "{ role: 'user' | 'assistant'; content: string }", body: str = "body"
) -> str:
    above = f"const {body} = (await req.json()) as {{ messages?: {kind}[]; user: string }};\n  "
    return _asking(above + taken, "", "messages")


KNOWN = {
    "schema-that-is-tried": _tried("const { messages } = parsed.data;"),
    "schema-that-is-tried-and-a-member": _tried("const messages = parsed.data.messages;"),
    "schema-that-is-tried-and-waited-for": _tried("const { messages } = parsed.data;").replace(
        "Body.safeParse(", "await Body.safeParseAsync("
    ),
    "schema-with-an-empty-list-for-none": _tried(
        "const { messages } = parsed.data;",
        f"z.object({{ messages: z.array({_ITEM}).max(9).default([]) }})",
    ),
    "member-of-a-type-or-an-empty-list": _typed("const messages = body.messages ?? [];"),
    "member-of-a-type-that-may-have-no-owner": _typed("const messages = body?.messages || [];"),
    "schema": _schema(f"z.object({{ messages: z.array({_ITEM}).min(1).max(50) }})"),
    "schema-of-a-list": _asking(
        "const messages = await Body.parseAsync(await req.json());",
        f"import {{ z }} from 'zod';\nconst Body = z.array({_ITEM});",
    ),
    "schema-with-a-name": _schema(
        "z.object({ messages: z.array(Turn), user: z.string() })", f"const Turn = {_ITEM};"
    ),
    "cast": _asking("const messages = (await req.json()).messages as Turn[];", _TURN, "messages"),
    "cast-of-either": _asking(
        "const body = await req.json();\n  const messages = (body.messages ?? []) as Turn[];",
        _TURN,
        "messages",
    ),
    "member-behind-a-condition": _typed(
        "if (!body.messages?.length) return new Response('no');\n  const messages = body.messages;"
    ),
    "name-behind-a-condition": _typed(
        "const messages = body.messages;\n  "
        "if (!Array.isArray(messages) || messages.length === 0) return new Response('no');"
    ),
    "map-in-a-form": _asking(
        "const body = await req.json();\n  const messages = body.turns"
        ".map((m: any) => ({ role: m.role, content: m.content }));"
    ),
}
#: What may hold other messages, or something else, is sent as the text of its JSON as before.
NOT_KNOWN = {
    "schema-that-is-tried-and-may-give-none": _tried(
        "const messages = parsed.data;", f"z.array({_ITEM})"
    ),
    "schema-that-is-tried-and-read-if-there": _tried("const messages = parsed.data?.messages;"),
    "schema-that-is-tried-with-another-role": _tried(
        "const { messages } = parsed.data;",
        f"z.object({{ messages: z.array({_ITEM.replace('assistant', 'tool')}) }})",
    ),
    "data-of-no-schema": _tried("const { messages } = parsed.data;").replace("safeParse", "check"),
    "schema-with-messages-for-none": _tried(
        "const { messages } = parsed.data;",
        f"z.object({{ messages: z.array({_ITEM}).default(SAMPLE) }})",
    ),
    "member-of-a-type-that-need-not-be-there": _typed("const messages = body.messages;"),
    "member-of-a-type-or-another-list": _typed("const messages = body.messages ?? SAMPLE;"),
    "member-of-a-type-with-another-role": _typed(
        "const messages = body.messages ?? [];", "{ role: 'user' | 'tool'; content: string }"
    ),
    "member-of-a-type-without-a-text": _typed(
        "const messages = body.messages ?? [];", "{ role: 'user'; content: string | Part[] }"
    ),
    "member-that-is-set-again": _typed("let messages = body.messages ?? [];").replace(
        "  const response", "  messages = await more();\n  const response"
    ),
    "member-behind-the-opposite-condition": _typed(
        "const messages = body.messages;\n  if (messages?.length) return new Response('no');"
    ),
    "member-behind-a-condition-on-more": _typed(
        "const messages = body.messages;\n  if (!messages && body.user) return new Response('no');"
    ),
    "member-behind-a-condition-that-goes-on": _typed(
        "const messages = body.messages;\n  if (!messages) console.warn('none');"
    ),
    "member-behind-a-condition-on-another-of-its-name": _typed(
        "const messages = body.messages;\n  "
        "{ const messages = body.user; if (!messages) return new Response('no'); }"
    ),
    "member-behind-a-condition-on-what-is-set-again": _typed(
        "let messages = body.messages;\n  if (!messages) return new Response('no');\n  "
        "messages = undefined;"
    ),
    "no-schema": _asking("const { messages } = await req.json();"),
    "schema-of-any-role": _schema(
        f"z.object({{ messages: z.array({_ITEM.replace('z.enum', 'z.string')}) }})"
    ),
    "schema-with-another-role": _schema(
        f"z.object({{ messages: z.array({_ITEM.replace('assistant', 'tool')}) }})"
    ),
    "schema-with-another-member": _schema(
        f"z.object({{ messages: z.array({_ITEM.replace('con', 'id: z.string(), con')}) }})"
    ),
    "schema-that-lets-the-rest-through": _schema(
        f"z.object({{ messages: z.array({_ITEM}.passthrough()) }})"
    ),
    "schema-that-may-give-none": _schema(f"z.object({{ messages: z.array({_ITEM}).optional() }})"),
    "schema-of-another-package": _schema(f"z.object({{ messages: z.array({_ITEM}) }})", "", "./z"),
    "schema-with-two-meanings": _schema(
        "z.object({ messages: z.array(Turn) })",
        f"const Turn = {_ITEM};\nfunction other() {{ const Turn = z.string(); return Turn; }}",
    ),
    "list-that-is-changed": _schema(f"z.object({{ messages: z.array({_ITEM}) }})")
    .replace("const {", "let {")
    .replace("  const response", "  messages = [];\n  const response"),
    "list-that-gets-more": _schema(f"z.object({{ messages: z.array({_ITEM}) }})").replace(
        "  const response", "  messages.push({ role: 'tool', content: '' });\n  const response"
    ),
    "cast-of-any-role": _asking(
        "const messages = (await req.json()).messages as { role: string; text: string }[];",
        "",
        "messages",
    ),
    "cast-with-another-member": _asking(
        "const messages = (await req.json()).messages as Turn[];",
        _TURN.replace("content", "kind: 'text'; text"),
        "messages",
    ),
}


def _sent(source: str, target: str) -> str:
    result = migrate(source.encode(), "a.ts", Settings(target=target)).result.decode()
    [line] = [line for line in result.splitlines() if "body: JSON.stringify(" in line]
    return line


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", KNOWN)
def test_a_list_that_is_known_is_sent_as_messages(name: str, target: str) -> None:
    where = "input: messages }" if target == "responses" else "thread: { messages: messages }"
    assert where in _sent(KNOWN[name], target)


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", NOT_KNOWN)
def test_a_list_that_may_be_another_is_sent_as_json(name: str, target: str) -> None:
    assert "JSON.stringify(messages)" in _sent(NOT_KNOWN[name], target)


_HISTORIES = {
    "'user' | 'assistant'": "...(body.history ?? []),",
    "string": "...(body.history ?? []), { role: 'user', content: body.message }].map(",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("role", _HISTORIES)
def test_a_typed_history_of_an_object_stands_before_the_message(role: str, target: str) -> None:
    turn = f"{{ role: {role}; content: string }}"
    source = _asking(
        f"const body = (await req.json()) as {{ message: string; history?: {turn}[] }};",
        "",
        "{ message: body.message, history: body.history ?? [] }",
    )
    result = migrate(source.encode(), "a.ts", Settings(target=target)).result.decode()
    assert _HISTORIES[role] in result


_TURNS = "const { turns } = (await req.json()) as { turns?: Turn[] };"
#: What gives elements of a list of messages, and nothing else.
PARTS = {
    "the-last": "turns.slice(-12)",
    "those-with-a-text": "turns.filter((turn) => turn.content).slice(-12)",
    "of-a-list-or-none": "(turns ?? []).slice(-12)",
    "if-there-or-none": "turns?.slice(-12) ?? []",
    "in-another-order": "turns.slice().reverse()",
}
#: What may be undefined, or has other elements.
NO_PARTS = {
    "if-there": "turns?.slice(-12)",
    "of-what-may-be-undefined": "asked?.turns.slice(-12)",
    "others": "turns.flatMap((turn) => turn.content)",
    "of-no-known-list": "asked.list.slice(-12)",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_a_list_of_messages_is_sent_as_messages(name: str, target: str) -> None:
    sent = _sent(_asking(_TURNS, _TURN, PARTS[name]), target)
    where = "input: @ }" if target == "responses" else "thread: { messages: @ }"
    assert where.replace("@", PARTS[name]) in sent


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("role", ["'user' | 'assistant'", "string"])
def test_a_part_stands_before_the_message(role: str, target: str) -> None:
    kind = f"type Turn = {{ role: {role}; content: string }};"
    sent = "[...turns.slice(-6), { role: 'user', content: 'Now?' }]"
    rest = "" if role != "string" else ".map(({ role, content }) => ({ role, content }))"
    assert sent + rest in _sent(_asking(_TURNS, kind, sent), target)


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", NO_PARTS)
def test_what_may_be_no_part_is_sent_as_json(name: str, target: str) -> None:
    above = f"{_TURNS}\n  const asked: {{ turns: Turn[]; list: string }} | undefined = make();"
    sent = _sent(_asking(above, _TURN, NO_PARTS[name]), target)
    assert f"JSON.stringify(value))({NO_PARTS[name]})" in sent


@pytest.mark.parametrize("target", _TARGETS)
def test_a_typed_history_that_need_not_be_there_is_sent_in_a_form(target: str) -> None:
    source = _asking(
        "const body = (await req.json()) as { message: string; history?: Turn[] };",
        _TURN,
        "{ message: body.message, history: body.history }",
    )
    assert "JSON.stringify({ message: body.message, history: body.history })" in _sent(
        source, target
    )


@pytest.mark.parametrize("target", _TARGETS)
def test_what_is_picked_of_a_list_or_an_empty_one_is_picked_of_both(target: str) -> None:
    source = _typed("", "{ role: string; content: string }").replace(
        "input: messages", "input: body.messages ?? []"
    )
    picked = "(body.messages ?? []).map(({ role, content }) => ({ role, content }))"
    assert picked in _sent(source, target)
