"""A Python call whose answer is streamed: the request asks for it, and a function reads it."""

from __future__ import annotations

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.answer import Answer, AnswerReader
from callmend.languages.python.clients import Library
from callmend.languages.python.helpers import HelperTemplate, awaiting, load_helper
from callmend.languages.python.layout import document, has_comments, render
from callmend.languages.python.literals import Literal
from callmend.languages.python.parses import Parse, ParseReader, spelt_guard
from callmend.languages.python.scopes import numbered
from callmend.languages.python.template import Fill, load
from callmend.languages.python.values import key_of
from callmend.reasons import Reason
from callmend.targets.plans import Plan
from callmend.targets.python_edits import Change, Editor
from callmend.targets.python_plan import CallPlan
from callmend.targets.python_reading import SPLIT, Reading
from callmend.targets.python_spelling import RESPONSES, function_style

#: The bytes of a response as they come, by the library and whether its calls are awaited.
CHUNKS = {
    (Library.REQUESTS, False): "stream.iter_content(chunk_size=None)",
    (Library.HTTPX, False): "stream.iter_bytes()",
    (Library.HTTPX, True): "stream.aiter_bytes()",
    (Library.AIOHTTP, True): "stream.content.iter_any()",
    (Library.URLLIB, False): "stream",
}
ANY = ("typing", "Any")


def asks_for_stream(body: Literal, editor: Editor, key: str) -> list[str]:
    """The element with which a body asks for a stream; none where one only has to be changed."""
    given = next((e for e in body.obj.elements if key_of(e) == "stream"), None)
    if given is None or body.place is not None:
        return [f"{editor.quoted('stream', key)}: True"]
    editor.replace(given.value, "True")
    return []


class StreamedCall(CallPlan):
    """Plans one call whose answer is read as a stream; a target says what the request becomes."""

    #: The folder of the target's templates.
    target = ""

    def _id_element(self, key: str) -> list[str]:
        return [*super()._id_element(key), *asks_for_stream(self._parts.body, self._editor, key)]

    def streamed(self) -> Plan:
        """The edits of the request, the parse and the reading, and the function that reads.

        Raises:
            RefusedError: a part of it cannot be written.
        """
        reader = AnswerReader(self._program, self._client, self._parts.sender)
        if reader.reads_a_run():
            raise RefusedError(Reason.HALF_MIGRATED, "the reading is the new one already")
        answer = reader.answer()
        parse = ParseReader(self._program, self._client, self._parts.sender).parse()
        reading = Reading(
            self._program, self._request, self._client, self._parts, answer, self._style,
            self._editor, self._names,
        )  # fmt: skip
        self._editor.url(self.path, self._kept_id())
        self._notes += self._editor.base_notes()
        self._headers()
        self._body()
        self._later()
        self._ask_for_stream(parse)
        name, code = self._function()
        template = load(self.target, "streamed")
        renames = reading.renames(template)
        result = reading.result()
        empty, with_check = reading.empty()
        reads = self._reads(name, parse, self._tree.source(parse.response))
        inside = self._tree.is_inside(self._parts.sender, answer.reads)
        body, parsed = self._tree.source(answer.body), None
        if answer.parsed_in_place and template.alias is not None:
            body, parsed = renames.get(template.alias, template.alias), SPLIT if inside else reads
        fill = Fill(
            values={
                "PARSED": parsed,
                "BODY": body,
                "RESULT": result,
                "FALLBACK": None if empty in ('""', "''") else empty,
            },
            renames=renames,
            annotation=None
            if answer.annotation is None
            else self._tree.source(answer.annotation.annotation),
        )
        self._editor.changes += reading.changes(template, fill, result, None, with_check=with_check)
        alias = f"{body} = " if inside else None
        self._take_over(answer, parse, name, reads, alias)
        message = f"{self.becomes}, read as a stream"
        return Plan(tuple(sorted(self._editor.edits())), message, tuple(self._notes), code)

    # the request

    def _ask_for_stream(self, parse: Parse) -> None:
        """Have requests give the response before all of it is there; others do, or never do."""
        if self._client.library is not Library.REQUESTS or parse.late:
            if self._settings.on_text is not None and not self._comes_in_parts(parse):
                shown = self._tree.show(self._parts.sender.func)
                why = f"`{shown}` gives the answer when all of it is there, so that none is shown"
                raise RefusedError(Reason.STREAMING, f"{why} before")
            return
        call = self._parts.sender
        for arg in call.args:
            if arg.keyword is not None and arg.keyword.value == "stream":
                self._editor.replace(arg.value, "True")
                return
        last = call.args[-1]
        start, end = self._tree.chars(last)[0], self._tree.whole(last.value)[1]
        text, own_line = self._program.text, self._starts_its_line(start)
        if own_line and isinstance(last.comma, cst.Comma):
            _, line_end = text.line_range(text.line(text.text.index(",", end)))
            new = f"{self._editor.indent_at(start)}stream=True,\n"
            self._editor.changes.append(Change(line_end, line_end, new))
            return
        between = f",\n{self._editor.indent_at(start)}" if own_line else ", "
        self._editor.changes.append(Change(end, end, f"{between}stream=True"))

    def _comes_in_parts(self, parse: Parse) -> bool:
        """Whether a response is there before its bytes are, and is open where it is read."""
        return self._client.library is not Library.HTTPX and not parse.late

    # the parse

    def _reads(self, name: str, parse: Parse, response: str) -> str:
        """The call of the function that reads the stream, in the place of a parse."""
        given = ", ".join([response, *self._on_text(parse.node)])
        reads = ("await " if self._client.awaited else "") + f"{name}({given})"
        if parse.guard is None:
            return reads
        return spelt_guard(parse.guard, reads, self._tree.source(parse.node))

    def _on_text(self, at: cst.CSTNode) -> list[str]:
        wanted = self._settings.on_text
        if wanted is None:
            return []
        root = wanted.split(".", maxsplit=1)[0]
        scope = self._program.scopes.scope_of(root, at)
        if scope is None:
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{root}`, given by on-text")
        for definition in self._program.scopes.bound(scope)[root]:
            node = definition.node
            if isinstance(node, cst.FunctionDef) and node.asynchronous is not None:
                raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{root}` is async, so that it waits")
        return [wanted]

    def _take_over(
        self, answer: Answer, parse: Parse, name: str, reads: str, alias: str | None
    ) -> None:
        """Put the function's call in the place of a parse that is not part of the reading."""
        start, end = self._tree.chars(parse.node)
        if alias is None and answer.parsed_in_place:
            return
        if isinstance(parse.response, cst.Name):
            self._editor.changes.append(self._laid_out(start, end, reads))
            return
        # What sends the request stands in the parse, with changes of its own.
        first, last = self._tree.whole(parse.response)
        sent = self._editor.taken(first, last)
        sent = sent[1:-1].strip() if parse.response.lpar else sent
        new = self._reads(name, parse, sent)
        self._editor.changes.append(self._laid_out(*self._tree.whole(parse.node), new, alias))

    def _laid_out(self, start: int, end: int, new: str, alias: str | None = None) -> Change:
        """New source in a place, broken into lines where it is too long for one."""
        text = self._program.text
        indent = self._editor.indent_at(start)
        line_start, _ = text.line_range(text.line(start))
        _, line_end = text.line_range(text.line(end))
        column = start - line_start if alias is None else len(indent) + len(alias)
        behind = 0 if alias is not None else len(text.text[end:line_end].rstrip("\r\n"))
        expression = cst.parse_expression(new)
        if not has_comments(expression) and '"""' not in new and "'''" not in new:
            laid_out = render(document(expression), self._style, indent, column, behind)
            fits = column + len(new) + behind <= self._style.width
            if isinstance(expression, cst.IfExp) and not fits:
                inner = indent + self._style.indent
                laid_out = f"(\n{inner}{new}\n{indent})"
            new = laid_out
        return Change(start, end, new, statements=True)

    # the function

    def _function(self) -> tuple[str, tuple[bytes, ...]]:
        """The name of the function that reads the stream, and its code unless it is there."""
        client = self._client
        template = load_helper(self.target, "stream")
        base = template.defined[0]
        shows = self._settings.on_text is not None
        code = template.settled({"CHECKS": client.library is not Library.URLLIB, "SHOWS": shows})
        if client.awaited:
            code = awaiting(code)
        written = template.render(code, self._fill(template, code), function_style(self._style))
        known = self._names.helpers.get(written)
        if known is None and self._is_there(base, written):
            return base, ()
        if known is None:
            known = numbered(base, self._spelling().taken().__contains__)
            self._names.helpers[written] = known
        return known, (written.replace(base, known).encode(),)

    def _fill(self, template: HelperTemplate, code: cst.Module) -> Fill:
        client = self._client
        spelling = self._spelling()
        functions = spelling.functions(template.calls(code))
        shown = None
        if self._settings.on_text is not None:
            shown = f"{spelling.of('typing', 'Callable')}[[str], object]"
        return Fill(
            values={
                "RESPONSE": spelling.of(*RESPONSES.get(client.library, ANY)),
                "ON_TEXT": shown,
                "CHUNKS": CHUNKS[client.library, client.awaited],
            },
            functions=functions,
        )

    def _is_there(self, name: str, written: str) -> bool:
        """Whether an earlier run put the very function above the call."""
        for node in self._tree.module.body:
            if self._tree.order(node) > self._tree.order(self._request.call):
                return False
            if isinstance(node, cst.FunctionDef) and node.name.value == name:
                start, end = self._tree.chars(node)
                there = self._program.text.text[start:end].replace("\r\n", "\n")
                return there.strip() == written.strip()
        return False
