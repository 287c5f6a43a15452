"""Which thread each call means, and whether it lives for one question only or is kept."""

from __future__ import annotations

from collections.abc import Iterable

from tree_sitter import Node

from callmend.languages.ecmascript.assistants.calls import Call
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.tree import field, members, text, unwrapped
from callmend.languages.ecmascript.values import text_of
from callmend.routes import Op

#: Calls whose run, and not its thread, comes first in newer SDKs: `retrieve(run.id, {thread_id})`.
_BY_RUN = frozenset({Op.RETRIEVE_RUN, Op.POLL, Op.SUBMIT, Op.SUBMIT_AND_POLL})
#: Those of which the thread may stand in an object: `steps.list(run.id, {thread_id})` as well.
_BY_ANOTHER = _BY_RUN | {Op.OTHER}

#: A thread's identity: what kind of name it has, and that name.
Key = tuple[str, object]


class Threads:
    """Tells the threads of one file's calls apart."""

    def __init__(self, program: Program, calls: Iterable[Call]) -> None:
        self._program = program
        self._tree = program.tree
        self._scopes = program.scopes
        self._calls = list(calls)
        #: The variables that calls are awaited into, by the id of the call's node.
        self.bound: dict[int, Binding] = {}
        self._made: dict[int, Call] = {}
        #: The variables that hold an answer in their `.data`, by the bindings' ids.
        self.wrapped: set[int] = set()
        for call in self._calls:
            binding = self._bound(call)
            if binding is not None:
                self.bound[call.node.id] = binding
                self._made.setdefault(id(binding), call)
                if call.is_wrapped:
                    self.wrapped.add(id(binding))

    def _bound(self, call: Call) -> Binding | None:
        name = None if call.raw is None else call.raw.named
        name = name or bound_name(self._program, call.node)
        return None if name is None else self._scopes.binding(name)

    def argument(self, call: Call) -> Node | None:
        """The argument that names a call's thread."""
        if call.op.makes_a_thread or call.op is Op.CREATE_THREAD or not call.arguments:
            return None
        if call.op in _BY_ANOTHER and len(call.arguments) > 1:
            given = unwrapped(call.arguments[1])
            found = members(given) if given.type == "object" else None
            if found is not None and b"thread_id" in found:
                member = found[b"thread_id"]
                return field(member, "value") or member
        return call.arguments[0]

    def run_argument(self, call: Call) -> Node | None:
        """The argument that names a call's run."""
        if call.op not in _BY_RUN or not call.arguments:
            return None
        if self.argument(call) != call.arguments[0]:
            return call.arguments[0]
        return call.arguments[1] if len(call.arguments) > 1 else None

    def key(self, call: Call, depth: int = 0) -> Key | None:
        """The identity of a call's thread; None where it has none that can be followed."""
        if call.op.makes_a_thread:
            return ("made-by", call.node.id)
        if call.op is Op.CREATE_THREAD:
            binding = self.bound.get(call.node.id)
            return None if binding is None else ("thread", id(binding))
        argument = self.argument(call)
        return None if argument is None else self.of(argument, depth)

    def of(self, node: Node, depth: int = 0) -> Key:
        """The identity of the thread whose id an expression is."""
        node = unwrapped(node)
        if node.type == "member_expression":
            owner = field(node, "object")
            inner = None if owner is None else unwrapped(owner)
            binding = None if inner is None else self.holder(inner)
            if binding is not None:
                name = text_of(node, "property")
                if name == b"id" and id(binding) in self._made:
                    return ("thread", id(binding))
                if name == b"thread_id" and id(binding) in self._made and depth < 6:
                    # A run that is polled by its own id is asked for itself again.
                    key = self.key(self._made[id(binding)], depth + 1)
                    if key is not None:
                        return key
        if node.type == "identifier":
            binding = self._scopes.binding(node)
            if binding is not None:
                value = field(binding.declarator, "value")
                plain = field(binding.declarator, "name") == binding.name_node
                if not binding.writes and value is not None and plain and depth < 6:
                    behind = self.of(value, depth + 1)
                    if behind[0] in ("thread", "made-by"):
                        return behind
                return ("name", id(binding))
        return ("text", b"".join(text(node).split()))

    def holder(self, node: Node) -> Binding | None:
        """The variable whose answer an expression is: `thread`, or axios's `response.data`."""
        wrapped = node.type == "member_expression" and text_of(node, "property") == b"data"
        if wrapped:
            node = unwrapped(field(node, "object") or node)
        if node.type != "identifier":
            return None
        binding = self._scopes.binding(node)
        return binding if binding is None or (id(binding) in self.wrapped) == wrapped else None

    def create_of(self, key: Key | None) -> Call | None:
        """The call that makes the thread with this identity, if it is one variable's only value."""
        for call in self._calls:
            if call.op is Op.CREATE_THREAD and self.key(call) == key:
                binding = self.bound[call.node.id]
                return call if not binding.writes else None
        return None

    def aliases(self, key: Key) -> list[Binding]:
        """The variables that hold the thread's id: `const threadId = thread.id`."""
        found = []
        for binding in self._all_bindings():
            if binding.writes or binding.declarator.type != "variable_declarator":
                continue
            value = field(binding.declarator, "value")
            if value is None or field(binding.declarator, "name") != binding.name_node:
                continue
            if self.of(value) == key and id(binding) not in self._made:
                found.append(binding)
        return found

    def _all_bindings(self) -> list[Binding]:
        found: dict[int, Binding] = {}
        for node in self._tree.nodes:
            if node.type == "variable_declarator":
                name = field(node, "name")
                binding = None if name is None else self._scopes.binding(name)
                if binding is not None:
                    found[id(binding)] = binding
        return list(found.values())


def bound_name(program: Program, call: Node) -> Node | None:
    """The variable's name that an awaited call is declared or assigned to."""
    node, parent = program.tree.outer(call)
    if call.type != "member_expression":
        if parent is None or parent.type != "await_expression":
            return None
        node, parent = program.tree.outer(parent)
    if parent is None:
        return None
    if parent.type == "variable_declarator" and field(parent, "value") == node:
        name = field(parent, "name")
    elif parent.type == "assignment_expression" and field(parent, "right") == node:
        around = program.tree.parent(parent)
        name = field(parent, "left")
        if around is None or around.type != "expression_statement":
            return None
    else:
        return None
    return name if name is not None and name.type == "identifier" else None
