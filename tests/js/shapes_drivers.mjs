// How each framework calls a program, and what a caller or a person gets from it.

const ORIGIN = 'http://localhost';

// A member by its dotted path, with the object that it belongs to.
function member(module, path) {
  let owner;
  let found = module;
  for (const name of path.split('.')) {
    owner = found;
    found = found?.[name] ?? (name === 'default' ? found : undefined);
  }
  if (typeof found !== 'function') throw new Error(`the program has no function ${path}`);
  return { callee: found, owner };
}

const bodyOf = (drive) => (drive.body === undefined ? undefined : JSON.stringify(drive.body));

function request(drive) {
  const made = new Request(new URL(drive.url ?? '/api/chat', ORIGIN), {
    method: drive.method ?? 'POST',
    headers: { 'content-type': 'application/json', ...drive.headers },
    body: bodyOf(drive),
  });
  return Object.defineProperty(made, 'nextUrl', { value: new URL(made.url) });
}

async function read(response, outcome) {
  if (!(response instanceof Response)) {
    outcome.returned = plain(response);
    throw new Error(`no Response was given but ${typeof response}`);
  }
  received(outcome, response.status, await response.text(), Object.fromEntries(response.headers));
}

function received(outcome, status, text, headers = {}) {
  outcome.response = { status, text, headers, json: null, stream: streamed(text) };
  try {
    outcome.response.json = JSON.parse(text);
  } catch {
    // It is text.
  }
}

// The text that a reader of server-sent events or of lines of JSON puts together.
function streamed(text) {
  let found = '';
  for (const line of text.split(/\r?\n/u)) {
    try {
      found += piece(JSON.parse(line.replace(/^data:\s?/u, '')));
    } catch {
      // No JSON: an event's name, the end.
    }
  }
  return found;
}

function piece(event) {
  if (typeof event === 'string') return event;
  const { delta } = event;
  if (typeof delta === 'string') return delta;
  const parts = event.delta?.content ?? event.data?.delta?.content;
  if (Array.isArray(parts)) return parts.map((part) => part.text?.value ?? '').join('');
  if (typeof delta?.text === 'string') return delta.text;
  if (typeof event.text === 'string' && !/\.done$/u.test(event.type ?? '')) return event.text;
  if (typeof event.content === 'string') return event.content;
  return event.choices?.[0]?.delta?.content ?? '';
}

function plain(value, depth = 6) {
  if (value === undefined) return null;
  if (typeof value === 'function') return 'a function';
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Error) return { error: value.message };
  if (depth === 0) return '...';
  if (Array.isArray(value)) return value.map((each) => plain(each, depth - 1));
  if (value instanceof Map) return plain(Object.fromEntries(value), depth);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each, depth - 1)]));
}

async function gathered(given) {
  if (given instanceof Response) return { status: given.status, text: await given.text() };
  if (given?.[Symbol.asyncIterator] === undefined) return plain(given);
  const values = [];
  for await (const each of given) values.push(each);
  return plain(values);
}

// Node's request and response, as Express, Next's pages and Vercel extend them.
function pair(drive, outcome) {
  const headers = { 'content-type': 'application/json', ...drive.headers };
  const req = {
    method: drive.method ?? 'POST',
    url: drive.url ?? '/api/chat',
    headers,
    body: drive.body ?? {},
    query: drive.query ?? {},
    params: drive.params ?? {},
    cookies: {},
    ip: '127.0.0.1',
    get: (name) => headers[name.toLowerCase()],
    header: (name) => headers[name.toLowerCase()],
    on: () => req,
    log: console,
  };
  let text = '';
  let finish;
  const finished = new Promise((resolve) => {
    finish = resolve;
  });
  const end = (more = '') => {
    text += typeof more === 'string' ? more : Buffer.from(more).toString('utf8');
    received(outcome, res.statusCode, text);
    finish();
    return res;
  };
  const res = {
    statusCode: 200,
    headersSent: false,
    status: (code) => ((res.statusCode = code), res),
    code: (code) => ((res.statusCode = code), res),
    sendStatus: (code) => ((res.statusCode = code), end()),
    json: (body) => end(JSON.stringify(body)),
    send: (body) => end(typeof body === 'string' ? body : JSON.stringify(body)),
    end,
    write: (more) => ((text += typeof more === 'string' ? more : Buffer.from(more).toString('utf8')), true),
    setHeader: () => res,
    getHeader: () => undefined,
    header: () => res,
    set: () => res,
    type: () => res,
    writeHead: (code) => ((res.statusCode = code), res),
    flushHeaders: () => {},
    flush: () => {},
    on: () => res,
    once: () => res,
    emit: () => true,
  };
  return { req, res, finished };
}

async function answered(given, outcome, finished) {
  const result = await given;
  if (outcome.response === null && result !== undefined && result !== null && 'statusCode' in Object(result) === false) {
    received(outcome, 200, typeof result === 'string' ? result : JSON.stringify(result));
    return;
  }
  await finished;
}

const context = { waitUntil: (promise) => promise, passThroughOnException() {}, params: {} };

function shownIn(element) {
  if (element === null || element === undefined || typeof element === 'boolean') return '';
  if (Array.isArray(element)) return element.map(shownIn).join('');
  if (typeof element !== 'object') return String(element);
  if (typeof element.type === 'function') return shownIn(element.type(element.props));
  return `${shownIn(element.props?.children)}\n`;
}

function* elements(element) {
  if (Array.isArray(element)) for (const each of element) yield* elements(each);
  else if (element !== null && typeof element === 'object') {
    yield element;
    if (typeof element.type === 'function') yield* elements(element.type(element.props));
    else yield* elements(element.props?.children);
  }
}

export const drivers = {
  async 'next-route'(module, drive, world, outcome) {
    const { callee } = member(module, drive.call ?? 'POST');
    await read(await callee(request(drive), { params: Promise.resolve(drive.params ?? {}) }), outcome);
  },
  async edge(module, drive, world, outcome) {
    const { callee, owner } = member(module, drive.call ?? 'default');
    await read(await callee.call(owner, request(drive), context), outcome);
  },
  async 'pages-api'(module, drive, world, outcome) {
    const { callee } = member(module, drive.call ?? 'default');
    const { req, res, finished } = pair(drive, outcome);
    await answered(callee(req, res), outcome, finished);
  },
  async express(module, drive, world, outcome) {
    const route = world.routes.find((each) => each.path === drive.call && each.method === (drive.method ?? 'POST'));
    if (route === undefined) throw new Error(`the program has no route ${drive.call}`);
    const { req, res, finished } = pair(drive, outcome);
    let failed = null;
    for (const handler of route.handlers) {
      if (typeof handler !== 'function') continue;
      const next = (error) => {
        failed = error ?? failed;
        if (error) res.status(500).end(String(error.message ?? error));
      };
      const given = handler(req, res, next);
      if (handler === route.handlers.at(-1)) await answered(given, outcome, finished);
      if (failed) break;
    }
  },
  async fastify(module, drive, world, outcome) {
    await drivers.express(module, drive, world, outcome);
  },
  async hono(module, drive, world, outcome) {
    const route = world.routes.find((each) => each.path === drive.call);
    const given = request(drive);
    const c = {
      env: world.env,
      req: { json: () => given.json(), text: () => given.text(), header: (name) => given.headers.get(name), raw: given, query: () => undefined, param: (name) => drive.params?.[name] },
      json: (body, status = 200) => Response.json(body, { status }),
      text: (body, status = 200) => new Response(body, { status }),
      body: (body, status = 200) => new Response(body, { status }),
    };
    await read(await route.handlers.at(-1)(c), outcome);
  },
  async cloudflare(module, drive, world, outcome) {
    const { callee, owner } = member(module, drive.call ?? 'default.fetch');
    await read(await callee.call(owner, request(drive), world.env, context), outcome);
  },
  async 'cloudflare-pages'(module, drive, world, outcome) {
    const { callee } = member(module, drive.call ?? 'onRequestPost');
    await read(await callee({ request: request(drive), env: world.env, ...context }), outcome);
  },
  async sveltekit(module, drive, world, outcome) {
    const { callee } = member(module, drive.call ?? 'POST');
    const made = request(drive);
    await read(await callee({ request: made, url: new URL(made.url), params: drive.params ?? {}, locals: {}, cookies: { get: () => undefined }, fetch: globalThis.fetch }), outcome);
  },
  async 'sveltekit-action'(module, drive, world, outcome) {
    const { callee } = member(module, drive.call);
    outcome.returned = await callee({ request: request(drive), fetch: globalThis.fetch });
  },
  async netlify(module, drive, world, outcome) {
    const { callee } = member(module, drive.call ?? 'handler');
    const event = { httpMethod: drive.method ?? 'POST', path: drive.url ?? '/', headers: drive.headers ?? {}, body: bodyOf(drive) ?? null, queryStringParameters: drive.query ?? {}, isBase64Encoded: false };
    const given = await callee(event, {});
    received(outcome, given.statusCode, String(given.body ?? ''));
  },
  async deno(module, drive, world, outcome) {
    if (world.served.length === 0) throw new Error('the program serves nothing');
    await read(await world.served[0](request(drive), {}), outcome);
  },
  // A service worker's `fetch` event.
  async worker(module, drive, world, outcome) {
    let given;
    world.served[0]({ request: request(drive), respondWith: (promise) => (given = promise), waitUntil() {} });
    await read(await given, outcome);
  },
  async script() {},
  async function(module, drive, world, outcome) {
    const { callee, owner } = member(module, drive.call);
    const given = (drive.arguments ?? []).map(argument(outcome));
    outcome.returned = await gathered(await callee.apply(owner, given));
  },
  async class(module, drive, world, outcome) {
    const [name, method] = drive.call.split('.');
    const Class = module[name] ?? module.default?.[name] ?? module.default;
    const object = new Class(...(drive.constructor_arguments ?? []));
    outcome.returned = await gathered(await object[method](...(drive.arguments ?? []).map(argument(outcome))));
    outcome.state = plain(object);
  },
  // `call` is the hook's name and, behind a point, what it gives that is called.
  async hook(module, drive, world, outcome) {
    const [name, method] = drive.call.split('.');
    const hook = module[name] ?? module.default;
    const given = drive.constructor_arguments ?? [];
    let api = world.react.render(hook, ...given);
    outcome.returned = await gathered(await api[method](...(drive.arguments ?? []).map(argument(outcome))));
    api = world.react.render(hook, ...given);
    outcome.state = plain(api);
  },
  // Types `typed` into the first field, then sends the form or presses the button.
  async component(module, drive, world, outcome) {
    const Component = module[drive.call ?? 'default'];
    const props = drive.props ?? {};
    let tree = world.react.render(Component, props);
    if (drive.typed !== undefined) {
      for (const { props: own } of elements(tree)) {
        if (own?.onChange) {
          own.onChange({ target: { value: drive.typed }, currentTarget: { value: drive.typed } });
          break;
        }
      }
      tree = world.react.render(Component, props);
    }
    const all = [...elements(tree)];
    const press = all.find((each) => each.props?.onSubmit)?.props.onSubmit ?? all.find((each) => each.props?.onClick)?.props.onClick;
    if (press !== undefined) await press({ preventDefault() {}, stopPropagation() {} });
    outcome.state = { text: shownIn(world.react.render(Component, props)) };
  },
};

// JSON that stands for something that JSON cannot hold.
const argument = (outcome) => (given) => {
  if (given?.$form !== undefined) {
    const form = new FormData();
    for (const [key, value] of Object.entries(given.$form)) form.append(key, value);
    return form;
  }
  if (given?.$callback === true) {
    return (...values) => {
      outcome.state = { calls: [...(outcome.state?.calls ?? []), ...plain(values)] };
    };
  }
  return given;
};
