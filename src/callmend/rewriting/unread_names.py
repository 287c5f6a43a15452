"""Names that only the dead request read: what still asks for them, or gives them, is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tree_sitter import Node

from callmend.edits import Span
from callmend.findings import Note
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding, Kind
from callmend.languages.ecmascript.strays import is_exported
from callmend.languages.ecmascript.streams_callers import callers_of
from callmend.languages.ecmascript.tracing import root_of
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    descendants,
    field,
    is_inside,
    items,
    show,
    span,
    text,
)

_ASKING = ("if_statement", "ternary_expression")
_MEMBERS = ("member_expression", "subscript_expression")
_GIVEN = (Kind.PARAMETER, Kind.IMPORT)
_TYPE_LAYERS = ("non_null_expression", "parenthesized_expression", "as_expression")


def names_of(program: Program, nodes: Iterable[Node]) -> Iterator[Binding]:
    """The parameters, the imports, and the names taken out of objects, that expressions read."""
    for node in nodes:
        for name in program.scopes.names_in(node):
            binding = program.scopes.binding(name)
            if binding is not None and (binding.kind in _GIVEN or _is_taken_out(binding)):
                yield binding


def _is_taken_out(binding: Binding) -> bool:
    """`const { WORKFLOW_ID } = process.env`."""
    pattern = field(binding.declarator, "name")
    declared = binding.declarator.type == "variable_declarator"
    return declared and pattern is not None and pattern.type == "object_pattern"


def unread_notes(
    program: Program,
    names: Sequence[Binding],
    values: Iterable[Node],
    gone: Sequence[Span],
    written: bytes,
) -> Iterator[Note]:
    """What is told of names, and of the members among ``values``, that nothing sends any more.

    ``gone`` is what goes of the file, ``written`` the new code.
    """
    for binding in names:
        rest = [use for use in binding.references if not _is_in(use, gone)]
        if binding.writes or _is_in(binding.name_node, gone) or is_exported(program.tree, binding):
            continue
        if rest:
            sent = [use for use in binding.references if _is_in(use, gone)]
            if not sent or not all(map(_is_only_an_owner, sent)):
                yield from _still_asked(program, binding.name, rest)
        elif binding.kind is Kind.PARAMETER:
            yield from _still_given(program, binding)
        elif binding.kind is Kind.IMPORT:
            told = f"nothing reads `{show(binding.name_node)}` any more, which is imported"
            yield Note(span(binding.name_node), told, always=True)
    read = [n for value in values for n in descendants(value) if _is_member(n)]
    owners = {text(n): _owner_of(program, n) for n in read if _may_be_sent(program, n, gone)}
    for member, owner in sorted(owners.items(), key=lambda each: each[0]):
        if member in written:
            continue
        every = [n for n in program.tree.nodes if _is_member(n) and text(n) == member]
        rest = [n for n in every if not _is_in(n, gone) and _owner_of(program, n) is owner]
        if rest:
            yield from _still_asked(program, member, rest)


def _owner_of(program: Program, member: Node) -> Binding | None:
    """The name that a member is one of: `settings` of `settings.workflow.id`."""
    root = root_of(member, frozenset())
    return program.scopes.binding(root) if root.type == "identifier" else None


def _may_be_sent(program: Program, member: Node, gone: Sequence[Span]) -> bool:
    """Whether a member is none of an answer: `res.ok` of a `res` that goes or is set again."""
    owner = _owner_of(program, member)
    return owner is None or not (owner.writes or _is_in(owner.name_node, gone))


def _is_member(node: Node) -> bool:
    """`process.env.WORKFLOW_ID`, and no part of a longer one."""
    parent = node.parent
    return node.type == "member_expression" and (parent is None or parent.type != node.type)


def _is_only_an_owner(use: Node) -> bool:
    """`session` of `session.user.email`: what was sent is a member, so its guard stays right."""
    node, parent = use, use.parent
    while parent is not None and parent.type in _TYPE_LAYERS:
        node, parent = parent, parent.parent
    if parent is None or parent.type not in _MEMBERS or field(parent, "object") != node:
        return False
    around = parent.parent
    # `flow.trim()` is still the name's own value
    return around is None or around.type != "call_expression" or field(around, "function") != parent


def _is_in(node: Node, gone: Sequence[Span]) -> bool:
    return any(each.contains(span(node)) for each in gone)


def _still_asked(program: Program, name: bytes, uses: list[Node]) -> Iterator[Note]:
    """`if (!WORKFLOW_ID) return ...`, where nothing else reads it any more."""
    asking = [_condition(program, use) for use in uses]
    conditions = [node for node in asking if node is not None]
    for use, condition in zip(uses, asking, strict=True):
        around = program.tree.ancestors(use)
        if condition is None and not any(n in map(_branch, conditions) for n in around):
            return
    lines = dict.fromkeys(str(node.start_point[0] + 1) for node in conditions)
    if conditions:
        told = f"nothing sends `{name.decode('utf-8', 'replace')}` any more, but "
        shown = " and ".join(lines)
        told += f"lines {shown} ask" if len(lines) > 1 else f"line {shown} asks"
        yield Note(span(conditions[0]), f"{told} for it still", always=True)


def _branch(condition: Node) -> Node | None:
    return condition.parent


def _condition(program: Program, use: Node) -> Node | None:
    """The condition of an `if` or of a choice that a use is in."""
    for parent in program.tree.ancestors(use):
        if parent.type in FUNCTIONS:
            return None
        if parent.type in _ASKING:
            condition = field(parent, "condition")
            if condition is not None and is_inside(use, condition):
                return condition
    return None


def _still_given(program: Program, binding: Binding) -> Iterator[Note]:
    """A parameter that calls of the function still give, each a value of its own perhaps."""
    tree = program.tree
    function = next((n for n in tree.ancestors(binding.name_node) if n.type in FUNCTIONS), None)
    listed = items(field(function, "parameters") or function) if function is not None else []
    own = (n for n, each in enumerate(listed) if is_inside(binding.name_node, each))
    number = next(own, None)
    if function is None or number is None:
        return
    told = f"nothing reads the parameter `{show(binding.name_node)}` any more"
    calls = [(c, items(field(c, "arguments") or c)) for c in callers_of(program, function)]
    given = [(call, listed[number]) for call, listed in calls if len(listed) > number]
    if len({text(argument) for _, argument in given}) > 1:
        lines = " and ".join(dict.fromkeys(str(c.start_point[0] + 1) for c, _ in given))
        told += f"; the calls in lines {lines} differ in it, and ask in the same way now"
    yield Note(span(binding.name_node), told, always=True)
