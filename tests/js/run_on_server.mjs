// Runs programs one after the other, with api.openai.com replaced by a server on the loopback
// interface and with time that passes at once.
// Input on stdin: {origin, programs: [{name, path, source, names, flags, imagined}]}; output: for
// each {shown, error, sent, waited}: what a person or a caller saw, and the requests it sent.
//   names     what the program calls the things that it is given, where it has other names
//   flags     whether what chooses the workflow is on
//   imagined  how the endpoint that does not exist answers: {status, body}; null: as the server does
import { json } from 'node:stream/consumers';
import vm from 'node:vm';
import { transform } from 'esbuild';
import { driven, settled } from './driver.mjs';
import { makeTime } from './virtual_time.mjs';

const LOADERS = { ts: 'ts', mts: 'ts', cts: 'ts', tsx: 'tsx', js: 'jsx', mjs: 'js', cjs: 'js', jsx: 'jsx' };
const DEAD = /\/v1\/workflows\/runs\/?$/;
const REMOTE = /^https:\/\/.*?(?=\/v1\/)/;
const OWN_CHAT = { choices: [{ message: { content: 'what the chat says' } }] };
// What esbuild makes of a file that is no ES module.
const COMMONJS = /^export default (require_\w+)\(\);$/mu;
const WORD = '[\\p{ID_Start}$_][\\p{ID_Continue}$]*';

// What is shown as plain data; elements of React and functions of the program have no text.
export function plain(value, depth = 4) {
  if (typeof value === 'function') return 'a function';
  if (value === undefined) return null;
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Response) return 'a response';
  if (typeof value.message === 'string' && typeof value.stack === 'string') {
    return `${value.name}: ${value.message}`;
  }
  if (depth === 0) return '...';
  if (Array.isArray(value)) return value.map((item) => plain(item, depth - 1));
  if ('$element' in value) return 'an element';
  if ('$text' in value) return value.$text;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v, depth - 1)]));
}

// The platform's fetch with another host behind it; the programs go on naming theirs.
function redirected(origin, imagined, sent, time) {
  return async (input, options = {}) => {
    const url = String(input instanceof URL ? input.href : (input.url ?? input));
    const headers = Object.fromEntries(new Headers(options.headers));
    const request = { url, method: options.method ?? 'GET', headers, body: options.body ?? null };
    sent.push(request);
    if (!REMOTE.test(url)) return Response.json(OWN_CHAT);
    if (imagined !== null && DEAD.test(url)) {
      return Response.json(imagined.body, { status: imagined.status });
    }
    const real = await time.during(fetch(url.replace(REMOTE, origin), options));
    request.status = real.status;
    if ((real.headers.get('content-type') ?? '').startsWith('text/event-stream')) {
      return new Response(time.watched(real.body), real);
    }
    return new Response(await time.during(real.arrayBuffer()), real);
  };
}

function imports(code) {
  const wanted = new Map();
  const pattern = /^import\s+(?:(.+?)\s+from\s+)?"([^"]+)";$/gmu;
  for (const [, clause = '', from] of code.matchAll(pattern)) {
    const names = wanted.get(from) ?? new Set();
    const braces = /\{(.*)\}/su.exec(clause);
    for (const part of braces?.[1].split(',') ?? []) {
      if (part.trim()) names.add(part.trim().split(/\s+as\s+/u)[0]);
    }
    if (new RegExp(`^${WORD}`, 'u').test(clause)) names.add('default');
    wanted.set(from, names);
  }
  return wanted;
}

function declared(code) {
  const pattern = new RegExp(
    `^(?:export\\s+)?(?:default\\s+)?(?:async\\s+)?(?:function\\*?|const|let|var|class)\\s+(${WORD})`,
    'gmu',
  );
  return [...code.matchAll(pattern)].map(([, name]) => name);
}

// An error in what nobody waits for, an effect for example: a browser writes it to its console.
let unhandled = () => {};
process.on('unhandledRejection', (error) => unhandled(error));

async function run(program, origin) {
  const sent = [];
  const time = makeTime();
  const world = driven(program, { time, fetch: redirected(origin, program.imagined, sent, time) });
  let watch;
  // Behind it there may be a promise that nobody settles any more: then the program is over, too.
  const over = new Promise((resolve) => {
    unhandled = (error) => {
      world.shown.push(['unhandled', error]);
      settled(time).then(resolve);
    };
    watch = setInterval(() => {
      if (time.isStuck()) {
        world.shown.push(['never ends']);
        resolve();
      }
    }, 100);
  });
  const outcome = { shown: world.shown, error: null, sent, waited: 0 };
  try {
    const loader = LOADERS[program.path.split('.').pop()];
    const { code } = await transform(program.source.replace(/^\uFEFF/u, ''), {
      loader,
      format: 'esm',
      target: 'es2022',
      jsx: 'automatic',
      charset: 'utf8',
    });
    const context = vm.createContext(world.globals);
    // What is not exported is called all the same; the program's own text is not touched.
    const common = code.replace(COMMONJS, ';globalThis.$handed = $1();');
    const handed = `\n;globalThis.$handed = { ${declared(code).join(', ')} };\n`;
    const wanted = imports(code);
    const linked = (specifier) => {
      const names = [...(wanted.get(specifier) ?? ['log'])];
      return new vm.SyntheticModule(
        names,
        function fill() {
          for (const name of names) this.setExport(name, world.imported(specifier, name));
        },
        { context },
      );
    };
    const module = new vm.SourceTextModule(common === code ? code + handed : common, {
      context,
      importModuleDynamically: async (specifier) => {
        const found = linked(specifier);
        await found.link(() => {});
        await found.evaluate();
        return found;
      },
    });
    await module.link(linked);
    await module.evaluate();
    await Promise.race([world.drive(context.$handed), over]);
  } catch (error) {
    outcome.error = plain(error);
  }
  clearInterval(watch);
  outcome.waited = time.passed();
  time.stop();
  outcome.shown = plain(world.shown, 8);
  return outcome;
}

const { origin, programs } = await json(process.stdin);
const outcomes = [];
process.on('exit', (code) => {
  if (code !== 0) console.error(`never ends: ${programs[outcomes.length]?.name}`);
});
for (const program of programs) {
  outcomes.push(await run(program, origin));
}
process.stdout.write(JSON.stringify(outcomes), () => process.exit(0));
