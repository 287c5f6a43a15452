"""The answer's half of the assistants target, for TypeScript and JavaScript."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.endpoints import Endpoint
from callmend.findings import Note
from callmend.languages.ecmascript.answer import Answer, Form
from callmend.languages.ecmascript.changes import what_changes
from callmend.languages.ecmascript.emptiness import NOTHING
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.request import Headers
from callmend.languages.ecmascript.statements import (
    above,
    below,
    comment_text,
    core,
    ends_its_line,
    removal,
    starts_its_line,
)
from callmend.languages.ecmascript.style import Style
from callmend.languages.ecmascript.template import Capture, Fill, capture, load, render
from callmend.languages.ecmascript.tree import descendants, field, span, text
from callmend.reasons import Reason
from callmend.targets.assistants.request import TARGET

_TEMPLATE = "answer.ts"
#: The name for the text where the file has none for it.
_RESULT = b"assistantMessage"


class AnswerPlan:
    """Plans the edits of one reading."""

    def __init__(
        self,
        program: Program,
        endpoint: Endpoint,
        call: Node,
        answer: Answer,
        headers: Headers,
        style: Style,
        base_url: bytes,
        names: Names,
    ) -> None:
        self._program = program
        self._source = program.source
        self._endpoint = endpoint
        self._call = call
        self._answer = answer
        self._headers = headers
        self._style = style
        self._base_url = base_url
        self._names = names
        self._template = load(TARGET, _TEMPLATE)
        self.notes: list[Note] = []

    def edits(self) -> list[Edit]:
        """All edits of the reading.

        Raises:
            RefusedError: the polling would read a name that it does not have.
        """
        authorization = self._header(b"authorization")
        if authorization is None:
            raise RefusedError(Reason.NO_AUTHORIZATION)
        self._names.check_globals(self._template, self._answer.statement)
        carried = [authorization]
        organization = self._header(b"openai-organization")
        project = self._header(b"openai-project")
        carried += [node for node in (organization, project) if node is not None]
        for node in carried:
            self._check_visible(node)
        self._check_fetch()
        self._check_lost_comments()
        fill = self._filled(authorization, organization, project, carried)
        return [*self._reading(fill), *self._check(fill)]

    def _header(self, name: bytes) -> Node | None:
        return self._headers.value(name)

    def _check_visible(self, node: Node) -> None:
        """Refuse where a name of a header means something else at the reading."""
        for name in self._program.scopes.names_in(node):
            if not self._names.visible(name, self._answer.statement):
                shown = text(name).decode("utf-8", "replace")
                raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{shown}`")
        changed = what_changes(
            self._program.tree, self._program.scopes, node, self._call, self._answer.statement
        )
        if changed is not None:
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, changed)

    def _check_fetch(self) -> None:
        """Refuse where `fetch` at the reading is not what sent the request."""
        function = field(self._call, "function")
        if function is None or function.type != "identifier":
            return
        if not self._names.visible(function, self._answer.statement):
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, "`fetch`")

    def _check_lost_comments(self) -> None:
        answer = self._answer
        gone = span(answer.reads) if answer.form is Form.INLINE else core(answer.statement)
        for node in descendants(answer.statement):
            if node.type == "comment" and gone.contains(span(node)):
                raise RefusedError(Reason.COMMENT_LOST, f"in line {node.start_point[0] + 1}")

    def _filled(
        self, authorization: Node, organization: Node | None, project: Node | None, used: list[Node]
    ) -> Fill:
        answer = self._answer
        nodes = [*used, answer.body.node]
        nodes += [node for node in (answer.result, answer.fallback) if node is not None]
        declared = self._template.declared()
        if answer.result is None:
            declared |= {_RESULT}
        renames = self._names.declare(declared, answer.statement, nodes)
        result = renames[_RESULT] if answer.result is None else text(answer.result)
        reset, empty = self._reset(result)

        def maybe(node: Node | None) -> Capture | None:
            return None if node is None else capture(self._source, node)

        return Fill(
            style=self._style,
            values={
                "BODY": Capture(answer.body.name),
                "RESULT": Capture(result),
                "EMPTY_RESULT": reset,
                "EMPTY": empty,
                "AUTHORIZATION": capture(self._source, authorization),
                "ORGANIZATION": maybe(organization),
                "PROJECT": maybe(project),
            },
            indent=self._source.indent_at(answer.statement.start_byte),
            eol=self._source.eol_at(answer.statement.start_byte),
            base_url=self._base_url,
            renames=renames,
        )

    def _reset(self, result: bytes) -> tuple[Capture | None, Capture | None]:
        """`let result` and the text it starts with, where it does not certainly start empty."""
        answer = self._answer
        quote = self._style.quote
        empty = Capture(quote + quote)
        if answer.fallback is not None and answer.empty is None:
            empty = capture(self._source, answer.fallback)
        elif answer.handled and answer.empty in NOTHING and not answer.starts_empty:
            # The file's own code asks for exactly this.
            empty = Capture(answer.empty)
        elif answer.form is Form.ASSIGNED and answer.starts_empty:
            return None, None
        if answer.form is Form.ASSIGNED:
            return Capture(result), empty
        if answer.result is None:
            return Capture(b"let " + result), empty
        declarator = answer.result.parent
        declared = field(declarator, "type")
        word = b"var " if answer.statement.type == "variable_declaration" else b"let "
        kind = b"" if declared is None else text(declared)
        return Capture(word + result + kind), empty

    # edits

    def _reading(self, fill: Fill) -> Iterator[Edit]:
        answer = self._answer
        start = answer.statement.start_byte
        for sibling in above(answer.statement):
            follower = self._source.data[sibling.end_byte : start]
            if sibling.type != "comment" or comment_text(sibling) not in self._endpoint.comments:
                continue
            if sibling.start_byte < self._call.start_byte:
                # It describes the request.
                break
            joined = follower.strip() == b"" and ends_its_line(self._source, sibling.end_byte)
            if joined and starts_its_line(self._source, sibling):
                start = sibling.start_byte
            else:
                yield removal(self._source, span(sibling), span(sibling))
        statements = self._template.statements()
        end = statements[-1].end_byte if self._adds_check() else statements[-2].end_byte
        rendered = render(self._template, statements[0].start_byte, end, fill)
        if answer.result is not None:
            yield Edit(start, core(answer.statement).end, rendered)
            return
        indent = self._source.indent_at(answer.statement.start_byte)
        yield Edit(start, answer.statement.start_byte, rendered + fill.eol + fill.eol + indent)
        yield Edit(answer.reads.start_byte, answer.reads.end_byte, self._result(fill))

    def _result(self, fill: Fill) -> bytes:
        result = fill.values["RESULT"]
        return b"" if result is None else result.text

    def _adds_check(self) -> bool:
        """Whether the template's own check for an empty answer is needed."""
        return self._answer.empty is not None and not self._answer.handled

    def _check(self, fill: Fill) -> Iterator[Edit]:
        """The user's own check stays; the specification's phrases in it are exchanged."""
        check = self._answer.on_missing
        if check is None:
            return
        behind = below(self._answer.statement)
        start = core(self._answer.statement).end
        if behind and behind[0] == check and starts_its_line(self._source, check):
            line = self._source.line_end(start)
            if self._source.data[line : self._source.line_end(line)].strip():
                yield Edit(line, line, fill.eol)
        for old, new in zip(self._endpoint.phrases, self._phrases(), strict=False):
            for node in descendants(check):
                if node.type == "string_fragment" and text(node) == old.encode():
                    yield Edit(node.start_byte, node.end_byte, new)

    def _phrases(self) -> list[bytes]:
        """The template's own words in its check: the log line, then the error."""
        check = self._template.statements()[-1]
        return [text(node) for node in descendants(check) if node.type == "string_fragment"]
