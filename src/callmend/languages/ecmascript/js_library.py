"""What the platform does with the interpreter's values: JSON, streams, responses, readers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tree_sitter import Node

from callmend.languages.ecmascript.js_texts import (
    LIST_METHODS,
    TEXT_METHODS,
    compiled,
    matched,
    of_list,
    of_text,
)
from callmend.languages.ecmascript.js_values import (
    BLANK,
    UNDEFINED,
    Builtin,
    Bytes,
    Closure,
    Method,
    Part,
    Pattern,
    StuckError,
    Thing,
    ThrownError,
    Unknown,
    raw_in,
    stream,
)

if TYPE_CHECKING:
    from callmend.languages.ecmascript.js_calls import Interpreter  # only for this type

BUILTINS = {
    name: Builtin(name)
    for name in (
        "Array", "Boolean", "Buffer", "Error", "JSON", "Number", "Object", "Promise", "Readable",
        "ReadableStream", "String", "TextDecoder", "TextDecoderStream", "TextEncoder",
        "TransformStream", "createParser",
    )
}  # fmt: skip
#: What is awaited is its own promise here.
OF_PROMISES = ("then", "catch", "finally")
OF_OBJECTS = frozenset({"hasOwnProperty", "toString", "valueOf", *OF_PROMISES})
_MOST_PULLS = 40
#: An object that stays what it is whatever is called on it.
_QUIET = frozenset(
    {"abort", "cancel", "close", "desiredSize", "error", "flush", "releaseLock", "terminate"}
)
_RESPONSE = frozenset({"bodyUsed", "headers", "redirected", "statusText", "type", "url"})


# --- JSON -------------------------------------------------------------------------------------


def _parse(machine: Interpreter, source: Any, node: Node) -> Any:
    if isinstance(source, Unknown | Part):
        return Unknown()
    if not isinstance(source, str):
        raise StuckError(node)
    machine.parsed.append(source)
    machine.parses = node
    if machine.payload is not None and source.strip() == machine.payload:
        return Part()
    try:
        return json.loads(source)
    except ValueError:
        raise ThrownError({"message": "no JSON"}) from None


def _plain(machine: Interpreter, value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(machine, v) for k, v in value.items() if v is not UNDEFINED}
    if isinstance(value, list):
        return [_plain(machine, each) for each in value]
    if isinstance(value, Part):
        return machine.part_text(value)
    if isinstance(value, str | int | float) or value is None:
        return value
    return BLANK


def _written(machine: Interpreter, value: Any) -> str:
    return json.dumps(_plain(machine, value), ensure_ascii=False, separators=(",", ":"))


# --- streams ----------------------------------------------------------------------------------


def next_chunk(machine: Interpreter, given: Thing) -> Any:
    """The next chunk of a stream, None at its end.

    Raises:
        ThrownError: the stream breaks off here.
    """
    at, chunks = given.state["at"], given.state["chunks"]
    if at >= len(chunks):
        if given.state.get("breaks"):
            machine.broken = True
            raise ThrownError({"message": "the stream broke off"})
        given.state["ended"] = True
        return None
    given.state["at"] = at + 1
    given.state["read"] = True
    return chunks[at]


def _rest(machine: Interpreter, given: Thing) -> list[Any]:
    found = []
    while (chunk := next_chunk(machine, given)) is not None:
        found.append(chunk)
    return found


def _piped_through(machine: Interpreter, source: Thing, through: Any, node: Node) -> Thing:
    if isinstance(through, Thing) and through.kind == "decoding":
        chunks = [each.text if isinstance(each, Bytes) else each for each in _rest(machine, source)]
        return stream(chunks)
    if not isinstance(through, Thing) or through.kind != "transform":
        raise StuckError(node)
    into: Thing = through.state["readable"]
    _transform(machine, source, through, into)
    return into


def _transform(machine: Interpreter, source: Thing, through: Thing, into: Thing) -> None:
    own = through.state["own"]
    if not own:
        into.state["raw"] = source.state["raw"]
    controller = Thing("controller", {"into": into})
    step, last = own.get("transform"), own.get("flush")
    for chunk in _rest(machine, source):
        if isinstance(step, Closure):
            machine.call(step, [chunk, controller])
        else:
            into.state["chunks"].append(chunk)
    if isinstance(last, Closure):
        machine.call(last, [controller])


def _made_stream(machine: Interpreter, given: list[Any]) -> Thing:
    own = given[0] if given and isinstance(given[0], dict) else {}
    made = stream([])
    controller = Thing("controller", {"into": made})
    start, pull = own.get("start"), own.get("pull")
    try:
        if isinstance(start, Closure):
            machine.call(start, [controller])
        for _ in range(_MOST_PULLS if isinstance(pull, Closure) else 0):
            if isinstance(pull, Closure) and not controller.state.get("closed"):
                machine.call(pull, [controller])
    except ThrownError:
        if not machine.broken:
            raise
        made.state["breaks"] = True
    return made


def _of_stream(machine: Interpreter, owner: Thing, name: str, given: list[Any], node: Node) -> Any:
    if name == "getReader":
        return Thing("reader", {"of": owner, "raw": owner.state["raw"]})
    if name == "tee":
        return [stream([*owner.state["chunks"]], raw=owner.state["raw"]) for _ in range(2)]
    if name == "pipeThrough" and given:
        return _piped_through(machine, owner, given[0], node)
    if name == "pipeTo" and given:
        if isinstance(given[0], Thing) and given[0].kind == "writable":
            _transform(machine, owner, given[0].state["of"], given[0].state["of"].state["readable"])
        elif isinstance(given[0], dict):
            _written_to(machine, owner, given[0])
        else:
            machine.sink("pipeTo", node, (owner,))
        return Unknown()
    if name == "pipe" and owner.state.get("node"):
        machine.sink("pipe", node, (owner,))
        return UNDEFINED
    raise StuckError(node)


def _written_to(machine: Interpreter, source: Thing, into: dict[str, Any]) -> None:
    """`pipeTo(new WritableStream({ write, close }))`."""
    write, close = into.get("write"), into.get("close")
    for chunk in _rest(machine, source):
        if isinstance(write, Closure):
            machine.call(write, [chunk, Unknown()])
    if isinstance(close, Closure):
        machine.call(close, [])


def _read(machine: Interpreter, of: Thing) -> dict[str, Any]:
    chunk = next_chunk(machine, of)
    if chunk is None:
        return {"done": True, "value": UNDEFINED}
    return {"done": False, "value": chunk}


def _of_response(machine: Interpreter, owner: Thing, name: str, node: Node) -> Any:
    body: Thing = owner.state["body"]
    if name == "clone":
        # What is read of the one is still there in the other.
        again = Thing(body.kind, {**body.state, "chunks": [*body.state["chunks"]]})
        return Thing(owner.kind, {**owner.state, "body": again})
    owner.state["whole"] = True
    whole = "".join(e.text if isinstance(e, Bytes) else str(e) for e in _rest(machine, body))
    if name == "text":
        return whole
    if name == "json":
        owner.state["json"] = node
        return _parse(machine, whole, node)
    if name == "arrayBuffer":
        return Bytes(whole)
    raise StuckError(node)


def _feed(machine: Interpreter, owner: Thing, given: list[Any]) -> None:
    """`eventsource-parser`: its callback is given each event."""
    owner.state["text"] += given[0]
    *blocks, owner.state["text"] = owner.state["text"].split("\n\n")
    for block in blocks:
        lines = [line.partition(":") for line in block.split("\n")]
        fields = {name: value.removeprefix(" ") for name, _, value in lines}
        event = {"type": "event", "event": fields.get("event", UNDEFINED), "id": UNDEFINED}
        machine.call(owner.state["callback"], [event | {"data": fields.get("data", "")}])


# --- all together -----------------------------------------------------------------------------


def member(owner: Any, name: str, node: Node) -> Any:
    """A member of a value of the platform.

    Raises:
        StuckError: it is not known.
    """
    if isinstance(owner, str | list):
        if name == "length":
            return len(owner)
        known = TEXT_METHODS if isinstance(owner, str) else LIST_METHODS
        return Method(owner, name) if name in known or name in OF_OBJECTS else UNDEFINED
    if isinstance(owner, Bytes) and name in ("length", "byteLength"):
        return Unknown(name)
    if isinstance(owner, Thing):
        if owner.kind == "response" and name in ("ok", "status"):
            owner.state["asked"] = True
        if name in owner.state and owner.kind != "stream":
            return owner.state[name]
        if owner.kind == "response" and name in _RESPONSE:
            return Unknown(name)
        if owner.kind == "reader" and name == "closed":
            return Unknown(name)
    if isinstance(owner, Closure | int | float | bool):
        raise StuckError(node)
    return Method(owner, name)


def call(machine: Interpreter, method: Method, given: list[Any], node: Node) -> Any:
    """What a member gives that is called.

    Raises:
        StuckError: it is not known.
        ThrownError: it throws.
    """
    owner, name = method.owner, method.name
    if name in OF_PROMISES:
        return _then(machine, owner, name, given)
    if name == "hasOwnProperty" and isinstance(owner, dict) and given:
        return given[0] in owner
    if isinstance(owner, str):
        return of_text(machine, owner, name, given, node)
    if isinstance(owner, list):
        return of_list(machine, owner, name, given, node)
    if isinstance(owner, Builtin):
        return call_builtin(machine, f"{owner.name}.{name}", given, node)
    if isinstance(owner, Pattern) and name == "test" and isinstance(given[0], str):
        return compiled(owner, node).search(given[0]) is not None
    if isinstance(owner, Pattern) and name == "exec" and isinstance(given[0], str):
        return matched(given[0], owner, node)
    if isinstance(owner, Bytes):
        if name == "toString" and method.owner is not None and _is_buffer(owner):
            return owner.text
        raise StuckError(node)
    if isinstance(owner, Thing):
        return _of_thing(machine, owner, name, given, node)
    raise StuckError(node)


class BufferBytes(Bytes):
    """Bytes whose `toString` decodes them: Node's own."""


def _is_buffer(value: Bytes) -> bool:
    return isinstance(value, BufferBytes)


def _then(machine: Interpreter, owner: Any, name: str, given: list[Any]) -> Any:
    if name == "then" and given and isinstance(given[0], Closure):
        return machine.call(given[0], [owner])
    if name == "finally" and given and isinstance(given[0], Closure):
        machine.call(given[0], [])
    return owner


def _of_thing(machine: Interpreter, owner: Thing, name: str, given: list[Any], node: Node) -> Any:
    kind = owner.kind
    if kind == "response":
        return _of_response(machine, owner, name, node)
    if kind == "stream" and name not in _QUIET:
        return _of_stream(machine, owner, name, given, node)
    if kind == "reader" and name == "read":
        return _read(machine, owner.state["of"])
    if kind == "decoder" and name == "decode":
        if not given or isinstance(given[0], Unknown) or given[0] is UNDEFINED:
            return ""
        if isinstance(given[0], Bytes):
            return given[0].text
        raise StuckError(node)
    if kind == "encoder" and name == "encode":
        value = given[0] if given else ""
        return Bytes(machine.as_text(value, node))
    if kind in ("controller", "writer") and name in ("enqueue", "write") and given:
        into: Thing = owner.state["into"]
        into.state["chunks"].append(given[0])
        machine.used += [given[0]] if isinstance(given[0], Part) else []
        machine.sink(name, node, (given[0],))
        return UNDEFINED
    if kind == "writable" and name == "getWriter":
        return Thing("writer", {"into": owner.state["of"].state["readable"]})
    if kind == "parser" and name == "feed" and given and isinstance(given[0], str):
        _feed(machine, owner, given)
        return UNDEFINED
    if name == "close" and kind == "controller":
        owner.state["closed"] = True
    if name == "error" and kind == "controller":
        # Its reader gets an error behind the chunks, as where `start` throws.
        owner.state["into"].state["breaks"] = True
    if name in _QUIET or (kind == "parser" and name == "reset"):
        return UNDEFINED
    raise StuckError(node)


def make(machine: Interpreter, name: str, given: list[Any], node: Node) -> Any:
    """What `new` gives for something of the platform.

    Raises:
        StuckError: it is not known.
    """
    if name == "Error":
        return {"message": given[0] if given else "", "name": "Error"}
    if name == "TextDecoder":
        return Thing("decoder")
    if name == "TextEncoder":
        return Thing("encoder")
    if name == "TextDecoderStream":
        return Thing("decoding")
    if name == "ReadableStream":
        return _made_stream(machine, given)
    if name == "TransformStream":
        own = given[0] if given and isinstance(given[0], dict) else {}
        made = Thing("transform", {"own": own, "readable": stream([])})
        made.state["writable"] = Thing("writable", {"of": made})
        return made
    if name == "Promise" and given and isinstance(given[0], Closure):
        machine.call(given[0], [Unknown("resolve"), Unknown("reject")])
        return Unknown()
    raise StuckError(node)


def _of_object(name: str, owner: dict[str, Any] | list[Any], given: list[Any], node: Node) -> Any:
    members = owner if isinstance(owner, dict) else {str(n): v for n, v in enumerate(owner)}
    if name == "Object.keys":
        return [*members]
    if name == "Object.values":
        return [*members.values()]
    if name == "Object.entries":
        return [[*pair] for pair in members.items()]
    if name == "Object.hasOwn" and len(given) > 1:
        return given[1] in members
    if name == "Object.assign" and isinstance(owner, dict):
        for each in given[1:]:
            if not isinstance(each, dict):
                raise StuckError(node)
            owner |= each
        return owner
    if name in ("Object.freeze", "Object.seal"):
        return owner
    raise StuckError(node)


def call_builtin(machine: Interpreter, name: str, given: list[Any], node: Node) -> Any:
    """What a function of the platform gives.

    Raises:
        StuckError: it is not known.
        ThrownError: it throws.
    """
    first = given[0] if given else UNDEFINED
    if name == "JSON.parse":
        return _parse(machine, first, node)
    if name == "JSON.stringify":
        return _written(machine, first)
    if name == "Boolean":
        return machine.truth(first, node)
    if name == "String":
        if isinstance(first, Bytes):
            raise StuckError(node)
        return machine.as_text(first, node)
    if name == "Array.isArray":
        if isinstance(first, Part):
            return not machine.oracle.decide(("type", first.path, "string"))
        return isinstance(first, list)
    if name == "Array.from" and isinstance(first, list):
        return [*first]
    if name == "Buffer.from":
        return BufferBytes(first.text if isinstance(first, Bytes) else machine.as_text(first, node))
    if name == "Buffer.concat" and isinstance(first, list):
        return BufferBytes("".join(each.text for each in first if isinstance(each, Bytes)))
    if name == "Error":
        return {"message": first, "name": "Error"}
    if name == "Promise.resolve":
        return first
    if name == "Readable.fromWeb" and isinstance(first, Thing):
        first.state["node"] = True
        return first
    if name == "createParser" and given:
        callback = first.get("onEvent") if isinstance(first, dict) else first
        if isinstance(callback, Closure):
            return Thing("parser", {"text": "", "callback": callback})
    if name.startswith("Object.") and isinstance(first, Unknown):
        return Unknown()
    if name.startswith("Object.") and isinstance(first, dict | list):
        return _of_object(name, first, given, node)
    if raw_in(given):
        raise StuckError(node)
    raise StuckError(node)
