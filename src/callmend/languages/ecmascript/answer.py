"""From a parsed answer to the one reading of its text."""

from __future__ import annotations

from enum import Enum

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.bodies import (
    Bodies,
    is_handed_on,
    is_logged,
    may_throw,
    member_of,
)
from callmend.languages.ecmascript.emptiness import EMPTY, NOTHING, is_handled
from callmend.languages.ecmascript.flow import Bound, Flow, loops_around
from callmend.languages.ecmascript.results import (
    check_behind,
    has_setter,
    is_declared_text,
    starts_empty,
)
from callmend.languages.ecmascript.tree import (
    BLOCKS,
    WRAPPERS,
    descendants,
    field,
    guesses,
    items,
    show_line,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.records import record

#: What both the dead answer and a Run or an error have: reading it goes on being right.
_STILL_THERE = frozenset({b"error", b"id"})
#: What a Run has and the dead answer never had: who reads it reads the new answer.
_RUN_FIELDS = frozenset({b"thread_id", b"required_action", b"last_error"})
#: What both have, with other values: a dead run was never `queued`.
_STATUS = b"status"
#: What every answer says of itself.
_SAME = _STILL_THERE | _RUN_FIELDS | {_STATUS, b"model", b"object", b"usage"}


#: Names under which an invented answer holds its text (seen in public callers of the endpoint).
_TEXT_NAMES = frozenset(
    {
        b"answer",
        b"assistant_message",
        b"content",
        b"final_output",
        b"message",
        b"output_text",
        b"reply",
        b"response",
        b"text",
        b"value",
    }
)
_STRING_MEMBERS = frozenset(
    {
        b"endsWith",
        b"includes",
        b"indexOf",
        b"length",
        b"match",
        b"padEnd",
        b"replace",
        b"replaceAll",
        b"slice",
        b"split",
        b"startsWith",
        b"substring",
        b"toLowerCase",
        b"toString",
        b"toUpperCase",
        b"trim",
        b"trimEnd",
        b"trimStart",
    }
)
_PLAIN_STATEMENTS = frozenset(
    {"return_statement", "expression_statement", "lexical_declaration", "variable_declaration"}
)
#: What computes all of its parts, so that a part may be computed before the whole.
_PLAIN_PARENTS = frozenset(
    {
        "arguments",
        "array",
        "assignment_expression",
        "await_expression",
        "call_expression",
        "member_expression",
        "new_expression",
        "object",
        "pair",
        "template_string",
        "template_substitution",
        "variable_declarator",
    }
)


class Form(Enum):
    """How the reading hands the text on."""

    ASSIGNED = "assigned"
    INLINE = "inline"
    DECLARED = "declared"


@record(frozen=True, slots=True)
class Answer:
    """The reading of a dead answer.

    ``statement`` is the whole reading statement, ``reads`` the expression that reads, ``result``
    what takes the text (an identifier or a member; None where the text is used in place),
    ``fallback`` the last resort in ``reads``.
    ``on_missing`` is the `if (!result)` behind it, ``handled`` tells that the file's own code asks
    in some way or other whether the text is empty. ``starts_empty`` tells that the result certainly
    holds ``empty`` when the reading starts; ``empty`` is the literal that the result holds when
    there is no text, None where that is the fallback's value. ``logged`` are parts of the dead
    answer that go to the console beside it.
    """

    body: Bound
    statement: Node
    form: Form
    reads: Node
    result: Node | None
    fallback: Node | None
    on_missing: Node | None
    starts_empty: bool
    handled: bool
    empty: bytes | None
    logged: tuple[Node, ...] = ()


class AnswerReader:
    """Follows one request to what reads its answer.

    ``migrated`` tells that the request asks for a Run already, so that its status is known.
    """

    def __init__(self, flow: Flow, *, migrated: bool = False) -> None:
        self._flow = flow
        self._tree = flow.tree
        self._bodies = Bodies(flow)
        self._known = _STILL_THERE | _RUN_FIELDS | ({_STATUS} if migrated else set())
        #: The parts of the dead answer that go to the console.
        self._logged: list[Node] = []

    def answer(self, response: Bound) -> Answer | None:
        """The one reading of the dead answer; None when only a Run's fields are read.

        Raises:
            RefusedError: there is none, or it cannot be followed.
        """
        readings: list[tuple[Bound, list[Node]]] = []
        for bound in self._bodies.of(response):
            chains = self._chains(bound)
            if chains:
                readings.append((bound, chains))
        if not readings:
            self._refuse_unread(response)
            return None
        if len(readings) > 1:
            other = readings[1][1][0]
            raise RefusedError(Reason.OTHER_READ, show_line(other))
        bound, chains = readings[0]
        self._refuse_strays(bound)
        for chain in chains:
            self._flow.only_ours(chain, response, bound)
        return self._reading(bound, chains)

    def _refuse_strays(self, body: Bound) -> None:
        """Refuse a reading of the dead answer in another function or another round of a loop.

        Raises:
            RefusedError: there is one.
        """
        for use in self._flow.strays(body):
            if member_of(self._flow, use) in self._known or self._is_only_logged(use):
                continue
            if self._only_checked(use):
                continue
            raise RefusedError(Reason.OTHER_READ, show_line(self._chain_around(use)))

    def _is_only_logged(self, use: Node) -> bool:
        """Whether a use is for the console, and nothing is thrown there.

        Raises:
            RefusedError: the new answer has no such part, of which another is read.
        """
        if not is_logged(self._tree, use):
            return False
        if may_throw(self._tree, use):
            raise RefusedError(Reason.OTHER_READ, show_line(self._chain_around(use)))
        chain, member = self._chain_around(use), member_of(self._flow, use)
        if member not in _SAME | {None} and chain not in self._logged:
            self._logged.append(chain)
        return True

    def _only_checked(self, use: Node) -> bool:
        """`if (data)`: whether there was an answer at all."""
        _, parent = self._tree.outer(use)
        return parent is not None and parent.type in ("if_statement", "unary_expression")

    def reads_member(self, response: Bound, name: bytes) -> bool:
        """Whether a member of this name is read from a variable that holds our parsed answer."""
        return any(
            member_of(self._flow, use) == name
            and self._flow.serves_us(use, bound)
            and not is_logged(self._tree, use)
            for bound in self._bodies.of(response)
            for use in [*self._flow.uses(bound), bound.node]
        )

    def _chains(self, body: Bound) -> list[Node]:
        """The expressions that read the dead answer from its variable."""
        found: list[Node] = []
        for use in self._flow.uses(body):
            if use == body.node or not self._flow.serves_us(use, body):
                if body.binding is not None or use != body.node:
                    continue
            member = member_of(self._flow, use)
            if member in self._known or self._is_only_logged(use):
                continue
            chain = self._chain_around(use)
            if member is None and is_handed_on(self._flow, chain):
                raise RefusedError(Reason.ANSWER_HANDED_ON, show_line(use))
            if not any(chain == known for known in found):
                found.append(chain)
        return found

    def _chain_around(self, use: Node) -> Node:
        """The whole expression of one reading: members, JSON.stringify, `||`, `??`."""
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
            elif parent.type == "arguments":
                if text_of(self._tree.parent(parent) or parent, "function") != b"JSON.stringify":
                    break
            elif parent.type not in WRAPPERS:
                break
            node = parent
        return node

    def _reading(self, body: Bound, chains: list[Node]) -> Answer:
        if len(chains) > 1:
            others = [c for c in chains if not self._may_be_text(c)]
            shown = others[0] if 0 < len(others) < len(chains) else chains[1]
            raise RefusedError(Reason.OTHER_READ, show_line(shown))
        chain = chains[0]
        node, parent = self._tree.outer(chain)
        statement = self._tree.statement_of(chain)
        loops = loops_around(self._tree, self._flow.call)
        repeated = any(loop not in loops for loop in loops_around(self._tree, chain))
        if repeated or self._tree.function_of(chain) != self._flow.function:
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(chain))
        form, result = self._form(node, parent, statement)
        fallback = self._fallback(chain, body)
        self._check_text(chain, fallback, result)
        block = self._tree.parent(statement)
        if block is None or block.type not in BLOCKS:
            raise RefusedError(Reason.NEEDS_BRACES, show_line(statement))
        empty = _empty_literal(fallback)
        check = None if result is None else check_behind(statement, result)
        binding = None if result is None else self._flow.scopes.binding(result)
        handled = check is not None or (
            binding is not None
            and empty is not None
            and is_handled(self._tree, binding, statement, empty)
        )
        return Answer(
            body=body,
            statement=statement,
            form=form,
            reads=node,
            result=result,
            fallback=fallback,
            on_missing=check,
            starts_empty=form is Form.ASSIGNED
            and result is not None
            and (empty in EMPTY or not handled)
            and starts_empty(self._flow, result, statement),
            handled=handled,
            empty=empty,
            logged=tuple(self._logged),
        )

    def _may_be_text(self, chain: Node) -> bool:
        return any(_last_name(o) in _TEXT_NAMES | {b"output"} for o in guesses(chain))

    def _form(self, value: Node, parent: Node | None, statement: Node) -> tuple[Form, Node | None]:
        if parent is not None and parent.type == "assignment_expression":
            left = field(parent, "left")
            around = self._tree.parent(parent)
            if around == statement and left is not None and _is_simple(left):
                if not has_setter(self._tree, left):
                    return Form.ASSIGNED, left
                # What is set calls the file's own code, so it is set once, with the text.
                if check_behind(statement, left) is None:
                    return Form.INLINE, None
        target = field(parent, "left") or field(parent, "name")
        if target is not None and target.type in ("object_pattern", "array_pattern"):
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(parent or value))
        if parent is not None and parent.type == "variable_declarator":
            name = field(parent, "name")
            alone = len([n for n in items(statement) if n.type == "variable_declarator"]) == 1
            declares = statement.type in ("lexical_declaration", "variable_declaration")
            if name is not None and name.type == "identifier" and alone and declares:
                return Form.DECLARED, name
        if statement.type in _PLAIN_STATEMENTS and self._always_runs(value, statement):
            return Form.INLINE, None
        raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(value))

    def _always_runs(self, value: Node, statement: Node) -> bool:
        """Whether a value is computed each time its statement runs, and in its own function."""
        for parent in self._tree.ancestors(value):
            if parent == statement:
                return True
            if parent.type not in _PLAIN_PARENTS and parent.type not in WRAPPERS:
                return False
        return False

    def _fallback(self, chain: Node, body: Bound) -> Node | None:
        """The last operand, if it reads nothing of the answer; all others must read it."""
        operands = list(guesses(chain))
        reading = [self._reads_body(operand, body) for operand in operands]
        if not all(reading[:-1]):
            wrong = operands[reading.index(False)]
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(wrong))
        if reading[-1]:
            return None
        last = operands[-1]
        mentions = any(n.type == "identifier" and text(n) == body.name for n in descendants(last))
        waits = any(n.type in ("await_expression", "yield_expression") for n in descendants(last))
        if len(operands) == 1 or mentions or waits:
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(last))
        return last

    def _check_text(self, chain: Node, fallback: Node | None, result: Node | None) -> None:
        """Refuse a reading that is not certainly of text: what replaces it is a string.

        Raises:
            RefusedError: nothing says that it is text, or the result is used as an object.
        """
        names = {_last_name(operand) for operand in guesses(chain)}
        literal = fallback is not None and fallback.type in ("string", "template_string")
        binding = None if result is None else self._flow.scopes.binding(result)
        if not (names & _TEXT_NAMES or literal or is_declared_text(binding)):
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, f"{show_line(chain)} may be no text")
        uses = [] if binding is None else binding.references
        for use in uses:
            member = member_of(self._flow, use)
            if member is not None and member not in _STRING_MEMBERS and use != result:
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(use.parent or use))

    def _reads_body(self, operand: Node, body: Bound) -> bool:
        """Whether an operand is a path into the body: members, subscripts, JSON.stringify."""
        node = unwrapped(operand)
        while node.type == "call_expression" and text_of(node, "function") == b"JSON.stringify":
            given = items(field(node, "arguments") or node)
            if not given:
                return False
            node = unwrapped(given[0])
        while node.type in ("member_expression", "subscript_expression"):
            owner = field(node, "object")
            if owner is None:
                return False
            node = unwrapped(owner)
        return node.type == "identifier" and text(node) == body.name

    def _refuse_unread(self, response: Bound) -> None:
        """Say why no reading was found, unless a Run's fields are read.

        Raises:
            RefusedError: nothing is read.
        """
        for bound in self._bodies.of(response):
            if any(
                member_of(self._flow, use) in self._known - _STILL_THERE
                for use in self._flow.uses(bound)
            ):
                return
        raise RefusedError(Reason.ANSWER_NOT_READ)


def _empty_literal(fallback: Node | None) -> bytes | None:
    """What a result holds when there is no text; an empty text where nothing is said."""
    if fallback is None:
        return b"''"
    literal = text(unwrapped(fallback))
    return literal if literal in EMPTY | NOTHING else None


def _last_name(operand: Node) -> bytes:
    """The last name of a path: `message` of `data.output?.message`, `text` of `x[0].text`."""
    node = unwrapped(operand)
    if node.type == "subscript_expression":
        index = field(node, "index")
        return text(index)[1:-1] if index is not None and index.type == "string" else b""
    return text_of(node, "property")


def _is_simple(node: Node) -> bool:
    """A name or a path of plain members: `answer`, `this.answer`, `result.text`."""
    while node.type == "member_expression":
        owner = field(node, "object")
        if owner is None:
            return False
        node = owner
    return node.type in ("identifier", "this")
