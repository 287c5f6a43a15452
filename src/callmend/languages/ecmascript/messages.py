"""Whether an expression is a person's message (a text), or a list of earlier messages."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.declared import (
    is_declared_as_messages,
    is_declared_as_text,
    is_member_of_text,
    list_type,
    lists_messages,
)
from callmend.languages.ecmascript.effects import LIST_METHODS
from callmend.languages.ecmascript.kept_lists import Kept, kept_lists
from callmend.languages.ecmascript.objects import grows, may_change
from callmend.languages.ecmascript.schemas import is_parsed_as_messages
from callmend.languages.ecmascript.scopes import Binding, Scopes
from callmend.languages.ecmascript.states import is_kept_as_state
from callmend.languages.ecmascript.tree import (
    LOOPS,
    descendants,
    field,
    is_inside,
    items,
    key_name,
    member_value,
    show,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import Resolver, text_of
from callmend.reasons import Reason

_NO_TEXTS = frozenset({"object", "array", "number", "true", "false", "null", "arrow_function"})
#: Methods that take elements out of a list and put none in.
_TAKING = frozenset({b"pop", b"shift"})
#: `list.splice(start, count, element)`.
_FIRST_PUT_IN = 3
_JOINING = frozenset({b"concat", b"push", b"unshift"})
_KEEPING_METHODS = LIST_METHODS - {b"map"} | {b"reverse"}
_TEXT_METHODS = frozenset(
    b"join padEnd padStart repeat replace replaceAll substring toFixed toISOString "
    b"toLocaleDateString toLowerCase toString toUpperCase trim trimEnd trimStart".split()
)
_TEXT_TYPES = frozenset({b"string", b"any", b"unknown", b"undefined", b"null"})


class MessageReader:
    """Reads what one request says: its message and the messages before it."""

    #: CreateMessageRequest.role is `user` or `assistant` only.
    roles = frozenset({b"user", b"assistant"})

    def __init__(self, scopes: Scopes, call: Node) -> None:
        self._scopes = scopes
        self._resolver = Resolver(scopes)
        self._call = call
        #: The lists that are being looked at, to notice one that is put into itself.
        self._open: set[int] = set()

    def check_text(self, node: Node) -> None:
        """Refuse an expression that is certainly no text.

        Raises:
            RefusedError: it is an object, a number, or declared as one.
        """
        meant = self._resolver.constant(node) or unwrapped(node)
        if meant.type in _NO_TEXTS or self._has_other_type(unwrapped(node)):
            raise RefusedError(Reason.NO_MESSAGE, f"`{show(node)}` is no text")

    def _has_other_type(self, node: Node) -> bool:
        """Whether a name is declared with a type that no string has."""
        binding = self._scopes.binding(node)
        declared = None if binding is None else field(binding.declarator, "type")
        if binding is None or declared is None:
            return False
        if binding.name_node not in (
            field(binding.declarator, "name"),
            field(binding.declarator, "pattern"),
        ):
            return False
        return any(self._is_other_type(t) for t in _alternatives(items(declared)[0]))

    def _is_other_type(self, declared: Node) -> bool:
        if declared.type == "predefined_type":
            return text(declared) not in _TEXT_TYPES
        if declared.type == "literal_type":
            kind = declared.named_children[0].type if declared.named_children else ""
            return kind in ("number", "true", "false")
        return declared.type in ("array_type", "object_type", "tuple_type", "function_type")

    def is_text(self, node: Node) -> bool:
        """Whether an expression is certainly a string."""
        stack: list[Node | None] = [node]
        seen: set[int] = set()
        while stack:
            part = stack.pop()
            # A name that is declared by itself comes back.
            if part is None or part.id in seen:
                continue
            seen.add(part.id)
            if part.type in ("string", "template_string"):
                return True
            if part.type == "binary_expression" and text_of(part, "operator") == b"+":
                # A sum is a text when one of its parts is.
                stack += [field(part, "right"), field(part, "left")]
                continue
            function = field(part, "function")
            if function is not None and b"?." not in text(function):
                if makes_text(part):
                    return True
                # A list has this method too.
                cuts = text_of(function, "property") == b"slice"
                stack.append(field(function, "object") if cuts else None)
                continue
            owner = field(part, "object") if part.type == "member_expression" else None
            if owner is not None and is_member_of_text(
                self._scopes.binding(owner), text_of(part, "property")
            ):
                return True
            binding = self._scopes.binding(part)
            if binding is None:
                continue
            if is_declared_as_text(binding):
                return True
            stack.append(self._resolver.constant(part))
        return False

    def check_messages(self, node: Node) -> None:
        """Refuse an expression that is not certainly a list of {role, content}.

        Raises:
            RefusedError: naming what is no such list.
        """
        stack: list[tuple[Node, tuple[int, ...]]] = [(node, ())]
        while stack:
            part, through = stack.pop()
            stack.extend(self._lists_in(part, through))

    def _lists_in(
        self, node: Node, through: tuple[int, ...]
    ) -> Iterator[tuple[Node, tuple[int, ...]]]:
        """The lists that a list is made of, each with the names that it was reached through."""
        value = unwrapped(node)
        if lists_messages(list_type(self._scopes, value), self.roles):
            return
        if value.type in ("identifier", "shorthand_property_identifier"):
            known = self._resolver.constant(value)
            binding = self._scopes.binding(value)
            if binding is not None and self.is_list_by_its_type(binding):
                return
            parsed = binding is not None and is_parsed_as_messages(binding, self.roles)
            if not parsed and (known is None or known == value):
                raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(node)}`")
            if binding is None or id(binding) in through:
                raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(node)}`")
            if id(binding) in self._open:
                return
            if known is None or kept_lists(self._scopes, known) is None:
                self._check_what_it_gets(node, binding)
            if parsed or known is None:
                return
            value, through = known, (*through, id(binding))
        kept = kept_lists(self._scopes, value)
        if kept is not None:
            self._check_kept(node, kept)
            return
        if value.type == "array":
            for item in items(value):
                if item.type == "spread_element":
                    yield items(item)[0], through
                else:
                    self.check_message(item)
            return
        if value.type == "ternary_expression":
            for branch in (field(value, "consequence"), field(value, "alternative")):
                yield branch or value, through
            return
        if value.type == "call_expression":
            function = field(value, "function")
            if _is_optional(value, function):
                # What is not there is left out of JSON, but cannot be spread into a list.
                raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(node)}` may be undefined")
            method = b"" if function is None else text_of(function, "property")
            given = items(field(value, "arguments") or value)
            if method == b"map" and given and not _is_async(given[0]):
                self.check_message(_returned(given[0]))
                return
            owner = field(function, "object")
            if method in _KEEPING_METHODS and owner is not None:
                yield owner, through
                for argument in given if method == b"concat" else ():
                    if self.literal_of(argument) is None:
                        yield argument, through
                    else:
                        self.check_message(argument)
                return
        raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(node)}`")

    def is_list_by_its_type(self, binding: Binding) -> bool:
        """Whether a name's declared type says enough."""
        return is_declared_as_messages(binding, self.roles)

    def _check_what_it_gets(self, node: Node, binding: Binding) -> None:
        """Refuse a list that may get more than messages before it is sent.

        Raises:
            RefusedError: it may.
        """
        again = self._is_kept(binding)
        self._open.add(id(binding))
        try:
            if any(self._may_get_more(use, again=again) for use in binding.references):
                raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(node)}` may get more")
        finally:
            self._open.discard(id(binding))

    def _check_kept(self, node: Node, kept: Kept) -> None:
        """Refuse a list of a store in which something else may be than lists of messages.

        Raises:
            RefusedError: it may, or there may be no list.
        """
        if id(kept.store) in self._open:
            return
        if not kept.certain:
            raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(node)}` may be undefined")
        names = {self._scopes.binding(use) for use in kept.uses if use.type == "identifier"}
        opened = {id(each) for each in (kept.store, *names) if each is not None} - self._open
        self._open |= opened
        try:
            if any(self._may_get_more(use, again=True) for use in kept.uses):
                raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(node)}` may get more")
            for put in kept.put:
                self.check_messages(put)
        finally:
            self._open -= opened

    def _is_kept(self, binding: Binding) -> bool:
        """Whether the call may be made again with what the list has got behind it."""
        tree = self._scopes.tree
        declared = binding.declarator
        if tree.function_of(declared) != tree.function_of(self._call):
            return True
        around = (n for n in tree.ancestors(self._call) if n.type in LOOPS)
        return any(not is_inside(declared, loop) for loop in around)

    def _may_get_more(self, use: Node, *, again: bool) -> bool:
        """Whether a list may get more than messages by this use of its name before it is sent.

        ``again``: what it gets behind the call is sent with the next one.
        """
        if not grows(use, before=None if again else self._call) or self._is_put_back(use):
            return False
        if is_kept_as_state(self._scopes, use):
            return False
        _, member = self._scopes.tree.outer(use)
        _, call = (None, None) if member is None else self._scopes.tree.outer(member)
        name = b"" if member is None else text_of(member, "property")
        if name == b"length":
            return False
        if call is None or call.type != "call_expression" or field(call, "function") != member:
            return True
        given = items(field(call, "arguments") or call)
        if name in _TAKING or (name == b"splice" and len(given) < _FIRST_PUT_IN):
            return False
        if name not in (b"push", b"unshift"):
            return True
        for each in given:
            if each.type == "spread_element":
                self.check_messages(items(each)[0])
            else:
                self.check_message(each)
        return False

    def _is_put_back(self, use: Node) -> bool:
        """`chats.set(id, history)`, where the store is looked at as well."""
        parent = use.parent
        callee = None if parent is None else field(parent.parent, "function")
        owner = field(callee, "object")
        store = None if owner is None else self._scopes.binding(owner)
        put = callee is not None and text_of(callee, "property") == b"set"
        return put and store is not None and id(store) in self._open

    def literal_of(self, node: Node) -> Node | None:
        """The object literal that a message is, or that its `const` holds and nothing extends."""
        inner = unwrapped(node)
        if inner.type == "object":
            return inner
        binding = self._scopes.binding(inner)
        known = None if binding is None else self._resolver.constant(inner)
        if binding is None or known is None or known.type != "object":
            return None
        changed = any(may_change(use) and not _joins_list(use) for use in binding.references)
        return None if changed else known

    def check_message(self, node: Node | None) -> None:
        """Refuse what is not one message `{role, content}`.

        Raises:
            RefusedError: naming what it is.
        """
        obj = None if node is None else self.literal_of(node)
        if obj is None:
            raise RefusedError(Reason.HISTORY_SHAPE, "" if node is None else f"`{show(node)}`")
        names = {key_name(item): item for item in items(obj)}
        if set(names) != {b"role", b"content"}:
            raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(obj)}`")
        role = unwrapped(member_value(names[b"role"]))
        for literal in descendants(role):
            if literal.type == "string" and _is_role_value(literal, role):
                if text(literal)[1:-1] not in self.roles:
                    raise RefusedError(Reason.HISTORY_SHAPE, f"the role {show(literal)}")


def _joins_list(use: Node) -> bool:
    """Whether a name's object becomes a list's element here: `[...prev, x]`, `list.push(x)`."""
    parent = use.parent
    if parent is None or parent.type == "array":
        return parent is not None
    function = field(parent.parent, "function") if parent.type == "arguments" else None
    return text_of(function, "property") in _JOINING if function is not None else False


def system_roles(scopes: Scopes, node: Node) -> list[Node]:
    """The roles in a list of messages, as far as it is seen, that a thread does not take."""
    found: list[Node] = []
    reader = MessageReader(scopes, node)
    stack = [node]
    while stack:
        value = unwrapped(stack.pop())
        if value.type in ("array", "spread_element"):
            stack += items(value)
            continue
        literal = reader.literal_of(value)
        for member in () if literal is None else items(literal):
            role = unwrapped(member_value(member)) if key_name(member) == b"role" else None
            for each in () if role is None else descendants(role):
                if each.type == "string" and _is_role_value(each, role or each):
                    found += [each] if text(each)[1:-1] not in MessageReader.roles else []
    return found


def makes_text(node: Node) -> bool:
    """`words.join(' ')`, `question.trim()`, `String(x)`, `JSON.stringify(x)`."""
    if node.type != "call_expression":
        return False
    function = field(node, "function")
    if function is None:
        return False
    if function.type == "member_expression" and text_of(function, "property") in _TEXT_METHODS:
        return True
    return text(function) in (b"String", b"JSON.stringify")


def _alternatives(declared: Node) -> list[Node]:
    """The parts of a union type, or the type itself."""
    if declared.type != "union_type":
        return [declared]
    return [part for side in items(declared) for part in _alternatives(side)]


def _is_optional(call: Node, function: Node | None) -> bool:
    chained = [n for n in (call, function) if n is not None]
    return any(child.type == "optional_chain" for n in chained for child in n.children)


def _is_async(callback: Node) -> bool:
    return any(child.type == "async" for child in unwrapped(callback).children)


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
