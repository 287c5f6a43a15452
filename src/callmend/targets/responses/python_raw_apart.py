"""Hand-written Assistants requests in Python that stand apart, each as the one of a conversation.

Where the requests of a run are spread over functions, each keeps its place: the thread becomes a
conversation, a message an item of it, the run a response on it. What the file reads of the answers
stays as it is: two functions of the file give a Response the parts of a run, and the items of a
conversation those of messages.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.helpers import load_helper
from callmend.languages.python.layout import Group, flat, has_comments, render
from callmend.languages.python.literals import is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.raw import RawCall, members
from callmend.languages.python.raw_loops import Loops
from callmend.languages.python.raw_values import Denoted, Stage, Values
from callmend.languages.python.raw_values import Group as Of
from callmend.languages.python.request import RequestReader
from callmend.languages.python.style import detect
from callmend.languages.python.template import Fill
from callmend.languages.python.values import key_of
from callmend.reasons import Reason
from callmend.routes import Op
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_edits import Change, Editor
from callmend.targets.python_reading import Names
from callmend.targets.python_spelling import Spelling, function_style
from callmend.targets.responses.python_raw_apart_run import ApartRun
from callmend.targets.responses.python_raw_edits import RawEdits

_KNOWN = frozenset(
    {Op.CREATE_THREAD, Op.ADD_MESSAGE, Op.RUN, Op.RETRIEVE_RUN, Op.LIST_MESSAGES, Op.DELETE_THREAD}
)
#: What a run and a Response have in common once it went through the function of the file.
_OF_RUN = frozenset({"id", "status", "thread_id", "last_error", "model", "metadata", "object"})
#: What a message of a thread has that an item of a conversation has not.
_NOT_OF_MESSAGE = frozenset(
    {"created_at", "run_id", "thread_id", "assistant_id", "attachments", "file_ids", "annotations",
     "metadata", "completed_at"}
)  # fmt: skip
_PLAIN_CALLS = frozenset({"len", "list", "reversed", "enumerate", "next", "iter", "print", "str",
                          "isinstance", "bool"})  # fmt: skip
_FUNCTIONS = {Of.RUN: ("raw_run_of", "run_of"), Of.PAGE: ("raw_messages_of", "messages_of")}


class RawApart:
    """Plans requests that no flow has taken up, all of them together."""

    def __init__(
        self,
        program: Program,
        calls: Sequence[RawCall],
        mine: Sequence[RawCall],
        settings: Settings,
        names: Names,
    ) -> None:
        """``mine`` are all requests of the file that go to the new API."""
        self._program = program
        self._tree = program.tree
        self._calls = calls
        self._mine = mine
        self._settings = settings
        self._names = names
        self._style = detect(program.tree)
        self._values = Values(program, calls, across=True)
        self._loops = Loops(program, self._values, lambda _: False)
        #: What the functions of the file are called, by what they are for.
        self._spelt: dict[Of, str] = {}
        #: What is told of the answers of the request that is planned.
        self._told: list[Note] = []

    def plans(self) -> list[tuple[RawCall, Plan]]:
        """The plan of each request.

        Raises:
            RefusedError: one of them has no counterpart, or what it gives cannot be followed.
        """
        for call in self._calls:
            if call.op not in _KNOWN:
                reason = Reason.TOOL_LOOP if call.op is Op.SUBMIT else Reason.OTHER_CALL
                raise RefusedError(reason, self._tree.show_line(call.call))
        self._check_messages()
        for node in self._tree.nodes:
            if isinstance(node, cst.BaseExpression) and not isinstance(node, cst.Await):
                held = self._values.denoted(node)
                if held is not None:
                    self._check(node, held)
        self._check_loops()
        self._check_ids()
        return [(call, self._planned(call)) for call in self._calls]

    # what is read

    def _check_messages(self) -> None:
        """Refuse runs for whose threads this file has no message."""
        runs = [call for call in self._calls if call.op is Op.RUN]
        added = any(call.op is Op.ADD_MESSAGE for call in self._calls)
        made = any(
            call.op is Op.CREATE_THREAD and "messages" in self._tree.source(call.call)
            for call in self._calls
        )
        if runs and not added and not made:
            raise RefusedError(Reason.NO_THREAD_MESSAGE, self._tree.show_line(runs[0].call))

    def _check_ids(self) -> None:
        """Refuse a run that is asked for by another id than that of a run of the file."""
        for call in self._calls:
            if call.op is Op.RETRIEVE_RUN:
                held = self._values.denoted(call.holes[1])
                if held is None or not held.is_json(Of.RUN, "id"):
                    raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(call.call))

    def _check_loops(self) -> None:
        """Refuse a loop that goes on for a completed run: a response is completed at once."""
        for node in self._tree.nodes:
            if isinstance(node, cst.While) and self._loops.holds(node.test, "completed") is True:
                if any(self._loops.is_status(n) for n in self._tree.below(node.test)
                       if isinstance(n, cst.BaseExpression)):  # fmt: skip
                    shown = self._tree.show_line(node.test)
                    raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, shown)
        for node in self._tree.nodes:
            if isinstance(node, cst.Comparison):
                held = self._values.denoted(node.left)
                if held is not None and held.is_json(Of.RUN, "status"):
                    if self._loops.holds(node, "requires_action") is True:
                        waits = self._loops.holds(node, "in_progress")
                        if waits is False and self._loops.holds(node, "failed") is False:
                            raise RefusedError(Reason.TOOL_LOOP, self._tree.show_line(node))

    def _check(self, node: cst.BaseExpression, held: Denoted) -> None:
        """Refuse a part that the new answer has not, or one that goes where it is not seen."""
        shown = self._tree.show_line(node)
        keys = [key for key in held.path if isinstance(key, str)]
        if held.stage is Stage.JSON and held.group is Of.RUN and keys:
            if keys[0] == "required_action":
                raise RefusedError(Reason.TOOL_LOOP, shown)
            if keys[0] not in _OF_RUN:
                raise RefusedError(Reason.OTHER_READ, shown)
            return
        if held.stage is Stage.JSON and held.group is Of.PAGE:
            if _NOT_OF_MESSAGE & set(keys):
                raise RefusedError(Reason.OTHER_READ, shown)
            if len(held.path) >= 6:
                return
        if held.stage is Stage.JSON and held.group is Of.THREAD and keys:
            return
        if held.stage is Stage.JSON and held.group is Of.MESSAGE and keys:
            if not is_logged(self._program, node):
                raise RefusedError(Reason.OTHER_READ, shown)
            return
        self._check_place(node, held)

    def _check_place(self, node: cst.BaseExpression, held: Denoted) -> None:
        """Refuse a whole answer that goes where what is read of it cannot be seen."""
        parent = self._tree.parent(node)
        if isinstance(parent, cst.Await):
            parent = self._tree.parent(parent)
        refused = RefusedError(Reason.ANSWER_HANDED_ON, self._tree.show_line(parent or node))
        if isinstance(parent, cst.Return):
            function = self._tree.function_of(node)
            called = isinstance(function, cst.FunctionDef) and self._values.callers(function)
            if not called or not all(self._values.denoted(call) for call in called):
                raise refused
        elif isinstance(parent, cst.Arg):
            self._check_argument(parent, refused)
        elif isinstance(parent, cst.ComparisonTarget):
            around = self._tree.parent(parent)
            left = around.left if isinstance(around, cst.Comparison) else None
            word = None if left is None else self._program.resolver.text(left)
            known = {Of.RUN: ("id", "status"), Of.THREAD: ("id",), Of.PAGE: ("data",)}
            if held.path == () and word not in known.get(held.group, ()):
                raise RefusedError(Reason.OTHER_READ, self._tree.show_line(parent))
        elif isinstance(parent, (cst.Element, cst.DictElement, cst.StarredDictElement)):
            raise refused

    def _check_argument(self, arg: cst.Arg, refused: RefusedError) -> None:
        call = self._tree.parent(arg)
        if is_logged(self._program, arg.value) or not isinstance(call, cst.Call):
            return
        if self._values.denoted(call) is not None:
            return
        name = self._tree.source(call.func)
        plain = name in _PLAIN_CALLS or name.rpartition(".")[2] in ("append", "exception")
        if name in _PLAIN_CALLS:
            return
        function = self._values.function_of(call)
        if function is None or plain:
            raise refused
        if not any(
            isinstance(use, cst.Name) and self._values.denoted(use) is not None
            for use in self._tree.own(function.body)
        ):
            raise refused

    # the requests

    def _planned(self, call: RawCall) -> Plan:
        editor = Editor(self._program, call.request, self._style, self._settings)
        edits = RawEdits(self._program, self._settings, editor, self._mine, lambda _: False)
        notes: list[Note] = []
        self._told = []
        message = "becomes a conversation"
        if call.op is Op.CREATE_THREAD:
            self._thread(call, editor)
            edits.address(call, "/conversations")
        elif call.op is Op.ADD_MESSAGE:
            self._message(call, editor)
            edits.address(call, "/conversations/{}/items", call.holes)
            message = "becomes an item of the conversation"
        elif call.op is Op.RUN:
            run = ApartRun(self._program, self._mine, call, self._settings, editor)
            notes += run.write(kept=not self._is_made_here(call))
            edits.address(call, "/responses")
            message = "becomes POST /v1/responses on a conversation"
        elif call.op is Op.RETRIEVE_RUN:
            edits.address(call, "/responses/{}", call.holes[1:])
            message = "becomes GET /v1/responses/{id}"
        elif call.op is Op.LIST_MESSAGES:
            self._check_asked(call)
            edits.address(call, "/conversations/{}/items" + call.query, call.holes)
            message = "becomes GET /v1/conversations/{id}/items"
        else:
            edits.address(call, "/conversations/{}", call.holes)
        edits.head(call)
        codes = tuple(code.encode() for code in self._wrapped(call, editor))
        notes += self._told
        return Plan(tuple(sorted(editor.edits())), message, tuple(notes), codes)

    def _is_made_here(self, call: RawCall) -> bool:
        held = self._values.denoted(call.holes[0])
        return held is not None and held.is_json(Of.THREAD, "id")

    def _thread(self, call: RawCall, editor: Editor) -> None:
        """The first messages of a thread are the first items of its conversation."""
        for arg in call.call.args:
            inside = members(self._program, arg.value)
            if inside is None or arg.keyword is None or arg.keyword.value == "headers":
                continue
            if set(inside) - {"messages", "metadata"}:
                raise RefusedError(Reason.RUN_PARAMETER, self._tree.show_line(arg))
            if "messages" in inside:
                for element in RequestReader(self._program, call.request).sent().obj.elements:
                    if key_of(element) == "messages" and isinstance(element, cst.DictElement):
                        key = self._tree.source(element.key)
                        editor.replace(element.key, editor.quoted("items", key))

    def _message(self, call: RawCall, editor: Editor) -> None:
        body = RequestReader(self._program, call.request).sent().obj
        elements = {key_of(e): e for e in body.elements if isinstance(e, cst.DictElement)}
        shown = self._tree.show_line(call.call)
        if set(elements) != {"role", "content"} or len(body.elements) != 2:
            raise RefusedError(Reason.MESSAGE_SHAPE, shown)
        content = self._program.resolver.single(elements["content"].value)
        if isinstance(content, (cst.List, cst.Dict, cst.ListComp)):
            raise RefusedError(Reason.MESSAGE_SHAPE, shown)
        if has_comments(body):
            raise RefusedError(Reason.COMMENT_LOST, shown)
        like = self._tree.source(body)
        pairs = tuple(
            (self._tree.source(e.key) + ": ", self._tree.source(e.value)) for e in body.elements
            if isinstance(e, cst.DictElement)
        )  # fmt: skip
        kind = (editor.quoted("type", like) + ": ", editor.quoted("message", like))
        item = Group("{", (kind, *pairs), "}")
        start, end = self._tree.chars(body)
        broken = "\n" in like
        new = Group(
            "{",
            ((editor.quoted("items", like) + ": ", Group("[", (("", item),), "]")),),
            "}",
            broken,
        )
        column = self._program.text.column(start)
        text = render(new, self._style, editor.indent_at(start), column) if broken else flat(new)
        editor.changes.append(Change(start, end, text))

    def _check_asked(self, call: RawCall) -> None:
        """Refuse a list of messages that is asked for what a list of items has not."""
        asked = {part.partition("=")[0] for part in call.query.lstrip("?").split("&") if part}
        for arg in call.call.args:
            if arg.keyword is not None and arg.keyword.value == "params":
                inside = members(self._program, arg.value)
                asked |= {"*"} if inside is None else set(inside)
        if asked - {"order", "limit"}:
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(call.call))

    # the functions

    def _wrapped(self, call: RawCall, editor: Editor) -> list[str]:
        """Let the answer go through a function of the file; the functions' code."""
        group = Of.PAGE if call.op is Op.LIST_MESSAGES else Of.RUN
        if call.op not in (Op.RUN, Op.RETRIEVE_RUN, Op.LIST_MESSAGES):
            return []
        number = next(i for i, other in enumerate(self._calls) if other is call)
        found = False
        for node in self._tree.nodes:
            if not isinstance(node, cst.Call) or self._values.function_of(node) is not None:
                continue
            held = self._values.denoted(node)
            if held is None or held.stage is not Stage.JSON or held.path or held.group is not group:
                continue
            if number not in held.calls or isinstance(node.func, cst.Name):
                continue
            found = True
            if min(held.calls) != number:
                continue  # the same answer of several requests
            parent = self._tree.parent(node)
            whole: cst.BaseExpression = parent if isinstance(parent, cst.Await) else node
            start, end = self._tree.whole(whole)
            name = self._function(group, call)
            editor.changes.append(Change(start, start, f"{name}(", statements=True))
            editor.changes.append(Change(end, end, ")", statements=True))
            words = f"the answer goes through `{name}`, which gives it the parts that are read"
            self._told.append(Note(self._tree.span(call.call), words))
        if not found:
            return []
        template = load_helper("responses", _FUNCTIONS[group][0])
        code = template.settled({"RAISES": not self._looks_at_failures()})
        fill = Fill(values={}, renames={_FUNCTIONS[group][1]: self._function(group, call)})
        return [template.render(code, fill, function_style(self._style))]

    def _function(self, group: Of, call: RawCall) -> str:
        if group not in self._spelt:
            taken = Spelling(self._program, self._names, call.call).taken()
            name = _FUNCTIONS[group][1]
            while name in taken:
                name += "_"
            self._spelt[group] = name
        return self._spelt[group]

    def _looks_at_failures(self) -> bool:
        """Whether the file itself does something about a run that failed."""
        for node in self._tree.nodes:
            if not isinstance(node, (cst.If, cst.IfExp)):
                continue
            if self._loops.holds(node.test, "failed") is True and (
                self._loops.holds(node.test, "in_progress") is not True
            ):
                if (
                    any(
                        self._loops.is_status(inner)
                        for inner in self._tree.below(node.test)
                        if isinstance(inner, cst.BaseExpression)
                    )
                    and self._loops.holds(node.test, "completed") is not True
                ):
                    return True
        return False
