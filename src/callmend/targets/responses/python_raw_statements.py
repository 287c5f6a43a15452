"""The statements of a flow of hand-written requests in Python: which go, move, or stay apart."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.hoisting import branch_range, hoisted
from callmend.languages.python.layout import dedented, inside_strings
from callmend.languages.python.program import Program
from callmend.languages.python.raw import RawCall
from callmend.languages.python.raw_flow import RawFlow
from callmend.languages.python.raw_loops import Kept, Loop
from callmend.languages.python.raw_page import Page
from callmend.languages.python.scopes import numbered
from callmend.languages.python.template import Fill, load
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.python_edits import Change
from callmend.targets.responses.python_raw_request import RawRequest


class RawStatements(RawRequest):
    """The statements of one flow; what is read of its answers is found by who writes it."""

    def __init__(
        self,
        program: Program,
        calls: Sequence[RawCall],
        flow: RawFlow,
        settings: Settings,
        mine: Sequence[RawCall] = (),
    ) -> None:
        super().__init__(program, calls, flow, settings, mine)
        self._page = Page()
        #: The variables of the new answer's JSON and of its text.
        self._name = self._text_name = ""
        #: Nodes that are read no more, as something else stands in their place.
        self._replaced: list[cst.CSTNode] = []
        #: Statements that go besides those of the flow.
        self._dropped: list[cst.CSTNode] = []
        #: The code that reads the new answer, and the statement in whose place it is put.
        self._template_text = ""
        self._page_place: cst.CSTNode = flow.statement
        #: A line that gives the new answer's JSON its name, above the first loop.
        self._above_loop = ""

    def _is_gone(self, node: cst.CSTNode) -> bool:
        dropped = any(self._tree.is_inside(node, line) for line in self._dropped)
        replaced = any(self._tree.is_inside(node, other) for other in self._replaced)
        return dropped or replaced or self._raw.is_removed(node)

    def _note_loops(self) -> None:
        for loop in self._raw.loops:
            words = "the polling went, with what it logged: a response arrives finished"
            self._notes.append(Note(self._tree.span(loop.node), words))
            for timeout in loop.timeouts:
                words = "the check that gave up waiting, or looked at the poll, is left out"
                self._notes.append(Note(self._tree.span(timeout), words))
            for branch in loop.unreachable:
                words = "a check for a status that no response has is left out"
                self._notes.append(Note(self._tree.span(branch), words))

    def _take_out(self) -> None:
        """The changes of whole statements, those that stand inside of others first."""
        gone = [*self._raw.gone, *self._dropped]
        gone = [
            line for line in gone
            if not any(o is not line and self._tree.is_inside(line, o) for o in gone)
        ]  # fmt: skip
        depth = {
            id(loop.node): len(list(self._tree.ancestors(loop.node))) for loop in self._raw.loops
        }
        placed = False
        for line in gone:
            first, last = self._lines(line)
            comments = self._comments(first, last)
            indent = self._editor.indent_at(self._tree.chars(line)[0])
            new = "".join(f"{indent}{comment}\n" for comment in comments)
            if line is self._page_place:
                new += self._template_text + "\n"
                if not self._is_blank(last) and self._wants_blank(line):
                    new += "\n"
                placed = True
            self._exchange(first, last, new)
        for opened in self._raw.opened:
            placed = opened is self._page_place or placed
        if not placed:
            start = self._tree.chars(self._page_place)[0]
            indent = self._editor.indent_at(start)
            above = self._template_text.removeprefix(indent) + f"\n\n{indent}"
            self._editor.changes.append(Change(start, start, above, statements=True))
        for loop in self._page.loops:
            self._first(loop)
        self._tidy()
        for opened in sorted(self._raw.opened, key=lambda line: -self._tree.order(line)):
            self._opened(opened)
        for polling in sorted(self._raw.loops, key=lambda loop: -depth[id(loop.node)]):
            self._loop(polling)
        self._tidy()

    def _wants_blank(self, line: cst.CSTNode) -> bool:
        """Whether other code follows a statement in its block."""
        block = list(self._tree.block_of(line))  # type: ignore[arg-type]  # it is a statement
        place = next(i for i, other in enumerate(block) if other is line)
        return any(not self._is_gone(other) for other in block[place + 1 :])

    def _is_blank(self, char: int) -> bool:
        """Whether the line at a place is blank, or none."""
        text = self._program.text
        if char >= len(text.text):
            return True
        first, last = text.line_range(text.line(char))
        return not text.text[first:last].strip()

    def _lines(self, node: cst.CSTNode) -> tuple[int, int]:
        """The range of the whole lines of a statement."""
        text = self._program.text
        start, end = self._tree.chars(node)
        first, _ = text.line_range(text.line(start))
        _, last = text.line_range(text.line(end))
        if end > start and text.text[end - 1 : end] == "\n":
            last = end
        return first, last

    def _comments(self, first: int, last: int) -> list[str]:
        return [
            node.value
            for node in self._tree.every(cst.Comment)
            if first <= self._tree.chars(node)[0] < last
        ]

    def _first(self, loop: cst.For) -> None:
        """`for message in messages: if role == "assistant": ...` becomes `if answer: ...`."""
        inner = cst.ensure_type(loop.body.body[0], cst.If)
        last = inner.body.body[-1]
        small = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else None
        if isinstance(small, cst.Break):
            self._drop_last(last)
        body = cst.ensure_type(inner.body, cst.IndentedBlock)
        start, _ = self._tree.chars(loop)
        first, _ = self._program.text.line_range(self._program.text.line(start))
        inner_start = self._body_start(body)
        _, stop = self._lines(last)
        stop = max(stop, self._lines(loop)[1])
        comments = self._comments(first, inner_start)
        outer = self._editor.indent_at(start)
        unit = self._editor.indent_at(self._tree.chars(inner)[0])
        taken = self._editor.taken(inner_start, stop)
        moved = _moved_left(taken, len(unit) - len(outer))
        head = "".join(f"{outer}{comment}\n" for comment in comments)
        self._editor.taken(first, inner_start)
        text = f"{head}{outer}if {self._text_name}:\n{moved}"
        self._exchange(first, stop, text)

    def _opened(self, line: cst.With) -> None:
        """The block of a `with` whose header goes, moved to the left."""
        body = line.body
        if not isinstance(body, cst.IndentedBlock):
            raise RefusedError(Reason.NEEDS_BRACES, self._tree.show_line(line))
        first, _ = self._lines(line)
        head = self._program.text
        inner_start = head.line_range(head.line(self._tree.chars(line.items[-1])[1]))[1]
        while ":" not in head.text[self._tree.chars(line.items[-1])[1] : inner_start]:
            inner_start = head.line_range(head.line(inner_start))[1]
        stop = self._lines(line)[1]
        comments = self._comments(first, inner_start)
        outer = self._editor.indent_at(self._tree.chars(line)[0])
        unit = self._editor.indent_at(self._tree.chars(body.body[0])[0])
        above = "".join(f"{outer}{comment}\n" for comment in comments)
        if line is self._page_place:
            above += self._template_text + "\n\n"
        self._editor.taken(first, inner_start)
        moved = _moved_left(self._editor.taken(inner_start, stop), len(unit) - len(outer))
        self._exchange(first, stop, above + moved)

    def _body_start(self, body: cst.IndentedBlock) -> int:
        """Where the line below a block's header starts."""
        head = self._tree.parent(body)
        text = self._program.text
        test = head.test if isinstance(head, cst.If) else None
        if test is None:
            raise RefusedError(Reason.NEEDS_BRACES, self._tree.show_line(body))
        return text.line_range(text.line(self._tree.whole(test)[1]))[1]

    def _loop(self, loop: Loop) -> None:
        """What stays of a polling loop, in its place."""
        first, last = self._lines(loop.node)
        indent = self._editor.indent_at(self._tree.chars(loop.node)[0])
        pieces: list[tuple[int, str]] = []
        for kept in loop.kept:
            start, _ = branch_range(self._program, kept.node)
            pieces.append((start, self._kept(kept, indent)))
        ranges = [branch_range(self._program, kept.node) for kept in loop.kept]
        for node in self._tree.every(cst.Comment):
            place = self._tree.chars(node)[0]
            inside = any(
                start <= place < self._program.text.line_range(self._program.text.line(end))[1]
                for start, end in ranges
            )
            if first <= place < last and not inside:
                pieces.append((place, f"{indent}{node.value}"))
        self._editor.taken(first, last)
        lines = [text for _, text in sorted(pieces)]
        if self._above_loop and loop is self._raw.loops[0]:
            lines.insert(0, f"{indent}{self._above_loop}")
        held = next((k for k in loop.kept if self._holds_page(k)), None)
        if held is not None and not any(isinstance(kept.node, cst.Else) for kept in loop.kept):
            lines.append(self._failed(loop, indent, checked=held.last is not None))
        text = "".join(f"{line}\n" for line in lines)
        self._exchange(first, last, text)

    def _holds_page(self, kept: Kept) -> bool:
        return self._tree.is_inside(self._raw.page.call, kept.node.body)

    def _failed(self, loop: Loop, indent: str, *, checked: bool) -> str:
        """What is raised where the answer is read for completed responses only."""
        template = load("responses", "raw_status" if checked else "raw_failed")
        taken = self._program.scopes.names_at(loop.node)
        renames = {
            name: numbered(name, taken.__contains__) for name in template.bound if name in taken
        }
        return template.render(
            Fill(values={"BODY": self._name}, renames=renames), self._style, indent
        )

    def _exchange(self, first: int, last: int, text: str) -> None:
        """Put other lines in the place of some, with a last line end only where one was."""
        source = self._program.text.text
        if last == len(source) and not source.endswith(("\n", "\r")):
            text = text.removesuffix("\n")
        self._editor.changes.append(Change(first, last, text, statements=True))

    def _kept(self, kept: Kept, indent: str) -> str:
        if kept.last is not None:
            self._drop_last(kept.last)
        start, end = branch_range(self._program, kept.node)
        if isinstance(kept.node, cst.Else):
            words = sorted(kept.without)
            quote = self._style.quote
            status = f"{self._name}[{quote}status{quote}]"
            shown = ", ".join(f"{quote}{word}{quote}" for word in words)
            test = f"{status} != {shown}" if len(words) == 1 else f"{status} not in ({shown})"
            self._editor.changes.append(Change(start, start + len("else"), f"if {test}"))
        changes = [(c.start, c.end, c.text) for c in self._editor.changes]
        lines = hoisted(self._program, kept.node, changes, indent)
        if isinstance(kept.node, cst.Else) and self._returned_above(kept):
            # All else has left the function by then.
            lines = _moved_left(lines.partition("\n")[2], len(self._style.indent))
        # A comment behind the last statement goes with it.
        _, stop = self._program.text.line_range(self._program.text.line(end))
        rest = self._program.text.text[end:stop].strip()
        return f"{lines}  {rest}" if rest.startswith("#") else lines.rstrip("\n")

    def _returned_above(self, kept: Kept) -> bool:
        loop = next(loop for loop in self._raw.loops if any(k is kept for k in loop.kept))
        return any(self._holds_page(other) and other.last is None for other in loop.kept)

    # blank lines

    def _tidy(self) -> None:
        """Take out the blank lines that would meet where statements went."""
        text = self._program.text
        count = text.line(len(text.text))
        gone: set[int] = set()
        for change in self._editor.changes:
            if change.text or change.start == change.end:
                continue
            first = text.line(change.start)
            if text.line_range(first)[0] != change.start:
                continue
            last = text.line(change.end)
            if text.line_range(last)[0] == change.end:
                gone.update(range(first, last))
        blank = {
            n for n in range(1, count + 1)
            if not text.text[slice(*text.line_range(n))].strip() and n not in gone
        }  # fmt: skip
        line = 1
        while line <= count:
            if line not in gone and line not in blank:
                line += 1
                continue
            end = line
            while end <= count and (end in gone or end in blank):
                end += 1
            run = range(line, end)
            if any(n in gone for n in run):
                self._tidy_run(line, end, [n for n in run if n in blank], count)
            line = end

    def _tidy_run(self, first: int, end: int, blank: list[int], count: int) -> None:
        """Of the blank lines among lines that went keep as many as stood together."""
        text = self._program.text
        above = text.text[slice(*text.line_range(first - 1))].rstrip() if first > 1 else ""
        last_gone = max(n for n in range(first, end) if n not in blank)
        keep: list[int] = []
        groups: list[list[int]] = []
        for n in blank:
            if groups and groups[-1][-1] == n - 1:
                groups[-1].append(n)
            else:
                groups.append([n])
        behind = [n for n in blank if n > last_gone]
        below = text.text[slice(*text.line_range(end))] if end <= count else ""
        inner = min(len(self._indent(n)) for n in range(first, end) if n not in blank)
        ends = end > count or self._width(below) < inner
        if ends:
            keep = behind
        elif above.endswith(":") and not above.lstrip().startswith("#"):
            keep = []
        else:
            keep = max(groups, key=len, default=[])
        for n in blank:
            if n not in keep:
                start, stop = text.line_range(n)
                if not any(c.start <= start and stop <= c.end for c in self._editor.changes):
                    self._editor.changes.append(Change(start, stop, "", statements=True))

    def _indent(self, line: int) -> str:
        source = self._program.text.text[slice(*self._program.text.line_range(line))]
        return source[: len(source) - len(source.lstrip(" \t"))]

    def _width(self, line: str) -> int:
        return len(line) - len(line.lstrip(" \t"))


def _moved_left(source: str, width: int) -> str:
    """Lines without the first blanks of each; what stands inside of strings stays."""
    lines = source.split("\n")
    kept = inside_strings(dedented(source, "").strip("\n")) if '"""' in source else frozenset()
    return "\n".join(
        line if number in kept or not line.strip() else line[width:]
        for number, line in enumerate(lines)
    )
