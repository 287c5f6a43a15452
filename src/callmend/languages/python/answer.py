"""From a request to the one place in Python where its answer's text is read."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.blank_errors import survives
from callmend.languages.python.bodies import Bodies
from callmend.languages.python.clients import Client
from callmend.languages.python.ladders import default_of, get_key, index_of, last_key, operands
from callmend.languages.python.literals import is_logged
from callmend.languages.python.logged_readings import ANSWERED, SHALLOW, may_raise
from callmend.languages.python.program import Program
from callmend.languages.python.tree import Statement, dotted
from callmend.reasons import Reason
from callmend.records import record

#: What both the dead answer and a Run, a Response or an error have: reading it goes on being right.
_STILL_THERE = frozenset({"error", "id"})
#: What a Run or Response has and the dead answer never had: who reads it reads the new answer.
_RUN_FIELDS = frozenset({"thread_id", "required_action", "last_error"})
#: Names under which an invented answer holds its text (seen in public callers of the endpoint).
_TEXT_NAMES = frozenset(
    {
        "answer",
        "assistant_message",
        "content",
        "final_output",
        "final_text",
        "message",
        "output_text",
        "reply",
        "response",
        "text",
        "value",
    }
)
#: What computes all of its parts, so that a part may be computed before the whole.
_PLAIN_PARENTS = (
    cst.Arg,
    cst.Call,
    cst.Attribute,
    cst.Subscript,
    cst.SubscriptElement,
    cst.Index,
    cst.Dict,
    cst.DictElement,
    cst.StarredDictElement,
    cst.List,
    cst.Tuple,
    cst.Element,
    cst.FormattedString,
    cst.FormattedStringExpression,
    cst.BinaryOperation,
    cst.Await,
    cst.SimpleStatementLine,
    cst.Assign,
    cst.AnnAssign,
    cst.Expr,
    cst.Return,
)


class Form(Enum):
    """How the reading hands the text on."""

    ASSIGNED = "assigned"
    INLINE = "inline"


@record(frozen=True, slots=True)
class Answer:
    """The reading of a dead answer.

    ``body`` is the expression that gives the parsed answer where it is read: a name, or the
    parsing call itself (``parsed_in_place``). ``statement`` is the reading statement, ``reads`` the
    expression that reads, ``result`` what takes the text (None where it is used in place),
    ``annotation`` its declared type. ``fallback`` is the last resort in ``reads``. ``checked``
    tells that a check for an empty text stands behind it. ``gone`` are statements that only lead
    from the answer to the text, and go.
    """

    body: cst.BaseExpression
    parsed_in_place: bool
    statement: cst.SimpleStatementLine
    form: Form
    reads: cst.BaseExpression
    result: cst.BaseExpression | None
    annotation: cst.Annotation | None
    fallback: cst.BaseExpression | None
    checked: bool
    gone: tuple[cst.SimpleStatementLine, ...]


class AnswerReader:
    """Follows one request to what reads its answer."""

    def __init__(
        self, program: Program, client: Client, sender: cst.Call, *, blank_error: bool = False
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._flow = program.flow
        self._client = client
        self._sender = sender
        #: Whether the new answer has an `error` that is None where there is none, as a Response.
        self._blank_error = blank_error
        self._function = self._tree.function_of(sender)
        self._bodies = Bodies(program, client, sender)

    def answer(self) -> Answer:
        """The one reading of the dead answer.

        Raises:
            RefusedError: there is none, or it cannot be followed.
        """
        readings = list(self._readings())
        if not readings:
            # A script that only prints its answer reads it there.
            readings = list(self._readings(prints=False))
        if not readings:
            # So does a job that logs it.
            readings = list(self._readings(prints=False, informs=False))
        if not readings:
            raise RefusedError(Reason.ANSWER_NOT_READ)
        if len(readings) > 1:
            raise RefusedError(Reason.OTHER_READ, self._tree.show_line(readings[1][1]))
        body, chain, gone = readings[0]
        return self._reading(body, chain, gone)

    def reads_a_run(self) -> bool:
        """Whether fields that only a Run has are read from this request's answer."""
        try:
            bodies = list(self._bodies.all())
        except RefusedError:
            return False
        for body in bodies:
            for use in self._bodies.uses_of(body):
                if self._first_key(use) in _RUN_FIELDS:
                    return True
        return False

    def reads_the_dead_answer(self) -> bool:
        """Whether `output` is read from this request's answer."""
        try:
            bodies = list(self._bodies.all())
        except RefusedError:
            return False
        return any(
            self._first_key(use) in ("output", "output_text")
            for body in bodies
            for use in self._bodies.uses_of(body)
        )

    def _readings(
        self, *, prints: bool = True, informs: bool = True
    ) -> Iterator[
        tuple[cst.BaseExpression, cst.BaseExpression, tuple[cst.SimpleStatementLine, ...]]
    ]:
        """Each reading of the dead answer: the answer's expression, the chain, what leads to it.

        ``prints`` tells that what is printed is only logged, ``informs`` that what is logged by
        `info` is.
        """
        found: list[cst.BaseExpression] = []
        for body in self._bodies.all():
            for use in self._bodies.uses_of(body):
                key = self._first_key(use)
                if self._blank_error and not survives(self._program, use):
                    raise RefusedError(Reason.OTHER_READ, self._tree.show_line(use))
                if key in _STILL_THERE or key in _RUN_FIELDS:
                    continue
                logged = is_logged(self._program, use, prints=prints, informs=informs)
                if logged and not may_raise(self._tree, use, ANSWERED, SHALLOW):
                    continue
                if self._is_harmless_test(use):
                    continue
                chain = self._chain_around(use)
                if key is None and chain is use:
                    self._refuse_whole(use)
                if any(chain is known for known in found):
                    continue
                found.append(chain)
                for last, gone in self._through_variables(chain):
                    yield use, last, gone

    def _refuse_whole(self, use: cst.BaseExpression) -> None:
        parent = self._tree.parent(use) or use
        if isinstance(parent, (cst.Return, cst.Arg, cst.DictElement, cst.Await, cst.Yield)):
            raise RefusedError(Reason.ANSWER_HANDED_ON, self._tree.show_line(parent))
        raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(parent))

    def _is_harmless_test(self, use: cst.BaseExpression) -> bool:
        """`if not data`, `"error" in data`, `isinstance(data, dict)`: true of a Run as well."""
        parent = self._tree.parent(use)
        if isinstance(parent, cst.UnaryOperation):
            return isinstance(parent.operator, cst.Not)
        if isinstance(parent, cst.If):
            return parent.test is use
        if isinstance(parent, cst.ComparisonTarget):
            comparison = self._tree.parent(parent)
            if isinstance(comparison, cst.Comparison) and isinstance(
                comparison.left, cst.SimpleString
            ):
                return comparison.left.evaluated_value in _STILL_THERE
        if isinstance(parent, cst.Arg):
            call = self._tree.parent(parent)
            if isinstance(call, cst.Call) and dotted(call.func) == "isinstance":
                shown = self._tree.source(call.args[-1].value)
                return shown in ("dict", "Mapping")
        return False

    def _first_key(self, use: cst.BaseExpression) -> str | None:
        """The key read from a use: `output` of `data["output"]` and `data.get("output")`."""
        parent = self._tree.parent(use)
        if isinstance(parent, cst.Subscript) and parent.value is use:
            return index_of(parent) or "[]"
        if isinstance(parent, cst.Attribute) and parent.value is use:
            call = self._tree.parent(parent)
            if isinstance(call, cst.Call) and call.func is parent and parent.attr.value == "get":
                return get_key(call) or "[]"
            return "." + parent.attr.value
        return None

    def _chain_around(self, use: cst.BaseExpression) -> cst.BaseExpression:
        """The whole expression of one reading: subscripts, `.get`, `str`, `json.dumps`, `or`."""
        node: cst.CSTNode = use
        best = use
        for parent in self._tree.ancestors(use):
            if isinstance(parent, cst.Subscript):
                if parent.value is not node:
                    break
            elif isinstance(parent, cst.Attribute):
                call = self._tree.parent(parent)
                if parent.attr.value != "get" or not isinstance(call, cst.Call):
                    break
            elif isinstance(parent, cst.Call):
                if not self._is_reading_call(parent, node):
                    break
            elif isinstance(parent, cst.BooleanOperation):
                if not isinstance(parent.operator, cst.Or):
                    break
            elif not isinstance(parent, cst.Arg):
                break
            if isinstance(parent, cst.Arg):
                around = self._tree.parent(parent)
                if not isinstance(around, cst.Call) or not self._is_reading_call(around, parent):
                    break
            node = parent
            if isinstance(parent, (cst.Subscript, cst.Call, cst.BooleanOperation)):
                best = parent
        return best

    def _is_reading_call(self, call: cst.Call, node: cst.CSTNode) -> bool:
        if call.func is node:
            return isinstance(node, cst.Attribute) and node.attr.value == "get"
        name = dotted(call.func)
        if isinstance(call.func, cst.Attribute) and call.func.attr.value == "get":
            # The default of a `.get`: `data.get("a", data.get("b"))`.
            return any(arg is node for arg in call.args[1:])
        return name == "str" or self._program.scopes.imported(call.func) == "json.dumps"

    def _through_variables(
        self, chain: cst.BaseExpression
    ) -> Iterator[tuple[cst.BaseExpression, tuple[cst.SimpleStatementLine, ...]]]:
        """A chain, or the one that goes on from the variable that takes a part of the answer."""
        parent = self._tree.parent(chain)
        name = last_key(chain)
        if not isinstance(parent, cst.Assign) or parent.value is not chain:
            yield chain, ()
            return
        target = parent.targets[0].target
        if len(parent.targets) != 1 or not isinstance(target, cst.Name) or name in _TEXT_NAMES:
            yield chain, ()
            return
        definition = self._bodies.definition_at(parent)
        mine, maybe = self._flow.uses(definition)
        keyed = [u for u in mine if self._first_key(u) is not None and not self._is_text_use(u)]
        if not keyed:
            yield chain, ()
            return
        if maybe or len(mine) != 1:
            raise RefusedError(Reason.OTHER_READ, self._tree.show_line((maybe or mine)[-1]))
        statement = self._tree.statement_of(chain)
        if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(chain))
        further = self._chain_around(mine[0])
        for last, gone in self._through_variables(further):
            yield last, (statement, *gone)

    def _is_text_use(self, use: cst.BaseExpression) -> bool:
        key = self._first_key(use)
        return key is not None and key.startswith(".")

    # the reading

    def _reading(
        self,
        body: cst.BaseExpression,
        chain: cst.BaseExpression,
        gone: tuple[cst.SimpleStatementLine, ...],
    ) -> Answer:
        shown = self._tree.show_line(chain)
        if self._tree.function_of(chain) is not self._function:
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, shown)
        statement = self._tree.statement_of(chain)
        statement = self._checked(statement, chain)
        fallback = self._fallback(chain, body, [*gone])
        form, result, annotation = self._form(chain, statement)
        self._check_text(chain, fallback, result, annotation)
        in_place = not isinstance(body, cst.Name)
        if in_place and gone:
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, shown)
        return Answer(
            body=body,
            parsed_in_place=in_place,
            statement=statement,
            form=form,
            reads=chain,
            result=result,
            annotation=annotation,
            fallback=fallback,
            checked=result is not None and self._is_checked(statement, result),
            gone=gone,
        )

    def _checked(self, statement: Statement, chain: cst.BaseExpression) -> cst.SimpleStatementLine:
        """A statement, unless others cannot be put beside it."""
        if not isinstance(statement, cst.SimpleStatementLine):
            inside_suite = self._tree.around(chain, cst.SimpleStatementSuite) is not None
            reason = Reason.NEEDS_BRACES if inside_suite else Reason.ANSWER_NOT_UNDERSTOOD
            raise RefusedError(reason, self._tree.show_line(chain))
        if len(statement.body) != 1:
            raise RefusedError(Reason.NEEDS_BRACES, self._tree.show_line(statement))
        holder = self._tree.around(statement, cst.ClassDef)
        if holder is not None and self._tree.function_of(statement) is self._tree.function_of(
            holder
        ):
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(statement))
        return statement

    def _form(
        self, chain: cst.BaseExpression, statement: cst.SimpleStatementLine
    ) -> tuple[Form, cst.BaseExpression | None, cst.Annotation | None]:
        small = statement.body[0]
        if isinstance(small, cst.Assign) and small.value is chain and len(small.targets) == 1:
            target = small.targets[0].target
            if dotted(target):
                return Form.ASSIGNED, target, None
        if isinstance(small, cst.AnnAssign) and small.value is chain and dotted(small.target):
            return Form.ASSIGNED, small.target, small.annotation
        if isinstance(small, cst.Assign) and small.value is chain:
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(small))
        if isinstance(small, (cst.Return, cst.Expr, cst.Assign, cst.AnnAssign)):
            if self._always_runs(chain, statement):
                return Form.INLINE, None, None
        raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(chain))

    def _always_runs(self, value: cst.CSTNode, statement: cst.CSTNode) -> bool:
        for parent in self._tree.ancestors(value):
            if parent is statement:
                return True
            if not isinstance(parent, _PLAIN_PARENTS):
                return False
        return False

    def _fallback(
        self,
        chain: cst.BaseExpression,
        body: cst.BaseExpression,
        gone: list[cst.SimpleStatementLine],
    ) -> cst.BaseExpression | None:
        """The last operand, or the last `.get`'s default, if it reads nothing of the answer."""
        names = {node.value for node in walk_names(self._tree.below(body))}
        for statement in gone:
            small = statement.body[0]
            if isinstance(small, cst.Assign):
                names.update(n.value for t in small.targets for n in walk_names([t.target]))
        guesses = list(operands(chain))
        reading = [self._reads(operand, body, names) for operand in guesses]
        if not all(reading[:-1]) or (len(guesses) == 1 and not reading[0]):
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(chain))
        last = guesses[-1]
        if not reading[-1]:
            waits = any(isinstance(n, (cst.Await, cst.Yield)) for n in self._tree.below(last))
            mentions = any(n.value in names for n in walk_names(self._tree.below(last)))
            if waits or mentions:
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(last))
            return last
        default = default_of(last)
        if default is not None and not self._reads(default, body, names):
            return default
        return None

    def _reads(
        self, operand: cst.BaseExpression, body: cst.BaseExpression, names: set[str]
    ) -> bool:
        """Whether an operand is a path into the answer."""
        node = operand
        while True:
            if node is body:
                return True
            if isinstance(node, cst.Name):
                return isinstance(body, cst.Name) and node.value in names
            if isinstance(node, cst.Subscript):
                node = node.value
            elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
                if node.func.attr.value == "get":
                    node = node.func.value
                elif self._program.scopes.imported(node.func) == "json.dumps" and node.args:
                    node = node.args[0].value
                else:
                    return False
            elif isinstance(node, cst.Call) and dotted(node.func) == "str" and node.args:
                node = node.args[0].value
            elif isinstance(node, cst.BooleanOperation):
                # `(data.get("output") or {}).get("message")`
                node = node.left
            else:
                return False

    def _check_text(
        self,
        chain: cst.BaseExpression,
        fallback: cst.BaseExpression | None,
        result: cst.BaseExpression | None,
        annotation: cst.Annotation | None,
    ) -> None:
        """Refuse a reading that is not certainly of text: what replaces it is a string."""
        names = {last_key(operand) for operand in operands(chain)}
        literal = isinstance(fallback, (cst.SimpleString, cst.FormattedString))
        typed = annotation is not None and self._tree.source(annotation.annotation) == "str"
        wrapped = isinstance(chain, cst.Call) and dotted(chain.func) == "str"
        if not (names & _TEXT_NAMES or literal or typed or wrapped):
            detail = f"{self._tree.show_line(chain)} may be no text"
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)
        self._check_not_a_list(chain)
        if isinstance(result, cst.Name):
            for definition in self._program.scopes.bound(self._function).get(result.value, []):
                if definition.value is chain:
                    for use in self._flow.uses(definition)[0]:
                        self._check_not_a_list(use)
                        key = self._first_key(use)
                        if key is not None and not key.startswith(".") and key != "[]":
                            raise RefusedError(
                                Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(use)
                            )

    def _check_not_a_list(self, node: cst.BaseExpression) -> None:
        if self._tree.is_gone_through(node):
            detail = f"{self._tree.show_line(node)} is gone through as a list"
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)

    def _is_checked(self, statement: cst.SimpleStatementLine, result: cst.BaseExpression) -> bool:
        """Whether `if not result:` stands right behind a statement and leaves."""
        block = list(self._tree.block_of(statement))
        index = next(i for i, other in enumerate(block) if other is statement)
        follower = block[index + 1] if index + 1 < len(block) else None
        if not isinstance(follower, cst.If):
            return False
        test = follower.test
        if not isinstance(test, cst.UnaryOperation) or not isinstance(test.operator, cst.Not):
            return False
        return dotted(test.expression) == dotted(result) and self._flow.leaves(follower.body)


def walk_names(nodes: object) -> list[cst.Name]:
    """The names among nodes."""
    return [node for node in nodes if isinstance(node, cst.Name)]  # type: ignore[attr-defined]
