"""Clients of modules that cannot be read, which the rest of the file shows to be OpenAI's."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.assistants.client import Client, Clients, Owner
from callmend.languages.ecmascript.assistants.elsewhere import is_there
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import called, field, unwrapped
from callmend.languages.ecmascript.values import text_of

#: Methods of OpenAI's SDK by their paths behind the client (types of `openai` 6). No other client
#: that has made-up `workflows` of its own, like Coze's or Retab's, has one of them.
_METHODS = frozenset(
    {
        "audio.speech.create", "audio.transcriptions.create", "chat.completions.create",
        "chat.completions.parse", "embeddings.create", "images.generate", "models.list",
        "moderations.create", "responses.create", "responses.parse", "responses.stream",
    }
)  # fmt: skip


def shown_to_be_openais(program: Program, clients: Clients, client: Client) -> Node | None:
    """The call of a method of OpenAI's SDK on a client of a module that is called OpenAI's.

    None where there is none, where the module's file is there to be read (and does not say whose
    the client is), or where the module or what it exports is called Azure's.
    """
    module = client.module.lower()
    if client.owner is not Owner.UNKNOWN or client.made is not None or "openai" not in module:
        return None
    if "azure" in module or b"azure" in client.export.lower():
        return None
    for call in program.tree.calls:
        owner = _owner_of_a_method(called(call)) if call.type == "call_expression" else None
        if owner is not None and clients.of(owner).is_one_with(client):
            return None if is_there(program, client.module) else call
    return None


def _owner_of_a_method(function: Node) -> Node | None:
    """`openai` of `openai.chat.completions.create`."""
    names: list[str] = []
    node = unwrapped(function)
    while node.type == "member_expression" and len(names) < 3:
        names.insert(0, text_of(node, "property").decode("utf-8", "replace"))
        node = unwrapped(field(node, "object") or node)
        if ".".join(names) in _METHODS:
            return node
    return None
