"""The `fetch` that SvelteKit gives a handler is the platform's; any other parameter is unknown.

That what is written works is shown by the shapes, which run it in Node.
"""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_KIT = "import { json } from '@sveltejs/kit';\nimport { KEY } from '$env/static/private';\n"
_ASK = """\
  const { text } = await EVENT.json();
  const res = await FETCH('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow_id: 'wf_1', input: { message: text } }),
  });
  const data = await res.json();
  return json({ reply: data.output_text });
"""


def _handler(start: str, end: str = "}", *, fetch: str = "fetch", head: str = _KIT) -> bytes:
    event = "event.request" if fetch.startswith("event") else "request"
    return (
        f"{head}\n{start}\n{_ASK.replace('EVENT', event).replace('FETCH', fetch)}{end}\n".encode()
    )


GIVEN = {
    "an-arrow": _handler("export const POST = async ({ request, fetch }) => {", "};"),
    "an-arrow-with-a-type": _handler(
        "export const POST: RequestHandler = async ({ request, fetch }) => {", "};"
    ),
    "a-cast-arrow": _handler(
        "export const POST = (async ({ request, fetch }) => {", "}) satisfies RequestHandler;"
    ),
    "a-function": _handler("export async function PUT({ fetch, request }: RequestEvent) {"),
    "another-name": _handler("export async function POST({ request, fetch: ask }) {", fetch="ask"),
    "a-load": _handler("export const load = async ({ request, fetch }) => {", "};"),
    "an-action": _handler(
        "export const actions = {\n  default: async ({ request, fetch }) => {", "},\n};"
    ),
    "an-action-as-a-method": _handler(
        "export const actions: Actions = {\n  async ask({ request, fetch }) {", "},\n};"
    ),
    "the-events-own": _handler("export async function POST(event) {", fetch="event.fetch"),
    "the-events-own-with-a-type": _handler(
        "export const POST: RequestHandler = async (event) => {", "};", fetch="event.fetch"
    ),
    "an-arrow-without-parentheses": _handler(
        "export const POST = async event => {", "};", fetch="event.fetch"
    ),
    "a-helper-whose-type-says-so": _handler(
        "async function ask(request: Request, fetch: typeof globalThis.fetch) {"
    ),
}

LEFT = {
    "no-file-of-sveltekits": (
        _handler("export async function POST({ request, fetch }) {", head="const KEY = 'k';\n"),
        Reason.FETCH_SHADOWED,
    ),
    "not-exported": (
        _handler("async function POST({ request, fetch }) {"),
        Reason.FETCH_SHADOWED,
    ),
    "another-export": (
        _handler("export async function ask({ request, fetch }) {"),
        Reason.FETCH_SHADOWED,
    ),
    "the-second-parameter": (
        _handler("export async function POST({ request }, { fetch }) {"),
        Reason.FETCH_SHADOWED,
    ),
    "a-helper-inside-a-handler": (
        _handler(
            "export const POST = (event) => {\n  const ask = async ({ request, fetch }) => {",
            "};\n  return ask(event.locals);\n};",
        ),
        Reason.FETCH_SHADOWED,
    ),
    "another-member-called-fetch": (
        _handler("export async function POST({ request, proxy: fetch }) {"),
        Reason.FETCH_SHADOWED,
    ),
    "a-fetch-that-is-replaced": (
        _handler("export async function POST({ request, fetch }) {\n  fetch = wrap(fetch);"),
        Reason.FETCH_SHADOWED,
    ),
    "a-helper-without-a-type": (
        _handler("async function ask(request, fetch) {"),
        Reason.FETCH_SHADOWED,
    ),
    "a-helper-with-another-type": (
        _handler("async function ask(request: Request, fetch: Fetcher['fetch']) {"),
        Reason.FETCH_SHADOWED,
    ),
    "a-type-in-a-file-that-is-not-sveltekits": (
        _handler(
            "async function ask(request: Request, fetch: typeof globalThis.fetch) {",
            head="const KEY = 'k';\n",
        ),
        Reason.FETCH_SHADOWED,
    ),
    "an-event-of-another-framework": (
        _handler(
            "export async function POST(event) {", fetch="event.fetch", head="const KEY = 'k';\n"
        ),
        Reason.UNKNOWN_TRANSPORT,
    ),
    "a-member-of-the-event": (
        _handler("export async function POST(event) {", fetch="event.locals.fetch"),
        Reason.UNKNOWN_TRANSPORT,
    ),
    "an-action-of-something-else": (
        _handler("export const helpers = {\n  default: async ({ request, fetch }) => {", "},\n};"),
        Reason.FETCH_SHADOWED,
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("source", GIVEN.values(), ids=GIVEN)
def test_it_is_migrated(source: bytes, target: str) -> None:
    migration = check(source, "+server.ts", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED], migration.findings
    assert b"/workflows/" not in migration.result


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_because(source: bytes, reason: Reason, target: str) -> None:
    migration = check(source, "+server.ts", Settings(target=target))
    assert not migration.changed
    assert [f.reason for f in migration.findings] == [reason]
