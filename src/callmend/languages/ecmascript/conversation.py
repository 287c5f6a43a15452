"""Whether a list of messages of Chat Completions is a list that the Responses API takes as input.

Both take `{role, content}`. Facts: EasyInputMessage in OpenAI's OpenAPI document; its parts have
types of their own (`input_text`), and there are no roles `tool` and `function`.
"""

from __future__ import annotations

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.messages import MessageReader
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
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.responses_facts import PARTS, ROLES

_DECLARED = frozenset({"interface_declaration", "type_alias_declaration"})


class ConversationReader(MessageReader):
    """Reads what one request says as a list of messages."""

    roles = frozenset(role.encode() for role in ROLES)

    def __init__(self, scopes: Scopes, call: Node) -> None:
        super().__init__(scopes, call)
        self._tree = scopes.tree

    def check_message(self, node: Node | None) -> None:
        """Refuse what is not one message `{role, content}`.

        Raises:
            RefusedError: naming what it is.
        """
        super().check_message(node)
        for item in items(unwrapped(node)) if node is not None else ():
            value = unwrapped(member_value(item))
            if key_name(item) != b"content":
                continue
            if value.type in ("object", "number", "true", "false"):
                raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(item)}`")
            parts = items(value) if value.type == "array" else []
            for part in parts:
                self._check_part(part)

    def _check_part(self, part: Node) -> None:
        kinds = [m for m in items(unwrapped(part)) if key_name(m) == b"type"]
        if len(kinds) != 1 or text(member_value(kinds[0]))[1:-1].decode() not in PARTS:
            # Chat Completions has `text` and `image_url`.
            raise RefusedError(Reason.HISTORY_SHAPE, f"the part `{show(part)}`")

    def is_list_by_its_type(self, binding: Binding) -> bool:
        """Whether a name is declared as a list of exactly `{ role, content }`."""
        if super().is_list_by_its_type(binding):
            return True
        declared = field(binding.declarator, "type")
        name = field(binding.declarator, "pattern") or field(binding.declarator, "name")
        if declared is None or name != binding.name_node:
            return False
        kind = items(declared)[0]
        if kind.type == "array_type":
            return self._is_message_type(items(kind)[0])
        arguments = field(kind, "type_arguments")
        if kind.type != "generic_type" or arguments is None:
            return False
        is_list = text_of(kind, "name") in (b"Array", b"ReadonlyArray")
        return is_list and self._is_message_type(items(arguments)[0])

    def _is_message_type(self, node: Node) -> bool:
        if node.type == "type_identifier":
            named = [
                each
                for each in self._tree.nodes
                if each.type in _DECLARED and text_of(each, "name") == text(node)
            ]
            extended = any(n.type == "extends_type_clause" for d in named for n in d.children)
            body = field(named[0], "body") or field(named[0], "value") if named else None
            if len(named) != 1 or extended or body is None:
                return False
            node = body
        if node.type not in ("object_type", "interface_body"):
            return False
        members = {text_of(item, "name"): field(item, "type") for item in items(node)}
        if set(members) != {b"role", b"content"}:
            return False
        role, content = members[b"role"], members[b"content"]
        if role is None or content is None or text(content).lstrip(b": ") != b"string":
            return False
        words = [text(n)[1:-1] for n in descendants(role) if n.type == "string"]
        return set(words) <= self.roles
