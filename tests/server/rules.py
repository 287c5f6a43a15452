"""What the specification says about a request beyond the package's types.

Source of each number: OpenAI's openapi.yaml as of August 2026, unless a comment says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.server.errors import wrong

Json = Mapping[str, Any]

#: Stated by the specification of 2024-04; an error text has it too.
MAX_CONTENT = 256_000


def _between(body: Json, key: str, low: float, high: float | None = None) -> None:
    value = body.get(key)
    if value is None:
        return
    if value < low:
        raise wrong(f"Invalid '{key}': below minimum value {low}.", key, "integer_below_min_value")
    if high is not None and value > high:
        raise wrong(f"Invalid '{key}': above maximum {high}.", key, "integer_above_max_value")


def metadata(body: Json, where: str = "metadata") -> None:
    """At most 16 pairs, keys of at most 64 characters, values of at most 512.

    Raises:
        ApiError: They are not.
    """
    pairs = body.get("metadata") or {}
    if len(pairs) > 16:
        raise wrong(f"Invalid '{where}': too many properties (16).", where, "invalid_metadata")
    for key, value in pairs.items():
        if len(key) > 64:
            raise wrong(f"Invalid '{where}': key too long (64).", where, "invalid_metadata")
        if len(value) > 512:
            param = f"{where}.{key}"
            raise wrong(f"Invalid '{param}': too long (512).", param, "invalid_metadata")


def thread_message(message: Json, where: str) -> None:
    """A message to a thread has content: some characters, not too many; some parts.

    Raises:
        ApiError: It has not.
    """
    content = message["content"]
    param = f"{where}content"
    if len(content) == 0:
        raise wrong(f"Invalid '{param}': must not be empty.", param, "empty_content")
    parts = [content] if isinstance(content, str) else [p.get("text", "x") for p in content]
    for text in parts:
        if not text:
            raise wrong(f"Invalid '{param}': must not be empty.", param, "empty_content")
        if len(text) > MAX_CONTENT:
            raise wrong(
                f"Invalid '{param}': string too long. Expected a string with maximum length"
                f" {MAX_CONTENT}, but got a string with length {len(text)} instead.",
                param,
                "string_above_max_length",
            )
    metadata(message, f"{where}metadata")


def tool_resources(body: Json, where: str) -> None:
    """At most 20 files for code_interpreter, one vector store for file_search.

    Raises:
        ApiError: There are more.
    """
    resources = body.get("tool_resources") or {}
    files = (resources.get("code_interpreter") or {}).get("file_ids") or ()
    stores = (resources.get("file_search") or {}).get("vector_store_ids") or ()
    if len(files) > 20 or len(stores) > 1:
        raise wrong("Invalid 'tool_resources': array too long.", where, "array_above_max_length")


def thread(body: Json, where: str, most: int | None) -> None:
    """A thread's messages, metadata and tool resources.

    Args:
        body: The thread's own part of the request.
        where: The thread's place in the request, as a prefix: `thread.`, or nothing.
        most: How many messages it may have.

    Raises:
        ApiError: One of them is wrong.
    """
    messages = body.get("messages") or ()
    if most is not None and len(messages) > most:
        param = f"{where}messages"
        raise wrong(f"Invalid '{param}': array too long.", param, "array_above_max_length")
    for n, message in enumerate(messages):
        thread_message(message, f"{where}messages[{n}].")
    metadata(body, f"{where}metadata")
    tool_resources(body, f"{where}tool_resources")


def run(body: Json) -> None:
    """The numbers of a run.

    Raises:
        ApiError: One is out of its range.
    """
    if not body["assistant_id"]:
        raise wrong("Invalid 'assistant_id': must not be empty.", "assistant_id", "invalid_value")
    _between(body, "temperature", 0, 2)
    _between(body, "top_p", 0, 1)
    _between(body, "max_prompt_tokens", 256)
    _between(body, "max_completion_tokens", 256)
    _between(body.get("truncation_strategy") or {}, "last_messages", 1)
    if len(body.get("tools") or ()) > 20:
        raise wrong("Invalid 'tools': array too long.", "tools", "array_above_max_length")
    metadata(body)
    tool_resources(body, "tool_resources")
    for n, message in enumerate(body.get("additional_messages") or ()):
        thread_message(message, f"additional_messages[{n}].")


#: With one of these the input may be empty; the words are OpenAI's own, as they are met in public.
_INSTEAD_OF_INPUT = ("previous_response_id", "prompt", "conversation")
_NOTHING_ASKED = (
    "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided."
)


def response(body: Json) -> None:
    """What a response needs in practice, and what excludes what.

    Raises:
        ApiError: A part is missing, or two do not go together.
    """
    if not body.get("model") and not body.get("prompt"):
        raise wrong("Missing required parameter: 'model'.", "model", "missing_required_parameter")
    if body.get("input") is None and not body.get("prompt"):
        raise wrong("Missing required parameter: 'input'.", "input", "missing_required_parameter")
    if not any(body.get(key) for key in ("input", *_INSTEAD_OF_INPUT)):
        raise wrong(_NOTHING_ASKED, None, "missing_required_parameter")
    if body.get("conversation") and body.get("previous_response_id"):
        raise wrong(
            "'conversation' and 'previous_response_id' cannot be used together.",
            "previous_response_id",
            "mutually_exclusive_parameters",
        )
    _between(body, "max_output_tokens", 16)
    _between(body, "temperature", 0, 2)
    _between(body, "top_p", 0, 1)
    metadata(body)
    _input_parts(body.get("input"), "input")


def conversation(body: Json) -> None:
    """At most 20 items a call, and the metadata.

    Raises:
        ApiError: There are more, or the metadata is wrong.
    """
    if len(body.get("items") or ()) > 20:
        raise wrong("Invalid 'items': array too long.", "items", "array_above_max_length")
    metadata(body)
    _input_parts(body.get("items"), "items")


def _input_parts(items: Any, where: str) -> None:
    """What the assistant said is `output_text`; the types let `input_text` pass there too."""
    if not isinstance(items, list):
        return
    for n, item in enumerate(items):
        content = item.get("content")
        if item.get("role") != "assistant" or not isinstance(content, list):
            continue
        for m, part in enumerate(content):
            if str(part.get("type")).startswith("input_"):
                param = f"{where}[{n}].content[{m}]"
                raise wrong(f"Invalid value: '{part['type']}'.", param, "invalid_value")


def listing(query: Mapping[str, str]) -> tuple[int, bool]:
    """The limit (1 to 100, default 20) and whether the oldest comes first (default: not).

    Raises:
        ApiError: An unknown key, or a value out of its range.
    """
    for key in query:
        if key not in {"limit", "order", "after", "before", "run_id"}:
            raise wrong(f"Unknown parameter: '{key}'.", key, "unknown_parameter")
    limit, order = query.get("limit", "20"), query.get("order", "desc")
    if not limit.isascii() or not limit.isdigit() or not 1 <= int(limit) <= 100:
        raise wrong(f"Invalid 'limit': {limit!r} is not between 1 and 100.", "limit")
    if order not in {"asc", "desc"}:
        raise wrong(f"Invalid 'order': {order!r} is not one of 'asc' and 'desc'.", "order")
    return int(limit), order == "asc"
