"""The answer's half of a Python call: names, visible values and the filled template's place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.answer import Answer, Form
from callmend.languages.python.clients import Client, Library
from callmend.languages.python.find import Request
from callmend.languages.python.imports import Imports
from callmend.languages.python.layout import dedented, document, render
from callmend.languages.python.literals import Literal
from callmend.languages.python.program import Program
from callmend.languages.python.request import RequestParts
from callmend.languages.python.scopes import numbered
from callmend.languages.python.style import Style
from callmend.languages.python.template import Fill, Template
from callmend.languages.python.tree import dotted
from callmend.reasons import Reason
from callmend.records import record
from callmend.targets.python_edits import Change, Editor

#: The name for the answer's text where the file has none for it.
RESULT = "answer"
#: Stands in a filled template for an answer whose request is in the reading itself.
SPLIT = "__SPLIT__"
_NO_TEXT = ('""', "''", "None")


@dataclass(slots=True)
class Names:
    """What the rewrites of one file have added so far: modules to import, results in functions."""

    imports: Imports
    modules: list[str] = field(default_factory=list)
    results: dict[cst.CSTNode, set[str]] = field(default_factory=dict)
    helpers: dict[str, str] = field(default_factory=dict)


#: What catches a `RuntimeError`.
_CATCHES_ALL = frozenset({"RuntimeError", "Exception", "BaseException"})
#: What reading an answer without the text raises, the likeliest first.
_OF_READING = (
    "KeyError", "LookupError", "IndexError", "TypeError", "AttributeError", "ValueError",
)  # fmt: skip


@record(frozen=True, slots=True)
class Reopened:
    """A client that has to be opened again where the answer is read."""

    header: str


class Reading:
    """Puts a filled template in the place of one reading."""

    def __init__(
        self,
        program: Program,
        request: Request,
        client: Client,
        parts: RequestParts,
        answer: Answer,
        style: Style,
        editor: Editor,
        names: Names,
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._request = request
        self._client = client
        self._parts = parts
        self._answer = answer
        self._style = style
        self._editor = editor
        self._names = names
        self._taken = program.scopes.names_at(answer.statement)
        self._function = self._tree.function_of(answer.statement)

    # values that the code at the reading needs

    def visible(self, node: cst.CSTNode) -> None:
        """Check that a node's names mean at the reading what they mean where it stands.

        Raises:
            RefusedError: one does not.
        """
        for inner in self._tree.below(node):
            if isinstance(inner, cst.SimpleString) and "\n" in inner.value:
                raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, self._tree.show_line(inner))
            if not isinstance(inner, cst.Name):
                continue
            parent = self._tree.parent(inner)
            if isinstance(parent, cst.Attribute) and parent.attr is inner:
                continue
            if isinstance(parent, cst.Arg) and parent.keyword is inner:
                continue
            flow = self._program.flow
            here = flow.definition(inner.value, inner)
            there = flow.definition(inner.value, self._answer.statement.body[0])
            if here != there or self._program.scopes.scope_of(
                inner.value, inner
            ) is not self._program.scopes.scope_of(inner.value, self._answer.statement.body[0]):
                raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{inner.value}`")

    def captured(self, node: cst.BaseExpression, *, alone: bool = False) -> str:
        """An expression's source for use at the reading.

        ``alone`` tells that nothing follows it there, so that it needs no parentheses.

        Raises:
            RefusedError: a name in it means something else there.
        """
        self.visible(node)
        indent = self._editor.indent_at(self._tree.chars(node)[0])
        source = dedented(self._tree.source(node), indent).replace("\r\n", "\n")
        return f"({source})" if node.lpar and not (alone and "\n" not in source) else source

    def headers(self, beta: tuple[str, str] | None) -> str:
        """The headers of further requests, as an expression; ``beta`` is one more header."""
        literal = self._parts.headers
        more = []
        if beta is not None:
            more.append(f"{self._editor.quoted(beta[0])}: {self._editor.quoted(beta[1])}")
        if literal is None:
            return "{" + ", ".join(more) + "}"
        if literal.added:
            # What the request was given later is in it by now, the beta header too.
            return f"{self.captured(self._parts.sender.args[0].value)}.headers"
        if literal.shared:
            spread = f"**{self.captured(literal.given)}"
            return "{" + ", ".join([spread, *more]) + "}" if more else self.captured(literal.given)
        if isinstance(literal.given, cst.Name) and literal.definition is not None:
            self.visible(literal.given)
            return literal.given.value
        return self._broken(self._own_headers(literal, more))

    def _own_headers(self, literal: Literal, more: Sequence[str]) -> list[str]:
        elements = []
        for element in literal.obj.elements:
            if isinstance(element, cst.StarredDictElement):
                elements.append(f"**{self.captured(element.value)}")
            elif isinstance(element, cst.DictElement):
                key = self._program.resolver.text(element.key) or ""
                if key.lower() in ("content-type", "openai-beta", "content-length"):
                    continue
                value = self.captured(element.value)
                elements.append(f"{self._tree.source(element.key)}: {value}")
        return [*elements, *more]

    def _broken(self, elements: Sequence[str]) -> str:
        unit = self._style.indent
        lines = [f"{unit}{element}," for element in elements]
        return "\n".join(["{", *lines, "}"])

    def carried(self) -> list[str]:
        """The arguments of the call that further requests are given as well."""
        found = []
        for arg in self._parts.carried:
            value = self.captured(arg.value)
            keyword = "" if arg.keyword is None else f"{arg.keyword.value}="
            found.append(keyword + value if keyword else f"timeout={value}")
        return found

    def receiver(self) -> tuple[str, Reopened | None]:
        """The client at the reading, and how it is opened again where it is closed by then."""
        client = self._client
        if client.receiver is None:
            return client.library.value, None
        if client.holder is None or self._is_open(client.holder):
            self._check_not_closed(client)
            return self.captured(client.receiver), None
        return self._reopened(client, client.holder)

    def _is_open(self, holder: cst.WithItem) -> bool:
        around = self._tree.parent(holder)
        return isinstance(around, cst.With) and self._tree.is_inside(
            self._answer.statement, around.body
        )

    def _check_not_closed(self, client: Client) -> None:
        path = dotted(client.receiver) if client.receiver is not None else ""
        first, last = self._tree.order(self._request.call), self._tree.order(self._answer.statement)
        for node in self._tree.nodes[first:last]:
            if isinstance(node, cst.Call) and dotted(node.func) in (
                f"{path}.close",
                f"{path}.aclose",
            ):
                raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{path}` is closed by then")

    def _reopened(self, client: Client, holder: cst.WithItem) -> tuple[str, Reopened]:
        around = self._tree.parent(holder)
        maker = client.maker
        name = dotted(client.receiver) if client.receiver is not None else ""
        shown = f"`{name}` is closed by then"
        if not isinstance(around, cst.With) or maker is None or holder.item is not maker:
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, shown)
        for inner in self._tree.below(maker):
            if isinstance(inner, (cst.Await, cst.Yield, cst.Lambda, cst.NamedExpr)):
                raise RefusedError(Reason.NAME_NOT_IN_SCOPE, shown)
        word = "async with" if around.asynchronous is not None else "with"
        made = document(cst.parse_expression(self.captured(maker)))
        indent = self._editor.indent_at(self._tree.chars(self._answer.statement)[0])
        column, behind = len(indent) + len(word) + 1, len(f" as {name}:")
        source = render(made, self._style, indent, column, behind)
        return name, Reopened(f"{word} {source} as {name}:")

    # names

    def renames(self, template: Template) -> dict[str, str]:
        """New names for those of the template that mean something in this function already."""
        renames = {name: self.free(name) for name in template.bound if name != "_"}
        if "_" in template.bound and any(
            isinstance(self._tree.parent(use), cst.Call) for use in self._program.scopes.uses("_")
        ):
            renames["_"] = self.free("_attempt")
        return {old: new for old, new in renames.items() if old != new}

    def free(self, name: str) -> str:
        """A name that means nothing where the answer is read."""
        return numbered(name, self._taken.__contains__)

    def result(self) -> str:
        """What takes the text."""
        if self._answer.result is not None:
            return self._tree.source(self._answer.result)
        used = self._names.results.setdefault(self._function, set())
        free = numbered(RESULT, (used | self._taken).__contains__)
        used.add(free)
        return free

    def empty(self) -> tuple[str, bool]:
        """The text to start with, and whether an empty text has to be refused in the new code."""
        fallback = self._answer.fallback
        if fallback is None:
            return self._style.quote * 2, not self._answer.checked
        source = self.captured(fallback)
        if source in _NO_TEXT:
            own = source if source != "None" else self._style.quote * 2
            return own, not self._answer.checked
        return source, False

    def function(self, module: str, name: str) -> str:
        """What to call a function of the standard library by; its import is noted if missing."""
        spelling, missing = self._names.imports.function(module, name, self._answer.statement)
        if missing is not None and missing not in self._names.modules:
            self._names.modules.append(missing)
        return spelling

    def sender_functions(self) -> dict[str, str]:
        """What the template's `client.get` becomes where the call's function has no owner."""
        client = self._client
        if client.receiver is not None or client.library is Library.URLLIB:
            return {}
        module = client.library.value
        get = self._names.imports.sibling(module, "get", self._answer.statement)
        return {"__CLIENT__.get": get}

    def in_async(self) -> bool:
        """Whether the reading's function is async."""
        function = self._function
        return isinstance(function, cst.FunctionDef) and function.asynchronous is not None

    def error_class(self) -> str | None:
        """What to raise where no text is there, if `RuntimeError` passes the file's own handlers.

        A file that reads `data["output"]` in a `try` and catches `KeyError` goes on without it.
        """
        for parent in self._tree.ancestors(self._answer.reads):
            if isinstance(parent, (cst.FunctionDef, cst.Lambda)):
                return None
            if not isinstance(parent, cst.Try) or not self._tree.is_inside(
                self._answer.reads, parent.body
            ):
                continue
            caught = {name for handler in parent.handlers for name in _caught(handler)}
            if caught & _CATCHES_ALL:
                return None
            named = [name for name in _OF_READING if name in caught]
            if named and self._program.scopes.scope_of(named[0], parent) is None:
                return named[0]
        return None

    # the changes

    def changes(
        self,
        template: Template,
        fill: Fill,
        result: str,
        reopened: Reopened | None,
        *,
        with_check: bool,
    ) -> Iterable[Change]:
        """The filled template in the place of the reading."""
        answer = self._answer
        self._check_comments()
        start, end = self._tree.chars(answer.statement)
        indent = self._editor.indent_at(start)
        if reopened is None:
            text = template.render(fill, self._style, indent, without_last=not with_check)
        else:
            inner = indent + self._style.indent
            text = template.render(fill, self._style, inner, without_last=not with_check)
            text = f"{indent}{reopened.header}\n{text}"
        text = text.removeprefix(indent)
        if SPLIT in text:
            yield from self._around_request(text, result, indent)
            return
        first, last = self._tree.chars(answer.statement.body[-1])
        del first
        for statement in answer.gone:
            yield self._editor.line_of(statement)
        if answer.form is Form.ASSIGNED:
            yield Change(start, last, text, statements=True)
            return
        del end
        yield Change(start, start, f"{text}\n\n{indent}", statements=True)
        # With its parentheses: a name needs none.
        reads_start, reads_end = self._tree.whole(answer.reads)
        yield Change(reads_start, reads_end, result)

    def _around_request(self, text: str, result: str, indent: str) -> Iterable[Change]:
        """The template around a request that stands in the reading, which is split there."""
        answer = self._answer
        start, _ = self._tree.chars(answer.statement)
        _, end = self._tree.chars(answer.statement.body[-1])
        body_start, body_end = self._tree.whole(answer.body)
        source = self._program.text.text
        if "\n" in source[start:body_start] or answer.reads.lpar:
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(answer.reads))
        above, below = text.split(SPLIT)
        yield Change(start, body_start, above, statements=True)
        behind = ""
        if answer.form is Form.INLINE:
            reads_start, reads_end = self._tree.chars(answer.reads)
            behind = source[start:reads_start] + result + source[reads_end:end]
            behind = f"\n\n{indent}" + behind.replace("\r\n", "\n")
        yield Change(body_end, end, below + behind, statements=True)

    def _check_comments(self) -> None:
        nodes: list[cst.CSTNode] = [self._answer.reads]
        if self._tree.is_inside(self._parts.sender, self._answer.reads):
            nodes = []
        nodes += self._answer.gone
        if nodes and self._answer.form is Form.ASSIGNED:
            nodes.append(self._answer.statement.body[0])
        for node in nodes:
            for inner in self._tree.below(node):
                if isinstance(inner, cst.Comment):
                    raise RefusedError(Reason.COMMENT_LOST, f"in line {self._tree.line(inner)}")


def _caught(handler: cst.ExceptHandler) -> list[str]:
    """The names of what a handler catches; that of all for one that names nothing."""
    if handler.type is None:
        return ["BaseException"]
    kinds = handler.type.elements if isinstance(handler.type, cst.Tuple) else None
    nodes = [handler.type] if kinds is None else [element.value for element in kinds]
    return [node.value for node in nodes if isinstance(node, cst.Name)]
