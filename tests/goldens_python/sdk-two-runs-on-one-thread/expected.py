import os

from openai import OpenAI

client = OpenAI(max_retries=0)
ASSISTANT = os.environ["WORKFLOW_ID"]


def ask(question: str) -> tuple[str, str]:
    thread = client.conversations.create()
    first = client.responses.create(
        model="gpt-6-luna",
        conversation=thread.id,
        input="Hello!",
    )
    if first.status != "completed":
        raise RuntimeError(f"response {first.status}")
    if first.status != "completed" or not first.output_text:
        error, incomplete = first.error, first.incomplete_details
        reason = error.message if error else incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response {first.status}: {reason}")
    greeting = first.output_text
    print(greeting)
    second = client.responses.create(
        model="gpt-6-luna",
        conversation=thread.id,
        input=question,
    )
    if second.status != "completed":
        raise RuntimeError(f"response {second.status}")
    if second.status != "completed" or not second.output_text:
        error, incomplete = second.error, second.incomplete_details
        reason = error.message if error else incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response {second.status}: {reason}")
    answer = second.output_text
    return answer, thread.id
