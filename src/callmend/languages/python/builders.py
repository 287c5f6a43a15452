"""Functions of a Python file that only give a text, such as a URL put together from an id."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import libcst as cst

from callmend.languages.python.scopes import Definition, Scopes, parameters
from callmend.languages.python.tree import dotted, is_none
from callmend.records import record

_PROPERTIES = frozenset({"property", "cached_property", "functools.cached_property"})
_DECORATORS = _PROPERTIES | {
    "classmethod", "staticmethod", "cache", "lru_cache", "functools.cache", "functools.lru_cache",
}  # fmt: skip
#: Calls after which nothing is other than before, by their last name.
_INERT = frozenset(
    {
        "debug", "endswith", "environ", "error", "format", "get", "getenv", "info", "isinstance",
        "join", "len", "lower", "lstrip", "quote", "quote_plus", "removeprefix", "removesuffix",
        "replace", "rstrip", "startswith", "str", "strip", "upper", "urlencode", "urljoin",
        "warning", "RuntimeError", "ValueError", "KeyError", "TypeError",
    }
)  # fmt: skip


@record(frozen=True, slots=True)
class Built:
    """What a call of such a function gives.

    ``function`` is the one that is called. ``returned`` are the expressions that it may give back,
    ``given`` what its parameters are given, None for what cannot be told. ``inert`` tells that it
    does nothing else.
    """

    function: cst.FunctionDef | cst.Lambda
    returned: tuple[cst.BaseExpression, ...]
    given: Mapping[Definition, cst.BaseExpression | None]
    inert: bool


class Builders:
    """Finds the functions behind calls and properties."""

    def __init__(
        self,
        scopes: Scopes,
        every: Callable[[str, cst.CSTNode], list[Definition]],
        owner_of: Callable[[cst.BaseExpression], cst.ClassDef | None],
    ) -> None:
        self._scopes = scopes
        self._every = every
        self._owner_of = owner_of
        #: The functions whose calls are looked at, so that none is looked at within itself.
        self._asked: list[cst.FunctionDef | cst.Lambda | None] = []

    def built(self, node: cst.BaseExpression) -> Built | None:
        """What a call `url_for(id)` or a property `self.url` gives, None for anything else."""
        call = node if isinstance(node, cst.Call) else None
        named = node if call is None else call.func
        function = self._function(named)
        if isinstance(function, cst.Lambda) and call is not None:
            given = self._given(function, call.args, skipped=0)
            return Built(function, (function.body,), given, inert=True)
        if not isinstance(function, cst.FunctionDef) or function.asynchronous is not None:
            return None
        decorators = {_name(d.decorator) for d in function.decorators}
        is_property = bool(decorators & _PROPERTIES)
        if not decorators <= _DECORATORS or is_property is not (call is None):
            return None
        inner = list(self._scopes.tree.own(function.body))
        if any(
            isinstance(each, (cst.Yield, cst.Await, cst.Global, cst.Nonlocal)) for each in inner
        ):
            return None
        returned = tuple(
            each.value
            for each in inner
            if isinstance(each, cst.Return) and each.value is not None and not is_none(each.value)
        )
        if not returned:
            return None
        is_method = isinstance(named, cst.Attribute) and "staticmethod" not in decorators
        given = self._given(function, () if call is None else call.args, skipped=int(is_method))
        calls = [each for each in inner if isinstance(each, cst.Call)]
        self._asked.append(function)
        inert = all(self._is_inert(each) for each in calls)
        self._asked.pop()
        return Built(function, returned, given, inert)

    def _is_inert(self, call: cst.Call) -> bool:
        """Whether a call changes nothing."""
        if _name(call.func).rsplit(".", 1)[-1] in _INERT:
            return True
        if self._function(call.func) in self._asked:
            return False
        built = self.built(call)
        return built is not None and built.inert

    def _function(self, named: cst.BaseExpression) -> cst.FunctionDef | cst.Lambda | None:
        if isinstance(named, cst.Name):
            found = self._every(named.value, named)
        elif isinstance(named, cst.Attribute):
            owner = self._owner_of(named.value)
            found = [] if owner is None else self._scopes.bound(owner).get(named.attr.value, [])
        else:
            return None
        only = found[0] if len(found) == 1 else None
        if only is None:
            return None
        if isinstance(only.value, cst.Lambda):
            return only.value
        return only.node if isinstance(only.node, cst.FunctionDef) else None

    def _given(
        self, function: cst.FunctionDef | cst.Lambda, args: Sequence[cst.Arg], *, skipped: int
    ) -> dict[Definition, cst.BaseExpression | None]:
        """The expression behind each parameter: its argument, or its default."""
        unclear = any(arg.star for arg in args)
        plain = [arg.value for arg in args if arg.keyword is None]
        named = {arg.keyword.value: arg.value for arg in args if arg.keyword is not None}
        positional = [*function.params.posonly_params, *function.params.params][skipped:]
        found: dict[Definition, cst.BaseExpression | None] = {}
        for param in parameters(function):
            name = param.name.value
            [definition, *again] = self._scopes.bound(function)[name]
            value = named.get(name, param.default)
            if param in positional and positional.index(param) < len(plain):
                value = plain[positional.index(param)]
            found[definition] = None if unclear or again or param.star else value
        return found


def _name(node: cst.BaseExpression) -> str:
    """The dotted name of a decorator or of what is called, whatever it is called on."""
    if isinstance(node, cst.Call):
        return _name(node.func)
    if isinstance(node, cst.Attribute):
        return dotted(node) or node.attr.value
    return dotted(node)
