"""Clients of OpenAI's SDK that another file of the project makes: which module they come from."""

from __future__ import annotations

import libcst as cst

from callmend.languages.modules import names_module, setting_for
from callmend.languages.python.program import Program
from callmend.languages.python.tree import dotted, unawaited
from callmend.records import record

#: How many definitions a client is followed through.
_MOST_STEPS = 8
#: What leads a client elsewhere, where a function is given it.
_DECIDING = frozenset({"base_url", "http_client", "azure_endpoint", "default_headers"})


@record(frozen=True, slots=True)
class Imported:
    """A client that a module of the project exports, or a function of it gives.

    ``name`` is the full name of what is imported, which starts with dots where the module is given
    by its place. ``led`` tells that the call that gives the client names another host, or may.
    """

    name: str
    led: bool = False

    @property
    def module(self) -> str:
        """The module, as the import spells it."""
        behind = self.name.lstrip(".")
        return self.name[: len(self.name) - len(behind)] + behind.rpartition(".")[0]

    @property
    def is_of_a_project(self) -> bool:
        """Whether it is none of what OpenAI's own package exports."""
        return bool(self.module) and self.name.split(".")[0] != "openai"

    def is_named(self, program: Program) -> bool:
        """Whether the settings say that the module exports OpenAI's clients."""
        return names_module(program.client_modules, self.module, program.source.path)

    def setting(self, program: Program) -> str:
        """The setting that names the module."""
        return setting_for(self.module, program.source.path)


def imported_client(program: Program, node: cst.BaseExpression, depth: int = 0) -> Imported | None:
    """Where a client is imported from, through names, fields and parameters; None for another."""
    if depth > _MOST_STEPS:
        return None
    node = unawaited(node)
    if isinstance(node, cst.Call):
        injected = program.scopes.imported(node.func) == "fastapi.Depends" and len(node.args) == 1
        name = _full_name(program, node.args[0].value if injected else node.func)
        if name:
            return Imported(name, not injected and any(map(_may_lead, node.args)))
        returned = program.clients.returned(node)
        return None if returned is None else imported_client(program, returned, depth + 1)
    name = _full_name(program, node)
    if name:
        return Imported(name)
    definitions = program.resolver.definitions(node)
    if len(definitions) != 1:
        return None
    value = definitions[0].value
    if isinstance(definitions[0].node, cst.Param):
        value = definitions[0].node.default
    return None if value is None else imported_client(program, value, depth + 1)


def is_awaited(program: Program, client: cst.BaseExpression) -> bool:
    """Whether the file awaits a call on the client: nothing else tells what it is made by."""
    wanted, known = dotted(client), imported_client(program, client)
    for node in program.tree.nodes:
        asked: list[cst.BaseExpression] = []
        if isinstance(node, cst.Await):
            asked = [node.expression]
        elif isinstance(node, (cst.With, cst.For)) and node.asynchronous is not None:
            asked = [node.iter] if isinstance(node, cst.For) else [i.item for i in node.items]
        for call in asked:
            owner = call.func if isinstance(call, cst.Call) else call
            if not dotted(owner).startswith(f"{wanted}."):
                continue
            while isinstance(owner, cst.Attribute) and dotted(owner) != wanted:
                owner = owner.value
            if imported_client(program, owner) == known:
                return True
    return False


def _may_lead(arg: cst.Arg) -> bool:
    word = "" if arg.keyword is None else arg.keyword.value
    return bool(arg.star) or word in _DECIDING or isinstance(arg.value, cst.Call)


def _full_name(program: Program, node: cst.CSTNode) -> str:
    """The full name of what a name, or a path of members, is imported as; empty for none."""
    path = dotted(node)
    first, _, rest = path.partition(".")
    scope = program.scopes.scope_of(first, node) if first else None
    if scope is None:
        return ""
    found = program.scopes.bound(scope)[first]
    alias = found[0].node
    statement = program.tree.parent(alias)
    if len(found) != 1 or not isinstance(alias, cst.ImportAlias):
        return ""
    if not isinstance(statement, cst.ImportFrom):
        return program.scopes.imported(node)
    module = "" if statement.module is None else dotted(statement.module)
    dots = "." * len(statement.relative)
    parts = [part for part in (module, dotted(alias.name), rest) if part]
    return dots + ".".join(parts)
