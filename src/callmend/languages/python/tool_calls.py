"""Function calls that a run of OpenAI's own Python client asks for, and the outputs sent back."""

from __future__ import annotations

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.literals import is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition, targets_in
from callmend.languages.python.values import key_of
from callmend.reasons import Reason

_PATH = ("submit_tool_outputs", "tool_calls")


class ToolCalls:
    """Reads what one run's tool calls are used for; ``run`` is the run's variable.

    ``calls`` is an expression that gives the calls of the run, where the file has one.
    ``changes`` are ranges of characters with what replaces them, ``answered`` tells that an output
    is made of a call.
    """

    def __init__(self, program: Program, run: str, quote: str, calls: str = "") -> None:
        self._program = program
        self._tree = program.tree
        self._flow = program.flow
        word = f"{quote}function_call{quote}"
        self._asked = calls or f"any(item.type == {word} for item in {run}.output)"
        self._listed = calls or f"[item for item in {run}.output if item.type == {word}]"
        self._questions: list[cst.CSTNode] = []
        self.changes: list[tuple[int, int, str]] = []
        self.answered = False

    def _refused(self, node: cst.CSTNode) -> RefusedError:
        return RefusedError(Reason.TOOL_LOOP, self._tree.show_line(node))

    def question(self, comparison: cst.Comparison) -> None:
        """`run.status == "requires_action"`.

        Raises:
            RefusedError: it asks for something else.
        """
        target = comparison.comparisons[0]
        if len(comparison.comparisons) != 1 or not isinstance(target.operator, cst.Equal):
            raise self._refused(comparison)
        self._ask(comparison)

    def required(self, node: cst.Attribute) -> None:
        """Follow `run.required_action`.

        Raises:
            RefusedError: it is used for something else than answering function calls.
        """
        current: cst.Attribute = node
        for name in _PATH:
            parent = self._tree.parent(current)
            if isinstance(parent, cst.Attribute) and parent.attr.value == name:
                current = parent
                continue
            tested = self._tested(current) or self._kind_tested(current)
            if tested is None:
                raise self._refused(parent or current)
            self._ask(tested)
            return
        self._change(current, self._listed)
        self._calls(current)

    def _change(self, node: cst.CSTNode, new: str) -> None:
        self.changes.append((*self._tree.chars(node), new))

    def _ask(self, node: cst.BaseExpression) -> None:
        """A question whether functions are to be called; asked twice in one it is asked once."""
        parent = self._tree.parent(node)
        if isinstance(parent, cst.BooleanOperation) and isinstance(parent.operator, cst.And):
            if parent.right is node and any(parent.left is known for known in self._questions):
                end = self._tree.whole(parent.left)[1]
                self.changes.append((end, self._tree.whole(node)[1], ""))
                return
        self._questions.append(node)
        self._change(node, self._asked)

    def _tested(self, node: cst.BaseExpression) -> cst.BaseExpression | None:
        """The expression that only asks for a node's truth, or None."""
        parent = self._tree.parent(node)
        if isinstance(parent, cst.Comparison) and parent.left is node:
            target = parent.comparisons[0]
            if isinstance(target.operator, cst.IsNot) and len(parent.comparisons) == 1:
                return parent if self._tree.source(target.comparator) == "None" else None
            return None
        if isinstance(parent, (cst.If, cst.While)) and parent.test is node:
            return node
        return node if isinstance(parent, cst.BooleanOperation) else None

    def _kind_tested(self, node: cst.Attribute) -> cst.BaseExpression | None:
        """`run.required_action.type == "submit_tool_outputs"`, which holds for each."""
        parent = self._tree.parent(node)
        if not isinstance(parent, cst.Attribute) or parent.attr.value != "type":
            return None
        around = self._tree.parent(parent)
        if not isinstance(around, cst.Comparison) or around.left is not parent:
            return None
        target = around.comparisons[0]
        word = target.comparator
        equal = isinstance(target.operator, cst.Equal) and len(around.comparisons) == 1
        if not equal or not isinstance(word, cst.SimpleString):
            return None
        return around if word.evaluated_value == "submit_tool_outputs" else None

    # the calls

    def _calls(self, node: cst.BaseExpression) -> None:
        """Follow the list of the calls."""
        parent = self._tree.parent(node)
        if isinstance(parent, (cst.For, cst.CompFor)) and parent.iter is node:
            definition = next(targets_in(parent), None)
            if definition is None or not isinstance(parent.target, cst.Name):
                raise self._refused(parent.iter)
            self._each(definition, parent)
        elif isinstance(parent, cst.Subscript) and parent.value is node:
            if isinstance(parent.slice[0].slice, cst.Slice):
                raise self._refused(parent)
            self._call(parent)
        elif isinstance(parent, cst.Assign) and len(parent.targets) == 1:
            for use in self._uses(parent):
                self._calls(use)
        elif not self._is_harmless(node, parent):
            raise self._refused(parent or node)

    def _is_harmless(self, node: cst.BaseExpression, parent: cst.CSTNode | None) -> bool:
        if isinstance(parent, cst.Arg):
            call = self._tree.parent(parent)
            if isinstance(call, cst.Call) and self._tree.source(call.func) == "len":
                return True
            return is_logged(self._program, node)
        return isinstance(parent, (cst.If, cst.While)) and parent.test is node

    def _uses(self, assign: cst.Assign) -> list[cst.Name]:
        target = assign.targets[0].target
        if not isinstance(target, cst.Name):
            raise self._refused(assign)
        mine, maybe = self._flow.uses(Definition(target.value, assign, assign.value))
        if maybe or not mine:
            raise self._refused(assign)
        return mine

    def _each(self, definition: Definition, loop: cst.For | cst.CompFor) -> None:
        mine, maybe = self._flow.uses(definition)
        if isinstance(loop, cst.CompFor):
            # A comprehension is a scope of its own, whose names nothing else sees.
            around = self._tree.parent(loop) or loop
            every = self._program.scopes.uses(definition.name)
            mine, maybe = [use for use in every if self._tree.is_inside(use, around)], []
        if maybe or not mine:
            raise self._refused(loop.iter)
        for use in mine:
            self._call(use)

    def _call(self, node: cst.BaseExpression) -> None:
        """One use of one function call."""
        parent = self._tree.parent(node)
        if isinstance(parent, cst.Attribute) and parent.value is node:
            name = parent.attr.value
            if name == "function":
                self._function(parent, node)
                return
            if name == "id":
                self._id(parent)
                return
            if name == "type":
                self._kind(parent)
                return
        elif isinstance(parent, cst.Assign) and len(parent.targets) == 1:
            for use in self._uses(parent):
                self._call(use)
            return
        elif isinstance(parent, cst.Arg) and is_logged(self._program, node):
            return
        raise self._refused(parent or node)

    def _function(self, node: cst.Attribute, call: cst.BaseExpression) -> None:
        """`call.function`, of which the name and the arguments are read."""
        parent = self._tree.parent(node)
        if isinstance(parent, cst.Attribute) and parent.attr.value in ("name", "arguments"):
            self.changes.append((self._tree.whole(call)[1], self._tree.chars(node)[1], ""))
            return
        if isinstance(parent, cst.Assign) and len(parent.targets) == 1:
            for use in self._uses(parent):
                around = self._tree.parent(use)
                read = around.attr.value if isinstance(around, cst.Attribute) else ""
                if read not in ("name", "arguments"):
                    raise self._refused(around or use)
            self.changes.append((self._tree.whole(call)[1], self._tree.chars(node)[1], ""))
            return
        raise self._refused(parent or node)

    def _kind(self, node: cst.Attribute) -> None:
        """`call.type == "function"`, which holds for each."""
        parent = self._tree.parent(node)
        if isinstance(parent, cst.Comparison) and len(parent.comparisons) == 1:
            target = parent.comparisons[0]
            word = target.comparator
            if isinstance(target.operator, cst.Equal) and isinstance(word, cst.SimpleString):
                if word.evaluated_value == "function":
                    self._change(word, f"{word.quote}function_call{word.quote}")
                    return
        raise self._refused(parent or node)

    def _id(self, node: cst.Attribute) -> None:
        """`{"tool_call_id": call.id, "output": ...}`."""
        self._change(node.attr, "call_id")
        parent = self._tree.parent(node)
        around = None if parent is None else self._tree.parent(parent)
        if isinstance(parent, cst.DictElement) and isinstance(around, cst.Dict):
            keys = {key_of(element) for element in around.elements}
            if key_of(parent) == "tool_call_id" and keys == {"tool_call_id", "output"}:
                quote = self._tree.source(parent.key)[:1]
                kind = f"{quote}type{quote}: {quote}function_call_output{quote}"
                joint = self._joint(parent)
                self._change(parent.key, f"{kind},{joint}{quote}call_id{quote}")
                self.answered = True
                return
        if isinstance(parent, cst.Arg) and is_logged(self._program, node):
            return
        raise self._refused(parent or node)

    def _joint(self, element: cst.DictElement) -> str:
        """What stands between two elements: a line end, where each is on a line of its own."""
        text = self._program.text
        start, end = self._tree.chars(element)
        line, line_end = text.line_range(text.line(start))
        blanks = text.text[line:start]
        alone = not blanks.strip() and text.text[end:line_end].strip() in (",", "")
        return f"\n{blanks}" if alone else " "
