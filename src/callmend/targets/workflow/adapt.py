"""A call whose answer is read in more than one place: it is asked for in place, and adapted.

The request becomes the live one where it stands. Its response goes through one function at the end
of the file, which gives the text in the shape that the file goes on reading. So what reads it,
however it does, stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.answer_fields import answer_shape
from callmend.languages.ecmascript.bodies import is_logged
from callmend.languages.ecmascript.built_bodies import read_built
from callmend.languages.ecmascript.inputs import (
    Said,
)
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import Readings, What
from callmend.languages.ecmascript.rehearsal import Rehearsal
from callmend.languages.ecmascript.request import Envelope, RequestReader
from callmend.languages.ecmascript.sent_headers import Headers
from callmend.languages.ecmascript.shapes import Shape
from callmend.languages.ecmascript.showing import errors_shown
from callmend.languages.ecmascript.statements import (
    removals,
    starts_its_line,
)
from callmend.languages.ecmascript.statuses import Checked, checked, passes_status_on
from callmend.languages.ecmascript.template import Template, load
from callmend.languages.ecmascript.tree import (
    called,
    descendants,
    is_inside,
    items,
    key_name,
    member_value,
    show,
    show_line,
    span,
    text,
)
from callmend.languages.ecmascript.values import text_of
from callmend.languages.verdicts import Errors
from callmend.reasons import Reason
from callmend.records import record
from callmend.targets.plans import Plan
from callmend.targets.workflow.apart import check_headers
from callmend.targets.workflow.functions import BASE_URL, HelperFunction, fitted
from callmend.targets.workflow.growths import check_growths
from callmend.targets.workflow.headers import HeaderEdits
from callmend.targets.workflow.kept_keys import KeptKey
from callmend.targets.workflow.limits import Limit, carried, limit_notes, options_of
from callmend.targets.workflow.own_ways import OWN_WAY, has_own_way, own_saying
from callmend.targets.workflow.pathid import said_at
from callmend.targets.workflow.polls import (
    JOINT,
    Poll,
    again_note,
    is_polled_apart,
    poll_edits,
    read_polls,
)
from callmend.targets.workflow.repeated import further_arguments
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.stream import RESPONSE, library_note
from callmend.targets.workflow.told import Told, gives, told_notes
from callmend.targets.workflow.undici import BY_UNDICI, check_undici, is_by_undici
from callmend.targets.workflow.urls import url_edits

#: What sends a response of Express with a status.
_SENDS = re.compile(rb"\w+\.status\(")
#: Reasons against reading an answer in place that are none against adapting it.
_ADAPTABLE = frozenset(
    {
        Reason.ANSWER_HANDED_ON,
        Reason.ANSWER_NOT_READ,
        Reason.ANSWER_NOT_UNDERSTOOD,
        Reason.BODY_APART,
        Reason.BODY_FIELD,
        Reason.BODY_NOT_UNDERSTOOD,
        Reason.BODY_SHARED,
        Reason.DIFFERING_GUARDS,
        Reason.GUARD_CHANGES,
        Reason.HISTORY_SHAPE,
        Reason.NAME_NOT_IN_SCOPE,
        Reason.NEEDS_BRACES,
        Reason.NO_MESSAGE,
        Reason.NO_WORKFLOW_ID,
        Reason.OTHER_READ,
        Reason.OWN_POLLING,
        Reason.RESPONSE_NOT_BOUND,
        Reason.SHARED_READ,
        Reason.URL_CANDIDATES,
    }
)
#: Reasons about the body, which is then written anew.
_BODILY = frozenset(
    {
        Reason.BODY_FIELD,
        Reason.BODY_NOT_UNDERSTOOD,
        Reason.BODY_SHARED,
        Reason.HISTORY_SHAPE,
        Reason.NO_MESSAGE,
        Reason.NO_WORKFLOW_ID,
    }
)

#: What stands in the way of another form only, which the summaries say of calls that are left.
_NOT_IN_PLACE = {
    Reason.ANSWER_NOT_UNDERSTOOD: "no one expression reads the text from the answer's JSON",
    Reason.BODY_NOT_UNDERSTOOD: "the members of the body are not all named here",
    Reason.OTHER_READ: "more is read of the answer than one text",
}


@record(frozen=True, slots=True)
class Adapted(Told):
    """What is known of a request that is adapted.

    ``readings`` are those of its own response, ``polls`` the file's requests for its run; the
    ``shape`` is what all of them read. ``sender`` is where the request is sent, where that is in a
    function which is given URL and body. ``also`` is what further bodies say, where the function
    around the request is given each by a call of its own.
    """

    sent: Envelope
    readings: Readings
    polls: tuple[Poll, ...]
    shape: Shape
    sender: Site | None
    also: tuple[Said, ...]


@record(frozen=True, slots=True)
class Given:
    """What is written where a function of the file sends the request that it is given.

    ``urls`` are the edits of the URL at the call. ``headers`` are those of the headers, None where
    they are as anywhere else, and ``condition`` is the code by which the function knows this
    request, where it sends others too.
    """

    urls: tuple[Edit, ...]
    headers: tuple[Edit, ...] | None = None
    condition: bytes = b""


@record(frozen=True, slots=True)
class Form:
    """What a target writes for it.

    ``members`` are the new body's, ``dropped`` the members that go without a counterpart,
    ``arguments`` what the function is given behind the request, ``live`` the live answer's
    name in the function. ``polled`` is the path of a request for the answer, without its id,
    and ``identity`` the code of that id where it is more than the live answer's own; ``joint`` is
    what stands in the path between its two parts, which no route of one segment takes. ``unread``
    are other expressions of the dead call that the live one does not read.
    """

    target: str
    url: bytes
    beta: bytes | None
    members: tuple[bytes, ...]
    dropped: tuple[Node, ...]
    live: bytes
    arguments: Callable[[Headers, KeptKey | None], bytes] | None = None
    polled: bytes = b""
    identity: bytes = b""
    joint: bytes = b""
    unread: tuple[Node, ...] = ()

    @property
    def gone(self) -> tuple[Node, ...]:
        """What is not evaluated any more."""
        values = (m if m.type == "spread_element" else member_value(m) for m in self.dropped)
        return (*values, *self.unread)

    def for_polls(self, site: Site, polls: Sequence[Node]) -> Form:
        """The form with an id of one segment where another function asks for the run."""
        if not self.joint or not is_polled_apart(site, polls):
            return replace(self, joint=b"")
        return replace(self, identity=self.identity.replace(self.joint, JOINT))


def read_for_adapting(site: Site, why: RefusedError) -> Adapted:
    """The facts of a call that is adapted, as it cannot be read in place for a reason.

    Raises:
        RefusedError: ``why`` itself, where adapting is no way around it; else what keeps the
            request, or all that reads its answer, from being followed: that is what decides.
    """
    if why.reason not in _ADAPTABLE or site.settings.stream:
        raise why
    call = site.request.call
    sent, said, *also = _sent(site)
    check_headers(site, sent.headers)
    check_growths(sent.growths)
    follower = Follower(site.program, call)
    by_undici = is_by_undici(site)
    follower.follow(call, What.UNDICI if by_undici else What.RESPONSE, promised=True)
    if by_undici:
        check_undici(sent.options, follower.readings)
    polls = read_polls(site)
    asked = {node for poll in polls for node in (poll.asked.request.call.id, *poll.nodes)}
    what = What.UNDICI if by_undici else What.RESPONSE
    again = tuple(poll.site.request.call for poll in polls)
    rehearsal = Rehearsal(site.program, call, site.settings.target, what, again)
    readings = follower.readings.joined(poll.readings for poll in polls)
    shape = answer_shape(readings, site.program, asked, rehearsal)
    return Adapted(site, said, sent, follower.readings, polls, shape, None, tuple(also))


def _sent(site: Site) -> tuple[Envelope, Said, *tuple[Said, ...]]:
    """What is sent, and what its body says, or each of those that a function is given.

    Raises:
        RefusedError: a part is missing or cannot be followed.
    """
    scopes, call = site.program.scopes, site.request.call
    try:
        sent = RequestReader(scopes, call, site.tried).envelope(building=True)
    except RefusedError as refused:
        if refused.reason is not Reason.BODY_NOT_UNDERSTOOD:
            raise
        from callmend.targets.workflow.given_bodies import given_bodies  # noqa: PLC0415  # few are

        sent, every = given_bodies(site, refused)
        return sent, every[0], *every[1:]
    if sent.built is not None:
        return sent, read_built(scopes, call, sent.built)
    return sent, said_at(site, sent.body, sent.name)


def adapted_plan(known: Adapted, form: Form, why: RefusedError, given: Given | None = None) -> Plan:
    """The plan of a call that is adapted; ``why`` tells what kept it from being read in place."""
    site, sender = known.site, known.sender or known.site
    form = form.for_polls(site, [poll.asked.request.call for poll in known.polls])
    identity = form.identity if known.polls else form.live + b".id"
    code = known.shape.given(form.live, identity)
    asked = [(sender, known.sent.headers, known.readings)]
    asked += [(poll.site, poll.headers, poll.readings) for poll in known.polls]
    edits: list[Edit] = []
    appended: list[bytes] = []
    notes: list[Note] = []
    names: list[bytes] = []
    further = [further_arguments(where, headers, form.arguments) for where, headers, _ in asked]
    limits = _limits(known, form, further)
    stopped = any(limit.code for limit in limits)
    for number, (where, _, readings) in enumerate(asked):
        call = where.request.call
        kind = "adapter-undici" if is_by_undici(where) else "adapter"
        throws = "-throws" if _throws(readings, where, known.shape, notes) else ""
        template = template_for(site, f"{kind}{throws}.ts", known.shape, stopped=stopped)
        base = template.functions()[0]
        started = where.base_at(call) if BASE_URL in template.metavariables() else None
        condition = b"" if given is None else given.condition
        function = HelperFunction(
            site,
            template,
            code,
            based=started is not None,
            flagged=bool(condition),
            stopped=stopped,
        )
        names.append(function.name(base))
        appended += function.appended(base, names[-1])
        more, kept = further[number]
        edits += [*kept, *limits[number].edits]
        more = (b", " + condition if condition else b"") + more
        more += b"" if started is None else b", " + as_code(started)
        more += limits[number].argument
        edits.append(Edit(call.start_byte, call.start_byte, names[-1] + b"("))
        edits.append(Edit(call.end_byte, call.end_byte, more + b")"))
    headers_of = HeaderEdits(sender, known.sent.headers)
    in_headers = (
        tuple(headers_of.edits(form.beta))
        if given is None or given.headers is None
        else given.headers
    )
    edits += [
        *(url_edits(site, form.url) if given is None else given.urls),
        *in_headers,
        body_edit(known, form.members),
    ]
    gone = [*headers_of.gone]
    for poll in known.polls:
        polled = HeaderEdits(poll.site, poll.headers)
        # What the start adds to headers that both send is all that the poll needs there.
        edits += [
            edit
            for edit in poll_edits(poll, form.polled, polled, form.beta, form.joint)
            if edit.start < edit.end or all(edit.start != own.start for own in in_headers)
        ]
        gone += polled.gone
        notes.append(again_note(poll.asked, form.polled, form.identity))
    grown = [growth.statement for growth in known.sent.growths]
    every = [headers.value(b"openai-beta") for _, headers, _ in asked]
    betas = [beta for beta in every if beta is not None]
    edits += removals(site.program.source, grown)
    call = site.request.call
    notes.insert(0, Note(span(call), _why(known, why, names[0], form.dropped), always=True))
    notes += [
        Note(span(statement), f"without a counterpart, and gone: `{show(statement)}`", always=True)
        for statement in grown
    ]
    notes += told_notes(known, form.dropped, known.shape)
    notes += [note for limit in limits for note in limit.notes]
    notes += library_note(sender)
    return Plan(
        tuple(sorted(set(edits))),
        "",
        (*notes, *headers_of.notes),
        tuple(dict.fromkeys(appended)),
        gone=(*form.gone, *grown, *betas, *gone),
        covers=tuple(
            (span(around), tuple(e for e in edits if span(around).contains(e.span)))
            for around in (poll.asked.request.call for poll in known.polls)
        ),
    )


def template_for(site: Site, name: str, shape: Shape, *, stopped: bool) -> Template:
    """The template of a function at the end of the file; ``stopped`` as for `HelperFunction`.

    ``shape`` is that of the answer, which says whether the text is parsed.

    Raises:
        RefusedError: a global that it uses is another thing in the file.
    """
    template = load(site.settings.target, name)
    if shape.fields:
        template = fitted(template)
    # Only what is stopped clears its timer.
    own = {RESPONSE} if stopped else {RESPONSE, b"clearTimeout"}
    site.names.check_globals(template, site.program.tree.root, own)
    return template


def _limits(
    known: Adapted, form: Form, further: Sequence[tuple[bytes, tuple[Edit, ...]]]
) -> list[Limit]:
    """The limits of the start and of each poll, as the requests that follow each get them."""
    sender = known.sender or known.site
    polls = [poll.site for poll in known.polls]
    if form.beta is None:
        return [Limit() for _ in further]
    if is_by_undici(sender):
        notes = limit_notes(sender, known.sent.options)
        return [Limit(notes=tuple(notes)), *(Limit() for _ in polls)]
    taken = [edit for _, kept in further for edit in kept]
    own = known.sent.options if known.sent.options.type == "object" else options_of(sender)
    start = carried(sender, own, polls, taken)
    return [start, *(carried(poll, options_of(poll), polls).alone for poll in polls)]


def _throws(readings: Readings, site: Site, shape: Shape, notes: list[Note]) -> bool:
    """Whether what is no answer has to be thrown, as the file would show it for one.

    What the file says itself where there is no answer is added to ``notes``.

    Raises:
        RefusedError: the file looks at the status, and may show an error for an answer even so.
    """
    program, call = site.program, site.request.call
    looks = checked(readings, program)
    if looks is Checked.LOOKS and (readings.generic or readings.handed):
        shown = errors_shown(program, call, shape, whole=True)
        if shown in (Errors.ALWAYS, Errors.NEVER):
            return shown is Errors.ALWAYS
        detail = f"{show_line(readings.checks[0])} does not keep an error from being shown"
        raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)
    if looks is Checked.NOTHING:
        if _goes_with_status(readings, program) or has_own_way(site, shape):
            return False
        words = own_saying(site, shape)
        said = f"where this call fails the file says `{words}`, as it always did until now"
        notes += [Note(span(call), said, always=True)] if words else []
        return words is None
    return errors_shown(program, call, shape) in (Errors.ALWAYS, Errors.SOMETIMES)


def _goes_with_status(readings: Readings, program: Program) -> bool:
    """Whether whoever gets the answer whole gets its status with it, and may look at that."""
    told = [c for c in readings.checks if passes_status_on(c, program)]
    texts = readings.texts()
    if readings.handed:
        return not texts and bool(readings.carried or told)
    # `new Response(JSON.stringify(data), { status: res.status })`
    statements = [program.tree.statement_of(check) for check in told]
    written = [node for node in _looked_through(readings) if not is_logged(program.tree, node)]
    if written and not texts:
        return all(
            text_of(node, "function") == b"JSON.stringify"
            and program.tree.statement_of(node) in statements
            for node in written
        )
    # `Response.json({ reply: data.output_text }, { status: res.status })`, and nothing else reads
    sent = [node for node in statements if _is_sent(node)]
    read = [path.node for path in readings.paths]
    alone = bool(read) and not readings.generic
    return alone and all(program.tree.statement_of(node) in sent for node in read)


def _is_sent(statement: Node) -> bool:
    """Whether a statement is a handler's last word: `return ...`, `res.status(...).json()`."""
    done = items(statement)
    return statement.type == "return_statement" or (
        statement.type == "expression_statement" and bool(_SENDS.match(text(done[0])))
    )


def _looked_through(readings: Readings) -> list[Node]:
    """The calls that are given the whole answer to look through, as `JSON.stringify` is."""
    return [n.parent.parent if n.parent and n.parent.parent else n for n in readings.generic]


def _why(known: Adapted, why: RefusedError, name: bytes, dropped: tuple[Node, ...]) -> str:
    reason = why.detail if why.detail in (BY_UNDICI, OWN_WAY) else _words(why)
    if why.reason is Reason.BODY_FIELD and not dropped:
        reason = "the new request takes no such fields"
    handed = why.reason is Reason.ANSWER_HANDED_ON and bool(known.readings.generic)
    tree = known.site.program.tree
    if handed and all(is_logged(tree, node) for node in _looked_through(known.readings)):
        reason = reason if known.readings.handed else "the whole answer is logged as JSON"
    if known.sender is not None:
        reason = f"`{show(called(known.site.request.call))}` returns more than the answer's JSON"
    shown = f"the answer goes through `{name.decode()}`, which gives {gives(known.shape)}"
    joint = "; the body is written anew, and " if why.reason in _BODILY else ", so "
    return f"{reason}{joint}{shown}"


def _words(why: RefusedError) -> str:
    """Why the answer is not read in place, which is no fault of the file's here."""
    words = _NOT_IN_PLACE.get(why.reason, "")
    return f"{words} ({why.detail})" if words and why.detail else why.reason.summary


def as_code(start: bytes) -> bytes:
    """What starts a template string as an expression: `${base}` is `base`."""
    alone = re.fullmatch(rb"\$\{([\w$.]+)\}", start)
    return b"`" + start + b"`" if alone is None else alone[1]


def body_edit(known: Told, members: tuple[bytes, ...]) -> Edit:
    """The members of the body in place of the old ones, in their layout.

    Raises:
        RefusedError: a comment would be lost.
    """
    source, name = known.site.program.source, known.said.name
    if name is not None:
        key = text(name) + b": " if name.type == "shorthand_property_identifier" else b""
        return Edit(name.start_byte, name.end_byte, key + b"{ " + b", ".join(members) + b" }")
    first, last = known.said.members[0], known.said.members[-1]
    input_ = known.said.input
    whole = [member for member in known.said.kept if key_name(member) == b"metadata"]
    taken = [n for n in (input_.node, input_.history, *input_.members, *whole) if n is not None]
    comments = [
        node
        for node in descendants(known.said.body)
        if node.type == "comment"
        and first.start_byte < node.start_byte < last.end_byte
        and not any(is_inside(node, t) for t in taken)
    ]
    parts = [*members]
    if not starts_its_line(source, first):
        if comments:
            detail = f"in line {comments[0].start_point[0] + 1}"
            raise RefusedError(Reason.COMMENT_LOST, detail)
        return Edit(first.start_byte, last.end_byte, b", ".join(parts))
    eol = source.eol_at(first.start_byte)
    indent = source.indent_at(first.start_byte)
    above = b"".join(text(comment) + eol + indent for comment in comments)
    return Edit(first.start_byte, last.end_byte, above + (b"," + eol + indent).join(parts))
