import typing

from openai import OpenAI

client = OpenAI(max_retries=0)
threads: dict[str, str] = {}


def thread_of(user: str) -> str:
    if user not in threads:
        # Each person has a thread of their own.
        thread = client.conversations.create(metadata={"user": user})
        threads[user] = thread.id
    return threads[user]


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


def ask(question: str, user: str = "ann") -> str:
    thread_id = thread_of(user)
    # Add the question to the thread
    # Run it
    # Stored thread_... ids ended with the Assistants API;
    # a conversation has an id of its own.
    run = client.responses.create(
        model="gpt-6-luna",
        conversation=thread_id,
        input=question,
    )
    return checked_text(run)
