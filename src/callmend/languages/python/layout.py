"""Laying out brackets: on one line where they fit, otherwise one element a line."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Sequence
from dataclasses import replace

import libcst as cst

from callmend.languages.python.style import USUAL, Style
from callmend.languages.python.tree import walk
from callmend.records import record


def spliced(text: str, start: int, end: int, changes: Iterable[tuple[int, int, str]]) -> str:
    """The characters ``start:end`` of a text with changes of it made, with LF line ends.

    ``changes`` are ranges of characters of the whole text, within these, with what replaces them.
    """
    parts, position = [], start
    for first, last, new in sorted(changes):
        parts += [text[position:first], new]
        position = last
    return "".join([*parts, text[position:end]]).replace("\r\n", "\n")


@record(frozen=True, slots=True)
class Group:
    """Brackets with elements; each element is a prefix (`"key": `) and what follows it.

    ``bare`` tells that no comma may follow the last one: a generator without brackets of its own.
    ``joint`` stands between elements; ``soft`` brackets are written on several lines only. The
    elements of ``close`` ones stand on one line of their own where they fit on it. A
    ``chain`` of operators has no brackets, as those around it hold it: its lines stand below its
    first. ``instead`` is what is broken where not even the opening bracket has room on the line.
    """

    opening: str
    elements: tuple[tuple[str, Group | str], ...]
    closing: str
    broken: bool = False
    bare: bool = False
    joint: str = ", "
    soft: bool = False
    close: bool = False
    chain: bool = False
    instead: Group | None = None


Doc = Group | str


def flat(doc: Doc) -> str:
    """A document on one line."""
    if isinstance(doc, str):
        return doc
    return _inside(doc) if doc.soft else doc.opening + _inside(doc) + doc.closing


def _inside(doc: Group) -> str:
    """What brackets hold, on one line."""
    return doc.joint.join(prefix + flat(inner) for prefix, inner in doc.elements)


def _must_break(doc: Doc) -> bool:
    if isinstance(doc, str):
        return False
    return doc.broken or any(_must_break(inner) for _, inner in doc.elements)


def render(doc: Doc, style: Style, indent: str, column: int, behind: int = 0) -> str:
    """A document as text with LF line ends.

    Args:
        doc: what to lay out.
        style: the file's style.
        indent: the indent of the line on which it starts.
        column: the column at which it starts, in characters.
        behind: how many characters follow it on its last line.
    """
    if isinstance(doc, str):
        return doc
    line = flat(doc)
    # What no comma keeps on several lines is joined where the file's width is larger than guessed.
    commaless = doc.bare or doc.soft or doc.chain
    width = style.width if style.known or not commaless else max(style.width, USUAL)
    if not _must_break(doc) and "\n" not in line and column + len(line) + behind <= width:
        return line
    if not doc.elements:
        return line
    if doc.instead is not None and column + len(doc.opening) > style.width:
        return render(doc.instead, style, indent, column, behind)
    if doc.chain:
        parts = [prefix + render(v, style, indent, len(indent)) for prefix, v in doc.elements]
        return f"\n{indent}".join(parts)
    inner = indent + style.indent
    held = _inside(doc)
    together = (doc.soft or doc.close) and not _must_break(doc) and "\n" not in held
    if together and len(inner) + len(held) <= style.width:
        return f"{doc.opening}\n{inner}{held}\n{indent}{doc.closing}"
    lines = [doc.opening]
    for number, (prefix, value) in enumerate(doc.elements):
        last = number == len(doc.elements) - 1
        start = len(inner) + len(prefix)
        ends = last and (doc.bare or not style.trailing_comma)
        comma = "" if ends or doc.joint == " " else ","
        lines.append(inner + prefix + render(value, style, inner, start, len(comma)) + comma)
    lines.append(indent + doc.closing)
    return "\n".join(lines)


def was_laid_out(source: str, style: Style, indent: str, column: int, behind: int) -> bool:
    """Whether an expression is on several lines because a formatter had no room for it on one."""
    lines = source.replace("\r\n", "\n").split("\n")
    if len(lines) == 3 and not lines[1].rstrip().endswith(","):
        return True  # what is in the brackets is on a line of its own
    doc = document(cst.parse_expression("\n".join(lines)))
    return len(lines) > 1 and render(doc, style, indent, column, behind) == "\n".join(lines)


def closely(doc: Doc) -> Doc:
    """The same document with the elements of all brackets on one line where they fit on one."""
    if isinstance(doc, str):
        return doc
    elements = tuple((prefix, closely(inner)) for prefix, inner in doc.elements)
    other = None if doc.instead is None else closely(doc.instead)
    instead = other if isinstance(other, Group) else None
    return replace(doc, elements=elements, close=True, instead=instead)


def _with_tail(group: Group, tail: str) -> Group:
    """Brackets with what follows them at once: `["data"]`, `.encode()`."""
    instead = None if group.instead is None else _with_tail(group.instead, tail)
    return replace(group, closing=group.closing + tail, instead=instead)


def document(node: cst.BaseExpression) -> Doc:
    """The document of an expression: its dicts, lists and calls as groups, the rest as it is."""
    code = cst.Module(()).code_for_node
    if node.lpar:
        return _in_parentheses(node) or code(node)
    if isinstance(node, cst.Await):
        inner = document(node.expression)
        if isinstance(inner, Group):
            return replace(inner, opening="await " + inner.opening)
    if isinstance(node, cst.Dict) and node.elements:
        return Group("{", tuple(map(_dict_element, node.elements)), "}", _is_broken(node.elements))
    if isinstance(node, cst.List) and node.elements:
        elements = tuple(_element(element) for element in node.elements)
        return Group("[", elements, "]", _is_broken(node.elements))
    if isinstance(node, cst.IfExp) and "\n" not in code(node):
        branches = document(node.body), document(node.orelse)
        test = ("if ", code(node.test))
        return Group(
            "(", (("", branches[0]), test, ("else ", branches[1])), ")", joint=" ", soft=True
        )
    if isinstance(node, cst.ListComp):
        parts = [code(part) for part in _clauses(node.for_in)]
        if not any("\n" in part for part in parts):
            clauses = (("", part) for part in parts)
            return Group("[", (("", document(node.elt)), *clauses), "]", joint=" ", close=True)
    if isinstance(node, cst.DictComp):
        parts = [f"{code(node.key)}: {code(node.value)}", *map(code, _clauses(node.for_in))]
        if not any("\n" in part for part in parts):
            pieces = tuple(("", part) for part in parts)
            return Group("{", pieces, "}", joint=" ", close=True)
    if isinstance(node, cst.Subscript) and len(node.slice) == 1 and "\n" not in code(node):
        index = code(node.slice[0])
        inner = document(node.value) if isinstance(node.value, cst.Call | cst.Subscript) else ""
        instead = None
        if isinstance(inner, Group) and not inner.soft:
            instead = _with_tail(inner, f"[{index}]")
        opening = code(node.value) + "["
        return Group(opening, (("", index),), "]", bare=True, close=True, instead=instead)
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        # `json.dumps({...}).encode("utf-8")`: the inner call is what can be broken.
        inner = document(node.func.value) if isinstance(node.func.value, cst.Call) else ""
        if isinstance(inner, Group):
            tail = "." + node.func.attr.value + "(" + ", ".join(map(code, node.args)) + ")"
            return _with_tail(inner, tail)
    if isinstance(node, cst.Call) and node.args:
        only = node.args[0].value
        bare = isinstance(only, cst.GeneratorExp) and not only.lpar
        arguments = tuple(map(_argument, node.args))
        return Group(code(node.func) + "(", arguments, ")", _is_broken(node.args), bare)
    return code(node)


def _in_parentheses(node: cst.BaseExpression) -> Group | None:
    """A conditional expression that was broken in its parentheses: it may be moved, and joined."""
    code = cst.Module(()).code_for_node
    if not isinstance(node, cst.IfExp) or len(node.lpar) > 1 or has_comments(node):
        return None
    parts = [node.body, node.test, node.orelse]
    if "\n" not in code(node) or any("\n" in code(part) for part in parts):
        return None
    test = ("if ", code(node.test))
    elements = (("", document(node.body)), test, ("else ", document(node.orelse)))
    return Group("(", elements, ")", joint=" ")


def _clauses(loop: cst.CompFor) -> Iterable[cst.CSTNode]:
    """The `for` and the `if`s of a comprehension, without the blanks around each."""
    none = cst.SimpleWhitespace("")
    yield loop.with_changes(ifs=(), inner_for_in=None, whitespace_before=none)
    for test in loop.ifs:
        yield test.with_changes(whitespace_before=none)
    if loop.inner_for_in is not None:
        yield from _clauses(loop.inner_for_in)


def _is_broken(elements: Sequence[cst.CSTNode]) -> bool:
    """A trailing comma keeps brackets broken."""
    return isinstance(getattr(elements[-1], "comma", None), cst.Comma)


def whole_document(node: cst.BaseExpression) -> Doc:
    """The document of an expression that is a statement's own: what is too long gets brackets."""
    doc = in_brackets(node)
    if isinstance(doc, Group) and doc.chain:
        return Group("(", doc.elements, ")", joint=" ", soft=True)
    return document(node)


def in_brackets(node: cst.BaseExpression) -> Doc:
    """The document of an expression that brackets around it hold: operators may start lines."""
    code = cst.Module(()).code_for_node
    if not isinstance(node, _Operation) or node.lpar or "\n" in code(node):
        return document(node)
    parts: list[tuple[str, Doc]] = []
    first: cst.BaseExpression = node
    while isinstance(first, _Operation) and not first.lpar and _as_strong(first, node):
        parts.insert(0, (code(first.operator).strip() + " ", document(first.right)))
        first = first.left
    return Group("", (("", document(first)), *parts), "", joint=" ", chain=True)


_Operation = cst.BinaryOperation | cst.BooleanOperation


def _as_strong(one: _Operation, other: _Operation) -> bool:
    """Whether two operators bind as strongly, so that a formatter starts lines with both."""
    sums = (cst.Add, cst.Subtract)
    same = isinstance(one.operator, type(other.operator))
    return same or (isinstance(one.operator, sums) and isinstance(other.operator, sums))


def _dict_element(element: cst.BaseDictElement) -> tuple[str, Doc]:
    if isinstance(element, cst.DictElement):
        return cst.Module(()).code_for_node(element.key) + ": ", in_brackets(element.value)
    return "**", document(element.value)


def _element(element: cst.BaseElement) -> tuple[str, Doc]:
    return "*" if isinstance(element, cst.StarredElement) else "", in_brackets(element.value)


def _argument(arg: cst.Arg) -> tuple[str, Doc]:
    keyword = "" if arg.keyword is None else f"{arg.keyword.value}="
    return arg.star + keyword, in_brackets(arg.value)


def has_comments(node: cst.CSTNode) -> bool:
    """Whether a comment stands anywhere inside of a node."""
    return any(isinstance(inner, cst.Comment) for inner in walk(node))


_CALL = re.compile(r"^(?P<indent>\s*)(?P<head>[^\n]*?[\w\])]\()(?P<inside>.+)\)$")


_AMONG = re.compile(r"^(?P<indent>\s*)(?P<head>[^\n()]* in \()(?P<inside>[^\n()]+)\)$")


_ASSIGNED = re.compile(r"^(?P<indent>\s*)(?P<head>\w+ = )(?P<value>.+)$")


def broken_line(line: str, style: Style) -> str:
    """A line of a template on several where it is too long.

    That is one `raise` with its argument on a line of its own, or `x in (...)` with each element;
    where the width is known also what is assigned, which a larger one would put on one line again.
    """
    among = _AMONG.match(line)
    if among is not None and len(line) > style.width:
        inner = among["indent"] + style.indent
        elements = "".join(f"{inner}{one},\n" for one in among["inside"].split(", "))
        return f"{among['indent']}{among['head']}\n{elements}{among['indent']})"
    assigned = _ASSIGNED.match(line) if style.known and len(line) > style.width else None
    if assigned is not None:
        try:
            value = cst.parse_expression(assigned["value"])
        except cst.ParserSyntaxError:
            return line  # it goes on in the next one
        head = assigned["indent"] + assigned["head"]
        return head + render(whole_document(value), style, assigned["indent"], len(head))
    match = _CALL.match(line)
    if match is None or len(line) <= style.width or not line.lstrip().startswith("raise "):
        return line
    indent = match["indent"]
    # The comma keeps a formatter with a larger width from joining the lines again.
    inner = indent + style.indent + match["inside"] + ","
    return f"{indent}{match['head']}\n{inner}\n{indent})"


def dedented(source: str, indent: str) -> str:
    """An expression of several lines as it were at the start of a line; its strings stay."""
    lines = source.split("\n")
    inside = inside_strings(source) if len(lines) > 1 else frozenset()
    return "\n".join(
        line if not number or number in inside else line.removeprefix(indent)
        for number, line in enumerate(lines)
    )


def inside_strings(source: str) -> frozenset[int]:
    """The lines of some code, from 0, that start inside of a string."""
    found: set[int] = set()
    opened: list[int] = []
    # The parentheses let an expression go on over its line ends.
    for token in tokenize.generate_tokens(io.StringIO(f"({source})").readline):
        name = tokenize.tok_name[token.type]
        if name == "STRING":
            found.update(range(token.start[0], token.end[0]))
        elif name == "FSTRING_START":  # from Python 3.12 on
            opened.append(token.start[0])
        elif name == "FSTRING_END":
            found.update(range(opened.pop(), token.end[0]))
    return frozenset(found)
