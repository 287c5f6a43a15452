"""The parts of a request: options, headers and body, and in the body the id, message, history."""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.scopes import Binding, Scopes
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    items,
    key_name,
    member_value,
    show,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import Resolver, text_of
from callmend.reasons import Reason

_ID_KEYS = frozenset({b"workflow_id", b"workflowId", b"assistant_id"})
_INPUT_KEYS = frozenset({b"input", b"inputs", b"thread"})
_MESSAGE_KEYS = frozenset(
    {
        b"message",
        b"user_message",
        b"userMessage",
        b"text",
        b"query",
        b"question",
        b"prompt",
        b"input_as_text",
        b"content",
    }
)
_HISTORY_KEYS = frozenset(
    {b"conversation_history", b"conversationHistory", b"history", b"messages", b"chat_history"}
)
#: Fields of the dead body that `POST /v1/threads/runs` has too, with the same meaning
#: (CreateThreadAndRunRequest in the OpenAPI document).
_KEPT_KEYS = frozenset({b"metadata", b"stream"})
_ROLES = frozenset({b"user", b"assistant"})
_LIST_METHODS = frozenset({b"filter", b"slice", b"reverse", b"concat"})


@dataclass(frozen=True, slots=True)
class Headers:
    """The headers object of a request.

    ``holder`` is the `headers` member of the options, ``obj`` the object literal. ``shared`` is set
    when the object is a variable that something else uses too, so that its bytes must not change.
    """

    holder: Node
    obj: Node
    by_name: dict[bytes, Node]
    shared: bool

    def value(self, name: bytes) -> Node | None:
        """The value of a header by its lower-case name."""
        member = self.by_name.get(name)
        return None if member is None else member_value(member)


@dataclass(frozen=True, slots=True)
class RequestParts:
    """What a fetch call is given; every node is an expression or an object's member.

    ``input`` is the body's member that holds message and history. ``message`` and ``history`` are
    the expressions as they stand in the body.
    """

    options: Node
    headers: Headers
    body: Node
    workflow_id: Node
    input: Node
    message: Node
    history: Node | None


class RequestReader:
    """Reads the parts of one request."""

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._resolver = Resolver(scopes)

    def read(self, call: Node) -> RequestParts:
        """The parts of a `fetch(url, {...})`.

        Raises:
            RefusedError: a part is missing or cannot be followed.
        """
        given = items(field(call, "arguments") or call)
        options, shared = self._object(given[1]) if len(given) > 1 else (None, False)
        if options is None or shared:
            raise RefusedError(Reason.NOT_A_POST if len(given) < 2 else _OPTIONS)
        by_name = self._options(options)
        self._check_method(by_name.get(b"method"))
        if b"headers" not in by_name:
            raise RefusedError(Reason.NO_AUTHORIZATION)
        headers = self.headers(by_name[b"headers"])
        if b"body" not in by_name:
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, "the request has no body")
        return self._body(options, headers, by_name[b"body"])

    def headers_of(self, call: Node) -> Headers:
        """Only the headers of a `fetch(url, {...})`.

        Raises:
            RefusedError: there are none, or they cannot be followed.
        """
        given = items(field(call, "arguments") or call)
        options, _ = self._object(given[1]) if len(given) > 1 else (None, False)
        if options is None:
            raise RefusedError(_OPTIONS)
        by_name = self._options(options)
        if b"headers" not in by_name:
            raise RefusedError(Reason.NO_AUTHORIZATION)
        return self.headers(by_name[b"headers"])

    def _object(self, node: Node) -> tuple[Node | None, bool]:
        """The object literal behind an expression, and whether something else uses it too."""
        inner = unwrapped(node)
        if inner.type == "object":
            return inner, False
        if inner.type not in ("identifier", "shorthand_property_identifier"):
            return None, False
        binding = self._scopes.binding(inner)
        if binding is None or binding.writes:
            return None, False
        value = field(binding.declarator, "value")
        if field(binding.declarator, "name") != binding.name_node or value is None:
            return None, False
        literal = unwrapped(value)
        if literal.type != "object":
            return None, False
        if any(self._changes_members(use) for use in binding.references):
            return None, False
        return literal, len(binding.references) > 1 or _is_exported(binding)

    def _changes_members(self, use: Node) -> bool:
        parent = use.parent
        around = parent.parent if parent is not None else None
        if (
            parent is None
            or around is None
            or parent.type
            not in (
                "member_expression",
                "subscript_expression",
            )
        ):
            return False
        return "assignment" in around.type and field(around, "left") == parent

    def _options(self, options: Node) -> dict[bytes, Node]:
        found: dict[bytes, Node] = {}
        for item in items(options):
            name = key_name(item)
            if name is None or item.type not in ("pair", "shorthand_property_identifier"):
                raise RefusedError(_OPTIONS, f"`{show(item)}`")
            found[name] = item
        return found

    def _check_method(self, member: Node | None) -> None:
        if member is None:
            raise RefusedError(Reason.NOT_A_POST, "no method is given, which means GET")
        texts = self._resolver.value(member_value(member)).texts
        if len(texts) != 1 or texts[0].upper() != "POST":
            raise RefusedError(Reason.NOT_A_POST, f"`{show(member)}`")

    def headers(self, holder: Node) -> Headers:
        """The headers behind the options' `headers` member.

        Raises:
            RefusedError: they are no object literal, or carry no Authorization.
        """
        obj, shared = self._object(member_value(holder))
        if obj is None:
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(holder)}`")
        by_name: dict[bytes, Node] = {}
        for item in items(obj):
            name = key_name(item)
            if name is not None and item.type in ("pair", "shorthand_property_identifier"):
                by_name[name.lower()] = item
        if b"authorization" not in by_name:
            spread = any(item.type == "spread_element" for item in items(obj))
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD if spread else Reason.NO_AUTHORIZATION)
        return Headers(holder, obj, by_name, shared)

    def _body(self, options: Node, headers: Headers, holder: Node) -> RequestParts:
        call = unwrapped(member_value(holder))
        if call.type in ("identifier", "shorthand_property_identifier"):
            binding = self._scopes.binding(call)
            if binding is None or len(binding.references) != 1 or _is_exported(binding):
                raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(holder)}`")
            call = self._resolver.constant(call) or call
        given = items(field(call, "arguments") or call)
        if text_of(call, "function") != b"JSON.stringify" or not given:
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(holder)}`")
        body, shared = self._object(given[0])
        if body is None or shared:
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(given[0])}`")
        workflow_id = found_input = None
        for item in items(body):
            name = key_name(item)
            if name is None or item.type not in ("pair", "shorthand_property_identifier"):
                raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(item)}`")
            if name in _ID_KEYS and workflow_id is None:
                workflow_id = item
            elif name in _INPUT_KEYS and found_input is None:
                found_input = item
            elif name == b"stream" and text(member_value(item)) != b"false":
                raise RefusedError(Reason.STREAMING, f"`{show(item)}`")
            elif name not in _KEPT_KEYS:
                raise RefusedError(Reason.BODY_FIELD, f"`{name.decode('utf-8', 'replace')}`")
        if workflow_id is None:
            raise RefusedError(Reason.NO_WORKFLOW_ID)
        if found_input is None:
            raise RefusedError(Reason.NO_MESSAGE, "the body has no `input`")
        message, history = self._input(found_input)
        return RequestParts(options, headers, body, workflow_id, found_input, message, history)

    def _input(self, member: Node) -> tuple[Node, Node | None]:
        value = unwrapped(member_value(member))
        if value.type != "object":
            if not self._is_text(value):
                raise RefusedError(Reason.NO_MESSAGE, f"`{show(member)}`")
            return value, None
        message = history = None
        for item in items(value):
            name = key_name(item)
            if name is None or item.type not in ("pair", "shorthand_property_identifier"):
                raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(item)}`")
            if name in _MESSAGE_KEYS and message is None:
                message = member_value(item)
            elif name in _HISTORY_KEYS and history is None:
                history = member_value(item)
            else:
                raise RefusedError(Reason.BODY_FIELD, f"`input.{name.decode('utf-8', 'replace')}`")
        if message is None:
            raise RefusedError(Reason.NO_MESSAGE, f"`{show(member)}`")
        meant = self._resolver.constant(message) or unwrapped(message)
        if meant.type in ("object", "array", "number", "true", "false", "null"):
            raise RefusedError(Reason.NO_MESSAGE, f"`{show(message)}` is no text")
        if history is not None:
            self.check_messages(history)
        return message, history

    def _is_text(self, node: Node) -> bool:
        """Whether an expression is certainly a string."""
        if node.type in ("string", "template_string"):
            return True
        if node.type == "binary_expression" and text_of(node, "operator") == b"+":
            left, right = field(node, "left"), field(node, "right")
            return any(part is not None and self._is_text(part) for part in (left, right))
        binding = self._scopes.binding(node)
        if binding is None:
            return False
        declared = field(binding.declarator, "type")
        if declared is not None and text(declared).lstrip(b": \t") == b"string":
            return True
        value = self._resolver.constant(node)
        return value is not None and value != node and self._is_text(value)

    def check_messages(self, node: Node) -> None:
        """Refuse an expression that is not certainly a list of {role, content}.

        Raises:
            RefusedError: naming what is no such list.
        """
        value = unwrapped(node)
        if value.type in ("identifier", "shorthand_property_identifier"):
            known = self._resolver.constant(value)
            if known is None or known == value:
                raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(node)}`")
            value = known
        if value.type == "array":
            for item in items(value):
                if item.type == "spread_element":
                    self.check_messages(items(item)[0])
                else:
                    self._check_message(item)
            return
        if value.type == "call_expression":
            function = field(value, "function")
            method = b"" if function is None else text_of(function, "property")
            given = items(field(value, "arguments") or value)
            if method == b"map" and given:
                self._check_message(_returned(given[0]))
                return
            owner = field(function, "object")
            if method in _LIST_METHODS and owner is not None:
                self.check_messages(owner)
                if method == b"concat":
                    for argument in given:
                        self.check_messages(argument)
                return
        raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(node)}`")

    def _check_message(self, node: Node | None) -> None:
        obj = None if node is None else unwrapped(node)
        if obj is None or obj.type != "object":
            raise RefusedError(Reason.HISTORY_SHAPE, "" if node is None else f"`{show(node)}`")
        names = {key_name(item): item for item in items(obj)}
        if set(names) != {b"role", b"content"}:
            raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(obj)}`")
        role = unwrapped(member_value(names[b"role"]))
        for literal in descendants(role):
            if literal.type == "string" and _is_role_value(literal, role):
                if text(literal)[1:-1] not in _ROLES:
                    # CreateMessageRequest.role is `user` or `assistant` only.
                    raise RefusedError(Reason.HISTORY_SHAPE, f"the role {show(literal)}")


def _is_role_value(literal: Node, role: Node) -> bool:
    """Whether a string is what the role may become, not what it is compared with or cast to."""
    current = literal
    while current != role:
        parent = current.parent
        if parent is None or parent.type not in ("ternary_expression", "parenthesized_expression"):
            return False
        if parent.type == "ternary_expression" and field(parent, "condition") == current:
            return False
        current = parent
    return True


def _returned(callback: Node) -> Node | None:
    """What a callback returns, if it is one expression."""
    callback = unwrapped(callback)
    body = field(callback, "body")
    if body is None or body.type != "statement_block":
        return body
    statements = items(body)
    if len(statements) == 1 and statements[0].type == "return_statement":
        returned = items(statements[0])
        return returned[0] if returned else None
    return None


def _is_exported(binding: Binding) -> bool:
    parent = binding.declarator.parent
    around = parent.parent if parent is not None else None
    return around is not None and around.type == "export_statement"


_OPTIONS = Reason.OPTIONS_NOT_UNDERSTOOD
