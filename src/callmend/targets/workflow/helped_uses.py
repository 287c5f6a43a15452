"""What uses a function of the file that sends what it is given."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.find import Request, Transport
from callmend.languages.ecmascript.objects import uses_of_literal
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import called, field
from callmend.targets.workflow.posted import Sent


def dead_calls(program: Program, helper: Sent) -> list[Request]:
    """The dead calls of the helper."""
    requests = program.requests
    return [r for r in requests if r.transport is Transport.HELPER and r.helper == helper.sent]


def serves_the_dead_alone(program: Program, helper: Sent) -> bool:
    """Whether nothing but dead calls uses the function."""
    uses = uses_of_helper(program, helper)
    dead = [called(request.call) for request in dead_calls(program, helper)]
    return uses is not None and all(use in dead for use in uses)


def uses_of_helper(program: Program, helper: Sent) -> list[Node] | None:
    """What uses the function; None where other files may too."""
    function = helper.function
    if function.type == "method_definition":
        dead = dead_calls(program, helper)
        return uses_of_literal(program.scopes, called(dead[0].call)) if dead else None
    name = field(function, "name") or field(program.tree.parent(function), "name")
    return None if name is None else uses_of_literal(program.scopes, name)
