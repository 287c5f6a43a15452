"""Texts of which parts are not known before the program runs, put together: every alternative."""

from __future__ import annotations

import ast
import re
from urllib.parse import urljoin

#: Stands for a part that is not known before the program runs (a private-use character).
HOLE = "\ue000"
#: Stands for a text that may be any other than those that are known.
OTHER = "\ue001"
#: A field of `"%s" % x`, and of `"{}".format(x)`.
PERCENT_FIELD = re.compile(r"%(?:\((?P<name>\w+)\))?[-+ #0]*\d*(?:\.\d+)?(?P<kind>[sdrif%])")
FORMAT_FIELD = re.compile(r"\{\{|\}\}|\{(?P<name>\w*)(?P<rest>[^{}]*)\}")
#: A field of `string.Template`.
TEMPLATE_FIELD = re.compile(r"\$\$|\$\{?(?P<name>[A-Za-z_]\w*)\}?")
_MOST_ALTERNATIVES = 16


def unescaped(raw: str, prefix: str) -> str:
    """The text that a literal part of an f-string stands for."""
    text = raw.replace("{{", "{").replace("}}", "}")
    if "\\" not in text or "r" in prefix.lower():
        return text
    try:
        quoted = text.replace('"', '\\"') if '\\"' not in text else text
        value = ast.literal_eval(f'"""{quoted}"""')
    except (SyntaxError, ValueError):
        return HOLE
    return value if isinstance(value, str) else HOLE


def url_joined(base: str, path: str) -> str:
    """A base and a path as a browser joins them."""
    if HOLE not in base.split("/v1", maxsplit=1)[0]:
        return urljoin(base, path)
    # What an unknown base keeps of its path is not known either.
    return base + path if base.endswith("/") or path.startswith("/") else HOLE + "/" + path


def joined(left: list[str], right: list[str]) -> list[str]:
    """Each of some texts with each of others behind it."""
    combined = [a + b for a in left for b in right]
    return combined if len(combined) <= _MOST_ALTERNATIVES else [HOLE]


def several(alternatives: list[list[str]]) -> list[str]:
    """All of the texts of several alternatives."""
    merged = list(dict.fromkeys(text for group in alternatives for text in group))
    return merged if len(merged) <= _MOST_ALTERNATIVES else [*merged[:_MOST_ALTERNATIVES], HOLE]


def percent_filled(template: str, given: list[list[str]]) -> list[str]:
    """A template of `%` with its fields filled."""
    result, position, taken = [""], 0, iter(given)
    for match in PERCENT_FIELD.finditer(template):
        result = joined(result, [template[position : match.start()]])
        position = match.end()
        if match["kind"] == "%":
            result = joined(result, ["%"])
        else:
            result = joined(result, [HOLE] if match["name"] else next(taken, [HOLE]))
    return joined(result, [template[position:]])


def filled(
    template: str,
    given: list[list[str]],
    named: dict[str, list[str]],
    fields: re.Pattern[str] = FORMAT_FIELD,
) -> list[str]:
    """A template of `.format`, or one with other fields, with its fields filled."""
    result, position, count = [""], 0, 0
    for match in fields.finditer(template):
        result = joined(result, [template[position : match.start()]])
        position = match.end()
        if match[0] in ("{{", "}}", "$$"):
            result = joined(result, [match[0][0]])
            continue
        name = match["name"]
        if not name:
            name, count = str(count), count + 1
        if match.groupdict().get("rest"):
            known = [HOLE]
        elif name.isdigit():
            known = given[int(name)] if int(name) < len(given) else [HOLE]
        else:
            known = named.get(name, [HOLE])
        result = joined(result, known)
    return joined(result, [template[position:]])
