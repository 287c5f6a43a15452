"""Functions that runs of OpenAI's own Python client call, answered while the file polls itself.

A response that calls functions is completed. What asks for `requires_action` asks for its calls,
what asks for `completed` asks that there are none, and the outputs go into one more response.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.handing import Handing
from callmend.languages.python.kinds import Kind, value_of
from callmend.languages.python.program import Program
from callmend.languages.python.sdk import SdkCall
from callmend.languages.python.style import Style
from callmend.languages.python.tool_calls import ToolCalls
from callmend.languages.python.tree import dotted
from callmend.languages.python.values import key_of
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_reading import Names
from callmend.targets.responses.python_sdk_apart_run import ApartRun
from callmend.targets.responses.python_sdk_functions import CALLS, Functions

SUBMITS = ("threads.runs.submit_tool_outputs", "threads.runs.submit_tool_outputs_and_poll")
_ACTION = "requires_action"
_TAKEN = frozenset({"run_id", "thread_id", "tool_outputs", "poll_interval_ms"})


class ApartTools:
    """What changes in a file that answers the functions of its runs.

    ``name`` is the function of the file that gives the calls of a response.
    """

    def __init__(
        self, program: Program, handing: Handing, style: Style, names: Names, call: SdkCall
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._handing = handing
        self._style = style
        self.name = Functions(program, names, call.call).name(CALLS)

    def changes(self) -> list[tuple[int, int, str]]:
        """The changes of what asks for, reads and answers the calls.

        Raises:
            RefusedError: something of it is not certain.
        """
        compared = {node: (words, holds) for node, words, holds in self._handing.compared}
        nodes: list[cst.CSTNode] = sorted(
            [*compared, *self._handing.required], key=self._tree.order
        )
        readers: dict[str, ToolCalls] = {}
        found: list[tuple[int, int, str]] = []
        for node in nodes:
            owner = node.left if isinstance(node, cst.Comparison) else node
            run = owner.value if isinstance(owner, cst.Attribute) else None
            shown = "" if run is None else self._tree.source(run)
            calls = f"{self.name}({shown})"
            tools = readers.setdefault(
                shown, ToolCalls(self._program, shown, self._style.quote, calls)
            )
            if isinstance(node, cst.Attribute):
                tools.required(node)
            elif isinstance(node, cst.Comparison):
                words, holds = compared[node]
                if words == {_ACTION} and holds:
                    self._known(node, run)
                    tools.question(node)
                else:
                    found += self._compared(node, words, holds=holds, run=run, calls=calls)
        if not any(tools.answered for tools in readers.values()):
            raise RefusedError(Reason.TOOL_LOOP, "no output names the call that it answers")
        self._check_outputs([change for tools in readers.values() for change in tools.changes])
        return [*found, *(change for tools in readers.values() for change in tools.changes)]

    def _check_outputs(self, changes: list[tuple[int, int, str]]) -> None:
        """Refuse an output that is written without one of the calls."""
        known = {(start, end) for start, end, _ in changes}
        for node in self._tree.nodes:
            if isinstance(node, cst.DictElement) and key_of(node) == "tool_call_id":
                if self._tree.chars(node.key) not in known:
                    raise RefusedError(Reason.TOOL_LOOP, self._tree.show_line(node))

    def _known(self, node: cst.Comparison, run: cst.BaseExpression | None) -> None:
        if run is None or self._handing.kinds.get(run) is not Kind.RUN:
            raise RefusedError(Reason.TOOL_LOOP, self._tree.show_line(node))

    def _compared(
        self,
        node: cst.Comparison,
        words: frozenset[str],
        *,
        holds: bool,
        run: cst.BaseExpression | None,
        calls: str,
    ) -> list[tuple[int, int, str]]:
        """A comparison that means another thing for a response that calls functions."""
        now, before = ("completed" in words) is holds, (_ACTION in words) is holds
        if now is before or self._is_behind_the_question(node, run):
            return []
        self._known(node, run)
        if words == {_ACTION}:
            return [(*self._tree.chars(node), f"not {calls}")]
        end = self._tree.whole(node)[1]
        if now:
            return [*self._bracketed(node), (end, end, f" and not {calls}{self._closing(node)}")]
        return [*self._bracketed(node), (end, end, f" or {calls}{self._closing(node)}")]

    def _is_alone(self, node: cst.Comparison) -> bool:
        parent = self._tree.parent(node)
        return isinstance(parent, (cst.If, cst.While)) and parent.test is node

    def _bracketed(self, node: cst.Comparison) -> list[tuple[int, int, str]]:
        start = self._tree.whole(node)[0]
        return [] if self._is_alone(node) else [(start, start, "(")]

    def _closing(self, node: cst.Comparison) -> str:
        return "" if self._is_alone(node) else ")"

    def _is_behind_the_question(self, node: cst.Comparison, run: cst.BaseExpression | None) -> bool:
        """Whether an `elif` is reached only where no functions are called."""
        branch = self._tree.parent(node)
        if not self._is_alone(node) or run is None:
            return False
        asked = f"{self._tree.source(run)}.status == {_ACTION}"
        child, parent = branch, None if branch is None else self._tree.parent(branch)
        while isinstance(parent, cst.If) and parent.orelse is child:
            shown = self._tree.source(parent.test).replace('"', "").replace("'", "")
            if " ".join(shown.split()) == asked:
                return True
            child, parent = parent, self._tree.parent(parent)
        return False


class ApartSubmit(ApartRun):
    """Writes the outputs of functions as one more response on the conversation."""

    def __init__(
        self,
        program: Program,
        submit: SdkCall,
        every: Sequence[SdkCall],
        settings: Settings,
        names: Names,
        handing: Handing,
        start: ApartRun,
    ) -> None:
        super().__init__(program, submit, every, settings, names, handing)
        self.given = start.given
        self.made_here = start.made_here
        self.kept_instructions = start.kept_instructions
        self.answers = start.answers

    def submitted(self, looked_at: tuple[str, ...] | None) -> Plan:
        """The plan of the call.

        Raises:
            RefusedError: what the run is given is another thing here, or what polls would ask for
                the response that called the functions.
        """
        call = self._start.call
        shown = self._tree.show_line(call)
        bare = [arg.value for arg in call.args if arg.keyword is None and not arg.star]
        named = {arg.keyword.value: arg.value for arg in call.args if arg.keyword is not None}
        if bare:
            named.setdefault("run_id", bare[0])
        known = len(named) == len(call.args)
        if (
            not known
            or set(named) - _TAKEN
            or not {"run_id", "thread_id", "tool_outputs"} <= set(named)
        ):
            raise RefusedError(Reason.TOOL_LOOP, shown)
        if "tools" not in self.given:
            raise RefusedError(Reason.TOOL_SETUP, shown)
        skipped = ("assistant_id", "thread_id", "thread", "poll_interval_ms")
        for name, node in self.given.items():
            if name in skipped:
                continue
            if any(isinstance(inner, cst.Call) for inner in self._tree.below(node)):
                raise RefusedError(Reason.TOOL_LOOP, self._tree.show_line(node))
            self._check_at(node, call)
        self._check_comments(call)
        statement = self._line_of(call)
        self.conversation = self._moved(named["thread_id"])
        outputs = self._moved(named["tool_outputs"])
        arguments = [*self._arguments(self.given, call), ("input=", outputs)]
        indent = self._editor.indent_at(self._tree.chars(statement)[0])
        lone, behind = self._polled(named["run_id"], statement)
        self._put_checked(statement, arguments, indent, looked_at, lone=lone, behind=behind)
        plan = self._whole("")
        return replace(plan, message="becomes responses.create with the outputs", notes=())

    @property
    def _is_read(self) -> bool:
        return True

    def _polled(
        self, run: cst.BaseExpression, statement: cst.SimpleStatementLine
    ) -> tuple[str, str]:
        """The run's variable, or its id's, that a call whose value nothing keeps has to renew."""
        small = statement.body[0]
        value = value_of(self._program, self._start)
        target = self._target(small, value)
        if target is not None and dotted(run) != f"{dotted(target)}.id":
            # What goes on asking would go on with the response that called the functions.
            raise RefusedError(Reason.TOOL_LOOP, self._tree.show_line(self._start.call))
        if not isinstance(small, cst.Expr) or small.value is not value:
            return "", ""
        refused = RefusedError(Reason.TOOL_LOOP, self._tree.show_line(self._start.call))
        name = run.value if isinstance(run, cst.Attribute) and run.attr.value == "id" else run
        if not isinstance(name, cst.Name) or not self._is_asked_again(dotted(run)):
            raise refused
        kind = self._handing.kinds.get(name)
        if kind is not (Kind.RUN_ID if name is run else Kind.RUN):
            raise refused
        scope = self._program.scopes.scope_of(name.value, name)
        if scope is not self._function or self._program.scopes.written_elsewhere(name.value, scope):
            raise refused
        return ("", name.value) if name is run else (name.value, "")

    def _is_asked_again(self, run: str) -> bool:
        """Whether a loop around the call asks for the run by the same expression."""
        around = [
            parent
            for parent in self._tree.ancestors(self._start.call)
            if isinstance(parent, (cst.While, cst.For))
            and self._tree.function_of(parent) is self._function
        ]
        if not around or not run:
            return False
        return any(
            call.method in ("threads.runs.retrieve", "threads.runs.poll")
            and self._tree.is_inside(call.call, around[0])
            and any(dotted(arg.value) == run for arg in call.call.args)
            for call in self._every
        )
