"""What a plan for one call works on."""

from __future__ import annotations

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.ecmascript.changes import what_changes
from callmend.languages.ecmascript.effects import has_effects
from callmend.languages.ecmascript.find import Certainty, Request
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.style import Style, detect
from callmend.languages.ecmascript.tree import is_inside, show, span, text
from callmend.languages.ecmascript.tried import Tried, tried
from callmend.languages.ecmascript.values import HOLE
from callmend.reasons import Reason
from callmend.records import record
from callmend.settings import Settings


@record(frozen=True, slots=True)
class Site:
    """One call, its file, what is asked for, and the dialect and names of the code around it."""

    program: Program
    request: Request
    settings: Settings
    names: Names
    style: Style

    @classmethod
    def of(cls, program: Program, request: Request, settings: Settings, names: Names) -> Site:
        """The call with the dialect of its surroundings."""
        statement = program.tree.statement_of(request.call)
        style = detect(program.tree, program.source, statement)
        return cls(program, request, settings, names, style)

    @property
    def query(self) -> str | None:
        """The query of the dead URL, such as `?version=…`; None if it has none."""
        for known in self.program.resolver.value(self.request.url).texts:
            query = known.partition("#")[0].partition("?")[2]
            if query:
                return "?" + query.replace(HOLE, "…")
        return None

    def url_behind_base(self, path: bytes) -> bytes | None:
        """The live URL behind the dead one's own base, where that is a setting; None elsewhere.

        Raises:
            RefusedError: the base is not visible at the call, or may be another one there.
        """
        base = self.request.base
        if self.request.certainty is not Certainty.DEFAULT_HOST or base is None:
            return None
        shown = f"`{show(base.node)}`"
        if has_effects(base.node):
            raise RefusedError(Reason.UNRESOLVED_HOST, shown)
        if not is_inside(base.node, self.request.url):
            names = self.program.scopes.names_in(base.node)
            if not all(self.names.visible(name, self.request.call) for name in names):
                raise RefusedError(Reason.UNRESOLVED_HOST, shown)
            call, tree = self.request.call, self.program.tree
            if what_changes(tree, self.program.scopes, base.node, base.node, call) is not None:
                raise RefusedError(Reason.UNRESOLVED_HOST, shown)
        version = b"" if base.versioned else b"v1/"
        slash = b"" if base.slashed else b"/"
        return b"`${" + text(base.node) + b"}" + slash + version + path.lstrip(b"/") + b"`"

    @property
    def tried(self) -> Tried | None:
        """The list that the URL is taken from; None where it is no element of one.

        Raises:
            RefusedError: not all of the list is certainly dead, or something else depends on it.
        """
        if self.request.certainty is not Certainty.CANDIDATES:
            return None
        return tried(self.program, self.request)

    def refuse_list(self) -> None:
        """Refuse to read an answer in place that the code reads once for each URL of a list.

        Raises:
            RefusedError: the URL is an element of one.
        """
        if self.request.certainty is Certainty.CANDIDATES:
            detail = "`--stream` is written for one URL" if self.settings.stream else ""
            raise RefusedError(Reason.URL_CANDIDATES, detail)

    @property
    def base_kept(self) -> tuple[Node, ...]:
        """The base that the live URL keeps."""
        base = self.request.base
        if base is None or self.request.certainty is not Certainty.DEFAULT_HOST:
            return ()
        return (base.node,)

    @property
    def base_url(self) -> bytes:
        """The base of the URLs that are written."""
        return self.settings.base_url.encode()


def query_note(site: Site, query: str) -> Note:
    """What is told of the dead URL's query."""
    return Note(
        span(site.request.url),
        f"the URL's query has no counterpart and went: `{query}`",
        always=True,
    )
