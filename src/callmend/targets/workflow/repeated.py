"""Headers that further requests repeat, as those of the request that is made first."""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.languages.ecmascript.effects import may_differ
from callmend.languages.ecmascript.sent_headers import Headers
from callmend.languages.ecmascript.tree import (
    called,
    descendants,
    items,
    key_name,
    member_value,
    show,
    text,
    unwrapped,
)
from callmend.reasons import Reason
from callmend.targets.workflow.kept_keys import KeptKey, kept_key
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.undici import is_by_undici

_TWICE = "would be asked for twice"
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
        whole = text(own) if options is None else text(unwrapped(options)) + b".headers"
        # In the spelling that the headers have: both of two spellings are sent, as one value.
        own_beta = headers.by_name.get(b"openai-beta")
        key = (None if own_beta is None else key_name(own_beta)) or b"OpenAI-Beta"
        given = quote + key + quote + b": " + quote + beta + quote
        return b"{ ..." + whole + b", " + given + b" }"
    spread = dict.fromkeys(headers.spread[name] for name in REPEATED if name in headers.spread)
    parts = [*_hidden(headers), *(text(element) for element in spread)]
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


def _hidden(headers: Headers) -> list[bytes]:
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
    return [text(item) for item in found]


def _waits(site: Site, node: Node) -> bool:
    """Whether the function that makes headers waits for something itself."""
    function = site.program.tree.function_of(node)
    return any(inner.type == "await_expression" for inner in descendants(function))
