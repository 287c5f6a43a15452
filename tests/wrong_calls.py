"""Calls of the Responses API: wrong ones that callmend leaves, right ones that it never names."""

from __future__ import annotations

from dataclasses import dataclass

from callmend.reasons import Reason

_HEADERS = "headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` }"
_MESSAGES = "[{ role: 'user', content: question }]"
_WRONG = f"{{ model: 'gpt-6-luna', messages: {_MESSAGES} }}"
_RIGHT = "{ model: 'gpt-6-luna', input: question }"
_CHOICES = "data.choices[0].message.content"
_URL = "'https://api.openai.com/v1/responses'"


@dataclass(frozen=True)
class Left:
    """A file that is left as it is, and why."""

    reason: Reason
    source: str
    path: str = "a.ts"
    target: str = "responses"


def ask(
    body: str = _WRONG,
    read: str = f"return {_CHOICES};",
    url: str = _URL,
    sent: str | None = None,
    head: str = "",
    tail: str = "",
    before: str = "",
    parameters: str = "question: string, key: string",
) -> str:
    """A small program that asks one question by fetch, with parts of it replaced."""
    body = f"JSON.stringify({body})" if sent is None else sent
    return (
        f"{head}export async function ask({parameters}) {{\n{before}"
        f"  const response = await fetch({url}, {{\n"
        f"    method: 'POST',\n    {_HEADERS},\n    body: {body},\n  }});\n"
        f"  const data = await response.json();\n  {read}\n}}\n{tail}"
    )


def sdk(
    body: str = _WRONG,
    read: str = "return data.choices[0].message.content;",
    client: str = "new OpenAI()",
    head: str = "import OpenAI from 'openai';\n",
) -> str:
    """The same by OpenAI's SDK."""
    return (
        f"{head}const openai = {client};\n"
        "export async function ask(question: string) {\n"
        f"  const data: any = await openai.responses.create({body} as any);\n  {read}\n}}\n"
    )


def axios(before: str, read: str, body: str = _WRONG) -> str:
    """The same by axios; ``before`` is what its response is put into."""
    return (
        "import axios from 'axios';\n"
        "declare function other(): Promise<any>;\n"
        "export async function ask(question: string, key: string) {\n"
        f"  {before} await axios.post({_URL}, {body}, {{ {_HEADERS} }});\n  {read}\n}}\n"
    )


def _with(member: str) -> str:
    return _WRONG.removesuffix(" }") + f", {member} }}"


_CHAT_TOOLS = "tools: [{ type: 'function', function: { name: 'now', parameters: {} } }]"
_BOTH = (
    "  const body = { model: 'gpt-6-luna', messages: [{ role: 'user', content: question }] };\n"
    "  await fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', "
    f"{_HEADERS}, body: JSON.stringify(body) }});\n"
)
_OTHER = "  const url = chat ? 'https://api.openai.com/v1/chat/completions' : " + _URL + ";\n"
_PARSED = "export function parse(data: any) {\n  return data.choices[0].message.content;\n}\n"

LEFT: dict[str, Left] = {
    "the target is the default one": Left(Reason.OTHER_TARGET, ask(), target="assistants"),
    "the target is the default one, by the SDK": Left(
        Reason.OTHER_TARGET, sdk(), target="assistants"
    ),
    "the body is used by a chat completion too": Left(
        Reason.BODY_NOT_UNDERSTOOD, ask(body="body", before=_BOTH)
    ),
    "the body has a spread": Left(
        Reason.BODY_NOT_UNDERSTOOD,
        ask(
            body=f"{{ ...options, messages: {_MESSAGES} }}",
            parameters="question: string, key: string, options: object",
        ),
    ),
    "the messages come from elsewhere": Left(
        Reason.HISTORY_SHAPE,
        ask(body="{ model: 'gpt-6-luna', messages: question }"),
    ),
    "the messages are of a type that may be a tool's": Left(
        Reason.HISTORY_SHAPE,
        ask(
            body="{ model: 'gpt-6-luna', messages }",
            head="import type { ChatCompletionMessageParam } from 'openai/resources';\n",
            parameters="messages: ChatCompletionMessageParam[], key: string",
        ),
    ),
    "the messages have more than role and content": Left(
        Reason.HISTORY_SHAPE,
        ask(
            body="{ model: 'gpt-6-luna', messages }",
            head="interface Message { id: string; role: string; content: string }\n",
            parameters="messages: Message[], key: string",
        ),
    ),
    "a message is a tool's": Left(
        Reason.HISTORY_SHAPE,
        ask(body="{ model: 'gpt-6-luna', messages: [{ role: 'tool', content: question }] }"),
    ),
    "a message has a part of a chat completion": Left(
        Reason.HISTORY_SHAPE,
        ask(
            body=_WRONG.replace("content: question", "content: [{ type: 'text', text: question }]")
        ),
    ),
    "the messages may get more that cannot be seen": Left(
        Reason.HISTORY_SHAPE,
        ask(
            body="{ model: 'gpt-6-luna', messages: list }",
            before="  const list = [{ role: 'user', content: question }];\n  extend(list);\n",
            head="import { extend } from './extend';\n",
        ),
    ),
    "messages and input are both sent": Left(Reason.BODY_FIELD, ask(body=_with("input: question"))),
    "a field has no counterpart": Left(Reason.BODY_FIELD, ask(body=_with("n: 2"))),
    "a limit is below the least": Left(Reason.BODY_FIELD, ask(body=_with("max_tokens: 5"))),
    "the tools are nested as in a chat completion": Left(
        Reason.BODY_FIELD, ask(body=_with(_CHAT_TOOLS))
    ),
    "the tools come from elsewhere": Left(
        Reason.BODY_FIELD,
        ask(body=_with("tools"), head="import { tools } from './tools';\n"),
    ),
    "the format is a schema, nested in another way": Left(
        Reason.BODY_FIELD,
        ask(
            body=_with(
                "response_format: { type: 'json_schema', json_schema: { name: 'a', schema: {} } }"
            )
        ),
    ),
    "an id is computed": Left(
        Reason.BODY_FIELD,
        ask(
            body=_with("assistant_id: await newAssistant()"),
            head="import { newAssistant } from './assistants';\n",
        ),
    ),
    "only an id is sent": Left(
        Reason.NO_MESSAGE, ask(body="{ model: 'gpt-6-luna', workflow_id: 'wf_1' }")
    ),
    "the input of a workflow has tools beside it": Left(
        Reason.NO_MESSAGE,
        ask(body="{ workflow_id: 'wf_1', input: { input_as_text: question }, tools: [] }"),
    ),
    "the input of a workflow is computed together with what goes": Left(
        Reason.BODY_FIELD,
        ask(
            body="{ workflow_id: 'wf_1', input: { message: question }, session_id: await open() }",
            head="import { open } from './sessions';\n",
        ),
    ),
    "a comment stands in what goes, in the middle of a line": Left(
        Reason.COMMENT_LOST,
        ask(body="{ input: question, workflow: { /* live */ id: 'wf_1' } }"),
    ),
    "it asks for a stream": Left(Reason.STREAMING, ask(body=_with("stream: true"))),
    "its stream is read": Left(
        Reason.STREAMING, ask(read="return new Response(response.body) && data;")
    ),
    "it is read in another file": Left(Reason.ANSWER_HANDED_ON, ask(read="return data;")),
    "it is handed on beside what is read": Left(
        Reason.ANSWER_HANDED_ON, ask(read=f"return {{ raw: data, text: {_CHOICES} }};")
    ),
    "nothing reads it": Left(Reason.ANSWER_NOT_READ, ask(read="console.log(data);")),
    "the number of choices is looked at": Left(
        Reason.OTHER_READ,
        ask(read=f"if (data.choices.length === 0) throw new Error('none');\n  return {_CHOICES};"),
    ),
    "why it ended is looked at": Left(
        Reason.OTHER_READ,
        ask(
            read=f"if (data.choices[0].finish_reason === 'length') return '';\n  return {_CHOICES};"
        ),
    ),
    "the usage is counted as in a chat completion": Left(
        Reason.OTHER_READ,
        ask(read=f"return {{ text: {_CHOICES}, tokens: data.usage.prompt_tokens }};"),
    ),
    "the reading has parts": Left(
        Reason.ANSWER_NOT_UNDERSTOOD,
        ask(read="const choice = data.choices[0];\n  return choice.message.content;"),
    ),
    "the reading is a pattern": Left(
        Reason.ANSWER_NOT_UNDERSTOOD,
        ask(read="const { choices } = data;\n  return choices[0].message.content;"),
    ),
    "the reading also serves another request": Left(
        Reason.ANSWER_NOT_UNDERSTOOD, ask(read="return parse(data);", tail=_PARSED)
    ),
    "the fallback reads the dead answer again": Left(
        Reason.ANSWER_NOT_UNDERSTOOD,
        ask(read=f"return {_CHOICES} || 'none' || data.output_text;"),
    ),
    "the reading stops half-way below the output": Left(
        Reason.OTHER_READ,
        ask(
            read="if (!data.output?.length) return '';\n"
            "  return data.output[0].content[0].text.value;"
        ),
    ),
    "its type is asked for, and nothing said where it is another": Left(
        Reason.ANSWER_NOT_UNDERSTOOD,
        ask(read=f"if (typeof {_CHOICES} === 'string') return {_CHOICES};\n  return null;"),
    ),
    "a comment stands in the reading": Left(
        Reason.COMMENT_LOST,
        ask(read="return data.choices?.[0]?.message?.content /* chat */ || data.output_text;"),
    ),
    "a body that cannot be read, and its choices are": Left(
        Reason.BODY_NOT_UNDERSTOOD,
        ask(sent="payload", parameters="payload: string, key: string"),
    ),
    "the URL is that of a chat completion at times": Left(
        Reason.URL_NOT_CERTAIN,
        ask(url="url", before=_OTHER, parameters="question: string, key: string, chat: boolean"),
    ),
    "something else than fetch sends it": Left(
        Reason.UNKNOWN_TRANSPORT,
        "import got from 'got';\n"
        "export async function ask(question: string, key: string) {\n"
        f"  const data: any = await got.post({_URL}, {{ json: {_WRONG}, {_HEADERS} }}).json();\n"
        f"  return {_CHOICES};\n}}\n",
    ),
    "the response of axios is handed on": Left(
        Reason.ANSWER_HANDED_ON, axios("const response =", "return response;")
    ),
    "the data of axios is handed on": Left(
        Reason.ANSWER_HANDED_ON, axios("const response =", "return response.data;")
    ),
    "the response of axios is put where another one is": Left(
        Reason.ANSWER_HANDED_ON,
        axios(
            "let response = await other();\n  if (question) response =",
            f"return response.{_CHOICES};",
        ),
    ),
    "the payload of axios gets more": Left(
        Reason.BODY_NOT_UNDERSTOOD,
        axios(
            f"const payload: any = {_WRONG};\n  payload.user = key;\n  const {{ data }} =",
            f"return {_CHOICES};",
            body="payload",
        ),
    ),
    "fetch is the project's own": Left(
        Reason.FETCH_SHADOWED, ask(head="import { fetch } from './fetch';\n")
    ),
    "the client comes from another file": Left(
        Reason.CLIENT_UNKNOWN,
        sdk().replace(
            "import OpenAI from 'openai';\nconst openai = new OpenAI();\n",
            "import { openai } from './openai';\n",
        ),
    ),
    "the client is Azure's": Left(
        Reason.AZURE_CLIENT,
        sdk(head="import { AzureOpenAI } from 'openai';\n", client="new AzureOpenAI()"),
    ),
    "the client is of a compatible host": Left(
        Reason.CLIENT_OTHER_HOST,
        sdk(client="new OpenAI({ baseURL: 'https://llm.example.org/v1' })"),
    ),
    "the file cannot be read there": Left(Reason.SYNTAX_ERROR, ask(read=f"return {_CHOICES}; ) (")),
    "the file is generated": Left(Reason.GENERATED_FILE, ask(head="// @generated\n")),
}

_ITEMS = (
    "let text = '';\n  for (const item of data.output) {\n"
    "    for (const part of item.content ?? []) text += part.text ?? '';\n  }\n  return text;"
)
_FOUND = (
    "const message = data.output.find((item: any) => item.type === 'message');\n"
    "  return message.content[0].text;"
)

#: Files in which callmend finds nothing at all.
NOT_OURS: dict[str, str] = {
    "a right call, read item by item": ask(_RIGHT, _ITEMS),
    "a right call, whose message is looked for": ask(_RIGHT, _FOUND),
    "a right call, read at its first item": ask(_RIGHT, "return data.output[0].content[0].text;"),
    "a right call that guesses before it reads": ask(
        _RIGHT, "return data.output_text ?? data.output?.[0]?.content?.[0]?.text ?? '';"
    ),
    "a right call that reads chat completions too": ask(
        _RIGHT, f"return {_CHOICES} ?? data.output.at(-1).content[0].text;"
    ),
    "a right call that guesses at an older answer first": ask(
        _RIGHT, "const text = data.output[0].content[0].text;\n  return text?.value || text;"
    ),
    "a right call whose text is put there by the file": ask(
        _RIGHT,
        "data.output_text = data.output.flatMap((i: any) => i.content ?? [])"
        ".map((c: any) => c.text).join('');\n  return data.output_text;",
    ),
    "a right call whose text is read elsewhere": ask(
        _RIGHT,
        "return data.output_text || textOf(data);",
        head="import { textOf } from './text';\n",
    ),
    "a right call that is handed on": ask(_RIGHT, "return data;"),
    "a right call with its text read by a function of the file": ask(
        _RIGHT,
        "return textOf(data);",
        tail="function textOf(data: any) {\n"
        "  return data.output_text || data.output.map((i: any) => i.content).join();\n}\n",
    ),
    "a right call with history": ask(f"{{ model: 'gpt-6-luna', input: {_MESSAGES} }}", _ITEMS),
    "a right call with a workflow's id in its metadata": ask(
        "{ model: 'gpt-6-luna', input: question, metadata: { workflow_id: 'wf_1' } }", _ITEMS
    ),
    "a right call that streams": ask(
        "{ model: 'gpt-6-luna', input: question, stream: true }", "return data.output_text;"
    ),
    "a right call of axios": axios(
        "const { data } =", "return data.output.at(-1).content[0].text;", _RIGHT
    ),
    "a right call of axios whose data is read elsewhere": axios(
        "const response =", "return other.call(response.data.output);", _RIGHT
    ),
    "a right call of axios that is handed on": axios("const { data } =", "return data;", _RIGHT),
    "a right call of the SDK": sdk(_RIGHT, "return data.output_text;"),
    "a right call of the SDK, with what stands behind it": sdk(
        _RIGHT, "return { text: data.output_text, id: data.id };"
    ),
    "a right call of the SDK that guesses": sdk(
        _RIGHT, "return data.output_text || data.choices[0].message.content;"
    ),
    "messages of a chat completion beside a right call": ask(
        _RIGHT,
        _ITEMS,
        tail="export async function chat(question: string, key: string) {\n"
        "  const response = await fetch('https://api.openai.com/v1/chat/completions', {\n"
        f"    method: 'POST', {_HEADERS}, body: JSON.stringify({_WRONG}),\n  }});\n"
        f"  const data = await response.json();\n  return {_CHOICES};\n}}\n",
    ),
    "one variable for both answers, by turns": ask(
        _RIGHT,
        "return data.output?.[0]?.content[0].text ?? data.choices[0].message.content;",
    ),
    "the answer of another request in the same variable": (
        "export async function ask(question: string, key: string, chat: boolean) {\n"
        "  let response;\n"
        "  if (chat) {\n"
        "    response = await fetch('https://api.openai.com/v1/chat/completions', {\n"
        f"      method: 'POST', {_HEADERS}, body: JSON.stringify({_WRONG}),\n    }});\n"
        "  } else {\n"
        f"    response = await fetch({_URL}, {{\n"
        f"      method: 'POST', {_HEADERS}, body: JSON.stringify({_RIGHT}),\n    }});\n"
        "  }\n  const data = await response.json();\n"
        "  return chat ? data.choices[0].message.content : data.output[1].content[0].text;\n}\n"
    ),
    "a compatible host": ask(url="'https://llm.example.org/v1/responses'"),
    "Azure": ask(url="'https://me.openai.azure.com/openai/v1/responses'"),
    "a host that is not known": ask(url="`${process.env.OPENAI_BASE_URL}/responses`"),
    "the site's own route": ask(url="'/api/openai/responses'"),
    "another resource of responses": ask(url="'https://api.openai.com/v1/responses/input_tokens'"),
    "a survey's responses": (
        "import OpenAI from 'openai';\nimport { survey } from './survey';\n"
        "export const add = async (messages: string[]) => {\n"
        "  const made = await survey.responses.create({ messages });\n"
        "  return made.choices[0].message.content;\n};\n"
    ),
    "an answer that is fetched again": (
        "export async function again(key: string) {\n"
        f"  const response = await fetch({_URL}, {{ headers: {{ Authorization: key }} }});\n"
        f"  const data = await response.json();\n  return {_CHOICES};\n}}\n"
    ),
    "a test that expects the URL": (
        f"test('it', async () => {{\n  expect(fetch).toHaveBeenCalledWith({_URL}, "
        "{ method: 'POST', body: { messages: [] } });\n});\n"
    ),
}
