"""The expressions in Python that parse a request's answer, those of its error path left out."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.clients import Client
from callmend.languages.python.flow import Guard
from callmend.languages.python.literals import is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.statuses import numbers_in, wants_another
from callmend.languages.python.tree import dotted
from callmend.reasons import Reason

_STATUS = frozenset({"status_code", "status", "ok", "is_success", "is_error", "code"})
_INERT = frozenset(
    {"raise_for_status", "reason", "reason_phrase", "headers", "url", "elapsed", "close",
     "history", "request", "encoding", "release", "aclose"}
)  # fmt: skip
_RAW = frozenset({"text", "content", "read", "aread"})
#: What is caught where an answer is not as expected.
_OF_READINGS = frozenset(
    {"AttributeError", "BaseException", "Exception", "IndexError", "KeyError", "LookupError",
     "TypeError"}
)  # fmt: skip
_LOOSE_TYPES = ("dict", "Dict", "Any", "Mapping", "MutableMapping", "JSON", "Json", "object")


class Bodies:
    """Finds the parsed answers of one request."""

    def __init__(self, program: Program, client: Client, sender: cst.Call) -> None:
        self._program = program
        self._tree = program.tree
        self._flow = program.flow
        self._client = client
        self._sender = sender
        self._function = self._tree.function_of(sender)
        #: Whether the response's variable also holds another request's, in another branch.
        self._shared = False

    def all(self) -> Iterator[cst.BaseExpression]:
        """Each expression that parses our answer: `response.json()`, `json.loads(...)`.

        Raises:
            RefusedError: the response cannot be followed.
        """
        value: cst.BaseExpression = self._sender
        parent = self._tree.parent(value)
        if isinstance(parent, cst.Await):
            value, parent = parent, self._tree.parent(parent)
        elif self._client.awaited and not isinstance(parent, cst.WithItem):
            raise RefusedError(Reason.RESPONSE_NOT_BOUND, self._tree.show_line(self._sender))
        if isinstance(parent, cst.WithItem):
            if parent.asname is None:
                raise RefusedError(Reason.RESPONSE_NOT_BOUND, self._tree.show_line(self._sender))
            yield from self._of_response(parent)
        elif isinstance(parent, (cst.Assign, cst.AnnAssign)) and parent.value is value:
            yield from self._of_response(parent)
        elif isinstance(parent, cst.Attribute):
            yield self._chained(parent)
        elif isinstance(parent, cst.Arg):
            yield self._given(value)
        elif isinstance(parent, cst.Return):
            raise RefusedError(Reason.ANSWER_HANDED_ON, self._tree.show_line(parent))
        else:
            raise RefusedError(Reason.RESPONSE_NOT_BOUND, self._tree.show_line(self._sender))

    def _chained(self, member: cst.Attribute) -> cst.BaseExpression:
        """`requests.post(...).json()`, `json.loads(urlopen(...).read())`."""
        call = self._tree.parent(member)
        if isinstance(call, cst.Call) and member.attr.value == "json":
            return self._with_await(call)
        if isinstance(call, cst.Call) and member.attr.value in _RAW:
            return self._given(self._with_await(call))
        if member.attr.value in _RAW:
            return self._given(member)
        raise RefusedError(Reason.RESPONSE_NOT_BOUND, self._tree.show_line(member))

    def _with_await(self, node: cst.BaseExpression) -> cst.BaseExpression:
        parent = self._tree.parent(node)
        return parent if isinstance(parent, cst.Await) else node

    def _given(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """`json.loads(node)`, `json.load(node)`, also with `.decode()` between."""
        parent = self._tree.parent(node)
        while isinstance(parent, cst.Attribute) and parent.attr.value in ("decode", "strip"):
            call = self._tree.parent(parent)
            if not isinstance(call, cst.Call):
                break
            node, parent = call, self._tree.parent(call)
        around = self._tree.parent(parent) if isinstance(parent, cst.Arg) else None
        if isinstance(around, cst.Call):
            name = self._program.scopes.imported(around.func)
            if name in ("json.loads", "json.load", "orjson.loads", "ujson.loads"):
                return around
        raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(node))

    def _of_response(self, binding: cst.CSTNode) -> Iterator[cst.BaseExpression]:
        """What parses the answer, by the uses of the variable that holds the response."""
        definition = self.definition_at(binding)
        if isinstance(self._function, cst.Lambda):
            raise RefusedError(Reason.RESPONSE_NOT_BOUND, self._tree.show_line(self._sender))
        for use in self.sure_uses(definition):
            parent = self._tree.parent(use)
            if isinstance(parent, cst.Attribute) and parent.value is use:
                name = parent.attr.value
                call = self._tree.parent(parent)
                if name in _STATUS:
                    self.check_status(parent)
                elif name == "json" and isinstance(call, cst.Call):
                    self._check_handler(self._with_await(call))
                    if not self._in_error_branch(use, definition.name):
                        yield self._with_await(call)
                elif name in _RAW:
                    yield from self._raw(parent, definition.name)
                elif name not in _INERT:
                    raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(parent))
            elif isinstance(parent, cst.Arg) and self._is_load(parent):
                yield self._given(use)
            elif self._is_test(use) or is_logged(self._program, use):
                continue
            else:
                raise RefusedError(Reason.ANSWER_HANDED_ON, self._tree.show_line(parent or use))

    def definition_at(self, binding: cst.CSTNode) -> Definition:
        """The one definition that a node of the request's function makes.

        Raises:
            RefusedError: it makes none, or several.
        """
        found = [
            definition
            for definitions in self._program.scopes.bound(self._function).values()
            for definition in definitions
            if definition.node is binding
        ]
        if len(found) != 1:
            raise RefusedError(Reason.RESPONSE_NOT_BOUND, self._tree.show_line(self._sender))
        return found[0]

    def sure_uses(self, definition: Definition) -> list[cst.Name]:
        """The reads of a variable, all of which are certainly of this definition.

        Raises:
            RefusedError: one may read something else as well.
        """
        mine, maybe = self._flow.uses(definition)
        for use in maybe:
            if self._tree.order(use) < self._tree.order(self._sender):
                continue
            if self._tree.function_of(use) is not self._function:
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(use))
            if not self._branches_apart(definition, use):
                raise RefusedError(Reason.SHARED_READ, self._tree.show_line(use))
            self._shared = True
            mine.append(use)
        return sorted(mine, key=self._tree.order)

    def _branches_apart(self, definition: Definition, use: cst.CSTNode) -> bool:
        """Whether each other definition before a use is in another branch, or overwritten."""
        guards = self._flow.guards(self._sender)
        if not guards or self._in_loop(definition.node):
            return False
        for other in self._flow.every(definition.name, use):
            if other == definition or self._tree.order(other.node) > self._tree.order(use):
                continue
            before = self._tree.order(other.node) < self._tree.order(self._sender)
            if not before and not self._contradicts(self._flow.guards(other.node), guards):
                return False
        return True

    def _in_loop(self, node: cst.CSTNode) -> bool:
        for parent in self._tree.ancestors(node):
            if isinstance(parent, (cst.For, cst.While)):
                return True
            if isinstance(parent, cst.FunctionDef):
                return False
        return False

    @staticmethod
    def _contradicts(some: list[Guard], others: list[Guard]) -> bool:
        return any(
            one.condition == other.condition and one.holds != other.holds
            for one in some
            for other in others
        )

    def _ours_only(self, uses: list[cst.Name]) -> list[cst.BaseExpression]:
        """Of an answer that two requests share, the uses under the condition of this one."""
        guards = self._flow.guards(self._sender)
        found: list[cst.BaseExpression] = []
        for use in uses:
            given = self._flow.guards(use)
            if self._contradicts(given, guards) or is_logged(self._program, use):
                continue
            if guards[0] not in given:
                raise RefusedError(Reason.SHARED_READ, self._tree.show_line(use))
            self._check_condition(use)
            found.append(use)
        return found

    def _check_condition(self, use: cst.CSTNode) -> None:
        """Refuse a condition that may have changed between the request and the reading."""
        around = self._tree.around(self._sender, cst.If)
        again = self._tree.around(use, cst.If)
        for node in () if around is None else self._tree.below(around.test):
            if isinstance(node, (cst.Call, cst.Await)):
                raise RefusedError(Reason.GUARD_CHANGES, f"`{self._tree.show(node)}`")
            if isinstance(node, cst.Name) and again is not None:
                here = self._flow.definition(node.value, node)
                if here != self._flow.definition(node.value, again):
                    raise RefusedError(Reason.GUARD_CHANGES, f"`{node.value}`")

    def _raw(self, member: cst.Attribute, name: str) -> Iterator[cst.BaseExpression]:
        node: cst.BaseExpression = member
        call = self._tree.parent(member)
        if isinstance(call, cst.Call):
            node = self._with_await(call)
        self._check_handler(node)
        if is_logged(self._program, node) or self._in_error_branch(node, name):
            return
        if self._tree.around(node, cst.Raise) is not None:
            return
        if self._tree.around(node, cst.ExceptHandler) is not None:
            return
        try:
            yield self._given(node)
        except RefusedError as refused:
            parent = self._tree.parent(node)
            if isinstance(parent, cst.Return):
                raise RefusedError(Reason.ANSWER_HANDED_ON, refused.detail) from None
            raise

    def _check_handler(self, node: cst.BaseExpression) -> None:
        """Refuse a handler of a missing answer that shows the whole response in its place."""
        handler = self._tree.around(node, cst.ExceptHandler)
        parent = self._tree.parent(node)
        while isinstance(parent, cst.Arg):  # `str(r.json())`, `json.dumps(r.json())`
            call = self._tree.parent(parent)
            parent = None if call is None else self._tree.parent(call)
        if handler is None or not isinstance(parent, (cst.Return, cst.Assign, cst.AnnAssign)):
            return
        caught = handler.type
        kinds = [caught] if caught is not None else []
        if isinstance(caught, cst.Tuple):
            kinds = [element.value for element in caught.elements]
        if caught is None or any(dotted(kind) in _OF_READINGS for kind in kinds):
            raise RefusedError(Reason.ANSWER_HANDED_ON, self._tree.show_line(parent))

    def _is_load(self, arg: cst.Arg) -> bool:
        call = self._tree.parent(arg)
        return isinstance(call, cst.Call) and (
            self._program.scopes.imported(call.func) in ("json.load", "orjson.loads")
        )

    def _is_test(self, use: cst.Name) -> bool:
        """`if response:`, `response is None`: a test for the response itself."""
        parent = self._tree.parent(use)
        if isinstance(parent, (cst.If, cst.Assert)):
            return parent.test is use
        if isinstance(parent, cst.UnaryOperation):
            return isinstance(parent.operator, cst.Not)
        return isinstance(parent, (cst.Comparison, cst.BooleanOperation))

    def check_status(self, member: cst.Attribute) -> None:
        """Refuse a test for a status that the new request does not answer with (it is 200)."""
        wanted = wants_another(self._program, member)
        if wanted is not None:
            raise RefusedError(Reason.OTHER_READ, self._tree.show_line(wanted))

    def is_of_an_error(self, node: cst.CSTNode, name: str) -> bool:
        """Whether code reads a response, by its variable's name, that is an error."""
        raised = self._tree.around(node, cst.Raise) is not None
        return raised or self._in_error_branch(node, name)

    def _in_error_branch(self, node: cst.CSTNode, name: str) -> bool:
        """Whether a node's code only runs when the response is an error."""
        for parent in self._tree.ancestors(node):
            if isinstance(parent, (cst.ExceptHandler, cst.ExceptStarHandler)):
                return True
            if isinstance(parent, (cst.FunctionDef, cst.Lambda)):
                return False
            if isinstance(parent, cst.If) and not self._tree.is_inside(node, parent.test):
                fails = self._means_failure(parent.test, name)
                if fails is not None and fails == self._tree.is_inside(node, parent.body):
                    return True
            if isinstance(parent, cst.IndentedBlock) and self._is_behind_success(
                node, parent, name
            ):
                return True
        return False

    def _is_behind_success(self, node: cst.CSTNode, block: cst.IndentedBlock, name: str) -> bool:
        """Whether `if response.ok: return ...` stands above a node in its block."""
        for statement in block.body:
            if self._tree.is_inside(node, statement):
                return False
            if isinstance(statement, cst.If) and self._flow.leaves(statement.body):
                test = statement.test
                sure = not isinstance(test, cst.BooleanOperation)
                if sure and self._means_failure(test, name) is False:
                    sent = self._tree.order(statement) > self._tree.order(self._sender)
                    return sent and statement.orelse is None
        return False

    def _means_failure(self, test: cst.BaseExpression, name: str) -> bool | None:
        """True for `not response.ok` and the like, False for `response.ok`, None for others."""
        if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
            inner = self._means_failure(test.expression, name)
            return None if inner is None else not inner
        path = dotted(test)
        if path in (f"{name}.ok", f"{name}.is_success"):
            return False
        if path == f"{name}.is_error":
            return True
        if isinstance(test, cst.BooleanOperation):
            sides = [self._means_failure(side, name) for side in (test.left, test.right)]
            return next((side for side in sides if side is not None), None)
        if isinstance(test, cst.Comparison) and len(test.comparisons) == 2:
            ends = [self._tree.source(n) for n in (test.left, test.comparisons[1].comparator)]
            between = dotted(test.comparisons[0].comparator).startswith(f"{name}.status")
            return False if between and ends in (["200", "300"], ["200", "299"]) else None
        if isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
            if dotted(test.left) not in (f"{name}.status_code", f"{name}.status", f"{name}.code"):
                return None
            operator = test.comparisons[0].operator
            shown = self._tree.source(test.comparisons[0].comparator)
            if isinstance(operator, (cst.In, cst.NotIn)):
                numbers = numbers_in(test.comparisons[0].comparator)
                kinds = {number[:1] for number in numbers}
                if isinstance(operator, cst.In) and kinds and kinds <= {"4", "5"}:
                    return True
                return isinstance(operator, cst.NotIn) if kinds == {"2"} else None
            good = shown.startswith("2") or shown.endswith((".OK", ".ok", "HTTP_200_OK"))
            if isinstance(operator, cst.Equal):
                return not good
            if isinstance(operator, cst.NotEqual):
                return good
            return isinstance(operator, (cst.GreaterThan, cst.GreaterThanEqual))
        return None

    def uses_of(self, body: cst.BaseExpression) -> list[cst.BaseExpression]:
        """The expressions that are the parsed answer: the parsing, or its variable's uses.

        Raises:
            RefusedError: the whole answer goes where it cannot be followed.
        """
        parent = self._tree.parent(body)
        if isinstance(parent, (cst.Assign, cst.AnnAssign)) and parent.value is body:
            if isinstance(parent, cst.AnnAssign):
                self._only_typed_loosely(parent.annotation)
            definition = self.definition_at(parent)
            uses = self.sure_uses(definition)
            return self._ours_only(uses) if self._shared else list(uses)
        if isinstance(parent, cst.Return):
            raise RefusedError(Reason.ANSWER_HANDED_ON, self._tree.show_line(parent))
        if self._shared and self._flow.guards(self._sender)[0] not in self._flow.guards(body):
            raise RefusedError(Reason.SHARED_READ, self._tree.show_line(body))
        return [body]

    def _only_typed_loosely(self, annotation: cst.Annotation) -> None:
        shown = self._tree.source(annotation.annotation)
        last = shown.split("[")[0].rsplit(".", 1)[-1]
        if last not in _LOOSE_TYPES:
            detail = f"the answer has the type `{shown}`, which knows no Run"
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)
