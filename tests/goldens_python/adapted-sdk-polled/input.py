import os
import time

from openai import OpenAI

client = OpenAI(max_retries=0)


def ask(question):
    run = client.workflows.runs.create(
        workflow_id=os.environ["WORKFLOW_ID"], input={"message": question}
    )
    while run.status not in ("succeeded", "failed"):
        time.sleep(1)
        run = client.workflows.runs.retrieve(run.id)
    if run.status == "failed":
        raise RuntimeError(run.error)
    return run.output["message"]
