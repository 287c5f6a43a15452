import typing

from openai import OpenAI


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


class Tutor:
    """Answers one person's questions, one after the other."""

    def __init__(self, client: OpenAI, subject: str) -> None:
        self.client = client
        # What it is told holds for all of its answers.
        self.assistant_instructions = f"You teach {subject}. Be brief."
        self.thread = self.client.conversations.create()

    def answer(self, question: str) -> str:
        run = self.client.responses.create(
            model="gpt-5-mini",
            instructions=self.assistant_instructions,
            conversation=self.thread.id,
            input=question,
        )
        if run.status != "completed":
            raise RuntimeError(f"The response ended as {run.status}")
        return checked_text(run)


def ask(question: str) -> str:
    return Tutor(OpenAI(max_retries=0), "mathematics").answer(question)
