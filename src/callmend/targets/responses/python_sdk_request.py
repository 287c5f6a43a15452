"""The call of `responses.create` that takes the place of a run, and what is checked behind it."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.layout import Doc, Group, render
from callmend.languages.python.template import Fill, load
from callmend.models import default_model, sources
from callmend.reasons import Reason
from callmend.targets.python_edits import Change
from callmend.targets.responses.python_sdk_thread import SdkThread

_NOT_SENT = (
    "the assistant's id went: the instructions, model and tools that OpenAI kept for it are gone; "
    "give the instructions with --instructions or write them into the call"
)
_TOOLS_NOT_SENT = (
    "the assistant's id went: the model and tools that OpenAI kept for it are gone; what the run "
    "gave is kept"
)
_WORKFLOW_NOT_SENT = (
    "the workflow's id went: its instructions and tools are not sent any more; give the "
    "instructions with --instructions or write them into the call"
)
#: `openai/resources/responses` is in the package from this version on: 1.65.5 has none.
_NEEDS = "`responses.create` needs the package `openai` from version 1.66 on"


class SdkRequest(SdkThread):
    """One run whose new call can be written."""

    def _check(self, template: str, run: str, at: cst.CSTNode, indent: str, more: str = "") -> str:
        """What the new answer has to be, its names free ones."""
        parsed = load("responses", template)
        taken = self._program.scopes.names_at(at)
        renames = {}
        for name in sorted(parsed.bound & taken):
            free = f"{name}_"
            while free in taken:
                free += "_"
            renames[name] = free
        fill = Fill(values={"RUN": run, "EVENT": run, "TEXT": more}, renames=renames)
        return parsed.render(fill, self._style, indent)

    # the new call

    def _replace(
        self,
        given: dict[str, cst.BaseExpression],
        messages: Sequence[Doc],
        *,
        stream: bool = False,
        awaited: bool = False,
    ) -> None:
        """Put the new call in the place of the one that started the run."""
        start = self._start
        arguments: list[tuple[str, Doc]] = [("model=", self._model(given))]
        instructions = self._instructions(given)
        if instructions is not None:
            arguments.append(("instructions=", instructions))
        if self.conversation is not None:
            arguments.append(("conversation=", self.conversation))
        if instructions is None or not self.made_here:
            gone = _NOT_SENT if instructions is None else _TOOLS_NOT_SENT
            gone = _WORKFLOW_NOT_SENT if start.made_up else gone
            self._notes.append(Note(self._tree.span(start.call), gone, always=True))
        self._notes.append(Note(self._tree.span(start.call), _NEEDS))
        only = messages[0]
        if len(messages) == 1 and isinstance(only, Group):
            only = only.elements[1][1] if only.elements[0][1].endswith(('user"', "user'")) else only  # type: ignore[union-attr]
        if len(messages) == 1 and isinstance(only, str):
            # What is sent alone is the list itself.
            arguments.append(("input=", only.removeprefix("*")))
        else:
            items = tuple(("", message) for message in messages)
            arguments.append(("input=", Group("[", items, "]")))
        if stream:
            arguments.append(("stream=", "True"))
        place = self._tree.chars(start.call)
        indent = self._editor.indent_at(place[0])
        client = self._tree.source(start.client)
        client = f"await {client}" if awaited else client
        new = Group(f"{client}.responses.create(", tuple(arguments), ")")
        text = render(new, self._style, indent, self._program.text.column(place[0]))
        self._check_comments(start.call)
        self._editor.changes.append(Change(*place, text, statements=True))

    def _model(self, given: dict[str, cst.BaseExpression]) -> str:
        settings = self._settings
        where = self._tree.span(self._start.call)
        if settings.model_expr is not None:
            self._check_visible(settings.model_expr, "model-expr")
            return settings.model_expr
        if settings.model is not None:
            return self._editor.quoted(settings.model)
        if "model" in given:
            return self._moved(given["model"])
        name = default_model()
        why = f"the model is {name}, OpenAI's advice ({sources()[1]}); --model names another"
        self._notes.append(Note(where, why, always=True))
        return self._editor.quoted(name)

    def _instructions(self, given: dict[str, cst.BaseExpression]) -> str | None:
        settings = self._settings
        if settings.instructions_expr is not None:
            self._check_visible(settings.instructions_expr, "instructions-expr")
            return settings.instructions_expr
        if settings.instructions is not None:
            return self._editor.literal(settings.instructions)
        return self._moved(given["instructions"]) if "instructions" in given else None

    def _check_visible(self, expression: str, flag: str) -> None:
        root = expression.split(".", maxsplit=1)[0]
        if self._program.scopes.scope_of(root, self._start.call) is None:
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{root}`, given by {flag}")
