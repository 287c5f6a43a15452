"""What `POST /v1/responses` takes and answers with, as far as wrong calls of it are mended by it.

Facts: CreateResponse and Response in OpenAI's OpenAPI document. Names are those of the JSON.
"""

from __future__ import annotations

MESSAGES = "messages"
#: Fields that the Responses API refuses, each because it belongs to another API.
WRONG_IDS = frozenset(
    {
        "assistant_id", "assistantId", "thread_id", "threadId", "workflow", "workflow_id",
        "workflowId",
    }
)  # fmt: skip
#: What it takes.
TAKEN = frozenset(
    {
        "background", "context_management", "conversation", "include", "input", "instructions",
        "max_output_tokens", "max_tool_calls", "metadata", "model", "moderation",
        "parallel_tool_calls", "previous_response_id", "prompt", "prompt_cache_key",
        "prompt_cache_options", "prompt_cache_retention", "reasoning", "safety_identifier",
        "service_tier", "store", "stream", "stream_options", "temperature", "text", "tool_choice",
        "tools", "top_logprobs", "top_p", "truncation", "user",
    }
)  # fmt: skip
#: What it takes by another name.
RENAMED = {
    MESSAGES: "input",
    "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
}
SAMPLING = frozenset({"temperature", "top_p"})
#: The starts of the names of models that do not reason, and so take a temperature.
SAMPLED = ("gpt-3.5", "gpt-4", "chatgpt-", "ft:gpt-3.5", "ft:gpt-4")
LEAST_TOKENS = 16
ROLES = frozenset({"user", "assistant", "system", "developer"})
PARTS = frozenset({"input_text", "input_image", "input_file", "output_text"})
#: Names under which other APIs give their text, and which no response has.
GUESSES = frozenset(
    {
        "answer", "completion", "content", "data", "generated_text", "message", "reply",
        "response", "result",
    }
)  # fmt: skip
#: Where the text never is, from the response on; `0` stands for any number below `output`.
TEXTS = frozenset(
    {
        ("choices", "0", "message", "content"),
        ("choices", "0", "text"),
        ("output_text",),
        ("output", "message"),
        ("output", "message", "content"),
        ("output", "text"),
        ("output", "content"),
        ("output", "0", "message"),
        ("output", "0", "message", "content"),
        ("output", "0", "text"),
        # As the messages of the Assistants API have it; here `text` is the text itself.
        ("output", "0", "content", "0", "text", "value"),
    }
)
#: Where the text of the first output item is. A model that reasons puts its reasoning there.
FIRST_TEXT = ("output", "0", "content", "0", "text")
#: What every response has, and the body of an HTTP error.
THERE = frozenset(
    {
        "background", "completed_at", "conversation", "created_at", "error", "id",
        "incomplete_details", "instructions", "max_output_tokens", "metadata", "model", "object",
        "output", "previous_response_id", "reasoning", "service_tier", "status", "store", "text",
        "tool_choice", "tools", "usage",
    }
)  # fmt: skip
#: Counts by their names in Chat Completions.
OTHER_USAGE = frozenset({"prompt_tokens", "completion_tokens"})


def plain(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names with each number in the output as 0: which item it is does not matter."""
    if not names or names[0] != "output":
        return names
    return tuple("0" if name.isdigit() else name for name in names)


def is_nowhere(names: tuple[str, ...]) -> bool:
    """Whether names below `output` lead to where no response has anything."""
    given = plain(names)
    return any(given[: len(text)] == text for text in TEXTS if text[0] == "output")


def is_text(names: tuple[str, ...]) -> bool:
    """Whether names lead to what their writer took for the text, and not half-way there."""
    return plain(names) in TEXTS | {FIRST_TEXT}


def is_gone(name: str, value: str) -> str:
    """Why a field went, for a note."""
    said = f"`{value}` went: the Responses API has no such field"
    if name in SAMPLING:
        return f"`{value}` went: models that reason reject it"
    if name.lower().startswith("thread"):
        more = "a thread's messages cannot be carried over; `conversation` keeps a new one"
        return f"{said}, and {more}"
    return f"{said}, so what stood behind it (instructions, tools) is not sent"


#: What a note adds where no instructions are given.
GIVE_INSTRUCTIONS = "; give the instructions with --instructions or write them into the call"
