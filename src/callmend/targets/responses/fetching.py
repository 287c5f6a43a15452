"""A run that is started by fetch, as a request to /v1/responses: URL, body and headers."""

from __future__ import annotations

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.languages.ecmascript.assistants.calls import Call, Raw
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.statements import member_removal
from callmend.languages.ecmascript.strays import is_exported
from callmend.languages.ecmascript.style import Style
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    is_inside,
    items,
    key_name,
    member_value,
    show_line,
    text,
    unwrapped,
)
from callmend.reasons import Reason
from callmend.routes import BASE

_BETA = b"openai-beta"


class Fetching:
    """The edits of the requests that stay; ``calls`` are the file's calls of the old API."""

    def __init__(self, program: Program, style: Style, calls: list[Call]) -> None:
        self._program = program
        self._style = style
        self._calls = calls

    def url(self, raw: Raw, tail: bytes) -> Edit:
        """The URL with another path; a constant for its base stays."""
        node = unwrapped(raw.url)
        quote = self._style.quote
        if raw.instance is not None and not self._is_whole(node):
            return Edit(raw.url.start_byte, raw.url.end_byte, quote + tail + quote)
        new = quote + BASE.encode() + tail + quote
        if node.type == "template_string":
            parts = [n for n in node.named_children if n.type == "template_substitution"]
            if parts and parts[0].start_byte == node.start_byte + 1 and self._is_base(parts[0]):
                new = b"`" + text(parts[0]) + tail + b"`"
        elif node.type == "binary_expression":
            first = node
            while first.type == "binary_expression":
                first = unwrapped(field(first, "left") or first.children[0])
            if self._is_base(first):
                new = text(first) + b" + " + quote + tail + quote
        return Edit(raw.url.start_byte, raw.url.end_byte, new)

    def _is_whole(self, url: Node) -> bool:
        """Whether a URL names its host, so that an instance's base is not put before it."""
        return any(text_.startswith("http") for text_ in self._program.resolver.value(url).texts)

    def _is_base(self, node: Node) -> bool:
        inner = items(node)[0] if node.type == "template_substitution" and items(node) else node
        return self._program.resolver.value(inner).texts == (BASE,)

    def conversation(self, raw: Raw) -> list[Edit]:
        """A request that made a thread, as one that makes a conversation."""
        return [self.url(raw, b"/conversations"), *self.headers(raw)]

    def headers(self, raw: Raw) -> list[Edit]:
        """The beta header goes: from the call, or from what only calls of the old API use.

        Raises:
            RefusedError: the headers cannot be read, or another request needs them as they are.
        """
        instance = self._of_instance(raw)
        if raw.axios and raw.options is None:
            return instance
        options = self._constant(raw.options) if raw.options is not None else None
        if options is None or options.type != "object":
            raise RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, show_line(raw.fetch))
        found = [m for m in items(options) if key_name(m) == b"headers"]
        within = options if self._is_ours(raw.options) else raw.fetch
        edits = self._without_beta(member_value(found[0]), within) if found else []
        if edits and options != raw.options and not self._is_ours(raw.options):
            raise RefusedError(Reason.BETA_HEADER, show_line(raw.fetch))
        return [*instance, *edits]

    def _of_instance(self, raw: Raw) -> list[Edit]:
        """The removal of the beta header from what an instance of axios was made with."""
        made = None if raw.instance is None else self._program.resolver.constant(raw.instance)
        if made is None or raw.instance is None:
            return []
        given = items(field(made, "arguments") or made)
        options = self._constant(given[0]) if len(given) == 1 else None
        if options is None or options.type != "object":
            raise RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, show_line(made))
        found = [m for m in items(options) if key_name(m) == b"headers"]
        edits = self._without_beta(member_value(found[0]), made) if found else []
        if edits and not self._is_ours(raw.instance):
            raise RefusedError(Reason.BETA_HEADER, show_line(raw.fetch))
        return edits

    def _without_beta(self, given: Node, within: Node) -> list[Edit]:
        """The removal of the beta header from headers, those spread into them included.

        ``within`` is the call that headers may stand in without being anybody else's.
        """
        headers = self._constant(given)
        if headers is None or headers.type != "object":
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, show_line(given))
        edits = []
        for member in items(headers):
            if member.type == "spread_element":
                edits += self._without_beta(items(member)[0], within)
            elif (key_name(member) or b"").lower() == _BETA:
                if any(n.type == "comment" for n in descendants(member)):
                    raise RefusedError(Reason.COMMENT_LOST, show_line(member))
                edits.append(member_removal(self._program.source, headers, member))
        if edits and not is_inside(headers, within) and not self._is_ours(given):
            raise RefusedError(Reason.BETA_HEADER, show_line(given))
        return edits

    def _constant(self, node: Node) -> Node | None:
        """The object that an expression is: itself, a constant, or what a function gives."""
        node = unwrapped(node)
        if node.type in ("identifier", "shorthand_property_identifier"):
            return self._program.resolver.constant(node)
        if node.type != "call_expression":
            return node
        function = field(node, "function")
        binding = None if function is None else self._program.scopes.binding(function)
        if binding is None or binding.writes:
            return None
        made = binding.declarator
        if made.type == "variable_declarator":
            made = field(made, "value") or made
        body = field(made, "body")
        if body is not None and body.type == "statement_block":
            statements = items(body)
            given = items(statements[0]) if len(statements) == 1 else []
            if not given or statements[0].type != "return_statement":
                return None
            body = given[0]
        return None if body is None else unwrapped(body)

    def _is_ours(self, given: Node | None) -> bool:
        """Whether every use of a constant or function stands in a call of the old API."""
        name = None if given is None else unwrapped(given)
        if name is not None and name.type == "call_expression":
            name = field(name, "function")
        binding = None if name is None else self._program.scopes.binding(name)
        if binding is None or is_exported(self._program.tree, binding):
            return False
        return all(
            any(is_inside(use, call.site) for call in self._calls) for use in binding.references
        )
