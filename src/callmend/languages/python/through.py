"""A request that a call leaves to functions of its file: `call("POST", "/threads", body)`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.clients import Client, Library
from callmend.languages.python.find import url_of
from callmend.languages.python.functions import function_called, functions_meant
from callmend.languages.python.given_back import Back, given_back, gives_none
from callmend.languages.python.handed_on import NOTHING, Handed, handed_on
from callmend.languages.python.handed_uses import changes, decides, reads
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.tree import dotted, is_none
from callmend.reasons import Reason
from callmend.records import record

#: Functions through which a request is handed on.
_MOST_FUNCTIONS = 4
_MOST_STEPS = 8
_BODIES = ("json", "data", "content")
#: What a body is where none was given: `json=body or {}`.
_NOTHING = frozenset({"{}", "None", "b''", 'b""', "''", '""', "dict()"})
#: Decorators that give back what a function gives.
_PLAIN = frozenset({"staticmethod", "classmethod", "cache", "functools.cache", "lru_cache",
                    "functools.lru_cache"})  # fmt: skip
_RETRIES = re.compile(r"(?:^|[._])(?:retry|backoff)")
#: Words of a retry that looks at what came back: `retry_if_result`, `on_predicate`.
_BY_RESULT = re.compile(r"result|predicate")
#: What of the keywords that are handed on is no part of what is asked.
_NO_PARTS = frozenset({"headers", "timeout", "verify", "proxies"})
_DUMPS = frozenset({"json.dumps", "orjson.dumps", "ujson.dumps", "simplejson.dumps"})


@record(frozen=True, slots=True)
class Through:
    """A request that functions of the file send for a call.

    ``functions`` lead from the one that is called to the one that sends by ``inner``, a call of
    ``client``; each is called by one of ``steps``, the first of which is the call itself.
    ``texts`` are what the URL may be; ``path`` is what the call gives of it, ``body`` and
    ``params`` what it gives besides, None for what it does not. ``headers`` are the call's own, or
    those that ``inner`` is given. ``parsed`` tells that the call gives the answer's JSON, else it
    gives the response; ``quiet`` that it gives None where that failed.
    """

    call: cst.Call
    functions: tuple[cst.FunctionDef, ...]
    steps: tuple[cst.Call, ...]
    inner: cst.Call
    client: Client
    method: str
    texts: tuple[str, ...]
    path: cst.BaseExpression
    body: cst.BaseExpression | None
    params: cst.BaseExpression | None
    headers: cst.BaseExpression | None
    parsed: bool
    quiet: bool


class Senders:
    """Finds what the calls of one file leave to its functions."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._tree = program.tree
        self._inside: dict[int, list[cst.Call]] = {}

    def calls(self) -> Iterator[cst.Call]:
        """The calls of functions of the file that send something, in source order."""
        for node in self._tree.nodes:
            if isinstance(node, cst.Call) and self._program.clients.of(node) is None:
                function = function_called(self._program, node)
                if function is not None and self._sent(function, 0):
                    yield node

    def url(self, call: cst.Call) -> tuple[tuple[str, ...], cst.BaseExpression] | None:
        """The texts of the URL that is sent to, and what of it the call itself gives.

        None where the call gives nothing of it, or more than one part.
        """
        found = self._url(call, {}, 0)
        return None if found is None or found[1] is None else (found[0], found[1])

    def hands_on(self, function: cst.FunctionDef, call: cst.Call) -> bool:
        """Whether a function leaves to one of its calls what it is given the URL of itself."""
        found = self._url(call, {}, 0)
        url = None if found is None else found[1]
        known = () if url is None else self._program.resolver.value(url).constants
        own = self._program.scopes.bound(function)
        return any(isinstance(d.node, cst.Param) and d in own.get(d.name, ()) for d in known)

    def is_named_within(self, call: cst.Call) -> bool:
        """Whether the function that is called names a URL by itself, whatever ids it is given."""
        function = function_called(self._program, call)
        for sent in () if function is None else self._sent(function, 0):
            client = self._program.clients.of(sent)
            if client is not None:
                addressed = self._program.finder.addressed(sent, client)
                texts = () if addressed is None else addressed[1].texts
            else:
                found = self._url(sent, {}, 0)
                texts = () if found is None else found[0]
            if self._program.finder.matched(texts) is not None:
                return True
        return False

    def through(self, call: cst.Call) -> Through:
        """What is sent for a call.

        Raises:
            RefusedError: a function does more than to send it, or how is not understood.
        """
        functions, steps = list[cst.FunctionDef](), list[cst.Call]()
        handed, here = NOTHING, call
        url = self.url(call)
        if url is None:
            raise self._refused(call, call)
        while (function := function_called(self._program, here)) is not None:
            self._check(function, call)
            if len(functions) == _MOST_FUNCTIONS:
                raise self._refused(call, here)
            functions.append(function)
            steps.append(here)
            inside = handed_on(function, here, partial(self._reduced, handed, call), handed)
            if inside is None:
                raise self._refused(call, here)
            handed = self._unchanged(inside, function, call, url[1])
            here = self._only(function, handed, call)
        client = self._program.clients.of(here)
        if client is None:
            raise self._refused(call, here)
        parsed = self.give_json(functions, call)
        method = self._method(here, client, handed, call)
        body, params, headers = self._parts(here, handed, call)
        quiet = any(gives_none(self._program, function) for function in functions)
        return Through(
            call, tuple(functions), tuple(steps), here, client, method, url[0], url[1], body,
            params, headers, parsed, quiet,
        )  # fmt: skip

    def _refused(self, call: cst.Call, node: cst.CSTNode) -> RefusedError:
        shown = f"`{self._tree.show(call.func)}`"
        meant = [] if function_called(self._program, call) else functions_meant(self._program, call)
        if meant:
            shown += f", which may be another than the function in line {self._tree.line(meant[0])}"
        elif node is not call:
            shown += f", in line {self._tree.line(node)}: `{self._tree.show(node)}`"
        return RefusedError(Reason.UNKNOWN_TRANSPORT, shown)

    # what a function sends

    def _sent(self, function: cst.FunctionDef, depth: int) -> list[cst.Call]:
        """The calls in a function by which something is sent."""
        known = self._inside.get(id(function))
        if known is not None:
            return known
        self._inside[id(function)] = []  # it may call itself
        found = []
        for node in self._tree.own(function.body):
            if not isinstance(node, cst.Call):
                continue
            client = self._program.clients.of(node)
            if client is not None:
                found += [node] if url_of(node, client) is not None else []
                continue
            other = function_called(self._program, node)
            if other is not None and (other is function or depth < _MOST_FUNCTIONS):
                found += [node] if other is function or self._sent(other, depth + 1) else []
        if all(function_called(self._program, node) is function for node in found):
            found = []
        self._inside[id(function)] = found
        return found

    def _only(self, function: cst.FunctionDef, handed: Handed, call: cst.Call) -> cst.Call:
        """The one call by which a function sends what it was given."""
        sent = [node for node in self._sent(function, 0) if self._is_reached(node, handed)]
        if len(sent) != 1:
            raise self._refused(call, sent[1] if sent else function.name)
        return sent[0]

    def _is_reached(self, node: cst.CSTNode, handed: Handed) -> bool:
        """Whether a call may be reached with what its function was given."""
        child = node
        for parent in self._tree.ancestors(node):
            if isinstance(parent, cst.FunctionDef):
                return True
            if isinstance(parent, (cst.If, cst.IfExp)) and child is not parent.test:
                holds = self._holds(parent.test, handed)
                if holds is not None and holds is not (child is parent.body):
                    return False
            child = parent
        return True

    def _holds(self, test: cst.BaseExpression, handed: Handed) -> bool | None:
        """Whether a condition on a method or a body holds; None where that is not certain."""
        if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
            inner = self._holds(test.expression, handed)
            return None if inner is None else not inner
        if isinstance(test, cst.Name) and test.value in handed.given:
            node = handed.given[test.value]
            if isinstance(node, cst.Dict):
                return bool(node.elements)
            return False if is_none(node) else None
        if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
            return None
        operator, right = test.comparisons[0].operator, test.comparisons[0].comparator
        if is_none(right) and isinstance(operator, (cst.Is, cst.IsNot)):
            left = handed.of(test.left)
            if not isinstance(left, cst.Dict) and not is_none(left):
                return None
            return is_none(left) is isinstance(operator, cst.Is)
        word = self._word(test.left, handed)
        listed = right.elements if isinstance(right, (cst.Tuple, cst.List, cst.Set)) else None
        words = [self._word(e.value, handed) for e in listed or [cst.Element(right)]]
        if word is None or None in words:
            return None
        if isinstance(operator, cst.Equal if listed is None else cst.In):
            return word in words
        if isinstance(operator, cst.NotEqual if listed is None else cst.NotIn):
            return word not in words
        return None

    def _word(self, node: cst.BaseExpression, handed: Handed) -> str | None:
        """The text of a method, as it is or put into capitals."""
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and not node.args:
            change = {"upper": str.upper, "lower": str.lower}.get(node.func.attr.value)
            word = None if change is None else self._word(node.func.value, handed)
            return None if word is None or change is None else change(word)
        return self._program.resolver.text(handed.of(node))

    def _check(self, function: cst.FunctionDef, call: cst.Call) -> None:
        """Refuse a function of which it is not certain that it gives back what it returns."""
        for decorator in function.decorators:
            inner = decorator.decorator
            named = dotted(inner.func if isinstance(inner, cst.Call) else inner)
            if named not in _PLAIN and not self._only_tries_again(inner):
                raise self._refused(call, decorator)
        for node in self._tree.own(function.body):
            if isinstance(node, (cst.Yield, cst.Lambda)):
                raise self._refused(call, node)

    def _only_tries_again(self, decorator: cst.BaseExpression) -> bool:
        """Whether a decorator of a library tries again what failed, whatever came back."""
        named = dotted(decorator.func if isinstance(decorator, cst.Call) else decorator)
        known = self._program.scopes.bound(self._tree.module).get(named.split(".")[0], [])
        own = any(isinstance(d.node, (cst.FunctionDef, cst.ClassDef)) for d in known)
        asks = _BY_RESULT.search(self._tree.source(decorator)) is not None
        return not own and not asks and _RETRIES.search(named) is not None

    def sends_nothing(self, sent: Through, body: str) -> bool:
        """Whether a function that is given no body sends none: `dumps(body) if body else None`."""
        function = sent.functions[-1]
        handed = Handed({body: cst.Name("None")}, {}, "", function)
        args = [a for a in sent.inner.args if a.keyword is not None]
        given = [a.value for a in args if a.keyword and a.keyword.value in _BODIES]
        if len(sent.functions) > 1 or len(given) != 1 or "{}" in self._tree.source(given[0]):
            return False
        try:
            return self._given(given[0], handed, sent.call) is None
        except RefusedError:
            return False

    def give_json(self, functions: Sequence[cst.FunctionDef], call: cst.Call) -> bool:
        """Whether functions of a call give the answer's JSON back, else they give its response.

        Raises:
            RefusedError: they give another thing.
        """
        back = Back.RESPONSE
        for function in reversed(functions):
            found = given_back(self._program, function, self._sent(function, 0), back)
            if isinstance(found, cst.CSTNode):
                raise self._refused(call, found)
            back = found
        return back is Back.JSON

    # the URL

    def _url(
        self, call: cst.Call, given: dict[Definition, tuple[str, ...]], depth: int
    ) -> tuple[tuple[str, ...], cst.BaseExpression | None] | None:
        """The texts of the URL behind a call, and the argument that is a part of it."""
        function = function_called(self._program, call)
        if function is None or depth > _MOST_FUNCTIONS:
            return None
        inside = handed_on(function, call)
        if inside is None:
            return None
        own = self._program.scopes.bound(function)
        resolver = self._program.resolver
        bound = {
            own[name][0]: resolver.value(node, given).texts
            for name, node in inside.given.items()
            if len(own.get(name, ())) == 1
        }
        every: dict[tuple[str, ...], set[str]] = {}
        for sent in self._sent(function, 0):
            found = self._sent_to(sent, bound, depth)
            if found is not None:
                every.setdefault(found[0], set()).update(found[1])
        if len(every) != 1:
            return None
        [(texts, names)] = every.items()
        args = {id(arg.value) for arg in call.args}
        parts = [inside.given[name] for name in names if name in inside.given]
        mine = [node for node in parts if id(node) in args]
        return texts, mine[0] if len(mine) == 1 == len(parts) else None

    def _sent_to(
        self, sent: cst.Call, bound: dict[Definition, tuple[str, ...]], depth: int
    ) -> tuple[tuple[str, ...], set[str]] | None:
        """The texts that a call in a function sends to, and the parameters that are in them."""
        client = self._program.clients.of(sent)
        if client is not None:
            addressed = self._program.finder.addressed(sent, client, bound)
            if addressed is None:
                return None
            inside = {c.name for c in addressed[1].constants if c in bound}
            return addressed[1].texts, inside
        found = self._url(sent, bound, depth + 1)
        if found is None or found[1] is None:
            return None
        constants = self._program.resolver.value(found[1], bound).constants
        inside = {c.name for c in constants if c in bound}
        return found[0], inside

    # what is sent

    def _method(self, inner: cst.Call, client: Client, handed: Handed, call: cst.Call) -> str:
        named = {a.keyword.value: a.value for a in inner.args if a.keyword is not None}
        if not client.is_told_the_method and client.library is not Library.URLLIB:
            return client.method.upper()
        plain = [a.value for a in inner.args if a.keyword is None and not a.star]
        node = named.get("method")
        if node is None and client.library is not Library.URLLIB and plain:
            node = plain[0]
        word = None if node is None else self._word(node, handed)
        if word is None:
            raise self._refused(call, inner)
        return word.upper()

    def _parts(
        self, inner: cst.Call, handed: Handed, call: cst.Call
    ) -> tuple[cst.BaseExpression | None, cst.BaseExpression | None, cst.BaseExpression | None]:
        """What the call gives for the body, and for the query; the headers that are sent."""
        named = {a.keyword.value: a.value for a in inner.args if a.keyword is not None}
        if any(arg.star for arg in inner.args):
            star = [a.value for a in inner.args if a.star == "**"]
            if len(star) != 1 or dotted(star[0]) != handed.rest or handed.rest in handed.given:
                raise self._refused(call, inner)
            named = {**handed.more, **named}
        client = self._program.clients.of(inner)
        plain = [a.value for a in inner.args if a.keyword is None and not a.star]
        if client is not None and client.library is Library.URLLIB and len(plain) > 1:
            named["data"] = plain[1]
            named |= {"headers": plain[2]} if len(plain) > 2 else {}
        bodies = [named[name] for name in _BODIES if name in named]
        params = named.get("params")
        if len(bodies) > 1:
            raise self._refused(call, inner)
        query = None if params is None else self._given(params, handed, call)
        headers = named.get("headers")
        return (self._given(bodies[0], handed, call) if bodies else None), query, headers

    def _given(
        self, node: cst.BaseExpression, handed: Handed, call: cst.Call
    ) -> cst.BaseExpression | None:
        """What a call gives for an expression of the sending function; None for nothing."""
        following: cst.BaseExpression | None = node
        for _ in range(_MOST_STEPS):
            if following is None:
                break
            node = following
            if is_none(node) or self._tree.source(node) in _NOTHING:
                return None
            if self._tree.is_inside(node, call):
                return node
            following = self._behind(node, handed, call)
        raise RefusedError(
            Reason.BODY_NOT_UNDERSTOOD, f"`{self._tree.show(call)}`: `{self._tree.show(node)}`"
        )

    def _behind(
        self, node: cst.BaseExpression, handed: Handed, call: cst.Call
    ) -> cst.BaseExpression | None:
        """What an expression of a function gets its value from, a step nearer to the call."""
        if self._tree.function_of(node) is not handed.function:
            return None
        if isinstance(node, cst.IfExp):
            holds = self._holds(node.test, handed)
            if holds is not None:
                return node.body if holds else node.orelse
            # `json.dumps(body) if body else None`, of a body that is given
            sides = [s for s in (node.body, node.orelse) if self._tree.source(s) not in _NOTHING]
            return sides[0] if len(sides) == 1 else None
        if isinstance(node, cst.BooleanOperation) and isinstance(node.operator, cst.Or):
            return node.right if self._given(node.left, handed, call) is None else node.left
        if isinstance(node, cst.Call):
            if self._program.scopes.imported(node.func) in _DUMPS and node.args:
                return node.args[0].value
            if isinstance(node.func, cst.Attribute) and node.func.attr.value == "encode":
                return node.func.value
            return None
        if not isinstance(node, cst.Name):
            return None
        return handed.given.get(node.value) or self._definition(node, handed)

    def _reduced(
        self, handed: Handed, call: cst.Call, node: cst.BaseExpression
    ) -> cst.BaseExpression:
        """What an argument is in the outermost call; itself where it is nothing of that."""
        try:
            given = self._given(node, handed, call)
        except RefusedError:
            return node
        return cst.Name("None") if given is None else given

    def _unchanged(
        self, handed: Handed, function: cst.FunctionDef, call: cst.Call, path: cst.BaseExpression
    ) -> Handed:
        """What a function is handed, without the parameters that it gives another value.

        Raises:
            RefusedError: it changes what is sent, or does one thing or another by the ``path``.
        """
        bound = self._program.scopes.bound(function)
        given = {n: value for n, value in handed.given.items() if len(bound.get(n, ())) == 1}
        for use in self._program.scopes.uses(handed.rest) if handed.rest else ():
            if self._tree.function_of(use) is function and not self._leaves_parts(use):
                raise self._refused(call, self._tree.parent(use) or use)
        for name, value in given.items():
            for use in () if name in _NO_PARTS else self._program.scopes.uses(name):
                if self._tree.function_of(use) is not function:
                    continue
                looks = decides(self._program, use) if value is path else False
                looks = looks or (value is not path and reads(self._program, use, value))
                if looks or changes(self._program, use):
                    raise self._refused(call, self._tree.parent(use) or use)
        return replace(handed, given=given)

    def _leaves_parts(self, use: cst.Name) -> bool:
        """Whether a use of `kwargs` leaves what is sent as it is."""
        parent = self._tree.parent(use)
        if isinstance(parent, cst.Arg):
            return parent.star == "**"
        around = None if parent is None else self._tree.parent(parent)
        if isinstance(parent, cst.Attribute) and isinstance(around, cst.Call) and around.args:
            kept = parent.attr.value in ("setdefault", "pop", "get")
            key = self._program.resolver.text(around.args[0].value)
            return kept and key in _NO_PARTS
        if isinstance(parent, cst.Subscript) and isinstance(parent.slice[0].slice, cst.Index):
            return self._program.resolver.text(parent.slice[0].slice.value) in _NO_PARTS
        return False

    def _definition(self, node: cst.Name, handed: Handed) -> cst.BaseExpression | None:
        """`data`, of `data = None` above `if body is not None: data = json.dumps(body)`."""
        every = [d.value for d in self._program.flow.every(node.value, node)]
        values = [value for value in every if value is not None]
        if len(values) != len(every):
            return None
        reached = [v for v in values if self._is_reached(v, handed)]
        some = [v for v in reached if self._tree.source(v) not in _NOTHING]
        if len(some) > 1 or not reached:
            return None
        return some[0] if some else reached[0]
