"""A name `fetch` that a file sets itself: to the platform's, or to a package's loaded at need."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_ASK = (
    "async function ask(message) {\n"
    "  const res = await NAME('https://api.openai.com/v1/workflows/wf_1/runs', {\n"
    "    method: 'POST',\n"
    "    headers: { Authorization: `Bearer ${process.env.KEY}` },\n"
    "    body: JSON.stringify({ input: { message } }),\n"
    "  });\n"
    "  if (!res.ok) throw new Error('HTTP ' + res.status);\n"
    "  const data = await res.json();\n"
    "  return data.output?.message || data.output || '';\n}\n"
)
_IS = {
    "imported-when-called": (
        "const fetch = (...args) =>\n"
        "  import('node-fetch').then(({ default: fetch }) => fetch(...args));\n"
    ),
    "its-module-has-a-name": (
        "const fetch = (...args) => import('node-fetch').then((m) => m.default(...args));\n"
    ),
    "by-two-parameters": (
        "const fetch = (url, init) =>\n"
        "  import('node-fetch').then(({ default: f }) => f(url, init));\n"
    ),
    "awaited-inside": (
        "const fetch = async (...args) => (await import('node-fetch')).default(...args);\n"
    ),
    "taken-first": (
        "async function fetch(...args) {\n"
        "  const { default: send } = await import('node-fetch');\n  return send(...args);\n}\n"
    ),
    "the-module-first": (
        "async function fetch(...args) {\n"
        "  const lib = await import('node-fetch');\n  return lib.default(...args);\n}\n"
    ),
    "the-platforms-or-a-package": "const fetch = globalThis.fetch || require('node-fetch');\n",
    "the-platforms-if-there": (
        "const fetch = typeof globalThis.fetch === 'function' ? globalThis.fetch"
        " : require('cross-fetch');\n"
    ),
    "set-where-it-is-missing": (
        "let fetch = global.fetch;\nif (!fetch) fetch = require('node-fetch');\n"
    ),
    "bound-to-the-window": "const fetch = window.fetch.bind(window);\n",
    "named-otherwise": (
        "import nodeFetch from 'node-fetch';\nconst NAME = globalThis.fetch ?? nodeFetch;\n"
    ),
    "another-name": "const NAME = fetch;\n",
}
_IS_NOT = {
    "another-package": (
        "const fetch = (...args) => import('our-fetch').then(({ default: f }) => f(...args));\n"
    ),
    "less-is-handed-on": (
        "const fetch = (url, init) => import('node-fetch').then(({ default: f }) => f(url));\n"
    ),
    "more-is-handed-on": (
        "const fetch = (...args) =>\n"
        "  import('node-fetch').then(({ default: f }) => f(...args, { agent }));\n"
    ),
    "another-export": (
        "const fetch = (...args) => import('node-fetch').then(({ Request: F }) => F(...args));\n"
    ),
    "its-answer-is-changed": (
        "const fetch = (...args) =>\n"
        "  import('node-fetch').then(({ default: f }) => f(...args)).then((r) => r.json());\n"
    ),
    "wrapped-by-a-package": "const fetch = require('fetch-retry')(globalThis.fetch);\n",
    "one-of-two-is-unknown": "const fetch = globalThis.fetch || require('./our-fetch');\n",
    "set-to-what-is-given": (
        "let fetch = globalThis.fetch;\nexport const use = (f) => (fetch = f);\n"
    ),
    "bound-with-an-argument": "const fetch = globalThis.fetch.bind(null, 'https://a.example');\n",
    "a-member-of-its-own-object": "const self = make();\nconst fetch = self.fetch;\n",
    "of-itself": "var fetch = fetch || fetch;\n",
    "does-more-first": (
        "async function fetch(...args) {\n  sign(args);\n"
        "  const { default: send } = await import('node-fetch');\n  return send(...args);\n}\n"
    ),
}


def _program(start: str, name: str) -> bytes:
    return (start + _ASK).replace("NAME", name).encode()


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("why", sorted(_IS))
def test_a_name_for_fetch_is_one(target: str, why: str) -> None:
    name = "send" if "NAME" in _IS[why] else "fetch"
    source = _program(_IS[why], name)
    migration = check(source, "ask.mjs", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    start = _IS[why].replace("NAME", name).encode()
    assert migration.result.startswith(start), "what it stands for stays as it is"


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("why", sorted(_IS_NOT))
def test_what_may_be_another_function_is_left(target: str, why: str) -> None:
    source = _program(_IS_NOT[why], "fetch")
    migration = check(source, "ask.mjs", Settings(target=target))
    # A function whose body is seen is refused for what it does with what it is given.
    seen = why == "does-more-first"
    reason = Reason.OPTIONS_NOT_UNDERSTOOD if seen else Reason.FETCH_SHADOWED
    assert [finding.reason for finding in migration.findings] == [reason]
    assert migration.result == source
