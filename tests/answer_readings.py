"""Ways in which files read the answer of a made-up workflow: what stands behind the request."""

from __future__ import annotations

URL = "https://api.openai.com/v1/workflows/wf_1/runs"
SENT = (
    f"fetch('{URL}', {{\n    method: 'POST',\n"
    "    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },\n"
    "    body: JSON.stringify({ input: { message: question } }),\n  })"
)


def asking(reading: str) -> str:
    """A module whose `main` asks, parses the answer as `data`, and reads it."""
    return (
        f"export async function main(question, key) {{\n  const res = await {SENT};\n"
        f"  const data = await res.json();\n  {reading}\n}}\n"
    )


def module(source: str) -> str:
    """A whole module: `@SENT` is the request, `@DATA` declares the parsed answer."""
    parsed = "const res = await @SENT;\n  const data = await res.json();"
    return source.replace("@DATA", parsed).replace("@SENT", SENT)


#: Readings of which the adapted answer gives the text, with a member that it has for them.
FOUND = {
    "text-that-is-logged-before-it-is-returned": (
        "console.log('answer', data.output.text); return data.output.text;",
        "output: { text }",
    ),
    "text-that-may-be-missing-where-it-is-logged": (
        "console.log('answer', data.output?.text); return data.output.text;",
        "",
    ),
    "texts-and-an-object-that-are-logged": (
        "console.log(data.id.length, data.status.length, data.output); return data.output.text;",
        "",
    ),
    "message-or-a-plain-text-in-the-list": (
        "const item = data?.output?.[0] || data?.run?.output?.[0]; const part = item?.content?.[0];"
        " const read = () => { if (part?.type === 'output_text') return part.text;"
        " if (part?.type === 'text') return part.text;"
        " if (typeof data.output[0] === 'string') return data.output[0]; return null; };"
        " const said = read(); return said ? said.trim() : 'nothing';",
        "content: [{ type: 'output_text', text }]",
    ),
    "field-that-is-asked-for-by-in": (
        "const item = data.outputs[0].content[0]; if ('json' in item) return item.json;"
        " if ('text' in item) return item.text; return '';",
        "outputs: [{ content: [{ text }] }]",
    ),
    "field-that-is-asked-for-by-a-link": (
        "const item = data.outputs[0]; if (item?.json) return item.json; return item.text;",
        "outputs: [{ text }]",
    ),
    "element-of-a-type": (
        "return data.outputs.find((o) => o.type === 'text').text;",
        "outputs: [{ type: 'text', text }]",
    ),
    "element-of-a-kind-by-loose-equality": (
        "return data.outputs.filter((o) => o.kind == 'answer').map((o) => o.content).join('');",
        "outputs: [{ kind: 'answer', content: text }]",
    ),
    "element-that-is-none-of-another-type": (
        "return data.outputs.filter((o) => o.type !== 'reasoning').map((o) => o.text).join('');",
        "outputs: [{ text }]",
    ),
    "element-of-one-of-several-types": (
        "return data.parts.filter((p) => ['text', 'markdown'].includes(p.type))"
        ".map((p) => p.text).join('');",
        "parts: [{ type: 'text', text }]",
    ),
    "element-of-a-type-by-a-constant": (
        "const wanted = 'text'; return data.outputs.find((o) => o.type === wanted)?.text;",
        "outputs: [{ type: 'text', text }]",
    ),
    "element-of-a-type-in-a-constant-object": (
        "const KIND = { text: 'rich' };"
        " return data.outputs.find((o) => o.type === KIND.text).text;",
        "outputs: [{ type: 'rich', text }]",
    ),
    "element-by-its-name": (
        "return data.nodes.find((n) => n.name === 'final').output.text;",
        "nodes: [{ name: 'final', output: { text } }]",
    ),
    "element-whose-type-starts-so": (
        "return data.outputs.find((o) => o?.type?.startsWith('text')).text;",
        "outputs: [{ type: 'text', text }]",
    ),
    "last-message-of-the-assistant": (
        "return data.messages.filter((m) => m.role === 'assistant').pop().content;",
        "messages: [{ role: 'assistant', content: text }]",
    ),
    "last-message-that-is-not-of-the-user": (
        "return data.messages.filter((m) => m.role !== 'user').at(-1).content;",
        "messages: [{ content: text }]",
    ),
    "part-of-a-type-in-a-message-of-a-role": (
        "return data.messages.findLast((m) => m.role === 'assistant').content"
        ".find((c) => c.type === 'text').text.value;",
        "messages: [{ role: 'assistant', content: [{ type: 'text', text: { value: text } }] }]",
    ),
    "choice-that-stopped": (
        "return data.choices.find((c) => c.finish_reason === 'stop').message.content;",
        "choices: [{ finish_reason: 'stop', message: { content: text } }]",
    ),
    "loop-that-passes-over-other-kinds": (
        "let t = ''; for (const o of data.outputs) { if (o.kind !== 'text') continue;"
        " t += o.value; } return t;",
        "outputs: [{ kind: 'text', value: text }]",
    ),
    "loop-with-a-label": (
        "all: for (const o of data.outputs) { if (o.type === 'text') return o.text; continue all; }"
        " return 'none';",
        "outputs: [{ type: 'text', text }]",
    ),
    "loop-over-members-of-a-pattern": (
        "for (const { type, text } of data.outputs) if (type === 'text') return text; return '';",
        "outputs: [{ type: 'text', text }]",
    ),
    "switch-over-the-types": (
        "let t = ''; for (const o of data.outputs) { switch (o.type) {"
        " case 'text': t += o.text; break; default: break; } } return t;",
        "outputs: [{ type: 'text', text }]",
    ),
    "loop-by-numbers": (
        "let i = 0; while (i < data.outputs.length) {"
        " if (data.outputs[i].type === 'text') return data.outputs[i].text; i++; } return '';",
        "outputs: [{ type: 'text', text }]",
    ),
    "gathered-by-a-callback": (
        "const found = []; data.outputs.forEach((o) => {"
        " if (o.type === 'text') found.push(o.text); }); return found.join('');",
        "outputs: [{ type: 'text', text }]",
    ),
    "reduced": (
        "return data.outputs.reduce((t, o) => (o.type === 'text' ? t + o.text : t), '');",
        "outputs: [{ type: 'text', text }]",
    ),
    "part-in-an-object": (
        "const kept = { out: data.output, id: data.id }; return kept.out.text;",
        "output: { text }",
    ),
    "part-in-an-object-that-is-spread": (
        "const kept = { ...{ out: data.output } }; return kept.out.message;",
        "output: { message: text }",
    ),
    "second-of-a-tuple": (
        "const [, out] = [data.id, data.output]; return out.text;",
        "output: { text }",
    ),
    "part-pushed-to-a-list": (
        "const list = []; list.push(data.output); return list.map((o) => o.text).join('');",
        "output: { text }",
    ),
    "part-assigned-to-a-member": (
        "const kept = {}; kept['answer'] = data.output; return kept.answer.text;",
        "output: { text }",
    ),
    "part-kept-in-a-map": (
        "const kept = new Map([['a', data.output]]); return kept.get('a').text;",
        "output: { text }",
    ),
    "part-through-a-promise": (
        "return await new Promise((done) => done(data.output)).then((o) => o.text);",
        "output: { text }",
    ),
    "part-through-functions-of-the-file": (
        "const wrap = (x) => ({ x }); return wrap(data.output).x.text;",
        "output: { text }",
    ),
    "copy-of-the-answer": (
        "const copy = JSON.parse(JSON.stringify(data)); return copy.output.text;",
        "output: { text }",
    ),
    "name-of-a-constant": ("const k = 'output'; return data[k];", "output: text"),
    "member-behind-the-name-of-a-constant": (
        "const k = 'output'; const out = data[k]; return out.message;",
        "output: { message: text }",
    ),
    "first-of-several-names": (
        "for (const k of ['answer', 'output']) { if (data[k]) return data[k]; } return 'none';",
        "output: text",
    ),
    "name-that-is-found": (
        "const k = ['answer', 'output'].find((x) => x in data); return data[k];",
        "output: text",
    ),
    "pair-of-the-entries": (
        "for (const [k, v] of Object.entries(data)) if (k === 'output') return v.text; return '';",
        "output: { text }",
    ),
    "name-in-a-loop-over-names": (
        "for (const k in data) if (k === 'output') return data[k].text; return 'none';",
        "output: { text }",
    ),
    "flag-of-success": (
        "if (!data.success) throw new Error('no'); return data.output;",
        "success: true",
    ),
    "flag-that-is-compared": (
        "if (data.ok !== true) throw new Error('no'); return data.output;",
        "ok: true",
    ),
    "flag-in-a-pattern": (
        "const { success, output } = data; if (!success) return 'no'; return output;",
        "success: true",
    ),
    "number-of-a-code": (
        "if (data.code !== 200) throw new Error('no'); return data.output;",
        "code: 200",
    ),
    "kind-of-an-object": (
        "if (data.object !== 'workflow.run') throw new Error('no'); return data.output;",
        "object: 'workflow.run'",
    ),
    "error-that-is-null": (
        "if (data.error === null) return data.output; throw new Error('failed');",
        "error: null",
    ),
    "error-that-is-not-null-is-thrown": (
        "if (data.error !== null) throw new Error('failed'); return data.output;",
        "error: null",
    ),
    "state-of-another-name": (
        "if (data.state !== 'done') throw new Error('failed'); return data.output;",
        "state: 'done'",
    ),
    "status-in-capitals": (
        "if (data.status !== 'COMPLETED') throw new Error('failed'); return data.output;",
        "status: 'COMPLETED'",
    ),
    "status-of-a-set": (
        "const DONE = new Set(['succeeded', 'finished']);"
        " if (!DONE.has(data.status)) throw new Error('failed'); return data.output;",
        "status: 'succeeded'",
    ),
    "status-of-a-run-within": (
        "if (data.run.status !== 'completed') throw new Error('failed'); return data.run.output;",
        "run: { status: 'completed', output: text }",
    ),
    "success-within-the-result": (
        "if (data.result && data.result.success) return data.result.text; return 'no';",
        "result: { success: true, text }",
    ),
    "kind-of-the-only-output": (
        "const out = data.output; if (out.type !== 'text') throw new Error(out.type);"
        " return out.value;",
        "output: { type: 'text', value: text }",
    ),
    "flag-of-an-element": (
        "return data.outputs.find((o) => o.final).text;",
        "outputs: [{ final: true, text }]",
    ),
    "number-that-is-made-of-a-code": (
        "if (Number(data.code) !== 0) throw new Error('no'); return data.output;",
        "code: 0",
    ),
    "one-of-several-codes": (
        "if (![0, 200].includes(data.code)) throw new Error('no'); return data.output;",
        "code: 0",
    ),
    "mark-that-has-to-be-there": (
        "if (!('success' in data)) throw new Error('no'); return data.output;",
        "success: true",
    ),
    "state-that-is-made-capitals": (
        "if (data.state.toUpperCase() !== 'DONE') throw new Error('no'); return data.output;",
        "state: 'DONE'",
    ),
    "last-step": (
        "for (const s of data.steps) if (s.type === 'final') return s.output.text;"
        " throw new Error('none');",
        "steps: [{ type: 'final', output: { text } }]",
    ),
    "part-whose-parts-are-gone-through-too": (
        "const own = data.output.text; const all = (v) => (v?.content ?? []).map(all);"
        " all(data.output); return own;",
        "output: { text }",
    ),
    "program-that-ends-without-success": (
        "if (!data.success) process.exit(1); return data.output;",
        "success: true",
    ),
    "errors-that-are-a-list": (
        "if (Array.isArray(data.errors)) throw new Error('failed'); return data.output;",
        "output: text",
    ),
    "status-that-is-a-number-of-errors": (
        "if (data.status_code >= 400) throw new Error('failed'); return data.output;",
        "output: text",
    ),
    "member-that-is-asked-for": (
        "if ('output' in data && 'text' in data.output) return data.output.text; return 'none';",
        "output: { text }",
    ),
    "list-that-must-be-one": (
        "if (!(data.output instanceof Array)) throw new Error('No list');"
        " return data.output[0].text;",
        "output: [{ text }]",
    ),
    "digger": (
        "const dig = (v) => typeof v === 'string' ? v : Array.isArray(v) ? v.map(dig).join('')"
        " : v?.text ?? v?.content ?? ''; return dig(data.output);",
        "",
    ),
    "path-in-a-text": (
        "const at = (o, p) => p.split('.').reduce((a, k) => a?.[k], o);"
        " return at(data, 'output.text');",
        "output: { text }",
    ),
    "names-in-capitals": (
        "const r = {}; for (const [k, v] of Object.entries(data)) r[k.toUpperCase()] = v;"
        " return r.OUTPUT.text;",
        "",
    ),
    "last-resort-is-the-whole-json": (
        "const o = data.outputs.find((x) => x.type === 'text');"
        " return o ? o.text : JSON.stringify(data);",
        "outputs: [{ type: 'text', text }]",
    ),
}  # fmt: skip

#: Whole modules of which the adapted answer gives the text.
MODULES = {
    "text-and-json-in-one-object": (
        "async function read(res) {\n  const raw = await res.text();\n"
        "  try { return { json: JSON.parse(raw), raw }; }\n"
        "  catch { return { json: null, raw }; }\n}\n"
        "export async function main(question, key) {\n  const res = await @SENT;\n"
        "  const got = await read(res);\n  if (!res.ok) throw new Error(got.raw);\n"
        "  const out = got.json?.output ?? {};\n"
        "  return (typeof out === 'string' ? out : '') || out.text || JSON.stringify(out);\n}\n"
    ),
    "object-that-is-handed-to-a-function-and-taken-apart": (
        "const wordsOf = (run) => (run.done ? run.given.outputs.map((o) => o.text)[0] : '');\n"
        "const parts = (data) => ({ given: data, done: true });\n"
        "export async function main(question, key) {\n  @DATA\n"
        "  const { given } = parts(data);\n"
        "  return given.outputs[0].text && wordsOf(parts(data));\n}\n"
    ),
    "object-whose-member-the-caller-reads": (
        "async function run(question, key) {\n  @DATA\n"
        "  return { result: data.output, raw: data };\n}\n"
        "export async function main(question, key) {\n"
        "  const r = await run(question, key);\n  return r.result.message;\n}\n"
    ),
    "tuple-that-the-caller-takes-apart": (
        "async function run(question, key) {\n  @DATA\n  return [data.output, null];\n}\n"
        "export async function main(question, key) {\n"
        "  const [out, problem] = await run(question, key);\n"
        "  if (problem) throw problem;\n  return out.text;\n}\n"
    ),
    "helper-of-the-text": (
        "function textOf(run) {\n  return run.outputs.find((o) => o.kind === 'text').value;\n}\n"
        "export async function main(question, key) {\n  @DATA\n  return textOf(data);\n}\n"
    ),
    "predicate-of-the-file": (
        "const isText = (o) => o.type === 'text';\nconst textOf = (o) => o.text;\n"
        "export async function main(question, key) {\n  @DATA\n"
        "  return data.outputs.filter(isText).map(textOf).join('');\n}\n"
    ),
    "then-chain": (
        "export function main(question, key) {\n  return @SENT\n    .then((r) => r.json())\n"
        "    .then((d) => d.outputs.filter((o) => o.type === 'text'))\n"
        "    .then((found) => found[0].text);\n}\n"
    ),
    "promise-that-is-kept-or-broken": (
        "export function main(question, key) {\n  return new Promise((resolve, reject) => {\n"
        "    @SENT.then((r) => r.json()).then((d) => {\n"
        "      if (d.status === 'done') resolve(d.output.text);\n"
        "      else reject(new Error(d.status));\n    }).catch(reject);\n  });\n}\n"
    ),
    "text-that-is-parsed": (
        "export async function main(question, key) {\n  const res = await @SENT;\n"
        "  const raw = await res.text();\n  let d;\n"
        "  try { d = JSON.parse(raw); } catch { return raw; }\n"
        "  if (d.code !== 0) throw new Error('no');\n  return d.output.text;\n}\n"
    ),
    "field-that-a-getter-reads": (
        "class Client {\n  constructor() { this.last = null; }\n"
        "  async run(question, key) {\n    @DATA\n    this.last = data.output;\n"
        "    return this;\n  }\n  get text() { return this.last.text; }\n}\n"
        "export const main = async (question, key) =>"
        " (await new Client().run(question, key)).text;\n"
    ),
    "private-field": (
        "class Client {\n  #last;\n  async run(question, key) {\n    @DATA\n"
        "    this.#last = data.output;\n    return this.text();\n  }\n"
        "  text() { return this.#last.text; }\n}\n"
        "export const main = (question, key) => new Client().run(question, key);\n"
    ),
    "list-of-a-class-that-keeps-what-was-said": (
        "class Chat {\n  said = [];\n  async say(question, key) {\n    @DATA\n"
        "    this.said.push({ role: 'assistant', content: data.output });\n"
        "    return this.said.at(-1).content.text;\n  }\n}\n"
        "export const main = (question, key) => new Chat().say(question, key);\n"
    ),
    "object-of-the-file": (
        "const state = { answer: null };\nasync function load(question, key) {\n  @DATA\n"
        "  state.answer = data.output;\n}\nexport async function main(question, key) {\n"
        "  await load(question, key);\n  return state.answer.text;\n}\n"
    ),
    "variable-of-the-file": (
        "let last;\nasync function load(question, key) {\n  @DATA\n  last = data.output;\n}\n"
        "export async function main(question, key) {\n"
        "  await load(question, key);\n  return last.text;\n}\n"
    ),
    "map-by-what-was-asked": (
        "const cache = new Map();\nasync function load(question, key) {\n  @DATA\n"
        "  cache.set(question, data.output);\n}\n"
        "export async function main(question, key) {\n"
        "  await load(question, key);\n  return cache.get(question).text;\n}\n"
    ),
    "object-by-what-was-asked": (
        "const cache = {};\nasync function load(question, key) {\n  @DATA\n"
        "  cache[question] = data.output;\n}\nexport async function main(question, key) {\n"
        "  await load(question, key);\n  return cache[question].text;\n}\n"
    ),
    "callback-of-the-caller": (
        "async function load(question, key, done) {\n  @DATA\n  done(null, data.output);\n}\n"
        "export function main(question, key) {\n"
        "  return new Promise((ok) => load(question, key, (e, out) => ok(out.text)));\n}\n"
    ),
    "reducer": (
        "function reducer(state, action) {\n  switch (action.type) {\n"
        "    case 'done': return { ...state, text: action.payload.text };\n"
        "    default: return state;\n  }\n}\n"
        "export async function main(question, key) {\n  @DATA\n"
        "  return reducer({}, { type: 'done', payload: data.output }).text;\n}\n"
    ),
    "state-of-a-component": (
        "import { useState } from 'react';\nexport async function main(question, key) {\n"
        "  const [result, setResult] = useState(null);\n  @DATA\n"
        "  setResult(data.output);\n  return result.text;\n}\n"
    ),
    "state-that-another-function-reads": (
        "import { useState } from 'react';\nexport async function main(question, key) {\n"
        "  const [result, setResult] = useState(null);\n"
        "  const send = async () => {\n  @DATA\n    setResult(data.output);\n  };\n"
        "  const shown = () => result.message;\n  await send();\n  return shown();\n}\n"
    ),
    "reference-of-a-component": (
        "import { useRef } from 'react';\nexport async function main(question, key) {\n"
        "  const last = useRef(null);\n  @DATA\n  last.current = data.output;\n"
        "  return last.current.text;\n}\n"
    ),
    "retry-with-a-callback": (
        "async function again(send, most) {\n  for (let n = 0; n < most; n++) {\n"
        "    const run = await send();\n    if (run.success) return run;\n  }\n"
        "  throw new Error('gave up');\n}\nexport async function main(question, key) {\n"
        "  const run = await again(async () => (await @SENT).json(), 3);\n"
        "  return run.output;\n}\n"
    ),
    "method-of-an-object": (
        "const api = {\n  ask: async (question, key) => {\n  @DATA\n"
        "    return { out: data.output };\n  },\n};\n"
        "export const main = async (question, key) => (await api.ask(question, key)).out.text;\n"
    ),
    "own-error-where-there-is-no-success": (
        "export async function main(question, key) {\n  try {\n  @DATA\n"
        "    if (!data.success) throw new Error(data.message);\n    return data.result.text;\n"
        "  } catch {\n    return null;\n  }\n}\n"
    ),
    "whole-answer-beside-its-part": (
        "async function run(question, key) {\n  @DATA\n"
        "  return { answer: data.output, raw: data };\n}\n"
        "export async function main(question, key) {\n"
        "  const r = await run(question, key);\n  return r.raw.output.text;\n}\n"
    ),
    "whole-answer-in-a-private-field": (
        "class Client {\n  #data;\n  async run(question, key) {\n    const res = await @SENT;\n"
        "    this.#data = await res.json();\n    return this.text();\n  }\n"
        "  text() { return this.#data.output.text; }\n}\n"
        "export const main = (question, key) => new Client().run(question, key);\n"
    ),
    "whole-answer-in-a-class-of-its-own": (
        "class Run {\n  constructor(d) { this.d = d; }\n"
        "  get ok() { return this.d.state === 'done'; }\n"
        "  text() { return this.d.output.text; }\n}\n"
        "export async function main(question, key) {\n  const res = await @SENT;\n"
        "  const run = new Run(await res.json());\n  return run.ok ? run.text() : 'no';\n}\n"
    ),
    "whole-answer-in-a-state": (
        "import { useState } from 'react';\nexport async function main(question, key) {\n"
        "  const [result, setResult] = useState(null);\n  @DATA\n"
        "  setResult(data);\n  return result?.output?.message;\n}\n"
    ),
    "assertion-of-success": (
        "import assert from 'node:assert';\nexport async function main(question, key) {\n  @DATA\n"
        "  assert(data.success);\n  return data.output;\n}\n"
    ),
    "assertion-of-a-status": (
        "import assert from 'node:assert';\nexport async function main(question, key) {\n  @DATA\n"
        "  assert.strictEqual(data.status, 'finished');\n  return data.output.text;\n}\n"
    ),
    "schema-of-the-file": (
        "const schema = { parse: (x) => x };\nexport async function main(question, key) {\n"
        "  @DATA\n  const out = schema.parse(data.output);\n  return out.text;\n}\n"
    ),
    "generator": (
        "async function* run(question, key) {\n  @DATA\n"
        "  for (const o of data.outputs) if (o.type === 'text') yield o.text;\n}\n"
        "export async function main(question, key) {\n  let t = '';\n"
        "  for await (const piece of run(question, key)) t += piece;\n  return t;\n}\n"
    ),
}

#: Readings that are left, with what is named.
LEFT = {
    "part-of-a-part-that-is-logged": (
        "console.log('run', data.run.id); return data.output.text;",
        "data.run.id",
    ),
    "count-that-is-logged": (
        "console.log(data.usage.total_tokens); return data.output.text;",
        "data.usage.total_tokens",
    ),
    "field-that-is-asked-for-in-something-else": (
        "if ('json' in key) return data.json; return data.text;",
        "data.json",
    ),
    "region-that-no-new-answer-has": (
        "if (data.region === 'eu') return data.output; throw new Error('wrong region');",
        "data.region",
    ),
    "approval-that-no-new-answer-has": (
        "if (data.approved) return data.output; return 'not approved';",
        "data.approved",
    ),
    "number-that-must-be-high": (
        "if (!(data.confidence >= 0.5)) return 'unsure'; return data.output;",
        "data.confidence",
    ),
    "model-that-must-be-one": (
        "if (data.model !== 'gpt-4o') throw new Error('model'); return data.output;",
        "data.model",
    ),
    "kind-that-a-pattern-matches": (
        "return data.outputs.find((o) => /text/.test(o.type)).text;",
        "o.type",
    ),
    "kind-that-is-compared-with-what-is-not-known": (
        "return data.outputs.filter((o) => o.type === key.kind).map((o) => o.text)[0].trim();",
        "o.type",
    ),
    "list-of-errors-without-asking": (
        "if (data.errors.length) throw new Error('failed'); return data.output;",
        "data.errors",
    ),
    "two-marks-of-which-one-is-free-text": (
        "if (data.code === 0 && data.msg === 'ok then') return data.data.text;"
        " throw new Error(data.msg);",
        "data.msg",
    ),
    "state-that-a-pattern-matches": (
        "if (!/^(done|finished)$/.test(data.state)) throw new Error('no'); return data.output;",
        "data.state",
    ),
    "progress-that-must-be-full": (
        "if (data.progress !== 100) throw new Error('no'); return data.output;",
        "data.progress",
    ),
    "flag-that-must-be-false": (
        "if (data.is_error === false) return data.output; return 'none';",
        "data.is_error",
    ),
    "kept-by-types-that-are-asked-for-by-name": (
        "const by = {}; for (const o of data.outputs) (by[o.type] ||= []).push(o.text);"
        " return by.text[0];",
        "o.type",
    ),
    "function-chosen-by-the-type": (
        "const read = { text: (d) => d.output }; return read[data.type](data);",
        "read[data.type]",
    ),
    "message-that-names-the-run": (
        "return data.data.filter((m) => m.run_id === data.id).pop().content[0].text.value;",
        "m.run_id",
    ),
}

_STATE = (
    "import { useReducer, useState } from 'react';\n"
    "export function Ask({ apiKey: key }: { apiKey: string }) {\n"
    "  const [question, setQuestion] = useState('');\n"
)
_SEND = "  const send = async () => {\n  @DATA\n"

_SCHEMA = "import { z } from 'zod';\nconst OutSchema = z.object({ "

#: A schema that asks for what no new answer has.
STRICT = (
    _SCHEMA + "text: z.string(), confidence: z.number() });\n"
    "export async function main(question: string, key: string) {\n  @DATA\n"
    "  return OutSchema.parse(data.output).text;\n}\n"
)

#: Files that keep the answer for what a framework shows, with the answer that they are given.
KEPT = {
    "state-that-is-rendered": (
        _STATE + "  const [answer, setAnswer] = useState<any>(null);\n" + _SEND
        + "    setAnswer(data.output);\n  };\n"
        "  return <p onClick={send}>{answer?.text}</p>;\n}\n",
        "output: { text }",
    ),
    "state-of-an-object-that-is-rendered": (
        _STATE + "  const [state, setState] = useState<any>({ status: 'idle' });\n" + _SEND
        + "    setState({ status: 'done', answer: data.output });\n  };\n"
        "  if (state.status === 'done') return <p>{state.answer.message}</p>;\n"
        "  return <button onClick={send} />;\n}\n",
        "output: { message: text }",
    ),
    "list-of-messages-that-is-rendered": (
        _STATE + "  const [said, setSaid] = useState<any[]>([]);\n" + _SEND
        + "    setSaid((all) => [...all, { role: 'assistant', content: data.output }]);\n  };\n"
        "  return <ul>{said.map((m) => <li key={m.role}>{m.content.text}</li>)}</ul>;\n}\n",
        "output: { text }",
    ),
    "list-of-texts-that-is-rendered": (
        _STATE + "  const [said, setSaid] = useState<any[]>([]);\n" + _SEND
        + "    setSaid((all) => [...all, { role: 'assistant', content: data.output }]);\n  };\n"
        "  return <ul>{said.map((m) => <li key={m.role}>{m.content}</li>)}</ul>;\n}\n",
        "output: text",
    ),
    "elements-of-a-type-that-are-rendered": (
        _STATE + "  const [outputs, setOutputs] = useState<any[]>([]);\n"
        "  const send = async () => {\n    const res = await @SENT;\n"
        "    const { outputs: found } = await res.json();\n    setOutputs(found);\n  };\n"
        "  return <ul onClick={send}>{outputs.filter((o) => o.type === 'text')"
        ".map((o) => <li key={o.id}>{o.text}</li>)}</ul>;\n}\n",
        "outputs: [{ type: 'text', text }]",
    ),
    "state-of-a-reducer": (
        "function reduce(s: any, a: any) {\n  switch (a.type) {\n"
        "    case 'answer': return { ...s, text: a.output.text };\n    default: return s;\n  }\n}\n"
        + _STATE + "  const [state, dispatch] = useReducer(reduce, {});\n" + _SEND
        + "    dispatch({ type: 'answer', output: data.output });\n  };\n"
        "  return <p onClick={send}>{state.text}</p>;\n}\n",
        "output: { text }",
    ),
    "state-of-a-class": (
        "import { Component } from 'react';\n"
        "export class Ask extends Component<any, any> {\n  state = { answer: null as any };\n"
        "  async send(question: string) {\n    const key = this.props.apiKey;\n  @DATA\n"
        "    this.setState({ answer: data.output });\n  }\n"
        "  render() {\n    return <p>{this.state.answer.text}</p>;\n  }\n}\n",
        "output: { text }",
    ),
    "store": (
        "import { create } from 'zustand';\nexport const useStore = create<any>((set, get) => ({\n"
        "  answer: null,\n  async ask(question: string, key: string) {\n  @DATA\n"
        "    set({ answer: data.output });\n  },\n  said: () => get().answer.text,\n}));\n",
        "output: { text }",
    ),
    "schema-that-lets-an-object-through": (
        _SCHEMA + "text: z.string(), note: z.string().optional() });\n"
        "export async function main(question: string, key: string) {\n  @DATA\n"
        "  const out = OutSchema.safeParse(data.output);\n"
        "  if (!out.success) throw new Error('bad');\n  return out.data.text;\n}\n",
        "output: { text }",
    ),
    "schema-that-asks-for-a-type": (
        _SCHEMA + "type: z.literal('text'), text: z.string() });\n"
        "export async function main(question: string, key: string) {\n  @DATA\n"
        "  return OutSchema.parse(data.output).text;\n}\n",
        "output: { type: 'text', text }",
    ),
    "reference-of-vue": (
        "import { computed, ref } from 'vue';\nexport function useAsk(key: string) {\n"
        "  const answer = ref<any>(null);\n"
        "  const text = computed(() => answer.value?.text ?? '');\n"
        "  async function ask(question: string) {\n  @DATA\n    answer.value = data.output;\n  }\n"
        "  return { text, ask };\n}\n",
        "output: { text }",
    ),
    "handler-that-sends-it-on": (
        "import express from 'express';\nconst app = express();\n"
        "app.post('/ask', async (req, reply) => {\n"
        "  const question = req.body.q, key = process.env.KEY;\n  @DATA\n"
        "  if (!data.success) return reply.status(502).json({ error: data.error });\n"
        "  reply.json({ said: data.outputs.find((o: any) => o.type === 'text').text });\n});\n",
        "outputs: [{ type: 'text', text }], success: true",
    ),
    "error-of-a-framework": (
        "export default defineEventHandler(async (event) => {\n"
        "  const { question, key } = await readBody(event);\n  @DATA\n"
        "  if (data.code !== 0) throw createError({ statusCode: 502 });\n"
        "  return { said: data.answer.text };\n});\n",
        "answer: { text }, code: 0",
    ),
    "response-with-types": (
        "interface Run<T> { status: 'ok' | 'error'; data: T }\n"
        "async function call<T>(question: string, key: string): Promise<Run<T>> {\n"
        "  const res = await @SENT;\n  return (await res.json()) as Run<T>;\n}\n"
        "export async function main(question: string, key: string) {\n"
        "  const run = await call<{ text: string }>(question, key);\n"
        "  if (run.status !== 'ok') throw new Error('no');\n  return run.data.text;\n}\n",
        "data: { text }, id: answered.id, status: 'ok'",
    ),
    "member-of-an-enum": (
        "enum Kind { Text = 'text', Image = 'image' }\n"
        "export async function main(question: string, key: string) {\n  @DATA\n"
        "  return data.outputs.find((o: any) => o.type === Kind.Text).text;\n}\n",
        "outputs: [{ type: 'text', text }]",
    ),
}  # fmt: skip
