"""Statements of Python that a formatter had laid out, and that edits made too long or too short."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import libcst as cst

from callmend.edits import Edit, Span, apply
from callmend.findings import Finding
from callmend.languages.python.layout import (
    Doc,
    closely,
    has_comments,
    render,
    spliced,
    whole_document,
)
from callmend.languages.python.program import Program
from callmend.languages.python.style import Style, detect
from callmend.languages.python.text import Text
from callmend.languages.python.tree import Tree
from callmend.records import record

#: What the headers of statements hold, by the kind of the statement.
_HEADERS = {cst.If: "test", cst.While: "test", cst.For: "iter"}


def laid_out(program: Program, findings: list[Finding]) -> list[Finding]:
    """The findings with edits after which a formatter finds nothing to do in old statements.

    A statement that stands on one line, or on several as it was too long for one, stays like that
    where an edit has changed its length. All others are as somebody has written them.
    """
    layout = _Layout(program, findings)
    layout.lay_all()
    return layout.findings


@record(frozen=True, slots=True)
class _Held:
    """An expression that is laid out with its statement: its text (LF), what is beside it."""

    start: int
    end: int
    text: str
    before: str
    behind: str

    @property
    def head(self) -> str:
        """The first line of the statement."""
        return (self.before + self.text).split("\n")[0].strip()


def _held(tree: Tree, places: Sequence[Span] | None = None) -> Iterator[_Held]:
    """The expressions that are laid out with the statements of a file, those at places if given."""
    for node in tree.nodes:
        every: list[cst.BaseExpression | None] = []
        if isinstance(node, (cst.Return, cst.Expr, cst.Assign, cst.AnnAssign)):
            every = [node.value]
        elif isinstance(node, cst.Raise):
            every = [node.exc]
        elif isinstance(node, cst.With):
            every = [item.item for item in node.items]
        elif type(node) in _HEADERS:
            every = [getattr(node, _HEADERS[type(node)])]
        for held in every:
            if held is None:
                continue
            start, end = tree.whole(held)
            span = tree.text.span(start, end)
            if places is not None and not any(span.touches(place) for place in places):
                continue
            text = tree.text
            first = text.line_range(text.line(start))[0]
            last = text.line_range(text.line(end))[1]
            own = text.text[start:end].replace("\r\n", "\n")
            yield _Held(start, end, own, text.text[first:start], text.text[end:last].rstrip("\r\n"))


class _Layout:
    """Lays out the expressions of one file that findings change."""

    def __init__(self, program: Program, findings: list[Finding]) -> None:
        self._program = program
        self._text = program.text
        self._style: Style = detect(program.tree)
        self.findings = findings
        self._edits = {edit for finding in findings for edit in finding.edits}
        self._held = list(_held(program.tree, [edit.span for edit in self._edits]))

    def lay_all(self) -> None:
        """Lay out every expression that edits are inside of, then those that edits moved."""
        for held in self._held:
            self._lay(held)
        self._lay_moved()

    def _lay(self, held: _Held) -> None:
        """Put an expression on as many lines as its new text needs, if edits are inside of it."""
        place = self._text.span(held.start, held.end)
        inside = self._inside(place)
        if not inside:
            return
        changed = apply(
            self._program.source.data[place.start : place.end],
            [Edit(e.start - place.start, e.end - place.start, e.text) for e in inside],
        )
        new = changed.decode(self._text.encoding).replace("\r\n", "\n")
        if _parsed(new) is None or any(map(_is_bound, (held.text, new))):
            return
        written = self._closed(held, self._written(held, new) or new)
        if written == new or not _same(written, new):
            return
        text = self._encoded(written, place.start)
        edit = _trimmed(self._program.source.data, Edit(place.start, place.end, text))
        self._replace(inside, edit)

    def _lay_moved(self) -> None:
        """Join the lines of statements that fit on one line where edits have moved them to."""
        for edit in sorted(self._edits):
            text = edit.text.decode(self._text.encoding).replace("\r\n", "\n")
            if text.count("\n") < 2 or not text.endswith("\n"):
                continue
            old = [
                held
                for held in self._held
                if "\n" in held.text and edit.span.contains(self._text.span(held.start, held.end))
            ]
            heads = {held.head for held in old if self._way(held) is closely}
            written = self._moved(text, heads) if heads else text
            if written != text:
                new = self._encoded(written, edit.start)
                self._replace([edit], Edit(edit.start, edit.end, new))

    def _moved(self, text: str, heads: set[str]) -> str:
        """The lines of an edit with the statements on one line of which the heads are known."""
        around = "if True:\n" if text.startswith((" ", "\t")) else ""
        try:
            tree = Tree(Text((around + text).encode(), "utf-8"))
        except cst.ParserSyntaxError:
            return text
        changes = []
        for held in _held(tree):
            joined = _joined(held.text) if "\n" in held.text and held.head in heads else None
            if joined is not None:
                line = render(whole_document(joined), *self._place(held))
                if "\n" not in line and _same(line, held.text):
                    changes.append((held.start, held.end, line))
        return spliced(tree.text.text, len(around), len(around + text), changes)

    def _encoded(self, text: str, place: int) -> bytes:
        eol = self._program.source.eol_at(place).decode("ascii")
        return self._text.encode(text.replace("\n", eol))

    def _inside(self, place: Span) -> list[Edit]:
        """The edits of an expression; none if one of them reaches beyond it."""
        met = [edit for edit in self._edits if place.touches(edit.span)]
        return sorted(met) if all(place.contains(edit.span) for edit in met) else []

    def _written(self, held: _Held, new: str) -> str | None:
        """The new text of an expression on as many lines as it needs, or None: as it is."""
        made = cst.parse_expression(new)
        was = (held.before + held.text + held.behind).split("\n")
        lines = (held.before + new + held.behind).split("\n")
        grown = any(len(line) > self._style.width and line not in was for line in lines)
        place = self._place(held)
        joined = _joined(held.text) if "\n" in held.text else None
        if joined is None:
            return render(whole_document(made), *place) if grown else None
        way = self._way(held)
        if way is None:
            return None
        after = _joined(new)
        written = render(way(whole_document(made if after is None else after)), *place)
        return written if grown or written.count("\n") < new.count("\n") else None

    def _closed(self, held: _Held, new: str) -> str:
        """The new text with brackets on one line that fit on it, where they had not before."""
        old = list(_brackets((held.before + held.text + held.behind).split("\n")))
        if not old or any(len(line) <= self._style.width for _, line in old):
            return new  # somebody has put them on several lines
        lines = (held.before + new + held.behind).split("\n")
        while fits := [(n, one) for n, one in _brackets(lines) if len(one) <= self._style.width]:
            number, line = fits[0]
            lines[number : number + 3] = [line]
        end = len("\n".join(lines)) - len(held.behind)
        return "\n".join(lines)[len(held.before) : end]

    def _place(self, held: _Held) -> tuple[Style, str, int, int]:
        """Where an expression is laid out, for `render`."""
        indent = held.before[: len(held.before) - len(held.before.lstrip())]
        return self._style, indent, len(held.before), len(held.behind)

    def _way(self, held: _Held) -> Callable[[Doc], Doc] | None:
        """In which way an expression is on several lines, if a formatter has put it there."""
        joined = None if _is_bound(held.text) else _joined(held.text)
        for way in (closely, _one_each):
            if (
                joined is not None
                and render(way(whole_document(joined)), *self._place(held)) == held.text
            ):
                return way
        return None

    def _replace(self, inside: Sequence[Edit], edit: Edit) -> None:
        """Put one edit in the place of several, unless a finding has no other."""
        owners = [n for n, f in enumerate(self.findings) if set(f.edits) & set(inside)]
        if any(set(self.findings[n].edits) <= set(inside) for n in owners[1:]):
            return
        self._edits = {*(self._edits - set(inside)), edit}
        for number in owners:
            finding = self.findings[number]
            kept = [e for e in finding.edits if e not in inside]
            own = [edit] if number == owners[0] else []
            self.findings[number] = replace(finding, edits=tuple(sorted([*kept, *own])))


def _brackets(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Brackets with one line between them: the first of the three lines, and all three in one."""
    for number, (first, inside, last) in enumerate(zip(lines, lines[1:], lines[2:], strict=False)):
        opened = first.endswith(("(", "[", "{")) and last.lstrip().startswith((")", "]", "}"))
        if opened and not inside.endswith((",", "(", "[", "{")):
            yield number, first + inside.strip() + last.strip()


def _parsed(text: str) -> cst.BaseExpression | None:
    """A text as one expression, or None where it holds more or less than one."""
    try:
        return cst.parse_expression(text)
    except cst.ParserSyntaxError:
        return None


def _is_bound(text: str) -> bool:
    """Whether the lines of an expression cannot be put together: for comments and long strings."""
    if any(sign in text for sign in ('"""', "'''", "\\\n")):
        return True
    return has_comments(cst.parse_expression(f"({text})"))


def _same(one: str, other: str) -> bool:
    """Whether Python reads the same in two expressions."""
    try:
        first, second = (ast.dump(ast.parse(f"({text})", mode="eval")) for text in (one, other))
    except SyntaxError:
        return False
    return first == second


def _one_each(doc: Doc) -> Doc:
    return doc


def _joined(text: str) -> cst.BaseExpression | None:
    """An expression on one line, without the brackets that it needed on several.

    None where a comma in front of a closing bracket keeps it on several.
    """
    line = re.sub(r"\s*\n\s*", "\n", text)
    if re.search(r",\n[)\]}]", line):
        return None
    line = re.sub(r"(?<=[(\[{])\n|\n(?=[)\]}])", "", line).replace("\n", " ")
    made = _parsed(line)
    if made is None or len(made.lpar) != 1:
        return made
    needed = isinstance(made, (cst.Tuple, cst.GeneratorExp, cst.Yield, cst.NamedExpr))
    return made if needed else made.with_changes(lpar=(), rpar=())


def _trimmed(data: bytes, edit: Edit) -> Edit:
    """An edit without what it leaves as it is at its ends."""
    old, new = data[edit.start : edit.end], edit.text
    shorter = min(len(old), len(new))
    front = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    shorter -= front
    back = next((n for n in range(shorter) if old[-1 - n] != new[-1 - n]), shorter)
    return Edit(edit.start + front, edit.end - back, new[front : len(new) - back])
