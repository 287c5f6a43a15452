"""A run of OpenAI's own Python client that calls functions, as responses that follow each other."""

from __future__ import annotations

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.scopes import targets_in
from callmend.languages.python.sdk import SdkCall, is_same_client, keywords
from callmend.languages.python.tool_calls import ToolCalls
from callmend.languages.python.tree import dotted
from callmend.reasons import Reason
from callmend.targets.python_edits import Change
from callmend.targets.responses.python_sdk_stream import SdkStream

_ACTION = "requires_action"


class SdkTools(SdkStream):
    """One run whose function calls may be answered."""

    #: The calls that submit the outputs, and what assigns their runs.
    _submits: list[SdkCall]
    _submitted: list[cst.CSTNode]
    _tools: ToolCalls

    def _submitting(self, run: str) -> list[SdkCall]:
        """The calls that submit outputs for the run, each into the run's own name."""
        self._submitted = []
        self._tools = ToolCalls(self._program, run, self._style.quote)
        found = []
        for call in self._every:
            inside = self._tree.function_of(call.call) is self._function
            if not inside or not call.method.startswith("threads.runs.submit_tool_outputs"):
                continue
            given = keywords(call.call) or {}
            asked = given.get("run_id")
            if asked is None or dotted(asked) != f"{run}.id":
                continue
            refused = RefusedError(Reason.TOOL_LOOP, self._tree.show_line(call.call))
            if call.method != "threads.runs.submit_tool_outputs_and_poll":
                raise refused
            if self._variable(call) != run or not self._behind(call.call):
                raise refused
            parent = self._tree.parent(call.call)
            assign = self._tree.parent(parent) if isinstance(parent, cst.Await) else parent
            if assign is None or next(targets_in(assign), None) is None:
                raise refused
            if not is_same_client(self._tree, call, self._start):
                raise refused
            self._submitted.append(assign)
            self.calls.append(call)
            found.append(call)
        return found

    def _is_question(self, node: cst.CSTNode | None) -> bool:
        """Whether a run's status is compared with `requires_action`, which is noted then."""
        comparison = None if node is None else self._tree.parent(node)
        if not isinstance(comparison, cst.Comparison) or comparison.left is not node:
            return False
        word = comparison.comparisons[0].comparator
        if not isinstance(word, cst.SimpleString) or word.evaluated_value != _ACTION:
            return False
        if not self._submits:
            raise RefusedError(Reason.TOOL_LOOP, self._tree.show_line(comparison))
        self._tools.question(comparison)
        return True

    def _check_order(self, use: cst.Name) -> None:
        """Refuse a question for the status before functions are answered.

        A response that calls functions is completed.
        """
        if not self._submits:
            return
        last = max(self._tree.order(call.call) for call in self._submits)
        if self._tree.order(use) < last:
            raise RefusedError(Reason.TOOL_LOOP, self._tree.show_line(use))

    def _answer_tools(self, given: dict[str, cst.BaseExpression]) -> None:
        """The changes of what asks for, reads and answers the functions' calls."""
        if not self._submits:
            return
        shown = self._tree.show_line(self._submits[0].call)
        if "tools" not in given:
            raise RefusedError(Reason.TOOL_SETUP, shown)
        if not self._tools.answered:
            raise RefusedError(Reason.TOOL_LOOP, shown)
        for start, end, text in self._tools.changes:
            self._editor.changes.append(Change(start, end, text))
