"""Objects that a file keeps an answer in: those of its classes, maps, sets, promises, elements."""

from __future__ import annotations

from typing import Any

from tree_sitter import Node

from callmend.languages.ecmascript.interpreter import Oracle
from callmend.languages.ecmascript.js_calls import Interpreter
from callmend.languages.ecmascript.js_values import (
    UNDEFINED,
    Builtin,
    Closure,
    Method,
    StuckError,
    Thing,
    Unknown,
)
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import FUNCTIONS, descendants, field, items, key_name, text
from callmend.languages.ecmascript.values import text_of

#: What a class is written as.
CLASSES = frozenset({"class", "class_declaration", "abstract_class_declaration"})
_KEPT = {"Map": "map", "Set": "set", "WeakMap": "map"}


class Instance(dict[str, Any]):
    """An object of a class of the file."""

    made_by: Node


class Objects(Interpreter):
    """Runs code that makes objects; there is one object of each class."""

    def __init__(self, program: Program, oracle: Oracle) -> None:
        super().__init__(program, oracle)
        self._instances: dict[int, Instance] = {}
        self._this: list[Any] = []
        self._unknown_keys: dict[str, str] = {}

    # the classes of the file

    def instance(self, made_by: Node) -> Instance:
        """The object of a class, with what its fields start with."""
        if made_by.id not in self._instances:
            made = self._instances[made_by.id] = Instance()
            made.made_by = made_by
            for member in items(field(made_by, "body") or made_by):
                name = field(member, "property") or field(member, "name")
                if member.type in ("field_definition", "public_field_definition") and name:
                    value = field(member, "value")
                    if value is None and _named(name) in _set_in(made_by):
                        continue
                    self._this.append(made)
                    made[_named(name)] = UNDEFINED if value is None else self.expression(value)
                    self._this.pop()
        return self._instances[made_by.id]

    def this_of(self, function: Node) -> Any:
        """What `this` is in a function that is run from a call on."""
        for around in (function, *self.tree.ancestors(function)):
            if around.type in CLASSES:
                return self.instance(around)
            if around.type in FUNCTIONS and around.type not in (
                "arrow_function",
                "method_definition",
            ):
                break
        return None

    def enter(self, function: Node) -> None:
        """Start with a function's own `this`."""
        own = self.this_of(function)
        self._this = [] if own is None else [own]

    def _of_this(self, node: Node) -> Any:  # noqa: ARG002 - called by the kind of a node
        return self._this[-1] if self._this else Unknown("this")

    def _of_private_property_identifier(self, node: Node) -> Any:
        return text(node).decode("utf-8", "replace")

    def expression(self, node: Node) -> Any:
        """The value of an expression."""
        if node.type == "this":
            return self._of_this(node)
        if node.type in CLASSES:
            return Thing("class", {"node": node})
        return super().expression(node)

    def _declared_value(self, binding: Any) -> Any:
        if binding.declarator.type in CLASSES:
            return Thing("class", {"node": binding.declarator})
        return super()._declared_value(binding)

    def _class_declaration(self, node: Node) -> None:
        """A class is there wherever its name is."""

    def of_instance(self, owner: Instance, name: str) -> Any:
        """A member of an object of the file's: a field, what a getter gives, a method."""
        if name in owner:
            return owner[name]
        for member in items(field(owner.made_by, "body") or owner.made_by):
            if member.type == "method_definition" and _named(field(member, "name")) == name:
                kinds = {child.type for child in member.children}
                if "set" in kinds:
                    continue
                if "get" in kinds:
                    return self.call_on(owner, Closure(member), [])
                return Method(owner, name)
        if any(child.type == "class_heritage" for child in owner.made_by.children):
            return Unknown(name)
        return Unknown(f"this.{name}") if name in _set_in(owner.made_by) else UNDEFINED

    def method_of(self, owner: Instance, name: str) -> Closure | None:
        """The method of an object's class."""
        for member in items(field(owner.made_by, "body") or owner.made_by):
            if member.type == "method_definition" and _named(field(member, "name")) == name:
                return Closure(member)
        return None

    def call_on(self, owner: Any, closure: Closure, given: list[Any]) -> Any:
        """What a method gives that is called on an object."""
        self._this.append(owner)
        try:
            return self.call(closure, given)
        finally:
            self._this.pop()

    def _of_new_expression(self, node: Node) -> Any:
        name = text_of(node, "constructor").decode("utf-8", "replace")
        made_by = self.expression(field(node, "constructor") or node)
        given = self._arguments(node)
        if isinstance(made_by, Thing) and made_by.kind == "class":
            return self._constructed(made_by.state["node"], given)
        if name in _KEPT and isinstance(made_by, Unknown):
            return self._kept(_KEPT[name], given[0] if given else UNDEFINED)
        if name == "Promise" and given and isinstance(given[0], Closure):
            return self._promised(given[0])
        if isinstance(made_by, Unknown) and not name.endswith("Error"):
            return self.elsewhere("new " + made_by.shown, given, node)
        if isinstance(made_by, Unknown):
            return {"message": given[0] if given else "", "name": name}
        return super()._of_new_expression(node)

    def _constructed(self, made_by: Node, given: list[Any]) -> Any:
        made = self.instance(made_by)
        constructor = self.method_of(made, "constructor")
        if constructor is not None:
            parameters = items(field(constructor.node, "parameters") or constructor.node)
            for number, parameter in enumerate(parameters):
                # `constructor(private readonly key: string)`
                pattern = field(parameter, "pattern")
                if any(child.type == "accessibility_modifier" for child in parameter.children):
                    value = given[number] if number < len(given) else UNDEFINED
                    made[_named(pattern)] = value
            self.call_on(made, constructor, given)
        return made

    def _promised(self, executor: Closure) -> Any:
        """What a promise is kept with, as far as its function does so at once."""
        outcome: dict[str, Any] = {}
        self.call(executor, [Thing("resolve", outcome), Unknown("reject")])
        return outcome.get("value", Unknown("promised"))

    # maps and sets

    def _kept(self, kind: str, given: Any) -> Any:
        made = Thing(kind, {"items": {}})
        if isinstance(given, list):
            for each in given:
                pair = each if isinstance(each, list) and len(each) == 2 else [each, each]
                made.state["items"][self.key(pair[0])] = pair[1] if kind == "map" else each
        elif given not in (UNDEFINED, None):
            return Unknown(kind)
        return made

    def key(self, value: Any) -> Any:
        """A value as the key that something is kept by; what is not known is its own."""
        if isinstance(value, Unknown):
            return f"\ue002{value.shown}"
        return value if isinstance(value, str | int) else str(value)

    def of_kept(self, owner: Thing, name: str, given: list[Any], node: Node) -> Any:
        """What a map's or a set's method gives.

        Raises:
            StuckError: it is not known.
        """
        inside: dict[Any, Any] = owner.state["items"]
        first = given[0] if given else UNDEFINED
        if name in ("set", "add"):
            inside[self.key(first)] = given[1] if name == "set" and len(given) > 1 else first
            return owner
        if name == "has":
            return self._is_kept(inside, first, node)
        if name == "get":
            return inside.get(self.key(first), UNDEFINED if self.is_known(first) else Unknown())
        if name in ("delete", "clear"):
            return True if name == "delete" else UNDEFINED
        if name in ("values", "keys", "entries"):
            return self.items_of(owner, name)
        if name == "forEach" and isinstance(first, Closure):
            for key, value in [*inside.items()]:
                self.call(first, [value, key, owner])
            return UNDEFINED
        raise StuckError(node)

    def _is_kept(self, inside: dict[Any, Any], value: Any, node: Node) -> bool:
        if not self.is_known(value):
            return self.oracle.decide(("node", node.id))
        return self.key(value) in inside

    def is_known(self, value: Any) -> bool:
        """Whether a key is known."""
        return not isinstance(value, Unknown)

    def items_of(self, owner: Thing, name: str = "") -> list[Any]:
        """What a map or a set goes through."""
        inside: dict[Any, Any] = owner.state["items"]
        if name == "keys":
            return [*inside]
        if name == "values" or (owner.kind == "set" and name != "entries"):
            return [*inside.values()]
        return [[key, value] for key, value in inside.items()]

    # elements of JSX

    def _of_jsx_element(self, node: Node) -> Any:
        shown: list[Any] = []
        waiting = list(node.named_children)
        while waiting:
            part = waiting.pop(0)
            if part.type == "jsx_expression":
                shown += [self.expression(each) for each in items(part)[:1]]
            elif part.type not in ("identifier", "member_expression"):
                waiting = [*part.named_children, *waiting]
        return {"jsx": shown}

    _of_jsx_self_closing_element = _of_jsx_element


def _set_in(made_by: Node) -> set[str]:
    """The fields that a class's code gives a value, whatever has been run of it."""
    found = {
        _named(field(target, "property"))
        for node in descendants(made_by)
        if node.type == "assignment_expression"
        and (target := field(node, "left")) is not None
        and text_of(target, "object") == b"this"
    }
    modified = [n.parent for n in descendants(made_by) if n.type == "accessibility_modifier"]
    return found | {_named(field(node, "pattern")) for node in modified if node is not None}


def _named(name: Node | None) -> str:
    if name is None:
        return ""
    holder = name.parent
    shown = key_name(holder) if holder is not None and holder.type == "pair" else None
    return (shown or text(name)).decode("utf-8", "replace")


__all__ = ["Builtin", "Instance", "Objects"]
