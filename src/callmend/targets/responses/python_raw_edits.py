"""A hand-written request in Python that is sent to another path: its URL and its headers."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.carriers import reaches_only
from callmend.languages.python.clients import Library
from callmend.languages.python.find import Request
from callmend.languages.python.layout import has_comments
from callmend.languages.python.literals import Literal
from callmend.languages.python.program import Program
from callmend.languages.python.raw import RawCall
from callmend.languages.python.raw_parts import other_user, sender_of
from callmend.languages.python.request import RequestReader
from callmend.languages.python.scopes import Definition
from callmend.languages.python.texts import HOLE
from callmend.languages.python.through import Through
from callmend.languages.python.values import key_of
from callmend.reasons import Reason
from callmend.settings import DEFAULT_BASE_URL, Settings
from callmend.targets.python_edits import Change, Editor
from callmend.targets.python_plan import known_client


class RawEdits:
    """Changes the URL and the headers of requests; ``mine`` are all that are sent elsewhere.

    ``is_removed`` tells of a node whether it goes. What the new requests do without is noted:
    ``left_out`` are names in URLs and headers, ``unneeded`` dicts of headers.
    """

    def __init__(
        self,
        program: Program,
        settings: Settings,
        editor: Editor,
        mine: Sequence[RawCall],
        is_removed: Callable[[cst.CSTNode], bool],
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._settings = settings
        self._editor = editor
        self._mine = mine
        self._is_removed = is_removed
        self.left_out: list[cst.CSTNode] = []
        self.unneeded: list[Definition] = []

    # the URL

    def address(self, call: RawCall, path: str, given: Sequence[cst.BaseExpression] = ()) -> None:
        """Make a request's URL end in another path; ``given`` are the ids for its `{}`.

        Raises:
            RefusedError: an id cannot be written into the URL.
        """
        node = self.home_of_url(call)
        new = self._with_ids(call, node, path, given) if given else self._new_url(call, node, path)
        self._editor.replace(node, new)
        words = set(re.findall(r"\w+", new))
        self.left_out += [
            inner
            for inner in self._tree.below(node)
            if isinstance(inner, cst.Name) and inner.value not in words
        ]

    def _with_ids(
        self,
        call: RawCall,
        node: cst.BaseExpression,
        path: str,
        given: Sequence[cst.BaseExpression],
    ) -> str:
        """`f"{BASE}/conversations/{thread_id}/items"`."""
        shown = [self._tree.source(value) for value in given]
        refused = RefusedError(Reason.URL_NOT_CERTAIN, self._tree.show_line(node))
        for value in given:
            for inner in self._tree.below(value):
                if isinstance(inner, (cst.Await, cst.NamedExpr, cst.Comment)):
                    raise refused
        first = self._new_url(call, node, "")
        quote = next((char for char in reversed(first) if char in "\"'"), "")
        if first[:1] in "\"'" and isinstance(node, cst.FormattedString) and len(node.end) == 1:
            quote = node.end  # those of the ids in it are the others already
        words = "".join(shown)
        if "\\" in words or "\n" in words or ('"' in words and "'" in words) or not quote:
            raise refused
        # Before Python 3.12 a text in an f-string has the other quotes.
        other = "'" if quote == '"' else '"'
        tail = path.format(*(f"{{{text.replace(quote, other)}}}" for text in shown))
        if first[:1] in "\"'":
            return f"f{quote}{first[1:-1]}{tail}{quote}"
        if first[:2] in ('f"', "f'"):
            inside = first[2:-1]
            if quote in inside:
                raise refused
            return f"f{quote}{inside}{tail}{quote}"
        left, _, right = first.rpartition(" + ")
        if not re.fullmatch(r"[\w.]+", left):
            raise refused
        return f"f{quote}{{{left}}}{right[1:-1]}{tail}{quote}"

    def home_of_url(self, call: RawCall) -> cst.BaseExpression:
        """The URL's expression: in the call, or what only this call's variable is assigned."""
        url = call.request.url
        found = self._program.resolver.definitions(url)
        value = found[0].value if len(found) == 1 else None
        if not isinstance(url, cst.Name) or value is None:
            return url
        if not isinstance(found[0].node, (cst.Assign, cst.AnnAssign)):
            return url
        mine, maybe = self._program.flow.uses(found[0])
        uses = [u for u in (*mine, *maybe) if not self._is_removed(u)]
        return value if all(use is url for use in uses) else url

    def _new_url(self, call: RawCall, node: cst.BaseExpression, path: str) -> str:
        """The source of a URL that ends in another path."""
        if call.through is not None and self._settings.base_url != DEFAULT_BASE_URL:
            detail = f"`{self._tree.show(node)}` is behind a function's base; --base-url is given"
            raise RefusedError(Reason.UNRESOLVED_HOST, detail)
        new = self._with_path(node, path)
        if new is None and call.through is not None:
            new = self._of_text(node, path)
        if new is not None:
            return new
        return self._editor.quoted(self._settings.base_url + path, self._tree.source(node))

    def _of_text(self, node: cst.BaseExpression, path: str) -> str:
        """`"/responses"` for a path that is put together: `"/threads/" + thread_id + "/runs"`."""
        texts = self._program.resolver.value(node).texts
        head, found, _ = texts[0].partition("threads")
        if len(texts) != 1 or not found or HOLE in head:
            raise RefusedError(Reason.URL_NOT_CERTAIN, self._tree.show_line(node))
        return self._editor.quoted(head + path.removeprefix("/"))

    def _with_path(self, node: cst.BaseExpression, path: str) -> str | None:
        """The same URL with another path; None where it is put together in another way."""
        source = self._tree.source(node)
        if self._settings.base_url != DEFAULT_BASE_URL:
            return None
        if isinstance(node, cst.SimpleString):
            text = str(node.evaluated_value)
            head, found, _ = text.rpartition("/threads") if "/threads" in text else ("", "", "")
            relative = text.startswith("threads")
            new = path.removeprefix("/") if relative else head + path
            return self._editor.quoted(new, source) if found or relative else None
        if isinstance(node, cst.FormattedString) and len(node.end) == 1:
            return self._formatted(node, path)
        operand: cst.BaseExpression = node
        while isinstance(operand, cst.BinaryOperation) and isinstance(operand.operator, cst.Add):
            right = self._program.resolver.text(operand.right) or ""
            if isinstance(operand.right, cst.SimpleString) and right.startswith("/threads"):
                left = self._tree.source(operand.left)
                return f"{left} + {self._editor.quoted(path, self._tree.source(operand.right))}"
            operand = operand.left
        return None

    def _formatted(self, node: cst.FormattedString, path: str) -> str | None:
        """`f"{BASE}/threads/{id}/runs"` as `f"{BASE}/responses"`."""
        head = ""
        for part in node.parts:
            if isinstance(part, cst.FormattedStringText) and "/threads" in part.value:
                head += part.value[: part.value.index("/threads")] + path
                return self._quoted_like(node, head)
            if isinstance(part, cst.FormattedStringText) and part.value.startswith("threads"):
                head = (head + path) if not head else head + path.removeprefix("/")
                return self._quoted_like(node, head.removeprefix("/") if head == path else head)
            head += self._tree.source(part)
        return None

    def _quoted_like(self, node: cst.FormattedString, text: str) -> str:
        """A text in the quotes of an f-string, plain where nothing is put into it any more."""
        if "{" in text:
            return f"{node.start}{text}{node.end}"
        start = node.start.lower().replace("f", "")
        own = self._editor.quoted("")[0]
        # The f-string had the other quotes for what stood in it.
        quote = own if own in self._tree.source(node)[len(node.start) : -1] else node.end
        return f"{start.removesuffix(node.end)}{quote}{text}{quote}"

    # the headers

    def head(self, call: RawCall) -> None:
        """A request without the beta header, and with the type of its body."""
        if call.through is not None:
            self._head_of_sender(call, call.through)
            return
        reader = RequestReader(self._program, call.request, asks=True)
        literal, given = reader.headers()
        defaults = self._program.clients.default_headers(known_client(self._program, call.request))
        found = None if literal is None else literal.value("openai-beta")
        named = {arg.keyword.value for arg in call.call.args if arg.keyword is not None}
        typed = "json" in named or "content-type" in defaults
        typed |= literal is not None and literal.sends("content-type")
        sends = bool(named & {"data", "content"}) or len(call.call.args) > 1
        self._without(call.request, literal, defaults)
        if not typed and sends and (named & {"data", "content"}):
            if literal is not None and literal.shared and found is not None:
                shown = f"`{self._tree.show(literal.given)}`"
                raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, shown)
            self._editor.add_headers(literal, {"Content-Type": "application/json"})
        del given

    def _head_of_sender(self, call: RawCall, sent: Through) -> None:
        """Take the beta header out of what sends a call's request, where nothing else needs it."""
        sender = sender_of(self._program, call)
        literal = sender.headers
        if "openai-beta" not in sender.defaults:
            if literal is None or not literal.sends("openai-beta"):
                return
        if sender.request.call is sent.inner:
            mine = [each.call for each in self._mine]
            other = other_user(self._program, sent, mine)
            if other is not None:
                shown = f"`{self._tree.show(call.call.func)}` sends OpenAI-Beta for others too: "
                shown += self._tree.show_line(other)
                raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, shown)
        self._without(sender.request, literal, sender.defaults)

    def _without(
        self, request: Request, literal: Literal | None, defaults: Collection[str]
    ) -> None:
        """Take the beta header out of a request's headers."""
        found = None if literal is None else literal.value("openai-beta")
        if found is None and "openai-beta" in defaults:
            self._default_beta(request)
        if literal is not None and found is None and literal.sends("openai-beta"):
            self._without_taken_in(literal)
        if literal is not None and found is not None:
            if len(literal.obj.elements) == 1 and not literal.later:
                self._without_argument(request.call, literal)
            else:
                self._without_beta(literal, found)

    @property
    def _sending(self) -> list[cst.Call]:
        """The calls that send what goes elsewhere."""
        return [c.call if c.through is None else c.through.inner for c in self._mine]

    def _without_beta(self, literal: Literal, found: cst.DictElement) -> None:
        if not literal.shared or self._is_ours(literal):
            self._drop_element(literal.obj, found)
            return
        given, key = self._tree.source(literal.given), self._tree.source(found.key)
        self._editor.replace(literal.given, f"{{k: v for k, v in {given}.items() if k != {key}}}")

    def _without_taken_in(self, literal: Literal) -> None:
        """Headers without the beta header that they take in by `**`."""
        shown = f"`{self._tree.show(literal.obj)}` takes in OpenAI-Beta by `**`"
        refused = RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, shown)
        held = [(other, other.value("openai-beta")) for other in literal.spread]
        direct = [(other, element) for other, element in held if element is not None]
        whole = [other for other in literal.spread if other.sends("openai-beta")]
        if len(direct) != 1 or len(whole) != 1:
            raise refused
        other, element = direct[0]
        if literal.definition is not None or literal.given is not literal.obj:
            raise refused  # each request that is given them would change them again
        if self._is_ours(other) and len(other.obj.elements) > 1:
            self._drop_element(other.obj, element)
            return
        given, key = self._tree.source(other.given), self._tree.source(element.key)
        if not isinstance(other.given, (cst.Name, cst.Attribute)):
            raise refused
        self._editor.replace(other.given, f"{{k: v for k, v in {given}.items() if k != {key}}}")

    def _without_argument(self, call: cst.Call, literal: Literal) -> None:
        """Take the headers out of a call, which were the beta header alone."""
        args = list(call.args)
        place = next(i for i, a in enumerate(args) if self._tree.is_inside(literal.given, a))
        if has_comments(args[place]):
            raise RefusedError(Reason.COMMENT_LOST, self._tree.show_line(args[place]))
        start, _ = self._tree.chars(args[place])
        end = self._tree.whole(args[place].value)[1]
        if place + 1 < len(args):
            end = self._tree.chars(args[place + 1])[0]
        elif place:
            start = self._tree.whole(args[place - 1].value)[1]
        self._editor.changes.append(Change(start, end, ""))
        self.left_out.append(literal.given)
        if literal.definition is not None:
            self.unneeded.append(literal.definition)

    def _drop_element(self, obj: cst.Dict, element: cst.DictElement) -> None:
        """Take an element out of a dict, once."""
        start, _ = self._tree.chars(element)
        if any(c.start <= start < c.end for c in self._editor.changes):
            return
        self._editor.remove_element(obj, element)

    def _is_ours(self, literal: Literal) -> bool:
        """Whether only requests of this flow are given a dict of headers."""
        inside = [*self._sending, *(call.call for call in self._mine)]
        given = literal.given
        if isinstance(given, cst.Name) and literal.definition is None:
            # A parameter, whose callers may give the dict to others too.
            return reaches_only(self._program, literal.obj, inside)
        if isinstance(given, cst.Call):
            # what a function of the file gives
            name = self._tree.source(given.func).rpartition(".")[2]
            uses: list[cst.CSTNode] = [
                node for node in self._tree.every(cst.Call)
                if self._tree.source(node.func).rpartition(".")[2] == name
            ]  # fmt: skip
        elif isinstance(given, cst.Name) and literal.definition is not None:
            own, maybe = self._program.flow.uses(literal.definition)
            uses = [*own, *maybe]
        else:
            name = self._tree.source(given)
            uses = [
                node for node in self._tree.every(cst.Attribute)
                if self._tree.source(node) == name
                and not isinstance(self._tree.parent(node), (cst.AssignTarget, cst.AnnAssign))
            ]  # fmt: skip
        return all(any(self._tree.is_inside(use, call) for call in inside) for use in uses)

    def _default_beta(self, request: Request) -> None:
        """The beta header that a session sends with every request goes, if all are ours."""
        client = request.client
        shown = self._tree.show(request.call.func)
        refused = RefusedError(
            Reason.HEADERS_NOT_UNDERSTOOD, f"`{shown}` sends OpenAI-Beta with every request"
        )
        if client is None or client.receiver is None:
            raise refused
        receiver = self._tree.source(client.receiver)
        mine = self._sending
        for node in self._tree.every(cst.Call):
            if any(node is call for call in mine):
                continue
            other = self._program.clients.of(node)
            if other is not None and other.receiver is not None and not other.function:
                if self._tree.source(other.receiver) == receiver:
                    raise refused
        holders = [
            (parent, node)
            for node in self._tree.every(cst.DictElement)
            if (key_of(node) or "").lower() == "openai-beta"
            and isinstance(parent := self._tree.parent(node), cst.Dict)
        ]
        if len(holders) != 1:
            raise refused
        self._drop_element(*holders[0])


def patience(program: Program, call: RawCall) -> list[Note]:
    """Say of a limit that it holds for the whole answer now, which a run was not waited for.

    httpx gives up after 5 seconds where nothing else is said (its documentation, "Timeouts").
    """
    tree = program.tree
    inner = call.call if call.through is None else call.through.inner
    named = {arg.keyword.value: arg for arg in inner.args if arg.keyword is not None}
    client = call.request.client
    if "timeout" in named:
        words = "its timeout has to be enough for the whole answer now"
        return [Note(tree.span(named["timeout"]), words)]
    plain = client is not None and client.library is Library.HTTPX
    if plain and "timeout=" not in program.text.text:
        words = "the whole answer is waited for now, httpx for 5 seconds unless `timeout=` says"
        return [Note(tree.span(call.call), words, always=True)]
    return []
