"""A run's parameters as those of a response: model, instructions, tools, format, limits."""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.template import Capture, capture
from callmend.languages.ecmascript.tree import (
    field,
    items,
    member_value,
    members,
    show,
    show_line,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import HOLE
from callmend.models import default_model, sources, status_of
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.responses.literals import Literals, at_margin, joined

_NOTHING = frozenset({b"null", b"undefined"})
#: What has no counterpart, and why nothing is lost that the new API would do.
_DROPPED = {
    b"truncation_strategy": "a response truncates nothing unless it is told to",
    b"max_prompt_tokens": "a response has no limit for its input",
    b"temperature": "models that reason reject it",
    b"top_p": "models that reason reject it",
}
#: What an assistant has that only named it.
_NAMES = frozenset({b"name", b"description"})

#: What an expression of the settings may start with though the file does not declare it.
_GLOBALS = frozenset({b"this", b"process", b"globalThis", b"window", b"import", b"Deno", b"Bun"})

Members = dict[bytes, Node]


class Parameters:
    """Maps the parameters of one run, those of its assistant below them."""

    def __init__(
        self,
        program: Program,
        settings: Settings,
        literals: Literals,
        value: Callable[[Node], Capture],
    ) -> None:
        """``value`` gives an expression as it can stand in the new call."""
        self._program = program
        self._settings = settings
        self._literals = literals
        self._value = value
        self.values: dict[str, Capture | None] = {}
        self.notes: list[Note] = []

    def read(self, run: Members, assistant: Members, resources: Node | None, at: Node) -> None:
        """Fill ``values`` by the template's names.

        ``run`` are the run's members by name, ``assistant`` those of its assistant where the file
        makes it, ``resources`` the thread's `tool_resources`.

        Raises:
            RefusedError: a parameter cannot be mapped.
        """
        merged = {**{k: v for k, v in assistant.items() if k not in _NAMES}, **run}
        self._at = at
        self._model(merged.pop(b"model", None))
        self._instructions(
            merged.pop(b"instructions", None), merged.pop(b"additional_instructions", None)
        )
        resource = merged.pop(b"tool_resources", None)
        self._tools(
            merged.pop(b"tools", None),
            [r for r in (None if resource is None else member_value(resource), resources) if r],
        )
        for name, member in merged.items():
            self._other(name, member)

    # model and instructions

    def _model(self, member: Node | None) -> None:
        chosen = self._settings_model()
        if self._settings.model_expr or self._settings.model:
            self.values["MODEL"] = chosen
            return
        if member is not None and text(member_value(member)) not in _NOTHING:
            value = member_value(member)
            texts = self._program.resolver.value(value).texts
            unfit = [status_of(name) for name in texts if not status_of(name).may_be_written]
            if not unfit:
                self.values["MODEL"] = self._value(value)
                if HOLE in "".join(texts):
                    self._note(value, f"the model is {show(value)} as before; see that it is live")
                return
            self.values["MODEL"] = chosen
            why = f"{unfit[0].sentence} ({sources()[0]}), so the new call names {_shown(chosen)}"
            self._note(value, why)
            return
        self.values["MODEL"] = chosen
        self._note(
            self._at,
            f"the assistant's model stood on the server; the new call names {_shown(chosen)}"
            f" ({sources()[1]}); --model names another",
        )

    def _settings_model(self) -> Capture:
        expression = self._settings.model_expr
        if expression:
            self._check_visible(expression, "model-expr")
            return Capture(expression.encode())
        return self._literals.string(self._settings.model or default_model())

    def _check_visible(self, expression: str, flag: str) -> None:
        root = expression.split(".", maxsplit=1)[0].encode()
        scope = self._program.scopes.scope_at(self._at)
        if root not in _GLOBALS and scope.lookup(root) is None:
            detail = f"`{root.decode()}`, given by {flag}"
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, detail)

    def _settings_instructions(self) -> Capture | None:
        expression = self._settings.instructions_expr
        if expression:
            self._check_visible(expression, "instructions-expr")
            return Capture(expression.encode())
        words = self._settings.instructions
        return self._literals.string(words) if words else None

    def _instructions(self, base: Node | None, more: Node | None) -> None:
        given = [
            self._value(member_value(member))
            for member in (base, more)
            if member is not None and text(member_value(member)) not in _NOTHING
        ]
        if base is None:
            settings = self._settings_instructions()
            if settings is not None:
                given.insert(0, settings)
            else:
                self._note(
                    self._at,
                    "the assistant's own instructions and tools stood on the server and are gone; "
                    "give them with --instructions, or write them into the call",
                )
        if not given:
            self.values["INSTRUCTIONS"] = None
        elif len(given) == 1:
            self.values["INSTRUCTIONS"] = given[0]
        else:
            blank = Capture(b"'\\n\\n'" if self._literals.style.quote == b"'" else b'"\\n\\n"')
            listed = self._literals.array(given)
            self.values["INSTRUCTIONS"] = joined([listed, b".join(", blank, b")"])

    # tools

    def _tools(self, member: Node | None, resources: list[Node]) -> None:
        self.values["TOOLS"] = None
        found = self._resources(resources)
        if member is None or text(member_value(member)) in _NOTHING:
            if found:
                raise RefusedError(Reason.TOOL_SETUP, show_line(resources[0]))
            return
        listed = unwrapped(member_value(member))
        constant = self._program.resolver.constant(listed)
        if listed.type != "array":
            if constant is None or constant.type != "array":
                raise RefusedError(Reason.TOOL_SETUP, show_line(listed))
            listed = constant
        self.values["TOOLS"] = self._literals.array(
            [self._tool(unwrapped(tool), found) for tool in items(listed)]
        )
        if not items(listed):
            self.values["TOOLS"] = None

    def _resources(self, resources: list[Node]) -> dict[bytes, Members]:
        found: dict[bytes, Members] = {}
        for resource in resources:
            inside = self._object(resource, Reason.TOOL_SETUP)
            for name, member in inside.items():
                if name not in found:
                    found[name] = self._object(member_value(member), Reason.TOOL_SETUP)
        return found

    def _tool(self, tool: Node, resources: dict[bytes, Members]) -> Capture:
        constant = self._program.resolver.constant(tool)
        inside = self._object(constant or tool, Reason.TOOL_SETUP)
        kind = text(unwrapped(member_value(inside[b"type"]))) if b"type" in inside else b""
        word = kind[1:-1]
        if word == b"function":
            return self._function(tool, inside)
        if word == b"file_search":
            return self._file_search(tool, inside, resources.get(b"file_search", {}))
        if word == b"code_interpreter":
            given = resources.get(b"code_interpreter", {})
            container = [(b"type", self._literals.string("auto"))]
            if b"file_ids" in given:
                container.append((b"file_ids", self._value(member_value(given[b"file_ids"]))))
            return self._literals.object(
                [
                    (b"type", self._literals.string("code_interpreter")),
                    (b"container", self._literals.object(container)),
                ]
            )
        raise RefusedError(Reason.TOOL_SETUP, show_line(tool))

    def _function(self, tool: Node, inside: Members) -> Capture:
        """`{type, function: {name, parameters}}` made flat."""
        if set(inside) != {b"type", b"function"}:
            raise RefusedError(Reason.TOOL_SETUP, show_line(tool))
        own = self._object(member_value(inside[b"function"]), Reason.TOOL_SETUP)
        if b"name" not in own or not set(own) <= {
            b"name",
            b"description",
            b"parameters",
            b"strict",
        }:
            raise RefusedError(Reason.TOOL_SETUP, show_line(tool))
        pairs = [(b"type", self._literals.string("function"))]
        pairs += [(name, self._value(member_value(member))) for name, member in own.items()]
        # A response takes the parameters strictly unless it is told not to; a run did not.
        if b"parameters" not in own:
            pairs.append((b"parameters", Capture(b"null")))
        if b"strict" not in own:
            pairs.append((b"strict", Capture(b"false")))
        return self._literals.object(pairs)

    def _file_search(self, tool: Node, inside: Members, resource: Members) -> Capture:
        if b"vector_store_ids" not in resource:
            detail = f"{show_line(tool)} names no vector store"
            raise RefusedError(Reason.TOOL_SETUP, detail)
        pairs = [
            (b"type", self._literals.string("file_search")),
            (b"vector_store_ids", self._value(member_value(resource[b"vector_store_ids"]))),
        ]
        if b"file_search" in inside:
            own = self._object(member_value(inside[b"file_search"]), Reason.TOOL_SETUP)
            if not set(own) <= {b"max_num_results", b"ranking_options"}:
                raise RefusedError(Reason.TOOL_SETUP, show_line(tool))
            pairs += [(name, self._value(member_value(m))) for name, m in own.items()]
        return self._literals.object(pairs)

    # the rest

    def _other(self, name: bytes, member: Node) -> None:
        value = member_value(member)
        shown = name.decode("utf-8", "replace")
        if name in (b"assistant_id", b"thread", b"additional_messages"):
            return
        if name in (b"tool_choice", b"response_format", b"reasoning_effort"):
            {
                b"tool_choice": self._tool_choice,
                b"response_format": self._format,
                b"reasoning_effort": self._effort,
            }[name](value)
        elif name == b"max_completion_tokens":
            self.values["MAX_OUTPUT_TOKENS"] = self._value(value)
        elif name in (b"parallel_tool_calls", b"metadata"):
            self.values[shown.upper()] = self._value(value)
        elif name in _DROPPED:
            told = f"`{shown}` is left out: {_DROPPED[name]}"
            self.notes.append(Note(span(member), told, always=True))
        elif name == b"stream" and text(value) in (b"true", b"false"):
            return
        else:
            raise RefusedError(Reason.RUN_PARAMETER, show_line(member))

    def _tool_choice(self, value: Node) -> None:
        value = unwrapped(value)
        if value.type == "string":
            self.values["TOOL_CHOICE"] = self._value(value)
            return
        inside = self._object(value, Reason.RUN_PARAMETER)
        if set(inside) == {b"type", b"function"}:
            own = self._object(member_value(inside[b"function"]), Reason.RUN_PARAMETER)
            if set(own) == {b"name"}:
                self.values["TOOL_CHOICE"] = self._literals.object(
                    [
                        (b"type", self._literals.string("function")),
                        (b"name", self._value(member_value(own[b"name"]))),
                    ]
                )
                return
        if set(inside) == {b"type"}:
            self.values["TOOL_CHOICE"] = self._value(value)
            return
        raise RefusedError(Reason.RUN_PARAMETER, show_line(value))

    def _format(self, value: Node) -> None:
        value = unwrapped(value)
        if value.type == "string" and text(value)[1:-1] == b"auto":
            return
        constant = self._program.resolver.constant(value)
        inside = self._object(constant or value, Reason.RUN_PARAMETER)
        kind = text(unwrapped(member_value(inside[b"type"])))[1:-1] if b"type" in inside else b""
        if set(inside) == {b"type"} and kind in (b"json_object", b"text"):
            pairs = [(b"type", self._literals.string(kind.decode()))]
        elif set(inside) == {b"type", b"json_schema"} and kind == b"json_schema":
            own = self._object(member_value(inside[b"json_schema"]), Reason.RUN_PARAMETER)
            if (
                not {b"name", b"schema"}
                <= set(own)
                <= {b"name", b"schema", b"strict", b"description"}
            ):
                raise RefusedError(Reason.RUN_PARAMETER, show_line(value))
            pairs = [(b"type", self._literals.string("json_schema"))]
            pairs += [(name, self._value(member_value(m))) for name, m in own.items()]
        else:
            raise RefusedError(Reason.RUN_PARAMETER, show_line(value))
        self.values["TEXT"] = self._literals.object([(b"format", self._literals.object(pairs))])

    def _effort(self, value: Node) -> None:
        self.values["REASONING"] = self._literals.object([(b"effort", self._value(value))])

    # helpers

    def _object(self, node: Node, reason: Reason) -> Members:
        node = unwrapped(node)
        if node.type in ("identifier", "shorthand_property_identifier"):
            node = self._program.resolver.constant(node) or node
        found = members(node) if node.type == "object" else None
        if found is None:
            raise RefusedError(reason, show_line(node))
        return found

    def _note(self, node: Node, words: str) -> None:
        self.notes.append(Note(span(node), words))


def _shown(value: Capture) -> str:
    return f"`{value.text.decode('utf-8', 'replace')}`"


def captured(program: Program, node: Node) -> Capture:
    """An expression's text at the left margin."""
    return at_margin(capture(program.source, node))


def object_members(program: Program, node: Node | None, reason: Reason) -> Members:
    """The members of an object literal, or of a constant that is one; none of nothing.

    Raises:
        RefusedError: it cannot be read.
    """
    if node is None or text(node) in _NOTHING:
        return {}
    node = unwrapped(node)
    found = program.resolver.constant(node) if node.type == "identifier" else node
    inside = members(found) if found is not None and found.type == "object" else None
    if inside is None:
        raise RefusedError(reason, show_line(node))
    return inside


def value_of(inside: Members, name: bytes) -> Node | None:
    """The expression of a member, if there is one with a value."""
    member = inside.get(name)
    if member is None:
        return None
    value = field(member, "value") or member
    return None if text(value) in _NOTHING else value
