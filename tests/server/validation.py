"""Requests against the official package's request types; answers through its models.

Three traps, each proven by a test. A pydantic adapter of a TypedDict ignores unknown keys; its
`Iterable` fields become lazy generators that check nothing until somebody consumes them, to the
bottom; and the package's models take any further key and, by `construct`, any value. So the
adapter's core schema is rewritten, at every depth: each typed-dict forbids unknown keys, each
generator is a list. And a built answer must hold no key that its model does not declare.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import SchemaValidator

from tests.server.errors import ApiError, wrong

#: Keys of a core schema that hold no schema.
_NO_SCHEMA = frozenset({"metadata", "serialization", "config", "cls", "ref", "schema_ref"})


class WrongRequestError(ApiError):
    """A request that the package's types refuse, with all that they object to."""

    def __init__(self, first: ApiError, details: Sequence[str]) -> None:
        super().__init__(
            first.status, first.message, param=first.param, code=first.code, violation=True
        )
        self.details = tuple(details)


def _strict(node: Any) -> Any:
    if isinstance(node, Mapping):
        if node.get("type") == "json-or-python":
            # Only JSON comes in here; the other side (is-instance) checks no items.
            return _strict(node["json_schema"])
        made = {k: v if k in _NO_SCHEMA else _strict(v) for k, v in node.items()}
        if node.get("type") == "typed-dict":
            made["extra_behavior"] = "forbid"
            made.pop("config", None)
        elif node.get("type") == "generator":
            made["type"] = "list"
        return made
    if isinstance(node, list):
        return [_strict(v) for v in node]
    if isinstance(node, tuple):
        return tuple(_strict(v) for v in node)
    return node


def strict_schema(params: Any) -> Any:
    """A request type's core schema: unknown keys forbidden, nothing lazy, at every depth.

    Args:
        params: One of the package's `...Params` types.
    """
    return _strict(TypeAdapter(params).core_schema)


@functools.cache
def strict_validator(params: Any) -> SchemaValidator:
    """The validator of a request type; made once, which takes a moment.

    Args:
        params: One of the package's `...Params` types.
    """
    return SchemaValidator(strict_schema(params))


class _Found(NamedTuple):
    """One objection of the types.

    A location names, between the steps into the request, the members of unions that were tried.
    """

    loc: tuple[int | str, ...]
    #: Which parts of the location are steps into the request.
    steps: tuple[bool, ...]
    kind: str
    reason: str

    @property
    def path(self) -> tuple[int | str, ...]:
        """The place in the request."""
        return tuple(p for p, step in zip(self.loc, self.steps, strict=True) if step)


def _found(error: Mapping[str, Any], value: Any) -> _Found:
    """An objection, its location read along the request."""
    loc, steps = error["loc"], []
    for n, part in enumerate(loc):
        absent = n == len(loc) - 1 and error["type"] == "missing"
        if isinstance(value, dict) and (part in value or absent):
            steps.append(True)
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            steps.append(True)
            value = value[part]
        else:
            steps.append(False)
    return _Found(loc, tuple(steps), error["type"], error["msg"])


def _spelled(path: Iterable[int | str]) -> str:
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")


def _refusal(kind: str, param: str, reason: str) -> ApiError:
    if kind == "extra_forbidden":
        return wrong(f"Unknown parameter: '{param}'.", param, "unknown_parameter")
    if kind == "missing":
        return wrong(f"Missing required parameter: '{param}'.", param, "missing_required_parameter")
    code = "invalid_value" if kind == "literal_error" else "invalid_type"
    return wrong(f"Invalid value for '{param}': {reason}", param or None, code)


def _cost(found: Iterable[_Found]) -> float:
    """How far a member of a union is from what was sent.

    What is wrong deeper down weighs less: what stands around it fitted.
    """
    cost = 0.0
    for f in found:
        if not f.steps or not f.steps[-1]:
            weight = 1000  # a string where the member is an object, and the like
        elif f.loc[-1] == "type" and f.kind in {"literal_error", "missing"}:
            weight = 10  # it says of itself that it is something else
        else:
            weight = 1
        cost += weight * 0.3 ** len(f.path)
    return cost


def _relevant(found: Sequence[_Found], start: int = 0) -> list[_Found]:
    """The objections of the closest member of each union, and those outside unions.

    Args:
        found: Objections whose locations agree before `start`.
        start: Where in the locations to look for a union's member.
    """
    kept: list[_Found] = []
    unions: dict[tuple[int | str, ...], dict[int | str, list[_Found]]] = {}
    for f in found:
        at = next((n for n in range(start, len(f.loc)) if not f.steps[n]), None)
        if at is None:
            kept.append(f)
        else:
            unions.setdefault(f.loc[:at], {}).setdefault(f.loc[at], []).append(f)
    for before, members in unions.items():
        kept += min((_relevant(m, len(before) + 1) for m in members.values()), key=_cost)
    return kept


def _easier(value: Any) -> Any:
    """The same body, what the assistant said before in it as the types want it.

    The API takes `output_text` there and no `input_text`, which `rules` refuses; the types of a
    message without an id have only the latter.
    """
    if isinstance(value, list):
        return [_easier(each) for each in value]
    if not isinstance(value, dict):
        return value
    content = value.get("content")
    if value.get("role") == "assistant" and isinstance(content, list):
        parts = [
            {**part, "type": "input_text"}
            if isinstance(part, dict) and part.get("type") == "output_text"
            else part
            for part in content
        ]
        return {**value, "content": parts}
    return {key: _easier(each) for key, each in value.items()}


def checked(params: Any, raw: bytes, value: Any) -> Any:
    """A request's body, once the official type has found it right.

    Args:
        params: The package's request type.
        raw: The body as it arrived.
        value: The same body, parsed.

    Raises:
        WrongRequestError: The type refuses it; the error names the deepest place that is wrong,
            which in a union is the member that came closest.
    """
    validator = strict_validator(params)
    try:
        return validator.validate_json(raw, strict=True)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
    easier = _easier(value)
    if easier != value:
        with suppress(ValidationError):
            validator.validate_json(json.dumps(easier).encode(), strict=True)
            return value
    found = _relevant([_found(e, value) for e in errors])
    order = {"literal_error": 0, "missing": 1}
    first = min(found, key=lambda f: (-len(f.path), order.get(f.kind, 2)))
    details = dict.fromkeys(f"{_spelled(f.path) or '(body)'}: {f.reason}" for f in found)
    raise WrongRequestError(_refusal(first.kind, _spelled(first.path), first.reason), list(details))


def undeclared(value: Any) -> list[str]:
    """The keys in a validated model that it does not declare, at every depth."""
    found: list[str] = []
    if isinstance(value, BaseModel):
        name = type(value).__name__
        found += [f"{name}.{key}" for key in value.model_extra or {}]
        for key in type(value).model_fields:
            found += undeclared(getattr(value, key))
    elif isinstance(value, (list, tuple)):
        for item in value:
            found += undeclared(item)
    elif isinstance(value, dict):
        for item in value.values():
            found += undeclared(item)
    return found


@functools.cache
def _adapter(model: Any) -> TypeAdapter[Any]:
    return TypeAdapter(model)


def built(model: Any, value: Mapping[str, Any]) -> dict[str, Any]:
    """An answer as JSON, once the package's model has found it right.

    What is given is what is sent: a key that is absent stays absent, a null stays null.

    Args:
        model: A model of the package, or a union of models (a stream's events).
        value: The answer.

    Raises:
        ValidationError: The model refuses it, which is a fault of this server.
        TypeError: It has a key that the model does not declare.
    """
    made = _adapter(model).validate_python(value)
    if unknown := undeclared(made):
        msg = f"the package's models do not know {', '.join(unknown)}"
        raise TypeError(msg)
    dumped: dict[str, Any] = made.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return dumped
