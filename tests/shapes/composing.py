"""Programs that call the dead endpoint, composed of one choice per dimension.

URL form x place x body x reading x status check x transport x dialect: so that two forms that each
are right alone meet. What a program is given, and what must come out, is known as it is composed;
the result is a `Shape`, driven and judged like those that are written by hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.programs import Chooser
from tests.shapes.corpus import Drive, Shape
from tests.shapes.places import PLACES, Place
from tests.shapes.urls import NO_URL, URLS, Url, url_of

MESSAGE = "Where is my order?"
HISTORY = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
#: What has nothing to do with the call, and must be there unchanged afterwards, once.
BYSTANDERS = (
    "console.error('asked', message.length);",
    "// Keep this: the audit reads it.",
    "const started = [1, 2].map((n) => n * 2);",
    "await fetch('https://stats.example.com/count', { method: 'POST', body: message });",
    "globalThis.last = { message, lang };",
)
BODIES = (
    "input-message",
    "input-message",
    "input-text",
    "input-as-text",
    "inputs-question",
    "form",
    "message-array",
    "parts-array",
    "history",
    "history-unseen",
    "nested-form",
    "trimmed",
    "template",
    "prompt-beside-id",
)
READINGS = (
    "json",
    "json-ladder",
    "json-ladder",
    "json-ladder-stringify",
    "json-nested",
    "destructured",
    "text-parse",
    "text-parse-try",
    "candidates",
    "digger",
    "extractor",
    "items",
    "whole",
    "text-handed-on",
    "then-chain",
    "own-polling",
    "let-then-assigned",
    "inline-await",
    "inline-text-parse",
    "typed",
    "status-too",
    "then-async",
)
#: What stands around the call and its reading.
WRAPS = ("none", "none", "inner-function", "retry", "mode-guard", "finally")
CHECKS = ("none", "ok", "ok", "throw", "else", "status", "error-text", "error-json")
_MAPPED = "history.map((m) => ({ role: m.role, content: m.content }))"
_EXTRAS = {
    "version": "version: '2'",
    "session_id": "session_id: 'session_1'",
    "user": "user: 'user_1'",
    "attachments": "attachments: []",
}


@dataclass
class _Parts:
    """The code of one program as it is chosen; `depth` spaces come later."""

    top: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    url: Url = NO_URL
    polled: str = ""


def compose(chooser: Chooser, name: str) -> Shape:
    """A program of random choices."""
    return _Composer(chooser, name).shape()


class _Composer:
    def __init__(self, chooser: Chooser, name: str) -> None:
        self._pick = chooser
        self._name = name
        self._place: Place = chooser.choice(PLACES)
        self._typed = not self._place.common and chooser.choice((True, False))
        self._parts = _Parts()
        self._reported: list[str] = []
        self._says = MESSAGE
        self._history = False
        self._as_json: tuple[str, ...] = ()
        self._answers: object = {"output_text": "$ANSWER"}
        self._hands_on = False
        self._failure: str | None = "^(?:No answer|failed)?$"
        self._transport = chooser.choice(("fetch",) * 8 + ("node-fetch", "undici", "axios", "sdk"))
        if self._transport == "node-fetch" and self._place.common:
            # From its third version on it is an ES module.
            self._transport = "fetch"
        self._dimensions: dict[str, str] = {}

    def shape(self) -> Shape:
        """The program, its drive, and what has to come out."""
        url = self._pick.choice(URLS)
        reading = self._pick.choice(READINGS)
        if self._transport == "axios":
            reading = self._pick.choice(("json", "json-ladder", "json-nested", "whole"))
        if self._transport == "sdk":
            reading = self._pick.choice(("json", "json-ladder", "items", "extractor", "whole"))
            url = "sdk"
        if reading == "text-handed-on" and self._place.text is None:
            reading = "text-parse"
        if reading == "own-polling" and url not in ("runs", "path-id", "base-constant"):
            url = "path-id"
        self._url(url, polling=reading == "own-polling")
        kind = self._pick.choice(BODIES)
        self._wrap = self._pick.choice(WRAPS)
        if self._wrap == "retry" and self._place.name == "script":
            self._wrap = "none"
        options = self._options(self._body(kind))
        check = self._pick.choice(CHECKS)
        if self._transport in ("axios", "sdk") or reading in ("then-chain", "then-async"):
            check = "none"
        self._dimensions = {
            "url": url,
            "place": self._place.name,
            "body": kind,
            "reading": reading,
            "check": check,
            "wrap": self._wrap,
            "transport": self._transport,
        }
        body = self._wrapped(self._reading(reading, check, options))
        if self._transport == "sdk":
            # No client has the method, so nothing answers as it was imagined.
            self._answers = None
        return self._finished(self._text(body))

    # the request

    def _url(self, form: str, *, polling: bool) -> None:
        self._parts.url = url = url_of(form, self._place.identity)
        self._parts.top += url.top
        self._parts.before += url.before
        if form == "query":
            self._reported.append("version")
        if polling:
            quoted = url.code.strip("'`")
            self._parts.polled = f"`{quoted}/${{run.id}}`"

    def _body(self, kind: str) -> str:
        """The body's object as code."""
        given = {
            "input-message": "input: { message }",
            "input-text": "input: message",
            "input-as-text": "input: { input_as_text: message }",
            "trimmed": "input: { message: message.trim() }",
            "template": "input: { message: `${message} (${lang})` }",
            "inputs-question": "inputs: { question: message }",
            "form": "inputs: { question: message, lang }",
            "message-array": "input: [{ role: 'user', content: message }]",
            "parts-array": "input_data: { input: "
            "[{ role: 'user', content: [{ type: 'input_text', text: message }] }] }",
            "history": f"input: {{ message, conversation_history: {_MAPPED} }}",
            "history-unseen": "input: { message, history }",
            "nested-form": "input: { text: message, context: { lang } }",
            "prompt-beside-id": "prompt: message",
        }[kind]
        if kind in ("form", "nested-form"):
            self._as_json = (MESSAGE, "en")
        elif kind == "history-unseen":
            # Nothing tells what is in it, so it goes with the message, as JSON.
            self._as_json = (MESSAGE,)
        elif kind == "history":
            self._history = True
        elif kind == "template":
            self._says = f"{MESSAGE} (en)"
        members = [given]
        if not self._parts.url.has_id:
            own = self._place.identity
            form = self._pick.choice(("workflow_id", "workflow_id", "workflow", "bare"))
            if form == "workflow":
                members.insert(0, f"workflow: {{ id: {own}, version: '3' }}")
                self._reported.append("version")
            elif form == "bare":
                members.insert(0, f"workflow: {own}")
            else:
                members.insert(0, f"workflow_id: {own}")
        if self._pick.number(3) == 0:
            name = self._pick.choice(tuple(_EXTRAS))
            if "version: '3'" not in members[0] or name != "version":
                members.append(_EXTRAS[name])
                self._reported.append(name)
        if self._pick.number(1):
            return "{ " + ", ".join(members) + " }"
        return "{\n" + "".join(f"  {member},\n" for member in members) + "}"

    def _options(self, body: str) -> list[str]:
        """The lines of the object with method, headers and body; or what the transport takes."""
        key = self._place.key
        headers = ["'Content-Type': 'application/json',"]
        bearer = self._pick.choice((f"`Bearer ${{{key}}}`", f"'Bearer ' + {key}"))
        headers.append(f"Authorization: {bearer},")
        beta = self._pick.choice(("none", "v1", "v1", "v2"))
        if beta != "none":
            headers.append(f"'OpenAI-Beta': 'workflows={beta}',")
        self._project = self._pick.number(3) == 0 and self._transport != "sdk"
        if self._project:
            headers.append("'OpenAI-Project': 'proj_test',")
        form = self._pick.choice(("inline", "inline", "payload", "text"))
        before = self._parts.before
        shown = ["headers: {", *(f"  {line}" for line in headers), "},"]
        apart = self._transport != "sdk" and self._pick.number(3) == 0
        if apart or self._parts.polled:
            before += ["const headers = {", *(f"  {line}" for line in headers), "};"]
            shown = ["headers,"]
        if self._transport in ("axios", "sdk"):
            lines = body.split("\n")
            if form != "inline":
                before += _assigned("payload", lines)
                lines = ["payload"]
            return [*lines] if self._transport == "sdk" else [*lines, "--", *shown]
        if form == "payload":
            before += _assigned("payload", body.split("\n"))
            said = ["body: JSON.stringify(payload),"]
        elif form == "text":
            before += _assigned("body", f"JSON.stringify({body})".split("\n"))
            said = ["body,"]
        else:
            said = f"body: JSON.stringify({body}),".split("\n")
        more = self._pick.choice((None,) * 6 + ("signal", "cache", "comment"))
        extra = {
            "signal": ["signal: AbortSignal.timeout(20000),"],
            "cache": ["cache: 'no-store',"],
            "comment": ["// what is asked"],
        }.get(str(more), [])
        return ["method: 'POST',", *shown, *extra, *said]

    def _call(self, options: list[str]) -> list[str]:
        """The lines of the call, without what stands before and behind it."""
        if self._transport == "sdk":
            client = "(openai<< as any>>)" if self._typed else "openai"
            return _enclosed(f"{client}.workflows.runs.create(", options, ")")
        if self._transport == "axios":
            cut = options.index("--")
            given = [f"{self._parts.url.code},", *options[:cut]]
            given[-1] += ","
            given += ["{", *(f"  {line}" for line in options[cut + 1 :]), "},"]
            return ["axios.post(", *(f"  {line}" for line in given), ")"]
        return [f"fetch({self._parts.url.code}, {{", *(f"  {line}" for line in options), "})"]

    # the answer

    def _reading(self, kind: str, check: str, options: list[str]) -> list[str]:
        place = self._place
        names = [n for n in ("response", "res", "upstream", "r") if n not in place.taken]
        res = self._pick.choice(names)
        lines: list[str] = []
        call = self._call(options)
        if kind == "then-async":
            lines += _prefixed("const answer = await ", call)
            lines += [
                "  .then(async (r) => {",
                "    if (!r.ok) throw new Error('failed');",
                "    const d = await r.json();",
                "    return d.output_text || d.output?.message;",
                "  });",
            ]
            return [*lines, place.answers.replace("$X", "answer")]
        if kind == "then-chain":
            self._answers = {"output_text": "$ANSWER"}
            lines += _prefixed("const answer = await ", call)
            lines.append("  .then((r) => r.json())")
            lines.append("  .then((d) => d.output_text);")
            return [*lines, place.answers.replace("$X", "answer")]
        data = self._pick.choice(("data", "json", "result", "j"))
        if place.name == "sveltekit" and data == "json":
            data = "data"
        if self._transport == "sdk":
            self._parts.before.append(f"const openai = new OpenAI({{ apiKey: {place.key} }});")
            lines += _suffixed(_prefixed(f"const {data} = await ", call), ";")
            return [*lines, *self._read_of(kind, data)]
        if kind == "let-then-assigned":
            lines += [f"let {res}<: any>;"] if self._typed else [f"let {res};"]
            lines += _suffixed(_prefixed(f"{res} = await ", call), ";")
        else:
            lines += _suffixed(_prefixed(f"const {res} = await ", call), ";")
        if self._transport == "axios":
            lines.append(f"const {data} = {res}.data;")
            return [*lines, *self._read_of(kind, data)]
        inner = self._read_of(kind, data)
        if kind == "inline-await":
            inner = [place.answers.replace("$X", f"(await {res}.json()).output_text")]
        elif kind == "inline-text-parse":
            inner = [
                f"const {data} = JSON.parse(await {res}.text());",
                *self._read_of("json", data),
            ]
        elif kind == "typed" and self._typed:
            inner = [f"const {data}: {{ output_text?: string }} = await {res}.json();", *inner]
        elif kind in ("text-parse", "text-parse-try", "text-handed-on"):
            inner = [f"const raw = await {res}.text();", *self._parsed(kind, data), *inner]
        elif kind == "destructured":
            self._answers = {"output_text": "$ANSWER"}
            inner = [
                f"const {{ output_text: answer }} = await {res}.json();",
                place.answers.replace("$X", "answer"),
            ]
        elif kind == "own-polling":
            inner = self._polling(res)
        else:
            loose = "< as any>" if self._pick.number(1) else ""
            value = (
                f"(await {res}.json()< as any>)" if loose and self._typed else f"await {res}.json()"
            )
            inner = [f"const {data} = {value};", *inner]
        return [*lines, *self._checked(check, res, inner)]

    def _wrapped(self, body: list[str]) -> list[str]:
        """The call and its reading in what stands around them."""
        inner = [f"  {line}" for line in body]
        match self._wrap:
            case "inner-function":
                return ["const run = async () => {", *inner, "};", "return run();"]
            case "retry":
                head = "for (let attempt = 0; attempt < 2; attempt += 1) {"
                return [head, *inner, "}", self._place.fails]
            case "mode-guard":
                return ["if (lang === 'en') {", *inner, "}", self._place.fails]
            case "finally":
                return ["try {", *inner, "} finally {", "  console.error('done');", "}"]
        return body

    def _parsed(self, kind: str, data: str) -> list[str]:
        if kind == "text-handed-on":
            return []
        if kind == "text-parse":
            return [f"const {data} = JSON.parse(raw);"]
        return [
            f"let {data}<: any> = null;",
            "try {",
            f"  {data} = JSON.parse(raw);",
            "} catch {",
            f"  {self._place.fails}",
            "}",
        ]

    def _checked(self, check: str, res: str, inner: list[str]) -> list[str]:
        fails = self._place.fails
        match check:
            case "ok":
                return [f"if (!{res}.ok) {{", f"  {fails}", "}", *inner]
            case "throw":
                said = f"throw new Error(`upstream ${{{res}.status}}`);"
                return [f"if (!{res}.ok) {said}", *inner]
            case "status":
                return [f"if ({res}.status !== 200) {{", f"  {fails}", "}", *inner]
            case "else":
                shown = [f"  {line}" for line in inner]
                return [f"if ({res}.ok) {{", *shown, "} else {", f"  {fails}", "}"]
            case "error-text":
                read = f"const problem = await {res}.text();"
                logged = "console.error(problem);"
                return [
                    f"if (!{res}.ok) {{",
                    *(f"  {x}" for x in (read, logged, fails)),
                    "}",
                    *inner,
                ]
            case "error-json":
                read = f"const problem = await {res}.json();"
                thrown = "throw new Error(problem.error?.message || 'failed');"
                return [f"if (!{res}.ok) {{", f"  {read}", f"  {thrown}", "}", *inner]
        return inner

    def _read_of(self, kind: str, data: str) -> list[str]:
        place = self._place

        def answered(code: str) -> list[str]:
            if self._pick.number(1):
                return [f"const answer = {code};", place.answers.replace("$X", "answer")]
            return [place.answers.replace("$X", code)]

        match kind:
            case "json" | "text-parse" | "let-then-assigned" | "typed":
                return answered(f"{data}.output_text")
            case "json-ladder" | "text-parse-try":
                self._answers = {"output": {"message": "$ANSWER"}}
                code = f"{data}.output?.message || {data}.output_text || 'No answer'"
                return answered(f"({code})" if place.given == "argv" else code)
            case "json-ladder-stringify":
                code = f"{data}.output_text ?? {data}.result?.text ?? JSON.stringify({data})"
                return answered(f"({code})" if place.given == "argv" else code)
            case "json-nested":
                self._answers = {"result": {"output": {"text": "$ANSWER"}}}
                return answered(f"{data}?.result?.output?.text")
            case "candidates":
                listed = ", ".join(f"{data}.{each}" for each in ("output_text", "answer", "text"))
                found = f"[{listed}].find((each) => typeof each === 'string')"
                return [f"const answer = {found};", place.answers.replace("$X", "answer")]
            case "digger":
                self._answers = {"output": [{"content": {"text": "$ANSWER"}}]}
                self._parts.top += [
                    "function dig(value<: any>)<: any> {",
                    "  if (typeof value === 'string') return value;",
                    "  if (!value || typeof value !== 'object') return null;",
                    "  for (const each of Object.values(value)) {",
                    "    const found = dig(each);",
                    "    if (found) return found;",
                    "  }",
                    "  return null;",
                    "}",
                ]
                return answered(f"dig({data}.output)")
            case "extractor":
                self._parts.top += [
                    "function textOf(value<: any>) {",
                    "  return value?.output_text || value?.output?.text || '';",
                    "}",
                ]
                return answered(f"textOf({data})")
            case "items":
                item = {"content": [{"type": "output_text", "text": "$ANSWER"}]}
                self._answers = {"output": [item]}
                return answered(f"{data}.output?.[0]?.content?.[0]?.text")
            case "status-too":
                self._answers = {"status": "completed", "output_text": "$ANSWER"}
                failed = f"if ({data}.status !== 'completed') {{ {place.fails} }}"
                return [failed, *answered(f"{data}.output_text")]
            case "whole":
                self._hands_on = True
                return [place.hands_on.replace("$X", data)]
            case "text-handed-on":
                self._hands_on = True
                return [str(place.text).replace("$X", "raw")]
        return []

    def _polling(self, res: str) -> list[str]:
        done = self._pick.choice(("completed", "succeeded"))
        self._answers = {"id": "run_1", "status": done, "output_text": "$ANSWER"}
        either = "run.status !== 'completed' && run.status !== 'succeeded'"
        failed = "if (run.status === 'failed') throw new Error('the run failed');"
        return [
            f"let run = await {res}.json();",
            f"for (let i = 0; i < 20 && {either}; i += 1) {{",
            "  await new Promise((resolve) => setTimeout(resolve, 500));",
            f"  const again = await fetch({self._parts.polled}, {{ headers }});",
            "  run = await again.json();",
            f"  {failed}",
            "}",
            self._place.answers.replace("$X", "run.output_text"),
        ]

    # the file

    def _text(self, body: list[str]) -> str:
        place, parts, pick = self._place, self._parts, self._pick
        imports = {
            "node-fetch": ("import fetch from 'node-fetch';", ""),
            "undici": ("import { fetch } from 'undici';", "const { fetch } = require('undici');"),
            "axios": ("import axios from 'axios';", "const axios = require('axios');"),
            "sdk": ("import OpenAI from 'openai';", "const OpenAI = require('openai');"),
        }.get(self._transport)
        self._bystanders = [pick.choice(BYSTANDERS) for _ in range(2)][: 1 + pick.number(1)]
        self._bystanders = list(dict.fromkeys(self._bystanders))
        inner = [*place.takes]
        if pick.number(2) == 0:
            inner.append(f"if (!message) {{ {place.fails} }}")
        inner += [self._bystanders[0], *parts.before]
        if pick.number(2) == 0:
            body = ["try {", *(f"  {line}" for line in body), "} catch (error) {"]
            body += ["  console.error(error);", f"  {place.fails}", "}"]
        inner += [*self._bystanders[1:], *body]
        indent = "  " * sum(line.endswith("{") for line in place.opens)
        head = [*([imports[place.common]] if imports else []), *place.head]
        lines = [*head, *parts.top, "", *place.opens]
        lines += [indent + line for line in inner]
        lines += place.closes
        return "\n".join(lines) + "\n"

    def _finished(self, text: str) -> Shape:
        place, pick = self._place, self._pick
        text = _types(text, keep=self._typed)
        dialect = pick.choice(("plain", "plain", "double", "bare", "tabs", "wide", "crlf"))
        text = in_dialect(text, dialect)
        self._dimensions["dialect"] = dialect
        given: dict[str, object] = dict(place.drive)
        argv: tuple[str, ...] = ()
        if place.given == "argv":
            argv = (MESSAGE,)
        elif place.given == "arguments":
            given["arguments"] = [MESSAGE, HISTORY, "en"]
        else:
            given["body"] = {"message": MESSAGE, "history": HISTORY, "lang": "en"}
        drive = Drive(
            given,
            expects=place.whole if self._hands_on else place.at,
            match="contains" if self._hands_on or place.given == "argv" else "equals",
            message=None if self._as_json else self._says,
            message_has=self._as_json,
            history=_earlier(place) if self._history else None,
            failure=self._failure,
        )
        suffix = "ts" if self._typed else ("js" if place.common else pick.choice(("js", "mjs")))
        return Shape(
            self._name,
            f"input.{suffix}",
            text.encode(),
            ", ".join(self._dimensions.values()),
            "migrate",
            answers=self._answers,
            dimensions=self._dimensions,
            argv=argv,
            project="proj_test" if self._project else None,
            reported=tuple(dict.fromkeys(self._reported)),
            drives=(drive,),
            bystanders=tuple(in_dialect(line, dialect).strip() for line in self._bystanders),
        )


def _earlier(place: Place) -> list[dict[str, str]]:
    return [] if place.given == "argv" else HISTORY


def _assigned(name: str, lines: list[str]) -> list[str]:
    return _suffixed(_prefixed(f"const {name} = ", lines), ";")


def _prefixed(prefix: str, lines: list[str]) -> list[str]:
    return [prefix + lines[0], *lines[1:]]


def _suffixed(lines: list[str], suffix: str) -> list[str]:
    return [*lines[:-1], lines[-1] + suffix]


def _enclosed(before: str, lines: list[str], after: str) -> list[str]:
    return _suffixed(_prefixed(before, lines), after)


_TYPE = re.compile(r"<(: (?:[^<>]|<[^<>]*>)*|\(| as any\)?)>")


def _types(text: str, *, keep: bool) -> str:
    """The text with what stands in angle brackets, or without it."""
    return _TYPE.sub(r"\1" if keep else "", text.replace("<< as any>>", "< as any>"))


def in_dialect(text: str, dialect: str) -> str:
    """The program in another quote, without semicolons, with other indents or line ends."""
    match dialect:
        case "double":
            return text.replace("'", '"')
        case "bare":
            return re.sub(r";$", "", text, flags=re.MULTILINE)
        case "tabs":
            return re.sub(r"^(?:  )+", lambda m: "\t" * (len(m[0]) // 2), text, flags=re.MULTILINE)
        case "wide":
            return re.sub(r"^ +", lambda m: m[0] * 2, text, flags=re.MULTILINE)
        case "crlf":
            return text.replace("\n", "\r\n")
    return text
