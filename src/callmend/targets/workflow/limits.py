"""What ends a request early, its signal, carried to the requests that wait for its run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tree_sitter import Node

from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.changes import set_elsewhere, what_changes
from callmend.languages.ecmascript.effects import may_differ, only_reads
from callmend.languages.ecmascript.given_options import ABSENT, Absent, GivenOptions
from callmend.languages.ecmascript.objects import object_behind
from callmend.languages.ecmascript.request_objects import given_to
from callmend.languages.ecmascript.sources import Sources
from callmend.languages.ecmascript.tree import (
    ancestors_of,
    called,
    descendants,
    field,
    is_inside,
    items,
    key_name,
    member_value,
    show,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.records import record
from callmend.targets.workflow.kept_keys import statement_above
from callmend.targets.workflow.site import Site

_SIGNAL = b"signal"
#: What makes a signal each time it is asked, without doing anything else.
_MAKES = frozenset({b"AbortSignal.any", b"AbortSignal.timeout"})
#: The platform's own, by which what is written stops.
_PLATFORM = (b"AbortController", b"AbortSignal", b"clearTimeout")
_EFFECTS = frozenset(
    {
        "assignment_expression",
        "augmented_assignment_expression",
        "await_expression",
        "new_expression",
        "update_expression",
        "yield_expression",
    }
)
_NO_SIGNAL = frozenset({"null", "undefined"})


@record(frozen=True, slots=True)
class Limit:
    """What a request's own limits become.

    ``code`` is the signal as the function is given it, empty where it is not; ``edits`` keep one
    that is made for the request in a constant.
    """

    code: bytes = b""
    edits: tuple[Edit, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def argument(self) -> bytes:
        """The code with the comma in front, behind other arguments."""
        return b", " + self.code if self.code else b""

    @property
    def alone(self) -> Limit:
        """What a request for a run that is started already passes on, without a constant."""
        return Limit() if self.edits else Limit(self.code)


@record(frozen=True, slots=True)
class Placed:
    """The signal of a request that is read in place, None where it has none for certain.

    ``carried``: it is the same one behind the request.
    """

    value: Node | None = None
    carried: bool = False
    notes: tuple[Note, ...] = ()


@record(frozen=True, slots=True)
class _Found:
    """A signal: the member of the options, its value, and whether more may come behind it."""

    member: Node
    value: Node
    sure: bool


def carried(
    site: Site,
    options: Node | None,
    polls: Sequence[Site] = (),
    taken: Sequence[Edit] = (),
) -> Limit:
    """The limits among the options of a request, which the requests behind it get too.

    ``polls`` are the file's own requests for the run, which end by limits of their own. ``taken``
    are edits that are made already.
    """
    notes = [_told(site, member) for member in _members(options, b"timeout")]
    found = _signal_of(options)
    if found is None or unwrapped(found.value).type in _NO_SIGNAL:
        return Limit(notes=tuple(notes))
    code, edits, why = _code(site, found, polls, taken)
    if not code:
        notes.insert(0, _told(site, found.member, why))
    return Limit(code, edits, tuple(notes))


def carried_by_call(
    site: Site, members: Sequence[Node], given: GivenOptions, *, polled: bool
) -> Limit:
    """The limits among the options that a function of the file sends for one of its calls.

    What the call gives is given to the requests behind it too; what the function itself makes is
    that of each request. ``polled``: the file asks for the run again itself.
    """
    notes = [_told(site, member) for member in members if key_name(member) == b"timeout"]
    found = next((m for m in reversed(members) if key_name(m) == _SIGNAL), None)
    value = ABSENT if found is None else given.value(member_value(found))
    if found is None or isinstance(value, Absent) or unwrapped(value).type in _NO_SIGNAL:
        return Limit(notes=tuple(notes))
    why = _other_platform(site)
    if not is_inside(value, site.request.call):
        why = why or "it does not stand in the call"
    elif polled and _is_timed(site, value):
        why = why or _ALONE
    elif b"\n" in text(value):
        why = why or "it is written on several lines"
    why = why or _differs(value)
    if why:
        return Limit(notes=(_told(site, found, why), *notes))
    return Limit(text(value), (), tuple(notes))


def limit_notes(site: Site, options: Node | None) -> list[Note]:
    """What is told of a request's own limits, where none is carried to those that follow it."""
    members = [*_members(options, _SIGNAL), *_members(options, b"timeout")]
    return [_told(site, member) for member in members]


def carried_in_place(site: Site, options: Node, place: Node, *, anew: bool) -> Placed:
    """The signal of a request, to be asked for at a place behind it as well.

    ``anew``: what is made there is made for each request.
    """
    found = _signal_of(options)
    if found is None or unwrapped(found.value).type in _NO_SIGNAL:
        return Placed()
    value = found.value
    why = "" if found.sure else "what is spread behind it may bring another one"
    why = why or _other_platform(site) or set_elsewhere(site.program.tree, value) or ""
    if why:
        return Placed(notes=(_told(site, found.member, why),))
    hidden = [n for n in site.program.scopes.names_in(value) if not site.names.visible(n, place)]
    why = _differs(value)
    if hidden:
        why = why or f"`{show(hidden[0])}` is another thing there"
    tree, scopes = site.program.tree, site.program.scopes
    why = why or what_changes(tree, scopes, value, site.request.call, place) or ""
    if why:
        told = _told(site, found.member, why)
        if anew and _is_made(value):
            told = replace(told, text=f"each request of the polling has `{show(value)}` of its own")
        return Placed(value, notes=(told,))
    cleared = [
        Note(span(call), _CLEARED.format(show(call)), always=True)
        for call in _cleared(site, value, place)
    ]
    return Placed(value, carried=True, notes=tuple(cleared))


_CLEARED = (
    "`{}` ends the time limit of the request that starts the run before the run is asked for again"
)


def _told(site: Site, member: Node, why: str = "") -> Note:
    after = f"which ends after {site.settings.poll_timeout} seconds"
    told = f"`{show(member)}` stops the request that starts the run, not the polling, {after}"
    if why:
        told += f"; it is not carried because {why}"
    return Note(span(member), told, always=True)


def _members(options: Node | None, name: bytes) -> Iterator[Node]:
    for member in items(options) if options is not None else ():
        if key_name(member) == name:
            yield member


def _signal_of(options: Node | None) -> _Found | None:
    """The last signal of the options; `...(signal ? { signal } : {})` is one too."""
    found: _Found | None = None
    for member in items(options) if options is not None else ():
        if member.type == "spread_element":
            perhaps = _given_if_there(member)
            if perhaps is not None:
                found = _Found(member, perhaps, found is None)
            elif found is not None:
                found = _Found(found.member, found.value, sure=False)
        elif key_name(member) == _SIGNAL:
            found = _Found(member, member_value(member), sure=True)
    return found


def _given_if_there(spread: Node) -> Node | None:
    """`signal` of `...(signal ? { signal } : {})` and of `...(signal && { signal })`."""
    choice = unwrapped(items(spread)[0])
    if choice.type == "ternary_expression":
        asked, given = field(choice, "condition"), field(choice, "consequence")
        other = field(choice, "alternative")
        if other is None or items(unwrapped(other)):
            return None
    elif choice.type == "binary_expression" and text_of(choice, "operator") == b"&&":
        asked, given = field(choice, "left"), field(choice, "right")
    else:
        return None
    if asked is None or given is None or unwrapped(given).type != "object":
        return None
    inside = items(unwrapped(given))
    if len(inside) != 1 or key_name(inside[0]) != _SIGNAL:
        return None
    value = member_value(inside[0])
    return value if text(value) == text(unwrapped(asked)) else None


def _code(
    site: Site, found: _Found, polls: Sequence[Site], taken: Sequence[Edit]
) -> tuple[bytes, tuple[Edit, ...], str]:
    """The signal's code at the call, the edits for it, and why it is not carried."""
    value, call = found.value, site.request.call
    why = "" if found.sure else "what is spread behind it may bring another one"
    why = why or _other_platform(site) or _own_limit(site, value, polls)
    if why:
        return b"", (), why
    if not is_inside(found.member, call):
        name = _given_name(site, found.member)
        if name is None:
            return b"", (), f"`{show(value)}` is not read where the call is"
        return name + b"." + _SIGNAL, (), ""
    if b"\n" in text(value):
        return b"", (), "it is written on several lines"
    if not may_differ(value):
        return text(value), (), ""
    return _kept(site, found, taken)


def _kept(site: Site, found: _Found, taken: Sequence[Edit]) -> tuple[bytes, tuple[Edit, ...], str]:
    """A signal that is made for the request, in a constant above its statement."""
    value, call = found.value, site.request.call
    differs = _differs(value)
    statement = statement_above(site, call)
    if not _is_made(value) or found.member.type != "pair":
        return b"", (), differs
    waits = any(node.type == "await_expression" for node in descendants(call))
    if statement is None or waits or any(e.start == statement.start_byte for e in taken):
        return b"", (), differs
    name = site.names.declare([_SIGNAL], statement, [value])[_SIGNAL]
    start = statement.start_byte
    end = b";" if site.style.semicolons or text(statement)[:1] in b"([`+-/" else b""
    source = site.program.source
    declared = b"const " + name + b" = " + text(value) + end
    declared += source.eol_at(start) + source.indent_at(start)
    # `signal: signal` is `signal`
    member = span(found.member if name == _SIGNAL else value)
    return name, (Edit(start, start, declared), Edit(member.start, member.end, name)), ""


def _is_made(value: Node) -> bool:
    """`AbortSignal.timeout(N)`, `AbortSignal.any([signal, AbortSignal.timeout(N)])`."""
    inside = list(descendants(unwrapped(value)))
    calls = [n for n in inside if n.type == "call_expression" and not only_reads(n)]
    made = bool(calls) and calls[0] == inside[0]
    others = any(n.type in _EFFECTS for n in inside)
    return made and not others and all(text_of(n, "function") in _MAKES for n in calls)


def _differs(value: Node) -> str:
    """Why an expression is another signal when it is evaluated again; empty where it is not."""
    if not may_differ(value):
        return ""
    if _is_made(value):
        return f"`{show(value)}` would start anew with each request"
    return f"`{show(value)}` may be another one the second time"


def _other_platform(site: Site) -> str:
    """Why a signal may be none of the platform's, or what is needed with it."""
    scope = site.program.scopes.scope_at(site.request.call)
    other = next((name for name in _PLATFORM if scope.lookup(name) is not None), None)
    return "" if other is None else f"`{other.decode()}` is another thing here"


def _own_limit(site: Site, value: Node, polls: Sequence[Site]) -> str:
    """Why a signal is that of the one request alone."""
    program = site.program
    function = called(site.request.call)
    if Sources(program.scopes).function_behind(function) is not None:
        return f"`{show(function)}` may send another one"
    if not polls or not _is_timed(site, value):
        return ""
    sent = (_signal_of(options_of(poll)) for poll in polls)
    if all(each is not None and text(each.value) == text(value) for each in sent):
        return "" if not may_differ(value) else _ALONE
    return _ALONE


_ALONE = "it is the time of that one request: this file asks for the run again itself"


def options_of(site: Site) -> Node | None:
    """The literal of a request's options, wherever it stands."""
    sending = site.request.sending
    if sending is not None and sending.options is not None:
        return sending.options
    given = given_to(site.program.scopes, site.request.call)
    literal = object_behind(site.program.scopes, given[1]) if len(given) > 1 else None
    return None if literal is None else literal.node


def _given_name(site: Site, member: Node) -> bytes | None:
    """The name by which a call is given the literal of a member; None where it is none."""
    call, scopes = site.request.call, site.program.scopes
    for given in items(field(call, "arguments") or call):
        inner = unwrapped(given)
        literal = object_behind(scopes, inner) if inner.type == "identifier" else None
        if literal is not None and member.parent == literal.node and key_name(member) == _SIGNAL:
            return text(inner)
    return None


def _is_timed(site: Site, value: Node) -> bool:
    """Whether a clock of the file ends it: `AbortSignal.timeout(N)`, a controller in a timer."""
    if any(text(node) == b"AbortSignal.timeout" for node in descendants(value)):
        return True
    for name in site.program.scopes.names_in(value):
        binding = site.program.scopes.binding(name)
        if binding is None:
            continue
        set_to = field(binding.declarator, "value")
        made = [] if set_to is None else [*descendants(set_to)]
        if any(text(node) == b"AbortSignal.timeout" for node in made):
            return True
        if any(_timer_around(use) for use in binding.references):
            return True
    return False


def _timer_around(use: Node) -> Node | None:
    """The `setTimeout(() => controller.abort(), N)` that a name stands in."""
    if use.parent is None or text_of(use.parent, "property") != b"abort":
        return None
    return next(
        (
            around
            for around in ancestors_of(use)
            if around.type == "call_expression"
            and text_of(around, "function").rpartition(b".")[2] == b"setTimeout"
        ),
        None,
    )


def _cleared(site: Site, value: Node, place: Node) -> list[Node]:
    """The calls of `clearTimeout` between a request and a place that end what would abort it."""
    call, scopes = site.request.call, site.program.scopes
    bindings = [scopes.binding(name) for name in scopes.names_in(value)]
    timers = [t for b in bindings if b for use in b.references if (t := _timer_around(use))]
    names = {
        text_of(timer.parent, "name") or text_of(timer.parent, "left")
        for timer in timers
        if timer.parent is not None
    }
    return [
        other
        for other in site.program.tree.calls
        if call.end_byte <= other.start_byte < place.start_byte
        and text_of(other, "function").rpartition(b".")[2] == b"clearTimeout"
        and {text(node) for node in items(field(other, "arguments") or other)} & names
    ]
