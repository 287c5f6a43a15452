"""Python calls of the Responses API that it refuses, or whose answer is read where nothing is.

As in the module of the same name for TypeScript: they are found by what they send and read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.bodies import Bodies
from callmend.languages.python.clients import Client, Library
from callmend.languages.python.elsewhere import imported_client
from callmend.languages.python.find import url_of
from callmend.languages.python.literals import Literal, LiteralReader, is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.tree import is_none
from callmend.languages.python.values import key_of
from callmend.reasons import Reason
from callmend.responses_facts import MESSAGES, TEXTS, WRONG_IDS, is_nowhere, is_text

_URL = re.compile(r"https://api\.openai\.com(?::443)?/v1/responses/?", re.IGNORECASE)
_MAKERS = frozenset({"openai.OpenAI", "openai.AsyncOpenAI", "openai.Client", "openai.AsyncClient"})
_JSON = frozenset({"json.dumps", "orjson.dumps", "ujson.dumps"})
_ELSEWHERE = frozenset({"base_url", "http_client", "websocket_base_url"})


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading: the names from the answer on, its expression, and the answer's own.

    ``default`` is that of the last `.get`.
    """

    names: tuple[str, ...]
    node: cst.BaseExpression
    answer: cst.BaseExpression
    default: cst.BaseExpression | None = None


@dataclass(slots=True)
class WrongCall:
    """A call of the Responses API, raw (``client``) or by OpenAI's SDK (no client).

    ``fields`` are the members of what is sent by name: elements of a dict, or arguments.
    ``literal`` is the dict that a raw call sends, None where it is not known. ``hidden`` is a
    member that is not known, ``refused`` why what reads the answer cannot be followed.
    """

    call: cst.Call
    client: Client | None
    certain: bool
    fields: dict[str, cst.DictElement | cst.Arg]
    literal: Literal | None = None
    hidden: cst.CSTNode | None = None
    dead: list[Reading] = field(default_factory=list)
    alive: list[Reading] = field(default_factory=list)
    others: list[Reading] = field(default_factory=list)
    refused: RefusedError | None = None

    @property
    def is_asked_wrong(self) -> bool:
        """Whether something is sent that the Responses API refuses."""
        return any(name == MESSAGES or name in WRONG_IDS for name in self.fields)

    @property
    def is_wrong(self) -> bool:
        """Whether the call cannot answer, or nothing reads its answer where it is."""
        if self.is_asked_wrong:
            return True
        known = self.certain and self.refused is None and "stream" not in self.fields
        return known and bool(self.dead) and not self.alive


def find_wrong(program: Program) -> list[WrongCall]:
    """Every wrong call, in source order."""
    finder = _Finder(program)
    found = []
    for node in program.tree.every(cst.Call):
        call = finder.of(node)
        if call is not None and call.is_wrong:
            found.append(call)
    return found


class _Finder:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._tree = program.tree
        self._resolver = program.resolver

    def of(self, call: cst.Call) -> WrongCall | None:
        """A call of the Responses API, right or wrong."""
        func = call.func
        if isinstance(func, cst.Attribute) and func.attr.value == "create":
            resource = func.value
            if isinstance(resource, cst.Attribute) and resource.attr.value == "responses":
                return self._of_sdk(call) if self._is_openai(resource.value) else None
        client = self._program.clients.of(call)
        return None if client is None else self._of_url(call, client)

    # raw

    def _of_url(self, call: cst.Call, client: Client) -> WrongCall | None:
        url = url_of(call, client)
        if url is None or client.library is Library.URLLIB:
            return None
        if client.method != "post":
            return None
        texts = self._resolver.value(url).texts
        base = self._program.clients.base_url(client)
        if base is not None:
            texts = tuple(
                text if "://" in text else f"{start.rstrip('/')}/{text.lstrip('/')}"
                for start in self._resolver.value(base).texts
                for text in texts
            )
        ours = [_URL.fullmatch(text) is not None for text in texts]
        if not any(ours):
            return None
        found = WrongCall(call, client, all(ours), {})
        sent = self._sent(call)
        found.literal = None if sent is None else LiteralReader(self._program, call).literal(sent)
        for element in () if found.literal is None else found.literal.obj.elements:
            name = key_of(element)
            if name is None or not isinstance(element, cst.DictElement):
                found.hidden = element
            else:
                found.fields[name] = element
        try:
            bodies = Bodies(self._program, client, call)
            for body in bodies.all():
                for use in bodies.uses_of(body):
                    self._sort(found, use, sdk=False)
        except RefusedError as refused:
            found.refused = refused
        return found

    def _sent(self, call: cst.Call) -> cst.BaseExpression | None:
        """What is sent as JSON: `json=...`, `data=json.dumps(...)`."""
        for arg in call.args:
            word = "" if arg.keyword is None else arg.keyword.value
            if word == "json":
                return arg.value
            if word in ("data", "content"):
                value = self._resolver.single(arg.value)
                if isinstance(value, cst.Call) and len(value.args) == 1:
                    if self._program.scopes.imported(value.func) in _JSON:
                        return value.args[0].value
        return None

    # the SDK

    def _is_openai(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is a client of OpenAI's SDK at OpenAI's own host."""
        imported = imported_client(self._program, node)
        if imported is not None and imported.is_of_a_project and imported.is_named(self._program):
            return not imported.led
        if isinstance(node, cst.Call):
            made: list[cst.BaseExpression | None] = [node]
        else:
            made = [each.value for each in self._resolver.definitions(node)]
        made = [each for each in made if not is_none(each)]
        return bool(made) and all(
            isinstance(each, cst.Call)
            and self._program.scopes.imported(each.func) in _MAKERS
            and not any(arg.star for arg in each.args)
            and not any(arg.keyword and arg.keyword.value in _ELSEWHERE for arg in each.args)
            for each in made
        )

    def _of_sdk(self, call: cst.Call) -> WrongCall | None:
        found = WrongCall(call, None, True, {})
        for arg in call.args:
            if arg.keyword is None:
                found.hidden = arg
            else:
                found.fields[arg.keyword.value] = arg
        try:
            for use in self._answers(call):
                self._sort(found, use, sdk=True)
        except RefusedError as refused:
            found.refused = refused
        return found

    def _answers(self, call: cst.Call) -> Iterator[cst.BaseExpression]:
        value: cst.BaseExpression = call
        parent = self._tree.parent(value)
        if isinstance(parent, cst.Await):
            value, parent = parent, self._tree.parent(parent)
        if not isinstance(parent, (cst.Assign, cst.AnnAssign)) or parent.value is not value:
            yield value
            return
        target = parent.target if isinstance(parent, cst.AnnAssign) else parent.targets[0].target
        several = isinstance(parent, cst.Assign) and len(parent.targets) > 1
        mine = [d for d in self._definitions(target) if d.node is parent]
        if several or len(mine) != 1:
            raise RefusedError(Reason.RESPONSE_NOT_BOUND, self._tree.show_line(call))
        uses, maybe = self._program.flow.uses(mine[0])
        if maybe:
            raise RefusedError(Reason.SHARED_READ, self._tree.show_line(maybe[0]))
        yield from uses

    def _definitions(self, target: cst.BaseExpression) -> list[Definition]:
        if not isinstance(target, cst.Name):
            return []
        return self._program.flow.every(target.value, target)

    # readings

    def _sort(self, found: WrongCall, use: cst.BaseExpression, *, sdk: bool) -> None:
        reading = self._reading(use, sdk=sdk)
        names = reading.names
        if not names:
            self._whole(found, use)
        elif isinstance(self._tree.parent(reading.node), (cst.AssignTarget, cst.AugAssign)):
            found.alive.append(reading)
        elif names[0] == "output_text":
            (found.alive if sdk else found.dead).append(reading)
        elif names[0] == "choices" or is_nowhere(names):
            found.dead.append(reading)
        elif names[0] == "output":
            found.alive.append(reading)
        else:
            found.others.append(reading)

    def _whole(self, found: WrongCall, use: cst.BaseExpression) -> None:
        """The answer itself, where nothing is read of it."""
        parent = self._tree.parent(use)
        if is_logged(self._program, use) or self._tree.around(use, cst.Raise) is not None:
            return
        if isinstance(parent, (cst.If, cst.UnaryOperation, cst.Expr)):
            return
        if isinstance(parent, cst.ComparisonTarget):
            comparison = self._tree.parent(parent)
            left = comparison.left if isinstance(comparison, cst.Comparison) else None
            if isinstance(left, cst.SimpleString):
                word = str(left.raw_value)
                reading = Reading((word, "in"), use, use)
                # `"choices" in data` is always false, and `"output" in data` never decides.
                dead = word in {names[0] for names in TEXTS} - {"output"}
                (found.dead if dead else found.others).append(reading)
                return
        raise RefusedError(Reason.ANSWER_HANDED_ON, self._tree.show_line(parent or use))

    def _reading(self, use: cst.BaseExpression, *, sdk: bool) -> Reading:
        """All that follows an answer: subscripts, `.get`, and of the SDK attributes."""
        names: list[str] = []
        node, default = use, None
        while True:
            parent = self._tree.parent(node)
            if isinstance(parent, cst.Subscript) and parent.value is node:
                name = self._index(parent)
                if name is None:
                    break
                names.append(name)
                node, default = parent, None
            elif isinstance(parent, cst.Attribute) and parent.value is node:
                call = self._tree.parent(parent)
                called = isinstance(call, cst.Call) and call.func is parent
                if called and isinstance(call, cst.Call) and parent.attr.value == "get":
                    given = [arg.value for arg in call.args if arg.keyword is None]
                    key = self._resolver.text(given[0]) if given else None
                    if key is None:
                        break
                    names.append(key)
                    node, default = call, given[1] if len(given) > 1 else None
                elif sdk and not called:
                    names.append(parent.attr.value)
                    node, default = parent, None
                else:
                    break
            else:
                break
        if not names and isinstance(self._tree.parent(node), (cst.Attribute, cst.Subscript)):
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(node))
        return Reading(tuple(names), node, use, default)

    def _index(self, node: cst.Subscript) -> str | None:
        index = node.slice[0].slice if len(node.slice) == 1 else None
        if not isinstance(index, cst.Index):
            return None
        if isinstance(index.value, cst.Integer):
            return index.value.value
        return self._resolver.text(index.value)


def leads_to_text(reading: Reading) -> bool:
    """Whether a dead reading leads to what its writer took for the text."""
    return is_text(reading.names)


def operands(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """The operands of a ladder of `or`, first to last."""
    if isinstance(node, cst.BooleanOperation) and isinstance(node.operator, cst.Or):
        yield from operands(node.left)
        yield from operands(node.right)
    else:
        yield node
