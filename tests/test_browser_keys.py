"""Keys in browser code: each is told once, where it becomes public, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.snippets import HEAD, PLAIN, REQUEST, URL, function, replaced, run
from tests.tools import callmend

_AUTHORIZATION = "'Authorization': `Bearer ${key}`"


def noted(source: str, path: str = "a.ts", settings: Settings | None = None) -> list[str]:
    """The source of each place at which a key is told to be public."""
    migration = run(source, path, settings)
    notes = [note for finding in migration.findings for note in finding.notes]
    told = [n for n in notes if "the page: everybody who opens it can read the key" in n.text]
    assert all(note.always for note in told)
    data = source.encode()
    return [data[n.span.start : n.span.end].decode() for n in told]


def sending(authorization: str, *before: str) -> str:
    """The plain program with another value in its Authorization header, and lines before it."""
    plain = replaced(PLAIN, _AUTHORIZATION, authorization)
    return "".join(f"{line}\n" for line in before) + plain


PUBLIC = {
    "vite": sending("'Authorization': `Bearer ${import.meta.env.VITE_OPENAI_KEY}`"),
    "next": sending("'Authorization': `Bearer ${process.env.NEXT_PUBLIC_OPENAI_KEY}`"),
    "react-app": sending("'Authorization': 'Bearer ' + process.env.REACT_APP_OPENAI_KEY"),
    "in-brackets": sending("'Authorization': `Bearer ${process.env['NEXT_PUBLIC_KEY']}`"),
    "with-a-fallback": sending(
        "'Authorization': `Bearer ${process.env.KEY || process.env.VITE_KEY}`"
    ),
    "constant": sending(
        "'Authorization': `Bearer ${API_KEY}`", "const API_KEY = import.meta.env.VITE_OPENAI_KEY;"
    ),
    "constant-of-a-constant": sending(
        "'Authorization': `Bearer ${KEY}`",
        "const env = import.meta.env.VITE_OPENAI_KEY;",
        "const KEY = env ?? '';",
    ),
    "member-of-a-constant": sending(
        "'Authorization': `Bearer ${config.apiKey}`",
        "const config = { apiKey: import.meta.env.VITE_KEY, other: import.meta.env.VITE_B };",
    ),
    "destructured": sending(
        "'Authorization': `Bearer ${VITE_OPENAI_KEY}`",
        "const { VITE_OPENAI_KEY } = import.meta.env;",
    ),
    "destructured-under-another-name": sending(
        "'Authorization': `Bearer ${openaiKey}`",
        "const { VITE_OPENAI_KEY: openaiKey, VITE_B } = import.meta.env;",
    ),
    "assigned-later": sending(
        "'Authorization': `Bearer ${k}`", "let k = '';", "k = process.env.REACT_APP_KEY!;"
    ),
    "headers-in-a-constant": function(
        "const headers = { Authorization: `Bearer ${import.meta.env.VITE_KEY}` };",
        f"const response = await fetch('{URL}', {{ method: 'POST', headers }});",
    ),
    "headers-set": function(
        "const headers = new Headers();",
        "headers.set('Authorization', `Bearer ${import.meta.env.VITE_KEY}`);",
        f"const response = await fetch('{URL}', {{ method: 'POST', headers }});",
    ),
    "header-assigned": function(
        "const headers: Record<string, string> = {};",
        "headers['Authorization'] = `Bearer ${import.meta.env.VITE_KEY}`;",
        f"const response = await fetch('{URL}', {{ method: 'POST', headers }});",
    ),
    "headers-of-a-function": function(
        f"const response = await fetch('{URL}', {{ method: 'POST', headers: made() }});"
    )
    + "function made() { return { Authorization: 'Bearer ' + import.meta.env.VITE_KEY }; }\n",
    "a-class-field": "class A {\n  key = import.meta.env.VITE_KEY;\n"
    f"  ask() {{ return fetch('{URL}', {{ headers: {{ Authorization: this.key }} }}); }}\n}}\n",
    "set-in-a-constructor": "class A {\n  constructor() { this.key = import.meta.env.VITE_KEY; }\n"
    f"  ask() {{ return fetch('{URL}', {{ headers: {{ Authorization: this.key }} }}); }}\n}}\n",
    "axios": function(
        f"return axios.post('{URL}', {{}}, {{ headers: {{ Authorization: env.VITE_K }} }});"
    ),
}


@pytest.mark.parametrize("source", PUBLIC.values(), ids=PUBLIC.keys())
def test_a_public_variable_in_the_key_is_told_where_it_stands(source: str) -> None:
    (place,) = noted(source)
    assert place.strip("'").startswith(("VITE_", "NEXT_PUBLIC_", "REACT_APP_"))


_CLIENT = """\
import OpenAI from 'openai';
const openai = new OpenAI({ apiKey: import.meta.env.VITE_KEY, dangerouslyAllowBrowser: true });
export async function ask(text: string) {
  const run = await openai.beta.threads.createAndRunPoll({
    assistant_id: 'asst_1', thread: { messages: [{ role: 'user', content: text }] },
  });
  const messages = await openai.beta.threads.messages.list(run.thread_id);
  return messages.data[0].content[0].text.value;
}
"""


@pytest.mark.parametrize("target", ["assistants", "responses"])
def test_a_client_that_is_allowed_in_browsers_is_told(target: str) -> None:
    assert noted(_CLIENT, settings=Settings(target=target)) == [
        "VITE_KEY",
        "dangerouslyAllowBrowser: true",
    ]


NOT_PUBLIC = {
    "server-variable": sending("'Authorization': `Bearer ${process.env.OPENAI_API_KEY}`"),
    "parameter": PLAIN,
    "another-header": replaced(
        PLAIN, _AUTHORIZATION, f"{_AUTHORIZATION}, 'X-App': import.meta.env.VITE_APP_NAME"
    ),
    "the-url": PLAIN.replace(f"'{URL}'", "`${import.meta.env.VITE_BASE}/v1/workflows/runs`"),
    "the-workflow": PLAIN.replace("workflow_id: id", "workflow_id: import.meta.env.VITE_WORKFLOW"),
    "the-key-of-another-service": PLAIN
    + "export const firebase = init({ apiKey: import.meta.env.VITE_FIREBASE_KEY });\n",
    "another-call": PLAIN
    + "export const b = () => fetch('/api', { headers: { Authorization: env.VITE_T } });\n",
    "another-member": sending(
        "'Authorization': `Bearer ${config.apiKey}`",
        "const config = { apiKey: process.env.KEY, title: import.meta.env.VITE_TITLE };",
    ),
    "another-name-of-the-same-destructuring": sending(
        "'Authorization': `Bearer ${KEY}`", "const { KEY, VITE_TITLE } = import.meta.env;"
    ),
    "a-name-that-only-starts-like-it": sending("'Authorization': `Bearer ${env.INVITE_KEY}`"),
    "in-a-comment": PLAIN.replace(HEAD, f"// VITE_KEY, dangerouslyAllowBrowser: true\n{HEAD}"),
    "not-allowed": _CLIENT.replace("import.meta.env.VITE_KEY", "key").replace("true", "false"),
    "another-librarys-client": PLAIN
    + "export const c = new Anthropic({ apiKey: key(), dangerouslyAllowBrowser: true });\n",
    "no-dead-call": replaced(
        sending("'Authorization': `Bearer ${import.meta.env.VITE_KEY}`"), URL, "/api/workflows/runs"
    ),
    "an-ignored-call": sending("'Authorization': `Bearer ${import.meta.env.VITE_KEY}`").replace(
        "  const response", "  // callmend-ignore\n  const response"
    ),
}


@pytest.mark.parametrize("source", NOT_PUBLIC.values(), ids=NOT_PUBLIC.keys())
def test_nothing_else_is_told(source: str) -> None:
    assert noted(source) == []


def test_it_is_told_once_for_several_calls() -> None:
    both = PUBLIC["constant"] + replaced(
        PUBLIC["constant"].split("\n", 1)[1], "function ask", "function again"
    )
    assert noted(both) == ["VITE_OPENAI_KEY"]


def test_it_is_told_for_a_call_that_is_left() -> None:
    source = sending("'Authorization': `Bearer ${import.meta.env.VITE_KEY}`").replace(
        f"'{URL}'", "`${base}/v1/workflows/runs`"
    )
    assert [f.bucket for f in run(source).findings] == [Bucket.LEFT]
    assert noted(source) == ["VITE_KEY"]


@pytest.mark.parametrize("target", ["assistants", "responses"])
def test_what_is_written_never_opens_a_browser_to_a_key(target: str) -> None:
    for source in (*PUBLIC.values(), _CLIENT, REQUEST):
        result = run(source, settings=Settings(target=target)).result.decode()
        for word in ("dangerouslyAllowBrowser", "VITE_", "NEXT_PUBLIC_", "REACT_APP_"):
            assert word in source or word not in result


@pytest.mark.parametrize("command", ["diff", "check", "fix"])
def test_it_is_shown_without_being_asked_for(command: str, tmp_path: Path) -> None:
    (tmp_path / "a.ts").write_text(PUBLIC["vite"])
    done = callmend(command, cwd=tmp_path)
    column = PUBLIC["vite"].split("\n")[3].index("VITE_") + 1
    said = f"a.ts:4:{column}: note: the key comes from `VITE_OPENAI_KEY`"
    assert said.encode() in done.stderr
    assert b"https://help.openai.com/en/articles/5112595" in done.stderr
    assert b"note:" not in callmend(command, "-q", cwd=tmp_path).stderr
