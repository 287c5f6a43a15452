"""Edits of a Python call that every target makes: its URL, headers and body, laid out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.python.find import Request
from callmend.languages.python.layout import document, has_comments, render, spliced, was_laid_out
from callmend.languages.python.literals import Literal
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.style import Style
from callmend.languages.python.tree import Statement
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.python_taken_out import taken_out
from callmend.targets.python_urls import UrlComposer, base_decides


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """Replace the characters ``start:end`` of a file's text; LF line ends.

    ``statements`` tells that the text holds statements, which are laid out already.
    """

    start: int
    end: int
    text: str
    statements: bool = False


def _is_next_element(change: Change, end: int) -> bool:
    """Whether a change puts a further element right behind an expression that ends there."""
    return change.start == change.end == end and change.text.startswith(",")


#: What `document` takes apart.
_LAID_OUT = (
    cst.Arg,
    cst.Attribute,
    cst.Call,
    cst.Dict,
    cst.DictElement,
    cst.Element,
    cst.List,
    cst.StarredDictElement,
    cst.StarredElement,
)


class Editor:
    """Collects the changes of one call and makes edits of them."""

    def __init__(
        self, program: Program, request: Request | None, style: Style, settings: Settings
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._text = program.text
        self._of = request
        self._style = style
        self._settings = settings
        self.changes: list[Change] = []
        #: The expression in front of the path that the live URL has kept.
        self._kept_base: cst.BaseExpression | None = None
        #: The statements that go, and the changes that take them out.
        self._out: list[cst.BaseSmallStatement] = []
        self._out_changes: list[Change] = []
        #: Nodes of other URLs, which are put together anew as well.
        self.going: frozenset[cst.CSTNode] = frozenset()

    @property
    def _request(self) -> Request:
        if self._of is None:
            raise ValueError("these edits are of no request by HTTP")
        return self._of

    # places

    def indent_at(self, char: int) -> str:
        """The blanks with which the line of a character starts."""
        start, _ = self._text.line_range(self._text.line(char))
        end = start
        while self._text.text[end : end + 1] in (" ", "\t", "\f"):
            end += 1
        return self._text.text[start:end].lstrip("\f")

    def quoted(self, text: str, like: str = "") -> str:
        """A text as a string literal, in the quotes of another literal or of the file."""
        quote = next((char for char in like if char in "\"'"), self._style.quote)
        return quote + text + quote

    def literal(self, words: str, like: str = "") -> str:
        """Any words as a string literal."""
        escaped = words.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        quote = self.quoted("", like)[0]
        other = "'" if quote == '"' else '"'
        if quote in escaped and other not in escaped:
            return other + escaped + other
        return self.quoted(escaped.replace(quote, "\\" + quote), like)

    def is_alone(self, start: int, end: int, node: cst.BaseExpression, new: str) -> bool:
        """Whether parentheses hold nothing but a node, and its new text needs none on its line."""
        first, last = self._tree.chars(node)
        between = self._text.text[start:first] + self._text.text[last:end]
        line, _ = self._text.line_range(self._text.line(start))
        fits = start - line + len(new) <= self._style.width
        return fits and bool(node.lpar) and not between.strip("() \t\r\n")

    def replace(self, node: cst.CSTNode, text: str) -> None:
        """Replace a node without its parentheses."""
        self.changes.append(Change(*self._tree.chars(node), text))

    def taken(self, start: int, end: int) -> str:
        """The characters ``start:end`` with their changes made, which are none of the edits now."""
        inside = {c for c in self.changes if start <= c.start and c.end <= end}
        self.changes = [c for c in self.changes if c not in inside]
        return spliced(self._text.text, start, end, [(c.start, c.end, c.text) for c in inside])

    # the URL

    def url(self, path: str, kept: cst.BaseExpression | None) -> str | None:
        """Make the URL end in a path of the new API.

        Args:
            path: what stands behind the base URL.
            kept: an expression of the old URL that goes on being read, in the new body.

        Returns:
            What stands for the base in the f-strings of further requests, or None for the default.
        """
        if self._request.loop is not None:
            listed, code, live = self._composer.alone(self._request.loop, path)
            self.replace(listed, code)
            self._kept_base = live.kept
            return live.base
        node = self._composer.owner(self._request.url, self.going)
        place = self._composer.place(node)
        built = self._program.resolver.built(node)
        if place is node and built is not None and not built.inert:
            raise RefusedError(Reason.URL_NOT_FOLLOWED, f"`{self._tree.show(node)}` does more")
        template = self._template_of_url(node)
        if template is not None and not self._by_default:
            # `URL.format(id)`: the constant has no place for an id any more.
            definition, name = template
            new, _ = self._new_url(definition, path)
            self._check_comments(definition)
            self.replace(definition, new)
            self.replace(node, name)
            return None
        new, base = self._new_url(node, path)
        self._check_comments(place)
        constant = self._composer.constant(node, path, self.going) if place is node else None
        if constant is not None:
            self.replace(*constant)
            return base
        self.replace(place, new)
        if place is self._request.url:
            self._remove_unused(node, kept, replaced=base is None)
        return base

    def _check_comments(self, url: cst.BaseExpression) -> None:
        """Refuse a URL of several literals with a comment between them: it has no place then."""
        for node in self._tree.below(url):
            if isinstance(node, cst.Comment):
                raise RefusedError(Reason.COMMENT_LOST, f"in line {self._tree.line(node)}")

    def _template_of_url(
        self, node: cst.BaseExpression
    ) -> tuple[cst.SimpleString | cst.Call, str] | None:
        """What a constant holds that only this URL fills in, and the constant's name."""
        if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
            return None
        owner = node.func.value
        found = self._program.resolver.definitions(owner)
        if not isinstance(owner, cst.Name) or len(found) != 1:
            return None
        mine, maybe = self._program.flow.uses(found[0])
        value = found[0].value
        filled = self._program.resolver.template_of(node) is not None
        if len([*mine, *maybe]) != 1 or not (filled or isinstance(value, cst.SimpleString)):
            return None
        if not isinstance(value, (cst.Call, cst.SimpleString)):
            return None
        return value, owner.value

    def live_url(self, node: cst.BaseExpression, path: str) -> str:
        """The literal of a URL that ends in a path of the new API, in the place of another URL."""
        new, base = self._new_url(node, path)
        if base is None or new[:1] in "\"'" or new[:2] in ('f"', "f'"):
            return new
        quote = next(char for char in reversed(new) if char in "\"'")
        return f"f{quote}{base}{path}{quote}"

    @property
    def _composer(self) -> UrlComposer:
        return UrlComposer(self._program, self._request, self._settings, self.quoted)

    @property
    def _by_default(self) -> bool:
        """Whether the base of the URL is a setting, which goes on deciding on the host."""
        return base_decides(self._request, self._settings)

    def base_notes(self) -> list[Note]:
        """What is told of the setting that the live URL keeps in front."""
        told = "stays in front of the path: it decides on the host"
        kept = [node for node in (self._kept_base,) if node is not None and self._by_default]
        notes = [
            Note(self._tree.span(node), f"`{self._tree.show(node)}` {told}", always=True)
            for node in kept
        ]
        if self._request.loop is not None:
            where = self._tree.span(self._request.loop.iter)
            notes.append(Note(where, "one URL is tried in place of all of the list", always=True))
        return notes

    def _new_url(self, node: cst.BaseExpression, path: str) -> tuple[str, str | None]:
        live = self._composer.composed(node, path)
        self._kept_base = live.kept
        return live.code, self._composer.further(live)

    def _remove_unused(
        self, url: cst.BaseExpression, kept: cst.BaseExpression | None, *, replaced: bool
    ) -> None:
        """Remove the local constants that only the replaced URL read."""
        if not replaced:
            return
        for definition in self._request.constants:
            if isinstance(self._tree.function_of(definition.node), cst.Module):
                continue
            mine, maybe = self._program.flow.uses(definition)
            uses = [*mine, *maybe]
            if not isinstance(definition.node, cst.Assign) or not uses:
                continue
            if kept is not None and any(self._tree.is_inside(use, kept) for use in uses):
                continue
            if all(self._tree.is_inside(use, url) for use in uses):
                self.remove_statement(definition)

    def remove_statement(self, definition: Definition) -> None:
        """Remove the line of an assignment that stands alone on it and has no comment."""
        statement = self._tree.statement_of(definition.node)
        if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
            return
        if len(self._tree.block_of(statement)) > 1 and not has_comments(statement):
            self.changes.append(self.line_of(statement))

    def take_out(self, small: cst.BaseSmallStatement) -> None:
        """Take out a statement, together with those that were taken out before."""
        self._out.append(small)
        changes = [Change(*change) for change in taken_out(self._program, self._out)]
        self.changes = [c for c in self.changes if c not in self._out_changes] + changes
        self._out_changes = changes

    def line_of(self, statement: Statement) -> Change:
        """The removal of a statement with its line end, and one blank line if two would meet."""
        return Change(*self._tree.lines_of(statement), "")

    # headers

    def add_headers(self, literal: Literal | None, headers: Mapping[str, str]) -> None:
        """Give the request more headers, or other values of those that it has."""
        known = {}
        if literal is not None and not literal.shared:
            known = {name: literal.value(name.lower()) for name in headers}
        for name, element in known.items():
            if element is not None:
                old = self._tree.source(element.value)
                self.replace(element.value, self.quoted(headers[name], old))
        new = [name for name in headers if known.get(name) is None]
        elements = [f"{self.quoted(name)}: {self.quoted(headers[name])}" for name in new]
        if elements:
            self._add_elements(literal, elements)

    def add_header_where(
        self, literal: Literal | None, header: tuple[str, str], condition: str
    ) -> None:
        """Give the request one more header where a condition holds, and else what it has."""
        element = ": ".join(map(self.quoted, header))
        if literal is None:
            self._add_elements(None, [element], f" if {condition} else None")
        elif literal.shared:
            given = self._tree.source(literal.given)
            new = f"{{**{given}, {element}}} if {condition} else {given}"
            self.replace(literal.given, new)
        else:
            self._append(literal.obj, [f"**({{{element}}} if {condition} else {{}})"])

    def _add_elements(
        self, literal: Literal | None, elements: Sequence[str], behind: str = ""
    ) -> None:
        element = ", ".join(elements)
        if literal is None:
            self.add_argument(f"headers={{{element}}}{behind}")
        elif literal.shared:
            given = self._tree.source(literal.given)
            self.replace(literal.given, f"{{**{given}, {element}}}")
        else:
            self._append(literal.obj, elements)

    def add_argument(self, argument: str) -> None:
        """Give the request one more argument, which has its name."""
        anchor = self._argument_of(self._request.url)
        # A named argument stands behind those without a name.
        args = list(self._request.call.args)
        plain = [arg for arg in args if arg.keyword is None]
        anchor = plain[-1] if anchor in plain else anchor
        end = self._tree.chars(anchor)[1]
        behind = [*args[args.index(anchor) + 1 :], anchor][0]
        _, line_end = self._text.line_range(self._text.line(end))
        rest = self._text.text[end:line_end].strip(" \t\r\n")
        start = self._tree.chars(behind)[0]  # it may stand under the bracket
        between = f",\n{self.indent_at(start)}" if rest == "," else ", "
        self.changes.append(Change(end, end, between + argument))

    def _argument_of(self, node: cst.CSTNode) -> cst.Arg:
        arg = self._tree.around(node, cst.Arg)
        if arg is None:
            raise RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD)
        return arg

    def _append(self, obj: cst.Dict, elements: Sequence[str]) -> None:
        """Elements behind the last one of a dict literal, in the dict's own layout."""
        last = obj.elements[-1]
        end = self._tree.whole(last.value)[1]
        start = self._tree.chars(last)[0]
        line_start, _ = self._text.line_range(self._text.line(start))
        comma = self._comma_end(last, end)
        first, closing = self._tree.chars(obj)
        beside = self._text.line(closing) == self._text.line(end if comma is None else comma)
        if self._text.text[line_start:start].strip() or line_start < first or beside:
            self.changes.append(Change(end, end, "".join(f", {e}" for e in elements)))
            return
        if comma is None:
            self.changes.append(Change(end, end, ","))
            after = end
        else:
            after = comma
        _, line_end = self._text.line_range(self._text.line(after))
        # A formatter has put none behind a lone element that had no room for one.
        free = len(obj.elements) == 1 and self._style.trailing_comma
        tail = "," if comma is not None or free else ""
        indent = self.indent_at(start)
        lines = f",\n{indent}".join(elements)
        self.changes.append(Change(line_end, line_end, f"{indent}{lines}{tail}\n"))

    def _comma_end(self, element: cst.BaseDictElement, end: int) -> int | None:
        if not isinstance(element.comma, cst.Comma):
            return None
        return self._text.text.index(",", end) + 1

    def remove_element(self, obj: cst.Dict, element: cst.DictElement) -> None:
        """Take an element out of a dict literal, with its comma and its line.

        A comment behind it on its line stays, alone on that line.

        Raises:
            RefusedError: another comment would go with it.
        """
        elements = list(obj.elements)
        index = next(i for i, other in enumerate(elements) if other is element)
        start, end = self._tree.chars(element)
        comma = self._comma_end(element, self._tree.chars(element.value)[1])
        line_start, _ = self._text.line_range(self._text.line(start))
        own_line = not self._text.text[line_start:start].strip()
        if own_line and comma is not None and self._text.line(comma) == self._text.line(end):
            _, behind = self._text.line_range(self._text.line(comma))
            rest = self._text.text[comma:behind].strip(" \t\r\n")
            if not rest or rest.startswith("#"):
                stays = self._text.text.index("#", comma) if rest else behind
                self._without(obj, start if rest else line_start, stays)
                return
        if index + 1 < len(elements):
            self._without(obj, start, self._tree.chars(elements[index + 1])[0])
        else:
            before = self._tree.chars(elements[index - 1].value)[1] if index else start
            self._without(obj, before, self._tree.chars(element.value)[1])

    def _without(self, obj: cst.Dict, start: int, end: int) -> None:
        """Take characters out of a dict literal, of which none may be a comment's."""
        for node in self._tree.below(obj):
            if isinstance(node, cst.Comment) and start <= self._tree.chars(node)[0] < end:
                raise RefusedError(Reason.COMMENT_LOST, f"in line {self._tree.line(node)}")
        self.changes.append(Change(start, end, ""))

    # the finished edits

    def edits(self) -> list[Edit]:
        """The changes as edits of the file's bytes, brackets laid out again where they grew."""
        given = self._without_first_blank(sorted(set(self.changes)))
        done: list[Edit] = []
        taken: set[int] = set()
        for number, change in enumerate(given):
            if number in taken:
                continue
            container = self._container(change)
            inside = [change]
            if container is not None:
                start, end = self._tree.chars(container)
                members = [
                    i
                    for i, c in enumerate(given)
                    if start <= c.start and c.end <= end and not c.statements
                    if not _is_next_element(c, end)
                ]
                taken.update(members)
                inside = [given[i] for i in members]
                laid_out = self._laid_out(container, inside)
                if laid_out is not None:
                    inside = [laid_out]
            taken.add(number)
            done += [self._edit(one) for one in inside]
        return done

    def _without_first_blank(self, given: list[Change]) -> list[Change]:
        """The changes; where the first statements of a block go, with the blank lines behind."""
        text = self._text.text
        first = end = -1
        found = []
        for number, change in enumerate(given):
            found.append(change)
            following = given[number + 1].start if number + 1 < len(given) else len(text)
            if change.text or text[change.start - 1 : change.start] != "\n":
                continue
            first = first if end == change.start else change.start
            end = change.end
            above = text[:first].rsplit("\n", 2)[-2].strip()
            if above.startswith("#") or not above.endswith(":"):
                continue
            behind = text[end:following]
            blank = behind[: len(behind) - len(behind.lstrip())].rpartition("\n")
            end += len(blank[0] + blank[1])
            found[-1] = replace(change, end=end)
        return found

    def _edit(self, change: Change) -> Edit:
        span = self._text.span(change.start, change.end)
        eol = self._program.source.eol_at(span.start).decode("ascii")
        text = change.text.replace("\n", eol) if eol != "\n" else change.text
        try:
            return Edit(span.start, span.end, self._text.encode(text))
        except UnicodeEncodeError as error:
            raise RefusedError(Reason.NOT_UTF8, str(error)) from error

    def _container(self, change: Change) -> cst.BaseExpression | None:
        """The outermost call, dict or list around a change that is laid out with it."""
        best: cst.BaseExpression | None = None
        if change.statements:
            return None
        for node in self._tree.every(cst.Call, cst.Dict, cst.List):
            start, end = self._tree.chars(node)
            around = start <= change.start and change.end <= end
            if not around or change.end - change.start >= end - start:
                continue
            if _is_next_element(change, end):
                continue
            if has_comments(node):
                continue  # it keeps its lines, what is in it may be laid out by itself
            if best is None or not self._is_laid_out_with(node, best):
                best = node
        return best

    def _is_laid_out_with(self, node: cst.BaseExpression, outer: cst.BaseExpression) -> bool:
        """Whether only brackets and calls of methods stand between two nodes."""
        if node.lpar:
            return False
        for parent in self._tree.ancestors(node):
            if parent is outer:
                return True
            if not isinstance(parent, _LAID_OUT) or getattr(parent, "lpar", None):
                return False
        return False

    def _laid_out(self, container: cst.BaseExpression, changes: list[Change]) -> Change | None:
        """The container on more lines, where a changed line has become too long."""
        start, end = self._tree.chars(container)
        text = self._text.text
        new = spliced(text, start, end, [(c.start, c.end, c.text) for c in changes])
        line_start, _ = self._text.line_range(self._text.line(start))
        _, line_end = self._text.line_range(self._text.line(end))
        before, behind = text[line_start:start], text[end:line_end].rstrip("\r\n")
        old_lines = set(text[line_start:line_end].splitlines())
        shown = (before + new + behind).split("\n")
        fits = all(len(line) <= self._style.width or line in old_lines for line in shown)
        expression = cst.parse_expression(new)
        if has_comments(expression):
            return None
        column = start - line_start
        place = (self._style, self.indent_at(start), column, len(behind))
        laid_out = render(document(expression), *place)
        joins = "\n" not in laid_out and was_laid_out(text[start:end], *place)
        return None if fits and not joins else Change(start, end, laid_out)
