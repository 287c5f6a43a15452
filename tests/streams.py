"""Files that read or pipe on the stream of the dead call: those that are migrated, and those left.

Each program of `READERS` is whole and is driven as its framework drives it (tests/shapes).
"""

from __future__ import annotations

import re
from typing import Any

from tests.shapes.corpus import Drive, Shape

_URL = "https://api.openai.com/v1/workflows/runs"
_HEADERS = """{
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    }"""


def asked(
    body: str = "workflow_id: process.env.WORKFLOW_ID, input: { message }, stream: true",
) -> str:
    """The dead call, whose message is `message`."""
    return f"""fetch('{_URL}', {{
    method: 'POST',
    headers: {_HEADERS},
    body: JSON.stringify({{ {body} }}),
  }})"""


_ASKED = f"  const res = await {asked()};\n"
_CHECKED = (
    _ASKED + "  if (!res.ok) return Response.json({ error: 'upstream' }, { status: res.status });\n"
)
_ROUTE: dict[str, Any] = {"driver": "next-route", "body": {"message": "Say it"}}
_EXPRESS: dict[str, Any] = {"driver": "pages-api", "body": {"message": "Say it"}}


def route(behind: str, *, before: str = "", after: str = "", head: str = _CHECKED) -> str:
    """A Next.js route with what it does behind the call."""
    return (
        f"{before}export async function POST(req: Request) {{\n"
        f"  const {{ message }} = await req.json();\n{head}{behind}}}\n{after}"
    )


def express(behind: str, *, before: str = "", check: str = "") -> str:
    """A handler that has Node's request and response."""
    checked = check or "  if (!upstream.ok) return res.status(502).json({ error: 'upstream' });\n"
    return (
        f"{before}export default async function handler(req, res) {{\n"
        f"  const {{ message }} = req.body;\n  const upstream = await {asked()};\n"
        f"{checked}{behind}}}\n"
    )


_GATHERED = "  return Response.json({ reply });\n"
_LOOP = """  const reader = res.body!.getReader();
  const decoder = new TextDecoder();
  let buffer = '';
  let reply = '';
  while (true) {
    const { done, value } = await reader.read();
    if (done) break;
    buffer += decoder.decode(value, { stream: true });
    const lines = buffer.split('\\n');
    buffer = lines.pop() ?? '';
    for (const line of lines) {
%s    }
  }
"""
_DATA = "      if (!line.startsWith('data:')) continue;\n      const data = line.slice(5).trim();\n"
_EVENT = _DATA + "      const event = JSON.parse(data);\n"


def loop(reads: str, *, event: str = _EVENT, gives: str = _GATHERED) -> str:
    """The usual loop over lines, with what it does with an event."""
    return _LOOP % (event + "".join(f"      {line}\n" for line in reads.split("\n"))) + gives


_AS_EVENTS = (
    "  const headers = { 'Content-Type': 'text/event-stream' };\n"
    "  return new Response(res.body, { headers });\n"
)


def generator(name: str = "async function* events") -> str:
    """A generator that asks and gives the events out as they are."""
    return (
        f"\n{name}(message: string): AsyncGenerator<any> {{\n"
        f"  const res = await {asked()};\n"
        "  if (!res.ok) throw new Error(`OpenAI ${res.status}`);\n"
        + loop("yield event;", gives="").replace("  let reply = '';\n", "")
        + "}\n"
    )


_OVER_EVENTS = (
    "  let reply = '';\n"
    "  for await (const event of events(message)) {\n"
    "    if (event.type === 'response.output_text.delta') reply += event.delta;\n"
    "  }\n"
)


def own_stream(caught: str) -> str:
    """A route with a stream of its own, in which it catches what the response's stream throws."""
    return route(
        "  const encoder = new TextEncoder();\n  const stream = new ReadableStream({\n"
        "    async start(controller) {\n      try {\n"
        + loop(
            "controller.enqueue(encoder.encode(`data: ${JSON.stringify(event.delta)}\\n\\n`));",
            gives="",
        ).replace("  let reply = '';\n", "")
        + f"        controller.close();\n{caught}    }},\n  }});\n"
        "  return new Response(stream, { headers: { 'Content-Type': 'text/event-stream' } });\n"
    )


#: What a route's own stream tells its reader by an event, its status being sent.
TELLING = own_stream(
    "      } catch (error) {\n"
    '        controller.enqueue(encoder.encode(\'data: {"error":"Stream failed"}\\n\\n\'));\n'
    "        controller.close();\n      }\n"
)
#: By what they do: the program, how it is driven, and where the answer shows up.
READERS: dict[str, tuple[str, dict[str, Any], str]] = {
    "a stream of its own that breaks off as the response's does": (
        own_stream("      } catch (error) {\n        controller.error(error);\n      }\n"),
        _ROUTE,
        "response.stream",
    ),
    "lines with a type and a delta": (
        route(loop("if (event.type === 'output_text.delta') reply += event.delta;")),
        _ROUTE,
        "response.json.reply",
    ),
    "the text deep in the event": (
        route(loop("reply += event.choices?.[0]?.delta?.content ?? '';")),
        _ROUTE,
        "response.json.reply",
    ),
    "a ladder of guesses": (
        route(loop("reply += event.delta?.text || event.output_text || event.text || '';")),
        _ROUTE,
        "response.json.reply",
    ),
    "another kind of event with words": (
        route(
            loop(
                "if (event.type === 'note') info = event.message;\n"
                "if (event.type === 'message') reply += event.text;",
                gives="  return Response.json({ reply, info });\n",
            ).replace("  let reply", "  let info = '';\n  let reply")
        ),
        _ROUTE,
        "response.json.reply",
    ),
    "a callback that may take pieces or the whole": (
        "export async function ask(message: string, onText: (text: string) => void) {\n"
        + _ASKED
        + "  if (!res.ok) throw new Error(`failed with ${res.status}`);\n"
        + loop("onText(event.text);", gives="")
        + "}\n",
        {"driver": "function", "call": "ask", "arguments": ["Say it", {"$callback": True}]},
        "state.calls.0",
    ),
    "pieces that it trims": (
        route(loop("reply += event.delta.trim();")),
        _ROUTE,
        "response.json.reply",
    ),
    "DONE before the JSON": (
        route(
            loop(
                "const text = JSON.parse(data).delta;\n"
                "if (typeof text === 'string') reply += text;",
                event=_DATA + "      if (data === '[DONE]') break;\n",
            )
        ),
        _ROUTE,
        "response.json.reply",
    ),
    "JSON that may be broken is passed over": (
        route(
            loop(
                "try {\n  const event = JSON.parse(data);\n"
                "  if (event.type?.endsWith('.delta')) reply += event.delta;\n} catch {\n}",
                event=_DATA,
            )
        ),
        _ROUTE,
        "response.json.reply",
    ),
    "a switch, and an end that it waits for": (
        route(
            loop(
                "switch (event.type) {\n"
                "  case 'message.delta':\n    reply += event.content;\n    break;\n"
                "  case 'run.completed':\n    finished = true;\n    break;\n"
                "  case 'error':\n    throw new Error(event.error.message);\n"
                "  default:\n    break;\n}",
                gives="  if (!finished) throw new Error('cut short');\n" + _GATHERED,
            ).replace("  let reply", "  let finished = false;\n  let reply"),
        ),
        _ROUTE,
        "response.json.reply",
    ),
    "the whole answer in the last event": (
        route(loop("if (event.type === 'workflow.finished') reply = event.output.text;")),
        _ROUTE,
        "response.json.reply",
    ),
    "deltas, and the whole again at the end": (
        route(
            loop(
                "if (event.type === 'text.delta') reply += event.delta;\n"
                "if (event.type === 'text.done') reply = event.text;"
            )
        ),
        _ROUTE,
        "response.json.reply",
    ),
    "the name of the event in a line of its own": (
        route(
            loop(
                "if (line.startsWith('event: ')) name = line.slice(7).trim();\n"
                "if (line.startsWith('data: ') && name === 'message.delta') {\n"
                "  reply += JSON.parse(line.slice(6)).text;\n}",
                event="",
            ).replace("  let reply", "  let name = '';\n  let reply")
        ),
        _ROUTE,
        "response.json.reply",
    ),
    "lines of JSON without data": (
        route(
            loop(
                "if (!line.trim()) continue;\nconst part = JSON.parse(line);\nreply += part.text;",
                event="",
            )
        ),
        _ROUTE,
        "response.json.reply",
    ),
    "blocks between blank lines": (
        route(
            "  const decoder = new TextDecoder();\n  let reply = '';\n  let rest = '';\n"
            "  for await (const chunk of res.body as any) {\n"
            "    rest += decoder.decode(chunk, { stream: true });\n    let at;\n"
            "    while ((at = rest.indexOf('\\n\\n')) !== -1) {\n"
            "      const block = rest.slice(0, at);\n      rest = rest.slice(at + 2);\n"
            "      const payload = block.replace(/^data: ?/, '');\n"
            "      if (payload === '[DONE]') continue;\n"
            "      const { type, delta } = JSON.parse(payload);\n"
            "      if (type === 'response.output_text.delta') reply += delta;\n    }\n  }\n"
            + _GATHERED
        ),
        _ROUTE,
        "response.json.reply",
    ),
    "text that is shown as it comes": (
        route(
            "  let reply = '';\n  const decoder = new TextDecoder();\n"
            "  for await (const chunk of res.body as any) {\n"
            "    reply += decoder.decode(chunk, { stream: true });\n  }\n" + _GATHERED
        ),
        _ROUTE,
        "response.json.reply",
    ),
    "the whole stream as one text": (
        route(
            "  const parts: string[] = [];\n"
            "  for (const line of (await res.text()).split('\\n')) {\n"
            "    const found = line.match(/^data: (.*)$/);\n"
            "    if (!found || found[1] === '[DONE]') continue;\n"
            "    parts.push(JSON.parse(found[1]).delta);\n  }\n"
            "  return Response.json({ reply: parts.join('') });\n"
        ),
        _ROUTE,
        "response.json.reply",
    ),
    "a stream of its own": (
        route(
            "  const encoder = new TextEncoder();\n  const stream = new ReadableStream({\n"
            "    async start(controller) {\n      const reader = res.body!.getReader();\n"
            "      const decoder = new TextDecoder();\n      let buffer = '';\n"
            "      for (;;) {\n        const { value, done } = await reader.read();\n"
            "        if (done) break;\n        buffer += decoder.decode(value, { stream: true });\n"
            "        const blocks = buffer.split('\\n\\n');\n        buffer = blocks.pop() || '';\n"
            "        for (const block of blocks) {\n"
            "          const data = block.replace('data: ', '');\n"
            "          if (data === '[DONE]') continue;\n"
            "          const json = JSON.parse(data);\n          if (json.delta) {\n"
            "            const out = JSON.stringify({ text: json.delta });\n"
            "            controller.enqueue(encoder.encode(`data: ${out}\\n\\n`));\n"
            "          }\n        }\n      }\n      controller.close();\n    },\n  });\n"
            "  return new Response(stream, { headers: { 'Content-Type': 'text/event-stream' } });\n"
        ),
        _ROUTE,
        "response.stream",
    ),
    "a transforming stream": (
        route(
            "  const decoder = new TextDecoder();\n  const encoder = new TextEncoder();\n"
            "  const texts = new TransformStream({\n    transform(chunk, controller) {\n"
            "      for (const line of decoder.decode(chunk).split('\\n')) {\n"
            "        if (!line.startsWith('data: ') || line.includes('[DONE]')) continue;\n"
            "        const event = JSON.parse(line.substring(6));\n"
            "        if (event.type === 'delta') controller.enqueue(encoder.encode(event.text));\n"
            "      }\n    },\n  });\n"
            "  return new Response(res.body!.pipeThrough(texts));\n"
        ),
        _ROUTE,
        "response.text",
    ),
    "a generator of the file": (
        route(
            "  let reply = '';\n"
            "  for await (const event of events(res.body!)) reply += event.delta ?? '';\n"
            + _GATHERED,
            after=(
                "\nasync function* events(body: ReadableStream<Uint8Array>) {\n"
                "  const reader = body.pipeThrough(new TextDecoderStream() as any).getReader();\n"
                "  let rest = '';\n  let step = await reader.read();\n  while (!step.done) {\n"
                "    rest += step.value;\n    const lines = rest.split(/\\r?\\n/);\n"
                "    rest = lines.pop()!;\n"
                "    for (const line of lines.filter((each) => each.startsWith('data: '))) {\n"
                "      yield JSON.parse(line.slice('data: '.length));\n    }\n"
                "    step = await reader.read();\n  }\n}\n"
            ),
        ),
        _ROUTE,
        "response.json.reply",
    ),
    "a helper that asks": (
        route(
            loop("reply += event.text;"),
            head="  const res = await ask(message);\n"
            "  if (!res.ok) return Response.json({ error: 'upstream' }, { status: 502 });\n",
            after=f"\nasync function ask(message: string) {{\n  return {asked()};\n}}\n",
        ),
        _ROUTE,
        "response.json.reply",
    ),
    "a generator that asks and gives the pieces": (
        route(
            "  let reply = '';\n"
            "  for await (const piece of pieces(message)) reply += piece;\n" + _GATHERED,
            head="",
            after=(
                "\nasync function* pieces(message: string): AsyncGenerator<string> {\n"
                f"  const res = await {asked()};\n"
                "  if (!res.ok) throw new Error(`OpenAI ${res.status}`);\n"
                + loop("if (event.delta) yield event.delta;", gives="").replace(
                    "  let reply = '';\n", ""
                )
                + "}\n"
            ),
        ),
        _ROUTE,
        "response.json.reply",
    ),
    "a generator that asks and gives the events": (
        route(_OVER_EVENTS + _GATHERED, head="", after=generator()),
        _ROUTE,
        "response.json.reply",
    ),
    "a method that asks and gives the events": (
        route(
            "  return Response.json({ reply: await new Agent().reply(message) });\n",
            head="",
            after=(
                "\nclass Agent {\n  async reply(message: string) {\n"
                + _OVER_EVENTS.replace("events(", "this.events(")
                + "  return reply;\n  }\n"
                + generator("  private async *events")
                + "}\n"
            ),
        ),
        _ROUTE,
        "response.json.reply",
    ),
    "a generator of a class that makes events of the API's": (
        route(
            "  return Response.json({ reply: await new Agent().reply(message) });\n",
            head="",
            after=(
                "\nclass Agent {\n  async reply(message: string) {\n    let reply = '';\n"
                "    for await (const piece of this.pieces(message)) {\n"
                "      if (piece.kind === 'text') reply += piece.words;\n    }\n"
                "    return reply;\n  }\n"
                + generator("  private async *pieces").replace(
                    "yield event;", "yield* this.made(event);"
                )
                + "  private *made(event: any): Generator<any> {\n"
                "    if (event.type === 'response.output_text.delta') {\n"
                "      yield { kind: 'text', words: event.delta || '' };\n    }\n  }\n}\n"
            ),
        ),
        _ROUTE,
        "response.json.reply",
    ),
    "a generator of a class": (
        route(
            "  let reply = '';\n"
            "  for await (const { text } of new Agent().stream(message)) reply += text;\n"
            + _GATHERED,
            head="",
            after=(
                "\nclass Agent {\n  async *stream(message: string) {\n"
                f"  const res = await {asked()};\n"
                "  if (!res.ok) throw new Error(`OpenAI ${res.status}`);\n"
                + loop("yield { text: event.output_text };", gives="").replace(
                    "  let reply = '';\n", ""
                )
                + "  }\n}\n"
            ),
        ),
        _ROUTE,
        "response.json.reply",
    ),
    "a chunk of Chat Completions handed on whole": (
        route(
            "  const encoder = new TextEncoder();\n  const stream = new ReadableStream({\n"
            "    async start(controller) {\n"
            + loop(
                "const part = event.choices?.[0]?.delta || event.output || event;\n"
                "controller.enqueue(encoder.encode(`data: ${JSON.stringify(part)}\\n\\n`));",
                gives="",
            ).replace("  let reply = '';\n", "")
            + "      controller.close();\n    },\n  });\n"
            "  return new Response(stream, { headers: { 'Content-Type': 'text/event-stream' } });\n"
        ),
        _ROUTE,
        "response.stream",
    ),
    "read as the setting says that also chose the request": (
        route(
            loop(
                "if (mode === 'workflow') {\n  reply += event.output?.text || event.output || '';\n"
                "} else {\n  reply += event.choices?.[0]?.delta?.content || '';\n}"
            ),
            head=(
                "  const mode = message ? 'workflow' : 'chat';\n  let res: Response;\n"
                f"  if (mode === 'workflow') {{\n    res = await {asked()};\n  }} else {{\n"
                "    res = await fetch('https://api.openai.com/v1/chat/completions', "
                "{ method: 'POST' });\n  }\n"
                "  if (!res.ok) return new Response('upstream', { status: 502 });\n"
            ),
        ),
        _ROUTE,
        "response.json.reply",
    ),
    "the status is never looked at": (
        route(loop("reply += event.delta;"), head=_ASKED),
        _ROUTE,
        "response.json.reply",
    ),
    "written on to the client by Node's response": (
        express(
            "  res.setHeader('Content-Type', 'text/event-stream');\n"
            "  const decoder = new TextDecoder();\n  let rest = '';\n"
            "  for await (const chunk of upstream.body) {\n"
            "    rest += decoder.decode(chunk, { stream: true });\n"
            "    const lines = rest.split('\\n');\n    rest = lines.pop();\n"
            "    lines.forEach((line) => {\n      if (!line.startsWith('data: ')) return;\n"
            "      const event = JSON.parse(line.slice(6));\n"
            "      if (event.type === 'token') {\n"
            "        res.write(`data: ${JSON.stringify({ delta: event.token })}\\n\\n`);\n"
            "      }\n    });\n  }\n  res.end();\n"
        ),
        _EXPRESS,
        "response.stream",
    ),
    "a callback that takes pieces": (
        "export async function ask(message: string, onDelta: (delta: string) => void) {\n"
        + _ASKED
        + "  if (!res.ok) throw new Error(`failed with ${res.status}`);\n"
        + loop("if (event.delta) {\n  reply += event.delta;\n  onDelta(event.delta);\n}", gives="")
        + "  return reply;\n}\n",
        {"driver": "function", "call": "ask", "arguments": ["Say it", {"$callback": True}]},
        "returned",
    ),
    "promises that call themselves": (
        "export function ask(message: string): Promise<string> {\n"
        f"  return {asked()}.then((res) => {{\n"
        "    if (!res.ok) throw new Error('refused');\n"
        "    const reader = res.body!.getReader();\n    const decoder = new TextDecoder();\n"
        "    let reply = '';\n"
        "    const step = ({ done, value }: any): any => {\n      if (done) return reply;\n"
        "      for (const line of decoder.decode(value).split('\\n')) {\n"
        "        if (line.startsWith('data: ')) reply += JSON.parse(line.slice(6)).content;\n"
        "      }\n      return reader.read().then(step);\n    };\n"
        "    return reader.read().then(step);\n  });\n}\n",
        {"driver": "function", "call": "ask", "arguments": ["Say it"]},
        "returned",
    ),
}

#: The same for programs that pipe the stream on as it is.
PIPES: dict[str, tuple[str, dict[str, Any], str]] = {
    "a response made of its body": (
        route(_AS_EVENTS),
        _ROUTE,
        "response.stream",
    ),
    "the status passed on with it": (
        route(
            "  return new Response(res.body, { status: res.status, headers: res.headers });\n",
            head=_ASKED,
        ),
        _ROUTE,
        "response.stream",
    ),
    "the status is lost": (
        route("  return new Response(res.body);\n", head=_ASKED),
        _ROUTE,
        "response.stream",
    ),
    "the response itself": (route("  return res;\n", head=_ASKED), _ROUTE, "response.stream"),
    "the call itself": (
        route(f"  return {asked()};\n", head=""),
        _ROUTE,
        "response.stream",
    ),
    "each chunk by a reader": (
        express(
            "  const reader = upstream.body.getReader();\n  for (;;) {\n"
            "    const { done, value } = await reader.read();\n    if (done) break;\n"
            "    res.write(value);\n  }\n  res.end();\n"
        ),
        _EXPRESS,
        "response.stream",
    ),
    "each chunk of a loop": (
        express("  for await (const chunk of upstream.body) res.write(chunk);\n  res.end();\n"),
        _EXPRESS,
        "response.stream",
    ),
    "into a stream that writes": (
        express(
            "  await upstream.body.pipeTo(new WritableStream({\n"
            "    write(chunk) { res.write(chunk); },\n    close() { res.end(); },\n  }));\n"
        ),
        _EXPRESS,
        "response.stream",
    ),
    "through a stream that changes nothing": (
        route(
            "  const { readable, writable } = new TransformStream();\n"
            "  res.body!.pipeTo(writable).catch(() => {});\n  return new Response(readable);\n"
        ),
        _ROUTE,
        "response.stream",
    ),
    "in a stream of its own": (
        route(
            "  const stream = new ReadableStream({\n    async start(controller) {\n"
            "      const reader = res.body!.getReader();\n      while (true) {\n"
            "        const { done, value } = await reader.read();\n        if (done) break;\n"
            "        controller.enqueue(value);\n      }\n"
            "      controller.close();\n    },\n  });\n"
            "  return new Response(stream);\n"
        ),
        _ROUTE,
        "response.stream",
    ),
    "without stream: true, but as a stream": (
        route(_AS_EVENTS).replace(", stream: true", ""),
        _ROUTE,
        "response.stream",
    ),
}

#: Programs that are left, by why: the program and what the reason names.
LEFT: dict[str, tuple[str, str]] = {
    "read as a setting says that is set again": (
        route(
            loop(
                "if (mode === 'workflow') {\n  reply += event.output?.text || '';\n"
                "} else {\n  reply += event.choices?.[0]?.delta?.content || '';\n}"
            ),
            head=(
                "  let mode = message ? 'workflow' : 'chat';\n  let res: Response;\n"
                f"  if (mode === 'workflow') {{\n    res = await {asked()};\n  }} else {{\n"
                "    res = await fetch('https://api.openai.com/v1/chat/completions', "
                "{ method: 'POST' });\n  }\n"
                "  if (!res.ok) mode = 'chat';\n"
            ),
        ),
        "and those of another request",
    ),
    "a stream of its own that ends as if it were whole": (
        own_stream("      } catch (error) {\n        controller.close();\n      }\n"),
        "shows what came before the stream broke off",
    ),
    "one reader for the streams of two requests": (
        route(
            loop("reply += message ? event.run_id : event.choices[0].delta.content;"),
            head=(
                "  let res: Response;\n"
                f"  if (message) {{\n    res = await {asked()};\n  }} else {{\n"
                "    res = await fetch('https://api.openai.com/v1/chat/completions', "
                "{ method: 'POST' });\n  }\n"
                "  if (!res.ok) return new Response('upstream', { status: 502 });\n"
            ),
        ),
        "and those of another request",
    ),
    "nothing says which field is the text": (
        route(loop("reply += event.run_id;")),
        "JSON.parse(data)",
    ),
    "a field that no event of ours has": (
        route(loop("if (!event.run_id) throw new Error('no run');\nreply += event.delta;")),
        "",
    ),
    "a parser of another file": (
        route(
            "  let reply = '';\n"
            "  for await (const event of parse(res.body)) reply += event.delta;\n" + _GATHERED,
            before="import { parse } from './sse';\n\n",
        ),
        "parse(res.body)",
    ),
    "a stream class of another package": (
        route(
            "  return new Response(res.body!.pipeThrough(new Parser()));\n",
            before="import { Parser } from 'sse-parser';\n\n",
        ),
        "res.body!.pipeThrough(new Parser())",
    ),
    "a response class that expects plain text": (
        route(
            "  return new StreamingTextResponse(res.body);\n",
            before="import { StreamingTextResponse } from 'ai';\n\n",
        ),
        "new StreamingTextResponse(res.body)",
    ),
    "who calls it is not seen": (
        "export async function start(message: string) {\n" + _ASKED + "  return res.body;\n}\n",
        "fetch(",
    ),
    "a broken stream is taken for an answer": (
        route(
            loop("reply += event.delta;")
            .replace("  while (true) {", "  try {\n  while (true) {")
            .replace(_GATHERED, "  } catch {}\n" + _GATHERED)
        ),
        "Response.json({ reply })",
    ),
    "a broken stream of a generator's events is taken for an answer": (
        route(
            _OVER_EVENTS.replace("  for await", "  try {\n  for await")
            + "  } catch {}\n"
            + _GATHERED,
            head="",
            after=generator(),
        ),
        "Response.json({ reply })",
    ),
    "two loops over a generator's events": (
        route(
            _OVER_EVENTS
            + "  for await (const event of events(message)) reply += event.text;\n"
            + _GATHERED,
            head="",
            after=generator(),
        ),
        "JSON.parse(data)",
    ),
    "a generator's events go to another file": (
        generator("export async function* events"),
        "JSON.parse(data)",
    ),
    "two kinds of text, and which is the answer": (
        "export async function ask(message: string, onThought: any, onAnswer: any) {\n"
        + _ASKED
        + "  if (!res.ok) throw new Error('refused');\n"
        + loop(
            "if (event.type === 'thought') onThought(event.content);\n"
            "if (event.type === 'answer') onAnswer(event.content);",
            gives="",
        )
        + "}\n",
        "gives several texts",
    ),
    "half of an answer would be saved": (
        route(
            loop("reply += event.delta;")
            .replace("  while (true) {", "  try {\n  while (true) {")
            .replace(_GATHERED, "  } finally { await save(reply); }\n" + _GATHERED),
            before="import { save } from './db';\n\n",
        ),
        "save(reply)",
    ),
    "an id of an event that does not come": (
        route(
            loop(
                "if (event.type === 'run.created') runId = event.run.id;\n"
                "if (event.type === 'delta') reply += event.text;",
                gives="  return Response.json({ reply, runId: runId.toUpperCase() });\n",
            ).replace("  let reply", "  let runId: any = null;\n  let reply")
        ),
        "runId.toUpperCase()",
    ),
    "a field that a setting of another file picks": (
        route(
            loop("reply += legacy ? event.text : event.delta;"),
            before="import { legacy } from './config';\n\n",
        ),
        "JSON.parse(data)",
    ),
    "a loop without an end": (route(loop("for (;;) { reply += ''; }")), "for (;;)"),
    "a text that doubles for ever": (
        route(loop("let s = 'a';\nfor (let i = 0; i < 900; i++) s = s + s;\nreply += s;")),
        "s + s",
    ),
    "handlers by the event's name": (
        route(loop("handlers[event.type]?.(event);"), before="const handlers: any = {};\n\n"),
        "",
    ),
    "bytes that become a text by themselves": (
        route(
            "  let reply = '';\n"
            "  for await (const chunk of res.body as any) reply += chunk.toString();\n" + _GATHERED
        ),
        "chunk.toString()",
    ),
    "a stream that is read as JSON": (
        route(
            "  const data = await res.json();\n"
            "  return Response.json({ reply: data.output_text });\n"
        ),
        "",
    ),
    "it is not certain whether it is a stream": (
        route("  return new Response(res.body);\n").replace("stream: true", "stream: req.live"),
        "stream: req.live",
    ),
    "nobody asks for a stream": (
        route("  return new Response(res.body);\n").replace(", stream: true", ""),
        "new Response(res.body)",
    ),
    "node-fetch's own streams": (
        "import fetch from 'node-fetch';\n\n" + express("  upstream.body.pipe(res);\n"),
        "fetch(",
    ),
    "a method that the platform's streams do not have": (
        express("  upstream.body.pipe(res);\n"),
        "upstream.body.pipe(res)",
    ),
    "a chunk goes to what is not seen": (
        route(
            "  for await (const chunk of res.body as any) record(chunk);\n"
            "  return new Response('ok');\n",
            before="import { record } from './log';\n\n",
        ),
        "record(chunk)",
    ),
    "compressed": (
        route("  return new Response(res.body!.pipeThrough(new CompressionStream('gzip')));\n"),
        "pipeThrough",
    ),
    "two callers of the helper": (
        route(
            loop("reply += event.text;"),
            head="  const res = await ask(message);\n",
            after=f"\nasync function ask(message: string) {{\n  return {asked()};\n}}\n"
            "\nexport async function PUT(req: Request) {\n  return ask(await req.text());\n}\n",
        ),
        "ask(",
    ),
}


def program(name: str, given: tuple[str, dict[str, Any], str]) -> Shape:
    """A program as `tests/shapes` runs it."""
    source, drive, expects = given
    path = "input.ts" if ": Request" in source or ": string" in source else "input.mjs"
    driven = Drive(drive, expects, message="Say it")
    dimensions = {"reading": "stream"}
    return Shape(
        re.sub(r"\W+", "-", name),
        path,
        source.encode(),
        name,
        "migrate",
        drives=(driven,),
        dimensions=dimensions,
    )
