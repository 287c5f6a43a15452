"""Functions of a file that send what they are given as `fetch` does, and give back its response.

`fetchWithTimeout(url, options)`, `fetchWithRetry(url, init, tries)`: a call of such a function is a
request like one by `fetch` itself. What it adds (a signal, waiting, errors that it throws) stays.
"""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.scopes import Binding, Scopes
from callmend.languages.ecmascript.sources import parameters
from callmend.languages.ecmascript.transports import Callees
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    Tree,
    called,
    descendants,
    field,
    is_inside,
    items,
    key_name,
    text,
    unwrapped,
)

#: Options of a request that change neither what is asked nor by whom.
_HARMLESS = frozenset(
    {b"agent", b"cache", b"dispatcher", b"duplex", b"keepalive", b"next", b"redirect", b"signal"}
)
#: What reads a response's body, which can be done once.
_READS = frozenset({b"arrayBuffer", b"blob", b"body", b"formData", b"json", b"text"})


class FetchLikes:
    """Tells which functions of one file are such."""

    def __init__(self, tree: Tree, scopes: Scopes, callees: Callees) -> None:
        self._tree = tree
        self._scopes = scopes
        self._callees = callees
        self._known: dict[int, bool] = {}

    def is_one(self, function: Node) -> bool:
        """Whether a function sends its first parameter with its second one as options, by `fetch`.

        All that it returns is the response of that, or of a call of itself with the same two.
        """
        if function.id not in self._known:
            self._known[function.id] = False  # what calls itself
            self._known[function.id] = self._is_one(function)
        return self._known[function.id]

    def _is_one(self, function: Node) -> bool:
        given = [parameter.name for parameter in parameters(function)]
        if len(given) < 2 or given[0] is None or given[1] is None:
            return False
        url, options = self._scopes.binding(given[0]), self._scopes.binding(given[1])
        if url is None or options is None or url.writes or options.writes:
            return False
        inside = [node for node in descendants(function) if node.type == "call_expression"]
        sent = [call for call in inside if self._callees.transport(called(call)).is_fetch]
        if len(sent) != 1 or not self._sends(sent[0], url, options):
            return False
        own = [call for call in inside if self._is_again(call, function, url, options)]
        uses = [*url.references, *options.references]
        known = [field(call, "arguments") or call for call in (*sent, *own)]
        for use in uses:
            inner = any(is_inside(use, place) for place in known)
            if not inner and not self._only_names(use):
                return False
        return self._gives_the_response(function, sent[0], own)

    def _sends(self, call: Node, url: Binding, options: Binding) -> bool:
        """Whether a call is `fetch(url, options)`, or with options that change nothing of it."""
        given = items(field(call, "arguments") or call)
        if len(given) != 2 or self._scopes.binding(unwrapped(given[0])) is not url:
            return False
        told = unwrapped(given[1])
        if told.type != "object":
            return self._scopes.binding(told) is options
        [*first] = items(told)
        if not first or first[0].type != "spread_element":
            return False
        if self._scopes.binding(unwrapped(items(first[0])[0])) is not options:
            return False
        return all(_is_harmless(member) for member in first[1:])

    def _is_again(self, call: Node, function: Node, url: Binding, options: Binding) -> bool:
        """Whether a function calls itself with the same URL and options."""
        name = self._tree.name_of(function)
        binding = None if name is None else self._scopes.binding(name)
        if binding is None or self._scopes.binding(called(call)) is not binding:
            return False
        given = [unwrapped(node) for node in items(field(call, "arguments") or call)]
        return len(given) > 1 and [self._scopes.binding(n) for n in given[:2]] == [url, options]

    def _only_names(self, use: Node) -> bool:
        """Whether a use only shows a value: in a log, in the text of an error."""
        for parent in self._tree.ancestors(use):
            if parent.type == "call_expression" and text(called(parent)).startswith(b"console."):
                return True
            if parent.type in FUNCTIONS or parent.type.endswith("_statement"):
                return parent.type == "throw_statement"
            if parent.type == "new_expression":
                return text(field(parent, "constructor") or parent).endswith(b"Error")
        return False

    def _gives_the_response(self, function: Node, sent: Node, own: list[Node]) -> bool:
        """Whether all that is returned is the response; `null` and the like would be none."""
        returned = [
            node
            for node in descendants(function)
            if node.type == "return_statement" and self._tree.function_of(node) == function
        ]
        values = [items(node)[0] if items(node) else node for node in returned]
        body = field(function, "body")
        if body is not None and body.type != "statement_block":
            values = [body]
        responses = self._responses(sent)
        if any(self._is_read(use) for each in responses for use in each.references):
            return False
        return bool(values) and all(
            self._is_response(value, [sent, *own], responses) for value in values
        )

    def _is_read(self, use: Node) -> bool:
        """Whether a response's body is read in a function that goes on with it."""
        node, member = self._tree.outer(use)
        if member is None or field(member, "object") != node:
            return False
        if text(field(member, "property") or member) not in _READS:
            return False
        statement = self._tree.statement_of(member)
        block = self._tree.parent(statement)
        ends = [statement] if block is None else [statement, *block.named_children]
        return all(each.type != "throw_statement" for each in ends)

    def _is_response(self, value: Node, calls: list[Node], names: list[Binding]) -> bool:
        inner = unwrapped(value)
        if inner.type == "await_expression":
            inner = unwrapped(items(inner)[0])
        if inner.type == "identifier":
            return self._scopes.binding(inner) in names
        return inner in calls

    def _responses(self, sent: Node) -> list[Binding]:
        """The variables that hold the awaited response, and nothing else."""
        node, parent = self._tree.outer(sent)
        if parent is None or parent.type != "await_expression":
            return []
        node, parent = self._tree.outer(parent)
        if parent is None:
            return []
        target = field(parent, "name") if field(parent, "value") == node else None
        if parent.type == "assignment_expression" and field(parent, "right") == node:
            target = field(parent, "left")
        binding = None if target is None else self._scopes.binding(target)
        if binding is None or len(binding.writes) > 1:
            return []
        if binding.writes and binding.writes[0] != target:
            return []
        return [binding]


def _is_harmless(member: Node) -> bool:
    """Whether an option beside those that are given leaves the request what it is."""
    name = text(member) if member.type == "shorthand_property_identifier" else key_name(member)
    return name in _HARMLESS
