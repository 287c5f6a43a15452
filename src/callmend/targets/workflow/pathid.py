"""The workflow's id of a dead URL that has it in its path: the expression for the new body."""

from __future__ import annotations

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.changes import what_changes
from callmend.languages.ecmascript.effects import has_effects
from callmend.languages.ecmascript.identity import environment_name
from callmend.languages.ecmascript.template import Capture, capture
from callmend.languages.ecmascript.tree import is_inside, show, unwrapped
from callmend.reasons import Reason
from callmend.targets.workflow.site import Site


def path_identity(site: Site) -> Capture | None:
    """The id that the URL's path holds, as code for the place of the call; None if it holds none.

    Raises:
        RefusedError: it cannot be written there, or may be another one there.
    """
    request, scopes = site.request, site.program.scopes
    node = None if request.path_id is None else unwrapped(request.path_id)
    if node is None:
        return None
    if request.path_text is not None and not _is_named(site, node, request.path_text):
        quote = site.style.quote
        return Capture(quote + request.path_text.encode() + quote)
    if has_effects(node) and not environment_name(node):
        detail = f"`{show(node)}` in the URL is computed before the rest"
        raise RefusedError(Reason.NO_WORKFLOW_ID, detail)
    if not is_inside(node, request.url):
        for name in scopes.names_in(node):
            if not site.names.visible(name, request.call):
                raise RefusedError(Reason.NO_WORKFLOW_ID, f"`{show(name)}` is not visible here")
        changed = what_changes(site.program.tree, scopes, node, node, request.call)
        if changed is not None:
            raise RefusedError(Reason.NO_WORKFLOW_ID, changed)
    return capture(site.program.source, node)


def read_of_path(site: Site) -> tuple[Node, ...]:
    """What of the dead URL the new request goes on reading."""
    request = site.request
    node = None if request.path_id is None else unwrapped(request.path_id)
    if node is None or (
        request.path_text is not None and not _is_named(site, node, request.path_text)
    ):
        return ()
    return (node,)


def _is_named(site: Site, node: Node, written: str) -> bool:
    """Whether an expression is a name for exactly this id, and not a longer text that holds it."""
    is_path = node.type in ("identifier", "member_expression")
    return is_path and site.program.resolver.value(node).texts == (written,)
