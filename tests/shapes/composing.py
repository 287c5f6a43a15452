"""Programs that call the dead endpoint, composed of one choice per dimension.

URL form x place x body x reading x status check x transport x dialect: so that two forms that each
are right alone meet. What a program is given, and what must come out, is known as it is composed;
the result is a `Shape`, driven and judged like those that are written by hand.
"""

from __future__ import annotations

from tests.programs import Chooser
from tests.shapes.answers import Answers, Parts
from tests.shapes.choices import (
    BODIES,
    BYSTANDERS,
    CHECKS,
    EXTRAS,
    HISTORY,
    IN_TIME,
    LIVE,
    MAPPED,
    MESSAGE,
    READINGS,
    WEB,
    WRAPS,
)
from tests.shapes.clients import CLIENTS, SDK_CALLS, filled
from tests.shapes.corpus import Drive, Shape
from tests.shapes.places import PLACES, Place
from tests.shapes.spelling import as_undici, assigned, in_dialect, prefixed, suffixed, with_types
from tests.shapes.urls import URLS, url_of


def compose(chooser: Chooser, name: str) -> Shape:
    """A program of random choices."""
    return _Composer(chooser, name).shape()


class _Composer(Answers):
    def __init__(self, chooser: Chooser, name: str) -> None:
        self._pick = chooser
        self._name = name
        self._place: Place = chooser.choice(PLACES)
        self._typed = not self._place.common and chooser.choice((True, False))
        self._parts = Parts()
        self._reported: list[str] = []
        self._says = MESSAGE
        self._history = False
        self._as_json: tuple[str, ...] = ()
        self._answers: object = {"output_text": "$ANSWER"}
        self._hands_on = False
        self._failure: str | None = "^(?:No answer|failed)?$"
        self._transport = chooser.choice(
            ("fetch",) * 10 + ("node-fetch", "undici", "fetch-in-time", "sdk", *CLIENTS)
        )
        if self._transport in ("node-fetch", "ky", "got") and self._place.common:
            # From a version on they are ES modules.
            self._transport = "fetch"
        if self._transport == "undici-request" and self._place.name in ("cloudflare", "sveltekit"):
            # Their own `request` is in sight there.
            self._transport = "fetch"
        self._parses = self._transport in CLIENTS
        self._dimensions: dict[str, str] = {}

    def shape(self) -> Shape:
        """The program, its drive, and what has to come out."""
        url = self._pick.choice(URLS)
        reading = self._pick.choice(READINGS)
        if self._parses or self._transport == "sdk":
            reading = self._pick.choice(
                ("json", "json-ladder", "json-nested", "items", "extractor", "whole", "ladder")
            )
        if self._transport == "sdk":
            url = "sdk"
        if reading == "text-handed-on" and self._place.text is None:
            reading = "text-parse"
        if reading.startswith("stream") and self._place.drive["driver"] not in WEB:
            reading = "json-ladder"
        if reading == "own-polling" and url not in ("runs", "path-id", "base-constant"):
            url = "path-id"
        kind = self._pick.choice(BODIES)
        self._wrap = self._pick.choice(WRAPS)
        if self._wrap == "local-function" and self._place.key.startswith("this."):
            # A function of its own has another `this`.
            self._wrap = "inner-function"
        # A script prints what each URL gives, so that one URL is not the same.
        once = self._transport == "sdk" or reading == "own-polling" or self._place.name == "script"
        if self._wrap == "candidates" and once:
            self._wrap = "none"
        if self._wrap == "candidates":
            url = "candidates"
        self._streamed = reading.startswith("stream")
        self._url(url, polling=reading == "own-polling")
        if self._wrap == "retry" and self._place.name == "script":
            self._wrap = "none"
        options = self._options(self._body(kind))
        check = self._pick.choice(CHECKS)
        if self._transport == "sdk" or reading in ("then-chain", "then-async"):
            check = "none"
        if self._parses and self._transport != "undici-request":
            check = "none"
        if check == "else" and reading == "response-helper":
            check = "ok"
        if self._wrap == "candidates" and check not in ("none", "else"):
            check = "next"
        self._dimensions = {
            "url": url,
            "place": self._place.name,
            "body": kind,
            "reading": reading,
            "check": check,
            "wrap": self._wrap,
            "transport": self._transport,
            "ladder": "none",
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
            "history": f"input: {{ message, conversation_history: {MAPPED} }}",
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
        members = [given, *(["stream: true"] if self._streamed else [])]
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
            name = self._pick.choice(tuple(EXTRAS))
            if "version: '3'" not in members[0] or name != "version":
                members.append(EXTRAS[name])
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
        self._headers = ["{", *(f"  {line}" for line in headers), "}"]
        if apart:
            self._headers = ["headers"]
        if apart or self._parts.polled:
            before += ["const headers = {", *(f"  {line}" for line in headers), "};"]
            shown = ["headers,"]
        if self._parses or self._transport == "sdk":
            lines = body.split("\n")
            if form != "inline":
                before += assigned("payload", lines)
                lines = ["payload"]
            return lines
        if form == "payload":
            before += assigned("payload", body.split("\n"))
            said = ["body: JSON.stringify(payload),"]
        elif form == "text":
            before += assigned("body", f"JSON.stringify({body})".split("\n"))
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
        url = self._parts.url.code
        if self._transport == "sdk":
            client = "(openai<< as any>>)" if self._typed else "openai"
            called = SDK_CALLS[self._pick.choice(tuple(SDK_CALLS))].replace("$C", client)
            called = called.replace("$ID", self._place.identity)
            return filled((called,), {"$BODY": options})
        if self._parses:
            given = {"$URL": [url], "$HEADERS": self._headers, "$BODY": options}
            return filled(CLIENTS[self._transport].call, given)
        if self._transport == "fetch-in-time":
            return [f"fetchInTime({url}, {{", *(f"  {line}" for line in options), "})"]
        return [f"fetch({self._parts.url.code}, {{", *(f"  {line}" for line in options), "})"]

    # the answer

    def _reading(self, kind: str, check: str, options: list[str]) -> list[str]:
        place = self._place
        names = [n for n in ("response", "res", "upstream", "r") if n not in place.taken]
        res = self._pick.choice(names)
        lines: list[str] = []
        call = self._call(options)
        if kind == "then-async":
            lines += prefixed("const answer = await ", call)
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
            lines += prefixed("const answer = await ", call)
            lines.append("  .then((r) => r.json())")
            lines.append("  .then((d) => d.output_text);")
            return [*lines, place.answers.replace("$X", "answer")]
        data = self._pick.choice(("data", "json", "result", "j"))
        if place.name == "sveltekit" and data == "json":
            data = "data"
        if self._transport == "sdk":
            self._parts.before.append(f"const openai = new OpenAI({{ apiKey: {place.key} }});")
            lines += suffixed(prefixed(f"const {data} = await ", call), ";")
            return [*lines, *self._read_of(kind, data)]
        if self._parses and self._transport != "undici-request":
            return [*self._parsed_by_client(call, res, data), *self._read_of(kind, data)]
        if self._transport == "undici-request":
            lines += suffixed(prefixed("const { statusCode, body: got } = await ", call), ";")
            inner = [f"const {data} = await got.json();", *self._read_of(kind, data)]
            checked = self._checked(check, "got", inner)
            return [*lines, *(as_undici(line) for line in checked)]
        if kind == "let-then-assigned":
            lines += [f"let {res}<: any>;"] if self._typed else [f"let {res};"]
            lines += suffixed(prefixed(f"{res} = await ", call), ";")
        else:
            lines += suffixed(prefixed(f"const {res} = await ", call), ";")
        return [*lines, *self._checked(check, res, self._of_response(kind, res, data))]

    # the file

    def _text(self, body: list[str]) -> str:
        place, parts, pick = self._place, self._parts, self._pick
        imports = {
            "node-fetch": ("import fetch from 'node-fetch';", ""),
            "undici": ("import { fetch } from 'undici';", "const { fetch } = require('undici');"),
            "sdk": ("import OpenAI from 'openai';", "const OpenAI = require('openai');"),
        }.get(self._transport)
        if self._parses:
            imports = CLIENTS[self._transport].imports
        if self._transport == "fetch-in-time":
            parts.top += IN_TIME
        live = f"const title = {LIVE}".replace("$KEY", place.key)
        own = (*BYSTANDERS, live)
        self._bystanders = [pick.choice(own) for _ in range(2)][: 1 + pick.number(1)]
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
        text = with_types(text, keep=self._typed)
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
            expects=self._expects(),
            match="contains"
            if (self._hands_on and not self._streamed) or place.given == "argv"
            else "equals",
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

    def _expects(self) -> str:
        if self._streamed and self._hands_on:
            return "response.stream"
        return self._place.whole if self._hands_on else self._place.at


def _earlier(place: Place) -> list[dict[str, str]]:
    return [] if place.given == "argv" else HISTORY
