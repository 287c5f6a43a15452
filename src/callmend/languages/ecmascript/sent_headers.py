"""The headers of one request: an object literal, a list of pairs, or what statements fill."""

from __future__ import annotations

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.header_names import pairs_named
from callmend.languages.ecmascript.made_headers import MadeHeaders
from callmend.languages.ecmascript.scopes import Scopes, is_declared_exported
from callmend.languages.ecmascript.tree import field, items, member_value, unwrapped
from callmend.languages.ecmascript.values import Resolver, text_of
from callmend.reasons import Reason
from callmend.records import record


@record(frozen=True, slots=True)
class Headers:
    """The headers object of a request.

    ``holder`` is the `headers` member of the options, ``obj`` the object literal, or a list of
    pairs. ``shared`` is set when it is a variable that something else uses too, so that its bytes
    must not change.
    ``spread`` are, by the names of headers that stand in another literal, the elements that spread
    it here (`...auth`). ``hides`` is set where a spread or a computed name may be any header.
    ``options`` is what brings the whole member where that stands in other options than the call's
    own, ``within`` the call's own literal into which they are spread, ``through`` what is spread
    into those others on the way. ``made`` are those of a variable that statements fill.
    """

    holder: Node
    obj: Node
    by_name: dict[bytes, Node]
    shared: bool
    spread: dict[bytes, Node]
    hides: bool = False
    options: Node | None = None
    within: Node | None = None
    through: tuple[Node, ...] = ()
    made: MadeHeaders | None = None

    def value(self, name: bytes) -> Node | None:
        """The value of a header by its lower-case name."""
        member = self.by_name.get(name)
        if member is not None and member.type == "array":
            return items(member)[1]
        return None if member is None else member_value(member)

    @property
    def is_list(self) -> bool:
        """Whether they are a list of pairs: `[['Authorization', key]]`."""
        return self.obj.type == "array"


def listed_pairs(scopes: Scopes, resolver: Resolver, holder: Node) -> Headers | None:
    """The headers of a list of pairs, which `fetch` takes too; None where they are none.

    Raises:
        RefusedError: they carry no Authorization.
    """
    array = unwrapped(member_value(holder))
    if text_of(array, "constructor") == b"Headers":
        given = items(field(array, "arguments") or array)
        array = unwrapped(given[0]) if len(given) == 1 else array
    binding = scopes.binding(array)
    if binding is not None and len(binding.references) == 1 and not is_declared_exported(binding):
        array = resolver.constant(array) or array
    by_name = pairs_named(array)
    if by_name is None:
        return None
    if b"authorization" not in by_name:
        raise RefusedError(Reason.NO_AUTHORIZATION)
    return Headers(holder, array, by_name, shared=False, spread={})
