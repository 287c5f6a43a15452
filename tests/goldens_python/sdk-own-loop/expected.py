import os

import openai

client = openai.OpenAI(max_retries=0)
ASSISTANT_ID = os.environ["WORKFLOW_ID"]


def ask(question, history=(("user", "hi"),)):
    run = client.responses.create(
        model="gpt-5-mini",
        instructions="Be brief.",
        input=[
            {"role": "user", "content": "hello"},
            {"role": "user", "content": question},
        ],
    )
    if run.status != "completed" or not run.output_text:
        error, incomplete = run.error, run.incomplete_details
        reason = error.message if error else incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response {run.status}: {reason}")

    text = run.output_text
    return text
