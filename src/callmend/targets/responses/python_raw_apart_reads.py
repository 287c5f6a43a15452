"""What a file reads of the answers to its Assistants requests, where each is written by itself.

A Response that went through the file's function has some parts of a run, the items of a
conversation some of a list of messages. What is read has to be one of those, wherever it is read:
an answer that goes where its reads cannot be seen is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.literals import is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.raw_failures import tells_a_failure
from callmend.languages.python.raw_loops import Loops
from callmend.languages.python.raw_values import (
    EACH,
    Denoted,
    Group,
    Stage,
    Values,
    is_by_time,
)
from callmend.languages.python.scopes import Definition
from callmend.languages.python.tree import dotted
from callmend.reasons import Reason

#: What a run and a Response have in common once it went through the function of the file.
_OF_RUN = frozenset({"id", "status", "thread_id", "last_error", "model", "metadata"})
_OF_THREAD = frozenset({"id", "created_at", "metadata"})
#: What a list of messages has, a message, a part of it and a part's text; ``*`` is any place.
_OF_PAGE = frozenset({
    (), ("data",), ("has_more",), ("first_id",), ("last_id",), ("object",), ("data", EACH),
    *(("data", EACH, key) for key in ("id", "role", "content", "status")),
    ("data", EACH, "content", EACH),
    *(("data", EACH, "content", EACH, key) for key in ("type", "text")),
    ("data", EACH, "content", EACH, "text", "value"),
})  # fmt: skip
#: What a message is given as well where the list is the output of one Response.
OF_ONE_RUN = frozenset({("data", EACH, "run_id"), ("data", EACH, "created_at")})
_ANNOTATIONS = ("data", EACH, "content", EACH, "text", "annotations")
#: What of these is a list or a dict.
_WHOLE = frozenset({
    (), ("data",), ("data", EACH), ("data", EACH, "content"), ("data", EACH, "content", EACH),
    ("data", EACH, "content", EACH, "text"),
})  # fmt: skip
#: What the response of each client has, which is the same for the new request.
_OF_RESPONSE = frozenset({
    "status_code", "status", "ok", "text", "content", "json", "raise_for_status", "read", "reason",
    "headers", "close", "release", "is_success", "is_error", "elapsed", "url", "reason_phrase",
    "getcode", "code", "aclose", "aread",
})  # fmt: skip
_ASKED = frozenset({"len", "bool", "isinstance", "type"})
_KEYS = {
    Group.RUN: ("id", "status", "error"), Group.THREAD: ("id", "error"),
    Group.PAGE: ("data", "error"), Group.MESSAGE: ("id", "error"),
}  # fmt: skip
#: What a message of a list certainly has, a part of it and the text of that, by how deep they are.
_PARTS = {2: ("role", "content"), 4: ("type", "text"), 5: ("value",)}


class ApartReads:
    """Checks every place of a file where an answer, or a part of one, is read."""

    def __init__(
        self, program: Program, values: Values, of_one_run: frozenset[int], loops: Loops
    ) -> None:
        """``of_one_run`` are the numbers of the lists that have the messages of one run alone."""
        self._loops = loops
        self._program = program
        self._tree = program.tree
        self._values = values
        self._of_one_run = of_one_run
        #: Whether a message's run or time is read, which a Response's output has not by itself.
        self.reads_run = False
        #: Whether the annotations of a text are read, of which there are none.
        self.annotated = False

    def check(self) -> None:
        """Look at all of them.

        Raises:
            RefusedError: a part is read that the new answer has not, or cannot be seen.
        """
        for node in self._tree.nodes:
            if isinstance(node, cst.BaseExpression) and not isinstance(node, cst.Await):
                held = self._values.denoted(node)
                if held is not None:
                    self._check(node, held)

    def _check(self, node: cst.BaseExpression, held: Denoted) -> None:
        if isinstance(node, cst.Name) and not self._is_read(node):
            return
        if held.stage is Stage.JSON:
            if not self._is_whole(node, held):
                return
        elif held.stage is Stage.RAW and self._is_told(node):
            return
        parent = self._tree.parent(node)
        while isinstance(parent, cst.Await):
            parent = self._tree.parent(parent)
        if not self._is_seen(node, held, parent):
            shown = self._tree.show_line(parent or node)
            raise RefusedError(Reason.ANSWER_HANDED_ON, shown)

    def check_threads(self, holes: Sequence[cst.BaseExpression]) -> None:
        """Look at the ids of threads that were made with their run, which are none any more.

        ``holes`` are those in the URLs of requests.

        Raises:
            RefusedError: one goes elsewhere.
        """
        for node in self._tree.nodes:
            if not isinstance(node, cst.BaseExpression) or isinstance(node, cst.Await):
                continue
            held = self._values.denoted(node)
            if held is None or not held.is_json(Group.RUN, "thread_id"):
                continue
            if isinstance(node, cst.Name) and not self._is_read(node):
                continue
            if any(self._tree.is_inside(node, hole) for hole in holes):
                continue
            if not self._is_kept_here(node):
                shown = self._tree.show_line(node)
                raise RefusedError(Reason.THREAD_NOT_FOLLOWED, shown)

    def _is_kept_here(self, node: cst.BaseExpression) -> bool:
        """Whether a value is only given to a variable, or to a function of the file."""
        parent = self._tree.parent(node)
        if isinstance(parent, cst.Arg):
            call = self._tree.parent(parent)
            known = isinstance(call, cst.Call) and self._values.function_of(call) is not None
            return known and self._is_argument_seen(parent)
        if isinstance(parent, cst.Element):
            parent = self._tree.parent(parent)
            parent = self._tree.parent(parent) if isinstance(parent, cst.Tuple) else None
        targets = parent.targets if isinstance(parent, cst.Assign) else ()
        return bool(targets) and all(
            isinstance(one.target, (cst.Name, cst.Tuple)) for one in targets
        )

    def _is_read(self, node: cst.Name) -> bool:
        return any(use is node for use in self._program.scopes.uses(node.value))

    def _is_whole(self, node: cst.BaseExpression, held: Denoted) -> bool:
        """Whether parts may be taken of a value; a text is the same whoever reads it."""
        refused = RefusedError(Reason.OTHER_READ, self._tree.show_line(node))
        path = tuple(EACH if isinstance(key, int) else key for key in held.path)
        if path[:1] == ("error",):
            return False  # what the API says of a request that it refused
        if held.group is Group.RUN and path:
            if path[0] == "required_action":
                raise RefusedError(Reason.TOOL_LOOP, self._tree.show_line(node))
            if path[0] not in _OF_RUN:
                raise refused
            return False
        if held.group is Group.THREAD and path:
            if path[0] not in _OF_THREAD:
                raise refused
            return False
        if held.group is Group.MESSAGE and path:
            if not is_logged(self._program, node) and not self._is_dropped(node):
                raise refused
            return False
        if held.group is Group.PAGE and path[: len(_ANNOTATIONS)] == _ANNOTATIONS:
            below = path[len(_ANNOTATIONS) :]
            if not (held.path[len(_ANNOTATIONS)] == EACH if below else self._is_gone_through(node)):
                raise refused  # there is none, and none to hand on
            self.annotated = True
            return False
        if held.group is Group.PAGE and path not in _OF_PAGE:
            if path not in OF_ONE_RUN or not held.calls <= self._of_one_run:
                raise refused
            self.reads_run = True
        if isinstance(node, cst.Call) and self._tree.source(node.func) == "sorted":
            if not held.calls <= self._of_one_run:
                raise refused
            self.reads_run = True
        return path in _WHOLE

    def _is_gone_through(self, node: cst.BaseExpression) -> bool:
        """Whether a list is only gone through, counted or tested, here or by a variable."""
        parent = self._tree.parent(node)
        if isinstance(parent, cst.Arg):
            call = self._tree.parent(parent)
            name = self._tree.source(call.func) if isinstance(call, cst.Call) else ""
            parent = None if call is None else self._tree.parent(call)
            return name == "len" or (
                name == "enumerate" and isinstance(parent, (cst.For, cst.CompFor))
            )
        if isinstance(parent, cst.Assign) and len(parent.targets) == 1:
            return self._is_followed(parent.targets[0].target, parent, node)
        if isinstance(parent, (cst.BooleanOperation, cst.Subscript)):
            return self._values.denoted(parent) is not None
        return isinstance(parent, (cst.For, cst.CompFor)) or self._is_tested(node)

    def _is_told(self, node: cst.CSTNode) -> bool:
        """Whether a response's text is logged, raised, or told of one that is no success."""
        if is_logged(self._program, node) or self._tree.around(node, cst.Raise) is not None:
            return True
        for parent in self._tree.ancestors(node):
            if not isinstance(parent, cst.If) or self._tree.is_inside(node, parent.test):
                continue
            shown = self._tree.source(parent.test)
            fails = any(sign in shown for sign in ("not ", "!=", ">=", "> "))
            inside = self._tree.is_inside(node, parent.body)
            if any(word in shown for word in (".status", ".ok", ".is_")) and fails is inside:
                return True
        return False

    def _is_dropped(self, node: cst.BaseExpression) -> bool:
        """Whether a value is only given back by a function, to calls that do nothing with it."""
        parent = self._tree.parent(node)
        function = self._tree.function_of(node)
        if not isinstance(parent, cst.Return) or not isinstance(function, cst.FunctionDef):
            return False
        return self._is_known(function) and all(map(self._is_alone, self._callers(function)))

    def _is_alone(self, call: cst.CSTNode) -> bool:
        parent = self._tree.parent(call)
        while isinstance(parent, cst.Await):
            parent = self._tree.parent(parent)
        return isinstance(parent, cst.Expr)

    # where a whole answer goes

    def _is_seen(self, node: cst.BaseExpression, held: Denoted, parent: cst.CSTNode | None) -> bool:
        """Whether what is read of a value is seen from here on."""
        if is_logged(self._program, node) or self._tree.around(node, cst.Raise) is not None:
            return True
        if held.is_json(Group.RUN) and tells_a_failure(self._program, self._loops, node):
            return True
        if isinstance(parent, (cst.Expr, cst.AssignTarget)) or self._is_tested(node):
            return True
        if isinstance(parent, (cst.Assign, cst.AnnAssign)):
            targets = parent.targets if isinstance(parent, cst.Assign) else [parent]
            return all(self._is_followed(one.target, parent, node) for one in targets)
        if isinstance(parent, cst.WithItem):
            name = None if parent.asname is None else parent.asname.name
            return name is None or self._is_followed(name, parent, node)
        if isinstance(parent, (cst.For, cst.CompFor)):
            return self._is_followed(parent.target, parent, node)
        if isinstance(parent, cst.Attribute):
            return self._is_asked(parent, held)
        if isinstance(parent, (cst.Subscript, cst.ListComp, cst.BooleanOperation, cst.IfExp)):
            return self._values.denoted(parent) is not None
        if isinstance(parent, cst.GeneratorExp):
            around = self._tree.around(parent, cst.Call)
            return around is not None and self._values.denoted(around) is not None
        if isinstance(parent, cst.Return):
            return self._is_given_to_known(node)
        if isinstance(parent, cst.Arg):
            return self._is_argument_seen(parent)
        if isinstance(parent, (cst.Comparison, cst.ComparisonTarget)):
            return self._is_compared(parent, held)
        return False

    def _is_tested(self, node: cst.CSTNode) -> bool:
        """Whether a value only decides: `if data and ...`."""
        for parent in self._tree.ancestors(node):
            if isinstance(parent, (cst.If, cst.While, cst.IfExp, cst.Assert, cst.CompIf)):
                return self._tree.is_inside(node, parent.test)
            if isinstance(parent, cst.UnaryOperation) and isinstance(parent.operator, cst.Not):
                return True
            if not isinstance(parent, (cst.BooleanOperation, cst.Await)):
                return False
        return False

    def _is_followed(
        self, target: cst.BaseExpression, where: cst.CSTNode, value: cst.BaseExpression
    ) -> bool:
        """Whether all that reads a variable or a field is known to read this value."""
        if isinstance(target, cst.Attribute):
            return self._values.field(target) is not None and not self._is_read_elsewhere(target)
        if not isinstance(target, cst.Name):
            return False
        if isinstance(where, cst.CompFor):
            return True  # such a name is only read in there
        mine, maybe = self._program.flow.uses(Definition(target.value, where, value))
        for use in (*mine, *maybe):
            if self._values.denoted(use) is None:
                raise RefusedError(Reason.ANSWER_HANDED_ON, self._tree.show_line(use))
        return True

    def _is_read_elsewhere(self, field: cst.Attribute) -> bool:
        """Whether a field of that name is read of another object than `self`."""
        for node in self._tree.every(cst.Attribute):
            if node.attr.value != field.attr.value:
                continue
            parent = self._tree.parent(node)
            called = isinstance(parent, cst.Call) and parent.func is node
            if dotted(node.value) != "self" and not called:
                return True
        return False

    def _is_asked(self, attribute: cst.Attribute, held: Denoted) -> bool:
        if held.stage is Stage.RESPONSE:
            return attribute.attr.value in _OF_RESPONSE
        call = self._tree.parent(attribute)
        called = isinstance(call, cst.Call) and call.func is attribute
        if attribute.attr.value == "sort" and isinstance(call, cst.Call) and called:
            self.reads_run = True
            of_one = held.is_json(Group.PAGE, "data") and held.calls <= self._of_one_run
            return of_one and is_by_time(call.args)
        return called and isinstance(call, cst.Call) and self._values.denoted(call) is not None

    def _is_argument_seen(self, arg: cst.Arg) -> bool:
        call = self._tree.parent(arg)
        if not isinstance(call, cst.Call) or arg.star:
            return False
        if self._tree.source(call.func) in _ASKED:
            return True
        function = self._values.function_of(call)
        if function is None:
            return self._values.denoted(call) is not None
        taken = self._values.parameter_of(call, function, arg)
        return taken is not None and self._values.given_to(taken) is not None

    def _is_compared(self, part: cst.CSTNode, held: Denoted) -> bool:
        """`"id" in run`, `run is None`."""
        around = part if isinstance(part, cst.Comparison) else self._tree.parent(part)
        if not isinstance(around, cst.Comparison) or len(around.comparisons) != 1:
            return False
        other = around.comparisons[0].comparator if around is part else around.left
        if self._tree.source(other) in ("None", "[]", "{}"):
            return True
        word = self._program.resolver.text(other)
        inside = isinstance(around.comparisons[0].operator, (cst.In, cst.NotIn))
        known = _KEYS.get(held.group, ()) if not held.path else _PARTS.get(len(held.path), ())
        return inside and part is not around and word in known

    # functions

    def _is_given_to_known(self, node: cst.BaseExpression) -> bool:
        """Whether a function gives a value back to calls of this file alone, all of them seen."""
        function = self._tree.function_of(node)
        if not isinstance(function, cst.FunctionDef) or not self._is_known(function):
            return False
        called = self._callers(function)
        return bool(called) and all(self._values.denoted(c) is not None for c in called)

    def _callers(self, function: cst.FunctionDef) -> list[cst.Call]:
        return self._values.callers(function)

    def _is_known(self, function: cst.FunctionDef) -> bool:
        """Whether all that names a function in this file is a call of it, and no route leads in."""
        for decorator in function.decorators:
            if dotted(decorator.decorator) not in ("staticmethod", "classmethod"):
                return False
        return all(self._is_call_of(node, function) for node in self._named(function))

    def _named(self, function: cst.FunctionDef) -> Iterator[cst.CSTNode]:
        name = function.name.value
        method = isinstance(self._tree.function_of(function), cst.ClassDef) or isinstance(
            self._tree.around(function, cst.ClassDef), cst.ClassDef
        )
        for node in self._tree.nodes:
            if isinstance(node, cst.Attribute) and node.attr.value == name and method:
                yield node
            elif isinstance(node, cst.Name) and node.value == name and not method:
                if any(use is node for use in self._program.scopes.uses(name)):
                    yield node

    def _is_call_of(self, node: cst.CSTNode, function: cst.FunctionDef) -> bool:
        call = self._tree.parent(node)
        if not isinstance(call, cst.Call) or call.func is not node:
            return False
        found = self._values.function_of(call)
        # A method of that name on an object of a library is another one.
        other = found is None and self._program.scopes.imported(call.func) != ""
        return found is function or other or self._program.clients.of(call) is not None
