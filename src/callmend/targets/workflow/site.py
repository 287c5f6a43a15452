"""What a plan for one call works on."""

from __future__ import annotations

from callmend.findings import Note
from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.style import Style, detect
from callmend.languages.ecmascript.tree import span
from callmend.languages.ecmascript.values import HOLE
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
