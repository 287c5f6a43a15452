"""The rewrite of one Python call, with what the targets differ in left open."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.answer import AnswerReader
from callmend.languages.python.clients import Client
from callmend.languages.python.find import Request
from callmend.languages.python.layout import (
    Doc,
    Group,
    dedented,
    document,
    flat,
    has_comments,
    render,
)
from callmend.languages.python.metadata import no_texts
from callmend.languages.python.program import Program
from callmend.languages.python.request import RequestParts, RequestReader
from callmend.languages.python.style import detect
from callmend.languages.python.template import Fill, Template
from callmend.languages.python.tree import dotted
from callmend.languages.python.values import key_of
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.plans import AS_METADATA, Plan
from callmend.targets.python_betas import drop_default_beta
from callmend.targets.python_content_parts import with_parts
from callmend.targets.python_edits import Change, Editor
from callmend.targets.python_reading import SPLIT, Names, Reading
from callmend.targets.python_spelling import Spelling


def known_client(program: Program, request: Request) -> Client:
    """What sends a request.

    Raises:
        RefusedError: that is not known.
    """
    if request.client is None:
        shown = program.tree.show(request.call.func)
        raise RefusedError(Reason.UNKNOWN_TRANSPORT, f"`{shown}`")
    return request.client


class CallPlan:
    """Plans one call; a target says what the URL, the headers, the body and the reading become."""

    #: The path of the new request behind the base URL.
    path = ""
    #: A header that the new request and those that poll need, or None.
    beta: tuple[str, str] | None = None
    #: Whether the workflow's id is sent on, as the assistant's.
    keeps_id = True
    #: Whether an answer without an error says so: its `error` is None.
    blank_error = False
    #: Whether it is the lines of a stream that are read.
    streams = False
    #: What the call becomes, for the report.
    becomes = ""

    def __init__(
        self,
        program: Program,
        request: Request,
        settings: Settings,
        names: Names,
        parts: RequestParts | None = None,
    ) -> None:
        client = known_client(program, request)
        if client.method == "stream" and not self.streams:
            raise RefusedError(Reason.STREAMING, f"`{program.tree.show(request.call.func)}`")
        self._program = program
        self._tree = program.tree
        self._request = request
        self._client = client
        if parts is None:
            parts = RequestReader(program, request, needs_id=self.keeps_id, composes=True).read()
        self._parts = parts
        self._settings = settings
        self._names = names
        self._style = detect(program.tree)
        self._editor = Editor(program, request, self._style, settings)
        self._notes: list[Note] = []

    # what a target says

    def _template(self) -> Template:
        raise NotImplementedError

    def _values(self, reading: Reading) -> dict[str, str | None]:
        """More values of the template than those that every one has."""
        raise NotImplementedError

    def _id_element(self, key: str) -> list[str]:
        """The elements of the new body in the id's place; ``key`` is the old one's source."""
        raise NotImplementedError

    def _input_element(self, key: str, *, broken: bool = False) -> tuple[str, Doc]:
        """The element of the new body in the place of the input: its key, and its value."""
        raise NotImplementedError

    # both halves

    def plan(self) -> Plan:
        """The edits of both halves.

        Raises:
            RefusedError: a half cannot be written.
        """
        reader = AnswerReader(
            self._program, self._client, self._parts.sender, blank_error=self.blank_error
        )
        if reader.reads_a_run():
            raise RefusedError(Reason.HALF_MIGRATED, "the reading is the new one already")
        answer = reader.answer()
        reading = Reading(
            self._program, self._request, self._client, self._parts, answer, self._style,
            self._editor, self._names,
        )  # fmt: skip
        base = self._editor.url(self.path, self._kept_id())
        self._notes += self._editor.base_notes()
        if base is not None:
            reading.visible(self._request.url)
        self._headers()
        self._body()
        self._later()
        template = self._template()
        renames = reading.renames(template)
        result = reading.result()
        empty, with_check = reading.empty()
        # The request may stand in the reading itself: it keeps its place, with its own edits.
        inside = self._tree.is_inside(self._parts.sender, answer.reads)
        body = SPLIT if inside else reading.captured(answer.body)
        parsed = body if answer.parsed_in_place else None
        if parsed is not None and not inside:
            parsed = reading.captured(answer.body, alone=True)
        if parsed is not None:
            # A template that gives it no name of its own has it alone behind a `=`.
            body = parsed if template.alias is None else renames.get(template.alias, template.alias)
        values: dict[str, str | None] = {
            "PARSED": parsed,
            "BODY": body,
            "RESULT": result,
            "EMPTY": empty,
            "FALLBACK": None if empty in ('""', "''") else empty,
            **self._values(reading),
        }
        headers = values.get("HEADERS")
        if headers is not None and headers.isidentifier():
            renames["run_headers"], values["HEADERS"] = headers, None
        raised = reading.error_class()
        if raised is not None:
            renames["RuntimeError"] = raised
        in_async = reading.in_async()
        annotation = answer.annotation
        fill = Fill(
            values=values,
            renames=renames,
            arguments={"OPTIONS": reading.carried()} if template.asks else {},
            base=self._settings.base_url if base is None else base,
            functions=self._functions(reading, template, in_async=in_async),
            annotation=None if annotation is None else self._tree.source(annotation.annotation),
            waits=in_async and not self._client.awaited,
        )
        reopened = reading.receiver()[1] if template.asks else None
        self._editor.changes += reading.changes(
            template, fill, result, reopened, with_check=with_check
        )
        return Plan(tuple(sorted(self._editor.edits())), self.becomes, tuple(self._notes))

    def _functions(self, reading: Reading, template: Template, *, in_async: bool) -> dict[str, str]:
        """What the functions that a template calls are called in this file; imports are noted."""
        functions: dict[str, str] = {}
        for called in sorted(template.calls):
            module, _, name = called.rpartition(".")
            if called == "time.sleep" and in_async:
                module = "asyncio"
            functions[called] = reading.function(module, name)
        if template.asks:
            functions |= reading.sender_functions()
        return functions

    def _note(self, node: cst.CSTNode, text: str, *, always: bool = False) -> None:
        self._notes.append(Note(self._tree.span(node), text, always=always))

    def _gone(self, node: cst.CSTNode, gone: str = "went") -> None:
        """Tell in every report that a part of the request is sent no more."""
        text = f"`{self._tree.show(node)}` has no counterpart and {gone}"
        self._note(node, text, always=True)

    def _headers(self) -> None:
        literal = self._parts.headers
        found = None if literal is None else literal.value("openai-beta")
        added = () if literal is None else literal.added
        betas = [header for header in added if header.name.lower() == "openai-beta"]
        for header in betas:
            was = self._tree.source(header.value)
            self._note(header.statement, f"the header OpenAI-Beta was {was}")
            if self.beta is None:
                self._editor.take_out(header.statement)
            else:
                self._editor.replace(header.value, self._quoted(self.beta[1], was))
        old = None if literal is None or literal.shared else found
        if found is not None:
            self._note(found, f"the header OpenAI-Beta was {self._tree.source(found.value)}")
        if literal is not None and literal.shared and found is not None and self.beta is None:
            # Other calls go on sending it: this one leaves it out.
            if self._parts.untyped:
                raise RefusedError(
                    Reason.HEADERS_NOT_UNDERSTOOD, f"`{self._tree.show(literal.given)}`"
                )
            given, key = self._tree.source(literal.given), self._tree.source(found.key)
            shown = f"{{k: v for k, v in {given}.items() if k != {key}}}"
            self._editor.replace(literal.given, shown)
            return
        defaults = self._program.clients.default_headers(self._client)
        taken_in = literal is not None and found is None and literal.sends("openai-beta")
        taken_in &= not betas
        if self.beta is None and literal is not None and taken_in:
            shown = f"`{self._tree.show(literal.obj)}` takes in OpenAI-Beta by `**`"
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, shown)
        if self.beta is None and found is None and "openai-beta" in defaults:
            told = drop_default_beta(self._program, self._request, self._client, self._editor)
            for node, text in told:
                self._note(node, text)
        headers = {} if self.beta is None or betas else dict([self.beta])
        if self._parts.untyped:
            self._note(self._request.call, "the header Content-Type was missing")
            headers = {"Content-Type": "application/json", **headers}
        alone = literal is not None and self._tree.is_made(literal.obj)
        self._editor.add_headers(None if alone else literal, headers)
        if old is not None and self.beta is None and literal is not None:
            self._editor.remove_element(literal.obj, old)

    def _body(self) -> None:
        parts, editor = self._parts, self._editor
        if parts.body.place is not None:
            gone = "is not sent any more" if parts.body.stays else "went"
            for element in parts.dropped:
                self._gone(element, gone)
            new = (parts.workflow_id, parts.input, *parts.dropped)
            every = [e for e in parts.body.obj.elements if isinstance(e, cst.DictElement)]
            kept = [element for element in every if element not in new]
            self._compose(parts.body.place, kept, self._input_element)
            return
        for element in parts.dropped:
            self._gone(element)
            editor.remove_element(parts.body.obj, element)
        key = self._tree.source(parts.input.key)
        start, end = self._tree.chars(parts.input)
        indent = editor.indent_at(start)
        own_line = self._starts_its_line(start)
        before = ""
        if parts.workflow_id is not None:
            place = self._tree.chars(parts.workflow_id)
            joint = ",\n" + editor.indent_at(place[0])
            joint = joint if self._starts_its_line(place[0]) else ", "
            elements = self._id_element(self._tree.source(parts.workflow_id.key))
            editor.changes.append(Change(*place, joint.join(elements)))
        else:
            joint = f",\n{indent}" if own_line else ", "
            before = "".join(element + joint for element in self._id_element(key))
        broken = "\n" in self._tree.source(parts.input.value)
        name, value = self._input_element(key, broken=broken)
        line_start, _ = self._program.text.line_range(self._program.text.line(start))
        # What does not stand on a line of its own is laid out with all that is around it.
        column = (start - line_start) + len(name)
        text = render(value, self._style, indent, column, 1) if own_line else flat(value)
        for inner in self._tree.below(parts.input):
            if isinstance(inner, cst.Comment):
                raise RefusedError(Reason.COMMENT_LOST, f"in line {self._tree.line(inner)}")
        editor.changes.append(Change(start, end, before + name + text))
        for stays in parts.body.obj.elements:
            if isinstance(stays, cst.DictElement):
                self._keep(key_of(stays) or "", stays.value)
        self._close_with_comma(parts.body.obj, len(before))

    def _compose(
        self,
        place: cst.BaseExpression,
        kept: Sequence[cst.DictElement],
        asked: Callable[[str], tuple[str, Doc]],
    ) -> None:
        """Write the new body as a dict in a place, with these elements of the old one."""
        if has_comments(place):
            raise RefusedError(Reason.COMMENT_LOST, self._tree.show_line(place))
        key = self._quoted("input")
        elements = self._id_element(key)
        written = {source.partition(":")[0].strip("\"' ") for source in elements}
        for element in kept:
            name = key_of(element) or ""
            if name not in written:
                value = self._texts(name, element.value, self._moved(element.value))
                elements.append(f"{self._quoted(name)}: {value}")
        doc = Group("{", (*(("", element) for element in elements), asked(key)), "}")
        start, end = self._tree.whole(place)  # a dict needs no parentheses
        arg = self._tree.around(place, cst.Arg)
        first = self._tree.chars(place if arg is None else arg)[0]
        line_start, _ = self._program.text.line_range(self._program.text.line(start))
        indent = self._editor.indent_at(start)
        # What shares its line with others is laid out with all that is around it.
        alone = arg is None or self._starts_its_line(first)
        text = render(doc, self._style, indent, start - line_start, 1) if alone else flat(doc)
        self._editor.changes.append(Change(start, end, text))

    def _keep(self, name: str, value: cst.BaseExpression) -> None:
        """Write in its place what stays of a body, where the API takes texts only."""
        source = self._tree.source(value)
        texts = self._texts(name, value, source)
        if texts != source:
            self._editor.replace(value, texts)

    def _texts(
        self, name: str, value: cst.BaseExpression, source: str, node: cst.CSTNode | None = None
    ) -> str:
        """The source of a node, its value's where none is given, in which texts are texts.

        Raises:
            RefusedError: the lines of it do not stay as they are.
        """
        found = no_texts(self._program, name, value)
        if not found:
            return source
        node = node or value
        if source != self._tree.source(node):
            raise RefusedError(Reason.BODY_FIELD, f"`{name}`")
        first = self._tree.chars(node)[0]
        spelt, missing = self._names.imports.function("json", "dumps", self._request.call)
        self._spelling().add(missing)
        for each in reversed(found):
            start, end = (char - first for char in self._tree.whole(each.value))
            source = f"{source[:start]}{spelt}({source[start:end]}){source[end:]}"
        listed = ", ".join(f"`{key_of(each)}`" for each in found)
        told = f"{listed} of {AS_METADATA}"
        self._notes.append(Note(self._tree.span(value), told, always=True))
        return source

    def _close_with_comma(self, body: cst.Dict, added: int) -> None:
        """A comma behind the only element of a broken dict that is given another one.

        A formatter writes none behind one element, and one behind the last of several.
        """
        only = body.elements[0]
        if not added or len(body.elements) > 1 or isinstance(only.comma, cst.Comma):
            return
        end, closing = self._tree.whole(only.value)[1], self._tree.chars(body)[1] - 1
        if self._style.trailing_comma and self._program.text.line(end) != (
            self._program.text.line(closing)
        ):
            self._editor.changes.append(Change(end, end, ","))

    def _later(self) -> None:
        """Take out the assignments that give the body elements without a counterpart."""
        for assign in self._parts.going:
            self._gone(assign)
            self._editor.take_out(assign)
        body = self._parts.body
        for name, assign in body.later if body.place is None else ():
            self._keep(name, assign.value)

    def _starts_its_line(self, char: int) -> bool:
        line_start, _ = self._program.text.line_range(self._program.text.line(char))
        return not self._program.text.text[line_start:char].strip()

    def _spelling(self) -> Spelling:
        """What the file calls things at its top level, where functions are put."""
        return Spelling(self._program, self._names, self._request.call)

    # pieces of the new body

    def _id_source(self) -> str:
        """The workflow's id as the call has it, in the body or in the path."""
        element, path_id = self._parts.workflow_id, self._parts.path_id
        if element is not None:
            return self._moved(element.value)
        if path_id is None:
            return ""
        node = path_id.node
        if node is None:
            name = self._settings.assistant_id or path_id.text
            return self._quoted(name, self._tree.source(self._parts.input.key))
        self._check_names(node)
        if self._tree.around(node, cst.FormattedString) is not None:
            return self._unquoted(node)
        source = self._tree.source(node)
        # On a line of its own it may stand on several, which it does not need here.
        joins = "\n" in source and "#" not in source and not self._has_long_string(node)
        return flat(document(node)) if joins else source

    def _kept_id(self) -> cst.BaseExpression | None:
        """The expression of the old URL that the new body goes on reading."""
        path_id = self._parts.path_id
        return path_id.node if self.keeps_id and path_id is not None else None

    def _has_long_string(self, node: cst.BaseExpression) -> bool:
        return any(
            isinstance(inner, cst.SimpleString) and "\n" in inner.value
            for inner in self._tree.below(node)
        )

    def _unquoted(self, node: cst.BaseExpression) -> str:
        """An f-string's expression for use outside of it, its strings in the file's quotes."""
        start, source = self._tree.chars(node)[0], self._tree.source(node)
        for inner in self._tree.below(node):
            if not isinstance(inner, cst.SimpleString) or len(inner.quote) != 1:
                continue
            if not any(char in inner.raw_value for char in "\"'\\"):
                first, last = (place - start for place in self._tree.chars(inner))
                written = inner.prefix + self._style.quote + inner.raw_value + self._style.quote
                source = source[:first] + written + source[last:]
        return source

    def _check_names(self, node: cst.BaseExpression) -> None:
        """Refuse a name of the URL's that means something else where the id is written."""
        scopes, flow, body = self._program.scopes, self._program.flow, self._parts.body.obj
        places: list[cst.CSTNode] = [self._request.call]
        if not self._tree.is_made(body) and not self._tree.is_inside(body, self._request.call):
            places.append(body)
        for inner in self._tree.below(node):
            parent = self._tree.parent(inner)
            is_attribute = isinstance(parent, cst.Attribute) and parent.attr is inner
            if isinstance(inner, cst.Name) and not is_attribute:
                name = inner.value
                here, meant = scopes.scope_of(name, inner), flow.definition(name, inner)
                for place in places:
                    if name == "self" and self._is_of_one_object(inner, place):
                        continue
                    if here is not scopes.scope_of(name, place) or (
                        meant != flow.definition(name, place)
                    ):
                        raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{name}`")

    def _is_of_one_object(self, node: cst.CSTNode, body: cst.CSTNode) -> bool:
        """Whether `self` is one object in the URL and where the body is.

        `self.url` is a property of the same object, `self.send(body)` hands it the body.
        """
        owners = {self._tree.around(place, cst.ClassDef) for place in (node, body)}
        if len(owners) != 1 or None in owners:
            return False
        if self._tree.function_of(body) is self._tree.function_of(self._request.call):
            return self._tree.source(self._request.url).startswith("self.")
        call = self._tree.around(body, cst.Call)
        owner = (
            call.func.value if call is not None and isinstance(call.func, cst.Attribute) else None
        )
        return owner is not None and dotted(owner) == "self"

    def _quoted(self, text: str, like: str = "") -> str:
        return self._editor.quoted(text, like)

    def _user_message(self, key: str) -> Group:
        """`{"role": "user", "content": ...}`."""
        role = (self._quoted("role", key) + ": ", self._quoted("user", key))
        content = (self._quoted("content", key) + ": ", self._moved(self._parts.message))
        return Group("{", (role, content), "}")

    def _messages(self, key: str, *, broken: bool) -> Group:
        """The history, if there is one, and the message."""
        elements: list[tuple[str, Doc]] = []
        if self._parts.history is not None:
            before = with_parts(
                self._program, self._editor, self._parts.history,
                self._operand(self._parts.history), thread=self.beta is not None, style=self._style,
            )  # fmt: skip
            parsed = cst.parse_expression(before) if "\n" in before else None
            free = parsed is not None and not has_comments(parsed)
            elements.append(("*", document(parsed) if parsed is not None and free else before))
        elements.append(("", self._user_message(key)))
        return Group("[", tuple(elements), "]", broken)

    def _operand(self, node: cst.BaseExpression) -> str:
        """An expression behind a star."""
        source = self._moved(node)
        if node in self._parts.body.read:
            return source
        if isinstance(node, (cst.BinaryOperation, cst.BooleanOperation, cst.IfExp)):
            return source if node.lpar else f"({source})"
        return source

    def _moved(self, node: cst.BaseExpression) -> str:
        read = self._parts.body.read
        if node in read:
            return read[node]
        if self._tree.is_made(node) or any(p in read for p in self._tree.ancestors(node)):
            # What is read of the body that is built cannot be told from where it was put in.
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, self._tree.show_line(node))
        indent = self._editor.indent_at(self._tree.chars(node)[0])
        start, end = self._tree.whole(node)
        return dedented(self._program.text.text[start:end].replace("\r\n", "\n"), indent)
