"""Constants (of URLs, ids) and functions of URLs that only rewritten calls read: they go too."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tree_sitter import Node

from callmend.edits import Edit, Span
from callmend.findings import Note
from callmend.languages.ecmascript.effects import may_differ
from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.statements import (
    core,
    joins_its_neighbours,
    removals,
    single_declaration,
)
from callmend.languages.ecmascript.strays import is_exported
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    descendants,
    field,
    items,
    key_name,
    show,
    span,
    text,
    unwrapped,
)
from callmend.rewriting.unread_names import names_of, unread_notes
from callmend.rewriting.unused_urls import (
    function_statement,
    makes_only_the_url,
    making_statements,
    members_read,
    names_read,
    unused_entries,
    url_functions,
)
from callmend.targets.plans import Plan

_STAYS = "nothing reads `{}` any more; it stays, as what makes it may do more than that"
_ENTRY = "nothing reads this URL any more; it stays, as the object's type may ask for it"
#: Comments and texts of written code, in which a word is no name; in a template's hole it is.
_TEXTS = re.compile(rb"//[^\r\n]*|'(?:\\.|[^'\\\r\n])*'|\"(?:\\.|[^\"\\\r\n])*\"|`(?:\\.|[^`\\])*`")
_HOLES = re.compile(rb"\$\{([^{}]*)\}")


def unused_constants(
    program: Program,
    plans: Mapping[Span, Plan],
    requests: list[Request],
    edits: list[Edit],
    rewritten: set[Span],
    freed: Sequence[Node] = (),
) -> tuple[list[Edit], list[Note]]:
    """The removal of each constant (of a URL, an id) that only rewritten calls used.

    With it what is told of URLs that nothing reads any more, and that stay. ``requests`` are the
    rewritten calls, of which ``plans`` has the plans by their place; ``freed`` is what they used
    and is replaced elsewhere.
    """
    unread = [*freed, *(node for where in sorted(rewritten) for node in plans[where].gone)]
    names = (name for node in unread for name in program.scopes.names_in(node))
    ids = [b for name in names if (b := program.scopes.binding(name)) is not None]
    gone = [edit.span for edit in edits]
    removed: list[Node] = []
    kept = {
        id(program.scopes.binding(name))
        for request in requests
        for node in plans[span(request.call)].kept
        for name in program.scopes.names_in(node)
    }
    covers = {around for where in rewritten for around, _ in plans[where].covers}
    changed = [*requests, *(r for r in program.requests if span(r.call) in covers)]
    made = url_functions(program, changed, gone)
    named = names_of(program, [r.url for r in changed])
    read = dict.fromkeys((*(b for r in changed for b in r.constants), *made, *ids, *named))
    written = _code_of(edits)
    candidates = [b for b in read if id(b) not in kept and not _occurs(b, written)]
    fields: list[Edit] = []
    if rewritten and b"class" in program.source.data:
        # a module, which a file without a class never needs
        from callmend.rewriting.unused_fields import unused_fields  # noqa: PLC0415

        fields = unused_fields(program, gone, written)
        gone += [edit.span for edit in fields]
    urls = {id(b) for r in changed for b in r.constants}
    while True:
        found = [b for b in candidates if _is_unused(program, b, gone, is_url=id(b) in urls)]
        if not found:
            stays = [b for b in candidates if id(b) in urls and _stays(program, b, gone)]
            told = [
                Note(span(b.name_node), _STAYS.format(show(b.name_node)), always=True)
                for b in stays
            ]
            objects = [b for b in candidates if id(b) in urls]
            entries, stay = unused_entries(program, objects, gone)
            told += [Note(span(entry), _ENTRY, always=True) for entry in stay]
            taken = [b for b in candidates if id(b) not in urls and _is_taken_out(b, gone)]
            taken.sort(key=lambda binding: binding.name_node.start_byte)
            told += [
                Note(
                    span(b.name_node), f"nothing reads `{show(b.name_node)}` any more", always=True
                )
                for b in taken
            ]
            values = [*unread, *(r.url for r in changed), *removed]
            given = (b for b in names_of(program, removed) if id(b) not in kept)
            every = [*candidates, *(b for b in given if not _occurs(b, written))]
            told += unread_notes(program, [*dict.fromkeys(every)], values, gone, written)
            told += _lost_checks(removed)
            return [*fields, *removals(program.source, removed), *entries], told
        for binding in found:
            candidates.remove(binding)
            declaration = _declaration(program, binding)
            if declaration is None:
                continue
            making = making_statements(program, binding, gone) or []
            removed += [declaration, *making]
            gone += map(span, (declaration, *making))
            # What only they read is read no more either.
            for other in names_read(program, [declaration, *making]):
                if id(other) not in kept and other not in read and not _occurs(other, written):
                    read[other] = None
                    candidates.append(other)


def _lost_checks(removed: list[Node]) -> list[Note]:
    """What is told of what a function threw that only made a URL: `if (!id) throw ...`."""
    return [
        Note(span(inner), f"`{show(inner)}` went with what made the URL", always=True)
        for node in removed
        for inner in descendants(node)
        if inner.type == "throw_statement"
    ]


def _declaration(program: Program, binding: Binding) -> Node | None:
    return single_declaration(program.tree, binding) or function_statement(program.tree, binding)


def _stays(program: Program, binding: Binding, gone: list[Span]) -> bool:
    """Whether a URL that nothing reads any more is made by what may do more than that."""
    value = field(binding.declarator, "value")
    if value is None or single_declaration(program.tree, binding) is None:
        return False
    if is_exported(program.tree, binding) or not may_differ(value):
        return False
    return all(any(s.contains(span(use)) for s in gone) for use in binding.references)


def _is_unused(program: Program, binding: Binding, gone: list[Span], *, is_url: bool) -> bool:
    declaration = _declaration(program, binding)
    value = field(binding.declarator, "value") or binding.declarator
    if declaration is None or (declaration == value and value.type not in FUNCTIONS):
        return False
    if is_exported(program.tree, binding):
        return False
    literal = unwrapped(value)
    makes = is_url and makes_only_the_url(program, value)
    if literal.type not in FUNCTIONS and may_differ(value) and not makes:
        return False
    if literal.type == "object" and len(items(literal)) != 1:
        # What nothing read before is a setting, or waits for its use.
        if {key_name(item) for item in items(literal)} != members_read(program, binding).keys():
            return False
    own = core(declaration)
    if any(
        node.type == "comment" and own.contains(span(node)) for node in descendants(declaration)
    ):
        return False
    if joins_its_neighbours(declaration):
        return False
    if all(any(s.contains(span(use)) for s in gone) for use in binding.references):
        return not binding.writes
    making = making_statements(program, binding, gone) if is_url else None
    return bool(making) and not any(joins_its_neighbours(node) for node in making or ())


def _is_taken_out(binding: Binding, gone: list[Span]) -> bool:
    """Whether only what goes read a name that is taken out of an object: `const { a } = body`."""
    pattern = field(binding.declarator, "name")
    if binding.declarator.type != "variable_declarator" or pattern is None:
        return False
    uses = binding.references
    unread = all(any(s.contains(span(use)) for s in gone) for use in uses)
    return pattern.type == "object_pattern" and bool(uses) and unread and not binding.writes


def _code_of(edits: list[Edit]) -> bytes:
    """What edits write, without comments and texts."""
    # Of two edits one is no key, and the other its value.
    written = b";\n".join(edit.text for edit in edits)
    return _TEXTS.sub(lambda found: b" ".join(_HOLES.findall(found[0])), written)


def _occurs(binding: Binding, code: bytes) -> bool:
    """Whether code that is written may read a name, which as a key it does not."""
    name = re.escape(text(binding.name_node)) + rb"(?![\w$])"
    plain = re.sub(rb"(?:^|[{,])\s*" + name + rb"\s*:", b"", code, flags=re.MULTILINE)
    # `...meta` reads a name, `data.meta` a member.
    return re.search(rb"(?<![\w$])(?:(?<!\.)|(?<=\.\.\.))" + name, plain) is not None
