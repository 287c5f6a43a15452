"""Lists of messages that end with the message, where those before it come from elsewhere."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.snippets import run

_TARGETS = ("assistants", "responses")
_PICKED = b".map(({ role, content }) => ({ role, content }))"
_LAST = "{ role: 'user', content: message }"
_HEAD = "export default async function handler(req, res)"


def _asking(sent: str, above: str, head: str = _HEAD, declared: str = "") -> str:
    return f"""{declared}
{head} {{
  {above}
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {{
    method: 'POST',
    headers: {{ Authorization: `Bearer ${{process.env.KEY}}`, 'Content-Type': 'application/json' }},
    body: JSON.stringify({{ workflow_id: process.env.WF, input: {sent} }}),
  }});
  if (!response.ok) throw new Error(`agent: ${{response.status}}`);
  const data = await response.json();
  return data.output_text ?? '';
}}
"""


_LIST = f"[...history, {_LAST}]"
_ANY_ROLE = "type Any = { role: string; content: string };"
ELSEWHERE = {
    "taken-out-of-the-body": _asking(_LIST, "const { message, history } = req.body;"),
    "taken-out-with-a-default": _asking(_LIST, "const { message, history = [] } = req.body;"),
    "taken-out-under-another-name": _asking(
        f"[...earlier, {_LAST}]", "const { message, history: earlier = [] } = req.body;"
    ),
    "taken-out-of-json": _asking(_LIST, "const { message, history } = await req.json();"),
    "member-of-the-body": _asking(
        f"[...req.body.history, {_LAST}]", "const message = req.body.message;"
    ),
    "member-of-a-body-in-a-const": _asking(
        f"[...body.history, {_LAST}]",
        "const body = await req.json();\n  const message = body.message;",
    ),
    "const-of-a-member": _asking(
        _LIST, "const message = req.body.message;\n  const history = req.body.history || [];"
    ),
    "or-none": _asking(f"[...(history || []), {_LAST}]", "const { message, history } = req.body;"),
    "the-last-ones": _asking(
        f"[...history.slice(-10), {_LAST}]", "const { message, history } = req.body;"
    ),
    "the-last-ones-or-none": _asking(
        f"[...(history || []).slice(-10), {_LAST}]", "const { message, history } = req.body;"
    ),
    "the-last-ones-if-there": _asking(
        f"[...(history?.slice(-10) ?? []), {_LAST}]", "const { message, history } = req.body;"
    ),
    "those-with-a-text": _asking(
        f"[...req.body.history.filter((m) => m.content), {_LAST}]",
        "const message = req.body.message;",
    ),
    "parameter": _asking(_LIST, "", "export async function ask(message, history = [])"),
    "parameter-of-any-type": _asking(
        _LIST, "", "export async function ask(message: string, history: any[])"
    ),
    "declared-with-any-role": _asking(
        _LIST, "", "export async function ask(message: string, history: Any[])", _ANY_ROLE
    ),
    "declared-in-a-cast-of-the-body": _asking(
        _LIST,
        "const { message, history = [] } = req.body as { message: string; history?: Any[] };",
        declared=_ANY_ROLE,
    ),
    "declared-as-a-state": _asking(
        _LIST, "const [history] = useState<Any[]>([]);", "function ask(message: string)", _ANY_ROLE
    ),
    "typed-request": _asking(
        _LIST,
        "const { message, history } = req.body;",
        "export default async function handler(req: NextApiRequest, res: NextApiResponse)",
    ),
    "in-a-form": _asking(f"{{ messages: {_LIST} }}", "const { message, history } = req.body;"),
    "behind-instructions": _asking(
        f"[{{ role: 'user', content: 'Be short.' }}, ...history, {_LAST}]",
        "const { message, history } = req.body;",
    ),
}

NOT_CERTAIN = {
    "of-another-shape": _asking(
        _LIST,
        "const message = req.body.message;\n"
        "  const history = req.body.turns.map((t) => ({ who: t.who, text: t.text }));",
    ),
    "texts": _asking(
        _LIST, "const message = req.body.message;\n  const history = ['Hello', 'Hi'];"
    ),
    "of-a-function": _asking(
        _LIST,
        "const message = req.body.message;\n  const history = load(req.body.id);",
        declared="import { load } from './store';",
    ),
    "imported": _asking(
        _LIST,
        "const message = req.body.message;",
        declared="import { history } from './store';",
    ),
    "of-the-module": _asking(
        _LIST, "const message = req.body.message;", declared="const history = createHistory();"
    ),
    "assigned-again": _asking(
        _LIST, "let { message, history } = req.body;\n  history = load(history);"
    ),
    "of-a-type-of-its-own": _asking(
        _LIST, "", "export async function ask(message: string, history: Turn[])"
    ),
    "of-a-typed-parameter": _asking(
        _LIST,
        "",
        "export async function ask({ message, history }: { message: string; history: Turn[] })",
    ),
    "of-a-typed-body": _asking(
        _LIST, "const { message, history } = req.body as { message: string; history: Turn[] };"
    ),
    "of-an-unknown-type": _asking(
        _LIST, "", "export async function ask(message: string, history: unknown[])"
    ),
    "items-have-no-text": _asking(
        _LIST,
        "",
        "export async function ask(message: string, history: { role: string; id: number }[])",
    ),
    "the-last-ones-need-not-be-there": _asking(
        f"[...history?.slice(-10), {_LAST}]", "const { message, history } = req.body;"
    ),
    "made-of-others": _asking(
        f"[...history.flatMap((m) => m.parts), {_LAST}]", "const { message, history } = req.body;"
    ),
    "need-not-be-there": _asking(
        _LIST,
        "const { message, history } = req.body as { message: string; history?: Any[] };",
        declared=_ANY_ROLE,
    ),
    "nothing-but-it": _asking("[...history]", "const { history } = req.body;"),
    "beside-something-else": _asking(
        "[...history, { from: 'me', text: message }]", "const { message, history } = req.body;"
    ),
    "beside-a-text": _asking("[...history, message]", "const { message, history } = req.body;"),
}


_TURN = "interface Turn { id: number; role: 'user' | 'assistant'; content: string }\n"
_ASKED = "const asked = { role: 'user', content: message };"
_STATE = "const [turns, setTurns] = useState<Turn[]>([]);"
_VIEW = "export function ask(message: string)"

#: Each list, whether its elements have more members than the API takes.
IN_A_CONST = {
    "last-message": (_asking("[asked]", f"const message = req.body.message;\n  {_ASKED}"), False),
    "put-into-a-list-too": (
        _asking("[asked]", f"const message = req.body.message;\n  {_ASKED}\n  all.push(asked);"),
        False,
    ),
    "with-a-member-more": (
        _asking("[asked]", "const asked = { id: next(), role: 'user', content: req.body.text };"),
        True,
    ),
    "state-whose-type-has-more": (
        _asking(
            "{ messages: [...turns, asked] }", f"{_STATE}\n  {_ASKED}", f"async {_VIEW[7:]}", _TURN
        ),
        True,
    ),
    "typed-list-whose-items-have-more": (
        _asking("turns", "", "export async function ask(turns: Turn[])", _TURN),
        True,
    ),
}

NOT_IN_A_CONST = {
    "gets-a-member-later": _asking(
        "[asked]", f"const message = req.body.message;\n  {_ASKED}\n  asked.seen = true;"
    ),
    "handed-to-a-function": _asking(
        "[asked]", f"const message = req.body.message;\n  {_ASKED}\n  stamp(asked);"
    ),
    "assigned-again": _asking(
        "[asked]", "let asked = { role: 'user', content: 'x' };\n  asked = load(req);"
    ),
    "no-message": _asking("[asked]", "const asked = { from: 'me', text: req.body.message };"),
    "of-a-type-with-another-role": _asking(
        "[...turns]",
        "",
        "export async function ask(turns: Turn[])",
        "interface Turn { id: number; role: 'human' | 'ai'; content: string }\n",
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", IN_A_CONST)
def test_a_message_in_a_const_is_sent_with_what_the_api_knows(name: str, target: str) -> None:
    source, picks = IN_A_CONST[name]
    migration = run(source, settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    assert (_PICKED in migration.result) is picks
    told = [note.text for note in finding.notes if "only `role` and `content`" in note.text]
    assert bool(told) is picks


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", NOT_IN_A_CONST)
def test_a_message_in_a_const_that_may_be_another_is_left(name: str, target: str) -> None:
    migration = run(NOT_IN_A_CONST[name], settings=Settings(target=target))
    assert [finding.reason for finding in migration.findings] == [Reason.HISTORY_SHAPE]
    assert not migration.edits


_SYSTEM = {
    "literal": "[{ role: 'system', content: 'Be short.' }, { role: 'user', content: message }]",
    "one-of-two": "[{ role: first ? 'system' : 'user', content: message }]",
    "in-a-const": "[asked, { role: 'user', content: message }]",
}


@pytest.mark.parametrize("name", _SYSTEM)
def test_a_role_that_a_thread_does_not_take_is_sent_to_the_responses_api_only(name: str) -> None:
    above = "const { message, first } = req.body;\n"
    above += "  const asked = { role: 'system', content: 'Be short.' };"
    source = _asking(_SYSTEM[name], above)
    left = run(source, settings=Settings(target="assistants"))
    assert [(f.reason, f.detail) for f in left.findings] == [
        (Reason.HISTORY_SHAPE, "the role 'system'")
    ]
    sent = run(source, settings=Settings(target="responses"))
    assert [finding.bucket for finding in sent.findings] == [Bucket.MIGRATED]


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", ELSEWHERE)
def test_messages_from_elsewhere_are_sent_with_what_the_api_knows(name: str, target: str) -> None:
    migration = run(ELSEWHERE[name], settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    assert migration.result.count(_PICKED) == 1
    [note] = [note for note in finding.notes if "not seen here" in note.text]
    assert note.always


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", NOT_CERTAIN)
def test_messages_that_may_be_something_else_are_left(name: str, target: str) -> None:
    migration = run(NOT_CERTAIN[name], settings=Settings(target=target))
    assert [(f.bucket, f.reason) for f in migration.findings] == [
        (Bucket.LEFT, Reason.HISTORY_SHAPE)
    ]
    assert not migration.edits


@pytest.mark.parametrize("target", _TARGETS)
def test_messages_that_are_seen_are_sent_as_they_are(target: str) -> None:
    above = (
        "const message = req.body.message;\n"
        "  const history = req.body.turns.map((t) => ({ role: t.role, content: t.text }));"
    )
    migration = run(_asking(_LIST, above), settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert _PICKED not in migration.result


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("sent", ["history", "{ messages: history }"])
def test_a_list_that_is_declared_with_any_role_is_a_conversation(sent: str, target: str) -> None:
    source = _asking(sent, "", "export async function ask(history: Any[])", _ANY_ROLE)
    migration = run(source, settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert b": history" + _PICKED in migration.result
    assert any("not seen here" in note.text for f in migration.findings for note in f.notes)


@pytest.mark.parametrize("target", _TARGETS)
def test_one_beside_the_message_goes_before_it(target: str) -> None:
    head = "export async function ask(message: string, history: Any[])"
    source = _asking("{ message, history }", "", head, _ANY_ROLE)
    migration = run(source, settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    now = b"{ role: 'user', content: message }]"
    assert b"[...history, " + now + _PICKED in migration.result
    assert any("not seen here" in note.text for f in migration.findings for note in f.notes)


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(
    ("taken", "name"),
    [("content", "m"), ("role, content", "m"), ("content, m", "turn"), ("role, m, turn", "turn2")],
)
def test_what_is_picked_shadows_no_name(taken: str, name: str, target: str) -> None:
    source = _asking(_LIST, f"const {{ message, history, {taken} }} = req.body;")
    result = run(source, settings=Settings(target=target)).result.decode()
    assert f".map({name} => ({{ role: {name}.role, content: {name}.content }}))" in result
    assert _PICKED.decode() not in result
