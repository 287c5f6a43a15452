"""What a file compares members of an answer with: kinds of elements, states, marks of success."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.languages.ecmascript.emptiness import is_truth
from callmend.languages.ecmascript.members import Members
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import field, items, key_name, text, unwrapped
from callmend.languages.ecmascript.values import text_of

#: What says that there is no answer, where it is there.
FAILURES = frozenset({b"err", b"error", b"errors", b"failed", b"failure", b"last_error"})
#: What tells that a run has ended well, or of which kind an answer is: the new answer may say so.
MARKS = FAILURES | {
    b"code", b"complete", b"completed", b"done", b"event", b"finishReason", b"finish_reason",
    b"finished", b"hasOutput", b"has_output", b"isComplete", b"isDone", b"isSuccess",
    b"is_complete", b"is_success", b"kind", b"object", b"ok", b"outcome", b"phase", b"ready",
    b"resultType", b"result_type", b"role", b"stage", b"state", b"status", b"statusCode",
    b"status_code", b"stop_reason", b"succeeded", b"success", b"successful", b"type", b"valid",
}  # fmt: skip
#: Those that are only true or false.
FLAGS = frozenset(
    {
        b"complete", b"completed", b"done", b"finished", b"hasOutput", b"has_output",
        b"isComplete", b"isDone", b"isSuccess", b"is_complete", b"is_success", b"ok", b"ready",
        b"succeeded", b"success", b"successful", b"valid",
    }
)  # fmt: skip
_LITERALS = frozenset({"false", "null", "number", "string", "true"})
#: What compares two values for being the same.
COMPARED = (b"===", b"==", b"!==", b"!=")
_OF_WORDS = frozenset({b"endsWith", b"includes", b"startsWith"})
_ASSERTING = frozenset({b"deepEqual", b"deepStrictEqual", b"equal", b"strictEqual"})
_CONVERTS = frozenset({b"Number", b"String", b"parseInt"})
#: Methods that ask of each element whether something holds.
_ASKING = frozenset({b"every", b"filter", b"find", b"findIndex", b"findLast", b"some"})
_PATTERNS = frozenset({"pair_pattern", "shorthand_property_identifier_pattern"})


def wanted(name: bytes, program: Program) -> list[bytes]:
    """The literals that the file compares a member of this name with, in its order."""
    found: dict[bytes, None] = {}
    members = Members(program.scopes)
    for node in program.tree.nodes:
        if node.type == "pair" and key_name(node) == name:
            found |= dict.fromkeys(_in_schema(node, members))
        if _reads(node, name, program):
            for code in compared_with(node, program, members):
                found[code] = None
    return list(found)


def _in_schema(pair: Node, members: Members) -> Iterator[bytes]:
    """The literals that a schema asks for: `type: z.literal('text')`, `z.enum(['a', 'b'])`."""
    value = field(pair, "value")
    callee = None if value is None else field(unwrapped(value), "function")
    if value is None or callee is None or text_of(callee, "property") not in (b"literal", b"enum"):
        return
    for given in items(field(unwrapped(value), "arguments") or value):
        yield from _codes(items(given) if given.type == "array" else [given], members)


def _reads(node: Node, name: bytes, program: Program) -> bool:
    """Whether a member of this name is read, or the variable that is called by it."""
    if node.type == "member_expression":
        return text_of(node, "property") == name
    if node.type == "subscript_expression":
        return text_of(node, "index").strip(b"'\"`") == name
    if node.type != "identifier":
        return False
    if text(node) == name:
        return True
    binding = program.scopes.binding(node)
    if binding is None or node == binding.name_node:
        return False
    pattern = program.tree.parent(binding.name_node)
    if pattern is not None and pattern.type == "pair_pattern":
        return key_name(pattern) == name
    value = field(binding.declarator, "value")
    return (
        value is not None
        and field(binding.declarator, "name") == binding.name_node
        and unwrapped(value).type == "member_expression"
        and text_of(unwrapped(value), "property") == name
    )


def compared_with(node: Node, program: Program, members: Members) -> Iterator[bytes]:
    """The literals that a value is compared with where it is read, as code."""
    outer, parent = program.tree.outer(node)
    while parent is not None and parent.type == "member_expression":
        # `x.type.toLowerCase() === 'text'`, `x.id.startsWith('run_')`
        call = program.tree.parent(parent)
        if call is None or field(call, "function") != parent:
            return
        if text_of(parent, "property") in _OF_WORDS:
            yield from _codes(items(field(call, "arguments") or call), members)
            return
        outer, parent = program.tree.outer(call)
    if parent is not None and parent.type == "arguments":
        call = program.tree.parent(parent)
        if call is not None and text_of(call, "function") in _CONVERTS:
            outer, parent = program.tree.outer(call)
    if parent is None:
        return
    if parent.type == "binary_expression" and text_of(parent, "operator") in COMPARED:
        sides = (field(parent, "left"), field(parent, "right"))
        yield from _codes([s for s in sides if s is not None and s != outer], members)
    elif parent.type == "switch_statement" and (body := field(parent, "body")) is not None:
        tested = [field(case, "value") for case in items(body)]
        yield from _codes([each for each in tested if each is not None], members)
    elif parent.type == "arguments":
        call = program.tree.parent(parent)
        callee = None if call is None else field(call, "function")
        if callee is not None and text_of(callee, "property") in _ASSERTING:
            yield from _codes([each for each in items(parent) if each != outer], members)
        if callee is None or text_of(callee, "property") not in (b"includes", b"has"):
            return
        words = members.constant(field(callee, "object") or callee)
        if words is not None and words.type == "new_expression":
            inside = items(field(words, "arguments") or words)
            words = unwrapped(inside[0]) if inside else None
        if words is not None and words.type == "array":
            yield from _codes(items(words), members)


def _codes(nodes: list[Node], members: Members) -> Iterator[bytes]:
    """The code of those that are literals, or names of such."""
    for node in nodes:
        found = members.constant(node)
        if found is not None and found.type in ("member_expression", "subscript_expression"):
            found = members.member(found)
        if found is not None and unwrapped(found).type in _LITERALS:
            yield text(unwrapped(found))


def is_compared(node: Node, program: Program) -> bool:
    """Whether a reading, or what a variable calls it, is compared with a literal."""
    members = Members(program.scopes)
    return any(
        True for each in _read_as(node, program) for _ in compared_with(each, program, members)
    )


def is_flag(node: Node, program: Program) -> bool:
    """Whether only it matters of a reading whether it is true."""
    return any(
        is_truth(program.tree, each) or _is_asked(each, program) for each in _read_as(node, program)
    )


def _is_asked(node: Node, program: Program) -> bool:
    """Whether a reading is all that a callback gives: `outputs.find((o) => o.final)`."""
    outer, function = program.tree.outer(node)
    arguments = None if function is None else program.tree.outer(function)[1]
    call = None if arguments is None else program.tree.parent(arguments)
    if function is None or call is None or field(function, "body") != outer:
        return False
    return text_of(field(call, "function") or call, "property") in _ASKING


def _read_as(node: Node, program: Program) -> list[Node]:
    """A reading, or the uses of the variable that holds it."""
    name = None
    if node.type in _PATTERNS:
        name = field(node, "value") or node
    elif node.type == "object_assignment_pattern":
        name = field(node, "left")
    else:
        outer, declarator = program.tree.outer(node)
        if declarator is not None and field(declarator, "value") == outer:
            name = field(declarator, "name")
    binding = None if name is None else program.scopes.binding(name)
    if binding is None:
        return [node]
    return [use for use in binding.references if use != name]
