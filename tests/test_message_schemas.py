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


KNOWN = {
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
    "map-in-a-form": _asking(
        "const body = await req.json();\n  const messages = body.turns"
        ".map((m: any) => ({ role: m.role, content: m.content }));"
    ),
}
#: What may hold other messages, or something else, is sent as the text of its JSON as before.
NOT_KNOWN = {
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
        "  const response", "  messages.push({ role: 'system', content: '' });\n  const response"
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
