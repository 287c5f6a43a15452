"""Python calls of the Responses API: wrong ones that are left, right ones that are never named."""

from __future__ import annotations

from dataclasses import dataclass

from callmend.reasons import Reason

_MESSAGES = '[{"role": "user", "content": question}]'
_WRONG = f'{{"model": "gpt-6-luna", "messages": {_MESSAGES}}}'
_RIGHT = '{"model": "gpt-6-luna", "input": question}'
_CHOICES = 'data["choices"][0]["message"]["content"]'
_URL = '"https://api.openai.com/v1/responses"'


@dataclass(frozen=True)
class Left:
    """A file that is left as it is, and why."""

    reason: Reason
    source: str
    target: str = "responses"


def ask(
    body: str = _WRONG,
    read: str = f"return {_CHOICES}",
    url: str = _URL,
    head: str = "import requests\n",
    before: str = "",
    sent: str | None = None,
    post: str = "requests.post",
) -> str:
    """A small program that asks one question, with parts of it replaced."""
    given = f"json={body}" if sent is None else sent
    return (
        f"{head}\n\ndef ask(question, key, options=None):\n{before}"
        f'    headers = {{"Authorization": f"Bearer {{key}}"}}\n'
        f"    response = {post}({url}, headers=headers, {given})\n"
        f"    data = response.json()\n    {read}\n"
    )


def sdk(
    given: str = f'model="gpt-6-luna", messages={_MESSAGES}',
    read: str = "return data.choices[0].message.content",
    client: str = "OpenAI()",
    head: str = "from openai import OpenAI\n",
) -> str:
    """The same by OpenAI's SDK."""
    return (
        f"{head}\nclient = {client}\n\n\ndef ask(question):\n"
        f"    data = client.responses.create({given})\n    {read}\n"
    )


def _with(element: str) -> str:
    return f"{_WRONG[:-1]}, {element}}}"


_BOTH = (
    f"    body = {_WRONG}\n"
    '    requests.post("https://api.openai.com/v1/chat/completions", json=body)\n'
)
_PUSHED = '    turns = [{"role": "user", "content": question}]\n    extend(turns)\n'

LEFT: dict[str, Left] = {
    "the target is the default one": Left(Reason.OTHER_TARGET, ask(), "assistants"),
    "the target is the default one, by the SDK": Left(Reason.OTHER_TARGET, sdk(), "assistants"),
    "the body is used by a chat completion too": Left(
        Reason.BODY_NOT_UNDERSTOOD, ask("body", before=_BOTH)
    ),
    "the body has another one in it": Left(
        Reason.BODY_NOT_UNDERSTOOD, ask(f'{{**options, "messages": {_MESSAGES}}}')
    ),
    "the arguments are given by a dict": Left(
        Reason.BODY_NOT_UNDERSTOOD, sdk(f"messages={_MESSAGES}, **OPTIONS")
    ),
    "the messages come from elsewhere": Left(
        Reason.HISTORY_SHAPE, ask('{"model": "gpt-6-luna", "messages": question}')
    ),
    "the messages may get more that cannot be seen": Left(
        Reason.HISTORY_SHAPE,
        ask('{"model": "gpt-6-luna", "messages": turns}', before=_PUSHED),
    ),
    "a message is a tool's": Left(Reason.HISTORY_SHAPE, ask(_WRONG.replace('"user"', '"tool"'))),
    "a message has a part of a chat completion": Left(
        Reason.HISTORY_SHAPE,
        ask(_WRONG.replace("question}", '[{"type": "text", "text": question}]}')),
    ),
    "messages and input are both sent": Left(Reason.BODY_FIELD, ask(_with('"input": question'))),
    "a field has no counterpart": Left(Reason.BODY_FIELD, ask(_with('"stop": ["."]'))),
    "a limit is below the least": Left(Reason.BODY_FIELD, ask(_with('"max_tokens": 5'))),
    "there are tools": Left(Reason.BODY_FIELD, ask(_with('"tools": TOOLS'))),
    "an id is computed": Left(Reason.BODY_FIELD, ask(_with('"assistant_id": new_assistant()'))),
    "only an id is sent": Left(
        Reason.NO_MESSAGE, ask('{"model": "gpt-6-luna", "workflow_id": "wf_1"}')
    ),
    "the input of a workflow has tools beside it": Left(
        Reason.NO_MESSAGE,
        ask('{"workflow_id": "wf_1", "input": {"input_as_text": question}, "tools": []}'),
    ),
    "the input of a workflow is computed together with what goes": Left(
        Reason.BODY_FIELD,
        ask('{"workflow_id": "wf_1", "input": {"message": question}, "session_id": begin()}'),
    ),
    "the id of a workflow with an input is computed": Left(
        Reason.BODY_FIELD, ask('{"workflow_id": find(), "input": {"message": question}}')
    ),
    "the input of a workflow is empty": Left(
        Reason.NO_MESSAGE, ask('{"workflow_id": "wf_1", "input": {}}')
    ),
    "the input of a workflow is a list": Left(
        Reason.HISTORY_SHAPE, ask('{"workflow_id": "wf_1", "input": {"message": [1, 2]}}')
    ),
    "the input of a workflow has comments inside of the arguments": Left(
        Reason.COMMENT_LOST,
        sdk('\n        # live\n        workflow_id="wf_1", input={"message": question}\n    '),
    ),
    "the input of a workflow is given with a timeout": Left(
        Reason.NO_MESSAGE, sdk('workflow_id="wf_1", input={"message": question}, timeout=3')
    ),
    "it asks for a stream": Left(Reason.STREAMING, ask(_with('"stream": True'))),
    "it is read in another file": Left(Reason.ANSWER_HANDED_ON, ask(read="return data")),
    "nothing reads it": Left(Reason.ANSWER_NOT_READ, ask(read="print(data)")),
    "the choices are looked for": Left(
        Reason.OTHER_READ,
        ask(read=f'if "choices" not in data:\n        return ""\n    return {_CHOICES}'),
    ),
    "the usage is counted as in a chat completion": Left(
        Reason.OTHER_READ, ask(read=f'return {_CHOICES}, data["usage"]["prompt_tokens"]')
    ),
    "missing keys are handled": Left(
        Reason.ANSWER_NOT_UNDERSTOOD,
        ask(
            read=f"try:\n        return {_CHOICES}\n"
            '    except (KeyError, IndexError):\n        return "nothing"'
        ),
    ),
    "the reading needs quotes within an f-string": Left(
        Reason.ANSWER_NOT_UNDERSTOOD,
        ask(read="""return f"{data['output_text'] or 'none'}" if key else "" """.rstrip()),
    ),
    "something stands between the guesses": Left(
        Reason.ANSWER_NOT_UNDERSTOOD, ask(read=f'return {_CHOICES} or "" or data["output_text"]')
    ),
    "a body that cannot be read, and its choices are": Left(
        Reason.BODY_NOT_UNDERSTOOD, ask(sent="json=options")
    ),
    "the URL is that of a chat completion at times": Left(
        Reason.URL_NOT_CERTAIN,
        ask(
            url="url",
            before='    url = "https://api.openai.com/v1/chat/completions" if options else '
            f"{_URL}\n",
        ),
    ),
}
_ITEMS = (
    'text = ""\n    for item in data["output"]:\n        for part in item.get("content", []):\n'
    '            text += part.get("text", "")\n    return text'
)

#: Files in which callmend finds nothing at all.
NOT_OURS: dict[str, str] = {
    "a right call, read item by item": ask(_RIGHT, _ITEMS),
    "a right call, read at its first item": ask(
        _RIGHT, 'return data["output"][0]["content"][0]["text"]'
    ),
    "a right call that guesses before it reads": ask(
        _RIGHT, f'return data.get("output_text") or {_CHOICES} if options else data["output"]'
    ),
    "a right call that is handed on": ask(_RIGHT, "return data"),
    "a right call whose text is read elsewhere": ask(
        _RIGHT, 'return data.get("output_text") or text_of(data)'
    ),
    "a right call whose text is put there by the file": ask(
        _RIGHT, 'data["output_text"] = "".join(["a"])\n    return data["output_text"]'
    ),
    "a right call with a workflow's id in its metadata": ask(
        '{"model": "gpt-6-luna", "input": question, "metadata": {"workflow_id": "wf_1"}}', _ITEMS
    ),
    "a right call that streams": ask(
        '{"model": "gpt-6-luna", "input": question, "stream": True}', 'return data["output_text"]'
    ),
    "a right call of the SDK": sdk('model="gpt-6-luna", input=question', "return data.output_text"),
    "a right call of the SDK that guesses": sdk(
        'model="gpt-6-luna", input=question',
        "return data.output_text or data.choices[0].message.content",
    ),
    "a client of a compatible host": sdk(client='OpenAI(base_url="https://llm.example.org/v1")'),
    "a client that is not known": sdk(head="from app import make\n", client="make()"),
    "Azure": sdk(head="from openai import AzureOpenAI\n", client="AzureOpenAI()"),
    "a compatible host": ask(url='"https://llm.example.org/v1/responses"'),
    "a host that is not known": ask(url='f"{options}/responses"'),
    "a chat completion": ask(url='"https://api.openai.com/v1/chat/completions"'),
    "an answer that is fetched again": ask(post="requests.get"),
    "doubles of the package responses": (
        "import responses\n\n\n@responses.activate\ndef test_it():\n"
        f"    responses.add(responses.POST, {_URL}, json={{'choices': []}})\n"
        "    responses.create(messages=[])\n"
    ),
}
