"""The model and the instructions of a new call: what they are, and where that comes from."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.changes import what_changes
from callmend.languages.ecmascript.effects import has_effects
from callmend.languages.ecmascript.flow import Flow
from callmend.languages.ecmascript.guards import excludes, guards_of
from callmend.languages.ecmascript.template import Capture, capture
from callmend.languages.ecmascript.tree import (
    field,
    is_inside,
    items,
    key_name,
    member_value,
    show,
)
from callmend.languages.ecmascript.values import text_of
from callmend.models import default_model, sources, status_of
from callmend.reasons import Reason
from callmend.records import record
from callmend.targets.workflow.site import Site

_LIVE_URL = "https://api.openai.com/v1/"
_LIVE_METHODS = (b".chat.completions.create", b".responses.create")


@record(frozen=True, slots=True)
class Choice:
    """Code for a parameter, and one sentence on where it comes from."""

    code: Capture
    why: str


def choose_model(site: Site, flow: Flow, body: Node) -> Choice:
    """The model: as asked for, as the call names it, as the other branch does, or the default.

    Raises:
        RefusedError: a name that is asked for is not visible at the call.
    """
    settings = site.settings
    if settings.model_expr is not None:
        _check_visible(site, settings.model_expr, "model-expr")
        code = Capture(settings.model_expr.encode())
        return Choice(code, f"the model is `{settings.model_expr}`, as --model-expr says")
    if settings.model is not None:
        return Choice(
            _literal(site, settings.model), f"the model is {settings.model}, as --model says"
        )
    passed_over = ""
    for value, whose in _named(site, flow, body):
        unfit = _unfit(site, value)
        if unfit is None:
            return Choice(
                capture(site.program.source, value),
                f"the model is {show(value)}, as {whose} names it",
            )
        passed_over = passed_over or f"; {unfit}, so it is not the one that {whose} names"
    name = default_model()
    why = f"the model is {name}, OpenAI's advice ({sources()[1]}); --model names another"
    return Choice(_literal(site, name), why + passed_over)


def choose_instructions(site: Site) -> Choice | None:
    """The instructions, if they are given.

    Raises:
        RefusedError: a name that is asked for is not visible at the call.
    """
    settings = site.settings
    if settings.instructions_expr is not None:
        _check_visible(site, settings.instructions_expr, "instructions-expr")
        return Choice(Capture(settings.instructions_expr.encode()), "")
    if settings.instructions is not None:
        return Choice(_literal(site, settings.instructions), "")
    return None


def _named(site: Site, flow: Flow, body: Node) -> Iterator[tuple[Node, str]]:
    for member in items(body):
        if key_name(member) == b"model":
            yield member_value(member), "the call"
    for value in _live_models(site, flow):
        yield value, f"the live call in line {value.start_point[0] + 1}"


def _live_models(site: Site, flow: Flow) -> Iterator[Node]:
    """The `model` of each live OpenAI call that runs where ours does not."""
    program = site.program
    call = site.request.call
    for node in program.tree.nodes:
        if node.type != "pair" or key_name(node) != b"model" or is_inside(node, call):
            continue
        if program.tree.function_of(node) != flow.function or not _is_live(site, node):
            continue
        value = member_value(node)
        if has_effects(value) or not excludes(
            flow.guards, guards_of(program.tree, program.scopes, node)
        ):
            continue
        names = list(program.scopes.names_in(value))
        first, last = sorted((call, node), key=lambda n: n.start_byte)
        if all(site.names.visible(name, call) for name in names) and (
            what_changes(program.tree, program.scopes, value, first, last) is None
        ):
            yield value


def _is_live(site: Site, pair: Node) -> bool:
    """Whether an object's member is sent to OpenAI by the call around it."""
    for around in site.program.tree.ancestors(pair):
        if around.type != "call_expression":
            continue
        if text_of(around, "function").endswith(_LIVE_METHODS):
            return True
        given = items(field(around, "arguments") or around)
        if given and any(
            url.startswith(_LIVE_URL) for url in site.program.resolver.value(given[0]).texts
        ):
            return True
    return False


def _unfit(site: Site, value: Node) -> str | None:
    """What keeps a model from being named in new code, or None."""
    for name in site.program.resolver.value(value).texts:
        status = status_of(name)
        if not status.may_be_written:
            return f"{status.sentence} ({sources()[0]})"
    return None


def _literal(site: Site, words: str) -> Capture:
    """A string literal in the file's quotes."""
    quote = site.style.quote
    escaped = words.encode().replace(b"\\", b"\\\\").replace(quote, b"\\" + quote)
    return Capture(quote + escaped.replace(b"\r", b"\\r").replace(b"\n", b"\\n") + quote)


def _check_visible(site: Site, expression: str, flag: str) -> None:
    root = expression.split(".", maxsplit=1)[0].encode()
    scope = site.program.scopes.scope_at(site.request.call)
    if root not in _GLOBALS and scope.lookup(root) is None:
        detail = f"`{root.decode()}`, given by {flag}"
        raise RefusedError(Reason.NAME_NOT_IN_SCOPE, detail)


_GLOBALS = frozenset({b"this", b"process", b"globalThis", b"window", b"import", b"Deno", b"Bun"})
