"""The small expressions that take the place of readings: of the answer, of the status, of ids."""

from __future__ import annotations

from collections.abc import Iterable

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.languages.ecmascript.assistants.answers import Form, Reading
from callmend.languages.ecmascript.assistants.runs import RunReadings
from callmend.languages.ecmascript.statements import removal
from callmend.languages.ecmascript.tree import (
    Tree,
    descendants,
    field,
    is_inside,
    items,
    show_line,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.source import SourceFile

_EMPTY = frozenset({b"''", b'""', b"``"})
_LOW = frozenset(
    {
        "ternary_expression",
        "arrow_function",
        "assignment_expression",
        "yield_expression",
        "sequence_expression",
    }
)


class Wordings:
    """Makes the edits of one flow's readings; ``name`` is the response's variable."""

    def __init__(
        self, tree: Tree, source: SourceFile, name: bytes, *, types: bool, text: bytes = b""
    ) -> None:
        """``text`` is the expression of the answer's text, by default the response's."""
        self._tree = tree
        self._source = source
        self._name = name
        self._types = types
        self._text = text or name + b".output_text"
        #: Whole statements that no response ever reaches.
        self.unreachable: list[Node] = []

    # the answer

    def answer(self, readings: Iterable[Reading]) -> list[Edit]:
        """The edits for what reads the answer.

        Raises:
            RefusedError: a comment stands in what is replaced.
        """
        forms = {r.node.id: r for r in readings}
        self._collapse(forms)
        edits = self._choices(forms)
        for reading in forms.values():
            if any(n.type == "comment" for n in descendants(reading.node)):
                raise RefusedError(Reason.COMMENT_LOST, show_line(reading.node))
            edits += self._edits(reading)
        return edits

    def _edits(self, reading: Reading) -> list[Edit]:
        node = reading.node
        wording = self._wording(reading.form)
        edits = [self._over(node, wording)]
        if reading.form is Form.TEXT:
            edits += self._fallbacks(node)
            short = self._shorter(node)
            if short is not None:
                return [short]
        return edits

    def _wording(self, form: Form) -> bytes:
        return {
            Form.TEXT: self._text,
            Form.PRESENT: self._text,
            Form.ABSENT: b"!" + self._text,
            Form.WHOLE: self._name + b".output",
        }[form]

    def _over(self, node: Node, wording: bytes) -> Edit:
        if node.type == "shorthand_property_identifier":
            wording = text(node) + b": " + wording
        return Edit(node.start_byte, node.end_byte, wording)

    def _fallbacks(self, node: Node) -> list[Edit]:
        """`?? x` becomes `|| x`: a missing text was undefined, and is empty now."""
        edits = []
        outer, parent = self._tree.outer(node)
        while parent is not None and parent.type == "binary_expression":
            operator = field(parent, "operator")
            if field(parent, "left") != outer or operator is None or text(operator) != b"??":
                break
            right = field(parent, "right")
            if right is not None and right.type == "binary_expression":
                # `a || b && c` is not what `a ?? (b && c)` without its parentheses would be.
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(parent))
            edits.append(Edit(operator.start_byte, operator.end_byte, b"||"))
            outer, parent = self._tree.outer(parent)
        return edits

    def _shorter(self, node: Node) -> Edit | None:
        """A text's own parentheses and casts to text go with it."""
        outer, parent = self._tree.outer(node)
        if outer == node or outer.type != "parenthesized_expression":
            return None
        if parent is not None and field(parent, "condition") == outer:
            return None  # the parentheses of an `if`
        return Edit(outer.start_byte, outer.end_byte, self._wording(Form.TEXT))

    def _collapse(self, forms: dict[int, Reading]) -> None:
        """Join what says the same twice: `last && last.content[0]` is one question now."""
        changed = True
        while changed:
            changed = False
            for reading in list(forms.values()):
                _, parent = self._tree.outer(reading.node)
                if parent is None:
                    continue
                joined = None
                if parent.type == "binary_expression":
                    joined = self._joined(parent, forms)
                elif parent.type == "ternary_expression":
                    joined = self._chosen(parent, forms)
                if joined is None:
                    continue
                for inner in list(forms.values()):
                    if is_inside(inner.node, parent):
                        del forms[inner.node.id]
                forms[parent.id] = Reading(parent, joined)
                changed = True
                break

    def _joined(self, parent: Node, forms: dict[int, Reading]) -> Form | None:
        left, right = field(parent, "left"), field(parent, "right")
        if left is None or right is None:
            return None
        one, two = forms.get(unwrapped(left).id), forms.get(unwrapped(right).id)
        if one is None or two is None:
            return None
        operator = text_of(parent, "operator")
        if operator == b"&&" and one.form is Form.PRESENT:
            return two.form if two.form in (Form.PRESENT, Form.TEXT) else None
        if operator == b"||" and one.form is Form.ABSENT and two.form is Form.ABSENT:
            return Form.ABSENT
        return None

    def _chosen(self, parent: Node, forms: dict[int, Reading]) -> Form | None:
        """`there ? text : ''` is the text."""
        parts = [field(parent, name) for name in ("condition", "consequence", "alternative")]
        condition, then, other = parts
        if condition is None or then is None or other is None:
            return None
        asked = forms.get(unwrapped(condition).id)
        given = forms.get(unwrapped(then).id)
        if asked is None or given is None:
            return None
        fits = asked.form is Form.PRESENT and given.form is Form.TEXT
        return Form.TEXT if fits and text(unwrapped(other)) in _EMPTY else None

    def _choices(self, forms: dict[int, Reading]) -> list[Edit]:
        """`there ? text : other` as `text || other`; what it takes up leaves ``forms``."""
        edits = []
        for reading in list(forms.values()):
            _, parent = self._tree.outer(reading.node)
            if parent is None or parent.type != "ternary_expression":
                continue
            condition, then = field(parent, "condition"), field(parent, "consequence")
            other = field(parent, "alternative")
            if condition is None or then is None or other is None or other.type in _LOW:
                continue
            asked, given = forms.get(unwrapped(condition).id), forms.get(unwrapped(then).id)
            if asked is None or given is None or b"??" in text(other):
                continue
            if asked.form is not Form.PRESENT or given.form is not Form.TEXT:
                continue
            if any(n.type == "comment" for n in descendants(parent)):
                continue
            around = self._tree.parent(parent)
            if around is not None and around.type == "binary_expression":
                continue
            del forms[asked.node.id], forms[given.node.id]
            wording = self._wording(Form.TEXT) + b" || "
            edits.append(Edit(parent.start_byte, other.start_byte, wording))
        return edits

    # the run

    def run(self, readings: RunReadings, thread: bytes | None) -> list[Edit]:
        """The edits for what reads the run, its status, its error and its ids.

        Raises:
            RefusedError: a status that no response has is asked for in a way that cannot go.
        """
        edits = [self._over(use, self._name) for use in readings.names]
        edits += [self._over(use, self._name + b".status") for use in readings.statuses]
        edits += [Edit(n.start_byte, n.end_byte, new) for n, new in readings.properties]
        for node in readings.threads:
            if thread is None:
                raise RefusedError(Reason.OTHER_READ, show_line(node))
            edits.append(Edit(node.start_byte, node.end_byte, thread))
        for call in readings.lists:
            if self._types:
                given = items(field(call, "arguments") or call)[0]
                edits.append(Edit(given.end_byte, given.end_byte, b" ?? ''"))
        cut = self._never(readings.never)
        return [e for e in edits if not any(c.span.contains(e.span) for c in cut)] + cut

    def _never(self, comparisons: list[Node]) -> list[Edit]:
        """Take out comparisons with statuses that no response has."""
        edits: list[Edit] = []
        never = {node.id for node in comparisons}
        seen: set[int] = set()
        for comparison in comparisons:
            operator = text_of(comparison, "operator")
            chain = b"||" if operator in (b"===", b"==") else b"&&"
            top, _ = self._tree.outer(comparison)
            parent = self._tree.parent(top)
            while parent is not None and parent.type == "binary_expression":
                if text_of(parent, "operator") != chain:
                    break
                top, parent = self._tree.outer(parent)
            if top.id in seen:
                continue
            seen.add(top.id)
            operands = _operands(top, chain)
            going = [unwrapped(o).id in never for o in operands]
            if all(going):
                edits.append(self._whole(top, comparison, chain))
                continue
            for number, operand in enumerate(operands):
                if not going[number]:
                    continue
                if not all(going[:number]):
                    before = operands[number - 1]
                    edits.append(Edit(before.end_byte, operand.end_byte, b""))
                else:
                    after = operands[number + 1]
                    edits.append(Edit(operand.start_byte, after.start_byte, b""))
        return edits

    def _whole(self, top: Node, comparison: Node, chain: bytes) -> Edit:
        """The edit that takes out an `if` whose condition never holds."""
        _, statement = self._tree.outer(top)
        if chain != b"||" or statement is None or statement.type != "if_statement":
            raise RefusedError(Reason.STATUS_SWITCH, show_line(comparison))
        if field(statement, "condition") is None or any(
            n.type == "comment" for n in descendants(statement)
        ):
            raise RefusedError(Reason.COMMENT_LOST, show_line(comparison))
        self.unreachable.append(statement)
        otherwise = field(statement, "alternative")
        around = self._tree.parent(statement)
        if otherwise is None:
            if around is not None and around.type == "else_clause":
                before = around.prev_sibling
                start = around.start_byte if before is None else before.end_byte
                return Edit(start, around.end_byte, b"")
            return removal(self._source, span(statement), span(statement))
        inner = items(otherwise)
        if inner and inner[0].type == "if_statement":
            return Edit(statement.start_byte, inner[0].start_byte, b"")
        if around is not None and around.type == "else_clause" and inner:
            return Edit(statement.start_byte, inner[0].start_byte, b"")
        raise RefusedError(Reason.STATUS_SWITCH, show_line(comparison))


def _operands(node: Node, chain: bytes) -> list[Node]:
    """The operands of a chain of one operator, with their parentheses."""
    inner = unwrapped(node)
    left, right = field(inner, "left"), field(inner, "right")
    if inner.type == "binary_expression" and text_of(inner, "operator") == chain:
        if left is not None and right is not None:
            return [*_operands(left, chain), *_operands(right, chain)]
    return [node]
