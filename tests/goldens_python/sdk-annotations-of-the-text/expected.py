"""Ask an assistant that cites files, and list what it cites."""

import types
import typing

from openai import OpenAI

client = OpenAI(max_retries=0)


def checked_text(response: typing.Any) -> str:
    """Give the text of a response's answer, or raise what it ended with."""
    if response.status != "completed":
        error, incomplete = response.error, response.incomplete_details
        reason = error.message if error else None
        if not reason and incomplete:
            reason = incomplete.reason
        raise RuntimeError(f"OpenAI response {response.status}: {reason}")
    text = ""
    for item in response.output:
        # What is said on the way to the answer is marked as commentary.
        phase = getattr(item, "phase", "")
        if item.type != "message" or phase == "commentary":
            continue
        for part in item.content:
            if part.type == "refusal":
                raise RuntimeError(f"OpenAI response refused: {part.refusal}")
            if part.type == "output_text":
                text += part.text
    if not text:
        raise RuntimeError("OpenAI response has no text")
    return text


def ask(question):
    run = client.responses.create(model="gpt-6-luna", input=question)
    if run.status != "completed":
        raise RuntimeError(f"no response, the run is {run.status}: {run.error}")
    message_content = types.SimpleNamespace(value=checked_text(run), annotations=[])
    citations = []
    for index, annotation in enumerate(message_content.annotations):
        marker = f"[{index}]"
        message_content.value = message_content.value.replace(annotation.text, marker)
        if file_citation := getattr(annotation, "file_citation", None):
            cited_file = client.files.retrieve(file_citation.file_id)
            citations.append(f"{marker} {cited_file.filename}")
    return "\n".join([message_content.value, *citations])
