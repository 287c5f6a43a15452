// Runs programs of tests/shapes one after the other, each driven as its framework drives it.
// Input on stdin: {origin, folder, programs: [{name, path, source, env, modules, answers, argv,
// drives}]}; output: for each program, for each of its drives {returned, response, stdout, stderr,
// state, thrown, unhandled, exit, requests}. `answers` is what the endpoint that does not exist
// would have answered, or null for the truth. `folder` is where the built programs are written.
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { drivers } from './shapes_drivers.mjs';
import { makeStubs } from './shapes_stubs.mjs';
import { openWire } from './shapes_wire.mjs';
import { makeClock } from './shapes_clock.mjs';

const PACKAGES = new Set(['axios', 'ky', 'got', 'node-fetch', 'undici', 'openai']);
const LOADERS = { ts: 'ts', mts: 'ts', cts: 'ts', tsx: 'tsx', js: 'jsx', mjs: 'jsx', cjs: 'jsx', jsx: 'jsx' };
const BUILTIN = /^(?:node:)?(?:assert|buffer|child_process|crypto|events|fs|fs\/promises|http|https|os|path|perf_hooks|process|readline|readline\/promises|stream|stream\/web|timers\/promises|url|util)$/u;
const COMMONJS = /\brequire\s*\(|\bmodule\.exports\b|\bexports\.\w+\s*=/u;
const ES_MODULE = /^\s*(?:import\b|export\b)/mu;

const stubs = {
  name: 'stubs',
  setup(setup) {
    setup.onResolve({ filter: /.*/ }, ({ path: spelled, kind }) => {
      if (kind === 'entry-point') return undefined;
      // Deno's way to name a package: `npm:openai@4`.
      const path = spelled.replace(/^npm:([\w-]+)(?:@.*)?$/u, '$1');
      if (PACKAGES.has(path) || BUILTIN.test(path)) return { path, external: true };
      return { path, namespace: 'stub' };
    });
    // As CommonJS, whose names are looked up while the program runs.
    setup.onLoad({ filter: /.*/, namespace: 'stub' }, ({ path }) => ({
      contents: `module.exports = globalThis.$shape.module(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};

async function built(program, folder, number) {
  const common = COMMONJS.test(program.source) && !ES_MODULE.test(program.source);
  const extension = program.path.split('.').pop();
  const entry = join(folder, `${number}.in.${extension}`);
  const outfile = join(folder, `${number}.${common ? 'cjs' : 'mjs'}`);
  await writeFile(entry, program.source);
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: common ? 'cjs' : 'esm',
    loader: { [`.${extension}`]: LOADERS[extension] },
    jsx: 'automatic',
    charset: 'utf8',
    logLevel: 'silent',
    define: { 'import.meta.env': 'globalThis.$shape.env' },
    // What is bundled from CommonJS asks for it.
    banner: common ? {} : { js: "import { createRequire as $cr } from 'node:module'; const require = $cr(import.meta.url);" },
    plugins: [stubs],
  });
  return outfile;
}

const require = createRequire(import.meta.url);
let imported = 0;

async function load(file) {
  if (file.endsWith('.cjs')) {
    delete require.cache[file];
    return require(file);
  }
  imported += 1;
  return import(`${pathToFileURL(file).href}?${imported}`);
}

let unhandled = () => {};
process.on('unhandledRejection', (error) => unhandled(error));
process.on('uncaughtException', (error) => unhandled(error));

async function run(program, file, drive, wire) {
  const clock = makeClock();
  const outcome = {
    returned: null,
    response: null,
    stdout: '',
    stderr: '',
    state: null,
    thrown: null,
    unhandled: [],
    exit: null,
    requests: [],
  };
  const world = makeStubs(program, outcome, clock, wire);
  unhandled = (error) => {
    if (error !== world.EXIT) outcome.unhandled.push(String(error?.message ?? error));
  };
  wire.begin(program, outcome.requests, clock);
  world.install();
  try {
    const driver = drivers[drive.driver];
    if (driver === undefined) throw new Error(`no driver is called ${drive.driver}`);
    const done = (async () => {
      const module = await load(file);
      if (drive.driver === 'script') await clock.settled(true);
      return driver(module, drive, world, outcome);
    })();
    let ended = false;
    const over = done.then(
      () => (ended = true),
      (error) => {
        ended = true;
        if (error !== world.EXIT) outcome.thrown = String(error?.message ?? error);
      },
    );
    await Promise.race([over, clock.stuck(() => ended)]);
    if (!ended) outcome.thrown = 'never ends';
    await clock.settled(false);
  } finally {
    world.remove();
    clock.stop();
  }
  return outcome;
}

const { origin, folder, programs } = await json(process.stdin);
await mkdir(folder, { recursive: true });
const modules = fileURLToPath(new URL('node_modules', import.meta.url));
await symlink(modules, join(folder, 'node_modules')).catch((error) => {
  if (error.code !== 'EEXIST') throw error;
});
const wire = await openWire(origin);
const files = await Promise.all(
  programs.map((program, number) => built(program, folder, number).catch((error) => error)),
);
const outcomes = [];
for (const [number, program] of programs.entries()) {
  const of = [];
  for (const drive of program.drives) {
    if (files[number] instanceof Error) of.push({ broken: files[number].message });
    else of.push(await run(program, files[number], drive, wire));
  }
  outcomes.push(of);
}
process.stdout.write(JSON.stringify(outcomes), () => process.exit(0));
