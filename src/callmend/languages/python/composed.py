"""Bodies in Python that no single dict literal makes: their elements, and how each is read.

These are `dict(...)`, `{**base, ...}`, `base | {...}`, and variables that grow before the call.
Where one expression makes the body, the new body takes its place; otherwise what builds it stays,
and the new body reads what it sends from the variable, in the call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.dumped import Dumps
from callmend.languages.python.flow import branches
from callmend.languages.python.inputs import HISTORY_KEYS, ID_KEYS, KEPT, NO_COUNTERPART
from callmend.languages.python.ladders import get_key, index_of
from callmend.languages.python.layout import has_comments
from callmend.languages.python.literals import Literal, is_logged, is_logged_whole
from callmend.languages.python.pieces import Piece, refused
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.style import detect
from callmend.languages.python.tree import Statement, dotted
from callmend.languages.python.values import key_of

_COPIES = frozenset({"copy.copy", "copy.deepcopy"})
_READS = frozenset({"copy", "get", "items", "keys", "values"})
#: Nodes around a dict's name that only read it, or make another dict of it.
_READ_BY = (
    cst.BinaryOperation,
    cst.CompFor,
    cst.Comparison,
    cst.ComparisonTarget,
    cst.For,
    cst.FormattedStringExpression,
    cst.If,
    cst.StarredDictElement,
    cst.UnaryOperation,
)


def composed(
    program: Program, call: cst.Call, given: cst.BaseExpression, literal: Literal | None
) -> Literal | None:
    """The body of a call, of which ``literal`` is the dict literal behind it if there is one.

    Raises:
        RefusedError: more than a literal makes it, and what it holds is not certain.
    """
    if literal is not None:
        later = any(name not in NO_COUNTERPART | KEPT for name, _ in literal.later)
        taken = any(isinstance(e, cst.StarredDictElement) for e in literal.obj.elements)
        if not later and not taken:
            return literal
    return _Composer(program, call).body(given) or literal


class _Composer:
    """Finds the elements of one call's body."""

    def __init__(self, program: Program, call: cst.Call) -> None:
        self._program = program
        self._tree = program.tree
        self._flow = program.flow
        self._call = call
        self._quote = detect(program.tree).quote

    def body(self, given: cst.BaseExpression) -> Literal | None:
        """The body behind an expression, or None where it is none of these forms.

        Raises:
            RefusedError: it is one, but what it holds is not certain.
        """
        if not isinstance(given, cst.Name):
            pieces = self._pieces(given)
            return None if pieces is None else self._literal(given, given, pieces, None)
        definition = self._definition(given)
        if definition is None or definition.value is None:
            return None
        pieces = self._pieces(definition.value)
        if pieces is None:
            return None
        uses = [
            use for use in self._uses(definition, given) if not is_logged_whole(self._program, use)
        ]
        if not uses and not has_comments(definition.value):
            return self._literal(given, definition.value, pieces, definition)
        for use in sorted(uses, key=self._tree.order):
            pieces += self._changes(use)
        pieces = [self._from(given.value, piece) for piece in pieces]
        return self._literal(given, given, pieces, definition)

    # variables

    def _definition(self, given: cst.Name) -> Definition | None:
        """The assignment that makes a variable's dict, in the function of the call."""
        every = self._flow.every(given.value, given)
        plain = [found for found in every if not isinstance(found.node, cst.AugAssign)]
        if len(plain) != 1:
            plain = self._program.resolver.definitions(given)
        definition = plain[0] if len(plain) == 1 else None
        if definition is None or not isinstance(definition.node, (cst.Assign, cst.AnnAssign)):
            return None
        if isinstance(definition.node, cst.Assign) and len(definition.node.targets) != 1:
            return None
        home = self._tree.function_of(definition.node)
        if self._program.scopes.written_elsewhere(given.value, home):
            return None
        return definition if home is self._tree.function_of(self._call) else None

    def _uses(self, definition: Definition, given: cst.Name) -> list[cst.Name]:
        """The other reads of a variable, and what is added to it by `|=`."""
        every = self._flow.every(given.value, given)
        if len([found for found in every if not isinstance(found.node, cst.AugAssign)]) == 1:
            scopes = self._program.scopes
            home = scopes.scope_of(given.value, given)
            named = scopes.uses(given.value)
            uses = [use for use in named if scopes.scope_of(given.value, use) is home]
        else:
            mine, maybe = self._flow.uses(definition)
            uses = [*mine, *maybe]
        return [use for use in uses if use is not given]

    def _from(self, name: str, piece: Piece) -> Piece:
        """An element as it is read from the variable that holds it."""
        owner = f"{name}[{self._quote}{piece.inside}{self._quote}]" if piece.inside else name
        path = f"{owner}[{self._quote}{piece.key}{self._quote}]"
        return replace(piece, path=path)

    def _changes(self, use: cst.Name) -> list[Piece]:
        """What a use of a dict's variable puts into the dict; nothing where it only reads it."""
        parent = self._tree.parent(use)
        if isinstance(parent, cst.AugAssign) and parent.target is use:
            if isinstance(parent.operator, cst.BitOrAssign):
                return self._put(self._taken_in(parent.value), parent)
        elif isinstance(parent, cst.Subscript) and parent.value is use:
            return self._element_used(parent, index_of(parent))
        elif isinstance(parent, cst.Attribute) and parent.value is use:
            return self._method_used(parent, "")
        elif isinstance(parent, _READ_BY) or self._is_read_by_a_call(parent):
            return []
        raise self._uncertain(self._tree.statement_of(use))

    def _element_used(self, element: cst.Subscript, key: str | None) -> list[Piece]:
        """What a use of `body["key"]` puts into the body."""
        parent = self._tree.parent(element)
        if isinstance(parent, cst.AssignTarget):
            assign = self._tree.parent(parent)
            if key is not None and isinstance(assign, cst.Assign) and len(assign.targets) == 1:
                return self._put([Piece(key, assign.value, assign)], assign)
        elif isinstance(parent, cst.Subscript) and parent.value is element:
            around, inner = self._tree.parent(parent), index_of(parent)
            if not isinstance(around, (cst.AssignTarget, cst.AugAssign, cst.Del)):
                return []
            assign = self._tree.parent(around)
            if key is not None and inner is not None and isinstance(assign, cst.Assign):
                if len(assign.targets) == 1:
                    return self._put([Piece(inner, assign.value, assign, inside=key)], assign)
        elif isinstance(parent, cst.Attribute) and parent.value is element:
            if key is not None:
                return self._method_used(parent, key)
        else:
            looked_at = isinstance(parent, _READ_BY) or self._is_read_by_a_call(parent)
            changed = isinstance(parent, (cst.AugAssign, cst.Del))
            if looked_at or (key in NO_COUNTERPART and not changed):
                return []
        raise self._uncertain(self._tree.statement_of(element))

    def _method_used(self, member: cst.Attribute, key: str) -> list[Piece]:
        """What a call of a dict's method puts into it: `update`, `setdefault`."""
        call = self._tree.parent(member)
        if isinstance(call, cst.Call) and call.func is member:
            around, method = self._tree.parent(call), member.attr.value
            if method in _READS and not isinstance(around, (cst.Attribute, cst.Subscript)):
                return []
            if method == "update" and isinstance(around, cst.Expr):
                return self._put(self._arguments(call), call, key)
            name = get_key(call)
            if method == "setdefault" and isinstance(around, cst.Expr) and name and not key:
                if len(call.args) == 2 and call.args[1].keyword is None:
                    return self._put([Piece(name, call.args[1].value, call, default=True)], call)
        raise self._uncertain(self._tree.statement_of(member))

    def _put(self, pieces: Sequence[Piece], at: cst.CSTNode, key: str = "") -> list[Piece]:
        """Elements that a statement puts into a dict, or into the dict in its element ``key``."""
        sure = self._is_run_before(self._tree.statement_of(at))
        return [replace(p, certain=p.certain and sure, inside=p.inside or key) for p in pieces]

    def _is_run_before(self, statement: Statement) -> bool:
        """Whether a statement has certainly run where the call is made."""
        block = self._tree.parent(statement)
        before = self._tree.order(statement) < self._tree.order(self._call)
        return before and any(parent is block for parent in self._tree.ancestors(self._call))

    def _is_in_every_branch(self, pieces: Sequence[Piece]) -> bool:
        """Whether an element is put there in each branch of a condition before the call."""
        blocks = [self._tree.parent(self._tree.statement_of(piece.at)) for piece in pieces]
        for block in blocks:
            around = None if block is None else self._tree.around(block, cst.If)
            if around is None:
                continue
            outer = self._flow.outermost_if(around)
            ends = list(branches(outer)) if isinstance(outer, cst.If) else [None]
            if all(end in blocks or self._flow.leaves(end) for end in ends):
                if self._is_run_before(outer):
                    return True
        return False

    def _is_read_by_a_call(self, arg: cst.CSTNode | None) -> bool:
        """Whether an argument is one of a call that certainly leaves it as it is."""
        call = None if arg is None else self._tree.parent(arg)
        if not isinstance(arg, cst.Arg) or not isinstance(call, cst.Call):
            return False
        if self._program.clients.of(call) is not None or is_logged(self._program, arg):
            return True
        # What counts or signs its text would no longer fit what is sent.
        return dotted(call.func) == "len"

    # expressions

    def _pieces(self, node: cst.BaseExpression) -> list[Piece] | None:
        """The elements of what an expression makes, or None where it makes no dict of ours."""
        if isinstance(node, cst.Dict):
            return [piece for element in node.elements for piece in self._of_element(element)]
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitOr):
            return [*self._taken_in(node.left), *self._taken_in(node.right)]
        if not isinstance(node, cst.Call):
            return None
        if self._is_builtin_dict(node):
            return self._arguments(node)
        if self._program.scopes.imported(node.func) in _COPIES and len(node.args) == 1:
            return self._taken_in(node.args[0].value)
        if isinstance(node.func, cst.Attribute) and node.func.attr.value == "copy":
            return None if node.args else self._taken_in(node.func.value)
        return Dumps(self._program, self._quote).pieces(node)

    def _is_builtin_dict(self, call: cst.Call) -> bool:
        named = isinstance(call.func, cst.Name) and call.func.value == "dict"
        return named and self._program.scopes.scope_of("dict", call) is None

    def _of_element(self, element: cst.BaseDictElement) -> Iterator[Piece]:
        if isinstance(element, cst.StarredDictElement):
            yield from self._taken_in(element.value)
            return
        key = key_of(element)
        if key is None:
            raise self._uncertain(element)
        yield Piece(key, element.value, element)

    def _arguments(self, call: cst.Call) -> list[Piece]:
        """The elements that `dict(...)` and `update(...)` are given."""
        found: list[Piece] = []
        for arg in call.args:
            if arg.keyword is not None:
                found.append(Piece(arg.keyword.value, arg.value, arg))
            elif arg.star == "*":
                raise self._uncertain(arg)
            else:
                found += self._taken_in(arg.value)
        return found

    def _taken_in(self, node: cst.BaseExpression) -> list[Piece]:
        """The elements of a dict that another one takes in."""
        pieces = self._pieces(node)
        if pieces is not None:
            return pieces
        if isinstance(node, cst.IfExp):
            # `**({"version": version} if version else {})`
            sides = [self._pieces(side) for side in (node.body, node.orelse)]
            if None not in sides and not all(sides):
                both = [piece for side in sides for piece in side or ()]
                return [replace(piece, certain=False) for piece in both]
        if isinstance(node, cst.Name):
            held = self._held(node)
            if held is not None:
                return held
        raise self._uncertain(node)

    def _held(self, name: cst.Name) -> list[Piece] | None:
        """The elements of a variable's dict that nothing changes, as they are read from it."""
        found = self._program.resolver.definitions(name)
        definition = found[0] if len(found) == 1 else None
        if definition is None or definition.value is None:
            return None
        if not isinstance(definition.node, (cst.Assign, cst.AnnAssign)):
            return None
        pieces = self._pieces(definition.value)
        if pieces is None or any(not piece.certain for piece in pieces):
            return None
        for use in [use for uses in self._flow.uses(definition) for use in uses]:
            if use is not name and not is_logged_whole(self._program, use) and self._changes(use):
                return None
        return [self._from(name.value, piece) for piece in pieces]

    def _uncertain(self, node: cst.CSTNode) -> RefusedError:
        return refused(self._program, node)

    # the body

    def _literal(
        self,
        given: cst.BaseExpression,
        place: cst.BaseExpression,
        pieces: Sequence[Piece],
        definition: Definition | None,
    ) -> Literal:
        """The body of these elements, which is written in a place."""
        read: dict[cst.CSTNode, str] = {}
        whole = [piece for piece in pieces if not piece.inside]
        elements = []
        for key in dict.fromkeys(piece.key for piece in whole):
            held = [piece for piece in whole if piece.key == key]
            piece = self._one(key, held)
            if key == "stream" and not any(other.certain for other in held):
                if self._tree.source(piece.value) == "False":
                    continue  # it may not be there to be read, and says what is so without it
            inner = [other for other in pieces if other.inside == key]
            value = self._grown(piece, inner) if inner else self._as_dict(piece.value, read)
            if piece.path:
                self._note_reads(read, value, piece.path)
            elements.append(self._element(key, value, piece.at))
        if not elements:
            raise self._uncertain(place)
        obj = cst.Dict(elements)
        self._tree.stand_in(obj, place)
        return Literal(given, obj, definition, shared=False, place=place, read=read)

    def _as_dict(
        self, value: cst.BaseExpression, read: dict[cst.CSTNode, str]
    ) -> cst.BaseExpression:
        """A value that is made by `dict(key=...)` as a dict literal; any other as it is."""
        if not isinstance(value, cst.Call) or not self._is_builtin_dict(value) or not value.args:
            return value
        if any(arg.keyword is None for arg in value.args):
            return value
        made = cst.Dict([self._element(p.key, p.value, p.at) for p in self._arguments(value)])
        self._tree.stand_in(made, value)
        if "\n" not in self._tree.source(value):
            read[made] = self._tree.source(value)
        return made

    def _element(self, key: str, value: cst.BaseExpression, at: cst.CSTNode) -> cst.DictElement:
        written = cst.SimpleString(self._quote + key + self._quote)
        element = cst.DictElement(written, value)
        self._tree.stand_in(element, at)
        self._tree.stand_in(written, at)
        return element

    def _one(self, key: str, found: Sequence[Piece]) -> Piece:
        """The element that a body has by a key, of those that may be put there."""
        left: list[Piece] = []
        for piece in found:
            sure = any(other.certain for other in left)
            if piece.certain and not piece.default:
                left = [piece]
            elif not (piece.default and sure):
                left.append(piece)
        if key == "stream":
            # Any of them that is not `False` asks for a stream.
            asking = [p for p in left if self._tree.source(p.value) != "False"]
            return (asking or left)[-1]
        if key in NO_COUNTERPART:
            return left[-1]
        if not any(piece.certain for piece in left) and not self._is_in_every_branch(left):
            raise self._uncertain(left[0].at)
        values = [piece.value for piece in left]
        is_id = key in ID_KEYS and not any(isinstance(value, cst.Dict) for value in values)
        if len(left) > 1 and not is_id and not self._are_alike(values):
            raise self._uncertain(left[-1].at)
        return left[-1]

    def _are_alike(self, values: Sequence[cst.BaseExpression]) -> bool:
        """Whether what is sent is read from each of several values in the same way."""
        texts = (cst.SimpleString, cst.FormattedString, cst.ConcatenatedString)
        if all(isinstance(value, texts) for value in values):
            return True
        if not all(isinstance(value, cst.Dict) for value in values):
            return False
        keys = [_keys(value) for value in values]
        return keys[0] == keys[-1] and all(each == keys[0] for each in keys) and len(keys[0]) == 1

    def _grown(self, piece: Piece, inner: Sequence[Piece]) -> cst.BaseExpression:
        """The value of an element that is given elements of its own, as one dict."""
        value = piece.value
        if not isinstance(value, cst.Dict) or None in _keys(value):
            raise self._uncertain(inner[0].at)
        elements: dict[str, cst.DictElement] = {}
        for element in value.elements:
            if isinstance(element, cst.DictElement):
                elements[key_of(element) or ""] = element
        unsure = [other for other in inner if not other.certain]
        for other in inner:
            if other.key in elements and not other.certain:
                raise self._uncertain(other.at)
            elements[other.key] = self._element(other.key, other.value, other.at)
        if unsure and (len(elements) == 1 or HISTORY_KEYS & {p.key for p in unsure}):
            raise self._uncertain(unsure[0].at)
        made = cst.Dict(list(elements.values()))
        self._tree.stand_in(made, value)
        return made

    def _note_reads(
        self, read: dict[cst.CSTNode, str], value: cst.BaseExpression, path: str
    ) -> None:
        """Note how a value, and all that is in it by a key or a number, is read."""
        read[value] = path
        if isinstance(value, cst.Dict):
            for element in value.elements:
                key = key_of(element)
                if key is not None:
                    inner = f"{path}[{self._quote}{key}{self._quote}]"
                    self._note_reads(read, element.value, inner)
        elif isinstance(value, cst.List):
            for number, item in enumerate(value.elements):
                if isinstance(item, cst.StarredElement):
                    break
                self._note_reads(read, item.value, f"{path}[{number}]")


def _keys(value: cst.BaseExpression) -> list[str | None]:
    return [key_of(element) for element in cst.ensure_type(value, cst.Dict).elements]
