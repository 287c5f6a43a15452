"""What composed programs do with a response: checks, readings, streams, polling, what is around."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.programs import Chooser
from tests.shapes.choices import ANSWER_OF, EVENTS, LIVE, QUOTED
from tests.shapes.clients import CLIENTS
from tests.shapes.ladders import LADDERS
from tests.shapes.places import Place
from tests.shapes.spelling import prefixed, suffixed
from tests.shapes.urls import NO_URL, Url


@dataclass
class Parts:
    """The code of one program as it is chosen; `depth` spaces come later."""

    top: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    url: Url = NO_URL
    polled: str = ""


class Answers:
    """What is chosen, and the code that reads an answer."""

    _pick: Chooser
    _place: Place
    _typed: bool
    _parts: Parts
    _answers: object
    _hands_on: bool
    _failure: str | None
    _transport: str
    _wrap: str
    _dimensions: dict[str, str]

    def _of_response(self, kind: str, res: str, data: str) -> list[str]:
        """How the response's text is read, and where it goes."""
        place = self._place
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
        elif kind == "json-caught":
            caught = self._pick.choice(("({})", "null"))
            inner = [f"const {data} = await {res}.json().catch(() => {caught});", *inner]
        elif kind == "text-ladder":
            inner = [
                f"const raw = await {res}.text();",
                f"let {data}<: any>;",
                "try {",
                f"  {data} = JSON.parse(raw);",
                "} catch {",
                f"  {data} = {{ output_text: raw }};",
                "}",
                *inner,
            ]
        elif kind == "text-if-any":
            inner = [
                f"const raw = await {res}.text();",
                f"const {data} = raw ? JSON.parse(raw) : {{}};",
                *inner,
            ]
        elif kind == "response-helper":
            self._parts.top += ANSWER_OF
            inner = [place.answers.replace("$X", f"await answerOf({res})")]
        elif kind == "stream-piped":
            inner = self._piped(res)
        elif kind == "stream-parsed":
            inner = self._by_hand(res)
        else:
            loose = "< as any>" if self._pick.number(1) else ""
            value = (
                f"(await {res}.json()< as any>)" if loose and self._typed else f"await {res}.json()"
            )
            inner = [f"const {data} = {value};", *inner]
        return inner

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
            case "fallback-model":
                chat = [
                    f"const chat = {LIVE.replace('$KEY', self._place.key)}",
                    "const said = await chat.json();",
                    self._place.answers.replace("$X", "said.choices[0].message.content"),
                ]
                caught = "console.error('the workflow failed', problem);"
                return ["try {", *inner, "} catch (problem) {", f"  {caught}", "}", *chat]
            case "candidates":
                self._failure = None
                return ["for (const url of candidates) {", *inner, "}", self._place.fails]
            case "local-function":
                return ["async function run() {", *inner, "}", "return await run();"]
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
            case "range":
                return [f"if ({res}.status >= 400) {{", f"  {fails}", "}", *inner]
            case "logged":
                return [f"if (!{res}.ok) console.error('bad', {res}.status);", *inner]
            case "polite":
                self._failure = f'{self._failure}|"reply": "failed"'
                return [f"if (!{res}.ok) {self._place.answers.replace('$X', QUOTED)}", *inner]
            case "next":
                return [f"if (!{res}.ok) continue;", *inner]
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
            case "ladder":
                return self._ladder(data)
            case "json-caught" | "text-ladder" | "text-if-any":
                return answered(f"{data}?.output_text ?? {data}?.output?.text ?? ''")
            case "whole-wrapped" | "whole-spread" | "whole-beside":
                self._hands_on = True
                given = {
                    "whole-wrapped": f"{{ ok: true, result: {data} }}",
                    "whole-spread": f"{{ ...{data}, lang }}",
                    "whole-beside": f"{{ reply: {data}.output_text, raw: {data} }}",
                }[kind]
                return [place.hands_on.replace("$X", given)]
            case "whole":
                self._hands_on = True
                return [place.hands_on.replace("$X", data)]
            case "text-handed-on":
                self._hands_on = True
                return [str(place.text).replace("$X", "raw")]
        return []

    def _ladder(self, data: str) -> list[str]:
        """One of many readings of what is parsed."""
        name = self._pick.choice(tuple(LADDERS))
        ladder = LADDERS[name]
        self._dimensions["ladder"] = name
        self._answers = ladder.answers
        self._parts.top += ladder.top
        code = ladder.code.replace("$D", data)
        code = f"({code})" if self._place.given == "argv" else code
        lines = [
            line.replace("$D", data).replace("$FAILS", self._place.fails) for line in ladder.before
        ]
        return [*lines, self._place.answers.replace("$X", code)]

    def _parsed_by_client(self, call: list[str], res: str, data: str) -> list[str]:
        """The call of a client that parses the answer itself, and the answer's variable."""
        client = CLIENTS[self._transport]
        self._parts.top += client.top
        if not client.data:
            return suffixed(prefixed(f"const {data} = await ", call), f"{client.gives};")
        match self._pick.number(2):
            case 0:
                taken = f"const {{ data: {data} }} = await "
                return suffixed(prefixed(taken, call), ";")
            case 1:
                return suffixed(prefixed(f"const {data} = (await ", call), ").data;")
        lines = suffixed(prefixed(f"const {res} = await ", call), ";")
        return [*lines, f"const {data} = {res}.data;"]

    def _piped(self, res: str) -> list[str]:
        self._answers = EVENTS
        self._hands_on = True
        typed = "headers: { 'Content-Type': 'text/event-stream' }"
        return [f"return new Response({res}.body, {{ {typed} }});"]

    def _by_hand(self, res: str) -> list[str]:
        """The stream's deltas, read line by line."""
        self._answers = EVENTS
        return [
            f"const reader = {res}.body.getReader();",
            "const decoder = new TextDecoder();",
            "let buffer = '';",
            "let answer = '';",
            "while (true) {",
            "  const { done, value } = await reader.read();",
            "  if (done) break;",
            "  buffer += decoder.decode(value, { stream: true });",
            "  const lines = buffer.split('\\n');",
            "  buffer = lines.pop() ?? '';",
            "  for (const line of lines) {",
            "    if (!line.startsWith('data: ')) continue;",
            "    const payload = line.slice(6).trim();",
            "    if (payload === '[DONE]') continue;",
            "    const event = JSON.parse(payload);",
            "    if (event.type === 'response.output_text.delta') answer += event.delta;",
            "  }",
            "}",
            self._place.answers.replace("$X", "answer"),
        ]

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
