"""Which names are bound where in a file: functions, classes, the module; imports by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import libcst as cst

from callmend.languages.python.tree import SCOPES, Function, Tree, dotted, is_none


@dataclass(frozen=True, eq=False, slots=True)
class Definition:
    """One place that binds a name.

    ``node`` is the binding node (Assign, WithItem, Param, ImportAlias, ...); ``value`` the
    expression that the name is bound to as it is, or None where it is something of it (a loop's
    element, a part of a tuple, a parameter).
    """

    name: str
    node: cst.CSTNode
    value: cst.BaseExpression | None

    def __eq__(self, other: object) -> bool:
        """The same name bound by the same node."""
        return (
            isinstance(other, Definition)
            and (other.node is self.node)
            and (other.name == self.name)
        )

    def __hash__(self) -> int:
        return hash((self.name, id(self.node)))


#: The types of the nodes whose names the code inside of them can see.
_SEEN = SCOPES | {cst.Module}
#: The types of the nodes that `targets_in` knows.
_BINDING = frozenset(
    {
        cst.AnnAssign, cst.Assign, cst.AugAssign, cst.ClassDef, cst.CompFor, cst.Del,
        cst.ExceptHandler, cst.ExceptStarHandler, cst.For, cst.FunctionDef, cst.Import,
        cst.ImportFrom, cst.MatchAs, cst.NamedExpr, cst.WithItem,
    }
)  # fmt: skip


def targets_in(node: cst.CSTNode) -> Iterator[Definition]:
    """The names that one node binds by itself, nothing below it."""
    if type(node) not in _BINDING:
        return
    if isinstance(node, cst.Assign):
        for target in node.targets:
            yield from _target(node, target.target, node.value)
    elif isinstance(node, cst.AnnAssign):
        if node.value is not None:
            yield from _target(node, node.target, node.value)
    elif isinstance(node, (cst.AugAssign, cst.For, cst.CompFor)):
        yield from _target(node, node.target, None)
    elif isinstance(node, cst.NamedExpr):
        yield from _target(node, node.target, node.value)
    elif isinstance(node, cst.WithItem):
        if node.asname is not None:
            yield from _target(node, node.asname.name, node.item)
    elif isinstance(node, (cst.ExceptHandler, cst.ExceptStarHandler)):
        if node.name is not None:
            yield from _target(node, node.name.name, None)
    elif isinstance(node, (cst.FunctionDef, cst.ClassDef)):
        yield Definition(node.name.value, node, None)
    elif isinstance(node, cst.Del):
        yield from _target(node, node.target, None)
    elif isinstance(node, (cst.Import, cst.ImportFrom)):
        if not isinstance(node.names, cst.ImportStar):
            for alias in node.names:
                bound = alias.asname.name if alias.asname is not None else alias.name
                yield Definition(dotted(bound).split(".")[0], alias, None)
    elif isinstance(node, cst.MatchAs) and node.name is not None:
        yield Definition(node.name.value, node, None)


def _target(
    node: cst.CSTNode, target: cst.BaseExpression, value: cst.BaseExpression | None
) -> Iterator[Definition]:
    if isinstance(target, cst.Name):
        yield Definition(target.value, node, value)
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _target(node, element.value, None)


class Scopes:
    """The names that each function and the module bind; worked out when first asked for."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._bound: dict[cst.CSTNode, dict[str, list[Definition]]] = {}
        self._uses: dict[str, list[cst.Name]] | None = None
        self._declared: dict[str, list[cst.CSTNode]] | None = None
        self._fields: dict[cst.ClassDef, dict[str, list[Definition]]] = {}
        self._seen_from: dict[cst.CSTNode, tuple[cst.CSTNode, ...]] = {}

    def bound(self, scope: cst.CSTNode) -> dict[str, list[Definition]]:
        """All definitions in a function, class or module by name, nested scopes left out."""
        known = self._bound.get(scope)
        if known is not None:
            return known
        found: dict[str, list[Definition]] = {}
        elsewhere: set[str] = set()
        if isinstance(scope, (cst.FunctionDef, cst.Lambda)):
            for param in parameters(scope):
                found.setdefault(param.name.value, []).append(
                    Definition(param.name.value, param, None)
                )
        for node in self.tree.own(scope):
            if type(node) is cst.Global or type(node) is cst.Nonlocal:
                elsewhere.update(item.name.value for item in node.names)
            if node is scope:
                continue
            for definition in targets_in(node):
                found.setdefault(definition.name, []).append(definition)
        for name in elsewhere:
            found.pop(name, None)
        self._bound[scope] = found
        return found

    def fields(self, owner: cst.ClassDef) -> dict[str, list[Definition]]:
        """What is assigned to `self.x`, `cls.x` or `Class.x` inside of a class, by name."""
        known = self._fields.get(owner)
        if known is not None:
            return known
        found: dict[str, list[Definition]] = {}
        for inner in self.tree.below(owner.body):
            targets: list[cst.BaseExpression] = []
            value = None
            if type(inner) is cst.Assign:
                targets, value = [each.target for each in inner.targets], inner.value
            elif type(inner) is cst.AnnAssign and inner.value is not None:
                targets, value = [inner.target], inner.value
            elif type(inner) is cst.AugAssign:
                targets = [inner.target]
            for target in targets:
                if isinstance(target, cst.Attribute) and isinstance(target.value, cst.Name):
                    if target.value.value in ("self", "cls", owner.name.value):
                        name = target.attr.value
                        found.setdefault(name, []).append(Definition(name, inner, value))
        self._fields[owner] = found
        return found

    def scope_of(self, name: str, node: cst.CSTNode) -> cst.CSTNode | None:
        """The function, class or module in which a name used at a node is bound, or None."""
        return next((scope for scope in self._around(node) if name in self.bound(scope)), None)

    def _around(self, node: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
        """The functions, classes and the module whose names a node can see, the nearest first."""
        known = self._seen_from.get(node)
        if known is not None:
            return known
        found: list[cst.CSTNode] = []
        inside_function = False
        child = node
        for parent in self.tree.ancestors(node):
            kind = type(parent)
            # A decorator or a default is no code of the function.
            is_code = kind is not cst.FunctionDef or child is parent.body  # type: ignore[attr-defined]
            if kind in _SEEN and is_code and not (kind is cst.ClassDef and inside_function):
                found.append(parent)
                inside_function |= kind in (cst.FunctionDef, cst.Lambda)
            child = parent
        self._seen_from[node] = tuple(found)
        return self._seen_from[node]

    def written_elsewhere(self, name: str, scope: cst.CSTNode) -> bool:
        """Whether a nested function or another one writes this scope's name (global, nonlocal)."""
        if self._declared is None:
            self._declared = {}
            declared: list[cst.Global | cst.Nonlocal] = [
                *self.tree.every(cst.Global),
                *self.tree.every(cst.Nonlocal),
            ]
            for node in declared:
                for item in node.names:
                    self._declared.setdefault(item.name.value, []).append(node)
        return any(
            isinstance(scope, cst.Module) or self.tree.is_inside(node, scope)
            for node in self._declared.get(name, ())
        )

    def uses(self, name: str) -> list[cst.Name]:
        """The reads of a name anywhere in the file, in order; attributes and keywords left out."""
        if self._uses is None:
            self._uses = {}
            for node in self.tree.every(cst.Name):
                if self._is_read(node):
                    self._uses.setdefault(node.value, []).append(node)
        return self._uses.get(name, [])

    def _is_read(self, node: cst.Name) -> bool:
        parent = self.tree.parent(node)
        if isinstance(parent, cst.Attribute):
            return parent.value is node
        if isinstance(parent, cst.Arg):
            return parent.value is node
        if isinstance(parent, (cst.AssignTarget, cst.AsName, cst.Param, cst.ImportAlias)):
            return isinstance(parent, cst.Param) and parent.default is node
        if isinstance(parent, (cst.FunctionDef, cst.ClassDef)):
            return parent.name is not node
        if isinstance(parent, (cst.AnnAssign, cst.AugAssign, cst.For, cst.CompFor)):
            return parent.target is not node or isinstance(parent, cst.AugAssign)
        return not isinstance(parent, (cst.NameItem, cst.ImportFrom))

    def names_at(self, node: cst.CSTNode) -> set[str]:
        """All names that mean something, or are read, where a node stands."""
        function: Function = self.tree.function_of(node)
        taken = {
            n.value
            for n in self.tree.below(function)
            if isinstance(n, cst.Name) and self._is_variable(n)
        }
        for parent in self.tree.ancestors(node):
            if isinstance(parent, (cst.FunctionDef, cst.Lambda, cst.Module)):
                taken.update(self.bound(parent))
        return taken

    def _is_variable(self, node: cst.Name) -> bool:
        """Whether a name is that of a variable, not of an attribute or a keyword."""
        parent = self.tree.parent(node)
        is_attribute = isinstance(parent, cst.Attribute) and parent.attr is node
        return not is_attribute and not (isinstance(parent, cst.Arg) and parent.keyword is node)

    def imported(self, node: cst.CSTNode) -> str:
        """The full name of what a name or an attribute path means by the file's imports.

        `requests.post`, also for `from requests import post as send` and `send`; empty where the
        first name is not imported, or not only.
        """
        path = dotted(node)
        if not path:
            return ""
        first, _, rest = path.partition(".")
        scope = self.scope_of(first, node)
        if scope is None:
            return ""
        definitions = self.bound(scope)[first]
        # `except ImportError: requests = None` leaves nothing to call.
        absent = [definition for definition in definitions if is_none(definition.value)]
        full = {self._import_name(each) for each in definitions if each not in absent}
        if len(full) != 1:
            return ""
        name = full.pop()
        if not name:
            return ""
        return f"{name}.{rest}" if rest else name

    def _import_name(self, definition: Definition) -> str:
        alias = definition.node
        if not isinstance(alias, cst.ImportAlias):
            return ""
        statement = self.tree.parent(alias)
        if isinstance(statement, cst.Import):
            whole = dotted(alias.name)
            return whole if alias.asname is not None else whole.split(".")[0]
        if isinstance(statement, cst.ImportFrom) and not statement.relative:
            module = dotted(statement.module) if statement.module is not None else ""
            return f"{module}.{dotted(alias.name)}"
        if isinstance(statement, cst.ImportFrom):
            return "." * len(statement.relative)
        return ""


def numbered(name: str, is_taken: Callable[[str], bool]) -> str:
    """A name that is not taken: the name itself, or it with the first number that is free."""
    candidate, number = name, 2
    while is_taken(candidate):
        candidate, number = f"{name}_{number}", number + 1
    return candidate


def is_static(function: cst.FunctionDef) -> bool:
    """Whether a method gets no object: it is a `staticmethod`."""
    return any(dotted(d.decorator) == "staticmethod" for d in function.decorators)


def parameters(function: cst.FunctionDef | cst.Lambda) -> list[cst.Param]:
    """All parameters of a function, the starred ones included."""
    given = function.params
    found = [*given.posonly_params, *given.params, *given.kwonly_params]
    found += [star for star in (given.star_arg, given.star_kwarg) if isinstance(star, cst.Param)]
    return found
