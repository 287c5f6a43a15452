"""From the request to what reads its answer: response, parsed body, the reading, its check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.guards import Guard, check_stable, excludes, guards_of, implies
from callmend.languages.ecmascript.scopes import Binding, Scopes
from callmend.languages.ecmascript.tree import (
    BLOCKS,
    Tree,
    descendants,
    field,
    is_inside,
    items,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason

#: What both the dead answer and a Run or an error have: reading it goes on being right.
_STILL_THERE = frozenset({b"error", b"id"})
#: What a Run has and the dead answer never had: who reads it reads the new answer.
_RUN_FIELDS = frozenset({b"thread_id", b"status", b"required_action", b"last_error"})
_EMPTY = frozenset({b"''", b'""', b"``"})
_NOTHING = frozenset({b"null", b"undefined"})
_TRANSPARENT = frozenset(
    {"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"}
)


class Form(Enum):
    """How the reading hands the text on."""

    ASSIGNED = "assigned"
    DECLARED = "declared"


@dataclass(frozen=True, slots=True)
class Bound:
    """A variable: the node it is assigned or declared at, its name, its binding if declared."""

    name: bytes
    node: Node
    binding: Binding | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The reading of a dead answer.

    ``statement`` is the whole reading statement, ``reads`` the expression that reads, ``result``
    what takes the text (an identifier or a member), ``fallback`` the last resort in ``reads``.
    ``on_missing`` is the `if (!result)` behind it. ``starts_empty`` tells that the result is
    certainly empty when the reading starts.
    """

    body: Bound
    statement: Node
    form: Form
    reads: Node
    result: Node
    fallback: Node | None
    on_missing: Node | None
    starts_empty: bool


def _show(node: Node) -> str:
    shown = " ".join(text(node).decode("utf-8", "replace").split())
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return f"`{shown}` in line {node.start_point[0] + 1}"


class AnswerReader:
    """Follows one request to what reads its answer."""

    def __init__(self, tree: Tree, scopes: Scopes, call: Node) -> None:
        self._tree = tree
        self._scopes = scopes
        self._call = call
        self._function = tree.function_of(call)
        self._guards = guards_of(tree, call)

    @property
    def guard(self) -> Guard | None:
        """The innermost condition around the request."""
        return self._guards[0] if self._guards else None

    # the response

    def response(self) -> Bound:
        """The variable that the request is awaited into.

        Raises:
            RefusedError: there is none.
        """
        node, parent = self._outer(self._call)
        if parent is None or parent.type != "await_expression":
            raise RefusedError(Reason.RESPONSE_NOT_BOUND, "the request is not awaited")
        node, parent = self._outer(parent)
        bound = self._bound_by(node, parent)
        if bound is None:
            raise RefusedError(Reason.RESPONSE_NOT_BOUND)
        return bound

    def _outer(self, node: Node) -> tuple[Node, Node | None]:
        """The node with its parentheses and casts, and what stands around that."""
        parent = self._tree.parent(node)
        while parent is not None and parent.type in _TRANSPARENT:
            node, parent = parent, self._tree.parent(parent)
        return node, parent

    def _bound_by(self, value: Node, parent: Node | None) -> Bound | None:
        if parent is None:
            return None
        if parent.type == "variable_declarator" and field(parent, "value") == value:
            name = field(parent, "name")
        elif parent.type == "assignment_expression" and field(parent, "right") == value:
            name = field(parent, "left")
            around = self._tree.parent(parent)
            if around is None or around.type != "expression_statement":
                return None
        else:
            return None
        if name is None or name.type != "identifier":
            return None
        return Bound(text(name), name, self._scopes.binding(name))

    def _uses(self, bound: Bound) -> list[Node]:
        """The later uses of a variable in the request's function, writes left out."""
        if bound.binding is not None:
            nodes = bound.binding.references
        else:
            nodes = self._scopes.free.get(bound.name, [])
        return [
            node
            for node in nodes
            if is_inside(node, self._function)
            and node.start_byte > self._call.end_byte
            and not self._scopes.is_write(node)
        ]

    def _serves_us(self, use: Node, source: Bound) -> bool:
        """Whether a use of a variable can see what our request put there."""
        return not excludes(self._guards, guards_of(self._tree, use)) and not self._overwritten(
            use, source
        )

    def _overwritten(self, use: Node, source: Bound) -> bool:
        """Whether a later assignment in the use's own block replaces our value before the use."""
        for write in self._writes(source):
            if not source.node.start_byte < write.start_byte < use.start_byte:
                continue
            statement = self._tree.statement_of(write)
            block = self._tree.parent(statement)
            if block is not None and is_inside(use, block) and block != self._tree.root:
                if self._tree.function_of(write) == self._tree.function_of(use):
                    return True
        return False

    def _writes(self, bound: Bound) -> list[Node]:
        if bound.binding is not None:
            return bound.binding.writes
        return [n for n in self._scopes.free.get(bound.name, []) if self._scopes.is_write(n)]

    def _only_ours(self, use: Node, *bounds: Bound) -> None:
        """Refuse a use that may also see another request's value.

        Raises:
            RefusedError: shared, under another condition, or under one that may have changed.
        """
        guards = guards_of(self._tree, use)
        for bound in bounds:
            mine = guards_of(self._tree, bound.node)
            others = [w for w in self._writes(bound) if w != bound.node]
            if not others and not self._has_first_value(bound):
                continue
            if implies(guards, mine) and mine:
                check_stable(self._tree, self._scopes, mine, self._call, use)
                if all(excludes(mine, guards_of(self._tree, w)) for w in others):
                    continue
                if all(w.start_byte < self._call.start_byte for w in others):
                    continue
                raise RefusedError(Reason.SHARED_READ, _show(use))
            if all(w.start_byte < self._call.start_byte for w in others) and not mine:
                continue
            own = [g for g in guards if not any(is_inside(self._call, b) for b in [g.statement])]
            reason = Reason.DIFFERING_GUARDS if own and mine else Reason.SHARED_READ
            raise RefusedError(reason, _show(use))

    def _has_first_value(self, bound: Bound) -> bool:
        """Whether the variable's declaration gives it another value than ours."""
        if bound.binding is None or bound.binding.name_node == bound.node:
            return False
        value = field(bound.binding.declarator, "value")
        return value is not None and text(value) not in _NOTHING | _EMPTY | {b"{}"}

    # the parsed body

    def answer(self, response: Bound) -> Answer | None:
        """The one reading of the dead answer; None when only a Run's fields are read.

        Raises:
            RefusedError: there is none, or it cannot be followed.
        """
        readings: list[tuple[Bound, list[Node]]] = []
        for bound in self._bodies(response):
            chains = self._chains(bound)
            if chains:
                readings.append((bound, chains))
        if not readings:
            self._refuse_unread(response)
            return None
        if len(readings) > 1:
            other = readings[1][1][0]
            raise RefusedError(Reason.OTHER_READ, _show(other))
        bound, chains = readings[0]
        for chain in chains:
            self._only_ours(chain, response, bound)
        return self._reading(bound, chains)

    def reads_member(self, response: Bound, name: bytes) -> bool:
        """Whether a member of this name is read from a variable that holds our parsed answer."""
        return any(
            self._member_of(use) == name and self._serves_us(use, bound)
            for bound in self._bodies(response)
            for use in [*self._uses(bound), bound.node]
        )

    def _bodies(self, response: Bound) -> Iterator[Bound]:
        """The variables that hold our parsed answer."""
        calls = 0
        for use in self._uses(response):
            if not self._serves_us(use, response):
                continue
            member = self._tree.parent(use)
            parsed = self._tree.parent(member) if member is not None else None
            if member is None or parsed is None or member.type != "member_expression":
                if self._is_handed_on(use):
                    raise RefusedError(Reason.ANSWER_HANDED_ON, _show(use))
                continue
            method = text_of(member, "property")
            if method not in (b"json", b"text", b"body") or self._in_error_branch(use, response):
                continue
            calls += 1
            if method == b"json" and parsed.type == "call_expression":
                yield from self._parsed(parsed)
            else:
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, _show(parsed))
        if not calls:
            yield from self._fragment()

    def _parsed(self, call: Node) -> Iterator[Bound]:
        node, parent = self._outer(call)
        if parent is None or parent.type != "await_expression":
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, _show(call))
        node, parent = self._outer(parent)
        bound = self._bound_by(node, parent)
        if bound is None:
            if self._is_handed_on(node):
                raise RefusedError(Reason.ANSWER_HANDED_ON, _show(node))
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, _show(node))
        self._only_typed_loosely(bound, parent, node)
        yield bound

    def _only_typed_loosely(self, bound: Bound, parent: Node | None, value: Node) -> None:
        """Refuse a body with a declared type: it knows no `thread_id`, so the file would not
        compile any more."""
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
        for name, uses in self._scopes.free.items():
            mine = [
                use
                for use in uses
                if use.start_byte > self._call.end_byte
                and self._tree.function_of(use) == self._function
                and self._guards
                and implies(guards_of(self._tree, use), self._guards[:1])
                and self._member_of(use) == b"output"
            ]
            if mine and not any(self._scopes.is_write(use) for use in uses):
                yield Bound(name, mine[0], None)

    def _in_error_branch(self, use: Node, response: Bound) -> bool:
        for guard in guards_of(self._tree, use):
            if is_inside(self._call, guard.statement):
                continue
            condition = unwrapped(guard.condition)
            fails = self._means_failure(condition, response.name)
            if fails is not None and fails == guard.holds:
                return True
        return False

    def _means_failure(self, condition: Node, name: bytes) -> bool | None:
        """True for `!response.ok` and the like, False for `response.ok`, None for anything else."""
        if condition.type == "unary_expression" and text_of(condition, "operator") == b"!":
            inner = field(condition, "argument")
            found = None if inner is None else self._means_failure(unwrapped(inner), name)
            return None if found is None else not found
        if condition.type == "member_expression":
            same = text_of(condition, "object") == name
            return False if same and text_of(condition, "property") == b"ok" else None
        if condition.type == "binary_expression":
            left, right = field(condition, "left"), field(condition, "right")
            operator = text_of(condition, "operator")
            if left is None or right is None:
                return None
            if operator in (b"||", b"&&"):
                both = (self._means_failure(unwrapped(left), name),)
                both += (self._means_failure(unwrapped(right), name),)
                return next((found for found in both if found is not None), None)
            if text(left) == name + b".status" and right.type == "number":
                good = text(right).startswith(b"2")
                if operator in (b"===", b"=="):
                    return not good
                if operator in (b"!==", b"!="):
                    return good
                return operator in (b">=", b">")
        return None

    # the readings

    def _chains(self, body: Bound) -> list[Node]:
        """The expressions that read the dead answer from its variable."""
        found: list[Node] = []
        for use in self._uses(body):
            if use == body.node or not self._serves_us(use, body):
                if body.binding is not None or use != body.node:
                    continue
            member = self._member_of(use)
            if member in _STILL_THERE or member in _RUN_FIELDS or self._is_logged(use):
                continue
            chain = self._chain_around(use)
            if member is None and self._is_handed_on(chain):
                raise RefusedError(Reason.ANSWER_HANDED_ON, _show(use))
            if not any(chain == known for known in found):
                found.append(chain)
        return found

    def _member_of(self, use: Node) -> bytes | None:
        """The name read from a use: `output` of `data.output`, `data?.output`, `data['output']`."""
        node, parent = self._outer(use)
        if parent is None or field(parent, "object") != node:
            return None
        if parent.type == "member_expression":
            return text_of(parent, "property")
        index = field(parent, "index")
        return text(index)[1:-1] if index is not None and index.type == "string" else b"[]"

    def _is_logged(self, use: Node) -> bool:
        for parent in self._tree.ancestors(use):
            if parent.type == "call_expression":
                return text_of(parent, "function").startswith(b"console.")
            if parent.type in BLOCKS:
                return False
        return False

    def _is_handed_on(self, node: Node) -> bool:
        """Whether a value is returned or given to a function whole."""
        node, parent = self._outer(node)
        while parent is not None and parent.type in ("await_expression", "pair", "object"):
            node, parent = self._outer(parent)
        return parent is not None and parent.type in ("return_statement", "arguments")

    def _chain_around(self, use: Node) -> Node:
        """The whole expression that one reading is: members, calls of JSON.stringify, `||`, `??`."""
        node = use
        for parent in self._tree.ancestors(use):
            if parent.type in ("member_expression", "subscript_expression"):
                if field(parent, "object") != node:
                    break
            elif parent.type == "binary_expression":
                if text_of(parent, "operator") not in (b"||", b"??"):
                    break
            elif parent.type == "call_expression":
                if text_of(parent, "function") != b"JSON.stringify" and (
                    field(parent, "function") != node
                ):
                    break
            elif parent.type not in _TRANSPARENT and parent.type != "arguments":
                break
            node = parent
        return node

    def _reading(self, body: Bound, chains: list[Node]) -> Answer:
        if len(chains) > 1:
            raise RefusedError(Reason.OTHER_READ, _show(chains[1]))
        chain = chains[0]
        node, parent = self._outer(chain)
        statement = self._tree.statement_of(chain)
        if self._tree.function_of(chain) != self._function:
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, _show(chain))
        form, result = self._form(node, parent, statement)
        fallback = self._fallback(chain, body)
        block = self._tree.parent(statement)
        if block is None or block.type not in BLOCKS:
            raise RefusedError(Reason.NEEDS_BRACES, _show(statement))
        return Answer(
            body=body,
            statement=statement,
            form=form,
            reads=node,
            result=result,
            fallback=fallback,
            on_missing=self._on_missing(statement, result),
            starts_empty=form is Form.ASSIGNED and self._starts_empty(result, statement),
        )

    def _form(self, value: Node, parent: Node | None, statement: Node) -> tuple[Form, Node]:
        if parent is not None and parent.type == "assignment_expression":
            left = field(parent, "left")
            around = self._tree.parent(parent)
            if around == statement and left is not None and _is_simple(left):
                return Form.ASSIGNED, left
        if parent is not None and parent.type == "variable_declarator":
            name = field(parent, "name")
            alone = len([n for n in items(statement) if n.type == "variable_declarator"]) == 1
            declares = statement.type in ("lexical_declaration", "variable_declaration")
            if name is not None and name.type == "identifier" and alone and declares:
                return Form.DECLARED, name
        raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, _show(value))

    def _fallback(self, chain: Node, body: Bound) -> Node | None:
        """The last operand, if it reads nothing of the answer; all others must read it."""
        operands = list(_operands(chain))
        reading = [self._reads_body(operand, body) for operand in operands]
        if not all(reading[:-1]):
            wrong = operands[reading.index(False)]
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, _show(wrong))
        if reading[-1]:
            return None
        if any(n.type in ("await_expression", "yield_expression") for n in descendants(chain)):
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, _show(chain))
        return operands[-1]

    def _reads_body(self, operand: Node, body: Bound) -> bool:
        """Whether an operand is a path into the body: members, subscripts, JSON.stringify."""
        node = unwrapped(operand)
        if node.type == "call_expression" and text_of(node, "function") == b"JSON.stringify":
            given = items(field(node, "arguments") or node)
            return bool(given) and self._reads_body(given[0], body)
        while node.type in ("member_expression", "subscript_expression"):
            owner = field(node, "object")
            if owner is None:
                return False
            node = unwrapped(owner)
        return node.type == "identifier" and text(node) == body.name

    # around the reading

    def _on_missing(self, statement: Node, result: Node) -> Node | None:
        """The `if (!result)` behind the reading in its block."""
        block = self._tree.parent(statement)
        later = [n for n in (block.named_children if block is not None else [])]
        for sibling in later:
            if sibling.start_byte <= statement.start_byte or sibling.type != "if_statement":
                continue
            condition = field(sibling, "condition")
            if condition is not None and _checks_for_nothing(unwrapped(condition), text(result)):
                return sibling
        return None

    def _starts_empty(self, result: Node, statement: Node) -> bool:
        """Whether nothing but an empty text can be in the result when the reading starts."""
        if result.type != "identifier":
            return False
        binding = self._scopes.binding(result)
        if binding is None:
            # A fragment: what declares the name is not there to be read.
            return not [
                n
                for n in self._scopes.free.get(text(result), [])
                if self._scopes.is_write(n) and n != result and n.start_byte < result.start_byte
                and not excludes(self._guards, guards_of(self._tree, n))
            ]
        declarator = binding.declarator
        if declarator.type != "variable_declarator" or (
            self._tree.function_of(declarator) != self._function
        ):
            return False
        value, declared = field(declarator, "value"), field(declarator, "type")
        if value is None:
            # With a type, reading it before it is assigned does not compile (TS2454).
            if declared is not None or not self._only_checked(statement, result):
                return False
        elif text(value) not in _EMPTY | _NOTHING:
            return False
        mine = guards_of(self._tree, statement)
        return all(
            write == result
            or write.start_byte > statement.end_byte
            or excludes(mine, guards_of(self._tree, write))
            for write in binding.writes
        )

    def _only_checked(self, statement: Node, result: Node) -> bool:
        """Whether the first thing that happens to the result is the check for nothing."""
        following = statement.next_named_sibling
        while following is not None and following.type == "comment":
            following = following.next_named_sibling
        return following is not None and following == self._on_missing(statement, result)

    def _refuse_unread(self, response: Bound) -> None:
        """Say why no reading was found, unless a Run's fields are read.

        Raises:
            RefusedError: nothing is read.
        """
        for bound in self._bodies(response):
            if any(self._member_of(use) in _RUN_FIELDS for use in self._uses(bound)):
                return
        raise RefusedError(Reason.ANSWER_NOT_READ)


def _operands(chain: Node) -> Iterator[Node]:
    node = unwrapped(chain)
    if node.type == "binary_expression" and text_of(node, "operator") in (b"||", b"??"):
        for side in (field(node, "left"), field(node, "right")):
            if side is not None:
                yield from _operands(side)
    else:
        yield node


def _is_simple(node: Node) -> bool:
    """A name or a path of plain members: `answer`, `this.answer`, `result.text`."""
    while node.type == "member_expression":
        owner = field(node, "object")
        if owner is None:
            return False
        node = owner
    return node.type in ("identifier", "this")


def _checks_for_nothing(condition: Node, result: bytes) -> bool:
    """`!result`, `!result.trim()`, `result === ''`, `result.length === 0`, `result == null`."""
    if condition.type == "unary_expression" and text_of(condition, "operator") == b"!":
        argument = field(condition, "argument")
        if argument is None:
            return False
        argument = unwrapped(argument)
        return text(argument) in (result, result + b".trim()", result + b"?.trim()")
    if condition.type == "binary_expression" and text_of(condition, "operator") in (b"===", b"=="):
        left, right = text_of(condition, "left"), text_of(condition, "right")
        if left in (result, result + b".trim()"):
            return right in _EMPTY
        return left == result + b".length" and right == b"0"
    return False
