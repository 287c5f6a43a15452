"""The other side of a Python program: what waits made into what is awaited, and the reverse.

Both work on the syntax tree, so that comments and layout are lost; they raise `NoOtherSideError`
for a program of which the other side is no mechanical change.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from tests.python_goldens import PythonGolden, goldens

_SYNC = {
    "AsyncClient": "Client",
    "AsyncOpenAI": "OpenAI",
    "AsyncAssistantEventHandler": "AssistantEventHandler",
    "AsyncIterator": "Iterator",
    "AsyncGenerator": "Generator",
    "aiter_bytes": "iter_bytes",
    "aiter_lines": "iter_lines",
    "aclose": "close",
    "aread": "read",
}
_MAKERS = {"httpx.Client": "AsyncClient", "OpenAI": "AsyncOpenAI", "openai.OpenAI": "AsyncOpenAI"}
#: Goldens of which the other side is written otherwise, and why.
_OTHERWISE = {
    # an answer that fits on a line is read there
    "raw-apart-messages-of-the-run",
    # the pages of a list are gone through by the library only where that waits; what is gone
    # through as it comes is a list then
    "sdk-helpers-of-a-notebook",
    "sdk-messages-gone-through-async",
    # the function for the answer awaits it itself, where it is given what is awaited
    "responses-httpx-model-that-may-hold-none",
    # what a framework's response goes through is awaited also where it does not have to be
    "stream-lines-httpx-in-fastapi",
    "stream-lines-responses-httpx-in-fastapi",
}
#: Ways to use a list of messages or a stream that are the same where it is awaited.
_HELD = (ast.Attribute, ast.For, ast.Assign)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class NoOtherSideError(Exception):
    """A program has no other side by a mechanical change; says why."""


def dotted(node: ast.AST) -> str:
    """`a.b.c` of names and attributes, empty for all else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


# --- what is awaited becomes what waits


class _Waiting(ast.NodeTransformer):
    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        self.generic_visit(node)
        for arg in node.args.args:
            # What is given still to be awaited is given as it is.
            if arg.arg == "asked" and arg.annotation is not None:
                arg.arg, arg.annotation = "live", _inner(arg.annotation)
                node.body = [n for n in node.body if not _is_awaiting(n)]
        return ast.FunctionDef(**{name: getattr(node, name) for name in node._fields})

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST:
        self.generic_visit(node)
        return ast.With(items=node.items, body=node.body)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:
        self.generic_visit(node)
        return ast.For(target=node.target, iter=node.iter, body=node.body, orelse=node.orelse)

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        self.generic_visit(node)
        node.is_async = 0
        return node

    def visit_Await(self, node: ast.Await) -> ast.AST:
        self.generic_visit(node)
        return node.value

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        return node.args[0] if dotted(node.func) == "asyncio.run" else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if dotted(node) == "asyncio.sleep":
            return ast.Attribute(ast.Name("time", ast.Load()), "sleep", node.ctx)
        if dotted(node).startswith("asyncio."):
            raise NoOtherSideError(dotted(node))
        node.attr = _SYNC.get(node.attr, node.attr)
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = _SYNC.get(node.id, node.id)
        return node

    def visit_alias(self, node: ast.alias) -> ast.AST:
        node.name = "time" if node.name == "asyncio" else _SYNC.get(node.name, node.name)
        return node


def _inner(annotation: ast.expr) -> ast.expr:
    """`X` of `typing.Awaitable[X]`."""
    return annotation.slice if isinstance(annotation, ast.Subscript) else annotation


def _is_awaiting(node: ast.stmt) -> bool:
    """`live = await asked`, which waits no more."""
    return isinstance(node, ast.Assign) and dotted(node.value) == "asked"


def to_sync(source: bytes) -> bytes:
    """A program that waits where the given one awaits.

    Raises:
        NoOtherSideError: it uses what only asyncio has.
    """
    return _code(_Waiting().visit(ast.parse(source)))


# --- what waits becomes what is awaited


class _Awaiting(ast.NodeTransformer):
    """Awaits what the clients of a program are asked for."""

    def __init__(self, tree: ast.Module) -> None:
        self._clients = {name for name, call in _bound(tree) if dotted(call.func) in _MAKERS}
        for node in ast.walk(tree):
            # `threads = client.beta.threads`
            if isinstance(node, ast.Assign) and dotted(node.value).split(".")[0] in self._clients:
                self._clients.add(dotted(node.targets[0]))
        self._streams = {
            dotted(item.optional_vars)
            for node in ast.walk(tree)
            if isinstance(node, ast.With)
            for item in node.items
            if item.optional_vars is not None and self._is_stream(item.context_expr)
        }
        #: What holds the pages of a list, or the events of a stream.
        self._held = {
            name for name, call in _bound(tree) if self._is_asked(call) and _is_gone_through(call)
        }
        #: The functions that have something to await, by their names.
        self.awaited: set[str] = set()

    @property
    def has_client(self) -> bool:
        """Whether the program has a client of httpx or openai."""
        return bool(self._clients)

    def _is_asked(self, call: ast.Call) -> bool:
        owner = dotted(call.func).rpartition(".")[0]
        return any(owner == name or owner.startswith(f"{name}.") for name in self._clients)

    def _is_stream(self, node: ast.AST) -> bool:
        return (
            isinstance(node, ast.Call)
            and self._is_asked(node)
            and dotted(node.func).endswith(".stream")
        )

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = dotted(node.func)
        if name in _MAKERS:
            _renamed(node.func, _MAKERS[name])
        elif name == "time.sleep":
            node.func = ast.Attribute(ast.Name("asyncio", ast.Load()), "sleep", ast.Load())
            return ast.Await(node)
        elif self._is_asked(node) and not self._is_stream(node):
            if ".headers." not in name:
                return ast.Await(node)
        elif name.rpartition(".")[2] in self.awaited:
            return ast.Await(node)
        return node

    def visit_With(self, node: ast.With) -> ast.AST:
        opened = [item.context_expr for item in node.items]
        made = any(isinstance(o, ast.Call) and dotted(o.func) in _MAKERS for o in opened)
        streams = any(map(self._is_stream, opened))
        self.generic_visit(node)
        return ast.AsyncWith(items=node.items, body=node.body) if made or streams else node

    def visit_For(self, node: ast.For) -> ast.AST:
        over = node.iter
        listed = isinstance(over, ast.Call) and self._is_asked(over) and _is_gone_through(over)
        paged = isinstance(over, ast.Call) and dotted(over.func).endswith(".list")
        held = dotted(over) in self._held
        streamed = dotted(over) in self._streams or dotted(over).rpartition(".")[0] in self._streams
        self.generic_visit(node)
        if not (listed or held or streamed):
            return node
        if isinstance(node.iter, ast.Await) and listed and paged:
            node.iter = node.iter.value
        return ast.AsyncFor(target=node.target, iter=node.iter, body=node.body, orelse=node.orelse)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        if not any(isinstance(inner, _AWAITS) for inner in _own(node)):
            return node
        if node.name.startswith("__") or node.decorator_list:
            raise NoOtherSideError(f"{node.name} has something to await")
        self.awaited.add(node.name)
        return ast.AsyncFunctionDef(**{name: getattr(node, name) for name in node._fields})


_AWAITS = (ast.Await, ast.AsyncWith, ast.AsyncFor)


def to_async(source: bytes) -> bytes:
    """A program that awaits where the given one waits for a client of httpx or openai.

    Raises:
        NoOtherSideError: it would not be the same program.
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any("Handler" in dotted(b) for b in node.bases):
            raise NoOtherSideError("a handler's methods are called by the library")
    changing = _Awaiting(tree)
    for use in _other_uses(tree, changing._held):
        raise NoOtherSideError(f"line {getattr(use, 'lineno', 0)} goes through a list otherwise")
    known: set[str] | None = None
    while known != changing.awaited:
        known = set(changing.awaited)
        changing = _Awaiting(tree := ast.parse(source))
        changing.awaited = set(known)
        tree = changing.visit(tree)
    for node in _own(tree):
        if isinstance(node, _AWAITS):
            raise NoOtherSideError("the module itself would await")
    timed = any(dotted(n).startswith("time.") for n in ast.walk(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and timed and ast.unparse(node) == "import time":
            node.names.append(ast.alias("asyncio"))
        elif isinstance(node, ast.alias):
            names = (
                {"OpenAI": "AsyncOpenAI"} if timed else {"OpenAI": "AsyncOpenAI", "time": "asyncio"}
            )
            node.name = names.get(node.name, node.name)
        if isinstance(node, (ast.Lambda, ast.GeneratorExp, ast.ListComp)):
            if any(isinstance(inner, ast.Await) for inner in ast.walk(node)):
                raise NoOtherSideError("something is awaited in an expression of its own")
    if not changing.awaited or not changing.has_client:
        raise NoOtherSideError("nothing of it waits for such a client")
    return _code(tree)


def _bound(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """The names and fields that are given the result of a call, with the call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            yield dotted(node.targets[0]), node.value
        elif isinstance(node, ast.withitem) and isinstance(node.context_expr, ast.Call):
            if node.optional_vars is not None:
                yield dotted(node.optional_vars), node.context_expr


def _is_gone_through(call: ast.Call) -> bool:
    """Whether a loop over what a call gives has to wait: the pages of a list, a stream's events."""
    streams = any(keyword.arg == "stream" for keyword in call.keywords)
    return dotted(call.func).endswith(".list") or streams


def _other_uses(tree: ast.AST, held: set[str]) -> Iterator[ast.AST]:
    """Uses of lists and streams that are neither a loop nor a member."""
    for node in ast.walk(tree):
        for inner in ast.iter_child_nodes(node):
            if isinstance(inner, ast.Name) and inner.id in held and not isinstance(node, _HELD):
                yield inner
            if (
                isinstance(node, ast.Call)
                and isinstance(inner, ast.Call)
                and _is_gone_through(inner)
            ):
                yield inner


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """What is below a node, functions in it left out."""
    for inner in ast.iter_child_nodes(node):
        yield inner
        if not isinstance(inner, (*_FUNCTIONS, ast.Lambda)):
            yield from _own(inner)


def _renamed(node: ast.AST, name: str) -> None:
    if isinstance(node, ast.Name):
        node.id = name
    elif isinstance(node, ast.Attribute):
        node.attr = name


def _code(tree: ast.AST) -> bytes:
    return (ast.unparse(ast.fix_missing_locations(tree)) + "\n").encode()


def same(source: bytes) -> str:
    """What two programs have alike that only differ in layout and in the places of imports."""
    tree = ast.parse(source)
    imports = [n for n in tree.body if isinstance(n, (ast.Import, ast.ImportFrom))]
    tree.body = [n for n in tree.body if n not in imports]
    used = {name.id for name in ast.walk(tree) if isinstance(name, ast.Name)}
    names = set()
    for node in imports:
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                names.add(f"from {node.module} import {alias.name}")
            elif alias.name != "typing" or "typing" in used:
                names.add(f"import {alias.name}")
    return "\n".join(sorted(names)) + "\n\n" + ast.unparse(tree)


@cache
def other_sides() -> dict[str, tuple[PythonGolden, bytes, bytes]]:
    """The goldens that have another side, with that of what is given and of what comes out."""
    found = {}
    for golden in goldens().values():
        # aiohttp has no side that waits.
        if b"aiohttp" in golden.source or golden.name in _OTHERWISE:
            continue
        awaits = b"await " in golden.source or b"async " in golden.source
        change, side = (to_sync, "waits") if awaits else (to_async, "is-awaited")
        try:
            made = golden, change(golden.source), change(golden.expected)
        except NoOtherSideError:
            continue
        found[f"{golden.name}-{side}"] = made
    return found
