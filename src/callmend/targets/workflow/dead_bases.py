"""A base that ends in a part of the dead path: it loses that part, and calls give the whole path.

`private base = 'https://api.openai.com/v1/workflows'`, and `this.post(`/${id}/runs`, body)`.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from tree_sitter import Node

from callmend.edits import Edit
from callmend.languages.ecmascript.field_uses import uses_of_field
from callmend.languages.ecmascript.fields import field_of_class
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import is_declared_exported
from callmend.languages.ecmascript.tree import called, field, is_inside, items, text, unwrapped
from callmend.languages.ecmascript.values import text_of
from callmend.records import record
from callmend.targets.workflow.helped_uses import dead_calls, uses_of_helper
from callmend.targets.workflow.posted import Sent

_MOST_STEPS = 4
_WRITTEN = frozenset({"string", "template_string"})


@record(frozen=True, slots=True)
class DeadBase:
    """A text that ends in a part of the dead path.

    ``literal`` is where it is written, ``dead`` the part and ``end`` where that ends. ``name`` is
    what stands for it in the helper, None where it is written there itself. ``through`` are the
    values of variables by which it gets from there into the request.
    """

    literal: Node
    dead: str
    end: int
    name: Node | None
    through: tuple[Node, ...] = ()

    @property
    def edit(self) -> Edit:
        """The edit after which it ends in front of the path."""
        return Edit(self.end - len(self.dead) - 1, self.end, b"")


def dead_base(program: Program, url: Node | None, path: str) -> DeadBase | None:
    """The base in front of a helper's ``url`` where that ends in a part of the dead ``path``."""
    name, through = (None, ()) if url is None else _front(program, url)
    literal = name if name is None or name.type in _WRITTEN else _literal(program, name)
    if literal is None:
        return None
    # Of the helper's own template the text in front of the first substitution counts.
    written = text(literal)[1:-1].split(b"${")[0].rstrip(b"/")
    segments = path.split("/")
    for size in range(len(segments) - 1, 0, -1):
        part = "/".join(segments[:size])
        if "{" not in part and re.search(rb"[^:/]/%b$" % re.escape(part.encode()), written):
            end = literal.start_byte + 1 + len(written)
            return DeadBase(literal, part, end, None if name == literal else name, through)
    return None


def serves_only(
    program: Program, base: DeadBase, helpers: Collection[Sent], calls: Collection[Node]
) -> bool:
    """Whether a base is used in these functions alone, and they by these calls alone."""
    for helper in helpers:
        uses = uses_of_helper(program, helper)
        ours = {called(call).id for call in calls}
        if uses is None or not all(use.id in ours for use in uses):
            return False
        if any(request.call not in calls for request in dead_calls(program, helper)):
            return False
    sent = [*(helper.sent for helper in helpers), *base.through]
    if any(is_inside(base.literal, each) for each in sent):
        return True
    uses = _uses(program, base.name) if base.name is not None else _of_client(program, base)
    return uses is not None and all(any(is_inside(u, s) for s in sent) for u in uses)


def _of_client(program: Program, base: DeadBase) -> list[Node] | None:
    """The uses of the client that is made with a base, `axios.create({ baseURL: '...' })`."""
    around = program.tree.ancestors(base.literal)
    declarator = next((node for node in around if node.type == "variable_declarator"), None)
    name = field(declarator, "name")
    return _uses(program, name) if name is not None and name.type == "identifier" else None


def _front(program: Program, url: Node) -> tuple[Node | None, tuple[Node, ...]]:
    """What a URL starts with, a name or the literal that it is written in, and what leads there."""
    node, through = unwrapped(url), list[Node]()
    for _ in range(_MOST_STEPS):
        if node.type == "binary_expression" and text_of(node, "operator") == b"+":
            node = unwrapped(field(node, "left") or node)
        elif node.type == "template_string":
            first = items(node)[0] if items(node) else node
            if first.type != "template_substitution" or first.start_byte != node.start_byte + 1:
                break
            inner = items(first)
            if len(inner) != 1:
                return None, ()
            node = unwrapped(inner[0])
        elif node.type == "identifier":
            constant = program.resolver.constant(node)
            if constant is None or unwrapped(constant).type == "string":
                break
            node = unwrapped(constant)
            through.append(node)
        else:
            break
    known = node.type in (*_WRITTEN, "identifier", "member_expression")
    return (node if known else None), tuple(through)


def _literal(program: Program, name: Node) -> Node | None:
    """The text that a name, or a field of the class, always is."""
    if name.type == "identifier":
        binding = program.scopes.binding(name)
        if binding is None or binding.writes:
            return None
        declared: Node | None = binding.declarator
        if field(declared, "name") != binding.name_node:
            return None
    elif text_of(name, "object") == b"this":
        declared = field_of_class(name)
    else:
        return None
    value = field(declared, "value")
    return unwrapped(value) if value is not None and unwrapped(value).type == "string" else None


def _uses(program: Program, name: Node) -> list[Node] | None:
    if name.type == "identifier":
        binding = program.scopes.binding(name)
        if binding is None or is_declared_exported(binding):
            return None
        return list(binding.references)
    return uses_of_field(program, name, text_of(name, "property"))
