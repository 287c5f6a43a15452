"""The live URL in the place of a dead one in Python: what stands in front of its path stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.find import Certainty, Request
from callmend.languages.python.layout import has_comments
from callmend.languages.python.literals import is_logged
from callmend.languages.python.paths import added, text_of
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.texts import HOLE
from callmend.languages.python.tree import dotted
from callmend.reasons import Reason
from callmend.records import record
from callmend.settings import DEFAULT_BASE_URL, Settings

#: Where the path of a made-up endpoint starts, behind its version.
_DEAD_PATH = re.compile(r"\b(?:agents?|workflows)\b")


@record(frozen=True, slots=True)
class LiveUrl:
    """The code of a live URL.

    ``base`` is what stands for its base in the f-strings of further requests, None for the default;
    ``kept`` the expression of the old URL that stays in front.
    """

    code: str
    base: str | None = None
    kept: cst.BaseExpression | None = None


def base_decides(request: Request, settings: Settings) -> bool:
    """Whether the base of a URL is a setting, which goes on deciding on the host."""
    return settings.base_url == DEFAULT_BASE_URL and request.certainty is Certainty.DEFAULT_HOST


class UrlComposer:
    """Writes the live URLs of one request; ``quoted`` makes a literal of a text, like another."""

    def __init__(
        self,
        program: Program,
        request: Request,
        settings: Settings,
        quoted: Callable[[str, str], str],
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._request = request
        self._settings = settings
        self._quoted = quoted
        self._by_default = base_decides(request, settings)

    def composed(self, node: cst.BaseExpression, path: str) -> LiveUrl:
        """The URL that ends in a path of the new API, in the place of an expression.

        Raises:
            RefusedError: what decides on the host cannot stay.
        """
        built = self._program.resolver.built(node)
        if built is None:
            live = self._put_together(node, path)
        else:
            # `if agent: return f"{BASE}/agents/..."`: each of the dead URLs is the same live one.
            each = [self._put_together(returned, path) for returned in built.returned]
            live = each[0]
            alike = len({other.code for other in each}) == 1
            if not alike or not self._means_the_same(live.kept):
                live = LiveUrl(self._quoted(self._settings.base_url + path, ""))
        if self._by_default and live.kept is None:
            raise RefusedError(Reason.UNRESOLVED_HOST, f"`{self._tree.show(node)}`")
        return live

    def owner(self, url: cst.BaseExpression, going: Collection[cst.CSTNode]) -> cst.BaseExpression:
        """A URL's expression: in the call, or where its own constant is defined.

        ``going`` are reads that go.
        """
        definitions = self._program.resolver.definitions(url)
        if len(definitions) != 1 or definitions[0].value is None:
            return url
        definition, value = definitions[0], definitions[0].value
        if not isinstance(definition.node, (cst.Assign, cst.AnnAssign)):
            return url
        if isinstance(url, cst.Name):
            uses = [u for u in self._uses(definition) if not is_logged(self._program, u)]
            return value if len([use for use in uses if use not in going]) == 1 else url
        if isinstance(url, cst.Attribute):
            name = url.attr.value
            reads = [
                node
                for node in self._tree.every(cst.Attribute)
                if node.attr.value == name
                and node not in going
                and not isinstance(self._tree.parent(node), (cst.AssignTarget, cst.AnnAssign))
                and definition in (self._program.resolver.definitions(node) or [definition])
            ]
            return value if len(reads) == 1 else url
        return url

    def constant(
        self, node: cst.BaseExpression, path: str, going: Collection[cst.CSTNode]
    ) -> tuple[cst.SimpleString, str] | None:
        """The literal of a constant that only this URL reads, and that of the new path for it.

        The URL is one base, and the constant behind it: it stays as it stands.
        """
        if isinstance(node, cst.FormattedString):
            inner = [p for p in node.parts if isinstance(p, cst.FormattedStringExpression)]
            parts = [part.expression for part in inner] if len(inner) == len(node.parts) else []
        else:
            parts = added(node)
        if len(parts) != 2 or not dotted(parts[0]) or self._settings.base_url != DEFAULT_BASE_URL:
            return None
        literal = self.owner(parts[1], going)
        head = _prefix(text_of(literal))
        if not isinstance(literal, cst.SimpleString) or literal is parts[1]:
            return None
        if head is None or not self._is_base(parts[0], head):
            return None
        return literal, self._quoted(head + path, literal.value)

    def place(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """Where the live URL is written: in a function of the file that gives no other URL."""
        built = self._program.resolver.built(node)
        if built is None or len(built.returned) != 1:
            return node
        [returned] = built.returned
        resolver = self._program.resolver
        matched = self._program.finder.matched(resolver.value(returned).texts)
        if matched is None or not self._is_called_once(built.function):
            return node
        for definition in resolver.definitions(returned):
            named = isinstance(definition.node, (cst.Assign, cst.AnnAssign))
            if named and definition.value is not None and self._uses(definition) == [returned]:
                return definition.value
        return returned

    def _is_called_once(self, function: cst.FunctionDef | cst.Lambda) -> bool:
        """Whether a function of the file has one use, by its name or as a field."""
        if isinstance(function, cst.Lambda):
            return False
        name = function.name.value
        fields = [node for node in self._tree.every(cst.Attribute) if node.attr.value == name]
        return len([*self._program.scopes.uses(name), *fields]) == 1

    def alone(self, loop: cst.For, path: str) -> tuple[cst.BaseExpression, str, LiveUrl]:
        """The expression of a list of URLs, the code of one that holds the live URL, and that.

        Raises:
            RefusedError: which URL it is decides on more than the request.
        """
        listed = self._program.resolver.tried(loop)
        bound = self._program.resolver.definitions(self._request.url)
        deciding = [use for name in bound for use in self._uses(name) if self._decides(use)]
        if listed is None or deciding:
            where = deciding[0] if deciding else loop.iter
            raise RefusedError(Reason.URL_CANDIDATES, self._tree.show_line(where))
        live = self.composed(listed.elements[0].value, path)
        held = self._program.resolver.definitions(loop.iter)
        only_here = all(self._uses(name) == [loop.iter] for name in held)
        place = listed if only_here else loop.iter
        code = f"[{live.code}]" if isinstance(listed, cst.List) else f"{live.code},"
        if place is listed and has_comments(listed):
            return place, self._with_comments(listed, live.code), live
        if isinstance(listed, cst.Tuple) and not place.lpar:
            code = f"({code})"
        return place, code, live

    def _with_comments(self, listed: cst.List | cst.Tuple, url: str) -> str:
        """A list of one URL on lines of its own, below the comments of all that it held.

        Raises:
            RefusedError: its first element is no line's first.
        """
        text = self._tree.text
        start, _ = self._tree.chars(listed.elements[0])
        above, _ = text.line_range(text.line(start))
        indent = text.text[above:start]
        if indent.strip() or not isinstance(listed, cst.List):
            raise RefusedError(Reason.COMMENT_LOST, self._tree.show_line(listed))
        comments = [n.value for n in self._tree.below(listed) if isinstance(n, cst.Comment)]
        bracket = self._tree.chars(listed)[1] - 1
        last_line, _ = text.line_range(text.line(bracket))
        closing = text.text[last_line:bracket]
        lines = "".join(f"\n{indent}{line}" for line in (*comments, f"{url},"))
        return f"[{lines}\n{closing if not closing.strip() else ''}]"

    def _uses(self, definition: Definition) -> list[cst.Name]:
        mine, maybe = self._program.flow.uses(definition)
        return [*mine, *maybe]

    def _decides(self, use: cst.CSTNode) -> bool:
        """Whether a condition asks for a name's value."""
        inner = use
        for around in self._tree.ancestors(use):
            if isinstance(around, (cst.If, cst.IfExp, cst.While)) and around.test is inner:
                return True
            if isinstance(around, cst.Match) and around.subject is inner:
                return True
            inner = around
        return False

    def _means_the_same(self, node: cst.BaseExpression | None) -> bool:
        """Whether an expression of another function is at the call what it is there."""
        if node is None:
            return True
        name = dotted(node).partition(".")[0]
        scopes, call = self._program.scopes, self._request.call
        if name in ("self", "cls"):
            return self._tree.around(node, cst.ClassDef) is self._tree.around(call, cst.ClassDef)
        there = scopes.scope_of(name, node)
        return there is scopes.scope_of(name, call) and not isinstance(there, cst.FunctionDef)

    def further(self, live: LiveUrl) -> str | None:
        """What stands for the base in further requests of the call's function.

        Raises:
            RefusedError: it is a setting that is not seen there, as a name in a class's body.
        """
        if live.kept is None or self._is_seen(live.kept):
            return live.base
        if self._by_default and self._settings.target == "assistants":
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{self._tree.show(live.kept)}`")
        return None

    def _is_seen(self, node: cst.BaseExpression) -> bool:
        """Whether what an expression is made of is seen at the call, and the same there."""
        name = dotted(node).partition(".")[0]
        scopes, call = self._program.scopes, self._request.call
        own = name in ("self", "cls") and self._tree.around(node, cst.ClassDef) is not None
        if own:
            return self._means_the_same(node)
        return scopes.scope_of(name, node) is scopes.scope_of(name, call)

    def _put_together(self, node: cst.BaseExpression, path: str) -> LiveUrl:
        source = self._tree.source(node)
        plain = LiveUrl(self._quoted(self._settings.base_url + path, source))
        if self._settings.base_url != DEFAULT_BASE_URL:
            return plain
        client = self._request.client
        own = None if client is None else self._program.clients.base_url(client)
        if own is not None:
            text = self._program.resolver.value(node).texts[0]
            if "://" not in text and HOLE not in text.split("workflows")[0]:
                base = text.split("workflows")[0].rstrip("/")
                new = base + path if text[:1] == "/" else (base + path).removeprefix("/")
                return LiveUrl(self._quoted(new, source), base, own)
        if isinstance(node, cst.FormattedString):
            return self._formatted(node, path, plain)
        first, *rest = added(node)
        if rest and dotted(first):
            head = _prefix(self._program.resolver.value(rest[0]).texts[0])
            if head is not None and self._is_base(first, head):
                left = self._tree.source(first)
                right = self._quoted(head + path, self._tree.source(rest[0]))
                return LiveUrl(f"{left} + {right}", f"{{{left}}}{head}", first)
        return plain

    def _formatted(self, node: cst.FormattedString, path: str, plain: LiveUrl) -> LiveUrl:
        first = node.parts[0] if node.parts else None
        if not isinstance(first, cst.FormattedStringExpression) or not dotted(first.expression):
            return plain
        rest = node.parts[1] if len(node.parts) > 1 else None
        prefix = _prefix(rest.value) if isinstance(rest, cst.FormattedStringText) else None
        if prefix is None or not self._is_base(first.expression, prefix):
            return plain
        base = f"{{{self._tree.source(first.expression)}}}{prefix}"
        if len(node.end) != 1:
            return LiveUrl(plain.code, base)
        return LiveUrl(f"f{node.end}{base}{path}{node.end}", base, first.expression)

    def _is_base(self, node: cst.BaseExpression, prefix: str) -> bool:
        texts = self._program.resolver.value(node).texts
        named = [text + prefix for text in texts if not self._by_default or text != HOLE]
        return named == [DEFAULT_BASE_URL]


def _prefix(text: str) -> str | None:
    """What stands between a base and the dead path: empty or `/v1`."""
    head = _DEAD_PATH.split(text, maxsplit=1)[0]
    return head.rstrip("/") if head in ("/", "/v1/", "/v1", "") and head else None
