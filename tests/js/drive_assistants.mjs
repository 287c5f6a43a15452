// Runs programs that talk to OpenAI's API through the real SDK, and prints what each answered.
// stdin: [{ name, file, drive }]; `drive` is the body of an async function of the module `m`.
import { pathToFileURL } from 'node:url'

const slow = globalThis.setTimeout
// Polling does not wait in a test; time-outs of requests stay as they are.
globalThis.setTimeout = (f, ms, ...given) => slow(f, ms >= 20000 ? ms : 1, ...given)
globalThis.sleep = globalThis.wait = () => new Promise((resolve) => slow(resolve, 1))
globalThis.sdk = new URL('./node_modules/openai/index.mjs', import.meta.url).href
const send = globalThis.fetch
// Programs that name OpenAI's own URL reach the test's server; their code is not changed.
globalThis.fetch = (url, ...given) =>
  send(typeof url === 'string' ? url.replace('https://api.openai.com/v1', process.env.OPENAI_BASE_URL) : url, ...given)
globalThis.ASSISTANT = 'asst_abc'
globalThis.Deno = { env: { get: (name) => process.env[name] }, serve: (handler) => { globalThis.handler = handler } }
globalThis.app = { post: (_path, handler) => { globalThis.handler = handler } }
// An Express response that keeps what it is given.
globalThis.reply = () => {
  const kept = { code: 200 }
  kept.status = (code) => { kept.code = code; return kept }
  kept.json = (body) => { kept.body = body; return kept }
  return kept
}
globalThis.lines = []
process.on('unhandledRejection', (error) => { globalThis.failed = error })
const log = console.log
console.log = (...given) => globalThis.lines.push(given.join(' '))
console.error = () => {}

let text = ''
for await (const chunk of process.stdin) text += chunk
const AsyncFunction = (async () => {}).constructor
const answers = {}
for (const { name, file, drive } of JSON.parse(text)) {
  globalThis.lines = []
  globalThis.failed = undefined
  try {
    const late = new Promise((_, fail) => slow(() => fail(new Error('late')), 3000).unref())
    const run = async () => {
      const m = await import(pathToFileURL(file))
      return new AsyncFunction('m', drive)(m)
    }
    answers[name] = { answer: (await Promise.race([run(), late])) ?? null }
  } catch (error) {
    answers[name] = { error: String(error?.message ?? error) }
  }
}
log(JSON.stringify(answers))
process.exit(0)
