"""The shape of an adapted answer has its text wherever the file reads one, or the call is left."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_SENT = (
    "fetch('https://api.openai.com/v1/workflows/runs', {\n"
    "    method: 'POST',\n"
    "    headers: { Authorization: `Bearer ${process.env.KEY}` },\n"
    "    body: JSON.stringify({ workflow_id: 'wf_1', input: { message } }),\n"
    "  })"
)
_OK = "  if (!res.ok) throw new Error('HTTP ' + res.status);\n"
_CONTENT = "content: [{ type: 'output_text', text }]"
_MESSAGE = f"output: [{{ type: 'message', role: 'assistant', {_CONTENT} }}]"


def _asking(reading: str, above: str = "", below: str = "") -> str:
    return (
        f"{above}export async function ask(message) {{\n  const res = await {_SENT};\n{_OK}"
        f"  const run = await res.json();\n{reading}\n}}\n{below}"
    )


#: What reads the answer, and the member in which the adapted one has its text.
_FOUND = {
    "elements-of-a-real-answer-in-loops": (
        "  let all = '';\n  for (const item of run.output ?? []) {\n"
        "    for (const part of item.content ?? []) if (part.text) all += part.text;\n  }\n"
        "  return all;",
        _MESSAGE,
    ),
    "text-of-mapped-elements": (
        "  return run.output.map((item) => item.text).join('\\n');",
        "output: [{ text }]",
    ),
    "element-that-is-told-by-its-role": (
        "  const last = run.output.filter((o) => o.role === 'assistant').pop();\n"
        "  return last ? last.text : '';",
        "output: [{ role: 'assistant', text }]",
    ),
    "element-in-a-pattern": (
        "  const { output: [first] } = run;\n  return first.content;",
        "output: [{ content: text }]",
    ),
    "element-by-a-computed-number": (
        "  return run.messages[run.messages.length - 1].content;",
        "messages: [{ content: text }]",
    ),
    "elements-at-a-place": (
        "  return run.output.at(-1).content.at(0).text.value;",
        "output: [{ content: [{ text: { value: text } }] }]",
    ),
    "parts-that-are-gathered-by-flat-map": (
        "  return run.output.flatMap((item) => item.content ?? []).map((part) => part.text)"
        ".join('');",
        _MESSAGE,
    ),
    "list-of-another-name-in-a-loop": (
        "  let all = '';\n  for (const one of run.outputs) all += one.text;\n  return all;",
        "outputs: [{ text }]",
    ),
    "json-that-is-parsed-if-it-is-a-text": (
        "  let out = run.output;\n  if (typeof out === 'string') out = JSON.parse(out);\n"
        "  if (!out.rows) return [];\n  return out.rows.length > 0 ? out.rows : [];",
        "output: text",
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("reading", "member"), _FOUND.values(), ids=_FOUND)
def test_the_text_stands_where_it_is_read(reading: str, member: str, target: str) -> None:
    migration = check(_asking(reading).encode(), "a.js", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert f"output_text: text, {member}," in migration.result.decode()


def test_an_own_function_that_retries_is_followed_through_its_callback() -> None:
    source = (
        "async function again(send, most = 3) {\n  let last;\n"
        "  for (let n = 0; n < most; n += 1) {\n    last = await send();\n"
        "    if (last.status < 500) return last;\n  }\n  return last;\n}\n"
        f"export async function ask(message) {{\n  const res = await again(() => {_SENT});\n{_OK}"
        "  const run = await res.json();\n  return run.output;\n}\n"
    )
    migration = check(source.encode(), "a.js", Settings(target="responses"))
    assert "output_text: text, output: text," in migration.result.decode()


def test_a_helper_that_serves_a_live_call_too_says_nothing_of_the_live_answer() -> None:
    live = (
        "async function parsed(res) {\n  if (!res.ok) throw new Error('HTTP ' + res.status);\n"
        "  return res.json();\n}\n"
        "export async function chat(messages) {\n"
        "  const res = await fetch('https://api.openai.com/v1/chat/completions', {\n"
        "    method: 'POST', body: JSON.stringify({ model: 'gpt-4o', messages }) });\n"
        "  const data = await parsed(res);\n  return data.choices[0].message.content;\n}\n"
    )
    source = (
        f"{live}export async function ask(message) {{\n  const res = await {_SENT};\n"
        "  const run = await parsed(res);\n  return run.output.text;\n}\n"
    )
    migration = check(source.encode(), "a.js", Settings(target="responses"))
    result = migration.result.decode()
    assert result.startswith(live)
    assert "output: { text }" in result
    assert "choices: " not in result


def _held(holds: str, reads: str, head: str = "") -> str:
    return (
        f"{head}export async function ask(message) {{\n  const res = await {_SENT};\n{_OK}"
        f"{holds}\n{reads}\n}}\n"
    )


#: What is read of the answer where callmend cannot follow it, or what no text can be.
_LEFT = {
    "out-of-what-callbacks-give": (
        f"export async function ask(texts) {{\n"
        f"  const runs = await Promise.all(texts.map(async (message) => {{\n"
        f"    const res = await {_SENT};\n  {_OK}    return res.json();\n  }}));\n"
        "  return runs.map((run) => run.output.rows.map(String));\n}\n",
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "object-that-is-spread": (
        _held("  const run = await res.json();", "  return { ok: true, ...run.output };"),
        Reason.OTHER_READ,
    ),
    "object-of-which-the-keys-are-asked-for": (
        _held("  const run = await res.json();", "  return Object.entries(run.output);"),
        Reason.OTHER_READ,
    ),
    "ladder-behind-a-field-that-holds-it": (
        _held(
            "  let last = {};\n  last.json = await res.json();",
            "  const out = last.json?.output ?? {};\n"
            "  return out.text || out.output_text || JSON.stringify(out);",
        ),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
    "part-of-a-field-that-holds-it": (
        _held(
            "  let last = {};\n  last.json = await res.json();",
            "  const { output } = last.json;\n  return Object.values(output)[0];",
        ),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("source", "reason"), _LEFT.values(), ids=_LEFT)
def test_a_reading_that_would_find_no_text_leaves_the_call(
    source: str, reason: Reason, target: str
) -> None:
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert [f.reason for f in migration.findings] == [reason]
    assert not migration.changed


#: What comes back by ways that running what reads it shows: the text stands in `output.text`.
_COMES_BACK = {
    "out-of-a-field-of-an-object": (
        _held(
            "  const state = {};\n  state.run = await res.json();",
            "  return state.run.output.text;",
        )
    ),
    "out-of-a-list-that-it-was-pushed-to": (
        _held(
            "  const runs = [];\n  runs.push(await res.json());",
            "  return runs.map((run) => run.output.text);",
        )
    ),
    "out-of-promises-that-are-awaited-together": (
        f"export async function ask(message) {{\n  const [res] = await Promise.all([{_SENT}]);\n"
        "  const run = await res.json();\n  return run.output.text;\n}\n"
    ),
    "out-of-what-callbacks-give": (
        f"export async function ask(texts) {{\n"
        f"  const runs = await Promise.all(texts.map(async (message) => {{\n"
        f"    const res = await {_SENT};\n  {_OK}    return res.json();\n  }}));\n"
        "  return runs.map((run) => run.output.text);\n}\n"
    ),
    "taken-apart-behind-a-race": (
        "const soon = (promise) => Promise.race([promise, new Promise((_, no) => late(no))]);\n"
        f"export async function ask(message) {{\n  const res = await soon({_SENT});\n{_OK}"
        "  const { output: { text } } = await res.json();\n  return text;\n}\n"
    ),
    "out-of-a-callback-that-is-handed-it": (
        f"function post(message, done) {{\n  {_SENT}.then((r) => r.json())"
        ".then((data) => done(null, data), done);\n}\n"
        "export const ask = (message) => new Promise((resolve) => {\n"
        "  post(message, (error, data) => resolve(error ? '' : data.output.text));\n});\n"
    ),
    "out-of-a-pair-with-its-error": (
        "async function to(promise) {\n"
        "  try { return [await promise, null]; } catch (e) { return [null, e]; }\n}\n"
        f"export async function ask(message) {{\n  const [res, error] = await to({_SENT});\n"
        "  if (error || !res.ok) return '';\n  const run = await res.json();\n"
        "  return run.output.text;\n}\n"
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("source", _COMES_BACK.values(), ids=_COMES_BACK)
def test_what_comes_back_has_the_text_where_it_is_read(source: str, target: str) -> None:
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert "{ output_text: text, output: { text }," in migration.result.decode()


#: What is read elsewhere in a file that hands the answer on, and does no harm.
_ELSEWHERE = {
    "the-text-as-the-adapted-answer-has-it": "  return kept.run.output_text;",
    "a-message-of-a-real-answer": "  return kept.run.output[0].content[0].text;",
    "a-guess-behind-the-text": "  return kept.run.output_text || kept.run.output?.text || '';",
    "what-another-request-answers": (
        "  const other = await fetch('https://api.example.com/x');\n"
        "  const data = await other.json();\n  return { kept, said: data.output.text };"
    ),
    "what-a-server-is-asked": "  return { kept, asked: req.body.output };",
}


@pytest.mark.parametrize("reading", _ELSEWHERE.values(), ids=_ELSEWHERE)
def test_what_else_is_read_does_no_harm(reading: str) -> None:
    source = _held("  const kept = {};\n  kept.run = await res.json();", reading)
    migration = check(
        source.replace("ask(message)", "ask(message, req)").encode(), "a.js", Settings()
    )
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]


_CUT = {
    # what is read, what is done with it, and where the text has to stand
    "sliced": ("run.output?.text || 'nothing'", "said.slice(0, 2000)", "output: { text }"),
    "asked-for-its-length": ("run.reply", "said.length > 9 ? said : ''", "reply: text"),
    "at": ("run.output.message", "said.at(0) === '#' ? '' : said", "output: { message: text }"),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("reads", "cuts", "member"), _CUT.values(), ids=_CUT)
def test_what_texts_can_do_too_makes_no_list(
    reads: str, cuts: str, member: str, target: str
) -> None:
    source = (
        "import axios from 'axios';\nasync function ask(message) {\n"
        "  const { data: run } = await axios.post('https://api.openai.com/v1/workflows/runs',\n"
        "    { workflow_id: 'wf_1', input: { message } },\n"
        "    { headers: { Authorization: `Bearer ${process.env.KEY}` } });\n"
        f"  return {reads};\n}}\n"
        "export async function tell(message) {\n"
        f"  const said = await ask(message);\n  return {cuts};\n}}\n"
    )
    migration = check(source.encode(), "a.js", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert f"{{ output_text: text, {member}," in migration.result.decode()
