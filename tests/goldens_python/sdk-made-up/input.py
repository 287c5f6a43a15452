import os

from openai import OpenAI


def ask(question):
    client = OpenAI(max_retries=0)
    run = client.workflows.runs.create(
        workflow_id=os.environ["WORKFLOW_ID"],
        input={"input_as_text": question},
    )
    print(run.status)
    return run.output["message"]
