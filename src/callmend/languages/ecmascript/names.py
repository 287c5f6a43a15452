"""Names for inserted declarations: new ones where the template's would collide or capture."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.scopes import Binding, Scope, Scopes
from callmend.languages.ecmascript.template import Template
from callmend.languages.ecmascript.tree import text
from callmend.reasons import Reason


class Names:
    """Hands out names in one file; what it has handed out is taken for later calls."""

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._reserved: dict[int, set[bytes]] = {}
        self._helpers: dict[tuple[bytes, bytes], bytes] = {}

    def declare(self, names: Iterable[bytes], at: Node, used: Iterable[Node]) -> dict[bytes, bytes]:
        """New names for declarations that are inserted beside a statement.

        ``at`` is that statement, ``used`` the captured nodes that the inserted code holds. A name
        gets the first free suffix (2, 3, ...) where an enclosing scope declares it (it would
        collide or shadow), where the scope uses a global of that name (it would capture it), or
        where captured code does.
        """
        scope = self._scopes.scope_at(at)
        captured = {text(name) for node in used for name in self._scopes.names_in(node)}
        chosen: dict[bytes, bytes] = {}
        for name in sorted(names):
            number = 1
            new = name
            while self._is_taken(new, scope, captured) or new in chosen.values():
                number += 1
                new = name + str(number).encode()
            chosen[name] = new
            self._reserved.setdefault(id(scope), set()).add(new)
        return chosen

    def _is_taken(self, name: bytes, scope: Scope, captured: set[bytes]) -> bool:
        if name in captured or scope.lookup(name) is not None:
            return True
        if self._scopes.uses_inside(name, scope.node, of=None):
            return True
        current: Scope | None = scope
        while current is not None:
            if name in self._reserved.get(id(current), ()):
                return True
            current = current.parent
        return False

    def helper(self, name: bytes, variant: bytes = b"") -> bytes:
        """The name of a function for the end of the file: the same one for every call.

        It is one that occurs nowhere in the file, so that it means the function everywhere. Each
        ``variant`` of a function has a name of its own.
        """
        if (name, variant) not in self._helpers:
            number = 1
            new = name
            while self._occurs(new) or new in self._helpers.values():
                number += 1
                new = name + str(number).encode()
            self._helpers[name, variant] = new
        return self._helpers[name, variant]

    def _occurs(self, name: bytes) -> bool:
        return (
            re.search(rb"(?<![\w$])%b(?![\w$])" % re.escape(name), self._scopes.tree.data)
            is not None
        )

    def inside_helper(self, names: Iterable[bytes]) -> dict[bytes, bytes]:
        """New names for those in a function at the file's end that the file declares at its top.

        They would only shadow them there, but a reader (and a linter) stumbles over that.
        """
        renamed: dict[bytes, bytes] = {}
        for name in sorted(names):
            if name not in self._scopes.root.bindings:
                continue
            number = 2
            while self._occurs(name + str(number).encode()):
                number += 1
            renamed[name] = name + str(number).encode()
        return renamed

    def visible(self, name: Node, at: Node) -> bool:
        """Whether a name means the same at another place."""
        return self._scopes.scope_at(at).lookup(text(name)) is self._scopes.binding(name)

    def check_globals(
        self, template: Template, at: Node, qualified: Collection[bytes] = ()
    ) -> None:
        """Refuse where a global that a template uses is another thing.

        ``qualified`` are globals that are written as members of `globalThis` in such a file.

        Raises:
            RefusedError: the file declares that name where the code would stand.
        """
        scope = self._scopes.scope_at(at)
        for name in template.globals().difference(qualified):
            if name != b"fetch" and scope.lookup(name) is not None:
                shown = name.decode("utf-8", "replace")
                raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{shown}` is another thing here")

    def binding(self, name: Node) -> Binding | None:
        """What a name refers to."""
        return self._scopes.binding(name)
