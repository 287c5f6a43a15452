import typing

from openai import OpenAI

client = OpenAI(max_retries=0)
PLAN = "https://example.org/plan.png"


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


def ask(question: str) -> str:
    """Ask about the plan, and about a photo of the site."""
    run = client.responses.create(
        model="gpt-6-luna",
        input=[
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "These are the plan and a photo:"},
                    {"type": "input_image", "image_url": PLAN, "detail": "high"},
                    {"type": "input_image", "file_id": "file-photo1", "detail": "auto"},
                ],
            },
            {"role": "user", "content": [{"type": "input_text", "text": question}]},
        ],
    )
    if run.status != "completed":
        raise RuntimeError(f"The response ended as {run.status}")
    return checked_text(run)
