"""What a call gives the parameters of a function of its file, through functions in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import libcst as cst

from callmend.languages.python.scopes import is_static, parameters
from callmend.languages.python.tree import dotted
from callmend.records import record


@record(frozen=True, slots=True)
class Handed:
    """What the parameters of a function stand for, as the outermost call gives it.

    ``given`` are the expressions by the parameters' names, the defaults among them; ``more`` are
    those that are gathered by ``rest``, the name behind the `**` of the function.
    """

    given: Mapping[str, cst.BaseExpression]
    more: Mapping[str, cst.BaseExpression]
    rest: str = ""
    function: cst.FunctionDef | None = None

    def of(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """What an expression in the function is: a parameter is what it was given."""
        return self.given.get(node.value, node) if isinstance(node, cst.Name) else node


#: What the outermost call is given, whose arguments are what they are.
NOTHING = Handed({}, {})


def handed_on(
    function: cst.FunctionDef,
    call: cst.Call,
    value_of: Callable[[cst.BaseExpression], cst.BaseExpression] = lambda node: node,
    outer: Handed = NOTHING,
) -> Handed | None:
    """What a call hands a function, from within one that was handed ``outer``.

    ``value_of`` tells what an argument is. None where that is not certain, such as for `*args`.
    """
    names = [p.name.value for p in (*function.params.posonly_params, *function.params.params)]
    if isinstance(call.func, cst.Attribute) and not is_static(function):
        names = names[1:]
    known = {*names, *(p.name.value for p in function.params.kwonly_params)}
    rest = function.params.star_kwarg
    given: dict[str, cst.BaseExpression] = {}
    more: dict[str, cst.BaseExpression] = {}
    pairs: list[tuple[str, cst.BaseExpression]] = []
    for number, arg in enumerate(call.args):
        if arg.star == "**" and outer.rest and dotted(arg.value) == outer.rest:
            pairs += outer.more.items()
        elif arg.star or (arg.keyword is None and number >= len(names)):
            return None
        else:
            name = names[number] if arg.keyword is None else arg.keyword.value
            pairs.append((name, value_of(arg.value)))
    for name, value in pairs:
        if name in given or name in more or (name not in known and rest is None):
            return None
        (given if name in known else more)[name] = value
    for param in parameters(function):
        if param.default is not None:
            given.setdefault(param.name.value, param.default)
    if known - given.keys():
        return None
    return Handed(given, more, "" if rest is None else rest.name.value, function)
