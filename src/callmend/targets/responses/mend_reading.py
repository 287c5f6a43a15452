"""The readings of a wrong call, each exchanged for the text of the response.

What is no answer is thrown by the function that the readings call, so that it surfaces by the
file's own error path. A fallback of the file's own for an empty text stays in force.
"""

from __future__ import annotations

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.emptiness import EMPTY, NOTHING, is_handled, is_truth
from callmend.languages.ecmascript.readings import Path
from callmend.languages.ecmascript.style import detect
from callmend.languages.ecmascript.template import Fill, load, render
from callmend.languages.ecmascript.tracing import comes_from, ladder_of, root_of
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    guesses,
    is_inside,
    items,
    show_line,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.languages.ecmascript.wrong import WrongCall, words
from callmend.reasons import Reason
from callmend.responses_facts import GUESSES, OTHER_USAGE, THERE, is_text
from callmend.targets.workflow.site import Site

_FUNCTION = b"responseText"


class MendedReading:
    """The edits of all that reads one answer's text where it is not."""

    def __init__(self, site: Site, wrong: WrongCall) -> None:
        self._site = site
        self._program = site.program
        self._wrong = wrong
        self._name = b""
        self.notes: list[Note] = []
        self.appended: tuple[bytes, ...] = ()

    def edits(self) -> list[Edit]:
        """The edits; none where the answer is read where it is.

        Raises:
            RefusedError: a reading cannot be exchanged, or nothing certainly reads the answer.
        """
        read = self._wrong.read
        if not read.dead:
            if not read.alive:
                if read.rest:
                    raise RefusedError(Reason.ANSWER_HANDED_ON, show_line(read.rest[0]))
                raise RefusedError(Reason.ANSWER_NOT_READ)
            return []
        if read.rest:
            raise RefusedError(Reason.ANSWER_HANDED_ON, show_line(read.rest[0]))
        if self._wrong.sent is None and any(p.names[0] == b"choices" for p in read.dead):
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD)
        found: list[Edit] = []
        places: list[Node] = []
        self._name = self._site.names.helper(_FUNCTION)
        direct = [path for path in read.dead if self._is_direct(path)]
        texts = {path.names for path in direct if is_text(words(path))}
        # The text itself is used: `answer.split(',')` of `answer = data.output_text`.
        of_texts = [
            path
            for path in read.dead
            if path not in direct and any(path.names[: len(names)] == names for names in texts)
        ]
        dead = [path for path in read.dead if path not in of_texts]
        for path in dead:
            if is_text(words(path)) and not any(is_inside(path.node, place) for place in places):
                place, edits = self._exchanged(path)
                places.append(place)
                found += edits
        for path in (*dead, *read.others):
            if any(is_inside(path.node, place) for place in places):
                continue
            if words(path)[0] not in THERE or words(path)[-1] in OTHER_USAGE or path in dead:
                raise RefusedError(Reason.OTHER_READ, show_line(path.node))
        self._append()
        return found

    def _is_direct(self, path: Path) -> bool:
        """Whether a path starts at the parsed answer itself, and that of no other call."""
        members = ("member_expression", "subscript_expression")
        return path.node.type in members and comes_from(
            self._program, root_of(path.node, self._wrong.starts), self._wrong.starts
        )

    def _exchanged(self, path: Path) -> tuple[Node, list[Edit]]:
        """What is replaced for one reading, and the edits that do it."""
        if not self._is_direct(path):
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(path.node))
        root = root_of(path.node, self._wrong.starts)
        asked = self._program.tree.outer(path.node)[1]
        if asked is not None and text_of(asked, "operator") == b"typeof":
            return self._typed(path, asked, root)
        place, fallback = path.node, None
        edits = []
        if path.method:
            fallback = self._behind(place)
            chain = self._program.tree.outer(place)[1]
            # What the function gives is never missing.
            edits += [
                Edit(child.start_byte, child.end_byte, b".")
                for child in (() if chain is None else chain.children)
                if child.type == "optional_chain"
            ]
        else:
            place, fallback = self._ladder(path.node, root)
        if fallback is not None:
            # An empty text is not nullish, so that `??` would let it through.
            operator = field(self._program.tree.outer(fallback)[1], "operator")
            if operator is not None and text(operator) == b"??":
                edits.append(Edit(operator.start_byte, operator.end_byte, b"||"))
        for node in descendants(place):
            if node.type == "comment":
                raise RefusedError(Reason.COMMENT_LOST, show_line(node))
        given = b""
        if fallback is not None or self._sees_an_empty_text(place):
            given = b", " + self._site.style.quote * 2
        code = self._name + b"(" + text(root) + given + b")"
        place = place if fallback is not None else self._with_parentheses(place)
        return place, [Edit(place.start_byte, place.end_byte, code), *edits]

    def _typed(self, path: Path, asked: Node, root: Node) -> tuple[Node, list[Edit]]:
        """`typeof data.output_text === 'string' ? data.output_text.trim() : ''`, as a whole.

        Raises:
            RefusedError: the type is asked for in another way.
        """
        tree = self._program.tree
        comparison = tree.outer(asked)[1]
        condition, ternary = (None, None) if comparison is None else tree.outer(comparison)
        then, otherwise = field(ternary, "consequence"), field(ternary, "alternative")
        inside = [
            other
            for other in self._wrong.read.dead
            if then is not None and is_inside(other.node, then) and other.names == path.names
        ]
        if (
            ternary is None
            or then is None
            or otherwise is None
            or field(ternary, "condition") != condition
            or text(unwrapped(otherwise)) not in EMPTY | NOTHING
            or len(inside) != 1
            or any(node.type == "comment" for node in descendants(ternary))
        ):
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(path.node))
        given = b", " + self._site.style.quote * 2 if self._sees_an_empty_text(ternary) else b""
        code = self._name + b"(" + text(root) + given + b")"
        start, end = (
            offset - then.start_byte
            for offset in (inside[0].node.start_byte, inside[0].node.end_byte)
        )
        code = text(then)[:start] + code + text(then)[end:]
        return ternary, [Edit(ternary.start_byte, ternary.end_byte, code)]

    def _behind(self, reading: Node) -> Node | None:
        """The fallback of what is called on a reading: `data.output_text?.trim() || 'None'`."""
        tree = self._program.tree
        node, parent = tree.outer(reading)
        while parent is not None and parent.type in ("member_expression", "call_expression"):
            node, parent = tree.outer(parent)
        if parent is None or parent.type != "binary_expression":
            return None
        right = field(parent, "right")
        is_ladder = text_of(parent, "operator") in (b"||", b"??") and field(parent, "left") == node
        if right is None or not is_ladder or text(unwrapped(right)) in EMPTY | NOTHING:
            return None
        return right

    def _ladder(self, reading: Node, root: Node) -> tuple[Node, Node | None]:
        """The readings around a reading that are guesses like it, and the fallback behind them.

        Raises:
            RefusedError: something stands between them.
        """
        ladder = ladder_of(self._program, reading)
        given = list(guesses(ladder))
        others = [each for each in given if not self._is_reading(each, root)]
        if not others:
            return ladder, None
        right, left = field(ladder, "right"), field(ladder, "left")
        is_last = right is not None and unwrapped(right) == others[0] and len(others) == 1
        if right is None or left is None or not is_last:
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(ladder))
        if text(unwrapped(right)) in EMPTY | NOTHING:
            return ladder, None
        return left, right

    def _with_parentheses(self, ladder: Node) -> Node:
        """The ladder with the parentheses that it needs for a member of it, and a call does not."""
        around = self._program.tree.parent(ladder)
        if around is None or around.type != "parenthesized_expression":
            return ladder
        if len(around.named_children) > 1:
            return ladder
        outer = self._program.tree.parent(around)
        is_owner = outer is not None and outer.type == "member_expression"
        return around if is_owner else ladder

    def _is_reading(self, operand: Node, root: Node) -> bool:
        """Whether an operand is only a guess at where the text is."""
        operand = unwrapped(operand)
        if operand.type == "binary_expression" and text_of(operand, "operator") == b"&&":
            # `data.choices && data.choices[0] && data.choices[0].message.content`
            sides = [field(operand, "left"), field(operand, "right")]
            return all(side is not None and self._is_reading(side, root) for side in sides)
        for path in (*self._wrong.read.dead, *self._wrong.read.alive, *self._wrong.read.others):
            if path.node == operand and text(root_of(path.node, self._wrong.starts)) == text(root):
                known = path in self._wrong.read.dead or path.names == (b"output",)
                return not path.method and (known or words(path)[0] in GUESSES | {"text"})
        # The whole answer shown in the text's place is a guess, too.
        function, given = text_of(operand, "function"), field(operand, "arguments")
        shown = items(given) if given is not None and function == b"JSON.stringify" else [operand]
        return bool(shown) and text(unwrapped(shown[0])) == text(root)

    def _sees_an_empty_text(self, place: Node) -> bool:
        """Whether the file itself asks if what it read is empty."""
        tree = self._program.tree
        if is_truth(tree, place):
            return True
        outer, parent = tree.outer(place)
        while parent is not None and parent.type in ("call_expression", "member_expression"):
            outer, parent = tree.outer(parent)
        name = None
        if parent is not None and parent.type == "variable_declarator":
            name = field(parent, "name")
        elif parent is not None and parent.type == "assignment_expression":
            name = field(parent, "left")
        if parent is None or name is None or name == outer or name.type != "identifier":
            return False
        binding = self._program.scopes.binding(name)
        return binding is not None and is_handled(tree, binding, parent, b"''")

    def _append(self) -> None:
        source = self._program.source
        template = load("responses", "text.ts")
        statements = template.statements()
        fill = Fill(
            # The whole file's style, so that every call needs the same function.
            style=detect(self._program.tree, source, self._program.tree.root),
            values={},
            eol=source.eol_at(len(source.data)),
            renames={_FUNCTION: self._name},
        )
        self.appended = (render(template, statements[0].start_byte, statements[-1].end_byte, fill),)
        where = span(self._wrong.call)
        what = f"the text is read by `{self._name.decode()}` at the end of the file"
        self.notes.append(Note(where, what))
