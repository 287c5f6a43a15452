"""Dict literals behind an argument in Python: in place, in a variable, or returned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

import libcst as cst

from callmend.languages.python.functions import function_called
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.tree import dotted
from callmend.languages.python.values import key_of
from callmend.records import record

#: Functions that leave what they are given as it is.
_NO_CHANGE = frozenset({"print", "json.dumps", "len", "str", "repr", "dict", "copy.deepcopy"})
#: What writes to a program's own output: a log beside other readings, otherwise the reading itself.
_PRINTS = frozenset(
    {"print", "pprint.pprint", "pp", "click.echo", "click.secho", "typer.echo", "rich.print"}
)
#: How deep dicts are followed that stand in dicts by `**`.
_MOST_SPREAD = 3
#: What gives all of a dict.
_ALL_OF_IT = frozenset({"items", "keys", "values"})
_LOGGING = frozenset({"debug", "info", "warning", "error", "exception", "log", "critical"})


@record(frozen=True, slots=True)
class AddedHeader:
    """A header that a statement adds to a request: `request.add_header(name, value)`."""

    name: str
    value: cst.BaseExpression
    statement: cst.Expr


@record(frozen=True, slots=True)
class Literal:
    """A dict literal behind an argument.

    ``given`` is the expression in the call; ``definition`` the variable's definition where it is
    one. ``shared`` tells that something else uses the variable too, so that it must not change.
    ``later`` are the assignments that give it more elements, by their keys. ``spread`` are the
    literals behind its `**` that are known. ``added`` are headers that the request is given later;
    without a literal of its own, ``given`` is then the request's name, and ``obj`` is empty.

    A body that no literal makes (see `composed`) has its elements in an ``obj`` of their own, which
    is not in the file: the new body is written in ``place``, where values are read as in ``read``.
    """

    given: cst.BaseExpression
    obj: cst.Dict
    definition: Definition | None
    shared: bool
    later: tuple[tuple[str, cst.Assign], ...] = ()
    spread: tuple[Literal, ...] = ()
    added: tuple[AddedHeader, ...] = ()
    place: cst.BaseExpression | None = None
    read: Mapping[cst.CSTNode, str] = field(default_factory=dict)

    @property
    def stays(self) -> bool:
        """Whether what builds the body stays, and only what is sent of it changes."""
        return bool(self.read)

    def value(self, key: str) -> cst.DictElement | None:
        """The element with this key, in any case of its letters."""
        for element in self.obj.elements:
            name = key_of(element)
            if name is not None and name.lower() == key and isinstance(element, cst.DictElement):
                return element
        return None

    def sends(self, key: str) -> bool:
        """Whether it has this key, itself, by a later assignment or by a `**`."""
        names = [*(name for name, _ in self.later), *(header.name for header in self.added)]
        if self.value(key) is not None or any(name.lower() == key for name in names):
            return True
        return any(other.sends(key) for other in self.spread)


class LiteralReader:
    """Finds the literals behind one call's arguments."""

    def __init__(self, program: Program, call: cst.Call) -> None:
        self._program = program
        self._tree = program.tree
        self._flow = program.flow
        self._resolver = program.resolver
        self._call = call

    def headers(self, given: cst.BaseExpression) -> Literal | None:
        """The dict literal behind an expression, and those that it takes in by `**`.

        A variable may be given more headers before the call; its literal is never changed then. Nor
        is that of a parameter, which every call of the function gives the same.
        """
        return self._with_spread(given, 0) or self._handed(given, 0)

    def _handed(self, given: cst.BaseExpression, depth: int) -> Literal | None:
        """The dict literal that every call of a function hands in as a parameter."""
        found = self._resolver.definitions(given) if isinstance(given, cst.Name) else []
        param = found[0].node if len(found) == 1 else None
        function = self._tree.function_of(param) if isinstance(param, cst.Param) else None
        if not isinstance(function, cst.FunctionDef) or depth > _MOST_SPREAD:
            return None
        callers = self._program.sites.of(function)
        if not callers.closed or self._is_changed(found[0]):
            return None
        literals = set()
        for call in callers.calls:
            value = self._program.sites.argument(call, function, param)  # type: ignore[arg-type]
            reader = LiteralReader(self._program, call)
            known = None if value is None else reader._with_spread(value, 0)
            if known is None and value is not None:
                known = reader._handed(value, depth + 1)
            if known is None or known.later or self._is_changed(known.definition):
                return None
            literals.add(known.obj)
            spread = known.spread
        if len(literals) != 1:
            return None
        return Literal(given, literals.pop(), None, shared=True, spread=spread)

    def _is_changed(self, definition: Definition | None, depth: int = 0) -> bool:
        """Whether a variable that holds a dict gets other elements, here or in what it is given."""
        mine, maybe = ((), ()) if definition is None else self._flow.uses(definition)
        for use in (*mine, *maybe):
            arg = self._tree.parent(use)
            call = self._tree.parent(arg) if isinstance(arg, cst.Arg) else None
            called = self._program.sites.called(call) if isinstance(call, cst.Call) else None
            if called is None or not isinstance(call, cst.Call) or not isinstance(arg, cst.Arg):
                if self._changes(use):
                    return True
                continue
            param = self._program.sites.param(call, called, arg)
            if param is None or depth > _MOST_SPREAD:
                return True
            if self._is_changed(Definition(param.name.value, param, None), depth + 1):
                return True
        return False

    def _with_spread(self, given: cst.BaseExpression, depth: int) -> Literal | None:
        found = self.literal(given)
        if found is None and depth == 0 and isinstance(given, cst.Name):
            found = self._grown(given)
        if found is None or depth > _MOST_SPREAD:
            return found
        inside = [
            self._with_spread(element.value, depth + 1)
            for element in found.obj.elements
            if isinstance(element, cst.StarredDictElement)
        ]
        return replace(found, spread=tuple(other for other in inside if other is not None))

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
        if isinstance(definition.node, cst.FunctionDef) and isinstance(given, cst.Attribute):
            built = self._of_property(definition.node)
            return None if built is None else Literal(given, built, None, shared=True)
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
        if self._is_changed(definition):
            return None
        home = self._tree.function_of(definition.node) is self._tree.function_of(self._call)
        others = [
            use for use in uses if use is not given and not is_logged_whole(self._program, use)
        ]
        return Literal(given, value, definition, shared=bool(others) or not home)

    def _grown(self, given: cst.Name) -> Literal | None:
        """The dict literal of headers that get more elements, one by one, before the call."""
        definitions = self._resolver.definitions(given)
        definition = definitions[0] if len(definitions) == 1 else None
        if definition is None or not isinstance(definition.value, cst.Dict):
            return None
        if not isinstance(definition.node, (cst.Assign, cst.AnnAssign)):
            return None
        if self._tree.function_of(definition.node) is not self._tree.function_of(self._call):
            return None
        later = self._later(definition, given, reads=True)
        if not later:
            return None
        start = self._tree.chars(self._call)[0]
        for name, assign in later:
            # A beta header of its own line would be sent on, or want the line to go.
            if name.lower() == "openai-beta" or self._tree.chars(assign)[0] >= start:
                return None
        return Literal(given, definition.value, definition, shared=True, later=later)

    def body(self, given: cst.BaseExpression) -> Literal | None:
        """The dict literal that is sent as a body, which may be given more elements later.

        It may be what a function returns that is called for this body only.
        """
        if isinstance(given, cst.Dict):
            return Literal(given, given, None, shared=False)
        if isinstance(given, cst.Call):
            return self._built(given, given, None, ())
        definitions = self._resolver.definitions(given) if isinstance(given, cst.Name) else []
        if len(definitions) != 1 or not isinstance(given, cst.Name):
            return None
        definition = definitions[0]
        if self._tree.function_of(definition.node) is not self._tree.function_of(self._call):
            return None
        later = self._later(definition, given)
        if later is None or not isinstance(definition.node, (cst.Assign, cst.AnnAssign)):
            return None
        if isinstance(definition.value, cst.Dict):
            return Literal(given, definition.value, definition, shared=False, later=later)
        if isinstance(definition.value, cst.Call):
            return self._built(definition.value, given, definition, later)
        return None

    def _built(
        self,
        call: cst.Call,
        given: cst.BaseExpression,
        definition: Definition | None,
        later: tuple[tuple[str, cst.Assign], ...],
    ) -> Literal | None:
        """The dict literal that a function builds that nothing else in this file calls."""
        function = function_called(self._program, call)
        if function is None or function.decorators or function.asynchronous is not None:
            return None
        name = function.name.value
        named = [
            node
            for node in self._tree.every(cst.Name)
            if node.value == name and node is not function.name
        ]
        returns = [n for n in self._tree.own(function) if isinstance(n, cst.Return)]
        value = returns[0].value if len(returns) == 1 else None
        if len(named) != 1 or value is None:
            return None
        if isinstance(value, cst.Dict):
            return Literal(given, value, definition, shared=False, later=later)
        found = self._resolver.definitions(value) if isinstance(value, cst.Name) else []
        if len(found) != 1 or not isinstance(found[0].value, cst.Dict):
            return None
        if self._tree.function_of(found[0].node) is not function or not isinstance(value, cst.Name):
            return None
        inside = self._later(found[0], value)
        if inside is None:
            return None
        return Literal(given, found[0].value, definition, shared=False, later=(*inside, *later))

    def _later(
        self, definition: Definition, given: cst.Name, *, reads: bool = False
    ) -> tuple[tuple[str, cst.Assign], ...] | None:
        """The assignments of more elements; None where a use may do something else to the dict.

        ``reads`` tells that other calls may be given the dict, which only read it.
        """
        found = []
        mine, maybe = self._flow.uses(definition)
        for use in (*mine, *maybe):
            if use is given or is_logged_whole(self._program, use):
                continue
            if reads and not self._changes(use):
                continue
            item = self._tree.parent(use)
            target = None if item is None else self._tree.parent(item)
            assign = None if target is None else self._tree.parent(target)
            if not isinstance(item, cst.Subscript) or not isinstance(target, cst.AssignTarget):
                return None
            if not isinstance(assign, cst.Assign) or len(assign.targets) != 1:
                return None
            index = item.slice[0].slice if len(item.slice) == 1 else None
            key = index.value if isinstance(index, cst.Index) else None
            if not isinstance(key, cst.SimpleString) or not isinstance(key.evaluated_value, str):
                return None
            found.append((key.evaluated_value, assign))
        return tuple(found)

    def _returned(self, call: cst.Call) -> cst.Dict | None:
        """The dict literal that a function of this file returns when it is called so."""
        function = call.func
        if isinstance(function, cst.Name):
            name = function.value
        elif isinstance(function, cst.Attribute) and dotted(function.value) in ("self", "cls"):
            name = function.attr.value
        else:
            return None
        functions = [node for node in self._tree.every(cst.FunctionDef) if node.name.value == name]
        if len(functions) != 1:
            return None
        return self._only_returned(functions[0])

    def _of_property(self, function: cst.FunctionDef) -> cst.Dict | None:
        """The dict literal that a property gives."""
        names = [dotted(decorator.decorator) for decorator in function.decorators]
        if len(names) != 1 or names[0].rsplit(".", 1)[-1] not in ("property", "cached_property"):
            return None
        return self._only_returned(function)

    def _only_returned(self, function: cst.FunctionDef) -> cst.Dict | None:
        """The dict literal that is all that a function returns."""
        returns = [n for n in self._tree.own(function) if isinstance(n, cst.Return)]
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
                if self._program.clients.of(call) is not None or _is_for_sdk(parent, call):
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


def _is_for_sdk(arg: cst.Arg, call: cst.Call) -> bool:
    """Whether an argument is the headers that a method of OpenAI's library is given."""
    named = arg.keyword is not None and arg.keyword.value == "extra_headers"
    return named and isinstance(call.func, cst.Attribute)


def is_printed(program: Program, node: cst.CSTNode) -> bool:
    """Whether a node stands in the arguments of `print` or of what writes like it."""
    return is_logged(program, node) and not is_logged(program, node, prints=False)


def logs(program: Program, call: cst.Call, *, prints: bool = True) -> bool:
    """Whether a call writes to a log, or prints if ``prints``."""
    name = program.scopes.imported(call.func) or dotted(call.func)
    if name in ("logging.log", "warnings.warn") or (prints and name in _PRINTS):
        return True
    return isinstance(call.func, cst.Attribute) and call.func.attr.value in _LOGGING


def is_logged(
    program: Program, node: cst.CSTNode, *, prints: bool = True, informs: bool = True
) -> bool:
    """Whether a node stands in the arguments of a logging call, or of `print` if ``prints``.

    ``informs`` tells that `info` is a logging call like any other.
    """
    tree = program.tree
    for parent in tree.ancestors(node):
        if isinstance(parent, cst.Call) and tree.is_inside(node, parent.func):
            continue
        if isinstance(parent, cst.Call) and logs(program, parent, prints=prints):
            function = parent.func
            is_info = isinstance(function, cst.Attribute) and function.attr.value == "info"
            return informs or not is_info
        if isinstance(parent, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
            return False
    return False


def is_logged_whole(program: Program, use: cst.Name) -> bool:
    """Whether a dict's variable is only logged, with all that is in it: no element by its key."""
    parent = program.tree.parent(use)
    if isinstance(parent, cst.Subscript) and parent.value is use:
        return False
    if isinstance(parent, cst.Attribute) and parent.attr.value not in _ALL_OF_IT:
        return False
    return is_logged(program, use)
