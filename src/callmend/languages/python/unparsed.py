"""What is known of a file that is not read as Python 3: that it is too deep, or Python 2."""

from __future__ import annotations

import builtins
import io
import re
import tokenize
from collections.abc import Iterator

import libcst as cst

from callmend.edits import Span
from callmend.languages.python.scopes import Scopes
from callmend.languages.python.text import Text

_BRACKETS = re.compile(r"[\[({]|[\])}]")
#: As deep as CPython nests them; LibCST's parser ends the whole process where it is much deeper.
_DEEPEST = 200
_FOR_PYTHON_2 = re.compile(r"#!.*\bpython2\b")
_BETWEEN_STATEMENTS = frozenset(
    {
        tokenize.ENCODING,
        tokenize.NEWLINE,
        tokenize.NL,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.COMMENT,
    }
)


def is_too_deep(text: Text) -> bool:
    """Whether brackets are nested deeper than Python takes them."""
    depth = 0
    for bracket in _BRACKETS.finditer(text.text):
        depth = depth + 1 if bracket[0] in "[({" else max(0, depth - 1)
        if depth > _DEEPEST:
            return True
    return False


def is_python_2(scopes: Scopes) -> bool:
    """Whether a file that parses is written for Python 2 all the same.

    `except E, error:` names two exceptions in Python 3.14; in Python 2 it binds the second name.
    """
    tree = scopes.tree
    if _FOR_PYTHON_2.match(tree.text.text):
        return True
    for node in tree.every(cst.ExceptHandler):
        if not isinstance(node.type, cst.Tuple):
            continue
        caught = node.type
        second = caught.elements[1].value if len(caught.elements) == 2 else None
        if not caught.lpar and isinstance(second, cst.Name):
            known = hasattr(builtins, second.value) or scopes.scope_of(second.value, node)
            if not known:
                return True
    return False


def words(text: Text) -> Iterator[Span]:
    """The comments and the strings that are statements, up to where the text is no Python.

    A URL in them is a mention, whatever is wrong with the rest of the file.
    """
    before, string = tokenize.NEWLINE, None
    try:
        for token in tokenize.generate_tokens(io.StringIO(text.parsable, newline="").readline):
            if token.type == tokenize.COMMENT:
                yield text.span(text.char(*token.start), text.char(*token.end))
            if token.type == tokenize.STRING and before in _BETWEEN_STATEMENTS:
                string = text.span(text.char(*token.start), text.char(*token.end))
            elif token.type == tokenize.NEWLINE and string is not None:
                yield string
            elif token.type != tokenize.COMMENT:
                string = None
            before = token.type
    except (tokenize.TokenError, SyntaxError):
        return
