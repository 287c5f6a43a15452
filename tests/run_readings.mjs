// Runs the modules that are named, each with its own `main(question, key)`, against made-up APIs.
// Prints one line of JSON for each: its name, and what it gave or threw.
import { pathToFileURL } from 'node:url';

const TEXT = 'the answer';
const answered = (body) => new Response(JSON.stringify(body), { status: 200 });
const content = [{ type: 'output_text', text: TEXT, annotations: [] }];
const reasoning = { type: 'reasoning', id: 'rs_1', summary: [] };
const message = { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content };

globalThis.fetch = async (url) => {
  const { pathname } = new URL(String(url));
  if (pathname === '/v1/responses') {
    return answered({ id: 'resp_1', status: 'completed', error: null, output: [reasoning, message] });
  }
  if (pathname.endsWith('/messages')) {
    const parts = [{ type: 'text', text: { value: TEXT, annotations: [] } }];
    return answered({ data: [{ id: 'msg_1', role: 'assistant', run_id: 'run_1', content: parts }] });
  }
  const status = pathname === '/v1/threads/runs' ? 'queued' : 'completed';
  return answered({ id: 'run_1', thread_id: 'thread_1', status });
};
globalThis.setTimeout = (callback) => queueMicrotask(callback);

const print = console.log;
console.log = () => {};
for (const path of process.argv.slice(2)) {
  let gave;
  try {
    gave = await (await import(pathToFileURL(path))).main('hi', 'key');
  } catch (error) {
    gave = { threw: String(error) };
  }
  print(JSON.stringify([path, gave ?? null]));
}
