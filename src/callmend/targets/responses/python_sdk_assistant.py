"""One run of OpenAI's own Python client and its assistant, which goes where this file makes it."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.kinds import value_of
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import numbered
from callmend.languages.python.sdk import SdkCall, keywords
from callmend.languages.python.tree import dotted
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.python_edits import Change
from callmend.targets.responses.python_sdk_parameters import MAPPED
from callmend.targets.responses.python_sdk_run import SdkRun

ID_KEYS = frozenset({"workflow_id", "workflow", "id"})
#: What an assistant has that no run needs.
_NOT_MOVED = frozenset({"name", "description"})
_OF_ASSISTANT = frozenset({*_NOT_MOVED, "instructions", "model"})
_ENVIRONMENT = frozenset({"os.getenv", "os.environ.get"})
#: Through how many names a setting is followed.
_DEEPEST = 4
_BY_NAME = frozenset({"getattr", "hasattr", "setattr", "delattr"})


class SdkAssistant(SdkRun):
    """One run whose assistant is a variable, or a field of an object, that nothing else reads."""

    def __init__(
        self, program: Program, start: SdkCall, every: Sequence[SdkCall], settings: Settings
    ) -> None:
        super().__init__(program, start, every, settings)
        #: Whether the assistant is made in this file, so that nothing of it is lost.
        self.made_here = False
        #: The field that keeps the assistant's instructions, where they mean nothing at the run.
        self.kept_instructions = ""
        self._dropped_lines: list[cst.SimpleStatementLine] = []

    def _check_ids(self, given: dict[str, cst.BaseExpression]) -> None:
        """The id that goes must do nothing; an assistant that is made here gives what it has."""
        for name in (*ID_KEYS, "assistant_id", "version", "poll_interval_ms"):
            for node in self._tree.below(given[name]) if name in given else ():
                if isinstance(node, (cst.Await, cst.NamedExpr)) or (
                    isinstance(node, cst.Call)
                    and self._program.scopes.imported(node.func) not in _ENVIRONMENT
                ):
                    raise RefusedError(Reason.RUN_PARAMETER, f"`{name}`")
        kept = given.get("assistant_id")
        alias = None if kept is None else self._alias(kept)
        if kept is not None and self._made_by(kept) is not None:
            raise RefusedError(Reason.ASSISTANT_KEPT, self._tree.show_line(kept))
        read = kept if alias is None else alias.value
        if kept is None:
            return
        maker = self._made_by(read.value) if isinstance(read, cst.Attribute) else None
        if maker is None or not isinstance(read, cst.Attribute):
            self._check_elsewhere(kept)
            return
        known = ("assistants.create", "assistants.retrieve")
        if maker.method not in known or read.attr.value != "id":
            raise RefusedError(Reason.ASSISTANT_KEPT, self._tree.show_line(maker.call))
        if alias is not None:
            self._check_lone(kept, maker)
            self._drop(alias)
        self._take_assistant(maker, read, given)

    def _check_elsewhere(self, kept: cst.BaseExpression) -> None:
        """Refuse an id that may be one of an assistant which another function of this file makes.

        What that is told and given (instructions, tools, files) would be lost with it.
        """
        made = [call for call in self._every if call.method == "assistants.create"]
        if made and not self._is_configured(kept):
            raise RefusedError(Reason.ASSISTANT_KEPT, self._tree.show_line(made[0].call))

    def _is_configured(self, node: cst.BaseExpression, depth: int = 0) -> bool:
        """Whether an id is written down, or is a setting: of the environment, of another module."""
        if isinstance(node, (cst.SimpleString, cst.ConcatenatedString)):
            return True
        if isinstance(node, cst.BooleanOperation):
            return all(self._is_configured(side, depth) for side in (node.left, node.right))
        if isinstance(node, cst.Call):
            return self._program.scopes.imported(node.func) in _ENVIRONMENT
        owner = node.value if isinstance(node, cst.Subscript) else node
        if self._program.scopes.imported(owner):
            return True
        values = [found.value for found in self._program.resolver.definitions(node)]
        return (
            bool(values)
            and depth < _DEEPEST
            and all(value is not None and self._is_configured(value, depth + 1) for value in values)
        )

    def _made_by(self, node: cst.BaseExpression) -> SdkCall | None:
        """The call of the client that a name's value comes from."""
        for definition in self._program.resolver.definitions(node):
            for call in self._every:
                value = definition.value
                if value is not None and self._tree.is_inside(call.call, value):
                    return call
        return None

    def _alias(self, kept: cst.BaseExpression) -> cst.Assign | None:
        """The statement that gives an assistant's id another name: `self.id = assistant.id`."""
        found = self._program.resolver.definitions(kept)
        node = found[0].node if len(found) == 1 else None
        if not isinstance(node, cst.Assign) or len(node.targets) != 1:
            return None
        value = node.value
        made = self._made_by(value.value) if isinstance(value, cst.Attribute) else None
        return None if made is None or not made.method.startswith("assistants.") else node

    def _check_lone(self, read: cst.BaseExpression, maker: SdkCall) -> None:
        """Refuse a variable or a field that is assigned, or read, more than once."""
        kept = RefusedError(Reason.ASSISTANT_KEPT, self._tree.show_line(maker.call))
        found = self._program.resolver.definitions(read)
        if len(found) != 1:
            raise kept
        if not isinstance(read, cst.Attribute):
            mine, maybe = self._flow.uses(found[0])
            many = len(self._flow.every(found[0].name, read)) != 1
            if many or len(uses := [*mine, *maybe]) != 1 or uses[0] is not read:
                raise kept
            return
        name = read.attr.value
        for node in self._tree.nodes:
            if isinstance(node, cst.Call) and dotted(node.func) in _BY_NAME:
                words = [arg.value for arg in node.args if isinstance(arg.value, cst.SimpleString)]
                if any(word.evaluated_value == name for word in words):
                    raise kept
            if not isinstance(node, cst.Attribute) or node.attr.value != name or node is read:
                continue
            if not isinstance(parent := self._tree.parent(node), cst.AssignTarget):
                raise kept
            if self._tree.parent(parent) is not found[0].node:
                raise kept

    def _take_assistant(
        self, maker: SdkCall, kept: cst.Attribute, given: dict[str, cst.BaseExpression]
    ) -> None:
        made = keywords(maker.call)
        asked = maker.method == "assistants.retrieve"
        if asked and made is not None:
            made = {}
        if made is None or set(made) - _OF_ASSISTANT - MAPPED:
            raise RefusedError(Reason.RUN_PARAMETER, self._tree.show_line(maker.call))
        small = self._line_of(maker.call).body[0]
        value = value_of(self._program, maker)
        if (
            not isinstance(small, cst.Assign)
            or len(small.targets) != 1
            or small.value is not value
            or isinstance(value, cst.Await) is not maker.awaited
        ):
            raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(maker.call))
        self._check_lone(kept.value, maker)
        in_a_field = self._is_kept_in_a_field(kept, made, given)
        for field, value in made.items():
            if not (in_a_field and field == "instructions"):
                self._check_field(field, value)
        for field in made:
            if field == "metadata":
                words = "the assistant's `metadata` is left out: there is no assistant"
                self._notes.append(Note(self._tree.span(made[field]), words))
            elif (
                field in MAPPED or field == "model" or (field == "instructions" and not in_a_field)
            ):
                given.setdefault(field, made[field])
        if in_a_field:
            self._keep_instructions(maker, kept.value, made["instructions"])
        else:
            self._drop(maker.call)
            self.calls.append(maker)
        self.made_here = not asked

    def _drop(self, node: cst.CSTNode) -> None:
        """Remove the statement that a node stands in; a function keeps one that does nothing."""
        statement = self._line_of(node)
        self._dropped_lines.append(statement)
        block = self._tree.block_of(statement)
        if any(not any(line is gone for gone in self._dropped_lines) for line in block):
            self._remove(node)
        elif not isinstance(self._tree.holder_of(statement), cst.FunctionDef):
            raise RefusedError(Reason.NEEDS_BRACES, self._tree.show_line(node))
        else:
            self._check_comments(statement)
            start, end = self._tree.chars(statement.body[0])
            self._editor.changes.append(Change(start, end, "pass", statements=True))

    def _check_field(self, field: str, value: cst.BaseExpression) -> None:
        """Refuse what an assistant is made with, where it may be another thing at the run."""
        if field in _NOT_MOVED:
            if any(isinstance(n, (cst.Call, cst.Await)) for n in self._tree.below(value)):
                raise RefusedError(Reason.RUN_PARAMETER, self._tree.show_line(value))
            return
        texts = (cst.SimpleString, cst.ConcatenatedString, cst.Name)
        plain = (*texts, cst.List, cst.Dict, cst.Integer, cst.Float)
        if not isinstance(value, plain if field in MAPPED else texts):
            raise RefusedError(Reason.RUN_PARAMETER, self._tree.show_line(value))
        if any(isinstance(inner, cst.Call) for inner in self._tree.below(value)):
            raise RefusedError(Reason.RUN_PARAMETER, self._tree.show_line(value))
        self._check_moved(value)

    def _is_kept_in_a_field(
        self,
        kept: cst.Attribute,
        made: dict[str, cst.BaseExpression],
        given: dict[str, cst.BaseExpression],
    ) -> bool:
        """Whether the instructions of an object's assistant have to be kept as they are now."""
        if not isinstance(kept.value, cst.Attribute) or "instructions" in given:
            return False
        try:
            if "instructions" in made:
                self._check_field("instructions", made["instructions"])
        except RefusedError:
            return True
        return False

    def _keep_instructions(
        self, maker: SdkCall, field: cst.BaseExpression, value: cst.BaseExpression
    ) -> None:
        """An assignment of the instructions in the place of the one of the assistant."""
        statement = self._line_of(maker.call)
        self._check_comments(statement)
        small = statement.body[0]
        if not isinstance(small, cst.Assign):
            raise RefusedError(Reason.RUN_PARAMETER, self._tree.show_line(value))
        taken = {
            node.attr.value for node in self._tree.every(cst.Attribute)
        } | {
            node.name.value for node in self._tree.every(cst.FunctionDef)
        }  # fmt: skip
        owner = cst.ensure_type(field, cst.Attribute)
        name = numbered(f"{owner.attr.value}_instructions", lambda word: word in taken)
        start, end = self._tree.chars(small)
        target = self._tree.source(cst.ensure_type(small.targets[0].target, cst.Attribute).value)
        text = f"{target}.{name} = {self._moved(value)}"
        self._editor.changes.append(Change(start, end, text, statements=True))
        self.calls.append(maker)
        self.kept_instructions = f"{self._tree.source(owner.value)}.{name}"
