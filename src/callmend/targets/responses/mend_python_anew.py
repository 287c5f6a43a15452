"""A workflow's input that a Python call sends to the Responses API: the body written anew."""

from __future__ import annotations

import libcst as cst

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.python.clients import Client, Library
from callmend.languages.python.find import Request
from callmend.languages.python.inputs import KEPT, NO_COUNTERPART, InputReader, Named
from callmend.languages.python.later import later_going
from callmend.languages.python.literals import Literal
from callmend.languages.python.paths import PathId
from callmend.languages.python.program import Program
from callmend.languages.python.request import RequestParts
from callmend.languages.python.wrong import WrongCall
from callmend.models import status_of
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.python_adapt import AdaptedCall
from callmend.targets.python_edits import Change
from callmend.targets.python_reading import Names
from callmend.targets.responses.python_adapted import Adapted

_EFFECTS = (cst.Await, cst.Yield, cst.NamedExpr, cst.Call)
_ENVIRONMENT = frozenset({"os.getenv", "os.environ.get"})


def check_harmless(program: Program, member: Named) -> None:
    """Refuse to take out what does more than to be read.

    Raises:
        RefusedError: it is computed.
    """
    for node in program.tree.below(member.value):
        is_env = isinstance(node, cst.Call) and program.scopes.imported(node.func) in _ENVIRONMENT
        if isinstance(node, _EFFECTS) and not is_env:
            shown = program.tree.show(member.value)
            raise RefusedError(Reason.BODY_FIELD, f"`{shown}` is computed")


class Anew(Adapted):
    """Plans the body of one call, with what the workflow was to get as the message."""

    def __init__(
        self,
        program: Program,
        wrong: WrongCall,
        request: Request,
        settings: Settings,
        names: Names,
    ) -> None:
        self._fields = dict(wrong.fields)
        self._sdk = wrong.literal is None
        reader, call = InputReader(program), wrong.call
        if wrong.literal is None:
            said = reader.of(call, wrong.fields)
            literal = Literal(call, cst.Dict([]), None, shared=False)
            first = cst.DictElement(cst.SimpleString('""'), said.node)
            client = Client(Library.REQUESTS, None, "", False, True)
            request = Request(request.endpoint, request.certainty, call, call.func, client, ())
            element, given = None, None if said.workflow_id is None else PathId(said.workflow_id)
        else:
            literal = wrong.literal
            said = reader.read(literal.obj)
            elements = [e for e in literal.obj.elements if isinstance(e, cst.DictElement)]
            first, given = elements[0], None
            element = next((e for e in elements if e.value is said.workflow_id), None)
        self._said = said
        going = later_going(program.tree, literal, NO_COUNTERPART, KEPT)
        dropped = tuple(e for e in said.dropped if isinstance(e, cst.DictElement))
        parts = RequestParts(
            call, None, None, literal, element, given, first, said.node, said.history, dropped,
            (), untyped=False, going=going,
        )  # fmt: skip
        super(AdaptedCall, self).__init__(program, request, settings, names, parts)

    def edits(self) -> tuple[Edit, ...]:
        """The edits of the body, or of the arguments.

        Raises:
            RefusedError: an element cannot be read, or does more than to be read.
        """
        ids = [e for e in self._fields.values() if e.value is self._said.workflow_id]
        for gone in (*self._said.dropped, *ids):
            check_harmless(self._program, gone)
        if self._sdk:
            self._arguments_anew()
        else:
            self._body()
            self._later()
        self._notes += self._body_remarks()
        return tuple(self._editor.edits())

    @property
    def notes(self) -> list[Note]:
        """What is told of the body."""
        return self._notes

    def _arguments_anew(self) -> None:
        first, last = self._parts.sender.args[0], self._parts.sender.args[-1]
        start, end = self._tree.chars(first)[0], self._tree.whole(last.value)[1]
        for node in self._tree.below(self._parts.sender):
            if isinstance(node, cst.Comment):
                raise RefusedError(Reason.COMMENT_LOST, f"in line {self._tree.line(node)}")
        own_line = self._starts_its_line(start)
        joint = f",\n{self._editor.indent_at(start)}" if own_line else ", "
        self._editor.changes.append(Change(start, end, joint.join(self._named_arguments())))

    def _model(self, key: str) -> str:
        """The model that the call names, where it names one."""
        named = self._fields.get("model")
        if named is None:
            return super()._model(key)
        for name in self._program.resolver.value(named.value).texts:
            if not (status := status_of(name)).may_be_written:
                told = f"{status.sentence}; the call goes on naming it"
                self._notes.append(Note(self._tree.span(named), told, always=True))
        return self._moved(named.value)

    def _instructions(self, key: str) -> str | None:
        """The instructions that the call gives, where it gives some."""
        given = self._fields.get("instructions")
        return super()._instructions(key) if given is None else self._moved(given.value)
