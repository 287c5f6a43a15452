"""What another file of the project exports under a name, where its code says so itself."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.sources import returned
from callmend.languages.ecmascript.tree import FUNCTIONS, field, items, key_name, text, unwrapped
from callmend.languages.ecmascript.values import text_of
from callmend.languages.modules import files_of
from callmend.records import record
from callmend.source import SourceFile

_DEFAULT = b"default"
#: No header of a client is followed to its file, where it would have to be taken out.
_HEADER = b"openai-beta"
_MOST_SIZE = 300_000
_MOST_STEPS = 4


@record(frozen=True, slots=True)
class Export:
    """The expressions of another file that a name of its exports may stand for."""

    program: Program
    values: tuple[Node, ...]


def exports(program: Program, module: str, name: bytes) -> list[Export]:
    """What the files export under a name that a module may be; ``name`` is empty for the default.

    An alias may name a file in several folders: each that is there has an entry.
    """
    return list(_exports(program, module, name or _DEFAULT, _MOST_STEPS))


def is_there(program: Program, module: str) -> bool:
    """Whether a file that a module may be is there to be read."""
    read = program.source.read
    paths = files_of(program.source.path, module) if read is not None else ()
    return read is not None and any(read(path) is not None for path in paths)


def _exports(program: Program, module: str, name: bytes, most: int) -> Iterator[Export]:
    for other in _programs(program, module):
        again = _passed_on(other, name) if most > 0 else None
        if again is None:
            yield Export(other, tuple(_values(other, name)))
        else:
            yield from list(_exports(other, *again, most - 1)) or [Export(other, ())]
        if module.startswith("."):
            return  # the first that is there


def _programs(program: Program, module: str) -> Iterator[Program]:
    read = program.source.read
    for path in files_of(program.source.path, module) if read is not None else ():
        data = None if read is None else read(path)
        if data is None or len(data) > _MOST_SIZE:
            continue
        source = SourceFile(path, data, read=read)
        language = source.language
        if language is None or source.obstacle(_MOST_SIZE) is not None:
            continue
        other = Program(source, language)
        other.client_modules = program.client_modules
        if not any(other.tree.errors()) and _HEADER not in data.lower():
            yield other


def _passed_on(program: Program, name: bytes) -> tuple[str, bytes] | None:
    """The module and the name of `export { client as openai } from './client'`."""
    for statement in _statements(program, "export_statement"):
        source = field(statement, "source")
        for part in _specifiers(statement) if source is not None else ():
            if text(field(part, "alias") or field(part, "name") or part) == name:
                return text_of(statement, "source")[1:-1].decode(), text_of(part, "name")
    return None


def _values(program: Program, name: bytes) -> Iterator[Node]:
    """The expressions that an export is, or that it gives where it is a function."""
    for node in _exported(program, name):
        function = node if node.type in FUNCTIONS else None
        binding = program.scopes.binding(node) if node.type == "identifier" else None
        if binding is not None and not binding.writes:
            value = field(binding.declarator, "value")
            inner = None if value is None else unwrapped(value)
            if binding.declarator.type in FUNCTIONS:
                function = binding.declarator
            elif inner is not None and inner.type in FUNCTIONS:
                function = inner
        yield from [node] if function is None else returned(function) or []


def _exported(program: Program, name: bytes) -> Iterator[Node]:
    for statement in _statements(program, "export_statement"):
        value, declared = field(statement, "value"), field(statement, "declaration")
        if any(child.type == "default" for child in statement.children):
            found = value or declared
            yield from [found] if found is not None and name == _DEFAULT else []
        elif declared is not None:
            yield from (n for n in _declared(declared) if text(n) == name)
        elif field(statement, "source") is None:
            for part in _specifiers(statement):
                own = field(part, "name")
                if own is not None and text(field(part, "alias") or own) == name:
                    yield own
    for statement in _statements(program, "expression_statement"):
        yield from _by_assignment(items(statement)[0], name)


def _declared(declaration: Node) -> list[Node]:
    own = field(declaration, "name")
    if own is not None:
        return [own]
    names = [field(n, "name") for n in items(declaration) if n.type == "variable_declarator"]
    return [n for n in names if n is not None and n.type == "identifier"]


def _by_assignment(node: Node, name: bytes) -> Iterator[Node]:
    """`module.exports = { openai }`, `exports.openai = openai`, `module.exports = openai`."""
    left, right = field(node, "left"), field(node, "right")
    if node.type != "assignment_expression" or left is None or right is None:
        return
    place, right = text(left), unwrapped(right)
    if place in (b"exports." + name, b"module.exports." + name):
        yield right
    elif place == b"module.exports" and right.type == "object":
        for member in items(right):
            if (key_name(member) or text(member)) == name:
                yield unwrapped(field(member, "value") or member)
    elif place == b"module.exports" and name == _DEFAULT:
        yield right


def _statements(program: Program, kind: str) -> list[Node]:
    return [node for node in program.tree.root.named_children if node.type == kind]


def _specifiers(statement: Node) -> list[Node]:
    clauses = [n for n in statement.named_children if n.type == "export_clause"]
    return [part for clause in clauses for part in items(clause)]
