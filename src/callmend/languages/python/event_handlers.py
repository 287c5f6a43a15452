"""Event handlers of OpenAI's own Python client: classes whose methods a run's events call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition, parameters
from callmend.languages.python.tree import dotted
from callmend.reasons import Reason

#: Methods whose events a response has as well, with what each is given beside the handler.
ALIKE = {
    "on_text_created": ("text",),
    "on_text_delta": ("delta", "snapshot"),
    "on_text_done": ("text",),
    "on_tool_call_created": ("tool_call",),
    "on_tool_call_done": ("tool_call",),
    "on_message_done": ("message",),
    "on_exception": ("exception",),
    "on_end": (),
}
#: Methods that are called for what tools do: never, where the new request sends none.
_OF_TOOLS = {"on_tool_call_delta": ("delta", "snapshot"), "on_image_file_done": ("image_file",)}
#: Of these one parameter stays, which is then itself what the method reads of it.
_GIVEN = {
    "on_text_delta": "value",
    "on_text_done": "value",
    "on_tool_call_created": "type",
    "on_tool_call_done": "type",
}
_BASES = {"openai.AssistantEventHandler": False, "openai.AsyncAssistantEventHandler": True}
_OVERRIDE = frozenset({"typing.override", "typing_extensions.override"})
#: What a handler has of the client.
_OF_CLIENT = frozenset(
    {"close", "current_event", "current_message_snapshot", "current_run",
     "current_run_step_snapshot", "get_final_messages", "get_final_run", "get_final_run_steps",
     "until_done", "text_deltas"}
)  # fmt: skip


@dataclass
class EventHandler:
    """One handler's class.

    ``made`` is the expression that makes it, ``variable`` the name that it is given, if any;
    ``methods`` are those that are called, ``quiet`` those of tools that none will call,
    ``changes`` ranges of characters with what replaces them, so that the class stands alone and
    takes texts. ``reads_created`` tells that `on_text_created` takes one, too.
    """

    made: cst.Call
    variable: str
    methods: list[str] = field(default_factory=list)
    quiet: list[str] = field(default_factory=list)
    reads_created: bool = False
    changes: list[tuple[int, int, str]] = field(default_factory=list)


class HandlerReader:
    """Reads the handler that a stream is given.

    Raises:
        RefusedError: a method handles what no event of a response is like, or reads of an event
            what the new one does not have.
    """

    def __init__(
        self,
        program: Program,
        given: cst.BaseExpression,
        namespace: Callable[[], str],
        *,
        awaited: bool,
        tools: bool,
    ) -> None:
        self._program = program
        #: How the file spells `types.SimpleNamespace`, once that is needed.
        self._namespace = namespace
        self._tools = tools
        self._tree = program.tree
        made = program.resolver.single(given)
        owner = self._class(made, given)
        if not isinstance(made, cst.Call):
            raise self._refused(given, "is no handler that is made here")
        variable = given.value if isinstance(given, cst.Name) else ""
        if made is not given and not variable:
            raise self._refused(given, "is kept in a field")
        self.handler = EventHandler(made, variable)
        self._check_class(owner, awaited=awaited)
        for node in owner.body.body:
            if isinstance(node, cst.FunctionDef) and node.name.value.startswith("on_"):
                self._method(node, owner, awaited=awaited)
        self._check_own(owner)
        if variable:
            self._check_variable(given, owner)

    def _refused(self, node: cst.CSTNode, why: str) -> RefusedError:
        return RefusedError(Reason.ASSISTANTS_STREAM, f"{self._tree.show_line(node)} {why}")

    def _class(self, made: cst.BaseExpression, given: cst.BaseExpression) -> cst.ClassDef:
        name = made.func if isinstance(made, cst.Call) else made
        found = self._program.flow.every(name.value, given) if isinstance(name, cst.Name) else []
        node = found[0].node if len(found) == 1 else None
        if not isinstance(node, cst.ClassDef):
            shown = self._tree.show_line(given)
            raise RefusedError(Reason.ASSISTANTS_STREAM, f"the handler {shown} is of another file")
        return node

    def _check_class(self, owner: cst.ClassDef, *, awaited: bool) -> None:
        """The base goes; nothing else may make or extend the class."""
        name = owner.name.value
        if len(owner.bases) != 1 or owner.keywords or owner.decorators:
            raise self._refused(owner.name, "has other bases than the client's handler")
        base = owner.bases[0].value
        if _BASES.get(self._program.scopes.imported(base)) is not awaited:
            raise self._refused(base, "is no handler of this client")
        if len(self._program.scopes.uses(name)) != 1:
            raise self._refused(owner.name, "handles more than one stream")
        start = self._tree.chars(owner.name)[1]
        end = self._program.text.text.index(")", self._tree.whole(base)[1]) + 1
        self._change(start, end, "")

    def _change(self, start: int, end: int, new: str) -> None:
        self.handler.changes.append((start, end, new))

    def _method(self, node: cst.FunctionDef, owner: cst.ClassDef, *, awaited: bool) -> None:
        name = node.name.value
        where = f"`{name}` of `{owner.name.value}` in line {self._tree.line(node)}"
        takes = ALIKE.get(name)
        if not self._tools:
            takes = takes if takes is not None else _OF_TOOLS.get(name)
        if takes is None:
            raise RefusedError(
                Reason.ASSISTANTS_STREAM, f"{where} handles what no event of a response is like"
            )
        given = parameters(node)[1:]
        plain = len(node.params.params) == len(given) + 1 and len(given) == len(takes)
        if not plain or any(param.default is not None for param in given):
            raise RefusedError(Reason.ASSISTANTS_STREAM, f"{where} has other parameters")
        if (node.asynchronous is not None) is not awaited:
            raise RefusedError(Reason.ASSISTANTS_STREAM, f"{where} is not awaited by the client")
        for decorator in node.decorators:
            if self._program.scopes.imported(decorator.decorator) not in _OVERRIDE:
                raise self._refused(decorator.decorator, "decorates a method of the handler")
            start, end = self._program.text.line_range(self._tree.line(decorator))
            if "#" in self._program.text.text[start:end]:
                raise RefusedError(Reason.COMMENT_LOST, self._tree.show_line(decorator))
            self._change(start, end, "")
        if name in _OF_TOOLS:
            self.handler.quiet.append(name)
            return
        self.handler.methods.append(name)
        if name == "on_exception":
            return
        kept = given[:1] if name in _GIVEN or name == "on_message_done" else []
        if name == "on_text_created" and self._uses(given[0]):
            self.handler.reads_created = True
            kept = given
        for param in kept:
            if name == "on_message_done":
                self._message(param)
            else:
                self._text(param, _GIVEN.get(name, "value"))
        self._drop(node.params.params[0], list(given[len(kept) :]), kept)

    def _uses(self, param: cst.Param) -> list[cst.Name]:
        mine, maybe = self._program.flow.uses(Definition(param.name.value, param, None))
        if maybe:
            raise self._refused(maybe[0], "is read in another function")
        return mine

    def _text(self, param: cst.Param, read: str) -> None:
        """A parameter that was a piece of text, or a tool's call, with more, and is the one read.

        Of a tool's call that is its kind.
        """
        for use in self._uses(param):
            parent = self._tree.parent(use)
            if not isinstance(parent, cst.Attribute) or parent.attr.value != read:
                raise self._refused(parent or use, "reads what an event of a response has not")
            self._change(self._tree.chars(use)[1], self._tree.chars(parent)[1], "")
        if param.annotation is not None:
            self._change(*self._tree.chars(param.annotation.annotation), "str")

    def _message(self, param: cst.Param) -> None:
        """A parameter that was a message, of which its text is read, and is that text."""
        for use in self._uses(param):
            content = self._tree.parent(use)
            part = None if content is None else self._tree.parent(content)
            text = None if part is None else self._tree.parent(part)
            first = isinstance(part, cst.Subscript) and self._tree.source(part.slice[0]) == "0"
            if not first or not _reads(content, "content") or not _reads(text, "text"):
                raise self._refused(content or use, "reads what an event of a response has not")
            value = self._tree.parent(text) if text is not None else None
            if _reads(value, "value") and value is not None:
                self._change(self._tree.chars(use)[1], self._tree.chars(value)[1], "")
            elif isinstance(text, cst.Attribute):
                self._noted(text, value)
                new = f"{self._namespace()}(value={use.value}, annotations=[])"
                self._change(*self._tree.chars(text), new)
        if param.annotation is not None:
            self._change(*self._tree.chars(param.annotation.annotation), "str")

    def _noted(self, text: cst.Attribute, assign: cst.CSTNode | None) -> None:
        """Check a text with its annotations, of which there are none without tools."""
        target = assign.targets[0].target if isinstance(assign, cst.Assign) else None
        if self._tools or not isinstance(target, cst.Name) or not isinstance(assign, cst.Assign):
            raise self._refused(text, "reads what an event of a response has not")
        if len(assign.targets) != 1:
            raise self._refused(text, "is given two names")
        mine, maybe = self._program.flow.uses(Definition(target.value, assign, assign.value))
        for use in (*mine, *maybe):
            parent = self._tree.parent(use)
            if not _reads(parent, "value") and not _reads(parent, "annotations"):
                raise self._refused(parent or use, "reads what an event of a response has not")

    def _drop(self, first: cst.Param, gone: list[cst.Param], kept: list[cst.Param]) -> None:
        """Parameters that no event of a response gives, which nothing may read."""
        for param in gone:
            uses = self._uses(param)
            if uses:
                raise self._refused(uses[0], "is not told by an event of a response")
        if gone:
            start, end = self._end(kept[-1] if kept else first), self._end(gone[-1])
            if "#" in self._program.text.text[start:end]:
                raise RefusedError(Reason.COMMENT_LOST, self._tree.show_line(gone[-1]))
            self._change(start, end, "")

    def _end(self, param: cst.Param) -> int:
        last = param.name if param.annotation is None else param.annotation.annotation
        return self._tree.chars(last)[1]

    def _check_own(self, owner: cst.ClassDef) -> None:
        """Refuse what the class asks of the client's handler, but for its `__init__`."""
        for node in self._tree.below(owner.body):
            if isinstance(node, cst.Attribute) and dotted(node.value) == "self":
                if node.attr.value in _OF_CLIENT:
                    raise self._refused(node, "is of the client's handler")
            if isinstance(node, cst.Call) and dotted(node.func) == "super":
                parent = self._tree.parent(node)
                call = None if parent is None else self._tree.parent(parent)
                plain = isinstance(parent, cst.Attribute) and parent.attr.value == "__init__"
                if not plain or not isinstance(call, cst.Call) or call.args:
                    raise self._refused(node, "asks the client's handler for something")

    def _check_variable(self, given: cst.BaseExpression, owner: cst.ClassDef) -> None:
        own = {
            node.attr.value
            for node in self._tree.below(owner.body)
            if isinstance(node, cst.Attribute) and dotted(node.value) == "self"
        }
        own |= {n.name.value for n in owner.body.body if isinstance(n, cst.FunctionDef)}
        [definition] = self._program.resolver.definitions(given)
        mine, maybe = self._program.flow.uses(definition)
        for use in [*mine, *maybe]:
            parent = self._tree.parent(use)
            if use is given:
                continue
            if not isinstance(parent, cst.Attribute) or parent.attr.value not in own:
                raise self._refused(parent or use, "asks the handler for what its class has not")
            if parent.attr.value in ALIKE:
                raise self._refused(parent, "calls the handler itself")


def _reads(node: cst.CSTNode | None, name: str) -> bool:
    return isinstance(node, cst.Attribute) and node.attr.value == name


def is_in_handler(program: Program, node: cst.CSTNode) -> bool:
    """Whether a node stands in the class of an event handler."""
    owner = program.tree.around(node, cst.ClassDef)
    bases = [] if owner is None else owner.bases
    return any(program.scopes.imported(base.value) in _BASES for base in bases)
