"""Calls of the Assistants API that are sent by fetch or axios: read as if the SDK sent them."""

from __future__ import annotations

import re
from dataclasses import replace

from tree_sitter import Node

from callmend.languages.ecmascript.assistants.axios import Axios
from callmend.languages.ecmascript.assistants.calls import Call, Raw
from callmend.languages.ecmascript.assistants.client import Client, Owner
from callmend.languages.ecmascript.assistants.routes import WITH_BODY, holes
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.transports import Callees, Transport
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    field,
    items,
    member_value,
    members,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import HOLE, text_of
from callmend.routes import OPS, URL, Op, endpoint_of

#: `(response) => response.json()`, all on one line.
_JSON_OF_ONE = re.compile(
    rb"(?:async )?\(?(?P<name>\w+)(?:: (?:any|Response))?\)? => (?:await )?(?P<read>\w+)\.json\(\)"
)
_LEAVES = frozenset({"return_statement", "throw_statement"})


def may_hold_raw(data: bytes) -> bool:
    """Whether a file's bytes can hold such calls at all."""
    return b"threads" in data or b"assistants" in data


def find_raw(program: Program) -> list[Call]:
    """Every call of the Assistants API by fetch or axios, in source order."""
    if not may_hold_raw(program.source.data):
        return []
    finder, axios = _Finder(program), Axios(program)
    nodes = [node for node in program.tree.nodes if node.type == "call_expression"]
    calls = (finder.call(node) or axios.call(node) for node in nodes)
    return [call for call in calls if call is not None]


class _Finder:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._tree = program.tree
        self._scopes = program.scopes
        self._callees = Callees(program.scopes)

    def call(self, node: Node) -> Call | None:
        function, arguments = field(node, "function"), field(node, "arguments")
        if function is None or arguments is None or not text(function).endswith(b"fetch"):
            return None
        given = items(arguments)
        if not given or self._callees.transport(function) is not Transport.FETCH:
            return None
        texts = self._program.resolver.value(given[0]).texts
        found = URL.fullmatch(texts[0]) if len(texts) == 1 else None
        if found is None:
            return None
        options = self._object(given[1]) if len(given) > 1 else {}
        method = self._method(options)
        path = found["path"].replace(HOLE, "*").rstrip("/")
        op = None if method is None else OPS.get((method, path))
        parts = holes(self._program, given[0])
        if op is None or options is None or len(parts) != found[0].count(HOLE):
            return self._other(node, path)
        options_node = unwrapped(given[1]) if len(given) > 1 else None
        raw = self._with_response(Raw(node, given[0], options_node))
        body = self._body(options) if op in WITH_BODY else None
        if raw is None or (op in WITH_BODY and b"body" in options and body is None):
            return self._other(node, path)
        query = found["query"] or ""
        raw = replace(raw, query=query, body=body)
        client = Client(Owner.OPENAI)
        arguments_of = (*parts, *([body] if body is not None else []))
        if op is Op.RUN and body is None:
            return self._other(node, path)
        return Call(
            op,
            endpoint_of(path),
            path,
            raw.value,
            given[0],
            client,
            arguments_of,
            raw,
        )

    def _other(self, node: Node, path: str) -> Call | None:
        """A call that is found, and of which something is not understood."""
        op = Op.UNREAD_RUN if path in ("threads/runs", "threads/*/runs") else Op.OTHER
        raw = Raw(node, node, None)
        return Call(op, endpoint_of(path), path, node, node, Client(Owner.OPENAI), (), raw)

    # its parts

    def _object(self, node: Node) -> dict[bytes, Node] | None:
        node = unwrapped(node)
        if node.type == "identifier":
            node = self._program.resolver.constant(node) or node
        return members(node) if node.type == "object" else None

    def _method(self, options: dict[bytes, Node] | None) -> str | None:
        if options is None:
            return None
        if b"method" not in options:
            return "GET"
        value = unwrapped(member_value(options[b"method"]))
        return text(value)[1:-1].decode().upper() if value.type == "string" else None

    def _body(self, options: dict[bytes, Node]) -> Node | None:
        """The object in `JSON.stringify({...})`."""
        if b"body" not in options:
            return None
        value = unwrapped(member_value(options[b"body"]))
        if value.type != "call_expression" or text_of(value, "function") != b"JSON.stringify":
            return None
        given = items(field(value, "arguments") or value)
        inside = unwrapped(given[0]) if len(given) == 1 else None
        return inside if inside is not None and inside.type == "object" else None

    # its answer

    def _with_response(self, raw: Raw) -> Raw | None:
        """Follow the response to the one place that parses it; what only checks it goes along."""
        sent = self._then_parsed(raw.fetch)
        if sent is not None:
            # `await fetch(...).then((response) => response.json())`
            around = self._tree.outer(sent)[1]
            awaited = around is not None and around.type == "await_expression"
            return replace(raw, parsed=sent) if awaited else None
        _, parent = self._tree.outer(raw.fetch)
        if parent is None or parent.type != "await_expression":
            return None
        _, around = self._tree.outer(parent)
        if around is None:
            return None
        if around.type == "member_expression":
            # `await (await fetch(...)).json()`
            parsed = self._tree.parent(around)
            fits = text_of(around, "property") == b"json" and parsed is not None
            return replace(raw, parsed=parsed) if fits and parsed is not None else None
        if around.type == "expression_statement":
            return raw
        if around.type != "variable_declarator":
            return None
        name = field(around, "name")
        binding = None if name is None else self._scopes.binding(name)
        if binding is None or binding.writes or name is None or name.type != "identifier":
            return None
        return self._bound(raw, binding)

    def _then_parsed(self, fetch: Node) -> Node | None:
        """The call of `then` on a request that only parses the response."""
        _, member = self._tree.outer(fetch)
        if member is None or text_of(member, "property") != b"then":
            return None
        called = self._tree.parent(member)
        if called is None or field(called, "function") != member:
            return None
        given = items(field(called, "arguments") or called)
        parsed = _JSON_OF_ONE.fullmatch(text(given[0])) if len(given) == 1 else None
        return called if parsed is not None and parsed["name"] == parsed["read"] else None

    def _bound(self, raw: Raw, binding: Binding) -> Raw | None:
        beside = [self._tree.statement_of(raw.fetch)]
        values: list[Node] = []
        for use in binding.references:
            member = self._tree.outer(use)[1]
            if member is None or member.type != "member_expression":
                return None
            name = text_of(member, "property")
            called = self._tree.parent(member)
            check = self._check(use)
            if check is not None:
                if check not in beside:
                    beside.append(check)
            elif name == b"json" and called is not None and called.type == "call_expression":
                values.append(called)
            else:
                return None
        if len(values) > 1:
            return None
        value = values[0] if values else None
        return replace(raw, parsed=value, beside=tuple(beside), checked=len(beside) > 1)

    def _check(self, use: Node) -> Node | None:
        """The `if (!response.ok) { throw ... }` that a use of the response stands in."""
        for parent in self._tree.ancestors(use):
            if parent.type in FUNCTIONS:
                return None
            if parent.type != "if_statement" or field(parent, "alternative") is not None:
                continue
            condition, branch = field(parent, "condition"), field(parent, "consequence")
            if condition is None or branch is None or b".ok" not in text(condition):
                continue
            inside = items(branch) if branch.type == "statement_block" else [branch]
            return parent if inside and inside[-1].type in _LEAVES else None
        return None
