"""Calls of the Responses API that it refuses, or whose answer is read where its text is not.

Such a call is found by what it sends and what is read of it, never by its URL alone: `messages`,
`workflow_id` and the like in the body; `choices`, `output.message`, or (of raw JSON, where only
OpenAI's SDK has it) `output_text` in the readers. A reading counts only where nothing else reads
the answer's text. `output[0].content[0].text` is fragile but answers with models that put no
reasoning in front, so by itself it is taken for right.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from callmend.languages.ecmascript.assistants.client import Clients, Owner
from callmend.languages.ecmascript.axios_data import data_of
from callmend.languages.ecmascript.bodies import is_logged
from callmend.languages.ecmascript.objects import Literal, may_change, object_behind
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import Path, What, is_about_failure
from callmend.languages.ecmascript.scopes import is_declared_exported
from callmend.languages.ecmascript.sendings import Sendings
from callmend.languages.ecmascript.sources import returned
from callmend.languages.ecmascript.tracing import is_in_ladder_of, ladder_of
from callmend.languages.ecmascript.transports import Transport
from callmend.languages.ecmascript.tree import (
    called,
    field,
    items,
    key_name,
    member_value,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.records import record
from callmend.responses_facts import MESSAGES, WRONG_IDS, is_nowhere

_HEADS = frozenset({b"choices", b"output", b"output_text"})
_URL = re.compile(r"https://api\.openai\.com(?::443)?/v1/responses/?(?:\?.*)?", re.IGNORECASE)
_SENDS = re.compile(rb"responses\s*\.\s*create\b")
_RAW = re.compile(rb"api\.openai\.com", re.IGNORECASE)


@record(frozen=True, slots=True)
class Sent:
    """The object literal that a call sends.

    ``shared`` is set when something else uses it too; ``hidden`` is a member whose name or content
    is not known (a spread, a computed name).
    """

    node: Node
    shared: bool
    by_name: dict[bytes, Node]
    hidden: Node | None

    @property
    def wrong(self) -> list[Node]:
        """The members that the Responses API refuses, in their order."""
        return [
            member
            for name, member in self.by_name.items()
            if (word := name.decode("utf-8", "replace")) == MESSAGES or word in WRONG_IDS
        ]


@record(frozen=True, slots=True)
class Read:
    """What a file reads of an answer: where its text never is, where it may be, and other things.

    ``rest`` are the places that hand the answer on or read it in a way that cannot be followed.
    """

    dead: list[Path]
    alive: list[Path]
    others: list[Path]
    streams: list[Node]
    rest: list[Node]


@record(frozen=True, slots=True)
class WrongCall:
    """A wrong call.

    ``call`` is that of fetch or of the SDK's `responses.create`. ``certain`` is False where the URL
    is the Responses API's on some paths only. ``owner`` is whose client it is called on; of raw
    calls OpenAI's. ``starts`` are the ids of the expressions that the parsed answer starts at: the
    call, or (of axios) the `data` of the response. ``client`` tells, for a message, which file a
    client comes from.
    """

    call: Node
    sdk: bool
    transport: Transport
    certain: bool
    owner: Owner
    sent: Sent | None
    read: Read
    starts: frozenset[int]
    client: str = ""

    @property
    def is_asked_wrong(self) -> bool:
        """Whether the body is one that the Responses API refuses."""
        return self.sent is not None and bool(self.sent.wrong)


def find_wrong(program: Program) -> list[WrongCall]:
    """Every wrong call of the Responses API, in source order."""
    data = program.source.data
    raw, sdk = _RAW.search(data) is not None, _SENDS.search(data) is not None
    if b"responses" not in data or not (raw or sdk):
        return []
    finder = _Finder(program)
    found = []
    for node in program.tree.nodes:
        if node.type == "call_expression":
            call = finder.of_sdk(node) if sdk else None
            call = finder.of_url(node) if call is None and raw else call
            if call is not None and _is_wrong(call):
                found.append(call)
    return found


def _is_followed(transport: Transport) -> bool:
    return transport.is_fetch or transport is Transport.AXIOS


def _is_wrong(call: WrongCall) -> bool:
    if call.is_asked_wrong:
        return True
    read = call.read
    if not call.certain or call.owner is not Owner.OPENAI or not _is_followed(call.transport):
        return False
    if call.sent is not None and b"stream" in call.sent.by_name:
        return False
    return bool(read.dead) and not (read.alive or read.rest or read.streams)


class _Finder:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._scopes = program.scopes
        self._resolver = program.resolver
        self._clients = Clients(program)

    def of_sdk(self, call: Node) -> WrongCall | None:
        """A call of `client.responses.create`, right or wrong."""
        function = field(call, "function")
        method = None if function is None else unwrapped(function)
        if method is None or text_of(method, "property") != b"create":
            return None
        resource = unwrapped(field(method, "object") or method)
        owner = field(resource, "object")
        if text_of(resource, "property") != b"responses" or owner is None:
            return None
        client = self._clients.of(owner)
        if client.owner is not Owner.OPENAI and b"openai" not in text(owner).lower():
            return None
        given = items(field(call, "arguments") or call)
        sent = self._literal(given[0]) if given else None
        read = self._read(call, [call], What.BODY, sdk=True)
        starts = frozenset([call.id])
        shown = client.shown if client.module else ""
        return WrongCall(call, True, Transport.FETCH, True, client.owner, sent, read, starts, shown)

    def of_url(self, call: Node) -> WrongCall | None:
        """A request to the URL of the Responses API, right or wrong; None for what is no POST."""
        function = field(call, "function")
        given = items(field(call, "arguments") or call)
        if function is None or not given:
            return None
        url = self._url(given[0])
        texts = () if url is None else self._resolver.value(url).texts
        ours = _ours(texts)
        if not any(each.partition("?")[0].rstrip("/").endswith("responses") for each in texts):
            return None
        transport = self._program.callees.transport(function)
        if transport is Transport.AXIOS:
            return self._of_axios(call)
        if not any(ours) or self._program.callees.is_mention(call):
            return None
        if transport.is_fetch or transport is Transport.SHADOWED_FETCH:
            options = object_behind(self._scopes, given[1]) if len(given) > 1 else None
            if options is None or not self._is_post(options.node):
                return None
            sent = self._body(options)
        else:
            sent = next((s for g in given if (s := self._wrong_in(g)) is not None), None)
            if sent is None:
                return None
        read = self._read(call, [call], What.RESPONSE, sdk=False)
        starts = frozenset([call.id])
        return WrongCall(call, False, transport, all(ours), Owner.OPENAI, sent, read, starts)

    def _of_axios(self, call: Node) -> WrongCall | None:
        sending = Sendings(self._resolver, self._program.callees).of(call, Transport.AXIOS)
        if sending is None or sending.url is None or sending.verb != "POST":
            return None
        texts = self._resolver.value(sending.url).texts
        if sending.base is not None:
            bases = [base.rstrip("/") for base in self._resolver.value(sending.base).texts]
            texts = tuple(
                each if "://" in each else f"{base}/{each.lstrip('/')}"
                for base in bases
                for each in texts
            )
        ours = _ours(texts)
        if not any(ours):
            return None
        data = data_of(self._program, call)
        read = self._read(call, data.found, What.BODY, sdk=False)
        read.rest.extend(data.rest)
        return WrongCall(
            call,
            False,
            Transport.AXIOS,
            all(ours),
            Owner.OPENAI,
            None if sending.body is None else self._given(sending.body),
            read,
            frozenset(node.id for node in data.found),
        )

    def _given(self, node: Node) -> Sent | None:
        """The object literal that axios is given, or that a name of it holds unchanged."""
        sent = self._literal(node)
        name = unwrapped(node)
        binding = self._scopes.binding(name) if name.type == "identifier" else None
        if sent is not None or binding is None or binding.writes:
            return sent
        literal = self._resolver.constant(name)
        others = [use for use in binding.references if use != name]
        if literal is None or literal.type != "object" or any(may_change(u) for u in others):
            return None
        return self._members(literal, shared=bool(others) or is_declared_exported(binding))

    def _url(self, argument: Node) -> Node | None:
        """The URL that a first argument is, or names among its options."""
        inner = unwrapped(argument)
        if inner.type != "object":
            return argument
        found = (m for m in items(inner) if key_name(m) == b"url")
        member = next(found, None)
        return None if member is None else member_value(member)

    def _is_post(self, options: Node) -> bool:
        for item in items(options):
            if key_name(item) == b"method":
                texts = self._resolver.value(member_value(item)).texts
                return all(each.upper() == "POST" for each in texts)
        return False

    def _body(self, options: Literal) -> Sent | None:
        """What `body: JSON.stringify({...})` sends, as far as it is an object of this file."""
        member = next((m for m in items(options.node) if key_name(m) == b"body"), None)
        if member is None:
            return None
        call = self._resolver.constant(member_value(member))
        given = [] if call is None else items(field(call, "arguments") or call)
        if call is None or text_of(call, "function") != b"JSON.stringify" or len(given) != 1:
            return None
        sent = self._literal(given[0])
        if sent is None or not options.shared:
            return sent
        return Sent(sent.node, True, sent.by_name, sent.hidden)

    def _wrong_in(self, argument: Node) -> Sent | None:
        """The body that something else than fetch is given, if it is a wrong one."""
        sent = self._literal(argument)
        if sent is None or sent.wrong:
            return sent
        inside = [sent.by_name.get(name) for name in (b"data", b"body", b"json")]
        found = [self._literal(member_value(m)) for m in inside if m is not None]
        return next((s for s in found if s is not None and s.wrong), None)

    def _literal(self, node: Node) -> Sent | None:
        literal = object_behind(self._scopes, node)
        return None if literal is None else self._members(literal.node, shared=literal.shared)

    def _members(self, literal: Node, *, shared: bool) -> Sent:
        by_name: dict[bytes, Node] = {}
        hidden = None
        for item in items(literal):
            name = key_name(item)
            if name is None or item.type not in ("pair", "shorthand_property_identifier"):
                hidden = item
            else:
                by_name[name] = item
        return Sent(literal, shared, by_name, hidden)

    def _read(self, call: Node, starts: list[Node], what: What, *, sdk: bool) -> Read:
        if self._is_made_into_another(call):
            return Read([], [], [], [], [])
        follower = Follower(self._program, call, into_lists=False)
        for start in starts:
            follower.follow(start, what, promised=start == call)
        found = follower.readings
        read = Read([], [], [], found.streams, [])
        paths = found.paths
        if not any(p.names[0] in _HEADS for p in paths) and not (found.handed or found.generic):
            # A script's answer may be what it prints.
            paths = [*paths, *found.logged]
        for path in sorted(paths, key=lambda p: p.node.start_byte):
            self._sort(path, read, sdk=sdk)
        handed = (*found.handed, *found.generic, *found.lost)
        dead = [ladder_of(self._program, path.node) for path in read.dead]
        read.rest.extend(
            node
            for node in handed
            if not self._is_shown_only(node) and not self._is_guess(node, dead)
        )
        # Half-way to where nothing is: `data.output?.length` of `data.output[0].text.value`. And
        # `data.output_text || data.output`: the list is no text, and guessed at like the rest.
        for path in list(read.alive):
            if path.names[-1] != b"text" and any(_leads(path, other) for other in read.dead):
                moved = True
            else:
                bare = path.names == (b"output",) and not path.method
                moved = bare and any(
                    is_in_ladder_of(self._program, path.node, other.node) for other in read.dead
                )
            if moved:
                read.alive.remove(path)
                read.dead.append(path)
        return read

    def _is_made_into_another(self, call: Node) -> bool:
        """Whether a function of the file is given the call, and makes an answer of its own of it.

        `workflowAnswer(fetch(...))`: what is read behind that is none of the API's answer.
        """
        tree = self._program.tree
        _, arguments = tree.outer(call)
        around = None if arguments is None else tree.parent(arguments)
        if arguments is None or arguments.type != "arguments" or around is None:
            return False
        function = self._resolver.function_behind(called(around))
        results = None if function is None else returned(function)
        made = ("new_expression", "object")
        return any(unwrapped(result).type in made for result in results or ())

    def _sort(self, path: Path, read: Read, *, sdk: bool) -> None:
        names = path.names
        if self._is_made(path.node):
            read.alive.append(path)
        elif names[0] == b"output_text":
            (read.alive if sdk else read.dead).append(path)
        elif names[0] == b"choices" or is_nowhere(words(path)):
            read.dead.append(path)
        elif names[0] == b"output":
            read.alive.append(path)
        else:
            read.others.append(path)

    def _is_made(self, node: Node) -> bool:
        """Whether a member is not read but written, so that the file itself puts a text there."""
        outer, parent = self._program.tree.outer(node)
        return (
            parent is not None
            and parent.type in ("assignment_expression", "augmented_assignment_expression")
            and field(parent, "left") == outer
        )

    def _is_guess(self, node: Node, ladders: list[Node]) -> bool:
        """Whether the whole answer only stands in for its text: `|| JSON.stringify(data)`."""
        arguments = self._program.tree.outer(node)[1]
        call = None if arguments is None else self._program.tree.parent(arguments)
        if call is None or text_of(call, "function") != b"JSON.stringify":
            return False
        return ladder_of(self._program, call) in ladders

    def _is_shown_only(self, node: Node) -> bool:
        return is_logged(self._program.tree, node) or is_about_failure(node)


def _ours(texts: tuple[str, ...]) -> list[bool]:
    """Which of a URL's texts are that of the Responses API."""
    return [_URL.fullmatch(each.strip()) is not None for each in texts]


def _leads(path: Path, other: Path) -> bool:
    """Whether a path is a part of another one, from the start."""
    return len(path.names) < len(other.names) and other.names[: len(path.names)] == path.names


def words(path: Path) -> tuple[str, ...]:
    """The names of a path as text."""
    return tuple(name.decode("utf-8", "replace") for name in path.names)
