// The network that the programs see: every client is led to a server in this process, which writes
// the request down and hands what is meant for OpenAI on to the test server.
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { Readable } from 'node:stream';
import * as undici from 'undici';

export const CHAT = 'what the chat model says';
const DEAD = /\/workflows?\b|\/agents?\b|\/invoke$|\/v1\/runs\b/u;
const ORIGIN = 'x-shape-origin';
const HOP = new Set([ORIGIN, 'host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding']);

const realFetch = globalThis.fetch;
const realRequest = http.request;

export async function openWire(origin) {
  let current = null;

  const answer = (response, status, body, type = 'application/json') => {
    response.writeHead(status, { 'content-type': type });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

  const handle = async (request, response) => {
    const { program, requests, clock } = current;
    clock.event(1);
    response.on('close', () => clock.event(-1));
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    const home = request.headers[ORIGIN] ?? 'http://localhost';
    const record = { url: home + request.url, method: request.method, headers: request.headers, body, status: 0 };
    requests.push(record);
    response.on('finish', () => {
      record.status = response.statusCode;
    });
    const { host } = new URL(home);
    const [path] = request.url.split('?');
    const own = Object.entries(program.elsewhere ?? {}).find(([part]) => record.url.includes(part));
    if (own !== undefined) {
      answer(response, 200, own[1]);
    } else if (host === 'api.openai.com' && path === '/v1/chat/completions') {
      chat(request, response, body);
    } else if (host !== 'api.openai.com') {
      answer(response, 200, { ok: true });
    } else if (program.answers !== null && DEAD.test(path)) {
      const events = typeof program.answers === 'string';
      answer(response, 200, program.answers, events ? 'text/event-stream' : undefined);
    } else {
      await forward(request, response, body);
    }
  };

  const chat = (request, response, body) => {
    let given = null;
    try {
      given = JSON.parse(body);
    } catch {
      // It is refused below.
    }
    if (typeof given?.model !== 'string' || !Array.isArray(given.messages) || request.headers['openai-beta']) {
      answer(response, 400, { error: { message: 'not a request for a chat completion' } });
    } else {
      answer(response, 200, { choices: [{ message: { role: 'assistant', content: CHAT } }] });
    }
  };

  const forward = async (request, response, body) => {
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !HOP.has(name)));
    headers['x-shape'] = current.program.name;
    try {
      const real = await realFetch(origin + request.url, {
        method: request.method,
        headers,
        body: body === '' ? undefined : body,
      });
      const kept = [...real.headers].filter(([name]) => !HOP.has(name) && name !== 'content-encoding');
      response.writeHead(real.status, Object.fromEntries(kept));
      if (real.body === null) response.end();
      else Readable.fromWeb(real.body).on('error', () => response.destroy()).pipe(response);
    } catch {
      response.destroy();
    }
  };

  const server = http.createServer((request, response) => {
    handle(request, response).catch((error) => answer(response, 599, { wire: String(error) }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  const here = `http://127.0.0.1:${port}`;

  // fetch, and all that is built upon it.
  const led = async (input, options = {}) => {
    current.clock.event(1);
    try {
      const request = input instanceof Request ? input : null;
      const url = new URL(request?.url ?? String(input), 'http://localhost');
      const headers = new Headers(options.headers ?? request?.headers);
      headers.set(ORIGIN, url.origin);
      const to = here + url.pathname + url.search;
      const body = options.body ?? (request?.body ? await request.clone().text() : undefined);
      const signal = options.signal ?? request?.signal;
      const given = { ...options, method: options.method ?? request?.method ?? 'GET', headers, body, signal };
      return await realFetch(to, given);
    } finally {
      current.clock.event(-1);
    }
  };

  // node:http and node:https, and all that is built upon them.
  https.request = function request(...given) {
    const callback = given.findLast((each) => typeof each === 'function');
    const [first, second] = given;
    const named = typeof first === 'string' || first instanceof URL;
    const url = named ? new URL(String(first)) : null;
    const options = { ...(named ? (typeof second === 'object' ? second : {}) : first) };
    const host = url?.host ?? options.host ?? options.hostname;
    const path = options.path ?? (url === null ? '/' : url.pathname + url.search);
    for (const name of ['agent', 'agents', 'createConnection', 'socketPath', 'protocol', 'defaultPort', 'href', 'origin', 'host', 'servername', 'lookup', '_defaultAgent']) delete options[name];
    const headers = { ...options.headers, [ORIGIN]: `https://${String(host).replace(/:443$/u, '')}` };
    const { clock } = current;
    clock.event(1);
    const sent = realRequest({ ...options, hostname: '127.0.0.1', port, path, headers, agent: false }, callback);
    sent.on('close', () => clock.event(-1));
    return sent;
  };
  https.get = (...given) => https.request(...given).end();
  syncBuiltinESMExports();

  // undici's own functions.
  undici.setGlobalDispatcher(
    new undici.Agent().compose((dispatch) => (options, handler) => {
      const from = String(options.origin);
      if (from.startsWith('http://127.0.0.1')) return dispatch(options, handler);
      const headers = Array.isArray(options.headers)
        ? [...options.headers, ORIGIN, from]
        : { ...(options.headers instanceof Headers ? Object.fromEntries(options.headers) : options.headers), [ORIGIN]: from };
      return dispatch({ ...options, origin: here, headers }, handler);
    }),
  );

  return {
    fetch: led,
    begin(program, requests, clock) {
      current = { program, requests, clock };
    },
  };
}
