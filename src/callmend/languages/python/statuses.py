"""Where a Python file looks at a response's status, and what an error's response never reaches."""

from __future__ import annotations

import libcst as cst

from callmend.languages.python.literals import is_logged, logs
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.tree import dotted

_GOOD = frozenset({"ok", "is_success"})
_BAD = frozenset({"is_error"})
#: States of a run that is not done, or will never be.
OTHER_STATES = frozenset(
    {"active", "aborted", "canceled", "cancelled", "cancelling", "created", "error", "errored",
     "expired", "failed", "failure", "in_progress", "in-progress", "incomplete", "new", "pending",
     "processing", "queued", "rejected", "requires_action", "running", "started", "stopped",
     "terminated", "timed_out", "timeout", "waiting", "working", ""}
)  # fmt: skip


class Statuses:
    """The checks of one response's status; they are added as they are met."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._tree = program.tree
        self._flow = program.flow
        #: The nodes that look at the status: `response.ok`, `response.status_code`.
        self.checks: list[cst.BaseExpression] = []
        self._raising: list[cst.CSTNode] = []

    def add(self, check: cst.BaseExpression) -> None:
        """Note a node that looks at the status."""
        if not any(check is known for known in self.checks):
            self.checks.append(check)

    def add_raising(self, call: cst.Call) -> None:
        """Note a call of `raise_for_status`."""
        if not any(call is known for known in self._raising):
            self._raising.append(call)

    @property
    def any(self) -> bool:
        """Whether the file does something about the status, and not only writes it to a log."""
        return bool(self._raising) or not all(self._only_logs(check) for check in self.checks)

    def _only_logs(self, check: cst.BaseExpression) -> bool:
        """Whether a check is logged, or decides on nothing but what is."""
        if is_logged(self._program, check):
            return True
        test = self._test_of(check)
        if test is None or not isinstance(test[0], cst.If):
            return False
        branches = [test[0].body, test[0].orelse]
        if isinstance(test[0].orelse, cst.Else):
            branches[1] = test[0].orelse.body
        return all(branch is None or self._is_log(branch) for branch in branches)

    def _is_log(self, block: cst.CSTNode) -> bool:
        if not isinstance(block, (cst.IndentedBlock, cst.SimpleStatementSuite)):
            return False
        lines = [block] if isinstance(block, cst.SimpleStatementSuite) else block.body
        small = [each for line in lines for each in getattr(line, "body", [line])]
        return all(
            isinstance(each, cst.Expr)
            and isinstance(each.value, cst.Call)
            and logs(self._program, each.value)
            for each in small
        )

    def covers(self, node: cst.CSTNode) -> bool:
        """Whether an error's response never gets to a node of the function that checks it."""
        if any(self._is_behind(node, call) for call in self._raising):
            return True
        for check in self.checks:
            test = self._test_of(check)
            if test is None:
                if self._goes_along(node, check):
                    return True
                continue
            around, condition = test
            if self._means(condition, check) is True and self._in_body(node, around):
                return True
            if self._means(condition, check) is False:
                if isinstance(around, cst.If):
                    if around.orelse is not None and self._tree.is_inside(node, around.orelse):
                        return True
                    if self._flow.leaves(around.body) and self._is_behind(node, around):
                        return True
                elif isinstance(around, cst.IfExp) and self._tree.is_inside(node, around.orelse):
                    return True
            if self._means(condition, check) is True and isinstance(around, cst.If):
                orelse = around.orelse
                if isinstance(orelse, cst.Else) and self._flow.leaves(orelse.body):
                    if self._is_behind(node, around):
                        return True
        return False

    def _goes_along(self, node: cst.CSTNode, check: cst.BaseExpression) -> bool:
        """`JSONResponse(r.json(), status_code=r.status_code)`, `return r.json(), r.status_code`."""
        holder = self._tree.parent(check)
        around = None if holder is None else self._tree.parent(holder)
        if not isinstance(holder, (cst.Arg, cst.Element)):
            return False
        return isinstance(around, (cst.Call, cst.Tuple)) and self._tree.is_inside(node, around)

    def fails(self, node: cst.CSTNode) -> bool:
        """Whether a node's code only runs when the response is an error."""
        for parent in self._tree.ancestors(node):
            if isinstance(parent, (cst.FunctionDef, cst.Lambda)):
                return False
            if not isinstance(parent, (cst.If, cst.IfExp)):
                continue
            for check in self.checks:
                test = self._test_of(check)
                if test is None or test[0] is not parent:
                    continue
                means = self._only(test[1], check)
                if means is False and self._in_body(node, parent):
                    return True
                if means is True and parent.orelse is not None:
                    if self._tree.is_inside(node, parent.orelse):
                        return True
        return False

    def _in_body(self, node: cst.CSTNode, around: cst.CSTNode) -> bool:
        return isinstance(around, (cst.If, cst.IfExp)) and self._tree.is_inside(node, around.body)

    def _is_behind(self, node: cst.CSTNode, check: cst.CSTNode) -> bool:
        """Whether a node runs only after a statement has, in the same round of the same code."""
        if self._tree.function_of(node) is not self._tree.function_of(check):
            return False
        if self._tree.order(node) < self._tree.order(check):
            return False
        statement = self._tree.statement_of(check)
        if self._tree.is_inside(node, statement) and isinstance(check, cst.If):
            return False
        while True:
            holder = self._tree.parent(statement)
            if holder is None:
                return False
            around = self._tree.parent(holder)
            if self._tree.is_inside(node, holder):
                # What stands in the `try` of a handler that goes on may not have run.
                return not isinstance(around, cst.Try) or self._tree.is_inside(node, around.body)
            if not isinstance(around, cst.Try) or holder is not around.body:
                return False
            if not all(self._flow.leaves(handler.body) for handler in around.handlers):
                return False
            if any(self._tree.is_inside(node, handler) for handler in around.handlers):
                return False
            statement = around

    def _test_of(self, check: cst.CSTNode) -> tuple[cst.CSTNode, cst.BaseExpression] | None:
        """The `if` or the conditional expression whose test a check is, and the test."""
        for parent in self._tree.ancestors(check):
            if isinstance(parent, (cst.If, cst.IfExp)):
                inside = self._tree.is_inside(check, parent.test)
                return (parent, parent.test) if inside else None
            if isinstance(parent, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
                return None
        return None

    def _means(self, test: cst.BaseExpression, check: cst.BaseExpression) -> bool | None:
        """True for a test that holds for no error, False for one that holds for each error."""
        if test is check:
            name = check.attr.value if isinstance(check, cst.Attribute) else ""
            return True if name in _GOOD else False if name in _BAD else None
        if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
            inner = self._means(test.expression, check)
            return None if inner is None else not inner
        if isinstance(test, cst.BooleanOperation):
            sides = [self._means(side, check) for side in (test.left, test.right)]
            both = {self._means_of_any(side) for side in (test.left, test.right)}
            if isinstance(test.operator, cst.And):
                return True if True in sides else False if both == {False} else None
            return False if False in sides else True if both == {True} else None
        if isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
            return self._compared(test, check)
        if isinstance(test, cst.Comparison) and len(test.comparisons) == 2:
            return self._between(test, check)
        return None

    def _means_of_any(self, test: cst.BaseExpression) -> bool | None:
        """What a test means for the response, whichever check of its status it has."""
        found = (self._means(test, check) for check in self.checks)
        return next((means for means in found if means is not None), None)

    def _between(self, test: cst.Comparison, check: cst.BaseExpression) -> bool | None:
        """`200 <= r.status_code < 300`."""
        lower, upper = test.comparisons
        below = isinstance(upper.operator, (cst.LessThan, cst.LessThanEqual))
        if lower.comparator is not check or not isinstance(lower.operator, cst.LessThanEqual):
            return None
        ends = (self._tree.source(test.left), self._tree.source(upper.comparator))
        return True if below and ends in (("200", "300"), ("200", "299"), ("200", "400")) else None

    def _compared(self, test: cst.Comparison, check: cst.BaseExpression) -> bool | None:
        if test.left is not check:
            return None
        operator, comparator = test.comparisons[0].operator, test.comparisons[0].comparator
        shown = self._tree.source(comparator)
        good = _success(self._program, comparator) != ""
        if isinstance(operator, (cst.In, cst.NotIn)):
            numbers = numbers_in(comparator)
            if "200" not in numbers or not all(number[:1] == "2" for number in numbers):
                return None
            return isinstance(operator, cst.In)
        if isinstance(operator, (cst.Equal, cst.Is)):
            return True if good else None
        if isinstance(operator, cst.NotEqual):
            return False if good else None
        if isinstance(operator, (cst.GreaterThanEqual, cst.GreaterThan)):
            return (
                False
                if shown in ("400", "300", "299", "399", "200")
                and (shown != "200" or isinstance(operator, cst.GreaterThan))
                else None
            )
        if isinstance(operator, (cst.LessThan, cst.LessThanEqual)):
            return True if shown in ("400", "300", "299", "399") else None
        return None

    def _only(self, test: cst.BaseExpression, check: cst.BaseExpression) -> bool | None:
        """False for a test that holds for errors only, True for one that holds for all else."""
        means = self._means(test, check)
        if means is not None:
            # `not r.ok or other` holds for more than errors.
            return None if isinstance(test, cst.BooleanOperation) else means
        if isinstance(test, cst.Comparison) and test.left is check:
            operator = test.comparisons[0].operator
            shown = self._tree.source(test.comparisons[0].comparator)
            if isinstance(operator, cst.Equal) and shown[:1] in ("4", "5"):
                return False
            if isinstance(operator, (cst.GreaterThan, cst.GreaterThanEqual)):
                return False if shown[:1] in ("4", "5") else None
        return None


def numbers_in(node: cst.BaseExpression) -> list[str]:
    """The numbers of a list, tuple or set of numbers and of nothing else."""
    if not isinstance(node, (cst.List, cst.Tuple, cst.Set)):
        return []
    found = [element.value for element in node.elements]
    numbers = [value.value for value in found if isinstance(value, cst.Integer)]
    return numbers if len(numbers) == len(found) else []


def wants_another(program: Program, member: cst.BaseExpression) -> cst.CSTNode | None:
    """A comparison of a status with successes among which 200, that of a live answer, is not.

    ``member`` is the node that reads the status; where it gives it to a variable, the variable's
    reads are looked at too.
    """
    parent = program.tree.parent(member)
    if isinstance(parent, cst.Assign) and parent.value is member and len(parent.targets) == 1:
        name = parent.targets[0].target
        for use in program.scopes.uses(name.value) if isinstance(name, cst.Name) else ():
            found = program.flow.definition(use.value, use)
            if not isinstance(found, Definition) or found.node is not parent:
                continue
            wanted = wants_another(program, use)
            if wanted is not None:
                return wanted
    if isinstance(parent, cst.ComparisonTarget):
        around = program.tree.parent(parent)
        other = around.left if isinstance(around, cst.Comparison) else None
        compared, one = around, parent
    elif isinstance(parent, cst.Comparison):
        compared, one = parent, parent.comparisons[0]
        other = one.comparator
    else:
        return None
    if not isinstance(compared, cst.Comparison) or len(compared.comparisons) != 1 or other is None:
        return None
    if not isinstance(
        one.operator, (cst.Equal, cst.NotEqual, cst.In, cst.NotIn, cst.Is, cst.IsNot)
    ):
        return None
    listed = program.resolver.single(other)
    nodes = [other]
    if isinstance(listed, (cst.List, cst.Tuple, cst.Set)):
        nodes = [element.value for element in listed.elements]
    kinds = {_success(program, node) for node in nodes}
    if "201" not in kinds or "200" in kinds or _takes_200_too(program, compared):
        return None
    return compared


def _takes_200_too(program: Program, compared: cst.Comparison) -> bool:
    """`r.status_code == 200 or r.status_code == 201`, `... != 200 and ... != 201`."""
    around = program.tree.parent(compared)
    while isinstance(around, cst.BooleanOperation):
        for node in program.tree.below(around):
            if isinstance(node, cst.Comparison) and node is not compared:
                operator, value = node.comparisons[0].operator, node.comparisons[0].comparator
                alike = type(operator) is type(compared.comparisons[0].operator)
                joint = cst.Or if isinstance(operator, cst.Equal) else cst.And
                same = program.tree.source(node.left) == program.tree.source(compared.left)
                joined = isinstance(around.operator, joint)
                if alike and same and joined and _success(program, value) == "200":
                    return True
        around = program.tree.parent(around)
    return False


def _success(program: Program, node: cst.BaseExpression) -> str:
    """Give `200` for that status, `201` for another success, or nothing."""
    number = program.resolver.text(node) or ""
    name = (program.scopes.imported(node) or dotted(node)).lower()
    if number == "200" or name.endswith((".ok", "http_200_ok")):
        return "200"
    named = len(number) == 3 and number.startswith("2")
    return "201" if named or name.endswith(("created", "accepted")) else ""


def spelt_status(program: Program, node: cst.BaseExpression) -> list[str]:
    """The texts with which an expression is compared: `status == "completed"`, `in (...)`."""
    tree = program.tree
    parent = tree.parent(node)
    if isinstance(parent, cst.ComparisonTarget):
        parent = tree.parent(parent)
    if not isinstance(parent, cst.Comparison):
        return []
    found = []
    for inner in tree.below(parent):
        if isinstance(inner, cst.SimpleString) and not tree.is_inside(inner, node):
            value = inner.evaluated_value
            found += [value] if isinstance(value, str) else []
    for target in parent.comparisons:
        if dotted(target.comparator):
            table = program.resolver.single(target.comparator)
            for inner in tree.below(table):
                if isinstance(inner, cst.SimpleString) and isinstance(inner.evaluated_value, str):
                    found.append(inner.evaluated_value)
    return found
