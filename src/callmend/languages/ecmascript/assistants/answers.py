"""How an answer is read out of a thread's messages, and what each reading asks for.

A reading is followed step by step from the call that lists the messages: page, `.data`, one
message, its content, one part, its text. What it comes to is one of four things that the new
answer has too: the text, that there is one, that there is none, or the whole for a log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import Enum

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.assistants.calls import Call
from callmend.languages.ecmascript.assistants.predicates import Predicate, Predicates, index_of
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.statements import single_declaration
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    items,
    key_name,
    members,
    show_line,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.records import record


class Form(Enum):
    """What a reading comes to."""

    TEXT = "text"
    PRESENT = "present"
    ABSENT = "absent"
    WHOLE = "whole"


@record(frozen=True, slots=True)
class Reading:
    """An expression that reads the answer, and what it comes to."""

    node: Node
    form: Form


@record(frozen=True, slots=True)
class First:
    """A loop that stops at the first message that its one `if` lets in; ``cuts`` go from that."""

    loop: Node
    kept: Node
    cuts: tuple[Node, ...]


class Shape(Enum):
    """How far into the page of messages an expression has come."""

    PAGE = "page"
    MESSAGES = "messages"
    MESSAGE = "message"
    PARTS = "parts"
    PART = "part"
    TEXT = "text"
    TEXTS = "texts"
    ANSWER = "answer"
    TYPE = "type"
    ROLE = "role"
    RUN_ID = "run-id"
    COUNT = "count"


@record(frozen=True, slots=True)
class Value:
    """What an expression holds: its shape, and for messages which of them, in which order."""

    shape: Shape
    descending: bool = True
    assistant: bool = False
    of_run: bool = False


_JUMPS = frozenset({"break_statement", "continue_statement"})
_EQUAL = frozenset({b"===", b"=="})
_UNEQUAL = frozenset({b"!==", b"!="})


class Answers:
    """Follows the answers of one flow; `readings` and `removed` are what it found."""

    def __init__(
        self, program: Program, is_run_id: Callable[[Node], bool], *, one_run: bool
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._scopes = program.scopes
        self._predicates = Predicates(program, is_run_id)
        self._is_run_id = is_run_id
        self._one_run = one_run
        self.readings: list[Reading] = []
        #: Statements that only hold what is read no more.
        self.removed: list[Node] = []
        #: Loops over messages that stop at the first, of which one `if` stays.
        self.firsts: list[First] = []
        self._followed: set[int] = set()

    def read(self, call: Call) -> None:
        """Follow what one call of `messages.list` gives.

        Raises:
            RefusedError: something is read that cannot be followed.
        """
        value = self._listed(call)
        name = None if call.raw is None else call.raw.named
        binding = None if name is None else self._scopes.binding(name)
        settled = call.settled(self._program)
        if settled is None or (binding is not None and binding.writes):
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(call.node))
        if binding is None:
            self.follow(settled, value)
            return
        for use in binding.references:
            member = self._tree.outer(use)[1] if call.is_wrapped else use
            self.follow(member or use, value)

    def _listed(self, call: Call) -> Value:
        value = Value(Shape.PAGE)
        if call.raw is not None:
            return self._checked(call, self._queried(call, call.raw.query, value))
        if len(call.arguments) < 2:
            return value
        given = members(unwrapped(call.arguments[1]))
        if unwrapped(call.arguments[1]).type != "object" or given is None:
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(call.arguments[1]))
        for name, member in given.items():
            inside = field(member, "value") or member
            if name == b"order" and inside.type == "string":
                value = replace(value, descending=text(inside)[1:-1] != b"asc")
            elif name == b"run_id" and self._is_run_id(inside):
                value = replace(value, of_run=True)
            elif name != b"limit":
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(member))
        return self._checked(call, value)

    def _queried(self, call: Call, query: str, value: Value) -> Value:
        """What the query of a URL asks for."""
        for part in query.lstrip("?").split("&") if query else []:
            name, _, given = part.partition("=")
            if name == "order" and given in ("asc", "desc"):
                value = replace(value, descending=given == "desc")
            elif name == "run_id" and len(call.arguments) == 2:
                if not self._is_run_id(call.arguments[1]):
                    raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(call.node))
                value = replace(value, of_run=True)
            elif name != "limit" or not given.isdigit():
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(call.node))
        return value

    def _checked(self, call: Call, value: Value) -> Value:
        if not value.descending and not value.of_run and not self._one_run:
            # The first page of a long thread does not hold the newest message.
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(call.node))
        return value

    # one step further in

    def follow(self, node: Node, value: Value) -> None:
        """Follow an expression that holds a value to where it ends.

        Raises:
            RefusedError: something is read that cannot be followed.
        """
        while True:
            if value.shape is Shape.ANSWER:
                self._answer(node)
                return
            outer, parent = self._tree.outer(node)
            if parent is None:
                raise self._refused(node)
            step = self._step(outer, parent, value)
            if step is None:
                self._consume(outer, parent, value)
                return
            node, value = step

    def _step(self, node: Node, parent: Node, value: Value) -> tuple[Node, Value] | None:
        if field(parent, "object") != node:
            return None
        if parent.type == "subscript_expression":
            return parent, self._indexed(parent, node, value)
        if parent.type != "member_expression":
            return None
        name = text_of(parent, "property")
        around = self._tree.parent(parent)
        if around is not None and around.type == "call_expression":
            if field(around, "function") == parent:
                return around, self._called(around, name, value)
        found = self._member(name, value)
        if found is None:
            raise RefusedError(Reason.OTHER_READ, show_line(parent))
        return parent, found

    def _member(self, name: bytes, value: Value) -> Value | None:
        shape = value.shape
        if shape is Shape.PAGE and name == b"data":
            return replace(value, shape=Shape.MESSAGES)
        if name == b"length" and shape in (Shape.MESSAGES, Shape.PARTS):
            return replace(value, shape=Shape.COUNT)
        if shape is Shape.MESSAGE:
            known = {b"content": Shape.PARTS, b"role": Shape.ROLE, b"run_id": Shape.RUN_ID}
            return replace(value, shape=known[name]) if name in known else None
        if shape is Shape.PART:
            known = {b"text": Shape.TEXT, b"type": Shape.TYPE}
            return replace(value, shape=known[name]) if name in known else None
        if shape is Shape.TEXT and name == b"value":
            return replace(value, shape=Shape.ANSWER)
        return None

    def _indexed(self, parent: Node, owner: Node, value: Value) -> Value:
        index = field(parent, "index")
        if index is not None and index.type == "string":
            found = self._member(text(index)[1:-1], value)
            if found is None:
                raise RefusedError(Reason.OTHER_READ, show_line(parent))
            return found
        first = None if index is None else index_of(index, owner)
        if first is None:
            raise self._refused(parent)
        return self._picked(parent, value, first=first)

    def _picked(self, at: Node, value: Value, *, first: bool) -> Value:
        if value.shape is Shape.MESSAGES:
            newest = first == value.descending
            if not newest and not (value.assistant and (value.of_run or self._one_run)):
                detail = f"{show_line(at)} is the oldest message of the thread"
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)
            return replace(value, shape=Shape.MESSAGE)
        if value.shape is Shape.PARTS:
            return replace(value, shape=Shape.PART)
        if value.shape is Shape.TEXTS:
            return replace(value, shape=Shape.ANSWER)
        raise self._refused(at)

    def _called(self, call: Node, name: bytes, value: Value) -> Value:
        given = items(field(call, "arguments") or call)
        if name in (b"pop", b"shift") and not given:
            return self._picked(call, value, first=name == b"shift")
        if name == b"at" and len(given) == 1:
            first = index_of(given[0], None)
            if first is not None:
                return self._picked(call, value, first=first)
        if name in (b"reverse", b"toReversed") and value.shape is Shape.MESSAGES:
            return replace(value, descending=not value.descending)
        if name == b"join" and value.shape is Shape.TEXTS:
            return replace(value, shape=Shape.ANSWER)
        if len(given) == 1 and value.shape in (Shape.MESSAGES, Shape.PARTS):
            found = self._with_callback(call, name, given[0], value)
            if found is not None:
                return found
        raise self._refused(call)

    def _with_callback(self, call: Node, name: bytes, given: Node, value: Value) -> Value | None:
        messages = value.shape is Shape.MESSAGES
        if name in (b"sort", b"toSorted") and messages:
            descending = self._predicates.order(given)
            return None if descending is None else replace(value, descending=descending)
        if name == b"map" and not messages and self._predicates.gives_text(given):
            return replace(value, shape=Shape.TEXTS)
        if name not in (b"filter", b"find", b"findLast"):
            return None
        what = self._predicates.of(given, messages=messages)
        if what is None:
            return None
        value = replace(
            value,
            assistant=value.assistant or Predicate.ASSISTANT in what,
            of_run=value.of_run or Predicate.OF_RUN in what,
        )
        return value if name == b"filter" else self._picked(call, value, first=name == b"find")

    # where it ends

    def _answer(self, node: Node) -> None:
        self.readings.append(Reading(node, Form.TEXT))

    def _consume(self, outer: Node, parent: Node, value: Value) -> None:
        if parent.type == "variable_declarator" and field(parent, "value") == outer:
            self._declared(parent, value)
            return
        if parent.type == "assignment_expression" and field(parent, "right") == outer:
            self._assigned(parent, value)
            return
        if parent.type == "for_in_statement" and field(parent, "right") == outer:
            self._first_of(parent, value)
            return
        found = self._condition(outer, parent, value)
        if found is not None:
            self.readings.append(found)
            return
        if is_logged(self._tree.parent(parent), parent):
            self.readings.append(Reading(outer, Form.WHOLE))
            return
        if parent.type in ("return_statement", "arguments", "pair", "array", "arrow_function"):
            raise RefusedError(Reason.ANSWER_HANDED_ON, show_line(outer))
        raise self._refused(outer)

    def _condition(self, outer: Node, parent: Node, value: Value) -> Reading | None:
        if parent.type == "binary_expression":
            found = self._comparison(outer, parent, value)
            if found is not None:
                return Reading(parent, found)
        if value.shape in (Shape.TYPE, Shape.ROLE, Shape.RUN_ID):
            return None
        if parent.type == "unary_expression" and text_of(parent, "operator") == b"!":
            return Reading(parent, Form.ABSENT)
        # The parentheses of an `if` are not part of what is asked.
        tested = is_tested(self._program, outer)
        return Reading(unwrapped(outer), Form.PRESENT) if tested else None

    def _comparison(self, outer: Node, parent: Node, value: Value) -> Form | None:
        operator = text_of(parent, "operator")
        left, right = field(parent, "left"), field(parent, "right")
        if left is None or right is None:
            return None
        if operator == b"in" and right == outer and value.shape is Shape.PART:
            return Form.PRESENT if text(left)[1:-1] == b"text" else None
        if left != outer:
            return None
        same = operator in _EQUAL
        other = unwrapped(right)
        word = text(other)[1:-1] if other.type == "string" else None
        if same or operator in _UNEQUAL:
            wanted = {Shape.TYPE: b"text", Shape.ROLE: b"assistant"}.get(value.shape)
            if wanted is not None:
                return (Form.PRESENT if same else Form.ABSENT) if word == wanted else None
            if value.shape is Shape.RUN_ID:
                return (Form.PRESENT if same else Form.ABSENT) if self._is_run_id(other) else None
            nothing = text(other) in (b"null", b"undefined")
            if nothing and value.shape is not Shape.COUNT:
                return Form.ABSENT if same else Form.PRESENT
        if value.shape is not Shape.COUNT or other.type != "number":
            return None
        return _count(operator, text(other))

    def _declared(self, declarator: Node, value: Value) -> None:
        name = field(declarator, "name")
        if name is None:
            raise self._refused(declarator)
        if name.type == "identifier":
            binding = self._scopes.binding(name)
            if binding is None or binding.writes:
                raise self._refused(declarator)
            self._removes(declarator, binding)
            self._follow_all(binding, value)
        elif name.type == "object_pattern":
            self._removes(declarator, None)
            self._destructured(name, value)
        elif name.type == "array_pattern" and len(items(name)) == 1:
            self._removes(declarator, None)
            self._bound(items(name)[0], self._picked(declarator, value, first=True))
        else:
            raise self._refused(declarator)

    def _destructured(self, pattern: Node, value: Value) -> None:
        for item in items(pattern):
            key = key_name(item)
            target = item if item.type != "pair_pattern" else field(item, "value")
            found = None if key is None else self._member(key, value)
            if found is None or target is None:
                raise RefusedError(Reason.OTHER_READ, show_line(item))
            self._bound(target, found)

    def _bound(self, name: Node, value: Value) -> None:
        binding = self._scopes.binding(name)
        if binding is None or binding.writes or value.shape is Shape.ANSWER:
            raise self._refused(name)
        self._follow_all(binding, value)

    def _follow_all(self, binding: Binding, value: Value) -> None:
        if id(binding) in self._followed:
            return
        self._followed.add(id(binding))
        for use in binding.references:
            self.follow(use, value)

    def _removes(self, declarator: Node, binding: Binding | None) -> None:
        declaration = self._tree.parent(declarator)
        if declaration is None or not declaration.type.endswith("_declaration"):
            raise self._refused(declarator)
        alone = [n for n in items(declaration) if n.type == "variable_declarator"]
        single = binding is None or single_declaration(self._tree, binding) is not None
        if len(alone) != 1 or not single:
            raise self._refused(declarator)
        self.removed.append(declaration)

    def _first_of(self, loop: Node, value: Value) -> None:
        """`for (const m of messages.data) { if (m.role === 'assistant') { ... return } }`.

        The first message that the `if` lets in is the only one: what stays is the `if`.
        """
        name, body = field(loop, "left"), field(loop, "body")
        binding = None if name is None else self._scopes.binding(name)
        inside = [] if body is None else items(body) if body.type == "statement_block" else [body]
        chosen = [n for n in inside if n.type != "comment"]
        if text_of(loop, "operator") != b"of" or binding is None or binding.writes:
            raise self._refused(loop)
        if len(chosen) != 1 or chosen[0].type != "if_statement" or name is None:
            raise self._refused(loop)
        branch = field(chosen[0], "consequence")
        last = branch
        if branch is not None and branch.type == "statement_block":
            last = items(branch)[-1] if items(branch) else None
        if name.type != "identifier" or field(chosen[0], "alternative") is not None or last is None:
            raise self._refused(loop)
        jumps = [n for n in descendants(chosen[0]) if n.type in _JUMPS and n != last]
        labelled = last.type == "break_statement" and items(last)
        if last.type not in ("return_statement", "break_statement") or jumps or labelled:
            raise self._refused(loop)
        condition = field(chosen[0], "condition")
        asked = None if condition is None else self._predicates.asked(condition, text(name))
        if asked is None or Predicate.ASSISTANT not in asked:
            raise self._refused(loop)
        known = replace(value, assistant=True, of_run=value.of_run or Predicate.OF_RUN in asked)
        message = self._picked(loop, known, first=True)
        if message.shape is not Shape.MESSAGE:
            raise self._refused(loop)
        cuts = [last] if last.type == "break_statement" else []
        self.firsts.append(First(loop, chosen[0], tuple(cuts)))
        self._follow_all(binding, message)

    def _assigned(self, assignment: Node, value: Value) -> None:
        """`let last; ... last = messages.data[0];`, the only assignment."""
        name, statement = field(assignment, "left"), self._tree.parent(assignment)
        binding = None if name is None else self._scopes.binding(name)
        if binding is None or statement is None or statement.type != "expression_statement":
            raise self._refused(assignment)
        declaration = single_declaration(self._tree, binding)
        first = field(binding.declarator, "value")
        if declaration is None or len(binding.writes) != 1:
            raise self._refused(assignment)
        if first is not None and text(first) not in (b"null", b"undefined"):
            raise self._refused(assignment)
        self.removed += [statement, declaration]
        for use in binding.references:
            if use != name:
                self.follow(use, value)

    def _refused(self, node: Node) -> RefusedError:
        return RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(node))


def _count(operator: bytes, number: bytes) -> Form | None:
    some = {(b">", b"0"), (b">=", b"1"), (b"!==", b"0"), (b"!=", b"0")}
    none = {(b"===", b"0"), (b"==", b"0"), (b"<", b"1"), (b"<=", b"0")}
    if (operator, number) in some:
        return Form.PRESENT
    return Form.ABSENT if (operator, number) in none else None


def is_tested(program: Program, node: Node) -> bool:
    """Whether only an expression's truth matters where it stands."""
    tree = program.tree
    node, parent = tree.outer(node)
    while parent is not None and parent.type == "binary_expression":
        operator = text_of(parent, "operator")
        if operator == b"&&" and field(parent, "left") == node:
            return True
        if operator not in (b"&&", b"||"):
            return False
        node, parent = tree.outer(parent)
    if parent is None:
        return False
    if parent.type == "unary_expression":
        return text_of(parent, "operator") == b"!"
    if parent.type in ("if_statement", "ternary_expression", "while_statement"):
        condition = field(parent, "condition")
        return condition is not None and unwrapped(condition) == unwrapped(node)
    return False


def is_logged(call: Node | None, arguments: Node | None) -> bool:
    """Whether these are the arguments of a `console` method."""
    if call is None or arguments is None or call.type != "call_expression":
        return False
    return arguments.type == "arguments" and text_of(call, "function").startswith(b"console.")
