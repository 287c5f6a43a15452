"""One parsed source file with its scopes, and the dead calls that were found in it."""

from __future__ import annotations

from functools import cached_property

from callmend.languages.ecmascript.find import Request, find_requests
from callmend.languages.ecmascript.lost_paths import LostPaths
from callmend.languages.ecmascript.scopes import Scopes
from callmend.languages.ecmascript.sources import Sources
from callmend.languages.ecmascript.strays import Stray, Strays
from callmend.languages.ecmascript.transports import Callees
from callmend.languages.ecmascript.tree import Tree
from callmend.languages.ecmascript.values import Resolver
from callmend.source import Language, SourceFile


class Program:
    """A source file, parsed once; the rest is worked out when it is first asked for.

    ``client_modules`` are the modules that the settings say to export clients of OpenAI's SDK.
    """

    client_modules: tuple[str, ...] = ()

    def __init__(self, source: SourceFile, language: Language) -> None:
        self.source = source
        self.tree = Tree(source.data, language)

    @cached_property
    def scopes(self) -> Scopes:
        """Which declaration each name refers to."""
        return Scopes(self.tree)

    @cached_property
    def resolver(self) -> Resolver:
        """What expressions are before the program runs."""
        return Resolver(self.scopes)

    @cached_property
    def sources(self) -> Sources:
        """Where what names and members stand for is written."""
        return Sources(self.scopes)

    @cached_property
    def callees(self) -> Callees:
        """What the called functions are."""
        return Callees(self.scopes)

    @cached_property
    def requests(self) -> list[Request]:
        """The calls that are given an endpoint's URL, in source order."""
        return find_requests(self.tree, self.scopes, self.resolver, self.callees)

    def strays(self, others: list[Request]) -> list[Stray]:
        """The endpoints' URLs and paths that may be requested where this file does not show it.

        ``others`` are calls beside `requests` that are told.
        """
        parts = (self.tree, self.scopes, self.resolver, self.callees)
        requests = [*self.requests, *others]
        urls = Strays(*parts).find(requests)
        return [*urls, *LostPaths(*parts).beside(requests, urls)]
