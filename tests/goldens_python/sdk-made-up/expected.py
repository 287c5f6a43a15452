from openai import OpenAI


def ask(question):
    client = OpenAI(max_retries=0)
    run = client.responses.create(model="gpt-6-luna", input=question)
    if run.status != "completed" or not run.output_text:
        error, incomplete = run.error, run.incomplete_details
        reason = error.message if error else incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response {run.status}: {reason}")
    print(run.status)
    return run.output_text
