"""What a plan for one call works on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.ecmascript.changes import what_changes
from callmend.languages.ecmascript.effects import has_effects
from callmend.languages.ecmascript.find import Base, Certainty, Request
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.style import Style, detect
from callmend.languages.ecmascript.tree import is_inside, show, span, text
from callmend.languages.ecmascript.url_objects import query_names
from callmend.languages.ecmascript.values import HOLE
from callmend.reasons import Reason
from callmend.records import record
from callmend.settings import Settings

if TYPE_CHECKING:
    from callmend.languages.ecmascript.tried import Tried  # few files have such a list


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
        scopes = self.program.scopes
        later = [name for b in self.request.constants for name in query_names(scopes, b)]
        shown = (name if name == "…" else f"{name}=…" for name in dict.fromkeys(later))
        return "?" + "&".join(shown) if later else None

    @property
    def default_base(self) -> Base | None:
        """The expression in front of the dead path where it is a setting; None elsewhere."""
        by_default = self.request.certainty is Certainty.DEFAULT_HOST
        return self.request.base if by_default else None

    def base_at(self, place: Node) -> bytes | None:
        """The setting that is the dead URL's base, as it starts a template string at a place.

        Its version is at its end, without a slash behind that; None where it is no setting.

        Raises:
            RefusedError: the setting is not visible there, or may be another one there.
        """
        base = self.default_base
        if base is None:
            return None
        tree, scopes = self.program.tree, self.program.scopes
        shown = f"`{show(base.node)}`"
        # `https://api.openai.com/v1/` would have two slashes in front of what follows.
        if has_effects(base.node) or (base.slashed and base.versioned):
            raise RefusedError(Reason.UNRESOLVED_HOST, shown)
        if not is_inside(base.node, place):
            # Elsewhere than in the call it is a name like others, which the function can be given.
            at_call = place == self.request.call
            reason = Reason.UNRESOLVED_HOST if at_call else Reason.NAME_NOT_IN_SCOPE
            names = scopes.names_in(base.node)
            if not all(self.names.visible(name, place) for name in names):
                raise RefusedError(reason, shown)
            if what_changes(tree, scopes, base.node, base.node, place) is not None:
                raise RefusedError(reason, shown)
        slash = b"" if base.slashed else b"/"
        return b"${" + text(base.node) + b"}" + (b"" if base.versioned else slash + b"v1")

    def url_behind_base(self, path: bytes) -> bytes | None:
        """The live URL behind the dead one's own base, where that is a setting; None elsewhere.

        Raises:
            RefusedError: the base is not visible at the call, or may be another one there.
        """
        start = self.base_at(self.request.call)
        return None if start is None else b"`" + start + b"/" + path.lstrip(b"/") + b"`"

    def base_notes(self) -> list[Note]:
        """What is told of the base that the live URL keeps."""
        shown = ((base, show(base)) for base in self.base_kept)
        told = "stays in front of the path: it decides on the host"
        return [Note(span(base), f"`{name}` {told}", always=True) for base, name in shown]

    @property
    def tried(self) -> Tried | None:
        """The list that the URL is taken from; None where it is no element of one.

        Raises:
            RefusedError: not all of the list is certainly dead, or something else depends on it.
        """
        if self.request.certainty is not Certainty.CANDIDATES:
            return None
        from callmend.languages.ecmascript.tried import tried  # noqa: PLC0415  # few have a list

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
        return () if self.default_base is None else (self.default_base.node,)

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
