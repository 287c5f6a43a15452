"""A wrong call of the Responses API, mended where it stands by the smallest edits.

Only the target `responses` mends: under `assistants` such a call is left and the note names the
other target, because a run that writes calls to an API that no longer answers has no business with
calls to the one that does, and what it wrote would be two generations of code in one file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.endpoints import Endpoint
from callmend.findings import Note
from callmend.languages.ecmascript.conversation import ConversationReader
from callmend.languages.ecmascript.find import Certainty, Request
from callmend.languages.ecmascript.flow import Flow
from callmend.languages.ecmascript.harmless import is_harmless
from callmend.languages.ecmascript.inputs import INPUT_KEYS, InputReader, is_without_counterpart
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.objects import object_behind
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.request import RequestReader
from callmend.languages.ecmascript.statements import (
    appended_member,
    member_removal,
    starts_its_line,
)
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    items,
    key_name,
    member_value,
    show,
    show_line,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.wrong import Sent, WrongCall, words
from callmend.models import status_of
from callmend.reasons import Reason
from callmend.responses_facts import (
    FIRST_TEXT,
    GIVE_INSTRUCTIONS,
    LEAST_TOKENS,
    MESSAGES,
    RENAMED,
    SAMPLED,
    SAMPLING,
    TAKEN,
    WRONG_IDS,
    is_gone,
    plain,
)
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.responses.adapted import SHAPED, adapted, form_of
from callmend.targets.responses.choices import choose_instructions, choose_model
from callmend.targets.responses.mend_reading import MendedReading
from callmend.targets.workflow.adapt import body_edit
from callmend.targets.workflow.headers import HeaderEdits
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.told import Told, said_notes

#: Fields that both a workflow's run and the Responses API have.
_OF_BOTH = frozenset({"input", "instructions", "metadata", "model", "stream", "user"})


def plan(
    program: Program, wrong: WrongCall, endpoint: Endpoint, settings: Settings, names: Names
) -> Plan:
    """The edits that mend one call.

    Raises:
        RefusedError: the call is left, and why.
    """
    request = Request(
        endpoint, Certainty.CERTAIN, wrong.transport, wrong.call, wrong.call, (), frozenset()
    )
    site = Site.of(program, request, settings, names)
    _check_stream(wrong)
    wrong = _with_fragile_readings(wrong)
    reading = MendedReading(site, wrong)
    try:
        edits = reading.edits()
    except RefusedError as why:
        if wrong.sdk or wrong.sent is None or not _names_a_workflow(wrong.sent):
            raise
        return _adapted(site, wrong.sent, why)
    notes = list(reading.notes)
    done = []
    gone: tuple[Node, ...] = ()
    if wrong.is_asked_wrong and wrong.sent is not None:
        asking = _MendedRequest(site, wrong, wrong.sent)
        edits = [*asking.edits(), *edits]
        gone = tuple(asking.gone)
        notes = [*asking.notes, *notes]
        done.append("its body is one that the API takes")
    if reading.appended:
        done.append("its text is read where it is")
    message = "; now " + ", and ".join(done)
    return Plan(tuple(sorted(edits)), message, tuple(notes), reading.appended, gone)


def _adapted(site: Site, sent: Sent, why: RefusedError) -> Plan:
    """The plan of a workflow's run at the live URL: its answer in the shape that the file reads.

    Raises:
        RefusedError: it is left, and why.
    """
    if sent.shared:
        raise why
    arguments = field(site.request.call, "arguments")
    url = items(arguments)[0] if arguments is not None else site.request.url
    known = Site.of(site.program, replace(site.request, url=url), site.settings, site.names)
    done = adapted(known, why)
    # The URL is the live one as it stands.
    edits = tuple(edit for edit in done.edits if not span(url).contains(edit.span))
    return replace(done, edits=edits, message=f"; now its body is one that the API takes, {SHAPED}")


def _with_fragile_readings(wrong: WrongCall) -> WrongCall:
    """A call that never answered, with `output[0].content[0].text` among what is read wrongly.

    The model that it gets may put its reasoning in front, where that finds nothing.
    """
    read = wrong.read
    fragile = [path for path in read.alive if plain(words(path)) == FIRST_TEXT]
    others = [path for path in read.alive if path not in fragile]
    if not wrong.is_asked_wrong or others or not fragile:
        return wrong
    dead = sorted([*read.dead, *fragile], key=lambda path: path.node.start_byte)
    return replace(wrong, read=replace(read, dead=dead, alive=[]))


def _names_a_workflow(sent: Sent) -> bool:
    """Whether a body names a workflow, and has no field that only the Responses API knows."""
    names = {key.decode("utf-8", "replace") for key in sent.by_name}
    return bool(names & WRONG_IDS) and MESSAGES not in names and not names & (TAKEN - _OF_BOTH)


def _is_of_a_workflow(program: Program, sent: Sent) -> bool:
    """Whether a body is that of a workflow's run, with its input: an object or other fields.

    A text and a list are what the Responses API takes itself.
    """
    if not _names_a_workflow(sent):
        return False
    given = sent.by_name.get(b"input")
    if given is None:
        return any(name in sent.by_name for name in INPUT_KEYS)
    meant = object_behind(program.scopes, member_value(given))
    return meant is not None and bool(items(meant.node))


def _check_stream(wrong: WrongCall) -> None:
    """Refuse a call that asks for a stream.

    Raises:
        RefusedError: it does, or may.
    """
    member = None if wrong.sent is None else wrong.sent.by_name.get(b"stream")
    if member is not None and text(member_value(member)) != b"false":
        raise RefusedError(Reason.STREAMING, f"`{show(member)}`")
    if wrong.read.streams:
        raise RefusedError(Reason.STREAMING, show_line(wrong.read.streams[0]))


class _MendedRequest:
    """The edits of a body."""

    def __init__(self, site: Site, wrong: WrongCall, sent: Sent) -> None:
        self._site = site
        self._source = site.program.source
        self._wrong = wrong
        self._sent = sent
        self.notes: list[Note] = []
        self.gone: list[Node] = []

    def edits(self) -> list[Edit]:
        """The edits, which do not overlap.

        Raises:
            RefusedError: the body is not certainly right after them.
        """
        sent = self._sent
        if sent.shared:
            detail = f"{show_line(sent.node)} is used by something else too"
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, detail)
        if sent.hidden is not None:
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, show_line(sent.hidden))
        if _is_of_a_workflow(self._site.program, sent):
            return [*self._anew(), *self._without_beta()]
        self._check_input()
        edits: list[Edit] = []
        gone: list[Node] = []
        for key, member in sent.by_name.items():
            name = key.decode("utf-8", "replace")
            if name in RENAMED:
                self._check_renamed(name, member)
                edits.append(self._renamed(member, RENAMED[name].encode()))
            elif name == "response_format":
                edits.append(self._format(member))
            elif name in WRONG_IDS or (name in SAMPLING and not self._is_sampled()):
                self._say_gone(name, member)
                gone.append(member)
            elif name in ("tools", "tool_choice"):
                self._check_tools(member)
            elif name not in TAKEN and is_without_counterpart(key):
                self._say_gone(name, member)
                gone.append(member)
            elif name not in TAKEN:
                raise RefusedError(Reason.BODY_FIELD, f"`{name}`")
        return [*edits, *self._new_and_gone(gone), *self._without_beta()]

    def _without_beta(self) -> list[Edit]:
        """The removal of the header OpenAI-Beta, where the headers are this request's own."""
        if self._wrong.sdk or not self._wrong.transport.is_fetch:
            return []
        try:
            headers = RequestReader(self._site.program.scopes, self._wrong.call).headers_of()
            removing = HeaderEdits(self._site, headers)
            edits = list(removing.edits(None))
        except RefusedError:
            # The header does no harm here; to the API it says nothing.
            return []
        self.notes += removing.notes
        return edits

    def _anew(self) -> list[Edit]:
        """The body written anew, with what the workflow was to get as the message.

        Raises:
            RefusedError: a member cannot be read.
        """
        said = InputReader(self._site.program.scopes, self._wrong.call).read(self._sent.node)
        known = Told(self._site, said)
        form, notes = form_of(known)
        self.notes += [*notes, *said_notes(known, form.dropped)]
        self.gone += [*form.dropped, *form.unread]
        return [body_edit(known, form.members)]

    def _check_input(self) -> None:
        sent = self._sent.by_name
        given = sent.get(b"input")
        messages = sent.get(MESSAGES.encode())
        if messages is not None:
            if given is not None:
                raise RefusedError(Reason.BODY_FIELD, "`messages` and `input` are both sent")
            reader = ConversationReader(self._site.program.scopes, self._wrong.call)
            reader.check_messages(member_value(messages))
        elif given is None:
            raise RefusedError(Reason.NO_MESSAGE, "the body has neither `input` nor `messages`")
        else:
            meant = self._site.program.resolver.constant(member_value(given))
            kind = unwrapped(member_value(given) if meant is None else meant).type
            if kind in ("object", "number", "true", "false", "null"):
                raise RefusedError(Reason.NO_MESSAGE, f"`{show(given)}`")
            if kind == "array":
                reader = ConversationReader(self._site.program.scopes, self._wrong.call)
                reader.check_messages(member_value(given))

    def _check_renamed(self, name: str, member: Node) -> None:
        if name == MESSAGES:
            return
        value = text(member_value(member))
        both = {b"max_tokens", b"max_completion_tokens", b"max_output_tokens"} & {
            *self._sent.by_name
        }
        if len(both) > 1 or (value.isdigit() and int(value) < LEAST_TOKENS):
            raise RefusedError(Reason.BODY_FIELD, f"`{show(member)}`")

    def _renamed(self, member: Node, new: bytes) -> Edit:
        key = field(member, "key")
        if key is None:
            return Edit(member.start_byte, member.start_byte, new + b": ")
        if key.type == "property_identifier":
            return Edit(key.start_byte, key.end_byte, new)
        if key.type == "string":
            return Edit(key.start_byte + 1, key.end_byte - 1, new)
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(member)}`")

    def _format(self, member: Node) -> Edit:
        """`response_format: X` is `text: { format: X }`; a schema is nested in another way."""
        value = unwrapped(member_value(member))
        inside = items(value) if value.type == "object" else []
        kinds = [text(member_value(m))[1:-1] for m in inside if key_name(m) == b"type"]
        plain = len(inside) == 1 and kinds in ([b"json_object"], [b"text"])
        if not plain or b"text" in self._sent.by_name:
            raise RefusedError(Reason.BODY_FIELD, f"`{show(member)}`")
        code = b"text: { format: " + text(value) + b" }"
        return Edit(member.start_byte, member.end_byte, code)

    def _check_tools(self, member: Node) -> None:
        """Refuse tools in the shape of Chat Completions, nested under `function`."""
        value = unwrapped(member_value(member))
        each = items(value) if value.type == "array" else [value]
        for tool in each:
            flat = tool.type == "string" or (
                tool.type == "object"
                and not any(
                    key_name(m) in (None, b"function") or m.type == "spread_element"
                    for m in items(tool)
                )
            )
            if not flat:
                raise RefusedError(Reason.BODY_FIELD, f"`{show(member)}`")

    def _is_sampled(self) -> bool:
        model = self._sent.by_name.get(b"model")
        if model is None:
            return False
        names = self._site.program.resolver.value(member_value(model)).texts
        return all(name.startswith(SAMPLED) for name in names)

    def _say_gone(self, name: str, member: Node) -> None:
        if not is_harmless(self._site.program.scopes, member_value(member)):
            raise RefusedError(Reason.BODY_FIELD, f"`{show(member)}` is computed")
        said = f"without a counterpart, and gone: `{show(member)}`"
        if name in WRONG_IDS or name in SAMPLING:
            said = is_gone(name, show(member))
        if said.endswith("is not sent") and choose_instructions(self._site) is None:
            said += GIVE_INSTRUCTIONS
        self.notes.append(Note(span(member), said, always=True))
        self.gone.append(member_value(member))

    def _new_and_gone(self, gone: list[Node]) -> Iterator[Edit]:
        """What is added, in the place of what goes where something does."""
        new: list[bytes] = []
        sent = self._sent.by_name
        model = sent.get(b"model")
        if model is None:
            flow = Flow(self._site.program.tree, self._site.program.scopes, self._wrong.call)
            choice = choose_model(self._site, flow, self._sent.node)
            new.append(b"model: " + choice.code.text)
            self.notes.append(Note(span(self._wrong.call), choice.why, always=True))
        else:
            for name in self._site.program.resolver.value(member_value(model)).texts:
                if not (status := status_of(name)).may_be_written:
                    note = f"{status.sentence}; the call goes on naming it"
                    self.notes.append(Note(span(model), note, always=True))
        if any((key_name(member) or b"").decode() not in SAMPLING for member in gone):
            instructions = choose_instructions(self._site)
            if instructions is not None and b"instructions" not in sent:
                new.append(b"instructions: " + instructions.code.text)
        replaced = gone[: len(new)]
        for code, member in zip(new, replaced, strict=False):
            yield Edit(member.start_byte, member.end_byte, self._comments(member) + code)
        for member in gone[len(new) :]:
            if any(node.type == "comment" for node in descendants(member)):
                raise RefusedError(Reason.COMMENT_LOST, f"`{show(member)}`")
        for code in new[len(replaced) :]:
            yield from appended_member(self._source, self._sent.node, code)
        yield from _merged(
            self._source.data,
            [
                member_removal(self._source, self._sent.node, member)
                for member in gone[len(replaced) :]
            ],
        )

    def _comments(self, member: Node) -> bytes:
        """The comments inside a member, each on a line of its own.

        Raises:
            RefusedError: the member does not start its line.
        """
        found = [text(node) for node in descendants(member) if node.type == "comment"]
        if found and not starts_its_line(self._source, member):
            raise RefusedError(Reason.COMMENT_LOST, f"`{show(member)}`")
        end = self._source.eol_at(member.start_byte) + self._source.indent_at(member.start_byte)
        return b"".join(comment + end for comment in found)


def _merged(data: bytes, removals: list[Edit]) -> list[Edit]:
    """Removals of neighbours as one, where the comma between them belongs to both."""
    merged: list[Edit] = []
    for edit in sorted(removals):
        if merged and edit.start < merged[-1].end:
            start = len(data[: merged[-1].start].rstrip())
            if data[start - 1 : start] == b",":
                start -= 1
            merged[-1] = Edit(start, max(edit.end, merged[-1].end), b"")
        else:
            merged.append(edit)
    return merged
