"""A file's own way on where a request fails, which takes no error that is thrown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript import words
from callmend.languages.ecmascript.callees import function_named
from callmend.languages.ecmascript.flow import loops_around
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import Readings, What
from callmend.languages.ecmascript.scopes import Kind
from callmend.languages.ecmascript.shapes import Shape, shape_of
from callmend.languages.ecmascript.showing import only_on_errors
from callmend.languages.ecmascript.sources import returned
from callmend.languages.ecmascript.statuses import Checked, checked
from callmend.languages.ecmascript.tree import (
    BLOCKS,
    FUNCTIONS,
    called,
    descendants,
    field,
    is_inside,
    items,
    text,
    unwrapped,
)
from callmend.reasons import Reason
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.undici import is_by_undici

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
#: What asks whether a request was answered: `res.ok`, `status === 200`, `status < 300`.
_SUCCEEDS = re.compile(rb"\bok\b|={2,3} ?20\d\b|< ?[34]00\b")


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
    if _is_gone_on_with(site, follower.readings):
        raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, OWN_WAY)
    function = site.program.tree.function_of(call)
    for check in follower.readings.checks:
        if site.program.tree.function_of(check) == function and _goes_on(site, check):
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, OWN_WAY)


def has_own_way(site: Site, shape: Shape, *, throws: bool = True) -> bool:
    """Whether the file certainly does something of its own about JSON that is no answer's.

    `if (data.error) return res.status(500).json(...)`, `if (!text) return null`. ``throws`` tells
    that an error of its own counts too: `if (data.error) throw new Error(data.error.message)`.
    What is asked in a loop that goes on then would be asked until that ends, and where the run is
    asked for again, that would be one without an id.
    """
    what = What.UNDICI if is_by_undici(site) else What.RESPONSE
    ways = only_on_errors(site.program, site.request.call, shape, what)
    polls = [r.call for r in site.program.requests if r.endpoint.method == "GET"]
    if site.request.call not in polls and any(
        is_inside(poll, node) for way in ways for node in way for poll in polls
    ):
        return False
    if not throws and any(node.type == "throw_statement" for way in ways for node in way):
        return False
    return bool(ways) and all(any(_is_done(site, node) for node in way) for way in ways)


def own_saying(site: Site, shape: Shape) -> str | None:
    """What the file certainly says itself where an answer is none; None for nothing.

    It is empty where that is an error's own message. What is asked in a loop would be asked until
    that ends.
    """
    if loops_around(site.program.tree, site.request.call):
        return None
    what = What.UNDICI if is_by_undici(site) else What.RESPONSE
    return words.own_saying(site.program, site.request.call, shape, what)


def _is_done(site: Site, node: Node) -> bool:
    """Whether this is more than a message on the console or another text, and in no `catch`."""
    around = [node, *site.program.tree.ancestors(node)]
    until = next((n for n, each in enumerate(around) if each.type in FUNCTIONS), len(around))
    if any(each.type in ("catch_clause", "finally_clause") for each in around[:until]):
        return False
    parent = node.parent
    if parent is not None and parent.type == "ternary_expression":
        asked = text(field(parent, "condition") or parent)
        return b"error" in asked and node != field(parent, "condition")
    if node.type == "expression_statement":
        done = items(node)[0]
        return done.type != "assignment_expression" and not text(done).startswith(b"console.")
    return node.type in ("return_statement", "throw_statement")


def _is_gone_on_with(site: Site, readings: Readings) -> bool:
    """Whether JSON without an answer is gone on with, where no status is looked at."""
    if checked(readings, site.program) is not Checked.NOTHING:
        return False
    # Members one within the other, a thousand deep, are not followed either.
    with suppress(RefusedError, RecursionError):
        return has_own_way(site, shape_of(readings, site.program, set()), throws=False)
    return False


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
    """Whether the branch for a failed request throws nothing: `if (!ok) return null`, an `else`.

    So does what stands behind `if (ok) { ... }`.
    """
    asked = text(field(condition, "condition") or condition)
    if b"!" in asked or b">" in asked:
        branch = field(condition, "consequence")
        return branch is not None and any(_gives_value(site, each) for each in _ends(branch))
    branch = field(condition, "alternative")
    if branch is None:
        behind = condition.next_named_sibling
        while behind is not None and behind.type == "comment":
            behind = behind.next_named_sibling
        throws = behind is not None and behind.type == "throw_statement"
        return _SUCCEEDS.search(asked) is not None and not throws
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
    return given is None or _is_value(site, given) or _is_said(site, given)


def _is_value(site: Site, given: Node) -> bool:
    """Whether this is no response: a plain value, or one that a function of the file makes.

    `return err(new RunError(...))` of `const err = (error) => ({ ok: false, error })`.
    """
    if given.type in _VALUES:
        return True
    scopes = site.program.scopes
    function = function_named(scopes, called(given)) if given.type == "call_expression" else None
    made = [] if function is None else returned(function) or []
    return bool(made) and all(unwrapped(each).type in _VALUES for each in made)


def _is_said(site: Site, given: Node) -> bool:
    """`res.status(502).json(...)` of a server that does not catch what its handler throws."""
    while given.type in ("call_expression", "member_expression"):
        given = unwrapped(field(given, "function") or field(given, "object") or given)
    binding = site.program.scopes.binding(given) if given.type == "identifier" else None
    return binding is not None and binding.kind is Kind.PARAMETER
