"""Python programs that call the dead endpoint, composed of one choice per dimension.

URL form x client x place x body x reading x what is done about an error: so that two forms that
each are right alone meet. `ask(message, lang)` is what a program is called by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.programs import Chooser

_HOST = "https://api.openai.com"
_RUNS = f'"{_HOST}/v1/workflows/runs"'
_ID = 'os.environ["WORKFLOW_ID"]'
#: What has nothing to do with the call, and must be there unchanged afterwards, once.
BYSTANDERS = (
    "# Keep this: the audit reads it.",
    "counted = [n * 2 for n in (1, 2)]",
    'logger.info("asked %s", len(message))',
    "STATE.update(message=message, lang=lang)",
)


@dataclass(frozen=True)
class Url:
    """One form: its expression, what stands above the call and at the file's top for it."""

    code: str
    has_id: bool = True
    before: tuple[str, ...] = ()
    top: tuple[str, ...] = ()


URLS: Mapping[str, Url] = {
    "runs": Url(_RUNS, has_id=False),
    "runs-variable": Url("url", has_id=False, before=(f"url = {_RUNS}",)),
    "base-constant": Url('f"{BASE}/workflows/runs"', has_id=False, top=(f'BASE = "{_HOST}/v1"',)),
    "dict-entry": Url(
        "API['runs']", has_id=False, top=(f'API = {{"runs": {_RUNS}, "chat": "/api/chat"}}',)
    ),
    "missing-v1": Url(f'"{_HOST}/workflows/runs"', has_id=False),
    "path-id": Url(f'f"{_HOST}/v1/workflows/{{WORKFLOW}}/runs"', top=(f"WORKFLOW = {_ID}",)),
    "path-id-literal": Url(f'"{_HOST}/v1/workflows/wf_123/runs"'),
    "path-id-variable": Url(
        "url",
        before=(f"workflow_id = {_ID}", f'url = f"{_HOST}/v1/workflows/{{workflow_id}}/runs"'),
    ),
    "percent": Url(f'"{_HOST}/v1/workflows/%s/runs" % WORKFLOW', top=(f"WORKFLOW = {_ID}",)),
    "format": Url(f'"{_HOST}/v1/workflows/{{}}/runs".format(WORKFLOW)', top=(f"WORKFLOW = {_ID}",)),
    "concatenation": Url(
        f'"{_HOST}/v1/workflows/" + WORKFLOW + "/runs"', top=(f"WORKFLOW = {_ID}",)
    ),
    "invoke": Url(f'f"{_HOST}/v1/workflows/{{WORKFLOW}}/invoke"', top=(f"WORKFLOW = {_ID}",)),
    "run-preview": Url(f'f"{_HOST}/v1/workflows/{{WORKFLOW}}/run"', top=(f"WORKFLOW = {_ID}",)),
    "builder": Url(
        "runs_url(WORKFLOW)",
        top=(
            f"WORKFLOW = {_ID}",
            "",
            "",
            "def runs_url(workflow_id):",
            f'    return f"{_HOST}/v1/workflows/{{workflow_id}}/runs"',
        ),
    ),
    "env-base": Url(
        'f"{BASE}/v1/workflows/runs"',
        has_id=False,
        top=(f'BASE = os.getenv("OTHER_BASE", "{_HOST}")',),
    ),
    "joined": Url(
        f'"/".join(["{_HOST}/v1", "workflows", WORKFLOW, "runs"])', top=(f"WORKFLOW = {_ID}",)
    ),
    "grown": Url(
        "url",
        before=(f'url = "{_HOST}/v1/workflows/"', f"url += {_ID}", 'url += "/runs"'),
    ),
}
BODIES: Mapping[str, str] = {
    "input-message": '"input": {"message": message}',
    "input-text": '"input": message',
    "input-as-text": '"input": {"input_as_text": message}',
    "inputs-question": '"inputs": {"question": message}',
    "form": '"inputs": {"question": message, "lang": lang}',
    "message-list": '"input": [{"role": "user", "content": message}]',
    "template": '"input": {"message": f"{message} ({lang})"}',
    "stripped": '"input": {"message": message.strip()}',
}


@dataclass(frozen=True)
class Client:
    """One client: the call, with `$ARGS` for URL, headers and body, and what reads its answer."""

    opens: tuple[str, ...]
    call: str
    imports: str
    is_async: bool = False
    json: str = "$R.json()"
    text: str = "$R.text"
    ok: str = "$R.ok"
    status: str = "$R.status_code"
    raises: str = "$R.raise_for_status()"
    indent: int = 0
    data: str = "data"


_AIO = {
    "json": "await $R.json()",
    "text": "await $R.text()",
    "ok": "$R.ok",
    "status": "$R.status",
}
_HTTPX = {"ok": "$R.is_success", "data": "content"}
CLIENTS: Mapping[str, Client] = {
    "requests": Client((), "$R = requests.post($ARGS)", "import requests"),
    "requests-in-time": Client((), "$R = requests.post($ARGS, timeout=30)", "import requests"),
    "requests-request": Client((), '$R = requests.request("POST", $ARGS)', "import requests"),
    "session": Client(
        ("session = requests.Session()",), "$R = session.post($ARGS)", "import requests"
    ),
    "session-with": Client(
        ("with requests.Session() as session:",),
        "$R = session.post($ARGS)",
        "import requests",
        indent=1,
    ),
    "httpx": Client((), "$R = httpx.post($ARGS, timeout=60)", "import httpx", **_HTTPX),  # type: ignore[arg-type]
    "httpx-client": Client(
        ("with httpx.Client() as client:",),
        "$R = client.post($ARGS)",
        "import httpx",
        indent=1,
        **_HTTPX,  # type: ignore[arg-type]
    ),
    "httpx-async": Client(
        ("async with httpx.AsyncClient(timeout=60) as client:",),
        "$R = await client.post($ARGS)",
        "import httpx",
        is_async=True,
        indent=1,
        **_HTTPX,
    ),
    "aiohttp": Client(
        (
            "async with aiohttp.ClientSession() as session:",
            "    async with session.post($ARGS) as $R:",
        ),
        "",
        "import aiohttp",
        is_async=True,
        indent=2,
        **_AIO,
    ),
    "urllib": Client(
        ("with urllib.request.urlopen($REQUEST) as $R:",),
        "",
        "import urllib.request",
        json="json.loads($R.read())",
        text="$R.read().decode()",
        status="$R.status",
        indent=1,
    ),
}


@dataclass(frozen=True)
class Ladder:
    """One reading of `$D`: the text as an expression, what stands above it, and an answer."""

    code: str
    answers: object
    before: tuple[str, ...] = ()
    top: tuple[str, ...] = ()


_TEXT = {"output_text": "$ANSWER"}
_FLAGGED = {"status": "completed", "output_text": "$ANSWER"}
_PART = {"type": "output_text", "text": "$ANSWER"}
_ITEMS = [{"type": "reasoning", "summary": []}, {"type": "message", "content": [_PART]}]
LADDERS: Mapping[str, Ladder] = {
    "member": Ladder('$D["output_text"]', _TEXT),
    "get": Ladder('$D.get("output_text", "")', _TEXT),
    "or": Ladder('$D.get("output_text") or $D.get("answer") or "No answer"', _TEXT),
    "nested": Ladder('$D["output"]["message"]', {"output": {"message": "$ANSWER"}}),
    "nested-get": Ladder('$D.get("result", {}).get("text")', {"result": {"text": "$ANSWER"}}),
    "or-all": Ladder('$D.get("output_text") or json.dumps($D)', _TEXT),
    "or-error": Ladder('$D.get("output_text") or $D.get("error", {}).get("message")', _TEXT),
    "error-or": Ladder('$D["error"]["message"] if "error" in $D else $D["output_text"]', _TEXT),
    "items": Ladder('$D["output"][1]["content"][0]["text"]', {"output": _ITEMS}),
    "next-of": Ladder(
        'next(o for o in $D["output"] if o["type"] == "message")["content"][0]["text"]',
        {"output": _ITEMS},
    ),
    "joined": Ladder(
        '"".join(p["text"] for o in $D.get("output", []) for p in o.get("content", []))',
        {"output": _ITEMS},
    ),
    "isinstance": Ladder(
        "text",
        {"output": {"text": "$ANSWER"}},
        (
            'text = ""',
            'if isinstance($D.get("output"), str):',
            '    text = $D["output"]',
            'elif isinstance($D.get("output"), dict):',
            '    text = $D["output"].get("text", "")',
        ),
    ),
    "keys": Ladder(
        "found",
        {"answer": "$ANSWER"},
        (
            "found = None",
            'for key in ("output_text", "answer", "text"):',
            "    if $D.get(key):",
            "        found = $D[key]",
            "        break",
        ),
    ),
    "flag": Ladder(
        '$D["output"]',
        {"success": True, "output": "$ANSWER"},
        ('if not $D.get("success"):', '    raise RuntimeError("failed")'),
    ),
    "status": Ladder(
        '$D["output_text"]',
        _FLAGGED,
        ('if $D.get("status") != "completed":', '    raise RuntimeError("not completed")'),
    ),
    "error": Ladder(
        '$D["output_text"]', _TEXT, ('if $D.get("error"):', '    raise RuntimeError("failed")')
    ),
    "choices": Ladder(
        '$D["choices"][0]["message"]["content"]', {"choices": [{"message": {"content": "$ANSWER"}}]}
    ),
    "merged": Ladder('merged["answer"]', {"answer": "$ANSWER"}, ('merged = {"answer": "", **$D}',)),
    "renamed": Ladder(
        'normal["text"]',
        {"output": {"text": "$ANSWER"}},
        ('normal = {"id": $D.get("id"), "text": ($D.get("output") or {}).get("text")}',),
    ),
    "try": Ladder(
        "text",
        {"output": [{"content": [_PART]}]},
        (
            "try:",
            '    text = $D["output"][0]["content"][0]["text"]',
            "except (KeyError, IndexError):",
            '    text = $D.get("output_text", "")',
        ),
    ),
    "extractor": Ladder(
        "text_of($D)",
        {"output": {"text": "$ANSWER"}},
        top=(
            "def text_of(value):",
            '    return value.get("output_text") or (value.get("output") or {}).get("text") or ""',
        ),
    ),
    "digger": Ladder(
        'dig($D.get("output"))',
        {"output": [{"content": {"text": "$ANSWER"}}]},
        top=(
            "def dig(value):",
            "    if isinstance(value, str):",
            "        return value",
            "    inner = value.values() if isinstance(value, dict) else value or []",
            "    return next((found for each in inner if (found := dig(each))), None)",
        ),
    ),
    "match": Ladder(
        "text",
        {"output": {"text": "$ANSWER"}},
        (
            "match $D:",
            '    case {"output": {"text": str(text)}}:',
            "        pass",
            '    case {"output": str(text)}:',
            "        pass",
            "    case _:",
            '        text = ""',
        ),
    ),
    "walrus": Ladder(
        'answer if (answer := $D.get("answer")) else $D.get("output_text", "")',
        {"answer": "$ANSWER"},
    ),
    "last": Ladder('$D["messages"][-1]["content"]', {"messages": [{"content": "$ANSWER"}]}),
    "first-string": Ladder("next(v for v in $D.values() if isinstance(v, str))", _TEXT),
    "all": Ladder("$D", _TEXT),
    "all-wrapped": Ladder('{"ok": True, "result": $D}', _TEXT),
    "all-spread": Ladder('{**$D, "lang": lang}', _TEXT),
}
CHECKS = (
    *("none", "raise", "raise", "status", "ok", "else", "logged", "polite", "error-json", "try"),
)
PARSES = ("json", "json", "json", "text", "text-try")
PLACES = ("function", "function", "method", "nested", "static-method", "dataclass", "script")
SENDS = ("json", "json", "payload", "dumps", "payload-dumps")


@dataclass(frozen=True)
class Composed:
    """A program, what it was composed of, and an answer of the endpoint that it imagines."""

    source: bytes
    dimensions: Mapping[str, str]
    answers: object
    message_has: tuple[str, ...]
    bystanders: tuple[str, ...]

    @property
    def hands_on(self) -> bool:
        """Whether what the program gives has more of the answer in it than its text."""
        return self.dimensions["reading"].startswith("all")

    @property
    def title(self) -> str:
        """Its dimensions, for a message."""
        return ", ".join(self.dimensions.values())


def compose(chooser: Chooser) -> Composed:
    """A program of random choices."""
    picked = {
        "url": chooser.choice(tuple(URLS)),
        "client": chooser.choice(tuple(CLIENTS)),
        "place": chooser.choice(PLACES),
        "body": chooser.choice(tuple(BODIES)),
        "send": chooser.choice(SENDS),
        "parse": chooser.choice(PARSES),
        "reading": chooser.choice(tuple(LADDERS)),
        "check": chooser.choice(CHECKS),
        "dialect": chooser.choice(("plain", "plain", "single", "tabs", "crlf")),
    }
    if picked["client"] == "urllib":
        # It throws at every error itself.
        picked["check"] = chooser.choice(("none", "try"))
    url, client = URLS[picked["url"]], CLIENTS[picked["client"]]
    ladder = LADDERS[picked["reading"]]
    response = chooser.choice(("response", "r", "resp"))
    bystanders = tuple(dict.fromkeys(chooser.choice(BYSTANDERS) for _ in range(2)))
    body = _body(picked["body"], url, chooser)
    inner = _inner(picked, client, ladder, response)
    lines = [*bystanders, *url.before, *_call(picked["send"], url, client, response, body, inner)]
    text = _file(picked["place"], client, url, ladder, lines)
    text = _in_dialect(text, picked["dialect"])
    has = ("Where is my order?", "en") if picked["body"] == "form" else ("Where is my order?",)
    # A text that has both quotes stays as it is.
    alone = [_in_dialect(line, picked["dialect"]).strip() for line in bystanders]
    kept = tuple(new if new in text else old for new, old in zip(alone, bystanders, strict=True))
    return Composed(text.encode(), picked, ladder.answers, has, kept)


def _body(kind: str, url: Url, chooser: Chooser) -> str:
    members = [BODIES[kind]]
    if not url.has_id:
        own = chooser.choice((f'"workflow_id": {_ID}', f'"workflow": {{"id": {_ID}}}'))
        members.insert(0, own)
    if chooser.number(3) == 0:
        members.append('"version": "2"')
    return "{" + ", ".join(members) + "}"


def _call(
    send: str, url: Url, client: Client, response: str, body: str, inner: list[str]
) -> list[str]:
    headers = '{"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}'
    before = [f"headers = {headers}"]
    if send.startswith("payload"):
        before.append(f"payload = {body}")
        body = "payload"
    given = f"json={body}"
    if send.endswith("dumps"):
        given = f"{client.data}=json.dumps({body})"
    arguments = f"{url.code}, headers=headers, {given}"
    if client.imports.startswith("import urllib"):
        before.append(f"data = json.dumps({body}).encode()")
        asked = f'{url.code}, data=data, headers=headers, method="POST"'
        before.append(f"request = urllib.request.Request({asked})")
    lines = [
        line.replace("$ARGS", arguments).replace("$REQUEST", "request") for line in client.opens
    ]
    called = [client.call.replace("$ARGS", arguments)] if client.call else []
    lines += ["    " * client.indent + line for line in (*called, *inner)]
    return [*before, *(line.replace("$R", response) for line in lines)]


def _inner(picked: Mapping[str, str], client: Client, ladder: Ladder, response: str) -> list[str]:
    """What is done with the response, from the check to what is returned."""
    data = "data" if picked["client"] != "urllib" else "answered"
    if picked["parse"] == "json":
        lines = [f"{data} = {client.json}"]
    elif picked["parse"] == "text":
        lines = [f"raw = {client.text}", f"{data} = json.loads(raw)"]
    else:
        parse = ["try:", f"    {data} = json.loads(raw)", "except ValueError:"]
        lines = [f"raw = {client.text}", *parse, '    raise RuntimeError("no JSON")']
    lines += [line.replace("$D", data) for line in ladder.before]
    gives = "print({})" if picked["place"] == "script" else "return {}"
    lines.append(gives.format(ladder.code.replace("$D", data)))
    failed = ['    raise RuntimeError("failed")']
    quiet = ["    " + gives.format('"failed"'), *(["    return"] if "print" in gives else [])]
    ok, status = client.ok, client.status
    match picked["check"]:
        case "raise":
            return [client.raises, *lines]
        case "status":
            return [f"if {status} != 200:", *failed, *lines]
        case "ok":
            return [f"if not {ok}:", *failed, *lines]
        case "else":
            return [f"if {ok}:", *("    " + line for line in lines), "else:", *failed]
        case "logged":
            return [f"if not {ok}:", f'    logger.error("bad %s", {status})', *lines]
        case "polite":
            return [f"if {status} >= 400:", *quiet, *lines]
        case "error-json":
            said = f'    raise RuntimeError(({client.json})["error"]["message"])'
            return [f"if not {ok}:", said, *lines]
        case "try":
            inner = ["try:", *("    " + line for line in lines)]
            return [*inner, "except Exception:", '    logger.exception("failed")', "    raise"]
    return lines


def _file(place: str, client: Client, url: Url, ladder: Ladder, lines: list[str]) -> str:
    head = ["import json", "import logging", "import os", client.imports, ""]
    head += ["logger = logging.getLogger(__name__)", "STATE = {}"]
    head += ['KEY = os.environ["OPENAI_API_KEY"]', *url.top, ""]
    if ladder.top:
        head += ["", *ladder.top, ""]
    word, wait = ("async def", "await ") if client.is_async else ("def", "")
    body = ["    " + line for line in lines]
    deeper = ["    " + line for line in body]
    match place:
        case "method":
            shown = ["class Bot:", f"    {word} ask(self, message, lang):", *deeper, "", ""]
            shown += ["ask = Bot().ask"]
        case "static-method":
            shown = ["class Bot:", "    @staticmethod", f"    {word} ask(message, lang):", *deeper]
            shown += ["", "", "ask = Bot.ask"]
        case "dataclass":
            head.insert(3, "from dataclasses import dataclass")
            shown = ["@dataclass", "class Bot:", '    lang: str = "en"', ""]
            shown += [f"    {word} ask(self, message, lang):", *deeper, "", "", "ask = Bot().ask"]
        case "nested":
            shown = [f"{word} ask(message, lang):", f"    {word} run():", *deeper, ""]
            shown += [f"    return {wait}run()"]
        case _:
            shown = [f"{word} ask(message: str, lang: str):", *body]
    return "\n".join([*head, "", *shown]) + "\n"


def _in_dialect(text: str, dialect: str) -> str:
    match dialect:
        case "single":
            return text if "'" in text or 'f"' in text else text.replace('"', "'")
        case "tabs":
            lines = text.split("\n")
            return "\n".join(
                "\t" * ((len(line) - len(line.lstrip(" "))) // 4) + line.lstrip(" ")
                for line in lines
            )
        case "crlf":
            return text.replace("\n", "\r\n")
    return text
