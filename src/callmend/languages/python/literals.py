"""Dict literals behind an argument in Python: in place, in a variable, or returned."""

from __future__ import annotations

import libcst as cst

from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.tree import dotted
from callmend.languages.python.values import key_of
from callmend.records import record

_NO_CHANGE = frozenset({"print", "json.dumps", "len", "str", "repr", "dict", "copy.deepcopy"})
_LOGGING = frozenset({"debug", "info", "warning", "error", "exception", "log", "critical"})


@record(frozen=True, slots=True)
class Literal:
    """A dict literal behind an argument.

    ``given`` is the expression in the call; ``definition`` the variable's definition where it is
    one. ``shared`` tells that something else uses the variable too, so that it must not change.
    """

    given: cst.BaseExpression
    obj: cst.Dict
    definition: Definition | None
    shared: bool

    def value(self, key: str) -> cst.DictElement | None:
        """The element with this key, in any case of its letters."""
        for element in self.obj.elements:
            name = key_of(element)
            if name is not None and name.lower() == key and isinstance(element, cst.DictElement):
                return element
        return None


class LiteralReader:
    """Finds the literals behind one call's arguments."""

    def __init__(self, program: Program, call: cst.Call) -> None:
        self._program = program
        self._tree = program.tree
        self._flow = program.flow
        self._resolver = program.resolver
        self._call = call

    def literal(self, given: cst.BaseExpression) -> Literal | None:
        """The dict literal behind an expression: in place, in a variable, or of a function."""
        if isinstance(given, cst.Dict):
            return Literal(given, given, None, shared=False)
        if isinstance(given, cst.Call):
            returned = self._returned(given)
            return None if returned is None else Literal(given, returned, None, shared=True)
        definitions = self._resolver.definitions(given)
        if len(definitions) != 1:
            return None
        definition = definitions[0]
        value = definition.value
        if isinstance(value, cst.Call):
            value = self._returned(value)
            if value is not None and isinstance(definition.node, (cst.Assign, cst.AnnAssign)):
                return Literal(given, value, definition, shared=True)
            return None
        if not isinstance(value, cst.Dict):
            return None
        if not isinstance(given, cst.Name):
            return (
                None
                if self._changed_path(dotted(given))
                else Literal(given, value, definition, shared=True)
            )
        mine, maybe = self._flow.uses(definition)
        uses = [*mine, *maybe]
        if any(self._changes(use) for use in uses):
            return None
        home = self._tree.function_of(definition.node) is self._tree.function_of(self._call)
        others = [use for use in uses if use is not given and not is_logged(self._program, use)]
        return Literal(given, value, definition, shared=bool(others) or not home)

    def _returned(self, call: cst.Call) -> cst.Dict | None:
        """The dict literal that a function of this file returns when it is called so."""
        function = call.func
        if isinstance(function, cst.Name):
            name = function.value
        elif isinstance(function, cst.Attribute) and dotted(function.value) in ("self", "cls"):
            name = function.attr.value
        else:
            return None
        functions = [
            node
            for node in self._tree.nodes
            if isinstance(node, cst.FunctionDef) and node.name.value == name
        ]
        if len(functions) != 1:
            return None
        returns = [n for n in self._tree.own(functions[0]) if isinstance(n, cst.Return)]
        if len(returns) != 1 or returns[0].value is None:
            return None
        value = self._resolver.single(returns[0].value)
        return value if isinstance(value, cst.Dict) else None

    def _changes(self, use: cst.Name) -> bool:
        """Whether a use of a dict's variable may change the dict."""
        parent = self._tree.parent(use)
        if isinstance(parent, cst.Subscript):
            around = self._tree.parent(parent)
            return isinstance(around, (cst.AssignTarget, cst.AugAssign, cst.Del))
        if isinstance(parent, cst.Attribute):
            return parent.attr.value not in ("get", "items", "keys", "values", "copy")
        if isinstance(parent, cst.Arg):
            call = self._tree.parent(parent)
            if isinstance(call, cst.Call):
                if self._program.clients.of(call) is not None:
                    return False
                name = self._program.scopes.imported(call.func) or dotted(call.func)
                return not (name in _NO_CHANGE or is_logged(self._program, use))
        return isinstance(parent, (cst.AssignTarget, cst.Assign, cst.AugAssign, cst.Return))

    def _changed_path(self, path: str) -> bool:
        """Whether `path[...] =` or `path.update(...)` stands anywhere in the file."""
        for node in self._tree.nodes:
            if isinstance(node, cst.Subscript) and dotted(node.value) == path:
                if isinstance(self._tree.parent(node), (cst.AssignTarget, cst.AugAssign)):
                    return True
            if isinstance(node, cst.Call) and dotted(node.func) == f"{path}.update":
                return True
        return False


def is_logged(program: Program, node: cst.CSTNode) -> bool:
    """Whether a node stands in the arguments of `print` or of a logging call."""
    tree = program.tree
    for parent in tree.ancestors(node):
        if isinstance(parent, cst.Call) and tree.is_inside(node, parent.func):
            continue
        if isinstance(parent, cst.Call):
            name = program.scopes.imported(parent.func) or dotted(parent.func)
            if name in ("print", "pprint.pprint", "pp", "logging.log", "warnings.warn"):
                return True
            if isinstance(parent.func, cst.Attribute) and parent.func.attr.value in _LOGGING:
                return True
        if isinstance(parent, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
            return False
    return False
