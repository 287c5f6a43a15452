"""A file's own way on where a request fails, which takes no error that is thrown."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import What
from callmend.languages.ecmascript.scopes import Kind
from callmend.languages.ecmascript.tree import (
    BLOCKS,
    FUNCTIONS,
    descendants,
    field,
    is_inside,
    items,
    text,
    unwrapped,
)
from callmend.reasons import Reason
from callmend.targets.workflow.site import Site

OWN_WAY = (
    "where the request fails the file goes on in a way of its own, which no thrown error takes"
)
#: What a function gives in place of an answer; what a call gives may be a response with its status.
_VALUES = frozenset(
    {
        "array", "false", "identifier", "null", "object", "string", "template_string", "true",
        "undefined",
    }
)  # fmt: skip


def refuse_own_way(site: Site) -> None:
    """Refuse to throw what is no answer where a failed request is gone on with.

    `if (!response.ok) return null;` with no `try` around it: a failed run is gone on with as well.

    Raises:
        RefusedError: the file does so.
    """
    call = site.request.call
    if site.settings.stream or _is_tried(site, call):
        return
    follower = Follower(site.program, call)
    follower.follow(call, What.RESPONSE, promised=True)
    function = site.program.tree.function_of(call)
    for check in follower.readings.checks:
        if site.program.tree.function_of(check) == function and _goes_on(site, check):
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, OWN_WAY)


def _is_tried(site: Site, call: Node) -> bool:
    """Whether an error is caught in the function of the call."""
    for parent in site.program.tree.ancestors(call):
        if parent.type in FUNCTIONS:
            return False
        if parent.type == "try_statement" and field(parent, "handler") is not None:
            if is_inside(call, field(parent, "body") or call):
                return True
    return False


def _goes_on(site: Site, check: Node) -> bool:
    """Whether a branch on the status gives a value of its own, or goes on behind it."""
    for parent in site.program.tree.ancestors(check):
        if parent.type in BLOCKS or parent.type in FUNCTIONS:
            return False
        if parent.type == "if_statement":
            if not is_inside(check, field(parent, "condition") or check):
                return False
            return _fails_softly(site, parent)
    return False


def _fails_softly(site: Site, condition: Node) -> bool:
    """Whether the branch for a failed request throws nothing: `if (!ok) return null`, an `else`."""
    asked = text(field(condition, "condition") or condition)
    if b"!" in asked or b">" in asked:
        branch = field(condition, "consequence")
        return branch is not None and any(_gives_value(site, each) for each in _ends(branch))
    branch = field(condition, "alternative")
    if branch is None:
        return False
    return all(inner.type != "throw_statement" for inner in descendants(branch))


def _ends(branch: Node) -> Iterator[Node]:
    """The last statement of a branch."""
    if branch.type == "else_clause":
        branch = items(branch)[0] if items(branch) else branch
    if branch.type in BLOCKS:
        yield from items(branch)[-1:]
    else:
        yield branch


def _gives_value(site: Site, statement: Node) -> bool:
    if statement.type != "return_statement":
        return False
    given = unwrapped(items(statement)[0]) if items(statement) else None
    return given is None or given.type in _VALUES or _is_said(site, given)


def _is_said(site: Site, given: Node) -> bool:
    """`res.status(502).json(...)` of a server that does not catch what its handler throws."""
    while given.type in ("call_expression", "member_expression"):
        given = unwrapped(field(given, "function") or field(given, "object") or given)
    binding = site.program.scopes.binding(given) if given.type == "identifier" else None
    return binding is not None and binding.kind is Kind.PARAMETER
