"""What is read beside the guesses that find the text: `const raw = run.output ?? run.data`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from callmend.languages.ecmascript.answer_values import TEXT, member_of, nested
from callmend.languages.ecmascript.bodies import is_logged
from callmend.languages.ecmascript.fits import Leaf, reached, top_of_ladder
from callmend.languages.ecmascript.nesting import spelt
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readings import IDS, Path, Readings, is_about_failure
from callmend.languages.ecmascript.rehearsal import Found, Rehearsal
from callmend.languages.ecmascript.repairs import structure_of, tree_of
from callmend.languages.ecmascript.shapes import TEXTUAL, Shape
from callmend.languages.ecmascript.tree import field, is_inside

#: Names that say what is in them only by their being an answer's: a `summary`, a `refusal` or a
#: `question` is another text than the answer's.
_OF_ANSWERS = (TEXTUAL | {b"choices", b"messages", b"results"}) - {
    b"explanation", b"html", b"markdown", b"summary", b"translation",
}  # fmt: skip
#: One reading that finds nothing is no ladder: it may be one of several guesses.
_FEWEST = 2
#: What an answer that is none has, and what each one has.
_OF_FAILURES = frozenset({b"code", b"detail", b"details", b"error", b"errors", b"last_error"})
_OF_EACH = IDS | {b"ok", b"status", b"statusText", b"usage"}
#: Where a value goes on by itself, whatever else was found.
_HANDED_ON = frozenset({"arguments", "array", "jsx_expression", "pair", "template_substitution"})


def with_ladders(shape: Shape, readings: Readings, program: Program, rehearsal: Rehearsal) -> Shape:
    """The shape in which each ladder of guesses that is read in vain finds the text, too.

    Where a member for it would spoil what the file does with the text, it is told to be missing.
    """
    if shape.fields or shape.whole or shape.logged:
        return shape
    ladders = [*_apart(shape, readings, program)]
    unmet = rehearsal.outcome(tree_of(shape)).unmet if ladders else ()
    for paths in ladders:
        if not all(any(is_inside(miss.node, p.node) for miss in unmet) for p in paths):
            continue
        first = next((p for p in paths if _is_plain(p)), None) if _are_guesses(paths) else None
        better = None if first is None else _with(shape, first, rehearsal)
        if better is not None:
            shape = better
        elif not any(path in shape.missing for path in paths):
            shape = replace(shape, missing=(*shape.missing, paths[0]))
    return shape


def with_lost(shape: Shape, readings: Readings, program: Program, rehearsal: Rehearsal) -> Shape:
    """The shape with what is read in vain and handed on by itself, which is told to be missing.

    `{ reply: data.output_text, model: data.model }`; a guess beside others loses nothing, and
    none is made where the code never comes with a text.
    """
    if shape.fields or shape.whole or shape.logged:
        return shape
    structure = structure_of(tree_of(shape))
    found = {
        top_of_ladder(path.node, program).id
        for path in readings.paths
        if reached(structure, path.names) is not Leaf.NOTHING
    }
    lost = [
        path
        for path in readings.paths
        if path.names[0] not in _OF_FAILURES | _OF_EACH
        and reached(structure, path.names) is Leaf.NOTHING
        and not is_about_failure(path.node)
        and top_of_ladder(path.node, program).id not in found
        and _goes_on_alone(path.node, program)
    ]
    outcome = rehearsal.outcome(tree_of(shape)) if lost else None
    if outcome is not None and outcome.found is Found.TEXT:
        lost = [p for p in lost if any(is_inside(miss.node, p.node) for miss in outcome.unmet)]
    known = {top_of_ladder(path.node, program).id for path in shape.missing}
    firsts: dict[int, Path] = {}
    for path in sorted(lost, key=lambda path: path.node.start_byte):
        firsts.setdefault(top_of_ladder(path.node, program).id, path)
    told = (path for top, path in firsts.items() if top not in known)
    return replace(shape, missing=(*shape.missing, *told))


def _goes_on_alone(node: Node, program: Program, *, named: bool = False) -> bool:
    """Whether a reading, or the constant that holds it, is handed on without another guess."""
    top, around = program.tree.outer(top_of_ladder(node, program))
    if around is None or is_logged(program.tree, top):
        return False
    if top.type == "shorthand_property_identifier":
        return True
    if around.type in _HANDED_ON and field(around, "key") != top:
        return True
    name = field(around, "name") if around.type == "variable_declarator" else node
    binding = None if name is None or named else program.scopes.binding(name)
    if binding is None or binding.writes or binding.name_node != name:
        return False
    return any(
        top_of_ladder(use, program) == program.tree.outer(use)[0]
        and _goes_on_alone(use, program, named=True)
        for use in binding.references
    )


def _apart(shape: Shape, readings: Readings, program: Program) -> Iterator[list[Path]]:
    """The readings of each ladder none of which finds anything in an answer of this shape."""
    ladders: dict[int, list[Path]] = {}
    for path in readings.texts():
        ladders.setdefault(top_of_ladder(path.node, program).id, []).append(path)
    structure = structure_of(tree_of(shape))
    for paths in ladders.values():
        several = len({path.node.id for path in paths}) >= _FEWEST
        if several and all(reached(structure, p.names) is Leaf.NOTHING for p in paths):
            yield paths


def _are_guesses(paths: list[Path]) -> bool:
    """Whether readings look for the answer, and for nothing beside it."""
    names = {name for path in paths for name in path.names if not name.isdigit()}
    return names <= _OF_ANSWERS


def _is_plain(path: Path) -> bool:
    """Whether a text may stand where a guess looks for one."""
    is_list = any(name.isdigit() for name in path.names)
    return path.names[-1] in TEXTUAL and not is_list and not path.method


def _with(shape: Shape, path: Path, rehearsal: Rehearsal) -> Shape | None:
    """The shape with the text at the end of a path as well; None where the file would be wrong."""
    tree = tree_of(shape)
    first, *rest = path.names
    if first in tree or not tree:
        return None
    inner = nested(rest, TEXT)
    outcome = rehearsal.outcome({**tree, first: inner})
    if outcome.found is not Found.TEXT or outcome.doubled:
        return None
    *members, status = shape.members
    return replace(
        shape,
        members=(*members, member_of(first, inner), status),
        shown=f"{shape.shown} and {spelt(path.names)}",
    )
