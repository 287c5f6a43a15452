"""Whether an answer of a certain shape has its text wherever a file reads one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Union

from tree_sitter import Node

from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readings import Path
from callmend.languages.ecmascript.tree import FUNCTIONS, descendants, field, text, unwrapped
from callmend.languages.ecmascript.values import text_of


class Leaf(Enum):
    """What stands at the end of a path: the text, something else that is no object, or nothing."""

    TEXT = "text"
    OTHER = "other"
    NOTHING = "nothing"


Structure = Union[Leaf, Mapping[bytes, "Structure"], Sequence["Structure"]]  # noqa: UP007

#: A message of a real answer, as the adapted answer has it.
MESSAGE: Structure = {
    b"output": [
        {
            b"type": Leaf.OTHER,
            b"role": Leaf.OTHER,
            b"content": [{b"type": Leaf.OTHER, b"text": Leaf.TEXT}],
        }
    ]
}
#: What tells elements of a list apart, and is no text.
TELLING = frozenset({b"id", b"index", b"name", b"object", b"role", b"status", b"type"})
#: What stands beside an answer, and may have a text too.
_ASIDE = frozenset(
    {b"context", b"debug", b"extra", b"info", b"log", b"logs", b"meta", b"reasoning", b"trace"}
)
#: What a text has, of the methods of a list.
_OF_TEXTS = frozenset(
    {b"at", b"concat", b"includes", b"indexOf", b"lastIndexOf", b"length", b"slice"}
)
_OF_LISTS = frozenset(
    {
        b"at", b"concat", b"every", b"filter", b"find", b"findIndex", b"findLast", b"flat",
        b"flatMap", b"forEach", b"includes", b"indexOf", b"join", b"keys", b"lastIndexOf",
        b"length", b"map", b"pop", b"reduce", b"reduceRight", b"reverse", b"shift", b"slice",
        b"some", b"sort", b"toReversed", b"toSorted",
    }
)  # fmt: skip


def nested(names: Sequence[bytes]) -> Structure:
    """The structure of an object with the text at the end of a path."""
    found: Structure = Leaf.TEXT
    for name in reversed(names):
        found = [found] if name.isdigit() else {name: found}
    return found


def with_text(structure: Structure) -> Structure:
    """The structure with `output_text` beside it, which each adapted answer has."""
    rest = dict(structure) if isinstance(structure, Mapping) else {}
    return {b"output_text": Leaf.TEXT, **rest}


def misfit(structure: Structure, texts: Sequence[Path], program: Program) -> Path | None:
    """The first reading for which an answer of this shape is wrong, None where it is right.

    The text has to stand at the end of one reading at least, and an object or a list at the end of
    none; what is missing must not be asked for more.
    """
    ends = [path for path in texts if path.method or not goes_on(path, texts)]
    for path in ends:
        if not bears(structure, path, texts, program):
            return path
    if not any(reached(structure, path.names) is Leaf.TEXT for path in texts):
        return next((path for path in ends if path.names[-1] not in TELLING), texts[0])
    return None


def reached(structure: Structure, names: Iterable[bytes]) -> Structure:
    """What stands at the end of a path."""
    for name in names:
        if isinstance(structure, Mapping):
            structure = structure.get(name, Leaf.NOTHING)
        elif not isinstance(structure, Leaf) and name.isdigit():
            structure = structure[0]
        else:
            return Leaf.NOTHING
    return structure


def is_list_method(method: bytes) -> bool:
    """Whether a method is one that lists have, and texts have not."""
    return method in _OF_LISTS and method not in _OF_TEXTS


def goes_on(path: Path, texts: Iterable[Path]) -> bool:
    """Whether another reading starts with this one, so that this one is a step on its way."""
    depth = len(path.names)
    return any(len(p.names) > depth and p.names[:depth] == path.names for p in texts)


def bears(structure: Structure, path: Path, texts: Iterable[Path], program: Program) -> bool:
    """Whether an answer of this shape is right for a reading."""
    found = reached(structure, path.names)
    if found is Leaf.TEXT:
        return not is_list_method(path.method)
    if found is Leaf.OTHER:
        return True
    if found is Leaf.NOTHING:
        same = (other.node for other in texts if other.names == path.names)
        return (
            not path.method
            or b"?." in text(path.node)
            or _is_of_one_guess(structure, path, texts, program)
            or _is_tried(path, program)
            or any(is_asked_about(node, program) for node in same)
        )
    if path.method:
        return path.method in _OF_LISTS and not isinstance(found, Mapping)
    return is_asked_about(path.node, program) or _comes_second(structure, path, texts, program)


def _named(node: Node) -> bytes:
    """What a reading is called afterwards: its variable's name, or its own code."""
    declarator = node.parent
    while declarator is not None and declarator.type in ("await_expression", "as_expression"):
        declarator = declarator.parent
    name = None if declarator is None else field(declarator, "name")
    if declarator is None or declarator.type != "variable_declarator" or name is None:
        return text(node)
    return text(name)


def is_asked_about(node: Node, program: Program) -> bool:
    """Whether the code asks of which type something is, or only whether it is there."""
    name = _named(node)
    function = program.tree.function_of(node)
    code = text(function)
    if b"typeof " + name in code or b"Array.isArray(" + name in code:
        return True
    inner = node
    for parent in program.tree.ancestors(node):
        if parent.type == "unary_expression":
            return True
        if parent.type in ("if_statement", "ternary_expression", "while_statement"):
            return field(parent, "condition") == inner
        if parent.type == "binary_expression" and text_of(parent, "operator") == b"&&":
            if field(parent, "left") == inner:
                return True
        elif parent.type not in ("parenthesized_expression", "binary_expression"):
            break
        inner = parent
    return False


def _comes_second(structure: Structure, path: Path, ends: Iterable[Path], program: Program) -> bool:
    """Whether it stands in a ladder behind a reading that finds the text: `a.text || a`."""
    for parent in program.tree.ancestors(path.node):
        if parent.type == "ternary_expression":
            condition = field(parent, "condition")
            if condition is not None and text(path.node) in text(condition):
                return True
        if parent.type in FUNCTIONS or parent.type.endswith("_statement"):
            break
        if parent.type != "binary_expression" or text_of(parent, "operator") not in (b"||", b"??"):
            continue
        left = field(parent, "left")
        for other in ends if left is not None else ():
            inside = left.start_byte <= other.node.start_byte < left.end_byte if left else False
            if inside and reached(structure, other.names) is Leaf.TEXT:
                return True
    return False


def _is_of_one_guess(
    structure: Structure, path: Path, texts: Iterable[Path], program: Program
) -> bool:
    """Whether the same expression has the text by another guess of one ladder: `(a ?? b).trim()`.

    Also where a function returns the guesses and another one has the method called.
    """
    found = list(texts)
    others = [p.names for p in found if p.node == path.node and p.names != path.names]
    others = [names for names in others if reached(structure, names) is Leaf.TEXT]
    guesses = [p.node for p in found if not p.method and p.names in (path.names, *others)]
    tops = {top_of_ladder(node, program).id for node in guesses}
    return bool(others) and len(tops) == 1


def top_of_ladder(node: Node, program: Program) -> Node:
    """The outermost `a || b` or `a ?? b` around a guess."""
    top, around = program.tree.outer(node)
    while around is not None and text_of(around, "operator") in (b"||", b"??"):
        top, around = program.tree.outer(around)
    return top


def _is_tried(path: Path, program: Program) -> bool:
    """Whether what may be missing is asked for before its method is called."""
    node = path.node
    name = text(field(node, "object") or node)
    if b"typeof " + name in text(program.tree.function_of(node)):
        return True
    inner = node
    for parent in program.tree.ancestors(node):
        if parent.type in ("if_statement", "ternary_expression"):
            condition = field(parent, "condition")
            if condition is not None and condition != inner and name in text(condition):
                return True
        if parent.type == "binary_expression" and text_of(parent, "operator") == b"&&":
            left = field(parent, "left")
            if left is not None and left != inner and name in text(left):
                return True
        if parent.type in FUNCTIONS:
            return False
        inner = parent
    return False


def is_parsed(path: Path, program: Program, *, guessed: bool = False) -> bool:
    """Whether what is read is parsed where it is a text: `JSON.parse(output)`.

    ``guessed`` tells that it may be one of several guesses: `const output = a.text ?? a.value`.
    """
    name = _named(_guess(path.node) if guessed else path.node)
    code = text(program.tree.function_of(path.node))
    return not path.method and b"JSON.parse(" + name + b")" in code and b"typeof " + name in code


def _guess(node: Node) -> Node:
    """The whole of the guesses of which an expression is one."""
    while node.parent and text_of(node.parent, "operator") in (b"||", b"??"):
        node = node.parent
    return node


def without_parsed(texts: list[Path], program: Program) -> list[Path]:
    """The readings without those of what a text is parsed to, where words are an answer too.

    `if (typeof out === 'string') try { out = JSON.parse(out); } catch {}`, then both `out.text` and
    `typeof out === 'string' ? out : ''`.
    """
    first = texts[0]
    if not is_parsed(first, program, guessed=True):
        return texts
    name = _named(_guess(first.node))
    function = program.tree.function_of(first.node)
    asked = re.findall(rb"typeof %b === ?['\"]string" % re.escape(name), text(function))
    parses = [node for node in descendants(function) if text(node) == b"JSON.parse(" + name + b")"]
    if len(asked) <= 1 or not all(_is_tried_alone(node, program) for node in parses):
        return texts
    depth = len(first.names)
    return [p for p in texts if p.names[:depth] != first.names or len(p.names) == depth]


def _is_tried_alone(node: Node, program: Program) -> bool:
    """Whether the code goes on where this throws: the next `catch` around it ends nothing."""
    around = next((n for n in program.tree.ancestors(node) if n.type == "try_statement"), None)
    handler = None if around is None else field(around, "handler")
    ends = ("return_statement", "throw_statement")
    return handler is not None and not any(each.type in ends for each in descendants(handler))


def told_apart(
    names: Sequence[bytes], texts: Iterable[Path]
) -> dict[tuple[bytes, ...], bytes] | None:
    """What elements on the way to the text are told by, with the word that is asked for as code.

    `data.output.filter((item) => item.role === 'assistant')`. None where that is not one word.
    """
    found: dict[tuple[bytes, ...], bytes] = {}
    for path in texts:
        *before, last = path.names
        if last not in TELLING or tuple(names[: len(before)]) != tuple(before) or not before:
            continue
        parent = path.node.parent
        while parent is not None and parent.type == "parenthesized_expression":
            parent = parent.parent
        words = [
            unwrapped(side)
            for side in (field(parent, "left"), field(parent, "right"))
            if side is not None and unwrapped(side).type == "string"
        ]
        if parent is None or parent.type != "binary_expression" or len(words) != 1:
            continue
        if found.setdefault(path.names, text(words[0])) != text(words[0]):
            return None
    return found


def without_asides(texts: list[Path], first: Path, program: Program) -> list[Path]:
    """The readings that are no word beside the answer, where the first one is, and they apart."""
    if first.names[0] not in _ASIDE:
        return texts
    top = top_of_ladder(first.node, program)
    apart = [path for path in texts if path.names[0] not in _ASIDE]
    return [path for path in apart if top_of_ladder(path.node, program) != top] or texts
