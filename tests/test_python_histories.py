"""Earlier messages in Python that an object keeps or a model holds: sent on, or it is left."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check
from tests.test_python_leaves_alone import program

_MODELS = (
    "class Turn(BaseModel):\n    role: {role}\n    content: str{more}\n"
    "class Chat(BaseModel):\n    text: str\n    history: {many} = []"
)


def _asked(history: str, above: str = "", define: str = "def ask(question, chat: Chat):") -> bytes:
    return program(
        above=above,
        define=define,
        body='json={"workflow_id": WF, "input": {"message": question, '
        f'"conversation_history": {history}}}}}',
    )


def _models(role: str = "str", many: str = "list[Turn]", more: str = "") -> str:
    return _MODELS.format(role=role, many=many, more=more)


_APPENDED = 'st.session_state.messages.append({"role": "user", "content": question})\n'
_KEPT = f"import streamlit as st\nst.session_state.messages = []\n{_APPENDED}"

SENT_ON = {
    "models": ("[t.model_dump() for t in chat.history]", _models()),
    "models-of-a-type": ("[t.dict() for t in chat.history]", _models(many="List[Turn]")),
    "models-of-two-roles": (
        "[t.model_dump() for t in chat.history]",
        _models(role='Literal["user", "assistant"]'),
    ),
    "kept-in-a-state": ("st.session_state.messages[:-1]", _KEPT),
    "kept-under-a-key": (
        'st.session_state["messages"]',
        _KEPT.replace(".messages", '["messages"]'),
    ),
    "kept-or-none": ("(st.session_state.messages or [])", _KEPT),
}

_TURN = '{"role": "user", "content": "x"}'
_IN_A_DICT = f"chats = {{}}\nchats.setdefault('ann', []).append({_TURN})\n"
_TABLES = {
    "of-a-default": ("chats.get(question, [])", _IN_A_DICT),
    "set-by-default": ("chats.setdefault(question, [])[-10:]", _IN_A_DICT),
    "of-a-key": ("chats[question]", _IN_A_DICT),
    "made-for-a-new-key": (
        "chats[question][-6:]",
        f"chats: dict[str, list] = {{}}\nif 'ann' not in chats:\n    chats['ann'] = []\n"
        f"chats['ann'].extend([{_TURN}])\n",
    ),
    "made-when-asked-for": (
        "list(chats[question])",
        "from collections import defaultdict, deque\n"
        f"chats = defaultdict(lambda: deque(maxlen=9))\nchats['ann'].append({_TURN})\n",
    ),
    "cut-to-its-end": (
        "chats[question]",
        f"{_IN_A_DICT}bob = 'bob'\nchats[bob] = chats[bob][-9:]\n",
    ),
    "kept-in-a-name": (
        "chats[question]",
        f"chats = {{}}\nmine = chats['ann'] = []\nturns = chats['ann']\nturns.append({_TURN})\n"
        "del chats['ann']\nchats.clear()\nprint(len(chats))\n",
    ),
    "a-copy": ("turns.copy()", f"turns = []\nturns.append({_TURN})\n"),
    "a-list-that-forgets": (
        "list(turns)",
        f"from collections import deque\nturns = deque(maxlen=9)\nturns.append({_TURN})\n",
    ),
}
SENT_ON |= _TABLES


@pytest.mark.parametrize(("history", "above"), SENT_ON.values(), ids=SENT_ON)
def test_it_is_sent_on(history: str, above: str) -> None:
    migration = check(_asked(history, above))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    assert f"*{history}".encode() in migration.result


def test_what_a_class_keeps_is_sent_on() -> None:
    lines = _asked("self.past", define="def ask(self, question):").decode()
    head, _, body = lines.partition("def ask")
    body = ("def ask" + body).replace("\n", "\n    ")
    add = 'self.past.append({"role": "user", "content": "x"})'
    source = f"{head}class Bot:\n    def __init__(self):\n        self.past = []\n        {add}\n\n"
    migration = check(f"{source}    {body}".rstrip().encode() + b"\n")
    assert b"*self.past" in migration.result


#: Earlier messages that may be no list of {role, content}, and what makes them.
AS_JSON = {
    "model-with-another-field": (
        "[t.model_dump() for t in chat.history]",
        _models(more="\n    name: str"),
    ),
    "model-with-another-role": (
        "[t.model_dump() for t in chat.history]",
        _models(role='Literal["user", "system"]'),
    ),
    "model-of-another-model": (
        "[t.model_dump() for t in chat.history]",
        "class Base(BaseModel):\n    name: str\n"
        + _models().replace("Turn(BaseModel)", "Turn(Base)"),
    ),
    "model-of-another-file": ("[t.model_dump() for t in chat.history]", "from models import Chat"),
    "model-dumped-otherwise": (
        "[t.model_dump(by_alias=True) for t in chat.history]",
        _models(),
    ),
    "another-loop": ("[t.model_dump() for c in chats for t in c.history]", _models()),
    "kept-with-another-role": (
        "st.session_state.messages",
        _KEPT.replace('"role": "user"', '"role": "system"'),
    ),
    "kept-and-changed": (
        "st.session_state.messages",
        _KEPT + "st.session_state.messages[0] = question\n",
    ),
    "kept-and-extended": (
        "st.session_state.messages",
        _KEPT + "st.session_state.messages.extend(other())\n",
    ),
    "kept-and-set-from-elsewhere": (
        "st.session_state.messages",
        _KEPT + "st.session_state.messages = load()\n",
    ),
    "never-set": ("st.session_state.messages", "import streamlit as st"),
    "of-a-dict-that-is-loaded": ("chats[question]", "chats = load()\n"),
    "of-a-dict-with-a-list-of-another": (
        "chats[question]",
        f"{_IN_A_DICT}chats['bob'] = load()\n",
    ),
    "of-a-dict-with-a-turn-of-another-kind": (
        "chats.get(question, [])",
        _IN_A_DICT + "chats['bob'].append({'role': 'user', 'content': 'x', 'at': 1})\n",
    ),
    "of-a-dict-with-a-turn-of-another-kind-by-name": (
        "chats[question]",
        _IN_A_DICT + "turns = chats['bob']\nturns.append({'text': 'x'})\n",
    ),
    "of-a-dict-that-is-updated": ("chats[question]", f"{_IN_A_DICT}chats.update(load())\n"),
    "of-a-dict-that-is-handed-on": ("chats[question]", f"{_IN_A_DICT}fill(chats)\n"),
    "of-a-dict-whose-lists-are-handed-out": (
        "chats[question]",
        f"{_IN_A_DICT}def turns_of(user):\n    return chats.setdefault(user, [])\n",
    ),
    "of-a-dict-whose-lists-grow": (
        "chats[question]",
        f"{_IN_A_DICT}chats['bob'] += load()\n",
    ),
    "of-a-dict-with-another-default": (
        "chats[question]",
        "from collections import defaultdict\nchats = defaultdict(load)\n",
    ),
    "only-declared": ("state.messages", "class State:\n    messages: list\nstate = State()"),
}


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize(("history", "above"), AS_JSON.values(), ids=AS_JSON)
def test_it_is_sent_as_json_where_a_message_may_be_another(
    history: str, above: str, target: str
) -> None:
    migration = check(_asked(history, above), settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    told = [note.text for note in finding.notes]
    assert any(text.startswith("the earlier messages are not certainly a list") for text in told)
    assert "the fields are sent as JSON text" in told
    assert b"json.dumps(" in migration.result
    # However its lines are broken.
    assert "".join(history.split()) in "".join(migration.result.decode().split())


_FLASK = "from flask import session"
_APPEND = 'past.append({"role": "user", "content": question})\n'


def _of_a_session(
    made: str = 'past = session.get("past", [])\n',
    history: str = "past[-9:]",
    behind: str = f'{_APPEND}session["past"] = past',
    above: str = _FLASK,
) -> bytes:
    return program(
        above=above,
        before=made,
        body='json={"workflow_id": WF, "input": {"message": question, '
        f'"conversation_history": {history}}}}}',
        read=f'answer = r.json()["output"]["message"]\n{behind}\nreturn answer',
        define="def ask(question, request):",
    )


_DJANGO = 'past = request.session.get("past", [])\n'
IN_A_SESSION = {
    "of-flask": _of_a_session(),
    "of-flask-as-a-default": _of_a_session('past = session.setdefault("past", [])\n'),
    "by-the-module": _of_a_session(above="import flask\nfrom flask import session as session"),
    "of-django": _of_a_session(
        _DJANGO, behind=f'{_APPEND}request.session["past"] = past', above=""
    ),
    "with-a-pop": _of_a_session(behind=f'{_APPEND}session["past"] = past\nsession.pop("past", 0)'),
    "with-other-keys": _of_a_session(behind=f'{_APPEND}session["past"] = past\nsession["a"] = 1'),
}


@pytest.mark.parametrize("source", IN_A_SESSION.values(), ids=IN_A_SESSION)
def test_what_a_session_keeps_is_sent_on(source: bytes) -> None:
    migration = check(source)
    assert b"*past[-9:]," in migration.result
    assert b"json.dumps(" not in migration.result


NOT_IN_A_SESSION = {
    "never-set-here": _of_a_session(behind=_APPEND),
    "set-from-elsewhere": _of_a_session(behind='session["past"] = load()'),
    "with-another-turn": _of_a_session(
        behind='past.append({"text": question})\nsession["past"] = past'
    ),
    "with-another-role": _of_a_session(
        behind=_APPEND.replace('"user"', '"system"') + 'session["past"] = past'
    ),
    "that-is-updated": _of_a_session(
        behind=f'{_APPEND}session["past"] = past\nsession.update(other)'
    ),
    "with-another-default": _of_a_session('past = session.get("past", load())\n'),
    "of-another-module": _of_a_session(above="from own import session"),
    "another-place-keeps-something-else": _of_a_session(
        behind=f'{_APPEND}session["past"] = past\nmore = session.get("past", [])\nmore.append(1)'
    ),
}


@pytest.mark.parametrize("source", NOT_IN_A_SESSION.values(), ids=NOT_IN_A_SESSION)
def test_what_a_session_may_keep_otherwise_is_sent_as_json(source: bytes) -> None:
    migration = check(source)
    assert b"json.dumps(" in migration.result or not migration.changed


_NOW = '[{"role": "user", "content": question}]'
_PAST = 'past = []\npast.append({"role": "assistant", "content": "hello"})'
#: Inputs that are a list of messages, and what stands above the call.
LISTS = {
    "joined": (f"past + {_NOW}", ""),
    "joined-or-none": (f"(past or []) + {_NOW}", ""),
    "joined-in-a-variable": ("turns", f"    turns = (past or []) + {_NOW}\n"),
    "a-variable": ("past", ""),
}


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize(("asked", "before"), LISTS.values(), ids=LISTS)
def test_a_list_that_is_the_input_goes_as_messages(asked: str, before: str, target: str) -> None:
    source = program(
        above=_PAST,
        define=f"def ask(question: str):\n{before}".rstrip("\n"),
        body=f'json={{"workflow_id": WF, "input": {asked}}}',
    )
    migration = check(source, settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    name = "messages" if target == "assistants" else "input"
    assert f'"{name}":{asked.replace(" ", "")}' in "".join(migration.result.decode().split())
    assert b"ensure_ascii" not in migration.result


def test_a_list_of_which_a_part_is_not_known_is_none_of_messages() -> None:
    source = program(body=f'json={{"workflow_id": WF, "input": (load() or []) + {_NOW}}}')
    migration = check(source)
    assert [f.reason for f in migration.findings] == [Reason.NO_MESSAGE]
