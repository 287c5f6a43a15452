"""The headers that a made-up method of OpenAI's Python library is given for one request."""

from __future__ import annotations

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.literals import LiteralReader
from callmend.languages.python.program import Program
from callmend.languages.python.values import key_of
from callmend.reasons import Reason

_BETA = "openai-beta"


def without_beta(
    program: Program, call: cst.Call, given: cst.BaseExpression
) -> list[cst.BaseDictElement] | None:
    """The headers that are left without the beta one; None where there is none, and all stay.

    `extra_headers={"OpenAI-Beta": "workflows=v1"}`: there never was that beta, and what a call
    gives stands in place of the header that the library sends for a live one.

    Raises:
        RefusedError: it is not known what they are, or they cannot do without the beta one.
    """
    shown = f"`{program.tree.show(given)}`"
    literal = LiteralReader(program, call).headers(given)
    taken_in = () if literal is None else literal.obj.elements
    spread = [each for each in taken_in if isinstance(each, cst.StarredDictElement)]
    if literal is None or len(literal.spread) != len(spread):
        raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, shown)
    if not literal.sends(_BETA):
        return None
    left = [element for element in literal.obj.elements if not is_beta(element)]
    only_here = not literal.later and not literal.added
    if any(other.sends(_BETA) for other in literal.spread) or not only_here:
        raise RefusedError(Reason.BETA_HEADER, shown)
    if left and literal.obj is not given:
        raise RefusedError(Reason.BETA_HEADER, shown)
    return left


def is_beta(element: cst.BaseDictElement) -> bool:
    """Whether an element of a dict of headers is the beta one."""
    return (key_of(element) or "").lower() == _BETA
