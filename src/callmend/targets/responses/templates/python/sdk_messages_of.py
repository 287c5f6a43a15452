"""The messages among the items of a conversation, for files that read those of a thread."""

import typing


def messages_of(
    items: typing.Any,
    *,
    newest_first: bool = True,
) -> list[typing.Any]:
    """Give a conversation's messages; one answer in several is one of them."""
    messages: list[typing.Any] = []
    for item in items:
        # What is said on the way to the answer is marked as commentary.
        phase = getattr(item, "phase", "")
        if item.type != "message" or phase == "commentary":
            continue
        parts = list(item.content)
        if messages and item.role == messages[-1].role == "assistant":
            other = messages.pop().content
            parts = parts + other if newest_first else other + parts
        said = [part for part in parts if part.type == "output_text"]
        if len(said) > 1:
            whole = "".join(part.text for part in said)
            joined = said[0].model_copy(update={"text": whole})
            others = [part for part in parts if part.type != "output_text"]
            parts = [joined, *others]
        messages.append(item.model_copy(update={"content": parts}))
    return messages
