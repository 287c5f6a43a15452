"""The request, edited in place: its URL, its beta header, the members of its body.

What the template has before the call (the list of messages, a log line) is put before the call's
statement; what it has in the call is put where the call has the dead members.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.endpoints import Endpoint
from callmend.findings import Note
from callmend.languages.ecmascript.effects import has_effects
from callmend.languages.ecmascript.request import RequestParts
from callmend.languages.ecmascript.statements import (
    above,
    appended_member,
    comment_text,
    core,
    ends_its_line,
    removals,
    starts_its_line,
)
from callmend.languages.ecmascript.template import Capture, Fill, Template, capture, render
from callmend.languages.ecmascript.tree import (
    BLOCKS,
    descendants,
    field,
    is_inside,
    items,
    key_name,
    member_value,
    span,
    text,
    unwrapped,
)
from callmend.origins import is_open
from callmend.reasons import Reason
from callmend.targets.workflow.consts import movable_consts
from callmend.targets.workflow.escapes import mend_line_breaks
from callmend.targets.workflow.headers import HeaderEdits
from callmend.targets.workflow.site import Site, query_note


class RequestPlan:
    """Plans the edits of one request."""

    def __init__(self, site: Site, parts: RequestParts, template: Template) -> None:
        self._site = site
        self._program = site.program
        self._source = site.program.source
        self._request = site.request
        self._parts = parts
        self._template = template
        self._statement = site.program.tree.statement_of(site.request.call)
        # The body may be built in a statement of its own above the call.
        self._anchor = site.program.tree.statement_of(parts.input)
        self.notes: list[Note] = []
        #: The expressions that are not evaluated any more.
        self.gone: list[Node] = []
        self._fill = Fill(site.style, {})

    @property
    def _endpoint(self) -> Endpoint:
        return self._request.endpoint

    def edits(self) -> list[Edit]:
        """All edits of the request.

        Raises:
            RefusedError: the statement cannot be preceded by others.
        """
        block = self._program.tree.parent(self._statement)
        if block is None or block.type not in BLOCKS:
            raise RefusedError(Reason.NEEDS_BRACES, f"in line {self._line(self._statement)}")
        if self._program.tree.parent(self._anchor) != block:
            raise RefusedError(Reason.BODY_APART, f"in line {self._line(self._anchor)}")
        self._site.names.check_globals(self._template, self._statement)
        inlined = movable_consts(self._program, self._parts, self._anchor)
        self._fill = self._filled(inlined)
        pair = self._template.pair(b"'OpenAI-Beta'")
        beta = None if pair is None else text(member_value(pair))[1:-1]
        headers = HeaderEdits(self._site, self._parts.headers)
        edits = [
            *self._prelude(inlined),
            self._url(),
            *headers.edits(beta),
            *self._body(),
        ]
        self.notes += headers.notes
        self.gone += headers.gone
        return edits

    def _body(self) -> Iterator[Edit]:
        """The edits of the body's members."""
        raise NotImplementedError

    def _path_identity(self) -> Capture | None:
        """The id of the URL's path, where the body has none and the target takes it."""
        return None

    def _values(self) -> Mapping[str, Capture | None]:
        """What the target fills in beside message, history and id."""
        return {}

    def _member(self, key: bytes) -> bytes:
        """A member of the template's body, filled in."""
        pair = self._template.find("pair", key + b":")
        return render(self._template, pair.start_byte, pair.end_byte, self._fill)

    def _line(self, node: Node) -> int:
        return node.start_point[0] + 1

    def _note(self, node: Node, message: str) -> None:
        self.notes.append(Note(span(node), message))

    # what the template is filled in with

    def _filled(self, inlined: Mapping[int, Node]) -> Fill:
        parts = self._parts
        message = self._captured(parts.message, inlined)
        history = None if parts.history is None else self._captured(parts.history, inlined)
        if history is not None and parts.history is not None:
            history = _spread(parts.history, history)
        nodes = [parts.message, *([parts.history] if parts.history else []), *inlined.values()]
        nodes += [] if parts.workflow_id is None else [member_value(parts.workflow_id)]
        renames = self._site.names.declare(self._template.declared(), self._anchor, nodes)
        identity, logged = self._identity()
        return Fill(
            style=self._site.style,
            values={
                "MESSAGE": self._mended(message, parts.message, inlined),
                "HISTORY": history,
                "LOGGED_ID": logged,
                "WORKFLOW_ID": identity,
                "AUTHORIZATION": Capture(b""),
                "RESPONSE": Capture(b""),
                **self._values(),
            },
            indent=self._source.indent_at(self._anchor.start_byte),
            eol=self._source.eol_at(self._anchor.start_byte),
            base_url=self._site.base_url,
            renames=renames,
        )

    def _identity(self) -> tuple[Capture | None, Capture | None]:
        """The id for the body and for the log line, where it may be evaluated a second time."""
        if self._parts.workflow_id is None:
            found = self._path_identity()
            return found, found
        workflow_id = member_value(self._parts.workflow_id)
        identity = capture(self._source, workflow_id)
        if self._site.settings.assistant_id is not None and workflow_id.type == "string":
            # The literal itself is exchanged by `configure`; the log line has to agree with it.
            if is_open(text(workflow_id)[1:-1].decode("utf-8", "replace")):
                quote = text(workflow_id)[:1]
                identity = Capture(quote + self._site.settings.assistant_id.encode() + quote)
        return identity, None if has_effects(workflow_id) else identity

    def _captured(self, node: Node, inlined: Mapping[int, Node]) -> Capture:
        binding = self._program.scopes.binding(unwrapped(node))
        declaration = inlined.get(id(binding)) if binding is not None else None
        if binding is None or declaration is None:
            return capture(self._source, node)
        value = field(binding.declarator, "value")
        return capture(self._source, value if value is not None else node)

    def _mended(self, message: Capture, node: Node, inlined: Mapping[int, Node]) -> Capture:
        r"""The message with `\\n` as `\n`, as the specification's replacement has it."""
        inner = unwrapped(node)
        value: Node | None = node
        if inner.type in ("identifier", "shorthand_property_identifier"):
            binding = self._program.scopes.binding(inner)
            if binding is None or id(binding) not in inlined:
                return message
            value = field(binding.declarator, "value")
        if value is None:
            return message
        mended = mend_line_breaks(message, value)
        if mended != message:
            self._note(value, "over-escaped `\\\\n` in the message became `\\n` (a line break)")
        return mended

    def _exchanged(self, member: Node, keys: Sequence[bytes]) -> Edit:
        """One member of the dead body for some of the new one, each on a line of its own."""
        return Edit(member.start_byte, member.end_byte, b"".join(self._joined(member, keys)[:-1]))

    def _joined(self, member: Node, keys: Sequence[bytes]) -> list[bytes]:
        """Members of the new body as they stand beside a dead one, with what follows each."""
        key = field(member, "key")
        quote = text(key)[:1] if key is not None and key.type == "string" else b""
        joint = b", "
        if starts_its_line(self._source, member):
            eol = self._source.eol_at(member.start_byte)
            joint = b"," + eol + self._source.indent_at(member.start_byte)
        rendered = [quote + key + quote + self._member(key)[len(key) :] for key in keys]
        return [part for each in rendered for part in (each, joint)]

    # edits

    def _prelude(self, inlined: Mapping[int, Node]) -> Iterator[Edit]:
        """What the template has before the call, in place of what it supersedes above the call."""
        going = [*inlined.values()]
        mode = self._endpoint.comments[0] if self._endpoint.comments else None
        group: list[Node] = []
        apart: list[Node] = []
        contiguous = True
        for sibling in above(self._anchor):
            if sibling not in going:
                known = comment_text(sibling) if sibling.type == "comment" else None
                described = sibling.next_named_sibling in going
                if known not in self._endpoint.comments or not (known == mode or described):
                    contiguous = False
                    continue
                going.append(sibling)
            own_line = starts_its_line(self._source, sibling)
            contiguous = contiguous and own_line and self._fills_lines(sibling, group)
            if contiguous:
                group.append(sibling)
            else:
                apart.append(sibling)
        yield from removals(self._source, apart)
        first = group[-1] if group else self._anchor
        *before, comment, call = self._template.statements()
        start = before[0].start_byte
        # The last comment describes the call; all before it must stand above the body.
        split = call if self._anchor == self._statement else comment
        prelude = render(self._template, start, split.start_byte, self._fill)
        yield Edit(first.start_byte, self._anchor.start_byte, prelude)
        if split == comment:
            heading = render(self._template, comment.start_byte, call.start_byte, self._fill)
            yield Edit(self._statement.start_byte, self._statement.start_byte, heading)

    def _fills_lines(self, sibling: Node, group: list[Node]) -> bool:
        """Whether nothing else stands between this node and the next one of the group."""
        follower = group[-1] if group else self._anchor
        end = core(sibling).end
        between = self._source.data[end : follower.start_byte]
        return between.strip() == b"" and ends_its_line(self._source, end)

    def _url(self) -> Edit:
        url = self._request.url
        self._keep_comments(url, ())
        template = self._template.find("string", b"'https:")
        path = text(template)[1:-1].partition(b"/v1/")[2]
        if self._site.query is not None:
            self.notes.append(query_note(self._site, self._site.query))
        behind = self._site.url_behind_base(path)
        if behind is not None:
            return Edit(url.start_byte, url.end_byte, behind)
        literal = render(self._template, template.start_byte, template.end_byte, self._fill)
        is_plain = not any(child.type == "template_substitution" for child in url.named_children)
        if url.type == "string" or (url.type == "template_string" and is_plain):
            literal = text(url)[:1] + literal[1:-1] + text(url)[-1:]
        return Edit(url.start_byte, url.end_byte, literal)

    def _keep_comments(self, replaced: Node, captured: Sequence[Node]) -> None:
        """Refuse a comment in what is replaced, unless it stands in code that is taken over.

        Raises:
            RefusedError: it would be lost.
        """
        for node in descendants(replaced):
            if node.type == "comment" and not any(is_inside(node, c) for c in captured):
                raise RefusedError(Reason.COMMENT_LOST, f"in line {self._line(node)}")

    def _renamed(self, member: Node, new: bytes) -> Iterator[Edit]:
        key = field(member, "key")
        if key is None:
            if text(member) != new:
                yield Edit(member.start_byte, member.start_byte, new + b": ")
        elif key.type == "string":
            yield Edit(key.start_byte + 1, key.end_byte - 1, new)
        elif text(key) != new:
            yield Edit(key.start_byte, key.end_byte, new)

    def _streaming(self) -> Iterator[Edit]:
        """`stream: true` in the body."""
        given = next((m for m in items(self._parts.body) if key_name(m) == b"stream"), None)
        if given is None:
            yield from appended_member(self._source, self._parts.body, b"stream: true")
        else:
            value = member_value(given)
            yield Edit(value.start_byte, value.end_byte, b"true")

    def _stray_comments(self, value: Node, inside: list[Node]) -> list[Node]:
        """The comments between an object's first and last member, outside of captured code."""
        taken = [n for n in (self._parts.message, self._parts.history) if n is not None]
        return [
            node
            for node in descendants(value)
            if node.type == "comment"
            and inside[0].start_byte <= node.start_byte < inside[-1].end_byte
            and not any(is_inside(node, capture_node) for capture_node in taken)
        ]


def _spread(history: Node, code: Capture) -> Capture:
    """A list's code with parentheses around `history ?? []`."""
    if history.type != "binary_expression":
        return code
    fixed = frozenset(at + 1 for at in code.fixed)
    return replace(code, text=b"(" + code.text + b")", fixed=fixed)
