"""Readings of an answer that is handed on within its file, where they cannot be followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tree_sitter import Node

from callmend.languages.ecmascript.bodies import is_logged
from callmend.languages.ecmascript.callees import parameter_of
from callmend.languages.ecmascript.coming_back import carried, is_of_an_error
from callmend.languages.ecmascript.fits import (
    Leaf,
    Structure,
    is_asked_about,
    is_list_method,
    reached,
)
from callmend.languages.ecmascript.invented import invented_requests
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readings import Path, Readings, is_about_failure
from callmend.languages.ecmascript.scopes import Binding, is_declared_exported
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    is_inside,
    items,
    key_name,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.records import record

#: Names that only an answer has, in the files that ask for one.
_TELLING = frozenset(
    {
        b"finalOutput", b"final_output", b"output", b"outputText", b"output_text", b"outputs",
    }
)  # fmt: skip
#: Names of its text that other objects have too: they tell where the object is called as the
#: answer is where it is handed on.
_USUAL = frozenset(
    {
        b"answer", b"choices", b"content", b"data", b"message", b"messages", b"reply", b"response",
        b"result", b"text",
    }
)  # fmt: skip
#: What holds no answer of ours: what a server is asked, and what a program is started with.
_FOREIGN = frozenset({b"event", b"import", b"params", b"process", b"props", b"req", b"request"})
#: What holds several guesses at the answer, one after the other.
_LADDER = frozenset(
    {
        "array", "arrow_function", "binary_expression", "parenthesized_expression",
        "ternary_expression",
    }
)  # fmt: skip
#: Where a value is told, given or returned as it is.
_ENDS = frozenset(
    {
        "arguments", "array", "arrow_function", "jsx_expression", "return_statement",
        "template_substitution", "ternary_expression",
    }
)  # fmt: skip


@record(frozen=True, slots=True)
class _Found:
    """A reading that may be one of the answer, and its whole expression."""

    path: Path
    node: Node


def unfollowed(readings: Readings, program: Program) -> Callable[[Structure], Node | None]:
    """Gives for a shape the first reading of the file that it is wrong for and nobody follows.

    Where the answer is handed on, it may come back by a way that is not followed: out of a list, a
    field, a callback's result. What is then read of it must be there. Many shapes may be asked for.
    """
    found = _found(readings, program)

    def wrong(structure: Structure) -> Node | None:
        return next((e.node for e in found if not _bears(structure, e, found, program)), None)

    return wrong


def unfollowed_texts(readings: Readings, program: Program) -> list[Path]:
    """The readings of the file that may be of an answer that is handed on, as texts, in its order.

    None where one of them may be an object whose members are read where nobody follows.
    """
    paths = [each.path for each in _found(readings, program)]
    paths = [path for path in paths if not path.is_of_the_run and not is_about_failure(path.node)]
    if not all(_is_taken_as_text(path, program) for path in paths):
        return []
    return sorted(paths, key=lambda path: path.node.start_byte)


def _is_taken_as_text(path: Path, program: Program) -> bool:
    """Whether it is `x.output.text`, or `x.output` where that is given, told or returned."""
    _, parent = program.tree.outer(path.node)
    while parent is not None and parent.type == "binary_expression":
        right = field(parent, "right")
        if right is not None and unwrapped(right).type in ("object", "array"):
            return False
        _, parent = program.tree.outer(parent)
    if parent is not None and parent.type == "arguments" and parent.parent is not None:
        # `Object.values(x)` goes through it.
        if text_of(parent.parent, "function").startswith((b"Array.", b"JSON.", b"Object.")):
            return False
    return len(path.names) > 1 or (parent is not None and parent.type in _ENDS)


def _found(readings: Readings, program: Program) -> list[_Found]:
    if not readings.handed:
        return []
    every = [*_readings(readings, program), *_of_callbacks(readings, program)]
    # What a script prints is shown; beside other readings it is only noted.
    told = [e for e in every if not is_logged(program.tree, e.path.node)]
    return told if told or readings.texts() else every


def _readings(readings: Readings, program: Program) -> Iterator[_Found]:
    known = [
        (path.node.start_byte, path.node.end_byte) for path in (*readings.paths, *readings.logged)
    ]
    aliases = {name for node in readings.handed if (name := _alias(node, program)) is not None}
    for node in descendants(program.tree.root):
        if node.type == "member_expression":
            name = text_of(node, "property")
        elif node.type in ("shorthand_property_identifier_pattern", "pair_pattern"):
            name = text(node) if node.type != "pair_pattern" else key_name(node) or b""
        else:
            continue
        if name not in _TELLING and name not in aliases:
            continue
        if any(start <= node.start_byte and node.end_byte <= end for start, end in known):
            continue
        for path in _paths(node, program):
            names = path.names if name in _TELLING else path.names[1:]
            if not names or (name not in _TELLING and names[0] not in _TELLING | _USUAL):
                continue
            if is_foreign(node, program):
                continue
            yield _Found(Path(names, path.node, path.method), path.node)


def _of_callbacks(readings: Readings, program: Program) -> Iterator[_Found]:
    """What is read of the names that may hold what a callback gives."""
    for use in carried(readings.handed, program):
        path = _path(use, (), program)
        names = path.names
        while names and names[0] not in _TELLING | _USUAL:
            # `result.reason.message`
            names = () if is_of_an_error(names[0]) else names[1:]
        if names[:1] == (b"data",):
            names = names[1:]  # a hook's own
        if names:
            yield _Found(Path(names, path.node, path.method), path.node)


def _alias(node: Node, program: Program) -> bytes | None:
    """The member by which an answer is found again that an object holds."""
    if node.type == "shorthand_property_identifier":
        return text(node)
    _, parent = program.tree.outer(node)
    if parent is None:
        return None
    if parent.type == "pair":
        return key_name(parent)
    left = field(parent, "left")
    if parent.type == "assignment_expression" and left is not None:
        return text_of(left, "property") or None
    return None


def _paths(node: Node, program: Program) -> Iterator[Path]:
    """What is read from a member on, or from the variable that a pattern makes of it."""
    if node.type == "member_expression":
        path = _path(node, (text_of(node, "property"),), program)
        uses = [] if path.method else _uses(path.node, program)
        yield from (_path(use, path.names, program) for use in uses) if uses else (path,)
        return
    yield from _of_pattern(node, (), program)


def _of_pattern(node: Node, before: tuple[bytes, ...], program: Program) -> Iterator[Path]:
    """What is read of a member of a pattern: `text` of `{ output: { text } }`."""
    name = node if node.type != "pair_pattern" else field(node, "value") or node
    first = text(node) if node.type != "pair_pattern" else key_name(node) or b""
    inner = items(name) if name.type == "object_pattern" else []
    parts = ("pair_pattern", "shorthand_property_identifier_pattern")
    if inner and all(each.type in parts for each in inner):
        for each in inner:
            yield from _of_pattern(each, (*before, first), program)
        return
    binding = program.scopes.binding(name) if name.type != "object_pattern" else None
    uses = [] if binding is None else [use for use in binding.references if use != name]
    if not uses:
        yield Path((*before, first), node)
    for use in uses:
        yield _path(use, (*before, first), program)


def _uses(node: Node, program: Program) -> list[Node]:
    """The places that read the variable that a reading is put into, if it is."""
    outer, declarator = program.tree.outer(node)
    name = None if declarator is None else field(declarator, "name")
    if name is None or name.type != "identifier" or field(declarator, "value") != outer:
        return []
    binding = program.scopes.binding(name)
    return [] if binding is None else [use for use in binding.references if use != name]


def _path(node: Node, names: tuple[bytes, ...], program: Program) -> Path:
    while True:
        outer, parent = program.tree.outer(node)
        if parent is None or field(parent, "object") != outer:
            break
        if parent.type == "member_expression":
            names = (*names, text_of(parent, "property"))
        elif parent.type == "subscript_expression":
            index = field(parent, "index")
            literal = index is not None and index.type in ("number", "string")
            names = (*names, text(index).strip(b"'\"`") if index is not None and literal else b"0")
        else:
            break
        node = parent
    outer, parent = program.tree.outer(node)
    if len(names) > 1 and parent is not None and field(parent, "function") == outer:
        return Path(names[:-1], node, names[-1])
    if len(names) > 1 and names[-1] == b"length":
        return Path(names[:-1], node, names[-1])
    return Path(names, node)


def is_foreign(node: Node, program: Program) -> bool:
    """Whether what is read is certainly no answer of ours: another request's, or written here."""
    outer, parent = program.tree.outer(node)
    if parent is not None and "assignment_expression" in parent.type:
        if field(parent, "left") == outer:
            return True
    base = node
    if node.type != "member_expression":
        pattern = program.tree.parent(node)
        declarator = None if pattern is None else program.tree.parent(pattern)
        value = None if declarator is None else field(declarator, "value")
        return value is not None and _is_of_another(value, program, 5)
    while base.type in ("member_expression", "subscript_expression"):
        base = unwrapped(field(base, "object") or base)
    return _is_of_another(base, program, 5)


def _is_of_another(node: Node, program: Program, most: int) -> bool:
    """Whether a value comes from another request than ours, whose values are all followed."""
    node = unwrapped(node)
    if node.type == "await_expression" and items(node):
        node = unwrapped(items(node)[0])
    if most == 0:
        return False
    if node.type == "identifier":
        if text(node) in _FOREIGN or is_of_an_error(text(node)):
            return True
        binding = program.scopes.binding(node)
        if binding is not None and _is_given_another(binding, program, most - 1):
            return True
        value = None if binding is None else field(binding.declarator, "value")
        if (
            binding is None
            or value is None
            or field(binding.declarator, "name") != binding.name_node
        ):
            return False
        return _is_of_another(value, program, most - 1)
    if node.type != "call_expression":
        return False
    callee = field(node, "function") or node
    name, last = text(callee), text_of(callee, "property")
    given = items(field(node, "arguments") or node)
    if last in (b"json", b"text", b"catch", b"then"):
        return _is_of_another(field(callee, "object") or callee, program, most - 1)
    if name == b"JSON.parse" and given:
        return _is_of_another(given[0], program, most - 1)
    return name == b"fetch" or name.startswith(b"axios") or last == b"create"


def _is_given_another(binding: Binding, program: Program, most: int) -> bool:
    """Whether a parameter is given another request by each call, as one of a migration before."""
    function = program.tree.function_of(binding.name_node)
    if function.type != "function_declaration" or binding.writes:
        return False
    number = next((n for n in range(2) if parameter_of(function, n) == binding.name_node), None)
    name = field(function, "name")
    called_by = None if name is None else program.scopes.binding(name)
    if number is None or called_by is None or is_declared_exported(called_by):
        return False
    given = []
    for use in called_by.references:
        call = program.tree.parent(use)
        arguments = items(field(call, "arguments") or use) if call is not None else []
        if call is None or field(call, "function") != use or number >= len(arguments):
            return False
        given.append(arguments[number])
    dead = [request.call for request in program.requests]
    dead += [request.call for request in invented_requests(program)]
    if any(is_inside(call, each) for call in dead for each in given):
        return False
    return bool(given) and all(_is_of_another(each, program, most) for each in given)


def _bears(structure: Structure, each: _Found, others: list[_Found], program: Program) -> bool:
    path = each.path
    found = reached(structure, path.names)
    if found is Leaf.OTHER or (found is Leaf.TEXT and not is_list_method(path.method)):
        return True
    if found is not Leaf.NOTHING and is_asked_about(path.node, program):
        return True
    texts = [o for o in others if reached(structure, o.path.names) is Leaf.TEXT]
    if found is Leaf.NOTHING and _is_tried(each, others, program):
        function = program.tree.function_of(each.node)
        if any(o.node.start_byte < each.node.start_byte for o in texts if _is_in(o, function)):
            return True
    top = path.node
    while top.parent is not None and top.parent.type in _LADDER:
        top = top.parent
    return top != path.node and any(_is_in(other, top) for other in texts)


def _is_in(each: _Found, around: Node) -> bool:
    return around.start_byte <= each.node.start_byte < around.end_byte


def _is_tried(each: _Found, others: list[_Found], program: Program) -> bool:
    """Whether what may be missing is asked for before it is read."""
    same = [other.node for other in others if other.path.names == each.path.names]
    return b"?." in text(each.node) or any(is_asked_about(node, program) for node in same)
