"""What a file calls a function of the standard library, and where a missing import goes."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.languages.python.layout import has_comments
from callmend.languages.python.program import Program
from callmend.languages.python.tree import dotted
from callmend.reasons import Reason

#: Comments that are a whole file's: its interpreter, its encoding, whose it is.
_OF_THE_FILE = re.compile(r"^#!|coding[:=]|copyright|licen[cs]e|spdx", re.IGNORECASE)


class Imports:
    """The imports that rewrites of one file need; each is added once."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._tree = program.tree
        self._text = program.text
        #: Names to add to a `from module import ...` that is there: (module, name).
        self._names: set[tuple[str, str]] = set()

    def function(self, module: str, name: str, at: cst.CSTNode) -> tuple[str, str | None]:
        """What to call `module.name` by at a node, and the module to add where it is missing."""
        scopes = self._program.scopes
        bound = scopes.bound(self._tree.module)
        for spelling in (f"{module}.{name}", name):
            first = spelling.split(".")[0]
            candidates = [spelling] if first in bound else []
            for candidate in candidates:
                if self._means(candidate, f"{module}.{name}", at):
                    return candidate, None
        for alias, definitions in bound.items():
            node = definitions[0].node
            if len(definitions) == 1 and isinstance(node, cst.ImportAlias):
                if not self._is_before(node, at) or self._may_be_rebound(alias, node):
                    continue
                if dotted(node.name) == module and scopes.scope_of(alias, at) is self._tree.module:
                    if isinstance(self._tree.parent(node), cst.Import) and node.asname is not None:
                        return f"{alias}.{name}", None
        taken = scopes.names_at(at) | set(bound)
        taken |= {n.value for n in self._tree.every(cst.Name)}
        if not self._may_be_rebound(module) and (
            module not in taken or self._is_only_attribute(module)
        ):
            return f"{module}.{name}", module
        spelling = f"{module}_module"
        number = 2
        while spelling in taken:
            spelling = f"{module}_module_{number}"
            number += 1
        return f"{spelling}.{name}", f"{module} as {spelling}"

    def _is_before(self, node: cst.CSTNode, at: cst.CSTNode) -> bool:
        """Whether an import has run where a node runs: one below may not have."""
        return self._tree.chars(node)[0] < self._tree.chars(at)[0]

    def _may_be_rebound(self, name: str, imported: cst.CSTNode | None = None) -> bool:
        """Whether something else than the module's own statements may bind a module's name.

        A `global` in any function does, and so may a star import behind the import: what it brings
        along is not in this file. ``imported`` is the import; one that is added stands before all.
        """
        start = -1 if imported is None else self._tree.chars(imported)[0]
        everywhere = self._tree.every(cst.Global)
        if any(item.name.value == name for node in everywhere for item in node.names):
            return True
        stars = (n for n in self._tree.every(cst.ImportFrom) if isinstance(n.names, cst.ImportStar))
        return any(self._tree.chars(node)[0] > start for node in stars)

    def sibling(self, module: str, name: str, at: cst.CSTNode) -> str:
        """What to call `module.name` by where other names are imported from the module.

        Raises:
            RefusedError: the name means something else in the file.
        """
        if self._means(name, f"{module}.{name}", at):
            return name
        if self._means(f"{module}.{name}", f"{module}.{name}", at):
            return f"{module}.{name}"
        if not self._is_only_attribute(name) or self._line_from(module) is None:
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{module}.{name}`")
        self._names.add((module, name))
        return name

    def _line_from(self, module: str) -> cst.ImportFrom | None:
        for line in self._lines():
            small = line.body[0]
            if isinstance(small, cst.ImportFrom) and _module_of(line) == module:
                return None if isinstance(small.names, cst.ImportStar) else small
        return None

    def _name_edits(self) -> Iterator[Edit]:
        before: dict[int, list[str]] = {}
        behind: dict[int, list[str]] = {}
        for module, name in sorted(self._names, key=lambda pair: (pair[0], _by_type(pair[1]))):
            statement = self._line_from(module)
            aliases = [] if statement is None else statement.names
            if isinstance(aliases, cst.ImportStar):
                continue
            later = [a for a in aliases if _by_type(dotted(a.name)) > _by_type(name)]
            place = self._tree.chars(later[0])[0] if later else self._tree.chars(aliases[-1])[1]
            (before if later else behind).setdefault(place, []).append(name)
        for place, names in [*before.items(), *behind.items()]:
            offset = self._program.text.offset(place)
            parts = (f"{name}, " if place in before else f", {name}" for name in names)
            yield Edit(offset, offset, "".join(parts).encode("ascii"))

    def _is_only_attribute(self, module: str) -> bool:
        """Whether a name occurs in the file only behind a dot or as a keyword."""
        scopes = self._program.scopes
        if scopes.uses(module):
            return False
        for node in self._tree.nodes:
            if isinstance(node, (cst.Module, cst.FunctionDef, cst.Lambda, cst.ClassDef)):
                if module in scopes.bound(node):
                    return False
        return True

    def _means(self, spelling: str, wanted: str, at: cst.CSTNode) -> bool:
        scopes = self._program.scopes
        first, _, rest = spelling.partition(".")
        if scopes.scope_of(first, at) is not self._tree.module:
            return False
        definitions = scopes.bound(self._tree.module)[first]
        node = definitions[0].node
        if not isinstance(node, cst.ImportAlias):
            return False
        if any(not isinstance(d.node, cst.ImportAlias) for d in definitions):
            return False
        statement = self._tree.parent(node)
        if not self._is_top_level(node) or not self._is_before(node, at):
            return False
        if self._may_be_rebound(first, definitions[-1].node):
            return False
        if isinstance(statement, cst.Import):
            return (
                bool(rest)
                and dotted(node.name).split(".")[0] == wanted.split(".", maxsplit=1)[0]
                and (node.asname is None)
            )
        if isinstance(statement, cst.ImportFrom) and not rest and not statement.relative:
            module = dotted(statement.module) if statement.module is not None else ""
            return f"{module}.{dotted(node.name)}" == wanted
        return False

    def _is_top_level(self, node: cst.CSTNode) -> bool:
        line = self._tree.around(node, cst.SimpleStatementLine)
        return line is not None and self._tree.parent(line) is self._tree.module

    def edits(self, modules: Sequence[str]) -> list[Edit]:
        """The insertions of `import x` for these modules, at the place that isort would choose."""
        by_place: dict[int, list[str]] = {}
        for module in sorted(set(modules)):
            place, before, after = self._place(module)
            eol = self._eol()
            by_place.setdefault(place, []).append(before + f"import {module}{eol}" + after)
        edits = list(self._name_edits())
        for place, lines in by_place.items():
            offset = self._program.text.offset(place)
            text = "".join(lines)
            if len(lines) > 1:
                # Blank lines that part the sections stand only before the first, behind the last.
                text = self._joined(lines)
            edits.append(Edit(offset, offset, self._program.text.encode(text)))
        return edits

    def unused(self, edits: Sequence[Edit]) -> list[Edit]:
        """The removals of the imports at the top that only replaced code used.

        Only the standard library's, what only handlers of the old API need, and names beside others
        that stay: a module may be imported for what it does.
        """
        found: list[Edit] = []
        gone_lines: list[cst.SimpleStatementLine] = []
        for line in self._lines():
            small = line.body[0]
            names = small.names if isinstance(small, (cst.Import, cst.ImportFrom)) else ()
            if isinstance(names, cst.ImportStar) or len(line.body) != 1:
                continue
            if len(names) > 1:
                dropped = self._unused_names(line, names, edits)
                if dropped and len(dropped) == len(names):
                    found.append(self._removal(line, gone_lines, edits))
                    gone_lines.append(line)
                else:
                    found += self._without(names, dropped)
                continue
            alias = names[0]
            bound = alias.asname.name if alias.asname is not None else alias.name
            name = dotted(bound).split(".", 1)[0]
            uses = self._program.scopes.uses(name)
            gone = all(
                any(edit.span.contains(self._tree.span(use)) for edit in edits) for use in uses
            )
            if not uses or not gone or not self._is_standard(small, alias):
                continue
            if self._is_named(name, line, edits):
                continue
            if line.trailing_whitespace.comment is None:
                found.append(self._removal(line, gone_lines, edits))
                gone_lines.append(line)
        return found

    def _unused_names(
        self,
        line: cst.SimpleStatementLine,
        names: Sequence[cst.ImportAlias],
        edits: Sequence[Edit],
    ) -> list[cst.ImportAlias]:
        """The names of a line that only replaced code used."""
        small = line.body[0]
        own = self._program.text.span(self._start(line), self._end(line))
        # A line that gets another name keeps those that it has.
        noted = has_comments(small) or line.trailing_whitespace.comment is not None
        if noted or any(own.start < edit.start < own.end for edit in edits):
            return []
        gone = []
        for alias in names:
            name = dotted(alias.name).split(".", 1)[0]
            if alias.asname is None and (self._is_standard(small, alias) or self._is_own(small)):
                if self._is_gone(name, edits) and not self._is_named(name, line, edits):
                    gone.append(alias)
        standard = all(self._is_standard(small, alias) for alias in gone)
        return gone if standard or len(gone) < len(names) else []

    def _is_own(self, small: cst.BaseSmallStatement) -> bool:
        """Whether no other file takes what a line imports from here: a package's face gives it."""
        return isinstance(small, cst.ImportFrom) and not self._program.source.path.endswith(
            "__init__.py"
        )

    def _without(
        self, names: Sequence[cst.ImportAlias], gone: Sequence[cst.ImportAlias]
    ) -> Iterator[Edit]:
        """The removals of single names of a line."""
        if not gone:
            return
        last = max(place for place, name in enumerate(names) if name not in gone)
        places = [
            (self._tree.chars(name)[0], self._tree.chars(names[place + 1])[0])
            for place, name in enumerate(names[:last])
            if name in gone
        ]
        if last + 1 < len(names):
            places.append((self._tree.chars(names[last])[1], self._tree.chars(names[-1])[1]))
        for start, end in places:
            span = self._program.text.span(start, end)
            yield Edit(span.start, span.end, b"")

    def _is_gone(self, name: str, edits: Sequence[Edit]) -> bool:
        """Whether a name is used, and only in code that is replaced."""
        uses = self._program.scopes.uses(name)
        return bool(uses) and all(
            any(edit.span.contains(self._tree.span(use)) for edit in edits) for use in uses
        )

    @staticmethod
    def _is_standard(small: cst.BaseSmallStatement, alias: cst.ImportAlias) -> bool:
        if isinstance(small, cst.ImportFrom):
            if _is_of_handlers(small, dotted(alias.name)):
                return True
            module = "" if small.relative or small.module is None else dotted(small.module)
        else:
            module = dotted(alias.name)
        return module.split(".", 1)[0] in sys.stdlib_module_names

    def _is_named(self, name: str, line: cst.SimpleStatementLine, edits: Sequence[Edit]) -> bool:
        """Whether the word stands anywhere else when the edits are made, also in a string."""
        text = self._program.text
        word = re.compile(rf"\b{re.escape(name)}\b")
        own = (self._start(line), self._end(line))
        for match in word.finditer(text.text):
            span = text.span(*match.span())
            inside = own[0] <= match.start() < own[1]
            if not inside and not any(edit.span.contains(span) for edit in edits):
                return True
        return any(word.search(edit.text.decode(text.encoding)) for edit in edits)

    def _removal(
        self,
        line: cst.SimpleStatementLine,
        gone: Sequence[cst.SimpleStatementLine],
        edits: Sequence[Edit],
    ) -> Edit:
        """The removal of an import's line, with the blank line that would then be one too many."""
        text = self._program.text
        start, end = self._start(line), self._end(line)
        above = text.text[:start]
        for other in reversed(gone):
            above = above[: self._start(other)] + above[self._end(other) :]
        before = above.rstrip("\r\n ")
        head = all(row.lstrip("\ufeff").startswith("#") for row in before.splitlines())
        parted = head or above[len(before) :].count("\n") > 1
        # A new import in its place keeps the blank line behind it.
        place = text.offset(end)
        parted &= not any(edit.start == edit.end == place for edit in edits)
        while parted and end < len(text.text):
            _, stop = text.line_range(text.line(end))
            if text.text[end:stop].strip():
                break
            end = stop
        span = text.span(start, end)
        return Edit(span.start, span.end, b"")

    def _joined(self, lines: list[str]) -> str:
        eol = self._eol()
        stripped = [line.strip("\r\n") + eol for line in lines]
        lead = lines[0][: len(lines[0]) - len(lines[0].lstrip("\r\n"))]
        tail = lines[-1].rstrip("\r\n")
        return lead + "".join(stripped) + lines[-1][len(tail) + len(eol) :]

    def _eol(self) -> str:
        return self._program.source.eol_at(0).decode("ascii")

    def _lines(self) -> list[cst.SimpleStatementLine]:
        """The imports at the top of the module, in their order, those in `if`s left out."""
        found = []
        for statement in self._tree.module.body:
            if not isinstance(statement, cst.SimpleStatementLine):
                break
            small = statement.body[0]
            if isinstance(small, (cst.Import, cst.ImportFrom)):
                found.append(statement)
            elif found or not isinstance(small, cst.Expr):
                break
        return found

    def _place(self, module: str) -> tuple[int, str, str]:
        """Where an import goes: an offset in characters, and what to put before and behind it."""
        name = module.split(maxsplit=1)[0]
        eol = self._eol()
        lines = self._lines()
        future = [line for line in lines if _module_of(line) == "__future__"]
        rest = [line for line in lines if _module_of(line) != "__future__"]
        standard = [line for line in rest if _is_standard(line)]
        straight = [line for line in standard if isinstance(line.body[0], cst.Import)]
        for line in straight:
            if _module_of(line).casefold() > name.casefold():
                return self._start(line), "", ""
        if straight:
            return self._end(straight[-1]), "", ""
        if standard:
            return self._start(standard[0]), "", ""
        if rest:
            return self._start(rest[0]), "", eol
        if future:
            return self._behind(future[-1])
        body = self._tree.module.body
        first = body[0] if body else None
        if isinstance(first, cst.SimpleStatementLine) and isinstance(first.body[0], cst.Expr):
            if isinstance(first.body[0].value, (cst.SimpleString, cst.ConcatenatedString)):
                return self._behind(first)
        if first is not None:
            return self._above(first), "", self._parting(first)
        return 0, "", eol

    def _behind(self, line: cst.SimpleStatementLine) -> tuple[int, str, str]:
        """The place behind a line, parted from what follows."""
        body, end = self._tree.module.body, self._end(line)
        following = body[body.index(line) + 1] if line is not body[-1] else None
        start, stop = self._text.line_range(self._text.line(end))
        blank = end >= len(self._text.text) or not self._text.text[start:stop].strip()
        parted = blank or following is None
        return end, self._eol(), "" if parted else self._parting(following)

    def _parting(self, statement: cst.CSTNode | None) -> str:
        """The blank lines between imports and a statement: two where something is defined."""
        defined = isinstance(statement, (cst.FunctionDef, cst.ClassDef))
        return self._eol() * (2 if defined else 1)

    def _above(self, first: cst.CSTNode) -> int:
        """The place above the first statement, its decorators and the comment that it has."""
        if isinstance(first, (cst.FunctionDef, cst.ClassDef)) and first.decorators:
            start = self._start(first.decorators[0])
        else:
            start = self._start(first)
        if not isinstance(first, (cst.FunctionDef, cst.ClassDef)):
            return start
        while start:
            above, _ = self._text.line_range(self._text.line(start - 1))
            comment = self._text.text[above:start].lstrip("\ufeff")
            # What the first lines say of the file is no comment of a function.
            if not comment.startswith("#") or _OF_THE_FILE.search(comment):
                break
            start = above
        return start

    def _start(self, line: cst.CSTNode) -> int:
        start = self._tree.chars(line)[0]
        return self._tree.text.line_range(self._tree.text.line(start))[0]

    def _end(self, line: cst.CSTNode) -> int:
        end = self._tree.chars(line)[1]
        return self._tree.text.line_range(self._tree.text.line(end))[1]


def _by_type(name: str) -> tuple[int, str]:
    """The order of isort for names of one module: constants, classes, all others."""
    if name.isupper() and len(name) > 1:
        return 0, name
    return (1 if name[:1].isupper() else 2), name.casefold()


def _module_of(line: cst.SimpleStatementLine) -> str:
    small = line.body[0]
    if isinstance(small, cst.Import):
        return dotted(small.names[0].name)
    if isinstance(small, cst.ImportFrom) and small.module is not None and not small.relative:
        return dotted(small.module)
    return ""


def _is_standard(line: cst.SimpleStatementLine) -> bool:
    return _module_of(line).split(".")[0] in sys.stdlib_module_names


def _is_of_handlers(statement: cst.ImportFrom, name: str) -> bool:
    """Whether a name is what event handlers of the Assistants API are made and typed with."""
    module = "" if statement.relative or statement.module is None else dotted(statement.module)
    if module == "openai":
        return name in ("AssistantEventHandler", "AsyncAssistantEventHandler")
    if module in ("typing", "typing_extensions"):
        return name == "override"
    return module.startswith("openai.types.beta.")
