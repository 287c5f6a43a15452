"""An answer that is read as a stream: the parse, the reading, and the function that reads."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.answer import Answer
from callmend.languages.ecmascript.flow import Flow
from callmend.languages.ecmascript.guards import Guard, check_stable, guards_of, implies
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.template import Capture, Fill, Template, render
from callmend.languages.ecmascript.transports import FETCH_PACKAGES, imported_from
from callmend.languages.ecmascript.tree import (
    called,
    field,
    items,
    show_line,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.targets.workflow.answer import AnswerPlan
from callmend.targets.workflow.site import Site

#: Conditions that take a `!` without parentheses.
_TIGHT = frozenset({"identifier", "member_expression", "call_expression", "subscript_expression"})
#: Conditions that a `?` behind them would tear apart.
_LOOSE = frozenset(
    {"ternary_expression", "assignment_expression", "arrow_function", "sequence_expression"}
)
#: The platform's class, by the name that files declare for others too.
RESPONSE = b"Response"
_OWN_TYPES = frozenset({"interface_declaration", "type_alias_declaration", "class_declaration"})


class StreamedAnswer(AnswerPlan):
    """The reading of what the function has gathered; its check stands above it."""

    def _replacement(self, fill: Fill) -> Iterator[Edit]:
        answer = self._answer
        start, removed = self._superseded()
        yield from removed
        statements = self._template.statements()
        last = statements[-1] if self._adds_check() else statements[-2]
        above = render(self._template, statements[0].start_byte, last.end_byte, fill)
        indent = self._source.indent_at(answer.statement.start_byte)
        yield Edit(start, answer.statement.start_byte, above + fill.eol + indent)
        fallback = fill.values["FALLBACK"]
        reads = answer.body.name + b".output_text"
        reads += b"" if fallback is None else b" || " + fallback.text
        yield Edit(answer.reads.start_byte, answer.reads.end_byte, reads)


class Parse:
    """The place where a response is parsed, made to read the stream instead."""

    def __init__(self, site: Site, flow: Flow, answer: Answer, template: Template) -> None:
        self._site = site
        self._flow = flow
        self._template = template
        self._value = _parsed(answer)
        base = template.functions()[0]
        # A run before this one may have put the very function there.
        self._is_there = self._function(base).endswith(_declared(site, base))
        self._name = base if self._is_there else site.names.helper(base)

    def edits(self) -> list[Edit]:
        """The edits at the parse.

        Raises:
            RefusedError: another request is parsed there, and nothing tells the two apart.
        """
        call = unwrapped(items(self._value)[0])
        response = text_of(field(call, "function") or call, "object")
        given = response + self._on_text()
        reads = self._name + b"(" + given + b")"
        condition = self._condition()
        if condition is None:
            return [Edit(call.start_byte, call.end_byte, reads)]
        at = self._value.start_byte
        return [Edit(at, at, condition + b" ? await " + reads + b" : ")]

    def functions(self) -> tuple[bytes, ...]:
        """The function that reads the stream, for the end of the file, unless it is there."""
        return () if self._is_there else (self._function(self._name),)

    def _function(self, name: bytes) -> bytes:
        source = self._site.program.source
        statements = self._template.statements()
        fill = Fill(
            style=self._site.style,
            values={"RESPONSE_TYPE": Capture(response_type(self._site))},
            eol=source.eol_at(len(source.data)),
            base_url=self._site.base_url,
            renames={self._template.functions()[0]: name},
        )
        start, end = statements[0].start_byte, statements[-1].end_byte
        return render(self._template, start, end, fill)

    def _on_text(self) -> bytes:
        wanted = self._site.settings.on_text
        if wanted is None:
            return b""
        root = wanted.split(".")[0].encode()
        scope = self._site.program.scopes.scope_at(self._value)
        if root != b"this" and scope.lookup(root) is None:
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{root.decode()}`, given by on-text")
        return b", " + wanted.encode()

    def _condition(self) -> bytes | None:
        """The condition under which it is our response that is parsed; None if it always is."""
        tree, scopes = self._flow.tree, self._flow.scopes
        around = guards_of(tree, scopes, self._value)
        missing = [g for g in self._flow.guards if not implies(around, (g,))]
        if not missing:
            return None
        check_stable(tree, scopes, tuple(missing), self._flow.call, self._value)
        return b" && ".join(self._spelt(guard, alone=len(missing) == 1) for guard in missing)

    def _spelt(self, guard: Guard, *, alone: bool) -> bytes:
        condition = unwrapped(guard.condition)
        names = self._site.program.scopes.names_in(condition)
        visible = all(self._site.names.visible(name, self._value) for name in names)
        if guard.statement.type != "if_statement" or guard.leaves or not visible:
            raise RefusedError(Reason.SHARED_READ, show_line(self._value))
        if not guard.holds:
            tight = condition.type in _TIGHT
            return b"!" + text(condition) if tight else b"!(" + text(condition) + b")"
        bare = condition.type not in _LOOSE and (alone or condition.type in _TIGHT)
        return text(condition) if bare else b"(" + text(condition) + b")"


def response_type(site: Site) -> bytes:
    """The platform's `Response`, which a file may have another thing of the name beside."""
    program = site.program
    own = program.scopes.root.lookup(RESPONSE) is not None or any(
        node.type in _OWN_TYPES and text_of(node, "name") == RESPONSE for node in program.tree.nodes
    )
    return b"globalThis." + RESPONSE if own else RESPONSE


def text_response(site: Site) -> bytes:
    """The class of a response that holds a text: that of the file's own library of `fetch`, too.

    A library's may take no stream of the platform's.
    """
    binding = site.program.scopes.root.lookup(RESPONSE)
    known = binding is not None and _is_of_a_fetch_library(binding)
    return RESPONSE if known else response_type(site)


def _is_of_a_fetch_library(binding: Binding) -> bool:
    """Whether it is the class that a library has beside its `fetch`, and not only its type."""
    statement: Node | None = binding.declarator
    while statement is not None and statement.type != "import_statement":
        statement = statement.parent
    parts = (*binding.declarator.children, *(() if statement is None else statement.children))
    is_type = any(part.type == "type" for part in parts)
    module = imported_from(binding)
    return module in (*FETCH_PACKAGES, "undici") and not binding.writes and not is_type


def library_note(site: Site) -> list[Note]:
    """What is told of a file with a library's `fetch`, in whose place an old Node has no class."""
    name = called(site.request.call)
    binding = site.program.scopes.binding(name) if name.type == "identifier" else None
    module = None if binding is None else imported_from(binding)
    own = site.program.scopes.root.lookup(RESPONSE) is not None
    if module not in FETCH_PACKAGES or own or response_type(site) != RESPONSE:
        return []
    told = f"`new Response` is Node's own, which it has from version 18 on; `{module}` has one too"
    return [Note(span(name), told)]


def _declared(site: Site, name: bytes) -> bytes:
    """The file's own top-level function of a name, or what no text ends in."""
    for node in site.program.tree.root.named_children:
        if node.type == "function_declaration" and text_of(node, "name") == name:
            return text(node)
    return b"\0"


def _parsed(answer: Answer) -> Node:
    """The `await response.json()` that the answer's variable gets.

    Raises:
        RefusedError: it gets something else.
    """
    parent = answer.body.node.parent
    value = field(parent, "value") or field(parent, "right")
    inner = None if value is None else unwrapped(value)
    if inner is not None and inner.type == "await_expression":
        call = unwrapped(items(inner)[0])
        function = field(call, "function")
        owner = field(function, "object")
        if (
            function is not None
            and owner is not None
            and owner.type == "identifier"
            and text_of(function, "property") == b"json"
            and not items(field(call, "arguments") or call)
        ):
            return inner
    where = answer.body.node if value is None else value
    raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(where))
