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
from callmend.languages.python.clients import JSON_PARSERS
from callmend.languages.python.helpers import load_helper
from callmend.languages.python.layout import Group, flat, has_comments, render
from callmend.languages.python.program import Program
from callmend.languages.python.raw import RawCall, members
from callmend.languages.python.raw_loops import Loops
from callmend.languages.python.raw_parts import body_of, has_no_body
from callmend.languages.python.raw_values import Group as Of
from callmend.languages.python.raw_values import Stage, Values
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
from callmend.targets.responses.python_parts import content_of, put_parts
from callmend.targets.responses.python_raw_apart_lists import PAGE, ApartLists, ends
from callmend.targets.responses.python_raw_apart_reads import ApartReads
from callmend.targets.responses.python_raw_apart_run import ApartRun
from callmend.targets.responses.python_raw_edits import RawEdits, patience

_KNOWN = frozenset(
    {Op.CREATE_THREAD, Op.ADD_MESSAGE, Op.RUN, Op.RETRIEVE_RUN, Op.LIST_MESSAGES, Op.DELETE_THREAD,
     Op.THREAD_AND_RUN}
)  # fmt: skip
#: What is on a thread besides the run that it was made with.
_BESIDE = frozenset({Op.RUN, Op.ADD_MESSAGE, Op.CREATE_THREAD, Op.DELETE_THREAD})
_OF_THREAD = frozenset({"messages", "metadata"})
#: How many it may have, of which fewer are messages.
MOST = 100
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
        self._lists = ApartLists(program, calls, self._values)
        #: What the functions of the file are called, by what they are for.
        self._spelt: dict[Of, str] = {}
        #: What is told of the answers of the request that is planned.
        self._told: list[Note] = []
        #: Whether the run or the time of a message is read.
        self._reads_run = False
        #: Whether the annotations of a text are read.
        self._annotated = False

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
        reads = ApartReads(self._program, self._values, self._lists.of_one_run(), self._loops)
        reads.check()
        self._reads_run, self._annotated = reads.reads_run, reads.annotated
        if self._annotated:
            self._check_tools()
        if any(call.op is Op.THREAD_AND_RUN for call in self._calls):
            self._check_own_threads(reads)
        self._check_loops()
        self._check_ids()
        return [(call, self._planned(call)) for call in self._calls]

    # what is read

    def _check_messages(self) -> None:
        """Refuse runs for whose threads this file has no message."""
        starts = [call for call in self._calls if call.starts_a_run]
        runs = [call for call in starts if call.op is Op.RUN]
        added = any(call.op is Op.ADD_MESSAGE for call in self._calls)
        added |= any(
            key_of(element) == "additional_messages"
            for call in runs
            for element in self._body(call).elements
        )
        made = any(
            call.op is Op.CREATE_THREAD and "messages" in self._tree.source(call.call)
            for call in self._calls
        )
        if starts and not any(call.op is Op.LIST_MESSAGES for call in self._calls):
            # The run goes on in another file.
            raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(starts[0].call))
        if runs and not added and not made:
            raise RefusedError(Reason.NO_THREAD_MESSAGE, self._tree.show_line(runs[0].call))

    def _check_own_threads(self, reads: ApartReads) -> None:
        """Refuse threads that are made with their run where anything else is on a thread."""
        for call in self._calls:
            other = call.op is Op.LIST_MESSAGES and not self._lists.makes_its_thread(call)
            if other or call.op in _BESIDE:
                raise RefusedError(Reason.THREAD_NOT_FOLLOWED, self._tree.show_line(call.call))
        holes = [call.holes[0] for call in self._calls if call.holes]
        reads.check_threads(holes)

    def _check_tools(self) -> None:
        """Refuse to read annotations where a run is given tools, which could cite something."""
        for call in self._calls:
            if call.starts_a_run:
                for element in self._body(call).elements:
                    if not isinstance(element, cst.DictElement) or key_of(element) == "tools":
                        raise RefusedError(Reason.OTHER_READ, self._tree.show_line(element))

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
                if self._loops.is_asked(node.test):
                    shown = self._tree.show_line(node.test)
                    raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, shown)
            elif (
                isinstance(node, cst.While) and self._loops.holds(node.test, "failed") is not False
            ):
                for inner in self._tree.own(node.body):
                    if isinstance(inner, cst.If) and self._goes_on(inner):
                        shown = self._tree.show_line(inner.test)
                        raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, shown)
        for node in self._tree.nodes:
            if isinstance(node, cst.Comparison):
                held = self._values.denoted(node.left)
                if held is not None and held.is_json(Of.RUN, "status"):
                    if self._loops.holds(node, "requires_action") is True:
                        waits = self._loops.holds(node, "in_progress")
                        if waits is False and self._loops.holds(node, "failed") is False:
                            raise RefusedError(Reason.TOOL_LOOP, self._tree.show_line(node))

    def _goes_on(self, check: cst.If) -> bool:
        """Whether a run that failed is waited for all the same."""
        if (
            not self._loops.is_asked(check.test)
            or self._loops.holds(check.test, "failed") is not True
        ):
            return False
        if self._loops.holds(check.test, "in_progress") is not False:
            return False
        return not self._program.flow.leaves(check.body) or ends(check.body, (cst.Continue,))

    # the requests

    def _planned(self, call: RawCall) -> Plan:
        editor = Editor(self._program, call.request, self._style, self._settings)
        edits = RawEdits(self._program, self._settings, editor, self._mine, lambda _: False)
        notes: list[Note] = []
        self._told = []
        message = "becomes a conversation"
        if self._annotated and call.op is Op.LIST_MESSAGES:
            words = "no annotations are there to read: no tools are sent that could cite something"
            notes.append(Note(self._tree.span(call.call), words))
        if call.op is Op.CREATE_THREAD:
            self._thread(call, editor)
            edits.address(call, "/conversations")
        elif call.op is Op.ADD_MESSAGE:
            self._message(call, editor)
            edits.address(call, "/conversations/{}/items", call.holes)
            message = "becomes an item of the conversation"
        elif call.starts_a_run:
            run = ApartRun(self._program, self._mine, call, self._settings, editor)
            notes += run.write(kept=call.op is Op.RUN and not self._is_made_here(call))
            edits.address(call, "/responses")
            notes += patience(self._program, call)
            message = "becomes POST /v1/responses"
            message += " on a conversation" if call.op is Op.RUN else ""
        elif call.op is Op.RETRIEVE_RUN:
            edits.address(call, "/responses/{}", call.holes[1:])
            message = "becomes GET /v1/responses/{id}"
        elif call.op is Op.LIST_MESSAGES:
            message = self._listed(call, editor, edits)
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
        if has_no_body(self._program, call):
            return
        body = self._body(call)
        for element in body.elements:
            shown = self._tree.show_line(element)
            if not isinstance(element, cst.DictElement) or key_of(element) not in _OF_THREAD:
                raise RefusedError(Reason.RUN_PARAMETER, shown)
            if key_of(element) == "messages":
                self._check_items(element.value, editor)
                key = self._tree.source(element.key)
                editor.replace(element.key, editor.quoted("items", key))

    def _check_items(self, node: cst.BaseExpression, editor: Editor) -> None:
        """Refuse messages that are not certainly items as they are written."""
        listed = self._program.resolver.single(node)
        refused = RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(node))
        if not isinstance(listed, cst.List) or not 0 < len(listed.elements) <= PAGE:
            raise refused
        for element in listed.elements:
            inside = members(self._program, element.value)
            if inside is None or set(inside) != {"role", "content"}:
                raise refused
            put_parts(self._program, editor, self._style, element.value)

    def _body(self, call: RawCall) -> cst.Dict:
        literal = body_of(self._program, call)
        if literal.shared:
            raise RefusedError(Reason.BODY_SHARED, self._tree.show_line(literal.given))
        return literal.obj

    def _message(self, call: RawCall, editor: Editor) -> None:
        body = self._body(call)
        elements = {key_of(e): e for e in body.elements if isinstance(e, cst.DictElement)}
        shown = self._tree.show_line(call.call)
        if set(elements) != {"role", "content"} or len(body.elements) != 2:
            more = (e for key, e in elements.items() if key not in ("role", "content"))
            shown = self._tree.show_line(next(more, call.call))
            raise RefusedError(Reason.MESSAGE_SHAPE, shown)
        if has_comments(body):
            raise RefusedError(Reason.COMMENT_LOST, shown)
        like = self._tree.source(body)
        role, content = elements["role"].value, elements["content"].value
        source = self._tree.source
        said = content_of(self._program, content, role, source, editor.quoted)
        pairs = tuple(
            (source(e.key) + ": ", said if key == "content" else source(e.value))
            for key, e in elements.items()
        )
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

    def _listed(self, call: RawCall, editor: Editor, edits: RawEdits) -> str:
        """The items of the conversation, or those of one response where one run is asked for."""
        asked = call.asked(self._program)
        refused = RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(call.call))
        if asked is None or set(asked) - {"order", "limit", "run_id"}:
            raise refused
        most = asked.get("limit")
        self._lists.order()
        if most is not None and not self._lists.word(most).isdecimal():
            raise refused
        run = self._lists.run_of(call)
        if run is None:
            # Not every item of a conversation is a message.
            items = str(PAGE if self._lists.reads_first(call) else MOST)
            query = call.query
            if "*" in query:
                raise refused
            if most is not None and int(self._lists.word(most)) < PAGE:
                if isinstance(most, str):
                    query = query.replace(f"limit={most}", f"limit={items}")
                else:
                    editor.replace(most, items)
            edits.address(call, "/conversations/{}/items" + query, call.holes)
            return "becomes GET /v1/conversations/{id}/items"
        edits.address(call, "/responses/{}", [run])
        self._without_params(call, editor)
        return "becomes GET /v1/responses/{id}"

    def _without_params(self, call: RawCall, editor: Editor) -> None:
        args, queries = list(call.call.args), call.queries
        for place, arg in enumerate(args):
            if not any(arg.value is query for query in queries):
                continue
            if not isinstance(arg.value, cst.Dict) or has_comments(arg) or not place:
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(arg))
            start = self._tree.whole(args[place - 1].value)[1]
            end = self._tree.whole(arg.value)[1]
            editor.changes.append(Change(start, end, ""))

    # the functions

    def _wrapped(self, call: RawCall, editor: Editor) -> list[str]:
        """Let the answer go through a function of the file; the functions' code."""
        group = Of.PAGE if call.op is Op.LIST_MESSAGES else Of.RUN
        if not (call.starts_a_run or call.op in (Op.RETRIEVE_RUN, Op.LIST_MESSAGES)):
            return []
        if call.through is not None and call.through.quiet:
            shown = f"`{self._tree.show(call.call.func)}` gives None where it failed"
            raise RefusedError(Reason.UNKNOWN_TRANSPORT, shown)
        number = next(i for i, other in enumerate(self._calls) if other is call)
        found = False
        for node in self._tree.every(cst.Call):
            if self._is_handed(node):
                continue
            held = self._values.denoted(node)
            if held is None or held.stage is not Stage.JSON or held.path or held.group is not group:
                continue
            if number not in held.calls or not self._parses(node):
                continue
            found = True
            if min(held.calls) != number:
                continue  # the same answer of several requests
            parent = self._tree.parent(node)
            whole: cst.BaseExpression = parent if isinstance(parent, cst.Await) else node
            start, end = self._tree.whole(whole)
            name = self._function(group, call)
            if not self._given_again(whole, name, editor):
                editor.changes.append(Change(start, start, f"{name}(", statements=True))
                editor.changes.append(Change(end, end, ")", statements=True))
            words = f"the answer goes through `{name}`, which gives it the parts that are read"
            self._told.append(Note(self._tree.span(call.call), words))
        if not found:
            return []
        template = load_helper("responses", _FUNCTIONS[group][0])
        flags = {
            "RAISES": not self._looks_at_failures(),
            "OF_RUN": bool(self._lists.of_one_run()),
            "READS_RUN": self._reads_run,
            "ANNOTATED": self._annotated,
            "NEWEST_FIRST": self._lists.order() == "desc",
            "LIMITED": group is Of.PAGE and self._lists.most() is not None,
        }
        code = template.settled(flags)
        spelling = Spelling(self._program, self._names, call.call)
        fill = Fill(
            values={"MOST": self._lists.most() if group is Of.PAGE else None},
            renames={_FUNCTIONS[group][1]: self._function(group, call)},
            functions={"typing.Any": spelling.of("typing", "Any")},
        )
        return [template.render(code, fill, function_style(self._style))]

    def _is_handed(self, call: cst.Call) -> bool:
        """Whether a call gives what a function of the file gives back, which sends nothing."""
        return self._values.call_of(call) is None and self._values.function_of(call) is not None

    def _parses(self, call: cst.Call) -> bool:
        """Whether a call parses an answer, and does not take one of a list."""
        if self._values.call_of(call) is not None:
            return True
        if isinstance(call.func, cst.Name):
            return self._program.scopes.imported(call.func) in JSON_PARSERS
        return True

    def _given_again(self, whole: cst.BaseExpression, name: str, editor: Editor) -> bool:
        """`run = run_of(run)` below a request that is on several lines, or would be."""
        assign = self._tree.parent(whole)
        line = None if assign is None else self._tree.parent(assign)
        if not isinstance(assign, cst.Assign) or len(assign.targets) != 1:
            return False
        target = assign.targets[0].target
        if not isinstance(target, cst.Name) or not isinstance(line, cst.SimpleStatementLine):
            return False
        start, end = self._tree.whole(whole)
        text = self._program.text
        first, last = text.line_range(text.line(start))
        changed = [c for c in editor.changes if first <= c.start and c.end <= end]
        long = len(text.text[first:last].rstrip("\r\n")) + len(f"{name}()")
        long += sum(len(change.text) - (change.end - change.start) for change in changed)
        fits = text.line(start) == text.line(end) and long <= self._style.width
        if len(line.body) != 1 or fits:
            return False
        first, last = text.line_range(text.line(end))
        place = first + len(text.text[first:last].rstrip("\r\n"))
        indent = editor.indent_at(self._tree.chars(assign)[0])
        again = f"\n{indent}{target.value} = {name}({target.value})"
        editor.changes.append(Change(place, place, again, statements=True))
        return True

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
            if self._loops.holds(node.test, "failed") is not True:
                continue
            if self._loops.holds(node.test, "completed") is True:
                continue
            asks = self._loops.is_asked(node.test)
            waits = self._loops.holds(node.test, "in_progress") is True
            leaves = isinstance(node, cst.If) and ends(node.body, (cst.Return, cst.Raise))
            if asks and (leaves or not waits):
                return True
        return False
