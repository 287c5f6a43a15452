// What a program finds around it: the globals of its platform, and the modules of its project that
// are not in the file. A project's own module is what shape.toml says; else each name of it is a
// function that gives undefined.
import { format } from 'node:util';
import OpenAI from 'openai';

export class NextResponse extends Response {
  static json(body, init = {}) {
    return new NextResponse(JSON.stringify(body), {
      ...init,
      headers: { 'content-type': 'application/json', ...Object.fromEntries(new Headers(init.headers)) },
    });
  }
}

const plainJson = (body, init) => Response.json(body, typeof init === 'number' ? { status: init } : init);

export function makeStubs(program, outcome, clock, wire) {
  const EXIT = new Error('the program has ended itself');
  const routes = [];
  const served = [];
  const react = makeReact();
  const env = { ...program.env };

  const router = () => {
    const app = (request, response) => app.handle?.(request, response);
    const chain = () => app;
    for (const method of ['get', 'post', 'put', 'patch', 'delete', 'all']) {
      app[method] = (path, ...handlers) => {
        routes.push({ method: method.toUpperCase(), path, handlers: handlers.flat() });
        return app;
      };
    }
    Object.assign(app, { use: chain, set: chain, disable: chain, register: chain, listen: (...given) => {
      given.findLast((each) => typeof each === 'function')?.();
      return { close() {}, on() {} };
    } });
    return app;
  };
  const express = Object.assign(() => router(), {
    json: () => () => {},
    urlencoded: () => () => {},
    static: () => () => {},
    Router: () => router(),
  });

  // As much of ofetch as a request has: an object is sent as JSON, errors of HTTP are thrown.
  const ofetch = async (url, { body, headers, ...rest } = {}) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const made = new Headers({ 'content-type': 'application/json', accept: 'application/json', ...headers });
    const response = await wire.fetch(url, { ...rest, ...sent, headers: made });
    const data = await response.json();
    if (response.ok) return data;
    throw Object.assign(new Error(`[${rest.method}] "${url}": ${response.status}`), { data, statusCode: response.status });
  };

  // A client of the official package is made when it is asked for: it takes the fetch of then.
  const own = (path) => {
    const given = program.modules[path];
    if (given === undefined) return undefined;
    const made = () => new OpenAI({ apiKey: 'sk-test', maxRetries: 0 });
    const client = (value) => (value?.$client ? made() : value?.$gives_client ? made : value);
    return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, client(value)]));
  };
  const known = {
    'next/server': { NextResponse, NextRequest: Request },
    next: {},
    // What stands for an Observable is a promise.
    rxjs: { firstValueFrom: async (given) => given, lastValueFrom: async (given) => given },
    react: { ...react.api, default: react.api },
    'react/jsx-runtime': react.jsx,
    express: { ...express, default: express },
    hono: { Hono: function Hono() { return router(); } },
    fastify: { default: () => router(), fastify: () => router() },
    cors: { default: () => () => {} },
    ofetch: { ofetch, $fetch: ofetch },
    dotenv: { config: () => ({}), default: { config: () => ({}) } },
    '@sveltejs/kit': { json: plainJson, error: (status, message) => Object.assign(new Error(message), { status }), fail: (status, data) => ({ status, data }) },
    '@remix-run/node': { json: plainJson },
  };
  const module = (path) => {
    const mine = own(path) ?? known[path];
    if (mine === undefined && /\/http\/server\.ts$/u.test(path)) {
      return { __esModule: true, serve: (handler) => served.push(handler) };
    }
    if (mine !== undefined) {
      if (path === 'express' || path === 'fastify') return Object.assign(mine.default, mine, { __esModule: true });
      return { __esModule: true, default: mine, ...mine };
    }
    return new Proxy(
      { __esModule: true },
      { get: (target, name) => target[name] ?? (name === 'then' ? undefined : () => undefined), has: () => true },
    );
  };

  const out = (text) => {
    outcome.stdout += text;
  };
  const err = (text) => {
    outcome.stderr += text;
  };
  // The lines that the specification's own code logs are known, and no statement of the program.
  const say = (...values) => {
    if (!String(values[0]).startsWith('[Assistants API]')) out(`${format(...values)}\n`);
  };
  const warn = (...values) => err(`${format(...values)}\n`);
  const shown = { log: say, info: say, table: say, dir: say, error: warn, warn, debug: warn, trace: warn };
  const exit = (code) => {
    outcome.exit ??= code ?? 0;
    throw EXIT;
  };
  const deno = {
    env: { get: (name) => env[name] },
    args: program.argv,
    exit,
    serve: (...given) => {
      served.push(given.find((each) => typeof each === 'function') ?? given[0].handler);
      return { finished: new Promise(() => {}) };
    },
  };

  const globals = {
    fetch: wire.fetch,
    $fetch: ofetch,
    setTimeout: clock.setTimeout,
    clearTimeout: clock.clearTimeout,
    setInterval: clock.setInterval,
    clearInterval: clock.clearInterval,
    Date: clock.Date,
    AbortSignal: clock.AbortSignal,
    Deno: deno,
    addEventListener: (name, handler) => {
      if (name === 'fetch') served.push(handler);
    },
    $shape: { module, env },
  };
  if (program.browser) Object.assign(globals, { window: globalThis, document: { title: 'a page' } });
  const kept = {};
  const console_ = { ...console };
  const before = { argv: process.argv, env: process.env, exit: process.exit, write: process.stdout.write, exitCode: process.exitCode };

  return {
    EXIT,
    routes,
    served,
    react,
    env,
    install() {
      for (const [name, value] of Object.entries(globals)) {
        kept[name] = Object.getOwnPropertyDescriptor(globalThis, name);
        Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
      }
      Object.assign(console, shown);
      process.argv = ['node', 'program', ...program.argv];
      process.env = { ...env };
      process.exit = exit;
      process.stdout.write = (text) => (out(String(text)), true);
    },
    remove() {
      for (const name of Object.keys(globals)) {
        if (kept[name] === undefined) delete globalThis[name];
        else Object.defineProperty(globalThis, name, kept[name]);
      }
      Object.assign(console, console_);
      process.argv = before.argv;
      process.env = before.env;
      process.exit = before.exit;
      process.stdout.write = before.write;
      if (process.exitCode !== undefined) outcome.exit ??= process.exitCode;
      process.exitCode = before.exitCode;
    },
  };
}

// As much of React as one component or hook needs: states by their place, effects once.
function makeReact() {
  let cells = [];
  let place = 0;
  let effects = [];
  const cell = (make) => {
    const at = place;
    place += 1;
    if (!(at in cells)) cells[at] = make();
    return cells[at];
  };
  const api = {
    useState(first) {
      const mine = cell(() => ({ value: typeof first === 'function' ? first() : first }));
      mine.set ??= (next) => {
        mine.value = typeof next === 'function' ? next(mine.value) : next;
      };
      return [mine.value, mine.set];
    },
    useReducer(reducer, first) {
      const mine = cell(() => ({ value: first }));
      mine.set ??= (action) => {
        mine.value = reducer(mine.value, action);
      };
      return [mine.value, mine.set];
    },
    useRef: (current) => cell(() => ({ current })),
    useCallback: (callback) => callback,
    useMemo: (make) => make(),
    useEffect(effect) {
      const mine = cell(() => ({ done: false }));
      if (!mine.done) effects.push(effect);
      mine.done = true;
    },
    useTransition: () => [false, (work) => work()],
    memo: (component) => component,
    forwardRef: (component) => component,
    createContext: (value) => ({ value }),
    useContext: (context) => context.value,
  };
  const element = (type, props) => ({ type, props: props ?? {} });
  return {
    api,
    jsx: { jsx: element, jsxs: element, Fragment: 'fragment' },
    // Call a hook or a component once more with the states that it has now.
    render(callee, ...given) {
      place = 0;
      const result = callee(...given);
      for (const effect of effects.splice(0)) effect();
      return result;
    },
  };
}
