"""What takes the place of a class's field: in a class below, on an object, as an argument."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

import libcst as cst

from callmend.languages.python.flow import Flow
from callmend.languages.python.scopes import Definition, parameters, targets_in
from callmend.languages.python.texts import OTHER
from callmend.languages.python.tree import dotted

_ABOVE = "super().__init__"
#: How many classes above one are looked into.
_MOST_CLASSES = 4
#: What a class is made of without getting fields.
_BARE = ("abc.ABC", "typing.Generic", "typing.Protocol")
_OWN = ("self", "cls")
#: Decorators and bases that make a class whose fields its calls give by name.
_DATA = ("dataclass", "dataclasses.dataclass", "pydantic.BaseModel", "attr.s", "attrs.define")


class Overrides:
    """Finds what a field of a class holds where it is not what the class says."""

    def __init__(
        self,
        flow: Flow,
        owner_of: Callable[[cst.BaseExpression], cst.ClassDef | None],
    ) -> None:
        self._flow = flow
        self._scopes = flow.scopes
        self._tree = flow.tree
        self._owner_of = owner_of
        self._families: dict[cst.ClassDef, list[cst.ClassDef]] = {}

    def of(self, owner: cst.ClassDef, name: str, of: cst.BaseExpression) -> list[Definition]:
        """What else `self.name` may be bound to than what its class binds it to.

        ``of`` is what the field is read of: of a class by its own name it is no other class's.
        """
        if not self.own(owner, name):
            return []
        exact = self._flow.class_named(of) is owner
        family = [owner] if exact else self.family(owner)
        found = [] if exact else self._below(family[1:], name)
        return [*found, *self._set(family, name), *self._made_with(family, name)]

    def own(self, owner: cst.ClassDef, name: str) -> list[Definition]:
        """What a class binds its field to, or the next one of the file above it that has it."""
        above: cst.ClassDef | None = owner
        for _ in range(_MOST_CLASSES):
            if above is None:
                break
            found = [
                *self._scopes.bound(above).get(name, ()),
                *self._scopes.fields(above).get(name, ()),
            ]
            if found:
                return found
            above = self._above(above)
        return []

    def _above(self, owner: cst.ClassDef) -> cst.ClassDef | None:
        """The class of the file that a class is made of first, with none of elsewhere before it."""
        for base in owner.bases:
            node = base.value.value if isinstance(base.value, cst.Subscript) else base.value
            known = self._flow.class_named(node)
            if known is not None or self._scopes.imported(node) not in _BARE:
                return known
        return None

    def of_method(self, node: cst.BaseExpression) -> list[list[str]]:
        """Another text where a class below has a method or property of its own by this name."""
        if not isinstance(node, cst.Attribute) or not isinstance(node.value, cst.Name):
            return []
        owner = self._owner_of(node.value)
        below = [] if owner is None else self.family(owner)[1:]
        is_replaced = any(node.attr.value in self._scopes.bound(other) for other in below)
        return [[OTHER]] if is_replaced else []

    def family(self, owner: cst.ClassDef) -> list[cst.ClassDef]:
        """A class, and the classes of the file that are made of it."""
        if owner in self._families:
            return self._families[owner]
        found = self._families[owner] = [owner]
        for above in found:  # which grows
            for other in self._classes:
                bases = (self._flow.class_named(base.value, other) for base in other.bases)
                if other not in found and any(base is above for base in bases):
                    found.append(other)
        return found

    def given(self, param: cst.Param) -> list[cst.BaseExpression]:
        """A parameter's default, and what the calls in the file give it in its place."""
        function = self._tree.function_of(param)
        if param.default is None:
            return []
        if not isinstance(function, cst.FunctionDef):
            return [param.default]
        return [param.default, *self._given(function, param)]

    def written(self, node: cst.BaseExpression) -> list[Definition]:
        """What functions of the file bind a name of the module to, which they declare `global`."""
        name = node.value if isinstance(node, cst.Name) else ""
        if not name or self._scopes.scope_of(name, node) is not self._tree.module:
            return []
        return [
            definition
            for declared in self._tree.every(cst.Global)
            if any(item.name.value == name for item in declared.names)
            for inner in self._tree.own(self._tree.function_of(declared))
            for definition in targets_in(inner)
            if definition.name == name
        ]

    def _below(self, others: list[cst.ClassDef], name: str) -> list[Definition]:
        found: list[Definition] = []
        for other in others:
            found += self._scopes.bound(other).get(name, ())
            found += self._scopes.fields(other).get(name, ())
        return found

    def _set(self, family: list[cst.ClassDef], name: str) -> Iterator[Definition]:
        """`client.name = ...`, on what may be an object of one of these classes."""
        for target, where, value in self._targets.get(name, ()):
            owner = self._owner_of(target)
            if owner in family or (owner is None and self._may_be_any(target)):
                yield Definition(name, where, value)

    def _may_be_any(self, node: cst.BaseExpression) -> bool:
        """Whether a name may be one of an object of any class of the file."""
        if not isinstance(node, cst.Name) or node.value in _OWN or self._scopes.imported(node):
            return False
        home = self._scopes.scope_of(node.value, node)
        found = [] if home is None else self._scopes.bound(home)[node.value]
        made = [each.value.func for each in found if isinstance(each.value, cst.Call)]
        return not any(self._scopes.imported(func) for func in made)

    def _made_with(self, family: list[cst.ClassDef], name: str) -> Iterator[Definition]:
        """`Settings(name=...)` of a class that only holds data."""
        if not self._holds_data(family[0]):
            return
        for call in self._calls_of(family):
            for arg in call.args:
                if arg.keyword is not None and arg.keyword.value == name:
                    yield Definition(name, arg, arg.value)

    def _holds_data(self, owner: cst.ClassDef) -> bool:
        marks = (mark.decorator for mark in owner.decorators)
        made = [mark.func if isinstance(mark, cst.Call) else mark for mark in marks]
        names = [self._scopes.imported(node) for node in (*made, *(b.value for b in owner.bases))]
        return any(name in _DATA for name in names)

    def _given(self, function: cst.FunctionDef, param: cst.Param) -> Iterator[cst.BaseExpression]:
        block = self._tree.parent(function)
        owner = None if block is None else self._tree.parent(block)
        skipped, calls = 0, []
        if isinstance(owner, cst.ClassDef) and function.name.value == "__init__":
            skipped, calls = 1, [*self._calls_of(self.family(owner), made_by=function)]
        elif not isinstance(owner, cst.ClassDef):
            calls = [c for c in self._named_calls if self._is_of(c.func, function)]
        names = [each.name.value for each in parameters(function)][skipped:]
        for call in calls:
            for number, arg in enumerate(call.args):
                if arg.star:
                    break
                word = names[number] if number < len(names) else ""
                if (word if arg.keyword is None else arg.keyword.value) == param.name.value:
                    yield arg.value

    def _calls_of(
        self, family: list[cst.ClassDef], *, made_by: cst.FunctionDef | None = None
    ) -> Iterator[cst.Call]:
        """The calls that make an object of one of these classes, by this function if given."""
        for call in self._named_calls:
            owner = self._flow.class_named(call.func)
            own = owner is not None and self._scopes.bound(owner).get("__init__")
            if owner in family and (made_by is None or not own or own[0].node is made_by):
                yield call
        for call in self._calls_above if made_by is not None else ():
            # `super().__init__(...)` in a class below.
            if self._tree.around(call, cst.ClassDef) in family[1:]:
                yield call

    def _is_of(self, func: cst.BaseExpression, function: cst.FunctionDef) -> bool:
        if not isinstance(func, cst.Name) or func.value != function.name.value:
            return False
        home = self._scopes.scope_of(func.value, func)
        found = [] if home is None else self._scopes.bound(home)[func.value]
        return any(each.node is function for each in found)

    @cached_property
    def _classes(self) -> list[cst.ClassDef]:
        return self._tree.every(cst.ClassDef)

    @cached_property
    def _named_calls(self) -> list[cst.Call]:
        """The calls of a name."""
        return [call for call in self._tree.every(cst.Call) if isinstance(call.func, cst.Name)]

    @cached_property
    def _calls_above(self) -> list[cst.Call]:
        """The calls of `super().__init__`."""
        calls = self._tree.every(cst.Call)
        return [c for c in calls if self._tree.source(c.func).replace(" ", "") == _ABOVE]

    @cached_property
    def _targets(
        self,
    ) -> dict[str, list[tuple[cst.BaseExpression, cst.CSTNode, cst.BaseExpression]]]:
        """What the file sets on objects, by the names of their fields: on what, where, and what."""
        found: dict[str, list[tuple[cst.BaseExpression, cst.CSTNode, cst.BaseExpression]]] = {}
        for node in self._tree.every(cst.Assign):
            for each in node.targets:
                target = each.target
                if isinstance(target, cst.Attribute):
                    value = target.value
                    found.setdefault(target.attr.value, []).append((value, node, node.value))
        for call in self._named_calls:
            given = [arg.value for arg in call.args]
            word = given[1] if dotted(call.func) == "setattr" and len(given) == 3 else None
            if isinstance(word, cst.SimpleString):
                name = str(word.evaluated_value)
                found.setdefault(name, []).append((given[0], call.args[2], given[2]))
        return found
