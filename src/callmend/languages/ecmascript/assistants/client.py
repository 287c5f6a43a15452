"""Whose client a call is made on: OpenAI's own SDK at api.openai.com, or something else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum
from functools import cached_property
from urllib.parse import urlsplit

from tree_sitter import Node

from callmend.languages.ecmascript.assistants.elsewhere import exports
from callmend.languages.ecmascript.growing import optional_members
from callmend.languages.ecmascript.objects import object_behind
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding, Kind
from callmend.languages.ecmascript.sources import returned
from callmend.languages.ecmascript.transports import (
    imported_from,
    imported_name,
    is_own_module,
)
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    descendants,
    field,
    is_inside,
    items,
    key_name,
    show,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import HOLE, text_of
from callmend.languages.modules import names_module, package_of, setting_for
from callmend.records import record

_PACKAGE = "openai"
_HOST = "api.openai.com"
_BASES = frozenset({b"baseURL", b"baseUrl", b"basePath"})
#: Options that decide where a client sends its requests.
_DECIDING = _BASES | {b"fetch"}
_MOST_SPREADS = 4
_NAMES = frozenset({"property_identifier", "shorthand_property_identifier", "identifier"})
#: What a client is before it is set.
_NOTHING = frozenset({b"null", b"undefined"})
#: What sets a name, and what gives one of two values.
_SETS = frozenset({"assignment_expression", "augmented_assignment_expression"})
_EITHER = frozenset({b"??", b"||"})


class Owner(Enum):
    """Whose a client is."""

    OPENAI = "openai"
    AZURE = "azure"
    OTHER_HOST = "other-host"
    HOST_UNKNOWN = "host-unknown"
    UNKNOWN = "unknown"


#: What the code of another file can say for certain.
_CERTAIN = frozenset({Owner.OPENAI, Owner.AZURE, Owner.OTHER_HOST})


@record(frozen=True, slots=True)
class Client:
    """A client that a call is made on: whose it is, and the `new OpenAI(...)` that makes it.

    ``shown`` is what decided, for a message. ``module`` is the module of the project that it is
    imported from, as the import spells it, and ``export`` what is imported.
    """

    owner: Owner
    made: Node | None = None
    shown: str = ""
    module: str = ""
    export: bytes = b""

    def is_one_with(self, other: Client) -> bool:
        """Whether the two are made by the same code, so that they are of one account."""
        mine = (self.made, self.module, self.export)
        return mine == (other.made, other.module, other.export)


class Clients:
    """Finds out what the clients of one file are."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._tree = program.tree
        self._scopes = program.scopes

    def of(self, node: Node) -> Client:
        """The client that an expression is."""
        found = self._of(unwrapped(node), 0)
        if found.owner is Owner.OPENAI and self._led is not None:
            return Client(Owner.HOST_UNKNOWN, found.made, f"`{show(self._led)}`")
        return found

    @cached_property
    def _led(self) -> Node | None:
        """Where the file sets the base of a client, or of its options, after it is made."""
        if not any(base in self._program.source.data for base in _BASES):
            return None
        for node in self._tree.nodes:
            left = field(node, "left") if node.type == "assignment_expression" else None
            owner = None if left is None else field(left, "object")
            if left is None or owner is None or text_of(left, "property") not in _BASES:
                continue
            # A class has a field of this name for itself; axios keeps its own in `defaults`.
            if text(owner) == b"this" or text_of(owner, "property") == b"defaults":
                continue
            if self._owner_of_base(field(node, "right") or node) is not Owner.OPENAI:
                return node
        return None

    def _of(self, node: Node, depth: int) -> Client:
        if depth > 6:
            return Client(Owner.UNKNOWN)
        if node.type == "new_expression":
            return self._constructed(node)
        if node.type in ("identifier", "shorthand_property_identifier"):
            binding = self._scopes.binding(node)
            if binding is None:
                return Client(Owner.UNKNOWN, None, f"`{show(node)}`")
            known = self._elsewhere(node, ())
            return known or self._one_of(self._values(binding), node, depth)
        if node.type == "member_expression":
            owner = field(node, "object")
            if owner is not None and unwrapped(owner).type == "this":
                return self._one_of(self._field_values(node), node, depth)
            known = None if owner is None else self._whole(node, unwrapped(owner))
            held = self._program.resolver.member(node) if known is None else None
            if known is not None or held is not None:
                return known or self._of(unwrapped(held or node), depth + 1)
        if node.type == "await_expression" and items(node):
            return self._of(unwrapped(items(node)[0]), depth + 1)
        if node.type == "call_expression":
            function = unwrapped(field(node, "function") or node)
            given = items(field(node, "arguments") or node)
            known = self._elsewhere(function, given) or self._given(function, given, node, depth)
            if known is not None:
                return known
        if (values := _choices(node)) is not None:
            return self._one_of(values, node, depth)
        return Client(Owner.UNKNOWN, None, f"`{show(node)}`")

    def _given(self, name: Node, given: Sequence[Node], call: Node, depth: int) -> Client | None:
        """The client that a function of the file gives: `getClient()`, which makes it once, say."""
        binding = self._scopes.binding(name) if name.type == "identifier" else None
        if binding is None or binding.writes:
            return None
        function: Node | None = binding.declarator
        if function is not None and function.type == "variable_declarator":
            function = unwrapped(field(function, "value") or function)
        if function is None or function.type not in FUNCTIONS or "generator" in function.type:
            return None
        values = [value for value in returned(function) or [] if text(value) not in _NOTHING]
        found = self._one_of(values, call, depth)
        # Two keys, say, are two accounts.
        told = b", ".join(text(each) for each in given)
        return replace(found, export=told) if told and found.made is not None else found

    # another file of the project

    def _elsewhere(self, name: Node, given: Sequence[Node]) -> Client | None:
        """The client that another module exports, or that a function of it gives for ``given``."""
        binding = self._scopes.binding(name) if name.type == "identifier" else None
        module = None if binding is None else imported_from(binding)
        if binding is None or binding.writes or module in (None, _PACKAGE):
            return None
        return self._exported_by(module or "", imported_name(binding), given, name)

    def _whole(self, member: Node, owner: Node) -> Client | None:
        """The client that a member of a whole module is: `clients.openai` of `import * as`."""
        binding = self._scopes.binding(owner) if owner.type == "identifier" else None
        if binding is None or binding.declarator.type != "namespace_import":
            return None
        return self._exported_by(
            imported_from(binding) or "", text_of(member, "property"), (), member
        )

    def _exported_by(
        self, module: str, export: bytes, given: Sequence[Node], node: Node
    ) -> Client | None:
        path = self._program.source.path
        if not names_module(self._program.client_modules, module, path):
            followed = self._followed(module, export)
            if followed is not None:
                return replace(followed, made=None, shown="", module=module, export=export)
            if not is_own_module(module) and given:
                return None
            shown = f"`{show(node)}`; if it is OpenAI's, {setting_for(module, path)}"
            return Client(Owner.UNKNOWN, None, shown, module, export)
        for part in (inner for each in given for inner in descendants(each)):
            if part.type in _NAMES and text(part) in _DECIDING:
                return Client(Owner.HOST_UNKNOWN, None, f"`{show(part)}`")
        return Client(Owner.OPENAI, None, "", module, export)

    def _followed(self, module: str, export: bytes) -> Client | None:
        """The client that the project's own file exports; None where that is not certain."""
        found = [
            Clients(other.program).of(value)
            for other in exports(self._program, module, export)
            for value in other.values or (other.program.tree.root,)
        ]
        owners = {client.owner for client in found}
        return found[0] if len(owners) == 1 and owners <= _CERTAIN else None

    def _one_of(self, values: list[Node] | None, node: Node, depth: int) -> Client:
        """The client that all values of a name are; unknown when they differ."""
        found = [self._of(unwrapped(value), depth + 1) for value in values or []]
        owners = {client.owner for client in found}
        if len(owners) != 1:
            # OpenAI's, or another's: which one decides at run time.
            owner = Owner.HOST_UNKNOWN if Owner.OPENAI in owners else Owner.UNKNOWN
            return Client(owner, None, f"`{show(node)}`")
        if len(found) > 1 and found[0].owner is Owner.OPENAI:
            # Two clients with different options are two accounts, say.
            return found[0] if _same(found) else Client(Owner.UNKNOWN, None, f"`{show(node)}`")
        return found[0]

    def _values(self, binding: Binding) -> list[Node] | None:
        """What a variable is ever set to; None when that cannot be seen."""
        declarator = binding.declarator
        if declarator.type != "variable_declarator":
            return None
        if field(declarator, "name") != binding.name_node:
            return None
        value = field(declarator, "value")
        values = [] if value is None or text(value) in _NOTHING else [value]
        for write in binding.writes:
            assignment = self._tree.parent(write)
            right = field(assignment, "right")
            if assignment is None or assignment.type not in _SETS or right is None:
                return None
            if text(right) not in _NOTHING:
                values.append(right)
        return values

    def _field_values(self, member: Node) -> list[Node] | None:
        """What `this.NAME` is ever set to in the class around it, or in one that it extends."""
        name = text_of(member, "property")
        around = next((n for n in self._tree.ancestors(member) if n.type == "class_body"), None)
        if around is None:
            return None
        values: list[Node] = []
        family = self._program.sources.family(around)
        for node in self._tree.nodes:
            if not any(is_inside(node, body) for body in family):
                continue
            if node.type in ("public_field_definition", "field_definition"):
                declared = field(node, "name") or field(node, "property")
                value = field(node, "value")
                if declared is not None and text(declared) == name and value is not None:
                    values.append(value)
            elif node.type == "required_parameter" and items(node):
                # `constructor(private openai: OpenAI)`: made elsewhere.
                modified = any(child.type == "accessibility_modifier" for child in node.children)
                modified = modified or any(text(child) == b"readonly" for child in node.children)
                if modified and text_of(node, "pattern") == name:
                    return None
            elif node.type == "assignment_expression":
                left, right = field(node, "left"), field(node, "right")
                if left is None or right is None or text(left) != b"this." + name:
                    continue
                if text(right) not in _NOTHING:
                    values.append(right)
        return values

    # `new X(...)`

    def _constructed(self, node: Node) -> Client:
        constructor = field(node, "constructor")
        exported = None if constructor is None else self._exported(unwrapped(constructor))
        if exported is None:
            return Client(Owner.UNKNOWN, node, f"`{show(node)}`")
        if exported == b"AzureOpenAI":
            return Client(Owner.AZURE, node, "`AzureOpenAI`")
        if exported not in (b"OpenAI", b"default"):
            return Client(Owner.UNKNOWN, node, f"`{show(node)}`")
        return self._with_options(node)

    def _with_options(self, node: Node) -> Client:
        arguments = field(node, "arguments")
        given = [] if arguments is None else items(arguments)
        if not given:
            return Client(Owner.OPENAI, node)
        options = unwrapped(given[0])
        if options.type != "object":
            constant = self._program.resolver.constant(options)
            if constant is None or constant.type != "object":
                return Client(Owner.HOST_UNKNOWN, node, f"`{show(node)}`")
            options = constant
        return self._judged(node, options)

    def _judged(self, node: Node, options: Node) -> Client:
        """Whose client these options make; of two bases the last one counts."""
        base: Node | None = None
        hidden: Node | None = None
        for item in self._spread_out(options, 0):
            name = key_name(item)
            if item.type == "spread_element" or name is None:
                base, hidden = None, item
            elif name == b"fetch":
                # A fetch of one's own may send it anywhere.
                return Client(Owner.HOST_UNKNOWN, node, f"`{show(item)}`")
            elif name in _BASES:
                base = item
        if base is not None:
            owner = self._owner_of_base(field(base, "value") or base)
            if owner is not Owner.OPENAI:
                return Client(owner, node, f"`{show(base)}`")
        if hidden is not None:
            return Client(Owner.HOST_UNKNOWN, node, f"`{show(hidden)}`")
        return Client(Owner.OPENAI, node)

    def _spread_out(self, options: Node, depth: int) -> Iterator[Node]:
        """The members of options in their order, those of known literals that are spread too.

        A spread that may bring a base, or is not known, comes as it is; one that brings none
        (`...(project ? { project } : {})`) does not come.
        """
        for item in items(options):
            literal = None
            if item.type == "spread_element":
                literal = object_behind(self._scopes, items(item)[0])
                optional = None if literal is not None else optional_members(self._scopes, item)
                if optional is not None and not _DECIDING & optional.keys():
                    continue
            if literal is None or depth > _MOST_SPREADS:
                yield item
            else:
                yield from self._spread_out(literal.node, depth + 1)

    def _owner_of_base(self, value: Node) -> Owner:
        if text(value) in _NOTHING:
            return Owner.OPENAI
        found = Owner.OPENAI
        for base in self._program.resolver.value(value).texts:
            if HOLE in base:
                host = urlsplit(base).hostname or ""
                if not host or HOLE in host:
                    return Owner.HOST_UNKNOWN
            if (urlsplit(base).hostname or "") != _HOST:
                found = Owner.OTHER_HOST
        return found

    def _exported(self, constructor: Node) -> bytes | None:
        """The name under which the package `openai` exports a constructor; None for others."""
        if constructor.type == "member_expression":
            # `openai.OpenAI` of `import * as openai`, `require('openai')`.
            owner = field(constructor, "object")
            if owner is None or unwrapped(owner).type != "identifier":
                return None
            whole = self._exported(unwrapped(owner))
            return text_of(constructor, "property") if whole in (b"*", b"default") else None
        if constructor.type != "identifier":
            return None
        binding = self._scopes.binding(constructor)
        if binding is None or binding.writes:
            return None
        if binding.kind is Kind.IMPORT:
            return self._imported(binding)
        return self._required(binding)

    def _imported(self, binding: Binding) -> bytes | None:
        declarator = binding.declarator
        if declarator.type == "import_require_clause":
            source = field(declarator, "source")
            is_openais = source is not None and text(source)[1:-1] == _PACKAGE.encode()
        else:
            is_openais = imported_from(binding) == _PACKAGE
        if not is_openais:
            return None
        if declarator.type == "import_specifier":
            return text_of(declarator, "name")
        return b"*" if declarator.type == "namespace_import" else b"default"

    def _required(self, binding: Binding) -> bytes | None:
        declarator = binding.declarator
        value, name = field(declarator, "value"), field(declarator, "name")
        if declarator.type != "variable_declarator" or value is None or name is None:
            return None
        value = unwrapped(value)
        member = None
        if value.type == "member_expression":
            member = text_of(value, "property")
            value = unwrapped(field(value, "object") or value)
        whole = b"default"
        if value.type == "await_expression" and items(value):
            # `await import('openai')`: its default export has to be taken out.
            whole, value = b"*", unwrapped(items(value)[0])
        if not self._is_required(value, b"require" if whole == b"default" else b"import"):
            return None
        if name.type == "identifier":
            return member or whole
        if name.type != "object_pattern" or member is not None:
            return None
        for item in items(name):
            if item == binding.name_node:
                return binding.name
            if item.type == "pair_pattern" and field(item, "value") == binding.name_node:
                return key_name(item)
        return None

    def _is_required(self, node: Node, by: bytes) -> bool:
        if node.type != "call_expression" or text_of(node, "function") != by:
            return False
        function = field(node, "function")
        if function is None or self._scopes.binding(function) is not None:
            return False
        given = items(field(node, "arguments") or node)
        module = text(given[0])[1:-1].decode("utf-8", "replace") if len(given) == 1 else ""
        return package_of(module) == _PACKAGE


def _choices(node: Node) -> list[Node] | None:
    """What an expression may be: `a ?? b`, `ready ? a : null`, `client ??= new OpenAI()`."""
    names = {
        "binary_expression": ("left", "right"),
        "ternary_expression": ("consequence", "alternative"),
        "assignment_expression": ("right",),
        "augmented_assignment_expression": ("left", "right"),
    }.get(node.type)
    if names is None or text_of(node, "operator") not in (b"", b"=", *_EITHER, b"??=", b"||="):
        return None
    found = [field(node, name) or node for name in names]
    return [each for each in found if text(each) not in _NOTHING]


def _same(clients: list[Client]) -> bool:
    made = {b"" if client.made is None else text(client.made) for client in clients}
    return len({(client.module, client.export) for client in clients}) == len(made) == 1
