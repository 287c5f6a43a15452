"""The function of the file that a call is given to, and whether it gives the answer's JSON."""

from __future__ import annotations

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.bodies import is_logged
from callmend.languages.ecmascript.elements import MEMBERS
from callmend.languages.ecmascript.find import Request, Transport
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import Readings, What
from callmend.languages.ecmascript.sources import key_in, returned
from callmend.languages.ecmascript.statuses import Checked, checked
from callmend.languages.ecmascript.tree import ancestors_of, called, field, items, text, unwrapped
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.targets.workflow.posted import Sent


def called_helper(program: Program, request: Request) -> Sent | None:
    """The function that a call calls, with the request in it, if it is what holds that itself."""
    own = program.resolver.function_behind(called(request.call))
    if own is None or request.helper is None:
        return None
    return Sent(own, request.helper) if program.tree.function_of(request.helper) == own else None


def gives_the_json(program: Program, helper: Sent) -> bool:
    """Whether a function gives the JSON of the answer; else it gives a thing of its own.

    Raises:
        RefusedError: it returns nothing.
    """
    results = returned(helper.function)
    if results is None:
        raise RefusedError(Reason.UNKNOWN_TRANSPORT, "the function returns nothing")
    by_axios = program.callees.transport(called(helper.sent)) is Transport.AXIOS
    gives = _is_data if by_axios else _is_json
    return all(gives(program, helper.sent, _not_awaited(result)) for result in results)


def _is_json(program: Program, sent: Node, result: Node) -> bool:
    """`res.json()` of what a request gives, or a name that holds its JSON."""
    if result.type == "identifier":
        held = _held(program, result)
        known = held is not None and _is_json(program, sent, held)
        return known or _holds_parsed(program, sent, result)
    asked = _without_catch(result)
    if asked != result and not _leaves_with_errors(program, sent):
        # Where a gateway's page is no answer, the file goes on with what stands in for it.
        return False
    callee = field(asked, "function")
    owner = None if callee is None else field(callee, "object")
    if callee is None or owner is None or text_of(callee, "property") != b"json":
        return _is_parsed(program, sent, asked)
    return _is_given(program, sent, owner)


def _without_catch(node: Node) -> Node:
    """`res.json()` of `res.json().catch(() => null)`, where nothing or an object stands in for it.

    Neither is an answer for the function that the result goes through.
    """
    callee, given = field(node, "function"), items(field(node, "arguments") or node)
    owner = None if callee is None else field(callee, "object")
    if callee is None or owner is None or text_of(callee, "property") != b"catch":
        return node
    handler = unwrapped(given[0]) if len(given) == 1 else node
    body = field(handler, "body") if handler.type == "arrow_function" else None
    instead = None if body is None else unwrapped(body)
    plain = instead is not None and instead.type in ("null", "object", "undefined")
    return unwrapped(owner) if plain else node


def _leaves_with_errors(program: Program, sent: Node) -> bool:
    """Whether the function that sends a request leaves with every error's response."""
    function = program.tree.function_of(sent)
    follower = Follower(program, sent)
    follower.follow(sent, What.RESPONSE, promised=True)
    own = [node for node in follower.readings.checks if program.tree.function_of(node) == function]
    return checked(Readings(checks=own), program) is Checked.LEAVES


def _held(program: Program, name: Node) -> Node | None:
    """What a constant holds that is returned, and asked for nothing but an error's parts.

    The live endpoint's answer has other parts than the one that the file waits for.
    """
    binding = program.scopes.binding(name)
    declarator = None if binding is None else binding.declarator
    value = field(declarator, "value")
    if binding is None or binding.writes or field(declarator, "name") != binding.name_node:
        return None
    harmless = all(_is_of_errors(program, use) for use in binding.references)
    return _not_awaited(value) if value is not None and harmless else None


def _is_of_errors(program: Program, use: Node) -> bool:
    """`return data`, `data?.error?.message`, `throw new ApiError(data)`, `console.error(data)`."""
    node, parent = program.tree.outer(use)
    if parent is None or parent.type == "return_statement" or is_logged(program.tree, node):
        return True
    if parent.type in MEMBERS and field(parent, "object") == node:
        if text_of(parent, "property") == b"error":
            return True
    return program.tree.statement_of(use).type == "throw_statement"


def _holds_parsed(program: Program, sent: Node, name: Node) -> bool:
    """Whether a name holds `JSON.parse(text)`, in a `catch` an object that says it was none.

    `let json; try { json = JSON.parse(text); } catch { json = { raw: text }; } ... return json;`
    """
    binding = program.scopes.binding(name)
    if binding is None or binding.declarator.type != "variable_declarator":
        return False
    if field(binding.declarator, "value") is not None or not binding.writes:
        return False
    given = [_assigned(write) for write in binding.writes]
    parsed = [node for node in given if node is not None and _is_parsed(program, sent, node)]
    others = [node for node in given if node not in parsed]
    if len(parsed) != 1 or not all(node is not None and _is_caught(node) for node in others):
        return False
    uses = (use for use in binding.references if use not in binding.writes)
    return all(_is_of_errors(program, use) for use in uses)


def _assigned(write: Node) -> Node | None:
    """What a name is assigned."""
    parent = write.parent
    value = field(parent, "right")
    plain = parent is not None and parent.type == "assignment_expression"
    return unwrapped(value) if plain and value is not None else None


def _is_parsed(program: Program, sent: Node, node: Node) -> bool:
    """Whether an expression is `JSON.parse` of the response's text."""
    given = items(field(node, "arguments") or node)
    if text_of(node, "function") != b"JSON.parse" or len(given) != 1:
        return False
    told = unwrapped(given[0])
    if told.type == "identifier":
        told = program.resolver.constant(told) or told
    callee = field(_not_awaited(told), "function")
    owner = None if callee is None else field(callee, "object")
    is_text = callee is not None and text_of(callee, "property") == b"text"
    return is_text and owner is not None and _is_given(program, sent, owner)


def _is_caught(node: Node) -> bool:
    """Whether it is an object, or nothing, that is assigned in a `catch`."""
    caught = any(around.type == "catch_clause" for around in ancestors_of(node))
    return caught and node.type in ("null", "object", "undefined")


def _is_data(program: Program, sent: Node, result: Node) -> bool:
    """`res.data` of what axios gives, `data` taken out of it, `axios.post(...).then(...)`."""
    if result.type == "member_expression":
        owner = field(result, "object")
        plain = text_of(result, "property") == b"data"
        return plain and owner is not None and _is_given(program, sent, owner)
    if result.type == "identifier":
        binding = program.scopes.binding(result)
        declarator = None if binding is None else binding.declarator
        pattern, value = field(declarator, "name"), field(declarator, "value")
        if binding is None or binding.writes or pattern is None or value is None:
            return False
        taken = key_in(pattern, binding.name_node) == b"data"
        return taken and _not_awaited(value) == sent
    callee = field(result, "function")
    given = items(field(result, "arguments") or result)
    if callee is None or text_of(callee, "property") != b"then" or len(given) != 1:
        return False
    owner = field(callee, "object")
    return owner is not None and unwrapped(owner) == sent and _takes_data(program, given[0])


def _takes_data(program: Program, handler: Node) -> bool:
    """`r => r.data`, `({ data }) => data`."""
    single = field(handler, "parameter")
    given = [single] if single is not None else items(field(handler, "parameters") or handler)
    body = field(handler, "body")
    if handler.type != "arrow_function" or len(given) != 1 or body is None:
        return False
    pattern, shown = field(given[0], "pattern") or given[0], unwrapped(body)
    owner = field(shown, "object")
    if owner is not None:
        return text(owner) == text(pattern) and text_of(shown, "property") == b"data"
    binding = program.scopes.binding(shown) if shown.type == "identifier" else None
    return binding is not None and key_in(pattern, binding.name_node) == b"data"


def _is_given(program: Program, sent: Node, node: Node) -> bool:
    """Whether an expression is what a request gives, or a constant that holds that."""
    inner = unwrapped(node)
    if inner.type == "identifier":
        inner = program.resolver.constant(inner) or inner
    return _not_awaited(inner) == sent


def _not_awaited(node: Node) -> Node:
    inner = unwrapped(node)
    return unwrapped(items(inner)[0]) if inner.type == "await_expression" else inner
