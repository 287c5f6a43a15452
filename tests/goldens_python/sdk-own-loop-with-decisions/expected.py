from openai import OpenAI

client = OpenAI(max_retries=0)
asked = 0


def ask(question: str) -> str:
    run = client.responses.create(model="gpt-6-luna", input=question)
    # Wait for it
    if run.status == "completed":
        # the newest message
        if not run.output_text:
            raise RuntimeError("OpenAI response has no text")
        answer = run.output_text
    if run.status in ("failed", "cancelled"):
        # nothing to show
        raise RuntimeError(f"response {run.status}: {run.error}")
    if run.status != "completed" or not run.output_text:
        error, incomplete = run.error, run.incomplete_details
        reason = error.message if error else incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response {run.status}: {reason}")
    return answer
