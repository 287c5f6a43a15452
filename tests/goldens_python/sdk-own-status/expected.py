from openai import OpenAI

client = OpenAI(max_retries=0)


def error(text):
    return RuntimeError(f"response: {text}")


def ask(question):
    run = client.responses.create(model="gpt-6-luna", input=question)
    if run.status == "failed":
        raise error(run.error.message)
    if run.status != "completed":
        raise error(run.status)
    if run.status != "completed" or not run.output_text:
        error_, incomplete = run.error, run.incomplete_details
        reason = error_.message if error_ else incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response {run.status}: {reason}")
    return run.output_text
