"""The variables that hold a request's parsed answer, those of its error path left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from operator import and_, or_

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.flow import Bound, Flow
from callmend.languages.ecmascript.guards import guards_of, implies
from callmend.languages.ecmascript.members import MEMBERS
from callmend.languages.ecmascript.tree import (
    BLOCKS,
    FUNCTIONS,
    Tree,
    descendants,
    field,
    is_inside,
    items,
    show_line,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason

#: Texts that a Run has and a Response too (https://developers.openai.com/api/docs/api-reference).
_TEXTS = frozenset({b"id", b"model", b"object", b"status"})
#: What writes a log, and by which methods.
_LOGGERS = re.compile(rb"(?:.*\.)?(?:console|_?log|\w*[lL]ogger|pino|winston)")
_LEVELS = frozenset({b"debug", b"error", b"info", b"log", b"trace", b"verbose", b"warn"})


class Bodies:
    """Finds the parsed answers of one request."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._tree = flow.tree

    def of(self, response: Bound) -> Iterator[Bound]:
        """The variables that hold our parsed answer."""
        calls = 0
        for use in self._flow.uses(response):
            if not self._flow.serves_us(use, response) or is_logged(self._tree, use):
                continue
            member = self._tree.parent(use)
            parsed = self._tree.parent(member) if member is not None else None
            if member is None or parsed is None or member.type != "member_expression":
                self._refuse_whole(use)
                continue
            method = text_of(member, "property")
            if method == b"clone":
                self._refuse_clone(parsed)
            if method not in (b"json", b"text", b"body") or self._in_error_branch(use, response):
                continue
            calls += 1
            if method == b"json" and parsed.type == "call_expression":
                yield from self._parsed(parsed)
            else:
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(parsed))
        for use in self._flow.strays(response):
            if member_of(self._flow, use) in (b"json", b"text", b"body", b"clone"):
                raise RefusedError(Reason.OTHER_READ, show_line(self._tree.parent(use) or use))
        if not calls:
            yield from self._fragment()

    def _refuse_whole(self, use: Node) -> None:
        """Refuse the response itself where it is given away or gets another name.

        Raises:
            RefusedError: it does.
        """
        if is_handed_on(self._flow, use):
            raise RefusedError(Reason.ANSWER_HANDED_ON, show_line(use))
        node, parent = self._tree.outer(use)
        if parent is not None and (
            field(parent, "value") == node
            or field(parent, "right") == node
            or parent.type in ("array", "spread_element", "arrow_function")
        ):
            if parent.type != "binary_expression":
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(parent))

    def _refuse_clone(self, clone: Node) -> None:
        """Refuse a second copy of the response: what is read from it is read elsewhere.

        Raises:
            RefusedError: always, as it is handed on or read in another way.
        """
        node = clone
        for parent in self._tree.ancestors(clone):
            if parent.type in BLOCKS or parent.type in FUNCTIONS:
                break
            if is_handed_on(self._flow, node):
                raise RefusedError(Reason.ANSWER_HANDED_ON, show_line(node))
            node = parent
        raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(clone))

    def _parsed(self, call: Node) -> Iterator[Bound]:
        node, parent = self._tree.outer(call)
        if parent is None or parent.type != "await_expression":
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(call))
        node, parent = self._tree.outer(parent)
        bound = self._flow.bound_by(node, parent)
        if bound is None:
            if is_handed_on(self._flow, node):
                raise RefusedError(Reason.ANSWER_HANDED_ON, show_line(node))
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(node))
        self._only_typed_loosely(bound, parent, node)
        yield bound

    def _only_typed_loosely(self, bound: Bound, parent: Node | None, value: Node) -> None:
        """Refuse a body with a declared type.

        Such a type knows no `thread_id`, so the file would not compile any more.
        """
        declarator = bound.binding.declarator if bound.binding is not None else parent
        declared = field(declarator, "type")
        types = [] if declared is None else [text(declared).lstrip(b": \t")]
        types += [text(items(n)[-1]) for n in descendants(value) if n.type == "as_expression"]
        if any(declared_type not in (b"any", b"unknown") for declared_type in types):
            shown = types[0].decode("utf-8", "replace")
            detail = f"`{bound.name.decode()}` has the type `{shown}`, which knows no Run"
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)

    def _fragment(self) -> Iterator[Bound]:
        """In a fragment that declares nothing: the undeclared name read under our condition."""
        conditional = [guard for guard in self._flow.guards if not guard.leaves][:1]
        for name, uses in self._flow.scopes.free.items():
            mine = [
                use
                for use in uses
                if use.start_byte > self._flow.call.end_byte
                and self._tree.function_of(use) == self._flow.function
                and conditional
                and implies(guards_of(self._tree, self._flow.scopes, use), tuple(conditional))
                and member_of(self._flow, use) == b"output"
            ]
            if mine and not any(self._flow.scopes.is_write(use) for use in uses):
                yield Bound(name, mine[0], None)

    def _in_error_branch(self, use: Node, response: Bound) -> bool:
        for guard in guards_of(self._tree, self._flow.scopes, use):
            if is_inside(self._flow.call, guard.statement):
                continue
            condition = unwrapped(guard.condition)
            if _fails(condition, response.name, holds=guard.holds):
                return True
        return False


def _fails(condition: Node, name: bytes, *, holds: bool) -> bool:
    """Whether a condition that holds (or does not) means that the response is an error's."""
    answers: list[bool] = []
    # A condition of two sides comes back behind them, with what joins their answers.
    stack: list[tuple[Node, bool, Callable[[bool, bool], bool] | None]] = [(condition, holds, None)]
    while stack:
        node, holds, join = stack.pop()
        if join is not None:
            answers.append(join(answers.pop(), answers.pop()))
            continue
        node = unwrapped(node)
        while node.type == "unary_expression" and text_of(node, "operator") == b"!":
            inner = field(node, "argument")
            node, holds = unwrapped(inner) if inner is not None else node.children[0], not holds
        left, right = field(node, "left"), field(node, "right")
        operator = text_of(node, "operator")
        if left is not None and right is not None and operator in (b"||", b"&&"):
            # Where `a && b` holds both do, where `a || b` does not neither does.
            either = (operator == b"&&") is holds
            stack.append((node, holds, or_ if either else and_))
            stack += [(left, holds, None), (right, holds, None)]
        else:
            answers.append(_fails_alone(node, name, holds=holds))
    return answers[0]


def _fails_alone(condition: Node, name: bytes, *, holds: bool) -> bool:
    if condition.type == "member_expression":
        is_ok = text_of(condition, "object") == name and text_of(condition, "property") == b"ok"
        return is_ok and not holds
    if condition.type != "binary_expression":
        return False
    left, right = field(condition, "left"), field(condition, "right")
    operator = text_of(condition, "operator")
    if left is None or right is None:
        return False
    if text(left) == name + b".status" and right.type == "number":
        good = text(right).startswith(b"2")
        if operator in (b"===", b"=="):
            return good is not holds
        if operator in (b"!==", b"!="):
            return good is holds
        return operator in (b">=", b">") and holds
    return False


def is_logged(tree: Tree, use: Node) -> bool:
    """Whether a value is only given to the console."""
    for parent in tree.ancestors(use):
        if parent.type == "call_expression":
            return text_of(parent, "function").startswith(b"console.")
        if parent.type in BLOCKS:
            return False
    return False


def writes_a_log(call: Node) -> bool:
    """`console.log(data)`, `this.logger.info('run', run.id)`."""
    callee = field(call, "function")
    if callee is None:
        return False
    of_logger = _LOGGERS.fullmatch(text_of(callee, "object")) is not None
    return of_logger and text_of(callee, "property") in _LEVELS


def may_throw(tree: Tree, use: Node) -> bool:
    """Whether reading a part of a part throws where there is no such part: `data.output.text`.

    `data.output` alone gives undefined, and so does `data.output?.text`.
    """
    node, parent = tree.outer(use)
    if parent is None or parent.type not in MEMBERS or field(parent, "object") != node:
        return False
    if text_of(parent, "property") in _TEXTS:
        return False
    part, around = tree.outer(parent)
    if around is None or around.type not in MEMBERS or field(around, "object") != part:
        return False
    # In `data?.output.text` nothing is read where there is no `data`, which there is.
    return field(around, "optional_chain") is None


def member_of(flow: Flow, use: Node) -> bytes | None:
    """The name read from a use: `output` of `data.output`, `data?.output`, `data['output']`."""
    node, parent = flow.tree.outer(use)
    if parent is None or field(parent, "object") != node:
        return None
    if parent.type == "member_expression":
        return text_of(parent, "property")
    index = field(parent, "index")
    return text(index)[1:-1] if index is not None and index.type == "string" else b"[]"


def is_handed_on(flow: Flow, node: Node) -> bool:
    """Whether a value is returned or given to a function whole."""
    node, parent = flow.tree.outer(node)
    while parent is not None and parent.type in ("await_expression", "pair", "object"):
        node, parent = flow.tree.outer(parent)
    return parent is not None and parent.type in ("return_statement", "arguments")
