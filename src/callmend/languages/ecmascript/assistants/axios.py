"""Calls of the Assistants API that are sent by axios: its client, its options, its answer."""

from __future__ import annotations

from dataclasses import replace

from tree_sitter import Node

from callmend.languages.ecmascript.assistants.calls import Call, Raw
from callmend.languages.ecmascript.assistants.client import Client, Owner
from callmend.languages.ecmascript.assistants.routes import WITH_BODY, holes
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.transports import imported_from
from callmend.languages.ecmascript.tree import (
    field,
    items,
    key_name,
    member_value,
    members,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import HOLE, text_of
from callmend.routes import BASE, OPS, URL, Op, endpoint_of

_METHODS = {b"get": "GET", b"post": "POST", b"delete": "DELETE"}
#: What an instance may be made with. A time-out for short requests would cut a long answer off.
_OF_INSTANCES = frozenset({b"baseURL", b"headers"})
_OF_CALLS = frozenset({b"headers"})
_OF_CONFIGS = frozenset({b"headers", b"method", b"url", b"data"})


class Axios:
    """Reads one file's calls of axios."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._tree = program.tree
        self._scopes = program.scopes
        self._clients: dict[int, bool] = {}

    def call(self, node: Node) -> Call | None:
        """A call of the Assistants API, of which all is understood; None for any other."""
        function = field(node, "function")
        arguments = field(node, "arguments")
        if function is None or arguments is None or arguments.type != "arguments":
            return None
        given = items(arguments)
        sent = self._sent(node, unwrapped(function), given)
        if sent is None:
            return None
        raw, method, base = sent
        found = self._route(raw.url, base)
        if found is None:
            return None
        path, query, count = found
        op = OPS.get((method, path))
        parts = holes(self._program, raw.url)
        queried = self._query(raw, query) if op is Op.LIST_MESSAGES else query
        if op is None or len(parts) != count or queried is None:
            return None
        if op in WITH_BODY and field(node, "type_arguments") is not None:
            # `axios.post<Run>(...)` says what a run is like.
            return None
        body = raw.body if op in WITH_BODY else None
        if op in WITH_BODY and op is not Op.CREATE_THREAD and body is None:
            return None
        read = self._with_response(replace(raw, query=queried, body=body))
        if read is None:
            return None
        client = Client(Owner.OPENAI)
        sent_with = (*parts, *([body] if body is not None else []))
        return Call(op, endpoint_of(path), path, read.value, raw.url, client, sent_with, read)

    def _route(self, url: Node, base: str) -> tuple[str, str, int] | None:
        """The path with `*` for each part that is not known, the query, and how many those are."""
        texts = self._program.resolver.value(url).texts
        if len(texts) != 1:
            return None
        whole = texts[0]
        if base and not whole.startswith(("http:", "https:", HOLE)):
            whole = base.rstrip("/") + "/" + whole.lstrip("/")
        found = URL.fullmatch(whole)
        if found is None:
            return None
        path = found["path"].replace(HOLE, "*").rstrip("/")
        return path, found["query"] or "", whole.count(HOLE)

    # what is sent

    def _sent(self, node: Node, function: Node, given: list[Node]) -> tuple[Raw, str, str] | None:
        """The request, its method, and the base URL of the instance that sends it."""
        if function.type == "identifier":
            fits = self._is_axios(function) and len(given) == 1
            return self._configured(node, given[0]) if fits else None
        owner = field(function, "object")
        owner = None if owner is None else unwrapped(owner)
        name = text_of(function, "property")
        if owner is None or owner.type != "identifier" or not given:
            return None
        if name == b"request" and self._is_axios(owner) and len(given) == 1:
            return self._configured(node, given[0])
        method = _METHODS.get(name)
        if method is None:
            return None
        base = "" if self._is_axios(owner) else self._base_of(owner)
        if base is None:
            return None
        raw = Raw(node, given[0], None, axios=True, instance=owner if base else None)
        data = given[1] if method == "POST" and len(given) > 1 else None
        rest = given[2:] if method == "POST" else given[1:]
        if data is not None and text(data) not in (b"null", b"undefined"):
            body = unwrapped(data)
            if body.type != "object":
                return None
            raw = replace(raw, body=body)
        if len(rest) > 1:
            return None
        if rest:
            options = self._object(rest[0])
            allowed = _OF_CALLS if method == "POST" else _OF_CALLS | {b"params"}
            if options is None or not set(options) <= allowed:
                return None
            raw = replace(raw, options=unwrapped(rest[0]))
        return raw, method, base

    def _configured(self, node: Node, given: Node) -> tuple[Raw, str, str] | None:
        """`axios({ method: 'post', url, data, headers })`."""
        config = unwrapped(given)
        found = members(config) if config.type == "object" else None
        if found is None or b"url" not in found or not set(found) <= _OF_CONFIGS:
            return None
        method = "GET"
        if b"method" in found:
            word = unwrapped(member_value(found[b"method"]))
            if word.type != "string":
                return None
            method = text(word)[1:-1].decode("utf-8", "replace").upper()
        body = unwrapped(member_value(found[b"data"])) if b"data" in found else None
        if body is not None and body.type != "object":
            return None
        url = member_value(found[b"url"])
        if found[b"url"].type != "pair":
            return None
        return Raw(node, url, config, body=body, axios=True), method, ""

    def _object(self, node: Node) -> dict[bytes, Node] | None:
        node = unwrapped(node)
        if node.type == "identifier":
            node = self._program.resolver.constant(node) or node
        return members(node) if node.type == "object" else None

    def _query(self, raw: Raw, query: str) -> str | None:
        """The query with what `params` adds to it; None where that is not known."""
        options = None if raw.options is None else self._object(raw.options)
        if options is None or b"params" not in options:
            return query
        params = self._object(member_value(options[b"params"]))
        if params is None or not set(params) <= {b"limit", b"order"}:
            return None
        parts = [query.lstrip("?")] if query else []
        for name, member in params.items():
            value = unwrapped(member_value(member))
            if value.type not in ("string", "number"):
                return None
            parts.append(f"{name.decode()}={text(value).decode().strip(chr(39) + chr(34))}")
        return "?" + "&".join(parts)

    # the client

    def _is_axios(self, node: Node) -> bool:
        """Whether a name is the package's own axios, which nothing in the file configures."""
        binding = self._scopes.binding(node)
        if binding is None or binding.writes or imported_from(binding) != "axios":
            return False
        if id(binding) not in self._clients:
            self._clients[id(binding)] = text(binding.name_node) == b"axios" and not any(
                self._configures(use) for use in binding.references
            )
        return self._clients[id(binding)]

    def sends(self, call: Node) -> bool:
        """Whether a call is one of axios, or of an instance that this file makes of it."""
        function = field(call, "function")
        while function is not None and function.type == "await_expression":
            # `await axios.post<Run>(...)`, as the grammar has it.
            function = items(function)[0] if items(function) else None
        root = None if function is None else self._program.callees.root(unwrapped(function))
        made = None if root is None else self._program.resolver.constant(root)
        if made is not None and made.type == "call_expression":
            root = self._program.callees.root(made)
        binding = None if root is None else self._scopes.binding(root)
        return binding is not None and imported_from(binding) == "axios"

    def _configures(self, use: Node) -> bool:
        member = self._tree.outer(use)[1]
        return member is not None and text_of(member, "property") in (b"defaults", b"interceptors")

    def _base_of(self, node: Node) -> str | None:
        """The base URL of an instance that is made in this file and only sends requests."""
        binding = self._scopes.binding(node)
        made = self._program.resolver.constant(node)
        if binding is None or made is None or made.type != "call_expression":
            return None
        function = field(made, "function")
        owner = None if function is None else field(unwrapped(function), "object")
        if function is None or owner is None or text_of(function, "property") != b"create":
            return None
        given = items(field(made, "arguments") or made)
        options = self._object(given[0]) if len(given) == 1 else None
        if not self._is_axios(unwrapped(owner)) or options is None:
            return None
        if b"baseURL" not in options or not set(options) <= _OF_INSTANCES:
            return None
        if any(self._configures(use) for use in binding.references):
            return None
        texts = self._program.resolver.value(member_value(options[b"baseURL"])).texts
        return BASE if len(texts) == 1 and texts[0].rstrip("/") == BASE else None

    # the answer

    def _with_response(self, raw: Raw) -> Raw | None:
        """Follow the response to where its `data` is read."""
        _, parent = self._tree.outer(raw.fetch)
        if parent is None or parent.type != "await_expression":
            return None
        node, around = self._tree.outer(parent)
        if around is None:
            return None
        if around.type == "member_expression":
            # `(await axios.get(...)).data`
            return replace(raw, parsed=around) if _is_data(around) else None
        if around.type == "expression_statement":
            return raw
        if around.type == "assignment_expression" and field(around, "right") == node:
            name = field(around, "left")
        elif around.type == "variable_declarator":
            name = field(around, "name")
        else:
            return None
        if name is not None and name.type == "object_pattern":
            return self._destructured(raw, name)
        binding = None if name is None or name.type != "identifier" else self._scopes.binding(name)
        return None if binding is None or name is None else self._bound(raw, name, binding)

    def _destructured(self, raw: Raw, pattern: Node) -> Raw | None:
        """`const { data: run } = await axios.get(...)`."""
        inside = items(pattern)
        if len(inside) != 1 or key_name(inside[0]) != b"data":
            return None
        item = inside[0]
        target = field(item, "value") if item.type == "pair_pattern" else item
        known = ("identifier", "shorthand_property_identifier_pattern")
        return replace(raw, named=target) if target is not None and target.type in known else None

    def _bound(self, raw: Raw, name: Node, binding: Binding) -> Raw | None:
        """`const response = await axios.get(...)`, of which only `response.data` is read."""
        reads = [use for use in binding.references if use not in binding.writes]
        answers = [self._tree.outer(use)[1] for use in reads]
        if not all(member is not None and _is_data(member) for member in answers):
            return None
        if len(answers) == 1 and answers[0] is not None and not binding.writes:
            _, holder = self._tree.outer(answers[0])
            target = None
            if holder is not None and holder.type == "variable_declarator":
                target = field(holder, "name")
            elif holder is not None and holder.type == "assignment_expression":
                target = field(holder, "left")
            if target is not None and target.type == "identifier":
                beside = (self._tree.statement_of(raw.fetch),)
                return replace(raw, parsed=answers[0], beside=beside)
        return replace(raw, named=name, wrapped=True)


def _is_data(member: Node) -> bool:
    return member.type == "member_expression" and text_of(member, "property") == b"data"
