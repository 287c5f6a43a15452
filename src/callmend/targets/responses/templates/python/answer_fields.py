"""The object that an answer's text is the JSON of, for a file that reads several fields of it."""

import json
import typing


def answer_fields(text: str) -> typing.Any:
    """Give the JSON object that an answer's text is, also in a block of Markdown."""
    source = text.strip()
    if not source.startswith("{"):
        block = source.partition("```")[2].rpartition("```")[0]
        source = "{" + block.partition("{")[2]
    try:
        fields = json.loads(source)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise RuntimeError(f"The answer is no JSON object: {text[:200]}")
    return fields
