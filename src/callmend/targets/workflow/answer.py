"""The reading of an answer, replaced by a template's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.answer import Answer, Form
from callmend.languages.ecmascript.changes import what_changes
from callmend.languages.ecmascript.emptiness import NOTHING
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import What
from callmend.languages.ecmascript.sent_headers import Headers
from callmend.languages.ecmascript.statements import (
    above,
    below,
    comment_text,
    core,
    ends_its_line,
    removal,
    starts_its_line,
)
from callmend.languages.ecmascript.statuses import Checked, checked
from callmend.languages.ecmascript.template import Capture, Fill, Template, capture, render
from callmend.languages.ecmascript.tree import descendants, field, items, show, span, text
from callmend.reasons import Reason
from callmend.records import record
from callmend.targets.workflow.parses import parse_notes
from callmend.targets.workflow.site import Site

#: The headers that further requests repeat, by the metavariables that take their values.
_HEADERS = {
    "AUTHORIZATION": b"authorization",
    "ORGANIZATION": b"openai-organization",
    "PROJECT": b"openai-project",
}
#: Expressions that need parentheses behind `||`.
_LOOSE = frozenset(
    {
        "arrow_function",
        "as_expression",
        "assignment_expression",
        "binary_expression",
        "sequence_expression",
        "ternary_expression",
        "yield_expression",
    }
)
_TIME_LIMIT = b"AbortSignal.timeout(10000)"
#: What is told of a part of the dead answer that goes to the console beside the reading.
_LOGGED = "is logged; the new answer has another such part, or none"
#: The name for the text where the file has none for it.
_RESULT = b"assistantMessage"


@record(frozen=True, slots=True)
class Reading:
    """What is read and with which template.

    ``headers`` are the request's, for a template that sends further requests, and ``signal`` is
    the request's own; ``stops``: it is the same one there. ``superseded`` are the comments that
    describe the dead answer, ``phrases`` the specification's words in the check for an empty one.
    """

    answer: Answer
    template: Template
    headers: Headers | None = None
    signal: Node | None = None
    superseded: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    stops: bool = False


class AnswerPlan:
    """Plans the edits of one reading."""

    def __init__(self, site: Site, reading: Reading) -> None:
        self._site = site
        self._program = site.program
        self._source = site.program.source
        self._call = site.request.call
        self._reading = reading
        self._answer = reading.answer
        self._template = reading.template
        self._wanted = reading.template.metavariables()
        #: What the URLs of further requests start with, where that is a setting of the file.
        self._base: bytes | None = None
        self.notes: list[Note] = []

    def edits(self) -> list[Edit]:
        """All edits of the reading.

        Raises:
            RefusedError: the new code would read a name that it does not have.
        """
        # Only what is stopped clears its timer.
        others = () if self._reading.stops else (b"clearTimeout",)
        self._site.names.check_globals(self._template, self._answer.statement, others)
        carried = self._carried()
        for node in carried.values():
            self._check_visible(node)
        if carried:
            self._check_fetch()
            self._base = self._site.base_at(self._answer.statement)
        self._check_lost_comments()
        fill = self._filled(carried)
        self.notes += parse_notes(self._program, self._answer)
        self.notes += (
            Note(span(node), f"`{show(node)}` {_LOGGED}", always=True)
            for node in self._answer.logged
        )
        return [*self._replacement(fill), *self._check(fill)]

    def _carried(self) -> dict[str, Node]:
        """The parts of the request that the template needs again, by their metavariables."""
        found: dict[str, Node] = {}
        headers = self._reading.headers
        for name, header in _HEADERS.items():
            value = None if headers is None else headers.value(header)
            if name in self._wanted and value is not None:
                found[name] = value
        if "AUTHORIZATION" in self._wanted and "AUTHORIZATION" not in found:
            raise RefusedError(Reason.NO_AUTHORIZATION)
        if "AUTHORIZATION" in self._wanted and headers is not None and headers.hides:
            # Where they are asked for again, all that they may be is repeated.
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, "the headers are spread into the request")
        if "SIGNAL" in self._wanted and self._reading.signal is not None:
            found["SIGNAL"] = self._reading.signal
        if "STOPS" in self._wanted and self._reading.signal is not None and self._reading.stops:
            found["STOPS"] = self._reading.signal
        return found

    def _check_visible(self, node: Node) -> None:
        """Refuse where a name of a header means something else at the reading."""
        for name in self._program.scopes.names_in(node):
            if not self._site.names.visible(name, self._answer.statement):
                shown = text(name).decode("utf-8", "replace")
                raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{shown}`")
        changed = what_changes(
            self._program.tree,
            self._program.scopes,
            _time_of(node) or node,
            self._call,
            self._answer.statement,
        )
        if changed is not None:
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, changed)

    def _check_fetch(self) -> None:
        """Refuse where `fetch` at the reading is not what sent the request."""
        function = field(self._call, "function")
        if function is None or function.type != "identifier":
            return
        if not self._site.names.visible(function, self._answer.statement):
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, "`fetch`")

    def _check_lost_comments(self) -> None:
        answer = self._answer
        gone = span(answer.reads) if answer.form is Form.INLINE else core(answer.statement)
        for node in descendants(answer.statement):
            if node.type == "comment" and gone.contains(span(node)):
                raise RefusedError(Reason.COMMENT_LOST, f"in line {node.start_point[0] + 1}")

    def _filled(self, carried: Mapping[str, Node]) -> Fill:
        answer = self._answer
        nodes = [*carried.values(), answer.body.node, *self._site.base_kept]
        nodes += [node for node in (answer.result, answer.fallback) if node is not None]
        declared = self._template.declared()
        if answer.result is None:
            declared |= {_RESULT}
        renames = self._site.names.declare(declared, answer.statement, nodes)
        result = renames[_RESULT] if answer.result is None else text(answer.result)
        reset, empty = self._reset(result)
        values = {
            **dict.fromkeys(self._wanted),
            "BODY": Capture(answer.body.name),
            "RESULT": Capture(result),
            "TAKES": self._takes(result),
            "FALLBACK": self._last_resort(),
            "LAST_RESORT": self._instead_of_no_characters(),
            "EMPTY_RESULT": reset,
            "EMPTY": empty,
            "UNCHECKED_RUN": self._unchecked(renames),
            "SIGNAL": self._time_limit(),
            "POLL_TIMEOUT": Capture(str(self._site.settings.poll_timeout).encode()),
            **{name: capture(self._source, node) for name, node in carried.items()},
        }
        stops = values["STOPS"] if "STOPS" in self._wanted else None
        if stops is not None and carried["STOPS"].type in _LOOSE:
            values["STOPS"] = replace(stops, text=b"(" + stops.text + b")")
        return Fill(
            style=self._site.style,
            values=values,
            indent=self._source.indent_at(answer.statement.start_byte),
            eol=self._source.eol_at(answer.statement.start_byte),
            base_url=self._site.base_url if self._base is None else self._base,
            renames=renames,
        )

    def _unchecked(self, renames: Mapping[bytes, bytes]) -> Capture | None:
        """The run's id, to be asked for where the file goes on with an error's JSON."""
        words = self._answer.fallback is not None and self._answer.empty is None
        if "UNCHECKED_RUN" not in self._wanted or not words:
            return None
        follower = Follower(self._program, self._call)
        follower.follow(self._call, What.RESPONSE, promised=True)
        if checked(follower.readings, self._program) is Checked.LEAVES:
            return None
        return Capture(renames[b"runId"])

    def _takes(self, result: bytes) -> Capture:
        """What the text is assigned to: the result, with its declaration if the reading has one."""
        answer = self._answer
        if answer.result is None:
            return Capture(b"const " + result)
        if answer.form is not Form.DECLARED:
            return Capture(result)
        head = answer.result if answer.result.parent is None else answer.result.parent
        last = field(head, "type") or answer.result
        return Capture(self._source.data[answer.statement.start_byte : last.end_byte])

    def _last_resort(self) -> Capture | None:
        """What the file takes where there is no text, unless that is an empty text."""
        answer = self._answer
        if answer.fallback is not None and answer.empty is None:
            given = capture(self._source, answer.fallback)
            simple = answer.fallback.type not in _LOOSE
            return given if simple else replace(given, text=b"(" + given.text + b")")
        if answer.handled and answer.empty in NOTHING:
            return Capture(answer.empty)
        return None

    def _instead_of_no_characters(self) -> Capture | None:
        """What the file takes where the text is empty: what stands behind `||`, not behind `??`."""
        fallback = self._answer.fallback
        parent = None if fallback is None else self._program.tree.outer(fallback)[1]
        operator = None if parent is None else field(parent, "operator")
        if fallback is None or self._answer.empty is not None or operator is None:
            return None
        return self._last_resort() if text(operator) == b"||" else None

    def _time_limit(self) -> Capture | None:
        """A limit for each further request, where the request has no signal of its own."""
        scope = self._program.scopes.scope_at(self._answer.statement)
        return None if scope.lookup(b"AbortSignal") is not None else Capture(_TIME_LIMIT)

    def _reset(self, result: bytes) -> tuple[Capture | None, Capture | None]:
        """`let result` and the text it starts with, where it does not certainly start empty."""
        answer = self._answer
        quote = self._site.style.quote
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

    def _replacement(self, fill: Fill) -> Iterator[Edit]:
        answer = self._answer
        start, removed = self._superseded()
        yield from removed
        statements = self._template.statements()
        end = statements[-1].end_byte if self._adds_check() else statements[-2].end_byte
        rendered = render(self._template, statements[0].start_byte, end, fill)
        if answer.result is not None:
            yield Edit(start, core(answer.statement).end, rendered)
            return
        indent = self._source.indent_at(answer.statement.start_byte)
        yield Edit(start, answer.statement.start_byte, rendered + fill.eol + fill.eol + indent)
        yield Edit(answer.reads.start_byte, answer.reads.end_byte, self._result(fill))

    def _superseded(self) -> tuple[int, list[Edit]]:
        """Where the replaced part starts, with comments that describe it, and removals above it."""
        start = self._answer.statement.start_byte
        removed: list[Edit] = []
        for sibling in above(self._answer.statement):
            follower = self._source.data[sibling.end_byte : start]
            superseded = self._reading.superseded
            if sibling.type != "comment" or comment_text(sibling) not in superseded:
                continue
            if sibling.start_byte < self._call.start_byte:
                # It describes the request.
                break
            joined = follower.strip() == b"" and ends_its_line(self._source, sibling.end_byte)
            if joined and starts_its_line(self._source, sibling):
                start = sibling.start_byte
            else:
                removed.append(removal(self._source, span(sibling), span(sibling)))
        return start, removed

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
        for old, new in zip(self._reading.phrases, self._phrases(), strict=False):
            for node in descendants(check):
                if node.type == "string_fragment" and text(node) == old.encode():
                    yield Edit(node.start_byte, node.end_byte, new)

    def _phrases(self) -> list[bytes]:
        """The template's own words in its check: the log line, then the error."""
        check = self._template.statements()[-1]
        return [text(node) for node in descendants(check) if node.type == "string_fragment"]


def _time_of(signal: Node) -> Node | None:
    """`X` of `AbortSignal.timeout(X)`, which can be asked for again: each request has its time."""
    function, arguments = field(signal, "function"), field(signal, "arguments")
    if function is None or arguments is None or text(function) != b"AbortSignal.timeout":
        return None
    return items(arguments)[0] if len(items(arguments)) == 1 else None
