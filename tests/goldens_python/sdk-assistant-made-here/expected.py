from openai import OpenAI


def ask(question: str) -> str:
    """Ask the tutor."""
    client = OpenAI(max_retries=0)
    run = client.responses.create(
        model="gpt-6-luna",
        instructions="You are a tutor.",
        input=question.strip(),
    )
    if run.status != "completed" or not run.output_text:
        error, incomplete = run.error, run.incomplete_details
        reason = error.message if error else incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response {run.status}: {reason}")
    answer = run.output_text
    return answer
