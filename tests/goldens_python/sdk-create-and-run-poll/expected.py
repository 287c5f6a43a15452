from openai import OpenAI

client = OpenAI(max_retries=0)


def ask(question: str) -> str:
    run = client.responses.create(model="gpt-6-luna", input=question)
    if run.status != "completed" or not run.output_text:
        error, incomplete = run.error, run.incomplete_details
        reason = error.message if error else incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response {run.status}: {reason}")
    return run.output_text
