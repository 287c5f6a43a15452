"""Dead paths and made-up methods that reach no call which is understood: each is told all the same.

A path alone may as well be the project's own route or another service's, so that for each way in
which one is lost there is a look-alike beside it about which nothing is said.
"""

# The programs are read better in whole lines.
# ruff: noqa: E501

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from tests.snippets import run

_BASE = "const BASE = 'https://api.openai.com/v1';\n"
_OTHER = "const BASE = 'https://engine.acme.dev/v1';\n"
#: A live call of OpenAI's, so that the file names its host.
_LIVE = "const live = (body) => fetch('https://api.openai.com/v1/responses', { method: 'POST', body });\n"
_SENT = "{ method: 'POST', headers, body: JSON.stringify(body) }"
_GIVEN = "{ workflow_id: id, input: { message } }"
_SDK = "import OpenAI from 'openai';\nconst client = new OpenAI();\n"
_CREATED = f"runs.create({_GIVEN})"


def helper(body: str, call: str = f"post('/workflows/runs', {_GIVEN})", base: str = _BASE) -> str:
    """A function of the file that sends what it is given, and a call of it."""
    return (
        f"{base}function post(path, body) {{\n{body}\n}}\n"
        f"export const ask = async (id, message) => ({call}).json();\n"
    )


def sent(url: str, above: str = "") -> str:
    """A fetch of a URL in a function, behind declarations."""
    return f"{above}\nexport const ask = (body) => fetch({url}, {_SENT});\n"


# What is told, with the reason.
LOST = {
    # a function of the file
    "parameter-is-set-again": (
        helper(
            f"path = path.startsWith('/') ? path : '/' + path;\nreturn fetch(BASE + path, {_SENT});"
        ),
        Reason.URL_NOT_FOLLOWED,
    ),
    "parameter-is-set-again-in-a-condition": (
        helper(
            f"if (!path.startsWith('/')) path = '/' + path;\nreturn fetch(BASE + path, {_SENT});"
        ),
        Reason.URL_NOT_FOLLOWED,
    ),
    "parameter-is-trimmed": (
        helper(f"path = path.trim();\nreturn fetch(`${{BASE}}${{path}}`, {_SENT});"),
        Reason.URL_NOT_FOLLOWED,
    ),
    "parameter-goes-through-a-pattern": (
        helper(
            f"const rest = path.replace(/^\\//, '');\nreturn fetch(`${{BASE}}/${{rest}}`, {_SENT});"
        ),
        Reason.URL_NOT_FOLLOWED,
    ),
    "parameter-becomes-the-path-of-a-url-object": (
        helper(f"const url = new URL(BASE);\nurl.pathname = path;\nreturn fetch(url, {_SENT});"),
        Reason.URL_NOT_FOLLOWED,
    ),
    "helper-of-a-helper": (
        f"{_BASE}const send = (url, body) => fetch(url, {_SENT});\n"
        "const post = (path, body) => send(BASE + path, body);\n"
        f"export const ask = (id, message) => post('/workflows/runs', {_GIVEN});\n",
        Reason.URL_NOT_FOLLOWED,
    ),
    "helper-takes-an-object": (
        f"{_BASE}const post = ({{ path, body }}) => fetch(BASE + path, {_SENT});\n"
        f"export const ask = (id, message) => post({{ path: '/workflows/runs', body: {_GIVEN} }});\n",
        Reason.URL_NOT_FOLLOWED,
    ),
    "helper-takes-segments": (
        f"{_BASE}const post = (body, ...parts) => fetch([BASE, ...parts].join('/'), {_SENT});\n"
        f"export const ask = (id, message) => post({_GIVEN}, 'workflows', 'runs');\n",
        Reason.URL_NOT_FOLLOWED,
    ),
    "helper-is-made-by-a-function": (
        f"const make = (base) => (path, body) => fetch(base + path, {_SENT});\n"
        "const post = make('https://api.openai.com/v1');\n"
        f"export const ask = (id, message) => post('/workflows/runs', {_GIVEN});\n",
        Reason.URL_NOT_FOLLOWED,
    ),
    "method-of-an-instance": (
        "class Api {\n  constructor(base) { this.base = base; }\n"
        f"  post(path, body) {{ return fetch(this.base + path, {_SENT}); }}\n}}\n"
        "const api = new Api('https://api.openai.com/v1');\n"
        f"export const ask = (id, message) => api.post(`/workflows/${{id}}/runs`, {_GIVEN});\n",
        Reason.URL_NOT_FOLLOWED,
    ),
    "method-of-a-class-that-replaces-it": (
        "class Api {\n  base = 'https://api.openai.com/v1';\n"
        f"  post(path, body) {{ return fetch(this.base + path, {_SENT}); }}\n}}\n"
        "class Own extends Api {\n  post(path, body) { return super.post(path.trim(), body); }\n}\n"
        f"export class Bot extends Own {{\n  ask(id, message) {{ return this.post('/workflows/runs', {_GIVEN}); }}\n}}\n",
        Reason.URL_NOT_FOLLOWED,
    ),
    "method-of-an-object": (
        "const api = {\n  base: 'https://api.openai.com/v1',\n"
        f"  post(path, body) {{ return fetch(this.base + path, {_SENT}); }},\n}};\n"
        f"export const ask = (id, message) => api.post('/workflows/runs', {_GIVEN});\n",
        Reason.UNRESOLVED_HOST,
    ),
    # a client of a package
    "base-among-the-defaults-of-axios-by-a-function": (
        "import axios from 'axios';\n"
        "export function setUp() { axios.defaults.baseURL = 'https://api.openai.com/v1'; }\n"
        f"export const ask = (id, message) => axios.post('/workflows/runs', {_GIVEN});\n",
        Reason.URL_NOT_FOLLOWED,
    ),
    "base-by-an-interceptor-of-axios": (
        "import axios from 'axios';\nconst api = axios.create();\n"
        "api.interceptors.request.use((c) => ({ ...c, baseURL: 'https://api.openai.com/v1' }));\n"
        f"export const ask = (id, message) => api.post('/workflows/runs', {_GIVEN});\n",
        Reason.URL_NOT_FOLLOWED,
    ),
    "pool-of-undici": (
        "import { Pool } from 'undici';\nconst pool = new Pool('https://api.openai.com');\n"
        "export const ask = (body) => pool.request({ path: '/v1/workflows/runs', method: 'POST', body });\n",
        Reason.URL_NOT_FOLLOWED,
    ),
    "package-that-is-not-known": (
        "import { $fetch } from 'ofetch';\n"
        "export const ask = (body) => $fetch('/workflows/runs', { baseURL: 'https://api.openai.com/v1', method: 'POST', body });\n",
        Reason.URL_NOT_FOLLOWED,
    ),
    "node-https-by-host-and-path": (
        "import https from 'node:https';\n"
        "export const ask = (done) => https.request({ hostname: 'api.openai.com', path: '/v1/workflows/runs', method: 'POST' }, done);\n",
        Reason.UNKNOWN_TRANSPORT,
    ),
    "node-https-with-options-in-a-variable": (
        "const https = require('https');\nmodule.exports = (id, done) => {\n"
        "  const options = { host: 'api.openai.com', path: `/v1/workflows/${id}/runs`, method: 'POST' };\n"
        "  https.request(options, done).end('{}');\n};\n",
        Reason.UNKNOWN_TRANSPORT,
    ),
    "generic-request-of-openais-client": (
        f"{_SDK}export const ask = (id, body) => client.request({{ method: 'post', path: `/workflows/${{id}}/runs`, body }});\n",
        Reason.UNKNOWN_TRANSPORT,
    ),
    "wrapper-of-a-module-that-is-called-openais": (
        "import { request } from './openai-http';\n"
        f"export const ask = (id, message) => request('/workflows/runs', {_GIVEN});\n",
        Reason.WRAPPER_ELSEWHERE,
    ),
    # the URL
    "path-of-a-url-object-is-set": (
        sent(
            "url",
            "const url = new URL('https://api.openai.com');\nurl.pathname = '/v1/workflows/runs';",
        ),
        Reason.URL_NOT_FOLLOWED,
    ),
    "tagged-template": (
        sent("String.raw`https://api.openai.com/v1/workflows/${id}/runs`"),
        Reason.URL_NOT_FOLLOWED,
    ),
    "path-that-is-filled-in": (
        sent("BASE + RUNS.replace(':id', () => id)", f"{_BASE}const RUNS = '/workflows/:id/runs';"),
        Reason.URL_NOT_FOLLOWED,
    ),
    "end-that-is-replaced": (
        sent("'https://api.openai.com/v1/responses'.replace(/responses$/, 'workflows/runs')"),
        Reason.URL_NOT_FOLLOWED,
    ),
    "segments-in-a-list-of-their-own": (
        sent("[BASE, ...PARTS].join('/')", f"{_BASE}const PARTS = ['workflows', 'runs'];"),
        Reason.URL_NOT_FOLLOWED,
    ),
    "path-in-a-map": (
        sent(
            "BASE + PATHS.get('run')",
            f"{_BASE}const PATHS = new Map([['run', '/workflows/runs']]);",
        ),
        Reason.URL_NOT_FOLLOWED,
    ),
    "path-by-a-name-of-run-time": (
        sent(
            "BASE + PATHS[kind]",
            f"{_BASE}const PATHS = {{ run: '/workflows/runs', chat: '/chat/completions' }};",
        ),
        Reason.URL_NOT_FOLLOWED,
    ),
    "path-in-an-object-that-is-spread": (
        sent(
            "BASE + ALL.run",
            f"{_BASE}const OLD = {{ run: '/workflows/runs' }};\nconst ALL = {{ ...OLD, chat: '/x' }};",
        ),
        Reason.URL_NOT_FOLLOWED,
    ),
    "path-from-a-generator": (
        f"{_BASE}function* paths() {{ yield '/workflows/runs'; yield '/responses'; }}\n"
        f"export const ask = async (body) => {{ for (const p of paths()) await fetch(BASE + p, {_SENT}); }};\n",
        Reason.URL_NOT_FOLLOWED,
    ),
    "path-of-a-namespace": (
        "namespace Api { export const base = 'https://api.openai.com/v1'; export const run = '/workflows/runs'; }\n"
        + sent("Api.base + Api.run"),
        Reason.URL_EXPORTED,
    ),
    "path-of-an-instance": (
        "class Api { base = 'https://api.openai.com/v1'; run = '/workflows/runs'; }\nconst api = new Api();\n"
        + sent("api.base + api.run"),
        Reason.URL_NOT_FOLLOWED,
    ),
    "path-that-a-parameter-falls-back-to": (
        f"{_BASE}export const ask = (body, path) => {{\n  path ??= '/workflows/runs';\n  return fetch(BASE + path, {_SENT});\n}};\n",
        Reason.URL_NOT_FOLLOWED,
    ),
    "path-that-is-exported-beside-the-host": (
        "export const HOST = 'https://api.openai.com';\nexport const RUNS = '/v1/workflows/runs';\n",
        Reason.URL_EXPORTED,
    ),
    "host-is-a-setting-of-openais": (
        "const api = makeApi(process.env.OPENAI_BASE_URL);\n"
        f"export const ask = (id, message) => api.post('/workflows/runs', {_GIVEN});\n",
        Reason.URL_NOT_FOLLOWED,
    ),
    # made-up methods
    "method-is-bound": (
        f"{_SDK}const create = client.workflows.runs.create.bind(client.workflows.runs);\n"
        f"export const ask = (id, message) => (log(create), create({_GIVEN}));\n",
        Reason.SDK_INVENTED,
    ),
    "method-is-called-by-call": (
        f"{_SDK}export const ask = (id, message) => client.workflows.runs.create.call(null, {_GIVEN});\n",
        Reason.SDK_INVENTED,
    ),
    "method-is-given-away": (
        f"{_SDK}import {{ retry }} from './retry';\n"
        f"export const ask = (id, message) => retry(client.workflows.runs.create, {_GIVEN});\n",
        Reason.SDK_INVENTED,
    ),
    "method-is-chosen": (
        f"{_SDK}const create = client.workflows?.runs?.create ?? client.beta.workflows.runs.create;\n"
        f"export const ask = (id, message) => create({_GIVEN});\n",
        Reason.SDK_INVENTED,
    ),
    "runs-are-given-away": (
        f"{_SDK}const start = (runs, id, message) => {_CREATED};\n"
        "export const ask = (id, message) => start(client.workflows.runs, id, message);\n",
        Reason.SDK_INVENTED,
    ),
    "runs-come-from-an-async-function": (
        f"{_SDK}const runs = async () => client.workflows.runs;\n"
        f"export const ask = async (id, message) => (await runs()).create({_GIVEN});\n",
        Reason.SDK_INVENTED,
    ),
    "runs-are-set-later": (
        f"{_SDK}let wf;\nwf = client.workflows;\nexport const ask = (id, message) => wf.{_CREATED};\n",
        Reason.SDK_INVENTED,
    ),
    "runs-are-a-field": (
        "import OpenAI from 'openai';\nexport class Bot {\n  client = new OpenAI();\n"
        "  runs = this.client.workflows.runs;\n"
        f"  ask(id, message) {{ return this.{_CREATED}; }}\n}}\n",
        Reason.SDK_INVENTED,
    ),
}

# About these nothing is said.
SILENT = {
    "helper-of-another-host": helper(
        f"path = path.startsWith('/') ? path : '/' + path;\nreturn fetch(BASE + path, {_SENT});",
        base=_LIVE + _OTHER,
    ),
    "helper-of-this-site": helper(f"return fetch('/api' + path, {_SENT});", base=_LIVE),
    "class-with-another-host": f"{_LIVE}class Engine {{\n  base = 'https://engine.acme.dev';\n"
    f"  post(path, body) {{ return fetch(this.base + path, {_SENT}); }}\n}}\n"
    "const engine = new Engine();\nexport const ask = (b) => engine.post('/workflows/runs', b);\n",
    "class-that-is-given-another-host": f"{_LIVE}class Engine {{\n"
    "  constructor(base) { this.base = base; }\n"
    f"  post(path, body) {{ return fetch(this.base + path, {_SENT}); }}\n}}\n"
    "const engine = new Engine('https://engine.acme.dev');\n"
    "export const ask = (b) => engine.post('/workflows/runs', b);\n",
    "method-of-a-class-with-another-host": f"{_LIVE}export class Engine {{\n"
    "  base = 'https://engine.acme.dev';\n"
    f"  post(path, body) {{ return fetch(this.base + path, {_SENT}); }}\n"
    "  ask(b) { return this.post('/workflows/runs', b); }\n}\n",
    "client-of-another-service": f"{_LIVE}import {{ Engine }} from 'engine-client';\n"
    "const engine = new Engine(process.env.ENGINE_KEY);\n"
    "export const ask = (b) => engine.post('/workflows/runs', b);\n",
    "axios-with-another-base": f"{_LIVE}import axios from 'axios';\n"
    "const engine = axios.create({ baseURL: 'https://engine.acme.dev/v1' });\n"
    "export const ask = (b) => engine.post('/workflows/runs', b);\n",
    "axios-of-this-site": f"{_LIVE}import axios from 'axios';\n"
    "export const ask = (b) => axios.post('/v1/workflows/runs', b);\n",
    "fetch-of-this-site": f"{_LIVE}export const ask = (b) => fetch('/v1/workflows/runs', b);\n",
    "routes-of-express": f"{_LIVE}import express from 'express';\nconst app = express();\n"
    "app.post('/v1/workflows/runs', handle);\napp.route('/workflows/runs').post(handle);\n",
    "routes-on-a-router-of-any-name": f"{_LIVE}import {{ Router }} from 'express';\n"
    "const api = Router();\napi.post('/workflows/runs', limit, handle);\nexport default api;\n",
    "routes-with-a-handler-in-place": f"{_LIVE}import {{ Hono }} from 'hono';\n"
    "const v1 = new Hono();\nv1.post('/v1/workflows/runs', (c) => c.json({}));\n",
    "routes-of-fastify": f"{_LIVE}export default async function plugin(fastify) {{\n"
    "  fastify.route({ method: 'POST', url: '/v1/workflows/runs', handler });\n}\n",
    "routes-by-a-decorator": f"{_LIVE}import {{ Controller, Post }} from '@nestjs/common';\n"
    "@Controller('v1')\nexport class Runs {\n  @Post('/workflows/runs')\n  run() { return 1; }\n}\n",
    "pages": f"{_LIVE}import {{ redirect, useRouter }} from 'next/navigation';\n"
    "export function go() {\n  const router = useRouter();\n  router.push('/workflows/runs');\n"
    "  redirect('/workflows/runs');\n}\n",
    "paths-that-are-compared": f"{_LIVE}export const is = (req) => req.url === '/v1/workflows/runs'\n"
    "  || ['/v1/workflows/runs'].includes(req.url);\n",
    "paths-of-a-switch": f"{_LIVE}export function serve(req) {{\n  switch (req.url) {{\n"
    "    case '/v1/workflows/runs': return live('x');\n  }\n}\n",
    "keys-of-a-description": f"{_LIVE}export const spec = {{ paths: {{ '/v1/workflows/runs': {{}} }} }};\n",
    "types": f"{_LIVE}export type Path = '/v1/workflows/runs';\n",
    "modules": f"{_LIVE}import x from './workflows/runs';\nconst y = require('./workflows/runs');\n",
    "folders": f"{_LIVE}import path from 'node:path';\n"
    "export const dir = path.join(process.cwd(), 'workflows', 'runs');\n",
    "files": f"{_LIVE}import fs from 'node:fs';\nfs.mkdirSync('workflows/runs');\n",
    "logs": f"{_LIVE}console.log('/workflows/runs');\n",
    "keys-of-a-cache": f"{_LIVE}export const q = (id) => use({{ queryKey: ['workflows', id, 'runs'] }});\n",
    "collections": f"{_LIVE}export const q = (id) => doc(db, 'workflows', id, 'runs');\n",
    "own-url-of-a-request": f"{_LIVE}export const u = (req) => new URL('/v1/workflows/runs', req.url);\n",
    "url-object-of-another-host": f"{_LIVE}export const u = (b) => send(new URL('/v1/workflows/runs', 'https://engine.acme.dev'), b);\n",
    "actions-of-github": f"{_LIVE}const gh = (path) => fetch('https://api.github.com' + path);\n"
    "export const ask = (o, r, id) => gh(`/repos/${o}/${r}/actions/workflows/${id}/runs`);\n",
    "workflow-of-another-service-by-its-path": f"{_LIVE}export const ask = (name) =>\n"
    "  client.post(`/v1/workflows/${name}/execute`, { host: 'https://api.mistral.ai' });\n",
    "test-double-in-a-variable": "import nock from 'nock';\n"
    "const scope = nock('https://api.openai.com');\nscope.post('/v1/workflows/runs').reply(200, {});\n",
    "test-of-the-own-server": f"{_LIVE}import request from 'supertest';\n"
    "it('runs', () => request(app).post('/v1/workflows/runs').send({}));\n",
    "no-host-in-the-file": "export const RUNS = '/v1/workflows/runs';\nclient.send(RUNS);\n",
    "host-in-a-comment-only": "// https://api.openai.com/v1\nclient.send('/v1/workflows/runs');\n",
    "host-of-azure-is-a-setting": "const api = makeApi(process.env.AZURE_OPENAI_ENDPOINT);\n"
    "export const ask = (b) => api.post('/workflows/runs', b);\n",
    "members-that-are-asked-for": f"{_SDK}if (client.workflows) console.log(typeof client.beta.workflows);\n",
    "members-of-mistrals-client": "import { Mistral } from '@mistralai/mistralai';\n"
    "const client = new Mistral();\nconst { workflows } = client;\n"
    "const run = client.workflows.runs.create.bind(client.workflows.runs);\n",
    "members-of-azures-client": "import { AzureOpenAI } from 'openai';\n"
    "const client = new AzureOpenAI();\nconst { workflows } = client;\nworkflows.runs.create({});\n",
    "live-path-by-the-generic-method": f"{_SDK}await client.post('/responses', {{ body }});\n",
    "generic-method-of-a-client-at-another-host": "import OpenAI from 'openai';\n"
    "const client = new OpenAI({ baseURL: 'https://engine.acme.dev/v1' });\n"
    "await client.post('/workflows/runs', { body });\n",
}


@pytest.mark.parametrize("name", LOST)
def test_a_dead_path_that_is_lost_is_told_once_and_left(name: str) -> None:
    source, reason = LOST[name]
    migration = run(source)
    assert not migration.edits
    assert [(f.bucket, f.reason) for f in migration.findings] == [(Bucket.LEFT, reason)]
    assert migration.findings[0].detail or reason is Reason.URL_EXPORTED


@pytest.mark.parametrize("name", SILENT)
def test_a_path_that_is_not_openais_is_not_told(name: str) -> None:
    assert [f.message for f in run(SILENT[name]).findings] == []


_CHANGED = {
    "path": "url.pathname = '/v1/responses';",
    "host": "url.host = proxy;",
    "whole": "url.href = proxy;",
    "in-a-condition": "if (proxy) url.hostname = proxy;",
    "by-assign": "Object.assign(url, { host: proxy });",
    "by-a-function-of-the-file": "toProxy(url);\n  function toProxy(u) { u.host = proxy; }",
    "by-a-function-of-another-file": "redirect(url);",
    "by-a-name-of-run-time": "url[part] = proxy;",
}
_KEPT = {
    "query": "url.searchParams.set('version', '3');",
    "log": "console.log(url);",
    "read": "const host = url.host;",
}


def _with_an_object(statement: str) -> str:
    return (
        "import { redirect } from './proxy';\n"
        "export async function ask(id, message, proxy, part) {\n"
        f"  const url = new URL('https://api.openai.com/v1/workflows/runs');\n  {statement}\n"
        "  const res = await fetch(url, {\n    method: 'POST',\n"
        "    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' },\n"
        f"    body: JSON.stringify({_GIVEN}),\n  }});\n"
        "  const data = await res.json();\n  return data.output?.message;\n}\n"
    )


@pytest.mark.parametrize("name", _CHANGED)
def test_a_url_object_that_is_made_another_is_left(name: str) -> None:
    migration = run(_with_an_object(_CHANGED[name]))
    assert not migration.edits
    assert [f.bucket for f in migration.findings] == [Bucket.LEFT]


@pytest.mark.parametrize("name", _KEPT)
def test_a_url_object_that_stays_what_it_is_is_migrated(name: str) -> None:
    migration = run(_with_an_object(_KEPT[name]))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
