"""What a dead request's body says in Python, however it says it: a text, a form, messages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.messages import Messages
from callmend.languages.python.program import Program
from callmend.languages.python.tree import dotted
from callmend.languages.python.values import key_of
from callmend.reasons import Reason
from callmend.records import record

ID_KEYS = frozenset({"workflow_id", "workflowId", "workflow", "assistant_id", "id"})
INPUT_KEYS = frozenset(
    {"input", "inputs", "input_data", "inputData", "parameters", "params", "thread"}
)
_TEXT_KEYS = frozenset(
    {"content", "input", "input_as_text", "message", "prompt", "query", "question", "text",
     "userInput", "userMessage", "user_input", "user_message"}
)  # fmt: skip
#: Elements of an input with the messages before it.
HISTORY_KEYS = frozenset(
    {"chat_history", "conversationHistory", "conversation_history", "history", "messages"}
)
#: Elements of the body without a counterpart; each is named in the report.
NO_COUNTERPART = frozenset(
    {"attachments", "background", "conversation_id", "environment", "files", "options", "session",
     "sessionId", "session_id", "state", "state_values", "thread_id", "timeout", "tracing", "user",
     "userId", "user_id", "variables", "version", "workflow_version", "stream",
     # settings of a model: those that reason reject some of them, and are cut short by a limit
     "frequency_penalty", "logit_bias", "maxTokens", "max_completion_tokens", "max_output_tokens",
     "max_prompt_tokens", "max_tokens", "parallel_tool_calls", "presence_penalty",
     "reasoning_effort", "service_tier", "temperature", "top_k", "top_p"}
)  # fmt: skip
KEPT = frozenset({"instructions", "metadata", "model"})


#: An element of a body literal, or a named argument of a call.
Named = cst.DictElement | cst.Arg


class Kind(Enum):
    """What the input is."""

    TEXT = "text"
    MESSAGES = "messages"
    JSON = "json"
    EITHER = "either"


@record(frozen=True, slots=True)
class Said:
    """What a body says.

    ``node`` is the expression of what is asked; ``fields`` are set where it is a form of these
    elements of the body instead. ``history`` are the messages before it. ``kept`` are the elements
    that stay, ``dropped`` those that go by name.
    """

    kind: Kind
    node: cst.BaseExpression
    fields: tuple[Named, ...]
    history: cst.BaseExpression | None
    workflow_id: cst.BaseExpression | None
    kept: tuple[Named, ...]
    dropped: tuple[Named, ...]


class InputReader:
    """Reads the body of one request."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._tree = program.tree
        self._resolver = program.resolver
        self._messages = Messages(program)

    def read(self, body: cst.Dict) -> Said:
        """What the body literal says.

        Raises:
            RefusedError: an element cannot be read, or nothing is asked.
        """
        return self.of(body, self._named(body))

    def of(self, whole: cst.Dict | cst.Call, elements: Mapping[str, Named]) -> Said:
        """What the elements of a body say, or the arguments of a call, by their names.

        Raises:
            RefusedError: an element cannot be read, or nothing is asked.
        """
        left = dict(elements)
        stream = left.get("stream")
        if stream is not None and self._tree.source(stream.value) != "False":
            raise RefusedError(Reason.STREAMING, f"`{self._tree.show(stream)}`")
        workflow_id = None
        beside: list[Named] = []
        for name in list(left):
            if name in ID_KEYS and workflow_id is None:
                value = left.pop(name).value
                workflow_id = self._id_in(value)
                if isinstance(value, cst.Dict):
                    beside += [e for key, e in self._named(value).items() if key != "id"]
        kept = tuple(left.pop(name) for name in list(left) if name in KEPT)
        gone = [left.pop(name) for name in list(left) if name in NO_COUNTERPART]
        # `workflow: {id: x, version: y}`
        dropped = tuple(sorted([*beside, *gone], key=self._tree.order))
        for element in dropped:
            if any(isinstance(n, (cst.Await, cst.Yield)) for n in self._tree.below(element)):
                raise RefusedError(Reason.BODY_FIELD, f"`{self._tree.show(element)}`")
        kind, node, fields, history = self._input(whole, left)
        return Said(kind, node, fields, history, workflow_id, kept, dropped)

    def _named(self, literal: cst.Dict) -> dict[str, Named]:
        found: dict[str, Named] = {}
        for element in literal.elements:
            name = key_of(element)
            if name is None or not isinstance(element, cst.DictElement):
                raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{self._tree.show(element)}`")
            found[name] = element
        return found

    def _id_in(self, value: cst.BaseExpression) -> cst.BaseExpression | None:
        """The id in `workflow_id: x`, `workflow: {id: x, version: y}`, `workflow: x`."""
        if isinstance(value, cst.Dict):
            inner = self._named(value).get("id")
            return None if inner is None else inner.value
        return value

    def _input(
        self, body: cst.Dict | cst.Call, left: dict[str, Named]
    ) -> tuple[Kind, cst.BaseExpression, tuple[Named, ...], cst.BaseExpression | None]:
        if not left:
            raise RefusedError(Reason.NO_MESSAGE, "nothing is asked")
        carriers = [name for name in left if name in INPUT_KEYS]
        if len(carriers) == 1 and len(left) == 1:
            return self._said(left[carriers[0]].value, 0)
        if carriers:
            other = next(name for name in left if name not in carriers[:1])
            raise RefusedError(Reason.BODY_FIELD, f"`{other}`")
        return self._of_fields(body, left, 0, whole=False)

    def _said(
        self, value: cst.BaseExpression, depth: int
    ) -> tuple[Kind, cst.BaseExpression, tuple[Named, ...], cst.BaseExpression | None]:
        if isinstance(value, cst.Dict):
            if not value.elements:
                raise RefusedError(Reason.NO_MESSAGE, f"`{self._tree.show(value)}`")
            if depth > 3 or any(key_of(e) is None for e in value.elements):
                return Kind.JSON, value, (), None
            return self._of_fields(value, self._named(value), depth, whole=True)
        if isinstance(value, cst.List):
            self._messages.check(value)
            return Kind.MESSAGES, value, (), None
        if self._messages.is_text(value):
            return Kind.TEXT, value, (), None
        if not isinstance(value, cst.Call) and self._are_messages(value):
            return Kind.MESSAGES, value, (), None
        meant = self._resolver.single(value)
        if isinstance(meant, cst.Dict) and meant.elements:
            names = [key_of(element) for element in meant.elements]
            if HISTORY_KEYS & set(names) or (len(names) == 1 and names[0] in _TEXT_KEYS):
                # Its text, and the messages before it, are what a dict in place is read for.
                raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{self._tree.show(value)}`")
        if isinstance(meant, (cst.Dict, cst.DictComp)):
            return Kind.JSON, value, (), None
        if self._is_loose(value):
            # A parameter or an attribute may hold a text or a form: what it is decides.
            return Kind.EITHER, value, (), None
        raise RefusedError(Reason.NO_MESSAGE, f"`{self._tree.show(value)}` may be no text")

    def _is_loose(self, value: cst.BaseExpression) -> bool:
        """Whether an expression may be read twice: a name, an attribute, an element of them."""
        if isinstance(value, cst.Subscript):
            index = value.slice[0].slice if len(value.slice) == 1 else None
            plain = isinstance(index, cst.Index) and isinstance(index.value, cst.SimpleString)
            return plain and bool(dotted(value.value))
        if isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute):
            return value.func.attr.value == "get" and self._is_lookup(value, value.func.value)
        return bool(dotted(value))

    def _is_lookup(self, call: cst.Call, of: cst.BaseExpression) -> bool:
        """Whether `x.get("key", ...)` looks up a key, and does not fetch a URL."""
        if not dotted(of) or not call.args or self._program.scopes.imported(of):
            return False
        plain = (cst.SimpleString, cst.Dict, cst.Name)
        if any(arg.star or not isinstance(arg.value, plain) for arg in call.args):
            return False
        key = call.args[0].value
        return isinstance(key, cst.SimpleString) and "/" not in key.value

    def _of_fields(
        self,
        literal: cst.Dict | cst.Call,
        named: dict[str, Named],
        depth: int,
        *,
        whole: bool,
    ) -> tuple[Kind, cst.BaseExpression, tuple[Named, ...], cst.BaseExpression | None]:
        """What an object says: a text, a text with the messages before it, or a form."""
        texts = [name for name in named if name in _TEXT_KEYS]
        lists = [name for name in named if name in HISTORY_KEYS]
        if len(named) == 1:
            value = named[next(iter(named))].value
            if (lists or self._is_written_list(value)) and self._are_messages(value):
                return Kind.MESSAGES, value, (), None
            if texts and not isinstance(value, (cst.Dict, cst.List)):
                # By its name it is the person's words.
                self._check_words(value)
                return Kind.TEXT, value, (), None
            return self._said(value, depth + 1)
        if len(named) == 2 and len(texts) == 1 and len(lists) == 1:
            words, before = named[texts[0]].value, named[lists[0]].value
            self._check_words(words)
            if self._are_messages(before):
                return Kind.TEXT, words, (), before
        fields = () if whole else tuple(named.values())
        return Kind.JSON, literal, fields, None

    def _is_written_list(self, value: cst.BaseExpression) -> bool:
        """Whether a name holds a list of which the file shows the first elements."""
        meant = self._resolver.single(value)
        return isinstance(meant, cst.List) and meant is not value and bool(meant.elements)

    def _are_messages(self, value: cst.BaseExpression) -> bool:
        """Whether earlier messages are certainly what the API takes; else they are sent as JSON."""
        try:
            self._messages.check(value)
        except RefusedError:
            return False
        return True

    def _check_words(self, value: cst.BaseExpression) -> None:
        meant = self._resolver.single(value)
        wrong = (cst.Dict, cst.List, cst.Integer, cst.Float, cst.ListComp, cst.DictComp)
        constant = isinstance(meant, cst.Name) and meant.value in ("True", "False", "None")
        if isinstance(meant, wrong) or constant:
            raise RefusedError(Reason.NO_MESSAGE, f"`{self._tree.show(value)}` is no text")


def name_of(element: Named) -> str:
    """The key of a body's element, the name of an argument; empty for one without."""
    if isinstance(element, cst.Arg):
        return "" if element.keyword is None else element.keyword.value
    return key_of(element) or ""
