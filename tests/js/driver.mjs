// What the goldens' programs find around them, and how each is called: by the names of its
// parameters. Whatever a program calls of it, and each state that it sets, is written down as shown.

const CHAT = 'what the chat says';

// The answer of the other branch: some goldens take it as a text, others as a response.
function chatAnswer() {
  const answer = Response.json({ choices: [{ message: { content: CHAT } }] });
  return Object.assign(answer, { $text: CHAT, toString: () => CHAT, valueOf: () => CHAT });
}

export function driven(program, { time, fetch }) {
  const { flags } = program;
  const shown = [];
  const show =
    (name, answer) =>
    (...values) => {
      shown.push([name, ...values]);
      return typeof answer === 'function' ? answer(...values) : answer;
    };
  const config = {
    apiKey: 'sk-test',
    key: 'Bearer sk-test',
    secret: 'sk-test',
    workflowId: 'asst_abc123',
    flow: 'asst_abc123',
    id: 'asst_abc123',
    model: 'gpt-6-luna',
    name: 'Ada',
    organization: 'org-1',
    project: 'proj_1',
    mode: flags ? 'workflow' : 'chat',
    next: () => 'asst_abc123',
  };
  const turns = () => [
    { role: 'user', content: 'hi', text: 'hi', from: 'me', body: 'hi', mine: true, words: 'hi' },
    { role: 'assistant', content: 'hello', text: 'hello', from: 'bot', body: 'hello', mine: false, words: 'hello' },
  ];
  const question = 'the question';
  const field = { label: 'Title', text: question, dirty: true, messages: turns(), value: 'old' };
  const given = {
    config,
    status: config,
    opts: { ...config, mode: flags ? 'flow' : 'chat' },
    env: { KEY: 'sk-test', WORKFLOW: 'asst_abc123', OPENAI_API_KEY: 'sk-test' },
    key: 'sk-test',
    apiKey: 'sk-test',
    id: 'asst_abc123',
    assistant: 'asst_abc123',
    workflow_id: 'asst_abc123',
    kind: flags ? 'draft' : 'final',
    mode: flags ? 'workflow' : 'chat',
    useWorkflow: flags,
    useChat: !flags,
    online: flags,
    on: flags,
    messages: turns(),
    history: turns(),
    turns: turns(),
    threadMessages: turns(),
    questions: [question, 'another question'],
    fields: [field, { ...field, dirty: false }],
    rows: [{ status: 1 }, { status: 2 }],
    result: { text: '', done: false },
    show: show('show'),
    request: { json: async () => ({ message: question, userMessage: question, messages: turns(), config }) },
  };
  // A name that the bundler had to change has a number behind it.
  const value = (name) => {
    const own = program.names[name] ?? name;
    const key = own in given ? own : own.replace(/\d+$/u, '');
    return key in given ? given[key] : `${question} (${own})`;
  };

  const react = makeReact(shown);
  const services = {
    chat: show('chat', chatAnswer),
    log: show('log'),
    poll: show('poll', async () => ({})),
    remember: show('remember'),
    save: show('save'),
    setLoading: show('setLoading'),
    show: show('show'),
    t: show('t', (name) => `translated ${name}`),
    track: show('track'),
    use: show('use'),
    done: show('done'),
    nextId: show('nextId', () => 'id_1'),
    signature: (...values) => `signed ${values.length}`,
    contextual: (text) => `in context: ${text}`,
    metrics: { count: show('metrics.count') },
  };
  const logged = (level) => (...values) => {
    // What callmend's own code logs is not what the program did before.
    if (!String(values[0]).startsWith('[Assistants API]')) shown.push([level, ...values]);
  };
  const quiet = Object.fromEntries(Object.keys(console).map((name) => [name, () => {}]));
  const modules = {
    config,
    getConfig: () => config,
    getOpenAIConfig: () => config,
    question,
  };
  const imported = (specifier, given) => {
    const name = program.names[given] ?? given;
    if (specifier.startsWith('react')) return react[name];
    if (specifier === 'node-fetch') return fetch;
    return modules[name] ?? services[name] ?? show(`${specifier} ${name}`);
  };
  const globals = {
    ...services,
    fetch,
    config,
    q: question,
    setTimeout: time.setTimeout,
    clearTimeout: time.clearTimeout,
    Date: time.Date,
    performance: time.performance,
    AbortSignal: time.AbortSignal,
    AbortController,
    DOMException,
    Headers,
    Request,
    Response,
    NextResponse: { json: (body) => ({ answered: body }) },
    TextDecoder,
    TextDecoderStream,
    TextEncoder,
    URL,
    URLSearchParams,
    Buffer,
    useState: react.useState,
    useEffect: react.useEffect,
    console: { ...quiet, log: logged('log'), error: logged('error'), warn: logged('warn') },
    location: { href: 'http://localhost/my_profile', pathname: '/my_profile' },
    navigator: { language: 'en' },
    process: {
      argv: ['node', 'program', question],
      env: { OPENAI_API_KEY: 'sk-test', WORKFLOW_ID: 'asst_abc123' },
      stdout: { write: show('stdout') },
      exitCode: 0,
    },
    require: (name) => (name === 'node-fetch' ? fetch : { ...modules, ...config }),
    exports: {},
    module: { exports: {} },
  };
  globals.window = globals;
  globals.self = globals;
  for (const name of ['status', 'threadMessages', 'runId', 'threadId', 'pollAttempts', 'maxAttempts']) globals[name] = `global ${name}`;
  for (const name of ['statusResponse', 'statusData', 'messagesResponse', 'messagesData', 'latestMessage']) globals[name] = `global ${name}`;

  const calls = (callee) => typeof callee === 'function' && /fetch\(|useEffect|send\(|first\(/u.test(String(callee));
  const call = async (name, callee, owner) => {
    const before = globals.process.exitCode;
    const answer = await callee.apply(owner, parameters(callee).map((names) => (names.length === 1 && !names.pattern ? value(names[0]) : pattern(names, value, config))));
    shown.push([`${name} gives`, await gathered(answer)]);
    for (const [key, object] of [['result', given.result], ['exitCode', globals.process.exitCode]]) {
      if (object !== before && JSON.stringify(object) !== '{"text":"","done":false}') shown.push([key, structuredClone(object)]);
    }
  };
  const drive = async (handed) => {
    const found = { ...handed, ...globals.exports, ...globals.module.exports };
    for (const [name, entry] of Object.entries(found)) {
      if ((program.names[name] ?? name) === 'text') shown.push(['text', entry]);
      if (isClass(entry)) {
        const object = Object.assign(new entry(config), {
          config,
          settings: async () => config,
          chat: services.chat,
          fail: show('fail'),
        });
        for (const method of Object.getOwnPropertyNames(entry.prototype)) {
          if (method !== 'constructor' && calls(object[method])) {
            await call(method, object[method], object);
            shown.push(['fields', { answer: object.answer, text: object.text, reply: object.reply }]);
          }
        }
      } else if (program.path.endsWith('x') && /^\p{Lu}/u.test(name) && typeof entry === 'function') {
        react.render(entry, { label: 'Title', question, config });
        await react.use();
        await settled(time);
      } else if (calls(entry)) {
        await call(name, entry, undefined);
      } else if (entry !== null && typeof entry === 'object') {
        for (const [method, callee] of Object.entries(entry)) {
          if (calls(callee)) await call(method, callee, entry);
        }
      }
    }
  };
  return { shown, globals, imported, drive };
}

const isClass = (entry) => typeof entry === 'function' && /^class\b/u.test(String(entry));

// What an answer shows: the values of a generator, the parts of an object.
async function gathered(given) {
  const answer = typeof given === 'function' ? given() : given;
  if (answer === null || typeof answer !== 'object' || answer[Symbol.asyncIterator] === undefined) return answer;
  const values = [];
  for await (const each of answer) values.push(each);
  return values;
}

// An object for a parameter that is a pattern.
function pattern(names, value, config) {
  return Object.fromEntries(names.map((name) => [name, config[name] ?? value(name)]));
}

// The names in each parameter of a function, as its own text has them.
function parameters(callee) {
  const text = String(callee);
  const single = /^(?:async\s+)?([^\s(),=]+)\s*=>/u.exec(text);
  if (single !== null) return [[single[1]]];
  const start = text.indexOf('(') + 1;
  const parts = [''];
  let depth = 1;
  for (const sign of text.slice(start)) {
    if ('([{'.includes(sign)) depth += 1;
    if (')]}'.includes(sign)) depth -= 1;
    if (depth === 0) break;
    if (sign === ',' && depth === 1) parts.push('');
    else parts[parts.length - 1] += sign;
  }
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== '' && !/^\{.*\}\s*=/su.test(part))
    .map((part) => {
      const isPattern = part.startsWith('{');
      const inner = isPattern ? part.slice(1, part.lastIndexOf('}')) : part;
      const names = (isPattern ? inner.split(',') : [inner]).map((name) => name.split(/[:=]/u)[0].trim());
      return Object.assign(names.filter(Boolean), { pattern: isPattern });
    });
}

// As much of React as a component needs that is rendered once and used once.
function makeReact(shown) {
  let tree = null;
  const element = (type, props) => ({ $element: true, type, props: props ?? {} });
  const useState = (first) => [
    typeof first === 'function' ? first() : first,
    (next) => shown.push(['state', typeof next === 'function' ? next([]) : next]),
  ];
  return {
    useState,
    useEffect: (effect) => {
      effect();
    },
    useCallback: (callback) => callback,
    useMemo: (make) => make(),
    useRef: (current) => ({ current }),
    useId: () => 'id',
    jsx: element,
    jsxs: element,
    Fragment: 'fragment',
    render: (component, props) => {
      tree = component(props);
    },
    // Clicks and submits whatever can be, as a person would.
    use: async () => {
      const visit = async (node) => {
        if (Array.isArray(node)) for (const each of node) await visit(each);
        if (node === null || typeof node !== 'object' || !node.$element) return;
        const event = { preventDefault() {}, target: { q: { value: 'the question' }, value: 'the question' } };
        for (const name of ['onClick', 'onSubmit']) {
          if (typeof node.props[name] === 'function') await node.props[name](event);
        }
        await visit(node.props.children);
      };
      await visit(tree);
    },
  };
}

// Effects start what nobody waits for: it is over when nothing is on its way any more.
export async function settled(time) {
  for (let quiet = 0; quiet < 3; quiet += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (!time.isIdle() && !time.isStuck()) quiet = 0;
  }
}
