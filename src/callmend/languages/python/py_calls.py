"""Runs a part of a Python file on made-up values: its members, assignments and calls."""

from __future__ import annotations

import ast
import operator
from typing import Any, cast

from callmend.languages.python import py_library
from callmend.languages.python.interpreter import Def
from callmend.languages.python.py_expressions import PLAIN, Expressions
from callmend.languages.python.py_values import (
    BLANK,
    Builtin,
    Closure,
    Getter,
    Instance,
    Made,
    Method,
    Mirror,
    Scope,
    StuckError,
    Thing,
    ThrownError,
    Unknown,
)

#: What makes an object of a dict, for pydantic's classes and the like.
_MAKERS = frozenset(
    {"construct", "from_dict", "model_construct", "model_validate", "parse_obj", "validate"}
)
_MAKER = "an object of a dict"
_DEFS = ast.FunctionDef | ast.AsyncFunctionDef


class Calls(Expressions):
    """Members, assignments and calls; `Interpreter` adds the patterns of `match`."""

    # members

    def _of_attribute(self, node: ast.Attribute) -> Any:
        owner = self.expression(node.value)
        if isinstance(owner, Unknown):
            return self._of_unknown(owner, node)
        return self.member(owner, node.attr, node)

    def _of_unknown(self, owner: Unknown, node: ast.Attribute) -> Any:
        shown = f"{owner.shown}.{node.attr}".strip(".")
        if shown in self.members:
            return self.members[shown]
        if owner.shown in ("self", "cls"):
            found = self._method(node)
            if found is not None:
                return Closure(found, self.globals, owner)
        return Unknown(shown)

    def _method(self, node: ast.Attribute) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The method of the class around a place; None for a property, a field, another class's."""
        around = self.parents.get(id(node))
        while around is not None and not isinstance(around, ast.ClassDef):
            around = self.parents.get(id(around))
        for each in around.body if around is not None else ():
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name == node.attr:
                return each if not each.decorator_list else None
        return None

    def member(self, owner: Any, name: str, node: ast.AST) -> Any:
        """A member of a value that is known.

        Raises:
            ThrownError: there is none.
            StuckError: it is not known.
        """
        if isinstance(owner, Builtin):
            return Builtin(f"{owner.name}.{name}")
        if isinstance(owner, Thing) and owner.kind == "response":
            return py_library.of_response(owner, name, node)
        if isinstance(owner, ThrownError):
            return Unknown(name)
        if isinstance(owner, Instance | Made | Mirror):
            return self._of_object(owner, name, node)
        if isinstance(owner, PLAIN):
            if not hasattr(owner, name):
                self.leaves = node
                self._misses_get(owner, name, node)
                raise ThrownError("AttributeError")
            return Method(owner, name)
        raise StuckError(node)

    def _of_subscript(self, node: ast.Subscript) -> Any:
        owner = self.expression(node.value)
        place = self._place(node.slice)
        if isinstance(owner, Unknown):
            shown = ast.unparse(node)
            return self.members.get(shown, Unknown(f"{owner.shown}[]"))
        return self.element(owner, place, node)

    def element(self, owner: Any, place: Any, node: ast.AST) -> Any:
        """An element of a value that is known.

        Raises:
            ThrownError: there is none.
            StuckError: it is not known.
        """
        if isinstance(place, Unknown) or not isinstance(owner, PLAIN):
            raise StuckError(node)
        is_there = isinstance(owner, dict) and place in owner
        is_there = is_there and place not in getattr(owner, "empty", ())
        if not is_there and not (isinstance(owner, list) and not isinstance(place, str)):
            self.misses(owner, place)
        return self.native(lambda: operator.getitem(cast("Any", owner), place), node)

    def _place(self, node: ast.AST) -> Any:
        if not isinstance(node, ast.Slice):
            return self.expression(node)
        ends = (node.lower, node.upper, node.step)
        return slice(*(None if end is None else self.expression(end) for end in ends))

    def _of_object(self, owner: Instance | Made | Mirror, name: str, node: ast.AST) -> Any:
        """A member of an object, or of its class.

        Raises:
            ThrownError: there is none.
        """
        if isinstance(owner, Mirror):
            if name not in owner.of:
                return self._of_mirror(owner, name)
            value = owner.of[name]
            return Mirror(value) if isinstance(value, dict) else value
        if isinstance(owner, Instance) and name == "__dict__":
            return owner.fields
        if isinstance(owner, Instance) and name in owner.fields:
            return owner.fields[name]
        made = owner.of if isinstance(owner, Instance) else owner
        for each in made.node.body:
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name == name:
                return self._method_of(owner, made, each)
            if isinstance(each, ast.Assign | ast.AnnAssign) and each.value is not None:
                targets = each.targets if isinstance(each, ast.Assign) else [each.target]
                if any(isinstance(t, ast.Name) and t.id == name for t in targets):
                    return self.expression(each.value)
        if made.node.bases:
            return self._of_base(owner, made, name)
        self.leaves = node
        raise ThrownError("AttributeError")

    def _of_mirror(self, owner: Mirror, name: str) -> Any:
        """What an object has beside its members: what turns it into a dict or JSON again."""
        if name in ("dict", "model_dump", "to_dict", "as_dict"):
            return Method(owner.of, "copy")
        self.misses(owner.of, name)
        return Unknown(name)

    def _of_base(self, owner: Instance | Made, made: Made, name: str) -> Any:
        """A member of a class that has others: those of this file, or one that makes objects."""
        for base in made.node.bases:
            found = self.expression(base)
            if isinstance(found, Made):
                return self._of_object(found, name, base)
        if isinstance(owner, Made) and name in _MAKERS:
            return Builtin(_MAKER)
        return Unknown(name)

    def _method_of(
        self, owner: Instance | Made, made: Made, node: ast.FunctionDef | ast.AsyncFunctionDef
    ) -> Any:
        decorators = {ast.unparse(each).rpartition(".")[2] for each in node.decorator_list}
        if decorators & {"property", "cached_property"} and isinstance(owner, Instance):
            return self.call(Closure(node, made.scope, owner), [], {})
        if "staticmethod" in decorators:
            return Closure(node, made.scope)
        if "classmethod" in decorators:
            return Closure(node, made.scope, made)
        return Closure(node, made.scope, owner if isinstance(owner, Instance) else None)

    def make(self, made: Made, given: list[Any], named: dict[str, Any], node: ast.AST) -> Any:
        """An object of a class of the file.

        Raises:
            StuckError: how it is made is not seen.
        """
        methods = {each.name: each for each in made.node.body if isinstance(each, _DEFS)}
        names = [
            each.target.id
            for each in made.node.body
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
        ]
        found = Instance(made)
        decorators = " ".join(map(ast.unparse, made.node.decorator_list))
        if "__init__" in methods:
            self.call(Closure(methods["__init__"], made.scope, found), given, named)
        elif "dataclass" in decorators and not {*named} <= {*names}:
            self.leaves = node
            raise ThrownError("TypeError")
        elif "dataclass" in decorators or made.node.bases:
            found.fields = dict(zip(names, given, strict=False)) | named
        elif given or named:
            raise StuckError(node)
        return found

    def _misses_get(self, owner: Any, name: str, node: ast.AST) -> None:
        """`.get("text")` and `.values()` of what is no dict, `.text` of what is no object."""
        call = self.parents.get(id(node))
        if not isinstance(call, ast.Call) or call.func is not node:
            self.misses(owner, name)
        elif name == "get" and call.args:
            if isinstance(call.args[0], ast.Constant):
                self.misses(owner, call.args[0].value)
        elif name == "values":
            self.misses(owner, "text")

    # assignments

    def assign(self, target: ast.AST, value: Any) -> None:
        """Put a value into a name, a member, an element or a list of those."""
        if isinstance(target, ast.Name):
            self._scope_for(target.id).values[target.id] = value
        elif isinstance(target, ast.Attribute):
            owner = self.expression(target.value)
            if isinstance(owner, Instance):
                owner.fields[target.attr] = value
                return
            if not isinstance(owner, Unknown):
                raise StuckError(target)
            self.members[f"{owner.shown}.{target.attr}".strip(".")] = value
        elif isinstance(target, ast.Subscript):
            self._assign_element(target, value)
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target, value)
        else:
            raise StuckError(target)

    def _scope_for(self, name: str) -> Scope:
        """The scope that an assignment binds a name in."""
        scope = self.scope
        while scope.node is None and scope.parent is not None:  # `:=` in a comprehension
            if name in scope.values:
                return scope
            if not isinstance(scope.parent.node, Def | ast.Module):
                scope = scope.parent
                continue
            return scope
        function = scope.node
        if function is not None and function is not self.module:
            for node in ast.walk(function):
                if isinstance(node, ast.Global | ast.Nonlocal) and name in node.names:
                    return self.globals
        return scope

    def _assign_element(self, target: ast.Subscript, value: Any) -> None:
        owner, place = self.expression(target.value), self._place(target.slice)
        if isinstance(owner, Unknown):
            self.members[ast.unparse(target)] = value
        elif isinstance(owner, dict) and isinstance(place, Unknown):
            owner[BLANK] = value
        elif isinstance(owner, dict | list) and not isinstance(place, Unknown):
            self.native(lambda: owner.__setitem__(place, value), target)
        else:
            raise StuckError(target)

    def _unpack(self, target: ast.Tuple | ast.List, value: Any) -> None:
        if isinstance(value, Unknown):
            for part in target.elts:
                self.assign(part.value if isinstance(part, ast.Starred) else part, Unknown())
            return
        given = [*self.elements(value, target)]
        starred = [n for n, part in enumerate(target.elts) if isinstance(part, ast.Starred)]
        fewer = len(given) < len(target.elts) - len(starred)
        if fewer or (not starred and len(given) > len(target.elts)):
            self.leaves = target
            raise ThrownError("ValueError")
        if starred:
            at = starred[0]
            behind = len(target.elts) - at - 1
            middle = given[at : len(given) - behind]
            given = [*given[:at], middle, *given[len(given) - behind :]]
        for part, each in zip(target.elts, given, strict=True):
            self.assign(part.value if isinstance(part, ast.Starred) else part, each)

    # calls

    def _of_lambda(self, node: ast.Lambda) -> Closure:
        return Closure(node, self.scope)

    def _of_yield(self, node: ast.Yield) -> Any:
        self.give_out(None if node.value is None else self.expression(node.value))
        return Unknown()

    def _of_yieldfrom(self, node: ast.YieldFrom) -> Any:
        for each in self.elements(self.expression(node.value), node):
            self.give_out(each)
        return None

    def _of_call(self, node: ast.Call) -> Any:
        callee = self.expression(node.func)
        given = self._listed(node.args)
        named: dict[str, Any] = {}
        for keyword in node.keywords:
            value = self.expression(keyword.value)
            if keyword.arg is not None:
                named[keyword.arg] = value
            elif isinstance(value, dict) and not isinstance(callee, Unknown):
                named |= {str(key): each for key, each in value.items()}
            elif isinstance(value, dict | Unknown):
                given.append(value)
            else:
                self.misses(value, "text")
                self.leaves = node
                raise ThrownError("TypeError")
        return self.called(callee, given, named, node)

    def called(self, callee: Any, given: list[Any], named: dict[str, Any], node: ast.AST) -> Any:
        """What a call gives."""
        if isinstance(callee, Closure):
            return self.call(callee, given, named)
        if isinstance(callee, Method):
            return py_library.call_method(self, callee, given, named, node)
        if isinstance(callee, Builtin) and callee.name != _MAKER:
            return py_library.call_builtin(self, callee.name, given, named, node)
        if isinstance(callee, Getter):
            return py_library.got(self, callee, given[0], node)
        if isinstance(callee, Made):
            return self.make(callee, given, named, node)
        if isinstance(callee, Builtin) and callee.name == _MAKER:
            return Mirror(given[0]) if given and isinstance(given[0], dict) else Unknown()
        if isinstance(callee, Unknown):
            return self.elsewhere(callee.shown, [*given, *named.values()], node)
        if isinstance(callee, PLAIN):
            self.leaves = node
            raise ThrownError("TypeError")
        raise StuckError(node)

    def elsewhere(self, name: str, given: list[Any], node: ast.AST) -> Any:
        """A call of what is not in this file: it is noted, and may call what it is given."""
        last = name.rpartition(".")[2]
        if (
            len(given) == 1
            and isinstance(given[0], dict)
            and (last in _MAKERS or _names_class(last))
        ):
            return Mirror(given[0])
        self.sink(name, node, tuple(given))
        for each in given:
            if isinstance(each, Closure):
                self.sink("callback", node, (self.call(each, [], {}),))
        return Unknown(f"{name}()")


def _names_class(name: str) -> bool:
    """Whether a name is spelt as that of a class: `Answer`, not `JSONResponse`, an answer sent."""
    plain = name[:1].isupper() and name[1:2].islower()
    return plain and not name.endswith(("Response", "Error", "Exception", "Result", "Thread"))
