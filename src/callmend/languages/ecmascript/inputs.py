"""What a dead request's body says, however it says it: a text, a form, a list of messages."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.declared import (
    is_declared_as_object,
    is_declared_as_record,
    list_type,
    lists_more,
    lists_turns,
)
from callmend.languages.ecmascript.effects import has_effects, may_differ
from callmend.languages.ecmascript.harmless import is_harmless
from callmend.languages.ecmascript.messages import MessageReader, makes_text
from callmend.languages.ecmascript.named_workflow import named_workflow
from callmend.languages.ecmascript.objects import object_at, object_behind
from callmend.languages.ecmascript.scopes import Scopes
from callmend.languages.ecmascript.states import is_list_of_turns
from callmend.languages.ecmascript.tree import (
    field,
    items,
    key_name,
    member_value,
    show,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.unseen import is_unseen, spoken_in_chat
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.records import record

#: Members that name the workflow.
ID_KEYS = frozenset({b"workflow_id", b"workflowId", b"workflow", b"assistant_id", b"id"})
#: Members that hold what is asked (seen in public callers of the endpoint).
INPUT_KEYS = frozenset({b"input", b"inputs", b"input_data", b"inputData", b"parameters", b"params"})
TEXT_KEYS = frozenset(
    b"content input input_as_text message prompt query question text userInput userMessage "
    b"user_input user_message".split()
)
HISTORY_KEYS = frozenset(
    {b"chat_history", b"conversationHistory", b"conversation_history", b"history", b"messages"}
)
#: Members that hold earlier messages where they are certainly a list of such.
_TURNS_KEYS = frozenset(
    b"context conversation pastMessages past_messages previousMessages previous_messages "
    b"priorMessages prior_messages transcript turns".split()
)
#: Members of the body without a counterpart; each is named in the report.
_NO_COUNTERPART = frozenset(
    b"attachments background conversation conversation_id environment files options session "
    b"sessionId session_id state state_values thread_id timeout tracing user userId user_id "
    b"variables version workflow_version".split()
)
#: Members with the same meaning in the new request.
_KEPT = frozenset({b"instructions", b"metadata", b"model"})
#: Settings of a model. Those that reason reject some of them, and are cut short by a limit.
_OF_A_MODEL = frozenset(
    b"frequency_penalty logit_bias maxTokens max_completion_tokens max_output_tokens "
    b"max_prompt_tokens max_tokens parallel_tool_calls presence_penalty reasoning_effort "
    b"service_tier temperature top_k top_p".split()
)
#: What an answer depends on, beside an input; the dead endpoint took it in no form that is known.
_DECIDING = frozenset({b"response_format", b"tool_choice", b"tools"})
#: What a message is made of.
_OF_MESSAGES = frozenset({b"role", b"content", b"type"})
#: Parts of a message of the Responses API.
_PARTS = frozenset({b"input_image", b"input_text"})
#: What may be a list of messages; a member of an object by its type alone.
_LISTS = frozenset(
    {
        "binary_expression",
        "call_expression",
        "identifier",
        "member_expression",
        "subscript_expression",
    }
)
_MOST_STEPS = 4


class Kind(Enum):
    """What the input is."""

    TEXT = "text"
    MESSAGES = "messages"
    JSON = "json"
    EITHER = "either"


@record(frozen=True, slots=True)
class Input:
    """The input of a request.

    ``node`` is the expression, ``path`` what leads from it to the input (`.message` where ``node``
    is the name of an object). ``members`` are set where the input is a form made of these members
    of the body. ``history`` are the messages before it, to which ``before`` leads likewise.
    ``unseen`` are the lists in a list of messages whose elements come from elsewhere, ``picked``
    are messages, and lists of them, which have more members than the API takes.
    """

    kind: Kind
    node: Node
    path: bytes = b""
    members: tuple[Node, ...] = ()
    history: Node | None = None
    before: bytes = b""
    unseen: tuple[Node, ...] = ()
    picked: tuple[Node, ...] = ()


@record(frozen=True, slots=True)
class Said:
    """What a body says. ``members`` are all of its members, ``dropped`` those that go by name.

    ``name`` is the variable that is read where the body itself stays, and ``id_path`` leads from
    it to the workflow's id.
    """

    body: Node
    members: tuple[Node, ...]
    input: Input
    workflow_id: Node | None
    kept: tuple[Node, ...]
    dropped: tuple[Node, ...]
    name: Node | None = None
    id_path: bytes = b""


class InputReader:
    """Reads the body of one request; ``roles`` are those that its messages may have."""

    def __init__(
        self, scopes: Scopes, call: Node, roles: frozenset[bytes] = MessageReader.roles
    ) -> None:
        self._scopes = scopes
        self._call = call
        self._messages = MessageReader(scopes, call)
        self._messages.roles = roles

    def read(self, body: Node, *, streamed: bool = False, variable: Node | None = None) -> Said:
        """What the body literal says; ``streamed``: it may ask for a stream, which is not told.

        ``variable`` is what is read in its place, as the literal stays as it is.

        Raises:
            RefusedError: a member cannot be read, or nothing is asked.
        """
        members: dict[bytes, Node] = {}
        spread: list[Node] = []
        named: tuple[Node, bytes, Node] | None = None
        for item in items(body):
            if item.type == "spread_element" and _spreads_only(item, _NO_COUNTERPART):
                spread.append(item)
                continue
            if item.type == "spread_element" and named is None:
                named, beyond = self._spread_input(item)
                spread += beyond
                continue
            name = key_name(item)
            if name is None or item.type not in ("pair", "shorthand_property_identifier"):
                raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(item)}`")
            members[name] = item
        left = dict(members)
        asks = left.pop(b"stream", None)
        if _is_true(asks) and not (streamed and asks is not None and text(asks).endswith(b"true")):
            raise RefusedError(Reason.STREAMING, f"`{show(members[b'stream'])}`")
        identity, beside = self._identity(left)
        kept = tuple(left.pop(name) for name in list(left) if name in _KEPT)
        going = [name for name in left if is_without_counterpart(name)]
        dropped = [left.pop(name) for name in going if not self._holds_turns(left, name)]
        if b"stream" in members and not streamed:
            dropped.append(members[b"stream"])
        dropped += [*beside, *spread]
        for member in dropped:
            value = member if member.type == "spread_element" else member_value(member)
            if has_effects(value) and not is_harmless(self._scopes, value):
                raise RefusedError(Reason.BODY_FIELD, f"`{show(member)}`")
        if variable is not None:
            return self._by_name(variable, body, members, left, kept, dropped)
        if named is not None and left:
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(named[0])}` is spread")
        found = self._input(body, left) if named is None else self._said(*named, 0)
        return Said(body, tuple(items(body)), found, identity, kept, tuple(dropped))

    def _by_name(
        self,
        name: Node,
        body: Node,
        members: dict[bytes, Node],
        left: dict[bytes, Node],
        kept: tuple[Node, ...],
        dropped: list[Node],
    ) -> Said:
        """What a variable's object says, each part read from the variable.

        Raises:
            RefusedError: its type hides a part, or it says more than one thing.
        """
        refused = RefusedError(Reason.BODY_SHARED, f"`{show(name)}`")
        if len(members) != len(items(body)) or kept or not self._is_open(name):
            raise refused
        ids = [key for key in members if key in ID_KEYS and key not in left]
        id_path = b"".join(b"." + key for key in ids)
        if ids and unwrapped(member_value(members[ids[0]])).type == "object":
            id_path += b".id"
        carriers = [key for key in left if key in INPUT_KEYS]
        if len(carriers) == 1 and len(left) == 1:
            value = member_value(left[carriers[0]])
            found = self._said(name, b"." + carriers[0], value, 0, keeps=True)
        else:
            found = self._of_members((name, b""), body, left, 0, keeps=True)
        if not found.path or b"input_text" in text(body):
            raise refused
        identity = member_value(members[ids[0]]) if ids else None
        return Said(body, tuple(items(body)), found, identity, (), tuple(dropped), name, id_path)

    def _is_open(self, name: Node) -> bool:
        """Whether a variable's members can be read as they are written, whatever its type says."""
        binding = self._scopes.binding(unwrapped(name))
        declared = None if binding is None else field(binding.declarator, "type")
        if declared is None:
            return True
        spelt = text(declared).lstrip(b": ").replace(b" ", b"")
        return spelt in (b"any", b"Record<string,any>")

    def _spread_input(self, item: Node) -> tuple[tuple[Node, bytes, Node], list[Node]]:
        """The input in `...inputs`, where `inputs` is a literal, and its members that go.

        Raises:
            RefusedError: it is no literal that is seen whole, or has other members.
        """
        name = items(item)[0]
        literal = object_at(self._scopes, name, self._call)
        members = {} if literal is None else {key_name(m): m for m in items(literal)}
        carriers = [m for key, m in members.items() if key in INPUT_KEYS]
        beyond = [m for key, m in members.items() if key in _NO_COUNTERPART]
        if len(carriers) != 1 or len(members) != 1 + len(beyond) or name.type != "identifier":
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(item)}`")
        [carrier] = carriers
        return (name, b"." + (key_name(carrier) or b""), member_value(carrier)), beyond

    def _identity(self, left: dict[bytes, Node]) -> tuple[Node | None, list[Node]]:
        """The workflow's id, and what is told of the workflow beside it.

        `workflow_id: x`, `workflow: { id: x, version }`, `workflow: x`.
        """
        names = [name for name in left if name in ID_KEYS]
        if not names:
            return None, []
        return named_workflow(self._scopes, self._call, left.pop(names[0]))

    def _input(self, body: Node, left: dict[bytes, Node]) -> Input:
        carriers = [name for name in left if name in INPUT_KEYS]
        deciding = [name for name in left if name in _DECIDING]
        if carriers and deciding:
            raise RefusedError(Reason.BODY_FIELD, f"`{show(left[deciding[0]])}`")
        if len(carriers) == 1 and len(left) == 1:
            value = member_value(left[carriers[0]])
            if unwrapped(value).type == "object" and not items(unwrapped(value)):
                raise RefusedError(Reason.NO_MESSAGE, f"`{show(left[carriers[0]])}`")
            return self._said(value, b"", value, 0)
        return self._of_members(None, body, left, 0)

    def _said(
        self, node: Node, path: bytes, value: Node, depth: int, *, keeps: bool = False
    ) -> Input:
        """What one expression says: ``value`` is it, or is what ``path`` leads to from ``node``.

        ``keeps``: the messages before it are read from ``node`` too.
        """
        literal = object_behind(self._scopes, value)
        if literal is not None and not literal.shared and depth < _MOST_STEPS:
            members = {key_name(item): item for item in items(literal.node)}
            if None not in members:
                inline = unwrapped(value).type == "object" and not path
                named = {name: item for name, item in members.items() if name is not None}
                owner = None if inline else (node, path)
                return self._of_members(owner, value, named, depth, keeps=keeps)
        inner = unwrapped(value)
        if inner.type == "array" or self._is_list(inner):
            unseen, picked = self._check_list(inner)
            return Input(Kind.MESSAGES, node, path, unseen=unseen, picked=picked)
        if self._has_more(inner):
            return Input(Kind.MESSAGES, node, path, picked=(inner,))
        if self._is_turns(inner):
            return Input(Kind.MESSAGES, node, path, unseen=(inner,))
        if inner.type == "object":
            return Input(Kind.JSON, node, path)
        if self._messages.is_text(inner) or makes_text(inner):
            return Input(Kind.TEXT, node, path)
        only = self._only_member(inner)
        if only is not None:
            return Input(Kind.TEXT, node, path + b"." + only)
        binding = self._scopes.binding(inner)
        if is_declared_as_object(binding) or is_declared_as_record(binding):
            return Input(Kind.JSON, node, path)
        try:
            self._messages.check_text(value)
        except RefusedError:
            if has_effects(value) or inner.type in ("number", "true", "false", "null"):
                raise
            return Input(Kind.JSON, node, path)
        return Input(Kind.EITHER, node, path)

    def _only_member(self, node: Node) -> bytes | None:
        """The one text of an object whose declared type has nothing else: `{ message: string }`."""
        binding = self._scopes.binding(node)
        optional = binding is not None and binding.declarator.type == "optional_parameter"
        declared = None if binding is None or optional else field(binding.declarator, "type")
        kind = None if declared is None or not items(declared) else items(declared)[0]
        kind = self._declared_type(kind) if kind is not None else None
        if kind is None or kind.type not in ("object_type", "interface_body"):
            return None
        members = items(kind)
        if len(members) != 1 or key_name(members[0]) not in TEXT_KEYS:
            return None
        typed = text_of(members[0], "type").lstrip(b": \t")
        return key_name(members[0]) if typed == b"string" else None

    def _declared_type(self, kind: Node) -> Node | None:
        """What a type's name stands for, if this file declares it once and it extends nothing."""
        if kind.type != "type_identifier":
            return kind
        found = [
            node
            for node in self._scopes.tree.nodes
            if node.type in ("interface_declaration", "type_alias_declaration")
            and text_of(node, "name") == text(kind)
        ]
        if len(found) != 1 or any(n.type == "extends_type_clause" for n in items(found[0])):
            return None
        generic = field(found[0], "type_parameters")
        return None if generic is not None else field(found[0], "body") or field(found[0], "value")

    def _is_list(self, node: Node) -> bool:
        """Whether an expression is certainly a list of messages."""
        if node.type == "shorthand_property_identifier":
            # What its type alone says is picked out of it.
            if self._has_more(node):
                return False
        elif node.type not in _LISTS:
            return False
        try:
            self._messages.check_messages(node)
        except RefusedError:
            return False
        return True

    def _of_members(
        self,
        owner: tuple[Node, bytes] | None,
        whole: Node,
        named: dict[bytes, Node],
        depth: int,
        *,
        keeps: bool = False,
    ) -> Input:
        """What an object says: one text, a text with the messages before it, or a form.

        ``owner`` leads to the object where it is not written in the body itself.
        """

        def member(name: bytes) -> tuple[Node, bytes, Node]:
            value = member_value(named[name])
            return (
                (value, b"", value) if owner is None else (owner[0], owner[1] + b"." + name, value)
            )

        texts = [name for name in named if name in TEXT_KEYS]
        lists = [n for n in named if n in HISTORY_KEYS or self._holds_turns(named, n)]
        if not named:
            raise RefusedError(Reason.NO_MESSAGE, "the body says nothing")
        if len(texts) == 1 and len(lists) <= 1 and len(named) == len(texts) + len(lists):
            said = self._said(*member(texts[0]), depth + 1, keeps=keeps)
            if said.kind is Kind.EITHER and texts[0] not in INPUT_KEYS:
                said = replace(said, kind=Kind.TEXT)
            if not lists:
                return said
            before, path, history = member(lists[0])
            asked = member_value(named[texts[0]])
            if not path and may_differ(asked):
                # What is computed first may change the messages (`message: all.pop().content`).
                detail = f"`{show(asked)}` is computed beside the earlier messages"
                raise RefusedError(Reason.NO_MESSAGE, detail)
            if _is_async_callback_call(unwrapped(history)):
                raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(history)}` is a list of promises")
            plain = said.kind in (Kind.TEXT, Kind.EITHER) and (owner is None or keeps)
            if plain and self._is_list(unwrapped(history)):
                return replace(said, history=before, before=path)
            if plain and self._is_turns(unwrapped(history)):
                return replace(said, history=before, before=path, unseen=(unwrapped(history),))
            chat = spoken_in_chat(self._scopes, unwrapped(history)) if plain and not path else None
            if chat is not None:
                return replace(said, history=chat, before=b"", unseen=(unwrapped(history),))
        if len(named) == 1:
            return self._said(*member(next(iter(named))), depth + 1, keeps=keeps)
        if owner is not None:
            return Input(Kind.JSON, *owner)
        if whole.type == "object" and len(named) == len(items(whole)):
            return Input(Kind.JSON, whole)
        return Input(Kind.JSON, whole, members=tuple(named.values()))

    def _holds_turns(self, named: dict[bytes, Node], name: bytes) -> bool:
        """Whether a member that may be something else is certainly a list of earlier messages."""
        value = unwrapped(member_value(named[name]))
        return name in _TURNS_KEYS and (self._is_list(value) or self._is_turns(value))

    def _has_more(self, node: Node) -> bool:
        """Whether a list is declared as one of messages that have other members too."""
        return lists_more(list_type(self._scopes, node))

    def _is_turns(self, node: Node) -> bool:
        """Whether a list is declared as one of items with a role and a text, whatever role."""
        declared = lists_turns(list_type(self._scopes, node))
        return declared or is_list_of_turns(self._scopes, node, self._is_turns)

    def _check_list(self, node: Node) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
        """The parts of a list of messages that are not seen, and those with other members too.

        Raises:
            RefusedError: naming what is none.
        """
        if node.type != "array":
            self._messages.check_messages(node)
            return (), ()
        unseen, picked, written = [], [], 0
        for item in items(node):
            inner = unwrapped(items(item)[0]) if item.type == "spread_element" else unwrapped(item)
            if item.type == "spread_element":
                if is_unseen(self._scopes, inner):
                    unseen.append(inner)
                elif self._has_more(inner) and not self._is_list(inner):
                    picked.append(inner)
                else:
                    self._messages.check_messages(inner)
                continue
            literal = self._messages.literal_of(inner)
            names = {} if literal is None else {key_name(m): m for m in items(literal)}
            if literal is None or not {b"role", b"content"} <= set(names):
                raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(inner)}`")
            if None in names or (literal == inner and set(names) - _OF_MESSAGES):
                raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(inner)}`")
            picked += [inner] if set(names) - _OF_MESSAGES else []
            self._check_content(unwrapped(member_value(names[b"content"])))
            written += b"type" not in names
        if unseen and not written:
            # Nothing in the list says what its elements are.
            raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(unseen[0])}`")
        return tuple(unseen), tuple(picked)

    def _check_content(self, content: Node) -> None:
        if content.type != "array":
            return
        for part in items(content):
            kinds = [m for m in items(unwrapped(part)) if key_name(m) == b"type"]
            if not kinds or text(member_value(kinds[0]))[1:-1] not in _PARTS:
                raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(part)}`")


def is_without_counterpart(name: bytes) -> bool:
    """Whether a member of the body has none in the new request."""
    return name in _NO_COUNTERPART or name in _OF_A_MODEL


def _is_async_callback_call(node: Node) -> bool:
    """`all.map(async m => …)`: its items are promises, which JSON shows as empty objects."""
    arguments = field(node, "arguments") if node.type == "call_expression" else None
    return arguments is not None and any(
        child.type == "async" for item in items(arguments) for child in item.children
    )


def _spreads_only(spread: Node, names: frozenset[bytes]) -> bool:
    """`...(x ? { session_id: x } : {})`, `...(x && { user: x })`, with members of these names."""
    stack = [unwrapped(part) for part in items(spread)]
    while stack:
        node = stack.pop()
        if node.type == "ternary_expression":
            branches = (field(node, "consequence"), field(node, "alternative"))
            stack += [unwrapped(branch) for branch in branches if branch is not None]
        elif node.type == "binary_expression" and text_of(node, "operator") == b"&&":
            right = field(node, "right")
            stack += [] if right is None else [unwrapped(right)]
        elif node.type != "object" or not all(key_name(m) in names for m in items(node)):
            return False
    return True


def _is_true(member: Node | None) -> bool:
    return member is not None and text(unwrapped(member_value(member))) != b"false"
