"""A wrong call of the Responses API in Python, mended where it stands by the smallest edits."""

from __future__ import annotations

import re

import libcst as cst

from callmend.calls import RefusedError
from callmend.data import read_data
from callmend.edits import Edit
from callmend.endpoints import Endpoint
from callmend.findings import Note
from callmend.languages.python.find import Certainty, Request
from callmend.languages.python.program import Program
from callmend.languages.python.style import detect
from callmend.languages.python.wrong import Reading, WrongCall, leads_to_text, operands
from callmend.reasons import Reason
from callmend.responses_facts import (
    OTHER_USAGE,
    THERE,
)
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_edits import Change, Editor
from callmend.targets.python_reading import Names
from callmend.targets.responses.mend_python_request import MendedRequest

_FUNCTION = "response_text"
_EMPTY = ('""', "''", "None")
_OF_A_MISSING_KEY = frozenset(
    {"KeyError", "IndexError", "TypeError", "AttributeError", "LookupError"}
)


def function_name(program: Program) -> str:
    """The name of the function that gives a response's text: one that the file does not have."""
    name, number = _FUNCTION, 2
    while re.search(rf"\b{name}\b", program.text.text):
        name, number = f"{_FUNCTION}_{number}", number + 1
    return name


def function(program: Program, name: str, before: cst.CSTNode) -> Edit:
    """The function, put before the statement of the module that holds a node."""
    style = detect(program.tree)
    template = read_data("targets", "responses", "templates", "python", "text.py").decode()
    code = template[template.index("def ") :].replace(_FUNCTION, name)
    code = re.sub(r"^( {4})+", lambda m: style.indent * (len(m[0]) // 4), code, flags=re.MULTILINE)
    if style.quote == "'":
        code = re.sub(r'(?<!")"([^"\n]*)"(?!")', r"'\1'", code)
    tree = program.tree
    chain = [before, *tree.ancestors(before)]
    statement = next(n for n in chain if tree.parent(n) is tree.module)
    first = statement
    if isinstance(statement, (cst.FunctionDef, cst.ClassDef)) and statement.decorators:
        first = statement.decorators[0]
    start, _ = program.text.line_range(program.text.line(tree.chars(first)[0]))
    while start > 0:
        above, _ = program.text.line_range(program.text.line(start - 1))
        if not program.text.text[above:start].startswith("#"):
            break
        start = above
    offset = program.text.offset(start)
    eol = program.source.eol_at(offset).decode("ascii")
    above_it = program.text.text[:start].replace("\r\n", "\n")
    blank = len(above_it) - len(above_it.rstrip("\n")) - 1
    lead = "\n" * max(0, 2 - blank) if above_it.strip() else ""
    text = (lead + code.rstrip("\n") + "\n\n\n").replace("\n", eol)
    return Edit(offset, offset, program.text.encode(text))


class Mending:
    """Plans one call."""

    def __init__(
        self,
        program: Program,
        wrong: WrongCall,
        endpoint: Endpoint,
        settings: Settings,
        names: Names,
        name: str,
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._wrong = wrong
        self._settings = settings
        self._names = names
        self._name = name
        self._style = detect(program.tree)
        self._request = Request(
            endpoint, Certainty.CERTAIN, wrong.call, wrong.call, wrong.client, ()
        )
        self._editor = Editor(program, self._request, self._style, settings)
        self._notes: list[Note] = []
        #: Whether the function is called.
        self.calls_function = False

    def plan(self) -> Plan:
        """The edits that mend the call.

        Raises:
            RefusedError: the call is left, and why.
        """
        stream = self._wrong.fields.get("stream")
        if stream is not None and self._tree.source(stream.value) != "False":
            raise RefusedError(Reason.STREAMING, self._tree.show_line(stream))
        done: list[str] = []
        anew: tuple[Edit, ...] = ()
        self._readings()
        if self._wrong.is_asked_wrong:
            asking = MendedRequest(
                self._program, self._wrong, self._request, self._settings, self._names
            )
            asking.mend(self._editor)
            self._notes += asking.notes
            anew = asking.edits
            done.append("its body is one that the API takes")
        if self.calls_function:
            done.append("its text is read where it is")
            what = f"the text is read by `{self._name}`"
            self._notes.append(Note(self._tree.span(self._wrong.call), what))
        message = "; now " + ", and ".join(done)
        edits = {*self._editor.edits(), *anew}
        return Plan(tuple(sorted(edits)), message, tuple(self._notes))

    # what is read

    def _readings(self) -> None:
        wrong = self._wrong
        if wrong.refused is not None:
            raise wrong.refused
        if not wrong.dead:
            if not wrong.alive:
                raise RefusedError(Reason.ANSWER_NOT_READ)
            return
        if wrong.client is not None and wrong.literal is None:
            if any(reading.names[0] == "choices" for reading in wrong.dead):
                raise RefusedError(Reason.BODY_NOT_UNDERSTOOD)
        places: list[cst.CSTNode] = []
        for reading in wrong.dead:
            if any(self._tree.is_inside(reading.node, place) for place in places):
                continue
            if not leads_to_text(reading):
                raise RefusedError(Reason.OTHER_READ, self._tree.show_line(reading.node))
            places.append(self._exchange(reading))
        for reading in wrong.others:
            if reading.names[0] not in THERE or reading.names[-1] in OTHER_USAGE:
                raise RefusedError(Reason.OTHER_READ, self._tree.show_line(reading.node))
        self.calls_function = True

    def _exchange(self, reading: Reading) -> cst.BaseExpression:
        """Exchange one reading, with the guesses beside it; gives what is replaced."""
        top: cst.BaseExpression = reading.node
        for parent in self._tree.ancestors(top):
            if not isinstance(parent, cst.BooleanOperation) or not isinstance(
                parent.operator, cst.Or
            ):
                break
            top = parent
        place, fallback = top, None
        others = [each for each in operands(top) if not self._is_reading(each)]
        if others:
            if not isinstance(top, cst.BooleanOperation) or others != [top.right]:
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(top))
            if self._tree.source(top.right) not in _EMPTY:
                place, fallback = top.left, top.right
        self._check_comments(place)
        self._check_handlers(place)
        second = ""
        default = self._default(place)
        if fallback is not None:
            second = ", " + self._style.quote * 2
        elif default is not None and self._tree.source(default) not in _EMPTY:
            second = f", {self._tree.source(default)}"
        elif self._sees_an_empty_text(place):
            second = ", " + self._style.quote * 2
        answer = self._tree.source(reading.answer)
        if self._wrong.client is None:
            answer += ".model_dump()"
        start, end = self._tree.whole(place)
        code = f"{self._name}({answer}{second})"
        around = self._tree.around(place, cst.FormattedString)
        if around is not None and around.end[:1] in code:
            # Before Python 3.12 an f-string's own quotes cannot stand in it.
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(place))
        self._editor.changes.append(Change(start, end, code))
        return place

    def _is_reading(self, node: cst.BaseExpression) -> bool:
        return any(node is reading.node for reading in self._wrong.dead)

    def _default(self, place: cst.BaseExpression) -> cst.BaseExpression | None:
        """The default of the last reading of a place."""
        last = list(operands(place))[-1]
        return next((r.default for r in self._wrong.dead if r.node is last), None)

    def _check_comments(self, place: cst.BaseExpression) -> None:
        for node in self._tree.below(place):
            if isinstance(node, cst.Comment):
                raise RefusedError(Reason.COMMENT_LOST, f"in line {self._tree.line(node)}")

    def _check_handlers(self, place: cst.BaseExpression) -> None:
        """Refuse where the file handles a missing key: what is no answer is another error.

        Raises:
            RefusedError: it does, and handles nothing else.
        """
        for around in self._tree.ancestors(place):
            if isinstance(around, (cst.FunctionDef, cst.Lambda)):
                return
            if not isinstance(around, cst.Try) or not self._tree.is_inside(place, around.body):
                continue
            caught = {
                node.value
                for handler in around.handlers
                if handler.type is not None
                for node in self._tree.below(handler.type)
                if isinstance(node, cst.Name)
            }
            every = any(handler.type is None for handler in around.handlers)
            if caught and not every and caught <= _OF_A_MISSING_KEY:
                detail = f"{self._tree.show_line(place)}, whose missing keys are handled"
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)

    def _sees_an_empty_text(self, place: cst.BaseExpression) -> bool:
        """Whether the file itself asks if what it read is empty."""
        node: cst.CSTNode = place
        if self._is_asked(node):
            return True
        parent = self._tree.parent(node)
        while isinstance(parent, (cst.Attribute, cst.Call)):
            node, parent = parent, self._tree.parent(parent)
        if not isinstance(parent, cst.Assign) or len(parent.targets) != 1:
            return False
        target = parent.targets[0].target
        if not isinstance(target, cst.Name):
            return False
        every = self._program.flow.every(target.value, target)
        mine = [definition for definition in every if definition.node is parent]
        return any(
            self._is_asked(use)
            for definition in mine
            for uses in self._program.flow.uses(definition)
            for use in uses
        )

    def _is_asked(self, node: cst.CSTNode) -> bool:
        parent = self._tree.parent(node)
        if isinstance(parent, cst.UnaryOperation):
            return isinstance(parent.operator, cst.Not)
        if isinstance(parent, (cst.If, cst.While, cst.IfExp)):
            return parent.test is node
        return False
