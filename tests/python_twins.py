"""Python files turned into their asynchronous twins and back, where that is plain."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

#: What is called in another way in code that waits: the class, the methods of httpx.
_TO_ASYNC = {"OpenAI": "AsyncOpenAI", "Client": "AsyncClient"}
_TO_SYNC = {
    **{new: old for old, new in _TO_ASYNC.items()},
    "AsyncAssistantEventHandler": "AssistantEventHandler",
    "aiter_bytes": "iter_bytes",
    "aiter_lines": "iter_lines",
    "aclose": "close",
    "aread": "read",
    "AsyncIterator": "Iterator",
}
#: Methods of httpx's client that send.
_SENDS = frozenset({"get", "post", "put", "patch", "delete", "request", "send"})
_IMPORTS = re.compile(r"(?:^import [\w.]+\n)+", re.MULTILINE)


class NoTwinError(Exception):
    """The file has no twin that differs by nothing but who waits."""


def to_sync(source: bytes) -> bytes:
    """A file that awaits nothing.

    Raises:
        NoTwinError: it is no such file, or does more than wait.
    """
    text = source.decode()
    if not re.search(r"\bAsync(?:OpenAI|Client)\(", text) or "aiohttp" in text:
        raise NoTwinError("no client that is awaited")
    if "typing.Awaitable[" in text:
        raise NoTwinError("the new function awaits the request itself")
    if re.search(r"\bitem\s+async for item in\b", text):
        raise NoTwinError("the library goes through the pages by itself where nothing waits")
    text = text.replace("asyncio.sleep(", "time.sleep(")
    changes = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME and token.string in ("async", "await"):
            changes.append((token.start, len(token.string) + 1, ""))
        elif token.type == tokenize.NAME and token.string in _TO_SYNC:
            changes.append((token.start, len(token.string), _TO_SYNC[token.string]))
    lines = text.splitlines(keepends=True)
    for (row, column), length, new in reversed(changes):
        line = lines[row - 1]
        lines[row - 1] = line[:column] + new + line[column + length :]
    return _imported("".join(lines), "asyncio", "time").encode()


def to_async(source: bytes) -> bytes:
    """A file whose client is awaited, and all its functions that need one.

    Raises:
        NoTwinError: it does what is another thing there, such as a call in the module.
    """
    text = source.decode()
    if "async" in text or ".stream(" in text or "stream=True" in text or "iter_lines" in text:
        raise NoTwinError("asynchronous already, or a stream")
    twin = _Twin(text)
    return _imported(twin.text(), "time", "asyncio").encode()


def _imported(text: str, old: str, new: str) -> str:
    """The text with the one module imported in the other's place, where it is used."""
    if not re.search(rf"\b{new}\.", text):
        return text
    if f"from {old} import" in text:
        raise NoTwinError(f"{old} is imported in another way")
    kept = f"import {old}\n" if re.search(rf"\b{old}\.\w", text) else ""

    def in_order(block: re.Match[str]) -> str:
        lines = set(block[0].splitlines(keepends=True))
        if f"import {old}\n" in lines:
            lines = {*(lines - {f"import {old}\n"}), f"import {new}\n", kept}
        return "".join(sorted(lines))

    changed = _IMPORTS.sub(in_order, text)
    if f"import {new}\n" not in changed:
        raise NoTwinError(f"no line that imports {old}")
    return changed


class _Twin:
    """One file that is to wait."""

    def __init__(self, text: str) -> None:
        self._lines = [line.encode() for line in text.splitlines(keepends=True)]
        self._tree = ast.parse(text)
        self._parents = {
            inner: node for node in ast.walk(self._tree) for inner in ast.iter_child_nodes(node)
        }
        #: The clients, as they are written, with whether they are httpx's.
        self._clients = dict(self._made())
        if not self._clients:
            raise NoTwinError("no client")
        self._clients |= dict(self._named())
        self._waiting: set[ast.FunctionDef] = set()
        self._awaited: list[ast.Call] = []
        self._wait()

    def _made(self) -> Iterator[tuple[str, bool]]:
        for node in ast.walk(self._tree):
            if isinstance(node, (ast.Assign, ast.AnnAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                value = node.value
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                targets, value = [node.optional_vars], node.context_expr
            else:
                continue
            maker = ast.unparse(value.func) if isinstance(value, ast.Call) else ""
            if maker in ("OpenAI", "openai.OpenAI", "httpx.Client"):
                for target in targets:
                    yield ast.unparse(target), maker == "httpx.Client"

    def _named(self) -> Iterator[tuple[str, bool]]:
        """Names of what a client has: `threads = client.beta.threads`."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute):
                first = ast.unparse(node.value).split(".")[0]
                if first in self._clients and not self._clients[first]:
                    yield ast.unparse(node.targets[0]), False

    def _wait(self) -> None:
        """Which calls are awaited: those of the clients, of `sleep`, and of what waits itself."""
        calls = [node for node in ast.walk(self._tree) if isinstance(node, ast.Call)]
        for call in calls:
            if self._is_sent(call) or ast.unparse(call.func) == "time.sleep":
                self._await(call)
        known = -1
        while known != len(self._waiting):
            known = len(self._waiting)
            names = {function.name for function in self._waiting}
            for call in calls:
                name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
                name = call.func.id if isinstance(call.func, ast.Name) else name
                own = not isinstance(call.func, ast.Attribute) or isinstance(
                    call.func.value, ast.Name
                )
                if name in names and own and call not in self._awaited:
                    self._await(call)

    def _is_sent(self, call: ast.Call) -> bool:
        node: ast.expr = call.func
        while isinstance(node, ast.Attribute):
            if ast.unparse(node.value) in self._clients:
                is_httpx = self._clients[ast.unparse(node.value)]
                return not is_httpx or (node.attr in _SENDS and node is call.func)
            node = node.value
        return False

    def _await(self, call: ast.Call) -> None:
        self._awaited.append(call)
        node: ast.AST = call
        while not isinstance(node, ast.FunctionDef):
            if isinstance(node, (ast.Lambda, ast.Module, ast.GeneratorExp)):
                raise NoTwinError("nothing waits here")
            node = self._parents[node]
        if any(isinstance(inner, (ast.Yield, ast.YieldFrom)) for inner in ast.walk(node)):
            raise NoTwinError("a generator")
        self._waiting.add(node)

    def text(self) -> str:
        """The twin."""
        changes: list[tuple[int, int, int, str]] = []  # line, column, length, what is put there
        for node in ast.walk(self._tree):
            if isinstance(node, (ast.FunctionDef, ast.With)) and self._is_async(node):
                changes.append((node.lineno, node.col_offset, 0, "async "))
            elif isinstance(node, ast.Name) and node.id in self._names():
                self._check_called(node)
        for call in self._awaited:
            changes += self._prefixed(call)
        for row, column, length, new in sorted(changes, reverse=True):
            line = self._lines[row - 1]
            self._lines[row - 1] = line[:column] + new.encode() + line[column + length :]
        made = b"".join(self._lines).decode().replace("time.sleep(", "asyncio.sleep(")
        made = re.sub(r"\bhttpx\.Client\b", "httpx.AsyncClient", made)
        return re.sub(r"\bOpenAI\b(?=[(,\n\]:)])", "AsyncOpenAI", made)

    def _is_async(self, node: ast.FunctionDef | ast.With) -> bool:
        if isinstance(node, ast.FunctionDef):
            return node in self._waiting
        opened = [ast.unparse(item.context_expr) for item in node.items]
        return any(one.startswith("httpx.Client(") for one in opened)

    def _names(self) -> set[str]:
        return {function.name for function in self._waiting}

    def _check_called(self, name: ast.Name) -> None:
        parent = self._parents[name]
        if not isinstance(parent, ast.Call) or parent.func is not name:
            raise NoTwinError(f"{name.id} is handed on")

    def _prefixed(self, call: ast.Call) -> list[tuple[int, int, int, str]]:
        """`await` in front of a call, in brackets where something is taken of it."""
        parent = self._parents[call]
        start, end = (
            (call.lineno, call.col_offset),
            (call.end_lineno or 0, call.end_col_offset or 0),
        )
        taken = isinstance(parent, (ast.Attribute, ast.Assign))
        if isinstance(call.func, ast.Attribute) and call.func.attr == "list" and not taken:
            raise NoTwinError("the library asks for all pages as they are gone through")
        if isinstance(parent, (ast.Attribute, ast.Subscript)) and parent.value is call:
            return [(*start, 0, "(await "), (*end, 0, ")")]
        return [(*start, 0, "await ")]
