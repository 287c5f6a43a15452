"""Calls of one helper that are made only after another one failed: what of them goes with it.

`let r = await post(a); if (!r.ok) r = await post(b);` asks for each dead URL in turn. When the
first becomes the live request, the others have nothing left to try.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tree_sitter import Node

from callmend.languages.ecmascript.callees import is_still_promised
from callmend.languages.ecmascript.effects import is_inert, may_differ
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.tree import (
    BLOCKS,
    descendants,
    field,
    is_inside,
    items,
    key_name,
    member_value,
    operands,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.records import record

_FIRST_ERROR = 400
_ENDS = frozenset({"return_statement", "throw_statement"})


@record(frozen=True, slots=True)
class Retry:
    """One call that goes, as another one was made before.

    ``gone`` are the statements that go with it; else ``instead`` is the expression in whose place
    the earlier result is written, which is called ``name``.
    """

    call: Node
    gone: tuple[Node, ...] = ()
    instead: Node | None = None
    name: bytes = b""


@record(frozen=True, slots=True)
class _Step:
    """A call whose result is kept.

    ``binding`` is the variable of the result, or the list (``listed``) that it is put into;
    ``statement`` stands in the block of the first call and holds the whole step. ``declares`` tells
    that the result is a variable of the step's own.
    """

    call: Node
    head: Node
    binding: Binding
    listed: bool
    statement: Node
    declares: bool


def retries(program: Program, function: Node, calls: Sequence[Node]) -> dict[int, list[Retry]]:
    """By the id of each call that stays, the later calls that go with it.

    ``function`` is what all the calls call; each of them is a key or stands in one of the lists.
    """
    chain = _Chain(program, _names(function, b"ok"), _names(function, b"status"))
    steps: list[_Step] = []
    found: dict[int, list[Retry]] = {}
    for call in calls:
        step = chain.step(call)
        for earlier in reversed(steps if step is not None else []):
            if step is not None and (made := chain.joined(earlier, step)) is not None:
                joined, retry = made
                steps.append(joined)
                found[joined.head.id].append(retry)
                break
        else:
            found[call.id] = []
            steps += [] if step is None else [step]
    return found


def _names(function: Node, member: bytes) -> bytes:
    """A pattern for the members that hold the response's `ok`, or `status`, in what is returned."""
    names = [
        re.escape(key_name(node) or b"")
        for node in descendants(function)
        if node.type == "pair" and text_of(unwrapped(member_value(node)), "property") == member
    ]
    return rb"(?:%b)" % rb"|".join(names) if names else rb"(?!)"


class _Chain:
    """Judges which calls of one file are made after the failure of another one."""

    def __init__(self, program: Program, ok: bytes, status: bytes) -> None:
        self._program = program
        self._tree = program.tree
        self._ok = ok
        self._status = status

    def step(self, call: Node) -> _Step | None:
        """A call with the variable or the list that its result is put into."""
        awaited = self._awaited(call)
        if awaited is None:
            return None
        node, parent = self._tree.outer(awaited)
        statement = self._tree.statement_of(call)
        name, listed, declares = None, False, False
        if parent is None:
            return None
        if parent.type == "variable_declarator" and field(parent, "value") == node:
            alone = len(items(statement)) == 1 and statement.type == "lexical_declaration"
            name, declares = field(parent, "name") if alone else None, True
        elif parent.type == "assignment_expression" and self._is_statement(parent, statement):
            name = field(parent, "left")
        elif parent.type == "arguments" and len(items(parent)) == 1:
            around = self._tree.parent(parent)
            callee = field(around, "function")
            if around is not None and self._is_statement(around, statement) and callee is not None:
                listed = text_of(callee, "property") == b"push"
                name = field(callee, "object") if listed else None
        binding = None
        if name is not None and name.type == "identifier":
            binding = self._program.scopes.binding(name)
        if binding is None:
            return None
        return _Step(call, call, binding, listed, statement, declares)

    def _awaited(self, call: Node) -> Node | None:
        """`await post(...)`; `await post<T>(...)` is read as a call of what is awaited."""
        if not is_still_promised(self._tree, call):
            return call
        awaited = self._tree.outer(call)[1]
        return awaited if awaited is not None and awaited.type == "await_expression" else None

    def _is_statement(self, node: Node, statement: Node) -> bool:
        return statement.type == "expression_statement" and items(statement) == [node]

    def joined(self, earlier: _Step, step: _Step) -> tuple[_Step, Retry] | None:
        """A step as one that is made only after the earlier one failed, and what goes with it."""
        block = self._tree.parent(earlier.statement)
        statement, around = step.statement, self._tree.parent(step.statement)
        if block is None or block.type not in BLOCKS:
            return None
        arguments = field(step.call, "arguments")
        if arguments is None or any(map(may_differ, items(arguments))):
            return None
        same = step.binding is earlier.binding and step.listed == earlier.listed
        if around != block:
            condition = self._only_statement(statement, block)
            if condition is None or not same or step.declares:
                return None
            fails = any(self._is_failure(c, earlier) for c in operands(condition, b"&&"))
            if not fails or may_differ(condition):
                return None
            outer = next(n for n in self._tree.ancestors(statement) if n.type == "if_statement")
            if self._writes(earlier, block, outer):
                return None
            return self._made(earlier, step, outer, Retry(step.call, (outer,)))
        between = self._between(block, earlier.statement, statement)
        left = [n for n in between if self._leaves_with(n, earlier)]
        if not left or self._writes(earlier, block, statement):
            return None
        if same and not step.declares:
            again = self._again(block, statement, left)
            return self._made(earlier, step, statement, Retry(step.call, (statement, *again)))
        if step.declares and not earlier.listed and not step.binding.writes:
            whole = self._awaited(step.call) or step.call
            name = text(earlier.binding.name_node)
            return self._made(earlier, step, statement, Retry(step.call, instead=whole, name=name))
        return None

    @staticmethod
    def _made(earlier: _Step, step: _Step, statement: Node, retry: Retry) -> tuple[_Step, Retry]:
        joined = _Step(step.call, earlier.head, step.binding, step.listed, statement, step.declares)
        return joined, retry

    def _only_statement(self, statement: Node, block: Node) -> Node | None:
        """The condition of an `if` in the block that holds this statement, logs, and no more."""
        branch, around = statement, self._tree.parent(statement)
        if around is not None and around.type == "statement_block":
            # A log goes with what it tells of.
            others = [n for n in items(around) if n != statement]
            if any(n.type != "expression_statement" or not is_inert(n) for n in others):
                return None
            branch, around = around, self._tree.parent(around)
        if around is None or around.type != "if_statement" or self._tree.parent(around) != block:
            return None
        if field(around, "consequence") != branch or field(around, "alternative") is not None:
            return None
        return field(around, "condition")

    def _between(self, block: Node, first: Node, last: Node) -> list[Node]:
        return [n for n in items(block) if first.end_byte <= n.start_byte < last.start_byte]

    def _writes(self, earlier: _Step, block: Node, last: Node) -> bool:
        """Whether what stands between puts something else where the earlier result is."""
        for statement in self._between(block, earlier.statement, last):
            for use in earlier.binding.references:
                if not is_inside(use, statement):
                    continue
                changes = earlier.listed and text_of(use.parent or use, "property") in _CHANGES
                if use in earlier.binding.writes or changes:
                    return True
        return False

    def _leaves_with(self, statement: Node, earlier: _Step) -> bool:
        """`if (r.ok && !r.json?.error) { ... return ...; }`."""
        if statement.type != "if_statement" or field(statement, "alternative") is not None:
            return False
        condition, branch = field(statement, "condition"), field(statement, "consequence")
        if condition is None or branch is None or not _leaves(branch):
            return False
        parts = list(operands(condition, b"&&"))
        others = [part for part in parts if not self._is_ok(part, earlier)]
        return len(others) < len(parts) and all(map(_is_no_error, others))

    def _is_ok(self, node: Node, earlier: _Step) -> bool:
        return self._reads(_compact(unwrapped(node)), earlier, self._ok)

    def _reads(self, code: bytes, earlier: _Step, names: bytes) -> bool:
        """Whether code without its blanks is such a member of the earlier result.

        The grammar reads `!results.at(-1)!.ok` as `(!results.at(-1))!.ok`, so code is compared.
        """
        name = re.escape(text(earlier.binding.name_node))
        read = name
        if earlier.listed:
            read += rb"(?:\.at\(-1\)|\[%b\.length-1\])" % name
        return re.fullmatch(read + rb"!?\??\." + names, code) is not None

    def _is_failure(self, node: Node, earlier: _Step) -> bool:
        """`!r.ok`, `r.status === 404`, `r.status >= 400`."""
        inner = unwrapped(node)
        left, right = field(inner, "left"), field(inner, "right")
        if left is not None and right is not None:
            code = int(text(right)) if text(right).isdigit() else 0
            compared = text_of(inner, "operator") in (b"==", b"===", b">=")
            reads = self._reads(_compact(unwrapped(left)), earlier, self._status)
            return reads and compared and code >= _FIRST_ERROR
        code_of = _compact(inner)
        return code_of[:1] == b"!" and self._reads(code_of[1:], earlier, self._ok)

    def _again(self, block: Node, statement: Node, left: list[Node]) -> tuple[Node, ...]:
        """The `if` behind a retry that asks again what was answered before: it never holds."""
        behind = [n for n in items(block) if n.start_byte >= statement.end_byte][:1]
        known = [_compact(field(n, "condition")) for n in left]
        return tuple(
            node
            for node in behind
            if node.type == "if_statement"
            and field(node, "alternative") is None
            and _compact(field(node, "condition")) in known
            and not any(n.type == "comment" for n in descendants(node))
        )


_CHANGES = frozenset({b"pop", b"push", b"reverse", b"shift", b"sort", b"splice", b"unshift"})


def _is_no_error(node: Node) -> bool:
    """`!r.json?.error`, which an answer never has."""
    argument = field(node, "argument")
    negated = node.type == "unary_expression" and text_of(node, "operator") == b"!"
    return negated and argument is not None and text(unwrapped(argument)).endswith(b".error")


def _leaves(branch: Node) -> bool:
    inside = items(branch) if branch.type == "statement_block" else [branch]
    return bool(inside) and inside[-1].type in _ENDS


def _compact(node: Node | None) -> bytes:
    return b"" if node is None else re.sub(rb"\s", b"", text(node))
