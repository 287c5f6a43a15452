"""Whether a file shows the text of an answer of a certain shape: what reads it is run on one.

The code behind the request is run on the answer as it will be (`interpreter`), and then the code
behind the calls of its function, as far as the text goes. Where every way through it has been
followed to its end and none shows the text, the shape is certainly not the one that is read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.interpreter import Oracle, every_way
from callmend.languages.ecmascript.js_calls import Interpreter
from callmend.languages.ecmascript.js_values import (
    UNDEFINED,
    Bytes,
    Closure,
    Sink,
    StuckError,
    Thing,
    ThrownError,
    Unknown,
    stream,
    texts_in,
)
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readings import What
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.shapes import Shape
from callmend.languages.ecmascript.streams_callers import callers_of, goes_elsewhere
from callmend.languages.ecmascript.tree import (
    Tree,
    field,
    is_inside,
    items,
    key_name,
    show_line,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.languages.verdicts import (
    BAD,
    ID,
    TEXT,
    Errors,
    Shown,
    error,
    errors_over,
    is_alone,
    is_error,
    values_in,
)
from callmend.languages.ways import ReturnError
from callmend.reasons import Reason

_MOST_STEPS = 30_000
_MOST_CALLERS = 12


Gives = Mapping[int, Callable[[], Any]]


def check_shown(
    program: Program,
    call: Node,
    shape: Shape,
    what: What = What.RESPONSE,
    again: Collection[Node] = (),
    through: Collection[int] | None = None,
) -> None:
    """Refuse a shape of which the file certainly does not show the text; see `shown`.

    Raises:
        RefusedError: no way through the code shows it.
    """
    if shape.whole:
        return
    showing = Showing(program, call, shape, what, again, through)
    if showing.verdict() is Shown.NO:
        where = show_line(showing.leaves or call)
        detail = f"{where} gets no text of an answer that has it in `{shape.shown}`"
        raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)


def shown(
    program: Program,
    call: Node,
    shape: Shape,
    what: What = What.RESPONSE,
    again: Collection[Node] = (),
    through: Collection[int] | None = None,
) -> Shown:
    """Whether what is behind a call shows the text of an answer of this shape.

    ``what`` is what the call gives: a response, its JSON, or an object with that as its `data`.
    ``again`` are further calls that give the same. ``through`` are the ids of the calls by which
    the function of the call is followed, None for all of the file.
    """
    return Showing(program, call, shape, what, again, through).verdict()


def errors_shown(
    program: Program,
    call: Node,
    shape: Shape,
    *,
    whole: bool = False,
    what: What = What.RESPONSE,
) -> Errors:
    """Whether what an error says is shown as JSON in the text's place, with nothing that tells it.

    That is what is called, or returned, with the text of an answer and, where the response is that
    of an error, with its JSON: `reply ?? JSON.stringify(data)`. ``whole`` tells that what is given
    the whole answer counts too, and is not trusted to look at it.
    """
    showing = Showing(program, call, shape, what, (), None)

    def runs(status: int) -> list[Run]:
        showing.status = status
        return showing.runs(call)

    def tells(sink: Sink) -> bool:
        return is_told(sink) and (whole or not any(ID in each for each in texts_in(sink.given)))

    return errors_over(runs, lambda node: int(node.id), tells, is_log)


def only_on_errors(program: Program, call: Node, shape: Shape, what: What) -> list[list[Node]]:
    """The statements and choices that are run on an error's JSON only, by the ways through them.

    Those of the call's function and of what calls it, without those that give nothing on, as
    `return data.answer` does of an error's. There are none where a way through the code cannot be
    followed to its end, or shows the JSON in the text's place, or where a loop asks again.
    """
    if errors_shown(program, call, shape, whole=True, what=what) is not Errors.NEVER:
        return []
    showing = Showing(program, call, shape, what, (), None)
    usual = {node.id for run in showing.runs(call) for node in run.ran}
    found = []
    showing.looks_round = True
    for showing.status in BAD:
        for run in showing.runs(call):
            if run.repeats:
                return []
            inside = [node for node in run.ran if function_of(program, node) in run.followed]
            blank = [sink.node for sink in run.sinks if _is_blank(sink)]
            found.append(
                [
                    node
                    for node in inside
                    if node.id not in usual and not any(is_inside(each, node) for each in blank)
                ]
            )
    return found


def function_of(program: Program, node: Node) -> Node:
    """The function that code is of; what a promise is followed by is of that which has it."""
    while True:
        node = program.tree.function_of(node)
        arguments = program.tree.outer(node)[1]
        around = None if arguments is None else program.tree.parent(arguments)
        if around is None or text_of(field(around, "function") or around, "property") != b"then":
            return node


def _is_blank(sink: Sink) -> bool:
    """Whether a value is missing in what is given, which says nothing beside it."""
    missing = any(value is UNDEFINED for value in values_in(sink.given))
    return missing and not any(texts_in(sink.given))


def _answer(code: bytes, tree: Tree) -> Any:
    """The value of the object literal that is written for the answer, its names made up."""
    statement = Tree(b"(" + code + b")", tree.language).root.named_children[0]
    return _value(unwrapped(statement.named_children[0]))


def _value(node: Node) -> Any:
    if node.type == "object":
        found = {}
        for item in items(node):
            name = key_name(item) or text(item)
            shown_name = name.decode("utf-8", "replace").strip("'\"")
            found[shown_name] = _value(field(item, "value") or item)
        return found
    if node.type == "array":
        return [_value(item) for item in items(node)]
    if node.type == "string":
        return text(node)[1:-1].decode("utf-8", "replace")
    if node.type in ("true", "false"):
        return node.type == "true"
    if node.type == "null":
        return None
    if node.type == "number":
        return int(text(node)) if text(node).isdigit() else 1.5
    if text(node).endswith(b".usage"):
        return {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
    return TEXT if text(node) == b"text" else ID


class Run(Interpreter):
    """One way through the code.

    ``stuck`` is where it gave up, ``followed`` are the functions that were run from a call on,
    ``ran`` the statements and the parts of choices, and ``met`` the names that were looked up
    before they were given a value. ``repeats`` tells that the loop around the call goes on; None
    where nobody asks.
    """

    stuck: Node | None = None

    def __init__(self, program: Program, oracle: Oracle, gives: Gives) -> None:
        super().__init__(program, oracle)
        self._gives = gives
        self.followed: list[Node] = []
        self.met: dict[int, Binding] = {}
        self.ran: list[Node] = []
        self.is_used = False
        self.repeats: bool | None = None

    def statement(self, node: Node) -> None:
        """Run one statement."""
        self.ran.append(node)
        try:
            super().statement(node)
        except ReturnError as returned:
            if node.type == "return_statement" and items(node) and returned.value is UNDEFINED:
                self.ran.remove(node)
            raise

    def goes_round(self, condition: Node | None) -> None:
        """Whether the request is asked for once more is noted, where that is of interest."""
        if self.repeats is not None:
            self.repeats = condition is None or self.truth(self.expression(condition), condition)

    def asked_for(self, value: Any) -> None:
        """A value is all that a condition asks for."""
        self.is_used = self.is_used or (isinstance(value, str) and TEXT in value)

    def _declared_value(self, binding: Binding) -> Any:
        self.met[id(binding)] = binding
        return super()._declared_value(binding)

    def called_back(
        self,
        closure: Closure,
        given: list[Any],
        *,
        deferred: bool,  # noqa: ARG002 - what is called later shows the text too
    ) -> None:
        """A function that another file's is given: what it gives back may be shown there."""
        try:
            self.sink("callback", closure.node, (self.call(closure, given),))
        except ThrownError:
            self.stuck = closure.node  # whether it is called, and who catches that, is not seen

    def expression(self, node: Node) -> Any:
        """The value of an expression; each request gives an answer of its own."""
        given = self._gives.get(node.id)
        if node.parent is not None and node.parent.type == "ternary_expression":
            self.ran.append(node)
        return super().expression(node) if given is None else given()


class Showing:
    """Runs the code behind calls on an answer of a shape, or on an error by its ``status``."""

    def __init__(
        self,
        program: Program,
        call: Node,
        shape: Shape,
        what: What,
        again: Collection[Node],
        through: Collection[int] | None,
    ) -> None:
        self._program = program
        self._call = call
        code = shape.code(b"answered", b"answered.id")
        self._json = json.dumps(_answer(code, program.tree))
        self._what = what
        self._again = again
        self._through = through
        self._steps = 0
        #: That of the response.
        self.status = 200
        #: Whether words of the file's own are followed to where they are said, as an answer is.
        self.follows_words = False
        #: Whether a loop around the call is asked whether it goes on.
        self.looks_round = False
        #: What ended the first way.
        self.leaves: Node | None = None

    def verdict(self) -> Shown:
        """What running all calls says; one that shows the text is enough."""
        found = {self._ways(call) for call in (self._call, *self._again)}
        return next(each for each in Shown if each in found)

    def _ways(self, call: Node) -> Shown:
        stuck = False
        try:
            for run in self._each(call):
                if shows(run):
                    return Shown.YES
                stuck = stuck or run.is_used or run.stuck is not None
                stuck = stuck or any(map(is_alone, run.parsed))
                self.leaves = self.leaves or run.leaves
        except RecursionError:
            return Shown.UNCERTAIN
        return Shown.UNCERTAIN if stuck else Shown.NO

    def runs(self, call: Node) -> list[Run]:
        """Each way through the code behind a call; those up to the most that are looked at."""
        found: list[Run] = []
        with suppress(RecursionError):
            found.extend(self._each(call))
        return found

    def _each(self, call: Node) -> Iterator[Run]:
        """Each way through the code behind a call.

        Raises:
            RecursionError: there are more than are looked at.
        """
        for run in every_way(lambda oracle: self._run(call, oracle)):
            yield run
            self._steps += run.steps
            if self._steps > _MOST_STEPS:
                raise RecursionError

    def _given(self) -> Any:
        written = self._json
        if self.status in BAD:
            written = json.dumps(error())
        body = json.loads(written)
        if self._what is What.BODY:
            return body
        if self._what is What.AXIOS:
            return {"data": body, "status": 200, "statusText": "OK", "headers": Unknown("headers")}
        state = {"ok": self.status == 200, "status": self.status, "body": stream([Bytes(written)])}
        response = Thing("response", state)
        if self._what is What.UNDICI:
            code = {"body": response, "statusCode": self.status}
            return {**code, "headers": Unknown("headers")}
        return response

    def _run(self, call: Node, oracle: Oracle) -> Run:
        machine = Run(self._program, oracle, {node.id: self._given for node in self._again})
        machine.repeats = False if self.looks_round else None
        try:
            self._follow(machine, call, self._given(), {call.id})
        except StuckError as stuck:
            machine.stuck = stuck.node
        except (RecursionError, TypeError, ValueError, AttributeError, IndexError, KeyError):
            machine.stuck = call
        return machine

    def _follow(self, machine: Run, call: Node, value: Any, seen: set[int]) -> None:
        """Run what is behind a call, and behind those of its function as far as the text goes."""
        function = self._program.tree.function_of(call)
        machine.followed.append(function)
        ended = machine.run_from(call, value)
        if ended.threw:
            if isinstance(ended.thrown, Unknown):
                raise StuckError(call)  # `throw redirect(...)` may be what it does at its end
            return
        said = self.follows_words and any(texts_in(ended.returned))
        if not (said or has_text(ended.returned) or any(map(is_error, values_in(ended.returned)))):
            return
        callers = callers_of(self._program, function)
        if self._through is not None and len(seen) == 1:
            callers = [caller for caller in callers if caller.id in self._through]
        if not 0 < len(callers) <= _MOST_CALLERS or goes_elsewhere(self._program, function):
            machine.sink("return", machine.leaves or function, (ended.returned,))
            return
        for caller in callers:
            if caller.id in seen:
                raise StuckError(caller)
            self._follow(machine, caller, ended.returned, {*seen, caller.id})


def has_text(value: Any) -> bool:
    """Whether the answer's text is in a value, or what may give it: a response, a function."""
    return any(TEXT in each for each in texts_in(value)) or isinstance(value, Thing | Closure)


def shows(run: Run, *, logs: bool = True) -> bool:
    """Whether the text came out: to another file, the client, a state, a variable further out.

    ``logs`` tells that the console counts too.
    """
    told = (sink for sink in run.sinks if logs or not is_log(sink))
    if any(map(is_told, told)) or any(map(has_text, run.members.values())):
        return True
    outside = {f.id for each in run.followed for f in _around(run.tree, each)}
    outside -= {each.id for each in run.followed}
    return any(
        has_text(value := run.values.get(id(binding)))
        and not isinstance(value, Closure)
        and (run.tree.function_of(binding.name_node).id in outside or _is_read_inside(run, binding))
        for binding in (*run.assigned, *run.met.values())
    )


def _is_read_inside(run: Run, binding: Binding) -> bool:
    """Whether it is a variable of a script that a function of it reads."""
    root = run.tree.root
    if root not in run.followed or run.tree.function_of(binding.name_node) != root:
        return False
    return any(run.tree.function_of(use) != root for use in binding.references)


def _around(tree: Tree, function: Node) -> Iterator[Node]:
    """The functions around one, and the file."""
    while function != tree.root:
        function = tree.function_of(function)
        yield function


def is_log(sink: Sink) -> bool:
    """Whether it is only shown on the console."""
    return sink.name.startswith("console.")


def is_told(sink: Sink) -> bool:
    """Whether a call is given the text; what is only logged with the whole answer is not told."""
    texts = [each for each in texts_in(sink.given) if TEXT in each]
    if not is_log(sink):
        return bool(texts) or any(
            isinstance(each, Thing) or (isinstance(each, Closure) and sink.name == "return")
            for each in sink.given
        )
    whole = any(ID in each for each in texts_in(sink.given))
    return bool(texts) and not whole
