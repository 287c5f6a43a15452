"""Headers that further requests repeat, as those of the request that is made first."""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.languages.ecmascript.effects import may_differ
from callmend.languages.ecmascript.fields import field_of_class
from callmend.languages.ecmascript.sent_headers import Headers
from callmend.languages.ecmascript.tree import (
    called,
    descendants,
    field,
    items,
    key_name,
    member_value,
    show,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.targets.workflow.kept_keys import KeptKey, kept_key
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.undici import is_by_undici

_TWICE = "would be asked for twice"
#: The platform's types of headers, and of the options that have them: each may be a list of pairs.
_MAY_BE_LISTS = re.compile(rb"\b(?:HeadersInit|RequestInit)\b")
_REPEATED_WHOLE = frozenset(
    {
        "await_expression",
        "call_expression",
        "identifier",
        "member_expression",
        "shorthand_property_identifier",
    }
)
_NAMES = frozenset({"identifier", "shorthand_property_identifier"})
#: The headers that further requests repeat, as they are spelt.
REPEATED = {
    b"authorization": b"Authorization",
    b"openai-organization": b"OpenAI-Organization",
    b"openai-project": b"OpenAI-Project",
}


def repeatable_headers(
    site: Site, headers: Headers, beta: bytes, kept: KeptKey | None = None
) -> bytes:
    """An object with the headers that further requests repeat; ``kept`` is the constant of the key.

    Raises:
        RefusedError: the key may be another one the second time.
    """
    quote = site.style.quote
    authorization = headers.value(b"authorization")
    if authorization is None:
        raise RefusedError(Reason.NO_AUTHORIZATION)
    own = unwrapped(member_value(headers.holder))
    if own.type == "await_expression" and _waits(site, headers.obj):
        raise RefusedError(Reason.HEADERS_ASKED_TWICE, f"`{show(own)}` {_TWICE}")
    if headers.made is not None and headers.made.is_object:
        # They have the beta header too by then, under its name in lower case.
        return b"Object.fromEntries(" + text(headers.made.asked) + b")"
    options = headers.options
    if headers.is_list and options is None and own.type in _NAMES:
        return b"Object.fromEntries(" + text(own) + b")"
    if headers.is_list and (options is not None or own.type in _REPEATED_WHOLE):
        raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(own)}`")
    if options is not None or own.type in _REPEATED_WHOLE:
        whole = as_texts(site, own, text(own))
        if options is not None:
            whole = as_texts(site, options, text(unwrapped(options)) + b".headers")
        # In the spelling that the headers have: both of two spellings are sent, as one value.
        own_beta = headers.by_name.get(b"openai-beta")
        key = (None if own_beta is None else key_name(own_beta)) or b"OpenAI-Beta"
        given = quote + key + quote + b": " + quote + beta + quote
        return b"{ ..." + whole + b", " + given + b" }"
    spread = dict.fromkeys(headers.spread[name] for name in REPEATED if name in headers.spread)
    parts = [_spread(site, element) for element in (*_hidden(headers), *spread)]
    for name, spelt in REPEATED.items():
        value = headers.value(name)
        if value is None or name in headers.spread:
            continue
        if name == b"authorization" and kept is not None:
            parts.append(spelt + b": " + kept.name)
            continue
        if may_differ(value):
            raise RefusedError(Reason.HEADERS_ASKED_TWICE, f"`{show(value)}` {_TWICE}")
        key = spelt if spelt.isalpha() else quote + spelt + quote
        parts.append(key + b": " + text(value))
    parts.append(quote + b"OpenAI-Beta" + quote + b": " + quote + beta + quote)
    return b"{ " + b", ".join(parts) + b" }"


def as_texts(site: Site, node: Node, code: bytes) -> bytes:
    """The code of headers for an object of texts: their declared type may let them be a list.

    `const base: HeadersInit = { ... }`; ``node`` is what is declared, of which they are a part.
    """
    inner = unwrapped(node)
    kind = _declared_type(site, inner)
    if kind is None or not _MAY_BE_LISTS.search(text(kind)):
        return code
    tree, binding = site.program.tree, site.program.scopes.binding(inner)
    if binding is not None and code == text(inner):
        # Where a name is declared with an object, that is known in the same function.
        if tree.function_of(binding.declarator) == tree.function_of(inner):
            return code
    return b"(" + code + b" as Record<string, string>)"


def _declared_type(site: Site, node: Node) -> Node | None:
    """The type that a name, a field or what a function gives is declared with."""
    program = site.program
    if node.type in _NAMES:
        binding = program.scopes.binding(node)
        declarator = None if binding is None else binding.declarator
        value = field(declarator, "value")
        if value is not None and value.type == "as_expression":
            return items(value)[-1]
        return field(declarator, "type")
    if node.type == "member_expression" and text_of(node, "object") == b"this":
        return field(field_of_class(node), "type")
    called_ = items(node)[0] if node.type == "await_expression" else node
    function = field(called_, "function")
    own = None if function is None else program.resolver.function_behind(function)
    return field(own, "return_type")


def further_arguments(
    site: Site, headers: Headers, arguments: Callable[[Headers, KeptKey | None], bytes] | None
) -> tuple[bytes, tuple[Edit, ...]]:
    """What a function is given for its own requests, and the edits that keep the key for them.

    ``arguments`` gives the code of their headers; None where there are no such requests.
    """
    if arguments is None:
        return b"", ()
    kept = kept_key(site, headers)
    given = b", " + arguments(headers, kept)
    if is_by_undici(site):
        given = b", " + text(called(site.request.call)) + given
    return given, () if kept is None else kept.edits


def _spread(site: Site, element: Node) -> bytes:
    """A spread element as it is repeated."""
    value = items(element)[0] if element.type == "spread_element" else element
    code = as_texts(site, value, text(value))
    return text(element) if code == text(value) else b"..." + code


def _hidden(headers: Headers) -> list[Node]:
    """The elements that may bring any header, a project's too; they stand before the key.

    Raises:
        RefusedError: one waits for what it brings.
    """
    named = {member.id for member in headers.by_name.values()}
    named |= {element.id for element in headers.spread.values()}
    found = [item for item in items(headers.obj) if item.id not in named]
    found = [item for item in found if item.type == "spread_element"] if headers.hides else []
    for item in found:
        if any(node.type == "await_expression" for node in descendants(item)):
            raise RefusedError(Reason.HEADERS_ASKED_TWICE, f"`{show(item)}` {_TWICE}")
    return found


def _waits(site: Site, node: Node) -> bool:
    """Whether the function that makes headers waits for something itself."""
    function = site.program.tree.function_of(node)
    return any(inner.type == "await_expression" for inner in descendants(function))
