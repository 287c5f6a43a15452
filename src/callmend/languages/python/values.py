"""What an expression's text is before the program runs: constants followed within one file."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence

import libcst as cst

from callmend.languages.python.builders import Builders, Built
from callmend.languages.python.flow import Flow, Unclear
from callmend.languages.python.overrides import Overrides
from callmend.languages.python.scopes import Definition, Scopes, parameters
from callmend.languages.python.segments import UNPARSERS, parts_of
from callmend.languages.python.tables import Tables
from callmend.languages.python.texts import (
    HOLE,
    OTHER,
    TEMPLATE_FIELD,
    filled,
    joined,
    percent_filled,
    several,
    unescaped,
    url_joined,
)
from callmend.languages.python.tree import Tree
from callmend.records import record

#: What binds a name or a key to an expression as it is.
_VALUED = (cst.Assign, cst.AnnAssign, cst.DictElement, cst.Arg)
_MOST_DEPTH = 14
#: Which argument without a name is the default of what is looked up, or of a field of a class.
_DEFAULTS = {
    "os.getenv": 1, "os.environ.get": 1, "decouple.config": 1, "environ.get": 1, "getenv": 1,
    "os.environ.pop": 1, "getattr": 2,
    "pydantic.Field": 0, "dataclasses.field": 0, "attr.ib": 0, "attrs.field": 0,
}  # fmt: skip
_FILLS = frozenset({"safe_substitute", "substitute"})
_WRAPPERS = frozenset({"str", "httpx.URL", "yarl.URL", "furl.furl"})
#: What keeps what a function gave.
_KEEPS = frozenset({"functools.cache", "functools.lru_cache"})
#: What joins a base and a path as a browser does.
JOINERS = frozenset({"urllib.parse.urljoin", "requests.compat.urljoin"})


@record(frozen=True, slots=True)
class Value:
    """The texts an expression may have; holes are marked by `HOLE`.

    ``constants`` are the definitions that were followed, in order.
    """

    texts: tuple[str, ...]
    constants: tuple[Definition, ...] = ()


class Resolver:
    """Follows constants in one file."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._tree: Tree = flow.tree
        self._scopes: Scopes = flow.scopes
        self._given: Mapping[Definition, tuple[str, ...]] = {}
        #: What is being followed, so that nothing is followed into itself.
        self._open: list[Definition | cst.CSTNode] = []
        #: Where the expressions that are followed are noted.
        self._reached: set[cst.CSTNode] = set()
        self._tables = Tables(flow.tree, flow.scopes, self._held)
        self._builders = Builders(flow.scopes, flow.every, self._owner_of)
        self.overrides = Overrides(flow, self._owner_of)

    def value(
        self, node: cst.BaseExpression, given: Mapping[Definition, tuple[str, ...]] | None = None
    ) -> Value:
        """The texts that an expression may have; ``given`` are those of parameters."""
        seen: list[Definition] = []
        before, self._given = self._given, self._given if given is None else given
        texts = self._texts(node, seen, 0)
        self._given = before
        return Value(tuple(dict.fromkeys(texts)), tuple(dict.fromkeys(seen)))

    def tried(self, loop: cst.For | cst.CompFor) -> cst.List | cst.Tuple | None:
        """The list, written out in the file, whose elements a loop's one name stands for."""
        listed = self._held(loop.iter) if isinstance(loop.target, cst.Name) else None
        if not isinstance(listed, (cst.List, cst.Tuple)) or not listed.elements:
            return None
        plain = all(isinstance(element, cst.Element) for element in listed.elements)
        return listed if plain else None

    def reached(self, node: cst.BaseExpression) -> set[cst.CSTNode]:
        """The expressions that an expression's texts are put together from, itself among them."""
        self._reached = set()
        self.value(node)
        return self._reached

    def text(self, node: cst.BaseExpression) -> str | None:
        """The one text of an expression, or None where it has holes or several."""
        texts = self.value(node).texts
        return texts[0] if len(texts) == 1 and HOLE not in texts[0] else None

    def _texts(self, node: cst.BaseExpression, seen: list[Definition], depth: int) -> list[str]:
        self._reached.add(node)
        if depth > _MOST_DEPTH:
            return [HOLE]
        if isinstance(node, cst.SimpleString):
            value = node.evaluated_value
            return [value if isinstance(value, str) else HOLE]
        if isinstance(node, cst.Integer):
            return [node.value]
        if isinstance(node, cst.ConcatenatedString):
            left = self._texts(node.left, seen, depth + 1)
            return joined(left, self._texts(node.right, seen, depth + 1))
        if isinstance(node, cst.FormattedString):
            return self._formatted(node, seen, depth)
        if isinstance(node, cst.BinaryOperation):
            return self._binary(node, seen, depth)
        if isinstance(node, cst.BooleanOperation) and isinstance(node.operator, cst.Or):
            sides = [node.left, node.right]
            return several([self._texts(side, seen, depth + 1) for side in sides])
        if isinstance(node, cst.IfExp):
            sides = [node.body, node.orelse]
            return several([self._texts(side, seen, depth + 1) for side in sides])
        if isinstance(node, cst.Call):
            return self._call(node, seen, depth)
        if isinstance(node, (cst.Name, cst.Attribute, cst.Subscript)):
            return several(self._sources(node, seen, depth))
        return [HOLE]

    def _sources(
        self, node: cst.BaseExpression, seen: list[Definition], depth: int
    ) -> list[list[str]]:
        """The texts of each definition that a name, attribute or subscript may stand for."""
        definitions = [*self.definitions(node), *self.overrides.written(node)]
        texts: list[list[str]] = []
        for definition in definitions:
            if definition in self._open:
                texts.append([HOLE])
                continue
            seen.append(definition)
            self._open.append(definition)
            texts.append(self._defined(definition, seen, depth))
            self._open.pop()
        if isinstance(node, cst.Attribute) and (built := self.built(node)) is not None:
            return [self._returned(built, seen, depth), *self.overrides.of_method(node)]
        if not texts and isinstance(node, cst.Attribute):
            return self._fields(node, seen, depth)
        return texts or [[HOLE]]

    def built(self, node: cst.BaseExpression) -> Built | None:
        """What a function of the file gives that only puts a text together."""
        return self._builders.built(node)

    def _returned(self, built: Built, seen: list[Definition], depth: int) -> list[str]:
        """The texts that a function of the file may give back."""
        first = built.returned[0]
        if first in self._open:
            return [HOLE]
        known = {
            definition: (HOLE,) if given is None else tuple(self._texts(given, seen, depth + 1))
            for definition, given in built.given.items()
        }
        before, self._given = self._given, {**self._given, **known}
        self._open.append(first)
        texts = several([self._texts(each, seen, depth + 1) for each in built.returned])
        self._open.pop()
        self._given = before
        return texts

    def _fields(self, node: cst.Attribute, seen: list[Definition], depth: int) -> list[list[str]]:
        """The texts of `settings.field`: the default of its class, and what may take its place."""
        owner = self.instance_of(node.value)
        name = node.attr.value
        found: list[Definition] = []
        if owner is not None:
            others = self.overrides.of(owner, name, node.value)
            found = [*self.overrides.own(owner, name), *others]
        texts = [self._defined(d, seen, depth) for d in found if d not in self._open]
        seen.extend(found)
        return [[HOLE], *texts]

    def instance_of(self, node: cst.BaseExpression) -> cst.ClassDef | None:
        """The class of this file of which a name or a field (`self.config`) holds an instance."""
        if isinstance(node, cst.Name):
            found = self._flow.every(node.value, node)
        else:
            found = self._attribute(node) if isinstance(node, cst.Attribute) else []
        return self._class_behind(found[0], 0) if len(found) == 1 else None

    def _class_behind(self, definition: Definition, depth: int) -> cst.ClassDef | None:
        """The class of this file of which a definition makes or takes an instance."""
        node, value = definition.node, definition.value
        if isinstance(node, (cst.Param, cst.AnnAssign)) and node.annotation is not None:
            return self.class_named(self.without_none(node.annotation.annotation))
        if isinstance(value, cst.BooleanOperation) and isinstance(value.operator, cst.Or):
            value = value.right  # `config or Config()`
        if isinstance(value, cst.Name) and depth < _MOST_DEPTH:
            behind = self._flow.definition(value.value, value)
            known = isinstance(behind, Definition) and behind.node is not node
            return self._class_behind(behind, depth + 1) if known else None  # type: ignore[arg-type]
        return self._class_made(value) if isinstance(value, cst.Call) else None

    def _class_made(self, call: cst.Call) -> cst.ClassDef | None:
        """The class of this file of which a call makes an instance: `S()`, or `get_settings()`."""
        known = self._flow.every(call.func.value, call) if isinstance(call.func, cst.Name) else []
        only = known[0].node if len(known) == 1 else None
        if not isinstance(only, cst.FunctionDef):
            return self.class_named(call.func)
        wraps = [getattr(each.decorator, "func", each.decorator) for each in only.decorators]
        if only.asynchronous or any(self._scopes.imported(each) not in _KEEPS for each in wraps):
            return None
        returns = self._tree.every(cst.Return)
        made = [node.value for node in returns if self._tree.function_of(node) is only]
        is_made = len(made) == 1 and isinstance(made[0], cst.Call)
        return self.class_named(made[0].func) if is_made else None  # type: ignore[union-attr]

    def without_none(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """The type in an annotation: of `X | None` and `Optional[X]` that is X."""
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitOr):
            sides = [s for s in (node.left, node.right) if self._tree.source(s) != "None"]
            return sides[0] if len(sides) == 1 else node
        if isinstance(node, cst.Subscript) and len(node.slice) == 1:
            index = node.slice[0].slice
            if self._scopes.imported(node.value) == "typing.Optional" and isinstance(
                index, cst.Index
            ):
                return index.value
        return node

    def _owner_of(self, node: cst.BaseExpression) -> cst.ClassDef | None:
        """The class of this file whose method or property `node.name` is."""
        if isinstance(node, cst.Call):
            return self.class_named(node.func)
        if not isinstance(node, cst.Name):
            return None
        return self.class_of(node) or self.instance_of(node)

    def class_named(self, node: cst.BaseExpression) -> cst.ClassDef | None:
        """The class of this file that a name means."""
        return self._flow.class_named(node)

    def _defined(self, definition: Definition, seen: list[Definition], depth: int) -> list[str]:
        node = definition.node
        if isinstance(node, cst.Param) and definition in self._given:
            return list(self._given[definition])
        if isinstance(node, (cst.For, cst.CompFor)) and (listed := self.tried(node)) is not None:
            elements = [each.value for each in listed.elements]
            return several([self._texts(each, seen, depth + 1) for each in elements])
        if isinstance(node, cst.Param):
            given = self.overrides.given(node)
            return several([[HOLE], *(self._texts(each, seen, depth + 1) for each in given)])
        if isinstance(node, cst.AugAssign) and isinstance(node.operator, cst.AddAssign):
            before = self._texts(node.target, seen, depth + 1)
            return joined(before, self._texts(node.value, seen, depth + 1))
        if definition.value is None or not isinstance(node, _VALUED):
            return [HOLE]
        return self._texts(definition.value, seen, depth + 1)

    def definitions(self, node: cst.BaseExpression) -> list[Definition]:
        """What a name, `self.name`, `Class.NAME` or `TABLE["key"]` may be bound to in this file.

        Empty where something else may bind it.
        """
        if isinstance(node, cst.Name):
            found = self._flow.definition(node.value, node)
            if isinstance(found, Definition):
                return [found]
            return self._flow.every(node.value, node) if found is Unclear.AMBIGUOUS else []
        if isinstance(node, cst.Attribute):
            return self._attribute(node)
        if isinstance(node, (cst.Subscript, cst.Call)):
            return self._tables.entries(node)
        return []

    def single(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """The expression that a name or attribute certainly stands for, or itself."""
        return self._stands_for(node, (cst.Assign, cst.AnnAssign))

    def _held(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """The same, also for an entry of a table."""
        return self._stands_for(node, _VALUED)

    def _stands_for(
        self, node: cst.BaseExpression, kinds: tuple[type[cst.CSTNode], ...]
    ) -> cst.BaseExpression:
        for _ in range(_MOST_DEPTH):
            found = self.definitions(node)
            if len(found) != 1 or found[0].value is None:
                return node
            if not isinstance(found[0].node, kinds):
                return node
            node = found[0].value
        return node

    def _attribute(self, node: cst.Attribute) -> list[Definition]:
        owner = self.class_of(node.value) if isinstance(node.value, cst.Name) else None
        if owner is None:
            return []
        name = node.attr.value
        own = self.overrides.own(owner, name)
        return list(dict.fromkeys([*own, *self.overrides.of(owner, name, node.value)]))

    def class_of(self, name: cst.Name) -> cst.ClassDef | None:
        """The class that `self`, `cls` or a class's name means."""
        for parent in self._tree.ancestors(name):
            if isinstance(parent, cst.FunctionDef):
                given = parameters(parent)
                if given and given[0].name.value == name.value:
                    around = self._tree.around(parent, cst.ClassDef)
                    home = None if around is None else self._tree.function_of(around)
                    return around if home is self._tree.function_of(parent) else None
        found = self._flow.every(name.value, name)
        node = found[0].node if len(found) == 1 else None
        return node if isinstance(node, cst.ClassDef) else None

    # operations

    def _formatted(
        self, node: cst.FormattedString, seen: list[Definition], depth: int
    ) -> list[str]:
        result = [""]
        for part in node.parts:
            if isinstance(part, cst.FormattedStringText):
                result = joined(result, [unescaped(part.value, node.prefix)])
            elif (
                isinstance(part, cst.FormattedStringExpression)
                and part.format_spec is None
                and part.conversion in (None, "s")
            ):
                result = joined(result, self._texts(part.expression, seen, depth + 1))
            else:
                result = joined(result, [HOLE])
        return result

    def _binary(self, node: cst.BinaryOperation, seen: list[Definition], depth: int) -> list[str]:
        left = self._texts(node.left, seen, depth + 1)
        if isinstance(node.operator, cst.Add):
            return joined(left, self._texts(node.right, seen, depth + 1))
        if isinstance(node.operator, cst.Divide):  # yarl: URL("...") / "runs"
            return joined(joined(left, ["/"]), self._texts(node.right, seen, depth + 1))
        if not isinstance(node.operator, cst.Modulo):
            return [HOLE]
        right = node.right
        parts = [e.value for e in right.elements] if isinstance(right, cst.Tuple) else [right]
        given = [self._texts(part, seen, depth + 1) for part in parts]
        return several([percent_filled(template, given) for template in left])

    def _call(self, node: cst.Call, seen: list[Definition], depth: int) -> list[str]:
        name = self._scopes.imported(node.func)
        plain = [arg.value for arg in node.args if arg.keyword is None and not arg.star]
        if isinstance(node.func, cst.Name) and self._scopes.scope_of(node.func.value, node) is None:
            name = node.func.value
        place = _DEFAULTS.get(name)
        if place is not None:
            default = plain[place] if len(plain) > place else None
            for arg in node.args:
                if arg.keyword is not None and arg.keyword.value == "default":
                    default = arg.value
            known = [] if default is None else [self._texts(default, seen, depth + 1)]
            return several([[HOLE], *known])
        if name in _WRAPPERS and len(plain) == 1:
            return self._texts(plain[0], seen, depth + 1)
        if name in JOINERS and len(plain) == 2:
            return self._url_joined(plain[0], plain[1], seen, depth)
        if name in UNPARSERS and len(plain) == 1:
            return self._in_parts(plain[0], lambda parts: self._unparsed(parts, seen, depth))
        if (built := self.built(node)) is not None:
            return several(
                [self._returned(built, seen, depth), *self.overrides.of_method(node.func)]
            )
        if isinstance(node.func, cst.Attribute):
            return self._method(node, node.func, plain, seen, depth)
        return [HOLE]

    def template_of(self, node: cst.Call) -> cst.BaseExpression | None:
        """The text of a `string.Template` whose fields a call fills."""
        if not isinstance(node.func, cst.Attribute) or node.func.attr.value not in _FILLS:
            return None
        made = self.single(node.func.value)
        if not isinstance(made, cst.Call) or len(made.args) != 1:
            return None
        known = self._scopes.imported(made.func) == "string.Template"
        return made.args[0].value if known else None

    def _in_parts(
        self,
        node: cst.BaseExpression,
        put_together: Callable[[list[cst.BaseExpression]], list[str]],
    ) -> list[str]:
        """The texts that are put together of a list's parts, and another where they may differ."""
        found = parts_of(self._scopes, node, self.definitions(node))
        if found is None:
            return [HOLE]
        lists = found.lists
        texts = [put_together(parts) for parts in lists]
        return texts[0] if len(lists) == 1 else several([*texts, [OTHER]])

    def _unparsed(
        self, parts: list[cst.BaseExpression], seen: list[Definition], depth: int
    ) -> list[str]:
        if len(parts) < 3:
            return [HOLE]
        scheme, host, path = (self._texts(part, seen, depth + 1) for part in parts[:3])
        return joined(joined(joined(scheme, ["://"]), host), path)

    def _all_joined(
        self,
        parts: list[cst.BaseExpression],
        between: list[str],
        seen: list[Definition],
        depth: int,
    ) -> list[str]:
        result = [""]
        for number, part in enumerate(parts):
            result = joined(result, between) if number else result
            result = joined(result, self._texts(part, seen, depth + 1))
        return result

    def _url_joined(
        self, base: cst.BaseExpression, path: cst.BaseExpression, seen: list[Definition], depth: int
    ) -> list[str]:
        bases, paths = (self._texts(part, seen, depth + 1) for part in (base, path))
        return [url_joined(each, end) for each, end in itertools.product(bases, paths)]

    def _method(
        self,
        node: cst.Call,
        func: cst.Attribute,
        plain: list[cst.BaseExpression],
        seen: list[Definition],
        depth: int,
    ) -> list[str]:
        method = func.attr.value
        if method == "get":
            return several(self._sources(node, seen, depth))
        if method in ("rstrip", "strip", "lstrip") and len(plain) <= 1:
            chars = self.text(plain[0]) if plain else None
            if plain and chars is None:
                return [HOLE]
            owner = self._texts(func.value, seen, depth + 1)
            return [str(getattr(text, method)(chars)) for text in owner]
        old = self.text(plain[0]) if method == "replace" and len(plain) == 2 else None
        if old:
            owner, new = (self._texts(n, seen, depth + 1) for n in (func.value, plain[1]))
            return [whole.replace(old, by) for whole, by in itertools.product(owner, new)]
        if method == "join" and len(plain) == 1:
            url = self.single(func.value)
            if isinstance(url, cst.Call) and self._scopes.imported(url.func) in _WRAPPERS:
                return self._url_joined(url, plain[0], seen, depth)
            between = self._texts(func.value, seen, depth + 1)
            return self._in_parts(
                plain[0], lambda parts: self._all_joined(parts, between, seen, depth)
            )
        template = self.template_of(node)
        if template is not None:
            filling = substituted(node, plain)
            if filling is None:
                return [HOLE]
            known = {name: self._texts(value, seen, depth + 1) for name, value in filling.items()}
            texts = self._texts(template, seen, depth + 1)
            return several([filled(text, [], known, TEMPLATE_FIELD) for text in texts])
        if method == "format" and isinstance(
            func.value,
            (cst.SimpleString, cst.ConcatenatedString, cst.Name, cst.Attribute, cst.Subscript),
        ):
            templates = self._texts(func.value, seen, depth + 1)
            named = {
                arg.keyword.value: self._texts(arg.value, seen, depth + 1)
                for arg in node.args
                if arg.keyword is not None
            }
            given = [self._texts(value, seen, depth + 1) for value in plain]
            return several([filled(template, given, named) for template in templates])
        return [HOLE]


def key_of(element: cst.BaseDictElement) -> str | None:
    """The text of a dict element's key when it is a plain string."""
    if not isinstance(element, cst.DictElement):
        return None
    if not isinstance(element.key, (cst.SimpleString, cst.ConcatenatedString)):
        return None
    value = element.key.evaluated_value
    return value if isinstance(value, str) else None


def substituted(
    node: cst.Call, plain: Sequence[cst.BaseExpression]
) -> dict[str, cst.BaseExpression] | None:
    """What fills a template's fields by their names; None where that is not certain."""
    given = {arg.keyword.value: arg.value for arg in node.args if arg.keyword is not None}
    for value in plain:
        if not isinstance(value, cst.Dict) or None in map(key_of, value.elements):
            return None
        given = {**{key_of(e) or "": e.value for e in value.elements}, **given}
    return None if any(arg.star for arg in node.args) else given
