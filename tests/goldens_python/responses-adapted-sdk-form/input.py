import os

import openai

client = openai.OpenAI(max_retries=0)


def run_workflow(question, language):
    return client.beta.workflows.runs.create(
        os.environ["WORKFLOW_ID"], input={"question": question, "language": language}
    )


def ask(question):
    result = run_workflow(question, "de")
    return getattr(result, "output_text", None) or result.output.text
