"""Runs of hand-written requests in Python as one `POST /v1/responses`: the edits of one flow."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.clients import Library
from callmend.languages.python.literals import is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.raw import RawCall
from callmend.languages.python.raw_failures import tells_a_failure
from callmend.languages.python.raw_flow import RawFlow
from callmend.languages.python.raw_loops import Loops
from callmend.languages.python.raw_page import read_page
from callmend.languages.python.raw_values import Denoted, Group, Stage
from callmend.languages.python.scopes import numbered
from callmend.languages.python.template import Fill, load
from callmend.languages.python.tree import unawaited
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_edits import Change
from callmend.targets.responses.python_raw_edits import patience
from callmend.targets.responses.python_raw_request import COMMENT, STORED
from callmend.targets.responses.python_raw_statements import RawStatements
from callmend.targets.responses.python_raw_unused import Unused, check_names

#: What the new answer calls the same parts of a run.
_RENAMED = {"last_error": "error"}
_PARTS = frozenset({("status",), ("last_error",), ("last_error", "message"), ("last_error", "code"),
                    ("error",), ("error", "message"), ("error", "code")})  # fmt: skip


class RawWriter(RawStatements):
    """Writes one flow."""

    def __init__(
        self,
        program: Program,
        calls: Sequence[RawCall],
        flow: RawFlow,
        settings: Settings,
        mine: Sequence[RawCall] = (),
    ) -> None:
        super().__init__(program, calls, flow, settings, mine)
        self._page = read_page(program, flow)
        #: `requests.post(...).json()["id"]`, of which the new answer is the whole JSON.
        self._taken_apart: cst.BaseExpression | None = None

    def plan(self) -> Plan:
        """The edits of the flow.

        Raises:
            RefusedError: something of it is not certain.
        """
        flow = self._raw
        given = self._given()
        messages = self._messages_of_the_run(given)
        if not flow.one_shot:
            self._keep_thread()
        self._write_request(given, messages)
        self._replaced += [self._body.obj, *self.edits.left_out]
        self._name_of_run()
        self._reads_of_run()
        self._reads_of_page()
        for loop in self._page.loops:
            inner = cst.ensure_type(loop.body.body[0], cst.If)
            self._replaced += [loop.iter, inner.test]
        names = (self._name, self._text_name)
        unused = Unused(
            self._program, flow, self._replaced, self._dropped, names, self.moved, self.words
        )
        self._dropped += [*unused.idle(), *unused.constants(self.edits.unneeded)]
        unused.check()
        self._note_loops()
        self._note_checks()
        self._notes += patience(self._program, flow.start)
        self._foreign()
        self._take_out()
        kept = "" if flow.one_shot else " on a conversation"
        edits = tuple(sorted(self._editor.edits()))
        check_names(self._program, edits)
        return Plan(edits, f"becomes one POST /v1/responses{kept}", tuple(self._notes))

    def _note_checks(self) -> None:
        """Say of checks of requests that went that they went along."""
        for line in self._raw.gone:
            if isinstance(line, cst.If):
                words = "the check of a request that went is left out"
                self._notes.append(Note(self._tree.span(line), words))

    def _foreign(self) -> None:
        """Say of a thread that comes from elsewhere that its id cannot be carried over."""
        flow = self._raw
        if flow.one_shot:
            return
        if flow.maker is not None and flow.is_before(flow.maker):
            return
        where = self._tree.span(flow.start.call)
        self._notes.append(Note(where, STORED, always=True))
        start = self._tree.chars(flow.statement)[0]
        indent = self._editor.indent_at(start)
        text = "".join(f"{line}\n{indent}" for line in COMMENT)
        self._editor.changes.append(Change(start, start, text, statements=True))

    # the run's variable

    def _name_of_run(self) -> None:
        """Find the variable of the run's JSON, or give it one where it is taken apart at once."""
        flow = self._raw
        apart: list[cst.Assign] = []
        for node in self._tree.own(flow.function):
            if not isinstance(node, (cst.Assign, cst.AnnAssign)) or node.value is None:
                continue
            held = flow.values.denoted(node.value)
            if held is None or held.group is not Group.RUN or held.stage is not Stage.JSON:
                continue
            if flow.is_removed(node) or held.calls != {flow.values.calls.index(flow.start)}:
                continue
            targets = node.targets if isinstance(node, cst.Assign) else [node]
            target = targets[0].target
            if len(targets) != 1 or not isinstance(target, cst.Name):
                raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(node))
            if not held.path and not self._name:
                self._name = target.value
            elif held.path and isinstance(node, cst.Assign):
                apart.append(node)
            else:
                raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(node))
        if not self._name and not apart and self._name_from_response():
            return
        if not self._name and not apart:
            raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(flow.start.call))
        if self._name:
            self._dropped += [self._line_of(node) for node in apart]
            return
        first, *rest = apart
        taken = self._program.scopes.names_at(first)
        self._name = "run" if "run" not in taken else self._name_of_poll()
        self._name = self._name or numbered("run", taken.__contains__)
        parsed = self._parsed(first.value)
        start, _ = self._tree.chars(first)
        end = self._tree.chars(first)[1]
        parsed_source = self._tree.source(parsed)
        self._line_of(first)
        if flow.start.sender is not flow.start.call or self._tree.is_inside(
            flow.start.call, first.value
        ):
            # The request is in it, whose own changes stay.
            value_start, value_end = self._tree.chars(first.value)
            last = self._tree.chars(parsed)[1]
            self._editor.changes.append(
                Change(start, value_start, f"{self._name} = ", statements=True)
            )
            self._editor.changes.append(Change(last, value_end, "", statements=True))
            # What the request itself reads is still read.
            self._replaced.append(first.targets[0])
            self._taken_apart = first.value
        else:
            text = f"{self._name} = {parsed_source}"
            self._editor.changes.append(Change(start, end, text, statements=True))
            self._replaced.append(first)
        self._dropped += [self._line_of(node) for node in rest]

    def _name_of_poll(self) -> str:
        """The variable of the polled run, which is free where the polling goes; else empty."""
        flow = self._raw
        if not isinstance(flow.function, cst.FunctionDef):
            return ""
        for name, made in self._program.scopes.bound(flow.function).items():
            held = [None if d.value is None else flow.values.denoted(d.value) for d in made]
            runs = all(h is not None and h.is_json(Group.RUN) for h in held)
            if runs and all(flow.is_removed(definition.node) for definition in made):
                return name
        return ""

    def _name_from_response(self) -> bool:
        """Give the JSON a name above the loop, where it is only parsed in passing."""
        flow = self._raw
        client = flow.start.request.client
        sent = self._tree.parent(flow.start.sender)
        sent = self._tree.parent(sent) if isinstance(sent, cst.Await) else sent
        if client is None or client.library not in (Library.REQUESTS, Library.HTTPX):
            return False
        if not isinstance(sent, cst.Assign) or len(sent.targets) != 1:
            return False
        target, loop = sent.targets[0].target, flow.loops[0].node
        same = self._tree.block_of(loop) is self._tree.block_of(flow.statement)
        if not isinstance(target, cst.Name) or not same:
            return False
        for definition in flow.values.reaching(target.value, loop):
            if definition.node is not sent:
                return False
        taken = self._program.scopes.names_at(loop)
        self._name = numbered("run_data", taken.__contains__)
        self._above_loop = f"{self._name} = {target.value}.json()"
        return True

    def _parsed(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """What of `response.json()["id"]` is the whole JSON."""
        held = self._raw.values.denoted(node)
        while held is not None and held.path:
            if isinstance(node, cst.Subscript):
                node = node.value
            elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
                node = node.func.value
            else:
                raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(node))
            held = self._raw.values.denoted(node)
        return node

    def _reads_of_run(self) -> None:
        flow = self._raw
        for node in flow.maximal(flow.function):
            held = flow.values.denoted(node)
            if held is None or held.group is not Group.RUN or self._is_gone(node):
                continue
            if self._taken_apart is not None and self._tree.is_inside(node, self._taken_apart):
                continue
            if held.stage is not Stage.JSON:
                self._response_use(node, held)
                continue
            self._json_use(node, held)
        for node in flow.maximal(flow.function):
            held = flow.values.denoted(node)
            if held is not None and held.group is Group.MESSAGE and not self._is_gone(node):
                raise RefusedError(Reason.OTHER_READ, self._tree.show_line(node))

    def _response_use(self, node: cst.BaseExpression, held: Denoted) -> None:
        only_start = held.calls == {self._raw.values.calls.index(self._raw.start)}
        if only_start:
            parent = self._tree.parent(node)
            attribute = parent.attr.value if isinstance(parent, cst.Attribute) else ""
            around = self._tree.parent(parent) if parent is not None else None
            if attribute in ("status_code", "status") and isinstance(around, cst.Comparison):
                shown = self._tree.source(around.comparisons[0].comparator)
                if shown in ("201", "202"):
                    raise RefusedError(Reason.OTHER_READ, self._tree.show_line(around))
            return
        raise RefusedError(Reason.OTHER_READ, self._tree.show_line(node))

    def _json_use(self, node: cst.BaseExpression, held: Denoted) -> None:
        parent = self._tree.parent(node)
        if isinstance(parent, cst.Await):
            parent = self._tree.parent(parent)
        if not held.path and isinstance(parent, (cst.Assign, cst.AnnAssign)):
            if isinstance(unawaited(node), cst.Name):
                raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(parent))
            return  # what gives the variable its value
        refused = RefusedError(Reason.OTHER_READ, self._tree.show_line(parent or node))
        if held.path in ((), ("id",)):
            loops = Loops(self._program, self._raw.values, self._raw.goes)
            told = self._tree.around(node, cst.Raise) is not None
            told |= tells_a_failure(self._program, loops, node)
            if not told and not is_logged(self._program, node):
                tested = isinstance(parent, (cst.If, cst.UnaryOperation)) and held.path
                if not tested and not self._asks_for_the_id(parent):
                    raise refused
        elif held.path not in _PARTS:
            raise refused
        self._spell(node, held)

    def _asks_for_the_id(self, parent: cst.CSTNode | None) -> bool:
        """`"id" in run`, which holds for a Response just as for a run."""
        around = None if parent is None else self._tree.parent(parent)
        if not isinstance(parent, cst.ComparisonTarget) or not isinstance(around, cst.Comparison):
            return False
        inside = isinstance(parent.operator, (cst.In, cst.NotIn))
        return inside and self._program.resolver.text(around.left) in ("id", "status")

    def _spell(self, node: cst.BaseExpression, held: Denoted) -> None:
        """Write a part of the run as one of its variable's."""
        base = node
        while True:
            inside = self._raw.values.denoted(base)
            if inside is not None and not inside.path:
                break
            if isinstance(base, cst.Subscript):
                base = base.value
            elif isinstance(base, cst.Call) and isinstance(base.func, cst.Attribute):
                base = base.func.value
            else:
                break
        quote = self._quote_at(node)
        inside = self._raw.values.denoted(base)
        if inside is not None and not inside.path:
            if not isinstance(base, cst.Name) or base.value != self._name:
                self._editor.replace(base, self._name)
                self._replaced.append(base)
            for key in self._tree.below(node):
                if isinstance(key, cst.SimpleString) and key.evaluated_value in _RENAMED:
                    word = _RENAMED[str(key.evaluated_value)]
                    self._editor.replace(key, self._editor.quoted(word, self._tree.source(key)))
            return
        path = [_RENAMED.get(str(key), str(key)) for key in held.path]
        text = self._name + "".join(f"[{quote}{key}{quote}]" for key in path)
        self._editor.replace(node, text)
        self._replaced.append(node)

    def _quote_at(self, node: cst.CSTNode) -> str:
        """The quotes for a string at a place: not those of an f-string around it."""
        around = self._tree.around(node, cst.FormattedString)
        if around is None:
            return self._style.quote
        own = around.end[0]
        return "'" if own == '"' else '"'

    # the answer

    def _reads_of_page(self) -> None:
        page = self._page
        statement = self._page_statement()
        result, assigned = self._result(statement)
        indent = self._editor.indent_at(self._tree.chars(statement)[0])
        check = not self._is_lenient()
        default = page.default.raw_value if isinstance(page.default, cst.SimpleString) else ""
        fallback = None
        if default and page.default is not None:
            fallback = self._tree.source(page.default)
        self._text_name = result
        guarded = self._is_guarded_by_status(statement)
        template = load("responses", "raw_text" if guarded else "answer")
        taken = self._program.scopes.names_at(statement)
        renames = {
            name: numbered(name, taken.__contains__) for name in template.bound if name in taken
        }
        fill = Fill(
            values={"PARSED": None, "BODY": self._name, "RESULT": result, "FALLBACK": fallback},
            renames=renames,
        )
        text = template.render(fill, self._style, indent, without_last=not check)
        for node in page.texts:
            self._check_comments(node)
            start, end = self._tree.whole(node)
            if self._program.text.text[:start][-1:].isidentifier():
                start, end = self._tree.chars(node)
            self._replaced.append(node)
            if assigned is None:
                self._editor.changes.append(Change(start, end, result, statements=True))
        twice = self._asked_twice(result)
        asked = (page.present, result), (page.absent, f"not {result}"), (page.logged, self._name)
        for nodes, words in asked:
            for node in nodes:
                if any(self._tree.is_inside(node, other) for other in twice):
                    continue
                self._editor.replace(node, words)
                self._replaced.append(node)
        if assigned is not None:
            self._dropped.append(assigned)
        self._template_text = text
        self._page_place = statement

    def _asked_twice(self, result: str) -> list[cst.BaseExpression]:
        """Replace operations both of whose sides ask the same; the sides of these."""
        page = self._page
        done: list[cst.BaseExpression] = []
        for node in [*page.present, *page.absent]:
            around = self._tree.parent(node)
            if isinstance(around, cst.UnaryOperation):
                around = self._tree.parent(around)
            if not isinstance(around, cst.BooleanOperation) or around.lpar:
                continue
            sides = [self._truth(side) for side in (around.left, around.right)]
            if sides[0] is not None and sides[0] is sides[1]:
                if not any(self._tree.is_inside(node, other) for other in done):
                    self._editor.replace(around, result if sides[0] else f"not {result}")
                    self._replaced.append(around)
                done.append(around)
        return done

    def _truth(self, side: cst.BaseExpression) -> bool | None:
        """Whether a side of an operation holds if there is an answer, or if there is none."""
        if isinstance(side, cst.UnaryOperation) and isinstance(side.operator, cst.Not):
            inner = self._truth(side.expression)
            return None if inner is None else not inner
        if any(side is node for node in self._page.present):
            return True
        return False if any(side is node for node in self._page.absent) else None

    def _page_statement(self) -> cst.BaseCompoundStatement | cst.SimpleStatementLine:
        """The outermost statement of the list of messages, without what it is nested in."""
        statement = self._tree.statement_of(self._raw.page.sender)
        for line in self._raw.gone:
            if self._tree.is_inside(statement, line):
                return line
        return statement

    def _result(self, statement: cst.CSTNode) -> tuple[str, cst.SimpleStatementLine | None]:
        """The variable of the text, and the assignment that goes as the text is put into it."""
        page = self._page
        taken = self._program.scopes.names_at(statement)
        free = next((name for name in ("answer", "reply", "text") if name not in taken), "")
        free = free or numbered("answer", taken.__contains__)
        if len(page.texts) != 1 or page.present or page.absent or page.loops:
            return free, None
        parent = self._tree.parent(page.texts[0])
        if not isinstance(parent, cst.Assign) or len(parent.targets) != 1:
            return free, None
        target = parent.targets[0].target
        line = self._tree.statement_of(parent)
        if not isinstance(target, cst.Name) or not isinstance(line, cst.SimpleStatementLine):
            return free, None
        if not self._is_gone(statement) or len(line.body) != 1 or has_own_comment(line):
            return free, None
        block = list(self._tree.block_of(statement))  # type: ignore[arg-type]  # it is one
        places = [i for i, other in enumerate(block) if other is statement or other is line]
        if len(places) != 2:
            return free, None
        between = block[places[0] + 1 : places[1]]
        if not all(self._is_gone(other) for other in between):
            return free, None
        return target.value, line

    def _is_lenient(self) -> bool:
        """Whether the file itself says what comes where there is no text."""
        page = self._page
        if page.default is not None or page.present or page.absent or page.loops:
            return True
        for node in page.texts:
            parent = self._tree.parent(node)
            if isinstance(parent, cst.BooleanOperation) and isinstance(parent.operator, cst.Or):
                if parent.left is node:
                    return True
        return False

    def _is_guarded_by_status(self, node: cst.CSTNode) -> bool:
        """Whether code runs for a completed run only."""
        failing = {"failed", "incomplete", "cancelled"}
        left: set[str] = set()
        loops = Loops(self._program, self._raw.values, self._raw.goes)
        child: cst.CSTNode = node
        for parent in self._tree.ancestors(node):
            if isinstance(parent, cst.If) and child is parent.body:
                left |= {status for status in failing if loops.holds(parent.test, status) is False}
            body = getattr(parent, "body", ())
            for line in () if isinstance(body, cst.CSTNode) else body:
                if line is child:
                    break
                left |= self._refused_by(line, loops, failing)
            if parent is self._raw.function:
                break
            child = parent
        return left >= failing

    def _refused_by(self, line: cst.CSTNode, loops: Loops, failing: set[str]) -> set[str]:
        """The statuses with which the code behind a statement is not reached."""
        if not isinstance(line, (cst.If, cst.While, cst.For)):
            return set()
        if self._tree.order(line) < self._tree.order(self._raw.start.call):
            return set()
        if isinstance(line, cst.If):
            if not self._program.flow.leaves(line.body):
                return set()
            return {status for status in failing if loops.holds(line.test, status)}
        found: set[str] = set()
        for loop in self._raw.loops:
            for kept in loop.kept if loop.node is line else ():
                if kept.last is not None:
                    continue
                if isinstance(kept.node, cst.Else):
                    found |= failing - kept.without
                else:
                    found |= {s for s in failing if loops.holds(kept.node.test, s)}
        return found


def has_own_comment(line: cst.SimpleStatementLine) -> bool:
    """Whether a comment stands behind a statement on its line."""
    return line.trailing_whitespace.comment is not None
