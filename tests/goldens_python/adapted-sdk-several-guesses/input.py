import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"], max_retries=0)


def ask(question: str) -> str:
    run = client.workflows.runs.create(
        workflow_id=os.environ["WORKFLOW_ID"],
        input={"message": question},
    )
    if hasattr(run, "output_text") and run.output_text:
        return run.output_text
    if run.output and run.output.get("message"):
        return run.output["message"]
    return "no answer"
