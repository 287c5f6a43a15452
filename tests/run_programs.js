// Runs programs that define `main(env)` against made-up services, and prints what each one did.
// Input on stdin: a list of {source, scenario}; output: a list of {answer, error, marks, sent}.
'use strict';
const vm = require('node:vm');

const RUN = 'run_1';
const THREAD = 'thread_1';

function json(body, ok = true) {
  const text = JSON.stringify(body);
  return {
    ok,
    status: ok ? 200 : 400,
    json: async () => JSON.parse(text),
    text: async () => text,
    headers: new Map(),
  };
}

// The platform's fetch, with the services that the scenario describes behind it.
function service(scenario, sent, pending) {
  let rounds = 0;
  return async (url, options = {}) => {
    const body = options.body === undefined ? undefined : JSON.parse(options.body);
    const headers = Object.fromEntries(
      Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    );
    sent.push({ url: String(url), method: options.method ?? 'GET', headers, body });
    const path = String(url).replace(/^https:\/\/api\.openai\.com|\?.*/g, '');
    if (path === '/v1/workflows/runs') {
      return json({ id: 'wfrun_1', output: { message: scenario.answer } });
    }
    if (path === '/api/chat') {
      return json({ choices: [{ message: { content: 'chat' } }] });
    }
    if (path === '/v1/threads/runs') {
      rounds += 1;
      if (scenario.refuses) {
        return json({ error: { message: 'refused' } }, false);
      }
      return json({ id: RUN, thread_id: THREAD, status: 'queued' });
    }
    if (path === `/v1/threads/${THREAD}/runs/${RUN}`) {
      const states = scenario.states[Math.min(rounds, scenario.states.length) - 1];
      const at = pending.polls++;
      return json({
        id: RUN,
        status: states[Math.min(at, states.length - 1)],
        last_error: { message: 'broken' },
      });
    }
    if (path === `/v1/threads/${THREAD}/messages`) {
      pending.polls = 0;
      return json({ data: [{ role: 'assistant', content: [{ type: 'text', text: { value: scenario.answer } }] }] });
    }
    throw new Error(`no such address: ${url}`);
  };
}

async function run({ source, scenario }) {
  const marks = [];
  const sent = [];
  const pending = { polls: 0 };
  const mark = (...values) => {
    marks.push(values.map((value) => (typeof value === 'object' ? typeof value : String(value))));
  };
  const env = { mark, ...scenario.env };
  // Time passes in timers only, so that what waits for an hour ends at once.
  let now = 0;
  const context = vm.createContext({
    fetch: service(scenario, sent, pending),
    Response,
    setTimeout: (callback, milliseconds) => {
      now += milliseconds;
      queueMicrotask(callback);
    },
    console: { log() {}, error() {}, warn() {} },
    mark,
    text: 'of the module',
  });
  vm.runInContext('Date', context).now = () => now;
  const outcome = { answer: null, error: null, marks, sent };
  try {
    vm.runInContext(source.replace(/^\uFEFF/, ''), context);
    outcome.answer = await vm.runInContext('main', context)(env);
  } catch (error) {
    outcome.error = `${error.name}: ${error.message}`;
  }
  return outcome;
}

async function main() {
  let input = '';
  for await (const chunk of process.stdin) {
    input += chunk;
  }
  const outcomes = [];
  for (const one of JSON.parse(input)) {
    outcomes.push(await run(one));
  }
  process.stdout.write(JSON.stringify(outcomes));
}

main();
