"""The call of `responses.create` that takes the place of a run, and what is checked behind it."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.layout import Doc, Group, render
from callmend.languages.python.sdk import SdkCall, keywords
from callmend.languages.python.template import Fill, load
from callmend.models import default_model, sources, status_of
from callmend.reasons import Reason
from callmend.targets.python_edits import Change
from callmend.targets.responses.python_sdk_parameters import Parameters
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

    def _check(
        self,
        template: str,
        run: str,
        at: cst.CSTNode,
        indent: str,
        more: str = "",
        ended: str = "",
    ) -> str:
        """What the new answer has to be, its names free ones."""
        parsed = load("responses", template)
        taken = self._program.scopes.names_at(at)
        renames = {}
        for name in sorted(parsed.bound & taken):
            free = f"{name}_"
            while free in taken:
                free += "_"
            renames[name] = free
        fill = Fill(
            values={"RUN": run, "EVENT": run, "TEXT": more, "ENDED": ended}, renames=renames
        )
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
        arguments = [*self._arguments(given), ("input=", self._input(messages))]
        if stream:
            arguments.append(("stream=", "True"))
        self._put(self._start, arguments, awaited=awaited)

    def _input(self, messages: Sequence[Doc]) -> Doc:
        """What is asked: one text of a person's alone, or a list."""
        if not messages:
            return "[]"  # it is on the conversation already
        only = messages[0]
        if len(messages) == 1 and isinstance(only, Group):
            only = only.elements[1][1] if only.elements[0][1].endswith(('user"', "user'")) else only  # type: ignore[union-attr]
        if len(messages) == 1 and isinstance(only, str):
            # What is sent alone is the list itself.
            return only.removeprefix("*")
        return Group("[", tuple(("", message) for message in messages), "]")

    def _arguments(
        self, given: dict[str, cst.BaseExpression], at: cst.CSTNode | None = None
    ) -> list[tuple[str, Doc]]:
        """What the new call is given but for the input; what is told of it goes to the notes.

        ``at`` is where it stands, if not where the run starts.
        """
        start = self._start
        place = start.call if at is None else at
        arguments: list[tuple[str, Doc]] = [("model=", self._model(given))]
        instructions = self._instructions(given)
        if instructions is not None:
            arguments.append(("instructions=", instructions))
        if self.conversation is not None:
            arguments.append(("conversation=", self.conversation))
        parameters = Parameters(
            self._program,
            self._editor,
            self._moved,
            lambda node: self._check_at(node, place),
            again=at is not None,
        )
        arguments += parameters.arguments(given)
        self._notes += parameters.notes
        if instructions is None or not self.made_here:
            told = self._base_instructions(given) is not None
            gone = _TOOLS_NOT_SENT if told else _NOT_SENT
            gone = _WORKFLOW_NOT_SENT if start.made_up else gone
            self._notes.append(Note(self._tree.span(start.call), gone, always=True))
        self._notes.append(Note(self._tree.span(start.call), _NEEDS))
        return arguments

    def _continue(self, submit: SdkCall, given: dict[str, cst.BaseExpression], run: str) -> None:
        """Put a call that sends the outputs of functions in the place of one that submitted them.

        Raises:
            RefusedError: the outputs are not a name, or what the run was given is another thing.
        """
        named = keywords(submit.call) or {}
        outputs = named.get("tool_outputs")
        shown = self._tree.show_line(submit.call)
        known = {"tool_outputs", "thread_id", "run_id", "poll_interval_ms"}
        if not isinstance(outputs, cst.Name) or set(named) - known:
            raise RefusedError(Reason.TOOL_LOOP, shown)
        thread = self._known.argument(self._start)
        for node in [*given.values(), *([thread] if self.conversation and thread else [])]:
            for inner in self._tree.below(node):
                if isinstance(inner, cst.Call):
                    raise RefusedError(Reason.TOOL_LOOP, self._tree.show_line(inner))
            self._check_at(node, submit.call)
        notes = list(self._notes)
        arguments = self._arguments(given, submit.call)
        self._notes = notes  # they are said of the start
        if self.conversation is None:
            arguments.insert(1, ("previous_response_id=", f"{run}.id"))
        arguments.append(("input=", self._moved(outputs)))
        self._put(submit, arguments, awaited=False)

    def _put(self, call: SdkCall, arguments: Sequence[tuple[str, Doc]], *, awaited: bool) -> None:
        place = self._tree.chars(call.call)
        indent = self._editor.indent_at(place[0])
        client = self._tree.source(call.client)
        client = f"await {client}" if awaited else client
        new = Group(f"{client}.responses.create(", tuple(arguments), ")")
        behind = 0
        if isinstance(self._tree.parent(call.call), cst.WithItem):  # ` as stream:`
            _, last = self._program.text.line_range(self._program.text.line(place[1]))
            behind = len(self._program.text.text[place[1] : last].rstrip("\r\n"))
        text = render(new, self._style, indent, self._program.text.column(place[0]), behind)
        self._lift_comments(call.call)
        self._editor.changes.append(Change(*place, text, statements=True))

    def _model(self, given: dict[str, cst.BaseExpression]) -> str:
        settings = self._settings
        where = self._tree.span(self._start.call)
        if settings.model_expr is not None:
            self._check_visible(settings.model_expr, "model-expr")
            return settings.model_expr
        if settings.model is not None:
            return self._editor.quoted(settings.model)
        name = default_model()
        why = f"the model is {name}, OpenAI's advice ({sources()[1]}); --model names another"
        if "model" in given:
            texts = self._program.resolver.value(given["model"]).texts
            unfit = [status_of(text) for text in texts if not status_of(text).may_be_written]
            if not unfit:
                return self._moved(given["model"])
            why = f"{unfit[0].sentence} ({sources()[0]}), so the new call names {name}"
        self._notes.append(Note(where, why, always=True))
        return self._editor.quoted(name)

    def _instructions(self, given: dict[str, cst.BaseExpression]) -> Doc | None:
        """The instructions, and behind them those that the run gives beside the assistant's."""
        found = [text for text in [self._base_instructions(given)] if text is not None]
        if "additional_instructions" in given:
            found.append(self._moved(given["additional_instructions"]))
        if len(found) < 2:
            return found[0] if found else None
        blank = self._editor.quoted("\\n\\n")
        return Group(f"{blank}.join(", (("", Group("[", tuple(("", t) for t in found), "]")),), ")")

    def _base_instructions(self, given: dict[str, cst.BaseExpression]) -> str | None:
        settings = self._settings
        if settings.instructions_expr is not None:
            self._check_visible(settings.instructions_expr, "instructions-expr")
            return settings.instructions_expr
        if settings.instructions is not None:
            return self._editor.literal(settings.instructions)
        if self.kept_instructions:
            return self.kept_instructions
        return self._moved(given["instructions"]) if "instructions" in given else None

    def _check_visible(self, expression: str, flag: str) -> None:
        root = expression.split(".", maxsplit=1)[0]
        if self._program.scopes.scope_of(root, self._start.call) is None:
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{root}`, given by {flag}")
