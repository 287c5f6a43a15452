"""Writing one helper's statements in the place of its calls, under names that are free there."""

from __future__ import annotations

import re

from tree_sitter import Node

from callmend.edits import Edit, apply
from callmend.languages.ecmascript.assistants.helpers import (
    Helper,
    Helpers,
    Place,
    Use,
    value_of,
)
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.statements import removal
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    descendants,
    field,
    is_inside,
    items,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of

_VARIABLES = frozenset(
    {"identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern"}
)
_PLAIN = frozenset({"identifier", "member_expression", "string", "true", "false"})
_OF_MEMBERS = frozenset({"member_expression", "identifier", "property_identifier"})


class Inlining:
    """Writes the helpers of one program into their callers, one at a time."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._tree = program.tree
        self._scopes = program.scopes
        self._source = program.source
        #: Names that were given a number to be told from others.
        self.numbered: set[bytes] = set()
        self._taken: dict[int, set[bytes]] = {}

    def step(self, holding: list[Node]) -> tuple[bytes, list[Edit]] | None:
        """The edits that take in one helper, with its name; None where none can be.

        ``holding`` are the calls for whose sake it is done.
        """
        for helper in Helpers(self._program).find():
            if any(is_inside(node, helper.function) for node in holding):
                edits = self._edits(helper)
                if edits is not None:
                    return helper.name, edits
        return None

    def _edits(self, helper: Helper) -> list[Edit] | None:
        edits = []
        self._taken = {}
        for number, use in enumerate(helper.uses):
            edit = self._written(helper, use, first=number == 0)
            if edit is None:
                return None
            edits.append(edit)
        where = span(helper.statement)
        first = span(helper.comments[0]) if helper.comments else where
        gone = removal(self._source, first, where)
        if any(gone.start < edit.end and edit.start < gone.end for edit in edits):
            return None
        return [*edits, gone]

    def _written(self, helper: Helper, use: Use, *, first: bool) -> Edit | None:
        """The helper's statements in the place of one call's statement."""
        caller = self._tree.function_of(use.call)
        if not self._means_the_same(helper, use):
            return None
        # A helper that is called twice in one function brings its names twice.
        words = {text(n) for n in descendants(caller) if "identifier" in n.type}
        taken = self._taken.setdefault(caller.id, words)
        changes: list[Edit] = []
        head: list[bytes] = []
        named = self._named(helper, use)
        for parameter, argument in zip(helper.parameters, use.given, strict=True):
            new = None if parameter.writes else self._argument(argument)
            if new is None:
                new = named.get(parameter.name) or self._free(parameter.name, taken, helper)
                kind = b"let " if parameter.writes else b"const "
                head.append(kind + new + b" = " + text(argument))
                taken.add(new)
            changes += self._renamed(parameter, new, declared=False)
        for binding in self._locals(helper):
            known = named.get(binding.name) if self._is_given(binding, helper) else None
            new = known or self._free(binding.name, taken, helper)
            taken.add(new)
            if new != binding.name:
                changes += self._renamed(binding, new, declared=True)
        end = b";" if text(helper.body[-1]).endswith(b";") else b""
        pieces = [text(comment) for comment in helper.comments if first]
        pieces += [line + end for line in head]
        for statement in helper.body:
            piece = self._piece(helper, use, statement, changes)
            if piece:
                pieces.append(piece)
        indent = self._source.indent_at(use.statement.start_byte)
        eol = self._source.eol_at(use.statement.start_byte)
        new = (eol + indent).join(pieces)
        return Edit(use.statement.start_byte, use.statement.end_byte, new)

    def _piece(self, helper: Helper, use: Use, statement: Node, changes: list[Edit]) -> bytes:
        """One statement as it stands in the caller; nothing where it only gave something back."""
        end = b";" if text(use.statement).endswith(b";") else b""
        if statement.type == "return_statement":
            value = items(statement)[0] if items(statement) else None
            if value is None:
                return b""
            if self._named(helper, use):
                return b""
            code = self._code(value, changes)
            before = value_of(self._program, statement) or b""
            if use.place is Place.ALONE:
                simple = unwrapped(value).type in ("identifier", "member_expression")
                return b"" if simple else (before + code + end)
            outer, parent = self._tree.outer(use.call)
            if parent is not None and parent.type == "await_expression":
                outer = parent
            data = self._source.data
            first = data[use.statement.start_byte : outer.start_byte]
            last = data[outer.end_byte : use.statement.end_byte]
            return first + before + code + last
        ends = [
            Edit(n.start_byte, n.end_byte, b"break" + (b";" if text(n).endswith(b";") else b""))
            for n in descendants(statement)
            if n.type == "return_statement" and self._tree.function_of(n) == helper.function
        ]
        own = self._source.indent_at(statement.start_byte)
        new = self._source.indent_at(use.statement.start_byte)
        lines = self._code(statement, [*changes, *ends]).split(b"\n")
        moved = [new + line[len(own) :] if line.startswith(own) else line for line in lines]
        return b"\n".join([lines[0], *moved[1:]])

    def _code(self, node: Node, changes: list[Edit]) -> bytes:
        data = self._source.data[node.start_byte : node.end_byte]
        own = [
            Edit(e.start - node.start_byte, e.end - node.start_byte, e.text)
            for e in changes
            if node.start_byte <= e.start and e.end <= node.end_byte
        ]
        return apply(data, own)

    def _named(self, helper: Helper, use: Use) -> dict[bytes, bytes]:
        """The variable that a helper gives back, with the name that its caller has for it.

        Empty where the caller has none that the helper's own statements could use.
        """
        given = items(helper.body[-1]) if helper.body[-1].type == "return_statement" else []
        value = unwrapped(given[0]) if len(given) == 1 else None
        if use.place is not Place.VALUE or value is None or value.type != "identifier":
            return {}
        binding = self._scopes.binding(value)
        declarator = items(use.statement)[0] if items(use.statement) else None
        name = None if declarator is None else field(declarator, "name")
        if binding is None or name is None or name.type != "identifier":
            return {}
        own = self._is_given(binding, helper) or (binding in helper.parameters and binding.writes)
        word = text(name)
        inside = {text(n) for n in descendants(helper.function) if "identifier" in n.type}
        clash = word in inside and word != binding.name
        among = {text(n) for a in use.given for n in descendants(a)}
        target = self._scopes.binding(name)
        if not own or clash or word in among or target is None or target.writes:
            return {}
        if declarator is None or field(declarator, "type") is not None:
            return {}
        return {binding.name: word}

    def _is_given(self, binding: Binding, helper: Helper) -> bool:
        """Whether a variable is the one that the helper's last statement gives back."""
        given = items(helper.body[-1]) if helper.body[-1].type == "return_statement" else []
        declaration = self._tree.parent(binding.declarator)
        return (
            len(given) == 1
            and self._scopes.binding(unwrapped(given[0])) is binding
            and binding.declarator.type == "variable_declarator"
            and declaration in helper.body
        )

    def _argument(self, argument: Node) -> bytes | None:
        """An argument that can stand wherever the parameter stood; None for any other."""
        inner = unwrapped(argument)
        if inner.type not in _PLAIN:
            return None
        names = [n for n in descendants(inner) if n.type == "identifier"]
        for name in names:
            binding = self._scopes.binding(name)
            if binding is not None and binding.writes:
                return None
        if inner.type == "member_expression" and not self._is_kept(inner):
            return None
        return text(argument)

    def _is_kept(self, member: Node) -> bool:
        """Whether a property stays what it is: of what was awaited, or `process.env.X`."""
        named = [n for n in descendants(member) if n.is_named]
        if not all(n.type in _OF_MEMBERS for n in named):
            return False
        root = next(n for n in named if n.type == "identifier")
        binding = self._scopes.binding(root)
        if binding is None:
            return text(member).startswith(b"process.env.")
        value = field(binding.declarator, "value")
        return value is not None and unwrapped(value).type == "await_expression"

    def _locals(self, helper: Helper) -> list[Binding]:
        found: dict[int, Binding] = {}
        for node in descendants(helper.function):
            binding = self._scopes.binding(node) if "identifier" in node.type else None
            if binding is None or binding in helper.parameters:
                continue
            body = field(helper.function, "body") or helper.function
            if is_inside(binding.name_node, body):
                found[id(binding)] = binding
        return list(found.values())

    def _renamed(self, binding: Binding, new: bytes, *, declared: bool) -> list[Edit]:
        edits = []
        for node in [*([binding.name_node] if declared else []), *binding.references]:
            wording = new
            if node.type.startswith("shorthand_property_identifier"):
                wording = text(node) + b": " + new
                if text(node) == new:
                    continue
            edits.append(Edit(node.start_byte, node.end_byte, wording))
        return edits

    def _free(self, name: bytes, taken: set[bytes], helper: Helper) -> bytes:
        own = {text(n) for n in descendants(helper.function) if "identifier" in n.type}
        number, new = 1, name
        while new in taken or (number > 1 and new in own) or self._is_outer(new, name):
            number += 1
            new = name + str(number).encode()
        if new != name:
            self.numbered.add(new)
        return new

    def _is_outer(self, new: bytes, name: bytes) -> bool:
        """Whether a name other than the helper's own is one of the file's."""
        return new != name and self._scopes.root.bindings.get(new) is not None

    def _means_the_same(self, helper: Helper, use: Use) -> bool:
        """Whether what a helper reads from outside is the same where its call stands."""
        scope = self._scopes.scope_at(use.call)
        for name in self._scopes.names_in(helper.function):
            binding = self._scopes.binding(name)
            if binding is not None and is_inside(binding.name_node, helper.function):
                continue
            if scope.lookup(text(name)) is not binding:
                return False
        return True


def shortened(program: Program, names: set[bytes]) -> list[Edit]:
    """The edits that give names a number less where they only needed it on the way."""
    edits = []
    taken: dict[int, set[bytes]] = {}
    for binding in _bindings(program, names):
        function = _outermost(program, binding.name_node)
        words = {text(n) for n in descendants(function) if n.type in _VARIABLES}
        # Two names must not become one.
        there = taken.setdefault(function.id, words)
        root = re.sub(rb"\d+$", b"", binding.name)
        number = int(binding.name[len(root) :])
        shorter = [root, *(root + str(n).encode() for n in range(2, number))]
        base = next((name for name in shorter if name not in there), None)
        if base is None:
            continue
        there.add(base)
        for node in [binding.name_node, *binding.references]:
            pair = program.tree.parent(node)
            pairs = ("pair", "pair_pattern")
            if pair is not None and pair.type in pairs and text_of(pair, "key") == base:
                edits.append(Edit(pair.start_byte, pair.end_byte, base))
            else:
                edits.append(Edit(node.start_byte, node.end_byte, base))
    return edits


def _bindings(program: Program, names: set[bytes]) -> list[Binding]:
    found: dict[int, Binding] = {}
    for node in program.tree.nodes:
        binding = program.scopes.binding(node) if text_is_in(node, names) else None
        if binding is not None:
            found[id(binding)] = binding
    return list(found.values())


def text_is_in(node: Node, names: set[bytes]) -> bool:
    """Whether a node is one of these variables."""
    return node.type == "identifier" and text(node) in names


def _outermost(program: Program, node: Node) -> Node:
    around = [n for n in program.tree.ancestors(node) if n.type in FUNCTIONS]
    return around[-1] if around else program.tree.root
